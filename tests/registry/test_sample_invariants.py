"""What holds in every synthetic registry, whatever its size, years and seed."""

from __future__ import annotations

import numpy as np
import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from kttt_lib.rating import unread_in
from kttt_lib.registry import registry_from_frames
from kttt_lib.registry.sample import generate as generate_module
from kttt_lib.registry.sample import generate_sample, sample_blocks
from kttt_lib.registry.sample.generate import SAMPLE_TABLES
from kttt_lib.registry.schema import TABLES

ENDS = ["dissolved", "merged_into", "consolidated_into"]
sizes = st.one_of(
    st.integers(1, 400),
    st.builds(lambda htx, tht: {"htx": htx, "tht": tht}, st.integers(0, 200), st.integers(1, 200)),
)
spans = st.builds(lambda last, length: (last - length, last), st.integers(2016, 2026), st.integers(0, 9))


@settings(max_examples=25)
@given(organisations=sizes, years=spans, seed=st.integers(0, 2**32))
def test_every_sample_is_sound(organisations, years, seed):
    tables = generate_sample(organisations=organisations, years=years, seed=seed)
    orgs = tables["organisations"].set_index("org_id")
    wanted = organisations if isinstance(organisations, int) else sum(organisations.values())
    assert len(orgs) == wanted and orgs.index.is_unique

    for name in SAMPLE_TABLES:
        frame, table = tables[name], TABLES[name]
        assert list(frame.columns) == [column.name for column in table.columns]
        assert not frame.duplicated(list(table.key)).any(), name
        for column in table.columns:
            if column.required:
                assert frame[column.name].notna().all(), (name, column.name)
            if column.choices:
                assert set(frame[column.name].dropna()) <= set(column.choices), (name, column.name)
        if "org_id" in frame and name != "organisations":
            assert frame["org_id"].isin(orgs.index).all(), name

    assert unread_in(registry_from_frames(tables, {"synthetic": True})).empty, "no score that no rule reads"

    reports = tables["annual_reports"]
    assert reports["year"].between(*years).all()
    for part, whole in (
        ("women", "members"),
        ("members_served", "members"),
        ("new_members", "members"),
        ("revenue_from_members", "revenue"),
        ("indivisible_assets", "total_assets"),
        ("new_jobs", "workers"),
        ("directors_trained", "directors"),
    ):
        assert not (reports[part] > reports[whole]).fillna(False).any(), part
    courses = tables["trainings"]
    assert (courses["communes"] <= courses["people"]).all() and (courses["people"] <= courses["turns"]).all()
    _unions_are_as_they_report(tables, orgs)
    founded = reports["org_id"].map(orgs["founded_on"])
    assert (founded.dt.year <= reports["year"]).all()
    assert (reports["received_on"] > founded).all()

    events = tables["status_events"]
    assert (events["date"] >= events["org_id"].map(orgs["founded_on"])).all()
    ends = events[events["event"].isin(ENDS)]
    assert ends["org_id"].is_unique
    ended = orgs.index.to_series().map(ends.set_index("org_id")["date"]) if len(ends) else None
    if ended is not None:
        for name, column in (("status_events", "date"), ("loans", "date"), ("support_events", "date")):
            end = tables[name]["org_id"].map(ended)
            assert not (tables[name][column] > end).any(), name
        assert not (pd.to_datetime(reports["year"].astype(str) + "-12-31") > reports["org_id"].map(ended)).any()
        assert not (tables["features"]["began_on"] > tables["features"]["org_id"].map(ended)).any()
    merged = events[events["event"].isin(["merged_into", "consolidated_into"])]
    assert merged["successor_id"].isin(orgs.index).all()
    assert not merged["successor_id"].isin(ends["org_id"]).any()
    assert (orgs["sector"].eq("credit") == orgs["kind"].eq("qtdnd")).all()
    for name, column in (("loans", "date"), ("support_events", "date"), ("features", "began_on")):
        assert (tables[name][column] >= tables[name]["org_id"].map(orgs["founded_on"])).all(), name


def _unions_are_as_they_report(tables, orgs):
    """Members are HTX of one union each, and no more at the end of a year than the union reports."""
    members = tables["union_members"]
    assert members["org_id"].is_unique and (members["org_id"].map(orgs["kind"]) == "htx").all()
    assert (members["union_id"].map(orgs["kind"]) == "lhhtx").all()
    assert (members["joined_on"] >= members["union_id"].map(orgs["founded_on"])).all()
    reports = tables["annual_reports"]
    for report in reports[reports["org_id"].map(orgs["kind"]) == "lhhtx"].itertuples():
        here = members[(members["union_id"] == report.org_id) & (members["joined_on"].dt.year <= report.year)]
        assert (~(here["left_on"].dt.year <= report.year)).sum() <= report.members


@settings(max_examples=12)
@given(organisations=st.integers(1, 300), seed=st.integers(0, 2**32))
def test_the_registry_accepts_every_row(organisations, seed):
    registry = registry_from_frames(generate_sample(organisations=organisations, seed=seed), {"synthetic": True})
    assert registry.errors.empty, registry.errors.head().to_dict("records")


@settings(max_examples=6)
@given(organisations=st.integers(30, 200), seed=st.integers(0, 2**32))
def test_blocks_share_nothing_and_add_up(organisations, seed):
    whole = generate_module.BLOCK
    generate_module.BLOCK = 50
    try:
        blocks = list(sample_blocks(organisations=organisations, seed=seed))
    finally:
        generate_module.BLOCK = whole
    assert len(blocks) == -(-organisations // 50)
    ids = pd.concat([block["organisations"]["org_id"] for block in blocks])
    assert len(ids) == organisations and ids.is_unique
    for column, table in (("district", "organisations"), ("commune", "organisations"), ("course_id", "trainings")):
        seen = [set(block[table][column].dropna()) for block in blocks]
        assert sum(map(len, seen)) == len(set().union(*seen)), column


def test_the_mix_of_kinds_follows_the_calibration():
    kinds = generate_sample(organisations=6000, seed=1)["organisations"]["kind"].value_counts(normalize=True)
    calibrated = generate_sample()["organisations"]["kind"].value_counts(normalize=True)
    np.testing.assert_allclose(kinds.reindex(calibrated.index), calibrated, atol=0.005)
