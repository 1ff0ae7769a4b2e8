"""Every rule of checking, with its severity, its message and its mend, in both languages.

An error keeps the row out; a warning never does. ``{value}`` is the value found, ``{title}`` the column's title.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Rule:
    """Words of one rule; the placeholders are filled for each finding."""

    severity: Literal["error", "warning"]
    message_vi: str
    message_en: str
    mend_vi: str
    mend_en: str


def _error(message_vi: str, message_en: str, mend_vi: str, mend_en: str) -> Rule:
    return Rule("error", message_vi, message_en, mend_vi, mend_en)


def _warning(message_vi: str, message_en: str, mend_vi: str, mend_en: str) -> Rule:
    return Rule("warning", message_vi, message_en, mend_vi, mend_en)


# One cell at a time.
CELL_RULES = {
    "missing_value": _error(
        "Thiếu giá trị bắt buộc ở cột {title}.",
        "The required value of {title} is missing.",
        "Điền giá trị cho ô này.",
        "Fill in this cell.",
    ),
    "not_a_number": _error(
        "“{value}” không phải là số.",
        "“{value}” is not a number.",
        "Chỉ ghi số, không ghi chữ hay đơn vị; để trống nếu không có số liệu.",
        "Write the number alone, without words or unit; leave the cell empty when there is no figure.",
    ),
    "ambiguous_number": _error(
        "“{value}” có thể đọc theo hai cách ({first} hoặc {second}) và cả cột không cho biết cách nào đúng.",
        "“{value}” can be read in two ways ({first} or {second}) and the column does not tell which is right.",
        "Ghi lại không dùng dấu ngăn cách hàng nghìn, hoặc định dạng ô là số.",
        "Write it without a thousands separator, or format the cell as a number.",
    ),
    "not_an_integer": _error(
        "“{value}” không phải là số nguyên.",
        "“{value}” is not a whole number.",
        "Ghi số nguyên.",
        "Write a whole number.",
    ),
    "not_a_date": _error(
        "“{value}” không phải là ngày hợp lệ.",
        "“{value}” is not a valid date.",
        "Ghi đủ ngày/tháng/năm, ví dụ 31/12/2020.",
        "Write day/month/year in full, for example 31/12/2020.",
    ),
    "short_year": _error(
        "“{value}” ghi năm có hai chữ số nên không rõ thế kỷ.",
        "“{value}” has a two-digit year, so the century is not clear.",
        "Ghi năm đủ bốn chữ số, ví dụ 31/12/2020.",
        "Write the year with four digits, for example 31/12/2020.",
    ),
    "not_a_boolean": _error(
        "“{value}” không phải là Có hoặc Không.",
        "“{value}” is neither yes nor no.",
        "Chọn Có hoặc Không; để trống nếu chưa rõ.",
        "Choose yes or no; leave the cell empty when not known.",
    ),
    "not_in_list": _error(
        "“{value}” không có trong danh mục của cột {title}.",
        "“{value}” is not in the closed list of {title}.",
        "Chọn một trong: {choices}.",
        "Choose one of: {choices}.",
    ),
    "out_of_range": _error(
        "“{value}” nằm ngoài khoảng cho phép ({limits}).",
        "“{value}” is outside the allowed range ({limits}).",
        "Kiểm tra lại số liệu và đơn vị tính.",
        "Check the figure and its unit.",
    ),
    "unsafe_text": _error(
        "Ô chứa công thức, mã lệnh hoặc ký tự không hợp lệ: “{value}”.",
        "The cell holds a formula, markup or characters that are not allowed: “{value}”.",
        "Gõ lại nội dung bằng chữ thường, không bắt đầu bằng = hoặc @.",
        "Type the text again in plain letters, not beginning with = or @.",
    ),
    "too_long": _error(
        "Nội dung dài {length} ký tự, quá giới hạn {limit}.",
        "The text has {length} characters, over the limit of {limit}.",
        "Rút gọn nội dung.",
        "Shorten the text.",
    ),
    "row_shape": _error(
        "Dòng có {found} ô trong khi tiêu đề có {expected} cột.",
        "The row has {found} cells while the header has {expected} columns.",
        "Kiểm tra dấu ngăn cách và dấu ngoặc kép của dòng; tệp có thể bị cắt giữa chừng.",
        "Check the separators and quotes of the row; the file may have been cut off.",
    ),
}

# One row among the others of its table, and across tables.
ROW_RULES = {
    "duplicate_key": _error(
        "Trùng khóa với dòng {first}.",
        "The same key as row {first}.",
        "Giữ một dòng, xóa hoặc sửa khóa của dòng kia.",
        "Keep one of the rows; delete the other or mend its key.",
    ),
    "unknown_organisation": _error(
        "Không có tổ chức mang mã “{value}”.",
        "There is no organisation with the id “{value}”.",
        "Sửa mã, hoặc thêm tổ chức vào bảng Tổ chức.",
        "Mend the id, or add the organisation to the Organisations table.",
    ),
}

RULES: dict[str, Rule] = {**CELL_RULES, **ROW_RULES}
