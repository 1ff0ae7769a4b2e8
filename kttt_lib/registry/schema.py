"""The registry's tables: one place for column names, types, units, closed lists and titles in both languages.

Money is in million VND, areas in hectares, dates are ISO days. One row is one dated fact.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Literal

Kind = Literal["text", "integer", "number", "date", "boolean", "choice"]

# Units as they are written in Vietnamese, and in English.
UNITS = {
    "triệu đồng": "million VND",
    "triệu đồng/người/năm": "million VND a person a year",
    "ha": "ha",
    "người": "people",
    "lượt": "attendances",
    "ngày": "days",
    "điểm": "points",
}


@dataclass(frozen=True, eq=False)
class Column:
    """One column: ``kind`` fixes the type; ``choices`` maps each allowed code to (vi, en)."""

    name: str
    kind: Kind
    vi: str
    en: str
    unit: str = ""
    required: bool = False
    choices: dict[str, tuple[str, str]] = field(default_factory=dict)
    minimum: float | None = None
    maximum: float | None = None
    max_length: int = 300

    @property
    def units(self) -> tuple[str, str]:
        """The unit in Vietnamese and in English; empty when there is none."""
        return self.unit, UNITS[self.unit] if self.unit else ""


@dataclass(frozen=True)
class Table:
    """One table: ``key`` names the columns that identify a row; a source may be without an ``optional`` one."""

    name: str
    vi: str
    en: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]
    optional: bool = False

    def column(self, name: str) -> Column:
        """The column of that name; KeyError when the table has none."""
        for column in self.columns:
            if column.name == name:
                return column
        raise KeyError(f"{self.name} has no column {name}")


ORGANISATION_KINDS = {
    "htx": ("Hợp tác xã", "Cooperative"),
    "tht": ("Tổ hợp tác", "Cooperative group"),
    "lhhtx": ("Liên hiệp hợp tác xã", "Union of cooperatives"),
    "qtdnd": ("Quỹ tín dụng nhân dân", "People's credit fund"),
}
SECTORS = {
    "agriculture": ("Nông nghiệp", "Agriculture"),
    "non_agriculture": ("Phi nông nghiệp", "Non-agriculture"),
    "credit": ("Tín dụng", "Credit"),
}
# The seven types of Circular 09/2017/TT-BNNPTNT.
AGRI_SUBTYPES = {
    "crops": ("Trồng trọt", "Crops"),
    "livestock": ("Chăn nuôi", "Livestock"),
    "forestry": ("Lâm nghiệp", "Forestry"),
    "fishery": ("Thủy sản", "Fishery"),
    "salt": ("Diêm nghiệp", "Salt"),
    "rural_water": ("Nước sạch nông thôn", "Rural clean water"),
    "mixed": ("Tổng hợp", "Mixed"),
}
SCOPES = {
    "village": ("Thôn", "Village"),
    "inter_village": ("Liên thôn", "Inter-village"),
    "commune": ("Toàn xã", "Whole commune"),
    "inter_commune": ("Liên xã", "Inter-commune"),
    "district_or_wider": ("Huyện trở lên", "District or wider"),
}
STATUS_EVENTS = {
    "suspended": ("Tạm ngừng hoạt động", "Suspended"),
    "resumed": ("Hoạt động trở lại", "Resumed"),
    "ceased": ("Ngừng hoạt động", "Ceased"),
    "dissolved": ("Giải thể", "Dissolved"),
    "merged_into": ("Sáp nhập vào", "Merged into"),
    "consolidated_into": ("Hợp nhất thành", "Consolidated into"),
    "split_from": ("Chia tách từ", "Split from"),
    "reorganised_under_law": ("Chuyển đổi theo Luật HTX", "Reorganised under the cooperative law"),
}
MERGERS = ("merged_into", "consolidated_into")
PROGRAMMES = {
    "infrastructure": ("Kết cấu hạ tầng", "Infrastructure"),
    "industrial_promotion": ("Khuyến công", "Industrial promotion"),
    "trade_promotion": ("Xúc tiến thương mại", "Trade promotion"),
    "trademark": ("Nhãn hiệu hàng hóa", "Trademark"),
    "land": ("Đất đai", "Land"),
    "headquarters": ("Trụ sở làm việc", "Headquarters"),
    "founding": ("Thành lập mới", "Founding"),
}
AUDIENCES = {
    "officials": ("Cán bộ, công chức, viên chức", "Officials"),
    "htx_managers": ("Cán bộ quản lý, chuyên môn nghiệp vụ HTX", "HTX managers and professional staff"),
}
FEATURES = {
    "value_chain": ("Gắn với chuỗi giá trị", "Value chain"),
    "high_tech": ("Ứng dụng công nghệ cao", "High technology"),
    "commodity": ("Sản xuất hàng hóa", "Commodity production"),
    "organic": ("Theo hướng hữu cơ", "Organic direction"),
    "new_model": ("HTX kiểu mới", "New-model HTX"),
}
FEATURE_BASES = {
    "assigned": ("Tỉnh giao xây dựng mô hình", "On the list assigned by the province"),
    "verified": ("Cơ quan quản lý xác nhận", "Verified by an authority"),
    "declared": ("HTX tự khai", "Declared by the HTX"),
}
ASSESSORS = {
    "self": ("HTX tự chấm", "Self-assessed"),
    "district": ("Huyện thẩm định", "District"),
    "province": ("Tỉnh thẩm định", "Province"),
}
# The eight groups of measures of Plan 23/KH-UBND; another plan may use fewer.
TASK_GROUPS = {f"M{i}": (f"Nhóm nhiệm vụ {i}", f"Task group {i}") for i in range(1, 9)}

_ORG = Column("org_id", "text", "Mã tổ chức", "Organisation id", required=True)
_YEAR = Column("year", "integer", "Năm", "Year", required=True, minimum=1990, maximum=2100)
_RECORDED = Column("recorded_on", "date", "Ngày ghi sổ", "Recorded on")


def _count(name: str, vi: str, en: str, unit: str = "người") -> Column:
    return Column(name, "integer", vi, en, unit=unit, minimum=0)


def _money(name: str, vi: str, en: str, minimum: float | None = 0) -> Column:
    return Column(name, "number", vi, en, unit="triệu đồng", minimum=minimum)


# What an organisation may have otherwise been before: its row says what it is now, the table of changes since when.
DATED = (
    Column("sector", "choice", "Lĩnh vực", "Sector", required=True, choices=SECTORS),
    Column("scope", "choice", "Quy mô địa bàn", "Territorial scope", choices=SCOPES),
    Column("commune", "text", "Xã, phường, thị trấn", "Commune"),
    Column("district", "text", "Huyện, thành phố", "District", required=True),
)
_SECTOR, _SCOPE, _COMMUNE, _DISTRICT = DATED


def _before_and_after(column: Column) -> tuple[Column, Column]:
    free = replace(column, required=False)
    return (
        replace(free, name=f"{column.name}_before", vi=f"{column.vi} trước", en=f"{column.en} before"),
        replace(free, name=f"{column.name}_after", vi=f"{column.vi} sau", en=f"{column.en} after"),
    )


_TABLES = (
    Table(
        "organisations",
        "Tổ chức",
        "Organisations",
        ("org_id",),
        (
            _ORG,
            Column("name", "text", "Tên tổ chức", "Name", required=True),
            Column("kind", "choice", "Loại hình", "Kind", required=True, choices=ORGANISATION_KINDS),
            _SECTOR,
            Column("agri_subtype", "choice", "Loại HTX nông nghiệp", "Agricultural type", choices=AGRI_SUBTYPES),
            Column("specialised", "boolean", "HTX chuyên ngành", "Specialised HTX"),
            Column("vsic", "text", "Mã ngành VSIC", "VSIC code"),
            _SCOPE,
            _COMMUNE,
            _DISTRICT,
            Column("founded_on", "date", "Ngày thành lập", "Founded on", required=True),
            Column("registered_on", "date", "Ngày đăng ký", "Registered on"),
            _RECORDED,
        ),
    ),
    Table(
        "status_events",
        "Biến động",
        "Status events",
        ("org_id", "date", "event"),
        (
            _ORG,
            Column("date", "date", "Ngày", "Date", required=True),
            Column("event", "choice", "Biến động", "Event", required=True, choices=STATUS_EVENTS),
            Column("successor_id", "text", "Mã tổ chức liên quan", "Related organisation id"),
            Column("decision_no", "text", "Số quyết định", "Decision number"),
            _RECORDED,
        ),
    ),
    Table(
        "changes",
        "Thay đổi địa bàn, lĩnh vực",
        "Changes of place and sector",
        ("org_id", "date"),
        (
            _ORG,
            Column("date", "date", "Ngày", "Date", required=True),
            *(side for column in DATED for side in _before_and_after(column)),
            Column("decision_no", "text", "Số quyết định", "Decision number"),
            _RECORDED,
        ),
        optional=True,
    ),
    Table(
        "annual_reports",
        "Báo cáo năm",
        "Annual reports",
        ("org_id", "year"),
        (
            _ORG,
            _YEAR,
            Column("received_on", "date", "Ngày nhận báo cáo", "Received on"),
            _count("members", "Số thành viên", "Members"),
            _count("new_members", "Thành viên mới", "New members"),
            _count("women", "Thành viên nữ", "Women members"),
            _count("members_served", "Thành viên sử dụng dịch vụ", "Members using services"),
            _count("workers", "Lao động thường xuyên", "Regular workers"),
            Column("area_ha", "number", "Diện tích sản xuất", "Production area", unit="ha", minimum=0),
            _money("charter_capital", "Vốn điều lệ", "Charter capital"),
            _money("total_assets", "Tổng tài sản", "Total assets"),
            _money("indivisible_assets", "Tài sản không chia", "Indivisible assets"),
            _money("revenue_planned", "Doanh thu kế hoạch", "Planned revenue"),
            _money("revenue", "Doanh thu", "Revenue"),
            _money("revenue_from_members", "Doanh thu từ thành viên", "Revenue from members"),
            _money("pre_tax_profit", "Lợi nhuận trước thuế", "Pre-tax profit", minimum=None),
            _money("post_tax_profit", "Lợi nhuận sau thuế", "Post-tax profit", minimum=None),
            _money("profit_to_members", "Lợi nhuận chia cho thành viên", "Profit paid to members"),
            Column(
                "worker_income",
                "number",
                "Thu nhập bình quân lao động",
                "Mean income a worker",
                unit="triệu đồng/người/năm",
                minimum=0,
            ),
            _count("managers_untrained", "Cán bộ chưa qua đào tạo", "Managers untrained"),
            _count("managers_intermediate", "Cán bộ sơ cấp, trung cấp", "Managers elementary or intermediate"),
            _count("managers_college", "Cán bộ cao đẳng, đại học", "Managers college or university"),
            _money("development_fund", "Quỹ đầu tư phát triển", "Development fund set aside"),
            _money("reserve_fund", "Quỹ dự phòng tài chính", "Reserve fund set aside"),
            _money("other_funds", "Quỹ khác", "Other funds set aside"),
            Column("fined", "boolean", "Bị xử phạt hành chính trong năm", "Fined in the year"),
            _RECORDED,
        ),
    ),
    Table(
        "criteria_scores",
        "Điểm đánh giá",
        "Criteria scores",
        ("org_id", "year", "rulebook", "criterion", "assessor"),
        (
            _ORG,
            _YEAR,
            Column("rulebook", "text", "Văn bản đánh giá", "Rulebook", required=True),
            Column("criterion", "text", "Tiêu chí", "Criterion", required=True),
            Column("score", "number", "Điểm", "Score", unit="điểm", required=True, minimum=0, maximum=100),
            Column("assessor", "choice", "Bên đánh giá", "Assessor", required=True, choices=ASSESSORS),
            _RECORDED,
        ),
    ),
    Table(
        "support_events",
        "Hỗ trợ",
        "Support received",
        ("org_id", "date", "programme"),
        (
            _ORG,
            Column("date", "date", "Ngày", "Date", required=True),
            Column("programme", "choice", "Chính sách hỗ trợ", "Programme", required=True, choices=PROGRAMMES),
            _money("amount", "Kinh phí", "Amount"),
            Column("funder", "text", "Đơn vị hỗ trợ", "Funder"),
            _RECORDED,
        ),
    ),
    Table(
        "loans",
        "Vốn vay",
        "Loans",
        ("org_id", "date", "lender"),
        (
            _ORG,
            Column("date", "date", "Ngày vay", "Date", required=True),
            Column("lender", "text", "Bên cho vay", "Lender", required=True),
            _money("amount", "Số tiền vay", "Amount"),
            Column("preferential", "boolean", "Vay ưu đãi", "Preferential", required=True),
            Column("purpose", "text", "Mục đích", "Purpose"),
            _RECORDED,
        ),
    ),
    Table(
        "trainings",
        "Bồi dưỡng",
        "Trainings",
        ("course_id",),
        (
            Column("course_id", "text", "Mã lớp", "Course id", required=True),
            Column("date", "date", "Ngày khai giảng", "Date", required=True),
            Column("audience", "choice", "Đối tượng", "Audience", required=True, choices=AUDIENCES),
            Column("turns", "integer", "Số lượt người", "Turns", unit="lượt", required=True, minimum=0),
            Column("days", "number", "Số ngày", "Days", unit="ngày", minimum=0),
            Column("district", "text", "Huyện, thành phố của học viên", "District of those trained"),
            _RECORDED,
        ),
    ),
    Table(
        "features",
        "Mô hình, thực hành",
        "Features",
        ("org_id", "feature", "began_on"),
        (
            _ORG,
            Column("feature", "choice", "Mô hình", "Feature", required=True, choices=FEATURES),
            Column("began_on", "date", "Bắt đầu", "Began on", required=True),
            Column("ended_on", "date", "Kết thúc", "Ended on"),
            Column("basis", "choice", "Căn cứ", "Basis", choices=FEATURE_BASES),
            Column("evidence", "text", "Minh chứng", "Evidence"),
            _RECORDED,
        ),
    ),
    Table(
        "activities",
        "Hoạt động",
        "Activities",
        ("activity_id",),
        (
            Column("activity_id", "text", "Mã hoạt động", "Activity id", required=True),
            Column("task_group", "choice", "Nhóm nhiệm vụ", "Task group", required=True, choices=TASK_GROUPS),
            Column("date", "date", "Ngày", "Date", required=True),
            Column("kind", "text", "Hoạt động", "Kind", required=True),
            Column("quantity", "number", "Khối lượng", "Quantity", minimum=0),
            _money("spent", "Kinh phí đã chi", "Spent"),
            _money("planned", "Kinh phí kế hoạch", "Planned spending"),
            _RECORDED,
        ),
    ),
)

TABLES: dict[str, Table] = {table.name: table for table in _TABLES}
# Those that every source has, if only with its header.
NEEDED_TABLES = {name: table for name, table in TABLES.items() if not table.optional}

# Where an accepted row was read; written by the reader, never by a province.
SOURCE_COLUMNS = ("source_file", "source_sheet", "source_row")
