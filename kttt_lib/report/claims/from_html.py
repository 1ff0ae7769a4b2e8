"""Reading a finished HTML report back: everything that it says, shows, carries and leads to."""

from __future__ import annotations

import json
from hashlib import sha256
from html.parser import HTMLParser

from kttt_lib.report.claims.said import Said, one_space, placed

# Elements within a line; any other begins an item of its own.
_INLINE = {"a", "abbr", "b", "bdi", "bdo", "br", "code", "data", "del", "em", "i", "ins", "mark", "s", "small", "span",
           "strong", "sub", "sup", "time", "u"}  # fmt: skip
_KINDS = {"table": "table", "tr": "row", "th": "cell", "td": "cell", "img": "alt"}
_ROLES = {"h1": "heading", "h2": "heading", "h3": "heading", "h4": "heading", "caption": "caption",
          "figcaption": "caption"}  # fmt: skip
_CODE = ("script", "style")
_VOID = {"meta", "link", "img", "br", "hr", "input", "wbr", "source", "col"}


class _Reader(HTMLParser):
    """Tags and attributes are marks of the item in which they stand; spaces and comments say nothing."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.items: list[Said] = []
        self.open: list[tuple[str, str, int]] = []  # tag, source and where its text begins
        self.begin("")

    def begin(self, tag: str) -> None:
        self.kind, self.role = _KINDS.get(tag, "text"), _ROLES.get(tag, "")
        self.marks: list[str] = []
        self.claims: list[tuple[int, int, str]] = []
        self.text = ""

    def end(self) -> None:
        text = self.text.rstrip()
        if text or self.marks:
            self.items.append(Said(self.kind, text, tuple(self.marks), self.role, tuple(self.claims)))

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attributes}
        if tag == "img":
            values["src"] = f"sha256:{sha256(values.get('src', '').encode()).hexdigest()}"
        if tag not in _INLINE:
            self.end()
            self.begin(tag)
        if tag == "img":
            self.text = one_space(values.pop("alt", ""))
            self.claims = [(0, len(self.text), source) for source, _ in json.loads(values.get("data-alt") or "[]")]
        mark = " ".join([tag, *(f'{name}="{one_space(value)}"' for name, value in values.items())])
        self.marks.append(f"<{mark}> {len(self.text)}" if tag in _INLINE else f"<{mark}>")
        source = values.get("data-source") or values.get("data-text") or ""
        if tag not in _VOID:
            self.open.append((tag, source, len(self.text)))

    def handle_endtag(self, tag: str) -> None:
        while self.open:
            name, source, start = self.open.pop()
            if source:
                self.claims.append((start, len(self.text), source))
            if name == tag:
                break
        if tag not in _INLINE:
            self.end()
            self.begin("")

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1][0] in _CODE:
            self.marks.append(f"sha256:{sha256(data.encode()).hexdigest()}")
            return
        text = one_space(data)
        self.text += text.lstrip() if not self.text or self.text.endswith(" ") else text


def read_html(text: str) -> list[Said]:
    """What an HTML report says."""
    reader = _Reader()
    reader.feed(text)
    reader.close()
    reader.end()
    return placed(reader.items)
