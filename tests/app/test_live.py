"""The page of `kttt watch`: for this machine and whoever has the address, with the news as they come."""

from __future__ import annotations

import json
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest

from kttt_lib.app.live import LOOPBACK, Live, served

LONG = "<p>{word}</p><div style='height:9000px'></div>"


@pytest.fixture
def live(tmp_path):
    """The state, its address, and a report that was made."""
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / "index.html").write_text("the report", encoding="utf-8")
    (tmp_path / "secret").write_text("no")
    live = Live("vi")
    with served(live) as address:
        yield live, address, tmp_path / "run" / "annual_report.html"


def got(address: str, method: str = "GET") -> str:
    with urlopen(Request(address, method=method), timeout=60) as answer:
        return answer.read().decode()


def test_nothing_is_answered_without_the_key_nor_from_outside_the_report(live):
    state, address, made = live
    state.show(draft="a draft", whole=str(made))
    assert address.startswith(f"http://{LOOPBACK}:") and len(state.key) > 20
    root = address.removesuffix(f"{state.key}/")
    for place in ("", "draft", "state", "run/index.html", f"{state.key[:-1]}/draft", f"{state.key}/run/../../secret",
                  f"{state.key}/run/%2e%2e/secret", f"{state.key}/other"):  # fmt: skip
        for method in ("GET", "HEAD"):
            with pytest.raises(HTTPError) as refused:
                got(f"{root}{place}", method)
            assert refused.value.code == 404
    assert got(f"{address}draft") == "a draft" and got(f"{address}run/index.html") == "the report"


def test_the_page_may_talk_to_this_server_and_to_nobody_else(live):
    _, address, _ = live
    with urlopen(address, timeout=60) as answer:
        policy = answer.headers.get_all("Content-Security-Policy")[0].split("; ")
        assert answer.headers["Referrer-Policy"] == "no-referrer" and answer.headers["Cache-Control"] == "no-store"
    assert "default-src 'none'" in policy and "connect-src 'self'" in policy and "frame-src 'self'" in policy
    assert "unsafe" not in " ".join(policy) and got(f"{address}draft") == "Chưa có."


def test_news_come_to_whoever_waits_for_them(live):
    state, address, made = live
    first = json.loads(got(f"{address}state?x"))
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(got, f"{address}state?{first['at']}")
        time.sleep(0.2)
        assert not waiting.done()
        state.show(draft="x", faults=["Lỗi: <b>"])
        news = json.loads(waiting.result(60))
    assert news["draft"] == first["draft"] + 1 and news["faults"] == ["Lỗi: <b>"]
    state.show(whole=str(made), told="xong", faults=[])
    after = json.loads(got(f"{address}state?{news['at']}"))
    assert (after["draft"], after["whole"], after["told"], after["faults"]) == (1, 1, "xong", [])


@pytest.mark.browser
def test_the_page_shows_what_is_new_where_one_was_reading(live, chromium):
    state, address, made = live
    state.show(draft=LONG.format(word="first"), told="<i>")
    page = chromium.new_page()
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))

    def until(expression: str) -> None:
        end = time.monotonic() + 60
        while not page.evaluate(expression):
            assert time.monotonic() < end, expression
            time.sleep(0.02)

    inside = "frame.contentDocument.body?.innerText"
    page.goto(address)
    until(f"{inside}.includes('first')")
    page.evaluate("frame.contentWindow.scrollTo(0, 4000)")
    state.show(draft=LONG.format(word="second"), faults=["Lỗi: <script>"])
    until(f"{inside}.includes('second') && frame.contentWindow.scrollY === 4000")
    assert page.inner_text("#told") == "<i>" and page.inner_text("#faults") == "Lỗi: <script>"
    state.show(whole=str(made), faults=[])
    page.click("text=Báo cáo đã lập")
    until(f"{inside} === 'the report'")
    Path(made.parent / "index.html").write_text("a newer report", encoding="utf-8")
    state.show(whole=str(made))
    until(f"{inside} === 'a newer report'")
    assert not page.is_visible("#faults") and said == []
    page.close()
