"""The yearly summary that a province sends to the Ministry, row by row, with what the registry records of each.

The rows are those of the register's own print of the form (its number differs by circular: II-13, II-14, II-16).
A row that the registry has no column for is there too, empty and marked, so that the office sees what it must ask for.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from kttt_lib.rating.facts import Facts
from kttt_lib.results import RESOURCES_FORM

ALL = "all"
HTX = ("htx", "qtdnd")


@dataclass(frozen=True)
class Row:
    """``source``: where the registry has it, "" where it has not: ``report``, ``active``, ``training``, ``support``
    or ``loan``; ``name``: the series, kinds, audience, programme or terms; ``sector`` of a report's series."""

    part: str
    vi: str
    en: str
    source: str = ""
    name: str = ""
    sector: str = ALL


ROWS = (
    Row("I", "HTX và QTDND đang hoạt động", "Working HTX and credit funds", "active", "htx qtdnd"),
    Row("I", "Trong đó phục vụ thành viên", "Of these serving members"),
    Row("I", "Trong đó tạo việc làm", "Of these giving jobs"),
    Row("I", "Tổng số thành viên", "Members", "report", "members"),
    Row("I", "Thành viên của HTX phục vụ thành viên", "Members of HTX serving members"),
    Row("I", "Thành viên của HTX tạo việc làm", "Members of HTX giving jobs"),
    Row("I", "Thành viên, lĩnh vực nông nghiệp", "Members, agriculture", "report", "members", "agriculture"),
    Row("I", "Thành viên, lĩnh vực phi nông nghiệp", "Members, non-agriculture", "report", "members",
        "non_agriculture"),
    Row("I", "Thành viên, lĩnh vực tín dụng", "Members, credit", "report", "members", "credit"),
    Row("I", "Lao động thường xuyên", "Regular workers", "report", "workers"),
    Row("I", "Lao động của HTX phục vụ thành viên", "Workers of HTX serving members"),
    Row("I", "Lao động của HTX tạo việc làm", "Workers of HTX giving jobs"),
    Row("I", "LHHTX đang hoạt động", "Working unions", "active", "lhhtx"),
    Row("I", "HTX thành viên của LHHTX", "HTX that are members of unions"),
    Row("I", "Lao động của LHHTX", "Workers of unions"),
    Row("II", "Tài sản không chia", "Indivisible assets", "report", "indivisible_assets"),
    Row("II", "Đất được giao, cho thuê", "Land given or leased"),
    Row("II", "Khoản hỗ trợ, tặng cho không hoàn lại", "Non-refundable support and gifts"),
    Row("II", "Trích lại từ quỹ đầu tư phát triển", "Returned from the development fund"),
    Row("II", "Tài sản không chia khác theo điều lệ", "Other by the charter"),
    Row("II", "Tổng tài sản", "Total assets", "report", "total_assets"),
    Row("II", "Nợ phải trả", "Debts"),
    Row("II", "Vốn chủ sở hữu", "Equity"),
    Row("II", "Vốn điều lệ", "Charter capital", "report", "charter_capital"),
    Row("II", "Thành viên đã góp vốn", "Members who paid in"),
    Row("II", "Mức góp thấp nhất", "Lowest stake"),
    Row("II", "Mức góp cao nhất", "Highest stake"),
    Row("II", "Vốn góp, cổ phần tại doanh nghiệp", "Capital and shares in firms"),
    Row("III", "Doanh thu", "Revenue", "report", "revenue"),
    Row("III", "Doanh thu của HTX phục vụ thành viên", "Revenue of HTX serving members"),
    Row("III", "Doanh thu của HTX tạo việc làm", "Revenue of HTX giving jobs"),
    Row("III", "Lợi nhuận trước thuế", "Profit before tax", "report", "pre_tax_profit"),
    Row("III", "Lợi nhuận sau nghĩa vụ", "Profit after duties", "report", "post_tax_profit"),
    Row("III", "Trích quỹ đầu tư phát triển", "To the development fund", "report", "development_fund"),
    Row("III", "Trích quỹ dự phòng tài chính", "To the reserve fund", "report", "reserve_fund"),
    Row("III", "Trích quỹ khác", "To other funds", "report", "other_funds"),
    Row("III", "Chia cho thành viên", "Paid to members", "report", "profit_to_members"),
    Row("III", "Chia theo mức sử dụng dịch vụ, theo vốn góp, khác", "By use, by stake, otherwise"),
    Row("III", "Tổng quỹ lương", "Wage bill"),
    Row("IV", "Bồi dưỡng cán bộ HTX (lượt)", "Training of HTX staff (attendances)", "training", "htx_managers"),
    Row("IV", "Xúc tiến thương mại", "Trade promotion", "support", "trade_promotion"),
    Row("IV", "Khoa học, công nghệ", "Science and technology"),
    Row("IV", "Tiếp cận vốn và quỹ hỗ trợ (vay ưu đãi)", "Capital and support fund (preferential loans)", "loan",
        "preferential"),
    Row("IV", "Chương trình mục tiêu", "Target programmes"),
    Row("IV", "Thành lập mới", "Founding", "support", "founding"),
    Row("IV", "Kết cấu hạ tầng", "Infrastructure", "support", "infrastructure"),
    Row("IV", "Giao đất, cho thuê đất", "Land given or leased", "support", "land"),
    Row("IV", "Giảm tiền thuê đất", "Rent cut"),
    Row("IV", "Vay tổ chức tín dụng (mọi khoản)", "Loans from credit institutions (all)", "loan", ALL),
    Row("IV", "Hỗ trợ lãi suất", "Interest support"),
    Row("IV", "Vốn, giống khi gặp thiên tai", "Capital or seed after disaster"),
    Row("IV", "Chế biến sản phẩm", "Processing"),
    Row("IV", "Khác: nhãn hiệu", "Other: trademarks", "support", "trademark"),
    Row("IV", "Khác: khuyến công", "Other: industrial promotion", "support", "industrial_promotion"),
    Row("IV", "Khác: trụ sở", "Other: headquarters", "support", "headquarters"),
    Row("V", "Cán bộ quản lý chưa qua đào tạo", "Managers untrained", "report", "managers_untrained"),
    Row("V", "Cán bộ quản lý sơ cấp, trung cấp", "Managers elementary or intermediate", "report",
        "managers_intermediate"),
    Row("V", "Cán bộ quản lý cao đẳng, đại học", "Managers college or university", "report", "managers_college"),
    Row("V", "Trình độ của chủ tịch, giám đốc, trưởng ban kiểm soát, kế toán trưởng",
        "Schooling of chair, director, head of control, chief accountant"),
)  # fmt: skip


def form(facts: Facts, management: pd.DataFrame, received: pd.DataFrame) -> pd.DataFrame:
    """The form of the last closed year (parts I to III, V) and of this year's policies (IV) (``RESOURCES_FORM``).

    ``value``: what is counted or summed; ``amount``: the money of a policy; ``reports`` of ``expected`` give the value,
    ``organisations`` received. ``recorded`` is False where the registry has no column for the row: all are NaN then.
    A policy has its zero only where its table has some row of the year: an empty table says nothing.
    """
    closed = management["year"].max() if len(management) else facts.closed_year
    reports = management[management["year"] == closed].set_index(["series", "sector"])
    year = pd.Timestamp(facts.day).year
    money = received[(received["year"] == year) & (received["dimension"] != "district")]
    money = money.set_index(["source", "level"])
    found = []
    for number, row in enumerate(ROWS, 1):
        unit, value, amount, organisations, given, expected = "", np.nan, np.nan, np.nan, np.nan, np.nan
        if row.source == "report" and (row.name, row.sector) in reports.index:
            told = reports.loc[(row.name, row.sector)]
            unit, given, expected = told["unit"], told["reports"], told["expected"]
            value = told["value"]
        elif row.source == "active":
            kinds = facts.matches("kind", tuple(row.name.split())) & facts.matches("state", "active")
            unit, value = "htx", float(kinds.sum())
        elif row.source == "training":
            courses = facts.view.trainings
            courses = courses[courses["date"].dt.year == year]
            unit = "turn"
            if len(courses):
                value = float(courses.loc[courses["audience"] == row.name, "turns"].sum())
        elif (row.source, ALL) in money.index:
            value, amount, organisations = 0.0, 0.0, 0.0
            if (row.source, row.name) in money.index:
                told = money.loc[(row.source, row.name)]
                value, amount, organisations = (float(told[c]) for c in ("items", "amount", "organisations"))
        found.append(
            [row.part, number, row.vi, row.en, unit, value, amount, organisations, given, expected, bool(row.source)]
        )
    return RESOURCES_FORM.frame(found).astype({"value": float, "reports": float, "expected": float})
