"""The report as a structure: built once from results, then written as HTML, as DOCX, or shown in a notebook.

A run is the smallest piece of text and knows where it came from: ``Text`` from the templates, ``Cell`` from a result,
``Number`` from a result through the formatter, ``Link`` to a place in the document itself.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from kttt_lib.report.numbers import Language, Number
from kttt_lib.report.sources import AnySource, first_source


@dataclass(frozen=True)
class Text:
    """Words of the templates."""

    text: str
    strong: bool = False
    emphasis: bool = False


@dataclass(frozen=True)
class Cell:
    """Words copied from a result (a name, a title); escaped by every writer. ``anchor``: a place that they lead to."""

    text: str
    source: AnySource
    strong: bool = False
    anchor: str = ""


@dataclass(frozen=True)
class Link:
    """A reference to a numbered place of the document ("Bảng 3", "Phụ lục V")."""

    label: str
    anchor: str


# Where a page that has no room for an entry a result leads its numbers: the annex that lists all sources once.
SOURCES = "annex-sources"

Piece = Text | Cell | Number | Link
Pieces = tuple[Piece, ...]


@dataclass(frozen=True)
class Heading:
    """``level`` 1 to 3; ``number`` is "I", "1", "a" or "" and is written by the writers as the house style asks."""

    level: int
    number: str
    runs: Pieces
    anchor: str
    annex: bool = False


@dataclass(frozen=True)
class Paragraph:
    """``style``: body, lead (the opening judgement), brief (page one), note (small print), banner (synthetic data)."""

    runs: Pieces
    style: str = "body"
    anchor: str = ""


@dataclass(frozen=True)
class Strip:
    """A row of marks, one a target: (verdict, runs). The runs tell the verdict by sign and word, not by colour."""

    marks: tuple[tuple[str, Pieces], ...]


@dataclass(frozen=True)
class Bullets:
    """A list; in Vietnamese reports each item begins with a dash. ``style``: body or brief."""

    items: tuple[Pieces, ...]
    style: str = "body"


@dataclass(frozen=True)
class Column:
    """One column of a table: heading, whether numbers stand in it, and its share of the width."""

    head: Pieces
    numeric: bool = False
    width: float = 1.0


@dataclass(frozen=True)
class Table:
    """The first cell of each row is its heading. ``wide`` asks for a landscape page of a browser's print.

    ``elsewhere``: what paper says in place of the rows, which are in the workbook; empty: paper has them too.
    """

    number: int
    caption: Pieces
    columns: tuple[Column, ...]
    rows: tuple[tuple[Pieces, ...], ...]
    anchor: str
    note: Pieces = ()
    wide: bool = False
    elsewhere: Pieces = ()


@dataclass(frozen=True)
class Picture:
    """A figure: ``alt`` says the finding; ``origin`` says synthetic or names the source; ``data`` is behind it."""

    number: int
    caption: Pieces
    png: bytes = field(repr=False)
    alt: Pieces
    origin: Pieces
    anchor: str
    data: Table | None = None


@dataclass(frozen=True)
class Entry:
    """What a screen tells of one promise or result, once a number of it is opened: pairs (name, text), rows by status.

    Paper has no such windows: there the annex's table of sources says in which sheet of the workbook each result is.
    """

    anchor: str
    title: Pieces
    facts: tuple[tuple[Pieces, Pieces], ...]
    rows: tuple[tuple[Pieces, Pieces], ...] = ()


Block = Heading | Paragraph | Strip | Bullets | Table | Picture | Entry


@dataclass(frozen=True)
class Front:
    """The head of an official report; a blank part is left open for the office to fill in."""

    superior: Pieces
    issuer: Pieces
    number: Pieces
    place_date: Pieces
    kind: Pieces
    subject: Pieces


@dataclass(frozen=True)
class Closing:
    """Receivers and signature block."""

    receivers_title: Pieces
    receivers: tuple[Pieces, ...]
    authority: Pieces
    post: Pieces
    name: Pieces


@dataclass(frozen=True)
class Document:
    """A whole report: of which plan, for whom, in which language, of which day (``created``)."""

    plan: str
    audience: str
    language: Language
    title: str
    subject: str
    created: str
    front: Front
    body: tuple[Block, ...]
    closing: Closing
    annexes: tuple[Block, ...]

    @property
    def blocks(self) -> tuple[Block, ...]:
        """Everything between the head and the end, in order."""
        return (*self.body, *self.annexes)

    @property
    def headings(self) -> list[Heading]:
        """The headings, for the table of contents."""
        return [block for block in self.blocks if isinstance(block, Heading)]

    def runs(self) -> Iterator[Piece]:
        """Every run, in order of reading."""
        front, closing = self.front, self.closing
        for part in (front.superior, front.issuer, front.number, front.place_date, front.kind, front.subject):
            yield from part
        for block in self.blocks:
            yield from block_runs(block)
        for part in (
            closing.receivers_title, *closing.receivers, closing.authority, closing.post, closing.name,
        ):  # fmt: skip
            yield from part

    def numbers(self) -> list[Number]:
        """Every number, in order of reading."""
        return [run for run in self.runs() if isinstance(run, Number)]


def block_runs(block: Block) -> Iterator[Piece]:
    """The runs of one block."""
    if isinstance(block, Heading | Paragraph):
        yield from block.runs
    elif isinstance(block, Bullets):
        for item in block.items:
            yield from item
    elif isinstance(block, Strip):
        for _, runs in block.marks:
            yield from runs
    elif isinstance(block, Table):
        yield from block.caption
        for column in block.columns:
            yield from column.head
        for row in block.rows:
            for cell in row:
                yield from cell
        yield from (*block.note, *block.elsewhere)
    elif isinstance(block, Picture):
        yield from (*block.caption, *block.alt, *block.origin)
        if block.data:
            yield from block_runs(block.data)
    else:
        yield from block.title
        for name, text in (*block.facts, *block.rows):
            yield from (*name, *text)


def plain(runs: Pieces, language: Language) -> str:
    """The text of runs, without their origins."""
    return "".join(run_text(run, language) for run in runs)


def run_text(run: Piece, language: Language) -> str:
    """The text of one run as the reader sees it."""
    if isinstance(run, Number):
        return run.text(language)
    return run.label if isinstance(run, Link) else run.text


def anchor_of(where_from: AnySource) -> str:
    """Which entry of the annex of sources explains a number."""
    first = first_source(where_from)
    where = dict(first.where)
    if "target_id" in where and "|" not in where["target_id"]:
        return f"src-{where['target_id']}"
    return f"src-{first.result.replace('/', '-')}"
