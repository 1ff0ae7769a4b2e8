"""Small and thin registries, and plans of other years and provinces: a true report or a plain sentence, no traceback.

Every question, every notebook's cells and every form of the report, in this process; each question is asked once.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import nbformat
import numpy as np
import pandas as pd
import pytest

from kttt_lib.analysis.scorecard.targets import scorecard
from kttt_lib.errors import KtttError
from kttt_lib.pipeline.notebooks import COLLECTION
from kttt_lib.pipeline.questions import QUESTIONS
from kttt_lib.pipeline.run import open_run
from kttt_lib.plan import load_plan
from kttt_lib.published import load_published
from kttt_lib.registry import read_registry, registry_from_frames, write_registry
from kttt_lib.registry.sample import write_sample
from kttt_lib.registry.schema import TABLES
from kttt_lib.registry.template import write_template
from kttt_lib.report.figures.show import show_figure as draw
from kttt_lib.resources import PLANS, SAMPLE

Tables = dict[str, pd.DataFrame]
YEARS = range(2015, 2021)
# Emptied table -> the indicators that count from it or stand on it.
STANDS_ON = {
    "status_events": {"merged_inter_village_share", "ceased_dissolved_share"},
    "annual_reports": {"scale_and_members", "jobs", "member_income"},
    "criteria_scores": {"agri_effective_share", "qtdnd_effective_share", "non_agri_effective_share"},
    "support_events": {"htx_supported", "htx_trademarks"},
    "loans": {"preferential_loan_share"},
    "trainings": {"official_training_turns", "manager_training_turns"},
    "features": {"new_model_effective", "models_by_feature", "linkage_forms"},
    "activities": {"measure_delivery"},
}
# What no reader should meet: a computer's words for what is not there.
NOTHING = re.compile(r"\b(nan|NaN|NaT|None|inf|Traceback)\b")


@pytest.fixture(scope="module")
def sample() -> Tables:
    return read_registry(SAMPLE).tables


def of(tables: Tables, chosen: pd.Series) -> Tables:
    """The organisations where ``chosen``, with their rows, and the rows of no organisation."""
    ids = set(tables["organisations"].loc[chosen, "org_id"])
    cut = {name: frame[frame["org_id"].isin(ids)] if "org_id" in frame else frame for name, frame in tables.items()}
    successor = cut["status_events"]["successor_id"]
    return cut | {"status_events": cut["status_events"][successor.isna() | successor.isin(ids)]}


def some(tables: Tables, number: int) -> Tables:
    """So many organisations of all kinds and districts."""
    place = np.arange(len(tables["organisations"]))
    step = len(place) // number
    return of(tables, pd.Series((place % step == 0) & (place < step * number), tables["organisations"].index))


def district(tables: Tables, number: int) -> Tables:
    organisations = tables["organisations"]
    return of(tables, organisations["district"] == sorted(organisations["district"].unique())[number])


def kind(tables: Tables, code: str) -> Tables:
    """At most 60 organisations of one kind."""
    mine = tables["organisations"]["kind"] == code
    return of(tables, mine & (mine.cumsum() <= 60))


def without(tables: Tables, table: str) -> Tables:
    tables = some(tables, 60)
    return tables | {table: tables[table].iloc[:0]}


def without_year(tables: Tables, year: int) -> Tables:
    tables = some(tables, 60)
    return tables | {name: tables[name][tables[name]["year"] != year] for name in ("annual_reports", "criteria_scores")}


@dataclass(frozen=True)
class Province:
    """A registry cut from the sample, or made by the generator for the size, and how it is looked at."""

    title: str
    make: Callable[[Tables], Tables] | int
    as_of: str = ""
    language: str = "vi"
    audience: str = "internal"
    emptied: str = ""
    long: bool = False


# The quick ones stand for the kinds of trouble: nobody to compare and nothing that the public may see.
PROVINCES = [
    Province("1 organisation", lambda t: some(t, 1)),
    Province("15 organisations seen by the public", lambda t: some(t, 15), "2020-06-30", "en", "public"),
    Province("240 organisations seen by the public", lambda t: some(t, 240), audience="public", long=True),
    Province("credit funds only", lambda t: kind(t, "qtdnd"), language="en", long=True),
    Province("no reports of the plan's year", lambda t: without_year(t, 2020), long=True),
    Province("no events", lambda t: without(t, "status_events"), "2020-06-30", emptied="status_events", long=True),
    *(Province(f"{n} organisations", lambda t, n=n: some(t, n), long=True) for n in (2, 5, 15, 60)),
    *(Province(f"{n} first organisations", lambda t, n=n: of(t, t["organisations"].index < n), language="en", long=True)
      for n in (1, 2, 5, 15, 60)),
    *(Province(f"{n} made for the size", n, long=True) for n in (1, 2, 5, 15, 56, 60)),
    *(Province(f"{n} in the middle of the year", n, "2020-06-30", "en", long=True) for n in (1, 5, 15, 56)),
    *(Province(f"district {n}", lambda t, n=n: district(t, n), "2020-06-30", audience="public", long=True)
      for n in (0, 7)),
    *(Province(f"district {n} at the end", lambda t, n=n: district(t, n), long=True) for n in (0, 3)),
    *(Province(f"{k} only", lambda t, k=k: kind(t, k), long=True) for k in ("htx", "tht", "lhhtx", "qtdnd")),
    *(Province(f"empty {name}", lambda t, name=name: without(t, name), emptied=name, long=True) for name in STANDS_ON),
    *(Province(f"no reports of {y}", lambda t, y=y: without_year(t, y), "2020-06-30", "en", long=True) for y in YEARS),
    *(Province(f"no reports of {y} at the end", lambda t, y=y: without_year(t, y), long=True) for y in YEARS),
    Province("organisations alone", lambda t: {n: f if n == "organisations" else f.iloc[:0] for n, f in t.items()},
             long=True),
]  # fmt: skip


def run_of(province: Province, sample: Tables, folder: Path):
    registry = folder / "registry"
    if isinstance(province.make, int):
        write_sample(registry, organisations=province.make, province="Ninh Bình")
    else:
        places = ["source_file", "source_sheet", "source_row"]
        made = {name: frame.drop(columns=places) for name, frame in province.make(sample).items()}
        write_registry(made, read_registry_about(), registry)
    return open_run("ninh-binh-2020", registry, province.as_of, province.language, province.audience)


def read_registry_about() -> dict[str, object]:
    return {"province": "Ninh Bình", "synthetic": True, "label_vi": "Dữ liệu mô phỏng", "label_en": "Synthetic data"}


def pages(run, monkeypatch) -> dict[str, str]:
    """What each notebook shows: its cells are run here, as papermill would, on the answers of one run."""
    shown: list[str] = []
    monkeypatch.setattr("kttt_lib.pipeline.run.open_run", lambda *_: run)
    monkeypatch.setattr("kttt_lib.report.notebook.display", lambda thing: shown.append(thing.data))
    monkeypatch.setattr("kttt_lib.report.notebook.show_figure", lambda *given: (shown.append(given[1]), draw(*given)))
    settings = run.settings
    given = {"REGISTRY": settings.registry, "LANGUAGE": settings.language, "AUDIENCE": settings.audience}
    said = {}
    for notebook in COLLECTION:
        names: dict[str, object] = {}
        cells = [c for c in nbformat.read(notebook.path, as_version=4).cells if c.cell_type == "code"]
        for place, cell in enumerate(cells):
            exec(compile(cell.source, f"{notebook.stem}, cell {place}", "exec"), names)
            if "parameters" in cell.metadata.get("tags", []):
                names.update(given, AS_OF=run.as_of.isoformat())
        said[notebook.stem] = "\n".join(shown)
        shown.clear()
    return said


@pytest.mark.parametrize(
    "province",
    [pytest.param(p, id=p.title, marks=[pytest.mark.slow] if p.long else []) for p in PROVINCES],
)
def test_a_small_province_gets_every_page_and_no_verdict_on_nothing(province, sample, tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("KTTT_OUTPUTS", str(tmp_path / "outputs"))
    run = run_of(province, sample, tmp_path)
    said = pages(run, monkeypatch)
    assert all(said.values()), said
    report = (run.folder / "annual_report.html").read_text(encoding="utf-8")
    for name, text in said.items() | {("report", re.sub(r"<(script|style).*?</\1>|<[^>]*>", " ", report, flags=re.S))}:
        assert not NOTHING.search(text), (name, NOTHING.search(text))
    if province.audience == "public":
        organisations = run.registry.tables["organisations"]
        for told in {*organisations["org_id"], *organisations["name"]}:
            assert not [name for name, text in said.items() if told in text], told
    for name in run.results:
        numbers = run.results[name].select_dtypes("number").to_numpy(float, na_value=np.nan)
        assert not np.isinf(numbers).any(), name
    targets = run.results["scorecard/targets"]
    judged = targets[targets["indicator"].isin(STANDS_ON.get(province.emptied, ()))]
    assert not judged["verdict"].isin(["met", "not_met"]).any(), judged[["target_id", "verdict", "value"]]
    assert set(QUESTIONS) == {name.split("/")[0] for name in run.results}


def test_an_untouched_template_is_refused_as_the_registry_of_nobody(tmp_path):
    write_template(tmp_path / "so.xlsx")
    with pytest.raises(KtttError) as caught:
        open_run("ninh-binh-2020", tmp_path / "so.xlsx")
    assert "chưa có tổ chức nào" in caught.value.message_vi and "no organisation" in caught.value.message_en


@pytest.mark.parametrize("number", [0, 3])
def test_before_anybody_was_founded_nothing_is_missed(number):
    """A registry of nobody, and one whose organisations all come after the day: the library has no data, not nought."""
    founded = {"kind": "htx", "sector": "agriculture", "district": "Hoa Lư", "founded_on": pd.Timestamp("2021-03-01")}
    columns = [column.name for column in TABLES["organisations"].columns]
    frame = pd.DataFrame([{"org_id": f"{n}", "name": f"HTX {n}"} | founded for n in range(number)], columns=columns)
    registry = registry_from_frames({"organisations": frame}, {"province": "Ninh Bình", "synthetic": True})
    plan = load_plan(PLANS / "ninh-binh-2020.yaml")
    targets = scorecard(plan, registry, "2020-12-31", load_published())["scorecard/targets"].set_index("target_id")
    assert set(targets["verdict"]) <= {"no_data", "tracked"} and targets["value"].isna().all()
    assert "không có THT nào" in targets.loc["T7", "no_value_vi"]


def test_a_plan_of_years_without_any_fact_is_reported(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("KTTT_OUTPUTS", str(tmp_path / "outputs"))
    write_sample(tmp_path / "registry", organisations=60, province="Cần Thơ")
    run = open_run("can-tho-2023", tmp_path / "registry")
    assert all(pages(run, monkeypatch).values())
    assert pd.to_datetime(run.results["outlook/targets"]["as_of"]).dt.year.eq(2023).all()
