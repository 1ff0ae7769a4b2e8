"""The mapping of lists to the registry: a YAML that an official reads, corrects and keeps for next year."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path
from textwrap import wrap
from typing import Any, Final, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from kttt_lib.errors import KtttError
from kttt_lib.files import whole_file
from kttt_lib.intake.grid import halves
from kttt_lib.intake.titles import field_titles, fields, known_titles, words
from kttt_lib.plan.marked_yaml import read_marked

Answer = Literal["yes", "no", "?"]
ASK: Final = "?"
AUTO: Final = "auto"
UNKNOWN = (
    "chưa rõ là gì: no, hoặc field là cột nào (đầu mapping.yaml)?",
    "it is not known what this is: no, or which field (see the mapping's head)?",
)
_ANSWERS = {"yes": "yes", "no": "no", "có": "yes", "co": "yes", "không": "no", "khong": "no", "?": "?"}


class _Entry(BaseModel):
    model_config = ConfigDict(extra="forbid")

    @field_validator("take", mode="before", check_fields=False)
    @classmethod
    def _answer(cls, value: object) -> object:
        if isinstance(value, bool):
            return "yes" if value else "no"
        return _ANSWERS.get(str(value).strip().casefold(), value)


class ColumnRule(_Entry):
    """One column: whether and as what it is taken. ``mark``: the code that a cross in it stands for.

    ``unit``: as it was read or must be filled in; ``year``: of its figures when not the sheet's own (-1: the year
    before it). ``confidence`` in per cent, ``at`` and ``samples`` are for the reader.
    """

    take: Answer
    field: str = ""
    title: str
    unit: str = ""
    year: int | None = None
    mark: str = ""
    why: str = ""
    at: str = ""
    confidence: int | None = None
    samples: list[str] = Field(default_factory=list)

    @field_validator("field")
    @classmethod
    def _known(cls, value: str) -> str:
        if not value or value in fields():
            return value
        known = known_titles().get(words(value), "").rstrip("?")
        if known not in fields():
            near = ", ".join(get_close_matches(value, fields(), n=3)) or ", ".join(fields())
            raise ValueError(f"không có field “{value}” / there is no field “{value}”: {near}")
        return known

    @model_validator(mode="after")
    def _as_something(self) -> ColumnRule:
        if self.take == "yes" and not self.field:
            raise ValueError(
                f"cột “{self.title}”: ghi field là cột của sổ (org_id là mã số), hoặc keep để giữ làm cột riêng / "
                f"column “{self.title}”: field: one of the registry's (org_id: the code), or keep for one of its own"
            )
        return self


class Layout(_Entry):
    """Columns of sheets that are alike; ``spellings``: field -> word as written -> code or usual word."""

    name: str
    columns: list[ColumnRule]
    spellings: dict[str, dict[str, str]] = Field(default_factory=dict)

    @property
    def taken(self) -> list[ColumnRule]:
        """The columns that are taken."""
        return [rule for rule in self.columns if rule.take == "yes"]


class SheetRule(_Entry):
    """One sheet (``file`` and ``sheet`` may have * and ?): what it says of all of its rows.

    ``auto``: as the sheet itself says. ``skip``: rows that are left out on purpose. ``sections``: text of a section
    row -> what it gives (``district: Hoa Lư``; empty: nothing). ``form``: the official form that the sheet is
    (``data/forms``), in place of a layout; ``lines``: title of a row that is no known line of it -> code of its line
    (empty: none); ``units``: code of a line of it (``*``: every line), or title of a column of the layout -> the unit
    of its figures in this sheet, whatever sheet or form says.
    """

    take: Answer
    file: str
    sheet: str = ""
    layout: str = ""
    form: Literal["", "htx"] = ""
    lines: dict[str, str] = Field(default_factory=dict)
    units: dict[str, str] = Field(default_factory=dict)
    why: str = ""
    year: int | str = AUTO
    unit: str = AUTO
    district: str = AUTO
    commune: str = AUTO
    kind: str = AUTO
    sector: str = AUTO
    date_order: Literal["day_first", "month_first"] = "day_first"
    skip: list[int] = Field(default_factory=list)
    sections: dict[str, str] = Field(default_factory=dict)

    @field_validator("year")
    @classmethod
    def _a_year(cls, value: int | str) -> int | str:
        if isinstance(value, str) and value.strip().isdigit():
            value = int(value)
        if value in (AUTO, ASK) or (isinstance(value, int) and 1945 <= value <= 2100):
            return value
        raise ValueError(f"“{value}” không phải là năm / is no year")


class SameRule(_Entry):
    """Two that look alike: ``take: yes`` says that ``this`` is the organisation with the id ``as``."""

    take: Answer
    this: str
    as_: str = Field(alias="as")
    why: str = ""

    model_config = ConfigDict(extra="forbid", populate_by_name=True)


class Mapping(_Entry):
    """The whole of a ``mapping.yaml``; ``as_written``: cells that checking doubts and that are right."""

    version: Literal[1] = 1
    province: str = ASK
    synthetic: bool = False
    layouts: list[Layout] = Field(default_factory=list)
    sheets: list[SheetRule] = Field(default_factory=list)
    same: list[SameRule] = Field(default_factory=list)
    as_written: list[str] = Field(default_factory=list)

    @field_validator("sheets")
    @classmethod
    def _once(cls, value: list[SheetRule]) -> list[SheetRule]:
        """Two lines for one sheet must say the same: the second would not be heard."""
        for place, rule in enumerate(value):
            for other in value[:place]:
                if (rule.file, rule.sheet) == (other.file, other.sheet) and rule != other:
                    name = f"{rule.file} [{rule.sheet}]"
                    raise ValueError(f"{name} có hai dòng khác nhau, giữ một / has two lines that differ, keep one")
        return value

    def layout(self, name: str) -> Layout:
        """The layout of that name; KtttError when there is none."""
        for layout in self.layouts:
            if layout.name == name:
                return layout
        raise KtttError(
            f"Bản đồ không có layout “{name}”. Trang không có tiêu đề với cột tên tổ chức: ghi take: no, hoặc đổi tiêu "
            "đề cột ấy trong tệp thành “Tên HTX”, xóa dòng của trang ở sheets rồi chạy lại.",
            f"The mapping has no layout “{name}”. A sheet without a header that has the organisations' names: say "
            "take: no, or call that column “Tên HTX” in the file, take the sheet's line out and run again.",
        )

    def questions(self) -> list[Question]:
        """What must be filled in before anything is taken, in the order of the file."""
        found = []
        if self.province == ASK:
            found.append(Question((self, "province"), "province", "tên tỉnh", "name of the province"))
        for layout in self.layouts:
            lead = f"layouts {layout.name}, " if len(self.layouts) > 1 else ""
            for rule in layout.columns:
                if rule.take == ASK:
                    shown = ", ".join(rule.samples)
                    (vi, en), why = field_titles(rule.field), [f" {half}." if half else "" for half in halves(rule.why)]
                    known = f"đây có phải là {vi} không?" if rule.field else UNKNOWN[0]
                    known_en = f"is this {en}?" if rule.field else UNKNOWN[1]
                    found.append(
                        Question(
                            (rule, "take"),
                            f"{lead}{rule.at} “{rule.title}”",
                            f"{known}{why[0]} Ví dụ: {shown}",
                            f"{known_en}{why[1]} For example: {shown}",
                        )
                    )
                elif rule.take == "yes" and rule.unit == ASK:
                    found.append(
                        Question(
                            (rule, "unit"),
                            f"{lead}{rule.at} “{rule.title}”",
                            f"đơn vị tính? {halves(rule.why)[0]}",
                            f"in which unit? {halves(rule.why)[1]}",
                        )
                    )
            for field_, spelled in layout.spellings.items():
                for word, meant in spelled.items():
                    if meant == ASK:
                        found.append(
                            Question(
                                (spelled, word),
                                f"{lead}spellings.{field_} “{word}”",
                                f"“{word}” nghĩa là gì?",
                                f"what does “{word}” mean?",
                            )
                        )
        for sheet in self.sheets:
            where = f"{sheet.file} [{sheet.sheet}]" if sheet.sheet else sheet.file
            why_vi, why_en = halves(sheet.why)
            if sheet.take == ASK:
                found.append(
                    Question(
                        (sheet, "take"),
                        where,
                        f"có lấy trang này không? {why_vi}",
                        f"is this sheet taken? {why_en}",
                    )
                )
            if sheet.take == "no":
                continue
            for name, vi, en in (
                ("year", f"số liệu của năm nào? {why_vi}", f"which year are the figures of? {why_en}"),
                ("unit", f"tiền ghi theo đơn vị nào? {why_vi}", f"in which unit is money? {why_en}"),
                ("district", "các dòng thuộc huyện nào?", "which district are the rows of?"),
                ("commune", "các dòng thuộc xã, phường nào?", "which commune or ward are the rows of?"),
                ("kind", "loại hình của các dòng?", "what kind are the rows?"),
                ("sector", "lĩnh vực của các dòng?", "which sector are the rows of?"),
            ):
                if getattr(sheet, name) == ASK:
                    found.append(Question((sheet, name), f"{where}, {name}", vi, en))
            for text, gives in sheet.sections.items():
                if gives == ASK:
                    found.append(
                        Question(
                            (sheet.sections, text),
                            f"{where}, sections “{text}”",
                            "dòng nhóm này cho biết gì (district: …, sector: …)? Để trống nếu không có.",
                            "what does this section give (district: …, sector: …)? Empty: nothing.",
                        )
                    )
            for line, unit in sheet.units.items():
                if unit == ASK:
                    what = (f"dòng {line}", f"the line {line}") if sheet.form else (f"cột “{line}”", f"column “{line}”")
                    what = ("mọi dòng tiền", "all money") if line == "*" else what
                    vi, en = f"{what[0]} ghi theo đơn vị nào? {why_vi}", f"in which unit is {what[1]}? {why_en}"
                    found.append(Question((sheet.units, line), f"{where}, units {line}", vi, en))
            for text, code in sheet.lines.items():
                if code == ASK:
                    vi = "dòng này không có trong biểu; là chỉ tiêu nào (mã trong data/forms)? Để trống: không lấy."
                    en = "this row is no line of the form; which is it (code in data/forms)? Empty: it is left out."
                    found.append(Question((sheet.lines, text), f"{where}, lines “{text}”", vi, en))
        found += [
            Question(
                (rule, "take"),
                f"same: “{rule.this}” = {rule.as_}",
                f"có phải cùng một tổ chức không? {halves(rule.why)[0]}",
                f"is it the same organisation? {halves(rule.why)[1]}",
            )
            for rule in self.same
            if rule.take == ASK
        ]
        return found


@dataclass(frozen=True)
class Question:
    """Something to fill in: ``target`` is what holds the answer and its name there."""

    target: tuple[Any, str]
    where: str
    vi: str
    en: str
    choices: tuple[str, ...] = field(default=("yes", "no"))

    def answer(self, text: str) -> None:
        """Write the answer into the mapping; ValueError when it cannot be one."""
        holder, name = self.target
        if isinstance(holder, dict):
            holder[name] = text
            return
        if name == "year":
            if not re.fullmatch(r"(19|20)\d\d", text.strip()):
                raise ValueError(text)
            holder.year = int(text)
        elif name == "take":
            answer = _ANSWERS.get(text.strip().casefold())
            if isinstance(holder, ColumnRule) and answer is None:  # what else it is
                holder.field, answer = ColumnRule(take="no", field=text.strip(), title="").field, "yes"
            if answer not in ("yes", "no") or (answer == "yes" and getattr(holder, "field", " ") == ""):
                raise ValueError(text)
            holder.take = answer
        else:
            setattr(holder, name, text.strip())


HEAD = """\
# Bản đồ cột do `kttt intake` đề xuất. Đọc, sửa rồi chạy lại lệnh; giữ tệp này để dùng cho năm sau.
# Chỗ nào ghi '?' là cần trả lời: take: yes (có field) hoặc no; unit, year, district: điền giá trị. Sửa field nếu sai.
# Cột nhận ra với độ chắc chắn (confidence) dưới 85 % không được lấy nếu không trả lời yes.
# Proposed by `kttt intake`: read it, correct it, run the command again; keep it for next year. '?' must be answered.
"""


def _head() -> str:
    """What stands above a mapping: how to answer, and what a ``field`` may be."""
    named = ", ".join(f"{name} ({field_titles(name)[0]})" for name in fields())
    lead = "field, ghi mã hoặc tên cột như tiêu đề thường gặp (Mã số thuế, Số lao động) / a code: "
    told = wrap(lead + named, 118, break_long_words=False, break_on_hyphens=False)
    return HEAD + "".join(f"# {line}\n" for line in told)


def read_mapping(path: Path) -> Mapping:
    """The mapping of a file; KtttError that names what is wrong: an answer given twice is none."""
    marked = read_marked(path)
    if marked.problems:
        hint = ("Chỗ chưa trả lời phải ghi '?' trong dấu nháy.", "What is not yet answered is '?' in quotes.")
        texts = [
            "\n".join(getattr(one, f"text_{language}") for one in marked.problems[:5]) for language in ("vi", "en")
        ]
        raise KtttError(*(f"{text}\n{more}".replace(str(path), path.name) for text, more in zip(texts, hint)))
    try:
        return Mapping.model_validate(marked.data or {})
    except ValidationError as error:
        lines = [f"{'.'.join(map(str, one['loc']))}: {one['msg']}" for one in error.errors()[:5]]
        raise KtttError(
            f"{path.name}: có mục không hợp lệ. " + "; ".join(lines), f"{path.name}: not valid. " + "; ".join(lines)
        ) from error


def write_mapping(mapping: Mapping, path: Path) -> None:
    """Write the mapping, one line a column or sheet; the file appears whole or not at all."""
    with whole_file(path) as beside:
        beside.write_text(mapping_text(mapping), encoding="utf-8", newline="\n")


def mapping_text(mapping: Mapping) -> str:
    """The text of a ``mapping.yaml``."""
    lines = [_head() + "version: 1", f"province: {_flow(mapping.province)}"]
    if mapping.synthetic:
        lines.append("synthetic: true")
    lines.append("layouts:" if mapping.layouts else "layouts: []")
    for layout in mapping.layouts:
        lines += [f"- name: {_flow(layout.name)}", "  columns:"]
        lines += [f"  - {_flow(_said(rule))}" for rule in layout.columns]
        if layout.spellings:
            lines.append(f"  spellings: {_flow(layout.spellings)}")
    lines.append("sheets:" if mapping.sheets else "sheets: []")
    lines += [f"- {_flow(_said(sheet))}" for sheet in mapping.sheets]
    if mapping.as_written:
        lines.append(f"as_written: {_flow(mapping.as_written)}")
    if mapping.same:
        lines.append("same:")
        lines += [f"- {_flow(_said(rule))}" for rule in mapping.same]
    return "\n".join(lines) + "\n"


def _said(entry: BaseModel) -> dict[str, object]:
    given = entry.model_dump(by_alias=True, exclude_defaults=True)
    return {name: "yes" if value == "yes" and name == "take" else value for name, value in given.items()}


def _flow(value: object) -> str:
    text = yaml.safe_dump(value, allow_unicode=True, default_flow_style=True, sort_keys=False, width=10**6)
    text = text.removesuffix("\n").removesuffix("\n...").strip()
    return re.sub(r"^\{take: '(yes|no)'", r"{take: \1", text)
