"""A registry is read and checked once by a report and all that it starts, and not under another's hash."""

from __future__ import annotations

import os
from pathlib import Path

import pandas as pd
import pytest

from kttt_lib.pipeline.checked import CHECKED, checked_once, reading_once
from kttt_lib.pipeline.store import Packed, Store
from kttt_lib.plan.model import Lists
from kttt_lib.registry import registry_from_frames


def test_the_second_to_ask_is_given_what_the_first_has_read_and_the_folder_goes(monkeypatch):
    monkeypatch.delenv(CHECKED, raising=False)
    read = []

    def registry():
        read.append(1)
        return registry_from_frames({}, {"province": "Ninh Bình"})

    with reading_once():
        folder = Path(os.environ[CHECKED])
        first, second = (checked_once({"a.csv": "1"}, Lists(), registry) for _ in range(2))
        assert len(read) == 1 and second.about == first.about
        checked_once({"a.csv": "2"}, Lists(), registry)
        assert len(read) == 2
        with reading_once():
            assert os.environ[CHECKED] == str(folder)
    assert not folder.exists() and CHECKED not in os.environ


def test_where_there_is_no_room_for_it_each_reads_for_itself(tmp_path, monkeypatch):
    monkeypatch.setenv(CHECKED, str(tmp_path / "not a folder" / "x"))
    (tmp_path / "not a folder").write_text("a file")
    assert checked_once({"a.csv": "1"}, Lists(), lambda: registry_from_frames({}, {})) is not None


@pytest.mark.parametrize("left", [0, 5, 300, -1])
def test_one_that_was_cut_short_is_read_anew(tmp_path, monkeypatch, left):
    monkeypatch.setenv(CHECKED, str(tmp_path))
    read = []

    def registry():
        read.append(1)
        return registry_from_frames({}, {"province": "Ninh Bình"})

    first = checked_once({"a.csv": "1"}, Lists(), registry)
    (kept,) = tmp_path.iterdir()
    whole = kept.read_bytes()
    kept.unlink()  # this process still maps it
    kept.write_bytes(whole[:left])
    assert checked_once({"a.csv": "1"}, Lists(), registry).about == first.about and len(read) == 2
    assert kept.read_bytes() == whole and checked_once({"a.csv": "1"}, Lists(), registry).about == first.about
    assert len(read) == 2


def test_a_table_of_an_answer_is_read_when_it_is_looked_at(tmp_path):
    tables = {"q/large": pd.DataFrame({"x": [1, 2]}), "q/small": pd.DataFrame({"x": [3]})}
    found = Store(tmp_path).put("q", "key", tables)
    assert isinstance(found, Packed) and list(found) == ["q/large", "q/small"] and not found._read
    assert found["q/small"].equals(tables["q/small"]) and list(found._read) == ["q/small"]
