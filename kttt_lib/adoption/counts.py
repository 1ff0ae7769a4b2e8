"""How many more events by the deadline: a seasonal count process learned from the dated events of earlier years.

The year's rate is gamma distributed from year to year, so totals are negative binomial; the part of a year's events
that has come by a given day is beta distributed, so late-December bunching is learned rather than assumed away. The
parameters of both are integrated over a grid, so a short history gives a wide forecast instead of a sure one. The
remaining count is then a mixture of negative binomials, exact and without simulation.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache

import numpy as np
import pandas as pd
from scipy import special, stats

from kttt_lib.compiled import njit
from kttt_lib.days import parse_day

_DAYS_A_MONTH = 365.25 / 12


@dataclass(frozen=True)
class CountOutlook:
    """``remaining`` (n,): the chance of 0, 1, 2, ... more events by the deadline, after ``observed`` so far."""

    observed: int
    remaining: np.ndarray = field(repr=False)
    days_left: int
    history_years: int

    @property
    def expected(self) -> float:
        """Expected number in all at the deadline."""
        return self.observed + float(np.arange(len(self.remaining)) @ self.remaining)

    def probability(self, target: float) -> float:
        """The chance of at least ``target`` at the deadline; 0 or 1 once nothing is left to come."""
        return at_least(self.remaining, int(np.ceil(target - self.observed)))

    def quantile(self, level: float) -> int:
        """The smallest final number that is reached or undershot with at least this chance."""
        return self.observed + int(np.searchsorted(np.cumsum(self.remaining), level - 1e-12))

    def interval(self, level: float = 0.8) -> tuple[int, int]:
        """Final numbers that hold with at least this chance, the tails outside being equal."""
        return self.quantile((1 - level) / 2), self.quantile((1 + level) / 2)

    def pace(self, target: float) -> pd.Series:
        """What would have to happen: events needed, in all and a month, and how many times the expected pace."""
        needed = max(int(np.ceil(target - self.observed)), 0)
        coming = self.expected - self.observed
        months = self.days_left / _DAYS_A_MONTH
        times = needed / coming if coming > 0 else (0.0 if needed == 0 else np.inf)
        return pd.Series(
            {
                "needed": needed,
                "days_left": self.days_left,
                "needed_a_month": needed / months if months else (0.0 if needed == 0 else np.inf),
                "expected": coming,
                "times_expected": times,
            }
        )


def at_least(chances: np.ndarray, number: int) -> float:
    """The chance of ``number`` or more, of the ``chances`` (n + 1,) of 0..n."""
    if number <= 0:
        return 1.0
    # Summed from the far end, so that rounding never lets the chance rise with the number.
    from_the_end = np.cumsum(chances[::-1])
    most = len(chances) - 1
    return float(min(from_the_end[most - number], 1.0)) if number <= most else 0.0


@dataclass(frozen=True)
class SeasonalCounts:
    """Dated events of earlier years. ``years``: all years watched in full, those without events included."""

    dates: pd.DatetimeIndex
    years: tuple[int, ...]

    @classmethod
    def learn(cls, dates: Iterable[object], years: Iterable[int]) -> SeasonalCounts:
        """Raises ValueError for dates that are missing or fall outside ``years``."""
        index = pd.DatetimeIndex([pd.NaT if pd.isna(day) else parse_day(day) for day in dates])
        watched = tuple(sorted(set(years)))
        if index.isna().any():
            raise ValueError(f"{int(index.isna().sum())} events have no date")
        outside = sorted(set(index.year) - set(watched))
        if outside:
            raise ValueError(f"events fall in {outside}, which are not among the years watched {list(watched)}")
        return cls(index, watched)

    def split(self, as_of: object, deadline: object | None = None) -> pd.DataFrame:
        """Events of each year up to the day of ``as_of`` and from there to the day of ``deadline``."""
        now, end = _days(as_of, deadline)
        day = _day_of_year(self.dates)
        frame = pd.DataFrame({"year": self.dates.year, "before": day <= now, "after": (day > now) & (day <= end)})
        totals = frame.groupby("year")[["before", "after"]].sum()
        return totals.reindex(list(self.years), fill_value=0).astype(int)

    def outlook(self, observed: int, as_of: object, deadline: object | None = None) -> CountOutlook:
        """The number at ``deadline`` (the year's end by default) given ``observed`` events by ``as_of`` this year."""
        now, end = _days(as_of, deadline)
        if observed < 0 or observed != int(observed):
            raise ValueError(f"observed must be a whole number of events, not {observed}")
        days = max((_date(deadline, as_of) - parse_day(as_of)).days, 0)
        if now >= end:
            return CountOutlook(int(observed), np.array([1.0]), 0, len(self.years))
        history = self.split(as_of, deadline)
        share, share_weight = _share_posterior(history, now / end)
        totals = history.sum(axis=1).to_numpy()
        mean, size, rate_weight = _rate_posterior(totals, observed, share, share_weight)
        shape = (len(mean), len(share))
        share, mean, size = (np.broadcast_to(a, shape) for a in (share[None, :], mean[:, None], size[:, None]))
        weight = rate_weight[:, None] * share_weight[None, :]
        weight = weight * stats.nbinom.pmf(observed, size, size / (size + mean * share))
        # What is as small as that is left out, and as much taken from the rest: nothing jumps where a node passes it.
        weight = np.maximum(weight - weight.max() * 1e-6, 0.0)
        keep = weight > 0
        weight, share, mean, size = (a[keep] for a in (weight, share, mean, size))
        # Given the count so far, the rate is gamma(size + observed, size/mean + share); what is left is thinned by it.
        chance = (1 - share) / (size / mean + 1)
        remaining = _mixture(weight / weight.sum(), size + observed, chance)
        return CountOutlook(int(observed), remaining, days, len(self.years))


def _mixture(weight: np.ndarray, size: np.ndarray, chance: np.ndarray) -> np.ndarray:
    """Mixture of negative binomials with these sizes and chances of one more, until all but 1e-8 is covered."""
    values = _terms(weight * np.exp(size * np.log1p(-chance)), size, chance)
    return values / values.sum()


@njit(cache=True)
def _terms(term: np.ndarray, size: np.ndarray, chance: np.ndarray) -> np.ndarray:
    """The sums of each number's terms, those of the number after by the ratio of the two."""
    found = np.empty(100_001)
    covered = 0.0
    for n in range(len(found)):
        total = 0.0
        for i in range(len(term)):
            total += term[i]
            term[i] = term[i] * (n + size[i]) / (n + 1) * chance[i]
        found[n] = total
        covered += total
        if covered > 1 - 1e-8:
            return found[: n + 1].copy()
    return found


def _share_posterior(history: pd.DataFrame, elapsed: float) -> tuple[np.ndarray, np.ndarray]:
    """Nodes and weights of this year's share of events by now.

    The prior is worth two events spread evenly over the year; the years' shares scatter by a beta whose
    concentration is learned between 3 and 300.
    """
    if elapsed <= 0:
        return np.array([0.0]), np.array([1.0])
    share, width, a, b, density = _share_grid()
    center = share[:, None]
    log_weight = (
        (2 * elapsed - 1) * np.log(center) + (2 * (1 - elapsed) - 1) * np.log(1 - center) + np.log(width)[:, None]
    )
    log_weight = log_weight + np.zeros_like(a)
    for before, after in history.to_numpy():
        log_weight += special.betaln(a + before, b + after) - special.betaln(a, b)
    weight = np.exp(log_weight - log_weight.max())
    weight /= weight.sum()
    mixed = (density * weight[None]).sum(axis=(1, 2)) * width
    return share, mixed / mixed.sum()


@cache
def _share_grid() -> tuple[np.ndarray, ...]:
    """Nodes of a share (90,) and their widths, the beta distributions (90, 9) that years may scatter by, the densities
    of these at the nodes (90, 90, 9)."""
    angle = (np.arange(90) + 0.5) / 90 * np.pi / 2
    share = np.sin(angle) ** 2  # finer towards 0 and 1
    concentration = np.geomspace(3, 300, 9)[None, :]
    a, b = share[:, None] * concentration, (1 - share)[:, None] * concentration
    return share, np.sin(2 * angle), a, b, stats.beta.pdf(share[:, None, None], a[None], b[None])


def _rate_posterior(
    totals: np.ndarray, observed: int, share: np.ndarray, share_weight: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Grid (g,) of yearly mean and size (1/cv²) with weights from earlier totals; this year's count weighs in later."""
    guess = observed / max(float(share @ share_weight), 0.02)
    center = max((totals.sum() + guess) / (len(totals) + 1), 0.5)
    mean, variation = (
        g.ravel()
        for g in np.meshgrid(center * np.geomspace(1 / 12, 12, 41), np.linspace(0.05, 1.25, 13), indexing="ij")
    )
    size = 1 / variation**2
    log_weight = -0.5 * (variation / 0.5) ** 2  # years differ, but rarely by several times
    for total in totals:
        log_weight = log_weight + stats.nbinom.logpmf(total, size, size / (size + mean))
    weight = np.exp(log_weight - log_weight.max())
    return mean, size, weight / weight.sum()


def _date(deadline: object | None, as_of: object) -> pd.Timestamp:
    return pd.Timestamp(year=parse_day(as_of).year, month=12, day=31) if deadline is None else parse_day(deadline)


def _days(as_of: object, deadline: object | None) -> tuple[int, int]:
    start, end = parse_day(as_of), _date(deadline, as_of)
    if start.year != end.year and start < end:
        raise ValueError(f"as_of {start.date()} and deadline {end.date()} are in different years")
    if start >= end:
        return 1, 1
    return tuple(_day_of_year(pd.DatetimeIndex([start, end])).tolist())


def _day_of_year(dates: pd.DatetimeIndex) -> np.ndarray:
    """Day 1..366 with 29 February always there, so that the same date is the same day in every year."""
    first = np.array([0, 31, 60, 91, 121, 152, 182, 213, 244, 274, 305, 335])
    return first[dates.month - 1] + dates.day
