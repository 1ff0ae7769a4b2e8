"""How many new-model HTX will work effectively on the deadline: who adopts, who is listed, who is rated well."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy import special
from scipy.stats import qmc

from kttt_lib.adoption import kernel
from kttt_lib.adoption.forecast import parameter_draws
from kttt_lib.analysis.new_model.hazard import MANY, chance_this_year, fewer, fit_panel
from kttt_lib.analysis.new_model.panel import FEATURE, adoption_panel, adoptions
from kttt_lib.analysis.outlook.final_value import FinalValue
from kttt_lib.analysis.outlook.look_back import OUT, KnownFacts
from kttt_lib.analysis.outlook.shares import Rated, learn_transitions, year_at
from kttt_lib.analysis.outlook.transitions import NUMBERS
from kttt_lib.days import AnyDay, parse_day
from kttt_lib.indicators import PlanContext
from kttt_lib.rating import definition
from kttt_lib.rating.answers import NO, UNKNOWN, YES
from kttt_lib.rating.definitions import decide, last_state, read_year
from kttt_lib.rating.facts import Facts, to_day

DRAWS, SEED = 2048, 8
BLOCK = 64  # points at a time, of many HTX
_STATUS = {YES: "good", NO: "bad", UNKNOWN: "unknown"}


def follows_adoption(rule: str, day: AnyDay) -> bool:
    """Whether a rule of "new-model" asks for the practice itself: then becoming one is an adoption."""
    version = definition(rule).version_on(to_day(day))
    conditions = [*version.all, *version.any]
    return any(c["op"] == "has_feature" and c.get("features") == [FEATURE] for c in conditions)


def effective_rated(context: PlanContext) -> Rated:
    """Whether each HTX works effectively under the plan's rule, in its last rated year."""
    rule = context.definitions["effective"]

    def statuses(facts: Facts, year: int) -> tuple[pd.Series, int | None]:
        closed = last_state(facts.under(context.rulebooks), rule, lambda some: some.matches("kind", "htx"))
        outcome = decide(closed, rule).outcome
        names = np.select([outcome == value for value in _STATUS], list(_STATUS.values()), OUT).astype(object)
        htx = closed.matches("kind", "htx")
        status = pd.Series(names, index=closed.ids, dtype=object)[htx]
        return status, read_year(closed, rule, np.flatnonzero(htx))

    return statuses


def new_model_value(known: KnownFacts, context: PlanContext, as_of: AnyDay, deadline: AnyDay) -> FinalValue:
    """The number of new-model HTX working effectively on the deadline (of the year of ``as_of`` or the next).

    Those under the rule today and those who adopt by then (hazard of the panel) and come under it (as this year's and
    earlier adopters did), each effective with the chance that HTX of its standing had in earlier years. Chances are
    drawn (Sobol points by inverse distribution functions); given them the number is a sum of independent ones, exact up
    to ``MANY`` HTX; of more, fewer points, and the sum as normal corrected for skew.
    Raises ValueError when no hazard can be fitted.
    """
    facts = known.on(as_of)
    view, rule = facts.view, context.definitions["new_model"]
    under = (decide(facts, rule).outcome == YES) & facts.matches("kind", "htx") & facts.alive
    listed = facts.ids[under]
    panel = adoption_panel(view)
    model = fit_panel(panel)
    seen = adoptions(view)
    first, last = panel.last + 1, parse_day(deadline).year
    # Who has adopted this year, or has the model of one merged into it, is under the rule or not; others are at risk.
    candidates = panel.next_year[~panel.next_year["org_id"].isin([*seen["org_id"], *listed])]
    rated = effective_rated(context)
    then = year_at(known, rated, deadline)
    effective = learn_transitions(known, rated, as_of, deadline, "stock", then)
    status = rated(facts, parse_day(as_of).year)[0]

    size, years = len(model.fit.params), range(first, last + 1)
    units = len(listed) + len(candidates)
    uniform = qmc.Sobol(NUMBERS + size + 1 + len(years), seed=SEED).random(fewer(DRAWS, units))

    def chances(uniform: np.ndarray) -> np.ndarray:
        numbers, betas, ruled, *parts = np.split(uniform, np.cumsum([NUMBERS, size, *[1] * len(years)]), axis=1)
        found = [effective.unit_chance(status.reindex(listed).fillna(OUT), numbers)]
        if len(candidates):
            parameters = parameter_draws(model.fit, betas)
            stays = np.ones((len(uniform), len(candidates)))
            for year, part in zip(years, parts):
                left = _left_of_year(seen, as_of, deadline, year, part[:, 0])
                stays *= 1 - chance_this_year(model.fit, candidates.assign(year=year), parameters, left)
            works = effective.unit_chance(status.reindex(candidates["org_id"]).fillna(OUT), numbers)
            found.append((1 - stays) * _chance_of_rule(seen, listed, first, ruled) * works)
        return np.hstack(found)

    if units <= MANY:
        pmf = kernel.mean_count(chances(uniform))
    else:  # in blocks, so that memory does not grow with points times HTX
        blocks = np.array_split(uniform, len(uniform) // BLOCK)
        pmf = kernel.mean_count_of_many((chances(block) for block in blocks), units)
    return FinalValue(np.arange(len(pmf), dtype=float), pmf)


def _chance_of_rule(seen: pd.DataFrame, listed: np.ndarray, year: int, uniform: np.ndarray) -> np.ndarray:
    """Draws of the chance that a new adopter comes under the plan's rule: as this year's, over a little of all."""
    inside = seen["org_id"].isin(listed)
    prior = (inside.sum() + 0.5) / (len(seen) + 1)
    this_year = seen["date"].dt.year == year
    yes, no = int((inside & this_year).sum()), int((~inside & this_year).sum())
    return special.betaincinv(yes + 2 * prior, no + 2 * (1 - prior), uniform)


def _left_of_year(seen: pd.DataFrame, as_of: AnyDay, deadline: AnyDay, year: int, uniform: np.ndarray) -> np.ndarray:
    """Draws of the share of a year's adoptions that falls between ``as_of`` and the deadline, as in earlier years."""
    start = max(parse_day(as_of), pd.Timestamp(year - 1, 12, 31))
    end = min(parse_day(deadline), pd.Timestamp(year, 12, 31))
    if end <= start:
        return np.zeros(len(uniform))
    days = seen.loc[seen["date"].dt.year < year, "date"].dt.day_of_year.to_numpy()
    low, high = (0 if start.year < year else start.day_of_year), end.day_of_year
    elapsed = (high - low) / 365.25
    inside = int(((days > low) & (days <= high)).sum())
    if elapsed > 0.995:
        return np.ones(len(uniform))
    return special.betaincinv(inside + 2 * elapsed, len(days) - inside + 2 * (1 - elapsed), uniform)
