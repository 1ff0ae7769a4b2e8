"""Rules across rows and tables, on cells that have been understood. Each rule looks at whole columns at once."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from kttt_lib.registry.asof import ENDS, MERGERS, ORGANISATION_TABLES
from kttt_lib.registry.chains import cycle_members
from kttt_lib.registry.findings import FindingLog
from kttt_lib.registry.help import EXAMPLE_ID
from kttt_lib.registry.jumps import tenfold_jumps
from kttt_lib.registry.keys import look_up
from kttt_lib.registry.raw import RawTable
from kttt_lib.registry.schema import STATUS_EVENTS, TABLES
from kttt_lib.registry.similar import look_alikes

# (part, whole): the part may not be larger. Those of SOFT are odd but can be true.
PARTS = (
    ("members_served", "members"),
    ("indivisible_assets", "total_assets"),
    ("revenue_from_members", "revenue"),
)
SOFT_PARTS = (("new_members", "members"), ("profit_to_members", "post_tax_profit"))
# (table, later date, earlier date)
ORDERED_DATES = (("features", "ended_on", "began_on"),)
# Where a fact outside an organisation's life is surely wrong, and where it is only odd.
HARD_TABLES = ("status_events", "annual_reports", "criteria_scores")
SOFT_TABLES = ("loans", "features", "support_events")
LIFE_COLUMN = {
    "status_events": "date",
    "annual_reports": "year",
    "criteria_scores": "year",
    "loans": "date",
    "features": "began_on",
    "support_events": "date",
}


@dataclass(frozen=True)
class Facts:
    """Frames under check with what they were read from, and where findings go."""

    raws: dict[str, RawTable]
    typed: dict[str, pd.DataFrame]
    log: FindingLog

    def find(self, rule: str, table: str, mask: pd.Series | np.ndarray, column: str, **details: pd.Series) -> None:
        """One finding for each True of ``mask``; ``details`` are columns aligned with the table."""
        at = np.flatnonzero(np.asarray(mask, dtype=bool))
        if len(at):
            words = {name: np.asarray(values, dtype=object)[at].tolist() for name, values in details.items()}
            self.log.add(rule, self.raws[table], at, column, self.typed[table][column].iloc[at].tolist(), **words)

    def sound(self, table: str) -> pd.DataFrame:
        """Rows of a table without an error so far; their index is their position."""
        frame = self.typed[table]
        bad = self.log.bad_rows(table)
        return frame.drop(index=bad) if len(bad) else frame


def check_rules(raws: dict[str, RawTable], typed: dict[str, pd.DataFrame], log: FindingLog) -> None:
    """Apply every rule to typed frames that have the same rows as ``raws`` (RangeIndex)."""
    facts = Facts(raws, typed, log)
    _within_rows(facts)
    _references(facts)
    _successors(facts)
    _lives(facts)
    _area_of_successors(facts)
    _look_alikes(facts)
    _jumps(facts)
    _dependants(facts)


def _titles(table: str, column: str, count: int) -> np.ndarray:
    definition = TABLES[table].column(column)
    titles = np.empty(count, dtype=object)
    titles[:] = [(definition.vi, definition.en)] * count
    return titles


def _within_rows(facts: Facts) -> None:
    for table in TABLES.values():
        column = table.key[0]
        facts.find("example_id", table.name, facts.typed[table.name][column].isin(EXAMPLE_ID.values()), column)
    reports = facts.typed["annual_reports"]
    over = (reports["women"] > reports["members"]).fillna(False)
    facts.find("women_exceed_members", "annual_reports", over, "women", whole=reports["members"])
    for rule, pairs in (("part_exceeds_whole", PARTS), ("part_above_whole", SOFT_PARTS)):
        for part, whole in pairs:
            over = ((reports[part] > reports[whole]) & (reports[part] > 0)).fillna(False)
            facts.find(
                rule,
                "annual_reports",
                over,
                part,
                whole=reports[whole],
                whole_title=_titles("annual_reports", whole, len(reports)),
            )
    years = reports["year"].astype("float64").to_numpy()
    early = reports["received_on"].dt.year.to_numpy() < years
    facts.find("received_before_year", "annual_reports", early, "received_on", year=reports["year"])
    for table, later, earlier in ORDERED_DATES:
        frame = facts.typed[table]
        facts.find(
            "dates_reversed",
            table,
            frame[later] < frame[earlier],
            later,
            earlier=frame[earlier],
            earlier_title=_titles(table, earlier, len(frame)),
        )
    organisations = facts.typed["organisations"]
    fund, credit = organisations["kind"] == "qtdnd", organisations["sector"] == "credit"
    facts.find(
        "credit_fund_outside_credit", "organisations", fund & ~credit & organisations["sector"].notna(), "sector"
    )
    facts.find("credit_without_fund", "organisations", credit & ~fund & organisations["kind"].notna(), "kind")
    stray = organisations["agri_subtype"].notna() & organisations["sector"].isin(("non_agriculture", "credit"))
    facts.find("subtype_outside_agriculture", "organisations", stray, "agri_subtype")


def _references(facts: Facts) -> None:
    ids = facts.typed["organisations"]["org_id"].dropna()
    for table in ORGANISATION_TABLES:
        given = facts.typed[table]["org_id"]
        facts.find("unknown_organisation", table, given.notna() & ~given.isin(ids), "org_id")


def _successors(facts: Facts) -> None:
    events = facts.typed["status_events"]
    ids = facts.typed["organisations"]["org_id"].dropna()
    to = events["successor_id"]
    needs = events["event"].isin((*MERGERS, "split_from"))
    unread = np.zeros(len(events), dtype=bool)
    unread[[place for place in np.flatnonzero(to.isna()) if facts.log.has("status_events", place, "successor_id")]] = (
        True
    )
    facts.find("successor_missing", "status_events", needs & to.isna() & ~unread, "successor_id")
    own = to.notna() & (to == events["org_id"])
    facts.find("own_successor", "status_events", own, "successor_id")
    words = np.empty(len(events), dtype=object)
    words[:] = [STATUS_EVENTS.get(event, ("", "")) for event in events["event"]] if len(events) else []
    lost = to.notna() & ~to.isin(ids)
    facts.find("unknown_successor", "status_events", lost, "successor_id", event=words, org_id=events["org_id"])
    sound = facts.sound("status_events")
    mergers = sound[sound["event"].isin(MERGERS)].drop_duplicates("org_id")
    circle = cycle_members(mergers["org_id"], mergers["successor_id"])
    if circle:
        names = pd.Series(", ".join(sorted(circle)), index=events.index)
        on_it = events["org_id"].isin(circle) & events["event"].isin(MERGERS)
        facts.find("successor_circle", "status_events", on_it, "successor_id", circle=names)


def _lives(facts: Facts) -> None:
    organisations = facts.sound("organisations").drop_duplicates("org_id").set_index("org_id")
    founded = organisations["founded_on"]
    for table in (*HARD_TABLES, *SOFT_TABLES):
        frame, column = facts.typed[table], LIFE_COLUMN[table]
        birth = look_up(frame["org_id"], founded)
        early = _before(frame[column], birth)
        if table == "support_events":
            early = early & (frame["programme"] != "founding").to_numpy()
        rule = "before_founding" if table in HARD_TABLES else "fact_before_founding"
        facts.find(rule, table, early, column, org_id=frame["org_id"], founded=birth)
    events = facts.sound("status_events")
    # The first end stands; a second one is an event after it. Two ends on one day contradict each other.
    ends = events[events["event"].isin(ENDS)].sort_values("date", kind="stable").drop_duplicates("org_id")
    ended = ends.set_index("org_id")["date"]
    for table in (*HARD_TABLES, *SOFT_TABLES):
        frame, column = facts.typed[table], LIFE_COLUMN[table]
        end = look_up(frame["org_id"], ended)
        late = _before(end, frame[column])
        if table == "status_events":
            second_end = (frame[column] == end) & frame["event"].isin(ENDS) & ~frame.index.isin(ends.index)
            late = late | second_end.to_numpy()
        rule = "after_end" if table in HARD_TABLES else "fact_after_end"
        facts.find(rule, table, late, column, org_id=frame["org_id"], ended=end)
    frame = facts.typed["status_events"]
    gone = look_up(frame["successor_id"], ended)
    into_gone = (frame["event"].isin(MERGERS) & (gone < frame["date"])).to_numpy()
    facts.find("successor_already_ended", "status_events", into_gone, "successor_id", ended=gone)
    ordered = facts.sound("status_events").sort_values(["org_id", "date"], kind="stable")
    ordered = ordered[ordered["event"].isin(("suspended", "resumed", "ceased"))]
    before = ordered.groupby("org_id")["event"].shift()
    odd = ordered.index[(ordered["event"] == "resumed") & ~before.isin(("suspended", "ceased"))]
    facts.find("resumed_without_stop", "status_events", frame.index.isin(odd), "event", org_id=frame["org_id"])


def _before(first: pd.Series, second: pd.Series) -> np.ndarray:
    """Mask where ``first`` is before ``second``; a column of years is compared by year."""
    if pd.api.types.is_datetime64_any_dtype(first) and pd.api.types.is_datetime64_any_dtype(second):
        return (first < second).to_numpy()

    def years(values: pd.Series) -> np.ndarray:
        if pd.api.types.is_datetime64_any_dtype(values):
            return values.dt.year.to_numpy(dtype="float64")
        return values.to_numpy(dtype="float64", na_value=np.nan)

    return years(first) < years(second)


def _area_of_successors(facts: Facts) -> None:
    events, reports = facts.sound("status_events"), facts.sound("annual_reports")
    scope = facts.sound("organisations").drop_duplicates("org_id").set_index("org_id")["scope"]
    mergers = events[events["event"].isin(MERGERS)]
    mergers = mergers[
        (look_up(mergers["org_id"], scope) == "inter_village") & (look_up(mergers["successor_id"], scope) == "commune")
    ]
    areas = reports.loc[reports["area_ha"].notna(), ["org_id", "year", "area_ha"]]
    areas = areas[areas["org_id"].isin(mergers["org_id"]) | areas["org_id"].isin(mergers["successor_id"])]
    areas = areas.assign(position=areas.index).sort_values("year", kind="stable")
    joined = mergers.assign(merged=mergers["date"].dt.year)[["org_id", "successor_id", "merged"]]
    last = joined.merge(areas, on="org_id").query("year <= merged").drop_duplicates("org_id", keep="last")
    after = areas.rename(columns={"org_id": "successor_id", "area_ha": "whole", "year": "later"})
    pairs = last.merge(after[["successor_id", "later", "whole"]], on="successor_id").query("later >= merged")
    pairs = pairs.drop_duplicates("org_id").query("area_ha > whole").set_index("position")
    frame = facts.typed["annual_reports"]
    facts.find(
        "area_above_successor",
        "annual_reports",
        frame.index.isin(pairs.index),
        "area_ha",
        successor=pairs["successor_id"].reindex(frame.index),
        whole=pairs["whole"].reindex(frame.index),
    )


def _look_alikes(facts: Facts) -> None:
    frame = facts.typed["organisations"]
    pairs = look_alikes(facts.sound("organisations"), facts.sound("status_events"))
    if pairs.empty:
        return
    first = pd.Series(pairs["first"].to_numpy(), index=pairs["position"]).reindex(frame.index)
    known = first.notna()
    other = frame.reindex(first.fillna(-1).astype("int64"))
    rows = pd.Series(facts.raws["organisations"].rows, index=frame.index).reindex(other.index)
    facts.find(
        "looks_the_same",
        "organisations",
        known,
        "name",
        other=other["name"],
        other_id=other["org_id"],
        row=rows.astype("Int64"),
    )


def _jumps(facts: Facts) -> None:
    reports = facts.sound("annual_reports")
    frame = facts.typed["annual_reports"]
    for column, found in tenfold_jumps(reports).items():
        unit = np.empty(len(frame), dtype=object)
        unit[:] = TABLES["annual_reports"].column(column).unit
        facts.find(
            "tenfold_jump",
            "annual_reports",
            frame.index.isin(found.index),
            column,
            year=frame["year"],
            other=found["other"].reindex(frame.index),
            other_year=found["other_year"].reindex(frame.index).astype("Int64"),
            unit=unit,
        )


def _dependants(facts: Facts) -> None:
    bad = facts.log.bad_rows("organisations")
    ids = facts.typed["organisations"]["org_id"]
    waiting = set(ids.iloc[bad].dropna()) - set(facts.sound("organisations")["org_id"].dropna())
    if not waiting:
        return
    counts = sum(
        (
            facts.typed[table]["org_id"].value_counts().reindex(sorted(waiting), fill_value=0)
            for table in ORGANISATION_TABLES
        ),
        start=pd.Series(0, index=sorted(waiting)),
    )
    count = ids.map(counts).fillna(0).astype("int64")
    first = ~ids.duplicated()
    facts.find("dependants_wait", "organisations", (count > 0) & first, "org_id", count=count)
