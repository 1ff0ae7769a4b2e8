"""A faulty plan is refused with every fault at once, each on its own line of the file, in both languages."""

import textwrap
from datetime import date
from pathlib import Path

import pytest
from pydantic import ValidationError

from kttt_lib.errors import KtttError
from kttt_lib.indicators import INDICATORS as ALL
from kttt_lib.plan import RecordError, check_plan, load_plan
from kttt_lib.plan.model import Growth
from kttt_lib.plan.provinces import nearest_area

INDICATORS = {"new_htx", "new_tht", "measure_delivery"}
RULES = {"effective.kha", "effective.ntm13", "new_model.law2012", "ceased.three_months"}

GOOD = """\
id: tinh-2020
province: Tỉnh
title_vi: Kế hoạch
title_en: Plan
document:
  number: 1/KH-UBND
  issuer: UBND
  title_vi: Kế hoạch
  source_title: Trang
  source_publisher: Báo
  read: press
period: {start: 2020-01-01, end: 2020-12-31}
population_start: 2019-12-31
definitions: {effective: effective.kha, new_model: new_model.law2012, ceased: ceased.three_months}
targets:
  - id: T1
    title_vi: Một
    title_en: One
    indicator: new_htx
    comparator: ">="
    threshold: 20
    unit: htx
    deadline: 2020-12-31
    quote_place: {paragraph: 1, sentence: 1, words: một hai}
  - id: T2
    title_vi: Hai
    title_en: Two
    indicator: new_tht
    comparator: track
    unit: tht
    deadline: 2020-12-31
    quote_place: {published_row: tht_new/Tỉnh/2020/0}
"""


def check(tmp_path: Path, text: str, name: str = "plan.yaml"):
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    return check_plan(path, INDICATORS, RULES)


def test_the_good_plan_is_good(tmp_path):
    assert check(tmp_path, GOOD) == []


def test_a_day_may_be_written_as_in_vietnam(tmp_path):
    path = tmp_path / "plan.yaml"
    text = GOOD.replace("deadline: 2020-12-31", "deadline: 5/12/2020", 1)
    path.write_text(text.replace("start: 2020-01-01", 'start: "01/01/2020"'), encoding="utf-8")
    plan = load_plan(path)
    assert (plan.targets[0].deadline, plan.period.start) == (date(2020, 12, 5), date(2020, 1, 1))
    assert check(tmp_path, text.replace("deadline: 5/12/2020", "deadline: 05/12/2021"))[0].line == 23


# (what to replace, with what, line of the fault, words that the English and the Vietnamese message must hold)
FAULTS = [
    (
        "indicator: new_htx",
        "indicator: new_htxx",
        19,
        ["no indicator 'new_htxx'", "did you mean 'new_htx'"],
        "có phải ý bạn là",
    ),
    ('comparator: ">="', 'comparator: "=>"', 20, ["'=>'", "did you mean '>='"], "'=>' không dùng được"),
    ('comparator: ">="', "comparator: ≥", 20, ["did you mean '>='"], "'>='"),
    ('comparator: ">="', "comparator: >=", 20, ['put the value in quotes: ">="'], "dấu nháy"),
    ("comparator: track", "comparator: trakc", 29, ["did you mean 'track'"], "'track'"),
    ("id: T2", "id: T1", 25, ["'T1' is already used at line 16"], "đã dùng ở dòng 16"),
    ("threshold: 20", "treshold: 20", 21, ["no field 'treshold'", "did you mean 'threshold'"], "không có trường"),
    ("threshold: 20", 'threshold: "20"', 21, ["'20' is not a number", "drop the quotes"], "bỏ dấu nháy"),
    ("threshold: 20", "threshold: .inf", 21, ["finite"], "hữu hạn"),
    ("threshold: 20", "threshold:", 16, ["threshold is missing"], "thiếu ngưỡng"),
    ("title_en: One", "title_en:", 18, ["left empty"], "để trống"),
    ("unit: htx", "unit: HTX", 22, ["did you mean 'htx'"], "'htx'"),
    (
        "unit: htx\n    deadline: 2020-12-31",
        "unit: htx\n    deadline: 2021-01-01",
        23,
        ["outside the plan's period"],
        "ngoài kỳ",
    ),
    (
        "unit: htx\n    deadline: 2020-12-31",
        "unit: htx\n    deadline: 2020-13-31",
        23,
        ["no real date"],
        "không phải ngày",
    ),
    (
        "unit: htx\n    deadline: 2020-12-31",
        "unit: htx\n    deadline: 12/31/2020",
        23,
        ["'12/31/2020' is not a day", "31/12/2020"],
        "không phải là ngày",
    ),
    (
        "effective.kha",
        "effective.tot",
        14,
        ["no rule 'effective.tot'", "choose one of: 'kha', 'ntm13'"],
        "không có quy tắc",
    ),
    ("start: 2020-01-01", "start: 2021-01-01", 12, ["is before the start"], "trước ngày bắt đầu"),
    ("effective.kha", "effective.ntm12", 14, ["did you mean 'ntm13'"], "có phải ý bạn là 'ntm13'"),
    ("read: press", "read: paper", 11, ["'paper'", "'press'"], "'press'"),
    ("number: 1/KH-UBND", "number: 1", 6, ["'1' is not a text", "put it in quotes"], "trong dấu nháy"),
    ("province: Tỉnh\n", "", 1, ["field 'province' is missing"], "thiếu trường 'province'"),
    ("title_en: Two", "title_en: Two\n    title_en: Three", 28, ["already stands at line 27"], "đã có ở dòng 27"),
    ("paragraph: 1, sentence: 1, words: một hai", "paragraph: 1", 24, ["quote_place needs"], "quote_place cần"),
    (
        "published_row: tht_new/Tỉnh/2020/0",
        "published_row: x, sentence: 2",
        32,
        ["takes no paragraph"],
        "không đi cùng",
    ),
    ("comparator: track", "comparator: track\n    threshold: 3", 25, ["takes no threshold"], "không có ngưỡng"),
    ("    threshold: 20\n", "", 16, ["threshold is missing"], "thiếu ngưỡng"),
    ("unit: htx", 'unit: "%"\n    parameters: {a: {b: 1}}', 23, ["a parameter must be"], "tham số phải là"),
    ("threshold: 20\n    unit: htx", 'threshold: 120\n    unit: "%"', 21, ["outside 0-100"], "nằm ngoài 0–100"),
    ("id: tinh-2020", "id: Tỉnh 2020", 1, ["small letters, digits and hyphens"], "chữ thường"),
    ("province: Tỉnh", "province: !!python/name:os.system ''", 2, ["tag"], "nhãn"),
    ("province: Tỉnh", "province: '   '", 2, ["must not be blank"], "không được để trống"),
    ("province: Tỉnh", "province: [Tỉnh", 2, ["not YAML"], "không đúng cú pháp"),
    ("    unit: htx\n", "\tunit: htx\n", 22, ["spaces, not tabs"], "dấu cách"),
]


@pytest.mark.parametrize(
    ("old", "new", "line", "english", "vietnamese"), FAULTS, ids=[f"{f[3] or f[1]}" for f in FAULTS]
)
def test_a_fault_is_named_with_its_line(tmp_path, old, new, line, english, vietnamese):
    assert GOOD.count(old) >= 1
    problems = check(tmp_path, GOOD.replace(old, new, 1))
    assert [problem.line for problem in problems] == [line], [problem.text_en for problem in problems]
    for words in english:
        assert words in problems[0].text_en
    assert vietnamese in problems[0].text_vi
    assert "plan.yaml" in problems[0].text_en and f"dòng {line}" in problems[0].text_vi


def test_all_faults_come_at_once_in_the_order_of_lines(tmp_path):
    text = GOOD.replace("new_htx", "new_htxx").replace('">="', '"=>"').replace("threshold: 20", "treshold: 20")
    text = text.replace("id: T2", "id: T1").replace("province: Tỉnh", "province: 5").replace("effective.kha", "kha")
    path = tmp_path / "bad.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(RecordError) as caught:
        load_plan(path, INDICATORS, RULES)
    error = caught.value
    assert [problem.line for problem in error.problems] == [2, 14, 14, 19, 20, 21, 25]
    assert isinstance(error, KtttError) and error.exit_code == 2
    assert error.message_en.startswith(f"{path} has 7 faults:")
    assert error.message_vi.startswith(f"{path} có 7 lỗi:")
    assert len(error.message_vi.splitlines()) == len(error.message_en.splitlines()) == 8


def test_a_list_item_is_named_by_its_id(tmp_path):
    (problem,) = check(tmp_path, GOOD.replace("unit: tht", "unit: thtt"))
    assert problem.place == "targets[1] (T2).unit"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "empty"),
        ("- 1\n", "not a group of fields"),
        ("a: 1\n---\nb: 2\n", "not YAML"),
        ("[" * 3000, "too deep"),
        ("a: \x07\n", "control character"),
        ("? [1]\n: 2\n", "name must be text"),
    ],
)
def test_what_is_no_plan_at_all(tmp_path, text, words):
    problems = check(tmp_path, text)
    assert any(words in problem.text_en for problem in problems)


def test_files_that_cannot_be_read(tmp_path):
    assert "no such file" in check_plan(tmp_path / "absent.yaml")[0].text_en
    assert "cannot be read" in check_plan(tmp_path)[0].text_en
    (tmp_path / "latin.yaml").write_bytes("province: Tỉnh".encode("utf-16"))
    assert "UTF-8" in check_plan(tmp_path / "latin.yaml")[0].text_en


def test_a_byte_order_mark_and_windows_lines_are_fine(tmp_path):
    path = tmp_path / "windows.yaml"
    path.write_bytes(b"\xef\xbb\xbf" + GOOD.replace("\n", "\r\n").encode())
    assert check_plan(path, INDICATORS, RULES) == []


def test_without_known_ids_those_checks_are_left_out(tmp_path):
    path = tmp_path / "plan.yaml"
    path.write_text(GOOD.replace("new_htx", "anything"), encoding="utf-8")
    assert check_plan(path) == []
    assert len(check_plan(path, indicators=set())) == 2


def check_asked(tmp_path, old, new):
    path = tmp_path / "plan.yaml"
    assert old in GOOD
    path.write_text(GOOD.replace(old, new, 1), encoding="utf-8")
    problems = check_plan(path, ALL, RULES | {"ceased.twelve_months"})
    for problem in problems:
        assert problem.message_vi != problem.message_en
    return problems


@pytest.mark.parametrize(
    ("parameters", "words"),
    [
        ("{include_qtdnd: true, sector: agriculture}", None),
        ("{kind: [htx]}", None),
        ("{include_qtdn: true}", "did you mean 'include_qtdnd'"),
        ('{include_qtdnd: "true"}', "'true' is not true or false"),
        ("{include_qtdnd: 1}", "'1' is not true or false"),
        ("{kind: [htx, hxt]}", "did you mean 'htx'"),
        ("{kind: []}", "needs at least 1 item"),
        ("{sector: [agriculture]}", "is no value here"),
        ("{sector: 3}", "'3' is no value here"),
    ],
)
def test_parameters_are_checked_against_the_indicator(tmp_path, parameters, words):
    problems = check_asked(tmp_path, "unit: htx", f"unit: htx\n    parameters: {parameters}")
    assert [problem.line for problem in problems] == ([] if words is None else [23])
    assert words is None or words in problems[0].text_en


@pytest.mark.parametrize(
    ("area", "words"),
    [
        ("99.5", None),
        ("true", "'True' is not a number"),
        ("[100]", "is not a number"),
        ("0", "must be above 0"),
        ("10001", "must be at most 10000"),
        ("100.000", "'100.000' can be read in two ways"),
        ("0100", "'0100' can be read in two ways"),
        ("1:40", "'1:40' can be read in two ways"),
    ],
)
def test_numbers_of_parameters_have_a_range_and_one_reading(tmp_path, area, words):
    old = "indicator: new_tht\n    comparator: track\n    unit: tht"
    new = "indicator: merged_inter_village_share\n    parameters: {max_area_ha: AREA}\n    comparator: track"
    problems = check_asked(tmp_path, old, new.replace("AREA", area) + "\n    unit: '%'")
    assert [problem.line for problem in problems] == ([] if words is None else [29])
    assert words is None or words in problems[0].text_en


def test_a_wrong_word_in_a_list_is_named_on_its_own_line_with_the_nearest_and_all_that_are_allowed(tmp_path):
    old = "indicator: new_htx"
    new = "indicator: htx_supported\n    parameters:\n      programmes:\n        - land\n        - infrastucture"
    (problem,) = check_asked(tmp_path, old, new)
    assert problem.line == 23
    assert problem.place == "targets[0] (T1).parameters.programmes[1]"
    assert "did you mean 'infrastructure'? Choose one of: 'infrastructure', 'industrial_promotion'" in problem.text_en
    assert "có phải ý bạn là 'infrastructure'? Chọn một trong:" in problem.text_vi


def test_a_unit_or_parameter_that_the_indicator_does_not_have(tmp_path):
    (unit,) = check_asked(tmp_path, "unit: tht", "unit: htx")
    assert "counts in 'tht', not in 'htx'" in unit.text_en and unit.line == 30
    old = "indicator: new_tht\n    comparator: track\n    unit: tht"
    new = 'indicator: awareness\n    comparator: track\n    unit: "%"\n    parameters: {a: 1}'
    (parameter,) = check_asked(tmp_path, old, new)
    assert "no parameter 'a' → it takes none" in parameter.text_en and parameter.line == 31


@pytest.mark.parametrize(
    ("old", "new", "line", "words"),
    [
        ("population_start: 2019-12-31", "population_start: 2021-01-01", 13, "after the plan's end 2020-12-31"),
        ("population_start: 2019-12-31", "population_start: 2020-03-31", None, ""),
        ("population_start: 2019-12-31", "population_start: 2109-12-31", 13, "must be at most 2100-12-31"),
        ("threshold: 20", "threshold: 20.5", 21, "20.5 is no whole number of HTX"),
        ("threshold: 20", "threshold: -1", 21, "-1 cannot be negative"),
        ("threshold: 20", "threshold: 1.200", 21, "'1.200' can be read in two ways"),
        ("threshold: 20", "threshold: 20\n    rule: ceased.twelve_months", 22, "rests on no rule of 'ceased'"),
    ],
)
def test_days_numbers_and_rules_that_cannot_be_meant_are_refused_on_their_line(tmp_path, old, new, line, words):
    problems = check_asked(tmp_path, old, new)
    assert [problem.line for problem in problems[:1]] == ([] if line is None else [line])
    assert line is None or words in problems[0].text_en


def test_a_promise_due_before_its_cohort_is_fixed_is_refused_at_its_deadline(tmp_path):
    text = GOOD.replace("population_start: 2019-12-31", "population_start: 2020-03-31").replace(
        "indicator: new_tht\n    comparator: track\n    unit: tht\n    deadline: 2020-12-31",
        "indicator: ceased_dissolved_share\n    comparator: track\n    unit: '%'\n    deadline: 2020-03-01",
    )
    path = tmp_path / "plan.yaml"
    path.write_text(text, encoding="utf-8")
    (problem,) = check_plan(path, ALL, RULES)
    assert problem.line == 31 and "before the day 2020-03-31 on which the cohort is fixed" in problem.text_en


SHARE = 'indicator: profitable_share\n    comparator: ">="\n    threshold: {}\n    unit: "%"'


@pytest.mark.parametrize(
    ("threshold", "words"),
    [
        ("0.9", "0.9 % may be 0.9 % indeed, or 90 % written as a fraction → write 90, or add confirmed: [threshold]"),
        ("1", "1 % may be 1 % indeed, or 100 %"),
        ("0", None),
        ("1.1", None),
        ("0.9\n    confirmed: [threshold]", None),
        ("90\n    baseline: {value: 0.45, on: 2019-12-31, note_vi: a, note_en: b}", "add confirmed: [baseline]"),
        ("90\n    baseline: {value: 145, on: 2019-12-31, note_vi: a, note_en: b}", "145 % is outside 0-100"),
        ("0.9\n    confirmed: [baseline]", "0.9 % may be 0.9 % indeed"),
    ],
)
def test_a_share_that_may_be_a_fraction_of_one_is_asked_about_until_the_plan_says_it_is_meant(
    tmp_path, threshold, words
):
    old = 'indicator: new_htx\n    comparator: ">="\n    threshold: 20\n    unit: htx'
    problems = check_asked(tmp_path, old, SHARE.format(threshold))
    assert [words in problem.text_en for problem in problems] == ([] if words is None else [True])


INCOME = (
    'measure: {what: mean, column: worker_income, of: {kind: htx}}\n    comparator: ">="\n    threshold: %s\n'
    "    unit: million_vnd_per_person_year"
)
TOTAL = (
    'indicator: revenue_total\n    parameters: {kind: htx}\n    comparator: ">="\n'
    "    threshold: %s\n    unit: million_vnd"
)


@pytest.mark.parametrize(
    ("promise", "words"),
    [
        (INCOME % "60000000", "60,000,000 million VND per person per year: more than the whole country can have"),
        (INCOME % "60", None),
        (INCOME % "60000000\n    confirmed: [threshold]", None),
        (TOTAL % "2600000", None),
        (TOTAL % "2600000000", "2,600,000,000 million VND: more than"),
    ],
)
def test_a_number_beyond_what_the_country_has_is_asked_about_until_the_plan_says_it_is_meant(tmp_path, promise, words):
    old = 'indicator: new_htx\n    comparator: ">="\n    threshold: 20\n    unit: htx'
    problems = check_asked(tmp_path, old, promise)
    assert [words in problem.text_en for problem in problems] == ([] if words is None else [True])


def test_a_province_that_no_list_has_gets_a_word_and_the_nearest():
    assert nearest_area("Kon Tunm") == "Kon Tum" and nearest_area("Xyz") == ""
    assert {nearest_area(name) for name in ("Kon Tum", "Ninh Bình", "Hà Nội", "Nghệ An", "Việt Nam")} == {None}


@pytest.mark.parametrize(
    ("chosen", "line", "words"),
    [
        ("{year: 2020, rulebook: tt01_2020}", None, ""),
        ("{year: 2020, rulebook: tt1_2020}", 15, "no rulebook 'tt1_2020' gives grades → did you mean 'tt01_2020'"),
        ("{year: 2020, rulebook: law2023}", 15, "no rulebook 'law2023' gives grades"),
        ("{year: 20200, rulebook: tt01_2020}", 15, "must be at most 2100"),
        ("{year: 2020, rulebook: tt01_2020}, {year: 2020, rulebook: tt09_2017}", 1, "one year takes one rulebook"),
        ("{year: 2020, rulebook: TT 01}", 15, "e.g. tt01_2020"),
    ],
)
def test_a_rulebook_that_the_plan_chooses_is_known_and_one_a_year(tmp_path, chosen, line, words):
    path = tmp_path / "plan.yaml"
    path.write_text(GOOD.replace("targets:", f"rulebooks: [{chosen}]\ntargets:"), encoding="utf-8")
    problems = check_plan(path, INDICATORS, RULES, ["tt01_2020", "tt09_2017"])
    assert [problem.line for problem in problems][:1] == ([] if line is None else [line])
    assert line is None or any(words in problem.text_en for problem in problems), problems
    assert check_plan(path, INDICATORS, RULES) == [] or "gives grades" not in words


def test_a_count_is_in_the_unit_of_the_kind_that_it_counts(tmp_path):
    path = tmp_path / "plan.yaml"
    for kind, unit in (("lhhtx", "lhhtx"), ("[htx, tht]", "organisation"), ("[tht]", "tht"), ("hxt", "htx")):
        given = GOOD.replace("unit: htx", f"unit: {unit}\n    parameters: {{kind: {kind}}}")
        path.write_text(given, encoding="utf-8")
        assert [p for p in check_plan(path, ALL) if p.place.endswith("unit")] == [], kind
    path.write_text(GOOD.replace("unit: htx", "unit: htx\n    parameters: {kind: lhhtx}"), encoding="utf-8")
    (problem,) = check_plan(path, ALL)
    assert "counts in 'lhhtx', not in 'htx'" in problem.text_en and problem.line == 22


def test_an_alias_of_a_group_is_refused(tmp_path):
    text = textwrap.dedent("""\
        period: &p {start: 2020-01-01, end: 2020-12-31}
        definitions: *p
        """)
    problems = check(tmp_path, text)
    assert [problem.line for problem in problems if "aliases" in problem.text_en] == [1]


def test_a_base_year_in_quotes_is_that_year_and_what_may_stand_beside_a_closed_list_is_told():
    assert Growth.model_validate({"on": "2020"}).on == 2020
    with pytest.raises(ValidationError):
        Growth.model_validate({"on": "1020"})
