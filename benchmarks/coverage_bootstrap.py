"""Monte Carlo coverage of the bootstrap's intervals: ``python -m benchmarks.coverage_bootstrap [samples]
[file to go on from] [minutes]``.

Synthetic data with known efficiency. The design is the one-input one-output frontier y = x^0.5 exp(-|v|) of Simar and
Wilson's Monte Carlo studies, judged at a fixed point in the middle of the data, so that only the sampling of the
frontier is measured; several densities of inefficiency, both orientations. "All units" judges every unit of the sample
as well, the edges of the data included, where no VRS estimator does well. The first table sets the basic interval, too
narrow in several dimensions, beside the calibrated one.
"""

from __future__ import annotations

from functools import partial

import numpy as np

from benchmarks.cells import Sample, command
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


def point_sample(
    seed: int, name: str, n: int, rule: str = "silverman", all_units: bool = False, replications: int = 1000
) -> dict[str, float]:
    """Whether the interval holds the truth at the fixed point, its width, and the share of the units' that hold."""
    (draw, point, truth), orientation = DESIGNS[name]
    x, y, true = draw(np.random.default_rng([1998, n, seed]), n)
    options = {"orientation": orientation, "replications": replications, "seed": seed, "bandwidth": rule}
    at = bootstrap_dea(*point, reference=(x, y), **options)
    found = {"fixed point": at.lower[0] <= truth <= at.upper[0], "width": at.upper[0] - at.lower[0]}
    if all_units:
        every = bootstrap_dea(x, y, **options)
        found["all units"] = ((every.lower <= true) & (true <= every.upper)).mean()
    return found


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


def unit_sample(seed: int, name: str, n: int, replications: int = 1000) -> dict[str, float]:
    return dict(zip(("basic", "calibrated"), unit_coverage(name, n, seed, replications), strict=True))


def main() -> None:
    cells: dict[str, Sample] = {}
    for name in DESIGNS:
        for n in (40, 60, 120, 300):
            cells[f"units, {name}, n={n}"] = partial(unit_sample, name=name, n=n)
    for name in DESIGNS:
        for rule, n in (("silverman", 50), ("silverman", 100), ("silverman", 200), ("cv", 100)):
            whole = (rule, n) == ("silverman", 100)
            cells[f"point, {name}, {rule}, n={n}"] = partial(point_sample, name=name, n=n, rule=rule, all_units=whole)
    command(cells, 200)


if __name__ == "__main__":
    main()
