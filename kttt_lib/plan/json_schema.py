"""The JSON Schema of a plan, so that an editor completes and checks the YAML; and a commented skeleton of one."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from kttt_lib.errors import KtttError
from kttt_lib.plan.checks import IndicatorLike, Known
from kttt_lib.plan.model import Plan

SCHEMA_NAME = "plan.schema.json"


def plan_schema(indicators: Known | None = None, rules: Iterable[str] | None = None) -> str:
    """The schema as JSON text, ending in a newline. Known ids, when given, become closed lists.

    ``indicators`` as a mapping (see ``checks.IndicatorLike``) also closes the parameters of each.
    """
    schema = Plan.model_json_schema()
    schema["$schema"] = "https://json-schema.org/draft/2020-12/schema"
    schema["title"] = "KTTT plan"
    target = schema["$defs"]["Target"]
    fields = target["properties"]
    target["required"].remove("indicator")
    target["oneOf"] = [{"required": ["indicator"]}, {"required": ["measure"]}]
    if indicators is not None:
        fields["indicator"]["enum"] = sorted(indicators)
    if isinstance(indicators, Mapping):
        target["allOf"] = _parameters(schema, indicators)
        if (grammar := getattr(indicators, "grammar", None)) is not None:
            measure = grammar.model_json_schema()
            schema["$defs"] |= measure.pop("$defs")
            fields["measure"] = measure
    if rules is not None:
        rules = sorted(rules)
        fields["rule"]["anyOf"][0]["enum"] = rules
        for family, field in schema["$defs"]["Definitions"]["properties"].items():
            field["enum"] = [rule for rule in rules if rule.startswith(f"{family}.")]
    return json.dumps(schema, ensure_ascii=False, indent=2, sort_keys=True) + "\n"


def _parameters(schema: dict[str, Any], indicators: Mapping[str, IndicatorLike]) -> list[dict[str, Any]]:
    """What each indicator takes, as conditions on a promise; indicators that take the same share one."""
    alike: dict[tuple[str, ...], list[str]] = {}
    for name, indicator in sorted(indicators.items()):
        alike.setdefault(tuple(indicator.parameters), []).append(name)
        for parameter, accepted in indicator.json_schemas().items():
            schema["$defs"][f"parameter.{parameter}"] = accepted
    conditions = []
    for parameters, names in alike.items():
        accepted = {name: {"$ref": f"#/$defs/parameter.{name}"} for name in parameters}
        closed = {"parameters": {"properties": accepted, "additionalProperties": False}}
        asked = {"properties": {"indicator": {"enum": names}}, "required": ["indicator"]}
        conditions.append({"if": asked, "then": {"properties": closed}})
    return conditions


def write_schema(folder: str | Path, indicators: Known | None = None, rules: Iterable[str] | None = None) -> Path:
    """Write ``plan.schema.json`` into ``folder``; its path."""
    path = Path(folder) / SCHEMA_NAME
    path.write_text(plan_schema(indicators, rules), encoding="utf-8")
    return path


def plan_skeleton(path: str | Path) -> Path:
    """Write a commented plan with one example of each group to ``path`` (``kttt plan new``); its path.

    It passes ``check_plan`` as it is. Raises KtttError when the file exists, is no .yaml, or cannot be written.
    """
    path = Path(path)
    if path.suffix not in {".yaml", ".yml"}:
        raise KtttError(f"{path}: tên tệp phải kết thúc bằng .yaml", f"{path}: the name must end in .yaml")
    if path.exists():
        raise KtttError(
            f"{path}: tệp đã có; chọn tên khác hoặc xóa tệp cũ",
            f"{path}: already there; choose another name or delete it",
        )
    try:
        path.write_text(_SKELETON, encoding="utf-8")
    except OSError as error:
        raise KtttError(
            f"{path}: không ghi được ({error.strerror})", f"{path}: cannot be written ({error.strerror})"
        ) from error
    return path


_SKELETON = """\
# yaml-language-server: $schema=plan.schema.json
#
# Kế hoạch phát triển kinh tế tập thể dưới dạng dữ liệu. Điền các trường, rồi kiểm tra bằng:  kttt plan check TỆP
# A collective-economy plan as data. Fill in the fields, then check with:                      kttt plan check FILE

# Chữ thường, số và gạch nối; cũng là tên thư mục kết quả / small letters, digits, hyphens; names the output folder too
id: ten-tinh-2026
province: Tên tỉnh
title_vi: Kế hoạch phát triển kinh tế tập thể tỉnh ... năm 2026
title_en: Collective-economy plan of ... for 2026

document:
  # Số, ký hiệu văn bản; bỏ dòng này nếu nguồn không ghi / the document's number; drop the line when no source shows it
  number: 00/KH-UBND
  issued_on: 2026-01-31
  issuer: UBND tỉnh ...
  title_vi: Kế hoạch về việc ...
  # Trang hoặc tệp đã đọc, và đọc được bao nhiêu: full_text, summary, excerpt, press
  # The page or file that was read, and how much of it
  source_title: ...
  source_publisher: ...
  # source_url: https://...
  # source_date: 2026-02-01
  read: full_text

# Kỳ kế hoạch, tính cả hai ngày / the plan's period, both days included
period: {start: 2026-01-01, end: 2026-12-31}
# Ngày chốt tập hợp HTX mà kế hoạch nói tới / the day on which the HTX that the plan speaks of are fixed
population_start: 2025-12-31

# Ba từ không có một định nghĩa pháp lý duy nhất: chọn quy tắc trong data/rulebooks/definitions.yaml
# Three words without one legal definition: choose a rule for each
definitions:
  effective: effective.kha
  new_model: new_model.law2012
  ceased: ceased.three_months

# Chỉ khi tỉnh xếp loại một năm theo văn bản khác với văn bản có hiệu lực / only where the province rates a year under
# another rulebook (data/rulebooks) than the one in force
# rulebooks: [{year: 2026, rulebook: tt01_2020}]

# Số liệu mà sổ đăng ký không thể biết, cho what: series / figures that the registry cannot know, for what: series
# figures: [{series: gdp_share, on: 2026-12-31, value: 5.2, source_vi: Niên giám, source_en: Yearbook}]

targets:
  - id: T1
    title_vi: Thành lập mới ít nhất 20 HTX
    title_en: At least 20 new HTX founded
    # Mã chỉ số, xem danh mục trong docs/ / an indicator's id, see the catalogue in docs/
    indicator: new_htx
    # parameters: {include_qtdnd: false}   (mỗi tham số có danh sách giá trị, xem docs/ / closed lists, see docs/)
    # Hoặc nói từng phần thay cho mã / or its parts in place of an id:
    # measure: {what: share, of: {kind: htx, sector: agriculture}, that: {feature: [value_chain]}}
    # ">=" "<=" "=" ">" "<" (trong dấu nháy / in quotes), hoặc track khi không hứa con số / or track: no number promised
    comparator: ">="
    threshold: 20
    # %, htx, tht, lhhtx, qtdnd, organisation, person, turn, activity, course, loan, support, commune, household, ha,
    # million_vnd, million_vnd_per_person_year
    unit: htx
    # Chỉ khi văn bản đúng là hứa một tỷ lệ từ 1 % trở xuống / only when the paper does promise a share of 1 % or less
    # confirmed: [threshold]
    deadline: 2026-12-31
    # Chỗ của câu hứa trong văn bản: đoạn thứ mấy (không kể dòng trống), câu thứ mấy, vài chữ để tìm
    # Where the promise stands: paragraph (blank lines not counted), sentence, a few words to find it by
    quote_place: {paragraph: 1, sentence: 1, words: "Thành lập mới ít nhất 20 HTX"}
    # Chỉ khi chỉ tiêu này dùng quy tắc khác với cả kế hoạch / only when this target uses another rule than the plan
    # rule: effective.ntm13
    # Mức đầu kỳ, để tính (thực hiện - đầu kỳ) / (chỉ tiêu - đầu kỳ) / the level at the start, for progress
    # baseline: {value: 12, on: 2025-12-31, note_vi: Báo cáo năm 2025, note_en: Report of 2025}
    # Số công bố đặt bên cạnh (data/published) / the published figure to set beside it
    # published: {series: htx_new, area: Tên tỉnh, period: "2026"}

# Mục tiêu định tính, chỉ theo dõi / qualitative aims, tracked only
aims:
  - id: Q1
    title_vi: Tạo việc làm cho thành viên
    title_en: Jobs for members
    indicator: jobs
    comparator: track
    unit: person
    deadline: 2026-12-31
    quote_place: {paragraph: 1, sentence: 2, words: "tạo việc làm"}

# Nhóm nhiệm vụ, giải pháp / groups of measures
measures:
  - id: M1
    title_vi: Đẩy mạnh tuyên truyền
    title_en: Stronger communication
    indicator: measure_delivery
    parameters: {task_group: M1}
    comparator: track
    unit: activity
    deadline: 2026-12-31
    quote_place: {paragraph: 2, sentence: 1, words: "công tác tuyên truyền"}
"""
