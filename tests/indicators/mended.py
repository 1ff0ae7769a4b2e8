"""Random small registries, some of their cells spoilt, and the ways in which an official might mend them."""

from __future__ import annotations

from random import Random
from typing import Any

import pandas as pd

from kttt_lib.authoring.cases import spread
from kttt_lib.rating import load_rulebooks
from kttt_lib.registry.schema import (
    AUDIENCES,
    FEATURES,
    PROGRAMMES,
    TABLES,
)

DAYS = ["2012-05-01", "2018-03-31", "2019-06-30", "2019-12-31", "2020-02-15", "2020-06-30", "2020-11-20", "2020-12-31"]
SPOILT = "xx"
REPEATED = "*"


def tables(random: Random, number: int) -> dict[str, list[dict[str, Any]]]:
    """Rows of a registry of ``number`` organisations; it need not be clean."""
    rows: dict[str, list[dict[str, Any]]] = {name: [] for name in TABLES}
    ids = [f"D{n}" for n in range(number)]
    for org_id in ids:
        kind = random.choice(["htx"] * 5 + ["tht", "qtdnd"])
        sector = "credit" if kind == "qtdnd" else random.choice(["agriculture", "agriculture", "non_agriculture"])
        founded = random.choice(DAYS[:6])
        rows["organisations"].append(
            {
                "org_id": org_id,
                "name": org_id,
                "kind": kind,
                "sector": sector,
                "specialised": random.choice([None, True, False]),
                "scope": random.choice(["inter_village", "inter_village", "commune", None]),
                "district": random.choice("AB"),
                "founded_on": founded,
                "registered_on": random.choice([None, founded]),
            }
        )
        for year in (2018, 2019, 2020):
            if f"{year}-12-31" >= founded and random.random() < 0.7:
                figures = {"members": 9, "workers": 4, "revenue": 50, "pre_tax_profit": 3, "area_ha": 60}
                report = {
                    name: None if random.random() < 0.1 else random.randint(0, top) for name, top in figures.items()
                }
                # From a stream of their own: what other tests draw stays as it is.
                more = Random(f"{org_id} {year} {report}")
                report |= {"new_members": more.randint(0, 4), "managers_trained": more.choice([0, 0, 1, None])}
                if more.random() < 0.4:
                    report["members"] = more.choice([30, 49, 50, 300, 301, 1200])
                rows["annual_reports"].append({"org_id": org_id, "year": year, **report})
            if f"{year}-12-31" >= founded and kind == "htx" and random.random() < 0.6:
                for criterion, score in spread(load_rulebooks()["tt01_2020"], random.choice([40, 66, 85])).items():
                    row = {"org_id": org_id, "year": year, "rulebook": "tt01_2020", "criterion": criterion}
                    rows["criteria_scores"].append({**row, "score": score, "assessor": "district"})
        if random.random() < 0.5:
            event = random.choice(["suspended", "ceased", "dissolved", "merged_into", "consolidated_into", "resumed"])
            into = random.choice(ids) if event in ("merged_into", "consolidated_into") else None
            day = random.choice([day for day in DAYS if day >= founded])
            rows["status_events"].append({"org_id": org_id, "date": day, "event": event, "successor_id": into})
        for table, more in (
            (
                "features",
                lambda: {
                    "feature": random.choice(list(FEATURES)),
                    "began_on": random.choice(DAYS),
                    "basis": "assigned",
                },
            ),
            ("loans", lambda: {"date": random.choice(DAYS), "lender": "Q", "preferential": random.random() < 0.7}),
            ("support_events", lambda: {"date": random.choice(DAYS), "programme": random.choice(list(PROGRAMMES))}),
        ):
            if random.random() < 0.5:
                rows[table].append({"org_id": org_id, **more()})
                if table == "features":
                    rows[table][-1]["basis"] = random.choice(["assigned", "declared"])
    for n in range(8):
        day = random.choice(DAYS)
        rows["trainings"].append(
            {
                "course_id": f"c{n}",
                "date": day,
                "audience": random.choice(list(AUDIENCES)),
                "turns": random.randint(0, 9),
            }
        )
        rows["activities"].append({"activity_id": f"a{n}", "task_group": f"M{n % 3 + 1}", "date": day, "kind": "Họp"})
    return rows


def spoil(random: Random, rows: dict[str, list[dict[str, Any]]], cells: int) -> list[tuple[str, int, str]]:
    """Places of cells to spoil; REPEATED for a row that gets the key of the one before it."""
    places = []
    for _ in range(cells):
        table = random.choice([name for name in rows if len(rows[name]) > 1])
        at = random.randrange(1, len(rows[table]))
        row = rows[table][at]
        columns = [
            column.name
            for column in TABLES[table].columns
            if row.get(column.name) is not None and (column.required or column.kind != "text" or "_id" in column.name)
        ]
        places.append((table, at, random.choice([*columns, *columns, REPEATED])))
    return places


def spoilt(rows: dict[str, list[dict[str, Any]]], places: list[tuple[str, int, str]]) -> dict[str, pd.DataFrame]:
    """The registry's frames with those cells spoilt: no value of their kind, nothing, or an id that nobody has."""
    changed = {name: [dict(row) for row in listed] for name, listed in rows.items()}
    for table, at, column in places:
        if column == REPEATED:
            changed[table][at] |= {name: rows[table][at - 1][name] for name in TABLES[table].key}
        elif TABLES[table].column(column).kind == "text":
            changed[table][at][column] = "LA" if at % 2 and column in ("org_id", "successor_id") else None
        else:
            changed[table][at][column] = SPOILT
    return frames(changed)


def mended(
    random: Random, rows: dict[str, list[dict[str, Any]]], places: list[tuple[str, int, str]]
) -> dict[str, pd.DataFrame]:
    """The frames with other values in those cells, or without a row; they may still hold errors."""
    changed = {name: [dict(row) for row in listed] for name, listed in rows.items()}
    dropped = set()
    for table, at, column in places:
        row = changed[table][at]
        if random.random() < 0.15:
            dropped.add((table, at))
            continue
        if column == REPEATED:
            continue
        definition = TABLES[table].column(column)
        if column == "org_id" and table == "organisations":
            row[column] = "MOI"
        elif definition.kind == "choice":
            row[column] = random.choice(list(definition.choices))
        elif definition.kind == "date":
            row[column] = random.choice(DAYS)
        elif definition.kind == "boolean":
            row[column] = random.random() < 0.5
        elif column == "year":
            row[column] = random.choice([2017, 2018, 2019, 2020])
        elif definition.kind in ("integer", "number"):
            row[column] = random.randint(0, 9)
        elif column in ("org_id", "successor_id"):
            row[column] = random.choice([other["org_id"] for other in rows["organisations"]])
    kept = {
        name: [row for at, row in enumerate(listed) if (name, at) not in dropped] for name, listed in changed.items()
    }
    return frames(kept)


def frames(rows: dict[str, list[dict[str, Any]]]) -> dict[str, pd.DataFrame]:
    """Frames of the tables that have rows."""
    return {name: pd.DataFrame(listed, dtype=object) for name, listed in rows.items() if listed}
