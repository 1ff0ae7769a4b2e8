"""The commands of the official yearly forms: blank ones to send out, the province's summary written and read."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from kttt_lib.cli.options import PATH, language, say
from kttt_lib.cli.registry import refuse_target

ACCOUNT_TITLES = {
    "vi": ["Dòng", "Trên biểu", "Dòng biểu", "Đề mục", "Tiêu đề cột", "Chân trang", "Bỏ qua", "Không hiểu"],
    "en": ["Rows", "Above", "Form lines", "Headings", "Column titles", "Foot", "Skipped", "Not read"],
}
ACCOUNT = ["rows", "above", "lines", "section", "head", "foot", "skipped", "not_read"]
VERDICTS = {
    "met": ("đạt", "met"),
    "not_met": ("không đạt", "not met"),
    "undetermined": ("chưa kết luận được", "undetermined"),
    "tracked": ("theo dõi", "tracked"),
    "not_due": ("chưa đến hạn", "not due"),
    "no_data": ("không có số liệu", "no data"),
}
SAYS = {
    "contradicts": ("trái với sổ", "contradicts the registry"),
    "open": ("chưa đối chiếu được (sổ hoặc biểu thiếu)", "open (either lacks some)"),
    "only_summary": ("chỉ biểu có", "in the form only"),
    "only_registry": ("chỉ sổ có", "in the registry only"),
    "agrees": ("khớp", "agrees"),
}
number = click.option("--number", default=None, help="The form's number to print; else that of data/rulebooks.")


@click.group()
def forms() -> None:
    """The yearly forms: blank ones for cooperatives, the province's summary written from a registry, or read."""


@forms.command("htx")
@click.argument("out", type=PATH)
@click.option("--year", type=int, required=True, help="The year that is reported on.")
@click.option("--registry", default=None, help="A form for each organisation that works, with its name and code.")
@click.option("--figures", is_flag=True, help="With --registry: the figures of the year too.")
@click.option("--province", default="", help="Printed above; with --registry the registry's own.")
@number
@language
def htx_forms(
    out: Path, year: int, registry: str | None, figures: bool, province: str, number: str | None, language: str
) -> None:
    """Write a cooperative's yearly form to OUT.xlsx: blank, or one for each organisation of a registry.

    Filled in, `kttt intake` reads them.
    """
    from kttt_lib.intake.forms.writing import Sheet, htx_sheet, write_forms
    from kttt_lib.rating import load_form

    refuse_target(out)
    synthetic, sheets = False, [Sheet("Biểu HTX")]
    if registry is not None:
        from kttt_lib.registry import read_registry

        known = read_registry(registry)
        province = str(known.about.get("province") or province)
        synthetic = bool(known.about.get("synthetic"))
        view = known.as_of(f"{year}-12-31")
        people = view.organisations[view.organisations["kind"].isin(("htx", "qtdnd", "lhhtx"))]
        people = people[people["state"].isin(("active", "suspended"))]
        reports = view.annual_reports[view.annual_reports["year"] == year].set_index("org_id") if figures else None
        sheets = []
        for row in people.astype(object).to_dict("records"):
            told = reports is not None and row["org_id"] in reports.index
            report = reports.astype(object).loc[row["org_id"]].to_dict() if told and reports is not None else None
            sheets.append(htx_sheet(row, report))
    write_forms(out, load_form("htx"), sheets, year, province, number=number, synthetic=synthetic)
    n = len(sheets)
    click.echo({"vi": f"Đã ghi {out}: {n} biểu.", "en": f"{out} written: {n} forms."}[language])


@forms.command("summary")
@click.argument("registry")
@click.argument("out", type=PATH)
@click.option("--year", type=int, required=True, help="The year of the summary.")
@number
@language
def summary(registry: str, out: Path, year: int, number: str | None, language: str) -> None:
    """Write the province's yearly summary of a REGISTRY to OUT.xlsx; what it does not hold stays blank."""
    from kttt_lib.analysis.resources.resources import resources
    from kttt_lib.intake.forms.writing import summary_sheet, write_forms
    from kttt_lib.rating import load_form
    from kttt_lib.registry import read_registry
    from kttt_lib.results import RESOURCES_FORM

    refuse_target(out)
    known = read_registry(registry)
    aside = int(known.counts["quarantined"].sum())
    if aside:
        say(
            {
                "vi": f"Sổ còn {aside} dòng có lỗi, không tính vào biểu (xem: kttt check).",
                "en": f"{aside} rows of the registry are in error and not in the form (see kttt check).",
            }[language]
        )
    frame = resources(known, f"{year}-12-31")[RESOURCES_FORM]
    sheet, form = summary_sheet(frame, year), load_form("province")
    province, synthetic = str(known.about.get("province") or ""), bool(known.about.get("synthetic"))
    write_forms(out, form, [sheet], year, province, number=number, synthetic=synthetic)
    filled = len({line for line, _ in sheet.values})
    click.echo(
        {
            "vi": f"Đã ghi {out}: điền {filled}/{len(form.lines)} dòng, các dòng khác để trống vì sổ không có.",
            "en": f"{out} written: {filled} of {len(form.lines)} lines filled in; the others are not held.",
        }[language]
    )


@forms.command("read")
@click.argument("files", nargs=-1, required=True, type=PATH)
@click.option("--plan", default=None, help="A plan: what the totals say of its promises.")
@click.option("--registry", default=None, help="A registry of the same province: where the form contradicts it.")
@click.option("--year", type=int, default=None, help="The year of the figures, where the form does not say it.")
@click.option("--unit", default="auto", help="The unit of money, where the form does not say it.")
@click.option("--skip", default="", help="Rows that are left out on purpose: 12,14.")
@click.option("--as-written", default="", help="Cells whose size is doubted and is right as written: D14,E20.")
@click.option("--whole-year", is_flag=True, help="Each form covers the whole calendar year, to 31 December.")
@click.option("--out", type=PATH, default=None, help="Write the figures, with their cells, to this new CSV file.")
@language
def read(
    files: tuple[Path, ...],
    plan: str | None,
    registry: str | None,
    year: int | None,
    unit: str,
    skip: str,
    as_written: str,
    whole_year: bool,
    out: Path | None,
    language: str,
) -> None:
    """Read filled summaries of a province (one file a year): sums checked, and what totals alone can say.

    The figures are facts of the form, not rows counted. Exit code 2 while a row is not read or a sum does not add up.
    """
    import pandas as pd

    from kttt_lib.cli import registry_words as wording
    from kttt_lib.errors import KtttError
    from kttt_lib.files import write_text
    from kttt_lib.intake.forms.results import beside_registry, targets_said
    from kttt_lib.intake.forms.summary import read_summary
    from kttt_lib.intake.grid import read_grids

    if not all(part.strip().isdigit() for part in skip.split(",") if part.strip()):
        raise KtttError(f"--skip {skip}: ghi số dòng, cách nhau bằng dấu phẩy.", f"--skip {skip}: give row numbers.")
    if out is not None and out.exists():
        raise KtttError(f"{out}: tệp đã có; chọn tên khác.", f"{out}: already there; choose another name.")
    rows = [int(part) for part in skip.split(",") if part.strip()]
    found = [read_summary(read_grids(path), year, unit, rows, as_written.split(",")) for path in files]
    english = language == "en"
    bad = 0
    for path, one in zip(files, found, strict=True):
        click.echo(f"{path.name}: {one.province} {one.year}{SYNTHETIC[english] if one.synthetic else ''}")
        for fault in one.findings.to_dict("records"):
            mark = {"error": ("LỖI", "ERROR"), "warning": ("Lưu ý", "Note")}[fault["severity"]][english]
            cell = f" {fault['cell']}" if fault["cell"] else ""
            click.echo(f"  {mark}{cell}: {fault['message_' + language]}")
        bad += len(one.errors)
        click.echo(wording.side_by_side([[one.account[name] for name in ACCOUNT]], ACCOUNT_TITLES[language], language))
    click.echo(FROM_FORM[english])
    if plan is not None:
        from kttt_lib.plan import load_plan

        told = targets_said(load_plan(plan), found, whole_year)
        lines = [
            [
                row["target_id"],
                VERDICTS[row["verdict"]][english],
                _bounds(row["lower"], row["upper"], row["indication"]),
                row["reason_" + language],
                row["cells"],
            ]
            for row in told.to_dict("records")
        ]
        titles = {
            "vi": ["Mục tiêu", "Kết luận từ biểu", "Giá trị", "Vì sao", "Ô"],
            "en": ["Target", "Verdict from the form", "Value", "Why", "Cells"],
        }
        click.echo(wording.side_by_side(lines, titles[language], language))
    if registry is not None:
        from kttt_lib.registry import read_registry

        known = read_registry(registry)
        for one in found:
            beside = beside_registry(one, known)
            click.echo(", ".join(f"{SAYS[code][english]}: {n}" for code, n in beside["says"].value_counts().items()))
            for row in beside[beside["says"] == "contradicts"].to_dict("records"):
                click.echo(
                    f"  {row['cell']} {row['title_' + language]}: {row['summary']:.15g} ≠ {row['registry']:.15g} "
                    + ("(sổ đăng ký)", "(registry)")[english]
                )
    if out is not None:
        figures = pd.concat([one.figures.assign(year=one.year) for one in found], ignore_index=True)
        write_text(out, figures.to_csv(index=False, lineterminator="\n"))
        click.echo({"vi": f"Đã ghi {out}.", "en": f"{out} written."}[language])
    sys.exit(2 if bad else 0)


SYNTHETIC = (" (dữ liệu giả lập)", " (synthetic data)")
FROM_FORM = (
    "Số dưới đây lấy từ biểu tổng hợp, không đếm lại từ từng tổ chức.",
    "What follows is from the summary form, not recounted from organisations.",
)


def _bounds(lower: float, upper: float, indication: float) -> str:
    """``= 534``, ``≥ 15``, ``15 … 36``; a figure without bounds in brackets."""
    low, high = (None if value != value else f"{value:.10g}" for value in (lower, upper))
    if low is not None and low == high:
        return f"= {low}"
    if low is not None and high is not None:
        return f"{low} … {high}"
    if low is not None or high is not None:
        return f"≥ {low}" if low is not None else f"≤ {high}"
    return "" if indication != indication else f"({indication:.4g})"
