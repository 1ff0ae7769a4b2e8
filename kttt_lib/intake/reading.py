"""One sheet by its mapping: a record a row, years apart, with the cell that each fact was read in."""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from fractions import Fraction
from statistics import median
from typing import Any

import pandas as pd

from kttt_lib.errors import KtttError
from kttt_lib.intake import coarse
from kttt_lib.intake.figures import figures, unit_of_column
from kttt_lib.intake.grid import Grid, address, folded, one_line
from kttt_lib.intake.header import Seen, look, places_of
from kttt_lib.intake.headings import (
    day_said,
    default_said,
    of_name,
    place_said,
    refuse_units_of_parts,
    unit_notes,
    unit_said,
    year_said,
)
from kttt_lib.intake.identity import codes
from kttt_lib.intake.mapping import ASK, AUTO, ColumnRule, Layout, Mapping, SheetRule
from kttt_lib.intake.persons import personal
from kttt_lib.intake.proposal import rows_of, rule_for
from kttt_lib.intake.rows import Rows, place_name
from kttt_lib.intake.seats import COMMUNE_WORDS, DISTRICT_WORDS, seats_of
from kttt_lib.intake.titles import FLOWS, Title, column_of, field_titles, known_words, schema_column, table_of
from kttt_lib.intake.totals import check_totals
from kttt_lib.intake.units import MONEY, scale
from kttt_lib.registry.cells.headers import column_of as template_column
from kttt_lib.registry.cells.words import is_blank
from kttt_lib.registry.findings.log import FindingLog
from kttt_lib.registry.schema import TABLES, Column
from kttt_lib.registry.text import fold

Fact = dict[str, object]
# So many times the median of its column, of so many figures, a figure is told with its cell.
FAR_ABOVE, FEW = 300, 5
YEAR = re.compile(r"(?:19|20)\d\d")
# What a merge says of each of its rows, beside days and classes; one code of several organisations is asked about.
SPREAD = ("district", "commune", "address", "sector", "kind", "year", "org_id")
# A code as a spreadsheet writes a long number.
CUT = re.compile(r"\d[.,]\d+[eE]\+?\d+|\d[eE]\+\d+")
DAY_TEXT = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-]\d{4}")
# A count of one: ``1 cells are``.
ONE = re.compile(r"(?<![\w.,/])1 (cell|row|organisation|code|column|commune|registration)s\b( are| have| say| count)?")
SINGULAR = {" are": " is", " have": " has", " say": " says", " count": " counts"}
CHANGE = re.compile(
    r"\b(giai the|ngung|tam dung|dung hoat dong|sap nhap|hop nhat|chia tach|pha san|thu hoi|hoat dong lai|khoi phuc)\b"
)
ABOVE_DISTRICT = re.compile(r"(?i)(tỉnh\b|t\.|việt nam$)")
BELOW_COMMUNE = re.compile(r"(?i)(xóm|thôn|tổ|số|khu|đường|phố|đội|ấp|bản)\b")
# What several columns of a sheet may be.
SEVERAL = ("keep", "note", "person", "serial", "address")


@dataclass
class Record:
    """One row to be: its cells, where each was read, and the row of the sheet that it comes from.

    ``by``: by when it was registered, where only the year or month of that is known.
    """

    cells: Fact
    at: dict[str, str]
    grid: Grid
    row: int
    year: int = 0
    by: dt.date | None = None


@dataclass
class Work:
    mapping: Mapping
    log: FindingLog
    people: list[Record] = field(default_factory=list)
    made: set[int] = field(default_factory=set)
    reports: list[tuple[int, Record]] = field(default_factory=list)
    events: list[tuple[int, Record]] = field(default_factory=list)
    accounts: list[dict[str, Any]] = field(default_factory=list)
    sizes: dict[tuple[str, str, str], float] = field(default_factory=dict)  # see RawTable, as the next
    doubts: dict[tuple[str, str, str], tuple[float, tuple[str, str]]] = field(default_factory=dict)
    answered: set[tuple[str, str, str]] = field(default_factory=set)

    def say(self, kind: str, grid: Grid, vi: str, en: str) -> None:
        """A note on a sheet; counts of one are no plural."""
        en = ONE.sub(lambda found: f"1 {found[1]}{SINGULAR.get(found[2] or '', found[2] or '')}", en)
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
    if grid.concealed:
        work.say("hidden_sheet", grid, f"{grid.name}: trang đang bị ẩn, vẫn lấy.", f"{grid.name} is hidden and taken.")
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
    refuse_units_of_parts(grid, rows.sections)
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
        self.seats = seats_of(work.mapping.province, self.year)
        self.told: Counter[str] = Counter()
        self.blanks: dict[str, int] = {}
        self.below: list[str] = []  # addresses that say more than the registry holds
        self.remarks: list[str] = []
        self.sums: dict[int, tuple[str, Fraction]] = {}  # the units of columns of money
        self._one_column_a_field()
        said = year_said(seen)[0] or rule.year
        # What is listed up to a day of a year may be the year before's.
        if isinstance(rule.year, int) and rule.year not in (said, int(said) - 1 if day_said(seen) else said):
            raise KtttError(
                f"{self.grid.name}: bản đồ ghi năm {rule.year} nhưng trang ghi năm {said}. Sửa year trong bản đồ.",
                f"{self.grid.name}: the mapping says the year {rule.year}, the sheet {said}. Mend year in the mapping.",
            )

    def _one_column_a_field(self) -> None:
        """KtttError where two columns are taken as one field of one year: one of them would be lost."""
        had: dict[tuple[object, ...], ColumnRule] = {}
        for column, one in self.places.items():
            if one.field in SEVERAL:
                continue
            year = self._year_of(column, one, self.year) if table_of(one.field) == "annual_reports" else 0
            first = had.setdefault((one.field, one.mark, year), one)
            if first is not one:
                raise KtttError(
                    f"{self.grid.name}: cột {first.at} “{first.title}” và cột {one.at} “{one.title}” cùng là "
                    f"{one.field} ({field_titles(one.field)[0]}). Trong bản đồ để một cột take: yes.",
                    f"{self.grid.name}: the columns {first.at} “{first.title}” and {one.at} “{one.title}” are both "
                    f"{one.field} ({field_titles(one.field)[1]}). Say take: yes to one of them in the mapping.",
                )

    def read(self) -> None:
        """Records of every organisation's row, then what the totals say of them."""
        columns = {column: self._column(column, one) for column, one in self.places.items()}
        for place, row in enumerate(self.rows.organisations):
            self._row(place, row, columns)
        told, doubts = check_totals(self.seen, self.rule, self.places, self.rows, columns)
        for kind, vi, en in told:
            self._say(kind, vi, en)
        self.work.doubts |= {(self.grid.file, self.grid.sheet, cell): doubt for cell, doubt in doubts.items()}
        self._say_unit_notes()
        self._say_days()
        self._say_columns()
        self._say_seats()
        if count := self.told["person"]:
            vi = f"{count} ô có tên người, số điện thoại hoặc số định danh: không đưa vào sổ."
            self._say("personal", vi, f"{count} cells with the name or number of a person are not taken.")

    # One column.

    def _column(self, column: int, one: ColumnRule) -> list[object]:
        values = [self._value(row, column, one) for row in self.rows.organisations]
        known = self._known(one)
        if known is not None and known.kind in ("integer", "number") and not one.mark and one.field != "year":
            values = self._of_several(column, one, values)
        if one.field == "org_id":
            values = self._coded(one, values)
            shown = [self.grid.formats.get((row, column), "") for row in self.rows.organisations]
            texts, lost = codes(values, shown)
            if lost:
                vi = f"Cột {one.at}: thêm số 0 bị mất ở đầu {len(lost)} mã."
                self._say("zeros", vi, f"Column {one.at}: {len(lost)} codes got back the zero that they had lost.")
            return [text or None for text in texts]
        plain = known is None or known.kind == "text"
        words = [None if isinstance(value, str) and is_blank(one_line(value), plain) else value for value in values]
        if blanks := sum(given is not None and value is None for given, value in zip(values, words)):
            self.blanks[one.at] = blanks
        if one.field in ("district", "sector", "kind") and not one.mark:
            return self._from_above(one, words)
        if known is None or known.kind in ("text", "choice", "boolean") or one.mark:
            return words
        if known.kind == "date":
            words = self._long_years(column, one, words)
            self._say_month_first(one, words)
            return [self._day(value) for value in words]
        if known.minimum is None:
            signed = list(map(coarse.loss_of, words))
            if losses := sum(given is not value for given, value in zip(words, signed)):
                self._say(
                    "losses",
                    f"Cột {one.at} “{one.title}”: {losses} ô ghi số trong ngoặc, đọc là số âm.",
                    f"Column {one.at} “{one.title}”: {losses} cells with a number in brackets, read as negative.",
                )
            words = signed
        return self._figures(column, one, words)

    def _of_several(self, column: int, one: ColumnRule, values: list[object]) -> list[object]:
        """A figure merged over several organisations is no single one's: refused at its cell."""
        merged = [self.grid.merged.get((row, column)) for row in self.rows.organisations]
        for at, count in Counter(filter(None, merged)).items():
            if count < 2 or self.grid.cells.get(at) is None:
                continue
            first, last = merged.index(at), len(merged) - 1 - merged[::-1].index(at)
            area = ":".join(self._at(self.rows.organisations[place], column) for place in (first, last))
            values[first] = f"{one_line(self.grid.cells[at])} ({area})"
            self._say(
                "merged_figure",
                f"{area} “{one.title}”: một số gộp cho {count} tổ chức, không lấy. Bỏ gộp, ghi số của từng tổ chức.",
                f"{area} “{one.title}”: one figure merged over {count} organisations, not taken. Give each its own.",
            )
        return values

    def _coded(self, one: ColumnRule, values: list[object]) -> list[object]:
        """Codes without the words for none; one that a spreadsheet cut to 2.7E+09 is refused at its cell."""
        words = [None if value is not None and is_blank(one_line(value), False) else value for value in values]
        if blanks := sum(given is not None and value is None for given, value in zip(values, words)):
            self.blanks[one.at] = blanks
        if cut := [value for value in words if isinstance(value, str) and CUT.fullmatch(value.strip())]:
            shown = ", ".join(cut[:5])
            raise KtttError(
                f"{self.grid.name}, cột {one.at} “{one.title}”: {len(cut)} mã đã mất chữ số ({shown}). Định dạng cột "
                "là Text trong tệp gốc, ghi lại mã rồi lưu lại; hoặc để take: no ở cột này.",
                f"{self.grid.name}, column {one.at} “{one.title}”: {len(cut)} codes have lost digits ({shown}). Make "
                "the column text in the first file, write the codes again; or say take: no of this column.",
            )
        return words

    def _known(self, one: ColumnRule) -> Column | None:
        """What a column holds; None for what is kept as it is."""
        return column_of(one.field)

    def _at(self, row: int, column: int) -> str:
        """Where a cell stands in the file."""
        return address(row, column)

    def _value(self, row: int, column: int, one: ColumnRule) -> object:
        """A cell; of what several rows may share (a place, a day, a class) the value of the merge it lies under."""
        known = column_of(one.field)
        spread = known is None or one.field in SPREAD or known.kind in ("date", "choice") or bool(one.mark)
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

    def _long_years(self, column: int, one: ColumnRule, values: list[object]) -> list[object]:
        """Days as of 15/03/98 with the one century that they can be of, up to the year after the list's."""
        dated = next((place for place, other in self.places.items() if other.field == "year"), 0)
        years = [self.grid.text(row, dated) for row in self.rows.organisations] if dated else [str(self.year or "")]
        last = max((int(year) + 1 for year in years if YEAR.fullmatch(year)), default=coarse.LAST_YEAR)
        read = [coarse.long_year(value, last) for value in values]
        changed = [place for place, value in enumerate(values) if read[place] is not value]
        if changed:
            first, count = changed[0], len(changed)
            at = self._at(self.rows.organisations[first], column)
            self._say(
                "converted",
                f"Cột {one.at} “{one.title}”: {count} ô ghi năm hai chữ số, đọc theo thế kỷ duy nhất có thể "
                f"({at}: {values[first]} là {read[first]}).",
                f"Column {one.at} “{one.title}”: {count} cells with a two-digit year, read in the one century possible "
                f"({at}: {values[first]} is {read[first]}).",
            )
        return read

    def _say_month_first(self, one: ColumnRule, values: list[object]) -> None:
        """How to have a column of 03/15/2014 read, where no cell speaks for the day first."""
        texts = [found for value in values if isinstance(value, str) and (found := DAY_TEXT.fullmatch(value.strip()))]
        first, second = (sum(int(found[place]) > 12 for found in texts) for place in (1, 2))
        if second and not first and self.rule.date_order == "day_first":
            self._say(
                "month_first",
                f"Cột {one.at} “{one.title}”: {second} ô ghi tháng trước ngày. Nếu cả cột ghi thế, thêm date_order: "
                "month_first ở dòng của trang trong bản đồ rồi chạy lại.",
                f"Column {one.at} “{one.title}”: {second} cells have the month first. If the whole column has, add "
                "date_order: month_first to the sheet's line of the mapping and run again.",
            )

    def _day(self, value: object) -> object:
        value = coarse.whole_day(value)
        if isinstance(value, str) and self.rule.date_order == "month_first":
            value = re.sub(r"^\s*(\d{1,2})([/.-])(\d{1,2})\2", r"\3\2\1\2", value)
        return value

    def _figures(self, column: int, one: ColumnRule, values: list[object]) -> list[object]:
        known = self._known(one) or schema_column(one.field)
        unit = unit_of_column(self.seen, self.rule, column, one, known)
        out = figures(self.grid, column, known, unit, self.rows.organisations, values)
        place = self.grid.file, self.grid.sheet, one.field
        self.work.sizes[place] = float(unit[1])
        if known.unit == MONEY[0]:
            self.sums[column] = unit
        if self.rule.units.get(one.title, ASK) != ASK:
            self.work.answered.add(place)
        if unit[1] != 1:
            done = sum(value is not None for value in out)
            self._say(
                "converted",
                f"Cột {one.at} “{one.title}”: {done} ô đổi từ {unit[0]} ra {known.unit}.",
                f"Column {one.at} “{one.title}”: {done} cells converted from {unit[0]} to {known.units[1]}.",
            )
        self._say_units(column, one, known)
        self._say_far_above(column, one, known, out)
        return out

    def _say_units(self, column: int, one: ColumnRule, known: Column) -> None:
        """A unit of the mapping that is none of those that the title, the corner or the mapping itself also says."""
        title = self.seen.titles.get(column, Title(()))
        taken = self.rule.units.get(one.title) or one.unit
        size = scale(taken, known.unit) if known.unit in MONEY else None
        if size is None or any(scale(unit, known.unit) == size for unit in title.units):
            return
        sheet = (self.rule.unit, "cả trang / the whole sheet") if self.rule.unit != AUTO else unit_said(self.seen)
        others = [(unit, "tiêu đề / its title") for unit in title.units] or [sheet]
        for unit, where in others:
            if unit and scale(unit, known.unit) != size:
                vi, _, en = where.partition(" / ")
                self._say(
                    "unit_twice",
                    f"Cột {one.at} “{one.title}”: lấy đơn vị {taken} ghi cho cột này, không lấy {unit} ({vi}).",
                    f"Column {one.at} “{one.title}”: {taken} is taken, as its line says, not {unit} ({en or vi}).",
                )

    def _say_days(self) -> None:
        """Figures on a day in mid-year, or up to it, which are kept as those of their year."""
        groups: dict[tuple[str, str, object], list[tuple[bool, str]]] = {}
        day = day_said(self.seen)
        for column, one in self.places.items():
            if table_of(one.field) != "annual_reports" or one.field in ("year", "grade", "revenue_planned"):
                continue
            title = self.seen.titles.get(column, Title(()))
            if title.month:
                where, text = self._at(self.seen.header[0], column), one.title
            elif title.year is None and one.year is None and day:
                text, where, _ = day
            else:
                continue
            place = where, text, self._year_of(column, one, self.year)
            groups.setdefault(place, []).append((one.field in FLOWS, f"{one.at} “{one.title}”"))
        for (where, text, year), columns in groups.items():
            vi_at, _, en_at = where.partition(" / ")
            if counts := ", ".join(named for flow, named in columns if not flow):
                self._say(
                    "on_a_day",
                    f"{vi_at} “{text}”: số tại một ngày trong năm, ghi là số của năm {year}: {counts}.",
                    f"{en_at or vi_at} “{text}”: counts on a day within a year, kept as those of {year}: {counts}.",
                )
            if flows := ", ".join(named for flow, named in columns if flow):
                self._say(
                    "part_of_year",
                    f"{vi_at} “{text}”: có thể là số của một phần năm, đang ghi là số của cả năm {year}: {flows}. "
                    "Kiểm tra; nếu là số của năm trước thì ghi year trong bản đồ.",
                    f"{en_at or vi_at} “{text}”: perhaps of a part of the year, kept as those of all {year}: {flows}. "
                    "Check them; if they are the year before's, say year in the mapping.",
                )

    def _say_unit_notes(self) -> None:
        """Notes that speak of another unit than columns are taken in, and formats that show another currency."""
        for unit, text, where in unit_notes(self.seen):
            self._say_other_unit(self.sums, scale(unit, MONEY[0]), f"{where} “{text}”")
        for column in self.sums:
            shown = ((self._at(row, column), self.grid.shows(row, column)) for row in self.rows.organisations)
            at, how = next(((at, how) for at, how in shown if how and how.words.strip()), ("", None))
            if how and scale(how.words, MONEY[0]) is None:
                self._say_other_unit([column], None, f"{at} “{how.code}”")

    def _say_other_unit(self, columns: Iterable[int], size: Fraction | None, said: str) -> None:
        others = [column for column in columns if self.sums[column][1] != size]
        if not others:
            return
        vi, en = (
            ", ".join(
                f"{self.places[column].at} “{self.places[column].title}” ({self.sums[column][0].strip() or own})"
                for column in others
            )
            for own in (MONEY[0], "million VND")
        )
        self._say(
            "unit_note",
            f"{said} nói đến đơn vị tiền; các cột vẫn lấy theo đơn vị: {vi}. Kiểm tra đơn vị tính.",
            f"{said} speaks of a unit of money; the columns are taken in: {en}. Check their unit.",
        )

    def _say_far_above(self, column: int, one: ColumnRule, known: Column, out: list[object]) -> None:
        """A figure far above the others is perhaps in another unit: what checking does not refuse is said."""
        read = {row: figure for row, value in zip(self.rows.organisations, out) if (figure := coarse.figure_of(value))}
        if known.unit not in MONEY or len(read) < FEW:
            return
        usual = median(read.values())
        for row, figure in read.items():
            if figure >= FAR_ABOVE * usual > 0:
                where, times = self._at(row, column), round(figure / usual)
                self._say(
                    "far_above",
                    f"{where} “{one.title}”: {self.grid.text(row, column)} gấp {times} lần số giữa của cột. "
                    "Kiểm tra đơn vị tính.",
                    f"{where} “{one.title}”: {self.grid.text(row, column)} is {times} times the column's median. "
                    "Check its unit.",
                )

    # One row.

    def _row(self, place: int, row: int, columns: dict[int, list[object]]) -> None:
        person = Record({}, {}, self.grid, row, self.year or 0)
        by_year: dict[object, Record] = {}
        dated = next((column for column, one in self.places.items() if one.field == "year"), None)
        here = self.year if dated is None else columns[dated][place]
        if YEAR.fullmatch(one_line(here)):
            here = int(one_line(here))  # what is no year stays, for checking: it is never the title's
        left = self._not_marked(place, row, columns, here)
        state: tuple[object, str] | None = None
        notes: tuple[object, str] | None = None
        for column, one in self.places.items():
            value, at = columns[column][place], self._at(row, column)
            if one.mark:
                value = one.mark if coarse.crossed(value) else value
            if column in left or value is None or one.field in ("serial", "year"):
                continue
            if one.field == "address":
                self._address(person, value, at)
            elif one.field == "status":
                state = value, at
            elif one.field == "note":
                notes = value, at
                self._keep(person, one, value)
            elif one.field == "keep":
                self._keep(person, one, value)
            elif table_of(one.field) == "organisations":
                person.cells[one.field] = self._spelled(one, value)
                person.at[one.field] = at
            else:
                year = self._year_of(column, one, here)
                known = year if isinstance(year, int) else self.year or 0
                record = by_year.setdefault(year, Record({}, {}, self.grid, row, known))
                if dated is not None and year == here:
                    record.at["year"] = self._at(row, dated)
                record.cells[one.field] = self._spelled(one, value)
                record.at[one.field] = at
        self._say_state_in_name(person)
        self._complete(person, row)
        number = len(self.work.people)
        self.work.people.append(person)
        for year, record in by_year.items():
            record.cells["year"] = year or None
            self.work.reports.append((number, record))
        given = self.rows.given[row].get("status")
        self._state(number, person, state, notes, given)

    def _not_marked(self, place: int, row: int, columns: dict[int, list[object]], here: object) -> set[int]:
        """Columns of crosses that say nothing in a row: noughts, and all those of a field with several crosses."""
        left: set[int] = set()
        marked: dict[tuple[str, object], list[int]] = {}
        for column, one in self.places.items():
            value = columns[column][place]
            if one.mark and (value is False or one_line(value) == "0"):
                left.add(column)
            elif one.mark and value is not None:
                marked.setdefault((one.field, self._year_of(column, one, here)), []).append(column)
        for (name, _), several in marked.items():
            if len(several) > 1:
                left |= set(several)
                cells = ", ".join(f"{self._at(row, column)} “{self.places[column].title}”" for column in several)
                vi, en = field_titles(name)
                self._say(
                    "several_marked",
                    f"{cells}: đánh dấu nhiều cột của {vi}; không lấy cột nào.",
                    f"{cells}: several columns of {en} are marked; none is taken.",
                )
        return left

    def _keep(self, person: Record, one: ColumnRule, value: object) -> None:
        """A cell of an open column, but for what names a person or says how to reach one."""
        if personal(one_line(value)):
            self.told["person"] += 1
        else:
            name = one.title.split(" / ")[-1]
            if template_column(TABLES["organisations"], name):  # the registry would read it as that column
                name = f"{name} theo danh sách"
            person.cells[name] = one_line(value)

    def _year_of(self, column: int, one: ColumnRule, here: object) -> object:
        """The year of a column's figure; ``here``: that of its row, or what stands in place of one."""
        title = self.seen.titles.get(column, Title(()))
        if one.year is not None and one.year > 0:
            return one.year
        base = title.year or here
        return base + (one.year or 0) if isinstance(base, int) else base

    def _spelled(self, one: ColumnRule, value: object) -> object:
        """A word of a closed list as its code; other values as they are."""
        known = column_of(one.field)
        if one.field == "commune":
            return self.seats.commune(one_line(value))
        if one.field == "district":
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
            if re.match(r"(?i)(huyện|thành phố|tp\b\.?|thị xã|tx\b\.?|quận|[hq]\.)", part):
                found["district"] = place_name(part)
            elif re.match(r"(?i)(xã|phường|thị trấn|tt|đặc khu)\s|(tt|[xp])\.", part):
                found["commune"] = self.seats.commune(part)
        given = parts
        parts = [re.sub(r"(?i)^(xóm|thôn|tổ|đội|ấp|bản)\s+\d+\w?\s+(?=\w)", "", part) for part in parts]
        bare = [part for part in parts if not BELOW_COMMUNE.match(part)]
        bare = [part for part in bare if place_name(part) not in found.values()]
        if self.seats.level == "commune":
            if bare and not found:
                found["commune"] = self.seats.commune(bare[-1])
        else:
            self._bare_places(found, bare)
        for name, text in found.items():
            person.cells.setdefault(name, text)
            person.at.setdefault(name, at)
        taken = {name.casefold() for name in found.values()}
        if any(
            BELOW_COMMUNE.match(part)
            or (
                not ABOVE_DISTRICT.match(part)
                and not {place_name(part).casefold(), self.seats.commune(part).casefold()} & taken
            )
            for part in given
        ):
            self.below.append(f"{at} “{one_line(value)}”")

    def _say_state_in_name(self, person: Record) -> None:
        name = one_line(person.cells.get("name"))
        parts = re.split(r"[()\[\],;]|\s[-–]\s", name)[1:]
        if any(told and told[0] != "active" for told in map(coarse.state_of, parts)):
            where = person.at["name"]
            self._say(
                "state_in_name",
                f"{where}: tên “{name}” ghi cả tình trạng; không đọc từ tên. Ghi vào cột tình trạng, bỏ khỏi tên.",
                f"{where}: the name “{name}” says a state too, which is not read. Put it into a column of states.",
            )

    def _bare_places(self, found: dict[str, str], bare: list[str]) -> None:
        """The commune and district among parts of an address that do not say what they are, the smaller usually first.

        What names a district of the province is no commune, but for the town of its name beside it.
        """
        before = len(bare) > 1 or "commune" in found
        districts = [part for part in bare if self.seats.here(part, "district")]
        last = districts[-1:] or [part for part in bare[-1:] if before and not self.seats.here(part, "commune")]
        if "district" not in found and last:
            found["district"] = place_name(last[0])
            at = len(bare) - 1 - bare[::-1].index(last[0])
            bare = bare[:at][::-1] + bare[at + 1 :]
        bare = [part for part in bare if part not in districts or self.seats.here(part, "commune")]
        if "commune" not in found and bare:
            found["commune"] = place_name(next((part for part in bare if self.seats.here(part, "commune")), bare[0]))

    def _complete(self, person: Record, row: int) -> None:
        """What sections, the name, the titles and the mapping say of a row that does not say it itself."""
        given, name = self.rows.given[row], str(person.cells.get("name") or "")
        rule = self.rule
        for field_ in ("commune", "district", "kind", "sector"):
            if field_ in person.cells:
                continue
            said = given.get(field_)
            if not said and field_ == "commune":
                said = rule.commune if rule.commune != AUTO else place_said(self.seen, COMMUNE_WORDS)
            if not said and field_ in ("kind", "sector"):
                said = of_name(name, field_)
                if said and field_ == "sector" and said != "credit":
                    self.told[f"by name: {said}"] += 1
                fixed = getattr(rule, field_)
                said = said or (fixed if fixed != AUTO else default_said(self.seen, field_))
                said = known_words(field_).get(fold(said), said)
            elif not said and field_ == "district":
                said = rule.district if rule.district != AUTO else place_said(self.seen, DISTRICT_WORDS)
                if not said and (said := self.seats.district(str(person.cells.get("commune") or ""))):
                    self.told["district"] += 1
            if said:
                person.cells[field_] = said
        if person.cells.get("kind") == "qtdnd" and person.cells.get("sector") != "credit":
            self.told["credit"] += "sector" in person.cells
            person.cells["sector"] = "credit"
        coarse_day = coarse.day_of(person.cells.get("founded_on"))
        if coarse_day:
            # As text: no machine took its day for its month.
            person.cells["founded_on"], person.cells["founded_precision"] = coarse_day[0].isoformat(), coarse_day[1]
        registered = coarse.day_of(person.cells.get("registered_on"))
        if registered:
            del person.cells["registered_on"]  # no day; but who is registered was founded by the end of it
            self.told["registered"] += 1
            person.by = coarse.last_day(*registered)

    def _state(self, number: int, person: Record, state, notes, given: str | None) -> None:
        read = _one_state(state[0]) if state else None
        if state and read is None:
            if not personal(one_line(state[0])):
                person.cells["Tình trạng"] = one_line(state[0])
            self._say(
                "state_not_read",
                f"{state[1]}: không hiểu tình trạng “{one_line(state[0])}”; giữ làm cột riêng.",
                f"{state[1]}: the state “{one_line(state[0])}” is not understood; kept as a column.",
            )
        at = state[1] if state else ""
        told = coarse.state_of(notes[0]) if notes else None
        if notes and not told and not personal(one_line(notes[0])):
            self.remarks.append(f"{notes[1]} “{one_line(notes[0])}”")
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
        for kind, found, vi, en in (
            (
                "address_in_part",
                self.below,
                "địa chỉ: chỉ lấy xã, huyện; sổ không giữ phần khác (thôn, xóm, số nhà …)",
                "Addresses that say more than commune and district (a hamlet, a street …), which is not kept",
            ),
            (
                "remarks_as_text",
                self.remarks,
                "ghi chú chỉ giữ nguyên chữ ở cột riêng, không đọc thành sự kiện hay số liệu",
                "Remarks kept as text in a column of their own, not read as events or figures",
            ),
        ):
            if found:
                such = next((f" ({text})" for text in found if not personal(text)), "")
                self._say(kind, f"{len(found)} {vi}{such}.", f"{en}: {len(found)}{such}.")
        if changes := [text for text in self.remarks if CHANGE.search(folded(text))]:
            self._say(
                "remarks_of_changes",
                f"{len(changes)} ghi chú có vẻ nói về ngừng, giải thể, sáp nhập … mà không đọc được thành sự kiện: "
                f"{_listed(changes)}. Nếu đúng, ghi vào cột tình trạng, ví dụ “Giải thể ngày 15/8/2019”.",
                f"Remarks that seem to speak of a stop, a dissolution, a merger … and are read as no event: "
                f"{len(changes)}: {_listed(changes)}. If they do, say so in the column of the state, for instance "
                "“Giải thể ngày 15/8/2019”.",
            )
        if self.blanks:
            cells = ", ".join(f"{at} {count}" for at, count in self.blanks.items())
            self._say(
                "blank_words",
                f"Ô ghi “không”, “-” … coi là để trống (cột, số ô): {cells}.",
                f"Cells with “không”, “-” … count as empty (column, cells): {cells}.",
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
                f"{len(hidden)} dòng đang bị ẩn cũng được lấy: {_listed(hidden)}.",
                f"{len(hidden)} hidden rows are taken too: {_listed(hidden)}.",
            )
        if struck := [row for row in self.rows.organisations if row in self.grid.struck]:
            self._say(
                "struck_rows",
                f"{len(struck)} dòng có ô bị gạch ngang vẫn được lấy: {_listed(struck)}. Nếu đã xóa tên thì bỏ dòng.",
                f"{len(struck)} rows with a cell struck through are taken: {_listed(struck)}. If they were struck off, "
                "leave them out.",
            )
        said = {where for _, _, where in unit_notes(self.seen)}
        if others := [at for place in self.grid.remarks if (at := address(*place)) not in said]:
            self._say(
                "remarks_not_read",
                f"Không đọc ghi chú gắn ở {len(others)} ô: {_listed(others)}.",
                f"Notes on {len(others)} cells are not read: {_listed(others)}.",
            )
        if columns := [one for column, one in self.places.items() if column in self.grid.hidden_columns]:
            named = ", ".join(f"{one.at} “{one.title}”" for one in columns)
            self._say(
                "hidden_columns",
                f"Cột đang bị ẩn cũng được lấy: {named}.",
                f"Hidden columns are taken too: {named}.",
            )

    def _say_seats(self) -> None:
        day = self.seats.day
        if count := self.told["district"]:
            self._say(
                "district_of_commune",
                f"{count} dòng không ghi huyện: lấy huyện của xã theo danh mục đơn vị hành chính ngày {day:%d/%m/%Y}.",
                f"{count} rows say no district: that of their commune on {day} is taken, from the list of places.",
            )
        for code, (vi, en) in schema_column("sector").choices.items():
            if count := self.told[f"by name: {code}"]:
                self._say(
                    "sector_of_name",
                    f"{count} dòng không ghi lĩnh vực: lấy {vi.casefold()} theo tên tổ chức.",
                    f"{count} rows say no sector: {en.casefold()} is taken from the organisation's name.",
                )
        if count := self.told["registered"]:
            self._say(
                "registered_coarse",
                f"{count} ngày đăng ký chỉ ghi năm hoặc tháng: không lấy làm ngày đăng ký; không có ngày thành lập thì "
                "ghi thành lập “không muộn hơn” cuối năm hoặc tháng ấy.",
                f"{count} registrations say a year or month only: no day of it is taken; without a founding day, "
                "founded by the end of it.",
            )
        if count := self.told["credit"]:
            self._say(
                "credit_of_funds",
                f"{count} quỹ tín dụng nhân dân ghi lĩnh vực khác: lấy là tín dụng.",
                f"{count} people's credit funds are given another sector: credit is taken.",
            )
        people = [one for one in self.work.people if one.grid is self.grid]
        districts: dict[str, str] = {}
        for one in people:
            if name := str(one.cells.get("district") or ""):
                districts.setdefault(name, one.at.get("district") or f"dòng / row {one.row}")
        if self.seats.places.on(day, "district"):
            for name, at in districts.items():
                if not self.seats.listed(name, "district"):
                    self._say(
                        "district_not_listed",
                        f"{at}: huyện “{name}” không có trong danh mục của tỉnh. Kiểm tra chính tả.",
                        f"{at}: the district “{name}” is not in the province's list of places. Check the spelling.",
                    )
        names = {str(one.cells["commune"]) for one in people if one.cells.get("commune")}
        unknown = sorted(name for name in names if not self.seats.listed(name, "commune"))
        if self.seats.places.on(day, "commune") and unknown:
            shown = ", ".join(unknown[:10])
            self._say(
                "commune_not_listed",
                f"{len(unknown)} tên xã không có trong danh mục của tỉnh: {shown}. Kiểm tra chính tả.",
                f"{len(unknown)} communes are not in the province's list of places: {shown}. Check the spelling.",
            )

    def _say(self, kind: str, vi: str, en: str) -> None:
        self.work.say(kind, self.grid, vi, en)


def _listed(places: list[Any]) -> str:
    return ", ".join(map(str, places[:20])) + "…" * (len(places) > 20)


def _one_state(value: object) -> tuple[str, dt.date | None, str] | None:
    """The state that a cell of states says, as a whole or in its parts: ``Yếu, chờ giải thể``; None when one of them
    is not read, or says another: ``Ngừng 2016, hoạt động lại 2018``.
    """
    parts = [
        part for part in re.split("[,;]", one_line(value)) if fold(part) and fold(part) not in known_words("grade")
    ]
    said = {coarse.state_of(part) for part in parts}
    return coarse.state_of(value) or (said.pop() if len(said) == 1 else None)
