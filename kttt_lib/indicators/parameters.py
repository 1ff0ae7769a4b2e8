"""The parameters of indicators: the words and numbers that each takes, declared once.

A plan's check, its JSON Schema, the data dictionary and measuring itself all read them here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from types import GenericAlias
from typing import Annotated, Any, Literal

from pydantic import (
    ConfigDict,
    Discriminator,
    Field,
    Tag,
    TypeAdapter,
    ValidationError,
)

from kttt_lib.grammar.whom import ONCE, code_of, nobody
from kttt_lib.plan.lists import STANDARD, join
from kttt_lib.plan.model import Lists
from kttt_lib.plan.problems import Fault, choose
from kttt_lib.plan.record import describe
from kttt_lib.registry.schema import ORGANISATION_KINDS, SCOPES, SECTORS

Words = Mapping[str, tuple[str, str]]
NONE_OF_THEIR_OWN = Lists()


@dataclass(frozen=True)
class Parameter:
    """One parameter: its name in both languages, the type that pydantic checks, and what each allowed word means.

    ``listed``: the open list that its words are of, which a plan or a registry may add to.
    """

    vi: str
    en: str
    accepts: Any
    words: Words = field(default_factory=dict)
    listed: str = ""

    @cached_property
    def adapter(self) -> TypeAdapter:
        """The check itself; also gives the JSON Schema."""
        return TypeAdapter(self.accepts, config=ConfigDict(strict=True))

    def faults(self, value: object, own: Lists | None = NONE_OF_THEIR_OWN) -> Iterator[Fault]:
        """What is wrong with a value, at the place inside it; ``own``: words added to its list, None: any may be."""
        try:
            self.adapter.validate_python(value)
        except ValidationError as error:
            for item in error.errors():
                yield Fault(tuple(step for step in item["loc"] if isinstance(step, int)), *describe(item))
            return
        if self.listed and own is not None:
            known = join(STANDARD, own).titles(self.listed)
            for place, code in enumerate(value if isinstance(value, list) else [value]):
                if code not in known:
                    said = (f"giá trị '{code}' không dùng được", f"'{code}' is no value here")
                    yield Fault((place,) if isinstance(value, list) else (), said, choose(code, known))


def _one(words: Words) -> Any:
    return Literal[tuple(words)]


def _open(vi: str, en: str, listed: str, some: bool = False) -> Parameter:
    code = code_of(listed)
    return Parameter(vi, en, _several(code) if some else code, STANDARD.titles(listed), listed)


def _some(words: Words) -> Any:
    return _several(_one(words))


def _several(one: Any) -> Any:
    several: Any = GenericAlias(list, (one,))
    return Annotated[several, Field(min_length=1), ONCE]


def _one_or_some(words: Words) -> Any:
    one, some = Annotated[_one(words), Tag("one")], Annotated[_some(words), Tag("some")]
    return Annotated[one | some, Discriminator(lambda value: "some" if isinstance(value, list) else "one")]


POPULATIONS = {
    "rated": ("HTX được xếp loại", "HTX that were rated"),
    "active": ("HTX đang hoạt động", "HTX working"),
}

PARAMETERS: dict[str, Parameter] = {
    "kind": Parameter("Loại hình", "Kind", _one_or_some(ORGANISATION_KINDS), ORGANISATION_KINDS),
    "sector": Parameter("Lĩnh vực", "Sector", _one(SECTORS), SECTORS),
    "include_qtdnd": Parameter("Tính cả QTDND", "Credit funds counted in", bool),
    "include_specialised": Parameter("Tính cả HTX chuyên ngành", "Specialised HTX counted in", bool),
    "population": Parameter("Mẫu số", "Denominator", _one(POPULATIONS), POPULATIONS),
    "feature": _open("Mô hình", "Model", "features"),
    "features": _open("Các mô hình", "Models", "features", some=True),
    "programmes": _open("Các chính sách hỗ trợ", "Programmes of support", "programmes", some=True),
    "task_group": _open("Nhóm nhiệm vụ", "Task group", "task_groups"),
    "successor_scopes": Parameter("Quy mô của HTX nhận sáp nhập", "Scopes of the successor", _some(SCOPES), SCOPES),
    # A commune is smaller than 10,000 ha: more would be square metres.
    "max_area_ha": Parameter("Diện tích dưới (ha)", "Area below (ha)", Annotated[float, Field(gt=0, le=10_000)]),
}


def faults(defaults: Mapping[str, Any], given: Mapping[str, Any], own: Lists | None = NONE_OF_THEIR_OWN) -> list[Fault]:
    """What is wrong with the ``given`` parameters of an indicator that has these ``defaults``; None leaves one open.

    ``own``: see ``Parameter.faults``.
    """
    found = []
    for name, value in given.items():
        if name not in defaults:
            none = ("chỉ số này không nhận tham số nào", "it takes none")
            message = (f"không có tham số '{name}'", f"no parameter '{name}'")
            found.append(Fault((name,), message, choose(name, defaults) if defaults else none, key=True))
        elif value is not None or defaults[name] is not None:
            found += [fault._replace(place=(name, *fault.place)) for fault in PARAMETERS[name].faults(value, own)]
    return found or list(nobody({**defaults, **given}, given))
