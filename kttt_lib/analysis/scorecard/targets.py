"""Did the plan keep its promises? Targets measured, judged, tried under other definitions and traced to rows."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from kttt_lib.analysis.scorecard import by_group as groups
from kttt_lib.analysis.scorecard.ambition import asked_a_year, past
from kttt_lib.analysis.scorecard.awaited import measured_on
from kttt_lib.analysis.scorecard.beside_published import published_rows
from kttt_lib.analysis.scorecard.by_group import by_group
from kttt_lib.analysis.scorecard.details import by_feature, delivery, self_scores
from kttt_lib.analysis.scorecard.readings import robustness, summary, titles
from kttt_lib.analysis.scorecard.verdicts import attainments, judged
from kttt_lib.indicators import INDICATORS, Measurement, PlanContext, measure
from kttt_lib.indicators.measure import rows_of, summed, unread
from kttt_lib.indicators.rows import COUNTED, Rows
from kttt_lib.plan import UNITS, Plan, Target
from kttt_lib.rating import caveats, definition
from kttt_lib.rating.definitions import out_of_force, rated_under, reads_grades
from kttt_lib.rating.facts import Facts, to_day
from kttt_lib.rating.scoring import self_scored

TARGET_COLUMNS = [
    "target_id", "group", "title_vi", "title_en", "indicator", "unit", "comparator", "threshold", "deadline",
    "verdict", "value", "lower", "upper", "numerator", "denominator", "missing", "set_aside", "excluded",
    "carried_lower", "carried_upper", "carried_level", "carried_last", "carried_older", "carried_like", "self_scored",
    "measured_on", "reported_year", "lagged", "awaited_until", "start_value", "attainment_of_target",
    "attainment_of_progress", "past_mean", "past_years", "asked_a_year", "rule", "rule_title_vi", "rule_title_en",
    "robust_met", "robust_rules",
    "robustness_vi", "robustness_en", "inferred", "inferred_vi", "inferred_en", "published_value", "published_unit",
    "published_period", "published_source", "published_url", "published_note", "difference", "reason_vi", "reason_en",
    "note_vi", "note_en",
]  # fmt: skip
DEFINITION_COLUMNS = [
    "target_id", "kind", "id", "title_vi", "title_en", "counts_vi", "counts_en", "excludes_vi", "excludes_en",
    "source_vi", "source_en", "status", "caveats_vi", "caveats_en",
]  # fmt: skip
TREND_COLUMNS = ["target_id", "date", "value", "lower", "upper", "numerator", "denominator", "missing"]

LAGGED = (
    "Kết quả dựa trên năm gần nhất đã đến hạn báo cáo, đánh giá",
    "The result rests on the last year whose reports or ratings were due",
)
RESCALED = (
    "Đầu kỳ và cuối kỳ được xếp loại theo hai thông tư khác nhau nên không tính mức tiến bộ",
    "Start and end are graded under two different circulars, so no progress between them is given",
)
SELF_SCORED = (
    "{} tổ chức được tính chỉ dựa trên điểm tự chấm, chưa có điểm của cấp huyện, cấp tỉnh",
    "{} of those counted rest on self-scores only, with none of the district or province",
)


def scorecard(plan: Any, registry: Any, as_of: Any, published: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """The whole scorecard of a plan on a registry as of a date, as named result tables.

    "scorecard/targets" (``TARGET_COLUMNS``), "/definitions", "/robustness", "/trend", "/by_group", "/members",
    "/published", "/past" (the years before the plan), and what stands behind some targets: "/delivery" (spending by
    task group), "/by_feature" (models one by one), "/self_scores" (HTX against district).
    A target is measured on the day that it speaks of (``awaited.speaks_on``) once that has passed, else on ``as_of``;
    what is known is what was known on ``as_of``. Values in the target's unit, shares in percent; NaN: there is none.
    """
    facts = Facts(registry.as_of(as_of), rulebooks=plan.rulebook_of_year)
    parts = [_one(plan, group, target, facts, published) for group, target in plan.promises()]
    names = {name for part in parts for name in part}
    found = {name: _stack([part[name] for part in parts]) for name in sorted(names)}
    found["scorecard/self_scores"] = self_scores(facts)
    organisations = (facts.put_back() or facts).view.organisations
    members = found["scorecard/members"]
    for place, column in ((2, "name"), (3, "kind")):
        texts = dict(zip(organisations["org_id"], organisations[column]))
        members.insert(place, column, members["org_id"].map(texts).fillna("").astype(object))
    return found


def _stack(frames: list[pd.DataFrame]) -> pd.DataFrame:
    filled = [frame for frame in frames if len(frame)]
    return pd.concat(filled, ignore_index=True) if filled else frames[0]


def _one(plan: Any, group: str, target: Any, facts: Facts, published: pd.DataFrame) -> dict[str, pd.DataFrame]:
    indicator = INDICATORS[target.indicator]
    context = PlanContext.of(plan, target)
    here = measured_on(facts, target)
    rows = rows_of(target.indicator, here, target.parameters, context)
    found = summed(target.indicator, rows)
    due = to_day(target.deadline) <= facts.day
    tried = robustness(target, here, context, due, None if rows is None else rows.rule)
    bounds = (_nan(v) for v in (found.value, found.lower, found.upper))
    ours = facts.view.about.get("province") in (plan.province, "", None)
    beside = published_rows(target, published, *bounds, tried, comparable=due and ours)
    start, start_rows = start_value(plan, target, facts, context)
    judgement = judged(found, rows, target.comparator, target.threshold, target.deadline, due)
    reason, waits = judgement.reason, judgement.waits
    of_target, of_progress = attainments(found.value, start, target.threshold, target.comparator)
    lagged = (
        found.year is not None
        and found.value is not None
        and indicator.nature != "cohort"
        and found.year < pd.Timestamp(here.day).year
    )
    if lagged and found.year < plan.period.start.year:
        of_target = of_progress = np.nan  # A result of a year before the plan is no fruit of it.
    rules = {concept: context.definitions[concept] for concept in indicator.concepts}
    if start_rows is not None and found.year is not None and start_rows.year == found.year:
        of_progress = np.nan  # Start and value rest on one year's reports: no way has been measured.
    books = _rulebooks(start_rows), _rulebooks(rows)
    rescaled = None not in (start, found.value) and all(books) and books[0] != books[1]
    if rescaled:
        of_progress = np.nan  # Two circulars grade on two scales: the way from one to the other is none.
    rule, rule_vi, rule_en = titles(rules)
    doubts = [text for name in rules.values() for text in caveats(name, here.day)]
    alone = _self_scored(rows)
    if alone:
        doubts.append(tuple(text.format(alone) for text in SELF_SCORED))
    doubts += _of_rulebooks(rows, found)
    first = beside.iloc[0] if len(beside) else None
    over_years = trend(target, facts, context)
    before = past(plan, target, over_years, published)
    own = before[before["origin"] == "registry"]
    target_row = {
        "target_id": target.id,
        "group": group,
        "title_vi": target.title_vi,
        "title_en": target.title_en,
        "indicator": target.indicator,
        "unit": target.unit,
        "comparator": target.comparator,
        "threshold": _nan(target.threshold),
        "deadline": pd.Timestamp(target.deadline),
        "verdict": judgement.verdict,
        "value": _nan(found.value),
        "lower": _nan(found.lower),
        "upper": _nan(found.upper),
        "numerator": _nan(found.numerator),
        "denominator": _nan(found.denominator),
        "missing": found.missing,
        "set_aside": found.set_aside,
        "excluded": found.excluded,
        **carried_columns(found),
        "self_scored": alone,
        "measured_on": found.date,
        "reported_year": found.year,
        "lagged": lagged,
        "awaited_until": None if waits is None else pd.Timestamp(waits.due),
        "start_value": _nan(start),
        "attainment_of_target": of_target,
        "attainment_of_progress": of_progress,
        "past_mean": own["value"].mean(),
        "past_years": len(own),
        "asked_a_year": _nan(asked_a_year(plan, target)),
        "rule": rule,
        "rule_title_vi": rule_vi,
        "rule_title_en": rule_en,
        **summary(tried),
        "inferred": bool(doubts),
        "inferred_vi": "; ".join(vi for vi, _ in doubts),
        "inferred_en": "; ".join(en for _, en in doubts),
        "published_value": np.nan if first is None else first["published_value"],
        "published_unit": "" if first is None else first["published_unit"],
        "published_period": "" if first is None else first["period"],
        "published_source": "" if first is None else first["source_title"],
        "published_url": "" if first is None else first["source_url"],
        "published_note": "" if first is None else first["note_vi"],
        "difference": np.nan if first is None else first["difference"],
        "reason_vi": _sentences(
            reason[0], LAGGED[0] if lagged and waits is None else "", RESCALED[0] if rescaled else ""
        ),
        "reason_en": _sentences(
            reason[1], LAGGED[1] if lagged and waits is None else "", RESCALED[1] if rescaled else ""
        ),
        "note_vi": target.note_vi or "",
        "note_en": target.note_en or "",
    }
    members = found.members.copy()
    members.insert(0, "target_id", target.id)
    return {
        "scorecard/targets": pd.DataFrame([target_row], columns=TARGET_COLUMNS).astype(
            {"reported_year": "Int64", **dict.fromkeys(("measured_on", "awaited_until", "deadline"), "datetime64[us]")}
        ),
        "scorecard/definitions": definition_rows(plan, target, rules, here.day),
        "scorecard/robustness": tried,
        "scorecard/trend": over_years,
        "scorecard/past": before,
        "scorecard/by_group": pd.DataFrame(columns=groups.COLUMNS) if rows is None else by_group(target.id, rows),
        "scorecard/members": members,
        "scorecard/published": beside,
        "scorecard/delivery": delivery(target, here, context),
        "scorecard/by_feature": by_feature(target, here, context),
    }


def carried_columns(found: Measurement) -> dict[str, Any]:
    """The bounds that rest on earlier reports, their level in percent, and on which reports of how many they rest."""
    carried = found.carried
    numbers = ("lower", "upper", "level", "last", "older", "like")
    if carried is None:
        return {f"carried_{name}": np.nan if name in ("lower", "upper", "level") else 0 for name in numbers}
    return {f"carried_{name}": getattr(carried, name) for name in numbers} | {"carried_level": 100 * carried.level}


def _sentences(*texts: str) -> str:
    return ". ".join(text for text in texts if text)


def _nan(value: float | None) -> float:
    return np.nan if value is None else float(value)


def _rulebooks(rows: Rows | None) -> set[str]:
    """The circulars whose grades some rows rest on."""
    if rows is None or rows.rule is None:
        return set()
    return rated_under(rows.facts, rows.rule, rows.position)


def _self_scored(rows: Rows | None) -> int:
    """How many counted organisations are graded on their own scores only."""
    if rows is None or rows.rule is None or not reads_grades(rows.rule, rows.facts.day):
        return 0
    return int(self_scored(rows.facts)[rows.position[rows.status == COUNTED]].sum())


def _of_rulebooks(rows: Rows | None, found: Measurement) -> list[tuple[str, str]]:
    """Scores that are not read where there is a value without them, and rulebooks that the plan alone chose."""
    if rows is None or rows.rule is None:
        return []
    not_read = [] if found.value is None else list(zip(*unread(rows)))
    return not_read + out_of_force(rows.facts, rows.rule, rows.position)


def start_value(plan: Any, target: Any, facts: Facts, context: PlanContext) -> tuple[float | None, Rows | None]:
    """Where a promise started, and the rows that this rests on.

    The plan's baseline; 0 for what is counted from the start; else the state on that day.
    """
    if target.baseline is not None:
        return target.baseline.value, None
    if INDICATORS[target.indicator].nature != "stock":
        return 0.0, None
    rows = rows_of(target.indicator, facts.on(plan.population_start), target.parameters, context)
    if rows is not None and rows.facts is not rows.asked:
        return None, None  # That year's ratings are not due yet, and the year before is no start.
    return summed(target.indicator, rows, False).value, rows


def trend(target: Any, facts: Facts, context: PlanContext) -> pd.DataFrame:
    """The indicator at each year's end since the first annual report, and on the measured day itself.

    ``date``: the day that each value speaks of, so that last year's grades never stand for this year's.
    A year outside the plan's period is measured as a plan of that one year would be (``PlanContext.for_year``).
    """
    years = facts.view.annual_reports["year"]
    last = measured_on(facts, target)
    final = pd.Timestamp(last.day)
    first = int(years.min()) if len(years) else final.year
    days = [pd.Timestamp(year, 12, 31) for year in range(first, final.year)] + [final]
    rows = []
    for day in days:
        inside = context.period_start <= day.date() <= context.period_end
        found = _at(target, facts.on(day), context if inside else context.for_year(day.year))
        rows.append(
            {
                "target_id": target.id,
                "date": day if found.date is None else found.date,
                **{
                    name: _nan(getattr(found, name)) for name in ("value", "lower", "upper", "numerator", "denominator")
                },
                "missing": found.missing,
            }
        )
    table = pd.DataFrame(rows, columns=TREND_COLUMNS).astype({"date": "datetime64[us]"})
    return table.drop_duplicates("date", keep="last", ignore_index=True)


def _at(target: Any, facts: Facts, context: PlanContext) -> Measurement:
    return measure(target.indicator, facts, target.parameters, context, with_members=False)


def definition_rows(plan: Plan, target: Target, rules: dict[str, str], day: Any) -> pd.DataFrame:
    """The words behind a target: its indicator, with the kind where the plan counts another, and each rule.

    The indicator's source is its own basis and the plan's document; a rule's source is its own alone.
    """
    indicator = INDICATORS[target.indicator]
    kind = target.parameters.get("kind", indicator.parameters.get("kind"))
    if kind != indicator.parameters.get("kind"):
        named = [UNITS.get(one, (one, one)) for one in (kind if isinstance(kind, list) else [kind])]
        vi, en = (", ".join(words) for words in zip(*named))
        indicator = replace(
            indicator, title_vi=f"{indicator.title_vi} (tính cho {vi})", title_en=f"{indicator.title_en} (for {en})"
        )
    vi, en = plan.citation
    cited = replace(indicator, source_vi=f"{indicator.source_vi}; {vi}", source_en=f"{indicator.source_en}; {en}")
    entries = [(cited, "indicator", "read", [])]
    entries += [(definition(rule), "rule", definition(rule).status, caveats(rule, day)) for rule in rules.values()]
    rows = [
        {
            "target_id": target.id,
            "kind": source,
            **{name: getattr(entry, name) for name in DEFINITION_COLUMNS[2:11]},
            "status": status,
            "caveats_vi": "; ".join(vi for vi, _ in doubts),
            "caveats_en": "; ".join(en for _, en in doubts),
        }
        for entry, source, status, doubts in entries
    ]
    return pd.DataFrame(rows, columns=DEFINITION_COLUMNS)
