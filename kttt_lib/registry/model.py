"""The checked registry: accepted rows, what was found, what was set aside."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date as Date

import pandas as pd

from kttt_lib.errors import KtttError
from kttt_lib.registry.asof import AsOfView, view_as_of
from kttt_lib.registry.schema import SOURCE_COLUMNS, TABLES
from kttt_lib.registry.set_aside import SetAside
from kttt_lib.shown import Shown

SHOWN = 10


@dataclass(frozen=True, repr=False)
class Registry(Shown):
    """What ``read_registry`` gives.

    ``tables``: accepted rows by table, in schema types, with ``source_file``, ``source_sheet``, ``source_row``.
    ``about``: province, synthetic, labels and whatever else the source says of itself.
    ``findings``: one row a fault (severity error or warning), with place, message and mend in both languages.
    ``quarantine``: rows with an error, as given, with the reason. ``counts``: read = accepted + quarantined +
    not_read, by table ("" for rows of none); what was seen and not read is an error of the source.
    ``notes``: what the reader did and says aloud (title rows skipped, columns kept, text converted).
    ``set_aside``: of the quarantined rows what can still be read; None when there are none.
    ``uncovered``: see ``AsOfView``.

    Tables, columns and units: docs/tables.md. ``require_clean`` raises KtttError where a row was set aside.

    Examples
    --------
    >>> import kttt_lib as kttt
    >>> kttt.read_registry("sample").require_clean()
    Registry(province=Ninh Bình, synthetic=True, organisations=969, rows=23946, errors=0, set_aside=0)
    """

    tables: dict[str, pd.DataFrame]
    about: dict[str, object]
    findings: pd.DataFrame
    quarantine: dict[str, pd.DataFrame]
    counts: pd.DataFrame
    notes: pd.DataFrame = field(default_factory=pd.DataFrame)
    set_aside: SetAside | None = None
    uncovered: dict[str, float] = field(default_factory=dict)

    def _shown(self) -> dict[str, object]:
        return {
            "province": self.about.get("province"),
            "synthetic": self.about.get("synthetic", False),
            "organisations": len(self.tables["organisations"]),
            "rows": sum(map(len, self.tables.values())),
            "errors": len(self.errors),
            "set_aside": int(self.counts["quarantined"].sum()),
        }

    def as_of(self, date: str | Date | pd.Timestamp, known_on: str | Date | pd.Timestamp | None = None) -> AsOfView:
        """The facts up to ``date`` as they were known on ``known_on`` (the same day by default).

        Days are read by :func:`kttt_lib.days.parse_day`: 2020-12-31, 31/12/2020 or a date; else KtttError.
        """
        return view_as_of(self.tables, self.about, date, known_on, self.set_aside, self.uncovered)

    @property
    def errors(self) -> pd.DataFrame:
        """The findings that keep a row out."""
        return self.findings[self.findings["severity"] == "error"]

    def require_clean(self, shown: int = SHOWN) -> Registry:
        """This registry, or KtttError listing the first ``shown`` errors when any row was set aside."""
        errors = self.errors
        if errors.empty:
            return self
        texts = {}
        for language, more in (("vi", "… và {} lỗi khác"), ("en", "… and {} more")):
            lines = [
                f"{row['place_' + language]}: {row['message_' + language]} {row['mend_' + language]}"
                for row in errors.head(shown).to_dict("records")
            ]
            if len(errors) > shown:
                lines.append(more.format(len(errors) - shown))
            texts[language] = "\n".join(lines)
        raise KtttError(texts["vi"], texts["en"])

    def equals(self, other: Registry) -> bool:
        """True when both hold the same accepted facts, wherever they were read from and in whatever order."""
        return self.about == other.about and all(
            facts(self.tables[name], name).equals(facts(other.tables[name], name)) for name in TABLES
        )


def facts(frame: pd.DataFrame, table: str) -> pd.DataFrame:
    """The rows of a table without their place in the source, in key order, columns in schema order."""
    names = [column.name for column in TABLES[table].columns]
    extra = sorted(set(frame.columns) - set(names) - set(SOURCE_COLUMNS))
    return frame[names + extra].sort_values(list(TABLES[table].key), ignore_index=True)
