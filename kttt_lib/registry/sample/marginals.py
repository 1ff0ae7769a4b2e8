"""The published marginals that a calibrated sample aims at, and their count in a registry, target by target.

Stock means HTX and QTDND that are on the register (active, suspended or ceased; not dissolved, merged or consolidated)
as known on the day. The published values themselves are typed from ``data/published``; each row keeps the series, area,
period and as-of text of its origin, so that the two can be joined.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd

from kttt_lib.registry.asof import AsOfView
from kttt_lib.registry.model import Registry
from kttt_lib.registry.sample.calibration import Calibration
from kttt_lib.registry.sample.calibrations import CALIBRATIONS

_ON_REGISTER = ("active", "suspended", "ceased")
_LAW_2012 = pd.Timestamp("2013-07-01")


def published_marginals(calibration: Calibration = CALIBRATIONS[0]) -> pd.DataFrame:
    """One row a published marginal: series, area, period, published_as_of (keys of ``data/published``), date (the
    as-of day to count on), published, aim ("hit" or "missed"), note_vi, note_en."""
    rows = [
        (t.series, t.area, t.period, t.published_as_of, pd.Timestamp(t.date), t.published, t.aim, *t.note)
        for t in calibration.targets
    ]
    names = ["series", "area", "period", "published_as_of", "date", "published", "aim", "note_vi", "note_en"]
    return pd.DataFrame(rows, columns=names)


def count_marginals(registry: Registry, calibration: Calibration = CALIBRATIONS[0]) -> pd.DataFrame:
    """``published_marginals`` with ``registry`` (the count in that registry on that day, as then known), ``difference``
    and ``hit``. ``registry`` is any Registry: counts come through ``registry.as_of`` alone."""
    table = published_marginals(calibration)
    views = {day: registry.as_of(day) for day in sorted({t.date for t in calibration.targets})}
    counted = [_COUNTS[t.count](views[t.date], *t.arguments) for t in calibration.targets]
    table["registry"] = np.array(counted, dtype=float)
    table["difference"] = table["registry"] - table["published"]
    table["hit"] = table["difference"] == 0
    return table


def _on_register(view: AsOfView) -> pd.DataFrame:
    return view.organisations[view.organisations["state"].isin(_ON_REGISTER)]


def _stock(
    view: AsOfView,
    kinds: tuple[str, ...],
    sector: str | None = None,
    specialised: bool | None = None,
    districts: tuple[str, ...] | None = None,
) -> int:
    orgs = _on_register(view)
    keep = orgs["kind"].isin(kinds)
    if districts is not None:
        keep &= orgs["district"].isin(districts)
    if sector is not None:
        keep &= orgs["sector"] == sector
    if specialised is not None:
        keep &= orgs["specialised"].fillna(False).astype(bool) == specialised
    return int(keep.sum())


def _new(view: AsOfView, kinds: tuple[str, ...], first: str, last: str, district: str | None = None) -> int:
    """Founded within the span, whatever became of them; not those that a consolidation made of old ones."""
    orgs, events = view.organisations, view.status_events
    heirs = events.loc[events["event"] == "consolidated_into", "successor_id"]
    keep = orgs["kind"].isin(kinds) & orgs["founded_on"].between(first, last) & ~orgs["org_id"].isin(heirs)
    if district is not None:
        keep &= orgs["district"] == district
    return int(keep.sum())


def _reorganised_ids(view: AsOfView) -> pd.Series:
    return view.status_events.loc[view.status_events["event"] == "reorganised_under_law", "org_id"]


def _part(orgs: pd.DataFrame, which: str) -> pd.Series:
    service = (orgs["sector"] == "agriculture") & ~orgs["specialised"].fillna(False).astype(bool)
    return (orgs["kind"] == "htx") & (service if which == "service" else ~service)


def _under_law(view: AsOfView) -> int:
    orgs = _on_register(view)
    orgs = orgs[orgs["kind"].isin(("htx", "qtdnd"))]
    return int(((orgs["founded_on"] >= _LAW_2012) | orgs["org_id"].isin(_reorganised_ids(view))).sum())


def _reorganised(view: AsOfView, which: str) -> int:
    orgs = _on_register(view)
    return int((_part(orgs, which) & orgs["org_id"].isin(_reorganised_ids(view))).sum())


def _awaiting(view: AsOfView, which: str) -> int:
    orgs = view.organisations
    return int((_part(orgs, which) & (orgs["state"] == "ceased")).sum())


def _active(view: AsOfView, kinds: tuple[str, ...], districts: tuple[str, ...]) -> int:
    orgs = view.organisations
    return int((orgs["kind"].isin(kinds) & (orgs["state"] == "active") & orgs["district"].isin(districts)).sum())


def _practising(view: AsOfView, feature: str) -> int:
    """HTX on the register that have begun the practice, or hold the certificate, and still do."""
    orgs, rows = _on_register(view), view.features
    now = rows[(rows["feature"] == feature) & ~(rows["ended_on"] <= view.date)]
    return int((orgs["org_id"].isin(now["org_id"]) & (orgs["kind"] == "htx")).sum())


def _members(view: AsOfView, districts: tuple[str, ...] | None = None) -> int:
    """Members in the last report known of each HTX and QTDND on the register."""
    orgs = _on_register(view)
    orgs = orgs[orgs["kind"].isin(("htx", "qtdnd"))]
    if districts is not None:
        orgs = orgs[orgs["district"].isin(districts)]
    reports = view.annual_reports.sort_values("year").drop_duplicates("org_id", keep="last")
    return int(reports.loc[reports["org_id"].isin(orgs["org_id"]), "members"].sum())


_COUNTS: dict[str, Callable[..., int]] = {
    "stock": _stock,
    "new": _new,
    "under_law": _under_law,
    "reorganised": _reorganised,
    "awaiting": _awaiting,
    "active": _active,
    "practising": _practising,
    "members": _members,
}
