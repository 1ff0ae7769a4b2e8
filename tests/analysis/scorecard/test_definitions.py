"""A definition names the indicator's own basis and the plan that is measured, and no other province's plan."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from small_registries import registry as small_registry

from kttt_lib.analysis.scorecard import scorecard
from kttt_lib.indicators import INDICATORS
from kttt_lib.plan import load_plan
from kttt_lib.published import load_published
from kttt_lib.rating import load_definitions

PLANS = {p.stem: load_plan(p, set(INDICATORS)) for p in (Path(__file__).parents[3] / "data" / "plans").glob("*.yaml")}


@pytest.mark.parametrize("plan", PLANS.values(), ids=list(PLANS))
def test_a_plans_scorecard_cites_its_own_document_and_no_other_plan(plan):
    results = scorecard(plan, small_registry({"A": {}}), plan.period.end, load_published())
    definitions = results["scorecard/definitions"]
    indicators = definitions[definitions["kind"] == "indicator"]
    assert len(indicators) == len(list(plan.promises()))
    for row in indicators.itertuples():
        basis = INDICATORS[row.id]
        assert row.source_vi == f"{plan.citation[0]}. {basis.source_vi}"
        assert row.source_en == f"{plan.citation[1]}. {basis.source_en}"
    texts = {cell for frame in results.values() for cell in frame.to_numpy().ravel() if isinstance(cell, str)}
    others = [other for other in PLANS.values() if other.province != plan.province]
    for other in others:
        for said in (*other.citation, *([other.document.number] if other.document.number else [])):
            assert not [text for text in texts if re.search(rf"(?<!\d){re.escape(said)}", text)], said
        assert not [text for text in definitions.to_numpy().ravel() if other.province in str(text)], other.province


@pytest.mark.parametrize("entry", [*INDICATORS.values(), *load_definitions().values()], ids=lambda entry: entry.id)
def test_no_indicator_or_rule_rests_on_one_provinces_plan(entry):
    for name in ("title", "counts", "excludes", "source"):
        for text in (getattr(entry, f"{name}_vi"), getattr(entry, f"{name}_en")):
            assert "KH-UBND" not in text and not [p for p in PLANS.values() if p.province in text], text


def test_a_plan_is_cited_with_the_number_and_day_that_its_source_shows():
    assert PLANS["ninh-binh-2020"].citation == (
        "Kế hoạch phát triển kinh tế tập thể tỉnh Ninh Bình năm 2020 (số 23/KH-UBND ngày 28/02/2020)",
        "Ninh Bình's collective-economy plan for 2020 (No. 23/KH-UBND of 28/02/2020)",
    )
    assert PLANS["gia-lai-2024"].citation[1] == "Gia Lai's collective-economy plan for 2024 (No. 1116/KH-UBND)"
    assert PLANS["bac-kan-2019"].citation[0] == PLANS["bac-kan-2019"].title_vi
