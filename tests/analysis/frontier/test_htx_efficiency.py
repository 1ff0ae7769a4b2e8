"""Who enters the comparison, what the scores mean, and that the synthetic truth is found again."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from kttt_lib.analysis.frontier import determinants as analysis
from kttt_lib.analysis.frontier.determinants import affordable
from kttt_lib.analysis.frontier.mergers import restructuring
from kttt_lib.analysis.frontier.scores import INPUTS, OUTPUTS, SURE_MEAN, _gaps, htx_efficiency
from kttt_lib.analysis.frontier.units import frontier_data, year_to_analyse
from kttt_lib.efficiency import NoEstimate, dea, double_bootstrap
from kttt_lib.errors import KtttError
from kttt_lib.pipeline.settings import check_settings
from kttt_lib.plan import load_plan
from kttt_lib.registry import read_registry, registry_from_frames
from kttt_lib.registry.sample import generate_sample, sample_truth
from kttt_lib.resources import SAMPLE

DAY = "2020-12-31"


@pytest.fixture(scope="module")
def registry():
    return read_registry(SAMPLE)


@pytest.fixture(scope="module")
def tables(registry):
    return htx_efficiency(registry, DAY, replications=200)


def test_the_funnel_adds_up_and_ends_with_those_who_span_the_frontier(tables):
    funnel, scores = tables["efficiency/funnel"], tables["efficiency/scores"]
    assert (
        funnel["organisations"].shift().iloc[1:] - funnel["left_out"].iloc[1:] == funnel["organisations"].iloc[1:]
    ).all()
    assert funnel["organisations"].iloc[-1] == (~scores["outlier"]).sum()


def test_scores_are_percent_of_the_frontier_and_corrected_ones_lie_inside_their_interval(tables):
    scores = tables["efficiency/scores"]
    inside = scores[~scores["outlier"]]
    assert inside["score"].between(0, 100 + 1e-9).all() and np.isclose(inside["score"].max(), 100)
    assert (inside["lower"] <= inside["bias_corrected"]).all()
    assert (inside["bias_corrected"] <= inside["upper"]).all()
    assert (inside["bias_corrected"] < inside["score"]).all()


def test_scores_rank_the_htx_as_the_true_inefficiency_of_the_sample_does(tables):
    """Within the kind that has one true frontier in the sample: HTX of many services."""
    scores = tables["efficiency/scores"].query("technology == 'service'")
    truth = sample_truth().query("year == 2020").set_index("org_id")["inefficiency"]
    both = scores.query("not outlier").set_index("org_id")[["score"]].join(truth, how="inner")
    assert len(both) > 150
    assert both["score"].corr(both["inefficiency"], method="spearman") < -0.5


def test_a_peer_is_another_htx_on_the_frontier(tables):
    peers, scores = tables["efficiency/peers"], tables["efficiency/scores"].set_index("org_id")
    assert (peers["org_id"] != peers["peer_id"]).all()
    assert np.allclose(scores.loc[peers["peer_id"].unique(), "score"], 100)
    assert (peers.groupby("org_id").size() <= 3).all()


def test_peers_are_of_the_same_kind(tables):
    kind = tables["efficiency/scores"].set_index("org_id")["technology"]
    peers = tables["efficiency/peers"]
    assert (peers["org_id"].map(kind) == peers["peer_id"].map(kind)).all() and kind.nunique() == 2


def test_kinds_are_joined_by_the_frontier_of_all_where_each_has_enough(registry, tables):
    summary, scores = tables["efficiency/summary"], tables["efficiency/scores"]
    kinds = summary[summary["dimension"] == "technology"].set_index("level")
    assert set(kinds.index) == {"service", "specialised"} and kinds["organisations"].min() >= SURE_MEAN
    inside = scores[~scores["outlier"]]
    common = 100 / dea(inside[[*INPUTS]], inside[[*OUTPUTS]], returns="vrs", orientation="output").scores
    for kind in kinds.index:
        at = (inside["technology"] == kind).to_numpy()
        assert kinds.loc[kind, "mean_common"] == pytest.approx(common[at].mean())
        assert kinds.loc[kind, "mean_gap"] == pytest.approx((100 * common[at] / inside["score"][at]).mean())
        assert kinds.loc[kind, "mean_common"] <= kinds.loc[kind, "mean_score"]
    others = summary["dimension"] != "technology"
    assert summary.loc[others, ["mean_common", "mean_gap"]].isna().all(axis=None)
    few = scores["technology"].eq("specialised") & (scores.groupby("technology").cumcount() >= SURE_MEAN - 1)
    data = frontier_data(registry.as_of(DAY), sector="agriculture", inputs=INPUTS, outputs=OUTPUTS)
    assert _gaps(inside[~few[inside.index]], data).isna().all(axis=None)


def test_better_rated_htx_are_more_efficient_in_the_sample(tables):
    agreement = tables["efficiency/agreement"]
    assert agreement["mean_bias_corrected"].is_monotonic_increasing
    assert np.allclose(agreement[["share_low", "share_middle", "share_high"]].sum(axis=1), 100)


@pytest.mark.parametrize(
    ("wrong", "meant"),
    [
        ({"sector": "agricultre"}, "SECTOR.*'agriculture'"),
        ({"sector": "fishing"}, "SECTOR.*'agriculture', 'non_agriculture', 'credit'"),
        ({"inputs": ("workers", "area")}, "INPUTS = 'area'.*'area_ha'"),
        ({"inputs": ("received_on",)}, "INPUTS = 'received_on'"),
        ({"outputs": "revenue"}, r'OUTPUTS = \["revenue"\]'),
        ({"outputs": []}, "OUTPUTS.*list of columns"),
        ({"outputs": ("workers",)}, "OUTPUTS = 'workers'"),  # an input already
    ],
)
def test_a_choice_that_there_is_not_is_refused_with_the_nearest(registry, wrong, meant):
    with pytest.raises(KtttError, match=meant):
        htx_efficiency(registry, DAY, **wrong)


def test_the_funnel_names_the_column_that_leaves_too_few(registry, tables):
    funnel = htx_efficiency(registry, DAY, sector="non_agriculture")["efficiency/funnel"].set_index("step")
    assert funnel.loc["reported", "organisations"] >= 25 > funnel.loc["complete", "organisations"]
    assert funnel.loc["complete", "step_vi"].endswith("(quá ít HTX ghi: Diện tích sản xuất)")
    assert funnel.loc["complete", "step_en"].endswith("(too few HTX report: Production area)")
    assert not tables["efficiency/funnel"]["step_en"].str.contains("too few").any()


def test_too_few_alike_gives_empty_tables_that_readers_know_and_a_funnel_that_says_where(registry, tables):
    few = registry.tables["organisations"].groupby("kind").head(8)["org_id"]
    cut = {name: t[t["org_id"].isin(few)] if "org_id" in t else t for name, t in registry.tables.items()}
    empty = htx_efficiency(replace(registry, tables=cut), DAY)
    assert set(empty) == set(tables)
    for name, table in empty.items():
        assert set(table.columns) <= set(tables[name].columns), name
        assert (len(table) == 0) == (name != "efficiency/funnel")
    funnel = empty["efficiency/funnel"].set_index("step")
    assert funnel["organisations"].iloc[-1] == 0
    assert funnel["needed"].dropna().to_dict() == {"enough_alike": 25}
    assert funnel.loc["positive", "organisations"] < 25


def test_mid_year_the_last_reported_year_is_analysed(registry):
    view = registry.as_of("2020-06-30")
    htx = view.organisations.query("sector == 'agriculture' and kind == 'htx'")
    assert year_to_analyse(view, htx) == 2019


def test_who_existed_and_worked_is_asked_of_the_years_end(registry):
    """Seen from June 2020 the year is 2019: one founded since is not in it, one that stopped since is."""
    view = registry.as_of("2020-06-30")
    found = frontier_data(view, sector="agriculture", inputs=INPUTS, outputs=OUTPUTS)
    then = view.on("2019-12-31").organisations.query("sector == 'agriculture' and kind == 'htx'")
    now = view.organisations.query("sector == 'agriculture' and kind == 'htx'")
    assert found.year == 2019 and len(then) < len(now)
    steps = found.funnel.set_index("step")["organisations"]
    assert (steps["in_sector"], steps["active"]) == (len(then), (then["state"] == "active").sum())
    assert (found.units["founded_on"] <= "2019-12-31").all()
    stopped = now[now["state"].ne("active")]["org_id"]
    assert set(stopped) & set(then.query("state == 'active'")["org_id"]), "the sample has some that stopped in 2020"


def test_a_missing_input_leaves_the_htx_out_and_says_at_which_step(registry):
    view = registry.as_of(DAY)
    before = frontier_data(view, sector="agriculture", inputs=INPUTS, outputs=OUTPUTS)
    chosen = before.units.index[0]
    hit = (view.annual_reports["org_id"] == chosen) & (view.annual_reports["year"] == before.year)
    view.annual_reports.loc[hit, "total_assets"] = np.nan
    after = frontier_data(view, sector="agriculture", inputs=INPUTS, outputs=OUTPUTS)
    assert chosen not in after.units.index
    lost = before.funnel.set_index("step")["organisations"] - after.funnel.set_index("step")["organisations"]
    assert lost.to_dict() == {
        "in_sector": 0,
        "alive": 0,
        "active": 0,
        "reported": 0,
        "complete": 1,
        "positive": 1,
        "enough_alike": 1,
    }


@pytest.fixture(scope="module")
def cohort_members(registry):
    ids = registry.as_of(DAY).organisations.query("scope == 'inter_village' and kind == 'htx'")["org_id"]
    return pd.DataFrame(
        {"target_id": "T1", "org_id": ids, "status": "not_counted", "reason_vi": "", "reason_en": ""}
    ).reset_index(drop=True)


def test_each_htx_is_proposed_once_and_only_where_merging_saves(registry, cohort_members):
    plan = load_plan(check_settings().plan)
    pairs = restructuring(plan, registry, DAY, cohort_members)["restructuring/pairs"]
    proposed = pairs[pairs["proposed"]]
    assert len(proposed) and (proposed["potential_corrected"] < 1).all()
    assert not pd.concat([proposed["org_id_a"], proposed["org_id_b"]]).duplicated().any()
    known = pairs.dropna(subset=["potential"])
    assert np.allclose(known["potential"], known["learning"] * known["harmony"] * known["size"])


def test_a_merger_is_proposed_of_those_known_to_be_meant_and_says_its_year(registry, cohort_members):
    plan = load_plan(check_settings().plan)
    unsure = cohort_members.assign(status="missing")
    found = restructuring(plan, registry, DAY, unsure)
    assert len(found["restructuring/cohort"]) and found["restructuring/pairs"].empty
    half = unsure.assign(status=np.where(np.arange(len(unsure)) % 2, "missing", "not_counted"))
    pairs = restructuring(plan, registry, DAY, half)["restructuring/pairs"]
    sure = set(half.loc[half["status"] != "missing", "org_id"])
    assert len(pairs) and set(pairs["org_id_a"]) | set(pairs["org_id_b"]) <= sure
    assert (pairs["year"] == 2020).all()


def test_with_a_table_of_neighbours_only_touching_communes_pair(registry, cohort_members):
    plan = load_plan(check_settings().plan)
    communes = registry.as_of(DAY).organisations.set_index("org_id")["commune"]
    every = restructuring(plan, registry, DAY, cohort_members)["restructuring/pairs"]
    first = every[every["place"] == "same_district"].iloc[0]
    touching = pd.DataFrame({"commune_a": [communes[first["org_id_a"]]], "commune_b": [communes[first["org_id_b"]]]})
    pairs = restructuring(plan, registry, DAY, cohort_members, neighbours=touching)["restructuring/pairs"]
    assert set(pairs["place"]) <= {"same_commune", "neighbouring"}
    assert first["group_id"] in set(pairs["group_id"])


def test_determinants_are_asked_only_where_htx_are_enough_to_tell_them_apart():
    rng = np.random.default_rng(1)
    z = pd.DataFrame(rng.normal(size=(80, 2)), columns=["size", "age"])
    z["district: A"] = (np.arange(80) % 3 == 0).astype(float)
    z["district: B"] = (np.arange(80) % 3 == 1).astype(float)

    def asked(z, inside):
        return [list(chosen) for chosen in affordable(z, inside)]

    first = np.arange(80)
    assert asked(z, first < 60) == [list(z), ["size", "age"]]
    assert asked(z, first < 25) == [["size", "age"]]
    assert asked(z, first < 12) == []
    assert asked(z.assign(twice=2 * z["size"]), first < 60) == []
    # of a district all of whose HTX are efficient the others cannot tell
    assert asked(z, (first < 75) & (first % 3 != 1)) == [["size", "age"]]


@pytest.mark.parametrize("fails", [1, 2])
def test_where_the_regression_has_no_maximum_fewer_determinants_are_asked_and_then_none(registry, monkeypatch, fails):
    """10,000 organisations of 77 districts stopped the report: of some no HTX was inefficient."""
    asked = []

    def once(x, y, z, **rest):
        asked.append(list(z))
        if len(asked) <= fails:
            raise NoEstimate("no maximum")
        return double_bootstrap(x, y, z, **{**rest, "replications": 20, "bias_replications": 20})

    monkeypatch.setattr(analysis, "double_bootstrap", once)
    found = htx_efficiency(registry, DAY, replications=20)["efficiency/determinants"]
    assert len(asked) == 2 and set(asked[1]) == {name for name in asked[0] if not name.startswith("district: ")}
    assert set(found["determinant"]) == (set(asked[1]) if fails == 1 else set())


def test_a_province_of_middling_size_has_scores_and_no_determinants():
    tables = generate_sample(organisations=150, years=(2018, 2020), seed=150)
    found = htx_efficiency(
        registry_from_frames(tables, {"province": "", "synthetic": True}), "2020-12-31", replications=50
    )
    assert len(found["efficiency/scores"]) and found["efficiency/determinants"].empty
    assert "coefficient" in found["efficiency/determinants"]


def test_a_column_that_stands_twice_among_the_inputs_is_refused(registry):
    with pytest.raises(KtttError, match="INPUTS = 'workers'"):
        htx_efficiency(registry, DAY, inputs=["workers", "workers"], outputs=["revenue"])


def test_the_mean_of_few_htx_of_a_kind_has_no_interval(registry, tables):
    summary = tables["efficiency/summary"].set_index(["dimension", "level"])
    assert (
        summary.loc[[("all", "all"), ("district", "Huyện Hoa Lư")], ["mean_lower", "mean_upper"]].notna().all(axis=None)
    )
    organisations = registry.tables["organisations"]
    some = organisations["district"].isin(["Huyện Nho Quan", "Huyện Kim Sơn", "Huyện Yên Mô"])
    fewer = registry_from_frames({**registry.tables, "organisations": organisations[some]}, registry.about)
    summary = htx_efficiency(fewer, DAY, replications=20)["efficiency/summary"].set_index(["dimension", "level"])
    sizes = summary.loc["technology", "organisations"]
    assert sizes["specialised"] < SURE_MEAN <= sizes["service"]
    bounds = summary[["mean_lower", "mean_upper"]].notna().all(axis=1)
    assert (
        bounds[("technology", "service")] and not bounds[("technology", "specialised")] and not bounds[("all", "all")]
    )
    assert summary["mean_bias_corrected"].loc["all"].notna().all()
