"""How the efficiency story changes under other inputs, outputs and returns."""

from __future__ import annotations

import pandas as pd
from scipy.stats import kendalltau, spearmanr

from kttt_lib.analysis.frontier.units import FrontierData, frontier_data
from kttt_lib.efficiency import dea
from kttt_lib.registry import AsOfView
from kttt_lib.results import EFFICIENCY_SENSITIVITY

ALTERNATIVES: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "revenue_only": (("workers", "total_assets", "area_ha"), ("revenue",)),
    "income_only": (("workers", "total_assets", "area_ha"), ("income_paid",)),
    "without_area": (("workers", "total_assets"), ("revenue", "income_paid")),
    "capital_for_assets": (("workers", "charter_capital", "area_ha"), ("revenue", "income_paid")),
    "members_for_workers": (("members", "total_assets", "area_ha"), ("revenue", "income_paid")),
}
CONSTANT_RETURNS = "constant_returns"


def sensitivity(view: AsOfView, sector: str, scores: pd.DataFrame, data: FrontierData) -> pd.DataFrame:
    """One row a variant of inputs, outputs or returns: mean score and its rank agreement with the main scores.

    ``same_top_quarter`` is the percent of the main scores' best quarter that stays in the variant's.
    """
    main = scores.loc[~scores["outlier"]].set_index("org_id")["score"]
    variants = {CONSTANT_RETURNS: (data.inputs, data.outputs, "crs")}
    variants |= {name: (x, y, "vrs") for name, (x, y) in ALTERNATIVES.items() if (x, y) != (data.inputs, data.outputs)}
    rows = []
    for name, (inputs, outputs, returns) in variants.items():
        units = frontier_data(view, sector=sector, inputs=inputs, outputs=outputs).units
        units = units.loc[units.index.isin(main.index)]
        parts = []
        for _, alike in units.groupby("technology"):
            result = dea(alike[list(inputs)], alike[list(outputs)], returns=returns, orientation="output")
            parts.append(pd.Series(100 / result.scores, index=alike.index).round(9))  # ties are ties
        if not parts:  # nobody reports this variant's columns
            continue
        other = pd.concat(parts)
        same = main.reindex(other.index)
        best = same >= same.quantile(0.75) - 1e-8
        rows.append(
            {
                "variant": name,
                "inputs": ", ".join(inputs),
                "outputs": ", ".join(outputs),
                "returns": returns,
                "organisations": len(other),
                "mean_score": other.mean(),
                "spearman": spearmanr(same, other).statistic,
                "kendall": kendalltau(same, other).statistic,
                "same_top_quarter": 100 * (other[best] >= other.quantile(0.75) - 1e-8).mean(),
            }
        )
    return EFFICIENCY_SENSITIVITY.frame(rows)
