"""What the opening page says of a registry that is a part, or old, and of targets with nothing in their scope."""

from __future__ import annotations

import datetime as dt

import pandas as pd
import province as made_up
import pytest

from kttt_lib.report.book import Book
from kttt_lib.report.context import prepare
from kttt_lib.report.document import Block, Paragraph, block_runs, plain
from kttt_lib.report.indicators import records
from kttt_lib.report.sections.annexes import _calibration
from kttt_lib.report.sections.coverage import bridge, counted_on, coverage, partial, proposal, total, without_object
from kttt_lib.report.sections.opening import opening
from kttt_lib.report.sections.outlook import outlook
from kttt_lib.report.sections.promises import threshold_phrase
from kttt_lib.report.sections.targets import statement
from kttt_lib.report.words import LANGUAGES, word
from kttt_lib.results import REGISTRY_COVERAGE, SCORECARD_BRIDGE

COLUMNS = list(REGISTRY_COVERAGE.columns)
DAY, OLD = pd.Timestamp("2020-12-31"), pd.Timestamp("2018-03-05")


def lines(districts: tuple[int, ...] = (), htx: tuple[float, float, bool] | None = None, newest=DAY) -> pd.DataFrame:
    """registry/coverage: which of three districts have rows; HTX held, published, whole; the newest fact."""
    names, rows = ("Huyện A", "Huyện B", "Huyện C"), []
    if districts:
        rows = [("districts", "", 3.0, float(len(districts)), 0.0, len(districts) == 3, "list", "", "", pd.NaT)]
        rows += [("district", n, 1.0, 1.0, 1.0, i in districts, "list", "", "", pd.NaT) for i, n in enumerate(names)]
    if htx:
        rows.append(("kind", "htx_total", htx[1], htx[0], 0.0, htx[2], "published", "", "", DAY))
    rows.append(
        (
            "newest",
            "",
            float("nan"),
            float("nan"),
            float("nan"),
            DAY - newest < pd.Timedelta("366D"),
            "",
            "",
            "",
            newest,
        )
    )
    return pd.DataFrame([(*row, "") for row in rows], columns=COLUMNS).astype({"on": "datetime64[us]", "covered": bool})


def book_of(found: pd.DataFrame | None, language: str, story: str = "good", **target: object) -> Book:
    tables = made_up.results(story)
    if found is not None:
        tables["registry/coverage"] = found
    cards = tables["scorecard/targets"]
    for column, value in target.items():
        cards[column] = cards.get(column, pd.Series(False, cards.index)).astype(object)
        cards.loc[cards["target_id"] == "T1", column] = value
    context = made_up.context(language)
    return Book(prepare(tables, context), context)


def said(blocks: list[Block], language: str) -> str:
    return "\n".join(plain(tuple(block_runs(block)), language) for block in blocks)


@pytest.mark.parametrize(
    ("language", "words"),
    [("vi", ("một phần của tỉnh", "1/3", "mới có: Huyện A", "8 HTX, QTDND", "417")),
     ("en", ("only a part of the province", "1 of 3", "only A district", "8 HTX and credit funds", "417"))],
)  # fmt: skip
def test_a_part_is_called_a_part_on_page_one_with_what_it_lacks(language, words):
    book = book_of(lines((0,), (8, 417, False)), language)
    page = said(opening(book), language)
    assert all(one in page for one in words), page
    assert partial(book) and proposal(book) and total(book) == "situation.total.part"
    assert [type(block) for block in _calibration(book)] == [Paragraph], "a part is not set against the whole's figures"
    assert said([book.paragraph(*proposal(book))], language) in said(outlook(book), language)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_whole_registry_is_told_in_one_sentence_without_a_doubt(language):
    book = book_of(lines((0, 1, 2), (417, 417, True)), language)
    told = said(coverage(book), language)
    assert not partial(book) and not proposal(book) and total(book) == "situation.total"
    assert told.count(".") == 1 and word("verdict.undetermined", language).lower() not in told


@pytest.mark.parametrize(("language", "words"), [("vi", "coi sổ là đủ"), ("en", "take it as whole")])
def test_where_nothing_is_known_that_is_said_once(language, words):
    assert said(opening(book_of(lines(), language)), language).count(words) == 1


@pytest.mark.parametrize(("language", "day"), [("vi", "05/03/2018"), ("en", "5 March 2018")])
def test_an_old_newest_fact_is_dated_on_page_one_and_only_an_old_one(language, day):
    assert day in said(opening(book_of(lines((0, 1, 2), newest=OLD), language)), language)
    fresh = book_of(lines((0, 1, 2)), language)
    assert counted_on(fresh, 2020) == fresh.fact("as_of", "date")


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_target_with_nobody_in_scope_is_neither_met_nor_missed_nor_to_be_surveyed(language):
    none = {"verdict": "no_object", "reason": "no_object", "value": None, "lower": None, "upper": None}
    book = book_of(None, language, **none)
    page, found = said(opening(book), language), book.promises["T1"]
    assert "T1" not in set(book.counted["target_id"]) and len(book.counted) == 8
    sentence = plain(without_object(book), language)
    assert "T1" in sentence and sentence in page
    all_met = {"vi": "Cả 8 mục tiêu định lượng của Kế hoạch đều đạt", "en": "All 8 "}[language]
    assert all_met in page
    told = "".join(plain(one, language) for one in statement(book, found))
    assert "–" not in told and word("verdict.no_data", language) not in told
    assert "T1" not in said(outlook(book), language)


def test_a_share_of_everybody_is_promised_as_everybody():
    assert plain(threshold_phrase(book_of(None, "vi"), "T1"), "vi") == "100%"
    assert plain(threshold_phrase(book_of(None, "vi"), "T3"), "vi") == "≥\N{NO-BREAK SPACE}90%"


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_bridge_from_all_to_those_looked_at_is_one_sentence_that_adds_up(language):
    tables = made_up.results("good")
    tables["scorecard/targets"].loc[lambda t: t["target_id"] == "T3", "indicator"] = "agri_effective_share"
    parts = [("whole", "", 317), ("counted", "", 150), ("not_counted", "", 24), ("missing", "", 24),
             ("excluded", "Mới", 14), ("elsewhere", "", 105)]  # fmt: skip
    rows = [{"target_id": "T3", "part": p, "reason_vi": r, "reason_en": r, "count": n} for p, r, n in parts]
    tables["scorecard/bridge"] = SCORECARD_BRIDGE.frame(rows)
    context = made_up.context(language)
    told = plain(bridge(Book(prepare(tables, context), context), "T3"), language)
    assert all(str(n) in told for _, _, n in parts) and told.count(".") == 1
    assert bridge(book_of(None, language), "T3") == ()


def test_money_is_counted_in_its_true_unit():
    cards = made_up.results("good")["scorecard/targets"]
    cards.loc[cards["target_id"] == "Q1", "unit"] = "million_vnd_per_person_year"
    found = {
        r["target_id"]: (r["unit_measure"], r["unit_mult"])
        for r in records({"scorecard/targets": cards}, dt.date(2020, 12, 31))
    }
    assert found["Q1"] == ("VND_PS_A", 6) and found["T3"] == ("PT", 0) and found["T6"] == ("NUMBER", 0)
