"""The result tables, each declared once: name, title (vi, en), key and columns.

A column is named as in ``columns.yaml``; ``title_`` stands for ``title_vi title_en``, and ``lower:points`` gives a
column another unit than its usual one. Rows are one a key; what is listed as it was given (rows of the registry,
findings, published figures) has none, for two of them may be alike or unnamed.
"""

from __future__ import annotations

from kttt_lib.results.declared import Column, Result, column_of

# fmt: off
REGISTRY_CALIBRATION = Result("registry/calibration", "Sổ đăng ký đối chiếu với số liệu công bố",
    "The registry compared with published figures", "",
    "series title_ unit area period on published registry difference hit kind origin_title origin_url note:text "
    "counted_")
REGISTRY_COMPLETENESS = Result("registry/completeness", "Báo cáo năm phải nộp, đã nhận, đúng hạn, muộn và còn thiếu",
    "Annual reports due, received, on time, late and missing", "year district sector",
    "year district sector expected:count received on_time late missing")
REGISTRY_COVERAGE = Result("registry/coverage", "Sổ đăng ký bao quát những gì của địa phương",
    "What of the area the registry covers", "dimension level",
    "dimension level expected:count present share covered source source_title source_url on period")
REGISTRY_COUNTS = Result("registry/counts", "Số dòng đã đọc, được nhận và tách ra theo bảng",
    "Rows read, accepted and set aside by table", "table",
    "table table_ read accepted quarantined")
REGISTRY_FINDINGS = Result("registry/findings", "Lỗi và cảnh báo của sổ đăng ký",
    "Errors and warnings of the registry", "",
    "severity rule table findings message_")
REGISTRY_KNOWN_LATER = Result("registry/known_later", "Số dòng nhận hoặc ghi sổ sau ngày tính số liệu",
    "Rows received or recorded after the as-of date", "table",
    "table table_ rows first last")
SITUATION_BEHIND = Result("situation/behind", "Phần của từng tổ chức trong tổng và bình quân (không công bố)",
    "What each organisation adds to totals and means (never published)", "",
    "year series org_id sector:text weight:decimal base")
SITUATION_COUNTS = Result("situation/counts", "Số tổ chức theo năm, loại hình và lĩnh vực",
    "Organisations by year, kind and sector", "year kind sector",
    "year date kind kind_ sector count active founded ended")
SITUATION_EVENTS = Result("situation/events", "Biến động theo năm", "Events by year", "year event",
    "year event event_ count")
SITUATION_TOTALS = Result("situation/totals", "Tổng và bình quân theo năm và lĩnh vực, từ báo cáo năm đã nhận",
    "Totals and means by year and sector, from the annual reports received", "year series sector",
    "year series series_ unit sector value lower upper reports expected:count")
SCORECARD_BEHIND = Result("scorecard/behind", "Tổ chức đứng sau từng con số (không công bố)",
    "Who stands behind each figure (never published)", "",
    "target_id figure_of key counting org_id status weight:decimal base district sector:text subtype size:text")
SCORECARD_BRIDGE = Result("scorecard/bridge", "Từ tổng số đến số được xét của mục tiêu",
    "From all there are to those looked at for a target", "target_id part reason_vi",
    "target_id part reason_ count")
SCORECARD_BY_FEATURE = Result("scorecard/by_feature", "HTX theo đặc điểm mô hình",
    "HTX by feature of the model", "target_id feature",
    "target_id feature feature_ organisations set_aside begun_in_period")
SCORECARD_BY_GROUP = Result("scorecard/by_group", "Kết quả theo địa bàn, lĩnh vực, quy mô",
    "Results by place, sector and size", "target_id dimension level",
    "target_id dimension level level_ value lower upper numerator denominator missing excluded")
SCORECARD_DEFINITIONS = Result("scorecard/definitions", "Định nghĩa chỉ số và quy tắc",
    "Definitions of indicators and rules", "target_id kind id",
    "target_id kind id title_ counts_ excludes_ source_ status caveats_")
SCORECARD_DELIVERY = Result("scorecard/delivery", "Hoạt động và kinh phí của nhóm nhiệm vụ",
    "Activities and money by task group", "target_id",
    "target_id task_group activities with_spending spent with_plan planned")
SCORECARD_LOST_POINTS = Result("scorecard/lost_points", "Điểm theo tiêu chí của tổ chức chưa đạt và của tổ chức đạt",
    "Points by criterion of those below the rule and of those that pass", "target_id rulebook criterion",
    "target_id rulebook criterion:id title_ most organisations points passing points_passing gap:decimal")
SCORECARD_MEMBERS = Result("scorecard/members", "Tổ chức được tính và không được tính của từng mục tiêu",
    "Organisations counted and not counted for each target", "",
    "target_id org_id name kind table row_key status reason_ weight")
SCORECARD_PARTS = Result("scorecard/parts", "Kết quả từng năm, từng địa bàn, từng mốc của mục tiêu",
    "Results of targets by year, place or milestone", "target_id sort part",
    "target_id sort part:text part_ unit by threshold value lower upper numerator denominator missing verdict reason")
SCORECARD_PATH = Result("scorecard/path", "Năm nay, lũy kế và phần còn phải thực hiện của Kế hoạch nhiều năm",
    "This year, so far and what is left of a plan of some years", "target_id",
    "target_id unit year a_year this_year this_lower this_upper so_far still years_left needed_a_year")
SCORECARD_PAST = Result("scorecard/past", "Các năm trước kỳ kế hoạch, theo sổ đăng ký và theo số đã công bố",
    "The years before the plan, in the registry and as published", "target_id origin year",
    "target_id origin a_year year value source_title source_url")
SCORECARD_PUBLISHED = Result("scorecard/published", "Kết quả đối chiếu với số liệu công bố",
    "Results compared with published figures", "",
    "target_id series area period as_of:text kind match published_value published_unit value lower upper difference "
    "inside_bounds closest_rule closest_rule_title_ closest_value note_ conflict flag_ correction source_title "
    "source_publisher source_url source_date origin_id")
SCORECARD_ROBUSTNESS = Result("scorecard/robustness", "Kết luận theo từng cách hiểu",
    "Verdicts under each meaning", "target_id rule bound",
    "target_id rule rule_title_ chosen later bound value verdict verdict_overall gap missing")
SCORECARD_SELF_SCORES = Result("scorecard/self_scores", "Điểm tự chấm và điểm cơ quan nhà nước chấm",
    "Self-scores and the authority's scores", "org_id rated_year rulebook",
    "org_id name district sector rulebook rated_year criteria self_score district_score difference")
SCORECARD_TARGETS = Result("scorecard/targets", "Kết quả các mục tiêu, nhóm nhiệm vụ",
    "Results of targets and task groups", "target_id",
    "target_id group title_ indicator unit comparator threshold deadline verdict reason no_value_ value lower upper "
    "numerator denominator missing set_aside excluded carried_lower carried_upper carried_level carried_last "
    "carried_older carried_like self_scored measured_on reported_year lagged partial awaited_year awaited_until "
    "start_value attainment_of_target attainment_of_progress rescaled past_mean past_years asked_a_year rule "
    "rule_title_ robust_met robust_rules inferred inferred_ published_value published_unit published_period "
    "published_source published_url published_note difference note_")
SCORECARD_TERMS = Result("scorecard/terms", "Thời gian và căn cứ xét của mục tiêu",
    "When and against what targets hold", "target_id",
    "target_id unit each_year per share upper_end since growth a_year on_previous base_year level_unit base_value "
    "base_lower "
    "base_upper level_value parts kept broken ahead left_open reached weakest:text weakest_")
SCORECARD_TREND = Result("scorecard/trend", "Kết quả các mục tiêu qua các năm",
    "Results of targets over the years", "target_id date",
    "target_id date value lower upper numerator denominator missing")
EFFICIENCY_AGREEMENT = Result("efficiency/agreement", "Mức hiệu quả và xếp loại", "Efficiency and grades", "grade",
    "grade grade_ organisations mean_bias_corrected share_low share_middle share_high spearman rated_year")
EFFICIENCY_CONDITIONAL = Result("efficiency/conditional", "Mức hiệu quả trong cùng điều kiện so với mức chung",
    "Efficiency under like conditions beside that among all", "determinant at",
    "at ratio_to_all determinant title_ unit_ p_separable")
EFFICIENCY_DETERMINANTS = Result("efficiency/determinants", "Yếu tố đi cùng mức hiệu quả",
    "What goes with efficiency", "determinant",
    "determinant title_ unit_ coefficient lower:ratio upper:ratio p_value direction p_separable "
    "technology organisations year")
EFFICIENCY_FUNNEL = Result("efficiency/funnel", "Điều kiện đưa vào phân tích và số HTX bị loại",
    "Conditions of the analysis and how many HTX they left out", "step",
    "year step step_ organisations needed left_out")
EFFICIENCY_GROUPS = Result("efficiency/groups", "Mức hiệu quả bình quân của hai nhóm và chênh lệch",
    "Mean efficiency of two groups and their difference", "determinant",
    "determinant title_ organisations others mean_with mean_without difference:points lower:points upper:points "
    "p_value year")
EFFICIENCY_PEERS = Result("efficiency/peers", "HTX hình mẫu của từng HTX", "The models of each HTX", "org_id peer_id",
    "org_id peer_id weight name district peer_name peer_district peer_commune")
EFFICIENCY_RETURNS = Result("efficiency/returns", "Kiểm định hiệu suất không đổi theo quy mô",
    "Test of constant returns to scale", "technology",
    "technology p_value organisations year")
EFFICIENCY_SCORES = Result("efficiency/scores", "Mức hiệu quả từng HTX, với khoảng tin cậy",
    "Efficiency of each HTX, with confidence limits", "org_id",
    "org_id name district commune agri_subtype technology scope members year score bias_corrected lower:percent "
    "upper:percent scale returns_to_scale outlier gain ...")
EFFICIENCY_SENSITIVITY = Result("efficiency/sensitivity", "Mức hiệu quả theo các cách tính khác",
    "Efficiency under other specifications", "variant",
    "variant inputs outputs returns organisations mean_score spearman kendall same_top_quarter")
EFFICIENCY_SUMMARY = Result("efficiency/summary", "Mức hiệu quả bình quân, chung và theo nhóm",
    "Mean efficiency, of all and by group", "dimension level",
    "year dimension level organisations efficient mean_score mean_bias_corrected median_bias_corrected mean_lower "
    "mean_upper mean_common mean_gap mean_scale increasing_returns decreasing_returns")
RESOURCES_BEHIND = Result("resources/behind", "Phần của từng tổ chức trong tiền và vốn (không công bố)",
    "What each organisation adds to money and capital (never published)", "",
    "source:id year series org_id sector:text district weight:decimal base again")
RESOURCES_FORM = Result("resources/form", "Biểu tổng hợp năm gửi Bộ, điền từ sổ đăng ký (chỉ ở bản nội bộ)",
    "The Ministry's yearly summary, filled from the registry (internal edition only)", "row",
    "form_part row title_ unit value amount:million_vnd organisations reports expected:count recorded")
RESOURCES_MANAGEMENT = Result("resources/management",
    "Thành viên, vốn, kết quả và trình độ cán bộ quản lý, từ báo cáo năm đã nhận",
    "Members, capital, results and managers' schooling, from the annual reports received", "year series sector",
    "year series series_ unit sector value lower upper reports expected:count same same_now same_before jumps")
RESOURCES_RECEIVED = Result("resources/received", "Kinh phí hỗ trợ và vốn vay đã nhận theo năm",
    "Support and loans received by year", "source year dimension level",
    "source year dimension level level_ items organisations with_amount amount:million_vnd")
RESOURCES_SIZES = Result("resources/sizes", "HTX theo hạng quy mô của quy định có hiệu lực (chỉ ở bản nội bộ)",
    "HTX by size class under the rule in force (internal edition only)", "year level",
    "year level level_ count upper:count rule_title_")
RESOURCES_SPENDING = Result("resources/spending", "Kinh phí kế hoạch và đã chi theo nhóm nhiệm vụ, từng năm",
    "Money planned and spent by task group and year", "year task_group",
    "year task_group activities with_spending spent with_plan planned with_both spent_of_both planned_of_both")
RESOURCES_TRADES = Result("resources/trades", "HTX theo loại hình nông nghiệp và ngành kinh tế",
    "HTX by agricultural type and industry", "year sector level",
    "year sector level level_ count active")
RESTRUCTURING_COHORT = Result("restructuring/cohort", "HTX thuộc diện sáp nhập, hợp nhất",
    "HTX to be merged or consolidated", "",
    "org_id status reason_ name district commune scope state state_since current_id")
RESTRUCTURING_PAIRS = Result("restructuring/pairs", "Phương án sáp nhập và lợi ích tiềm năng",
    "Possible mergers and their potential gain", "group_id",
    "group_id org_id_a org_id_b names district place place_ area_ha members potential potential_corrected learning "
    "harmony size note proposed year")
ADOPTION_ASSUMPTIONS = Result("adoption/assumptions", "Giả định của tác động hỗ trợ",
    "Assumptions behind the effects of support", "assumption",
    "assumption text_")
ADOPTION_CANDIDATES = Result("adoption/candidates", "HTX có nhiều khả năng theo kiểu mới",
    "HTX likely to adopt the new model", "org_id year",
    "org_id name district year probability loan support college")
ADOPTION_CHANCE = Result("adoption/chance", "Xác suất đạt mục tiêu", "Chance of meeting the target", "target_id",
    "target_id by probability method")
ADOPTION_COMPARISON = Result("adoption/comparison", "So sánh các mô hình dự báo", "Forecast models compared", "model",
    "model parameters aicc delta weight mae rmse relative_mae origins")
ADOPTION_EFFECTS = Result("adoption/effects", "Tác động của hỗ trợ theo số năm trước và sau",
    "Effects of support by years before and after", "outcome kind event",
    "outcome outcome_ unit_ kind event:count estimate lower:decimal upper:decimal band_lower band_upper breakdown bend "
    "second_estimate second_lower second_upper treated controls clusters pre_trends_clear reading_ reason")
ADOPTION_FITS = Result("adoption/fits", "Đường cong lan tỏa, tham số và khoảng tin cậy",
    "Diffusion curves, parameters and intervals", "model parameter",
    "model parameter parameter_ value:score lower:score upper:score aicc identified note note_")
ADOPTION_FORECAST = Result("adoption/forecast", "Dự báo số HTX kiểu mới", "Forecast of new-model HTX", "year model",
    "year model median:count lower:count upper:count")
ADOPTION_HAZARD = Result("adoption/hazard", "Yếu tố đi cùng việc trở thành HTX kiểu mới",
    "What goes with becoming a new-model HTX", "covariate title_vi",
    "covariate title_ effect lower:points upper:points coefficient ratio p_value events rows")
ADOPTION_PUBLISHED = Result("adoption/published", "Số liệu công bố cuối năm, kể cả số các nguồn không thống nhất",
    "Published year-end figures, disagreeing sources included", "series area year",
    "series area year value:count low:count high:count figures sources conflict")
ADOPTION_PUBLISHED_FITS = Result("adoption/published_fits", "Đường cong của số liệu công bố",
    "Curves of the published figures", "series area model parameter",
    "series area model parameter value:ratio lower:ratio upper:ratio choices fitted identified years note_")
ADOPTION_PUBLISHED_FORECAST = Result("adoption/published_forecast", "Dự báo từ số liệu công bố",
    "Forecast from the published figures", "series area year",
    "series area year value:count lower:count upper:count")
ADOPTION_RIDGE = Result("adoption/ridge", "Các giá trị tiềm năng đều khớp số liệu",
    "Potentials that fit the figures alike", "model market",
    "model market rise limit identified")
ADOPTION_SCENARIOS = Result("adoption/scenarios", "Kịch bản chính sách và chênh lệch so với hiện nay",
    "Policy scenarios and their difference from today", "scenario year",
    "scenario title_ description_ year median:count difference:change_of_count lower:change_of_count "
    "upper:change_of_count more_likely")
ADOPTION_SERIES = Result("adoption/series", "HTX kiểu mới theo năm", "New-model HTX by year", "year",
    "year adopters cumulative")
ADOPTION_SURVIVAL = Result("adoption/survival", "Tỷ lệ HTX chưa theo kiểu mới qua các năm",
    "HTX not yet of the new model over the years", "year",
    "year at_risk events hazard fitted_hazard survival fitted_survival")
MODELS_TYPICAL = Result("models/typical", "HTX điển hình và căn cứ (chỉ ở bản nội bộ)",
    "HTX to show as models, and why (internal edition only)", "org_id",
    "org_id name district sector evidence grade grade_ points:decimal rated_year features_ bias_corrected")
OUTLOOK_BRIER = Result("outlook/brier", "Điểm Brier của dự báo và của các cách đơn giản",
    "Brier scores of the outlook and of naive ways", "source method",
    "source source_ method method_ brier skill better better_lower better_upper cases groups")
OUTLOOK_CALIBRATION = Result("outlook/calibration", "Khả năng đã dự báo và tỷ lệ thực sự xảy ra",
    "Stated chances and how often they came true", "source bin",
    "source source_ bin stated happened lower:chance upper:chance forecasts")
OUTLOOK_NEXT_YEAR = Result("outlook/next_year", "Giá trị có thể đạt trong năm tới, theo dự báo",
    "What the next year could reach, by the forecast", "target_id",
    "target_id title_ unit comparator year current promised likely even at_promised method method_")
OUTLOOK_TARGETS = Result("outlook/targets", "Dự báo kết quả vào cuối kỳ",
    "Forecast for the end of the period", "target_id",
    "target_id title_ unit comparator threshold as_of deadline verdict current expected lower upper probability "
    "needed:code needed_least needed_most needed_of needed_now pace_needed history_years method method_")
REPORT_FACTS = Result("report/facts", "Thông tin của Kế hoạch và của lần lập báo cáo",
    "About the plan and this report", "name",
    "name text number date")
REPORT_COMMENTS = Result("report/comments", "Ý kiến thẩm định", "Reviewer's comments", "comment_id",
    "comment_id place:text comment author date:text")
REPORT_DISCLOSURE = Result("report/disclosure", "Bảo vệ số liệu của từng tổ chức: kết quả kiểm tra",
    "Protection of each organisation's figures: the audit", "shown_in",
    "shown_in figures printed hidden_small hidden_more printed_share protected narrowest")
REPORT_DISCLOSURE_RULES = Result("report/disclosure_rules", "Quy tắc bảo vệ số liệu của từng tổ chức",
    "Rules that protect each organisation's figures", "name", "name number")
REPORT_DISCLOSURE_EARLIER = Result("report/disclosure_earlier", "Các bản công khai trước đã xét",
    "Earlier public editions considered", "name", "name")
# fmt: on

RESULTS: dict[str, Result] = {found: found for found in list(vars().values()) if isinstance(found, Result)}


def declaration(result: str, column: str) -> Column | None:
    """What a column is in a result, or, where the result is not known, in most of them; None where it is in none."""
    known = RESULTS.get(result)
    return known.column(column) if known is not None and column in known.columns else column_of(column)
