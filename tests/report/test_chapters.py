"""A year-end report's real chapters: money, causes with their evidence, the next year, models by name, the form."""

from __future__ import annotations

import datetime as dt

import pandas as pd
import province as made_up
import pytest
from small_registries import registry

from kttt_lib.analysis.resources import resources
from kttt_lib.report.annual import build_annual_report
from kttt_lib.report.book import Book
from kttt_lib.report.claims.from_docx import read_docx
from kttt_lib.report.context import prepare
from kttt_lib.report.document import Block, Bullets, Entry, Table, block_runs, plain
from kttt_lib.report.docx import write_docx
from kttt_lib.report.sections.annexes import ANNEXES
from kttt_lib.report.sections.causes import falls_short, named
from kttt_lib.report.sections.difficulties import difficulties
from kttt_lib.report.sections.management import management
from kttt_lib.report.sections.measures import measures
from kttt_lib.report.sections.ministry import ministry_form
from kttt_lib.report.sections.outlook import outlook
from kttt_lib.report.sections.typical import typical
from kttt_lib.results import (
    MODELS_TYPICAL,
    OUTLOOK_NEXT_YEAR,
    RESOURCES_FORM,
    RESOURCES_MANAGEMENT,
    RESOURCES_RECEIVED,
    SCORECARD_BY_GROUP,
    SCORECARD_DELIVERY,
    SCORECARD_LOST_POINTS,
)

pytestmark = pytest.mark.usefixtures("undrawn")


@pytest.fixture(scope="module")
def money() -> dict[str, pd.DataFrame]:
    """What a registry of four says of two years."""
    people = {"members": 100, "women": 40, "charter_capital": 500.0, "managers_college": 2, "managers_untrained": 1,
              "managers_intermediate": 1}  # fmt: skip
    more = people | {"members": 110, "women": 55, "charter_capital": 600.0}
    facts = {
        name: {
            "reports": {2019: people, 2020: more},
            "supports": [{"date": "2020-05-01", "programme": "land", "amount": 10}],
            "loans": [{"date": "2020-05-01", "amount": 50, "preferential": True}],
        }
        for name in "ABCD"
    }
    found = resources(registry(facts), "2020-12-31")
    return {str(name): table for name, table in found.items()}


def told(blocks: list[Block], language: str = "vi") -> str:
    return " ".join(plain(tuple(block_runs(block)), language) for block in blocks).replace("\N{NO-BREAK SPACE}", " ")


def book(tables: dict[str, pd.DataFrame], language: str = "vi", audience: str = "internal", as_of=made_up.END) -> Book:
    context = made_up.context(language, audience, as_of)
    return Book(prepare(tables, context), context)


def delivery() -> pd.DataFrame:
    return SCORECARD_DELIVERY.frame([["M1", "M1", 12, 12, 60.0, 12, 80.0], ["M2", "M2", 5, 5, 10.0, 5, 40.0]])


def test_money_spent_stands_beside_money_planned_and_what_gives_no_figure_is_counted(money):
    tables = made_up.results("good") | money | {SCORECARD_DELIVERY: delivery()}
    blocks = measures(book(tables))
    text = told(blocks)
    assert "đã chi 70 triệu đồng trên 120 triệu đồng dự toán, bằng 58,3%" in text
    assert "nhóm M2: 10 triệu đồng trên 40 triệu đồng (25,0%)" in text
    table = next(b for b in blocks if isinstance(b, Table) and b.anchor == "tab-measures")
    assert [plain(cell, "vi") for cell in table.rows[-1][-3:]] == ["120", "70", "58,3%"]
    tables[SCORECARD_DELIVERY] = delivery().assign(with_plan=[12, 4])
    blocks = measures(book(tables))
    assert "không cùng hoạt động nên không tính tỷ lệ" in told(blocks)
    assert "1 hoạt động không ghi dự toán" in told(blocks)
    table = next(b for b in blocks if isinstance(b, Table) and b.anchor == "tab-measures")
    assert plain(table.rows[-1][-1], "vi") == "–"
    assert "4 tổ chức nhận 4 lượt hỗ trợ, tổng kinh phí 40 triệu đồng" in text


def test_what_moved_is_told_of_those_that_reported_twice(money):
    table = management(book(made_up.results("good") | money))[-1]
    rows = {plain(r[0], "vi"): [plain(c, "vi") for c in r[1:]] for r in table.rows}
    assert rows["Thành viên (người)"] == ["440", "4/4", "400", "440", "+10,0%"]
    assert rows["Tỷ lệ thành viên nữ"][-1] == "+10,0\N{NO-BREAK SPACE}điểm phần trăm"


def test_the_public_is_told_that_a_few_organisations_are_hidden_and_not_that_they_sent_nothing(money):
    hidden = money[RESOURCES_MANAGEMENT].astype({"reports": "Float64"}).assign(suppressed=True)
    hidden[["value", "reports", "same_now", "same_before", "jumps"]] = pd.NA
    public = book(made_up.results("good") | money)
    public.results = dict(public.results) | {RESOURCES_MANAGEMENT: hidden}
    assert "không công bố" in told(management(public)) and "Chưa nhận được" not in told(management(public))


@pytest.mark.parametrize("language", ["vi", "en"])
def test_a_sum_with_figures_tenfold_those_of_the_year_before_is_not_compared_and_says_why(money, language):
    frame = money[RESOURCES_MANAGEMENT].copy()
    line = (frame["series"] == "charter_capital") & (frame["sector"] == "all") & (frame["year"] == 2020)
    frame.loc[line, ["value", "reports", "same", "same_before", "same_now", "jumps"]] = [5e6, 4, 4, 5e3, 5e6, 3]
    blocks = management(book(made_up.results("good") | money | {RESOURCES_MANAGEMENT: frame}, language))
    table = next(b for b in blocks if isinstance(b, Table))
    told = {"vi": ("Vốn điều lệ", "3 báo cáo), chênh hơn mười lần"), "en": ("Charter capital", "3 reports)")}
    name, note = told[language]
    row = next(r for r in table.rows if name in plain(r[0], language))
    assert plain(row[-1], language) == "–" and f"{name} ({note}" in plain(table.note, language)


def test_a_small_change_of_a_share_is_not_told_as_none(money):
    frame = money[RESOURCES_MANAGEMENT].copy()
    line = (frame["series"] == "women_share") & (frame["sector"] == "all") & (frame["year"] == 2020)
    frame.loc[line, ["same_before", "same_now"]] = [43.434, 43.480]
    blocks = management(book(made_up.results("good") | money | {RESOURCES_MANAGEMENT: frame}))
    table = next(b for b in blocks if isinstance(b, Table))
    row = next(
        [plain(cell, "vi") for cell in row]
        for row in table.rows
        if "nữ" in plain(row[0], "vi") and "Tỷ" in plain(row[0], "vi")
    )
    assert row[3:5] == ["43,4%", "43,5%"] and row[5].startswith("+0,05")


@pytest.mark.parametrize("language", ["vi", "en"])
def test_a_chapter_names_causes_only_where_figures_show_one(language):
    cause = {"vi": "NGUYÊN NHÂN", "en": "CAUSES"}[language]
    place = {"vi": "[Cơ quan soạn thảo bổ sung", "en": "[The drafting office adds"}[language]
    bad = told(difficulties(book(made_up.results("bad"), language)), language)
    assert cause in bad and place in bad
    good = told(difficulties(book(made_up.results("good"), language)), language)
    assert cause not in good and place not in good


def test_a_cause_says_where_which_criterion_and_which_reports():
    tables = made_up.results("bad")
    tables[SCORECARD_LOST_POINTS] = SCORECARD_LOST_POINTS.frame(
        [["T3", "tt01_2020", "c3", "Kết quả kinh doanh", "Business result", 11.0, 9, 4.0, 60, 9.0, 5.0],
         ["T3", "tt01_2020", "c1", "Vốn", "Capital", 7.0, 2, 1.0, 60, 6.0, 5.0]]
    )  # fmt: skip
    said = next(
        plain(item, "vi")
        for block in difficulties(book(tables))
        if isinstance(block, Bullets)
        for item in block.items
        if plain(item, "vi").startswith("T3.") and "tổ chức không đạt" in plain(item, "vi")
    )
    assert "nhiều nhất ở" in said
    assert "“Kết quả kinh doanh” (bình quân 4 điểm, nơi đạt 9)" in said and "“Vốn”" not in said, "two are no group"


def next_year(*more: list) -> pd.DataFrame:
    rows = [
        ["T3", "T3", "T3", "%", ">=", 2021, 71.25, 90.0, 70.0, 75.0, 0.02, "transitions", "a", "a"],
        ["T1", "T1", "T1", "%", ">=", 2021, 25.0, 100.0, None, None, None, "no_history", "b", "b"],
        *more,
    ]
    frame = OUTLOOK_NEXT_YEAR.frame(rows)
    return frame.astype({"likely": float, "even": float, "at_promised": float})


def test_the_next_year_has_a_value_only_where_it_is_foreseen():
    blocks = outlook(book(made_up.results("bad") | {OUTLOOK_NEXT_YEAR: next_year()}))
    table = next(b for b in blocks if isinstance(b, Table) and b.anchor == "tab-next-year")
    cells = [plain(cell, "vi").replace("\N{NO-BREAK SPACE}", " ") for cell in table.rows[0][1:]]
    assert cells == ["≥ 90%", "71,25%", "≥ 70,00%", "≥ 75,00%", "2%"]
    assert len(table.rows) == 1
    assert "nên không nêu mức: T1" in told(blocks)


def test_of_a_share_no_more_than_all_can_be_promised_for_the_next_year():
    whole = ["T2", "T2", "T2", "%", ">=", 2021, 71.0, 100.0, 20.0, 100.0, 0.5, "transitions", "a", "a"]
    blocks = outlook(book(made_up.results("bad") | {OUTLOOK_NEXT_YEAR: next_year(whole)}))
    table = next(b for b in blocks if isinstance(b, Table) and b.anchor == "tab-next-year")
    cells = [plain(cell, "vi") for cell in table.rows[1][1:]]
    assert cells[0].startswith("100") and cells[2].startswith("≥") and cells[3].startswith("100"), cells


def test_districts_are_said_to_have_most_only_when_none_is_hidden():
    tables = made_up.results("bad")
    groups = tables[SCORECARD_BY_GROUP]
    here = (groups["target_id"] == "T3") & (groups["dimension"] == "district")
    shown = book(tables)
    whole = told([Bullets(tuple(falls_short(shown, "T3")))])
    assert "nhiều nhất ở" in whole
    hidden = groups.astype({"numerator": "Float64", "denominator": "Float64"})
    hidden.loc[here & groups["level"].isin(["Nho Quan", "Gia Viễn"]), ["numerator", "denominator"]] = pd.NA
    part = book(tables | {SCORECARD_BY_GROUP: hidden})
    said = told([Bullets(tuple(falls_short(part, "T3")))])
    assert "trong đó có" in said and "nhiều nhất" not in said


@pytest.mark.parametrize(
    "most_first, number",
    [([3, 2, 1, 1], 4), ([6, 5, 3, 3, 2], 4), ([6, 5, 3, 3, 3, 1], 2), ([6, 5, 4, 3, 3], 3), ([1, 1, 1, 1, 1], 5)],
)
def test_no_district_is_named_while_another_with_as_many_is_not(most_first, number):
    assert named(pd.Series(most_first)) == number


def test_before_the_deadline_each_unlikely_target_says_what_must_happen_by_when():
    tables = made_up.results("bad")
    if "outlook/targets" not in tables:
        pytest.skip("no outlook is made up")
    early = dt.date(2020, 6, 30)
    said = book(tables, as_of=early)
    low = tables["outlook/targets"].query("probability < 0.5")["target_id"]
    text = told(outlook(said))
    assert all(f"{i} (" in text for i in low)


def test_models_are_named_inside_the_office_only():
    frame = MODELS_TYPICAL.frame(
        [["A", "HTX An Bình", "Hoa Lư", "agriculture", 3, "tot", "Tốt", "Good", 91.0, 2020, "Chuỗi", "Chain", 95.0]]
    )
    tables = made_up.results("good") | {MODELS_TYPICAL: frame}
    assert "HTX An Bình" in told(typical(book(tables)))
    assert typical(book(tables, audience="public")) == []
    assert MODELS_TYPICAL not in book(tables, audience="public").results


def test_the_ministrys_form_counts_the_rows_that_no_registry_fills(money):
    tables = made_up.results("good") | money
    form = money[RESOURCES_FORM]
    absent, whole = int((~form["recorded"]).sum()), len(form)
    assert 0 < absent < whole
    text = told(ministry_form(book(tables)))
    assert f"không ghi {absent}/{whole} dòng" in text and "Nợ phải trả" in text


def test_paper_lists_the_sources_once_and_leaves_the_entries_to_the_screen(tmp_path):
    tables = made_up.results("good")
    told_in = book(tables)
    blocks = [block for part in ANNEXES for block in part(told_in)]
    assert sum(isinstance(b, Table) and b.anchor == "tab-sources" for b in blocks) == 1
    entries = [b for b in blocks if isinstance(b, Entry)]
    document = build_annual_report(tables, made_up.context("vi", "internal"))
    word = write_docx(document, tmp_path / "r.docx")
    text = " ".join(piece.text for piece in read_docx(word.read_bytes()))
    assert entries and "Tên bảng" not in text


def test_what_organisations_received_adds_up_to_who_stands_behind_it(money):
    behind = money["resources/behind"]
    sums = behind[behind["source"] == "support"].groupby("year")["weight"].sum()
    whole = money[RESOURCES_RECEIVED].query("source == 'support' and dimension == 'all'").set_index("year")["amount"]
    assert sums.to_dict() == whole.to_dict() == {2020: 40.0}
