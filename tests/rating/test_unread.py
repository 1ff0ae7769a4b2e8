"""Scores that no rule reads are counted and told, each with its reason; the others are read."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from small_registries import registry, view

from kttt_lib.rating import load_rulebooks, unread_in, unread_scores
from kttt_lib.rating.facts import Facts
from kttt_lib.rating.scoring import chosen_rulebooks, reported_scores
from kttt_lib.rating.unread import WHY

ORGANISATIONS = {
    "A": {"scores": {2024: {"tt01_2020": {"c1": 5, "c2": 4}}}},
    "B": {"scores": {2021: {"tt09_2017": {"2": 15}}}},
    "T": {"kind": "tht", "scores": {2021: {"tt01_2020": {"c1": 5}}}},
    "C": {"scores": {2021: {"TT9": {"c1": 5}}}},
    "D": {"scores": {2021: {"tt01_2020": {"c1": 5, "c99": 1, "c2": 9}}}},
    "Q": {"kind": "qtdnd", "scores": {2021: {"TT42/2016": {"capital": 5}}}},
}


def test_each_reason_is_told_with_its_year_rulebook_and_number():
    found = unread_in(registry(ORGANISATIONS)).set_index("why")
    assert set(found.index) == set(WHY)
    assert found.loc["not_in_force", ["year", "rulebook", "scores", "organisations"]].tolist() == [
        2024,
        "tt01_2020",
        2,
        1,
    ]
    assert found.drop("not_in_force")["year"].eq(2021).all() and found["scores"].sum() == 7
    assert "Thông tư 01/2020" in found.loc["other_rulebook", "message_vi"]
    assert "Circular 01/2020" in found.loc["other_rulebook", "message_en"]
    assert found.loc["not_in_force", "message_vi"] == (
        "2 dòng điểm của 1 tổ chức năm 2024 ghi theo 'tt01_2020' không được đọc: "
        "văn bản này không có hiệu lực để đánh giá năm 2024"
    )
    assert found.loc["not_in_force", "message_en"] == (
        "Scores of 2024 under 'tt01_2020' that are not read: 2 (organisations: 1), "
        "as that rulebook is not in force to rate 2024"
    )
    assert found["place_en"].str.match(r"criteria_scores, row \d+$").all()
    assert found.loc["above_maximum", "place_vi"] == "criteria_scores, dòng 8"


def test_a_rulebook_that_the_plan_chose_is_read():
    world = view(ORGANISATIONS, "2024-12-31", "2025-12-31")
    assert unread_scores(Facts(world))["scores"].tolist() == [2]
    assert unread_scores(Facts(world, rulebooks={2024: "tt01_2020"})).empty
    assert unread_scores(Facts(world, rulebooks={2024: "tt42_2016"}))["scores"].tolist() == [2]


def test_no_scores_and_years_still_to_close_tell_nothing():
    assert unread_in(registry({"A": {}})).empty
    early = view(ORGANISATIONS, "2024-06-30")
    assert unread_scores(Facts(early)).empty, "2023 is the last closed year"


BOOKS = sorted(book for book, rules in load_rulebooks().items() if rules.scored)
SHEETS = st.dictionaries(
    st.sampled_from(BOOKS),
    st.dictionaries(st.sampled_from(["c1", "c99", "2", "capital"]), st.floats(0, 40)),
    max_size=3,
)


@settings(max_examples=40)
@given(
    st.lists(st.tuples(st.sampled_from(["htx", "tht", "lhhtx", "qtdnd"]), SHEETS), min_size=1, max_size=5),
    st.integers(2015, 2026),
    st.sampled_from([None, *BOOKS]),
)
def test_every_score_of_the_year_is_either_read_or_told(organisations, year, first):
    described = {f"O{n}": {"kind": kind, "scores": {year: sheets}} for n, (kind, sheets) in enumerate(organisations)}
    facts = Facts(
        view(described, f"{year}-12-31", f"{year + 1}-12-31"), rulebooks=None if first is None else {year: first}
    )
    place, books = chosen_rulebooks(facts)
    read = sum(
        int((~np.isnan(reported_scores(facts, book, year)[place == number])).sum()) for number, book in enumerate(books)
    )
    written = sum(len(sheet) for _, sheets in organisations for sheet in sheets.values())
    assert read + unread_scores(facts)["scores"].sum() == written
