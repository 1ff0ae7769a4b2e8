"""Would the verdict change under another named definition, or at a bound?"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import product
from typing import Any

import numpy as np
import pandas as pd

from kttt_lib.analysis.verdicts import against, holds
from kttt_lib.indicators import INDICATORS, PlanContext, measure
from kttt_lib.rating import definition, rules_of
from kttt_lib.rating.facts import Facts

COLUMNS = [
    "target_id",
    "rule",
    "rule_title_vi",
    "rule_title_en",
    "chosen",
    "bound",
    "value",
    "verdict",
    "verdict_overall",
    "gap",
    "missing",
]


def rule_choices(concepts: tuple[str, ...], chosen: Mapping[str, str]) -> list[dict[str, str]]:
    """Every combination of rules for the concepts, the plan's own first."""
    combinations = [dict(zip(concepts, rules)) for rules in product(*(rules_of(concept) for concept in concepts))]
    own = {concept: chosen[concept] for concept in concepts}
    return [own, *(choice for choice in combinations if choice != own)]


def titles(rules: Mapping[str, str]) -> tuple[str, str, str]:
    """(id, vi, en) of a combination of rules, joined by " + "."""
    entries = [definition(rule) for rule in rules.values()]
    joined = (" + ".join(getattr(entry, name) for entry in entries) for name in ("id", "title_vi", "title_en"))
    return tuple(joined)  # type: ignore[return-value]


def robustness(target: Any, facts: Facts, context: PlanContext) -> pd.DataFrame:
    """Value and verdict of a target under every combination of named rules, at the value and at both bounds.

    Columns ``COLUMNS``: ``verdict`` is what would hold if the truth were that value; ``verdict_overall`` that of the
    whole interval; ``gap`` is value less threshold in the target's unit; ``chosen`` marks the plan's own rules.
    """
    indicator = INDICATORS[target.indicator]
    rows = []
    for number, rules in enumerate(rule_choices(indicator.concepts, context.definitions)):
        under = context
        for concept, rule in rules.items():
            under = under.under(concept, rule)
        found = measure(target.indicator, facts, target.parameters, under, with_members=False)
        name, vi, en = titles(rules)
        bounds = {"value": found.value, "lower": found.lower, "upper": found.upper}
        decided = target.threshold is not None and not (
            found.value is None and found.lower is None and found.upper is None
        )
        overall = against(found.lower, found.upper, target.comparator, target.threshold) if decided else ""
        for bound, value in bounds.items():
            known = value is not None and target.threshold is not None
            said = "met" if known and holds(value, target.comparator, target.threshold) else "not_met"
            rows.append(
                {
                    "target_id": target.id,
                    "rule": name,
                    "rule_title_vi": vi,
                    "rule_title_en": en,
                    "chosen": number == 0,
                    "bound": bound,
                    "value": np.nan if value is None else value,
                    "verdict": said if known else "no_data" if target.threshold is not None else "tracked",
                    "verdict_overall": overall or ("no_data" if target.threshold is not None else "tracked"),
                    "gap": value - target.threshold if known else np.nan,
                    "missing": found.missing,
                }
            )
    return pd.DataFrame(rows, columns=COLUMNS)


def summary(table: pd.DataFrame) -> dict[str, Any]:
    """One target's robustness in words and counts: robust_met, robust_rules, robustness_vi, robustness_en."""
    by_rule = table[table["bound"] == "value"]
    decided = by_rule[by_rule["verdict_overall"].isin(["met", "not_met", "undetermined"])]
    total, met = len(decided), int((decided["verdict_overall"] == "met").sum())
    nothing = {"robust_met": met, "robust_rules": total, "robustness_vi": "", "robustness_en": ""}
    if total == 0 or (by_rule["rule"] == "").all():
        return nothing
    vi = [f"Đạt theo {met}/{total} định nghĩa"]
    en = [f"Met under {met} of {total} definitions"]
    for verdict, phrase_vi, phrase_en in (
        ("not_met", "không đạt theo", "not met under"),
        ("undetermined", "chưa xác định theo", "undetermined under"),
    ):
        rows = decided[decided["verdict_overall"] == verdict]
        # Twelve combinations of two concepts are for the table, not for a sentence.
        if len(rows) and total <= 4:
            vi.append(f"{phrase_vi}: " + ", ".join(rows["rule_title_vi"]))
            en.append(f"{phrase_en}: " + ", ".join(rows["rule_title_en"]))
    return {**nothing, "robustness_vi": "; ".join(vi), "robustness_en": "; ".join(en)}
