"""The cited official figures as one tidy table with origins; every source row kept, known errors mended as data."""

from __future__ import annotations

import csv
import hashlib
from functools import lru_cache
from pathlib import Path
from urllib.parse import urlsplit

import pandas as pd

from kttt_lib.errors import KtttError
from kttt_lib.files import hash_tree
from kttt_lib.published import conflicts, measured
from kttt_lib.published.catalogue import load_catalogue
from kttt_lib.published.corrections import apply_corrections, load_corrections
from kttt_lib.resources import PUBLISHED

_ORIGIN = ["source_title", "source_publisher", "source_url", "source_date", "note"]
_SOURCES = {
    "published_figures": ["series", "unit", "area", "period", "as_of", "value", *_ORIGIN],
    "provincial_panel": [
        "province",
        "year",
        "kind",
        "series",
        "unit",
        "value",
        "as_of",
        "document",
        "source_url",
        "note",
    ],
}
COLUMNS = [
    "row_id",
    "series",
    "unit",
    "area",
    "period",
    "year",
    "as_of",
    "measured_on",
    "kind",
    "value",
    "low",
    "high",
    "rounding",
    "derived",
    "value_printed",
    "unit_printed",
    "series_printed",
    "source_title",
    "source_publisher",
    "source_url",
    "source_date",
    "note",
    "origin_id",
    "conflict",
    "flag_vi",
    "flag_en",
    "correction",
    "file",
    "line",
]


def load_published(folder: str | Path = PUBLISHED, dropped: bool = False) -> pd.DataFrame:
    """One row a published figure, in the files' order.

    Columns (COLUMNS): ``series``, ``unit`` (canonical; the printed ones beside them), ``area``, ``period`` as printed,
    ``year`` (Int64, when the period is one year), ``as_of`` as printed, ``measured_on`` (datetime64, the day the figure
    speaks of; NaT when unclear and for targets), ``kind`` (target, result, estimate), ``value`` (float; a range's lower
    end), ``low``/``high``, ``rounding`` (at_least, at_most, about or ""), ``derived`` (arithmetic on printed numbers),
    the source's title, publisher, address and date, ``note``, ``origin_id`` (one a page), ``conflict`` (sources
    disagree, or a known inconsistency: see ``series_conflicts``), flags, corrections, and the file and line it is on.
    ``dropped=True`` gives only the rows that corrections removed, instead of the others.

    Source: each row's own page, and data/published/README.md.

    Raises KtttError when a file is missing, a column or value is not what it should be, or a correction is out of date.

    Examples
    --------
    >>> import kttt_lib as kttt
    >>> figures = kttt.load_published()
    >>> figures.loc[figures["kind"] == "target", "source_url"].isna().sum().item()
    0
    """
    folder = Path(folder)
    return _loaded(folder, dropped, tuple(hash_tree(folder).items())).copy()


@lru_cache(maxsize=4)  # every notebook asks for it, and half a second is spent on it
def _loaded(folder: Path, dropped: bool, files: tuple[tuple[str, str], ...]) -> pd.DataFrame:
    """The rows of a folder with these files (their SHA-256)."""
    rows = pd.concat([_read(folder, name) for name in _SOURCES], ignore_index=True)
    rows["row_id"] = _row_ids(rows)
    rows = apply_corrections(rows, load_corrections(folder / "corrections.yaml"), "corrections.yaml")
    rows = rows[rows.pop("dropped") == dropped].reset_index(drop=True)
    rows = _numbers(rows)
    rows = _names(rows, folder)
    rows = _times(rows)
    rows["rounding"] = rows["note"].map(measured.rounding)
    rows["derived"] = rows["note"].map(measured.is_derived)
    page = rows["source_url"].where(rows["source_url"] != "", rows["source_title"])
    rows["origin_id"] = page.map(lambda text: "o-" + _digest(text))
    rows["conflict"] = (rows["flag_en"] != "") | rows["row_id"].isin(conflicts.disagreeing_rows(rows))
    return rows[COLUMNS]


def origins(published: pd.DataFrame) -> pd.DataFrame:
    """One row a page: origin_id, source_title, source_publisher, source_url, source_date, figures (how many)."""
    by = ["origin_id", "source_title", "source_publisher", "source_url", "source_date"]
    pages = published.groupby(by, sort=False, as_index=False).size().rename(columns={"size": "figures"})
    return pages.groupby("origin_id", sort=False, as_index=False).agg(
        {"source_title": "first", "source_publisher": "first", "source_url": "first"}
        | {"source_date": "first", "figures": "sum"}
    )


def _read(folder: Path, name: str) -> pd.DataFrame:
    path = folder / f"{name}.csv"
    try:
        rows = pd.read_csv(path, dtype=str, keep_default_na=False, encoding="utf-8")
    except FileNotFoundError:
        raise _fault(path.name, "", "không tìm thấy tệp", "no such file") from None
    except (UnicodeDecodeError, pd.errors.ParserError) as error:
        raise _fault(path.name, "", f"không đọc được ({error})", f"cannot be read ({error})") from None
    expected = _SOURCES[name]
    if list(rows.columns) != expected:
        got = ", ".join(rows.columns)
        want = ", ".join(expected)
        raise _fault(path.name, "", f"các cột phải là {want}; nay là {got}", f"columns must be {want}; found {got}")
    rows["file"], rows["line"] = name, _lines(path)
    if name == "published_figures":
        rows["kind"] = [measured.kind_from_words(a, n) for a, n in zip(rows["as_of"], rows["note"], strict=True)]
        return rows
    # The panel prints a kind and names its document; the publisher is the address's host, no date is recorded.
    rows = rows.rename(columns={"province": "area", "year": "period", "document": "source_title"})
    hosts = rows["source_url"].map(lambda url: urlsplit(url).netloc)
    return rows.assign(source_publisher=hosts, source_date="")


def _lines(path: Path) -> list[int]:
    """The line on which each row begins (a quoted note may run over lines)."""
    with path.open(encoding="utf-8", newline="") as stream:
        reader = csv.reader(stream)
        next(reader)
        starts, before = [], reader.line_num
        for _ in reader:
            starts.append(before + 1)
            before = reader.line_num
    return starts


def _numbers(rows: pd.DataFrame) -> pd.DataFrame:
    pairs = []
    for row in rows.itertuples():
        try:
            low, high = measured.numbers(row.value)
        except ValueError:
            place = f"{row.line}"
            vi = f"cột value: '{row.value}' không phải số hay khoảng số"
            en = f"column value: '{row.value}' is no number and no range"
            raise _fault(f"{row.file}.csv", place, vi, en) from None
        pairs.append((low * row.factor, high * row.factor))
    rows = rows.rename(columns={"value": "value_printed"})
    rows["low"] = [low for low, _ in pairs]
    rows["high"] = [high for _, high in pairs]
    return rows


def _names(rows: pd.DataFrame, folder: Path) -> pd.DataFrame:
    """Canonical series and units; the printed ones stay beside them."""
    aliases = {alias: name for name, series in load_catalogue(folder).items() for alias in series.aliases}
    units = pd.read_csv(folder / "units.csv", dtype={"factor": float}, keep_default_na=False)
    rows = rows.rename(columns={"unit": "unit_printed", "series": "series_printed"})
    rows["series"] = rows["series_printed"].replace(aliases)
    rows["unit"] = rows["unit_printed"]
    done = pd.Series(False, index=rows.index)
    for rule in units.itertuples():
        found = ~done & (rows["unit_printed"] == rule.unit_printed)
        found &= rows["series_printed"].str.startswith(rule.series_prefix)
        rows.loc[found, "unit"] = rule.unit
        rows.loc[found, ["low", "high"]] *= rule.factor
        done |= found
    rows["value"] = rows["low"]
    return rows


def _times(rows: pd.DataFrame) -> pd.DataFrame:
    rows["year"] = pd.to_numeric(rows["period"].where(rows["period"].str.fullmatch(r"\d{4}"))).astype("Int64")
    days = [
        None if kind == "target" else measured.measured_on(as_of, period)
        for kind, as_of, period in zip(rows["kind"], rows["as_of"], rows["period"], strict=True)
    ]
    rows["measured_on"] = pd.to_datetime(pd.Series(days, index=rows.index, dtype=object))
    return rows


def _row_ids(rows: pd.DataFrame) -> pd.Series:
    """Readable and stable: from what the row prints and its page, not from its place, its value or a correction."""
    base = rows["series"] + "/" + rows["area"] + "/" + rows["period"] + "/"
    page = rows[["file", "kind", "unit", "as_of", "source_url"]].itertuples(index=False, name=None)
    ids = base + [_digest("|".join(words)) for words in page]
    nth = ids.groupby(ids).cumcount()
    return ids.where(nth == 0, ids + "-" + (nth + 1).astype(str))


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:8]


def _fault(file: str, line: str, vi: str, en: str) -> KtttError:
    at_vi, at_en = (f", dòng {line}", f", line {line}") if line else ("", "")
    return KtttError(f"data/published/{file}{at_vi}: {vi}", f"data/published/{file}{at_en}: {en}")
