"""Commands on plans and on the cases that pin their meaning."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from kttt_lib.cli.options import PATH, language


@click.group()
def plan() -> None:
    """Plans as data."""


@plan.command("check")
@click.argument("plan", default="ninh-binh-2020")
def plan_check(plan: str) -> None:
    """Check a plan (a name in data/plans, or a file): indicators, rules, figures; each fault with its line."""
    from kttt_lib.indicators import INDICATORS
    from kttt_lib.pipeline.settings import plan_path
    from kttt_lib.plan import RecordError, check_plan, load_plan
    from kttt_lib.published import check_plan_sources, load_published
    from kttt_lib.rating import load_definitions

    file = plan_path(plan)
    problems = check_plan(file, INDICATORS, load_definitions()) or check_plan_sources(file, load_published())
    if problems:
        raise RecordError(problems)
    checked = load_plan(file)
    click.echo(f"{file}: {checked.id}, {len(list(checked.promises()))} cam kết / promises, OK")


@plan.command("new")
@click.argument("file", type=PATH)
def plan_new(file: Path) -> None:
    """Write a commented skeleton of a plan."""
    from kttt_lib.plan import plan_skeleton

    click.echo(plan_skeleton(file))


@click.command("test")
@click.argument("file", type=PATH)
@language
def cases(file: Path, language: str) -> None:
    """Run cases that an official can read (tests/cases/*.yaml): exit code 1 when one fails."""
    from kttt_lib.analysis.cases import run_cases

    results = run_cases(file)
    for result in results:
        click.echo(f"{'✓' if result.passed else '✗'} {result.title}")
        for fault in result.faults:
            click.echo(f"    {fault[language == 'en']}")
    passed = sum(result.passed for result in results)
    click.echo(f"{passed}/{len(results)}")
    sys.exit(0 if passed == len(results) else 1)
