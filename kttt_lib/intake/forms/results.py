"""What a province's summaries say of a plan's promises, and where they contradict a registry.

A summary tells totals, not who is in them: what it leaves open is an open bound, and no verdict is stronger than it.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field

import pandas as pd

from kttt_lib.analysis.resources.resources import resources
from kttt_lib.analysis.scorecard.verdicts import against
from kttt_lib.errors import KtttError
from kttt_lib.grammar.measure import Measure
from kttt_lib.indicators import INDICATORS
from kttt_lib.indicators.catalogue import indicator_of
from kttt_lib.indicators.composed import parts_under
from kttt_lib.intake.forms.summary import Summary
from kttt_lib.intake.forms.writing import cells_of
from kttt_lib.plan.model import Plan, Target
from kttt_lib.rating import form_number, load_form
from kttt_lib.registry import Registry
from kttt_lib.registry.text import fold
from kttt_lib.results import RESOURCES_FORM

TARGETS = [
    "target_id", "title_vi", "title_en", "unit", "comparator", "threshold", "deadline", "lower", "upper", "indication",
    "verdict", "reason_vi", "reason_en", "cells", "basis",
]  # fmt: skip
BESIDE = ["line", "column", "title_vi", "title_en", "summary", "registry", "reports", "expected", "says", "cell"]
SIGNED = ("pre_tax_profit", "post_tax_profit")
_PLAIN = {"kind", "include_qtdnd", "sector", "state"}
_BOTH = {"htx", "qtdnd"}

Reason = tuple[str, str]
NO_LINE: Reason = ("biểu không có dòng nào nói điều này", "no line of the form tells this")
DOUBTED: Reason = (
    "dòng cần dùng để trống, không đọc được hoặc nằm trong tổng không khớp",
    "the line needed is blank, not read, or stands in a sum that does not add up",
)
NOT_WHOLE: Reason = (
    "cam kết theo từng năm, từng nơi, theo mức tăng hoặc đến một ngày trong năm, còn biểu chỉ có tổng cả năm",
    "the promise is by year, by place, of a growth or up to a day within a year; a form has whole years' totals only",
)
NOT_CLOSED: Reason = (
    "biểu lập trước khi hết năm, có thể còn tăng",
    "the form is made before the year is over and may still rise",
)
OTHER_YEAR: Reason = (
    "năm của biểu không trùng năm dương lịch",
    "the form's year is not the calendar's",
)
PARTIAL: Reason = ("biểu không nói đủ mọi HTX đã báo cáo", "the form does not say that all HTX reported")
WITH_FUNDS: Reason = ("biểu đếm chung HTX và QTDND", "the form counts HTX and credit funds together")
ONCE: Reason = (
    "một HTX hưởng nhiều chính sách chỉ tính một lần; biểu không nói trùng bao nhiêu",
    "an HTX under several programmes counts once; the form does not say how many are",
)
FARMS: Reason = ("dòng này của biểu chỉ nói HTX nông nghiệp", "this line of the form is of agricultural HTX only")
NOT_SAID: Reason = (
    "biểu không ghi riêng đúng điều kế hoạch hứa (lượt, vay ưu đãi)",
    "the form does not tell apart what the plan promises (attendances, preferential loans)",
)
WORKING: Reason = (
    "biểu chỉ đếm tổ chức đang hoạt động",
    "the form counts organisations that work, not all that exist",
)
BEFORE: Reason = ("chưa có biểu của năm đến hạn", "there is no form of the year of the deadline")


@dataclass
class _Told:
    """Bounds (None: open), the figure nearest to it, the cells, and what left a bound open."""

    lower: float | None = None
    upper: float | None = None
    indication: float | None = None
    cells: list[str] = field(default_factory=list)
    reasons: list[Reason] = field(default_factory=list)

    def take(self, figure: pd.Series) -> float:
        """A figure's value, its cell noted."""
        self.cells.append(f"{figure['file']}!{figure['cell']}")
        return float(figure["value"])


def targets_said(plan: Plan, summaries: list[Summary], whole_year: bool = False) -> pd.DataFrame:
    """One row a promise (TARGETS), in the plan's order; ``basis`` is "summary_form" where a figure stands behind it.

    ``whole_year``: the province says that each form covers the whole calendar year; else a count may still rise after
    it was made, and only a lower bound holds. Verdicts: met, not_met, undetermined, tracked, not_due, no_data.
    """
    by_year = {one.year: one for one in summaries}
    if len(by_year) < len(summaries):
        raise KtttError("Có hai biểu của cùng một năm.", "Two of the forms are of one year.")
    rows = []
    for group, target in plan.promises():
        if group == "measure":
            continue
        told = _told(plan, target, by_year, whole_year)
        verdict = _verdict(plan, target, told, by_year)
        reasons = list(dict.fromkeys(told.reasons)) if told else [NO_LINE]
        rows.append(
            [
                target.id, target.title_vi, target.title_en, target.unit, target.comparator, target.threshold,
                target.deadline, *((told.lower, told.upper, told.indication) if told else (None, None, None)), verdict,
                "; ".join(vi for vi, _ in reasons), "; ".join(en for _, en in reasons),
                ", ".join(dict.fromkeys(told.cells)) if told else "", "summary_form" if told and told.cells else "",
            ]
        )  # fmt: skip
    frame = pd.DataFrame(rows, columns=TARGETS)
    return frame.astype({name: float for name in ("threshold", "lower", "upper", "indication")})


def _verdict(plan: Plan, target: Target, told: _Told | None, by_year: dict[int, Summary]) -> str:
    if told is None or (told.indication is None and told.lower is None and told.upper is None):
        return "no_data"
    if target.threshold is None:
        return "tracked"
    said = against(told.lower, told.upper, target.comparator, target.threshold)
    if target.deadline > dt.date(max(by_year), 12, 31):
        rises = indicator_of(target, plan.lists).monotone and target.comparator in (">=", ">")
        return "met" if said == "met" and rises else "not_due"
    return said


def _told(plan: Plan, target: Target, by_year: dict[int, Summary], whole_year: bool) -> _Told | None:
    """What the forms say of a promise; None where no line of a form speaks of it."""
    if target.measure is None and target.indicator not in INDICATORS:
        return None
    ends = [day for day in (target.deadline, plan.period.end) if (day.month, day.day) != (12, 31)]
    if not target.plain or ends or (plan.period.start.month, plan.period.start.day) != (1, 1):
        return _Told(reasons=[NOT_WHOLE])
    parts = parts_under(indicator_of(target, plan.lists), target.parameters)
    if parts is None:
        return None
    measure = parts.measure
    of = measure.of.model_dump(exclude_defaults=True)
    if set(of) - _PLAIN or measure.out_of is not None or measure.when is not None:
        return None
    end = min(target.deadline, plan.period.end).year
    years = list(range(plan.period.start.year, min(end, max(by_year)) + 1))
    if measure.what == "count" and not measure.that:
        return _stock(measure, by_year.get(end))
    if measure.what == "sum" and measure.table is None:
        return _sum(measure, by_year.get(end))
    if measure.what in ("count", "share") and len(measure.that) == 1 and measure.of.sector is None:
        that = measure.that[0].model_dump(exclude_defaults=True)
        if set(that) == {"supported"} and measure.what == "count" and "htx" in measure.of.kinds:
            return _flow(_helped(list(that["supported"]), measure), by_year, years, end, whole_year, additive=False)
        if that == {"loan": "preferential"} and "htx" in measure.of.kinds:
            return _borrowers(measure, by_year, years, end, whole_year)
        return None
    if measure.what == "sum" and measure.table is not None:
        return _rows(measure, by_year, years, end, whole_year)
    return None


def _stock(measure: Measure, summary: Summary | None) -> _Told | None:
    """How many there are at the year's end."""
    kinds = set(measure.of.kinds)
    line = "unions" if kinds == {"lhhtx"} else "active" if kinds in (_BOTH, {"htx"}) else ""
    if not line or measure.of.sector is not None or measure.of.state not in (None, "working"):
        return None
    told = _Told()
    if summary is None:
        told.reasons.append(BEFORE)
        return told
    if (figure := summary.figure(line)) is None:
        told.reasons.append(DOUBTED)
        return told
    told.indication = told.take(figure)
    if kinds == {"htx"}:
        told.reasons.append(WITH_FUNDS)
        told.upper = told.indication if measure.of.state == "working" else None
    else:
        told.lower = told.indication
        told.upper = told.indication if measure.of.state == "working" else None
    if measure.of.state is None:
        told.reasons.append(WORKING)
    return told


def _sum(measure: Measure, summary: Summary | None) -> _Told | None:
    """A sum over the annual reports of the year."""
    column, kinds, sector = (measure.column or [""])[0], set(measure.of.kinds), measure.of.sector
    lines = [one for one in load_form("province").lines if one.source == "report" and one.name == column]
    exact = [one for one in lines if one.sector == (sector or "all")]
    apart = [one for one in lines if one.sector in ("agriculture", "non_agriculture")]
    if sector is None and kinds == {"htx"} and len(apart) > 1:
        exact, kinds = apart, _BOTH  # the two sectors without credit are the HTX
    if not exact or measure.of.state is not None or not kinds <= _BOTH or "htx" not in kinds:
        return None
    told = _Told()
    if summary is None:
        told.reasons.append(BEFORE)
        return told
    figures = [figure for one in exact if (figure := summary.figure(one.code)) is not None]
    if len(figures) < len(exact):
        told.reasons.append(DOUBTED)
        return told
    told.indication = sum(told.take(figure) for figure in figures)
    if sector is None and kinds == {"htx"}:
        told.reasons.append(WITH_FUNDS)
        return told
    whole = all(not pd.isna(f["reports"]) and f["reports"] == f["expected"] for f in figures)
    told.upper = told.indication if whole else None
    told.lower = told.indication if whole or column not in SIGNED else None
    if not whole:
        told.reasons.append(PARTIAL)
    return told


def _flow(read, by_year: dict[int, Summary], years: list[int], end: int, whole_year: bool, additive: bool) -> _Told:
    """What happened in the period, year by year: ``read`` gives the bounds of one year."""
    told = _Told()
    lows: list[float] = []
    highs: list[float] = []
    near: list[float] = []
    for year in years:
        summary = by_year.get(year)
        if summary is None:
            told.reasons.append(BEFORE)
            continue
        low, high, value = read(summary, told)
        closed = whole_year or summary.closed
        if not closed:
            high = None
            told.reasons.append(NOT_CLOSED)
            if form_number("province", dt.date(year, 12, 31)).year_ends:
                low = None
                told.reasons.append(OTHER_YEAR)
        lows += [low] if low is not None else []
        highs += [high] if high is not None else []
        near += [value] if value is not None else []
    told.lower = (sum(lows) if additive else max(lows)) if lows else None
    told.upper = sum(highs) if highs and len(highs) == end - years[0] + 1 else None
    told.indication = (sum(near) if additive else max(near)) if near else None
    return told


def _helped(programmes: list[str], measure: Measure):
    """HTX helped under any of the programmes: at least those of the largest, at most all of them."""
    lines = [one for one in load_form("province").lines if one.source == "support" and one.name in programmes]

    def read(summary: Summary, told: _Told) -> tuple[float | None, float | None, float | None]:
        found = [figure for one in lines if (figure := summary.figure(one.code, "organisations")) is not None]
        values = [told.take(figure) for figure in found]
        if not values:
            told.reasons.append(DOUBTED)
            return None, None, None
        whole = len(found) == len(programmes)
        if not whole:
            told.reasons.append(DOUBTED)
        if any("nong nghiep" in fold(figure["heading"]) for figure in found):
            told.reasons.append(FARMS)
            whole = False
        if len(values) > 1:
            told.reasons.append(ONCE)
        if set(measure.of.kinds) != _BOTH:  # the line counts credit funds too
            told.reasons.append(WITH_FUNDS)
            return None, sum(values) if whole else None, max(values)
        if measure.of.state is not None:  # some of those helped may be gone
            told.reasons.append(WORKING)
            return None, None, max(values)
        return max(values), sum(values) if whole else None, max(values)

    return read


def _borrowers(measure: Measure, by_year, years: list[int], end: int, whole_year: bool) -> _Told:
    """HTX with preferential loans, or their share of those that work; only where the line speaks of such loans."""

    def read(summary: Summary, told: _Told) -> tuple[float | None, float | None, float | None]:
        figure, base = summary.figure("capital", "organisations"), summary.figure("active")
        if figure is None or (measure.what == "share" and (base is None or not base["value"])):
            told.reasons.append(DOUBTED)
            return None, None, None
        count = told.take(figure)
        value = 100 * count / told.take(base) if measure.what == "share" and base is not None else count
        if "uu dai" not in fold(figure["written"]):
            told.reasons.append(NOT_SAID)
            return None, None, value
        both = set(measure.of.kinds) == _BOTH
        if not both:
            told.reasons.append(WITH_FUNDS)
        if measure.what == "count":
            return value if both else None, value, value
        if measure.of.state != "working":
            told.reasons.append(WORKING)
            return None, None, value
        return (value, value, value) if both else (None, None, value)

    if measure.what == "share" and len(years) > 1:
        years = years[-1:]
    return _flow(read, by_year, years, end, whole_year, additive=False)


def _rows(measure: Measure, by_year, years: list[int], end: int, whole_year: bool) -> _Told | None:
    """Attendances of HTX staff, or the money of a programme or of all loans."""
    where, column = dict(measure.where), (measure.column or [""])[0]
    if measure.table == "trainings" and column == "turns" and where == {"audience": "htx_managers"}:
        line, of = "training", "quantity"
    elif measure.table == "support_events" and column == "amount" and set(where) == {"programme"}:
        codes = [where["programme"]] if isinstance(where["programme"], str) else where["programme"]
        found = [one.code for one in load_form("province").lines if one.source == "support" and one.name == codes[0]]
        if len(codes) != 1 or not found:
            return None
        line, of = found[0], "amount"
    elif measure.table == "loans" and column == "amount" and not where:
        line, of = "loans", "amount"
    else:
        return None

    def read(summary: Summary, told: _Told) -> tuple[float | None, float | None, float | None]:
        figure = summary.figure(line, of)
        if figure is None:
            told.reasons.append(DOUBTED)
            return None, None, None
        value = told.take(figure)
        if line == "training" and "luot" not in fold(figure["written"]):
            told.reasons.append(NOT_SAID)
            return None, None, value
        if "nong nghiep" in fold(figure["heading"]):
            told.reasons.append(FARMS)
            return value, None, value
        return value, value, value

    return _flow(read, by_year, years, end, whole_year, additive=True)


def beside_registry(summary: Summary, registry: Registry) -> pd.DataFrame:
    """Each figure of the form beside what the registry has of the year (BESIDE).

    ``says``: agrees, contradicts (no missing report could make both right), open (missing reports, or a line of
    agricultural HTX only, may), only_summary, only_registry.
    """
    layout = load_form("province")
    counted = resources(registry, dt.date(summary.year, 12, 31))[RESOURCES_FORM]
    rows = []
    for told in counted.itertuples():
        line = layout.lines[int(told.row) - 1]
        cells = cells_of(told)
        for column in layout.part_of(line.code).columns:
            own = cells.get(column)
            own = None if own is None or own != own else float(own)
            found = summary.figures[(summary.figures["line"] == line.code) & (summary.figures["column"] == column)]
            if found.empty and own is None:
                continue
            said = None if found.empty else float(found["value"].iloc[0])
            missing = told.reports == told.reports and told.reports < told.expected
            farms = not found.empty and "nong nghiep" in fold(found["heading"].iloc[0])
            rows.append(
                [
                    line.code, column, line.vi, line.en, said, own, told.reports, told.expected,
                    _says(said, own, missing, farms, line.name in SIGNED), "" if found.empty else found["cell"].iloc[0],
                ]
            )  # fmt: skip
    numbers = {name: float for name in ("summary", "registry", "reports", "expected")}
    return pd.DataFrame(rows, columns=BESIDE).astype(numbers)


def _says(said: float | None, own: float | None, missing: bool, farms: bool, signed: bool) -> str:
    if said is None or own is None:
        return "only_registry" if said is None else "only_summary"
    if abs(said - own) <= 0.05 + 1e-9 * abs(own) and (abs(said - own) < 1e-6 or not float(own).is_integer()):
        return "agrees"
    if (missing and (signed or said > own)) or (farms and said < own):
        return "open"
    return "contradicts"
