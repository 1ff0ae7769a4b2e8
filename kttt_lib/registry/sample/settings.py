"""What every synthetic province is made from: the true parameters behind its facts, and the laws that it lives under.

Everything an estimator may be asked to find again stands in ``TRUTH``; everything that is counted stands in a
``Calibration``.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

GENERATOR_VERSION = "2"
DEFAULT_PROVINCE = "Ninh Bình"

# Groups of the generator: agricultural service HTX, specialised agricultural HTX, non-agricultural HTX, QTDND,
# LHHTX and THT. Published counts print the first two apart in 2017 and together in 2020.
GROUPS = ("service", "specialised", "non_agriculture", "qtdnd", "lhhtx", "tht")
SERVICE, SPECIALISED, NON_AGRICULTURE, QTDND, LHHTX, THT = range(6)


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

LAW_2023 = np.datetime64("2024-07-01")
ADAPTED_BY = np.datetime64("2025-12-31")  # eighteen months for charters of before
NO_DISTRICTS = np.datetime64("2025-07-01")

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
