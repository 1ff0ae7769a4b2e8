"""The page: files in, the mapping beside sample rows, faults by cell, downloads, the report."""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
from collections.abc import Callable
from contextlib import chdir, contextmanager
from pathlib import Path

import ipywidgets as widgets
from IPython.display import HTML, display

from kttt_lib.app import FOLDER, html
from kttt_lib.errors import KtttError, Language
from kttt_lib.intake import Taken
from kttt_lib.intake.desk import LISTS, MAPPING, MAPPINGS, REGISTRY, Desk, Entry
from kttt_lib.registry.sources.limits import MOST_FILES, MOST_UPLOAD
from kttt_lib.resources import PLANS
from kttt_lib.visible import visible

EXAMPLE = Path(__file__).parent / "danh_sach_gia_lap.csv"
GROUPS = {
    "sheets": ("Tỉnh và trang tính", "Province and sheets"),
    "columns": ("Cột", "Columns"),
    "words": ("Từ viết trong danh sách", "Words of the lists"),
    "same": ("Tên gần giống nhau", "Names that look alike"),
}
WIDE = widgets.Layout(width="min(100%, 46rem)")
LABEL = {"description_width": "22rem"}


def open_intake(sheets: str = "", language: Language = "vi") -> Intake:
    """A page with the lists of ``sheets``: ``example``, a file, or none; served by `kttt app` always none."""
    served = os.environ.get(FOLDER)
    folder = Path(tempfile.mkdtemp(prefix="kttt-", dir=served or None))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    intake = Intake(Desk(folder), language)
    if sheets and not served:
        path = EXAMPLE if sheets == "example" else Path(sheets)
        if not path.is_file():
            raise KtttError(f"SHEETS: không có tệp {sheets}.", f"SHEETS: there is no file {sheets}.")
        intake.desk.receive([(path.name, path.read_bytes())])
        intake.refresh()
    return intake


class Intake(widgets.VBox):
    """The page as one widget; what is said and taken is the desk's (``desk``)."""

    def __init__(self, desk: Desk, language: Language = "vi") -> None:
        self.desk, self.language = desk, language
        self.inputs: dict[str, widgets.ValueWidget] = {}
        most = f"{MOST_UPLOAD >> 20} MB"
        self.lists = self._upload(("Chọn hoặc thả danh sách", "Choose or drop lists"), (*LISTS, *MAPPINGS))
        self.registry = self._upload(("Sổ đã có (nếu có)", "A registry (if there is one)"), (".xlsx",), one=True)
        self.given = widgets.HTML()
        self.seen = widgets.HTML()
        self.form = widgets.VBox()
        self.check = self._button("Lưu câu trả lời và kiểm tra", "Keep the answers and check")
        self.status = widgets.HTML()
        self.result = widgets.HTML()
        self.plan = widgets.Dropdown(
            options=sorted(path.stem for path in PLANS.glob("*.yaml")),
            value="ninh-binh-2020",
            description=self._("Kế hoạch", "Plan"),
            layout=WIDE,
            style=LABEL,
        )
        self.own_plan = self._upload(("Kế hoạch khác (YAML)", "Another plan (YAML)"), MAPPINGS, one=True)
        self.day = widgets.Text(
            description=self._("Ngày báo cáo", "Day of the report"),
            placeholder=self._("trống: cuối kỳ kế hoạch", "empty: the plan's last day"),
            layout=WIDE,
            style=LABEL,
        )
        self.quarantine = widgets.Checkbox(
            description=self._("Bỏ các dòng có lỗi khỏi báo cáo, và nói rõ", "Leave out rows in error, and say so"),
            indent=False,
            layout=WIDE,
        )
        self.report = self._button("Làm báo cáo", "Make the report")
        self.told = widgets.HTML()
        self.clear = self._button("Xóa mọi tệp đã đưa vào", "Remove every file handed over")
        self.plan_file: Path | None = None
        bounds = self._(
            "Excel, OpenDocument hoặc CSV ở dạng bất kỳ, mỗi tổ chức một dòng; mapping.yaml của năm trước nếu có. "
            f"Nhiều nhất {MOST_FILES} tệp, cộng lại {most}. Tệp chỉ ở trên máy này và bị xóa khi đóng.",
            "Excel, OpenDocument or CSV in any layout, a row an organisation; last year's mapping.yaml if any. "
            f"At most {MOST_FILES} files, {most} together. They stay on this machine and are removed at the end.",
        )
        super().__init__(
            [
                widgets.HTML(html.STYLE),
                self._head("1. Đưa tệp vào", "1. Hand over files"),
                widgets.HTML(f"<p>{html.text(bounds)}</p>"),
                widgets.HBox([self.lists, self.registry], layout=widgets.Layout(flex_flow="row wrap")),
                self.given,
                self._head("2. Đọc lại cách hiểu, sửa chỗ sai", "2. Read how it is understood, mend what is wrong"),
                self.seen,
                self.form,
                self.check,
                self.status,
                self._head("3. Lỗi theo trang và ô", "3. Faults by sheet and cell"),
                self.result,
                self._head("4. Báo cáo", "4. The report"),
                self.plan,
                self.own_plan,
                self.day,
                self.quarantine,
                self.report,
                self.told,
                self._head("5. Xong việc", "5. When all is done"),
                self.clear,
            ]
        )
        self.add_class("kttt")
        self.lists.observe(self._on_lists, "value")
        self.registry.observe(self._on_registry, "value")
        self.own_plan.observe(self._on_plan, "value")
        self.check.on_click(lambda _: self.run_check())
        self.report.on_click(lambda _: self.make_report())
        self.clear.on_click(lambda _: self._clear())
        self.refresh()

    def __repr__(self) -> str:
        return self._("Trang nhận danh sách: mở sổ tay này trong JupyterLab, hoặc chạy kttt app.",
                      "The page that takes lists in: open this notebook in JupyterLab, or run kttt app.")  # fmt: skip

    def _(self, vi: str, en: str) -> str:
        return en if self.language == "en" else vi

    def _of(self, both: tuple[str, str]) -> str:
        return self._(*both)

    def _head(self, vi: str, en: str) -> widgets.HTML:
        return widgets.HTML(html.heading(2, self._(vi, en)))

    def _button(self, vi: str, en: str) -> widgets.Button:
        return widgets.Button(description=self._(vi, en), layout=widgets.Layout(width="auto", align_self="flex-start"))

    def _upload(self, words: tuple[str, str], suffixes: tuple[str, ...], one: bool = False) -> widgets.FileUpload:
        return widgets.FileUpload(
            accept=",".join(suffixes),
            multiple=not one,
            description=self._of(words),
            icon="",
            layout=widgets.Layout(width="auto", align_self="flex-start"),
        )

    # What happens.

    @contextmanager
    def _telling(self, where: widgets.HTML):
        """Errors become messages where they belong: a callback's traceback would reach nobody."""
        where.value = html.said(self._("Đang làm…", "Working …"))
        try:
            yield
        except KtttError as error:
            where.value = html.said(self._(error.message_vi, error.message_en), "alert")
        except Exception as error:
            said = f"{type(error).__name__}: {error}"
            where.value = html.said(
                self._(f"Lỗi của chương trình, chưa ghi gì: {said}", f"A fault of ours, nothing is written: {said}"),
                "alert",
            )

    def _taken(self, upload: widgets.FileUpload) -> list[tuple[str, bytes]]:
        """What was handed over, which the page need not keep."""
        given = [(str(one["name"]), bytes(one["content"])) for one in upload.value]
        if given:
            upload.value = ()
        return given

    def _on_lists(self, _: object) -> None:
        if given := self._taken(self.lists):
            with self._telling(self.given):
                try:
                    self.desk.receive(given)
                    self.given.value = ""
                finally:
                    self.refresh(self.given.value)

    def _on_registry(self, _: object) -> None:
        for name, data in self._taken(self.registry):
            with self._telling(self.given):
                self.desk.receive_registry(name, data)
                self.refresh()

    def _on_plan(self, _: object) -> None:
        for name, data in self._taken(self.own_plan):
            with self._telling(self.told):
                self.plan_file = self.desk.keep(name, data, MAPPINGS)
                self.told.value = html.said(self._(f"Dùng kế hoạch {name}.", f"The plan {name} is used."))

    def _clear(self) -> None:
        self.desk.clear()
        self.plan_file, self.status.value, self.told.value = None, "", ""
        self.refresh()
        self.status.value = html.said(self._("Đã xóa mọi tệp.", "Every file is removed."), "good")

    def refresh(self, told: str = "") -> None:
        """Show anew what the desk holds."""
        names = [*self.desk.files, *([self._("sổ đã có", "the registry")] if self.desk.old else [])]
        listed = "; ".join(names) or self._("chưa có tệp nào", "no file yet")
        opened = sum(one.open for one in self.desk.entries())
        left = (
            self._(f" Còn {opened} chỗ cần trả lời ở bước 2.", f" {opened} to be answered in step 2.") if names else ""
        )
        self.given.value = told if "alert" in told else html.said(self._("Đã nhận: ", "Taken: ") + listed + "." + left)
        self.seen.value = "".join(html.preview(one, self.language) for one in self.desk.previews())
        self._fill_form()
        self.check.disabled = not self.desk.grids
        self._show_result()

    def _fill_form(self) -> None:
        """A labelled drop-down or text for each entry, what must be answered first; those that stay are kept."""
        entries = self.desk.entries()
        kept, parts = {}, []
        for group, titles in GROUPS.items():
            some = sorted((one for one in entries if one.group == group), key=lambda one: not one.open)
            if not some:
                continue
            lines = []
            for one in some:
                kept[one.key] = self._input(one)
                lines.append(kept[one.key])
                if note := self._of(one.note):
                    lines.append(widgets.HTML(f"<p>{html.text(note)}</p>"))
            parts += [widgets.HTML(html.heading(3, self._of(titles))), *lines]
        self.inputs = kept
        self.form.children = parts

    def _input(self, one: Entry) -> widgets.ValueWidget:
        must = self._(" (cần trả lời)", " (needed)") if one.open else ""
        words = {"description": visible(self._of(one.label) + must), "layout": WIDE, "style": LABEL}
        if not one.options:
            return widgets.Text(value="" if one.open else one.value, **words)
        options = [(visible(self._of(both)), value) for value, both in one.options.items()]
        return widgets.Dropdown(options=options, value=one.value, **words)

    def run_check(self) -> None:
        """Put the answers into the mapping and check what comes of it."""
        with self._telling(self.status):
            opened = {one.key for one in self.desk.entries() if one.open}
            values = {key: str(one.value) for key, one in self.inputs.items()}
            refused = self.desk.answer({key: value for key, value in values.items() if value or key not in opened})
            taken = None if refused else self.desk.check()
            self.refresh()
            opened = {one.key for one in self.desk.entries() if one.open}
            if refused:
                lines = [self._(f"{one.label[0]}: “{value}” không hợp lệ.", f"{one.label[1]}: “{value}” cannot be.")
                         for one, value in refused]  # fmt: skip
                self.status.value = html.said("\n".join(lines), "alert")
            elif opened or taken is None:
                count = len(opened)
                self.status.value = html.said(
                    self._(f"Còn {count} chỗ cần trả lời ở bước 2.", f"{count} to be answered in step 2."), "alert"
                )
            else:
                self.status.value = self._verdict(taken)

    def _verdict(self, taken: Taken) -> str:
        registry = taken.registry
        errors = len(registry.errors)
        doubts = len(registry.findings) - errors
        words = self._(
            f"Xong: {len(registry.tables['organisations'])} tổ chức, {errors} lỗi, {doubts} cảnh báo.",
            f"Done: {len(registry.tables['organisations'])} organisations, {errors} errors, {doubts} warnings.",
        )
        return html.said(words, "alert" if errors else "good")

    def _show_result(self) -> None:
        taken = self.desk.taken
        self.report.disabled = taken is None or bool(taken.not_read)
        if taken is None:
            self.result.value = f"<p>{self._('Chưa kiểm tra.', 'Not checked yet.')}</p>"
            return
        links = [
            html.download(MAPPING, self.desk.mapping(), self._("Bản đồ cột, giữ cho năm sau", "The mapping, to keep"))
        ]
        told = ""
        try:
            links.append(html.download(REGISTRY, self.desk.registry(), self._("Sổ đăng ký", "The registry")))
        except KtttError as error:
            told = html.said(self._(error.message_vi, error.message_en), "alert")
            self.report.disabled = True
        head = f"<h3>{self._('Tải về', 'Download')}</h3>"
        self.result.value = html.result(taken, self.language) + head + told + f"<ul>{''.join(links)}</ul>"

    def tables(self) -> None:
        """Show, without a widget, what is understood and what comes of it; nothing where there is no list."""
        if self.desk.grids:
            taken = self.desk.check()
            shown = [html.preview(one, self.language) for one in self.desk.previews()]
            shown += [html.result(taken, self.language)] if taken is not None else []
            display(HTML(f'{html.STYLE}<div class="kttt">{"".join(shown)}</div>'))
            self.refresh()

    # The report.

    def make_report(self) -> None:
        """Run the notebooks on the registry and hand over what they write; nothing else of it stays."""
        self.report.disabled = True
        with self._telling(self.told):
            begin = self._("Đang làm báo cáo, khoảng vài phút.", "The report is being made; it takes minutes.")
            self.told.value = html.said(begin)
            plan = self.plan_file.name if self.plan_file else self.plan.value
            folder = run_report(
                self.desk.registry(), plan, self.day.value.strip(), self.language,
                self.quarantine.value,
                lambda words: setattr(self.told, "value", html.said(f"{begin} {words}")),
            )  # fmt: skip
            pages = [folder / name for name in ("annual_report.html", "annual_report.docx")]
            whole = Path(shutil.make_archive(str(self.desk.folder / "bao-cao"), "zip", folder))
            words = (self._("Báo cáo để xem", "To read"), self._("Báo cáo Word", "For Word"), self._("Tất cả", "All"))
            links = "".join(html.download(one.name, one, word) for one, word in zip((*pages, whole), words))
            done = html.said(self._("Báo cáo đã xong; tải về:", "The report is made; download:"), "good")
            self.told.value = f"{done}<ul>{links}</ul>"
        self.report.disabled = False


def run_report(
    registry: Path, plan: str, day: str, language: Language, quarantine: bool, say: Callable[[str], None]
) -> Path:
    """The folder of the report, beside the registry. KtttError as `kttt report` has it."""
    from kttt_lib.pipeline.render import render_report
    from kttt_lib.pipeline.settings import check_settings

    with chdir(registry.parent):  # pages name the registry as it was given: no folder of this machine
        settings = check_settings(plan, registry.name, day, language, quarantine=quarantine, outputs=Path("outputs"))
        return render_report(settings, say).resolve().parent
