"""What goes with inefficiency: the two-stage regressions of Simar and Wilson (2007), algorithms 1 and 2."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from .checks import check_free_lunch, check_units, with_constant
from .dea import dea_scores
from .replicates import check_inference, distances, own_distances, run_blocks, scores_against
from .smoothing import EFFICIENT
from .truncated import NoEstimate, draw_truncated, truncated_regression


@dataclass(frozen=True)
class DeterminantsResult:
    """A truncated regression of Shephard distances (1 / theta, phi; more is less efficient) on determinants.

    ``coefficients``: one row a parameter (const, each determinant, sigma), columns estimate, standard_error (the spread
    of the bootstrap), lower, upper, p_value (two-sided, of the basic interval: at which level it reaches zero).
    A positive estimate means that more of the determinant goes with more inefficiency. ``distances`` are those that
    were regressed: as estimated (algorithm 1) or bias-corrected (algorithm 2); ``used`` marks the units in the
    regression, ``replicates`` (B × k+1) the bootstrap estimates, ``failed`` the samples without a maximum, left out.
    """

    coefficients: pd.DataFrame
    scores: pd.Series
    distances: pd.Series
    used: pd.Series
    log_likelihood: float
    level: float
    algorithm: int
    replicates: np.ndarray
    failed: int


def double_bootstrap(
    inputs,
    outputs,
    determinants,
    *,
    algorithm: int = 2,
    returns: str = "vrs",
    orientation: str = "input",
    replications: int = 2000,
    bias_replications: int = 100,
    seed,
    level: float = 0.95,
    processes: int = 1,
    progress: bool = False,
) -> DeterminantsResult:
    """Regress DEA inefficiency on determinants with intervals that hold (Simar and Wilson 2007).

    Algorithm 1 regresses the estimated distances of the inefficient units; algorithm 2 first corrects the distances for
    bias with ``bias_replications`` pseudo samples drawn from that regression (L1 in the paper, 100), then regresses
    all the corrected distances that exceed 1. Both draw ``replications`` samples (L2, 2,000) from the fitted truncated
    normal and take basic bootstrap intervals [2 b - q_high, 2 b - q_low]. Ordinary or Tobit standard errors are invalid
    here because the scores depend on one another.

    Parameters
    ----------
    inputs, outputs : n × m and n × s arrays or DataFrames.
    determinants : n × k array or DataFrame, without a constant (one is added).
    returns, orientation, seed, processes, progress : as in :func:`kttt_lib.efficiency.bootstrap_dea`.

    Raises ValueError when determinants are missing or collinear; of these NoEstimate when too few units are inefficient
    or do not tell the determinants apart, and when the truncated regression has no maximum (inefficiency falls off
    exponentially; a determinant may be constant).
    """
    check_inference(returns, orientation, level)
    if algorithm not in (1, 2):
        raise ValueError(f"algorithm must be 1 or 2, not {algorithm!r}")
    units = check_units(inputs, outputs)
    check_free_lunch(units, returns)
    z, names = _design(determinants, units.index)
    x, y = units.x, units.y
    scores = dea_scores(x, y, x, y, returns=returns, orientation=orientation)
    delta = own_distances(scores, orientation, units.index)

    used, fit = _regress(delta, z)
    first, second = (
        np.random.SeedSequence(seed) if not isinstance(seed, np.random.SeedSequence) else seed
    ).generate_state(2, np.uint64)
    if algorithm == 2:
        arguments = (x, y, delta, z @ fit.beta[0], float(fit.sigma[0]), returns, orientation)
        blocks = run_blocks(_bias_block, arguments, bias_replications, int(first), processes, progress)
        delta = 2 * delta - np.concatenate(blocks).mean(axis=0)
        used, fit = _regress(delta, z)
    arguments = (z[used], fit.beta[0], float(fit.sigma[0]))
    blocks = run_blocks(_regression_block, arguments, replications, int(second), processes, progress)
    replicates = np.concatenate(blocks)
    good = np.isfinite(replicates).all(axis=1)
    if good.sum() < 2:
        raise NoEstimate("none of the bootstrap regressions has a maximum")
    estimate = np.append(fit.beta[0], fit.sigma[0])
    low, high = np.quantile(replicates[good], [(1 - level) / 2, (1 + level) / 2], axis=0)
    return DeterminantsResult(
        coefficients=pd.DataFrame(
            {
                "estimate": estimate,
                "standard_error": replicates[good].std(axis=0, ddof=1),
                "lower": 2 * estimate - high,
                "upper": 2 * estimate - low,
                "p_value": _p_values(estimate, replicates[good]),
            },
            index=pd.Index([*names, "sigma"], name="parameter"),
        ),
        scores=pd.Series(scores, index=units.index, name="score"),
        distances=pd.Series(delta, index=units.index, name="distance"),
        used=pd.Series(used, index=units.index, name="used"),
        log_likelihood=float(fit.log_likelihood[0]),
        level=level,
        algorithm=algorithm,
        replicates=replicates,
        failed=int((~good).sum()),
    )


def _regress(delta, z):
    used = delta > 1 + EFFICIENT
    if used.sum() <= z.shape[1] + 2:
        raise NoEstimate(
            f"{used.sum()} units lie inside the frontier, too few to regress on {z.shape[1]} coefficients: use more "
            "units, fewer determinants, or fewer inputs and outputs"
        )
    fit = truncated_regression(delta[used], z[used])
    if not fit.converged[0]:
        raise NoEstimate(
            "the truncated regression has no maximum: inefficiency falls off exponentially from the frontier, and the "
            "truncated normal cannot describe it"
        )
    return used, fit


def _p_values(estimate, replicates):
    """Twice the smaller tail of (replicate - estimate) beyond the estimate: when the basic interval excludes zero."""
    centred = replicates - estimate
    above = (centred >= estimate).mean(axis=0)
    below = (centred <= estimate).mean(axis=0)
    return np.minimum(1.0, 2 * np.minimum(above, below))


def _bias_block(seed, count, x, y, delta, mean, sigma, returns, orientation):
    uniform = np.random.default_rng(seed).random((count, len(delta)))
    star = draw_truncated(mean, sigma, 1.0, uniform)
    return distances(scores_against(x, y, x, y, delta, star, returns, orientation), orientation)


def _regression_block(seed, count, z, beta, sigma):
    uniform = np.random.default_rng(seed).random((count, len(z)))
    fit = truncated_regression(draw_truncated(z @ beta, sigma, 1.0, uniform), z)
    return np.where(fit.converged[:, None], np.column_stack([fit.beta, fit.sigma]), np.nan)


def _design(determinants, index):
    z, names = with_constant(determinants, index, "determinants")
    if np.linalg.matrix_rank(z) < z.shape[1]:
        raise ValueError("the determinants (with the constant) are linearly dependent")
    return z, ["const", *names]
