"""What the public edition tells, on the sample and on a registry of 15: each error of issue 15 as a test."""

from __future__ import annotations

import pandas as pd
import pytest

from kttt_lib.disclosure import Rules, public_edition
from kttt_lib.disclosure.edition import audit, declarations
from kttt_lib.disclosure.figures import system
from kttt_lib.disclosure.rows import identifiers
from kttt_lib.disclosure.summary import audited
from kttt_lib.errors import KtttError
from kttt_lib.results import RESULTS

GROUPS, TARGETS, MEMBERS, TOTALS = "scorecard/by_group", "scorecard/targets", "scorecard/members", "situation/totals"


def unfinished(tables: dict[str, pd.DataFrame]) -> list[tuple]:
    """Groups of which one alone is hidden while the whole is printed: what anyone rebuilds by subtraction."""
    whole = tables[TARGETS].set_index("target_id")["value"].notna()
    hidden = tables[GROUPS].groupby(["target_id", "dimension"])["suppressed"].sum()
    return [place for place, number in hidden.items() if number == 1 and whole[place[0]]]


def test_no_protected_figure_of_the_sample_is_known_within_its_interval(sample_edition):
    edition = sample_edition
    assert len(edition.protected) > 15 and all(found.ok for found in edition.intervals)
    assert edition.printed > 0.75, "what is not small is printed"
    assert unfinished(edition.tables) == []


def test_the_only_htx_of_its_sector_is_told_by_no_figure(small, small_edition):
    """Point 3: members, workers, revenue, profit of the only non-agricultural HTX; funds that rest on one report."""
    edition = small_edition
    totals = edition.tables[TOTALS]
    behind = small["situation/behind"].groupby(["year", "series", "sector"]).size()
    for row in totals.itertuples():
        if behind.get((row.year, row.series, row.sector), 9) < 3:
            assert row.suppressed and pd.isna(row.value) and pd.isna(row.lower), row
    assert all(found.ok for found in edition.intervals)


def test_a_hidden_result_of_a_province_is_hidden_wherever_it_stands(small_edition):
    tables = small_edition.tables
    funds = tables[TARGETS].set_index("target_id").loc["T4"]
    assert funds["suppressed"] and pd.isna(funds["value"]) and funds["verdict"] == "no_data"
    assert "không công bố" in funds["no_value_vi"] and "not published" in funds["no_value_en"]
    assert not (tables[MEMBERS]["target_id"] == "T4").any(), "its rows would count it again"
    for name in ("scorecard/robustness", "scorecard/trend"):
        last = tables[name][tables[name]["target_id"] == "T4"]
        last = last[last["bound"] == "value"] if "bound" in last else last  # of nobody, from 0 to 100 % is possible
        assert last["value"].isna().all() and last["suppressed"].any()


@pytest.mark.parametrize("which", ["sample", "small"])
def test_a_hidden_figure_is_empty_and_never_nothing(which, request):
    tables = request.getfixturevalue(f"{which}_edition").tables
    for name, frame in tables.items():
        if "suppressed" in frame:
            numbers = frame.loc[frame["suppressed"], [c for c in declarations()[name]["hides"] if c in frame]]
            assert numbers.isna().all(axis=None), name


def test_no_table_has_the_registrys_order_or_a_code_of_another(sample, sample_edition):
    """Point 1: 420 of 420 HTX of T12 were named by the order of the rows."""
    given, shown = sample[MEMBERS], sample_edition.tables[MEMBERS]
    codes = {i: shown.loc[shown["target_id"] == i, "org_id"].tolist() for i in ("T12", "Q1")}
    assert len(codes["T12"]) == 420 and codes["T12"] == sorted(codes["T12"])
    same = sum(
        a == b
        for a, b in zip(
            given.loc[given["target_id"] == "T12", "status"], shown.loc[shown["target_id"] == "T12", "status"]
        )
    )
    assert same < 420
    # Nobody who knows all statuses under T12 and Q1 finds the same code for the same organisation in both.
    status = shown.pivot_table(index="org_id", columns="target_id", values="status", aggfunc="first")[["T12", "Q1"]]
    real = given.pivot_table(index="org_id", columns="target_id", values="status", aggfunc="first")[["T12", "Q1"]]
    assert sorted(map(tuple, status.to_numpy().astype(str))) != sorted(map(tuple, real.to_numpy().astype(str)))


def test_rows_of_organisations_hold_no_date_and_no_place_of_fewer_than_three():
    rows = pd.DataFrame(
        {
            "org_id": [f"O{n}" for n in range(9)],
            "status": ["counted"] * 5 + ["not_counted"] * 4,
            "reason_vi": "",
            "reason_en": "",
            "name": [f"HTX {n}" for n in range(9)],
            "district": ["A"] * 8 + ["B"],
            "commune": [f"Xã {n}" for n in range(9)],
            "scope": ["commune"] * 5 + ["inter_village"] * 4,
            "state": ["active"] * 4 + ["merged"] * 4 + ["ceased"],
            "state_since": pd.Timestamp(2019, 5, 5),
            "current_id": [f"O{n}" for n in range(9)],
        }
    )
    shown = public_edition({"restructuring/cohort": rows}).tables["restructuring/cohort"]
    assert set(shown) == {"org_id", "name", "status", "reason_vi", "reason_en", "scope", "state"}
    alike = shown.groupby(["scope", "state"], dropna=False).size()
    assert alike.min() >= 3 and shown["state"].isna().sum() >= 3
    assert shown["org_id"].tolist() == [f"HTX-{n:03d}" for n in range(1, 10)]
    assert public_edition({"restructuring/cohort": rows.head(2)}).tables == {}, "two rows are no table"


def test_what_is_not_declared_is_not_published(small):
    more = small | {"analysis/new": pd.DataFrame({"district": ["A"], "income": [1.0]})}
    more["situation/counts"] = small["situation/counts"].assign(chairman="Nguyễn Văn A")
    tables = public_edition(more).tables
    assert "analysis/new" not in tables and "chairman" not in tables["situation/counts"]
    assert not {"scorecard/behind", "situation/behind"} & set(tables), "who stands behind is for the protector alone"


def test_every_declaration_is_of_a_result_and_its_columns():
    for name, declared in declarations().items():
        columns = {"suppressed", "kind", *RESULTS[name].columns}
        named = [c for part in ("shown", "shared", "hides", "without", "sums", "of") for c in declared.get(part, [])]
        assert set(named) <= columns, name
        org = identifiers(pd.DataFrame(columns=list(RESULTS[name].columns)))
        assert (declared["kind"] == "rows") == bool(org) or declared["kind"] == "none", name


def test_the_build_fails_when_a_protected_figure_is_told(small):
    linked = system(small, Rules())
    small = {figure for family in linked.families for figure in family.small}
    with pytest.raises(KtttError, match=r"protected figures.*to"):
        audit(linked.families, small, Rules())


def test_a_figure_that_differs_from_an_earlier_edition_by_one_organisation_is_protected(sample, sample_edition):
    first = sample_edition.tables
    place = ("group", "T3", "district", "Huyện Nho Quan")
    before = first[GROUPS].copy()
    here = (before["target_id"] == "T3") & (before["level"] == "Huyện Nho Quan")
    assert not before.loc[here, "suppressed"].any()
    before.loc[here, ["numerator", "denominator"]] -= 1
    again = public_edition(sample, earlier={"before": {GROUPS: before}})
    assert again.earlier == ("before",)
    assert place in again.protected and all(found.ok for found in again.intervals)


def test_stricter_rules_hide_more(small, small_edition):
    assert len(public_edition(small, Rules(threshold=5)).protected) > len(small_edition.protected)


def test_by_base_hidden_counts_are_printed_rounded_and_the_same_figures_are_hidden(small, small_edition):
    plain, near = small_edition, public_edition(small, Rules(rounding_base=5))
    assert near.hidden == plain.hidden and near.rounded > 0 and all(found.ok for found in near.intervals)
    said = 0
    for name in (GROUPS, TARGETS, "scorecard/trend"):
        one, other = plain.tables[name], near.tables[name]
        more = other["numerator"].notna() & one["numerator"].isna()
        assert (other.loc[more, "suppressed"]).all() and (other.loc[more, "numerator"] % 5 == 0).all()
        pd.testing.assert_frame_equal(one, other.assign(numerator=other["numerator"].mask(more)), check_dtype=False)
        said += more.sum()
    assert said == near.rounded


@pytest.mark.parametrize("which", ["sample", "small"])
def test_the_annexs_rows_add_up_to_its_last(which, request):
    """68 sums by place stood beside 148 in all: the differences had no row."""
    table = audited(public_edition(request.getfixturevalue(which))).set_index("shown_in")
    for column in ("figures", "printed", "hidden_small", "hidden_more", "protected"):
        assert table[column].drop("all").sum() == table.loc["all", column] > 0, column


def test_the_same_facts_give_the_same_edition(small, small_edition):
    one, two = small_edition, public_edition({name: frame.copy() for name, frame in small.items()})
    assert one.hidden == two.hidden
    for name, frame in one.tables.items():
        pd.testing.assert_frame_equal(frame, two.tables[name])


def test_one_or_two_rows_under_a_target_are_not_listed():
    rows = pd.DataFrame(
        {
            "target_id": ["T5"] + ["T3"] * 4,
            "org_id": ["A", *"ABCD"],
            "name": "HTX",
            "kind": "htx",
            "status": "counted",
            "reason_vi": "",
            "reason_en": "",
            "weight": 1.0,
        }
    )
    assert public_edition({MEMBERS: rows}).tables[MEMBERS]["target_id"].tolist() == ["T3"] * 4
