"""A report on a city or on the country never calls it a province."""

import re
from dataclasses import replace

import province as made_up
import pytest

from kttt_lib.errors import LANGUAGES
from kttt_lib.plan.provinces import level
from kttt_lib.report.book import Book
from kttt_lib.report.context import facts
from kttt_lib.report.document import plain
from kttt_lib.report.sections.opening import closing, front
from kttt_lib.report.teller import placeholders, statements
from kttt_lib.report.words import of_level, words
from kttt_lib.results import REPORT_FACTS as FACTS

# The tier of administration, to which a city belongs too, and the form's own words.
TIER = re.compile("[Cc]ấp tỉnh|gửi tỉnh|tỉnh, thành phố|to the province|district or province|^Province$")
# What is left of a template is not about this plan's area.
LEFT = {"vi": "tỉnh", "en": "province"}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("at", ["city", "country"])
def test_no_sentence_calls_a_city_or_the_country_a_province(language, at):
    for key, phrasings in statements(language).items():
        for phrasing in phrasings:
            said = of_level(phrasing, language, at)
            assert placeholders(said) <= placeholders(phrasing), key
            rest = TIER.sub("", re.sub(r"\{[^}]*\}", "", said))
            assert LEFT[language] not in rest.casefold(), (key, said)
            assert of_level(phrasing, language, "province") == phrasing
    assert "tỉnh" not in of_level(words("vi")["registry.unnamed"], "vi", at)


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


def test_every_area_has_one_level():
    assert [level(area) for area in ("Hà Nội", "Huế", "Việt Nam", "Kon Tum")] == ["city", "city", "country", "province"]
