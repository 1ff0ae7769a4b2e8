"""Rows set aside for errors stand on page one, with what they bear on, and are never told as missing reports."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import province as made_up
import pytest

from kttt_lib.report.book import Book
from kttt_lib.report.context import prepare
from kttt_lib.report.document import block_runs, plain
from kttt_lib.report.indicators import records
from kttt_lib.report.sections.annexes import ANNEXES
from kttt_lib.report.sections.opening import opening
from kttt_lib.report.sections.outlook import outlook
from kttt_lib.report.sections.targets import statement
from kttt_lib.report.words import LANGUAGES


def results(**values: object) -> dict[str, pd.DataFrame]:
    """The good year in which two new HTX are set aside and T6 is open."""
    tables = made_up.results("good")
    cards = tables["scorecard/targets"]
    told = {"value": 18, "lower": 18, "upper": 20, "missing": 2, "set_aside": 2, "verdict": "undetermined", **values}
    for column, value in told.items():
        cards.loc[cards["target_id"] == "T6", column] = value
    return tables


def book_of(tables: dict[str, pd.DataFrame], language: str, set_aside: int = 3) -> Book:
    context = replace(made_up.context(language), set_aside=set_aside)
    return Book(prepare(tables, context), context)


def text_of(blocks: list, language: str) -> str:
    return "\n".join(plain(tuple(block_runs(block)), language) for block in blocks)


@pytest.mark.parametrize("language", LANGUAGES)
def test_page_one_says_how_many_rows_are_set_aside_and_which_targets_they_bear_on(language):
    said = text_of(opening(book_of(results(), language)), language)
    words = {"vi": "3 dòng của sổ đăng ký có lỗi nên bị tách ra", "en": "3 rows of the registry are set aside"}[
        language
    ]
    assert words in said
    words = {"vi": "ảnh hưởng đến T6:", "en": "They bear on T6:"}[language]
    assert words in said
    words = {"vi": "dòng bị tách ra", "en": "2 organisations that cannot be told, for rows set aside"}[language]
    assert words in said.split("T6.")[1]


@pytest.mark.parametrize("language", LANGUAGES)
def test_rows_that_can_change_nothing_are_told_so_and_no_rows_are_not_told(language):
    still = results(missing=0, set_aside=0, value=20, lower=20, verdict="met")
    said = text_of(opening(book_of(still, language)), language)
    words = {"vi": "Không kết quả nào trong báo cáo này thay đổi", "en": "No result of this report changes"}[language]
    assert words in said
    said = text_of(opening(book_of(still, language, set_aside=0)), language)
    words = {"vi": "tách ra", "en": "set aside"}[language]
    assert words not in said


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_row_set_aside_is_no_missing_report_and_the_proposal_is_to_mend_it(language):
    book = book_of(results(), language)
    row = book.frame("scorecard/targets").set_index("target_id", drop=False).loc["T6"]
    said = " ".join(plain(one, language) for one in statement(book, row))
    words = {
        "vi": "2 tổ chức chưa rõ do dòng bị tách ra",
        "en": "2 organisations cannot be told, for rows set aside",
    }[language]
    assert words in said
    asked = text_of(outlook(book), language)
    words = {"vi": "Sửa các dòng của sổ đăng ký bị tách ra vì có lỗi, để kết luận được T6", "en": "Mend the rows"}[
        language
    ]
    assert words in asked
    words = {"vi": "Thu đủ báo cáo năm", "en": "Collect the missing annual reports"}[language]
    assert words not in asked


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_plan_of_which_most_cannot_be_told_is_not_called_missed(language):
    tables = made_up.results("bad")
    cards = tables["scorecard/targets"]
    counted = cards["comparator"].eq(">=") & cards["group"].eq("target")
    left = cards.index[counted][:-1]
    cards.loc[left, "verdict"] = "no_data"
    cards.loc[left, ["value", "lower", "upper"]] = np.nan
    cards.loc[left, "set_aside"] = 9
    said = text_of(opening(book_of(tables, language, set_aside=9)), language)
    words = {"vi": "Chưa đủ căn cứ để đánh giá chung", "en": "too little evidence to judge the plan"}[language]
    assert words in said
    words = {"vi": "Chưa mục tiêu nào đạt", "en": "No target reached"}[language]
    assert words not in said
    words = {"vi": f"{len(left)}/{counted.sum()}", "en": f"{len(left)} of {counted.sum()}"}[language]
    assert words in said


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_annex_on_quality_states_the_share_beyond_which_nothing_is_concluded(language):
    book = book_of(results(), language)
    said = text_of([block for part in ANNEXES for block in part(book)], language)
    words = {"vi": "Bảng có quá 20% số dòng bị tách ra", "en": "Where more than 20% of a table is set aside"}[language]
    assert words in said


def test_indicators_count_what_is_set_aside_and_call_such_a_value_provisional():
    told = {record["target_id"]: record for record in records(results(), made_up.END)}
    assert (told["T6"]["set_aside"], told["T6"]["obs_status"]) == (2, "P")
    assert (told["T7"]["set_aside"], told["T7"]["obs_status"]) == (0, "A")
    moved = {record["target_id"]: record for record in records(results(missing=0), made_up.END)}
    assert moved["T6"]["obs_status"] == "P"
