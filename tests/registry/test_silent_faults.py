"""Faults that real sheets have and that once went through in silence: each converted and said, or stopped at its cell.

One small workbook a case, as a district writes it; what is planted stands beside what must be said of it.
"""

from __future__ import annotations

import datetime as dt
import subprocess
import zipfile
from collections.abc import Callable
from xml.sax.saxutils import escape

import openpyxl
import pytest
from click.testing import CliRunner
from openpyxl.comments import Comment
from registry_xlsx import parts, sheet_xml, xlsx

from kttt_lib.cli.registry import check
from kttt_lib.errors import KtttError
from kttt_lib.registry import TABLES, Registry, read_registry
from kttt_lib.registry.cells.units import unit_in
from kttt_lib.registry.sheets import header_title

IDS = [f"27000000{number:02d}" for number in range(1, 9)]
ORG, REPORT = "Tổ chức", "Báo cáo năm"
DAY = dt.date


def column(table: str, name: str) -> int:
    """The number of a column in its sheet."""
    return [column.name for column in TABLES[table].columns].index(name) + 1


def at(table: str, name: str, row: int) -> str:
    return f"{openpyxl.utils.get_column_letter(column(table, name))}{row}"


def district_workbook() -> openpyxl.Workbook:
    """Eight cooperatives with two years of reports under the template's titles, header in row 1."""
    book = openpyxl.Workbook()
    book.remove(book.active)
    for table in TABLES.values():
        book.create_sheet(table.vi).append([header_title(column, "vi") for column in table.columns])
    for number, org_id in enumerate(IDS):
        given = {
            "org_id": org_id, "name": f"HTX nông nghiệp Khánh {chr(65 + number)}", "kind": "Hợp tác xã",
            "sector": "Nông nghiệp", "commune": f"Xã {number}", "district": ("Yên Khánh", "Hoa Lư")[number % 2],
            "founded_on": DAY(2010, 3, 20 + number),
        }  # fmt: skip
        book[ORG].append([given.get(column.name) for column in TABLES["organisations"].columns])
    for number, org_id in enumerate(IDS):
        for year in (2018, 2019):
            given = {
                "org_id": org_id, "year": year, "members": 100 + number, "women": 40, "workers": 12,
                "area_ha": 120.5, "charter_capital": 900, "total_assets": 2400, "revenue": 1900.5,
                "pre_tax_profit": 90, "post_tax_profit": 80, "worker_income": 42.5,
            }  # fmt: skip
            book[REPORT].append([given.get(column.name) for column in TABLES["annual_reports"].columns])
    return book


def read(plant: Callable[[openpyxl.Workbook], object], tmp_path, **options) -> Registry:
    book = district_workbook()
    plant(book)
    book.save(tmp_path / "huyện.xlsx")
    return read_registry(tmp_path / "huyện.xlsx", **options)


def put(table: str, name: str, row: int, value: object, **style):
    """A planting of one cell."""

    def plant(book: openpyxl.Workbook) -> None:
        cell = book[TABLES[table].vi].cell(row, column(table, name))
        cell.value = value
        for key, given in style.items():
            setattr(cell, key, given)

    return plant


def both(*plants):
    def plant(book: openpyxl.Workbook) -> None:
        for one in plants:
            one(book)

    return plant


def times(table: str, name: str, factor: float, rows=range(2, 18), title: str | None = None):
    """A planting of a whole column in another unit, its title too."""

    def plant(book: openpyxl.Workbook) -> None:
        sheet, place = book[TABLES[table].vi], column(table, name)
        for row in rows:
            sheet.cell(row, place).value *= factor
        if title:
            sheet.cell(1, place).value = title

    return plant


def corner(text: str, *columns: str):
    """A title row above the reports, whose titles of money have no unit of their own."""

    def plant(book: openpyxl.Workbook) -> None:
        sheet = book[REPORT]
        for name in [c.name for c in TABLES["annual_reports"].columns if c.unit.startswith("triệu đồng")]:
            sheet.cell(1, column("annual_reports", name)).value = TABLES["annual_reports"].column(name).vi
        for name in columns:
            times("annual_reports", name, 1000)(book)
        sheet.insert_rows(1, 2)
        sheet["A1"], sheet["F2"] = "BIỂU TỔNG HỢP NĂM 2019", text

    return plant


MONEY = ("charter_capital", "total_assets", "revenue", "pre_tax_profit", "post_tax_profit", "worker_income")
R, ORGS = "annual_reports", "organisations"

# What is converted by rule, and the words of its note.
CONVERTED = {
    "(1.000đ)": (times(R, "revenue", 1000, title="Doanh thu (1.000đ)"), "“Doanh thu (1.000đ)” (O1)"),
    "(nghìn đ)": (times(R, "revenue", 1000, title="Doanh thu (nghìn đ)"), "nghìn đ"),
    "(ngàn đ)": (times(R, "revenue", 1000, title="Tổng doanh thu (ngàn đ)"), "ngàn đ"),
    "(ĐVT: đồng)": (times(R, "revenue", 1e6, title="Doanh thu (ĐVT: đồng)"), "1900500000 to 1900.5"),
    "(đồng VN)": (times(R, "revenue", 1e6, title="Doanh thu (đồng VN)"), "đồng VN"),
    "(tỷ VNĐ)": (times(R, "revenue", 1e-3, title="Doanh thu (tỷ VNĐ)"), "1.9005 to 1900.5"),
    "a unit after a comma": (times(R, "revenue", 1000, title="Doanh thu, nghìn đồng"), "nghìn đồng"),
    "(1000 m2)": (times(R, "area_ha", 10, title="Diện tích (1000 m2)"), "1000 m2"),
    "(m2)": (times(R, "area_ha", 1e4, title="Diện tích sản xuất (m2)"), "m2"),
    "a month's income": (
        times(R, "worker_income", 1 / 12, title="Thu nhập bình quân lao động (triệu đồng/người/tháng)"),
        "triệu đồng/người/tháng",
    ),
    "a corner": (corner("ĐVT: 1.000 đồng", *MONEY), "“ĐVT: 1.000 đồng” at the head of the sheet (F2)"),
    "a note on the title": (
        both(
            times(R, "revenue", 1e6, title="Doanh thu"),
            put(R, "revenue", 1, "Doanh thu", comment=Comment("ĐVT: đồng", "x")),
        ),
        "1900500000 to 1900.5",
    ),
}


@pytest.fixture(scope="module")
def truth(tmp_path_factory) -> Registry:
    return read(lambda book: None, tmp_path_factory.mktemp("truth"))


@pytest.mark.parametrize("case", CONVERTED)
def test_a_unit_that_is_written_is_converted_and_said(case, tmp_path, truth):
    plant, said = CONVERTED[case]
    registry = read(plant, tmp_path)
    assert registry.findings.empty, registry.findings[["rule", "cell", "message_en"]].to_string()
    for name in (*MONEY, "area_ha"):
        assert registry.tables[R][name].tolist() == pytest.approx(truth.tables[R][name].tolist(), rel=1e-12), name
    notes = registry.notes[registry.notes["kind"] == "converted"]
    assert notes["message_en"].str.contains(said, regex=False).any(), notes["message_en"].tolist()
    assert (notes["message_vi"] != notes["message_en"]).all() and (truth.notes["kind"] != "converted").all()


WRITTEN = {
    "(Tr.đ)": 1, "(trđ)": 1, "(Triệu VNĐ)": 1, "(x 1.000đ)": 1e-3, "(nghin dong)": 1e-3, "ĐVT: 1000đ": 1e-3,
    "Đơn vị tính: Nghìn đồng": 1e-3, "(VND)": 1e-6, "(₫)": 1e-6, "(tỷ)": 1e3, "nghìn tỷ đồng": 1e6, "(đồng/năm)": 1e-6,
    "(nghìn đồng/người/tháng)": 0.012, "Doanh thu, triệu đồng": 1, "Vốn điều lệ tỷ đồng": 1e3, "trăm triệu đồng": 100,
    "Hợp đồng": None, "Hội đồng quản trị": None, "Cộng đồng": None, "Tên đơn vị": None, "Đơn vị hỗ trợ": None,
    "Lao động": None, "Xã": None, "Đồng Hải": None, "(năm trước)": None, "nghìn đồng/HTX": None,
}  # fmt: skip


def test_units_as_they_are_written_and_words_that_are_none():
    read_ = {text: scale and scale.factor for text in WRITTEN for scale in [unit_in(text)]}
    assert read_ == pytest.approx(WRITTEN)


# Units of no one size, or two that contradict each other: the source is refused with both.
REFUSED = {
    "sào": (times(R, "area_ha", 27.7, title="Diện tích (sào)"), "360 m² (North) or 500 m² (Centre)"),
    "USD": (times(R, "revenue", 1, title="Doanh thu (USD)"), "USD at the day's rate"),
    "corner against titles": (
        lambda book: (book[REPORT].insert_rows(1), book[REPORT].cell(1, 5, "ĐVT: đồng")),
        "the head of the sheet (E1) says “ĐVT: đồng”",
    ),
    "note against title": (
        put(R, "revenue", 1, "Doanh thu (triệu đồng)", comment=Comment("ĐVT: nghìn đồng", "x")),
        "the cell's note says “nghìn đồng”",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_a_unit_of_two_sizes_or_two_units_are_refused(case, tmp_path):
    plant, said = REFUSED[case]
    with pytest.raises(KtttError) as refused:
        read(plant, tmp_path)
    assert said in refused.value.message_en and REPORT in refused.value.message_vi


def titled(table: str, name: str, title: str):
    return put(table, name, 1, title)


# Words in brackets that make another column: the figures are not that column's, and somebody must say that it is meant.
OTHER_COLUMNS = {
    "Doanh thu (năm trước)": "revenue",
    "Doanh thu (năm 2018)": "revenue",
    "Thành viên nữ (%)": "women",
    "Tổng doanh thu cả năm của đơn vị (triệu đồng)": "revenue",
    "Tổng thu nhập (triệu đồng)": "revenue",
}


@pytest.mark.parametrize("title", OTHER_COLUMNS)
def test_a_column_that_is_another_or_unknown_is_not_read_until_it_is_meant(title, tmp_path):
    name = OTHER_COLUMNS[title]
    registry = read(titled(R, name, title), tmp_path)
    assert registry.tables[R][name].isna().all()
    assert registry.errors[["rule", "sheet", "cell", "value"]].values.tolist() == [
        ["column_not_read", REPORT, at(R, name, 1), title]
    ]
    with pytest.raises(KtttError):
        registry.require_clean()
    meant = read(titled(R, name, title), tmp_path, leave_out=[title])
    assert meant.errors.empty and "left_out" in set(meant.notes["kind"])


def test_the_part_of_members_is_not_all_revenue(tmp_path):
    title = "Doanh thu (trong đó từ thành viên)"
    with pytest.raises(KtttError, match="Revenue from members is there twice"):
        read(titled(R, "revenue", title), tmp_path)
    plant = both(titled(R, "revenue", title), lambda book: book[REPORT].delete_cols(column(R, "revenue_from_members")))
    registry = read(plant, tmp_path)
    assert registry.tables[R]["revenue"].isna().all() and registry.tables[R]["revenue_from_members"].eq(1900.5).all()


KNOWN = {
    (R, "members"): "Số TV",
    (ORGS, "org_id"): "MST",
    (ORGS, "district"): "Huyện/TP",
    (ORGS, "commune"): "Xã/Phường",
    (R, "revenue"): "Tổng doanh thu năm (triệu đồng)",
    (R, "workers"): "Số LĐ thường xuyên",
    (R, "post_tax_profit"): "LNST",
    (R, "worker_income"): "TNBQ lao động (triệu đồng/người/năm)",
    (ORGS, "founded_on"): "Ngày, tháng, năm thành lập",
    (R, "women"): "Trong đó: nữ",
    (ORGS, "name"): "Tên HTX/THT",
}


def test_titles_of_real_forms_are_known(tmp_path):
    registry = read(both(*(titled(*place, title) for place, title in KNOWN.items())), tmp_path)
    assert registry.findings.empty and not set(registry.notes["kind"]) & {"extra_columns", "absent_columns"}
    assert all(registry.tables[table][name].notna().all() for table, name in KNOWN)


def test_a_tax_code_beside_an_id_is_a_column_of_its_own(tmp_path):
    def plant(book):
        book[ORG].cell(1, len(TABLES[ORGS].columns) + 1, "Mã số thuế")
        book[ORG].cell(2, len(TABLES[ORGS].columns) + 1, "2700111222")

    registry = read(plant, tmp_path)
    assert registry.findings.empty and registry.tables[ORGS]["Mã số thuế"].notna().sum() == 1


def rows(first: int, **given):
    """A planting of the same cells in rows of the reports from ``first`` on."""
    return both(
        *(put(R, name, row, value) for name, values in given.items() for row, value in enumerate(values, first))
    )


def swapped(book) -> None:
    """A US machine: what can be month/day became a day, the others stayed text."""
    for row, value in enumerate(["25/3/2014", "30/11/2012", *(DAY(2014, 5, day) for day in range(3, 9))], 2):
        book[ORG].cell(row, column(ORGS, "founded_on")).value = value


def district_in(factor: float):
    def plant(book):
        for row in range(2, 18):
            if IDS.index(book[REPORT].cell(row, 1).value) % 2:
                for name in MONEY:
                    book[REPORT].cell(row, column(R, name)).value *= factor

    return plant


def whole_sheet(factor: float):
    return both(*(times(R, name, factor) for name in MONEY))


def support(*amounts: float):
    def plant(book):
        for place, amount in enumerate(amounts):
            book["Hỗ trợ"].append([IDS[place % 8], DAY(2019, 2, 1 + place), "Xúc tiến thương mại", amount])

    return plant


def late_founding(book) -> None:
    book[ORG].cell(3, column(ORGS, "founded_on")).value = DAY(2035, 3, 20)


# Planted -> the rule at the cell (the first, where a whole column is at fault), and what its message must hold.
FOUND = {
    "whole sheet in đồng": (
        whole_sheet(1e6),
        R,
        "other_unit",
        at(R, "charter_capital", 2),
        "it may be in VND, that is 900",
    ),
    "whole sheet in nghìn đồng": (
        whole_sheet(1e3),
        R,
        "other_unit",
        at(R, "charter_capital", 2),
        "thousand VND, that is 900",
    ),
    "whole sheet in tỷ đồng": (
        whole_sheet(1e-3),
        R,
        "other_unit",
        at(R, "charter_capital", 2),
        "billion VND, that is 900",
    ),
    "one district in nghìn đồng": (
        district_in(1e3),
        R,
        "other_unit",
        at(R, "charter_capital", 4),
        "the middle of Hoa Lư",
    ),
    "one district in đồng": (district_in(1e6), R, "other_unit", at(R, "charter_capital", 4), "VND, that is 900"),
    "an income in đồng": (put(R, "worker_income", 4, 42_500_000), R, "other_unit", at(R, "worker_income", 4), "42.5"),
    "support in đồng": (support(35, 45_000_000), "support_events", "other_unit", "D3", "it may be in VND, that is 45"),
    "area in m2": (times(R, "area_ha", 1e4), R, "other_unit", at(R, "area_ha", 2), "m2, that is 120.5"),
    "tenfold members": (put(R, "members", 5, 1010), R, "tenfold_jump", at(R, "members", 5), "1010 in 2019 against 101"),
    "millions over đồng of one cell": (
        put(R, "revenue", 3, 1900.5, number_format='#,##0 "đồng"'),
        R,
        "shown_otherwise",
        at(R, "revenue", 3),
        "1900.5 đồng",
    ),
    "a literal over a value": (
        put(R, "members", 3, 105, number_format='"50"'),
        R,
        "shown_otherwise",
        at(R, "members", 3),
        "50 or 105",
    ),
    "a percentage": (
        put(R, "area_ha", 3, 0.85, number_format="0%"),
        R,
        "shown_otherwise",
        at(R, "area_ha", 3),
        "85 % or 0.85",
    ),
    "a unit in a cell's note": (
        put(R, "revenue", 3, 1900, comment=Comment("nghìn đồng", "x")),
        R,
        "shown_otherwise",
        at(R, "revenue", 3),
        "1900 nghìn đồng",
    ),
    "month/day machine": (swapped, ORGS, "swapped_date", at(ORGS, "founded_on", 4), "2014-03-05"),
    "a year in a cell of days": (
        put(ORGS, "founded_on", 2, 2014, number_format="dd/mm/yyyy"),
        ORGS,
        "year_in_date",
        at(ORGS, "founded_on", 2),
        "the year 2014",
    ),
    "founded after its facts": (
        late_founding,
        ORGS,
        "founded_late",
        at(ORGS, "founded_on", 3),
        "facts of the organisation: 2",
    ),
    "zeros lost": (put(ORGS, "org_id", 2, 100234567), ORGS, "lost_zeros", "A2", "0100234567"),
    "a code of activity without its zero": (put(ORGS, "vsic", 2, 1), ORGS, "lost_zeros", at(ORGS, "vsic", 2), "01"),
    "a thousandfold year": (
        put(R, "revenue", 5, 1_900_500),
        R,
        "other_unit",
        at(R, "revenue", 5),
        "it may be in thousand VND, that is 1900.5",
    ),
    "one figure of a lone row": (
        lambda book: (book[REPORT].delete_rows(3, 15), put(R, "revenue", 2, 1_900_500)(book)),
        R,
        "other_unit",
        at(R, "revenue", 2),
        "while Total assets in the same row is 2,400: it may be in thousand VND",
    ),
    "Cyrillic": (put(ORGS, "name", 2, "НTX Khánh Nhạc"), ORGS, "foreign_letter", "B2", "CYRILLIC CAPITAL LETTER EN"),
    "VNI": (put(ORGS, "name", 2, "Hôïp taùc xaõ noâng nghieäp"), ORGS, "legacy_font", "B2", "VNI"),
    "post-tax above pre-tax": (
        put(R, "post_tax_profit", 3, 95),
        R,
        "part_exceeds_whole",
        at(R, "post_tax_profit", 3),
        "exceeds Pre-tax profit (90)",
    ),
    "lessons of ten years": (
        lambda book: book["Bồi dưỡng"].append(["L1", DAY(2019, 1, 1), "htx_managers", 30, 30, 2, 3650]),
        "trainings",
        "out_of_range",
        "G2",
        "3650",
    ),
    "a score in percent": (
        lambda book: (
            book["Điểm đánh giá"].append([IDS[0], 2019, "TT09/2017", "I", 0.85, "Huyện thẩm định"]),
            setattr(book["Điểm đánh giá"]["E2"], "number_format", "0%"),
        ),
        "criteria_scores",
        "shown_otherwise",
        "E2",
        "85 % or 0.85",
    ),
}


@pytest.mark.parametrize("case", FOUND)
def test_what_was_silent_stops_at_its_cell(case, tmp_path):
    plant, table, rule, cell, said = FOUND[case]
    findings = read(plant, tmp_path).findings
    found = findings[(findings["rule"] == rule) & (findings["cell"] == cell)]
    assert len(found) == 1, findings[["rule", "cell", "message_en"]].head(6).to_string()
    row = found.iloc[0]
    assert row["table"] == table and said in row["message_en"], row["message_en"]
    assert row["message_vi"] and row["mend_vi"] and row["message_vi"] != row["message_en"]
    waits = {"dependants_wait", "unknown_organisation"}
    assert set(findings["rule"]) <= {rule, *waits}, set(findings["rule"])


def test_an_organisation_founded_after_its_facts_keeps_them(tmp_path):
    registry = read(late_founding, tmp_path)
    assert registry.errors["rule"].tolist() == ["founded_late"] and len(registry.tables[R]) == 16


def test_a_figure_that_is_right_as_it_is_may_be_said_so(tmp_path):
    def plant(book):
        put(R, "worker_income", 4, 4_250)(book)
        about = book.create_sheet("Giới thiệu")
        about.append(["Đúng như đã ghi", "as_written", f"{REPORT}!{at(R, 'worker_income', 4)}"])

    registry = read(plant, tmp_path)
    assert registry.errors.empty and "as_written" in set(registry.notes["kind"])


def test_what_the_screen_shows_is_read_where_the_format_only_hides_thousands(tmp_path):
    plant = both(*(put(R, "revenue", row, 1_900_500_000, number_format="#,##0.0,,") for row in range(2, 18)))
    registry = read(plant, tmp_path)
    assert registry.findings.empty and registry.tables[R]["revenue"].eq(1900.5).all()
    assert "1900500000" in registry.notes.set_index("kind").loc["as_shown", "message_vi"]
    coded = read(put(ORGS, "org_id", 2, 2700000001, number_format="000000000000"), tmp_path)
    assert coded.tables[ORGS]["org_id"].iloc[0] == "002700000001"


def sheet(title: str, grid: list[list[object]]):
    def plant(book):
        book.create_sheet(title)
        for row in grid:
            book[title].append(row)

    return plant


def test_rows_read_are_accepted_set_aside_or_not_read(tmp_path):
    other = [[header_title(c, "vi") for c in TABLES[R].columns], [IDS[0], 2017], [IDS[1], 2017]]
    plant = both(sheet("Báo cáo năm 2017", other), sheet("Ghi chú", [["Điền đủ các trang."]]))
    registry = read(plant, tmp_path)
    found = registry.errors.iloc[0]
    assert found[["rule", "sheet", "cell"]].tolist() == ["sheet_not_read", "Báo cáo năm 2017", "A1"]
    assert "giống bảng Báo cáo năm" in found["message_vi"] and "2 dòng" in found["message_vi"]
    counts = registry.counts.set_index("table")
    assert counts.loc[R, ["read", "accepted", "quarantined", "not_read"]].tolist() == [18, 16, 0, 2]
    assert (counts["read"] == counts["accepted"] + counts["quarantined"] + counts["not_read"]).all()
    meant = both(plant, sheet("Giới thiệu", [["Để ngoài", "left_out", "báo cáo năm 2017; Ghi chú"]]))
    assert read(meant, tmp_path).errors.empty


def test_the_check_fails_until_what_is_not_read_is_said_to_be_meant(tmp_path):
    book = district_workbook()
    sheet("Tổng hợp", [["Huyện", "Số HTX"], ["Hoa Lư", 4]])(book)
    book["Điểm đánh giá"].append([IDS[0], 2018, "TT09/2017", "1.99", 5, "Huyện thẩm định"])
    book.save(tmp_path / "huyện.xlsx")
    said = CliRunner().invoke(check, [str(tmp_path / "huyện.xlsx"), "--language", "en"])
    assert said.exit_code == 2 and "1 error, 0 warnings: rows not read: 2; see each ERROR above." in said.output
    meant = [str(tmp_path / "huyện.xlsx"), "--leave-out", "Tổng hợp", "--language", "en"]
    slip = CliRunner().invoke(check, meant)
    assert slip.exit_code == 2 and "no such criterion" in slip.output and "Scores accepted and not read" in slip.output
    book["Điểm đánh giá"].delete_rows(2)
    book.save(tmp_path / "huyện.xlsx")
    assert CliRunner().invoke(check, meant).exit_code == 0


def test_rows_below_a_block_of_blank_ones_and_outside_the_dimension_are_read(tmp_path, truth):
    grids = dict(bare())
    head, rest = grids[REPORT][:9], grids[REPORT][9:]
    grids[REPORT] = [*head, *[[] for _ in range(120)], *rest]
    sheets = [
        (title, sheet_xml(grid).replace("<sheetData>", '<dimension ref="A1:B2"/><sheetData>', 1))
        for title, grid in grids.items()
    ]
    (tmp_path / "r.xlsx").write_bytes(xlsx(sheets))
    assert read_registry(tmp_path / "r.xlsx").equals(truth)


def test_a_csv_cut_off_in_the_middle_is_an_error_at_its_last_row(tmp_path):
    from kttt_lib.registry import write_registry

    tables = {"organisations": read(lambda book: None, tmp_path).tables["organisations"]}
    folder = write_registry(tables, {}, tmp_path / "r")
    path = folder / "organisations.csv"
    data = path.read_bytes()
    path.write_bytes(data.rstrip(b"\n"))
    assert read_registry(folder).errors[["rule", "row"]].values.tolist() == [["file_may_be_cut", 9]]
    path.write_bytes(data[: len(data) // 2])
    found = read_registry(folder)
    assert "file_may_be_cut" in set(found.errors["rule"]) and found.errors["row"].nunique() == 1


def test_a_csv_beside_the_tables_is_not_lost(tmp_path):
    from kttt_lib.registry import write_registry

    folder = write_registry({}, {}, tmp_path / "r")
    for path in ("organisations", "annual_reports"):
        header = (folder / f"{path}.csv").read_text(encoding="utf-8").splitlines()[0]
        given = {"org_id": "A", "name": "HTX A", "kind": "htx", "sector": "agriculture", "district": "Yên Khánh"}
        given |= {"founded_on": "2010-03-20", "year": "2018"}
        row = ",".join(given.get(name, "") for name in header.split(","))
        (folder / f"{path}.csv").write_text(f"{header}\n{row}\n", encoding="utf-8")
    (folder / "annual_reports_2017.csv").write_text(f"{header}\nA,2017\n\nA,2016\n", encoding="utf-8")
    found = read_registry(folder).errors
    assert found[["rule", "value"]].values.tolist() == [["sheet_not_read", "annual_reports_2017.csv"]]
    assert "Rows of the sheet “annual_reports_2017.csv” that were not read: 2" in found["message_en"].iloc[0]


BLANKS = ("-", "…", "không", "n/a", "N/A", "chưa có", "–", "không có")


def test_words_for_nothing_leave_a_figure_empty_and_are_told(tmp_path):
    registry = read(rows(3, revenue=BLANKS), tmp_path)
    assert registry.findings.empty and registry.tables[R]["revenue"].isna().sum() == len(BLANKS)
    said = registry.notes.set_index("kind").loc["blanks", "message_vi"]
    assert f"8 ô ghi {', '.join(f'“{word}”' for word in sorted(BLANKS))} ({at(R, 'revenue', 3)}…)" in said


WORDS = {"✓": True, "C": True, "x": True, "☑": True, "K": False, "✗": False, "chưa": False}


def test_listed_spellings_are_understood(tmp_path):
    plants = [put(ORGS, "specialised", row, word) for row, word in enumerate(WORDS, start=2)]
    plants += [
        put(ORGS, "kind", 2, "Quỹ TDND"),
        put(ORGS, "sector", 2, "Tín dụng"),
        put(ORGS, "kind", 3, "Liên hiệp HTX"),
    ]
    plants += [put(ORGS, "founded_on", 9, "ngày 15/3/2014")]
    registry = read(
        both(*plants, *(put(ORGS, "founded_on", row, DAY(2010, 3, 20 + row)) for row in range(2, 9))), tmp_path
    )
    organisations = registry.tables[ORGS]
    assert registry.findings.empty and organisations["specialised"].tolist()[:7] == list(WORDS.values())
    assert organisations["kind"].tolist()[:3] == ["qtdnd", "lhhtx", "htx"]
    assert organisations["founded_on"].iloc[7] == dt.datetime(2014, 3, 15)


@pytest.mark.parametrize(("word", "synthetic"), [("Không", False), (0, False), ("Có", True)])
def test_made_up_data_is_what_the_about_sheet_says_in_any_words(word, synthetic, tmp_path):
    registry = read(sheet("Giới thiệu", [["Dữ liệu giả lập", "synthetic", word]]), tmp_path)
    assert registry.about["synthetic"] is synthetic


def test_made_up_data_told_by_a_formula_or_in_no_words(tmp_path):
    sheets = [(table.vi, sheet_xml([[column.vi for column in table.columns]])) for table in TABLES.values()]
    org = [["A", "HTX A", "htx", "Nông nghiệp", *[None] * 5, "Yên Khánh", "20/3/2010"]]
    sheets[0] = (ORG, sheet_xml([[column.vi for column in TABLES[ORGS].columns], *org]))
    about = sheet_xml([["Dữ liệu giả lập", "synthetic", ("FALSE()", "0")]]).replace('<c r="C1">', '<c r="C1" t="b">')
    (tmp_path / "lo.xlsx").write_bytes(xlsx([*sheets, ("Giới thiệu", about)]))
    assert read_registry(tmp_path / "lo.xlsx").about["synthetic"] is False
    with pytest.raises(KtttError, match="Write yes or no"):
        read(sheet("Giới thiệu", [["Dữ liệu giả lập", "synthetic", "có lẽ"]]), tmp_path)


SAVED = {
    "Strict Open XML": (
        ("http://schemas.openxmlformats.org/spreadsheetml/2006/main", "http://purl.oclc.org/ooxml/spreadsheetml/main"),
        ("http://schemas.openxmlformats.org/officeDocument/2006", "http://purl.oclc.org/ooxml/officeDocument"),
    ),
    "a main part of another name": (("workbook.xml", "workbook22.xml"),),
}


def bare() -> list[tuple[str, list[list[object]]]]:
    """The titles and cells of a small sound workbook, days as text."""
    book = district_workbook()
    return [
        (
            sheet.title,
            [
                [f"{value:%d/%m/%Y}" if isinstance(value, dt.date) else value for value in row]
                for row in sheet.iter_rows(values_only=True)
            ],
        )
        for sheet in book.worksheets
    ]


@pytest.mark.parametrize("how", SAVED)
def test_a_workbook_is_known_however_it_was_saved(how, tmp_path, truth):
    made = parts([(title, sheet_xml(grid)) for title, grid in bare()])
    with zipfile.ZipFile(tmp_path / "huyện.xlsx", "w") as archive:
        for name, text in made.items():
            for usual, other in SAVED[how]:
                name, text = name.replace(usual, other), text.replace(usual, other)
            archive.writestr(name, text)
    assert read_registry(tmp_path / "huyện.xlsx").equals(truth)


def ods_cell(value: object) -> str:
    if value is None:
        return "<table:table-cell/>"
    if isinstance(value, int | float):
        return f'<table:table-cell office:value-type="float" office:value="{value}"/>'
    return f'<table:table-cell office:value-type="string"><text:p>{escape(str(value))}</text:p></table:table-cell>'


def test_an_open_document_is_read_by_its_values_and_says_what_is_not_seen(tmp_path, truth):
    names = "".join(
        f' xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"' for name in ("office", "table", "text")
    )
    tables = "".join(
        f'<table:table table:name="{title}">'
        + "".join(f"<table:table-row>{''.join(map(ods_cell, row))}</table:table-row>" for row in grid)
        + "</table:table>"
        for title, grid in bare()
    )
    content = f"<office:document-content{names}><office:body><office:spreadsheet>{tables}</office:spreadsheet>"
    with zipfile.ZipFile(tmp_path / "huyện.ods", "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("META-INF/manifest.xml", "<manifest/>")
        archive.writestr("content.xml", f"{content}</office:body></office:document-content>")
    registry = read_registry(tmp_path / "huyện.ods")
    assert registry.equals(truth), registry.findings[["rule", "cell", "value"]].to_string()
    assert "only values are seen" in registry.notes.set_index("kind").loc["values_only", "message_en"]


@pytest.mark.office
@pytest.mark.parametrize("form", ["xls", "ods"])
def test_libreoffice_s_own_and_old_excel_workbooks_are_read(form, tmp_path, truth):
    district_workbook().save(tmp_path / "huyện.xlsx")
    profile = f"-env:UserInstallation=file://{tmp_path}/lo"
    command = ["soffice", profile, "--headless", "--convert-to", form, "--outdir", str(tmp_path), "huyện.xlsx"]
    subprocess.run(command, cwd=tmp_path, check=True, capture_output=True, timeout=180)
    registry = read_registry(tmp_path / f"huyện.{form}")
    assert registry.equals(truth), registry.findings[["rule", "cell", "value"]].to_string()


def test_a_sound_workbook_and_one_declared_in_dong_raise_no_alarm(tmp_path, truth):
    assert truth.findings.empty and truth.notes.empty
    declared = both(
        *(times(R, name, 1e6, title=f"{TABLES[R].column(name).vi} (đồng)") for name in MONEY)
    )  # fmt: skip
    registry = read(declared, tmp_path)
    assert registry.findings.empty and registry.tables[R]["revenue"].eq(1900.5).all()


def test_a_figure_in_a_message_is_written_as_its_language_writes_it(tmp_path):
    (error,) = read(put(R, "revenue", 5, 1_900_500), tmp_path).errors.to_dict("records")
    assert "1.900,5" in error["message_vi"] and "1900.5" in error["message_en"]
