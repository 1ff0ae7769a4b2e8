"""What the synthetic province is made from: the numbers of organisations and the true parameters behind their facts.

Everything an estimator may be asked to find again stands in ``TRUTH``; everything that is counted stands in
``BIRTHS`` and ``FATES``. Counts are those of the Ninh Bình calibration; another size scales them.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

GENERATOR_VERSION = "2"
CALIBRATED_PROVINCE = "Ninh Bình"
CALIBRATED_LAST_YEAR = 2020

# Groups of the generator: agricultural service HTX, specialised agricultural HTX, non-agricultural HTX, QTDND,
# LHHTX and THT. Published counts print the first two apart in 2017 and together in 2020.
GROUPS = ("service", "specialised", "non_agriculture", "qtdnd", "lhhtx", "tht")
SERVICE, SPECIALISED, NON_AGRICULTURE, QTDND, LHHTX, THT = range(6)


@dataclass(frozen=True)
class Birth:
    """``count`` organisations of ``group`` founded between two days of a calendar that ends with year 2020.

    ``recorded`` is the window in which the registry first heard of them (None: at once).
    ``old`` windows stay where they are when the last year moves; the others move with it. ``plan_span`` marks the new
    organisations of the last three years; ``successor`` those that a consolidation creates, which are not "new".
    """

    group: int
    count: int
    first: str
    last: str
    old: bool = False
    recorded: tuple[str, str] | None = None
    plan_span: bool = False
    successor: bool = False


# 327 HTX on 28/04/2017 (230 + 29 + 29 + 39); 36 of them new under the 2012 Law, 42 by 31/08/2017; 55 new in 2018-2020.
# 58 HTX founded in 2013-2017 came to the registry's knowledge only in the reviews of 2018-2019: without them the
# printed stocks (327, then 417) and the printed flow (55 new) cannot all be true.
_LATE = ("2018-02-01", "2019-11-30")
BIRTHS = (
    Birth(SERVICE, 236, "1996-01-01", "2007-12-31", old=True),
    Birth(SERVICE, 1, "2017-09-01", "2017-12-20"),
    Birth(SERVICE, 1, "2018-01-05", "2018-12-31", plan_span=True),
    Birth(SERVICE, 1, "2019-01-05", "2019-12-31", plan_span=True),
    Birth(SERVICE, 3, "2020-01-05", "2020-12-30", plan_span=True),
    Birth(SERVICE, 1, "2020-10-15", "2020-10-15", successor=True),
    Birth(SPECIALISED, 11, "2003-01-01", "2013-06-30", old=True),
    Birth(SPECIALISED, 18, "2013-07-10", "2017-04-20"),
    Birth(SPECIALISED, 4, "2017-05-01", "2017-08-25"),
    Birth(SPECIALISED, 3, "2017-09-01", "2017-12-28"),
    Birth(SPECIALISED, 40, "2013-09-01", "2017-03-31", recorded=_LATE),
    Birth(SPECIALISED, 9, "2018-01-05", "2018-12-31", plan_span=True),
    Birth(SPECIALISED, 11, "2019-01-05", "2019-12-31", plan_span=True),
    Birth(SPECIALISED, 14, "2020-01-05", "2020-12-30", plan_span=True),
    Birth(SPECIALISED, 1, "2020-12-28", "2020-12-30", recorded=("2021-01-06", "2021-01-12")),
    Birth(NON_AGRICULTURE, 11, "1998-01-01", "2013-06-30", old=True),
    Birth(NON_AGRICULTURE, 18, "2013-07-10", "2017-04-20"),
    Birth(NON_AGRICULTURE, 2, "2017-05-01", "2017-08-25"),
    Birth(NON_AGRICULTURE, 2, "2017-09-01", "2017-12-28"),
    Birth(NON_AGRICULTURE, 18, "2013-09-01", "2017-03-31", recorded=_LATE),
    Birth(NON_AGRICULTURE, 4, "2018-01-05", "2018-12-31", plan_span=True),
    Birth(NON_AGRICULTURE, 5, "2019-01-05", "2019-12-31", plan_span=True),
    Birth(NON_AGRICULTURE, 7, "2020-01-05", "2020-12-30", plan_span=True),
    Birth(QTDND, 39, "1995-01-01", "2008-12-31", old=True),
    Birth(LHHTX, 1, "2019-03-01", "2019-09-30"),
    Birth(THT, 409, "2006-01-01", "2017-12-31"),
    Birth(THT, 30, "2018-01-05", "2018-12-31", plan_span=True),
    Birth(THT, 36, "2019-01-05", "2019-12-31", plan_span=True),
    Birth(THT, 33, "2020-01-05", "2020-12-30", plan_span=True),
)


@dataclass(frozen=True)
class Fate:
    """What becomes of ``count`` organisations of ``group``: ceased within one window, gone within another.

    ``ending`` is dissolved, merged_into, consolidated_into, or "" (ceased and still on the register). ``city`` keeps to
    the first district (land lost to the town); ``new_only`` to those founded after the 2012 Law; ``unreformed`` are
    never reorganised under the 2012 Law; ``small`` are inter-village HTX under 100 ha beside a whole-commune HTX.
    """

    group: int
    count: int
    ceased: tuple[str, str] | None
    gone: tuple[str, str] | None
    ending: str
    city: bool = False
    old_only: bool = False
    unreformed: bool = False
    small: bool = False


# Windows that several fates share.
_BEFORE, _SUMMER, _AFTER = ("2015-05-01", "2016-12-15"), ("2017-05-08", "2017-08-20"), ("2018-03-01", "2018-11-30")
_STOPPED, _STRUCK_OFF = ("2018-03-01", "2019-10-31"), ("2020-03-01", "2020-12-24")
FATES = (
    # Awaiting dissolution in 04/2017: six in the provincial city, five elsewhere.
    Fate(SERVICE, 6, _BEFORE, _SUMMER, "dissolved", True, True, True),
    Fate(SPECIALISED, 1, _BEFORE, _SUMMER, "dissolved", False, True, True),
    Fate(SPECIALISED, 1, _BEFORE, _AFTER, "dissolved", False, True, True),
    Fate(NON_AGRICULTURE, 2, _BEFORE, _SUMMER, "dissolved", False, True, True),
    Fate(NON_AGRICULTURE, 1, _BEFORE, _AFTER, "dissolved", False, True, True),
    Fate(SPECIALISED, 1, None, _SUMMER, "dissolved", False, True),
    Fate(NON_AGRICULTURE, 1, None, _SUMMER, "dissolved", False, True),
    # Mergers of the years before the plan, and the small inter-village HTX that the plan is after.
    Fate(SERVICE, 1, None, _SUMMER, "merged_into", old_only=True, small=True),
    Fate(SERVICE, 1, None, ("2018-03-01", "2018-12-20"), "merged_into", old_only=True, small=True),
    Fate(SERVICE, 1, None, ("2019-03-01", "2019-12-20"), "merged_into", old_only=True, small=True),
    Fate(SERVICE, 4, None, ("2020-05-15", "2020-12-25"), "merged_into", old_only=True, small=True),
    Fate(SERVICE, 2, None, ("2020-10-15", "2020-10-15"), "consolidated_into", old_only=True, small=True),
    # Half done: the decision is out and the work has stopped, the old HTX is struck off only in the next year.
    Fate(
        SERVICE, 3, ("2020-10-01", "2020-12-20"), ("2021-01-15", "2021-03-20"), "merged_into", old_only=True, small=True
    ),
    # Gone before 2017.
    Fate(SERVICE, 6, ("2013-03-01", "2014-12-15"), ("2015-02-01", "2016-11-30"), "dissolved", old_only=True),
    # Ceased, then dissolved before the plan's year, in it, or not yet.
    Fate(SERVICE, 2, ("2017-09-01", "2018-03-31"), ("2018-07-01", "2018-12-20"), "dissolved", old_only=True),
    Fate(SERVICE, 2, ("2018-03-01", "2018-10-31"), ("2019-05-01", "2019-12-20"), "dissolved", old_only=True),
    Fate(SERVICE, 6, _STOPPED, _STRUCK_OFF, "dissolved", old_only=True),
    Fate(SPECIALISED, 2, _STOPPED, _STRUCK_OFF, "dissolved"),
    Fate(NON_AGRICULTURE, 2, _STOPPED, _STRUCK_OFF, "dissolved"),
    Fate(SERVICE, 2, _STOPPED, None, "", old_only=True),
    Fate(SPECIALISED, 1, _STOPPED, None, ""),
    Fate(NON_AGRICULTURE, 1, _STOPPED, None, ""),
    Fate(SERVICE, 2, ("2020-03-01", "2020-10-31"), None, "", old_only=True),
    Fate(NON_AGRICULTURE, 1, ("2020-03-01", "2020-10-31"), None, ""),
    Fate(THT, 40, None, ("2014-06-01", "2020-12-20"), "dissolved", old_only=True),
)


@dataclass(frozen=True)
class Truth:
    """True parameters of the data-generating process (arrays by group, in the order of ``GROUPS``).

    Production, in logarithms: revenue = constant + labour ln workers + capital ln assets + land ln area
    + trend (year - 2015) + v - u, with v ~ N(0, noise²) and u = sigma_u |z|, z standard normal with correlation
    ``persistence``² between an organisation's years, and
    ln sigma_u = u_constant + u_college (college share of managers - 0.35) + u_size (standardised ln members)
    + u_age (age, at most 30, - 15)/10 + u_support [support received in an earlier year].
    The elasticities add to 1.05 for agriculture: slight economies of scale. THT report no assets: their revenue
    follows members alone. Support also raises assets by ``assets_support`` (log points) from the next year on.
    The year of founding counts in proportion to the days worked; 2020 takes 7 % from non-agricultural HTX.

    New-model adoption, yearly hazard with a complementary log-log link: 1 - exp(-exp(eta)), eta = h_constant
    + h_trend (year - 2014) + h_training (manager turns in the district last year, per HTX of the district)
    + h_loan [preferential loan last year] + h_support [support last year]
    + h_contagion (share of the district's HTX that had adopted by the end of last year)
    + h_size (standardised ln members) + h_college (college share last year) + h_group.
    At risk: HTX founded in an earlier year and at work to the year's end; not QTDND.

    Worker income: support raises it by ``income_support`` (log points) from the year after the first support on, and
    by about 0.015 more through lower inefficiency; support itself depends on size and schooling only, never on the
    year's shocks, so trends before it are parallel.
    """

    constant: tuple[float, ...] = (2.10, 3.00, 2.20, 2.18, 4.5, 4.2)
    labour: tuple[float, ...] = (0.35, 0.45, 0.50, 0.30, 0.5, 1.05)
    capital: tuple[float, ...] = (0.30, 0.40, 0.55, 0.55, 0.4, 0.0)
    land: tuple[float, ...] = (0.40, 0.20, 0.0, 0.0, 0.0, 0.0)
    trend: float = 0.035
    noise: float = 0.12
    persistence: float = 0.95
    u_constant: float = -1.05
    u_college: float = -0.60
    u_size: float = -0.10
    u_age: float = 0.08
    u_support: float = -0.25
    h_constant: float = -5.45
    h_trend: float = 0.18
    h_training: float = 0.35
    h_loan: float = 0.90
    h_support: float = 0.70
    h_contagion: float = 4.50
    h_size: float = 0.35
    h_college: float = 0.80
    h_group: tuple[float, ...] = (0.0, 0.30, -0.30, -np.inf, -np.inf, -np.inf)
    income_support: float = 0.06
    assets_support: float = 0.10


TRUTH = Truth()

# First and last year that each circular rates (data/rulebooks; a test compares). In its years Circular 01/2020 goes
# before 09/2017; scores that no rule would read are not written.
RATED_YEARS = {"tt01_2020": (2020, 2023), "tt09_2017": (2017, 2100), "tt42_2016": (2017, 2100)}

# Points of Circular 01/2020's criteria 1-15. The maxima of 1-9 are read in the form; the split of the last
# forty points was not found in any source and is the generator's assumption.
TT01_MAXIMA = (7, 6, 11, 6, 8, 6, 6, 6, 4, 8, 8, 8, 6, 6, 4)
# Circular 09/2017: items 1.1-1.5 are computed from the accounts; the split of the other 62 points is assumed.
TT09_MAXIMA = {"2": 20, "3": 12, "4": 12, "5": 8, "6": 10}
# Circular 42/2016: all five maxima are read.
TT42_MAXIMA = {"capital": 10, "asset_quality": 30, "governance": 30, "results": 10, "liquidity": 20}
