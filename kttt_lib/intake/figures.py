"""A column's figures in the schema's unit: by the title, the corner, the cell itself, or what its format shows."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import numpy as np
import pandas as pd

from kttt_lib.errors import KtttError
from kttt_lib.intake import coarse
from kttt_lib.intake.grid import Grid, one_line
from kttt_lib.intake.header import Seen
from kttt_lib.intake.headings import area_said, unit_said
from kttt_lib.intake.mapping import ASK, AUTO, ColumnRule, SheetRule
from kttt_lib.intake.titles import Title
from kttt_lib.intake.units import AREA, MONEY, scale
from kttt_lib.registry.cells import numbers
from kttt_lib.registry.cells.given import GivenColumn
from kttt_lib.registry.cells.screen import formatted
from kttt_lib.registry.findings.raw import NO_EVIDENCE
from kttt_lib.registry.schema import Column


def said_unit(seen: Seen, rule: SheetRule, column: int, one: ColumnRule, known: Column) -> tuple[str, str]:
    """A column's unit of money or area as it is written, and where: for it in the sheet's line, in its
    own, its title, for the sheet; empty when nowhere.

    An income whose title says a month and whose unit says no time is a month's.
    """
    title = seen.titles.get(column, Title(()))
    own = next((unit for unit in reversed(title.units) if scale(unit, known.unit) is not None), "")
    answered = rule.units.get(one.title, "") if not rule.form else ""
    unit, where = (answered or one.unit or own, "tiêu đề")
    if not unit:
        unit, where = (rule.unit, "cả trang") if known.unit in MONEY else area_said(seen)
    if unit == AUTO:
        unit, where = unit_said(seen)
    monthly = f"{unit}/người/tháng"
    if title.monthly and known.unit == MONEY[1] and unit != ASK and scale(monthly, known.unit) is not None:
        unit = monthly
    return unit, where


def unit_of_column(seen: Seen, rule: SheetRule, column: int, one: ColumnRule, known: Column) -> tuple[str, Fraction]:
    """The unit of a column as it is written, and what brings it to the schema's; KtttError when unknown."""
    if known.unit not in (*MONEY, AREA):
        return one.unit, (scale(one.unit, known.unit) or Fraction(1)) if one.unit else Fraction(1)
    unit, _ = said_unit(seen, rule, column, one, known)
    factor = scale(unit, known.unit)
    if factor is None:
        if not unit:  # every cell has its own, or there is none at all
            return "", Fraction(1)
        raise KtttError(
            f"{seen.grid.name}, cột {one.at} “{one.title}”: không hiểu đơn vị “{unit}”.",
            f"{seen.grid.name}, column {one.at} “{one.title}”: the unit “{unit}” is not known.",
        )
    return unit, factor


def figures(
    grid: Grid, column: int, known: Column, unit: tuple[str, Fraction], rows: list[int], values: list[object]
) -> list[object]:
    """``values`` of these rows in the schema's unit; ``unit``: of ``unit_of_column``.

    What cannot be read keeps its unit, so that checking refuses it by its cell.
    """
    written, factor = unit
    factors: list[Fraction] = []
    texts: list[object] = []
    odd: dict[int, object] = {}
    for place, (row, value) in enumerate(zip(rows, values, strict=True)):
        own = coarse.amount_of(value, known.unit) if known.unit else None
        by, text = (factor, value) if own is None else (own[1], own[0])
        if how := grid.shows(row, column):
            said = scale(how.words, known.unit)
            if how.hides or how.percent or (said and written and said != factor):
                odd[place] = formatted(float(str(value)), how)  # for checking, with both readings
            # Under #,##0,, one sees millions: what is seen is in the unit that is said.
            by = (said if said and not written else by) / 1000**how.thousands
        factors.append(by)
        texts.append(text)
    if all(by == 1 for by in factors):
        return [odd.get(place, text) for place, text in enumerate(texts)]
    given = GivenColumn(pd.Series(texts, dtype=object))
    text_ = numbers.plain(given.text)
    marks = numbers.forms(text_)
    if given.numbers is not None:
        marks[~np.isnan(given.numbers)] = numbers.MISSING
    read = numbers.read_numbers(text_, marks, given.numbers, False, grid.style, NO_EVIDENCE)
    plain = read.values if given.numbers is None else np.where(np.isnan(given.numbers), read.values, given.numbers)
    out: list[object] = []
    for place, value in enumerate(values):
        if value is None or place in odd:
            out.append(odd.get(place))
        elif not np.isnan(plain[place]):
            out.append(float(Fraction(Decimal(repr(float(plain[place])))) * factors[place]))
        else:
            out.append(value if str(value).startswith("=") else f"{one_line(value)} ({written})")
    return out
