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
_T_END, _T_END_ARTICLE, _T_FLOW = (
    "'đến cuối năm 2020'",
    "'đến cuối năm 2020' (article of Oct 2020)",
    "2 years 2018-2020",
)
_LATE_VI = (
    "58 HTX thành lập năm 2013–2017 chỉ vào sổ khi rà soát 2018–2019; "
    "nếu không, tổng 327, tổng 417 và 55 HTX thành lập mới không thể cùng đúng"
)
_LATE_EN = (
    "58 HTX founded in 2013-2017 entered the register in the reviews of 2018-2019; "
    "without them the stocks 327 and 417 and the 55 new HTX cannot all be true"
)
_PARTS_VI = "các phần in ra 323 + 61 + 39 = 423, khác tổng 417; mẫu giữ tổng và hai phần kia nên HTX nông nghiệp là 317"
_PARTS_EN = (
    "the printed parts 323 + 61 + 39 = 423, not 417; "
    "the sample keeps the total and the other two parts, so agriculture has 317"
)
_AREA = "Ninh Bình"


@dataclass(frozen=True)
class _Target:
    series: str
    area: str
    period: str
    published_as_of: str
    date: str
    published: float
    count: str
    arguments: tuple[Any, ...] = ()
    aim: str = "hit"
    note_vi: str = ""
    note_en: str = ""


def _targets() -> tuple[_Target, ...]:
    spring = ("2017", _T_SPRING, _SPRING)
    summer = ("2017", _T_SUMMER, _SUMMER)
    end = ("2020", _T_END, _END)
    flow = ("2018-2020", _T_FLOW, _END)
    span = ("2018-01-01", "2020-12-31")
    new_area = {
        "huyện Nho Quan": ("Huyện Nho Quan", 16),
        "TP Tam Điệp": ("TP Tam Điệp", 10),
        "huyện Gia Viễn": ("Huyện Gia Viễn", 8),
    }
    return (
        _Target("htx_total", _AREA, *spring, 327, "stock", (("htx", "qtdnd"),)),
        _Target("htx_agri", _AREA, *spring, 230, "stock", (("htx",), "agriculture", False)),
        _Target("htx_agri_specialised", _AREA, *spring, 29, "stock", (("htx",), "agriculture", True)),
        _Target("htx_nonagri", _AREA, *spring, 29, "stock", (("htx",), "non_agriculture", None)),
        _Target("qtdnd", _AREA, *spring, 39, "stock", (("qtdnd",),)),
        _Target("qtdnd", _AREA, *summer, 39, "stock", (("qtdnd",),)),
        _Target("htx_law2012", _AREA, *spring, 316, "under_law", ()),
        _Target("htx_agri_reorganised", _AREA, *spring, 224, "reorganised", ("service",)),
        _Target("htx_agri_reorganised", _AREA, *summer, 223, "reorganised", ("service",)),
        _Target("htx_nonagri_reorganised", _AREA, *spring, 17, "reorganised", ("other",)),
        _Target("htx_nonagri_reorganised", _AREA, *summer, 15, "reorganised", ("other",)),
        _Target("htx_awaiting_dissolution_agri", _AREA, *spring, 6, "awaiting", ("service",)),
        _Target("htx_awaiting_dissolution_nonagri", _AREA, *spring, 5, "awaiting", ("other",)),
        _Target(
            "htx_new",
            _AREA,
            "2013-2017 (under 2012 Law)",
            _T_SPRING,
            _SPRING,
            36,
            "new",
            (("htx",), "2013-07-01", _SPRING),
        ),
        _Target(
            "htx_new",
            _AREA,
            "2013-2017 (under 2012 Law)",
            _T_SUMMER,
            _SUMMER,
            42,
            "new",
            (("htx",), "2013-07-01", _SUMMER),
        ),
        _Target("members", _AREA, *spring, 224_320, "members", ()),
        _Target(
            "htx_total",
            _AREA,
            "2020",
            _T_END_ARTICLE,
            _END,
            417,
            "stock",
            (("htx", "qtdnd"),),
            "hit",
            _LATE_VI,
            _LATE_EN,
        ),
        _Target("htx_agri", _AREA, *end, 323, "stock", (("htx",), "agriculture", None), "missed", _PARTS_VI, _PARTS_EN),
        _Target("htx_agri_specialised", _AREA, *end, 105, "stock", (("htx",), "agriculture", True)),
        _Target("htx_nonagri", _AREA, *end, 61, "stock", (("htx",), "non_agriculture", None)),
        _Target("qtdnd", _AREA, *end, 39, "stock", (("qtdnd",),)),
        _Target("lhhtx_total", _AREA, *end, 1, "stock", (("lhhtx",),)),
        _Target("tht_total", _AREA, *end, 468, "stock", (("tht",),)),
        _Target("htx_new", _AREA, *flow, 55, "new", (("htx",), *span)),
        _Target("tht_new", _AREA, *flow, 99, "new", (("tht",), *span)),
        *(
            _Target("htx_new", f"{_AREA}: {printed}", *flow, value, "new", (("htx",), *span, district))
            for printed, (district, value) in new_area.items()
        ),
    )


def published_marginals() -> pd.DataFrame:
    """One row a published marginal: series, area, period, published_as_of (keys of ``data/published``), date (the
    as-of day to count on), published, aim ("hit" or "missed"), note_vi, note_en."""
    rows = [
        (t.series, t.area, t.period, t.published_as_of, pd.Timestamp(t.date), t.published, t.aim, t.note_vi, t.note_en)
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
