"""A chapter that has no result says why; two forecasts of one year are both named."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import province as made_up
import pytest

from kttt_lib.analysis.frontier.mergers import COHORT_INDICATOR
from kttt_lib.report import notebook
from kttt_lib.report.annual import build_annual_report
from kttt_lib.report.book import Book
from kttt_lib.report.context import prepare
from kttt_lib.report.document import Paragraph, Picture, plain
from kttt_lib.report.notebook import Page
from kttt_lib.report.sections.adoption import adoption, main_model
from kttt_lib.report.sections.efficiency import efficiency
from kttt_lib.report.sections.restructuring import restructuring

pytestmark = pytest.mark.usefixtures("undrawn")


def said(chapter, tables: dict[str, pd.DataFrame], language: str = "vi", as_of=made_up.END) -> str:
    context = made_up.context(language, as_of=as_of)
    blocks = chapter(Book(prepare(tables, context), context))
    runs = [b.caption if isinstance(b, Picture) else b.runs for b in blocks if isinstance(b, Paragraph | Picture)]
    return " ".join(plain(r, language) for r in runs)


def few() -> dict[str, pd.DataFrame]:
    """A registry of which too few HTX can be compared."""
    tables = made_up.results("good")
    for name in ("efficiency/scores", "efficiency/summary", "efficiency/peers"):
        tables[name] = tables[name].iloc[:0]
    tables["efficiency/funnel"] = pd.DataFrame(
        {
            "year": 2020,
            "step": ["positive", "enough_alike"],
            "step_vi": ["Đầu ra lớn hơn không", "Có đủ HTX cùng loại để so sánh"],
            "step_en": ["Outputs above zero", "Enough HTX of the same kind to compare with"],
            "organisations": [17, 0],
            "left_out": [3, 17],
            "needed": pd.array([pd.NA, 25], dtype="Int64"),
        }
    )
    return tables


def test_too_few_to_compare_is_said_with_how_many_there_are_and_how_many_are_needed():
    vi, en = said(efficiency, few()), said(efficiency, few(), "en")
    assert "có 17 HTX nông nghiệp đủ số liệu" in vi and "cần ít nhất 25 HTX" in vi
    assert "17 HTX thuộc loại có quá ít HTX để so" in vi
    assert "17 agricultural HTX have complete data for 2020" in en and "at least 25 HTX" in en
    bare = few() | {"efficiency/funnel": few()["efficiency/funnel"].drop(columns="needed")}
    assert "chưa có kết quả phân tích hiệu quả" in said(efficiency, bare)


def test_nothing_on_record_is_told_from_nothing_run():
    tables = made_up.results("good")
    for name in ("adoption/series", "restructuring/cohort"):
        tables[name] = tables[name].iloc[:0]
    assert "chưa ghi HTX kiểu mới nào" in said(adoption, tables)
    assert "Kế hoạch không có mục tiêu sáp nhập" in said(restructuring, tables)
    context = made_up.context("vi")
    asked = context.plan.targets[0].model_copy(update={"indicator": COHORT_INDICATOR})
    promised = replace(context, plan=context.plan.model_copy(update={"targets": [asked, *context.plan.targets[1:]]}))
    blocks = restructuring(Book(prepare(tables, promised), promised))
    assert "Không có HTX nào thuộc diện" in plain(blocks[-1].runs, "vi")
    del tables["adoption/series"], tables["restructuring/cohort"]
    assert "chưa có kết quả" in said(adoption, tables) and "chưa có kết quả" in said(restructuring, tables)


def both() -> dict[str, pd.DataFrame]:
    tables = made_up.results("good")
    each = pd.DataFrame({"year": [2021], "model": "hazard", "median": 108.0, "lower": 90.0, "upper": 130.0})
    tables["adoption/forecast"] = pd.concat([tables["adoption/forecast"], each], ignore_index=True)
    return tables


def test_both_forecasts_are_named_in_one_sentence_and_neither_is_the_targets():
    told = said(adoption, both())
    sentence = next(s for s in told.split(". ") if "Có hai dự báo" in s)
    assert "mô hình Bass" in sentence and "khoảng 108 HTX (từ 90 đến 130)" in sentence
    assert sentence.index("45") < sentence.index("108")
    assert "kết luận về mục tiêu T13 không dựa vào hai dự báo này" in sentence
    assert "Bass)" in told  # the model stands in brackets
    assert "ít nhất một căn cứ ghi trong bảng Mô hình, thực hành" in told


def test_before_the_end_the_way_of_the_chance_is_named():
    tables = both()
    tables["outlook/targets"] = tables["outlook/targets"].assign(method_vi="Theo xếp loại các năm trước")
    told = said(adoption, tables, as_of=made_up.END.replace(month=6, day=30))
    assert (
        "xác suất đạt mục tiêu T13 không lấy từ hai dự báo này, mà tính theo cách: “Theo xếp loại các năm trước”"
        in told
    )


def test_one_forecast_alone_is_told_as_before():
    assert "Theo xu thế các năm qua" in said(adoption, made_up.results("good"))
    tables = both()
    tables["adoption/forecast"] = tables["adoption/forecast"].query("model == 'hazard'")
    tables["adoption/fits"] = tables["adoption/fits"].iloc[:0]
    assert "Mô phỏng từng HTX" in said(adoption, tables)


def test_fits_alike_to_the_last_digit_give_the_first_model():
    tables = made_up.results("good")
    tables["adoption/forecast"] = pd.DataFrame({"model": ["bass", "logistic"], "year": 2021})
    tables["adoption/fits"] = pd.DataFrame(
        {"model": ["bass", "logistic"], "aicc": [42.35614080042557, 42.356140800425536]}
    )
    context = made_up.context()
    assert main_model(Book(prepare(tables, context), context)) == "bass"


@pytest.mark.parametrize(("language", "words"), [("vi", "Không có dòng nào"), ("en", "No rows")])
def test_a_table_without_rows_says_so(language, words, monkeypatch):
    shown = []
    monkeypatch.setattr(notebook, "display", shown.append)
    page = Page(made_up.context(language))
    page.table(pd.DataFrame({"read": [], "accepted": []}))
    page.table(pd.DataFrame({"read": [1], "accepted": [2]}))
    assert f'<td colspan="2">{words}</td>' in shown[-2].data and words not in shown[-1].data


def test_the_whole_report_is_made_of_a_registry_too_small():
    assert build_annual_report(few(), made_up.context("en")).body
