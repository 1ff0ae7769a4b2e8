"""The published table: every source row kept, printed values untouched beside the canonical ones, conflicts said."""

import csv
import datetime as dt
import hashlib
import shutil
from pathlib import Path

import pandas as pd
import pytest

from kttt_lib.errors import KtttError
from kttt_lib.plan import RecordError
from kttt_lib.published import load_catalogue, load_published, origins, series_conflicts
from kttt_lib.published.corrections import load_corrections

DATA = Path(__file__).resolve().parents[2] / "data" / "published"


@pytest.fixture(scope="module")
def published():
    return load_published()


def one(frame, **where):
    for column, value in where.items():
        frame = frame[frame[column] == value]
    assert len(frame) == 1, frame
    return frame.iloc[0]


def test_the_source_tables_are_untouched():
    """A figure is mended in corrections.yaml, never here. New rows: add them, look at the difference, pin it anew."""
    digests = {
        "published_figures": "32cf3c9d13ccd5057d7d97003066c9a7c992c0b1e1846a0fffd59f500dd1dd97",
        "provincial_panel": "f35a66ef64a9c74494a3c041213d8ea3baccb01c6814b264e275b4a4d08c73de",
    }
    for name, digest in digests.items():
        text = (DATA / f"{name}.csv").read_bytes().replace(b"\r\n", b"\n")
        assert hashlib.sha256(text).hexdigest() == digest, name


def test_every_source_row_is_kept_or_dropped_by_a_named_correction(published):
    dropped = load_published(dropped=True)
    for name in ("published_figures", "provincial_panel"):
        with (DATA / f"{name}.csv").open(encoding="utf-8", newline="") as stream:
            printed = [row["value"] for row in csv.DictReader(stream)]
        rows = pd.concat([published, dropped])
        rows = rows[rows["file"] == name].sort_values("line")
        changed = {"can-tho-2024-new-is-the-year-end-estimate"}  # the one correction that replaces a printed value
        for was, row in zip(printed, rows.itertuples(), strict=True):
            assert row.value_printed == was or changed & set(row.correction.split())
    assert (dropped["correction"] != "").all()
    assert len(dropped) == 8


def test_row_ids_are_unique_and_each_row_names_its_page(published):
    assert published["row_id"].is_unique
    assert (
        published["source_url"].str.match(r"https?://\S+$").sum() == len(published) - 11
    )  # 11: page without an address
    assert (published["source_title"] != "").all()
    assert set(origins(published)["origin_id"]) == set(published["origin_id"])
    assert origins(published)["figures"].sum() == len(published)


def test_a_row_keeps_its_id_whatever_is_corrected_in_it(published, folder):
    (folder / "corrections.yaml").write_text("corrections: []\n", encoding="utf-8")
    bare = load_published(folder)
    assert set(published["row_id"]) < set(bare["row_id"]) and len(bare) == len(published) + 8
    assert bare["row_id"].is_unique


def test_lines_point_into_the_files(published):
    lines = (DATA / "provincial_panel.csv").read_text(encoding="utf-8").splitlines()
    for row in published[published["file"] == "provincial_panel"].sample(50, random_state=1).itertuples():
        assert row.series_printed in lines[row.line - 1] and row.source_url in lines[row.line - 1]


def test_ninh_binh_2020_as_printed(published):
    # VnBusiness, October 2020: 417 HTX (323 agricultural, 61 non-agricultural, 39 QTDND), 468 THT, 1 union.
    rows = published[(published["area"] == "Ninh Bình") & (published["period"] == "2020")].set_index("series")
    values = rows["value"].to_dict()
    assert values["htx_total"] == 417 and values["htx_agri"] == 323 and values["tht_total"] == 468
    assert values["htx_nonagri"] == 61 and values["qtdnd"] == 39 and values["lhhtx_total"] == 1
    assert (rows["kind"] == "estimate").all() and (rows["measured_on"] == pd.Timestamp(2020, 12, 31)).all()
    assert rows.loc["htx_total", "conflict"] and "423" in rows.loc["htx_total", "flag_vi"]


def test_kinds_of_a_table_that_prints_none(published):
    figures = published[published["file"] == "published_figures"]
    assert figures["kind"].value_counts().to_dict() == {"result": 227, "estimate": 35, "target": 6}
    assert figures[figures["kind"] == "target"]["note"].str.startswith("TARGET").all()
    assert figures[figures["kind"] == "target"]["measured_on"].isna().all()


def test_units_are_canonical_and_the_printed_ones_stay(published):
    row = one(published, series="members", area="Việt Nam", unit_printed="thousand persons")
    assert (row.unit, row.value, row.value_printed) == ("persons", 5_935_000, "5935")
    row = one(published, series_printed="income_worker_mvnd_year", area="Cần Thơ", period="2023")
    assert (row.series, row.unit, row.value) == ("income_worker_mvnd", "million VND/person/year", 55)
    assert not published["unit"].isin(["htx", "tht", "lhhtx", "qtd", "bVND", "mVND/htx/year", "mVND/year"]).any()


def test_a_range_keeps_both_ends(published):
    row = one(published, series="htx_new", area="Ninh Bình", period="coming years (2023+)")
    assert (row.value, row.low, row.high, row.kind) == (20, 20, 25, "target")


def test_merged_provinces_are_areas_of_their_own(published):
    assert (published["area"] == "Cà Mau (merged 07/2025)").sum() == 9
    old = published[published["area"] == "Cà Mau"]
    assert not old["as_of"].str.contains("Cà Mau mới").any()


def test_true_disagreements_are_flagged_and_both_kept(published):
    # White-book-style conflict printed in the notes: workers' income of 2019 is 52.8 or 44.5 million VND.
    rows = published[(published["series"] == "income_worker_mvnd") & (published["area"] == "Việt Nam")]
    assert set(rows[rows["conflict"]]["value"]) == {52.8, 44.5}
    pairs = series_conflicts(published)
    pair = one(pairs, series="income_worker_mvnd", area="Việt Nam", why="same_day")
    assert {pair.value_a, pair.value_b} == {52.8, 44.5} and pair.ratio == pytest.approx(52.8 / 44.5)
    # Not a disagreement: 36 new HTX by April 2017 and 42 by August.
    april = pairs[(pairs["series"] == "htx_new") & (pairs["area"] == "Ninh Bình")]
    assert list(april["why"]) == ["days_differ"]
    assert not published[published["row_id"].isin([*april["row_id_a"], *april["row_id_b"]])]["conflict"].any()


def test_a_rounded_figure_does_not_contradict_an_exact_one(published):
    # "hơn 27.000" beside 27,342 at the end of 2021.
    pairs = series_conflicts(published)
    assert pairs[(pairs["series"] == "htx_total") & (pairs["area"] == "Việt Nam") & (pairs["period"] == "2021")].empty


def test_the_catalogue_names_series_that_exist(published):
    catalogue = load_catalogue(DATA)
    printed = set(published["series_printed"]) | set(load_published(dropped=True)["series_printed"])
    for name, series in catalogue.items():
        assert name in set(published["series"]), name
        assert set(series.aliases) <= printed and name not in series.aliases
        assert series.vi != series.en


@pytest.fixture
def folder(tmp_path):
    copy = tmp_path / "published"
    shutil.copytree(DATA, copy)
    return copy


def _replace(path, old, new):
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def test_a_correction_stops_when_its_source_has_changed(folder):
    _replace(folder / "published_figures.csv", ",417,", ",423,")
    with pytest.raises(RecordError) as caught:
        load_published(folder)
    ids = [problem.place for problem in caught.value.problems]
    assert ids == ["corrections (nb2020-parts-do-not-add)", "corrections (nb2020-year-end-is-a-projection)"]
    assert "expected the values ['417']" in caught.value.message_en
    assert "nguồn đã thay đổi" in caught.value.message_vi


def test_a_correction_stops_when_its_row_is_gone(folder):
    lines = (folder / "provincial_panel.csv").read_text(encoding="utf-8").splitlines(keepends=True)
    kept = [line for line in lines if not line.startswith("Tiền Giang,2020,result,revenue_mean_mvnd")]
    assert len(kept) == len(lines) - 1
    (folder / "provincial_panel.csv").write_text("".join(kept), encoding="utf-8")
    with pytest.raises(RecordError, match="tien-giang-2020-revenue"):
        load_published(folder)


def test_drop_override_scale_and_flag_do_what_they_say(folder, published):
    (folder / "corrections.yaml").write_text(
        """\
corrections:
  - {id: a, file: published_figures, where: {series: lhhtx_total, area: Ninh Bình, period: "2020"}, expect: ["1"],
     action: drop, reason_vi: v, reason_en: e, who: w, date: 2020-01-01}
  - {id: b, file: published_figures, where: {series: tht_total, area: Ninh Bình, period: "2020"}, expect: ["468"],
     action: scale, factor: 0.5, reason_vi: v, reason_en: e, who: w, date: 2020-01-01}
  - {id: c, file: published_figures, where: {series: htx_agri, area: Ninh Bình, period: "2020"}, expect: ["323"],
     action: override, set: {value: "324", kind: result}, reason_vi: v, reason_en: e, who: w, date: 2020-01-01}
  - {id: d, file: published_figures, where: {series: htx_nonagri, area: Ninh Bình, period: "2020"}, expect: ["61"],
     action: flag, reason_vi: lý do, reason_en: reason, who: w, date: 2020-01-01}
""",
        encoding="utf-8",
    )
    rows = load_published(folder)
    rows = rows[(rows["area"] == "Ninh Bình") & (rows["period"] == "2020")].set_index("series")
    assert "lhhtx_total" not in rows.index
    assert rows.loc["tht_total", ["value", "correction", "value_printed"]].tolist() == [234, "b", "468"]
    assert rows.loc["htx_agri", ["value", "kind", "correction"]].tolist() == [324, "result", "c"]
    assert rows.loc["htx_nonagri", ["value", "conflict", "flag_vi", "flag_en"]].tolist() == [
        61,
        True,
        "lý do",
        "reason",
    ]
    assert load_published(folder, dropped=True)["series"].tolist() == ["lhhtx_total"]


@pytest.mark.parametrize(
    ("action", "words"),
    [("scale", "'scale' needs factor"), ("override", "'override' needs set"), ("mend", "did you mean|choose one of")],
)
def test_a_faulty_correction_names_its_line(folder, action, words):
    (folder / "corrections.yaml").write_text(
        'corrections:\n  - {id: a, file: published_figures, where: {series: x}, expect: ["1"],\n'
        f"     action: {action}, reason_vi: v, reason_en: e, who: w, date: 2020-01-01}}\n",
        encoding="utf-8",
    )
    with pytest.raises(RecordError, match=words) as caught:
        load_corrections(folder / "corrections.yaml")
    assert caught.value.problems[0].line in {2, 3}


def test_every_correction_says_why_by_whom_and_when():
    corrections = load_corrections(DATA / "corrections.yaml")
    assert len({correction.id for correction in corrections}) == len(corrections)
    for correction in corrections:
        assert correction.reason_vi != correction.reason_en and correction.who
        assert correction.date >= dt.date(2026, 1, 1)


def test_a_text_in_the_value_column_names_the_file_and_line(folder):
    _replace(folder / "provincial_panel.csv", "htx_new,HTX,35,", "htx_new,HTX,about 35,")
    with pytest.raises(KtttError) as caught:
        load_published(folder)
    assert "provincial_panel.csv, line 2: column value: 'about 35'" in caught.value.message_en
    assert "dòng 2" in caught.value.message_vi


def test_a_missing_column_or_file_is_named(folder):
    _replace(folder / "provincial_panel.csv", "province,year", "tinh,year")
    with pytest.raises(KtttError, match=r"provincial_panel\.csv: columns must be province, year"):
        load_published(folder)
    (folder / "provincial_panel.csv").unlink()
    with pytest.raises(KtttError, match=r"provincial_panel\.csv: no such file"):
        load_published(folder)
