"""Outputs that nobody wants, such as waste, beside those that are (Chung, Färe and Grosskopf 1997)."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy.optimize import linprog

from .checks import check_choice, check_free_lunch, check_units, matrix, name_rows


def undesirable_outputs(inputs, outputs, bads, *, returns: str = "vrs") -> pd.DataFrame:
    """``inefficiency`` β of n units, and a target a column: outputs up and bads (n × b) down by the same share β.

    β = max{β : Xλ ≤ x, Yλ ≥ (1 + β)y, Bλ = (1 − β)b}. Bads are weakly disposable: less of them costs output, in
    proportion. Under variable returns each unit may abate by a share of its own (Kuosmanen 2005): inputs count for
    λ + μ, outputs and bads for λ alone, Σ(λ + μ) = 1; one share for all, as is often used, has no convex technology.

    For bads that come with production. Not for what can be had or left at will (treat it as an input), and not where
    bads are zero for some: then nothing but zero is comparable with them. Raises ValueError naming rows.

    Source: Chung, Färe and Grosskopf (1997), Journal of Environmental Management 51, 229–240; Kuosmanen (2005),
    American Journal of Agricultural Economics 87, 1077–1082.

    Examples
    --------
    >>> from kttt_lib.efficiency import undesirable_outputs
    >>> undesirable_outputs([1, 1, 1], [4, 2, 2], [4, 1, 3], returns="crs").inefficiency.round(3).tolist()
    [0.0, 0.0, 0.333]
    """
    check_choice("returns", returns, ("crs", "vrs"))
    units = check_units(inputs, outputs)
    check_free_lunch(units, returns)
    bad, index, names = matrix(bads, "bads")
    if len(bad) != len(units.x):
        raise ValueError(f"bads have {len(bad)} rows, the units {len(units.x)}")
    if index is not None and not isinstance(units.index, pd.RangeIndex) and not index.equals(units.index):
        raise ValueError("bads must have the index of the units, in the same order")
    wrong = ~np.isfinite(bad).all(axis=1) | (bad < 0).any(axis=1)
    if wrong.any():
        raise ValueError(f"bads: missing, infinite or negative values in rows {name_rows(units.index, wrong)}")
    still = ~units.y.any(axis=1) & ~bad.any(axis=1)
    if still.any():
        raise ValueError(f"all outputs zero, in rows {name_rows(units.index, still)}")
    x, y, b = (values / np.where((top := values.max(axis=0)) > 0, top, 1.0) for values in (units.x, units.y, bad))
    n, copies = len(x), 2 if returns == "vrs" else 1
    cost = np.append(np.zeros(copies * n), -1.0)
    nothing = np.zeros((y.shape[1] + b.shape[1], (copies - 1) * n))
    used = np.hstack([*[x.T] * copies, np.zeros((x.shape[1], 1))])
    beta = np.empty(n)
    for k in range(n):
        made = np.hstack([np.vstack([-y.T, b.T]), nothing, np.append(y[k], b[k])[:, None]])
        whole = [np.append(np.ones(copies * n), 0.0)[None]] if returns == "vrs" else []
        run = linprog(
            cost,
            A_ub=np.vstack([used, made[: y.shape[1]]]),
            b_ub=np.append(x[k], -y[k]),
            A_eq=np.vstack([made[y.shape[1] :], *whole]),
            b_eq=np.append(b[k], np.ones(len(whole))),
            bounds=[(0, None)] * (copies * n) + [(None, None)],
        )
        if run.status != 0:
            raise ValueError(f"row {units.index[k]}: no score ({run.message})")
        beta[k] = -run.fun
    targets = np.hstack([units.y * (1 + beta)[:, None], bad * (1 - beta)[:, None]])
    columns = [*units.output_names, *(names or [f"bad_{i}" for i in range(bad.shape[1])])]
    table = pd.DataFrame(targets, units.index, columns)
    table.insert(0, "inefficiency", np.where(np.abs(beta) < 1e-9, 0.0, beta))
    return table
