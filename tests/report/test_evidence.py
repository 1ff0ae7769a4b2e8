"""Sentences that the data do not bear are not said: changes, lessons, counts of what is unknown."""

from __future__ import annotations

import pandas as pd
import province as made_up
import pytest

from kttt_lib.report.book import Book
from kttt_lib.report.context import prepare
from kttt_lib.report.document import Block, Bullets, Picture, block_runs, plain
from kttt_lib.report.sections import adoption, difficulties, restructuring
from kttt_lib.report.sections.efficiency import efficiency
from kttt_lib.report.sections.targets import statement

NO_CHANGE = {"vi": "Không nêu mức tăng, giảm so với đầu kỳ", "en": "No change since the start"}


def book_of(tables: dict[str, pd.DataFrame], language: str = "vi") -> Book:
    context = made_up.context(language)
    return Book(prepare(tables, context), context)


def text_of(blocks: list[Block], language: str = "vi") -> str:
    return "\n".join(plain(tuple(block_runs(block)), language) for block in blocks)


def jobs(now: int, then: int | None, language: str = "vi") -> str:
    """What is said of a tracked sum of 5 985 that began at 6 148, by the reports missing at each date."""
    tables = made_up.results("good")
    cards, trend = tables["scorecard/targets"], tables["scorecard/trend"]
    place = cards["target_id"] == "Q1"
    facts = {"value": 5985.0, "lower": 5985.0, "upper": None, "start_value": 6148.0, "missing": now}
    for column, fact in facts.items():
        cards.loc[place, column] = fact
    start = (trend["target_id"] == "Q1") & (trend["date"] == pd.Timestamp(2019, 12, 31))
    if then is None:
        tables["scorecard/trend"] = trend[~start]
    else:
        trend.loc[start, "missing"] = then
    return " ".join(plain(s, language) for s in statement(book_of(tables, language), cards[place].iloc[0]))


@pytest.mark.parametrize("language", ["vi", "en"])
@pytest.mark.parametrize(("now", "then"), [(59, 30), (59, 0), (0, 30), (0, None)])
def test_no_change_is_told_between_sums_of_different_reporters(now, then, language):
    said = jobs(now, then, language)
    assert NO_CHANGE[language] in said
    assert "163" not in said and "6.148" not in said and "6,148" not in said


def test_a_change_is_told_where_every_report_is_in():
    said = jobs(0, 0)
    assert "163" in said and "6.148" in said and NO_CHANGE["vi"] not in said


def test_the_way_gone_is_not_measured_while_reports_are_missing():
    tables = made_up.results("bad")
    cards = tables["scorecard/targets"]

    def said() -> str:
        return " ".join(plain(s, "vi") for s in statement(book_of(tables), cards[place].iloc[0]))

    place = cards["target_id"] == "T2"
    assert "đầu kỳ" in said()
    cards.loc[place, "missing"] = 3
    assert "đầu kỳ" not in said()


def test_the_table_of_mergers_shows_the_whole_factor_and_the_part_due_to_merging():
    tables = made_up.results("good")
    blocks = restructuring.restructuring(book_of(tables))
    picture = next(b for b in blocks if isinstance(b, Picture))
    table = picture.data
    heads = [plain(c.head, "vi") for c in table.columns]
    pair = tables["restructuring/pairs"].iloc[0]
    shown = dict(zip(heads, (plain(cell, "vi") for cell in table.rows[0])))
    assert shown["Hệ số chung"] == "0,85" and shown["Hệ số do sáp nhập"] == "0,94"
    assert pair["potential"] == pytest.approx(pair["learning"] * pair["potential_corrected"])
    assert "không cần sáp nhập" in text_of(blocks)
    caption = plain(picture.caption, "vi")
    assert "hiện nay" not in caption and "tự làm tốt nhất" in caption


def test_organisations_that_may_not_belong_are_counted_apart():
    tables = made_up.results("good")
    said = text_of(restructuring.restructuring(book_of(tables))[:2])
    assert "Trong 3 HTX thuộc diện" in said and "và 1 HTX chưa rõ" in said
    assert "2 đã sáp nhập, hợp nhất và 1 vẫn hoạt động riêng" in said
    tables["restructuring/cohort"]["status"] = "not_counted"
    said = text_of(restructuring.restructuring(book_of(tables))[:2])
    assert "Trong 4 HTX thuộc diện" in said and "chưa rõ" not in said


def test_means_of_limits_are_told_of_no_district_and_found_no_lesson():
    tables = made_up.results("good")
    summary = tables["efficiency/summary"]
    districts = summary["dimension"] == "district"
    # Means of limits that lie far apart still say nothing of the districts' means.
    summary.loc[districts, "mean_lower"] = summary.loc[districts, "mean_bias_corrected"] - 0.01
    summary.loc[districts, "mean_upper"] = summary.loc[districts, "mean_bias_corrected"] + 0.01
    book = book_of(tables)
    picture = next(b for b in efficiency(book) if isinstance(b, Picture))
    assert [plain(c.head, "vi") for c in picture.data.columns][1:] == ["Số HTX", "Trung vị", "Bình quân"]
    assert "khoảng tin cậy" not in text_of(difficulties.lessons(book))


def spread(rated: float, low: float, high: float) -> list[str]:
    """The targets told by district when T4 has one district of ``rated`` at ``low`` and the others at ``high``."""
    tables = made_up.results("good")
    groups = tables["scorecard/by_group"]
    groups = groups[groups["target_id"] == "T4"].reset_index(drop=True)
    groups["denominator"] = [rated, *[40.0] * (len(groups) - 1)]
    for column in ("value", "lower", "upper"):
        groups[column] = [low, *[high] * (len(groups) - 1)]
    tables["scorecard/by_group"] = groups
    book = book_of(tables)
    found = difficulties.spread_targets(book)
    assert ("che khuất" in text_of(difficulties.lessons(book))) == bool(found)
    return found


def test_one_fund_of_five_is_no_difference_between_districts():
    assert spread(5, 80.0, 100.0) == []  # too few rated: the others do not differ
    assert spread(12, 91.7, 100.0) == []  # one organisation of twelve
    assert spread(12, 75.0, 100.0) == ["T4"]  # three of twelve


def test_new_model_htx_are_told_by_basis():
    tables = made_up.results("good")
    members = tables["scorecard/members"]
    tables["scorecard/members"] = members[(members["target_id"] != "T13") | (members["org_id"] <= "SYN-NB-0012")]
    said = text_of(adoption.adoption(book_of(tables)))
    assert "HTX kiểu mới theo ít nhất một căn cứ" in said
    assert "(“Danh sách tỉnh giao”, mục tiêu T13) có 12 HTX" in said
    rules = tables["scorecard/definitions"]
    tables["scorecard/definitions"] = rules[rules["id"] != "new_model.assigned"]
    assert "Riêng theo cách hiểu" not in text_of(adoption.adoption(book_of(tables)))


def test_the_least_size_of_a_district_is_the_one_that_the_sentence_names():
    tables = made_up.results("bad")
    items = [b for b in difficulties.difficulties(book_of(tables)) if isinstance(b, Bullets)]
    assert f"có từ {difficulties.LARGE_ENOUGH} tổ chức được tính trở lên" in text_of(items)
