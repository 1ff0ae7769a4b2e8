"""A YAML record as a pydantic model; every fault at once, each with its line, value and mend, in our two languages."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, TypeVar, get_args

from pydantic import BaseModel, ValidationError

from kttt_lib.plan.marked_yaml import REFUSED, MarkedYaml, Place, read_marked
from kttt_lib.plan.model import (
    CEASED_ID,
    EFFECTIVE_ID,
    IDENTIFIER,
    INDICATOR_ID,
    LIST_CODE,
    NEW_MODEL_ID,
    PLAN_ID,
    RULE_ID,
    RULEBOOK_ID,
    WEB_ADDRESS,
)
from kttt_lib.plan.problems import Problem, choose

Model = TypeVar("Model", bound=BaseModel)
Checks = Callable[[MarkedYaml], Iterable[Problem]]

COMPARATOR_SLIPS = {"=>": ">=", "≥": ">=", "=<": "<=", "≤": "<=", "==": "=", "min": ">=", "max": "<="}


def read_record(
    path: str | Path, model: type[Model], checks: Checks | None = None
) -> tuple[Model | None, list[Problem]]:
    """A YAML file as ``model`` and every fault found; the model is None when there is any."""
    marked = read_marked(path)
    problems = list(marked.problems)
    if marked.data is None:
        return None, problems or [Problem(str(path), 0, "", "tệp trống", "the file is empty")]
    record = None
    try:
        record = model.model_validate(marked.data)
    except ValidationError as error:
        for item in error.errors():
            if item.get("input") is not REFUSED:
                problems.append(translated(marked, model, item))
    if checks is not None:
        problems.extend(checks(marked))
    return (None if problems else record), problems


# What may be written beside a closed list: a range (kept by its lower end), a base year.
_ALSO = {"track": "between", "previous": "2020"}
_KINDS = {
    "string_type": ("chữ", "a text"),
    "float_type": ("số", "a number"),
    "int_type": ("số nguyên", "a whole number"),
    "int_from_float": ("số nguyên", "a whole number"),
    "finite_number": ("số hữu hạn", "a finite number"),
    "bool_type": ("true hoặc false", "true or false"),
    "list_type": ("danh sách", "a list"),
    "dict_type": ("nhóm trường", "a group of fields"),
    "model_type": ("nhóm trường", "a group of fields"),
}

_LIMITS = {
    "string_pattern_mismatch": ("không đúng dạng", "not of the right form"),
    "string_too_short": ("cần ít nhất {min_length} ký tự", "needs at least {min_length} characters"),
    "string_too_long": ("không quá {max_length} ký tự", "takes at most {max_length} characters"),
    "greater_than_equal": ("phải từ {ge} trở lên", "must be {ge} or more"),
    "greater_than": ("phải lớn hơn {gt}", "must be above {gt}"),
    "less_than_equal": ("không được quá {le}", "must be at most {le}"),
    "too_short": ("cần ít nhất {min_length} mục", "needs at least {min_length} item"),
}
_PATTERNS = {
    PLAN_ID: (
        "chữ thường, số và dấu gạch nối, ví dụ ninh-binh-2020",
        "small letters, digits and hyphens, e.g. ninh-binh-2020",
    ),
    IDENTIFIER: ("chữ cái trước, không dấu cách, ví dụ T1", "a letter first and no spaces, e.g. T1"),
    INDICATOR_ID: ("chữ thường và gạch dưới, ví dụ new_htx", "small letters and underscores, e.g. new_htx"),
    RULE_ID: ("ví dụ effective.kha", "e.g. effective.kha"),
    EFFECTIVE_ID: ("ví dụ effective.kha", "e.g. effective.kha"),
    NEW_MODEL_ID: ("ví dụ new_model.law2012", "e.g. new_model.law2012"),
    RULEBOOK_ID: ("ví dụ tt01_2020", "e.g. tt01_2020"),
    CEASED_ID: ("ví dụ ceased.three_months", "e.g. ceased.three_months"),
    LIST_CODE: (
        "chữ không dấu, số, gạch dưới, ví dụ ocop_5",
        "plain letters, digits and _, e.g. ocop_5",
    ),
    WEB_ADDRESS: ("địa chỉ bắt đầu bằng http:// hoặc https://", "an address starts with http:// or https://"),
}


def _retype(kind: str, value: object) -> tuple[str, str]:
    """The mend for a right value in wrong clothes: quotes too many or too few."""
    if kind == "string_type" and not isinstance(value, dict | list):
        return "đặt trong dấu nháy", "put it in quotes"
    if isinstance(value, str) and any(character.isdigit() for character in value):
        return "bỏ dấu nháy và các chữ đi kèm", "drop the quotes and any words around it"
    return "", ""


def translated(marked: MarkedYaml, model: type[BaseModel], item: Mapping[str, Any], within: Place = ()) -> Problem:
    """One error of pydantic's about the record at ``within``, in our words."""
    at = item.get("ctx", {}).get("at")
    kind, place = item["type"], _real_place(marked, (*within, *item["loc"], *([at] if at else [])))
    if kind == "missing":
        name = item["loc"][-1]
        return marked.problem(
            place[:-1] if place and place[-1] == name else place,
            (f"thiếu trường '{name}'", f"field '{name}' is missing"),
        )
    if kind == "extra_forbidden":
        fields, given = _fields(model, item["loc"][:-1]), marked.get(place[:-1])
        left = [name for name in fields if not (isinstance(given, dict) and name in given)]
        return marked.problem(
            place,
            (f"không có trường '{place[-1]}'", f"no field '{place[-1]}'"),
            choose(place[-1], left or fields),
            key=True,
        )
    return marked.problem(place, *describe(item))


def describe(item: Mapping[str, Any]) -> tuple[tuple[str, str], tuple[str, str]]:
    """One error of pydantic's as (message, mend), each (vi, en)."""
    kind, value, context = item["type"], item.get("input"), item.get("ctx", {})
    if "vi" in context:  # one of our own checks: it says everything itself
        return (context["vi"], context["en"]), (context["mend_vi"], context["mend_en"])
    if kind == "union_tag_invalid":
        kind, value, context = "literal_error", context["tag"], {"expected": context["expected_tags"]}
    if kind == "literal_error":
        choices = [choice.strip("' ") for choice in context["expected"].replace(" or ", ", ").split(", ")]
        choices += [other for one, other in _ALSO.items() if one in choices]
        slip = COMPARATOR_SLIPS.get(str(value).strip())
        mend = choose(slip if slip in choices else value, choices)
        return (f"giá trị {_shown(value)} không dùng được", f"{_shown(value)} is no value here"), mend
    if value is None:
        return ("để trống", "left empty"), ("ghi giá trị hoặc xóa dòng", "give a value or drop the line")
    if kind in _KINDS:
        vi, en = _KINDS[kind]
        return (f"{_shown(value)} không phải {vi}", f"{_shown(value)} is not {en}"), _retype(kind, value)
    if kind in _LIMITS:
        limits = {name: f"{x:g}" if isinstance(x, float) else x for name, x in context.items()}
        vi, en = (text.format(**limits) for text in _LIMITS[kind])
        message = f"{_shown(value)} không hợp lệ: {vi}", f"{_shown(value)} is not valid: {en}"
        return message, _PATTERNS.get(context.get("pattern", ""), ("", ""))
    return (f"giá trị {_shown(value)} không hợp lệ ({item['msg']})", f"{_shown(value)} is not valid ({item['msg']})"), (
        "",
        "",
    )


def _real_place(marked: MarkedYaml, loc: tuple[str | int, ...]) -> Place:
    """The error's place without pydantic's own steps (union branches), as far as the file goes, plus a missing name."""
    place: Place = ()
    for step in loc:
        if (*place, step) in marked.value_lines:
            place = (*place, step)
    return place


def _fields(model: type[BaseModel], loc: tuple[str | int, ...]) -> list[str]:
    """The fields that stand at ``loc``; a step may also be the name of one model of a union."""
    within: list[type[BaseModel]] = []
    for step in loc:
        if isinstance(step, str) and step in model.model_fields:
            within = list(_models(model.model_fields[step].annotation))
            model = within[0] if within else model
        else:
            model = next((found for found in within if found.__name__ == step), model)
    return [field.alias or name for name, field in model.model_fields.items()]


def _models(annotation: object) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for part in get_args(annotation):
        yield from _models(part)


def _shown(value: object) -> str:
    text = "" if value is None else str(value)
    return f"'{text[:60]}…'" if len(text) > 60 else f"'{text}'"
