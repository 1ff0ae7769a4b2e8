"""By district an organisation stands where it was on the day that the value speaks of."""

from __future__ import annotations

import pytest
from small_registries import view

from kttt_lib.analysis.scorecard.by_group import by_group
from kttt_lib.authoring.cases import PlanFacts
from kttt_lib.indicators.measure import rows_of
from kttt_lib.rating.facts import Facts

POOR = {
    "scope": "inter_village",
    "points": {2019: 40},
    "reports": {2019: {"members": 9, "area_ha": 30, "fined": False}},
}
MOVED = {
    "district": "Hoa Lư",
    "changes": [{"date": "2020-07-01", "district_before": "Yên Mô", "district_after": "Hoa Lư"}],
}
ORGANISATIONS = {"A": POOR | MOVED, "B": POOR | {"district": "Yên Mô"}}


@pytest.mark.parametrize("indicator", ["merged_inter_village_share", "htx_total"])
@pytest.mark.parametrize(
    ("date", "districts"), [("2020-06-30", {"Yên Mô": 2}), ("2020-07-01", {"Hoa Lư": 1, "Yên Mô": 1})]
)
def test_one_that_moved_counts_where_it_was_on_the_day_measured(indicator, date, districts):
    facts = Facts(view(ORGANISATIONS, date))
    found = by_group("T1", rows_of(indicator, facts, {}, PlanFacts().context()))
    found = found[found["dimension"] == "district"].set_index("level")
    column = "denominator" if indicator == "merged_inter_village_share" else "numerator"
    assert found[column].to_dict() == districts


def test_last_year_s_reports_stand_where_the_organisation_was_then():
    facts = Facts(view(ORGANISATIONS, "2020-07-31"))
    found = by_group("Q", rows_of("members_total", facts, {}, PlanFacts().context()))
    assert found[found["dimension"] == "district"].set_index("level")["numerator"].to_dict() == {"Yên Mô": 18}
