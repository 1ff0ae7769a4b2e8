"""The state as of a date, and what was known of it on another."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from registry_facts import ABOUT, day, event, organisation, report, tables

from kttt_lib.registry import registry_from_frames
from kttt_lib.registry.asof import fact_date
from kttt_lib.registry.chains import cycle_members, final_successors
from kttt_lib.registry.schema import TABLES


def states(registry, date, known_on=None):
    frame = registry.as_of(date, known_on).organisations.set_index("org_id")
    return frame["state"].to_dict(), frame["current_id"].to_dict()


@pytest.fixture
def three_mergers():
    """A goes into B in 2017, B into C in 2018, C into D in 2019; E stops, starts again and is dissolved."""
    return registry_from_frames(
        tables(
            [organisation(name) for name in "ABCDE"] + [organisation("NEW", founded_on=day("2019-07-01"))],
            [
                event("A", "2017-03-01", "merged_into", "B"),
                event("B", "2018-03-01", "consolidated_into", "C"),
                event("C", "2019-03-01", "merged_into", "D", recorded_on=day("2020-02-01")),
                event("E", "2016-01-01", "suspended"),
                event("E", "2017-01-01", "resumed"),
                event("E", "2018-01-01", "ceased"),
                event("E", "2019-01-01", "dissolved"),
            ],
            [report("A", 2015), report("D", 2019), report("NEW", 2019)],
        ),
        ABOUT,
    )


def test_chain_is_followed_through_several_mergers_and_grows_with_time(three_mergers):
    assert states(three_mergers, "2016-12-31")[1]["A"] == "A"
    assert states(three_mergers, "2017-12-31")[1]["A"] == "B"
    assert states(three_mergers, "2018-12-31")[1]["A"] == "C"
    assert states(three_mergers, "2020-12-31")[1] == {
        "A": "D", "B": "D", "C": "D", "D": "D", "E": "E", "NEW": "NEW",
    }  # fmt: skip


def test_a_fact_recorded_later_is_not_known_before(three_mergers):
    then, _ = states(three_mergers, "2019-12-31")
    now, _ = states(three_mergers, "2019-12-31", known_on="2020-12-31")
    assert (then["C"], now["C"]) == ("active", "merged")


def test_each_state_of_one_life(three_mergers):
    lives = [states(three_mergers, f"{year}-06-30")[0]["E"] for year in range(2015, 2020)]
    assert lives == ["active", "suspended", "active", "ceased", "dissolved"]
    since = three_mergers.as_of("2018-06-30").organisations.set_index("org_id")["state_since"]
    assert since["E"] == day("2018-01-01") and since["D"] == day("2010-05-01")


def test_reports_count_only_once_arrived(three_mergers):
    assert three_mergers.as_of("2020-02-14").annual_reports["org_id"].tolist() == ["A"]
    assert three_mergers.as_of("2020-02-15").annual_reports["org_id"].tolist() == ["A", "D", "NEW"]
    later = three_mergers.as_of("2019-12-31", known_on="2020-02-15")
    assert later.annual_reports["org_id"].tolist() == ["A", "D", "NEW"]


def test_a_report_is_not_a_fact_before_its_year_ends(three_mergers):
    assert three_mergers.as_of("2019-12-30", known_on="2021-01-01").annual_reports["year"].tolist() == [2015]


def test_rows_of_organisations_not_yet_founded_are_left_out(three_mergers):
    assert "NEW" not in set(three_mergers.as_of("2019-06-30").organisations["org_id"])
    assert "NEW" in set(three_mergers.as_of("2019-07-01").organisations["org_id"])


def test_view_on_an_earlier_day_keeps_what_is_known_now(three_mergers):
    view = three_mergers.as_of("2020-12-31").on("2019-12-31")
    assert view.known_on == day("2020-12-31")
    assert view.organisations.set_index("org_id")["state"]["C"] == "merged"


def test_a_practice_that_ends_later_is_still_open():
    rows = [{"org_id": "A", "feature": "organic", "began_on": day("2018-01-01"), "ended_on": day("2020-01-01")}]
    registry = registry_from_frames(tables([organisation("A")], features=rows), ABOUT)
    assert pd.isna(registry.as_of("2019-12-31").features["ended_on"][0])
    assert registry.as_of("2020-01-01").features["ended_on"][0] == day("2020-01-01")


def test_circle_of_mergers_is_refused_by_name():
    merged, into = pd.Series(["A", "B", "C", "X"]), pd.Series(["B", "C", "A", "A"])
    assert cycle_members(merged, into) == {"A", "B", "C"}
    with pytest.raises(ValueError, match="A, B, C"):
        final_successors(pd.Series(["X"]), merged, into)


def test_a_view_makes_the_tables_that_are_read_and_no_others(three_mergers):
    """A large registry has a hundred views a report: each held a copy of every table."""
    view = three_mergers.as_of("2019-12-31")

    def made():
        return set(TABLES) & set(vars(view))

    assert list(view.ids) == [*list("ABCDE"), "NEW"] and made() == set()
    years, first = view.column("annual_reports", "year"), view.part("annual_reports", np.array([0]))
    days = view.days("annual_reports")
    assert made() == set()
    whole = view.annual_reports
    assert made() == {"annual_reports"} and view.annual_reports is whole
    pd.testing.assert_series_equal(years, whole["year"])
    assert first["org_id"].tolist() == whole["org_id"][[0]].tolist()
    assert days.tolist() == fact_date("annual_reports", whole).tolist()
    assert view.column("organisations", "sector").equals(view.organisations["sector"])
    for table in TABLES:
        assert getattr(view, table).index.equals(pd.RangeIndex(len(getattr(view, table)))), table


def test_a_view_that_holds_other_organisations_tells_theirs(three_mergers):
    view = three_mergers.as_of("2019-12-31")
    some = view.organisations.iloc[1:3].reset_index(drop=True)
    held = view.holding(organisations=some)
    assert held.organisations is some and held.ids.tolist() == ["B", "C"]
    assert held.status_events.equals(view.status_events)
    assert view.ids.tolist() == [*list("ABCDE"), "NEW"]


def test_tables_held_stay_held_and_change_no_other(three_mergers):
    whole, view = (three_mergers.as_of("2019-12-31") for _ in range(2))
    events, some = view.status_events.iloc[:0], whole.organisations.iloc[1:3].reset_index(drop=True)
    held = view.holding(status_events=events)
    assert held.organisations["state"].tolist() == whole.organisations["state"].tolist()
    assert held.ids.tolist() == whole.ids.tolist()
    both = held.holding(organisations=some)
    assert both.status_events is events and both.ids.tolist() == ["B", "C"]
    assert both.days("organisations").tolist() == some["founded_on"].tolist()
