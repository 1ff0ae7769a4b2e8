"""Bass's own estimator: adopters per period regressed on the earlier total and its square (Bass 1969)."""

from __future__ import annotations

import numpy as np
import pandas as pd

from kttt_lib.adoption.checks import check_counts


def bass_regression(counts: pd.Series | np.ndarray | list, already: float = 0.0) -> pd.Series:
    """p, q and m by ordinary least squares of n_t = a + b N_{t−1} + c N_{t−1}², with a, b and c beside them.

    ``already``: adopters before the first period. It is biased against the continuous curve (it takes the
    rate at the start of each period for the whole of it), so ``fit_diffusion`` does not use it; it is here to
    compare with older publications. Raises ValueError when the parabola has no market.
    """
    series = check_counts(counts, whole=False)
    n = series.to_numpy()
    if len(n) < 4:
        raise ValueError(f"the series has {len(n)} periods; the regression needs at least 4")
    before = already + np.concatenate([[0.0], np.cumsum(n)[:-1]])
    a, b, c = np.linalg.lstsq(np.column_stack([np.ones_like(n), before, before**2]), n, rcond=None)[0]
    return pd.Series({**parameters_of(a, b, c), "a": a, "b": b, "c": c}, name="estimate")


def parameters_of(a: float, b: float, c: float) -> dict[str, float]:
    """p, q and m of the parabola a + b N + c N²: m is where it comes back to zero, p = a/m, q = −c m."""
    root = b * b - 4 * a * c
    if c >= 0 or root < 0:
        raise ValueError(f"a = {a:g}, b = {b:g}, c = {c:g}: adopters never come back to zero, so there is no market")
    m = (-b - np.sqrt(root)) / (2 * c)
    return {"p": a / m, "q": -c * m, "m": m}
