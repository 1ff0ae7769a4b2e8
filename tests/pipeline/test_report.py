"""The whole way: registry and plan in, a run's folder out, whole or not at all."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from docx import Document as open_docx
from docx.shared import Mm
from plain_report import at_once

from kttt_lib.errors import KtttError
from kttt_lib.files import hash_tree
from kttt_lib.pipeline import render
from kttt_lib.pipeline import run as run_module
from kttt_lib.pipeline.questions import QUESTIONS
from kttt_lib.pipeline.run import open_run
from kttt_lib.pipeline.settings import check_settings
from kttt_lib.report.docx import write_reference
from kttt_lib.resources import PLANS, SAMPLE


def kttt(outputs: Path, *arguments: str | Path) -> subprocess.CompletedProcess:
    return at_once(os.environ | {"KTTT_OUTPUTS": str(outputs)}, *arguments, times=1)[0]


def test_a_report_is_whole_and_each_answer_is_kept_once(run, outputs):
    manifest = json.loads((run / "manifest.json").read_text(encoding="utf-8"))
    files = hash_tree(run)
    files.pop("manifest.json")
    assert files == manifest["outputs"] and len(files) > 15
    assert [p.name for p in run.parent.iterdir()] == ["2020-12-31"]
    answers_once(outputs)


def answers_once(outputs: Path) -> None:
    """Notebooks and report share one answer to each question, beside the registry's rows; nothing is half made."""
    answers = [p.parent.name for p in (outputs / ".store").glob("*/*.answer")]
    assert sorted(answers) == sorted([*QUESTIONS, "registry"])


@pytest.mark.slow
def test_a_report_started_twice_at_once_on_one_folder_is_whole_and_right(tmp_path):
    for done in at_once(os.environ | {"KTTT_OUTPUTS": str(tmp_path)}, "report", times=2):
        assert done.returncode == 0, done.stderr
        run = Path(done.stdout.strip()).parent
    manifest, files = json.loads((run / "manifest.json").read_text(encoding="utf-8")), hash_tree(run)
    files.pop("manifest.json")
    assert files == manifest["outputs"] and [p.name for p in run.parent.iterdir()] == ["2020-12-31"]
    answers_once(tmp_path)


def test_the_report_gives_a_verdict_for_every_target(run):
    page = (run / "annual_report.html").read_text(encoding="utf-8")
    verdicts = {row["target_id"]: row["verdict"] for row in indicators(run)}
    for number in range(1, 15):
        assert verdicts[f"T{number}"] in {"met", "not_met", "undetermined", "tracked"}
        assert f"T{number}" in page


def test_everything_made_of_the_sample_says_synthetic(run):
    pages = sorted(run.rglob("*.html"))
    assert len(pages) >= 7
    for page in pages:
        assert "mô phỏng" in page.read_text(encoding="utf-8").lower(), page.name


def test_no_page_names_anything_to_load_from_the_network(run):
    for page in run.rglob("*.html"):
        text = page.read_text(encoding="utf-8")
        loads = re.findall(
            r"""(?:<script[^>]+src|<link[^>]+href|<img[^>]+src|url\()\s*=?\s*["']?(https?:[^"')]+)""", text
        )
        assert not loads, (page.name, loads[:3])
        assert "Content-Security-Policy" in text


def test_no_page_shows_a_path_of_the_machine(run):
    for path in run.rglob("*.html"):
        assert str(Path(__file__).parents[2]) not in path.read_text(encoding="utf-8"), path.name


def test_the_manifest_names_every_file_and_nothing_of_the_machine(run, outputs):
    text = (run / "manifest.json").read_text(encoding="utf-8")
    manifest = json.loads(text)
    made = {p.relative_to(run).as_posix() for p in run.rglob("*") if p.is_file()} - {"manifest.json"}
    assert set(manifest["outputs"]) == made
    assert set(manifest["inputs"]) >= {"plan", "registry", "published", "rulebooks", "library", "lock", "notebooks"}
    assert str(outputs) not in text and str(Path.home()) not in text


def test_the_same_run_again_changes_nothing(run, plain):
    before = json.loads((run / "manifest.json").read_text(encoding="utf-8"))["outputs"]
    (again,) = at_once(plain, "report", "--explain", times=1)  # run anew they give the same bytes: test_processors
    assert (
        again.returncode == 0
        and "Không có gì đổi" in again.stderr
        and again.stdout.strip() == str(run / "annual_report.html")
    )
    after = json.loads((run / "manifest.json").read_text(encoding="utf-8"))["outputs"]
    assert {name for name in before if before[name] != after[name]} == set()
    assert [p.name for p in run.parent.iterdir()] == ["2020-12-31"]


@pytest.fixture(scope="module")
def midyear(outputs, run, tmp_path_factory) -> tuple[Path, str]:
    """The folder of a run at mid-year in English, in an office's own styles and as PDF too; and what was said."""
    office = open_docx(str(write_reference(tmp_path_factory.mktemp("office") / "mau.docx")))
    office.styles.element.remove(office.styles["KTTT Lead"].element)
    office.sections[0].right_margin = Mm(20)
    office.save(str(outputs / "mau.docx"))
    asked = ["--language", "en", "--as-of", "2020-06-30", "--reference-doc", outputs / "mau.docx"]
    done = kttt(outputs, "report", *asked, *(["--pdf"] if shutil.which("soffice") else []))
    assert done.returncode == 0, done.stderr
    return Path(done.stdout.strip()).parent, done.stderr


def test_an_offices_styles_are_in_the_word_report_and_what_it_lacks_is_said(midyear):
    folder, said = midyear
    assert round(open_docx(str(folder / "annual_report.docx")).sections[0].right_margin.mm) == 20
    assert "mau.docx" in said and "KTTT Lead" in said and "KTTT Body" not in said
    assert "reference_doc" in json.loads((folder / "manifest.json").read_text(encoding="utf-8"))["inputs"]


@pytest.mark.office
def test_the_pdf_is_one_of_the_runs_files(midyear, run):
    folder, _ = midyear
    assert (folder / "annual_report.pdf").read_bytes().startswith(b"%PDF-1.7")
    assert "annual_report.pdf" in json.loads((folder / "manifest.json").read_text(encoding="utf-8"))["outputs"]
    assert 'href="annual_report.pdf"' in (folder / "index.html").read_text(encoding="utf-8")
    assert not (run / "annual_report.pdf").exists()  # only where it is asked for


def test_a_report_for_the_browser_is_light(run, midyear):
    for folder in (run, midyear[0]):
        assert (folder / "annual_report.html").stat().st_size < 1_000_000


def test_mid_year_in_english_nothing_due_is_called_missed(midyear):
    folder, _ = midyear
    assert folder.name == "2020-06-30"
    verdicts = {row["target_id"]: row["verdict"] for row in indicators(folder)}
    assert "not_met" not in {verdicts[f"T{n}"] for n in range(1, 15)}
    page = (folder / "annual_report.html").read_text(encoding="utf-8")
    assert '<html lang="en"' in page and "Synthetic" in page


@pytest.fixture
def registry(tmp_path) -> Path:
    return Path(shutil.copytree(SAMPLE, tmp_path / "registry"))


def test_a_text_in_a_number_column_ends_in_one_message_with_its_place(registry, tmp_path):
    path = registry / "annual_reports.csv"
    lines = path.read_text(encoding="utf-8").splitlines()
    column = lines[0].split(",").index("revenue")
    cells = lines[41].split(",")
    cells[column] = "nhiều lắm"
    lines[41] = ",".join(cells)
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    done = kttt(tmp_path / "out", "report", "--registry", registry)
    assert done.returncode == 2
    assert "Traceback" not in done.stderr
    for part in ("annual_reports.csv", "42", "Doanh thu", "nhiều lắm"):
        assert part in done.stderr
    assert not (tmp_path / "out" / "ninh-binh-2020").exists()


def test_a_wrong_comparator_ends_in_one_message_with_its_line(tmp_path):
    lines = (PLANS / "ninh-binh-2020.yaml").read_text(encoding="utf-8").splitlines()
    wrong = next(i for i, line in enumerate(lines) if "comparator:" in line)
    lines[wrong] = lines[wrong].replace('">="', '"=>"')
    path = tmp_path / "plan.yaml"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    done = kttt(tmp_path / "out", "report", "--plan", path)
    assert done.returncode == 2
    assert "Traceback" not in done.stderr
    for part in ("plan.yaml", str(wrong + 1), "=>", ">="):
        assert part in done.stderr
    assert not (tmp_path / "out").exists()


def test_a_registry_that_changes_while_the_report_is_made_leaves_the_earlier_report(registry, tmp_path, monkeypatch):
    monkeypatch.setenv("KTTT_OUTPUTS", str(tmp_path / "out"))
    settings = check_settings(registry=registry)
    earlier = tmp_path / "out" / "ninh-binh-2020" / "2020-12-31" / "annual_report.html"
    earlier.parent.mkdir(parents=True)
    earlier.write_text("earlier")

    def notebooks_while_someone_saves(*_, **__):
        with (registry / "loans.csv").open("a", encoding="utf-8") as file:
            file.write("\n")
        return []

    monkeypatch.setattr(render, "run_collection", notebooks_while_someone_saves)
    with pytest.raises(KtttError, match="while it was being read: registry"):
        render.render_report(settings)
    assert earlier.read_text() == "earlier"
    assert [p.name for p in earlier.parent.parent.iterdir()] == ["2020-12-31"]


def test_facts_that_change_while_they_are_read_are_refused(registry, tmp_path, monkeypatch):
    monkeypatch.setenv("KTTT_OUTPUTS", str(tmp_path / "out"))
    read = run_module.read_registry

    def read_while_someone_saves(*source):
        found = read(*source)
        (registry / "loans.csv").write_bytes((registry / "loans.csv").read_bytes() + b"\n")
        return found

    monkeypatch.setattr(run_module, "read_registry", read_while_someone_saves)
    with pytest.raises(KtttError, match="while it was being read: registry"):
        open_run(registry=str(registry))
    assert not (tmp_path / "out").exists()


def indicators(folder: Path) -> list[dict]:
    found = json.loads((folder / "indicators.json").read_text(encoding="utf-8"))
    return found["indicators"]
