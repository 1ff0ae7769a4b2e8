"""The cells of a form in the schema's types and units, and what must add up among them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from kttt_lib.errors import LANGUAGES
from kttt_lib.intake.coarse import figure_of
from kttt_lib.intake.forms.sheet import Figure, Filled
from kttt_lib.intake.grid import Grid, one_line
from kttt_lib.intake.header import Seen
from kttt_lib.intake.mapping import ColumnRule, Layout, SheetRule
from kttt_lib.intake.reading import SheetReader, Work
from kttt_lib.intake.rows import Rows
from kttt_lib.intake.titles import column_of
from kttt_lib.intake.totals import ROUNDED
from kttt_lib.intake.units import MONEY, scale
from kttt_lib.rating import Form
from kttt_lib.rating.forms import UNITS, Identity
from kttt_lib.registry.schema import Column
from kttt_lib.registry.text import number


def seen_of(filled: Filled) -> Seen:
    """The sheet with its first line as its header: what stands above it says the year, the unit and the place."""
    first = min(filled.rows.values(), default=1)
    return Seen(filled.grid, (first, first), {}, {})


def schema_unit(form: Form, figure: Figure) -> str:
    """The unit of a figure as the schema writes it."""
    return UNITS[form.unit(figure.line.code, figure.column)][0]


def wants_unit(filled: Filled) -> list[Figure]:
    """Figures of money that do not say their own unit."""
    return [one for one in filled.figures if schema_unit(filled.form, one) in MONEY and not one.unit]


class FormReader(SheetReader):
    """The figures of a form as one row of a list, so that they are understood as every list's are.

    ``fields``: figure -> the field that it becomes. The row is that of the form's name; each cell keeps its place.
    """

    def __init__(self, work: Work, filled: Filled, rule: SheetRule, row: int, fields: Mapping[Figure, str]) -> None:
        grid = filled.grid
        wide = Grid(grid.file, grid.sheet, {}, style=grid.style, hidden=grid.hidden & {row})
        self.figures = dict(enumerate(fields, 1))
        places = {}
        for place, figure in self.figures.items():
            wide.cells[row, place] = figure.value
            if (figure.row, figure.place) in grid.formats:
                wide.formats[row, place] = grid.formats[figure.row, figure.place]
            if (figure.row, figure.place) in grid.formulas:
                wide.formulas.add((row, place))
            places[place] = ColumnRule.model_construct(
                take="yes", field=fields[figure], title=figure.line.vi, unit=figure.unit, at=figure.at
            )
        wide.merge(())
        self.form = filled.form
        super().__init__(
            work,
            Seen(wide, (row - 1, row - 1), {}, {}),
            Layout(name="", columns=[]),
            rule,
            places,
            Rows([row], {row: "organisation"}, {row: {}}),
        )

    def _known(self, one: ColumnRule) -> Column | None:
        figure = next(figure for figure in self.figures.values() if figure.at == one.at)
        unit = self.form.unit(figure.line.code, figure.column)
        if column_of(one.field) is not None or not (unit or figure.column in ("quantity", "organisations")):
            return column_of(one.field)
        return Column(one.field, "number", figure.line.vi, figure.line.en, UNITS[unit][0])

    def _at(self, row: int, column: int) -> str:
        return self.figures[column].at

    def numbers(self) -> Iterator[tuple[Figure, float | None, object]]:
        """Each figure in the schema's unit, None where no number is read, and its cell as it was understood."""
        for place, one in self.places.items():
            (value,) = self._column(place, one)
            yield self.figures[place], figure_of(value), value


def misfits(filled: Filled) -> dict[int, tuple[str, str]]:
    """Rows with a unit that is not one of their line (vi, en): nothing there is read."""
    found = {}
    for one in filled.figures:
        unit = schema_unit(filled.form, one)
        if one.unit and unit and scale(one.unit, unit) is None:
            words = UNITS[filled.form.unit(one.line.code, one.column)]
            found[one.row] = (
                f"ô {one.at}: đơn vị “{one.unit}” không phải của dòng “{one.line.vi}” ({words[1]})",
                f"cell {one.at}: “{one.unit}” is no unit of “{one.line.en}” ({words[2]})",
            )
    return found


@dataclass(frozen=True)
class Broken:
    """A sum that does not add up: the total, its value, and the parts in words (vi, en) with what they come to."""

    identity: Identity
    column: str
    total: float
    parts: tuple[str, str]
    sum: float


def broken(form: Form, values: Mapping[tuple[str, str], float], at: Mapping[tuple[str, str], str]) -> list[Broken]:
    """The identities of a form that its figures ((line, column) -> number) break, beyond the rounding of each.

    With a part missing only parts that come to more than their total break it: what is missing is no zero.
    """
    found = []
    for identity in form.identities:
        for column in form.part_of(identity.total).columns:
            total = values.get((identity.total, column))
            given = {code: values[code, column] for code in identity.parts if (code, column) in values}
            if total is None or not given:
                continue
            off = sum(given.values()) - total
            slack = 0.0
            if form.unit(identity.total, column) == "million_vnd":
                slack = sum(ROUNDED * 10 ** -_digits(value) for value in (total, *given.values()))
            whole = len(given) == len(identity.parts)
            if abs(off) <= slack + 1e-6 or not (whole or (off > 0 and min(given.values()) >= 0)):
                continue
            words = tuple(
                " + ".join(f"{getattr(form.line(code), lang)} {number(value, lang)} ({at.get((code, column), '')})"
                           for code, value in given.items())
                for lang in LANGUAGES
            )  # fmt: skip
            found.append(Broken(identity, column, total, (words[0], words[1]), round(sum(given.values()), 9)))
    return found


def _digits(value: float) -> int:
    found = re.search(r"\.(\d+)$", f"{value:.9f}".rstrip("0"))
    return len(found[1]) if found else 0


def text_of(value: object) -> str:
    """A cell as text, empty for none."""
    return "" if value is None else one_line(value)
