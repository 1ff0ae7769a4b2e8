"""How lives end or pause: cessation, dissolution, mergers (some half done), suspensions, the law of 2012."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from kttt_lib.registry.sample import births as b
from kttt_lib.registry.sample import settings as s
from kttt_lib.registry.sample.calibration import Fate

_SUSPENDED_A_YEAR = 0.012
_FAR = np.datetime64("9999-12-31")


@dataclass
class Lives:
    """``ceased`` and ``gone`` days (NaT for none), the position of the ``successor`` (-1 for none) and the ``ending``;
    ``reformed`` is the day of reorganisation under the 2012 Law; suspensions are (position, start, end) arrays."""

    ceased: np.ndarray
    gone: np.ndarray
    ending: np.ndarray
    successor: np.ndarray
    reformed: np.ndarray
    split_from: np.ndarray
    suspended: np.ndarray
    suspended_on: np.ndarray
    resumed_on: np.ndarray

    @property
    def stopped(self) -> np.ndarray:
        """The day work ended for good: the earlier of ceasing and leaving the register (far in the future for none)."""
        ceased = np.where(np.isnat(self.ceased), _FAR, self.ceased)
        return np.minimum(ceased, np.where(np.isnat(self.gone), _FAR, self.gone))


def end_lives(
    orgs: b.Organisations,
    fates: tuple[Fate, ...],
    parts: np.ndarray,
    shift: int,
    scale: float | None,
    years: tuple[int, int],
    rng: np.random.Generator,
) -> Lives:
    """Give each of ``fates`` to the organisations most likely to meet it: the weakest, never a successor.

    ``parts`` is the old province of each organisation; ``scale`` None takes the counts as they are.
    """
    n = len(orgs)
    none = np.full(n, b.NEVER)
    lives = Lives(
        none.copy(), none.copy(), np.full(n, "", dtype=object), np.full(n, -1), none.copy(), np.full(n, -1),
        np.empty(0, int), none[:0], none[:0],
    )  # fmt: skip
    anchor = _anchors(orgs)
    is_anchor = anchor == np.arange(n)
    weakness = np.abs(orgs.skill) + 0.10 * rng.standard_normal(n) - 0.8 * orgs.schooling - 0.15 * orgs.size
    taken = is_anchor | orgs.heir
    closing = np.zeros(n, dtype=bool)
    unreformed = np.zeros(n, dtype=bool)
    for fate in sorted(fates, key=lambda f: (not f.city, not f.small)):
        count = fate.count if scale is None else b.scaled(fate.count, scale, rng)
        can = (orgs.group == fate.group) & ~taken & np.isnat(orgs.recorded)
        if fate.city:  # whole-commune HTX lose their land too
            can = (orgs.group == fate.group) & (orgs.district == 0) & ~closing & ~orgs.heir
        if fate.part:
            can &= parts == fate.part
        if fate.old_only:
            can &= orgs.old if fate.group != s.THT else orgs.founded < np.datetime64(f"{years[1] - 6}-01-01")
        if fate.small:
            can &= (orgs.scope == "inter_village") & (orgs.area < 100) & (anchor >= 0) & ~closing[anchor]
        began = next(window[0] for window in (fate.ceased, fate.gone) if window)
        can &= orgs.founded < b.moved(began, shift) - 366 * b.DAY
        pool = np.flatnonzero(can)
        chosen = pool[np.argsort(-weakness[pool], kind="stable")[:count]]
        if fate.group == s.THT:
            chosen = rng.permutation(pool)[:count]
        if fate.ending == "consolidated_into":
            taken[_consolidate(orgs, lives, pool, weakness)] = True
            continue
        taken[chosen] = closing[chosen] = True
        unreformed[chosen] |= fate.unreformed
        m = len(chosen)
        if fate.ceased:
            lives.ceased[chosen] = b.days_between(*fate.ceased, m, rng, shift)
        if fate.gone:
            days = b.days_between(*fate.gone, m, rng, shift)
            lives.gone[chosen] = np.maximum(
                days, np.where(np.isnat(lives.ceased[chosen]), days, lives.ceased[chosen] + 30 * b.DAY)
            )
            lives.ending[chosen] = fate.ending
        if fate.ending == "merged_into":
            lives.successor[chosen] = anchor[chosen]
    htx = np.isin(orgs.group, (s.SERVICE, s.SPECIALISED, s.NON_AGRICULTURE, s.QTDND))
    reform = b.days_between("2013-09-01", "2016-12-20", n, rng)
    gone_first = ~np.isnat(lives.gone) & (lives.gone < np.datetime64("2017-01-01"))
    stopped_first = ~np.isnat(lives.ceased) & (lives.ceased <= reform)
    lives.reformed = np.where(htx & orgs.old & ~unreformed & ~gone_first & ~stopped_first, reform, b.NEVER)
    _split(orgs, lives, years[1], rng)
    _suspend(orgs, lives, years, rng)
    return lives


def _anchors(orgs: b.Organisations) -> np.ndarray:
    """For each organisation the whole-commune service HTX of its commune, -1 where there is none."""
    whole = np.flatnonzero((orgs.group == s.SERVICE) & (orgs.scope == "commune") & orgs.old)
    table = np.full(orgs.commune.max() + 1 if len(orgs) else 0, -1)
    table[orgs.commune[whole]] = whole
    return table[orgs.commune]


def _consolidate(orgs: b.Organisations, lives: Lives, pool: np.ndarray, weakness: np.ndarray) -> np.ndarray:
    """Two weak neighbours for each heir, which takes their commune, members and land; one without any is just new."""
    chosen = []
    order = pool[np.argsort(-weakness[pool], kind="stable")]
    for heir in np.flatnonzero(orgs.heir):
        first = order[:1]
        pair = order[orgs.district[order] == orgs.district[first]][:2] if len(first) else first
        if len(pair) < 2:
            break
        order = order[~np.isin(order, pair)]
        lives.gone[pair] = orgs.founded[heir]
        lives.ending[pair] = "consolidated_into"
        lives.successor[pair] = heir
        orgs.district[heir], orgs.commune[heir], orgs.scope[heir] = (
            orgs.district[pair[0]],
            orgs.commune[pair[0]],
            "commune",
        )
        orgs.members[heir], orgs.area[heir] = 0.9 * orgs.members[pair].sum(), orgs.area[pair].sum()
        chosen.append(pair)
    return np.concatenate(chosen) if chosen else pool[:0]


def _split(orgs: b.Organisations, lives: Lives, last: int, rng: np.random.Generator) -> None:
    """One in six of the service HTX founded in the plan's years was split from an older one of its district."""
    new = np.flatnonzero((orgs.group == s.SERVICE) & (orgs.founded >= np.datetime64(f"{last - 2}-01-01")))
    parents = np.flatnonzero((orgs.group == s.SERVICE) & orgs.old & (lives.ending == "") & np.isnat(lives.ceased))
    for child in new[: len(new) // 4]:
        near = parents[orgs.district[parents] == orgs.district[child]]
        if len(near):
            lives.split_from[child] = rng.choice(near)


def _suspend(orgs: b.Organisations, lives: Lives, years: tuple[int, int], rng: np.random.Generator) -> None:
    """About one HTX in eighty stops for two to eleven months of a year; most resume."""
    span = np.arange(years[0], years[1] + 1)
    htx = np.isin(orgs.group, (s.SERVICE, s.SPECIALISED, s.NON_AGRICULTURE))
    hit = (rng.random((len(orgs), len(span))) < _SUSPENDED_A_YEAR) & htx[:, None]
    hit &= hit.cumsum(1) == 1
    position, column = np.nonzero(hit)
    first = np.array([f"{year}-01-01" for year in span], dtype="datetime64[D]")[column]
    start = first + rng.integers(30, 250, len(position))
    end = start + rng.integers(60, 330, len(position))
    fits = (start > orgs.founded[position] + 400 * b.DAY) & (end + 30 * b.DAY < lives.stopped[position])
    known = np.where(np.isnat(orgs.recorded[position]), orgs.founded[position], orgs.recorded[position])
    fits &= start > known + 30 * b.DAY
    end = np.where(end > np.datetime64(f"{years[1]}-12-31"), b.NEVER, end)
    lives.suspended, lives.suspended_on, lives.resumed_on = position[fits], start[fits], end[fits]


def status_events(orgs: b.Organisations, ids: np.ndarray, lives: Lives, rng: np.random.Generator) -> pd.DataFrame:
    """The status_events table."""
    parts = []

    def add(which: np.ndarray, days: np.ndarray, event: str | np.ndarray, successor: np.ndarray | None = None) -> None:
        related = np.full(len(which), None, dtype=object)
        if successor is not None:
            related[successor >= 0] = ids[successor[successor >= 0]]
        parts.append(
            pd.DataFrame({"at": which, "date": days, "event": event, "successor_id": pd.array(related, dtype="str")})
        )

    at = np.flatnonzero(~np.isnat(lives.reformed))
    add(at, lives.reformed[at], "reorganised_under_law")
    at = np.flatnonzero(~np.isnat(lives.ceased))
    half_done = np.where(lives.ending[at] == "merged_into", lives.successor[at], -1)
    add(at, lives.ceased[at], "ceased", half_done)
    at = np.flatnonzero(~np.isnat(lives.gone))
    add(at, lives.gone[at], lives.ending[at], lives.successor[at])
    at = np.flatnonzero(lives.split_from >= 0)
    add(at, orgs.founded[at], "split_from", lives.split_from[at])
    add(lives.suspended, lives.suspended_on, "suspended")
    back = ~np.isnat(lives.resumed_on)
    add(lives.suspended[back], lives.resumed_on[back], "resumed")

    events = pd.concat(parts, ignore_index=True).sort_values(["at", "date", "event"], kind="stable")
    events = events.reset_index(drop=True)
    number = rng.integers(1, 2400, len(events))
    decided = ~events["event"].isin(["suspended", "resumed"]) & (
        (events["event"] != "ceased") | events["successor_id"].notna()
    )
    texts = [f"QĐ-MP {n:04d}/{year}" for n, year in zip(number, events["date"].dt.year)]
    events["decision_no"] = pd.Series(texts, dtype="str").where(decided)
    late = (events["event"] == "ceased").to_numpy() & (rng.random(len(events)) < 0.15)
    lag = pd.to_timedelta(rng.integers(30, 100, len(events)), unit="D")
    events["recorded_on"] = (events["date"] + lag).where(late)
    gone = pd.Series(lives.gone, dtype="datetime64[s]").reindex(events["at"]).reset_index(drop=True)
    events["recorded_on"] = events["recorded_on"].where(~(events["recorded_on"] > gone), gone)
    events.insert(0, "org_id", ids[events["at"].to_numpy()])
    return events[["org_id", "date", "event", "successor_id", "decision_no", "recorded_on"]]
