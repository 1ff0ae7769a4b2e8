"""What a sheet seems to be: its header, what each column is, and what the sheet says of all its rows."""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from fnmatch import fnmatch
from statistics import median

from kttt_lib.intake import coarse
from kttt_lib.intake.forms.sheet import form_of, named_form, read_sheet_form
from kttt_lib.intake.grid import Grid, address, folded, one_line
from kttt_lib.intake.mapping import ASK, AUTO, Answer, ColumnRule, Layout, Mapping, SheetRule
from kttt_lib.intake.rows import Rows, gives, is_numbering, place_name, sort_rows
from kttt_lib.intake.titles import SURE, Guess, Title, column_of, guess, known_words, table_of, take_apart
from kttt_lib.intake.units import scale
from kttt_lib.rating import load_form
from kttt_lib.registry.cells.dates import read_date
from kttt_lib.registry.cells.words import is_blank
from kttt_lib.registry.text import fold

SCANNED = 40
DEEPEST_HEADER = 3
SAMPLES = 3
# Medians (million VND, or a person and year) beyond which a unit is not believed, whatever says it.
BELIEVED = {
    "charter_capital": (5, 200_000),
    "total_assets": (5, 500_000),
    "revenue": (5, 500_000),
    "revenue_from_members": (1, 500_000),
    "worker_income": (3, 1_000),
    "member_income": (1, 1_000),
}
ASKED = "ghi đơn vị"
A_YEAR = 15.0
MONEY = ("triệu đồng", "triệu đồng/người/năm")
_UNIT_LINE = re.compile(r"(?:đvt|đơn vị tính|đơn vị|dvt)\s*:?\s*([^;)]+)", re.IGNORECASE)
_ANY_YEAR = re.compile(r"(?<!\d)((?:19|20)\d\d)(?!\d)")
_OF_A_LETTER = re.compile(r"kem theo|cong van|/bc|bao cao so|quyet dinh|qd ubnd|so .*ngay")
_NUMBER = re.compile(r"[+-]?[\d.,\s]*\d[\d.,]*")


@dataclass
class Seen:
    """A sheet with a header: the rows of it, and of each column its title as written and taken apart."""

    grid: Grid
    header: tuple[int, int]
    given: dict[int, str]
    titles: dict[int, Title]

    def keys(self) -> dict[int, str]:
        """Of each column the title by which it is found again in another year."""
        return {column: re.sub(r"\b(19|20)\d\d\b", "#", fold(text)) for column, text in self.given.items()}


def look(grid: Grid) -> Seen | None:
    """The header of a sheet: the rows among the first with the most titles that are known; None without a name."""
    best: tuple[float, Seen] | None = None
    for first in [row for row in sorted(grid.rows) if row <= SCANNED and len(set(grid.texts(row))) > 1]:
        for depth in range(1, DEEPEST_HEADER + 1):
            rows = range(first, first + depth)
            if any(_no_title(grid, row) for row in rows):
                break
            given = _given(grid, rows)
            titles = {column: take_apart(text.split(" / ")) for column, text in given.items()}
            found = [guess(title) for title in titles.values()]
            known = {(one.field, one.mark) for one in found if one.confidence >= 0.8}
            years = len({title.year for title in titles.values() if title.year})
            units = sum(bool(title.units) for title in titles.values())
            score = len(known) + 0.2 * years + 0.1 * units + sum(one.confidence for one in found) / 100 - 0.05 * depth
            if ("name", "") in known and len(known) >= 2 and (best is None or score > best[0]):
                best = score, Seen(grid, (first, first + depth - 1), given, titles)
    return best[1] if best else None


def _no_title(grid: Grid, row: int) -> bool:
    values = [grid.cells[row, column] for column in grid.rows.get(row, ())]
    numbers = [
        v for v in values if isinstance(v, int | float | dt.date) and not (isinstance(v, int) and 1990 <= v <= 2100)
    ]
    return bool(numbers) or is_numbering(grid.texts(row)) or any(len(one_line(value)) > 150 for value in values)


def _given(grid: Grid, rows: range) -> dict[int, str]:
    """Each column's title through its header rows, ``Thành viên / Nữ``; a merge counts once."""
    found: dict[int, str] = {}
    for column in range(1, grid.width + 1):
        parts, anchors = [], set()
        for row in rows:
            anchor = grid.merged.get((row, column), (row, column))
            if anchor in anchors or anchor[0] < rows[0]:
                continue
            anchors.add(anchor)
            text = one_line(grid.cells.get(anchor))
            if not text and row < rows[-1] and grid.text(rows[-1], column):
                text = _from_left(grid, row, column, rows)
            if text:
                parts.append(text.replace(" / ", "/"))
        if parts:
            found[column] = " / ".join(parts)
    return found


def _from_left(grid: Grid, row: int, column: int, rows: range) -> str:
    """The title above several columns where nothing is merged: it stands over the first of them."""
    left = column - 1
    while left and not grid.value(row, left) and grid.text(rows[-1], left):
        left -= 1
    return grid.text(row, left) if left and grid.text(rows[-1], left) else ""


def propose(grids: Iterable[Grid], mapping: Mapping | None = None) -> Mapping:
    """The mapping with every sheet in it: those that it has not yet are looked at and added."""
    mapping = Mapping() if mapping is None else mapping
    for grid in grids:
        rule = rule_for(mapping, grid)
        if rule is None:
            rule = _add(mapping, grid)
        if rule.take == "yes" and rule.form:
            _say_form(rule, grid, mapping)
        elif rule.take == "yes" and (seen := look(grid)) is not None:
            layout = mapping.layout(rule.layout)
            if places_of(layout, seen) is not None:
                _say_sheet(rule, layout, seen, mapping)
    return mapping


def rule_for(mapping: Mapping, grid: Grid) -> SheetRule | None:
    """What the mapping says of a sheet."""

    def meant(rule: SheetRule) -> bool:
        return (rule.file == grid.file or fnmatch(grid.file, rule.file)) and (
            rule.sheet == grid.sheet or fnmatch(grid.sheet, rule.sheet)
        )

    return next((rule for rule in mapping.sheets if meant(rule)), None)


def _add(mapping: Mapping, grid: Grid) -> SheetRule:
    form = form_of(grid)
    if form is not None:
        summary = "biểu tổng hợp năm của tỉnh: đọc bằng kttt forms read / a province's summary: kttt forms read"
        empty = "biểu chưa điền tên HTX / a form without a name"
        named = form.id == "htx" and named_form(grid, form)
        rule = SheetRule(take="yes" if named else "no", file=grid.file, sheet=grid.sheet)
        rule.form, rule.why = ("htx", "") if named else ("", empty if form.id == "htx" else summary)
        mapping.sheets.append(rule)
        return rule
    seen = look(grid)
    if seen is None:
        why = "không thấy tiêu đề có tên tổ chức / no header with the name of an organisation"
        take: Answer = ASK if len(grid.rows) > 3 else "no"
        mapping.sheets.append(SheetRule(take=take, file=grid.file, sheet=grid.sheet, why=why))
        return mapping.sheets[-1]
    layout = next((one for one in mapping.layouts if places_of(one, seen) is not None), None)
    fresh = _columns(seen)
    if layout is None:
        layout = Layout(name=str(len(mapping.layouts) + 1), columns=[])
        mapping.layouts.append(layout)
    matched = places_of(layout, seen) or {}
    layout.columns += [rule for column, rule in fresh.items() if column not in matched]
    rule = SheetRule(take="yes", file=grid.file, sheet=grid.sheet, layout=layout.name)
    mapping.sheets.append(rule)
    return rule


def places_of(layout: Layout, seen: Seen) -> dict[int, ColumnRule] | None:
    """The column of each rule of a layout; None when one that is taken has none."""
    left = dict(seen.keys())
    found: dict[int, ColumnRule] = {}
    for rule in layout.columns:
        key = re.sub(r"\b(19|20)\d\d\b", "#", fold(rule.title))
        column = next((place for place, text in left.items() if text == key), None)
        if column is None:
            if rule.take != "no":
                return None
            continue
        del left[column]
        found[column] = rule
    return found if any(rule.take != "no" for rule in found.values()) else None


# A title that says women and not of whom: of the members when it stands right after them.
BARE_WOMEN = (("nu",), ("trong do nu",), ("so nu",))


def _columns(seen: Seen) -> dict[int, ColumnRule]:
    """A rule proposed for each column with a title or a value."""
    grid, found = seen.grid, {}
    guesses = {column: guess(title) for column, title in seen.titles.items()}
    for column, title in seen.titles.items():
        left = guesses.get(column - 1, Guess())
        if title.parts in BARE_WOMEN and left.field == "members":
            guesses[column] = Guess("women", 0.9)
    names = [column for column, one in guesses.items() if one.field == "name"]
    name = max(names, key=lambda column: guesses[column].confidence)
    rows = [row for row in grid.rows if row > seen.header[1] and grid.text(row, name)]
    for column in range(1, grid.width + 1):
        values = [grid.cells[row, column] for row in rows if (row, column) in grid.cells]
        title = seen.titles.get(column, Title(()))
        if not values and column not in seen.given:
            continue
        found[column] = _rule(grid, column, seen.given.get(column, ""), title, guesses.get(column, Guess()), values)
    _only_one(found, seen)
    return found


def _rule(grid: Grid, column: int, given: str, title: Title, one: Guess, values: list[object]) -> ColumnRule:
    samples = [one_line(value)[:40] for value in list(dict.fromkeys(map(_hashable, values)))[:SAMPLES]]
    said = ColumnRule(take="no", title=given, at=address(1, column)[:-1], samples=samples)
    if not values:
        said.why = "cột trống / no value"
        said.field = one.field
        return said
    if one.field == "person":
        said.field, said.why = "person", "thông tin cá nhân, không đưa vào sổ / personal data, not taken"
        return said
    by_values = _by_values(values)
    if one.confidence < 0.6 and by_values.confidence > one.confidence:
        one = by_values
    elif one.field and not one.mark:
        agree = _agreement(one.field, values)
        if agree < 0.6:
            said.why = f"chỉ {agree:.0%} giá trị hợp với cột này / only {agree:.0%} of the values fit"
            one = replace(one, confidence=one.confidence * 0.5)
    if one.field in ("note",):
        one = replace(one, confidence=1.0)
    said.field, said.mark, said.confidence = one.field, one.mark, round(100 * one.confidence)
    said.take = "yes" if one.confidence >= SURE else ASK
    if title.odd:
        said.why = f"trong ngoặc: {title.odd} / in brackets: {title.odd}"
    if title.before and title.year is None:
        said.year = -1
    if one.field == "serial":
        said.take = "yes"
    known = column_of(one.field)
    unit = known.unit if known else ""
    if unit and not title.units:
        rows = [row for row in grid.rows if (how := grid.shows(row, column)) and scale(how.words, unit) is not None]
        said.unit = how.words if rows and (how := grid.shows(rows[0], column)) else ""
    if unit and title.units:
        read = [text for text in title.units if scale(text, unit) is not None]
        if read:
            said.unit = read[-1]
        else:
            said.take, said.confidence = ASK, 30
            said.why = f"đơn vị {title.units[-1]} không phải của cột này / {title.units[-1]} is no unit of it"
    return said


def _hashable(value: object) -> object:
    return value if isinstance(value, str | int | float | dt.date) else str(value)


def _only_one(found: dict[int, ColumnRule], seen: Seen) -> None:
    """Of columns for one field and year the surest is taken, the others are asked about (codes: kept)."""
    groups: dict[tuple, list[int]] = {}
    for column, rule in found.items():
        if rule.field and rule.field not in ("keep", "note", "person", "serial") and rule.take != "no":
            title = seen.titles.get(column, Title(()))
            groups.setdefault((rule.field, rule.mark, title.year, rule.year), []).append(column)
    for (name, *_), columns in groups.items():
        columns.sort(key=lambda column: -(found[column].confidence or 0))
        for other in columns[1:]:
            rule = found[other]
            if name == "org_id":
                rule.field, rule.why = "keep", "mã thứ hai, giữ làm cột riêng / a second code, kept as a column"
                continue
            rule.take = ASK
            rule.why = f"đã có cột {found[columns[0]].at} là {name} / column {found[columns[0]].at} is {name} already"


def _agreement(name: str, values: list[object]) -> float:
    """How many of the values can be of the field."""
    column = column_of(name)
    if name in ("serial",):
        return 1.0
    if name == "status":
        fits = [coarse.state_of(value) is not None for value in values]
        return max(sum(fits) / len(fits), 0.61 if any(fits) else 0)
    if name == "year":
        fits = [bool(_ANY_YEAR.fullmatch(one_line(value))) for value in values]
    elif column is None:
        return 1.0
    elif column.kind in ("integer", "number"):
        fits = [_is_number(value, column.unit) for value in values]
    elif column.kind == "date":
        fits = [_is_day(value) for value in values]
    elif column.choices:
        known = known_words(name)
        fits = [folded(value) in known for value in values]
        return 1.0 if sum(fits) >= len(fits) / 2 else sum(fits) / len(fits)
    elif name == "org_id":
        texts = [one_line(value) for value in values]
        fits = [bool(re.search(r"\d", text)) and len(text) <= 30 for text in texts]
        return min(sum(fits) / len(fits), len(set(texts)) / len(texts) / 0.9)
    else:
        fits = [bool(re.search(r"[^\W\d_]{2}", one_line(value))) for value in values]
    return sum(fits) / len(fits)


def _is_number(value: object, unit: str) -> bool:
    if isinstance(value, bool | dt.date):
        return False
    if isinstance(value, int | float):
        return True
    text = one_line(value)
    return (
        bool(_NUMBER.fullmatch(text))
        or coarse.amount_of(text, unit) is not None
        or text.startswith("=")
        or is_blank(text, False)
    )


def _is_day(value: object) -> bool:
    if isinstance(value, dt.date) or coarse.day_of(value):
        return True
    return isinstance(value, str) and read_date(one_line(coarse.whole_day(value)))[1] != "bad"


def _by_values(values: list[object]) -> Guess:
    """What the values alone make likely; never sure."""
    texts = [folded(value) for value in values]
    for name in ("grade", "sector", "kind"):
        known = known_words(name)
        if sum(text in known for text in texts) >= 0.8 * len(texts) and len(set(texts)) > 1:
            return Guess(name, 0.6)
    if sum(coarse.state_of(value) is not None for value in values) >= 0.8 * len(values):
        return Guess("status", 0.6)
    if sum(text.startswith(("htx", "hop tac xa")) for text in texts) >= 0.7 * len(texts) and len(set(texts)) > 2:
        return Guess("name", 0.7)
    if sum(isinstance(value, dt.date) for value in values) >= 0.8 * len(values):
        return Guess("founded_on", 0.4)
    if not any(_is_number(value, "") for value in values if one_line(value)):
        return Guess("keep", 0.5)
    return Guess()


# What a sheet says of all its rows.


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


def heading_lines(seen: Seen) -> list[tuple[str, str]]:
    """Texts above the header with their cells, then the sheet's and the file's names."""
    grid = seen.grid
    above = [
        (one_line(grid.cells[row, column]), address(row, column))
        for row in grid.rows
        if row < seen.header[0]
        for column in grid.rows[row]
    ]
    stem = re.sub(r"\.\w+$", "", grid.file).replace("_", " ")
    return [
        *above,
        (grid.sheet.replace("_", " "), "tên trang / name of the sheet"),
        (stem, "tên tệp / name of the file"),
    ]


def year_said(seen: Seen) -> tuple[int | None, str]:
    """The year of a sheet's figures and where it is said; None where nothing says it or two places disagree."""
    found: list[tuple[int, str]] = []
    for text, where in heading_lines(seen):
        plain = fold(text)
        if _OF_A_LETTER.search(plain):
            continue
        years = _ANY_YEAR.findall(plain)
        if len(set(years)) == 1:
            found.append((int(years[0]), where))
    if not found:
        return None, ""
    if len({year for year, _ in found}) > 1:
        said = "; ".join(f"{year} ({where})" for year, where in found)
        return None, said
    return found[0]


def unit_said(seen: Seen) -> tuple[str, str]:
    """The unit of money that a sheet says for all its columns, and where; empty when it says none."""
    for text, where in heading_lines(seen):
        if (found := _UNIT_LINE.search(text)) and scale(found[1].strip(" ()"), "triệu đồng") is not None:
            return found[1].strip(" ()"), where
    return "", ""


# Words in capitals that end a place's name: “TỈNH HÀ NAM NĂM 2020”.
NO_NAME = ("năm", "tỉnh", "huyện", "đến", "tháng", "theo", "có", "quý", "giai", "về", "tính")


def place_said(seen: Seen, words: str) -> str:
    """The district (or province) that a title or name of the sheet says."""
    for text, _ in heading_lines(seen):
        found = re.search(rf"(?:{words})\.?\s+(\w+(?:\s+\w+){{0,3}})", text, re.IGNORECASE)
        if not found:
            continue
        kept = []
        for word in found[1].split():
            if not word[0].isupper() or word.casefold() in NO_NAME:
                break
            kept.append(word)
        if kept:
            return place_name(" ".join(kept))
    return ""


def default_said(seen: Seen, name: str) -> str:
    """The kind or sector that the titles say of the whole list; empty when they say none, or more than one."""
    lines_ = [f" {fold(text)} " for text, _ in heading_lines(seen)]
    if name == "kind":
        text = " ".join(lines_)
        if re.search(r" (htx|hop tac xa) ", text) and not re.search(r" (to hop tac|tht|quy tin dung|qtdnd) ", text):
            return "htx"
        return ""
    text = " ".join(lines_)
    both = "phi nong nghiep" in text
    plain = text.replace("phi nong nghiep", " ").replace("nong nghiep va phat trien nong thon", " ")
    agriculture = re.search(r"(htx|hop tac xa)( dich vu)? nong nghiep", plain)
    if both and not agriculture:
        return "non_agriculture"
    return "agriculture" if agriculture and not both else ""


def of_name(name: str, field: str) -> str:
    """The kind or sector that an organisation's own name says; empty when it says none."""
    plain = f" {fold(name)} "
    if field == "kind":
        for code, form in (
            ("lhhtx", r" (lien hiep|lhhtx|lh htx) "),
            ("qtdnd", r" (quy tin dung|qtdnd|qtd|quy tdnd) "),
            ("tht", r" (to hop tac|tht) "),
            ("htx", r" (htx\w*|hop tac xa) "),
        ):
            if re.search(form, plain):
                return code
        return ""
    for code, form in (
        ("credit", r" (quy tin dung|qtdnd|qtd|quy tdnd) "),
        (
            "non_agriculture",
            r" (phi nong nghiep|van tai|xay dung|thuong mai|moi truong|dien|tieu thu cong|cho|thu cong my nghe|du lich"
            r"|co khi|giao thong) ",
        ),
        (
            "agriculture",
            r" (nong nghiep|nn|dvnn|htxnn|sxnn|chan nuoi|thuy san|rau|trong trot|lam nghiep|nong san|cay an qua"
            r"|nuoi trong) ",
        ),
    ):
        if re.search(form, plain):
            return code
    return ""


def _say_sheet(rule: SheetRule, layout: Layout, seen: Seen, mapping: Mapping) -> None:
    """Ask what the sheet itself does not say, or says twice."""
    places = places_of(layout, seen) or {}
    used = {column: one for column, one in places.items() if one.take == "yes" and one.field}
    has = {one.field for one in used.values()}
    text = " ".join(fold(line) for line, _ in heading_lines(seen))
    if "gia lap" in text or "synthetic" in text:
        mapping.synthetic = True
    if mapping.province == ASK and (name := place_said(seen, "tỉnh")):
        mapping.province = name
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
        if year is None:
            rule.year, rule.why = ASK, where
    _ask_units(rule, used, seen, rows)
    if (
        rule.district == AUTO
        and not {"district", "address"} & has
        and "district" not in given
        and not place_said(seen, "huyện|thành phố|thị xã|quận|TP|TX")
    ):
        sheet = seen.grid.sheet
        plain = not re.search(r"(?i)sheet|trang|htx|danh|ds|\d|bieu|biểu|tổng|list", sheet) and bool(sheet)
        rule.district = place_name(sheet) if plain else ASK
    name_column = next(column for column, one in used.items() if one.field == "name")
    names = [seen.grid.text(row, name_column) for row in rows.organisations]
    for field in ("kind", "sector"):
        if getattr(rule, field) != AUTO or field in has or default_said(seen, field):
            continue
        unsaid = [
            name
            for row, name in zip(rows.organisations, names)
            if field not in rows.given[row] and not of_name(name, field)
        ]
        if unsaid:
            setattr(rule, field, ASK)
    for label in rows.sections.values():
        if gives(label) is None and label not in rule.sections:
            rule.sections[label] = ASK
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
    if rule.year == AUTO and year_said(seen)[0] is None:
        rule.year, rule.why = ASK, year_said(seen)[1]
    given = {one.line.code: one for one in filled.figures if one.value is not None and one_line(one.value)}
    unsaid = [one for one in given.values() if one.line.unit == "million_vnd" and not one.unit]
    if rule.unit == AUTO and unsaid and not unit_said(seen)[0]:
        rule.unit, rule.why = ASK, f"{unsaid[0].at} “{unsaid[0].line.vi}”: {one_line(unsaid[0].value)}"
    if rule.district == AUTO and not {"district", "address"} & set(given):
        rule.district = AUTO if place_said(seen, "huyện|thành phố|thị xã|quận|TP|TX") else ASK
    name = one_line(given["name"].value) if "name" in given else ""
    for field in ("kind", "sector"):
        ticked = any(one.line.field == field for one in given.values())
        if getattr(rule, field) == AUTO and not ticked and not of_name(name, field):
            setattr(rule, field, ASK)
    for text in filled.unknown.values():
        rule.lines.setdefault(text, ASK)


def _ask_units(rule: SheetRule, used: dict[int, ColumnRule], seen: Seen, rows: Rows) -> None:
    """Ask for a unit that nothing says, or that the figures contradict."""
    said, where = unit_said(seen)
    for column, one in used.items():
        known = column_of(one.field)
        answered = one.why.startswith(ASKED) and one.unit != ASK
        if known is None or known.unit not in MONEY or one.unit == ASK or answered:
            continue
        unit = one.unit or (said if rule.unit == AUTO else rule.unit)
        values = [seen.grid.value(row, column) for row in rows.organisations]
        figures = [
            figure / 1000 ** (how.thousands if (how := seen.grid.shows(row, column)) else 0)
            for row, value in zip(rows.organisations, values, strict=True)
            if (figure := coarse.figure_of(value))
        ]
        typical = median(figures) if figures else None
        low, high = BELIEVED.get(one.field, (0, 1e12))
        if known.unit == MONEY[1] and not re.search("nam|thang", fold(unit)):
            low = round(A_YEAR)  # below this it may be a month's
        if not unit:
            if rule.unit == AUTO and typical is not None:
                rule.unit = ASK
                shown = f"{typical:,.0f}".replace(",", ".")
                rule.why = f"cột {one.at} “{one.title}”: số giữa {shown} / median {shown}"
            continue
        factor = scale(unit, known.unit)
        if factor is None or typical is None:
            continue
        if not low <= typical * float(factor) <= high:
            one.unit = ASK
            shown = f"{typical:,.0f}".replace(",", ".")
            read = f"{typical * float(factor):,.6g}"
            one.why = (
                f"{ASKED} {unit} ({where or 'tiêu đề'}) nhưng số giữa là {shown}, tức {read} triệu đồng / "
                f"said to be in {unit}, but the median {shown} would be {read} million VND"
            )
