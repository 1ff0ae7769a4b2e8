"""A run's folder is published whole, with an index and a manifest that are true of it, or not touched."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from wrong_runs import small_registries, tree

from kttt_lib.errors import KtttError
from kttt_lib.pipeline import publish as module
from kttt_lib.pipeline.publish import publish, write_index, write_manifest
from kttt_lib.pipeline.run import open_run
from kttt_lib.report.annual import build_annual_report


@pytest.fixture(scope="module")
def store(tmp_path_factory) -> Path:
    return tmp_path_factory.mktemp("outputs")


@pytest.fixture(scope="module")
def registry(tmp_path_factory) -> str:
    return small_registries(tmp_path_factory.mktemp("registries"))["good"]


@pytest.fixture
def published(store, registry, tmp_path, monkeypatch):
    """``published(language)`` publishes into one folder of the test's own; returns run and folder."""
    monkeypatch.setenv("KTTT_OUTPUTS", str(store))

    def do(language: str = "vi", folder: Path = tmp_path / "run"):
        run = open_run(registry=registry, language=language)
        publish(run, build_annual_report(run.results, run.context), folder)
        return run, folder

    return do


def is_true(folder: Path) -> dict:
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    made = tree(folder)
    del made["manifest.json"]
    assert manifest["outputs"] == made
    return manifest


def with_pages(run, folder: Path) -> None:
    """What `kttt report` adds: the notebooks' pages."""
    (folder / "notebooks").mkdir()
    (folder / "notebooks" / "02_scorecard.html").write_text("trang", encoding="utf-8")
    notebook = '{"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}'
    (folder / "notebooks" / "02_scorecard.ipynb").write_text(notebook, encoding="utf-8")
    write_index(run, folder)
    write_manifest(run, folder)


def test_another_language_replaces_the_whole_folder_and_says_so(published, capsys):
    run, folder = published()
    with_pages(run, folder)
    assert is_true(folder)["language"] == "vi" and "Thay báo cáo" not in capsys.readouterr().out
    published("en")
    said = capsys.readouterr().out
    assert "This replaces the report" in said and "pages of the earlier report are not kept" in said
    assert is_true(folder)["language"] == "en"
    assert not (folder / "notebooks").exists()
    for name in ("index.html", "annual_report.html"):
        assert '<html lang="en"' in (folder / name).read_text(encoding="utf-8")


def test_pages_of_notebooks_stay_when_they_rest_on_the_same(published, capsys):
    run, folder = published()
    with_pages(run, folder)
    before = tree(folder)
    published()
    assert tree(folder) == before and "Thay báo cáo" not in capsys.readouterr().out
    assert "notebooks/02_scorecard.html" in (folder / "index.html").read_text(encoding="utf-8")


def test_a_publication_that_breaks_off_leaves_the_earlier_one(published, monkeypatch):
    _, folder = published()
    before = tree(folder.parent)

    def broken(*_: object) -> None:
        raise OSError("the disk is full")

    monkeypatch.setattr(module, "write_workbook", broken)
    with pytest.raises(OSError, match="disk is full"):
        published("en")
    assert tree(folder.parent) == before


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


def test_a_document_of_another_run_is_refused(published, registry, tmp_path):
    run, _ = published()
    document = build_annual_report(run.results, run.context)
    for asked in ({"language": "en"}, {"as_of": "2020-06-30"}, {"audience": "public"}):
        other = open_run(registry=registry, **asked)
        with pytest.raises(KtttError, match="build it again"):
            publish(other, document, tmp_path / "other")
    assert not (tmp_path / "other").exists()


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
