"""Means of efficiency scores with intervals that hold, and the tests that rest on them.

A mean of DEA scores is off by their bias, which shrinks as n^−κ and not as n^−1/2, so that the usual interval is
centred wrongly and with some inputs and outputs more holds nothing. κ is 2/(m + s + 1) for VRS, 2/(m + s) for CRS and
1/(m + s) for FDH. The bias is found by a generalised jackknife, from scores of random halves of the sample against
themselves, and taken off; where κ < 1/2 the width is that of n^2κ units only (Kneip, Simar and Wilson 2015). The
variance is that of the scores each less its own bias (Simar, Zelenyuk and Zhao 2023). Their data sharpening, which
moves scores near 1 off it at random, is not done: with many units near the frontier it moves the mean too far.

Assumes: units drawn independently, all within the technology (no noise, no outliers), a smooth frontier, a convex
technology (but for FDH). Kneip, Simar and Wilson (2015), Econometric Theory 31(2), 394–422; (2016), Journal of
Business and Economic Statistics 34(3), 435–456; Simar and Zelenyuk (2020), European Journal of Operational Research
284(3); Simar, Zelenyuk and Zhao (2023), Journal of Productivity Analysis 59(2), 189–194.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from scipy import stats

from .checks import RETURNS, Units, check_choice, check_free_lunch, check_labels, check_units
from .dea import dea_scores
from .truncated import NoEstimate

LEAST = 5  # units below which no interval is given
Scorer = Callable[[np.ndarray], np.ndarray]


@dataclass(frozen=True)
class MeanEfficiency:
    """Scores (n,) and the bias (n,) that each lends to a mean: ask it for the means of any groups of units.

    ``bounds``: what a mean of such scores cannot pass. ``kappa`` says how many units a width counts.
    """

    scores: pd.Series
    bias: pd.Series
    kappa: float
    bounds: tuple[float, float]
    level: float

    def by(self, groups: Sequence | None = None) -> pd.DataFrame:
        """One row a group (all units by default): units, mean (as scored), bias, corrected, se, lower, upper.

        A group of fewer than five units has a mean and no interval.
        """
        labels = check_labels(["all"] * len(self.scores) if groups is None else groups, self.scores.index, "groups")
        rows = []
        for label in pd.unique(labels):
            own = labels == label
            mean, bias, size = float(self.scores[own].mean()), float(self.bias[own].mean()), int(own.sum())
            se = width = np.nan
            if size >= LEAST:
                held = counted(size, self.kappa)
                se = float((self.scores - self.bias)[own].std() / np.sqrt(held))
                width = stats.t.ppf((1 + self.level) / 2, held - 1) * se
            ends = (np.clip(mean - bias + way * width, *self.bounds) for way in (-1, 1))
            rows.append((label, size, mean, bias, mean - bias, se, *ends))
        names = ["group", "units", "mean", "bias", "corrected", "se", "lower", "upper"]
        return pd.DataFrame(rows, columns=names).set_index("group")

    def difference(self, groups: Sequence, one: object, other: object) -> pd.Series:
        """Corrected mean of ``one`` less that of ``other``: estimate, se, lower, upper, z and two-sided p_value."""
        table = self.by(groups)
        if missing := [label for label in (one, other) if label not in table.index]:
            raise ValueError(f"no unit has label {missing}: there are {table.index.tolist()[:10]}")
        a, b = table.loc[one], table.loc[other]
        estimate, se = a["corrected"] - b["corrected"], float(np.hypot(a["se"], b["se"]))
        width = stats.norm.ppf((1 + self.level) / 2) * se
        z = estimate / se if se > 0 else np.nan
        p_value = 2 * stats.norm.sf(abs(z))
        ends = {"lower": estimate - width, "upper": estimate + width}
        return pd.Series({"estimate": estimate, "se": se, **ends, "z": z, "p_value": p_value})


def convergence(returns: str, columns: int) -> float:
    """κ of an estimator with so many inputs and outputs together."""
    if returns == "fdh":
        return 1 / columns
    return 2 / (columns + (returns != "crs"))


def counted(n: int, kappa: float) -> int:
    """How many of n units the width of an interval counts: n^2κ, at most all.

    Where 2/5 ≤ κ < 1/2 (FDH: from 1/3) all may count as well, but what is left of the bias then vanishes more slowly:
    at κ = 2/5 as n^−1/10, not n^−1/5. The code of Simar, Zelenyuk and Zhao (2023) counts n^2κ there too.
    """
    return min(n, int(n ** (2 * kappa) + 1e-9))


def mean_efficiency(
    inputs,
    outputs,
    *,
    frontiers: Sequence | None = None,
    returns: str = "vrs",
    orientation: str = "input",
    inverse: bool = False,
    splits: int = 100,
    seed,
    level: float = 0.95,
) -> MeanEfficiency:
    """Mean efficiency with its bias taken off and an interval (see the module), for any groups of the units.

    frontiers: a label a unit, where each kind has a frontier of its own; between two of them ``difference`` is the test
    of equal means of Kneip, Simar and Wilson (2016). inverse: means of 1/score, the share reached for φ. splits: random
    halves that the bias is averaged over.

    Do not use it on a sample that was chosen by its scores. Where κ is small the interval is centred at the mean of all
    units but as wide as for n^2κ of them: with many inputs and outputs it then holds the true mean more often than
    said; with two or three together, of which most units lie far from the frontier, less often
    (``benchmarks/coverage_means.py``).

    Examples
    --------
    >>> from kttt_lib.efficiency import mean_efficiency
    >>> mean_efficiency([1, 2, 4, 5, 6, 8], [1, 3, 4, 4, 5, 6], seed=1).by().round(2).loc["all", "mean"].item()
    0.97
    """
    check_choice("returns", returns, RETURNS)
    check_choice("orientation", orientation, ("input", "output"))
    units = check_units(inputs, outputs)
    check_free_lunch(units, returns)
    n = len(units.x)
    kind = pd.factorize(check_labels(np.zeros(n) if frontiers is None else frontiers, units.index, "frontiers"))[0]

    def score(rows: np.ndarray) -> np.ndarray:
        found = _own_scores(units, rows, kind[rows], returns, orientation)
        return 1 / found if inverse else found

    kappa = convergence(returns, units.x.shape[1] + units.y.shape[1])
    bias = jackknife(score, n, kappa, splits, np.random.default_rng(seed), kind)
    bounds = (0.0, 1.0) if (orientation == "input") != inverse else (1.0, np.inf)
    named = (pd.Series(values, index=units.index) for values in (score(np.arange(n)), bias))
    return MeanEfficiency(*named, kappa, bounds, level)


def _own_scores(units: Units, rows: np.ndarray, kind: np.ndarray, returns: str, orientation: str) -> np.ndarray:
    """Scores of the ``rows``, each against those of them of its own ``kind``."""
    found = np.empty(len(rows))
    for label in np.unique(kind):
        own = kind == label
        x, y = units.x[rows[own]], units.y[rows[own]]
        found[own] = dea_scores(x, y, x, y, returns=returns, orientation=orientation)
    return found


def jackknife(score: Scorer, n: int, kappa: float, splits: int, rng, strata: np.ndarray) -> np.ndarray:
    """Bias (n,) lent by each unit: its score within a random half of the sample less that within all, per 2^κ − 1.

    ``score`` gives those of the rows asked for, against these rows. The halves hold half of each stratum.
    """
    everyone = np.arange(n)
    full, total = score(everyone), np.zeros(n)
    for _ in range(splits):
        # within each stratum every other one, in random order; which half begins is random as well
        order = rng.permutation(n)
        order = order[np.argsort(strata[order], kind="stable")]
        half = np.empty(n, bool)
        half[order] = (everyone + rng.integers(2)) % 2 == 0
        for rows in (everyone[half], everyone[~half]):
            total[rows] += score(rows)
    return (total / splits - full) / (2**kappa - 1)


@dataclass(frozen=True)
class RestrictionTest:
    """One test: the hypothesis, z of each split (reject where it is large) and the p-value over all splits."""

    null: str
    statistics: np.ndarray
    p_value: float


def restriction_test(
    inputs,
    outputs,
    *,
    null: str,
    condition: Sequence | None = None,
    orientation: str = "input",
    splits: int = 10,
    halves: int = 20,
    draws: int = 0,
    seed,
) -> RestrictionTest:
    """Test constant returns ("crs" against VRS), convexity ("convex": VRS against FDH) or separability ("separable").

    The sample is split at random: one part is scored against the larger technology of the null hypothesis, the other
    against the smaller one of the alternative, and the means, each less its bias, are compared by a normal z (Kneip,
    Simar and Wilson 2016), with variances about the corrected means (Simar and Zelenyuk 2020). "separable":
    ``condition`` is a label a unit; against a frontier for all stands a frontier for each label (Daraio, Simar and
    Wilson 2018, Econometrics Journal 21(2), for a discrete condition). Where it is rejected, a second-stage regression
    on that condition describes and explains nothing.

    One split (``splits=1``) is the authors' test, and its verdict hangs on the split; of several, p is twice the mean
    of their p-values, valid whatever their dependence (Vovk and Wang 2020, Biometrika 107(4)) and conservative; with
    ``draws`` (not of separability) it is the share of so many samples in which the hypothesis holds, whose mean z is
    as large (Simar and Wilson 2020, Journal of Productivity Analysis 53(3)); that takes ``draws`` times as long. Of
    one split without draws a UserWarning is given.
    ``halves``: splits of each part for its bias. Assumptions as for ``mean_efficiency``. NoEstimate where the units are
    too few to be split.
    """
    check_choice("null", null, ("crs", "convex", "separable"))
    check_choice("orientation", orientation, ("input", "output"))
    units = check_units(inputs, outputs)
    n, columns = len(units.x), units.x.shape[1] + units.y.shape[1]
    if (condition is None) == (null == "separable"):
        raise ValueError("a condition belongs to null='separable', and is required there")
    if draws < 0 or draws != int(draws):
        raise ValueError(f"draws must be a whole number, 0 or more; got {draws!r}")
    if draws and null == "separable":
        raise ValueError(
            "draws are for null='crs' and 'convex': under separability distances may hang on the condition"
        )
    given = check_labels(np.zeros(n) if condition is None else condition, units.index, "the condition")
    labels, kinds = pd.factorize(given)
    if null == "separable":
        if len(kinds) < 2:
            raise ValueError(f"the condition is {kinds[0]!r} of all units: there is nothing to compare")
        if np.bincount(labels).min() < 2 * LEAST:
            raise NoEstimate(
                f"labels of fewer than {2 * LEAST} units; cut a number first, as at its median (z > median)"
            )
    first, second = {"crs": ("crs", "vrs"), "convex": ("vrs", "fdh"), "separable": ("vrs", "vrs")}[null]
    check_free_lunch(units, first)
    # under constant returns the VRS estimator converges as fast as the CRS one
    rates = [convergence("crs" if null == "crs" else returns, columns) for returns in (first, second)]
    sizes = _sizes(n, rates)
    if min(sizes) < 2 * LEAST:
        raise NoEstimate(f"{n} units are too few to be split in two samples")

    if splits == 1 and not draws:
        warnings.warn("one split rejects what is true in 9 to 18 samples of 100 (benchmarks/README)", stacklevel=2)
    rng = np.random.default_rng(seed)
    parts = list(zip((slice(sizes[0]), slice(sizes[0], n)), (first, second), rates))

    def statistics(units: Units) -> np.ndarray:
        """z of each split of these units."""
        z = np.zeros(splits)
        for number in range(splits):
            gap, behind = _split(units, labels, parts, orientation, halves, rng)
            variance = sum((spread + bias**2) / kept for spread, bias, kept in behind)
            if variance > 0:  # otherwise all are efficient: nothing is seen
                z[number] = gap / np.sqrt(variance)
        return z

    found = statistics(units)
    each = stats.norm.sf(found)
    p_value = each[0] if splits == 1 else min(1.0, 2 * each.mean())
    if draws:
        # The same units where the hypothesis holds: as far from its frontier as others are.
        score, larger = _own_scores(units, np.arange(n), labels, first, orientation), 0
        for _ in range(draws):
            moved = (score / rng.choice(score, n))[:, None]
            made = replace(units, x=units.x * moved) if orientation == "input" else replace(units, y=units.y * moved)
            larger += statistics(made).mean() >= found.mean()
        p_value = (1 + larger) / (1 + draws)
    return RestrictionTest(null, found, float(p_value))


def _split(units: Units, labels: np.ndarray, parts: list, orientation: str, halves: int, rng) -> tuple[float, list]:
    """One split at random: by how much the corrected means differ; of each part the variance, bias and units counted.

    ``parts``: places, returns and rate of each; the second has a frontier for each label.
    """
    order, means, behind = rng.permutation(len(units.x)), [], []
    slowest = min(rate for *_, rate in parts)
    for place, returns, rate in parts:
        part = order[place]
        own = labels[part] if means else np.zeros(len(part), int)

        def score(rows, part=part, own=own, returns=returns):
            return _own_scores(units, part[rows], own[rows], returns, orientation)

        scores = score(np.arange(len(part)))
        bias = jackknife(score, len(part), rate, halves, rng, own).mean()
        kept = counted(len(part), slowest)
        means.append(scores[:kept].mean() - bias)
        behind.append((scores.var(ddof=1), bias, kept))
    return means[1] - means[0] if orientation == "input" else means[0] - means[1], behind


def _sizes(n: int, rates: Sequence[float]) -> tuple[int, int]:
    """Sizes whose estimators are equally good: n₁^κ₁ = n₂^κ₂."""
    if rates[0] == rates[1]:
        return n // 2, n - n // 2
    sizes = np.arange(1, n)
    first = int(sizes[np.abs(rates[0] * np.log(sizes) - rates[1] * np.log(n - sizes)).argmin()])
    return first, n - first
