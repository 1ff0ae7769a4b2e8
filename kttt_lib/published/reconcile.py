"""Published figures against the registry's counts: the difference, whose figure it is, and what could explain it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import pandas as pd
from pydantic import Field

from kttt_lib.days import parse_day
from kttt_lib.plan.model import Identifier, Record, Text
from kttt_lib.plan.problems import RecordError
from kttt_lib.plan.record import read_record
from kttt_lib.resources import PUBLISHED

KEY = ["series", "area", "period"]
COLUMNS = [
    *KEY,
    "unit",
    "kind",
    "as_of",
    "published",
    "low",
    "high",
    "registry",
    "difference",
    "difference_percent",
    "hit",
    "residual",
    "explanations",
    "explanation_vi",
    "explanation_en",
    "source_title",
    "source_publisher",
    "source_url",
    "origin_id",
    "row_id",
]
# A registry count within this share of the printed figure (or range) agrees with it; print is rounded to about this.
HIT_TOLERANCE = 0.005


class Conditions(Record):
    """All that are given must hold."""

    sign: Literal["registry_lower", "registry_higher"] | None = None
    kind: Literal["result", "estimate"] | None = None
    several_years: bool | None = None
    other_day: bool | None = None
    day_unknown: bool | None = None
    rounded: bool | None = None
    flagged: bool | None = None
    merged_province: bool | None = None


class Explanation(Record):
    """One possible reason. ``series`` [any] is every series."""

    id: Identifier
    series: Annotated[list[Text], Field(min_length=1)]
    when: Conditions = Field(default_factory=Conditions)
    add: list[Text] = Field(default_factory=list)
    subtract: list[Text] = Field(default_factory=list)
    vi: Text
    en: Text


class Explanations(Record):
    """The file's one list, in the order in which reasons are offered."""

    explanations: list[Explanation]


def load_explanations(folder: str | Path = PUBLISHED) -> list[Explanation]:
    """``explanations.yaml`` in ``folder``. RecordError when the file is not good."""
    record, problems = read_record(Path(folder) / "explanations.yaml", Explanations)
    if record is None:
        raise RecordError(problems)
    return record.explanations


def reconcile(
    measured: pd.DataFrame, published: pd.DataFrame, explanations: list[Explanation] | None = None
) -> pd.DataFrame:
    """One row a published result or estimate that the registry was also asked for (COLUMNS).

    ``measured``: series, area, period (as in ``published``), value, and optionally measured_on (the registry's day);
    one row a series, area and period. ``difference`` = registry - published, 0 inside a printed range;
    ``difference_percent`` is of the published figure. ``hit``: within HIT_TOLERANCE. ``residual``: the difference left
    after the arithmetic explanation that narrows it most (NaN when none does). ``explanations``: ids, arithmetic ones
    that close the gap first, and their texts in the same order. Two sources that disagree keep a row each.
    Raises ValueError when ``measured`` lacks a column or holds a series, area and period twice.
    """
    missing = [name for name in [*KEY, "value"] if name not in measured.columns]
    if missing:
        raise ValueError(f"measured lacks the columns {missing}")
    twice = measured[measured.duplicated(KEY, keep=False)]
    if len(twice):
        raise ValueError(
            f"measured holds a series, area and period twice: {twice[KEY].drop_duplicates().values.tolist()}"
        )
    explanations = load_explanations() if explanations is None else explanations
    counts = {(row.series, row.area, row.period): row.value for row in measured.itertuples()}
    days = {} if "measured_on" not in measured else dict(zip(zip(*(measured[c] for c in KEY)), measured["measured_on"]))
    figures = published[published["kind"] != "target"]
    asked = measured.loc[measured["value"].notna(), KEY]
    figures = figures[pd.MultiIndex.from_frame(figures[KEY]).isin(pd.MultiIndex.from_frame(asked))]
    rows = [
        _compare(figure, counts, days.get((figure.series, figure.area, figure.period)), explanations)
        for figure in figures.itertuples()
    ]
    return pd.DataFrame(rows, columns=COLUMNS)


def _compare(figure, counts: dict, day: pd.Timestamp | None, explanations: list[Explanation]) -> dict:
    registry = float(counts[figure.series, figure.area, figure.period])
    difference = _gap(registry, figure)
    hit = abs(difference) <= HIT_TOLERANCE * abs(figure.value)
    offered = [] if hit else _offered(figure, counts, day, difference, explanations)
    residuals = [residual for _, residual in offered if residual is not None]
    return {
        **{name: getattr(figure, name) for name in (*KEY, "unit", "kind", "as_of", "low", "high")},
        "published": figure.value,
        "registry": registry,
        "difference": difference,
        "difference_percent": 100 * difference / figure.value if figure.value else float("nan"),
        "hit": hit,
        "residual": min(residuals, key=abs) if residuals else float("nan"),
        "explanations": " ".join(reason.id for reason, _ in offered),
        "explanation_vi": " ".join(reason.vi for reason, _ in offered),
        "explanation_en": " ".join(reason.en for reason, _ in offered),
        **{name: getattr(figure, name) for name in ("source_title", "source_publisher", "source_url")},
        "origin_id": figure.origin_id,
        "row_id": figure.row_id,
    }


def _gap(registry: float, figure) -> float:
    """Registry minus published; 0 inside a printed range, else to its nearer end."""
    if figure.low <= registry <= figure.high:
        return 0.0
    return registry - (figure.low if registry < figure.low else figure.high)


def _offered(
    figure, counts: dict, day: pd.Timestamp | None, difference: float, explanations: list[Explanation]
) -> list[tuple[Explanation, float | None]]:
    """Explanations that apply, with the residual of arithmetic ones: closest first, the others in the file's order."""
    arithmetic: list[tuple[Explanation, float]] = []
    worded: list[tuple[Explanation, float | None]] = []
    for reason in explanations:
        if figure.series not in reason.series and "any" not in reason.series:
            continue
        if not _hold(reason.when, figure, day, difference):
            continue
        if not (reason.add or reason.subtract):
            worded.append((reason, None))
            continue
        parts = [(name, 1) for name in reason.add] + [(name, -1) for name in reason.subtract]
        known = (counts.get((name, figure.area, figure.period)) for name, _ in parts)
        values = [float(value) for value in known if value is not None and not pd.isna(value)]
        if len(values) < len(parts):
            continue
        registry = float(counts[figure.series, figure.area, figure.period])
        residual = _gap(registry + sum(sign * value for (_, sign), value in zip(parts, values, strict=True)), figure)
        if abs(residual) < abs(difference):
            arithmetic.append((reason, residual))
    return [*sorted(arithmetic, key=lambda item: abs(item[1])), *worded]


def _hold(when: Conditions, figure, day: pd.Timestamp | None, difference: float) -> bool:
    facts = {
        "sign": "registry_lower" if difference < 0 else "registry_higher",
        "kind": figure.kind,
        "several_years": pd.isna(figure.year),
        "other_day": day is not None and pd.notna(figure.measured_on) and parse_day(day) != figure.measured_on,
        "day_unknown": pd.isna(figure.measured_on),
        "rounded": figure.rounding != "",
        "flagged": bool(figure.conflict),
        "merged_province": "merged" in figure.area,
    }
    return all(facts[name] == wanted for name, wanted in when.model_dump(exclude_none=True).items())
