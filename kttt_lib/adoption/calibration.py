"""Whether stated chances can be trusted: Brier score, reliability, and a back test that never sees the outcome."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable

import numpy as np
import pandas as pd
from scipy import stats


def brier_score(chance: np.ndarray | pd.Series, happened: np.ndarray | pd.Series) -> float:
    """Mean squared difference of stated chance and outcome (0 or 1); 0 is perfect, 0.25 is a coin (Brier 1950)."""
    p, o = _pair(chance, happened)
    return float(((p - o) ** 2).mean())


def reliability_table(
    chance: np.ndarray | pd.Series, happened: np.ndarray | pd.Series, bins: int = 10, level: float = 0.95
) -> pd.DataFrame:
    """For each bin of stated chance that was used: forecasts, their mean, how often it happened, Wilson's interval."""
    p, o = _pair(chance, happened)
    at = np.minimum((p * bins + 1e-9).astype(int), bins - 1)  # a chance that should be a bin's edge is in it
    frame = pd.DataFrame({"bin": at, "stated": p, "happened": o})
    table = frame.groupby("bin").agg(
        forecasts=("stated", "size"), stated=("stated", "mean"), happened=("happened", "mean")
    )
    table["lower"], table["upper"] = wilson_interval(table["happened"] * table["forecasts"], table["forecasts"], level)
    table.index = pd.IntervalIndex.from_arrays(
        table.index / bins, (table.index + 1) / bins, closed="left", name="chance"
    )
    return table


def wilson_interval(successes: pd.Series, trials: pd.Series, level: float = 0.95) -> tuple[pd.Series, pd.Series]:
    """Wilson's (1927) score interval of a proportion."""
    z = stats.norm.ppf((1 + level) / 2)
    share = successes / trials
    middle = (share + z**2 / (2 * trials)) / (1 + z**2 / trials)
    half = z / (1 + z**2 / trials) * np.sqrt(share * (1 - share) / trials + z**2 / (4 * trials**2))
    return (middle - half).clip(lower=0.0), (middle + half).clip(upper=1.0)


def brier_parts(chance: np.ndarray | pd.Series, happened: np.ndarray | pd.Series, bins: int = 10) -> pd.Series:
    """Murphy's (1973) parts: reliability (low is good) − resolution (high is good) + uncertainty of the outcomes.

    They add up to the Brier score of the forecasts rounded to their bin's mean.
    """
    p, o = _pair(chance, happened)
    table = reliability_table(p, o, bins)
    weight, base = table["forecasts"] / len(p), o.mean()
    return pd.Series(
        {
            "reliability": float(weight @ (table["stated"] - table["happened"]) ** 2),
            "resolution": float(weight @ (table["happened"] - base) ** 2),
            "uncertainty": float(base * (1 - base)),
        }
    )


def backtest(
    cases: Iterable[tuple[Hashable, object, bool]], methods: dict[str, Callable[[object], float]]
) -> pd.DataFrame:
    """State the chance of each case by each method, then set what happened beside it.

    cases: (name, what was known at the time, whether it happened). A method gets only what was known. Returns
    one row a case: a column a method, and ``happened``.
    """
    rows, names = [], []
    for name, known, happened in cases:
        stated = {method: float(state(known)) for method, state in methods.items()}
        bad = {method: value for method, value in stated.items() if not 0 <= value <= 1}
        if bad:
            raise ValueError(f"case {name!r}: {bad} is not a chance")
        names.append(name)
        rows.append(stated | {"happened": bool(happened)})
    if not rows:
        raise ValueError("there are no cases to test on")
    return pd.DataFrame(rows, index=pd.Index(names, name="case"))


def score_table(
    results: pd.DataFrame, baseline: str, *, groups: pd.Series | None = None, draws: int = 2000, seed: int = 0
) -> pd.DataFrame:
    """Brier score of each method of a back test, its skill over ``baseline`` and the interval of the difference.

    ``better``: baseline less method, positive when the method wins; its 95 % interval resamples cases, or
    whole ``groups`` of them (cases of one province or year share their luck).
    """
    happened = results["happened"].to_numpy(float)
    methods = [column for column in results.columns if column != "happened"]
    if baseline not in methods:
        raise ValueError(f"baseline {baseline!r} is not among the methods {methods}")
    errors = (results[methods].to_numpy(float) - happened[:, None]) ** 2
    codes = np.arange(len(results)) if groups is None else pd.factorize(groups.reindex(results.index))[0]
    sums = np.zeros((codes.max() + 1, len(methods)))
    np.add.at(sums, codes, errors)
    sizes = np.bincount(codes)
    pick = np.random.default_rng(seed).integers(len(sizes), size=(draws, len(sizes)))
    means = sums[pick].sum(axis=1) / sizes[pick].sum(axis=1, keepdims=True)
    better = means[:, [methods.index(baseline)]] - means
    table = pd.DataFrame({"brier": errors.mean(axis=0)}, index=pd.Index(methods, name="method"))
    base = table.loc[baseline, "brier"]
    table["skill"] = 1 - table["brier"] / base if base > 0 else np.nan
    table["better"] = base - table["brier"]
    table["better_lower"], table["better_upper"] = np.quantile(better, [0.025, 0.975], axis=0)
    return table


def _pair(chance: np.ndarray | pd.Series, happened: np.ndarray | pd.Series) -> tuple[np.ndarray, np.ndarray]:
    p, o = np.asarray(chance, float), np.asarray(happened, float)
    if p.shape != o.shape or p.size == 0:
        raise ValueError(f"{p.size} chances and {o.size} outcomes: one of each a forecast is needed")
    if not ((p >= 0) & (p <= 1)).all():
        raise ValueError(f"chances must be 0 to 1; positions {np.flatnonzero(~((p >= 0) & (p <= 1)))[:10]} are not")
    if not np.isin(o, [0, 1]).all():
        raise ValueError("outcomes must be 0 or 1")
    return p, o
