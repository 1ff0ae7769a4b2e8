# ruff: noqa: E501
"""Every indicator with its words. A plan names one by its id; the list of ids and cut-offs is pinned in a test.

``source`` is the indicator's own legal or statistical basis; the plan's document is added where a plan is measured.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from kttt_lib.indicators import cohorts, flows, levels, models, shares
from kttt_lib.indicators.composed import composed
from kttt_lib.indicators.definition import Function, Indicator, Nature
from kttt_lib.indicators.grammar import Measure
from kttt_lib.plan.model import Target
from kttt_lib.shown import Shown

Said = tuple[str, str]  # In Vietnamese, in English.


def _indicator(
    id: str,
    unit: str,
    nature: Nature,
    function: Function | None,
    tables: tuple[str, ...],
    *,
    title: Said,
    counts: Said,
    excludes: Said,
    source: Said,
    kinds: tuple[str, ...] = ("htx",),
    monotone: bool = False,
    concepts: tuple[str, ...] = (),
    parameters: Mapping[str, Any] | None = None,
) -> Indicator:
    return Indicator(
        id=id, unit=unit, nature=nature, function=function, tables=tables, kinds=kinds, monotone=monotone, concepts=concepts,
        title_vi=title[0], title_en=title[1], counts_vi=counts[0], counts_en=counts[1],
        excludes_vi=excludes[0], excludes_en=excludes[1], source_vi=source[0], source_en=source[1],
        parameters=parameters or {},
        status="open" if any(none in source[0] for none, _ in (_NO_TEXT, _BY_RULE)) else "read",
    )  # fmt: skip


def _all(*texts: Said, by: str = "; ") -> Said:
    """Texts one after the other, in each language."""
    return by.join(vi for vi, _ in texts), by.join(en for _, en in texts)


# --- Tables read, and parameters with their defaults ---
_LIVES = ("organisations", "status_events")
_REPORTS = (*_LIVES, "annual_reports")
_FEATURES = (*_LIVES, "features")
_RATED = (*_LIVES, "criteria_scores", "annual_reports", "features")
_HTX: dict[str, Any] = {"sector": None, "include_qtdnd": False}
_ANY_KIND = {"kind": "htx", **_HTX}

# --- What is left out ---
_NO_QTDND = (
    "QTDND, trừ khi kế hoạch tính cả QTDND; LHHTX, THT",
    "Credit funds unless the plan counts them in; unions and groups",
)
_MISSING = (
    "Báo cáo chưa về thì không có giá trị mặc định: nêu số báo cáo thiếu và khoảng",
    "A report that has not come in takes no default: the missing ones are counted and bounded",
)
_NOT_RATED = (
    "Tổ chức không thuộc diện xếp loại không tính là yếu và không nằm trong mẫu số; HTX đã giải thể, sáp nhập",
    "Organisations not to be rated are not weak and stay out of the denominator; those dissolved or merged",
)
_GONE = ("Tổ chức đã giải thể, sáp nhập", "Organisations dissolved or merged")
_UNREPORTED = _all(_NO_QTDND, _MISSING, by=". ")
_PASSED = (
    "mô hình của HTX đã sáp nhập tính cho HTX kế thừa",
    "the model of one merged since is its successor's",
)

# --- Bases: what was read in a text, or that none was found ---
_NO_TEXT = (
    "Chưa tìm thấy định nghĩa chính thức; tính theo lời của kế hoạch",
    "No official definition was found; counted as the plan words it",
)
_BY_RULE = (
    "Chưa tìm thấy định nghĩa chính thức; quy tắc được chọn nêu căn cứ riêng",
    "No official definition was found; the rule chosen names its own basis",
)
_LAW = (
    "Khái niệm HTX, LHHTX: Điều 3 Luật HTX 23/2012/QH13 (đến 30/6/2024), Luật HTX 17/2023/QH15 (từ 01/7/2024)",
    "What an HTX or a union is: Article 3 of Law 23/2012/QH13 (until 30 June 2024), Law 17/2023/QH15 (since 1 July 2024)",
)
_GROUPS = (
    "Khái niệm THT (Điều 3) và thông báo thành lập với UBND cấp xã: Nghị định 77/2019/NĐ-CP (từ 25/11/2019)",
    "What a group is (Article 3) and its notice to the commune: Decree 77/2019/ND-CP (since 25 November 2019)",
)
_STATES = (
    "Tình trạng đang hoạt động: Điều 27 Nghị định 92/2024/NĐ-CP (từ 18/7/2024); trước đó chưa tìm thấy định nghĩa chính thức",
    "The state of being active: Article 27 of Decree 92/2024/ND-CP (since 18 July 2024); no official definition was found before",
)
_DISSOLUTION = (
    "Giải thể: Điều 54 Luật HTX 23/2012/QH13 (đến 30/6/2024), Điều 98, 99 Luật HTX 17/2023/QH15 (từ 01/7/2024)",
    "Dissolution: Article 54 of Law 23/2012/QH13 (until 30 June 2024), Articles 98, 99 of Law 17/2023/QH15 (since 1 July 2024)",
)
_REPORT = (
    "Báo cáo năm của HTX (Thông tư 03/2014/TT-BKHĐT, 07/2019/TT-BKHĐT; từ 01/7/2024: 09/2024/TT-BKHĐT), hạn 15/12",
    "Annual report of the cooperative (Circulars 03/2014 and 07/2019; since 1 July 2024: 09/2024), due 15 December",
)
_GRADES = ("Thông tư 01/2020/TT-BKHĐT, 09/2017/TT-BNNPTNT", "Circulars 01/2020 and 09/2017")
_FUND_GRADES = ("Xếp hạng QTDND: Thông tư 42/2016/TT-NHNN", "Grades of credit funds: Circular 42/2016/TT-NHNN")


_NAMED_IN_PLANS = (
    _indicator(
        "merged_inter_village_share", "%", "cohort", cohorts.merged_inter_village, (*_RATED, "changes"),
        title=(
            "Tỷ lệ HTX nông nghiệp liên thôn nhỏ, kém hiệu quả đã sáp nhập, hợp nhất thành HTX toàn xã",
            "Share of small, poorly working inter-village agricultural HTX merged into whole-commune HTX",
        ),
        counts=(
            "HTX nông nghiệp liên thôn dưới diện tích mà kế hoạch nêu (100 ha) xếp dưới mức hiệu quả tại ngày chốt "
            "(31/12 năm trước) đã sáp nhập, hợp nhất vào HTX quy mô toàn xã trở lên; sáp nhập nhiều lần thì xét HTX cuối "
            "cùng; HTX nhận sáp nhập rồi thành HTX toàn xã cũng tính. Quy mô xét theo từng ngày nếu sổ ghi thay đổi",
            "Inter-village agricultural HTX under the plan's area (100 ha), below effective on the day the cohort is fixed "
            "(31 December of the year before), merged into an HTX of a whole commune or wider; after several mergers the "
            "last; one that took in others and became whole-commune counts too. Scope is that of each day where changes "
            "are recorded",
        ),
        excludes=(
            "HTX đúng 100 ha trở lên; HTX không được xếp loại; HTX thành lập sau ngày chốt",
            "HTX of exactly 100 ha or more; those not rated; those founded after the day the cohort is fixed",
        ),
        source=_BY_RULE, concepts=("effective",),
        parameters={"max_area_ha": 100, "successor_scopes": ["commune", "inter_commune", "district_or_wider"]},
    ),
    _indicator(
        "ceased_dissolved_share", "%", "cohort", cohorts.ceased_dissolved, _REPORTS,
        title=("Tỷ lệ HTX ngừng hoạt động đã giải thể", "Share of ceased HTX that are dissolved"),
        counts=(
            "HTX ngừng hoạt động tại ngày chốt (31/12 năm trước) đã giải thể, kể cả giải thể đúng ngày cuối kỳ",
            "HTX that had ceased on the day the cohort is fixed (31 December of the year before) and are dissolved by the "
            "date, the last day included",
        ),
        excludes=_all(
            (
                "HTX ngừng sau ngày chốt, trừ khi quy tắc tính cả kỳ kế hoạch; HTX sáp nhập thay vì giải thể không tính là "
                "đã giải thể",
                "HTX that ceased later, unless the rule takes in the plan's period; one merged instead is not dissolved",
            ),
            _NO_QTDND,
        ),
        source=_all(_DISSOLUTION, _BY_RULE, by=". "), monotone=True, concepts=("ceased",),
        parameters={"include_qtdnd": False},
    ),
    _indicator(
        "agri_effective_share", "%", "stock", shares.agri_effective, _RATED,
        title=("Tỷ lệ HTX nông nghiệp hoạt động hiệu quả", "Share of agricultural HTX that are effective"),
        counts=(
            "HTX nông nghiệp đạt quy tắc hiệu quả của kế hoạch, trên tổng số HTX nông nghiệp được xét trong năm",
            "Agricultural HTX that meet the plan's rule of effective, of those rated in the year",
        ),
        excludes=_all(
            (
                "HTX chuyên ngành (tính ở nhóm phi nông nghiệp, chuyên ngành); để trống thì coi là không chuyên ngành",
                "Specialised HTX (counted with the non-agricultural ones); a blank is read as not specialised",
            ),
            _NOT_RATED, by=". ",
        ),
        source=_BY_RULE, concepts=("effective",),
    ),
    _indicator(
        "qtdnd_effective_share", "%", "stock", shares.qtdnd_effective, _RATED, kinds=("qtdnd",),
        title=("Tỷ lệ QTDND hoạt động hiệu quả", "Share of people's credit funds that are effective"),
        counts=(
            "QTDND đạt quy tắc hiệu quả của kế hoạch, trên số QTDND được xếp hạng. Hạng của một năm có vào 30/4 năm sau, "
            "nên tại 31/12 dùng hạng của năm trước",
            "Credit funds that meet the plan's rule of effective, of those rated. The grade of a year comes by 30 April of "
            "the next, so on 31 December it is that of the year before",
        ),
        excludes=_all(
            ("QTDND hoạt động chưa đủ 24 tháng", "Credit funds working under 24 months"), _NOT_RATED, by=". "
        ),
        source=_all(_FUND_GRADES, _BY_RULE, by=". "), concepts=("effective",),
    ),
    _indicator(
        "non_agri_effective_share", "%", "stock", shares.non_agri_effective, _RATED,
        title=(
            "Tỷ lệ HTX phi nông nghiệp, chuyên ngành hoạt động hiệu quả",
            "Share of non-agricultural and specialised HTX that are effective",
        ),
        counts=(
            "HTX phi nông nghiệp và HTX chuyên ngành (kể cả nông nghiệp) đạt quy tắc hiệu quả, trên số được xét trong năm",
            "Non-agricultural HTX and specialised ones (agricultural too) that meet the rule of effective, of those rated",
        ),
        excludes=_all(("QTDND", "Credit funds"), _NOT_RATED, by=". "),
        source=_BY_RULE, concepts=("effective",), parameters={"include_specialised": True},
    ),
    _indicator(
        "new_htx", "htx", "flow", flows.founded, _LIVES,
        title=("Số HTX thành lập mới", "New HTX founded"),
        counts=(
            "HTX có ngày thành lập trong kỳ kế hoạch, kể cả ngày đầu và ngày cuối; HTX giải thể trong kỳ vẫn tính",
            "HTX whose founding day is in the plan's period, first and last day included; one dissolved since still counts",
        ),
        excludes=_all(
            ("HTX hình thành từ hợp nhất, chia tách", "HTX that came of a consolidation or split"), _NO_QTDND
        ),
        source=_LAW, monotone=True, parameters=_ANY_KIND,
    ),
    _indicator(
        "new_tht", "tht", "flow", flows.founded, _LIVES,
        title=("Số THT thành lập mới", "New cooperative groups founded"),
        counts=("THT có ngày thành lập trong kỳ kế hoạch", "Groups whose founding day is in the plan's period"),
        excludes=("THT hình thành từ hợp nhất, chia tách", "Groups that came of a consolidation or split"),
        source=_GROUPS, monotone=True, parameters={"kind": "tht", "sector": None},
    ),
    _indicator(
        "official_training_turns", "turn", "flow", flows.training_turns("officials"), ("trainings",), kinds=(),
        title=("Số lượt cán bộ, công chức, viên chức được bồi dưỡng", "Training turns of officials"),
        counts=(
            "Tổng số lượt người của các lớp cho cán bộ, công chức, viên chức khai giảng trong kỳ; một người học hai lớp là "
            "hai lượt",
            "Turns in all courses for officials that began in the period; one person in two courses is two turns",
        ),
        excludes=("Lớp cho cán bộ HTX", "Courses for HTX managers"),
        source=_NO_TEXT, monotone=True,
    ),
    _indicator(
        "manager_training_turns", "turn", "flow", flows.training_turns("htx_managers"), ("trainings",), kinds=(),
        title=(
            "Số lượt cán bộ quản lý, chuyên môn nghiệp vụ HTX được bồi dưỡng",
            "Training turns of HTX managers and professional staff",
        ),
        counts=(
            "Tổng số lượt người của các lớp cho cán bộ HTX khai giảng trong kỳ; một người học hai lớp là hai lượt",
            "Turns in all courses for HTX managers and staff that began in the period; one person in two courses is two turns",
        ),
        excludes=("Lớp cho cán bộ, công chức, viên chức", "Courses for officials"),
        source=_NO_TEXT, monotone=True,
    ),
    _indicator(
        "htx_supported", "htx", "flow", flows.supported, ("organisations", "support_events"),
        title=(
            "Số HTX được hỗ trợ kết cấu hạ tầng, khuyến công, xúc tiến thương mại",
            "HTX helped with infrastructure, industrial promotion or trade promotion",
        ),
        counts=(
            "HTX nhận ít nhất một hỗ trợ thuộc các chính sách nêu trên trong kỳ; nhiều chính sách vẫn tính một lần",
            "HTX that received at least one support of these programmes in the period; several still count once",
        ),
        excludes=_all(
            (
                "Chính sách khác (nhãn hiệu, đất đai, trụ sở, thành lập mới)",
                "Other programmes (trademark, land, headquarters, founding)",
            ),
            _NO_QTDND,
        ),
        source=_NO_TEXT, monotone=True,
        parameters={"programmes": ["infrastructure", "industrial_promotion", "trade_promotion"], **_HTX},
    ),
    _indicator(
        "htx_trademarks", "htx", "flow", flows.supported, ("organisations", "support_events"),
        title=("Số HTX được hỗ trợ xây dựng nhãn hiệu hàng hóa", "HTX helped to build a trademark"),
        counts=(
            "HTX nhận hỗ trợ nhãn hiệu hàng hóa trong kỳ; nhiều nhãn hiệu vẫn tính một lần",
            "HTX that received trademark support in the period; several trademarks still count once",
        ),
        excludes=_NO_QTDND, source=_NO_TEXT, monotone=True, parameters={"programmes": ["trademark"], **_HTX},
    ),
    _indicator(
        "preferential_loan_share", "%", "flow", flows.preferential_loans, (*_LIVES, "loans"),
        title=("Tỷ lệ HTX được vay vốn ưu đãi", "Share of HTX with preferential loans"),
        counts=(
            "HTX có ít nhất một khoản vay ưu đãi trong kỳ, trên tổng số HTX tồn tại tại ngày xét; khoản vay của HTX đã sáp "
            "nhập tính cho HTX kế thừa",
            "HTX with at least one preferential loan in the period, of the HTX existing on the date; the loan of one merged "
            "since is its successor's",
        ),
        excludes=_all(("Vay thương mại; HTX đã giải thể", "Commercial loans; HTX dissolved"), _NO_QTDND),
        source=_NO_TEXT, parameters=_HTX,
    ),
    _indicator(
        "new_model_effective", "htx", "stock", models.new_model_effective, _RATED,
        title=("Số HTX kiểu mới hoạt động hiệu quả", "New-model HTX working effectively"),
        counts=(
            "HTX vừa là kiểu mới vừa hiệu quả theo hai quy tắc của kế hoạch, tại cuối năm gần nhất đã đến hạn báo cáo",
            "HTX that are both new-model and effective under the plan's two rules, at the end of the last year due",
        ),
        excludes=_all(
            (
                "HTX kiểu mới không thuộc diện xếp loại: không tính, cũng không coi là yếu",
                "New-model HTX not to be rated: not counted, and not called weak",
            ),
            _NO_QTDND,
        ),
        source=_BY_RULE, concepts=("new_model", "effective"), parameters=_HTX,
    ),
    _indicator(
        "models_by_feature", "htx", "stock", models.with_features, _FEATURES,
        title=(
            "Số HTX có mô hình chuỗi giá trị, công nghệ cao, sản xuất hàng hóa, hữu cơ",
            "HTX with value-chain, high-technology, commodity or organic models",
        ),
        counts=_all(
            (
                "HTX có ít nhất một mô hình nêu trên còn hoạt động tại ngày xét; HTX có nhiều mô hình tính một lần",
                "HTX that follow at least one of these models on the date; one with several counts once",
            ),
            _PASSED,
        ),
        excludes=_all(
            ("Mô hình đã kết thúc; HTX đã giải thể, ngừng hoạt động", "Models that have ended; HTX dissolved or ceased"),
            _NO_QTDND,
        ),
        source=_NO_TEXT, parameters={"features": ["value_chain", "high_tech", "commodity", "organic"], **_HTX},
    ),
    _indicator(
        "scale_and_members", "person", "stock", levels.reported("mean", "members"), _REPORTS,
        title=("Số thành viên bình quân một HTX", "Mean members per HTX"),
        counts=(
            "Bình quân số thành viên các HTX có báo cáo năm gần nhất đã đến hạn",
            "Mean members of the HTX that reported for the last year due",
        ),
        excludes=_UNREPORTED, source=_REPORT, parameters=_ANY_KIND,
    ),
    _indicator(
        "jobs", "person", "stock", levels.reported("sum", "workers"), _REPORTS,
        title=("Số lao động thường xuyên trong HTX", "Regular workers in HTX"),
        counts=(
            "Tổng số lao động thường xuyên trong các báo cáo năm gần nhất đã đến hạn",
            "Regular workers in the reports of the last year due",
        ),
        excludes=_UNREPORTED, source=_REPORT, parameters=_ANY_KIND,
    ),
    _indicator(
        "member_income", "million_vnd_per_person_year", "stock",
        levels.reported("mean", "worker_income", ("workers",)), _REPORTS,
        title=("Thu nhập bình quân một lao động trong HTX", "Mean income of a worker in HTX"),
        counts=(
            "Thu nhập bình quân lao động, lấy số lao động làm quyền số. Sổ không có thu nhập của thành viên, nên dùng thu "
            "nhập lao động làm đại diện",
            "Mean income a worker, weighted by workers. The registry holds no members' income, so workers' income stands "
            "for it",
        ),
        excludes=_UNREPORTED, source=_REPORT, parameters=_ANY_KIND,
    ),
    _indicator(
        "awareness", "%", "stock", None, (),
        title=(
            "Tỷ lệ người dân, cán bộ hiểu đúng về KTTT",
            "Share of people and officials with a sound understanding of the collective economy",
        ),
        counts=(
            "Kết quả điều tra nhận thức; chưa có điều tra nào",
            "The result of a survey of awareness; none has been held",
        ),
        excludes=("Số buổi tuyên truyền không phải là nhận thức", "Sessions of communication are not awareness"),
        source=_NO_TEXT,
    ),
    _indicator(
        "linkage_forms", "htx", "stock", models.with_features, _FEATURES,
        title=("Số HTX tham gia liên kết", "HTX that take part in a linkage"),
        counts=_all(
            ("HTX tham gia liên kết theo chuỗi giá trị tại ngày xét", "HTX in a value-chain linkage on the date"), _PASSED
        ),
        excludes=_all(
            (
                "HTX đã giải thể, ngừng hoạt động; HTX là thành viên LHHTX (sổ chưa ghi quan hệ này)",
                "HTX dissolved or ceased; those that are members of a union (the registry does not hold this yet)",
            ),
            _NO_QTDND,
        ),
        source=_NO_TEXT, parameters={"features": ["value_chain"], **_HTX},
    ),
    _indicator(
        "measure_delivery", "activity", "flow", flows.delivery, ("activities",), kinds=(),
        title=("Số hoạt động đã thực hiện của nhóm nhiệm vụ", "Activities carried out under the task group"),
        counts=("Hoạt động thuộc nhóm nhiệm vụ có ngày trong kỳ", "Activities of the task group dated in the period"),
        excludes=(
            "Hoạt động của nhóm khác; kinh phí nêu ở bảng riêng",
            "Activities of other groups; spending stands in its own table",
        ),
        source=_NO_TEXT, parameters={"task_group": "M1"},
    ),
)  # fmt: skip

_EXISTS = ("đã thành lập, chưa giải thể, sáp nhập tại ngày xét", "founded and not dissolved or merged by the date")
_MANAGERS = ("managers_untrained", "managers_intermediate", "managers_college")

_GENERIC = (
    _indicator(
        "htx_total", "htx", "stock", levels.existing, _LIVES,
        title=("Tổng số HTX", "HTX in all"), excludes=_NO_QTDND, source=_LAW, parameters=_ANY_KIND,
        counts=(f"HTX {_EXISTS[0]}, kể cả tạm ngừng", f"HTX {_EXISTS[1]}, suspended ones included"),
    ),
    _indicator(
        "htx_active", "htx", "stock", levels.active, _LIVES,
        title=("Số HTX đang hoạt động", "Active HTX"), excludes=_NO_QTDND, source=_STATES, parameters=_ANY_KIND,
        counts=("HTX đang hoạt động tại ngày xét", "HTX that work on the date"),
    ),
    _indicator(
        "tht_total", "tht", "stock", levels.existing, _LIVES,
        title=("Tổng số THT", "Cooperative groups in all"), counts=(f"THT {_EXISTS[0]}", f"Groups {_EXISTS[1]}"),
        excludes=_GONE, source=_GROUPS, parameters={"kind": "tht", "sector": None},
    ),
    _indicator(
        "tht_registered", "tht", "stock", levels.registered, _LIVES,
        title=("Số THT có đăng ký, chứng thực", "Registered cooperative groups"),
        counts=(f"THT {_EXISTS[0]} và có ngày đăng ký", f"Groups {_EXISTS[1]}, with a registration date"),
        excludes=_GONE, source=_GROUPS, parameters={"kind": "tht", "sector": None},
    ),
    _indicator(
        "lhhtx_total", "lhhtx", "stock", levels.existing, _LIVES,
        title=("Tổng số LHHTX", "Unions of cooperatives in all"),
        counts=(f"LHHTX {_EXISTS[0]}", f"Unions {_EXISTS[1]}"),
        excludes=_GONE, source=_LAW, parameters={"kind": "lhhtx", "sector": None},
    ),
    _indicator(
        "dissolved_htx", "htx", "flow", flows.dissolved_in_period, _LIVES,
        title=("Số HTX giải thể trong kỳ", "HTX dissolved in the period"),
        counts=("HTX có quyết định giải thể trong kỳ kế hoạch", "HTX dissolved on a day of the plan's period"),
        excludes=_all(("HTX sáp nhập, hợp nhất", "HTX merged or consolidated"), _NO_QTDND),
        source=_DISSOLUTION, monotone=True, parameters=_ANY_KIND,
    ),
    *(
        _indicator(
            id, unit, "stock", function, _REPORTS, title=title,
            counts=(
                f"{counted[0]} theo báo cáo năm gần nhất đã đến hạn", f"{counted[1]} in the reports of the last year due",
            ),
            excludes=_UNREPORTED, source=_REPORT, parameters=_ANY_KIND,
        )
        for id, unit, function, title, counted in (
            ("members_total", "person", levels.reported("sum", "members"), ("Tổng số thành viên", "Members in all"),
             ("Tổng số thành viên", "Members")),
            ("workers_total", "person", levels.reported("sum", "workers"),
             ("Tổng số lao động thường xuyên", "Regular workers in all"),
             ("Tổng số lao động thường xuyên", "Regular workers")),
            ("revenue_mean", "million_vnd", levels.reported("mean", "revenue"),
             ("Doanh thu bình quân một tổ chức", "Mean revenue per organisation"),
             ("Doanh thu bình quân", "Mean revenue")),
            ("revenue_total", "million_vnd", levels.reported("sum", "revenue"), ("Tổng doanh thu", "Revenue in all"),
             ("Tổng doanh thu", "Revenue")),
            ("profit_mean", "million_vnd", levels.reported("balance", "pre_tax_profit"),
             ("Lợi nhuận trước thuế bình quân một tổ chức", "Mean pre-tax profit per organisation"),
             ("Lợi nhuận trước thuế bình quân", "Mean pre-tax profit")),
            ("worker_income_mean", "million_vnd_per_person_year", levels.reported("mean", "worker_income", ("workers",)),
             ("Thu nhập bình quân một lao động", "Mean income of a worker"),
             ("Thu nhập bình quân lao động, quyền số là số lao động,", "Mean income weighted by workers")),
            ("managers_college_share", "%", levels.reported("ratio", "managers_college", _MANAGERS),
             ("Tỷ lệ cán bộ quản lý có trình độ cao đẳng, đại học", "Share of managers with college or university"),
             ("Cán bộ quản lý trình độ cao đẳng, đại học trên tổng số cán bộ",
              "Managers with college or university of all managers")),
            ("managers_intermediate_share", "%", levels.reported("ratio", "managers_intermediate", _MANAGERS),
             ("Tỷ lệ cán bộ quản lý có trình độ sơ cấp, trung cấp",
              "Share of managers with elementary or intermediate training"),
             ("Cán bộ quản lý trình độ sơ cấp, trung cấp trên tổng số cán bộ",
              "Managers with elementary or intermediate training of all managers")),
        )
    ),
    _indicator(
        "good_or_fair_share", "%", "stock", shares.good_or_fair, _RATED,
        title=("Tỷ lệ HTX xếp loại tốt, khá", "Share of HTX graded good or fairly good"),
        counts=(
            "HTX xếp loại Tốt, Khá (từ 65 điểm) theo thông tư của năm, trên số HTX được xếp loại hoặc trên số HTX đang hoạt "
            "động tại ngày xét, tùy mẫu số của kế hoạch",
            "HTX graded Tốt or Khá (65 points or more) under the year's circular, of those rated or of those working on the "
            "date, as the plan takes its denominator",
        ),
        excludes=_NO_QTDND, source=_GRADES, parameters={**_ANY_KIND, "population": "rated"},
    ),
    _indicator(
        "weak_share", "%", "stock", shares.weak, _RATED,
        title=("Tỷ lệ HTX xếp loại yếu", "Share of HTX graded weak"),
        counts=(
            "HTX xếp loại Yếu (dưới 50 điểm) theo thông tư của năm, trên số HTX được xếp loại hoặc đang hoạt động",
            "HTX graded weak (under 50 points) under the year's circular, of those rated or working",
        ),
        excludes=_all(
            ("HTX không thuộc diện xếp loại không bao giờ tính là yếu", "HTX not to be rated are never weak"), _NO_QTDND
        ),
        source=_GRADES, parameters={**_ANY_KIND, "population": "rated"},
    ),
    _indicator(
        "profitable_share", "%", "stock", shares.profitable, _REPORTS,
        title=("Tỷ lệ tổ chức có lãi", "Share of organisations in profit"),
        counts=(
            "Tổ chức có lợi nhuận trước thuế dương trong báo cáo năm, trên số có báo cáo",
            "Organisations with a positive pre-tax profit in the annual report, of those that reported",
        ),
        excludes=_all(("Hòa vốn không phải là có lãi", "Breaking even is no profit"), _UNREPORTED),
        source=_REPORT, parameters=_ANY_KIND,
    ),
    _indicator(
        "htx_with_feature", "htx", "stock", models.with_features, _FEATURES,
        title=("Số HTX có mô hình", "HTX that follow a model"),
        counts=_all(
            ("HTX có mô hình đang hoạt động tại ngày xét", "HTX that follow the model on the date"), _PASSED
        ),
        excludes=_NO_QTDND, source=_NO_TEXT, parameters={**_ANY_KIND, "feature": "value_chain"},
    ),
    _indicator(
        "htx_with_feature_share", "%", "stock", models.feature_share, _FEATURES,
        title=("Tỷ lệ HTX có mô hình", "Share of HTX that follow a model"),
        counts=_all(
            (
                "HTX có mô hình đang hoạt động, trên tổng số HTX tồn tại tại ngày xét",
                "HTX that follow the model on the date, of the HTX existing",
            ),
            _PASSED,
        ),
        excludes=_NO_QTDND, source=_NO_TEXT, parameters={**_ANY_KIND, "feature": "value_chain"},
    ),
)  # fmt: skip


class Catalogue(Shown, dict[str, Indicator]):
    """Every indicator by its id: titles, unit ("%", "htx", "million_vnd" …), what counts, what does not, its source.

    The same in words: docs/indicators.md. A KeyError for an id that is not there.

    Examples
    --------
    >>> import kttt_lib as kttt
    >>> kttt.INDICATORS["htx_total"].unit
    'htx'
    """

    grammar = Measure

    def __missing__(self, indicator_id: str) -> Indicator:
        if not isinstance(indicator_id, str) or not indicator_id.startswith("{what: "):
            raise KeyError(indicator_id)
        return composed(indicator_id)

    def _shown(self) -> dict[str, object]:
        return {indicator.id: f"{indicator.title_en} ({indicator.unit})" for indicator in self.values()}

    def __repr__(self) -> str:
        return f"Catalogue({len(self)} indicators)"


def indicator_of(target: Target) -> Indicator:
    """The indicator of a promise: a ready one, or the one that its parts compose."""
    return INDICATORS[target.indicator]


INDICATORS = Catalogue({indicator.id: indicator for indicator in (*_NAMED_IN_PLANS, *_GENERIC)})
