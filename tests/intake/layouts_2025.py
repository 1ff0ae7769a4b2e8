"""More layouts, after public ones: an alliance's export, three header rows, kinds as sections, lists of 2025."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path

import pandas as pd
from layouts import GRADES, MADE_UP, ORGANISATION, TRUTH, Made, facts, without_codes, write_book

# Communes of Ninh Bình since 01/07/2025 (Decision 19/2025/QĐ-TTg).
COMMUNES = ("Phường Hoa Lư", "Phường Tây Hoa Lư", "Xã Gia Viễn", "Xã Yên Khánh", "Phường Tam Điệp", "Xã Nho Quan")
NUMBERS = ("I", "II", "III", "IV", "V", "VI")


def of_2025() -> pd.DataFrame:
    """The truth in the communes that there are since 01/07/2025, with the last year called 2025."""
    people = TRUTH.assign(
        commune=[COMMUNES[n // 2].split(" ", 1)[1] for n in range(len(TRUTH))],
        district=None,
        written=[COMMUNES[n // 2] for n in range(len(TRUTH))],
    )
    return people.rename(
        columns={f"{name}_2019": f"{name}_2025" for name in ("members", "women", "revenue", "post_tax_profit")}
    )


def vi(value: float) -> str:
    return f"{value:,.3f}".rstrip("0").rstrip(".").translate(str.maketrans(",.", ".,"))


def alliance_export(folder: Path) -> Made:
    """What an alliance's own system exports: no title, log-ins, kind under "Loại", sector under "Loại hình"."""
    people = of_2025()
    people = people.assign(kind=["qtdnd" if n in (3, 7) else "htx" for n in range(len(people))])
    people["sector"] = ["credit" if k == "qtdnd" else s for k, s in zip(people["kind"], people["sector"])]
    rows = [
        [
            "Tên đăng nhập",
            "Mật khẩu",
            "Tên tổ chức",
            "Loại",
            "Loại hình",
            "Người quản lý",
            "Chức vụ",
            "Email",
            "Phường/Xã",
            "Địa chỉ",
            "Số thành viên",
            "Ngày thành lập",
            "Là thành viên",
            "Trạng thái",
        ]
    ]
    for n, row in enumerate(people.itertuples()):
        rows.append(
            [
                f"user{n}",
                "mat-khau-1",
                row.name,
                {"htx": "HTX", "qtdnd": "QTD"}[row.kind],
                {"agriculture": "NN", "non_agriculture": "PNN", "credit": "PNN"}[row.sector],
                "Người Không Có Thật",
                "Giám đốc",
                f"u{n}@example.org",
                row.written,
                f"Thôn {n + 1}",
                row.members_2025,
                dt.datetime.combine(row.founded_on, dt.time(0)),
                "Có" if n % 2 else "Không",
                "Hoạt động" if n != 5 else "Ngừng hoạt động",
            ]
        )
    people = without_codes(people)
    organisations, reports = facts(people, ["name", "kind", "sector", "commune", "founded_on"], ["members"], (2025,))
    return Made(
        [write_book(folder, "danh_sach_htx_qtd_2025-12-31.xlsx", {"HTX_QTD": rows})],
        organisations,
        reports,
        {"province": "Ninh Bình", "year": "2025", "Loại": "yes"},
        [(people["org_id"].iloc[5], "2025-12-31", "ceased", "by")],
    )


def three_header_rows(folder: Path) -> Made:
    """Two years under three header rows, the unit in the top group, districts merged across the sheet, totals."""
    rows: list[list[object]] = [
        [f"PHỤ LỤC 02: TÌNH HÌNH HOẠT ĐỘNG CỦA CÁC HTX TRÊN ĐỊA BÀN TỈNH NINH BÌNH {MADE_UP}"],
        [],
        [
            "TT",
            "Tên HTX",
            "Thông tin chung",
            None,
            None,
            "Kết quả hoạt động (triệu đồng)",
            None,
            None,
            None,
            "Số thành viên",
            None,
        ],
        [None, None, "Mã số", "Xã", "Ngày thành lập", "Năm 2018", None, "Năm 2019", None, "Năm 2018", "Năm 2019"],
        [None, None, None, None, None, "Doanh thu", "LN sau thuế", "Doanh thu", "LN sau thuế", None, None],
        [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11],
    ]
    merges = [
        "A3:A5",
        "B3:B5",
        "C3:E3",
        "C4:C5",
        "D4:D5",
        "E4:E5",
        "F3:I3",
        "F4:G4",
        "H4:I4",
        "J3:K3",
        "J4:J5",
        "K4:K5",
    ]
    names = [
        "revenue_2018",
        "post_tax_profit_2018",
        "revenue_2019",
        "post_tax_profit_2019",
        "members_2018",
        "members_2019",
    ]
    for district, some in TRUTH.groupby("district"):
        rows.append([f"Huyện {district}"])
        merges.append(f"A{len(rows)}:K{len(rows)}")
        for n, row in enumerate(some.itertuples(), start=1):
            rows.append([n, row.name, row.org_id, row.commune, row.founded_on, *(getattr(row, name) for name in names)])
        rows.append([None, f"Cộng huyện {district}", None, None, None, *(float(some[name].sum()) for name in names)])
    rows.append([None, "Tổng cộng toàn tỉnh", None, None, None, *(float(TRUTH[name].sum()) for name in names)])
    organisations, reports = facts(TRUTH, ORGANISATION, ["revenue", "post_tax_profit", "members"], (2018, 2019))
    return Made([write_book(folder, "Phu luc 02.xlsx", {"PL2": rows}, merges)], organisations, reports)


def communes_2025(folder: Path) -> Made:
    """A province of 2025: sections are communes and wards, no word of a district, thousands of đồng."""
    people = of_2025()
    rows: list[list[object]] = [
        ["SỞ NÔNG NGHIỆP VÀ MÔI TRƯỜNG TỈNH NINH BÌNH"],
        [f"DANH SÁCH HỢP TÁC XÃ NĂM 2025 {MADE_UP}"],
        [None] * 5 + ["ĐVT: nghìn đồng"],
        ["TT", "Tên hợp tác xã", "Mã số thuế", "Ngày thành lập", "Số TV", "Doanh thu"],
    ]
    for n, (place, some) in enumerate(people.groupby("written", sort=False), start=1):
        rows.append(
            [
                NUMBERS[n - 1],
                place.upper() if n % 2 else place,
                None,
                None,
                int(some["members_2025"].sum()),
                float(some["revenue_2025"].sum() * 1000),
            ]
        )
        for k, row in enumerate(some.itertuples(), start=1):
            rows.append([k, row.name, row.org_id, row.founded_on, row.members_2025, row.revenue_2025 * 1000])
    rows.append(
        ["", "TỔNG SỐ", None, None, int(people["members_2025"].sum()), float(people["revenue_2025"].sum() * 1000)]
    )
    organisations, reports = facts(
        people, ["name", "kind", "sector", "commune", "founded_on"], ["members", "revenue"], (2025,)
    )
    return Made([write_book(folder, "DS HTX 2025.xlsx", {"Sheet1": rows})], organisations, reports)


def kinds_as_sections(folder: Path) -> Made:
    """Kinds, then sectors as sections; numbers as text with the dots of WPS; grades of two years side by side."""
    people = TRUTH.assign(kind=["htx"] * 8 + ["qtdnd"] * 2 + ["lhhtx"] * 2)
    people["name"] = [
        n
        if k == "htx"
        else (
            n.replace("HTX nông nghiệp", "Quỹ TDND").replace("HTX vận tải", "Quỹ TDND")
            if k == "qtdnd"
            else n.replace("HTX", "Liên hiệp HTX")
        )
        for n, k in zip(people["name"], people["kind"])
    ]
    people["sector"] = ["credit" if k == "qtdnd" else s for k, s in zip(people["kind"], people["sector"])]
    people = people.assign(grade_2018=people["grade"], grade_2019=[*people["grade"][1:], "tot"])
    rows: list[list[object]] = [
        [f"BIỂU TỔNG HỢP CÁC TỔ CHỨC KINH TẾ TẬP THỂ TỈNH NINH BÌNH ĐẾN HẾT NĂM 2019 {MADE_UP}"],
        [
            "Số TT",
            "Tên đơn vị",
            "Mã số",
            "Địa bàn",
            None,
            "Thời gian thành lập",
            "VĐL (Tr.đ)",
            "Tổng tài sản (tỷ đ)",
            "Xếp loại",
            None,
        ],
        [None, None, None, "Xã", "Huyện", None, None, None, "2018", "2019"],
    ]
    titles = [
        ("A", "HỢP TÁC XÃ", people["kind"] == "htx"),
        ("B", "QUỸ TÍN DỤNG NHÂN DÂN", people["kind"] == "qtdnd"),
        ("C", "LIÊN HIỆP HTX", people["kind"] == "lhhtx"),
    ]
    assets = {row.org_id: round(1.5 + 0.25 * n, 2) for n, row in enumerate(people.itertuples())}
    for mark, title, mine in titles:
        rows.append([mark, title])
        for m, (sector, some) in enumerate(people[mine].groupby("sector"), start=1):
            if mark == "A":
                rows.append(
                    [
                        ["I", "II"][m - 1],
                        {"agriculture": "Lĩnh vực nông nghiệp", "non_agriculture": "Lĩnh vực phi nông nghiệp"}[sector],
                    ]
                )
            for k, row in enumerate(some.itertuples(), start=1):
                rows.append(
                    [
                        str(k),
                        row.name,
                        row.org_id,
                        row.commune,
                        row.district,
                        row.founded_on.strftime("%d/%m/%Y"),
                        vi(row.charter_capital),
                        vi(assets[row.org_id]),
                        GRADES[row.grade_2018],
                        GRADES[row.grade_2019],
                    ]
                )
    people["total_assets"] = [assets[i] * 1000 for i in people["org_id"]]
    organisations, _ = facts(people, ORGANISATION, [])
    a = people[["org_id", "grade_2018"]].rename(columns={"grade_2018": "grade"}).assign(year=2018)
    b = (
        people[["org_id", "grade_2019", "charter_capital", "total_assets"]]
        .rename(columns={"grade_2019": "grade"})
        .assign(year=2019)
    )
    reports = pd.concat([a, b], ignore_index=True)
    return Made(
        [
            write_book(
                folder, "Tong hop KTTT.xlsx", {"Bieu 1": rows}, [f"{c}2:{c}3" for c in "ABCFGH"] + ["D2:E2", "I2:J2"]
            )
        ],
        organisations,
        reports,
    )


def addresses_2025(folder: Path) -> Made:
    """New registrations of 2025 by a finance department: the address in one cell, without a district."""
    people = of_2025()
    rows: list[list[object]] = [
        ["SỞ TÀI CHÍNH TỈNH NINH BÌNH - PHÒNG ĐĂNG KÝ KINH DOANH"],
        [f"Danh sách HTX đăng ký đến 31/12/2025 {MADE_UP}"],
        [
            "STT",
            "Tên HTX",
            "Mã số HTX",
            "Ngày đăng ký lần đầu",
            "Địa chỉ trụ sở chính",
            "Ngành, nghề kinh doanh chính",
            "Vốn điều lệ (đồng)",
            "Số lượng thành viên",
            "Tình trạng",
        ],
    ]
    for n, row in enumerate(people.itertuples(), start=1):
        place = {
            1: f"Thôn {n}, {row.written}, tỉnh Ninh Bình",
            2: f"Số {n} đường 30/4, {row.written}, Ninh Bình",
            0: f"{row.written}, tỉnh Ninh Bình",
        }[n % 3]
        rows.append(
            [
                f"{n:02d}",
                row.name,
                row.org_id,
                row.founded_on,
                place,
                "0161 - Hoạt động dịch vụ trồng trọt",
                vi(row.charter_capital * 1e6),
                row.members_2025,
                "Đang hoạt động",
            ]
        )
    people = people.assign(registered_on=people["founded_on"], founded_precision="by")
    organisations, reports = facts(
        people,
        ["name", "kind", "sector", "commune", "founded_on", "registered_on", "founded_precision"],
        ["charter_capital", "members"],
        (2025,),
    )
    return Made([write_book(folder, "DKKD 2025.xlsx", {"DS": rows})], organisations, reports)


MORE: dict[str, Callable[[Path], Made]] = {
    made.__name__: made
    for made in (alliance_export, three_header_rows, communes_2025, kinds_as_sections, addresses_2025)
}
