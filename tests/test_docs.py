"""The documentation: links that lead somewhere, a site that builds strictly and fetches nothing, true words."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tomllib
from html.parser import HTMLParser
from inspect import isfunction
from pathlib import Path
from pkgutil import resolve_name
from urllib.parse import unquote, urlsplit

import pytest
import yaml

import kttt_lib as kttt
from kttt_lib import adoption, efficiency

ROOT = Path(__file__).parents[1]
PAGES = [ROOT / name for name in ("README.md", "CONTRIBUTING.md", "CHANGELOG.md")] + sorted(
    (ROOT / "docs").rglob("*.md")
)
METHODS = sorted((ROOT / "docs" / "methods").glob("*.md"))
HEADINGS = ["Model", "Assumptions", "When not to use", "Reference", "Worked example"]
EXAMPLE = re.compile(r"^```python\n(.*?)^```\n\n```text\n(.*?)^```$", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)|^\[[^\]]+\]: (\S+)", re.MULTILINE)


class Page(HTMLParser):
    """What a built page refers to, what it loads by itself, and the places in it."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.links: set[str] = set()
        self.loads: set[str] = set()
        self.places: set[str] = set()
        self.feed(path.read_text(encoding="utf-8"))

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        self.places |= {given[name] for name in ("id", "name") if given.get(name)}
        if tag == "a" and given.get("href"):
            self.links.add(given["href"])
        elif tag == "link" and given.get("rel") != "canonical" and given.get("href"):
            self.loads.add(given["href"])
        elif given.get("src"):
            self.loads.add(given["src"])


@pytest.fixture(scope="module")
def site(tmp_path_factory) -> dict[Path, Page]:
    """The site, built strictly: every warning (a page, a name, an anchor that is not there) is an error."""
    folder = tmp_path_factory.mktemp("site")
    mkdocs = [sys.executable, "-m", "mkdocs", "build", "--quiet", "--strict", "--site-dir", folder]
    done = subprocess.run(
        mkdocs, cwd=ROOT, env=os.environ | {"NO_MKDOCS_2_WARNING": "1"}, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return {path.resolve(): Page(path) for path in folder.rglob("*.html")}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_link_of_the_sources_leads_to_a_file(page):
    links = [found for pair in LINK.findall(page.read_text(encoding="utf-8")) for found in pair if found]
    for link in links:
        parts = urlsplit(link)
        if parts.scheme or not parts.path:
            continue
        assert (page.parent / unquote(parts.path)).exists(), link


def test_every_link_of_the_built_site_leads_to_a_place_in_it(site):
    seen = 0
    for path, page in site.items():
        for link in page.links | page.loads:
            parts = urlsplit(link)
            if parts.scheme or link.startswith("data:") or path.name == "404.html":
                continue
            target = (path.parent / unquote(parts.path)).resolve() if parts.path else path
            if target.is_dir():
                target /= "index.html"
            assert target.is_file(), (path.name, link)
            if parts.fragment and target in site:
                assert unquote(parts.fragment) in site[target].places | {"__skip"}, (path.name, link)
            seen += 1
    assert seen > 300


def test_the_site_loads_nothing_from_elsewhere(site):
    for path, page in site.items():
        assert not [load for load in page.loads if urlsplit(load).netloc], path.name
    for style in Path(next(iter(site))).parent.rglob("*.css"):
        assert not re.search(r"url\(['\"]?(https?:)?//", style.read_text(encoding="utf-8")), style.name


def test_every_name_that_the_package_and_its_methods_expose_stands_in_the_api(site):
    (api,) = (page for path, page in site.items() if path.name == "api.html")
    shown = {place.rpartition(".")[2] for place in api.places} | {"INDICATORS"}
    assert "Catalogue" in shown and {*kttt.__all__, *efficiency.__all__, *adoption.__all__} <= shown


def test_the_gallery_shows_a_figure_of_each_question_with_its_words(site):
    (path,) = (path for path in site if path.name == "gallery.html")
    pictures = re.findall(r'<img alt="([^"]+)" src="(images/[^"]+)"', path.read_text(encoding="utf-8"))
    assert len(pictures) >= 5 and all((path.parent / source).stat().st_size > 1000 for _, source in pictures)


@pytest.mark.parametrize("page", METHODS, ids=lambda page: page.stem)
def test_a_method_has_a_page_that_the_index_leads_to_with_the_same_headings(page):
    text = page.read_text(encoding="utf-8")
    assert re.findall(r"^## (.+)$", text, re.MULTILINE) == HEADINGS
    assert f"(methods/{page.name})" in (ROOT / "docs" / "methods.md").read_text(encoding="utf-8")
    names = re.findall(r"`(kttt_lib[\w.]+)`", text)
    assert names and all(resolve_name(name) for name in names)


@pytest.mark.parametrize("page", METHODS, ids=lambda page: page.stem)
def test_a_worked_example_prints_what_its_page_says(page, capsys):
    ((code, printed),) = EXAMPLE.findall(page.read_text(encoding="utf-8"))
    exec(compile(code, str(page), "exec"), {})
    shown = [line.rstrip() for line in capsys.readouterr().out.splitlines()]
    assert shown == printed.splitlines()


def test_every_method_of_the_library_has_its_page():
    told = " ".join(page.read_text(encoding="utf-8") for page in METHODS)
    for module in (adoption, efficiency):
        public = {name for name in module.__all__ if isfunction(getattr(module, name))} - {"dea_scores", "hazard_of"}
        assert not {name for name in public if f"`{module.__name__}.{name}`" not in told}


def test_the_files_that_contributing_names_are_there():
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    names = set(re.findall(r"(?:kttt_lib|data|tests|docs)/[\w/.-]+\.(?:py|yaml|md|csv|json)", text))
    new = {"tests/cases/thanh_vien_nu.yaml", "docs/indicators.md"}
    assert len(names) > 12 and not [name for name in names - new if not (ROOT / name).exists()]


def test_the_licence_and_the_citation_say_what_the_project_file_says():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert project["license"] == "MIT" and (ROOT / "LICENSE").read_text(encoding="utf-8").startswith("MIT License\n")
    cited = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    assert cited["cff-version"] == "1.2.0" and {"message", "title", "authors"} <= set(cited)  # what 1.2.0 requires
    assert cited["type"] == "software" and all(set(author) == {"name"} for author in cited["authors"])
    assert (cited["version"], cited["license"]) == (project["version"], project["license"])
    allowed = {"cff-version", "message", "title", "abstract", "type", "authors", "version", "license", "keywords"}
    assert set(cited) <= allowed
    assert f"## [{project['version']}]" in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")


def test_hooks_and_public_ci_call_make_and_nothing_cleverer():
    hooks = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text(encoding="utf-8"))
    calls = [hook["entry"] for repo in hooks["repos"] for hook in repo["hooks"]]
    assert {repo["repo"] for repo in hooks["repos"]} == {"local"} and all(call.startswith("make ") for call in calls)
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    assert {call.split()[-1] for call in calls} <= targets
    flow = yaml.safe_load((ROOT / ".github" / "workflows" / "ci.yml").read_text(encoding="utf-8"))
    (job,) = flow["jobs"].values()
    assert [step["run"].split()[-1] for step in job["steps"] if "run" in step] == [".ci/run"]
    assert flow["permissions"] == {"contents": "read"}
