"""Outputs appear whole or not at all."""

from __future__ import annotations

import pandas as pd
import pytest

from kttt_lib.errors import KtttError
from kttt_lib.files import hash_tree, whole_folder
from kttt_lib.pipeline.store import Store


def test_a_folder_takes_its_name_only_when_the_block_ends_well(tmp_path):
    final = tmp_path / "2020-12-31"
    with whole_folder(final) as folder:
        (folder / "report.html").write_text("first")
        assert not final.exists()
    assert (final / "report.html").read_text() == "first"


def test_a_crash_leaves_the_earlier_folder_and_nothing_half_made(tmp_path):
    final = tmp_path / "2020-12-31"
    with whole_folder(final) as folder:
        (folder / "report.html").write_text("first")
    with pytest.raises(RuntimeError), whole_folder(final) as folder:
        (folder / "report.html").write_text("half")
        raise RuntimeError("power cut")
    assert (final / "report.html").read_text() == "first"
    assert [p.name for p in tmp_path.iterdir()] == ["2020-12-31"]


def test_a_new_folder_replaces_the_old_one_whole(tmp_path):
    final = tmp_path / "run"
    for name in ("old.txt", "new.txt"):
        with whole_folder(final) as folder:
            (folder / name).write_text(name)
    assert [p.name for p in final.iterdir()] == ["new.txt"]
    assert [p.name for p in tmp_path.iterdir()] == ["run"]


def test_a_place_where_no_folder_can_be_made_is_named(tmp_path):
    (tmp_path / "file").write_text("")
    with (
        pytest.raises(KtttError, match="file/run: this folder cannot be made"),
        whole_folder(tmp_path / "file" / "run"),
    ):
        pass


def test_hash_tree_sees_a_changed_byte_and_a_new_name(tmp_path):
    (tmp_path / "a.csv").write_text("1")
    before = hash_tree(tmp_path)
    (tmp_path / "a.csv").write_text("2")
    changed = hash_tree(tmp_path)
    (tmp_path / "b.csv").write_text("2")
    assert before != changed and list(hash_tree(tmp_path)) == ["a.csv", "b.csv"]


def test_the_store_gives_back_equal_tables_under_their_full_names(tmp_path):
    store = Store(tmp_path)
    tables = {
        "scorecard/targets": pd.DataFrame(
            {"target_id": ["T1"], "value": [None], "deadline": pd.to_datetime(["2020-12-31"])}
        ),
        "scorecard/members": pd.DataFrame({"org_id": ["SYN-1", None], "weight": [1.0, 2.5]}),
    }
    assert store.get("scorecard", "k1") is None
    store.put("scorecard", "k1", tables)
    back = store.get("scorecard", "k1")
    assert set(back) == set(tables)
    pd.testing.assert_frame_equal(back["scorecard/members"], tables["scorecard/members"])
    assert store.get("scorecard", "k2") is None


def test_a_table_that_cannot_be_saved_leaves_nothing(tmp_path):
    store = Store(tmp_path)
    with pytest.raises((TypeError, ValueError, OSError)):
        store.put("q", "k", {"q/bad": pd.DataFrame({"x": [{1, 2}, object()]})})
    assert store.get("q", "k") is None and not list((tmp_path / "q").iterdir())
