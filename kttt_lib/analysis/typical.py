"""HTX that others may be shown as models: what speaks for each, from its rating, its models and its efficiency."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from kttt_lib.days import AnyDay
from kttt_lib.rating.answers import YES
from kttt_lib.rating.facts import Facts
from kttt_lib.rating.scoring import last_ratings, score_arrays
from kttt_lib.registry import Registry
from kttt_lib.registry.schema import models_of, words_of
from kttt_lib.results import MODELS_TYPICAL

# Of those analysed, the part with the highest efficiency.
TOP_SHARE = 0.25
# So many of the three kinds of evidence are asked for.
EVIDENCE = 2


def typical(
    registry: Registry, as_of: AnyDay, rulebooks: Mapping[int, str], scores: pd.DataFrame
) -> dict[str, pd.DataFrame]:
    """Working HTX with two of three: surely in the best grade, a model on record, in the top quarter by efficiency.

    ``scores``: "efficiency/scores" of the same day. Most evidence first, then most points (``MODELS_TYPICAL``).
    ``grade`` and ``points`` are of ``rated_year``, empty where they are not sure; ``features``: the models that it
    follows and who vouches for them; ``bias_corrected`` in percent, NaN where it was not analysed.
    """
    facts = Facts(registry.as_of(as_of), rulebooks=dict(rulebooks))
    graded = _graded(facts)
    told_vi, told_en = _features(facts)
    efficient = scores.set_index("org_id")["bias_corrected"].astype(float) if len(scores) else pd.Series(dtype=float)
    mark = efficient.quantile(1 - TOP_SHARE) if len(efficient) else np.nan
    rows = []
    here = facts.matches("kind", "htx") & facts.matches("state", "active")
    for place in np.flatnonzero(here):
        org = facts.ids[place]
        grade, points, year, best = graded.get(org, (("", "", ""), np.nan, None, False))
        value = float(efficient.get(org, np.nan))
        evidence = int(best) + int(bool(told_vi.get(org))) + int(value >= mark)
        if evidence >= EVIDENCE:
            rows.append(
                [org, facts.text("name")[place], facts.text("place")[place], facts.text("sector")[place], evidence,
                 *grade, points, year, told_vi.get(org, ""), told_en.get(org, ""), value]
            )  # fmt: skip
    found = MODELS_TYPICAL.frame(rows).astype({"rated_year": "Int64", "points": float, "bias_corrected": float})
    order = found.sort_values(["evidence", "points", "org_id"], ascending=[False, False, True], kind="stable")
    return {MODELS_TYPICAL: order.reset_index(drop=True)}


def _graded(facts: Facts) -> dict[str, tuple[tuple[str, str, str], float, int, bool]]:
    """Of each organisation rated for sure: grade, points where all are known, year, whether no grade is better."""
    found = {}
    for then, book, position in last_ratings(facts):
        year = then.closed_year
        scored = score_arrays(then, book, year)
        sure = (scored.grade_low == scored.grade_high) & (scored.not_rated.outcome != YES)
        for place in position[sure[position]]:
            grade = int(scored.grade_high[place])
            one = book.grades[grade]
            points = float(scored.low[place]) if scored.low[place] == scored.high[place] else np.nan
            found[then.ids[place]] = ((one.id, one.title_vi, one.title_en), points, year, grade == 0)
    return found


def _features(facts: Facts) -> tuple[dict[str, str], dict[str, str]]:
    """The models that each runs today, in both languages."""
    codes, words = models_of(facts.view.about), words_of(facts.view.about, "features")
    rows, holder = facts.models(list(codes))
    told = pd.DataFrame({"org": facts.ids[holder], "feature": facts.view.features["feature"].to_numpy()[rows]})
    told = told.drop_duplicates()
    vi, en = (
        told.groupby("org")["feature"].agg(
            lambda some, at=at: "; ".join(words[code][at] for code in codes if code in set(some))
        )
        for at in (0, 1)
    )
    return dict(vi), dict(en)
