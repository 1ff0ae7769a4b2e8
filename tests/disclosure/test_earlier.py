"""Editions that are public already: what the new one less one of them would tell is protected, and they are found."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path

import pandas as pd
import pytest
from conftest import asked, fifteen

from kttt_lib.disclosure import COMPARED, Edition, public_edition
from kttt_lib.disclosure.edition import SIZES, figures_of
from kttt_lib.errors import KtttError
from kttt_lib.files import sha256
from kttt_lib.indicators import load_plan
from kttt_lib.pipeline.editions import earlier_editions, keep_edition
from kttt_lib.pipeline.settings import check_settings
from kttt_lib.registry import registry_from_frames
from kttt_lib.report.context import ReportContext, facts
from kttt_lib.report.datapackage import write_datapackage
from kttt_lib.report.workbook import write_workbook
from kttt_lib.results import REPORT_FACTS as FACTS

PLAN, DAY = "ninh-binh-2020", dt.date(2020, 12, 31)
Tables = dict[str, pd.DataFrame]


@pytest.fixture(scope="module")
def without_one() -> Tables:
    """The registry of fifteen without an agricultural HTX that reported in every year."""
    registry = fifteen()
    reported = registry.tables["annual_reports"]["org_id"].value_counts()
    orgs = registry.tables["organisations"]
    gone = max(orgs.loc[orgs["sector"] == "agriculture", "org_id"], key=lambda org: (reported.get(org, 0), org))
    tables = {n: t[t["org_id"] != gone] if "org_id" in t else t for n, t in registry.tables.items()}
    events = tables["status_events"]
    tables["status_events"] = events[events["successor_id"].fillna("") != gone]
    about = {name: registry.about[name] for name in ("province", "synthetic", "label_vi", "label_en")}
    return asked(registry_from_frames(tables, about))


def told(before: Tables, after: Tables) -> set[tuple]:
    """Figures whose value in one edition less that in the other is of one or two organisations."""
    found = set()
    for name, columns in SIZES.items():
        if name not in before or name not in after:
            continue
        sides = []
        for frame in (before[name], after[name]):
            numbers = frame[[*columns, "amount" if "amount" in frame else "value"]].astype(float)
            sides.append(dict(zip((of[0] for of in figures_of(name, frame, {})), numbers.itertuples(index=False))))
        for figure, (*sizes, value) in sides[1].items():
            *others, then = sides[0].get(figure, (*[float("nan")] * len(sizes), float("nan")))
            near = any(0 < abs(a - b) < 3 for a, b in zip(sizes, others))
            found |= {figure} if near and value == value and then == then else set()
    return found


def test_of_two_editions_that_differ_by_one_organisation_the_difference_tells_nothing(without_one, small_edition):
    first = small_edition
    alone, after = public_edition(without_one), public_edition(without_one, earlier={"first": first.tables})
    assert len(told(first.tables, alone.tables)) > 3, "what one less the other would give"
    # One district is the province: its own result stands.
    assert told(first.tables, after.tables) <= {f for f in after.told if f[0] == "group" and f[2] == "district"}
    assert after.earlier == ("first",) and all(found.ok for found in after.intervals)


def test_an_edition_is_not_changed_by_itself(small, small_edition):
    first = small_edition
    again = public_edition(small, earlier={"itself": first.tables})
    assert again.hidden == first.hidden and again.earlier == ()


def written(edition: Edition, folder: Path, **other: object) -> Path:
    """What a run keeps of a public edition in its folder, as far as the next one reads it."""
    folder.mkdir(parents=True)
    plan = load_plan(PLAN)
    context = ReportContext(plan, {"synthetic": True, "province": plan.province}, DAY, audience="public")
    tables = {name: edition.tables[name] for name in COMPARED if name in edition.tables} | {FACTS: facts(context)}
    write_workbook(tables, context, folder / "tables.xlsx")
    write_datapackage(tables, context, "tables.xlsx", folder / "datapackage.json")
    outputs = {name: sha256(folder / name) for name in ("tables.xlsx", "datapackage.json")}
    manifest = {"plan": PLAN, "audience": "public", "synthetic": True, "as_of": str(DAY), "outputs": outputs}
    (folder / "manifest.json").write_text(json.dumps(manifest | other))
    return folder


def found(outputs: Path, earlier: Path | None = None, day: dt.date = DAY) -> dict[str, Tables]:
    return earlier_editions(check_settings(outputs=outputs, earlier=earlier), PLAN, day, True)


def test_an_edition_beside_the_run_is_found_and_kept_when_another_takes_its_folder(small, tmp_path, small_edition):
    edition = small_edition
    beside = written(edition, tmp_path / PLAN / "2020-12-31-public")
    (tmp_path / PLAN / "2019-12-31-public").mkdir()  # empty: no edition
    [(name, tables)] = found(tmp_path).items()
    assert name == f"2020-12-31 {sha256(beside / 'tables.xlsx')[:12]}"
    assert public_edition(small, earlier={name: tables}).earlier == (), "read back it is the same edition"
    assert found(tmp_path, day=dt.date(2020, 12, 30)) == {}, "of a later day"
    keep_edition(tmp_path, PLAN, DAY, beside)
    (beside / "tables.xlsx").unlink()
    (beside / "manifest.json").unlink()
    assert list(found(tmp_path)) == [name]


def test_an_edition_elsewhere_is_given_and_one_that_is_none_is_refused(tmp_path, small_edition):
    edition = small_edition
    elsewhere = written(edition, tmp_path / "elsewhere")
    assert len(found(tmp_path / "outputs", elsewhere)) == 1
    internal = written(edition, tmp_path / "internal", audience="internal")
    with pytest.raises(KtttError, match=r"EARLIER = .*internal.*not a public edition"):
        found(tmp_path / "outputs", internal)


def test_an_edition_that_cannot_be_read_is_refused(tmp_path, small_edition):
    beside = written(small_edition, tmp_path / PLAN / "2020-12-31-public")
    (beside / "tables.xlsx").write_bytes(b"PK")
    with pytest.raises(KtttError, match=r"2020-12-31-public.*cannot be read"):
        found(tmp_path)
