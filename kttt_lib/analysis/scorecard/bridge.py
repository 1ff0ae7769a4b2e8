"""From all organisations there are to those that a target looks at: why its numbers do not add up to the province's."""

from __future__ import annotations

import numpy as np
import pandas as pd

from kttt_lib.analysis.scorecard.measured import Measured
from kttt_lib.indicators import indicator_of
from kttt_lib.indicators.composed import parts_under
from kttt_lib.indicators.rows import EXCLUDED, STATUS_NAMES
from kttt_lib.rating.answers import reason_texts
from kttt_lib.rating.reasons import NUMBER
from kttt_lib.registry.set_aside import MARK
from kttt_lib.results import SCORECARD_BRIDGE


def bridge(own: Measured) -> pd.DataFrame:
    """How many there are on the day ("whole"): of them counted, not_counted, missing, excluded (by reason), elsewhere.

    Of those neither dissolved nor merged; "elsewhere" is looked at for another target. The parts add up to the whole.
    Without a row where no organisations are counted one by one.
    """
    rows = own.rows
    if rows is None or not rows.size or (rows.position < 0).any() or rows.opened:
        return SCORECARD_BRIDGE.frame()
    facts = rows.facts
    here = facts.alive[rows.position]
    status, why = rows.status[here], rows.reason[here]
    why = np.where(status == EXCLUDED, why, NUMBER[""])
    found = pd.DataFrame({"part": STATUS_NAMES[status], "why": why}).value_counts().rename("count").reset_index()
    parts = parts_under(indicator_of(own.target), own.target.parameters)
    if parts is not None and parts.whom.sector is not None and parts.whom.specialised is False:
        # They leave a part of their sector to another target: the whole is that sector's.
        inside = facts.matches("kind", parts.whom.kinds) & facts.matches("sector", parts.whom.sector) & facts.alive
        inside[rows.position] = False
        # What a row set aside may be is no organisation more.
        inside &= ~np.char.count(facts.ids.astype(str), MARK).astype(bool)
        found.loc[len(found)] = ["elsewhere", NUMBER["specialised"], int(inside.sum())]
    found.loc[len(found)] = ["whole", NUMBER[""], int(found["count"].sum())]
    vi, en = reason_texts(found.pop("why").to_numpy(dtype=int))
    order = {part: place for place, part in enumerate(("whole", *STATUS_NAMES, "elsewhere"))}
    found = found.assign(target_id=own.target.id, reason_vi=vi, reason_en=en)
    found = found.sort_values(["part", "reason_vi"], key=lambda c: c.map(order) if c.name == "part" else c)
    return found[found["count"] > 0][list(SCORECARD_BRIDGE.columns)].reset_index(drop=True)
