"""What could still change a verdict, and what a result leaves out, is said beside it."""

from __future__ import annotations

import pandas as pd
import province as made_up
import pytest
from test_waiting import LANGUAGES, MID, book_of, said_of, set_target, text_of

from kttt_lib.report.annual import build_annual_report
from kttt_lib.report.claims import unbacked
from kttt_lib.report.context import prepare
from kttt_lib.report.document import Table, plain
from kttt_lib.report.sections.opening import opening
from kttt_lib.report.sections.outlook import by_chance, outlook

pytestmark = pytest.mark.usefixtures("undrawn")


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_promise_met_before_its_deadline_says_what_could_undo_it(language):
    tables = made_up.results("good")
    set_target(tables, "T6", verdict="met", reason="met_early", indicator="new_htx")
    reason = {
        "vi": "Đạt trước hạn; kết luận chỉ thay đổi nếu việc hợp nhất, chia tách",
        "en": "Met before the deadline; only this could undo it: a consolidation or split",
    }[language]
    assert reason in said_of(tables, "T6", language, MID)
    assert reason not in said_of(tables, "T6", language, made_up.END)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_milestone_past_its_deadline_is_not_foreseen(language):
    """T6 was judged in March and T4 waits for its grades since then: neither is told with the chances of the others."""
    tables = made_up.results("good")
    cards = tables["scorecard/targets"]
    cards.loc[cards["threshold"].notna(), "verdict"] = "not_due"
    for target, verdict in (("T6", "met"), ("T4", "undetermined")):
        set_target(tables, target, verdict=verdict, deadline=pd.Timestamp("2020-03-31"))
    book = book_of(tables, language, MID)
    blocks = outlook(book)
    table = next(b for b in blocks if isinstance(b, Table) and b.anchor == "tab-outlook")
    foreseen = {plain(row[0], language).split(".")[0] for row in table.rows}
    assert foreseen == set(cards.loc[cards["threshold"].notna(), "target_id"]) - {"T6", "T4"}
    said = text_of(blocks, language)
    assert "T6" not in said.split(plain(blocks[-2].runs, language))[0]
    assert said.count("T4:") == 1, "its open verdict is told once, as an open verdict"
    assert sum(len(group) for group in by_chance(book).values()) == len(foreseen)


@pytest.mark.parametrize("language", LANGUAGES)
def test_page_one_says_how_many_rows_came_after_the_day_and_which_day_takes_them_in(language):
    tables = made_up.results("good")
    later = pd.DataFrame({"table": ["annual_reports"], "rows": [84], "last": [pd.Timestamp("2021-02-27")]})
    said = text_of(opening(book_of({**tables, "registry/known_later": later}, language)), language)
    assert "84" in said and {"vi": "27/02/2021", "en": "27 February 2021"}[language] in said
    assert "84" not in text_of(opening(book_of(tables, language)), language)


def past_years(*values: float, origin: str = "registry") -> pd.DataFrame:
    """The years before the plan of T6."""
    years = range(2020 - len(values), 2020)
    return pd.DataFrame(
        [{"target_id": "T6", "origin": origin, "a_year": True, "year": y, "value": v} for y, v in zip(years, values)]
    )


@pytest.mark.parametrize("language", LANGUAGES)
def test_beside_a_verdict_stands_what_the_years_before_brought(tmp_path, language):
    tables = made_up.results("good")
    plain_said = said_of(tables, "T6", language)
    tables["scorecard/past"] = pd.concat([past_years(30.0, 28.0, 25.0), past_years(55.0, origin="published")])
    set_target(tables, "T6", asked_a_year=4.0)
    said = said_of(tables, "T6", language)
    assert said.startswith(plain_said), "the verdict's own words are as without it"
    mean = {"vi": "27,7\u00a0HTX", "en": "27.7\u00a0HTX"}[language]
    assert mean in said and "2017–2019" in said and "55\u00a0HTX" in said and "4\u00a0HTX" in said
    context = made_up.context(language)
    assert unbacked(build_annual_report(tables, context), prepare(tables, context)) == []
