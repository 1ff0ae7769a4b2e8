"""The command that keeps a page after what somebody edits."""

from __future__ import annotations

import signal

import click

from kttt_lib.cli.options import say
from kttt_lib.cli.reports import of_report

# A terminal that is closed and a service that is stopped end it as Ctrl+C does.
ENDS = [getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)]
PUBLIC = (
    "kttt watch chỉ lập bản nội bộ: mỗi bản công khai lập ra đều tính là đã công bố, bản sau trừ bản ấy không được lộ "
    "số của ai, nên không có bản nháp công khai. Sửa xong thì chạy: kttt report --audience public",
    "kttt watch makes the internal edition alone: each public one counts as published, and what a later one less it "
    "would tell must be nobody's, so there are no public drafts. When all is written: kttt report --audience public",
)
WORDS = {
    "vi": (
        "Mở địa chỉ này trong trình duyệt (chỉ máy này xem được, ai có địa chỉ đều xem được); Ctrl+C ở đây để dừng:",
        "Đã dừng; báo cáo đã lập còn nguyên, bản nháp không để lại gì.",
    ),
    "en": (
        "Open this address in a browser (on this machine alone, by whoever has the address); Ctrl+C here ends it:",
        "Ended; the report made last is as it was, nothing is left of the draft.",
    ),
}


@click.command()
@of_report
@click.option("--port", type=click.IntRange(1024, 65535), default=None, help="Of the page [default: any free one].")
def watch(plan, registry, as_of, language, audience, comments, output, quarantine, reference_doc, port) -> None:
    """Show the report while notebooks, sentences, plan or registry are edited.

    A changed sentence is on the page within seconds, as a draft that says so; the whole report is made anew behind it,
    and begun again when more changes. Faults are told here and on the page, and watching goes on until Ctrl+C.
    """
    from kttt_lib.app.live import Live, served
    from kttt_lib.errors import KtttError
    from kttt_lib.pipeline.settings import check_settings
    from kttt_lib.pipeline.watch import Watch

    if audience == "public":
        raise KtttError(*PUBLIC)
    settings = check_settings(plan, registry, as_of, language, audience, quarantine, comments, output, reference_doc)
    for number in ENDS:
        signal.signal(number, signal.default_int_handler)
    live = Live(settings.language)
    try:
        with served(live, port or 0) as address:
            click.echo(f"{WORDS[settings.language][0]}\n{address}")
            Watch(settings, live.show, say).run()
    except KeyboardInterrupt:
        say(WORDS[settings.language][1])
