"""One promise counted on its day: what every later step of the scorecard rests on, counted once."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from kttt_lib.analysis.scorecard.awaited import measured_on
from kttt_lib.analysis.scorecard.verdicts import Judgement, judged
from kttt_lib.indicators import INDICATORS, Measurement, PlanContext
from kttt_lib.indicators.measure import rows_of, summed
from kttt_lib.indicators.rows import Rows
from kttt_lib.plan import Target
from kttt_lib.rating.facts import Facts, to_day


@dataclass(frozen=True)
class Measured:
    """A promise with the facts of the day that it speaks of, its rows (None: nobody collects them) and their sum.

    ``due``: the deadline has come.
    """

    target: Target
    facts: Facts
    context: PlanContext
    rows: Rows | None
    found: Measurement
    due: bool

    @property
    def rules(self) -> dict[str, str]:
        """The named rule of each concept, as the plan reads them."""
        return {concept: self.context.definitions[concept] for concept in INDICATORS[self.target.indicator].concepts}

    @property
    def lagged(self) -> bool:
        """Whether the value rests on reports of a year before that of its day."""
        found = self.found
        if found.year is None or found.value is None or INDICATORS[found.indicator].nature == "cohort":
            return False
        return found.year < pd.Timestamp(self.facts.day).year

    def judged(self) -> Judgement:
        """The verdict on the plan's own reading."""
        target = self.target
        return judged(self.found, self.rows, target.comparator, target.threshold, target.deadline, self.due)


def measured(target: Target, facts: Facts, context: PlanContext) -> Measured:
    """A promise counted on the day that it speaks of (``awaited.measured_on``)."""
    here = measured_on(facts, target)
    rows = rows_of(target.indicator, here, target.parameters, context)
    due = bool(to_day(target.deadline) <= facts.day)
    return Measured(target, here, context, rows, summed(target.indicator, rows), due)
