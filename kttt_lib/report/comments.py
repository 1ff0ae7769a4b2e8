"""A reviewer's comments: a CSV sheet that the next run shows beside the numbers commented on.

Columns: place (a target's id such as T3, or the source shown under a number), comment, author, date (dd/mm/yyyy or
YYYY-MM-DD). Place and comment must be filled in. Comments are internal: public outputs leave them out.
"""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pandas as pd

from kttt_lib.days import parse_day
from kttt_lib.errors import KtttError
from kttt_lib.files import write_whole
from kttt_lib.visible import lying, named

COLUMNS = ("place", "comment", "author", "date")
LIMIT = 10_000
# More faults than this are counted and not told one by one.
_TOLD = 50

Fault = tuple[str, str]


def load_comments(path: Path | str) -> pd.DataFrame:
    """The comments (columns comment_id, place, comment, author, date as text, YYYY-MM-DD).

    Raises one KtttError that names every fault by file, row and column.
    """
    path = Path(path)
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise KtttError(f"Không có tệp ý kiến {path.name}.", f"There is no comments file {path.name}.") from None
    except (UnicodeDecodeError, OSError) as error:
        raise KtttError(
            f"{path.name}: không đọc được ({error}); lưu lại thành CSV UTF-8.",
            f"{path.name}: cannot be read ({error}); save it as CSV UTF-8.",
        ) from None
    reader = csv.DictReader(io.StringIO(text, newline=""), delimiter=_delimiter(text))
    lacking = [name for name in COLUMNS if name not in (reader.fieldnames or ())]
    if lacking:
        raise KtttError(
            f"{path.name}, dòng 1: thiếu cột {', '.join(lacking)}; cần có: {', '.join(COLUMNS)}.",
            f"{path.name}, row 1: column {', '.join(lacking)} is missing; needed: {', '.join(COLUMNS)}.",
        )
    lines: list[dict[str, str]] = []
    faults: list[Fault] = []
    for number, record in enumerate(reader, 2):
        values = {name: (record[name] or "").strip() for name in COLUMNS}
        if not any(values.values()):
            continue
        faults += _faults(path.name, number, values)
        lines.append({"comment_id": f"c{number}", **values})
    if faults:
        raise _told(path.name, faults)
    return pd.DataFrame(lines, columns=["comment_id", *COLUMNS])


def _delimiter(text: str) -> str:
    """Comma, or the semicolon that a spreadsheet in Vietnamese writes."""
    head = text.partition("\n")[0]
    return ";" if head.count(";") > head.count(",") else ","


def _faults(file: str, number: int, values: dict[str, str]) -> list[Fault]:
    """What is wrong with one comment; a good date is put down as YYYY-MM-DD."""
    vi, en = f"{file}, dòng {number}", f"{file}, row {number}"
    found: list[Fault] = [
        (f"{vi}: cột {name} còn trống.", f"{en}: column {name} is empty.")
        for name in ("place", "comment")
        if not values[name]
    ]
    for name, value in values.items():
        if letters := lying(value):
            said = named(letters)
            about_vi, about_en = (
                "có ký tự không nhìn thấy hoặc làm đảo chiều chữ",
                "characters not seen or turning text",
            )
            found.append(
                (
                    f"{vi}, cột {name}: {about_vi}: {said}; xóa đi.",
                    f"{en}, column {name}: {about_en}: {said}; delete them.",
                )
            )
    if len(values["comment"]) > LIMIT:
        found.append((f"{vi}: ý kiến dài quá {LIMIT} ký tự.", f"{en}: the comment is longer than {LIMIT} characters."))
    if values["date"]:
        try:
            values["date"] = parse_day(values["date"]).date().isoformat()
        except KtttError as error:
            found.append((f"{vi}, cột date: {error.message_vi}", f"{en}, column date: {error.message_en}"))
    return found


def _told(file: str, faults: list[Fault]) -> KtttError:
    vi, en = (list(lines) for lines in zip(*faults[:_TOLD]))
    if (more := len(faults) - _TOLD) > 0:
        vi.append(f"{file}: còn {more} lỗi nữa.")
        en.append(f"{file}: {more} more faults.")
    return KtttError("\n".join(vi), "\n".join(en))


def write_comments_sheet(path: Path | str) -> Path:
    """An empty sheet for a reviewer to fill in."""
    return write_whole(path, (",".join(COLUMNS) + "\r\n").encode("utf-8-sig"))
