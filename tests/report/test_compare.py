"""Five known changes between two runs: each is shown with its row, its cell and what it moved; no cause is made up."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import pytest

from kttt_lib.registry import TABLES
from kttt_lib.report.compare import RunFiles, compare, told


def frame(table: str, *rows: dict) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=[column.name for column in TABLES[table].columns])


def course(course_id: str, turns: int) -> dict:
    return {"course_id": course_id, "date": pd.Timestamp("2020-11-02"), "audience": "officials", "turns": turns}


REGISTRY = {
    "organisations": frame(
        "organisations", *({"org_id": i, "name": f"HTX {i}", "founded_on": pd.Timestamp("2015-01-02")} for i in "ABC")
    ),
    "annual_reports": frame("annual_reports", *({"org_id": i, "year": 2020, "members": 50} for i in "ABC")),
    "criteria_scores": frame(
        "criteria_scores",
        {"org_id": "A", "year": 2020, "rulebook": "tt01_2020", "criterion": "c1", "score": 6.0, "assessor": "district"},
    ),
    "trainings": frame("trainings", course("L1", 272), course("L2", 14)),
}


def member(target_id: str, org_id: str, key: str, status: str = "counted", weight: float = 1.0) -> dict:
    return {"target_id": target_id, "org_id": org_id, "table": key.partition("/")[0], "row_key": key, "status": status,
            "weight": weight}  # fmt: skip


MEMBERS = pd.DataFrame(
    [
        member("T8", "", "trainings/L1", weight=272), member("T8", "", "trainings/L2", weight=14),
        member("T3", "A", "criteria_scores/A/2020/tt01_2020"),
        *(member("Q1", i, f"annual_reports/{i}/2020", weight=50) for i in "ABC"),
    ]
)  # fmt: skip


def indicator(target_id: str, value: float, verdict: str, group: str = "target", threshold: float | None = 1.0) -> dict:
    titles = {"title_vi": f"Mục tiêu {target_id}", "title_en": f"Target {target_id}"}
    bounds = {"value": value, "lower": value, "upper": value, "threshold": threshold}
    return {"target_id": target_id, "group": group, "unit": "turn", "verdict": verdict, **titles, **bounds}


def run(registry: dict | None = REGISTRY, members: pd.DataFrame = MEMBERS, turns: int = 286, **more) -> RunFiles:
    indicators = [
        indicator("T3", 100.0, more.pop("t3", "met")), indicator("T6", 0, "not_met"),
        indicator("T8", turns, "met" if turns >= 300 else "not_met", threshold=300.0),
        indicator("Q1", more.pop("members_all", 150), "tracked", "aim", None),
    ]  # fmt: skip
    plan = {"targets": [{"id": "T8", "threshold": 300}]}
    files = {"audience": "internal", "inputs": more.pop("inputs", {})}
    return RunFiles("a", files, {"as_of": "2020-12-31", "indicators": indicators}, members, plan, registry)


def five_changes() -> RunFiles:
    """A course's turns edited, a score edited, a report's cell edited, a report removed, an organisation added."""
    new = {name: table.copy() for name, table in REGISTRY.items()}
    new["trainings"].loc[1, "turns"] = 28
    new["criteria_scores"].loc[0, "score"] = 3.0
    new["annual_reports"].loc[1, "members"] = 150
    new["annual_reports"] = new["annual_reports"].drop(2)
    new["organisations"] = pd.concat([new["organisations"], frame("organisations", {"org_id": "D", "name": "HTX D"})])
    members = MEMBERS.copy()
    members.loc[members["row_key"] == "trainings/L2", "weight"] = 28
    members.loc[members["row_key"].str.startswith("criteria"), ["status", "weight"]] = ["not_counted", 0]
    members.loc[members["row_key"] == "annual_reports/B/2020", "weight"] = 150
    members.loc[members["row_key"] == "annual_reports/C/2020", ["status", "weight"]] = ["missing", float("nan")]
    return run(new, members, turns=300, t3="not_met", members_all=200)


def part(text: str, target_id: str) -> str:
    """The lines on one target."""
    lines = text.split("\n")
    start = next(place for place, line in enumerate(lines) if line.startswith(f"{target_id}  "))
    end = next((n for n in range(start + 1, len(lines)) if not lines[n].startswith("    ")), len(lines))
    return "\n".join(lines[start:end])


def test_five_known_changes_are_each_shown_with_their_cause():
    text = told(run(), five_changes(), "vi")
    assert "trainings/L2: 14 → 28" in part(text, "T8") and "Số lượt người: 14 → 28" in part(text, "T8")
    assert "criteria_scores/A/2020/tt01_2020/c1/district: Điểm: 6 → 3" in part(text, "T3")
    assert "annual_reports/B/2020: Số thành viên: 50 → 150" in part(text, "Q1")
    assert "annual_reports/C/2020: bỏ" in part(text, "Q1") and "được tính → chưa có báo cáo (1): C" in part(text, "Q1")
    assert "organisations/D: thêm" in text
    assert "Tổ chức (organisations): thêm 1" in text and "Báo cáo năm (annual_reports): sửa 1, bỏ 1" in text


def test_verdicts_are_counted_before_and_after_and_those_that_turned_come_first():
    text = told(run(), five_changes(), "en")
    assert "Verdicts of the 3 targets: Met 1 → 1; Not met 2 → 2." in text
    assert text.index("\nT3  ") < text.index("\nQ1  ") and text.index("\nT8  ") < text.index("\nQ1  ")


def test_without_the_registries_the_rows_of_the_results_still_give_the_cause_and_that_is_said():
    text = told(replace(run(), registry=None), five_changes(), "en")
    assert "trainings/L2: 14 → 28" in part(text, "T8") and "Số lượt" not in text
    assert "cells were not compared" in text and "--registry-a" in text


@pytest.mark.parametrize(
    ("after", "said"),
    [
        (run(turns=300), "No cause was found in what was compared"),
        (run(turns=300, inputs={"rulebooks": {"x.yaml": "2"}}), "perhaps by another input: rulebooks/x.yaml"),
        (replace(run(turns=300), plan={"targets": [{"id": "T8", "threshold": 280}]}), "plan, threshold: 300 → 280"),
    ],
)
def test_a_verdict_that_turned_has_a_cause_or_is_said_to_have_none(after, said):
    assert said in part(told(run(), after, "en"), "T8")


def test_a_later_day_is_a_cause_where_no_row_is():
    later = replace(run(turns=300), indicators={**run(turns=300).indicators, "as_of": "2021-12-31"})
    assert "khác ngày tính số liệu: 2020-12-31 → 2021-12-31" in part(told(run(), later, "vi"), "T8")


def test_a_public_comparison_shows_no_row_and_no_cell():
    sides = [replace(one, manifest={**one.manifest, "audience": "public"}) for one in (run(), five_changes())]
    text = told(*sides, "vi")
    assert "286" in text and "300" in text and "Báo cáo năm (annual_reports): sửa 1, bỏ 1" in text
    assert not any(word in text for word in ("trainings/", "annual_reports/", "HTX D", "organisations/D"))
    assert compare(*sides).rows.empty and compare(*sides).behind == {}
