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
