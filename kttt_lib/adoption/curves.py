"""Growth curves: the share F(t) of the market that has adopted by t, with derivatives, for a batch of parameters.

Every function works on a batch: ``theta`` is (b, k) in the unconstrained scale below, times are 0..n, and the results
are (b, n) increments with (b, n, k) derivatives, so that one call serves a grid of starts, a bootstrap or a profile.

Bass            F(t) = (1 − e^{−(p+q)t}) / (1 + (q/p) e^{−(p+q)t})     theta = (log p, log q)
logistic        F(t) = 1 / (1 + e^{−q(t−tau)})     theta = (log q, tau)
Gompertz        F(t) = exp(−e^{−q(t−tau)})     theta = (log q, tau)
generalised     Bass with t replaced by X(t) = Σ_{s≤t} exp(β·z_s)     theta = (log p, log q, β)

Sources: Bass (1969) Management Science 15(5); Bass, Krishnan and Jain (1994) Marketing Science 13(3), whose
x(t) = 1 + β·z(t) is the first-order term of the exponential used here, which can never be negative.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

_RATE = (np.log(1e-6), np.log(20.0))  # log p or log q: slower or faster than any yearly series can show


@dataclass(frozen=True)
class Curve:
    """A named growth curve over periods 1..n, with the covariates that drive it, if any (n, c)."""

    name: str
    periods: int
    covariate: np.ndarray | None = None

    @property
    def shape_names(self) -> list[str]:
        names = {"bass": ["p", "q"], "generalised_bass": ["p", "q"]}.get(self.name, ["q", "tau"])
        if self.covariate is not None:
            names = names + [f"beta{j + 1}" for j in range(self.covariate.shape[1])]
        return names

    @property
    def log_scale(self) -> np.ndarray:
        """Which shape parameters are logs in theta."""
        return np.array([name in ("p", "q") for name in self.shape_names])

    def box(self) -> tuple[np.ndarray, np.ndarray]:
        """Bounds of theta, wide enough that an estimate on them means "not identified"."""
        n = self.periods
        limits = {"p": _RATE, "q": _RATE, "tau": (-10.0 * n, 20.0 * n)}
        if self.covariate is not None:
            spread = np.maximum(np.abs(self.covariate).max(axis=0), 1e-12)
            limits |= {f"beta{j + 1}": (-20.0 / s, 20.0 / s) for j, s in enumerate(spread)}
        pairs = np.array([limits[name] for name in self.shape_names])
        return pairs[:, 0], pairs[:, 1]

    def starts(self) -> np.ndarray:
        """A grid (g, k) of starting shapes that covers slow and fast, early and late diffusion."""
        n = self.periods
        rates = np.array([0.3, 1, 2, 4, 6, 9, 14, 22]) / n
        if self.name in ("bass", "generalised_bass"):
            innovation = np.array([0.0002, 0.002, 0.01, 0.05, 0.2, 0.6]) * 10 / n
            grid = np.array([[np.log(p), np.log(q)] for p in innovation for q in rates])
        else:
            grid = np.array([[np.log(q), tau] for q in rates for tau in np.linspace(-0.5, 3.0, 15) * n])
        if self.covariate is not None:
            grid = np.hstack([grid, np.zeros((len(grid), self.covariate.shape[1]))])
        return grid

    def extended(self, periods: int, covariate: np.ndarray | None = None) -> Curve:
        """The same curve carried on for more periods, with the covariates of those periods (periods, c)."""
        if self.covariate is None:
            return Curve(self.name, self.periods + periods)
        return Curve(self.name, self.periods + periods, np.vstack([self.covariate, covariate]))

    def share(self, theta: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """F at 0..n, (b, n+1), and dF/dtheta, (b, n+1, k)."""
        if self.name in ("bass", "generalised_bass"):
            return self._bass(theta)
        times = np.arange(self.periods + 1.0)
        q, tau = np.exp(theta[:, :1]), theta[:, 1:2]
        x = np.clip(q * (times - tau), -500.0, 500.0)
        if self.name == "logistic":
            share = 1.0 / (1.0 + np.exp(-x))
            slope = share * (1.0 - share)
        else:
            u = np.exp(np.minimum(-x, 50.0))
            share = np.exp(-u)
            slope = share * u
        return share, np.stack([slope * x, -slope * q], axis=2)

    def _bass(self, theta: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        p, q = np.exp(theta[:, :1]), np.exp(theta[:, 1:2])
        clock, clock_slope = self._clock(theta[:, 2:])
        ratio = q / p
        e = np.exp(-np.minimum((p + q) * clock, 700.0))
        denominator = 1.0 + ratio * e
        share = (1.0 - e) / denominator
        by_rate = clock * e * (1.0 + ratio) / denominator**2
        by_ratio = ratio * (1.0 - e) * e / denominator**2
        slopes = [p * by_rate + by_ratio, q * by_rate - by_ratio]
        if clock_slope is not None:
            by_clock = (p + q) * e * (1.0 + ratio) / denominator**2
            slopes += list(np.moveaxis(by_clock[:, :, None] * clock_slope, 2, 0))
        return share, np.stack(slopes, axis=2)

    def _clock(self, beta: np.ndarray) -> tuple[np.ndarray, np.ndarray | None]:
        """X(t) of the generalised model, (b or 1, n+1), and its derivative by beta."""
        if self.covariate is None:
            return np.arange(self.periods + 1.0)[None, :], None
        speed = np.exp(np.clip(beta @ self.covariate.T, -30.0, 30.0))
        clock = np.concatenate([np.zeros((len(beta), 1)), np.cumsum(speed, axis=1)], axis=1)
        slope = np.cumsum(speed[:, :, None] * self.covariate[None], axis=1)
        return clock, np.concatenate([np.zeros((len(beta), 1, slope.shape[2])), slope], axis=1)
