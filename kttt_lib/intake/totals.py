"""What a sheet itself adds up, against the rows that it is the sum of."""

from __future__ import annotations

import re
from collections.abc import Iterator

from kttt_lib.intake import coarse
from kttt_lib.intake.figures import figures, unit_of_column
from kttt_lib.intake.grid import Grid, address, one_line
from kttt_lib.intake.header import Seen
from kttt_lib.intake.mapping import ColumnRule, SheetRule
from kttt_lib.intake.rows import Rows, total_count
from kttt_lib.intake.titles import column_of, schema_column
from kttt_lib.intake.units import MONEY

NOT_SUMMED = ("worker_income", "member_income", "year")
# How far a printed total may be off by rounding: half a unit of the last digit for each figure.
ROUNDED = 0.51
Told = tuple[str, str, str]
Doubt = tuple[float, tuple[str, str]]


def check_totals(
    seen: Seen, rule: SheetRule, places: dict[int, ColumnRule], rows: Rows, columns: dict[int, list[object]]
) -> tuple[list[Told], dict[str, Doubt]]:
    """Notes (kind, vi, en) on totals that are off or not read, and the cells that alone put one off by their unit.

    ``columns``: the figures of the organisations' rows.
    """
    grid, told, doubts = seen.grid, list[Told](), dict[str, Doubt]()
    position = {row: place for place, row in enumerate(rows.organisations)}
    for row, scopes in rows.totals.items():
        label = " ".join(grid.texts(row))
        counted = total_count(label)
        if counted is not None and all(counted != len(scope) for scope in scopes):
            told.append(
                (
                    "total_differs",
                    f"Dòng {row} “{label[:40]}”: ghi {counted} tổ chức, đếm được {len(scopes[0])}.",
                    f"Row {row} says {counted} organisations; there are {len(scopes[0])}.",
                )
            )
        for column, one in places.items():
            known = column_of(one.field)
            if known is None or known.kind not in ("integer", "number") or one.field in NOT_SUMMED:
                continue
            printed = grid.value(row, column)
            if isinstance(printed, bool) or printed is None:
                continue
            known = schema_column(one.field)
            unit = unit_of_column(seen, rule, column, one, known)
            said = coarse.figure_of(figures(grid, column, known, unit, [row], [printed])[0])
            parts = [
                {
                    one_row: figure
                    for one_row in scope
                    if (figure := coarse.figure_of(columns[column][position[one_row]])) is not None
                }
                for scope in scopes
            ]
            slack = ROUNDED * float(unit[1]) * 10 ** -_decimals(printed)
            texts = _left_by_sum(grid, column, said, slack, parts)
            told += _one(address(row, column), one, printed, said, slack, parts, texts)
            if said is not None and known.unit in MONEY and not texts:
                doubts |= {
                    address(at, column): (factor, _why(address(row, column), said))
                    for at, factor in _explained(said, slack, parts)
                }
    return told, doubts


def _left_by_sum(grid: Grid, column: int, said: float | None, slack: float, parts: list[dict[int, float]]) -> list[str]:
    """Cells with a number typed as text, which a spreadsheet's SUM passes over, where just that puts a total off."""
    for scope in parts if said is not None and _off(said, slack, parts) else ():
        texts = [row for row in scope if isinstance(grid.value(row, column), str)]
        if texts and not _off(said or 0.0, slack, [{row: scope[row] for row in scope if row not in texts}]):
            return [f"{address(row, column)} “{grid.text(row, column)}”" for row in texts]
    return []


def _one(
    where: str,
    one: ColumnRule,
    printed: object,
    said: float | None,
    slack: float,
    parts: list[dict[int, float]],
    texts: list[str],
) -> Iterator[Told]:
    if said is None:
        yield (
            "total_not_read",
            f"{where}: tổng “{one_line(printed)}” không đọc được, không đối chiếu.",
            f"{where}: the total “{one_line(printed)}” is not read and not compared.",
        )
        return
    sums = [sum(scope.values()) for scope in parts]
    if _off(said, slack, parts):
        shown, total, cells = _shown(said), _shown(sums[0]), ", ".join(texts)
        why = f" Số ghi dạng chữ, hàm SUM bỏ qua: {cells}; tổng đúng nếu không tính các ô ấy." if texts else ""
        why_en = f" Numbers typed as text, which SUM passes over: {cells}; without them it holds." if texts else ""
        yield (
            "total_differs",
            f"{where}, cột “{one.title}”: tổng ghi {shown}, cộng các dòng được {total} "
            f"(lệch {_shown(said - sums[0])}).{why}",
            f"{where}, column “{one.title}”: the total says {shown}, the rows add up to {total}.{why_en}",
        )


def _off(said: float, slack: float, parts: list[dict[int, float]]) -> bool:
    """Whether a total is none of the sums that it may be, beyond the rounding of each figure."""
    return all(abs(sum(scope.values()) - said) > slack * max(len(scope), 1) for scope in parts)


def _explained(said: float, slack: float, parts: list[dict[int, float]]) -> list[tuple[int, float]]:
    """The one row with whose figure in another unit a total adds up, and how many times too large it is."""
    if not _off(said, slack, parts):
        return []
    found = []
    for scope in parts:
        total, room = sum(scope.values()), slack * len(scope)
        for row, figure in scope.items():
            for factor in (1e3, 1e6, 1e-3, 1e-6):
                change = figure / factor - figure
                if abs(change) > 10 * room and abs(total + change - said) <= room:
                    found.append((row, factor))
    return found if len(set(found)) == 1 else []


def _why(where: str, said: float) -> tuple[str, str]:
    shown = _shown(said)
    return (
        f"trong khi tổng ở {where} ghi {shown}, chỉ đúng nếu số này ở đơn vị khác",
        f"while the total in {where} says {said:,.10g}, which holds only if this figure is in another unit",
    )


def _decimals(value: object) -> int:
    text = f"{value:.10g}" if isinstance(value, float) else one_line(value)
    found = re.search(r"[.,](\d{1,2}|\d{4,})$", text)
    return len(found[1]) if found else 0


def _shown(value: float) -> str:
    return f"{value:,.10g}".translate(str.maketrans(",.", ".,"))
