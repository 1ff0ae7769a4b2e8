"""Whether figures of money can be in the unit that is said, and what they would be in another."""

from __future__ import annotations

import re

from kttt_lib.intake.units import AREA, MONEY, scale
from kttt_lib.registry.text import fold, number

# One organisation's, or the middle of many (million VND, or a person and year): beyond these a unit is not believed,
# whatever says it.
BELIEVED = {
    "charter_capital": (5, 200_000),
    "total_assets": (5, 500_000),
    "revenue": (5, 500_000),
    "revenue_from_members": (1, 500_000),
    "worker_income": (3, 1_000),
    "member_income": (1, 1_000),
}
# Below this an income without a word for its time may be a month's.
A_YEAR = 15
OTHERS: tuple[str, ...] = ("đồng", "nghìn đồng", "triệu đồng", "tỷ đồng")
# The middle of a column of land beyond this (ha) is square metres.
BELIEVED_AREA = 1_000


def contradicts(
    field: str, figure: float, unit: str, kind: str, limits: tuple[float, float] = (0, 1e12)
) -> tuple[str, str] | None:
    """Both readings (vi, en) of a figure that cannot be in ``unit``; None where it can, or the unit is not known.

    ``kind``: the schema's unit of the field; ``limits``: of one that BELIEVED does not have, in that unit.
    """
    base, words, others = MONEY[0], ("triệu đồng", "million VND"), OTHERS
    if kind == AREA:
        base, words, others, limits = AREA, (AREA, AREA), ("m2", "1000 m2"), (0, BELIEVED_AREA)
    low, high = BELIEVED.get(field, limits)
    if kind == MONEY[1] and not re.search("nam|thang", fold(unit)):
        low = A_YEAR
    factor = scale(unit, kind)
    if factor is None or low <= abs(figure) * float(factor) <= high:  # a loss is as large as a profit
        return None
    vi, en = _both(figure * float(factor))
    vi, en = f"tức {vi} {words[0]}", f"would be {en} {words[1]}"
    for other in others:
        size = float(scale(other, base) or 0)
        if low <= abs(figure) * size <= high:
            vi_, en_ = _both(figure * size)
            vi, en = f"{vi}; nếu ghi theo {other} thì là {vi_} {words[0]}", f"{en}; in {other} {en_} {words[1]}"
            break
    return vi, en


def _both(value: float) -> tuple[str, str]:
    """A figure to six digits in Vietnamese and in English."""
    short = float(f"{value:.6g}")
    return number(short, "vi"), number(short, "en")
