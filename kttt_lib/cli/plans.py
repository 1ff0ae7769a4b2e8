"""Commands on plans and on the cases that pin their meaning."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import click

from kttt_lib.cli.options import PATH, language

# What the skeleton of a plan has where the province writes its own.
PLACEHOLDER = re.compile(r"\.\.\.|\b00/KH-UBND")


def unfilled(file: Path) -> list[tuple[int, str]]:
    """Lines of a plan that still have the skeleton's words: number and text; comments are passed over."""
    lines = file.read_text(encoding="utf-8-sig").splitlines()
    return [
        (number, line.strip())
        for number, line in enumerate(lines, start=1)
        if not line.lstrip().startswith("#") and PLACEHOLDER.search(line)
    ]


@click.group()
def plan() -> None:
    """Plans as data."""


@plan.command("check")
@click.argument("plan", default="ninh-binh-2020")
@click.option("--explain", is_flag=True, help="Say each promise back in one sentence, made of its parts.")
def plan_check(plan: str, explain: bool) -> None:
    """Check a plan (a name in data/plans, or a file): indicators, rules, figures; each fault with its line."""
    from kttt_lib.authoring.explained import explained
    from kttt_lib.indicators import INDICATORS
    from kttt_lib.plan import RecordError, check_plan, load_plan
    from kttt_lib.plan.named import plan_path
    from kttt_lib.published import check_plan_sources, load_published
    from kttt_lib.rating import load_definitions, scored_rulebooks

    file = plan_path(plan)
    problems = check_plan(file, INDICATORS, load_definitions(), scored_rulebooks())
    problems = problems or check_plan_sources(file, load_published())
    if problems:
        raise RecordError(problems)
    checked = load_plan(file)
    for _, promise in checked.promises() if explain else ():
        click.echo("\n".join(explained(promise, checked.lists)))
    _say_unknown(checked.province)
    left = unfilled(file)
    for number, text in left:
        said = "còn chữ của mẫu, hãy điền / still the skeleton's words, fill in"
        click.echo(f"{file}, dòng / line {number}: {said}: {text}")
    verdict = f"{len(left)} dòng chưa điền / lines to fill in" if left else "OK"
    click.echo(f"{file}: {checked.id}, {len(list(checked.promises()))} cam kết / promises, {verdict}")


def _say_unknown(province: str) -> None:
    """A word on a province that no list names: its registry could not be told from another's."""
    from kttt_lib.plan.provinces import nearest_area

    if (near := nearest_area(province)) is None:
        return
    meant = (f" Có phải “{near}”?", f" Is it “{near}”?") if near else ("", "")
    click.echo(f"Không có tỉnh, thành phố nào tên “{province}” trong danh mục.{meant[0]}", err=True)
    click.echo(f"No province or city called “{province}” is in the lists.{meant[1]}", err=True)


@plan.command("new")
@click.argument("file", type=PATH)
@click.option("--province", prompt="Tỉnh, thành phố / province or city", help="Bare name, such as Kon Tum or Hà Nội.")
@click.option(
    "--period", "--year", prompt="Năm hoặc giai đoạn (2026, 2026:2030) / year or period", help="2026, or 2026:2030."
)
def plan_new(file: Path, province: str, period: str) -> None:
    """Write a plan to begin with: the rules in force in its period, and an example of each form of target.

    Asks for what is not given.
    """
    from kttt_lib.authoring.new_plan import plan_skeleton

    click.echo(plan_skeleton(file, province, period))
    _say_unknown(province)


@click.command("test")
@click.argument("file", type=PATH)
@language
def cases(file: Path, language: str) -> None:
    """Run cases that an official can read (tests/cases/*.yaml): exit code 1 when one fails."""
    from kttt_lib.authoring.cases import run_cases

    results = run_cases(file)
    for result in results:
        click.echo(f"{'✓' if result.passed else '✗'} {result.title}")
        for fault in result.faults:
            click.echo(f"    {fault[language == 'en']}")
    passed = sum(result.passed for result in results)
    click.echo(f"{passed}/{len(results)}")
    sys.exit(0 if passed == len(results) else 1)
