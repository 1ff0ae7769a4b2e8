"""One block of a synthetic province: all tables of some thousands of organisations, from one seed."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from kttt_lib.registry.cells.frames import in_schema_types
from kttt_lib.registry.sample import activities as ac
from kttt_lib.registry.sample import births as b
from kttt_lib.registry.sample import features as ft
from kttt_lib.registry.sample import lives as lv
from kttt_lib.registry.sample import panel as pn
from kttt_lib.registry.sample import places as pl
from kttt_lib.registry.sample import reports as rp
from kttt_lib.registry.sample import scores as sc
from kttt_lib.registry.sample import settings as s
from kttt_lib.registry.sample import support as sp
from kttt_lib.registry.sample import yearly_form as yf
from kttt_lib.registry.schema import TABLES

_PRINTED_MEMBERS = 224_320  # members of the 327 HTX on 28/04/2017
_PRINTED_DAY = np.datetime64("2017-04-28")
_LOOK_BACK = 2  # events, loans and features begin this many years before the first report


@dataclass(frozen=True)
class BlockPlan:
    """What a block needs to know: its place in the whole, how many of each group (None: the calibration), its size."""

    index: int
    wanted: dict[int, int] | None
    scale: float
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
    calibrated = plan.wanted is None
    shift = years[1] - s.CALIBRATED_LAST_YEAR
    places = pl.make_places(plan.scale, plan.first_district, plan.first_commune, plan.named_districts)
    orgs = b.found(places, b.birth_counts(plan.wanted, next(streams)), shift, calibrated, next(streams))
    number = np.arange(plan.first_number, plan.first_number + len(orgs))
    ids = np.array([f"{prefix}-{k:0{digits}d}" for k in number], dtype=object)
    tag = prefix if plan.index == 0 else f"{prefix}-B{plan.index:03d}"
    lives = lv.end_lives(orgs, plan.scale, calibrated, years, next(streams))
    calendar = np.arange(years[0] - _LOOK_BACK, years[1] + 1)
    support = sp.make_support(orgs, ids, lives, places.districts, calendar, plan.scale, calibrated, tag, next(streams))
    stream = next(streams)
    managers, college = pn.college_table(orgs, calendar, stream)
    helped_before = np.roll(support.helped.cumsum(1) > 0, 1, axis=1)
    helped_before[:, 0] = False
    panel = pn.make_panel(orgs, lives, managers, college, helped_before, calendar, stream)
    adopted = ft.adopt_new_model(
        orgs, lives, support, panel.college_share, calendar, len(places.districts), next(streams)
    )
    weakness = panel.inefficiency[:, -1]
    features, listed = ft.make_features(orgs, ids, lives, adopted, weakness, calendar, plan.scale, next(streams))
    reported = calendar >= years[0]
    arrived = np.full((len(orgs), len(calendar)), b.NEVER)
    arrived[:, reported] = rp.arrivals(orgs, lives, listed, calendar[reported], next(streams))
    if calibrated and calendar[0] < 2017 <= years[1]:
        _fit_members(orgs, lives, panel, arrived)
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
            calendar[reported], plan.scale, tag, np.random.default_rng([seed, plan.index, 99])
        ),
    }
    form = np.random.default_rng([seed, plan.index, 98])
    yf.fill_form(tables, orgs, ids, lives, panel, support, arrived, places, form)
    at, column = np.nonzero(~np.isnat(arrived))
    truth = pd.DataFrame({"org_id": ids[at], "year": calendar[column], "inefficiency": panel.inefficiency[at, column]})
    return {name: in_schema_types(TABLES[name], frame) for name, frame in tables.items()}, truth


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


def _fit_members(orgs: b.Organisations, lives: lv.Lives, panel: pn.Panel, arrived: np.ndarray) -> None:
    """Scale the members of service HTX so that the last reports known on the printed day add up to the printed figure.

    Women, new and served members keep their shares. The rounding left over goes to the largest HTX.
    """
    known = ~np.isnat(arrived) & (arrived <= _PRINTED_DAY)
    htx = np.isin(orgs.group, (s.SERVICE, s.SPECIALISED, s.NON_AGRICULTURE, s.QTDND))
    there = htx & (np.isnat(lives.gone) | (lives.gone > _PRINTED_DAY)) & np.isnat(orgs.recorded)
    counted = np.flatnonzero(there & known.any(1))
    column = known.shape[1] - 1 - known[:, ::-1].argmax(1)
    service = counted[orgs.group[counted] == s.SERVICE]
    others = counted[orgs.group[counted] != s.SERVICE]
    target = _PRINTED_MEMBERS - panel.members[others, column[others]].sum()
    factor = target / panel.members[service, column[service]].sum()
    of = orgs.group == s.SERVICE
    for values in (panel.members, panel.new_members, panel.women, panel.members_served):
        values[of] = np.floor(values[of] * factor).astype(int)
    left = target - panel.members[service, column[service]].sum()
    largest = service[np.argsort(-panel.members[service, column[service]], kind="stable")[:left]]
    panel.members[largest] += 1
