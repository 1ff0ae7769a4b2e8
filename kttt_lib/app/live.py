"""The page of `kttt watch`: the draft or the report in a frame that loads itself again, for this machine alone."""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Condition, Thread
from typing import Any
from urllib.parse import urlsplit

from kttt_lib.report.html.page import content_policy

LOOPBACK = "127.0.0.1"
# Seconds that a page waits for news before it asks again.
WAIT = 20
WORDS = {
    "vi": {"draft": "Bản nháp", "whole": "Báo cáo đã lập", "over": "kttt watch đã dừng.", "none": "Chưa có."},
    "en": {
        "draft": "Draft",
        "whole": "The report made last",
        "over": "kttt watch has ended.",
        "none": "Not there yet.",
    },
}
STYLE = """
body { margin: 0; height: 100vh; display: flex; flex-direction: column; font: 15px/1.4 system-ui, sans-serif; }
header, pre { margin: 0; padding: .4rem 1rem; background: #23303d; color: #fff; }
a { color: #9fd0ff; margin-right: 1rem; }
pre { background: #7a1616; white-space: pre-wrap; max-height: 40vh; overflow: auto; } pre:empty { display: none; }
iframe { flex: 1; border: 0; width: 100%; }
"""
SCRIPT = """
const [told, faults, frame] = ["told", "faults", "frame"].map(id => document.getElementById(id));
async function follow(at, seen) {
  try {
    const now = await (await fetch("state?" + at)).json();
    told.textContent = now.told; faults.textContent = now.faults.join("\\n");
    if (!seen) frame.src = "draft";
    const shown = frame.contentWindow, name = shown.location.pathname.endsWith("/draft") ? "draft" : "whole";
    if (seen && seen[name] !== now[name]) {
      const place = shown.scrollY;
      frame.addEventListener("load", () => shown.scrollTo({top: place, behavior: "instant"}), {once: true});
      shown.location.reload();
    }
    follow(now.at, now);
  } catch (lost) { told.textContent = told.dataset.over; setTimeout(follow, 2000, 0, {}); }
}
follow(0);
"""
PAGE = """<!DOCTYPE html><html lang="{language}"><meta charset="utf-8"><title>kttt watch</title><style>{style}</style>
<header><a href="draft" target="frame">{draft}</a><a href="run/index.html" target="frame">{whole}</a>
<span id="told" role="status" data-over="{over}"></span></header><pre id="faults" role="alert"></pre>
<iframe id="frame" name="frame" title="{draft}"></iframe><script>{script}</script></html>"""


class Live:
    """What the page shows by now; :meth:`show` gives it news from any thread."""

    def __init__(self, language: str) -> None:
        self.language, self.key = language, secrets.token_urlsafe(16)
        self.draft, self.folder = "", ""
        self._state: dict[str, Any] = {"at": 0, "draft": 0, "whole": 0, "told": "", "faults": []}
        self._news = Condition()

    def show(self, draft: str = "", whole: str = "", **state: Any) -> None:
        """News as :class:`kttt_lib.pipeline.watch.Watch` gives them."""
        with self._news:
            self.draft = draft or self.draft
            self.folder = str(Path(whole).parent) if whole else self.folder
            self._state |= state
            for name, new in (("draft", draft), ("whole", whole), ("at", "new")):
                self._state[name] += bool(new)
            self._news.notify_all()

    def state(self, after: str) -> str:
        """The state as JSON, as soon as it is another than the one that was the ``after``-th."""
        with self._news:
            self._news.wait_for(lambda: str(self._state["at"]) != after, WAIT)
            return json.dumps(self._state)


class _Handler(SimpleHTTPRequestHandler):
    def __init__(self, live: Live, *args: Any) -> None:
        self.live = live
        super().__init__(*args, directory=live.folder)

    def do_GET(self) -> None:
        asked = urlsplit(self.path)
        _, key, name = (*asked.path.split("/", 2), "", "")[:3]
        words = WORDS[self.live.language]
        if not secrets.compare_digest(key.encode(), self.live.key.encode()):
            self.send_error(404)
        elif name == "":
            page = PAGE.format(language=self.live.language, style=STYLE, script=SCRIPT, **words)
            self._answer(page, "text/html", f"{content_policy(STYLE, SCRIPT)}; connect-src 'self'; frame-src 'self'")
        elif name == "state":
            self._answer(self.live.state(asked.query), "application/json")
        elif name == "draft":
            self._answer(self.live.draft or words["none"], "text/html")
        elif name.startswith("run/") and self.live.folder:
            self.path = name.removeprefix("run")
            super().do_GET()
        else:
            self.send_error(404)

    def handle_one_request(self) -> None:
        with suppress(ConnectionError):  # the page was closed
            super().handle_one_request()

    do_HEAD = do_GET  # which would answer without the key

    def _answer(self, text: str, kind: str, policy: str = "") -> None:
        self.send_response(200)
        self.send_header("Content-Type", f"{kind}; charset=utf-8")
        if policy:
            self.send_header("Content-Security-Policy", policy)
        self.end_headers()
        self.wfile.write(text.encode())

    def end_headers(self) -> None:
        self.send_header("Content-Security-Policy", "frame-ancestors 'self'")
        self.send_header("Cache-Control", "no-store")
        self.send_header("Referrer-Policy", "no-referrer")
        self.send_header("X-Content-Type-Options", "nosniff")
        super().end_headers()

    def log_message(self, *said: object) -> None:
        """Who asks for what is nobody's affair."""


@contextmanager
def served(live: Live, port: int = 0) -> Iterator[str]:
    """Within it the page is there, at the address given; to this machine alone, and to whoever has the address."""
    with ThreadingHTTPServer((LOOPBACK, port), partial(_Handler, live)) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield f"http://{LOOPBACK}:{server.server_port}/{live.key}/"
        finally:
            server.shutdown()
