"""Who adopts and why: the hazard's effects in percentage points, and whether the model keeps to what was counted."""

from __future__ import annotations

import pandas as pd

from kttt_lib.analysis.new_model.hazard import HazardModel
from kttt_lib.analysis.new_model.panel import GROUPS, STEPS, AdoptionPanel
from kttt_lib.results import ADOPTION_CANDIDATES, ADOPTION_HAZARD, ADOPTION_SURVIVAL


def hazard_table(model: HazardModel) -> pd.DataFrame:
    """Average change of the yearly chance to adopt, in percentage points with 95 % intervals (``ADOPTION_HAZARD``).

    Standard errors are clustered by commune. ``coefficient`` and ``ratio`` (hazard ratio) are those of one unit of
    the covariate, blank for kinds of HTX. Associations: what else adopters are like is not all measured.
    """
    fit = model.fit
    effects = fit.marginal_effects(steps={name: step for name, (step, _, _) in STEPS.items()}).reset_index()
    coefficients = fit.table()
    rows = []
    for effect in effects.itertuples():
        if effect.covariate in STEPS:
            _, vi, en = STEPS[effect.covariate]
            own = coefficients.loc[effect.covariate]
            numbers = (own["estimate"], own["ratio"], own["p_value"])
        else:
            first, other = (GROUPS[code] for code in effect.change.split(" → "))
            vi, en = f"{other[0]} so với {first[0]}", f"{other[1]} against {first[1]}"
            numbers = (float("nan"),) * 3
        rows.append((effect.covariate, vi, en, effect.effect, effect.lower, effect.upper, *numbers))
    table = pd.DataFrame(rows, columns=ADOPTION_HAZARD.columns[:9])
    table["events"], table["rows"] = int(fit.data["event"].sum()), len(fit.data)
    return table.sort_values("effect", ascending=False, kind="stable", ignore_index=True)


def survival_table(model: HazardModel) -> pd.DataFrame:
    """Kaplan–Meier beside the model by year (``ADOPTION_SURVIVAL``): hazards and survival 0 to 1."""
    return model.fit.check().rename_axis("year").reset_index()[list(ADOPTION_SURVIVAL.columns)]


def candidates(model: HazardModel, panel: AdoptionPanel, adopted: pd.Series) -> pd.DataFrame:
    """HTX that have not adopted by today, the likeliest to do so in the coming (or running) year first.

    adopted: org_ids that have adopted since the panel's last year. Columns ``ADOPTION_CANDIDATES``; ``probability`` is
    that of the whole year.
    """
    rows = panel.next_year[~panel.next_year["org_id"].isin(adopted)]
    # Rounded, so that HTX alike in everything tie and follow by their id.
    table = rows.assign(probability=model.fit.predict(rows).round(12) if len(rows) else 0.0)
    for name in ("loan", "support"):
        table[name] = table[name].astype(bool)
    table = table.sort_values(["probability", "org_id"], ascending=[False, True], ignore_index=True)
    return table[list(ADOPTION_CANDIDATES.columns)]
