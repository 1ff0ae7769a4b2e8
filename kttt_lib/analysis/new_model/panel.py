"""Who became a new-model HTX when, and one row an organisation and year at risk with what was known before.

Covariates of a year come from the year before: training turns of managers in the district per HTX there, a
preferential loan, support (founding support apart), the share of the district's HTX that had adopted, size
(ln members, standardised within sector and specialisation), managers with a degree.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from kttt_lib.adoption.person_period import at_risk_rows
from kttt_lib.analysis.coverage import told
from kttt_lib.days import AnyDay, parse_day
from kttt_lib.rating.facts import Facts
from kttt_lib.registry import AsOfView, Registry

FEATURE = "new_model"
KINDS = ("htx",)
# What one step of each covariate means to a reader: (step, vi, en); marginal effects are told for these.
STEPS = {
    "training": (0.5, "Thêm 1 lượt bồi dưỡng cho mỗi 2 HTX cùng địa bàn", "One more training turn for every 2 HTX"),
    "loan": (1.0, "Được vay vốn ưu đãi năm trước", "A preferential loan the year before"),
    "support": (1.0, "Được hỗ trợ năm trước", "Support the year before"),
    "neighbours": (0.1, "Thêm 10% HTX cùng địa bàn đã là kiểu mới", "Another 10% of HTX in the same place new-model"),
    "size": (1.0, "Quy mô thành viên lớn hơn một độ lệch chuẩn", "One standard deviation larger in members"),
    "trend": (1.0, "Mỗi năm trôi qua", "Each year that passes"),
    "college": (0.25, "Thêm một phần tư cán bộ có trình độ cao đẳng, đại học", "A quarter more managers with a degree"),
}
GROUPS = {
    "agriculture": ("HTX nông nghiệp tổng hợp", "General agricultural HTX"),
    "specialised": ("HTX chuyên ngành", "Specialised HTX"),
    "non_agriculture": ("HTX phi nông nghiệp", "Non-agricultural HTX"),
}


def adoption_view(registry: Registry, as_of: AnyDay) -> AsOfView:
    """What is known on a day, of the years that the registry speaks of (``coverage.told``)."""
    return told(Facts(registry.as_of(as_of))).view


def last_whole_year(as_of: object) -> int:
    """The last year that has ended by the day."""
    day = parse_day(as_of)
    return day.year if (day.month, day.day) == (12, 31) else day.year - 1


def adoptions(view: AsOfView) -> pd.DataFrame:
    """Each HTX's first adoption known: org_id, date, basis; in order of date and id."""
    rows = view.features
    htx = view.organisations.loc[view.organisations["kind"].isin(KINDS), "org_id"]
    rows = rows[(rows["feature"] == FEATURE) & rows["org_id"].isin(htx)]
    rows = rows.sort_values(["began_on", "org_id"], kind="stable").drop_duplicates("org_id")
    return rows[["org_id", "began_on", "basis"]].rename(columns={"began_on": "date"}).reset_index(drop=True)


def adoption_series(view: AsOfView) -> pd.DataFrame:
    """Adopters of each whole year from the first adoption on: year, adopters, cumulative."""
    years = adoptions(view)["date"].dt.year
    last = last_whole_year(view.date)
    years = years[years <= last]
    if years.empty:
        return pd.DataFrame({"year": pd.Series(dtype=int), "adopters": [], "cumulative": []}).astype(int)
    counts = years.value_counts().reindex(range(int(years.min()), last + 1), fill_value=0).sort_index()
    return pd.DataFrame({"year": counts.index, "adopters": counts.to_numpy(), "cumulative": counts.cumsum().to_numpy()})


@dataclass(frozen=True)
class AdoptionPanel:
    """``rows``: org_id, year, event (0/1), covariates, group, district, cluster; ``next_year``: those still at risk.

    ``next_year`` has the same covariates for the year after the last whole one, for organisations that have not
    adopted by then and still work. ``districts``: HTX and the number of them that had adopted, by district, as that
    year begins.
    """

    rows: pd.DataFrame
    next_year: pd.DataFrame
    last: int
    districts: pd.DataFrame


def adoption_panel(view: AsOfView) -> AdoptionPanel:
    """The panel from the first year with covariates (the one after the first annual report) to the last whole year.

    An HTX enters in the first year after its founding for which an earlier report is known (left truncation) and
    leaves with its adoption, when it stops for good, or at the end of watching (right censoring).
    """
    last = last_whole_year(view.date)
    htx = htx_with_groups(view)
    reports = htx_reports(view, htx)
    if reports.empty:
        raise ValueError("no annual report tells an HTX's size, so nobody can be followed")
    first_report = reports.groupby("org_id")["year"].min()
    adopted = adoptions(view).set_index("org_id")["date"].dt.year
    htx["adopted"] = of_each(htx["org_id"], adopted)
    htx["entry"] = np.maximum(htx["founded_on"].dt.year + 1, of_each(htx["org_id"], first_report) + 1)
    stopped = htx["stopped_on"].dt.year  # not at risk in the year in which it stopped: it did not work to its end
    htx["until"] = np.fmin(stopped.fillna(last + 2) - 1, last + 1)
    seen = htx[htx["entry"].notna() & (htx["entry"] <= htx["until"])]
    seen = seen[~(seen["adopted"] < seen["entry"])]
    exit_ = np.fmin(seen["until"], seen["adopted"].where(seen["adopted"] <= last, np.inf).fillna(np.inf))
    spells = pd.DataFrame(
        {
            "org_id": seen["org_id"],
            "entry": seen["entry"].astype(int),
            "exit": exit_.astype(int),
            "event": (seen["adopted"] <= exit_) & (seen["adopted"] <= last),
            **{name: seen[name] for name in ("name", "group", "district", "cluster")},
        }
    )
    rows = at_risk_rows(spells, unit="org_id").rename(columns={"period": "year"}).drop(columns="duration")
    rows = _with_covariates(rows, view, htx, reports)
    stock = district_stock(htx, [last + 1]).droplevel("year")
    return AdoptionPanel(
        rows[rows["year"] <= last].reset_index(drop=True),
        rows[rows["year"] == last + 1].drop(columns="event").reset_index(drop=True),
        last,
        stock.assign(adopted=(stock["htx"] * stock["share"]).round()),
    )


def of_each(ids: pd.Series, values: pd.Series) -> np.ndarray:
    """The number of each id, NaN where it has none (also where nobody has one)."""
    return values.reindex(ids).to_numpy(float)


def htx_with_groups(view: AsOfView) -> pd.DataFrame:
    """HTX with group, cluster (the commune, else the HTX itself) and the day they stopped for good (NaT: working)."""
    frame = view.organisations[view.organisations["kind"].isin(KINDS)].copy()
    specialised = frame["specialised"].fillna(False).astype(bool) & (frame["sector"] == "agriculture")
    frame["group"] = frame["sector"].astype(object).mask(specialised, "specialised")
    frame["district"] = frame["place"].fillna("")  # The unit by which results are told.
    place = frame["place"] + "/" + frame["commune"]
    frame["cluster"] = place.fillna(frame["org_id"])
    ended = frame["state"].isin(["ceased", "dissolved", "merged"])
    events = view.status_events
    first = events[events["event"].isin(["ceased", "dissolved", "merged_into", "consolidated_into"])]
    # Ceased before it was struck off: it stopped on the earlier day.
    stopped = first.groupby("org_id")["date"].min().reindex(frame["org_id"]).to_numpy()
    frame["stopped_on"] = pd.Series(stopped, index=frame.index, dtype="datetime64[us]").where(ended)
    return frame.reset_index(drop=True)


def htx_reports(view: AsOfView, htx: pd.DataFrame) -> pd.DataFrame:
    """Yearly size and managers' schooling of each HTX from its reports: org_id, year, size, college."""
    reports = view.annual_reports
    reports = reports[reports["org_id"].isin(htx["org_id"]) & reports["members"].notna()]
    managers = reports[["managers_untrained", "managers_intermediate", "managers_college"]].astype(float)
    college = managers["managers_college"] / managers.sum(axis=1, min_count=3).replace(0, np.nan)
    frame = pd.DataFrame(
        {
            "org_id": reports["org_id"],
            "year": reports["year"].astype(int),
            "ln_members": np.log(np.maximum(reports["members"].astype(float), 1)),
            "college": college,
        }
    )
    frame["group"] = frame["org_id"].map(htx.set_index("org_id")["group"])
    by_group = frame.groupby("group")["ln_members"]
    spread = by_group.transform("std").replace(0, 1).fillna(1)
    frame["size"] = (frame["ln_members"] - by_group.transform("mean")) / spread
    frame["college"] = frame["college"].fillna(frame.groupby("group")["college"].transform("median")).fillna(0.0)
    return frame[["org_id", "year", "size", "college"]].sort_values(["org_id", "year"], ignore_index=True)


def _with_covariates(rows: pd.DataFrame, view: AsOfView, htx: pd.DataFrame, reports: pd.DataFrame) -> pd.DataFrame:
    """Covariates of the year before, the last report known by then carried forward."""
    before = rows["year"] - 1
    latest = pd.merge_asof(
        rows.assign(_at=before, _row=np.arange(len(rows))).sort_values("_at", kind="stable"),
        reports.rename(columns={"year": "_at"}).sort_values("_at", kind="stable"),
        on="_at",
        by="org_id",
    ).sort_values("_row", kind="stable")
    rows = rows.assign(size=latest["size"].to_numpy(), college=latest["college"].to_numpy())
    loans = view.loans[view.loans["preferential"].fillna(False).astype(bool)]
    support = view.support_events[view.support_events["programme"] != "founding"]
    rows["loan"] = _had(rows, loans)
    rows["support"] = _had(rows, support)
    stock = district_stock(htx, rows["year"].unique())
    key = pd.MultiIndex.from_arrays([rows["district"], rows["year"]])
    courses = view.trainings[view.trainings["audience"] == "htx_managers"]
    turns = courses.groupby(["district", courses["date"].dt.year])["turns"].sum()
    last = pd.MultiIndex.from_arrays([rows["district"], before])
    rows["training"] = turns.reindex(last).fillna(0).to_numpy(float) / stock["htx"].reindex(key).to_numpy(float)
    rows["trend"] = (rows["year"] - last_whole_year(view.date)).astype(float)
    rows["neighbours"] = stock["share"].reindex(key).to_numpy(float)
    return rows


def district_stock(htx: pd.DataFrame, years: Iterable[int]) -> pd.DataFrame:
    """HTX founded before the year and the share of them that had adopted, by (district, year)."""
    parts = []
    for year in sorted(int(y) for y in years):
        there = htx[htx["founded_on"] < pd.Timestamp(year, 1, 1)]
        share = (there["adopted"] < year).groupby(there["district"]).mean()
        size = there.groupby("district").size()
        parts.append(pd.DataFrame({"htx": size, "share": share}).assign(year=year))
    table = pd.concat(parts).reset_index()
    return table.set_index(["district", "year"])


def _had(rows: pd.DataFrame, events: pd.DataFrame) -> np.ndarray:
    pairs = pd.MultiIndex.from_arrays([events["org_id"], events["date"].dt.year + 1])
    return pd.MultiIndex.from_arrays([rows["org_id"], rows["year"]]).isin(pairs).astype(float)
