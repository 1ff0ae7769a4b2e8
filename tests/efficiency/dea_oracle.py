"""Second phase and directional scores by one HiGHS program a unit, written straight from the textbook."""

import numpy as np
from scipy.optimize import linprog


def _weights_rule(returns, n, extra):
    row = np.append(np.ones(n), np.zeros(extra))
    if returns == "vrs":
        return {"A_eq": row[None], "b_eq": [1.0]}
    if returns in ("nirs", "ndrs"):
        sign = 1.0 if returns == "nirs" else -1.0
        return {"A_ub": sign * row[None], "b_ub": [sign]}
    return {}


def greatest_slack_sum(x, y, x0, y0, returns):
    """Greatest Σ s⁻ + Σ s⁺ of the point (x0, y0) against the units x (n × m), y (n × s)."""
    n, m, s = len(x), x.shape[1], y.shape[1]
    a = np.vstack([np.hstack([x.T, np.eye(m), np.zeros((m, s))]), np.hstack([y.T, np.zeros((s, m)), -np.eye(s)])])
    b = np.concatenate([x0, y0])
    rule = _weights_rule(returns, n, m + s)
    if "A_eq" in rule:
        a, b = np.vstack([a, rule.pop("A_eq")]), np.append(b, rule.pop("b_eq"))
    run = linprog(np.append(np.zeros(n), -np.ones(m + s)), A_eq=a, b_eq=b, bounds=(0, None), method="highs", **rule)
    return -run.fun


def directional_score(x, y, x0, y0, gx, gy, returns):
    """Greatest β with (x0 − βgx, y0 + βgy) in the technology; NaN when there is none."""
    n = len(x)
    a = np.hstack([np.vstack([x.T, -y.T]), np.append(gx, gy)[:, None]])
    b = np.append(x0, -y0)
    rule = _weights_rule(returns, n, 1)
    if "A_ub" in rule:
        a, b = np.vstack([a, rule.pop("A_ub")]), np.append(b, rule.pop("b_ub"))
    run = linprog(np.append(np.zeros(n), -1.0), A_ub=a, b_ub=b, bounds=[(0, None)] * n + [(None, None)], **rule)
    return -run.fun if run.status == 0 else np.nan
