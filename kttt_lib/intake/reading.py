"""One sheet by its mapping: a record a row, years apart, with the cell that each fact was read in."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np
import pandas as pd

from kttt_lib.errors import KtttError
from kttt_lib.intake import coarse
from kttt_lib.intake.grid import Grid, address, folded, one_line
from kttt_lib.intake.identity import codes
from kttt_lib.intake.mapping import AUTO, ColumnRule, Layout, Mapping, SheetRule
from kttt_lib.intake.proposal import (
    MONEY,
    Seen,
    default_said,
    look,
    of_name,
    place_said,
    places_of,
    rows_of,
    rule_for,
    unit_said,
    year_said,
)
from kttt_lib.intake.rows import Rows, place_name, total_count
from kttt_lib.intake.titles import Title, column_of, known_words, schema_column, table_of
from kttt_lib.intake.units import scale
from kttt_lib.registry.cells import numbers
from kttt_lib.registry.cells.given import GivenColumn
from kttt_lib.registry.cells.screen import formatted
from kttt_lib.registry.cells.words import is_blank
from kttt_lib.registry.findings.log import FindingLog
from kttt_lib.registry.findings.raw import NO_EVIDENCE
from kttt_lib.registry.schema import Column
from kttt_lib.registry.text import fold

NOT_SUMMED = ("worker_income", "member_income")
# How far a printed total may be off by rounding: half a unit of the last digit for each figure.
ROUNDED = 0.51
Fact = dict[str, object]


@dataclass
class Record:
    """One row to be: its cells, where each was read, and the row of the sheet that it comes from."""

    cells: Fact
    at: dict[str, str]
    grid: Grid
    row: int
    year: int = 0


@dataclass
class Work:
    mapping: Mapping
    log: FindingLog
    people: list[Record] = field(default_factory=list)
    made: set[int] = field(default_factory=set)
    reports: list[tuple[int, Record]] = field(default_factory=list)
    events: list[tuple[int, Record]] = field(default_factory=list)
    accounts: list[dict[str, Any]] = field(default_factory=list)

    def say(self, kind: str, grid: Grid, vi: str, en: str) -> None:
        """A note on a sheet."""
        self.log.note_source(kind, grid.name, vi, en)


def read_sheet(work: Work, grid: Grid, read_form: Callable[[Work, Grid, SheetRule, dict[str, Any]], None]) -> None:
    """The records of a sheet, into ``work``, and where each of its rows went; ``read_form`` reads a form."""
    rule = rule_for(work.mapping, grid)
    account: dict[str, Any] = {"file": grid.file, "sheet": grid.sheet, "rows": len(grid.rows), "organisations": 0}
    work.accounts.append(account)
    if rule is None or rule.take != "yes":
        account["left_out"] = len(grid.rows)
        if not grid.rows:
            return
        work.say(
            "sheet_not_taken",
            grid,
            f"Không lấy {grid.name}: {len(grid.rows)} dòng.",
            f"{grid.name} is not taken: {len(grid.rows)} rows.",
        )
        return
    if rule.form:
        for vi, en in grid.notes:
            work.say("values_only", grid, vi, en)
        read_form(work, grid, rule, account)
        return
    layout = work.mapping.layout(rule.layout)
    seen = look(grid)
    places = None if seen is None else places_of(layout, seen)
    if seen is None or places is None:
        missing = ", ".join(f"“{one.title}”" for one in layout.taken)
        raise KtttError(
            f"{grid.name}: không tìm thấy đủ các cột của bản đồ ({missing}). Bỏ dòng của trang này trong bản đồ rồi "
            "chạy lại để nhận ra cột mới.",
            f"{grid.name}: not all columns of the mapping are there ({missing}). Take this sheet's line out of the "
            "mapping and run again, so that its columns are looked at anew.",
        )
    for vi, en in grid.notes:
        work.say("values_only", grid, vi, en)
    rows = rows_of(seen, layout, rule)
    account["above"] = sum(row <= seen.header[1] for row in grid.rows)
    for kind in ("organisation", "total", "section", "head", "foot", "skipped", "not_read"):
        account[{"organisation": "organisations"}.get(kind, kind)] = len(rows.of(kind))
    if unread := rows.of("not_read"):
        shown = ", ".join(map(str, unread[:20]))
        work.say(
            "rows_not_read",
            grid,
            f"{grid.name}: {len(unread)} dòng không hiểu: {shown}. Nếu bỏ qua, ghi skip: [{shown}] ở trang này.",
            f"{grid.name}: {len(unread)} rows are not understood: {shown}. If they are to be left out, add skip: "
            f"[{shown}] to the sheet's line.",
        )
    SheetReader(work, seen, layout, rule, places, rows).read()


class SheetReader:
    """One sheet on its way into records."""

    def __init__(self, work: Work, seen: Seen, layout: Layout, rule: SheetRule, places, rows: Rows) -> None:
        self.work, self.seen, self.layout, self.rule, self.rows = work, seen, layout, rule, rows
        self.grid = seen.grid
        self.places: dict[int, ColumnRule] = {c: one for c, one in places.items() if one.take == "yes" and one.field}
        self.year = rule.year if isinstance(rule.year, int) else year_said(seen)[0]
        if isinstance(rule.year, int) and (said := year_said(seen)[0]) and said != rule.year:
            raise KtttError(
                f"{self.grid.name}: bản đồ ghi năm {rule.year} nhưng trang ghi năm {said}. Sửa year trong bản đồ.",
                f"{self.grid.name}: the mapping says the year {rule.year}, the sheet {said}. Mend year in the mapping.",
            )

    def read(self) -> None:
        """Records of every organisation's row, then what the totals say of them."""
        columns = {column: self._column(column, one) for column, one in self.places.items()}
        for place, row in enumerate(self.rows.organisations):
            self._row(place, row, columns)
        self._totals(columns)
        self._say_columns()

    # One column.

    def _column(self, column: int, one: ColumnRule) -> list[object]:
        values = [self._value(row, column, one) for row in self.rows.organisations]
        known = self._known(one)
        if one.field == "org_id":
            shown = [self.grid.formats.get((row, column), "") for row in self.rows.organisations]
            texts, lost = codes(values, shown)
            if lost:
                vi = f"Cột {one.at}: thêm số 0 bị mất ở đầu {len(lost)} mã."
                self._say("zeros", vi, f"Column {one.at}: {len(lost)} codes got back the zero that they had lost.")
            return [text or None for text in texts]
        if one.field in ("district", "sector", "kind") and not one.mark:
            return self._from_above(one, values)
        if known is None or known.kind in ("text", "choice", "boolean") or one.mark:
            return values
        words = [None if isinstance(value, str) and is_blank(one_line(value), False) else value for value in values]
        blanks = sum(given is not None and value is None for given, value in zip(values, words))
        if blanks:
            self._say(
                "blank_words",
                f"Cột {one.at} “{one.title}”: {blanks} ô ghi “không”, “-” … coi là để trống.",
                f"Column {one.at} “{one.title}”: {blanks} cells with “không”, “-” … count as empty.",
            )
        if known.kind == "date":
            return [self._day(value) for value in words]
        return self._figures(column, one, words)

    def _known(self, one: ColumnRule) -> Column | None:
        """What a column holds; None for what is kept as it is."""
        return column_of(one.field)

    def _at(self, row: int, column: int) -> str:
        """Where a cell stands in the file."""
        return address(row, column)

    def _value(self, row: int, column: int, one: ColumnRule) -> object:
        """A cell; for places and lists the value of the merge that it lies under."""
        known = column_of(one.field)
        spread = one.field in ("district", "commune", "address", "sector", "kind") or known is None
        value = self.grid.seen(row, column) if spread else self.grid.value(row, column)
        return value if value is None or one_line(value) else None

    def _from_above(self, one: ColumnRule, values: list[object]) -> list[object]:
        """Groups of which only the first row says the district: a merge that the file does not show."""
        said = [one_line(value) for value in values if value is not None]
        blanks = len(values) - len(said)
        if not said or values[0] is None or len(set(said)) < len(said) or blanks < len(said):
            return values
        filled = [value for value in pd.Series(values, dtype=object).ffill()]
        self._say(
            "from_above",
            f"Cột {one.at} “{one.title}”: {blanks} ô trống lấy giá trị của dòng trên.",
            f"Column {one.at} “{one.title}”: {blanks} empty cells take the value of the row above.",
        )
        return filled

    def _day(self, value: object) -> object:
        value = coarse.whole_day(value)
        if isinstance(value, str) and self.rule.date_order == "month_first":
            value = re.sub(r"^\s*(\d{1,2})([/.-])(\d{1,2})\2", r"\3\2\1\2", value)
        return value

    def _figures(self, column: int, one: ColumnRule, values: list[object]) -> list[object]:
        """Numbers in the schema's unit. What cannot be read keeps its unit, so that checking refuses it by its cell."""
        known = self._known(one) or schema_column(one.field)
        unit, factor = self._unit(one)
        factors: list[Fraction] = []
        texts: list[object] = []
        odd: dict[int, object] = {}
        for place, (row, value) in enumerate(zip(self.rows.organisations, values, strict=True)):
            own = coarse.amount_of(value, known.unit) if known.unit else None
            by, text = (factor, value) if own is None else (own[1], own[0])
            if how := self.grid.shows(row, column):
                said = scale(how.words, known.unit)
                if how.hides or how.percent or (said and unit and said != factor):
                    odd[place] = formatted(float(str(value)), how)  # for checking, with both readings
                # Under #,##0,, one sees millions: what is seen is in the unit that is said.
                by = (said if said and not unit else by) / 1000**how.thousands
            factors.append(by)
            texts.append(text)
        if all(by == 1 for by in factors):
            return [odd.get(place, text) for place, text in enumerate(texts)]
        given = GivenColumn(pd.Series(texts, dtype=object))
        text_ = numbers.plain(given.text)
        marks = numbers.forms(text_)
        if given.numbers is not None:
            marks[~np.isnan(given.numbers)] = numbers.MISSING
        read = numbers.read_numbers(text_, marks, given.numbers, False, self.grid.style, NO_EVIDENCE)
        plain = read.values if given.numbers is None else np.where(np.isnan(given.numbers), read.values, given.numbers)
        out: list[object] = []
        for place, value in enumerate(values):
            if value is None or place in odd:
                out.append(odd.get(place))
            elif not np.isnan(plain[place]):
                out.append(float(Fraction(Decimal(repr(float(plain[place])))) * factors[place]))
            else:
                out.append(value if str(value).startswith("=") else f"{one_line(value)} ({unit})")
        if factor != 1:
            done = sum(value is not None for value in out)
            self._say(
                "converted",
                f"Cột {one.at} “{one.title}”: {done} ô đổi từ {unit} ra {known.unit}.",
                f"Column {one.at} “{one.title}”: {done} cells converted from {unit} to {known.units[1]}.",
            )
        return out

    def _unit(self, one: ColumnRule) -> tuple[str, Fraction]:
        known = self._known(one) or schema_column(one.field)
        if known.unit not in MONEY:
            return one.unit, (scale(one.unit, known.unit) or Fraction(1)) if one.unit else Fraction(1)
        said = self.rule.unit if self.rule.unit != AUTO else unit_said(self.seen)[0]
        unit = one.unit or said
        factor = scale(unit, known.unit)
        if factor is None:
            if not unit:  # every cell has its own, or there is none at all
                return "", Fraction(1)
            raise KtttError(
                f"{self.grid.name}, cột {one.at} “{one.title}”: không hiểu đơn vị “{unit}”.",
                f"{self.grid.name}, column {one.at} “{one.title}”: the unit “{unit}” is not known.",
            )
        return unit, factor

    # One row.

    def _row(self, place: int, row: int, columns: dict[int, list[object]]) -> None:
        person = Record({}, {}, self.grid, row, self.year or 0)
        by_year: dict[int, Record] = {}
        year_here = next((columns[c][place] for c, one in self.places.items() if one.field == "year"), None)
        state: tuple[object, str] | None = None
        notes: tuple[object, str] | None = None
        for column, one in self.places.items():
            value, at = columns[column][place], self._at(row, column)
            if one.mark:
                value = one.mark if coarse.crossed(value) else (None if value is None else value)
            if value is None or one.field in ("serial", "year"):
                continue
            if one.field == "address":
                self._address(person, value, at)
            elif one.field == "status":
                state = value, at
            elif one.field == "note":
                notes = value, at
                person.cells[one.title.split(" / ")[-1]] = one_line(value)
            elif one.field == "keep":
                person.cells[one.title.split(" / ")[-1]] = one_line(value)
            elif table_of(one.field) == "organisations":
                person.cells[one.field] = self._spelled(one, value)
                person.at[one.field] = at
            else:
                year = self._year_of(column, one, year_here)
                record = by_year.setdefault(year, Record({}, {}, self.grid, row, year))
                record.cells[one.field] = self._spelled(one, value)
                record.at[one.field] = at
        self._complete(person, row)
        number = len(self.work.people)
        self.work.people.append(person)
        for year, record in by_year.items():
            record.cells["year"] = year or None
            self.work.reports.append((number, record))
        given = self.rows.given[row].get("status")
        self._state(number, person, state, notes, given)

    def _year_of(self, column: int, one: ColumnRule, here: object) -> int:
        title = self.seen.titles.get(column, Title(()))
        if one.year is not None and one.year > 0:
            return one.year
        base = title.year or (int(one_line(here)) if here is not None and one_line(here).isdigit() else self.year)
        return (base or 0) + (one.year or 0)

    def _spelled(self, one: ColumnRule, value: object) -> object:
        """A word of a closed list as its code; other values as they are."""
        known = column_of(one.field)
        if known is not None and one.field in ("commune", "district"):
            return place_name(one_line(value))
        if known is None or not (known.choices or one.field in self.layout.spellings):
            return one_line(value) if known is not None and known.kind == "text" else value
        own = {fold(word): code for word, code in self.layout.spellings.get(one.field, {}).items()}
        words = known_words(one.field)
        text = folded(value)
        code = own.get(text, words.get(text))
        return value if code is None else (words.get(fold(code), code) or None)

    def _address(self, person: Record, value: object, at: str) -> None:
        parts = [part.strip() for part in re.split(r"[,;]| [-–] ", one_line(value)) if part.strip()]
        parts = [part for part in parts if not re.match(r"(?i)tỉnh\b", part)]
        if len(parts) > 1 and fold(parts[-1]) == fold(self.work.mapping.province):
            parts.pop()
        found: dict[str, str] = {}
        for part in parts:
            if re.match(r"(?i)(huyện|thành phố|tp\b\.?|thị xã|tx\b\.?|quận)", part):
                found["district"] = place_name(part)
            elif re.match(r"(?i)(xã|phường|thị trấn|tt\b\.?)\s", part):
                found["commune"] = place_name(part)
        bare = [part for part in parts if not re.match(r"(?i)(xóm|thôn|tổ|số|khu|đường|phố|đội|ấp|bản)\b", part)]
        if "district" not in found and len(bare) >= 2 and place_name(bare[-1]) != found.get("commune"):
            found["district"] = place_name(bare[-1])
            if "commune" not in found:
                found["commune"] = place_name(bare[-2])
        elif "commune" not in found and bare and place_name(bare[0]) != found.get("district"):
            found["commune"] = place_name(bare[0])
        for name, text in found.items():
            person.cells.setdefault(name, text)
            person.at.setdefault(name, at)

    def _complete(self, person: Record, row: int) -> None:
        """What sections, the name, the titles and the mapping say of a row that does not say it itself."""
        given, name = self.rows.given[row], str(person.cells.get("name") or "")
        rule = self.rule
        for field_ in ("district", "commune", "kind", "sector"):
            if field_ in person.cells:
                continue
            said = given.get(field_)
            if not said and field_ in ("kind", "sector"):
                said = of_name(name, field_)
                fixed = getattr(rule, field_)
                said = said or (fixed if fixed != AUTO else default_said(self.seen, field_))
                said = known_words(field_).get(fold(said), said)
            elif not said and field_ == "district":
                said = (
                    rule.district
                    if rule.district != AUTO
                    else place_said(self.seen, "huyện|thành phố|thị xã|quận|TP|TX")
                )
            if said:
                person.cells[field_] = said
        coarse_day = coarse.day_of(person.cells.get("founded_on"))
        if coarse_day:
            person.cells["founded_on"], person.cells["founded_precision"] = coarse_day
        registered = coarse.day_of(person.cells.get("registered_on"))
        if registered:
            del person.cells["registered_on"]  # a coarse registration day says nothing that counts need

    def _state(self, number: int, person: Record, state, notes, given: str | None) -> None:
        read = coarse.state_of(state[0]) if state else None
        if state and read is None:
            person.cells["Tình trạng"] = one_line(state[0])
            self._say(
                "state_not_read",
                f"{state[1]}: không hiểu tình trạng “{one_line(state[0])}”; giữ làm cột riêng.",
                f"{state[1]}: the state “{one_line(state[0])}” is not understood; kept as a column.",
            )
        at = state[1] if state else ""
        told = coarse.state_of(notes[0]) if notes else None
        if told and told[0] != "active" and (read is None or read[1] is None):
            read, at = told, notes[1]
        if read is None and given:
            read = given, None, ""
        if read is None or read[0] == "active":
            return
        event, day, precision = read
        if day is None:
            if not self.year:
                return
            day, precision = dt.date(self.year, 12, 31), "by"
        cells: Fact = {"event": event, "date": day, "date_precision": None if precision == "day" else precision}
        self.work.events.append(
            (number, Record(cells, {"event": at, "date": at}, self.grid, person.row, self.year or 0))
        )

    # What the sheet itself adds up.

    def _totals(self, columns: dict[int, list[object]]) -> None:
        position = {row: place for place, row in enumerate(self.rows.organisations)}
        for row, scopes in self.rows.totals.items():
            label = " ".join(self.grid.texts(row))
            counted = total_count(label)
            if counted is not None and all(counted != len(scope) for scope in scopes):
                vi = f"Dòng {row} “{label[:40]}”: ghi {counted} tổ chức, đếm được {len(scopes[0])}."
                self._say("total_differs", vi, f"Row {row} says {counted} organisations; there are {len(scopes[0])}.")
            for column, one in self.places.items():
                known = column_of(one.field)
                if known is None or known.kind not in ("integer", "number") or one.field in (*NOT_SUMMED, "year"):
                    continue
                printed = self.grid.value(row, column)
                if isinstance(printed, bool) or printed is None:
                    continue
                self._total(
                    row, column, one, printed, [[position[r] for r in scope] for scope in scopes], columns[column]
                )

    def _total(self, row: int, column: int, one: ColumnRule, printed, scopes, values) -> None:
        said = self._as_figure(row, column, one, printed)
        sums = []
        for scope in scopes:
            figures = [values[place] for place in scope]
            read = [coarse.figure_of(value) for value in figures]
            sums.append((sum(value for value in read if value is not None), sum(value is not None for value in read)))
        _, factor = self._unit(one)
        step = float(factor) * 10 ** -_decimals(printed)
        where = address(row, column)
        if said is None:
            self._say(
                "total_not_read",
                f"{where}: tổng “{one_line(printed)}” không đọc được, không đối chiếu.",
                f"{where}: the total “{one_line(printed)}” is not read and not compared.",
            )
        elif all(abs(total - said) > ROUNDED * step * max(count, 1) for total, count in sums):
            shown, total = _shown(said), _shown(sums[0][0])
            self._say(
                "total_differs",
                f"{where}, cột “{one.title}”: tổng ghi {shown}, cộng các dòng được {total} "
                f"(lệch {_shown(said - sums[0][0])}).",
                f"{where}, column “{one.title}”: the total says {shown}, the rows add up to {total}.",
            )

    def _as_figure(self, row: int, column: int, one: ColumnRule, printed: object) -> float | None:
        rows, self.rows = self.rows, Rows(organisations=[row])
        log, self.work.log = self.work.log, FindingLog()
        try:
            return coarse.figure_of(self._figures(column, one, [printed])[0])
        finally:
            self.rows, self.work.log = rows, log

    def _say_columns(self) -> None:
        left = [
            f"{address(1, column)[:-1]} “{self.seen.given.get(column, '')}”"
            for column in range(1, self.grid.width + 1)
            if column not in self.places and any((row, column) in self.grid.cells for row in self.rows.organisations)
        ]
        if left:
            self._say(
                "columns_left", f"Không lấy các cột: {', '.join(left)}.", f"Columns not taken: {', '.join(left)}."
            )
        formulas = sum((row, column) in self.grid.formulas for row in self.rows.organisations for column in self.places)
        if formulas:
            self._say(
                "formulas",
                f"{formulas} ô là công thức: lấy giá trị đã tính.",
                f"{formulas} cells are formulas: the value last computed is taken.",
            )
        hidden = [row for row in self.rows.organisations if row in self.grid.hidden]
        if hidden:
            self._say(
                "hidden_rows",
                f"{len(hidden)} dòng đang bị ẩn cũng được lấy.",
                f"{len(hidden)} hidden rows are taken too.",
            )

    def _say(self, kind: str, vi: str, en: str) -> None:
        self.work.say(kind, self.grid, vi, en)


def _decimals(value: object) -> int:
    text = f"{value:.10g}" if isinstance(value, float) else one_line(value)
    found = re.search(r"[.,](\d{1,2}|\d{4,})$", text)
    return len(found[1]) if found else 0


def _shown(value: float) -> str:
    return f"{value:,.10g}".translate(str.maketrans(",.", ".,"))
