"""Who stands behind which published figure: the rows of the linked system, read from what the analyses keep.

Results that count the same variable of the same organisations (a target by district, over the years, under another
reading; members in a target and in the totals) become one family: their figures are linked because their contributors
are, no relation between tables is written down. Where a result names no contributors, its groups are taken for parts
of a known total.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from kttt_lib.disclosure.rules import Rules
from kttt_lib.disclosure.solve import Family, Figure
from kttt_lib.grammar.measure import Condition
from kttt_lib.indicators import INDICATORS
from kttt_lib.results import EFFICIENCY_AGREEMENT as AGREEMENT
from kttt_lib.results import EFFICIENCY_SCORES as SCORES
from kttt_lib.results import EFFICIENCY_SUMMARY as SUMMARY
from kttt_lib.results import RESOURCES_BEHIND, SCORECARD_BEHIND, SITUATION_BEHIND
from kttt_lib.results import SCORECARD_BY_GROUP as GROUPS
from kttt_lib.results import SCORECARD_TARGETS as TARGETS
from kttt_lib.results import SITUATION_TOTALS as TOTALS

Tables = dict[str, pd.DataFrame]
DIMENSIONS = ("district", "sector", "subtype", "size")
ALL = "all"
# What moved in those that reported in both years, now and then: hidden before what stands beside it.
SAME = ("same", "same before")
# What the money of each source is told by.
MONEY = {"support": "programme", "loan": "terms"}


@dataclass
class Named:
    """A variable of named organisations: values, what is known of each beforehand, and who is in which figure."""

    name: str
    group: str  # only variables of one group can be the same
    whole: bool
    orgs: np.ndarray
    values: np.ndarray
    lower: float
    upper: float
    figures: dict[Figure, np.ndarray] = field(default_factory=dict)
    small: set[Figure] = field(default_factory=set)

    def add(self, figure: Figure, inside: np.ndarray, small: bool) -> None:
        """A figure over the organisations in ``inside``."""
        if inside.any():
            self.figures[figure] = inside
            if small:
                self.small.add(figure)


@dataclass
class System:
    """All families of a run, what hiding each figure costs, and the figures that stand."""

    families: list[Family] = field(default_factory=list)
    weights: dict[Figure, float] = field(default_factory=dict)
    standing: set[Figure] = field(default_factory=set)


# A median of fewer is not printed.
MEDIAN_OF = 10


def system(tables: Tables, rules: Rules, forced: Set[Figure] = frozenset()) -> System:
    """The system of these results; ``forced``: figures that must be protected whatever stands behind them."""
    out = System()
    named = [
        *_scorecard(tables, rules, out),
        *_totals(tables, rules),
        *_resources(tables, rules),
        *_efficiency(tables, rules),
    ]
    for one in named:
        one.small |= forced & set(one.figures) - out.standing
    families = map(_family, _united([one for one in named if one.figures]))
    out.families = [family for family in families if len(family.figures) > 1 or family.small]
    out.families += _unnamed(tables, rules, forced)
    if SUMMARY in tables:
        whole = tables[SUMMARY][tables[SUMMARY]["level"] == ALL]
        out.standing |= {("efficiency", ALL, ALL) for n in whole["organisations"] if n >= rules.threshold}
    out.standing |= {figure for family in out.families for figure in family.figures if figure[0] == "total"}
    for family in out.families:
        all_of = family.sizes.sum()
        for figure, row in zip(family.figures, family.rows):
            # Few figures hidden, and small ones; those of the report's first tables late, the whole province's last.
            whole = figure[0] in ("target", "trend", "reading") or (figure[-1] == ALL and figure[0] not in SAME)
            weight = 1 + float(row @ family.sizes) / max(all_of, 1) + (8 if whole else 2 * (figure[0] == "totals"))
            out.weights[figure] = max(weight, out.weights.get(figure, 0.0))
    return out


def _scorecard(tables: Tables, rules: Rules, out: System) -> Iterator[Named]:
    if SCORECARD_BEHIND not in tables:
        return
    rules_of = tables[TARGETS].set_index("target_id")["rule"].fillna("")
    asked = {row.target_id: _asked(row) for row in tables[TARGETS].itertuples()}
    for (target, part, key), rows in tables[SCORECARD_BEHIND].groupby(["target_id", "figure_of", "key"], sort=False):
        counting, judged = rows["counting"].iloc[0], rules_of.get(target, "") != ""
        if counting == "count" and not judged:
            continue  # on public record
        if counting == "own_count":  # told by reports, ratings or loans
            counting, judged = "count", True
        sums = rows.groupby("org_id", sort=False)[["weight", "base"]].sum()
        # One with several rows (years, amounts) counts where any of them does.
        first = rows.iloc[np.argsort(rows["status"] != "counted", kind="stable")].drop_duplicates("org_id")
        first = first.set_index("org_id").loc[sums.index]
        figure = ("target", target) if part == "own" else (part, target, key)
        cells: list[tuple[Figure, np.ndarray]] = [(figure, np.ones(len(sums), dtype=bool))]
        if part == "own":
            for dimension in DIMENSIONS:
                levels = first[dimension].to_numpy()
                cells += [(("group", target, dimension, level), levels == level) for level in pd.unique(levels)]
            if counting in ("share", "count"):
                out.standing.add(figure)
        name = f"{target} {key}".strip()
        yield from _variables(name, asked[target], counting, judged, sums, first["status"], cells, rules)
    out.standing -= {f for f in out.standing if _population(tables[SCORECARD_BEHIND], f[1]) < rules.threshold}


def _asked(row: Any) -> str:
    """What a target asks of each organisation, be it as a share, a count, of a sector or by place: one variable."""
    known = row.indicator in INDICATORS or str(row.indicator).startswith("{what: ")
    measure = INDICATORS[row.indicator].measure if known else None
    if measure is None:
        return str(row.target_id)
    whose = measure.of.model_dump(exclude_defaults=True, include=set(Condition.model_fields))
    that = [condition.model_dump(exclude_defaults=True) for condition in measure.that]
    return f"{that} {whose} {row.rule}"


def _population(behind: pd.DataFrame, target: str) -> int:
    own = behind[(behind["target_id"] == target) & (behind["figure_of"] == "own")]
    if own["counting"].iloc[0] == "share":
        own = own[own["base"] > 0]
    return own["org_id"].nunique()


def _variables(
    name: str,
    group: str,
    counting: str,
    judged: bool,
    sums: pd.DataFrame,
    status: pd.Series,
    cells: list[tuple[Figure, np.ndarray]],
    rules: Rules,
) -> Iterator[Named]:
    orgs, weight, base = sums.index.to_numpy(), sums["weight"].to_numpy(), sums["base"].to_numpy()
    if counting == "share":
        scope = base > 0
        rated = Named(f"{name} counted", group, True, orgs[scope], weight[scope], 0.0, 1.0)
        inside = Named(f"{name} in scope", f"{group} scope", True, orgs, scope.astype(float), 0.0, 1.0)
        for figure, mask in cells:
            few = 0 < (mask & scope).sum() < rules.threshold
            rated.add(figure, mask[scope], few)
            inside.add(figure, mask, few)
        yield rated
        if judged and len(cells) > 1 and not scope.all():  # who is judged fit to be counted is judged too
            yield inside
    elif counting == "count":
        found = Named(f"{name} counted", group, True, orgs, weight, 0.0, float(max(weight.max(initial=0), 1)))
        for figure, mask in cells:
            size = weight[mask].sum() if figure[0] == "group" else mask.sum()
            found.add(figure, mask, 0 < size < rules.threshold)
        yield found
    else:
        counted = status.to_numpy() == "counted"
        lower = -np.inf if counting == "balance" or (weight < 0).any() else 0.0
        sides = {"sum": weight[counted]} | ({"base": base[counted]} if (base[counted] != 1).any() else {})
        for side, values in sides.items():
            found = Named(f"{name} {side}", "own figures", False, orgs[counted], values, lower, np.inf)
            for figure, mask in cells:
                inside = values[mask[counted]]
                # A median is one organisation's own figure: of a few it may be known whose.
                few = counting == "median" and len(inside) < MEDIAN_OF
                found.add(figure, mask[counted], rules.sensitive(inside) or few)
            yield found


def _totals(tables: Tables, rules: Rules) -> Iterator[Named]:
    if SITUATION_BEHIND not in tables:
        return
    for (year, series), rows in tables[SITUATION_BEHIND].groupby(["year", "series"], sort=False):
        cells: list[tuple[Figure, np.ndarray]] = [
            (("totals", int(year), series, sector), inside) for sector, inside in _sectors(rows)
        ]
        yield from _own_figures(f"{series} {year}", rows, cells, rules)


def _sectors(rows: pd.DataFrame) -> Iterator[tuple[str, np.ndarray]]:
    """Each sector's rows, and all of them."""
    sectors = rows["sector"].to_numpy()
    for sector in (*pd.unique(sectors), ALL):
        yield sector, (sectors == sector) | (sector == ALL)


def _own_figures(
    name: str, rows: pd.DataFrame, cells: list[tuple[Figure, np.ndarray]], rules: Rules
) -> Iterator[Named]:
    """What each organisation has (weight, and base where it is not one) as variables in these cells."""
    for side in ("weight", "base"):
        values = rows[side].to_numpy(dtype=float)
        if side == "base" and (values == 1).all():
            continue
        lower = -np.inf if (values < 0).any() else 0.0
        found = Named(f"{name} {side}", "own figures", False, rows["org_id"].to_numpy(), values, lower, np.inf)
        for figure, inside in cells:
            found.add(figure, inside, rules.sensitive(values[inside]))
        yield found


def _resources(tables: Tables, rules: Rules) -> Iterator[Named]:
    """Sums of annual reports by sector, with those of both years once more; money received by kind and district."""
    if RESOURCES_BEHIND not in tables:
        return
    behind = tables[RESOURCES_BEHIND]
    for (year, series), rows in behind[behind["source"] == "management"].groupby(["year", "series"], sort=False):
        title, _, before = str(series).partition(" ")
        again = rows["again"].to_numpy(dtype=bool)
        cells: list[tuple[Figure, np.ndarray]] = []
        for sector, inside in _sectors(rows):
            parts = {"same before": inside} if before else {"management": inside, "same": inside & again}
            cells += [((part, int(year), title, sector), mask) for part, mask in parts.items()]
        yield from _own_figures(f"{series} {year}", rows, cells, rules)
    money = behind[behind["source"] != "management"]
    for (source, year), rows in money.groupby(["source", "year"], sort=False):
        orgs, values = rows["org_id"].to_numpy(), rows["weight"].to_numpy(dtype=float)
        kinds = rows["series"].to_numpy()
        # One organisation may receive under several programmes: each of its sums is a part of its own.
        found = Named(f"{source} {year}", f"{source} {year}", False, orgs + "|" + kinds, values, 0.0, np.inf)
        cells = [((MONEY[source], kind), kinds == kind) for kind in pd.unique(kinds)]
        cells += [(("district", place), (rows["district"] == place).to_numpy()) for place in rows["district"].unique()]
        for (dimension, level), inside in [*cells, ((ALL, ALL), np.ones(len(rows), dtype=bool))]:
            own = pd.Series(values[inside]).groupby(orgs[inside]).sum().to_numpy()
            found.add((source, int(year), dimension, level), inside, rules.sensitive(own))
        yield found


def _efficiency(tables: Tables, rules: Rules) -> Iterator[Named]:
    if not {SCORES, SUMMARY} <= set(tables) or tables[SUMMARY].empty:
        return
    scores = tables[SCORES]
    scores = scores[scores["bias_corrected"].notna()]
    if len(scores) != tables[SUMMARY].loc[tables[SUMMARY]["dimension"] == ALL, "organisations"].sum():
        return
    variables = {name: (scores[name].to_numpy(), False, 100.0) for name in ("score", "scale")}
    # The ends of a mean's interval are no means of the organisations' own ends: with the corrected mean they tell the
    # variance, so the sum of squares, of what each lends to it. That is in no table; its own corrected score stands
    # for it.
    corrected = scores["bias_corrected"].to_numpy()
    variables |= {"corrected": (corrected, False, 100.0), "corrected squared": (corrected**2, False, 1e4)}
    variables["efficient"] = ((scores["score"] > 100 - 1e-6).to_numpy(dtype=float), True, 1.0)
    for kind in ("increasing", "decreasing"):
        variables[kind] = ((scores["returns_to_scale"] == kind).to_numpy(dtype=float), True, 1.0)
    for name, (values, whole, upper) in variables.items():
        found = Named(
            f"efficiency {name}", f"efficiency {name}", whole, scores["org_id"].to_numpy(), values, 0.0, upper
        )
        for row in tables[SUMMARY].itertuples():
            if row.dimension == ALL:
                inside = np.ones(len(scores), dtype=bool)
            elif row.dimension in scores:
                inside = (scores[row.dimension] == row.level).to_numpy()
            else:
                continue
            found.add(("efficiency", row.dimension, row.level), inside, 0 < inside.sum() < rules.threshold)
        yield found


def _united(named: list[Named]) -> list[list[Named]]:
    """Variables that agree on every organisation that they share are one; shared zeros alone do not make them so."""
    groups: list[tuple[list[Named], dict[str, float]]] = []
    for one in named:
        own = dict(zip(one.orgs, one.values))
        for members, values in groups:
            if members[0].group != one.group or members[0].whole != one.whole:
                continue
            if _agree(own, values, one.whole):
                members.append(one)
                values.update(own)
                break
        else:
            groups.append(([one], own))
    return [members for members, _ in groups]


def _agree(one: dict[str, float], other: dict[str, float], whole: bool) -> bool:
    """Whether two variables are equal on all that they share, and share something (of sums: that is not nothing)."""
    told = False
    for org, value in one.items():
        if org in other:
            if abs(other[org] - value) > 1e-9 * max(abs(value), 1.0):
                return False
            told |= whole or value != 0
    return told


def _family(members: list[Named]) -> Family:
    """One family of atoms: organisations that stand in exactly the same figures, added up."""
    orgs, place = np.unique(np.concatenate([one.orgs for one in members]), return_inverse=True)
    values, figures, rows = np.zeros(len(orgs)), [], []
    start = 0
    for one in members:
        here = place[start : start + len(one.orgs)]
        start += len(one.orgs)
        values[here] = one.values
        for figure, inside in one.figures.items():
            row = np.zeros(len(orgs), dtype=bool)
            row[here[inside]] = True
            figures.append(figure)
            rows.append(row)
    matrix = np.array(rows)
    _, atom = np.unique(matrix, axis=1, return_inverse=True)
    atom = np.asarray(atom).ravel()
    number = atom.max() + 1
    sizes = np.bincount(atom, minlength=number).astype(float)
    first = np.zeros(number, dtype=int)
    first[atom[::-1]] = np.arange(len(atom))[::-1]
    lower, upper = min(one.lower for one in members), max(one.upper for one in members)
    return Family(
        members[0].name,
        figures,
        matrix[:, first],
        np.bincount(atom, weights=values, minlength=number),
        lower * sizes if np.isfinite(lower) else np.full(number, lower),
        upper * sizes if np.isfinite(upper) else np.full(number, upper),
        sizes,
        set().union(*(one.small for one in members)),
        members[0].whole,
    )


def _unnamed(tables: Tables, rules: Rules, forced: Set[Figure]) -> Iterator[Family]:
    """Groups whose contributors no result names: parts of a total that an attacker is taken to know."""
    if SCORECARD_BEHIND not in tables and {GROUPS, TARGETS} <= set(tables):
        judged = tables[TARGETS].set_index("target_id")["rule"].fillna("") != ""
        for (target, dimension), rows in tables[GROUPS].groupby(["target_id", "dimension"], sort=False):
            figures: list[Figure] = [("group", target, dimension, level) for level in rows["level"]]
            share = rows["denominator"].notna().any()
            if share or judged.get(target, False):
                size = rows["denominator"] if share else rows["value"]
                total = size.fillna(0) if share else pd.Series(size.sum(), size.index)
                yield _parts(f"{target} by {dimension}", figures, rows["numerator"], total, size, rules, forced)
    if SITUATION_BEHIND not in tables and TOTALS in tables:
        for (year, series), rows in tables[TOTALS].groupby(["year", "series"], sort=False):
            rows = rows[rows["sector"] != ALL]
            figures = [("totals", int(year), series, sector) for sector in rows["sector"]]
            endless = pd.Series(np.inf, rows.index)
            yield _parts(
                f"{series} {year}", figures, rows["value"], endless, rows["reports"], rules, forced, whole=False
            )
    if SUMMARY in tables and not any(True for _ in _efficiency(tables, rules)):
        for dimension, rows in tables[SUMMARY].groupby("dimension", sort=False):
            figures = [("efficiency", dimension, level) for level in rows["level"]]
            if dimension != ALL:
                name, size = f"efficiency by {dimension}", rows["organisations"]
                yield _parts(name, figures, rows["efficient"], size, size, rules, forced)
    if AGREEMENT in tables and len(tables[AGREEMENT]):
        rows = tables[AGREEMENT]
        size, total = rows["organisations"], pd.Series(rows["organisations"].sum(), rows.index)
        yield _parts("grades", [("agreement", grade) for grade in rows["grade"]], size, total, size, rules, forced)


def _parts(
    name: str,
    figures: Sequence[Figure],
    values: pd.Series,
    upper: pd.Series,
    sizes: pd.Series,
    rules: Rules,
    forced: Set[Figure],
    whole: bool = True,
) -> Family:
    number, size = len(figures), sizes.fillna(0).to_numpy(dtype=float)
    value = np.nan_to_num(values.to_numpy(dtype=float))
    top = np.maximum(upper.to_numpy(dtype=float), value)
    small = {f for f, n in zip(figures, size) if 0 < n < rules.threshold} | set(forced & set(figures))
    total = ("total", name)
    return Family(
        name, [*figures, total], np.vstack([np.eye(number), np.ones(number)]), value, np.minimum(value, 0.0), top, size,
        small, whole,
    )  # fmt: skip
