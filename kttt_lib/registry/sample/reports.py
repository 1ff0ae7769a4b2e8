"""What of the yearly facts is reported, and when it arrives."""

from __future__ import annotations

import numpy as np
import pandas as pd

from kttt_lib.registry.cells.frames import in_schema_types
from kttt_lib.registry.sample import births as b
from kttt_lib.registry.sample import lives as lv
from kttt_lib.registry.sample import settings as s
from kttt_lib.registry.sample.panel import Panel, year_ends
from kttt_lib.registry.schema import TABLES

_BLANK = 0.02  # of the optional cells
_SLIP = 0.0007  # charter capital written in thousands instead of millions of VND
_SLIPS_BELOW = 5_000.0  # a thousand times more is no capital that anyone has: such a row is set aside at entry
_SILENT = 0.012  # HTX of the register that never report again, without having ceased
_OF_THT = ("members", "women", "workers", "area_ha", "revenue", "pre_tax_profit", "worker_income")
_UNTIL = {False: (0.58, 0.90, 0.975), True: (0.45, 0.84, 0.95)}  # by 15/12, by 31/12, ever; is it a THT?


def arrivals(
    orgs: b.Organisations, lives: lv.Lives, listed: np.ndarray, years: np.ndarray, rng: np.random.Generator
) -> np.ndarray:
    """The day each year's report arrives (n × T), NaT for a report that is not owed or never comes.

    Reports are due on 15 December of the year itself (Circular 01/2020, article 9); some come in the last days of
    December, one in ten in January or February, a few never. Ceased HTX owe none; those founded after September
    report first for the next year.
    """
    n, ends = len(orgs), year_ends(years)
    december = (ends - 30 * b.DAY)[None, :]
    owed = (orgs.founded[:, None] < (ends - 92 * b.DAY)[None, :]) & (lives.stopped[:, None] > ends[None, :])
    heard = np.where(np.isnat(orgs.recorded), orgs.founded, orgs.recorded)
    owed &= heard[:, None] < ends[None, :] - 40 * b.DAY
    # A persistent habit mixed with the year's chance, made uniform again by its rank within the block.
    mixed = 0.6 * orgs.lateness[:, None] + 0.4 * rng.random((n, len(years)))
    order = np.argsort(np.argsort(mixed, axis=0, kind="stable"), axis=0, kind="stable")
    rank = (order + 0.5) / max(n, 1)
    edges = np.where((orgs.group == s.THT)[:, None, None], _UNTIL[True], _UNTIL[False])
    part = (rank[:, :, None] > edges).sum(2)
    if len(listed):
        part[listed[len(listed) // 2], -1] = 2
    within = rng.random((n, len(years)))
    lengths = np.array([15, 16, 58, 1])
    starts = np.array([0, 15, 31, 0])
    arrival = december + (starts[part] + np.floor(within * lengths[part])).astype(int)
    arrival = np.where(part == 3, b.NEVER, arrival)
    silent = (rng.random(n) < _SILENT) & np.isin(orgs.group, (s.SERVICE, s.SPECIALISED)) & orgs.old
    arrival[np.ix_(silent, years >= years[-1] - 1)] = b.NEVER
    return np.where(owed, arrival, b.NEVER)


def annual_reports(
    orgs: b.Organisations, ids: np.ndarray, panel: Panel, arrived: np.ndarray, rng: np.random.Generator
) -> pd.DataFrame:
    """The annual_reports table: one row a report that came. THT report few columns; some cells stay blank."""
    at, column = np.nonzero(~np.isnat(arrived))
    frame: dict[str, object] = {"org_id": ids[at], "year": panel.years[column], "received_on": arrived[at, column]}
    told = [cell for cell in TABLES["annual_reports"].columns if hasattr(panel, cell.name)]
    for cell in told:
        values = getattr(panel, cell.name)[at, column]
        frame[cell.name] = np.round(values, 1) if cell.kind == "number" else values
    table = in_schema_types(TABLES["annual_reports"], pd.DataFrame(frame))
    slips = (rng.random(len(table)) < _SLIP) & (table["charter_capital"] < _SLIPS_BELOW)
    table["charter_capital"] = table["charter_capital"].where(~slips, table["charter_capital"] * 1000)
    tht = orgs.group[at] == s.THT
    for cell in told:
        if cell.name not in _OF_THT:
            table[cell.name] = table[cell.name].mask(tht)
    for name in ("women", "worker_income", "members_served", "other_funds", "revenue_planned"):
        table[name] = table[name].mask(rng.random(len(table)) < _BLANK)
    return table
