"""Forecasts of a fitted diffusion curve: futures drawn from uncertain parameters and the noise of the
counts.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np
import pandas as pd

from kttt_lib.adoption.curves import Curve


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


@dataclass(frozen=True)
class Forecast:
    """A forecast: ``table`` by period, and ``draws`` (d, periods) of the cumulative number of adopters."""

    table: pd.DataFrame
    draws: np.ndarray = field(repr=False)
    level: float

    def probability(self, threshold: float, period: object = None) -> float:
        """The chance that at least ``threshold`` have adopted by the end of ``period`` (the last one by
        default).
        """
        at = -1 if period is None else self.table.index.get_loc(period)
        return float((self.draws[:, at] >= threshold).mean())

    def quantiles(self, levels: tuple[float, ...] = (0.05, 0.25, 0.5, 0.75, 0.95)) -> pd.DataFrame:
        """Quantiles of the cumulative number by period, for a fan chart; one column a level."""
        values = np.quantile(self.draws, levels, axis=0).T
        return pd.DataFrame(values, index=self.table.index, columns=list(levels))


def expected_future(fit: Fitted, curve: Curve) -> np.ndarray:
    """Expected adopters (periods,) after the observed ones; with a known market, of those who are left."""
    n = len(fit.counts)
    if fit.problem.binomial:
        return _conditional(curve, fit.theta[None], n)[0] * (fit.problem.fixed - float(fit.counts.sum()))
    return _increments(curve, fit.theta[None])[0, n:]


def simulate_future(fit: Fitted, curve: Curve, theta: np.ndarray, *, level: float, seed: int) -> Forecast:
    """Draw a future for each row of drawn parameters ``theta`` (d, k) on the extended ``curve``."""
    rng = np.random.default_rng(seed)
    n, seen = len(fit.counts), float(fit.counts.sum())
    problem = fit.problem
    expected = expected_future(fit, curve)
    future = _increments(curve, theta)[:, n:]
    if fit.estimator == "nls":
        # The residual variance is itself estimated: scale by ν/χ²_ν.
        spread = fit.sigma * np.sqrt(fit.degrees / rng.chisquare(fit.degrees, size=(len(theta), 1)))
        drawn = np.maximum(future + spread * rng.standard_normal(future.shape), 0.0)
    elif problem.binomial:
        drawn = _multinomial(rng, round(problem.fixed - seen), curve, theta, n)
    else:
        drawn = rng.poisson(future).astype(float)
    cumulative = seen + np.cumsum(drawn, axis=1)
    limit = problem.fixed if problem.fixed is not None else problem.upper
    if limit is not None:
        cumulative = np.minimum(cumulative, limit)
        drawn = np.diff(cumulative, axis=1, prepend=seen)
    tails = [(1 - level) / 2, (1 + level) / 2]
    lower, upper = np.quantile(drawn, tails, axis=0)
    c_lower, c_upper = np.quantile(cumulative, tails, axis=0)
    table = pd.DataFrame(
        {
            "expected": expected,
            "lower": lower,
            "upper": upper,
            "cumulative": seen + np.cumsum(expected),
            "cumulative_lower": c_lower,
            "cumulative_upper": c_upper,
        },
        index=continue_index(fit.counts.index, curve.periods - n),
    )
    return Forecast(table, cumulative, level)


def _increments(curve: Curve, theta: np.ndarray) -> np.ndarray:
    return np.exp(theta[:, -1:]) * np.diff(curve.share(theta[:, :-1])[0], axis=1)


def _conditional(curve: Curve, theta: np.ndarray, n: int) -> np.ndarray:
    """Chance (b, periods) that one not seen adopting in the first n periods adopts in each later one."""
    step = np.diff(curve.share(theta[:, :-1])[0], axis=1)
    left = 1.0 - step[:, :n].sum(axis=1, keepdims=True)
    return step[:, n:] / np.maximum(left, 1e-12)


def _multinomial(rng: np.random.Generator, left: int, curve: Curve, theta: np.ndarray, n: int) -> np.ndarray:
    chance = _conditional(curve, theta, n)
    chance = np.column_stack([chance, np.maximum(1.0 - chance.sum(axis=1), 0.0)])
    return rng.multinomial(left, chance / chance.sum(axis=1, keepdims=True))[:, :-1].astype(float)


def continue_index(index: pd.Index, periods: int) -> pd.Index:
    """The index carried on: years or numbers by their last step, periods by their frequency, else 1, 2,
    ...
    """
    if isinstance(index, pd.PeriodIndex):
        return pd.period_range(index[-1] + 1, periods=periods, freq=index.freq)
    if pd.api.types.is_integer_dtype(index):
        step = int(index[-1] - index[-2]) or 1
        return pd.Index(index[-1] + step * np.arange(1, periods + 1), name=index.name)
    return pd.RangeIndex(1, periods + 1, name=index.name)
