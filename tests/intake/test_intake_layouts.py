"""Every layout becomes the right registry, cell by cell, and the mapping needs at most three corrections."""

from __future__ import annotations

import subprocess

import layouts
import layouts_2025
import pandas as pd
import pytest

from kttt_lib.intake import Taken, propose, take
from kttt_lib.intake.grid import read_grids
from kttt_lib.registry.schema import TABLES


def taken_from(made: layouts.Made) -> tuple[Taken, int]:
    """What is taken from a layout's files, and how many answers it needed."""
    grids = [grid for path in made.files for grid in read_grids(path)]
    mapping = propose(grids)
    questions = mapping.questions()
    for one in questions:
        for words, answer in made.answers.items():
            if words in one.where:
                one.answer(answer)
    return take(grids, mapping), len(questions)


def same(frame: pd.DataFrame, truth: pd.DataFrame, table: str) -> None:
    key = list(TABLES[table].key)
    known = [column for column in TABLES[table].columns if column.name not in ("date_precision",)]
    got = frame.sort_values(key).reset_index(drop=True)
    expected = truth.sort_values(key).reset_index(drop=True)
    assert len(got) == len(expected)
    for column in known:
        if column.name not in expected:
            assert got[column.name].isna().all(), f"{column.name} is not in the list"
            continue
        wanted = expected[column.name]
        if column.kind == "date":
            assert got[column.name].dt.date.tolist() == wanted.tolist(), column.name
        else:
            # Exact: a conversion that is off in the last digit is off.
            exact = [None if pd.isna(value) else value for value in wanted]
            assert [None if pd.isna(value) else value for value in got[column.name]] == exact, column.name


@pytest.mark.parametrize("layout", [*layouts.LAYOUTS, *layouts_2025.MORE])
def test_a_layout_becomes_the_registry_that_it_was_made_from_and_every_row_is_accounted_for(layout, tmp_path):
    made = (layouts.LAYOUTS | layouts_2025.MORE)[layout](tmp_path)
    taken, answers = taken_from(made)
    registry = taken.registry
    assert answers <= 3
    assert not taken.asked
    same(registry.tables["organisations"], made.organisations, "organisations")
    same(registry.tables["annual_reports"], made.reports, "annual_reports")
    events = registry.tables["status_events"]
    found = sorted(
        zip(events["org_id"], events["date"].dt.strftime("%Y-%m-%d"), events["event"], events["date_precision"])
    )
    assert found == sorted(made.events)
    notes = " ".join(registry.notes["message_vi"])
    assert "lệch" not in notes and "tổ chức, đếm được" not in notes  # every total printed is the sum
    assert registry.about["synthetic"] is (layout != "alliance_export")  # which has no title to say it
    accounts = taken.accounts
    parts = accounts.drop(columns=["file", "sheet", "rows", "organisations"]).sum(axis=1)
    assert parts.tolist() == accounts["rows"].tolist()
    assert taken.not_read == 0


@pytest.mark.office
@pytest.mark.slow
@pytest.mark.parametrize("layout", ["two_header_rows", "merged_down", "coarse_facts"])
@pytest.mark.parametrize("form", ["ods", "xls", "xlsx"])
def test_what_libreoffice_saves_of_a_layout_becomes_the_same_registry(layout, form, tmp_path):
    made = layouts.LAYOUTS[layout](tmp_path)
    (tmp_path / "out").mkdir()
    profile = f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}"
    command = [
        "soffice",
        profile,
        "--headless",
        "--convert-to",
        form,
        "--outdir",
        str(tmp_path / "out"),
        *map(str, made.files),
    ]
    subprocess.run([*command, *map(str, made.files)], check=True, capture_output=True, timeout=300)
    made.files = sorted((tmp_path / "out").iterdir())
    registry = taken_from(made)[0].registry
    same(registry.tables["organisations"], made.organisations, "organisations")
    same(registry.tables["annual_reports"], made.reports, "annual_reports")
