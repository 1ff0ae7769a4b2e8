"""What the laws and the map changed in the years of a sample: re-registration under the 2023 Law, seats that moved,
districts that ended. Drawn after everything else, from a stream of its own; nothing before the 2023 Law is touched.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from kttt_lib.registry.sample import births as b
from kttt_lib.registry.sample import lives as lv
from kttt_lib.registry.sample import places as pl
from kttt_lib.registry.sample import settings as s

_DONE = 0.86  # of the organisations that adapt their charter within the time given; published for no province
_MOVED = 0.012  # of the HTX, whose seat went to another commune of the province in the calendar
_FUNDER = ("Ngân sách huyện", "Ngân sách xã")


def fill_reforms(
    tables: dict[str, pd.DataFrame],
    orgs: b.Organisations,
    ids: np.ndarray,
    lives: lv.Lives,
    places: pl.Places,
    years: tuple[int, int],
    rng: np.random.Generator,
) -> None:
    """Add the events and the changes of place, and write every place as it was called on the day of its fact."""
    last_day = np.datetime64(f"{years[1]}-12-31")
    if last_day < s.LAW_2023:
        return
    reformed = _adapted(orgs, lives, last_day, rng)
    at = np.flatnonzero(~np.isnat(reformed))
    number = rng.integers(1, 2400, len(at))
    more = pd.DataFrame(
        {
            "org_id": ids[at],
            "date": reformed[at],
            "event": "reorganised_under_law",
            "decision_no": [f"QĐ-MP {n:04d}/{day.astype(object).year}" for n, day in zip(number, reformed[at])],
        }
    )
    events = pd.concat([tables["status_events"], more], ignore_index=True)
    tables["status_events"] = events.sort_values(["org_id", "date", "event"], kind="stable", ignore_index=True)
    if last_day < s.NO_DISTRICTS:
        return
    _addresses(tables, orgs, ids, lives, reformed, places, years, rng)
    courses = tables["trainings"]
    courses["district"] = [
        None if pd.isna(name) else places.district(name, np.datetime64(day, "D"))
        for name, day in zip(courses["district"], courses["date"])
    ]
    support = tables["support_events"]
    late = (support["funder"] == _FUNDER[0]) & (support["date"] >= s.NO_DISTRICTS)
    support["funder"] = support["funder"].mask(late, _FUNDER[1])


def _adapted(orgs: b.Organisations, lives: lv.Lives, last_day: np.datetime64, rng: np.random.Generator) -> np.ndarray:
    """The day on which each organisation of before the 2023 Law is registered under it, NaT for none by ``last_day``.

    Eighteen months are given (to 31/12/2025); most come in the second half of them.
    """
    n, span = len(orgs), (s.ADAPTED_BY - s.LAW_2023).astype(int)
    day = s.LAW_2023 + np.floor(span * rng.beta(2.2, 1.3, n)).astype(int)
    does = (orgs.group != s.THT) & (orgs.founded < s.LAW_2023 - 30 * b.DAY) & (rng.random(n) < _DONE)
    heard = np.where(np.isnat(orgs.recorded), orgs.founded, orgs.recorded)
    does &= (lives.stopped > day) & (day <= last_day) & (heard < day - 30 * b.DAY)
    return np.where(does, day, b.NEVER)


def _addresses(tables, orgs, ids, lives, reformed, places, years, rng):
    """The seat of each organisation as it was last written down, and the table of the changes.

    A row is written when the organisation is first heard of, when it moves, and when it registers under the 2023 Law
    after the districts ended; nobody writes the others again.
    """
    n, start = len(orgs), np.datetime64(f"{years[0]}-01-01")
    heard = np.where(np.isnat(orgs.recorded), orgs.founded, orgs.recorded)
    since = np.maximum(heard, start)
    moves = (rng.random(n) < _MOVED) & (orgs.group != s.THT) & (orgs.group != s.LHHTX)
    away = start + rng.integers(60, (s.NO_DISTRICTS - start).astype(int) - 60, n)
    moves &= (away > since + 200 * b.DAY) & (lives.stopped > away + 30 * b.DAY)
    to = rng.integers(0, len(places.communes), n)
    moves &= places.part[places.commune_district[to]] == places.part[orgs.district]
    moves &= places.commune_district[to] != orgs.district
    pick = rng.integers(0, 60, n)
    rows = []
    commune, district = np.empty(n, dtype=object), np.empty(n, dtype=object)
    for i in range(n):
        seat, day = places.address(orgs.commune[i], since[i], pick[i]), since[i]
        home = orgs.commune[i]
        if moves[i]:
            home, then = to[i], places.address(to[i], away[i], pick[i])
            rows.append((i, away[i], away[i] + 7, *_ways(seat, then)))
            seat, day = then, away[i]
        if day < s.NO_DISTRICTS <= reformed[i]:
            then = places.address(home, s.NO_DISTRICTS, pick[i])
            rows.append((i, s.NO_DISTRICTS, reformed[i], *_ways(seat, then)))
            seat = then
        commune[i], district[i] = seat
    tables["organisations"]["commune"], tables["organisations"]["district"] = commune, district
    names = ["commune_before", "commune_after", "district_before", "district_after"]
    changes = pd.DataFrame(rows, columns=["at", "date", "recorded_on", *names])
    changes["org_id"] = ids[changes["at"].to_numpy(dtype=int)]
    tables["changes"] = changes.drop(columns="at")


def _ways(before: tuple[str, str | None], after: tuple[str, str | None]) -> tuple[str | None, ...]:
    """Commune and district before and after; a column that did not change stays empty."""
    pairs = [(None, None) if old == new else (old, new) for old, new in zip(before, after)]
    return tuple(value for pair in pairs for value in pair)
