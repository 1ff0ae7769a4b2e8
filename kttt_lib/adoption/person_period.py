"""Rows of one unit and one period at risk, and the life table: the ground that a discrete-time hazard stands on."""

from __future__ import annotations

from collections.abc import Hashable

import numpy as np
import pandas as pd

from kttt_lib.adoption.checks import refuse_rows


def at_risk_rows(
    spells: pd.DataFrame, *, unit: str = "unit", entry: str = "entry", exit: str = "exit", event: str = "event"
) -> pd.DataFrame:
    """Spread spells, one row a unit, over the periods in which the unit was watched and could have the event.

    ``entry``: first period at risk; a unit that existed earlier but was not watched enters late, so what happened
    before is conditioned on, not counted as survival (left truncation). ``exit``: last period watched. ``event``: True
    when the event came in the exit period, False when the unit was still without it (right censoring). Returns unit,
    period, event (0/1), duration since entry, and the other columns of the spell repeated.
    """
    refuse_rows(spells.loc[spells[exit] < spells[entry], unit], "units {} exit before they enter")
    refuse_rows(spells.loc[spells[unit].duplicated(), unit], "units {} have more than one spell")
    lengths = (spells[exit] - spells[entry] + 1).to_numpy(int)
    rows = spells.loc[spells.index.repeat(lengths)].reset_index(drop=True)
    rows["duration"] = np.concatenate([np.arange(n) for n in lengths]) if len(lengths) else []
    rows["period"] = rows[entry] + rows["duration"]
    rows["event"] = ((rows["period"] == rows[exit]) & rows[event].astype(bool)).astype(int)
    return rows.drop(columns=[c for c in (entry, exit) if c != "period"])


def check_person_period(data: pd.DataFrame, unit: str, period: str, event: str) -> None:
    """ValueError, naming the rows, when the data are not one row a unit and period at risk."""
    for column in (unit, period, event):
        if column not in data.columns:
            raise ValueError(f"the data have no column {column!r}")
        refuse_rows(data.index[data[column].isna()], f"column {column!r} is missing in rows {{}}")
    refuse_rows(data.index[~data[event].isin([0, 1])], f"column {event!r} must be 0 or 1; rows {{}} are not")
    refuse_rows(data.index[data.duplicated([unit, period])], "rows {} repeat a unit and period")
    last = data.groupby(unit)[period].transform("max")
    refuse_rows(
        data.index[(data[event] == 1) & (data[period] < last)],
        "rows {} have the event while their unit is still at risk in a later period",
    )
    if data[event].sum() == 0:
        raise ValueError("no unit had the event: there is no hazard to model")


def life_table(data: pd.DataFrame, *, period: str = "period", event: str = "event") -> pd.DataFrame:
    """Kaplan–Meier in discrete time: at risk, events, hazard, survival and Greenwood's standard error by period.

    Late entrants count only in the periods in which they were at risk (left truncation).
    """
    grouped = data.groupby(period)[event]
    table = pd.DataFrame({"at_risk": grouped.size(), "events": grouped.sum()})
    table["hazard"] = table["events"] / table["at_risk"]
    table["survival"] = (1 - table["hazard"]).cumprod()
    stay = (table["at_risk"] * (table["at_risk"] - table["events"])).where(lambda x: x > 0)
    table["se"] = table["survival"] * np.sqrt((table["events"] / stay).cumsum())
    return table


def adopted_before(
    data: pd.DataFrame, group: Hashable, *, unit: str = "unit", period: str = "period", event: str = "event"
) -> pd.Series:
    """For each row, how many other units of its group had the event in an earlier period: contagion, without looking
    ahead and without counting the unit itself."""
    events = data.loc[data[event] == 1].groupby([group, period])[unit].nunique()
    if events.empty:
        return pd.Series(0, index=data.index, name="adopted_before")
    periods = np.sort(data[period].unique())
    table = events.unstack(fill_value=0).reindex(columns=periods, fill_value=0)
    earlier = table.cumsum(axis=1).shift(1, axis=1, fill_value=0).stack()
    keys = pd.MultiIndex.from_frame(data[[group, period]])
    return pd.Series(earlier.reindex(keys).fillna(0).to_numpy(int), index=data.index, name="adopted_before")
