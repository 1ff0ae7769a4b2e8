"""A verdict on the range drawn from earlier reports is told as likely, with both ranges, and never counted as met."""

from __future__ import annotations

import province as made_up
import pytest
from test_waiting import book_of, text_of

from kttt_lib.disclosure import public_edition
from kttt_lib.report.annual import build_annual_report
from kttt_lib.report.claims import unbacked
from kttt_lib.report.context import prepare
from kttt_lib.report.document import plain
from kttt_lib.report.indicators import records
from kttt_lib.report.sections.opening import opening
from kttt_lib.report.sections.outlook import outlook
from kttt_lib.report.sections.targets import statement

pytestmark = pytest.mark.usefixtures("undrawn")

BOUNDS = {
    "lower": 100.0, "upper": float("nan"), "carried_lower": 160.5, "carried_upper": 190.0, "carried_level": 95.0,
    "carried_last": 30, "carried_older": 2, "carried_like": 8, "missing": 40, "value": 142.0,
}  # fmt: skip


def likely(verdict="likely_not_met", **changes):
    """The story with many reports missing, one target of which (T8, at least 300) has bounds by earlier reports."""
    tables = made_up.results("missing")
    cards = tables["scorecard/targets"].copy()
    for column, value in {**BOUNDS, "verdict": verdict, "reason": verdict, **changes}.items():
        cards[column] = cards[column].where(cards["target_id"] != "T8", value)
    tables["scorecard/targets"] = cards
    return tables


def said(tables, language, target_id="T8"):
    book = book_of(tables, language)
    cards = tables["scorecard/targets"]
    promise = cards[cards["target_id"] == target_id].iloc[0]
    return " ".join(plain(sentence, language) for sentence in statement(book, promise))


def test_the_sentence_names_the_verdict_the_range_its_level_and_the_worst_case():
    vi, en = said(likely(), "vi"), said(likely(), "en")
    assert "nhiều khả năng chưa đạt, tuy còn thiếu 40 báo cáo" in vi
    assert "Dựa trên khoảng suy ra từ số liệu các năm trước của đơn vị còn thiếu số liệu" in vi
    assert "(mức tin cậy 95%); xét mọi khả năng thì từ 100 trở lên" in vi
    assert "Trong 40 đơn vị còn thiếu số liệu, 8 đơn vị không có báo cáo của ba năm trước" in vi
    assert "it is likely not met, although 40 reports or scores are missing" in en
    assert "(at a level of 95%); over every possibility it is 100 or more" in en
    assert "nhiều khả năng đạt" in said(likely("likely_met", carried_lower=310.0, carried_upper=350.0), "vi")


def test_without_a_worst_case_the_sentence_says_so_and_an_open_verdict_shows_the_range_too():
    assert "xét mọi khả năng thì không có giới hạn" in said(likely(lower=float("nan")), "vi")
    text = said(likely("undetermined", carried_upper=320.0), "vi")
    assert "nên chưa kết luận được" in text and "mức tin cậy 95%" in text


@pytest.mark.parametrize(("language", "words"), [("vi", "nhiều khả năng chưa đạt"), ("en", "likely not met")])
def test_the_first_page_counts_it_apart_and_lists_it_with_what_it_rests_on(language, words):
    before = text_of(opening(book_of(made_up.results("missing"), language)), language)
    after = text_of(opening(book_of(likely(), language)), language)
    assert words not in before and f"1 {words}" in after.replace("mục tiêu ", "").replace("1 was ", "1 ")
    assert {"vi": "dựa trên số liệu các năm trước", "en": "said in earlier years"}[language] in after


def test_its_missing_reports_are_still_asked_for_and_no_shortfall_is_handed_out():
    text = text_of(outlook(book_of(likely(), "vi")), "vi")
    asked = next(line for line in text.splitlines() if "Thu đủ báo cáo năm" in line)
    assert "T8" in asked
    assert [line for line in text.splitlines() if "T8" in line] == [asked]


@pytest.mark.parametrize("language", ["vi", "en"])
def test_every_number_of_it_is_backed(tmp_path, language):
    tables, context = likely(), made_up.context(language)
    assert unbacked(build_annual_report(tables, context), prepare(tables, context)) == []


def test_the_data_for_other_systems_hold_the_range_and_the_verdict():
    record = next(r for r in records(likely(), made_up.END) if r["target_id"] == "T8")
    assert (record["verdict"], record["carried_lower"], record["carried_level"]) == ("likely_not_met", 160.5, 95.0)


@pytest.mark.parametrize(("missing", "verdict"), [(2, "undetermined"), (3, "likely_not_met")])
def test_the_public_is_not_told_the_earlier_reports_of_one_or_two(missing, verdict):
    cards = public_edition(likely(missing=missing)).tables["scorecard/targets"].set_index("target_id")
    assert cards.loc["T8", "verdict"] == verdict
    assert cards.loc["T8", ["carried_lower", "carried_upper"]].isna().all() == (missing < 3)
    assert cards.loc["T8", "reason"] == verdict
