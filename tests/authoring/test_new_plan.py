"""A plan to begin with passes the check as it stands, says what is in force in its years, and shows each form."""

import re
import unicodedata
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from kttt_lib.authoring.new_plan import plan_skeleton, skeleton_text
from kttt_lib.errors import KtttError
from kttt_lib.grammar.measure import TAKES
from kttt_lib.indicators import INDICATORS
from kttt_lib.plan import UNITS, Plan, check_plan
from kttt_lib.plan.model import Definitions, Target, Terms
from kttt_lib.plan.provinces import level
from kttt_lib.rating import load_definitions, scored_rulebooks

# Every form of what is measured but the median, which is asked for as the mean is.
WHAT = set(TAKES) - {"median"}
KNOWN = (INDICATORS, load_definitions(), scored_rulebooks())


def test_it_passes_the_check_and_explains_every_field(tmp_path):
    path = plan_skeleton(tmp_path / "new.yaml", "Kon Tum", "2026")
    assert check_plan(path, *KNOWN) == []
    text = path.read_text(encoding="utf-8")
    for unit in UNITS:
        assert re.search(rf"(^|[ ,]){re.escape(unit)}(,|$)", text, re.MULTILINE), unit
    for model in (Plan, Definitions, Target):
        for name, field in model.model_fields.items():
            assert name in ("note_vi", "upper_end") or f"{field.alias or name}:" in text, name


def test_the_fields_that_stand_as_comments_are_good_too(tmp_path):
    text = skeleton_text("Kon Tum", "2026")
    options = r"^( *)# (?=(lists|figures|  features|  task_groups|issued_on|source_date|rulebooks|confirmed|baseline):)"
    path = tmp_path / "more.yaml"
    path.write_text(re.sub(options, r"\1", text, flags=re.MULTILINE), encoding="utf-8")
    assert check_plan(path, *KNOWN) == []
    assert "\n  features: [" in path.read_text(encoding="utf-8")


EXAMPLES = [
    [line[1:] for line in block.splitlines()]
    for block in re.findall(r"(?:^#    \S.*\n)+", skeleton_text("Kon Tum", "2026:2030"), re.MULTILINE)
]


def test_every_example_put_in_a_targets_place_is_a_good_target(tmp_path):
    text = skeleton_text("Kon Tum", "2026:2030")
    first, _, _ = text.partition("targets:\n")
    shared = [
        "    title_vi: Mẫu", "    title_en: An example", "    deadline: 2030-12-31",
        "    quote_place: {paragraph: 1, sentence: 1, words: ba chữ}",
    ]  # fmt: skip
    targets = [line for n, lines in enumerate(EXAMPLES, 1) for line in (f"  - id: T{n}", *shared, *lines)]
    path = tmp_path / "examples.yaml"
    path.write_text("\n".join([first + "targets:", *targets]), encoding="utf-8")
    assert [problem.text_en for problem in check_plan(path, *KNOWN)] == []
    words = {line.split(":")[0].strip() for lines in EXAMPLES for line in lines}
    assert set(Terms.model_fields) - {"since", "upper_end"} <= words
    assert {lines[0].split("what: ")[1].split(",")[0].rstrip("}") for lines in EXAMPLES} == WHAT


@pytest.mark.parametrize(
    ("period", "ceased", "said"),
    [
        ("2018", "ceased.three_months", "2018: "),
        ("2020", "ceased.three_months", "tt01_2020"),
        ("2025", "ceased.law2023", "Luật Hợp tác xã 17/2023/QH15"),
    ],
)
def test_the_rules_are_those_of_its_first_day(period, ceased, said):
    text = skeleton_text("Kon Tum", period)
    assert yaml.safe_load(text)["definitions"]["ceased"] == ceased
    assert said in text
    assert ("17/2023/QH15" in text) == (period == "2025")
    assert ("23/2012/QH13" in text) == (period != "2025")


@pytest.mark.parametrize(
    ("period", "offered", "kept_back"),
    [
        ("2020", "effective.ntm13 new_model.law2012 ceased.twelve_months", "new_model.law2023 ceased.law2023"),
        ("2021", "effective.kha new_model.law2012", "effective.ntm13 new_model.law2023"),
        ("2021:2025", "new_model.law2012 new_model.law2023 ceased.law2023", "effective.ntm13"),
        (
            "2026",
            "effective.kha new_model.law2023 ceased.law2023",
            "effective.ntm13 new_model.law2012 new_model.programme167 ceased.twelve_months tt01_2020",
        ),
    ],
)
def test_it_offers_the_rules_that_its_years_know(period, offered, kept_back):
    text = skeleton_text("Kon Tum", period)
    assert not [rule for rule in offered.split() if rule not in text]
    assert not [rule for rule in kept_back.split() if rule in text]


def test_it_says_who_rates_nobody_and_who_registers_and_receives_on_its_last_day():
    before, after = (skeleton_text("Kon Tum", period) for period in ("2023", "2025"))
    assert "HTX phi nông nghiệp, LHHTX: không văn bản nào" in after and "HTX phi nông nghiệp" not in before
    assert "tt09_2017" in after and "hiệu lực chưa chắc" in after and "hiệu lực chưa chắc" not in before
    assert "Bộ Kế hoạch và Đầu tư" in before and "Bộ Tài chính" in after and "UBND cấp xã" in after


def test_a_law_that_comes_into_force_within_the_period_bears_its_first_day():
    line = "# - Luật Hợp tác xã 17/2023/QH15"
    for period, told in (("2021:2025", True), ("2025", False)):
        (law,) = [text for text in skeleton_text("Kon Tum", period).splitlines() if text.startswith(line)]
        assert law.endswith("(từ / from 01/07/2024)") == told
    old = [text for text in skeleton_text("Kon Tum", "2021:2025").splitlines() if "23/2012/QH13" in text]
    assert len(old) == 1 and old[0].endswith("(đến / until 30/06/2024)")


def test_years_that_are_graded_alike_are_told_together():
    told = [line for line in skeleton_text("Kon Tum", "2021:2025").splitlines() if "graded under" in line]
    assert told[0].startswith("# - 2021–")
    assert len(told) < 5


@pytest.mark.parametrize(
    ("given", "id", "issuer"),
    [
        ("tỉnh Đắk Lắk", "dak-lak-2026", "UBND tỉnh Đắk Lắk"),
        ("TP. Hồ Chí Minh", "ho-chi-minh-2026", "UBND thành phố Hồ Chí Minh"),
        ("  Bà Rịa - Vũng Tàu ", "ba-ria-vung-tau-2026", "UBND tỉnh Bà Rịa - Vũng Tàu"),
    ],
)
def test_a_province_and_a_city_are_called_what_they_are(given, id, issuer):
    plan = yaml.safe_load(skeleton_text(given, "2026"))
    assert (plan["id"], plan["document"]["issuer"]) == (id, issuer)
    assert ("thành phố" in plan["title_vi"]) == (level(plan["province"]) == "city")


@given(
    st.text(max_size=20) | st.sampled_from(["Yes", "null", "a: b", "Kon\nTum", "Kon Tum # 1", "'"]),
    st.sampled_from(["2026", "2021:2025", "1990"]),
)
def test_any_name_is_refused_or_gives_a_plan_that_holds_it(name, period):
    try:
        text = skeleton_text(name, period)
    except KtttError:
        return
    assert yaml.safe_load(text)["province"] in " ".join(unicodedata.normalize("NFC", name).split())


@pytest.mark.parametrize("period", ["", "26", "2025:2021", "2026-01-01", "1800", "2026:"])
def test_a_period_that_is_none_is_refused(period):
    with pytest.raises(KtttError, match="2026:2030"):
        skeleton_text("Kon Tum", period)


def test_it_never_overwrites_and_says_why_it_cannot_write(tmp_path):
    path = plan_skeleton(tmp_path / "new.yaml", "Kon Tum", "2026")
    path.write_text("mine", encoding="utf-8")
    with pytest.raises(KtttError, match="already there"):
        plan_skeleton(path, "Kon Tum", "2026")
    assert path.read_text(encoding="utf-8") == "mine"
    with pytest.raises(KtttError, match=r"\.yaml"):
        plan_skeleton(Path(tmp_path / "new.txt"), "Kon Tum", "2026")
    with pytest.raises(KtttError, match="cannot be written"):
        plan_skeleton(tmp_path / "absent" / "new.yaml", "Kon Tum", "2026")
