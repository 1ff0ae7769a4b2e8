"""A reviewer's comments: a CSV sheet that the next run shows beside the numbers commented on.

Columns: place (a target's id such as T3, or the source shown under a number), comment, author, date (YYYY-MM-DD).
"""

from __future__ import annotations

import csv
import datetime as dt
import io
from pathlib import Path

import pandas as pd

from kttt_lib.errors import KtttError
from kttt_lib.report.files import write_whole

COLUMNS = ("place", "comment", "author", "date")
LIMIT = 10_000


def load_comments(path: Path | str) -> pd.DataFrame:
    """The comments (columns comment_id, place, comment, author, date as text); KtttError names file, row and column."""
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
    reader = csv.DictReader(io.StringIO(text, newline=""))
    lacking = [name for name in COLUMNS if name not in (reader.fieldnames or ())]
    if lacking:
        raise KtttError(
            f"{path.name}, dòng 1: thiếu cột {', '.join(lacking)}; cần có: {', '.join(COLUMNS)}.",
            f"{path.name}, row 1: column {', '.join(lacking)} is missing; needed: {', '.join(COLUMNS)}.",
        )
    lines = []
    for number, record in enumerate(reader, 2):
        values = {name: (record[name] or "").strip() for name in COLUMNS}
        if not any(values.values()):
            continue
        _check(path.name, number, values)
        lines.append({"comment_id": f"c{number}", **values})
    return pd.DataFrame(lines, columns=["comment_id", *COLUMNS])


def _check(file: str, number: int, values: dict[str, str]) -> None:
    for name in ("place", "comment"):
        if not values[name]:
            raise KtttError(
                f"{file}, dòng {number}: cột {name} còn trống.", f"{file}, row {number}: column {name} is empty."
            )
    if len(values["comment"]) > LIMIT:
        raise KtttError(
            f"{file}, dòng {number}: ý kiến dài quá {LIMIT} ký tự.",
            f"{file}, row {number}: the comment is longer than {LIMIT} characters.",
        )
    if values["date"]:
        try:
            dt.date.fromisoformat(values["date"])
        except ValueError:
            raise KtttError(
                f"{file}, dòng {number}, cột date: {values['date']!r} không phải ngày; viết YYYY-MM-DD.",
                f"{file}, row {number}, column date: {values['date']!r} is not a date; write YYYY-MM-DD.",
            ) from None


def write_comments_sheet(path: Path | str) -> Path:
    """An empty sheet for a reviewer to fill in."""
    return write_whole(path, (",".join(COLUMNS) + "\r\n").encode("utf-8-sig"))
