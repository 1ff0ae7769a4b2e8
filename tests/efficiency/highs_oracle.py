"""Efficiency scores by one HiGHS program a unit: slow, plain, and none of our code."""

import numpy as np
from scipy.optimize import linprog


def highs_scores(x, y, x_ref, y_ref, returns="vrs", orientation="input"):
    """Farrell scores of points x (p × m), y (p × s) against a reference; NaN where infeasible or without bound."""
    n, m, s = len(x_ref), x_ref.shape[1], y_ref.shape[1]
    sum_of_weights = np.append(0, np.ones(n))
    scores = []
    for own_x, own_y in zip(x, y):
        if orientation == "input":
            cost = np.append(1, np.zeros(n))
            a = np.vstack([np.column_stack([-own_x, x_ref.T]), np.column_stack([np.zeros(s), -y_ref.T])])
            b = np.append(np.zeros(m), -own_y)
        else:
            cost = np.append(-1, np.zeros(n))
            a = np.vstack([np.column_stack([np.zeros(m), x_ref.T]), np.column_stack([own_y, -y_ref.T])])
            b = np.append(own_x, np.zeros(s))
        equal = {"A_eq": sum_of_weights[None], "b_eq": [1]} if returns == "vrs" else {}
        if returns in ("nirs", "ndrs"):
            sign = 1 if returns == "nirs" else -1
            a, b = np.vstack([a, sign * sum_of_weights]), np.append(b, sign)
        run = linprog(cost, A_ub=a, b_ub=b, bounds=(0, None), method="highs", **equal)
        scores.append(abs(run.fun) if run.status == 0 else np.nan)
    return np.array(scores)


def synthetic(n, m, s, seed, spread=0.3):
    """Synthetic: Cobb–Douglas of degree 0.9, inputs U(1, 10), half-normal inefficiency, output split on an angle."""
    rng = np.random.default_rng(seed)
    x = rng.uniform(1, 10, (n, m))
    split = np.ones((n, 1))
    if s == 2:
        angle = rng.random(n) * np.pi / 2
        split = np.column_stack([np.cos(angle), np.sin(angle)])
    reached = np.prod(x ** (0.9 / m), axis=1) * np.exp(-np.abs(rng.normal(0, spread, n)))
    return x, reached[:, None] * split
