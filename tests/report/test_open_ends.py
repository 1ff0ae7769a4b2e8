"""What missing facts leave open is told as it is: at most in its own words, an open end as open, a row as a row."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import province as made_up
import pytest
from test_waiting import LANGUAGES, book_of, said_of, set_target, table_of, text_of

from kttt_lib.report.annual import build_annual_report
from kttt_lib.report.book import Book
from kttt_lib.report.context import prepare
from kttt_lib.report.document import Table, plain
from kttt_lib.report.figures.scorecard import _label as label_in_figure
from kttt_lib.report.figures.scorecard import bullet_data
from kttt_lib.report.sections.difficulties import difficulties, lessons
from kttt_lib.report.sections.opening import opening
from kttt_lib.report.sections.outlook import outlook
from kttt_lib.report.sections.promises import range_phrase
from kttt_lib.report.sections.readings import readings_table

pytestmark = pytest.mark.usefixtures("undrawn")

NONE = float("nan")


def told(language: str, target: str = "T6", **values: object) -> str:
    """The sentences on a promise of at least 20 HTX (T6) changed as given."""
    tables = made_up.results("good")
    set_target(tables, target, **values)
    return said_of(tables, target, language)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    ("comparator", "threshold", "verdict"),
    [("<=", 10, "met"), ("<", 5, "not_met"), ("<=", 1, "not_met"), ("=", 4, "not_met")],
)
def test_a_bound_of_at_most_is_never_told_in_the_words_of_at_least(language, comparator, threshold, verdict):
    # Twice, as phrasings are taken in turn.
    changed = {"comparator": comparator, "threshold": float(threshold), "verdict": verdict, "missing": 1}
    said = told(language, value=6.0, lower=5.0, upper=10.0, **changed)
    for wrong in (
        "không dưới",
        "thấp nhất",
        "dưới mức kế hoạch",
        "không cao hơn",
        "not below",
        "least possible",
        "above 6",
    ):
        assert wrong not in said
    assert {"vi": "kết luận không thay đổi: xét mọi khả năng thì kết quả từ 5 đến 10", "en": "is from 5 to 10"}[
        language
    ] in said


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_best_case_that_equals_what_must_be_exceeded_is_not_called_below_it(language):
    said = told(
        language, comparator=">", threshold=20.0, verdict="not_met", value=18.0, lower=18.0, upper=20.0, missing=2
    )
    assert "vẫn dưới" not in said and "still below" not in said
    assert {"vi": "từ 18 đến 20", "en": "from 18 to 20"}[language] in said


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    ("lower", "upper", "words"),
    [
        (5.0, 8.0, {"vi": "từ 5 đến 8", "en": "from 5 to 8"}),
        (5.0, NONE, {"vi": "từ 5 trở lên", "en": "5 or more"}),
        (NONE, 8.0, {"vi": "từ 8 trở xuống", "en": "8 or less"}),
        (NONE, NONE, {"vi": "không có giới hạn", "en": "without bounds"}),
    ],
)
def test_an_open_end_is_told_as_open_wherever_a_range_is(language, lower, upper, words):
    changed = {"value": 6.0, "lower": lower, "upper": upper, "missing": 3, "attainment_of_target": 30.0}
    for verdict in ("undetermined", "not_due"):
        for comparator in (">=", "<="):
            said = told(language, verdict=verdict, comparator=comparator, **changed)
            assert words[language] in said and " –" not in said
    tables = made_up.results("good")
    set_target(tables, "T6", **changed, verdict="undetermined", set_aside=0)
    book = book_of(tables, language)
    assert book.teller.plain(range_phrase(book, "T6")) == words[language]
    lesson = text_of(lessons(book), language)
    assert words[language] in lesson and "đến –" not in lesson and "to –" not in lesson


@pytest.mark.parametrize("language", LANGUAGES)
def test_missing_reports_are_told_of_a_result_without_an_upper_bound(language):
    said = told(language, verdict="met", value=26.0, lower=22.0, upper=NONE, missing=10)
    assert "10" in said and "22" in said
    assert {"vi": "còn thiếu 10 báo cáo", "en": "10 reports or scores are missing"}[language] in said


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("verdict", ["likely_met", "likely_not_met", "undetermined", "met", "not_due"])
def test_rows_set_aside_are_never_called_missing_reports_and_count_organisations(language, verdict):
    carried = {"carried_lower": 30.0, "carried_upper": 40.0, "carried_level": 95.0, "carried_like": 1}
    said = told(language, verdict=verdict, value=26.0, lower=22.0, upper=NONE, missing=2, set_aside=2, **carried)
    words = {"vi": "2 tổ chức chưa rõ do dòng bị tách ra", "en": "2 organisations cannot be told, for rows set aside"}
    assert words[language] in said
    for wrong in ("chưa báo cáo", "thiếu 2", "not reported", "reports are missing"):
        assert wrong not in said


def test_rows_of_activities_set_aside_are_not_counted_as_organisations():
    said = told("vi", "T8", verdict="undetermined", value=290.0, lower=290.0, upper=NONE, missing=1, set_aside=1)
    assert "1 hoạt động chưa rõ" in said


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_exactly_enough_for_now_and_may_be_more_is_at_least(language):
    said = told(language, verdict="met", value=20.0, lower=20.0, upper=NONE, missing=2, set_aside=2, threshold=20.0)
    assert {"vi": "ít nhất là 20", "en": "at least 20"}[language] in said
    assert "đúng bằng" not in said and "Exactly" not in said


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    ("lower", "upper", "words"),
    [
        (NONE, NONE, {"vi": "(không có giới hạn)", "en": "(without bounds)"}),
        (NONE, 30.0, {"vi": "(nhiều nhất 30)", "en": "(at most 30)"}),
        (22.0, NONE, {"vi": "(ít nhất 22)", "en": "(at least 22)"}),
        (26.0, NONE, {"vi": "ít nhất 26", "en": "at least 26"}),
        (22.0, 30.0, {"vi": "(22–30)", "en": "(22–30)"}),
    ],
)
def test_no_cell_stands_bare_where_missing_facts_can_change_it(language, lower, upper, words):
    tables = made_up.results("good")
    set_target(tables, "T6", verdict="likely_met", value=26.0, lower=lower, upper=upper, missing=10)
    document = build_annual_report(tables, made_up.context(language))
    card = next(r for r in table_of(document, "tab-scorecard").rows if plain(r[0], language).startswith("T6."))
    assert words[language] in plain(card[2], language)
    districts = [b for b in document.blocks if isinstance(b, Table) and b.anchor.startswith("tab-districts")]
    column, table = next(
        (n, t) for t in districts for n, c in enumerate(t.columns) if plain(c.head, language).startswith("T6.")
    )
    assert words[language] in plain(table.rows[-1][column], language), "the province's row of the district table"


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_printed_table_of_readings_holds_the_worst_case_and_the_range_on_earlier_reports(language):
    tables = made_up.results("bad")
    rules = tables["scorecard/robustness"]
    mine = rules["target_id"] == "T3"
    rule = rules.loc[mine, "rule"].iloc[0]
    here = mine & (rules["rule"] == rule)
    rules.loc[here & (rules["bound"] == "upper"), "value"] = NONE
    rules.loc[here, "missing"] = 4
    base = rules[here & (rules["bound"] == "value")]
    more = [base.assign(bound=f"carried_{side}", value=value) for side, value in (("lower", 61.5), ("upper", 77.5))]
    tables["scorecard/robustness"] = pd.concat([rules, *more], ignore_index=True)
    (table,) = readings_table(book_of(tables, language))
    heads = [plain(c.head, language) for c in table.columns]
    at = heads.index({"vi": "Suy từ số liệu các năm trước", "en": "On earlier years' reports"}[language])
    cells = [[plain(cell, language) for cell in r] for r in table.rows]
    told_of = [r for r in cells if r[0].startswith("T3") and r[at] != "–"]
    assert len(told_of) == 1
    assert told_of[0][at] == {"vi": "61,50%–77,50%", "en": "61.50%–77.50%"}[language]
    assert {"vi": "ít nhất", "en": "at least"}[language] in told_of[0][1]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("verdict", ["met", "not_met"])
def test_a_verdict_without_a_value_tells_the_bounds_that_decide_it(language, verdict):
    tables = made_up.results("good")
    bounds = {"met": (44.5, 100.0), "not_met": (2.5, 12.5)}[verdict]
    set_target(
        tables, "T3", verdict=verdict, value=NONE, lower=bounds[0], upper=bounds[1], missing=5, threshold=40.0,
        attainment_of_target=NONE, reason=verdict,
    )  # fmt: skip
    low, high = (f"{b:.1f}%".replace(".", "," if language == "vi" else ".") for b in bounds)
    words = {"vi": f"từ {low} đến {high}", "en": f"from {low} to {high}"}[language]
    said = said_of(tables, "T3", language)
    assert words in said and {"vi": "còn thiếu 5 báo cáo", "en": "5 reports or scores"}[language] in said
    for wrong in ("Không đánh giá được", "Không đủ dữ kiện", "cannot be judged", "too few facts", "Đạt ngưỡng"):
        assert wrong not in said
    document = build_annual_report(tables, made_up.context(language))
    card = next(r for r in table_of(document, "tab-scorecard").rows if plain(r[0], language).startswith("T3."))
    assert plain(card[2], language) == words
    missed = text_of(difficulties(book_of(tables, language)), language)
    assert (f"{words} so với" in missed or f"{words} against" in missed) == (verdict == "not_met")


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_equal_to_a_promise_of_more_is_no_hundred_percent_and_lacks_not_nothing(language):
    tables = made_up.results("good")
    equal = {"value": 20.0, "lower": 20.0, "upper": 20.0, "threshold": 20.0, "missing": 0}
    set_target(tables, "T6", comparator=">", verdict="not_met", attainment_of_target=100.0, **equal)
    book = book_of(tables, language)
    document = build_annual_report(tables, made_up.context(language))
    card = next(r for r in table_of(document, "tab-scorecard").rows if plain(r[0], language).startswith("T6."))
    assert plain(card[3], language) == {"vi": "đúng bằng", "en": "equal"}[language]
    said = said_of(tables, "T6", language)
    assert {"vi": "đúng bằng mức 20; Kế hoạch yêu cầu cao hơn", "en": "equals 20; the plan asks for more"}[
        language
    ] in said
    everywhere = said + text_of(difficulties(book), language) + text_of(outlook(book), language)
    for line in everywhere.splitlines():
        if "T6" in line:
            assert "100%" not in line and "0\u00a0HTX" not in line.replace("20\u00a0HTX", "")
    for wrong in ("thấp hơn 0", "thiếu 0", "0\u00a0HTX short", "còn cách 0", "100%"):
        assert wrong not in said
    assert {"vi": "chưa qua mức này", "en": "not past it"}[language] in everywhere


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("verdict", ["met", "not_met", "undetermined", "not_due"])
def test_a_share_of_managers_counts_managers(language, verdict):
    changed = {"verdict": verdict, "value": 55.4, "lower": 50.0, "upper": 60.0, "numerator": 153, "denominator": 276}
    wrong = {"vi": "276 tổ chức", "en": "276 organisations"}[language]
    assert wrong in told(language, "T3", missing=1, **changed)
    said = told(language, "T3", indicator="managers_college_share", missing=1, **changed)
    assert wrong not in said and {"vi": "276 cán bộ quản lý", "en": "276 managers"}[language] in said


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("number", ["73/KH-UBND", None])
@pytest.mark.parametrize("issued", [True, False])
def test_the_opening_names_no_number_and_no_day_that_a_plan_has_not(language, number, issued):
    context = made_up.context(language)
    day = context.plan.document.issued_on or made_up.END
    document = context.plan.document.model_copy(update={"number": number, "issued_on": day if issued else None})
    context = replace(context, plan=context.plan.model_copy(update={"document": document}))
    said = text_of(opening(Book(prepare(made_up.results("good"), context), context)), language)
    issuer = {"vi": "của Ủy ban", "en": "issued by the"}[language]
    head = said[said.index({"vi": "Thực hiện Kế hoạch", "en": "Under the plan"}[language]) :].split(issuer)[0]
    assert ("73/KH-UBND" in head) == (number is not None)
    assert ({"vi": " ngày ", "en": f" {day.year}"}[language] in head) == issued
    assert "  " not in head and (number is not None or "số" not in head)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    ("lower", "upper", "words"),
    [
        (6.0, 6.0, {"vi": "", "en": ""}),
        (5.0, 8.0, {"vi": "5–8", "en": "5–8"}),
        (5.0, NONE, {"vi": "ít nhất 5", "en": "at least 5"}),
        (NONE, 8.0, {"vi": "nhiều nhất 8", "en": "at most 8"}),
        (NONE, NONE, {"vi": "không có giới hạn", "en": "without bounds"}),
    ],
)
def test_the_label_in_the_figure_shows_an_open_end_too(language, lower, upper, words):
    tables = made_up.results("good")
    set_target(tables, "T6", value=6.0, lower=lower, upper=upper, threshold=20.0)
    drawn = bullet_data(tables).query("target_id == 'T6'")
    label = label_in_figure(tables, next(drawn.itertuples()), language)
    assert label == f"6{f' ({words[language]})' if words[language] else ''}  /  ≥ 20"


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_note_under_the_scorecard_speaks_of_all_that_its_brackets_hold(language):
    document = build_annual_report(made_up.results("missing"), made_up.context(language))
    note = plain(table_of(document, "tab-scorecard").note, language)
    for word in {"vi": ("bị tách ra", "ít nhất", "điểm đánh giá"), "en": ("set aside", "at least", "scores")}[language]:
        assert word in note
