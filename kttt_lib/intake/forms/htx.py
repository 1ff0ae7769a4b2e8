"""The yearly report of one cooperative: into the records of the intake room, through the same checking as any list."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from kttt_lib.intake.coarse import crossed, figure_of
from kttt_lib.intake.forms.figures import FormReader, broken, misfits, seen_of, text_of
from kttt_lib.intake.forms.sheet import Figure, Filled, read_sheet_form
from kttt_lib.intake.grid import Grid
from kttt_lib.intake.headings import place_said, unit_said, year_said
from kttt_lib.intake.mapping import AUTO, SheetRule
from kttt_lib.intake.reading import Work
from kttt_lib.intake.seats import DISTRICT_WORDS
from kttt_lib.rating import load_form
from kttt_lib.rating.forms import Line
from kttt_lib.registry.findings.log import FindingLog, right_by
from kttt_lib.registry.findings.raw import RawTable
from kttt_lib.registry.text import fold

_UNTICKED = ("", "không", "khong", "-", "0", "no", "false")
_CODE = 10  # digits of a cooperative's code
MODEL = "Mô hình tổ chức hoạt động"


def read_htx(work: Work, grid: Grid, rule: SheetRule, account: dict[str, Any]) -> None:
    """The records of a filled form, into ``work``; ``account`` says where each of its rows went."""
    filled = read_sheet_form(grid, load_form("htx"), rule.lines, rule.skip)
    filled.figures = [_in_answered_unit(one, rule.units) for one in filled.figures]
    odd = filled.odd | misfits(filled)
    for row, title in filled.unknown.items():
        odd[row] = f"dòng không có trong biểu: “{title[:60]}”", f"no line of the form: “{title[:60]}”"
    name = filled.rows.get("name")
    given = {one.line.code for one in filled.figures if text_of(one.value)}
    if name is None or "name" not in given:
        where = name or min(filled.rows.values())
        odd[where] = f"dòng {where}: biểu không ghi tên HTX", f"row {where}: the form has no name"
    for kind in ("above", "section", "head", "foot", "skipped"):
        account[kind] = len(filled.of(kind))
    if filled.personal:
        rows = ", ".join(map(str, filled.personal))
        vi = f"{grid.name}, dòng {rows}: thông tin cá nhân, không lấy."
        work.say("personal", grid, vi, f"{grid.name}, rows {rows}: personal data, not taken.")
    account["not_read"] = len(odd)
    account["lines"] = sum(row not in odd for row in filled.of("line"))
    for row, (vi, en) in sorted(odd.items()):
        work.say(
            "rows_not_read",
            grid,
            f"{grid.name}, dòng {row}: {vi}. Sửa biểu, hoặc ghi dòng này vào skip của trang nếu bỏ qua.",
            f"{grid.name}, row {row}: {en}. Mend the form, or add the row to the sheet's skip if it is to be left out.",
        )
    if odd:
        return
    account["organisations"], account["lines"] = 1, account["lines"] - 1  # the name's row stands for the organisation
    fields = _fields(filled, work)
    seen = seen_of(filled)
    said = {
        "year": rule.year if isinstance(rule.year, int) else year_said(seen)[0] or AUTO,
        "unit": rule.unit if rule.unit != AUTO else unit_said(seen)[0] or AUTO,
        "district": rule.district if rule.district != AUTO else place_said(seen, DISTRICT_WORDS) or AUTO,
    }
    assert name is not None
    FormReader(work, filled, rule.model_copy(update=said), name, fields).read()


def _in_answered_unit(one: Figure, units: dict[str, str]) -> Figure:
    """A figure of money in the unit that the mapping says it has."""
    unit = units.get(one.line.code) or units.get("*") or one.unit
    return replace(one, unit=unit) if one.line.unit == "million_vnd" else one


def _fields(filled: Filled, work: Work) -> dict[Figure, str]:
    """Each figure with the field that it becomes. Of boxes only the ticked one; two of one kind are both told."""
    fields: dict[Figure, str] = {}
    ticked: dict[str, list[Figure]] = {}
    left: list[str] = []
    for one in filled.figures:
        line = one.line
        if not text_of(one.value):
            continue
        if line.mark:
            if not line.field and not _ticked(one, filled):
                left.append(one.at)  # whatever stands in place of a tick may be a person's name
                continue
            name = line.field or (MODEL if line.code.startswith("model_") else f"{line.vi}: trình độ")
            if crossed(one.value) or text_of(one.value).casefold() not in _UNTICKED:
                ticked.setdefault(name, []).append(one)
        elif line.code == "org_id":
            fields[_whole_code(one, filled, work)] = "org_id"
        else:
            fields[one] = own_name(line) if line.field or line.unit else "keep"
    for name, several in ticked.items():
        said = "; ".join(_said(one, filled) for one in several)
        fields[replace(several[0], value=said)] = name
    if left:
        cells = ", ".join(left)
        vi = f"Không lấy chữ ghi thay dấu chọn ở {cells}: có thể là tên người."
        work.say("personal", filled.grid, vi, f"Text in place of a tick in {cells} is not taken: it may name a person.")
    return fields


def _ticked(one: Figure, filled: Filled) -> bool:
    """Whether a box holds a tick, nothing, or its own column's title."""
    text = text_of(one.value)
    column = filled.form.columns[one.column]
    titles = {fold(title) for title in (column.vi, column.en, *column.also, one.line.vi)}
    return crossed(one.value) or text.casefold() in _UNTICKED or fold(text) in titles


def own_name(line: Line) -> str:
    """The registry's column of a line: its field, or a column of its own under the line's title."""
    return line.field or line.vi


def _said(one: Figure, filled: Filled) -> str:
    """What a box says: its mark, or its title; words in place of a tick as they stand, for checking to refuse."""
    if not crossed(one.value) and one.line.field:
        return text_of(one.value)
    if one.column != "value":
        return filled.form.columns[one.column].vi
    return one.line.mark if one.line.field else one.line.vi


def _whole_code(one: Figure, filled: Filled, work: Work) -> Figure:
    """The code as text; a number of nine digits has lost its leading zero."""
    value = one.value
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    text = text_of(value)
    if isinstance(value, int) and len(text) == _CODE - 1:
        vi, en = f"Ô {one.at}: thêm số 0 bị mất ở đầu mã {text}.", f"Cell {one.at}: {text} got back its leading zero."
        work.say("zeros", filled.grid, vi, en)
        text = text.zfill(_CODE)
    return replace(one, value=text)


def check_sums(raw: RawTable, sheets: set[tuple[str, str]], log: FindingLog) -> None:
    """Say of each report of the ``sheets`` (file, sheet) which sums of the form it breaks, at the total's cell."""
    form = load_form("htx")
    names = {line.code: own_name(line) for line in form.lines if line.unit}
    cells = {code: raw.frame[name].tolist() for code, name in names.items() if name in raw.frame}
    for position in range(len(raw.frame)) if sheets else ():
        if raw.origin(position) not in sheets:
            continue
        figures = {
            (code, "value"): number
            for code, column in cells.items()
            if (number := figure_of(column[position])) is not None
        }
        at = {key: raw.cell(position, names[key[0]]) for key in figures}
        for one in broken(form, figures, at):
            column = names[one.identity.total]
            cell = raw.cell(position, column)
            place = f"{raw.origin(position)[1]}!{cell}"
            if log.as_written(place, raw):
                continue
            rule = "form_sum" if one.identity.severity == "error" else "form_sum_doubt"
            said = right_by(raw, place)
            log.add(rule, raw, [position], column, [one.total], parts=[one.parts], sum=[one.sum], said=[said])
