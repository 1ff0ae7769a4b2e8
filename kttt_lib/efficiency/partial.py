"""Partial frontiers, robust to outliers: order-m (Cazals, Florens and Simar 2002), order-alpha (Daouia and Simar 2007).

A unit is compared with those that produce at least its outputs (input orientation) or use at most its inputs (output
orientation). Order-m asks for the expected best of m of them drawn at random, order-alpha for the quantile that only
the best 1 - alpha of them beat. The expectation is computed exactly from the order statistics: no Monte Carlo, no seed.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from kttt_lib.efficiency.checks import check_choice, check_reference, check_units


def order_m(
    inputs, outputs, *, m: int, orientation: str = "input", reference=None, leave_one_out: bool = False
) -> pd.Series:
    """Order-m efficiency of each unit, exact.

    With the N dominating units' ratios r sorted, E[min of m draws with replacement] is
    sum_k r_(k) [((N-k+1)/N)^m - ((N-k)/N)^m], the plug-in estimator of Cazals, Florens and Simar (2002). Input scores
    above 1 (output scores below 1) are super-efficient: better than the expected best of m peers. As m grows the
    score tends to the FDH score. A score is infinite where all m peers may use an input that the unit does not use.

    Parameters
    ----------
    inputs, outputs : n × p and n × q arrays or DataFrames.
    m : number of peers drawn, at least 1.
    orientation : "input" or "output" (Farrell: theta, or phi).
    reference : (inputs, outputs) of other units to compare with; by default the units themselves.
    leave_one_out : compare with the others only, as in Simar's (2003) outlier screening. NaN where nobody is left.
    """
    if int(m) != m or m < 1:
        raise ValueError(f"m must be a whole number of at least 1, not {m!r}")

    def expected_best(ratios: np.ndarray) -> float:
        count = len(ratios)
        rank = np.arange(count)
        weight = ((count - rank) / count) ** m - ((count - rank - 1) / count) ** m
        drawn = weight > 0  # in floating point a large m leaves no weight on the last ranks, whatever their ratio
        return float(ratios[drawn] @ weight[drawn])

    return _scores(inputs, outputs, orientation, reference, leave_one_out, expected_best, "order_m")


def order_alpha(
    inputs, outputs, *, alpha: float, orientation: str = "input", reference=None, leave_one_out: bool = False
) -> pd.Series:
    """Order-alpha quantile efficiency of each unit (Daouia and Simar 2007).

    theta_alpha = inf{theta : F(theta x | Y >= y) > 1 - alpha}: of the N dominating units' ratios in ascending order the
    one of rank floor((1 - alpha) N) + 1; for outputs phi_alpha mirrors it from above. alpha = 1 is the FDH score.
    Parameters as in :func:`order_m`; 0 < alpha <= 1.
    """
    if not 0 < alpha <= 1:
        raise ValueError(f"alpha must lie in (0, 1], not {alpha!r}")

    def quantile(ratios: np.ndarray) -> float:
        # The tolerance keeps (1 - 0.9) * 10 = 0.99999... at rank 1, as exact arithmetic has it.
        return float(ratios[min(int(np.floor((1 - alpha) * len(ratios) + 1e-9)), len(ratios) - 1)])

    return _scores(inputs, outputs, orientation, reference, leave_one_out, quantile, "order_alpha")


def _scores(inputs, outputs, orientation, reference, leave_one_out, summarise, name) -> pd.Series:
    check_choice("orientation", orientation, ("input", "output"))
    if leave_one_out and reference is not None:
        raise ValueError("leave_one_out compares the units with one another; it takes no reference")
    units = check_units(inputs, outputs)
    ref = units if reference is None else check_reference(units, reference)
    x, y, x_ref, y_ref = units.x, units.y, ref.x, ref.y
    scores = np.full(len(x), np.nan)
    for i in range(len(x)):
        if orientation == "input":
            better = (y_ref >= y[i]).all(axis=1)
            others, own = x_ref, x[i]
        else:
            better = (x_ref <= x[i]).all(axis=1)
            others, own = y_ref, y[i]
        if leave_one_out:
            better[i] = False
        if not better.any():
            continue
        with np.errstate(divide="ignore", invalid="ignore"):
            ratio = others[better] / own
        # 0/0 asks nothing of the unit: a coordinate it does not use cannot bind.
        if orientation == "input":
            scores[i] = summarise(np.sort(np.where(np.isnan(ratio), -np.inf, ratio).max(axis=1)))
        else:
            worst = np.where(np.isnan(ratio), np.inf, ratio).min(axis=1)
            # The best output is the largest: reversing the order turns "expected best" into a maximum.
            scores[i] = summarise(np.sort(worst)[::-1])
    return pd.Series(scores, index=units.index, name=name)
