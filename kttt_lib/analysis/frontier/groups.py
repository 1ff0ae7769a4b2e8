"""Do two groups of HTX differ, and are returns constant (Kneip, Simar and Wilson 2016)?"""

from __future__ import annotations

from contextlib import suppress

import numpy as np
import pandas as pd

from kttt_lib.analysis.frontier.determinants import supported
from kttt_lib.analysis.frontier.separability import HALVES, SPLITS
from kttt_lib.analysis.frontier.units import FrontierData, drawn
from kttt_lib.efficiency import MeanEfficiency, NoEstimate, restriction_test
from kttt_lib.rating.facts import Facts
from kttt_lib.results import EFFICIENCY_RETURNS

SEED = 2016
# On either side of a comparison: with fewer the interval of the difference is not given.
LEAST = 20
GROUPS = {
    "new_model": ("HTX kiểu mới", "New-model HTX"),
    "support": ("HTX được hỗ trợ trong 3 năm", "HTX supported in 3 years"),
}


def compared(facts: Facts, data: FrontierData, inside: pd.DataFrame, means: MeanEfficiency, sure: bool) -> pd.DataFrame:
    """Table "efficiency/groups": the mean of each of ``GROUPS`` less that of all others, percentage points, 95 %.

    New-model HTX are those whose model began by the end of the year analysed and still runs on the day of the view.
    ``inside``: HTX that span the frontiers, in the order of ``means``. Nothing but the numbers of HTX where a side has
    fewer than ``LEAST``, or where it is not ``sure`` that a mean's interval holds. An association, not an effect.
    """
    end = pd.Timestamp(data.year, 12, 31)
    models, holder = facts.models(["new_model"])
    new = facts.view.ids.iloc[holder[facts.view.features["began_on"].le(end).to_numpy()[models]]]
    rows = []
    for name, known in (("new_model", new), ("support", supported(facts.view, end))):
        own = inside["org_id"].isin(known)
        sizes = int(own.sum()), int((~own).sum())
        told = dict.fromkeys(("mean_with", "mean_without", "difference", "lower", "upper", "p_value"), np.nan)
        if sure and min(sizes) >= LEAST:
            found = means.difference(own, True, False)
            corrected = 100 * means.by(own)["corrected"]
            told |= {"mean_with": corrected[True], "mean_without": corrected[False], "p_value": found["p_value"]}
            told |= dict(zip(("difference", "lower", "upper"), 100 * found[["estimate", "lower", "upper"]]))
        title_vi, title_en = GROUPS[name]
        named = {"determinant": name, "title_vi": title_vi, "title_en": title_en}
        rows.append({**named, "organisations": sizes[0], "others": sizes[1], **told, "year": data.year})
    return pd.DataFrame(rows)


def constant_returns(data: FrontierData, inside: pd.DataFrame) -> pd.DataFrame:
    """Table "efficiency/returns": p-value of constant returns by kind of HTX; of many HTX, of ``DRAWN`` at random.

    No row where a kind has too few to be split in two. Convexity is not tested: with three inputs and two outputs the
    test saw in none of 300 samples of 120 HTX that it was false.
    """
    rows = []
    for kind, units in inside.groupby("technology"):
        some = drawn(len(units), SEED)
        units = units if some is None else units[some]
        with suppress(NoEstimate):
            test = restriction_test(
                units[list(data.inputs)], units[list(data.outputs)], null="crs", orientation="output",
                splits=SPLITS, halves=HALVES, seed=SEED,
            )  # fmt: skip
            row = {"technology": kind, "p_value": test.p_value, "organisations": len(units), "year": data.year}
            rows.append(row)
    return pd.DataFrame(rows) if rows else EFFICIENCY_RETURNS.frame()
