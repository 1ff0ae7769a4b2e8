"""How far parallel trends may fail before an effect is in doubt (Rambachan and Roth 2023), and a second opinion on it.

Relative magnitudes: from one period to the next after treatment, trends may part by M times as much as they ever did
before it. The breakdown value is the M from which the interval holds zero: 1 says that a break as bad as the worst one
seen would do. Rambachan and Roth (2023), Review of Economic Studies 90(5). Their hybrid test inverts moment
inequalities; here the worst break before is taken at the edge of its simultaneous band and the effect at the edge of
its interval, each at half the error (Bonferroni), which holds and is wider, so that breakdown values err downwards.

Imputation: unit and period effects are fitted to observations not yet treated only, what treated ones would have been
is imputed, and the differences are averaged (Borusyak, Jaravel and Spiess 2024, Review of Economic Studies 91(6)). It
uses all periods before treatment, so it is more precise than ATT(g, t) and leans more on their parallel trends.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from scipy import sparse
from scipy.sparse.csgraph import connected_components
from scipy.sparse.linalg import splu

from kttt_lib.adoption.checks import refuse_rows
from kttt_lib.adoption.did import GroupTimeEffects, student


@dataclass(frozen=True)
class Breakdown:
    """``table``: lower and upper of the mean effect by ``magnitude`` M; ``value``: the M from which it holds zero.

    ``by_event``: that value of the effect at each event time.
    """

    value: float
    table: pd.DataFrame
    worst_before: float
    by_event: pd.Series


def relative_magnitudes(
    effects: GroupTimeEffects,
    *,
    magnitudes: tuple[float, ...] = (0.0, 0.25, 0.5, 0.75, 1.0, 1.5, 2.0),
    max_event: int | None = None,
    draws: int = 999,
    seed: int = 0,
) -> Breakdown:
    """The mean effect over event times ≥ 0 where trends part after treatment by M times the worst break before.

    Needs base "varying", whose effects before treatment are changes from one period to the next, at least one of them,
    and event times one period apart. Raises ValueError otherwise. ``value`` is 0 where the effect is not clear at all.
    """
    if effects.base != "varying":
        raise ValueError("relative magnitudes need att_gt(base='varying'): changes from one period to the next")
    effects.refuse_unknown()
    half = replace(effects, level=(1 + effects.level) / 2)
    study = half.aggregate("dynamic", draws=draws, seed=seed, max_event=max_event)
    before, after = study.pre_trend, study.table[study.table.index >= 0]
    if before.empty:
        raise ValueError("no change before treatment is seen, so nothing tells how far trends part")
    worst = float(before[["band_lower", "band_upper"]].abs().to_numpy().max())
    if not worst > 0:
        raise ValueError("before treatment nothing ever changed, so nothing tells how far trends part")
    # trends that part by as much each period are e + 1 such steps apart at event time e
    steps = float((after.index.to_numpy(float) + 1).mean())
    lower, upper = study.overall["lower"], study.overall["upper"]
    table = pd.DataFrame(
        [(m, lower - m * steps * worst, upper + m * steps * worst) for m in magnitudes],
        columns=["magnitude", "lower", "upper"],
    ).set_index("magnitude")
    by_event = np.maximum(after["lower"], -after["upper"]).clip(lower=0.0) / ((after.index + 1) * worst)
    return Breakdown(float(max(lower, -upper, 0.0) / (steps * worst)), table, worst, by_event)


def imputation(
    data: pd.DataFrame,
    *,
    outcome: str,
    unit: str = "unit",
    period: str = "period",
    cohort: str = "cohort",
    cluster: str | None = None,
    max_event: int | None = None,
    level: float = 0.95,
) -> pd.DataFrame:
    """Effects on the treated by imputation: "all", "mean" and each event time ≥ 0; estimate, se, lower, upper, rows.

    "all" weighs each treated observation alike, "mean" each event time (up to ``max_event``), as the overall effect of
    ``att_gt``'s event study does.

    One row a unit and period, gaps allowed; cohorts as for ``att_gt``. Units treated in their first period, and periods
    without anybody untreated, cannot be imputed: their rows are left out, and ``rows`` counts those that are not. The
    standard error (clustered by unit, or ``cluster``) takes the scatter of effects within cohort and event time as that
    of errors, so it is if anything too wide.
    """
    needed = [outcome, unit, period, *([cluster] if cluster else [])]
    refuse_rows(data.index[data[needed].isna().any(axis=1)], f"{', '.join(needed)} are missing in rows {{}}")
    refuse_rows(data.index[data.duplicated([unit, period])], "rows {} repeat a unit and period")
    first = data[cohort].astype(float).fillna(np.inf)
    first = first.where((first != 0) & (first <= data[period].max()), np.inf)
    treated = (data[period] >= first).to_numpy()
    known = data[unit].isin(data[unit][~treated]) & data[period].isin(data[period][~treated])
    data, first, treated = data[known], first[known].to_numpy(), treated[known.to_numpy()]
    if not treated.any():
        raise ValueError("no treated observation whose unit and period are also seen untreated")
    y = data[outcome].to_numpy(float)
    codes = pd.factorize(data[unit])[0]
    times, seen = pd.factorize(data[period], sort=True)
    n, t, everyone = codes.max() + 1, len(seen), np.arange(len(y))
    design = sparse.csr_array(
        (np.ones(2 * len(y)), (np.r_[everyone, everyone], np.r_[codes, n + times])), shape=(len(y), n + t)
    )
    if connected_components(design[~treated].T @ design[~treated])[0] > 1:
        raise ValueError("untreated observations do not link all units and periods, so effects of these are not told")
    design = design[:, : n + t - 1]  # the last period's effect is zero
    free = design[~treated]
    normal = splu(sparse.csc_matrix(free.T @ free))
    effect = y - design @ normal.solve(free.T @ y[~treated])
    event = data[period].to_numpy() - first
    error = effect.copy()
    # among the treated, what is left of an effect once the mean of its cohort and event time is taken off
    means = pd.Series(effect[treated]).groupby([first[treated], event[treated]]).transform("mean")
    error[treated] -= means.to_numpy()
    group = pd.factorize(data[cluster] if cluster else data[unit])[0]
    since = np.unique(event[treated])
    used = [e for e in since if max_event is None or e <= max_event]
    of_event = {e: treated & (event == e) for e in since}
    mean = np.mean([of_event[e] / of_event[e].sum() for e in used], axis=0)
    weights = {"all": treated / treated.sum(), "mean": mean, **{e: of / of.sum() for e, of in of_event.items()}}
    rows = {}
    for label, weight in weights.items():
        chosen = weight > 0
        weight[~treated] = -free @ normal.solve(design.T @ weight)
        estimate = float(weight[treated] @ effect[treated])
        se = float(np.sqrt((np.bincount(group, weight * error) ** 2).sum()))
        width = student(level, group) * se
        rows[label] = (estimate, se, estimate - width, estimate + width, int(chosen.sum()))
    return pd.DataFrame.from_dict(rows, orient="index", columns=["estimate", "se", "lower", "upper", "rows"])
