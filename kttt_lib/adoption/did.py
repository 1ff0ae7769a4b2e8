"""Did treatment help? Group-time average effects under staggered adoption (Callaway and Sant'Anna 2021).

Units are treated at different times and stay treated. ATT(g, t) compares the change since just before g of
those first treated in g with that of units not (yet) treated, so no unit already treated serves as a control,
the fault of two-way fixed effects. Callaway and Sant'Anna (2021), Journal of Econometrics 225(2); doubly
robust comparison: Sant'Anna and Zhao (2020), Journal of Econometrics 219(1).
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from scipy import stats

from kttt_lib.adoption.checks import refuse_rows
from kttt_lib.adoption.doubly_robust import comparison

AGGREGATIONS = ("simple", "dynamic", "group", "calendar")


@dataclass(frozen=True)
class Effect:
    """An aggregated effect: ``overall`` (estimate, se, lower, upper) and ``table`` by event time, group or period."""

    kind: str
    overall: pd.Series
    table: pd.DataFrame

    @property
    def pre_trend(self) -> pd.DataFrame:
        """The effects before treatment (dynamic only): far from zero, they speak against parallel trends."""
        return self.table[self.table.index < 0] if self.kind == "dynamic" else self.table.iloc[:0]


@dataclass(frozen=True)
class GroupTimeEffects:
    """ATT(g, t) with influence functions. Make it with ``att_gt``."""

    table: pd.DataFrame  # columns group, period, att, se, lower, upper, treated, controls
    influence: np.ndarray = field(repr=False)  # (units, cells), scaled so that its mean square / n is the variance
    cohort: np.ndarray = field(repr=False)  # (units,) first treated period, inf if never
    cluster: np.ndarray = field(repr=False)  # (units,) codes
    covariance: np.ndarray = field(repr=False)
    control: str = "never"
    level: float = 0.95

    def pre_trend_test(self) -> pd.Series:
        """Wald test that every ATT(g, t) before treatment is zero: statistic, degrees and p-value."""
        before = (self.table["period"] < self.table["group"]).to_numpy() & (self.table["se"] > 0).to_numpy()
        if not before.any():
            raise ValueError("no group has two periods before its treatment: trends before it cannot be checked")
        effect = self.table.loc[before, "att"].to_numpy()
        inverse = np.linalg.pinv(self.covariance[np.ix_(before, before)], hermitian=True)
        rank = int(np.linalg.matrix_rank(self.covariance[np.ix_(before, before)], hermitian=True))
        wald = float(effect @ inverse @ effect)
        return pd.Series({"wald": wald, "degrees": rank, "p_value": float(stats.chi2.sf(wald, rank))})

    def aggregate(
        self, kind: str = "simple", *, draws: int = 999, seed: int = 0, max_event: int | None = None
    ) -> Effect:
        """Weighted averages of ATT(g, t), weights in proportion to group sizes (estimated, and counted as such).

        "simple": all treated cells. "dynamic": by periods since treatment, an event study; overall is the mean over
        event times ≥ 0. "group": by first treated period. "calendar": by period. Bands in ``table`` are pointwise
        (lower, upper) and simultaneous (band_lower, band_upper) by the multiplier bootstrap over clusters.
        """
        if kind not in AGGREGATIONS:
            raise ValueError(f"kind must be one of {', '.join(AGGREGATIONS)}, not {kind!r}")
        group, period = self.table["group"].to_numpy(), self.table["period"].to_numpy()
        event = period - group
        treated = event >= 0
        if not treated.any():
            raise ValueError("no treated cell: no group has a period after its treatment with controls")
        if kind == "simple":
            rows, overall = {}, self._average(treated)
        else:
            key = {"dynamic": event, "group": group, "calendar": period}[kind]
            chosen = np.ones_like(treated) if kind == "dynamic" else treated
            if kind == "dynamic" and max_event is not None:
                chosen &= event <= max_event
            rows = {value: self._average(chosen & (key == value)) for value in np.unique(key[chosen])}
            if kind == "group":
                groups = np.array(list(rows))
                effects = np.array([effect for effect, _ in rows.values()])
                overall = self._weighted(groups, effects, np.column_stack([i for _, i in rows.values()]))
            else:
                used = [rows[v] for v in rows if kind == "calendar" or v >= 0]
                overall = (np.mean([e for e, _ in used]), np.mean([i for _, i in used], axis=0))
        return Effect(kind, self._summary(*overall), self._rows(rows, draws, seed))

    def _average(self, cells: np.ndarray) -> tuple[float, np.ndarray]:
        groups, att = self.table["group"].to_numpy()[cells], self.table["att"].to_numpy()[cells]
        return self._weighted(groups, att, self.influence[:, cells])

    def _weighted(self, groups: np.ndarray, effects: np.ndarray, influence: np.ndarray) -> tuple[float, np.ndarray]:
        """Average of effects weighted by the sizes of their groups, and its influence function.

        The sizes are themselves estimates: their sampling is part of the influence function.
        """
        member = (self.cohort[:, None] == groups[None, :]).astype(float)
        share = member.mean(axis=0)
        weight = share / share.sum()
        by_weight = ((member - share) - (member - share).sum(axis=1, keepdims=True) * weight) / share.sum()
        return float(effects @ weight), influence @ weight + by_weight @ effects

    def _summary(self, estimate: float, influence: np.ndarray) -> pd.Series:
        error = float(np.sqrt(clustered_covariance(influence[:, None], self.cluster)[0, 0]))
        width = stats.norm.ppf((1 + self.level) / 2) * error
        return pd.Series({"estimate": estimate, "se": error, "lower": estimate - width, "upper": estimate + width})

    def _rows(self, rows: dict, draws: int, seed: int) -> pd.DataFrame:
        columns = ["estimate", "se", "lower", "upper"]
        table = pd.DataFrame([self._summary(*pair) for pair in rows.values()], index=list(rows), columns=columns)
        if rows:
            critical = uniform_critical_value(
                np.column_stack([i for _, i in rows.values()]), self.cluster, self.level, draws, seed
            )
            table["band_lower"] = table["estimate"] - critical * table["se"]
            table["band_upper"] = table["estimate"] + critical * table["se"]
        return table


def clustered_covariance(influence: np.ndarray, cluster: np.ndarray) -> np.ndarray:
    """Covariance of means of influence functions (n, c), summed within clusters."""
    sums = np.zeros((cluster.max() + 1, influence.shape[1]))
    np.add.at(sums, cluster, influence)
    return sums.T @ sums / len(influence) ** 2


def uniform_critical_value(influence: np.ndarray, cluster: np.ndarray, level: float, draws: int, seed: int) -> float:
    """Critical value of the largest |t| over all columns, by Rademacher signs on clusters; at least the normal."""
    sums = np.zeros((cluster.max() + 1, influence.shape[1]))
    np.add.at(sums, cluster, influence)
    error = np.sqrt((sums**2).sum(axis=0))
    used = error > 0
    pointwise = float(stats.norm.ppf((1 + level) / 2))
    if not used.any():
        return pointwise
    signs = np.random.default_rng(seed).choice([-1.0, 1.0], size=(draws, len(sums)))
    largest = np.abs(signs @ sums[:, used] / error[used]).max(axis=1)
    return max(float(np.quantile(largest, level)), pointwise)


def att_gt(
    data: pd.DataFrame,
    *,
    outcome: str,
    unit: str = "unit",
    period: str = "period",
    cohort: str = "cohort",
    covariates: list[str] | None = None,
    control: str = "never",
    base: str = "varying",
    cluster: str | None = None,
    level: float = 0.95,
) -> GroupTimeEffects:
    """Group-time average effects on the treated of a balanced panel, one row a unit and period.

    cohort: each unit's first treated period, missing (or infinite) if never treated. Units treated in the first period
    or before have no "before" and are left out, as are groups after which no control remains. covariates: columns whose
    values just before treatment matter for trends; the comparison is then doubly robust. control: "never" treated, or
    "notyet" treated (by t) as well. base: before treatment, "varying" compares with the period before; "universal"
    always with g − 1. cluster: a column that is constant within units (default: the unit).

    Assumes no anticipation and parallel trends (given covariates). Raises ValueError naming the rows at fault.
    """
    if control not in ("never", "notyet"):
        raise ValueError(f"control must be 'never' or 'notyet', not {control!r}")
    if base not in ("varying", "universal"):
        raise ValueError(f"base must be 'varying' or 'universal', not {base!r}")
    wide, first, extra, codes = _panel(data, outcome, unit, period, cohort, covariates or [], cluster)
    periods = wide.columns.to_numpy()
    y = wide.to_numpy(float)
    groups = [g for g in np.unique(first[np.isfinite(first)]) if g > periods[0] and g in periods]
    if not groups:
        raise ValueError("no unit is first treated after the first period of the panel")
    cells, influences = [], []
    for g in groups:
        before = int(np.flatnonzero(periods < g)[-1])  # the last period before treatment
        treated = first == g
        for t in range(1 if base == "varying" else 0, len(periods)):
            since = before if periods[t] >= g or base == "universal" else t - 1
            if since == t:
                cells.append((g, periods[t], 0.0, int(treated.sum()), 0))
                influences.append(np.zeros(len(y)))
                continue
            controls = ~np.isfinite(first)
            if control == "notyet":
                controls |= (first > max(periods[t], periods[since])) & (first != g)
            if not controls.any():
                continue
            take = treated | controls
            # Covariates of the base period (of the earlier one before treatment), as in the authors' package.
            x = None if not covariates else np.stack([c[:, min(since, t)] for c in extra], axis=1)[take]
            att, local = comparison((y[:, t] - y[:, since])[take], treated[take], x)
            influence = np.zeros(len(y))
            influence[take] = local * len(y) / take.sum()
            cells.append((g, periods[t], att, int(treated.sum()), int(controls.sum())))
            influences.append(influence)
    if not cells:
        raise ValueError(f"there is no {'never' if control == 'never' else 'not yet'} treated unit to compare with")
    influence = np.column_stack(influences)
    covariance = clustered_covariance(influence, codes)
    table = pd.DataFrame(cells, columns=["group", "period", "att", "treated", "controls"])
    table["group"] = table["group"].astype(table["period"].dtype)
    table["se"] = np.sqrt(np.diag(covariance))
    width = stats.norm.ppf((1 + level) / 2) * table["se"]
    table["lower"], table["upper"] = table["att"] - width, table["att"] + width
    return GroupTimeEffects(table, influence, first, codes, covariance, control, level)


def _panel(data, outcome, unit, period, cohort, covariates, cluster):
    """Outcome (units × periods), cohort, covariates (units × periods each) and cluster codes of the balanced panel."""
    for column in [outcome, unit, period, cohort, *covariates, *([cluster] if cluster else [])]:
        if column not in data.columns:
            raise ValueError(f"the data have no column {column!r}")
    refuse_rows(
        data.index[data[[outcome, unit, period, *covariates]].isna().any(axis=1)],
        "outcome or covariates are missing in rows {}",
    )
    refuse_rows(data.index[data.duplicated([unit, period])], "rows {} repeat a unit and period")
    wide = data.pivot(index=unit, columns=period, values=outcome)
    refuse_rows(
        wide.index[wide.isna().any(axis=1)], "units {} are not seen in every period: the panel must be balanced"
    )
    fixed = [cohort, *([cluster] if cluster and cluster != unit else [])]
    changing = data.groupby(unit)[fixed].nunique(dropna=False)
    refuse_rows(changing.index[(changing > 1).any(axis=1)], f"units {{}} change their {' or '.join(fixed)}")
    of_unit = data.drop_duplicates(unit).set_index(unit).reindex(wide.index)
    first = of_unit[cohort].astype(float).fillna(np.inf).to_numpy()
    keep = first > wide.columns[0]
    extra = [data.pivot(index=unit, columns=period, values=c).to_numpy(float)[keep] for c in covariates]
    codes = np.arange(len(wide)) if cluster in (None, unit) else pd.factorize(of_unit[cluster])[0]
    codes = pd.factorize(codes[keep])[0]
    return wide[keep], first[keep], extra, codes
