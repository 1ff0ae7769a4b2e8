"""Taking a district's workbook into the registry: by key, shown before it is written, whole or not at all."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, cast

import numpy as np
import pandas as pd

from kttt_lib.errors import KtttError
from kttt_lib.plan.lists import ABOUT_KEY, as_said, join, lists_of
from kttt_lib.plan.model import Lists
from kttt_lib.registry.asof import ENDS, ORGANISATION_TABLES
from kttt_lib.registry.cells.frames import in_schema_types
from kttt_lib.registry.cells.typed import typed_frame
from kttt_lib.registry.checking.known import known_again
from kttt_lib.registry.checking.tables import check_typed
from kttt_lib.registry.edits import TableEdits, Whole, edits_of
from kttt_lib.registry.findings.log import FindingLog
from kttt_lib.registry.findings.places import key_texts
from kttt_lib.registry.findings.raw import RawTable
from kttt_lib.registry.history import entry_of
from kttt_lib.registry.keeping import keep, mark_of
from kttt_lib.registry.keys import look_up, row_key
from kttt_lib.registry.model import Registry
from kttt_lib.registry.order import in_old_order
from kttt_lib.registry.reading import read_raw, read_registry
from kttt_lib.registry.returned import BETWEEN, REASONS, came_back, place_files, place_ids, place_texts
from kttt_lib.registry.schema import DATED, PRECISION, SOURCE_COLUMNS, TABLES, tables_of
from kttt_lib.registry.writing import save


@dataclass(frozen=True)
class Wrong:
    """Rows in error: ``new`` of the new source, ``old`` set aside in the registry before and still so.

    Rows that the registry had accepted and that the new source puts in the wrong: ``orphaned``, as it drops their
    organisation (or gives it another id), and ``contradicted``, whatever else is the reason.
    """

    new: int = 0
    old: int = 0
    orphaned: int = 0
    contradicted: int = 0


@dataclass(frozen=True)
class MergePlan:
    """What a merge would do; nothing is written until ``apply_merge``.

    ``changes``: one row a change (table, key, kind added|changed|removed, column, before, after); the last three are
    empty for whole rows. ``findings``: errors anywhere and warnings about the new rows. ``wrong``: how many rows in
    error there are of each sort. ``absent``: by table, rows of the same districts that the new source does not have;
    they stay unless the merge is complete (``absent_names``: its organisations, name and id). ``settled``: rows that
    the old registry set aside and that the new source puts in order (table, place, key, how: sent back|dropped|new
    version). ``leaving``: of a complete merge, by district how many organisations and rows there are and how many go
    (district, organisations, organisations_removed, rows, rows_removed). ``waiting``: rows left out because their
    organisation is. ``whole`` is the registry as it is to be written and ``edits`` what leads there; ``source`` and
    ``mark``: where the old registry was read and what it was.
    """

    merged: Registry
    changes: pd.DataFrame
    findings: pd.DataFrame
    wrong: Wrong
    absent: dict[str, int]
    settled: pd.DataFrame
    leaving: pd.DataFrame
    waiting: int
    whole: Whole
    edits: dict[str, TableEdits]
    about: dict[str, tuple[Any, Any]]
    source: str = ""
    mark: str = ""
    taken: str = ""
    undoes: int | None = None
    absent_names: tuple[str, ...] = ()

    @property
    def empty(self) -> bool:
        """True when the registry stays as it is."""
        return self.changes.empty and self.settled.empty

    @property
    def errors(self) -> pd.DataFrame:
        """The findings that keep a row out."""
        return self.findings[self.findings["severity"] == "error"]

    @property
    def takes_part(self) -> bool:
        """Whether what is good can be taken in without what is not: no row accepted before is put in the wrong."""
        return not (self.wrong.orphaned or self.wrong.contradicted)

    def summary(self) -> pd.DataFrame:
        """By table: rows added, rows changed, cells changed, rows removed, rows absent but kept, rows set aside."""
        rows = []
        for name in TABLES:
            of = self.changes[self.changes["table"] == name]
            cells = of[of["kind"] == "changed"]
            counts = (of["kind"] == "added").sum(), cells["key"].nunique(), len(cells), (of["kind"] == "removed").sum()
            rows.append((name, *map(int, counts), self.absent[name], len(self.merged.quarantine[name])))
        names = ["table", "added", "rows_changed", "cells_changed", "removed", "absent_kept", "quarantined"]
        return pd.DataFrame(rows, columns=names)


def plan_merge(
    old: Registry | str | Path,
    new: Registry | str | Path,
    *,
    complete: bool = False,
    distinct: bool = False,
    lists: Lists | None = None,
    leave_out: Sequence[str] = (),
    drop: Sequence[str] = (),
) -> MergePlan:
    """Plan taking ``new`` into ``old``: rows of the same key take the new cells, other rows are added.

    A cell that the new source leaves empty, or a column that it does not have, keeps its old value; the word “xóa” (or
    “clear”) empties it. With ``complete`` the new source is the whole truth for its districts: rows of these that it
    lacks are removed; otherwise they stay and are counted as absent. The rules are checked on the two together, so the
    new source may refer to organisations that only the old one has. An organisation under a new id that looks like one
    of the registry is an error, unless those of the new source are said to be ``distinct``. ``lists`` as for
    ``read_registry``, and ``leave_out`` for the new source. ``drop``: places (``place_texts``) of rows that the old
    registry set aside and that go.

    Rows that the old registry set aside are checked again among the others: one that has a new version (by its key, or
    by the place that the quarantine workbook says) is replaced, one that was emptied there is dropped, one whose
    organisation has come is taken in, and the rest stay errors of the plan. A row that comes back mended takes its own
    old row's place and never that of another: with the key of an accepted row it is an error. KtttError when a
    quarantine workbook is said to be complete.
    """
    source, mark = ("", "") if isinstance(old, Registry) else (str(old), mark_of(str(old)))
    old = old if isinstance(old, Registry) else read_registry(old, lists)
    log = FindingLog()
    raws, typed, about = _understood(new, old.about, log, leave_out)
    for one in (old.about, about):
        log.settle([], [key for key in cast("list[str]", one.get("as_written") or []) if "!" not in key])
    only_returned = _sent_back(raws, old, complete, log)
    districts = set(_seat(typed["organisations"]).dropna())
    together, frames, absent, overwritten, accepted, settled, leaving = {}, {}, {}, {}, {}, [], []
    absent_names: list[str] = []
    for name in TABLES:
        gone, district = _gone(name, old, raws, typed, districts)
        absent[name] = 0 if complete or only_returned else int(gone.sum())
        if name == "organisations" and absent[name]:
            events = old.tables["status_events"]
            ended = old.tables[name]["org_id"].isin(events.loc[events["event"].isin(ENDS), "org_id"])
            names = old.tables[name].loc[gone & ~ended, ["name", "org_id"]].to_numpy()
            absent_names = [f"{one} ({who})" for one, who in names]
        kept = old.tables[name][~gone] if complete else old.tables[name]
        if complete:
            leaving.append(pd.DataFrame({"table": name, "district": district, "gone": gone}))
        raws[name] = replace(raws[name], dropped=(*raws[name].dropped, *drop))
        back = came_back(raws[name].returned, old.quarantine[name], len(typed[name]))
        both, frame, overwritten[name] = _side_by_side(raws[name], typed[name], kept, back, log)
        accepted[name] = len(frame)
        together[name], frames[name], done = with_aside(both, frame, raws[name], old.quarantine[name], back, log)
        settled.append(done)
    new_rows = frames["organisations"].head(len(typed["organisations"]))
    _say_undated(together["organisations"], new_rows, overwritten["organisations"], frames["changes"], log)
    if not distinct:
        _say_known(together["organisations"], new_rows, raws["organisations"], old, frames["status_events"], log)
    of_a_file = ("left_out", "as_written")  # what is said of one file's sheets and cells
    said = {key: value for key, value in about.items() if key not in of_a_file} | old.about
    if own := about.get(ABOUT_KEY):  # those of both
        said[ABOUT_KEY] = own
    said["synthetic"] = bool(old.about.get("synthetic")) or bool(about.get("synthetic"))
    merged = check_typed(together, frames, said, log)
    tables, places = {}, {}
    for name, done in zip(TABLES, settled, strict=True):
        tables[name], places[name] = in_old_order(merged.tables[name], overwritten[name], old, raws[name], done)
    bad = {name: log.bad_rows(name) for name in TABLES}

    def stays(name: str, done: pd.DataFrame) -> np.ndarray:
        return _stay(name, old.quarantine[name], done, raws[name], typed[name], bad[name], places[name])

    left = old.quarantine["organisations"][stays("organisations", settled[0])]["org_id"]
    waiting, broken = _without_owner(tables, places, {*tables["organisations"]["org_id"], *left})
    merged = replace(merged, tables=tables)
    ours = {place for raw in raws.values() for place in raw.all_origins()}
    findings = merged.findings
    of_new = [place in ours for place in zip(findings["file"], findings["sheet"])]
    shown = findings[(findings["severity"] == "error") | np.array(of_new, dtype=bool)].reset_index(drop=True)
    sorts = Counter(
        _sort_of_wrong(log, name, place, len(typed[name]), accepted[name])
        for name in TABLES
        for place in bad[name].tolist()
    )
    sorts["contradicted"] += broken
    stay = {name: stays(name, done) for name, done in zip(TABLES, settled, strict=True)}
    aside = {name: old.quarantine[name][stay[name]] for name in TABLES}
    return MergePlan(
        merged,
        pd.concat([row_changes(name, old.tables[name], tables[name]) for name in TABLES], ignore_index=True),
        shown,
        Wrong(**sorts),
        absent,
        pd.concat(settled, ignore_index=True),
        _leaving(leaving),
        waiting,
        Whole(tables, said, aside, places),
        {
            name: edits_of(name, old.tables[name], old.quarantine[name], tables[name], places[name], stay[name])
            for name in (TABLES if source else ())
        },
        {key: (old.about.get(key), said.get(key)) for key in said if old.about.get(key) != said.get(key)},
        source,
        mark,
        "" if isinstance(new, Registry) else str(new),
        absent_names=tuple(absent_names),
    )


def apply_merge(plan: MergePlan, target: str | Path, *, partial: bool = False, by: str = "") -> None:
    """Write the merged registry to ``target`` (folder, workbook or database), whole or not at all.

    Where it was planned for the registry at ``target``, that is edited in place, one writer at a time, and the merge is
    logged with the name ``by`` (see ``history``); ChangedSince when it has been written to since. Anything else is
    written anew. KtttError, and nothing written, when the plan has an error; with ``partial`` the rows in error are
    left out (new ones) or stay as they were (old ones), unless a new row puts an accepted one in the wrong.
    """
    if len(plan.errors) and not (partial and plan.takes_part):
        plan.merged.require_clean()
    if plan.source and str(target) == plan.source:
        taken = Path(plan.taken) if plan.taken and "://" not in plan.taken else None
        entry = entry_of(plan.edits, plan.about, taken, by, plan.mark, plan.undoes)
        keep(plan.source, plan.whole, plan.edits, plan.about, entry)
        return
    if any(map(len, plan.whole.aside.values())):
        raise KtttError(
            "Sổ cũ còn dòng cách ly, ghi ra nơi khác thì mất. Gộp thẳng vào sổ cũ.",
            "The old registry has rows set aside, which would be lost elsewhere. Merge into where it is.",
        )
    save(plan.merged.tables, plan.merged.about, target)


def _say_known(both: RawTable, new: pd.DataFrame, raw: RawTable, old: Registry, events: pd.DataFrame, log) -> None:
    """An error at each new organisation that looks like one which the registry has under another id."""
    known = old.tables["organisations"]
    waits = place_ids(raw.returned or [""] * len(new)).isin(place_ids(place_texts(old.quarantine["organisations"])))
    fresh = np.flatnonzero(~new["org_id"].isin(known["org_id"]).to_numpy() & new["org_id"].notna() & ~waits.to_numpy())
    pairs = known_again(new.iloc[fresh].reset_index(drop=True), known, events)
    at, like = fresh[pairs["position"]], known.iloc[pairs["first"]]
    words = {"other": like["name"].tolist(), "other_id": like["org_id"].tolist(), "row": like["source_row"].tolist()}
    log.add("known_again", both, at, "org_id", new["org_id"].iloc[at].tolist(), **words)


def _without_owner(tables: dict[str, pd.DataFrame], places: dict[str, np.ndarray], ids: set[str]) -> tuple[int, int]:
    """Take out the rows of organisations that are not there (``ids``); how many were new, and how many there before."""
    new = before = 0
    for name, frame in tables.items():
        lost = np.zeros(len(frame), dtype=bool)
        for column in ("org_id", "successor_id", "union_id"):
            if column in frame and name != "organisations":
                lost |= (frame[column].notna() & ~frame[column].isin(ids)).to_numpy()
        before += int((lost & ~np.isnan(places[name])).sum())
        new += int((lost & np.isnan(places[name])).sum())
        if lost.any():
            tables[name], places[name] = frame[~lost].reset_index(drop=True), places[name][~lost]
    return new, before


def _stay(name: str, aside: pd.DataFrame, settled, raw: RawTable, typed: pd.DataFrame, bad, places) -> np.ndarray:
    """Mask of the rows set aside before that stay as they are: what was to replace them was not taken in."""
    stay = np.ones(len(aside), dtype=bool)
    if aside.empty:
        return stay
    good = np.ones(len(typed), dtype=bool)
    good[bad[bad < len(typed)]] = False
    keys = set(row_key(name, typed)[good])
    ids = set(place_ids(raw.returned or [""] * len(typed))[good]) - {""}
    own = place_ids(place_texts(aside)).to_numpy()
    for place, row in settled.iterrows():
        taken = {"new version": row["key"] in keys, "sent back": own[place] in ids}
        stay[place] = not taken.get(row["how"], True)
    return stay & ~aside["source_row"].isin(places[~np.isnan(places)]).to_numpy()


def _leaving(parts: list[pd.DataFrame]) -> pd.DataFrame:
    """By district how many organisations and rows there are and how many a complete merge takes out."""
    names = ["district", "organisations", "organisations_removed", "rows", "rows_removed"]
    rows = pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=["table", "district", "gone"])
    lines = []
    for district, part in rows[rows["district"].notna()].groupby("district"):
        organisations = part[part["table"] == "organisations"]
        if part["gone"].any():
            counts = len(organisations), organisations["gone"].sum(), len(part), part["gone"].sum()
            lines.append((district, *map(int, counts)))
    return pd.DataFrame(lines, columns=names)


def _sort_of_wrong(log: FindingLog, name: str, place: int, new: int, accepted: int) -> str:
    """Which of ``Wrong`` a row in error is: new rows stand first, then those accepted before, then those set aside."""
    if place < new:
        return "new"
    if place >= accepted:
        return "old"
    lost = any(log.has_rule(name, place, rule) for rule in ("unknown_organisation", "unknown_successor"))
    return "orphaned" if lost else "contradicted"


def _understood(new: Registry | str | Path, old: dict[str, object], log: FindingLog, leave_out: Sequence[str]):
    """Raw tables, typed ones and what the new source says of itself; a list's words are those of both registries."""
    if not isinstance(new, Registry):
        raws, about = read_raw(new, log, lists_of(old), leave_out)
        return raws, {name: typed_frame(raw, log) for name, raw in raws.items()}, about
    raws, typed = {}, {}
    lists = as_said(join(lists_of(old), lists_of(new.about)))
    about = {**new.about, ABOUT_KEY: lists} if lists else new.about
    for name, table in tables_of(about).items():
        frame = new.tables[name].reset_index(drop=True)
        typed[name] = in_schema_types(table, frame)
        rows = frame["source_row"].to_numpy()
        raws[name] = RawTable(table, typed[name], rows, file=name, origins=frame[list(SOURCE_COLUMNS[:2])])
    return raws, typed, about


def _sent_back(raws: dict[str, RawTable], old: Registry, complete: bool, log: FindingLog) -> bool:
    """True when the new source is a quarantine workbook, which is never the whole of a district.

    A note when its rows are not this registry's.
    """
    places = [place for raw in raws.values() for place in (*raw.returned, *raw.dropped) if place]
    if not places:
        return False
    file = raws["organisations"].file
    if complete:
        raise KtttError(
            f"{file}: tệp này chỉ có các dòng cách ly, không phải toàn bộ số liệu của huyện. Bỏ --complete.",
            f"{file}: only rows that were set aside are here, not all of a district's. Leave out --complete.",
        )
    waiting = pd.concat([place_ids(place_texts(aside)) for aside in old.quarantine.values()])
    if place_ids(places).isin(waiting).any():
        return True
    source = ", ".join(f"“{name}”" for name in place_files(places))
    log.note_source(
        "returned_elsewhere",
        file,
        f"Các dòng này là dòng cách ly của {source}; sổ đang gộp không có (hoặc không còn) dòng cách ly nào như vậy. "
        "Các dòng khác của tệp gốc không có ở đây.",
        f"These rows were set aside from {source}; the registry has none of these (or no longer). "
        "The other rows of that file are not here.",
    )
    return True


def _seat(organisations: pd.DataFrame) -> pd.Series:
    return organisations["district"].fillna(organisations["commune"])


def _gone(
    name: str, old: Registry, raws: dict[str, RawTable], typed, districts: set[str]
) -> tuple[pd.Series, pd.Series]:
    """Mask of the old rows of the new source's districts that it does not have, and the district of each old row.

    Where a row names no district, which is no more, its commune stands for it.
    """
    frame = old.tables[name]
    if name in ORGANISATION_TABLES:
        organisations = old.tables["organisations"].set_index("org_id")
        district = look_up(frame["org_id"], _seat(organisations))
    elif name == "organisations":
        district = _seat(frame)
    else:
        district = frame["district"] if "district" in frame else pd.Series(None, index=frame.index, dtype="str")
    # A source that has no table of changes does not say that there were none.
    if name == "activities" or frame.empty or not len(raws[name].frame.columns):
        return pd.Series(False, index=frame.index), district
    return district.isin(districts) & ~row_key(name, frame).isin(row_key(name, typed[name])), district


def _side_by_side(raw: RawTable, typed: pd.DataFrame, old: pd.DataFrame, back: np.ndarray, log: FindingLog):
    """New rows first, then the old rows that no new row replaces; and the old rows that are replaced.

    ``back`` marks new rows that take the place of a row set aside: these replace no other.
    """
    name = raw.table.name
    if old.empty:
        return replace(raw, origins=raw.each_origin(), returned=(), dropped=()), typed, old
    new_keys, old_keys = row_key(name, typed), row_key(name, old)
    replaced = old_keys.isin(new_keys[~back]).to_numpy()
    before = old[replaced].set_index(old_keys[replaced])
    day, precision = PRECISION.get(name, ("", ""))
    for column in (column for column in old.columns if replaced.any() and column not in SOURCE_COLUMNS):
        filled = look_up(new_keys.mask(back), before[column])
        if column == precision:  # of another day it says nothing
            then = look_up(new_keys.mask(back), before[day])
            filled = filled.mask((typed[day].notna() & (typed[day] != then)).to_numpy())
        if column not in typed:
            typed[column] = filled
            continue
        # What the new source leaves empty it does not say, unless it says that it is to be emptied.
        empty = typed[column].isna().to_numpy() & filled.notna().to_numpy() & ~raw.clears(column)
        unread = [place for place in np.flatnonzero(empty).tolist() if log.has(name, place, column)]
        empty[unread] = False
        if empty.any():
            typed[column] = typed[column].mask(empty, filled.astype(typed[column].dtype))
    rest = old[~replaced]
    facts = rest.drop(columns=list(SOURCE_COLUMNS))
    frame = pd.concat([typed, facts], ignore_index=True) if len(facts) else typed
    frame = in_schema_types(raw.table, frame)
    given = pd.concat([raw.frame.astype(object), facts.astype(object)], ignore_index=True)
    origins = pd.concat([raw.each_origin(), rest[list(SOURCE_COLUMNS[:2])]], ignore_index=True)
    rows = np.concatenate([raw.rows, rest["source_row"].to_numpy(dtype="int64")])
    both = replace(raw, frame=given, rows=rows, origins=origins, returned=(), dropped=())
    _refuse_taken(both, typed, np.flatnonzero(back & new_keys.isin(old_keys).to_numpy()), old, log)
    return both, frame, old[replaced]


def _refuse_taken(both: RawTable, typed: pd.DataFrame, taken: np.ndarray, old: pd.DataFrame, log: FindingLog) -> None:
    """Rows that come back with the key of an accepted row: it is that row that stays."""
    name, column = both.table.name, both.table.key[0]
    keys = row_key(name, typed.iloc[taken])
    first = old.set_index(row_key(name, old)).loc[keys]
    places = [f"{row} ({file})" for file, row in zip(first["source_file"], first["source_row"])]
    said = [key_texts(name, key) for key in keys]
    log.add("key_taken", both, taken, column, typed[column].iloc[taken].tolist(), first=places, key=said)


def _say_undated(
    both: RawTable, new: pd.DataFrame, before: pd.DataFrame, changes: pd.DataFrame, log: FindingLog
) -> None:
    """A warning where a new row says another sector, scope or place than the old one and no change says since when."""
    for column in (column.name for column in DATED):
        then, now = look_up(new["org_id"], before.set_index("org_id")[column]), new[column]
        told = changes.loc[changes[f"{column}_after"].notna(), "org_id"]
        undated = then.notna() & now.notna() & (then != now) & ~new["org_id"].isin(told)
        words = [both.choice_titles(column).get(value, value) for value in then[undated]]
        log.add("change_without_day", both, np.flatnonzero(undated), column, now[undated].tolist(), before=words)


def with_aside(
    both: RawTable, frame: pd.DataFrame, new: RawTable, aside: pd.DataFrame, back: np.ndarray, log: FindingLog
):
    """The rows that the old registry set aside, after the others, unless the new source puts them in order.

    With them the rows put in order, as in ``MergePlan.settled``.
    """
    name = both.table.name
    if aside.empty:
        return both, frame, pd.DataFrame(columns=["table", "place", "key", "how"], dtype="str")
    origins = aside[list(SOURCE_COLUMNS[:2])]
    rows = aside["source_row"].to_numpy(dtype="int64")
    given = aside.drop(columns=[*REASONS, *SOURCE_COLUMNS])
    # What is text in a column of numbers was refused before: it is not to pass as a program's number now.
    raw = RawTable(both.table, given, rows, both.file, both.sheet, "refused", origins=origins)
    keys = row_key(name, typed_frame(raw, FindingLog()))
    ids = place_ids(place_texts(aside))
    how = pd.Series(None, index=aside.index, dtype="str")
    how[keys.isin(row_key(name, frame.iloc[: len(new.rows)])[~back]).to_numpy()] = "new version"
    how[ids.isin(place_ids(new.dropped)).to_numpy()] = "dropped"
    how[ids.isin(place_ids(new.returned)).to_numpy()] = "sent back"
    keep = how.isna().to_numpy()
    places = [place.rpartition(BETWEEN)[0] for place in place_texts(aside)]
    settled = pd.DataFrame({"table": name, "place": places, "key": keys.to_numpy(), "how": how.to_numpy()})[~keep]
    if not keep.any():
        return both, frame, settled
    given, origins = given[keep].reset_index(drop=True), origins[keep].reset_index(drop=True)
    raw = replace(raw, frame=given, rows=rows[keep], origins=origins, places=both.places, first=len(frame))
    joined = replace(
        both,
        frame=pd.concat([both.frame, given], ignore_index=True),
        rows=np.concatenate([both.rows, raw.rows]),
        origins=pd.concat([both.origins, origins], ignore_index=True),
    )
    typed = typed_frame(raw, log)
    return joined, in_schema_types(both.table, pd.concat([frame, typed], ignore_index=True)), settled


def row_changes(name: str, old: pd.DataFrame, new: pd.DataFrame) -> pd.DataFrame:
    """The changes from the accepted rows of a table to others, as in ``MergePlan.changes``."""
    names = ["table", "key", "kind", "column", "before", "after"]
    if old.empty and new.empty:
        return pd.DataFrame(columns=names)
    before = old.drop(columns=list(SOURCE_COLUMNS)).set_index(row_key(name, old))
    after = new.drop(columns=list(SOURCE_COLUMNS)).set_index(row_key(name, new))
    added, removed = after.index.difference(before.index, sort=False), before.index.difference(after.index, sort=False)
    parts = [pd.DataFrame({"key": keys, "kind": kind}) for keys, kind in ((added, "added"), (removed, "removed"))]
    common = after.index.intersection(before.index, sort=False)
    for column in after.columns:
        now = after.loc[common, column]
        then = before.loc[common, column] if column in before else pd.Series(index=common, dtype=now.dtype)
        differs = ~((now == then).fillna(False).astype(bool) | (now.isna() & then.isna()))
        if differs.any():
            cells = {"key": common[differs], "kind": "changed", "column": column}
            values = {"before": then[differs].astype(object).array, "after": now[differs].astype(object).array}
            parts.append(pd.DataFrame(cells | values))
    frame = pd.concat(parts, ignore_index=True).assign(table=name)
    return frame.reindex(columns=names)
