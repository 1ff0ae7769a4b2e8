"""Lists that have codes one year and none another: who is alone in name and commune is one, told and not asked."""

from __future__ import annotations

import datetime as dt

import layouts
import pytest

from kttt_lib.intake import propose, take
from kttt_lib.intake.grid import read_grids
from kttt_lib.intake.joining import CODE
from kttt_lib.intake.mapping import SameRule
from kttt_lib.intake.writing import update, write
from kttt_lib.registry import apply_merge, read_registry

NAMES = ("Đại Phong", "Tiền Lộc", "Thượng Cát", "Bình An", "Phú Cường", "Vạn Thắng")
CODES = [f"070012345{place}" for place in range(len(NAMES))]
PEOPLE = [(f"HTX nông nghiệp {name}", "Khánh Nhạc", dt.date(2001 + place, 3, 15)) for place, name in enumerate(NAMES)]


def listed(folder, year, codes=None, people=PEOPLE, founded=True):
    """A list of a year, with codes or without."""
    head = ["TT", "Tên HTX", *["Mã số thuế"] * bool(codes), "Xã", *["Ngày thành lập"] * founded, "Số thành viên"]
    rows = [
        [place + 1, name, *([codes[place]] if codes else []), commune, *([day] if founded else []), 20 + place]
        for place, (name, commune, day) in enumerate(people)
    ]
    title = f"DANH SÁCH HTX NÔNG NGHIỆP HUYỆN YÊN KHÁNH, TỈNH NINH BÌNH NĂM {year} (dữ liệu giả lập)"
    return layouts.write_book(folder, f"ds {year}.xlsx", {"DS": [[title], head, *rows]})


def taken(*paths, old=None, same=()):
    grids = [grid for path in paths for grid in read_grids(path)]
    mapping = propose(grids)
    mapping.province = "Ninh Bình"
    mapping.same = list(same)
    assert not mapping.questions()
    return take(grids, mapping, old)


def year_after(folder, path, **how):
    """Take a list into the registry of the folder; returns what was taken and the organisations before and after."""
    book = folder / "registry.xlsx"
    old = read_registry(book)
    result = taken(path, old=old, **how)
    assert not result.asked and result.registry.errors.empty
    plan = update(result, old, book)
    assert plan.errors.empty
    apply_merge(plan, book)
    return result, *(one.tables["organisations"].set_index("org_id") for one in (old, read_registry(book)))


@pytest.fixture
def uncoded(tmp_path):
    write(taken(listed(tmp_path, 2019)), tmp_path / "registry.xlsx")
    return tmp_path


def notes(result, kind="codes_came", language="vi"):
    found = result.registry.notes
    return found.loc[found["kind"] == kind, f"message_{language}"].tolist()


def test_codes_of_the_next_year_are_taken_without_a_question_and_told_once(uncoded):
    result, before, after = year_after(uncoded, listed(uncoded, 2020, CODES))
    assert after.index.tolist() == before.index.tolist() and after[CODE].tolist() == CODES
    (vi,), (en,) = notes(result), notes(result, language="en")
    assert vi.startswith("6 tổ chức") and en.startswith("6 organisations")
    assert all(f"{PEOPLE[0][0]}, Khánh Nhạc, Yên Khánh: {CODES[0]}; " in text for text in (vi, en))
    assert "Bình An" not in vi
    reports = read_registry(uncoded / "registry.xlsx").tables["annual_reports"]
    assert sorted(reports["year"]) == [2019] * 6 + [2020] * 6


def test_the_year_after_the_code_joins_whatever_the_name_has_become(uncoded):
    year_after(uncoded, listed(uncoded, 2020, CODES))
    renamed = [("HTX Sao Mai", "Khánh Nhạc", PEOPLE[0][2]), *PEOPLE[1:]]
    result, before, after = year_after(uncoded, listed(uncoded, 2021, CODES, renamed))
    assert not notes(result) and after.index.tolist() == before.index.tolist()
    assert after["name"].iloc[0] == "HTX Sao Mai" and after[CODE].tolist() == CODES
    _, before, after = year_after(uncoded, listed(uncoded, 2022, people=renamed[1:]))  # and no codes again
    assert after.index.tolist() == before.index.tolist() and after[CODE].tolist() == CODES


def test_codes_in_the_first_year_and_none_in_the_second_are_one_too(tmp_path):
    write(taken(listed(tmp_path, 2019, CODES)), tmp_path / "registry.xlsx")
    result, before, after = year_after(tmp_path, listed(tmp_path, 2020))
    assert after.index.tolist() == before.index.tolist() == CODES and not notes(result)
    other = [(name, commune, day.replace(year=1990)) for name, commune, day in PEOPLE]
    assert len(taken(listed(tmp_path, 2021, people=other), old=read_registry(tmp_path / "registry.xlsx")).asked) == 6


def test_two_lists_handed_over_at_once_are_joined_by_the_code(tmp_path):
    result = taken(listed(tmp_path, 2019), listed(tmp_path, 2020, CODES))
    assert not result.asked and len(notes(result)) == 1
    assert result.registry.tables["organisations"]["org_id"].tolist() == CODES
    assert len(result.registry.tables["annual_reports"]) == 12


NO_COMMUNE = [(PEOPLE[0][0], None, PEOPLE[0][2]), *PEOPLE[1:]]
TWICE = [*PEOPLE, (PEOPLE[0][0], "Khánh Nhạc", None)]
ELSEWHERE = [*PEOPLE, (PEOPLE[0][0], None, None)]
FOUNDED = [(*PEOPLE[0][:2], dt.date(1999, 1, 1)), *PEOPLE[1:]]


@pytest.mark.parametrize("people", [NO_COMMUNE, TWICE, ELSEWHERE, FOUNDED])
def test_without_commune_with_a_namesake_or_another_founding_it_is_asked(people, uncoded):
    codes = [*CODES, "0700123999"]
    result = taken(listed(uncoded, 2020, codes, people), old=read_registry(uncoded / "registry.xlsx"))
    assert CODES[0] in {rule.this for rule in result.asked} <= {CODES[0], "0700123999"}
    assert notes(result)[0].startswith("5 tổ chức")


def test_a_year_of_founding_does_not_contradict_a_day_within_it(uncoded):
    years = [(name, commune, day.year) for name, commune, day in PEOPLE]
    year_after(uncoded, listed(uncoded, 2020, CODES, years))


def test_another_code_than_the_registry_holds_is_asked_and_a_yes_or_no_is_kept(uncoded):
    year_after(uncoded, listed(uncoded, 2020, CODES))
    old = read_registry(uncoded / "registry.xlsx")
    path = listed(uncoded, 2021, ["0700999999", *CODES[1:]])
    (rule,) = taken(path, old=old).asked
    assert rule.this == "0700999999" and rule.as_ == old.tables["organisations"]["org_id"].iloc[0]
    _, _, after = year_after(uncoded, path, same=[rule.model_copy(update={"take": "yes"})])
    assert after[CODE].tolist() == ["0700999999", *CODES[1:]] and len(after) == 6


def test_a_no_in_the_mapping_keeps_two_apart(uncoded):
    old = read_registry(uncoded / "registry.xlsx")
    rule = SameRule(take="no", this=CODES[0], **{"as": old.tables["organisations"]["org_id"].iloc[0]})
    result = taken(listed(uncoded, 2020, CODES), old=old, same=[rule])
    assert not result.asked and CODES[0] in set(result.registry.tables["organisations"]["org_id"])


def test_one_that_has_ended_is_asked_about(tmp_path):
    path = listed(tmp_path, 2019)
    result = taken(path)
    write(result, tmp_path / "registry.xlsx")
    old = read_registry(tmp_path / "registry.xlsx")
    events = old.tables["status_events"]
    events.loc[0, ["org_id", "date", "event"]] = [
        old.tables["organisations"]["org_id"].iloc[0], dt.datetime(2019, 12, 31), "dissolved",
    ]  # fmt: skip
    (rule,) = taken(listed(tmp_path, 2020, CODES), old=old).asked
    assert rule.this == CODES[0]


# Days of founding.


def days(folder, values, year=2020):
    people = [(name, commune, value) for (name, commune, _), value in zip(PEOPLE, values)]
    return taken(listed(folder, year, people=people))


def test_a_founding_day_of_a_two_digit_year_has_the_one_century_that_it_can_have(tmp_path):
    result = days(tmp_path, ["15/03/98", "15/03/05", "ngày 1-2-55", "20/05/20", "03/04/2011", "07/08/1999"])
    assert result.registry.errors.empty
    read = result.registry.tables["organisations"]["founded_on"].dt.strftime("%d/%m/%Y").tolist()
    assert read == ["15/03/1998", "15/03/2005", "01/02/1955", "20/05/2020", "03/04/2011", "07/08/1999"]
    (vi,) = notes(result, "converted")
    assert "4 ô" in vi and "(D3: 15/03/98 là 15/03/1998)" in vi


@pytest.mark.parametrize(("text", "year"), [("15/03/55", 2060), ("15/03/30", 2020)])
def test_where_both_centuries_are_possible_or_none_it_is_asked_at_its_cell(text, year, tmp_path):
    result = days(tmp_path, [text], year)
    assert result.registry.errors["rule"].tolist() == ["short_year"] and not notes(result, "converted")


@pytest.mark.parametrize("value", [dt.date(1900, 1, 1), "15/03/1915", "1930"])
def test_a_founding_day_before_any_cooperative_is_an_error_at_its_cell(value, tmp_path):
    error = days(tmp_path, [value, *(day for _, _, day in PEOPLE[1:])]).registry.errors.iloc[0]
    assert (error["rule"], error["cell"]) == ("founded_early", "D3")
    assert "1945" in error["message_vi"] and "để trống" in error["mend_vi"] and "empty" in error["mend_en"]


@pytest.mark.parametrize(("year", "stands"), [(2018, True), (2020, False), (2021, False)])
def test_an_older_list_does_not_undo_the_name_that_a_later_one_gave(year, stands, uncoded):
    year_after(uncoded, listed(uncoded, 2020, CODES))
    renamed = [("HTX Sao Mai", "Khánh Nhạc", PEOPLE[0][2]), *PEOPLE[1:]]
    result, before, after = year_after(uncoded, listed(uncoded, year, CODES, renamed))
    assert after["name"].iloc[0] == (PEOPLE[0][0] if stands else "HTX Sao Mai")
    assert after["name"].iloc[1:].tolist() == before["name"].iloc[1:].tolist()
    assert [("B3 “HTX Sao Mai”" in text and "1." in text) for text in notes(result, "older_list")] == [True] * stands
    assert year in set(read_registry(uncoded / "registry.xlsx").tables["annual_reports"]["year"])


def test_a_registration_day_typed_as_text_is_no_difference_to_an_older_list(tmp_path):
    def dated(year, days):
        head = ["TT", "Tên HTX", "Mã số thuế", "Xã", "Ngày đăng ký", "Số thành viên"]
        rows = [[n, name, CODES[n], commune, day, 20] for n, ((name, commune, _), day) in enumerate(zip(PEOPLE, days))]
        title = f"DANH SÁCH HTX NÔNG NGHIỆP HUYỆN YÊN KHÁNH, TỈNH NINH BÌNH NĂM {year} (dữ liệu giả lập)"
        return layouts.write_book(tmp_path, f"ds {year}.xlsx", {"DS": [[title], head, *rows]})

    days = [dt.date(2016, 9, place + 3) for place in range(len(PEOPLE))]
    write(taken(dated(2020, days)), tmp_path / "registry.xlsx")
    result, before, after = year_after(tmp_path, dated(2018, [f"{day:%d/%m/%Y}" for day in days]))
    assert not notes(result, "older_list") and after["registered_on"].equals(before["registered_on"])


def test_an_older_list_undoes_no_later_founding_day_case_of_a_name_or_working_state(uncoded):
    year_after(uncoded, listed(uncoded, 2020, CODES))
    shouted = [(PEOPLE[0][0].upper(), *PEOPLE[0][1:]), (*PEOPLE[1][:2], dt.date(1999, 7, 1)), *PEOPLE[2:]]
    result, before, after = year_after(uncoded, listed(uncoded, 2018, CODES, shouted))
    assert after[["name", "founded_on"]].equals(before[["name", "founded_on"]])
    (told,) = notes(result, "older_list")
    assert "1999-07-01" in told and PEOPLE[0][0].upper() not in told


def test_a_list_without_a_year_of_its_own_is_not_older_than_everything(uncoded):
    year_after(uncoded, listed(uncoded, 2020, CODES))
    head = ["TT", "Tên HTX", "Mã số thuế", "Xã", "Số thành viên 2020"]
    title = "DANH SÁCH HTX NÔNG NGHIỆP HUYỆN YÊN KHÁNH, TỈNH NINH BÌNH (dữ liệu giả lập)"
    rows = [
        [n + 1, "HTX Sao Mai" if n == 0 else name, CODES[n], commune, 20 + n]
        for n, (name, commune, _) in enumerate(PEOPLE)
    ]
    path = layouts.write_book(uncoded, "ds.xlsx", {"DS": [[title], head, *rows]})
    result, _, after = year_after(uncoded, path)
    assert after["name"].iloc[0] == "HTX Sao Mai" and not notes(result, "older_list")


# One that the registry already has twice.

TWO = "HTX-NN-DAI-PHONG-KHANH-NHAC"


@pytest.fixture
def doubled(tmp_path):
    """A registry with one organisation by its code and by an id from its name, as an unanswered list left it."""
    people = [*PEOPLE[:2], (f"{PEOPLE[0][0]} ", *PEOPLE[0][1:])]
    write(taken(listed(tmp_path, 2019, [*CODES[:2], None], people), same=[_two("no")]), tmp_path / "registry.xlsx")
    return tmp_path


def _two(answer, this=CODES[0], as_=TWO):
    return SameRule(take=answer, this=this, **{"as": as_})


@pytest.mark.parametrize("rule", [_two("yes"), _two("yes", TWO, CODES[0])])
def test_a_yes_between_two_of_the_registry_updates_the_code_and_tells_of_the_row_to_delete(rule, doubled):
    people = [("HTX nông nghiệp Đại Phong Mới", *PEOPLE[0][1:]), PEOPLE[1]]
    result, before, after = year_after(doubled, listed(doubled, 2020, CODES, people), same=[rule])
    assert before.index.tolist() == after.index.tolist() == [*CODES[:2], TWO]
    assert after.loc[[CODES[0], TWO], "name"].tolist() == [people[0][0], PEOPLE[0][0]]
    reports = read_registry(doubled / "registry.xlsx").tables["annual_reports"]
    assert reports.loc[reports["org_id"] == CODES[0], "year"].tolist() == [2019, 2020]
    (vi,), (en,) = notes(result, "twice_in_registry"), notes(result, "twice_in_registry", "en")
    assert f"{TWO} (dòng 6) là {CODES[0]}" in vi and f"{TWO} (row 6) is {CODES[0]}" in en


def test_without_a_code_the_row_of_the_second_goes_to_the_first(doubled):
    result, *_ = year_after(doubled, listed(doubled, 2020, people=PEOPLE[:2]), same=[_two("yes")])
    assert len(notes(result, "twice_in_registry")) == 1
    reports = read_registry(doubled / "registry.xlsx").tables["annual_reports"]
    assert reports.loc[reports["year"] == 2020, "org_id"].tolist() == CODES[:2]


def test_a_yes_to_a_code_that_only_the_list_has_keeps_the_id_of_the_registry(uncoded):
    path = listed(uncoded, 2020, CODES, FOUNDED)  # another founding: not joined unasked
    result, before, after = year_after(uncoded, path, same=[_two("yes", TWO, CODES[0])])
    assert after.index.tolist() == before.index.tolist() and after[CODE].tolist() == CODES
    assert not notes(result, "twice_in_registry")


def test_a_key_twice_in_one_sheet_names_its_own_rows(tmp_path):
    twice = [PEOPLE[0], PEOPLE[1], (f"{PEOPLE[0][0]} ", *PEOPLE[0][1:])]
    late = listed(tmp_path, 2020, [*CODES[:2], CODES[0]], twice)
    for paths in ((listed(tmp_path, 2019, CODES), late), (late, listed(tmp_path, 2021, CODES))):
        errors = taken(*paths).registry.errors
        errors = errors[errors["table"] == "organisations"]
        assert errors["row"].tolist() == [5]
        assert f"({CODES[0]}) với dòng 3." in errors["message_vi"].iloc[0]


def test_a_key_of_two_sheets_names_the_sheet_of_the_other_row(tmp_path):
    twice = [PEOPLE[0], PEOPLE[1], (f"{PEOPLE[0][0]} ", *PEOPLE[0][1:])]
    errors = taken(*(listed(tmp_path, year, [*CODES[:2], CODES[0]], twice) for year in (2019, 2020))).registry.errors
    errors = errors[errors["table"] == "organisations"].set_index("file")["message_vi"]
    assert errors["ds 2020.xlsx"].endswith("với dòng 3.")
    assert errors["ds 2019.xlsx"].endswith("với dòng 3 (ds 2020.xlsx [DS]).")


@pytest.mark.parametrize("founded", [dt.date(2005, 3, 5), None])
def test_an_older_list_with_figures_of_before_the_registrys_founding_is_not_refused(founded, tmp_path):
    late = [(name, commune, dt.date(2019, 3, 5)) for name, commune, _ in PEOPLE]
    write(taken(listed(tmp_path, 2023, CODES, late)), tmp_path / "registry.xlsx")
    early = [(name, commune, founded) for name, commune, _ in PEOPLE]
    _, _, after = year_after(tmp_path, listed(tmp_path, 2018, CODES, early, founded=founded is not None))
    assert after["founded_on"].eq(founded.isoformat() if founded else "2018-12-31").all()


@pytest.mark.parametrize(("revenue", "stops"), [(0, 1), (1200, 0)])
def test_a_nought_of_a_later_year_cancels_no_stop(revenue, stops, tmp_path):
    title = "DANH SÁCH HTX NÔNG NGHIỆP HUYỆN YÊN KHÁNH, TỈNH NINH BÌNH NĂM {} (dữ liệu giả lập)"
    lists = {2022: ("Tình trạng", "Ngừng hoạt động"), 2023: ("Doanh thu (triệu đồng)", revenue)}
    paths = [
        layouts.write_book(tmp_path, f"ds {year}.xlsx", {"DS": [[title.format(year)], ["TT", "Tên HTX", "Xã", head], *(
            [n, name, commune, value if n == 1 else {2022: "Đang hoạt động", 2023: 900}[year]]
            for n, (name, commune, _) in enumerate(PEOPLE, start=1)
        )]})
        for year, (head, value) in lists.items()
    ]  # fmt: skip
    result = taken(*paths)
    assert len(result.registry.tables["status_events"]) == stops
    assert len(notes(result, "stop_overtaken")) == 1 - stops


def test_a_mass_registration_of_namesakes_asks_nothing_and_a_dissolved_one_is_not_missed(tmp_path):
    head = ["TT", "Tên HTX", "Xã", "Ngày đăng ký", "Tình trạng"]
    communes = ["Khánh Nhạc", "Khánh Trung", "Khánh Hòa", "Khánh An", "Khánh Cư"]
    rows = [
        [n, "HTX dịch vụ nông nghiệp", commune, dt.date(2015, 6, 30), "Đang hoạt động"]
        for n, commune in enumerate(communes, start=1)
    ]
    rows[0][-1] = "Giải thể ngày 15/8/2019"
    title = "DANH SÁCH HTX NÔNG NGHIỆP HUYỆN YÊN KHÁNH, TỈNH NINH BÌNH NĂM {} (dữ liệu giả lập)"
    first = taken(layouts.write_book(tmp_path, "ds 2020.xlsx", {"DS": [[title.format(2020)], head, *rows]}))
    assert not first.asked
    write(first, tmp_path / "registry.xlsx")
    old = read_registry(tmp_path / "registry.xlsx")
    later = taken(
        layouts.write_book(tmp_path, "ds 2021.xlsx", {"DS": [[title.format(2021)], head, *rows[2:]]}), old=old
    )
    names = update(later, old, tmp_path / "registry.xlsx").absent_names
    assert len(names) == 1 and "KHANH-TRUNG" in names[0]
