"""What `kttt app` answers, to whom; its folder is private, gone at the end, and with the next where it was killed."""

from __future__ import annotations

import os
import signal
import sys
import tempfile
import urllib.error
import urllib.request
from pathlib import Path
from urllib.parse import urlsplit

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


def answered(address: str, **headers: str) -> tuple[int, str]:
    """Status and address of what is answered without a browser's cookies."""
    try:
        with urllib.request.urlopen(urllib.request.Request(address, headers=headers), timeout=300) as answer:
            return answer.status, answer.url
    except urllib.error.HTTPError as error:
        return error.code, error.url


def test_the_app_answers_this_machine_alone_by_its_own_name_with_its_token_and_gives_no_file(served):
    address, folder, server = served
    parts = urlsplit(address)
    root = f"http://{parts.netloc}/"
    (private,) = folder.glob("kttt-app-*")
    assert parts.hostname == "127.0.0.1"
    if sys.platform == "linux":
        lines = [
            line.split() for name in ("tcp", "tcp6") for line in Path(f"/proc/net/{name}").read_text().splitlines()
        ]
        ours = [line[1] for line in lines if line[1].endswith(f":{parts.port:04X}") and line[3] == "0A"]
        assert ours == [f"0100007F:{parts.port:04X}"]
        assert private.stat().st_mode & 0o777 == 0o700
    assert "/login" in answered(root)[1]
    assert answered(address, Host="evil.example")[0] == 403
    for path in ("00_intake.ipynb", "mo.html", "dang-chay"):
        assert answered(f"{root}voila/files/{path}?{parts.query}")[0] == 403
    for path in ("api/kernels/0-0-0-0-0", "voila/api/shutdown/0"):
        assert answered(root + path)[0] in (403, 405)
    server.send_signal(signal.SIGTERM)
    server.wait(300)
    assert not private.exists() and not list(folder.glob("kttt-*"))
