"""Reading a finished HTML report back."""

from __future__ import annotations

import json
from html.parser import HTMLParser

from kttt_lib.report.claims.pieces import Piece

_SILENT = {"script", "style", "code"}
_VOID = {"meta", "link", "img", "br", "hr", "input"}
_ATTRIBUTES = ("aria-label", "title", "data-label", "placeholder")


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.pieces: list[Piece] = []
        self.language = "vi"
        self.stack: list[tuple[str, dict[str, str]]] = []

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        values = {k: v or "" for k, v in attributes}
        if tag == "html":
            self.language = values.get("lang", "vi")
        if tag == "img":
            claims = tuple((s, f) for s, f in json.loads(values.get("data-alt", "[]")))
            self.pieces.append(Piece("alt", values.get("alt", ""), self._place(), claims=claims))
        for name in _ATTRIBUTES:
            if name in values and tag != "img":
                kind = "label" if name == "data-label" else "static"
                self.pieces.append(Piece(kind, values[name], self._place()))
        if tag not in _VOID:
            self.stack.append((tag, values))

    def handle_endtag(self, tag: str) -> None:
        while self.stack and self.stack.pop()[0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        if not data.strip() or any(tag in _SILENT for tag, _ in self.stack):
            return
        self.pieces.append(self._piece(data))

    def _piece(self, text: str) -> Piece:
        raw = None
        for tag, values in reversed(self.stack):
            classes = values.get("class", "").split()
            if tag == "data":
                raw = values.get("value", "")
            if "data-source" in values:
                return Piece("claim", text, self._place(), values["data-source"], values.get("data-form", ""), raw)
            if "data-text" in values:
                return Piece("claim", text, self._place(), values["data-text"], "text")
            if tag == "title":
                return Piece("title", text, "title")
            if "ref" in classes:
                return Piece("reference", text, self._place(), anchor=values.get("href", "")[1:])
            if "no" in classes:
                return self._numbered(text)
        return Piece("static", text, self._place())

    def _numbered(self, text: str) -> Piece:
        for tag, values in reversed(self.stack):
            if tag == "a":
                return Piece("contents", text, "nav", anchor=values.get("href", "")[1:])
            if tag in ("h2", "h3", "h4"):
                annex = "annex" in values.get("class", "")
                return Piece("heading", text, tag, level=0 if annex else int(tag[1]) - 1, anchor=values.get("id", ""))
            if tag in ("caption", "figcaption"):
                return Piece("caption", text, tag, anchor=self._id())
        return Piece("static", text, self._place())

    def _id(self) -> str:
        return next((values["id"] for _, values in reversed(self.stack) if "id" in values), "")

    def _place(self) -> str:
        return self._id() or (self.stack[-1][0] if self.stack else "")


def read_html(text: str) -> tuple[list[Piece], str]:
    """The pieces of an HTML report and its language."""
    reader = _Reader()
    reader.feed(text)
    reader.close()
    return reader.pieces, reader.language
