"""A wrong unit planted in every layout: asked about, refused or told at its cell, never taken in silence.

Every layout meets one kind in each run, and all of them nightly.
"""

from __future__ import annotations

import re

import layouts
import layouts_2025
import pytest
from openpyxl.utils import get_column_letter

from kttt_lib.errors import KtttError
from kttt_lib.intake import propose, take
from kttt_lib.intake.grid import Grid, read_grids
from kttt_lib.intake.header import look, places_of
from kttt_lib.intake.proposal import rows_of
from kttt_lib.intake.titles import column_of

MADE = layouts.LAYOUTS | layouts_2025.MORE
MONEY = ("triệu đồng", "triệu đồng/người/năm")
# What is planted: which of the column's rows, and how many times too large they are written.
TRAPS = {
    "a whole column in đồng": (slice(None), 1e6),
    "a whole column in nghìn đồng": (slice(None), 1e3),
    "a whole column a million times too small": (slice(None), 1e-6),
    "three rows in đồng": (slice(3), 1e6),
    "three rows in nghìn đồng": (slice(3), 1e3),
    "one cell in đồng": (slice(4, 5), 1e6),
    "one cell in nghìn đồng": (slice(4, 5), 1e3),
}
# Five credit funds of a hundred million of assets each, as invented: times a thousand they are as large as real ones.
PLAUSIBLE = {("credit_funds", "a whole column in nghìn đồng"), ("credit_funds", "three rows in nghìn đồng")}


def written(value: object, times: float) -> object:
    """A figure so many times as large, in the way of writing that it has."""
    if isinstance(value, int | float):
        return value * times
    text = str(value)
    (digits,) = re.findall(r"[\d.,]+", text)
    vietnamese = "," in digits or bool(re.search(r"\.\d{3}$", digits))
    number = float(digits.replace(".", "").replace(",", ".") if vietnamese else digits) * times
    plain = f"{number:.7f}".rstrip("0").rstrip(".")
    return text.replace(digits, plain.replace(".", ",") if vietnamese else plain)


def plant(grids: list[Grid], trap: str) -> tuple[Grid, str, list[str]] | None:
    """Plant in the first column of money; the sheet, the field and the cells, None where a list has no money."""
    mapping, (some, times) = propose(grids), TRAPS[trap]
    for grid, rule in zip(grids, mapping.sheets):
        seen, layout = look(grid), mapping.layout(rule.layout)
        for column, of in places_of(layout, seen).items():
            known = column_of(of.field)
            if known is None or known.unit not in MONEY or of.take == "no":
                continue
            cells = [(row, column) for row in rows_of(seen, layout, rule).organisations if (row, column) in grid.cells]
            for place in cells[some]:
                grid.cells[place] = written(grid.cells[place], times)
            return grid, known.name, [f"{get_column_letter(column)}{row}" for row, _ in cells[some]]
    return None


@pytest.mark.parametrize(
    ("layout", "trap"),
    [
        pytest.param(layout, trap, marks=[] if (place - number) % len(TRAPS) == 0 else [pytest.mark.slow])
        for place, layout in enumerate(MADE)
        for number, trap in enumerate(TRAPS)
    ],
)
def test_a_planted_unit_is_asked_about_refused_or_told_at_its_cell(layout, trap, tmp_path):
    if (layout, trap) in PLAUSIBLE:
        pytest.skip("nothing in the list speaks against it")
    made = MADE[layout](tmp_path)
    grids = [grid for path in made.files for grid in read_grids(path)]
    planted = plant(grids, trap)
    if planted is None:
        pytest.skip("no money in this list")
    _, field, cells = planted
    mapping = propose(grids)
    for one in mapping.questions():
        answer = next((answer for words, answer in made.answers.items() if words in one.where), None)
        if answer is None:
            assert "số giữa" in one.vi, (one.where, one.vi)
            return
        one.answer(answer)
    try:
        registry = take(grids, mapping).registry
    except KtttError:
        return
    both = registry.tables["annual_reports"].merge(made.reports, on=["org_id", "year"], suffixes=("", "_true"))
    off = (both[field] - both[f"{field}_true"]).abs() > 1e-6 * both[f"{field}_true"].abs()
    told = " ".join([*registry.findings["cell"], *registry.notes["message_en"]])
    silent = [cell for cell in cells if not re.search(rf"\b{cell}\b", told)]
    assert not (off.any() and silent), (field, both.loc[off, field].tolist(), silent)
