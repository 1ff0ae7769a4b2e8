"""The index page of a run: every file that it made, in one place."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from kttt_lib.files import write_whole
from kttt_lib.report.html.page import render_page
from kttt_lib.report.numbers import Language
from kttt_lib.report.words import word


@dataclass(frozen=True)
class Entry:
    """One file of a run: ``group`` is "report", "method" or "data"; ``href`` is relative to the index."""

    group: str
    href: str
    label: str
    what: str = ""


def index_html(
    path: Path | str,
    *,
    title: str,
    entries: Sequence[Entry],
    facts: Sequence[tuple[str, str]],
    language: Language,
    banner: str = "",
) -> Path:
    """Write the index page: ``entries`` by group, then ``facts`` (as-of date, registry, hashes). Returns the path."""
    groups = [
        {"title": word(f"index.{group}", language), "entries": [e for e in entries if e.group == group]}
        for group in ("report", "method", "data")
    ]
    page = render_page(
        "index.html.j2",
        styles=("base.css", "index.css"),
        language=language,
        title=title,
        banner=banner,
        groups=[group for group in groups if group["entries"]],
        facts=list(facts),
        say=lambda key: word(key, language),
    )
    return write_whole(path, page.encode())
