"""Random measures of the grammar over the random registries of ``mended``."""

from __future__ import annotations

from random import Random
from typing import Any

FEATURES = ["value_chain", "high_tech", "commodity", "organic", "new_model"]
PROGRAMMES = ["infrastructure", "trade_promotion", "trademark", "land", "founding"]
PEOPLE = ["members", "workers"]
COLUMNS = ["members", "workers", "revenue", "area_ha", "pre_tax_profit"]


def condition(random: Random) -> dict[str, Any]:
    """One condition."""
    bound = {random.choice(["at_least", "at_most", "above", "below"]): random.randint(0, 5)}
    return random.choice(
        [
            {"feature": random.sample(FEATURES, 2)},
            {"feature": random.choice(FEATURES), "new": True},
            {"column": random.choice(COLUMNS), **bound},
            {"column": "scope", "equals": random.choice(["commune", ["commune", "inter_village"]])},
            {"event": random.choice(["founded", "dissolved", ["merged", "ceased"], ["founded", "merged"]])},
            {"supported": random.sample(PROGRAMMES, 3)},
            {"loan": random.choice(["any", "preferential"])},
            {"rule": random.choice(["effective", "new_model", "ceased.recorded", "effective.profit_services"])},
            {"grade": random.choice(["tot", "yeu", ["kha", "trung_binh"], ["tot", "kha"]])},
            {"registered": True},
            {"size": random.choice(["micro", ["small", "medium"], ["large"]])},
            {"trained": "managers"},
            {"column": "new_members", "when": "in_period", **bound},
        ]
    )


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def population(random: Random) -> dict[str, Any]:
    """Whom it speaks of."""
    kind = random.choice(["htx", "htx", ["htx", "tht"], "all"])
    found: dict[str, Any] = {"kind": kind}
    if random.random() < 0.4 and kind != "all":
        found["sector"] = random.choice(["agriculture", "non_agriculture"])
    if random.random() < 0.3:
        found["state"] = random.choice(["working", "idle"])
    if random.random() < 0.2:
        found["district"] = random.choice("AB")
    if random.random() < 0.3:
        more = condition(random)
        found |= more if "event" not in more else {"founded": "in_period"}
        found["kind"] = "htx" if "size" in more else kind
    return found


def measure(random: Random, *what: str) -> dict[str, Any]:
    """A measure of one of the kinds."""
    chosen = random.choice(what or ["count", "share", "sum", "mean", "median", "ratio", "rows"])
    of = population(random)
    if chosen in ("count", "share"):
        that = [condition(random) for _ in range(random.choice([1, 1, 2]))]
        if {"dissolved", "merged"} & {name for one in that for name in _listed(one.get("event", []))}:
            of.pop("state", None)
        if any("size" in one for one in that):
            of["kind"] = "htx"
        return {"what": chosen, "of": of, "that": that}
    if chosen == "rows":
        return {"what": "rows", "table": "loans", "of": {"kind": of["kind"]}}
    if chosen == "sum" and random.random() < 0.4:
        return {"what": "sum", "column": random.choice(["new_members", "revenue"]), "of": of, "when": "in_period"}
    column = random.choice(COLUMNS if chosen != "ratio" else PEOPLE)
    over = {"over": random.choice([["members"], ["workers", "members"]])} if chosen == "ratio" else {}
    weight = {"weight": "workers"} if chosen == "mean" and random.random() < 0.3 else {}
    return {"what": chosen, "column": column, "of": of, **over, **weight}
