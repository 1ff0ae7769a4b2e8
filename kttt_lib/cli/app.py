"""The command that opens the intake's page in a browser, for people without a terminal."""

from __future__ import annotations

import click

from kttt_lib.cli.options import language


@click.command()
@click.option("--port", type=click.IntRange(1024, 65535), default=8866, show_default=True, help="The first to try.")
@click.option("--no-browser", is_flag=True, help="Only say the address.")
@language
def app(port: int, no_browser: bool, language: str) -> None:
    """Take lists in, correct the mapping and make the report in the browser.

    The page is served to this machine alone, under a token; what is handed over lies in a private folder and is removed
    when the command ends (Ctrl+C).
    """
    from kttt_lib.app.server import serve

    words = {
        "vi": "Mở địa chỉ này trong trình duyệt; nhấn Ctrl+C ở đây để kết thúc và xóa mọi tệp:",
        "en": "Open this address in a browser; Ctrl+C here ends it and removes every file:",
    }

    def say(address: str) -> None:
        click.echo(f"{words[language]}\n{address}")

    serve(port, not no_browser, say)
