"""Our figure beside the published one: the difference, its source, and which definition could explain it."""

from __future__ import annotations

import numpy as np
import pandas as pd

from kttt_lib.plan import Target
from kttt_lib.published import official
from kttt_lib.published.territories import Territory, day_of, territory
from kttt_lib.results import SCORECARD_PUBLISHED


def published_rows(
    target: Target,
    published: pd.DataFrame,
    value: float,
    lower: float,
    upper: float,
    robustness: pd.DataFrame,
    comparable: bool = True,
    of: Territory | None = None,
) -> pd.DataFrame:
    """Every published figure that the target links to, best first, with ours beside it (``SCORECARD_PUBLISHED``).

    A difference is given only where the figure counts the same thing (match "same") and ``comparable`` holds (the
    deadline has come, and the registry is of the plan's province) and of the same territory (``of``: not of a province
    before it merged); of the named rules the one whose
    value comes closest is named as the one that could explain it.
    """
    found = official(target, published)
    if found.empty:
        return SCORECARD_PUBLISHED.frame()
    same = (found["match"] == "same").to_numpy(dtype=bool) & comparable
    if of is not None:
        same &= np.array([territory(row["area"], day_of(row)) == of for _, row in found.iterrows()], dtype=bool)
    figure = found["value"].to_numpy(dtype=float)
    rules = robustness[(robustness["bound"] == "value") & robustness["value"].notna() & (robustness["rule"] != "")]
    closest = [_closest(rules, number) if alike else None for number, alike in zip(figure, same)]
    low = -np.inf if np.isnan(lower) else lower
    high = np.inf if np.isnan(upper) else upper
    table = pd.DataFrame(
        {
            "target_id": target.id,
            **{name: found[name].to_numpy() for name in ("series", "area", "period", "as_of", "kind", "match")},
            "published_value": figure,
            "published_unit": found["unit"].to_numpy(),
            "value": value,
            "lower": lower,
            "upper": upper,
            "difference": np.where(same, value - figure, np.nan),
            "inside_bounds": same & (figure >= low) & (figure <= high),
            "closest_rule": ["" if row is None else row["rule"] for row in closest],
            "closest_rule_title_vi": ["" if row is None else row["rule_title_vi"] for row in closest],
            "closest_rule_title_en": ["" if row is None else row["rule_title_en"] for row in closest],
            "closest_value": [np.nan if row is None else row["value"] for row in closest],
            "note_vi": found["match_note_vi"].to_numpy(),
            "note_en": found["match_note_en"].to_numpy(),
            **{
                name: found[name].to_numpy()
                for name in (
                    "conflict",
                    "flag_vi",
                    "flag_en",
                    "correction",
                    "source_title",
                    "source_publisher",
                    "source_url",
                    "source_date",
                    "origin_id",
                )
            },
        }
    )
    return table[list(SCORECARD_PUBLISHED.columns)]


def _closest(rules: pd.DataFrame, figure: float) -> pd.Series | None:
    return None if rules.empty else rules.loc[(rules["value"] - figure).abs().idxmin()]
