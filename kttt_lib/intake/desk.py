"""A desk for taking lists in step by step: what was handed over, what is to be said of it, what came of it.

It knows no widget and no page: what shows it asks for ``entries`` and gives ``answer`` their values. Whatever is handed
over is untrusted: its name is only ever shown, its bytes lie under a number in a folder of the desk's own.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from kttt_lib.errors import KtttError
from kttt_lib.intake.grid import Grid, address, halves, read_grids
from kttt_lib.intake.mapping import ASK, AUTO, ColumnRule, Layout, SheetRule, mapping_text, read_mapping
from kttt_lib.intake.mapping import Mapping as Rules
from kttt_lib.intake.proposal import Seen, look, places_of, propose, rows_of, rule_for
from kttt_lib.intake.taking import Taken, take
from kttt_lib.intake.titles import column_of, field_titles, fields, schema_column
from kttt_lib.intake.units import scale
from kttt_lib.intake.writing import put, update, write
from kttt_lib.rating import load_form
from kttt_lib.registry import Registry, read_registry
from kttt_lib.registry.sources.limits import MOST_FILES, MOST_UPLOAD
from kttt_lib.visible import without_hidden

LISTS = (".xlsx", ".xlsm", ".xls", ".xlsb", ".ods", ".csv", ".txt", ".tsv")
MAPPINGS = (".yaml", ".yml")
REGISTRY, MAPPING = "registry.xlsx", "mapping.yaml"
LONGEST_NAME = 120
PREVIEWED = 4
UNITS = (
    "đồng", "nghìn đồng", "triệu đồng", "tỷ đồng", "đồng/người/tháng", "nghìn đồng/người/tháng",
    "triệu đồng/người/tháng", "đồng/người/năm", "nghìn đồng/người/năm", "triệu đồng/người/năm", "m2", "1000 m2", "ha",
)  # fmt: skip
YES_NO = {"yes": ("có", "yes"), "no": ("không", "no")}
NO_COLUMN = ("(không lấy cột này)", "(not taken)")
NO_LINE = ("(không lấy dòng này)", "(not taken)")
UNSAID = ("(cần trả lời)", "(to be answered)")
Both = tuple[str, str]


@dataclass(frozen=True)
class Entry:
    """Something of the mapping to choose or to fill in; texts are Vietnamese and English.

    ``options``: what may be chosen, value -> text; without any it is filled in. ``value`` is ``?`` where nothing can be
    taken in before it is answered.
    """

    key: str
    group: str
    label: Both
    value: str
    options: dict[str, Both] = field(default_factory=dict)
    note: Both = ("", "")
    put: Callable[[str], None] = field(default=lambda value: None, repr=False, compare=False)

    @property
    def open(self) -> bool:
        """Whether nothing can be taken in before this is answered."""
        return self.value == ASK


@dataclass(frozen=True)
class Preview:
    """The first rows of a sheet under its titles. ``columns``: letter, title, what it is taken as, how sure (%)."""

    name: str
    columns: list[tuple[str, str, Both, int | None]]
    rows: list[tuple[int, list[str]]]


class Desk:
    """One person's lists on their way into a registry; its files lie in ``folder``, which is its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.rules = Rules()
        self.files: dict[str, Path] = {}
        self.grids: list[Grid] = []
        self.old: str = ""
        self.taken: Taken | None = None
        self._number = 0

    # What is handed over.

    def receive(self, given: Iterable[tuple[str, bytes]]) -> list[str]:
        """Take lists (and a mapping of an earlier year); returns their names as they are shown.

        A list of a name that is there already takes its place. KtttError for what is neither, is too large or cannot
        be read; those before it are taken then.
        """
        names = []
        try:
            for name, data in given:
                names.append(self._receive(shown_name(name), data))
        finally:
            self.rules = propose(self.grids, self.rules)
        return names

    def _receive(self, shown: str, data: bytes) -> str:
        suffix = Path(shown).suffix.lower()
        path = self._keep(shown, suffix, data, (*LISTS, *MAPPINGS))
        if suffix in MAPPINGS:
            self.rules = self._of(path, shown, lambda: read_mapping(path))
        else:
            grids = self._of(path, shown, lambda: read_grids(path))
            self._forget(shown)
            self.files[shown] = path
            for grid in grids:
                grid.file = shown
            self.grids += grids
        self.taken = None
        return shown

    def receive_registry(self, name: str, data: bytes) -> None:
        """Take the registry (a workbook) that the lists go into: it is copied, never changed."""
        shown = shown_name(name)
        path = self._keep(shown, Path(shown).suffix.lower(), data, (".xlsx",))
        self._of(path, shown, lambda: read_registry(path))
        self.old, self.taken = path.name, None

    def keep(self, name: str, data: bytes, suffixes: tuple[str, ...]) -> Path:
        """Keep a file of another kind; returns where it lies."""
        shown = shown_name(name)
        return self._keep(shown, Path(shown).suffix.lower(), data, suffixes)

    def clear(self) -> None:
        """Forget everything and remove every file."""
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.__init__(self.folder)  # type: ignore[misc]

    def _keep(self, shown: str, suffix: str, data: bytes, suffixes: tuple[str, ...]) -> Path:
        if suffix not in suffixes:
            kinds = " ".join(suffixes)
            raise KtttError(
                f"“{shown}”: loại tệp này không nhận; chỉ nhận {kinds}.", f"“{shown}”: only {kinds} can be taken."
            )
        kept = sum(path.stat().st_size for path in self.folder.glob("tep-*"))
        if kept + len(data) > MOST_UPLOAD or self._number >= MOST_FILES * 10 or len(self.files) >= MOST_FILES:
            most = MOST_UPLOAD >> 20
            raise KtttError(
                f"“{shown}”: tất cả tệp cùng nhau quá {most} MB hoặc quá {MOST_FILES} tệp. Chia nhỏ, hoặc dùng lệnh "
                "kttt intake.",
                f"“{shown}”: together over {most} MB or {MOST_FILES} files. Use the command kttt intake.",
            )
        self._number += 1
        path = self.folder / f"tep-{self._number:04d}{suffix}"
        path.write_bytes(data)
        return path

    @staticmethod
    def _of(path: Path, shown: str, read: Callable[[], Any]) -> Any:
        """What is read of a file; errors name it as its owner does."""
        try:
            return read()
        except KtttError as error:
            path.unlink(missing_ok=True)
            texts = (error.message_vi, error.message_en)
            raise KtttError(*(text.replace(str(path), shown).replace(path.name, shown) for text in texts)) from None

    def _forget(self, shown: str) -> None:
        """Another version of a list is looked at anew."""
        if old := self.files.pop(shown, None):
            old.unlink(missing_ok=True)
        self.grids = [grid for grid in self.grids if grid.file != shown]
        self.rules.sheets = [rule for rule in self.rules.sheets if rule.file != shown]

    # What is to be said of it.

    def entries(self) -> list[Entry]:
        """Everything that may be said, in order; what must be is ``open``."""
        if not self.grids:
            return []
        found = [Entry("province", "sheets", ("Tỉnh", "Province"), self.rules.province, put=self._set("province"))]
        for layout in self.rules.layouts:
            for number, rule in enumerate(layout.columns):
                found += self._column(layout, number, rule)
        for number, (sheet, grids) in enumerate(self._sheets()):
            found += self._sheet(number, sheet, grids)
        for layout in self.rules.layouts:
            for name, spelled in layout.spellings.items():
                known = column_of(name)
                options = dict(known.choices) if known else {}
                for word, meant in spelled.items():
                    (vi, en), put = field_titles(name), _in_dict(spelled, word)
                    label = (f"{vi}: “{word}” nghĩa là", f"{en}: “{word}” means")
                    key = f"word|{layout.name}|{name}|{word}"
                    found.append(Entry(key, "words", label, meant, _with(options, meant), put=put))
        for number, same in enumerate(self.rules.same):
            label = (f"“{same.this}” chính là {same.as_}?", f"is “{same.this}” {same.as_}?")
            put = _in_object(same, "take")
            found.append(
                Entry(f"same|{number}", "same", label, same.take, _with(YES_NO, same.take), halves(same.why), put)
            )
        return found

    def _set(self, name: str) -> Callable[[str], None]:
        return _in_object(self.rules, name)

    def _sheets(self) -> list[tuple[SheetRule, list[Grid]]]:
        """The rules of the sheets that are here."""
        found: dict[int, tuple[SheetRule, list[Grid]]] = {}
        for grid in self.grids:
            if (rule := rule_for(self.rules, grid)) is not None:
                found.setdefault(id(rule), (rule, []))[1].append(grid)
        return list(found.values())

    def _column(self, layout: Layout, number: int, rule: ColumnRule) -> Iterator[Entry]:
        more = len(self.rules.layouts) > 1
        name = f"{f'{layout.name}.' if more else ''}{rule.at} “{rule.title}”"
        value = rule.field if rule.take == "yes" else "" if rule.take == "no" else ASK
        options = {"": NO_COLUMN} | {one: field_titles(one) for one in fields()}
        samples = "; ".join(rule.samples)
        why = halves(rule.why)
        sure = "" if rule.confidence is None else f" ({rule.confidence} %)"
        guess = field_titles(rule.field) if rule.field else ("", "")
        note = (
            f"Ví dụ: {samples}."
            + (f" Có lẽ là {guess[0]}{sure}." if value == ASK and rule.field else "")
            + _dot(why[0]),
            f"Such as: {samples}."
            + (f" Maybe {guess[1]}{sure}." if value == ASK and rule.field else "")
            + _dot(why[1]),
        )
        label = (f"Cột {name}", f"Column {name}")
        key = f"column|{layout.name}|{number}"
        yield Entry(key, "columns", label, value, _with(options, value), note, _put_field(rule))
        known = column_of(rule.field) if rule.take == "yes" and rule.field else None
        if known is not None and known.unit:
            fitting = {unit: (unit, unit) for unit in UNITS if scale(unit, known.unit) is not None}
            if len(fitting) > 1:
                said = ("(như trang tính ghi)", "(as the sheet says)")
                options = _with({"": said} | fitting, rule.unit)
                label = (f"Đơn vị của cột {name}", f"Unit of column {name}")
                put = _in_object(rule, "unit")
                yield Entry(f"unit|{layout.name}|{number}", "columns", label, rule.unit, options, why, put)

    def _sheet(self, number: int, rule: SheetRule, grids: list[Grid]) -> Iterator[Entry]:
        where, why = grids[0].name, halves(rule.why)
        label = (f"Lấy trang {where}?", f"Take {where}?")
        put = _in_object(rule, "take")
        yield Entry(f"take|{number}", "sheets", label, rule.take, _with(YES_NO, rule.take), why, put)
        if rule.take == "no":
            return
        for name, vi, en in (
            ("year", "Năm của số liệu", "Year of the figures"),
            ("unit", "Đơn vị tiền", "Unit of money"),
            ("district", "Huyện", "District"),
            ("commune", "Xã, phường", "Commune or ward"),
            ("kind", "Loại hình", "Kind"),
            ("sector", "Lĩnh vực", "Sector"),
        ):
            value = str(getattr(rule, name))
            if value == AUTO:
                continue
            options: dict[str, Both] = {}
            if name == "unit":
                options = _with({unit: (unit, unit) for unit in UNITS[:4]}, value)
            elif name in ("kind", "sector"):
                options = _with(dict(schema_column(name).choices), value)
            label, put = (f"{vi}, {where}", f"{en}, {where}"), _in_object(rule, name)
            note = why if name in ("year", "unit") else ("", "")
            yield Entry(f"{name}|{number}", "sheets", label, value, options, note, put)
        for text, gives in rule.sections.items():
            label = (f"Dòng nhóm “{text}” cho biết, {where}", f"The section “{text}” says, {where}")
            note = ("district: Hoa Lư, hoặc sector: agriculture; trống: không gì", "district: Hoa Lư …; empty: nothing")
            put = _in_dict(rule.sections, text)
            yield Entry(f"section|{number}|{text}", "sheets", label, gives, {}, note, put)
        for line, unit in rule.units.items():
            label = (f"Đơn vị của “{line}”, {where}", f"Unit of “{line}”, {where}")
            options = _with({one: (one, one) for one in (UNITS[:4] if rule.form else UNITS)}, unit)
            yield Entry(f"units|{number}|{line}", "sheets", label, unit, options, why, _in_dict(rule.units, line))
        for text, code in rule.lines.items():
            label = (f"Dòng “{text}” là chỉ tiêu nào, {where}", f"Which line is “{text}”, {where}")
            options = {"": NO_LINE} | {one.code: (one.vi, one.en) for one in load_form("htx").lines}
            put = _in_dict(rule.lines, text)
            yield Entry(f"line|{number}|{text}", "sheets", label, code, _with(options, code), put=put)
        for grid in grids if self.taken is not None and self.taken.not_read else ():
            if unread := self._unread(grid, rule):
                shown = ", ".join(map(str, unread))
                label = (f"Bỏ qua dòng {shown} của {grid.name}?", f"Leave out rows {shown} of {grid.name}?")
                texts = "; ".join(" | ".join(filter(None, grid.texts(row)))[:80] for row in unread[:3])
                key = f"skip|{number}|{grid.file}|{grid.sheet}"
                put = _leave_out(rule, unread)
                yield Entry(key, "sheets", label, ASK, _with(YES_NO, ASK), (texts, texts), put)

    def _unread(self, grid: Grid, rule: SheetRule) -> list[int]:
        seen = look(grid)
        return [] if seen is None else rows_of(seen, self.rules.layout(rule.layout), rule).of("not_read")

    def answer(self, values: Mapping[str, str]) -> list[tuple[Entry, str]]:
        """Put these into the mapping, by the entries' keys; returns what cannot be a value of its entry."""
        refused = []
        for entry in self.entries():
            value = values.get(entry.key, entry.value).strip()
            if value == entry.value:
                continue
            try:
                if entry.options and value not in entry.options:
                    raise ValueError(value)
                entry.put(value)
            except ValueError:
                refused.append((entry, value))
            self.taken = None
        self.rules = propose(self.grids, self.rules)
        return refused

    # What came of it.

    def check(self) -> Taken | None:
        """What is taken in; None while something must be answered first (it may raise questions of its own)."""
        self.taken = None
        if not self.grids or self.rules.questions():
            return None
        old = self._old()
        taken = take(self.grids, self.rules, old)
        if taken.asked:
            self.rules.same += taken.asked
            return None
        self.taken = taken
        return taken

    def _old(self) -> Registry | None:
        return read_registry(self.folder / self.old) if self.old else None

    def mapping(self) -> bytes:
        """The text of ``mapping.yaml``."""
        return mapping_text(self.rules).encode()

    def registry(self) -> Path:
        """The registry, written; KtttError while rows are not understood, or where errors forbid an update."""
        if self.taken is None or self.taken.not_read:
            raise KtttError("Chưa có sổ: còn chỗ cần trả lời.", "There is no registry yet: there are open questions.")
        path = self.folder / REGISTRY
        path.unlink(missing_ok=True)
        if not self.old:
            return write(self.taken, path)
        if len(self.taken.registry.errors):
            raise KtttError(
                "Sửa các lỗi ở trang gốc rồi đưa lại tệp: sổ đã có chỉ nhận dòng không lỗi.",
                "Mend the errors in the sheets and hand them over again: the registry only takes what is right.",
            )
        shutil.copyfile(self.folder / self.old, path)
        merging = update(self.taken, read_registry(path), path)
        if not merging.empty:
            put(merging, path)
        return path

    def previews(self) -> list[Preview]:
        """The first rows of each sheet that is taken, under what each column is taken as."""
        found = []
        for rule, grids in self._sheets():
            for grid in grids if rule.take != "no" else ():
                if (seen := look(grid)) is not None and rule.layout:
                    found.append(self._preview(seen, self.rules.layout(rule.layout), rule))
        return found

    @staticmethod
    def _preview(seen: Seen, layout: Layout, rule: SheetRule) -> Preview:
        grid, places = seen.grid, places_of(layout, seen) or {}
        shown = sorted({*seen.given, *places})
        columns = []
        for column in shown:
            one = places.get(column)
            meant = NO_COLUMN if one is None or one.take == "no" else field_titles(one.field) if one.field else UNSAID
            if one is not None and one.take == ASK:
                meant = (f"{meant[0]}?", f"{meant[1]}?")
            sure = one.confidence if one is not None else None
            columns.append((address(1, column)[:-1], seen.given.get(column, ""), meant, sure))
        rows = rows_of(seen, layout, rule).organisations[:PREVIEWED] if places else []
        return Preview(grid.name, columns, [(row, [grid.text(row, column)[:60] for column in shown]) for row in rows])


def shown_name(name: str) -> str:
    """The name of a file as it may be shown: its last part, on one line, without characters that lie."""
    last = re.split(r"[/\\]", without_hidden(str(name)))[-1].strip().strip(".") or "?"
    last = re.sub(r"\s+", " ", last)
    return last if len(last) <= LONGEST_NAME else f"{last[: LONGEST_NAME - 10]}…{last[-8:]}"


def _with(options: Mapping[str, Both], value: str) -> dict[str, Both]:
    """The options, and before them what the value is where it is none of them."""
    first = {} if value in options else {value: UNSAID if value == ASK else (value, value)}
    return first | dict(options)


def _dot(text: str) -> str:
    return f" {text}." if text else ""


def _put_field(rule: ColumnRule) -> Callable[[str], None]:
    def put(value: str) -> None:
        if value == ASK:
            return
        if value and value != rule.field:
            rule.field, rule.mark, rule.confidence = value, "", None
        rule.take = "yes" if value else "no"

    return put


def _in_object(holder: Any, name: str) -> Callable[[str], None]:
    def put(value: str) -> None:
        if name == "year":
            if not re.fullmatch(r"(19|20)\d\d", value):
                raise ValueError(value)
            holder.year = int(value)
        elif value in ("", ASK) and name != "unit":
            raise ValueError(value)
        else:
            setattr(holder, name, value)

    return put


def _in_dict(holder: dict[str, str], name: str) -> Callable[[str], None]:
    def put(value: str) -> None:
        holder[name] = value

    return put


def _leave_out(rule: SheetRule, rows: list[int]) -> Callable[[str], None]:
    def put(value: str) -> None:
        if value == "yes":
            rule.skip = sorted({*rule.skip, *rows})

    return put
