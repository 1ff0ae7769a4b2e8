"""Support received, loans and training courses. Who gets them depends on size and schooling, not on the year's luck."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from kttt_lib.registry.sample import births as b
from kttt_lib.registry.sample import lives as lv
from kttt_lib.registry.sample import settings as s

# programme -> (HTX helped in the last year of the calendar, usual amount in million VND, funder). Earlier years get
# less, year by year; founding support follows the new HTX.
_PROGRAMMES = {
    "infrastructure": (13, 650, "Ngân sách tỉnh"),
    "industrial_promotion": (8, 160, "Kinh phí khuyến công"),
    "trade_promotion": (12, 35, "Chương trình xúc tiến thương mại"),
    "trademark": (6, 90, "Sự nghiệp khoa học và công nghệ"),
    "land": (4, 220, "Ngân sách huyện"),
    "headquarters": (3, 380, "Ngân sách tỉnh"),
    "founding": (0, 30, "Ngân sách tỉnh"),
}
_TWICE = 3  # HTX with a second programme in the same year
_EARLIER = 0.93  # each year back
_TRADEMARKS_EARLIER = 3
_FOUNDING_SHARE = 0.6
_PREFERENTIAL = 39  # HTX with a preferential loan in the last year
_ORDINARY = 26
_TURNS = {"officials": (286, 260), "htx_managers": (534, 430)}  # turns in the last year, and in the years before it
_LENDERS = ("Quỹ hỗ trợ phát triển HTX", "Ngân hàng chính sách xã hội")
_BANKS = ("Ngân hàng thương mại", "Quỹ tín dụng nhân dân")
_PURPOSES = (
    "Mua vật tư nông nghiệp",
    "Mua máy móc, thiết bị",
    "Xây dựng nhà kho, xưởng",
    "Mở rộng sản xuất",
    "Vốn lưu động",
)
_SEASON = np.array([1, 1, 4, 6, 8, 9, 9, 10, 11, 13, 16, 12], dtype=float)
_SEASON_2020 = np.array([1, 2, 2, 1, 8, 10, 11, 9, 12, 14, 17, 13], dtype=float)


@dataclass
class Support:
    """The three tables, and for each organisation and year (n × T) whether it had support or a preferential loan;
    ``turns`` (districts × T) of manager training."""

    events: pd.DataFrame
    loans: pd.DataFrame
    trainings: pd.DataFrame
    helped: np.ndarray
    borrowed: np.ndarray
    turns: np.ndarray


def make_support(
    orgs: b.Organisations,
    ids: np.ndarray,
    lives: lv.Lives,
    districts: tuple[str, ...],
    years: np.ndarray,
    scale: float,
    calibrated: bool,
    prefix: str,
    rng: np.random.Generator,
) -> Support:
    """Draw who is supported in each year of ``years``."""
    n, last = len(orgs), int(years[-1])
    htx = np.isin(orgs.group, (s.SERVICE, s.SPECIALISED, s.NON_AGRICULTURE))
    pull = 0.5 * orgs.size + 1.2 * orgs.schooling
    helped, borrowed = np.zeros((n, len(years)), bool), np.zeros((n, len(years)), bool)
    turns = np.zeros((len(districts), len(years)))
    events, loans, trainings = [], [], []

    def quota(count: float) -> int:
        return round(count * scale) if calibrated else b.scaled(count, scale, rng)

    for column, year in enumerate(years):
        new_year, new_day = np.datetime64(f"{year}-01-01"), np.datetime64(f"{year}-12-31")
        able = htx & (orgs.founded < new_year) & (lives.stopped > new_day)
        able &= np.isnat(orgs.recorded) | (orgs.recorded < new_year)
        back = _EARLIER ** (last - year)
        free = able.copy()
        first: list[np.ndarray] = []
        for programme, (count, _, _) in _PROGRAMMES.items():
            if programme == "founding":
                continue
            wanted = quota(
                count if year == last else (_TRADEMARKS_EARLIER if programme == "trademark" else count * back)
            )
            may = free.copy()
            if programme == "industrial_promotion":
                may &= orgs.group != s.SERVICE
            if programme == "infrastructure":
                may &= orgs.group != s.NON_AGRICULTURE
            chosen = _draw(may, pull, wanted, rng)
            if programme in ("infrastructure", "industrial_promotion", "trade_promotion"):
                free[chosen] = False
                first.append(chosen)
            events.append(_support_rows(chosen, programme, year, rng))
        once = np.concatenate(first)
        twice = rng.permutation(once)[: quota(_TWICE)]
        again = np.where(np.isin(twice, first[2]), "infrastructure", "trade_promotion")
        for programme in ("infrastructure", "trade_promotion"):
            events.append(_support_rows(twice[again == programme], programme, year, rng))
        preferential = _draw(
            able, pull, quota(_PREFERENTIAL * (1 if year == last else max(0.94 - 0.02 * (last - year), 0.3))), rng
        )
        ordinary = _draw(able, pull, quota(_ORDINARY), rng)
        borrowed[preferential, column] = True
        loans.append(_loan_rows(orgs, preferential, True, year, rng))
        loans.append(_loan_rows(orgs, ordinary, False, year, rng))
        for audience, (now, before) in _TURNS.items():
            total = quota(now if year == last else before * (1 + 0.02 * (year - last)) * rng.uniform(0.92, 1.06))
            courses, by_district = _courses(audience, total, year, districts, rng)
            trainings.append(courses)
            if audience == "htx_managers":
                turns[:, column] = by_district
    founding = _founding_rows(orgs, years, htx, rng)
    all_events = pd.concat([*events, founding], ignore_index=True)
    all_events = all_events[all_events["date"] <= np.datetime64(f"{last}-12-31")]
    column = all_events["date"].dt.year.to_numpy() - years[0]
    helped[all_events["at"].to_numpy(), column] = all_events["programme"].ne("founding").to_numpy()
    return Support(
        _finish(all_events, ids, ["org_id", "date", "programme", "amount", "funder"]),
        _finish(
            pd.concat(loans, ignore_index=True), ids, ["org_id", "date", "lender", "amount", "preferential", "purpose"]
        ),
        _number(pd.concat(trainings, ignore_index=True), prefix),
        helped,
        borrowed,
        turns,
    )


def _draw(may: np.ndarray, pull: np.ndarray, count: int, rng: np.random.Generator) -> np.ndarray:
    """``count`` of those who may, likelier with more ``pull`` (Gumbel top-k: sampling without replacement)."""
    pool = np.flatnonzero(may)
    return np.sort(pool[np.argsort(-(pull[pool] + rng.gumbel(size=len(pool))), kind="stable")[:count]])


def season_days(year: int, count: int, rng: np.random.Generator) -> np.ndarray:
    """``count`` days of the year, few in its first quarter, most in the last; in 2020 spring is nearly empty."""
    season = _SEASON_2020 if year == 2020 else _SEASON
    month = rng.choice(12, count, p=season / season.sum())
    return (np.datetime64(f"{year}-01") + month).astype("datetime64[D]") + rng.integers(0, 27, count)


def _support_rows(at: np.ndarray, programme: str, year: int, rng: np.random.Generator) -> pd.DataFrame:
    _, usual, funder = _PROGRAMMES[programme]
    amount = usual * np.exp(0.4 * rng.standard_normal(len(at)))
    return pd.DataFrame(
        {
            "at": at,
            "date": season_days(year, len(at), rng),
            "programme": programme,
            "amount": np.rint(amount),
            "funder": funder,
        }
    )


def _founding_rows(orgs, years, htx, rng):
    """Founding support for new HTX from the third year before the last on, one to four months after founding."""
    new = np.flatnonzero(
        htx & (orgs.founded >= np.datetime64(f"{years[-1] - 2}-01-01")) & np.isnat(orgs.recorded) & ~orgs.heir
    )
    new = new[rng.random(len(new)) < _FOUNDING_SHARE]
    rows = _support_rows(new, "founding", int(years[-1]), rng)
    rows["date"] = orgs.founded[new] + rng.integers(30, 120, len(new))
    return rows


def _loan_rows(orgs, at, preferential, year, rng):
    names = np.array(_LENDERS if preferential else _BANKS, dtype=object)
    base = np.where(orgs.group[at] == s.NON_AGRICULTURE, 700, 420) * (1 if preferential else 1.6)
    return pd.DataFrame(
        {
            "at": at,
            "date": season_days(year, len(at), rng),
            "lender": names[(rng.random(len(at)) < 0.35).astype(int)],
            "amount": np.rint(base * np.exp(0.5 * rng.standard_normal(len(at))) / 10) * 10,
            "preferential": preferential,
            "purpose": np.array(_PURPOSES, dtype=object)[rng.integers(0, len(_PURPOSES), len(at))],
        }
    )


def _courses(audience, total, year, districts, rng):
    """Courses of about 36 turns; managers' courses belong to a district, half of the officials' are province-wide."""
    count = max(1, round(total / 36)) if total else 0
    size = np.floor(rng.dirichlet(np.full(count, 18.0)) * total).astype(int) if count else np.empty(0, int)
    size[: total - size.sum()] += 1
    home = rng.permutation(np.arange(count) % len(districts)) if count else np.empty(0, int)
    names = np.array(districts, dtype=object)[home]
    if audience == "officials":
        names = np.where(rng.random(count) < 0.5, None, names)
    rows = pd.DataFrame(
        {
            "date": np.sort(season_days(year, count, rng)),
            "audience": audience,
            "turns": size,
            "days": np.where(rng.random(count) < 0.4, 2.0, 3.0),
            "district": pd.array(names, dtype="str"),
        }
    )
    return rows, np.bincount(home, weights=size, minlength=len(districts))


def _finish(rows: pd.DataFrame, ids: np.ndarray, columns: list[str]) -> pd.DataFrame:
    rows = rows.drop_duplicates(["at", "date", columns[2]]).sort_values(["at", "date", columns[2]], kind="stable")
    rows.insert(0, "org_id", ids[rows["at"].to_numpy()])
    return rows[columns].reset_index(drop=True)


def _number(rows: pd.DataFrame, prefix: str) -> pd.DataFrame:
    rows = rows.sort_values(["date", "audience"], kind="stable").reset_index(drop=True)
    year = rows["date"].dt.year
    rank = rows.groupby(year).cumcount() + 1
    rows.insert(0, "course_id", [f"{prefix}-LOP-{y}-{k:03d}" for y, k in zip(year, rank)])
    return rows
