"""Does what a plan says of the published table hold? For ``kttt plan check``, beside ``kttt_lib.plan.check_plan``."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pandas as pd

from kttt_lib.plan.load import load_plan
from kttt_lib.plan.marked_yaml import MarkedYaml, Place, read_marked
from kttt_lib.plan.model import Plan, PublishedLink, Target
from kttt_lib.plan.problems import Problem, choose
from kttt_lib.published.attainment import in_plan_unit, load_plan_units
from kttt_lib.published.catalogue import load_catalogue
from kttt_lib.published.official import official
from kttt_lib.resources import PUBLISHED

_FIELDS = {"target": "targets", "aim": "aims", "measure": "measures"}


def check_plan_sources(path: str | Path, published: pd.DataFrame, folder: str | Path = PUBLISHED) -> list[Problem]:
    """Faults between a good plan and the published table, ordered by line.

    A ``published`` link that finds no figure, names a series outside the catalogue, or says "same" of a figure whose
    unit cannot be the promise's; a ``published_row`` that does not exist, is no target, is arithmetic instead of print,
    or holds another number than the threshold. Raises RecordError when the plan itself is not good.
    """
    plan = load_plan(path)
    return sorted(_problems(read_marked(path), plan, published, Path(folder)))


def _problems(marked: MarkedYaml, plan: Plan, published: pd.DataFrame, folder: Path) -> Iterator[Problem]:
    units, catalogue = load_plan_units(folder), load_catalogue(folder)
    index = {"target": 0, "aim": 0, "measure": 0}
    for group, promise in plan.promises():
        place = (_FIELDS[group], index[group])
        index[group] += 1
        link, row_id = promise.published, promise.quote_place.published_row
        if link is not None:
            yield from _link(marked, (*place, "published"), promise, link, published, set(catalogue), units)
        if row_id is not None:
            yield from _row(marked, (*place, "quote_place", "published_row"), promise, row_id, published, units)


def _link(
    marked: MarkedYaml,
    place: Place,
    promise: Target,
    link: PublishedLink,
    published: pd.DataFrame,
    named: set[str],
    units: pd.DataFrame,
) -> Iterator[Problem]:
    if link.series not in named:
        message = (f"không có dãy số '{link.series}'", f"no series '{link.series}'")
        yield marked.problem((*place, "series"), message, _nearest(link.series, named))
        return
    figures = official(promise, published)
    if figures.empty:
        message = (
            f"không có số công bố nào cho {link.series}, {link.area}, {link.period}",
            f"no published figure for {link.series}, {link.area}, {link.period}",
        )
        yield marked.problem(place, message, _other_periods(published, link.series, link.area))
    elif link.match == "same":
        for unit in sorted(set(figures["unit"])):
            if not _readable(unit, promise.unit, units):
                message = (
                    f"đơn vị công bố '{unit}' không quy được về '{promise.unit}'",
                    f"the published unit '{unit}' cannot be read as '{promise.unit}'",
                )
                mend = ("dùng match: related, hoặc sửa unit", "use match: related, or mend unit")
                yield marked.problem(place, message, mend)


def _row(
    marked: MarkedYaml, place: Place, promise: Target, row_id: str, published: pd.DataFrame, units: pd.DataFrame
) -> Iterator[Problem]:
    found = published[published["row_id"] == row_id]
    if found.empty:
        message = (f"không có dòng công bố '{row_id}'", f"no published row '{row_id}'")
        yield marked.problem(place, message, _nearest(row_id, set(published["row_id"])))
        return
    row = found.iloc[0]
    if row["kind"] != "target" or row["derived"]:
        message = (
            f"dòng '{row_id}' không phải chỉ tiêu được in ra trong nguồn",
            f"row '{row_id}' is no target printed in a source",
        )
        yield marked.problem(place, message)
    elif promise.threshold is not None and not (
        _readable(row["unit"], promise.unit, units)
        and in_plan_unit(row["value"], row["unit"], promise.unit, units) == promise.threshold
    ):
        message = (
            f"ngưỡng {promise.threshold:g} {promise.unit} khác số in trong nguồn ({row['value']:g} {row['unit']})",
            f"threshold {promise.threshold:g} {promise.unit} is not the printed one ({row['value']:g} {row['unit']})",
        )
        yield marked.problem((*place[:-2], "threshold"), message)


def _readable(unit: str, plan_unit: str, units: pd.DataFrame) -> bool:
    return bool(((units["unit"] == unit) & (units["plan_unit"] == plan_unit)).any())


def _nearest(value: str, known: set[str]) -> tuple[str, str]:
    vi, en = choose(value, sorted(known))
    # A closed list of hundreds helps nobody: offer the nearest or nothing.
    return (vi, en) if en.startswith("did you mean") else ("", "")


def _other_periods(published: pd.DataFrame, series: str, area: str) -> tuple[str, str]:
    rows = published[(published["series"] == series) & (published["kind"] != "target")]
    periods = sorted(set(rows[rows["area"] == area]["period"]))
    if periods:
        shown = ", ".join(periods)
        return f"các kỳ có số: {shown}", f"periods with figures: {shown}"
    return _nearest(area, set(rows["area"]))
