"""Does the official rating see the same as the frontier?"""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy.stats import spearmanr

from kttt_lib.rating import latest_grades
from kttt_lib.rating.facts import Facts
from kttt_lib.results import EFFICIENCY_AGREEMENT


def agreement(facts: Facts, scores: pd.DataFrame) -> pd.DataFrame:
    """Does the official rating see the same? One row a grade: organisations, mean corrected score, share in each third.

    Also ``spearman``, the rank correlation of grade and score over all rated organisations (same in every row).
    The grade is that of the organisation's last rating that was due.
    """
    grades = latest_grades(facts)
    both = scores.loc[~scores["outlier"]].merge(grades, on="org_id")
    both = both.loc[both["grade"].ne("") & both["grade"].notna()]
    if len(both) < 3:
        return EFFICIENCY_AGREEMENT.frame()
    third = pd.qcut(both["bias_corrected"].rank(method="first"), 3, labels=["low", "middle", "high"])
    rank = both["grade_rank"]
    rho = spearmanr(rank, both["bias_corrected"]).statistic if len(both) > 2 and rank.nunique() > 1 else np.nan
    rows = []
    for (_, grade), part in both.groupby(["grade_rank", "grade"]):
        share = third.loc[part.index].value_counts(normalize=True) * 100
        rows.append(
            {
                "grade": grade,
                "grade_vi": part["grade_vi"].iloc[0],
                "grade_en": part["grade_en"].iloc[0],
                "organisations": len(part),
                "mean_bias_corrected": part["bias_corrected"].mean(),
                **{f"share_{name}": share.get(name, 0.0) for name in ("low", "middle", "high")},
                "spearman": rho,
                "rated_year": int(part["rated_year"].max()),
            }
        )
    return pd.DataFrame(rows)
