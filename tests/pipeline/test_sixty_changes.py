"""Sixty changes of a copy of the checkout, one at a time, through `kttt report`: what rests on one is made anew, what
does not is not, and every byte is that of a report made with nothing kept.

Two reports a change, so hours on a busy machine: nightly, or some of them by
``KTTT_TEST_CHANGES=10 pytest -m slow tests/pipeline/test_sixty_changes.py`` (every tenth) or ``-k words``.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from copied import checkout
from test_cache import ALL, CODE

from kttt_lib.files import hash_tree
from kttt_lib.pipeline.questions import QUESTIONS
from kttt_lib.registry.sample import write_sample

pytestmark = [pytest.mark.slow, pytest.mark.skipif(sys.platform != "linux", reason="hours; the same code elsewhere")]
EVERY = int(os.environ.get("KTTT_TEST_CHANGES", "1"))
NONE: frozenset[str] = frozenset()
# Floors that tell answers and give none.
TELLS = ("report/sections/", "report/figures/", "report/html/", "report/docx/", "report/text/", "report/work", "cli/")
ASKED = ("--plan", "ninh-binh-2020", "--registry", "so", "--explain")


@dataclass(frozen=True)
class Change:
    """Something changed, the notebooks that must be run for it and no others, and the questions that may be answered
    anew (None: not said here); ``shown``: words that a page must have then."""

    name: str
    runs: frozenset[str]
    answers: frozenset[str] | None = None
    file: str = ""
    edit: Callable[[str], str] = str
    shown: str = ""
    arguments: tuple[str, ...] = ()
    environment: Mapping[str, str] = field(default_factory=dict)


def more(text: str) -> str:
    """Other bytes of the same meaning."""
    return text + "\n"


def put(old: str, new: str) -> Callable[[str], str]:
    def edit(text: str) -> str:
        assert old in text, old
        return text.replace(old, new, 1)

    return edit


def changes() -> list[Change]:
    """Every answer rests on data and machine, none on the words that tell it."""
    every, all_of = frozenset(QUESTIONS), frozenset(ALL)
    found = []
    for name, runs in CODE.items():
        answers = NONE if name.startswith(TELLS) else None
        edit = put("\n\n\n", "\n\nCHANGED = 1\n\n") if name.endswith(".py") else more
        found.append(
            Change(f"function {name}", frozenset(ALL if runs is None else runs), answers, f"kttt_lib/{name}", edit)
        )
    text = "kttt_lib/report/text/vi"
    for file, old, runs in (
        ("statements/01_opening.yaml", "  Thực hiện {paper}", {"02", "05", "07"}),
        ("statements/02_situation.yaml", "\n", {"02", "05", "07"}),
        ("statements/04_chapters.yaml", "HIỆU QUẢ SỬ DỤNG", {"02", "05", "07"}),
        ("words.yaml", "Ngày tính số liệu", ALL),
    ):
        shown = old.strip() and "XEMDOI"
        edit = put(old, old.replace(old.strip(), f"{shown} {old.strip()}") if shown else "\n\n")
        found.append(Change(f"words {file}", frozenset(runs), NONE, f"{text}/{file}", edit, shown))
    for stem in ("01_registry", "03_htx_efficiency", "07_annual_report"):
        title = f"# {stem[:2]} · "
        edit = put(title, f"{title}XEMDOI ")
        file = f"notebooks/{stem}.ipynb"
        found.append(Change(f"notebook {stem}", frozenset({stem[:2]}), NONE, file, edit, "XEMDOI"))
    for table, column in (
        ("organisations", "name"), ("annual_reports", "members"), ("annual_reports", "revenue"), ("loans", "amount"),
        ("features", "evidence"), ("trainings", "people"), ("activities", "quantity"), ("status_events", "decision_no"),
    ):  # fmt: skip
        found.append(Change(f"cell {table} {column}", all_of, every, f"so/{table}.csv", cell(column)))
    for file in ("rulebooks/tt09_2017.yaml", "rulebooks/definitions.yaml", "published/provincial_panel.csv",
                 "published/units.csv", "places/ninh-binh.csv", "scenarios/no_support.yaml", "lists/series.yaml",
                 "forms/htx.yaml", "calibration/outlook_cases.csv"):  # fmt: skip
        found.append(Change(f"data {file}", all_of, every, f"data/{file}", more))
    title = "title_vi: Kế hoạch phát triển"
    found += [
        Change("plan", all_of, every, "data/plans/ninh-binh-2020.yaml", put(title, f"{title} XEMDOI"), "XEMDOI"),
        Change("lock", all_of, every, "uv.lock", more),
        Change("package of another version", all_of, every, "packages/thing-2.dist-info"),
        Change("package of another name", all_of, every, "packages/another-1.dist-info"),
        Change("IPython's start", all_of, NONE, "home/.ipython/profile_default/startup/a.py", more),
        Change("environment TZ", all_of, NONE, environment={"TZ": "Asia/Ho_Chi_Minh"}),
        Change("parameter AS_OF", all_of, every, arguments=("--as-of", "2020-06-30")),
        Change("parameter LANGUAGE", all_of, NONE, arguments=("--language", "en")),
        Change("parameter QUARANTINE", all_of, NONE, arguments=("--quarantine",)),
        Change("parameter REGISTRY in other words", all_of, NONE, arguments=("--registry", "./so")),
        Change("parameter PLAN in other words", all_of, NONE, arguments=("--plan", "data/plans/ninh-binh-2020.yaml")),
        Change("parameter COMMENTS", frozenset({"07"}), NONE, arguments=("--comments", "comments.csv")),
        Change("parameter AUDIENCE", all_of, NONE, arguments=("--audience", "public")),
    ]
    return found


def cell(column: str) -> Callable[[str], str]:
    """One cell of the last row changed: a number by one, a text by a letter."""

    def edit(text: str) -> str:
        header, *rows = text.splitlines()
        place = header.split(",").index(column)
        number = next(n for n in reversed(range(len(rows))) if '"' not in rows[n] and rows[n].split(",")[place])
        cells = rows[number].split(",")
        try:
            cells[place] = str(float(cells[place]) + 1) if "." in cells[place] else str(int(cells[place]) + 1)
        except ValueError:
            cells[place] += "x"
        rows[number] = ",".join(cells)
        return "\n".join([header, *rows]) + "\n"

    return edit


@pytest.fixture(scope="module")
def copy(tmp_path_factory) -> Path:
    """The copy, with a small registry in it and a home of its own."""
    folder = checkout(tmp_path_factory.mktemp("changes"))
    write_sample(folder / "so", organisations=60)
    (folder / "packages" / "thing-1.dist-info").mkdir(parents=True)
    (folder / "home" / ".ipython" / "profile_default" / "startup").mkdir(parents=True)
    (folder / "home" / ".ipython" / "profile_default" / "startup" / "a.py").write_text("")
    (folder / "comments.csv").write_text("place,comment,author,date\nT1,Xem lại,,\n", encoding="utf-8")
    report(folder, "out")
    return folder


def report(copy: Path, out: str, change: Change | None = None) -> tuple[Path, frozenset[str]]:
    """The folder of a report and the numbers of the notebooks that were run for it."""
    plain = {name: value for name, value in os.environ.items() if not name.startswith(("KTTT_", "PYTHON"))}
    own = {"PYTHONPATH": f"{copy}:{copy / 'packages'}", "HOME": str(copy / "home"), "KTTT_OUTPUTS": str(copy / out)}
    done = subprocess.run(
        [Path(sys.executable).parent / "kttt", "report", *ASKED, *(change.arguments if change else ())],
        cwd=copy, env=plain | own | (change.environment if change else {}), capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    ran = re.findall(r"^(\d\d)_\w+: (?:chạy lại|run again)", done.stderr, re.M)
    return Path(done.stdout.strip()).parent, frozenset(ran)


@contextmanager
def changed(copy: Path, change: Change) -> Iterator[None]:
    """The change, for as long as it lasts."""
    path, installed = copy / change.file, copy / "packages" / "thing-1.dist-info"
    text = path.read_text(encoding="utf-8") if path.is_file() else ""
    if path.suffix == ".dist-info":
        installed.rename(path)
    elif path.is_file():
        path.write_text(change.edit(text), encoding="utf-8")
    try:
        yield
    finally:
        if path.suffix == ".dist-info":
            path.rename(installed)
        elif path.is_file():
            path.write_text(text, encoding="utf-8")


def answers(copy: Path) -> set[Path]:
    return {path for question in QUESTIONS for path in (copy / "out" / ".store" / question).glob("*.answer")}


def test_there_are_sixty_of_them():
    assert len(changes()) >= 60 and len({change.name for change in changes()}) == len(changes())


@pytest.mark.parametrize("change", changes()[::EVERY], ids=lambda change: change.name)
def test_what_rests_on_a_change_is_made_anew_and_nothing_stale_is_shown(change, copy):
    before = answers(copy)
    with changed(copy, change):
        folder, ran = report(copy, "out", change)
        fresh, all_ran = report(copy, "fresh", change)
    made, same, pages = answers(copy) - before, hash_tree(folder) == hash_tree(fresh), [*folder.rglob("*.html")]
    shutil.rmtree(copy / "fresh")
    assert ran == change.runs and all_ran == ALL
    assert change.answers is None or {path.parent.name for path in made} <= change.answers
    assert same
    assert not change.shown or any(change.shown in page.read_text(encoding="utf-8") for page in pages)
