"""A province's filled yearly summary: its figures as facts of the form, never as rows counted, and what they break."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

import pandas as pd

from kttt_lib.errors import KtttError
from kttt_lib.intake.believing import BELIEVED, contradicts
from kttt_lib.intake.forms.figures import FormReader, broken, misfits, seen_of, text_of, wants_unit
from kttt_lib.intake.forms.sheet import form_of, read_sheet_form
from kttt_lib.intake.grid import Grid
from kttt_lib.intake.headings import heading_lines, place_said, unit_said, year_said
from kttt_lib.intake.mapping import AUTO, Mapping, SheetRule
from kttt_lib.intake.reading import Work
from kttt_lib.intake.units import MONEY
from kttt_lib.rating import Form, load_form
from kttt_lib.rating.forms import UNITS
from kttt_lib.registry.cells.words import is_blank
from kttt_lib.registry.findings.log import FindingLog
from kttt_lib.registry.text import fold, number

# A form made before its year was over.
ESTIMATE = re.compile(r"\b(uoc|du kien|lap ngay)\b")
COLUMNS = [
    "line", "column", "title_vi", "title_en", "unit", "value", "reports", "expected", "doubted", "basis",
    "heading", "written", "file", "sheet", "cell",
]  # fmt: skip
BASIS = "summary_form"
# What one organisation is helped with at a time, and what all of a province can come to (million VND).
HELP, MOST = (0.05, 100_000), 1e9
Key = tuple[str, str]
COUNTS = ("htx", "lhhtx", "person", "turn")


@dataclass(frozen=True)
class Summary:
    """One filled summary.

    ``figures``: one row a figure (COLUMNS), money in million VND, ``basis`` always "summary_form"; ``doubted``: in a
    sum that does not add up; ``heading``, ``written``: the heading over it, its title as it stands. ``findings``:
    severity, cell, message_vi, message_en. ``account``: rows by what they are (rows = above + lines + section + head +
    foot + skipped + not_read). ``closed``: the sheet itself says that its figures run to 31 December.
    """

    year: int
    province: str
    synthetic: bool
    closed: bool
    figures: pd.DataFrame
    findings: pd.DataFrame
    account: dict[str, int]

    @property
    def errors(self) -> pd.DataFrame:
        """The findings that must be mended or said to be meant."""
        return self.findings[self.findings["severity"] == "error"]

    def figure(self, line: str, column: str = "value") -> pd.Series | None:
        """A figure that is there and stands in no broken sum."""
        found = self.figures[(self.figures["line"] == line) & (self.figures["column"] == column)]
        return None if found.empty or bool(found["doubted"].iloc[0]) else found.iloc[0]


def read_summary(
    grids: list[Grid],
    year: int | None = None,
    unit: str = AUTO,
    skip: Iterable[int] = (),
    as_written: Iterable[str] = (),
) -> Summary:
    """The one sheet of a file that is a province's summary. KtttError where there is none or more than one, or where
    nothing says its year or the unit of its money. ``as_written``: cells (``D14``) whose size is doubted and is right.
    """
    form = load_form("province")
    forms = [grid for grid in grids if (found := form_of(grid)) is not None and found.id == form.id]
    if len(forms) != 1:
        files = ", ".join(dict.fromkeys(grid.file for grid in grids))
        raise KtttError(
            f"{files}: có {len(forms)} trang là biểu tổng hợp năm của tỉnh, cần đúng một. Mỗi biểu để ở một tệp.",
            f"{files}: {len(forms)} sheets are a province's yearly summary; exactly one is needed, one file a form.",
        )
    grid = forms[0]
    filled = read_sheet_form(grid, form, skip=skip)
    seen = seen_of(filled)
    said, where = year_said(seen)
    if year is None and said is None:
        raise KtttError(
            f"{grid.name}: không rõ số liệu của năm nào {where}. Ghi --year NĂM.",
            f"{grid.name}: nothing says which year the figures are of {where}. Give --year.",
        )
    if year is not None and said is not None and year != said:
        raise KtttError(f"{grid.name}: biểu ghi năm {said} ({where}), không phải {year}.",
                        f"{grid.name}: the form says {said} ({where}), not {year}.")  # fmt: skip
    unit = unit if unit != AUTO else unit_said(seen)[0] or AUTO
    if unit == AUTO and (unsaid := [one for one in wants_unit(filled) if text_of(one.value)]):
        one = unsaid[0]
        raise KtttError(
            f"{grid.name}, ô {one.at} “{one.line.vi}” ({text_of(one.value)}): không rõ đơn vị tiền. Ghi --unit "
            '"triệu đồng" (hoặc đơn vị của biểu).',
            f"{grid.name}, cell {one.at} “{one.line.en}” ({text_of(one.value)}): nothing says the unit of money. Give "
            '--unit "triệu đồng" (or the form\'s own).',
        )
    findings: list[tuple[str, str, str, str]] = []
    odd = filled.odd | misfits(filled)
    for row, title in filled.unknown.items():
        odd[row] = f"dòng không có trong biểu: “{title[:60]}”", f"no line of the form: “{title[:60]}”"
    for row, (vi, en) in sorted(odd.items()):
        findings.append(("error", f"A{row}", f"Dòng {row} không được đọc: {vi}.", f"Row {row} is not read: {en}."))
    for other in grids:
        if other is not grid and other.rows:
            vi, en = (
                f"Không đọc {other.name}: {len(other.rows)} dòng.",
                f"{other.name}: {len(other.rows)} rows not read.",
            )
            findings.append(("warning", "", vi, en))
    work = Work(Mapping(), FindingLog())
    given = {
        one: f"{one.line.code}/{one.column}" for one in filled.figures if one.row not in odd and text_of(one.value)
    }
    rule = SheetRule(take="yes", file=grid.file, sheet=grid.sheet, unit=unit)
    lines, values, at = [], {}, {}
    reader = FormReader(work, filled, rule, min(filled.rows.values()), given)
    for one, figure, cell in reader.numbers():
        if cell is None or (isinstance(cell, str) and is_blank(cell, False)):
            continue
        code = form.unit(one.line.code, one.column)
        fault = _fault(figure, code)
        if fault is not None:
            shown = text_of(one.value)
            findings.append(
                ("error", one.at, f"{one.line.vi} ({shown}): {fault[0]}.", f"{one.line.en} ({shown}): {fault[1]}.")
            )
            continue
        assert figure is not None
        if isinstance(one.value, str):
            vi, en = number(figure, "vi"), number(figure, "en")
            vi, en = f"chữ “{text_of(one.value)}” đọc là {vi}", f"the text is read as {en}"
            findings.append(("warning", one.at, f"{one.line.vi}: {vi}.", f"{one.line.en}: {en}."))
        key = (one.line.code, one.column)
        values[key], at[key] = figure, one.at
        reports = filled.reports.get(one.line.code, (None, None))
        origin = [filled.headings[one.line.code], filled.written[one.line.code], grid.file, grid.sheet, one.at]
        lines.append([*key, one.line.vi, one.line.en, code, figure, *reports, False, BASIS, *origin])
    doubted = _other_units(form, values, at, {cell.strip().upper() for cell in as_written}, filled.reports, findings)
    for broke in broken(form, values, at):
        total = form.line(broke.identity.total)
        words = [f"{getattr(total, lang)} ({number(broke.total, lang)})" for lang in ("vi", "en")]
        findings.append(
            (
                broke.identity.severity,
                at[total.code, broke.column],
                f"{words[0]} không khớp các phần của nó: {broke.parts[0]} = {number(broke.sum, 'vi')}.",
                f"{words[1]} is not the sum of its parts: {broke.parts[1]} = {number(broke.sum, 'en')}.",
            )
        )
        if broke.identity.severity == "error":
            doubted |= {(code, broke.column) for code in (total.code, *broke.identity.parts)}
    for line in lines:
        line[8] = (line[0], line[1]) in doubted
    account = {kind: len(filled.of(kind)) for kind in ("above", "section", "head", "foot", "skipped")}
    account |= {"rows": len(grid.rows), "not_read": len(odd), "lines": sum(r not in odd for r in filled.of("line"))}
    plain = " ".join(fold(text) for text, _ in heading_lines(seen))
    numbers = pd.DataFrame(lines, columns=COLUMNS).astype({"value": float, "reports": "Int64", "expected": "Int64"})
    return Summary(
        year=int(year or said or 0),
        province=place_said(seen, "tỉnh"),
        synthetic="gia lap" in plain or "synthetic" in plain,
        closed=bool(re.search(rf"\bden (het )?(ngay )?31 12 {year or said}\b", plain)) and not ESTIMATE.search(plain),
        figures=numbers,
        findings=pd.DataFrame(findings, columns=["severity", "cell", "message_vi", "message_en"]),
        account=account,
    )


def _other_units(
    form: Form,
    values: dict[Key, float],
    at: dict[Key, str],
    as_written: set[str],
    reports: dict[str, tuple[int, int]],
    findings: list[tuple[str, str, str, str]],
) -> set[Key]:
    """Figures of money that cannot be in their unit, each told with both readings: what one organisation would have."""
    doubted = set()
    for (code, column), value in values.items():
        line = form.line(code)
        if form.unit(code, column) != "million_vnd" or not value or at[code, column] in as_written:
            continue
        whose = {"unions": ("unions", "value"), "amount": (code, "organisations")}.get(column, ("active", "value"))
        many = (column == "value" and reports.get(code, (0,))[0]) or values.get(whose) or 0
        if (field := line.name) in BELIEVED and many and column != "amount":
            both = contradicts(field, value / many, "triệu đồng", MONEY[0])
        elif many and column == "amount":
            both = contradicts("", value / many, "triệu đồng", MONEY[0], HELP)
        else:
            both, many = contradicts("", value, "triệu đồng", MONEY[0], (0, MOST)), 1
        if both:
            doubted.add((code, column))
            each = (f" cho {number(many, 'vi')} tổ chức, mỗi tổ chức", f" for {number(many, 'en')} organisations, each")
            vi, en = each if many > 1 else ("", "")
            cell = at[code, column]
            mend_vi = f"Sửa đơn vị hoặc số trong biểu; nếu đúng như đã ghi: --as-written {cell}."
            mend_en = f"Mend the unit or the figure in the form; if it is right: --as-written {cell}."
            findings.append(
                (
                    "error",
                    cell,
                    f"{line.vi}: {number(value, 'vi')} triệu đồng{vi} {both[0]}. {mend_vi}",
                    f"{line.en}: {number(value, 'en')} million VND{en} {both[1]}. {mend_en}",
                )
            )
    return doubted


def _fault(number: float | None, unit: str) -> tuple[str, str] | None:
    """What keeps a figure from being one of its unit (vi, en); None where nothing does."""
    if number is None:
        return "không đọc được số", "no number is read"
    if unit in COUNTS and not number.is_integer():
        return f"số đếm phải là số nguyên ({UNITS[unit][1]})", f"a count is a whole number ({UNITS[unit][2]})"
    if unit in (*COUNTS, "ha") and number < 0:
        return "không thể là số âm", "cannot be negative"
    return None


__all__ = ["BASIS", "Summary", "read_summary"]
