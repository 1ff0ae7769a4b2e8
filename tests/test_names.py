"""What `import kttt_lib` exposes: the names, their help and examples, and how they look at a prompt."""

from __future__ import annotations

import ast
import doctest
import inspect
import subprocess
import sys
from html.parser import HTMLParser
from importlib import import_module
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import kttt_lib as kttt
from kttt_lib import adoption, efficiency
from kttt_lib.errors import KtttError
from kttt_lib.indicators import INDICATORS
from kttt_lib.resources import SAMPLE


@pytest.fixture(scope="module")
def registry() -> kttt.Registry:
    return kttt.read_registry("sample")


def documented(name: str) -> object:
    """What ``help`` speaks of: the object, or the class of one that is a value."""
    found = getattr(kttt, name)
    return found if callable(found) else type(found)


@pytest.mark.parametrize("name", kttt.__all__)
def test_the_example_of_every_exposed_name_runs(name, tmp_path, monkeypatch):
    monkeypatch.setenv("KTTT_OUTPUTS", str(tmp_path))
    made = examples(name, documented(name))
    assert made and made[0].examples, "no example"
    assert not [said for test in made for said in faults(test)]


def examples(name: str, found: object) -> list[doctest.DocTest]:
    return doctest.DocTestFinder(recurse=False).find(found, name, globs={})


def faults(test: doctest.DocTest) -> list[str]:
    said: list[str] = []
    doctest.DocTestRunner(optionflags=doctest.NORMALIZE_WHITESPACE).run(test, out=said.append)
    return said


@pytest.mark.parametrize("module", [adoption, efficiency], ids=["adoption", "efficiency"])
def test_the_examples_of_the_methods_run(module):
    named = [(name, getattr(module, name)) for name in module.__all__ if name not in kttt.__all__]
    made = [test for name, found in named if callable(found) for test in examples(name, found)]
    assert not [said for test in made for said in faults(test)]
    assert module is adoption or sum(bool(test.examples) for test in made) > 5


@pytest.mark.parametrize("name", sorted(set(kttt.__all__) - {"KtttError"}))
def test_help_tells_errors_and_source(name):
    said = inspect.getdoc(documented(name))
    assert "rror" in said or "raises" in said, "no errors"
    assert "Source" in said or "source" in said or "docs/" in said, "no source"


def test_the_examples_of_the_package_run():
    assert doctest.testmod(kttt).failed == 0


def test_names_come_from_where_the_types_say():
    tree = ast.parse(Path(kttt.__file__).read_text(encoding="utf-8"))
    (block,) = (node for node in tree.body if isinstance(node, ast.If))
    typed = {alias.name: node.module for node in block.body for alias in node.names}
    assert typed == kttt._HOME and sorted(typed) == sorted(kttt.__all__) and set(typed) <= set(dir(kttt))
    for name, home in typed.items():
        assert getattr(kttt, name) is getattr(import_module(home), name)
    with pytest.raises(AttributeError, match="no attribute 'dae'"):
        kttt.dae  # noqa: B018


def test_importing_the_package_and_asking_the_command_for_help_load_nothing_heavy():
    script = (
        "import sys, kttt_lib; first = {m.partition('.')[0] for m in sys.modules}\n"
        "from kttt_lib.cli import main\n"
        "try: main(['--help'])\n"
        "except SystemExit: pass\n"
        "now = {m.partition('.')[0] for m in sys.modules}\n"
        "heavy = {'numpy', 'pandas', 'scipy', 'numba', 'matplotlib', 'pydantic'}\n"
        "print(heavy & first, heavy & now)"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert done.stdout.endswith("set() set()\n"), done.stdout + done.stderr


def test_the_sample_is_read_by_its_name_from_anywhere(registry, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert kttt.read_registry("sample").equals(registry)
    (tmp_path / "sample").mkdir()
    with pytest.raises(KtttError, match=r"write \./sample") as caught:
        kttt.read_registry("sample")
    assert "viết ./sample" in caught.value.message_vi
    with pytest.raises(KtttError, match="Organisations"):
        kttt.read_registry("./sample")
    assert kttt.read_registry(SAMPLE).equals(registry)


def test_a_plan_is_loaded_by_its_name_or_its_path_and_checked_against_what_can_be_measured(tmp_path):
    plan = kttt.load_plan("ninh-binh-2020")
    assert plan == kttt.load_plan(SAMPLE.parents[1] / "plans" / "ninh-binh-2020.yaml")
    with pytest.raises(KtttError, match="did you mean 'ninh-binh-2020'"):
        kttt.load_plan("ninh-bin-2020")
    text = (SAMPLE.parents[1] / "plans" / "ninh-binh-2020.yaml").read_text(encoding="utf-8")
    (tmp_path / "other.yaml").write_text(text.replace("indicator: new_htx", "indicator: new_htxx"), encoding="utf-8")
    with pytest.raises(KtttError, match=r"no indicator 'new_htxx'.*did you mean 'new_htx'"):
        kttt.load_plan(tmp_path / "other.yaml")


@pytest.mark.parametrize("name", INDICATORS)
def test_an_indicator_that_asks_nothing_of_a_plan_needs_none_and_any_other_says_what_it_needs(registry, name):
    view, plan = registry.as_of("2020-12-31"), kttt.load_plan("ninh-binh-2020")
    indicator = INDICATORS[name]
    if indicator.nature == "stock" and not indicator.concepts:
        alone, planned = kttt.measure(name, view), kttt.measure(name, view, None, plan)
        assert alone == planned and alone.members.equals(planned.members)
        return
    with pytest.raises(KtttError) as caught:
        kttt.measure(name, view)
    asked = [f"definitions.{concept}" for concept in indicator.concepts]
    asked += {"stock": [], "flow": ["(period)"], "cohort": ["(population_start)"]}[indicator.nature]
    for message in (caught.value.message_vi, caught.value.message_en):
        assert f"'{name}'" in message and any(word in message for word in asked)
    assert kttt.measure(name, view, None, plan).indicator == name


def test_a_plan_stands_for_its_context(registry):
    view, plan = registry.as_of("2020-12-31"), kttt.load_plan("ninh-binh-2020")
    assert kttt.measure("new_htx", view, plan_context=plan) == kttt.measure(
        "new_htx", view, plan_context=kttt.PlanContext.of(plan)
    )


class Cells(HTMLParser):
    """The tags and the text of a piece of HTML."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.texts: list[str] = []

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)

    def handle_data(self, data):
        self.texts.append(data)


def rows_at_risk() -> pd.DataFrame:
    return pd.DataFrame({"unit": [1, 1, 2, 3, 3], "period": [1, 2, 1, 1, 2], "event": [0, 1, 1, 0, 0]})


X, Y = np.array([[2.0], [4.0], [6.0], [5.0]]), np.array([[1.0], [3.0], [3.0], [2.0]])
SHOWN = {
    "Registry": lambda registry: registry,
    "AsOfView": lambda registry: registry.as_of("2020-12-31"),
    "Measurement": lambda registry: kttt.measure("revenue_mean", registry.as_of("2020-12-31")),
    "Plan": lambda _: kttt.load_plan("ninh-binh-2020"),
    "DeaResult": lambda _: kttt.dea(X, Y),
    "BootstrapResult": lambda _: kttt.bootstrap_dea(X, Y, replications=20, seed=1),
    "DiffusionFit": lambda _: kttt.fit_diffusion([2, 4, 7, 9, 8, 5, 3]),
    "HazardFit": lambda _: kttt.fit_hazard(rows_at_risk(), "event ~"),
}


@pytest.mark.parametrize("kind", SHOWN)
def test_a_result_is_one_short_line_at_a_prompt_and_a_small_table_in_a_notebook(registry, kind):
    result = SHOWN[kind](registry)
    assert type(result) is getattr(kttt, kind)
    assert repr(result).startswith(f"{kind}(") and "\n" not in repr(result) and len(repr(result)) < 300
    cells = Cells()
    cells.feed(result._repr_html_())
    assert cells.tags == {"table", "caption", "tbody", "tr", "th", "td"} and cells.texts[0] == kind
    for name, value in result._shown().items():
        assert name in cells.texts and name in repr(result), name
        assert value is None or cells.texts[cells.texts.index(name) + 1]


def test_a_registry_says_what_it_is_how_much_and_that_it_is_made_up(registry):
    assert repr(registry) == (
        f"Registry(province=Ninh Bình, synthetic=True, organisations={len(registry.tables['organisations'])}, "
        f"rows={sum(map(len, registry.tables.values()))}, errors=0, set_aside=0)"
    )
    assert "date=2020-06-30, known_on=2020-12-31" in repr(registry.as_of("2020-06-30", "2020-12-31"))


def test_what_a_registry_writes_of_itself_is_escaped_cut_and_kept_on_its_line(registry):
    bad = "<script>alert(1)</script>\n\x1b[31m" + "x" * 500
    tables = {name: table.head(0) if name != "organisations" else table for name, table in registry.tables.items()}
    shown = type(registry)(tables, {"province": bad}, registry.findings, {}, registry.counts)
    assert "<script" not in shown._repr_html_() and "&lt;script&gt;" in shown._repr_html_()
    assert "\n" not in repr(shown) and "\x1b" not in repr(shown) + shown._repr_html_() and len(repr(shown)) < 300
    assert "synthetic=False" in repr(shown)


def test_the_catalogue_lists_its_indicators_in_a_notebook():
    assert repr(INDICATORS) == f"Catalogue({len(INDICATORS)} indicators)"
    assert all(name in INDICATORS._repr_html_() for name in INDICATORS)
