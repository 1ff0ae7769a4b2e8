"""Year-on-year jumps beyond tenfold, most often VND written for million VND."""

from __future__ import annotations

import numpy as np
import pandas as pd

TENFOLD = 10.0
COLUMNS = (
    "members",
    "area_ha",
    "charter_capital",
    "total_assets",
    "indivisible_assets",
    "revenue",
    "worker_income",
)


def tenfold_jumps(reports: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """For each column the reports at fault: index as in ``reports``, ``other`` and ``other_year`` compared with.

    Of two successive reports more than tenfold apart, the one farther from the organisation's median is at fault (the
    later one when both are as far), so one slip in a series is one finding.
    """
    if reports.empty:
        return {}
    codes = pd.factorize(reports["org_id"])[0]
    years = reports["year"].to_numpy(dtype="int64", na_value=0)
    order = np.lexsort((years, codes))
    codes, years, index = codes[order], years[order], reports.index.to_numpy()[order]
    return {
        column: found
        for column in COLUMNS
        if len(found := _jumps(codes, years, index, reports[column].to_numpy("float64", na_value=np.nan)[order]))
    }


def _jumps(codes: np.ndarray, years: np.ndarray, index: np.ndarray, values: np.ndarray) -> pd.DataFrame:
    known = np.flatnonzero(values > 0)
    codes, years, index, logs = codes[known], years[known], index[known], np.log10(values[known])
    apart = (codes[1:] == codes[:-1]) & (np.abs(np.diff(logs)) > np.log10(TENFOLD) + 1e-12)
    later = np.flatnonzero(apart) + 1
    if not len(later):
        return pd.DataFrame()
    touched = np.isin(codes, codes[later])
    medians = pd.Series(logs[touched]).groupby(codes[touched]).median()
    middle = medians.reindex(codes[later]).to_numpy()
    earlier_at_fault = np.abs(logs[later - 1] - middle) > np.abs(logs[later] - middle) + 1e-9
    fault = np.where(earlier_at_fault, later - 1, later)
    other = np.where(earlier_at_fault, later, later - 1)
    found = pd.DataFrame({"other": values[known][other], "other_year": years[other]}, index=index[fault])
    return found[~found.index.duplicated()]
