"""A plan to begin with (``kttt plan new``): province, period and what the rules of those years say, filled in."""

from __future__ import annotations

import datetime as dt
import re
import string
import unicodedata
from itertools import groupby
from pathlib import Path

import yaml

from kttt_lib.errors import KtttError
from kttt_lib.plan.provinces import level
from kttt_lib.plan.units import UNITS
from kttt_lib.rating import (
    Definition,
    bodies_on,
    load_definitions,
    load_rulebooks,
    report_due,
    rulebooks_for_year,
    rules_of,
)
from kttt_lib.rating.rulebooks import InForce

_TEMPLATE = Path(__file__).with_name("new_plan.yaml")
# The last years that registries' reports may bear.
_YEARS = (1990, 2100)


def plan_skeleton(path: str | Path, province: str, period: str) -> Path:
    """Write a commented plan of ``province`` for ``period`` ("2026" or "2026:2030") to ``path``; its path.

    It passes ``plan check`` as it is: what is left to fill in is marked, each form of target has an example. Raises
    KtttError when the period is no year or years, or the file exists, is no .yaml, or cannot be written.
    """
    path = Path(path)
    text = skeleton_text(province, period)
    if path.suffix not in {".yaml", ".yml"}:
        raise KtttError(f"{path}: tên tệp phải kết thúc bằng .yaml", f"{path}: the name must end in .yaml")
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError:
        raise KtttError(
            f"{path}: tệp đã có; chọn tên khác hoặc xóa tệp cũ",
            f"{path}: already there; choose another name or delete it",
        ) from None
    except OSError as error:
        raise KtttError(
            f"{path}: không ghi được ({error.strerror})", f"{path}: cannot be written ({error.strerror})"
        ) from error
    return path


def skeleton_text(province: str, period: str) -> str:
    """The plan's text, with the rules in force in its period. Raises KtttError as ``plan_skeleton``."""
    first, last = _years(period)
    province = _one_name(province)
    start, end = dt.date(first, 1, 1), dt.date(last, 12, 31)
    many = first != last
    city = level(province) == "city"
    return string.Template(_TEMPLATE.read_text(encoding="utf-8")).substitute(
        id=f"{_slug(province)}-{first}" + (f"-{last}" if many else ""),
        province=province,
        place_vi=f"{'thành phố' if city else 'tỉnh'} {province}",
        place_en=f"{province} {'city' if city else 'province'}",
        issuer=f"UBND {'thành phố' if city else 'tỉnh'} {province}",
        time_vi=f"giai đoạn {first}–{last}" if many else f"năm {first}",
        time_en=f"for {first}–{last}" if many else f"for {first}",
        year=first,
        start=start,
        end=end,
        before=start - dt.timedelta(days=1),
        law="\n".join(f"# - {line}" for line in _law(first, last)),
        definitions="\n".join(_definitions(start, end)),
        other=_offered("effective", start, end)[-1].id,
        rulebook=[*rulebooks_for_year(first), load_rulebooks()["tt09_2017"]][-1].id,
        units=", ".join(UNITS),
    )


def _years(period: str) -> tuple[int, int]:
    match = re.fullmatch(r"\s*(\d{4})\s*(?:[:–-]\s*(\d{4})\s*)?", period)
    first, last = (int(match[1]), int(match[2] or match[1])) if match else (0, 0)
    if not _YEARS[0] <= first <= last <= _YEARS[1]:
        raise KtttError(
            f"kỳ kế hoạch {period!r} không hợp lệ; viết một năm hoặc năm đầu:năm cuối, ví dụ 2026 hoặc 2026:2030",
            f"the period {period!r} is not valid; write a year or first:last, such as 2026 or 2026:2030",
        )
    return first, last


def _one_name(province: str) -> str:
    """The bare name: "tỉnh Kon Tum" and "TP. Hồ Chí Minh" are Kon Tum and Hồ Chí Minh."""
    name = " ".join(unicodedata.normalize("NFC", province).split())
    name = re.sub(r"^(tỉnh|thành phố|tp\.?)\s+", "", name, flags=re.IGNORECASE)
    if not re.fullmatch(r"[^\W\d_]+([ '’-]+[^\W\d_]+)*", name) or not _slug(name) or yaml.safe_load(name) != name:
        raise KtttError(f"tên tỉnh, thành phố {province!r} không hợp lệ", f"{province!r} is no name of a province")
    return name


def _slug(name: str) -> str:
    plain = unicodedata.normalize("NFD", name.casefold().replace("đ", "d"))
    return "-".join(re.findall(r"[a-z0-9]+", "".join(c for c in plain if not unicodedata.combining(c))))


def _law(first: int, last: int) -> list[str]:
    """What is in force in those years: laws, the circulars that grade each year, and when annual reports are due."""
    ends = [dt.date(first, 1, 1), dt.date(last, 12, 31)]
    lines = [
        f"{book.title_vi} / {book.title_en}{_part(book.in_force, *ends)}"
        for book in load_rulebooks().values()
        if not book.scored and any(map(book.in_force.holds, ends))
    ]
    bodies = bodies_on(ends[1])
    for vi, en, name in (
        ("đăng ký HTX tại", "HTX register with", "registrar"),
        ("báo cáo gửi", "reports go to", "ministry"),
    ):
        lines.append(f"{ends[1]:%d/%m/%Y}: {vi} {bodies[name].vi} / {en}: {bodies[name].en}")
    for told, alike in groupby(range(first, last + 1), _graded):
        years = list(alike)
        lines.append(f"{years[0]}" + (f"–{years[-1]}" if len(years) > 1 else "") + f": {told}")
    return lines


def _part(force: InForce, first: dt.date, last: dt.date) -> str:
    """From or until when, where that is within the period."""
    said = [f"từ / from {force.start:%d/%m/%Y}"] if force.start > first else []
    said += [f"đến / until {force.to:%d/%m/%Y}"] if force.to is not None and force.to < last else []
    return f" ({', '.join(said)})" if said else ""


def _graded(year: int) -> str:
    books = rulebooks_for_year(year)
    rated = [
        f"{book.id} ({book.title_vi})"
        + (", hiệu lực chưa chắc / force uncertain" if book.in_force.doubted(book.due.day_for(year)) else "")
        for book in books
    ]
    none = "chưa có văn bản nào / none in force"
    told = f"xếp loại theo / graded under: {', '.join(rated) or none}"
    if books and not any("non_agriculture" in book.applies_to.sectors for book in books):
        told += "; HTX phi nông nghiệp, LHHTX: không văn bản nào / HTX outside agriculture, unions: none"
    return f"{told}; báo cáo năm hạn ngày / annual report due on {report_due(year):%d/%m}"


def _definitions(start: dt.date, end: dt.date) -> list[str]:
    """The chosen rule of each word, and the others as comments with their titles."""
    lines = []
    for concept in ("effective", "new_model", "ceased"):
        known = _offered(concept, start, end)
        chosen = _of_the_law(known, start) or known[0]
        lines += [f"  # {rule.id}: {rule.title_vi} / {rule.title_en}" for rule in known]
        lines.append(f"  {concept}: {chosen.id}")
    return lines


def _offered(concept: str, start: dt.date, end: dt.date) -> list[Definition]:
    return [rule for rule in map(load_definitions().get, rules_of(concept)) if rule and rule.offered(start, end)]


def _of_the_law(rules: list[Definition], start: dt.date) -> Definition | None:
    """The rule that a law in force on the first day gives for the word: it bears the law's name and its first day."""
    for rule in rules:
        book = load_rulebooks().get(rule.id.partition(".")[2])
        if rule.in_force_from is not None and book is not None and book.in_force.holds(start):
            return rule
    return None
