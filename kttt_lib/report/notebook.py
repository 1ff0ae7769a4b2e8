"""What notebooks show with: sentences, tables and figures in the run's language, the same bytes each time."""

from __future__ import annotations

import html
import re

import pandas as pd
from IPython.display import HTML, Markdown, display
from matplotlib.figure import Figure

from kttt_lib.report.context import ReportContext
from kttt_lib.report.figures.show import show_figure
from kttt_lib.report.html.bilingual import only_in
from kttt_lib.report.numbers import EMPTY, Format, apart, format_value
from kttt_lib.report.words import FORMS, code_word, form_of, number_form, word
from kttt_lib.results import RESULTS, Column, column_of, declaration
from kttt_lib.visible import visible

_MARKDOWN = re.compile(r"([\\`*_{}\[\]#|~])")


class Page:
    """Shows things in a notebook. Every method returns None, so that any line may end a cell."""

    def __init__(self, context: ReportContext) -> None:
        self.language, self.public = context.language, context.audience == "public"
        display(HTML(only_in(self.language)))
        label = context.registry_label
        self.origin = label if context.synthetic else {"vi": f"Nguồn: {label}", "en": f"Source: {label}"}[self.language]
        if context.synthetic:
            self.say("**⚠ {origin}.**", "**⚠ {origin}.**", origin=self.origin)
        if context.set_aside:
            self.say(
                "**⚠ {n} dòng có lỗi của sổ đăng ký bị cách ly, không được tính.**",
                "**⚠ Rows of the registry in error, set aside and not counted: {n}.**",
                n=(context.set_aside, "count"),
            )

    def text(self, value: object, form: str = "") -> str:
        """A value as a reader sees it: by ``form`` ("percent.1"), or text: isolated, its Markdown and HTML inert."""
        if value is None or value is pd.NA or value != value:
            return EMPTY
        if form:
            return format_value(value, Format.parse(form), self.language)
        inert = _MARKDOWN.sub(r"\\\1", html.escape(visible(str(value))))
        return f"<bdi>{inert}</bdi>"

    def say(self, vi: str, en: str, **values: object) -> None:
        """A sentence in the run's language; each value is a (value, form) pair or a text."""
        shown = {k: self.text(*v) if isinstance(v, tuple) else self.text(v) for k, v in values.items()}
        display(Markdown({"vi": vi, "en": en}[self.language].format(**shown)))

    def table(self, frame: pd.DataFrame, columns: str = "", limit: int | None = None) -> None:
        """A table: ``columns`` by name, all without any; titles and forms as declared (:mod:`kttt_lib.results`).

        Text in two languages is named without its ending ("title") and taken in the run's language; what the public
        may not see is not in its frames, and left out; else KeyError for a column that is not there or not declared.
        Beyond ``limit`` rows, how many more there are is said.
        """
        language = self.language
        bases = dict.fromkeys(found.name if (found := column_of(name)) else name for name in frame)
        names = [f"{n}_{language}" if f"{n}_{language}" in frame else n for n in columns.split() or bases]
        declared = {n: self._declared(frame, n) for n in names if n in frame or not self.public}
        shown = frame if limit is None else frame.head(limit)
        titles = [getattr(column, language) for column in declared.values()]
        heads = "".join(f'<th scope="col">{html.escape(title)}</th>' for title in titles)
        known = RESULTS.get(frame.attrs.get("result", ""))
        caption = getattr(known, language) if known is not None else ", ".join(titles)
        rows = []
        for record in shown.to_dict("records"):
            cells = []
            for place, (name, column) in enumerate(declared.items()):
                side = "right" if column.role in ("number", "day") else "left"
                cell = html.escape(visible(self._cell(record[name], column, record)), quote=False)
                if column.role in ("org", "id", "code", "text") and cell != EMPTY:
                    cell = f"<bdi>{cell}</bdi>"
                head = 'th scope="row"' if place == 0 else "td"
                cells.append(f'<{head} style="text-align:{side}">{cell}</{head[:2]}>')
            rows.append(f"<tr>{''.join(cells)}</tr>")
        left = len(frame) - len(shown)
        more = {"vi": f"… và {left} dòng nữa", "en": f"… and {left} more rows"}[language]
        if not rows:
            rows = [f'<tr><td colspan="{max(len(declared), 1)}">{word("table.no_rows", language)}</td></tr>']
        tail = f"<p>{more}</p>" if left else ""
        display(
            HTML(
                f'<table lang="{language}"><caption>{html.escape(caption)}</caption><thead><tr>{heads}</tr></thead>'
                f"<tbody>{''.join(rows)}</tbody></table>{tail}"
            )
        )

    @staticmethod
    def _declared(frame: pd.DataFrame, name: str) -> Column:
        if name not in frame:
            raise KeyError(f"the table has no column {name!r}; it has: {', '.join(frame)}")
        found = declaration(frame.attrs.get("result", ""), name)
        if found is None:
            raise KeyError(f"kttt_lib/results/columns.yaml has no column {name!r}")
        return found

    def _cell(self, value: object, column: Column, record: dict) -> str:
        if value is None or value is pd.NA or value != value:
            return EMPTY
        if column.role == "number":
            if column.unit == "own" and "unit" in record:
                near = {"threshold", "value", "lower", "upper"} <= set(record)
                return format_value(value, form_of(record) if near else number_form(record["unit"]), self.language)
            shown = Format.parse(FORMS[column.unit])  # 100% is the whole, not what rounds to it
            return format_value(
                value, apart(shown, [value], 100.0) if shown.kind == "percent" else shown, self.language
            )
        if column.role == "day":
            return format_value(value, Format("date"), self.language)
        name = record["dimension"] if column.name == "level" and "dimension" in record else column.name
        if column.role == "flag":
            return word(f"flag.{str(bool(value)).lower()}", self.language)
        said = code_word(name, str(value), self.language) if column.role == "code" else None
        return said or str(value)

    def tally(self, codes: pd.Series) -> str:
        """How often each code of a column occurs, in its words: "Đạt: 7; Chưa đạt: 4"."""
        counts = codes.value_counts()
        words = (code_word(str(codes.name), str(code), self.language) or str(code) for code in counts.index)
        return "; ".join(f"{said}: {self.text(n, 'count')}" for said, n in zip(words, counts))

    def figure(self, figure: Figure, vi: str, en: str, data: pd.DataFrame, name: str, **values: object) -> None:
        """A figure with its alt text and the digest of its data.

        The alt text (vi, en) tells who does not see the picture what is in it: form, axes, what stands out. What it
        means, :meth:`say` says beneath.
        """
        shown = {k: self.text(*v) if isinstance(v, tuple) else visible(str(v)) for k, v in values.items()}
        show_figure(figure, {"vi": vi, "en": en}[self.language].format(**shown), data, name)
