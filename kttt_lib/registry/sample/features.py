"""Practices begun: new-model HTX by a hazard with contagion, the plan's four models by simple yearly chances."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from kttt_lib.registry.sample import births as b
from kttt_lib.registry.sample import lives as lv
from kttt_lib.registry.sample import settings as s
from kttt_lib.registry.sample import support as sp

# Chance of beginning in a year: in the last year, shrinking by a fifth with each year back; by group.
_MODELS = {
    "value_chain": (0.075, 0.115, 0.0),
    "high_tech": (0.008, 0.040, 0.004),
    "commodity": (0.040, 0.080, 0.030),
    "organic": (0.012, 0.040, 0.0),
}
_BACK = 0.84
_ENDED = 0.05
_ASSIGNED = 12
_ASSIGNED_WEAK = 2
COLUMNS = ("org_id", "feature", "began_on", "ended_on", "basis", "evidence")


def adopt_new_model(
    orgs: b.Organisations,
    lives: lv.Lives,
    support: sp.Support,
    college_share: np.ndarray,
    years: np.ndarray,
    districts: int,
    rng: np.random.Generator,
) -> np.ndarray:
    """The year each organisation becomes a new-model HTX (0 for never), year by year from the hazard of ``TRUTH``."""
    truth, n = s.TRUTH, len(orgs)
    adopted = np.zeros(n, dtype=int)
    htx = np.isfinite(np.array(truth.h_group))[orgs.group]
    by_group = np.where(htx, np.array(truth.h_group)[orgs.group], 0.0)
    draw = -np.log(-np.log1p(-rng.random((n, len(years)))))
    for column in range(1, len(years)):
        year = years[column]
        there = htx & (orgs.founded < np.datetime64(f"{year}-01-01"))
        alive = there & (lives.stopped > np.datetime64(f"{year}-12-31"))
        stock = np.bincount(orgs.district[there], minlength=districts)
        share = np.bincount(orgs.district[there & (adopted > 0)], minlength=districts) / np.maximum(stock, 1)
        turns = support.turns[:, column - 1] / np.maximum(stock, 1)
        eta = (
            truth.h_constant
            + truth.h_trend * (year - 2014)
            + truth.h_training * turns[orgs.district]
            + truth.h_loan * support.borrowed[:, column - 1]
            + truth.h_support * support.helped[:, column - 1]
            + truth.h_contagion * share[orgs.district]
            + truth.h_size * orgs.size
            + truth.h_college * college_share[:, column - 1]
            + by_group
        )
        # P(adopt) = 1 - exp(-exp(eta)): the same as -ln(-ln(1 - U)) > -eta for a uniform U.
        adopts = alive & (adopted == 0) & (-draw[:, column] < eta)
        adopted[adopts] = year
    return adopted


def make_features(
    orgs: b.Organisations,
    ids: np.ndarray,
    lives: lv.Lives,
    adopted: np.ndarray,
    weakness: np.ndarray,
    years: np.ndarray,
    scale: float,
    factors: Mapping[str, float],
    rng: np.random.Generator,
) -> tuple[pd.DataFrame, np.ndarray]:
    """The features table, and which organisations are on the province's list of models for the last year.

    The list takes the strongest of the last year's adopters and two weak ones: a list is made before the results.
    ``factors`` raise the chances of practices.
    """
    last = int(years[-1])
    at = np.flatnonzero(adopted > 0)
    fresh = np.flatnonzero(adopted == last)
    fresh = fresh[np.argsort(weakness[fresh], kind="stable")]
    wanted = min(max(1, round(_ASSIGNED * scale)), len(fresh))
    weak = min(round(wanted * _ASSIGNED_WEAK / _ASSIGNED), len(fresh) - wanted)
    listed = np.concatenate([fresh[: wanted - weak], fresh[len(fresh) - weak :]])
    parts = [_rows(at, "new_model", adopted[at], rng)]
    parts[0]["basis"] = np.where(np.isin(at, listed), "assigned", parts[0]["basis"])
    for feature, by_group in _MODELS.items():
        parts.append(model_rows(orgs, lives, feature, by_group, factors.get(feature, 1.0), years, rng))
    rows = pd.concat(parts, ignore_index=True)
    rows = within_lives(rows, orgs, lives)
    long_ago = np.datetime64(f"{last - 1}-01-01")
    ended = (rows["feature"] != "new_model") & (rows["began_on"] < long_ago) & (rng.random(len(rows)) < _ENDED)
    lag = pd.to_timedelta(rng.integers(300, 365, len(rows)), unit="D")
    end = (rows["began_on"] + lag).where(ended)
    stop = ends_of_lives(rows, lives)
    rows["ended_on"] = end.where(~(end > stop), stop).fillna(stop)
    rows = rows.sort_values(["at", "feature", "began_on"], kind="stable").reset_index(drop=True)
    rows.insert(0, "org_id", ids[rows["at"].to_numpy()])
    return rows[list(COLUMNS)], listed


def within_lives(rows: pd.DataFrame, orgs: b.Organisations, lives: lv.Lives) -> pd.DataFrame:
    """The rows that begin while their organisation works."""
    stopped = pd.Series(lives.stopped[rows["at"].to_numpy()].astype("datetime64[s]"))
    founded = pd.Series(orgs.founded[rows["at"].to_numpy()].astype("datetime64[s]"))
    return rows[(rows["began_on"] < stopped) & (rows["began_on"] >= founded)].copy()


def ends_of_lives(rows: pd.DataFrame, lives: lv.Lives) -> pd.Series:
    """The day on which each practice ends with its organisation, NaT for none."""
    gone = pd.Series(lives.gone, dtype="datetime64[s]").reindex(rows["at"]).to_numpy()
    return pd.Series(gone, index=rows.index)


def _rows(at: np.ndarray, feature: str, year: np.ndarray, rng: np.random.Generator) -> pd.DataFrame:
    began = year.astype(str).astype("datetime64[D]") + rng.integers(20, 345, len(at))
    verified = rng.random(len(at)) < 0.55
    number = rng.integers(1, 900, len(at))
    return pd.DataFrame(
        {
            "at": at,
            "feature": feature,
            "began_on": began,
            "basis": np.where(verified, "verified", "declared"),
            "evidence": pd.array(
                [f"BB-MP {k:03d}/{y}" if v else None for k, y, v in zip(number, year, verified)], dtype="str"
            ),
        }
    )


def model_rows(orgs, lives, feature, by_group, factor, years, rng):
    """Those who begin a practice, each once, with a chance by group that shrinks with each year back."""
    chance = np.zeros(len(s.GROUPS))
    chance[: len(by_group)] = factor * np.array(by_group)
    yearly = chance[orgs.group][:, None] * _BACK ** (years[-1] - years)[None, :] * np.exp(0.3 * orgs.size)[:, None]
    hit = rng.random((len(orgs), len(years))) < yearly
    able = (orgs.founded[:, None] < np.array([f"{y}-01-01" for y in years], dtype="datetime64[D]")[None, :]) & (
        lives.stopped[:, None] > np.array([f"{y}-12-31" for y in years], dtype="datetime64[D]")[None, :]
    )
    hit &= able
    at = np.flatnonzero(hit.any(1))
    return _rows(at, feature, years[hit[at].argmax(1)], rng)
