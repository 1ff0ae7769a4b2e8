"""Monte Carlo coverage of the bootstrap's intervals: python benchmarks/coverage_bootstrap.py [samples] [replications].

Synthetic data with known efficiency. The design is the one-input one-output frontier y = x^0.5 exp(-|v|) of Simar and
Wilson's Monte Carlo studies, judged at a fixed point in the middle of the data, so that only the sampling of the
frontier is measured; several densities of inefficiency, both orientations. "All units" judges every unit of the sample
as well, the edges of the data included, where no VRS estimator does well. The first table sets the basic interval, too
narrow in several dimensions, beside the calibrated one.
"""

from __future__ import annotations

import sys

import numpy as np

from kttt_lib.efficiency.bootstrap import bootstrap_dea


def half_normal(scale):
    return lambda rng, n: np.abs(rng.normal(0, scale, n))


def exponential(mean):
    return lambda rng, n: rng.exponential(mean, n)


def one_one(density, orientation):
    """x ~ U(1, 9), frontier y = x^0.5; the fixed point has x = 5 and efficiency exp(-0.5) along its ray."""

    def draw(rng, n):
        u = density(rng, n)
        if orientation == "output":
            x = rng.uniform(1, 9, n)
            return x[:, None], (x**0.5 * np.exp(-u))[:, None], np.exp(u)
        y = rng.uniform(1, 3, n)
        return (y**2 * np.exp(u))[:, None], y[:, None], np.exp(-u)

    point = ([[5.0]], [[5**0.5 * np.exp(-0.5)]]) if orientation == "output" else ([[5 * np.exp(0.5)]], [[5**0.5]])
    return draw, point, np.exp(0.5 if orientation == "output" else -0.5)


def many(m, s, density):
    """m inputs U(1, 10), Cobb-Douglas of degree 0.9, output split on a random angle; the middle as fixed point."""

    def draw(rng, n):
        x, u = rng.uniform(1, 10, (n, m)), density(rng, n)
        angle = rng.random(n) * np.pi / 2
        split = np.column_stack([np.cos(angle), np.sin(angle)]) if s == 2 else np.ones((n, 1))
        return x, np.prod(x ** (0.9 / m), axis=1)[:, None] * np.exp(-u)[:, None] * split, np.exp(u)

    middle = np.full((1, m), 5.5)
    return draw, (middle, np.full((1, s), 5.5**0.9 * np.exp(-0.5) / np.sqrt(s))), np.exp(0.5)


DESIGNS = {
    "1/1 output, |N(0, 1)|": (one_one(half_normal(1.0), "output"), "output"),
    "1/1 output, exp(1/3)": (one_one(exponential(1 / 3), "output"), "output"),
    "1/1 input,  |N(0, 1)|": (one_one(half_normal(1.0), "input"), "input"),
    "1/1 input,  exp(1/3)": (one_one(exponential(1 / 3), "input"), "input"),
    "2/1 output, |N(0, 0.3)|": (many(2, 1, half_normal(0.3)), "output"),
    "2/1 output, exp(0.3)": (many(2, 1, exponential(0.3)), "output"),
    "3/2 output, |N(0, 0.3)|": (many(3, 2, half_normal(0.3)), "output"),
    "3/2 output, exp(0.3)": (many(3, 2, exponential(0.3)), "output"),
}


def coverage(name: str, n: int, samples: int, replications: int, all_units: bool = False, rule="silverman"):
    """Share of samples whose 95 % interval holds the truth at the fixed point (and on average over the units)."""
    (draw, point, truth), orientation = DESIGNS[name]
    held, units, width = [], [], []
    for k in range(samples):
        x, y, true = draw(np.random.default_rng([1998, n, k]), n)
        options = {"orientation": orientation, "replications": replications, "seed": k, "bandwidth": rule}
        at = bootstrap_dea(*point, reference=(x, y), **options)
        held.append(at.lower[0] <= truth <= at.upper[0])
        width.append(at.upper[0] - at.lower[0])
        if all_units:
            every = bootstrap_dea(x, y, **options)
            units.append(((every.lower <= true) & (true <= every.upper)).mean())
    return float(np.mean(held)), float(np.mean(width)), float(np.mean(units)) if all_units else float("nan")


def unit_coverage(name: str, n: int, sample: int, replications: int) -> tuple[float, float]:
    """Share of a sample's units whose true efficiency the basic and the calibrated interval hold."""
    (draw, _, _), orientation = DESIGNS[name]
    x, y, true = draw(np.random.default_rng([1987, n, sample]), n)
    held = []
    for interval in ("basic", "calibrated"):
        found = bootstrap_dea(
            x, y, orientation=orientation, replications=replications, seed=sample, interval=interval, worlds=25
        )
        held.append(float(((found.lower <= true) & (true <= found.upper)).mean()))
    return held[0], held[1]


def main(samples: int = 200, replications: int = 1000) -> None:
    print(f"nominal 95 %, VRS, all units, {samples} samples, {replications} replications")
    print(f"{'design':26s}{'n':>6s}{'basic':>8s}{'calibrated':>12s}")
    for name in DESIGNS:
        for n in (40, 60, 120, 300):
            basic, calibrated = np.mean([unit_coverage(name, n, k, replications) for k in range(samples)], axis=0)
            print(f"{name:26s}{n:6d}{basic:8.3f}{calibrated:12.3f}", flush=True)
    print(f"\nnominal 95 %, VRS, {samples} samples, {replications} replications; standard error about 1.5 points")
    print(f"{'design':26s}{'rule':>11s}{'n':>6s}{'fixed point':>13s}{'width':>8s}{'all units':>11s}")
    for name in DESIGNS:
        for rule, n in (("silverman", 50), ("silverman", 100), ("silverman", 200), ("cv", 100)):
            whole = (rule, n) == ("silverman", 100)
            at, width, units = coverage(name, n, samples, replications, whole, rule)
            shown = f"{units:11.3f}" if whole else ""
            print(f"{name:26s}{rule:>11s}{n:6d}{at:13.3f}{width:8.3f}{shown}", flush=True)


if __name__ == "__main__":
    main(*(int(a) for a in sys.argv[1:3]))
