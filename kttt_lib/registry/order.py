"""The order of a registry's rows after a merge: each where it stood, so that row numbers still lead to it."""

from __future__ import annotations

import numpy as np
import pandas as pd

from kttt_lib.registry.findings.raw import RawTable
from kttt_lib.registry.keys import look_up, row_key
from kttt_lib.registry.model import Registry
from kttt_lib.registry.returned import BETWEEN, place_ids, place_texts
from kttt_lib.registry.schema import SOURCE_COLUMNS


def in_old_order(
    accepted: pd.DataFrame, overwritten: pd.DataFrame, old: Registry, raw: RawTable, settled: pd.DataFrame
) -> tuple[pd.DataFrame, np.ndarray]:
    """Accepted rows in the old order, new ones after; an old row stays when its new version was set aside.

    With them the place of each, NaN for a new one: the number of its row in the old registry, where that is one source.

    A row that had been set aside, or that takes such a row's place, stands where that one stood.
    """
    if accepted.empty and overwritten.empty:
        return accepted, np.empty(0)
    name = raw.table.name
    before, aside = old.tables[name], old.quarantine[name]
    missing = overwritten[~row_key(name, overwritten).isin(row_key(name, accepted)).to_numpy()]
    frame = pd.concat([accepted, missing], ignore_index=True) if len(missing) else accepted
    stood, stood_aside = _places(before, aside)
    versions = settled[settled["how"] == "new version"]
    keys = pd.concat([row_key(name, before), versions["key"]])
    by_key = pd.Series(np.concatenate([stood, stood_aside[versions.index.to_numpy(dtype="int64")]]), index=keys)
    place = look_up(row_key(name, frame), by_key[~by_key.index.duplicated()])
    if len(aside):
        ids = place_ids(raw.returned or [""] * len(raw.rows))
        came = pd.Series(ids.array, index=_origins(raw.file, raw.sheet, raw.rows))
        came = came[came != ""]  # a row of a list may be that of several years
        by_place = pd.Series(stood_aside, index=place_ids(place_texts(aside)))
        by_place = by_place[~by_place.index.duplicated()]
        waited = pd.Series(stood_aside, index=_origins(*(aside[column] for column in SOURCE_COLUMNS)))
        origins = pd.Series(_origins(*(frame[column] for column in SOURCE_COLUMNS)), index=frame.index)
        place = place.fillna(look_up(look_up(origins, came), by_place)).fillna(look_up(origins, waited))
    order = np.argsort(place.fillna(np.inf).to_numpy(dtype="float64"), kind="stable")
    return frame.iloc[order].reset_index(drop=True), place.to_numpy(dtype="float64")[order]


def _origins(file: object, sheet: object, rows: object) -> pd.Index:
    """Place of each row in its source, as one text."""
    parts = pd.DataFrame({"file": file, "sheet": sheet, "row": rows}).astype("str")
    return pd.Index(parts["file"] + BETWEEN + parts["sheet"] + BETWEEN + parts["row"])


def _places(before: pd.DataFrame, aside: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """Where the old accepted rows and those set aside stood: by their rows in the one source, else in this order."""
    origins = pd.concat([frame[list(SOURCE_COLUMNS)].astype(object) for frame in (before, aside)], ignore_index=True)
    one_source = len(origins[list(SOURCE_COLUMNS[:2])].drop_duplicates()) == 1
    place = origins["source_row"].to_numpy(dtype="float64") if one_source else np.arange(float(len(origins)))
    return place[: len(before)], place[len(before) :]
