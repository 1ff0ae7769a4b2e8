"""The province's yearly summary: written and read back equal, and no verdict stronger than a total can carry."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pandas as pd
import pytest
from click.testing import CliRunner
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kttt_lib.analysis.resources.resources import resources
from kttt_lib.cli import main
from kttt_lib.errors import KtttError
from kttt_lib.intake.forms.results import beside_registry, targets_said
from kttt_lib.intake.forms.summary import BASIS, read_summary
from kttt_lib.intake.forms.writing import Sheet, summary_sheet, write_forms
from kttt_lib.intake.grid import read_grids
from kttt_lib.plan import load_plan
from kttt_lib.rating import load_form
from kttt_lib.registry import registry_from_frames
from kttt_lib.results import RESOURCES_FORM

FORM = load_form("province")
CELLS = [(line.code, column) for part in FORM.parts for line in part.lines for column in part.columns]
GIVEN = {
    ("active", "value"): 400, ("capital", "organisations"): 40, ("training", "quantity"): 520,
    ("trade_promotion", "organisations"): 20, ("trade_promotion", "amount"): 350.5,
    ("infrastructure", "organisations"): 18, ("trademark", "organisations"): 5,
}  # fmt: skip


def write(path: Path, values: dict, notes: dict | None = None, year: int = 2020) -> Path:
    sheet = Sheet("Tổng hợp", values, notes or {})
    return write_forms(path, FORM, [sheet], year, "Ninh Bình", number=None, synthetic=True)


def read(path: Path, **more: object):
    return read_summary(read_grids(path), **more)


def said(summary, whole_year: bool = False) -> pd.DataFrame:
    return targets_said(load_plan("ninh-binh-2020"), [summary], whole_year).set_index("target_id")


def value_of(cell: tuple[str, str]) -> st.SearchStrategy:
    if FORM.unit(*cell) in ("million_vnd", "ha"):
        return st.integers(0, 10**10).map(lambda n: n / 1000)
    return st.integers(0, 10**6)


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_whatever_is_written_reads_back_equal_and_what_is_blank_is_no_figure(tmp_path, data):
    cells = data.draw(st.lists(st.sampled_from(CELLS), unique=True, max_size=30))
    values = {cell: data.draw(value_of(cell)) for cell in cells}
    summary = read(write(tmp_path / "th.xlsx", values))
    found = summary.figures
    assert dict(zip(zip(found["line"], found["column"]), found["value"])) == values
    assert (found["basis"] == BASIS).all() and (summary.year, summary.province) == (2020, "Ninh Bình")
    rows = ("above", "lines", "section", "head", "foot", "skipped", "not_read")
    assert summary.account["rows"] == sum(summary.account[kind] for kind in rows) and summary.synthetic
    assert not [cell for cell in summary.errors["cell"] if cell.startswith("A")]


def test_totals_give_bounds_and_a_verdict_only_where_every_reading_agrees(tmp_path):
    early = said(read(write(tmp_path / "th.xlsx", GIVEN)))
    assert (early.at["T9", "lower"], early.at["T9", "verdict"]) == (520, "met") and pd.isna(early.at["T9", "upper"])
    # The form counts credit funds among the HTX helped, the promises do not.
    assert early.loc[["T10", "T11", "T12"], "verdict"].tolist() == ["undetermined"] * 3
    assert (early.at["T10", "indication"], early.at["T11", "indication"]) == (20, 5)
    assert early.loc[["T10", "T11"], "lower"].isna().all()
    assert early.at["T8", "verdict"] == "no_data" and early.at["T8", "basis"] == ""
    assert early.at["T12", "indication"] == 10 and early.loc["T12", ["lower", "upper"]].isna().all()
    assert early.at["T9", "cells"].startswith("th.xlsx!D")
    # Industrial promotion is blank: it may be anything, so nothing bounds T10 from above even at the year's end.
    assert pd.isna(said(read(tmp_path / "th.xlsx"), whole_year=True).at["T10", "upper"])
    few = GIVEN | {("training", "quantity"): 480, ("industrial_promotion", "organisations"): 3}
    for cell in (("trade_promotion", "organisations"), ("infrastructure", "organisations")):
        few[cell] = 8
    late = said(read(write(tmp_path / "few.xlsx", few)), whole_year=True)
    assert late.loc[["T9", "T10"], "verdict"].tolist() == ["not_met", "not_met"] and late.at["T10", "upper"] == 19
    assert said(read(tmp_path / "few.xlsx")).loc[["T9", "T10"], "verdict"].tolist() == ["undetermined"] * 2


def test_a_form_of_the_new_circular_whose_year_is_not_the_calendars_bounds_nothing(tmp_path):
    plan = load_plan("ninh-binh-2020")
    period = plan.period.model_copy(
        update={"start": plan.period.start.replace(year=2025), "end": plan.period.end.replace(year=2025)}
    )
    moved = plan.model_copy(
        update={
            "period": period,
            "targets": [t.model_copy(update={"deadline": t.deadline.replace(year=2025)}) for t in plan.targets],
        }
    )
    summary = read(write(tmp_path / "th.xlsx", GIVEN, year=2025))
    found = targets_said(moved, [summary]).set_index("target_id")
    assert found.loc["T9", ["lower", "upper"]].isna().all() and found.at["T9", "verdict"] == "undetermined"
    assert targets_said(moved, [summary], True).set_index("target_id").at["T9", "verdict"] == "met"


def test_the_registers_own_print_with_two_columns_blocks_and_thousands(tmp_path):
    # Titles as a register prints its provincial form (HTX and LHHTX side by side); the figures are invented.
    book = openpyxl.Workbook()
    for cells in (
        ["Báo cáo tình hình hoạt động năm 2020 tỉnh Ninh Bình"], ["ĐVT: nghìn đồng"], ["I. Thông tin chung"],
        ["Tổng số HTX đang hoạt động:", 400], ["HTX cung ứng dịch vụ:", 300], ["HTX tạo việc làm:", 100],
        ["Tổng số thành viên:", 1000], ["HTX cung ứng dịch vụ", 900], ["LIÊN HIỆP HỢP TÁC XÃ"],
        ["Tổng số LHHTX đang hoạt động", 2], ["Tổng số lao động thường xuyên", 9],
        ["II. TÀI SẢN, VỐN, HOẠT ĐỘNG ĐẦU TƯ"], ["Tiêu chí", "HTX", "LH HTX"],
        ["Tổng cộng tài sản :", 5_000_000, 70_000], ["Tổng cộng nguồn vốn:", 5_000_000, 70_000],
        ["IV. TÌNH HÌNH THỤ HƯỞNG CHÍNH SÁCH"], ["Chính sách hỗ trợ cho các HTX"],
        ["Tiêu chí", "Số lượng", "Kinh phí", "Số HTX được hỗ trợ"],
        ["Hỗ trợ đào tạo, bồi dưỡng nguồn nhân lực", 600, 120_000, 90],
        ["Hỗ trợ tiếp cận vốn và quỹ hỗ trợ phát triển HTX", 50, 900_000, 50],
        ["Chính sách hỗ trợ, ưu đãi đối với các HTX nông nghiệp"],
        ["Tiêu chí", "Số lượng", "Kinh phí", "Số HTX được hỗ trợ"],
        ["Hỗ trợ đầu tư phát triển kết cấu hạ tầng", 31, 2_500_000, 31],
        ["V. TRÌNH ĐỘ CÁN BỘ CHỦ CHỐT"],
        ["Tiêu chí", "Chưa qua đào tạo", "Sơ cấp nghề", "Trung cấp, cao đẳng", "Đại học, trên đại học"],
        ["Kế toán trưởng", 10, 20, 30, 40],
    ):  # fmt: skip
        book.active.append(cells)
    book.save(tmp_path / "in.xlsx")
    summary = read(tmp_path / "in.xlsx")
    figures = summary.figures.set_index(["line", "column"])["value"].to_dict()
    assert summary.findings.empty, summary.findings["message_en"].tolist()
    assert figures["total_assets", "value"] == 5000 and figures["sources", "unions"] == 70
    assert figures["active_serving", "value"] == 300 and figures["members_serving", "value"] == 900
    assert figures["unions_workers", "value"] == 9 and figures["officers_accountant", "university"] == 40
    assert figures["infrastructure", "amount"] == 2500 and figures["training", "quantity"] == 600
    told = said(summary, whole_year=True)
    # The official titles say neither attendances nor preferential loans: figures to look at, no verdict.
    assert told.loc[["T9", "T12"], "verdict"].tolist() == ["undetermined", "undetermined"]
    assert told.at["T10", "verdict"] == "undetermined" and "nông nghiệp" in told.at["T10", "reason_vi"]


def test_a_broken_sum_is_told_with_its_cells_and_carries_no_verdict(tmp_path):
    broken = {("active", "value"): 400, ("active_serving", "value"): 300, ("active_jobs", "value"): 90}
    path = write(tmp_path / "th.xlsx", GIVEN | broken)
    summary = read(path)
    (error,) = summary.errors.to_dict("records")
    assert "= 390" in error["message_vi"] and "Working HTX" in error["message_en"] and error["cell"].startswith("D")
    assert said(summary).at["T12", "verdict"] == "no_data"
    done = CliRunner().invoke(main, ["forms", "read", str(path), "--plan", "ninh-binh-2020"])
    assert done.exit_code == 2 and "LỖI " + error["cell"] in done.output and "không đếm lại" in done.output


def test_sums_that_their_unit_cannot_be_are_told_with_both_readings_and_carry_nothing(tmp_path):
    given = GIVEN | {("revenue", "value"): 1_440_000_000_000, ("trade_promotion", "amount"): 350_500_000}
    path = write(tmp_path / "th.xlsx", given)
    summary = read(path)
    cells = summary.figures.set_index(["line", "column"])["cell"]
    revenue, help_ = cells["revenue", "value"], cells["trade_promotion", "amount"]
    assert set(summary.errors["cell"]) == {revenue, help_}
    message = summary.errors.set_index("cell").at[revenue, "message_vi"]
    assert "400 tổ chức" in message and "nếu ghi theo đồng thì là 3.600 triệu đồng" in message
    assert summary.figure("revenue") is None and summary.figure("active") is not None
    assert read(path, as_written=[revenue.lower(), help_]).errors.empty


def test_the_unions_column_of_the_first_titles_holds_for_the_parts_below(tmp_path):
    book = openpyxl.Workbook()
    for cells in (
        ["Báo cáo tình hình hoạt động năm 2020 tỉnh Ninh Bình"], ["ĐVT: triệu đồng"], ["Tiêu chí", "HTX", "LH HTX"],
        ["I. Thông tin chung"], ["Tổng số HTX đang hoạt động:", 4], ["Tổng số thành viên:", 100],
        ["Tổng số lao động thường xuyên", 9], ["Tổng số LHHTX đang hoạt động", 2],
        ["II. TÀI SẢN, VỐN, HOẠT ĐỘNG ĐẦU TƯ"], ["Tổng cộng tài sản :", 5_000, 700], ["Nợ phải trả", None, 300],
        ["Vốn chủ sở hữu", None, 400], ["III. Kết quả kinh doanh ghi nhận theo báo cáo tài chính năm"],
        ["Doanh thu", None, 800], ["Tổng quỹ lương", 300],
    ):  # fmt: skip
        book.active.append(cells)
    book.save(tmp_path / "in.xlsx")
    summary = read(tmp_path / "in.xlsx")
    assert summary.findings.empty, summary.findings["message_en"].tolist()
    figures = summary.figures.set_index(["line", "column"])["value"].to_dict()
    assert figures["revenue", "unions"] == 800 and ("revenue", "value") not in figures
    assert figures["debts", "unions"] == 300 and figures["wages", "value"] == 300


def test_what_nothing_says_is_asked_and_what_is_no_number_refused(tmp_path):
    path = write(tmp_path / "th.xlsx", GIVEN | {("active", "value"): 400.5, ("members", "value"): "nhiều"})
    assert sorted(cell[0] for cell in read(path).errors["cell"]) == ["D", "D"]
    with pytest.raises(KtttError, match="2020"):
        read(path, year=2019)
    bare = openpyxl.load_workbook(path)
    for row in bare.active.iter_rows():
        for cell in row:
            if isinstance(cell.value, str) and ("triệu đồng" in cell.value):
                cell.value = cell.value.replace("(triệu đồng)", "").replace("triệu đồng", "") or None
    bare.save(path)
    with pytest.raises(KtttError, match="--unit"):
        read(path)
    assert (
        read(path, unit="tỷ đồng").figures.set_index(["line", "column"]).at[("trade_promotion", "amount"), "value"]
        == 350_500
    )


ORGS = pd.DataFrame(
    [(i, f"HTX {i}", "htx" if i < "D" else "tht", "agriculture", "2010-01-01", "Hoa Lư") for i in "ABCD"],
    columns=["org_id", "name", "kind", "sector", "founded_on", "district"],
)


def small(**tables: list[dict]):
    frames = {name: pd.DataFrame(rows) for name, rows in tables.items()}
    return registry_from_frames({"organisations": ORGS, **frames}, {"province": "Ninh Bình", "synthetic": True})


def test_a_registrys_summary_agrees_with_it_leaves_blank_what_it_does_not_hold_and_tells_contradictions(tmp_path):
    support = [
        {"org_id": i, "date": "2020-03-01", "programme": p, "amount": 10.0}
        for i, p in (
            ("A", "trade_promotion"),
            ("A", "infrastructure"),
            ("B", "infrastructure"),
            ("D", "infrastructure"),
        )
    ]
    reports = [{"org_id": i, "year": 2020, "received_on": "2020-12-10", "members": 50, "revenue": 90.5} for i in "AB"]
    registry = small(support_events=support, annual_reports=reports)
    sheet = summary_sheet(resources(registry, "2020-12-31")[RESOURCES_FORM], 2020)
    assert sheet.values["members", "value"] == 100 and sheet.notes["members"] == "2/3 báo cáo"
    # The group D is no HTX; no training was held that we know of, no loan table: blank, never 0.
    assert sheet.values["infrastructure", "organisations"] == 2 and sheet.values["trademark", "organisations"] == 0
    assert not {("training", "quantity"), ("capital", "organisations"), ("interest", "amount")} & set(sheet.values)
    path = write_forms(tmp_path / "th.xlsx", FORM, [sheet], 2020, "Ninh Bình", number="II-17")
    summary = read(path)
    assert set(beside_registry(summary, registry)["says"]) == {"agrees"}
    told = said(summary, whole_year=True)
    assert pd.isna(told.at["T10", "lower"]) and told.at["T10", "upper"] == 3  # in truth A and B
    other = dict(sheet.values) | {("members", "value"): 99, ("revenue", "value"): 300.0, ("active", "value"): 4}
    beside = beside_registry(read(write(tmp_path / "b.xlsx", other)), registry).set_index(["line", "column"])["says"]
    assert beside["members", "value"] == "contradicts" and beside["revenue", "value"] == "open"
    assert beside["active", "value"] == "contradicts"


def test_a_promise_by_year_by_place_of_growth_or_within_a_year_is_not_judged_by_a_years_total(tmp_path):
    plan = load_plan("ninh-binh-2020")
    summary = read(write(tmp_path / "th.xlsx", GIVEN))
    for change in ({"each_year": True}, {"per": "district"}, {"deadline": plan.period.end.replace(month=6, day=30)}):
        targets = [t.model_copy(update=change) if t.id == "T9" else t for t in plan.targets]
        found = targets_said(plan.model_copy(update={"targets": targets}), [summary], True).set_index("target_id")
        assert found.at["T9", "verdict"] == "no_data" and found.at["T9", "indication"] != found.at["T9", "indication"]


def test_an_estimate_made_before_the_years_end_is_no_closed_year(tmp_path):
    path = write(tmp_path / "th.xlsx", GIVEN)
    book = openpyxl.load_workbook(path)
    book.active["A1"].value = f"{book.active['A1'].value} đến 31/12/2020"
    book.save(path)
    assert read(path).closed
    book.active["A1"].value = f"{book.active['A1'].value}, ước thực hiện"
    book.save(path)
    assert not read(path).closed
