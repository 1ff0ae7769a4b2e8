"""The official figures, pinned: a number changed by hand in a rule must make these fail."""

from __future__ import annotations

import datetime as dt
from copy import deepcopy

import pytest
import yaml

from kttt_lib.errors import KtttError
from kttt_lib.plan import RecordError
from kttt_lib.rating import bodies_on, load_definitions, load_rulebooks, report_due, rulebooks_for_year, steps_on
from kttt_lib.rating.json_schema import schema_files
from kttt_lib.rating.scoring import items
from kttt_lib.registry.sample.settings import RATED_YEARS
from kttt_lib.registry.schema import TABLES
from kttt_lib.resources import RULEBOOKS

# Circular 01/2020/TT-BKHĐT, articles 10-11 and the score sheet: what was read, and what was not.
TT01_MAXIMA = {
    "c1": 7, "c1a": 6, "c1b": 1, "c2": 6, "c2a": 5, "c2b": 1, "c3": 11, "c3a": 4, "c3b": 3, "c3c": 4, "c4": 6, "c4a": 2,
    "c4b": 2, "c4c": 2, "c5": 8, "c6": 6, "c7": 6, "c7a": 2, "c7b": 2, "c7c": 2, "c8": 6, "c9": 4, "c10": None,
    "c11": None, "c12": None, "c13": None, "c14": None, "c15": None,
}  # fmt: skip
# Circular 09/2017/TT-BNNPTNT, annex 1: criterion 1 with its bands.
TT09_BANDS = {
    "1.1": [(None, None, 0), (100, None, 4), (120, None, 8)],
    "1.2": [(None, None, 4), (1000, None, 6), (5000, None, 8), (10000, None, 10)],
    "1.3": [(None, None, 0), (None, 0, 2), (1, None, 4), (5, None, 7), (10, None, 10)],
    "1.4": [(None, None, 0), (20, None, 5)],
    "1.5": [(None, None, 0), (5, None, 5)],
}
# What the filters of a provincial register show, one point a band; the points per band are inferred.
TT01_BANDS = {
    "c1a": [
        (None, None, 0), (100, None, 1), (500, None, 2), (1000, None, 3), (5000, None, 4), (10000, None, 5),
        (50000, None, 6),
    ],
    "c2a": [(None, None, 0), (None, 0, 1), (100, None, 2), (500, None, 3), (1000, None, 4), (2000, None, 5)],
    "c3a": [(None, None, 0), (100, None, 1), (1000, None, 2), (5000, None, 3), (10000, None, 4)],
    "c3c": [(None, None, 0), (None, 0, 1), (200, None, 2), (500, None, 3), (1000, None, 4)],
}  # fmt: skip
OF_2012 = ["HTX, liên hiệp HTX", "UBND cấp huyện", "Sở Kế hoạch và Đầu tư"]
OF_2023 = "HTX; liên hiệp HTX; tổ hợp tác"
DAYS = ("2020-12-31", "2025-02-28", "2025-03-01", "2025-07-01")
GRADES = {
    "tt01_2020": [("tot", 80), ("kha", 65), ("trung_binh", 50), ("yeu", 0)],
    "tt09_2017": [("tot", 80), ("kha", 65), ("trung_binh", 50), ("yeu", 0)],
    "tt42_2016": [("A", 80), ("B", 70), ("C", 60), ("D", 0)],
    "law2023": [],
    "ntm13": [],
}
GRADES |= {"tt01_2020_bands": GRADES["tt01_2020"], "law2012": []}
NOT_RATED = {
    "tt01_2020": [{"op": "founded_less_than", "months": 12}, {"op": "stopped_in_year", "more_than_months": 3}],
    "tt09_2017": [{"op": "founded_less_than", "months": 12}],
    "tt42_2016": [{"op": "founded_less_than", "months": 24}],
    "law2023": [],
    "ntm13": [],
}
NOT_RATED |= {"tt01_2020_bands": NOT_RATED["tt01_2020"], "law2012": []}
IN_FORCE = {
    "tt01_2020": (dt.date(2020, 4, 1), dt.date(2024, 6, 30), "inferred"),
    "tt09_2017": (dt.date(2017, 5, 31), None, "inferred"),
    "tt42_2016": (dt.date(2017, 5, 1), None, "open"),
    "law2023": (dt.date(2024, 7, 1), None, "read"),
    "ntm13": (dt.date(2016, 10, 17), None, "read"),
}
IN_FORCE |= {
    "tt01_2020_bands": IN_FORCE["tt01_2020"],
    "law2012": (dt.date(2013, 7, 1), dt.date(2024, 6, 30), "read"),
}
DUE = {"tt01_2020": (0, 12, 15), "tt01_2020_bands": (0, 12, 15), "tt09_2017": (1, 4, 1), "tt42_2016": (1, 4, 30)}

LAW = {"op": "under_law", "since": dt.date(2013, 7, 1), "event": "reorganised_under_law"}
MODELS = ["value_chain", "high_tech", "commodity", "organic", "new_model"]
OUT = [{"op": "founded_less_than", "months": 12}, {"op": "stopped_in_year", "more_than_months": 3}]
GOOD = {"op": "grade_at_least", "grades": {"tt01_2020": "kha", "tt09_2017": "kha", "tt42_2016": "B"}}
# rule: (status, not_rated, [(how, conditions) of each version])
DEFINITIONS = {
    "effective.kha": ("inferred", [], [("all", [GOOD])]),
    "effective.trung_binh": (
        "inferred",
        [],
        [("all", [{**GOOD, "grades": {"tt01_2020": "trung_binh", "tt09_2017": "trung_binh", "tt42_2016": "C"}}])],
    ),
    "effective.ntm13": (
        "inferred",
        OUT,
        [("all", [LAW, {"op": "has_feature", "features": ["value_chain"]}]), ("open", [])],
    ),
    "effective.profit_services": (
        "house",
        OUT,
        [
            (
                "all",
                [
                    {"op": "positive", "columns": ["pre_tax_profit"], "years": 1},
                    {"op": "positive", "columns": ["revenue_from_members", "members_served"], "years": 1},
                ],
            )
        ],
    ),
    "new_model.law2012": ("inferred", [], [("all", [{"op": "working"}, LAW])]),
    "new_model.law2023": ("inferred", [], [("all", [{"op": "working"}, {**LAW, "since": dt.date(2024, 7, 1)}])]),
    "new_model.programme167": (
        "inferred",
        [],
        [
            (
                "all",
                [
                    {"op": "working"},
                    LAW,
                    {
                        "op": "has_feature",
                        "features": MODELS,
                    },
                    GOOD,
                    {"op": "positive", "columns": ["pre_tax_profit"], "years": 3},
                ],
            )
        ],
    ),
    "new_model.assigned": (
        "inferred",
        [],
        [("all", [{"op": "has_feature", "features": ["new_model"], "bases": ["assigned"]}])],
    ),
    "ceased.three_months": (
        "inferred",
        [],
        [("all", [{"op": "stopped_in_year", "more_than_months": 3, "rolling": True}, {"op": "stopped_now"}])],
    ),
    "ceased.recorded": ("inferred", [], [("all", [{"op": "recorded_ceased"}])]),
    "ceased.twelve_months": ("read", [], [("all", [{"op": "stopped_running", "at_least_months": 12}])]),
    "ceased.law2023": (
        "inferred",
        [],
        [
            (
                "any",
                [
                    {"op": "stopped_without_notice", "more_than_months": 12, "notice_months": 12},
                    {"op": "members_below", "number": 5, "years": 2},
                ],
            )
        ],
    ),
    "ceased.no_report_two_years": ("house", [], [("all", [{"op": "no_report", "years": 2}])]),
}


def test_circular_01_2020_maxima_and_what_was_not_found():
    book = load_rulebooks()["tt01_2020"]
    assert {item.id: item.maximum for item in items(book)} == TT01_MAXIMA
    assert {group.id: group.maximum for group in book.groups} == {"I": 30, "II": 30, "III": 40}
    assert [c.id for c in book.criteria if c.status == "open"] == ["c10", "c11", "c12", "c13", "c14", "c15"]


def test_circular_09_2017_bands():
    book = load_rulebooks()["tt09_2017"]
    found = {part.id: [(b.start, b.over, b.points) for b in part.bands] for part in book.criteria[0].parts}
    assert found == TT09_BANDS
    assert {part.id: part.maximum for part in book.criteria[0].parts} == {
        "1.1": 8, "1.2": 10, "1.3": 10, "1.4": 5, "1.5": 5,
    }  # fmt: skip
    assert {group.id: (group.maximum, group.status) for group in book.groups} == {
        "1": (38, "read"), "2-6": (62, "inferred"),
    }  # fmt: skip
    assert [(d.kind, d.column, d.to_grade) for d in book.demotions] == [("column_true", "fined", "yeu")]


def test_circular_42_2016_points_and_demotion():
    book = load_rulebooks()["tt42_2016"]
    assert {c.id: c.maximum for c in book.criteria} == {
        "capital": 10, "asset_quality": 30, "governance": 30, "results": 10, "liquidity": 20,
    }  # fmt: skip
    assert [(d.kind, d.grades_lower) for d in book.demotions] == [("criterion_zero", 1)]


def test_grades_exclusions_force_and_due_days():
    books = load_rulebooks()
    assert {book.id: [(g.id, g.at_least) for g in book.grades] for book in books.values()} == GRADES
    assert {book.id: book.not_rated for book in books.values()} == NOT_RATED
    force = {b.id: (b.in_force.start, b.in_force.to, b.in_force.to_status) for b in books.values()}
    assert force == IN_FORCE
    assert {name: (b.due.years_after, b.due.month, b.due.day) for name, b in books.items() if b.scored} == DUE


def test_size_classes():
    (members,) = load_rulebooks()["tt01_2020"].size_classes
    assert [(c.id, c.members, c.over) for c in members.classes] == [
        ("large", None, 1000), ("medium", None, 300), ("small", 50, None), ("micro", None, None),
    ]  # fmt: skip
    tables = load_rulebooks()["law2023"].size_classes
    limits = {t.sector: [(c.id, c.members, c.revenue, c.total_assets) for c in t.classes if c.members] for t in tables}
    assert limits == {
        "agriculture": [("large", 300, 50000, 10000), ("medium", 200, 10000, 5000), ("small", 50, 2000, 1000)],
        "industry": [("large", 100, 80000, 20000)],
        "finance": [],
        "other": [],
    }
    assert all((c.status == "open") == (c.members is None and c.id != "micro") for t in tables for c in t.classes)
    assert {t.start for t in tables} == {dt.date(2024, 11, 1)}


def test_named_definitions():
    found = {}
    for rule, entry in load_definitions().items():
        versions = [("all", v.all) if v.all else ("any", v.any) if v.any else ("open", []) for v in entry.versions]
        found[rule] = (entry.status, entry.not_rated, versions)
    assert found == DEFINITIONS


def test_rulebooks_are_chosen_by_date():
    assert [book.id for book in rulebooks_for_year(2016)] == []
    assert [book.id for book in rulebooks_for_year(2017)] == ["tt42_2016", "tt09_2017"]
    assert [book.id for book in rulebooks_for_year(2019)] == ["tt42_2016", "tt09_2017"]
    assert [book.id for book in rulebooks_for_year(2020)] == ["tt01_2020", "tt42_2016", "tt09_2017"]
    assert [book.id for book in rulebooks_for_year(2024)] == ["tt42_2016", "tt09_2017"]


def test_a_plans_own_rulebook_goes_first_in_force_or_not():
    assert [book.id for book in rulebooks_for_year(2024, first="tt01_2020")] == ["tt01_2020", "tt42_2016", "tt09_2017"]
    assert rulebooks_for_year(2021, first="tt09_2017")[0].id == "tt09_2017"
    for name in ("law2023", "no_such"):
        with pytest.raises(ValueError, match=f"{name}.*tt01_2020"):
            rulebooks_for_year(2024, first=name)


def test_the_template_names_a_rulebook_as_the_rules_know_it():
    known = {code for book in load_rulebooks().values() for code in book.codes}
    assert TABLES["criteria_scores"].column("rulebook").example in known


def test_the_sample_knows_the_years_that_each_circular_rates():
    rated = {book.id: [y for y in range(1990, 2101) if book.rates_year(y)] for book in load_rulebooks().values()}
    assert {book: (years[0], years[-1]) for book, years in rated.items() if years} == RATED_YEARS


def test_the_inferred_bands_are_the_circular_but_for_four_parts_and_are_used_only_when_chosen():
    book, base = load_rulebooks()["tt01_2020_bands"], load_rulebooks()["tt01_2020"]
    bands = {p.id: [(b.start, b.over, b.points) for b in p.bands] for c in book.criteria for p in c.parts if p.bands}
    assert bands == TT01_BANDS
    plain = [
        c.model_copy(
            update={"parts": [p.model_copy(update={"compute": None, "bands": [], "status": "read"}) for p in c.parts]}
        )
        for c in book.criteria
    ]
    assert (plain, book.groups, book.grades, book.not_rated) == (
        base.criteria,
        base.groups,
        base.grades,
        base.not_rated,
    )
    assert "tt01_2020_bands" not in [b.id for year in range(2017, 2026) for b in rulebooks_for_year(year)]
    assert rulebooks_for_year(2020, first="tt01_2020_bands")[0] == book


def test_the_bodies_and_the_steps_are_those_of_the_day():
    bodies = {day: {name: b.vi for name, b in bodies_on(dt.date.fromisoformat(day)).items()} for day in DAYS}
    assert [bodies[day]["ministry"] for day in DAYS] == ["Bộ Kế hoạch và Đầu tư"] * 2 + ["Bộ Tài chính"] * 2
    assert [bodies[day]["department"] for day in DAYS] == ["Sở Kế hoạch và Đầu tư"] * 2 + ["Sở Tài chính"] * 2
    assert [bodies[day]["registrar"] for day in DAYS] == ["Phòng Tài chính - Kế hoạch cấp huyện"] * 3 + ["UBND cấp xã"]


@pytest.mark.parametrize(
    ("day", "who", "to", "statuses"),
    [
        ("2019-12-31", OF_2012, "Bộ Kế hoạch và Đầu tư", ["inferred"] * 3),
        ("2020-12-31", OF_2012, "Bộ Kế hoạch và Đầu tư", ["read"] * 3),
        ("2025-06-30", [OF_2023, "Cấp huyện", "Cấp tỉnh"], "Bộ Tài chính", ["read"] * 3),
        ("2025-07-01", [OF_2023, "UBND cấp xã", "Cấp tỉnh"], "Bộ Tài chính", ["read", "inferred", "read"]),
    ],
)  # fmt: skip
def test_who_reports_to_whom_goes_by_the_day(day, who, to, statuses):
    steps = steps_on(dt.date.fromisoformat(day))
    assert [(step.who_vi, step.month, step.day) for step in steps] == [*zip(who, (12, 12, 12), (15, 18, 21))]
    assert steps[-1].form_vi.endswith(f"gửi {to}")
    assert [step.status for step in steps] == statuses


def test_reports_are_due_on_15_december():
    assert [report_due(year) for year in (2015, 2020, 2024)] == [
        dt.date(2015, 12, 15), dt.date(2020, 12, 15), dt.date(2024, 12, 15),
    ]  # fmt: skip


def test_every_rule_says_in_both_languages_what_counts_and_where_it_stands():
    for rule, entry in load_definitions().items():
        for name in ("title", "counts", "excludes", "source"):
            vi, en = getattr(entry, f"{name}_vi"), getattr(entry, f"{name}_en")
            assert vi.strip() and en.strip() and vi != en, (rule, name)


def test_the_json_schemas_are_current():
    for name, text in schema_files().items():
        assert (RULEBOOKS / name).read_text(encoding="utf-8") == text, f"run: make docs ({name})"


def mended(tmp_path, name, change):
    """A copy of the rule folder with one file's data changed."""
    for path in RULEBOOKS.glob("*.yaml"):
        (tmp_path / path.name).write_text(path.read_text(encoding="utf-8"), encoding="utf-8")
    data = yaml.safe_load((tmp_path / name).read_text(encoding="utf-8"))
    change(data)
    (tmp_path / name).write_text(yaml.safe_dump(data, allow_unicode=True), encoding="utf-8")
    return tmp_path


FINED = {"kind": "column_true", "column": "fined", "to_grade": "yeu", "text_vi": "Bị phạt", "text_en": "Fined"}


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda d: d.update(colour="red"), "colour"),
        (lambda d: d["criteria"][0].update(maximum=8), "parts' maxima add up to 7"),
        (lambda d: d["criteria"][4].update(maximum=9), "group II"),
        (lambda d: d["groups"][0].update(maximum=31), "group I"),
        (lambda d: d["criteria"][9].update(maximum=8), "c10"),
        (lambda d: d["grades"].reverse(), "best down"),
        (lambda d: d.update(demotions=[{**FINED, "to_grade": "khaa"}]), "khaa"),
        (lambda d: d.update(demotions=[{**FINED, "column": "fine"}]), "did you mean 'fined'?"),
        (lambda d: d["applies_to"]["kinds"].append("hxt"), "hxt"),
        (lambda d: d["not_rated"].append({"op": "no_such"}), "'no_such' is no value here"),
        (lambda d: d["not_rated"].append({"op": "founded_less_than"}), "months"),
    ],
)
def test_a_bad_rulebook_is_refused_by_file_and_field(tmp_path, change, words):
    with pytest.raises(KtttError) as caught:
        load_rulebooks(mended(tmp_path, "tt01_2020.yaml", change))
    assert "tt01_2020.yaml" in caught.value.message_vi
    assert words in caught.value.message_en


def test_an_id_that_stands_twice_is_refused(tmp_path):
    with pytest.raises(KtttError, match="tt42_2016"):
        load_rulebooks(mended(tmp_path, "tt01_2020.yaml", lambda d: d.update(id="tt42_2016")))
    with pytest.raises(KtttError, match=r"effective\.kha"):
        load_definitions(
            mended(tmp_path, "definitions.yaml", lambda d: d["definitions"].append(deepcopy(d["definitions"][0])))
        )


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        (
            "{tt01_2020: kha, ",
            "{tt01_2020: khaa, ",
            ["'tt01_2020' has no grade 'khaa'", "did you mean 'kha'?", "'tot', 'kha', 'trung_binh', 'yeu'"],
        ),
        ("tt42_2016: B}", "tt42_2016: kha}", ["'tt42_2016' has no grade 'kha'", "choose one of: 'A', 'B', 'C'"]),
        ("tt01_2020: kha, ", "tt01_2002: kha, ", ["no rulebook 'tt01_2002' that grades", "did you mean 'tt01_2020'?"]),
        ("tt01_2020: kha, ", "law2023: kha, ", ["no rulebook 'law2023' that grades"]),
        ("{op: grade_at_least, grades:", "{op: grade_at_least, grade:", ["no field 'grade'", "did you mean 'grades'?"]),
        ("op: founded_less_than, months: 12", "op: founded_less_than, months: -12", ["'-12'", "must be 0 or more"]),
        ("features: [value_chain]", "features: [value_chian]", ["'value_chian'", "did you mean 'value_chain'?"]),
        ("features: [value_chain]", "features: []", ["needs at least 1 item"]),
        ("columns: [pre_tax_profit], years: 1", "columns: [profit], years: 1", ["'profit'", "'pre_tax_profit'"]),
        ("columns: [pre_tax_profit], years: 1", "columns: [pre_tax_profit], years: 0", ["must be 1 or more"]),
        ("event: reorganised_under_law", "event: reorganised", ["'reorganised_under_law'"]),
        ("bases: [assigned]", "bases: [asigned]", ["did you mean 'assigned'?"]),
    ],
)
def test_a_word_of_a_definition_that_nobody_knows_is_refused_with_its_line_and_the_nearest(tmp_path, old, new, words):
    for path in RULEBOOKS.glob("*.yaml"):
        (tmp_path / path.name).write_text(path.read_text(encoding="utf-8"), encoding="utf-8")
    path = tmp_path / "definitions.yaml"
    text = path.read_text(encoding="utf-8")
    line = text[: text.index(old)].count("\n") + 1
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(RecordError) as caught:
        load_definitions(tmp_path)
    assert [problem.line for problem in caught.value.problems][:1] == [line], caught.value.message_en
    for word in words:
        assert word in caught.value.message_en


def test_all_faults_of_the_definitions_come_at_once(tmp_path):
    def change(data):
        for entry in data["definitions"][:2]:
            entry["versions"][0]["all"][0]["grades"]["tt01_2020"] = "khaa"

    with pytest.raises(RecordError) as caught:
        load_definitions(mended(tmp_path, "definitions.yaml", change))
    assert len(caught.value.problems) == 2


def test_a_demotion_without_what_it_needs_is_refused(tmp_path):
    def change(data):
        del data["demotions"][0]["to_grade"]

    with pytest.raises(KtttError, match="to_grade"):
        load_rulebooks(mended(tmp_path, "tt09_2017.yaml", change))


def test_an_open_wording_is_said_in_both_languages(tmp_path):
    def change(data):
        version = next(v for entry in data["definitions"] for v in entry["versions"] if "open_en" in v)
        del version["open_en"]

    with pytest.raises(KtttError, match="open_en"):
        load_definitions(mended(tmp_path, "definitions.yaml", change))
