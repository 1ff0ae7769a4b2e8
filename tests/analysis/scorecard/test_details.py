"""What stands behind a target says the same as the target."""

from __future__ import annotations

from types import SimpleNamespace

from small_registries import view

from kttt_lib.analysis.registry_check import _with_feature
from kttt_lib.analysis.scorecard.details import by_feature
from kttt_lib.authoring.cases import PlanFacts
from kttt_lib.indicators import measure
from kttt_lib.rating.facts import Facts

CHAIN = {"feature": "value_chain", "began_on": "2018-01-01"}
GROWN = {"feature": "organic", "began_on": "2020-02-01"}
MERGED = [{"date": "2020-06-01", "event": "merged_into", "successor_id": "S"}]


def test_models_one_by_one_pass_to_the_successor_and_stop_with_a_cessation():
    found = view(
        {
            "A": {"features": [CHAIN, GROWN], "events": MERGED},
            "B": {"features": [CHAIN], "events": MERGED},
            "S": {"features": [CHAIN]},
            "C": {"features": [CHAIN, GROWN], "events": [{"date": "2020-06-01", "event": "ceased"}]},
            "D": {"features": [GROWN]},
        }
    )
    target = SimpleNamespace(id="T14", indicator="models_by_feature", parameters={})
    context = PlanFacts().context()
    table = by_feature(target, Facts(found), context).set_index("feature")
    assert table["organisations"].to_dict() == {"value_chain": 1, "high_tech": 0, "commodity": 0, "organic": 2}
    assert table["begun_in_period"].to_dict() == {"value_chain": 0, "high_tech": 0, "commodity": 0, "organic": 2}
    assert measure("models_by_feature", found, {}, context).value == 2
    assert [_with_feature(Facts(found), feature) for feature in ("value_chain", "high_tech")] == [1, 0]
