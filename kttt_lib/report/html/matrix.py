"""Pages over many reports: an index, and what the same promise came to in each province, as ranges.

Nobody is ranked by point values: of each result it is said from how many others of the same measure and year it can be
told apart, which is when their ranges do not meet.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kttt_lib.errors import LANGUAGES, Language
from kttt_lib.files import write_whole
from kttt_lib.plan import load_plan
from kttt_lib.report.claims.folder import PLAN
from kttt_lib.report.html.page import render_page
from kttt_lib.report.numbers import Format, format_value
from kttt_lib.report.words import comparator_sign, form_of, left_open, unit_word, word

INF = float("inf")
# What must be the same for two results to be of one measure.
ALIKE = ("indicator", "unit", "each_year", "per", "growth", "base_year", "rule")


@dataclass(frozen=True)
class Cell:
    """A report of a matrix: its folder, the place of its province, its scenario and day, and why it was not made."""

    name: str
    place: int
    scenario: str
    as_of: str
    languages: tuple[Language, ...]
    faults: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Result:
    """What a promise came to in one report. ``low``, ``high``: the range that the registry allows, infinite where it
    has no end; None where there is no result."""

    cell: Cell
    province: str
    synthetic: bool
    measure: str
    record: Mapping[str, Any]
    low: float | None
    high: float | None

    @property
    def beside(self) -> tuple[str, str, str]:
        """Results that may be told apart from this one: of the same measure, scenario and year."""
        return self.measure, self.cell.scenario, str(self.record["time_period"])


def results_of(folder: Path, cell: Cell) -> list[Result]:
    """The results of a report's folder, of indicators.json and plan.yaml in it."""
    run = folder / cell.name / cell.languages[0]
    about = json.loads((run / "indicators.json").read_text(encoding="utf-8"))
    promises = {promise.id: promise for _, promise in load_plan(run / PLAN).promises()}
    found = []
    for record in about["indicators"]:
        # Parameters and parts decide what is measured; two plans may mean other things by one indicator.
        said = promises[record["target_id"]].model_dump(mode="json", include={"parameters", "measure"})
        measure = json.dumps([*(record[name] for name in ALIKE), said], sort_keys=True, ensure_ascii=False)
        low, high = bounds(record)
        found.append(Result(cell, about["province"], about["synthetic"], measure, record, low, high))
    return found


def bounds(record: Mapping[str, Any]) -> tuple[float | None, float | None]:
    """The range of a record: exact results are their own, what is open has no end."""
    value, low, high = (record[name] for name in ("value", "lower", "upper"))
    if value is None and low is None and high is None:
        return None, None
    if low is None and high is None and record["obs_status"] == "A":
        return value, value
    return (-INF if low is None else low), (INF if high is None else high)


def apart(one: Result, results: Sequence[Result]) -> dict[str, int]:
    """How many results beside ``one`` lie wholly under its range ("above": it is above them), wholly over it
    ("below"), or cannot be told apart from it ("open"), those without a result among them."""
    told = {"above": 0, "below": 0, "open": 0}
    for other in results:
        if other is one or other.beside != one.beside or other.cell.place == one.cell.place:
            continue
        if None in (one.low, one.high, other.low, other.high):
            told["open"] += 1
        elif one.low > other.high:  # type: ignore[operator]
            told["above"] += 1
        elif one.high < other.low:  # type: ignore[operator]
            told["below"] += 1
        else:
            told["open"] += 1
    return told


def write_pages(
    folder: Path,
    title: tuple[str, str],
    scenarios: Mapping[str, tuple[str, str]],
    cells: Sequence[Cell],
    languages: Sequence[Language],
) -> list[Path]:
    """Write the index and the comparison in each language, the first as index.html and compare.html; returns paths."""
    results = [result for cell in cells if not cell.faults for result in results_of(folder, cell)]
    paths = []
    for language in languages:
        names = {page: f"{page}.html" if language == languages[0] else f"{page}.{language}.html"
                 for page in ("index", "compare")}  # fmt: skip
        for page in names:
            values = _index(cells, results, scenarios, language) if page == "index" else _compared(
                results, scenarios, language
            )  # fmt: skip
            synthetic = any(result.synthetic for result in results)
            text = render_page(
                f"matrix_{page}.html.j2",
                styles=("base.css", "index.css", "matrix.css"),
                language=language,
                title=f"{title[LANGUAGES.index(language)]} – {word(f'matrix.{page}', language)}",
                banner=word("matrix.synthetic", language) if synthetic else "",
                say=lambda key, language=language: word(f"matrix.{key}", language),
                links=names,
                **values,
            )
            paths.append(write_whole(folder / names[page], text.encode()))
    return paths


def _place(cell: Cell, results: Sequence[Result]) -> str:
    """The province's name of its own plan, of any report of it that was made; else the plan's name."""
    named = [result.province for result in results if result.cell.place == cell.place]
    return named[0] if named else cell.name.split("/")[0]


def _scenario(code: str, scenarios: Mapping[str, tuple[str, str]], language: Language) -> str:
    return scenarios[code][LANGUAGES.index(language)] if code in scenarios else ""


def _day(text: str, language: Language) -> str:
    return format_value(text, Format("date"), language)


def _index(
    cells: Sequence[Cell], results: Sequence[Result], scenarios: Mapping[str, tuple[str, str]], language: Language
) -> dict[str, Any]:
    rows = [
        {
            "place": _place(cell, results),
            "day": _day(cell.as_of, language),
            "scenario": _scenario(cell.scenario, scenarios, language),
            "links": [(x, f"{cell.name}/{x}/index.html") for x in cell.languages] if not cell.faults else [],
            "faults": [fault[LANGUAGES.index(language)] for fault in dict.fromkeys(cell.faults)],
        }
        for cell in cells
    ]
    failed = sum(bool(cell.faults) for cell in cells)
    count = word("matrix.counted", language).format(made=len(cells) - failed, all=len(cells), failed=failed)
    return {"rows": rows, "counted": count, "with_scenarios": bool(scenarios)}


def _compared(
    results: Sequence[Result], scenarios: Mapping[str, tuple[str, str]], language: Language
) -> dict[str, Any]:
    groups: dict[tuple[str, str], list[Result]] = {}
    for result in results:
        groups.setdefault((result.measure, result.cell.scenario), []).append(result)
    tables, alone = [], 0
    for (_, scenario), group in groups.items():
        if len(group) < 2:
            alone += 1
            continue
        ends = [end for r in group for end in (r.low, r.high) if end is not None and abs(end) < INF]
        least, most = (min(ends), max(ends)) if ends else (0.0, 0.0)
        scale = [least, (most - least) or 1.0]
        titles = dict.fromkeys(r.record[f"title_{language}"] for r in group)
        tables.append(
            {
                "title": next(iter(titles)),
                "others": list(titles)[1:],
                "scenario": _scenario(scenario, scenarios, language),
                "rows": [_row(r, group, scale, language) for r in group],
            }
        )
    return {"tables": tables, "alone": word("matrix.alone", language).format(n=alone) if alone else ""}


def _row(result: Result, group: Sequence[Result], scale: Sequence[float], language: Language) -> dict[str, Any]:
    record = {name: value for name, value in result.record.items()}
    form = form_of(record)

    def text(name: str) -> str:
        value = record[name]
        return format_value(value, form, language) if value is not None else word("matrix.none", language)

    told = apart(result, group)
    asked = f"{comparator_sign(record['comparator'])} {text('threshold')}" if record["threshold"] is not None else ""
    return {
        "place": result.province,
        "day": _day(result.cell.as_of, language),
        "year": record["time_period"],
        "value": text("value"),
        "unit": unit_word(record["unit"], record["value"], language),
        "range": word("matrix.exact", language) if result.low is not None and result.low == result.high
        else left_open(record, text, language) or word("matrix.none", language),
        "asked": asked,
        "verdict": word(f"verdict.{record['verdict']}", language),
        "apart": ", ".join(word(f"matrix.{k}", language).format(n=n) for k, n in told.items() if n)
        or word("matrix.no_other", language),
        "strip": _strip(result, scale),
    }  # fmt: skip


def _strip(result: Result, scale: Sequence[float]) -> dict[str, float] | None:
    """Where the range lies on a line of 0 to 100 that the table's rows share."""
    if result.low is None or result.high is None:
        return None
    left, right = (min(max(100 * (end - scale[0]) / scale[1], 0.0), 100.0) for end in (result.low, result.high))
    return {"x": round(min(left, 98.0), 2), "width": round(max(right - left, 2.0), 2)}
