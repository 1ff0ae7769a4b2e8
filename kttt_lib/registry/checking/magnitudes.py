"""Figures whose size contradicts their unit: VND or thousand VND under a title of million VND, m² under hectares.

A figure is held against the most that an organisation of its kind can have, what others of its kind have, what its
district has beside the others, the other figures of its row, and its own other years. Only what no organisation could
have is an error, with both readings; what one that is idle, new or a giant could have is a warning with both (and see
``jumps``).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache, cached_property

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
# Revenue of so many times a year's profit or taxes, in the middle of a column, leaves next to nothing; nor can they be
# larger than it.
EARNED = ("pre_tax_profit", "post_tax_profit", "taxes_paid")
NEXT_TO_NOTHING = 3_000.0
# What a row is judged by: within so many times of the usual ratio to another of its figures is as it should be.
PEOPLE = ("members", "workers")
BEARING = (*PEOPLE, "charter_capital", "total_assets", "revenue", "pre_tax_profit", "post_tax_profit")
NEAR = 30.0
# Less than this (million VND) no organisation has of it that has any, nor the middle of a list of them.
LITTLE = {"charter_capital": 1.0, "total_assets": 1.0, "revenue": 0.05, "worker_income": 0.1}
# A middle below this is that of idle or new cooperatives, or was written in billions: none can tell.
DOUBTED = {"charter_capital": 5.0, "total_assets": 10.0, "revenue": 10.0}
# Of so many pairs the usual ratio is the same with one left out.
LOTS = 500
# And of more than so many a part tells it.
PART = 20_000
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
    """Cells of a column that cannot be in its unit: positions, their other reading, and why (vi, en), each.

    ``sure``: False where there is another explanation, and the cells may be right as they are. ``alike``: positions of
    the other cells that the one of ``positions`` stands for.
    """

    column: str
    positions: np.ndarray
    other: np.ndarray
    factor: np.ndarray
    why: list[tuple[str, str]]
    sure: bool = True
    alike: np.ndarray | None = None


class _Reports:
    """Annual reports with what every column is judged by, worked out when first asked for, and once."""

    def __init__(self, reports: pd.DataFrame, whose: Callable[[], tuple[np.ndarray, np.ndarray]]) -> None:
        self.whose = cache(whose)
        self.figures = cache(lambda column: _sizes(reports[column].to_numpy("float64", na_value=np.nan)))
        self.rows = cache(lambda kind: np.flatnonzero(self.kinds[0] == kind))
        self.places = cache(lambda kind: self.districts[0][self.rows(kind)] + 1)
        self.row = cache(lambda column, kind: _Row(self, column, kind))

    @cached_property
    def kinds(self) -> tuple[np.ndarray, list[str | None]]:
        """Each report's place in the list of kinds, and that list."""
        codes, names = pd.factorize(self.whose()[0], use_na_sentinel=False)
        return codes, list(names)

    @cached_property
    def districts(self) -> tuple[np.ndarray, list[str]]:
        """Each report's place in the list of districts (-1: none is given), and that list."""
        codes, names = pd.factorize(self.whose()[1])
        return codes, list(names)

    def of(self, *kinds: str) -> np.ndarray:
        codes, names = self.kinds
        return np.array([name in kinds for name in names], dtype=bool)[codes]

    @cached_property
    def common(self) -> np.ndarray:
        return self.of("htx", "tht")

    @cached_property
    def most(self) -> np.ndarray:
        codes, names = self.kinds
        return np.array([MOST.get(name or "", max(MOST.values())) for name in names])[codes]


def _sizes(values: np.ndarray) -> np.ndarray:
    return np.abs(values) if (values < 0).any() else values


def _middle(figures: np.ndarray) -> float:
    """Their median, several times as fast as numpy's: they are some, and numbers all."""
    half = len(figures) // 2
    parted = np.partition(figures, half)
    return float(parted[half] if len(figures) % 2 else (parted[:half].max() + parted[half]) / 2)


class _Row:
    """What the rest of a row says of its figure in ``column``, among the reports of a kind that have one."""

    def __init__(self, reports: _Reports, column: str, kind: int) -> None:
        self.reports, self.column, self.values = reports, column, reports.figures(column)
        self.positions = reports.rows(kind)
        self.figures = self.values[self.positions]
        known = self.figures > 0
        if not known.all():
            self.positions, self.figures = self.positions[known], self.figures[known]

    @cached_property
    def half(self) -> float:
        return _middle(self.figures)

    @cached_property
    def others(self) -> list[tuple[str, np.ndarray, np.ndarray, np.ndarray]]:
        """Other columns: their name, their figures, and where both stand with the ratio to each there."""
        found, some = [], self.positions[:: max(1, len(self.positions) // PART)]
        own = self.values[some]
        for name in BEARING if self.column not in INCOMES else ():
            other = self.reports.figures(name)
            beside = other[some]
            both = beside > 0
            if name != self.column and np.count_nonzero(both) >= FEW:
                found.append((name, other, some[both], own[both] / beside[both]))
        return found

    @cached_property
    def usual(self) -> dict[str, float]:
        return {name: _middle(ratios) for name, _, _, ratios in self.others}

    @cached_property
    def people(self) -> list[tuple[np.ndarray, float]]:
        """Figures of members and of workers, each with the middle of those that have some."""
        both = [(figures, figures[self.positions]) for figures in map(self.reports.figures, PEOPLE)]
        return [(figures, _middle(own[own > 0])) for figures, own in both if (own > 0).any()]

    def beside(self, at: int) -> dict[str, tuple[float, float]]:
        """Column -> its figure in the row, and how far the ratio to it is from that of the other rows (1: equal)."""
        found = {}
        for name, other, both, ratios in self.others:
            if other[at] > 0:
                usual = self.usual[name] if len(both) > LOTS else _middle(ratios[both != at])
                ratio = self.values[at] / other[at] / usual
                found[name] = float(other[at]), float(max(ratio, 1 / ratio))
        return found


# Figures of any size come in: one that overflows is infinitely far off, which is right.
@np.errstate(over="ignore", divide="ignore", invalid="ignore")
def of_reports(
    reports: pd.DataFrame,
    whose: Callable[[], tuple[np.ndarray, np.ndarray]],
    listed: bool = False,
    answered: Mapping[str, np.ndarray] | None = None,
) -> list[Contradiction]:
    """Cells of the annual reports; ``whose`` gives the kind and the district of each report's organisation, or None.

    ``listed``: they are a list's, where nothing of another year stands against SAID_ONLY. ``answered``: column -> mask
    of the reports whose official was asked about the unit of the whole column, which is so settled.
    """
    answered, held = answered or {}, _Reports(reports, whose)
    found = []
    for column in (*MONEY, "area_ha"):
        values = held.figures(column)
        held.row.cache_clear()
        middle = {"area_ha": MIDDLE_AREA}.get(column, np.inf if column in INCOMES else MIDDLE)
        least = {"area_ha": MOST_AREA}.get(column, MOST_INCOME if column in INCOMES else min(MOST.values()))
        doubted = DOUBTED.get(column, LITTLE.get(column, 0.0))
        sound = _surely_sound(values, least, middle)
        if sound and (column == "area_ha" or _none_low(values, doubted, held)):
            continue
        settled = answered.get(column, np.zeros(len(values), dtype=bool))
        most = held.most if column in MONEY and column not in INCOMES else np.broadcast_to(least, len(values))
        if column in SAID_ONLY:
            most = np.maximum(most, MOST_SAID_ONLY)
        found += _in_column(column, values, most, middle, held, settled)
        found += _low(column, values, held, settled)
        if column != "area_ha":
            known = {at for one in found if one.column == column and one.sure for at in one.positions.tolist()}
            found += _alone(column, held, known, column in SAID_ONLY and not listed)
    return found + _in_rows(reports) + _beside_revenue(held, answered)


def _alone(column: str, held: _Reports, known: set[int], only_said: bool) -> list[Contradiction]:
    """Single figures far from the middle of their column that nothing else in their row bears out.

    An honest giant is large in something else too: in members or workers, or in another sum of money. Where a row has
    no other money, it may be one; and a year without business leaves little, but not less than LITTLE.
    """
    found: dict[int, tuple[float, tuple[str, str], bool]] = {}
    values = held.figures(column)
    for kind in range(len(held.kinds[1])):
        row = held.row(column, kind)
        if len(row.positions) < FEW:
            continue
        half, own = row.half, row.figures
        far = [own >= BLOCK * half] if not only_said and column not in INCOMES else []
        far += [own * BLOCK <= half] if column in LITTLE else []  # a profit or a fund may honestly be next to nothing
        for at in sorted({at for mask in far for at in row.positions[mask].tolist()} - known):
            times = values[at] / half
            factors = (1e3, 1e6) if times > 1 else (1e-3, 1e-6)
            factor = next((one for one in factors if 1 / NEAR <= times / one <= NEAR), 0.0)
            beside = row.beside(at) if factor else {}
            if not factor or _borne(beside, factor):
                continue
            little = values[at] < LITTLE.get(column, 0)
            if times > 1:
                far_off = times >= ABOVE and (len(beside) > 0 or len(own) >= SOME)
                money = [ratio for name, (_, ratio) in beside.items() if name not in PEOPLE]
                # Few people alone are no proof: a row whose sums go together may be that of a large one.
                sure = len(money) > 0 and (times >= ABOVE or min(money) >= NEAR) and half >= DOUBTED.get(column, 0)
            else:
                # Hardly any work is another reading of an income.
                far_off = times * ABOVE <= 1 and (little or column in INCOMES)
                far_off = far_off or any(name in PEOPLE for name in beside)
                sure = little and not only_said
            if far_off or len(beside) > 1:
                found[at] = factor, _why_alone(float(times), half, beside), bool(sure)
    return _contradictions(column, values, found)


def _contradictions(
    column: str, values: np.ndarray, found: dict[int, tuple[float, tuple[str, str], bool]]
) -> list[Contradiction]:
    """Position -> how many times too large, why, and whether surely: those that are sure, and those in doubt."""
    made = []
    for sure in (True, False):
        positions = np.array(sorted(at for at, one in found.items() if one[2] == sure), dtype="int64")
        if len(positions):
            factor = np.array([found[at][0] for at in positions.tolist()])
            why = [found[at][1] for at in positions.tolist()]
            made.append(Contradiction(column, positions, values[positions] / factor, factor, why, sure))
    return made


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


def _giant(row: _Row, at: int) -> bool:
    """Whether an organisation has many people too, and another sum of money that bears this one out."""
    if not any(figures[at] >= 10 * middle for figures, middle in row.people):
        return False
    return any(ratio < NEAR for name, (_, ratio) in row.beside(at).items() if name not in PEOPLE)


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


def _beside_revenue(held: _Reports, answered: Mapping[str, np.ndarray]) -> list[Contradiction]:
    """The first cell of a column of profits or taxes whose middle is next to nothing beside revenue, or above it.

    In doubt: cooperatives may honestly earn no more, and nothing else in their rows can tell.
    """
    found = []
    revenue = held.figures("revenue")
    for column in EARNED:
        values = held.figures(column)
        both = np.flatnonzero((values > 0) & (revenue > 0) & ~answered.get(column, np.zeros(len(values), dtype=bool)))
        if len(both) < SOME:
            continue
        some = both[:: max(1, len(both) // PART)]
        times = _middle(revenue[some] / values[some])
        if 1 <= times <= NEXT_TO_NOTHING:
            continue
        if times > 1:
            factor = 1e-3 if times < 1e3 * NEXT_TO_NOTHING else 1e-6
            why = (
                f"trong khi doanh thu ở cùng dòng thường gấp {_vi(round(times))} lần số của cột này",
                f"while revenue in the same row is usually {_en(round(times))} times this column's figure",
            )
        else:
            factor = 1e3 if times > 1e-3 else 1e6
            why = (
                "trong khi số của cột này thường lớn hơn doanh thu ở cùng dòng",
                "while this column's figures are usually larger than revenue in the same row",
            )
        first = both[:1]
        found.append(Contradiction(column, first, values[first] / factor, np.array([factor]), [why], False, both[1:]))
    return found


def of_amounts(values: np.ndarray, column: str, most: float) -> list[Contradiction]:
    """Cells of a column of single sums (support, loans, what activities cost)."""
    if _surely_sound(values, most, np.inf):
        return []
    return _in_column(column, values, np.full(len(values), most), np.inf)


def _surely_sound(values: np.ndarray, most: float, middle: float) -> bool:
    """Whether no cell can be too large for its unit: nearly always, and seen at a glance."""
    some = values[:: max(1, len(values) // 5_000)]
    some = some[some > 0]
    highest = np.nanmax(values, initial=0.0)
    if not len(some):
        return highest < min(most, middle)
    usual = _middle(some)
    return bool(highest < min(most, BLOCK * usual / 2) and usual < middle / 3)


def _none_low(values: np.ndarray, least: float, held: _Reports) -> bool:
    """Whether no cell can be too small for its unit: none below ``least``, nor far below others of a kind."""
    lowest = np.min(values, initial=np.inf, where=values > 0)
    if lowest < least or lowest == np.inf:
        return lowest == np.inf
    step = max(1, len(values) // 5_000)
    some = values[::step]
    if lowest * BLOCK > np.nanmax(some, initial=0.0):
        return True
    of = pd.Series(some[some > 0]).groupby(held.kinds[0][::step][some > 0]).median()
    return bool(lowest * BLOCK / 2 > of.max())


def _in_column(
    column: str,
    values: np.ndarray,
    most: np.ndarray,
    middle: float,
    held: _Reports | None = None,
    settled: np.ndarray | None = None,
) -> list[Contradiction]:
    """Without ``held`` every row is of one kind, of no district, and alone."""
    known = values > 0
    common = known & held.common if held else known
    number = int(common.sum())
    why: dict[int, tuple[tuple[str, str], bool]] = {}
    usual = cache(lambda: _middle(values[common]) if number else 0.0)
    # The middle is worked out only where half lies above: seldom.
    if number >= SOME and 2 * np.count_nonzero(common & (values > middle)) >= number and usual() > middle:
        said = (
            f"trong khi mức giữa của cả cột là {_vi(usual())}, không tỉnh nào có",
            f"while the middle of the whole column is {_en(usual())}, which no province has",
        )
        asked = common if settled is None else common & ~settled
        why |= dict.fromkeys(np.flatnonzero(asked).tolist(), (said, True))
    why |= _blocks(column, values, held) if held else {}
    for kind in range(len(held.kinds[1]) if held else 1) if column not in SAID_ONLY else ():
        row = held.row(column, kind) if held else None
        own, figures = (row.positions, row.figures) if row else (np.flatnonzero(known), values[known])
        if len(own) < MANY:
            continue
        half = row.half if row else usual()
        for at in own[figures >= ABOVE * half].tolist():
            if row and _giant(row, at):
                continue
            times = round(values[at] / half)
            said = (
                f"gấp {_vi(times)} lần mức thường thấy trong cột ({_vi(half)})",
                f"{_en(times)} times what is usual in the column ({_en(half)})",
            )
            judged = not held or column not in MONEY or column in INCOMES or _has_money(column, held, at)
            why[at] = said, judged and half >= DOUBTED.get(column, 0)
    for at in np.flatnonzero(known & (values > most)).tolist():
        limit = most[at]
        said = (
            f"nhiều hơn mức lớn nhất có thể có ({_vi(limit)})",
            f"more than there can be ({_en(limit)})",
        )
        why[at] = said, True
    found = {}
    for at, (said, sure) in why.items():
        factor = _factor(column, values[at], float(most[at]), usual()) if values[at] > usual() / NEAR else 1e-3
        found[at] = factor, said, sure
    return _contradictions(column, values, found)


def _has_money(column: str, held: _Reports, at: int) -> bool:
    """Whether the row has another sum of money to judge this one by."""
    return any(held.figures(name)[at] > 0 for name in BEARING if name not in (column, *PEOPLE))


def _low(column: str, values: np.ndarray, held: _Reports, settled: np.ndarray) -> list[Contradiction]:
    """The cells of a whole column of cooperatives that lies where no province's does: larger units were written.

    Where it may be that of cooperatives without business, the first cell alone, in doubt.
    """
    if "htx" not in held.kinds[1]:
        return []
    row = held.row(column, held.kinds[1].index("htx"))
    own = row.positions[~settled[row.positions]]
    if len(own) < SOME:
        return []
    middle = row.half if len(own) == len(row.positions) else _middle(values[own])
    least = LITTLE.get(column, 0.0)
    sure = middle < least
    if not sure and middle >= DOUBTED.get(column, 0.0):
        return []
    positions = own[values[own] < BLOCK * middle]
    positions, alike = (positions, None) if sure else (positions[:1], positions[1:])
    factor = np.full(len(positions), 1e-3 if middle * 1e3 >= DOUBTED.get(column, least) else 1e-6)
    ends = ("không tỉnh nào thấp như vậy", "lower than any province's") if sure else ("rất thấp", "very low")
    why = (
        f"trong khi mức giữa của các HTX là {_vi(middle)}, {ends[0]}",
        f"while the middle of the cooperatives is {_en(middle)}, {ends[1]}",
    )
    return [Contradiction(column, positions, values[positions] / factor, factor, [why] * len(positions), sure, alike)]


def _blocks(column: str, values: np.ndarray, held: _Reports) -> dict[int, tuple[tuple[str, str], bool]]:
    """Cells of a district whose middle lies far above that of all others of the kind, or far below.

    Below is in doubt: its organisations may have next to no business.
    """
    why: dict[int, tuple[tuple[str, str], bool]] = {}
    codes, districts = held.districts
    for kind, name in enumerate(held.kinds[1]):
        row = held.row(column, kind)
        if name not in ("htx", "tht") or not len(row.positions):
            continue
        own, figures, middle = row.positions, row.figures, row.half
        places = held.places(kind) if own is held.rows(kind) else codes[own] + 1
        size, above, below = (
            np.bincount(places[some], minlength=len(districts) + 1)
            for some in (slice(None), figures >= BLOCK / 3 * middle, figures * BLOCK / 3 <= middle)
        )
        # The middle of a district is so far off only where half of its figures are.
        far = (size >= FEW) & ((2 * np.maximum(above, below) >= size) | (2 * size >= len(own)))
        for place in np.flatnonzero(far[1:]).tolist():
            inside = places == place + 1
            a = _middle(figures[inside])
            large = size[place + 1] * 2 >= len(own)
            if BLOCK / 3 * a > middle and a < BLOCK / 3 * middle and not large:
                continue
            others = figures[~inside]
            b = _middle(others) if len(others) >= FEW else a
            low = column != "area_ha" and a * BLOCK <= b and not large
            if a < BLOCK * b and not low:
                continue
            said = (
                f"trong khi mức giữa của {districts[place]} là {_vi(a)}, của các huyện khác là {_vi(b)}",
                f"while the middle of {districts[place]} is {_en(a)} and that of the other districts {_en(b)}",
            )
            sure = a < LITTLE.get(column, 0) if low else b >= DOUBTED.get(column, 0)
            block = own[inside]
            block = block[values[block] * BLOCK / 3 <= b] if low else block
            why |= dict.fromkeys(block.tolist(), (said, sure))
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
