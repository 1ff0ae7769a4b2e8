"""Features, programmes, audiences and task groups are lists as data, which a province extends without the package."""

from __future__ import annotations

import json
from pathlib import Path

import openpyxl
import pandas as pd
import pytest
import yaml
from click.testing import CliRunner, Result
from registry_facts import ABOUT, day, organisation, tables

from kttt_lib.analysis.resources.money import spending
from kttt_lib.cli.main import main
from kttt_lib.errors import KtttError
from kttt_lib.indicators import INDICATORS, indicator_of, measure
from kttt_lib.plan import check_plan, load_plan
from kttt_lib.plan.lists import OPEN_LISTS, STANDARD
from kttt_lib.rating.facts import Facts
from kttt_lib.registry import plan_merge, read_registry, registry_from_frames, save, write_registry
from kttt_lib.registry.schema import models_of, words_of
from kttt_lib.resources import PLANS

LOTUS = {"code": "lotus", "kind": "model", "vi": "Trồng sen", "en": "Lotus farming"}
LISTS = {"features": [LOTUS], "task_groups": [{"code": "M1", "vi": "Tuyên truyền", "en": "Communication"}]}


def facts_of(feature: str, org: str = "A") -> dict[str, pd.DataFrame]:
    begun = {"org_id": org, "feature": feature, "began_on": day("2019-01-01")}
    done = {"activity_id": "V1", "task_group": "M1", "date": day("2019-05-01"), "kind": "họp", "spent": 5.0}
    return tables([organisation(org)], features=[begun], activities=[done])


@pytest.mark.parametrize("form", ["r", "r.xlsx", "r.sqlite"])
def test_a_code_of_the_registry_s_own_is_read_from_every_form_of_source(tmp_path, form):
    given = facts_of("lotus")
    (write_registry if form == "r" else save)(given, ABOUT | {"lists": LISTS}, tmp_path / form)
    registry = read_registry(tmp_path / form).require_clean()
    assert registry.tables["features"]["feature"].tolist() == ["lotus"]
    assert words_of(registry.about, "features")["lotus"] == ("Trồng sen", "Lotus farming")
    assert models_of(registry.about) == (*models_of({}), "lotus")
    if form == "r.xlsx":
        sheet = openpyxl.load_workbook(tmp_path / form)["Danh mục"]
        words = [[cell.value for cell in column] for column in sheet.columns]
        assert any(column[0] == "features.feature" and "Trồng sen" in column for column in words)


def test_a_code_of_the_plan_s_own_is_read_with_the_plan_and_told_without(tmp_path):
    folder = write_registry(facts_of("lotus"), ABOUT, tmp_path / "r")
    registry = read_registry(folder, load_plan(plan_of(tmp_path / "p.yaml")).lists)
    assert registry.errors.empty and registry.about["lists"] == {"features": [LOTUS]}
    (found,) = read_registry(folder).errors.to_dict("records")
    assert found["rule"] == "not_declared"
    assert "lists.features của kế hoạch hay của registry.yaml" in found["mend_vi"]


def plan_of(path: Path, **target: object) -> Path:
    """The plan of Ninh Bình with a list of its own and, when told, one promise only."""
    plan = yaml.safe_load((PLANS / "ninh-binh-2020.yaml").read_text(encoding="utf-8")) | {
        "lists": {"features": [LOTUS]}
    }
    if target:
        one = {name: plan["targets"][0][name] for name in ("id", "title_vi", "title_en", "deadline", "quote_place")}
        plan |= {"targets": [one | {"comparator": "track"} | target], "aims": [], "measures": []}
    path.write_text(yaml.safe_dump(plan, allow_unicode=True), encoding="utf-8")
    return path


@pytest.mark.parametrize(
    "asked",
    [
        {"indicator": "htx_with_feature", "parameters": {"feature": "WORD"}},
        {"measure": {"what": "count", "that": {"feature": ["organic", "WORD"]}}},
    ],
)
def test_a_promise_may_name_a_code_of_the_plan_s_own_and_only_such_a_one(tmp_path, asked):
    def target(word: str) -> dict:
        return json.loads(json.dumps(asked).replace("WORD", word)) | {"unit": "htx"}

    path = plan_of(tmp_path / "p.yaml", **target("lotus"))
    assert check_plan(path, INDICATORS) == []
    (problem,) = check_plan(plan_of(tmp_path / "q.yaml", **target("high_tec")), INDICATORS)
    assert "có phải ý bạn là 'high_tech'?" in problem.mend_vi
    plan = load_plan(path, INDICATORS)
    registry = registry_from_frames(facts_of("lotus"), ABOUT | {"lists": LISTS})
    promise = plan.targets[0]
    found = measure(promise.indicator, registry.as_of("2019-12-31"), promise.parameters, plan)
    assert found.value == 1
    if "measure" in asked:
        said = indicator_of(promise, plan.lists)
        assert "“Theo hướng hữu cơ” hoặc “Trồng sen”" in said.counts_vi and "“Lotus farming”" in said.counts_en
    else:
        with pytest.raises(KtttError, match="lotus"):
            measure("htx_with_feature", read_registry("sample").as_of("2019-12-31"), {"feature": "lotus"})


@pytest.mark.parametrize(
    ("word", "vi", "en"),
    [("vietgab", "“Chứng nhận VietGAP”", "“VietGAP certificate”"), ("Huu co", "“Chứng nhận hữu cơ”", "“Organic")],
)
def test_a_code_that_nobody_declared_is_told_with_the_nearest(word, vi, en):
    (found,) = registry_from_frames(facts_of(word), ABOUT).errors.to_dict("records")
    near_vi, near_en = found["mend_vi"].split(". ")[0], found["mend_en"].split(". ")[0]
    assert found["rule"] == "not_declared" and vi in near_vi and en in near_en
    assert registry_from_frames(facts_of("xyzw"), ABOUT).errors["mend_vi"][0].startswith("Chọn một trong: ")


@pytest.mark.parametrize(
    ("lists", "vi", "en"),
    [
        ({"features": [LOTUS | {"code": "ocop"}]}, "đã có nghĩa “Sản phẩm OCOP”", "already means “OCOP product”"),
        ({"features": [LOTUS | {"vi": "Sản phẩm ocop"}]}, "là tên của mã 'ocop'", "is the title of the code 'ocop'"),
        ({"features": [LOTUS, LOTUS]}, "ghi hai lần", "stands twice"),
        ({"feature": [LOTUS]}, "không có mục này; chọn một trong: features", "no such field; choose one of"),
        ({"features": [LOTUS | {"kin": "x"}]}, "lists.features.0.kin", "choose one of: code, vi, en, kind"),
        ({"features": [LOTUS | {"code": "sen hồng"}]}, "lists.features.0.code", "plain letters"),
        ({"features": "lotus"}, "không phải danh sách", "is not a list"),
    ],
)
def test_lists_that_cannot_be_read_or_say_two_things_are_refused_by_place(lists, vi, en):
    with pytest.raises(KtttError) as caught:
        registry_from_frames(facts_of("organic"), ABOUT | {"lists": lists})
    assert vi in caught.value.message_vi and en in caught.value.message_en


def test_a_plan_that_gives_a_standard_code_another_meaning_is_told_at_its_line(tmp_path):
    text = (PLANS / "ninh-binh-2020.yaml").read_text(encoding="utf-8")
    own = "lists:\n  programmes:\n    - {code: land, vi: Đất rừng, en: Forest land}\ntargets:\n"
    (tmp_path / "p.yaml").write_text(text.replace("targets:\n", own, 1), encoding="utf-8")
    (problem,) = check_plan(tmp_path / "p.yaml")
    assert problem.place == "lists.programmes[0]" and "mã 'land' đã có nghĩa “Đất đai”" in problem.message_vi
    assert problem.line == text[: text.index("targets:\n")].count("\n") + 3


def test_the_commands_know_the_codes_of_a_plan_when_it_is_named(tmp_path):
    plan = plan_of(tmp_path / "p.yaml")
    folder = write_registry(facts_of("lotus"), ABOUT, tmp_path / "r")

    def run(*command: str) -> Result:
        return CliRunner().invoke(main, [*command, "--plan", str(plan)], catch_exceptions=False)

    assert CliRunner().invoke(main, ["check", str(folder)]).exit_code == 2
    assert run("check", str(folder)).exit_code == 0
    assert run("template", str(tmp_path / "t.xlsx")).exit_code == 0
    assert list(openpyxl.load_workbook(tmp_path / "t.xlsx")["Danh mục"].values)[14].count("Trồng sen")
    assert (
        run("merge", str(folder), str(write_registry(facts_of("lotus", "B"), ABOUT, tmp_path / "b")), "--yes").exit_code
        == 0
    )
    assert CliRunner().invoke(main, ["check", str(folder)]).exit_code == 0, "the registry has the plan's codes now"


def test_a_district_s_workbook_may_use_the_codes_of_the_registry_that_it_goes_into(tmp_path):
    old = write_registry(facts_of("lotus"), ABOUT | {"lists": LISTS}, tmp_path / "old")
    more = {"programmes": [{"code": "shop", "vi": "Cửa hàng giới thiệu", "en": "Show room"}]}
    new = facts_of("lotus", "B") | {
        "support_events": pd.DataFrame([{"org_id": "B", "date": day("2019-02-02"), "programme": "shop"}])
    }
    plan = plan_merge(old, write_registry(new, ABOUT | {"lists": more}, tmp_path / "new"))
    assert plan.errors.empty and plan.summary()["added"].sum() == 3  # the activity is the same one
    assert plan.merged.about["lists"] == {"features": [LOTUS], **more, "task_groups": LISTS["task_groups"]}
    again = plan_merge(read_registry(old), registry_from_frames(new, ABOUT | {"lists": more}))
    assert again.errors.empty and again.merged.about["lists"] == plan.merged.about["lists"]


def test_a_plan_names_its_own_task_groups_and_adds_to_them():
    groups = [*LISTS["task_groups"], {"code": "N9", "vi": "Liên kết vùng", "en": "Regional links"}]
    given = facts_of("organic")
    more = given["activities"].assign(activity_id="V2", task_group="N9")
    given["activities"] = pd.concat([given["activities"], more], ignore_index=True)
    registry = registry_from_frames(given, ABOUT | {"lists": {"task_groups": groups}}).require_clean()
    words = words_of(registry.about, "task_groups")
    assert (words["M1"], words["N9"]) == (("Tuyên truyền", "Communication"), ("Liên kết vùng", "Regional links"))
    assert spending(Facts(registry.as_of("2019-12-31")))["task_group"].tolist() == ["M1", "N9", "all"]


def test_every_word_of_the_standard_lists_is_told_apart_from_every_other():
    for name in OPEN_LISTS:
        entries = STANDARD.titles(name).items()
        words = [word for code, titles in entries for word in {text.casefold() for text in (code, *titles)}]
        assert len(set(words)) == len(words), name
        assert all(entry.source for entry in getattr(STANDARD, name)) or name == "task_groups"
