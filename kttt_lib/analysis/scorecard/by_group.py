"""A target by district, sector, subtype and size: the same rows, summed in groups, so that they add up."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pandas as pd

from kttt_lib.indicators.measure import guarded
from kttt_lib.indicators.rows import COUNTED, NOT_COUNTED, STATUS_NAMES, Rows
from kttt_lib.rating.facts import Facts
from kttt_lib.rating.sizes import CLASSES, TITLES, sizes, tables_on
from kttt_lib.registry.schema import AGRI_SUBTYPES, SECTORS
from kttt_lib.results import SCORECARD_BEHIND, SCORECARD_BY_GROUP

UNKNOWN = ("", "Không rõ", "Not known")
# A course of the province names no district.
NO_DISTRICT = ("", "Lớp cấp tỉnh hoặc không ghi địa bàn", "Province-wide, or no place given")


def dimensions(facts: Facts) -> dict[str, tuple[np.ndarray, list[tuple[str, str, str]]]]:
    """Dimension -> (place of each organisation's level, levels as (id, vi, en)); the last level is "not known"."""
    return facts.remember("dimensions", lambda: _dimensions(facts))


def _dimensions(facts: Facts) -> dict[str, tuple[np.ndarray, list[tuple[str, str, str]]]]:
    codes, names = pd.factorize(facts.text("place"), sort=True)
    found = {"district": (codes, [(name, name, name) if name else UNKNOWN for name in names])}
    for dimension, column, labels in (
        ("sector", "sector", SECTORS),
        ("subtype", "agri_subtype", AGRI_SUBTYPES),
    ):
        place = pd.Index(list(labels)).get_indexer(pd.Index(facts.text(column)))
        levels = [(code, *label) for code, label in labels.items()]
        found[dimension] = (np.where(place < 0, len(levels), place), [*levels, UNKNOWN])
    # Before any rule sorted by size: by that of the day on which this is known.
    size = sizes(facts, facts.day if tables_on(facts.day) else facts.known_on)
    found["size"] = (np.where(size.told, size.low, len(CLASSES)), [*((c, *TITLES[c]) for c in CLASSES), UNKNOWN])
    return found


def grouped(rows: Rows) -> Iterator[tuple[str, np.ndarray, list[tuple[str, str, str]]]]:
    """(dimension, place of each row's level, levels) for each dimension by which the rows can be told apart."""
    then = rows.facts.on(rows.day)
    districts, names = dimensions(then)["district"]
    places = {"district": (districts[then.position(rows.facts.ids)], names)}
    for dimension, (place, levels) in (dimensions(rows.facts) | places).items():
        if (rows.position >= 0).all():
            yield dimension, (place[rows.position] if rows.size else np.empty(0, dtype=int)), levels
        elif dimension == "district" and rows.district is not None:
            groups, found = pd.factorize(rows.district, sort=True)
            yield dimension, groups, [(name, name, name) if name else NO_DISTRICT for name in found]


def behind(target_id: str, figure_of: str, key: str, rows: Rows | None, by_level: bool = False) -> pd.DataFrame:
    """Who stands behind a figure (columns ``SCORECARD_BEHIND``), for disclosure control alone; never published.

    Rows of organisations only: ``weight`` is what each adds to the numerator, ``base`` to the denominator.
    """
    if rows is None or not rows.size or (rows.position < 0).all():
        return SCORECARD_BEHIND.frame()
    counted, owned = rows.status == COUNTED, rows.position >= 0
    based = counted if rows.kind != "share" else counted | (rows.status == NOT_COUNTED)
    levels = {d: np.array([one[0] for one in of], dtype=object)[at] for d, at, of in grouped(rows)} if by_level else {}
    frame = pd.DataFrame(
        {
            "target_id": target_id,
            "figure_of": figure_of,
            "key": key,
            "counting": "own_count" if rows.kind == "count" and rows.private else rows.kind,
            "org_id": np.where(owned, rows.facts.ids[rows.position], ""),
            "status": STATUS_NAMES[rows.status],
            "weight": np.where(counted, rows.weight, 0.0),
            "base": np.where(based, rows.base, 0.0),
            **{d: levels.get(d, "") for d in ("district", "sector", "subtype", "size")},
        }
    )
    return frame[owned].reset_index(drop=True)


def by_group(target_id: str, rows: Rows) -> pd.DataFrame:
    """Value and bounds of the rows in each level of each dimension that has any (columns ``SCORECARD_BY_GROUP``).

    By district an organisation stands where it was on the day that the value speaks of.
    A group's value and bounds are withheld as the whole's would be (``indicators.measure.guarded``).
    Rows of no organisation (training courses, activities) are told apart by district only where they name one.
    """
    frames = []
    for dimension, groups, labels in grouped(rows):
        # What is not covered may be of any sector or size; it stands in other districts, or in none that has rows.
        here = replace(rows, uncovered=0) if dimension == "district" else rows
        totals, _ = guarded(here, groups, len(labels))
        seen = (totals.looked_at + totals.missing + totals.excluded) > 0
        frames.append(
            pd.DataFrame(
                {
                    "target_id": target_id,
                    "dimension": dimension,
                    "level": [label[0] for label in labels],
                    "level_vi": [label[1] for label in labels],
                    "level_en": [label[2] for label in labels],
                    **{name: getattr(totals, name) for name in SCORECARD_BY_GROUP.columns[5:]},
                }
            )[seen]
        )
    return pd.concat(frames, ignore_index=True) if frames else SCORECARD_BY_GROUP.frame()
