"""A mistyped parameter is refused before anything starts."""

from __future__ import annotations

from datetime import date

import pytest

from kttt_lib.errors import KtttError
from kttt_lib.pipeline.settings import SAMPLE, check_settings


def test_defaults_are_plan_23_on_the_embedded_sample():
    settings = check_settings()
    assert settings.plan.name == "ninh-binh-2020.yaml"
    assert settings.registry == str(SAMPLE)
    assert (settings.as_of, settings.language, settings.audience) == (None, "vi", "internal")


def test_a_day_is_read_from_iso_text():
    assert check_settings(as_of="2020-06-30").as_of == date(2020, 6, 30)


@pytest.mark.parametrize(
    ("bad", "name"),
    [
        ({"language": "vn"}, "LANGUAGE"),
        ({"audience": "all"}, "AUDIENCE"),
        ({"as_of": "31/12/2020"}, "AS_OF"),
        ({"plan": "ninh-bin-2020"}, "PLAN"),
    ],
)
def test_a_bad_parameter_is_named_in_both_languages(bad, name):
    with pytest.raises(KtttError) as caught:
        check_settings(**bad)
    assert name in caught.value.message_vi and name in caught.value.message_en
    assert repr(next(iter(bad.values()))) in caught.value.message_en


def test_a_near_miss_is_suggested():
    with pytest.raises(KtttError, match="Did you mean “ninh-binh-2020”"):
        check_settings(plan="ninh-bin-2020")


def test_a_plan_file_that_is_not_there_is_named():
    with pytest.raises(KtttError, match=r"nowhere\.yaml"):
        check_settings(plan="nowhere.yaml")
