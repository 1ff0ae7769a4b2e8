"""Whatever stops a report, an earlier one is whole, nothing is left behind, and one message says what to do."""

from __future__ import annotations

import errno
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import click
import nbformat
import papermill.execute  # noqa: F401  what children of this process share
import pytest
import short
from click.testing import CliRunner

from kttt_lib.cli.main import Front
from kttt_lib.errors import KtttError, machine_said, of_machine
from kttt_lib.files import _dead
from kttt_lib.pipeline import render

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="reports are made in forks of this process")
SECONDS = 300
BEGUN = time.time()
# In the nightly profile; `KTTT_TEST_KILLS=1000 pytest -m slow tests/pipeline/test_crash.py` for more.
KILLS = int(os.environ.get("KTTT_TEST_KILLS", "100"))


@pytest.fixture
def mark(monkeypatch) -> str:
    """A word in the environment of all that is started, so that what is left can be found."""
    word = f"KTTT_TEST_{os.getpid()}_{time.monotonic_ns()}"
    monkeypatch.setenv(word, "1")
    monkeypatch.delenv("PYTHONDONTWRITEBYTECODE", raising=False)
    return word


@pytest.fixture
def begin(tmp_path, monkeypatch, mark):
    """Begin a short report of a plan, with cells in place of its own; its process."""

    def begin(plan: str, outputs: Path | None = None, **cells: str) -> int:
        short.patched(monkeypatch, short.short(tmp_path / "notebooks", **cells))
        outputs = outputs or tmp_path / "out"
        monkeypatch.setenv("KTTT_OUTPUTS", str(outputs))
        asked = short.settings(outputs, plan)
        return short.in_fork(lambda: render.render_report(asked, watch=short.say_run), tmp_path / "said")

    return begin


def ended(process: int, tmp_path: Path) -> tuple[int, str]:
    """The exit code and what was said."""
    status = os.waitpid(process, 0)[1]
    return os.waitstatus_to_exitcode(status), (tmp_path / "said").read_text(encoding="utf-8")


def left(outputs: Path) -> list[str]:
    """What lies beside the reports, hidden things too; and temporary folders of runs that are no more."""
    temporary = Path(tempfile.gettempdir()).glob(".kttt-run.*")  # those of other living runs too
    dead = [p.name for p in temporary if _dead(p) and p.stat().st_mtime > BEGUN]
    return sorted(p.name for p in (outputs / "plan").iterdir()) + dead


@pytest.mark.parametrize("kills", [10, pytest.param(KILLS, marks=pytest.mark.slow)])
def test_a_report_killed_at_any_moment_leaves_the_old_or_the_new_one_whole(kills, begin, tmp_path, mark):
    folder = tmp_path / "out" / "plan" / "2020-12-31"
    started = time.monotonic()
    code, said = ended(begin("first"), tmp_path)
    assert code == 0, said
    takes, now, chance = time.monotonic() - started, "first", random.Random(kills)
    for number in range(kills):
        process = begin(f"plan{number}")
        time.sleep(chance.uniform(0, takes))
        os.kill(process, signal.SIGKILL)
        os.waitpid(process, 0)
        assert short.whole(folder) in (now, f"plan{number}")
        now = short.whole(folder)
        assert short.gone(mark), "an orphan kernel"
    code, said = ended(begin("last"), tmp_path)
    assert code == 0, said
    assert short.whole(folder) == "last" and left(tmp_path / "out") == ["2020-12-31"]


def test_two_reports_begun_at_once_on_one_folder_both_end_right(begin, tmp_path, mark):
    both = [begin("first"), begin("second")]
    assert [ended(process, tmp_path)[0] for process in both] == [0, 0]
    assert short.whole(tmp_path / "out" / "plan" / "2020-12-31") in ("first", "second")
    assert left(tmp_path / "out") == ["2020-12-31"] and short.gone(mark)


def test_a_cell_that_fails_is_kept_and_named_and_what_waits_for_it_is_not_run(begin, tmp_path, mark):
    folder = tmp_path / "out" / "plan"
    process = begin("first", **{"02_scorecard": "1 / 0", "03_htx_efficiency": "import os; os._exit(3)"})
    code, said = ended(process, tmp_path)
    assert code == 1 and "Traceback" not in said
    for word in ("02_scorecard.ipynb stopped at cell 3: ZeroDivisionError", "not run", "07_annual_report"):
        assert word.lower() in said.lower(), said
    kept = tmp_path / "out" / ".failed" / "plan" / "2020-12-31"
    assert sorted(p.name for p in kept.iterdir()) == ["02_scorecard.ipynb", "03_htx_efficiency.ipynb"]
    for path, ename in zip(sorted(kept.iterdir()), ("ZeroDivisionError", "KernelGone")):
        outputs = [o for c in nbformat.read(path, as_version=4).cells for o in c.get("outputs", [])]
        assert [o.ename for o in outputs if o.output_type == "error"] == [ename]
    assert list(folder.iterdir()) == [] and short.gone(mark)
    code, said = ended(begin("first", **{"03_htx_efficiency": "raise SystemExit\nprint(1)"}), tmp_path)
    assert code == 1 and "03_htx_efficiency.ipynb stopped at cell 3" in said, said
    assert ended(begin("second"), tmp_path)[0] == 0 and not kept.exists()


def test_ctrl_c_ends_all_at_once_and_leaves_nothing(begin, tmp_path, mark):
    seen = tmp_path / "seen"
    process = begin("first", **{"02_scorecard": f"open({str(seen)!r}, 'w').close()\nwhile True: pass"})
    end = time.monotonic() + SECONDS
    while not seen.exists():
        assert time.monotonic() < end
        time.sleep(0.05)
    os.kill(process, signal.SIGINT)
    code, said = ended(process, tmp_path)
    assert code == 99 and "KeyboardInterrupt" in said, said
    assert short.gone(mark) and left(tmp_path / "out") == []


def test_a_folder_that_is_taken_away_and_a_home_that_cannot_be_written(begin, tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", "/dev/null/nobody")
    monkeypatch.setenv("TMPDIR", "/dev/null/nowhere")
    monkeypatch.setattr(tempfile, "tempdir", None)
    code, said = ended(begin("first"), tmp_path)
    assert code == 0, said
    out = tmp_path / "out"
    # Half of it too: the notebook beside may fail before all is gone.
    for away in (f"[{str(out)!r}]", f"__import__('pathlib').Path({str(out)!r}).glob('plan/.*.partial/.work')"):
        gone = f"import shutil\nfor one in {away}: shutil.rmtree(one)"
        code, said = ended(begin("second", **{"03_htx_efficiency": gone}), tmp_path)
        assert code == 2 and "its disk taken away" in said and "đĩa bị tháo" in said, said
        assert f"{out / 'plan'}: " in said


@pytest.fixture
def small_disk(tmp_path):
    """A disk of half a megabyte."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mounted = shutil.which("mount") and subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=512k", "none", disk], capture_output=True
    )
    if not mounted or mounted.returncode:
        pytest.skip("no small disk can be mounted here")
    yield disk
    subprocess.run(["umount", disk], check=True)


def test_a_full_disk_is_one_message_and_the_earlier_report_is_whole(begin, tmp_path, small_disk):
    code, said = ended(begin("a", small_disk), tmp_path)
    assert code == 0, said
    code, said = ended(begin("a" * 20, small_disk), tmp_path)
    assert code in (1, 2) and "no room is left on the disk" in said and "hết chỗ trên đĩa" in said, said
    assert short.whole(small_disk / "plan" / "2020-12-31") == "a" and left(small_disk) == ["2020-12-31"]


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EROFS, errno.EACCES, errno.ENOENT, errno.EIO])
def test_what_the_machine_refuses_is_told_without_a_traceback(number):
    @click.command(cls=Front)
    def front() -> None: ...

    @front.command()
    def fails() -> None:
        raise OSError(number, os.strerror(number), "/nơi/tệp")

    done = CliRunner().invoke(front, ["fails"])
    assert done.exit_code == 1 and "Traceback" not in done.output and "/nơi/tệp" in done.output
    assert done.output.count("\n") == 2 and done.output.startswith("Lỗi: ")
    text = machine_said(f"[Errno {number}] {os.strerror(number)}: '/nơi/tệp'")
    assert isinstance(text, KtttError) and text.message_en in done.output
    assert of_machine(OSError(errno.EINVAL, "x")) is None and machine_said("ValueError: [1]") is None


def test_ctrl_c_at_the_command_is_told_in_both_languages():
    @click.command(cls=Front)
    def front() -> None: ...

    @front.command()
    def stopped() -> None:
        raise KeyboardInterrupt

    done = CliRunner().invoke(front, ["stopped"])
    assert done.exit_code == 130 and "Đã dừng" in done.output and "Stopped" in done.output
