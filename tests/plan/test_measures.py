# ruff: noqa: E501
"""A promise may say its parts: every fault is told at its word with a mend, and the promise is said back in words."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import kttt_lib as kttt
from kttt_lib.authoring.explained import explained
from kttt_lib.indicators import INDICATORS
from kttt_lib.plan import RecordError, check_plan, load_plan
from kttt_lib.plan.lists import as_said
from kttt_lib.rating import load_definitions
from kttt_lib.registry import registry_from_frames

PLAN = (Path(__file__).parents[2] / "data" / "plans" / "ninh-binh-2020.yaml").read_text(encoding="utf-8")


def written(folder, measure, unit="htx", more=""):
    target = f"""targets:
  - id: C1
    title_vi: Chỉ tiêu
    title_en: Target
    measure: {measure}
    comparator: ">="
    threshold: 5
    unit: "{unit}"
    deadline: 2020-12-31
    quote_place: {{paragraph: 1, sentence: 1, words: "abc"}}
"""
    path = folder / "plan.yaml"
    path.write_text(PLAN[: PLAN.index("targets:")] + more + target, encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("measure", "unit", "place", "words"),
    [
        ("{what: cuont}", "htx", "measure.what", "did you mean 'count'"),
        ("{of: {}}", "htx", "measure", "field 'what' is missing"),
        ("[1]", "htx", "measure", "not a group of fields"),
        ("{what: count, of: {knid: htx}}", "htx", "measure.of.knid", "did you mean 'kind'"),
        ("{what: count, of: {kind: [htx, tht]}}", "htx", "unit", "counts in 'organisation'"),
        ("{what: count, that: {feature: organik}}", "htx", "measure.that.feature", "did you mean 'organic'"),
        ("{what: count, that: [{event: founded}, {grade: good}]}", "htx", "measure.that[1].grade", "'tot'"),
        ("{what: count, that: {rule: effective.khaa}}", "htx", "measure.that.rule", "did you mean 'effective.kha'"),
        ("{what: count, that: {column: members}}", "htx", "measure.that.column", "at_least"),
        ("{what: count, that: {above: 3}}", "htx", "measure.that.above", "go together"),
        ("{what: count, that: {column: scope, equals: comune}}", "htx", "measure.that.equals", "'commune'"),
        ("{what: count, that: {column: members, above: abc}}", "htx", "measure.that.above", "not a number"),
        ("{what: count, that: {new: true}}", "htx", "measure.that.new", "goes with feature"),
        ("{what: count, column: members}", "htx", "measure.column", "takes no 'column'"),
        ("{what: share}", "%", "measure.what", "needs 'that'"),
        ("{what: mean, column: revenu}", "million_vnd", "measure.column", "did you mean 'revenue'"),
        ("{what: sum, table: trainings, column: turn}", "turn", "measure.column", "did you mean 'turns'"),
        ("{what: rows, table: trainings, where: {audience: official}}", "course", "measure.where", "'officials'"),
        ("{what: rows, table: trainings, of: {kind: tht}}", "course", "measure.of", "no organisation's"),
        (
            "{what: share, of: {kind: qtdnd, sector: agriculture}, that: {grade: kha}}",
            "%",
            "measure.of.sector",
            "qtdnd",
        ),
        ("{what: ratio, column: members, over: {series: populatin}}", "%", "measure.over.series", "'population'"),
        ("{what: series, series: gdp_share, of: {kind: htx}}", "%", "measure.of", "takes no 'of'"),
        ("{what: sum, column: members, when: in_period}", "person", "measure.when", "new_members"),
        (
            "{what: count, that: {column: members, at_least: 5, when: in_period}}",
            "htx",
            "measure.that.when",
            "drop the",
        ),
        ("{what: count, of: {size: big}}", "htx", "measure.of.size", "'micro'"),
    ],
)
def test_every_fault_of_a_measure_is_told_at_its_word_with_its_mend(tmp_path, measure, unit, place, words):
    path = written(tmp_path, measure, unit)
    (problem,) = check_plan(path, INDICATORS, load_definitions())
    assert problem.place == f"targets[0] (C1).{place}" and words in f"{problem.message_en} {problem.mend_en}"
    line = path.read_text(encoding="utf-8").splitlines()[problem.line - 1]
    assert line.strip().startswith(place.partition(".")[0]) and problem.message_vi != problem.message_en


def test_one_says_an_indicator_or_a_measure_and_not_both(tmp_path):
    path = written(tmp_path, "{what: count}\n    indicator: htx_total")
    with pytest.raises(RecordError, match="one of the two"):
        load_plan(path, INDICATORS)


def test_a_code_of_the_plans_own_lists_is_a_word_and_is_said_by_its_name(tmp_path):
    own = "lists: {features: [{code: ocop_5, vi: OCOP năm sao, en: Five-star OCOP, kind: certificate}]}\n"
    measure = "{what: count, that: {certificate: [ocop_5]}}"
    assert check_plan(written(tmp_path, measure), INDICATORS)
    plan = load_plan(written(tmp_path, measure, more=own), INDICATORS)
    assert all(
        name in said for name, said in zip(("OCOP năm sao", "Five-star"), explained(plan.targets[0], plan.lists))
    )


def test_a_series_of_the_plans_own_counts_in_its_unit_and_its_figure_is_the_value(tmp_path):
    own = """lists: {series: [{code: poverty_rate, vi: tỷ lệ hộ nghèo, en: poverty rate, unit: "%"}]}
figures: [{series: poverty_rate, on: 2020-12-31, value: 12, source_vi: Niên giám, source_en: Yearbook}]
"""
    measure = "{what: series, series: poverty_rate}"
    assert check_plan(written(tmp_path, measure, "%"), INDICATORS), "no list of ours has it"
    plan = load_plan(written(tmp_path, measure, "%", own), INDICATORS)
    (problem,) = check_plan(written(tmp_path, measure, "htx", own), INDICATORS)
    assert problem.place.endswith(".unit") and "tỷ lệ hộ nghèo" in explained(plan.targets[0], plan.lists)[0]
    registry = registry_from_frames({}, {"lists": as_said(plan.lists)})
    found = kttt.measure(plan.targets[0].indicator, registry.as_of("2020-12-31"), plan_context=plan)
    assert (found.value, found.unit) == (12, "%")


@pytest.mark.parametrize(
    ("measure", "unit", "said"),
    [
        (
            "{what: share, of: {sector: agriculture, state: working}, that: {feature: [value_chain]}}",
            "%",
            "Tỷ lệ HTX nông nghiệp đang hoạt động có “Gắn với chuỗi giá trị”, trên tổng số HTX nông nghiệp đang hoạt động",
        ),
        ("{what: count, of: {kind: tht}, that: {event: [founded, merged]}}", "tht", "thành lập mới hoặc sáp nhập"),
        ("{what: count, that: {column: members, at_least: 1000}}", "htx", "có số thành viên từ 1.000 người trở lên"),
        ("{what: sum, column: members, of: {kind: all}}", "person", "Tổng số thành viên của tổ chức KTTT"),
        (
            "{what: mean, column: member_income}",
            "million_vnd_per_person_year",
            "bình quân gia quyền theo số thành viên",
        ),
        ("{what: median, column: revenue}", "million_vnd", "Trung vị của doanh thu"),
        ("{what: ratio, column: women, over: [members]}", "%", "Tỷ lệ thành viên nữ trên số thành viên"),
        (
            "{what: ratio, column: managers_college, over: [managers_untrained, managers_college, managers_intermediate]}",
            "%",
            "Tỷ lệ cán bộ cao đẳng, đại học trên tổng số cán bộ quản lý, tính cho HTX",
        ),
        (
            "{what: rows, table: trainings, where: {audience: officials}}",
            "course",
            "Số lớp (đối tượng: “Cán bộ, công chức",
        ),
        (
            "{what: sum, table: loans, column: amount, of: {kind: tht}}",
            "million_vnd",
            "Tổng số tiền vay của các khoản vay của THT",
        ),
        ("{what: series, series: gdp_share}", "%", "tỷ trọng của KTTT trong GRDP"),
        (
            "{what: count, of: {size: [medium, large]}}",
            "htx",
            "Số HTX thuộc hạng quy mô vừa, lớn theo quy định tại ngày xét",
        ),
        (
            "{what: sum, column: new_jobs, when: in_period}",
            "person",
            "Tổng việc làm mới của HTX, cộng báo cáo từng năm của kỳ đã đến hạn",
        ),
        (
            "{what: share, that: {trained: managers}}",
            "%",
            "Tỷ lệ HTX có cán bộ quản lý được đào tạo, bồi dưỡng trong kỳ, trên tổng số HTX có số liệu",
        ),
        (
            "{what: count, that: {column: taxes_paid, at_least: 1500000, when: in_period}}",
            "htx",
            "có nộp ngân sách nhà nước cộng các năm của kỳ từ 1.500.000 triệu đồng trở lên",
        ),
        ("{what: rows, table: features, where: {feature: ocop}}", "certificate", "Số giấy chứng nhận, mô hình"),
    ],
)
def test_a_promise_is_said_back_in_words_without_a_code(tmp_path, measure, unit, said):
    vi, en = explained(load_plan(written(tmp_path, measure, unit), INDICATORS, load_definitions()).targets[0])
    assert said in vi and "Kế hoạch giao: " in vi and "Promised: " in en
    assert not re.search(r"[a-z]_[a-z]|\{|\}|None", vi + en)
