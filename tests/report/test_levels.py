"""A report speaks in the words of its area and its day: no city is a province, no report of 2026 knows a district."""

import datetime as dt
import re
from dataclasses import replace
from itertools import product

import province as made_up
import pytest
from abolished import found_in

from kttt_lib.errors import LANGUAGES
from kttt_lib.plan.provinces import level
from kttt_lib.rating import steps_on
from kttt_lib.report.book import Book
from kttt_lib.report.claims.backed import _uncovered
from kttt_lib.report.context import facts
from kttt_lib.report.document import plain
from kttt_lib.report.sections.opening import closing, front, opening
from kttt_lib.report.teller import statements
from kttt_lib.report.terms import Setting, in_terms, terms
from kttt_lib.report.words import words
from kttt_lib.results import REPORT_FACTS as FACTS
from kttt_lib.results import RESULTS

BEFORE, AFTER = dt.date(2025, 6, 30), dt.date(2025, 7, 1)
# A word of a level stands in terms.yaml alone; "cấp tỉnh" is a tier that a city has too.
LEVEL = {
    "vi": re.compile(r"(?<!ấp )\b(tỉnh|huyện|quận|thị xã|thị trấn)\b", re.IGNORECASE),
    "en": re.compile(r"\b(provinces?|provincial|districts?)\b", re.IGNORECASE),
}
# Words of what the plan itself promises by district, and of rows of a registry that were written of one.
OF_THE_PLAN = {"per.district"}


def texts(language):
    """Every text that may be printed, by its key: statements, words, titles of columns and of results."""
    yield from ((key, phrasing) for key, phrasings in statements(language).items() for phrasing in phrasings)
    yield from words(language).items()
    for name, result in RESULTS.items():
        yield f"result {name}", getattr(result, language)
        yield from ((f"column {name} {c}", getattr(result.column(c), language)) for c in result.columns)


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_text_names_a_level_of_its_own(language):
    for key, text in texts(language):
        assert key in OF_THE_PLAN or not LEVEL[language].search(re.sub(r"\{[^}|]*\}", "", text)), (key, text)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_term_is_there_and_used(language):
    steps = [step for day in (dt.date(2019, 1, 1), BEFORE, AFTER) for step in steps_on(day)]
    forms = [text for step in steps for text in (step.form_vi, step.form_en)]
    said = " ".join([*forms, *(text for _, text in texts(language))])
    used = set(re.findall(r"\{[Tt]erm\.(\w+)\}", said))
    assert used == set(terms(language))


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_text_is_said_in_the_words_of_the_area_and_the_day(language):
    with_terms = [(key, text) for key, text in texts(language) if "erm." in text]
    assert len(with_terms) > 50
    for at, day, by in product(("province", "city", "country"), (BEFORE, AFTER), ("", "district", "commune")):
        for key, text in with_terms:
            said = in_terms(text, language, Setting(at, day, by))
            assert "erm." not in said
            assert not found_in(said, day, language), (key, said)
            if at == "city":
                rest = re.sub(r"[Cc]ấp tỉnh|(district|commune) or province|\{[^}]*\}", "", said).casefold()
                assert {"vi": "tỉnh", "en": "provinc"}[language] not in rest, (key, said)


def test_a_report_without_changes_says_what_it_always_said():
    assert in_terms("{Term.places} của {term.area}", "vi", Setting(day=BEFORE)) == "Huyện, thành phố của tỉnh"
    assert in_terms("{Term.places} của {term.area}", "vi", Setting(day=AFTER)) == "Xã, phường của tỉnh"
    assert in_terms("{term.places}", "vi", Setting(day=AFTER, by="district")) == "huyện, thành phố cũ"
    assert in_terms("{term.places}", "en", Setting("city", AFTER)) == "communes"
    assert in_terms("{term.places}", "vi", Setting("country", AFTER)) == "tỉnh, thành phố"


@pytest.mark.parametrize(
    ("area", "language", "issuer", "receiver"),
    [
        ("Hà Nội", "vi", "ỦY BAN NHÂN DÂN\nTHÀNH PHỐ HÀ NỘI", "- Thường trực Thành ủy, HĐND, UBND thành phố Hà Nội;"),
        ("Hà Nội", "en", "PEOPLE'S COMMITTEE\nOF HÀ NỘI CITY", "- City Party Committee, People's Council"),
        ("Ninh Bình", "vi", "ỦY BAN NHÂN DÂN\nTỈNH NINH BÌNH", "- Thường trực Tỉnh ủy, HĐND, UBND tỉnh Ninh Bình;"),
        ("Việt Nam", "vi", "TÊN BỘ, CƠ QUAN", "- Thủ tướng Chính phủ;"),
    ],
)
def test_the_front_page_names_the_body_of_the_area(area, language, issuer, receiver):
    made = made_up.context(language, "internal")
    context = replace(made, plan=made.plan.model_copy(update={"province": area}))
    book = Book({FACTS: facts(context)}, context)
    assert plain(front(book).issuer, language).startswith(issuer)
    assert plain(closing(book).receivers[1], language).startswith(receiver)


@pytest.mark.parametrize(
    ("area", "day", "issuer", "receiver", "note"),
    [
        ("Bình Thuận", BEFORE, "TỈNH BÌNH THUẬN", "UBND tỉnh Bình Thuận;", ""),
        ("Bình Thuận", AFTER, "TỈNH LÂM ĐỒNG", "UBND tỉnh Lâm Đồng;", "tỉnh Bình Thuận đã nhập vào tỉnh Lâm Đồng"),
        ("Quảng Nam", AFTER, "THÀNH PHỐ ĐÀ NẴNG", "UBND thành phố Đà Nẵng;", "đã nhập vào thành phố Đà Nẵng"),
        ("Thái Nguyên", AFTER, "TỈNH THÁI NGUYÊN", "UBND tỉnh Thái Nguyên;", ""),
    ],
)
def test_where_a_province_is_no_more_the_office_of_what_it_became_signs(area, day, issuer, receiver, note):
    made = made_up.context("vi", "internal")
    context = replace(made, plan=made.plan.model_copy(update={"province": area}), as_of=day)
    book = Book({FACTS: facts(context)}, context)
    assert plain(front(book).issuer, "vi") == f"ỦY BAN NHÂN DÂN\n{issuer}"
    assert plain(closing(book).receivers[1], "vi").endswith(receiver)
    told = " ".join(plain(block.runs, "vi") for block in opening(book) if hasattr(block, "runs"))
    assert note in told and ("đã nhập vào" in told) == bool(note)


@pytest.mark.parametrize(
    ("day", "vi", "en"),
    [
        ("2020-12-31", "- Bộ Kế hoạch và Đầu tư;", "- Ministry of Planning and Investment;"),
        ("2025-02-28", "- Bộ Kế hoạch và Đầu tư;", "- Ministry of Planning and Investment;"),
        ("2025-03-01", "- Bộ Tài chính;", "- Ministry of Finance;"),
    ],
)
def test_the_report_goes_to_the_ministry_of_its_day(day, vi, en):
    for language, receiver in (("vi", vi), ("en", en)):
        context = replace(made_up.context(language, "internal"), as_of=dt.date.fromisoformat(day))
        assert plain(closing(Book({FACTS: facts(context)}, context)).receivers[0], language) == receiver


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_number_in_a_term_and_beside_one_is_backed(language):
    assert _uncovered("15/12 2031", language) == ["15/12", "2031"]
    for phrasings in statements(language).values():
        for phrasing in phrasings:
            said = in_terms(phrasing, language, Setting(day=AFTER))
            assert not _uncovered(re.sub(r"\{[^}]*\}", "\u2060", said), language), phrasing


def test_every_area_has_one_level():
    assert [level(area) for area in ("Hà Nội", "Huế", "Việt Nam", "Kon Tum")] == ["city", "city", "country", "province"]
