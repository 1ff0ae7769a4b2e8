"""The registry's counts beside the published ones, and one national figure a year."""

import shutil
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kttt_lib.plan import RecordError
from kttt_lib.published import load_published, national_series, reconcile
from kttt_lib.published.reconcile import load_explanations

DATA = Path(__file__).resolve().parents[2] / "data" / "published"
PUBLISHED = load_published()


def counts(*rows):
    return pd.DataFrame(rows, columns=["series", "area", "period", "value"])


def ask(*rows, **more):
    return reconcile(
        counts(*[(series, "Ninh Bình", period, value) for series, period, value in rows]).assign(**more), PUBLISHED
    )


def test_a_count_that_agrees_is_a_hit_and_needs_no_reason():
    (row,) = ask(("htx_total", "2020", 417)).itertuples()
    assert (row.difference, row.hit, row.explanations) == (0, True, "")
    assert row.source_url.startswith("https://vnbusiness.vn/")


def test_credit_funds_left_out_of_the_registry_count_close_the_gap():
    # Báo Ninh Bình, 28/04/2017: 327 HTX "incl. 39 QTDND".
    rows = ask(("htx_total", "2017", 288), ("qtdnd", "2017", 39)).set_index("series")
    total = rows.loc["htx_total"]
    assert (total["difference"], total["residual"], total["hit"]) == (-39, 0, False)
    assert total["explanations"].split()[0] == "qtdnd-counted-in"
    assert "Quỹ tín dụng nhân dân" in total["explanation_vi"]
    assert rows.loc["qtdnd", "hit"].all()


def test_an_explanation_that_would_widen_the_gap_is_not_offered():
    (row,) = ask(("htx_total", "2017", 340), ("qtdnd", "2017", 39)).query("series == 'htx_total'").itertuples()
    assert "qtdnd-counted-in" not in row.explanations.split()
    assert "qtdnd-left-out" not in row.explanations.split()  # 340 - 39 = 301 is further from 327 than 340


def test_the_words_of_the_figure_choose_the_reasons():
    (row,) = ask(("htx_new", "2018-2020", 40)).itertuples()
    assert row.explanations.split() == ["projection", "several-years", "reorganised-counted-as-new", "day-unknown"]
    (row,) = ask(("htx_new", "2018-2020", 70)).itertuples()
    assert "founded-then-dissolved" in row.explanations.split()
    (row,) = ask(("htx_total", "2022", 400), measured_on=pd.Timestamp(2022, 6, 30)).itertuples()
    assert "other-day" in row.explanations.split()
    (row,) = ask(("htx_total", "2022", 400), measured_on=pd.Timestamp(2022, 12, 31)).itertuples()
    assert "other-day" not in row.explanations.split()


def test_two_sources_keep_a_row_each():
    rows = ask(("htx_value_chain", "2023", 83))
    assert sorted(rows["published"]) == [60, 83] and sorted(rows["hit"]) == [False, True]
    assert "flagged" in rows[~rows["hit"]].iloc[0]["explanations"].split()


def test_targets_are_never_reconciled():
    assert reconcile(counts(("htx_total", "Gia Lai", "2024", 475)), PUBLISHED).empty


def test_a_missing_count_is_left_out_and_faulty_input_is_refused():
    assert ask(("htx_total", "2020", None)).empty
    with pytest.raises(ValueError, match="lacks the columns"):
        reconcile(pd.DataFrame({"series": []}), PUBLISHED)
    with pytest.raises(ValueError, match="twice"):
        ask(("htx_total", "2020", 1), ("htx_total", "2020", 2))


@given(value=st.floats(0, 1e6), funds=st.floats(0, 1e3))
def test_difference_residual_and_hit_hang_together(value, funds):
    for row in ask(("htx_total", "2017", value), ("qtdnd", "2017", funds)).query("series == 'htx_total'").itertuples():
        assert row.difference == pytest.approx(value - 327)
        assert row.hit == (abs(row.difference) <= 0.005 * 327)
        assert not (row.hit and row.explanations)
        assert pd.isna(row.residual) or abs(row.residual) < abs(row.difference)


def test_every_explanation_speaks_two_languages_and_of_known_series():
    reasons = load_explanations()
    assert len({reason.id for reason in reasons}) == len(reasons)
    for reason in reasons:
        assert reason.vi != reason.en
        assert set(reason.series) <= set(PUBLISHED["series"]) | {"any"}, reason.id
        assert set(reason.series) != {"any"} or reason.when.model_dump(exclude_none=True), reason.id


def test_a_faulty_explanation_names_its_line(tmp_path):
    shutil.copy(DATA / "explanations.yaml", tmp_path)
    path = tmp_path / "explanations.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("when: {kind: estimate}", "when: {kinds: estimate}"))
    with pytest.raises(RecordError, match="did you mean 'kind'"):
        load_explanations(tmp_path)


def test_national_htx_by_year():
    # White Book 2020 (2018), lhhtx.vn (2019), VCA (2020), Mekong ASEAN/MPI (2021), GSO (2022), VCA (2023, 2024).
    series = national_series(PUBLISHED, "htx_total").set_index("year")
    assert series["value"].to_dict() == {
        2018: 22861, 2019: 24618, 2020: 26040, 2021: 27342, 2022: 29378, 2023: 31364, 2024: 33557,
    }  # fmt: skip
    assert (series["low"] <= series["value"]).all() and (series["value"] <= series["high"]).all()
    assert series.loc[2019, "sources"] == 1  # the mid-year figures of 2019 stand aside for the year's end
    assert series.loc[2022, "kind"] == "result" and series.loc[2021, "low"] == 27000


def test_national_series_asks_for_one_unit():
    with pytest.raises(ValueError, match="several units"):
        national_series(PUBLISHED, "income_worker_mvnd", area="Hòa Bình")
    monthly = national_series(PUBLISHED, "income_worker_mvnd", area="Hòa Bình", unit="million VND/person/month")
    assert len(monthly) and monthly["year"].is_unique
    with pytest.raises(ValueError, match="no published row"):
        national_series(PUBLISHED, "no_such_series")
