"""What a finished file says, piece by piece, whichever format it has."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Piece:
    """A stretch of visible text.

    ``kind``: "claim" (a number or words with a source and a form), "static" (words of the templates), "alt" (the text
    of a picture, with the claims in it), "heading" or "caption" (a number of the document's own order), "contents" or
    "reference" (a repetition of such a number; ``anchor`` says of which), "title" (a repetition of the heading).
    ``place`` is told to the reader of the check.
    """

    kind: str
    text: str
    place: str = ""
    source: str = ""
    form: str = ""
    raw: str | None = None
    level: int = 0
    anchor: str = ""
    claims: tuple[tuple[str, str], ...] = ()
