"""What a registry says of itself: in ``registry.yaml``, on the about sheet, or in the table ``about``."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import Any

import yaml

from kttt_lib.errors import KtttError
from kttt_lib.visible import lying, without_hidden

ABOUT_FILE = "registry.yaml"
_JSON = "json:"


def read_about(folder: Path) -> dict[str, object]:
    """What ``registry.yaml`` says; empty when there is none."""
    path = folder / ABOUT_FILE
    if not path.is_file():
        return {}
    try:
        about = yaml.safe_load(path.read_text(encoding="utf-8-sig"))
    except (yaml.YAMLError, UnicodeDecodeError, RecursionError) as error:
        short = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise KtttError(
            f"{ABOUT_FILE}: không đọc được ({short}). Mỗi dòng một cặp khóa: giá trị.",
            f"{ABOUT_FILE}: cannot be read ({short}). One key: value a line.",
        ) from error
    if not isinstance(about, dict):
        raise KtttError(
            f"{ABOUT_FILE}: cần các cặp khóa: giá trị, ví dụ province: Ninh Bình.",
            f"{ABOUT_FILE}: key: value pairs are needed, for example province: Ninh Bình.",
        )
    return {str(key): _plain(value) for key, value in about.items()}


def seen(about: object) -> tuple[Any, list[str]]:
    """What a source says of itself without the characters that lie, and those characters."""
    if isinstance(about, dict):
        parts = {key: seen(value) for key, value in about.items()}
        return {without_hidden(key): part[0] for key, part in parts.items()}, sorted(
            {letter for key, part in parts.items() for letter in (*lying(key), *part[1])}
        )
    if isinstance(about, list):
        items = [seen(item) for item in about]
        return [item[0] for item in items], sorted({letter for item in items for letter in item[1]})
    return (without_hidden(about), lying(about)) if isinstance(about, str) else (about, [])


def about_yaml(about: dict[str, object]) -> str:
    """The text of ``registry.yaml``, keys in order."""
    plain = {str(key): _plain(value) for key, value in about.items()}
    return yaml.safe_dump(plain, allow_unicode=True, sort_keys=True)


def to_cell(value: object) -> str | bool | int | float:
    """A value as one cell: text, yes/no and numbers as they are, anything else as JSON."""
    value = _plain(value)
    if isinstance(value, str) and not value.startswith(_JSON):
        return value
    if isinstance(value, bool | int | float):
        return value
    return _JSON + json.dumps(value, ensure_ascii=False, sort_keys=True)


def from_cell(value: object) -> object:
    """The value that ``to_cell`` wrote."""
    if isinstance(value, str) and value.startswith(_JSON):
        try:
            return json.loads(value[len(_JSON) :])
        except ValueError:
            return value
    return _plain(value)


def _plain(value: object) -> object:
    """Dates as ISO text, so that every source says the same."""
    if isinstance(value, dt.datetime):
        return value.date().isoformat() if value.time() == dt.time() else value.isoformat()
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, dict):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return value
