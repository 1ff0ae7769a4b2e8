"""The sample as a stream of blocks, or whole in memory."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping

import numpy as np
import pandas as pd

from kttt_lib.errors import KtttError
from kttt_lib.registry.sample import block as bl
from kttt_lib.registry.sample import settings as s
from kttt_lib.registry.schema import TABLES

DEFAULT_SEED = 20200228
# No organisation of the sample moves or changes its sector.
SAMPLE_TABLES = tuple(name for name in TABLES if name != "changes")
BLOCK = 5_000  # organisations in a block; memory is bounded by one block
_LONGEST = 40


def generate_sample(
    *,
    organisations: int | Mapping[str, int] | None = None,
    years: tuple[int, int] = (2015, 2020),
    seed: int = DEFAULT_SEED,
    province: str = s.CALIBRATED_PROVINCE,
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
    return {name: pd.concat([part[name] for part in parts], ignore_index=True) for name in SAMPLE_TABLES}


def sample_blocks(
    *,
    organisations: int | Mapping[str, int] | None = None,
    years: tuple[int, int] = (2015, 2020),
    seed: int = DEFAULT_SEED,
    province: str = s.CALIBRATED_PROVINCE,
) -> Iterator[dict[str, pd.DataFrame]]:
    """The same registry in blocks of at most about five thousand organisations, so that memory stays bounded."""
    _check(years, seed)
    for plan, digits in _plans(organisations, province):
        yield bl.make_block(plan, years, seed, id_prefix(province), digits)[0]


def sample_truth(
    *,
    organisations: int | Mapping[str, int] | None = None,
    years: tuple[int, int] = (2015, 2020),
    seed: int = DEFAULT_SEED,
    province: str = s.CALIBRATED_PROVINCE,
) -> pd.DataFrame:
    """What the generator knows and the registry does not: the true inefficiency behind each report of the same sample.

    One row an annual report: org_id, year, inefficiency (u of ``Truth``'s production function, at least 0).
    """
    _check(years, seed)
    parts = [bl.make_block(p, years, seed, id_prefix(province), d)[1] for p, d in _plans(organisations, province)]
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


def _plans(organisations: int | Mapping[str, int] | None, province: str) -> Iterator[tuple[bl.BlockPlan, int]]:
    named = province == s.CALIBRATED_PROVINCE
    if organisations is None:
        yield bl.BlockPlan(0, None, 1.0, 1, 0, 0, named), 4
        return
    wanted = _wanted(organisations)
    total = sum(wanted.values())
    digits = max(4, len(str(total)))
    blocks = max(1, -(-total // BLOCK))
    calibrated = _calibrated_counts()
    htx = sum(n for group, n in calibrated.items() if group != s.THT)
    number, district, commune = 1, 0, 0
    for index in range(blocks):
        part = {group: n * (index + 1) // blocks - n * index // blocks for group, n in wanted.items()}
        size = sum(part.values())
        htx_part = size - part[s.THT]
        scale = htx_part / htx if htx_part else part[s.THT] / calibrated[s.THT]
        repeats = max(1, round(scale))
        plan = bl.BlockPlan(index, part, scale, number, district, commune, named and blocks == 1 and repeats == 1)
        yield plan, digits
        number, district, commune = number + size, district + 8 * repeats, commune + 143 * repeats


def _calibrated_counts() -> dict[int, int]:
    counts = dict.fromkeys(range(len(s.GROUPS)), 0)
    for birth in s.BIRTHS:
        counts[birth.group] += birth.count
    return counts


def _wanted(organisations: int | Mapping[str, int]) -> dict[int, int]:
    calibrated = _calibrated_counts()
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
