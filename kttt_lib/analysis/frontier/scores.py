"""How much more could an HTX give its members and workers with what it has?

Output-oriented DEA with variable returns on the latest year reported (Banker, Charnes and Cooper 1984), each HTX
against its own kind (of many services, or specialised), outliers screened by the order-m frontier (Simar 2003),
intervals by the homogeneous smoothed bootstrap (Simar and Wilson 1998), calibrated in pseudo samples; means and their
intervals by the central limit theorem for such scores (Kneip, Simar and Wilson 2015; Simar, Zelenyuk and Zhao 2023).
Kinds are joined by the frontier of all (O'Donnell, Rao and Battese 2008). Scores are shown as 100 / φ: the percent of
what its best peers reach.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from kttt_lib.analysis.frontier.agreement import agreement
from kttt_lib.analysis.frontier.determinants import determinants
from kttt_lib.analysis.frontier.groups import compared, constant_returns
from kttt_lib.analysis.frontier.sensitivity import sensitivity
from kttt_lib.analysis.frontier.units import COST, DRAWN, FrontierData, drawn, frontier_data, repeated
from kttt_lib.efficiency import (
    MeanEfficiency,
    bootstrap_dea,
    dea,
    mean_efficiency,
    metafrontier,
    order_m,
    scale_efficiency,
)
from kttt_lib.rating.facts import Facts
from kttt_lib.registry import Registry
from kttt_lib.results import (
    EFFICIENCY_AGREEMENT,
    EFFICIENCY_FUNNEL,
    EFFICIENCY_GROUPS,
    EFFICIENCY_PEERS,
    EFFICIENCY_RETURNS,
    EFFICIENCY_SCORES,
    EFFICIENCY_SENSITIVITY,
    EFFICIENCY_SUMMARY,
    RESULTS,
)

INPUTS = ("workers", "total_assets", "area_ha")
OUTPUTS = ("revenue", "income_paid")
SEED = 23
WORLDS = 25  # pseudo samples that calibrate the intervals of single HTX
# Of many HTX the repetitions are at least so many: only their means are used.
LEAST_REPLICATIONS, LEAST_WORLDS = 100, 10
SPLITS, LEAST_SPLITS = 100, 20
# With fewer units behind a frontier a district's interval holds the truth in under 85 samples of 100 (coverage_means).
SURE_MEAN = 40
# Order-m screening: among 25 peers drawn at random, a unit that does this much better than the expected best is
# an outlier; it is shown and named, but does not span the frontier.
OUTLIER_M = 25
OUTLIER_FACTOR = 2.0


def htx_efficiency(
    registry: Registry,
    as_of,
    rulebooks: Mapping[int, str] | None = None,
    *,
    sector: str = "agriculture",
    inputs: tuple[str, ...] = INPUTS,
    outputs: tuple[str, ...] = OUTPUTS,
    replications: int = 1000,
) -> dict[str, pd.DataFrame]:
    """Tables "efficiency/scores", "/summary", "/peers", "/funnel", "/determinants", "/conditional", "/agreement",
    "/sensitivity", "/groups", "/returns".

    Scores, bounds and means are in percent (100 = on the frontier); of fewer than ``SURE_MEAN`` HTX of a kind the
    mean has no interval, and no kind has a technology gap ratio. Where too few organisations are alike for a frontier
    every table but the funnel is empty.
    ``rulebooks``: the plan's own choice for the grades beside the scores.

    Scores, peers and returns to scale are exact however many HTX there are. Of a kind with more than ``DRAWN`` of them
    outliers, the calibration of intervals and the determinants rest on so many drawn at random, and the bootstrap and
    the means are repeated less often; the funnel then has a last step "drawn" with how many.
    """
    view = registry.as_of(as_of)
    data = frontier_data(view, sector=sector, inputs=inputs, outputs=outputs)
    if data.units.empty:
        nothing = {name: found.frame() for name, found in RESULTS.items() if name.startswith("efficiency/")}
        return nothing | {EFFICIENCY_FUNNEL: _with_outliers(data.funnel, 0)}
    scored, peers = [], []
    for _, units in data.units.groupby("technology"):
        scores, result = _scores(units, data, replications)
        scored.append(scores)
        peers.append(result.peers())
    scores = pd.concat(scored).sort_values("org_id", ignore_index=True)
    inside = scores.loc[~scores["outlier"]].reset_index(drop=True)
    means, facts = _means(inside, data), Facts(view, rulebooks=rulebooks)
    sure = inside["technology"].value_counts().min() >= SURE_MEAN
    return {
        EFFICIENCY_SCORES: scores,
        EFFICIENCY_SUMMARY: _summary(inside, data, means),
        EFFICIENCY_GROUPS: compared(facts, data, inside, means, sure),
        EFFICIENCY_RETURNS: constant_returns(data, inside),
        EFFICIENCY_PEERS: _peers(pd.concat(peers), scores),
        EFFICIENCY_FUNNEL: _with_drawn(_with_outliers(data.funnel, int(scores["outlier"].sum())), data),
        **determinants(view, data, scores),
        EFFICIENCY_AGREEMENT: agreement(facts, scores),
        EFFICIENCY_SENSITIVITY: sensitivity(view, sector, scores, data),
    }


def outliers(x: pd.DataFrame, y: pd.DataFrame) -> pd.Series:
    """True for units far beyond the expected best of ``OUTLIER_M`` others (leave-one-out order-m, output side).

    Of many units the others are ``DRAWN`` of them: to compare each with all would cost their square.
    """
    some = drawn(len(x), SEED)
    if some is None:
        score = order_m(x, y, m=OUTLIER_M, orientation="output", leave_one_out=True)
    else:
        among = order_m(x[some], y[some], m=OUTLIER_M, orientation="output", leave_one_out=True)
        beside = order_m(x[~some], y[~some], m=OUTLIER_M, orientation="output", reference=(x[some], y[some]))
        score = pd.concat([among, beside]).reindex(x.index)
    return (1 / score).gt(OUTLIER_FACTOR + 1e-9)  # just that much is not more, whatever the rounding


def _scores(units: pd.DataFrame, data: FrontierData, replications: int):
    """Scores of the units of one technology against those of them that are no outliers."""
    x, y = units[list(data.inputs)], units[list(data.outputs)]
    outlier = outliers(x, y)
    reference = (x.loc[~outlier], y.loc[~outlier])
    result = dea(x, y, returns="vrs", orientation="output", reference=reference)
    boot = bootstrap_dea(
        x,
        y,
        returns="vrs",
        orientation="output",
        reference=reference,
        replications=repeated(replications, len(x), len(x), LEAST_REPLICATIONS),
        seed=SEED,
        interval="calibrated",
        worlds=repeated(WORLDS, len(x), COST, LEAST_WORLDS),
        drawn=DRAWN,
    )
    scale = scale_efficiency(x, y, orientation="output", reference=reference)
    facts = units[["name", "district", "commune", "agri_subtype", "technology", "scope", "members"]]
    # φ of an outlier lies below 1: beyond a frontier that it does not span. 100 is then the honest ceiling.
    phi = pd.Series(result.scores, index=units.index).clip(lower=1)
    scores = facts.assign(
        year=data.year,
        score=(100 / phi).round(9),  # all on the frontier are 100 and tie, whatever the rounding
        bias_corrected=(100 / boot.bias_corrected).round(9),
        lower=100 / boot.upper,
        upper=100 / boot.lower,
        scale=100 * scale["scale"],
        returns_to_scale=scale["returns_to_scale"],
        outlier=outlier,
        gain=(phi - 1) * y[data.outputs[0]],
        **{name: units[name] for name in (*data.inputs, *data.outputs)},
    )
    scores.loc[outlier, ["bias_corrected", "lower", "upper"]] = np.nan
    return scores.reset_index(), result


def _means(inside: pd.DataFrame, data: FrontierData) -> MeanEfficiency:
    return mean_efficiency(
        inside[list(data.inputs)],
        inside[list(data.outputs)],
        frontiers=inside["technology"],
        orientation="output",
        inverse=True,
        splits=repeated(SPLITS, int(data.units["technology"].value_counts().max()), len(inside), LEAST_SPLITS),
        seed=SEED,
    )


def _summary(inside: pd.DataFrame, data: FrontierData, means: MeanEfficiency) -> pd.DataFrame:
    alike = inside["technology"].map(inside["technology"].value_counts())
    gaps = _gaps(inside, data)

    def row(dimension: str, level: str, part: pd.DataFrame) -> dict:
        mean = 100 * means.by(inside.index.isin(part.index)).loc[True]
        if alike[part.index].min() < SURE_MEAN:
            mean[["lower", "upper"]] = np.nan
        return {
            "year": data.year,
            "dimension": dimension,
            "level": level,
            "organisations": len(part),
            "efficient": int((part["score"] >= 100 - 1e-6).sum()),
            "mean_score": part["score"].mean(),
            "mean_bias_corrected": mean["corrected"],
            "median_bias_corrected": part["bias_corrected"].median(),
            "mean_lower": mean["lower"],
            "mean_upper": mean["upper"],
            "mean_common": gaps.loc[level, "common"] if dimension == "technology" else np.nan,
            "mean_gap": gaps.loc[level, "gap"] if dimension == "technology" else np.nan,
            "mean_scale": part["scale"].mean(),
            "increasing_returns": int(part["returns_to_scale"].eq("increasing").sum()),
            "decreasing_returns": int(part["returns_to_scale"].eq("decreasing").sum()),
        }

    rows = [row("all", "all", inside)]
    for dimension in ("technology", "district", "agri_subtype", "scope"):
        rows += [row(dimension, level, part) for level, part in inside.groupby(dimension)]
    return pd.DataFrame(rows)


def _gaps(inside: pd.DataFrame, data: FrontierData) -> pd.DataFrame:
    """By technology: the mean score against the frontier of all kinds, and how much of it the kind's own one reaches.

    Empty where there is one kind, or one of fewer than ``SURE_MEAN``: its own frontier lies too far in.
    """
    kinds = inside["technology"].value_counts()
    if len(kinds) < 2 or kinds.min() < SURE_MEAN:
        return pd.DataFrame(np.nan, index=kinds.index, columns=["common", "gap"])
    x, y = inside[list(data.inputs)], inside[list(data.outputs)]
    found = metafrontier(x, y, inside["technology"], returns="vrs", orientation="output")
    each = pd.DataFrame({"common": 100 / found["meta"], "gap": 100 * found["gap_ratio"]}).round(9)
    return each.groupby(inside["technology"]).mean()


def _peers(peers: pd.DataFrame, scores: pd.DataFrame) -> pd.DataFrame:
    """Peers to learn from: at most three an organisation, heaviest weight first, with the peer's name and place."""
    peers = (
        peers.assign(weight=peers["weight"].round(9))
        .loc[peers["unit"] != peers["peer"]]
        .sort_values(["unit", "weight", "peer"], ascending=[True, False, True], kind="stable")
    )
    peers = peers.groupby("unit").head(3)
    facts = scores.set_index("org_id")[["name", "district", "commune"]]
    peers = peers.join(facts[["name", "district"]], on="unit").join(facts.add_prefix("peer_"), on="peer")
    return peers.rename(columns={"unit": "org_id", "peer": "peer_id"}).reset_index(drop=True)


def _with_outliers(funnel: pd.DataFrame, count: int) -> pd.DataFrame:
    last = funnel.iloc[-1]
    extra = {
        "year": last["year"],
        "step": "not_outlier",
        "step_vi": "Không phải giá trị ngoại lai (tạo nên đường biên)",
        "step_en": "Not an outlier (spans the frontier)",
        "organisations": last["organisations"] - count,
        "left_out": count,
    }
    return pd.concat([funnel, pd.DataFrame([extra])], ignore_index=True).astype({"needed": "Int64"})


def _with_drawn(funnel: pd.DataFrame, data: FrontierData) -> pd.DataFrame:
    """The funnel with how many HTX the inference rests on, where some were drawn; nobody is left out by that."""
    largest = int(data.units["technology"].value_counts().max())
    if largest <= DRAWN:
        return funnel
    extra = {
        "year": data.year,
        "step": "drawn",
        "step_vi": "HTX mỗi loại được rút ngẫu nhiên để ước lượng ngoại lai, khoảng tin cậy, yếu tố đi cùng",
        "step_en": "HTX of a kind drawn at random for outliers, intervals and determinants",
        "organisations": DRAWN,
        "left_out": 0,
    }
    return pd.concat([funnel, pd.DataFrame([extra])], ignore_index=True).astype({"needed": "Int64"})
