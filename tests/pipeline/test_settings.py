"""A mistyped parameter is refused before anything starts."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from kttt_lib.errors import KtttError
from kttt_lib.pipeline.render import stands_for_another, write_manifest
from kttt_lib.pipeline.run import open_run
from kttt_lib.pipeline.settings import check_settings
from kttt_lib.resources import SAMPLE


def test_defaults_are_plan_23_on_the_embedded_sample():
    settings = check_settings()
    assert settings.plan.name == "ninh-binh-2020.yaml"
    assert settings.registry == str(SAMPLE)
    assert (settings.as_of, settings.language, settings.audience) == (None, "vi", "internal")


@pytest.mark.parametrize("written", ["2020-12-05", "05/12/2020", date(2020, 12, 5), datetime(2020, 12, 5)])
def test_a_day_is_read_from_iso_text_and_as_it_is_written_in_vietnam(written):
    assert repr(check_settings(as_of=written).as_of) == repr(date(2020, 12, 5))


@pytest.mark.parametrize(
    ("bad", "name"),
    [
        ({"language": "vn"}, "LANGUAGE"),
        ({"audience": "all"}, "AUDIENCE"),
        ({"as_of": "12/31/2020"}, "AS_OF"),
        ({"as_of": 2020}, "AS_OF"),
        ({"as_of": 0}, "AS_OF"),
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


def test_a_target_is_one_of_the_plans(tmp_path, monkeypatch):
    monkeypatch.setenv("KTTT_OUTPUTS", str(tmp_path))
    run = open_run("ninh-binh-2020", "sample", None)
    assert (run.target("T3"), run.target("")) == ("T3", "T1")
    with pytest.raises(KtttError, match=r"T99.*T1, T2"):
        run.target("T99")


def test_a_report_of_another_registry_or_language_is_told_before_it_is_replaced(tmp_path, monkeypatch):
    monkeypatch.setenv("KTTT_OUTPUTS", str(tmp_path))
    run = open_run("ninh-binh-2020", "sample", None)
    assert not stands_for_another(run, tmp_path)
    write_manifest(run, tmp_path)
    assert not stands_for_another(run, tmp_path)
    assert stands_for_another(open_run("ninh-binh-2020", "sample", None, "en"), tmp_path)
    manifest = (tmp_path / "manifest.json").read_text(encoding="utf-8")
    (tmp_path / "manifest.json").write_text(manifest.replace('"organisations.csv": "', '"organisations.csv": "0'))
    assert stands_for_another(run, tmp_path)
