"""Simar-Wilson 1998 bootstrap, n = 100: python -m benchmarks.bootstrap. Processor times of one core, as ratios.

Ours against a loop over scipy's HiGHS (one program a unit and replication) on the same pseudo samples, scores compared
before time is; and, where Rscript has them, R's Benchmarking and rDEA on the same data. Synthetic data.
"""

from __future__ import annotations

import time

import numpy as np
from scipy.optimize import linprog

from benchmarks.peers_r import run_r
from kttt_lib.efficiency import bootstrap_dea, dea_scores
from kttt_lib.efficiency.bootstrap import _block
from kttt_lib.efficiency.smoothing import bandwidth, smoothed_draws

REPLICATIONS = 1000
LOOP_REPLICATIONS = 3

R_CALLS = {
    "Benchmarking": "invisible(Benchmarking::dea.boot(X, Y, NREP=100, RTS='vrs', ORIENTATION='in'))",
    "rDEA": "invisible(rDEA::dea.robust(X, Y, model='input', RTS='variable', B=100, bw='silverman'))",
}


def data(m: int, s: int, n: int = 100, seed: int = 1):
    """Cobb-Douglas, inputs U(1, 10), half-normal inefficiency 0.3, output split on a random angle into s."""
    rng = np.random.default_rng(seed)
    x = rng.uniform(1, 10, (n, m))
    angle = rng.random(n) * np.pi / 2
    split = np.column_stack([np.cos(angle), np.sin(angle)]) if s == 2 else np.ones((n, 1))
    return x, (np.prod(x ** (0.9 / m), axis=1) * np.exp(-np.abs(rng.normal(0, 0.3, n))))[:, None] * split


def highs_loop(x, y, factors):
    n, (m, s) = len(x), (x.shape[1], y.shape[1])
    scores = np.empty((len(factors), n))
    cost, total = np.append(1, np.zeros(n)), np.append(0, np.ones(n))[None]
    for row, factor in zip(scores, factors):
        x_star = (x * factor[:, None]).T
        for i in range(n):
            a = np.vstack([np.column_stack([-x[i], x_star]), np.column_stack([np.zeros(s), -y.T])])
            run = linprog(cost, A_ub=a, b_ub=np.append(np.zeros(m), -y[i]), A_eq=total, b_eq=[1], method="highs")
            row[i] = run.fun
    return scores


def seconds(work, repeats: int = 3) -> float:
    times = []
    for _ in range(repeats):
        start = time.process_time()
        work()
        times.append(time.process_time() - start)
    return float(np.median(times))


def r_seconds(package: str, call: str, x, y) -> float | str:
    """Seconds a hundred replications take in R, or why there are none (rDEA cycles on some seeds)."""
    code = f"set.seed(1); cat(median(sapply(1:3, function(i) sum(system.time({call})[1:2]))))"
    words = run_r(package, code, {"X": x, "Y": y})
    return words if isinstance(words, str) else float(words[-1])


def main() -> None:
    for m, s in ((2, 1), (3, 2)):
        x, y = data(m, s)
        scores = dea_scores(x, y, x, y)
        delta = 1 / scores
        h = bandwidth(delta)
        arguments = (np.random.SeedSequence(1), LOOP_REPLICATIONS, x, y, x, y, delta, h, "vrs", "input")
        ours = _block(*arguments)
        star = smoothed_draws(delta, h, LOOP_REPLICATIONS, np.random.default_rng(np.random.SeedSequence(1)))
        theirs = highs_loop(x, y, star / delta)
        difference = np.abs(ours - theirs).max()
        if difference > 1e-7:
            raise SystemExit(f"{m}/{s}: scores differ from HiGHS by {difference:.1e}; no time is worth comparing")

        per_hundred = (
            100 / REPLICATIONS * seconds(lambda x=x, y=y: bootstrap_dea(x, y, replications=REPLICATIONS, seed=1))
        )
        loop = 100 / LOOP_REPLICATIONS * seconds(lambda x=x, y=y, star=star, d=delta: highs_loop(x, y, star / d), 1)
        print(f"{m}/{s}, n = 100, VRS input: scores within {difference:.0e} of HiGHS")
        print(f"  ours            {per_hundred:8.3f} s a hundred replications")
        print(f"  scipy HiGHS loop{loop:8.2f} s = {loop / per_hundred:.0f} x ours")
        for package, call in R_CALLS.items():
            taken = r_seconds(package, call, x, y)
            text = f"   {taken}" if isinstance(taken, str) else f"{taken:8.2f} s = {taken / per_hundred:.0f} x ours"
            print(f"  R {package:14s}{text}")


if __name__ == "__main__":
    main()
