"""In a real Chromium: no request, error, axe violation or sideways scroll; the keyboard's way; a clean, grey print."""

from __future__ import annotations

import pytest

pytestmark = pytest.mark.browser

NAMES = ["vi", "en", "public", "notebook", "index"]
REPORTS = ["vi", "en", "public"]


class Watched:
    """A page that remembers what it asked for and what it complained of."""

    def __init__(self, chromium, path, *, script=True) -> None:
        self.context = chromium.new_context(viewport={"width": 1280, "height": 900}, java_script_enabled=script)
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


each = pytest.mark.parametrize("shown", NAMES, indirect=True, scope="module")
each_report = pytest.mark.parametrize("shown", REPORTS, indirect=True, scope="module")


@pytest.fixture(scope="module")
def shown(request, chromium, pages):
    """Each page, opened once for all that is looked at: (name, what was watched)."""
    with Watched(chromium, pages[request.param]) as watched:
        yield request.param, watched


@pytest.fixture
def page(shown):
    """The page as it was opened."""
    page = shown[1].page
    page.set_viewport_size({"width": 1280, "height": 900})
    page.emulate_media(media="screen", color_scheme="light")
    return page


@each
def test_a_page_asks_for_nothing_complains_of_nothing_and_opens_at_its_top(shown, page, pages):
    name, watched = shown
    page.wait_for_timeout(200)
    assert [u for u in watched.requests if not u.startswith("data:")] == [pages[name].as_uri()]
    assert watched.complaints == [] and page.evaluate("scrollY") == 0


WIDE, NARROW = (1280, "light"), (360, "dark")


# The three reports are of one mould: each is looked at, and one of them in both ways.
@pytest.mark.parametrize(
    ("shown", "width", "scheme"),
    [(name, *look) for name in NAMES for look in {"en": [NARROW], "public": [WIDE]}.get(name, [WIDE, NARROW])],
    indirect=["shown"],
    scope="module",
)
def test_axe_finds_nothing(page, width, scheme):
    from axe_playwright_python.sync_playwright import Axe

    # All rules are run; only of violations are the places gathered, which takes half the time.
    options = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"], "resultTypes": ["violations"]}
    page.set_viewport_size({"width": width, "height": 900})
    page.emulate_media(color_scheme=scheme)
    # A page's own policy forbids every script but its own; the tester's must be let in.
    found = Axe().run(page, options=options).response["violations"]
    told = [(v["id"], [n["target"] for n in v["nodes"][:3]], v["nodes"][0]["failureSummary"]) for v in found]
    assert told == []


@each
def test_nothing_needs_a_sideways_scroll_down_to_four_times_the_size(page):
    wide = "[...document.querySelectorAll('.scroll')].filter(e => e.scrollWidth > e.clientWidth + 1).length"
    for width in (320, 360, 768, 1280):  # 320 is 1280 at 400 %
        page.set_viewport_size({"width": width, "height": 900})
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        if width == 360:
            assert page.evaluate(wide) == 0, "a table scrolls sideways on a phone"


@each
def test_a_page_has_one_first_heading_and_tables_that_name_themselves(page):
    seen = page.evaluate(
        "() => ({heads: document.querySelectorAll('h1').length, lang: document.documentElement.lang, tables:"
        " [...document.querySelectorAll('table')].map(t => [t.caption?.textContent.trim() ?? '',"
        " t.querySelectorAll('th:not([scope])').length, t.querySelectorAll('tbody th[scope=row]').length])})"
    )
    assert seen["heads"] == 1 and seen["lang"] in ("vi", "en")
    assert all(name and not silent and rows for name, silent, rows in seen["tables"])


@each_report
def test_a_number_opens_its_source_by_click_and_by_key(shown, page):
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
    assert shown[1].complaints == []


@each_report
def test_the_keyboard_stops_once_a_paragraph_or_table_and_the_arrows_reach_every_number(page):
    where = (
        "() => { const e = document.activeElement, s = getComputedStyle(e); return {number: e.matches('a.n'),"
        " href: e.getAttribute('href') ?? '', lined: s.outlineStyle !== 'none' && parseFloat(s.outlineWidth) >= 2,"
        " signed: !!(document.getElementById('sign').compareDocumentPosition(e) & 4)}; }"
    )
    page.locator("a.skip").first.focus()
    page.keyboard.press("Shift")  # what is focused by a script has a visible line only after a key
    stops = [page.evaluate(where)]
    while not stops[-1]["signed"]:
        page.keyboard.press("Tab")
        stops.append(page.evaluate(where))
        assert stops[-1]["lined"] and len(stops) < 200
    assert [stop["href"] for stop in stops[:2]] == ["#content", "#sign"]
    # Every number is reached from the stop of its paragraph or table, and each of those has one.
    walk = """() => {
        const reached = new Set(), press = (key) => document.activeElement.dispatchEvent(
            new KeyboardEvent("keydown", {key, bubbles: true, cancelable: true}));
        const stops = [...document.querySelectorAll("main a[href^='#']")].filter((link) => link.tabIndex === 0);
        for (const stop of stops) {
            stop.focus();
            press("Home");  // an earlier visit may have left the stop further on
            const first = document.activeElement;
            for (let last = null; document.activeElement !== last; press("ArrowRight")) {
                last = document.activeElement;
                reached.add(last);
            }
            press("Home");
            if (document.activeElement !== first) return "Home";
        }
        const beneath = (cell) => cell?.parentElement.nextElementSibling?.cells[cell.cellIndex];
        const table = stops.find((stop) => stop.closest("tbody")
            && beneath(stop.closest("td, th"))?.querySelector("a[href^='#']"));
        table.focus();
        press("ArrowDown");
        const down = document.activeElement.closest("td, th"), from = table.closest("td, th");
        if (down.cellIndex !== from.cellIndex || down.parentElement === from.parentElement) return "ArrowDown";
        return [stops.length, [...document.querySelectorAll("main a[href^='#']")].filter((link) => !reached.has(link)
            && link.checkVisibility()).length];
    }"""
    answer = page.evaluate(walk)
    assert isinstance(answer, list), answer
    met, missed = answer
    assert missed == 0 and sum(stop["number"] for stop in stops) <= met < 250


def test_without_script_a_number_leads_to_the_annex_and_the_tab_key_to_every_number(chromium, pages):
    with Watched(chromium, pages["vi"], script=False) as watched:
        watched.page.locator("p a.n[href='#src-T3']").first.click()
        assert watched.page.url.endswith("#src-T3")
        assert watched.page.locator("#src-T3").is_visible()
    assert 'tabindex="-1"' not in pages["vi"].read_text("utf-8").replace('id="sign" tabindex="-1"', "")


@each_report
def test_the_print_is_grey_a4_with_whole_tables(page, tmp_path):
    from pypdf import PdfReader

    coloured = (
        "() => [...document.querySelectorAll('main *')].filter(e => e.checkVisibility()).filter(e => {"
        " const s = getComputedStyle(e); return [s.color, s.borderTopColor, s.backgroundColor].some(c => {"
        " const [r, g, b] = c.match(/\\\\d+/g); return r !== g || g !== b; }); }).map(e => e.outerHTML.slice(0, 80))"
    ).replace("\\\\", "\\")
    page.emulate_media(media="print", color_scheme="dark")
    assert page.evaluate(coloured) == []
    blocks = page.evaluate(
        "() => [...document.querySelectorAll('main .block:not(figure)')].map(e => [e.matches('.short'),"
        " e.querySelector('caption').textContent, e.querySelector('tbody tr:last-child').textContent])"
    )
    path = tmp_path / "print.pdf"
    page.pdf(path=str(path), prefer_css_page_size=True, print_background=True)
    reader = PdfReader(path)
    sizes = {(round(float(p.mediabox.width)), round(float(p.mediabox.height))) for p in reader.pages}
    assert sizes <= {(595, 842), (842, 595)} and (595, 842) in sizes
    texts = ["".join(p.extract_text().split()) for p in reader.pages]
    assert len(blocks) >= 5
    for short, head, end in (("short" if s else "", "".join(h.split()), "".join(e.split())) for s, h, e in blocks):
        begun = [text for text in texts if head in text]
        assert begun, head
        if short:
            assert any(end in text for text in begun), f"a short table is cut: {head}"
    # Nothing is printed outside the page: what is cut at the right edge would lie beyond the width.
    for sheet in reader.pages:
        far: list[float] = []
        sheet.extract_text(
            visitor_text=lambda t, cm, tm, *_, far=far: far.append(cm[4] + tm[4] * cm[0]) if t.strip() else None
        )
        assert not far or max(far) < float(sheet.mediabox.width)
