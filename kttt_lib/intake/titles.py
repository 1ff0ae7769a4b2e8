"""Which field a column is: by listed titles, then by likeness, then by its values; each with its confidence."""

from __future__ import annotations

import csv
import re
import unicodedata
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import cache
from pathlib import Path

from kttt_lib.intake.grid import one_line
from kttt_lib.registry.cells.units import unit_of
from kttt_lib.registry.schema import TABLES, Column
from kttt_lib.registry.text import fold

# Below this nothing is taken without a yes.
SURE = 0.85
# Titles less alike than this are not even suggested.
ALIKE = 0.75
# What is a fact of an organisation or of its year; the other fields say how to read a row, or are not taken.
TAKEN_TABLES = ("organisations", "annual_reports")
OTHER_FIELDS = {
    "serial": ("số thứ tự", "serial number"),
    "address": ("địa chỉ gồm xã và huyện", "address with commune and district"),
    "status": ("tình trạng hoạt động", "state of operation"),
    "note": ("ghi chú", "note"),
    "person": ("thông tin cá nhân", "personal data"),
    "keep": ("cột riêng, giữ nguyên", "a column of its own, kept"),
}
SHORT = {
    "tv": "thanh vien",
    "ld": "lao dong",
    "vdl": "von dieu le",
    "ln": "loi nhuan",
    "sl": "so luong",
    "bq": "binh quan",
    "tnbq": "thu nhap binh quan",
    "ldtx": "lao dong thuong xuyen",
    "nn": "nong nghiep",
    "tsln": "ty suat loi nhuan",
    "sxkd": "san xuat kinh doanh",
    "dt": "doanh thu",
    "xl": "xep loai",
    "dk": "dang ky",
    "dkkd": "dang ky kinh doanh",
    "dkhtx": "dang ky",
    "gcn": "giay chung nhan",
    "dn": "doanh nghiep",
    "gd": "giam doc",
    "kh": "ke hoach",
}
# Letters that are short for a word only beside others: ST after profit, TX after workers.
SHORT_BESIDE = tuple(
    (re.compile(rf"\b{form}\b"), full)
    for form, full in (
        (r"(loi nhuan|lai) st", r"\1 sau thue"),
        (r"(loi nhuan|lai) tt", r"\1 truoc thue"),
        (r"lao dong (?:lam viec )?tx", "lao dong thuong xuyen"),
        (r"giay cn", "giay chung nhan"),
        (r"(thoi gian|thoi diem|ngay|nam) tl", r"\1 thanh lap"),
        (r"(tong|gia tri) ts", r"\1 tai san"),
        (r"(nganh nghe|linh vuc|trang thai|tinh trang|tinh hinh|hien trang) hd", r"\1 hoat dong"),
    )
)
# Đ is no D: ĐT is a telephone (after qua, được a training), DT a revenue or an area.
TRAINED = re.compile(r"(?<=\bqua )đt\b|(?<=\bđược )đt\b|(?<=trình độ )đt\b", re.IGNORECASE)
TELEPHONE = re.compile(r"(?<!\w)đt(?:dđ|cđ|di động)?(?!\w)", re.IGNORECASE)
FILLERS = {"cua", "cac", "htx", "tren", "dia", "ban", "hien", "co", "den", "ngay", "thoi", "diem"}
AREA = re.compile(r"\bdt (?=dat|canh tac|gieo trong|nuoi trong)")
# An income whose title says a month: ``/tháng``, ``1 tháng``; ``6 tháng`` is part of a year, ``tháng 12`` a day's.
INCOME = re.compile(r"\b(?:thu nhap|tn|tnbq|luong|tien cong)\b")
MONTH = re.compile(
    r"(?:/\s*|\b(?:mỗi|hàng|hằng|một|theo|1)\s+)?(?<!\d)(?<![02-9]\s)(?<!\d\d\s)\bth[áa]ng\b(?!\s*\d)", re.IGNORECASE
)
# What a place, a name or an id was before: the registry has today's.
FORMER = re.compile(
    r"\bcũ\b|\btrước (?:đây|(?:khi )?(?:sáp nhập|sắp xếp|hợp nhất)|(?:ngày )?\d{1,2}/\d{1,2}/\d{4})", re.IGNORECASE
)
# What figures are that are not a year's own: estimated, planned, compared, of the months so far.
NO_FACT = re.compile(r"\b(?:uoc|du kien|ke hoach|kh|so voi|tang giam|ty le|ty trong|luy ke|cung ky|dau nam|dau ky)\b")
TODAYS = ("commune", "district", "address", "name", "org_id")
# In brackets what changes nothing: (1), (nếu có), (từ 01/7/2025), the levels of an address.
HINT = re.compile(
    r"neu co|lo|\d{1,2}|(?:tu|ke tu) (?:ngay )?(?:\d{1,2} )?\d{1,2} \d{4}"
    r"|(?=.*\b(?:xa|phuong)\b)(?=.*\b(?:huyen|tinh)\b)"
    r"(?: ?\b(?:thon|xom|to|xa|phuong|thi|tran|tt|huyen|tp|thanh|pho|tx|tinh|so|nha|duong)\b)+"
)
# Titles that say nothing without the one above them.
PARTIAL = {"tong so", "tong", "nu", "so luong", "trong do nu", "cong", "nam", "khac", "ten", "xa", "huyen", "moi"}
# Titles of a group that say nothing of its columns, without fillers (Tên, địa chỉ HTX is "ten chi").
GROUPS = {"ten chi", "ten va chi", "thong tin chung", "thong tin", "thong tin co ban", "thong tin ve"}
BRACKETS = re.compile(r"[(\[]([^)\]]*)[)\]]")
# The year of a law or of a form is not that of the figures.
OF_A_LAW = re.compile(
    r"\b(?:luat|nghi dinh|thong tu|mau so|(?:tt|nd|nq|qd) (?:so )?\d{1,4})\b[^;]{0,40}?\b(?:19|20)\d\d\b"
)
YEAR = re.compile(r"(?<![\d/.])(?:nam )?((?:19|20)\d\d)(?!\d)")
# Up to which day figures go: “tính đến 30/6/2020”, “có đến hết tháng 6 năm 2020”, “số liệu ngày 01/7/2020”.
UNTIL = re.compile(
    r"\b(?:(?:so lieu )?(?:tinh |co )?(?:den|tai|thoi diem|so lieu)\b(?: het| thoi diem| ngay| cuoi)*) "
    r"(?:\d{1,2} )?(?:thang )?(\d{1,2}) (?:nam )?(?=(?:19|20)\d\d\b)"
)
DAY = re.compile(r"\b\d{1,2} \d{1,2} (?:19|20)\d\d\b")
# What is of a whole year; the other figures of a report are so on a day.
FLOWS = (
    *("revenue", "revenue_from_members", "pre_tax_profit", "post_tax_profit", "taxes_paid", "profit_to_members"),
    *("worker_income", "member_income", "new_members", "new_jobs", "members_served"),
)
WHOLE_YEAR = re.compile(rf"(?:{YEAR.pattern}|nam truoc|nam nay|nam bao cao)")
TRAILING_UNIT = re.compile(
    r"[,:;–-]?\s*((?:ĐVT:?\s*)?(?:nghìn|ngàn|triệu|tỷ|tr\.?|1[.,]?000)\s*(?:đồng|đ|vnđ)|ha|m2)\s*$", re.IGNORECASE
)


def lines(name: str) -> list[dict[str, str]]:
    """The lines of a table of this package."""
    with (Path(__file__).parent / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def table_of(field: str) -> str | None:
    """The table that a field is a column of; None for one that says how to read a row."""
    for name in TAKEN_TABLES:
        if any(column.name == field for column in TABLES[name].columns):
            return name
    return None


def column_of(field: str) -> Column | None:
    """The schema's column of a field."""
    table = table_of(field)
    return TABLES[table].column(field) if table else None


def schema_column(field: str) -> Column:
    """The schema's column of a field that is one; KeyError for one that is none."""
    return TABLES[table_of(field) or ""].column(field)


def field_titles(field: str) -> tuple[str, str]:
    """What a field is called, in Vietnamese and English."""
    column = column_of(field)
    return (column.vi, column.en) if column else OTHER_FIELDS.get(field, (field, field))


@cache
def fields() -> tuple[str, ...]:
    """Every field that a column may be."""
    known = [column.name for name in TAKEN_TABLES for column in TABLES[name].columns]
    return tuple(dict.fromkeys([*known, *OTHER_FIELDS]))


def words(text: str) -> str:
    """A title in its comparable form: folded, short forms in full, without words that say nothing."""
    text = AREA.sub("dien tich ", fold(_telephones(text)))
    text = " ".join(SHORT.get(token, token) for token in text.split())
    for form, full in SHORT_BESIDE:
        text = form.sub(full, text)
    tokens = text.split()
    kept = [token for token in tokens if token not in FILLERS]
    text = "ten htx" if kept == ["ten"] and "htx" in tokens else " ".join(kept or tokens)  # not a person's
    return text if text == "trong do nu" else text.removeprefix("trong do ")


def _telephones(text: str) -> str:
    return TELEPHONE.sub("điện thoại", TRAINED.sub("đào tạo", unicodedata.normalize("NFC", text)))


@cache
def known_titles() -> dict[str, str]:
    """Each title in its comparable form and its field; the schema's own titles come first."""
    found: dict[str, str] = {}
    for name in TAKEN_TABLES:
        for column in TABLES[name].columns:
            for title in (column.vi, column.en, column.name, *column.aliases):
                found.setdefault(words(title), column.name)
    for line in lines("titles.csv"):
        for title in line["titles"].split("; "):
            found[words(title)] = line["field"]  # with a ? where it may be another field too
    return found


@cache
def known_words(field: str) -> dict[str, str]:
    """The words of a closed list as lists have them -> code; an empty code is a word for nothing."""
    column = column_of(field)
    titles = column.choices.items() if column else ()
    found = {fold(word): code for code, both in titles for word in (code, *both)}
    return found | {
        fold(word): line["code"]
        for line in lines("words.csv")
        if line["field"] == field
        for word in line["words"].split("; ")
    }


@dataclass(frozen=True)
class Title:
    """A column's title from its header rows, top to bottom, taken apart.

    ``units``: words that say a unit of some column. ``odd``: words in brackets, or after a stroke, that say something
    else. ``monthly``: its figures are a month's. ``former``: what it names was so before. ``within``: its last part is
    only some of what stands before it. ``month``: that of the day, before a year's end, that its figures are of.
    """

    parts: tuple[str, ...]
    units: tuple[str, ...] = ()
    year: int | None = None
    before: int = 0
    odd: str = ""
    monthly: bool = False
    former: bool = False
    within: bool = False
    month: int = 0


@dataclass(frozen=True)
class Guess:
    """What a column may be: ``mark`` is the code that a cross in the column stands for."""

    field: str = ""
    confidence: float = 0.0
    mark: str = ""


def is_unit(text: str) -> bool:
    """Whether a text is a unit that figures of a list may have; ``xã`` or ``HTX`` in brackets says something else."""
    found = unit_of(text.strip())
    return found is not None and (found.kind in ("money", "area", "people", "share") or fold(text).startswith("ho"))


def month_said(text: str) -> int:
    """The month of the day, before the end of a year, up to which a text says that figures go; 0 when it says none."""
    found = UNTIL.search(fold(text))
    return int(found[1]) if found and 1 <= int(found[1]) < 12 else 0


def take_apart(parts: list[str]) -> Title:
    """A title without its units and years, and these."""
    kept, units, odd = [], [], []
    year, before, monthly, month = None, 0, False, 0
    whole = " ".join(parts)
    income, former = INCOME.search(fold(whole)), bool(FORMER.search(unicodedata.normalize("NFC", whole)))
    for part in parts:
        part = _telephones(one_line(part)).strip(" *:")
        for inside in BRACKETS.findall(part):
            if is_unit(inside):
                units.append(inside)
            elif not fold(inside) or HINT.fullmatch(fold(inside)):
                pass
            elif WHOLE_YEAR.fullmatch(fold(inside)) or UNTIL.match(fold(inside)):
                part += " " + inside
            else:
                odd.append(inside)
        part = BRACKETS.sub(" ", part)
        if found := TRAILING_UNIT.search(part):
            units.append(found[1])
            part = part[: found.start()]
        if income and MONTH.search(part):
            monthly, part = True, MONTH.sub(" ", part)
        if re.search(r"\bDT\b", part):
            kinds = {unit.kind for one in units if (unit := unit_of(one.strip()))}
            part = re.sub(r"\bDT\b", "diện tích", part) if "area" in kinds else part
            odd += [] if kinds or AREA.search(fold(part)) else ["DT: doanh thu hay diện tích?"]
        part, others = _either(part)
        odd += others
        plain = OF_A_LAW.sub(" ", fold(part))
        if found := YEAR.search(plain):
            month = month_said(f"den {day[0]}" if (day := DAY.search(plain)) else plain) or month
            year, plain = int(found[1]), UNTIL.sub(" ", plain)
            plain = YEAR.sub(" ", re.sub(r"\b(den )?(ngay )?(\d{1,2} )?\d{1,2} (?=20\d\d)", " ", plain))
        if "nam truoc" in plain:
            before, plain = 1, plain.replace("nam truoc", " ")
        plain = re.sub(r"\bnam (nay|bao cao)\b", " ", plain)
        if is_unit(part) and part.strip() and fold(part) not in ("d", "k", "tv", "ld", "thanh vien", "lao dong"):
            units.append(part)
            continue
        plain = words(plain) if plain.strip() else ""
        if plain and plain not in kept:
            kept.append(plain)
    said = [part for part in kept if part not in GROUPS]
    within = any(fold(part).startswith("trong do") for part in parts)
    return Title(tuple(said or kept), tuple(units), year, before, " ".join(odd), monthly, former, within, month)


def _either(part: str) -> tuple[str, list[str]]:
    """``Mã số thuế/ Số ĐKKD`` is one field under two titles: the first, and what is no title of it."""
    ways = [way.strip() for way in part.split("/") if fold(way)]
    if len(ways) < 2 or words(part) in known_titles():
        return part, []
    named = {way: field.rstrip("?") for way in ways if (field := known_titles().get(words(way)))}
    if len(set(named.values())) != 1:
        return part, []
    return next(iter(named)), [way for way in ways if way not in named]


def guess(title: Title) -> Guess:
    """The field that a title alone stands for."""
    found = _marked(title)
    if found.field:
        return found
    best = Guess()
    for text, weight in _readings(title):
        known = known_titles().get(text)
        if known and not best.field and weight == 1.0:
            best = _listed(known, weight)  # the whole title says more than its last part
            break
        here = _listed(known, weight) if known else _alike(text, weight)
        if here.confidence > best.confidence:
            best = here
    said = " ".join(title.parts)
    if table_of(best.field) == "annual_reports" and said not in known_titles() and NO_FACT.search(said):
        return Guess(best.field, 0.5) if best.field != "revenue_planned" else best
    if title.month and best.field in FLOWS:
        return Guess(best.field, 0.5)
    if title.former and best.field in TODAYS:
        return Guess("keep", 0.9)
    if title.odd and best.field and not words(title.odd):
        return Guess(best.field, 0.3)
    if title.odd and best.field:
        with_odd = words(f"{title.parts[-1] if title.parts else ''} {title.odd}")
        known = known_titles().get(with_odd)
        other = _alike(with_odd, 0.8)
        return _listed(known, 0.95) if known else (other if other.confidence > 0.6 else Guess(best.field, 0.3))
    return best


def _listed(field: str, weight: float) -> Guess:
    """A listed title; one that may be of several fields is only likely."""
    return Guess(field.rstrip("?"), 0.65 if field.endswith("?") else weight)


def _readings(title: Title) -> list[tuple[str, float]]:
    """Ways to read the parts of a title as one, the fullest first."""
    parts = title.parts
    if not parts:
        return []
    if title.within:  # Lao động, Tổng số, Trong đó: thành viên are no Tổng số thành viên
        parts = (*(part for part in parts[:-1] if part not in PARTIAL), parts[-1])
    alone = title.within and len(parts) == 1 and parts[0] not in PARTIAL  # of whom is not seen
    ways = [(words(" ".join(parts)), 0.65 if alone else 1.0)]
    if len(parts) > 1:
        ways += [(" ".join(parts[-2:]), 1.0), (f"{parts[0]} {parts[-1]}", 0.98)]
        if parts[-1] not in PARTIAL:
            ways += [] if title.within else [(parts[-1], 0.97)]
        elif parts[-1] in ("tong so", "tong", "so luong", "cong"):
            ways.append((" ".join(parts[:-1]), 0.95))
            ways.append((parts[-2], 0.95))
    return ways


@cache
def _matchers() -> list[tuple[str, str, SequenceMatcher]]:
    """The known titles, their words in order, with their fields and what compares others with them."""
    titles = [(" ".join(sorted(known.split())), field) for known, field in known_titles().items()]
    return [(title, field, SequenceMatcher(None, "", title, autojunk=False)) for title, field in titles]


@cache
def _alike(text: str, weight: float) -> Guess:
    tokens = " ".join(sorted(text.split()))
    best = Guess(confidence=ALIKE)
    for other, field, matcher in _matchers():
        # Sheets are wide: what its length or its letters rule out is not compared.
        if 2 * min(len(tokens), len(other)) <= best.confidence * (len(tokens) + len(other)):
            continue
        matcher.set_seq1(tokens)
        if matcher.quick_ratio() <= best.confidence:
            continue
        ratio = 1.0 if tokens == other else matcher.ratio()
        if ratio > best.confidence:
            best = Guess(field.rstrip("?"), ratio)
    # One word more or less changes what is meant (revenue, revenue from members): likeness alone is seldom sure.
    return Guess(best.field, round(best.confidence * 0.9 * weight, 3)) if best.confidence > ALIKE else Guess()


def _marked(title: Title) -> Guess:
    """A column of crosses: ``Xếp loại / Khá``."""
    if len(title.parts) < 2:
        return Guess()
    field = known_titles().get(title.parts[-2], "")
    code = known_words(field).get(title.parts[-1], "") if field in ("grade", "kind", "sector", "status") else ""
    return Guess(field, 0.97, code) if code else Guess()
