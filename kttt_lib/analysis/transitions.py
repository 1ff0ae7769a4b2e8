"""From one day's status to a later one's: what became of the good, the bad and the unknown in earlier years."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import special

from kttt_lib.analysis.known_facts import OUT

ORIGINS = ("good", "bad", "unknown", OUT, "new")
OUTCOMES = ("good", "bad", OUT)
# Years differ in what is good (a new circular, a storm): the log odds of a year move by this much when little is known.
SPREAD = 0.4
_PRIOR_YEARS = 3.0
# Where a group has no history of its own: so many organisations' worth of the whole, most of it persistence.
_PRIOR_WEIGHT = 10.0
_PERSISTENCE = 0.7


def changes(before: pd.Series, after: pd.Series) -> pd.DataFrame:
    """Counts of organisations by status before (rows, ``ORIGINS``) and after (columns, ``OUTCOMES``).

    Both: status by org_id. One that was not there before is "new"; one whose outcome is unknown is left out.
    """
    ids = before.index.union(after.index)
    start = before.reindex(ids).fillna("new").where(lambda s: s.isin(ORIGINS), OUT)
    end = after.reindex(ids).fillna(OUT)
    seen = pd.crosstab(start[end != "unknown"], end[end != "unknown"])
    return seen.reindex(index=list(ORIGINS), columns=list(OUTCOMES), fill_value=0)


@dataclass(frozen=True)
class Transitions:
    """``history``: one table of ``changes`` an earlier year. ``kept_for_good``: what is good stays so (a merger)."""

    history: tuple[pd.DataFrame, ...]
    kept_for_good: bool = False

    @property
    def years(self) -> int:
        """Years in which something was rated, before and after: those that teach something."""
        return sum(bool(table.loc[["good", "bad"], ["good", "bad"]].to_numpy().sum()) for table in self.history)

    def teaches(self, now: pd.Series) -> bool:
        """Whether anything, of now (status by org_id) or of earlier years, was ever found good or bad."""
        found = (table[["good", "bad"]].to_numpy().any() for table in self.history)
        return bool(now.isin(["good", "bad"]).any() or any(found))

    def spread(self) -> float:
        """Standard deviation of a year's shift in log odds: what years showed beyond chance, shrunk to ``SPREAD``."""
        logits, errors = [], []
        for table in self.history:
            good, bad = table["good"].to_numpy() + 0.5, table["bad"].to_numpy() + 0.5
            enough = good + bad > 6
            logits.append(np.where(enough, np.log(good / bad), np.nan))
            errors.append(np.where(enough, 1 / good + 1 / bad, np.nan))
        if len(logits) < 2:
            return SPREAD
        logits, errors = np.array(logits), np.array(errors)
        several = np.isfinite(logits).sum(axis=0) >= 2
        if not several.any():
            return SPREAD
        excess = np.nanvar(logits[:, several], axis=0, ddof=1) - np.nanmean(errors[:, several], axis=0)
        years = int(np.isfinite(logits[:, several]).sum(axis=0).max())
        found = max(float(np.mean(excess)), 0.0)
        return float(np.sqrt((_PRIOR_YEARS * SPREAD**2 + (years - 1) * found) / (_PRIOR_YEARS + years - 1)))

    def draw(self, now: pd.Series, draws: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
        """Draws of how many will be good, and how many good or bad, (draws,) each; ``now``: status by org_id.

        Every origin has its own chances (beta with a little of the whole as prior); all share one shift of log odds a
        draw. New ones come as many as in earlier years.
        """
        stay, kept = self._rates(now, draws, rng)
        shift = self.spread() * rng.standard_normal(draws)
        good = np.zeros(draws, dtype=int)
        inside = np.zeros(draws, dtype=int)
        here = now.where(now.isin(ORIGINS), OUT).value_counts()
        for origin in ORIGINS:
            number = np.full(draws, int(here.get(origin, 0))) if origin != "new" else self._newcomers(draws, rng)
            rated = rng.binomial(number, stay[origin])
            chance = _shifted(kept[origin], shift)
            good += rng.binomial(rated, chance)
            inside += rated
        return good, inside

    def unit_chance(self, now: pd.Series, draws: int, rng: np.random.Generator) -> np.ndarray:
        """The chance (draws, organisations) of each organisation to be good, neither out nor bad."""
        stay, kept = self._rates(now, draws, rng)
        shift = self.spread() * rng.standard_normal(draws)
        by_origin = {origin: stay[origin] * _shifted(kept[origin], shift) for origin in ORIGINS}
        origins = now.where(now.isin(ORIGINS), OUT)
        return np.column_stack([by_origin[o] for o in origins]) if len(origins) else np.zeros((draws, 0))

    def _rates(self, now: pd.Series, draws: int, rng: np.random.Generator) -> tuple[dict, dict]:
        """Draws of each origin's chance to be rated at all, and to be good when rated."""
        total = sum(self.history, pd.DataFrame(0, index=list(ORIGINS), columns=list(OUTCOMES)))
        here = now.value_counts()
        # Without any history the present share is the best guess of the whole.
        good = total["good"].sum() + here.get("good", 0)
        bad = total["bad"].sum() + here.get("bad", 0)
        whole = (good + 0.5) / (good + bad + 1)
        stay, kept = {}, {}
        for origin in ORIGINS:
            g, b, o = (float(total.loc[origin, name]) for name in OUTCOMES)
            # Rated today, most likely rated on the deadline; otherwise as likely as not where nothing is known.
            prior = 0.95 if origin in ("good", "bad", "unknown") else 0.5
            stay[origin] = rng.beta(g + b + prior, o + 1 - prior, draws)
            likely = {"good": whole + _PERSISTENCE * (1 - whole), "bad": (1 - _PERSISTENCE) * whole}.get(origin, whole)
            kept[origin] = rng.beta(g + _PRIOR_WEIGHT * likely, b + _PRIOR_WEIGHT * (1 - likely), draws)
        if self.kept_for_good:
            stay["good"] = kept["good"] = np.ones(draws)
        return stay, kept

    def _newcomers(self, draws: int, rng: np.random.Generator) -> np.ndarray:
        """How many that were not there on the day are there on the deadline: as in earlier years, gamma-Poisson."""
        came = [int(table.loc["new"].sum()) for table in self.history]
        if sum(came) == 0:
            return np.zeros(draws, dtype=int)
        return rng.poisson(rng.gamma(sum(came) + 0.5, 1 / len(came), draws))


def _shifted(chance: np.ndarray, shift: np.ndarray) -> np.ndarray:
    """Chances with their log odds moved; certainty stays certain."""
    return special.expit(special.logit(chance) + shift)
