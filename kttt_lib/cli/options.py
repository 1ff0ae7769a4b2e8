"""Options that several commands share."""

from __future__ import annotations

from pathlib import Path

import click

PATH = click.Path(path_type=Path)
language = click.option(
    "--language", type=click.Choice(["vi", "en"]), default="vi", show_default=True, help="Language of what is printed."
)


def say(text: str) -> None:
    """Progress and notes go to stderr, so that stdout holds the answer alone."""
    click.echo(text, err=True)
