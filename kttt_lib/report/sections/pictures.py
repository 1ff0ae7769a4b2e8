"""The report's pictures: the finding in the caption, what is drawn in the alt text, the numbers in a table behind.

What an alt text counts is counted in the frame that is drawn.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import partial

import pandas as pd

from kttt_lib.analysis.scorecard.verdicts import JUDGED
from kttt_lib.efficiency.means import LEAST
from kttt_lib.report.book import Book, runs
from kttt_lib.report.document import Column, Picture, Pieces, Table, Text
from kttt_lib.report.figures import adoption as adoption_figures
from kttt_lib.report.figures import efficiency as efficiency_figures
from kttt_lib.report.figures import registry, restructuring, situation, tiles
from kttt_lib.report.figures import scorecard as scorecard_figures
from kttt_lib.report.figures.style import LARGE_ENOUGH, even
from kttt_lib.report.long_lists import rest
from kttt_lib.report.numbers import Format, Number, number_from
from kttt_lib.report.sections.promises import before_plan, form_of, row
from kttt_lib.report.sources import Derived, Source, source
from kttt_lib.results import ADOPTION_FORECAST, ADOPTION_SERIES, EFFICIENCY_SUMMARY
from kttt_lib.results import REGISTRY_CALIBRATION as CALIBRATION
from kttt_lib.results import REGISTRY_COMPLETENESS as COMPLETENESS
from kttt_lib.results import RESTRUCTURING_PAIRS as PAIRS
from kttt_lib.results import SCORECARD_BY_GROUP as GROUPS
from kttt_lib.results import SCORECARD_TARGETS as TARGETS
from kttt_lib.results import SITUATION_COUNTS as COUNTS
from kttt_lib.results import SITUATION_TOTALS as TOTALS

INCOME = "worker_income_mean"


def moved(book: Book, values: Sequence[float], first: tuple[Number, Number], last: tuple[Number, Number]) -> Pieces:
    """ "tăng từ 314 (2015) lên 378 (2020)": how a series went; each end is (value, year)."""
    known = dict(zip(("first", "first_year", "last", "last_year"), (*first, *last)))
    if len(values) == 1:
        return book.say("figure.moved.one", last=last[0], last_year=last[1])
    step = values[-1] - values[0]
    if step == 0:
        return book.say("figure.moved.same" if len(set(values)) == 1 else "figure.moved.back", **known)
    return book.say("figure.moved.up" if step > 0 else "figure.moved.down", **known)


def counts(book: Book, kinds: list[str], years: list[int]) -> Picture:
    """How many of each kind over the years; the caption is of the first kind."""
    data = situation.counts_data(book.results, kinds, years)
    days = data.groupby("year")["date"].max()

    def day(year: int) -> Number:
        form = situation.day_form(days[year])
        return book.number(COUNTS, "year" if form.kind == "year" else "date", form, "max", year=year)

    def count(year: int, kind: str) -> Number:
        return book.number(COUNTS, "count", "count", year=year, kind=kind, sector="all")

    parts = {}
    for kind in kinds:
        known = data[(data["kind"] == kind) & data["count"].notna()].sort_values("year")
        if len(known):
            first, last = ((count(int(y), kind), day(int(y))) for y in known["year"].iloc[[0, -1]])
            told = moved(book, known["count"].tolist(), first, last)
            parts[kind] = book.say("figure.counts.part", kind=book.teller.word(f"kind.{kind}"), moved=told)
    caption = book.say("figure.counts.caption", part=next(iter(parts.values()), book.say("figure.no_number")))
    alt = book.say("figure.counts.alt", parts=_list(book, list(parts.values())))
    there = set(zip(data["year"], data["kind"]))
    rows = [
        [
            runs(day(year)),
            *(runs(count(year, kind)) if (year, kind) in there else book.say("phrase.empty") for kind in kinds),
        ]
        for year in years
    ]
    columns = [book.column("column.year"), *(book.column(f"column.kind.{kind}", numeric=True) for kind in kinds)]
    draw = partial(situation.counts_chart, book.results, kinds, years, book.language, book.origin_text)
    return book.picture("fig-counts", caption, draw, alt, book.data_table("fig-counts", columns, rows))


def income(book: Book, sectors: list[str], years: list[int]) -> Picture:
    """Mean income by sector, with how many reports each year rests on."""
    data = situation.income_data(book.results, sectors, years)
    last = data[(data["year"] == years[-1]) & data["value"].notna()]
    form = even(Format("decimal", 1), data["value"], book.language)

    def cell(year: int, sector: str, column: str) -> Source:
        return source(TOTALS, column, year=year, series=INCOME, sector=sector)

    def told(sector: str, key: str) -> Pieces:
        year = years[-1]
        return book.say(
            key,
            sector=book.say(f"sector.{sector}"),
            n=number_from(book.results, cell(year, sector, "value"), form),
            year=book.number(TOTALS, "year", "year", "max", year=year),
            received=number_from(book.results, cell(year, sector, "reports"), "count"),
            expected=number_from(book.results, cell(year, sector, "expected"), "count"),
            open=() if data.loc[data["value"].notna(), "whole"].all() else book.say("figure.income.open"),
        )

    best = str(last.loc[last["value"].idxmax(), "sector"])
    parts = [told(sector, "figure.income.part") for sector in last["sector"]]
    year = book.number(TOTALS, "year", "year", "max", year=years[-1])
    alt = book.say("figure.income.alt", year=year, parts=_list(book, parts))
    there = set(zip(data["year"], data["sector"]))
    rows = []
    for year in years:
        line = [runs(book.number(TOTALS, "year", "year", "max", year=year))]
        for sector in sectors:
            if (year, sector) not in there:
                line += [book.say("phrase.empty")] * 2
                continue
            share = Derived("percent", cell(year, sector, "reports"), cell(year, sector, "expected"))
            line.append(runs(number_from(book.results, cell(year, sector, "value"), form)))
            line.append(runs(number_from(book.results, share, "percent.0")))
        rows.append(line)
    columns = [book.column("column.year")]
    for sector in sectors:
        columns += [book.column(f"column.sector.{sector}", numeric=True), book.column("column.came", numeric=True)]
    draw = partial(situation.income_chart, book.results, sectors, years, book.language, book.origin_text)
    table = book.data_table("fig-income", columns, rows)
    # The highest of those printed may not be the highest, and one alone is no highest.
    away, alone = data.loc[data["year"] == years[-1], "hidden"].any(), last["value"].notna().sum() == 1
    caption = told(best, f"figure.income.caption{'.one' if alone else '.printed' if away else ''}")
    return book.picture("fig-income", caption, draw, alt, table)


def scorecard(book: Book) -> Picture:
    """Every target with a value against what was promised."""
    drawn = scorecard_figures.bullet_data(book.results)
    by_verdict = {v: drawn.loc[drawn["verdict"] == v, "target_id"] for v in (*JUDGED, "not_due", "no_data")}
    by_verdict = {verdict: ids for verdict, ids in by_verdict.items() if len(ids)}

    def count(ids: pd.Series, **where: str) -> Number:
        return book.number(TARGETS, "target_id", "count", "count", target_id="|".join(ids), **where)

    def names(ids: pd.Series) -> Pieces:
        return _list(book, [runs(book.cell(TARGETS, "target_id", target_id=i)) for i in ids])

    tally = [book.say(f"summary.part.{v}", n=count(ids, verdict=v)) for v, ids in by_verdict.items()]
    named = [
        book.say("figure.scorecard.part", part=book.say(f"summary.part.{v}", n=count(ids, verdict=v)), ids=names(ids))
        for v, ids in by_verdict.items()
    ]
    earlier = drawn.loc[[before_plan(book, row(book, i)) for i in drawn["target_id"]], "target_id"]
    of_year = earlier.groupby([row(book, i)["reported_year"] for i in earlier])
    before = [
        book.say(
            "targets.figure.before",
            list=names(ids),
            n=count(ids),
            year=book.number(TARGETS, "reported_year", "year", target_id=ids.iloc[0]),
        )
        for _, ids in of_year
    ]
    # Page one counts these too.
    away = book.counted["target_id"]
    away = away[~away.isin(drawn["target_id"])]
    undrawn = book.say("figure.scorecard.undrawn", n=count(away), ids=names(away)) if len(away) else ()
    caption = runs(book.say("figure.scorecard.caption", parts=_list(book, tally)), undrawn, *before)
    alt = book.say("figure.scorecard.alt", n=count(drawn["target_id"]), parts=_list(book, named))
    draw = partial(scorecard_figures.bullet_chart, book.results, book.language, book.origin_text)
    return book.picture("fig-scorecard", caption, draw, alt)


def efficiency(book: Book) -> Picture:
    """Districts by the median score of their HTX; each HTX beside it where the edition may show whose it is."""
    data, drawn = efficiency_figures.districts_data(book.results), efficiency_figures.districts_drawn(book.results)
    each = efficiency_figures.has_dots(book.results)

    def score(column: str, **where: str) -> Number:
        return book.number(EFFICIENCY_SUMMARY, column, Format("percent", 1, fixed=True), **where)

    def district(level: str) -> dict:
        where = {"dimension": "district", "level": level}
        return {"name": book.cell(EFFICIENCY_SUMMARY, "level", **where), "n": score("median_bias_corrected", **where)}

    whole = {
        "n": book.number(EFFICIENCY_SUMMARY, "organisations", "count", dimension="all"),
        "median": score("median_bias_corrected", dimension="all"),
    }
    sentences = [book.say("figure.efficiency.alt" if each else "figure.efficiency.alt.public", **whole)]
    large = data[data["organisations"].ge(LARGE_ENOUGH) & data["median_bias_corrected"].notna()]
    if len(large) > 1:
        high, low = district(large["level"].iloc[0]), district(large["level"].iloc[-1])
        told = {"high": high["name"], "high_value": high["n"], "low": low["name"], "low_value": low["n"]}
        sentences.append(book.say(f"figure.efficiency.ends{'.printed' if data['hidden'].any() else ''}", **told))
    # Of so few the correction is wider than the mean: no interval is made of them either.
    few = set(data.loc[data["organisations"] < LEAST, "level"])
    rows = [
        [
            runs(district(level)["name"]),
            runs(book.number(EFFICIENCY_SUMMARY, "organisations", "count", dimension="district", level=level)),
            runs(district(level)["n"]),
            runs(book.number(EFFICIENCY_SUMMARY, "mean_bias_corrected", "percent.1", dimension="district", level=level))
            if level not in few
            else book.say("phrase.empty"),
        ]
        for level in drawn["level"]
    ]
    columns = [
        book.column("column.district", width=2),
        book.column("column.organisations", numeric=True),
        book.column("column.median", numeric=True),
        book.column("column.mean_score", numeric=True),
    ]
    draw = partial(efficiency_figures.districts_chart, book.results, book.language, book.origin_text)
    caption = book.say("figure.efficiency.caption", median=whole["median"])
    caption += _rest(book, "places.rest", EFFICIENCY_SUMMARY, "level", data["level"], dimension="district")
    alt = book.paragraph(*sentences).runs
    return book.picture("fig-efficiency", caption, draw, alt, book.data_table("fig-efficiency", columns, rows))


def adoption(book: Book, model: str | None) -> Picture:
    """New-model HTX so far and what ``model`` foresees."""
    series = book.frame(ADOPTION_SERIES).sort_values("year")
    years = [int(year) for year in series["year"]]
    ahead = adoption_figures.forecast_data(book.results, model) if model else series.iloc[:0]

    def end(year: int) -> tuple[Number, Number]:
        total = book.number(ADOPTION_SERIES, "cumulative", "count", year=year)
        return total, book.number(ADOPTION_SERIES, "year", "year", year=year)

    def foreseen(year: int) -> dict[str, Number]:
        where = {"model": model, "year": year}
        told = {c: book.number(ADOPTION_FORECAST, c, "count", **where) for c in ("median", "lower", "upper")}
        return {**told, "year": book.number(ADOPTION_FORECAST, "year", "year", **where)}

    sentences = [
        book.say("figure.adoption", moved=moved(book, series["cumulative"].tolist(), end(years[0]), end(years[-1])))
    ]
    caption = book.say("adoption.figure.caption")
    if len(ahead):
        curve = book.teller.word(f"model.{model}")
        caption = book.say("adoption.figure.caption.curve", curve=curve)
        for year in dict.fromkeys(int(y) for y in ahead["year"].iloc[[0, -1]]):
            sentences.append(book.say("figure.adoption.ahead", **foreseen(year)))
    said = book.paragraph(*sentences).runs
    empty = book.say("phrase.empty")
    rows = [
        [
            runs(end(year)[1]),
            runs(book.number(ADOPTION_SERIES, "adopters", "count", year=year)),
            runs(end(year)[0]),
            *([empty] * 3 if len(ahead) else []),
        ]
        for year in years
    ]
    for year in ahead["year"]:
        told = foreseen(int(year))
        rows.append([runs(told["year"]), empty, empty, *(runs(told[c]) for c in ("median", "lower", "upper"))])
    heads = ["new", "cumulative", *(["forecast", "forecast_lower", "forecast_upper"] if len(ahead) else [])]
    columns = [book.column("column.year"), *(book.column(f"column.{head}", numeric=True) for head in heads)]
    draw = partial(adoption_figures.fan_chart, book.results, model, book.language, book.origin_text)
    return book.picture("fig-adoption", caption, draw, said, book.data_table("fig-adoption", columns, rows))


def mergers(book: Book, shown: int, data: Table) -> Picture:
    """The proposed mergers that are drawn, the first and the last by name; ``data``: their factors."""
    drawn = restructuring.pairs_data(book.results).head(shown)
    ids = drawn["group_id"].tolist()

    def told(group_id: str) -> dict:
        potential = book.number(PAIRS, "potential_corrected", "decimal.2f", group_id=group_id)
        return {"names": book.cell(PAIRS, "names", group_id=group_id), "potential": potential}

    sentences = [
        book.say(
            "figure.mergers.alt",
            n=book.number(PAIRS, "group_id", "count", "count", group_id="|".join(ids)),
            **told(ids[0]),
        )
    ]
    if len(ids) > 1:
        sentences.append(book.say("figure.mergers.last", **told(ids[-1])))
    draw = partial(restructuring.dumbbell_chart, book.results, shown, book.language, book.origin_text)
    caption = book.say("figure.mergers.caption")
    if "year" in drawn:  # the last year that enough reports have come for, which may lie years back
        caption += book.say("restructuring.year", year=book.number(PAIRS, "year", "year", "max"))
    return book.picture("fig-pairs", caption, draw, book.paragraph(*sentences).runs, data)


def districts(book: Book, ids: list[str]) -> Picture:
    """Some targets by district."""
    sentences = []
    for target_id in ids:
        sentences.append(_standings(book, target_id))
        data = scorecard_figures.standings(book.results, target_id)
        large = data[data["value"].notna() & ~data["few"]].sort_values(["value", "level"], kind="stable")
        if len(large) > 1:
            low, high = str(large["level"].iloc[0]), str(large["level"].iloc[-1])
            sentences.append(
                book.say(
                    "figure.districts.ends.printed" if data["standing"].eq("hidden").any() else "figure.districts.ends",
                    low=_district(book, target_id, low),
                    low_value=_value(book, target_id, low),
                    high=_district(book, target_id, high),
                    high_value=_value(book, target_id, high),
                )
            )
    names = _list(book, [runs(book.cell(TARGETS, "target_id", target_id=i)) for i in ids])
    caption = book.say("figure.districts.caption", ids=names)
    first = scorecard_figures.district_data(book.results, ids[0])
    caption += _rest(book, "places.rest", GROUPS, "level", first["level"], dimension="district", target_id=ids[0])
    draw = partial(scorecard_figures.district_multiples, book.results, ids, book.language, book.origin_text)
    return book.picture("fig-districts", caption, draw, book.paragraph(*sentences).runs)


def district_map(book: Book, target_id: str) -> Picture:
    """One target on the map of tiles."""
    name = {
        "id": book.cell(TARGETS, "target_id", target_id=target_id),
        "title": book.cell(TARGETS, "title", target_id=target_id),
    }
    draw = partial(tiles.tile_map, book.results, target_id, book.language, book.origin_text)
    return book.picture("fig-map", book.say("districts.map.caption", **name), draw, _standings(book, target_id))


def _standings(book: Book, target_id: str) -> Pieces:
    """How many districts surely stand where, as their marks say."""
    data = scorecard_figures.standings(book.results, target_id)
    data = data[data["level"].astype(str) != ""]  # those of no known place are no place
    at_least = row(book, target_id)["comparator"] in (">=", ">")
    parts = []
    for standing in ("not_met", "met", "undetermined", "no_data", "hidden"):
        here = data.loc[data["standing"] == standing, "level"].astype(str)
        if len(here):
            where = {"dimension": "district", "target_id": target_id, "level": "|".join(here)}
            key = standing if at_least or standing not in ("met", "not_met") else f"{standing}.other"
            n = book.number(GROUPS, "level", "count", "count", **where)
            parts.append(book.say(f"figure.standing.{key}", n=n))
    return book.say(
        "figure.standings",
        id=book.cell(TARGETS, "target_id", target_id=target_id),
        all=book.number(
            GROUPS, "level", "count", "count", dimension="district", target_id=target_id, level="|".join(data["level"])
        ),
        parts=_list(book, parts),
    )


def _district(book: Book, target_id: str, level: str) -> object:
    return book.cell(GROUPS, f"level_{book.language}", dimension="district", target_id=target_id, level=level)


def _value(book: Book, target_id: str, level: str) -> Number:
    """A district's value with as many decimals as the picture gives it."""
    drawn = scorecard_figures.standings(book.results, target_id)["value"]
    form = even(form_of(row(book, target_id)), drawn, book.language)
    return book.number(GROUPS, "value", form, dimension="district", target_id=target_id, level=level)


def reports(book: Book, year: int, worst: Pieces) -> Picture:
    """The share of reports by district and year, up to ``year``; ``worst``: where most are missing."""
    frame = book.frame(COMPLETENESS)
    years = [int(y) for y in sorted(frame.loc[frame["year"] <= year, "year"].unique())][-6:]
    data = registry.reports_data(book.results, years)
    whole = {c: book.number(COMPLETENESS, c, "count", "sum", year=year) for c in ("received", "expected")}
    whole["year"] = book.number(COMPLETENESS, "year", "year", "max", year=year)
    there = set(zip(data["district"], data["year"]))

    def share(district: str, year: int) -> Pieces:
        if (district, year) not in there:
            return book.say("phrase.empty")
        where = {"district": district, "year": year}
        parts = (source(COMPLETENESS, column, "sum", **where) for column in ("received", "expected"))
        return runs(number_from(book.results, Derived("percent", *parts), "percent.0"))

    rows = []
    counts = ("expected", "received", "on_time", "late", "missing")  # of the last year
    for district in dict.fromkeys(data["district"]):
        first = frame[frame["district"] == district].iloc[0]
        named = book.cell(COMPLETENESS, "district", **{c: first[c] for c in ("district", "year", "sector")})
        where = {"district": district, "year": year}
        now = [book.say("phrase.empty")] * len(counts)
        if (district, year) in there:
            now = [runs(book.number(COMPLETENESS, column, "count", "sum", **where)) for column in counts]
        rows.append([runs(named), *now, *(share(district, y) for y in years)])
    heads = [runs(book.number(COMPLETENESS, "year", "year", "max", year=y)) for y in years]
    columns = [
        book.column("column.district", width=2),
        *(book.column(f"column.{'expected_reports' if c == 'expected' else c}", numeric=True) for c in counts),
        *(Column(head, numeric=True) for head in heads),
    ]
    draw = partial(registry.reports_heatmap, book.results, years, book.language, book.origin_text)
    caption = book.say("figure.reports.caption", **whole)
    caption += _rest(
        book, "places.rest.reports", COMPLETENESS, "district", frame.loc[frame["year"].isin(years), "district"]
    )
    alt = book.say("figure.reports.alt", **whole, parts=worst)
    return book.picture("fig-completeness", caption, draw, alt, book.data_table("fig-completeness", columns, rows))


def _rest(book: Book, key: str, result: str, column: str, keys: Iterable[str], **where: str) -> Pieces:
    """What follows a caption; the page ends it with the full stop that the statement has of its own elsewhere."""
    cut = rest(book, key, result, column, keys, **where)
    return (Text(". "), *cut[:-1], replace(cut[-1], text=cut[-1].text.removesuffix("."))) if cut else ()


def published(book: Book) -> Picture:
    """The registry beside each published figure."""
    n = book.number(CALIBRATION, "series", "count", "count")
    hit = book.number(CALIBRATION, "series", "count", "count", hit="True")
    draw = partial(registry.published_chart, book.results, book.language, book.origin_text)
    alt = book.say("figure.published.alt", n=n, hit=hit)
    return book.picture("fig-published", book.say("figure.published.caption", n=n, hit=hit), draw, alt)


def _list(book: Book, parts: list[Pieces]) -> Pieces:
    return book.teller.join(parts)
