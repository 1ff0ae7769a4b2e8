"""What a plan composes is protected by what it reads: own figures stay own, whatever they are called."""

from __future__ import annotations

import pytest
import yaml
from conftest import AS_OF

from kttt_lib.analysis.scorecard.targets import scorecard
from kttt_lib.disclosure import public_edition
from kttt_lib.indicators import load_plan
from kttt_lib.published import load_published
from kttt_lib.registry import read_registry, registry_from_frames
from kttt_lib.resources import PLANS, SAMPLE

MEASURES = {
    "losing": ("htx", {"what": "count", "that": {"column": "pre_tax_profit", "below": 0}}),
    "lent": ("htx", {"what": "count", "that": {"loan": "any"}}),
    "graded": ("htx", {"what": "count", "that": {"grade": "yeu"}}),
    "there": ("htx", {"what": "count"}),
    "middle": ("million_vnd", {"what": "median", "column": "revenue"}),
}


@pytest.fixture(scope="module")
def public(tmp_path_factory):
    """The public's tables of two districts."""
    data = yaml.safe_load((PLANS / "ninh-binh-2020.yaml").read_text(encoding="utf-8"))
    first = data["targets"][0]
    kept = {name: first[name] for name in ("title_vi", "title_en")}
    data["targets"] = [
        {**kept, "id": name, "measure": measure, "unit": unit, "comparator": "track"}
        | {"deadline": data["period"]["end"], "quote_place": dict(first["quote_place"])}
        for name, (unit, measure) in MEASURES.items()
    ]
    path = tmp_path_factory.mktemp("plan") / "plan.yaml"
    path.write_text(yaml.safe_dump({**data, "aims": [], "measures": []}, allow_unicode=True), encoding="utf-8")
    sample = read_registry(SAMPLE)
    here = sample.tables["organisations"]
    ids = set(here["org_id"][here["district"].str.endswith(("Hoa Lư", "Tam Điệp"))])
    tables = {n: t[t["org_id"].isin(ids)] if "org_id" in t else t for n, t in sample.tables.items()}
    after = tables["status_events"]["successor_id"]
    tables["status_events"] = tables["status_events"][after.isna() | after.isin(ids)]
    about = {name: sample.about[name] for name in ("province", "synthetic", "label_vi", "label_en")}
    found = scorecard(load_plan(path), registry_from_frames(tables, about), AS_OF, load_published())
    return found, public_edition(found).tables


@pytest.mark.parametrize("target", ["losing", "lent", "graded"])
def test_a_count_that_own_figures_ratings_or_loans_decide_is_not_printed_for_one_or_two(public, target):
    own, shown = (groups[groups["target_id"] == target] for groups in (t["scorecard/by_group"] for t in public))
    assert own["numerator"].between(1, 2).any()
    assert not shown["numerator"].between(1, 2).any()


def test_who_is_there_is_on_public_record(public):
    shown = public[1]["scorecard/by_group"].query("target_id == 'there'")
    assert shown["numerator"].notna().all()


def test_a_median_of_a_few_is_somebodys_own_figure_and_not_printed(public):
    shown = public[1]["scorecard/by_group"].query("target_id == 'middle'").set_index(["dimension", "level"])["value"]
    behind = public[0]["scorecard/behind"].query("target_id == 'middle' and status == 'counted'")
    few = [(by, level) for by in ("district", "subtype") for level, n in behind.groupby(by).size().items() if n < 10]
    assert len(few) > 2 and shown[few].isna().all()
