"""Which registries are of a plan's province, however its name is typed."""

from __future__ import annotations

import unicodedata
from types import SimpleNamespace

import pandas as pd
import pytest

from kttt_lib.errors import KtttError
from kttt_lib.pipeline.guards import refuse_registry

PLAN = SimpleNamespace(id="can-tho-2023", province="Cần Thơ")


def refuse(province: object) -> None:
    counts = pd.DataFrame({"table": ["organisations"], "read": [1]})
    refuse_registry(PLAN, SimpleNamespace(about={"province": province}, counts=counts), quarantine=True)


@pytest.mark.parametrize(
    "typed",
    [
        "Cần Thơ",
        unicodedata.normalize("NFD", "Cần Thơ"),
        "CẦN THƠ ",
        "Thành phố  Cần Thơ",
        "TP. Cần Thơ",
        "tỉnh Cần Thơ",
    ],
)
def test_one_province_is_one_however_it_is_typed(typed):
    refuse(typed)


@pytest.mark.parametrize("typed", ["Ninh Bình", "Cần Thơ Ninh Bình", "Tỉnh", 92])
def test_another_province_is_refused_with_both_names(typed):
    with pytest.raises(KtttError, match=f"{typed}.*Cần Thơ"):
        refuse(typed)
