"""From sheets and their mapping to a checked registry: nothing is left out that is not counted."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from kttt_lib.errors import KtttError
from kttt_lib.intake.forms.htx import check_sums, read_htx
from kttt_lib.intake.grid import Grid
from kttt_lib.intake.joining import identify, tables_from
from kttt_lib.intake.mapping import Mapping, SameRule
from kttt_lib.intake.proposal import rule_for
from kttt_lib.intake.reading import Work, read_sheet
from kttt_lib.registry.asof import is_report
from kttt_lib.registry.checking.tables import check_tables
from kttt_lib.registry.findings.log import FindingLog
from kttt_lib.registry.findings.raw import RawTable
from kttt_lib.registry.model import Registry
from kttt_lib.registry.schema import YEARLY_RESULTS


@dataclass
class Taken:
    """What was taken in. ``accounts``: one line a sheet, where each of its rows went; ``registry`` holds the facts.

    ``asked``: questions that only the whole could raise (look-alikes), to be answered in the mapping; nothing is to be
    written while there are any, or while ``not_read`` is not zero.
    """

    registry: Registry
    accounts: pd.DataFrame
    held: dict[str, list[str]]
    asked: list[SameRule]

    @property
    def not_read(self) -> int:
        """Rows that were seen and are not understood."""
        return int(self.accounts["not_read"].sum())


def take(grids: list[Grid], mapping: Mapping, old: Registry | None = None) -> Taken:
    """The registry of the sheets that the mapping takes; KtttError while it has questions.

    ``old``: the registry that these are taken into: an organisation of its name and place keeps its id.
    """
    left = mapping.questions()
    if left:
        raise KtttError(
            "\n".join([f"Còn {len(left)} chỗ cần trả lời trong bản đồ:", *(f"{one.where}: {one.vi}" for one in left)]),
            "\n".join([f"The mapping has {len(left)} questions:", *(f"{one.where}: {one.en}" for one in left)]),
        )
    work = Work(mapping, FindingLog())
    work.log.settle([], mapping.as_written)
    for grid in grids:
        read_sheet(work, grid, read_htx)
    if not work.people:
        notes = work.log.notes()
        why = notes[notes["kind"] == "rows_not_read"]
        if len(why):
            raise KtttError("\n".join(why["message_vi"]), "\n".join(why["message_en"]))
        raise KtttError(
            "Không lấy được tổ chức nào: không có trang nào ghi take: yes.",
            "No organisation was taken: no sheet says take: yes.",
        )
    asked = identify(work, old)
    raws = tables_from(work, old)
    filled = {(grid.file, grid.sheet) for grid in grids if (rule := rule_for(mapping, grid)) and rule.form}
    check_sums(raws["annual_reports"], filled, work.log)
    about: dict[str, object] = {"province": mapping.province, "synthetic": mapping.synthetic}
    _say_no_reports(raws["annual_reports"], grids[0], work, old)
    registry = check_tables(raws, about, work.log)
    held = {name: [column for column in raw.frame if raw.frame[column].notna().any()] for name, raw in raws.items()}
    return Taken(
        registry, _accounts(work, registry), {name: columns for name, columns in held.items() if columns}, asked
    )


def _say_no_reports(raw: RawTable, grid: Grid, work: Work, old: Registry | None) -> None:
    """How many rows of figures are no report (``is_report``), nor of one that the registry has: a list of all there are
    is not what each of them sent."""
    bare = ~is_report(raw.frame.reindex(columns=[*YEARLY_RESULTS, "received_on"]))
    if old is not None and bare.any():
        sent = old.tables["annual_reports"]
        known = {(str(who), int(year)) for who, year in sent.loc[is_report(sent), ["org_id", "year"]].to_numpy()}
        bare &= [(str(who), year) not in known for who, year in zip(raw.frame["org_id"], raw.frame["year"])]
    if bare.any():
        work.say(
            "no_report",
            grid,
            f"{bare.sum()} dòng số liệu năm không có kết quả bằng tiền (doanh thu, lợi nhuận, thu nhập, tài sản …): "
            "giữ số liệu, nhưng không tính là báo cáo năm đã nhận.",
            f"{bare.sum()} rows of yearly figures have no result in money (revenue, profit, income, assets): they are "
            "kept, and count as no annual report received.",
        )


ACCOUNT = (
    "rows",
    "above",
    "organisations",
    "lines",
    "accepted",
    "set_aside",
    "total",
    "section",
    "head",
    "foot",
    "skipped",
    "left_out",
    "not_read",
)
# What a person is told of an account, after its sheet.
TOLD = tuple(name for name in ACCOUNT if name != "organisations")
ACCOUNT_TITLES = {
    "vi": (
        "Trang", "Dòng", "Trên tiêu đề", "Dòng biểu", "Tổ chức nhận", "Cách ly", "Tổng", "Nhóm", "Tiêu đề lặp",
        "Chân trang", "Bỏ qua", "Không lấy", "Không hiểu",
    ),
    "en": (
        "Sheet", "Rows", "Above header", "Form lines", "Organisations taken", "Set aside", "Totals", "Sections",
        "Heads", "Foot", "Skipped", "Left out", "Not read",
    ),
}  # fmt: skip


def _accounts(work: Work, registry: Registry) -> pd.DataFrame:
    """One line a sheet: rows = above + accepted + set aside + totals + sections + heads + foot + skipped +
    not read, and in a form its lines: the row of its name stands for the organisation."""
    bad = {
        tuple(place)
        for frame in registry.quarantine.values()
        for place in frame[["source_file", "source_sheet", "source_row"]].itertuples(index=False, name=None)
    }
    lines = []
    for account in work.accounts:
        aside = sum(place[:2] == (account["file"], account["sheet"]) for place in bad)
        line = {name: account.get(name, 0) for name in ACCOUNT}
        line |= {"set_aside": aside, "accepted": line["organisations"] - aside}
        lines.append({"file": account["file"], "sheet": account["sheet"], **line})
    return pd.DataFrame(lines)
