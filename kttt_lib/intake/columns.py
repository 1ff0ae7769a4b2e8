"""What each column of a sheet is: by its title, else by its values; with how sure that is."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import replace
from itertools import islice

from kttt_lib.intake import coarse
from kttt_lib.intake.grid import Grid, address, folded, one_line
from kttt_lib.intake.header import Seen
from kttt_lib.intake.mapping import ASK, ColumnRule
from kttt_lib.intake.persons import of_persons
from kttt_lib.intake.rows import is_numbering
from kttt_lib.intake.seats import Seats
from kttt_lib.intake.titles import FLOWS, SURE, Guess, Title, column_of, guess, known_words
from kttt_lib.intake.units import scale
from kttt_lib.registry.cells.dates import read_date
from kttt_lib.registry.cells.words import is_blank
from kttt_lib.registry.text import fold

SAMPLES = 3
EMPTY = "cột trống / no value"
# Fields of listed words: a title that may mean one and values that all do are sure together.
CLOSED = ("kind", "sector", "grade", "status")
_NUMBER = re.compile(r"[+-]?[\d.,\s]*\d[\d.,]*")
# A title that says women and not of whom: of the members when it stands right after them.
BARE_WOMEN = ("nu", "trong do nu", "so nu")
# Titles of codes, whose figures may look like a telephone's; and of those that are a person's.
CODE = re.compile(r"\b(?:ma so|ma htx|mst|thue|giay chung nhan|gcn|giay cn|dang ky|dk\w*)\b")
IDENTITY = re.compile(r"\b(?:dinh danh|ca nhan|cccd|cmnd|can cuoc)\b")


def columns_of(seen: Seen, seats: Seats) -> dict[int, ColumnRule]:
    """A rule proposed for each column with a title or a value."""
    grid, found = seen.grid, {}
    guesses = {column: guess(title) for column, title in seen.titles.items()}
    for column, title in seen.titles.items():
        left, beside = guesses.get(column - 1, Guess()), seen.titles.get(column - 1, Title(()))
        bare = title.parts[-1:] and title.parts[-1] in BARE_WOMEN
        if bare and left.field == "members" and title.parts[:-1] in ((), beside.parts[:-1]):
            guesses[column] = Guess("women", 0.9)
    names = [column for column, one in guesses.items() if one.field == "name"]
    name = max(names, key=lambda column: guesses[column].confidence)
    rows = [
        row for row in grid.rows if row > seen.header[1] and grid.text(row, name) and not is_numbering(grid.texts(row))
    ]
    for column in range(1, grid.width + 1):
        values = [grid.cells[row, column] for row in rows if (row, column) in grid.cells]
        title = seen.titles.get(column, Title(()))
        if not values and column not in seen.given:
            continue
        found[column] = _rule(
            grid, column, seen.given.get(column, ""), title, guesses.get(column, Guess()), values, seats
        )
    _only_one(found, seen)
    return found


def _rule(
    grid: Grid, column: int, given: str, title: Title, one: Guess, values: list[object], seats: Seats
) -> ColumnRule:
    samples = [text[:40] for text in islice(dict.fromkeys(map(one_line, values)), SAMPLES)]
    said = ColumnRule(take="no", title=given, at=address(1, column)[:-1], samples=samples)
    if not values:
        said.why = EMPTY
        said.field = one.field
        return said
    if one.field == "person":
        said.field, said.why = "person", "thông tin cá nhân, không đưa vào sổ / personal data, not taken"
        said.samples = []  # the mapping is kept and sent about
        return said
    if one.field == "none" and one.confidence < SURE:
        one = Guess()
    if one.field == "none":
        said.why = "sổ không có cột cho số liệu này, không lấy / the registry has no column for it, not taken"
        return said
    coded = CODE.search(fold(given)) and not IDENTITY.search(fold(given))  # 0700123456 is a tax code of Hà Nam
    if one.field not in ("name", "org_id", "commune", "district") and not coded and of_persons(map(one_line, values)):
        said.samples = []
        if not one.field:
            said.field, said.why = (
                "person",
                "giá trị là thông tin cá nhân, không lấy / the values are personal, not taken",
            )
            return said
    by_values = _by_values(values, seats)
    agree = _agreement(one.field, values) if one.field and not one.mark else 1.0
    if not agree:
        one = Guess()  # whatever its title is like
    elif agree < 0.6:
        said.why = f"chỉ {agree:.0%} giá trị hợp với cột này / only {agree:.0%} of the values fit"
        one = replace(one, confidence=one.confidence * 0.5)
    elif one.confidence >= 0.6 and one.field == by_values.field and one.field in CLOSED:
        one = replace(one, confidence=max(one.confidence, 0.9))  # the title may mean it, and every value does
    if one.confidence < 0.6 and by_values.confidence > one.confidence:
        one, said.why = by_values, "theo các giá trị / by the values"
    filled = [value for value in values if not is_blank(one_line(value), False)]
    if not one.field and not any(_is_number(value, "") for value in filled):
        said.why = "cột chữ không rõ là gì, không lấy / text of which it is not known what it is, not taken"
        return said
    if one.field in ("note",):
        one = replace(one, confidence=1.0)
    said.field, said.mark, said.confidence = one.field, one.mark, round(100 * one.confidence)
    said.take = "yes" if one.confidence >= SURE else ASK
    if title.odd:
        said.why = f"còn ghi: {title.odd} / it also says: {title.odd}"
    if title.month and one.field in FLOWS:
        said.why = "số của một phần năm / of a part of the year"
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
        fits = [bool(re.fullmatch(r"(19|20)\d\d", one_line(value))) for value in values]
    elif column is None:
        return 1.0
    elif column.kind in ("integer", "number"):
        said = [value for value in values if not is_blank(one_line(value), False)]
        said = said if column.minimum is not None else list(map(coarse.loss_of, said))
        fits = [_is_number(value, column.unit) for value in said] or [True]
    elif column.kind == "date":
        fits = [_is_day(value) for value in values]
    elif column.choices:
        known = known_words(name)
        fits = [folded(value) in known for value in values]
        return 1.0 if sum(fits) >= len(fits) / 2 else sum(fits) / len(fits)
    elif name == "org_id":
        texts = [text for text in map(one_line, values) if not is_blank(text, False)]
        if not texts:
            return 0
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


def _by_values(values: list[object], seats: Seats) -> Guess:
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
    names = {one_line(value) for value in values}
    for level in ("commune", "district"):
        if len(names) > 1 and sum(seats.listed(name, level) for name in names) >= 0.8 * len(names):
            return Guess(level, 0.7)
    return Guess()
