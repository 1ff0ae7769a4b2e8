"""The front door: the `kttt` command. Every user error is one message in both languages and exit code 2."""

from kttt_lib.cli.main import main

__all__ = ["main"]
