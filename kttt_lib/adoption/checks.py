"""What a series must be to be fitted; each refusal says which value is wrong and why."""

from __future__ import annotations

import numpy as np
import pandas as pd


def refuse_rows(rows: pd.Index | pd.Series, message: str) -> None:
    """ValueError with the first of the ``rows`` at fault where the message has ``{}``; nothing when there are none."""
    if len(rows):
        raise ValueError(message.replace("{}", str(rows.tolist()[:10])))


def check_counts(counts: pd.Series | np.ndarray | list, *, whole: bool) -> pd.Series:
    """The series as floats with its own index (or 1..n), or ValueError with the reason."""
    series = counts if isinstance(counts, pd.Series) else pd.Series(np.asarray(counts))
    if not isinstance(counts, pd.Series):
        series.index = pd.RangeIndex(1, len(series) + 1)
    if series.ndim != 1 or len(series) == 0:
        raise ValueError("counts must be one series of adopters per period")
    try:
        series = series.astype(float)
    except (TypeError, ValueError) as error:
        raise ValueError(f"counts must be numbers: {error}") from None
    bad = series.index[~np.isfinite(series.to_numpy())].tolist()
    if bad:
        raise ValueError(f"counts are missing or infinite in periods {bad}; a period without adopters is 0")
    bad = series.index[series.to_numpy() < 0].tolist()
    if bad:
        raise ValueError(f"counts are negative in periods {bad}; give adopters per period, not net changes")
    if whole and not np.array_equal(series.to_numpy(), np.round(series.to_numpy())):
        bad = series.index[series.to_numpy() != np.round(series.to_numpy())].tolist()
        raise ValueError(f"the count estimator needs whole numbers; periods {bad} are not")
    seen = int((series.to_numpy() > 0).sum())
    if seen == 0:
        raise ValueError("nobody has adopted: there is no curve to fit")
    if seen < 3:
        raise ValueError(f"adopters in only {seen} period(s): the shape of a curve needs at least 3")
    return series


def check_market(market: float | None, series: pd.Series) -> None:
    """A market, fixed or bound, must hold at least those who have adopted."""
    if market is None:
        return
    if not np.isfinite(market) or market <= 0:
        raise ValueError(f"market must be a positive number, not {market}")
    total = float(series.sum())
    if market < total:
        raise ValueError(f"market {market:g} is smaller than the {total:g} that have already adopted")


def check_covariate(
    covariate: np.ndarray | pd.DataFrame | None, model: str, periods: int, what: str
) -> np.ndarray | None:
    """The covariate as (periods, c), or None; only the generalised Bass model has one."""
    if model != "generalised_bass":
        if covariate is not None:
            raise ValueError(f"{model} takes no covariate; the generalised_bass model does")
        return None
    if covariate is None:
        raise ValueError(f"generalised_bass needs a covariate for each period of the {what}")
    values = np.asarray(covariate, float)
    if values.ndim == 1:
        values = values[:, None]
    if values.ndim != 2 or len(values) != periods:
        raise ValueError(f"the covariate has {len(values)} rows, the {what} {periods} periods")
    if not np.isfinite(values).all():
        bad = (np.flatnonzero(~np.isfinite(values).all(axis=1)) + 1).tolist()
        raise ValueError(f"the covariate is missing in periods {bad} of the {what}")
    if what == "series" and (np.ptp(values, axis=0) == 0).any():
        raise ValueError("a covariate that never changes cannot be told from the speed of the curve")
    return values
