"""The front door of plans: a plan's YAML to a Plan, or every fault of the file at once."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from kttt_lib.plan.checks import Known, plan_problems
from kttt_lib.plan.model import Plan
from kttt_lib.plan.named import named_plan
from kttt_lib.plan.problems import Problem, RecordError
from kttt_lib.plan.record import read_record


def load_plan(
    path: str | Path,
    indicators: Known | None = None,
    rules: Iterable[str] | None = None,
    rulebooks: Iterable[str] | None = None,
) -> Plan:
    """The plan at ``path``, or of that name in data/plans.

    ``indicators``: the ids that exist (this floor does not know them), or a mapping of them to things with ``unit`` and
    ``parameters``, so that these are checked too. ``rules``, ``rulebooks``: the ids that exist. None skips a check.
    Raises RecordError (a KtttError) naming every fault with file, line, value and mend.
    """
    plan, problems = _read_plan(path, indicators, rules, rulebooks)
    if plan is None or problems:
        raise RecordError(problems)
    return plan


def check_plan(
    path: str | Path,
    indicators: Known | None = None,
    rules: Iterable[str] | None = None,
    rulebooks: Iterable[str] | None = None,
) -> list[Problem]:
    """The faults that ``load_plan`` would raise, ordered by line; empty when the plan is good."""
    return sorted(_read_plan(path, indicators, rules, rulebooks)[1])


def _read_plan(
    path: str | Path, indicators: Known | None, rules: Iterable[str] | None, rulebooks: Iterable[str] | None
) -> tuple[Plan | None, list[Problem]]:
    file = named_plan(path) if isinstance(path, str) else None
    return read_record(file or path, Plan, lambda marked: plan_problems(marked, indicators, rules, rulebooks))
