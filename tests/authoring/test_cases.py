"""The cases that officials read: every one holds, every indicator has one, and a wrong one is found out."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from kttt_lib.authoring.cases import load_cases, run_case, run_cases, spread
from kttt_lib.errors import KtttError
from kttt_lib.indicators import INDICATORS
from kttt_lib.rating import load_rulebooks

FOLDER = Path(__file__).parents[1] / "cases"
CASES = [
    (path.name, number, case)
    for path in sorted(FOLDER.glob("*.yaml"))
    for number, case in enumerate(load_cases(path), 1)
]


@pytest.mark.parametrize("place", [f"{name}:{number}" for name, number, _ in CASES])
def test_case_holds(place):
    name, number = place.split(":")
    case = next(case for file, n, case in CASES if file == name and n == int(number))
    assert run_case(case, place) == [], case.title


def test_there_are_at_least_sixty_cases_and_one_for_each_indicator():
    assert len(CASES) >= 60
    assert {case.indicator for _, _, case in CASES if case.measure is None} == set(INDICATORS)
    assert len({case.title for _, _, case in CASES}) == len(CASES)


def write(folder, **changes):
    case = {
        "title": "Một HTX được 70 điểm là hiệu quả.",
        "date": "2020-12-31",
        "indicator": "agri_effective_share",
        "organisations": {"A": {"points": {2020: 70}}},
        "expect": {"value": 100},
        **changes,
    }
    path = folder / "cases.yaml"
    path.write_text(yaml.safe_dump({"cases": [case]}, allow_unicode=True), encoding="utf-8")
    return path


def test_a_wrong_expectation_is_told_in_both_languages(tmp_path):
    (result,) = run_cases(write(tmp_path, expect={"value": 50, "counted": ["B"]}))
    assert not result.passed
    assert result.faults == [
        ("value: mong đợi 50.0, tính được 100.0", "value: expected 50.0, found 100.0"),
        ("counted: mong đợi ['B'], tính được ['A']", "counted: expected ['B'], found ['A']"),
    ]


def test_a_refusal_that_does_not_come_or_says_something_else_is_told(tmp_path):
    (result,) = run_cases(write(tmp_path, expect={"refused": ["hxt"]}))
    assert result.faults == [("refused: mong đợi ['hxt'], tính được []", "refused: expected ['hxt'], found []")]
    (result,) = run_cases(write(tmp_path, parameters={"colour": 1}, expect={"refused": ["hxt"]}))
    assert "colour" in result.faults[0][0]
    (result,) = run_cases(write(tmp_path, parameters={"colour": 1}, expect={"refused": ["colour", "colour"]}))
    assert not result.passed


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"indicator": "no_such"}, "no_such"),
        ({"title": "Ngắn."}, "title"),
        ({"expected": {}}, "expected"),
        ({"parameters": {"colour": 1}}, "colour"),
        ({"comparator": ">=", "threshold": 0.9}, "0.9 %"),
        ({"organisations": {"A": {"kind": "bank"}}}, "bank"),
        ({"organisations": {"A": {"age": 3}}}, "age"),
        ({"organisations": {"A": {"reports": {2020: {"memberz": 3}}}}}, "memberz"),
    ],
)
def test_a_bad_case_is_refused_with_its_place(tmp_path, changes, words):
    with pytest.raises(KtttError) as caught:
        run_cases(write(tmp_path, **changes))
    assert "cases.yaml" in caught.value.message_vi
    assert words in caught.value.message_en


def test_broken_yaml_and_an_empty_folder_are_refused(tmp_path):
    with pytest.raises(KtttError):
        run_cases(tmp_path)
    (tmp_path / "cases.yaml").write_text("cases: [", encoding="utf-8")
    with pytest.raises(KtttError, match=r"cases\.yaml"):
        run_cases(tmp_path)


@pytest.mark.parametrize("book", ["tt01_2020", "tt09_2017", "tt42_2016"])
@pytest.mark.parametrize("total", [0, 49.9, 65, 100])
def test_points_spread_over_the_criteria_add_up(book, total):
    assert sum(spread(load_rulebooks()[book], total).values()) == pytest.approx(total)
