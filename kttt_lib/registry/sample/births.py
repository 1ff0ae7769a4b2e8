"""Who is founded when and where, and what each organisation is like before its first report."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from kttt_lib.registry.sample import places as pl
from kttt_lib.registry.sample import settings as s
from kttt_lib.registry.sample.calibration import Birth

NEVER = np.datetime64("NaT", "D")
DAY = np.timedelta64(1, "D")
LAW_2012 = np.datetime64("2013-07-01")

_TYPES = {  # group -> (code of agri_subtype, VSIC, words of the name, weight)
    s.SERVICE: (("mixed", "0161", "HTX nông nghiệp", 85), ("crops", "0111", "HTX dịch vụ nông nghiệp", 15)),
    s.SPECIALISED: (
        ("crops", "0118", "HTX rau an toàn", 22),
        ("crops", "0121", "HTX cây ăn quả", 13),
        ("livestock", "0145", "HTX chăn nuôi", 28),
        ("fishery", "0322", "HTX thủy sản", 20),
        ("forestry", "0210", "HTX lâm nghiệp", 4),
        ("rural_water", "3600", "HTX nước sạch nông thôn", 4),
        ("mixed", "0150", "HTX sản xuất nông nghiệp", 9),
    ),
    s.NON_AGRICULTURE: (
        ("", "1629", "HTX thủ công nghiệp", 30),
        ("", "4933", "HTX vận tải", 24),
        ("", "4101", "HTX xây dựng", 14),
        ("", "4711", "HTX thương mại dịch vụ", 20),
        ("", "3811", "HTX môi trường", 12),
    ),
    s.QTDND: (("", "6419", "QTDND", 1),),
    s.LHHTX: (("mixed", "0161", "LHHTX nông nghiệp", 1),),
    s.THT: (
        ("crops", "0118", "THT trồng trọt", 44),
        ("livestock", "0145", "THT chăn nuôi", 24),
        ("fishery", "0322", "THT thủy sản", 16),
        ("mixed", "0161", "THT dịch vụ nông nghiệp", 9),
        ("", "1629", "THT nghề thủ công", 7),
    ),
}
_MEDIAN_MEMBERS = np.array([700.0, 13.0, 17.0, 900.0, 6.0, 11.0])
_SPREAD_MEMBERS = np.array([0.45, 0.35, 0.45, 0.35, 0.1, 0.40])
LEAST_MEMBERS = np.array([60, 7, 7, 200, 4, 3])
_SEASON = (0.38, 0.38, 0.24)
_YEARS_DIFFER = 0.16
_SCOPES = ("village", "inter_village", "commune", "inter_commune", "district_or_wider")


@dataclass
class Organisations:
    """One block's organisations as arrays of equal length (days are ``datetime64[D]``, NaT for none)."""

    group: np.ndarray
    kind: np.ndarray
    sector: np.ndarray
    subtype: np.ndarray
    vsic: np.ndarray
    title: np.ndarray
    founded: np.ndarray
    recorded: np.ndarray
    old: np.ndarray  # founded before the 2012 Law came into force
    heir: np.ndarray  # made by a consolidation
    district: np.ndarray
    commune: np.ndarray
    scope: np.ndarray
    size: np.ndarray  # standardised ln members
    members: np.ndarray  # at the start of the calendar
    area: np.ndarray  # hectares, NaN where there is no land
    skill: np.ndarray  # standard normal; |skill| sets inefficiency
    schooling: np.ndarray  # probability that a manager slot is held by a graduate, in the first year
    lateness: np.ndarray  # propensity to report late

    def __len__(self) -> int:
        return len(self.group)


def days_between(first: str, last: str, count: int, rng: np.random.Generator, shift: int = 0) -> np.ndarray:
    """``count`` days drawn between two days, both moved by ``shift`` years."""
    start, end = moved(first, shift), moved(last, shift)
    return start + rng.integers(0, (end - start).astype(int) + 1, count)


def moved(day: str, shift: int) -> np.datetime64:
    """The day ``shift`` years later (29 February never occurs in the calendars here)."""
    return np.datetime64(f"{int(day[:4]) + shift}{day[4:]}")


def founding_days(
    first: np.datetime64, last: np.datetime64, count: int, set_shares: bool, rng: np.random.Generator
) -> np.ndarray:
    """Founding days within one year's window: two fifths by mid-year, and a bunch in the last ten days of December.

    ``set_shares`` keeps to these shares as nearly as whole numbers can; else each day is drawn for itself.
    """
    year = str(first)[:4]
    spring = (first, np.datetime64(f"{year}-06-29"))
    autumn = (np.datetime64(f"{year}-07-01"), np.datetime64(f"{year}-12-19"))
    bunch = (np.datetime64(f"{year}-12-20"), last)
    part = _shares(count, _SEASON, rng) if set_shares else rng.multinomial(count, _SEASON)
    days = [
        start + rng.integers(0, (end - start).astype(int) + 1, n)
        for (start, end), n in zip((spring, autumn, bunch), part)
    ]
    return np.sort(np.concatenate(days))


def _shares(count: int, shares: tuple[float, ...], rng: np.random.Generator) -> np.ndarray:
    """Whole numbers nearest to the shares of ``count``; what is left over goes by chance."""
    exact = np.array(shares) * count
    whole = np.floor(exact).astype(int)
    left = count - whole.sum()
    if left:
        chance = exact - whole
        whole[rng.choice(len(shares), left, replace=False, p=chance / chance.sum())] += 1
    return whole


def scaled(count: float, scale: float, rng: np.random.Generator) -> int:
    """A count of a province of another size: Poisson, with one year better than another by a sixth."""
    return int(rng.poisson(count * scale * np.exp(_YEARS_DIFFER * rng.standard_normal())))


def birth_counts(births: tuple[Birth, ...], wanted: dict[int, int] | None, rng: np.random.Generator) -> list[int]:
    """How many organisations each of ``births`` gets: its own count, or by chance with the groups' sums given."""
    if wanted is None:
        return [birth.count for birth in births]
    counts = [0] * len(births)
    for group, total in wanted.items():
        entries = [i for i, birth in enumerate(births) if birth.group == group]
        weights = np.array([births[i].count for i in entries], dtype=float)
        fresh = np.array([births[i].plan_span for i in entries])
        weights *= np.exp(np.where(fresh, _YEARS_DIFFER * rng.standard_normal(len(entries)), 0.0))
        for i, n in zip(entries, rng.multinomial(total, weights / weights.sum())):
            counts[i] = int(n)
    return counts


def found(
    places: pl.Places,
    births: tuple[Birth, ...],
    counts: list[int],
    shift: int,
    calibrated: bool,
    rng: np.random.Generator,
) -> Organisations:
    """The block's organisations, service HTX first, each group in order of founding."""
    parts: list[tuple[np.ndarray, ...]] = []
    for birth, count in zip(births, counts):
        by = 0 if birth.old else shift
        if birth.plan_span:
            days = founding_days(moved(birth.first, by), moved(birth.last, by), count, calibrated, rng)
        else:
            days = days_between(birth.first, birth.last, count, rng, by)
        known = days_between(*birth.recorded, count, rng, by) if birth.recorded else np.full(count, NEVER)
        recorded = np.maximum(known, days) if birth.recorded else known
        told = (birth.group, bool(birth.plan_span) and birth.group != s.THT, birth.successor)
        group, span, heir = (np.full(count, value) for value in told)
        part = np.full(count, birth.part, dtype=object)
        parts.append((group, days, recorded, days < LAW_2012, span, heir, part))
    columns = [np.concatenate(column) for column in zip(*parts)]
    order = np.lexsort((columns[1], columns[0]))
    group, founded, recorded, old, span, heir, part = (column[order] for column in columns)
    n = len(group)
    district = pl.place(places, group, part, rng)
    if places.new_weights.any():
        district[span] = pl.place_new(places, int(span.sum()), rng)
    commune = pl.settle(places, district, group, rng)
    kind, sector, subtype, vsic, title = _types(group, rng)
    size = np.clip(rng.standard_normal(n), -2.5, 2.5)
    scope, size, area = _territory(group, district, commune, size, rng)
    members = np.maximum(_MEDIAN_MEMBERS[group] * np.exp(_SPREAD_MEMBERS[group] * size), LEAST_MEMBERS[group] + 0.5)
    schooling = np.array([0.26, 0.36, 0.36, 0.70, 0.6, 0.05])[group]
    schooling = np.clip(schooling + 0.04 * size + 0.12 * rng.standard_normal(n), 0.02, 0.95)
    lateness = np.clip(rng.beta(1.3, 1.3, n) + rng.normal(0, 0.12, len(places.districts))[district], 0, 1)
    return Organisations(
        group, kind, sector, subtype, vsic, title, founded, recorded, old, heir, district, commune, scope,
        size, members, area, rng.standard_normal(n), schooling, lateness,
    )  # fmt: skip


def _types(group: np.ndarray, rng: np.random.Generator) -> tuple[np.ndarray, ...]:
    draw = rng.random(len(group))
    subtype, vsic, title = (np.empty(len(group), dtype=object) for _ in range(3))
    for code, types in _TYPES.items():
        edges = np.cumsum([t[3] for t in types]) / sum(t[3] for t in types)
        choice = np.minimum(np.searchsorted(edges, draw), len(types) - 1)
        for i, (sub, industry, words, _) in enumerate(types):
            hit = (group == code) & (choice == i)
            subtype[hit], vsic[hit], title[hit] = sub, industry, words
    kinds = np.array(["htx", "htx", "htx", "qtdnd", "lhhtx", "tht"], dtype=object)
    sectors = np.array(
        ["agriculture", "agriculture", "non_agriculture", "credit", "agriculture", "agriculture"], dtype=object
    )
    sector = sectors[group]
    sector[(group == s.THT) & (subtype == "")] = "non_agriculture"
    return kinds[group], sector, subtype, vsic, title


def _territory(group, district, commune, size, rng):
    """Scope, size and area. A commune's largest service HTX may serve the whole commune and outsizes the rest."""
    n = len(group)
    scope = np.full(n, "commune", dtype=object)
    for code, weights in {
        s.SPECIALISED: (0.42, 0.13, 0.30, 0.10, 0.05),
        s.NON_AGRICULTURE: (0.10, 0.05, 0.30, 0.25, 0.30),
        s.THT: (0.88, 0.10, 0.02, 0.0, 0.0),
    }.items():
        of = group == code
        scope[of] = np.array(_SCOPES, dtype=object)[rng.choice(5, of.sum(), p=weights)]
    scope[group == s.LHHTX] = "district_or_wider"
    credit = group == s.QTDND
    scope[credit] = np.where(rng.random(credit.sum()) < 0.55, "commune", "inter_commune")

    service = np.flatnonzero(group == s.SERVICE)
    order = service[np.lexsort((-size[service], commune[service]))]
    first = np.ones(len(order), dtype=bool)
    first[1:] = commune[order][1:] != commune[order][:-1]
    anchors, others = order[first], order[~first]
    scope[anchors] = np.where(rng.random(len(anchors)) < 0.72, "commune", "inter_village")
    scope[others] = np.where(rng.random(len(others)) < 0.80, "inter_village", "village")
    size[anchors] = np.clip(size[anchors] + 0.35, -1.8, 2.5)
    size[others] = np.clip(size[others] - 0.55, -2.5, 1.2)

    noise = rng.standard_normal(n)
    area = np.full(n, np.nan)
    whole = (group == s.SERVICE) & (scope == "commune")
    part = (group == s.SERVICE) & (scope == "inter_village")
    village = (group == s.SERVICE) & (scope == "village")
    area[whole] = np.maximum(310 * np.exp(0.28 * size[whole] + 0.20 * noise[whole]), 190)
    area[part] = np.minimum(128 * np.exp(0.34 * size[part] + 0.25 * noise[part]), 185)
    area[village] = np.minimum(52 * np.exp(0.30 * size[village] + 0.25 * noise[village]), 110)
    land = (group == s.SPECIALISED) | (group == s.THT)
    area[land] = np.where(group[land] == s.THT, 3.0, 12.0) * np.exp(0.4 * size[land] + 0.5 * noise[land])
    return scope, size, area
