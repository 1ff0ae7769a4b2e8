"""What is not due, of another year, or under another rule is never told as a result of the plan."""

from __future__ import annotations

import datetime as dt

import pandas as pd
import province as made_up
import pytest

from kttt_lib.analysis.scorecard.awaited import Awaited
from kttt_lib.report.annual import build_annual_report
from kttt_lib.report.book import Book
from kttt_lib.report.context import facts, prepare
from kttt_lib.report.document import Block, Bullets, Document, Table, block_runs, plain
from kttt_lib.report.issuers import english_issuer
from kttt_lib.report.sections.annexes import ANNEXES
from kttt_lib.report.sections.outlook import outlook
from kttt_lib.report.sections.readings import readings_table, robustness
from kttt_lib.report.sections.targets import statement
from kttt_lib.report.words import LANGUAGES

pytestmark = pytest.mark.usefixtures("undrawn")

MID = dt.date(2020, 6, 30)
DUE = {"vi": "30/04/2021", "en": "30 April 2021"}


def text_of(blocks: list[Block], language: str) -> str:
    return "\n".join(plain(tuple(block_runs(block)), language) for block in blocks)


def book_of(tables: dict[str, pd.DataFrame], language: str = "vi", as_of: dt.date = made_up.END) -> Book:
    context = made_up.context(language, as_of=as_of)
    return Book(prepare(tables, context), context)


def table_of(document: Document, anchor: str) -> Table:
    return next(b for b in document.blocks if isinstance(b, Table) and b.anchor == anchor)


def funds_awaited() -> dict[str, pd.DataFrame]:
    """The good year in which the credit funds' grades of 2020 are not due yet, and one of 2019 is missing."""
    tables = made_up.results("good")
    set_target(
        tables, "T4", value=97.4, lower=94.9, upper=97.4, missing=1, verdict="undetermined", reported_year=2019,
        lagged=True, awaited_year=2020, awaited_until=pd.Timestamp(2021, 4, 30),
        reason=Awaited(2020, dt.date(2021, 4, 30), 2019, True).reason,
        attainment_of_target=float("nan"),
    )  # fmt: skip
    return tables


def set_target(tables: dict[str, pd.DataFrame], target_id: str, **values: object) -> None:
    cards = tables["scorecard/targets"]
    for column, value in values.items():
        cards.loc[cards["target_id"] == target_id, column] = value


def said_of(tables: dict[str, pd.DataFrame], target_id: str, language: str, as_of: dt.date = made_up.END) -> str:
    cards = tables["scorecard/targets"]
    row = cards[cards["target_id"] == target_id].iloc[0]
    return " ".join(plain(s, language) for s in statement(book_of(tables, language, as_of), row))


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_verdict_that_waits_for_grades_says_for_which_and_until_when(language):
    said = said_of(funds_awaited(), "T4", language)
    assert DUE[language] in said and "2019" in said
    # The bounds are both below the promise: it is not the missing report that leaves it open.
    for wrong in ("cả dưới lẫn trên", "either side", "inside that range", "nằm trong khoảng", "ở trong khoảng"):
        assert wrong not in said


def test_what_waits_and_what_is_of_another_year_is_read_from_columns_not_from_words():
    tables = funds_awaited()
    set_target(tables, "T4", no_value_vi="Lý do", no_value_en="A reason")
    assert "Chưa kết luận được" in said_of(tables, "T4", "vi") and "2019" in said_of(tables, "T4", "vi")
    set_target(tables, "T4", awaited_until=pd.NaT, lagged=False, reported_year=2020)
    assert "Lý do" not in said_of(tables, "T4", "vi") and "2019" not in said_of(tables, "T4", "vi")


@pytest.mark.parametrize("language", LANGUAGES)
def test_ratings_awaited_within_the_plans_own_years_are_not_called_older_than_the_plan(language):
    tables = funds_awaited()
    plan_year = made_up.context(language).plan.period.start.year
    for lagged, year in ((True, plan_year), (False, plan_year)):
        set_target(tables, "T4", reported_year=year, lagged=lagged)
        said = said_of(tables, "T4", language)
        assert DUE[language] in said and "trước kỳ kế hoạch" not in said and "before the plan" not in said
        assert ({"vi": f"của năm {year}", "en": f"of {year}"}[language] in said.split(" (")[0]) == lagged


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_report_with_grades_awaited_blames_no_missing_report_for_them(language):
    document = build_annual_report(funds_awaited(), made_up.context(language))
    body = text_of(list(document.body), language)
    opening = body[: body.index("I. ") if "I. " in body else 3000][:3000]
    assert DUE[language] in opening
    awaited = {"vi": "Lập báo cáo bổ sung để kết luận T4", "en": "Report again on T4"}[language]
    collect = {"vi": "Thu đủ báo cáo", "en": "Collect the missing annual reports"}[language]
    lesson = {"vi": "Nộp báo cáo đủ và đúng hạn", "en": "Complete and timely reports"}[language]
    assert awaited in body and collect not in body and lesson not in body
    row = next(r for r in table_of(document, "tab-scorecard").rows if plain(r[0], language).startswith("T4"))
    assert "2019" in plain(row[2], language) and plain(row[3], language) == "–"


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_chance_of_an_open_verdict_names_its_method_and_the_years_behind_it(language):
    tables = funds_awaited()
    said = text_of(outlook(book_of(tables, language)), language)
    frame = tables["outlook/targets"].set_index("target_id")
    assert frame.loc["T4", f"method_{language}"] in said
    assert {"vi": "Số năm trước làm căn cứ: 1.", "en": "Earlier years that it rests on: 1."}[language] in said
    assert "T3:" not in said  # it has a verdict, and so no chance


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_range_of_the_forecast_claims_no_less_than_it_covers(language):
    tables = made_up.results("good")
    cards = tables["scorecard/targets"]
    cards.loc[cards["threshold"].notna(), "verdict"] = "not_due"
    blocks = outlook(book_of(tables, language, MID))
    note = next(plain(b.note, language) for b in blocks if isinstance(b, Table) and b.anchor == "tab-outlook")
    assert {"vi": "ít nhất 80%", "en": "at least 80%"}[language] in note


def tracked_in_june(missing: int) -> dict[str, pd.DataFrame]:
    """Mid-year the last reports are those of the year before: value and start are one and the same."""
    tables = made_up.results("good")
    set_target(
        tables, "Q1", value=523.0, lower=523.0, upper=523.0, start_value=523.0, missing=missing, reported_year=2019,
        lagged=True,
    )  # fmt: skip
    return tables


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("missing", [0, 30])
def test_a_year_is_not_compared_with_itself(missing, language):
    said = said_of(tracked_in_june(missing), "Q1", language, MID)
    for change in ("không đổi", "unchanged", "tăng 0", "giảm 0", "Không nêu mức", "No change"):
        assert change not in said
    assert "523" in said and "2019" in said
    assert {"vi": "chưa đến hạn", "en": "are not due yet"}[language] in said


def test_a_share_of_the_year_before_is_not_called_the_share_now():
    tables = made_up.results("good")
    set_target(tables, "T3", verdict="not_due", reported_year=2019, lagged=True)
    said = said_of(tables, "T3", "en", MID)
    assert "2019, before the plan" in said and "So far" not in said and "now" not in said
    # What missing reports leave open is told of what is not judged too.
    assert "92.50%" in said and "95.00%" in said


def test_mid_year_without_findings_nothing_is_said_to_be_met():
    tables = made_up.results("good")
    cards = tables["scorecard/targets"]
    cards.loc[cards["threshold"].notna(), "verdict"] = "not_due"
    tables["scorecard/targets"] = cards[cards["verdict"] != "no_data"]
    complete = tables["registry/completeness"]
    complete["received"], complete["missing"] = complete["expected"], 0
    said = text_of(outlook(book_of(tables, "en", MID)), "en")
    assert "All quantified targets were met" not in said and "lead to no proposal" in said


def with_a_later_rule() -> dict[str, pd.DataFrame]:
    tables = made_up.results("bad")
    rules = tables["scorecard/robustness"]
    rules.loc[(rules["target_id"] == "T4") & (rules["rule"] == "effective.ntm_13"), "later"] = True
    return tables


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_rule_of_later_years_is_shown_and_not_counted(language):
    tables = with_a_later_rule()
    book = book_of(tables, language)
    blocks = robustness(book, tables["scorecard/targets"])
    items = [plain(i, language) for b in blocks if isinstance(b, Bullets) for i in b.items]
    three, two = ({"vi": f" {n} cách ", "en": f" {n} readings"}[language] for n in (3, 2))
    t3, t4 = (next(i for i in items if i.startswith(t)) for t in ("T3", "T4"))
    later = {"vi": "chưa có hiệu lực", "en": "not in force"}[language]
    assert three in t3 and later not in t3
    assert two in t4 and later in t4
    (table,) = readings_table(book)
    marked = [plain(r[0], language) for r in table.rows if plain(r[-1], language).lower().startswith(later)]
    assert len(marked) == 1 and marked[0].startswith("T4")
    own = [
        plain(r[0], language)[:2] for r in table.rows if plain(r[-1], language) in ("Của kế hoạch", "The plan's own")
    ]
    assert own == ["T3", "T4"]


def test_many_later_rules_are_a_number_and_a_table():
    tables = with_a_later_rule()
    rules = tables["scorecard/robustness"]
    here = rules[(rules["target_id"] == "T4") & (rules["rule"] == "effective.ntm_13")]
    more = [here.assign(rule=f"effective.later{n}", rule_title_vi=f"Quy tắc {n}") for n in range(2)]
    tables["scorecard/robustness"] = pd.concat([rules, *more], ignore_index=True)
    said = text_of(robustness(book_of(tables), tables["scorecard/targets"]), "vi")
    assert "Ngoài ra, 3 cách hiểu theo quy tắc chưa có hiệu lực" in said


@pytest.mark.parametrize(
    ("as_of", "heads"),
    [
        (made_up.END, ["Actions from 1 January 2020 to 31 December 2020", "Actions in all of 2019"]),
        (MID, ["Actions from 1 January 2020 to 30 June 2020", "Actions in all of 2019"]),
    ],
)
def test_the_table_of_actions_says_which_time_each_column_is(as_of, heads):
    document = build_annual_report(made_up.results("good"), made_up.context("en", as_of=as_of))
    assert [plain(c.head, "en") for c in table_of(document, "tab-measures").columns][1:] == heads


@pytest.mark.parametrize("language", LANGUAGES)
def test_tables_by_district_fit_a_page_and_their_heads_say_what_is_counted(language):
    document = build_annual_report(funds_awaited(), made_up.context(language))
    tables = [b for b in document.blocks if isinstance(b, Table) and b.anchor.startswith("tab-districts")]
    captions = [plain(t.caption, language) for t in tables]
    assert len(tables) == 3 and len(set(captions)) == 3 and max(map(len, captions)) < 60
    told = []
    for table in tables:
        assert len(table.columns) <= 5 and not table.wide
        for column in table.columns[1:]:
            code, _, words = plain(column.head, language).partition(". ")
            told.append(code)
            assert len(words) > 15
    # What is missed or open comes first.
    assert told[0] == "T4"
    assert sorted(told, key=lambda code: int(code[1:])) == [
        "T1",
        "T2",
        "T3",
        "T4",
        "T6",
        "T7",
        "T8",
        "T12",
        "T13",
    ]
    province = [plain(cell, language) for table in tables for cell in table.rows[-1]]
    assert {"vi": "97,4% (94,9%–97,4%)", "en": "97.4% (94.9%–97.4%)"}[language] in province
    notes = " ".join(plain(t.note, language) for t in tables)
    assert {"vi": "dấu –", "en": "dash"}[language] not in notes.lower()
    assert {"vi": "T4 là số của năm 2019", "en": "T4 is of 2019"}[language] in notes


def districts(tables: dict[str, pd.DataFrame], language: str) -> list[Table]:
    book = book_of(tables, language)
    blocks = [block for part in ANNEXES for block in part(book)]
    return [b for b in blocks if isinstance(b, Table) and b.anchor.startswith("tab-districts")]


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_dash_for_a_district_is_explained_by_what_it_stands_for(language):
    words = {
        "none": {"vi": "không có tổ chức hoặc hoạt động nào", "en": "nothing in the district is in scope"},
        "few": {"vi": "hơn một nửa", "en": "over half"},
        "withheld": {"vi": "Riêng T3 không nêu giá trị", "en": "For T3 no value is given"},
    }
    nothing = float("nan")
    values, group = ("value", "lower", "upper"), {"dimension": "district", "level": "Nho Quan", "target_id": "T3"}

    def told(missing: int, whole: bool) -> set[str]:
        tables = made_up.results("good")
        groups = tables["scorecard/by_group"]
        here = (groups[list(group)] == pd.Series(group)).all(axis=1)
        groups.loc[here, list(values)] = nothing
        groups.loc[here, "missing"] = missing
        if whole:
            set_target(
                tables, "T3", **dict.fromkeys(values, nothing), reason="no_value", no_value_vi="Chưa có thông tư",
                no_value_en="No circular",
            )  # fmt: skip
        notes = " ".join(plain(t.note, language) for t in districts(tables, language))
        return {why for why, said in words.items() if said[language] in notes}

    assert told(0, False) == {"none"}
    assert told(9, False) == {"few"}
    assert told(9, True) == {"withheld"}


@pytest.mark.parametrize(
    ("issuer", "english"),
    [
        ("UBND tỉnh Ninh Bình", "the People's Committee of Ninh Bình province"),
        ("Ủy ban  nhân dân thành phố Hà Nội", "the People's Committee of Hà Nội city"),
        ("Thủ tướng Chính phủ", "the Prime Minister"),
        ("Hội Nông dân tỉnh X", "Hội Nông dân tỉnh X"),
    ],
)
def test_an_issuer_is_named_in_english(issuer, english):
    assert english_issuer(issuer) == english


def test_the_opening_in_english_has_the_issuer_in_english():
    table = facts(made_up.context("en")).set_index("name")["text"]
    assert table["plan_issuer_vi"] == "Ủy ban nhân dân tỉnh Ninh Bình"
    assert table["plan_issuer_en"] == "the People's Committee of Ninh Bình province"
