"""Rules across rows and tables."""

from __future__ import annotations

import numpy as np
import pandas as pd

from kttt_lib.registry.asof import ORGANISATION_TABLES
from kttt_lib.registry.findings import FindingLog
from kttt_lib.registry.raw import RawTable


def check_rules(raws: dict[str, RawTable], typed: dict[str, pd.DataFrame], log: FindingLog) -> None:
    """Apply every rule to the typed frames (same rows as ``raws``)."""
    ids = typed["organisations"]["org_id"].dropna()
    for name in ORGANISATION_TABLES:
        given = typed[name]["org_id"]
        lost = np.flatnonzero((given.notna() & ~given.isin(ids)).to_numpy())
        log.add("unknown_organisation", raws[name], lost, "org_id", list(given.iloc[lost]))
