"""The public edition of a run's results: built from what is declared, protected as one system, attacked before it goes.

Sources: the rules of OpenSAFELY for outputs (nothing leaves that was not declared; thresholds; differences between
editions), tau-Argus (linked tables), see :mod:`kttt_lib.disclosure.solve` for the method.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from kttt_lib.disclosure.figures import SAME, Tables, system
from kttt_lib.disclosure.rows import identifiers, public_rows
from kttt_lib.disclosure.rules import Rules
from kttt_lib.disclosure.solve import Family, Figure, Interval, interval, protect, round_counts
from kttt_lib.errors import KtttError
from kttt_lib.files import read_yaml
from kttt_lib.results import ADOPTION_CHANCE as CHANCE
from kttt_lib.results import EFFICIENCY_AGREEMENT as AGREEMENT
from kttt_lib.results import EFFICIENCY_SUMMARY as SUMMARY
from kttt_lib.results import OUTLOOK_NEXT_YEAR as NEXT_YEAR
from kttt_lib.results import OUTLOOK_TARGETS as OUTLOOK
from kttt_lib.results import RESOURCES_BEHIND, RESULTS, SCORECARD_BEHIND, SITUATION_BEHIND
from kttt_lib.results import RESOURCES_MANAGEMENT as MANAGEMENT
from kttt_lib.results import RESOURCES_RECEIVED as RECEIVED
from kttt_lib.results import SCORECARD_BRIDGE as BRIDGE
from kttt_lib.results import SCORECARD_BY_GROUP as GROUPS
from kttt_lib.results import SCORECARD_PARTS as PARTS
from kttt_lib.results import SCORECARD_PAST as PAST
from kttt_lib.results import SCORECARD_PATH as PATH
from kttt_lib.results import SCORECARD_PUBLISHED as PUBLISHED
from kttt_lib.results import SCORECARD_ROBUSTNESS as ROBUSTNESS
from kttt_lib.results import SCORECARD_TARGETS as TARGETS
from kttt_lib.results import SCORECARD_TERMS as TERMS
from kttt_lib.results import SCORECARD_TREND as TREND
from kttt_lib.results import SITUATION_TOTALS as TOTALS

RULES = Rules()
# Who stands behind the figures: for disclosure control alone, in no edition.
BEHIND = (SCORECARD_BEHIND, SITUATION_BEHIND, RESOURCES_BEHIND)
HIDDEN = (
    "Chỉ tính trên một, hai tổ chức hoặc suy ra được số của một, hai tổ chức: không công bố",
    "Rests on one or two organisations, or would tell their figures: not published",
)
# What an earlier edition is compared by: columns that say how many organisations stand behind a figure.
SIZES: dict[str, list[str]] = {
    GROUPS: ["denominator", "missing"],
    TREND: ["denominator", "missing"],
    PARTS: ["denominator", "missing"],
    TOTALS: ["reports"],
    MANAGEMENT: ["reports"],
    RECEIVED: ["organisations"],
}
COMPARED = tuple(SIZES)
NO_DATA, NO_VALUE = "no_data", "no_value"


@dataclass(frozen=True)
class Edition:
    """The tables that the public sees; what an attacker makes of what is hidden; what a standing figure tells.

    ``earlier``: the editions, other than this very one, that were considered; ``rounded``: how many hidden figures are
    printed rounded (``numerator`` where ``suppressed``).
    """

    tables: Tables
    intervals: tuple[Interval, ...]
    hidden: frozenset[Figure]
    told: frozenset[Figure]
    figures: Mapping[str, int]
    rules: Rules
    earlier: tuple[str, ...] = ()
    rounded: int = 0

    @property
    def protected(self) -> set[Figure]:
        """The figures hidden for their own sake; the rest of ``hidden`` protects these."""
        return {found.figure for found in self.intervals} & self.hidden

    @property
    def printed(self) -> float:
        """The share of figures that are printed, 0 to 1."""
        number = sum(self.figures.values())
        return 1 - len(self.hidden) / number if number else 1.0


@cache
def declarations() -> dict[str, dict[str, Any]]:
    """What the public sees of each result (``results/public.yaml``)."""
    return read_yaml(Path(__file__).parents[1] / "results" / "public.yaml")


def public_edition(
    tables: Mapping[str, pd.DataFrame],
    rules: Rules = RULES,
    earlier: Mapping[str, Mapping[str, pd.DataFrame]] | None = None,
) -> Edition:
    """The results as the public may see them; the same facts give the same edition.

    ``earlier``: the tables of editions that are public already, by name; a figure that differs from one of them by
    fewer organisations than the threshold is protected. KtttError when what is published tells a protected figure more
    closely than the rules allow.
    """
    given = {name: tables[name] for name in tables}
    asked = (_digest(given), rules, *((name, _digest(one)) for name, one in (earlier or {}).items()))
    if asked not in _MADE:
        while len(_MADE) >= _KEPT:
            _MADE.pop(next(iter(_MADE)))
        _MADE[asked] = _edition(given, rules, earlier or {})
    made = _MADE[asked]
    return replace(made, tables={name: table.copy() for name, table in made.tables.items()})


# The last editions: a run's documents, workbook and notebooks ask for the same one.
_MADE: dict[object, Edition] = {}
_KEPT = 4


def _digest(tables: Mapping[str, pd.DataFrame]) -> str:
    made = hashlib.sha256()
    for name in sorted(tables):
        made.update(f"{name} {list(tables[name].columns)}".encode())
        made.update(pd.util.hash_pandas_object(tables[name], index=False).to_numpy().tobytes())
    return made.hexdigest()


def _edition(given: Tables, rules: Rules, earlier: Mapping[str, Mapping[str, pd.DataFrame]]) -> Edition:
    forced = set().union(*(_differences(given, one, rules) for one in earlier.values()))
    linked = system(given, rules, forced)
    hidden, told = protect(linked.families, linked.weights, linked.standing, rules)
    rounded = _rounded(linked.families, hidden, forced, rules) if rules.rounding_base else {}
    public = {
        name: shown
        for name, frame in given.items()
        if name not in BEHIND and (shown := _public(name, frame, hidden, given, rules, rounded)) is not None
    }
    figures = Counter(figure[0] for figure in linked.weights if figure[0] != "total")
    found = audit(linked.families, hidden, rules)
    other = tuple(name for name, one in earlier.items() if not _same(public, one))
    return Edition(public, found, frozenset(hidden), frozenset(told), figures, rules, other, len(rounded))


def _rounded(families: list[Family], hidden: set[Figure], forced: set[Figure], rules: Rules) -> dict[Figure, float]:
    """Hidden counts of the scorecard to print rounded.

    None where an earlier edition may tell what a count is near, nor where of how many it is a part is protected too: a
    part says that the whole is no less.
    """
    found: dict[Figure, float] = {}
    times = Counter(figure for family in families for figure in family.figures)
    for family in families:
        if family.name.endswith(" counted") and forced.isdisjoint(family.figures):
            mine = {f for f in family.figures if f[0] in ("target", "group", "trend") and times[f] == 1}
            found |= round_counts(family, mine & hidden, hidden, rules)
    return found


def audit(families: list[Family], hidden: set[Figure], rules: Rules) -> tuple[Interval, ...]:
    """Attack every protected figure; KtttError names those that are known more closely than the rules allow."""
    found = tuple(interval(family, target, hidden, rules) for family in families for target in family.targets)
    if known := [one for one in found if not one.ok]:
        vi = "; ".join(f"{one.figure}: từ {one.low:g} đến {one.high:g}" for one in known[:5])
        en = "; ".join(f"{one.figure}: {one.low:g} to {one.high:g}" for one in known[:5])
        raise KtttError(
            f"Bản công khai để lộ {len(known)} số được bảo vệ ({vi}). Chưa ghi gì; hãy báo lỗi cho KTTT.",
            f"The public edition tells {len(known)} protected figures ({en}). Nothing was written; tell KTTT.",
        )
    return found


def _public(
    name: str,
    frame: pd.DataFrame,
    hidden: set[Figure],
    tables: Tables,
    rules: Rules,
    rounded: Mapping[Figure, float],
) -> pd.DataFrame | None:
    """A result as its declaration lets the public see it; None: not at all."""
    declared = declarations().get(name, {"kind": "none"})
    columns = RESULTS[name].columns if name in RESULTS else ()
    if declared["kind"] == "rows":
        if "target_id" in frame:  # the rows of a hidden result would count it again
            frame = frame[[("target", target) not in hidden for target in frame["target_id"]]]
        shown = public_rows(frame.reset_index(drop=True), declared, rules.threshold)
        few = "org_id" in shown and 0 < shown["org_id"].nunique() < rules.threshold and "within" not in declared
        return None if few else shown
    kept = [c for c in frame.columns if c in (*columns, "kind") and c not in declared.get("without", ())]
    unnamed = name in (MANAGEMENT, RECEIVED) and RESOURCES_BEHIND not in tables
    if identifiers(frame) or declared["kind"] == "none" or unnamed:
        return None
    frame = frame[kept].copy()
    if "units" in declared and "unit" in frame:
        frame = frame[frame["unit"].isin(declared["units"])].reset_index(drop=True)
    for column, end in declared.get("months", {}).items():
        month = frame[column].dt.to_period("M")
        frame[column] = getattr(month.dt, f"{end}_time").dt.normalize().astype(frame[column].dtype)
    if declared["kind"] == "pooled":
        return _pooled(frame, declared, rules.threshold)
    if declared["kind"] == "cells":
        counted = frame["numerator"].notna().to_numpy() if rounded and "numerator" in frame else np.zeros(0)
        shown = _hide(name, frame, declared["hides"], hidden, tables, rules)
        if counted.any():  # hidden, but for its count to the nearest multiple of the base
            near = np.array([rounded.get(of[0], np.nan) for of in figures_of(name, shown, tables)])
            shown["numerator"] = shown["numerator"].mask(counted & ~np.isnan(near), near)
        return shown
    return frame


def _pooled(frame: pd.DataFrame, declared: Mapping[str, Any], threshold: int) -> pd.DataFrame:
    """Counts added up over what is not in ``by`` and ``of``; groups of fewer than the threshold are put together."""
    by, of, sums = declared["by"], declared["of"], declared["sums"]
    numbers = [c for c in sums if c in frame]
    left = [c for c in frame.columns if c not in (*by, *of, *numbers)]
    found = frame.groupby([*by, *of], sort=False, as_index=False)[numbers].sum()
    out = []
    for _, rows in found.groupby(by, sort=False):
        ranked = rows.sort_values(numbers[0], kind="stable")
        few = int((ranked[numbers[0]] < threshold).sum())
        while few and few < len(ranked) and ranked[numbers[0]].iloc[:few].sum() < threshold:
            few += 1
        small = ranked.index[:few]
        out.append(rows.drop(index=small))
        if few:
            pool = rows.loc[small, numbers].sum().to_frame().T
            if pool[numbers[0]].iloc[0] < threshold:
                pool[numbers[1:]] = pd.NA
            out.append(pool.assign(**rows.iloc[0][by].to_dict(), **dict.fromkeys(of, "")))
    whole = pd.concat(out, ignore_index=True) if out else found
    return whole.assign(**dict.fromkeys(left, "all"))[list(frame.columns)]


def figures_of(name: str, frame: pd.DataFrame, tables: Tables) -> list[list[Figure]]:
    """For each row of a result, the figures that it tells."""
    if name == PARTS:
        return [
            [("part", i, f"{sort} {part}")] for i, sort, part in zip(frame["target_id"], frame["sort"], frame["part"])
        ]
    if name in (TERMS, NEXT_YEAR) and PARTS in tables:  # how many parts are kept, or the last, would tell a hidden one
        parts = [of for row in figures_of(PARTS, tables[PARTS], tables) for of in row]
        return [[("target", i), *(of for of in parts if of[1] == i)] for i in frame["target_id"]]
    if name == PATH:  # what this year brought is the value less that of the year before
        days = [of for row in figures_of(TREND, tables[TREND], tables) for of in row]
        return [[("target", i), *(of for of in days if of[1] == i)] for i in frame["target_id"]]
    if name in (TARGETS, OUTLOOK, CHANCE, NEXT_YEAR, TERMS, BRIDGE):
        return [[("target", i)] for i in frame["target_id"]]
    if name == PUBLISHED:
        rules = frame["closest_rule"] if "closest_rule" in frame else [""] * len(frame)
        return [[("target", i), ("reading", i, rule)] for i, rule in zip(frame["target_id"], rules)]
    if name == GROUPS:
        return [[("group", *key)] for key in zip(frame["target_id"], frame["dimension"], frame["level"])]
    if name == ROBUSTNESS:
        return [[("reading", *key)] for key in zip(frame["target_id"], frame["rule"])]
    if name == TREND:
        return [[("trend", i, day.date().isoformat())] for i, day in zip(frame["target_id"], frame["date"])]
    if name == PAST:
        days = tables[TREND].groupby(["target_id", tables[TREND]["date"].dt.year])["date"].agg(list).to_dict()
        return [
            [("trend", i, day.date().isoformat()) for day in days.get((i, year), [])] if origin == "registry" else []
            for i, year, origin in zip(frame["target_id"], frame["year"], frame["origin"])
        ]
    if name == TOTALS:
        return [[("totals", int(y), *key)] for y, *key in zip(frame["year"], frame["series"], frame["sector"])]
    if name == MANAGEMENT:
        return [[("management", int(y), *key)] for y, *key in zip(frame["year"], frame["series"], frame["sector"])]
    if name == RECEIVED:
        keys = zip(frame["source"], frame["year"], frame["dimension"], frame["level"])
        return [[(source, int(y), *key)] for source, y, *key in keys]
    if name == SUMMARY:
        return [[("efficiency", *key)] for key in zip(frame["dimension"], frame["level"])]
    if name == AGREEMENT:
        return [[("agreement", grade)] for grade in frame["grade"]]
    raise KeyError(f"{name}: no figures are known of its rows")


def _hide(
    name: str, frame: pd.DataFrame, columns: list[str], hidden: set[Figure], tables: Tables, rules: Rules
) -> pd.DataFrame:
    """``frame`` with the columns of hidden figures emptied, and a column that says which rows these are."""
    marked = pd.Series([not hidden.isdisjoint(of) for of in figures_of(name, frame, tables)], frame.index, dtype=bool)
    marked |= _by_the_weakest(name, frame, hidden, tables)
    for column in columns:
        if column in frame and marked.any():
            _empty(frame, column, marked)
    if name == TERMS:  # the weakest of which some are hidden would tell their order
        frame.loc[marked, ["weakest", "weakest_vi", "weakest_en"]] = ""
    if name in (TARGETS, ROBUSTNESS, OUTLOOK, PARTS):
        frame = _without_verdicts(name, frame, marked, hidden, tables, rules)
        marked = marked.reindex(frame.index)
    if name == MANAGEMENT:
        keys = zip(frame["year"], frame["series"], frame["sector"])
        moved = [any((part, int(y), *key) in hidden for part in SAME) for y, *key in keys]
        moved = marked | pd.Series(moved, frame.index, dtype=bool)
        for column in (c for c in ("same", "same_now", "same_before", "jumps") if c in frame):
            _empty(frame, column, moved)
        marked = moved
    return frame.assign(suppressed=marked.astype(bool)).reset_index(drop=True)


def _by_the_weakest(name: str, frame: pd.DataFrame, hidden: set[Figure], tables: Tables) -> pd.Series:
    """Rows on the weakest of a promise's places where some are hidden: no place is below it, so it tells of those too.

    That none is below nought tells nothing.
    """
    places = {figure[1] for figure in hidden if figure[0] == "part" and figure[2].startswith("place ")}
    if name in (PARTS, TERMS) or "target_id" not in frame or not places:
        return pd.Series(False, frame.index)
    targets = tables[TARGETS]
    upwards = targets.loc[targets["comparator"].isin([">=", ">"]), "target_id"]
    nothing = frame["value"].eq(0) & frame["target_id"].isin(upwards) if "value" in frame else False
    return frame["target_id"].isin(places) & ~nothing


def _empty(frame: pd.DataFrame, column: str, rows: pd.Series) -> None:
    if pd.api.types.is_integer_dtype(frame[column]):
        frame[column] = frame[column].astype("Float64")
    frame.loc[rows, column] = pd.NA if frame[column].dtype == "Float64" else float("nan")


def _without_verdicts(
    name: str, frame: pd.DataFrame, marked: pd.Series, hidden: set[Figure], tables: Tables, rules: Rules
) -> pd.DataFrame:
    """Without what was concluded from hidden figures, and from the earlier reports of one or two.

    A range drawn from so few would tell those reports: it is hidden, and a verdict that rests on it is undetermined.
    """
    for column in (c for c in ("verdict", "verdict_overall") if c in frame):
        frame.loc[marked, column] = NO_DATA
    if name == PARTS:
        frame.loc[marked, "reason"] = NO_VALUE
    if name == TARGETS:
        for column, said in (("reason", NO_VALUE), ("no_value_vi", HIDDEN[0]), ("no_value_en", HIDDEN[1])):
            if column in frame and marked.any():
                frame[column] = frame[column].astype(object)
                frame.loc[marked, column] = said
        for column in ("robust_met", "robust_rules"):
            if column in frame:
                frame.loc[marked, column] = 0
        years = {(f[1], f[2]) for f in hidden if f[0] == "trend"}
        before = {i for i, _ in years}
        for column in ("past_mean", "start_value", "attainment_of_progress"):
            if column in frame and (rows := frame["target_id"].isin(before)).any():
                _empty(frame, column, rows)
    if name == OUTLOOK:
        for column, said in (("needed", ""), ("method", NO_DATA)):
            if column in frame and marked.any():
                frame[column] = frame[column].astype(object)
                frame.loc[marked, column] = said
    if name in (OUTLOOK, PARTS) or "missing" not in frame:
        return frame
    few = frame["missing"].between(1, rules.threshold - 1)
    verdict = "verdict" if name == TARGETS else "verdict_overall"
    likely = few & frame[verdict].isin(("likely_met", "likely_not_met"))
    frame.loc[likely, verdict] = "undetermined"
    if name == ROBUSTNESS:
        return frame[~(few & frame["bound"].isin(("carried_lower", "carried_upper")))]
    for column in (c for c in ("carried_lower", "carried_upper", "carried_level") if c in frame):
        frame[column] = frame[column].mask(few)
    frame.loc[likely, "reason"] = "undetermined"
    return frame


def _differences(tables: Tables, earlier: Mapping[str, pd.DataFrame], rules: Rules) -> set[Figure]:
    """Figures that rest on one or two organisations more, or fewer, than in an earlier edition."""
    found: set[Figure] = set()
    for name, columns in SIZES.items():
        if name not in earlier or name not in tables:
            continue
        before = dict(_sized(name, earlier[name], columns))
        for figure, size in _sized(name, tables[name], columns):
            then = before.get(figure)
            if then is not None and any(0 < abs(a - b) < rules.threshold for a, b in zip(size, then)):
                found.add(figure)
    return found


def _sized(name: str, frame: pd.DataFrame, columns: list[str]) -> list[tuple[Figure, tuple[float, ...]]]:
    numbers = frame[columns].astype(float).itertuples(index=False, name=None)
    return [(of[0], size) for of, size in zip(figures_of(name, frame, {}), numbers)]


def _same(public: Mapping[str, pd.DataFrame], earlier: Mapping[str, pd.DataFrame]) -> bool:
    """Whether an earlier edition's figures are those of this one, so that it tells nothing more."""
    for name in COMPARED:
        one, other = (tables.get(name, pd.DataFrame()) for tables in (public, earlier))
        columns = [c for c in declarations()[name]["hides"] if c in one and c in other]
        if len(one) != len(other) or (len(one) and figures_of(name, one, {}) != figures_of(name, other, {})):
            return False
        mine, theirs = (frame[columns].astype(float).to_numpy() for frame in (one, other))
        if not np.allclose(mine, theirs, rtol=1e-6, atol=1e-9, equal_nan=True):
            return False
    return True
