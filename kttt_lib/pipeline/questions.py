"""The questions that notebooks ask: each name leads to one analysis, its tables are named "<question>/<table>"."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import wraps
from inspect import signature
from typing import Any

import pandas as pd

from kttt_lib.analysis.coverage import covering
from kttt_lib.analysis.frontier import htx_efficiency, restructuring
from kttt_lib.analysis.new_model import new_model_adoption
from kttt_lib.analysis.outlook import new_model_chance, outlook
from kttt_lib.analysis.registry_check import registry_check
from kttt_lib.analysis.resources import resources
from kttt_lib.analysis.scorecard import scorecard
from kttt_lib.analysis.situation import situation
from kttt_lib.analysis.typical import typical
from kttt_lib.errors import KtttError
from kttt_lib.pipeline.code import rests_on, roots_of
from kttt_lib.pipeline.store import Tables
from kttt_lib.plan import Plan
from kttt_lib.registry import Registry
from kttt_lib.results import ADOPTION_CHANCE, EFFICIENCY_SCORES, SCORECARD_MEMBERS, SCORECARD_TARGETS


@dataclass(frozen=True)
class Given:
    """What every analysis may look at."""

    plan: Plan
    registry: Registry
    as_of: date
    published: pd.DataFrame
    results: Mapping[str, pd.DataFrame]


@wraps(htx_efficiency)  # its keyword arguments are the question's parameters
def _efficiency(given: Given, **parameters: Any) -> Tables:
    return htx_efficiency(given.registry, given.as_of, given.plan.rulebook_of_year, **parameters)


@dataclass(frozen=True)
class Question:
    """An analysis as it is asked of a run, and the questions whose answers it reads: it is given no others."""

    ask: Callable[..., Tables]
    reads: tuple[str, ...] = ()


QUESTIONS: dict[str, Question] = {
    "registry": Question(lambda f: registry_check(f.registry, f.as_of, f.published, f.plan.rulebook_of_year)),
    "situation": Question(lambda f: situation(f.registry, f.as_of)),
    "resources": Question(lambda f: resources(f.registry, f.as_of)),
    "scorecard": Question(lambda f: scorecard(f.plan, f.registry, f.as_of, f.published)),
    "efficiency": Question(_efficiency),
    "models": Question(
        lambda f: typical(f.registry, f.as_of, f.plan.rulebook_of_year, f.results[EFFICIENCY_SCORES]),
        reads=("efficiency",),
    ),
    "restructuring": Question(
        lambda f: restructuring(f.plan, f.registry, f.as_of, f.results[SCORECARD_MEMBERS]), reads=("scorecard",)
    ),
    "adoption": Question(
        lambda f: (
            new_model_adoption(f.registry, f.as_of)
            | {ADOPTION_CHANCE: new_model_chance(f.plan, covering(f.registry, f.as_of, f.published), f.as_of)}
        )
    ),
    "outlook": Question(
        lambda f: outlook(f.plan, covering(f.registry, f.as_of, f.published), f.as_of, f.results[SCORECARD_TARGETS]),
        reads=("scorecard",),
    ),
}


# What makes a run's facts and puts away its answers, whatever is asked.
_AROUND = ("registry", "indicators", "published", "results", "report.precision")
_OWN = ("pipeline.questions", "pipeline.run", "pipeline.store")


def code_of(question: str, hashes: Mapping[str, str]) -> dict[str, str]:
    """SHA-256 of the library's files that an answer rests on, also by the answers that it reads; ``hashes``: of all."""
    asked, roots = QUESTIONS[question], {f"kttt_lib.{name}" for name in (*_AROUND, *_OWN)}
    found = rests_on({*roots, *roots_of(asked.ask)}, hashes, stop=frozenset(f"kttt_lib.{name}" for name in _OWN))
    for other in asked.reads:
        found |= code_of(other, hashes)
    return found


def filled(question: str, **given: object) -> dict[str, object]:
    """All parameters of a question: those given, the analysis's defaults for the rest; lists and arrays as tuples.

    So what is asked in two ways that mean the same is one question. KtttError for a question or a parameter that is
    not there.
    """
    if question not in QUESTIONS:
        raise KtttError(
            f"Không có câu hỏi {question!r}; có: {', '.join(QUESTIONS)}.",
            f"There is no question {question!r}; there are: {', '.join(QUESTIONS)}.",
        )
    takes = signature(QUESTIONS[question].ask).parameters.values()
    defaults = {parameter.name: parameter.default for parameter in takes if parameter.kind is parameter.KEYWORD_ONLY}
    for name in given:
        if name not in defaults:
            raise KtttError(
                f"Câu hỏi {question!r} không có tham số {name!r}; có: {', '.join(defaults) or 'không có'}.",
                f"The question {question!r} has no parameter {name!r}; it has: {', '.join(defaults) or 'none'}.",
            )
    return {name: _plain(value) for name, value in (defaults | given).items()}


def _plain(value: object) -> object:
    value = value.tolist() if hasattr(value, "tolist") else value
    return tuple(map(_plain, value)) if isinstance(value, list | tuple) else value
