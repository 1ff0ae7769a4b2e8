"""From records to tables: who is who, what several sheets say of one thing, and what is news."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from itertools import product

import numpy as np
import pandas as pd

from kttt_lib.errors import KtttError
from kttt_lib.intake import coarse
from kttt_lib.intake.grid import Grid, both, halves, one_line
from kttt_lib.intake.identity import alike, born_alike, day_known, from_old, made_id, name_key, neighbours, similar
from kttt_lib.intake.mapping import ASK, SameRule
from kttt_lib.intake.reading import Fact, Record, Work
from kttt_lib.intake.seats import Seats, seats_of
from kttt_lib.intake.titles import field_titles
from kttt_lib.registry.asof import ENDS
from kttt_lib.registry.cells.screen import settle_formats
from kttt_lib.registry.findings.raw import RawTable
from kttt_lib.registry.model import Registry
from kttt_lib.registry.schema import ORGANISATION_KINDS, PRECISION, TABLES, YEARLY_RESULTS, tables_of
from kttt_lib.registry.text import fold

# Who is who.

PEOPLE = ("org_id", "name", "kind", "commune", "district", "founded_on", "founded_precision", "registered_on")
# The registry's column of the codes of organisations whose id was made before they had any.
CODE = "Mã số trong danh sách"
FEW_TOLD = 3
# What only one that works has: assets and funds lie until it is dissolved, and a nought says that there was nothing.
WORKS = tuple(name for name in YEARLY_RESULTS if not name.endswith(("_assets", "_fund", "_funds")))


def identify(work: Work, old: Registry | None) -> list[SameRule]:
    """Give every record its id; returns the look-alikes that the mapping does not speak of."""
    people = work.people
    given = [person.cells.get("org_id") for person in people]
    for number, person in enumerate(people):
        if not person.cells.get("org_id"):
            work.made.add(number)
            name, commune, district = (str(person.cells.get(n) or "") for n in ("name", "commune", "district"))
            person.cells["org_id"] = made_id(name, commune, district)
    seats = _last_day(work)
    _across_reform(work, seats)
    frame = _people(people)
    if old is not None:
        _apart(work, old, seats)
        frame = _people(people)
        known = from_old(frame.iloc[sorted(work.made)], old.tables["organisations"], seats)
        ours, theirs = _by_id(frame), _by_id(old.tables["organisations"])
        known = {this: as_ for this, as_ in known.items() if not _differ(ours[this], theirs[as_])}
        for number in work.made:
            own = str(people[number].cells["org_id"])
            people[number].cells["org_id"] = known.get(own, own)
        _by_code(work, old)
    _codes_come(work, old, seats)
    _as_answered(work, old)
    for person, code in zip(people, given, strict=True):
        if code and code != person.cells["org_id"]:
            person.cells[CODE], person.at[CODE] = code, person.at.get("org_id", "")
    if old is not None:
        _keep_communes(work, old, seats)
    frame = _people(people).drop_duplicates().reset_index(drop=True)
    mine = len(frame)
    if old is not None:
        others = old.tables["organisations"]
        others = others[~others["org_id"].isin(frame["org_id"])]
        others = others.reindex(columns=list(frame))
        frame = pd.concat([frame, others.astype(object)], ignore_index=True).astype(object)
        frame = frame.where(frame.notna(), None)
    codes_ = {str(person.cells["org_id"]) for number, person in enumerate(people) if number not in work.made}
    asked = []
    decided = {(rule.this, rule.as_) for rule in work.mapping.same}
    once = np.flatnonzero(~frame["org_id"].duplicated())
    near = {(int(once[first]), int(once[second])) for first, second in alike(frame.iloc[once], seats)}
    for first, second in sorted({*near, *born_alike(frame)}):
        one, other = frame.iloc[first], frame.iloc[second]
        if first >= mine or (one["org_id"] in codes_ and other["org_id"] in codes_):
            continue
        this, as_ = (one, other) if second >= mine or one["org_id"] not in codes_ else (other, one)
        if {(this["org_id"], as_["org_id"]), (as_["org_id"], this["org_id"])} & decided:
            continue
        decided.add((this["org_id"], as_["org_id"]))
        why = " = ".join(map(_told, (this.to_dict(), as_.to_dict())))
        asked.append(SameRule(take=ASK, this=this["org_id"], **{"as": as_["org_id"]}, why=why))
    return asked + _one_code_two(work, old, seats)


def _as_answered(work: Work, old: Registry | None) -> None:
    """Who is said to be one has one id: where the registry has both, the one with a code, else that of the row.

    The other's row in the registry is not the intake's to delete: it is told for as long as it is there.
    """
    book = pd.DataFrame(columns=[*PEOPLE, "source_row"]) if old is None else old.tables["organisations"]
    held, rows = dict(zip(book["org_id"], _facts(book))), dict(zip(book["org_id"], book["source_row"]))
    become: dict[str, str] = {}
    twice: list[tuple[str, str]] = []

    def now(who: str) -> str:
        while who in become:
            who = become[who]
        return who

    for rule in work.mapping.same:
        this, as_ = now(rule.this), now(rule.as_)
        if rule.take != "yes" or this == as_:
            continue
        coded = as_ in held and not _made(held[as_])
        keep, gone = (this, as_) if this in held and not (coded and _made(held[this])) else (as_, this)
        become[gone] = keep
        if keep in held and gone in held:
            twice.append((gone, keep))
    for person in work.people:
        person.cells["org_id"] = now(str(person.cells["org_id"]))
    for gone, keep in twice:
        work.say(
            "twice_in_registry",
            work.people[0].grid,
            f"Sổ ghi một tổ chức hai lần, tính là hai: {gone} (dòng {rows[gone]}) là {keep}. Số liệu của danh sách "
            f"ghi vào {keep}. Xóa tay trong sổ dòng {gone} ở bảng Tổ chức; các dòng của mã đó ở bảng khác thì đổi sang "
            f"{keep}, năm nào đã có thì xóa.",
            f"The registry has one organisation twice, and counts two: {gone} (row {rows[gone]}) is {keep}. What the "
            f"list says goes to {keep}. Delete the organisation's row {gone} from the registry by hand; give its rows "
            f"in other tables the id {keep}, or delete those of a year that it has.",
        )


def _by_code(work: Work, old: Registry) -> None:
    """Codes that the registry holds beside an id of its own mean that organisation."""
    held = _codes_held(old)
    once = {code for code, count in Counter(held.values()).items() if count == 1}
    ids = {code: who for who, code in held.items() if code in once}
    for number, person in enumerate(work.people):
        if number not in work.made:
            person.cells["org_id"] = ids.get(str(person.cells["org_id"]), person.cells["org_id"])


def _codes_held(old: Registry) -> dict[str, str]:
    frame = old.tables["organisations"]
    return {} if CODE not in frame else dict(frame.set_index("org_id")[CODE].dropna().astype(str))


def _by_id(*frames: pd.DataFrame) -> dict[str, list[Fact]]:
    found: dict[str, list[Fact]] = {}
    for frame in frames:
        for cells in _facts(frame):
            found.setdefault(str(cells["org_id"]), []).append(cells)
    return found


def _differ(ones: list[Fact], others: list[Fact]) -> bool:
    """Whether any of the one differs from any of the other in kind or founding, where both say it."""
    for one, other in product(ones, others):
        if len({one.get("kind"), other.get("kind")} & set(ORGANISATION_KINDS)) == 2:
            return True
        day, day_ = (day_known(cells.get("founded_on"), None) for cells in (one, other))
        how, how_ = (cells.get("founded_precision") for cells in (one, other))
        if day and day_ and coarse.apart(day, how, day_, how_):
            return True
    return False


def _codes_come(work: Work, old: Registry | None, seats: Seats) -> None:
    """Who had no code and is now listed with one keeps the id that the registry has, else has the code for it: where
    name and commune are no other's in the lists or the registry, and nothing contradicts. It is told, not asked."""
    frames = [_people(work.people)]
    made = set(frames[0]["org_id"].iloc[sorted(work.made)])
    coded = set(frames[0]["org_id"]) - made
    known: set[str] = set()
    held: dict[str, str] = {}
    ended: set[str] = set()
    if old is not None:
        frames.append(old.tables["organisations"].reindex(columns=list(PEOPLE)).astype(object))
        events, held = old.tables["status_events"], _codes_held(old)
        known, ended = set(frames[1]["org_id"]), set(events.loc[events["event"].isin(ENDS), "org_id"])
        made = (made - known) | {str(cells["org_id"]) for cells in _facts(frames[1]) if _made(cells)}
    of = _by_id(*frames)
    near = neighbours(pd.concat(frames), seats)
    decided = {pair for rule in work.mapping.same for pair in ((rule.this, rule.as_), (rule.as_, rule.this))}
    sheets: dict[str, set[str]] = {}
    for person in work.people:
        sheets.setdefault(str(person.cells["org_id"]), set()).add(person.grid.name)
    ids: dict[str, str] = {}
    for code in sorted(coded - known):
        (who, sure), *others = near.get(code, {}).items() or [("", False)]
        alone = sure and not others and len(near[who]) == 1 and not sheets[code] & sheets.get(who, set())
        free = who in made and not (who in held or who in ended or (code, who) in decided)
        if alone and free and not _differ(of[code], of[who]):
            ids |= {code: who} if who in known else {who: code}
    told: dict[str, str] = {}
    for person in work.people:
        if (now := ids.get(own := str(person.cells["org_id"]))) is not None:
            code = own if own in coded else now
            told.setdefault(code, f"{_told(person.cells)}: {code}")
            person.cells["org_id"] = now
    if told:
        shown = "; ".join(list(told.values())[:FEW_TOLD]) + "; …" * (len(told) > FEW_TOLD)
        work.say(
            "codes_came",
            work.people[0].grid,
            f"{len(told)} tổ chức trước chưa có mã, nay có: cùng tên, cùng xã, không trùng với tổ chức khác nên coi là "
            f"một. Tổ chức có trong sổ giữ mã cũ của sổ, mã mới ghi ở cột “{CODE}”: {shown}. Nếu không phải là một: "
            "thêm take: no, this, as ở same trong bản đồ.",
            f"{len(told)} organisations had no code and now have one: of one name and commune, which no other has, "
            f"they count as the same. The registry's id stays, the code is in the column “{CODE}”: {shown}. If two are "
            "not one, add take: no, this, as to same in the mapping.",
        )


def _made(cells: Fact) -> bool:
    """Whether the registry's id was made from name and place, for want of a code."""
    own = made_id(*(str(cells.get(name) or "") for name in ("name", "commune", "district")))
    return str(cells["org_id"]) == own or str(cells["org_id"]).startswith(f"{own}-")


def _told(cells: Fact) -> str:
    return ", ".join(str(cells[n]).replace(" / ", "/") for n in ("name", "commune", "district") if cells.get(n))


def _one_code_two(work: Work, old: Registry | None, seats: Seats) -> list[SameRule]:
    """Codes that two rows, or a sheet and the registry, give to what seem two organisations; KtttError where they are
    said to be two. In one sheet, where each has its row, another name is enough."""
    meant = {rule.this: rule.take for rule in work.mapping.same if rule.this == rule.as_}
    first: dict[str, tuple[Fact, str, Grid | None]] = {}
    if old is not None:
        held = old.tables["organisations"]
        for cells in _facts(held[held["org_id"].isin({str(person.cells["org_id"]) for person in work.people})]):
            first[str(cells["org_id"])] = cells, "sổ / the registry", None
    asked: dict[str, SameRule] = {}
    for number, person in enumerate(work.people):
        who = str(person.cells["org_id"])
        if number in work.made:
            continue
        where = f"{person.grid.name} {person.at.get('org_id') or person.row}"
        before, there, grid = first.setdefault(who, (person.cells, where, person.grid))
        two = _names_differ(before, person.cells) and (grid is person.grid or _two(before, person.cells, seats))
        if before is person.cells or meant.get(who) == "yes" or not two:
            continue
        vi, en = (f"{_told(before)} ({place}) = {_told(person.cells)} ({where})" for place in halves(there))
        if meant.get(who) == "no":
            raise KtttError(
                f"Mã {who} ghi cho hai tổ chức khác nhau: {vi}. Sửa mã ở một nơi rồi chạy lại.",
                f"The code {who} is given to two organisations: {en}. Mend one of the codes and run again.",
            )
        asked.setdefault(who, SameRule(take=ASK, this=who, **{"as": who}, why=both(f"{vi} / {en}")))
    return list(asked.values())


def _names_differ(one: Fact, other: Fact) -> bool:
    names = [name_key(str(cells.get("name") or "")) for cells in (one, other)]
    return all(names) and names[0] != names[1] and not similar(*names)


def _two(one: Fact, other: Fact, seats: Seats) -> bool:
    """Whether two of one code and two names differ in founding day or place; one that moved keeps its day."""
    days = [day_known(cells.get("founded_on"), cells.get("founded_precision")) for cells in (one, other)]
    if all(days):
        return days[0] != days[1]
    for level in ("commune", "district"):
        places = [fold(str(cells.get(level) or "")) for cells in (one, other)]
        if all(places):
            return places[0] != places[1] and not _one_place(seats, (one.get("commune"), one.get("district")), other)
    return False


def _facts(frame: pd.DataFrame) -> list[Fact]:
    """Rows as cells; what is missing is None."""
    names = [name for name in PEOPLE if name in frame]
    frame = frame[names].astype(object)
    return [
        {str(name): value for name, value in row.items()} for row in frame.where(frame.notna(), None).to_dict("records")
    ]


def _last_day(work: Work) -> Seats:
    """The seats of the last year that any of the sheets tells of."""
    return seats_of(work.mapping.province, max((person.year for person in work.people), default=0))


def _across_reform(work: Work, seats: Seats) -> None:
    """Lists of before and after 01/07/2025: one of a name in what its old commune became keeps its first id."""
    groups: dict[tuple[str, str], list[Record]] = {}
    for number in sorted(work.made):
        person = work.people[number]
        if unit := seats.unit(person.cells.get("commune"), person.cells.get("district")):
            groups.setdefault((name_key(str(person.cells.get("name") or "")), unit.code), []).append(person)
    for same in groups.values():
        ids = {(person.year, person.cells["org_id"]) for person in same}
        if len({year for year, _ in ids}) == len(ids):  # two lists of a year may tell of one
            first = min(same, key=lambda person: person.year)
            for person in same:
                person.cells["org_id"] = first.cells["org_id"]


def _apart(work: Work, old: Registry, seats: Seats) -> None:
    """An id made from the name of a commune that is another than the registry's of that name has the commune's code."""
    known = old.tables["organisations"].drop_duplicates("org_id").set_index("org_id")[["commune", "district"]]
    for number in work.made:
        cells = work.people[number].cells
        mine = seats.unit(cells.get("commune"), cells.get("district"))
        if mine and cells["org_id"] in known.index and seats.unit(*known.loc[cells["org_id"]]) not in (None, mine):
            cells["org_id"] = f"{cells['org_id']}-{mine.code}"


def _keep_communes(work: Work, old: Registry, seats: Seats) -> None:
    """Where the registry has the commune that became the one in the list, its name stands: it says more."""
    known = old.tables["organisations"].drop_duplicates("org_id").set_index("org_id")[["commune", "district"]]
    kept = 0
    for person in work.people:
        who, now = person.cells["org_id"], person.cells.get("commune")
        if who not in known.index or not now:
            continue
        commune, district = known.loc[who]
        if fold(str(commune)) != fold(str(now)) and _one_place(seats, (commune, district), person.cells):
            person.cells["commune"] = commune
            kept += 1
    if kept:
        work.say(
            "commune_followed",
            work.people[0].grid,
            f"{kept} tổ chức ghi tên xã sau sắp xếp: sổ giữ tên xã cũ, báo cáo tự quy về xã mới.",
            f"{kept} organisations are listed in what their commune became: the registry keeps the old name, which "
            "reports follow.",
        )


def _one_place(seats: Seats, before: tuple[object, object], cells: Fact) -> bool:
    """Whether a seat of before is on the last day the one that ``cells`` say."""
    first, second = seats.unit(*before), seats.unit(cells.get("commune"), cells.get("district"))
    return first is not None and first == second


def _people(people: list[Record]) -> pd.DataFrame:
    return pd.DataFrame({n: pd.Series([p.cells.get(n) for p in people], dtype=object) for n in PEOPLE})


# From records to tables.


def tables_from(work: Work, old: Registry | None) -> dict[str, RawTable]:
    organisations = _joined(work, "organisations", [(str(one.cells["org_id"]), one) for one in work.people])
    _founded_by(work, organisations, old)
    _older(work, organisations, old)
    reports = []
    for number, record in work.reports:
        record.cells = {"org_id": work.people[number].cells["org_id"], **record.cells}
        reports.append((f"{record.cells['org_id']} {record.cells['year']}", record))
    events = _events(work, old)
    records = {
        "organisations": organisations,
        "annual_reports": _joined(work, "annual_reports", reports),
        "status_events": events,
    }
    raws = {name: _raw(name, records.get(name, []), work.people[0].grid) for name in tables_of({})}
    for raw in raws.values():
        raw.sizes |= work.sizes
        raw.doubts |= work.doubts
        raw.answered |= work.answered
        settle_formats(raw, work.log, {})
    return raws


def _founded_by(work: Work, organisations: list[Record], old: Registry | None) -> None:
    """Who is in a list without a founding day was founded by its registration, or by a change of its state, or by the
    end of the first year told.

    What the registry knows better, and this does not contradict, stands.
    """
    first: dict[object, int] = {}
    for number, record in work.reports:
        who, year = work.people[number].cells["org_id"], record.cells["year"]
        if isinstance(year, int):
            first[who] = min(year, first.get(who, year))
    changed: dict[object, dt.date] = {}
    for number, record in work.events:
        who, on = work.people[number].cells["org_id"], record.cells["date"]
        if isinstance(on, dt.date):
            changed[who] = min(on, changed.get(who, on))
    registered = {person.cells["org_id"]: person.by for person in work.people if person.by}
    before = pd.DataFrame(columns=PEOPLE) if old is None else old.tables["organisations"]
    held = dict(zip(before["org_id"], zip(before["founded_on"], before["founded_precision"])))
    undated: dict[str, list[Grid]] = {}
    for record in organisations:
        who, precision = record.cells["org_id"], record.cells.get("founded_precision")
        day = record.cells.get("founded_on")
        stated = day is not None
        if not stated:
            year = first.get(who, record.year)
            told = [changed.get(who), dt.date(year, 12, 31) if year else None]
            day = record.cells.get("registered_on") or registered.get(who) or min(filter(None, told), default=None)
            precision = "by"
        then, better = held.get(who, (None, None))
        mine, known = day_known(day, None), day_known(then, None)
        if mine and known and coarse.says_more(mine, precision, known, better):
            record.cells |= {"founded_on": known, "founded_precision": None if pd.isna(better) else better}
            continue
        if stated or day is None:
            continue
        record.cells |= {"founded_on": day, "founded_precision": "by"}
        record.at.setdefault("founded_on", record.at.get("registered_on", ""))
        undated.setdefault(record.grid.name, []).append(record.grid)
    for grids in undated.values():
        work.say(
            "founded_by",
            grids[0],
            f"{len(grids)} tổ chức không có ngày thành lập: ghi “không muộn hơn” ngày đăng ký, ngày ngừng hoạt động "
            "hoặc năm đầu có số liệu.",
            f"{len(grids)} organisations have no founding day: “not later than” registration, the day it stopped or "
            "the first year told.",
        )


def _older(work: Work, organisations: list[Record], old: Registry | None) -> None:
    """What the registry says stands against a list of a year before the organisation's last report; blanks are filled.

    Of its founding the day that is known better stands, whichever says it.
    """
    if old is None:
        return
    last = old.tables["annual_reports"].groupby("org_id")["year"].max()
    held = old.tables["organisations"].drop_duplicates("org_id").set_index("org_id")
    told: dict[object, set[int]] = {}
    for number, report in work.reports:
        if isinstance(year := report.cells["year"], int):
            told.setdefault(work.people[number].cells["org_id"], set()).add(year)
    kept: dict[str, tuple[Grid, Counter[str], str]] = {}
    for record in organisations:
        who = record.cells["org_id"]
        years = told.get(who) or {record.year}
        year = max(record.year, *years)
        if who not in held.index or not year or year >= last.get(who, 0):
            continue
        day, mine = (day_known(one.get("founded_on"), None) for one in (held.loc[who], record.cells))
        how, better = (one.get("founded_precision") for one in (held.loc[who], record.cells))
        # Where the list tells of years before it, it is no founding day of theirs.
        if day and mine and mine != day and day.year <= min(years) and not coarse.says_more(day, how, mine, better):
            record.cells |= {"founded_on": day, "founded_precision": None if pd.isna(how) else how}
            first = f"{record.at.get('founded_on', record.row)} “{mine}” / “{day}”"
            kept.setdefault(record.grid.name, (record.grid, Counter(), first))[1]["founded_on"] += 1
        for name in [n for n in held.columns if n in record.cells and n not in PRECISION["organisations"]]:
            said, now = record.cells[name], held.at[who, name]
            if said is None or pd.isna(now):
                continue
            record.cells[name] = now
            if not _same(name, said, now):
                first = f"{record.at.get(name, record.row)} “{one_line(said)}” / “{one_line(now)}”"
                kept.setdefault(record.grid.name, (record.grid, Counter(), first))[1][name] += 1
    for grid, cells, first in kept.values():
        vi, en = (", ".join(f"{field_titles(name)[i]} {n}" for name, n in cells.items()) for i in (0, 1))
        work.say(
            "older_list",
            grid,
            f"Sổ có báo cáo của năm sau danh sách này: ô khác với sổ thì giữ giá trị của sổ (cột, số ô): {vi}. "
            f"Ví dụ: {first} (danh sách / sổ). Nếu danh sách đúng hơn: sửa trong sổ.",
            f"The registry has reports of a later year than this list: where they differ the registry's value stands "
            f"(column, cells): {en}. For instance {first} (list / registry). If the list is right, mend the registry.",
        )


def _joined(work: Work, table: str, keyed: list[tuple[str, Record]]) -> list[Record]:
    """One record a key where sheets tell of one thing: the later year's sheet stands, what it lacks comes from others.

    Two rows of one sheet stay two, the first of them joined: checking says that the key is there twice.
    """
    seats = _last_day(work)
    by_key: dict[str, list[Record]] = {}
    for key, record in keyed:
        by_key.setdefault(key, []).append(record)
    out: list[Record] = []
    filled: dict[tuple[str, str], Counter[str]] = {}
    grids = {record.grid.name: record.grid for _, record in keyed}
    for records in by_key.values():
        sheets: dict[tuple[str, str], list[Record]] = {}
        for record in records:
            sheets.setdefault((record.grid.file, record.grid.sheet), []).append(record)
        rows = sorted(sheets.values(), key=lambda rows: (len(rows) == 1, -rows[0].year))
        newest = [one[0] for one in rows]
        first = newest[0]
        for other in newest[1:]:
            agree = _founding(first, other)
            for name, value in other.cells.items():
                if name in agree:
                    continue
                if first.cells.get(name) is None:
                    first.cells[name] = value
                    if value is not None and first.grid is not other.grid:
                        filled.setdefault((first.grid.name, other.grid.name), Counter())[name] += 1
                    if name in other.at:
                        first.at[name] = f"{other.at[name]} ({other.grid.name})"
                elif name == "commune" and _one_place(seats, (value, other.cells.get("district")), first.cells):
                    first.cells[name] = value  # the older name says more, and reports follow it
                elif not _same(name, first.cells[name], value):
                    here = f"{one_line(first.cells[name])} ({first.at.get(name, first.row)})"
                    there = f"{one_line(value)} ({other.at.get(name, other.row)}, {other.grid.name})"
                    vi, en = (f"{first.cells['org_id']}, {title}" for title in field_titles(name))
                    work.say(
                        "sheets_differ",
                        first.grid,
                        f"{vi}: lấy {here}, không lấy {there}.",
                        f"{en}: {here} is taken, not {there}.",
                    )
        out += [first, *(again for one in rows for again in one[1:])]
    for (here, there), cells in filled.items():
        vi, en = (", ".join(f"{field_titles(name)[i]} {n}" for name, n in cells.items()) for i in (0, 1))
        work.say(
            "filled_from",
            grids[here],
            f"Ô trống ở trang này lấy giá trị của {there} (cột, số ô): {vi}.",
            f"Empty cells here take what {there} says (column, cells): {en}.",
        )
    return out


def _founding(first: Record, other: Record) -> tuple[str, ...]:
    """What of the founding is settled between two sheets: the day that is known better stands in ``first``; how well a
    day is known never goes with another day."""
    pair = PRECISION["organisations"]
    (day, precision), (then, by) = ([one.cells.get(name) for name in pair] for one in (first, other))
    mine, yours = day_known(day, None), day_known(then, None)
    if mine is None or yours is None:
        return () if day is None or then is None else pair[1:]
    if coarse.says_more(mine, precision, yours, by):
        first.cells |= dict(zip(pair, (then, by)))
        if "founded_on" in other.at:
            first.at["founded_on"] = f"{other.at['founded_on']} ({other.grid.name})"
        return pair
    return pair if coarse.says_more(yours, by, mine, precision) else pair[1:]


def _same(name: str, first: object, second: object) -> bool:
    """Whether two sheets say the same of one cell; how well a day is known goes with the day."""
    if name == "name":
        return name_key(one_line(first)) == name_key(one_line(second))
    if name.endswith("_on"):
        first, second = (day_known(value, None) or value for value in (first, second))
    return name == "founded_precision" or fold(one_line(first)) == fold(one_line(second))


def _events(work: Work, old: Registry | None) -> list[Record]:
    """Changes of state that are news: one that is only said to be so by a later list is none."""
    known: set[tuple[object, ...]] = set()
    if old is not None:
        events = old.tables["status_events"]
        known = set(zip(events["org_id"], events["event"], strict=True))
    last = _last_results(work, old)
    overtaken: dict[str, tuple[Grid, list[str]]] = {}
    out: dict[tuple[object, ...], Record] = {}
    for number, record in sorted(work.events, key=lambda one: (one[1].cells["date_precision"] == "by", one[1].year)):
        key = work.people[number].cells["org_id"], record.cells["event"]
        if record.cells["date_precision"] == "by" and (key in known or key in out):
            continue
        if record.cells["date_precision"] == "by" and last.get(str(key[0]), 0) > record.year:
            at = record.at.get("event") or f"{record.row}"
            overtaken.setdefault(record.grid.name, (record.grid, []))[1].append(at)
            continue
        record.cells = {"org_id": key[0], **record.cells}
        out.setdefault((*key, record.cells["date"]) if record.cells["date_precision"] != "by" else key, record)
        out.setdefault(key, record)
    for grid, cells in overtaken.values():
        listed = ", ".join(cells)
        work.say(
            "stop_overtaken",
            grid,
            f"{len(cells)} tổ chức ghi là đã ngừng, giải thể, không có ngày, nhưng có kết quả của năm sau: không ghi "
            f"là ngừng ({listed}). Nếu đã ngừng rồi hoạt động lại: ghi hai ngày vào sổ.",
            f"{len(cells)} organisations are said to have stopped, without a day, and have results of a later year: no "
            f"stop is recorded ({listed}). If they stopped and began again, write both days into the registry.",
        )
    return list({id(record): record for record in out.values()}.values())


def _last_results(work: Work, old: Registry | None) -> dict[str, int]:
    """The last year of each organisation with a result of its work, in the lists or the registry."""
    found: dict[str, int] = {}
    if old is not None:
        sent = old.tables["annual_reports"]
        sent = sent[sent[list(WORKS)].fillna(0).ne(0).any(axis=1)]
        found = {str(who): int(year) for who, year in sent.groupby("org_id")["year"].max().items()}
    for number, record in work.reports:
        who, year = str(work.people[number].cells["org_id"]), record.cells["year"]
        if isinstance(year, int) and any(coarse.figure_of(record.cells.get(name)) for name in WORKS):
            found[who] = max(year, found.get(who, 0))
    return found


def _raw(name: str, records: list[Record], grid: Grid) -> RawTable:
    table = TABLES[name]
    known = [column.name for column in table.columns]
    names = list(dict.fromkeys(name_ for record in records for name_ in record.cells))
    names = [n for n in known if n in names] + [n for n in names if n not in known]
    frame = pd.DataFrame({n: pd.Series([r.cells.get(n) for r in records], dtype=object) for n in names})
    at = pd.DataFrame({n: pd.Series([r.at.get(n, "") for r in records], dtype=object) for n in names})
    origins = pd.DataFrame(
        {
            "source_file": pd.array([r.grid.file for r in records], dtype="str"),
            "source_sheet": pd.array([r.grid.sheet for r in records], dtype="str"),
        }
    )
    rows = np.array([r.row for r in records], dtype="int64")
    styles = {record.grid.style for record in records}
    style = styles.pop() if len(styles) == 1 else "unknown"
    return RawTable(table, frame, rows, grid.file, grid.sheet, style=style, origins=origins, at=at)
