"""The command group: who speaks, and how errors reach people."""

from __future__ import annotations

import click

from kttt_lib.cli.plans import cases, plan
from kttt_lib.cli.registry import check, merge, sample, template
from kttt_lib.cli.reports import compare, docs, notebooks, reference_doc, report
from kttt_lib.errors import KtttError


class Front(click.Group):
    """Prints a KtttError instead of a traceback."""

    def invoke(self, ctx: click.Context) -> object:
        """Run the command; a user's error becomes its message and exit code."""
        try:
            return super().invoke(ctx)
        except KtttError as error:
            click.echo("\n".join(error.lines()), err=True)
            ctx.exit(error.exit_code)


@click.group(cls=Front, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="kttt")
def main() -> None:
    """Kế hoạch kinh tế tập thể có giữ lời? / Did a collective-economy plan keep its promises?"""


for command in (report, check, template, merge, sample, plan, cases, compare, docs, notebooks, reference_doc):
    main.add_command(command)
