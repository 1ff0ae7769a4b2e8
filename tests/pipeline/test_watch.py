"""Watching: nothing that changes is lost, a fault is told and waited out, and Ctrl-C leaves nothing behind."""

from __future__ import annotations

import json
import os
import signal
import sys
import time
from collections.abc import Iterator
from multiprocessing import get_context
from pathlib import Path

import nbformat
import papermill.execute  # noqa: F401  what children of this process share
import pytest
import short
from click.testing import CliRunner

from kttt_lib.cli import main
from kttt_lib.errors import KtttError
from kttt_lib.files import hash_tree
from kttt_lib.pipeline import watch

SECONDS = 120


def test_it_looks_at_what_a_run_rests_on_and_at_nothing_else(tmp_path):
    root, apart, book = tmp_path / "data", tmp_path / "data" / "outputs", tmp_path / "book.sqlite"
    for name in ("a.yaml", "deep/b.csv", ".hidden", "deep/.git/c", "~$book.xlsx", "__pycache__/d.pyc", "outputs/e"):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text("1")
    book.write_text("1")

    def seen() -> dict:
        return watch.look([root, book, tmp_path / "not there"], apart)

    first = seen()
    assert {Path(path) for path in first} == {root / name for name in hash_tree(root) if name != "outputs/e"} | {book}
    swapped = tmp_path / "swapped"
    swapped.write_text("2")
    os.utime(swapped, ns=(1, 1))
    swapped.replace(root / "a.yaml")
    Path(f"{book}-wal").write_text("rows")
    (root / "deep" / "b.csv").unlink()
    (apart / "e").write_text("other")
    changed = {path for path in first.keys() | seen().keys() if first.get(path) != seen().get(path)}
    assert {Path(path).name for path in changed} == {"a.yaml", "b.csv", "book.sqlite-wal"}


def test_sentences_alone_are_told_again_without_a_new_process():
    assert {Path(place).relative_to(watch.LIBRARY).as_posix() for place in watch.SENTENCES} == {
        "report/text/vi/statements", "report/text/en/statements"
    }  # fmt: skip


def test_a_public_draft_is_refused_and_why_is_said():
    refused = CliRunner().invoke(main, ["watch", "--audience", "public"])
    assert refused.exit_code == 2
    assert "không có bản nháp công khai" in refused.output and "there are no public drafts" in refused.output


class Page:
    """A draft of one file of sentences."""

    def __init__(self, path: Path, begun: Path) -> None:
        self.path = path
        with begun.open("a") as file:
            file.write("x")

    def page(self) -> str:
        said = self.path.read_text()
        if "broken" in said:
            raise KtttError(f"{self.path.name}: hỏng", f"{self.path.name}: broken")
        return f"page of {said}"


class Desk:
    """Somebody at work: what the watch has said and shown so far, a line each."""

    def __init__(self, folder: Path, process: int) -> None:
        self.folder, self.process, self._read = folder, process, 0

    def until(self, *words: str) -> list[str]:
        """The news since the last time, as soon as each of these is among them, in this order."""
        end = time.monotonic() + SECONDS
        while True:
            lines = (self.folder / "news").read_text().splitlines()[self._read :]
            places, at = [], 0
            for word in words:
                place = next((n for n, line in enumerate(lines[at:], at) if word in line), None)
                if place is None:
                    break
                places, at = [*places, place], place + 1
            if len(places) == len(words):
                self._read += at
                return lines[:at]
            assert time.monotonic() < end and os.waitpid(self.process, os.WNOHANG) == (0, 0), (words, lines)
            time.sleep(0.02)

    def of_notebook(self) -> str:
        """What the notebook that is edited says in the report made last."""
        page = self.folder / "out" / "plan" / "2020-12-31" / "notebooks" / "03_htx_efficiency.ipynb"
        return "".join(o.text for c in nbformat.read(page, as_version=4).cells for o in c.get("outputs", []))


@pytest.fixture
def desk(tmp_path, monkeypatch) -> Iterator[Desk]:
    """The short collection and one file of sentences, watched in a fork of this process."""
    mark = f"KTTT_TEST_{os.getpid()}_{time.monotonic_ns()}"
    monkeypatch.setenv(mark, "1")
    monkeypatch.delenv("PYTHONDONTWRITEBYTECODE", raising=False)
    monkeypatch.setenv("KTTT_OUTPUTS", str(tmp_path / "out"))
    texts = tmp_path / "text" / "vi" / "statements"
    texts.mkdir(parents=True)
    (texts / "a.yaml").write_text("first")
    short.patched(monkeypatch, short.short(tmp_path / "notebooks"))
    monkeypatch.setattr(watch, "_CHILDREN", get_context("fork"))
    monkeypatch.setattr(watch, "_draft", lambda settings: Page(texts / "a.yaml", tmp_path / "begun"))
    monkeypatch.setattr(watch, "SENTENCES", (f"{texts}{os.sep}",))
    for name, folder in (("LIBRARY", "text"), ("DATA", "data"), ("NOTEBOOKS", "notebooks")):
        monkeypatch.setattr(watch, name, tmp_path / folder)

    def tell(*said: str, **shown: object) -> None:
        with (tmp_path / "news").open("a") as news:
            news.write("".join(json.dumps(what, ensure_ascii=False) + "\n" for what in (*said, *shown.items())))

    tell("begun")
    asked = short.settings(tmp_path / "out", "first")
    asked.registry = str(tmp_path / "data")
    (tmp_path / "data").mkdir()
    process = short.in_fork(lambda: watch.Watch(asked, tell, tell).run(), tmp_path / "said")
    yield Desk(tmp_path, process)
    os.kill(process, signal.SIGINT)
    assert os.waitstatus_to_exitcode(os.waitpid(process, 0)[1]) == 99, "KeyboardInterrupt"
    assert (tmp_path / "said").read_text() == "KeyboardInterrupt()"
    assert short.gone(mark), "something is left running"
    left = [p.name for p in (tmp_path / "out" / "plan").iterdir()]
    assert left == ["2020-12-31"], left


@pytest.mark.skipif(sys.platform != "linux", reason="watched in a fork of this process")
def test_changes_while_it_renders_faults_and_ctrl_c(desk, tmp_path):
    sentences = tmp_path / "text" / "vi" / "statements" / "a.yaml"
    notebook, inside = tmp_path / "notebooks" / "03_htx_efficiency.ipynb", tmp_path / "inside"
    sound = notebook.read_text()

    def never_ends() -> None:
        inside.unlink(missing_ok=True)
        notebook.write_text(sound.replace("print(1)", f"open({str(inside)!r}, 'w')\\nwhile True: pass"))
        while not inside.exists():
            time.sleep(0.02)

    # The notebook and a sentence change in the middle of a cell: the report in the making is stopped, and as the
    # sentence is at fault, that is told and nothing is made of it.
    desk.until('["draft", "page of first"]')
    never_ends()
    sentences.write_text("broken")
    notebook.write_text(sound.replace("print(1)", "print(2)"))
    news = desk.until("dừng báo cáo", "Đã đổi", "a.yaml: hỏng", "Có lỗi")
    assert not any('["whole"' in line for line in news)
    assert '["faults", ["Lỗi: a.yaml: hỏng", "Error: a.yaml: broken"]]' in news
    # Mended: draft and report are made, of what is there now.
    sentences.write_text("mended")
    desk.until("Đã đổi", '["draft", "page of mended"]', '["faults", []]', "03_htx_efficiency: chạy lại", '["whole"')
    assert short.whole(tmp_path / "out" / "plan" / "2020-12-31") == "first" and desk.of_notebook() == "2\n"
    # All that was told by one process. It is another where data changed.
    assert (tmp_path / "begun").read_text() == "x"
    (tmp_path / "data" / "new.csv").write_text("1")
    desk.until("Đã đổi: new.csv", '["draft", "page of mended"]')
    assert (tmp_path / "begun").read_text() == "xx"
    # A notebook alone: there is no new draft, and it alone is run. Ctrl-C in the middle of it.
    never_ends()
    news = desk.until("Đã đổi: 03_htx_efficiency.ipynb", "giữ nguyên", "chạy lại", "giữ nguyên")
    assert not any("draft" in line for line in news)
