"""The audit told in numbers: by place, how many figures are printed, hidden, and how open the hidden ones stay."""

from __future__ import annotations

import pandas as pd

from kttt_lib.disclosure.edition import Edition
from kttt_lib.disclosure.solve import Interval
from kttt_lib.results import REPORT_DISCLOSURE, REPORT_DISCLOSURE_EARLIER, REPORT_DISCLOSURE_RULES

# Where a figure stands, in the order of the report, and the kinds of figures there; ALL sums them.
PLACES: dict[str, tuple[str, ...]] = {
    place: (place,) for place in ("target", "part", "group", "trend", "reading", "totals", "management")
}
PLACES |= {"same": ("same", "same before"), "received": ("support", "loan")}
PLACES |= {place: (place,) for place in ("efficiency", "agreement", "difference")}
ALL = "all"


def told(edition: Edition) -> dict[str, pd.DataFrame]:
    """All that the annex tells of an edition."""
    earlier = REPORT_DISCLOSURE_EARLIER.frame([[name] for name in edition.earlier])
    tables = {REPORT_DISCLOSURE: audited(edition), REPORT_DISCLOSURE_RULES: rules_table(edition)}
    return tables | ({REPORT_DISCLOSURE_EARLIER: earlier} if edition.earlier else {})


def audited(edition: Edition) -> pd.DataFrame:
    """``REPORT_DISCLOSURE``: a row for each kind of figure and one for all.

    ``protected``: sums attacked; differences of figures, printed nowhere, have a row of their own. ``narrowest``: how
    many values the closest hidden count may still have.
    """
    small = edition.protected
    rows = []
    kinds_told = {kind for kinds in PLACES.values() for kind in kinds}
    if unplaced := {*edition.figures, *(i.figure[0] for i in edition.intervals)} - kinds_told:
        raise KeyError(f"no place in the annex: {', '.join(sorted(unplaced))}")
    for place in (*PLACES, ALL):
        kinds = PLACES.get(place, kinds_told)
        figures = sum(edition.figures.get(kind, 0) for kind in kinds)
        hidden = {figure for figure in edition.hidden if figure[0] in kinds}
        attacked = [i for i in edition.intervals if i.figure[0] in kinds]
        open_counts = [_values(i) for i in attacked if i.whole]
        if figures or attacked:
            share = 100 * (1 - len(hidden) / figures) if figures else float("nan")
            rows.append(
                [place, figures, figures - len(hidden), len(hidden & small), len(hidden - small), share, len(attacked),
                 min(open_counts, default=float("nan"))]
            )  # fmt: skip
    return REPORT_DISCLOSURE.frame(rows)


def _values(found: Interval) -> float:
    return found.high - found.low + 1


def rules_table(edition: Edition) -> pd.DataFrame:
    """``REPORT_DISCLOSURE_RULES``: the parameters, parts in percent; how many are told by a province's, are rounded."""
    rules, (n, part) = edition.rules, edition.rules.dominance
    said = {"threshold": rules.threshold, "dominance_n": n, "dominance_k": 100 * part, "percent": 100 * rules.percent}
    said |= {"told": len(edition.told), "earlier": len(edition.earlier)}
    said |= {"rounding_base": rules.rounding_base, "rounded": edition.rounded}
    return REPORT_DISCLOSURE_RULES.frame([[name, float(number)] for name, number in said.items()])
