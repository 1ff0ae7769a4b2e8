"""What a sheet itself adds up, against the rows that it is the sum of."""

from __future__ import annotations

import re
from collections.abc import Iterator

from kttt_lib.intake import coarse
from kttt_lib.intake.figures import figures, unit_of_column
from kttt_lib.intake.grid import address, one_line
from kttt_lib.intake.header import Seen
from kttt_lib.intake.mapping import ColumnRule, SheetRule
from kttt_lib.intake.rows import Rows, total_count
from kttt_lib.intake.titles import column_of, schema_column

NOT_SUMMED = ("worker_income", "member_income", "year")
# How far a printed total may be off by rounding: half a unit of the last digit for each figure.
ROUNDED = 0.51
Told = tuple[str, str, str]


def check_totals(
    seen: Seen, rule: SheetRule, places: dict[int, ColumnRule], rows: Rows, columns: dict[int, list[object]]
) -> Iterator[Told]:
    """Notes (kind, vi, en) on totals that are off or not read; ``columns``: the figures of the organisations' rows."""
    grid = seen.grid
    position = {row: place for place, row in enumerate(rows.organisations)}
    for row, scopes in rows.totals.items():
        label = " ".join(grid.texts(row))
        counted = total_count(label)
        if counted is not None and all(counted != len(scope) for scope in scopes):
            yield (
                "total_differs",
                f"Dòng {row} “{label[:40]}”: ghi {counted} tổ chức, đếm được {len(scopes[0])}.",
                f"Row {row} says {counted} organisations; there are {len(scopes[0])}.",
            )
        for column, one in places.items():
            known = column_of(one.field)
            if known is None or known.kind not in ("integer", "number") or one.field in NOT_SUMMED:
                continue
            printed = grid.value(row, column)
            if isinstance(printed, bool) or printed is None:
                continue
            known = schema_column(one.field)
            unit = unit_of_column(seen, rule, one, known)
            said = coarse.figure_of(figures(grid, column, known, unit, [row], [printed])[0])
            parts = [[columns[column][position[one_row]] for one_row in scope] for scope in scopes]
            yield from _one(address(row, column), one, printed, said, float(unit[1]), parts)


def _one(
    where: str, one: ColumnRule, printed: object, said: float | None, factor: float, parts: list[list[object]]
) -> Iterator[Told]:
    if said is None:
        yield (
            "total_not_read",
            f"{where}: tổng “{one_line(printed)}” không đọc được, không đối chiếu.",
            f"{where}: the total “{one_line(printed)}” is not read and not compared.",
        )
        return
    read = [[figure for value in scope if (figure := coarse.figure_of(value)) is not None] for scope in parts]
    step = factor * 10 ** -_decimals(printed)
    if all(abs(sum(scope) - said) > ROUNDED * step * max(len(scope), 1) for scope in read):
        shown, total = _shown(said), _shown(sum(read[0]))
        yield (
            "total_differs",
            f"{where}, cột “{one.title}”: tổng ghi {shown}, cộng các dòng được {total} "
            f"(lệch {_shown(said - sum(read[0]))}).",
            f"{where}, column “{one.title}”: the total says {shown}, the rows add up to {total}.",
        )


def _decimals(value: object) -> int:
    text = f"{value:.10g}" if isinstance(value, float) else one_line(value)
    found = re.search(r"[.,](\d{1,2}|\d{4,})$", text)
    return len(found[1]) if found else 0


def _shown(value: float) -> str:
    return f"{value:,.10g}".translate(str.maketrans(",.", ".,"))
