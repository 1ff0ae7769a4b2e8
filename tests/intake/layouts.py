"""Lists in layouts that provinces really use, made from one invented truth. No person and no organisation is real."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import openpyxl
import pandas as pd
import xlsxwriter
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter

MADE_UP = "(dữ liệu giả lập)"
DISTRICTS = {
    "Hoa Lư": ("Ninh Giang", "Trường Yên"),
    "Yên Khánh": ("Khánh Nhạc", "Khánh Trung"),
    "Gia Viễn": ("Gia Sinh",),
}
FIRST = (
    "Đại Phong",
    "Tiền Lộc",
    "Thượng Cát",
    "Bình An",
    "Phú Cường",
    "Vạn Thắng",
    "Hồng Quang",
    "Minh Tân",
    "Quyết Tiến",
    "Đoàn Kết",
    "Tân Lập",
    "Yên Sơn",
)
GRADES = {"tot": "Tốt", "kha": "Khá", "trung_binh": "Trung bình", "yeu": "Yếu"}
YEARS = (2017, 2018, 2019)


def truth() -> pd.DataFrame:
    """Twelve organisations with three years each: money in million VND, as the registry has it."""
    lines = []
    places = [(district, commune) for district, communes in DISTRICTS.items() for commune in communes]
    for number, name in enumerate(FIRST):
        district, commune = sorted(places)[number * len(places) // len(FIRST)]
        farm = number % 4 != 3
        line = {
            "org_id": f"27{number:02d}450{number * 7 % 10}1{number % 7}",
            "name": f"HTX {'nông nghiệp' if farm else 'vận tải'} {name}",
            "kind": "htx",
            "sector": "agriculture" if farm else "non_agriculture",
            "commune": commune,
            "district": district,
            "founded_on": dt.date(1998 + number, 1 + number % 12, 3 + 2 * number),
            "workers": 6 + number,
            "grade": list(GRADES)[number % 4],
            "charter_capital": 500.0 + 35.5 * number,
            "worker_income": 36.0 + 1.2 * number,
            "area_ha": 80.5 + 3 * number,
        }
        for year in YEARS:
            step = year - YEARS[0]
            line |= {
                f"members_{year}": 60 + 11 * number + step,
                f"women_{year}": 25 + 4 * number + step,
                f"revenue_{year}": round(1200.5 + 180.25 * number + 33.5 * step, 3),
                f"post_tax_profit_{year}": round(40.2 + 6.1 * number + 2.3 * step, 3),
            }
        lines.append(line)
    return pd.DataFrame(lines)


TRUTH = truth()


@dataclass
class Made:
    """Files of a layout, the questions that a person must answer (words of the question -> answer), and the truth.

    ``organisations``, ``reports``: the columns that the layout can tell, by ``org_id`` and year.
    """

    files: list[Path]
    organisations: pd.DataFrame
    reports: pd.DataFrame
    answers: dict[str, str] = field(default_factory=dict)
    events: list[tuple[str, str, str, str]] = field(default_factory=list)


def facts(
    people: pd.DataFrame, organisation: list[str], yearly: list[str], years=(2019,)
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The tables that a list with these columns says."""
    reports = pd.concat(
        [
            pd.DataFrame(
                {"org_id": people["org_id"], "year": year}
                | {name: people[f"{name}_{year}" if f"{name}_{year}" in people else name] for name in yearly}
            )
            for year in years
        ],
        ignore_index=True,
    )
    return people[["org_id", *organisation]], reports


ORGANISATION = ["name", "kind", "sector", "commune", "district", "founded_on"]


def without_codes(people: pd.DataFrame) -> pd.DataFrame:
    """The truth with the ids that names and communes make."""
    from kttt_lib.intake.identity import made_id

    ids = [
        made_id(row.name_, row.commune, row.district) for row in people.rename(columns={"name": "name_"}).itertuples()
    ]
    return people.assign(org_id=ids)


def write_book(folder: Path, name: str, sheets: dict[str, list[list[object]]], merges=(), formats=None) -> Path:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for title, rows in sheets.items():
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(row)
        for area in merges:
            sheet.merge_cells(area)
        for column, form in (formats or {}).items():
            for cell in sheet[column]:
                if isinstance(cell.value, int | float):
                    cell.number_format = form
        sheet["A1"].font = Font(bold=True)
        sheet["A1"].alignment = Alignment(horizontal="center")
    path = folder / name
    book.save(path)
    return path


def district_list(folder: Path) -> Made:
    """One district's sheet: title rows, ĐVT in a corner, a total, signatures."""
    people = TRUTH[TRUTH["district"] == "Yên Khánh"]
    rows = [
        ["UBND HUYỆN YÊN KHÁNH"],
        ["PHÒNG NÔNG NGHIỆP VÀ PTNT"],
        [f"DANH SÁCH HỢP TÁC XÃ TRÊN ĐỊA BÀN HUYỆN YÊN KHÁNH, TỈNH NINH BÌNH NĂM 2019 {MADE_UP}"],
        ["(Kèm theo Báo cáo số 12/BC-NN ngày 15/01/2020)"],
        [None] * 7 + ["ĐVT: 1.000 đồng"],
        [
            "TT",
            "Tên HTX",
            "Ngày thành lập",
            "Mã số thuế",
            "Xã",
            "Vốn điều lệ",
            "Số thành viên",
            "Doanh thu",
            "LN sau thuế",
            "Ghi chú",
        ],
    ]
    for number, row in enumerate(people.itertuples(), start=1):
        rows.append(
            [
                number,
                row.name,
                row.founded_on,
                row.org_id,
                f"Xã {row.commune}",
                row.charter_capital * 1000,
                row.members_2019,
                row.revenue_2019 * 1000,
                row.post_tax_profit_2019 * 1000,
                None,
            ]
        )
    rows.append(
        [
            "",
            "Tổng cộng",
            None,
            None,
            None,
            people["charter_capital"].sum() * 1000,
            people["members_2019"].sum(),
            people["revenue_2019"].sum() * 1000,
            people["post_tax_profit_2019"].sum() * 1000,
        ]
    )
    rows += [
        [],
        [None, "Người lập biểu", None, None, None, None, "Yên Khánh, ngày 15 tháng 01 năm 2020"],
        [None, None, None, None, None, None, "KT. TRƯỞNG PHÒNG"],
    ]
    organisations, reports = facts(people, ORGANISATION, ["charter_capital", "members", "revenue", "post_tax_profit"])
    return Made([write_book(folder, "DS HTX Yen Khanh 2019.xlsx", {"Sheet1": rows})], organisations, reports)


def alliance_list(folder: Path) -> Made:
    """The alliance's list of a province: sections with subtotals carry the district, columns are numbered, in đồng."""
    head = [
        "STT",
        "Tên đơn vị",
        "Số ĐKKD",
        "Xã, phường",
        "Lĩnh vực",
        "Năm thành lập",
        "Vốn điều lệ (đồng)",
        "TV",
        "Doanh thu (đồng)",
    ]
    rows = [
        ["LIÊN MINH HỢP TÁC XÃ TỈNH NINH BÌNH"],
        [f"BIỂU TỔNG HỢP CÁC HTX ĐẾN 31/12/2019 {MADE_UP}"],
        [],
        head,
        [f"({n})" for n in range(1, 10)],
    ]
    for mark, (district, people) in zip(["I", "II", "III"], TRUTH.groupby("district", sort=True)):
        rows.append(
            [
                mark,
                f"Huyện {district}",
                None,
                None,
                None,
                None,
                round(people["charter_capital"].sum() * 1e6),
                people["members_2019"].sum(),
                round(people["revenue_2019"].sum() * 1e6),
            ]
        )
        for number, row in enumerate(people.itertuples(), start=1):
            sector = "Nông nghiệp" if row.sector == "agriculture" else "Phi NN"
            rows.append(
                [
                    number,
                    row.name.upper().replace("HTX NÔNG NGHIỆP", "HTX NN"),
                    row.org_id,
                    row.commune,
                    sector,
                    row.founded_on.year,
                    round(row.charter_capital * 1e6),
                    row.members_2019,
                    round(row.revenue_2019 * 1e6),
                ]
            )
    rows.append(
        [
            "",
            f"TỔNG CỘNG: {len(TRUTH)} HTX",
            None,
            None,
            None,
            None,
            round(TRUTH["charter_capital"].sum() * 1e6),
            TRUTH["members_2019"].sum(),
            round(TRUTH["revenue_2019"].sum() * 1e6),
        ]
    )
    people = TRUTH.assign(
        founded_on=[dt.date(day.year, 1, 1) for day in TRUTH["founded_on"]],
        founded_precision="year",
        name=[name.upper().replace("HTX NÔNG NGHIỆP", "HTX NN") for name in TRUTH["name"]],
    )
    organisations, reports = facts(
        people, [*ORGANISATION, "founded_precision"], ["charter_capital", "members", "revenue"]
    )
    return Made([write_book(folder, "Bieu LM 2019.xlsx", {"Biểu 01": rows})], organisations, reports)


def three_years_in_one_row(folder: Path) -> Made:
    """Three years side by side under two header rows, merged as an office merges them."""
    rows = [
        [f"KẾT QUẢ HOẠT ĐỘNG CỦA CÁC HTX NÔNG NGHIỆP TỈNH NINH BÌNH GIAI ĐOẠN 2017-2019 {MADE_UP}"],
        [],
        [
            "TT",
            "Tên HTX",
            "Mã số HTX",
            "Huyện",
            "Xã",
            "Ngày thành lập",
            "Số thành viên (người)",
            None,
            None,
            "Doanh thu (triệu đồng)",
            None,
            None,
        ],
        [None, None, None, None, None, None, 2017, 2018, 2019, "Năm 2017", "Năm 2018", "Năm 2019"],
    ]
    people = TRUTH[TRUTH["sector"] == "agriculture"]
    for number, row in enumerate(people.itertuples(), start=1):
        rows.append(
            [
                number,
                row.name,
                row.org_id,
                row.district,
                row.commune,
                row.founded_on,
                row.members_2017,
                row.members_2018,
                row.members_2019,
                row.revenue_2017,
                row.revenue_2018,
                row.revenue_2019,
            ]
        )
    merges = [f"{c}3:{c}4" for c in "ABCDEF"] + ["G3:I3", "J3:L3", "A1:L1"]
    organisations, reports = facts(people, ORGANISATION, ["members", "revenue"], YEARS)
    return Made([write_book(folder, "HTX 2017-2019.xlsx", {"Tong hop": rows}, merges)], organisations, reports)


def a_sheet_a_year(folder: Path) -> Made:
    """One wide sheet a year in one workbook, named by the year, the unit in the header's words."""
    sheets = {}
    for year in YEARS:
        rows: list[list[object]] = [
            [f"Danh sách hợp tác xã tỉnh Ninh Bình {MADE_UP}"],
            [
                "Số TT",
                "Tên hợp tác xã",
                "MST",
                "Huyện/TP",
                "Xã",
                "Ngày thành lập",
                "Số TV",
                "Thành viên nữ",
                "Tổng doanh thu năm (triệu đồng)",
            ],
        ]
        for number, row in enumerate(TRUTH.itertuples(), start=1):
            rows.append(
                [
                    number,
                    row.name,
                    row.org_id,
                    f"H. {row.district}".replace("H. ", "Huyện "),
                    row.commune,
                    row.founded_on.strftime("%d/%m/%Y"),
                    getattr(row, f"members_{year}"),
                    getattr(row, f"women_{year}"),
                    getattr(row, f"revenue_{year}"),
                ]
            )
        sheets[f"HTX {year}"] = rows
    organisations, reports = facts(TRUTH, ORGANISATION, ["members", "women", "revenue"], YEARS)
    return Made([write_book(folder, "Danh sach HTX cac nam.xlsx", sheets)], organisations, reports)


def two_header_rows(folder: Path) -> Made:
    """Merged groups over columns (members, address), a unit in the group, columns lettered and numbered."""
    rows = [
        ["SỞ KẾ HOẠCH VÀ ĐẦU TƯ TỈNH NINH BÌNH"],
        [f"TÌNH HÌNH HOẠT ĐỘNG CỦA HTX NĂM 2019 {MADE_UP}"],
        [
            "STT",
            "Tên HTX",
            "Mã số thuế",
            "Địa chỉ",
            None,
            "Lĩnh vực",
            "Ngày thành lập",
            "Thành viên (người)",
            None,
            "Kết quả SXKD (triệu đồng)",
            None,
            "Thu nhập BQ lao động (triệu đồng/người/năm)",
        ],
        [None, None, None, "Xã", "Huyện", None, None, "Tổng số", "Nữ", "Doanh thu", "Lợi nhuận sau thuế", None],
        ["A", "B", "C", "D", "E", 1, 2, 3, 4, 5, 6, 7],
    ]
    for number, row in enumerate(TRUTH.itertuples(), start=1):
        sector = "NN" if row.sector == "agriculture" else "Phi nông nghiệp"
        rows.append(
            [
                number,
                row.name,
                row.org_id,
                row.commune,
                row.district,
                sector,
                row.founded_on,
                row.members_2019,
                row.women_2019,
                row.revenue_2019,
                row.post_tax_profit_2019,
                row.worker_income,
            ]
        )
    merges = [f"{c}3:{c}4" for c in "ABCFGL"] + ["D3:E3", "H3:I3", "J3:K3"]
    organisations, reports = facts(
        TRUTH, ORGANISATION, ["members", "women", "revenue", "post_tax_profit", "worker_income"]
    )
    return Made([write_book(folder, "Bieu 2 - SKHDT.xlsx", {"Biểu 2": rows}, merges)], organisations, reports)


def a_sheet_a_district(folder: Path) -> Made:
    """A district a sheet, the sheet's name is the district's; no codes at all; thousands of đồng."""
    people = without_codes(TRUTH)
    sheets = {}
    for district, some in people.groupby("district"):
        rows: list[list[object]] = [
            [f"Danh sách các HTX năm 2019 {MADE_UP}"],
            ["Đơn vị tính: nghìn đồng"],
            ["TT", "Hợp tác xã", "Địa chỉ (xã)", "Thành lập", "Vốn điều lệ", "Doanh thu"],
        ]
        for number, row in enumerate(some.itertuples(), start=1):
            rows.append(
                [number, row.name, row.commune, row.founded_on, row.charter_capital * 1000, row.revenue_2019 * 1000]
            )
        rows.append([None, "Cộng", None, None, some["charter_capital"].sum() * 1000, some["revenue_2019"].sum() * 1000])
        sheets[district] = rows
    organisations, reports = facts(people, ORGANISATION, ["charter_capital", "revenue"])
    return Made([write_book(folder, "HTX cac huyen.xlsx", sheets)], organisations, reports, {"province": "Ninh Bình"})


def libreoffice_csv(folder: Path) -> Made:
    """What LibreOffice saves in Vietnam: semicolons, decimal commas, dots for thousands, days as text."""

    def number(value: float) -> str:
        return f"{value:,.3f}".rstrip("0").rstrip(".").translate(str.maketrans(",.", ".,"))

    lines = [
        f"DANH SÁCH HỢP TÁC XÃ TỈNH NINH BÌNH NĂM 2019 {MADE_UP};;;;;;;",
        ";;;;;;;ĐVT: triệu đồng",
        "STT;Tên HTX;MST;Huyện;Xã;Ngày thành lập;Số thành viên;Doanh thu",
    ]
    for place, row in enumerate(TRUTH.itertuples(), start=1):
        lines.append(
            f"{place};{row.name};{row.org_id};{row.district};{row.commune};{row.founded_on:%d/%m/%Y};{row.members_2019};{number(row.revenue_2019)}"
        )
    lines.append(f";Tổng cộng;;;;;{TRUTH['members_2019'].sum()};{number(TRUTH['revenue_2019'].sum())}")
    path = folder / "DS HTX 2019.csv"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8-sig")
    organisations, reports = facts(TRUTH, ORGANISATION, ["members", "revenue"])
    return Made([path], organisations, reports)


def crosses(folder: Path) -> Made:
    """The grade as crosses in four columns, the kind in two; WPS writes days as text."""
    rows = [
        [f"TỔNG HỢP KẾT QUẢ ĐÁNH GIÁ, XẾP LOẠI HTX NĂM 2019 - TỈNH NINH BÌNH {MADE_UP}"],
        ["TT", "Tên đơn vị", "Mã HTX", "Huyện", "Xã", "Năm TL", "Số LĐ", "Xếp loại", None, None, None],
        [None, None, None, None, None, None, None, "Tốt", "Khá", "TB", "Yếu"],
    ]
    for number, row in enumerate(TRUTH.itertuples(), start=1):
        marks = ["x" if row.grade == grade else None for grade in GRADES]
        rows.append(
            [number, row.name, row.org_id, row.district, row.commune, str(row.founded_on.year), row.workers, *marks]
        )
    merges = [f"{c}2:{c}3" for c in "ABCDEFG"] + ["H2:K2"]
    people = TRUTH.assign(founded_on=[dt.date(day.year, 1, 1) for day in TRUTH["founded_on"]], founded_precision="year")
    organisations, reports = facts(people, [*ORGANISATION, "founded_precision"], ["workers", "grade"])
    return Made([write_book(folder, "Xep loai 2019.xlsx", {"XL": rows}, merges)], organisations, reports)


def coarse_facts(folder: Path) -> Made:
    """The address in one cell, a founding year, amounts with their own unit, states in the notes."""
    rows = [
        [f"DANH SÁCH HTX NÔNG NGHIỆP TỈNH NINH BÌNH ĐẾN NĂM 2019 {MADE_UP}"],
        [],
        [
            "TT",
            "Tên HTX",
            "Mã số",
            "Địa chỉ trụ sở",
            "Năm thành lập",
            "Vốn điều lệ",
            "Thành viên",
            "Điện thoại",
            "Ghi chú",
        ],
    ]
    people = TRUTH[TRUTH["sector"] == "agriculture"]
    events = []
    for number, row in enumerate(people.itertuples(), start=1):
        note = {
            2: "Ngừng HĐ từ 2017",
            4: "Đã giải thể tháng 6/2018",
            5: "HTX điểm của huyện",
            6: "Ngừng hoạt động",
        }.get(number)
        if number in (2, 4, 6):
            events.append(
                {
                    2: (row.org_id, "2017-01-01", "ceased", "year"),
                    4: (row.org_id, "2018-06-01", "dissolved", "month"),
                    6: (row.org_id, "2019-12-31", "ceased", "by"),
                }[number]
            )
        capital = f"{row.charter_capital / 1000:g} tỷ".replace(".", ",")
        rows.append(
            [
                number,
                row.name,
                row.org_id,
                f"Xóm 2, xã {row.commune}, huyện {row.district}, tỉnh Ninh Bình",
                row.founded_on.year,
                capital,
                row.members_2019,
                f"0229 000 0{number:02d}",
                note,
            ]
        )
    people = people.assign(
        founded_on=[dt.date(day.year, 1, 1) for day in people["founded_on"]], founded_precision="year"
    )
    gone = people.iloc[[1, 3]]["org_id"].tolist()
    organisations, reports = facts(people, [*ORGANISATION, "founded_precision"], ["charter_capital", "members"])
    reports = reports[~reports["org_id"].isin(gone[1:])]
    return Made([write_book(folder, "HTX NN 2019.xlsx", {"Sheet1": rows})], organisations, reports, events=events)


def nested_sections(folder: Path) -> Made:
    """Sector above district, the grand total first, sums as formulas with the values that Excel computed."""
    path = folder / "Bieu tong hop 2019.xlsx"
    book = xlsxwriter.Workbook(str(path))
    sheet = book.add_worksheet("TH")
    day = book.add_format({"num_format": "dd/mm/yyyy"})
    sheet.merge_range("A1:H1", f"BIỂU TỔNG HỢP HTX TỈNH NINH BÌNH NĂM 2019 {MADE_UP}")
    sheet.write("H2", "Đơn vị: Triệu đồng")
    for column, title in enumerate(
        ["TT", "Đơn vị", "Mã số", "Xã", "Ngày thành lập", "Số thành viên", "Vốn điều lệ", "Doanh thu"]
    ):
        sheet.write(2, column, title)
    columns = {5: "members_2019", 6: "charter_capital", 7: "revenue_2019"}
    sheet.write(3, 1, "TỔNG CỘNG")
    for column, name in columns.items():
        sheet.write_formula(
            3, column, f"=SUM({chr(65 + column)}5:{chr(65 + column)}99)/2", None, float(TRUTH[name].sum())
        )
    line = 4
    for mark, (sector, title) in zip("AB", (("agriculture", "NÔNG NGHIỆP"), ("non_agriculture", "PHI NÔNG NGHIỆP"))):
        sheet.write(line, 0, mark)
        sheet.write(line, 1, title)
        line += 1
        for number, (district, people) in enumerate(TRUTH[TRUTH["sector"] == sector].groupby("district"), start=1):
            sheet.write(line, 0, ("I", "II", "III")[number - 1])
            sheet.write(line, 1, f"Huyện {district}")
            for column, name in columns.items():
                letter = chr(65 + column)
                sheet.write_formula(
                    line,
                    column,
                    f"=SUM({letter}{line + 2}:{letter}{line + 1 + len(people)})",
                    None,
                    float(people[name].sum()),
                )
            line += 1
            for place, row in enumerate(people.itertuples(), start=1):
                for column, value in enumerate([place, row.name, row.org_id, row.commune]):
                    sheet.write(line, column, value)
                sheet.write_datetime(line, 4, row.founded_on, day)
                for column, name in columns.items():
                    sheet.write(line, column, getattr(row, name))
                line += 1
    book.close()
    organisations, reports = facts(TRUTH, ORGANISATION, ["members", "charter_capital", "revenue"])
    return Made([path], organisations, reports)


def merged_down(folder: Path) -> Made:
    """The district merged down over its rows, the header again on each page, blank rows between."""
    head = ["STT", "Huyện", "Tên HTX", "MST", "Xã", "Ngày thành lập", "Diện tích (ha)", "Doanh thu (tr.đ)"]
    rows: list[list[object]] = [[f"DANH SÁCH HTX TỈNH NINH BÌNH - NĂM 2019 {MADE_UP}"], head]
    merges, number = ["A1:H1"], 0
    for district, people in TRUTH.groupby("district"):
        first = len(rows) + 1
        for row in people.itertuples():
            number += 1
            rows.append(
                [
                    number,
                    district if len(rows) + 1 == first else None,
                    row.name,
                    row.org_id,
                    row.commune,
                    row.founded_on,
                    row.area_ha,
                    row.revenue_2019,
                ]
            )
        merges.append(f"B{first}:B{len(rows)}")
        rows += [[], head]
    rows = rows[:-2]
    organisations, reports = facts(TRUTH, ORGANISATION, ["area_ha", "revenue"])
    return Made([write_book(folder, "DS HTX (trang in) 2019.xlsx", {"In": rows}, merges)], organisations, reports)


def credit_funds(folder: Path) -> Made:
    """The list of people's credit funds, in billions."""
    people = TRUTH.iloc[:5].assign(kind="qtdnd", sector="credit", name=[f"QTDND {name}" for name in FIRST[:5]])
    people = people.assign(total_assets=[90.5 + 10 * n for n in range(5)])
    rows = [
        ["NGÂN HÀNG NHÀ NƯỚC CHI NHÁNH TỈNH NINH BÌNH"],
        [f"HOẠT ĐỘNG CỦA CÁC QUỸ TÍN DỤNG NHÂN DÂN NĂM 2019 {MADE_UP}"],
        [None, None, None, None, None, None, "Đơn vị: tỷ đồng"],
        ["TT", "Tên quỹ", "Mã số", "Địa bàn xã", "Địa bàn huyện", "Ngày thành lập", "Tổng nguồn vốn", "Số thành viên"],
    ]
    for number, row in enumerate(people.itertuples(), start=1):
        rows.append(
            [
                number,
                row.name,
                row.org_id,
                row.commune,
                row.district,
                row.founded_on,
                row.total_assets / 1000,
                row.members_2019,
            ]
        )
    organisations, reports = facts(people, ORGANISATION, ["total_assets", "members"])
    return Made([write_book(folder, "QTDND 2019.xlsx", {"QTD": rows})], organisations, reports)


def shown_in_millions(folder: Path) -> Made:
    """Đồng in the cells, shown as millions by their number format under "triệu đồng"; ids and codes as numbers."""
    people = TRUTH.assign(org_id=[f"0{code[1:]}" if n < 3 else code for n, code in enumerate(TRUTH["org_id"])])
    rows = [
        [f"DANH SÁCH HTX TỈNH NINH BÌNH NĂM 2019 (ĐVT: triệu đồng) {MADE_UP}"],
        ["TT", "Tên HTX", "Mã số thuế", "Huyện", "Xã", "Ngày thành lập", "Vốn điều lệ", "Doanh thu"],
    ]
    for number, row in enumerate(people.itertuples(), start=1):
        rows.append(
            [
                number,
                row.name,
                int(row.org_id),
                row.district,
                row.commune,
                row.founded_on,
                round(row.charter_capital * 1e6),
                round(row.revenue_2019 * 1e6),
            ]
        )
    organisations, reports = facts(people, ORGANISATION, ["charter_capital", "revenue"])
    path = write_book(folder, "HTX 2019 hien trieu.xlsx", {"Sheet1": rows}, formats={"G": "#,##0,,", "H": "#,##0.0,,"})
    return Made([path], organisations, reports)


LAYOUTS: dict[str, Callable[[Path], Made]] = {
    made.__name__: made
    for made in (
        district_list,
        alliance_list,
        three_years_in_one_row,
        a_sheet_a_year,
        two_header_rows,
        a_sheet_a_district,
        libreoffice_csv,
        crosses,
        coarse_facts,
        nested_sections,
        merged_down,
        credit_funds,
        shown_in_millions,
    )
}

__all__ = ["LAYOUTS", "TRUTH", "Made", "get_column_letter"]
