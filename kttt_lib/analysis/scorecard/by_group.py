"""A target by district, sector, subtype and size: the same rows, summed in groups, so that they add up."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from kttt_lib.indicators.measure import guarded
from kttt_lib.indicators.rows import Rows
from kttt_lib.rating import load_rulebooks
from kttt_lib.rating.facts import Facts
from kttt_lib.registry.schema import AGRI_SUBTYPES, SECTORS
from kttt_lib.results import SCORECARD_BY_GROUP

UNKNOWN = ("", "Không rõ", "Not known")


def size_classes() -> list[tuple[str, str, str]]:
    """Size classes by members of Circular 01/2020, article 4: (id, vi, en)."""
    return [(c.id, c.title_vi, c.title_en) for c in _classes()]


def _classes():
    return next(table.classes for table in load_rulebooks()["tt01_2020"].size_classes if table.by == "members")


def size_codes(members: np.ndarray) -> np.ndarray:
    """Each organisation's size class as a place in ``size_classes()``; one beyond the last when not known."""
    classes = _classes()
    code = np.full(len(members), len(classes))
    known = ~np.isnan(members)
    code[known] = len(classes) - 1
    for place in range(len(classes) - 2, -1, -1):
        entry = classes[place]
        inside = members < entry.below if entry.below is not None else members <= entry.up_to
        code[known & inside] = place
    return code


def dimensions(facts: Facts) -> dict[str, tuple[np.ndarray, list[tuple[str, str, str]]]]:
    """Dimension -> (place of each organisation's level, levels as (id, vi, en)); the last level is "not known"."""
    return facts.remember("dimensions", lambda: _dimensions(facts))


def _dimensions(facts: Facts) -> dict[str, tuple[np.ndarray, list[tuple[str, str, str]]]]:
    codes, names = pd.factorize(facts.text("district"), sort=True)
    found = {"district": (codes, [(name, name, name) if name else UNKNOWN for name in names])}
    for dimension, column, labels in (
        ("sector", "sector", SECTORS),
        ("subtype", "agri_subtype", AGRI_SUBTYPES),
    ):
        place = pd.Index(list(labels)).get_indexer(pd.Index(facts.text(column)))
        levels = [(code, *label) for code, label in labels.items()]
        found[dimension] = (np.where(place < 0, len(levels), place), [*levels, UNKNOWN])
    size = size_codes(facts.report(facts.closed_facts.closed_year, "members"))
    found["size"] = (size, [*size_classes(), UNKNOWN])
    return found


def by_group(target_id: str, rows: Rows) -> pd.DataFrame:
    """Value and bounds of the rows in each level of each dimension that has any (columns ``SCORECARD_BY_GROUP``).

    By district an organisation stands where it was on the day that the value speaks of.
    A group's value and bounds are withheld as the whole's would be (``indicators.measure.guarded``).
    Rows of no organisation (training courses, activities) are told apart by district only where they name one.
    """
    frames = []
    then = rows.facts.on(rows.day)
    districts, names = dimensions(then)["district"]
    places = {"district": (districts[then.position(rows.facts.ids)], names)}
    for dimension, (place, levels) in (dimensions(rows.facts) | places).items():
        if (rows.position >= 0).all():
            groups, labels = (place[rows.position] if rows.size else np.empty(0, dtype=int)), levels
        elif dimension == "district" and rows.district is not None:
            groups, names = pd.factorize(rows.district, sort=True)
            labels = [(name, name, name) if name else UNKNOWN for name in names]
        else:
            continue
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
