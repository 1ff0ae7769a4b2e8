"""Rules across rows and tables, on cells that have been understood. Each rule looks at whole columns at once."""

from __future__ import annotations

import datetime as dt
from concurrent.futures import Executor
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from kttt_lib.places import DISTRICTS_END, places_of, split_name
from kttt_lib.registry.asof import END_DATE, ENDS, FACT_DATE, ORGANISATION_TABLES, fact_date
from kttt_lib.registry.cells.spellings import usual_spellings
from kttt_lib.registry.chains import cycle_members
from kttt_lib.registry.checking import magnitudes
from kttt_lib.registry.checking.jumps import tenfold_jumps
from kttt_lib.registry.checking.similar import founded_again, likenesses, look_alikes
from kttt_lib.registry.findings.log import FindingLog, right_by
from kttt_lib.registry.findings.raw import RawTable
from kttt_lib.registry.keys import look_up, positions_of, row_key
from kttt_lib.registry.schema import DATED, EXAMPLE_ID, MERGERS, STATUS_EVENTS, TABLES, Column
from kttt_lib.registry.text import number

# (table, part, whole): the part may not be larger. Those of SOFT are odd but can be true.
PARTS = (
    ("annual_reports", "members_served", "members"),
    ("annual_reports", "indivisible_assets", "total_assets"),
    ("annual_reports", "revenue_from_members", "revenue"),
    ("annual_reports", "post_tax_profit", "pre_tax_profit"),
    ("annual_reports", "directors_trained", "directors"),
    ("trainings", "people", "turns"),
)
SOFT_PARTS = (
    ("annual_reports", "new_members", "members"),
    ("annual_reports", "profit_to_members", "post_tax_profit"),
    ("annual_reports", "taxes_paid", "revenue"),
    *(
        ("annual_reports", profit, whole)
        for profit in ("pre_tax_profit", "post_tax_profit")
        for whole in ("revenue", "total_assets")
    ),
)
# Where a fact outside an organisation's life is surely wrong, and where it is only odd.
HARD_TABLES = ("status_events", "changes", "annual_reports", "criteria_scores", "union_members")
SOFT_TABLES = ("loans", "features", "support_events")
LIFE_COLUMN = {table: FACT_DATE.get(table, "year") for table in (*HARD_TABLES, *SOFT_TABLES)}
FEW_SHOWN = 3
# So many years after all others of a registry are a slip of the keys.
AHEAD = 5
# The first cooperatives were founded after the call for them of 11/04/1946.
FIRST_FOUNDED = np.datetime64("1945-01-01", "us")
KIND = TABLES["organisations"].column("kind")
NEVER = np.datetime64("NaT", "us")


@dataclass
class Checked:
    """Typed frames under check, ``raws`` with the same rows (RangeIndex), and where findings go."""

    raws: dict[str, RawTable]
    typed: dict[str, pd.DataFrame]
    log: FindingLog
    threads: Executor
    _owners: dict[str, np.ndarray] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """What takes longest and rests on no finding is worked out beside the other rules."""
        self.sizes = self.threads.submit(self._sizes)
        self.likenesses = self.threads.submit(likenesses, self.typed["organisations"])

    def _sizes(self) -> list[magnitudes.Contradiction]:
        raw, organisations = self.raws["annual_reports"], self.typed["organisations"]

        def whose() -> tuple[pd.Categorical, pd.Categorical]:
            owners = self.owner("annual_reports")
            columns = (pd.Categorical(organisations[name]) for name in ("kind", "district"))
            kind, district = (column.take(owners, allow_fill=True) for column in columns)
            return kind, district

        return magnitudes.of_reports(self.typed["annual_reports"], whose, raw.at is not None, raw.answers())

    def find(self, rule: str, table: str, mask: pd.Series | np.ndarray, column: str, **details: pd.Series) -> None:
        """One finding for each True of ``mask``; ``details`` are columns of the table, or one value for all."""
        at = np.flatnonzero(np.asarray(mask, dtype=bool))
        if not len(at):
            return
        words = {}
        for name, values in details.items():
            one = isinstance(values, tuple | str)
            words[name] = [values] * len(at) if one else pd.Series(values).iloc[at].astype(object).tolist()
        self.log.add(rule, self.raws[table], at, column, self.typed[table][column].iloc[at].tolist(), **words)

    def sound(self, table: str) -> pd.DataFrame:
        """Rows of a table without an error so far; their index is their position."""
        frame = self.typed[table]
        bad = self.log.bad_rows(table)
        return frame.drop(index=bad) if len(bad) else frame

    def owner(self, table: str) -> np.ndarray:
        """For each row of a table the position of its organisation (the first of that id), -1 when there is none."""
        if table not in self._owners:
            ids = self.typed["organisations"]["org_id"]
            self._owners[table] = positions_of(self.typed[table]["org_id"], ids)
        return self._owners[table]

    def of_owner(self, table: str, values: np.ndarray) -> np.ndarray:
        """``values`` (one an organisation row, datetime64) for the organisation of each row; NaT when there is none."""
        return np.append(values, NEVER)[self.owner(table)]


def check_rules(checked: Checked, province: str = "") -> None:
    """Apply every rule to the registry of a province."""
    # The organisations of rows sent back mended are in the registry that they are to be taken into.
    alone = any(any(raw.returned) for raw in checked.raws.values())
    _examples(checked)
    _seats(checked, province)
    _within_rows(checked)
    if not alone:
        _references(checked)
    _successors(checked, alone)
    _unions(checked, alone)
    _lives(checked)
    _changes(checked, alone)
    _area_of_successors(checked)
    _look_alikes(checked)
    _districts(checked)
    _magnitudes(checked)
    _jumps(checked)
    _dependants(checked)


def _titles(table: str, column: str) -> tuple[str, str]:
    definition = TABLES[table].column(column)
    return definition.vi, definition.en


def _examples(checked: Checked) -> None:
    for table in TABLES.values():
        column = table.key[0]
        values = checked.typed[table.name][column]
        checked.find("example_id", table.name, values.isin(EXAMPLE_ID.values()), column)


def _seats(checked: Checked, province: str) -> None:
    """A district, or since that level ended a commune: needed of all in a registry that tells of no later day, and
    of those that ended before.

    It tells of one by a fact, a day of recording or receipt, or a commune that there was not before.
    """
    organisations, end = checked.typed["organisations"], np.datetime64(DISTRICTS_END)
    lacking = ~_filled(checked, "organisations", "district")
    founded_after = (organisations["founded_on"] > end).to_numpy(dtype=bool)
    if not (lacking | founded_after).any():
        return
    later = not _of_today(province).isdisjoint(map(split_name, organisations["commune"].dropna().unique()))
    for name, frame in checked.typed.items():
        days = [frame[column] for column in ("recorded_on", "received_on") if column in frame]
        if "year" in frame:  # a row of a year that cannot be is about to be set aside
            year = TABLES[name].column("year")
            frame = frame[frame["year"].between(year.minimum, year.maximum).fillna(False)]
        days.append(fact_date(name, frame))
        later = later or any((day > end).any() for day in days)
    if later:
        events = checked.typed["status_events"]
        ended = events[events["event"].isin(ENDS) & (events["date"] <= end)]
        gone = organisations["org_id"].isin(ended["org_id"]).to_numpy()
        homeless = ~_filled(checked, "organisations", "commune") & (founded_after | (lacking & ~gone))
        checked.find("missing_value", "organisations", homeless, "commune")
        lacking &= gone
    checked.find("missing_value", "organisations", lacking, "district")


def _of_today(province: str) -> set[tuple[str, str]]:
    """Names of communes, with their kind and without, that no place bore on the last day of the districts.

    Many communes of today took the name of their district, which older lists type for a commune too.
    """
    places = places_of(province)
    old = [unit for level in ("commune", "district") for unit in places.on(DISTRICTS_END, level)]
    new = places.on(DISTRICTS_END + dt.timedelta(days=1), "commune")
    before, after = ({key for u in units for key in (split_name(u.label), split_name(u.name))} for units in (old, new))
    return after - before


def _within_rows(checked: Checked) -> None:
    reports = checked.typed["annual_reports"]
    over = _floats(reports["women"]) > _floats(reports["members"])
    checked.find("women_exceed_members", "annual_reports", over, "women", whole=reports["members"])
    for rule, pairs in (("part_exceeds_whole", PARTS), ("part_above_whole", SOFT_PARTS)):
        for table, part, whole in pairs:
            frame = checked.typed[table]
            if frame[part].notna().any():
                figures = _floats(frame[part])
                over = (figures > _floats(frame[whole])) & (figures > 0)
                checked.find(rule, table, over, part, whole=frame[whole], whole_title=_titles(table, whole))
    early = reports["received_on"].dt.year.to_numpy(dtype="float64") < _floats(reports["year"])
    checked.find("received_before_year", "annual_reports", early, "received_on", year=reports["year"])
    for table, end in END_DATE.items():
        frame, start = checked.typed[table], FACT_DATE[table]
        words = {"earlier": frame[start], "earlier_title": _titles(table, start)}
        checked.find("dates_reversed", table, frame[end] < frame[start], end, **words)
    organisations = checked.typed["organisations"]
    fund, credit = organisations["kind"] == "qtdnd", organisations["sector"] == "credit"
    outside = fund & ~credit & organisations["sector"].notna()
    checked.find("credit_fund_outside_credit", "organisations", outside, "sector")
    checked.find("credit_without_fund", "organisations", credit & ~fund & organisations["kind"].notna(), "kind")
    stray = organisations["agri_subtype"].notna() & organisations["sector"].isin(("non_agriculture", "credit"))
    checked.find("subtype_outside_agriculture", "organisations", stray, "agri_subtype")


def _floats(values: pd.Series) -> np.ndarray:
    return values.to_numpy(dtype="float64", na_value=np.nan)


def _references(checked: Checked) -> None:
    for table in ORGANISATION_TABLES:
        lost = (checked.owner(table) < 0) & checked.typed[table]["org_id"].notna().to_numpy()
        checked.find("unknown_organisation", table, lost, "org_id")


def _successors(checked: Checked, alone: bool) -> None:
    events = checked.typed["status_events"]
    to = events["successor_id"]
    given = to.notna().to_numpy()
    needs = events["event"].isin((*MERGERS, "split_from")).to_numpy()
    empty = np.flatnonzero(needs & ~given).tolist()
    absent = [place for place in empty if not checked.log.has("status_events", place, "successor_id")]
    checked.find("successor_missing", "status_events", events.index.isin(absent), "successor_id")
    checked.find("own_successor", "status_events", given & (to == events["org_id"]).to_numpy(), "successor_id")
    lost = given & (positions_of(to, checked.typed["organisations"]["org_id"]) < 0)
    if lost.any() and not alone:
        words = pd.Series([STATUS_EVENTS.get(event, ("", "")) for event in events["event"]], index=events.index)
        checked.find("unknown_successor", "status_events", lost, "successor_id", event=words, org_id=events["org_id"])
    sound = checked.sound("status_events")
    mergers = sound[sound["event"].isin(MERGERS)].drop_duplicates("org_id")
    circle = cycle_members(mergers["org_id"], mergers["successor_id"])
    if circle:
        on_it = events["org_id"].isin(circle) & events["event"].isin(MERGERS)
        checked.find("successor_circle", "status_events", on_it, "successor_id", circle=", ".join(sorted(circle)))


def _unions(checked: Checked, alone: bool) -> None:
    """What others are members of is a union, another organisation, and there on the day."""
    frame, organisations = checked.typed["union_members"], checked.typed["organisations"]
    if frame.empty:
        return
    union = positions_of(frame["union_id"], organisations["org_id"])
    checked.find("own_union", "union_members", frame["union_id"] == frame["org_id"], "union_id")
    if not alone:
        checked.find("unknown_union", "union_members", (union < 0) & frame["union_id"].notna(), "union_id")
    kind = pd.Series(np.append(organisations["kind"].to_numpy(dtype=object), [None])[union], dtype=object)
    checked.find(
        "not_a_union", "union_members", kind.notna() & (kind != "lhhtx"), "union_id", kind=_words_of(KIND, kind)
    )
    founded = np.append(organisations["founded_on"].to_numpy(), NEVER)[union]
    early = frame["joined_on"].to_numpy() < founded
    checked.find("before_founding", "union_members", early, "joined_on", org_id=frame["union_id"], founded=founded)


def _lives(checked: Checked) -> None:
    _before_founding(checked)
    _after_end(checked)
    events = checked.typed["status_events"]
    ordered = checked.sound("status_events")
    ordered = ordered[ordered["event"].isin(("suspended", "resumed", "ceased"))]
    ordered = ordered.sort_values(["org_id", "date"], kind="stable")
    before = ordered.groupby("org_id")["event"].shift()
    odd = ordered.index[(ordered["event"] == "resumed") & ~before.isin(("suspended", "ceased"))]
    checked.find("resumed_without_stop", "status_events", events.index.isin(odd), "event", org_id=events["org_id"])


def _far_ahead(checked: Checked) -> None:
    """Days of founding years after everything else that the registry knows."""
    organisations = checked.typed["organisations"]
    years = [_floats(organisations[column].dt.year) for column in ("founded_on", "registered_on")]
    for table, column in LIFE_COLUMN.items():
        values = checked.typed[table][column]
        dated = pd.api.types.is_datetime64_any_dtype(values)
        years.append(_floats(values.dt.year if dated else values))
    known = np.concatenate(years)
    known = known[~np.isnan(known)]
    if len(known) < 2:
        return
    cut = min(int(0.99 * len(known)), len(known) - 2)
    last = int(np.partition(known, cut)[cut])
    places = np.flatnonzero(years[0] > last + AHEAD).tolist()
    ahead = organisations.index.isin([at for at in places if not checked.log.has("organisations", at, "founded_on")])
    checked.find("far_ahead", "organisations", ahead, "founded_on", last=str(last))


def _founded_early(checked: Checked) -> None:
    """Days of founding before there was any cooperative: 01/01/1900 is a spreadsheet's empty day."""
    organisations = checked.typed["organisations"]
    places = np.flatnonzero(organisations["founded_on"].to_numpy() < FIRST_FOUNDED).tolist()
    early = organisations.index.isin([at for at in places if not checked.log.has("organisations", at, "founded_on")])
    checked.find("founded_early", "organisations", early, "founded_on")


def _founded_late(checked: Checked) -> None:
    """An organisation founded after most of its facts: its day is at fault, not they."""
    founded = checked.typed["organisations"]["founded_on"].to_numpy()
    if not len(founded):
        return
    early, late = (np.zeros(len(founded), dtype="int64") for _ in range(2))
    first = np.full(len(founded), np.inf)
    for table in HARD_TABLES:
        owner = checked.owner(table)
        column, birth = _alike(checked.typed[table][LIFE_COLUMN[table]], founded, owner)
        before, after = (owner >= 0) & np.less(column, birth), (owner >= 0) & np.greater_equal(column, birth)
        late += np.bincount(owner[after], minlength=len(founded))
        if before.any():
            early += np.bincount(owner[before], minlength=len(founded))
            years = column[before]
            if np.issubdtype(years.dtype, np.datetime64):
                years = years.astype("datetime64[Y]").astype("int64") + 1970.0
            np.minimum.at(first, owner[before], years)
    wrong = (early >= 2) & (early > late)
    if wrong.any():
        when = pd.Series([str(int(year)) if np.isfinite(year) else "" for year in first])
        checked.find("founded_late", "organisations", wrong, "founded_on", count=pd.Series(early), first=when)


def _before_founding(checked: Checked) -> None:
    _founded_late(checked)
    _far_ahead(checked)
    _founded_early(checked)
    founded = checked.typed["organisations"]["founded_on"].to_numpy().copy()
    founded[checked.log.bad_rows("organisations")] = NEVER
    for table, column in LIFE_COLUMN.items():
        frame = checked.typed[table]
        early = np.less(*_alike(frame[column], founded, checked.owner(table)))
        if table == "support_events":
            early = early & (frame["programme"] != "founding").to_numpy()
        rule = "before_founding" if table in HARD_TABLES else "fact_before_founding"
        if early.any():
            checked.find(rule, table, early, column, org_id=frame["org_id"], founded=checked.of_owner(table, founded))


def _after_end(checked: Checked) -> None:
    frame = checked.typed["status_events"]
    events = checked.sound("status_events")
    # The first end stands; a second one is an event after it. Two ends on one day contradict each other.
    ends = events[events["event"].isin(ENDS)].sort_values("date", kind="stable").drop_duplicates("org_id")
    ended = np.full(len(checked.typed["organisations"]), NEVER)
    owners = checked.owner("status_events")[ends.index]
    ended[owners[owners >= 0]] = ends["date"].to_numpy()[owners >= 0]
    for table, column in LIFE_COLUMN.items():
        rows = checked.typed[table]
        late = np.greater(*_alike(rows[column], ended, checked.owner(table)))
        end = checked.of_owner(table, ended) if late.any() or table == "status_events" else NEVER
        if table == "status_events":
            second = (rows[column].to_numpy() == end) & rows["event"].isin(ENDS).to_numpy()
            late = late | (second & ~rows.index.isin(ends.index))
        rule = "after_end" if table in HARD_TABLES else "fact_after_end"
        checked.find(rule, table, late, column, org_id=rows["org_id"], ended=end)
    receiver = positions_of(frame["successor_id"], checked.typed["organisations"]["org_id"])
    gone = np.append(ended, NEVER)[receiver]
    into_gone = frame["event"].isin(MERGERS).to_numpy() & (gone < frame["date"].to_numpy())
    checked.find("successor_already_ended", "status_events", into_gone, "successor_id", ended=gone)


def _alike(values: pd.Series, days: np.ndarray, owner: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """``values`` (days or years) and that of ``days`` of each one's ``owner`` as they can be compared: alike both."""
    days = np.append(days, NEVER)
    if pd.api.types.is_datetime64_any_dtype(values):
        return values.to_numpy(), days[owner]
    years = days.astype("datetime64[Y]").astype("int64") + 1970.0
    return _floats(values), np.where(np.isnat(days), np.nan, years)[owner]


def _changes(checked: Checked, alone: bool) -> None:
    """Each row is a change; it starts from what the one before left, and the last leaves what the organisation is."""
    frame = checked.typed["changes"]
    if frame.empty:
        return
    sides = {column.name: (f"{column.name}_before", f"{column.name}_after") for column in DATED}
    filled = pd.DataFrame({side: _filled(checked, "changes", side) for pair in sides.values() for side in pair})
    checked.find("no_change", "changes", ~filled.any(axis=1), "date")
    kinds = np.append(checked.typed["organisations"]["kind"].to_numpy(dtype=object), [None])
    kind = pd.Series(kinds[checked.owner("changes")], dtype=object)
    fund = (kind == "qtdnd").to_numpy()
    for column in DATED:
        before, after = sides[column.name]
        district = column.name == "district"
        ended = (frame["date"] > np.datetime64(DISTRICTS_END)) & district  # No district follows the last one.
        checked.find("missing_value", "changes", ~filled[after] & frame[before].notna() & ~ended, after)
        needed = column.required or district
        checked.find("missing_value", "changes", ~filled[before] & frame[after].notna() & needed, before)
        checked.find("no_change", "changes", frame[before] == frame[after], after)
    for side in sides["sector"]:
        outside = fund & frame[side].notna() & (frame[side] != "credit")
        checked.find("credit_fund_outside_credit", "changes", outside, side)
        credit = (frame[side] == "credit") & ~fund & kind.notna().to_numpy()
        checked.find("credit_change_without_fund", "changes", credit, side, kind=_words_of(KIND, kind))
    if alone:
        return
    sound = checked.sound("changes")
    told = sound[~sound["org_id"].isin(frame.loc[checked.log.bad_rows("changes"), "org_id"])]
    for column in DATED:
        _chain(checked, told, column, *sides[column.name])


def _filled(checked: Checked, table: str, column: str) -> np.ndarray:
    """Mask of the cells with something in them, understood or not."""
    filled = checked.typed[table][column].notna().to_numpy(dtype=bool, copy=True)
    filled[checked.log.wrong(table, column)] = True
    return filled


def _chain(checked: Checked, told: pd.DataFrame, column: Column, before: str, after: str) -> None:
    frame, organisations = checked.typed["changes"], checked.typed["organisations"]
    told = told[told[after].notna() | told[before].notna()].sort_values(["org_id", "date"])
    left = told.groupby("org_id")[[after, "date"]].shift()
    broken = told.index[left["date"].notna() & (told[before].fillna("") != left[after].fillna(""))]
    words = {"since": left["date"].reindex(frame.index), "other": _words_of(column, left[after].reindex(frame.index))}
    checked.find("change_not_from_before", "changes", frame.index.isin(broken), before, **words)
    owner = checked.owner("changes")
    known = (owner >= 0) & ~np.isin(owner, checked.log.bad_rows("organisations"))
    last = known & frame.index.isin(told.drop_duplicates("org_id", keep="last").index)
    now = pd.Series(np.append(organisations[column.name].to_numpy(dtype=object), [None])[owner], index=frame.index)
    rows = np.append(checked.raws["organisations"].rows, 0)[owner]
    contradicted = last & (frame[after].fillna("") != now.fillna("")).to_numpy(dtype=bool)
    checked.find("change_not_to_now", "changes", contradicted, after, now=_words_of(column, now), row=rows)


def _words_of(column: Column, values: pd.Series) -> pd.Series:
    """The titles (vi, en) of a closed list's codes; other text as it is."""
    return pd.Series([column.choices.get(value, value) for value in values], index=values.index, dtype=object)


def _area_of_successors(checked: Checked) -> None:
    events, reports = checked.sound("status_events"), checked.sound("annual_reports")
    mergers = events[events["event"].isin(MERGERS)]
    if mergers.empty:
        return
    scope = checked.sound("organisations").drop_duplicates("org_id").set_index("org_id")["scope"]
    small = look_up(mergers["org_id"], scope) == "inter_village"
    mergers = mergers[small & (look_up(mergers["successor_id"], scope) == "commune")]
    touched = pd.concat([mergers["org_id"], mergers["successor_id"]])
    areas = reports.loc[(positions_of(reports["org_id"], touched) >= 0), ["org_id", "year", "area_ha"]]
    areas = areas[areas["area_ha"].notna()]
    areas = areas.assign(position=areas.index).sort_values("year", kind="stable")
    joined = mergers.assign(merged=mergers["date"].dt.year)[["org_id", "successor_id", "merged"]]
    last = joined.merge(areas, on="org_id").query("year <= merged").drop_duplicates("org_id", keep="last")
    after = areas.rename(columns={"org_id": "successor_id", "area_ha": "whole", "year": "later"})
    pairs = last.merge(after[["successor_id", "later", "whole"]], on="successor_id").query("later >= merged")
    pairs = pairs.drop_duplicates("org_id").query("area_ha > whole").set_index("position")
    index = checked.typed["annual_reports"].index
    checked.find(
        "area_above_successor",
        "annual_reports",
        index.isin(pairs.index),
        "area_ha",
        successor=pairs["successor_id"].reindex(index),
        whole=pairs["whole"].reindex(index),
    )


def _look_alikes(checked: Checked) -> None:
    frame, events = checked.typed["organisations"], checked.sound("status_events")
    rows = checked.raws["organisations"].rows
    sound = checked.sound("organisations")
    keys = checked.likenesses.result()
    keys = keys[keys.index.isin(sound.index)]
    for rule, search in (("looks_the_same", look_alikes), ("founded_again", founded_again)):
        pairs = search(sound, events, keys)
        first = pairs["first"].to_numpy()
        words = pd.DataFrame(
            {"other": frame["name"].array[first], "other_id": frame["org_id"].array[first], "row": rows[first]},
            index=pairs["position"],
        ).reindex(frame.index)
        row = words.pop("row").astype("Int64")
        checked.find(rule, "organisations", frame.index.isin(pairs["position"]), "name", row=row, **words)


def _districts(checked: Checked) -> None:
    places = [("organisations", "district"), ("trainings", "district")]
    places += [("changes", f"district_{side}") for side in ("before", "after")]
    slips = usual_spellings(pd.concat([checked.typed[table][column] for table, column in places]))
    if slips.empty:
        return
    for table, column in places:
        given = checked.typed[table][column]
        words = {name: look_up(given, slips[name]) for name in slips}
        checked.find("district_spelling", table, given.isin(slips.index), column, **words)


def _magnitudes(checked: Checked) -> None:
    """Figures that cannot be in their column's unit: the first of each row, with what it may be."""
    _by_totals(checked)
    found = {"annual_reports": checked.sizes.result()}
    for table, column, most in (
        ("support_events", "amount", magnitudes.MOST_SUPPORT),
        ("loans", "amount", magnitudes.MOST_LOAN),
        ("activities", "spent", magnitudes.MOST_SPENT),
        ("activities", "planned", magnitudes.MOST_SPENT),
    ):
        values = _floats(checked.typed[table][column])
        found[table] = [*found.get(table, []), *magnitudes.of_amounts(values, column, most)]
    said: set[tuple[str, str, int]] = set()
    for table, columns in found.items():
        for one in sorted(columns, key=lambda one: not one.sure):
            for at, other, factor, why in zip(one.positions, one.other, one.factor, one.why, strict=True):
                if (table, one.column, at) not in said:
                    if one.alike is not None:
                        why = _with_others(checked.raws[table], one.column, one.alike, why)
                    _other_unit(checked, table, one.column, int(at), float(other), float(factor), why, one.sure)
                said.add((table, one.column, at))


def _with_others(raw: RawTable, column: str, alike: np.ndarray, why: tuple[str, str]) -> tuple[str, str]:
    """Why a cell is doubted, with how many others of its column are and the first of them."""
    cells = ", ".join(raw.cell(int(at), column) or str(raw.rows[at]) for at in alike[:FEW_SHOWN])
    more = f"{cells}{', …' * (len(alike) > FEW_SHOWN)}"
    vi, en = f"{why[0]} (cùng {len(alike)} ô khác: {more})", f"{why[1]} (as with {len(alike)} more cells: {more})"
    return (vi, en) if len(alike) else why


def _by_totals(checked: Checked) -> None:
    """Figures that only in another unit add up to the total that their source prints."""
    raw = checked.raws["annual_reports"]
    for column in raw.at if raw.doubts and raw.at is not None else ():
        if column not in magnitudes.MONEY:
            continue
        values = _floats(checked.typed["annual_reports"][column])
        for at, value in enumerate(values):
            if value == value and (doubt := raw.doubts.get((*raw.origin(at), raw.cell(at, column)))):
                factor, why = doubt
                _other_unit(checked, "annual_reports", column, at, float(value) / factor, factor, why)


def _other_unit(
    checked: Checked,
    table: str,
    column: str,
    at: int,
    other: float,
    factor: float,
    why: tuple[str, str],
    sure: bool = True,
) -> None:
    """One error a row, or one warning a cell without, unless the registry says that the figure is as it was written."""
    raw, definition = checked.raws[table], TABLES[table].column(column)
    file, sheet = raw.origin(at)
    place = f"{sheet or file}!{raw.cell(at, column) or int(raw.rows[at])}"
    key = f"{row_key(table, checked.typed[table].iloc[[at]]).iloc[0]}/{column}"
    if checked.log.has_rule(table, at, "other_unit") or checked.log.as_written(place, raw, key):
        return
    if not sure and checked.log.has(table, at, column):
        return
    units, written = definition.units, magnitudes.written(factor, raw.sizes.get((file, sheet, column), 1.0))
    value = checked.typed[table][column].iloc[at]
    words = {"unit": units, "why": why, "other": round(other, 6), "written": written}
    words["said"] = right_by(raw, place, key)
    rule = "other_unit" if sure else "unit_doubted"
    checked.log.add(rule, raw, [at], column, [value], **{name: [word] for name, word in words.items()})


def _jumps(checked: Checked) -> None:
    index = checked.typed["annual_reports"].index
    sound = checked.sound("annual_reports")
    owners = checked.owner("annual_reports")
    owners = owners if len(sound) == len(owners) else owners[sound.index]
    for column, found in tenfold_jumps(sound, owners).items():
        for at in found.index[found["beyond"] & (column not in magnitudes.SAID_ONLY)]:
            value, before = float(sound[column].loc[at]), float(found.loc[at, "other"])
            year = int(found.loc[at, "other_year"])
            factor = 1e4 if column == "area_ha" else min((1e3, 1e6), key=lambda one: abs(np.log(value / one / before)))
            why = (f"trong khi năm {year} là {number(before, 'vi')}", f"while it was {number(before, 'en')} in {year}")
            _other_unit(checked, "annual_reports", column, int(at), value / factor, factor, why)
        found = found[[not checked.log.has("annual_reports", int(at), column) for at in found.index]]
        checked.find(
            "tenfold_jump",
            "annual_reports",
            index.isin(found.index),
            column,
            year=checked.typed["annual_reports"]["year"],
            other=found["other"].reindex(index),
            other_year=found["other_year"].reindex(index).astype("Int64"),
            unit=TABLES["annual_reports"].column(column).units,
        )


def _dependants(checked: Checked) -> None:
    bad = checked.log.bad_rows("organisations")
    if not len(bad):
        return
    ids = checked.typed["organisations"]["org_id"]
    waiting = ~ids.isin(set(checked.sound("organisations")["org_id"].dropna())) & ids.notna() & ~ids.duplicated()
    counts = np.zeros(len(ids) + 1, dtype="int64")
    for table in ORGANISATION_TABLES:
        counts += np.bincount(
            np.where(checked.owner(table) < 0, len(ids), checked.owner(table)), minlength=len(ids) + 1
        )
    count = pd.Series(counts[:-1], index=ids.index)
    checked.find("dependants_wait", "organisations", waiting & (count > 0), "org_id", count=count)
