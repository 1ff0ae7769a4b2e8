"""Cells as a source gives them (text, typed columns, mixed cells of a sheet), in one shape for understanding."""

from __future__ import annotations

import datetime as dt
import math
from functools import cached_property

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from kttt_lib.registry.text import clean, hidden_in, to_arrow

YEAR_1, YEAR_10000 = np.datetime64("0001-01-01", "us"), np.datetime64("10000-01-01", "us")


class Formula(str):
    """A formula found in a cell, as text; ``cached`` is the value that the spreadsheet last computed."""

    cached: object = None


class GivenColumn:
    """One column as given: its cleaned text, and the values of the cells that came as numbers."""

    def __init__(self, series: pd.Series) -> None:
        self.series = series
        self._encoded: pa.DictionaryArray | None = None
        self.hidden: dict[int, str] = {}  # cells with characters that lie, as given; known once ``text`` is
        self.typed = not (pd.api.types.is_object_dtype(series) or pd.api.types.is_string_dtype(series))

    def __len__(self) -> int:
        return len(self.series)

    @cached_property
    def text(self) -> pa.Array:
        """Cleaned text of each cell; typed cells as a program writes them (12, 1.5, true, 2020-12-31)."""
        if not self.typed and not pd.api.types.is_object_dtype(self.series):
            text = to_arrow(self.series)
            encoded = text.dictionary_encode()
            cleaned = clean(encoded.dictionary)
            if cleaned.equals(encoded.dictionary):
                self._encoded = encoded
                return text
            self._hide(text, hidden_in(encoded.dictionary))
            return cleaned.take(encoded.indices)
        text = pa.array([cell_text(value) for value in self.series.tolist()], type=pa.large_string())
        self._hide(text, hidden_in(text))
        return clean(text)

    def _hide(self, text: pa.Array, letters: list[str]) -> None:
        if letters:
            words = enumerate(text.to_pylist())
            self.hidden = {place: word for place, word in words if word and any(letter in word for letter in letters)}

    def leave_out(self, words: set[str]) -> list[int]:
        """Make the cells of these words empty; their positions."""
        out = pc.is_in(self.text, pa.array(sorted(words), pa.large_string()))
        self.text = pc.if_else(out, pa.scalar(None, pa.large_string()), self.text)
        self._encoded = None
        return np.flatnonzero(out.to_numpy(zero_copy_only=False)).tolist()

    @property
    def distinct(self) -> pa.DictionaryArray:
        """``text`` with each distinct value once."""
        text = self.text
        if self._encoded is None:
            self._encoded = text.dictionary_encode()
        return self._encoded

    @cached_property
    def numbers(self) -> np.ndarray | None:
        """float64 of the cells that came as numbers, NaN for the others; None when all are text."""
        if pd.api.types.is_bool_dtype(self.series) or pd.api.types.is_datetime64_any_dtype(self.series):
            return None
        if self.typed:
            return self.series.to_numpy(dtype="float64", na_value=np.nan)
        if pd.api.types.is_object_dtype(self.series):
            return np.fromiter(map(_number, self.series.tolist()), float)
        return None

    @cached_property
    def dated(self) -> np.ndarray:
        """Mask of the cells that came as dates or times."""
        if pd.api.types.is_datetime64_any_dtype(self.series):
            return self.series.notna().to_numpy()
        if pd.api.types.is_object_dtype(self.series):
            kinds = (dt.date, dt.time, dt.timedelta)
            return np.fromiter((isinstance(value, kinds) for value in self.series.tolist()), bool)
        return np.zeros(len(self.series), dtype=bool)


def _number(value: object) -> float:
    """A number as float64, infinite when it is too large for one; NaN for what is no number."""
    if type(value) is int or type(value) is float:
        try:
            return float(value)
        except OverflowError:
            return np.inf
    return np.nan


def cell_text(value: object) -> str | None:
    """One cell as text; None when it is empty."""
    if value is None or value is pd.NaT or value is pd.NA or (isinstance(value, float) and math.isnan(value)):
        return None
    if isinstance(value, str):
        return value
    if isinstance(value, bool | np.bool_):
        return "true" if value else "false"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(float(value))
    if isinstance(value, dt.datetime):
        midnight = (value.hour, value.minute, value.second) == (0, 0, 0)
        return value.strftime("%Y-%m-%d") if midnight else value.strftime("%Y-%m-%d %H:%M:%S")
    return str(value)


def extra_column(series: pd.Series) -> GivenColumn:
    """A column outside the schema, kept as text; a formula there counts as the value it last had."""
    values = series.tolist() if pd.api.types.is_object_dtype(series) else None
    if values is not None:
        series = pd.Series([value.cached if isinstance(value, Formula) else value for value in values], dtype=object)
    return GivenColumn(series)


def series_of(column: pa.ChunkedArray) -> pd.Series:
    """An Arrow column as a pandas one: str, numbers (Int64 where some miss), datetime64[us], boolean or object."""
    kind = column.type
    if pa.types.is_dictionary(kind):
        column, kind = column.cast(kind.value_type), kind.value_type
    if pa.types.is_null(kind):
        return pd.Series(pd.array([None] * len(column), dtype="str"))
    if pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_string_view(kind):
        return pd.Series(pd.array(column.cast(pa.large_string()), dtype="str"))
    if pa.types.is_date(kind) or pa.types.is_timestamp(kind):
        return _days(column)
    if pa.types.is_binary(kind) or pa.types.is_large_binary(kind):
        texts = [None if value is None else value.decode(errors="replace") for value in column.to_pylist()]
        return pd.Series(pd.array(texts, dtype="str"))
    if pa.types.is_boolean(kind):
        return pd.Series(column.to_pandas(types_mapper=None, integer_object_nulls=False), dtype="boolean")
    if pa.types.is_decimal(kind):
        return column.cast(pa.float64()).to_pandas()
    if pa.types.is_integer(kind):
        if pa.types.is_uint64(kind):  # the largest would come out as negative ones
            return column.cast(pa.float64(), safe=False).to_pandas()
        if not column.null_count:
            return pd.Series(column.to_numpy(), copy=False)
        values = pc.fill_null(column, 0).to_numpy()
        mask = column.is_null().to_numpy()
        return pd.Series(pd.arrays.IntegerArray(values.astype("int64"), mask))
    if pa.types.is_floating(kind):
        return pd.Series(column.to_numpy(), copy=False)
    return pd.Series(column.to_pylist(), dtype=object)


def _days(column: pa.ChunkedArray) -> pd.Series:
    """Dates or times as datetime64[us]; as text, for a finding, where one lies outside the years 1 to 9999."""
    if pa.types.is_timestamp(column.type) and column.type.tz:
        column = pc.local_timestamp(column)
    # Nanoseconds always fit and may lose what lies below a microsecond; other units must not wrap round.
    exact = column.type != pa.timestamp("ns")
    try:
        values = column.cast(pa.timestamp("us"), safe=exact).to_pandas().astype("datetime64[us]")
    except (pa.ArrowInvalid, OverflowError):
        values = None
    if values is None or ((values < YEAR_1) | (values >= YEAR_10000)).any():
        return pd.Series(pd.array(column.cast(pa.large_string()), dtype="str"))
    return values
