"""Ways to make a finished report say what its tables do not tell, one place at a time, in HTML and in Word."""

from __future__ import annotations

import base64
import copy
import io
import random
import re
import zipfile
from collections.abc import Callable, Iterator

from lxml import etree
from PIL import Image

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
WP = "{http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing}"

# What stands in for what, by language; each word of a pair becomes the other.
PAIRS: dict[str, dict[str, list[tuple[str, str]]]] = {
    "verdict": {
        "vi": [("Đạt", "Chưa đạt"), ("Chưa đạt", "Đạt"), ("chưa đạt", "đạt"), ("Chưa kết luận được", "Đạt"),
               ("không đạt", "đạt")],
        "en": [("Met", "Not met"), ("Not met", "Met"), ("not met", "met"), ("Undetermined", "Met"), ("missed", "met")],
    },
    "unit": {
        "vi": [("HTX", "THT"), ("triệu đồng", "tỷ đồng"), ("điểm phần trăm", "%"), ("lượt", "người"), ("%", " điểm")],
        "en": [("HTX", "THT"), ("million", "billion"), ("percentage points", "%"), ("turns", "persons"), ("%", " HTX")],
    },
    "direction": {
        "vi": [("tăng", "giảm"), ("giảm", "tăng"), ("cao hơn", "thấp hơn"), ("thấp hơn", "cao hơn"), ("trên", "dưới"),
               ("dưới", "trên"), ("vượt", "thiếu"), ("thiếu", "thừa"), ("ít nhất", "nhiều nhất"), ("lớn", "nhỏ")],
        "en": [("above", "below"), ("below", "above"), ("higher", "lower"), ("lower", "higher"), ("rose", "fell"),
               ("more", "less"), ("most", "least"), ("least", "most"), ("at least", "at most"), ("from", "under")],
    },
    "number in words": {
        "vi": [("một", "hai"), ("hai", "ba"), ("ba", "hai"), ("mọi", "nửa số"), ("Mỗi", "Nửa số"), ("mỗi", "nửa số"),
               ("các", "hai")],
        "en": [("one", "two"), ("two", "three"), ("three", "two"), ("every", "half of"), ("each", "half of"),
               ("Each", "Half of"), ("all", "half")],
    },
}  # fmt: skip
SENTENCE = {"vi": "Kết quả này là chắc chắn.", "en": "This result is certain."}


def _other_digit(text: str, draw: random.Random) -> str:
    places = [i for i, letter in enumerate(text) if letter.isdigit()]
    place = draw.choice(places)
    return text[:place] + draw.choice([d for d in "0123456789" if d != text[place]]) + text[place + 1 :]


def _swapped(text: str, pairs: list[tuple[str, str]]) -> list[str]:
    """The text with one word of a pair replaced, for each that stands in it."""
    found = []
    for old, new in pairs:
        for match in re.finditer(rf"(?<!\w){re.escape(old)}(?!\w)" if old[-1].isalnum() else re.escape(old), text):
            found.append(text[: match.start()] + new + text[match.end() :])
    return found


def _sentences(text: str) -> list[str]:
    return re.split(r"(?<=[.!?]) (?=\w)", text)


def _blank_png() -> bytes:
    raw = io.BytesIO()
    Image.new("P", (8, 8), 1).save(raw, format="png")
    return raw.getvalue()


class Html:
    """A finished HTML report and its mutations; ``of(kind)`` lists the places of a kind as (start, end, texts)."""

    def __init__(self, html: str, language: str) -> None:
        self.html, self.language = html, language
        hidden = [m.span() for m in re.finditer(r"<script>.*?</script>|<style>.*?</style>", html, re.DOTALL)]
        outside = [m.span(1) for m in re.finditer(r">([^<>]+)<", html) if m[1].strip()]
        self.texts = [(a, b) for a, b in outside if not any(c <= a < d for c, d in hidden)]

    def _every(self, change: Callable[[str], list[str]]) -> Iterator[tuple[int, int, str]]:
        for a, b in self.texts:
            for new in change(self.html[a:b]):
                yield a, b, new

    def of(self, kind: str, draw: random.Random) -> list[tuple[int, int, str]]:
        """Every place where this kind of change can be made, with what is put there."""
        html = self.html
        if kind in PAIRS:
            return list(self._every(lambda text: _swapped(text, PAIRS[kind][self.language])))
        if kind == "digit":
            return list(self._every(lambda t: [_other_digit(t, draw)] if re.search(r"\d", t) else []))
        if kind == "results swapped":
            return self._cells_swapped()
        if kind == "row dropped":
            return [(*m.span(), "") for m in re.finditer(r'<tr role="row"><th scope="row".*?</tr>', html, re.DOTALL)]
        if kind == "column dropped":
            return list(self._columns())
        if kind in ("sentence dropped", "sentence added", "sentences reordered"):
            return list(self._paragraphs(kind))
        if kind == "banner removed":
            return [(*m.span(), "") for m in re.finditer(r'<p class="banner">.*?</p>', html, re.DOTALL)]
        if kind == "alt text":
            return [(*m.span(1), m[1] + "?") for m in re.finditer(r' alt="([^"]*)"', html)]
        if kind == "caption":
            found = re.finditer(r"<(?:fig)?caption>(?:<span[^>]*>[^<]*</span>)?([^<]{3,})", html)
            return [(*m.span(1), m[1][:-1]) for m in found]
        if kind == "picture":
            other = "data:image/png;base64," + base64.b64encode(_blank_png()).decode()
            return [(*m.span(1), other) for m in re.finditer(r'<img src="(data:[^"]*)"', html)]
        assert kind == "link"
        links = [m for m in re.finditer(r'href="#(src-[^"]*)"', html)]
        targets = sorted({m[1] for m in links})
        return [(*m.span(1), next(t for t in targets if t != m[1])) for m in links]

    def _cells_swapped(self) -> list[tuple[int, int, str]]:
        found = []
        for table in re.finditer(r"<tbody.*?</tbody>", self.html, re.DOTALL):
            rows = [list(re.finditer(r"<td.*?</td>", m[0], re.DOTALL)) for m in _rows(table[0])]
            starts = [table.start() + m.start() for m in _rows(table[0])]
            for one in range(len(rows) - 1):
                for a, b in zip(rows[one], rows[one + 1]):
                    if re.sub(r"<[^>]*>", "", a[0]) == re.sub(r"<[^>]*>", "", b[0]):
                        continue
                    begin, end = starts[one] + a.start(), starts[one + 1] + b.end()
                    between = self.html[starts[one] + a.end() : starts[one + 1] + b.start()]
                    found.append((begin, end, b[0] + between + a[0]))
        return found

    def _columns(self) -> Iterator[tuple[int, int, str]]:
        for table in re.finditer(r"<table.*?</table>", self.html, re.DOTALL):
            width = len(re.findall(r'<th scope="col"', table[0]))
            for place in range(1, width):

                def narrow(row: re.Match, place: int = place) -> str:
                    cells = re.findall(r"<t[hd] .*?</t[hd]>", row[0], re.DOTALL)
                    return '<tr role="row">' + "".join(cells[:place] + cells[place + 1 :]) + "</tr>"

                yield (*table.span(), re.sub(r'<tr role="row">.*?</tr>', narrow, table[0], flags=re.DOTALL))

    def _paragraphs(self, kind: str) -> Iterator[tuple[int, int, str]]:
        for m in re.finditer(r"<(p|li)(?: class=\"(?:lead|note)\")?>(.*?)</\1>", self.html, re.DOTALL):
            parts = re.split(r"(?<=[.!?]) (?=\w)", m[2])
            if any(part.count("<") != part.count(">") or part.count("</") * 2 > part.count("<") for part in parts):
                continue
            if kind == "sentence added":
                yield (*m.span(2), f"{m[2]} {SENTENCE[self.language]}")
            elif len(parts) > 1:
                for place in range(len(parts) - 1):
                    if kind == "sentence dropped":
                        yield (*m.span(2), " ".join(parts[:place] + parts[place + 1 :]))
                    elif parts[place] != parts[place + 1]:
                        moved = [*parts[:place], parts[place + 1], parts[place], *parts[place + 2 :]]
                        yield (*m.span(2), " ".join(moved))

    def mutated(self, kind: str, count: int, draw: random.Random) -> Iterator[tuple[str, bytes]]:
        """``count`` changed reports of a kind, or as many as there are places; each with what was changed."""
        places = self.of(kind, draw)
        for a, b, new in draw.sample(places, min(count, len(places))):
            yield f"{self.html[a:b][:200]} -> {new[:200]}", (self.html[:a] + new + self.html[b:]).encode()


def _rows(body: str) -> list[re.Match]:
    return list(re.finditer(r'<tr role="row">.*?</tr>', body, re.DOTALL))


class Word:
    """A finished Word report and its mutations."""

    def __init__(self, data: bytes, language: str) -> None:
        self.language, self.whole = language, data
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            self.parts = {name: package.read(name) for name in package.namelist()}
        self.body = etree.fromstring(self.parts["word/document.xml"])

    def of(self, kind: str, draw: random.Random) -> list[Callable[[etree._Element], None]]:
        """Every change of this kind that can be made, as functions of a copy of the document."""
        body = self.body
        nodes = list(body.iter(f"{W}t"))

        def put(place: int, text: str) -> Callable:
            return lambda copied: setattr(list(copied.iter(f"{W}t"))[place], "text", text)

        def drop(tag: str, place: int) -> Callable:
            def do(copied: etree._Element) -> None:
                node = list(copied.iter(tag))[place]
                node.getparent().remove(node)

            return do

        if kind in PAIRS:
            pairs = PAIRS[kind][self.language]
            return [put(n, new) for n, t in enumerate(nodes) for new in _swapped(t.text or "", pairs)]
        if kind == "digit":
            return [put(n, _other_digit(t.text, draw)) for n, t in enumerate(nodes) if re.search(r"\d", t.text or "")]
        if kind == "results swapped":
            return list(self._cells_swapped())
        if kind == "row dropped":
            rows = list(body.iter(f"{W}tr"))
            return [drop(f"{W}tr", n) for n, row in enumerate(rows) if _said(row)]
        if kind == "column dropped":
            return list(self._columns())
        paragraphs = list(body.iter(f"{W}p"))
        if kind == "sentence dropped":
            return [put(n, " ".join(s[1:])) for n, t in enumerate(nodes) if len(s := _sentences(t.text or "")) > 1]
        if kind == "sentence added":
            spoken = [n for n, t in enumerate(nodes) if (t.text or "").endswith(".")]
            return [put(n, f"{nodes[n].text} {SENTENCE[self.language]}") for n in spoken]
        if kind == "sentences reordered":
            return [self._moved(n) for n, p in enumerate(paragraphs[:-1]) if self._unlike(p, paragraphs[n + 1])]
        if kind == "banner removed":
            return [drop(f"{W}p", n) for n, p in enumerate(paragraphs) if _style(p) == "KTTTBanner"]
        if kind == "alt text":
            return [self._alt(n) for n, _ in enumerate(body.iter(f"{WP}docPr"))]
        if kind == "caption":
            inside = {id(t) for p in paragraphs if _style(p) == "Caption" for t in p.iter(f"{W}t")}
            long = [n for n, t in enumerate(nodes) if id(t) in inside and len((t.text or "").strip()) > 3]
            return [put(n, nodes[n].text.rstrip()[:-1]) for n in long]
        if kind == "picture":
            return [lambda copied, n=n: None for n in self._media()]  # the part is changed, see ``mutated``
        assert kind == "link"
        links = list(body.iter(f"{W}hyperlink"))
        anchors = sorted({link.get(f"{W}anchor") for link in links})

        def lead(place: int, anchor: str) -> Callable:
            return lambda copied: list(copied.iter(f"{W}hyperlink"))[place].set(f"{W}anchor", anchor)

        return [lead(n, next(a for a in anchors if a != k.get(f"{W}anchor"))) for n, k in enumerate(links)]

    def _media(self) -> list[str]:
        return sorted(name for name in self.parts if name.startswith("word/media/"))

    @staticmethod
    def _alt(place: int) -> Callable:
        def do(copied: etree._Element) -> None:
            node = list(copied.iter(f"{WP}docPr"))[place]
            node.set("descr", node.get("descr", "")[:-1])

        return do

    @staticmethod
    def _unlike(one: etree._Element, other: etree._Element) -> bool:
        return bool(one.getparent() is other.getparent() and _said(one) and _said(other) and _said(one) != _said(other))

    @staticmethod
    def _moved(place: int) -> Callable:
        def do(copied: etree._Element) -> None:
            paragraphs = list(copied.iter(f"{W}p"))
            paragraphs[place + 1].addnext(paragraphs[place])

        return do

    def _cells_swapped(self) -> Iterator[Callable]:
        rows = list(self.body.iter(f"{W}tr"))
        for n in range(len(rows) - 1):
            if rows[n].getparent() is not rows[n + 1].getparent():
                continue
            for place, (a, b) in enumerate(zip(rows[n].findall(f"{W}tc"), rows[n + 1].findall(f"{W}tc"))):
                if place and _said(a) != _said(b):

                    def do(copied: etree._Element, n: int = n, place: int = place) -> None:
                        one, other = (list(copied.iter(f"{W}tr"))[m].findall(f"{W}tc")[place] for m in (n, n + 1))
                        empty = etree.SubElement(one.getparent(), "empty")
                        one.addprevious(empty)
                        other.addprevious(one)
                        empty.addprevious(other)
                        empty.getparent().remove(empty)

                    yield do

    def _columns(self) -> Iterator[Callable]:
        for n, table in enumerate(self.body.iter(f"{W}tbl")):
            for place in range(1, len(table.find(f"{W}tr").findall(f"{W}tc"))):

                def do(copied: etree._Element, n: int = n, place: int = place) -> None:
                    for row in list(copied.iter(f"{W}tbl"))[n].iter(f"{W}tr"):
                        row.remove(row.findall(f"{W}tc")[place])

                yield do

    def mutated(self, kind: str, count: int, draw: random.Random) -> Iterator[tuple[str, bytes]]:
        """``count`` changed reports of a kind, or as many as there are places."""
        changes = self.of(kind, draw)
        for place in draw.sample(range(len(changes)), min(count, len(changes))):
            copied = copy.deepcopy(self.body)
            changes[place](copied)
            parts = {**self.parts, "word/document.xml": etree.tostring(copied)}
            if kind == "picture":
                parts[self._media()[place]] = _blank_png()
            yield f"{kind} {place}", self.packed(parts)

    @staticmethod
    def packed(parts: dict[str, bytes]) -> bytes:
        """A package of these parts."""
        raw = io.BytesIO()
        with zipfile.ZipFile(raw, "w") as made:
            for name, data in parts.items():
                made.writestr(name, data)
        return raw.getvalue()


def _said(node: etree._Element) -> str:
    return "".join(node.itertext(f"{W}t")).strip()


def _style(paragraph: etree._Element) -> str:
    style = paragraph.find(f"{W}pPr/{W}pStyle")
    return "" if style is None else style.get(f"{W}val", "")


KINDS = (
    *PAIRS, "digit", "results swapped", "row dropped", "column dropped", "sentence dropped", "sentence added",
    "sentences reordered", "banner removed", "alt text", "caption", "picture", "link",
)  # fmt: skip
