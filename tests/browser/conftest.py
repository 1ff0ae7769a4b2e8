"""One Chromium for all tests; the reports it looks at are built once, from the made-up province and the real sample."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.append(str(Path(__file__).parents[1] / "report"))


@pytest.fixture(scope="session")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Report (vi, en, public), a notebook and an index page, by name."""
    from unittest.mock import patch

    import nbformat
    import province as made_up
    from made_reports import built
    from matplotlib.figure import Figure

    from kttt_lib.files import write_whole
    from kttt_lib.report.figures.show import picture_html
    from kttt_lib.report.figures.style import png_bytes
    from kttt_lib.report.html.index import Entry, index_html
    from kttt_lib.report.html.notebook import notebook_html
    from kttt_lib.report.html.report import report_html
    from kttt_lib.report.notebook import Page

    folder = tmp_path_factory.mktemp("pages")
    found = {}
    for name, story, language, audience in (
        ("vi", "missing", "vi", "internal"),
        ("en", "bad", "en", "internal"),
        ("public", "good", "vi", "public"),
    ):
        found[name] = write_whole(
            folder / f"{name}.html", report_html(built(story, language, audience, drawn=True)).encode()
        )
    shown: list = []
    with patch("kttt_lib.report.notebook.display", shown.append):
        targets = made_up.results("bad")["scorecard/targets"]
        targets.attrs["result"] = "scorecard/targets"
        Page(made_up.context("vi")).table(targets, "target_id title value lower upper verdict")
    figure = Figure(figsize=(7, 2))
    figure.subplots().plot([1, 2])
    pictured = picture_html(png_bytes(figure), "Đường đi lên từ 1 đến 2 qua hai năm")
    cells = [
        nbformat.v4.new_markdown_cell("# Sổ tay\n\nMột **đoạn** và [liên kết](https://example.org)."),
        nbformat.v4.new_code_cell(
            "x = 1  # giải thích\nprint('a')",
            outputs=[
                nbformat.v4.new_output("stream", name="stdout", text="a\n"),
                *(
                    nbformat.v4.new_output("display_data", {"text/html": html})
                    for html in (shown[0].data, shown[-1].data, pictured)
                ),
            ],
        ),
    ]
    found["notebook"] = notebook_html(
        nbformat.v4.new_notebook(cells=cells), folder / "n.html", language="vi", banner="Dữ liệu mô phỏng"
    )
    found["index"] = index_html(
        folder / "index.html",
        title="Lần chạy",
        entries=[Entry("report", "vi.html", "Báo cáo", "Bản xem"), Entry("data", "i.csv", "Chỉ tiêu")],
        facts=[("Ngày", "31/12/2020")],
        language="vi",
        banner="Dữ liệu mô phỏng",
    )
    return found
