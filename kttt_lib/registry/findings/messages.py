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
        "“{value}” có thể đọc theo hai cách ({first} hoặc {second}); các ô khác của cột không cho biết chắc cách nào "
        "đúng.",
        "“{value}” can be read in two ways ({first} or {second}); the other cells of the column do not surely "
        "tell which is right.",
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
        "Ô chứa mã lệnh, đường dẫn hoặc ký tự không hợp lệ: “{value}”.",
        "The cell holds markup, a path or characters that are not allowed: “{value}”.",
        "Gõ lại nội dung bằng chữ thường.",
        "Type the text again in plain letters.",
    ),
    "formula": _error(
        "Ô chứa công thức “{value}” thay cho giá trị.",
        "The cell holds the formula “{value}” instead of a value.",
        "Sao chép ô rồi Dán đặc biệt > Giá trị, hoặc gõ lại giá trị.",
        "Copy the cell and paste it special as a value, or type the value.",
    ),
    "excel_error": _error(
        "Ô báo lỗi bảng tính {value}.",
        "The cell holds the spreadsheet error {value}.",
        "Sửa công thức gốc rồi dán giá trị vào ô này.",
        "Mend the formula behind it and paste the value here.",
    ),
    "date_in_text": _error(
        "Bảng tính đã đổi nội dung thành ngày tháng ({value}), nội dung gốc không còn.",
        "The spreadsheet has turned the text into a date ({value}); the original text is gone.",
        "Định dạng ô là Văn bản rồi gõ lại.",
        "Format the cell as text and type it again.",
    ),
    "legacy_font": _error(
        "“{value}” dùng bảng mã TCVN3 (phông .VnTime), không phải Unicode.",
        "“{value}” is in the TCVN3 encoding (.VnTime fonts), not in Unicode.",
        "Chuyển mã sang Unicode (UniKey > Công cụ) rồi lưu lại.",
        "Convert the text to Unicode (UniKey > Toolkit) and save again.",
    ),
    "odd_mark": _error(
        "“{value}” có dấu thập phân khác với các ô khác của cột {title}.",
        "“{value}” has another decimal mark than the other cells of {title}.",
        "Ghi dấu thập phân như các ô khác, hoặc định dạng ô là số rồi gõ lại.",
        "Write the decimal mark as in the other cells, or format the cell as a number and type it again.",
    ),
    "number_by_evidence": _warning(
        "“{value}” được đọc là {read} theo cách viết và độ lớn của các ô khác trong cột; theo cách viết Việt Nam là "
        "{usual}.",
        "“{value}” was read as {read}, as the other cells of the column are written and sized; in Vietnamese writing "
        "it is {usual}.",
        "Kiểm tra lại; định dạng cả cột là số để không còn nhầm.",
        "Check it; format the whole column as numbers so that no doubt is left.",
    ),
    "decimal_point": _warning(
        "“{value}” được đọc với dấu chấm thập phân, trong khi các cột khác của trang viết theo cách Việt Nam.",
        "“{value}” was read with a decimal point, while other columns of the sheet are in Vietnamese writing.",
        "Ghi dấu phẩy thập phân, hoặc định dạng ô là số.",
        "Write a decimal comma, or format the cell as a number.",
    ),
    "time_dropped": _warning(
        "“{value}” có cả giờ; chỉ giữ ngày.",
        "“{value}” has a time of day; only the day was kept.",
        "Chỉ ghi ngày/tháng/năm.",
        "Write the day alone.",
    ),
    "month_first": _warning(
        "“{value}” được đọc theo ngày/tháng/năm, nhưng trong cột có ô ghi tháng trước.",
        "“{value}” was read as day/month/year, but other cells of the column have the month first.",
        "Kiểm tra lại thứ tự ngày và tháng của cả cột.",
        "Check the order of day and month in the whole column.",
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

# One row among the others of its table.
ROW_RULES = {
    "duplicate_key": _error(
        "Trùng khóa ({key}) với dòng {first}.",
        "The same key ({key}) as row {first}.",
        "Sửa khóa của một trong hai dòng, hoặc chỉ giữ một dòng.",
        "Mend the key of one of the two rows, or keep only one row.",
    ),
    "key_taken": _error(
        "Khóa {key} đã có ở dòng {first} của sổ.",
        "The key {key} already belongs to row {first} of the registry.",
        "Sửa khóa của dòng này; muốn bỏ dòng thì xóa trắng các ô, giữ lại ô “Vị trí trong tệp gốc”.",
        "Mend this row's key; to drop the row, empty its cells and leave its “Place in the original”.",
    ),
    "example_id": _error(
        "Dòng này dùng mã của dòng ví dụ (“{value}”).",
        "This row has the id of the example row (“{value}”).",
        "Ghi mã thật, hoặc xóa dòng.",
        "Write the real id, or delete the row.",
    ),
    "women_exceed_members": _error(
        "Thành viên nữ ({value}) nhiều hơn tổng số thành viên ({whole}).",
        "There are more women ({value}) than members ({whole}).",
        "Kiểm tra lại hai số này.",
        "Check both figures.",
    ),
    "part_exceeds_whole": _error(
        "{title} ({value}) lớn hơn {whole_title} ({whole}).",
        "{title} ({value}) exceeds {whole_title} ({whole}).",
        "Kiểm tra lại hai số này và đơn vị tính.",
        "Check both figures and their unit.",
    ),
    "part_above_whole": _warning(
        "{title} ({value}) lớn hơn {whole_title} ({whole}).",
        "{title} ({value}) exceeds {whole_title} ({whole}).",
        "Kiểm tra lại; giữ nguyên nếu đúng.",
        "Check it; leave it when it is right.",
    ),
    "credit_fund_outside_credit": _error(
        "Quỹ tín dụng nhân dân phải thuộc lĩnh vực Tín dụng, không phải {value}.",
        "A people's credit fund belongs to the credit sector, not to {value}.",
        "Chọn lĩnh vực Tín dụng, hoặc sửa loại hình.",
        "Choose the credit sector, or mend the kind.",
    ),
    "credit_without_fund": _warning(
        "Tổ chức thuộc lĩnh vực Tín dụng nhưng loại hình là {value}.",
        "The organisation is in the credit sector but its kind is {value}.",
        "Chọn loại hình Quỹ tín dụng nhân dân, hoặc sửa lĩnh vực.",
        "Choose people's credit fund as its kind, or mend the sector.",
    ),
    "credit_change_without_fund": _warning(
        "Tổ chức có lúc thuộc lĩnh vực Tín dụng nhưng loại hình là {kind}.",
        "The organisation was at some time in the credit sector but its kind is {kind}.",
        "Sửa lĩnh vực ở dòng này, hoặc chọn loại hình Quỹ tín dụng nhân dân.",
        "Mend the sector in this row, or choose people's credit fund as its kind.",
    ),
    "subtype_outside_agriculture": _warning(
        "Loại HTX nông nghiệp ({value}) chỉ dùng cho lĩnh vực Nông nghiệp.",
        "An agricultural type ({value}) is only for the agricultural sector.",
        "Xóa ô này, hoặc sửa lĩnh vực.",
        "Clear the cell, or mend the sector.",
    ),
    "dates_reversed": _error(
        "{title} ({value}) trước {earlier_title} ({earlier}).",
        "{title} ({value}) is before {earlier_title} ({earlier}).",
        "Kiểm tra lại hai ngày.",
        "Check both dates.",
    ),
    "received_before_year": _error(
        "Ngày nhận báo cáo ({value}) trước khi năm báo cáo {year} bắt đầu.",
        "The report was received ({value}) before its year {year} began.",
        "Kiểm tra lại ngày nhận và năm báo cáo.",
        "Check the day of receipt and the year of the report.",
    ),
}

# Across rows and tables.
CROSS_RULES = {
    "unknown_organisation": _error(
        "Không có tổ chức mang mã “{value}” trong bảng Tổ chức.",
        "There is no organisation with the id “{value}” in the Organisations table.",
        "Sửa mã, hoặc thêm tổ chức vào bảng Tổ chức.",
        "Mend the id, or add the organisation to the Organisations table.",
    ),
    "before_founding": _error(
        "{value} trước khi tổ chức {org_id} được thành lập ({founded}).",
        "{value} is before the organisation {org_id} was founded ({founded}).",
        "Kiểm tra lại năm hoặc ngày ở đây và Ngày thành lập.",
        "Check the year or date here and the founding date.",
    ),
    "fact_before_founding": _warning(
        "{value} trước khi tổ chức {org_id} được thành lập ({founded}).",
        "{value} is before the organisation {org_id} was founded ({founded}).",
        "Kiểm tra lại ngày ở đây và Ngày thành lập.",
        "Check the date here and the founding date.",
    ),
    "after_end": _error(
        "{value} sau khi tổ chức {org_id} đã giải thể hoặc sáp nhập ({ended}).",
        "{value} is after the organisation {org_id} was dissolved or merged ({ended}).",
        "Kiểm tra lại năm hoặc ngày ở đây và ở bảng Biến động.",
        "Check the year or date here and in the Status events table.",
    ),
    "fact_after_end": _warning(
        "{value} sau khi tổ chức {org_id} đã giải thể hoặc sáp nhập ({ended}).",
        "{value} is after the organisation {org_id} was dissolved or merged ({ended}).",
        "Kiểm tra lại ngày ở đây và ở bảng Biến động.",
        "Check the date here and in the Status events table.",
    ),
    "successor_missing": _error(
        "Sáp nhập, hợp nhất hoặc chia tách mà không ghi mã tổ chức liên quan.",
        "A merger, consolidation or split without the id of the other organisation.",
        "Điền Mã tổ chức liên quan.",
        "Fill in the related organisation id.",
    ),
    "unknown_successor": _error(
        "Không có tổ chức mang mã “{value}” để {event} {org_id}.",
        "There is no organisation with the id “{value}” for: {event} {org_id}.",
        "Sửa mã, hoặc thêm tổ chức đó vào bảng Tổ chức.",
        "Mend the id, or add that organisation to the Organisations table.",
    ),
    "own_successor": _error(
        "Tổ chức {value} không thể là tổ chức kế thừa của chính mình.",
        "The organisation {value} cannot be its own successor.",
        "Ghi mã của tổ chức kia.",
        "Write the id of the other organisation.",
    ),
    "successor_circle": _error(
        "Chuỗi sáp nhập đi vòng trở lại: {circle}.",
        "The chain of mergers goes round in a circle: {circle}.",
        "Kiểm tra lại tổ chức nào sáp nhập vào tổ chức nào.",
        "Check which organisation went into which.",
    ),
    "successor_already_ended": _warning(
        "Tổ chức tiếp nhận {value} đã giải thể hoặc sáp nhập trước đó ({ended}).",
        "The receiving organisation {value} had already been dissolved or merged ({ended}).",
        "Kiểm tra lại tổ chức tiếp nhận và các ngày.",
        "Check the receiving organisation and the dates.",
    ),
    "resumed_without_stop": _warning(
        "Tổ chức {org_id} hoạt động trở lại mà trước đó không ngừng.",
        "The organisation {org_id} resumed without having stopped.",
        "Bổ sung biến động tạm ngừng, hoặc xóa dòng này.",
        "Add the event at which it stopped, or delete this row.",
    ),
    "no_change": _error(
        "Dòng không ghi thay đổi nào: giá trị trước và sau như nhau hoặc đều để trống.",
        "The row tells of no change: the values before and after are the same, or all are empty.",
        "Ghi giá trị trước và giá trị sau ngày thay đổi, hoặc xóa dòng.",
        "Write the value before the day and the one after it, or delete the row.",
    ),
    "change_not_from_before": _error(
        "{title} là “{value}”, trong khi lần thay đổi trước (ngày {since}) đã đổi thành “{other}”.",
        "{title} is “{value}”, while the change before this one (on {since}) led to “{other}”.",
        "Sửa một trong hai dòng, hoặc bổ sung lần thay đổi còn thiếu ở giữa.",
        "Mend one of the two rows, or add the change that is missing between them.",
    ),
    "change_not_to_now": _error(
        "Lần thay đổi cuối cùng đổi thành “{value}”, trong khi bảng Tổ chức (dòng {row}) ghi “{now}”.",
        "The last change led to “{value}”, while the Organisations table (row {row}) has “{now}”.",
        "Bảng Tổ chức ghi giá trị hiện nay: sửa ô này hoặc dòng đó, hoặc bổ sung lần thay đổi còn thiếu.",
        "The Organisations table has today's value: mend this cell or that row, or add the change that is missing.",
    ),
    "change_without_day": _warning(
        "{title} đổi từ “{before}” thành “{value}” mà bảng Thay đổi địa bàn, lĩnh vực không ghi ngày đổi; các ngày "
        "trước cũng sẽ hiểu theo giá trị mới.",
        "{title} goes from “{before}” to “{value}”, and the table Changes of place and sector does not say since when; "
        "the days before are read with the new value too.",
        "Nếu là thay đổi thật, ghi ngày đổi ở bảng đó; nếu là sửa lỗi, giữ nguyên.",
        "If it did change, write the day in that table; leave it when it is a correction.",
    ),
    "area_above_successor": _warning(
        "Diện tích của HTX liên thôn ({value} ha) lớn hơn của HTX toàn xã kế thừa {successor} ({whole} ha).",
        "The inter-village HTX's area ({value} ha) exceeds its whole-commune successor's ({successor}: {whole} ha).",
        "Kiểm tra lại hai diện tích.",
        "Check both areas.",
    ),
    "looks_the_same": _warning(
        "“{value}” giống với “{other}” ({other_id}, dòng {row}) cùng loại hình, cùng xã.",
        "“{value}” looks the same as “{other}” ({other_id}, row {row}), of the same kind and commune.",
        "Nếu là một tổ chức, giữ một mã; nếu là hai, ghi tên cho rõ.",
        "If it is one organisation keep one id; if they are two, make the names distinct.",
    ),
    "founded_again": _warning(
        "“{value}” mang mã mới nhưng giống với “{other}” ({other_id}, dòng {row}) cùng loại hình, cùng xã, giải thể "
        "hoặc sáp nhập không quá một năm trước ngày thành lập.",
        "“{value}” has a new id but looks the same as “{other}” ({other_id}, row {row}), of the same kind and commune, "
        "which ended no more than a year before its founding.",
        "Nếu là một tổ chức lập lại hồ sơ, giữ một mã; nếu là tổ chức mới, giữ nguyên.",
        "If it is one organisation with new papers keep one id; leave it when it is a new one.",
    ),
    "tenfold_jump": _warning(
        "{title} là {value} năm {year}, so với {other} năm {other_year}: chênh hơn mười lần, có thể nhầm đơn vị tính.",
        "{title} is {value} in {year} against {other} in {other_year}: more than tenfold, perhaps a slip of the unit.",
        "Kiểm tra đơn vị tính ({unit}); giữ nguyên nếu đúng.",
        "Check the unit ({unit}); leave it when it is right.",
    ),
    "dependants_wait": _warning(
        "{count} dòng ở các bảng khác thuộc tổ chức này được giữ lại nhưng chưa tính, vì dòng tổ chức có lỗi.",
        "{count} rows of other tables belong to this organisation; they do not count while its row has an error.",
        "Sửa lỗi ở dòng tổ chức này.",
        "Mend the error in the organisation's row.",
    ),
    "district_spelling": _warning(
        "Huyện ghi là “{value}”, trong khi {count} dòng ghi “{usual}”; các bảng tổng hợp sẽ coi là hai huyện.",
        "The district is written “{value}” while {count} rows have “{usual}”; tables will count two districts.",
        "Ghi “{usual}” nếu là cùng một huyện; giữ nguyên nếu là huyện khác.",
        "Write “{usual}” if it is the same district; leave it when it is another.",
    ),
    "unlabelled_synthetic": _warning(
        "Mã “{value}” là của dữ liệu giả lập; cả sổ đăng ký được coi là giả lập.",
        "The id “{value}” is of synthetic data; the whole registry is treated as synthetic.",
        "Ghi synthetic: true ở phần giới thiệu, hoặc bỏ các dòng giả lập.",
        "Write synthetic: true in the about part, or take the synthetic rows out.",
    ),
    "file_may_be_cut": _warning(
        "Dòng cuối không kết thúc bằng dấu xuống dòng; tệp có thể bị cắt giữa chừng.",
        "The last line does not end with a line break; the file may have been cut off.",
        "Kiểm tra dòng cuối, hoặc gửi lại tệp.",
        "Check the last row, or send the file again.",
    ),
}

RULES: dict[str, Rule] = {**CELL_RULES, **ROW_RULES, **CROSS_RULES}
