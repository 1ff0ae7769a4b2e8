"""Year-on-year jumps of tenfold and more, most often VND written for million VND."""

from __future__ import annotations

import numpy as np
import pandas as pd

TENFOLD, BEYOND, FAR = 10.0, 300.0, 30.0
SLACK = 1 + 1e-9
SMALL = 100.0  # persons or million VND
# Of people a figure of just ten times the other is a digit too many.
COUNTED = ("members",)
COLUMNS = (
    "members", "area_ha", "charter_capital", "total_assets", "indivisible_assets", "revenue", "worker_income",
    "member_income",
)  # fmt: skip


def tenfold_jumps(reports: pd.DataFrame, owners: np.ndarray) -> dict[str, pd.DataFrame]:
    """For each column the reports at fault: index as in ``reports``, ``other`` and ``other_year`` compared with, and
    ``beyond``: over ``BEYOND`` times all other years of the organisation (where there is but one, far over the column's
    middle as well).

    ``owners`` is a code of each report's organisation. Of two successive reports over tenfold apart, the one farther
    from the organisation's median is at fault (the later one when both are as far), so one slip is one finding.
    """
    if reports.empty:
        return {}
    years, index = reports["year"].to_numpy(dtype="int64", na_value=0), reports.index.to_numpy()
    order = None
    if not _in_order(owners, years):
        order = np.lexsort((years, owners))
        owners, years, index = owners[order], years[order], index[order]
    found = {}
    for column in COLUMNS:
        values = reports[column].to_numpy("float64", na_value=np.nan)
        values = values if order is None else values[order]
        jumps = _jumps(owners, years, index, values, column in COUNTED)
        if len(jumps):
            found[column] = jumps
    return found


def far_apart(column: str, now: np.ndarray, before: np.ndarray) -> np.ndarray:
    """Which pairs of figures above nought are too far apart for two years of one organisation.

    Over ten times, or ``BEYOND`` where a year owes nothing to the one before (profit, new members); of fewer than
    ``SMALL`` that is chance.
    """
    limit = TENFOLD * SLACK if column in COLUMNS else BEYOND
    return (np.minimum(now, before) > 0) & _apart(now, before, limit) & (np.maximum(now, before) >= SMALL)


def _apart(one: np.ndarray, other: np.ndarray, limit: float) -> np.ndarray:
    return (one >= limit * other) | (other >= limit * one)


def _in_order(owners: np.ndarray, years: np.ndarray) -> bool:
    same = owners[1:] == owners[:-1]
    return bool(((owners[1:] > owners[:-1]) | (same & (years[1:] >= years[:-1]))).all())


def _jumps(owners: np.ndarray, years: np.ndarray, index: np.ndarray, values: np.ndarray, counted: bool) -> pd.DataFrame:
    usable = values > 0
    if not usable.all():
        owners, years, index, values = owners[usable], years[usable], index[usable], values[usable]
    before, after = values[:-1], values[1:]
    limit = TENFOLD / SLACK if counted else TENFOLD * SLACK
    apart = _apart(after, before, limit) & (owners[1:] == owners[:-1])
    later = np.flatnonzero(apart) + 1
    if not len(later):
        return pd.DataFrame()
    touched = np.isin(owners, owners[later])
    logs = np.log10(values)
    medians = pd.Series(logs[touched]).groupby(owners[touched]).median()
    middle = medians.reindex(owners[later]).to_numpy()
    earlier_at_fault = np.abs(logs[later - 1] - middle) > np.abs(logs[later] - middle) + 1e-9
    fault = np.where(earlier_at_fault, later - 1, later)
    other = np.where(earlier_at_fault, later, later - 1)
    beyond = np.array([_beyond(values, owners, at) for at in fault], dtype=bool)
    found = pd.DataFrame({"other": values[other], "other_year": years[other], "beyond": beyond}, index=index[fault])
    return found[~found.index.duplicated()]


def _beyond(values: np.ndarray, owners: np.ndarray, at: int) -> bool:
    """Whether a value is over ``BEYOND`` times every other of its organisation; rows of one stand together."""
    first = int(np.searchsorted(owners, owners[at], side="left"))
    last = int(np.searchsorted(owners, owners[at], side="right"))
    others = np.delete(values[first:last], at - first)
    if values[at] < BEYOND * others.max():
        return False
    return len(others) > 1 or bool(values[at] >= FAR * np.median(values))
