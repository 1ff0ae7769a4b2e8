"""In a real Chromium: no request, error, axe violation or sideways scroll; numbers open their source; a clean print."""

from __future__ import annotations

import pytest

pytestmark = pytest.mark.browser

NAMES = ["vi", "en", "public", "notebook", "index"]
REPORTS = ["vi", "en", "public"]


class Watched:
    """A page that remembers what it asked for and what it complained of."""

    def __init__(self, chromium, path, *, width=1280, height=900, scheme="light", script=True) -> None:
        self.context = chromium.new_context(
            viewport={"width": width, "height": height}, color_scheme=scheme, java_script_enabled=script
        )
        self.page = self.context.new_page()
        self.requests: list[str] = []
        self.complaints: list[str] = []
        self.page.on("request", lambda r: self.requests.append(r.url))
        self.page.on("console", lambda m: self.complaints.append(m.text))
        self.page.on("pageerror", lambda e: self.complaints.append(str(e)))
        self.page.goto(path.as_uri(), wait_until="load")

    def __enter__(self) -> Watched:
        return self

    def __exit__(self, *_: object) -> None:
        self.context.close()


@pytest.mark.parametrize("name", NAMES)
def test_a_page_asks_for_nothing_and_complains_of_nothing(chromium, pages, name):
    with Watched(chromium, pages[name]) as watched:
        watched.page.wait_for_timeout(200)
        outside = [u for u in watched.requests if not u.startswith(("file:", "data:"))]
        assert outside == [] and watched.complaints == []
        assert [u for u in watched.requests if u.startswith("file:")] == [pages[name].as_uri()]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 360])
@pytest.mark.parametrize("name", NAMES)
def test_axe_finds_nothing(chromium, pages, name, width, scheme):
    from axe_playwright_python.sync_playwright import Axe

    # All rules are run; only of violations are the places gathered, which takes half the time.
    options = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"], "resultTypes": ["violations"]}
    with Watched(chromium, pages[name], width=width, scheme=scheme) as watched:
        # A page's own policy forbids every script but its own; the tester's must be let in.
        found = Axe().run(watched.page, options=options).response["violations"]
        told = [(v["id"], [n["target"] for n in v["nodes"][:3]], v["nodes"][0]["failureSummary"]) for v in found]
        assert told == []


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("width", [320, 360, 768, 1280])
def test_nothing_needs_a_sideways_scroll(chromium, pages, name, width):
    with Watched(chromium, pages[name], width=width) as watched:
        whole = watched.page.evaluate("document.documentElement.scrollWidth")
        assert whole <= width
        wide = "[...document.querySelectorAll('.scroll')].filter(e => e.scrollWidth > e.clientWidth + 1).length"
        if width == 360:
            assert watched.page.evaluate(wide) == 0, "a table scrolls sideways on a phone"


@pytest.mark.parametrize("name", REPORTS)
def test_a_number_opens_its_source_by_click_and_by_key(chromium, pages, name):
    with Watched(chromium, pages[name]) as watched:
        page = watched.page
        link = page.locator("p a.n[href='#src-T3']").first
        value = link.inner_text()
        link.click()
        dialog = page.locator("dialog[open]")
        assert dialog.locator("[data-part=value]").inner_text() == value
        assert "T3" in dialog.locator("[data-part=title]").inner_text()
        assert "scorecard/targets" in dialog.locator("[data-part=source]").inner_text()
        assert dialog.locator("details.rows").count() > 0
        page.keyboard.press("Escape")
        assert page.locator("dialog[open]").count() == 0
        link.focus()
        page.keyboard.press("Enter")
        assert page.locator("dialog[open]").count() == 1
        page.locator("dialog button").click()
        assert page.locator("dialog[open]").count() == 0
        assert watched.complaints == []


def test_without_script_a_number_leads_to_the_annex(chromium, pages):
    with Watched(chromium, pages["vi"], script=False) as watched:
        watched.page.locator("p a.n[href='#src-T3']").first.click()
        assert watched.page.url.endswith("#src-T3")
        assert watched.page.locator("#src-T3").is_visible()


@pytest.mark.parametrize("name", REPORTS)
def test_the_print_is_a4_with_whole_tables(chromium, pages, name, tmp_path):
    from pypdf import PdfReader

    path = tmp_path / "print.pdf"
    with Watched(chromium, pages[name]) as watched:
        heads = [t.strip() for t in watched.page.locator("table caption").all_inner_texts()]
        watched.page.pdf(path=str(path), prefer_css_page_size=True, print_background=True)
    reader = PdfReader(path)
    sizes = {(round(float(p.mediabox.width)), round(float(p.mediabox.height))) for p in reader.pages}
    assert sizes <= {(595, 842), (842, 595)} and (595, 842) in sizes
    text = "\n".join(p.extract_text() for p in reader.pages)
    squeezed = "".join(text.split())
    assert heads and all("".join(head.split()) in squeezed for head in heads)
    # Nothing is printed outside the page: what is cut at the right edge would lie beyond the width.
    for page in reader.pages:
        far: list[float] = []
        page.extract_text(
            visitor_text=lambda t, cm, tm, *_, far=far: far.append(cm[4] + tm[4] * cm[0]) if t.strip() else None
        )
        assert not far or max(far) < float(page.mediabox.width)
