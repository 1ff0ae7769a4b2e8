"""What the registry does not hold is told apart from reports that are missing, and from none."""

from __future__ import annotations

import pandas as pd
import pytest

from kttt_lib.indicators import measure
from kttt_lib.plan import load_plan
from kttt_lib.registry import registry_from_frames

ABOUT = {"province": "Ninh Bình", "synthetic": True}


def view(reports=({},), features=(), trainings=(), about=ABOUT, events=()):
    orgs = [
        {"org_id": name, "name": f"HTX {name}", "kind": "htx", "sector": "agriculture", "district": "Yên Khánh",
         "founded_on": "2010-05-01"} for name in "ABC"
    ]  # fmt: skip
    given = [
        {"org_id": name, "year": 2020, "received_on": "2021-01-05", "members": 10, "workers": 5} | more
        for name, more in zip("ABC", reports)
    ]
    begun = [{"org_id": "A", "feature": code, "began_on": "2019-01-01"} for code in features]
    frames = {
        "organisations": orgs,
        "annual_reports": given,
        "features": begun,
        "trainings": list(trainings),
        "status_events": [{"org_id": "A", "date": "2020-03-01", "event": event} for event in events],
    }
    frames = {name: pd.DataFrame(rows) for name, rows in frames.items() if rows}
    return registry_from_frames(frames, about).require_clean().as_of("2021-03-31")


@pytest.mark.parametrize(
    "asked",
    [
        "{what: mean, column: member_income}",
        "{what: sum, column: taxes_paid}",
        "{what: ratio, column: directors_trained, over: directors}",
        "{what: count, that: {column: new_jobs, at_least: 1}}",
        "{what: mean, of: {column: new_jobs, at_least: 1}, column: members}",
    ],
)
def test_a_later_column_that_no_row_ever_fills_is_not_held_and_one_that_some_fill_is_missing_elsewhere(asked):
    column = next(name for name in ("member_income", "taxes_paid", "directors_trained", "new_jobs") if name in asked)
    none = measure(asked, view([{}, {}, {}]))
    assert none.value is None and (none.lower, none.upper) == (None, None)
    assert "không theo dõi số này, không phải thiếu báo cáo" in none.no_data[0]
    assert "the registry does not hold it" in none.no_data[1]
    filled = {"directors": 2, "directors_trained": 1} if column.startswith("directors") else {column: 4}
    some = measure(asked, view([filled, {}, {}]))
    assert some.missing == 2 and "không theo dõi" not in str(some.no_data)


def test_a_code_that_the_list_got_later_or_that_is_the_province_s_own_is_no_zero_where_no_row_has_it():
    asked = "{what: count, that: {certificate: ocop}}"
    old = measure(asked, view(features=["organic"]))
    assert old.value is None and "chưa rõ là không có hay chưa ghi" in old.no_data[0]
    assert "Sản phẩm OCOP" in old.no_data[0]
    assert measure(asked, view(features=["ocop"])).value == 1
    mixed = "{what: count, that: {feature: [organic, ocop]}}"
    assert measure(mixed, view(features=["organic"])).value is None, "those with the later code may be more"
    assert measure(mixed, view(features=["organic", "ocop"])).value == 1
    under_law = measure(
        "{what: count, that: {event: reorganised}}",
        view(events=["suspended"]),
        plan_context=load_plan("ninh-binh-2020"),
    )
    assert under_law.value is None and "No row of the table" in under_law.no_data[1]
    assert measure("{what: count, that: {feature: high_tech}}", view(features=["organic"])).value == 0, "asked always"
    lotus = {"code": "lotus", "vi": "Trồng sen", "en": "Lotus farming"}
    own = ABOUT | {"lists": {"features": [lotus]}}
    assert measure("htx_with_feature", view(features=["organic"], about=own), {"feature": "lotus"}).value is None
    assert measure("htx_with_feature", view(features=["lotus"], about=own), {"feature": "lotus"}).value == 1


def test_people_of_courses_that_nobody_counts_are_not_held():
    course = {"course_id": "L", "date": "2020-06-01", "audience": "htx_managers", "turns": 30}
    asked = "{what: sum, table: trainings, column: people}"
    period = load_plan("ninh-binh-2020")
    assert "không theo dõi số này" in measure(asked, view(trainings=[course]), plan_context=period).no_data[0]
    assert measure(asked, view(trainings=[course | {"people": 28}]), plan_context=period).value == 28
