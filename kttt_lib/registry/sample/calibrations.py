"""The calibrations that we hold; the first also lends its counts to every province that has none of its own."""

from __future__ import annotations

from kttt_lib.registry.sample.calibration import Calibration, chosen
from kttt_lib.registry.sample.ninh_binh_2020 import NINH_BINH_2020
from kttt_lib.registry.sample.ninh_binh_2025 import NINH_BINH_2025

CALIBRATIONS = (NINH_BINH_2020, NINH_BINH_2025)


def calibration_of(province: str, last_year: int) -> Calibration:
    """What a sample of the province that ends with ``last_year`` is made from."""
    return chosen(CALIBRATIONS, province, last_year)
