"""The sample as a stream of blocks, or whole in memory."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping

import numpy as np
import pandas as pd

from kttt_lib.errors import KtttError
from kttt_lib.registry.sample import block as bl
from kttt_lib.registry.sample import settings as s
from kttt_lib.registry.sample.calibrations import CALIBRATIONS, calibration_of
from kttt_lib.registry.sample.places import districts_of
from kttt_lib.registry.schema import TABLES

DEFAULT_SEED = 20200228
SAMPLE_TABLES = tuple(name for name in TABLES if name != "changes")
BLOCK = 5_000  # organisations in a block; memory is bounded by one block
_LONGEST = 40


def generate_sample(
    *,
    organisations: int | Mapping[str, int] | None = None,
    years: tuple[int, int] = (2015, 2020),
    seed: int = DEFAULT_SEED,
    province: str = s.DEFAULT_PROVINCE,
) -> dict[str, pd.DataFrame]:
    """A synthetic registry: one frame a table of the schema, in the schema's types.

    organisations
        None for the Ninh Bình calibration; a number of rows of the organisations table, in the calibration's
        proportions; or ``{"htx": 30000, "tht": 70000}`` (``htx`` includes QTDND and LHHTX).
    years
        first and last year of reports; at least one. Support, loans and features begin two years earlier.

    Raises KtttError for a size or a span that cannot be made.
    """
    parts = list(sample_blocks(organisations=organisations, years=years, seed=seed, province=province))
    return {name: pd.concat([part[name] for part in parts], ignore_index=True) for name in tables_of(years)}


def sample_blocks(
    *,
    organisations: int | Mapping[str, int] | None = None,
    years: tuple[int, int] = (2015, 2020),
    seed: int = DEFAULT_SEED,
    province: str = s.DEFAULT_PROVINCE,
) -> Iterator[dict[str, pd.DataFrame]]:
    """The same registry in blocks of at most about five thousand organisations, so that memory stays bounded."""
    _check(years, seed)
    for plan, digits in _plans(organisations, years, province):
        yield bl.make_block(plan, years, seed, id_prefix(province), digits)[0]


def sample_truth(
    *,
    organisations: int | Mapping[str, int] | None = None,
    years: tuple[int, int] = (2015, 2020),
    seed: int = DEFAULT_SEED,
    province: str = s.DEFAULT_PROVINCE,
) -> pd.DataFrame:
    """What the generator knows and the registry does not: the true inefficiency behind each report of the same sample.

    One row an annual report: org_id, year, inefficiency (u of ``Truth``'s production function, at least 0).
    """
    _check(years, seed)
    parts = [
        bl.make_block(p, years, seed, id_prefix(province), d)[1] for p, d in _plans(organisations, years, province)
    ]
    return pd.concat(parts, ignore_index=True)


def id_prefix(province: str) -> str:
    """ "SYN-NB" for Ninh Bình: every id says that it is synthetic."""
    plain = unicodedata.normalize("NFD", province.replace("Đ", "D").replace("đ", "d"))
    letters = [word[0].upper() for word in plain.split() if word[0].isascii() and word[0].isalnum()]
    return "SYN-" + ("".join(letters) or "X")


def _check(years: tuple[int, int], seed: int) -> None:
    first, last = years
    if not (1995 <= first <= last <= 2090 and last - first < _LONGEST):
        raise KtttError(
            f"Khoảng năm {first}:{last} không hợp lệ; hãy nhập năm đầu:năm cuối trong 1995–2090, "
            f"nhiều nhất {_LONGEST} năm.",
            f"The span of years {first}:{last} is not valid; give FIRST:LAST within 1995-2090, "
            f"at most {_LONGEST} years.",
        )
    if seed < 0:
        raise KtttError(
            f"Hạt giống ngẫu nhiên {seed} không hợp lệ; hãy nhập số nguyên không âm.",
            f"The seed {seed} is not valid; give a whole number that is not negative.",
        )


def tables_of(years: tuple[int, int]) -> tuple[str, ...]:
    """The tables of a sample: no organisation moves, nor changes its sector, before the years in which the map did."""
    return tuple(TABLES) if np.datetime64(f"{years[1]}-12-31") >= s.NO_DISTRICTS else SAMPLE_TABLES


def _plans(
    organisations: int | Mapping[str, int] | None, years: tuple[int, int], province: str
) -> Iterator[tuple[bl.BlockPlan, int]]:
    calibration = calibration_of(province, years[1])
    districts, atlas = districts_of(calibration, province, years)
    named = province == calibration.province or bool(atlas)
    calibrated = calibration.counts()
    size_of_all = _htx(calibrated) / _htx(CALIBRATIONS[0].counts())
    if organisations is None:
        yield bl.BlockPlan(0, calibration, None, 1.0, size_of_all, districts, atlas, 1, 0, 0, named), 4
        return
    wanted = _wanted(organisations, calibrated)
    total = sum(wanted.values())
    digits = max(4, len(str(total)))
    blocks = max(1, -(-total // BLOCK))
    number, district, commune = 1, 0, 0
    for index in range(blocks):
        part = {group: n * (index + 1) // blocks - n * index // blocks for group, n in wanted.items()}
        size = sum(part.values())
        htx_part = size - part[s.THT]
        scale = htx_part / _htx(calibrated) if htx_part else part[s.THT] / calibrated[s.THT]
        repeats = max(1, round(scale))
        alone = named and blocks == 1 and repeats == 1
        yield (
            bl.BlockPlan(
                index, calibration, part, scale, scale * size_of_all, districts, atlas, number, district, commune, alone
            ),
            digits,
        )
        number, district = number + size, district + len(districts) * repeats
        commune += sum(row.communes for row in districts) * repeats


def _htx(counts: Mapping[int, int]) -> int:
    return sum(n for group, n in counts.items() if group != s.THT)


def _wanted(organisations: int | Mapping[str, int], calibrated: Mapping[int, int]) -> dict[int, int]:
    sizes = {"all": organisations} if isinstance(organisations, int) else dict(organisations)
    if not set(sizes) <= {"all", "htx", "tht"} or any(n < 0 for n in sizes.values()) or sum(sizes.values()) < 1:
        raise KtttError(
            f"Số tổ chức {organisations} không hợp lệ; hãy nhập số nguyên dương, hoặc số HTX và số THT.",
            f"The number of organisations {organisations} is not valid; give a positive whole number, "
            "or numbers of htx and tht.",
        )
    wanted = dict.fromkeys(calibrated, 0)
    for name, total in sizes.items():
        groups = [g for g in calibrated if name == "all" or (g == s.THT) == (name == "tht")]
        weights = np.array([calibrated[g] for g in groups], dtype=float)
        exact = weights / weights.sum() * total
        whole = np.floor(exact).astype(int)
        whole[np.argsort(whole - exact, kind="stable")[: total - whole.sum()]] += 1
        wanted |= {g: wanted[g] + int(n) for g, n in zip(groups, whole)}
    return wanted
