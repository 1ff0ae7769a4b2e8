"""A notebook as one self-contained page in the report's style: with its code for reviewers of method, or without."""

from __future__ import annotations

import ast
import base64
import re
from pathlib import Path

import mistune
import nbformat
from markupsafe import Markup
from pygments import lex
from pygments.lexers import PythonLexer
from pygments.token import Comment, Keyword, String

from kttt_lib.files import write_whole
from kttt_lib.report.figures.show import picture_html
from kttt_lib.report.html.bilingual import in_language
from kttt_lib.report.html.page import render_page
from kttt_lib.report.html.sanitise import sanitise
from kttt_lib.report.numbers import Language
from kttt_lib.report.words import word

_INJECTED = "injected-parameters"
_CLASSES = ((Keyword, "k"), (String, "s"), (Comment, "c"))


def notebook_html(
    notebook: Path | str | nbformat.NotebookNode,
    path: Path | str,
    *,
    language: Language,
    code: bool = True,
    banner: str = "",
    subtitle: str = "",
    home: str = "",
) -> Path:
    """Write a run notebook as HTML and return the path.

    ``code=False`` leaves the code out; cells tagged ``remove-input`` never show theirs, and the parameters that
    papermill injects are always shown. Of text in both languages only the page's own is shown (see
    :mod:`kttt_lib.report.html.bilingual`). ``banner`` ("Dữ liệu mô phỏng") stands on top, ``home`` is the index page.
    """
    if not isinstance(notebook, nbformat.NotebookNode):
        notebook = nbformat.read(str(notebook), as_version=4)
    given = {name for cell in notebook.cells if _tagged(cell, _INJECTED) for name in _assigned(cell.source)}
    cells = [_cell(cell, number, code, language, given) for number, cell in enumerate(notebook.cells, 1)]
    title = _title(notebook, language)
    page = render_page(
        "notebook.html.j2",
        styles=("base.css", "notebook.css"),
        language=language,
        title=title,
        subtitle=subtitle or title,
        banner=banner,
        home=home,
        cells=cells,
        say=lambda key: word(key, language),
    )
    return write_whole(path, page.encode())


def question_of(notebook: Path | str | nbformat.NotebookNode, language: Language) -> str:
    """What a notebook asks, in one line: its first heading without its number."""
    if not isinstance(notebook, nbformat.NotebookNode):
        notebook = nbformat.read(str(notebook), as_version=4)
    return re.sub(r"^\d+\s*[·.:-]\s*", "", _title(notebook, language))


def _title(notebook: nbformat.NotebookNode, language: Language) -> str:
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            for line in in_language(cell.source, language).splitlines():
                if line.startswith("# "):
                    return line[2:].strip()
    return "KTTT"


def _tagged(cell: nbformat.NotebookNode, tag: str) -> bool:
    return tag in cell.metadata.get("tags", [])


def _assigned(source: str) -> dict[str, list[str]]:
    """The lines of each name that a cell of parameters sets."""
    lines = source.splitlines()
    return {
        target.id: lines[node.lineno - 1 : node.end_lineno]
        for node in ast.parse(source).body
        for target in getattr(node, "targets", [getattr(node, "target", None)])[:1]
        if isinstance(target, ast.Name)
    }


def _defaults(source: str, given: set[str]) -> str:
    """The defaults that still hold: without those that papermill's injected parameters take the place of."""
    kept = [lines for name, lines in _assigned(source).items() if name not in given]
    return "\n".join(line for lines in kept for line in lines)


def _cell(cell: nbformat.NotebookNode, number: int, code: bool, language: Language, given: set[str]) -> dict:
    if cell.cell_type == "markdown":
        # escape=True: HTML inside a notebook's text is shown, not obeyed.
        return {
            "kind": "markdown",
            "html": Markup(mistune.create_markdown(escape=True, plugins=["table"])(in_language(cell.source, language))),
        }
    tags = cell.metadata.get("tags", [])
    shown = (code and "remove-input" not in tags) or _INJECTED in tags
    source = _defaults(cell.source, given) if given and "parameters" in tags else cell.source
    outputs = [] if "remove-output" in tags else [_output(output, language) for output in cell.get("outputs", [])]
    return {
        "kind": "code",
        "number": number,
        "source": _highlight(source) if shown and source.strip() else "",
        "outputs": [output for output in outputs if output],
    }


def _highlight(source: str) -> Markup:
    parts = []
    for token, text in lex(source.rstrip(), PythonLexer()):
        name = next((name for kind, name in _CLASSES if token in kind), None)
        piece = Markup.escape(text)
        parts.append(Markup('<span class="{}">{}</span>').format(name, piece) if name else piece)
    return Markup("").join(parts).rstrip()


def _output(output: nbformat.NotebookNode, language: Language) -> dict | None:
    if output.output_type == "stream":
        return {"kind": "stream", "text": output.text.rstrip()} if output.text.strip() else None
    if output.output_type == "error":
        return {"kind": "stream", "text": f"{output.ename}: {output.evalue}"}
    bundle = output.get("data", {})
    if "image/png" in bundle:
        alt = output.metadata.get("image/png", {}).get("alt") or output.metadata.get("alt") or ""
        return {"kind": "html", "html": Markup(sanitise(picture_html(base64.b64decode(bundle["image/png"]), alt)))}
    if "text/html" in bundle:
        shown = sanitise(bundle["text/html"])
        return {"kind": "table" if "<table" in shown else "html", "html": Markup(shown)} if shown.strip() else None
    if "text/markdown" in bundle:
        return {
            "kind": "html",
            "html": Markup(sanitise(mistune.create_markdown(escape=False, plugins=["table"])(bundle["text/markdown"]))),
        }
    text = bundle.get("text/plain", "")
    return {"kind": "plain", "text": text} if text.strip() and text != "None" else None
