"""Diffusion curves of the yearly adopters: estimates with intervals, forecasts, and a word when they cannot tell.

Poisson likelihood of the yearly counts with a market of at most the HTX at work; intervals by profile likelihood.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from kttt_lib.adoption.diffusion import AtMost, DiffusionFit, fit_diffusion
from kttt_lib.adoption.selection import compare_models
from kttt_lib.analysis.new_model.panel import KINDS
from kttt_lib.registry import AsOfView
from kttt_lib.results import ADOPTION_COMPARISON, ADOPTION_FITS, ADOPTION_FORECAST, ADOPTION_RIDGE

MODELS = ("bass", "logistic", "gompertz")
LEVEL = 0.95
NAMES = {
    ("bass", "p"): ("Hệ số đổi mới (tự áp dụng)", "Coefficient of innovation"),
    ("bass", "q"): ("Hệ số lan truyền (theo người đi trước)", "Coefficient of imitation"),
    ("generalised_bass", "p"): ("Hệ số đổi mới (tự áp dụng)", "Coefficient of innovation"),
    ("generalised_bass", "q"): ("Hệ số lan truyền (theo người đi trước)", "Coefficient of imitation"),
    ("", "q"): ("Tốc độ", "Speed"),
    ("", "tau"): ("Năm uốn (kể từ đầu chuỗi)", "Inflection (years from the start)"),
    ("generalised_bass", "beta1"): (
        "Kinh phí hỗ trợ (gấp đôi mức bình quân làm nhanh hơn exp của số này)",
        "Support money (twice its mean speeds adoption up by exp of this)",
    ),
    ("", "m"): ("Tiềm năng (số HTX cuối cùng sẽ áp dụng)", "Market potential (HTX that will adopt in the end)"),
}
NOTES = {
    "identified": ("Số liệu xác định được đường cong", "The data identify the curve"),
    "before_peak": (
        "Chuỗi còn ngắn, chưa qua điểm uốn: nhiều giá trị tiềm năng khác nhau đều khớp số liệu; chỉ dùng để nhìn gần",
        "The series ends before its inflection: very different potentials fit it alike; for the near future only",
    ),
    "flat": (
        "Số liệu không giới hạn được tham số: đường hợp lý gần như phẳng",
        "The data set no limit to a parameter: the likelihood is nearly flat",
    ),
    "refused": ("Không ước lượng được đường cong", "The curve cannot be fitted"),
}


def market(view: AsOfView) -> int:
    """The most that could ever adopt: HTX at work, and those that adopted and are gone."""
    htx = view.organisations[view.organisations["kind"].isin(KINDS)]
    return int(htx["state"].isin(["active", "suspended"]).sum())


def support_money(view: AsOfView, years: pd.Index) -> np.ndarray:
    """Support paid to HTX in each year against the mean of the years, less 1: 0 is a usual year, 1 twice as much."""
    events = view.support_events
    paid = events.groupby(events["date"].dt.year)["amount"].sum().reindex(years, fill_value=0.0).to_numpy(float)
    return paid / paid.mean() - 1 if len(paid) and paid.mean() > 0 else np.zeros(len(paid))


def curve_fits(series: pd.DataFrame, view: AsOfView) -> tuple[pd.DataFrame, dict[str, DiffusionFit]]:
    """Every model's estimates (``ADOPTION_FITS``), and the fits that can forecast.

    The generalised Bass model has each year's support money beside time; it tells whether money moved the curve.
    """
    counts = series.set_index("year")["adopters"] if len(series) else pd.Series(dtype=float)
    at_most = AtMost(max(market(view), float(counts.sum()) or 1.0))
    rows, fits = [], {}
    for model in (*MODELS, "generalised_bass"):
        effort = support_money(view, counts.index) if model == "generalised_bass" else None
        try:
            fit = fit_diffusion(counts, model, estimator="count", market=at_most, covariate=effort)
        except ValueError as error:
            vi, en = NOTES["refused"]
            rows.append((model, "", "", "", np.nan, np.nan, np.nan, np.nan, False, "refused", vi, f"{en}: {error}"))
            continue
        if effort is None:  # nobody knows the money of the years ahead, so this one only describes
            fits[model] = fit
        note = _note(fit)
        ends = fit.interval(LEVEL)
        for name, value in fit.parameters.items():
            vi, en = NAMES.get((model, name), NAMES.get(("", name), (name, name)))
            low, high = ends.loc[name]
            told = NOTES[note] if name == "m" else ("", "")  # once a model, beside the potential that it speaks of
            rows.append((model, name, vi, en, value, low, high, _finite(fit.aicc), fit.identified, note, *told))
    # An interval that the data leave open has no end.
    return ADOPTION_FITS.frame(rows).replace([np.inf, -np.inf], np.nan), fits


def _note(fit: DiffusionFit) -> str:
    if fit.identified:
        return "identified"
    return "before_peak" if fit.fitted.to_numpy().argmax() == len(fit.counts) - 1 else "flat"


def _finite(value: float) -> float:
    return round(float(value), 9) if np.isfinite(value) else np.nan  # curves that are one tie


def curve_forecasts(fits: dict[str, DiffusionFit], years: int) -> pd.DataFrame:
    """Cumulative adopters of the years ahead: median and 95 % interval (``ADOPTION_FORECAST``)."""
    parts = []
    for model, fit in fits.items():
        forecast = fit.forecast(years, level=LEVEL)
        tails = forecast.quantiles(((1 - LEVEL) / 2, 0.5, (1 + LEVEL) / 2)).to_numpy()
        parts.append(
            pd.DataFrame(
                {
                    "year": forecast.table.index.to_numpy(),
                    "model": model,
                    "median": tails[:, 1],
                    "lower": tails[:, 0],
                    "upper": tails[:, 2],
                }
            )
        )
    return pd.concat(parts, ignore_index=True) if parts else ADOPTION_FORECAST.frame()


def model_comparison(series: pd.DataFrame, fits: dict[str, DiffusionFit]) -> pd.DataFrame:
    """AICc and rolling-origin errors one year ahead beside the naive and linear baselines (``ADOPTION_COMPARISON``)."""
    if not fits:
        return ADOPTION_COMPARISON.frame()
    counts = series.set_index("year")["adopters"]
    upper = next(iter(fits.values())).problem.upper
    market = None if upper is None else AtMost(upper)
    try:
        table = compare_models(counts, fits, estimator="count", market=market, horizon=1, first_origin=4)
    except ValueError:
        return ADOPTION_COMPARISON.frame()
    return table.reset_index()[list(ADOPTION_COMPARISON.columns)]


def curve_ridge(fits: dict[str, DiffusionFit]) -> pd.DataFrame:
    """How far each market potential lies from the best, the other parameters re-estimated (``ADOPTION_RIDGE``).

    A profile that stays below ``limit`` is a ridge: the series does not tell how far adoption will go.
    """
    parts = []
    for model, fit in fits.items():
        profile = fit.profile("m", points=31)
        parts.append(
            pd.DataFrame(
                {
                    "model": model,
                    "market": profile["m"],
                    "rise": profile["rise"],
                    "limit": profile["limit"],
                    "identified": fit.identified,
                }
            )
        )
    return pd.concat(parts, ignore_index=True) if parts else ADOPTION_RIDGE.frame()
