"""Cells and keys as a person reads them, in one language."""

from __future__ import annotations

from urllib.parse import unquote

import pandas as pd

from kttt_lib.errors import Language
from kttt_lib.registry.findings.log import one_line
from kttt_lib.registry.schema import TABLES, Column
from kttt_lib.registry.sheets import spoken
from kttt_lib.registry.text import number


def value_text(value: object, column: Column | None, language: Language) -> str:
    """A cell as a person writes it; empty when there is nothing in it."""
    value = spoken(value, column, language)
    if value is None:
        return ""
    if isinstance(value, pd.Timestamp):
        return value.strftime("%d/%m/%Y" if language == "vi" else "%Y-%m-%d")
    if isinstance(value, int | float) and not isinstance(value, bool):
        plain = isinstance(value, int) and column is not None and column.name == "year"
        return str(value) if plain else number(value, language)
    return one_line(str(value))


def key_text(table: str, key: str, language: Language) -> str:
    """A row's key as a person reads it: its parts without the table's name."""
    parts = []
    for name, part in zip(TABLES[table].key, key.split("/")[1:], strict=True):
        column = TABLES[table].column(name)
        value = pd.to_datetime(part, format="%Y-%m-%d", errors="coerce") if column.kind == "date" else unquote(part)
        parts.append(value_text(value, column, language))
    return " · ".join(parts)


def key_texts(table: str, key: str) -> tuple[str, str]:
    """``key_text`` in Vietnamese and in English."""
    return key_text(table, key, "vi"), key_text(table, key, "en")
