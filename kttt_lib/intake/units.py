"""What makes a figure of a unit as lists write it into the schema's."""

from __future__ import annotations

import re
from fractions import Fraction

from kttt_lib.registry.cells.units import unit_of

# The schema's units of money.
MONEY = ("triệu đồng", "triệu đồng/người/năm")
AREA = "ha"


def scale(text: str, unit: str) -> Fraction | None:
    """What a figure in the unit ``text`` is multiplied by to be in ``unit`` of the schema; None when it is none.

    ``tỷ`` and ``nghìn`` after a figure need no word for the currency where a column is one of money.
    """
    text = text.strip(" ().*:")
    found = unit_of(text)
    if found is None and re.fullmatch(r"(?i)(nghìn|ngàn|k|1[.,]?000)", text):
        found = unit_of(f"{text} đồng")
    if found is None or found.factor is None or not found.fits(unit):
        return None
    return Fraction(found.factor).limit_denominator(10**9)
