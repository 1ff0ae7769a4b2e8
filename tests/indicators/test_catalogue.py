"""The list of indicators and what they rest on, pinned, so that none is lost or changed unseen."""

from __future__ import annotations

import csv
import datetime as dt
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from small_registries import view

from kttt_lib.errors import KtttError
from kttt_lib.indicators import INDICATORS, PlanContext, catalogue, measure
from kttt_lib.indicators.parameters import PARAMETERS, POPULATIONS
from kttt_lib.plan import UNITS, load_plan
from kttt_lib.rating import load_definitions
from kttt_lib.registry import TABLES

PLANS = Path(__file__).parents[2] / "data" / "plans"

# id: (unit, nature, monotone, concepts, parameters with their defaults)
QTDND = {"include_qtdnd": False}
ANY = {"kind": "htx", "sector": None, "include_qtdnd": False}
PINNED = {
    "merged_inter_village_share": (
        "%", "cohort", False, ("effective",),
        {"max_area_ha": 100, "successor_scopes": ["commune", "inter_commune", "district_or_wider"]},
    ),
    "ceased_dissolved_share": ("%", "cohort", True, ("ceased",), QTDND),
    "agri_effective_share": ("%", "stock", False, ("effective",), {}),
    "qtdnd_effective_share": ("%", "stock", False, ("effective",), {}),
    "non_agri_effective_share": ("%", "stock", False, ("effective",), {"include_specialised": True}),
    "new_htx": ("htx", "flow", True, (), ANY),
    "new_tht": ("tht", "flow", True, (), {"kind": "tht", "sector": None}),
    "official_training_turns": ("turn", "flow", True, (), {}),
    "manager_training_turns": ("turn", "flow", True, (), {}),
    "htx_supported": (
        "htx", "flow", True, (),
        {"programmes": ["infrastructure", "industrial_promotion", "trade_promotion"], "sector": None, **QTDND},
    ),
    "htx_trademarks": ("htx", "flow", True, (), {"programmes": ["trademark"], "sector": None, **QTDND}),
    "preferential_loan_share": ("%", "flow", False, (), {"sector": None, **QTDND}),
    "new_model_effective": ("htx", "stock", False, ("new_model", "effective"), {"sector": None, **QTDND}),
    "models_by_feature": (
        "htx", "stock", False, (),
        {"features": ["value_chain", "high_tech", "commodity", "organic"], "sector": None, **QTDND},
    ),
    "scale_and_members": ("person", "stock", False, (), ANY),
    "jobs": ("person", "stock", False, (), ANY),
    "member_income": ("million_vnd_per_person_year", "stock", False, (), ANY),
    "awareness": ("%", "stock", False, (), {}),
    "linkage_forms": ("htx", "stock", False, (), {"features": ["value_chain"], "sector": None, **QTDND}),
    "measure_delivery": ("activity", "flow", True, (), {"task_group": "M1"}),
    "htx_total": ("htx", "stock", False, (), ANY),
    "htx_active": ("htx", "stock", False, (), ANY),
    "tht_total": ("tht", "stock", False, (), {"kind": "tht", "sector": None}),
    "tht_registered": ("tht", "stock", False, (), {"kind": "tht", "sector": None}),
    "lhhtx_total": ("lhhtx", "stock", False, (), {"kind": "lhhtx", "sector": None}),
    "dissolved_htx": ("htx", "flow", True, (), ANY),
    "members_total": ("person", "stock", False, (), ANY),
    "workers_total": ("person", "stock", False, (), ANY),
    "revenue_mean": ("million_vnd", "stock", False, (), ANY),
    "revenue_total": ("million_vnd", "stock", False, (), ANY),
    "profit_mean": ("million_vnd", "stock", False, (), ANY),
    "worker_income_mean": ("million_vnd_per_person_year", "stock", False, (), ANY),
    "managers_college_share": ("%", "stock", False, (), ANY),
    "managers_intermediate_share": ("%", "stock", False, (), ANY),
    "good_or_fair_share": ("%", "stock", False, (), {**ANY, "population": "rated"}),
    "weak_share": ("%", "stock", False, (), {**ANY, "population": "rated"}),
    "profitable_share": ("%", "stock", False, (), ANY),
    "htx_with_feature": ("htx", "stock", False, (), {**ANY, "feature": "value_chain"}),
    "htx_with_feature_share": ("%", "stock", False, (), {**ANY, "feature": "value_chain"}),
}  # fmt: skip


def test_the_list_of_indicators_is_pinned():
    found = {i.id: (i.unit, i.nature, i.monotone, i.concepts, dict(i.parameters)) for i in INDICATORS.values()}
    assert found == PINNED


# id: the numbers in its words, Vietnamese | English; a cut-off changed by hand in the text must make this fail.
NUMBERS = {
    "merged_inter_village_share": "100 31/12 100 | 100 31 100",
    "ceased_dissolved_share": "31/12 | 31",
    "qtdnd_effective_share": "30/4 31/12 24 | 30 31 24",
    "good_or_fair_share": "65 | 65",
    "weak_share": "50 | 50",
    "effective.kha": "65 12 24 3 | 65 12 24 3",
    "effective.trung_binh": "50 | 50",
    "effective.ntm13": "13 2016 2020 2012 12 3 | 13 2016 2020 2012 12 3",
    "effective.profit_services": "12 3 | 12 3",
    "new_model.law2012": "2012 01/7/2013 2012 | 2012 1 2013 2012",
    "new_model.law2023": "2023 01/7/2024 2023 2012 01/01/2026 | 2023 1 2024 2023 2012 1 2026",
    "new_model.programme167": "167 2012 3 12 | 167 2012 12",
    "ceased.three_months": "3 31/12 3 3 | 3 3 31 3",
    "ceased.twelve_months": "12 12 12 | 12 12 12",
    "ceased.law2023": "103 2023 12 12 5 18 | 103 2023 12 12 5 18",
}


def numbers(entry):
    """The numbers in an entry's words."""
    found = []
    for language in ("vi", "en"):
        text = " ".join(getattr(entry, f"{name}_{language}") for name in ("title", "counts", "excludes"))
        found.append(" ".join(re.findall(r"\d+(?:[.,/]\d+)*", text)))
    return " | ".join(found) if any(found) else ""


def test_the_numbers_in_the_words_of_indicators_and_rules_are_pinned():
    entries = [*INDICATORS.values(), *load_definitions().values()]
    assert {entry.id: found for entry in entries if (found := numbers(entry))} == NUMBERS


@pytest.mark.parametrize("indicator", INDICATORS.values(), ids=list(INDICATORS))
def test_every_indicator_is_defined_whole(indicator):
    for name in ("title", "counts", "excludes", "source"):
        vi, en = getattr(indicator, f"{name}_vi"), getattr(indicator, f"{name}_en")
        assert vi.strip() and en.strip() and vi != en, name
    assert indicator.unit in UNITS
    assert set(indicator.tables) <= set(TABLES)
    assert indicator.function is not None or indicator.tables == ()
    assert set(indicator.concepts) <= {rule.concept for rule in load_definitions().values()}


@pytest.mark.parametrize("entry", [*INDICATORS.values(), *load_definitions().values()], ids=lambda entry: entry.id)
def test_no_code_word_stands_in_the_words_that_an_official_reads(entry):
    for name in ("title", "counts", "excludes"):
        for text in (getattr(entry, f"{name}_vi"), getattr(entry, f"{name}_en")):
            assert not re.search(r"[a-z]_[a-z]", text), text
            assert not [code for code in PARAMETERS if f"{code}:" in text], text


def test_the_denominator_is_called_what_its_measure_counts():
    """A suspended HTX exists and is not in the denominator of those at work."""
    organisations = {
        "A": {"points": {2020: 80}, "reports": {2020: {"members": 9}}},
        "S": {"events": [{"date": "2020-03-01", "event": "suspended"}]},
    }
    days = (dt.date(2020, 1, 1), dt.date(2020, 12, 31), dt.date(2019, 12, 31))
    context = PlanContext(*days, {"effective": "effective.kha"})
    found = measure("good_or_fair_share", view(organisations), {"population": "active"}, context)
    assert found.denominator == 1 and POPULATIONS["active"][0] == "HTX đang hoạt động"


def test_every_default_is_a_value_that_may_be_given_and_every_parameter_is_used():
    assert {name for indicator in INDICATORS.values() for name in indicator.parameters} == set(PARAMETERS)
    for indicator in INDICATORS.values():
        assert indicator.faults(indicator.parameters) == [], indicator.id


@pytest.mark.parametrize("name", PARAMETERS)
@given(value=st.text() | st.integers() | st.floats(allow_nan=False) | st.booleans() | st.lists(st.text(max_size=9)))
def test_whatever_else_is_given_for_a_parameter_is_refused_and_every_word_of_its_list_is_taken(name, value):
    parameter = PARAMETERS[name]
    for word in parameter.words:
        takes_list = next(iter(parameter.faults(word)), None) is not None
        assert not list(parameter.faults([word] if takes_list else word))
    if parameter.accepts is bool:
        right = isinstance(value, bool)
    elif parameter.words:
        words = value if isinstance(value, list) else [value]
        right = (
            bool(words) and set(map(repr, words)) <= set(map(repr, parameter.words)) and len(set(words)) == len(words)
        )
        right = right and isinstance(value, list) in ({False, True} if name == "kind" else {name.endswith("s")})
    else:
        right = isinstance(value, int | float) and not isinstance(value, bool) and 0 < value <= 10_000
    assert right == (not list(parameter.faults(value)))


@pytest.mark.parametrize("path", sorted(PLANS.glob("*.yaml")), ids=lambda path: path.stem)
def test_every_promise_of_every_plan_has_its_indicator_and_parameters(path):
    plan = load_plan(path, set(INDICATORS))
    for _, promise in plan.promises():
        indicator = INDICATORS[promise.indicator]
        indicator.filled(promise.parameters)
        grows = promise.growth is not None and promise.growth.unit == "percent"
        assert promise.unit == ("%" if grows else indicator.unit_of(promise.parameters)), promise.id
        for rule in PlanContext.of(plan, promise).definitions.values():
            assert rule in load_definitions(), (promise.id, rule)


def test_an_unknown_indicator_or_parameter_is_refused_by_name():
    world, context = view({"A": {}}), PlanContext.of(load_plan(PLANS / "ninh-binh-2020.yaml", set(INDICATORS)))
    with pytest.raises(ValueError, match="no_such"):
        measure("no_such", world, {}, context)
    with pytest.raises(KtttError, match="no parameter 'colour'"):
        measure("htx_total", world, {"colour": "red"}, context)
    with pytest.raises(KtttError, match=r"parameters\.sector.*did you mean 'agriculture'"):
        measure("htx_total", world, {"sector": "agri"}, context)


def test_an_indicator_without_a_text_that_was_read_is_open_and_says_so():
    for indicator in INDICATORS.values():
        said = "No official definition was found" in indicator.source_en
        assert (indicator.status == "open") == said == ("Chưa tìm thấy định nghĩa" in indicator.source_vi), indicator.id


def test_the_entry_printed_in_contributing_is_an_indicator_as_it_stands():
    text = (PLANS.parents[1] / "CONTRIBUTING.md").read_text(encoding="utf-8")
    entry = text[text.index("women_mean,") :].partition("\n")[0]
    (line,) = csv.DictReader([",".join(catalogue._lines()[0]), entry])
    found = catalogue._entry(line)
    assert found.id == "women_mean" and found.status == "read" and found.id not in INDICATORS
