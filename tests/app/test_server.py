"""The folder that `kttt app` keeps files in: private, gone at the end, and gone with the next where it was killed."""

from __future__ import annotations

import os
import tempfile

import pytest

from kttt_lib.app.server import LOCK, PREFIX, private_folder


def test_a_folder_is_private_goes_at_the_end_and_what_a_killed_one_left_goes_with_the_next(tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    left, link = tmp_path / f"{PREFIX}left", tmp_path / f"{PREFIX}link"
    elsewhere = tmp_path / "elsewhere"
    for folder in (left, elsewhere):
        folder.mkdir()
        (folder / "tep-0001.csv").write_bytes(b"x")
    (left / LOCK).touch()
    link.symlink_to(elsewhere)
    os.utime(left, (0, 0))
    with pytest.raises(ZeroDivisionError), private_folder() as folder:
        assert not left.exists() and (elsewhere / "tep-0001.csv").exists()
        if os.name == "posix":
            assert folder.stat().st_mode & 0o777 == 0o700
        os.utime(folder, (0, 0))
        with private_folder() as other:
            assert folder.exists() and other != folder, "a folder that is in use was taken for a dead one's"
        raise ZeroDivisionError
    assert sorted(path.name for path in tmp_path.iterdir()) == ["elsewhere", f"{PREFIX}link"]
