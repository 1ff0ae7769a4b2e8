"""When and against what a promise holds is said so that it can be read in one way only."""

from __future__ import annotations

import datetime as dt

import pytest

from kttt_lib.indicators import INDICATORS
from kttt_lib.plan.model import Target
from kttt_lib.plan.said import terms_said

SHARE = "{what: share, that: {column: pre_tax_profit, above: 0}}"


def said(language: int = 0, indicator: str = "htx_total", **given) -> str:
    common = {
        "id": "T", "title_vi": "T", "title_en": "T", "indicator": indicator, "comparator": ">=", "unit": "htx",
        "deadline": dt.date(2025, 12, 31), "quote_place": {"published_row": "none"},
    }  # fmt: skip
    target = Target.model_validate(common | given)
    return terms_said(target, INDICATORS[indicator].unit)[language]


@pytest.mark.parametrize(
    ("given", "vi", "en"),
    [
        ({"threshold": 5, "growth": {"on": 2020, "in": "absolute"}, "indicator": SHARE, "unit": "%"},
         "Tăng ít nhất 5 điểm phần trăm so với năm 2020,", "A growth of at least 5 percentage points on 2020,"),
        ({"threshold": 5, "growth": {"on": 2020}, "indicator": SHARE, "unit": "%"},
         "Tăng ít nhất 5% so với năm 2020 (phần trăm của mức năm gốc, không phải điểm phần trăm),",
         "A growth of at least 5% on 2020 (percent of the base, not percentage points),"),
        ({"threshold": 5, "growth": {"on": 2020}, "unit": "%"}, "Tăng ít nhất 5% so với năm 2020, xét",
         "A growth of at least 5% on 2020, judged"),
        ({"threshold": -20, "comparator": "<=", "growth": {"on": 2020}, "unit": "%"},
         "Giảm ít nhất 20% so với năm 2020,", "A fall of at least 20% on 2020,"),
        ({"threshold": -3, "growth": {"on": "previous", "in": "absolute"}},
         "Giảm nhiều nhất 3 HTX so với năm trước,", "A fall of at most 3 HTX on the year before,"),
        ({"threshold": 0, "comparator": "<=", "growth": {"on": 2020, "in": "absolute"}},
         "Không tăng so với năm 2020,", "No rise on 2020,"),
        ({"threshold": 0, "growth": {"on": "previous", "in": "absolute"}},
         "Không giảm so với năm trước,", "No fall on the year before,"),
        ({"threshold": 7, "growth": {"on": 2022, "a_year": True}, "unit": "%"},
         "Tăng bình quân mỗi năm ít nhất 7% so với năm 2022,", "A growth of at least 7% a year on 2022,"),
        # Of each year the growth is on the one before it, whatever base year the plan names.
        ({"threshold": 7, "growth": {"on": 2022, "a_year": True}, "unit": "%", "each_year": True},
         "Tăng ít nhất 7% so với năm trước, tính riêng cho từng năm", "A growth of at least 7% on the year before,"),
        ({"threshold": [10, 15], "comparator": "between", "growth": {"on": 2020}, "unit": "%"},
         "Tăng từ 10 đến 15% (đạt từ mức dưới) so với năm 2020,", "A growth of 10 to 15% (kept"),
        ({"threshold": 5, "growth": {"on": 2020}, "unit": "%",
          "milestones": [{"by": dt.date(2022, 12, 31), "threshold": 2}]},
         "Mốc 31/12/2022: tăng ít nhất 2%.", "Stage 2022-12-31: a growth of at least 2%."),
        ({"threshold": 0, "comparator": "<="}, "Không còn HTX nào,", "No HTX left,"),
        ({"threshold": 1, "per": "district", "deadline": dt.date(2023, 12, 31)},
         "ở mỗi quận, huyện, thị xã, thành phố,", "in every district,"),
    ],
)  # fmt: skip
def test_a_promise_is_said_in_one_sense(given, vi, en):
    assert vi in said(0, **given) and en in said(1, **given)
