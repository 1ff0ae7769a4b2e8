"""Whatever is done to a good plan's text, loading ends in a Plan or in one RecordError that names lines of the file."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kttt_lib.indicators import INDICATORS
from kttt_lib.plan import Plan, RecordError, check_plan, load_plan

PLANS = Path(__file__).resolve().parents[2] / "data" / "plans"
NAMES = ("bac-kan-2019", "gia-lai-2024", "dak-lak-2020")
TEXTS = {name: (PLANS / f"{name}.yaml").read_text(encoding="utf-8") for name in NAMES}

NASTY = [
    "",
    "=",
    ">=",
    "%",
    "null",
    "[]",
    "{}",
    "- x",
    "[1, 2",
    "{a: 1}",
    "!!binary x",
    "&a",
    "*a",
    "? x",
    "...",
    "---",
]
NASTY += [
    "2020-02-30",
    "2020-12-31T25:00:00",
    "1e999",
    ".nan",
    "0x",
    "1:99",
    "true",
    "'",
    '"',
    "|",
    ">",
    "\t",
    "@",
    "`",
]
NASTY += ["\u2028", "\x85", "\x00", "\ufeff", "đ", "9" * 400, "<<: x", "#", ": :", "~", "2020-1-1", "=: 1", "on: 1"]


@st.composite
def mutated(draw) -> str:
    lines = TEXTS[draw(st.sampled_from(sorted(TEXTS)))].splitlines()
    for _ in range(draw(st.integers(1, 4))):
        at = draw(st.integers(0, len(lines) - 1))
        act = draw(
            st.sampled_from(["delete", "double", "value", "insert", "indent", "swap", "cut", "key", "character"])
        )
        line = lines[at]
        if act == "delete" and len(lines) > 1:
            del lines[at]
        elif act == "double":
            lines.insert(at, line)
        elif act == "value":
            lines[at] = line.partition(":")[0] + ": " + draw(st.sampled_from(NASTY))
        elif act == "insert":
            lines.insert(at, " " * draw(st.integers(0, 6)) + draw(st.sampled_from(NASTY)))
        elif act == "indent":
            lines[at] = " " * draw(st.integers(1, 3)) + line if draw(st.booleans()) else line.lstrip()
        elif act == "swap":
            other = draw(st.integers(0, len(lines) - 1))
            lines[at], lines[other] = lines[other], line
        elif act == "cut":
            del lines[max(1, at) :]
        elif act == "key":
            lines[at] = line.replace(":", "s:", 1)
        else:
            where = draw(st.integers(0, len(line)))
            lines[at] = line[:where] + draw(st.characters(codec="utf-8")) + line[where:]
    return "\n".join(lines) + "\n"


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("mutations")


@given(text=mutated())
def test_a_mutated_plan_ends_in_a_plan_or_in_named_lines(folder, text):
    path = folder / "plan.yaml"
    path.write_bytes(text.encode())
    problems = check_plan(path, INDICATORS)
    try:
        plan = load_plan(path, INDICATORS)
    except RecordError as error:
        assert error.problems == problems != []
        last = text.count("\n") + text.count("\u2028") + text.count("\x85") + text.count("\r") + 1
        for problem in problems:
            assert 0 <= problem.line <= last
            assert problem.message_vi and problem.message_en and problem.message_vi != problem.message_en
        assert str(path) in error.message_vi and str(path) in error.message_en
    else:
        assert isinstance(plan, Plan) and problems == []


@given(data=st.binary(max_size=300))
def test_any_bytes_end_in_named_faults(folder, data):
    path = folder / "bytes.yaml"
    path.write_bytes(data)
    assert check_plan(path)
