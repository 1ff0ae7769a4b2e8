"""What notebooks show with: sentences, tables and figures in the run's language, the same bytes each time."""

from __future__ import annotations

import html
import re
from collections.abc import Mapping, Sequence

import pandas as pd
from IPython.display import HTML, Markdown, display
from matplotlib.figure import Figure

from kttt_lib.report.context import ReportContext
from kttt_lib.report.figures.show import show_figure
from kttt_lib.report.numbers import EMPTY, Format, apart, format_value
from kttt_lib.report.words import form_of, number_form, word

_MARKDOWN = re.compile(r"([\\`*_{}\[\]#|~])")
# A column of a shown table: its name, its title (vi, en), and its form: "" for text, a number's form ("percent.1"),
# "unit" for the form of the row's own unit, or "word:verdict" for a code that has a word.
Shown = tuple[str, str, str, str]


class Page:
    """Shows things in a notebook. Every method returns None, so that any line may end a cell."""

    def __init__(self, context: ReportContext) -> None:
        self.language = context.language
        label = context.registry_label
        self.origin = label if context.synthetic else {"vi": f"Nguồn: {label}", "en": f"Source: {label}"}[self.language]
        if context.synthetic:
            self.say(f"**⚠ {self.origin}.**", f"**⚠ {self.origin}.**")
        if context.set_aside:
            self.say(
                "**⚠ {n} dòng có lỗi của sổ đăng ký bị cách ly, không được tính.**",
                "**⚠ Rows of the registry in error, set aside and not counted: {n}.**",
                n=(context.set_aside, "count"),
            )

    def text(self, value: object, form: str = "") -> str:
        """A value as a reader sees it: by ``form`` ("percent.1"), or text with Markdown and HTML made inert."""
        if value is None or value is pd.NA or value != value:
            return EMPTY
        if form:
            return format_value(value, Format.parse(form), self.language)
        return _MARKDOWN.sub(r"\\\1", html.escape(str(value)))

    def say(self, vi: str, en: str, **values: object) -> None:
        """A sentence in the run's language; each value is a (value, form) pair or a text."""
        shown = {k: self.text(*v) if isinstance(v, tuple) else self.text(v) for k, v in values.items()}
        display(Markdown({"vi": vi, "en": en}[self.language].format(**shown)))

    def table(self, frame: pd.DataFrame, columns: Sequence[Shown], limit: int | None = None) -> None:
        """A table: chosen columns with titles; numbers formatted; registry text escaped.

        A text column whose name ends in "_" is taken in the run's language. Beyond ``limit`` rows, how many more
        there are is said.
        """
        titles = {"vi": 1, "en": 2}[self.language]
        # What the public may not see is not in the frame at all.
        columns = [c for c in columns if (f"{c[0]}{self.language}" if c[0].endswith("_") else c[0]) in frame]
        shown = frame if limit is None else frame.head(limit)
        head = "".join(f'<th scope="col">{html.escape(column[titles])}</th>' for column in columns)
        rows = []
        for record in shown.to_dict("records"):
            cells = []
            for name, _, _, form in columns:
                value = record[f"{name}{self.language}" if name.endswith("_") else name]
                side = "left" if not form or form.startswith("word:") else "right"
                cells.append(f'<td style="text-align:{side}">{self._cell(value, form, record)}</td>')
            rows.append(f"<tr>{''.join(cells)}</tr>")
        left = len(frame) - len(shown)
        more = {"vi": f"… và {left} dòng nữa", "en": f"… and {left} more rows"}[self.language]
        if not rows:
            rows = [f'<tr><td colspan="{max(len(columns), 1)}">{word("table.no_rows", self.language)}</td></tr>']
        tail = f"<p>{more}</p>" if left else ""
        display(HTML(f"<table><thead><tr>{head}</tr></thead><tbody>{''.join(rows)}</tbody></table>{tail}"))

    def _cell(self, value: object, form: str, record: dict) -> str:
        if value is None or value is pd.NA or value != value:
            return EMPTY
        if form.startswith("word:"):
            return html.escape(word(f"{form.removeprefix('word:')}.{value}", self.language))
        if form == "unit":
            near = {"threshold", "value", "lower", "upper"} <= set(record)
            return format_value(value, form_of(record) if near else number_form(record["unit"]), self.language)
        if not form:
            return html.escape(str(value))
        shown = Format.parse(form)  # 100% is the whole, not what rounds to it
        return format_value(value, apart(shown, [value], 100.0) if shown.kind == "percent" else shown, self.language)

    def figure(self, figure: Figure, vi: str, en: str, data: pd.DataFrame, name: str, **values: object) -> None:
        """A figure with its alt text (the finding, in both languages) and the digest of its data."""
        shown = {k: self.text(*v) if isinstance(v, tuple) else str(v) for k, v in values.items()}
        show_figure(figure, {"vi": vi, "en": en}[self.language].format(**shown), data, name)


def results_of(*tables: Mapping[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    """Several answers as one mapping, as the figures read it."""
    return {name: table for answer in tables for name, table in answer.items()}
