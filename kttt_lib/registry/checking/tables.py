"""From raw tables to a checked registry: types, schemas, rules, and the rows set aside."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import cast

import numpy as np
import pandas as pd

from kttt_lib.errors import Language
from kttt_lib.registry.cells.frames import failures
from kttt_lib.registry.cells.headers import Header, note_header, note_other_tables
from kttt_lib.registry.cells.typed import typed_frame
from kttt_lib.registry.checking.rules import Checked, check_rules
from kttt_lib.registry.findings.log import FindingLog
from kttt_lib.registry.findings.places import key_texts
from kttt_lib.registry.findings.raw import RawTable
from kttt_lib.registry.keys import row_key
from kttt_lib.registry.model import Registry
from kttt_lib.registry.schema import NEEDED_TABLES, SOURCE_COLUMNS, TABLES, tables_of
from kttt_lib.registry.set_aside import SetAside, still_readable
from kttt_lib.registry.text import number
from kttt_lib.visible import visible


def check_tables(raws: dict[str, RawTable], about: dict[str, object], log: FindingLog) -> Registry:
    """The registry of raw tables (one for each table of the schema); every finding is reported, not only the first."""
    return check_typed(raws, {name: typed_frame(raw, log) for name, raw in raws.items()}, about, log)


def registry_from_frames(tables: dict[str, pd.DataFrame], about: dict[str, object]) -> Registry:
    """The checked registry of frames built in code, their cells understood as a source's are.

    A table or column that is not given is empty; those that say where a row was read (``SOURCE_COLUMNS``) are dropped.
    A table or column of a name that the schema does not have is noted, as in a file.
    """
    raws, log = {}, FindingLog()
    for name, table in tables_of(about).items():
        frame = pd.DataFrame(tables.get(name)).drop(columns=list(SOURCE_COLUMNS), errors="ignore")
        raws[name] = RawTable(table, frame.reset_index(drop=True), np.arange(1, len(frame) + 1), file=name)
        note_header(log, raws[name], Header(0, tuple(frame.columns), 0))
    note_other_tables(log, "", tables)
    return check_tables(raws, dict(about), log)


def check_typed(
    raws: dict[str, RawTable], typed: dict[str, pd.DataFrame], about: dict[str, object], log: FindingLog
) -> Registry:
    """The registry of understood cells: schemas, then rules across rows and tables, then the rows set aside."""
    with ThreadPoolExecutor(2) as threads:
        checked = Checked(raws, typed, log, threads)
        for name, frame in typed.items():
            _check_schema(raws[name], frame, log)
        check_rules(checked, str(about.get("province") or ""))
    if log.kept:
        about["as_written"] = list(dict.fromkeys([*cast("list[str]", about.get("as_written") or []), *log.kept]))
    findings = log.frame()
    tables, quarantine, counts, left, unread = {}, {}, [], {}, log.not_read()
    for name in TABLES:
        bad = log.bad_rows(name)
        good = pd.Series(True, index=typed[name].index)
        good.iloc[bad] = False
        tables[name] = _with_source(raws[name], typed[name], good)
        quarantine[name] = _set_aside(raws[name], typed[name], bad, findings)
        counts.append((name, len(good), len(tables[name]), len(bad)))
        left[name] = still_readable(name, typed[name].iloc[bad], log.doubts(name))
    return Registry(
        tables=tables,
        about=about,
        findings=findings,
        quarantine=quarantine,
        counts=pd.DataFrame(
            [
                (name, read + unread.get(name, 0), *rest, unread.get(name, 0))
                for name, read, *rest in [*counts, ("", 0, 0, 0)]
                if read or unread.get(name) or name in NEEDED_TABLES
            ],
            columns=["table", "read", "accepted", "quarantined", "not_read"],
        ),
        notes=log.notes(),
        set_aside=SetAside.of(left, counts, tables),
    )


def _check_schema(raw: RawTable, frame: pd.DataFrame, log: FindingLog) -> None:
    cases = failures(raw.table, frame)
    if cases.empty:
        return
    # A cell that was not understood is missing in the typed frame; it already has its finding.
    known = [log.has(raw.table.name, *place) for place in zip(cases["position"], cases["column"])]
    cases = cases[~np.array(known, dtype=bool)]
    for (rule, column), group in cases.groupby(["rule", "column"], sort=False):
        at = group["position"].to_numpy()
        if rule == "duplicate_key":
            continue
        definition = raw.table.column(column)
        values = [raw.frame[column].iloc[place] if column in raw.frame else None for place in at]
        details = {}
        if rule == "out_of_range":
            details = {"limits": [_limits(definition.minimum, definition.maximum)] * len(at)}
        log.add(rule, raw, at, column, values, **details)
    _check_key(raw, frame, cases.loc[cases["rule"] == "duplicate_key", "position"], log)


def _check_key(raw: RawTable, frame: pd.DataFrame, repeated: pd.Series, log: FindingLog) -> None:
    """The second and later rows of a key are at fault; a key with a missing part is not compared.

    Nor is a row already known to repeat another's key: a merge knows which of the two was there before.
    """
    key = list(raw.table.key)
    places = [place for place in sorted(repeated.unique()) if not log.has_rule(raw.table.name, place, "key_taken")]
    rows = frame.loc[places, key].dropna() if places else frame.head(0)
    if rows.empty:
        return
    groups = rows.groupby(key, sort=False)
    later = rows.index[groups.cumcount() > 0].to_numpy()
    first = pd.Series(rows.index, index=rows.index).groupby([rows[name] for name in key]).transform("first")
    keys = row_key(raw.table.name, rows.loc[later])
    lines = [_other_row(raw, place, mine) for mine, place in first.loc[later].items()]
    said = [key_texts(raw.table.name, text) for text in keys]
    log.add("duplicate_key", raw, later, key[0], frame.loc[later, key[0]].tolist(), first=lines, key=said)


def _other_row(raw: RawTable, place: int, mine: int) -> int | str:
    """The number of a row; with its file and sheet where these are other than those of the row ``mine``."""
    row = int(raw.rows[place])
    file, sheet = raw.origin(place)
    return row if (file, sheet) == raw.origin(mine) else f"{row} ({file} [{sheet}])"


def _limits(low: float | None, high: float | None) -> tuple[str, str]:
    def said(language: Language) -> str:
        least, most = ("" if limit is None else number(limit, language) for limit in (low, high))
        return f"{least} … {most}" if least and most else f"≥ {least}" if least else f"≤ {most}"

    return said("vi"), said("en")


def _with_source(raw: RawTable, frame: pd.DataFrame, good: pd.Series) -> pd.DataFrame:
    frame = frame.assign(**{name: values.array for name, values in raw.each_origin().items()}, source_row=raw.rows)
    return frame if good.all() else frame[good].reset_index(drop=True)


def _marked(value: object) -> object:
    """A cell set aside as it can be mended: what lies in it is seen, and refused again until it is typed anew."""
    return visible(value) if isinstance(value, str) and visible(value) != value else value


def _set_aside(raw: RawTable, frame: pd.DataFrame, bad: np.ndarray, findings: pd.DataFrame) -> pd.DataFrame:
    """Rows with an error: understood cells in their types, the others as given, and why they are kept aside."""
    extra = ["reason_vi", "reason_en", *SOURCE_COLUMNS]
    if not len(bad):
        return pd.DataFrame(columns=[*frame.columns, *extra], dtype=object)
    aside = frame.iloc[bad]
    aside = aside.astype(object).where(aside.notna(), None)
    for column in aside.columns:
        if column in raw.frame:
            given = raw.frame[column].iloc[bad].astype(object).map(_marked)
            aside[column] = aside[column].where(aside[column].notna(), given.where(given.notna(), None))
    origins = [raw.origin(place) for place in bad]
    places = [(*origin, int(row)) for origin, row in zip(origins, raw.rows[bad], strict=True)]
    errors = findings[(findings["severity"] == "error") & (findings["table"] == raw.table.name)]
    for language in ("vi", "en"):
        reasons = errors.groupby(["file", "sheet", "row"])["message_" + language].agg(" ".join).to_dict()
        aside["reason_" + language] = [reasons[place] for place in places]
    aside[list(SOURCE_COLUMNS)] = pd.DataFrame(places, index=aside.index)
    return aside.reset_index(drop=True)
