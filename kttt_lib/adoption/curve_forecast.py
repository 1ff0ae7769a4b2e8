"""Forecasts of a fitted diffusion curve: its uncertain parameters (see ``posterior``) and the noise of the counts.

Counts are mixtures of Poisson or binomial distributions, exact. Least squares, whose noise is normal and its sum cut
off at zero each period, has a point of noise for every point of the parameters (scrambled Sobol, by inverse CDF).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np
import pandas as pd
from scipy import special, stats
from scipy.stats import qmc

from kttt_lib.adoption.curves import Curve
from kttt_lib.adoption.noise import FACTORS, log_joint

_SEED, _POINTS = 8, 50_000


class Fitted(Protocol):
    """What a forecast needs of a fit (``DiffusionFit`` has it)."""

    counts: pd.Series
    estimator: str
    theta: np.ndarray
    problem: Any

    @property
    def sigma(self) -> float: ...

    @property
    def degrees(self) -> int: ...


class Outcome(Protocol):
    """A distribution of the number of new adopters."""

    def below(self, number: float) -> float:
        """The chance of less than ``number``."""

    def quantile(self, level: float) -> float:
        """The least number that is not exceeded with at least this chance."""


@dataclass(frozen=True)
class CountMixture:
    """Poisson at each ``rate`` (g,), or binomial of ``left`` with each as its chance; never more than ``most``.

    ``weight`` (f, g): of each rate with each of the ``FACTORS`` by which the variance may exceed that of such counts.
    A count of factor φ is one of φ times as few, each worth φ, its steps smoothed; with φ = 1 it is exact.
    """

    rate: np.ndarray = field(repr=False)
    weight: np.ndarray = field(repr=False)
    left: int | None = None
    most: float = np.inf

    def below(self, number: float) -> float:
        k = np.ceil(number - 1e-9) - 1
        if k < 0 or k >= self.most:
            return float(k >= 0)
        used = self.weight.sum(axis=1) > 0
        factor = FACTORS[used, None]
        steps = (k + 0.5) / factor + 0.5
        if self.left is None:
            each = special.gammaincc(steps, self.rate / factor)
        else:
            each = special.betaincc(steps, (self.left - k - 0.5) / factor + 0.5, self.rate)
        return float((self.weight[used] * each).sum())

    def quantile(self, level: float) -> float:
        below, enough = -1.0, 15.0
        while self.below(enough + 1) < level - 1e-12:
            below, enough = enough, 2 * enough + 1
        while enough - below > 1:
            middle = np.floor((below + enough) / 2)
            below, enough = (below, middle) if self.below(middle + 1) >= level - 1e-12 else (middle, enough)
        return float(min(enough, self.most))


@dataclass(frozen=True)
class WeightedSample:
    """``values`` (n,), rising, and the chance (n,) of no more than each."""

    values: np.ndarray = field(repr=False)
    reached: np.ndarray = field(repr=False)

    @classmethod
    def of(cls, values: np.ndarray, weight: np.ndarray) -> WeightedSample:
        order = np.argsort(values, kind="stable")
        return cls(values[order], np.cumsum(weight[order]))

    def below(self, number: float) -> float:
        place = int(np.searchsorted(self.values, number - 1e-9))
        return float(self.reached[place - 1]) if place else 0.0

    def quantile(self, level: float) -> float:
        # Between the points, so that it moves smoothly with them.
        return float(np.interp(level, self.reached, self.values))


@dataclass(frozen=True)
class Forecast:
    """``table`` by period, and the distribution of the number of new adopters by the end of each, after ``seen``."""

    table: pd.DataFrame
    level: float
    seen: float
    outcomes: list[Outcome] = field(repr=False)

    def probability(self, threshold: float, period: object = None) -> float:
        """The chance that at least ``threshold`` have adopted by the end of ``period`` (the last one by default)."""
        at = -1 if period is None else self.table.index.get_loc(period)
        return 1.0 - self.outcomes[at].below(threshold - self.seen)

    def quantiles(self, levels: tuple[float, ...] = (0.05, 0.25, 0.5, 0.75, 0.95)) -> pd.DataFrame:
        """Quantiles of the cumulative number by period, for a fan chart; one column a level."""
        values = [[self.seen + outcome.quantile(level) for level in levels] for outcome in self.outcomes]
        return pd.DataFrame(values, index=self.table.index, columns=list(levels))


def expected_future(fit: Fitted, curve: Curve) -> np.ndarray:
    """Expected adopters (periods,) after the observed ones; with a known market, of those who are left."""
    n = len(fit.counts)
    if fit.problem.binomial:
        return _conditional(curve, fit.theta[None], n)[0] * (fit.problem.fixed - float(fit.counts.sum()))
    return _increments(curve, fit.theta[None])[0, n:]


def future_of(fit: Fitted, curve: Curve, theta: np.ndarray, weight: np.ndarray, *, level: float) -> Forecast:
    """The future on the extended ``curve`` under weighted parameters ``theta`` (w, k)."""
    n, seen = len(fit.counts), float(fit.counts.sum())
    problem = fit.problem
    expected = expected_future(fit, curve)
    limit = problem.fixed if problem.fixed is not None else problem.upper
    most = np.inf if limit is None else limit - seen
    if fit.estimator == "count":
        deviance = problem.objective(problem.cells(fit.counts.to_numpy()[None]), problem.mean(theta)[0])
        weight = weight * special.softmax(log_joint(deviance, n), axis=1).T
    if fit.estimator == "nls":
        each, total = _normal(fit, _increments(curve, theta)[:, n:], weight, most)
    elif problem.binomial:
        each, total = (
            [CountMixture(*_merged(chance, weight, round(most)), round(most)) for chance in chances.T]
            for chances in _and_sums(_conditional(curve, theta, n))
        )
    else:
        each, total = (
            [CountMixture(*_merged(rate, weight), most=np.floor(most + 1e-9)) for rate in rates.T]
            for rates in _and_sums(_increments(curve, theta)[:, n:])
        )
    ends = np.array(
        [[outcome.quantile((1 + sign * level) / 2) for sign in (-1, 1)] for outcome in (*each, *total)]
    ).reshape(2, len(each), 2)
    table = pd.DataFrame(
        {
            "expected": expected,
            "lower": ends[0, :, 0],
            "upper": ends[0, :, 1],
            "cumulative": seen + np.cumsum(expected),
            "cumulative_lower": seen + ends[1, :, 0],
            "cumulative_upper": seen + ends[1, :, 1],
        },
        index=continue_index(fit.counts.index, curve.periods - n),
    )
    return Forecast(table, level, seen, total)


def _and_sums(values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    return values, np.cumsum(values, axis=1)


def _normal(
    fit: Fitted, future: np.ndarray, weight: np.ndarray, most: float
) -> tuple[list[WeightedSample], list[WeightedSample]]:
    """New adopters in each period and by its end."""
    keep = weight > weight.max() * 1e-6
    copies = -(-_POINTS // int(keep.sum()))  # points of noise for each of the parameters
    future, weight = np.tile(future[keep], (copies, 1)), np.tile(weight[keep] / (copies * weight[keep].sum()), copies)
    sobol = qmc.Sobol(future.shape[1] + 1, seed=_SEED)
    u = sobol.random_base2(int(np.ceil(np.log2(len(future)))))[: len(future)]
    # The residual variance is itself estimated: scale by ν/χ²_ν.
    spread = fit.sigma * np.sqrt(fit.degrees / stats.chi2.ppf(u[:, :1], fit.degrees))
    drawn = np.maximum(future + spread * special.ndtri(u[:, 1:]), 0.0)
    total = np.minimum(np.cumsum(drawn, axis=1), most)
    drawn = np.diff(total, axis=1, prepend=0.0)
    return tuple([WeightedSample.of(column, weight) for column in part.T] for part in (drawn, total))


def _merged(rate: np.ndarray, weights: np.ndarray, left: int | None = None) -> tuple[np.ndarray, np.ndarray]:
    """Fewer Poisson rates (or binomial chances) with the same mixture, for each row of ``weights`` (f, g).

    On an even grid of their roots (or of the angles whose sine is the root), each is shared out by a cubic. There the
    chance of a count varies on the scale of a half, so steps of 0.05 err by 1e-6 at most.
    """
    size = None if left is None else np.sqrt(max(left, 1))
    root = np.sqrt(rate) if size is None else size * np.arcsin(np.sqrt(np.clip(rate, 0.0, 1.0)))
    step = max(0.05, float(np.ptp(root)) / 500)
    place = np.floor(root / step).astype(int)
    t = root / step - place
    shares = (-t * (t - 1) * (t - 2) / 6, (t * t - 1) * (t - 2) / 2, -t * (t + 1) * (t - 2) / 2, t * (t * t - 1) / 6)
    first = place.min() - 1  # −1 stands for the root +step: the chance is even in the root
    merged = np.array(
        [
            sum(
                np.bincount(place + move - first, weight * share, minlength=place.max() + 3 - first)
                for move, share in zip((-1, 0, 1, 2), shares)
            )
            for weight in weights
        ]
    )
    root = step * (first + np.arange(merged.shape[1]))
    return (root**2 if size is None else np.sin(root / size) ** 2), merged


def _increments(curve: Curve, theta: np.ndarray) -> np.ndarray:
    return np.exp(theta[:, -1:]) * np.diff(curve.share(theta[:, :-1])[0], axis=1)


def _conditional(curve: Curve, theta: np.ndarray, n: int) -> np.ndarray:
    """Chance (b, periods) that one not seen adopting in the first n periods adopts in each later one."""
    step = np.diff(curve.share(theta[:, :-1])[0], axis=1)
    left = 1.0 - step[:, :n].sum(axis=1, keepdims=True)
    return step[:, n:] / np.maximum(left, 1e-12)


def continue_index(index: pd.Index, periods: int) -> pd.Index:
    """The index carried on: years or numbers by their last step, periods by their frequency, else 1, 2, ..."""
    if isinstance(index, pd.PeriodIndex):
        return pd.period_range(index[-1] + 1, periods=periods, freq=index.freq)
    if pd.api.types.is_integer_dtype(index):
        step = int(index[-1] - index[-2]) or 1
        return pd.Index(index[-1] + step * np.arange(1, periods + 1), name=index.name)
    return pd.RangeIndex(1, periods + 1, name=index.name)
