"""An attacker written apart from the protector: it wins against weak editions, and gets nothing from ours."""

from __future__ import annotations

import hashlib
import io

import numpy as np
import pandas as pd
import pytest
import yaml
from attacker import (
    GROUPS,
    MEMBERS,
    SUMMARY,
    TARGETS,
    TOTALS,
    Edition,
    Equations,
    Fact,
    differences,
    equations,
    exact_figures,
    graded,
    guessed,
    orders,
    protected_cells,
    reads,
    rebuilt,
    sizes_of_places,
    unique_fits,
)
from editions import Attacked, attacked, drawn, fifteen, small_sample
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from kttt_lib.analysis.scorecard import scorecard
from kttt_lib.disclosure import public_edition
from kttt_lib.disclosure.edition import declarations
from kttt_lib.errors import KtttError
from kttt_lib.pipeline.questions import QUESTIONS
from kttt_lib.pipeline.run import open_run
from kttt_lib.plan import Plan
from kttt_lib.published import load_published
from kttt_lib.registry import read_registry, registry_from_frames
from kttt_lib.report import book
from kttt_lib.report.sources import source
from kttt_lib.resources import PLANS
from kttt_lib.results import RESULTS

# weak editions -------------------------------------------------------------------------------------------------

DISTRICTS = ("Hoa Lư", "Kim Sơn", "Nho Quan", "Yên Mô")


def row(dimension: str, level: str, n: float, d: float, missing: float = 0.0) -> dict[str, object]:
    whole = d + missing
    return {
        "target_id": "T3", "dimension": dimension, "level": level, "value": 100 * n / d if d else np.nan,
        "lower": 100 * n / whole, "upper": 100 * (n + missing) / whole, "numerator": n, "denominator": d,
        "missing": missing,
    }  # fmt: skip


def inside() -> dict[str, pd.DataFrame]:
    """An internal edition: one target by district and sector, totals of two years by sector, rows of organisations."""
    groups = [row("district", name, n, d) for name, n, d in zip(DISTRICTS, (5, 6, 1, 3), (6, 6, 2, 4))]
    groups += [row("sector", "agriculture", 13, 16), row("sector", "non_agriculture", 2, 2)]
    totals = []
    for year, factor in ((2019, 1.0), (2020, 1.1)):
        for sector, members, reports in (("agriculture", 4100.0, 16), ("credit", 900.0, 1), ("all", 5000.0, 17)):
            same = {"year": year, "sector": sector, "unit": "person", "reports": reports, "expected": reports}
            totals.append({**same, "series": "members", "value": members * factor})
            totals.append({**same, "series": "revenue_mean", "value": members * factor / reports})
    ids = [f"A{number:02d}" for number in range(18)]
    place = np.repeat(DISTRICTS, [6, 6, 2, 4])
    members = pd.DataFrame({"target_id": "T3", "org_id": ids, "name": ids, "kind": "htx"})
    members["status"] = (
        ["counted"] * 5 + ["not_counted"] + ["counted"] * 7 + ["not_counted"] + ["counted"] * 3 + ["not_counted"]
    )
    cohort = pd.DataFrame({"org_id": ids, "district": place, "scope": ["commune", "village"] * 9, "state_since": DAYS})
    cohort["score"] = np.linspace(40, 90, 18)
    whole = {**row("", "", 15, 18), "unit": "%"}
    return {
        TARGETS: pd.DataFrame([whole]).drop(columns=["dimension", "level"]),
        GROUPS: pd.DataFrame(groups),
        TOTALS: pd.DataFrame(totals),
        MEMBERS: members,
        "restructuring/cohort": cohort,
    }


DAYS = pd.date_range("1996-01-03", periods=18, freq="400D")


def listed() -> pd.DataFrame:
    """What anyone knows of those organisations."""
    cohort = inside()["restructuring/cohort"]
    sectors = ["agriculture"] * 16 + ["non_agriculture"] * 2
    return cohort[["org_id", "district", "scope"]].assign(
        name=cohort["org_id"], kind="htx", sector=sectors, founded_on=DAYS
    )


def weak(**hidden: list[int]) -> dict[str, pd.DataFrame]:
    """A public edition as one without linked protection would make it: names changed, some rows' cells emptied."""
    tables = inside()
    for name in (MEMBERS, "restructuring/cohort"):
        ids = {org: f"HTX-{(7 * place) % 18:03d}" for place, org in enumerate(listed()["org_id"])}
        tables[name] = tables[name].assign(org_id=tables[name]["org_id"].map(ids))
    for name, rows in (("groups", GROUPS), ("totals", TOTALS)):
        frame, at = tables[rows], hidden.get(name, [])
        for column in ("value", "lower", "upper", "numerator", "denominator"):
            if column in frame:
                frame.loc[at, column] = np.nan
    tables[MEMBERS]["name"] = tables[MEMBERS]["org_id"]
    return tables


def alone(tables: dict[str, pd.DataFrame], *names: str) -> Edition:
    return Edition({name: tables[name] for name in names})


def keys(found: list) -> set[str]:
    return {"/".join(map(str, one.key[2:])) for one in found}


def test_what_is_protected_are_cells_of_one_or_two():
    assert keys(protected_cells(inside())) == {
        "T3/district/Nho Quan", "T3/sector/non_agriculture",
        "2019/members/credit", "2019/revenue_mean/credit", "2020/members/credit", "2020/revenue_mean/credit",
    }  # fmt: skip


def test_one_hidden_cell_follows_from_the_total_and_two_do_not():
    one = alone(weak(groups=[2, 5]), TARGETS, GROUPS)
    assert keys(rebuilt(one, protected_cells(inside()))) == {"T3/district/Nho Quan", "T3/sector/non_agriculture"}
    two = alone(weak(groups=[2, 3, 4, 5]), TARGETS, GROUPS)
    assert keys(rebuilt(two, protected_cells(inside()))) == set()


def test_two_hidden_counts_follow_where_the_total_says_all():
    tables = weak(groups=[2, 3])
    tables[TARGETS].loc[0, ["numerator", "value", "lower", "upper"]] = [18, 100.0, 100.0, 100.0]
    tables[GROUPS].loc[[0, 1], ["numerator", "value", "lower", "upper"]] = [[6, 100.0, 100.0, 100.0]] * 2
    truth = protected_cells(inside())[0]
    ranges = equations(alone(tables, TARGETS, GROUPS)).ranges([truth.key])
    low, high = ranges[truth.key]
    assert high - low > 0  # all are counted, so that only how many there are is left open
    tables[GROUPS].loc[2, "denominator"] = 2
    assert equations(alone(tables, TARGETS, GROUPS)).ranges([truth.key])[truth.key] == (2, 2)


def test_a_share_alone_gives_the_count_away_where_the_number_is_known():
    tables = weak(groups=[2, 3])
    tables[GROUPS].loc[2, ["value", "denominator"]] = [50.0, 2.0]
    assert keys(rebuilt(alone(tables, TARGETS, GROUPS), protected_cells(inside())[:1])) == {"T3/district/Nho Quan"}


def test_a_sentence_that_says_the_cell_gives_it_away():
    tables = {name: frame for name, frame in weak(groups=[2, 3]).items() if name in (TARGETS, GROUPS)}
    where = {"target_id": "T3", "dimension": "district", "level": "Nho Quan"}
    said = Fact(source(GROUPS, "numerator", **where), 1.0, "1")
    assert keys(rebuilt(Edition(tables, (said,)), protected_cells(inside())[:1])) == {"T3/district/Nho Quan"}


def test_rows_of_organisations_give_a_hidden_district_away_when_another_table_names_their_district():
    tables = weak(groups=[0, 1, 2, 3])
    public = alone(tables, TARGETS, GROUPS, MEMBERS, "restructuring/cohort")
    assert keys(rebuilt(public, protected_cells(inside())[:1])) == {"T3/district/Nho Quan"}
    assert rebuilt(alone(tables, TARGETS, GROUPS, MEMBERS), protected_cells(inside())[:1]) == []


def test_a_sector_of_one_report_follows_from_the_sum_of_all_and_from_a_mean_times_reports():
    credit = weak()[TOTALS].query("sector == 'credit'").index.tolist()
    public = alone(weak(totals=credit), TARGETS, TOTALS)
    assert len(rebuilt(public, protected_cells(inside()))) == 4
    both = weak(totals=weak()[TOTALS].query("sector != 'all'").index.tolist())
    assert rebuilt(alone(both, TARGETS, TOTALS), protected_cells(inside())) == []


def test_a_mean_of_all_gives_the_mean_of_a_hidden_level_away():
    levels = [("all", "all", 10, 80.0), ("district", "A", 8, 79.0), ("district", "B", 2, 84.0)]
    summary = pd.DataFrame(
        [{"year": 2020, "dimension": d, "level": v, "organisations": n, "mean_score": m} for d, v, n, m in levels]
    )
    internal = {**inside(), SUMMARY: summary}
    public = summary.copy()
    public.loc[2, "mean_score"] = np.nan
    found = rebuilt(Edition({SUMMARY: public}), protected_cells(internal))
    assert [(one.key[1], round(one.low, 3)) for one in found] == [("mean_score", 168.0)]


@settings(max_examples=30)
@given(
    cells=st.lists(st.lists(st.integers(0, 9), min_size=3, max_size=3), min_size=2, max_size=4),
    hidden=st.sets(st.tuples(st.integers(0, 4), st.integers(0, 3)), max_size=8),
)
def test_the_truth_always_lies_in_the_range_and_a_printed_cell_is_known(cells, hidden):
    table = np.array(cells)
    table = np.vstack([np.column_stack([table, table.sum(1)]), [*table.sum(0), table.sum()]])
    found = Equations()
    for i, j in np.ndindex(table.shape):
        found.cell((i, j), whole=True)
        if (i, j) not in hidden:
            found.known((i, j), float(table[i, j]))
    rows, columns = (size - 1 for size in table.shape)
    for i in range(rows + 1):
        found.zero({**{(i, j): 1.0 for j in range(columns)}, (i, columns): -1.0})
    for j in range(columns + 1):
        found.zero({**{(i, j): 1.0 for i in range(rows)}, (rows, j): -1.0})
    for (i, j), (low, high) in found.ranges(np.ndindex(table.shape)).items():
        assert low - 1e-6 <= table[i, j] <= high + 1e-6
        assert (i, j) in hidden or high - low < 1e-6


def test_rows_in_the_registrys_order_are_told_from_rows_in_none():
    names = [MEMBERS, "restructuring/cohort"]
    public = {name: weak()[name] for name in names}
    assert {one.table for one in orders(public, inside(), listed())} == {"scorecard/members T3", "restructuring/cohort"}
    mixed = {name: frame.sample(frac=1, random_state=2).reset_index(drop=True) for name, frame in public.items()}
    assert orders(mixed, inside(), listed()) == []


def test_blocks_of_a_printed_status_that_goes_with_age_are_no_order_of_the_registry():
    ids = [f"HTX-{number:03d}" for number in np.random.default_rng(5).permutation(120)]
    days = pd.date_range("1990-01-01", periods=120, freq="50D")
    orgs = pd.DataFrame({"org_id": ids, "founded_on": days, "name": "", "district": "", "kind": "htx", "sector": ""})
    rows = pd.DataFrame({"org_id": ids, "status": np.repeat(list("abcdef"), 20), "note": [f"n{n}" for n in range(120)]})
    mixed, orgs = (frame.sample(frac=1, random_state=1).reset_index(drop=True) for frame in (rows, orgs))
    in_blocks = mixed.sort_values("status", kind="stable").reset_index(drop=True)
    cohort = "restructuring/cohort"
    assert orders({cohort: in_blocks}, {cohort: mixed}, orgs.sample(frac=1, random_state=3)) == []
    [found] = orders({cohort: rows}, {cohort: mixed}, orgs)
    assert found.order == "founding day"


def test_a_founding_day_under_another_heading_names_its_organisation():
    public = weak()
    found = unique_fits(public, listed())
    assert len(graded(found, public, inside())) == 18
    public["restructuring/cohort"] = public["restructuring/cohort"].drop(columns=["state_since"])
    left = graded(unique_fits(public, listed()), public, inside())
    assert {name.how for name in left} == {"district+kind+scope"} and len(left) == 2  # one of each scope in Nho Quan


def test_a_target_that_only_one_organisation_can_be_in_names_it():
    orgs = listed().assign(sector=["agriculture"] * 17 + ["non_agriculture"])
    groups = pd.DataFrame([{**row("sector", "non_agriculture", 0, 1), "target_id": "T5"}])
    members = pd.DataFrame({"target_id": ["T5"], "org_id": ["HTX-003"], "kind": ["htx"], "status": ["missing"]})
    [found] = unique_fits({GROUPS: groups, MEMBERS: members}, orgs)
    assert (found.pseudonym, found.org_id) == ("HTX-003", "A17")


def test_a_figure_that_no_other_row_has_is_a_way_in():
    assert exact_figures(weak()) == {"restructuring/cohort": 18}


def test_two_editions_that_differ_by_one_report_tell_that_report():
    before, after = weak(), weak()
    at = after[TOTALS].query("sector != 'credit' and series == 'members'").index
    after[TOTALS].loc[at, "value"] -= 321.0
    after[TOTALS].loc[at, "reports"] -= 1
    found = differences(Edition(before), Edition(after))
    assert {one.value for one in found} == {321.0} and len(found) == 4


def test_a_hash_of_what_is_known_but_for_one_number_tells_the_number():
    def file(members: int) -> bytes:
        return f"org_id,year,members\nA01,2020,{members}\n".encode()

    manifest = {"inputs": {"registry": {"annual_reports.csv": hashlib.sha256(file(417)).hexdigest()}}}
    known = {"annual_reports.csv": b""}
    assert guessed(manifest, known, lambda name: map(file, range(1000))) == ["annual_reports.csv"]
    assert guessed({"inputs": {}}, known, lambda name: map(file, range(1000))) == []


# our editions --------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module", autouse=True)
def undrawn() -> None:
    """Figures are not drawn: what they say stands in their alternative texts and tables."""
    blank = io.BytesIO()
    Image.new("P", (2, 2)).save(blank, format="png")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(book, "png_bytes", lambda figure: blank.getvalue())
        yield


@pytest.fixture(scope="module")
def of_fifteen(tmp_path_factory: pytest.TempPathFactory) -> Attacked:
    folder = tmp_path_factory.mktemp("fifteen")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("KTTT_OUTPUTS", str(folder / "outputs"))
        return attacked(fifteen(folder / "registry"), folder / "public")


def told(edition: Attacked) -> dict[str, list[str]]:
    """Everything that the attacker gets from an edition, in words."""
    public, internal = edition.public.tables, edition.internal
    return {
        "known": [str(one) for one in rebuilt(edition.public, protected_cells(internal))],
        "named": [str(one) for one in graded(unique_fits(public, edition.listed), public, internal)],
        "ordered": [str(one) for one in orders(public, internal, edition.listed)],
    }


NOTHING = {"known": [], "named": [], "ordered": []}


def test_no_protected_cell_of_fifteen_is_known_and_no_list_stands_in_the_registrys_order(of_fifteen):
    cells = protected_cells(of_fifteen.internal)
    assert len(cells) > 30
    assert [str(one) for one in rebuilt(of_fifteen.public, cells)] == []
    assert orders(of_fifteen.public.tables, of_fifteen.internal, of_fifteen.listed) == []


def test_no_row_of_fifteen_is_named(of_fifteen):
    public = of_fifteen.public.tables
    assert graded(unique_fits(public, of_fifteen.listed), public, of_fifteen.internal) == []


def test_the_manifest_of_a_public_edition_has_no_hash_of_the_registry(of_fifteen):
    folder = of_fifteen.folder.parent / "registry"
    files = {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}
    assert guessed(of_fifteen.public.manifest, files, lambda name: [files[name]]) == []


def test_what_notebooks_show_the_public_is_what_the_report_prints(of_fifteen, monkeypatch):
    monkeypatch.setenv("KTTT_OUTPUTS", str(of_fifteen.folder.parent / "outputs"))
    registry = str(of_fifteen.folder.parent / "registry")
    run = open_run("ninh-binh-2020", registry, audience="public", quarantine=True)
    compared = 0
    for question in QUESTIONS:
        for name, shown in run.answer(question).items():
            printed, numbers = of_fifteen.public.tables[name], shown.select_dtypes("number").columns
            read = printed[list(numbers)].apply(pd.to_numeric).to_numpy(dtype=float)
            np.testing.assert_allclose(
                shown[numbers].astype(float).to_numpy(), read, rtol=1e-6, atol=1e-6, err_msg=name
            )
            compared += int((~np.isnan(read)).sum())
    assert compared > 500
    with pytest.raises(KtttError, match="not the report's choice"):
        run.answer("efficiency", inputs=["workers", "area_ha"])


@pytest.mark.slow
@pytest.mark.parametrize("seed", ["sample", "small", *range(10)])
def test_nothing_is_got_from_the_sample_its_small_variant_and_ten_drawn_from_it(seed, tmp_path, monkeypatch):
    monkeypatch.setenv("KTTT_OUTPUTS", str(tmp_path / "outputs"))
    registry = {"sample": lambda folder: "sample", "small": small_sample}.get(seed, lambda folder: drawn(folder, seed))
    assert told(attacked(registry(tmp_path / "registry"), tmp_path / "public")) == NOTHING


@pytest.mark.slow
def test_two_editions_that_differ_by_one_organisation_do_not_tell_its_figures(of_fifteen, tmp_path, monkeypatch):
    from editions import chosen

    monkeypatch.setenv("KTTT_OUTPUTS", str(of_fifteen.folder.parent / "outputs"))  # the first is kept there
    kept = of_fifteen.listed["org_id"].drop(of_fifteen.listed.query("kind == 'htx'").index[3])
    other = attacked(chosen(kept, tmp_path / "registry"), tmp_path / "public")
    assert differences(of_fifteen.public, other.public) == []


# promises of places and years ------------------------------------------------------------------------------------

EFFECTIVE = {"what": "share", "of": {"kind": "htx", "state": "existing"}, "that": {"rule": "effective"}}
OF_PLACES: dict[str, dict[str, object]] = {
    "S": {"measure": EFFECTIVE, "threshold": 60.0},
    "D": {"measure": EFFECTIVE, "threshold": 30.0, "per": "district"},
    "C": {"measure": {**EFFECTIVE, "what": "count"}, "threshold": 1.0, "unit": "htx", "per": "district"},
    "Y": {"measure": EFFECTIVE, "threshold": 50.0, "each_year": True},
}


@pytest.fixture(scope="module")
def of_places() -> tuple[dict[str, pd.DataFrame], dict[str, pd.DataFrame]]:
    """The scorecard of promises of one thing, whole, by district, as a count and by year; and what the public sees."""
    plan = yaml.safe_load((PLANS / "ninh-binh-2020.yaml").read_text(encoding="utf-8"))
    shared = {name: plan["targets"][0][name] for name in ("title_vi", "title_en", "quote_place")}
    shared |= {"comparator": ">=", "unit": "%", "deadline": plan["period"]["end"]}
    targets = [{**shared, "id": name, **one} for name, one in OF_PLACES.items()]
    sample = read_registry("sample")
    orgs = sample.tables["organisations"].query("kind == 'htx'")
    orgs = orgs[orgs["district"].isin(sorted(orgs["district"].unique())[:4])]
    some = [rows.head(n) for (_, rows), n in zip(orgs.groupby("district"), (2, 5, 8, 1))]
    kept = set(pd.concat(some)["org_id"])
    tables = {name: frame[frame["org_id"].isin(kept)] for name, frame in sample.tables.items() if "org_id" in frame}
    after = tables["status_events"]["successor_id"]
    tables["status_events"] = tables["status_events"][after.isna() | after.isin(kept)]
    plan = Plan.model_validate({**plan, "targets": targets, "aims": [], "measures": []})
    found = scorecard(
        plan, registry_from_frames(tables, {"province": "", "synthetic": True}), "2020-12-31", load_published()
    )
    return found, public_edition(found).tables


# Who is looked at, parts that keep a promise, grades, chances: hidden with the figures that they are of.
UNREAD = {"scorecard/bridge", "scorecard/terms", "efficiency/agreement", "adoption/chance"}


def test_the_attacker_reads_every_result_of_which_something_is_hidden():
    hidden = {name for name, said in declarations().items() if said["kind"] in ("cells", "pooled")}
    assert {name for name in hidden if not reads(name, RESULTS[name].columns)} == UNREAD


def test_promises_of_places_tell_no_place_of_one_or_two(of_places):
    internal, public = of_places
    cells = protected_cells(internal)
    assert {cell.key[2:4] for cell in cells if cell.key[3] == "district"}
    assert rebuilt(Edition(internal), cells, sizes_of_places(internal)), "the attacker reads the internal edition"
    assert [str(one) for one in rebuilt(Edition(public), cells, sizes_of_places(internal))] == []
