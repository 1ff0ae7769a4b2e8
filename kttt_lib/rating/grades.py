"""The grade each organisation holds on a day, by the rulebook that rates it."""

from __future__ import annotations

from typing import Any

import pandas as pd

from kttt_lib.rating.facts import Facts
from kttt_lib.rating.scoring import chosen_rulebooks, score


def latest_grades(view: Any) -> pd.DataFrame:
    """The rows of ``rating.score`` under the rulebook and year that rate each organisation on the view's day.

    Extra columns: ``rulebook``, ``rated_year``, ``grade_vi``, ``grade_en`` and ``grade_rank`` (1 is the lowest grade;
    missing where the grade is not sure).
    """
    facts = Facts.of(view)
    places, choices = chosen_rulebooks(facts)
    parts = []
    for number, (rulebook, year) in enumerate(choices):
        if not rulebook.scored:
            continue
        table = score(facts, rulebook, year)
        table = table.loc[table["org_id"].isin(facts.ids[places == number])]
        lowest_first = sorted(rulebook.grades, key=lambda grade: grade.at_least)
        parts.append(
            table.assign(
                rulebook=rulebook.id,
                rated_year=year,
                grade_rank=table["grade"].map({grade.id: rank for rank, grade in enumerate(lowest_first, 1)}),
                grade_vi=table["grade"].map({grade.id: grade.title_vi for grade in rulebook.grades}),
                grade_en=table["grade"].map({grade.id: grade.title_en for grade in rulebook.grades}),
            )
        )
    return pd.concat(parts, ignore_index=True)
