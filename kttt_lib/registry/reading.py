"""The front door: from a source to a checked registry."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from kttt_lib.errors import KtttError
from kttt_lib.files import recover
from kttt_lib.plan.lists import ABOUT_KEY, as_said, join, lists_of
from kttt_lib.plan.model import Lists
from kttt_lib.plan.named import named_registry
from kttt_lib.registry.about import ABOUT_FILE, read_about, seen
from kttt_lib.registry.cells.words import yes_or_no
from kttt_lib.registry.checking.tables import check_tables
from kttt_lib.registry.findings.log import FindingLog, shown
from kttt_lib.registry.findings.raw import NumberStyle, RawTable
from kttt_lib.registry.model import Registry
from kttt_lib.registry.returned import RETURNED
from kttt_lib.registry.schema import TABLES, tables_of
from kttt_lib.registry.sources.columnar import read_parquet_table
from kttt_lib.registry.sources.csv import leave_csv, read_csv_tables
from kttt_lib.registry.sources.database import is_database, read_database
from kttt_lib.registry.sources.workbook import read_workbook, refuse_missing, table_of_title
from kttt_lib.visible import named

WORKBOOK_SUFFIXES = (".xlsx", ".xlsm", ".xls", ".xlsb", ".ods")
SYNTHETIC_PREFIX = "SYN-"
# In a merge an empty cell says nothing; these say that the registry's is to be emptied.
CLEAR_WORDS = tuple(
    unicodedata.normalize(form, spelt)
    for word in ("xóa", "xoá", "clear")
    for spelt in (word, word.upper(), word.capitalize())
    for form in ("NFC", "NFD")
)


def read_registry(source: str | Path, lists: Lists | None = None, leave_out: Sequence[str] = ()) -> Registry:
    """Read and check a registry: "sample", a workbook (.xlsx), a folder of CSV or Parquet files, or a database.

    "sample" is the synthetic registry that comes with the code. A database is an SQLite file or a URL
    (``sqlite:///…``, ``postgresql://…``, of the schema NAME with ``?schema=NAME``); views count as tables. Tables,
    columns and units: docs/tables.md. Rows with an error are set aside in ``.quarantine`` with their reason; KtttError
    when the source as a whole cannot be read. A quarantine workbook is checked without the rules that need the rows
    which it does not have. ``lists``: the open lists of a plan (``Plan.lists``), beside those that the registry's own
    ``lists`` entry adds to data/lists. ``leave_out``: sheets, files and columns that are meant to stay out, beside
    those under ``left_out`` of what the registry says of itself;
    any other that has rows and is not read is an error of the registry.

    Examples
    --------
    >>> import kttt_lib as kttt
    >>> kttt.read_registry("sample").counts[["table", "read", "accepted"]].head(1).values.tolist()
    [['organisations', 969, 969]]
    """
    log = FindingLog()
    raws, about = read_raw(named_registry(source) or source, log, lists, leave_out)
    if raws["organisations"].frame.empty and not (log.has_note("example_rows") or log.has_note(RETURNED)):
        raw = raws["organisations"]
        raise KtttError(
            f"{raw.file}: bảng Tổ chức không có dòng nào, chỉ có tiêu đề. Điền ít nhất một tổ chức.",
            f"{raw.file}: the table Organisations has no row, only a header. Fill in at least one organisation.",
        )
    return check_tables(raws, _labelled(raws["organisations"], about, log), log)


def read_raw(
    source: str | Path, log: FindingLog, lists: Lists | None = None, leave_out: Sequence[str] = ()
) -> tuple[dict[str, RawTable], dict[str, object]]:
    """The tables as given (an optional one that is not there has no column) and what the source says of itself.

    The open lists are those of data/lists, of ``lists`` and of the source; ``about`` has the last two together.
    """
    given, about = _read(source, log)
    said = _understood(about, given["organisations"].file)
    log.settle([*leave_out, *said.get("left_out", [])], said.get("as_written", []))
    about = said
    if said := as_said(join(lists or Lists(), lists_of(about))):
        about = {**about, ABOUT_KEY: said}
    none = {"frame": pd.DataFrame(), "rows": np.empty(0, dtype="int64"), "file": given["organisations"].file}
    tables = tables_of(about)
    raws = {name: given.get(name) or RawTable(table, **none) for name, table in tables.items()}
    return {name: _cleared(replace(raw, table=tables[name]), log) for name, raw in raws.items()}, about


def _cleared(raw: RawTable, log: FindingLog) -> RawTable:
    """The table with its cells of the word that empties a cell empty, but for those of the key."""
    frame, found = raw.frame, {}
    for name in frame.columns.difference(list(raw.table.key)):
        if pd.api.types.is_object_dtype(frame[name]) or pd.api.types.is_string_dtype(frame[name]):
            mask = frame[name].isin(CLEAR_WORDS).to_numpy()
            if mask.any():
                found[name] = mask
    if not found:
        return raw
    count = sum(int(mask.sum()) for mask in found.values())
    vi, en = f"{count} ô ghi “xóa”: khi gộp, ô đó của sổ", f"Cells that say “clear”: {count}. In a merge these"
    log.note("cleared", raw, f"{vi} để trống.", f"{en} of the registry are emptied.")
    emptied = {name: frame[name].mask(mask) for name, mask in found.items()}
    return replace(raw, frame=frame.assign(**emptied), cleared=found)


def _understood(about: dict[str, Any], file: str) -> dict[str, Any]:
    """What a source says of itself with the entries that decide something read by the words of any cell."""
    about = dict(about)
    for key in ("left_out", "as_written"):
        if key in about:
            said = about[key] if isinstance(about[key], list) else str(about[key]).split(";")
            about[key] = [str(name).strip() for name in said]
    if "synthetic" in about:
        answer = False if about["synthetic"] is None else yes_or_no(about["synthetic"])
        if answer is None:
            raise KtttError(
                f"{file}: Dữ liệu giả lập (synthetic) ghi “{shown(about['synthetic'])}”. Ghi Có hoặc Không.",
                f"{file}: Synthetic data (synthetic) says “{shown(about['synthetic'])}”. Write yes or no.",
            )
        about["synthetic"] = answer
    return about


def _read(source: str | Path, log: FindingLog) -> tuple[dict[str, RawTable], dict[str, object]]:
    if is_database(str(source)):
        return read_database(str(source), log)
    path = Path(source)
    try:
        recover(path)
        if path.is_dir():
            return _read_folder(path, log)
        if not path.exists():
            raise KtttError(
                f"Không có tệp hoặc thư mục {path.name}. Kiểm tra lại đường dẫn.",
                f"There is no file or folder {path.name}. Check the path.",
            )
        if path.suffix.lower() in WORKBOOK_SUFFIXES:
            return read_workbook(path, log)
    except OSError as error:
        raise KtttError(
            f"{path.name}: không đọc được ({error.strerror}). Kiểm tra quyền truy cập.",
            f"{path.name}: cannot be read ({error.strerror}). Check the access rights.",
        ) from error
    raise KtttError(
        f"{path.name}: không phải sổ đăng ký. Dùng tệp .xlsx, thư mục CSV hoặc Parquet, hoặc cơ sở dữ liệu.",
        f"{path.name}: not a registry. Give an .xlsx file, a folder of CSV or Parquet files, or a database.",
    )


def _read_folder(folder: Path, log: FindingLog) -> tuple[dict[str, RawTable], dict[str, object]]:
    files = sorted(path for path in folder.iterdir() if path.is_file())
    kinds = {suffix: [path for path in files if path.suffix.lower() == suffix] for suffix in (".csv", ".parquet")}
    present = [suffix for suffix, paths in kinds.items() if any(table_of_title(path.stem) for path in paths)]
    if len(present) > 1:
        raise KtttError(
            f"Thư mục {folder.name} có cả tệp CSV và Parquet. Chỉ giữ một loại.",
            f"The folder {folder.name} has both CSV and Parquet files. Keep one kind.",
        )
    paths = _match_files(folder, kinds[present[0]] if present else [], log)
    about = read_about(folder)
    if present == [".parquet"]:
        return {name: read_parquet_table(TABLES[name], path, log) for name, path in paths.items()}, about
    # A folder with our own registry.yaml was written by a program: 1.234 is a decimal there, without doubt.
    style: NumberStyle = "machine" if (folder / ABOUT_FILE).is_file() else "unknown"
    return read_csv_tables(paths, style, log), about


def _match_files(folder: Path, paths: list[Path], log: FindingLog) -> dict[str, Path]:
    found: dict[str, list[Path]] = {}
    for path in paths:
        found.setdefault(table_of_title(path.stem) or "", []).append(path)
    others = [path.name for path in found.pop("", [])]
    for same in found.values():
        if len(same) > 1:
            names = ", ".join(f"“{path.name}”" for path in same)
            raise KtttError(
                f"Thư mục {folder.name} có hai tệp cho một bảng: {names}. Gộp lại thành một.",
                f"The folder {folder.name} has two files for one table: {names}. Put them together.",
            )
    refuse_missing(folder.name, found, others)
    for path in paths:
        if path.name in others and path.suffix.lower() == ".csv":
            leave_csv(path, log)
    if others:
        names = ", ".join(f"“{name}”" for name in others)
        log.note_source("other_files", folder.name, f"Không đọc các tệp: {names}.", f"Files not read: {names}.")
    return {name: found[name][0] for name in TABLES if name in found}


def _labelled(raw: RawTable, about: dict[str, object], log: FindingLog) -> dict[str, object]:
    """``about`` with ``synthetic`` set whenever an id says so: what is made up is never taken for real.

    Characters that lie are left out of it and noted.
    """
    about, hidden = seen({"synthetic": False} | about)
    if hidden:
        vi, en = "ký tự không nhìn thấy hoặc làm đảo chiều chữ", "characters that are not seen or turn the text about"
        log.note_source(
            "hidden_about",
            raw.file,
            f"Đã bỏ khỏi phần giới thiệu sổ {vi}: {named(hidden)}.",
            f"Left out of what the registry says of itself, {en}: {named(hidden)}.",
        )
    made_up = raw.frame["org_id"].astype("str").str.startswith(SYNTHETIC_PREFIX).fillna(False).to_numpy().nonzero()[0]
    if len(made_up) and about["synthetic"] is not True:
        log.add("unlabelled_synthetic", raw, made_up[:1], "org_id", [raw.frame["org_id"].iloc[made_up[0]]])
        about["synthetic"] = True
    return about
