"""A run's folder is published whole, with an index and a manifest that are true of it, or not touched."""

from __future__ import annotations

import io
import json
import re
import shutil
from pathlib import Path

import pandas as pd
import pytest
from click.testing import CliRunner
from PIL import Image
from wrong_runs import small_registries, tree

from kttt_lib.cli import main
from kttt_lib.errors import KtttError
from kttt_lib.pipeline import publish as module
from kttt_lib.pipeline.kept import kept_registry
from kttt_lib.pipeline.publish import publish, write_index, write_manifest
from kttt_lib.pipeline.run import open_run
from kttt_lib.report import book
from kttt_lib.report.annual import build_annual_report
from kttt_lib.report.claims.folder import read_published
from kttt_lib.report.context import prepare
from kttt_lib.report.document import Document
from kttt_lib.report.tell import readable, untold
from kttt_lib.report.terms import PROVINCE
from kttt_lib.results import SCORECARD_TARGETS


@pytest.fixture(scope="module")
def store(tmp_path_factory) -> Path:
    return tmp_path_factory.mktemp("outputs")


@pytest.fixture(scope="module")
def registry(tmp_path_factory) -> str:
    return small_registries(tmp_path_factory.mktemp("registries"))["good"]


@pytest.fixture(scope="module")
def documents() -> dict[str, Document]:
    """Reports of the small registry by language, built once."""
    return {}


@pytest.fixture
def published(store, registry, documents, tmp_path, monkeypatch):
    """``published(language)`` publishes into one folder of the test's own, without pictures; returns run and folder."""
    monkeypatch.setenv("KTTT_OUTPUTS", str(store))
    blank = io.BytesIO()
    Image.new("P", (2, 2)).save(blank, format="png")
    monkeypatch.setattr(book, "png_bytes", lambda figure: blank.getvalue())

    def do(language: str = "vi", folder: Path = tmp_path / "run"):
        run = open_run(registry=registry, language=language)
        if language not in documents:
            documents[language] = build_annual_report(run.results, run.context)
        publish(run, documents[language], folder)
        return run, folder

    return do


def is_true(folder: Path) -> dict:
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    made = tree(folder)
    del made["manifest.json"]
    assert manifest["outputs"] == made
    return manifest


@pytest.fixture
def unchecked(monkeypatch):
    """For tests of folders: the claim check has tests of its own below."""
    monkeypatch.setattr(module, "refuse_unlike", lambda folder, document, rendered: None)


def with_pages(run, folder: Path) -> None:
    """What `kttt report` adds: the notebooks' pages."""
    (folder / "notebooks").mkdir()
    (folder / "notebooks" / "02_scorecard.html").write_text("trang", encoding="utf-8")
    notebook = '{"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}'
    (folder / "notebooks" / "02_scorecard.ipynb").write_text(notebook, encoding="utf-8")
    write_index(run, folder)
    write_manifest(run, folder)


@pytest.mark.usefixtures("unchecked")
def test_another_language_replaces_the_whole_folder_and_says_so(published, capsys):
    run, folder = published()
    with_pages(run, folder)
    assert is_true(folder)["language"] == "vi" and "Thay báo cáo" not in capsys.readouterr().out
    published("en")
    said = capsys.readouterr().out
    assert ", vi), by one made from “" in said and ", en) (--output" in said
    assert "This replaces the report" in said and "pages of the earlier report are not kept" in said
    assert is_true(folder)["language"] == "en"
    assert not (folder / "notebooks").exists()
    for name in ("index.html", "annual_report.html"):
        assert '<html lang="en"' in (folder / name).read_text(encoding="utf-8")


@pytest.mark.usefixtures("unchecked")
def test_pages_of_notebooks_stay_when_they_rest_on_the_same(published, capsys):
    run, folder = published()
    with_pages(run, folder)
    before = tree(folder)
    published()
    assert tree(folder) == before and "Thay báo cáo" not in capsys.readouterr().out
    assert "notebooks/02_scorecard.html" in (folder / "index.html").read_text(encoding="utf-8")


@pytest.mark.usefixtures("unchecked")
def test_a_publication_that_breaks_off_leaves_the_earlier_one(published, monkeypatch):
    _, folder = published()
    before = tree(folder.parent)

    def broken(*_: object) -> None:
        raise OSError("the disk is full")

    monkeypatch.setattr(module, "write_workbook", broken)
    with pytest.raises(OSError, match="disk is full"):
        published("en")
    assert tree(folder.parent) == before


@pytest.mark.usefixtures("unchecked")
def test_a_folder_that_is_no_runs_is_never_replaced(published, tmp_path):
    mine = tmp_path / "mine"
    mine.mkdir()
    published(folder=mine)  # an empty one may be used
    is_true(mine)
    for name in ("papers", "file"):
        other = tmp_path / name
        if name == "papers":
            other.mkdir()
            (other / "letter.txt").write_text("mine")
        else:
            other.write_text("mine")
        before = tree(tmp_path)
        with pytest.raises(KtttError, match="is not the folder of a report"):
            published(folder=other)
        assert tree(tmp_path) == before


@pytest.mark.usefixtures("unchecked")
def test_a_document_of_another_run_is_refused(published, documents, registry, tmp_path):
    published()
    document = documents["vi"]
    for asked in ({"language": "en"}, {"as_of": "2020-06-30"}, {"audience": "public"}):
        other = open_run(registry=registry, **asked)
        with pytest.raises(KtttError, match="build it again"):
            publish(other, document, tmp_path / "other")
    assert not (tmp_path / "other").exists()


@pytest.mark.usefixtures("unchecked")
def test_comments_are_part_of_what_a_report_rests_on_and_a_public_one_says_that_it_leaves_them_out(
    published, registry, tmp_path, capsys
):
    published()
    comments = tmp_path / "y-kien.csv"
    comments.write_text("place,comment,author,date\nT1,Hỏi lại số này,,\n", encoding="utf-8")
    for audience in ("internal", "public"):
        run = open_run(registry=registry, audience=audience, comments=comments)
        publish(run, build_annual_report(run.results, run.context), tmp_path / audience)
        inside = audience == "internal"
        assert ("comments" in is_true(tmp_path / audience)["inputs"]) == inside
        assert ("Ý kiến thẩm định là nội bộ" in capsys.readouterr().out) != inside
        assert ("Hỏi lại số này" in (tmp_path / audience / "annual_report.html").read_text(encoding="utf-8")) == inside


@pytest.fixture(scope="module")
def checked(store, registry, tmp_path_factory):
    """A run published with a comment, and its folder: never changed, see ``copied``."""
    folder = tmp_path_factory.mktemp("published")
    comments = folder / "y-kien.csv"
    comments.write_text("place,comment,author,date\nT1,Hỏi lại số này,,\n", encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("KTTT_OUTPUTS", str(store))
        run = open_run(registry=registry, comments=comments)
        publish(run, build_annual_report(run.results, run.context), folder / "run")
        yield run, folder / "run"


@pytest.fixture
def copied(checked, tmp_path) -> Path:
    """A stranger's copy of the published folder: no registry, no store."""
    return Path(shutil.copytree(checked[1], tmp_path / "copy"))


def verified(*words: object) -> tuple[int, str]:
    result = CliRunner().invoke(main, ["verify-claims", *map(str, words)])
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result.exit_code, result.output


def test_the_tables_are_read_back_from_a_published_folder_as_they_were(checked):
    run, folder = checked
    tables = prepare(run.results, run.context)
    again = read_published(folder).tables
    assert set(again) == set(tables) and "report/comments" in tables
    tables[SCORECARD_TARGETS].loc[2, "self_scored"] = 3  # a sentence stands behind its caveats in the workbook
    told = untold(readable(tables, PROVINCE), PROVINCE)
    again[SCORECARD_TARGETS].loc[2, "self_scored"] = 3
    for name, table in tables.items():
        for made in (again[name], told[name]):
            pd.testing.assert_frame_equal(made, table.reset_index(drop=True), check_exact=True, obj=name)


def test_a_stranger_checks_a_report_with_the_published_folder_alone(copied):
    for name in ("annual_report.html", "annual_report.docx"):
        code, said = verified(copied / name)
        assert (code, said.count("\n")) == (0, 1) and "mọi câu, ô, hình và liên kết" in said


def test_a_changed_report_is_refused_with_the_place(copied, tmp_path):
    html = (copied / "annual_report.html").read_text(encoding="utf-8")
    old = re.search(r'(<span class="verdict [^>]*)(>[^<]+<)', html)[2]
    other = tmp_path / "sent.html"
    other.write_text(re.sub(r'(<span class="verdict [^>]*)>[^<]+<', r"\1>Doing<", html, count=1), encoding="utf-8")
    code, said = verified(other, "--run", copied, "--language", "en")
    assert code == 1 and "the file says “Doing”" in said and f"the tables tell “{old[1:-1]}”" in said and "Bảng" in said


def test_files_that_are_not_those_of_the_manifest_are_named(copied):
    names = ("tables.xlsx", "plan.yaml", "index.html")
    for name in names:
        with (copied / name).open("ab") as file:
            file.write(b"\n")
    code, said = verified(copied / "annual_report.html")
    assert code == 1 and all(f"{name}: không phải tệp mà manifest.json ghi" in said for name in names)


def test_a_result_changed_in_the_workbook_is_found_in_the_report(copied):
    import openpyxl

    book = openpyxl.load_workbook(copied / "tables.xlsx")
    sheet = book["scorecard-targets"]
    heads = [cell.value for cell in sheet[2]]
    row = next(row for row in sheet.iter_rows(min_row=3) if row[heads.index("value")].value is not None)
    row[heads.index("value")].value = 77
    book.save(copied / "tables.xlsx")
    code, said = verified(copied / "annual_report.html")
    target = row[heads.index("target_id")].value
    assert code == 1 and f"scorecard/targets?target_id={target}#value" in said and "77" in said


def test_what_is_no_report_or_no_run_is_refused(copied, tmp_path):
    (tmp_path / "r.docx").write_bytes(b"PK")
    for report, run in ((tmp_path / "r.docx", copied), (copied / "tables.xlsx", copied), (tmp_path / "no.html", copied),
                        (copied / "annual_report.html", tmp_path)):  # fmt: skip
        code, said = verified(report, "--run", run)
        assert code == 2 and "Lỗi: " in said and "Error: " in said
    (copied / "datapackage.json").write_text("{}", encoding="utf-8")
    code, said = verified(copied / "annual_report.html")
    assert code == 2 and "datapackage.json" in said


def test_a_report_that_its_tables_do_not_tell_is_not_published(published, monkeypatch):
    _, folder = published()
    before = tree(folder.parent)
    whole = module.write_whole

    def one_less(path: Path, data: bytes) -> None:
        whole(path, data)
        if path.suffix == ".html":
            path.write_text(_without_a_row(path), encoding="utf-8")

    monkeypatch.setattr(module, "write_whole", one_less)
    with pytest.raises(KtttError, match="nothing was written") as told:
        published()
    assert "is missing" in str(told.value) and "thiếu «" in str(told.value)
    assert tree(folder.parent) == before


def _without_a_row(path: Path) -> str:
    html = path.read_text(encoding="utf-8")
    start = html.index('<tr role="row"><th scope="row"')
    return html[:start] + html[html.index("</tr>", start) + 5 :]


def test_the_registry_of_a_run_is_kept_beside_its_outputs_for_comparison_and_one_that_is_given_must_be_it(
    checked, registry, store, tmp_path
):
    run, folder = checked
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    kept = kept_registry(store / "plan" / "day", manifest)
    assert set(kept) == set(run.registry.tables) and len(kept["organisations"]) > 0
    assert kept_registry(tmp_path, manifest) is None
    lists = {"features": [{"code": "lotus", "vi": "Trồng sen", "en": "Lotus"}]}  # other codes accept other rows
    assert kept_registry(store / "plan" / "day", manifest | {"about": {"lists": lists}}) is None
    given = kept_registry(tmp_path, manifest, Path(registry))
    assert all(given[name]["org_id"].equals(kept[name]["org_id"]) for name in ("organisations", "annual_reports"))
    with pytest.raises(KtttError, match="is not the registry"):
        kept_registry(tmp_path, manifest, folder)
