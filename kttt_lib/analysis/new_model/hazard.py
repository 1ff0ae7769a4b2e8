"""The hazard of becoming a new-model HTX, fitted to the panel, with less asked of it where the panel is thin."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from kttt_lib.adoption.hazard import HazardFit, fit_hazard, hazard_of
from kttt_lib.analysis.new_model.panel import AdoptionPanel

FULL = "training + loan + support + neighbours + size + college"
# From the fullest to the barest; the first that the panel can carry is used. "trend" is the year, as a covariate, so
# that a forecast can hold it where it would only be carried on.
FORMULAS = (
    f"{FULL} + trend + C(group)",
    f"{FULL} + trend",
    "training + loan + support + size + college + trend",
    "size + college + trend",
    "size",
    "",
)
# Events a coefficient: Peduzzi et al. (1996) ask for ten, Vittinghoff and McCulloch (2007) find five enough.
EVENTS_A_COEFFICIENT = 5
# HTX that are followed with all futures; of more, fewer are drawn of each (``fewer``).
MANY, LEAST_DRAWS = 2_048, 256


@dataclass(frozen=True)
class HazardModel:
    """``fit`` with the formula and baseline that were used, and why fuller ones were not."""

    fit: HazardFit
    formula: str
    refused: tuple[str, ...]


def fit_panel(panel: AdoptionPanel) -> HazardModel:
    """The fullest of ``FORMULAS`` that the panel carries; standard errors clustered by commune.

    ValueError with the last reason when none can be fitted.
    """
    rows, refused = panel.rows, []
    events = int(rows["event"].sum())
    if events == 0:
        raise ValueError("no HTX was seen to adopt while it was followed")
    for formula in FORMULAS:
        coefficients = formula.count("+") + bool(formula)
        if events < EVENTS_A_COEFFICIENT * coefficients:
            refused.append(f"{events} adoptions are too few for {coefficients} coefficients")
            continue
        try:
            fit = fit_hazard(
                rows,
                f"event ~ {formula}",
                baseline="constant",
                unit="org_id",
                period="year",
                cluster="cluster" if rows["cluster"].nunique() > 30 else None,
            )
        except ValueError as error:
            refused.append(str(error))
            continue
        return HazardModel(fit, formula, tuple(refused))
    raise ValueError(refused[-1])


def fewer(draws: int, followed: int) -> int:
    """How many of ``draws`` (a power of two, as the result is) so many HTX are followed through.

    All up to ``MANY``; beyond, so many that the cost does not grow, but never under ``LEAST_DRAWS``. What futures err
    by falls with the square root of their number, and of many HTX the count varies little from one to another.
    """
    most = draws * MANY
    while draws > LEAST_DRAWS and draws * followed > most:
        draws //= 2
    return draws


def chance_this_year(fit: HazardFit, candidates: pd.DataFrame, parameters: np.ndarray, left: np.ndarray) -> np.ndarray:
    """The chance (draws, candidates) to adopt in what is left of the year, under ``parameters`` (draws, k).

    left (draws,): the share of the year's cumulative hazard still to come. With the complementary log-log link the
    hazard of a part of the year is that of the whole with ln(part) added to the predictor.
    """
    eta = parameters @ fit.design(candidates).T + np.log(np.maximum(left, 1e-12))[:, None]
    return hazard_of(eta, fit.link)
