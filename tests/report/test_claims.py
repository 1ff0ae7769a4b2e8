"""The claim check passes on the real report, and one changed digit is found."""

from __future__ import annotations

import random
import re

import province as made_up
import pytest
from made_reports import built, page

from kttt_lib.report.claims import claim_check
from kttt_lib.report.docx import write_docx


@pytest.mark.parametrize(("language", "audience"), [("vi", "internal"), ("en", "internal"), ("vi", "public")])
def test_every_number_of_the_html_is_backed(tmp_path, story, language, audience):
    path = tmp_path / "report.html"
    path.write_text(page(story, language, audience), encoding="utf-8")
    assert claim_check(path, made_up.results(story), made_up.context(language, audience)) == []


@pytest.mark.parametrize("language", ["vi", "en"])
def test_every_number_of_the_docx_is_backed(tmp_path, story, language):
    path = write_docx(built(story, language), tmp_path / "report.docx")
    assert claim_check(path, made_up.results(story), made_up.context(language)) == []


def visible_digits(html: str) -> list[int]:
    """Places of the digits that a reader sees or hears."""
    hidden = [m.span() for m in re.finditer(r"<script>.*?</script>|<style>.*?</style>|<[^>]*>", html, re.DOTALL)]
    spoken = [m.span(1) for m in re.finditer(r'\salt="([^"]*)"', html)]
    inside = [False] * len(html)
    for start, end in hidden:
        inside[start:end] = [True] * (end - start)
    for start, end in spoken:
        inside[start:end] = [False] * (end - start)
    references = [m.span() for m in re.finditer(r"&#\d+;|&[a-z]+;", html)]
    for start, end in references:
        inside[start:end] = [True] * (end - start)
    return [i for i, letter in enumerate(html) if letter.isdigit() and not inside[i]]


def test_any_one_digit_changed_in_the_html_is_found(tmp_path):
    html = page("missing", "vi")
    places = visible_digits(html)
    assert len(places) > 1500
    draw = random.Random(9)
    path = tmp_path / "report.html"
    results, context = made_up.results("missing"), made_up.context("vi")
    for place in draw.sample(places, 15):
        other = draw.choice([d for d in "0123456789" if d != html[place]])
        path.write_text(html[:place] + other + html[place + 1 :], encoding="utf-8")
        around = html[max(0, place - 60) : place + 20]
        assert claim_check(path, results, context), f"{html[place]} -> {other} was not found: {around}"


def test_a_result_that_moved_is_found(tmp_path):
    path = tmp_path / "report.html"
    path.write_text(page("good", "vi"), encoding="utf-8")
    results = made_up.results("good")
    results["scorecard/targets"].loc[lambda t: t["target_id"] == "T6", "value"] = 25
    found = claim_check(path, results, made_up.context("vi"))
    assert any("T6" in unbacked.why and "25" in unbacked.why for unbacked in found)


def test_a_number_without_a_source_is_found(tmp_path):
    path = tmp_path / "report.html"
    html = page("good", "vi").replace('<p class="lead">', '<p class="lead">Có 77 HTX mới. ', 1)
    path.write_text(html, encoding="utf-8")
    found = claim_check(path, made_up.results("good"), made_up.context("vi"))
    assert [unbacked.text for unbacked in found] == ["77"]


def test_a_changed_digit_in_word_is_found(tmp_path):
    import zipfile

    whole = write_docx(built("bad", "vi"), tmp_path / "report.docx")
    changed = tmp_path / "changed.docx"
    with zipfile.ZipFile(whole) as given, zipfile.ZipFile(changed, "w") as made:
        for name in given.namelist():
            data = given.read(name)
            if name == "word/document.xml":
                assert b"71,25%" in data
                data = data.replace(b"71,25%", b"91,25%", 1)
            made.writestr(name, data)
    found = claim_check(changed, made_up.results("bad"), made_up.context("vi"))
    assert [unbacked.text for unbacked in found] == ["91,25%"]
