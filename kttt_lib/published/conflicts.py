"""Where two sources disagree: both are kept, and it is said."""

from __future__ import annotations

from itertools import combinations

import pandas as pd

_KEY = ["series", "unit", "area", "period"]
_BOTH = [f"{name}_{side}" for name in ("row_id", "kind", "value", "as_of", "source") for side in "ab"]
COLUMNS = [*_KEY, *_BOTH, "ratio", "why"]
# Printed figures are often rounded to two or three digits without a word; beyond this they disagree.
TOLERANCE = 0.005
# "Hơn 27.000" is met by anything up to a tenth more; "khoảng" by a twentieth either way.
AT_LEAST_ROOM, ABOUT_ROOM = 0.10, 0.05


def series_conflicts(published: pd.DataFrame) -> pd.DataFrame:
    """One row a pair of figures for the same series, unit, area and period whose values cannot both hold.

    Columns: series, unit, area, period, row_id_a, row_id_b, kind_a, kind_b, value_a, value_b, ratio (larger / smaller),
    as_of_a, as_of_b, source_a, source_b, why: "same_day" (a true disagreement), "days_differ" (measured on different
    days, so both may hold), "day_unknown", "kinds_differ" (an estimate against a result), "targets_differ".
    """
    return pd.DataFrame(
        [
            {
                **dict(zip(_KEY, (getattr(a, name) for name in _KEY), strict=True)),
                "row_id_a": a.row_id,
                "row_id_b": b.row_id,
                "kind_a": a.kind,
                "kind_b": b.kind,
                "value_a": a.value,
                "value_b": b.value,
                "ratio": _ratio(a.value, b.value),
                "as_of_a": a.as_of,
                "as_of_b": b.as_of,
                "source_a": a.source_title,
                "source_b": b.source_title,
                "why": _why(a, b),
            }
            for a, b in _pairs(published)
        ],
        columns=COLUMNS,
    )


def disagreeing_rows(published: pd.DataFrame) -> set[str]:
    """Ids of the rows in a true disagreement: same day (or same target, or an estimate that the result belied)."""
    pairs = [(a, b) for a, b in _pairs(published) if _why(a, b) in {"same_day", "kinds_differ", "targets_differ"}]
    return {row.row_id for pair in pairs for row in pair}


def _pairs(published: pd.DataFrame):
    repeated = published[published.duplicated(_KEY, keep=False)].dropna(subset=_KEY)
    groups: dict[tuple, list] = {}
    for key, row in zip(repeated[_KEY].itertuples(index=False, name=None), repeated.itertuples(), strict=True):
        groups.setdefault(key, []).append(row)
    for group in groups.values():
        for a, b in combinations(group, 2):
            if ("target" in (a.kind, b.kind)) == (a.kind == b.kind == "target") and not _compatible(a, b):
                yield a, b


def _compatible(a, b) -> bool:
    (low_a, high_a), (low_b, high_b) = _room(a), _room(b)
    return low_a <= high_b and low_b <= high_a


def _room(row) -> tuple[float, float]:
    """The values that the printed words still allow."""
    below = above = TOLERANCE
    if row.rounding == "at_least":
        above = AT_LEAST_ROOM
    elif row.rounding == "at_most":
        below = AT_LEAST_ROOM
    elif row.rounding == "about":
        below = above = ABOUT_ROOM
    return row.low - below * abs(row.low), row.high + above * abs(row.high)


def _why(a, b) -> str:
    if a.kind == "target":
        return "targets_differ"
    if pd.isna(a.measured_on) or pd.isna(b.measured_on):
        return "day_unknown"
    if a.measured_on != b.measured_on:
        return "days_differ"
    return "same_day" if a.kind == b.kind else "kinds_differ"


def _ratio(a: float, b: float) -> float:
    small, large = sorted((abs(a), abs(b)))
    return large / small if small else float("inf")
