"""A store of named results by what they rest on: the same question on the same inputs is answered once."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from kttt_lib.files import whole_folder

Tables = dict[str, pd.DataFrame]


class Store:
    """Folders of Parquet files, one folder a question and key; a folder appears whole or not at all."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def _folder(self, question: str, key: str) -> Path:
        return self.root / question / key[:24]

    def get(self, question: str, key: str) -> Tables | None:
        """The tables saved under this key, by their full names ("efficiency/scores"), or None."""
        folder = self._folder(question, key)
        if not folder.is_dir():
            return None
        files = sorted(folder.rglob("*.parquet"))
        return {p.relative_to(folder).with_suffix("").as_posix(): pd.read_parquet(p) for p in files}

    def put(self, question: str, key: str, tables: Tables) -> None:
        """Save the tables; a table that Parquet cannot hold raises and leaves nothing behind."""
        with whole_folder(self._folder(question, key)) as folder:
            for name, table in tables.items():
                path = folder / f"{name}.parquet"
                path.parent.mkdir(parents=True, exist_ok=True)
                table.reset_index(drop=True).to_parquet(path, index=False)
