"""Whether stated chances can be trusted: Brier score, reliability, and a back test that never sees the outcome."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Sequence

import numpy as np
import pandas as pd
from scipy import stats


def brier_score(chance: np.ndarray | pd.Series, happened: np.ndarray | pd.Series) -> float:
    """Mean squared difference of stated chance and outcome (0 or 1); 0 is perfect, 0.25 is a coin (Brier 1950)."""
    p, o = _pair(chance, happened)
    return float(((p - o) ** 2).mean())


def reliability_table(
    chance: np.ndarray | pd.Series,
    happened: np.ndarray | pd.Series,
    bins: int = 10,
    level: float = 0.95,
    groups: Sequence[Hashable] | None = None,
) -> pd.DataFrame:
    """For each bin of stated chance that was used: forecasts, their mean, how often it happened, Wilson's interval.

    ``groups``: a label a forecast; those of one province or year share their luck, and tell as much as fewer that do
    not. Wilson's interval is then of so many forecasts as ``effective_trials`` says, NaN of a single group.
    """
    p, o = _pair(chance, happened)
    at = np.minimum((p * bins + 1e-9).astype(int), bins - 1)  # a chance that should be a bin's edge is in it
    frame = pd.DataFrame({"bin": at, "stated": p, "happened": o})
    table = frame.groupby("bin").agg(
        forecasts=("stated", "size"), stated=("stated", "mean"), happened=("happened", "mean")
    )
    trials = table["forecasts"]
    if groups is not None:
        trials = effective_trials(frame["bin"], frame["happened"], pd.Series(groups, frame.index), level)
    table["lower"], table["upper"] = wilson_interval(table["happened"] * trials, trials, level)
    table.index = pd.IntervalIndex.from_arrays(
        table.index / bins, (table.index + 1) / bins, closed="left", name="chance"
    )
    return table


def effective_trials(bins: pd.Series, happened: pd.Series, groups: pd.Series, level: float) -> pd.Series:
    """Independent trials that would tell as much of each bin's share as its clustered ones.

    Their number over the mean design effect of the bins, not taken below 1 (Kish and Frankel 1974, Journal of the Royal
    Statistical Society B 36(1)), and times (z/t)² for the few groups it is known from (Korn and Graubard 1998, Survey
    Methodology 24(2)).
    """
    by_bin, many = happened.groupby(bins), groups.nunique()
    trials, share = by_bin.size(), by_bin.mean()
    if many < 2:
        return trials * np.nan
    together = (happened - bins.map(share)).groupby([bins, groups]).sum()
    alone = (trials * share * (1 - share)).sum()
    effect = many / (many - 1) * (together**2).sum() / alone if alone else 1.0
    z, t = stats.norm.ppf((1 + level) / 2), stats.t.ppf((1 + level) / 2, many - 1)
    return trials / max(effect, 1.0) * (z / t) ** 2


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


def score_table(results: pd.DataFrame, baseline: str, *, groups: pd.Series | None = None) -> pd.DataFrame:
    """Brier score of each method of a back test, its skill over ``baseline`` and the interval of the difference.

    ``better``: baseline less method, positive when the method wins; its 95 % interval is Student's, of cases or of
    whole ``groups`` of them (cases of one province or year share their luck), the mean being a ratio of sums over them
    (Cochran 1977, Sampling Techniques, 9A); NaN of a single one.
    """
    happened = results["happened"].to_numpy(float)
    methods = [column for column in results.columns if column != "happened"]
    if baseline not in methods:
        raise ValueError(f"baseline {baseline!r} is not among the methods {methods}")
    errors = (results[methods].to_numpy(float) - happened[:, None]) ** 2
    table = pd.DataFrame({"brier": errors.mean(axis=0)}, index=pd.Index(methods, name="method"))
    base = table.loc[baseline, "brier"]
    table["skill"] = 1 - table["brier"] / base if base > 0 else np.nan
    table["better"] = base - table["brier"]
    off = errors[:, [methods.index(baseline)]] - errors - table["better"].to_numpy()
    if groups is not None:
        off = pd.DataFrame(off).groupby(groups.reindex(results.index).to_numpy()).sum().to_numpy()
    many, half = len(off), np.full(len(methods), np.nan)
    if many > 1:
        half = stats.t.ppf(0.975, many - 1) * np.sqrt(many / (many - 1) * (off**2).sum(axis=0)) / len(results)
    table["better_lower"], table["better_upper"] = table["better"] - half, table["better"] + half
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
