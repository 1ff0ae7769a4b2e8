"""What checking and merging say to a person: tables, notes and the verdict in one language, nothing of the code."""

from __future__ import annotations

import pandas as pd

from kttt_lib.errors import Language
from kttt_lib.registry.findings.places import key_text, value_text
from kttt_lib.registry.history import Entry, undone
from kttt_lib.registry.merge import MergePlan
from kttt_lib.registry.model import Registry
from kttt_lib.registry.returned import RETURNED
from kttt_lib.registry.schema import TABLES
from kttt_lib.registry.text import number

SEVERITIES = {"error": ("LỖI", "ERROR"), "warning": ("Cảnh báo", "Warning")}
COUNT_TITLES = {
    "vi": ["Bảng", "Đã thấy", "Được nhận", "Cách ly", "Chưa đọc"],
    "en": ["Table", "Seen", "Accepted", "Set aside", "Not read"],
}
OTHER_ROWS = {"vi": "(bảng khác)", "en": "(other tables)"}
CHANGE_KINDS = {"added": ("thêm", "added"), "changed": ("sửa", "changed"), "removed": ("bỏ", "removed")}
CHANGE_TITLES = {
    "vi": ["Bảng", "Khóa", "Thay đổi", "Cột", "Trước", "Sau"],
    "en": ["Table", "Key", "Change", "Column", "Before", "After"],
}
SETTLED_HOWS = {
    "sent back": ("thay bằng dòng gửi lại", "replaced by the row sent back"),
    "dropped": ("bỏ", "dropped"),
    "new version": ("thay bằng dòng cùng khóa", "replaced by a row of the same key"),
}
SETTLED_TITLES = {
    "vi": ["Bảng", "Dòng cách ly trong sổ", "Khóa cũ", "Xử lý"],
    "en": ["Table", "Row set aside in the registry", "Former key", "What becomes of it"],
}
ABSENT_NAMED = 20
SUMMARY_TITLES = {
    "vi": ["Bảng", "Dòng thêm", "Dòng sửa", "Ô sửa", "Dòng bỏ", "Vắng, giữ lại", "Cách ly"],
    "en": ["Table", "Rows added", "Rows changed", "Cells changed", "Rows removed", "Absent, kept", "Set aside"],
}
REFUSALS = {
    "new": {
        "vi": (
            "{count} dòng lỗi của {new}: sửa ở đó rồi chạy lại lệnh này, hoặc chỉ nhận các dòng đúng: thêm --good-rows."
        ),
        "en": (
            "Rows in error in {new}: {count}. Mend them there and run this again, or take the good rows alone: add "
            "--good-rows."
        ),
    },
    "orphaned": {
        "vi": (
            "{count} dòng của {old} thuộc tổ chức mà {new} bỏ hoặc đổi mã. Nếu bỏ tổ chức thì bỏ cả các dòng này: xóa "
            "trắng các ô của chúng trong {old}, giữ nguyên chỗ của dòng, rồi chạy lại lệnh này. Nếu không, điền lại "
            "dòng tổ chức trong {new} và sửa lỗi ở đó."
        ),
        "en": (
            "Rows of {old} that belong to an organisation which {new} drops or gives another id: {count}. To drop it, "
            "drop these too: empty their cells in {old}, leave the rows in their place and run this again. Else fill "
            "in the organisation's row in {new} again and mend it there."
        ),
    },
    "contradicted": {
        "vi": "{count} dòng đúng của {old} trái với {new}: sửa {new} hoặc sửa các dòng đó rồi chạy lại lệnh này.",
        "en": "Rows accepted in {old} that {new} contradicts: {count}. Mend {new}, or these rows, and run this again.",
    },
    "old": {
        "vi": (
            "{count} dòng lỗi có sẵn trong {old} mà {new} chưa sửa: chạy kttt check {old} --write-quarantine TỆP.xlsx, "
            "sửa tệp đó rồi chạy kttt merge {old} TỆP.xlsx; hoặc để chúng đó và gộp các dòng đúng: thêm --good-rows."
        ),
        "en": (
            "Rows in error that {old} already had and {new} does not mend: {count}. "
            "Run kttt check {old} --write-quarantine FILE.xlsx, mend that file and run kttt merge {old} FILE.xlsx; "
            "or leave them there and merge the good rows: add --good-rows."
        ),
    },
}
# By whether there are errors.
RETURNED_VERDICTS = {
    False: {
        "vi": (
            "{found} trong những gì kiểm tra riêng được: đây là tệp cách ly ({read} dòng), phần còn lại được kiểm tra "
            "cùng cả sổ khi gộp: kttt merge SỔ {source}"
        ),
        "en": (
            "{found} in what can be checked alone: this is a workbook of rows set aside (rows: {read}); the rest is "
            "checked with the whole registry when they are merged: kttt merge REGISTRY {source}"
        ),
    },
    True: {
        "vi": "{found}: đây là tệp cách ly ({read} dòng); sửa các ô đó ngay trong tệp rồi gộp: kttt merge SỔ {source}",
        "en": (
            "{found}: this is a workbook of rows set aside (rows: {read}); mend these cells in it, then merge: "
            "kttt merge REGISTRY {source}"
        ),
    },
}
LEAVING = {
    "vi": "{district}: bỏ {gone} trong {all} tổ chức ({share} %), {rows_gone} trong {rows} dòng ({rows_share} %).",
    "en": "{district}: {gone} of {all} organisations ({share} %) go, and {rows_gone} of {rows} rows ({rows_share} %).",
}
WAITING = {
    "vi": "{count} dòng không được nhận vì tổ chức của chúng đang có lỗi.",
    "en": "Rows not taken in because their organisation is in error: {count}.",
}
LEFT_OUT = {
    "vi": "Dòng lỗi để lại: {new} dòng của tệp mới (không ghi vào sổ), {old} dòng có sẵn trong sổ (giữ nguyên như cũ).",
    "en": "Rows in error left as they are: {new} of the new file (not written), {old} of the registry (unchanged).",
}
CHANGED_SINCE = {
    "vi": "{name} đã thay đổi từ lúc đọc; đọc và gộp lại.",
    "en": "{name} has changed since it was read; read and merged again.",
}
HISTORY_TITLES = {
    "vi": ["Lần", "Khi nào (UTC)", "Ai", "Tệp", "Dòng thêm", "Dòng sửa", "Dòng bỏ", ""],
    "en": ["No.", "When (UTC)", "By", "File", "Rows added", "Rows changed", "Rows removed", ""],
}
AND_MORE = {"vi": " và {} dòng nữa", "en": " and {} more rows"}
SLIPS_TEXT = {
    "vi": "{count} dòng điểm được nhận nhưng không được đọc vì ghi sai; sửa các LỖI ở trên.",
    "en": "Scores accepted and not read, as they are written wrongly: {count}; mend each ERROR above.",
}
NOTHING_WRITTEN = {"vi": "Không ghi gì.", "en": "Nothing was written."}
TABLES_NAMED = 3


def findings_text(findings: pd.DataFrame, language: Language) -> str:
    """Every finding on a line: severity, place, message, mend; a warning said of more rows of a column, once."""
    same = ["severity", "rule", "table", "column", f"message_{language}", f"mend_{language}"]
    alike = findings.groupby(same, sort=False, dropna=False)["severity"].transform("size")
    again = findings.duplicated(same) & (findings["severity"] == "warning")
    lines = []
    for row, times in zip(findings[~again].to_dict("records"), alike[~again]):
        severity = SEVERITIES[row["severity"]][language == "en"]
        more = AND_MORE[language].format(times - 1) if times > 1 and row["severity"] == "warning" else ""
        lines.append(
            f"{severity} {row[f'place_{language}']}{more}: {row[f'message_{language}']} {row[f'mend_{language}']}"
        )
    return "\n".join(lines)


def notes_text(notes: pd.DataFrame, language: Language) -> str:
    """Each thing that the reader did on one line, with the tables where it did so."""
    lines = []
    for message, same in notes.groupby(f"message_{language}", sort=False):
        tables = [getattr(TABLES[name], language) for name in same["table"] if name]
        named = ", ".join(f"“{title}”" for title in tables)
        if len(tables) > TABLES_NAMED:
            named = f"{len(tables)} bảng" if language == "vi" else f"{len(tables)} tables"
        files = same["file"].unique()
        where = " ".join(filter(None, [files[0] if len(files) == 1 else "", f"[{named}]" if named else ""]))
        lines.append(f"{where}: {message}" if where and not message.startswith(where) else message)
    return "\n".join(lines)


def counts_text(counts: pd.DataFrame, language: Language) -> str:
    """Rows by table: read = accepted + set aside, and where some were not read these too."""
    if counts["not_read"].any():
        return side_by_side(_titled(counts, language), COUNT_TITLES[language], language)
    titles = {"vi": ["Bảng", "Đã đọc", "Được nhận", "Cách ly"], "en": ["Table", "Read", "Accepted", "Set aside"]}
    return side_by_side(_titled(counts.drop(columns="not_read"), language), titles[language], language)


def summary_text(plan: MergePlan, language: Language) -> str:
    """What a merge would do, by table, and which organisations it lacks."""
    table = side_by_side(_titled(plan.summary(), language), SUMMARY_TITLES[language], language)
    if not plan.absent_names:
        return table
    said = {
        "vi": "Có trong sổ, không có trong nguồn mới, nên giữ lại và vẫn được đếm",
        "en": "In the registry and not in the new source, so kept and still counted",
    }[language]
    names = ", ".join(plan.absent_names[:ABSENT_NAMED]) + ", …" * (len(plan.absent_names) > ABSENT_NAMED)
    return f"{table}\n{said} ({len(plan.absent_names)}): {names}"


def changes_text(changes: pd.DataFrame, language: Language) -> str:
    """Every change of a merge on a line: rows added and removed, changed rows cell by cell."""
    rows = []
    for change in _present(changes):
        table = TABLES[change["table"]]
        column = next((known for known in table.columns if known.name == change["column"]), None)
        title = getattr(column, language) if column else change["column"]
        cells = [value_text(change[side], column, language) for side in ("before", "after")]
        key = key_text(change["table"], change["key"], language)
        kind = CHANGE_KINDS[change["kind"]][language == "en"]
        rows.append([getattr(table, language), key, kind, title or "", *cells])
    return side_by_side(rows, CHANGE_TITLES[language], language)


def left_out(plan: MergePlan, language: Language) -> list[str]:
    """What a merge leaves out or takes away beyond its table: rows in error, and how much of each place goes."""
    lines = []
    for row in plan.leaving.to_dict("records"):
        gone, all_, rows_gone, rows = (
            row[name] for name in ("organisations_removed", "organisations", "rows_removed", "rows")
        )
        shares = {"share": round(100 * gone / max(all_, 1)), "rows_share": round(100 * rows_gone / max(rows, 1))}
        counts = {"gone": gone, "all": all_, "rows_gone": rows_gone, "rows": rows}
        words = {name: number(count, language) for name, count in counts.items()}
        lines.append(LEAVING[language].format(district=row["district"], **words, **shares))
    if plan.waiting:
        lines.append(WAITING[language].format(count=number(plan.waiting, language)))
    if plan.takes_part and len(plan.errors):
        counts = {"new": number(plan.wrong.new, language), "old": number(plan.wrong.old, language)}
        lines.append(LEFT_OUT[language].format(**counts))
    return lines


def history_text(entries: list[Entry], language: Language) -> str:
    """What was taken in, by whom and when, oldest first."""
    if not entries:
        return {"vi": "Chưa có lần gộp nào được ghi lại.", "en": "No merge is logged yet."}[language]
    back = undone(entries)
    rows = []
    for entry in entries:
        what = entry.source
        if entry.undoes is not None:
            what = {"vi": f"hoàn lại lần {entry.undoes}", "en": f"takes back {entry.undoes}"}[language]
        state = {"vi": "đã hoàn lại", "en": "taken back"}[language] if entry.number in back else ""
        rows.append(
            [entry.number, entry.when.partition("+")[0].replace("T", " "), entry.by, what, *entry.counts(), state]
        )
    return side_by_side(rows, HISTORY_TITLES[language], language)


def settled_text(settled: pd.DataFrame, language: Language) -> str:
    """The rows set aside in the registry that a merge puts in order."""
    rows = [
        [
            getattr(TABLES[row["table"]], language),
            row["place"],
            key_text(row["table"], row["key"], language),
            SETTLED_HOWS[row["how"]][language == "en"],
        ]
        for row in _present(settled)
    ]
    return side_by_side(rows, SETTLED_TITLES[language], language)


def check_verdict(registry: Registry, language: Language, source: str, quarantine: str | None) -> str:
    """The last line of a check; ``quarantine`` is the workbook that now holds the rows set aside, if one was made."""
    errors = len(registry.errors)
    warnings = len(registry.findings) - errors
    read, aside = (number(int(registry.counts[name].sum()), language) for name in ("read", "quarantined"))
    if (registry.notes["kind"] == RETURNED).any():
        return RETURNED_VERDICTS[bool(errors)][language].format(
            found=found_text(errors, warnings, language), read=read, source=source
        )
    if not len(registry.findings) and registry.counts.set_index("table").loc["organisations", "read"] == 0:
        return {"vi": "Sổ không có tổ chức nào.", "en": "The registry has no organisations."}[language]
    if not errors:
        all_in = {"vi": f"{read} dòng đã đọc, tất cả được nhận.", "en": f"{read} rows read, all accepted."}[language]
        clean = {"vi": "Sạch", "en": "Clean"}[language]
        return f"{found_text(0, warnings, language) if warnings else clean}: {all_in}"
    unread = int(registry.counts["not_read"].sum())
    if not registry.counts["quarantined"].any() and (registry.errors["table"] == "").all():
        found, rows = found_text(errors, warnings, language), number(unread, language)
        return {
            "vi": f"{found}: {rows} dòng chưa đọc; xem các LỖI ở trên.",
            "en": f"{found}: rows not read: {rows}; see each ERROR above.",
        }[language]
    if language == "vi":
        head = f"{found_text(errors, warnings, language)}: {aside} trong {read} dòng đã đọc bị cách ly"
        if quarantine:
            return f"{head}, ghi ở {quarantine}; sửa các ô tô đỏ rồi chạy: kttt merge {source} {quarantine}"
        return f"{head}; chạy lại với --write-quarantine TỆP.xlsx để ghi các dòng đó ra mà sửa."
    head = f"{found_text(errors, warnings, language)}: {aside} of {read} rows read are set aside"
    if quarantine:
        return f"{head}, written to {quarantine}; mend the red cells, then run: kttt merge {source} {quarantine}"
    return f"{head}; run again with --write-quarantine FILE.xlsx to write these rows out and mend them."


def found_text(errors: int, warnings: int, language: Language) -> str:
    """How many errors and warnings."""
    counts = number(errors, language), number(warnings, language)
    if language == "vi":
        return f"{counts[0]} lỗi, {counts[1]} cảnh báo"
    return f"{counts[0]} error{'s' * (errors != 1)}, {counts[1]} warning{'s' * (warnings != 1)}"


def merge_refusal(plan: MergePlan, language: Language, old: str, new: str) -> str:
    """What to do about the errors of a merge, by whose they are (``Wrong``)."""
    lines = []
    for sort, texts in REFUSALS.items():
        count = getattr(plan.wrong, sort)
        if count:
            lines.append(texts[language].format(count=number(count, language), old=old, new=new))
    return "\n".join([*lines, NOTHING_WRITTEN[language]])


def _titled(rows: pd.DataFrame, language: Language) -> list[list[object]]:
    """Rows with the table's title in place of its code."""
    return [
        [getattr(TABLES[name], language) if name else OTHER_ROWS[language], *map(int, rest)]
        for name, *rest in rows.itertuples(index=False)
    ]


def _present(frame: pd.DataFrame) -> list[dict[str, object]]:
    """Rows with None for whatever is missing."""
    return frame.astype(object).where(frame.notna(), None).to_dict("records")


def side_by_side(rows: list[list[object]], titles: list[str], language: Language) -> str:
    """Columns side by side: text to the left, counts to the right."""
    cells = [[number(value, language) if isinstance(value, int) else value for value in row] for row in rows]
    counts = [bool(rows) and all(isinstance(row[place], int) for row in rows) for place in range(len(titles))]
    widths = [max(len(line[place]) for line in [titles, *cells]) for place in range(len(titles))]
    lines = [
        "  ".join(text.rjust(width) if right else text.ljust(width) for text, width, right in zip(line, widths, counts))
        for line in [titles, *cells]
    ]
    return "\n".join(line.rstrip() for line in lines)
