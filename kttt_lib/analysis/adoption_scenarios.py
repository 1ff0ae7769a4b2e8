"""What would change adoption: the hazard run forward under scenarios (data/scenarios), each HTX with the same luck.

Policies change from the year after the last whole one, so adoption changes from the year after that. HTX founded later
are not in the forecast. Loans and support fall on HTX at random, the same in every scenario as far as it goes.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import numpy as np
import pandas as pd
from pydantic import Field

from kttt_lib.adoption.forecast import Contagion, forecast_adoption
from kttt_lib.analysis.adoption_model import HazardModel
from kttt_lib.analysis.adoption_panel import AdoptionPanel
from kttt_lib.errors import KtttError
from kttt_lib.rating.records import Record, read_rules
from kttt_lib.resources import SCENARIOS

COLUMNS = [
    "scenario", "title_vi", "title_en", "description_vi", "description_en", "year", "median", "difference", "lower",
    "upper", "more_likely",
]  # fmt: skip
LEVEL = 0.8
DRAWS, ASSIGNMENTS = 250, 8  # futures for each way in which loans and support may fall, and such ways
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


@dataclass(frozen=True)
class Future:
    """``draws`` (d, years): cumulative adopters at each year's end."""

    years: pd.Index
    draws: np.ndarray

    def quantiles(self, level: float) -> pd.DataFrame:
        """Median and interval by year."""
        tails = np.quantile(self.draws, [(1 - level) / 2, 0.5, (1 + level) / 2], axis=0)
        return pd.DataFrame({"lower": tails[0], "median": tails[1], "upper": tails[2]}, index=self.years)


def future(model: HazardModel, panel: AdoptionPanel, scenario: Scenario, years: int) -> Future:
    """Run a scenario ``years`` ahead of the panel's last year, over several ways in which loans and support fall."""
    adopted, sizes = panel.districts["adopted"], panel.districts["htx"]
    contagion = None
    if "neighbours" in model.fit.covariates:
        contagion = Contagion("neighbours", "district", adopted, sizes)
    ahead = range(panel.last + 1, panel.last + 1 + years)
    forecasts = [
        forecast_adoption(
            model.fit,
            future_rows(panel.next_year, ahead, scenario, assignment),
            draws=DRAWS,
            seed=SEED + assignment,
            already=int(adopted.sum()),
            contagion=contagion,
        )
        for assignment in range(ASSIGNMENTS)
    ]
    return Future(forecasts[0].periods, np.vstack([forecast.draws for forecast in forecasts]))


def future_rows(candidates: pd.DataFrame, years: range, scenario: Scenario, assignment: int) -> pd.DataFrame:
    """One row a candidate and year. The first year's covariates are known; later ones follow the scenario."""
    luck = np.random.default_rng([SEED, assignment]).random((len(years), 2, len(candidates)))
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


def scenario_table(futures: dict[str, Future], scenarios: list[Scenario]) -> pd.DataFrame:
    """Each scenario less the baseline, draw by draw under common random numbers (``COLUMNS``), 80 % intervals.

    ``more_likely``: the share of draws in which the scenario has more adopters.
    """
    base = futures[BASELINE.id]
    parts = []
    for scenario in scenarios:
        here = futures[scenario.id]
        change = here.draws - base.draws
        low, high = np.quantile(change, [(1 - LEVEL) / 2, (1 + LEVEL) / 2], axis=0)
        parts.append(
            pd.DataFrame(
                {
                    "scenario": scenario.id,
                    **{name: getattr(scenario, name) for name in COLUMNS[1:5]},
                    "year": here.years.to_numpy(),
                    "median": np.median(here.draws, axis=0),
                    "difference": change.mean(axis=0),
                    "lower": low,
                    "upper": high,
                    "more_likely": (change > 0).mean(axis=0),
                }
            )
        )
    return pd.concat(parts, ignore_index=True)[COLUMNS]
