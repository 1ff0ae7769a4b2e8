"""A report speaks of no level, body or law that has ended but as history, an old name or a quotation."""

import datetime as dt
from dataclasses import replace

import province as made_up
import pytest
from abolished import found_in
from made_reports import built

from kttt_lib.indicators import load_plan
from kttt_lib.plan.said import terms_said
from kttt_lib.report.annual import told
from kttt_lib.report.context import prepare
from kttt_lib.report.document import Cell, Text, run_text
from kttt_lib.report.sources import first_source, parse

pytestmark = pytest.mark.usefixtures("undrawn")

DAY = dt.date(2025, 12, 31)
# Columns whose words are not the report's own: names that a registry or a plan gives, and what others have published.
NAMES = {"district", "commune", "level", "name", "place", "peer_district", "peer_commune", "text", "title", "comment"}


class Drawn(dict):
    """Every picture as if it were drawn: their words are those of words.yaml, which name no level."""

    def __contains__(self, anchor):
        return True

    def __missing__(self, anchor):
        return b"png"


def words_of(document):
    """What a report says in its own words: the templates', and those of results that are no names."""
    for run in document.runs():
        if isinstance(run, Cell):
            source = first_source(parse(str(run.source)))
            column, body = source.column, dict(source.where).get("name", "").startswith("ministry")
            if not body and column.removesuffix("_vi").removesuffix("_en") in NAMES:
                continue
        if isinstance(run, Cell | Text):
            yield run_text(run, document.language)


@pytest.mark.parametrize(
    ("story", "audience", "language"),
    [("bad", "internal", "vi"), ("bad", "internal", "en"), ("missing", "public", "vi")],
)
def test_a_report_of_2025_says_nothing_of_what_has_ended(story, audience, language):
    made = made_up.context(language, audience, as_of=DAY)
    period = made.plan.period.model_copy(update={"start": dt.date(2025, 1, 1), "end": DAY})
    context = replace(made, plan=made.plan.model_copy(update={"period": period}))
    said = [*words_of(told(prepare(made_up.results(story), context), context, Drawn()))]
    assert len(said) > 500
    assert {(text, *found) for text in said if (found := found_in(text, DAY, language))} == set()


def test_the_report_of_2020_has_the_words_of_its_day():
    said = " ".join(words_of(built("bad")))
    assert set(found_in(said, DAY, "vi")) >= {"Bộ Kế hoạch và Đầu tư", "huyện"}
    assert found_in(said, dt.date(2020, 12, 31), "vi") == []


def test_history_that_is_marked_and_words_within_others_are_no_use_of_ones_own_time():
    for text in ("huyện, thành phố cũ", "Thị xã cũ", "quận cũ", "huyện cũ", "hội quần chúng", "trên quan điểm"):
        assert found_in(text, DAY, "vi") == []
    assert found_in("theo huyện và xã", DAY, "vi") == ["huyện"]
    assert found_in("Luật Hợp tác xã 2012 (hết hiệu lực từ 01/7/2024)", DAY, "vi") == []
    assert found_in("theo Luật Hợp tác xã năm 2012", DAY, "vi") and not found_in(
        "theo Luật HTX 2012", dt.date(2024, 6, 30), "vi"
    )
    assert found_in("former districts and towns", DAY, "en") == [] and found_in("the district's", DAY, "en")


def test_a_promise_for_every_place_is_said_in_the_words_of_its_deadline():
    target = load_plan("hoa-binh-2030").promise("T9")
    vi, en = terms_said(target)
    assert "xã, phường, đặc khu" in vi and not found_in(vi, DAY, "vi") + found_in(en, DAY, "en")
    before = terms_said(target.model_copy(update={"deadline": dt.date(2025, 6, 30)}))[0]
    assert "xã, phường, thị trấn" in before
