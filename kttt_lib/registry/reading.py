"""The front door: from a source to a checked registry."""

from __future__ import annotations

from pathlib import Path

import yaml

from kttt_lib.errors import KtttError
from kttt_lib.registry.checking import check_tables
from kttt_lib.registry.csv_source import read_csv_table
from kttt_lib.registry.findings import FindingLog
from kttt_lib.registry.model import Registry
from kttt_lib.registry.schema import TABLES

ABOUT_FILE = "registry.yaml"


def read_registry(source: str | Path) -> Registry:
    """Read and check a registry: a folder of CSV files with ``registry.yaml``.

    Rows with an error are set aside in ``.quarantine``; KtttError when the source as a whole cannot be read.
    """
    folder = Path(source)
    if not folder.is_dir():
        raise KtttError(f"Không có thư mục {folder.name}.", f"There is no folder {folder.name}.")
    about = read_about(folder)
    style = "machine" if (folder / ABOUT_FILE).is_file() else "unknown"
    missing = [name for name in TABLES if not (folder / f"{name}.csv").is_file()]
    if missing:
        names = ", ".join(f"{name}.csv" for name in missing)
        raise KtttError(
            f"Thư mục {folder.name} thiếu tệp {names}. Nếu không có số liệu, để tệp chỉ có dòng tiêu đề.",
            f"The folder {folder.name} lacks {names}. Where there are no facts, leave a file with the header alone.",
        )
    raws = {name: read_csv_table(table, folder / f"{name}.csv", style) for name, table in TABLES.items()}
    return check_tables(raws, about, FindingLog())


def read_about(folder: Path) -> dict[str, object]:
    """What ``registry.yaml`` says of the registry; empty when there is none."""
    path = folder / ABOUT_FILE
    if not path.is_file():
        return {}
    try:
        about = yaml.safe_load(path.read_text(encoding="utf-8-sig"))
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise KtttError(f"{path.name}: không đọc được ({error}).", f"{path.name}: cannot be read ({error}).") from error
    if not isinstance(about, dict):
        raise KtttError(f"{path.name}: cần các cặp khóa: giá trị.", f"{path.name}: key: value pairs are needed.")
    return about
