"""The yearly facts before anyone reports them: size, inputs, inefficiency, revenue, incomes, managers, funds.

Arrays are organisations × years. The parameters are those of ``settings.TRUTH``.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from kttt_lib.registry.sample import births as b
from kttt_lib.registry.sample import lives as lv
from kttt_lib.registry.sample import settings as s

# By group (service, specialised, non-agriculture, QTDND, LHHTX, THT).
_MEMBER_GROWTH = np.array([0.004, 0.055, 0.045, 0.020, 0.02, 0.010])
_MEDIAN_WORKERS = np.array([16.0, 9.0, 15.0, 12.0, 8.0, 7.0])
_MEDIAN_ASSETS = np.array([2600.0, 2300.0, 3600.0, 62000.0, 1500.0, 60.0])
_CHARTER = np.array([0.24, 0.45, 0.48, 0.045, 0.5, 0.5])
_MARGIN = np.array([0.095, 0.105, 0.085, 0.085, 0.06, 0.20])
_INCOME = np.array([23.0, 37.0, 45.0, 78.0, 42.0, 27.0])
_MEMBER_TRADE = np.array([0.72, 0.42, 0.30, 0.90, 0.8, 0.5])
_PANDEMIC = np.array([0.01, -0.01, -0.07, 0.0, 0.0, -0.02])
SLOTS = 7


@dataclass
class Panel:
    """Yearly arrays (n × T), most called as the columns of the annual reports; ``years`` is the axis.

    ``inefficiency`` is the u of the production function.
    """

    years: np.ndarray
    members: np.ndarray
    new_members: np.ndarray
    women: np.ndarray
    members_served: np.ndarray
    workers: np.ndarray
    area_ha: np.ndarray
    charter_capital: np.ndarray
    total_assets: np.ndarray
    indivisible_assets: np.ndarray
    inefficiency: np.ndarray
    revenue_planned: np.ndarray
    revenue: np.ndarray
    revenue_from_members: np.ndarray
    pre_tax_profit: np.ndarray
    post_tax_profit: np.ndarray
    profit_to_members: np.ndarray
    worker_income: np.ndarray
    managers_untrained: np.ndarray
    managers_intermediate: np.ndarray
    managers_college: np.ndarray
    development_fund: np.ndarray
    reserve_fund: np.ndarray
    other_funds: np.ndarray
    fined: np.ndarray

    @property
    def college_share(self) -> np.ndarray:
        """Share of the managers with a college or university degree."""
        return self.managers_college / (self.managers_college + self.managers_intermediate + self.managers_untrained)


def year_ends(years: np.ndarray) -> np.ndarray:
    """31 December of each year."""
    return np.array([f"{year}-12-31" for year in years], dtype="datetime64[D]")


def college_table(orgs: b.Organisations, years: np.ndarray, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Managers in all (n) and those with a degree (n × T), which only grows over the years."""
    managers = np.clip(3 + np.floor(1.2 * orgs.size + 1.5 * rng.random(len(orgs)) + 0.5), 3, SLOTS).astype(int)
    managers[orgs.group == s.THT] = 2
    level = orgs.schooling[:, None] + 0.02 * (years - years[0])
    slot = rng.random((len(orgs), SLOTS))
    there = np.arange(SLOTS) < managers[:, None]
    college = ((slot[:, :, None] < level[:, None, :]) & there[:, :, None]).sum(1)
    return managers, college


def make_panel(
    orgs: b.Organisations,
    lives: lv.Lives,
    managers: np.ndarray,
    college: np.ndarray,
    helped_before: np.ndarray,
    years: np.ndarray,
    rng: np.random.Generator,
) -> Panel:
    """Yearly facts of all organisations. ``helped_before`` (n × T): support was received in an earlier year."""
    n, t = len(orgs), len(years)
    g, truth = orgs.group, s.TRUTH
    since = (years - years[0])[None, :]
    founded_year = orgs.founded.astype("datetime64[Y]").astype(int) + 1970

    growth = _MEMBER_GROWTH[g] + 0.012 * rng.standard_normal(n)
    own = np.maximum(orgs.members[:, None] * np.exp(growth[:, None] * since), b.LEAST_MEMBERS[g][:, None] + 0.5)
    members, gained_land = _with_merged(orgs, lives, own, years)
    members = np.floor(members).astype(int)
    joined = np.maximum(np.diff(members, axis=1, prepend=members[:, :1]), 0) + rng.poisson(0.008 * members)
    joined = np.minimum(joined, members)
    women = rng.binomial(members, np.clip(0.43 + 0.10 * rng.standard_normal(n), 0.08, 0.85)[:, None])
    served = np.floor(
        members * np.clip(0.55 + 0.38 * rng.beta(3, 2, n)[:, None] + 0.03 * rng.standard_normal((n, t)), 0.2, 1.0)
    )

    size = orgs.size[:, None]
    ln_workers = np.log(_MEDIAN_WORKERS[g])[:, None] + 0.38 * size + 0.30 * rng.standard_normal(n)[:, None]
    ln_workers = ln_workers + 0.012 * since + 0.04 * rng.standard_normal((n, t))
    ln_workers += 0.35 * np.log(members / np.maximum(own, 1))
    workers = np.maximum(np.rint(np.exp(ln_workers)), 3).astype(int)
    workers = np.where((g == s.THT)[:, None], members, workers)
    ln_assets = np.log(_MEDIAN_ASSETS[g])[:, None] + 0.55 * size + 0.45 * rng.standard_normal(n)[:, None]
    ln_assets = ln_assets + 0.045 * since + 0.05 * rng.standard_normal((n, t)) + truth.assets_support * helped_before
    assets = np.exp(ln_assets)
    area = orgs.area[:, None] * np.exp(-0.004 * since) + gained_land

    college_share = college / managers[:, None]
    age = np.clip(years[None, :] - founded_year[:, None], 0, 30)
    ln_sigma = (
        truth.u_constant
        + truth.u_college * (college_share - 0.35)
        + truth.u_size * size
        + truth.u_age * (age - 15) / 10
        + truth.u_support * helped_before
    )
    blend = np.sqrt(1 - truth.persistence**2)
    z = truth.persistence * orgs.skill[:, None] + blend * rng.standard_normal((n, t))
    inefficiency = np.exp(ln_sigma) * np.abs(z)

    volume = np.where(g == s.THT, np.log(members).T, np.log(workers).T).T
    ln_revenue = (
        np.array(truth.constant)[g][:, None]
        + np.array(truth.labour)[g][:, None] * volume
        + np.array(truth.capital)[g][:, None] * ln_assets
        + np.array(truth.land)[g][:, None] * np.log(np.where(np.isnan(area), 1.0, np.maximum(area, 0.5)))
        + truth.trend * (years - 2015)[None, :]
        + np.where(years == 2020, _PANDEMIC[g][:, None], 0.0)
        + truth.noise * rng.standard_normal((n, t))
        - inefficiency
    )
    starts = orgs.founded[:, None]
    worked = np.clip((year_ends(years)[None, :] - starts).astype(int) / 365, 0.08, 1.0)
    revenue = np.exp(ln_revenue) * worked
    plan = revenue * np.exp(-0.03 + 0.09 * rng.standard_normal((n, t)) + 0.10 * (inefficiency - 0.3))
    trade = np.clip(_MEMBER_TRADE[g] + 0.10 * rng.standard_normal(n), 0.05, 0.97)[:, None]

    margin = _MARGIN[g][:, None] - 0.22 * (inefficiency - 0.30) + 0.025 * rng.standard_normal((n, t))
    profit = revenue * np.maximum(margin, -0.12)
    tax = np.where(profit > 0, np.where(np.isin(g, (s.NON_AGRICULTURE, s.QTDND))[:, None], 0.20, 0.05), 0.0)
    net = profit * (1 - tax)
    gain = np.maximum(net, 0)
    development = gain * np.where(
        rng.random((n, t)) < 0.78, rng.uniform(0.20, 0.32, (n, t)), rng.uniform(0, 0.15, (n, t))
    )
    reserve = gain * np.where(rng.random((n, t)) < 0.85, rng.uniform(0.05, 0.12, (n, t)), 0.0)
    other = gain * rng.uniform(0.02, 0.10, (n, t))
    paid = gain * rng.uniform(0.30, 0.52, (n, t))

    income = (
        np.log(_INCOME[g])[:, None]
        + 0.18 * rng.standard_normal(n)[:, None]
        + 0.058 * (years - 2015)[None, :]
        - 0.25 * (inefficiency - 0.30)
        + truth.income_support * helped_before
        + 0.06 * rng.standard_normal((n, t))
    )
    mid = rng.random(n)[:, None]
    intermediate = np.rint((managers[:, None] - college) * np.clip(0.35 + 0.5 * mid + 0.02 * since, 0, 1)).astype(int)
    return Panel(
        years, members, joined, women, served.astype(int), workers, area,
        assets * _CHARTER[g][:, None] * np.exp(0.25 * rng.standard_normal(n))[:, None], assets,
        assets * np.clip(np.where(g == s.SERVICE, 0.30, 0.10) + 0.06 * rng.standard_normal(n), 0.01, 0.6)[:, None],
        inefficiency, plan, revenue, revenue * trade, profit, net, paid, np.exp(income),
        managers[:, None] - college - intermediate, intermediate, college,
        development, reserve, other, rng.random((n, t)) < 0.012,
    )  # fmt: skip


def _with_merged(orgs, lives, own, years):
    """Members and land with those of merged HTX added to their successors from the year of the merger on."""
    members, land = own.copy(), np.zeros_like(own)
    merged = np.flatnonzero((lives.ending == "merged_into") & (lives.successor >= 0))
    if len(merged):
        after = year_ends(years)[None, :] >= lives.gone[merged][:, None]
        np.add.at(members, lives.successor[merged], 0.92 * own[merged] * after)
        np.add.at(land, lives.successor[merged], orgs.area[merged][:, None] * after)
    return members, land
