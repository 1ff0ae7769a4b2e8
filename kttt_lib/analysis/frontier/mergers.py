"""Which small inter-village HTX might merge with which, and what the technology says that they could save.

Potential gains of Bogetoft and Wang (2005), input orientation, variable returns, against the frontier that 03 uses.
The gain is potential: what today's best practice allows at the merged size, not what a merger will bring.
"""

from __future__ import annotations

from itertools import chain, combinations

import numpy as np
import pandas as pd

from kttt_lib.analysis.frontier.scores import INPUTS, OUTPUTS, outliers
from kttt_lib.analysis.frontier.units import FrontierData, frontier_data
from kttt_lib.efficiency import merger_gains
from kttt_lib.plan import Plan
from kttt_lib.registry import AsOfView, Registry
from kttt_lib.results import RESTRUCTURING_COHORT, RESTRUCTURING_PAIRS

COHORT_INDICATOR = "merged_inter_village_share"
MAX_AREA_HA = 100.0
# In an area of more pairs than this, those of one commune alone are looked at.
MOST_PAIRS = 20_000
PLACES = {
    "same_commune": ("Cùng xã", "Same commune"),
    "neighbouring": ("Xã giáp ranh", "Neighbouring commune"),
    "same_commune_only": (
        "Cùng xã (địa bàn quá nhiều cặp nên chỉ xét các cặp cùng xã)",
        "Same commune (too many pairs in the area: those of one commune alone are looked at)",
    ),
    "same_district": ("Cùng địa bàn (chưa có dữ liệu giáp ranh)", "Same area (no data on neighbouring communes)"),
}


def restructuring(
    plan: Plan,
    registry: Registry,
    as_of,
    members: pd.DataFrame,
    *,
    neighbours: pd.DataFrame | None = None,
) -> dict[str, pd.DataFrame]:
    """Tables "restructuring/cohort" and "restructuring/pairs".

    A pair is of two that are known to be of the cohort; ``year``: whose reports tell what merging would save.
    ``members`` is "scorecard/members": the cohort is that of the target measured by merged_inter_village_share.
    ``neighbours`` (commune_a, commune_b) says which communes touch; without it pairs of
    one district stand in, marked so; where these are more than ``MOST_PAIRS``, only those of one commune, marked so.
    """
    view = registry.as_of(as_of)
    cohort = _cohort(plan, view, members)
    data = frontier_data(view, sector="agriculture", inputs=INPUTS, outputs=OUTPUTS)
    pairs = _pairs(cohort, data, neighbours)
    return {RESTRUCTURING_COHORT: cohort, RESTRUCTURING_PAIRS: pairs}


def _cohort(plan: Plan, view: AsOfView, members: pd.DataFrame) -> pd.DataFrame:
    """Each HTX of the cohort (or that may belong to it, ``status`` "missing") with its state on the day."""
    targets = [target.id for target in plan.targets if target.indicator == COHORT_INDICATOR]
    rows = members.loc[members["target_id"].isin(targets) & members["status"].ne("excluded")]
    rows = rows.drop_duplicates("org_id")[["org_id", "status", "reason_vi", "reason_en"]]
    facts = view.organisations.assign(district=view.organisations["place"])
    facts = facts[["org_id", "name", "district", "commune", "scope", "state", "state_since", "current_id"]]
    cohort = rows.merge(facts, on="org_id", how="left", validate="one_to_one")
    return cohort.sort_values("org_id", ignore_index=True)


def _pairs(cohort: pd.DataFrame, data: FrontierData, neighbours: pd.DataFrame | None) -> pd.DataFrame:
    units = data.units.loc[data.units["technology"].eq("service")]
    if units.empty:
        return RESTRUCTURING_PAIRS.frame()
    x, y = units[list(INPUTS)], units[list(OUTPUTS)]
    inside = ~outliers(x, y)
    small = units.loc[
        inside
        & units.index.isin(cohort.loc[cohort["state"].eq("active") & cohort["status"].ne("missing"), "org_id"])
        & units["scope"].eq("inter_village")
        & units["area_ha"].lt(MAX_AREA_HA)
    ]
    pairs = _candidates(small, neighbours)
    if pairs.empty:
        return RESTRUCTURING_PAIRS.frame()
    groups = {row.group_id: [row.org_id_a, row.org_id_b] for row in pairs.itertuples()}
    gains = merger_gains(x.loc[inside], y.loc[inside], groups, returns="vrs", orientation="input")
    numbers = gains.select_dtypes("number").columns
    # Rounded, so that pairs that gain alike tie, and those that gain nothing are at 1.
    pairs = pairs.join(gains.assign(**gains[numbers].round(9)), on="group_id")
    pairs = pairs.sort_values(["potential_corrected", "group_id"], ignore_index=True, na_position="last")
    return pairs.assign(proposed=_greedy(pairs), year=data.year)[list(RESTRUCTURING_PAIRS.columns)]


def _candidates(small: pd.DataFrame, neighbours: pd.DataFrame | None) -> pd.DataFrame:
    touching = set()
    if neighbours is not None:
        touching = {frozenset(pair) for pair in neighbours[["commune_a", "commune_b"]].itertuples(index=False)}
    rows = []
    for district, part in small.groupby("district"):
        many = neighbours is None and len(part) * (len(part) - 1) // 2 > MOST_PAIRS
        near = [some for _, some in part.groupby("commune")] if many else [part]
        for a, b in chain.from_iterable(combinations(some.itertuples(), 2) for some in near):
            place = "same_commune_only" if many else _place(a.commune, b.commune, touching, neighbours is None)
            if place is None:
                continue
            rows.append(
                {
                    "group_id": f"{a.Index}+{b.Index}",
                    "org_id_a": a.Index,
                    "org_id_b": b.Index,
                    "names": f"{a.name} + {b.name}",
                    "district": district,
                    "place": place,
                    "place_vi": PLACES[place][0],
                    "place_en": PLACES[place][1],
                    "area_ha": a.area_ha + b.area_ha,
                    "members": int(a.members + b.members),
                }
            )
    return pd.DataFrame(rows)


def _place(a: str, b: str, touching: set, by_district: bool) -> str | None:
    if a == b:
        return "same_commune"
    if frozenset((a, b)) in touching:
        return "neighbouring"
    return "same_district" if by_district else None


def _greedy(pairs: pd.DataFrame) -> np.ndarray:
    """The best pair first, then the best of what is left: each HTX is proposed once, only where merging saves."""
    taken: set[str] = set()
    proposed = np.zeros(len(pairs), bool)
    for number, row in enumerate(pairs.itertuples()):
        if row.potential_corrected < 1 and not {row.org_id_a, row.org_id_b} & taken:
            proposed[number] = True
            taken |= {row.org_id_a, row.org_id_b}
    return proposed
