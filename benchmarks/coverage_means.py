"""Coverage of intervals of mean efficiency, size and power of tests: ``python -m benchmarks.coverage_means [samples]``.

Synthetic: uniform inputs U(1, 9), Cobb-Douglas of degree 0.6 (variable returns; 1 for constant ones), outputs split on
a random angle, output distances 1 + exponential of mean 0.3. Nominal 95 percent; tests at 5 percent,
one split, as in their paper. "plain" is the mean of scores with its ordinary standard error.
"""

from __future__ import annotations

import sys

import numpy as np

from kttt_lib.efficiency import dea_scores, mean_efficiency, restriction_test

SIZES, SHAPES = (40, 60, 120, 300), ((1, 1), (2, 1), (3, 2))


def draw(rng: np.random.Generator, n: int, m: int, s: int, mean: float = 0.3, degree: float = 0.6):
    """Inputs, outputs and true φ."""
    x = rng.uniform(1, 9, (n, m))
    split = np.abs(rng.normal(size=(n, s)))
    split /= np.linalg.norm(split, axis=1)[:, None]
    phi = 1 + rng.exponential(mean, n)
    return x, np.prod(x ** (degree / m), axis=1)[:, None] * split / phi[:, None], phi


def coverage(n: int, m: int, s: int, samples: int, mean: float = 0.3) -> tuple[float, float, float]:
    """Percent in which the interval of the mean of φ holds 1 + mean, and its mean width; and the plain interval's."""
    held, plain, width = 0, 0, 0.0
    for seed in range(samples):
        x, y, _ = draw(np.random.default_rng(seed), n, m, s, mean)
        row = mean_efficiency(x, y, orientation="output", splits=20, seed=1).by().loc["all"]
        held += row["lower"] <= 1 + mean <= row["upper"]
        width += row["upper"] - row["lower"]
        scores = dea_scores(x, y, x, y, orientation="output")
        plain += abs(scores.mean() - 1 - mean) <= 1.96 * scores.std(ddof=1) / np.sqrt(n)
    return 100 * held / samples, width / samples, 100 * plain / samples


def rejections(null: str, n: int, m: int, s: int, samples: int, false: bool) -> float:
    """Percent of samples in which the test rejects at 5 percent; ``false``: the hypothesis is false."""
    rejected = 0
    for seed in range(samples):
        rng = np.random.default_rng(seed)
        degree = {"crs": 0.6 if false else 1.0, "convex": 1.0, "separable": 0.6}[null]
        x, y, _ = draw(rng, n, m, s, degree=degree)
        condition = None
        if null == "separable":
            condition = rng.integers(2, size=n)
            if false:
                y *= 1 + 0.4 * condition[:, None]
        if null == "convex" and false:
            y = y**2  # the frontier bends the other way
        test = restriction_test(
            x, y, null=null, condition=condition, orientation="output", splits=1, halves=10, seed=seed
        )
        rejected += test.p_value < 0.05
    return 100 * rejected / samples


def main(samples: int = 300) -> None:
    print("| n | inputs/outputs | interval | width | plain |\n|---|---|---|---|---|")
    for m, s in SHAPES:
        for n in SIZES:
            held, width, plain = coverage(n, m, s, samples)
            print(f"| {n} | {m}/{s} | {held:.1f} | {width:.2f} | {plain:.1f} |", flush=True)
    print("| test | n | inputs/outputs | rejected when true | when false |\n|---|---|---|---|---|")
    for null in ("crs", "convex", "separable"):
        for (m, s), n in (((1, 1), 100), ((2, 1), 100), ((3, 2), 300)):
            size, power = (rejections(null, n, m, s, samples, false) for false in (False, True))
            print(f"| {null} | {n} | {m}/{s} | {size:.1f} | {power:.1f} |", flush=True)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
