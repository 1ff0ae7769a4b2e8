"""Plan 23/KH-UBND as printed on Ninhbinh.gov.vn, 02/03/2020: the numbers below are the article's."""

import datetime as dt
from pathlib import Path

import pytest

from kttt_lib.plan import load_plan
from kttt_lib.plan.quotes import misplaced_quotes

PLANS = Path(__file__).resolve().parents[2] / "data" / "plans"

# Typed from the article: "ít nhất 90% HTX nông nghiệp", "98% Quỹ tín dụng nhân dân", "87% HTX phi nông nghiệp",
# "ít nhất 20 HTX, 20 THT", "300 lượt", "500 lượt", "30 HTX", "05 HTX", "10%", "ít nhất 10 mô hình".
PRINTED = {
    "T2": ("ceased_dissolved_share", ">=", 100, "%"),
    "T3": ("agri_effective_share", ">=", 90, "%"),
    "T4": ("qtdnd_effective_share", ">=", 98, "%"),
    "T5": ("non_agri_effective_share", ">=", 87, "%"),
    "T6": ("new_htx", ">=", 20, "htx"),
    "T7": ("new_tht", ">=", 20, "tht"),
    "T8": ("official_training_turns", ">=", 300, "turn"),
    "T9": ("manager_training_turns", ">=", 500, "turn"),
    "T10": ("htx_supported", ">=", 30, "htx"),
    "T11": ("htx_trademarks", ">=", 5, "htx"),
    "T12": ("preferential_loan_share", ">=", 10, "%"),
    "T13": ("new_model_effective", ">=", 10, "htx"),
}


@pytest.fixture(scope="module")
def plan():
    return load_plan(PLANS / "ninh-binh-2020.yaml")


def test_every_promise_is_there_in_order(plan):
    assert [promise.id for _, promise in plan.promises()] == (
        [f"T{n}" for n in range(1, 15)] + [f"Q{n}" for n in range(1, 6)] + [f"M{n}" for n in range(1, 9)]
    )


@pytest.mark.parametrize("target_id", PRINTED)
def test_printed_numbers(plan, target_id):
    target = plan.promise(target_id)
    assert (target.indicator, target.comparator, target.threshold, target.unit) == PRINTED[target_id]
    assert target.deadline == dt.date(2020, 12, 31)


def test_a_merger_target_without_a_number_is_all_of_them_and_says_so(plan):
    target = plan.promise("T1")
    assert (target.threshold, target.parameters) == (100, {"max_area_ha": 100})
    assert "100 %" in target.note_vi and "100 %" in target.note_en


def test_promises_without_a_number_are_tracked(plan):
    tracked = [promise.id for _, promise in plan.promises() if promise.comparator == "track"]
    assert tracked == ["T14"] + [f"Q{n}" for n in range(1, 6)] + [f"M{n}" for n in range(1, 9)]
    assert [m.parameters["task_group"] for m in plan.measures] == [m.id for m in plan.measures]


def test_the_published_count_of_value_chains_stands_at_the_aim_that_counts_them(plan):
    linked = {promise.id: promise.published.series for _, promise in plan.promises() if promise.published}
    assert linked["Q5"] == "htx_value_chain" and "T14" not in linked


def test_the_document(plan):
    document = plan.document
    assert (document.number, document.issued_on) == ("23/KH-UBND", dt.date(2020, 2, 28))
    assert (document.source_publisher, document.source_date) == ("Ninhbinh.gov.vn", dt.date(2020, 3, 2))
    assert plan.population_start == dt.date(2019, 12, 31)


def test_a_promise_with_its_own_rule_keeps_the_others(plan):
    target = plan.promise("T3").model_copy(update={"rule": "effective.ntm13"})
    assert plan.definitions_for(target).effective == "effective.ntm13"
    assert plan.definitions_for(target).ceased == plan.definitions.ceased
    assert plan.definitions_for(plan.promise("T3")) == plan.definitions


def test_titles_are_our_own_words_in_two_languages(plan):
    for _, promise in plan.promises():
        assert promise.title_vi != promise.title_en
        assert promise.quote_place.words not in promise.title_en


def test_a_quote_is_looked_for_where_it_is_said_to_stand(plan):
    one = plan.model_copy(update={"targets": [plan.promise("T6")], "aims": [], "measures": []})
    quote = plan.promise("T6").quote_place
    words = quote.words
    in_place = "Đầu đề\n\n" + "\n".join(["Đoạn."] * (quote.paragraph - 2)) + f"\nMột. Hai! {words.upper()}, 20 THT."
    assert misplaced_quotes(one, in_place) == {}
    assert misplaced_quotes(one, f"{words}.") == {"T6": (1, 1)}
    assert misplaced_quotes(one, "Không có gì.") == {"T6": None}
