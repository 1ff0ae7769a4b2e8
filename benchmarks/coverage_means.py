"""Coverage of intervals of mean efficiency, size and power of tests: ``python -m benchmarks.coverage_means [samples]
[file to go on from] [minutes]``.

Synthetic: uniform inputs U(1, 9), Cobb-Douglas of degree 0.6 (variable returns; 1 for constant ones), outputs split on
a random angle, output distances 1 + exponential of mean 0.3. "published": the design of Simar, Zelenyuk and Zhao
(2023), whose printed coverages are beside ours in benchmarks/README.md. Nominal 95 percent; tests at 5 percent, one
split, as in their paper, or as notebook 03 asks; "finds" a difference: p < 0.05. "plain" is the mean of scores with its
ordinary standard error.
"""

from __future__ import annotations

from functools import partial

import numpy as np

from benchmarks.cells import Sample, command
from kttt_lib.analysis.frontier.separability import HALVES, SPLITS
from kttt_lib.efficiency import dea_scores, mean_efficiency, restriction_test

SIZES, SHAPES = (40, 60, 120, 300), ((1, 1), (2, 1), (3, 2))
PUBLISHED = (0.4, 0.2, 0.1, 0.15)  # exponents of the inputs, of which a shape p/1 has the first p


def draw(rng: np.random.Generator, n: int, m: int, s: int, mean: float = 0.3, degree: float = 0.6):
    """Inputs, outputs and true φ."""
    x = rng.uniform(1, 9, (n, m))
    split = np.abs(rng.normal(size=(n, s)))
    split /= np.linalg.norm(split, axis=1)[:, None]
    phi = 1 + rng.exponential(mean, n)
    return x, np.prod(x ** (degree / m), axis=1)[:, None] * split / phi[:, None], phi


def mean_sample(seed: int, n: int, m: int, s: int, mean: float = 0.3) -> dict[str, float]:
    """Whether the interval of the mean of φ holds 1 + mean, its width, and whether the plain interval does."""
    x, y, _ = draw(np.random.default_rng(seed), n, m, s, mean)
    return _held(x, y, 1 + mean)


def published_sample(seed: int, n: int, p: int) -> dict[str, float]:
    """As ``mean_sample``, in the published design: φ is 1 + a half-normal."""
    rng = np.random.default_rng(seed)
    phi, x = 1 + np.abs(rng.normal(size=n)), rng.uniform(size=(n, p))
    return _held(x, (np.prod(x ** np.array(PUBLISHED[:p]), axis=1) / phi)[:, None], 1 + np.sqrt(2 / np.pi))


def _held(x: np.ndarray, y: np.ndarray, truth: float) -> dict[str, float]:
    row = mean_efficiency(x, y, orientation="output", splits=20, seed=1).by().loc["all"]
    scores = dea_scores(x, y, x, y, orientation="output")
    plain = abs(scores.mean() - truth) <= 1.96 * scores.std(ddof=1) / np.sqrt(len(x))
    held = row["lower"] <= truth <= row["upper"]
    return {"held": held, "width": row["upper"] - row["lower"], "plain": plain}


def group_sample(seed: int, n: int, m: int, s: int, groups: int = 8, mean: float = 0.3) -> dict[str, float]:
    """As the report prints them: means of 100/φ, of all and of ``groups`` districts (the share that hold)."""
    x, y, _ = draw(np.random.default_rng(seed), n, m, s, mean)
    found = mean_efficiency(x, y, orientation="output", inverse=True, splits=100, seed=1)
    truth = _mean_share(mean)
    table = found.by(np.random.default_rng(seed + 10**6).integers(groups, size=n)).dropna()
    every = found.by().loc["all"]
    return {
        "held": every["lower"] <= truth <= every["upper"],
        "districts held": float(((table["lower"] <= truth) & (truth <= table["upper"])).mean()),
    }


def _mean_share(mean: float) -> float:
    """E[1/φ]."""
    grid = np.linspace(0, 40 * mean, 200_001)
    return float(np.trapezoid(np.exp(-grid / mean) / mean / (1 + grid), grid))


def difference_sample(seed: int, n: int, m: int, s: int, means: tuple[float, float]) -> dict[str, float]:
    """As the report prints it: of 3 in 10 units less that of the others, one frontier; φ - 1 has these means."""
    rng = np.random.default_rng(seed)
    x, y, phi = draw(rng, n, m, s)
    own = rng.permutation(n) < round(0.3 * n)
    y *= (phi / (1 + (phi - 1) * np.where(own, *means) / 0.3))[:, None]
    found = mean_efficiency(x, y, orientation="output", inverse=True, splits=100, seed=1).difference(own, True, False)
    truth = _mean_share(means[0]) - _mean_share(means[1])
    return {"held": found["lower"] <= truth <= found["upper"], "finds": found["p_value"] < 0.05}


def rejected(
    seed: int, null: str, n: int, m: int, s: int, false: bool, splits: int = 1, halves: int = 10, draws: int = 0
) -> dict[str, float]:
    """Whether the test rejects at 5 percent; ``false``: the hypothesis is false."""
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
        x,
        y,
        null=null,
        condition=condition,
        orientation="output",
        splits=splits,
        halves=halves,
        draws=draws,
        seed=seed,
    )
    return {"rejected": test.p_value <= 0.05}


def coverage(n: int, m: int, s: int, samples: int, mean: float = 0.3) -> tuple[float, float, float]:
    """Percent of samples whose interval holds, its mean width, and the plain interval's percent."""
    rows = [mean_sample(seed, n, m, s, mean) for seed in range(samples)]
    held, width, plain = (float(np.mean([row[name] for row in rows])) for name in ("held", "width", "plain"))
    return 100 * held, width, 100 * plain


def rejections(null: str, n: int, m: int, s: int, samples: int, false: bool) -> float:
    """Percent of samples in which the test rejects."""
    return 100 * float(np.mean([rejected(seed, null, n, m, s, false)["rejected"] for seed in range(samples)]))


def main() -> None:
    cells: dict[str, Sample] = {}
    for m, s in SHAPES:
        for n in SIZES:
            cells[f"mean {m}/{s} n={n}"] = partial(mean_sample, n=n, m=m, s=s)
    for p in (1, 2, 3, 4):
        for n in (50, 100, 300):
            cells[f"published {p}/1 n={n}"] = partial(published_sample, n=n, p=p)
    for m, s in SHAPES:
        for n in (20, 30, *SIZES):
            cells[f"report's means {m}/{s} n={n}"] = partial(group_sample, n=n, m=m, s=s)
    for n in (60, 120, 300):
        for means in ((0.3, 0.3), (0.1, 0.4)):
            name = f"report's difference 3/2 n={n} φ - 1 {means}"
            cells[name] = partial(difference_sample, n=n, m=3, s=2, means=means)
    for null in ("crs", "convex", "separable"):
        for (m, s), n in (((1, 1), 100), ((2, 1), 100), ((3, 2), 300)):
            for false in (False, True):
                name = f"{null} {m}/{s} n={n} {'false' if false else 'true'}"
                cells[name] = partial(rejected, null=null, n=n, m=m, s=s, false=false)
    for null in ("separable", "crs", "convex"):  # as notebook 03 asks, of one condition
        for n in (60, 120):
            for false in (False, True):
                name = f"{null} 3/2 n={n}, {SPLITS} splits {'false' if false else 'true'}"
                cells[name] = partial(rejected, null=null, n=n, m=3, s=2, false=false, splits=SPLITS, halves=HALVES)
    for null in ("crs", "convex"):
        for n in (60, 120):
            for false in (False, True):
                name = f"{null} 3/2 n={n}, 99 draws {'false' if false else 'true'}"
                options = {"splits": SPLITS, "halves": 2, "draws": 99}
                cells[name] = partial(rejected, null=null, n=n, m=3, s=2, false=false, **options)
    command(cells)


if __name__ == "__main__":
    main()
