"""Scores that stand in the registry and that no rule reads: how many, of whom, and why."""

from __future__ import annotations

import numpy as np
import pandas as pd

from kttt_lib.errors import LANGUAGES
from kttt_lib.rating.facts import Facts, year_end
from kttt_lib.rating.rulebooks import load_rulebooks, rulebooks_for_year
from kttt_lib.rating.scoring import chosen_rulebooks, covered, items
from kttt_lib.registry.model import Registry
from kttt_lib.registry.text import number

EVER = "2200-01-01"
COLUMNS = ["year", "rulebook", "why", "scores", "organisations", "message_vi", "message_en", "place_vi", "place_en"]
# Reasons that are a slip of the pen; the others say that a rule does not apply.
SLIPS = ("unknown_rulebook", "unknown_criterion", "above_maximum")
WHY = {
    "not_in_force": (
        "văn bản này không có hiệu lực để đánh giá năm {year}",
        "that rulebook is not in force to rate {year}",
    ),
    "not_covered": ("văn bản này không áp dụng cho các tổ chức đó", "that rulebook does not cover these organisations"),
    "other_rulebook": (
        "năm đó các tổ chức này được đánh giá theo {other}",
        "in that year these organisations are rated under {other}",
    ),
    "unknown_rulebook": ("không có văn bản đánh giá nào tên như vậy", "no rulebook has that name"),
    "unknown_criterion": ("văn bản này không có tiêu chí đó", "that rulebook has no such criterion"),
    "above_maximum": ("điểm vượt mức tối đa của tiêu chí", "the score is above the criterion's maximum"),
}
SAID = (
    "{scores} dòng điểm của {organisations} tổ chức năm {year} ghi theo '{rulebook}' không được đọc: {why}",
    "Scores of {year} under '{rulebook}' that are not read: {scores} (organisations: {organisations}), as {why}",
)


def unread_scores(facts: Facts, position: np.ndarray | None = None) -> pd.DataFrame:
    """Scores of the last closed year that no rule reads, of all organisations or of some (``COLUMNS``).

    One row a rulebook, as the registry writes it, and reason ``why`` (of ``WHY``); ``place``: where the first stands.
    """
    rows = facts.remember("unread_scores", lambda: _unread(facts))
    if position is not None:
        rows = rows[rows["position"].isin(position)]
    found = []
    for (rulebook, why, other), part in rows.groupby(["rulebook", "why", "other"], sort=True):
        scores, organisations = len(part), part["position"].nunique()
        messages = []
        for place, language in enumerate(LANGUAGES):
            title = getattr(load_rulebooks()[other], f"title_{language}") if other else ""
            because = WHY[why][place].format(year=facts.closed_year, other=title)
            counts = {"scores": number(scores, language), "organisations": number(organisations, language)}
            messages.append(SAID[place].format(year=facts.closed_year, rulebook=rulebook, why=because, **counts))
        first = part.loc[part["row"].idxmin()]
        places = [
            ", ".join(
                filter(None, [first["file"], first["sheet"] and f"{sheet} {first['sheet']}", f"{row} {first['row']}"])
            )
            for sheet, row in (("trang", "dòng"), ("sheet", "row"))
        ]
        found.append([facts.closed_year, rulebook, why, scores, organisations, *messages, *places])
    return pd.DataFrame(found, columns=COLUMNS)


def unread_of_all_years(facts: Facts) -> pd.DataFrame:
    """``unread_scores`` of every year up to the last closed one."""
    years = sorted(set(facts.view.column("criteria_scores", "year").astype(int)))
    found = [unread_scores(facts.on(year_end(year))) for year in years if year <= facts.closed_year]
    return pd.concat([table for table in found if len(table)] or [pd.DataFrame(columns=COLUMNS)], ignore_index=True)


def unread_in(registry: Registry) -> pd.DataFrame:
    """``unread_scores`` of every year of a registry, all of it known, under the rulebooks in force."""
    years = registry.tables["criteria_scores"]["year"]
    if years.empty:
        return pd.DataFrame(columns=COLUMNS)
    return unread_of_all_years(Facts(registry.as_of(f"{int(years.max())}-12-31", EVER)))


def _unread(facts: Facts) -> pd.DataFrame:
    """One row a score that is not read: position, rulebook, why, other (the rulebook that rates instead), its place."""
    year = facts.closed_year
    position = facts.rows("criteria_scores")
    chosen = np.flatnonzero(
        (facts.view.column("criteria_scores", "year").to_numpy(dtype=int) == year) & (position >= 0)
    )
    rows, position = facts.view.part("criteria_scores", chosen), position[chosen]
    place, books = chosen_rulebooks(facts)
    rating = np.array([*(book.id for book in books), ""], dtype=object)[place[position]]
    in_force = {book.id for book in rulebooks_for_year(year, first=facts.rulebooks.get(year))}
    why = np.full(len(rows), "unknown_rulebook", dtype=object)
    for book in load_rulebooks().values():
        if book.variant_of is not None and book.id not in in_force:
            continue  # its codes are those of the rulebook that it reads otherwise
        mine = rows["rulebook"].isin(book.codes).to_numpy(dtype=bool)
        why[mine] = "other_rulebook" if book.id in in_force else "not_in_force"
        if book.id in in_force:
            why[mine & ~covered(facts, book)[position]] = "not_covered"
        maxima = {item.id: np.inf if item.maximum is None else item.maximum for item in items(book)}
        most = rows["criterion"].map(maxima).to_numpy(dtype=float)
        read = mine & (rating == book.id)
        why[read] = np.select(
            [np.isnan(most), rows["score"].to_numpy(dtype=float) > most], ["unknown_criterion", "above_maximum"], ""
        )[read]
    other = np.where(why == "other_rulebook", rating, "")
    found = {"position": position, "rulebook": rows["rulebook"].to_numpy(dtype=object), "why": why, "other": other}
    found |= {name: rows[f"source_{name}"].to_numpy() for name in ("file", "sheet", "row")}
    return pd.DataFrame(found)[why != ""]
