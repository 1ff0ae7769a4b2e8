"""The workbook of tables: titles and rounded numbers for people, names and whole values for machines."""

from __future__ import annotations

import zipfile

import openpyxl
import pandas as pd
import province as made_up
import pytest

from kttt_lib.report.context import prepare
from kttt_lib.report.words import LANGUAGES, code_word, column_title, words
from kttt_lib.report.workbook import write_workbook
from kttt_lib.results import RESULTS


def made(tmp_path, language: str, tables: dict[str, pd.DataFrame] | None = None) -> openpyxl.Workbook:
    context = made_up.context(language)
    tables = prepare(tables or made_up.results("good"), context)
    return openpyxl.load_workbook(write_workbook(tables, context, tmp_path / "t.xlsx"))


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_column_has_a_title(language):
    """A title may be the name itself with a capital ("Year"), but never a name in code."""
    columns = {c for table in prepare(made_up.results("good"), made_up.context(language)).values() for c in table}
    assert sorted(c for c in columns if column_title(c, language) == c) == []
    assert column_title("not_in_any_dictionary", language) == "not_in_any_dictionary"


def test_titles_stand_above_names_and_values_stay_whole(tmp_path):
    tables = made_up.results("good")
    book = made(tmp_path, "vi", tables)
    assert book.worksheets[0]["B7"].value == RESULTS[sorted(prepare(tables, made_up.context()))[0]].vi
    sheet = book["scorecard-targets"]
    titles, names, first = (list(row) for row in sheet.iter_rows(max_row=3))
    assert [c.value for c in names] == list(tables["scorecard/targets"].columns)
    place = [c.value for c in names].index
    assert titles[place("verdict")].value == "Kết luận" and titles[place("threshold")].value == "Mức kế hoạch"
    assert titles[place("title_en")].value == "Tên gọi (tiếng Anh)"
    for column in ("verdict", "value"):
        assert first[place(column)].value == tables["scorecard/targets"][column].iloc[0]
    verdict = first[place("verdict")]
    assert verdict.number_format == f';;;"{words("vi")["verdict." + verdict.value]}"'
    again = pd.read_excel(tmp_path / "t.xlsx", sheet_name="efficiency-scores", header=1)
    assert again["bias_corrected"].tolist() == pytest.approx(
        tables["efficiency/scores"]["bias_corrected"].tolist(), nan_ok=True
    )


def test_numbers_are_shown_rounded_alike_down_a_column(tmp_path):
    frame = pd.DataFrame(
        {"year": [2020, 2019], "value": [84.90772395636036, 29.0], "p_value": [0.0005, 0.5], "count": [2880.0, 3.0]}
    )
    sheet = made(tmp_path, "en", made_up.results("good") | {"scorecard/trend": frame})["scorecard-trend"]
    shown = [[c.number_format for c in row] for row in sheet.iter_rows(min_row=3)]
    assert shown == [["General", "#,##0.0", "0.000", "#,##0"]] * 2
    assert sheet["B3"].value == 84.90772396
    with zipfile.ZipFile(tmp_path / "t.xlsx") as package:
        assert not any(b"<f>" in package.read(n) for n in package.namelist() if "sheet" in n)


@pytest.mark.parametrize(
    ("column", "code", "vi", "en"),
    [
        ("verdict_overall", "not_met", words("vi")["verdict.not_met"], "Not met"),
        ("sector", "agriculture", "Nông nghiệp", "Agriculture"),
        ("scope", "village", "Thôn", "Village"),
        ("table", "annual_reports", "Báo cáo năm", "Annual reports"),
        ("rule", "effective.kha", None, None),
    ],
)
def test_a_code_is_shown_as_the_word_of_a_dictionary(column, code, vi, en):
    assert (code_word(column, code, "vi"), code_word(column, code, "en")) == (vi, en)
