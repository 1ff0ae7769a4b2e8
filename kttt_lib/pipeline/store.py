"""A store of named results by what they rest on: the same question on the same inputs is answered once."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile, ZipInfo

import pandas as pd

from kttt_lib.files import beside

Tables = Mapping[str, pd.DataFrame]
DIGEST = sha256().digest_size


class Store:
    """One file an answer: a SHA-256 of its key and content, then a zip of Parquet files.

    Any number of processes may read and write at once. An answer is there whole or not at all, and the first one
    written stays; what does not agree with its hash (cut off, changed, put under another name) is as good as not
    there, and the next answer takes its place.
    """

    def __init__(self, root: Path) -> None:
        self.root = root

    def _path(self, question: str, key: str) -> Path:
        return self.root / question / f"{key[:24]}.answer"

    def get(self, question: str, key: str) -> Tables | None:
        """The tables saved under this key, by their full names ("efficiency/scores"), or None."""
        packed = self.read(question, key)
        return None if packed is None else Packed(packed)

    def read(self, question: str, key: str) -> bytes | None:
        """The bytes saved under this key; None where there are none, or not those that were saved."""
        try:
            data = self._path(question, key).read_bytes()
        except OSError:
            return None
        digest, packed = data[:DIGEST], data[DIGEST:]
        return packed if digest == _digest(key, packed) else None

    def put(self, question: str, key: str, tables: Tables) -> Tables:
        """Save the tables, unless an answer is there; returns them as every later ``get`` gives them.

        A table that Parquet cannot hold raises and leaves nothing behind.
        """
        return Packed(self.write(question, key, _packed(tables)))

    def write(self, question: str, key: str, packed: bytes) -> bytes:
        """Save bytes, unless some are there; returns those that are there then."""
        path = self._path(question, key)
        path.parent.mkdir(parents=True, exist_ok=True)
        with beside(path) as partial:
            partial.write_bytes(_digest(key, packed) + packed)
            try:
                os.link(partial, path)  # fails where an answer is, also one of this very moment
            except OSError:
                if (first := self.read(question, key)) is not None:
                    return first
                os.replace(partial, path)
        return packed


def _digest(key: str, packed: bytes) -> bytes:
    return sha256(key.encode() + packed).digest()


def _packed(tables: Tables) -> bytes:
    """The tables as a zip; equal tables give equal bytes."""
    whole = BytesIO()
    with ZipFile(whole, "w") as archive:
        for name, table in sorted(tables.items()):
            archive.writestr(ZipInfo(name), table.reset_index(drop=True).to_parquet(index=False))
    return whole.getvalue()


class Packed(Mapping[str, pd.DataFrame]):
    """The tables of a zip, each read when it is first looked at: of many organisations few are."""

    def __init__(self, packed: bytes) -> None:
        self._archive = ZipFile(BytesIO(packed))
        self._read: dict[str, pd.DataFrame] = {}

    def __getitem__(self, name: str) -> pd.DataFrame:
        if name not in self._read:
            self._read[name] = pd.read_parquet(BytesIO(self._archive.read(name)))
        return self._read[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._archive.namelist())

    def __len__(self) -> int:
        return len(self._archive.namelist())
