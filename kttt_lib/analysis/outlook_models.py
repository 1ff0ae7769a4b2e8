"""How many new-model HTX will work effectively on the deadline: who adopts, who is listed, who is rated well."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from kttt_lib.analysis.adoption_model import adopts_this_year, fit_panel
from kttt_lib.analysis.adoption_panel import FEATURE, adoption_panel, adoptions
from kttt_lib.analysis.final_value import FinalValue
from kttt_lib.analysis.known_facts import OUT, KnownFacts
from kttt_lib.analysis.outlook_shares import Rated, learn_transitions, year_at
from kttt_lib.indicators import PlanContext
from kttt_lib.rating import definition
from kttt_lib.rating.definitions import decide, last_state, read_year
from kttt_lib.rating.facts import Facts
from kttt_lib.rating.three import NO, UNKNOWN, YES

DRAWS = 4000
_STATUS = {YES: "good", NO: "bad", UNKNOWN: "unknown"}


def follows_adoption(rule: str, day: Any) -> bool:
    """Whether a rule of "new-model" asks for the practice itself: then becoming one is an adoption."""
    version = definition(rule).version_on(np.datetime64(pd.Timestamp(day).date(), "D"))
    conditions = [*version.all, *version.any]
    return any(c["op"] == "has_feature" and c.get("features") == [FEATURE] for c in conditions)


def effective_rated(context: PlanContext) -> Rated:
    """Whether each HTX works effectively under the plan's rule, in its last rated year."""
    rule = context.definitions["effective"]

    def statuses(facts: Facts, year: int) -> tuple[pd.Series, int | None]:
        closed = last_state(facts.under(context.rulebooks), rule, lambda some: some.matches("kind", "htx"))
        names = [_STATUS.get(int(value), OUT) for value in decide(closed, rule).outcome]
        htx = closed.matches("kind", "htx")
        status = pd.Series(names, index=closed.ids, dtype=object)[htx]
        return status, read_year(closed, rule, np.flatnonzero(htx))

    return statuses


def new_model_value(
    known: KnownFacts, context: PlanContext, as_of: Any, deadline: Any, rng: np.random.Generator
) -> FinalValue:
    """The number of new-model HTX working effectively on the deadline (of the year of ``as_of`` or the next).

    Those under the rule today and those who adopt by then (hazard of the panel) and come under it (as this year's and
    earlier adopters did), each effective with the chance that HTX of its standing had in earlier years.
    Raises ValueError when no hazard can be fitted.
    """
    facts = known.on(as_of)
    view, rule = facts.view, context.definitions["new_model"]
    under = (decide(facts, rule).outcome == YES) & facts.matches("kind", "htx") & facts.alive
    listed = facts.ids[under]
    panel = adoption_panel(view)
    model = fit_panel(panel)
    seen = adoptions(view)
    first, last = panel.last + 1, pd.Timestamp(deadline).year
    # Those who have adopted already this year are under the rule or not; only the others are still at risk.
    candidates = panel.next_year[~panel.next_year["org_id"].isin(seen["org_id"])]
    chance = _chance_of_rule(seen, listed, first, DRAWS, rng)
    rated = effective_rated(context)
    then = year_at(known, rated, deadline)
    effective = learn_transitions(known, rated, as_of, deadline, "stock", then)
    status = rated(facts, pd.Timestamp(as_of).year)[0]

    good = effective.unit_chance(status.reindex(listed).fillna(OUT), DRAWS, rng)
    total = (rng.random(good.shape) < good).sum(axis=1)
    if len(candidates):
        joins = np.zeros((DRAWS, len(candidates)), dtype=bool)
        works = effective.unit_chance(status.reindex(candidates["org_id"]).fillna(OUT), DRAWS, rng)
        for year in range(first, last + 1):
            left = _left_of_year(seen, as_of, deadline, year, DRAWS, rng)
            joins |= adopts_this_year(model.fit, candidates.assign(year=year), left, rng)
        under_rule = rng.random(joins.shape) < chance[:, None]
        total = total + (joins & under_rule & (rng.random(joins.shape) < works)).sum(axis=1)
    return FinalValue.of_draws(total)


def _chance_of_rule(
    seen: pd.DataFrame, listed: np.ndarray, year: int, draws: int, rng: np.random.Generator
) -> np.ndarray:
    """Draws of the chance that a new adopter comes under the plan's rule: as this year's, over a little of all."""
    inside = seen["org_id"].isin(listed)
    prior = (inside.sum() + 0.5) / (len(seen) + 1)
    this_year = seen["date"].dt.year == year
    yes, no = int((inside & this_year).sum()), int((~inside & this_year).sum())
    return rng.beta(yes + 2 * prior, no + 2 * (1 - prior), draws)


def _left_of_year(
    seen: pd.DataFrame, as_of: Any, deadline: Any, year: int, draws: int, rng: np.random.Generator
) -> np.ndarray:
    """Draws of the share of a year's adoptions that falls between ``as_of`` and the deadline, as in earlier years."""
    start = max(pd.Timestamp(as_of), pd.Timestamp(year - 1, 12, 31))
    end = min(pd.Timestamp(deadline), pd.Timestamp(year, 12, 31))
    if end <= start:
        return np.zeros(draws)
    days = seen.loc[seen["date"].dt.year < year, "date"].dt.day_of_year.to_numpy()
    low, high = (0 if start.year < year else start.day_of_year), end.day_of_year
    elapsed = (high - low) / 365.25
    inside = int(((days > low) & (days <= high)).sum())
    if elapsed > 0.995:
        return np.ones(draws)
    return rng.beta(inside + 2 * elapsed, len(days) - inside + 2 * (1 - elapsed), draws)
