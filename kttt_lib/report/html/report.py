"""The annual report as one HTML file: every number carries its source and leads to the annex entry that explains it."""

from __future__ import annotations

import json
import struct
from pathlib import Path

from markupsafe import Markup, escape

from kttt_lib.analysis.scorecard.verdicts import JUDGED
from kttt_lib.files import write_whole
from kttt_lib.report.document import (
    Block,
    Bullets,
    Cell,
    Document,
    Entry,
    Heading,
    Link,
    Paragraph,
    Picture,
    Piece,
    Pieces,
    Table,
    Text,
    anchor_of,
    plain,
)
from kttt_lib.report.figures.style import DPI
from kttt_lib.report.html.page import data_uri, render_page
from kttt_lib.report.numbers import Language, Number
from kttt_lib.report.words import word

# From this many columns on, a table turns into cards on a narrow screen.
CARDS_FROM = 4
# A table of at most so many rows is printed on one page.
SHORT_TO = 9


def write_html(document: Document, path: Path | str) -> Path:
    """Write the report as one self-contained file and return its path."""
    return write_whole(path, report_html(document).encode())


def report_html(document: Document) -> str:
    """The report as HTML text; the same document gives the same text."""
    page = _Page(document)
    front, closing = document.front, document.closing
    return render_page(
        "report.html.j2",
        styles=("base.css", "report.css"),
        scripts=("lineage.js",),
        language=document.language,
        title=document.title,
        contents=[page.contents_item(h) for h in document.headings if h.level < 3],
        front={name: page.runs(getattr(front, name)) for name in ("issuer", "number", "place_date", "kind", "subject")},
        closing={
            "receivers": [page.runs(line) for line in closing.receivers],
            **{name: page.runs(getattr(closing, name)) for name in ("receivers_title", "authority", "post", "name")},
        },
        body=page.blocks(document.body),
        annexes=page.blocks(document.annexes),
        say=lambda key: word(key, document.language),
    )


class _Page:
    def __init__(self, document: Document) -> None:
        self.language: Language = document.language
        self.anchors = {b.anchor for b in document.blocks if isinstance(b, Entry)}
        self.verdicts = {word(f"verdict.{v}", self.language): v for v in JUDGED}

    def contents_item(self, heading: Heading) -> dict:
        return {
            "level": heading.level,
            "anchor": heading.anchor,
            "label": Markup("{} {}").format(self._number(heading), self.runs(heading.runs)),
        }

    def blocks(self, blocks: tuple[Block, ...]) -> Markup:
        return Markup("\n").join(self.block(block) for block in blocks)

    def block(self, block: Block) -> Markup:
        if isinstance(block, Heading):
            return self.heading(block)
        if isinstance(block, Paragraph):
            return self.paragraph(block)
        if isinstance(block, Bullets):
            items = Markup("").join(Markup("<li>{}</li>").format(self.runs(item)) for item in block.items)
            return Markup("<ul>{}</ul>").format(items)
        if isinstance(block, Table):
            kind = (" wide" if block.wide else "") + (" short" if len(block.rows) <= SHORT_TO else "")
            note = Markup('<p class="note">{}</p>').format(self.runs(block.note)) if block.note else Markup("")
            return Markup('<div class="block{}" id="{}">{}{}</div>').format(kind, block.anchor, self.table(block), note)
        if isinstance(block, Picture):
            return self.picture(block)
        return self.entry(block)

    def heading(self, heading: Heading) -> Markup:
        level, kind = heading.level + 1, Markup(' class="annex"') if heading.annex else Markup("")
        return Markup('<h{} id="{}"{}>{} {}</h{}>').format(
            level, heading.anchor, kind, self._number(heading), self.runs(heading.runs), level
        )

    def _number(self, heading: Heading) -> Markup:
        if heading.annex:
            return Markup('<span class="no">{} {}.</span>').format(word("label.annex", self.language), heading.number)
        return Markup('<span class="no">{}{}</span>').format(heading.number, ")" if heading.level == 3 else ".")

    def paragraph(self, paragraph: Paragraph) -> Markup:
        kind = Markup("") if paragraph.style == "body" else Markup(' class="{}"').format(paragraph.style)
        return Markup("<p{}>{}</p>").format(kind, self.runs(paragraph.runs))

    def table(self, table: Table) -> Markup:
        cards = Markup(' class="cards"') if len(table.columns) >= CARDS_FROM else Markup("")
        label = word("label.table", self.language)
        number = Markup('<span class="no">{} {}.</span> ').format(label, table.number) if table.number else Markup("")
        head = Markup("").join(
            Markup('<th scope="col" role="columnheader"{}>{}</th>').format(_numeric(c.numeric), self.runs(c.head))
            for c in table.columns
        )
        body = Markup("").join(self.row(table, row) for row in table.rows)
        return Markup(
            '<div class="scroll"><table role="table"{}><caption>{}{}</caption>'
            '<thead role="rowgroup"><tr role="row">{}</tr></thead>'
            '<tbody role="rowgroup">{}</tbody></table></div>'
        ).format(cards, number, self.runs(table.caption, linked=False), head, body)

    def row(self, table: Table, row: tuple[Pieces, ...]) -> Markup:
        cells = [Markup('<th scope="row" role="rowheader">{}</th>').format(self.runs(row[0]))]
        for column, cell in zip(table.columns[1:], row[1:]):
            label = plain(column.head, self.language)
            verdict = self.verdicts.get(plain(cell, self.language))
            content = (
                Markup('<span class="verdict v-{}">{}</span>').format(verdict, self.runs(cell))
                if verdict
                else self.cell(cell)
            )
            cells.append(
                Markup('<td role="cell" data-label="{}"{}><span>{}</span></td>').format(
                    label, _numeric(column.numeric), content
                )
            )
        return Markup('<tr role="row">{}</tr>').format(Markup("").join(cells))

    def cell(self, cell: Pieces) -> Markup:
        # One link to an entry is enough in a cell: bounds beside their value would make targets too small to hit.
        seen: set[str] = set()
        parts = []
        for run in cell:
            anchor = anchor_of(run.source) if isinstance(run, Number) else None
            parts.append(self.run(run, linked=anchor not in seen))
            seen |= {anchor} if anchor else set()
        return Markup("").join(parts)

    def picture(self, picture: Picture) -> Markup:
        width, height = struct.unpack(">II", picture.png[16:24])
        scale = 96 / DPI
        backing = [[*_claim(run)] for run in picture.alt if isinstance(run, Number | Cell)]
        data = Markup("")
        if picture.data:
            data = Markup("<details><summary>{}</summary>{}</details>").format(
                word("label.data_behind", self.language), self.table(picture.data)
            )
        return Markup(
            '<figure class="block" id="{}"><div class="plate">'
            '<img src="{}" alt="{}" data-alt="{}" width="{}" height="{}"></div>'
            '<figcaption><span class="no">{} {}.</span> {}. <span class="origin">{}.</span>{}</figcaption></figure>'
        ).format(
            picture.anchor,
            data_uri(picture.png),
            plain(picture.alt, self.language),
            json.dumps(backing, ensure_ascii=False),
            round(width * scale),
            round(height * scale),
            word("label.figure", self.language),
            picture.number,
            self.runs(picture.caption),
            self.runs(picture.origin),
            data,
        )

    def entry(self, entry: Entry) -> Markup:
        facts = Markup("").join(
            Markup("<dt>{}</dt><dd>{}</dd>").format(self.runs(name), self.runs(text)) for name, text in entry.facts
        )
        rows = Markup("").join(
            Markup('<details class="rows"><summary>{}</summary><p>{}</p></details>').format(
                self.runs(head, linked=False), self.runs(text)
            )
            for head, text in entry.rows
        )
        return Markup('<section class="entry" id="{}"><h3>{}</h3><dl>{}</dl>{}</section>').format(
            entry.anchor, self.runs(entry.title), facts, rows
        )

    def runs(self, runs: Pieces, linked: bool = True) -> Markup:
        # A caption may own no link and a summary is itself a control: there numbers keep their source but lead nowhere.
        return Markup("").join(self.run(run, linked) for run in runs)

    def run(self, run: Piece, linked: bool = True) -> Markup:
        if isinstance(run, Number):
            return self.number(run, linked)
        if isinstance(run, Link):
            return Markup('<a class="ref" href="#{}">{}</a>').format(run.anchor, run.label)
        if isinstance(run, Cell):
            # Only words with a digit in them make a claim about a number.
            text = escape(run.text)
            if any(letter.isdigit() for letter in run.text):
                text = Markup('<span data-text="{}">{}</span>').format(str(run.source), text)
            return Markup("<strong>{}</strong>").format(text) if run.strong else text
        text = escape(run.text)
        if isinstance(run, Text) and run.strong:
            return Markup("<strong>{}</strong>").format(text)
        return Markup("<em>{}</em>").format(text) if run.emphasis else text

    def number(self, number: Number, linked: bool) -> Markup:
        data = Markup('<data value="{}">{}</data>').format(number.raw, number.text(self.language))
        anchor = anchor_of(number.source)
        claims = Markup('data-source="{}" data-form="{}"').format(str(number.source), str(number.form))
        if not linked or anchor not in self.anchors or not number.known:
            return Markup("<span {}>{}</span>").format(claims, data)
        kind = "n strong" if number.strong else "n"
        return Markup('<a class="{}" href="#{}" {}>{}</a>').format(kind, anchor, claims, data)


def _claim(run: Number | Cell) -> tuple[str, str]:
    return str(run.source), str(run.form) if isinstance(run, Number) else "text"


def _numeric(numeric: bool) -> Markup:
    return Markup(' class="num"') if numeric else Markup("")
