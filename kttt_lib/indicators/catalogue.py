# ruff: noqa: E501
"""Every indicator with its words. A plan names one by its id; the list of ids and cut-offs is pinned in a test."""

from __future__ import annotations

from kttt_lib.indicators import cohorts, flows, levels, models, shares
from kttt_lib.indicators.definition import Indicator
from kttt_lib.shown import Shown

_NOT_RATED_VI = (
    "Tổ chức không thuộc diện xếp loại không tính là yếu và không nằm trong mẫu số; HTX đã giải thể, sáp nhập"
)
_NOT_RATED_EN = "Organisations not to be rated are not weak and stay out of the denominator; those dissolved or merged"
_PLAN_VI = "Kế hoạch 23/KH-UBND ngày 28/02/2020 của UBND tỉnh Ninh Bình"
_PLAN_EN = "Plan 23/KH-UBND of 28/02/2020 of Ninh Bình's People's Committee"
_REPORT_VI = "Báo cáo năm của HTX (Thông tư 03/2014/TT-BKHĐT, 07/2019/TT-BKHĐT), hạn 15/12"
_REPORT_EN = "Annual report of the cooperative (Circulars 03/2014 and 07/2019), due 15 December"
_NO_QTDND_VI = "QTDND, trừ khi kế hoạch tính cả QTDND; LHHTX, THT"
_NO_QTDND_EN = "Credit funds unless the plan counts them in; unions and groups"
_MISSING_VI = "Báo cáo chưa về thì không có giá trị mặc định: nêu số báo cáo thiếu và khoảng"
_MISSING_EN = "A report that has not come in takes no default: the missing ones are counted and bounded"
_PASSED_VI = "; mô hình của HTX đã sáp nhập tính cho HTX kế thừa"
_PASSED_EN = "; the model of one merged since is its successor's"
_RATED_TABLES = ("organisations", "status_events", "criteria_scores", "annual_reports", "features")

_ALL = (
    # --- Plan 23's targets ---
    Indicator(
        "merged_inter_village_share",
        "Tỷ lệ HTX nông nghiệp liên thôn nhỏ, kém hiệu quả đã sáp nhập, hợp nhất thành HTX toàn xã",
        "Share of small, poorly working inter-village agricultural HTX merged into whole-commune HTX",
        "%",
        "HTX nông nghiệp liên thôn dưới diện tích mà kế hoạch nêu (100 ha) xếp dưới mức hiệu quả tại ngày chốt "
        "(31/12 năm trước) đã sáp nhập, hợp nhất vào HTX quy mô toàn xã trở lên; sáp nhập nhiều lần thì xét HTX cuối cùng; "
        "HTX nhận sáp nhập rồi thành HTX toàn xã cũng tính. Quy mô xét theo từng ngày nếu sổ ghi thay đổi",
        "Inter-village agricultural HTX under the plan's area (100 ha), below effective on the day the cohort is fixed "
        "(31 December of the year before), merged into an HTX of a whole commune or wider; after several mergers the last; "
        "one that took in others and became whole-commune counts too. Scope is that of each day where changes are recorded",
        "HTX đúng 100 ha trở lên; HTX không được xếp loại; HTX thành lập sau ngày chốt",
        "HTX of exactly 100 ha or more; those not rated; those founded after the day the cohort is fixed",
        (*_RATED_TABLES, "changes"),
        _PLAN_VI,
        _PLAN_EN,
        "cohort",
        cohorts.merged_inter_village,
        monotone=False,
        concepts=("effective",),
        parameters={"max_area_ha": 100, "successor_scopes": ["commune", "inter_commune", "district_or_wider"]},
    ),
    Indicator(
        "ceased_dissolved_share",
        "Tỷ lệ HTX ngừng hoạt động đã giải thể",
        "Share of ceased HTX that are dissolved",
        "%",
        "HTX ngừng hoạt động tại ngày chốt (31/12 năm trước) đã giải thể, kể cả giải thể đúng ngày cuối kỳ",
        "HTX that had ceased on the day the cohort is fixed (31 December of the year before) and are dissolved by the date, "
        "the last day included",
        "HTX ngừng sau ngày chốt, trừ khi quy tắc tính cả kỳ kế hoạch; HTX sáp nhập thay vì giải thể không tính là đã giải thể; "
        + _NO_QTDND_VI,
        "HTX that ceased later, unless the rule takes in the plan's period; one merged instead is not dissolved; "
        + _NO_QTDND_EN,
        ("organisations", "status_events", "annual_reports"),
        _PLAN_VI,
        _PLAN_EN,
        "cohort",
        cohorts.ceased_dissolved,
        monotone=True,
        concepts=("ceased",),
        parameters={"include_qtdnd": False},
    ),
    Indicator(
        "agri_effective_share",
        "Tỷ lệ HTX nông nghiệp hoạt động hiệu quả",
        "Share of agricultural HTX that are effective",
        "%",
        "HTX nông nghiệp đạt quy tắc hiệu quả của kế hoạch, trên tổng số HTX nông nghiệp được xét trong năm",
        "Agricultural HTX that meet the plan's rule of effective, of those rated in the year",
        "HTX chuyên ngành (tính ở nhóm phi nông nghiệp, chuyên ngành); để trống thì coi là không chuyên ngành. "
        + _NOT_RATED_VI,
        "Specialised HTX (counted with the non-agricultural ones); a blank is read as not specialised. "
        + _NOT_RATED_EN,
        _RATED_TABLES,
        _PLAN_VI,
        _PLAN_EN,
        "stock",
        shares.agri_effective,
        concepts=("effective",),
    ),
    Indicator(
        "qtdnd_effective_share",
        "Tỷ lệ QTDND hoạt động hiệu quả",
        "Share of people's credit funds that are effective",
        "%",
        "QTDND đạt quy tắc hiệu quả của kế hoạch, trên số QTDND được xếp hạng. Hạng của một năm có vào 30/4 năm sau, nên "
        "tại 31/12 dùng hạng của năm trước",
        "Credit funds that meet the plan's rule of effective, of those rated. The grade of a year comes by 30 April of the "
        "next, so on 31 December it is that of the year before",
        "QTDND hoạt động chưa đủ 24 tháng. " + _NOT_RATED_VI,
        "Credit funds working under 24 months. " + _NOT_RATED_EN,
        _RATED_TABLES,
        _PLAN_VI,
        _PLAN_EN,
        "stock",
        shares.qtdnd_effective,
        concepts=("effective",),
    ),
    Indicator(
        "non_agri_effective_share",
        "Tỷ lệ HTX phi nông nghiệp, chuyên ngành hoạt động hiệu quả",
        "Share of non-agricultural and specialised HTX that are effective",
        "%",
        "HTX phi nông nghiệp và HTX chuyên ngành (kể cả nông nghiệp) đạt quy tắc hiệu quả, trên số được xét trong năm",
        "Non-agricultural HTX and specialised ones (agricultural too) that meet the rule of effective, of those rated",
        "QTDND. " + _NOT_RATED_VI,
        "Credit funds. " + _NOT_RATED_EN,
        _RATED_TABLES,
        _PLAN_VI,
        _PLAN_EN,
        "stock",
        shares.non_agri_effective,
        concepts=("effective",),
        parameters={"include_specialised": True},
    ),
    Indicator(
        "new_htx",
        "Số HTX thành lập mới",
        "New HTX founded",
        "htx",
        "HTX có ngày thành lập trong kỳ kế hoạch, kể cả ngày đầu và ngày cuối; HTX giải thể trong kỳ vẫn tính",
        "HTX whose founding day is in the plan's period, first and last day included; one dissolved since still counts",
        "HTX hình thành từ hợp nhất, chia tách; " + _NO_QTDND_VI,
        "HTX that came of a consolidation or split; " + _NO_QTDND_EN,
        ("organisations", "status_events"),
        _PLAN_VI,
        _PLAN_EN,
        "flow",
        flows.founded,
        monotone=True,
        parameters={"kind": "htx", "sector": None, "include_qtdnd": False},
    ),
    Indicator(
        "new_tht",
        "Số THT thành lập mới",
        "New cooperative groups founded",
        "tht",
        "THT có ngày thành lập trong kỳ kế hoạch",
        "Groups whose founding day is in the plan's period",
        "THT hình thành từ hợp nhất, chia tách",
        "Groups that came of a consolidation or split",
        ("organisations", "status_events"),
        _PLAN_VI,
        _PLAN_EN,
        "flow",
        flows.founded,
        monotone=True,
        parameters={"kind": "tht", "sector": None},
    ),
    Indicator(
        "official_training_turns",
        "Số lượt cán bộ, công chức, viên chức được bồi dưỡng",
        "Training turns of officials",
        "turn",
        "Tổng số lượt người của các lớp cho cán bộ, công chức, viên chức khai giảng trong kỳ",
        "Turns in all courses for officials that began in the period",
        "Lớp cho cán bộ HTX; một người học hai lớp là hai lượt",
        "Courses for HTX managers; one person in two courses is two turns",
        ("trainings",),
        _PLAN_VI,
        _PLAN_EN,
        "flow",
        flows.training_turns("officials"),
        monotone=True,
    ),
    Indicator(
        "manager_training_turns",
        "Số lượt cán bộ quản lý, chuyên môn nghiệp vụ HTX được bồi dưỡng",
        "Training turns of HTX managers and professional staff",
        "turn",
        "Tổng số lượt người của các lớp cho cán bộ HTX khai giảng trong kỳ",
        "Turns in all courses for HTX managers and staff that began in the period",
        "Lớp cho cán bộ, công chức, viên chức; một người học hai lớp là hai lượt",
        "Courses for officials; one person in two courses is two turns",
        ("trainings",),
        _PLAN_VI,
        _PLAN_EN,
        "flow",
        flows.training_turns("htx_managers"),
        monotone=True,
    ),
    Indicator(
        "htx_supported",
        "Số HTX được hỗ trợ kết cấu hạ tầng, khuyến công, xúc tiến thương mại",
        "HTX helped with infrastructure, industrial promotion or trade promotion",
        "htx",
        "HTX nhận ít nhất một hỗ trợ thuộc các chính sách nêu trên trong kỳ; nhiều chính sách vẫn tính một lần",
        "HTX that received at least one support of these programmes in the period; several still count once",
        "Chính sách khác (nhãn hiệu, đất đai, trụ sở, thành lập mới); " + _NO_QTDND_VI,
        "Other programmes (trademark, land, headquarters, founding); " + _NO_QTDND_EN,
        ("organisations", "support_events"),
        _PLAN_VI,
        _PLAN_EN,
        "flow",
        flows.supported,
        monotone=True,
        parameters={
            "programmes": ["infrastructure", "industrial_promotion", "trade_promotion"],
            "sector": None,
            "include_qtdnd": False,
        },
    ),
    Indicator(
        "htx_trademarks",
        "Số HTX được hỗ trợ xây dựng nhãn hiệu hàng hóa",
        "HTX helped to build a trademark",
        "htx",
        "HTX nhận hỗ trợ nhãn hiệu hàng hóa trong kỳ; nhiều nhãn hiệu vẫn tính một lần",
        "HTX that received trademark support in the period; several trademarks still count once",
        _NO_QTDND_VI,
        _NO_QTDND_EN,
        ("organisations", "support_events"),
        _PLAN_VI,
        _PLAN_EN,
        "flow",
        flows.supported,
        monotone=True,
        parameters={"programmes": ["trademark"], "sector": None, "include_qtdnd": False},
    ),
    Indicator(
        "preferential_loan_share",
        "Tỷ lệ HTX được vay vốn ưu đãi",
        "Share of HTX with preferential loans",
        "%",
        "HTX có ít nhất một khoản vay ưu đãi trong kỳ, trên tổng số HTX tồn tại tại ngày xét; khoản vay của HTX đã sáp "
        "nhập tính cho HTX kế thừa",
        "HTX with at least one preferential loan in the period, of the HTX existing on the date; the loan of one merged "
        "since is its successor's",
        "Vay thương mại; HTX đã giải thể; " + _NO_QTDND_VI,
        "Commercial loans; HTX dissolved; " + _NO_QTDND_EN,
        ("organisations", "status_events", "loans"),
        _PLAN_VI,
        _PLAN_EN,
        "flow",
        flows.preferential_loans,
        parameters={"sector": None, "include_qtdnd": False},
    ),
    Indicator(
        "new_model_effective",
        "Số HTX kiểu mới hoạt động hiệu quả",
        "New-model HTX working effectively",
        "htx",
        "HTX vừa là kiểu mới vừa hiệu quả theo hai quy tắc của kế hoạch, tại cuối năm gần nhất đã đến hạn báo cáo",
        "HTX that are both new-model and effective under the plan's two rules, at the end of the last year due",
        "HTX kiểu mới không thuộc diện xếp loại: không tính, cũng không coi là yếu; " + _NO_QTDND_VI,
        "New-model HTX not to be rated: not counted, and not called weak; " + _NO_QTDND_EN,
        _RATED_TABLES,
        _PLAN_VI,
        _PLAN_EN,
        "stock",
        models.new_model_effective,
        concepts=("new_model", "effective"),
        parameters={"sector": None, "include_qtdnd": False},
    ),
    Indicator(
        "models_by_feature",
        "Số HTX có mô hình chuỗi giá trị, công nghệ cao, sản xuất hàng hóa, hữu cơ",
        "HTX with value-chain, high-technology, commodity or organic models",
        "htx",
        "HTX có ít nhất một mô hình nêu trên còn hoạt động tại ngày xét; HTX có nhiều mô hình tính một lần"
        + _PASSED_VI,
        "HTX that follow at least one of these models on the date; one with several counts once" + _PASSED_EN,
        "Mô hình đã kết thúc; HTX đã giải thể, ngừng hoạt động; " + _NO_QTDND_VI,
        "Models that have ended; HTX dissolved or ceased; " + _NO_QTDND_EN,
        ("organisations", "status_events", "features"),
        _PLAN_VI,
        _PLAN_EN,
        "stock",
        models.with_features,
        parameters={
            "features": ["value_chain", "high_tech", "commodity", "organic"],
            "sector": None,
            "include_qtdnd": False,
        },
    ),
    # --- Plan 23's aims and measures ---
    Indicator(
        "scale_and_members",
        "Số thành viên bình quân một HTX",
        "Mean members an HTX",
        "person",
        "Bình quân số thành viên các HTX có báo cáo năm gần nhất đã đến hạn",
        "Mean members of the HTX that reported for the last year due",
        _NO_QTDND_VI + ". " + _MISSING_VI,
        _NO_QTDND_EN + ". " + _MISSING_EN,
        ("organisations", "status_events", "annual_reports"),
        _REPORT_VI,
        _REPORT_EN,
        "stock",
        levels.reported("mean", "members"),
        parameters={"kind": "htx", "sector": None, "include_qtdnd": False},
    ),
    Indicator(
        "jobs",
        "Số lao động thường xuyên trong HTX",
        "Regular workers in HTX",
        "person",
        "Tổng số lao động thường xuyên trong các báo cáo năm gần nhất đã đến hạn",
        "Regular workers in the reports of the last year due",
        _NO_QTDND_VI + ". " + _MISSING_VI,
        _NO_QTDND_EN + ". " + _MISSING_EN,
        ("organisations", "status_events", "annual_reports"),
        _REPORT_VI,
        _REPORT_EN,
        "stock",
        levels.reported("sum", "workers"),
        parameters={"kind": "htx", "sector": None, "include_qtdnd": False},
    ),
    Indicator(
        "member_income",
        "Thu nhập bình quân một lao động trong HTX",
        "Mean income of a worker in HTX",
        "million_vnd_per_person_year",
        "Thu nhập bình quân lao động, lấy số lao động làm quyền số. Sổ không có thu nhập của thành viên, nên dùng thu nhập "
        "lao động làm đại diện",
        "Mean income a worker, weighted by workers. The registry holds no members' income, so workers' income stands for it",
        _NO_QTDND_VI + ". " + _MISSING_VI,
        _NO_QTDND_EN + ". " + _MISSING_EN,
        ("organisations", "status_events", "annual_reports"),
        _REPORT_VI,
        _REPORT_EN,
        "stock",
        levels.reported("mean", "worker_income", ("workers",)),
        parameters={"kind": "htx", "sector": None, "include_qtdnd": False},
    ),
    Indicator(
        "awareness",
        "Tỷ lệ người dân, cán bộ hiểu đúng về KTTT",
        "Share of people and officials with a sound understanding of the collective economy",
        "%",
        "Kết quả điều tra nhận thức; chưa có điều tra nào",
        "The result of a survey of awareness; none has been held",
        "Số buổi tuyên truyền không phải là nhận thức",
        "Sessions of communication are not awareness",
        (),
        _PLAN_VI,
        _PLAN_EN,
        "stock",
        None,
    ),
    Indicator(
        "linkage_forms",
        "Số HTX tham gia liên kết",
        "HTX that take part in a linkage",
        "htx",
        "HTX tham gia liên kết theo chuỗi giá trị tại ngày xét" + _PASSED_VI,
        "HTX in a value-chain linkage on the date" + _PASSED_EN,
        "HTX đã giải thể, ngừng hoạt động; HTX là thành viên LHHTX (sổ chưa ghi quan hệ này); " + _NO_QTDND_VI,
        "HTX dissolved or ceased; those that are members of a union (the registry does not hold this yet); "
        + _NO_QTDND_EN,
        ("organisations", "status_events", "features"),
        _PLAN_VI,
        _PLAN_EN,
        "stock",
        models.with_features,
        parameters={"features": ["value_chain"], "sector": None, "include_qtdnd": False},
    ),
    Indicator(
        "measure_delivery",
        "Số hoạt động đã thực hiện của nhóm nhiệm vụ",
        "Activities carried out under the task group",
        "activity",
        "Hoạt động thuộc nhóm nhiệm vụ có ngày trong kỳ",
        "Activities of the task group dated in the period",
        "Hoạt động của nhóm khác; kinh phí nêu ở bảng riêng",
        "Activities of other groups; spending stands in its own table",
        ("activities",),
        _PLAN_VI,
        _PLAN_EN,
        "flow",
        flows.delivery,
        parameters={"task_group": "M1"},
    ),
)


def _stock(id_: str, vi: str, en: str, unit: str, function, kind: str, **more) -> Indicator:
    return Indicator(
        id_,
        vi,
        en,
        unit,
        more.pop("counts_vi"),
        more.pop("counts_en"),
        more.pop("excludes_vi", _NO_QTDND_VI if kind == "htx" else "Tổ chức đã giải thể, sáp nhập"),
        more.pop("excludes_en", _NO_QTDND_EN if kind == "htx" else "Organisations dissolved or merged"),
        more.pop("tables"),
        more.pop("source_vi", _REPORT_VI),
        more.pop("source_en", _REPORT_EN),
        "stock",
        function,
        concepts=more.pop("concepts", ()),
        parameters={
            "kind": kind,
            "sector": None,
            **({"include_qtdnd": False} if kind == "htx" else {}),
            **more.pop("parameters", {}),
        },
    )


_LIVES = ("organisations", "status_events")
_REPORTS = ("organisations", "status_events", "annual_reports")
_EXISTS_VI, _EXISTS_EN = (
    "đã thành lập, chưa giải thể, sáp nhập tại ngày xét",
    "founded and not dissolved or merged by the date",
)

_GENERIC = (
    _stock(
        "htx_total", "Tổng số HTX", "HTX in all", "htx", levels.existing, "htx", tables=_LIVES,
        counts_vi=f"HTX {_EXISTS_VI}, kể cả tạm ngừng", counts_en=f"HTX {_EXISTS_EN}, suspended ones included",
    ),
    _stock(
        "htx_active", "Số HTX đang hoạt động", "Active HTX", "htx", levels.active, "htx", tables=_LIVES,
        counts_vi="HTX đang hoạt động tại ngày xét", counts_en="HTX that work on the date",
    ),
    _stock(
        "tht_total", "Tổng số THT", "Cooperative groups in all", "tht", levels.existing, "tht", tables=_LIVES,
        counts_vi=f"THT {_EXISTS_VI}", counts_en=f"Groups {_EXISTS_EN}",
    ),
    _stock(
        "tht_registered", "Số THT có đăng ký, chứng thực", "Registered cooperative groups", "tht", levels.registered, "tht",
        tables=_LIVES, counts_vi=f"THT {_EXISTS_VI} và có ngày đăng ký",
        counts_en=f"Groups {_EXISTS_EN}, with a registration date",
    ),
    _stock(
        "lhhtx_total", "Tổng số LHHTX", "Unions of cooperatives in all", "lhhtx", levels.existing, "lhhtx", tables=_LIVES,
        counts_vi=f"LHHTX {_EXISTS_VI}", counts_en=f"Unions {_EXISTS_EN}",
    ),
    Indicator(
        "dissolved_htx", "Số HTX giải thể trong kỳ", "HTX dissolved in the period", "htx",
        "HTX có quyết định giải thể trong kỳ kế hoạch", "HTX dissolved on a day of the plan's period",
        "HTX sáp nhập, hợp nhất; " + _NO_QTDND_VI, "HTX merged or consolidated; " + _NO_QTDND_EN,
        _LIVES, _REPORT_VI, _REPORT_EN, "flow", flows.dissolved_in_period, monotone=True,
        parameters={"kind": "htx", "sector": None, "include_qtdnd": False},
    ),
    *(
        _stock(
            id_, vi, en, unit, levels.reported(kind, column, base), "htx", tables=_REPORTS,
            counts_vi=f"{counts_vi} theo báo cáo năm gần nhất đã đến hạn",
            counts_en=f"{counts_en} in the reports of the last year due",
            excludes_vi=_NO_QTDND_VI + ". " + _MISSING_VI, excludes_en=_NO_QTDND_EN + ". " + _MISSING_EN,
        )
        for id_, vi, en, unit, kind, column, base, counts_vi, counts_en in (
            ("members_total", "Tổng số thành viên", "Members in all", "person", "sum", "members", (),
             "Tổng số thành viên", "Members"),
            ("workers_total", "Tổng số lao động thường xuyên", "Regular workers in all", "person", "sum", "workers", (),
             "Tổng số lao động thường xuyên", "Regular workers"),
            ("revenue_mean", "Doanh thu bình quân một tổ chức", "Mean revenue an organisation", "million_vnd", "mean",
             "revenue", (), "Doanh thu bình quân", "Mean revenue"),
            ("revenue_total", "Tổng doanh thu", "Revenue in all", "million_vnd", "sum", "revenue", (),
             "Tổng doanh thu", "Revenue"),
            ("profit_mean", "Lợi nhuận trước thuế bình quân một tổ chức", "Mean pre-tax profit an organisation",
             "million_vnd", "balance", "pre_tax_profit", (), "Lợi nhuận trước thuế bình quân", "Mean pre-tax profit"),
            ("worker_income_mean", "Thu nhập bình quân một lao động", "Mean income of a worker",
             "million_vnd_per_person_year", "mean", "worker_income", ("workers",),
             "Thu nhập bình quân lao động, quyền số là số lao động,", "Mean income weighted by workers"),
            ("managers_college_share", "Tỷ lệ cán bộ quản lý có trình độ cao đẳng, đại học",
             "Share of managers with college or university", "%", "ratio", "managers_college",
             ("managers_untrained", "managers_intermediate", "managers_college"),
             "Cán bộ quản lý trình độ cao đẳng, đại học trên tổng số cán bộ",
             "Managers with college or university of all managers"),
            ("managers_intermediate_share", "Tỷ lệ cán bộ quản lý có trình độ sơ cấp, trung cấp",
             "Share of managers with elementary or intermediate training", "%", "ratio", "managers_intermediate",
             ("managers_untrained", "managers_intermediate", "managers_college"),
             "Cán bộ quản lý trình độ sơ cấp, trung cấp trên tổng số cán bộ",
             "Managers with elementary or intermediate training of all managers"),
        )
    ),
    _stock(
        "good_or_fair_share", "Tỷ lệ HTX xếp loại tốt, khá", "Share of HTX graded good or fairly good", "%",
        shares.good_or_fair, "htx", tables=_RATED_TABLES, parameters={"population": "rated"},
        counts_vi="HTX xếp loại Tốt, Khá (từ 65 điểm) theo thông tư của năm, trên số HTX được xếp loại "
        "hoặc trên số HTX đang hoạt động tại ngày xét, tùy mẫu số của kế hoạch",
        counts_en="HTX graded Tốt or Khá (65 points or more) under the year's circular, of those rated "
        "or of those working on the date, as the plan takes its denominator",
        source_vi="Thông tư 01/2020/TT-BKHĐT, 09/2017/TT-BNNPTNT", source_en="Circulars 01/2020 and 09/2017",
    ),
    _stock(
        "weak_share", "Tỷ lệ HTX xếp loại yếu", "Share of HTX graded weak", "%",
        shares.weak, "htx", tables=_RATED_TABLES, parameters={"population": "rated"},
        counts_vi="HTX xếp loại Yếu (dưới 50 điểm) theo thông tư của năm, trên số HTX được xếp loại hoặc đang hoạt động",
        counts_en="HTX graded weak (under 50 points) under the year's circular, of those rated or working",
        source_vi="Thông tư 01/2020/TT-BKHĐT, 09/2017/TT-BNNPTNT", source_en="Circulars 01/2020 and 09/2017",
        excludes_vi="HTX không thuộc diện xếp loại không bao giờ tính là yếu; " + _NO_QTDND_VI,
        excludes_en="HTX not to be rated are never weak; " + _NO_QTDND_EN,
    ),
    _stock(
        "profitable_share", "Tỷ lệ tổ chức có lãi", "Share of organisations in profit", "%",
        shares.profitable, "htx", tables=_REPORTS,
        counts_vi="Tổ chức có lợi nhuận trước thuế dương trong báo cáo năm, trên số có báo cáo",
        counts_en="Organisations with a positive pre-tax profit in the annual report, of those that reported",
        excludes_vi="Hòa vốn không phải là có lãi; " + _NO_QTDND_VI + ". " + _MISSING_VI,
        excludes_en="Breaking even is no profit; " + _NO_QTDND_EN + ". " + _MISSING_EN,
    ),
    _stock(
        "htx_with_feature", "Số HTX có mô hình", "HTX that follow a model", "htx", models.with_features, "htx",
        tables=("organisations", "status_events", "features"), parameters={"feature": "value_chain"},
        counts_vi="HTX có mô hình đang hoạt động tại ngày xét" + _PASSED_VI,
        counts_en="HTX that follow the model on the date" + _PASSED_EN,
    ),
    _stock(
        "htx_with_feature_share", "Tỷ lệ HTX có mô hình", "Share of HTX that follow a model", "%", models.feature_share,
        "htx", tables=("organisations", "status_events", "features"), parameters={"feature": "value_chain"},
        counts_vi="HTX có mô hình đang hoạt động, trên tổng số HTX tồn tại tại ngày xét" + _PASSED_VI,
        counts_en="HTX that follow the model on the date, of the HTX existing" + _PASSED_EN,
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

    def _shown(self) -> dict[str, object]:
        return {indicator.id: f"{indicator.title_en} ({indicator.unit})" for indicator in self.values()}

    def __repr__(self) -> str:
        return f"Catalogue({len(self)} indicators)"


INDICATORS = Catalogue({indicator.id: indicator for indicator in (*_ALL, *_GENERIC)})
