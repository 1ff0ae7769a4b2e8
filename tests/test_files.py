"""Outputs appear whole or not at all."""

from __future__ import annotations

import os
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from kttt_lib import files
from kttt_lib.errors import KtttError
from kttt_lib.files import hash_tree, whole_folder, write_text, write_whole


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


def test_hidden_files_and_locks_are_no_part_of_what_a_run_rests_on(tmp_path):
    (tmp_path / "a.csv").write_text("1")
    before = hash_tree(tmp_path)
    (tmp_path / ".ipynb_checkpoints").mkdir()
    for name in (".a.csv.k2j3.partial", "~$a.xlsx", ".~lock.a.csv#", ".ipynb_checkpoints/a.ipynb"):
        (tmp_path / name).write_text("half")
    assert hash_tree(tmp_path) == before


@pytest.mark.parametrize("can_swap", [True, False])
def test_many_writers_of_one_folder_all_end_well_and_the_last_stays_whole(tmp_path, monkeypatch, can_swap):
    if not can_swap:
        monkeypatch.setattr(files, "_swap", lambda one, other: False)
    elif not files._swap(tmp_path, tmp_path):
        pytest.skip("this system cannot swap two names")
    final, parts = tmp_path / "2020-12-31", ("manifest.json", "report.html", "tables.xlsx")
    with whole_folder(final) as folder:
        for part in parts:
            (folder / part).write_text("0")
    writing, gone, torn = threading.Event(), [], []

    def write(number: int) -> None:
        with whole_folder(final, carry=lambda before, now: None) as folder:
            for part in parts:
                (folder / part).write_text(str(number))

    def read(part: str, place: int) -> str:
        with os.fdopen(os.open(part, os.O_RDONLY, dir_fd=place)) as file:
            return file.read()

    def look() -> None:
        while not writing.is_set():
            try:
                place = os.open(final, os.O_RDONLY)
            except FileNotFoundError:
                gone.append(1)
                continue
            try:  # what was opened may be on its way out, but is never half made
                said = {read(part, place) for part in parts}
                torn.extend([said] if len(said) != 1 else [])
            except FileNotFoundError:
                pass
            finally:
                os.close(place)

    with ThreadPoolExecutor(17) as pool:
        looking = pool.submit(look)
        try:
            done = list(pool.map(write, range(1, 201)))
        finally:
            writing.set()
        looking.result()
    assert len(done) == 200 and not torn
    assert not (can_swap and gone)
    assert len({(final / part).read_text() for part in parts}) == 1
    assert [p.name for p in tmp_path.iterdir()] == ["2020-12-31"]


def test_where_the_name_cannot_be_taken_the_earlier_folder_is_put_back(tmp_path, monkeypatch):
    final = tmp_path / "run"
    with whole_folder(final) as folder:
        (folder / "report.html").write_text("first")
    rename = type(final).rename

    def refuse(self, target):
        if self.suffix == ".partial":
            raise PermissionError("a file of it is open")
        return rename(self, target)

    monkeypatch.setattr(files, "_swap", lambda one, other: False)
    monkeypatch.setattr(files, "TRIES", 3)
    monkeypatch.setattr(type(final), "rename", refuse)
    with pytest.raises(PermissionError), whole_folder(final) as folder:
        (folder / "report.html").write_text("second")
    assert (final / "report.html").read_text() == "first"
    assert [p.name for p in tmp_path.iterdir()] == ["run"]


def test_what_a_killed_process_left_goes_with_the_next_writer_and_work_under_way_stays(tmp_path):
    (tmp_path / ".run.abcd.partial").mkdir()
    (tmp_path / ".run.abcd.partial" / "half.html").write_text("half")
    for name in (".a[1].csv.abcd.partial", ".b.csv.abcd.partial"):
        (tmp_path / name).write_text("half")
    with whole_folder(tmp_path / "run") as slow:
        with whole_folder(tmp_path / "run"):
            write_whole(tmp_path / "a[1].csv", b"1")
        assert sorted(p.name for p in tmp_path.iterdir()) == sorted(
            [slow.name, ".b.csv.abcd.partial", "a[1].csv", "run"]
        )
        files.recover(tmp_path / "run")
        assert slow.is_dir()


def test_a_folder_killed_between_its_two_renames_is_put_back(tmp_path):
    final = tmp_path / "run"
    with whole_folder(final) as folder:
        (folder / "report.html").write_text("first")
    final.rename(tmp_path / ".run.abcd.0.old")
    (tmp_path / ".run.abcd.partial").mkdir()
    files.recover(final)
    assert (final / "report.html").read_text() == "first"
    assert [p.name for p in tmp_path.iterdir()] == ["run"]


def test_a_link_stays_a_link_and_a_mode_stays(tmp_path):
    own, link = tmp_path / "store" / "so.csv", tmp_path / "so.csv"
    write_whole(own, b"1").chmod(0o600)
    link.symlink_to(own)
    write_whole(link, b"2")
    assert link.is_symlink() and own.read_bytes() == b"2" and own.stat().st_mode & 0o777 == 0o600


def test_one_at_a_time_has_a_file_and_an_empty_one_goes(tmp_path):
    path = tmp_path / "log"
    with files.locked(path, 1):
        with pytest.raises(TimeoutError), files.locked(path, 0.1):
            pass
        assert path.exists()
    assert not path.exists()
    with files.locked(path, 1) as file:
        file.write(b"1")
    assert path.read_bytes() == b"1"


def test_a_folder_takes_no_files_place(tmp_path):
    own = tmp_path / "so.xlsx"
    own.write_text("mine")
    with pytest.raises(KtttError, match="cannot be made"), whole_folder(own):
        pass
    assert own.read_text() == "mine" and list(tmp_path.iterdir()) == [own]


def test_a_file_is_written_whole_in_a_folder_that_is_itself_being_made(tmp_path):
    with whole_folder(tmp_path / "run") as beside:
        write_text(beside / "report.html", "x")
    assert (tmp_path / "run" / "report.html").read_text() == "x"
