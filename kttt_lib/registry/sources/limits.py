"""Bounds on what a workbook may hold, looked at in its bytes as they unpack, before anything is built of them."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from typing import IO

from kttt_lib.errors import KtttError

# A sheet of a whole province has a few thousand rows, of at most thirty columns.
MOST_ROWS = 300_000
MOST_COLUMNS = 500
LAST_EXCEL_ROW = 1_048_576
EXCEL_COLUMNS = 16_384
MOST_CELLS = 8_000_000
MOST_STRINGS = 2_000_000
# Cells and strings that take less room than this, packed, say next to nothing: so many of them are an attack.
LEAST_PACKED = 1 << 20
MOST_OF_LITTLE = 1_000_000
LONGEST_RUN = 1 << 23  # bytes without a tag
# What a page may be handed: all files of it together. A province's lists are a few megabytes.
MOST_UPLOAD = 1 << 25
MOST_FILES = 40
BLOCK = 1 << 20
_ENDS = (b" ", b">", b"/", b"\n", b"\t", b"\r")

Row = tuple[int, dict[int, object]]


def bound_part(archive: zipfile.ZipFile, part: zipfile.ZipInfo, file: str) -> None:
    """KtttError where a sheet or the shared strings hold more than a registry can; the part is only counted."""
    if not re.fullmatch(r"xl/(worksheets/[^/]+|sharedStrings)\.xml", part.filename):
        return
    little = part.compress_size < LEAST_PACKED
    with archive.open(part) as stream:
        if part.filename.startswith("xl/worksheets/"):
            _bound_sheet(stream, file, part.filename, MOST_OF_LITTLE if little else MOST_CELLS)
        else:
            _bound_strings(stream, file, part.filename, MOST_OF_LITTLE // 2 if little else MOST_STRINGS)


def _bound_sheet(stream: IO[bytes], file: str, part: str, most: int) -> None:
    row = cells = in_row = 0
    for text, prefix in _runs(stream, file, part):
        first, *others = re.split(rb"<" + prefix + rb"row(?=[\s/>])", text)
        for place, piece in enumerate((first, *others)):
            count = _tags(piece, prefix + b"c")
            if place:
                said = re.match(rb"[^>]{0,200}?\sr=[\"'](\d+)", piece)
                row, in_row = int(said[1]) if said else row + 1, 0
            in_row, cells = in_row + count, cells + count
            if in_row > EXCEL_COLUMNS:
                raise _over(file, part, f"dòng {row}: hơn {EXCEL_COLUMNS} ô", f"row {row}: over {EXCEL_COLUMNS} cells")
        if cells > most:
            raise _over(file, part, f"hơn {most} ô", f"over {most} cells")


def _bound_strings(stream: IO[bytes], file: str, part: str, most: int) -> None:
    strings = 0
    for text, prefix in _runs(stream, file, part):
        strings += _tags(text, prefix + b"si")
        if strings > most:
            raise _over(file, part, f"hơn {most} chuỗi dùng chung", f"over {most} shared strings")


def _runs(stream: IO[bytes], file: str, part: str) -> Iterator[tuple[bytes, bytes]]:
    """The bytes in pieces that end before a tag, with the prefix of the sheet's own tags (mostly none)."""
    prefix, rest = None, b""
    while block := stream.read(BLOCK):
        rest += block
        if prefix is None:
            root = re.search(rb"<(\w+:)?(?:worksheet|sst)[\s/>]", rest)
            prefix = (root[1] or b"") if root else None
        at = rest.rfind(b"<")
        if at > 0:
            yield rest[:at], prefix or b""
            rest = rest[at:]
        if len(rest) > LONGEST_RUN:
            raise _over(file, part, f"một ô hơn {LONGEST_RUN} byte", f"a cell of over {LONGEST_RUN} bytes")
    yield rest, prefix or b""


def _tags(text: bytes, name: bytes) -> int:
    return sum(text.count(b"<" + name + end) for end in _ENDS)


def _over(file: str, part: str, vi: str, en: str) -> KtttError:
    return KtttError(
        f"{file}, phần {part}: {vi}, lớn bất thường; không mở. Bỏ các ô trống có định dạng ở cuối trang, hoặc gửi "
        "dạng CSV.",
        f"{file}, part {part}: {en}, which is out of all proportion; not opened. Take out the formatted empty cells at "
        "the sheet's end, or send CSV.",
    )


def bounded(rows: Iterator[Row], file: str, sheet: str) -> Iterator[Row]:
    """The rows of a sheet; KtttError at one that is too many, too wide or at Excel's very last."""
    for count, (number, values) in enumerate(rows, start=1):
        if count > MOST_ROWS or number >= LAST_EXCEL_ROW:
            raise KtttError(
                f"{file}, trang {sheet}: quá {MOST_ROWS} dòng hoặc đầy trang tính, số liệu có thể bị cắt mất. "
                "Gửi dạng CSV, Parquet hoặc cơ sở dữ liệu.",
                f"{file}, sheet {sheet}: over {MOST_ROWS} rows or filled to the last row, so rows may have been lost. "
                "Send CSV, Parquet or a database.",
            )
        width = max(values)
        if width > MOST_COLUMNS:
            raise KtttError(
                f"{file}, trang {sheet}, dòng {number}: {width} cột, quá giới hạn {MOST_COLUMNS}. "
                "Xóa ô ở quá xa về bên phải.",
                f"{file}, sheet {sheet}, row {number}: {width} columns, over the limit of {MOST_COLUMNS}. "
                "Delete the cells too far to the right.",
            )
        yield number, values
