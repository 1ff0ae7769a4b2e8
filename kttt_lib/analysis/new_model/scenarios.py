"""What would change adoption: the hazard run forward under scenarios (data/scenarios), each HTX with the same luck.

Policies change from the year after the last whole one, so adoption changes from the year after that. HTX founded later
are not in the forecast. Loans and support fall on HTX at random, the same in every scenario as far as it goes.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Annotated

import numpy as np
import pandas as pd
from pydantic import Field
from scipy.stats import qmc

from kttt_lib.adoption.forecast import AdoptionForecast, Contagion, forecast_adoption, parameter_draws
from kttt_lib.analysis.new_model.hazard import HazardModel, fewer
from kttt_lib.analysis.new_model.panel import AdoptionPanel
from kttt_lib.errors import KtttError
from kttt_lib.rating.records import Record, read_rules
from kttt_lib.resources import SCENARIOS
from kttt_lib.results import ADOPTION_SCENARIOS

LEVEL = 0.8
# Futures for each way in which loans and support may fall, and such ways: HTX counts err by less than a half.
DRAWS, ASSIGNMENTS = 2048, 8
SEED = 8


class Scenario(Record):
    """Policies against the last year: training turns times so much, loans to a share of HTX, support times so much."""

    id: Annotated[str, Field(pattern=r"^[a-z0-9_]+$")]
    title_vi: str
    title_en: str
    description_vi: str
    description_en: str
    training_times: Annotated[float, Field(ge=0, le=20)] = 1.0
    loan_share: Annotated[float, Field(ge=0, le=100, description="percent of HTX a year")] | None = None
    support_times: Annotated[float, Field(ge=0, le=20)] = 1.0


BASELINE = Scenario(
    id="baseline",
    title_vi="Như hiện nay",
    title_en="As today",
    description_vi="Bồi dưỡng, vốn vay, hỗ trợ như năm gần nhất",
    description_en="Training, loans and support as in the last year",
)


def load_scenarios(folder: Path = SCENARIOS) -> list[Scenario]:
    """Every scenario of a folder, by file name. KtttError names file and field of a fault, or an id used twice."""
    found: dict[str, Scenario] = {BASELINE.id: BASELINE}
    for path in sorted(folder.glob("*.yaml")):
        scenario = read_rules(path, Scenario)
        if scenario.id in found:
            raise KtttError(
                f"{path.name}: mã kịch bản {scenario.id} đã dùng; hãy đặt mã khác.",
                f"{path.name}: the scenario id {scenario.id} is taken; choose another.",
            )
        found[scenario.id] = scenario
    return list(found.values())[1:]


def future(model: HazardModel, panel: AdoptionPanel, scenario: Scenario, years: int) -> AdoptionForecast:
    """Run a scenario ``years`` ahead of the panel's last year, over several ways in which loans and support fall.

    Of many HTX fewer futures each (``fewer``, by those followed in the panel's last year).
    """
    draws = fewer(DRAWS, int((panel.rows["year"] == panel.last).sum()))
    adopted, sizes = panel.districts["adopted"], panel.districts["htx"]
    contagion = None
    if "neighbours" in model.fit.covariates:
        contagion = Contagion("neighbours", "district", adopted, sizes)
    ahead = range(panel.last + 1, panel.last + 1 + years)
    # One sequence over all assignments, a block of it each: a power of two in a row fills the space evenly by itself.
    sobol = qmc.Sobol(len(model.fit.params), seed=SEED)
    parameters = np.split(parameter_draws(model.fit, sobol.random(draws * ASSIGNMENTS)), ASSIGNMENTS)
    forecasts = [
        forecast_adoption(
            model.fit,
            future_rows(panel.next_year, ahead, scenario, assignment),
            draws=draws,
            seed=SEED + assignment,
            already=int(adopted.sum()),
            contagion=contagion,
            parameters=parameters[assignment],
        )
        for assignment in range(ASSIGNMENTS)
    ]
    return AdoptionForecast(
        forecasts[0].periods,
        np.vstack([forecast.draws for forecast in forecasts]),
        sum(forecast.unit_probability for forecast in forecasts) / ASSIGNMENTS,
        forecasts[0].already,
    )


def future_rows(candidates: pd.DataFrame, years: range, scenario: Scenario, assignment: int) -> pd.DataFrame:
    """One row a candidate and year. The first year's covariates are known; later ones follow the scenario.

    Over the assignments each HTX has its loans and support as often as their share says (a Latin hypercube).
    """
    luck = _luck(len(years), len(candidates))[assignment]
    loan_rate = candidates["loan"].mean() if scenario.loan_share is None else scenario.loan_share / 100
    support_rate = candidates["support"].mean() * scenario.support_times
    parts = []
    for ahead, year in enumerate(years):
        rows = candidates.assign(year=year)  # the trend stays that of the first year ahead: nobody knows it further
        if ahead:
            rows["training"] = rows["training"] * scenario.training_times
            rows["loan"] = (luck[ahead, 0] < loan_rate).astype(float)
            rows["support"] = (luck[ahead, 1] < support_rate).astype(float)
        parts.append(rows)
    return pd.concat(parts, ignore_index=True)


@cache
def _luck(years: int, candidates: int) -> np.ndarray:
    drawn = qmc.LatinHypercube(years * 2 * candidates, seed=SEED).random(ASSIGNMENTS)
    return drawn.reshape(ASSIGNMENTS, years, 2, candidates)


def scenario_table(futures: dict[str, AdoptionForecast], scenarios: list[Scenario]) -> pd.DataFrame:
    """ADOPTION_SCENARIOS: each scenario less the baseline, draw by draw under common random numbers, 80 % intervals.

    ``more_likely``: the share of draws in which the scenario has more adopters.
    """
    base = futures[BASELINE.id]
    parts = []
    for scenario in scenarios:
        here = futures[scenario.id]
        change = here.difference(base, LEVEL).rename(columns={"mean": "difference"})
        parts.append(
            change.assign(
                scenario=scenario.id,
                **{name: getattr(scenario, name) for name in ADOPTION_SCENARIOS.columns[1:5]},
                year=here.periods,
                median=here.table()["median"],
            )
        )
    return pd.concat(parts, ignore_index=True)[list(ADOPTION_SCENARIOS.columns)]
