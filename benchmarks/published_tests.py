"""The test of convexity on other people's data, beside what they print: ``python -m benchmarks.published_tests FILE``.

FILE: kt-data.txt of Kumbhakar and Tsionas (2011), Journal of Applied Econometrics 26(2): US power plants, 1986 to 1998;
it may not be passed on with this code and stands beside the code of Zhao, Kerstens and Ren (2026), Robust Nonparametric
Partial Frontier Input Distance Function Estimates (github.com/srzhao89/convex-partial-technology). They print, for each
year, mean scores and the test of Kneip, Simar and Wilson (2016) by Wilson's own package FEAR, over 100 splits and with
p-values of 1,000 samples (Simar and Wilson 2020).
"""

from __future__ import annotations

import sys

import numpy as np
import pandas as pd

from kttt_lib.efficiency import dea_scores, restriction_test
from kttt_lib.efficiency.checks import check_units
from kttt_lib.efficiency.means import _sizes, _split, convergence

# Year: mean score by DEA and by FDH, mean z of 100 splits, p-value.
PRINTED = {
    1986: (0.820, 0.938, 0.359, 0.751),
    1987: (0.830, 0.956, 0.827, 0.226),
    1988: (0.805, 0.953, 0.712, 0.203),
    1989: (0.808, 0.960, 1.090, 0.102),
    1990: (0.790, 0.934, 0.669, 0.104),
    1991: (0.809, 0.938, 0.689, 0.154),
    1992: (0.806, 0.936, 0.552, 0.190),
    1993: (0.795, 0.931, 0.652, 0.082),
    1994: (0.790, 0.927, 0.588, 0.096),
    1995: (0.790, 0.928, 0.632, 0.035),
    1996: (0.802, 0.924, 0.417, 0.254),
    1997: (0.796, 0.922, 0.476, 0.187),
    1998: (0.819, 0.935, 0.701, 0.053),
}
TECHNOLOGIES = ("vrs", "fdh")


def scores(x: np.ndarray, y: np.ndarray, returns: str) -> np.ndarray:
    """Input-oriented scores of units against themselves."""
    return dea_scores(x, y, x, y, returns=returns, orientation="input")


def statistic_of_2016(x: np.ndarray, y: np.ndarray, splits: int, halves: int) -> float:
    """Mean z of so many splits with the variance of 2016 (the library's adds the square of the bias)."""
    units, rng, found = check_units(x, y), np.random.default_rng(1), []
    rates = [convergence(returns, x.shape[1] + y.shape[1]) for returns in TECHNOLOGIES]
    first = _sizes(len(x), rates)[0]
    parts = list(zip((slice(first), slice(first, None)), TECHNOLOGIES, rates))
    for _ in range(splits):
        gap, behind = _split(units, np.zeros(len(x), int), parts, "input", halves, rng)
        found.append(gap / np.sqrt(sum(variance / kept for variance, _, kept in behind)))
    return float(np.mean(found))


def main(path: str) -> int:
    """One line a year; how far apart they are."""
    plants = pd.read_csv(path, sep=r"\s+", header=None)
    rows = []
    print("year  mean DEA, FDH (printed)       z of 2016 (printed)   z, ours   p of draws (printed)   p of splits")
    for year, (dea, fdh, z, p) in PRINTED.items():
        own = plants[plants[8] == year]
        x, y = own[[3, 4, 5]].to_numpy(), own[[6]].to_numpy()
        means = [scores(x, y, returns).mean() for returns in TECHNOLOGIES]
        theirs = statistic_of_2016(x, y, 100, 30)
        draws, plain = (
            restriction_test(x, y, null="convex", splits=10, halves=5, draws=draws, seed=1) for draws in (99, 0)
        )
        rows.append([*(abs(a - b) for a, b in zip(means, (dea, fdh))), theirs, z, draws.p_value, p, plain.p_value])
        print(
            f"{year}  {means[0]:.3f} {means[1]:.3f} ({dea:.3f} {fdh:.3f})   {theirs:10.2f} ({z:.2f})   "
            f"{draws.statistics.mean():10.2f}   {draws.p_value:9.2f} ({p:.2f})   {plain.p_value:9.2f}",
            flush=True,
        )
    dea, fdh, z, printed, draws, p, plain = np.array(rows).T
    print(f"mean z {z.mean():.3f} ({printed.mean():.3f}); p {draws.mean():.2f} ({p.mean():.2f}), {plain.mean():.2f}")
    same, near = bool(max(dea.max(), fdh.max()) < 0.0006), bool(abs(z.mean() - printed.mean()) < 0.1)
    print(f"26 mean scores as printed: {same}; mean z of thirteen years within 0.1 of the printed one: {near}")
    return 0 if same and near else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
