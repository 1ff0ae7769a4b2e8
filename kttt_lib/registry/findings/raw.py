"""A table as it was given, before any cell is understood."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
import pandas as pd
import pyarrow as pa

from kttt_lib.registry.schema import SOURCE_COLUMNS, Table

# How many cells of one way of writing outweigh one of another.
OUTWEIGH = 3


@dataclass(frozen=True)
class Evidence:
    """Cells of a column or a file that can only have a decimal dot, or comma; and those like 1.234.

    ``comma_file``: the form of the file itself (a semicolon between cells) says that the comma is the decimal mark.
    """

    dots: int = 0
    commas: int = 0
    dot_threes: int = 0
    comma_file: bool = False

    def __or__(self, other: Evidence) -> Evidence:
        return Evidence(
            self.dots + other.dots,
            self.commas + other.commas,
            self.dot_threes + other.dot_threes,
            self.comma_file or other.comma_file,
        )

    @property
    def comma_decimal(self) -> bool:
        """True when the comma is the decimal mark, but for a few odd cells."""
        return self.comma_file or 0 < self.commas >= OUTWEIGH * self.dots


NO_EVIDENCE = Evidence()
# How numbers are written in text: by a program (1234.5), as in Vietnam (1.234,5), or not known beforehand; "refused"
# for rows set aside, where what is still text was refused before and stays so.
NumberStyle = Literal["machine", "vietnamese", "unknown", "refused"]


@dataclass
class RawTable:
    """Rows of one table as read: ``frame`` has schema names for known columns and the given titles for others.

    ``rows`` are the row numbers in the source (1 is the first line of the sheet or file), ``places`` the letters of the
    columns in a sheet, ``evidence`` what the form of the file itself says about the decimal mark, ``origins`` the file
    and sheet of each row where rows of several sources stand together, ``first`` the position of the first row in the
    whole of which these are a part, ``returned`` for each row of a mended quarantine workbook the place that it says it
    comes from (empty for other rows), ``dropped`` the places of rows that were emptied there, ``cleared`` by column a
    mask of the cells with the word that empties a cell in a merge, ``scales`` the unit of each column whose figures are
    in another than the schema's, and where it is said (vi, en), ``at`` the address of each cell where the rows are not
    those of a sheet (several years in one row), ``sizes`` for (file, sheet, column) what its figures were multiplied by
    to be in the schema's unit, ``doubts`` for (file, sheet, cell) how many times too large its figure is by what its
    source itself adds up, and why (vi, en), ``answered`` the (file, sheet, column) whose unit was
    asked about.
    """

    table: Table
    frame: pd.DataFrame
    rows: np.ndarray
    file: str
    sheet: str = ""
    style: NumberStyle = "machine"
    places: dict[str, str] = field(default_factory=dict)
    evidence: Evidence = NO_EVIDENCE
    origins: pd.DataFrame | None = None
    first: int = 0
    returned: tuple[str, ...] = ()
    dropped: tuple[str, ...] = ()
    scales: Mapping[str, tuple[Any, str, str]] = field(default_factory=dict)
    at: pd.DataFrame | None = None
    cleared: dict[str, np.ndarray] = field(default_factory=dict)
    sizes: dict[tuple[str, str, str], float] = field(default_factory=dict)
    doubts: dict[tuple[str, str, str], tuple[float, tuple[str, str]]] = field(default_factory=dict)
    answered: set[tuple[str, str, str]] = field(default_factory=set)

    def answers(self) -> dict[str, np.ndarray]:
        """Mask of the rows whose figure in a column is in a unit that was asked about, for each column with one."""
        if not self.answered:
            return {}
        origins = [self.origin(at) for at in range(len(self.rows))]
        return {
            column: np.array([(*origin, column) in self.answered for origin in origins], dtype=bool)
            for column in sorted({column for _, _, column in self.answered})
        }

    def clears(self, column: str) -> np.ndarray:
        """Mask of the rows whose cell of this column is said to be emptied, not only left empty."""
        return self.cleared.get(column, np.zeros(len(self.rows), dtype=bool))

    def origin(self, position: int) -> tuple[str, str]:
        """File and sheet of a row."""
        if self.origins is None:
            return self.file, self.sheet
        return str(self.origins["source_file"].iloc[position]), str(self.origins["source_sheet"].iloc[position])

    def each_origin(self) -> pd.DataFrame:
        """File and sheet of every row, under the names of ``SOURCE_COLUMNS``."""
        if self.origins is not None:
            return self.origins
        texts = (pa.repeat(pa.scalar(text, pa.large_string()), len(self.rows)) for text in (self.file, self.sheet))
        return pd.DataFrame({name: pd.array(text, dtype="str") for name, text in zip(SOURCE_COLUMNS, texts)})

    def cell(self, position: int, column: str) -> str:
        """Address of a cell in a sheet (``D14``), else an empty text."""
        if self.at is not None:
            return str(self.at[column].iloc[position]) if column in self.at else ""
        letter = self.places.get(column)
        return f"{letter}{int(self.rows[position])}" if letter else ""

    def all_origins(self) -> set[tuple[str, str]]:
        """Every file and sheet that rows come from."""
        if self.origins is None:
            return {(self.file, self.sheet)}
        return set(self.origins.drop_duplicates().itertuples(index=False, name=None))

    def titles(self, column: str) -> tuple[str, str]:
        """Title of a column in Vietnamese and English; a column outside the schema keeps its own title."""
        for known in self.table.columns:
            if known.name == column:
                return known.vi, known.en
        return column, column

    def choice_titles(self, column: str) -> dict[Any, tuple[str, str]]:
        """Titles of the codes of a closed list; empty for other columns."""
        for known in self.table.columns:
            if known.name == column:
                return known.choices
        return {}
