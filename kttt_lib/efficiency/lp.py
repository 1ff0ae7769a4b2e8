"""Ray shooting and second phase as linear programs in HiGHS, warm-started from unit to unit.

The reference technology in coordinates q = (−x, y) is every q ≤ Qλ with λ ≥ 0 and, by returns to scale,
Σλ = 1 (VRS), ≤ 1 (NIRS), ≥ 1 (NDRS) or free (CRS). A ray asks for the greatest β with q₀ + βg inside.

A basis is named by column codes: j < n is unit j, n + i the slack of coordinate i, n + d the slack of the
convexity row and n + d + 1 the ray itself. There are d codes a basis under CRS, d + 1 otherwise.
"""

from __future__ import annotations

import highspy
import numpy as np

OPTIMAL, INFEASIBLE, UNBOUNDED, FAILED = 0, 1, 2, 3

_INF = highspy.kHighsInf
_CONVEXITY = {"vrs": (1.0, 1.0), "nirs": (-_INF, 1.0), "ndrs": (1.0, _INF)}
_BASIC = highspy.HighsBasisStatus.kBasic


class _Solver(highspy.Highs):
    def enableCallbacks(self):  # nobody listens, and enabling prints a banner before it can be silenced
        pass


def _quiet() -> highspy.Highs:
    solver = _Solver()
    solver.setOptionValue("output_flag", False)
    solver.setOptionValue("threads", 1)
    solver.setOptionValue("presolve", "off")
    solver.setOptionValue("primal_feasibility_tolerance", 1e-10)
    solver.setOptionValue("dual_feasibility_tolerance", 1e-10)
    return solver


def _model(cost, columns, col_lower, col_upper, row_lower, row_upper) -> highspy.HighsLp:
    """A maximisation with a dense matrix of columns (rows × cols)."""
    rows, cols = columns.shape
    lp = highspy.HighsLp()
    lp.num_row_, lp.num_col_ = rows, cols
    lp.sense_ = highspy.ObjSense.kMaximize
    lp.col_cost_ = np.asarray(cost, float)
    lp.col_lower_, lp.col_upper_ = np.asarray(col_lower, float), np.asarray(col_upper, float)
    lp.row_lower_, lp.row_upper_ = np.asarray(row_lower, float), np.asarray(row_upper, float)
    lp.a_matrix_.format_ = highspy.MatrixFormat.kColwise
    lp.a_matrix_.start_ = np.arange(0, rows * cols + 1, rows, dtype=np.int32)
    lp.a_matrix_.index_ = np.tile(np.arange(rows, dtype=np.int32), cols)
    lp.a_matrix_.value_ = columns.T.ravel()
    return lp


def shoot(q, returns, points, rays):
    """Greatest β for each point. ``q`` is d × n, ``points`` and ``rays`` k × d.

    Returns β (k), basis (k × rows) and status (k).
    """
    d, n = q.shape
    convex = int(returns != "crs")
    k, rows = len(points), d + convex
    lower, upper = np.zeros(rows), np.full(rows, _INF)
    matrix = np.zeros((rows, n + 1))
    matrix[:d, :n] = q
    if convex:
        matrix[d, :n] = 1.0
        lower[d], upper[d] = _CONVEXITY[returns]
    cost = np.zeros(n + 1)
    cost[n] = 1.0
    solver = _quiet()
    solver.passModel(_model(cost, matrix, np.r_[np.zeros(n), -_INF], np.full(n + 1, _INF), lower, upper))
    beta, status = np.full(k, np.nan), np.full(k, FAILED, np.int8)
    basis = np.zeros((k, rows), np.int64)
    for unit in range(k):
        for i in range(d):
            solver.changeCoeff(i, n, -rays[unit, i])
            solver.changeRowBounds(i, points[unit, i], _INF)
        solver.run()
        state = solver.getModelStatus()
        if state not in (
            highspy.HighsModelStatus.kOptimal,
            highspy.HighsModelStatus.kInfeasible,
            highspy.HighsModelStatus.kUnbounded,
        ):
            solver.clearSolver()
            solver.run()
            state = solver.getModelStatus()
        if state == highspy.HighsModelStatus.kOptimal:
            held = solver.getBasis()
            codes = [j for j, s in enumerate(held.col_status) if s == _BASIC and j < n]
            codes += [n + i for i, s in enumerate(held.row_status) if s == _BASIC]
            if held.col_status[n] == _BASIC and len(codes) == rows - 1:
                status[unit] = OPTIMAL
                basis[unit] = [*codes, n + d + 1]
                beta[unit] = solver.getSolution().col_value[n]
        elif state == highspy.HighsModelStatus.kInfeasible:
            status[unit] = INFEASIBLE
        elif state == highspy.HighsModelStatus.kUnbounded:
            status[unit] = UNBOUNDED
        if status[unit] != OPTIMAL:
            solver.clearSolver()
    return beta, basis, status


def greatest_slack(q, returns, point, ray, basis, cost):
    """Second phase for one ray from its optimal basis: codes and values of the greatest Σ cost·slack at the same β.

    Only columns whose reduced cost on the ray is zero may be positive. Returns as many codes as the basis has, some
    of value 0. Raises ArithmeticError when HiGHS finds no optimum.
    """
    d, n = q.shape
    convex = returns != "crs"
    rows = d + convex
    matrix = np.column_stack([column(q, returns, ray, code) for code in basis])
    goal = np.zeros(rows)
    goal[-1] = 1.0
    price = np.linalg.solve(matrix.T, goal)
    rhs = np.append(point, [1.0] * convex)
    size = np.abs(matrix) @ np.abs(np.linalg.solve(matrix, rhs))
    size[size == 0] = 1.0
    codes = np.arange(n + d + (returns in ("nirs", "ndrs")))
    columns = np.column_stack([column(q, returns, ray, code) for code in codes])
    terms = np.abs(price)[:, None] * np.abs(columns)
    codes = codes[(price @ columns <= 1e-11 * terms.sum(axis=0)) | np.isin(codes, basis)]
    columns = np.column_stack([*columns[:, codes].T, column(q, returns, ray, n + d + 1)])
    objective = np.zeros(len(codes) + 1)
    slack = (codes >= n) & (codes < n + d)
    objective[:-1][slack] = cost[codes[slack] - n]
    lower, upper = np.zeros(len(codes) + 1), np.full(len(codes) + 1, _INF)
    lower[-1] = -_INF
    solver = _quiet()
    scaled = rhs / size
    solver.passModel(_model(objective, columns / size[:, None], lower, upper, scaled, scaled))
    solver.run()
    if solver.getModelStatus() != highspy.HighsModelStatus.kOptimal:
        raise ArithmeticError("HiGHS found no optimum of the second phase")
    value = np.asarray(solver.getSolution().col_value)
    used = np.flatnonzero(value[:-1] > 1e-12)
    out, weight = np.full(rows, n + d + 1), np.zeros(rows)
    out[: len(used)], weight[: len(used)] = codes[used], value[used]
    return out, weight


def column(q, returns, ray, code) -> np.ndarray:
    """The column of a code: q is d × n."""
    d, n = q.shape
    out = np.zeros(d + (returns != "crs"))
    if code < n:
        out[:d] = q[:, code]
        out[d:] = 1.0
    elif code < n + d:
        out[code - n] = -1.0
    elif code == n + d:
        out[d] = 1.0 if returns == "nirs" else -1.0
    else:
        out[:d] = -ray
    return out
