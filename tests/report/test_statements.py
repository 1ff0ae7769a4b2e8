"""The templates: both languages whole, filled with the same things, and mended by hand without fear."""

from __future__ import annotations

import re

import pytest

from kttt_lib.plan.units import UNITS
from kttt_lib.report.document import Text, plain
from kttt_lib.report.numbers import Format, Number
from kttt_lib.report.sources import source
from kttt_lib.report.teller import Teller, TemplateError, pieces, placeholders, statements
from kttt_lib.report.terms import PROVINCE, in_terms
from kttt_lib.report.words import LANGUAGES, unit_word, words


def number(value: float) -> Number:
    return Number(value, Format("count"), source("a/b", "c"))


def test_no_translation_is_missing():
    assert set(statements("vi")) == set(statements("en"))
    plural = {key for key in words("en") if key.endswith(".one")}
    assert set(words("vi")) == set(words("en")) - plural


@pytest.mark.parametrize("key", statements("vi"))
def test_all_phrasings_of_a_statement_say_the_same_numbers(key):
    shown = {
        frozenset(placeholders(in_terms(t, language, PROVINCE)))
        for language in LANGUAGES
        for t in statements(language)[key]
    }
    assert len(shown) == 1, f"{key}: {shown}"


@pytest.mark.parametrize("language", LANGUAGES)
def test_templates_are_well_formed(language):
    for key, phrasings in statements(language).items():
        assert len(set(phrasings)) == len(phrasings), f"{key}: the same phrasing twice"
        for template in (in_terms(phrasing, language, PROVINCE) for phrasing in phrasings):
            kinds = [kind for kind, _ in pieces(template)]
            assert kinds.count("bold") % 2 == 0, f"{key}: ** is not closed"
            left = "".join(text for kind, text in pieces(template) if kind == "text")
            assert not re.search(r"[{}]", left), f"{key}: a brace is left over in {left!r}"
            assert not any(c.isdigit() for kind, text in pieces(template) if kind == "plural" for c in text)


@pytest.mark.parametrize("language", LANGUAGES)
def test_vietnamese_is_vietnamese_and_english_is_english(language):
    marks = re.compile("[ạảãấầẩẫậắằẳẵặẹẻẽếềểễệịỉĩọỏốồổỗộớờởỡợụủũứừửữựỳỵỷỹ]", re.IGNORECASE)
    # Names of circulars and ministries stay as they are in English.
    official = re.compile(r"TT-BKHĐT|Khá|Trung bình")
    texts = [t for phrasings in statements(language).values() for t in phrasings]
    vietnamese = [t for t in texts if marks.search(official.sub("", t))]
    if language == "en":
        assert vietnamese == []
    else:
        assert len(vietnamese) > 0.75 * len(texts)


def test_phrasings_are_taken_in_turn():
    writer = Teller("vi")
    values = dict.fromkeys(("done", "gap", "attainment"), Text("x"))
    said = [plain(writer.say("target.met.count", **values), "vi") for _ in range(3)]
    assert said[0] != said[1] and said[2] == said[0]


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_a_report_advises_is_no_matter_of_turn(language):
    several = {key for key, phrasings in statements(language).items() if len(phrasings) > 1}
    assert not {key for key in several if key.startswith(("proposals.", "decide.", "summary.", "settle.", "strip."))}


@pytest.mark.parametrize(
    ("value", "expected"), [(1, "report or score is"), (0, "reports or scores are"), (2, "reports or scores are")]
)
def test_english_plurals_follow_the_number(value, expected):
    writer, missing = Teller("en"), number(value)
    gone = writer.say("missing.reports", missing=missing)
    assert expected in plain(writer.say("target.bounds.met", gone=gone, bound=Text("9")), "en")


def test_a_template_that_asks_for_what_nobody_gives_names_itself():
    with pytest.raises(TemplateError, match=r"target\.met\.count.*\{done\}"):
        Teller("vi").say("target.met.count", unit=Text(""))
    with pytest.raises(TemplateError, match=r"no\.such"):
        Teller("en").say("no.such")


@pytest.mark.parametrize("unit", UNITS)
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_unit_of_a_plan_has_a_word(unit, language):
    text = unit_word(unit, 2, language)
    assert "_" not in text and (text or unit in ("%", "million_vnd"))
