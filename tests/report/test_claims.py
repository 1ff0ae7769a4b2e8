"""A finished report says what its tables tell and nothing else: whatever is changed in it is found and named."""

from __future__ import annotations

import random
from functools import cache
from unittest import mock

import province as made_up
import pytest
from claim_mutations import KINDS, SENTENCE, Html, Word
from made_reports import built, page

from kttt_lib.errors import KtttError
from kttt_lib.report.claims import check, differences, unbacked
from kttt_lib.report.claims.check import sentence
from kttt_lib.report.claims.folder import Published
from kttt_lib.report.claims.from_docx import read_docx
from kttt_lib.report.claims.from_html import read_html
from kttt_lib.report.claims.said import Difference
from kttt_lib.report.context import prepare
from kttt_lib.report.docx.writer import docx_bytes
from kttt_lib.report.sources import UnknownSource
from kttt_lib.results import SCORECARD_TARGETS


@cache
def word_file(story: str, language: str) -> bytes:
    return docx_bytes(built(story, language, drawn=True))


@pytest.mark.parametrize(("language", "audience"), [("vi", "internal"), ("en", "internal"), ("vi", "public")])
def test_every_number_of_a_report_is_backed(story, language, audience):
    tables = prepare(made_up.results(story), made_up.context(language, audience))
    assert unbacked(built(story, language, audience), tables) == []


def test_a_result_that_moved_is_found():
    tables = prepare(made_up.results("good"), made_up.context("vi"))
    tables[SCORECARD_TARGETS].loc[lambda t: t["target_id"] == "T6", "value"] = 25
    assert any("T6" in one.why and "25" in one.why for one in unbacked(built("good"), tables))


@pytest.mark.parametrize(("story", "language"), [("missing", "vi"), ("bad", "en"), ("good", "vi")])
def test_an_unchanged_report_is_never_found_wanting(story, language):
    html = page(story, language, drawn=True)
    assert differences(read_html(html), read_html(html.replace("</p>\n", "</p>\n\n  "))) == []
    assert (
        differences(read_docx(word_file(story, language)), read_docx(docx_bytes(built(story, language, drawn=True))))
        == []
    )


def changed_are_found(kind: str, count: int, made: Html | Word) -> int:
    html = isinstance(made, Html)
    whole = made.html if html else made.whole
    assert SENTENCE[made.language].encode() not in (whole.encode() if html else made.parts["word/document.xml"])
    read = (lambda data: read_html(data.decode())) if html else read_docx
    expected, found = read(whole.encode() if html else whole), 0
    for what, data in made.mutated(kind, count, random.Random(f"{kind} {made.language}")):
        told = differences(read(data), expected)
        assert told, f"not found: {what}"
        assert all(one.found or one.expected for one in told), what
        found += 1
    return found


@pytest.mark.parametrize("kind", KINDS)
def test_a_change_of_any_kind_is_found(kind):
    assert changed_are_found(kind, 1, Html(page("missing", "vi", drawn=True), "vi")) == 1
    assert changed_are_found(kind, 1, Word(word_file("bad", "en"), "en")) == 1


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS)
def test_twenty_changes_of_any_kind_are_found_in_either_language_and_format(kind):
    found = 0
    for story, language in (("missing", "vi"), ("bad", "en")):
        found += changed_are_found(kind, 20, Html(page(story, language, drawn=True), language))
        found += changed_are_found(kind, 20, Word(word_file(story, language), language))
    assert found >= (4 if kind == "banner removed" else 20)


def test_what_is_found_names_the_place_both_texts_and_the_source():
    html = page("missing", "vi")
    assert html.count(">Chưa đạt<") > 1
    verdict = read_html(html.replace(">Chưa đạt<", ">Đạt<", 1))
    said = [sentence(one, "vi") for one in differences(verdict, read_html(html))]
    assert len(said) == 1 and "«Đạt»" in said[0] and "«Chưa đạt»" in said[0] and "Bảng" in said[0] and "T1" in said[0]
    number = read_html(html.replace(">18</data>", ">81</data>", 1))
    said = [sentence(one, "en") for one in differences(number, read_html(html))]
    assert len(said) == 1 and "81" in said[0] and "scorecard/targets?target_id=T7#value" in said[0]


def test_what_is_moved_dropped_or_added_is_told_once_and_as_that():
    html = page("good", "vi")
    expected = read_html(html)
    head, note, rest = html.partition('<p class="lead">')
    added = differences(read_html(f"{head}<p>{SENTENCE['vi']}</p>{note}{rest}"), expected)
    assert [(one.kind, one.found) for one in added] == [("added", SENTENCE["vi"])]
    start = html.index('<p class="banner">')
    end = html.index("</p>", start) + 4
    dropped = differences(read_html(html[:start] + html[end:]), expected)
    assert [one.kind for one in dropped] == ["missing"] and "mô phỏng" in dropped[0].expected.lower()
    moved = differences(read_html(html[:start] + html[end:].replace("</main>", html[start:end] + "</main>")), expected)
    assert [one.kind for one in moved] == ["moved"]


def word_with(old: bytes, new: bytes) -> list:
    """What the good year's Word report says with something else in its body."""
    made = Word(word_file("good", "vi"), "vi")
    assert old in made.parts["word/document.xml"]
    parts = {**made.parts, "word/document.xml": made.parts["word/document.xml"].replace(old, new, 1)}
    return differences(read_docx(made.packed(parts)), read_docx(made.whole))


def test_comments_in_word_are_no_change_and_hidden_deleted_or_inserted_text_is_one():
    body = Word(word_file("good", "vi"), "vi").parts["word/document.xml"]
    lead = next(p for p in body.split(b"<w:p>") if b"KTTTLead" in p)
    run = b"<w:r>" + lead.split(b"<w:r>", 1)[1].split(b"</w:r>")[0] + b"</w:r>"
    note = b'<w:r><w:commentReference w:id="9"/></w:r>'
    assert word_with(run, b'<w:commentRangeStart w:id="9"/>' + run + b'<w:commentRangeEnd w:id="9"/>' + note) == []
    for other in (
        run.replace(b"<w:r>", b"<w:r><w:rPr><w:vanish/></w:rPr>"),
        b'<w:del w:id="9">' + run.replace(b"w:t>", b"w:delText>").replace(b"<w:t ", b"<w:delText ") + b"</w:del>",
        run + b'<w:ins w:id="9"><w:r><w:t>77</w:t></w:r></w:ins>',
    ):
        assert [one.kind for one in word_with(run, other)] == ["changed"]


def test_of_a_report_that_another_version_writes_otherwise_only_this_is_said():
    published = Published({}, {}, made_up.context(), (), ())
    unlike = [Difference("changed", "II", f"{n}", "9", ()) for n in range(80)]
    for same, lines, first in ((True, check.TOLD + 1, "«0»"), (False, 1, "phiên bản KTTT khác lập")):
        with mock.patch.object(Published, "same_library", same):
            checked = check.Checked(published, [], unlike, 90, 9)
            assert len(said := checked.sentences("vi")) == lines and first in said[0]
            assert checked.faults == 80 and checked.other_version is not same and not checked


@pytest.mark.parametrize(("changed", "same"), [((), False), (("tables.xlsx",), True)])
def test_a_folder_that_this_version_cannot_tell_again_is_named_and_one_of_its_own_is_our_fault(
    monkeypatch, tmp_path, changed, same
):
    class Other:
        same_library, manifest = same, {}

        def document(self):
            raise UnknownSource("report/rules?name=told#number names 0 rows, not one")

    Other.changed = changed
    monkeypatch.setattr(check, "read_published", lambda folder: Other())
    monkeypatch.setattr(check, "read_report", lambda report: [])
    with pytest.raises(KtttError, match="kttt report"):
        check.verify(tmp_path / "annual_report.html", tmp_path)
    Other.changed, Other.same_library = (), True
    with pytest.raises(UnknownSource):
        check.verify(tmp_path / "annual_report.html", tmp_path)
