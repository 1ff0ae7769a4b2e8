"""Does one frontier hold for all, or does a condition move the frontier itself (Daraio, Simar and Wilson 2018)?

Where it does, a regression of scores on that condition describes and explains nothing; scores among HTX under like
conditions (Daraio and Simar 2005) beside those among all then show where the condition helps.
"""

from __future__ import annotations

import pandas as pd
from statsmodels.stats.multitest import multipletests

from kttt_lib.efficiency import conditional_efficiency, restriction_test

SEED = 2018
LEVEL = 0.05
SPLITS, HALVES = 5, 10
# On either side of a cut, or of either kind: with fewer no test is made.
LEAST = 20
# Of the partial frontier, as of the screening of outliers: with few alike a full one finds nearly all efficient.
ORDER = 25
POINTS = 25


def separability(x: pd.DataFrame, y: pd.DataFrame, z: pd.DataFrame) -> pd.Series:
    """p-value of one frontier for all, by each condition, Holm's over all that are tested; NaN where none is made.

    A number is cut at its median (what holds for all values holds for halves); a yes or no is taken as it is.
    """
    found = pd.Series(float("nan"), z.columns)
    for name, values in z.items():
        label = values.eq(values.max()) if values.nunique() == 2 else values.gt(values.median())
        if not LEAST <= label.sum() <= len(label) - LEAST:
            continue
        test = restriction_test(
            x,
            y,
            null="separable",
            condition=label.to_numpy(),
            orientation="output",
            splits=SPLITS,
            halves=HALVES,
            seed=SEED,
        )
        found[name] = test.p_value
    tested = found.notna()
    if tested.any():
        found[tested] = multipletests(found[tested], method="holm")[1]
    return found


def conditional_curve(x: pd.DataFrame, y: pd.DataFrame, condition: pd.Series) -> pd.DataFrame:
    """Mean ratio of the score among HTX under like conditions to that among all, by the condition: at, ratio_to_all.

    Scores φ of an output-oriented order-m frontier: where the ratio rises the condition helps.
    """
    found = conditional_efficiency(x, y, condition.to_frame("at"), m=ORDER, orientation="output")
    return found.curve("at", POINTS).rename("ratio_to_all").rename_axis("at").reset_index()
