"""The command group: who speaks, and how errors reach people."""

from __future__ import annotations

import io
import sys
from contextlib import redirect_stderr, redirect_stdout
from typing import TextIO

import click

from kttt_lib.cli.app import app
from kttt_lib.cli.forms import forms
from kttt_lib.cli.intake import intake
from kttt_lib.cli.plans import cases, plan
from kttt_lib.cli.registry import check, history, merge, sample, template
from kttt_lib.cli.reports import compare, docs, notebooks, reference_doc, report, verify, verify_claims
from kttt_lib.cli.watch import watch
from kttt_lib.errors import KtttError, of_machine
from kttt_lib.visible import visible

NOBODY_ANSWERS = (
    "Lệnh hỏi mà không có ai trả lời: ghi các mục ấy ngay trong lệnh (xem --help).",
    "The command asks and nobody answers: give what it asks for as options (see --help).",
)
STOPPED = (
    "Đã dừng theo yêu cầu; báo cáo có từ trước còn nguyên.",
    "Stopped as asked; an earlier report is as it was.",
)


class Seen(io.TextIOBase):
    """A stream on which characters that lie become marks, whoever writes to it."""

    def __init__(self, stream: TextIO) -> None:
        self.stream = stream

    def write(self, text: str) -> int:
        """Write the text as it can be seen."""
        self.stream.write(visible(text))
        return len(text)

    def flush(self) -> None:
        """Flush the stream behind."""
        self.stream.flush()

    def isatty(self) -> bool:
        """Whether a terminal is behind."""
        return self.stream.isatty()


class Front(click.Group):
    """Prints a KtttError instead of a traceback."""

    def invoke(self, ctx: click.Context) -> object:
        """Run the command; a user's error becomes its message and exit code."""
        with redirect_stdout(Seen(sys.stdout)), redirect_stderr(Seen(sys.stderr)):
            try:
                return super().invoke(ctx)
            except KtttError as error:
                refusal = error
            except click.Abort as stop:
                if not isinstance(stop.__context__, EOFError):
                    raise
                refusal = KtttError(*NOBODY_ANSWERS)
            except KeyboardInterrupt:
                click.echo("\n".join(STOPPED), err=True)
                ctx.exit(130)
            except OSError as error:
                machines = None if isinstance(error, BrokenPipeError) else of_machine(error)
                if machines is None:
                    raise
                refusal = machines
                refusal.exit_code = 1
            click.echo("\n".join(refusal.lines()), err=True)
            ctx.exit(refusal.exit_code)


@click.group(cls=Front, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="kttt")
def main() -> None:
    """Kế hoạch kinh tế tập thể có giữ lời? / Did a collective-economy plan keep its promises?"""


for command in (
    report, watch, check, template, intake, app, forms, merge, history, sample, plan, cases, compare, verify,
    verify_claims, docs, notebooks, reference_doc,
):  # fmt: skip
    main.add_command(command)
