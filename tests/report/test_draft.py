"""A draft says what the report would say, of the sentences of the moment, and says everywhere that it is a draft."""

from __future__ import annotations

import re
import shutil
import struct
from hashlib import sha256
from pathlib import Path

import province as made_up
import pytest
import yaml
from matplotlib.figure import Figure
from matplotlib.text import Text

from kttt_lib.errors import KtttError
from kttt_lib.files import read_yaml
from kttt_lib.report import annual, book, teller
from kttt_lib.report.annual import told
from kttt_lib.report.context import prepare
from kttt_lib.report.draft import Draft
from kttt_lib.report.html.report import report_html

NEW = "Câu mới, "


@pytest.fixture
def sentences(tmp_path, monkeypatch):
    """The folder of a copy of the Vietnamese sentences, which the report then says."""
    shutil.copytree(teller.TEXT, tmp_path / "text")
    monkeypatch.setattr(teller, "TEXT", tmp_path / "text")
    yield tmp_path / "text" / "vi" / "statements"
    monkeypatch.undo()
    teller.statements.cache_clear()


@pytest.fixture
def tables(monkeypatch):
    """Prepared tables and their context; a picture is what is written in it."""

    def written(figure: Figure) -> bytes:
        texts = sorted(text.get_text() for text in figure.findobj(Text))
        return b"\x89PNG\r\n\x1a\n" + bytes(8) + struct.pack(">II", 9, 9) + sha256(repr(texts).encode()).digest()

    monkeypatch.setattr(book, "png_bytes", written)
    context = made_up.context("vi")
    return prepare(made_up.results("missing"), context), context


def change(folder: Path, chosen) -> None:
    """Put a word before every sentence whose key is chosen."""
    for path in folder.glob("*.yaml"):
        found = read_yaml(path)
        for key in filter(chosen, found):
            said = found[key]
            found[key] = NEW + said if isinstance(said, str) else [NEW + one for one in said]
        path.write_text(yaml.safe_dump(found, allow_unicode=True), encoding="utf-8")


def test_a_draft_is_the_report_of_its_moment_but_for_its_marks_and_pictures_are_drawn_when_theirs_change(
    sentences, tables
):
    def pictures(page: str) -> list[str]:
        return re.findall(r"data:image/png;base64,[^\"]+", page)

    page = Draft(*tables)
    first = page.page()
    change(sentences, lambda key: not key.startswith("origin."))
    draft, document = page.page(), told(*tables)
    # No other sentence is in a picture, or this page would have old ones.
    assert draft == report_html(document, draft=True)
    assert draft.count(NEW) > 100 and pictures(first) == pictures(draft) != []
    report = report_html(document)
    assert "BẢN NHÁP" not in report and 'class="draft"' not in report and "connect-src" not in report + draft
    assert f"<title>BẢN NHÁP: {document.title}</title>" in draft
    strip = re.search(r'<p class="draft".*?</p>\n', draft)
    assert "không phải báo cáo, không phát hành" in strip[0]
    assert report.partition("<body>")[2] == draft.replace(strip[0], "").partition("<body>")[2]
    for rule in ("position: fixed", "inset: auto 0 0 0", "content: attr(data-mark)"):
        assert rule in draft and rule not in report
    change(sentences, lambda key: key.startswith("origin."))
    assert not set(pictures(draft)) & set(pictures(page.page()))


def test_parts_that_are_not_told_anew_are_those_in_which_nothing_would_be_other(sentences, tables, monkeypatch):
    anew: list[str] = []

    def counted(part):
        def told_and_counted(book):
            anew.append(part.__name__)
            return part(book)

        return told_and_counted

    for name in ("CHAPTERS", "BEHIND"):
        monkeypatch.setattr(annual, name, tuple(map(counted, getattr(annual, name))))
    page = Draft(*tables)
    page.page()
    everything = set(anew)

    def told_anew(file: str, key: str, new: object) -> set[str]:
        """Parts told anew for this change, after which the draft must be the whole report told anew."""
        path = sentences / file
        path.write_text(yaml.safe_dump(read_yaml(path) | {key: new}, allow_unicode=True), encoding="utf-8")
        anew.clear()
        draft, parts = page.page(), set(anew)
        assert draft == report_html(told(*tables), draft=True)
        return parts

    assert told_anew("02_situation.yaml", "head.situation", "ĐỔI") == {"situation"}
    assert told_anew("05_annexes.yaml", "head.annex.sources", "ĐỔI") == {"_sources"}
    # Phrasings are taken in turn through the whole report.
    assert {"situation", "adoption"} <= told_anew("05_annexes.yaml", "figure.data", ["Một", "Hai", "Ba"]) < everything
    # Whether there is a key at all is asked of some.
    assert told_anew("05_annexes.yaml", "table.no_such", "Mới") == everything


@pytest.mark.parametrize(
    "spoil, vi, en",
    [
        ('a: "không đóng', "01_opening.yaml, dòng", "01_opening.yaml, line"),
        ("- một\n- hai", "phải gồm các dòng", "must hold lines"),
        ("lead.x: 3", "'lead.x' phải là một câu", "must be a sentence"),
        ("head.situation: x", "có hai lần", "stands twice"),
    ],
)
def test_a_fault_in_a_sentence_is_told_with_its_place_and_goes_when_it_is_mended(spoil, vi, en, sentences):
    path = sentences / "01_opening.yaml"
    sound = path.read_text(encoding="utf-8")
    path.write_text(spoil if spoil.startswith("-") else f"{sound}\n{spoil}\n", encoding="utf-8")
    teller.statements.cache_clear()
    with pytest.raises(KtttError) as error:
        teller.statements("vi")
    assert vi in error.value.message_vi and en in error.value.message_en and "yaml" in error.value.message_en
    path.write_text(sound, encoding="utf-8")
    assert "head.situation" in teller.statements("vi")


def test_a_name_that_a_sentence_is_not_given_is_told_with_those_that_it_is(sentences):
    change_to = {"situation.members": '"{nam} {n}"', "situation.workers": '"{nam?a|b}"'}
    path = sentences / "02_situation.yaml"
    text = path.read_text(encoding="utf-8")
    for key, new in change_to.items():
        text = re.sub(rf"^{re.escape(key)}: .*$", f"{key}: {new}", text, flags=re.M)
    path.write_text(text, encoding="utf-8")
    teller.statements.cache_clear()
    for key in change_to:
        with pytest.raises(KtttError, match=r"nothing was given for \{nam\}; there are: \{n\}, \{year\}"):
            teller.Teller("vi").say(key, n=(), year=())
