"""What the yearly form and the plans ask for beyond the first tables: incomes of members, jobs, dues, directors, people
and communes reached, certificates, members of unions. Drawn after everything else, from a stream of its own.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from kttt_lib.registry.sample import births as b
from kttt_lib.registry.sample import features as ft
from kttt_lib.registry.sample import lives as lv
from kttt_lib.registry.sample import places as pl
from kttt_lib.registry.sample import settings as s
from kttt_lib.registry.sample.panel import Panel, year_ends
from kttt_lib.registry.sample.support import Support

# Income of a member on that of a worker, by group; members of unions and of credit funds are not paid by them.
_MEMBER_ON_WORKER = np.array([0.86, 0.95, 0.93, np.nan, np.nan, 1.0])
_NEW_JOBS = 0.02  # a year, of the workers, beside those by which they grew
_DUES = 0.004  # of the revenue, beside the tax on profit
_BLANK = 0.02
# code -> first year, and the chance to begin in the last year by group (service, specialised, non-agriculture, QTDND,
# LHHTX, THT); OCOP is a programme of 2018.
_CERTIFICATES = {
    "vietgap": (2012, (0.020, 0.050, 0.0, 0.0, 0.0, 0.006)),
    "globalgap": (2012, (0.001, 0.006)),
    "organic_cert": (2015, (0.002, 0.008)),
    "growing_area_code": (2016, (0.015, 0.020)),
    "export_code": (2016, (0.002, 0.006)),
    "ocop": (2018, (0.012, 0.060, 0.030, 0.0, 0.0, 0.004)),
    "traceability": (2016, (0.020, 0.050, 0.012)),
    "digital": (2017, (0.012, 0.030, 0.030, 0.040)),
}
_PRACTICES = ("traceability", "digital")
# kind of an activity -> people and communes reached by one of its quantity, where they are counted
_REACH = {
    "Hội nghị tuyên truyền Luật HTX": (85, 6.0),
    "Tập huấn báo cáo viên cấp xã": (42, 12.0),
    "Bồi dưỡng cán bộ quản lý nhà nước về KTTT": (35, 9.0),
    "Bồi dưỡng cán bộ HTX": (36, 8.0),
    "Kết nối cung cầu với doanh nghiệp": (28, 7.0),
}


def fill_form(
    tables: dict[str, pd.DataFrame],
    orgs: b.Organisations,
    ids: np.ndarray,
    lives: lv.Lives,
    panel: Panel,
    support: Support,
    arrived: np.ndarray,
    places: pl.Places,
    factors: Mapping[str, float],
    rng: np.random.Generator,
) -> None:
    """Add the columns to the reports, courses and activities, the rows to the features, and the table of members."""
    reports = tables["annual_reports"]
    at, column = np.nonzero(~np.isnat(arrived))
    for name, values in _yearly(orgs, panel, support, rng).items():
        values = pd.Series(values[at, column], index=reports.index)
        blank = values.isna() | (rng.random(len(reports)) < _BLANK)
        reports[name] = values.mask(blank | (name != "member_income") & (orgs.group[at] == s.THT))
    reached = np.bincount(places.commune_district, minlength=len(places.districts))
    _courses(tables["trainings"], dict(zip(places.districts, reached)), int(reached.sum()), rng)
    _activities(tables["activities"], int(reached.sum()), rng)
    more = _certificates(orgs, ids, lives, panel.years, factors, rng)
    features = pd.concat([tables["features"], more], ignore_index=True)
    tables["features"] = features.sort_values(["org_id", "feature", "began_on"], kind="stable", ignore_index=True)
    tables["union_members"] = _union_members(orgs, ids, lives, panel, rng)


def _yearly(orgs: b.Organisations, panel: Panel, support: Support, rng: np.random.Generator) -> dict[str, np.ndarray]:
    """The columns as arrays of organisations × years."""
    n, t = panel.members.shape
    founded = orgs.founded.astype("datetime64[Y]").astype(int) + 1970
    grown = np.maximum(np.diff(panel.workers, axis=1, prepend=panel.workers[:, :1]), 0)
    jobs = np.minimum(grown + rng.poisson(_NEW_JOBS * panel.workers), panel.workers)
    managers = panel.managers_untrained + panel.managers_intermediate + panel.managers_college
    directors = 1 + (managers >= 5).astype(int)
    skilled = (panel.managers_intermediate + panel.managers_college) / managers
    trained = (rng.random((n, 2))[:, :, None] < 0.85 * skilled[:, None, :]) & (
        np.arange(2)[None, :, None] < directors[:, None, :]
    )
    htx = (orgs.group != s.THT)[:, None]
    there = np.zeros((len(support.turns), t))
    np.add.at(there, orgs.district, managers * htx)
    taught = np.clip(support.turns / np.maximum(there, 1), 0, 0.9)[orgs.district]
    ratio = _MEMBER_ON_WORKER[orgs.group] * np.exp(0.08 * rng.standard_normal(n))
    dues = _DUES * panel.revenue * np.exp(0.3 * rng.standard_normal((n, t)))
    return {
        "new_jobs": np.where(founded[:, None] == panel.years, panel.workers, jobs).astype(float),
        "taxes_paid": np.round(panel.pre_tax_profit - panel.post_tax_profit + dues, 1),
        "member_income": np.round(panel.worker_income * ratio[:, None] * np.exp(0.03 * rng.standard_normal((n, t))), 1),
        "managers_trained": rng.binomial(managers, taught).astype(float),
        "directors": directors.astype(float),
        "directors_trained": trained.sum(1).astype(float),
    }


def _courses(courses: pd.DataFrame, reached: dict[str, int], communes: int, rng: np.random.Generator) -> None:
    """People (some come to more than one day) and communes of each course."""
    turns = courses["turns"].to_numpy(dtype=int)
    people = turns - rng.binomial(turns, 0.06)
    inside = courses["district"].map(reached).fillna(communes).to_numpy(dtype=int)
    share = np.where(courses["district"].isna(), 0.12, 0.35)
    courses["people"] = people
    courses["communes"] = np.minimum(np.minimum(1 + rng.binomial(np.maximum(inside - 1, 0), share), inside), people)


def _activities(activities: pd.DataFrame, communes: int, rng: np.random.Generator) -> None:
    """People and communes reached by the meetings and courses; nobody counts them at other activities."""
    for place, name in enumerate(("people", "communes")):
        each = activities["kind"].map({kind: reach[place] for kind, reach in _REACH.items()}).astype(float)
        count = np.rint(each * activities["quantity"] * np.exp(0.2 * rng.standard_normal(len(activities))))
        activities[name] = count.clip(lower=1, upper=communes if name == "communes" else None)


def _certificates(
    orgs: b.Organisations,
    ids: np.ndarray,
    lives: lv.Lives,
    years: np.ndarray,
    factors: Mapping[str, float],
    rng: np.random.Generator,
) -> pd.DataFrame:
    """Certificates granted and practices begun; each ends with its organisation."""
    parts = []
    for code, (first, by_group) in _CERTIFICATES.items():
        rows = ft.model_rows(orgs, lives, code, by_group, factors.get(code, 1.0), years, rng)
        year = rows["began_on"].dt.year
        if code not in _PRACTICES:
            rows["basis"] = "verified"
            rows["evidence"] = [f"GCN-MP {k:04d}/{y}" for k, y in zip(rng.integers(1, 9000, len(rows)), year)]
        parts.append(rows[year >= first])
    rows = ft.within_lives(pd.concat(parts, ignore_index=True), orgs, lives)
    rows["ended_on"] = ft.ends_of_lives(rows, lives)
    return rows.assign(org_id=ids[rows["at"].to_numpy()])[list(ft.COLUMNS)]


def _union_members(
    orgs: b.Organisations, ids: np.ndarray, lives: lv.Lives, panel: Panel, rng: np.random.Generator
) -> pd.DataFrame:
    """Members of each union: at every year's end as many as its report says, neighbours first, each of one union."""
    may = np.isin(orgs.group, (s.SERVICE, s.SPECIALISED, s.NON_AGRICULTURE)) & np.isnat(orgs.recorded)
    free, ends = may.copy(), year_ends(panel.years)
    found: list[tuple[int, int, np.datetime64, np.datetime64]] = []
    for union in np.flatnonzero(orgs.group == s.LHHTX):
        order = np.lexsort((rng.random(len(orgs)), orgs.district != orgs.district[union]))
        joined: dict[int, np.datetime64] = {}
        for column in np.flatnonzero(ends >= orgs.founded[union]):
            new_year = ends[column].astype("datetime64[Y]").astype("datetime64[D]")
            opens = max(orgs.founded[union], new_year)
            day = opens if opens > new_year else opens + rng.integers(20, 330)
            still = sum(lives.stopped[org] > ends[column] for org in joined)
            able = order[(free & (orgs.founded < day) & (lives.stopped > ends[column]))[order]]
            for org in able[: max(int(panel.members[union, column]) - still, 0)]:
                joined[int(org)], free[org] = day, False
        found += [(org, int(union), day, lives.stopped[org]) for org, day in joined.items()]
    rows = pd.DataFrame(found, columns=["at", "union", "joined_on", "left_on"]).sort_values(["at", "union"])
    left = rows["left_on"].to_numpy(dtype="datetime64[D]")
    return pd.DataFrame(
        {
            "org_id": ids[rows["at"].to_numpy(dtype=int)],
            "union_id": ids[rows["union"].to_numpy(dtype=int)],
            "joined_on": rows["joined_on"].to_numpy(dtype="datetime64[D]"),
            "left_on": np.where(left > ends[-1], b.NEVER, left),
        }
    )
