"""Figures whose size contradicts their unit: VND or thousand VND under a title of million VND, m² under hectares.

A figure is held against the most that an organisation of its kind can have, what others of its kind have, what its
district has beside the others, the other figures of its row, and its own other years. Only what no organisation could
have is an error, with both readings; less is a warning (``jumps``).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from kttt_lib.registry.schema import TABLES

# The most that one organisation, course of support or loan can come to (million VND, ha). The largest union of
# cooperatives has 3e7 of revenue a year, the largest people's credit funds a few million of assets.
MOST = {"htx": 5e6, "tht": 5e6, "qtdnd": 2e7, "lhhtx": 1e8}
MOST_INCOME, MOST_AREA, MOST_SUPPORT, MOST_LOAN, MOST_SPENT = 3_000.0, 2e5, 1e5, 5e6, 1e6
# The middle of a whole column beyond these is no province's: the mean HTX of the country has a revenue of 3,600.
MIDDLE, MIDDLE_AREA = 50_000.0, 5_000.0
FEW, SOME, MANY = 3, 5, 10
BLOCK, ABOVE = 100.0, 300.0
# Charter capital may rise a thousandfold in the books once a slip of years is mended: one cell of it is said only.
SAID_ONLY, MOST_SAID_ONLY = ("charter_capital",), 3e7
# A figure of so many times that of the other, and large in itself, is in another unit than that.
BESIDE = (
    ("revenue", "total_assets"), ("revenue", "revenue_planned"), ("revenue_planned", "revenue"),
    ("total_assets", "revenue"), ("pre_tax_profit", "revenue"),
)  # fmt: skip
# What a row is judged by: within so many times of the usual ratio to another of its figures is as it should be.
PEOPLE = ("members", "workers")
BEARING = (*PEOPLE, "charter_capital", "total_assets", "revenue", "pre_tax_profit", "post_tax_profit")
NEAR = 30.0
# Less than this (million VND) no organisation has of it.
NEVER_LITTLE = {"charter_capital": 1.0, "total_assets": 1.0, "revenue": 0.01}
# Nor is this the middle of the cooperatives of a province: it is billions that were written.
MIDDLE_LITTLE = {"charter_capital": 5.0, "total_assets": 10.0, "revenue": 10.0}
# Powers of ten in million VND, and the unit of m² under hectares.
SIZES = {
    -6: ("đồng", "VND"), -3: ("nghìn đồng", "thousand VND"), 0: ("triệu đồng", "million VND"),
    3: ("tỷ đồng", "billion VND"),
}  # fmt: skip
SQUARE_METRES = ("m2", "m2")
INCOMES = ("worker_income", "member_income")
MONEY = tuple(
    column.name for column in TABLES["annual_reports"].columns if column.unit in ("triệu đồng", "triệu đồng/người/năm")
)


@dataclass(frozen=True)
class Contradiction:
    """Cells of a column that cannot be in its unit: positions, their other reading, and why (vi, en), each."""

    column: str
    positions: np.ndarray
    other: np.ndarray
    factor: np.ndarray
    why: list[tuple[str, str]]


# Figures of any size come in: one that overflows is infinitely far off, which is right.
@np.errstate(over="ignore", divide="ignore", invalid="ignore")
def of_reports(
    reports: pd.DataFrame, whose: Callable[[], tuple[np.ndarray, np.ndarray]], listed: bool = False
) -> list[Contradiction]:
    """Cells of the annual reports; ``whose`` gives the kind and the district of each report's organisation, or None.

    ``listed``: they are a list's, where nothing of another year stands against SAID_ONLY.
    """
    found = []
    for column in (*MONEY, "area_ha"):
        values = np.abs(reports[column].to_numpy("float64", na_value=np.nan))
        middle = {"area_ha": MIDDLE_AREA}.get(column, np.inf if column in INCOMES else MIDDLE)
        least = {"area_ha": MOST_AREA}.get(column, MOST_INCOME if column in INCOMES else min(MOST.values()))
        little = (values < MIDDLE_LITTLE.get(column, 0)) & (values > 0)
        if _surely_sound(values, least, middle) and not little.any():
            continue
        kinds, districts = whose()
        most = _most(kinds) if column in MONEY and column not in INCOMES else np.full(len(values), least)
        if column in SAID_ONLY:
            most = np.maximum(most, MOST_SAID_ONLY)
        found += _in_column(column, values, kinds, np.isin(kinds, ("htx", "tht")), districts, most, middle, reports)
        found += _low(column, values, kinds)
        if column not in (*INCOMES, "area_ha") and (listed or column not in SAID_ONLY):
            known = {at for one in found if one.column == column for at in one.positions.tolist()}
            found += _alone(column, reports, kinds, known)
    return found + _in_rows(reports)


def _alone(column: str, reports: pd.DataFrame, kinds: np.ndarray, known: set[int]) -> list[Contradiction]:
    """Single figures far from the middle of their column that nothing else in their row bears out.

    An honest giant is large in something else too: in members or workers, or in another sum of money.
    """
    values = _figures(reports, column)
    found: dict[int, tuple[float, tuple[str, str]]] = {}
    for kind in dict.fromkeys(kinds[values > 0]):
        own = (values > 0) & (kinds == kind)
        if own.sum() < FEW:
            continue
        half = float(np.median(values[own]))
        far = own & ((values >= BLOCK * half) | (values * ABOVE <= half) & (values < NEVER_LITTLE.get(column, 0)))
        for at in sorted(set(np.flatnonzero(far).tolist()) - known):
            times = values[at] / half
            factors = (1e3, 1e6) if times > 1 else (1e-3, 1e-6)
            factor = next((one for one in factors if 1 / NEAR <= times / one <= NEAR), 0.0)
            beside = _beside(column, values, reports, own, at)
            far_off = max(times, 1 / times) >= ABOVE and (len(beside) > 0 or own.sum() >= SOME)
            if factor and not _borne(beside, factor) and (far_off or len(beside) > 1):
                found[at] = factor, _why_alone(float(times), half, beside)
    if not found:
        return []
    positions = np.array(sorted(found), dtype="int64")
    times_large = np.array([found[at][0] for at in positions.tolist()])
    why = [found[at][1] for at in positions.tolist()]
    return [Contradiction(column, positions, values[positions] / times_large, times_large, why)]


def _beside(
    column: str, values: np.ndarray, reports: pd.DataFrame, own: np.ndarray, at: int
) -> dict[str, tuple[float, float]]:
    """What else the row says: column -> its figure, and how far the ratio to it is from the usual one (1: equal)."""
    found = {}
    for name in BEARING:
        other = _figures(reports, name) if name != column else np.zeros(len(values))
        pairs = own & (other > 0)
        if pairs[at] and pairs.sum() >= FEW:
            pairs[at] = False
            ratio = values[at] / other[at] / float(np.median(values[pairs] / other[pairs]))
            found[name] = float(other[at]), float(max(ratio, 1 / ratio))
    return found


def _borne(beside: dict[str, tuple[float, float]], factor: float) -> bool:
    """Whether another figure of the row is as far out; money alone says little where its people are far too few.

    So it is too where the other unit would fit it not three times better.
    """
    near = max(NEAR, (3 * max(factor, 1 / factor)) ** 0.5)
    people = [ratio for name, (_, ratio) in beside.items() if name in PEOPLE]
    money = [ratio for name, (_, ratio) in beside.items() if name not in PEOPLE]
    return any(ratio < near for ratio in people) or (
        any(ratio < near for ratio in money) and not (people and min(people) >= ABOVE)
    )


def _giant(column: str, values: np.ndarray, reports: pd.DataFrame, own: np.ndarray, at: int) -> bool:
    """Whether an organisation has many people too, and another sum of money that bears this one out."""
    many = (figures for figures in (_figures(reports, name) for name in PEOPLE) if (own & (figures > 0)).any())
    if not any(figures[at] >= 10 * np.median(figures[own & (figures > 0)]) for figures in many):
        return False
    beside = _beside(column, values, reports, own, at)
    return any(ratio < NEAR for name, (_, ratio) in beside.items() if name not in PEOPLE)


def _why_alone(times: float, half: float, beside: dict[str, tuple[float, float]]) -> tuple[str, str]:
    reports = TABLES["annual_reports"]
    others = [
        "; ".join(f"{getattr(reports.column(name), language)} {show(figure)}" for name, (figure, _) in beside.items())
        for language, show in (("vi", _vi), ("en", _en))
    ]
    vi, en = (
        (f"gấp {_vi(round(times))} lần", f"{_en(round(times))} times")
        if times > 1
        else (f"bằng 1/{_vi(round(1 / times))}", f"one {_en(round(1 / times))}th of")
    )
    return (
        f"{vi} mức thường thấy trong cột ({_vi(half)})" + (f", cùng dòng có {others[0]}" if beside else ""),
        f"{en} what is usual in the column ({_en(half)})" + (f", beside {others[1]}" * bool(beside)),
    )


def _figures(reports: pd.DataFrame, column: str) -> np.ndarray:
    return np.abs(reports[column].to_numpy("float64", na_value=np.nan))


def written(factor: float, size: float) -> tuple[str, str]:
    """The unit (vi, en) of a figure that is ``factor`` times too large in a column whose own unit has ``size``."""
    if factor == 1e4:
        return SQUARE_METRES
    found = SIZES.get(round(np.log10(size / factor)))
    times = max(factor, 1 / factor)
    vi, en = ("nhỏ", "smaller") if factor > 1 else ("lớn", "larger")
    return found or (f"một đơn vị {vi} hơn {_vi(times)} lần", f"a unit {_en(times)} times {en}")


def _in_rows(reports: pd.DataFrame) -> list[Contradiction]:
    """Large figures that another of their own row cannot bear."""
    found = []
    for column, other in BESIDE:
        values, beside = (reports[name].to_numpy("float64", na_value=np.nan) for name in (column, other))
        positions = np.flatnonzero((values >= MIDDLE) & (beside > 0) & (values >= ABOVE * beside))
        if len(positions):
            factor = np.array(
                [
                    min((1e3, 1e6), key=lambda one: abs(np.log(values[at]) - np.log(one) - np.log(beside[at])))
                    for at in positions
                ]
            )
            titles = TABLES["annual_reports"].column(other)
            why = [
                (
                    f"trong khi {titles.vi} ở cùng dòng là {_vi(beside[at])}",
                    f"while {titles.en} in the same row is {_en(beside[at])}",
                )
                for at in positions
            ]
            found.append(Contradiction(column, positions, values[positions] / factor, factor, why))
    return found


def of_amounts(values: np.ndarray, column: str, most: float) -> list[Contradiction]:
    """Cells of a column of single sums (support, loans, what activities cost)."""
    if _surely_sound(values, most, np.inf):
        return []
    kinds = np.full(len(values), "", dtype=object)
    limits = np.full(len(values), most)
    return _in_column(column, values, kinds, np.ones(len(values), dtype=bool), None, limits, np.inf)


def _most(kinds: np.ndarray) -> np.ndarray:
    most = np.full(len(kinds), max(MOST.values()))
    for kind, limit in MOST.items():
        most[kinds == kind] = limit
    return most


def _surely_sound(values: np.ndarray, most: float, middle: float) -> bool:
    """Whether no cell can contradict its unit: nearly always, and seen at a glance."""
    some = values[:: max(1, len(values) // 5_000)]
    some = some[some > 0]
    highest = np.nanmax(values, initial=0.0)
    if not len(some):
        return highest < min(most, middle)
    usual = float(np.median(some))
    return bool(highest < min(most, BLOCK * usual / 2) and usual < middle / 3)


def _in_column(
    column: str,
    values: np.ndarray,
    kinds: np.ndarray,
    common: np.ndarray,
    districts: np.ndarray | None,
    most: np.ndarray,
    middle: float,
    reports: pd.DataFrame | None = None,
) -> list[Contradiction]:
    known = values > 0
    why: dict[int, tuple[str, str]] = {}
    usual = float(np.median(values[known & common])) if (known & common).any() else 0.0
    if (known & common).sum() >= SOME and usual > middle:
        said = (
            f"trong khi mức giữa của cả cột là {_vi(usual)}, không tỉnh nào có",
            f"while the middle of the whole column is {_en(usual)}, which no province has",
        )
        why |= dict.fromkeys(np.flatnonzero(known & common).tolist(), said)
    if districts is not None:
        why |= _blocks(values, kinds, known & common, districts)
    for kind in dict.fromkeys(kinds[known]) if column not in SAID_ONLY else ():
        own = known & (kinds == kind)
        if own.sum() >= MANY:
            half = float(np.median(values[own]))
            for at in np.flatnonzero(own & (values >= ABOVE * half)).tolist():
                times = values[at] / half
                if reports is not None and _giant(column, values, reports, own, at):
                    continue
                why[at] = (
                    f"gấp {_vi(round(times))} lần mức thường thấy trong cột ({_vi(half)})",
                    f"{_en(round(times))} times what is usual in the column ({_en(half)})",
                )
    for at in np.flatnonzero(known & (values > most)).tolist():
        limit = most[at]
        why[at] = (
            f"nhiều hơn mức lớn nhất có thể có ({_vi(limit)})",
            f"more than there can be ({_en(limit)})",
        )
    if not why:
        return []
    positions = np.array(sorted(why), dtype="int64")
    factor = np.array([_factor(column, values[at], float(most[at]), usual) for at in positions])
    return [
        Contradiction(column, positions, values[positions] / factor, factor, [why[at] for at in positions.tolist()])
    ]


def _low(column: str, values: np.ndarray, kinds: np.ndarray) -> list[Contradiction]:
    """The cells of a whole column of cooperatives that lies where no province's does: larger units were written."""
    own = (values > 0) & (kinds == "htx")
    least, middle = MIDDLE_LITTLE.get(column, 0.0), float(np.median(values[own])) if own.sum() >= SOME else np.inf
    if middle >= least:
        return []
    positions = np.flatnonzero(own & (values < BLOCK * middle))
    factor = np.full(len(positions), 1e-3 if middle * 1e3 >= least else 1e-6)
    why = (
        f"trong khi mức giữa của các HTX là {_vi(middle)}, không tỉnh nào thấp như vậy",
        f"while the middle of the cooperatives is {_en(middle)}, lower than any province's",
    )
    return [Contradiction(column, positions, values[positions] / factor, factor, [why] * len(positions))]


def _blocks(values, kinds: np.ndarray, known: np.ndarray, districts: np.ndarray) -> dict[int, tuple[str, str]]:
    """Cells of a district whose middle lies far above that of all others of the kind."""
    why: dict[int, tuple[str, str]] = {}
    for kind in dict.fromkeys(kinds[known]):
        own = np.flatnonzero(known & (kinds == kind))
        groups = pd.Series(values[own]).groupby(districts[own]).agg(["median", "size"])
        for district, row in groups[groups["size"] >= FEW].iterrows():
            if row["median"] < BLOCK / 3 * np.median(values[own]) and row["size"] * 2 < len(own):
                continue
            inside = districts[own] == district
            others = values[own][~inside]
            if len(others) < FEW or row["median"] < BLOCK * np.median(others):
                continue
            a, b = float(row["median"]), float(np.median(others))
            said = (
                f"trong khi mức giữa của {district} là {_vi(a)}, của các huyện khác là {_vi(b)}",
                f"while the middle of {district} is {_en(a)} and that of the other districts {_en(b)}",
            )
            why |= dict.fromkeys(own[inside].tolist(), said)
    return why


def _factor(column: str, value: float, most: float, usual: float) -> float:
    """How many times too large a figure most likely is."""
    if column == "area_ha":
        return 1e4
    if 0 < usual < value / 30:
        return min((1e3, 1e6), key=lambda factor: abs(np.log(value / factor / usual)))
    return 1e3 if value / 1e3 <= most / 50 else 1e6


def _vi(value: float) -> str:
    return _en(value).translate(str.maketrans(",.", ".,"))


def _en(value: float) -> str:
    return f"{value:,.6g}" if abs(value) < 1e6 else f"{value:,.0f}"
