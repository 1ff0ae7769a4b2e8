"""Monte Carlo forecast of a hazard model, unit by unit: how many adopt by when, and what a scenario would change.

Parameters are a scrambled Sobol sequence through a Cholesky root, luck a counter: both move smoothly with the fit.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numba
import numpy as np
import pandas as pd
from scipy import special
from scipy.stats import qmc

from kttt_lib.adoption import kernel
from kttt_lib.adoption.checks import refuse_rows
from kttt_lib.adoption.hazard import HazardFit
from kttt_lib.adoption.posterior import cholesky

_NOT_AT_RISK = -1e6  # linear predictor of a unit without a row in a period


@dataclass(frozen=True)
class Contagion:
    """A covariate that follows the forecast: ``column`` counts adopters in the unit's group before the period.

    group: the column of the future rows that names the group. already: adopters in each group before the
    forecast (missing groups have none). sizes: when the model's covariate is a share, what each group's count
    is divided by. The model must use the column as it is (no transformation or interaction of it).
    """

    column: str
    group: str
    already: pd.Series
    sizes: pd.Series | None = None


@dataclass(frozen=True)
class AdoptionForecast:
    """``draws`` (d, t): the cumulative number of adopters at the end of each period, those before it included."""

    periods: pd.Index
    draws: np.ndarray = field(repr=False)
    unit_probability: pd.Series = field(repr=False)  # chance that each unit adopts by the last period
    already: int

    def table(self, level: float = 0.95) -> pd.DataFrame:
        """Mean, median and interval of the cumulative number by period (see ``mid_quantiles``)."""
        tails = mid_quantiles(self.draws, [(1 - level) / 2, 0.5, (1 + level) / 2])
        return pd.DataFrame(
            {"mean": self.draws.mean(axis=0), "median": tails[1], "lower": tails[0], "upper": tails[2]},
            index=self.periods,
        )

    def quantiles(self, levels: tuple[float, ...] = (0.05, 0.25, 0.5, 0.75, 0.95)) -> pd.DataFrame:
        """Quantiles by period for a fan chart, one column a level."""
        return pd.DataFrame(mid_quantiles(self.draws, levels).T, index=self.periods, columns=list(levels))

    def probability(self, count: float, period: object = None) -> float:
        """The chance that at least ``count`` have adopted by the end of ``period`` (the last by default)."""
        at = -1 if period is None else self.periods.get_loc(period)
        return float((self.draws[:, at] >= count).mean())

    def difference(self, other: AdoptionForecast, level: float = 0.95) -> pd.DataFrame:
        """This forecast less ``other``, draw by draw, by period: meaningful when both used the same seed and draws."""
        if self.draws.shape != other.draws.shape or not self.periods.equals(other.periods):
            raise ValueError("the two forecasts differ in draws or periods, so their draws cannot be paired")
        change = self.draws - other.draws
        lower, upper = mid_quantiles(change, [(1 - level) / 2, (1 + level) / 2])
        columns = {"mean": change.mean(axis=0), "lower": lower, "upper": upper}
        return pd.DataFrame(columns | {"more_likely": (change > 0).mean(axis=0)}, index=self.periods)


def mid_quantiles(draws: np.ndarray, levels: Sequence[float]) -> np.ndarray:
    """Quantiles (levels, t) of whole numbers (d, t), on straight lines between the middles of the steps.

    A count's plain quantile jumps by one where its distribution function touches the level, whatever the number of
    draws; the mid-distribution's (Ma, Genton and Parzen 2011, Annals of the Institute of Statistical Mathematics
    63(2)) errs by little when the draws do.
    """
    found = []
    for column in draws.T:
        values, counts = np.unique(column, return_counts=True)
        found.append(np.interp(levels, (np.cumsum(counts) - counts / 2) / len(column), values))
    return np.column_stack(found)


def forecast_adoption(
    fit: HazardFit,
    future: pd.DataFrame,
    *,
    draws: int = 10_000,
    seed: int = 0,
    already: int = 0,
    contagion: Contagion | None = None,
    parameter_uncertainty: bool = True,
    parameters: np.ndarray | None = None,
) -> AdoptionForecast:
    """Draw futures of the units that have not adopted.

    future: one row a unit and period ahead, with the model's covariates; a unit without a row in a period is not at
    risk in it. Its baseline is that of the model's period column: give a future period the baseline it should have (a
    smooth baseline, or the period of a past one, in the fit's period column under another name for the calendar). Each
    draw takes parameters from their estimated covariance (clustered, if the fit is) and each unit's luck from ``seed``:
    forecasts with the same seed, draws and units can be compared draw by draw. already: adopters before the forecast,
    added to every count. parameters (draws, k): taken instead of drawn.
    """
    if draws < 1:
        raise ValueError(f"draws must be at least 1, not {draws}")
    refuse_rows(future.index[future.duplicated([fit.unit, fit.period])], "rows {} repeat a unit and period")
    periods = pd.Index(np.sort(future[fit.period].unique()), name=fit.period)
    units = pd.Index(pd.unique(future[fit.unit]), name=fit.unit)
    group, start, factor, column = _contagion_arrays(fit, future, units, contagion)
    order = np.argsort(group, kind="stable")
    group = group[order]
    design, offset = _cube(fit, future, periods, units[order], contagion)
    counts, adopted = kernel.run(
        design,
        offset,
        _parameters(fit, draws, seed, parameter_uncertainty) if parameters is None else parameters,
        np.uint64(seed * 0x2545F4914F6CDD1D % 2**64),
        fit.link == "logit",
        order.astype(np.uint64),
        group,
        start,
        factor,
        column,
        kernel.group_blocks(group),
        numba.get_num_threads(),
    )
    chance = pd.Series(adopted / draws, index=units[order], name="probability").reindex(units)
    return AdoptionForecast(periods, already + np.cumsum(counts, axis=1), chance, already)


def _parameters(fit: HazardFit, draws: int, seed: int, uncertain: bool) -> np.ndarray:
    if not uncertain:
        return np.tile(fit.params.to_numpy(), (draws, 1))
    return parameter_draws(fit, qmc.Sobol(len(fit.params), seed=seed).random_base2((draws - 1).bit_length())[:draws])


def parameter_draws(fit: HazardFit, uniform: np.ndarray) -> np.ndarray:
    """Parameters (draws, k) from their estimated covariance, of uniform numbers (draws, k)."""
    root = cholesky(fit.covariance.to_numpy())
    return fit.params.to_numpy() + np.einsum("dk,jk->dj", special.ndtri(uniform), root)


def _cube(
    fit: HazardFit, future: pd.DataFrame, periods: pd.Index, units: pd.Index, contagion: Contagion | None
) -> tuple[np.ndarray, np.ndarray]:
    """Design (t, k, u) and offset (t, u); the contagion column is left to the kernel."""
    if contagion is not None:
        future = future.assign(**{contagion.column: 0.0})
    rows = fit.design(future)
    at = units.get_indexer(future[fit.unit])
    when = periods.get_indexer(future[fit.period])
    design = np.zeros((len(periods), rows.shape[1], len(units)))
    design[when, :, at] = rows
    offset = np.full((len(periods), len(units)), _NOT_AT_RISK)
    offset[when, at] = 0.0
    return design, offset


def _contagion_arrays(
    fit: HazardFit, future: pd.DataFrame, units: pd.Index, contagion: Contagion | None
) -> tuple[np.ndarray, np.ndarray, np.ndarray, int]:
    if contagion is None:
        alone = np.arange(len(units))  # no groups: blocks may end anywhere
        return alone, np.zeros(len(units)), np.zeros(len(units)), -1
    if contagion.column not in fit.params.index:
        raise ValueError(f"the model has no coefficient named {contagion.column!r} for contagion to act through")
    of_unit = future.drop_duplicates(fit.unit).set_index(fit.unit)[contagion.group].reindex(units)
    if (future.groupby(fit.unit)[contagion.group].nunique() > 1).any():
        raise ValueError(f"units change their {contagion.group!r} during the forecast")
    codes, groups = pd.factorize(of_unit)
    start = contagion.already.reindex(groups).fillna(0).to_numpy(float)
    factor = np.ones(len(groups))
    if contagion.sizes is not None:
        sizes = contagion.sizes.reindex(groups)
        if sizes.isna().any() or (sizes <= 0).any():
            raise ValueError(f"groups {sizes.index[~(sizes > 0)].tolist()[:10]} have no size to make a share of")
        factor = 1.0 / sizes.to_numpy(float)
    return codes.astype(np.int64), start, factor, fit.params.index.get_loc(contagion.column)
