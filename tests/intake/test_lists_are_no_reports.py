"""A list of all HTX is not what each of them reported: a row without a result of the year is no report received."""

from __future__ import annotations

import layouts
import pytest

from kttt_lib import measure
from kttt_lib.analysis.frontier.units import frontier_data
from kttt_lib.analysis.registry_check import registry_check
from kttt_lib.analysis.resources.management import management
from kttt_lib.analysis.situation import situation
from kttt_lib.intake import propose, take
from kttt_lib.intake.grid import read_grids
from kttt_lib.published import load_published
from kttt_lib.rating.facts import Facts

TITLE = ["DANH SÁCH HTX NÔNG NGHIỆP HUYỆN YÊN KHÁNH, TỈNH NINH BÌNH NĂM 2020 (dữ liệu giả lập)"]
HEAD = ["TT", "Tên HTX", "Xã", "Năm thành lập", "Số thành viên", "Vốn điều lệ (triệu đồng)"]
MORE = ["Doanh thu (triệu đồng)", "Lợi nhuận trước thuế (triệu đồng)", "Xếp loại", "Tình trạng", "Ghi chú"]
AT_WORK = "Đang hoạt động"
ROWS = [
    [1, "HTX Đại Phong", "Khánh Nhạc", 2001, 60, 500, 1200, 40, "Khá", AT_WORK, None],
    [2, "HTX Tiền Lộc", "Khánh Nhạc", 2002, 71, 535, 1380, -5, "Tốt", AT_WORK, None],
    [3, "HTX Thượng Cát", "Khánh Nhạc", 2003, 82, 571, None, None, "Yếu", "Ngừng HĐ từ 2018", None],
    [4, "HTX Bình An", "Khánh Trung", 2004, 93, 606, "-", "chưa có", "Khá", AT_WORK, "chưa nộp báo cáo 2020"],
]


@pytest.fixture(scope="module")
def taken(tmp_path_factory):
    def make(rows, head):
        path = layouts.write_book(tmp_path_factory.mktemp("ds"), "ds.xlsx", {"DS": [TITLE, head, *rows]})
        grids = read_grids(path)
        mapping = propose(grids)
        assert not mapping.questions()
        return take(grids, mapping).registry

    return make(ROWS, [*HEAD, *MORE]), make([row[:6] for row in ROWS], HEAD)


def completeness(registry):
    found = registry_check(registry, "2020-12-31", load_published())
    assert found["registry/coverage"].query("dimension == 'report_year'")["present"].sum() == (
        found["registry/completeness"]["received"].sum()
    )
    return found["registry/completeness"][["year", "expected", "received", "missing"]].sum().tolist()


def test_who_has_members_alone_or_ceased_counts_as_no_report_received(taken):
    registry, _ = taken
    assert registry.errors.empty and len(registry.tables["annual_reports"]) == 4
    assert completeness(registry) == [2020, 3, 2, 1]
    assert "2 dòng số liệu năm không có kết quả" in " ".join(registry.notes["message_vi"])


def test_the_facts_of_a_list_stay_and_say_of_how_many_they_are(taken):
    view = taken[0].as_of("2020-12-31")
    totals = situation(taken[0], "2020-12-31")["situation/totals"].query("sector == 'all'").set_index("series")
    assert totals.loc["members", ["value", "reports", "expected"]].tolist() == [306, 4, 4]
    assert totals.loc["profit_mean", ["value", "reports", "expected"]].tolist() == [17.5, 2, 3]
    told = management(Facts(view)).query("sector == 'all'").set_index("series")
    assert told.loc["charter_capital", ["reports", "expected"]].tolist() == [4, 4]
    assert told.loc["revenue", ["reports", "expected"]].tolist() == [2, 3]
    members, profit = measure("scale_and_members", view), measure("profitable_share", view)
    assert (members.numerator, members.denominator) == (306, 4)
    assert (profit.denominator, profit.missing) == (2, 1)


def test_those_that_reported_are_the_same_wherever_they_are_counted(taken):
    view = taken[0].as_of("2020-12-31")
    assert Facts(view).reported(2020).sum() == 2
    found = frontier_data(view, sector="agriculture", inputs=("members",), outputs=("revenue",))
    assert found.funnel.set_index("step").loc["reported", "organisations"] == 2


def test_a_list_of_members_holds_no_report_at_all(taken):
    registry = taken[1]
    assert completeness(registry) == [2020, 4, 0, 4]
    assert measure("scale_and_members", registry.as_of("2020-12-31")).numerator == 306
