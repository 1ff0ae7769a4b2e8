"""The mapping that a person is shown: a rule for each sheet and column, and what must be asked."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from fnmatch import fnmatch
from statistics import median

from kttt_lib.intake import coarse
from kttt_lib.intake.believing import BELIEVED, contradicts
from kttt_lib.intake.columns import EMPTY, columns_of
from kttt_lib.intake.figures import said_unit
from kttt_lib.intake.forms.sheet import Filled, form_of, named_form, read_sheet_form
from kttt_lib.intake.grid import Grid, both, one_line
from kttt_lib.intake.header import Seen, look, places_of
from kttt_lib.intake.headings import (
    day_said,
    default_said,
    heading_lines,
    of_name,
    part_of_a_year,
    place_said,
    unit_notes,
    unit_said,
    year_said,
)
from kttt_lib.intake.mapping import ASK, AUTO, Answer, ColumnRule, Layout, Mapping, SheetRule
from kttt_lib.intake.rows import Rows, gives, place_name, sort_rows
from kttt_lib.intake.seats import COMMUNE_WORDS, DISTRICT_WORDS, Seats, seats_of
from kttt_lib.intake.titles import FLOWS, Title, column_of, known_words, table_of
from kttt_lib.intake.units import AREA, MONEY, scale
from kttt_lib.rating import load_form
from kttt_lib.registry.text import fold, number

ASKED = "ghi đơn vị"
# In fewer rows one of them may be odd.
FEW = 3
PROFITS = ("pre_tax_profit", "post_tax_profit")
# How many times these the middle of profits is never; members may have paid in very little.
WHOLES = {"revenue": 1, "total_assets": 1, "charter_capital": 100}
PART = "số của một phần năm hoặc số ước: {0} / of a part of the year, or estimates: {0}"
# Figures up to a day in the first months of a year are most likely of the year before.
EARLY = 3
HIDDEN = "trang đang bị ẩn / the sheet is hidden"


def propose(grids: Iterable[Grid], mapping: Mapping | None = None) -> Mapping:
    """The mapping with every sheet in it: those that it has not yet are looked at and added."""
    mapping = Mapping() if mapping is None else mapping
    for grid in grids:
        rule, seen = rule_for(mapping, grid), look(grid)
        if seen is not None and mapping.province == ASK and (name := place_said(seen, "tỉnh")):
            mapping.province = name
        if rule is None:
            rule = _add(mapping, grid, seen)
            if grid.concealed and rule.take == "yes":
                rule.take = ASK
        if rule.take != "no" and rule.form:
            _say_form(rule, grid, mapping)
        elif rule.take != "no" and rule.layout and seen is not None:
            layout = mapping.layout(rule.layout)
            if (matched := places_of(layout, seen)) is not None:
                if any(one.why == EMPTY for one in matched.values()):
                    _look_anew(layout, matched, columns_of(seen, seats_of(mapping.province, year_said(seen)[0])))
                _say_sheet(rule, layout, seen, mapping)
        if grid.concealed and rule.take == ASK and HIDDEN not in rule.why:
            rule.why = both(HIDDEN, rule.why)
    return mapping


def rule_for(mapping: Mapping, grid: Grid) -> SheetRule | None:
    """What the mapping says of a sheet."""

    def meant(rule: SheetRule) -> bool:
        return (rule.file == grid.file or fnmatch(grid.file, rule.file)) and (
            rule.sheet == grid.sheet or fnmatch(grid.sheet, rule.sheet)
        )

    return next((rule for rule in mapping.sheets if meant(rule)), None)


def _add(mapping: Mapping, grid: Grid, seen: Seen | None) -> SheetRule:
    form = form_of(grid)
    if form is not None:
        summary = "biểu tổng hợp năm của tỉnh: đọc bằng kttt forms read / a province's summary: kttt forms read"
        empty = "biểu chưa điền tên HTX / a form without a name"
        named = form.id == "htx" and named_form(grid, form)
        rule = SheetRule(take="yes" if named else "no", file=grid.file, sheet=grid.sheet)
        rule.form, rule.why = ("htx", "") if named else ("", empty if form.id == "htx" else summary)
        mapping.sheets.append(rule)
        return rule
    if seen is None:
        why = (
            "không thấy tiêu đề có tên tổ chức; nếu đây là danh sách, đổi tiêu đề cột tên thành “Tên HTX” rồi chạy lại "
            "/ no header with the name of an organisation; if this is a list, call its column of names “Tên HTX”"
        )
        take: Answer = ASK if len(grid.rows) > 3 else "no"
        mapping.sheets.append(SheetRule(take=take, file=grid.file, sheet=grid.sheet, why=why))
        return mapping.sheets[-1]
    fitting = [one for one in mapping.layouts if places_of(one, seen) is not None]
    layout = max(fitting, key=lambda one: len(places_of(one, seen) or ()), default=None)
    fresh = columns_of(seen, seats_of(mapping.province, year_said(seen)[0]))
    if layout is None:
        layout = Layout(name=str(len(mapping.layouts) + 1), columns=[])
        mapping.layouts.append(layout)
    matched = places_of(layout, seen) or {}
    more = [rule for column, rule in fresh.items() if column not in matched]
    if any(one.take != "no" for one in more) and any(one.layout == layout.name for one in mapping.sheets):
        # Its other sheets do not have these columns; what was answered of the rest goes with it.
        layout = layout.model_copy(deep=True, update={"name": str(len(mapping.layouts) + 1)})
        mapping.layouts.append(layout)
        matched = places_of(layout, seen) or {}
    layout.columns += more
    _look_anew(layout, matched, fresh)
    rule = SheetRule(take="yes", file=grid.file, sheet=grid.sheet, layout=layout.name)
    mapping.sheets.append(rule)
    return rule


def _look_anew(layout: Layout, matched: dict[int, ColumnRule], fresh: dict[int, ColumnRule]) -> None:
    """A column that nothing stood in, and that is filled now, is what it now says: nobody said no to it."""
    for column, rule in matched.items():
        if rule.take == "no" and rule.why == EMPTY and column in fresh and fresh[column].why != EMPTY:
            layout.columns = [fresh[column] if one is rule else one for one in layout.columns]


def rows_of(seen: Seen, layout: Layout, rule: SheetRule) -> Rows:
    """The rows of a sheet, each in its place."""
    places = places_of(layout, seen) or {}
    taken = {column for column, one in places.items() if one.take != "no" and one.field}
    numeric = {
        column
        for column in taken
        if (known := column_of(places[column].field)) is not None and known.kind in ("integer", "number")
    }
    name = next((column for column in taken if places[column].field == "name"), 1)
    serial = next((column for column, one in places.items() if one.field == "serial"), None)
    return sort_rows(seen.grid, seen.header, name, serial, numeric, taken, rule.skip, rule.sections)


def _say_sheet(rule: SheetRule, layout: Layout, seen: Seen, mapping: Mapping) -> None:
    """Ask what the sheet itself does not say, or says twice."""
    places = places_of(layout, seen) or {}
    used = {column: one for column, one in places.items() if one.take == "yes" and one.field}
    has = {one.field for one in used.values()}
    # Not yet answered columns: what they may say is not asked twice.
    open_ = {one.field for one in places.values() if one.take == ASK}
    text = " ".join(fold(line) for line, _ in heading_lines(seen))
    if "gia lap" in text or "synthetic" in text:
        mapping.synthetic = True
    rows = rows_of(seen, layout, rule)
    seats = seats_of(mapping.province, rule.year if isinstance(rule.year, int) else year_said(seen)[0])
    named = {
        label: seats.section(label)
        for label in rows.sections.values()
        if gives(label) is None and label not in rule.sections
    }
    rule.sections |= {label: ": ".join(said) if said else ASK for label, said in named.items()}
    if any(named.values()):
        rows = rows_of(seen, layout, rule)
    given = {name for values in rows.given.values() for name in values}
    yearly = [
        column
        for column, one in used.items()
        if table_of(one.field) == "annual_reports"
        and one.field != "year"
        and seen.titles.get(column, Title(())).year is None
    ]
    if "status" in has:
        yearly.append(0)
    if yearly and "year" not in has and rule.year == AUTO:
        year, where = year_said(seen)
        early = (day := day_said(seen)) and day[2] <= EARLY and any(used[c].field in FLOWS for c in yearly if c)
        if part := part_of_a_year(seen) or (day[0] if day and early else ""):
            rule.year, rule.why = ASK, PART.format(part.replace(" / ", "/"))
        elif year is None:
            rule.year, rule.why = ASK, where
    _ask_units(rule, used, seen, rows)
    if mapping.province != ASK:
        _ask_seat(rule, seats, seen, rows, used, given | open_)
    name_column = next(column for column, one in used.items() if one.field == "name")
    names = [seen.grid.text(row, name_column) for row in rows.organisations]
    for field in ("kind", "sector"):
        if getattr(rule, field) != AUTO or field in has | open_ or default_said(seen, field):
            continue
        unsaid = [
            name
            for row, name in zip(rows.organisations, names)
            if field not in rows.given[row] and not of_name(name, field)
        ]
        if unsaid:
            setattr(rule, field, ASK)
    for column, one in used.items():
        if one.field in ("grade", "sector", "kind") and not one.mark:
            words = Counter(seen.grid.text(row, column) for row in rows.organisations if seen.grid.text(row, column))
            spelled = layout.spellings.setdefault(one.field, {})
            for word in words:
                if fold(word) not in known_words(one.field) and word not in spelled and fold(word):
                    spelled[word] = ASK
            if not spelled:
                del layout.spellings[one.field]


def _say_form(rule: SheetRule, grid: Grid, mapping: Mapping) -> None:
    """Ask what a form itself does not say."""
    filled = read_sheet_form(grid, load_form("htx"), rule.lines, rule.skip)
    first = min(filled.rows.values())
    seen = Seen(grid, (first, first), {}, {})
    if "gia lap" in (text := " ".join(fold(line) for line, _ in heading_lines(seen))) or "synthetic" in text:
        mapping.synthetic = True
    if mapping.province == ASK and (name := place_said(seen, "tỉnh")):
        mapping.province = name
    part = part_of_a_year(seen) or (day_said(seen) or ("",))[0]
    if rule.year == AUTO and (part or year_said(seen)[0] is None):
        rule.year, rule.why = ASK, PART.format(part.replace(" / ", "/")) if part else year_said(seen)[1]
    given = {one.line.code: one for one in filled.figures if one.value is not None and one_line(one.value)}
    unsaid = [one for one in given.values() if one.line.unit == "million_vnd" and not one.unit]
    if rule.unit == AUTO and unsaid and not unit_said(seen)[0]:
        rule.unit, rule.why = ASK, f"{unsaid[0].at} “{unsaid[0].line.vi}”: {one_line(unsaid[0].value)}"
    level = seats_of(mapping.province, rule.year if isinstance(rule.year, int) else year_said(seen)[0]).level
    words = COMMUNE_WORDS if level == "commune" else DISTRICT_WORDS
    if getattr(rule, level) == AUTO and not {level, "address"} & set(given) and not place_said(seen, words):
        setattr(rule, level, ASK)
    name = one_line(given["name"].value) if "name" in given else ""
    for field in ("kind", "sector"):
        ticked = any(one.line.field == field for one in given.values())
        if getattr(rule, field) == AUTO and not ticked and not of_name(name, field):
            setattr(rule, field, ASK)
    _ask_form_units(rule, filled, grid, unit_said(seen)[0] if rule.unit == AUTO else rule.unit)
    for text in filled.unknown.values():
        rule.lines.setdefault(text, ASK)


def _ask_form_units(rule: SheetRule, filled: Filled, grid: Grid, said: str) -> None:
    """Ask for the unit of money in a form whose figures contradict it: of all of them at once, or of one line."""
    if "*" in rule.units:
        return
    doubted: dict[str, str] = {}
    seen = 0
    for one in filled.figures:
        unit, figure = one.unit or said, coarse.figure_of(one.value)
        if one.line.field not in BELIEVED or one.line.code in rule.units or unit == ASK or not figure:
            continue
        seen += 1
        figure /= 1000 ** (how.thousands if (how := grid.shows(one.row, one.place)) else 0)
        if both := contradicts(one.line.field, figure, unit, MONEY[0]):
            doubted[one.line.code] = (
                f"{one.at} “{one.line.vi}” {ASKED} {unit}, {one_line(one.value)} {both[0]} / "
                f"{one.at} “{one.line.en}” is said to be in {unit}, {one_line(one.value)} {both[1]}"
            )
    if doubted:
        rule.units |= dict.fromkeys(["*"] if len(doubted) == seen else doubted, ASK)
        rule.why = next(iter(doubted.values()))


def _ask_seat(
    rule: SheetRule, seats: Seats, seen: Seen, rows: Rows, used: dict[int, ColumnRule], given: set[str]
) -> None:
    """Ask for the district of a list, or since 01/07/2025 for its commune, where neither rows nor titles say it."""
    has = {one.field for one in used.values()} | given
    communes = "commune" in has or bool(place_said(seen, COMMUNE_WORDS))
    if {"district", "address"} & has or place_said(seen, DISTRICT_WORDS) or {rule.district, rule.commune} != {AUTO}:
        return
    if communes and (seats.level == "commune" or rule.year == ASK or _in_one_district(seats, seen, rows, used)):
        return
    name = place_name(seen.grid.sheet)
    setattr(rule, seats.level, name if seats.listed(name, seats.level) else ASK)


def _in_one_district(seats: Seats, seen: Seen, rows: Rows, used: dict[int, ColumnRule]) -> bool:
    """Whether the communes of all rows say their districts."""
    column = next((column for column, one in used.items() if one.field == "commune"), 0)
    named = {seen.grid.text(row, column) or rows.given[row].get("commune", "") for row in rows.organisations}
    return bool(named) and all(seats.district(name) for name in named)


def _ask_units(rule: SheetRule, used: dict[int, ColumnRule], seen: Seen, rows: Rows) -> None:
    """Ask for a unit that nothing says, or that the figures contradict."""
    sums: dict[tuple[str, int | None], tuple[ColumnRule, str, dict[int, float]]] = {}  # of a year's field
    said_at: dict[str, str] = {}
    own = rule.year if isinstance(rule.year, int) else year_said(seen)[0]
    for column, one in used.items():
        known = column_of(one.field)
        if known is None or known.unit not in (*MONEY, AREA) or one.unit == ASK or one.title in rule.units:
            continue
        unit, where = said_unit(seen, rule, column, one, known)
        values = [seen.grid.value(row, column) for row in rows.organisations]
        figures = {
            row: figure / 1000 ** (how.thousands if (how := seen.grid.shows(row, column)) else 0)
            for row, value in zip(rows.organisations, values, strict=True)
            if (figure := coarse.figure_of(value))
        }
        typical = median(figures.values()) if figures else None
        said = (f"{ASKED} {unit} ({where}) nhưng", f"is said to be in {unit}, but")
        if not unit and known.unit == AREA:
            unit, said = AREA, ("không ghi đơn vị;", "has no unit;")
        if not unit:
            if rule.unit == AUTO and typical is not None:
                rule.unit = ASK
                vi, en = (number(round(typical, 1), language) for language in ("vi", "en"))
                notes = where or "; ".join(f"{at} “{text}”" for _, text, at in unit_notes(seen))
                notes = notes.replace(" / ", "/") + "; " * bool(notes)
                column_vi, column_en = (
                    f"{word} {one.at} “{one.title.replace(' / ', '/')}”" for word in ("cột", "column")
                )
                rule.why = f"{notes}{column_vi}: số giữa {vi} / {notes}{column_en}: median {en}"
            continue
        if (factor := scale(unit, known.unit)) is not None:
            size, said_at[one.title] = float(factor), where
            year = (seen.titles.get(column, Title(())).year or own) if one.year is None else one.year
            year = own - 1 if own and year == -1 else year
            sums[one.field, year] = one, unit, {row: figure * size for row, figure in figures.items()}
        if typical is not None and (both := contradicts(one.field, typical, unit, known.unit)):
            vi, en = (number(round(typical, 1), language) for language in ("vi", "en"))
            _ask_unit(
                rule,
                one,
                f"cột {one.at} “{one.title}” {said[0]} số giữa là {vi}, {both[0]}",
                f"column {one.at} “{one.title}” {said[1]} the median {en} {both[1]}",
            )
    doubted = {said_at[title] for title, unit in rule.units.items() if unit == ASK and title in said_at} - {"tiêu đề"}
    for (name, year), (one, unit, figures) in sums.items():
        if name not in PROFITS:
            continue
        if said_at[one.title] in doubted and one.title not in rule.units:  # a profit of any size may be
            at = said_at[one.title]
            _ask_unit(
                rule,
                one,
                f"cột {one.at} “{one.title}”: đơn vị {unit} ({at}) không đúng với cột khác",
                f"column {one.at} “{one.title}”: the unit {unit} ({at}) does not hold for another column",
            )
        for of, times in WHOLES.items():
            whole, _, others = sums.get((of, year)) or sums.get((of, own)) or (one, unit, {})
            ratios = [figures[row] / others[row] for row in figures.keys() & others.keys() if others[row] > 0]
            if len(ratios) >= FEW and median(ratios) > times and not {one.title, whole.title} & set(rule.units):
                larger = ("lớn hơn", "larger than") if times == 1 else (f"gấp hơn {times} lần", f"over {times} times")
                _ask_unit(
                    rule,
                    one,
                    f"cột {one.at} “{one.title}” {ASKED} {unit} nhưng thường {larger[0]} cột {whole.at} "
                    f"“{whole.title}”",
                    f"column {one.at} “{one.title}” is said to be in {unit}, but is usually {larger[1]} column "
                    f"{whole.at} “{whole.title}”",
                )


def _ask_unit(rule: SheetRule, one: ColumnRule, vi: str, en: str) -> None:
    """Of this sheet alone: others of its layout may hold what they say."""
    rule.units[one.title] = ASK
    vi, en = (text.replace(" / ", "/") for text in (vi, en))  # which parts the two languages
    rule.why = both(rule.why, f"{vi} / {en}")
