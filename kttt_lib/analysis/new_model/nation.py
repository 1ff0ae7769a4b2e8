"""Growth curves of published counts, where sources that disagree widen the answer instead of being averaged.

A year for which several figures were printed, or for which a correction says what another figure implies, has
alternatives. Every way of choosing one a year is fitted; the answer is the range over all of them.
"""

from __future__ import annotations

import re
from itertools import product

import numpy as np
import pandas as pd

from kttt_lib.adoption.diffusion import fit_diffusions
from kttt_lib.results import ADOPTION_PUBLISHED, ADOPTION_PUBLISHED_FITS, ADOPTION_PUBLISHED_FORECAST

SERIES = ("htx_total", "lhhtx_total", "htx_agri", "tht_total")
LEAST_YEARS = 5
MOST_CHOICES = 64
AHEAD = 3
# What a correction of the kind "flag" says of another figure: its own words, in data/published/corrections.yaml.
_IMPLIED = re.compile(r"implies (?:about )?(\d[\d,.]*) \w+ at the end of (\d{4})")
NOTES = {
    "unfit": (
        "Không ước lượng được đường cong: chuỗi giảm hoặc quá ngắn",
        "No curve can be fitted: the series falls or is too short",
    ),
    "ridge": (
        "Số liệu không cho biết mức bão hòa: chỉ đọc tốc độ hiện nay",
        "The figures do not tell where growth will end: read the present pace only",
    ),
    "closed": ("Mọi cách chọn nguồn đều xác định được đường cong", "The curve is identified whichever source is taken"),
}


def year_end_stocks(published: pd.DataFrame) -> pd.DataFrame:
    """Counts at year ends with every alternative: ``ADOPTION_PUBLISHED`` and ``alternatives`` (a tuple of values).

    ``value`` is the figure printed last; low and high span the alternatives.
    """
    rows = published[published["series"].isin(SERIES) & (published["kind"] != "target")]
    day = rows["measured_on"]
    rows = rows[(day.dt.month == 12) & (day.dt.day == 31)]
    found = []
    for (series, area, year), part in rows.groupby(["series", "area", day.dt.year], sort=True):
        printed = part[part["rounding"].eq("")]
        printed = part if printed.empty else printed
        implied = [
            _number(n) for flag in part["flag_en"].dropna() for n, at in _IMPLIED.findall(flag) if int(at) == year
        ]
        values = sorted({*printed["value"].astype(float), *implied})
        found.append(
            {
                "series": series,
                "area": area,
                "year": int(year),
                "value": float(printed["value"].iloc[-1]),
                "low": values[0],
                "high": values[-1],
                "figures": len(part),
                "sources": "; ".join(dict.fromkeys(part["source_publisher"].dropna().astype(str))),
                "conflict": len(values) > 1,
                "alternatives": tuple(values),
            }
        )
    return pd.DataFrame(found, columns=[*ADOPTION_PUBLISHED.columns, "alternatives"])


def _number(text: str) -> float:
    return float(text.rstrip(".").replace(",", ""))


def consecutive(stocks: pd.DataFrame) -> pd.DataFrame:
    """The longest run of consecutive years of one series and area, the later one of equals."""
    run = (stocks["year"].diff() != 1).cumsum()
    sizes = run.map(run.value_counts())
    return stocks[run == run[sizes == sizes.max()].iloc[-1]]


def published_growth(published: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """The results ADOPTION_PUBLISHED, ADOPTION_PUBLISHED_FITS and ADOPTION_PUBLISHED_FORECAST.

    Fits are logistic in the yearly increments (least squares; a constant pace where that is refused). lower and upper
    are the least and greatest ends of the 95 % profile intervals over all choices of sources, NaN where there is none.
    Series with fewer than ``LEAST_YEARS`` consecutive year ends are listed but not fitted.
    """
    stocks = year_end_stocks(published)
    fits, forecasts = [], []
    for (series, area), part in stocks.groupby(["series", "area"], sort=False):
        run = consecutive(part)
        if len(run) < LEAST_YEARS:
            continue
        some, ahead = _fit_run(series, area, run)
        fits += some
        forecasts += ahead
    return {
        ADOPTION_PUBLISHED: stocks[list(ADOPTION_PUBLISHED.columns)],
        ADOPTION_PUBLISHED_FITS: ADOPTION_PUBLISHED_FITS.frame(fits).replace(np.inf, np.nan),
        ADOPTION_PUBLISHED_FORECAST: ADOPTION_PUBLISHED_FORECAST.frame(forecasts),
    }


def _fit_run(series: str, area: str, run: pd.DataFrame) -> tuple[list[tuple], list[tuple]]:
    choices = list(product(*run["alternatives"]))[:MOST_CHOICES]
    years = run["year"].to_numpy()
    span = f"{years[0]}-{years[-1]}"
    paths = [np.array(choice) for choice in choices]
    paces = np.array([np.diff(path) for path in paths])
    pooled = paces.mean(axis=1)
    error = paces.std(axis=1, ddof=1) / np.sqrt(paces.shape[1])
    fits = [
        (series, area, "constant", "pace", float(np.median(pooled)), float((pooled - 2 * error).min()),
         float((pooled + 2 * error).max()), len(paths), len(paths), True, span, *NOTES["closed"])
    ]  # fmt: skip
    curves = fit_diffusions([pd.Series(pace, index=years[1:]) for pace in paces], "logistic")
    found = [fit.parameters for fit in curves]
    ends = [fit.interval(0.95) for fit in curves]
    closed = [fit.identified for fit in curves]
    for name in ("q", "m"):
        if not found:
            fits.append((series, area, "logistic", name, *(np.nan,) * 3, len(paths), 0, False, span, *NOTES["unfit"]))
            continue
        value = float(np.median([parameters[name] for parameters in found]))
        if name == "m" and not all(closed):
            value = np.nan  # the best of a flat ridge says nothing
        low = float(min(end.loc[name, "lower"] for end in ends))
        high = float(max(end.loc[name, "upper"] for end in ends))
        note = NOTES["closed" if all(closed) else "ridge"]
        fits.append(
            (series, area, "logistic", name, value, low, high, len(paths), len(found), all(closed), span, *note)
        )
    # The near future at the present pace: from every last figure, each pace with the scatter of its own years.
    scatter = paces.std(axis=1, ddof=1)
    ahead = []
    for step in range(1, AHEAD + 1):
        middle = np.array([path[-1] for path in paths]) + step * pooled
        width = 2 * np.sqrt(step * scatter**2 + step**2 * error**2)
        ahead.append(
            (series, area, int(years[-1]) + step, float(np.median(middle)), float((middle - width).min()),
             float((middle + width).max()))
        )  # fmt: skip
    return fits, ahead
