"""What the sections are written with: results in, numbered blocks out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from copy import copy
from dataclasses import replace
from functools import cached_property

import pandas as pd
from matplotlib.figure import Figure

from kttt_lib.plan.provinces import level
from kttt_lib.report.context import ReportContext
from kttt_lib.report.document import (
    Bullets,
    Cell,
    Column,
    Heading,
    Link,
    Paragraph,
    Picture,
    Pieces,
    Table,
    Text,
)
from kttt_lib.report.figures.style import png_bytes
from kttt_lib.report.numbers import Format, Number, number
from kttt_lib.report.sources import AnySource, Results, indexed, resolve, source
from kttt_lib.report.teller import Filler, Teller
from kttt_lib.report.terms import in_terms
from kttt_lib.report.words import number_form, unit_word, word
from kttt_lib.results import REPORT_FACTS as FACTS
from kttt_lib.results import RESULTS, SCORECARD_TARGETS

ROMAN = ("I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII")


class Book:
    """One report in the making: knows the results, the language, and the numbers of headings, tables and figures."""

    def __init__(self, results: Results, context: ReportContext, drawn: Mapping[str, bytes] | None = None) -> None:
        self.results = indexed(results)
        self.drawn = drawn or {}  # pictures that are not to be drawn anew, by anchor
        self.context = context
        self.language = context.language
        self.teller = Teller(context.language, context.setting)
        self._tables = self._figures = self._annexes = 0
        self._levels = [0, 0, 0]
        self._places: dict[str, str] = {}

    def for_office(self) -> Book:
        """This book in the words of the office that signs: another province's where the plan's is no more."""
        book = copy(self)
        setting = replace(self.context.setting, level=level(self.context.office))
        book.teller = Teller(self.language, setting)
        return book

    @property
    def standing(self) -> tuple:
        """Where numbers, places and phrasings stand: with it, what is said next is the same."""
        counts = (self._tables, self._figures, self._annexes, tuple(self._levels))
        return (counts, dict(self._places), Counter(self.teller.said))

    @standing.setter
    def standing(self, standing: tuple) -> None:
        (self._tables, self._figures, self._annexes, levels), places, said = standing
        self._levels, self._places, self.teller.said = list(levels), dict(places), Counter(said)

    # results -------------------------------------------------------------------------------------------------

    def has(self, *names: str) -> bool:
        """Whether each of these results is there and has a row."""
        return all(name in self.results and len(self.results[name]) > 0 for name in names)

    def frame(self, name: str) -> pd.DataFrame:
        """A named result."""
        return self.results[name]

    @cached_property
    def promises(self) -> dict[str, pd.Series]:
        """The rows of scorecard/targets by target_id."""
        frame = self.frame(SCORECARD_TARGETS)
        return {target_id: frame.iloc[place] for place, target_id in enumerate(frame["target_id"])}

    @cached_property
    def counted(self) -> pd.DataFrame:
        """The targets for which the plan promises a number, without those that nobody falls under."""
        targets = self.frame(SCORECARD_TARGETS)
        numbered = (targets["group"] == "target") & (targets["comparator"] != "track")
        return targets[numbered & (targets["verdict"] != "no_object")]

    def number(self, result: str, column: str, form: str | Format, how: str = "value", **where: object) -> Number:
        """A number from a named result."""
        return number(self.results, result, column, form, how, **where)

    def cell(self, result: str, column: str, **where: object) -> Cell:
        """Words of a result; ``column`` is taken in the report's language when it comes in two."""
        if (own := f"{column}_{self.language}") in self.results[result].columns:
            column = own
        return self.cell_from(source(result, column, **where))

    def cell_from(self, where_from: AnySource) -> Cell:
        """The words behind a source, such as a list of names."""
        value = resolve(self.results, where_from)
        return Cell("" if value is None else str(value), where_from)

    def fact(self, name: str, form: str = "") -> Cell | Number:
        """The context: a text (in the report's language when it comes in two), or a number or date in ``form``."""
        names = set(self.results[FACTS]["name"])
        name = name if name in names else f"{name}_{self.language}"
        if form:
            return self.number(FACTS, "date" if form.startswith("date") else "number", form, name=name)
        return self.cell(FACTS, "text", name=name)

    def amount(self, result: str, column: str, unit: str, **where: object) -> Number:
        """A number in the format of its unit."""
        return self.number(result, column, number_form(unit), **where)

    def unit(self, unit: str, amount: Number) -> Pieces:
        """The unit's word after a number, with its space; nothing where the number carries it (percent, money)."""
        text = unit_word(unit, amount.value if amount.known else None, self.language)
        return (Text(f"\N{NO-BREAK SPACE}{text}"),) if text else ()

    def sheet(self, name: str) -> Text:
        """The sheet of the workbook that holds the whole of a result, by its title in the workbook's contents."""
        return Text(f"“{getattr(RESULTS[name], self.language)}”")

    # words ---------------------------------------------------------------------------------------------------

    def say(self, key: str, **values: Filler) -> Pieces:
        """A sentence; see :class:`Teller`."""
        return self.teller.say(key, **values)

    def verdict(self, code: str) -> Pieces:
        """A verdict's word, standing alone."""
        return (Text(self.word(f"verdict.{code}")),)

    def word(self, key: str) -> str:
        """A word."""
        return in_terms(word(key, self.language), self.language, self.teller.setting)

    def paragraph(self, *sentences: Pieces, style: str = "body", anchor: str = "") -> Paragraph:
        """Sentences one after the other, with a space between."""
        runs: list = []
        for sentence in sentences:
            if sentence:
                runs.extend([Text(" "), *sentence] if runs else sentence)
        return Paragraph(tuple(runs), style, anchor)

    @staticmethod
    def bullets(items: Iterable[Pieces], style: str = "body") -> Bullets:
        """A list."""
        return Bullets(tuple(items), style)

    # numbered blocks -----------------------------------------------------------------------------------------

    def heading(self, level: int, key: str, anchor: str, **values: Filler) -> Heading:
        """The next heading of its level: I, 1, a."""
        self._levels[level - 1] += 1
        self._levels[level:] = [0] * (3 - level)
        count = self._levels[level - 1]
        number_text = (ROMAN[count - 1], str(count), chr(96 + count))[level - 1]
        chapter, section, _ = self._levels
        self._places[anchor] = f"{self.word('label.section')} {ROMAN[chapter - 1]}" + f".{section}" * (level > 1)
        return Heading(level, number_text, self.say(key, **values), anchor)

    def annex(self, key: str, anchor: str) -> Heading:
        """The next annex, numbered in Roman numerals on their own."""
        self._annexes += 1
        self._levels = [0, 0, 0]
        self._places[anchor] = f"{self.word('label.annex')} {ROMAN[self._annexes - 1]}"
        return Heading(1, ROMAN[self._annexes - 1], self.say(key), anchor, annex=True)

    def see(self, *anchors: str) -> Pieces:
        """A reference to the first of these places that is already in the book ("mục II.3"); () without one."""
        return next(((Link(self._places[a], a),) for a in anchors if a in self._places), ())

    def next_table(self, anchor: str) -> Link:
        """A reference to the table that comes next."""
        return Link(f"{self.word('label.table')} {self._tables + 1}", anchor)

    def next_figure(self, anchor: str) -> Link:
        """A reference to the figure that comes next."""
        return Link(f"{self.word('label.figure')} {self._figures + 1}", anchor)

    def table(
        self,
        anchor: str,
        caption: Pieces,
        columns: Sequence[Column],
        rows: Iterable[Sequence[Pieces]],
        note: Pieces = (),
        wide: bool = False,
        workbook: str = "",
    ) -> Table:
        """A numbered table; each row must have a cell for each column.

        ``workbook``: the result whose sheet holds it for those who read on paper, which then has the caption alone.
        """
        lines = self._even(columns, rows)
        if any(len(row) != len(columns) for row in lines):
            raise ValueError(f"table {anchor}: a row has not {len(columns)} cells")
        self._tables += 1
        elsewhere = self.say("table.elsewhere", sheet=self.sheet(workbook)) if workbook else ()
        return Table(self._tables, caption, tuple(columns), lines, anchor, note, wide, elsewhere)

    def column(self, key: str, numeric: bool = False, width: float = 1.0, **values: Filler) -> Column:
        """A column headed by a statement."""
        return Column(self.say(key, **values), numeric, width)

    def picture(
        self, anchor: str, caption: Pieces, draw: Callable[[], Figure], alt: Pieces, data: Table | None = None
    ) -> Picture:
        """A numbered figure, drawn unless it is there already."""
        self._figures += 1
        png = self.drawn[anchor] if anchor in self.drawn else png_bytes(draw())
        return Picture(self._figures, caption, png, alt, self.origin(), anchor, data)

    def data_table(self, anchor: str, columns: Sequence[Column], rows: Iterable[Sequence[Pieces]]) -> Table:
        """The table behind a figure; it has no number of its own."""
        return Table(0, self.say("figure.data"), tuple(columns), self._even(columns, rows), f"{anchor}-data")

    def _even(self, columns: Sequence[Column], rows: Iterable[Sequence[Pieces]]) -> tuple[tuple[Pieces, ...], ...]:
        """The rows, with numbers of one form down a numeric column written with the same decimals."""
        lines = [list(row) for row in rows]
        for place, column in enumerate(columns):
            if not column.numeric:
                continue
            cells = [line[place] for line in lines if place < len(line)]
            forms = {run.form for cell in cells for run in cell if self._has_decimals(run)}
            alike = {(form.kind, form.decimals) for form in forms}
            for line in lines:
                line[place] = tuple(
                    replace(run, form=replace(run.form, fixed=True))
                    if isinstance(run, Number) and (run.form.kind, run.form.decimals) in alike
                    else run
                    for run in line[place]
                )
        return tuple(tuple(line) for line in lines)

    def _has_decimals(self, run: object) -> bool:
        """Whether a number shows as many decimals as its form allows it."""
        if not isinstance(run, Number) or not run.known or not run.form.decimals:
            return False
        return run.text(self.language) == replace(run, form=replace(run.form, fixed=True)).text(self.language)

    def origin(self) -> Pieces:
        """What every figure and table says of where its data come from."""
        key = "origin.synthetic" if self.context.synthetic else "origin.registry"
        return self.say(
            key,
            registry=self.fact("registry"),
            province=self.fact("province"),
            as_of=self.fact("as_of", "date"),
        )

    @property
    def origin_text(self) -> str:
        """The origin as it is drawn into figures."""
        return self.teller.plain(self.origin())


def runs(*parts: Filler | str) -> Pieces:
    """A table cell: any mix of numbers, cells, and words already taken from the templates."""
    out: list = []
    for part in parts:
        if isinstance(part, tuple):
            out.extend(part)
        elif isinstance(part, str):
            out.append(Text(part))
        else:
            out.append(part)
    return tuple(out)
