"""Who has a model on a day: an organisation itself, or the successor that it passed to."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st
from small_registries import view

from kttt_lib.authoring.cases import PlanFacts
from kttt_lib.indicators.measure import rows_of, summed
from kttt_lib.rating.definitions import classify
from kttt_lib.rating.facts import Facts

CHAIN = {"feature": "value_chain", "began_on": "2018-01-01"}
MODEL = {"feature": "new_model", "began_on": "2018-01-01", "basis": "assigned"}


def into(successor: str, date: str = "2020-06-01") -> list[dict]:
    return [{"date": date, "event": "merged_into", "successor_id": successor}]


def held(facts: Facts, *features: str) -> list[tuple[str, str]]:
    rows, holder = facts.models(features)
    return list(zip(facts.view.features["org_id"].iloc[rows], facts.ids[holder]))


def test_a_model_is_its_own_before_the_merger_and_the_successor_s_after():
    organisations = {"A": {"features": [CHAIN], "events": into("B")}, "B": {}}
    facts = Facts(view(organisations))
    assert held(facts, "value_chain") == [("A", "B")]
    assert held(facts.on("2020-05-31"), "value_chain") == [("A", "A")]
    assert held(facts, "organic") == []


def test_own_models_come_before_those_passed_on():
    organisations = {"A": {"features": [CHAIN], "events": into("B")}, "B": {"features": [CHAIN]}}
    assert held(Facts(view(organisations)), "value_chain") == [("B", "B"), ("A", "B")]


def test_a_successor_that_is_not_known_yet_has_nothing_passed_on():
    organisations = {"A": {"features": [CHAIN], "events": into("B")}, "B": {"recorded_on": "2021-02-01"}}
    facts = Facts(view(organisations))
    assert held(facts, "value_chain") == [("A", "A")] and not facts.operating[facts.position(["A"])].any()


def test_only_who_is_there_and_has_not_ceased_operates():
    events = {name: [{"date": "2020-03-01", "event": name}] for name in ("suspended", "ceased", "dissolved")}
    organisations = {name: {"events": given} for name, given in events.items()}
    facts = Facts(view(organisations | {"active": {}, "gone": {"events": into("active")}}))
    assert set(facts.ids[facts.operating]) == {"active", "suspended"}


def test_a_rule_says_from_whose_row_a_successor_has_its_model():
    organisations = {
        "A": {"features": [MODEL], "events": into("B")}, "B": {},
        "C": {"features": [MODEL], "events": into("D")}, "D": {"features": [MODEL]},
        "E": {"features": [MODEL], "events": [{"date": "2020-06-01", "event": "ceased"}]},
    }  # fmt: skip
    found = classify(view(organisations), "new_model.assigned").set_index("org_id")
    assert found["outcome"].to_dict() == {"A": "no", "B": "yes", "C": "no", "D": "yes", "E": "no"}
    assert found["row_key"].to_dict() == {
        "A": "features/A", "B": "features/A", "C": "features/C", "D": "features/D", "E": "features/E",
    }  # fmt: skip


FEATURES = st.sets(st.sampled_from(["value_chain", "organic"]))


@settings(max_examples=settings.default.max_examples // 4)
@given(st.lists(st.tuples(FEATURES, st.sampled_from(["stays", "merges", "ceases"])), min_size=1, max_size=5), FEATURES)
def test_mergers_neither_lose_a_kind_of_model_nor_make_a_new_one(members, own):
    """Who is left has, in all, the kinds of models of those who did not cease; each organisation counts once."""
    ends = {"stays": [], "merges": into("S"), "ceases": [{"date": "2020-06-01", "event": "ceased"}]}
    organisations = {
        f"A{n}": {"features": [CHAIN | {"feature": name} for name in sorted(features)], "events": ends[end]}
        for n, (features, end) in enumerate(members)
    }
    organisations["S"] = {"features": [CHAIN | {"feature": name} for name in sorted(own)]}
    facts = Facts(view(organisations))
    successor = own.union(*(features for features, end in members if end == "merges"))
    for feature in ("value_chain", "organic"):
        rows = rows_of("htx_with_feature", facts, {"feature": feature}, PlanFacts().context())
        staying = sum(end == "stays" and feature in features for features, end in members)
        assert summed("htx_with_feature", rows).numerator == staying + (feature in successor)
