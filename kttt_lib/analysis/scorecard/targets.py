"""Did the plan keep its promises? Targets measured, judged, tried under other definitions and traced to rows."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from kttt_lib.analysis.coverage import covering
from kttt_lib.analysis.scorecard.ambition import asked_a_year, past
from kttt_lib.analysis.scorecard.beside_published import published_rows
from kttt_lib.analysis.scorecard.bridge import bridge
from kttt_lib.analysis.scorecard.by_group import behind, by_group
from kttt_lib.analysis.scorecard.details import by_feature, delivery, self_scores
from kttt_lib.analysis.scorecard.lost_points import lost_points
from kttt_lib.analysis.scorecard.measured import Measured, measured, on_day
from kttt_lib.analysis.scorecard.parts import all_parts, behind_parts, parts_table, path_table, terms_table
from kttt_lib.analysis.scorecard.readings import robustness, summary, titles
from kttt_lib.analysis.scorecard.verdicts import Judgement, attainments, judgement_columns
from kttt_lib.days import AnyDay
from kttt_lib.indicators import INDICATORS, Measurement, PlanContext, indicator_of
from kttt_lib.indicators.measure import rows_of, summed, unread
from kttt_lib.indicators.rows import COUNTED, Rows
from kttt_lib.plan import UNITS, Plan, Target
from kttt_lib.plan.said import terms_said
from kttt_lib.published.territories import territory
from kttt_lib.rating import caveats, definition
from kttt_lib.rating.definitions import doubts_of_force, rated_under, reads_grades
from kttt_lib.rating.facts import Facts, to_day
from kttt_lib.rating.scoring import self_scored
from kttt_lib.registry import Registry
from kttt_lib.results import (
    SCORECARD_BEHIND,
    SCORECARD_BRIDGE,
    SCORECARD_BY_FEATURE,
    SCORECARD_BY_GROUP,
    SCORECARD_DEFINITIONS,
    SCORECARD_DELIVERY,
    SCORECARD_LOST_POINTS,
    SCORECARD_MEMBERS,
    SCORECARD_PARTS,
    SCORECARD_PAST,
    SCORECARD_PATH,
    SCORECARD_PUBLISHED,
    SCORECARD_ROBUSTNESS,
    SCORECARD_SELF_SCORES,
    SCORECARD_TARGETS,
    SCORECARD_TERMS,
    SCORECARD_TREND,
)

# Columns that tell the best published figure: what they are called beside the others.
PUBLISHED = {
    "published_value": "published_value", "published_unit": "published_unit", "published_period": "period",
    "published_source": "source_title", "published_url": "source_url", "published_note": "note_vi",
    "difference": "difference",
}  # fmt: skip
NUMBERS = ("published_value", "difference")


def scorecard(plan: Plan, registry: Registry, as_of: AnyDay, published: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """The whole scorecard of a plan on a registry as of a date, as named result tables.

    "scorecard/targets", "/definitions", "/robustness", "/trend", "/by_group", "/members", "/published", "/bridge" (from
    all there are to those looked at), "/past" (the years before the plan), "/parts" (a promise of each year or place
    one by one, and its milestones), "/terms" (when and against what it holds), "/path" (this year and what each
    year left must bring), and what stands behind some targets:
    "/delivery" (spending by task group), "/by_feature" (models one by one), "/lost_points" (where those below a rule
    lose them), "/self_scores" (HTX against district).
    A target is measured on the day that it speaks of (``awaited.speaks_on``) once that has passed, else on ``as_of``;
    what is known is what was known on ``as_of``, of the part of the province that the registry covers
    (``analysis.coverage``). Values in the target's unit, shares in percent; NaN: there is none.
    "/behind" says who stands behind each figure and is never published.
    """
    facts = Facts(covering(registry, as_of, published).as_of(as_of), rulebooks=plan.rulebook_of_year)
    parts = [_one(plan, group, target, facts, published) for group, target in plan.promises()]
    names = {name for part in parts for name in part}
    found = {name: _stack([part[name] for part in parts]) for name in sorted(names)}
    found[SCORECARD_SELF_SCORES] = self_scores(facts)
    organisations = (facts.put_back() or facts).view.organisations
    members = found[SCORECARD_MEMBERS]
    for place, column in ((2, "name"), (3, "kind")):
        texts = dict(zip(organisations["org_id"], organisations[column]))
        members.insert(place, column, members["org_id"].map(texts).fillna("").astype(object))
    return found


def _stack(frames: list[pd.DataFrame]) -> pd.DataFrame:
    filled = [frame for frame in frames if len(frame)]
    return pd.concat(filled, ignore_index=True) if filled else frames[0]


def _one(plan: Plan, group: str, target: Target, facts: Facts, published: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """All that is said of one promise: measured, judged, set beside other readings, years and figures, told."""
    own = measured(target, facts, PlanContext.of(plan, target))
    said = own.judged()
    read: dict[str, Rows | None] = {}
    tried = robustness(own, said.verdict, read)
    years: dict[str, Rows | None] = {}
    over_years = trend(own, facts, years)
    parts = all_parts(own, facts)
    before = past(plan, target, over_years, published)
    area = territory(plan.province, facts.view.date)
    comparable = own.due and target.single and facts.view.about.get("province") in (plan.province, "", None)
    value, lower, upper = (_nan(v) for v in (own.found.value, own.found.lower, own.found.upper))
    beside = published_rows(target, published, value, lower, upper, tried, comparable, area)
    columns = {
        "group": group,
        **_promised(plan, target),
        **_measured(own),
        **_judged(plan, own, said, facts),
        **_past_columns(before),
        **_rules(own),
        **summary(tried),
        **_first_published(beside),
    }
    members = own.found.members.copy()
    members.insert(0, "target_id", target.id)
    return {
        SCORECARD_TARGETS: SCORECARD_TARGETS.frame([columns]).astype(
            {
                "reported_year": "Int64",
                "awaited_year": "Int64",
                **dict.fromkeys(("measured_on", "awaited_until", "deadline"), "datetime64[us]"),
            }
        ),
        SCORECARD_DEFINITIONS: definition_rows(plan, target, own.rules, own.facts.day),
        SCORECARD_ROBUSTNESS: tried,
        SCORECARD_TREND: over_years,
        SCORECARD_PARTS: parts_table(own, parts),
        SCORECARD_TERMS: terms_table(own),
        SCORECARD_PATH: path_table(plan, own, facts),
        SCORECARD_PAST: before,
        SCORECARD_BY_GROUP: (
            SCORECARD_BY_GROUP.frame() if own.rows is None or not target.single else by_group(target.id, own.rows)
        ),
        SCORECARD_MEMBERS: members,
        SCORECARD_BRIDGE: SCORECARD_BRIDGE.frame() if target.per else bridge(own),
        SCORECARD_PUBLISHED: beside,
        SCORECARD_BEHIND: _stack(
            [
                behind(target.id, "own", "", own.rows, by_level=True),
                *(behind(target.id, "trend", day, rows) for day, rows in years.items()),
                *(behind(target.id, "reading", name, rows) for name, rows in read.items()),
                *behind_parts(own, parts),
            ]
        ),
        SCORECARD_DELIVERY: delivery(target, own.facts, own.context),
        SCORECARD_BY_FEATURE: by_feature(target, own.facts, own.context),
        SCORECARD_LOST_POINTS: lost_points(own),
    }


def _promised(plan: Plan, target: Target) -> dict[str, Any]:
    return {
        "target_id": target.id,
        **{name: getattr(target, name) for name in ("title_vi", "title_en", "indicator", "unit", "comparator")},
        "threshold": _nan(target.threshold),
        "deadline": pd.Timestamp(target.deadline),
        "asked_a_year": _nan(asked_a_year(plan, target)),
        "note_vi": target.note_vi or "",
        "note_en": target.note_en or "",
    }


def _measured(own: Measured) -> dict[str, Any]:
    found = own.found
    return {
        **{name: _nan(getattr(found, name)) for name in ("value", "lower", "upper", "numerator", "denominator")},
        **{name: getattr(found, name) for name in ("missing", "set_aside", "excluded")},
        **carried_columns(found),
        "measured_on": found.date,
        "reported_year": found.year,
        "lagged": own.lagged,
        "partial": found.uncovered > 0,
    }


def _judged(plan: Plan, own: Measured, said: Judgement, facts: Facts) -> dict[str, Any]:
    """The verdict with its reason, what it waits for, and how much of the way is gone."""
    way, rescaled = _way(plan, own, facts)
    return {**judgement_columns(own.found, said), **way, "rescaled": rescaled}


def _way(plan: Plan, own: Measured, facts: Facts) -> tuple[dict[str, float], bool]:
    """The start and both attainments, and whether start and end are graded on two scales.

    No way has been gone from one circular's scale to another's, nor between two days of one year's reports; and a
    result of a year before the plan is no fruit of it.
    """
    target, found = own.target, own.found
    start, rows = start_value(plan, target, facts, own.context)
    of_target, of_progress = attainments(found.value, start, target.threshold, target.comparator)
    books = _rulebooks(rows), _rulebooks(own.rows)
    rescaled = None not in (start, found.value) and all(books) and books[0] != books[1]
    before = own.lagged and found.year is not None and found.year < plan.period.start.year
    one_year = rows is not None and found.year is not None and rows.year == found.year
    way = {
        "start_value": _nan(start),
        "attainment_of_target": np.nan if before or target.each_year or target.per else of_target,
        "attainment_of_progress": np.nan if before or one_year or rescaled else of_progress,
    }
    return way, rescaled


def _past_columns(before: pd.DataFrame) -> dict[str, Any]:
    own = before.loc[before["origin"] == "registry", "value"]
    return {"past_mean": own.mean(), "past_years": len(own)}


def _rules(own: Measured) -> dict[str, Any]:
    """The named rules that the value rests on, and what in it is inferred."""
    rule, rule_vi, rule_en = titles(own.rules)
    doubts = [text for name in own.rules.values() for text in caveats(name, own.facts.day)]
    alone = _self_scored(own.rows)
    doubts += _of_rulebooks(own.rows, own.found)
    return {
        "rule": rule,
        "rule_title_vi": rule_vi,
        "rule_title_en": rule_en,
        "self_scored": alone,
        "inferred": bool(doubts) or alone > 0,
        "inferred_vi": "; ".join(vi for vi, _ in doubts),
        "inferred_en": "; ".join(en for _, en in doubts),
    }


def _first_published(beside: pd.DataFrame) -> dict[str, Any]:
    """The best of the published figures."""
    first = beside.iloc[0] if len(beside) else dict.fromkeys(PUBLISHED.values(), "") | dict.fromkeys(NUMBERS, np.nan)
    return {column: first[name] for column, name in PUBLISHED.items()}


def carried_columns(found: Measurement) -> dict[str, Any]:
    """The bounds that rest on earlier reports, their level in percent, and on which reports of how many they rest."""
    carried = found.carried
    numbers = ("lower", "upper", "level", "last", "older", "like")
    if carried is None:
        return {f"carried_{name}": np.nan if name in ("lower", "upper", "level") else 0 for name in numbers}
    return {f"carried_{name}": getattr(carried, name) for name in numbers} | {"carried_level": 100 * carried.level}


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
    return not_read + doubts_of_force(rows.facts, rows.rule, rows.position)


def start_value(plan: Plan, target: Target, facts: Facts, context: PlanContext) -> tuple[float | None, Rows | None]:
    """Where a promise started, and the rows that this rests on.

    The plan's baseline; 0 for what is counted from the start; else the state on that day.
    """
    if not target.single:
        return None, None  # No one way leads from one start to each of many, or to a growth.
    if target.baseline is not None:
        return target.baseline.value, None
    if INDICATORS[target.indicator].nature != "stock":
        return 0.0, None
    rows = rows_of(target.indicator, facts.on(plan.population_start), target.parameters, context)
    if rows is not None and rows.facts is not rows.asked:
        return None, None  # That year's ratings are not due yet, and the year before is no start.
    return summed(target.indicator, rows, False).value, rows


def trend(own: Measured, facts: Facts, behind_it: dict[str, Rows | None]) -> pd.DataFrame:
    """The indicator at each year's end since the first annual report, and on the measured day itself.

    ``date``: the day that each value speaks of, so that last year's grades never stand for this year's.
    A year outside the plan's period is measured as a plan of that one year would be (``PlanContext.for_year``).
    ``behind_it`` is filled with the rows of each date.
    """
    target, context = own.target, own.context
    years = facts.view.column("annual_reports", "year")
    final = pd.Timestamp(own.facts.day)
    first = int(years.min()) if len(years) else final.year
    days = [pd.Timestamp(year, 12, 31) for year in range(first, final.year)] + [final]
    rows = []
    for day in days:
        inside = context.period_start <= day.date() <= context.period_end
        under = context if inside else context.for_year(day.year)
        found, of = own.found, own.rows
        if day != final or not inside or target.each_year:
            then = on_day(target, facts, under, to_day(day))
            found, of = then.found, then.rows
        behind_it[(day if found.date is None else found.date).date().isoformat()] = of
        numbers = ("value", "lower", "upper", "numerator", "denominator")
        rows.append(
            {
                "target_id": target.id,
                "date": day if found.date is None else found.date,
                **{name: _nan(getattr(found, name)) for name in numbers},
                "missing": found.missing,
            }
        )
    table = SCORECARD_TREND.frame(rows).astype({"date": "datetime64[us]"})
    return table.drop_duplicates("date", keep="last", ignore_index=True)


def definition_rows(plan: Plan, target: Target, rules: dict[str, str], day: AnyDay) -> pd.DataFrame:
    """The words behind a target: its indicator, with the kind where the plan counts another, and each rule.

    The indicator's source is its own basis and the plan's document; a rule's source is its own alone.
    """
    indicator = indicator_of(target, plan.lists)
    if target.measure is not None:  # what counts says its parts already
        indicator = replace(indicator, title_vi=target.title_vi, title_en=target.title_en)
    kind = target.parameters.get("kind", indicator.parameters.get("kind"))
    if kind != indicator.parameters.get("kind"):
        kinds = [str(one) for one in (kind if isinstance(kind, list) else [kind])]
        named = [UNITS.get(one, (one, one)) for one in kinds]
        vi, en = (", ".join(words) for words in zip(*named))
        indicator = replace(
            indicator, title_vi=f"{indicator.title_vi} (tính cho {vi})", title_en=f"{indicator.title_en} (for {en})"
        )
    plan_vi, plan_en = plan.citation
    cited = replace(
        indicator, source_vi=f"{plan_vi}. {indicator.source_vi}", source_en=f"{plan_en}. {indicator.source_en}"
    )
    if not target.plain:
        vi, en = (text.rstrip(".") for text in terms_said(target, indicator.unit_of(target.parameters)))
        cited = replace(
            cited, counts_vi=f"{cited.counts_vi.rstrip('.')}. {vi}", counts_en=f"{cited.counts_en.rstrip('.')}. {en}"
        )
    entries: list[tuple[Any, str, str, list[tuple[str, str]]]] = [(cited, "indicator", cited.status, [])]
    entries += [(definition(rule), "rule", definition(rule).status, caveats(rule, day)) for rule in rules.values()]
    rows = [
        {
            "target_id": target.id,
            "kind": source,
            **{name: getattr(entry, name) for name in SCORECARD_DEFINITIONS.columns[2:11]},
            "status": status,
            "caveats_vi": "; ".join(vi for vi, _ in doubts),
            "caveats_en": "; ".join(en for _, en in doubts),
        }
        for entry, source, status, doubts in entries
    ]
    return SCORECARD_DEFINITIONS.frame(rows)
