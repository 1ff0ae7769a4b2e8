"""How often intervals hold the truth: 500 series from known parameters, for each curve and estimator.

Run: python -m benchmarks.coverage_diffusion [--series 500] [--forecast FILE]
Prints, for a nominal 95 %, the share of series whose profile interval holds each true parameter or, with
--forecast, whose forecast interval holds the cumulative number five periods on, and whose bootstrap interval
holds each parameter (a second or two a series). Fixed seeds: the same figures at each run.
"""

from __future__ import annotations

import argparse
import time
from functools import partial

import numpy as np
import pandas as pd

from benchmarks.cells import run
from kttt_lib.adoption.curves import Curve
from kttt_lib.adoption.diffusion import DiffusionFit
from kttt_lib.adoption.profile import profile_bounds
from kttt_lib.adoption.solver import Problem, fit_batch

PERIODS, AHEAD, LEVEL, NOISE = 16, 5, 0.95, 0.06  # noise: standard deviation over the peak, least squares only
TRUTH = {
    "bass": {"p": 0.015, "q": 0.40, "m": 400.0},
    "logistic": {"q": 0.45, "tau": 9.0, "m": 400.0},
    "gompertz": {"q": 0.28, "tau": 7.0, "m": 400.0},
    "generalised_bass": {"p": 0.012, "q": 0.35, "beta1": 0.5, "m": 400.0},
}


def design(model: str, estimator: str) -> tuple[Problem, np.ndarray]:
    """The problem over the observed periods and its true theta."""
    covariate = None
    if model == "generalised_bass":  # effort that comes and goes
        covariate = np.resize([0.0, 1.0, 0.0, 0.0, 1.0, 1.0, 0.0], PERIODS)[:, None]
    problem = Problem(Curve(model, PERIODS, covariate), estimator)
    logs = np.append(problem.curve.log_scale, True)
    values = np.array([TRUTH[model][name] for name in problem.names])
    return problem, np.where(logs, np.log(np.where(logs, values, 1.0)), values)


def draw(
    problem: Problem, theta: np.ndarray, series: int, seed: int | list[int], dispersion: float = 1.0
) -> tuple[np.ndarray, np.ndarray]:
    """Observed counts (series, n) and, five periods on, the cumulative number (series,).

    ``dispersion``: variance over mean of the counts; negative binomial above 1.
    """
    rng = np.random.default_rng(seed)
    ahead = None if problem.curve.covariate is None else np.zeros((AHEAD, 1))
    share = problem.curve.extended(AHEAD, ahead).share(theta[None, :-1])[0][0]
    mean = np.exp(theta[-1]) * np.diff(share)
    if problem.estimator == "nls":
        drawn = mean + NOISE * mean.max() * rng.standard_normal((series, len(mean)))
    elif dispersion > 1:
        drawn = rng.negative_binomial(mean / (dispersion - 1), 1 / dispersion, (series, len(mean))).astype(float)
    else:
        drawn = rng.poisson(mean, (series, len(mean))).astype(float)
    later = np.maximum(drawn[:, PERIODS:], 0.0)  # the future of a count is not negative
    return drawn[:, :PERIODS], drawn[:, :PERIODS].sum(axis=1) + later.sum(axis=1)


def profile_coverage(model: str, estimator: str, series: int, dispersion: float = 1.0, seed: int = 1) -> pd.Series:
    """Share of series whose profile interval holds each true parameter."""
    problem, truth = design(model, estimator)
    counts, _ = draw(problem, truth, series, seed, dispersion)
    theta, objective = fit_batch(problem, counts)
    degrees = PERIODS - int(problem.free.sum())
    low, high = profile_bounds(problem, problem.cells(counts), theta, objective, degrees, LEVEL)
    return pd.Series(((low <= truth) & (truth <= high)).mean(axis=0), index=problem.names)


def simulated(seed: int, model: str, estimator: str, dispersion: float) -> dict[str, float]:
    """Of one series: whether the forecast interval holds the future, and bootstrap intervals each parameter."""
    problem, truth = design(model, estimator)
    counts, future = draw(problem, truth, 1, [1969, seed], dispersion)
    theta, objective = fit_batch(problem, counts)
    fit = DiffusionFit(model, estimator, pd.Series(counts[0]), problem, theta[0], float(objective[0]))
    ahead = None if problem.curve.covariate is None else np.zeros((AHEAD, 1))
    last = fit.forecast(AHEAD, covariate=ahead, level=LEVEL).table.iloc[-1]
    held = {"forecast": last["cumulative_lower"] <= future[0] <= last["cumulative_upper"]}
    ends = fit.interval(LEVEL, "bootstrap", draws=300, seed=seed)
    natural = problem.natural(truth[None])[0]
    return held | dict(
        zip(problem.names, (ends["lower"].to_numpy() <= natural) & (natural <= ends["upper"].to_numpy()))
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--series", type=int, default=500)
    parser.add_argument("--forecast", metavar="FILE", help="these, kept in FILE and gone on from, in place of profiles")
    given = parser.parse_args()
    kinds = [(model, *how) for how in (("count", 2.0), ("count", 1.0), ("nls", 1.0)) for model in TRUTH]
    if given.forecast:
        run({"{} {} {:g}".format(*kind): partial(_of, kind) for kind in kinds}, given.series, given.forecast)
        return
    for model, estimator, dispersion in kinds:
        begun = time.perf_counter()
        found = profile_coverage(model, estimator, given.series, dispersion)
        line = "  ".join(f"{name} {100 * value:5.1f} %" for name, value in found.items())
        print(
            f"{model:17} {estimator:6} {dispersion:g} profile   {line}   {time.perf_counter() - begun:.1f} s",
            flush=True,
        )


def _of(kind: tuple[str, str, float], seed: int) -> dict[str, float]:
    return simulated(seed, *kind)


if __name__ == "__main__":
    main()
