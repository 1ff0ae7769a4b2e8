"""Files for people and for systems: the same bytes each time, and deaf to what data tries to say."""

from __future__ import annotations

import csv
import io
import json
import re
import zipfile
from html import unescape
from html.parser import HTMLParser

import jsonschema
import openpyxl
import pandas as pd
import province as made_up
import pytest
from lxml import etree
from made_reports import built, page

from kttt_lib.disclosure import public_edition
from kttt_lib.errors import KtttError
from kttt_lib.files import write_whole
from kttt_lib.report.annual import build_annual_report
from kttt_lib.report.compare import RunFiles, compare, compare_runs, read_run
from kttt_lib.report.context import prepare
from kttt_lib.report.document import block_runs, plain
from kttt_lib.report.docx import write_docx, write_reference
from kttt_lib.report.html.report import report_html
from kttt_lib.report.indicators import SCHEMA, guarded, write_indicators
from kttt_lib.report.workbook import write_workbook

EVIL = "<img src=x onerror=alert(1)>"
FORMULA = "=cmd|'/c calc'!A1"
W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


def poisoned() -> dict[str, pd.DataFrame]:
    """The good year with two HTX that try to be code, wherever names are shown."""
    tables = made_up.results("good")
    members = tables["scorecard/members"]
    members.loc[members["org_id"] == "SYN-NB-0001", "name"] = EVIL
    members.loc[members["org_id"] == "SYN-NB-0002", "name"] = FORMULA
    peers = tables["efficiency/peers"]
    leading = peers["peer_name"].unique()
    peers["peer_name"] = peers["peer_name"].replace({leading[0]: EVIL, leading[1]: FORMULA})
    tables["restructuring/pairs"].loc[0, "names"] = f"{EVIL} + {FORMULA}"
    tables["scorecard/targets"].loc[0, "title_vi"] = FORMULA
    return tables


class Tags(HTMLParser):
    """Which elements and attributes a page really has."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, dict]] = []

    def handle_starttag(self, tag, attrs):
        self.found.append((tag, dict(attrs)))


def elements(html: str) -> list[tuple[str, dict]]:
    tags = Tags()
    tags.feed(html)
    return tags.found


@pytest.mark.usefixtures("undrawn")
def test_a_name_that_is_code_is_shown_as_text_in_html():
    html = report_html(build_annual_report(poisoned(), made_up.context("vi")))
    assert "&lt;img src=x onerror=alert(1)&gt;" in html and FORMULA in unescape(html)
    images = [a for tag, a in elements(html) if tag == "img"]
    assert images and all(a["src"].startswith("data:image/png;base64,") for a in images)
    assert not any(name.startswith("on") for _, attributes in elements(html) for name in attributes)


@pytest.mark.usefixtures("undrawn")
def test_a_name_that_is_code_is_shown_as_text_in_word(tmp_path):
    path = write_docx(build_annual_report(poisoned(), made_up.context("vi")), tmp_path / "r.docx")
    body = etree.fromstring(zipfile.ZipFile(path).read("word/document.xml"))
    text = "".join(t.text or "" for t in body.iter(f"{W}t"))
    assert EVIL in text and FORMULA in text
    # The only fields are the document's own numbers.
    fields = {(f.text or "").split()[0] for f in body.iter(f"{W}instrText")}
    assert fields <= {"SEQ", "PAGE"}


def test_a_name_that_is_a_formula_is_text_in_the_workbook(tmp_path):
    context = made_up.context("vi")
    path = write_workbook(prepare(poisoned(), context), context, tmp_path / "t.xlsx")
    sheet = openpyxl.load_workbook(path)["scorecard-members"]
    cells = [c for row in sheet.iter_rows() for c in row if c.value in (EVIL, FORMULA)]
    assert {c.value for c in cells} == {EVIL, FORMULA} and {c.data_type for c in cells} == {"s"}
    with zipfile.ZipFile(path) as package:
        assert not any(b"<f>" in package.read(n) for n in package.namelist() if "sheet" in n)
        assert not any("externalLink" in n for n in package.namelist())


def test_a_text_that_is_a_formula_does_not_run_from_csv(tmp_path):
    context = made_up.context("vi")
    path, _ = write_indicators(prepare(poisoned(), context), context, tmp_path / "i.csv", tmp_path / "i.json")
    lines = list(csv.DictReader(io.StringIO(path.read_text("utf-8-sig"), newline="")))
    assert lines[0]["title_vi"] == f"'{FORMULA}"
    assert not any(v[:1] in "=+@\t\r" and v for line in lines for v in line.values())


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1+2", "@SUM(A1)", "\t=1", "\r=1"])
def test_every_beginning_of_a_formula_is_guarded(text):
    assert guarded(text) == f"'{text}"
    assert guarded(-1.5) == -1.5 and guarded("HTX - 1") == "HTX - 1" and guarded(None) == ""


@pytest.mark.usefixtures("undrawn")
def test_illegal_characters_of_xml_do_not_break_the_files(tmp_path):
    tables = made_up.results("good")
    tables["restructuring/pairs"].loc[0, "names"] = "HTX \x00\x0b\ufffe kỳ lạ"
    context = made_up.context("vi")
    document = build_annual_report(tables, context)
    etree.fromstring(zipfile.ZipFile(write_docx(document, tmp_path / "r.docx")).read("word/document.xml"))
    openpyxl.load_workbook(write_workbook(prepare(tables, context), context, tmp_path / "t.xlsx"))


def test_the_same_results_give_the_same_bytes(tmp_path):
    context = made_up.context("en")
    document = build_annual_report(made_up.results("bad"), context)
    tables = prepare(made_up.results("bad"), context)

    def write(name: str) -> list[bytes]:
        folder = tmp_path / name
        paths = [
            write_whole(folder / "r.html", report_html(document).encode()),
            write_docx(document, folder / "r.docx"),
            write_workbook(tables, context, folder / "t.xlsx"),
            *write_indicators(tables, context, folder / "i.csv", folder / "i.json"),
        ]
        return [path.read_bytes() for path in paths]

    first = write("a")
    assert first == write("b")
    assert page("bad", "en", drawn=True).encode() == first[0]


@pytest.mark.parametrize("language", ["vi", "en"])
def test_the_page_is_whole_and_forbids_the_network(story, language):
    html = page(story, language, drawn=True)
    assert len(html.encode()) < 3_000_000
    assert f'<html lang="{language}">' in html
    policy = next(a["content"] for tag, a in elements(html) if a.get("http-equiv") == "Content-Security-Policy")
    assert "default-src 'none'" in policy and "unsafe" not in policy and "http" not in policy
    for tag, attributes in elements(html):
        for name in ("src", "href"):
            if name in attributes:
                assert attributes[name].startswith(("data:", "#")), (tag, attributes)
        assert "style" not in attributes


def test_without_script_every_number_leads_to_its_source(story):
    html = page(story, drawn=True)
    ids = {a["id"] for _, a in elements(html) if "id" in a}
    links = [a for tag, a in elements(html) if tag == "a" and a.get("class", "").startswith("n")]
    assert len(links) > 200 and all(a["href"][1:] in ids for a in links)
    assert len(ids) == len([a for _, a in elements(html) if "id" in a]), "an id stands twice"


def test_the_json_keeps_its_published_schema(tmp_path, story):
    context = made_up.context("vi")
    _, path = write_indicators(
        prepare(made_up.results(story), context), context, tmp_path / "i.csv", tmp_path / "i.json"
    )
    schema = json.loads(SCHEMA.read_text("utf-8"))
    document = json.loads(path.read_text("utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.validate(document, schema)
    assert document["synthetic"] is True and document["ref_area"] == "VN-18"
    status = {i["target_id"]: i["obs_status"] for i in document["indicators"]}
    assert status["Q4"] == "M" and status["T6"] == "A"
    assert status["T3"] == "P" and ("undetermined" in {i["verdict"] for i in document["indicators"]}) == (
        story == "missing"
    )
    del document["indicators"][0]["value"]
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(document, schema)


def test_the_public_sees_no_name_and_no_id(tmp_path):
    context = made_up.context("vi", audience="public")
    names = set(made_up.organisations()["name"])
    tables = prepare(made_up.results("good"), context)
    texts = [page("good", "vi", "public"), *(frame.to_csv() for frame in tables.values())]
    for text in texts:
        assert "SYN-NB" not in text
        assert not [name for name in names if re.search(rf"{re.escape(name)}\b", text)]
    assert public_edition(made_up.results("good")).tables["efficiency/scores"].equals(tables["efficiency/scores"])


def graded_counts() -> dict[str, pd.DataFrame]:
    """T13 rests on ratings; it and T6 (foundings) are 1, 2, 3, ... by district."""
    tables = made_up.results("good")
    cards, groups = tables["scorecard/targets"], tables["scorecard/by_group"]
    cards.loc[cards["target_id"] == "T13", "rule"] = "new_model.assigned + effective.kha"
    for target_id in ("T6", "T13"):
        here = groups["target_id"] == target_id
        for column in ("value", "lower", "upper", "numerator"):
            groups.loc[here, column] = [float(n) for n in range(1, here.sum() + 1)]
    return tables


def test_the_public_sees_no_organisations_own_figure_in_what_a_sum_counts():
    tables = made_up.results("good")
    some = tables["scorecard/members"].head(3)
    sums, counts = (
        some.assign(target_id="Q1", weight=[1.0, 0.0, 285.0]),
        some.assign(target_id="T6", weight=[1.0, 0, 1]),
    )
    courses = some.assign(target_id="T8", org_id="", weight=[45.0, 30.0, 1.0])
    members = pd.concat([sums, counts, courses], ignore_index=True)
    public = (
        public_edition({**tables, "scorecard/members": members})
        .tables["scorecard/members"]
        .set_index("target_id")["weight"]
    )
    assert public["Q1"].isna().all(), "what is 0 or 1 in a sum is a figure too"
    assert sorted(public["T6"]) == [0, 1, 1] and sorted(public["T8"]) == [1, 30, 45]


def test_small_counts_that_rest_on_ratings_are_hidden_from_the_public_and_foundings_are_not():
    groups = public_edition(graded_counts()).tables["scorecard/by_group"]
    by = {i: groups[groups["target_id"] == i] for i in ("T6", "T13")}
    assert by["T6"]["value"].tolist() == [1, 2, 3, 4, 5, 6, 7, 8]
    assert by["T13"]["suppressed"].tolist() == [True, True] + [False] * 6
    for column in ("value", "lower", "upper", "numerator"):
        assert by["T13"][column].isna().tolist() == [True, True] + [False] * 6
    assert "_size" not in groups.columns


@pytest.mark.parametrize(
    ("language", "shown"),
    [("vi", "Số được in nguyên: số tổ chức đăng ký, thành lập"), ("en", "Printed whole: how many organisations are")],
)
def test_the_public_is_told_which_small_numbers_are_shown(language, shown):
    said = "".join(plain(tuple(block_runs(block)), language) for block in built("good", language, "public").annexes)
    assert shown in said


def test_means_of_one_or_two_are_hidden_from_the_public_in_the_summary_of_efficiency_too():
    tables = made_up.results("good")
    summary = tables["efficiency/summary"]
    summary.loc[summary["level"] == "TP Tam Điệp", "organisations"] = 2
    public = public_edition(tables).tables["efficiency/summary"].set_index("level")
    assert public.loc["TP Tam Điệp", "suppressed"] and pd.isna(public.loc["TP Tam Điệp", "mean_score"])
    assert pd.notna(public.loc["all", "mean_score"]) and public["suppressed"].sum() == 2


@pytest.mark.parametrize("audience", ["public", "internal"])
def test_the_year_of_a_value_is_that_of_its_reports(tmp_path, audience):
    tables = made_up.results("missing")
    context = made_up.context("vi", audience)
    paths = write_indicators(prepare(tables, context), context, tmp_path / "i.csv", tmp_path / "i.json")
    lines = {r["target_id"]: r for r in csv.DictReader(io.StringIO(paths[0].read_text("utf-8-sig"), newline=""))}
    found = {r["target_id"]: r for r in json.loads(paths[1].read_text("utf-8"))["indicators"]}
    assert (lines["T4"]["time_period"], lines["T4"]["reported_year"]) == ("2019", "2019")
    assert (found["T4"]["time_period"], found["T4"]["reported_year"]) == ("2019", 2019)
    assert (lines["T3"]["time_period"], lines["T3"]["reported_year"]) == ("2020", "2020")
    assert (lines["T6"]["time_period"], lines["T6"]["reported_year"]) == ("2020", "")


def test_an_office_may_bring_its_own_reference(tmp_path):
    from docx import Document as open_docx
    from docx.shared import Mm

    path = write_reference(tmp_path / "reference.docx")
    own = open_docx(str(path))
    own.sections[0].left_margin = Mm(35)
    own.styles["KTTT Body"].font.bold = True
    own.add_paragraph("văn bản mẫu không được đưa vào")
    own.save(tmp_path / "own.docx")
    made = open_docx(str(write_docx(built("good", drawn=True), tmp_path / "r.docx", tmp_path / "own.docx")))
    # Word keeps margins in twentieths of a point
    assert abs(made.sections[0].left_margin - Mm(35)) < 635 and made.styles["KTTT Body"].font.bold
    assert not any("văn bản mẫu" in p.text for p in made.paragraphs)


def test_the_layout_is_that_of_decree_30(tmp_path):
    from docx import Document as open_docx

    made = open_docx(str(write_docx(built("good", drawn=True), tmp_path / "r.docx")))
    page_setup = made.sections[0]
    assert round(page_setup.page_width.mm) == 210 and round(page_setup.page_height.mm) == 297
    assert 20 <= page_setup.top_margin.mm <= 25 and 20 <= page_setup.bottom_margin.mm <= 25
    assert 30 <= page_setup.left_margin.mm <= 35 and 15 <= page_setup.right_margin.mm <= 20
    assert page_setup.different_first_page_header_footer
    for name in ("Normal", "Heading 1", "KTTT Body", "KTTT Sign"):
        assert made.styles[name].font.name == "Times New Roman" and 13 <= made.styles[name].font.size.pt <= 14
    front = "\n".join(p.text for p in made.paragraphs[:12])
    assert "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM" in front and "Độc lập - Tự do - Hạnh phúc" in front
    assert re.search(r"Số: +/BC-UBND", front) and re.search(r"ngày +tháng +năm", front)
    body = made.element.body
    assert made.tables and all(t._tbl.findall(f".//{W}tblHeader") for t in made.tables)
    pictures = list(body.iter("{http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing}docPr"))
    assert len(pictures) >= 9 and all(len(p.get("descr", "")) > 30 for p in pictures)


def run_folder(folder, story: str, registry_hash: str, audience: str = "internal", plan: str = "made-up") -> None:
    context = made_up.context("vi", audience)
    tables = prepare(made_up.results(story), context)
    write_workbook(tables, context, folder / "tables.xlsx")
    write_indicators(tables, context, folder / "indicators.csv", folder / "indicators.json")
    inputs = {"registry": {"annual_reports.csv": registry_hash, "loans.csv": "same"}}
    manifest = {"plan": plan, "audience": audience, "inputs": inputs}
    (folder / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")


def test_two_runs_are_compared_by_results_inputs_and_rows(tmp_path):
    run_folder(tmp_path / "a", "good", "1")
    run_folder(tmp_path / "b", "missing", "2")
    found = compare(read_run(tmp_path / "a"), read_run(tmp_path / "b"))
    assert {"T3", "T6", "T7"} <= set(found.targets["target_id"]) and "Q4" not in set(found.targets["target_id"])
    assert found.inputs.to_dict("records") == [{"group": "registry", "file": "annual_reports.csv", "change": "changed"}]
    assert (found.rows["status_b"] == "missing").any()
    text = compare_runs(tmp_path / "a", tmp_path / "b", "vi")
    assert "93,75%" in text and "Chưa kết luận được" in text and "annual_reports.csv: sửa" in text
    assert "SYN-NB-" in text
    same = compare_runs(tmp_path / "a", tmp_path / "a", "en")
    assert "No indicator has changed." in same


def members(*rows: tuple[str, str, str, str]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["target_id", "org_id", "row_key", "status"])


def run_of(name: str, as_of: str, rows: pd.DataFrame, **indicator) -> RunFiles:
    found = {"target_id": "T5", "title_vi": "Doanh thu", "title_en": "Revenue", "unit": "htx", **indicator}
    return RunFiles(name, {"audience": "internal"}, {"as_of": as_of, "indicators": [found]}, rows)


def test_an_organisation_stays_itself_when_its_rows_change_between_two_runs():
    before = members(
        ("T5", "A", "organisations/A", "missing"), ("T5", "B", "criteria_scores/B/2019", "not_counted"),
        ("T5", "", "activities/9", "excluded"), ("T5", "C", "loans/1", "counted"),
    )  # fmt: skip
    after = members(
        ("T5", "A", "criteria_scores/A/2020", "not_counted"), ("T5", "A", "criteria_scores/A/2020b", "counted"),
        ("T5", "B", "criteria_scores/B/2020", "not_counted"), ("T5", "", "activities/9", "counted"),
        ("T5", "C", "loans/1", "excluded"), ("T5", "C", "loans/2", "missing"),
    )  # fmt: skip
    found = compare(run_of("a", "2020-12-31", before), run_of("b", "2021-03-31", after)).rows
    moves = {who: (a, b) for who, a, b in zip(found["who"], found["status_a"], found["status_b"])}
    assert moves == {
        "A": ("missing", "counted"), "C": ("counted", "missing"), "activities/9": ("excluded", "counted"),
    }  # fmt: skip


def test_a_result_without_an_upper_bound_is_told_as_at_least(tmp_path):
    run_folder(tmp_path / "a", "good", "1")
    run_folder(tmp_path / "b", "good", "2")
    document = json.loads((tmp_path / "b" / "indicators.json").read_text("utf-8"))
    here = next(i for i in document["indicators"] if i["target_id"] == "Q1")
    here.update(value=523, lower=480, upper=None, missing=3)
    (tmp_path / "b" / "indicators.json").write_text(json.dumps(document), encoding="utf-8")
    assert "523 (ít nhất 480)" in compare_runs(tmp_path / "a", tmp_path / "b", "vi")
    assert "523 (at least 480)" in compare_runs(tmp_path / "a", tmp_path / "b", "en")


def refused(*folders) -> str:
    """What the user is told, in both languages; no text of the machine's own is in it."""
    with pytest.raises(KtttError) as told:
        compare_runs(*folders)
    assert "Errno" not in str(told.value) and "Traceback" not in str(told.value)
    return str(told.value)


def test_a_folder_that_is_no_run_is_refused(tmp_path):
    for said in (refused(tmp_path / "none", tmp_path), refused(tmp_path, tmp_path)):
        assert "outputs/<plan>/<date>" in said and "outputs/<kế hoạch>/<ngày>" in said
    assert "there is no such folder" in refused(tmp_path / "none", tmp_path)
    assert "manifest.json is missing" in refused(tmp_path, tmp_path)


@pytest.mark.parametrize("name", ["manifest.json", "indicators.json", "tables.xlsx"])
def test_a_damaged_run_is_refused_by_the_name_of_the_file(tmp_path, name):
    run_folder(tmp_path / "a", "good", "1")
    for damage in (b"", b"[]", b"PK\x03\x04"):
        (tmp_path / "a" / name).write_bytes(damage)
        said = refused(tmp_path / "a", tmp_path / "a")
        assert name in said and "damaged" in said
    (tmp_path / "a" / name).unlink()
    assert f"{name} is missing" in refused(tmp_path / "a", tmp_path / "a")


def test_reports_of_two_audiences_or_plans_are_not_compared(tmp_path):
    run_folder(tmp_path / "a", "good", "1")
    run_folder(tmp_path / "p", "good", "1", audience="public")
    run_folder(tmp_path / "q", "good", "1", plan="another")
    said = refused(tmp_path / "a", tmp_path / "p")
    assert "two audiences" in said and "p is public" in said and "hai đối tượng đọc" in said
    assert "two plans" in refused(tmp_path / "a", tmp_path / "q")


def test_public_reports_are_compared_without_their_codes(tmp_path):
    run_folder(tmp_path / "a", "good", "1", audience="public")
    run_folder(tmp_path / "b", "missing", "2", audience="public")
    text = compare_runs(tmp_path / "a", tmp_path / "b", "en")
    assert "93.75%" in text and "HTX-0" not in text and "codes of their own" in text
