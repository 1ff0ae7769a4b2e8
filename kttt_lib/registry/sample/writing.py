"""A synthetic registry written block by block, so that a national one never stands in memory whole."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Literal

import pyarrow as pa
import pyarrow.parquet as pq
import yaml

from kttt_lib.errors import KtttError
from kttt_lib.files import whole_file
from kttt_lib.registry.reading import ABOUT_FILE
from kttt_lib.registry.sample import settings as s
from kttt_lib.registry.sample.about import describe
from kttt_lib.registry.sample.generate import DEFAULT_SEED, sample_blocks, tables_of
from kttt_lib.registry.schema import TABLES
from kttt_lib.registry.writing import append_csv, without_empty

Format = Literal["csv", "parquet"]
_ARROW = {
    "text": pa.string(),
    "choice": pa.string(),
    "integer": pa.int64(),
    "number": pa.float64(),
    "date": pa.timestamp("ms"),
    "boolean": pa.bool_(),
}


def write_sample(
    folder: str | Path,
    *,
    organisations: int | Mapping[str, int] | None = None,
    years: tuple[int, int] = (2015, 2020),
    seed: int = DEFAULT_SEED,
    province: str = s.DEFAULT_PROVINCE,
    format: Format = "csv",
) -> Path:
    """Write the tables and ``registry.yaml`` into ``folder`` and return it. Same arguments, same bytes.

    The folder may exist; its files of the same names are replaced once everything is made, and nothing else is touched.
    Raises KtttError for a wrong size, span or format, or a folder that cannot be written.
    """
    folder = Path(folder)
    if format not in ("csv", "parquet"):
        raise KtttError(
            f"Định dạng {format} không được hỗ trợ; hãy chọn csv hoặc parquet.",
            f"The format {format} is not supported; choose csv or parquet.",
        )
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with ExitStack() as files:  # every file takes its name once all are made
            paths = {name: files.enter_context(whole_file(folder / f"{name}.{format}")) for name in tables_of(years)}
            about_path = files.enter_context(whole_file(folder / ABOUT_FILE))
            writers = {}
            if format == "parquet":
                for name in paths:
                    schema = pa.schema(
                        [(column.name, _ARROW[column.kind]) for column in TABLES[name].columns if not column.sparse]
                    )
                    writers[name] = files.enter_context(pq.ParquetWriter(paths[name], schema))
            for block in sample_blocks(organisations=organisations, years=years, seed=seed, province=province):
                for name, path in paths.items():
                    if format == "csv":
                        append_csv(without_empty(TABLES[name], block[name]), path)
                    else:
                        rows = pa.Table.from_pandas(block[name], schema=writers[name].schema, preserve_index=False)
                        writers[name].write_table(rows)
            about = describe(organisations, years, seed, province)
            text = yaml.safe_dump(about, allow_unicode=True, sort_keys=False, width=120)
            about_path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise KtttError(
            f"Không ghi được vào thư mục {folder}: {error.strerror}. Hãy chọn thư mục khác hoặc xin quyền ghi.",
            f"Cannot write into the folder {folder}: {error.strerror}. Choose another folder or ask for permission.",
        ) from error
    return folder
