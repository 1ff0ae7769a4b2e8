"""A workbook of 400 organisations with 60 planted faults of 20 kinds: each found at its cell, and nothing else."""

from __future__ import annotations

import datetime as dt

import pandas as pd
import pytest
from registry_facts import ABOUT
from registry_sheets import Book, province

from kttt_lib.errors import KtttError
from kttt_lib.registry import (
    TABLES,
    apply_merge,
    plan_merge,
    read_registry,
    registry_from_frames,
    save,
    write_quarantine,
)
from kttt_lib.registry.merge import Wrong
from kttt_lib.registry.model import facts

ORG, REPORT, EVENT = "organisations", "annual_reports", "status_events"
DAY = dt.datetime


def report(book: Book, number: int, year: int = 2018) -> int:
    return book.row(REPORT, org_id=f"SYN-{number:04d}", year=year)


def organisation(book: Book, number: int) -> int:
    return book.row(ORG, org_id=f"SYN-{number:04d}")


def plant_all(book: Book) -> dict[tuple[str, str], str]:
    """60 faults; gives for each cell (table, address) the rule that must find it."""
    expected: dict[tuple[str, str], str] = {}

    def put(rule: str, table: str, row: int, column: str, value: object) -> None:
        expected[book.plant(table, row, column, value)] = rule

    for place, text in enumerate(["nhiều", "12 triệu", "5 tỉ"]):
        put("not_a_number", REPORT, report(book, 1 + place), "revenue", text)
    for place, value in enumerate([12.5, "45,5"]):
        put("not_an_integer", REPORT, report(book, 6 + place), "workers", value)
    for place, text in enumerate(["31/02/2015", "tháng 5", "2015", "12/31/2015"]):
        put("not_a_date", ORG, organisation(book, 10 + place), "registered_on", text)
    for place, text in enumerate(["1/2/15", "01-02-09"]):
        put("short_year", ORG, organisation(book, 15 + place), "registered_on", text)
    for place, text in enumerate(["HTX XYZ", "Công ty"]):
        put("not_in_list", ORG, organisation(book, 21 + place), "scope", text)
    for place, (column, value) in enumerate([("members_served", -3), ("charter_capital", -0.5), ("area_ha", -1)]):
        put("out_of_range", REPORT, report(book, 25 + place), column, value)
    for number in (31, 32, 34):
        put("missing_value", ORG, organisation(book, number), "district", None)
    for place, name in enumerate(["<script>alert(1)</script>", "../../x", "@SUM(A1)"]):
        put("unsafe_text", ORG, organisation(book, 41 + place), "name", name)
    for place, (column, value) in enumerate([("name", '=HYPERLINK("http://x","y")'), ("commune", "=1+1")]):
        put("formula", ORG, organisation(book, 46 + place), column, value)
    put("formula", REPORT, report(book, 49), "revenue", "=FORMULA(A1)")
    for place, value in enumerate(["#REF!", "#N/A", "#DIV/0!"]):
        put("excel_error", REPORT, report(book, 50 + place), "total_assets", value)
    put("too_long", ORG, organisation(book, 55), "name", "a" * 10_000)
    put("legacy_font", ORG, organisation(book, 56), "name", "HTX n«ng nghiÖp §«ng H¶i")
    put("legacy_font", ORG, organisation(book, 57), "commune", "Kh¸nh Nh¹c")
    for number in (61, 62, 63):
        row = book.append(REPORT, org_id=f"SYN-{number:04d}", year=2018, members=10)
        put("duplicate_key", REPORT, row, "org_id", f"SYN-{number:04d}")
    for wrong in ("SYN-9999", "syn-0001", "HTX 12"):
        row = book.append("loans", date=DAY(2019, 1, 1), lender="Agribank", preferential="Có")
        put("unknown_organisation", "loans", row, "org_id", wrong)
    for number in (71, 72, 73):
        row = report(book, number)
        put("women_exceed_members", REPORT, row, "women", book.value(REPORT, row, "members") + 1)
    for number in (76, 77):
        row = report(book, number)
        put("part_exceeds_whole", REPORT, row, "revenue_from_members", book.value(REPORT, row, "revenue") * 2)
    for number in (80, 100, 120):
        put("credit_fund_outside_credit", ORG, organisation(book, number), "sector", "Phi nông nghiệp")
    for number in (83, 84, 85):
        row = book.append(REPORT, org_id=f"SYN-{number:04d}", members=10)
        put("before_founding", REPORT, row, "year", 2005)
    for number in (394, 395, 396):
        row = book.append(EVENT, org_id=f"SYN-{number:04d}", event="Tạm ngừng hoạt động")
        put("after_end", EVENT, row, "date", DAY(2021, 1, 1))
    for number, to in ((200, "SYN-8888"), (201, "HTX Đông Hải")):
        row = book.append(EVENT, org_id=f"SYN-{number:04d}", date=DAY(2020, 5, 1), event="Sáp nhập vào")
        put("unknown_successor", EVENT, row, "successor_id", to)
    for number, to in ((202, 203), (203, 202)):
        row = book.append(EVENT, org_id=f"SYN-{number:04d}", date=DAY(2020, 5, 1), event="Sáp nhập vào")
        put("successor_circle", EVENT, row, "successor_id", f"SYN-{to:04d}")
    for number in (211, 212, 213):
        row = report(book, number)
        put("other_unit", REPORT, row, "revenue", book.value(REPORT, row, "revenue") * 1000)
    for number, like in ((221, "htx NN  khanh thien số 217"), (222, "Hợp tác xã Nông nghiệp ĐỨC LONG số 214")):
        put("looks_the_same", ORG, organisation(book, number), "name", like)
    return expected


@pytest.fixture(scope="module")
def planted(tmp_path_factory):
    folder = tmp_path_factory.mktemp("faults")
    tables = province()
    # Two pairs that will look alike share commune, district and kind.
    orgs = tables[ORG].set_index("org_id")
    for number, like in (("SYN-0221", "SYN-0217"), ("SYN-0222", "SYN-0214")):
        orgs.loc[number, ["commune", "district", "kind", "sector"]] = orgs.loc[
            like, ["commune", "district", "kind", "sector"]
        ]
    tables[ORG] = orgs.reset_index()
    sound = registry_from_frames(tables, ABOUT)
    assert sound.findings.empty, sound.findings[["rule", "value"]].to_string()
    path = folder / "huyện.xlsx"
    save(tables, ABOUT, path)
    book = Book(path)
    expected = plant_all(book)
    book.save()
    return path, expected, sound


def test_sixty_faults_of_twenty_kinds_are_planted(planted):
    _, expected, _ = planted
    assert len(expected) == 60
    assert len(set(expected.values())) >= 20


def test_each_planted_fault_is_found_at_its_cell_and_nothing_else(planted):
    path, expected, _ = planted
    findings = read_registry(path).findings
    found = {(row["table"], row["cell"]): row["rule"] for row in findings.to_dict("records")}
    # A row of an organisation in error waits for it: said once, on the organisation's own row.
    waiting = {place for place, rule in found.items() if rule == "dependants_wait"}
    assert {place: rule for place, rule in found.items() if place not in waiting} == expected
    assert len(findings) == len(expected) + len(waiting)
    in_error = {(table, address.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")) for table, address in expected}
    assert {(table, address.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")) for table, address in waiting} <= in_error


def test_read_is_accepted_plus_quarantined_and_warnings_remove_nothing(planted):
    registry = read_registry(planted[0])
    counts = registry.counts
    assert (counts["read"] == counts["accepted"] + counts["quarantined"]).all()
    errors = registry.errors.groupby("table")["row"].nunique()
    assert counts.set_index("table")["quarantined"].loc[errors.index].equals(errors.astype("int64"))
    assert set(registry.findings["severity"]) == {"error", "warning"}


def test_every_message_names_place_and_mend_in_both_languages(planted):
    findings = read_registry(planted[0]).findings
    for language in ("vi", "en"):
        for part in ("place", "message", "mend"):
            assert (findings[f"{part}_{language}"].str.len() > 5).all()
            assert not findings[f"{part}_{language}"].str.contains(r"[{}]|None|nan").any()
    assert (findings["message_vi"] != findings["message_en"]).all()


def mend(book: Book, sound) -> None:
    """What a district does: each marked row gets its true cells again, rows that were made up get a true key."""
    for name in (ORG, REPORT):
        truth = sound.tables[name]
        for number in range(4, book.sheet(name).max_row + 1):
            key = {"org_id": book.value(name, number, "org_id")}
            if name == REPORT:
                key["year"] = book.value(name, number, "year")
            row = truth[(truth[list(key)] == pd.Series(key)).all(axis=1)]
            if row.empty or (name == REPORT and book.value(name, number, "workers") is None):
                book.plant(name, number, "year", 2014)
                continue
            for column, value in row.iloc[0].items():
                if not column.startswith("source_") and column not in ("fined", "specialised"):
                    book.plant(name, number, column, None if pd.isna(value) else value)
    for place, number in enumerate(range(4, book.sheet("loans").max_row + 1)):
        book.plant("loans", number, "org_id", f"SYN-{300 + place:04d}")
    for number in range(4, book.sheet(EVENT).max_row + 1):
        if book.value(EVENT, number, "event") == "Tạm ngừng hoạt động":
            book.plant(EVENT, number, "date", DAY(2020, 2, 1))
        else:
            book.plant(EVENT, number, "successor_id", "SYN-0310")


def test_quarantine_mended_goes_back_in(planted, tmp_path):
    path, _, sound = planted
    registry = read_registry(path)
    aside = write_quarantine(registry, tmp_path / "sửa.xlsx")
    book = Book(aside)
    cells = [cell for name in registry.quarantine for row in book.sheet(name).iter_rows(min_row=4) for cell in row]
    marked = [cell for cell in cells if cell.fill.fgColor.rgb == "FFFFC7CE"]
    assert len(marked) == len(registry.errors)
    assert all(cell.comment and cell.comment.text for cell in marked)

    unmended = plan_merge(registry, aside)
    # A doubled row sent back as it was is no new version of the first one.
    assert len(unmended.errors) == len(registry.errors)
    assert unmended.wrong == Wrong(new=sum(map(len, registry.quarantine.values())))
    assert unmended.changes.empty
    with pytest.raises(KtttError, match="more"):
        apply_merge(unmended, tmp_path / "registry")
    assert not (tmp_path / "registry").exists()

    mend(book, sound)
    plan = plan_merge(registry, book.save())
    assert plan.errors.empty, plan.errors[["rule", "table", "cell", "value"]].to_string()
    assert (plan.changes["kind"] == "added").all()
    assert len(plan.changes) == sum(map(len, registry.quarantine.values()))
    apply_merge(plan, tmp_path / "registry")
    back = read_registry(tmp_path / "registry")
    assert back.errors.empty
    warned = {"SYN-0221", "SYN-0222"}
    for name in (ORG, REPORT):
        ours, theirs = (frame.tables[name][lambda rows: ~rows["org_id"].isin(warned)] for frame in (back, sound))
        known = ours.merge(theirs[list(TABLES[name].key)], on=list(TABLES[name].key))
        assert facts(known, name).equals(facts(theirs, name))
