"""What to write in each column, in both languages, with an example: the words of the template and of the data docs."""

from __future__ import annotations

import datetime as dt
from typing import NamedTuple

from kttt_lib.errors import Language

EXAMPLE_ID: dict[Language, str] = {"vi": "VÍ DỤ", "en": "EXAMPLE"}


class Help(NamedTuple):
    """Help of one column: what to write (vi, en) and an example in the type of the column."""

    vi: str
    en: str
    example: str | int | float | bool | dt.date | None


# One sentence a table: what one row is.
ROW_HELP = {
    "organisations": (
        "Mỗi dòng là một HTX, THT, LHHTX hoặc QTDND, kể cả tổ chức đã ngừng, giải thể hoặc sáp nhập.",
        "One row is one HTX, THT, LHHTX or QTDND, also when it has ceased, been dissolved or merged.",
    ),
    "status_events": (
        "Mỗi dòng là một thay đổi trong đời của tổ chức: tạm ngừng, giải thể, sáp nhập, chuyển đổi.",
        "One row is one change in an organisation's life: suspension, dissolution, merger, reorganisation.",
    ),
    "changes": (
        "Mỗi dòng là một lần tổ chức đổi lĩnh vực, quy mô hoặc địa bàn. Bảng Tổ chức luôn ghi giá trị hiện nay; để "
        "trống các cột không đổi. Không có thay đổi thì bỏ trống bảng này.",
        "One row is one day on which an organisation's sector, scope or place changed. The Organisations table always "
        "has today's values; leave the columns that did not change empty. Without changes the table stays empty.",
    ),
    "annual_reports": (
        "Mỗi dòng là báo cáo một năm của một tổ chức. Để trống ô không có số liệu, không ghi 0.",
        "One row is one year's report of one organisation. Leave a cell empty when there is no figure; do not write 0.",
    ),
    "criteria_scores": (
        "Mỗi dòng là điểm của một tiêu chí trong một năm, do một bên chấm.",
        "One row is the score of one criterion in one year, given by one assessor.",
    ),
    "support_events": ("Mỗi dòng là một lần nhận hỗ trợ.", "One row is one support received."),
    "loans": ("Mỗi dòng là một khoản vay.", "One row is one loan."),
    "trainings": ("Mỗi dòng là một lớp đào tạo, bồi dưỡng.", "One row is one training course."),
    "features": (
        "Mỗi dòng là một mô hình hoặc cách làm mà tổ chức bắt đầu áp dụng.",
        "One row is one model or practice that an organisation began.",
    ),
    "activities": (
        "Mỗi dòng là một hoạt động thuộc các nhóm nhiệm vụ của kế hoạch.",
        "One row is one activity under a task group of the plan.",
    ),
}

_ORG = Help(
    "Mã không đổi của tổ chức trong mọi bảng, ví dụ số đăng ký. Mỗi tổ chức một mã.",
    "The organisation's lasting id in all tables, for example its registration number. One id each.",
    None,
)
_RECORDED = Help(
    "Ngày thông tin được ghi vào sổ, nếu biết.", "The day the fact was entered, when known.", dt.date(2020, 1, 15)
)
_YEAR = Help("Năm mà số liệu nói tới.", "The year that the figures are about.", 2019)


def _count(vi: str, en: str, example: int) -> Help:
    return Help(f"{vi} Đến cuối năm.", f"{en} At the end of the year.", example)


HELP: dict[str, dict[str, Help]] = {
    "organisations": {
        "org_id": _ORG,
        "name": Help("Tên đầy đủ theo giấy đăng ký.", "The full name as registered.", "HTX nông nghiệp Đông Hải"),
        "kind": Help("HTX, THT, LHHTX hoặc QTDND.", "HTX, THT, LHHTX or QTDND.", "htx"),
        "sector": Help(
            "Lĩnh vực hoạt động chính. QTDND là Tín dụng.", "The main sector. QTDND are Credit.", "agriculture"
        ),
        "agri_subtype": Help(
            "Chỉ cho lĩnh vực nông nghiệp, theo Thông tư 09/2017/TT-BNNPTNT.",
            "For agriculture only, by Circular 09/2017/TT-BNNPTNT.",
            "crops",
        ),
        "specialised": Help("Có nếu là HTX chuyên ngành.", "Yes for a specialised HTX.", False),
        "vsic": Help("Mã ngành kinh tế cấp 2 trở lên.", "Code of economic activity, level 2 or finer.", "01"),
        "scope": Help("Phạm vi địa bàn thành viên.", "The territory of its members.", "inter_village"),
        "commune": Help("Xã nơi đặt trụ sở.", "The commune of its seat.", "Khánh Nhạc"),
        "district": Help("Huyện, thành phố nơi đặt trụ sở.", "The district of its seat.", "Yên Khánh"),
        "founded_on": Help("Ngày thành lập.", "The day it was founded.", dt.date(2014, 3, 20)),
        "registered_on": Help("Ngày cấp đăng ký.", "The day it was registered.", dt.date(2014, 4, 2)),
        "recorded_on": _RECORDED,
    },
    "status_events": {
        "org_id": _ORG,
        "date": Help("Ngày quyết định có hiệu lực.", "The day the decision took effect.", dt.date(2018, 6, 30)),
        "event": Help("Thay đổi gì.", "What changed.", "reorganised_under_law"),
        "successor_id": Help(
            "Mã tổ chức nhận sáp nhập, hợp nhất, hoặc tổ chức bị tách.",
            "Id of the organisation merged into, consolidated into, or split from.",
            None,
        ),
        "decision_no": Help("Số quyết định.", "Number of the decision.", "15/QĐ-UBND"),
        "recorded_on": _RECORDED,
    },
    "changes": {
        "org_id": _ORG,
        "date": Help("Ngày đầu tiên mang giá trị mới.", "The first day with the new value.", dt.date(2020, 7, 1)),
        "sector_before": Help("Lĩnh vực trước ngày đó, nếu đổi.", "The sector before that day, if it changed.", None),
        "sector_after": Help("Lĩnh vực từ ngày đó.", "The sector from that day on.", None),
        "scope_before": Help(
            "Quy mô trước ngày đó, nếu đổi; để trống nếu không rõ.",
            "The scope before that day, if it changed; empty when not known.",
            "inter_village",
        ),
        "scope_after": Help("Quy mô từ ngày đó.", "The scope from that day on.", "commune"),
        "commune_before": Help(
            "Xã trước ngày đó, nếu đổi; để trống nếu không rõ.",
            "The commune before that day, if it changed; empty when not known.",
            None,
        ),
        "commune_after": Help("Xã từ ngày đó.", "The commune from that day on.", None),
        "district_before": Help("Huyện trước ngày đó, nếu đổi.", "The district before that day, if it changed.", None),
        "district_after": Help("Huyện từ ngày đó.", "The district from that day on.", None),
        "decision_no": Help("Số quyết định.", "Number of the decision.", "21/QĐ-UBND"),
        "recorded_on": _RECORDED._replace(example=dt.date(2020, 7, 8)),
    },
    "annual_reports": {
        "org_id": _ORG,
        "year": _YEAR,
        "received_on": Help("Ngày huyện nhận báo cáo.", "The day the district received it.", dt.date(2020, 1, 10)),
        "members": _count("Tổng số thành viên.", "All members.", 320),
        "new_members": Help("Thành viên kết nạp trong năm.", "Members admitted in the year.", 5),
        "women": _count("Trong tổng số thành viên.", "Among the members.", 140),
        "members_served": Help(
            "Thành viên có dùng dịch vụ trong năm.", "Members who used its services in the year.", 250
        ),
        "workers": _count("Lao động làm việc thường xuyên.", "People working regularly.", 18),
        "area_ha": Help("Diện tích tổ chức phục vụ.", "The area that it serves.", 185.5),
        "charter_capital": Help("Vốn điều lệ, triệu đồng.", "Charter capital, million VND.", 950.0),
        "total_assets": Help("Tổng tài sản cuối năm, triệu đồng.", "Assets at year end, million VND.", 2450.0),
        "indivisible_assets": Help(
            "Phần tài sản không chia, triệu đồng.", "The indivisible part of the assets, million VND.", 600.0
        ),
        "revenue_planned": Help("Doanh thu kế hoạch của năm, triệu đồng.", "Planned revenue, million VND.", 1800.0),
        "revenue": Help("Tổng doanh thu trong năm, triệu đồng.", "All revenue of the year, million VND.", 1925.5),
        "revenue_from_members": Help(
            "Trong tổng doanh thu, triệu đồng.", "The part of the revenue from members, million VND.", 1210.0
        ),
        "pre_tax_profit": Help("Lỗ ghi số âm, triệu đồng.", "A loss is negative, million VND.", 96.4),
        "post_tax_profit": Help("Lỗ ghi số âm, triệu đồng.", "A loss is negative, million VND.", 82.1),
        "profit_to_members": Help("Lợi nhuận đã chia, triệu đồng.", "Profit paid out, million VND.", 40.0),
        "worker_income": Help(
            "Bình quân một lao động thường xuyên cả năm, triệu đồng.",
            "Mean of a regular worker in the whole year, million VND.",
            42.5,
        ),
        "managers_untrained": _count("Cán bộ quản lý chưa qua đào tạo.", "Managers without training.", 2),
        "managers_intermediate": _count(
            "Cán bộ quản lý có sơ cấp, trung cấp.", "Managers with elementary or intermediate training.", 3
        ),
        "managers_college": _count(
            "Cán bộ quản lý có cao đẳng, đại học trở lên.", "Managers with college or higher.", 1
        ),
        "development_fund": Help("Trích trong năm, triệu đồng.", "Set aside in the year, million VND.", 16.0),
        "reserve_fund": Help("Trích trong năm, triệu đồng.", "Set aside in the year, million VND.", 4.0),
        "other_funds": Help("Trích trong năm, triệu đồng.", "Set aside in the year, million VND.", 2.0),
        "fined": Help("Có nếu bị xử phạt vi phạm hành chính.", "Yes when fined for an offence.", False),
        "recorded_on": _RECORDED,
    },
    "criteria_scores": {
        "org_id": _ORG,
        "year": _YEAR,
        "rulebook": Help("Văn bản quy định cách chấm.", "The rulebook of the rating.", "TT09/2017"),
        "criterion": Help("Số hoặc mã tiêu chí.", "Number or code of the criterion.", "I"),
        "score": Help("Điểm được chấm.", "The score given.", 12.0),
        "assessor": Help("Bên chấm điểm.", "Who gave it.", "district"),
        "recorded_on": _RECORDED,
    },
    "support_events": {
        "org_id": _ORG,
        "date": Help("Ngày được hỗ trợ.", "The day of the support.", dt.date(2019, 9, 5)),
        "programme": Help("Chính sách hỗ trợ.", "The programme.", "trade_promotion"),
        "amount": Help("Kinh phí hỗ trợ, triệu đồng.", "The amount, million VND.", 35.0),
        "funder": Help("Đơn vị cấp kinh phí.", "Who paid.", "Sở Công Thương"),
        "recorded_on": _RECORDED,
    },
    "loans": {
        "org_id": _ORG,
        "date": Help("Ngày giải ngân.", "The day it was paid out.", dt.date(2019, 5, 12)),
        "lender": Help("Ngân hàng hoặc quỹ cho vay.", "The bank or fund.", "Quỹ hỗ trợ phát triển HTX"),
        "amount": Help("Số tiền vay, triệu đồng.", "The amount, million VND.", 300.0),
        "preferential": Help(
            "Có nếu lãi suất ưu đãi theo chính sách.", "Yes for a preferential rate under a policy.", True
        ),
        "purpose": Help("Dùng vào việc gì.", "What it is for.", "Mua máy cấy"),
        "recorded_on": _RECORDED,
    },
    "trainings": {
        "course_id": Help("Mã của lớp, không trùng.", "The course's own id.", None),
        "date": Help("Ngày khai giảng.", "The day it began.", dt.date(2019, 10, 7)),
        "audience": Help("Cán bộ nhà nước hay cán bộ HTX.", "State officials or HTX managers.", "htx_managers"),
        "turns": Help("Số lượt người học.", "How many attended.", 45),
        "days": Help("Số ngày học.", "Days of teaching.", 3.0),
        "district": Help("Huyện của học viên; để trống nếu toàn tỉnh.", "Their district; empty for all.", "Yên Khánh"),
        "recorded_on": _RECORDED,
    },
    "features": {
        "org_id": _ORG,
        "feature": Help("Mô hình hoặc cách làm.", "The model or practice.", "value_chain"),
        "began_on": Help("Ngày bắt đầu áp dụng.", "The day it began.", dt.date(2019, 2, 1)),
        "ended_on": Help("Ngày kết thúc; để trống nếu còn.", "The day it ended; empty when it goes on.", None),
        "basis": Help("Ai xác nhận.", "Who vouches for it.", "verified"),
        "evidence": Help(
            "Hợp đồng, giấy chứng nhận, văn bản.", "Contract, certificate or document.", "Hợp đồng 03/2019"
        ),
        "recorded_on": _RECORDED,
    },
    "activities": {
        "activity_id": Help("Mã của hoạt động, không trùng.", "The activity's own id.", None),
        "task_group": Help("Nhóm nhiệm vụ trong kế hoạch.", "Task group of the plan.", "M1"),
        "date": Help("Ngày thực hiện.", "The day it took place.", dt.date(2019, 11, 20)),
        "kind": Help("Việc đã làm.", "What was done.", "Hội nghị tuyên truyền"),
        "quantity": Help("Khối lượng (cuộc, lớp, bài…).", "How much (meetings, courses, articles …).", 2.0),
        "spent": Help("Kinh phí đã chi, triệu đồng.", "Spent, million VND.", 18.0),
        "planned": Help("Kinh phí theo kế hoạch, triệu đồng.", "Planned, million VND.", 20.0),
        "recorded_on": _RECORDED,
    },
}
