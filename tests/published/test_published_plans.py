"""The plans in data/plans against the published table: thresholds are the printed ones, links find their figures."""

from pathlib import Path

import pandas as pd
import pytest

from kttt_lib.plan import load_plan
from kttt_lib.published import check_plan_sources, load_published, official, published_scorecard

PLANS = Path(__file__).resolve().parents[2] / "data" / "plans"
OTHERS = sorted(path.stem for path in PLANS.glob("*.yaml") if path.stem != "ninh-binh-2020")


@pytest.fixture(scope="module")
def published():
    return load_published()


def scorecard(published, name):
    return published_scorecard(load_plan(PLANS / f"{name}.yaml"), published).set_index("target_id")


@pytest.mark.parametrize("path", sorted(PLANS.glob("*.yaml")), ids=lambda path: path.stem)
def test_every_plan_agrees_with_the_published_table(path, published):
    assert check_plan_sources(path, published) == []


def test_every_target_of_another_plan_is_a_printed_target_or_stands_in_a_text_that_is_named():
    assert len(OTHERS) >= 11
    for name in OTHERS:
        plan = load_plan(PLANS / f"{name}.yaml")
        for _, promise in plan.promises():
            place = promise.quote_place
            assert place.published_row is not None or (place.words and plan.document.source_url), (name, promise.id)


def test_tay_ninh_2020_reaches_the_attainments_that_its_plan_prints(published):
    # 143/KH-UBND of 18/01/2021: total HTX "đạt 88,6% KH", new HTX "31,5%", dissolved "20%", THT "93%".
    rows = scorecard(published, "tay-ninh-2020")
    printed = {"T1": 88.6, "T2": 31.5, "T3": 20, "T6": 93}
    for target_id, percent in printed.items():
        assert rows.loc[target_id, "attainment_of_target"] == pytest.approx(percent, abs=0.5)
    assert rows["verdict"].to_dict() == {
        "T1": "not_met", "T2": "not_met", "T3": "not_met", "T4": "met",
        "T5": "met", "T6": "not_met", "T7": "met", "T8": "not_met",
    }  # fmt: skip
    assert rows["reason_en"].str.contains("estimate").all()
    # From 130 to 140 on a way of 28: the other attainment, much lower than 88.6 %.
    assert rows.loc["T1", "attainment_of_progress"] == pytest.approx(100 * 10 / 28)


def test_gia_lai_2023(published):
    # 1116/KH-UBND: at the end of 2023, 439 HTX with 18,778 members, 502 THT, 2 unions.
    rows = scorecard(published, "gia-lai-2023")
    assert rows["value"].dropna().to_dict() == {"T1": 439, "T2": 18778, "T3": 502, "T5": 2}
    assert rows["verdict"].to_dict() == {
        "T1": "met", "T2": "met", "T3": "not_met", "T4": "no_data", "T5": "not_met", "T6": "no_data", "T7": "no_data",
        "T8": "no_data",
    }  # fmt: skip
    assert rows.loc["T5", "attainment_of_progress"] == 0


def test_bac_kan_2019_met_early_stays_met_for_a_flow_only(published):
    # Portal of 26/11/2019: 37 new HTX (plan 30), 181 HTX in all (plan 172), before the year was over.
    rows = scorecard(published, "bac-kan-2019")
    assert rows.loc["T2", ["value", "verdict"]].tolist() == [37, "met"]
    assert rows.loc["T1", ["value", "verdict"]].tolist() == [181, "not_due"]


def test_dong_nai_2024_half_a_year_is_not_a_failure(published):
    # 295/KH-UBND: 11 new HTX by June, "đạt 31,4%" of 35.
    rows = scorecard(published, "dong-nai-2024")
    assert rows.loc["T2", "verdict"] == "not_due"
    assert rows.loc["T2", "attainment_of_target"] == pytest.approx(31.4, abs=0.05)
    assert "1.182" in rows.loc["T6", "note_vi"] and rows.loc["T6", "conflict"]


def test_a_related_figure_is_shown_but_never_measured(published):
    rows = scorecard(published, "ninh-binh-2020")
    assert rows.loc["T6", ["figure", "figure_unit", "verdict", "match"]].tolist() == [55, "HTX", "no_data", "related"]
    assert pd.isna(rows.loc["T6", "value"]) and pd.isna(rows.loc["T6", "attainment_of_target"])
    assert "2018–2020" in rows.loc["T6", "note_vi"]
    assert set(rows["verdict"]) == {"no_data", "tracked"}


def test_official_puts_results_before_estimates_and_later_before_earlier(published):
    promise = load_plan(PLANS / "bac-kan-2019.yaml").promise("T2")
    rows = official(promise, published)
    assert rows["value"].tolist() == [37, 22, 30]
    assert rows["kind"].tolist() == ["result", "result", "estimate"]
    link = promise.published.model_copy(update={"as_of": "2019-08-20"})
    assert official(promise.model_copy(update={"published": link}), published)["value"].tolist() == [22]
    assert official(promise.model_copy(update={"published": None}), published).empty


def with_rows(published, promise, *values, kind="result"):
    """The published table with figures of these values in the place of those that the promise links to."""
    row = official(promise, published).iloc[[0]].drop(columns=["match", "match_note_vi", "match_note_en"])
    rows = [
        row.assign(value=v, low=v, high=v, kind=kind, row_id=f"made/{v}", measured_on=pd.Timestamp(2023, 12, 31))
        for v in values
    ]
    return pd.concat(rows, ignore_index=True)


@pytest.mark.parametrize(
    ("values", "verdict"),
    [((389,), "not_met"), ((390,), "met"), ((391, 389), "undetermined"), ((390, 400), "met"), ((0, 389), "not_met")],
)
def test_sources_that_straddle_the_threshold_leave_the_verdict_open(published, values, verdict):
    plan = load_plan(PLANS / "gia-lai-2023.yaml")
    rows = published_scorecard(plan, with_rows(published, plan.promise("T1"), *values)).set_index("target_id")
    assert rows.loc["T1", "verdict"] == verdict
    assert rows.loc["T1", ["value", "lower", "upper"]].tolist() == [values[0], min(values), max(values)]


@pytest.mark.parametrize(
    ("comparator", "value", "verdict"),
    [
        (">", 390, "not_met"),
        (">", 391, "met"),
        ("<", 390, "not_met"),
        ("<", 389, "met"),
        ("<=", 390, "met"),
        ("=", 390, "met"),
        ("=", 391, "not_met"),
    ],
)
def test_comparators_at_the_boundary(published, comparator, value, verdict):
    plan = load_plan(PLANS / "gia-lai-2023.yaml")
    target = plan.promise("T1").model_copy(update={"comparator": comparator})
    rows = published_scorecard(plan.model_copy(update={"targets": [target]}), with_rows(published, target, value))
    assert rows["verdict"].tolist() == [verdict]


@pytest.mark.parametrize(
    ("old", "new", "line_of", "words"),
    [
        ("series: htx_total", "series: htx_totals", "series: htx_totals", "did you mean 'htx_total'"),
        ("area: Gia Lai", "area: Gia Lay", "series: htx_total", "did you mean 'Gia Lai'"),
        ('period: "2023"', 'period: "2020"', "series: htx_total", "periods with figures: 2022, 2023"),
        ("threshold: 390", "threshold: 391", "threshold: 391", "is not the printed one (390 HTX)"),
        ("htx_total/Gia Lai/2023/", "htx_total/Gia Lai/2024/", "htx_total/Gia Lai/2024/", "no published row"),
        ("unit: htx", "unit: person", "series: htx_total", "cannot be read as 'person'"),
    ],
)
def test_a_slip_against_the_table_is_named_with_its_line(tmp_path, published, old, new, line_of, words):
    text = (PLANS / "gia-lai-2023.yaml").read_text(encoding="utf-8")
    path = tmp_path / "gia-lai-2023.yaml"
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    problems = check_plan_sources(path, published)
    (problem,) = [problem for problem in problems if words in problem.text_en]
    lines = path.read_text(encoding="utf-8").splitlines()
    assert line_of in lines[problem.line - 1]
    assert problem.text_vi != problem.text_en


def test_a_result_is_no_place_to_read_a_target_in(tmp_path, published):
    text = (PLANS / "gia-lai-2023.yaml").read_text(encoding="utf-8")
    place = load_plan(PLANS / "gia-lai-2023.yaml").promise("T1").quote_place.published_row
    result = published[(published["series"] == "htx_total") & (published["value"] == 439)].iloc[0]["row_id"]
    path = tmp_path / "gia-lai-2023.yaml"
    path.write_text(text.replace(place, result), encoding="utf-8")
    (problem,) = check_plan_sources(path, published)
    assert "no target printed in a source" in problem.text_en
