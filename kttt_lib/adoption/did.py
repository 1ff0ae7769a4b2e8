"""Did treatment help? Group-time average effects under staggered adoption (Callaway and Sant'Anna 2021).

Units are treated at different times and stay treated. ATT(g, t) compares the change since just before g of
those first treated in g with that of units not (yet) treated, so no unit already treated serves as a control,
the fault of two-way fixed effects. Callaway and Sant'Anna (2021), Journal of Econometrics 225(2); doubly
robust comparison: Sant'Anna and Zhao (2020), Journal of Econometrics 219(1).
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from scipy import special, stats

from kttt_lib.adoption.checks import refuse_rows
from kttt_lib.adoption.doubly_robust import comparison, cross_sections, mean_comparison

_WEBB = np.array([-np.sqrt(1.5), -1, -np.sqrt(0.5), np.sqrt(0.5), 1, np.sqrt(1.5)])
_MANY = 5_000  # clusters whose bootstrap is drawn from what it tends to
_FEW, _FEW_TREATED = 20, 5  # clusters, and treated ones or controls, below which an interval comes with a warning
EARLY, GAPS = "units treated in the first period or before", "units not seen in every period"
WITHOUT = "cells of a group and period without controls"
UNBALANCED = ("refuse", "drop", "keep")
# An index, made once: of names, each time, it takes as long as all comparisons.
COLUMNS = pd.Index(["group", "period", "att", "treated", "controls", "rows", "se", "lower", "upper"])
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

    table: pd.DataFrame  # COLUMNS, of which treated and controls are numbers of units
    influence: np.ndarray = field(repr=False)  # (units, cells), scaled so that its mean square / n is the variance
    cohort: np.ndarray = field(repr=False)  # (units,) first treated period, inf if never
    cluster: np.ndarray = field(repr=False)  # (units,) codes
    covariance: np.ndarray = field(repr=False)
    control: str = "never"
    level: float = 0.95
    base: str = "varying"
    left_out: pd.Series = field(default_factory=lambda: pd.Series(dtype=int))  # reason: how many units or cells
    small_sample: bool = True

    @property
    def clusters(self) -> tuple[int, int]:
        """How many clusters there are, and in how many of them somebody is ever treated."""
        return int(self.cluster.max()) + 1, _number(self.cluster[np.isfinite(self.cohort)])

    @property
    def few(self) -> bool:
        """Whether there are too few clusters, treated ones or controls for intervals to be sure of (a warning says)."""
        many, ever = self.clusters
        return many < _FEW or min(ever, self.controls) < _FEW_TREATED

    @property
    def controls(self) -> int:
        """How many clusters the group is compared with that has the fewest."""
        groups = [np.inf] if self.control == "never" else self.table["group"].unique()
        return min(_number(self.cluster[self._others(g)]) for g in groups)

    def _others(self, group: float) -> np.ndarray:
        """The units that a group is compared with (n,)."""
        if self.control == "never":
            return ~np.isfinite(self.cohort)
        own = self.table["group"].to_numpy() == group
        return self.cohort > max(group, self.table["period"].to_numpy()[own].max())

    def refuse_unknown(self) -> None:
        """ValueError where standard errors of cells are not known (NaN; ``att_gt`` warns)."""
        unknown = self.table[self.table["se"].isna()]
        if len(unknown):
            cells = ", ".join(f"group {row.group:g} in {row.period}" for row in unknown[:5].itertuples())
            raise ValueError(f"standard errors of {len(unknown)} cells are not known ({cells}): leave such groups out")

    def pre_trend_test(self) -> pd.Series:
        """Wald test that every ATT(g, t) before treatment is zero: statistic, degrees and p-value.

        A covariance of few clusters makes Wald statistics too large. With ``small_sample`` the p-value is that of
        Hotelling's T² with one degree of freedom less than the smallest group tested, or its controls, has clusters: it
        rejects what is true too rarely rather than too often. Raises ValueError where these are too few, or none is
        tested.
        """
        self.refuse_unknown()
        before = (self.table["period"] < self.table["group"]).to_numpy() & (self.table["se"] > 0).to_numpy()
        if not before.any():
            raise ValueError("no group has two periods before its treatment: trends before it cannot be checked")
        effect = self.table.loc[before, "att"].to_numpy()
        inverse = np.linalg.pinv(self.covariance[np.ix_(before, before)], hermitian=True)
        rank = int(np.linalg.matrix_rank(self.covariance[np.ix_(before, before)], hermitian=True))
        wald = float(effect @ inverse @ effect)
        p_value = stats.chi2.sf(wald, rank)
        if self.small_sample:
            fewest, group = min(
                (min(_number(self.cluster[units]) for units in (self.cohort == g, self._others(g))), g)
                for g in self.table.loc[before, "group"].unique()
            )
            if (rest := fewest - rank) < 1:
                raise ValueError(
                    f"group {group:g}, or its controls, has {fewest} clusters: too few to test {rank} effects before "
                    "treatment together; leave out the units of such groups"
                )
            p_value = stats.f.sf(wald * rest / ((fewest - 1) * rank), rank, rest)
        return pd.Series({"wald": wald, "degrees": rank, "p_value": float(p_value)})

    def aggregate(
        self, kind: str = "simple", *, draws: int = 999, seed: int = 0, max_event: int | None = None
    ) -> Effect:
        """Weighted averages of ATT(g, t), weights in proportion to group sizes (estimated, and counted as such).

        "simple": all treated cells. "dynamic": by periods since treatment, an event study; overall is the mean over
        event times ≥ 0. "group": by first treated period. "calendar": by period. Bands in ``table`` are pointwise
        (lower, upper) and simultaneous (band_lower, band_upper) by a wild bootstrap over clusters.
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

    def event_study(self, max_event: int | None = None) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Event times (k), the effects of "dynamic" at each, and their covariance (k × k)."""
        self.refuse_unknown()
        event = (self.table["period"] - self.table["group"]).to_numpy()
        times = np.unique(event if max_event is None else event[event <= max_event])
        effects, influence = zip(*(self._average(event == time) for time in times))
        return times, np.array(effects), clustered_covariance(np.column_stack(influence), self.cluster)

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
        width = student(self.level, self.cluster) * error
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


def _number(clusters: np.ndarray) -> int:
    """How many clusters there are among codes (n,); without sorting, as it is asked at every estimate."""
    return np.count_nonzero(np.bincount(clusters))


def clustered_covariance(influence: np.ndarray, cluster: np.ndarray) -> np.ndarray:
    """Covariance of means of influence functions (n, c), summed within clusters."""
    sums = _clustered(influence, cluster)
    return sums.T @ sums / len(influence) ** 2


def _clustered(influence: np.ndarray, cluster: np.ndarray) -> np.ndarray:
    return np.stack([np.bincount(cluster, column) for column in influence.T], axis=1)


def student(level: float, cluster: np.ndarray) -> float:
    """Critical value of t with one degree of freedom less than there are clusters (Cameron, Gelbach, Miller 2008)."""
    return float(special.stdtrit(max(cluster.max(), 1), (1 + level) / 2))


def uniform_critical_value(influence: np.ndarray, cluster: np.ndarray, level: float, draws: int, seed: int) -> float:
    """Critical value of the largest |t| over all columns; at least that of a single one.

    Wild cluster bootstrap of the influence functions with the six weights of Webb (2023, Canadian Journal of
    Economics 56(3)), each draw with its own standard error: with few clusters a fixed one makes bands too narrow. Of
    more than 5,000 clusters the normal that this tends to is drawn from instead.
    """
    sums = _clustered(influence, cluster)
    error = np.sqrt((sums**2).sum(axis=0))
    pointwise = student(level, cluster)
    sums = sums[:, error > 1e-12 * max(np.nanmax(error, initial=0.0), 1e-300)]  # NaN is no larger
    if not sums.size:
        return pointwise
    rng, largest = np.random.default_rng(seed), []
    if len(sums) > _MANY:
        # What the bootstrap tends to, at a cost that does not grow: normal with the correlations of the estimates.
        # (Montiel Olea and Plagborg-Møller 2019, Journal of Applied Econometrics 34(1)).
        scaled = sums / np.sqrt((sums**2).sum(axis=0))
        values, vectors = np.linalg.eigh(scaled.T @ scaled)
        drawn = rng.standard_normal((draws, len(values))) @ (vectors * np.sqrt(np.maximum(values, 0.0))).T
        return max(float(np.quantile(np.abs(drawn).max(axis=1), level)), pointwise)
    for first in range(0, draws, 1000):
        weights = rng.choice(_WEBB, size=(min(1000, draws - first), len(sums)))
        total = weights @ sums
        spread = weights**2 @ sums**2 - total**2 / len(sums)
        largest.append((np.abs(total) / np.sqrt(np.maximum(spread, 1e-300))).max(axis=1))
    return max(float(np.quantile(np.concatenate(largest), level)), pointwise)


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
    unbalanced: str = "refuse",
    small_sample: bool = True,
    level: float = 0.95,
) -> GroupTimeEffects:
    """Group-time average effects on the treated of a panel, one row a unit and period.

    cohort: each unit's first treated period; never treated are the missing, the infinite, 0 (where 0 is before every
    period) and those treated after the last period. A cohort between two observed periods is treated from the later on,
    and keeps its own time. Units treated in the first period or before have no "before": they are left out, as are
    cells without controls (``left_out`` and a warning say how many). covariates: columns whose values just before
    treatment matter for trends; the comparison is then doubly robust. control: "never" treated, or "notyet" treated (by
    t) as well. base: before treatment, "varying" compares with the period before; "universal" always with g − 1.

    unbalanced: units not seen in every period are an error ("refuse"), left out ("drop"), or each cell takes the rows
    that there are as repeated cross-sections do ("keep"; covariates are then each row's own), as R's ``did`` does with
    ``allow_unbalanced_panel`` FALSE and TRUE. ``rows`` of the table: what each cell rests on.

    cluster: a column that is constant within units (default: the unit). Intervals take t with G − 1 degrees of freedom
    of G clusters; a warning tells G, the treated and the controls where these are few. small_sample: squared deviations
    are divided by clusters less one in each of the two groups of a cell (R's ``did``: by clusters); where one of these
    is one cluster, whose deviations nobody knows, it is taken to vary as the other's do (Conley and Taber 2011, Review
    of Economics and Statistics 93(1)); where no two of those show that, errors are NaN, with a warning.

    Assumes no anticipation and parallel trends (given covariates). Raises ValueError naming the rows at fault.
    """
    if control not in ("never", "notyet"):
        raise ValueError(f"control must be 'never' or 'notyet', not {control!r}")
    if base not in ("varying", "universal"):
        raise ValueError(f"base must be 'varying' or 'universal', not {base!r}")
    if unbalanced not in UNBALANCED:
        raise ValueError(f"unbalanced must be one of {', '.join(UNBALANCED)}, not {unbalanced!r}")
    y, periods, first, extra, codes, left_out = _panel(
        data, outcome, unit, period, cohort, covariates or [], cluster, unbalanced
    )
    never = ~np.isfinite(first)
    groups = np.unique(first[~never])
    if not len(groups):
        raise ValueError("no unit is first treated after the first period of the panel")
    gaps = np.isnan(y).any()
    steady = all((values == values[0]).all() for values in extra)
    cells, alike = [], {}  # cells that are worked at once; with covariates, those of the same units and covariates
    for g in groups:
        before = int(np.flatnonzero(periods < g)[-1])  # the last period before treatment
        for t in range(1 if base == "varying" else 0, len(periods)):
            since = before if periods[t] >= g or base == "universal" else t - 1
            if since != t:
                # Covariates of the base period (of the earlier one before treatment), as in the authors' package.
                key = (control == "notyet" and max(t, since), 0 if steady else min(since, t)) if covariates else ()
                alike.setdefault((g, *key), []).append(len(cells))
            cells.append((g, since, t))
    group, since, t = map(np.array, zip(*cells))
    numbers, made = np.zeros((3, len(cells)), int), np.ones(len(cells), bool)
    for place in np.flatnonzero(since == t):
        own = first == group[place]
        numbers[[0, 2], place] = own.sum(), np.isfinite(y[t[place], own]).sum()
    att, influence = np.zeros(len(cells)), np.zeros((len(cells), len(first)))
    for (g, *_), place in alike.items():
        pair, treated, controls = y[[since[place], t[place]]], first == g, never
        if control == "notyet":
            controls = never | (first > periods[np.maximum(since, t)[place]][:, None]) & ~treated
        seen = np.isfinite(pair)
        sides = np.stack([treated & seen.any(axis=0), controls & seen.any(axis=0)])
        made[place] = some = (sides[:, None] & seen).any(axis=-1).all(axis=(0, 1))
        if not some.all():
            place, pair, seen, sides = np.array(place)[some], pair[:, some], seen[:, some], sides[:, some]
        if not len(place):
            continue
        if covariates and gaps:
            local = np.zeros(pair[0].shape)
            for n, cell in enumerate(place):
                try:
                    att[cell], local[n] = _of_rows(y, extra, (since[cell], t[cell]), seen[:, n], sides[:, n])
                except ValueError as error:
                    raise ValueError(f"group {group[cell]:g} in period {periods[t[cell]]}: {error}") from error
        elif covariates:
            take = np.concatenate([np.flatnonzero(side[0]) for side in sides])
            x = np.column_stack([values[min(since[place[0]], t[place[0]]), take] for values in extra])
            att[place], found = comparison((pair[1] - pair[0])[:, take], np.count_nonzero(sides[0, 0]), x)
            local = np.zeros(pair[0].shape)
            local[:, take] = found * (len(first) / len(take))
        else:
            att[place], local = mean_comparison(pair, *sides)
        if small_sample:
            _few(local, pair[1] - pair[0], sides, codes)
        influence[place] = local
        numbers[:2, place] = sides.sum(axis=-1)
        numbers[2, place] = (seen & sides.any(axis=0)).sum(axis=(0, 2))
    if not made.any():
        raise ValueError(f"there is no {'never' if control == 'never' else 'not yet'} treated unit to compare with")
    if not made.all():
        left_out[WITHOUT] = int((~made).sum())
    if (groups == groups.astype(periods.dtype)).all():
        group = group.astype(periods.dtype)
    influence, att, numbers = influence[made].T, att[made], numbers[:, made]
    covariance = clustered_covariance(influence, codes)
    error = np.sqrt(np.diag(covariance))
    width = student(level, codes) * error
    columns = [group[made], periods[t[made]], att, *numbers, error, att - width, att + width]
    table = pd.DataFrame(dict(enumerate(columns)), copy=False)  # nobody else has these arrays
    table.columns = COLUMNS.copy()  # of its own: who names one names no other
    found = GroupTimeEffects(
        table,
        influence,
        first,
        codes,
        covariance,
        control,
        level,
        base,
        pd.Series(left_out or None, dtype=int),
        small_sample,
    )
    for reason, number in left_out.items():
        warnings.warn(f"left out: {number} {reason}", stacklevel=2)
    if unknown := np.count_nonzero(np.isnan(error)):
        warnings.warn(
            f"standard errors of {unknown} cells are not known: of their treated or controls there is one cluster, and "
            "no two clusters of the others have a unit seen in both periods",
            stacklevel=2,
        )
    if found.few:
        many, ever = found.clusters
        warnings.warn(
            f"{many} clusters, {ever} of them treated and in one group {found.controls} to compare with: too few for "
            "intervals to be sure of",
            stacklevel=2,
        )
    return found


def _of_rows(
    y: np.ndarray, covariates: list[np.ndarray], periods: tuple[int, int], seen: np.ndarray, sides: np.ndarray
) -> tuple[float, np.ndarray]:
    """``cross_sections`` of what was seen (2, n) of treated and controls (2, n) in two periods, of units again."""
    units = [np.flatnonzero(side & there) for side in sides for there in seen]
    unit, when = np.concatenate(units), np.repeat(periods * 2, [len(own) for own in units])
    x = np.column_stack([values[when, unit] for values in covariates])
    effect, influence = cross_sections(y[when, unit], len(units[0]) + len(units[1]), when == periods[1], x)
    return effect, np.bincount(unit, influence, len(sides[0])) * (len(sides[0]) / len(unit))


def _few(local: np.ndarray, changes: np.ndarray, sides: np.ndarray, cluster: np.ndarray) -> None:
    """Makes the influence functions (c, n) of cells what they were if few clusters did not underestimate variances."""
    for influence, change, treated, controls in zip(local, changes, *sides):
        for side, other in ((treated, controls), (controls, treated)):
            number = _number(cluster[side])
            if number > 1:
                influence[side] *= np.sqrt(number / (number - 1))
            else:  # Of as many units a cluster as this one has: means of more vary less.
                told = pd.Series(change[other], cluster[other]).dropna().groupby(level=0).head(side.sum())
                influence[side] = len(side) / side.sum() * told.groupby(level=0).mean().std()


def _panel(data, outcome, unit, period, cohort, covariates, cluster, unbalanced):
    """Outcome (periods × units), periods, cohort, covariates (like the outcome), cluster codes, what is left out."""
    for column in [outcome, unit, period, cohort, *covariates, *([cluster] if cluster else [])]:
        if column not in data.columns:
            raise ValueError(f"the data have no column {column!r}")
    if not len(data):
        raise ValueError("the data have no rows")
    (of_unit, units), (of_period, periods) = (
        pd.factorize(own.infer_objects().to_numpy() if own.dtype == object else own.to_numpy(), sort=True)
        for own in (data[unit], data[period])
    )
    *values, cohorts = (_floats(data[column]) for column in (outcome, *covariates, cohort))
    values, cohorts = np.array(values), np.where(np.isnan(cohorts), np.inf, cohorts)
    missing = (of_unit < 0) | (of_period < 0) | ~np.isfinite(values).all(axis=0)
    refuse_rows(data.index[missing], "outcome or covariates are infinite or missing in rows {}")
    if cluster:
        refuse_rows(data.index[data[cluster].isna()], f"column {cluster!r} of clusters is missing in rows {{}}")
    # One cell a unit and period, and a row of each unit.
    cell, row = of_period * len(units) + of_unit, np.empty(len(units), int)
    row[of_unit] = np.arange(len(data))
    seen = np.zeros(len(periods) * len(units), bool)
    seen[cell] = True
    if np.count_nonzero(seen) < len(data):
        refuse_rows(data.index[data.duplicated([unit, period])], "rows {} repeat a unit and period")
    gaps = ~seen.reshape(len(periods), -1).all(axis=0)
    fixed = {cohort: cohorts} | ({cluster: pd.factorize(data[cluster])[0]} if cluster not in (None, unit) else {})
    changes = np.logical_or.reduce([own != own[row][of_unit] for own in fixed.values()])
    refuse_rows(units[np.unique(of_unit[changes])], f"units {{}} change their {' or '.join(fixed)}")
    first = cohorts[row]
    if periods[0] <= 0:
        refuse_rows(units[first == 0], "cohort 0 of units {} may be the period 0 or never: give the latter as missing")
    first[(first == 0) | (first > periods[-1])] = np.inf
    if unbalanced == "refuse":
        refuse_rows(
            units[gaps],
            "units {} are not seen in every period: the panel must be balanced, or unbalanced 'drop' or 'keep'",
        )
    early, gaps = first <= periods[0], gaps & (unbalanced == "drop")
    reasons = {EARLY: early, GAPS: gaps & ~early}
    keep = ~early & ~gaps
    wide = np.full((len(values), len(seen)), np.nan)
    wide[:, cell] = values
    y, *extra = wide.reshape(len(values), len(periods), -1)[:, :, keep]
    codes = np.arange(keep.sum()) if cluster in (None, unit) else pd.factorize(fixed[cluster][row][keep])[0]
    left_out = {reason: int(mask.sum()) for reason, mask in reasons.items() if mask.any()}
    return y, periods, first[keep], extra, codes, left_out


def _floats(column: pd.Series) -> np.ndarray:
    """Its values, NaN where missing; a value for what is missing is only named where it may be, as that takes long."""
    plain = isinstance(column.dtype, np.dtype) and column.dtype != object
    return column.to_numpy(float) if plain else column.to_numpy(float, na_value=np.nan)
