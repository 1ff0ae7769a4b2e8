"""Which curve: Akaike weights within the sample and forecast errors outside it, beside baselines that know nothing."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np
import pandas as pd

from kttt_lib.adoption.checks import check_counts, check_covariate
from kttt_lib.adoption.diffusion import AtMost, DiffusionFit, fit_diffusion

BASELINES = ("naive", "linear")


def compare_models(
    counts: pd.Series | np.ndarray | list,
    models: Sequence[str] | Mapping[str, DiffusionFit] = ("bass", "logistic", "gompertz"),
    *,
    estimator: str = "nls",
    market: float | AtMost | None = None,
    covariate: np.ndarray | pd.DataFrame | None = None,
    horizon: int = 3,
    first_origin: int | None = None,
) -> pd.DataFrame:
    """One row a model and two for the baselines, best forecast first.

    Columns: ``parameters`` estimated, ``aicc``, ``delta`` from the best, Akaike ``weight``, ``identified``; ``mae`` and
    ``rmse`` of the forecast cumulative number of adopters over 1..``horizon`` periods from each origin (refitted at
    each, never seeing what follows), ``relative_mae`` to the naive baseline (NaN where that never erred), and
    ``origins`` used. A period's naive forecast is the last period's count; the linear one carries on the least-squares
    line. ``first_origin``: periods in the first training series (default: one more than the parameters need, plus one).
    An origin at which a model cannot be fitted is left out for all, so that errors stay comparable. ``models`` may be
    the fits of these counts where they are made already.
    """
    series = check_counts(counts, whole=estimator == "count")
    n = len(series)
    fits = dict(models) if isinstance(models, Mapping) else {}
    for model in () if fits else models:
        effort = covariate if model == "generalised_bass" else None
        fits[model] = fit_diffusion(series, model, estimator=estimator, market=market, covariate=effort)
    if first_origin is None:
        first_origin = max(fit.free_parameters for fit in fits.values()) + 2
    origins = range(first_origin, n - horizon + 1)
    if len(origins) == 0:
        raise ValueError(
            f"{n} periods leave no origin: {first_origin} to train on and {horizon} to forecast are needed"
        )
    values = series.to_numpy()
    effort = check_covariate(covariate, "generalised_bass", n, "series") if covariate is not None else None

    def by_model(model: str) -> Callable[[int], np.ndarray]:
        def ahead(origin: int) -> np.ndarray:
            seen = later = None
            if model == "generalised_bass":
                seen, later = effort[:origin], effort[origin : origin + horizon]
            fit = fit_diffusion(values[:origin], model, estimator=estimator, market=market, covariate=seen)
            return fit.expected(horizon, covariate=later).to_numpy()

        return ahead

    methods: dict[str, Callable[[int], np.ndarray]] = {model: by_model(model) for model in models}
    methods["naive"] = lambda origin: np.repeat(values[origin - 1], horizon)
    methods["linear"] = lambda origin: _line_ahead(values[:origin], horizon)
    errors: dict[str, list[np.ndarray]] = {name: [] for name in methods}
    used = 0
    for origin in origins:
        try:
            ahead = {name: method(origin) for name, method in methods.items()}
        except ValueError:
            continue
        used += 1
        actual = np.cumsum(values[origin : origin + horizon])
        for name, forecast in ahead.items():
            errors[name].append(np.cumsum(forecast) - actual)
    if used == 0:
        raise ValueError("the models could not be fitted at any origin")
    return _table(fits, errors, used)


def _line_ahead(values: np.ndarray, horizon: int) -> np.ndarray:
    slope, level = np.polyfit(np.arange(len(values)), values, 1)
    return np.maximum(level + slope * np.arange(len(values), len(values) + horizon), 0.0)


def _table(fits: dict, errors: dict[str, list[np.ndarray]], used: int) -> pd.DataFrame:
    table = pd.DataFrame(index=pd.Index([*fits, *BASELINES], name="model"))
    table["parameters"] = pd.Series({name: fit.free_parameters for name, fit in fits.items()})
    # Rounded, so that fits that are one curve under two names (see ``fit_diffusion``) tie.
    table["aicc"] = pd.Series({name: fit.aicc for name, fit in fits.items()}).round(9)
    best = table["aicc"].min()
    if np.isfinite(best):
        table["delta"] = (table["aicc"] - best).round(9)
        table["weight"] = np.exp(-table["delta"] / 2) / np.exp(-table["delta"] / 2).sum()
    else:  # too short for the criterion: no model can be preferred by it
        table["delta"] = table["weight"] = np.nan
    table["identified"] = pd.Series({name: fit.identified for name, fit in fits.items()}, dtype="boolean")
    stacked = {name: np.array(rows) for name, rows in errors.items()}
    table["mae"] = pd.Series({name: round(float(np.abs(e).mean()), 9) for name, e in stacked.items()})
    table["rmse"] = pd.Series({name: round(float(np.sqrt((e**2).mean())), 9) for name, e in stacked.items()})
    naive = table.loc["naive", "mae"]
    table["relative_mae"] = table["mae"] / (naive or np.nan)  # against a forecast without error nothing compares
    table["origins"] = used
    return table.sort_values("mae", kind="stable")
