"""A plan's targets against published figures alone: what can be said of a province whose registry we do not hold."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from kttt_lib.plan.model import Plan, Target, holds
from kttt_lib.published.catalogue import load_catalogue
from kttt_lib.published.official import official
from kttt_lib.resources import PUBLISHED

COLUMNS = [
    "target_id",
    "group",
    "title_vi",
    "title_en",
    "indicator",
    "unit",
    "comparator",
    "threshold",
    "deadline",
    "verdict",
    "value",
    "lower",
    "upper",
    "start_value",
    "attainment_of_target",
    "attainment_of_progress",
    "figure",
    "figure_unit",
    "kind",
    "period",
    "as_of",
    "measured_on",
    "match",
    "conflict",
    "source_title",
    "source_url",
    "origin_id",
    "row_id",
    "note_vi",
    "note_en",
    "reason_vi",
    "reason_en",
]


def published_scorecard(plan: Plan, published: pd.DataFrame, folder: str | Path = PUBLISHED) -> pd.DataFrame:
    """One row a promise (COLUMNS), in the plan's order.

    ``value`` in the promise's unit, from the best linked figure (a result before an estimate, a later day before an
    earlier one); ``lower``/``upper`` over the linked figures of the same day and kind, so that sources that disagree
    give bounds. ``attainment_of_target`` = 100 value / threshold; ``attainment_of_progress`` = 100 (value - start) /
    (threshold - start), where the plan records a baseline. Verdicts: met, not_met, undetermined (sources straddle the
    threshold), tracked, not_due (measured before the deadline and not yet met, or a stock that may still move),
    no_data. ``figure`` and ``figure_unit`` are the best figure as published; one that counts something near ("related")
    stands there only, without value, verdict or attainment.
    Raises ValueError when a linked figure's unit cannot be turned into the promise's.
    """
    units = load_plan_units(folder)
    sorts: dict[str, str] = {name: series.sort for name, series in load_catalogue(folder).items()}
    rows = [_row(group, promise, official(promise, published), units, sorts) for group, promise in plan.promises()]
    return pd.DataFrame(rows, columns=COLUMNS)


def load_plan_units(folder: str | Path = PUBLISHED) -> pd.DataFrame:
    """unit (canonical published unit), plan_unit (code of kttt_lib.plan.UNITS), factor (published to plan)."""
    return pd.read_csv(Path(folder) / "plan_units.csv", dtype={"factor": float})


def in_plan_unit(value: float, unit: str, plan_unit: str, units: pd.DataFrame) -> float:
    """A published value in the plan's unit, by the table ``plan_units.csv``. ValueError when there is no way."""
    found = units[(units["unit"] == unit) & (units["plan_unit"] == plan_unit)]
    if found.empty:
        raise ValueError(f"published unit {unit!r} cannot be read as {plan_unit!r}: add it to plan_units.csv")
    return value * float(found["factor"].iloc[0])


def _row(group: str, promise: Target, figures: pd.DataFrame, units: pd.DataFrame, sorts: dict[str, str]) -> dict:
    row: dict = {
        "target_id": promise.id,
        "group": group,
        "title_vi": promise.title_vi,
        "title_en": promise.title_en,
        "indicator": promise.indicator,
        "unit": promise.unit,
        "comparator": promise.comparator,
        "threshold": promise.threshold,
        "deadline": pd.Timestamp(promise.deadline),
        "start_value": promise.baseline.value if promise.baseline else None,
    }
    if figures.empty:
        reason = ("Không có số liệu công bố", "No published figure")
        return row | {"verdict": _without_figure(promise), "reason_vi": reason[0], "reason_en": reason[1]}
    best = figures.iloc[0]
    row |= {name: best[name] for name in ("kind", "period", "as_of", "measured_on", "match", "conflict")}
    row |= {name: best[name] for name in ("source_title", "source_url", "origin_id", "row_id")}
    row["figure"], row["figure_unit"] = best["value"], best["unit"]
    row["note_vi"], row["note_en"] = _joined(best, "vi"), _joined(best, "en")
    if best["match"] == "same" and not promise.single:
        # One figure is no result of each year or place, and no growth.
        reason = (
            "Mục tiêu xét từng năm, từng địa bàn, hoặc là mức tăng: một số công bố không đủ để kết luận",
            "Of each year or place, or a growth: one published figure does not decide it",
        )
        return row | {"verdict": _without_figure(promise), "reason_vi": reason[0], "reason_en": reason[1]}
    if best["match"] == "related":
        # It counts something near, perhaps in another unit: shown as printed, never measured against the promise.
        reason = (
            "Số công bố chỉ liên quan, không cùng cách đếm",
            "The published figure is related, not the same count",
        )
        return row | {"verdict": _without_figure(promise), "reason_vi": reason[0], "reason_en": reason[1]}
    same = figures[(figures["kind"] == best["kind"]) & _same_day(figures["measured_on"], best["measured_on"])]
    row["value"] = in_plan_unit(best["value"], best["unit"], promise.unit, units)
    row["lower"] = min(in_plan_unit(r.low, r.unit, promise.unit, units) for r in same.itertuples())
    row["upper"] = max(in_plan_unit(r.high, r.unit, promise.unit, units) for r in same.itertuples())
    if promise.threshold is None:
        return row | {"verdict": "tracked", "reason_vi": "", "reason_en": ""}
    at_least = promise.comparator in (">=", ">")  # no "25 % of the plan" of what was allowed at most, and no way to it
    if at_least and promise.threshold > 0:
        row["attainment_of_target"] = 100 * row["value"] / promise.threshold
    if at_least and promise.baseline and promise.threshold != promise.baseline.value:
        way = promise.threshold - promise.baseline.value
        row["attainment_of_progress"] = 100 * (row["value"] - promise.baseline.value) / way
    return row | _verdict(promise, row, best, sorts.get(best["series"], ""))


def _without_figure(promise: Target) -> str:
    return "tracked" if promise.comparator == "track" else "no_data"


def _verdict(promise: Target, row: dict, best: pd.Series, sort: str) -> dict:
    assert promise.threshold is not None  # told as tracked before
    low, high = (holds(row[end], promise.comparator, promise.threshold) for end in ("lower", "upper"))
    verdict = "undetermined" if low != high else ("met" if low else "not_met")
    reason_vi, reason_en = "", ""
    day = best["measured_on"]
    if pd.isna(day):
        reason_vi, reason_en = "Nguồn không ghi rõ ngày của số liệu", "The source does not show the figure's day"
    elif day < pd.Timestamp(promise.deadline):
        reason_vi = f"Số liệu đến {day:%d/%m/%Y}, trước hạn của mục tiêu"
        reason_en = f"Figure up to {day:%Y-%m-%d}, before the deadline"
        # A count of new foundings only grows, so "at least" once met stays met; a stock may still move either way.
        if not (sort == "flow" and promise.comparator in {">=", ">"} and verdict == "met"):
            verdict = "not_due"
    if best["kind"] == "estimate":
        reason_vi = "; ".join(filter(None, [reason_vi, "Số ước thực hiện, chưa phải kết quả chính thức"]))
        reason_en = "; ".join(filter(None, [reason_en, "An estimate, not a final result"]))
    if verdict == "undetermined":
        reason_vi = "; ".join(filter(None, [reason_vi, "Các nguồn không thống nhất"]))
        reason_en = "; ".join(filter(None, [reason_en, "The sources disagree"]))
    return {"verdict": verdict, "reason_vi": reason_vi, "reason_en": reason_en}


def _same_day(days: pd.Series, day: pd.Timestamp) -> pd.Series:
    return days.isna() if pd.isna(day) else days == day


def _joined(best: pd.Series, language: str) -> str:
    parts = (best[f"match_note_{language}"], best[f"flag_{language}"])
    return " ".join(part for part in parts if part)
