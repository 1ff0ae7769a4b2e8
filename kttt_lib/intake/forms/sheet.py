"""A sheet that is an official form: its lines by their titles, each figure with its cell, every row accounted for."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from kttt_lib.intake.grid import Grid, address, one_line
from kttt_lib.intake.persons import personal
from kttt_lib.intake.rows import is_numbering
from kttt_lib.intake.titles import BRACKETS, guess, is_unit, take_apart
from kttt_lib.intake.units import scale
from kttt_lib.rating import Form, load_form
from kttt_lib.rating.forms import UNITS, Line, Part
from kttt_lib.registry.text import fold

SCANNED = 400  # rows looked at to see whether a sheet is a form
LEAST = 8  # lines that must be known
TICKED = re.compile(r"[☑☒✓✔√]|\[\s*[xXvV]\s*\]")
_BOX = re.compile(r"[☐□☑☒✓✔√]|\[\s*[xXvV]?\s*\]")
_NUMBERING = re.compile(r"^\s*(?:[-+*•–]\s*|\(?(?:[IVXLC]+|[a-zđ]|\d+(?:\.\d+)*)[.)\]:]\s*|\d+(?:\.\d+)+\s+)+")
_DOTS = re.compile(r"[.…_]{2,}|…")
_FOOTNOTE = re.compile(r"(?<=[^\W\d_])\d(?=\s|\(|$|:)")
_REPORTS = re.compile(r"(\d+)\s*/\s*(\d+)")
# Titles of columns that hold no figure of a line.
_OTHER = {
    "serial": ("stt", "tt", "so tt", "so thu tu"),
    "title": ("chi tieu", "tieu chi", "noi dung", "ten chi tieu", "line"),
    "code": ("ma so", "ma", "ma chi tieu"),
    "unit": ("don vi tinh", "dvt", "don vi", "unit"),
    "note": ("ghi chu", "chu thich", "note"),
}
_ROLES = {title: role for role, titles in _OTHER.items() for title in titles}


@dataclass(frozen=True)
class Figure:
    """One cell of a line; ``unit``: as the sheet writes it for this cell."""

    line: Line
    column: str
    row: int
    place: int
    value: object
    unit: str = ""

    @property
    def at(self) -> str:
        """``D14``."""
        return address(self.row, self.place)


@dataclass
class Filled:
    """A form as found. ``rows``: line code -> its row. ``accounts``: row -> line, section, head, above, foot, skipped
    or not_read. ``unknown``: row -> title of a row that is no known line. ``odd``: row -> why it was not read (vi, en).
    ``personal``: rows that are no line and tell of a person, which are skipped.
    Line code -> ``reports``: those received and owed, where a note says it; ``written``: its title and unit as the
    sheet has them; ``headings``: the heading over it.
    """

    form: Form
    grid: Grid
    figures: list[Figure] = field(default_factory=list)
    rows: dict[str, int] = field(default_factory=dict)
    accounts: dict[int, str] = field(default_factory=dict)
    unknown: dict[int, str] = field(default_factory=dict)
    odd: dict[int, tuple[str, str]] = field(default_factory=dict)
    personal: list[int] = field(default_factory=list)
    reports: dict[str, tuple[int, int]] = field(default_factory=dict)
    written: dict[str, str] = field(default_factory=dict)
    headings: dict[str, str] = field(default_factory=dict)

    def of(self, kind: str) -> list[int]:
        """The rows of one sort."""
        return [row for row, what in sorted(self.accounts.items()) if what == kind]


def title_key(text: str) -> str:
    """A line's title in the form in which two ways to write it are one: no number, unit, box, footnote or dots."""
    text = _BOX.sub(" ", text)
    text = _NUMBERING.sub("", _FOOTNOTE.sub("", text.strip()))
    text = _DOTS.sub(" ", text)
    for inside in BRACKETS.findall(text):
        if is_unit(inside):
            text = text.replace(inside, " ")
    plain = fold(text).removeprefix("trong do ")
    for full, short in (("hop tac xa", "htx"), ("quy tin dung nhan dan", "qtdnd"), ("lien hiep htx", "lhhtx")):
        plain = plain.replace(full, short)
    return plain


class _Titles:
    """The titles of a form in their comparable form."""

    def __init__(self, form: Form) -> None:
        self.lines: dict[str, list[Line]] = {}
        for line in form.lines:
            for text in dict.fromkeys(map(title_key, (line.vi, line.en, *line.also))):
                self.lines.setdefault(text, []).append(line)
        self.parts = {title_key(text): part for part in form.parts for text in (part.vi, part.en)}
        self.headings = {title_key(text) for part in form.parts for text in part.headings}
        self.columns = {
            title_key(text): name for name, one in form.columns.items() for text in (one.vi, one.en, *one.also)
        }


_TITLES: dict[str, _Titles] = {}


def _titles(form: Form) -> _Titles:
    return _TITLES.setdefault(form.id, _Titles(form))


def form_of(grid: Grid) -> Form | None:
    """The form that a sheet is, or None: enough of its lines, one of them telling, each in a row of its own."""
    best: tuple[int, Form] | None = None
    for form in (load_form("htx"), load_form("province")):
        known, found = _titles(form).lines, set()
        for row in list(grid.rows)[:SCANNED]:
            hits = [known[key] for text in grid.texts(row) for key in (title_key(_before(text)[0]),) if key in known]
            if len(hits) <= 2:
                found |= {line.code for lines in hits[:1] for line in lines}
        if len(found) >= LEAST and found & set(form.signature) and (best is None or len(found) > best[0]):
            best = len(found), form
    return best[1] if best else None


def named_form(grid: Grid, form: Form) -> bool:
    """Whether a form's first telling line is filled in."""
    filled = read_sheet_form(grid, form)
    return any(one.line.code == form.signature[0] and one_line(one.value) for one in filled.figures)


def _before(text: str) -> tuple[str, str]:
    """A title and what is filled in after its colon."""
    title, mark, after = text.partition(":")
    return (title, _DOTS.sub("", after).strip()) if mark else (text, "")


def named(text: str) -> str:
    """What an unknown row is called: its title, without what is filled in after it."""
    return one_line(_before(text)[0]) or one_line(text)


def read_sheet_form(grid: Grid, form: Form, said: Mapping[str, str] | None = None, skip: Iterable[int] = ()) -> Filled:
    """Every row of a sheet in its place. ``said``: title of an unknown row -> code of its line, "" for none."""
    return _Reader(grid, form, said or {}, set(skip)).read()


class _Reader:
    def __init__(self, grid: Grid, form: Form, said: Mapping[str, str], skip: set[int]) -> None:
        self.grid, self.said, self.skip = grid, said, skip
        self.titles, self.found = _titles(form), Filled(form, grid)
        self.part: Part | None = None
        self.heading = ""
        self.over = ""  # the last line that belongs to no other
        self.columns: dict[int, str] = {}
        self.units: dict[int, str] = {}
        self.heads: list[tuple[dict[int, str], dict[int, str]]] = []  # columns and units, as they came
        self.above = False  # whether the titles of the columns are those of a section before

    def read(self) -> Filled:
        found = self.found
        for row in self.grid.rows:
            found.accounts[row] = "skipped" if row in self.skip else self._row(row)
        lines = [
            row for row, what in found.accounts.items() if what in ("line", "not_read") and row not in found.unknown
        ]
        first, last = min(lines, default=0), max(lines, default=0)
        for row in list(found.unknown):
            if row < first or (row > last and not self._figures_in(row)):
                found.accounts[row] = "above" if row < first else "foot"
                del found.unknown[row]
        for row, what in found.accounts.items():
            if what in ("section", "head") and row < first and not self._known_part(row):
                found.accounts[row] = "above"
        return found

    def _known_part(self, row: int) -> bool:
        return any(title_key(text) in self.titles.parts for text in self.grid.texts(row))

    def _figures_in(self, row: int) -> bool:
        return any(isinstance(self.grid.value(row, c), int | float) for c in self.grid.rows[row])

    def _row(self, row: int) -> str:
        texts = {column: self.grid.text(row, column) for column in self.grid.rows[row]}
        if is_numbering(texts.values()) and not any(isinstance(self.grid.value(row, c), float) for c in texts):
            return "head"
        if self._head(texts):
            return "head"
        filled = len([text for text in texts.values() if title_key(text)])
        for column, text in texts.items():
            title, after = (text, "") if title_key(text) in self.titles.lines else _before(text)
            key = title_key(title)
            if not key:
                continue
            if key in self.titles.parts and filled <= 2 and not after:
                self._enter(self.titles.parts[key])
                self.over, self.heading = "", ""
                return "section"
            line = self._line(key) or self._answered(text)
            if line is not None:
                return self._cells(row, column, line, after, bool(TICKED.search(text)))
            seen = [self.found.rows[one.code] for one in self.titles.lines.get(key, []) if one.code in self.found.rows]
            if seen and key not in self.titles.headings:
                self.found.odd[row] = f"“{title}” đã có ở dòng {seen[0]}", f"“{title}” is in row {seen[0]} already"
                return "not_read"
            if key in self.titles.headings and filled <= 2:
                self.heading = one_line(text)
                return "section"
            if self._said(text) == "":
                return "skipped"
            if re.search(r"[^\W\d_]{2}", text) and not (text.isupper() and len(text) <= 3):
                if personal(text) or guess(take_apart([title])).field == "person":
                    self.found.personal.append(row)
                    return "skipped"
                self.found.unknown[row] = named(text)
                return "not_read"
        if personal(" ; ".join(texts.values())):
            self.found.personal.append(row)
            return "skipped"
        self.found.unknown[row] = " ".join(texts.values())
        return "not_read"

    def _said(self, text: str) -> str | None:
        """What the mapping says of an unknown row: the code of its line, "" for none; None where it says nothing."""
        return self.said.get(named(text), self.said.get(one_line(text)))

    def _head(self, texts: Mapping[int, str]) -> bool:
        """Whether a row is one of column titles; then what each column holds."""
        own = set(self.part.columns) if self.part else set(self.found.form.columns)
        roles: dict[int, str] = {}
        for column, text in texts.items():
            key = title_key(text)
            name = self.titles.columns.get(key, "")
            roles[column] = name if name in own else _ROLES.get(key, name)
        if sum(bool(role) for role in roles.values()) < 2 or not all(roles.values()):
            return False
        self.columns, self.above = roles, False
        self.units = {
            column: inside for column, text in texts.items() for inside in BRACKETS.findall(text) if is_unit(inside)
        }
        self.heads.append((self.columns, self.units))
        return True

    def _enter(self, part: Part) -> None:
        """Begin a part: until it has titles of columns, the last that have one of its own hold for it."""
        self.part, self.above = part, True
        fitting = (head for head in reversed(self.heads) if set(head[0].values()) & set(part.columns))
        self.columns, self.units = next(fitting, ({}, {}))

    def _line(self, key: str) -> Line | None:
        """The line of a title: of the part one is in, under the line that one is under, not yet seen."""
        fresh = [line for line in self.titles.lines.get(key, []) if line.code not in self.found.rows]
        here = [line for line in fresh if self.part is None or line in self.part.lines]
        under = [line for line in here if not line.under or line.under == self.over or self._within(line.under)]
        under.sort(key=lambda line: not line.under)  # of two the one that belongs to where one is
        return next(iter(under or (here if len(here) == 1 else []) or (fresh if len(fresh) == 1 else [])), None)

    def _within(self, code: str) -> bool:
        """Whether the line is one of those under the last line that belongs to no other."""
        while code:
            if code == self.over:
                return True
            code = self.found.form.line(code).under
        return False

    def _answered(self, text: str) -> Line | None:
        code = self._said(text)
        return self.found.form.line(code) if code and code != "?" and code not in self.found.rows else None

    def _cells(self, row: int, label: int, line: Line, after: str, ticked: bool) -> str:
        found, part = self.found, self.found.form.part_of(line.code)
        if part is not self.part:
            self._enter(part)
        found.rows[line.code] = row
        if not line.under:
            self.over = line.code
        if ticked or after:
            found.figures.append(Figure(line, part.columns[0], row, label, "X" if ticked else after))
        cells = {c: self.grid.value(row, c) for c in self.grid.rows[row] if c > label}
        roles = {c: self.columns.get(c, "") for c in cells}
        if self.above:  # a figure under what were notes there is not passed over
            roles = {c: "" if r in _OTHER and isinstance(cells[c], int | float) else r for c, r in roles.items()}
        unit = next((one_line(cells[c]) for c, role in roles.items() if role == "unit"), "")
        free = [c for c, role in roles.items() if role not in part.columns and role not in _OTHER]
        units = [c for c in free if isinstance(cells[c], str) and is_unit(one_line(cells[c]))]
        if units and not unit and len(cells) > len(units):
            unit = one_line(cells[units[0]])
            free.remove(units[0])
        headed = any(role in part.columns for role in self.columns.values())
        if len(free) == 1 and part.columns[0] == "value" and not headed:
            roles[free.pop()] = "value"
        found.written[line.code] = f"{self.grid.text(row, label)} {unit}".strip()
        found.headings[line.code] = self.heading
        for column, role in roles.items():
            if role in part.columns:
                own = self.units.get(column, "")
                if self.above and own and scale(own, UNITS[found.form.unit(line.code, role)][0]) is None:
                    own = ""
                own = own or ("" if found.form.columns[role].unit else unit)
                found.figures.append(Figure(line, role, row, column, cells[column], own))
            elif role == "note" and (said := _REPORTS.search(one_line(cells[column]))):
                found.reports[line.code] = int(said[1]), int(said[2])
        if free:
            cell = address(row, free[0])
            found.odd[row] = (
                f"ô {cell} “{one_line(cells[free[0]])[:40]}” không thuộc cột nào của biểu",
                f"cell {cell} “{one_line(cells[free[0]])[:40]}” is in no column of the form",
            )
            return "not_read"
        return "line"
