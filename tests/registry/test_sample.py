"""The synthetic registry: reproducible, labelled, calibrated as it says, free of errors."""

from __future__ import annotations

import filecmp
from pathlib import Path

import pandas as pd
import pytest
import yaml

from kttt_lib.errors import KtttError
from kttt_lib.registry import read_registry
from kttt_lib.registry.sample import count_marginals, generate_sample, write_sample
from kttt_lib.registry.sample.generate import SAMPLE_TABLES

COMMITTED = Path(__file__).parents[2] / "data" / "sample" / "ninh-binh"
FILES = [f"{name}.csv" for name in SAMPLE_TABLES] + ["registry.yaml"]


@pytest.fixture(scope="module")
def committed():
    return read_registry(COMMITTED)


def test_the_committed_sample_is_what_the_generator_writes(tmp_path):
    written = write_sample(tmp_path / "sample")
    same, different, missing = filecmp.cmpfiles(COMMITTED, written, FILES, shallow=False)
    assert (different, missing) == ([], [])
    assert sorted(same) == sorted(path.name for path in written.iterdir())


@pytest.mark.parametrize("form", ["csv", "parquet"])
def test_same_seed_same_bytes_another_seed_another_registry(tmp_path, form):
    first, again, other = (
        write_sample(tmp_path / name, organisations=300, seed=seed, format=form)
        for name, seed in (("first", 4), ("again", 4), ("other", 5))
    )
    for path in first.iterdir():
        assert path.read_bytes() == (again / path.name).read_bytes(), path.name
    name = f"annual_reports.{form}"
    assert (first / name).read_bytes() != (other / name).read_bytes()


def test_the_committed_sample_has_no_error_and_few_warnings(committed):
    assert committed.errors.empty, committed.errors.head().to_dict("records")
    assert (committed.counts["quarantined"] == 0).all()
    assert set(committed.counts["table"]) == set(SAMPLE_TABLES)


def test_the_committed_sample_says_that_it_is_synthetic(committed):
    assert committed.about["synthetic"] is True
    assert committed.about["label_vi"] == "Dữ liệu mô phỏng, không phải số liệu thật"
    assert committed.about["label_en"] == "Synthetic data, not real figures"
    organisations = committed.tables["organisations"]
    assert organisations["org_id"].str.startswith("SYN-NB-").all()
    assert organisations["name"].str.contains("Mô phỏng").all()
    assert organisations["commune"].str.contains("Mô phỏng").all()


def test_the_committed_sample_is_under_four_megabytes():
    assert sum(path.stat().st_size for path in COMMITTED.iterdir()) < 4_000_000


def test_each_marginal_is_hit_or_missed_as_stated(committed):
    counted = count_marginals(committed)
    wrong = counted[counted["hit"] != (counted["aim"] == "hit")]
    assert wrong.empty, wrong[["series", "period", "date", "published", "registry"]].to_string()
    missed = counted[~counted["hit"]]
    # 323 + 61 + 39 = 423 is printed beside a total of 417: the total is kept.
    assert missed[["series", "period", "published", "registry"]].values.tolist() == [["htx_agri", "2020", 323, 317]]
    assert missed["note_vi"].str.len().gt(20).all() and missed["note_en"].str.len().gt(20).all()


def test_late_entries_are_known_only_after_the_reviews(committed):
    then = committed.as_of("2017-04-28").organisations
    now = committed.as_of("2020-12-31").on("2017-04-28").organisations
    assert len(now) - len(then) == 58
    founded = committed.as_of("2021-01-31").organisations
    assert set(founded["org_id"]) > set(committed.as_of("2020-12-31").organisations["org_id"])


def test_a_tenth_of_the_last_year_s_reports_is_not_in_by_the_end_of_the_year(committed):
    view = committed.as_of("2020-12-31")
    htx = view.organisations[view.organisations["kind"].isin(["htx", "qtdnd"])]
    owed = htx[htx["state"].isin(["active", "suspended"]) & (htx["founded_on"] < "2020-09-30")]
    reports = view.annual_reports
    received = owed["org_id"].isin(reports.loc[reports["year"] == 2020, "org_id"])
    assert 0.07 < 1 - received.mean() < 0.14
    later = committed.as_of("2021-03-31").annual_reports
    late = owed["org_id"].isin(later.loc[later["year"] == 2020, "org_id"])
    assert late.sum() > received.sum()
    assert not late.all()


def test_mid_year_is_a_sensible_day_to_ask(committed):
    view = committed.as_of("2020-06-30")
    assert (view.annual_reports["year"] < 2020).all()
    assert (view.annual_reports["year"] == 2019).sum() > 700
    new = view.organisations[(view.organisations["kind"] == "htx") & (view.organisations["founded_on"] >= "2020-01-01")]
    assert 5 <= len(new) <= 14
    turns = view.trainings[view.trainings["date"] >= "2020-01-01"].groupby("audience")["turns"].sum()
    assert (turns > 50).all() and (turns < 300).all()


def test_mergers_are_done_half_done_and_consolidated(committed):
    view = committed.as_of("2020-12-31", known_on="2021-04-30")
    events = view.status_events
    done = events[(events["event"] == "merged_into") & (events["date"] >= "2020-01-01")]
    scope = view.organisations.set_index("org_id")["scope"]
    assert (scope.reindex(done["successor_id"]) == "commune").all()
    assert (scope.reindex(done["org_id"]) == "inter_village").all()
    half = events[(events["event"] == "ceased") & events["successor_id"].notna()]
    state = view.organisations.set_index("org_id")["state"]
    assert len(half) == 3 and (state.reindex(half["org_id"]) == "ceased").all()
    after = committed.as_of("2021-03-31").organisations.set_index("org_id")["state"]
    assert (after.reindex(half["org_id"]) == "merged").all()
    heirs = events.loc[events["event"] == "consolidated_into", "successor_id"]
    assert len(heirs) == 2 and heirs.nunique() == 1


def test_scores_stay_within_the_maxima_and_self_scores_are_no_lower(committed):
    scores = committed.tables["criteria_scores"]
    tt01 = scores[(scores["rulebook"] == "tt01_2020") & (scores["year"] == 2020)]
    both = tt01.pivot_table(index=["org_id", "criterion"], columns="assessor", values="score").dropna()
    assert (both["self"] >= both["district"]).all()
    gap = (both["self"] - both["district"]).groupby(level=0).sum()
    assert 1 < gap.mean() < 5
    totals = scores.groupby(["org_id", "year", "rulebook", "assessor"])["score"].sum()
    assert totals.le(100).all()


def test_a_size_a_span_or_a_format_that_cannot_be_made_is_refused_in_both_languages(tmp_path):
    wrong = (
        {"organisations": 0},
        {"organisations": {"htx": -1}},
        {"organisations": {"lhhtx": 3}},
        {"years": (2020, 2015)},
        {"years": (1900, 2020)},
        {"seed": -1},
        {"format": "xml"},
    )
    for arguments in wrong:
        with pytest.raises(KtttError) as caught:
            write_sample(tmp_path / "out", **arguments)
        assert caught.value.message_vi != caught.value.message_en
    assert not list(tmp_path.rglob("*.csv"))


def test_a_folder_that_cannot_be_written_is_named(tmp_path):
    (tmp_path / "file").write_text("x")
    with pytest.raises(KtttError, match="file"):
        write_sample(tmp_path / "file", organisations=5)


def test_a_failed_run_leaves_the_old_files(tmp_path, monkeypatch):
    folder = write_sample(tmp_path / "sample", organisations=5)
    before = {path.name: path.read_bytes() for path in folder.iterdir()}

    def broken(*args, **kwargs):
        raise RuntimeError("cut off")

    monkeypatch.setattr("kttt_lib.registry.sample.writing.sample_blocks", broken)
    with pytest.raises(RuntimeError):
        write_sample(folder, organisations=7)
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before


def test_registry_yaml_tells_how_to_make_it_again(tmp_path):
    folder = write_sample(tmp_path / "sample", organisations={"htx": 20, "tht": 10}, seed=9, years=(2018, 2020))
    about = yaml.safe_load((folder / "registry.yaml").read_text(encoding="utf-8"))
    frames = generate_sample(organisations=about["organisations"], seed=about["seed"], years=tuple(about["years"]))
    read = read_registry(folder).tables["organisations"]
    assert read["org_id"].tolist() == frames["organisations"]["org_id"].tolist()
    assert (frames["organisations"]["kind"] == "tht").sum() == 10
    assert "calibration" not in about
    assert isinstance(frames["annual_reports"]["received_on"].iloc[0], pd.Timestamp)
