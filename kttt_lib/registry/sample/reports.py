"""What of the yearly facts is reported, and when it arrives."""

from __future__ import annotations

import numpy as np
import pandas as pd

from kttt_lib.registry.sample import births as b
from kttt_lib.registry.sample import lives as lv
from kttt_lib.registry.sample import settings as s
from kttt_lib.registry.sample.panel import Panel, year_ends

_BLANK = 0.02  # of the optional cells
_SLIP = 0.0007  # charter capital written in thousands instead of millions of VND
_SILENT = 0.012  # HTX of the register that never report again, without having ceased
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
    pick = (at, column)
    money = {
        "charter_capital": panel.charter, "total_assets": panel.assets, "indivisible_assets": panel.indivisible,
        "revenue_planned": panel.revenue_planned, "revenue": panel.revenue,
        "revenue_from_members": panel.revenue_members, "pre_tax_profit": panel.profit,
        "post_tax_profit": panel.net_profit, "profit_to_members": panel.paid_to_members,
    }  # fmt: skip
    funds = {
        "development_fund": panel.development_fund, "reserve_fund": panel.reserve_fund,
        "other_funds": panel.other_funds,
    }  # fmt: skip
    counts = {
        "members": panel.members, "new_members": panel.joined, "women": panel.women,
        "members_served": panel.served, "workers": panel.workers,
    }  # fmt: skip
    managers = {
        "managers_untrained": panel.untrained, "managers_intermediate": panel.intermediate,
        "managers_college": panel.college,
    }  # fmt: skip
    frame: dict[str, object] = {"org_id": ids[at], "year": panel.years[column], "received_on": arrived[pick]}
    frame |= {name: pd.array(values[pick], dtype="Int64") for name, values in counts.items()}
    frame["area_ha"] = np.round(panel.area[pick], 1)
    frame |= {name: np.round(values[pick], 1) for name, values in money.items()}
    frame["worker_income"] = np.round(panel.worker_income[pick], 1)
    frame |= {name: pd.array(values[pick], dtype="Int64") for name, values in managers.items()}
    frame |= {name: np.round(values[pick], 1) for name, values in funds.items()}
    frame["fined"] = pd.array(panel.fined[pick], dtype="boolean")
    table = pd.DataFrame(frame)
    slips = rng.random(len(table)) < _SLIP
    table["charter_capital"] = table["charter_capital"].where(~slips, table["charter_capital"] * 1000)
    group = orgs.group[at]
    tht = group == s.THT
    few = [*money, *managers, *funds, "fined", "new_members", "members_served"]
    few = [name for name in few if name not in ("revenue", "pre_tax_profit")]
    for name in few:
        table[name] = table[name].mask(tht)
    for name in ("women", "worker_income", "members_served", "other_funds", "revenue_planned"):
        table[name] = table[name].mask(rng.random(len(table)) < _BLANK)
    return table
