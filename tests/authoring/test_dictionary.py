"""The committed data dictionary is the one that the definitions make, and leaves nothing out."""

from __future__ import annotations

from pathlib import Path

from kttt_lib.authoring.dictionary import pages, render_docs
from kttt_lib.indicators import INDICATORS
from kttt_lib.plan.lists import STANDARD
from kttt_lib.rating import load_definitions, load_rulebooks
from kttt_lib.registry import TABLES

DOCS = Path(__file__).parents[2] / "docs"


def test_the_committed_pages_are_current():
    for name, text in pages().items():
        assert (DOCS / name).read_text(encoding="utf-8") == text, f"docs/{name} is stale: make docs"


def test_nothing_is_left_out():
    found = pages()
    for indicator in INDICATORS:
        assert f"## {indicator}\n" in found["indicators.md"]
    for rule in (*load_definitions(), *load_rulebooks()):
        assert f"### {rule}\n" in found["rulebooks.md"]
    for name, entries in STANDARD:
        assert f"## {name}\n" in found["lists.md"]
        assert all(f"| `{entry.code}` | {entry.vi} / {entry.en} |" in found["lists.md"] for entry in entries)
    for table in TABLES.values():
        for column in table.columns:
            assert f"| `{column.name}` | {column.vi} / {column.en} |" in found["tables.md"]


def test_pages_are_written_whole(tmp_path):
    paths = render_docs(tmp_path / "docs")
    assert {path.name: path.read_text(encoding="utf-8") for path in paths} == pages()
