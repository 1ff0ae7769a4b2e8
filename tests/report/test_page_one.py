"""Page one: what a leader reads and nothing else, true to its verdicts, each thing to decide beside its evidence."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import replace

import numpy as np
import pandas as pd
import province as made_up
import pytest
from made_reports import built

from kttt_lib.indicators.measure import AWAITED, BLANK, MOSTLY_UNCOVERED, NO_KIND, NO_RULE, NO_SURVEY, UNRECORDED
from kttt_lib.report.annual import build_annual_report
from kttt_lib.report.book import Book
from kttt_lib.report.context import prepare
from kttt_lib.report.document import Bullets, Cell, Heading, Link, Paragraph, Strip, Table, block_runs, plain
from kttt_lib.report.sections.decisions import MOST, distance
from kttt_lib.report.sections.opening import closing, opening
from kttt_lib.report.sections.outlook import outlook
from kttt_lib.report.sections.targets import statement, targets
from kttt_lib.report.words import LANGUAGES

pytestmark = pytest.mark.usefixtures("undrawn")

MID = dt.date(2020, 6, 30)


def page_one(document):
    """The blocks before the small print of the basis."""
    end = next(i for i, b in enumerate(document.body) if isinstance(b, Paragraph) and b.style == "note")
    return document.body[:end]


def text_of(blocks, language="vi") -> str:
    return "\n".join(plain(tuple(block_runs(b)), language) for b in blocks).replace("\u00a0", " ")


def changed(story: str = "good", as_of: dt.date = made_up.END, language: str = "vi", **rows: dict) -> Book:
    """The made-up province with facts of some targets changed, and without those that are not named if any is."""
    tables = made_up.results(story)
    cards = tables["scorecard/targets"]
    for target_id, facts in rows.items():
        for column, fact in facts.items():
            cards.loc[cards["target_id"] == target_id, column] = fact
    if rows:
        tables["scorecard/targets"] = cards[cards["target_id"].isin(rows)].reset_index(drop=True)
    context = made_up.context(language, as_of=as_of)
    return Book(prepare(tables, context), context)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("audience", ["internal", "public"])
def test_page_one_is_a_banner_a_judgement_and_a_mark_for_each_target(story, language, audience):
    document = built(story, language, audience)
    banner, lead, strip, *rest = page_one(document)
    assert (banner.style, lead.style) == ("banner", "lead") and isinstance(strip, Strip)
    assert len(strip.marks) == 9 and not any(isinstance(block, Heading) for block in rest)
    for verdict, mark in strip.marks:
        sign, code, word = plain(mark, language).split(" ", 2)
        assert not sign.isalnum() and re.fullmatch(r"T\d+", code) and word.strip() and verdict
    assert len(text_of(page_one(document), language)) < 3000


def test_every_sign_of_the_strip_is_of_one_verdict():
    signs = {}
    for story in ("good", "bad", "missing"):
        for verdict, mark in next(b for b in built(story).body if isinstance(b, Strip)).marks:
            signs.setdefault(verdict, set()).add(plain(mark, "vi").split(" ")[0])
    assert all(len(found) == 1 for found in signs.values()) and len(set.union(*signs.values())) == len(signs)


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_to_be_decided_stands_beside_its_evidence(story, language):
    document = built(story, language)
    anchors = {h.anchor for h in document.headings}
    paragraphs = {b.anchor for b in document.body if isinstance(b, Paragraph) and b.anchor}
    decided = page_one(document)[-1]
    assert isinstance(decided, Bullets) and 1 <= len(decided.items) <= MOST
    for item in decided.items:
        (link,) = [run for run in item if isinstance(run, Link)]
        assert link.anchor in anchors
    ids = [run for block in page_one(document) for run in block_runs(block) if isinstance(run, Cell) and run.anchor]
    assert ids and {run.anchor for run in ids} <= paragraphs


@pytest.mark.parametrize(
    ("verdicts", "said"),
    [
        ({"T6": "met", "T7": "met"}, "Cả 2 mục tiêu định lượng của Kế hoạch đều đạt."),
        (
            {"T6": "met", "T7": "likely_met"},
            "Không mục tiêu nào chưa đạt: 1/2 mục tiêu định lượng đạt; 1",
        ),
        ({"T6": "met", "T7": "not_met"}, "Kết quả thực hiện chưa đồng đều: 1/2"),
        ({"T6": "not_met", "T7": "not_met", "T8": "met"}, "Phần lớn mục tiêu chưa đạt: mới có 1/3"),
        ({"T6": "not_met", "T7": "likely_met"}, "Chưa mục tiêu nào được kết luận là đạt: trong 2"),
        ({"T6": "met", "T7": "undetermined"}, "Chưa đủ căn cứ để đánh giá chung"),
        ({"T6": "not_due", "T7": "not_due"}, "Cả 2 mục tiêu định lượng chưa đến hạn xét (31/12/2020)."),
        (
            {"T6": "not_due", "T7": "met"},
            "Đến ngày 31/12/2020, 1/2 mục tiêu định lượng đã đạt; 1 mục tiêu chưa",
        ),
    ],
)
def test_the_judgement_is_no_stronger_than_its_verdicts(verdicts, said):
    book = changed(**{target_id: {"verdict": verdict} for target_id, verdict in verdicts.items()})
    lead = next(b for b in opening(book) if getattr(b, "style", "") == "lead")
    assert plain(lead.runs, "vi").startswith(said)


def test_the_parts_of_the_outlook_add_up_to_the_targets_ahead():
    tables = made_up.results("bad")
    tables["scorecard/targets"].loc[lambda t: t["threshold"].notna(), "verdict"] = "not_due"
    tables["outlook/targets"]["probability"] = [0.9, 0.6, 0.1, np.nan, 0.2, 0.85, 0.3, 0.4, np.nan]
    context = made_up.context("vi", as_of=MID)
    said = text_of(opening(Book(prepare(tables, context), context)))
    whole, parts = re.search(r"Dự báo cho (\d+) mục tiêu còn trong hạn: ([^.]*)\.", said).groups()
    counts = [int(n) for n in re.findall(r"(?:^|, | và )(\d+) ", parts)]
    assert int(whole) == sum(counts) == 9 and "2 chưa dự báo được" in parts


def test_mid_year_the_least_likely_are_to_be_decided():
    tables = made_up.results("bad")
    tables["scorecard/targets"].loc[lambda t: t["threshold"].notna(), "verdict"] = "not_due"
    chances = dict(zip(tables["outlook/targets"]["target_id"], [0.9, 0.6, 0.1, np.nan, 0.2, 0.85, 0.3, 0.4, 0.05]))
    tables["outlook/targets"]["probability"] = list(chances.values())
    context = made_up.context("vi", as_of=MID)
    decided = [b for b in opening(Book(prepare(tables, context), context)) if isinstance(b, Bullets)][-1]
    told = [re.match(r"T\d+", plain(item, "vi")).group() for item in decided.items]
    assert told == sorted((i for i in chances if chances[i] < 0.5), key=chances.get)[:MOST]


def test_the_furthest_from_the_plan_stand_first_and_too_many_stand_as_codes():
    cards = made_up.targets("bad").set_index("target_id")
    listed = next(b for b in page_one(built("bad")) if isinstance(b, Bullets))
    told = [re.match(r"T\d+", plain(item, "vi")) for item in listed.items]
    gaps = [distance(cards.loc[match.group()]) for match in told if match]
    assert gaps == sorted(gaps, reverse=True) and plain(listed.items[-1], "vi").startswith("Còn lại: ")


ONE = {"verdict": "not_met", "missing": 0}


@pytest.mark.parametrize(
    ("target_id", "facts", "vi", "en"),
    [
        ("T6", {**ONE, "value": 0.0}, "Chưa có HTX nào; kế hoạch 20.", "No HTX towards it; 20 were promised."),
        ("T6", {**ONE, "value": 1.0}, "Mới đạt 1/20 HTX, bằng 5% kế hoạch, còn thiếu 19", "Only 1 HTX"),
        ("T6", {"value": 20.0, "verdict": "met"}, "Đạt 20/20 HTX, vừa bằng 100% kế hoạch.", "20 HTX against 20"),
        ("T6", {"value": 24.0, "verdict": "met"}, "Đạt 24/20 HTX, bằng 120% kế hoạch, vượt 4 HTX.", "24 HTX"),
        ("T7", {"value": 12.0, "verdict": "not_due"}, "Đến nay đã có 12/20 THT, hạn ngày 31/12/2020", "So far 12"),
        ("T7", {"value": 0.0, "verdict": "not_due"}, "Đến nay chưa có THT nào; kế hoạch 20", "So far no THT"),
        (
            "T12", {**ONE, "value": 0.0, "numerator": 0.0, "denominator": 12.0},
            "Trong 12 tổ chức thuộc diện tính, chưa có trường hợp nào bảo đảm yêu cầu; mức kế hoạch là 10%.",
            "Not one of the 12 organisations in scope qualifies; 10% was promised.",
        ),
        (
            "T2", {"value": 100.0, "verdict": "met", "numerator": 3.0, "denominator": 3.0},
            "Kết quả 100,0% (cả 3 tổ chức thuộc diện tính), đúng bằng mức kế hoạch 100%.",
            "The result of 100.0% (all 3 organisations in scope) equals the promised 100%.",
        ),
        (
            "T2", {"value": 100.0, "verdict": "met", "numerator": 1.0, "denominator": 1.0},
            "Kết quả 100,0% (tổ chức thuộc diện tính duy nhất)", "(the only organisation in scope)",
        ),
    ],
)  # fmt: skip
def test_none_one_some_and_all_are_told_as_people_tell_them(target_id, facts, vi, en):
    facts = {"start_value": np.nan, "lagged": False, "missing": 0, **facts}
    facts |= {"lower": facts["value"], "upper": facts["value"]}
    facts["attainment_of_target"] = 100 * facts["value"] / {"T2": 100, "T12": 10}.get(target_id, 20)
    for language, said in (("vi", vi), ("en", en)):
        book = changed(language=language, **{target_id: facts})
        text = " ".join(plain(s, language) for s in statement(book, book.frame("scorecard/targets").iloc[0])).replace(
            "\u00a0", " "
        )
        assert text.startswith(said) or said in text


def test_a_vice_chairman_signs_for_the_chairman():
    context, posts = made_up.context("vi"), []
    for signer in ("chairman", "vice_chairman"):
        document = context.plan.document.model_copy(update={"report_signed_by": signer})
        signed = replace(context, plan=context.plan.model_copy(update={"document": document}))
        posts.append(plain(closing(Book(prepare({}, signed), signed)).post, "vi"))
    assert posts == ["CHỦ TỊCH", "KT. CHỦ TỊCH\nPHÓ CHỦ TỊCH"]


def test_districts_have_english_names_in_english():
    tables = made_up.results("good")
    tables["registry/completeness"]["district"] = tables["registry/completeness"]["district"].replace(
        "Nho Quan", "Huyện Nho Quan"
    )
    context = made_up.context("en")
    book = Book(prepare(tables, context), context)
    known = {"year": 2020, "sector": "agriculture"}
    assert (
        book.cell("registry/completeness", "district", district="Huyện Nho Quan", **known).text == "Nho Quan district"
    )


def test_advice_by_district_asks_for_evidence_by_district():
    tables = made_up.results("bad")
    told = {}
    for name, groups in (("with", tables["scorecard/by_group"]), ("without", tables["scorecard/by_group"].iloc[:0])):
        document = build_annual_report({**tables, "scorecard/by_group": groups}, made_up.context("vi"))
        told[name] = "giao theo từng huyện" in text_of(document.body)
    assert told == {"with": True, "without": False}


def test_what_waits_for_the_rest_of_the_province_stands_in_one_line():
    waits = {"verdict": "undetermined", "reason": "uncovered", "missing": 0}
    rows = {"T6": waits, "T7": waits, "T8": {"verdict": "met"}, "T12": {"verdict": "met"}}
    tables = made_up.results("good")
    cards = tables["scorecard/targets"]
    for target_id, facts in rows.items():
        for column, fact in facts.items():
            cards.loc[cards["target_id"] == target_id, column] = fact
    context = made_up.context("vi")
    blocks = opening(Book(prepare(tables, context), context))
    lists = [[plain(item, "vi") for item in b.items] for b in blocks if isinstance(b, Bullets)]
    assert lists[0] == ["T6 và T7: kết luận được khi sổ đăng ký có đủ các huyện, tổ chức của tỉnh"]
    assert lists[-1][0].startswith("Bổ sung vào sổ đăng ký") and "T6 và T7" in lists[-1][0]


def test_a_result_withheld_from_the_public_has_no_distance():
    tables = made_up.results("bad")
    context = made_up.context("vi")
    ready = prepare(tables, context)
    cards = ready["scorecard/targets"].assign(suppressed=False)
    at = cards["target_id"] == "T1"
    cards.loc[at, ["value", "lower", "upper", "numerator", "denominator", "attainment_of_target"]] = np.nan
    cards.loc[at, "suppressed"] = True
    ready["scorecard/targets"] = cards
    lists = [[plain(item, "vi") for item in b.items] for b in opening(Book(ready, context)) if isinstance(b, Bullets)]
    assert [one.rpartition(": ")[2] for one in lists[0] if "*" in one] == ["*"]
    assert not any(re.search(r"\bT1\b", one) for one in lists[-1])
    book = Book(ready, context)
    (said,) = statement(book, book.promises["T1"])
    assert plain(said, "vi").startswith("Kết quả không công bố") and plain(said, "vi").endswith("kết luận: “Chưa đạt”.")
    cards.loc[at, "verdict"] = "no_data"
    table = next(b for b in targets(Book(ready, context)) if isinstance(b, Table))
    words = {plain(line[0], "vi").split(".")[0]: plain(line[-1], "vi") for line in table.rows}
    assert words["T1"] == "Không công bố" and words["T2"] != words["T1"], "what is withheld is no missing data"
    (strip,) = [b for b in opening(Book(ready, context)) if isinstance(b, Strip)]
    assert "* T1 không công bố" in text_of([strip])


def test_reports_of_which_none_came_or_none_is_told_are_no_basis_of_a_judgement():
    tables = made_up.results("good")
    frame = tables["registry/completeness"]
    none = frame.assign(received=0, on_time=0, late=0, missing=frame["expected"])
    context = made_up.context()
    said = text_of(opening(Book(prepare(tables | {"registry/completeness": none}, context), context)))
    assert "Chưa nhận được báo cáo nào trong" in said and "Mới nhận được 0/" not in said
    untold = frame.astype({"received": "Int64"}).assign(received=pd.NA)
    said = text_of(opening(Book(prepare(tables | {"registry/completeness": untold}, context), context)))
    assert "Đánh giá dựa trên" not in said and "\N{EN DASH}/" not in said
    outlook(Book(prepare(tables | {"registry/completeness": untold}, context), context))


def test_a_survey_is_not_proposed_for_what_a_whole_registry_would_tell():
    fact = {"verdict": "no_data", "value": float("nan"), "set_aside": 0}
    reasons = {
        "T1": MOSTLY_UNCOVERED, "T2": AWAITED, "T3": NO_RULE, "T4": NO_KIND, "T6": UNRECORDED, "T7": BLANK,
        "T8": NO_SURVEY,
    }  # fmt: skip
    rows = {target_id: {**fact, "no_value_vi": why[0], "no_value_en": why[1]} for target_id, why in reasons.items()}
    (items,) = [b.items for b in outlook(changed(**rows)) if isinstance(b, Bullets)]
    told = {plain(item, "vi").split(" ")[0]: set(re.findall(r"T\d+", plain(item, "vi"))) for item in items}
    assert told["Tổ"] == {"T8"} and told["Ghi"] == {"T4", "T6", "T7"}
