"""Codes and numbers told in sentences: in both languages, with separators, honest decimals and sources."""

from __future__ import annotations

import math
import re

import numpy as np
import pandas as pd
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from kttt_lib.analysis.outlook.needed import NOTHING
from kttt_lib.analysis.scorecard.verdicts import EARLY, JUDGED, NO_VALUE, VERDICTS
from kttt_lib.grammar.conditions import GRACE
from kttt_lib.report.document import Text
from kttt_lib.report.numbers import Number
from kttt_lib.report.tell import needed, reason, told
from kttt_lib.report.teller import Teller, statements
from kttt_lib.report.words import LANGUAGES, TEXT, word, words
from kttt_lib.results import OUTLOOK_TARGETS, SCORECARD_TARGETS


def outlook(unit="person", pace=np.nan, **numbers):
    row = {"target_id": "T1", "unit": unit, **NOTHING, "pace_needed": pace, **numbers}
    return {OUTLOOK_TARGETS: pd.DataFrame([row])}


def what_is_needed(language, **given):
    teller = Teller(language)
    return teller.plain(needed(outlook(**given), "T1", teller)).replace("\N{NO-BREAK SPACE}", " ")


@pytest.mark.parametrize(
    ("given", "vi", "en"),
    [
        (
            {"needed": "more", "needed_least": 12600, "needed_most": 12600, "pace": 2100.0},
            "Đến hạn cần thêm 12.600 người, bình quân khoảng 2.100 mỗi tháng",
            "12,600 more persons are needed by the deadline, about 2,100 a month",
        ),
        (
            {"needed": "level", "needed_least": 0.6, "unit": "million_vnd_per_person_year"},
            "Đến hạn cần tăng thêm khoảng 0,6 triệu đồng/người/năm",
            "About 0.6 million VND per person per year more must be added by the deadline",
        ),
        ({"needed": "level", "needed_least": 0.6}, "khoảng 0,6 người", "About 0.6 persons more"),
        ({"needed": "level", "needed_least": 0.04}, "khoảng 0,04 người", "About 0.04 persons more"),
        ({"needed": "level", "needed_least": 2.5, "unit": "%"}, "2,5 điểm phần trăm", "2.5 percentage points more"),
        ({"needed": "level", "needed_least": 15500.0, "unit": "million_vnd"}, "15,5 tỷ đồng", "VND 15.5 billion"),
        (
            {"needed": "more", "needed_least": 19, "needed_most": 1027, "pace": 170.25, "unit": "%"},
            "Đến hạn cần thêm từ 19 đến 1.027 đối tượng đạt yêu cầu, nhiều nhất khoảng 170,3 mỗi tháng",
            "19 to 1,027 more that qualify are needed by the deadline, at most about 170.3 a month",
        ),
        (
            {"needed": "rated", "needed_least": 1198, "needed_of": 1219.0, "needed_now": 1.0},
            "Ít nhất 1.198 trong 1.219 tổ chức phải đạt yêu cầu ở kỳ đánh giá tới, hiện có 1",
            "At least 1,198 of 1,219 must be good at the next rating; today 1 is",
        ),
        (
            {"needed": "out_of_reach", "needed_least": 12, "needed_of": 1},
            "Không còn đạt được: cần thêm 12, chỉ còn chờ 1 báo cáo",
            "Out of reach: 12 more are needed, only 1 report is awaited",
        ),
        ({"needed": "reports", "needed_least": 3, "needed_of": 7}, "Ít nhất 3 trong 7 báo cáo", "3 of the 7 reports"),
        ({"needed": "effective", "needed_least": 10}, "Ít nhất 10 HTX kiểu mới", "At least 10 new-model HTX"),
        ({"needed": "done", "pace": 0.0}, "Đã đạt, cần giữ vững", "Reached; it has to be kept"),
        ({"needed": "due"}, "Đã đến hạn", "The deadline has come"),
    ],
)
def test_what_is_needed_is_told_with_separators_and_honest_decimals(given, vi, en):
    assert vi in what_is_needed("vi", **given)
    assert en in what_is_needed("en", **given)


@given(st.floats(1e-6, 1e7), st.sampled_from(["person", "%", "million_vnd", "htx"]), st.sampled_from(LANGUAGES))
def test_a_gap_that_is_there_is_never_told_as_none(gap, unit, language):
    teller = Teller(language)
    pieces = needed(outlook(needed="level", needed_least=gap, unit=unit), "T1", teller)
    (number,) = [piece for piece in pieces if isinstance(piece, Number)]
    said = number.text(language)
    assert re.search(r"[1-9]", said), said
    if math.floor(gap) != gap and unit == "htx" and gap < 1:
        assert not said.startswith("1"), "a part of one is not one"


def test_what_cannot_be_said_is_not_told():
    assert what_is_needed("vi") == what_is_needed("en", needed=None) == ""


def card(code, **values):
    row = {
        "target_id": "T1", "indicator": "jobs", "reason": code, "no_value_vi": "vì sao", "no_value_en": "why",
        "set_aside": 0, "lagged": False, "rescaled": False, "awaited_year": 2020, "reported_year": 2019,
        "awaited_until": pd.Timestamp(2021, 4, 30),
    }  # fmt: skip
    return {SCORECARD_TARGETS: pd.DataFrame([row | values])}


WAITS = [f"awaited_{what}{part}" for what in ("ratings", "reports") for part in ("", ".part")]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("code", [*(v for v in VERDICTS if v != "no_data"), EARLY, NO_VALUE, *WAITS])
def test_every_reason_is_told_and_every_number_in_it_has_a_source(code, language):
    for indicator in ("jobs", "new_htx", "new_tht", "ceased_dissolved_share", "{what: count, that: {event: founded}}"):
        pieces = reason(card(code, indicator=indicator), "T1", Teller(language))
        assert pieces
        own = "".join(piece.text for piece in pieces if isinstance(piece, Text))
        constant = {"met_early": "31", "likely_met": "95", "likely_not_met": "95"}.get(code, "")
        assert set(re.findall(r"\d+", own)) <= {constant}


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_days_of_grace_that_are_told_are_those_that_are_given(language):
    assert f"{int(GRACE.astype('timedelta64[D]').astype(int))} " in statements(language)["undone.new"][0]


def test_rows_set_aside_are_told_only_where_there_are_any():
    for aside, words_ in ((0, "Đạt ngưỡng trong mọi trường hợp"), (3, "của dòng bị tách ra")):
        teller = Teller("vi")
        assert words_ in teller.plain(reason(card("met", set_aside=aside), "T1", teller))


def test_told_tables_have_a_sentence_in_both_languages_behind_the_code():
    found = told(outlook(needed="reports", needed_least=3, needed_of=7), OUTLOOK_TARGETS)
    place = list(found.columns).index("needed")
    assert list(found.columns[place : place + 3]) == ["needed", "needed_vi", "needed_en"]
    assert found["needed"].item() == "reports" and "of the 7 reports" in found["needed_en"].item()


EVERYDAY = ("met", "tracked", "no_data", "not_due")
FILLER = re.compile(r"\{\w+[^}]*\}")


def written(language):
    """Every template and word of a language as it is written, without its fillers and the verdicts' own words."""
    for path in [*(TEXT / language / "statements").glob("*.yaml"), TEXT / language / "words.yaml"]:
        for key, value in yaml.safe_load(path.read_text(encoding="utf-8")).items():
            if not key.startswith("verdict."):
                yield key, FILLER.sub("", " ".join([value] if isinstance(value, str) else value))


def written_twice(language):
    """Where a verdict's word stands a second time: long words anywhere, everyday ones ("đạt", "met") as the verdict."""
    for key, text in written(language):
        for verdict in VERDICTS:
            said = rf"(?<!\w){re.escape(word(f'verdict.{verdict}', language))}(?!\w)"
            if verdict in EVERYDAY:
                speaks = re.fullmatch(rf"(summary\.part|definitions\.verdict)\.{verdict}", key)
                found = speaks and re.search(said, text.partition(":")[0] or text, re.IGNORECASE)
            else:
                found = re.search(said, text, re.IGNORECASE)
            if found:
                yield key, verdict


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_verdicts_word_is_written_in_one_place(language):
    assert list(written_twice(language)) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_verdict_has_one_word_of_its_own(language):
    said = [words(language)[f"verdict.{verdict}"] for verdict in VERDICTS]
    assert len(set(said)) == len(VERDICTS) and all(one[0].isupper() for one in said)
    teller = Teller(language)
    for verdict in JUDGED:
        inside = teller.plain(teller.verdict(verdict))
        assert inside[0].islower() and inside[1:] == word(f"verdict.{verdict}", language)[1:]
