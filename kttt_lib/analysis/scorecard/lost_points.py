"""Where those that fall short of a rule of grades lose their points, beside those that pass it."""

from __future__ import annotations

import numpy as np
import pandas as pd

from kttt_lib.analysis.scorecard.measured import Measured
from kttt_lib.indicators.rows import COUNTED, NOT_COUNTED
from kttt_lib.rating.definitions import reads_grades
from kttt_lib.rating.rulebooks import Part, Rulebook
from kttt_lib.rating.scoring import item_points, last_ratings
from kttt_lib.results import SCORECARD_LOST_POINTS


def lost_points(own: Measured) -> pd.DataFrame:
    """Mean points of those below the rule and of those that pass, by circular and item (``SCORECARD_LOST_POINTS``).

    An item is a criterion, or each of its parts where no points are given on the whole. ``organisations`` below the
    rule and ``passing`` ones have points on it; ``most``: its maximum, NaN where no source gives it; ``gap``:
    ``points_passing`` less ``points``. None where the rule reads no grades, or nobody is below it, or nobody passes.
    """
    rows = own.rows
    if rows is None or rows.rule is None or not reads_grades(rows.rule, own.facts.day):
        return SCORECARD_LOST_POINTS.frame()
    ids = rows.facts.ids[rows.position]
    below, passing = (ids[rows.status == status] for status in (NOT_COUNTED, COUNTED))
    found = []
    for then, book, position in last_ratings(own.facts):
        points = item_points(then, book, then.closed_year)
        here = np.isin(np.arange(then.size), position)
        groups = [here & then.among(some) for some in (below, passing)]
        for item in _scored(book, points, groups[0] | groups[1]):
            told = [points[item.id][group] for group in groups]
            told = [some[~np.isnan(some)] for some in told]
            if not all(len(some) for some in told):
                continue
            means = [float(some.mean()) for some in told]
            most = np.nan if item.maximum is None else float(item.maximum)
            found.append(
                [own.target.id, book.id, item.id, item.title_vi, item.title_en, most, len(told[0]), means[0],
                 len(told[1]), means[1], means[1] - means[0]]
            )  # fmt: skip
    return SCORECARD_LOST_POINTS.frame(found)


def _scored(book: Rulebook, points: dict[str, np.ndarray], here: np.ndarray) -> list[Part]:
    """What stands on the score sheets: criteria, or their parts where nobody has points on the whole."""
    items: list[Part] = []
    for criterion in book.criteria:
        whole = not np.isnan(points[criterion.id][here]).all()
        items += [criterion] if whole or not criterion.parts else criterion.parts
    return items
