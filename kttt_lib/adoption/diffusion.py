"""Diffusion curves fitted to adopters per period: Bass, logistic, Gompertz and the generalised Bass model."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import pandas as pd
from scipy import special, stats

from kttt_lib.adoption.checks import check_counts, check_covariate, check_market
from kttt_lib.adoption.curve_forecast import Forecast, continue_index, expected_future, future_of
from kttt_lib.adoption.curves import Curve
from kttt_lib.adoption.noise import rounding
from kttt_lib.adoption.posterior import posterior
from kttt_lib.adoption.profile import curvature as _curvature
from kttt_lib.adoption.profile import cutoff, profile_at, profile_bounds, residual_variance
from kttt_lib.adoption.solver import Problem, fit_batch
from kttt_lib.shown import Shown

MODELS = ("bass", "logistic", "gompertz", "generalised_bass")
ESTIMATORS = ("nls", "count")


@dataclass(frozen=True)
class AtMost:
    """A market potential that is estimated but cannot exceed ``upper`` (say, the number of units there are)."""

    upper: float


@dataclass(frozen=True, repr=False)
class DiffusionFit(Shown):
    """A fitted diffusion curve. Make it with ``fit_diffusion``.

    ``counts`` (n,) as given; ``parameters``, ``fitted`` and their intervals in adopters and periods; ``forecast``
    raises ValueError for what the curve cannot tell. Source: see ``fit_diffusion``.

    Examples
    --------
    >>> import kttt_lib as kttt
    >>> kttt.fit_diffusion([2, 4, 7, 9, 8, 5, 3]).expected(2).round(1).tolist()
    [1.3, 0.5]
    """

    model: str
    estimator: str
    counts: pd.Series
    problem: Problem = field(repr=False)
    theta: np.ndarray = field(repr=False)
    objective: float

    def _shown(self) -> dict[str, object]:
        setting = {"model": self.model, "estimator": self.estimator, "periods": len(self.counts)}
        return setting | self.parameters.to_dict()

    @property
    def parameters(self) -> pd.Series:
        """Estimates by name: p and q per period (Bass), q and tau (logistic, Gompertz), beta1.. and the market m."""
        values = self.problem.natural(self.theta[None])[0]
        return pd.Series(values, index=self.problem.names, name="estimate")

    @property
    def free_parameters(self) -> int:
        return int(self.problem.free.sum())

    @property
    def degrees(self) -> int:
        """Periods less estimated parameters."""
        return self.problem.degrees

    @property
    def fitted(self) -> pd.Series:
        """Expected adopters of each period."""
        mean = self.problem.mean(self.theta[None])[0][0, : len(self.counts)]
        return pd.Series(mean, index=self.counts.index, name="fitted")

    @property
    def sigma(self) -> float:
        """Residual standard deviation (nls), adopters per period; at least that of rounding to the last digit given."""
        y = self.counts.to_numpy()[None]
        return float(np.sqrt(residual_variance(y, np.array([self.objective]), self.degrees)[0]))

    @property
    def dispersion(self) -> float:
        """Pearson χ² per degree of freedom: well above 1, counts vary more than Poisson ones."""
        mean = np.maximum(self.fitted.to_numpy(), 1e-12)
        return float((((self.counts.to_numpy() - mean) ** 2) / mean).sum() / self.degrees)

    @property
    def loglik(self) -> float:
        """Log-likelihood: normal with its maximum-likelihood variance (nls), Poisson or multinomial (count)."""
        n = len(self.counts)
        if self.estimator == "nls":
            variance = max(self.objective / n, 1e-300)
            return float(-0.5 * n * (np.log(2 * np.pi * variance) + 1.0))
        y = self.problem.cells(self.counts.to_numpy()[None])[0]
        mean = np.maximum(self.problem.mean(self.theta[None])[0][0], 1e-12)
        poisson = float((special.xlogy(y, mean) - mean - special.gammaln(y + 1)).sum())
        if not self.problem.binomial:
            return poisson
        total = y.sum()  # the multinomial is the Poisson given its total
        return poisson - float(special.xlogy(total, total) - total - special.gammaln(total + 1))

    @property
    def aicc(self) -> float:
        """Akaike's criterion corrected for short series (Hurvich and Tsai 1989); infinite when too short for it.

        Compare only fits of the same series by the same estimator and market.
        """
        n, k = len(self.counts), self.free_parameters + (self.estimator == "nls")
        if n - k - 1 <= 0:
            return float("inf")
        return -2 * self.loglik + 2 * k + 2 * k * (k + 1) / (n - k - 1)

    def interval(
        self, level: float = 0.95, method: str = "profile", *, draws: int = 999, seed: int = 0
    ) -> pd.DataFrame:
        """Lower and upper ends for each parameter (rows), by profile likelihood or parametric bootstrap.

        A profile end is ±inf (0 for a rate) where the data set no limit: see ``identified``. A fixed market
        has no width.
        """
        if method == "profile":
            low, high = (self.problem.natural(end)[0] for end in self._ends(level))
        elif method == "bootstrap":
            tails = [(1 - level) / 2, (1 + level) / 2]
            low, high = np.quantile(self.bootstrap(draws, seed), tails, axis=0)
        else:
            raise ValueError(f"method must be 'profile' or 'bootstrap', not {method!r}")
        return pd.DataFrame({"lower": low, "upper": high}, index=self.problem.names)

    def bootstrap(self, draws: int = 999, seed: int = 0) -> np.ndarray:
        """Parameters (draws, k) re-estimated on series drawn from the fitted model (parametric bootstrap)."""
        return self.problem.natural(self._bootstrap_theta(draws, seed))

    def _bootstrap_theta(self, draws: int, seed: int) -> np.ndarray:
        mean = np.maximum(self.problem.mean(self.theta[None])[0][0], 0.0)
        n = len(self.counts)
        # By inverse distribution functions, so that a series moves only as the fit does.
        uniform = np.random.default_rng(seed).random((draws, n))
        factor = max(self.dispersion, 1.0)
        if self.estimator == "nls":
            series = mean + self.sigma * special.ndtri(uniform)
        elif self.problem.binomial:
            series, left = np.zeros((draws, n)), np.full(draws, round(self.problem.fixed))
            for t in range(n):
                chance = min(mean[t] / max(mean[t:].sum(), 1e-300), 1.0)
                drawn = np.round(factor * stats.binom.ppf(uniform[:, t], np.round(left / factor), chance))
                series[:, t] = np.minimum(drawn, left)
                left = left - series[:, t]
        else:
            series = np.round(factor * stats.poisson.ppf(uniform, np.maximum(mean, 1e-300) / factor))
        empty = series.sum(axis=1) <= 0  # a series without adopters says nothing: the fit itself stands in
        series[empty] = np.maximum(self.counts.to_numpy(), 0)
        return fit_batch(self.problem, series, warm=self.theta, keep=2)[0]

    @cached_property
    def _found_ends(self) -> dict[float, tuple[np.ndarray, np.ndarray]]:
        return {}

    def _ends(self, level: float) -> tuple[np.ndarray, np.ndarray]:
        """Profile bounds (1, k) each, found once for a level."""
        if level not in self._found_ends:
            y = self.problem.cells(self.counts.to_numpy()[None])
            self._found_ends[level] = profile_bounds(
                self.problem, y, self.theta[None], np.array([self.objective]), self.degrees, level
            )
        return self._found_ends[level]

    @cached_property
    def _identification(self) -> tuple[bool, str]:
        reasons = []
        scatter, y = self.objective / self.degrees, self.counts.to_numpy()
        if self.estimator == "nls" and scatter <= max(rounding(y[None])[0], 1e-20 * float(y @ y)):
            reasons.append("the series lies on the curve to its last digit, so nothing tells how much it scatters")
        low, high = self._ends(0.95)
        for name, a, b, free in zip(self.problem.names, low[0], high[0], self.problem.free):
            if not free:
                continue
            if name == "m" and self.problem.upper is not None:
                if np.isclose(self.theta[-1], np.log(self.problem.upper), atol=1e-6):
                    reasons.append(f"the estimate of m sits on its upper bound {self.problem.upper:g}")
                elif b >= np.log(self.problem.upper) - 1e-6:
                    reasons.append(f"the data set no limit to m below its upper bound {self.problem.upper:g}")
            elif np.isinf(b):
                reasons.append(f"the data set no upper limit to {name}")
            # A rate of zero is a lower limit of its own; a market has no such natural end.
            if np.isinf(a) and name not in ("p", "q"):
                reasons.append(f"the data set no lower limit to {name}")
        if reasons and self.fitted.to_numpy().argmax() == len(self.counts) - 1:
            reasons.append("the series ends before the peak of adoption")
        return not reasons, "; ".join(reasons)

    @property
    def identified(self) -> bool:
        """Whether the 95 % profile interval of every estimated parameter is closed inside its range."""
        return self._identification[0]

    @property
    def reason(self) -> str:
        """Why the curve is not identified; empty when it is."""
        return self._identification[1]

    def profile(self, parameter: str = "m", points: int = 41, level: float = 0.95) -> pd.DataFrame:
        """The profile of one parameter, for a figure: a flat ridge shows as a rise that stays below ``limit``.

        Columns: the parameters (re-estimated along the ridge), ``rise`` of the objective over its minimum and
        the ``limit`` that the interval of that level uses.
        """
        which = self.problem.names.index(parameter) if parameter in self.problem.names else -1
        if which < 0 or not self.problem.free[which]:
            raise ValueError(f"{parameter!r} is not an estimated parameter; those are {self._free_names()}")
        y = self.problem.cells(self.counts.to_numpy()[None])
        minimum = np.array([self.objective])
        covariance = _curvature(self.problem, y, self.theta[None], minimum, self.degrees)
        low, high = self._ends(level)
        box_low, box_high = self.problem.box(y)
        center = self.theta[which]
        ends = []
        for end, edge in ((low[0, which], box_low[0, which]), (high[0, which], box_high[0, which])):
            reach = center + 1.4 * (end - center) if np.isfinite(end) else edge
            ends.append(np.clip(reach, box_low[0, which], box_high[0, which]))
        value = np.linspace(*ends, points)
        repeat = [np.repeat(a, points, axis=0) for a in (y, self.theta[None], covariance)]
        theta, objective = profile_at(self.problem, *repeat, np.full(points, which), value)
        table = pd.DataFrame(self.problem.natural(theta), columns=self.problem.names)
        limit = float(cutoff(self.problem, y, minimum, self.degrees, level)[0]) - self.objective
        rise = objective - self.objective
        table["rise"] = np.maximum(np.round(rise / limit, 10), 0.0) * limit  # further digits are those of a difference
        table["limit"] = limit
        return table

    def _free_names(self) -> list[str]:
        return [name for name, free in zip(self.problem.names, self.problem.free) if free]

    def forecast(
        self, periods: int, *, covariate: np.ndarray | pd.DataFrame | None = None, level: float = 0.95
    ) -> Forecast:
        """Adopters in the next ``periods``, with the uncertainty of the parameters (their likelihood with Jeffreys'
        prior, see ``posterior``) and of the counts themselves, their dispersion included.

        ``covariate`` (periods, c) is needed by the generalised Bass model and refused by the others.
        """
        extended = self._extended(periods, covariate)
        y = self.problem.cells(self.counts.to_numpy()[None])
        theta, weight = posterior(self.problem, y, self.theta, self.objective)
        return future_of(self, extended, theta, weight, level=level)

    def expected(self, periods: int, *, covariate: np.ndarray | pd.DataFrame | None = None) -> pd.Series:
        """The point forecast of ``forecast`` alone: expected adopters in each of the next ``periods``."""
        values = expected_future(self, self._extended(periods, covariate))
        return pd.Series(values, index=continue_index(self.counts.index, periods), name="expected")

    def _extended(self, periods: int, covariate: np.ndarray | pd.DataFrame | None) -> Curve:
        if periods < 1:
            raise ValueError(f"periods must be at least 1, not {periods}")
        curve = self.problem.curve
        ahead = check_covariate(covariate, self.model, periods, "forecast")
        if ahead is not None and ahead.shape[1] != curve.covariate.shape[1]:
            raise ValueError(f"the fit has {curve.covariate.shape[1]} covariates, the forecast {ahead.shape[1]}")
        return curve.extended(periods, ahead)


def fit_diffusion(
    counts: pd.Series | np.ndarray | list,
    model: str = "bass",
    *,
    estimator: str = "nls",
    market: float | AtMost | None = None,
    covariate: np.ndarray | pd.DataFrame | None = None,
) -> DiffusionFit:
    """Fit a diffusion curve to adopters per period.

    counts: (n,) adopters in each period, the first period being the first since launch for the Bass models.
    Without a known market, the Bass and the logistic curve have the same increments under other names
    (logistic q = p + q, m_logistic = m (1 + p/q)): such fits tie, and only the meaning of m differs, since
    the logistic counts those who would have adopted before the first period.

    model: "bass", "logistic", "gompertz" or "generalised_bass" (which needs ``covariate``, (n, c): the effort of each
    period, 0 meaning none). estimator: "nls", least squares on the increments (Srinivasan and Mason 1986); "count", a
    likelihood of whole counts: Poisson, or multinomial when the market is known (Schmittlein and Mahajan 1982). market:
    a number fixes the market potential m; ``AtMost(upper)`` bounds it; None estimates it.

    Raises ValueError, with the reason, for a series or setting that cannot be fitted.
    Source: Bass (1969); Srinivasan and Mason (1986); Schmittlein and Mahajan (1982); Bass, Krishnan and Jain (1994).

    Examples
    --------
    >>> import kttt_lib as kttt
    >>> kttt.fit_diffusion([2, 4, 7, 9, 8, 5, 3], model="bass").parameters.round(2).to_dict()
    {'p': 0.03, 'q': 0.84, 'm': 40.13}
    """
    series = check_counts(counts, whole=estimator == "count")
    problem = _problem(series, model, estimator, market, covariate)
    theta, objective = fit_batch(problem, series.to_numpy()[None], keep=8)
    return DiffusionFit(model, estimator, series, problem, theta[0], float(objective[0]))


def fit_diffusions(many: Sequence[pd.Series], model: str = "bass", *, estimator: str = "nls") -> list[DiffusionFit]:
    """:func:`fit_diffusion` of several series of as many periods, with their 95 % intervals found, all at once.

    A series that cannot be fitted is left out; ValueError for a setting or so few periods that none can.
    """
    sound = []
    for counts in many:
        with suppress(ValueError):
            sound.append(check_counts(counts, whole=estimator == "count"))
    if not sound:
        return []
    problem, y = _problem(sound[0], model, estimator), np.array(sound)
    theta, objective = fit_batch(problem, y, keep=8)
    low, high = profile_bounds(problem, y, theta, objective, problem.degrees, 0.95)
    fits = []
    for series, at, least, *ends in zip(sound, theta, objective, low[:, None], high[:, None]):
        fits.append(DiffusionFit(model, estimator, series, problem, at, float(least)))
        fits[-1]._found_ends[0.95] = (ends[0], ends[1])
    return fits


def _problem(
    series: pd.Series,
    model: str,
    estimator: str,
    market: float | AtMost | None = None,
    covariate: np.ndarray | pd.DataFrame | None = None,
) -> Problem:
    if model not in MODELS:
        raise ValueError(f"model must be one of {', '.join(MODELS)}, not {model!r}")
    if estimator not in ESTIMATORS:
        raise ValueError(f"estimator must be one of {', '.join(ESTIMATORS)}, not {estimator!r}")
    effort = check_covariate(covariate, model, len(series), "series")
    fixed, upper = (None, market.upper) if isinstance(market, AtMost) else (market, None)
    problem = Problem(Curve(model, len(series), effort), estimator, fixed, upper)
    check_market(fixed if fixed is not None else upper, series)
    needed = int(problem.free.sum()) + 1
    if len(series) < needed:
        raise ValueError(
            f"the series has {len(series)} periods; {model} estimates {needed - 1} parameters "
            f"and needs at least {needed}"
        )
    return problem
