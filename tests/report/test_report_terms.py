"""What the report says of promises of each year or place, in stages, a range or as a growth; and of a long plan."""

from __future__ import annotations

import datetime as dt
import html
import re
from functools import cache

import pytest
from small_registries import registry

from kttt_lib.analysis.scorecard import scorecard
from kttt_lib.disclosure import public_edition
from kttt_lib.plan import Plan
from kttt_lib.plan.units import UNITS
from kttt_lib.published import load_published
from kttt_lib.report.annual import build_annual_report
from kttt_lib.report.claims.backed import unbacked
from kttt_lib.report.compare import RunFiles, told
from kttt_lib.report.context import ReportContext, prepare
from kttt_lib.report.html.report import report_html
from kttt_lib.report.indicators import records
from kttt_lib.report.sections.terms import ROWS
from kttt_lib.results import RESULTS

pytestmark = pytest.mark.usefixtures("undrawn")

AS_OF = dt.date(2020, 12, 31)
PERIOD = {"start": dt.date(2019, 1, 1), "end": dt.date(2021, 12, 31)}
PROMISES = {
    "Y": {"indicator": "new_htx", "threshold": 2, "each_year": True},
    "R": {
        "indicator": "new_htx", "comparator": "between", "threshold": [3, 5],
        "milestones": [{"by": dt.date(2019, 12, 31), "threshold": 2}],
    },
    "G": {"indicator": "htx_total", "threshold": 20, "unit": "%", "growth": {"on": 2018}},
    "N": {"indicator": "htx_total", "threshold": 0, "each_year": True, "growth": {"on": "previous", "in": "absolute"}},
    "P": {"indicator": "htx_total", "threshold": 1, "per": {"place": "commune", "places": 40}},
    "D": {"indicator": "htx_total", "threshold": 1, "per": {"place": "district", "places": ["Huyện A", "Huyện B"]},
          "deadline": dt.date(2020, 12, 31)},
    "H": {"indicator": "htx_total", "threshold": 50},
    "F": {"indicator": "htx_total", "threshold": 20, "unit": "%", "each_year": True, "growth": {"on": 2018}},
    "Z": {"indicator": "htx_total", "comparator": "<=", "threshold": 0},
    "M": {"indicator": "members_total", "threshold": 5, "unit": "person", "per": {"place": "commune", "places": 40},
          "deadline": dt.date(2020, 12, 31)},
    "A": {"indicator": "htx_total", "threshold": 2, "unit": "%", "growth": {"on": 2018, "a_year": True}},
    "U": {"indicator": "htx_total", "threshold": 1, "per": "commune"},
    "S": {"measure": {"what": "share", "that": {"event": "founded"}}, "threshold": 5, "unit": "%",
          "growth": {"on": 2018, "in": "absolute"}},
}  # fmt: skip
RULES = {"effective": "effective.kha", "new_model": "new_model.law2012", "ceased": "ceased.recorded"}
ORGANISATIONS = {
    "A": {"commune": "Xã A"},
    **{f"B{n}": {"commune": f"Xã B{n:02d}", "reports": {2020: {"members": n}}} for n in range(36)},
    "N1": {"commune": "Xã A", "founded_on": "2019-05-01"},
    "N2": {"commune": "Xã A", "founded_on": "2020-05-01"},
    "N3": {"commune": "Xã A", "founded_on": "2020-06-01"},
}


@cache
def plan() -> Plan:
    words = {"title_vi": "Kế hoạch thử", "title_en": "A trial plan"}
    common = {"comparator": ">=", "unit": "htx", "deadline": PERIOD["end"], "quote_place": {"published_row": "none"}}
    return Plan.model_validate(
        {
            "id": "thu", "province": "Ninh Bình", **words, "period": PERIOD, "population_start": dt.date(2018, 12, 31),
            "document": {"issuer": "-", "title_vi": "-", "source_title": "-", "source_publisher": "-", "read": "press"},
            "definitions": RULES,
            "targets": [{**common, "id": i, "title_vi": i, "title_en": i, **one} for i, one in PROMISES.items()],
        }
    )  # fmt: skip


@cache
def results(day: str = "2020-12-31"):
    found = scorecard(plan(), registry(ORGANISATIONS), day, load_published())
    for name, table in found.items():
        RESULTS[name].check(table)
    return found


@cache
def page(language: str, audience: str = "internal") -> str:
    about = {"province": "Ninh Bình", "synthetic": True}
    context = ReportContext(plan(), about, dt.date(2020, 12, 31), language, audience)
    return report_html(build_annual_report(results(), context))


def said(language: str, audience: str = "internal") -> str:
    """The page's words without its marks."""
    return " ".join(html.unescape(re.sub(r"<[^>]*>", "", page(language, audience))).split())


@pytest.mark.parametrize(
    ("language", "words"),
    [
        (
            "vi",
            [
                "mỗi năm",
                "so với năm 2018",
                "không giảm so với năm trước",
                "mỗi xã",
                "Các mốc trước hạn",
                "+20% so với năm 2018, xét từng năm",
                "không còn HTX nào",
                "+2% mỗi năm, bình quân từ năm 2018",
                "+5 điểm phần trăm so với năm 2018",
                "Ngoài ra còn nơi khác không có trong sổ đăng ký, chưa đủ căn cứ kết luận.",
            ],
        ),
        (
            "en",
            [
                "each year",
                "on 2018",
                "no fall on the year before",
                "in each commune",
                "Stages before the deadline",
                "+20% on 2018, in every year",
                "no HTX left",
                "+2% a year on average since 2018",
                "+5 percentage points on 2018",
                "Any other place, not in the registry, cannot be judged.",
            ],
        ),
    ],
)
def test_the_report_says_when_and_against_what_a_promise_holds(language, words):
    text = said(language)
    assert [one for one in words if one not in text] == []
    assert all(f'id="{anchor}"' in page(language) for anchor in ("tab-year-Y", "tab-place-P", "tab-path"))


@pytest.mark.parametrize(
    ("language", "words"), [("vi", "31/40 xã đạt, 1 chưa rõ"), ("en", "kept in 31 of 40 communes, 1 open")]
)
def test_places_that_are_still_open_are_told_beside_those_that_keep_the_promise(language, words):
    assert words in said(language)


def test_a_long_list_of_places_is_an_excerpt_of_those_furthest_from_the_promise():
    table = page("vi").split('id="tab-place-P"')[1].split("</table>")[0]
    assert table.count("<tr") == ROWS + 1
    assert "chưa có tổ chức nào" in table.split("</tr>")[1]  # the empty ones come first


@pytest.mark.parametrize("audience", ["internal", "public"])
@pytest.mark.parametrize("language", ["vi", "en"])
def test_no_number_said_of_a_promises_terms_is_without_a_source(language, audience):
    context = ReportContext(plan(), {"province": "Ninh Bình", "synthetic": True}, AS_OF, language, audience)
    assert unbacked(build_annual_report(results(), context), prepare(results(), context)) == []


def test_the_verdicts_are_those_of_the_parts():
    verdicts = results()["scorecard/targets"].set_index("target_id")["verdict"]
    assert verdicts[["Y", "R", "D"]].tolist() == ["not_met", "met", "not_met"]
    terms = results()["scorecard/terms"].set_index("target_id")
    # Which place is the weakest is told only where no report that lacks could make it another.
    assert terms["weakest"][["Y", "D", "M", "N"]].tolist() == ["2019", "Huyện B", "", ""], "those alike are not named"
    assert terms.loc["U", ["parts", "kept", "left_open"]].tolist() == [37, 0, 0], "places not in the registry are none"
    assert terms.loc["Y", ["parts", "kept", "broken", "ahead"]].tolist() == [3, 1, 1, 1]
    assert terms.loc["P", ["parts", "ahead", "reached"]].tolist() == [40, 40, 37]


def test_a_plan_of_some_years_says_this_year_so_far_and_what_each_year_left_needs():
    path = results()["scorecard/path"].set_index("target_id")
    assert path.loc["H", ["this_year", "so_far", "still", "years_left", "needed_a_year"]].tolist() == [2, 40, 10, 1, 10]
    assert path.loc["R", ["this_year", "so_far", "still"]].tolist() == [2, 3, 0]
    assert {"Y", "G", "P"}.isdisjoint(path.index)


def run(day: str) -> RunFiles:
    found = results(day)
    indicators = {"as_of": day, "indicators": records(found, dt.date.fromisoformat(day))}
    return RunFiles(day, {"plan": "thu", "inputs": {}}, indicators, found["scorecard/members"])


def test_two_years_of_one_plan_say_what_became_of_each_promise():
    text = told(run("2019-12-31"), run("2020-12-31"), "en")
    assert "1; kept 0/3" in text
    assert "1; kept 1/3" in text  # the year 2020 kept it, and 2019 stays the weakest
    assert "R  R" in text and "2019-12-31 → 2020-12-31" in text


def test_the_public_edition_tells_parts_without_what_a_growth_rests_on():
    public = public_edition(results()).tables
    assert "base_value" not in public["scorecard/terms"]
    parts = public["scorecard/parts"]
    hidden = parts[parts["suppressed"]]
    assert set(hidden["target_id"]) == {"M"} and hidden["value"].isna().all()
    assert set(hidden["verdict"]) == {"no_data"} and set(hidden["reason"]) == {"no_value"}
    terms = public["scorecard/terms"].set_index("target_id").loc["M"]
    assert terms["weakest"] == "" and terms[["kept", "broken", "left_open"]].isna().all()
    assert "Không công bố" in page("vi", "public").split('id="tab-place-M"')[1].split("</table>")[0]


def test_every_unit_has_words_of_its_own():
    assert len({vi for vi, _ in UNITS.values()}) == len(UNITS)
