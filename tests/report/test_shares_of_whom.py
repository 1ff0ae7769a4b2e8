"""A share of managers or people is never told as one of organisations, and a ratio of money as none."""

import pandas as pd
import pytest

from kttt_lib.plan.model import expression_id
from kttt_lib.report.sections.promises import is_share, shared_by

MANAGERS = ["managers_untrained", "managers_intermediate", "managers_college"]


@pytest.mark.parametrize(
    ("measure", "whom"),
    [
        ("managers_college_share", "managers"),
        ("good_or_fair_share", "organisations"),
        ({"what": "share", "of": {"kind": "htx"}, "that": {"feature": ["high_tech"]}}, "organisations"),
        ({"what": "ratio", "column": "managers_trained", "over": MANAGERS}, "managers"),
        ({"what": "ratio", "column": "directors_trained", "over": ["directors"]}, "people"),
        ({"what": "ratio", "column": "pre_tax_profit", "over": ["revenue"]}, ""),
        ({"what": "ratio", "column": "members", "over": {"series": "population"}}, ""),
    ],
)
def test_of_whom_a_share_is(measure, whom):
    indicator = measure if isinstance(measure, str) else expression_id(measure)
    promise = pd.Series({"indicator": indicator, "unit": "%", "denominator": 7.0})
    assert shared_by(promise) == whom
    assert is_share(promise) == bool(whom)
