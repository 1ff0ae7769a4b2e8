"""Two groups of HTX beside one another, and a test of constant returns; synthetic data."""

from functools import partial
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from kttt_lib.analysis.frontier.determinants import SUPPORT_YEARS
from kttt_lib.analysis.frontier.groups import GROUPS, LEAST, compared, constant_returns
from kttt_lib.efficiency import mean_efficiency
from kttt_lib.rating.facts import Facts
from kttt_lib.report.words import code_word
from kttt_lib.results import EFFICIENCY_GROUPS, EFFICIENCY_RETURNS
from tests.analysis.frontier.test_separability import Told, cell

DATA = SimpleNamespace(year=2020, inputs=("workers",), outputs=("revenue",))


def htx(n=120, degree=0.6, seed=4):
    """Of n HTX the first 40 lose half as much as the others do; two kinds, 70 and 50 of 120."""
    rng = np.random.default_rng(seed)
    x = rng.uniform(1, 9, n)
    lost = rng.exponential(np.where(np.arange(n) < 40, 0.15, 0.5))
    kind = np.where(np.arange(n) % 12 < 7, "service", "specialised")
    ids = [f"HTX{i:03d}" for i in range(n)]
    return pd.DataFrame({"org_id": ids, "technology": kind, "workers": x, "revenue": x**degree / (1 + lost)})


def facts_of(inside, new=slice(0, 40), supported=slice(0, 0), on=("2020-12-31", "2018-01-01"), ended=None):
    """What ``compared`` looks at, with the library's own rule of whose models run; the view is of 30/6/2021."""
    features = pd.DataFrame({"org_id": inside["org_id"][new], "feature": "new_model", "began_on": pd.Timestamp(on[0])})
    other = features.assign(org_id=inside["org_id"].iloc[-1], feature="value_chain")
    features = pd.concat([features, other], ignore_index=True).assign(ended_on=pd.to_datetime(ended))
    events = pd.DataFrame({"org_id": inside["org_id"][supported], "date": pd.Timestamp(on[1])})
    view = SimpleNamespace(features=features, support_events=events, ids=inside["org_id"])
    successor = np.full(len(inside), -1)
    successor[0] = 119  # the first was merged into the last
    facts = SimpleNamespace(view=view, day=np.datetime64("2021-06-30"), successor=successor)
    facts.rows = lambda table: inside["org_id"].searchsorted(features["org_id"])
    facts.models = partial(Facts.models, facts)
    return facts


def means_of(inside):
    return mean_efficiency(
        inside[["workers"]], inside[["revenue"]], frontiers=inside["technology"], orientation="output", inverse=True,
        splits=30, seed=1,
    )  # fmt: skip


def test_the_difference_is_that_of_the_two_corrected_means_and_is_found():
    inside = htx()
    means = means_of(inside)
    table = EFFICIENCY_GROUPS.check(compared(facts_of(inside), DATA, inside, means, True))
    new = table.set_index("determinant").loc["new_model"]
    by = means.by((np.arange(120) % 119 < 40) & (np.arange(120) > 0))  # the first one's model is the last one's now
    assert (new["organisations"], new["others"]) == (40, 80)
    assert new["mean_with"] == pytest.approx(100 * by.loc[True, "corrected"])
    assert new["mean_without"] == pytest.approx(100 * by.loc[False, "corrected"])
    assert new["difference"] == pytest.approx(new["mean_with"] - new["mean_without"])
    assert 0 < new["lower"] < new["difference"] < new["upper"] and new["p_value"] < 0.05


def test_what_came_after_the_year_and_support_too_long_ago_do_not_count():
    inside = htx()
    means = means_of(inside)
    late = facts_of(inside, supported=slice(0, 60), on=("2021-01-01", f"{2020 - SUPPORT_YEARS}-12-30"))
    table = compared(late, DATA, inside, means, True).set_index("determinant")
    assert table["organisations"].to_dict() == {"new_model": 0, "support": 0}
    ended = compared(facts_of(inside, on=("2012-01-01", "2018-01-01"), ended="2015-06-30"), DATA, inside, means, True)
    assert ended.loc[0, "organisations"] == 0
    assert table["others"].tolist() == [120, 120] and table["difference"].isna().all()
    kept = facts_of(inside, supported=slice(0, 60), on=("2021-01-01", f"{2020 - SUPPORT_YEARS}-12-31"))
    assert compared(kept, DATA, inside, means, True)["organisations"].tolist() == [0, 60]


@pytest.mark.parametrize(("few", "sure"), [(LEAST - 1, True), (120 - LEAST + 1, True), (40, False)])
def test_a_side_with_too_few_has_numbers_of_htx_and_no_interval(few, sure):
    inside = htx()
    table = compared(facts_of(inside, new=slice(0, few)), DATA, inside, means_of(inside), sure)
    EFFICIENCY_GROUPS.check(table)
    assert table.loc[0, "organisations"] == few and list(table["determinant"]) == list(GROUPS)
    assert table.loc[0, ["mean_with", "mean_without", "difference", "lower", "upper", "p_value"]].isna().all()


def test_constant_returns_are_rejected_where_they_are_false_and_kept_where_true():
    for degree, false in ((0.4, True), (1.0, False)):
        inside = htx(300, degree)
        table = EFFICIENCY_RETURNS.check(constant_returns(DATA, inside))
        assert table["organisations"].tolist() == [175, 125]
        assert ((table["p_value"] < 0.05) == false).all()


def test_a_kind_too_small_to_be_split_has_no_row():
    inside = htx(24).assign(technology=["service"] * 12 + ["specialised"] * 12)
    assert constant_returns(DATA, inside).empty
    EFFICIENCY_RETURNS.check(constant_returns(DATA, inside))


def said(table, frame):
    page, run, tables = Told(), type("Run", (), {"language": "vi"}), {} if frame is None else {table: frame}
    exec(cell(table), {"page": page, "run": run, "tables": tables, "enough": True, "code_word": code_word})
    return page.sentences


def test_the_notebook_says_which_group_differs_or_that_none_does_or_that_none_is_compared():
    inside = htx()
    told = compared(facts_of(inside), DATA, inside, means_of(inside), True)
    (one,) = said("efficiency/groups", told)
    assert one.startswith("HTX kiểu mới đạt bình quân **")
    (none,) = said("efficiency/groups", told.assign(lower=-1.0, upper=1.0))
    assert "Chưa phân biệt được nhóm nào" in none
    (public,) = said("efficiency/groups", None)
    assert "Bản công khai không có" in public
    (nobody,) = said("efficiency/groups", told.assign(difference=np.nan, lower=np.nan, upper=np.nan))
    assert f"ít nhất {LEAST} HTX" in nobody


def test_the_notebook_names_what_is_rejected_and_makes_nothing_of_the_rest():
    rows = constant_returns(DATA, htx(300, 0.4))
    (rejected,) = said("efficiency/returns", rows)
    assert all(code_word("technology", kind, "vi") in rejected for kind in ("service", "specialised"))
    (kept,) = said("efficiency/returns", rows.assign(p_value=0.6))
    assert "Không bị bác bỏ" in kept
    assert said("efficiency/returns", EFFICIENCY_RETURNS.frame()) == []
