"""What stands behind some targets: spending by task group, models one by one, self-scores against the district's."""

from __future__ import annotations

import numpy as np
import pandas as pd

from kttt_lib.grammar.context import in_window
from kttt_lib.indicators import PlanContext, indicator_of
from kttt_lib.indicators.composed import parts_under
from kttt_lib.indicators.measure import rows_of
from kttt_lib.indicators.rows import COUNTED, MISSING
from kttt_lib.plan import Target
from kttt_lib.plan.model import expression_id
from kttt_lib.rating.facts import ASSESSORS, Facts
from kttt_lib.rating.scoring import items, last_ratings, reported_scores
from kttt_lib.registry.schema import words_of
from kttt_lib.results import SCORECARD_BY_FEATURE, SCORECARD_DELIVERY, SCORECARD_SELF_SCORES


def delivery(target: Target, facts: Facts, context: PlanContext) -> pd.DataFrame:
    """Activities and money of a task group in the period (``SCORECARD_DELIVERY``), money in million VND.

    A sum is over the activities that give the figure (``with_spending``, ``with_plan``); NaN when none does.
    """
    parts = parts_under(indicator_of(target), target.parameters)
    group = parts.measure.where.get("task_group") if parts is not None else None
    if not isinstance(group, str):
        return SCORECARD_DELIVERY.frame()
    activities = facts.view.activities
    mine = (activities["task_group"] == group).to_numpy(dtype=bool)
    rows = activities[mine & in_window(activities["date"], context.window(facts))]
    row = [target.id, group, len(rows)]
    for column in ("spent", "planned"):
        row += [int(rows[column].notna().sum()), float(rows[column].sum(min_count=1))]
    return SCORECARD_DELIVERY.frame([row])


def by_feature(target: Target, facts: Facts, context: PlanContext) -> pd.DataFrame:
    """Organisations that follow each feature of a target on the date (``SCORECARD_BY_FEATURE``).

    One with two features stands in both rows, so the rows do not add up to the target. ``set_aside``: how many more may
    follow it, or not, as rows set aside are mended.
    """
    parts = parts_under(indicator_of(target), target.parameters)
    if parts is None or not parts.measure.that or not parts.measure.that[0].features:
        return SCORECARD_BY_FEATURE.frame()
    wanted = parts.mask(facts) & facts.operating
    said = parts.measure.model_dump(exclude_defaults=True)
    fresh = in_window(facts.view.features["began_on"], context.window(facts))
    rows = []
    for feature in parts.measure.that[0].features:
        one = {**said, "that": [{"feature": [feature]}, *said["that"][1:]]}
        found = rows_of(expression_id(one), facts, {}, context)
        if found is None:
            continue
        chosen, holder = facts.models([feature])
        counts = [
            None if found.withheld else int(found.weight[found.status == COUNTED].sum()),
            int((found.status == MISSING).sum()) + found.moves,
            len(np.unique(holder[wanted[holder] & fresh[chosen]])),
        ]
        rows.append([target.id, feature, *words_of(facts.view.about, "features")[feature], *counts])
    return SCORECARD_BY_FEATURE.frame(rows).astype({"organisations": "Int64"})


def self_scores(facts: Facts) -> pd.DataFrame:
    """Self-scores beside the authority's in points (``SCORECARD_SELF_SCORES``).

    The district's, since 1 July 2025 the commune's; else the province's, as for credit funds. Over the criteria that
    both gave, of each organisation's last rating that was due; ``criteria`` says how many, ``difference`` is self less
    the authority's. Organisations without both are left out.
    """
    frames = []
    for then, book, position in last_ratings(facts):
        year = then.closed_year
        whole = [item in book.criteria for item in items(book)]
        own, commune, district, province = (reported_scores(then, book, year, name)[:, whole] for name in ASSESSORS)
        for other in (commune, province):
            district = np.where(np.isnan(district), other, district)
        both = ~np.isnan(own) & ~np.isnan(district)
        chosen = position[both[position].any(axis=1)]
        sums = [np.where(both, points, 0).sum(axis=1)[chosen] for points in (own, district)]
        frames.append(
            pd.DataFrame(
                {
                    "org_id": then.ids[chosen],
                    "name": then.text("name")[chosen],
                    "district": then.text("place")[chosen],
                    "sector": then.text("sector")[chosen],
                    "rulebook": book.id,
                    "rated_year": year,
                    "criteria": both.sum(axis=1)[chosen],
                    "self_score": sums[0],
                    "district_score": sums[1],
                    "difference": sums[0] - sums[1],
                }
            )
        )
    return pd.concat(frames, ignore_index=True) if frames else SCORECARD_SELF_SCORES.frame()
