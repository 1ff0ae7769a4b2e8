"""The widgets without a browser: handed files, answers, downloads; nothing that a list says is live on the page."""

from __future__ import annotations

import base64
import datetime as dt
import re

import pytest

from kttt_lib.app import FOLDER, page
from kttt_lib.app.page import Intake, open_intake
from kttt_lib.intake.desk import Desk
from kttt_lib.registry import read_registry

LIST = (
    "TT;Tên HTX;Huyện;Xã;Ngày thành lập;Mã số;Số thành viên;Doanh thu (triệu đồng)\n"
    "1;HTX nông nghiệp Một;Hoa Lư;Ninh Giang;15/3/2014;2700000011;20;1500\n"
    "2;HTX vận tải Hai & Ba;Hoa Lư;Ninh Giang;16/3/2015;2700000022;30;2500\n"
)


@pytest.fixture
def intake(tmp_path) -> Intake:
    return Intake(Desk(tmp_path))


def hand(intake: Intake, name: str, data: bytes) -> None:
    """What the browser's side of the widget does."""
    intake.lists.value = ({"name": name, "type": "", "size": len(data), "content": memoryview(data),
                           "last_modified": dt.datetime(2026, 1, 1, tzinfo=dt.UTC)},)  # fmt: skip


def links(value: str) -> dict[str, bytes]:
    """The files that a page hands over."""
    found = re.findall(r'<a download="([^"]+)" href="data:[^;]+;base64,([^"]*)"', value)
    return {name: base64.b64decode(data) for name, data in found}


def labelled(intake: Intake, words: str):
    return next(one for one in intake.inputs.values() if words in one.description)


def test_from_a_list_handed_over_to_registry_and_mapping(intake, tmp_path):
    assert intake.check.disabled and intake.report.disabled
    hand(intake, "<i>ds.csv", LIST.encode())
    assert not intake.lists.value, "the page keeps what it was handed"
    assert "&lt;i&gt;ds.csv" in intake.given.value and "Hai &amp; Ba" in intake.seen.value
    intake.run_check()
    assert 'role="alert"' in intake.status.value and "cần trả lời" in intake.status.value
    labelled(intake, "Tỉnh").value = "Ninh Bình"
    labelled(intake, "Năm của số liệu").value = "19"
    intake.run_check()
    assert "không hợp lệ" in intake.status.value
    labelled(intake, "Năm của số liệu").value = "2019"
    intake.run_check()
    assert "Xong: 2 tổ chức, 0 lỗi" in intake.status.value and not intake.report.disabled
    files = links(intake.result.value)
    assert files.keys() == {"mapping.yaml", "registry.xlsx"} and b"province: Ninh B" in files["mapping.yaml"]
    (tmp_path / "got.xlsx").write_bytes(files["registry.xlsx"])
    assert read_registry(tmp_path / "got.xlsx").tables["annual_reports"]["revenue"].tolist() == [1500, 2500]
    assert not any("<i>" in one for one in (intake.given.value, intake.seen.value, intake.result.value))


def test_a_fault_is_told_by_its_cell_and_in_the_place_where_it_belongs(intake):
    text = (
        LIST.replace(";20;", ";-20;")
        .replace("Hai & Ba", "<img src=x onerror=alert(1)>")
        .replace("TT;", "DANH SÁCH HTX TỈNH NINH BÌNH NĂM 2019\nTT;", 1)
    )
    hand(intake, "ds.csv", text.encode())
    intake.run_check()
    assert "2 lỗi" in intake.status.value and 'role="alert"' in intake.status.value
    faults = re.findall(r"<tr><th scope=row>LỖI</th><td>(.*?)</td>", intake.result.value)
    assert [re.search(r"\((\w+)\)", fault)[1] for fault in faults] == ["B4", "G3"] and "ds.csv" in faults[0]
    assert "&lt;img" in intake.result.value and "<img" not in intake.result.value + intake.seen.value
    hand(intake, "x.xlsx", b"PK\x03\x04broken")
    assert 'role="alert"' in intake.given.value and "x.xlsx" in intake.given.value and "tep-" not in intake.given.value


def test_each_input_has_words_and_each_table_a_caption_with_heads(intake):
    hand(intake, "ds.csv", LIST.encode())
    assert all(one.description.strip() for one in intake.inputs.values())
    tables = re.findall(r"<table>(.*?)</table>", intake.seen.value, re.DOTALL)
    assert tables and all(table.startswith("<caption>") for table in tables)
    assert not re.search(r"<th(?! scope=)", intake.seen.value.replace("<thead>", ""))


def test_a_fault_of_ours_reaches_the_page_and_says_that_nothing_is_written(intake, monkeypatch):
    hand(intake, "ds.csv", LIST.encode())
    monkeypatch.setattr(intake.desk, "check", lambda: 1 / 0)
    labelled(intake, "Tỉnh").value = "Ninh Bình"
    intake.run_check()
    assert "ZeroDivisionError" in intake.status.value and 'role="alert"' in intake.status.value


def test_the_report_is_of_the_registry_just_made_and_is_handed_over_whole(intake, monkeypatch):
    hand(intake, "ds.csv", LIST.encode())
    labelled(intake, "Tỉnh").value = "Ninh Bình"
    labelled(intake, "Năm của số liệu").value = "2019"
    intake.run_check()
    asked = []

    def run(registry, plan, day, language, quarantine, say):
        asked.append((read_registry(registry).about["province"], plan, day, language, quarantine))
        folder = registry.parent / "outputs"
        folder.mkdir()
        for name in ("annual_report.html", "annual_report.docx"):
            (folder / name).write_bytes(name.encode())
        return folder

    monkeypatch.setattr(page, "run_report", run)
    intake.day.value = "31/12/2019"
    intake.make_report()
    assert asked == [("Ninh Bình", "ninh-binh-2020", "31/12/2019", "vi", False)]
    files = links(intake.told.value)
    assert files["annual_report.docx"] == b"annual_report.docx" and files["bao-cao.zip"][:2] == b"PK"
    assert not intake.report.disabled


def test_the_example_is_shown_in_a_notebook_and_never_where_the_app_serves(monkeypatch, tmp_path):
    shown = open_intake("example")
    assert "GIẢ LẬP" in shown.desk.grids[0].text(1, 1) and shown.desk.check() is not None
    assert shown.desk.taken.registry.about["synthetic"] is True and len(shown.desk.taken.registry.findings) == 0
    monkeypatch.setenv(FOLDER, str(tmp_path))
    served = open_intake("example")
    assert not served.desk.grids and served.desk.folder.parent == tmp_path
