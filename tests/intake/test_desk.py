"""The desk without a page: what is handed over is bounded and never a path; answers give the registry."""

from __future__ import annotations

import layouts
import openpyxl
import pytest

from kttt_lib.errors import KtttError
from kttt_lib.intake import desk as desks
from kttt_lib.intake.desk import Desk, shown_name
from kttt_lib.intake.mapping import read_mapping
from kttt_lib.registry import read_registry


@pytest.fixture
def desk(tmp_path) -> Desk:
    folder = tmp_path / "desk"
    folder.mkdir()
    return Desk(folder)


def given(made: layouts.Made) -> list[tuple[str, bytes]]:
    return [(path.name, path.read_bytes()) for path in made.files]


def test_what_must_be_said_is_open_and_an_answer_gives_the_registry_and_a_mapping_to_keep(desk, tmp_path):
    made = layouts.a_sheet_a_district(tmp_path)
    desk.receive(given(made))
    opened = [one for one in desk.entries() if one.open]
    assert [one.key for one in opened] == ["province"] and desk.check() is None
    with pytest.raises(KtttError):
        desk.registry()
    assert desk.answer({"province": ""}) and desk.answer({"province": "Ninh Bình"}) == []
    taken = desk.check()
    assert taken is not None and len(taken.registry.findings) == 0
    read = read_registry(desk.registry())
    assert read.about["province"] == "Ninh Bình"
    assert sorted(read.tables["organisations"]["name"]) == sorted(made.organisations["name"])
    kept = tmp_path / "mapping.yaml"
    kept.write_bytes(desk.mapping())
    assert read_mapping(kept) == desk.rules


def test_a_drop_down_takes_a_column_as_another_field_or_not_at_all_and_a_unit_converts(desk, tmp_path):
    made = layouts.district_list(tmp_path)
    desk.receive(given(made))
    entries = {one.label[0]: one for one in desk.entries()}
    revenue = entries["Cột H “Doanh thu”"]
    assert revenue.value == "revenue" and "pre_tax_profit" in revenue.options and "Ví dụ: " in revenue.note[0]
    assert desk.answer({revenue.key: "no such field"})[0][0] == revenue
    unit = entries["Đơn vị của cột F “Vốn điều lệ”"]
    desk.answer({revenue.key: "", unit.key: "đồng"})
    (asked,) = [one for one in desk.entries() if one.open]
    assert asked.key.startswith("units|") and "triệu đồng" in asked.note[0] and desk.check() is None, (
        "the figures contradict it"
    )
    desk.answer({asked.key: "đồng"})
    reports = desk.check().registry.tables["annual_reports"]
    assert reports["revenue"].isna().all()
    truth = made.reports.sort_values("org_id")["charter_capital"] / 1000
    assert reports.sort_values("org_id")["charter_capital"].tolist() == pytest.approx(truth.tolist())
    desk.answer({revenue.key: "revenue"})
    assert desk.check().registry.tables["annual_reports"]["revenue"].notna().all()


def test_rows_that_are_not_understood_give_no_registry_until_they_are_said_to_be_left_out(desk, tmp_path):
    made = layouts.district_list(tmp_path)
    book = openpyxl.load_workbook(made.files[0])
    book.active["B8"].value = book.active["D8"].value = None
    book.save(made.files[0])
    desk.receive(given(made))
    taken = desk.check()
    assert taken.not_read == 1
    with pytest.raises(KtttError):
        desk.registry()
    (asked,) = [one for one in desk.entries() if one.open]
    assert "dòng 8" in asked.label[0] and "Xã" in asked.note[0]
    desk.answer({asked.key: "yes"})
    assert desk.check().not_read == 0 and desk.registry().is_file()


def test_the_same_list_again_takes_its_place_and_a_registry_that_is_there_is_updated_never_doubled(desk, tmp_path):
    made = layouts.district_list(tmp_path)
    desk.receive(given(made))
    desk.check()
    first = desk.registry().read_bytes()
    desk.receive(given(made))
    assert len(desk.files) == len(desk.rules.sheets) == 1 and desk.taken is None
    desk.receive_registry("so.xlsx", first)
    book = openpyxl.load_workbook(made.files[0])
    book.active["G7"].value += 5
    book.active["G11"].value += 5
    book.save(made.files[0])
    desk.receive(given(made))
    desk.check()
    before = {row.org_id: row.members for row in made.reports.itertuples()}
    after = {row.org_id: row.members for row in read_registry(desk.registry()).tables["annual_reports"].itertuples()}
    assert sorted(after[one] - before[one] for one in before) == [0, 0, 0, 5] and before.keys() == after.keys()


@pytest.mark.parametrize(
    "name", ["../../etc/passwd.csv", "..\\..\\a.csv", "/abs/x.csv", "a\u202ecsv.csv", "con.csv", "x" * 500 + ".csv"]
)
def test_a_name_is_shown_and_never_a_path(desk, tmp_path, name):
    text = "TT;Tên HTX;Huyện;Số thành viên\n1;HTX nông nghiệp Một;Hoa Lư;20\n2;HTX nông nghiệp Hai;Hoa Lư;30\n"
    (shown,) = desk.receive([(name, text.encode())])
    assert shown == shown_name(name) and not set("/\\\u202e") & set(shown) and len(shown) <= desks.LONGEST_NAME
    assert [path.name for path in desk.folder.iterdir()] == ["tep-0001.csv"]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["desk"]


def test_too_much_another_kind_and_a_damaged_file_are_refused_by_the_name_that_their_owner_knows(desk, monkeypatch):
    for name, data in (("a.exe", b"MZ"), ("a.xlsx", b"PK\x03\x04nothing"), ("mapping.yaml", b"version: [")):
        with pytest.raises(KtttError) as caught:
            desk.receive([(name, data)])
        assert name in caught.value.message_vi and "tep-" not in str(caught.value)
    monkeypatch.setattr(desks, "MOST_UPLOAD", 100)
    with pytest.raises(KtttError, match="0 MB"):
        desk.receive([("a.csv", b"x" * 101)])
    assert not desk.files and not list(desk.folder.iterdir())


def test_clearing_removes_every_file(desk, tmp_path):
    desk.receive(given(layouts.district_list(tmp_path)))
    desk.clear()
    assert not list(desk.folder.iterdir()) and not desk.entries() and desk.rules.sheets == []


def test_what_a_form_asks_can_be_answered(desk, tmp_path):
    from kttt_lib.intake.forms.writing import htx_sheet, write_forms
    from kttt_lib.rating import load_form

    who = {"org_id": "0700123456", "name": "HTX nông nghiệp Giả Lập", "kind": "htx", "sector": "agriculture"}
    sheet = htx_sheet(who | {"commune": "Ninh Giang", "district": "Hoa Lư"}, {"revenue": 2.5e9})
    path = write_forms(tmp_path / "f.xlsx", load_form("htx"), [sheet], 2020, "Ninh Bình", number=None, synthetic=True)
    book = openpyxl.load_workbook(path)
    row = next(cell.row for cell in book.active["B"] if cell.value == "Thành viên là cá nhân")
    book.active[f"B{row}"], book.active[f"D{row}"] = "Số tổ đội", 44
    book.save(path)
    desk.receive([(path.name, path.read_bytes())])
    opened = {one.key: one for one in desk.entries() if one.open}
    assert list(opened) == ["units|0|*", "line|0|Số tổ đội"] and "nếu ghi theo đồng" in opened["units|0|*"].note[0]
    assert desk.answer({"units|0|*": "đồng", "line|0|Số tổ đội": ""}) == []
    assert desk.check().registry.tables["annual_reports"]["revenue"].tolist() == [2500]
