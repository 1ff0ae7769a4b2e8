"""A mistyped parameter is refused before anything starts."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from kttt_lib.errors import KtttError
from kttt_lib.pipeline.publish import foretold, write_manifest
from kttt_lib.pipeline.run import open_run
from kttt_lib.pipeline.settings import check_settings
from kttt_lib.registry.sample import write_sample
from kttt_lib.resources import PLANS, ROOT, SAMPLE


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
    with pytest.raises(KtttError, match="did you mean 'ninh-binh-2020'"):
        check_settings(plan="ninh-bin-2020")
    with pytest.raises(KtttError, match="Did you mean 'sample'"):
        check_settings(registry="Sample")


@pytest.mark.parametrize(
    ("bad", "mend"),
    [
        ({"plan": 23}, "text in quotes"),
        ({"registry": 3}, "text in quotes"),
        ({"comments": ["a.csv"]}, "text in quotes"),
        ({"quarantine": "true"}, "True or False"),
        ({"language": ["vi"]}, "'vi', 'en'"),
        ({"audience": None}, "'internal', 'public'"),
        ({"as_of": 2020}, "YYYY-MM-DD|year-month-day"),
    ],
)
def test_a_value_of_another_type_is_refused_by_its_name(bad, mend):
    with pytest.raises(KtttError, match=mend) as caught:
        check_settings(**bad)
    assert next(iter(bad)).upper() in caught.value.message_vi


def test_an_empty_day_is_the_plans_end_whichever_the_plan(tmp_path, monkeypatch):
    monkeypatch.setenv("KTTT_OUTPUTS", str(tmp_path))
    write_sample(tmp_path / "r", organisations=20, province="Cần Thơ")
    run = open_run("can-tho-2023", tmp_path / "r", as_of="")
    assert run.as_of == run.plan.period.end != open_run(as_of="").as_of


@pytest.mark.parametrize(
    ("parameter", "name"), [("plan", "nowhere.yaml"), ("registry", "nowhere"), ("comments", "c.csv")]
)
def test_a_relative_path_is_looked_for_in_the_checkout_and_here_and_the_message_says_where(
    tmp_path, monkeypatch, parameter, name
):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(KtttError) as caught:
        check_settings(**{parameter: name})
    for message in (caught.value.message_vi, caught.value.message_en):
        assert f"{parameter.upper()} = {name!r}" in message
        assert str(ROOT / name) in message and str(tmp_path / name) in message


def test_a_relative_path_is_the_checkouts_or_the_current_folders_and_never_a_guess(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert check_settings(registry="data/sample/ninh-binh").registry == str(SAMPLE)
    assert check_settings(plan="data/plans/gia-lai-2023.yaml").plan == PLANS / "gia-lai-2023.yaml"
    (tmp_path / "mine").mkdir()
    assert check_settings(registry="mine").registry == str(tmp_path / "mine")
    (tmp_path / "data").mkdir()
    with pytest.raises(KtttError, match=r"in two places.*whole path"):
        check_settings(registry="data")
    assert check_settings(registry=str(tmp_path / "data")).registry == str(tmp_path / "data")
    assert check_settings(registry="sqlite:///nowhere.db").registry == "sqlite:///nowhere.db"
    with pytest.raises(KtttError, match="REGISTRY = ''"):
        check_settings(registry="")


def test_a_target_is_one_of_the_plans(tmp_path, monkeypatch):
    monkeypatch.setenv("KTTT_OUTPUTS", str(tmp_path))
    run = open_run("ninh-binh-2020", "sample", None)
    assert (run.target("T3"), run.target("")) == ("T3", "T1")
    for wrong, near in (("t3", "T3"), ("T99", "T9"), (3, "T3")):
        with pytest.raises(KtttError, match=f"TARGET.*'{near}'"):
            run.target(wrong)


def test_a_report_of_another_registry_or_language_is_told_before_it_is_foretold(tmp_path, monkeypatch):
    monkeypatch.setenv("KTTT_OUTPUTS", str(tmp_path))
    run = open_run("ninh-binh-2020", "sample", None)
    (later,) = foretold(run, tmp_path)
    assert "sau ngày 31/12/2020" in later and "Báo cáo năm: 84;" in later and "29/04/2021 (--as-of)" in later
    write_manifest(run, tmp_path)
    assert foretold(run, tmp_path) == [later]
    assert len(foretold(open_run("ninh-binh-2020", "sample", None, "en"), tmp_path)) == 2
    manifest = (tmp_path / "manifest.json").read_text(encoding="utf-8")
    (tmp_path / "manifest.json").write_text(manifest.replace('"organisations.csv": "', '"organisations.csv": "0'))
    _, told = foretold(run, tmp_path)
    named = "“Dữ liệu mô phỏng, không phải số liệu thật” (activities.csv, …, vi)"
    assert f"lập từ {named}, bằng báo cáo lập từ {named}" in told and f"/{tmp_path.name}," in told
