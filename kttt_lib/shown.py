"""How the library's results look at a prompt: one short line, and a small table in a notebook."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape

import numpy as np

from kttt_lib.visible import visible

LONGEST = 80


class Shown:
    """A short ``repr`` and ``_repr_html_`` from the facts that ``_shown`` names.

    What registries and plans write is untrusted: it is cut short, stays on its line and is escaped.
    """

    def _shown(self) -> Mapping[str, object]:
        raise NotImplementedError

    def __repr__(self) -> str:
        facts = ", ".join(f"{name}={_short(value)}" for name, value in self._shown().items())
        return f"{type(self).__name__}({facts})"

    def __str__(self) -> str:
        return repr(self)

    def _repr_html_(self) -> str:
        rows = "".join(
            f"<tr><th scope='row' style='text-align:left'>{escape(name)}</th><td>{escape(_short(value))}</td></tr>"
            for name, value in self._shown().items()
        )
        return f"<table><caption>{type(self).__name__}</caption><tbody>{rows}</tbody></table>"


def _short(value: object) -> str:
    if isinstance(value, float | np.floating):
        return f"{value:.6g}"
    text = visible(" ".join(str(value).split()))
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"
