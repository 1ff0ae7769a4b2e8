"""One block of a synthetic province: all tables of some thousands of organisations, from one seed."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from kttt_lib.places import Places as Atlas
from kttt_lib.registry.cells.frames import in_schema_types
from kttt_lib.registry.sample import activities as ac
from kttt_lib.registry.sample import births as b
from kttt_lib.registry.sample import features as ft
from kttt_lib.registry.sample import lives as lv
from kttt_lib.registry.sample import panel as pn
from kttt_lib.registry.sample import places as pl
from kttt_lib.registry.sample import reforms as rf
from kttt_lib.registry.sample import reports as rp
from kttt_lib.registry.sample import scores as sc
from kttt_lib.registry.sample import settings as s
from kttt_lib.registry.sample import support as sp
from kttt_lib.registry.sample import yearly_form as yf
from kttt_lib.registry.sample.calibration import Calibration, District
from kttt_lib.registry.schema import TABLES

_LOOK_BACK = 2  # events, loans and features begin this many years before the first report


@dataclass(frozen=True)
class BlockPlan:
    """What a block needs to know: its place in the whole, how many of each group (None: the calibration), its size.

    ``scale`` compares it with its calibration, ``volume`` with that of Ninh Bình in 2020.
    """

    index: int
    calibration: Calibration
    wanted: dict[int, int] | None
    scale: float
    volume: float
    districts: tuple[District, ...]
    atlas: Atlas
    first_number: int
    first_district: int
    first_commune: int
    named_districts: bool


def make_block(
    plan: BlockPlan, years: tuple[int, int], seed: int, prefix: str, digits: int
) -> tuple[dict[str, pd.DataFrame], pd.DataFrame]:
    """All tables of one block in schema types, and the truth behind them. Each part has its own random stream.

    The truth is one row a report that came: org_id, year, inefficiency (u of the production function).
    """
    streams = iter(np.random.default_rng(c) for c in np.random.SeedSequence([seed, plan.index]).spawn(12))
    calibration, calibrated = plan.calibration, plan.wanted is None
    shift = years[1] - calibration.last_year
    factors = {feature: factor for feature, _, _, factor in calibration.practices}
    places = pl.make_places(
        plan.districts, plan.atlas, f"{years[0]}-01-01", plan.scale, plan.first_district, plan.first_commune,
        plan.named_districts,
    )  # fmt: skip
    counts = b.birth_counts(calibration.births, plan.wanted, next(streams))
    orgs = b.found(places, calibration.births, counts, shift, calibrated, next(streams))
    part = places.part[orgs.district]
    number = np.arange(plan.first_number, plan.first_number + len(orgs))
    ids = np.array([f"{prefix}-{k:0{digits}d}" for k in number], dtype=object)
    tag = prefix if plan.index == 0 else f"{prefix}-B{plan.index:03d}"
    lives = lv.end_lives(orgs, calibration.fates, part, shift, None if calibrated else plan.scale, years, next(streams))
    calendar = np.arange(years[0] - _LOOK_BACK, years[1] + 1)
    support = sp.make_support(orgs, ids, lives, places.districts, calendar, plan.volume, calibrated, tag, next(streams))
    stream = next(streams)
    managers, college = pn.college_table(orgs, calendar, stream)
    helped_before = np.roll(support.helped.cumsum(1) > 0, 1, axis=1)
    helped_before[:, 0] = False
    panel = pn.make_panel(orgs, lives, managers, college, helped_before, calendar, stream)
    adopted = ft.adopt_new_model(
        orgs, lives, support, panel.college_share, calendar, len(places.districts), next(streams)
    )
    weakness = panel.inefficiency[:, -1]
    features, listed = ft.make_features(
        orgs, ids, lives, adopted, weakness, calendar, plan.volume, factors, next(streams)
    )
    reported = calendar >= years[0]
    arrived = np.full((len(orgs), len(calendar)), b.NEVER)
    arrived[:, reported] = rp.arrivals(orgs, lives, listed, calendar[reported], next(streams))
    if calibrated and not shift:
        for day, of, printed in calibration.members:
            if years[0] < int(day[:4]):
                _fit_members(orgs, lives, panel, arrived, part, np.datetime64(day), of, printed)
    reports = rp.annual_reports(orgs, ids, panel, arrived, next(streams))
    modern = (adopted > 0) | np.isin(ids, features["org_id"].to_numpy())
    tables = {
        "organisations": _organisations(orgs, ids, number, places, next(streams)),
        "status_events": lv.status_events(orgs, ids, lives, next(streams)),
        "annual_reports": reports,
        "criteria_scores": sc.criteria_scores(orgs, ids, lives, panel, arrived, modern, years, next(streams)),
        "support_events": support.events,
        "loans": support.loans,
        "trainings": support.trainings,
        "features": features,
        "activities": ac.make_activities(
            calendar[reported], plan.volume, tag, np.random.default_rng([seed, plan.index, 99])
        ),
    }
    form = np.random.default_rng([seed, plan.index, 98])
    yf.fill_form(tables, orgs, ids, lives, panel, support, arrived, places, factors, form)
    late = np.random.default_rng([seed, plan.index, 97])
    if calibrated and not shift:
        for feature, day, printed, _ in calibration.practices:
            _fit_practice(tables, orgs, ids, lives, feature, np.datetime64(day), printed, late)
    rf.fill_reforms(tables, orgs, ids, lives, places, years, late)
    at, column = np.nonzero(~np.isnat(arrived))
    truth = pd.DataFrame({"org_id": ids[at], "year": calendar[column], "inefficiency": panel.inefficiency[at, column]})
    made = {name: in_schema_types(TABLES[name], tables.get(name, pd.DataFrame())) for name in TABLES}
    return made, truth


def _organisations(orgs, ids, number, places, rng):
    registered = orgs.founded + rng.integers(4, 24, len(orgs))
    late = ~np.isnat(orgs.recorded)
    registered = np.where(late, np.minimum(registered, orgs.recorded), registered)
    return pd.DataFrame(
        {
            "org_id": ids,
            "name": [f"{title} Mô phỏng {k:03d}" for title, k in zip(orgs.title, number)],
            "kind": orgs.kind,
            "sector": orgs.sector,
            "agri_subtype": pd.array(np.where(orgs.subtype == "", None, orgs.subtype), dtype="str"),
            "specialised": orgs.group == s.SPECIALISED,
            "vsic": orgs.vsic,
            "scope": orgs.scope,
            "commune": np.array(places.communes, dtype=object)[orgs.commune],
            "district": np.array(places.districts, dtype=object)[orgs.district],
            "founded_on": orgs.founded,
            "registered_on": registered,
            "recorded_on": orgs.recorded,
        }
    )


def _fit_members(orgs, lives, panel, arrived, part, day, of, printed) -> None:
    """Scale the members of service HTX so that the last reports known on ``day`` add up to the ``printed`` figure.

    ``of`` is the old province that it counts ("": all). Women, new and served members keep their shares. The rounding
    left over goes to the largest HTX.
    """
    known = ~np.isnat(arrived) & (arrived <= day)
    htx = np.isin(orgs.group, (s.SERVICE, s.SPECIALISED, s.NON_AGRICULTURE, s.QTDND))
    mine = (part == of) | (of == "")
    there = htx & mine & (np.isnat(lives.gone) | (lives.gone > day)) & np.isnat(orgs.recorded)
    counted = np.flatnonzero(there & known.any(1))
    column = known.shape[1] - 1 - known[:, ::-1].argmax(1)
    service = counted[orgs.group[counted] == s.SERVICE]
    others = counted[orgs.group[counted] != s.SERVICE]
    target = printed - panel.members[others, column[others]].sum()
    factor = target / panel.members[service, column[service]].sum()
    scaled = (orgs.group == s.SERVICE) & mine
    for values in (panel.members, panel.new_members, panel.women, panel.members_served):
        values[scaled] = np.floor(values[scaled] * factor).astype(int)
    left = target - panel.members[service, column[service]].sum()
    largest = service[np.argsort(-panel.members[service, column[service]], kind="stable")[:left]]
    panel.members[largest] += 1


def _fit_practice(tables, orgs, ids, lives, feature, day, printed, rng) -> None:
    """Leave out the practice of some, so that as many HTX on the register as are printed have it on ``day``."""
    rows = tables["features"]
    of = rows["feature"] == feature
    htx = np.isin(orgs.group, (s.SERVICE, s.SPECIALISED, s.NON_AGRICULTURE)) & (
        np.isnat(lives.gone) | (lives.gone > day)
    )
    then = of & (rows["began_on"] <= day) & ~(rows["ended_on"] <= day) & rows["org_id"].isin(ids[htx])
    holders = rows.loc[then, "org_id"].unique()
    out = rng.permutation(holders)[: max(len(holders) - printed, 0)]
    tables["features"] = rows[~(of & rows["org_id"].isin(out))].reset_index(drop=True)
