"""The data dictionary: indicators, rules and registry tables as Markdown pages, made from the definitions."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from kttt_lib.grammar.measure import FIGURES, TAKES, Condition, Population
from kttt_lib.grammar.words import WORDS
from kttt_lib.indicators import INDICATORS, Indicator
from kttt_lib.indicators.parameters import PARAMETERS, Parameter
from kttt_lib.plan import UNITS
from kttt_lib.plan.lists import STANDARD
from kttt_lib.plan.model import ListEntry
from kttt_lib.rating import Rulebook, load_definitions, load_rulebooks
from kttt_lib.rating.rulebooks import Part
from kttt_lib.rating.sizes import TITLES
from kttt_lib.registry.schema import SCOPES, SECTORS, TABLES, Column
from kttt_lib.results import RESULTS

MADE = "<!-- Do lệnh `kttt docs` tạo ra; sửa định nghĩa, không sửa tệp này. Made by `kttt docs`. -->"
STATUS = {
    "read": ("đọc được trong văn bản", "read in a source"),
    "inferred": ("suy ra", "inferred"),
    "open": ("chưa tìm thấy nguồn", "not found"),
    "house": ("phép thử của KTTT", "KTTT's own test"),
}
NATURE = {
    "stock": ("trạng thái tại một ngày", "a state on a day"),
    "flow": ("cộng dồn trong kỳ", "what happened in the period"),
    "cohort": ("nhóm chốt tại một ngày", "a cohort fixed on a day"),
}
RESULTS_LEAD = (
    "Vai trò: `org` mã tổ chức, `id` mã, `code` danh mục, `number` số, `flag` có/không, `day` ngày, `text` chữ. "
    "Đơn vị: `own` theo cột `unit` của dòng; `percent` 0–100, `chance` 0–1, `points` điểm phần trăm. / "
    "Roles: `org` identifies an organisation; units: `own` is the row's `unit`, `percent` 0–100, `chance` 0–1, "
    "`points` percentage points."
)
GRAMMAR = (
    "Một chỉ tiêu ghi `indicator` (mã ở trên) hoặc `measure`: đo gì (`what`), của ai (`of`), đạt gì (`that`). "
    "`kttt plan check --explain` nói lại từng chỉ tiêu thành một câu. Ví dụ: "
    "`measure: {what: share, of: {kind: htx, sector: agriculture}, that: {feature: [value_chain]}}`. / A target "
    "names a ready `indicator` or says its parts: `what` is measured, `of` whom, meeting `that`."
)
KINDS = {
    "text": "chữ / text",
    "integer": "số nguyên / integer",
    "number": "số / number",
    "date": "ngày / date",
    "boolean": "đúng/sai / true or false",
    "choice": "danh mục / choice",
}
LISTS_LEAD_VI = (
    "Các danh mục này là dữ liệu. Tỉnh có mã riêng thì ghi ở khối `lists` của kế hoạch, hoặc ở mục `lists` của "
    "`registry.yaml` (trang Giới thiệu của sổ Excel), không sửa gói. Mã chưa ai khai báo là lỗi, kèm các mã gần nhất; "
    "mã hoặc tên đã có trong danh mục thì không được mang nghĩa khác. Riêng nhóm nhiệm vụ được đặt lại tên. "
    "`kttt check`, `kttt merge` và `kttt template` nhận `--plan` để dùng mã của kế hoạch."
)
LISTS_LEAD_EN = (
    "These lists are data. A province writes codes of its own in the `lists` block of its plan, or under `lists` in "
    "`registry.yaml` (the About sheet of a workbook), without touching the package. A code that nobody declared is an "
    "error told with the nearest ones; a code or title of the lists cannot get another meaning. Task groups alone may "
    "be renamed. `kttt check`, `kttt merge` and `kttt template` take `--plan` for the codes of a plan."
)
LISTS_EXAMPLE = [
    "```yaml",
    "lists:",
    "  features: [{code: lotus, kind: model, vi: Trồng sen, en: Lotus farming}]",
    "  task_groups: [{code: M1, vi: Tuyên truyền, en: Communication}]",
    "```",
]
LIST_TITLES = {
    "features": ("Mô hình, cách làm, chứng nhận", "Models, practices, certificates"),
    "programmes": ("Chính sách hỗ trợ", "Programmes of support"),
    "audiences": ("Đối tượng bồi dưỡng", "Audiences of courses"),
    "series": ("Chuỗi số liệu mà sổ không thể biết", "Series that the registry cannot know"),
    "task_groups": ("Nhóm nhiệm vụ", "Task groups"),
}
FEATURE_KINDS = {
    "model": "mô hình / model",
    "practice": "cách làm / practice",
    "certificate": "chứng nhận / certificate",
}


def render_docs(folder: str | Path) -> list[Path]:
    """Write every page into ``folder`` (made when it is not there); the paths written."""
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    paths = []
    for name, text in pages().items():
        path = folder / name
        path.write_text(text, encoding="utf-8")
        paths.append(path)
    return paths


def pages() -> dict[str, str]:
    """File name -> Markdown of every page."""
    return {
        "indicators.md": indicators(),
        "lists.md": lists(),
        "results.md": results(),
        "rulebooks.md": rulebooks(),
        "tables.md": tables(),
    }


def indicators() -> str:
    """Every indicator: what it counts, what it leaves out, parameters, tables and source."""
    lines = [MADE, "# Chỉ số / Indicators", ""]
    lines += _table(
        ("Mã / id", "Tên / title", "Đơn vị / unit"),
        ((f"[`{i.id}`](#{i.id})", f"{i.title_vi} / {i.title_en}", UNITS[i.unit][0]) for i in INDICATORS.values()),
    )
    for indicator in INDICATORS.values():
        lines += _indicator(indicator)
    lines += ["", "## Tham số / Parameters", ""]
    lines += _table(
        ("Tham số / parameter", "Nghĩa / meaning", "Giá trị / values"),
        ((f"`{name}`", f"{p.vi} / {p.en}", _accepted(p)) for name, p in PARAMETERS.items()),
    )
    return _text([*lines, *grammar()])


def grammar() -> list[str]:
    """The words of ``measure``: what, of whom, that."""
    lines = ["", "## Ngữ pháp / The grammar (`measure`)", "", GRAMMAR, ""]
    rows = [(f"`{what}`", ", ".join(f"`{word}`" for word in words)) for what, words in TAKES.items()]
    lines += _table(("what", "Từ đi cùng / words it takes"), rows)
    conditions = Condition.model_json_schema()["properties"]
    whom = {k: f for k, f in Population.model_json_schema()["properties"].items() if k not in conditions}
    for title, fields in (("of, out_of (và mọi từ của that / and every word of that)", whom), ("that", conditions)):
        words = [(f"`{name}`", _words(name, field)) for name, field in fields.items()]
        lines += ["", f"### {title}", "", *_table(("Từ / word", "Nhận / takes"), words)]
    columns = [(f"`{table}`", ", ".join(f"`{name}`" for name in figures)) for table, figures in FIGURES.items()]
    lines += ["", "### column, over, weight", "", *_table(("Bảng / table", "Cột / columns"), columns)]
    return lines


def _words(name: str, field: dict[str, Any]) -> str:
    """The words that a field takes; figures and open lists are named once, elsewhere."""
    said = {"rule": WORDS["rules"], "sector": SECTORS, "scope": SCOPES, "size": TITLES}.get(
        name, WORDS.get(f"{name}s", {})
    )
    if said:
        return "; ".join(f"`{word}` {vi} / {en}" for word, (vi, en, *_) in said.items())
    if name in ("feature", "certificate", "supported", "column"):
        return "`docs/lists.md`" if name != "column" else "bảng dưới, hoặc / below, or: `scope`, `agri_subtype`"
    text = json.dumps(field)
    words = re.findall(r'"const": (\S+?)[,}]', text) + re.findall(r'"enum": \[(.*?)\]', text)
    kinds = {"boolean": "`true`, `false`", "number": "số / a number", "string": "tên / names"}
    plain = next((shown for kind, shown in kinds.items() if f'"{kind}"' in text), "")
    return ", ".join(f"`{word}`" for word in re.findall(r"\w+", " ".join(words))) or plain


def _accepted(parameter: Parameter) -> str:
    schema = parameter.adapter.json_schema()
    if parameter.words:
        several = "một hay nhiều / one or more: " if "array" in json.dumps(schema) else ""
        return several + "; ".join(f"`{code}` {vi} / {en}" for code, (vi, en) in parameter.words.items())
    if schema["type"] == "boolean":
        return "`true`, `false`"
    return f"> {schema['exclusiveMinimum']:g}, ≤ {schema['maximum']:g}"


def _indicator(indicator: Indicator) -> list[str]:
    nature_vi, nature_en = NATURE[indicator.nature]
    concepts = ", ".join(indicator.concepts) or "–"
    parameters = ", ".join(f"`{name}` = `{value}`" for name, value in indicator.parameters.items()) or "–"
    return [
        "",
        f"## {indicator.id}",
        "",
        f"**{indicator.title_vi}** / {indicator.title_en}",
        "",
        f"- Tính / counts: {indicator.counts_vi}. / {indicator.counts_en}.",
        f"- Không tính / excludes: {indicator.excludes_vi}. / {indicator.excludes_en}.",
        f"- Đơn vị / unit: {' / '.join(UNITS[indicator.unit])}. Loại / nature: {nature_vi} / {nature_en}",
        f"- Dựa trên quy tắc / rests on rules of: {concepts}",
        f"- Tham số / parameters: {parameters}",
        f"- Bảng đọc / tables read: {', '.join(f'`{table}`' for table in indicator.tables) or '–'}",
        f"- Nguồn / source: {indicator.source_vi}. / {indicator.source_en}.",
    ]


def results() -> str:
    """Every result: its title, key and columns with role and unit."""
    lines = [MADE, "# Kết quả / Results", "", RESULTS_LEAD, ""]
    lines += _table(
        ("Bảng / result", "Tên / title"),
        ((f"[`{name}`](#{_anchor(name)})", f"{r.vi} / {r.en}") for name, r in RESULTS.items()),
    )
    for name, result in RESULTS.items():
        lines += ["", f"## {_anchor(name)}", "", f"**{result.vi}** / {result.en} (`{name}`)", ""]
        lines += [f"Khóa / key: {', '.join(f'`{column}`' for column in result.key) or '–'}", ""]
        lines += _table(
            ("Cột / column", "Tên / title", "Vai trò / role", "Đơn vị / unit"),
            (
                (f"`{column.name}`", f"{column.vi} / {column.en}", column.role, column.unit or "–")
                for column in map(result.column, result.columns)
            ),
        )
    return _text(lines)


def _anchor(name: str) -> str:
    return name.replace("/", "-")


def rulebooks() -> str:
    """Every named definition and every rulebook, with how each figure is known."""
    lines = [
        MADE,
        "# Quy tắc và văn bản đánh giá / Rules and rulebooks",
        "",
        "## Định nghĩa có tên / Named definitions",
    ]
    for rule in load_definitions().values():
        lines += [
            "",
            f"### {rule.id}",
            "",
            f"**{rule.title_vi}** / {rule.title_en}",
            "",
            f"- Tính / counts: {rule.counts_vi}. / {rule.counts_en}.",
            f"- Không tính / excludes: {rule.excludes_vi}. / {rule.excludes_en}.",
            f"- Nguồn / source: {rule.source_vi}. / {rule.source_en}.",
            f"- Tình trạng / status: {' / '.join(STATUS[rule.status])}",
        ]
        if rule.in_force_from:
            lines.append(f"- Hiệu lực từ / in force from: {rule.in_force_from.isoformat()}")
        lines += [
            f"- Điều kiện / conditions ({'mọi / all' if version.all else 'một trong / any'}): "
            + "; ".join(_condition(condition) for condition in version.all or version.any)
            for version in rule.versions
            if not version.open_vi
        ]
        lines += [f"- Không xếp loại / not rated: {_condition(condition)}" for condition in rule.not_rated]
        lines += [
            f"- {version.start or '…'} – {version.to or '…'}: {version.open_vi}. / {version.open_en}."
            for version in rule.versions
            if version.open_vi
        ]
    lines += ["", "## Văn bản / Rulebooks"]
    for book in load_rulebooks().values():
        lines += _rulebook(book)
    return _text(lines)


def _condition(condition: dict[str, Any]) -> str:
    parameters = ", ".join(f"{name} {value}" for name, value in condition.items() if name != "op")
    return f"`{condition['op']}`" + (f" ({parameters})" if parameters else "")


def _rulebook(book: Rulebook) -> list[str]:
    force = book.in_force
    end = force.to.isoformat() if force.to else "…"
    lines = [
        "",
        f"### {book.id}",
        "",
        f"**{book.title_vi}** / {book.title_en}",
        "",
        f"- Hiệu lực / in force: {force.start.isoformat()} – {end} ({' / '.join(STATUS[force.to_status])})",
        f"- Áp dụng / covers: {', '.join(book.applies_to.kinds)}; {', '.join(book.applies_to.sectors)}",
        f"- Đã đọc / read: {book.source.read.strip()}",
        *(f"- Không xếp loại / not rated: {_condition(condition)}" for condition in book.not_rated),
        *(f"- {text}" for text in (force.note_vi, force.note_en) if text),
    ]
    if book.criteria:
        lines += [
            "",
            *_table(("Tiêu chí / criterion", "Tên / title", "Điểm / points", "Nguồn / known"), _criteria(book)),
        ]
    if book.grades:
        lines += [
            "",
            *_table(
                ("Xếp loại / grade", "Từ điểm / from points"),
                ((f"{grade.title_vi} / {grade.title_en}", grade.at_least) for grade in book.grades),
            ),
        ]
    lines += [f"- Hạ loại / demotion: {d.text_vi}. / {d.text_en}." for d in book.demotions]
    for test in book.tests:
        period = f"{test.start.isoformat()} – {test.to.isoformat() if test.to else '…'}"
        lines += [f"- {period}: {item.id} {item.text_vi}. / {item.text_en}." for item in test.items]
        if test.note_vi:
            lines.append(f"- {period}: {test.note_vi}. / {test.note_en}.")
    lines += [f"- Điều / article {c.article}: {c.text_vi}. / {c.text_en}." for c in book.compliance]
    return lines


def _criteria(book: Rulebook) -> Iterable[tuple[Any, ...]]:
    for group in book.groups:
        yield f"**{group.id}**", f"{group.title_vi} / {group.title_en}", group.maximum, _known(group.status), ""
        for criterion in (c for c in book.criteria if c.group == group.id):
            for item in (criterion, *criterion.parts):
                title = f"{item.title_vi} / {item.title_en}"
                points = "?" if item.maximum is None else item.maximum
                yield item.id, title, points, _known(item.status), _bands(item)


def _bands(item: Part) -> str:
    if item.compute is None:
        return ""
    quantity = item.compute.numerator + (f" / {item.compute.denominator}" if item.compute.denominator else "")
    bands = (
        f"≥ {band.start:g}: {band.points:g}"
        if band.start is not None
        else f"> {band.over:g}: {band.points:g}"
        if band.over is not None
        else f"{band.points:g}"
        for band in item.bands
    )
    return f"{quantity} ({item.compute.unit}): {'; '.join(bands)}"


def _known(status: str) -> str:
    return " / ".join(STATUS[status])


def _sort(entry: ListEntry) -> str:
    """The kind of a feature, the unit of a series."""
    unit = getattr(entry, "unit", None)
    return " / ".join(UNITS[unit]) if unit else FEATURE_KINDS.get(getattr(entry, "kind", ""), "–")


def lists() -> str:
    """Every open list, and how a province adds to it."""
    lines = [MADE, "# Danh mục mở / Open lists", "", LISTS_LEAD_VI, "", LISTS_LEAD_EN, "", *LISTS_EXAMPLE]
    for name, (vi, en) in LIST_TITLES.items():
        where = "".join(
            f"`{table.name}.{c.name}`; " for table in TABLES.values() for c in table.columns if c.listed == name
        )
        lines += ["", f"## {name}", "", f"**{vi}** / {en} ({where}`data/lists/{name}.yaml`)", ""]
        entries = getattr(STANDARD, name)
        lines += _table(
            ("Mã / code", "Tên / title", "Loại, đơn vị / kind, unit", "Nguồn / source"),
            ((f"`{e.code}`", f"{e.vi} / {e.en}", _sort(e), e.source or "–") for e in entries),
        )
    return _text(lines)


def tables() -> str:
    """Every registry table with its columns, units and closed lists."""
    lines = [MADE, "# Bảng sổ đăng ký / Registry tables"]
    for table in TABLES.values():
        lines += ["", f"## {table.name}", "", f"**{table.vi}** / {table.en}. Khóa / key: {', '.join(table.key)}", ""]
        lines += _table(
            ("Cột / column", "Tên / title", "Kiểu / type", "Đơn vị / unit", "Bắt buộc / required", "Giá trị / values"),
            (
                (f"`{c.name}`", f"{c.vi} / {c.en}", KINDS[c.kind], c.unit, "x" if c.required else "", _values(c))
                for c in table.columns
            ),
        )
    return _text(lines)


def _values(column: Column) -> str:
    if column.choices:
        return "; ".join(f"`{code}` {vi}" for code, (vi, _) in column.choices.items())
    bounds = (column.minimum, column.maximum)
    return "" if bounds == (None, None) else " – ".join("…" if bound is None else f"{bound:g}" for bound in bounds)


def _table(head: tuple[str, ...], rows: Iterable[tuple[Any, ...]]) -> list[str]:
    lines = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    for row in rows:
        cells = (f"{cell:g}" if isinstance(cell, float) else str(cell) for cell in row)
        lines.append("| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |")
    return lines


def _text(lines: list[str]) -> str:
    return "\n".join(lines) + "\n"
