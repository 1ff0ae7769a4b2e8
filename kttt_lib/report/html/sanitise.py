"""Output HTML of notebook cells, cut down to harmless elements: what an analysis prints is data, not code."""

from __future__ import annotations

from html import escape
from html.parser import HTMLParser

_ALLOWED = {
    "table": (), "caption": (), "thead": (), "tbody": (), "tfoot": (), "tr": (),
    "th": ("scope", "colspan", "rowspan"), "td": ("colspan", "rowspan"),
    "div": (), "p": (), "span": (), "b": (), "strong": (), "i": (), "em": (), "code": (), "pre": (), "br": (),
    "ul": (), "ol": (), "li": (), "small": (), "bdi": (), "sub": (), "sup": (), "h2": (), "h3": (), "h4": (),
    "blockquote": (), "data": ("value",), "a": ("href",), "figure": (), "img": ("src", "alt", "width", "height"),
}  # fmt: skip
_DROPPED_WHOLE = {"script", "style", "iframe", "object", "embed", "svg", "math", "template", "noscript"}
_VOID = {"br", "img"}
_PICTURE = "data:image/png;base64,"
# From this many columns on, the rows of a table turn into cards on a narrow screen.
CARDS_FROM = 4


class _Cleaner(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.out: list[str] = []
        self.skipping = 0
        self.open: list[str] = []
        self.in_head = False
        self.heads: list[str] = []
        self.head_rows = 0
        self.column = 0

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        if tag in _DROPPED_WHOLE:
            self.skipping += 1
        if self.skipping or tag not in _ALLOWED:
            return
        self.in_head = tag == "thead" or (self.in_head and tag != "tbody")
        kept = [(k, v or "") for k, v in attributes if k in _ALLOWED[tag] and _safe(k, v or "")]
        if tag == "img" and not (dict(kept).get("src") and dict(kept).get("alt")):
            if dict(attributes).get("src", "").startswith(_PICTURE):
                raise ValueError("a picture in a notebook has no alt text: show figures with show_figure(figure, alt)")
            return
        if ("style", "text-align:right") in attributes:
            kept.append(("class", "num"))
        if tag == "th" and not any(k == "scope" for k, _ in kept):
            # pandas leaves scope out; a screen reader needs it. A blank corner is no heading at all.
            kept.append(("scope", "col" if self.in_head else "row"))
        kept += self._label(tag, kept)
        self.out.append(f"<{tag}{''.join(f' {k}={chr(34)}{escape(v)}{chr(34)}' for k, v in kept)}>")
        if tag not in _VOID:
            self.open.append(tag)

    def _label(self, tag: str, kept: list[tuple[str, str]]) -> list[tuple[str, str]]:
        """The head of a cell's column, by which a phone can show a wide table's row as a card."""
        if tag == "table":
            self.heads, self.head_rows = [], 0
        elif tag == "tr":
            self.column = 0
            self.head_rows += self.in_head
        elif tag in ("th", "td"):
            spans = any(name in ("colspan", "rowspan") for name, _ in kept)
            self.column += 1
            if self.in_head:
                self.heads.append("")
            # Heads of several rows name no single column: such a table stays a table.
            elif tag == "td" and self.head_rows == 1 and CARDS_FROM <= len(self.heads) >= self.column and not spans:
                return [("data-label", self.heads[self.column - 1].strip())]
        return []

    def handle_endtag(self, tag: str) -> None:
        if tag in _DROPPED_WHOLE:
            self.skipping = max(0, self.skipping - 1)
        elif not self.skipping and tag in self.open:
            while (closing := self.open.pop()) != tag:
                self.out.append(f"</{closing}>")
            self.out.append(f"</{tag}>")

    def handle_data(self, data: str) -> None:
        if not self.skipping:
            if self.in_head and self.heads and self.open and self.open[-1] != "tr":
                self.heads[-1] += data
            self.out.append(escape(data, quote=False))


def _safe(name: str, value: str) -> bool:
    if name == "src":
        return value.startswith(_PICTURE)
    return name != "href" or value.startswith(("#", "http://", "https://"))


def sanitise(html: str) -> str:
    """The HTML without scripts, styles, event handlers, inline styles or unknown elements; always well nested."""
    cleaner = _Cleaner()
    cleaner.feed(html)
    cleaner.close()
    cleaner.out.extend(f"</{tag}>" for tag in reversed(cleaner.open))
    text = "".join(cleaner.out)
    return text.replace('<th scope="col"></th>', "<td></td>").replace('<th scope="row"></th>', "<td></td>")
