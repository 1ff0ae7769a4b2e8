"""Pieces of the page as HTML. Whatever lists say is untrusted: it is escaped, and characters that lie are marks."""

from __future__ import annotations

import base64
from collections.abc import Iterable, Sequence
from html import escape
from pathlib import Path

from kttt_lib.errors import Language
from kttt_lib.intake import Taken
from kttt_lib.intake.desk import Preview
from kttt_lib.intake.taking import ACCOUNT_TITLES, TOLD
from kttt_lib.registry import TABLES
from kttt_lib.visible import visible

MOST_ROWS = 200
STYLE = (
    "<style>.kttt table{border-collapse:collapse;margin:.5rem 0}.kttt caption{text-align:left;font-weight:600}"
    ".kttt :is(td,th){border:1px solid #767676;padding:.2rem .5rem;text-align:left;vertical-align:top}"
    ".kttt .wide{overflow-x:auto}.kttt .bad{border-left:.3rem solid #b00020;padding-left:.6rem}"
    ".kttt .good{border-left:.3rem solid #1b6e3c;padding-left:.6rem}"
    ".kttt :is(button,select,input,a,[tabindex]):focus-visible{outline:3px solid #1a4fa3;outline-offset:2px}"
    ".kttt .widget-label{white-space:normal;line-height:1.3;height:auto}</style>"
)
SEVERITIES = {"error": {"vi": "LỖI", "en": "ERROR"}, "warning": {"vi": "Cảnh báo", "en": "Warning"}}


def text(value: object) -> str:
    """Any text as HTML."""
    return escape(visible(str(value)))


def heading(level: int, words: str) -> str:
    """``<h2>``."""
    return f"<h{level}>{text(words)}</h{level}>"


def said(words: str, sort: str = "status") -> str:
    """A message that a screen reader speaks at once: ``status``, ``good``, or ``alert``."""
    role = "alert" if sort == "alert" else "status"
    look = {"alert": "bad", "good": "good"}.get(sort, "")
    lines = "<br>".join(text(line) for line in words.splitlines())
    return f'<div role="{role}" class="{look}">{lines}</div>' if words else ""


def table(caption: str, heads: Sequence[Sequence[object]], rows: Iterable[Sequence[object]]) -> str:
    """A table that names itself; the first cell of a row is its head. It scrolls sideways by the keyboard too."""
    head = "".join(f"<tr>{''.join(f'<th scope=col>{text(one)}</th>' for one in line)}</tr>" for line in heads)
    body = "".join(
        f"<tr><th scope=row>{text(first)}</th>{''.join(f'<td>{text(one)}</td>' for one in rest)}</tr>"
        for first, *rest in rows
    )
    return (
        f'<div class="wide" role="region" tabindex="0" aria-label="{text(caption)}"><table>'
        f"<caption>{text(caption)}</caption><thead>{head}</thead><tbody>{body}</tbody></table></div>"
    )


def preview(shown: Preview, language: Language) -> str:
    """The first rows of a sheet under their titles and what each column is taken as."""
    place = language == "en"
    titles = [{"vi": "Dòng", "en": "Row"}[language], *(f"{letter} {title}" for letter, title, _, _ in shown.columns)]
    meant = [
        {"vi": "Lấy làm", "en": "Taken as"}[language],
        *(both[place] + ("" if sure is None else f" ({sure} %)") for _, _, both, sure in shown.columns),
    ]
    rows = [(row, *cells) for row, cells in shown.rows]
    return table({"vi": f"Các dòng đầu của {shown.name}", "en": f"First rows of {shown.name}"}[language],
                 (titles, meant), rows)  # fmt: skip


def result(taken: Taken, language: Language) -> str:
    """Where each row went, and every fault by its cell."""
    registry = taken.registry
    accounts = [
        (f"{line['file']} [{line['sheet']}]" if line["sheet"] else line["file"], *(line[name] for name in TOLD))
        for line in taken.accounts.to_dict("records")
    ]
    where = {"vi": "Mỗi dòng của các trang đi đâu", "en": "Where each row of the sheets went"}[language]
    parts = [table(where, (ACCOUNT_TITLES[language],), accounts)]
    if len(registry.findings):
        titles = {"vi": ("Mức", "Chỗ", "Vì sao", "Cách sửa"), "en": ("Severity", "Place", "Why", "Mend")}[language]
        rows = [
            (
                SEVERITIES[one["severity"]][language],
                *(one[f"{name}_{language}"] for name in ("place", "message", "mend")),
            )
            for one in registry.findings.head(MOST_ROWS).to_dict("records")
        ]
        parts.append(table({"vi": "Lỗi và cảnh báo theo ô", "en": "Faults by cell"}[language], (titles,), rows))
        if (more := len(registry.findings) - MOST_ROWS) > 0:
            parts.append(said({"vi": f"Và {more} phát hiện nữa.", "en": f"And {more} more."}[language]))
    if notes := list(dict.fromkeys(registry.notes[f"message_{language}"])):
        lines = "".join(f"<li>{text(one)}</li>" for one in notes[:MOST_ROWS])
        head = {"vi": "Đã hiểu và đã đổi", "en": "Understood and converted"}[language]
        parts.append(f"<h3>{head}</h3><ul>{lines}</ul>")
    absent = ", ".join(getattr(TABLES[name], language) for name in TABLES if name not in taken.held)
    lead = {"vi": "Sổ không giữ (không tính là thiếu)", "en": "Not held (and not counted as missing)"}[language]
    return "".join(parts) + f"<p>{lead}: {text(absent)}.</p>"


def download(name: str, data: bytes | Path, words: str) -> str:
    """A link that hands a file over; its bytes are in the page, so that no server needs to give them out."""
    data = data.read_bytes() if isinstance(data, Path) else data
    kind = "text/plain" if name.endswith(".yaml") else "application/octet-stream"
    size = f"{max(1, round(len(data) / 1024))} KB"
    link = f"data:{kind};base64,{base64.b64encode(data).decode()}"
    return f'<li><a download="{text(name)}" href="{link}">{text(words)}: {text(name)} ({size})</a></li>'
