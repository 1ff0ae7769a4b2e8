"""The published marginals that the Ninh Bình sample aims at, and their count in a registry, target by target.

Stock means HTX and QTDND that are on the register (active, suspended or ceased; not dissolved, merged or consolidated)
as known on the day. The published values themselves are typed from ``data/published``; each row keeps the series, area,
period and as-of text of its origin, so that the two can be joined.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from kttt_lib.registry.asof import AsOfView
from kttt_lib.registry.model import Registry

_ON_REGISTER = ("active", "suspended", "ceased")
_LAW_2012 = pd.Timestamp("2013-07-01")
_SPRING, _SUMMER, _END = "2017-04-28", "2017-08-31", "2020-12-31"
_T_SPRING, _T_SUMMER = "~04/2017", "~08/2017"
_T_END, _T_FLOW = "'đến cuối năm 2020'", "2 years 2018-2020"
_T_END_ARTICLE = f"{_T_END} (article of Oct 2020)"
_LATE = (
    "58 HTX thành lập năm 2013–2017 chỉ vào sổ khi rà soát 2018–2019; "
    "nếu không, tổng 327, tổng 417 và 55 HTX thành lập mới không thể cùng đúng",
    "58 HTX founded in 2013-2017 entered the register in the reviews of 2018-2019; "
    "without them the stocks 327 and 417 and the 55 new HTX cannot all be true",
)
_PARTS = (
    "các phần in ra 323 + 61 + 39 = 423, khác tổng 417; mẫu giữ tổng và hai phần kia nên HTX nông nghiệp là 317",
    "the printed parts 323 + 61 + 39 = 423, not 417; "
    "the sample keeps the total and the other two parts, so agriculture has 317",
)
_AREA = "Ninh Bình"


@dataclass(frozen=True)
class _Target:
    series: str
    period: str
    published_as_of: str
    date: str
    published: float
    count: str
    arguments: tuple[Any, ...] = ()
    area: str = _AREA
    aim: str = "hit"
    note: tuple[str, str] = ("", "")


def _targets() -> tuple[_Target, ...]:
    spring, summer = ("2017", _T_SPRING, _SPRING), ("2017", _T_SUMMER, _SUMMER)
    young = "2013-2017 (under 2012 Law)"
    end, article = ("2020", _T_END, _END), ("2020", _T_END_ARTICLE, _END)
    flow = ("2018-2020", _T_FLOW, _END)
    span = ("2018-01-01", "2020-12-31")
    htx = ("htx",)
    new_area = {"huyện Nho Quan": 16, "TP Tam Điệp": 10, "huyện Gia Viễn": 8}
    return (
        _Target("htx_total", *spring, 327, "stock", (("htx", "qtdnd"),)),
        _Target("htx_agri", *spring, 230, "stock", (htx, "agriculture", False)),
        _Target("htx_agri_specialised", *spring, 29, "stock", (htx, "agriculture", True)),
        _Target("htx_nonagri", *spring, 29, "stock", (htx, "non_agriculture", None)),
        _Target("qtdnd", *spring, 39, "stock", (("qtdnd",),)),
        _Target("qtdnd", *summer, 39, "stock", (("qtdnd",),)),
        _Target("htx_law2012", *spring, 316, "under_law"),
        _Target("htx_agri_reorganised", *spring, 224, "reorganised", ("service",)),
        _Target("htx_agri_reorganised", *summer, 223, "reorganised", ("service",)),
        _Target("htx_nonagri_reorganised", *spring, 17, "reorganised", ("other",)),
        _Target("htx_nonagri_reorganised", *summer, 15, "reorganised", ("other",)),
        _Target("htx_awaiting_dissolution_agri", *spring, 6, "awaiting", ("service",)),
        _Target("htx_awaiting_dissolution_nonagri", *spring, 5, "awaiting", ("other",)),
        _Target("htx_new", young, *spring[1:], 36, "new", (htx, "2013-07-01", _SPRING)),
        _Target("htx_new", young, *summer[1:], 42, "new", (htx, "2013-07-01", _SUMMER)),
        _Target("members", *spring, 224_320, "members"),
        _Target("htx_total", *article, 417, "stock", (("htx", "qtdnd"),), note=_LATE),
        _Target("htx_agri", *end, 323, "stock", (htx, "agriculture", None), aim="missed", note=_PARTS),
        _Target("htx_agri_specialised", *end, 105, "stock", (htx, "agriculture", True)),
        _Target("htx_nonagri", *end, 61, "stock", (htx, "non_agriculture", None)),
        _Target("qtdnd", *end, 39, "stock", (("qtdnd",),)),
        _Target("lhhtx_total", *end, 1, "stock", (("lhhtx",),)),
        _Target("tht_total", *end, 468, "stock", (("tht",),)),
        _Target("htx_new", *flow, 55, "new", (htx, *span)),
        _Target("tht_new", *flow, 99, "new", (("tht",), *span)),
        *(
            _Target("htx_new", *flow, value, "new", (htx, *span, place[0].upper() + place[1:]), f"{_AREA}: {place}")
            for place, value in new_area.items()
        ),
    )


def published_marginals() -> pd.DataFrame:
    """One row a published marginal: series, area, period, published_as_of (keys of ``data/published``), date (the
    as-of day to count on), published, aim ("hit" or "missed"), note_vi, note_en."""
    rows = [
        (t.series, t.area, t.period, t.published_as_of, pd.Timestamp(t.date), t.published, t.aim, *t.note)
        for t in _targets()
    ]
    names = ["series", "area", "period", "published_as_of", "date", "published", "aim", "note_vi", "note_en"]
    return pd.DataFrame(rows, columns=names)


def count_marginals(registry: Registry) -> pd.DataFrame:
    """``published_marginals`` with ``registry`` (the count in that registry on that day, as then known), ``difference``
    and ``hit``. ``registry`` is any Registry: counts come through ``registry.as_of`` alone."""
    table = published_marginals()
    views = {day: registry.as_of(day) for day in sorted({t.date for t in _targets()})}
    counted = [_COUNTS[t.count](views[t.date], *t.arguments) for t in _targets()]
    table["registry"] = np.array(counted, dtype=float)
    table["difference"] = table["registry"] - table["published"]
    table["hit"] = table["difference"] == 0
    return table


def _on_register(view: AsOfView) -> pd.DataFrame:
    return view.organisations[view.organisations["state"].isin(_ON_REGISTER)]


def _stock(view: AsOfView, kinds: tuple[str, ...], sector: str | None = None, specialised: bool | None = None) -> int:
    orgs = _on_register(view)
    keep = orgs["kind"].isin(kinds)
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


def _members(view: AsOfView) -> int:
    """Members in the last report known of each HTX and QTDND on the register."""
    orgs = _on_register(view)
    orgs = orgs[orgs["kind"].isin(("htx", "qtdnd"))]
    reports = view.annual_reports.sort_values("year").drop_duplicates("org_id", keep="last")
    return int(reports.loc[reports["org_id"].isin(orgs["org_id"]), "members"].sum())


_COUNTS: dict[str, Callable[..., int]] = {
    "stock": _stock,
    "new": _new,
    "under_law": _under_law,
    "reorganised": _reorganised,
    "awaiting": _awaiting,
    "members": _members,
}
