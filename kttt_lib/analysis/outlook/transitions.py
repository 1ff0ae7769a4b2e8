"""From one day's status to a later one's: what became of the good, the bad and the unknown in earlier years."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import special, stats

from kttt_lib.analysis.outlook.look_back import OUT

ORIGINS = ("good", "bad", "unknown", OUT, "new")
OUTCOMES = ("good", "bad", OUT)
# Years differ in what is good (a new circular, a storm): the log odds of a year move by this much when little is known.
SPREAD = 0.4
_PRIOR_YEARS = 3.0
# Where a group has no history of its own: so many organisations' worth of the whole, most of it persistence.
_PRIOR_WEIGHT = 10.0
_PERSISTENCE = 0.7
NUMBERS = 2 + 3 * len(ORIGINS)  # uniform numbers of a draw: the year's shift, the newcomers, and three an origin
Beta = tuple[float, float]
CERTAIN: Beta = (np.inf, 0.0)


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
        odds, spreads = [], []
        for table in self.history:
            good, bad = table["good"].to_numpy() + 0.5, table["bad"].to_numpy() + 0.5
            enough = good + bad > 6
            odds.append(np.where(enough, np.log(good / bad), np.nan))
            spreads.append(np.where(enough, 1 / good + 1 / bad, np.nan))
        if len(odds) < 2:
            return SPREAD
        logits, errors = np.array(odds), np.array(spreads)
        several = np.isfinite(logits).sum(axis=0) >= 2
        if not several.any():
            return SPREAD
        excess = np.nanvar(logits[:, several], axis=0, ddof=1) - np.nanmean(errors[:, several], axis=0)
        years = int(np.isfinite(logits[:, several]).sum(axis=0).max())
        found = max(float(np.mean(excess)), 0.0)
        return float(np.sqrt((_PRIOR_YEARS * SPREAD**2 + (years - 1) * found) / (_PRIOR_YEARS + years - 1)))

    def draw(self, now: pd.Series, uniform: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Draws of how many will be good, and how many good or bad, (draws,) each; ``now``: status by org_id.

        Every origin has its own chances (beta with a little of the whole as prior); all share one shift of log odds a
        draw. New ones come as many as in earlier years. uniform (draws, ``NUMBERS``) numbers are carried over by the
        inverses of the distribution functions, so that a draw moves only as its chances do.
        """
        by_number = iter(uniform.T)
        shift, for_newcomers = self.spread() * special.ndtri(next(by_number)), next(by_number)
        good, inside = np.zeros(len(uniform)), np.zeros(len(uniform))
        here = now.where(now.isin(ORIGINS), OUT).value_counts()
        for origin, (stay, kept) in self._rates(now).items():
            for_stay, for_kept, for_good = (next(by_number) for _ in range(3))
            if origin == "new":
                rated = self._newcomers(stay, for_stay, for_newcomers)
            else:
                rated = _beta_binomial(for_stay, int(here.get(origin, 0)), stay)
            if rated.any():
                good += _binomial(for_good, rated, _shifted(_beta(for_kept, kept), shift))
                inside += rated
        return good, inside

    def unit_chance(self, now: pd.Series, uniform: np.ndarray) -> np.ndarray:
        """The chance (draws, organisations) of each organisation to be good, neither out nor bad, as in ``draw``."""
        by_number = iter(uniform.T)
        shift, _ = self.spread() * special.ndtri(next(by_number)), next(by_number)
        by_origin = {}
        for origin, (stay, kept) in self._rates(now).items():
            for_stay, for_kept, _ = (next(by_number) for _ in range(3))
            by_origin[origin] = _beta(for_stay, stay) * _shifted(_beta(for_kept, kept), shift)
        origins = pd.Index(ORIGINS).get_indexer(now.where(now.isin(ORIGINS), OUT))
        return np.column_stack([by_origin[o] for o in ORIGINS])[:, origins]

    def _rates(self, now: pd.Series) -> dict[str, tuple[Beta, Beta]]:
        """By origin, the distributions of the chance to be rated at all, and to be good when rated."""
        total = sum(self.history, pd.DataFrame(0, index=list(ORIGINS), columns=list(OUTCOMES)))
        here = now.value_counts()
        # Without any history the present share is the best guess of the whole.
        good = total["good"].sum() + here.get("good", 0)
        bad = total["bad"].sum() + here.get("bad", 0)
        whole = (good + 0.5) / (good + bad + 1)
        rates = {}
        for origin in ORIGINS:
            g, b, o = (float(total.loc[origin, name]) for name in OUTCOMES)
            # Rated today, most likely rated on the deadline; otherwise as likely as not where nothing is known.
            prior = 0.95 if origin in ("good", "bad", "unknown") else 0.5
            likely = {"good": whole + _PERSISTENCE * (1 - whole), "bad": (1 - _PERSISTENCE) * whole}.get(origin, whole)
            rates[origin] = (
                (g + b + prior, o + 1 - prior),
                (g + _PRIOR_WEIGHT * likely, b + _PRIOR_WEIGHT * (1 - likely)),
            )
        if self.kept_for_good:
            rates["good"] = (CERTAIN, CERTAIN)
        return rates

    def _newcomers(self, stay: Beta, for_stay: np.ndarray, for_number: np.ndarray) -> np.ndarray:
        """How many that were not there on the day are there, and rated, on the deadline: gamma-Poisson."""
        came = [int(table.loc["new"].sum()) for table in self.history]
        if sum(came) == 0:
            return np.zeros(len(for_stay))
        return stats.nbinom.ppf(for_number, sum(came) + 0.5, 1 / (1 + _beta(for_stay, stay) / len(came)))


def _beta(uniform: np.ndarray, of: Beta) -> np.ndarray:
    return np.ones(len(uniform)) if of == CERTAIN else special.betaincinv(*of, uniform)


def _beta_binomial(uniform: np.ndarray, number: int, of: Beta) -> np.ndarray:
    """How many of ``number`` when each has one beta chance."""
    if of == CERTAIN:
        return np.full(len(uniform), float(number))
    some = np.arange(number + 1.0)
    choose = special.gammaln(number + 1) - special.gammaln(some + 1) - special.gammaln(number - some + 1)
    pmf = np.exp(choose + special.betaln(some + of[0], number - some + of[1]) - special.betaln(*of))
    return np.minimum(np.searchsorted(np.cumsum(pmf), uniform), number).astype(float)


def _binomial(uniform: np.ndarray, number: np.ndarray, chance: np.ndarray) -> np.ndarray:
    return np.where(chance < 1, stats.binom.ppf(uniform, number, np.minimum(chance, 1 - 1e-16)), number)


def _shifted(chance: np.ndarray, shift: np.ndarray) -> np.ndarray:
    """Chances with their log odds moved; certainty stays certain."""
    return special.expit(special.logit(chance) + shift)
