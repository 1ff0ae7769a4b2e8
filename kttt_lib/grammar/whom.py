"""Kinds and sectors that fit together, and codes of the open lists: what parameters and measures check alike."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, Any

from pydantic import AfterValidator, Field, WithJsonSchema

from kttt_lib.plan.lists import STANDARD
from kttt_lib.plan.model import LIST_CODE, bilingual_error
from kttt_lib.plan.problems import Fault


def _once(values: list[str]) -> list[str]:
    twice = sorted({value for value in values if values.count(value) > 1})
    if twice:
        raise bilingual_error("twice", (f"'{twice[0]}' ghi hai lần", f"'{twice[0]}' stands twice"))
    return values


ONCE = AfterValidator(_once)


def code_of(listed: str) -> Any:
    """A code of an open list: an editor offers the standard ones, and takes others of the right form."""
    offered = {"enum": list(STANDARD.titles(listed)), "type": "string"}
    schema = {"anyOf": [offered, {"pattern": LIST_CODE, "type": "string"}]}
    return Annotated[str, Field(pattern=LIST_CODE), WithJsonSchema(schema)]


def kinds_of(parameters: Mapping[str, Any]) -> tuple[str, ...]:
    """The organisation kinds that the parameters ask for."""
    kind = parameters.get("kind", "htx")
    kinds: tuple[str, ...] = tuple(kind) if isinstance(kind, list | tuple) else (kind,)
    return tuple(dict.fromkeys((*kinds, "qtdnd"))) if parameters.get("include_qtdnd") else kinds


def nobody(filled: Mapping[str, Any], given: Mapping[str, Any]) -> Iterator[Fault]:
    """Words that are good one by one and together speak of nobody, or of nobody of a kind that they name."""
    kinds, sector = kinds_of(filled), filled.get("sector")
    if filled.get("include_qtdnd") and "htx" not in kinds:
        named = ", ".join(kind for kind in kinds if kind != "qtdnd") or "qtdnd"
        said = (f"QTDND chỉ tính thêm vào HTX, không vào {named}", f"credit funds count in with HTX, not with {named}")
        yield Fault(("include_qtdnd",), said, ("bỏ dòng này", "drop the line"))
    # Counting the funds in names no kind: where there are none of the sector, or nothing but them, nobody is dropped.
    asked = kinds_of({**filled, "include_qtdnd": False})
    usual = ("htx",) if filled.get("include_qtdnd") and asked == ("htx",) else ()
    outside = [kind for kind in asked if (kind == "qtdnd") != (sector == "credit") and kind not in usual]
    if sector is not None and outside:
        message = (
            f"không tổ chức nào vừa là {', '.join(outside)} vừa thuộc lĩnh vực {sector}",
            f"no organisation is {', '.join(outside)} and of the sector {sector}",
        )
        mend = ("chỉ QTDND thuộc lĩnh vực credit", "credit funds, and they alone, are of the sector credit")
        yield Fault(("sector" if "sector" in given else "kind",), message, mend)
