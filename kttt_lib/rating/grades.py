"""The grade each organisation holds on a day, by the rulebook that rates it."""

from __future__ import annotations

import pandas as pd

from kttt_lib.rating.facts import Facts
from kttt_lib.rating.scoring import last_ratings, score
from kttt_lib.registry.asof import AsOfView

# What is relied on where no rulebook rates anybody.
COLUMNS = ["org_id", "grade", "rulebook", "rated_year", "grade_rank", "grade_vi", "grade_en"]


def latest_grades(view: AsOfView | Facts) -> pd.DataFrame:
    """The rows of ``rating.score`` under the rulebook and year of each organisation's last rating that was due.

    Extra columns: ``rulebook``, ``rated_year``, ``grade_vi``, ``grade_en`` and ``grade_rank`` (1 is the lowest grade;
    missing where the grade is not sure).
    """
    parts = []
    for facts, rulebook, position in last_ratings(Facts.of(view)):
        table = score(facts, rulebook, facts.closed_year)
        table = table.loc[table["org_id"].isin(facts.ids[position])]
        lowest_first = sorted(rulebook.grades, key=lambda grade: grade.at_least)
        parts.append(
            table.assign(
                rulebook=rulebook.id,
                rated_year=facts.closed_year,
                grade_rank=table["grade"].map({grade.id: rank for rank, grade in enumerate(lowest_first, 1)}),
                grade_vi=table["grade"].map({grade.id: grade.title_vi for grade in rulebook.grades}),
                grade_en=table["grade"].map({grade.id: grade.title_en for grade in rulebook.grades}),
            )
        )
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=COLUMNS)
