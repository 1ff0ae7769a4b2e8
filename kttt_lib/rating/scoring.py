"""Points and grades under one rulebook, with the interval that missing criteria leave open."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

import numpy as np
import pandas as pd

from kttt_lib.rating.answers import NO, NOT_RATED, UNKNOWN, YES, Answer
from kttt_lib.rating.conditions import barred
from kttt_lib.rating.facts import ASSESSORS, Facts, to_day, year_end
from kttt_lib.rating.rulebooks import Band, Compute, Criterion, Part, Rulebook, load_rulebooks, rulebooks_for_year
from kttt_lib.registry.asof import AsOfView


@dataclass(frozen=True)
class Scored:
    """Arrays over organisations. ``low``/``high``: points still possible; grades as places in ``rulebook.grades``.

    ``grade_low`` is the worst and ``grade_high`` the best grade still possible; ``missing`` one column a criterion.
    """

    low: np.ndarray
    high: np.ndarray
    grade_low: np.ndarray
    grade_high: np.ndarray
    missing: np.ndarray
    not_rated: Answer


def reported_scores(facts: Facts, rulebook: Rulebook, year: int, assessor: str | None = None) -> np.ndarray:
    """Points by organisation and scored item (see ``items``), NaN when none; the highest assessor's stands.

    Points above an item's known maximum are not believed and stay missing.
    """
    key = ("reported_scores", rulebook.id, year, assessor)
    return facts.remember(key, lambda: _reported_scores(facts, rulebook, year, assessor))


def _reported_scores(facts: Facts, rulebook: Rulebook, year: int, assessor: str | None) -> np.ndarray:
    names = [item.id for item in items(rulebook)]
    matrix = np.full((facts.size, len(names)), np.nan)
    years = facts.remember("score_years", lambda: facts.view.column("criteria_scores", "year").to_numpy(dtype=int))
    chosen = np.flatnonzero(years == year)
    if not len(chosen):
        return matrix
    rows = facts.view.part("criteria_scores", chosen)
    column = pd.Index(names).get_indexer(pd.Index(rows["criterion"]))
    rank = pd.Index(ASSESSORS).get_indexer(pd.Index(rows["assessor"]))
    position = facts.rows("criteria_scores")[chosen]
    keep = (column >= 0) & (position >= 0) & rows["rulebook"].isin(rulebook.codes).to_numpy(dtype=bool)
    wanted = facts.assessors if assessor is None else (assessor,)
    keep &= np.isin(rank, [ASSESSORS.index(name) for name in wanted])
    order = np.argsort(rank[keep], kind="stable")
    points = rows["score"].to_numpy(dtype=float)[keep][order]
    matrix[position[keep][order], column[keep][order]] = points
    maxima = np.array([np.inf if item.maximum is None else item.maximum for item in items(rulebook)])
    return np.where(matrix > maxima, np.nan, matrix)


def items(rulebook: Rulebook) -> list[Part]:
    """Everything that can carry points: each criterion, followed by its parts."""
    return [item for criterion in rulebook.criteria for item in (criterion, *criterion.parts)]


def item_points(facts: Facts, rulebook: Rulebook, year: int) -> dict[str, np.ndarray]:
    """Points of every organisation by scored item: as reported, else as its annual report gives them; NaN unknown."""
    reported = dict(zip((item.id for item in items(rulebook)), reported_scores(facts, rulebook, year).T))
    return {item.id: _points(facts, item, reported[item.id], year) for item in items(rulebook)}


def computed_points(facts: Facts, compute: Compute, bands: list[Band], year: int) -> np.ndarray:
    """Points of a computable item from the year's annual reports; NaN when a figure is missing."""
    quantity = facts.report(year, compute.numerator) * compute.scale
    empty = np.zeros(facts.size, dtype=bool)
    if compute.denominator is not None:
        below = facts.report(year, compute.denominator)
        empty = below <= 0
        with np.errstate(divide="ignore", invalid="ignore"):
            quantity = np.where(empty, np.nan, quantity / below)
    points = np.full(facts.size, np.nan)
    for band in bands:
        inside = ~np.isnan(quantity)
        if band.start is not None:
            inside &= quantity >= band.start
        if band.over is not None:
            inside &= quantity > band.over
        points[inside] = band.points
    if compute.points_without_income is not None:
        points[empty] = compute.points_without_income
    return points


def score_arrays(facts: Facts, rulebook: Rulebook, year: int) -> Scored:
    """Points, grades and what is missing for every organisation of the view, rated or not (``not_rated`` says so)."""
    return facts.remember(("scored", rulebook.id, year), lambda: _score_arrays(facts, rulebook, year))


def _score_arrays(facts: Facts, rulebook: Rulebook, year: int) -> Scored:
    points = item_points(facts, rulebook, year)
    low = np.zeros(facts.size)
    high = np.zeros(facts.size)
    missing, zero_possible, zero_sure = [], np.zeros(facts.size, bool), np.zeros(facts.size, bool)
    for group in rulebook.groups:
        group_low, group_high = np.zeros(facts.size), np.zeros(facts.size)
        for criterion in (c for c in rulebook.criteria if c.group == group.id):
            least, most = _interval(criterion, points, group.maximum)
            group_low += least
            group_high += most
            missing.append(least != most)
            zero_possible |= least == 0
            zero_sure |= most == 0
        low += np.minimum(group_low, group.maximum)
        high += np.minimum(group_high, group.maximum)
    # Sums of decimals: 64.999999999 is 65.
    low, high = np.round(low, 6), np.round(high, 6)
    grade_low, grade_high = _grades(rulebook, low), _grades(rulebook, high)
    for demotion in rulebook.demotions:
        if demotion.kind == "criterion_zero":
            last = len(rulebook.grades) - 1
            grade_low = np.minimum(grade_low + demotion.grades_lower * zero_possible, last)
            grade_high = np.minimum(grade_high + demotion.grades_lower * zero_sure, last)
        elif demotion.column is not None and demotion.to_grade is not None:
            value = facts.report(year, demotion.column)
            place = [grade.id for grade in rulebook.grades].index(demotion.to_grade)
            grade_low = np.where((value == 1) | np.isnan(value), np.maximum(grade_low, place), grade_low)
            grade_high = np.where(value == 1, np.maximum(grade_high, place), grade_high)
    grade_low, grade_high = _as_stated(facts, rulebook, year, grade_low, grade_high)
    at = min(facts.day, year_end(year))
    return Scored(
        low=low,
        high=high,
        grade_low=grade_low,
        grade_high=grade_high,
        missing=np.column_stack(missing),
        not_rated=barred(facts, rulebook.not_rated, at),
    )


def _as_stated(facts: Facts, rulebook: Rulebook, year: int, low: np.ndarray, high: np.ndarray):
    """The lowest and highest grade with the one that the year's report states where the scores leave it open.

    One that the scores rule out makes the grade unsure between the two: neither is taken over the other.
    """
    stated = facts.report_words(year, "grade")
    for place, grade in enumerate(rulebook.grades):
        said = stated == grade.id
        fits = (high <= place) & (place <= low)
        low = np.where(said, np.where(fits, place, np.maximum(low, place)), low)
        high = np.where(said, np.where(fits, place, np.minimum(high, place)), high)
    return low, high


def _points(facts: Facts, item: Part, reported: np.ndarray, year: int) -> np.ndarray:
    if item.compute is None:
        return reported
    return np.where(np.isnan(reported), computed_points(facts, item.compute, item.bands, year), reported)


def _interval(item: Criterion, points: dict[str, np.ndarray], group_maximum: float) -> tuple[np.ndarray, np.ndarray]:
    whole = points[item.id]
    top = group_maximum if item.maximum is None else item.maximum
    least, most = np.zeros(len(whole)), np.full(len(whole), 0.0 if item.parts else float(top))
    for part in item.parts:
        value = points[part.id]
        least += np.where(np.isnan(value), 0.0, value)
        most += np.where(np.isnan(value), top if part.maximum is None else part.maximum, value)
    return np.where(np.isnan(whole), least, whole), np.where(np.isnan(whole), most, whole)


def _grades(rulebook: Rulebook, points: np.ndarray) -> np.ndarray:
    rising = np.array([grade.at_least for grade in rulebook.grades][::-1])
    return len(rulebook.grades) - np.searchsorted(rising, points, side="right")


def covered(facts: Facts, rulebook: Rulebook) -> np.ndarray:
    """Which organisations the rulebook speaks of."""
    scope = rulebook.applies_to
    return facts.matches("kind", tuple(scope.kinds)) & facts.matches("sector", tuple(scope.sectors))


def score(view: AsOfView | Facts, rulebook: Rulebook | str, year: int) -> pd.DataFrame:
    """Score and grade of every organisation that the rulebook covers and that existed in ``year``.

    Columns: org_id, score (NaN unless whole), score_low, score_high, grade ("" unless sure), grade_low, grade_high,
    outcome (rated: every criterion known; missing: some are not; not_rated), missing_criteria, inferred (rests on a
    figure that was not read in a source), reason_vi, reason_en. ``view``: ``registry.as_of(day)``; ``rulebook``: an id
    of data/rulebooks, which names its circular (docs/rulebooks.md). Scores are points, 0 to 100.

    Raises KeyError for no such rulebook, ValueError for one that gives no scores.

    Examples
    --------
    >>> import kttt_lib as kttt
    >>> view = kttt.read_registry("sample").as_of("2020-12-31")
    >>> kttt.score(view, "tt01_2020", 2020)["outcome"].value_counts().to_dict()
    {'rated': 301, 'missing': 72, 'not_rated': 48}
    """
    facts = Facts.of(view)
    rulebook = load_rulebooks()[rulebook] if isinstance(rulebook, str) else rulebook
    if not rulebook.scored:
        raise ValueError(f"rulebook {rulebook.id} gives no scores")
    scored = score_arrays(facts, rulebook, year)
    chosen = np.flatnonzero(covered(facts, rulebook) & (facts.days("founded_on") <= year_end(year)))
    names = np.array([grade.id for grade in rulebook.grades], dtype=object)
    criteria = np.array([criterion.id for criterion in rulebook.criteria], dtype=object)
    missing = scored.missing[chosen]
    whole = ~missing.any(axis=1)
    not_rated = scored.not_rated.outcome[chosen] == YES
    sure = scored.grade_low[chosen] == scored.grade_high[chosen]
    vi, en = (texts[chosen] for texts in scored.not_rated.texts())
    open_items = np.array([_uncertain(rulebook, criterion.id) for criterion in rulebook.criteria])
    return pd.DataFrame(
        {
            "org_id": facts.ids[chosen],
            "score": np.where(whole & ~not_rated, scored.low[chosen], np.nan),
            "score_low": np.where(not_rated, np.nan, scored.low[chosen]),
            "score_high": np.where(not_rated, np.nan, scored.high[chosen]),
            "grade": np.where(sure & ~not_rated, names[scored.grade_low[chosen]], ""),
            "grade_low": np.where(not_rated, "", names[scored.grade_low[chosen]]),
            "grade_high": np.where(not_rated, "", names[scored.grade_high[chosen]]),
            "outcome": np.where(not_rated, "not_rated", np.where(whole, "rated", "missing")),
            "missing_criteria": [", ".join(criteria[row]) for row in missing],
            "inferred": (missing & open_items).any(axis=1) | computed_inferred(facts, rulebook, year)[chosen],
            "reason_vi": np.where(not_rated, vi, ""),
            "reason_en": np.where(not_rated, en, ""),
        }
    )


def _uncertain(rulebook: Rulebook, criterion_id: str) -> bool:
    criterion = next(c for c in rulebook.criteria if c.id == criterion_id)
    group = next(g for g in rulebook.groups if g.id == criterion.group)
    return criterion.status != "read" or group.status != "read"


def computed_inferred(facts: Facts, rulebook: Rulebook, year: int) -> np.ndarray:
    """Which organisations have points computed in a way that we inferred."""
    rests = np.zeros(facts.size, dtype=bool)
    reported = reported_scores(facts, rulebook, year)
    for number, item in enumerate(items(rulebook)):
        if item.compute is not None and item.compute.status != "read":
            points = computed_points(facts, item.compute, item.bands, year)
            rests |= np.isnan(reported[:, number]) & ~np.isnan(points)
    return rests


def chosen_rulebooks(facts: Facts) -> tuple[np.ndarray, list[Rulebook]]:
    """Which rulebook rates each organisation in the last closed year: its place (-1: none) in the list."""
    return facts.remember("chosen_rulebooks", lambda: _chosen_rulebooks(facts))


def _chosen_rulebooks(facts: Facts) -> tuple[np.ndarray, list[Rulebook]]:
    place = np.full(facts.size, -1)
    books: list[Rulebook] = []
    for book in rulebooks_for_year(facts.closed_year, first=facts.rulebooks.get(facts.closed_year)):
        free = (place < 0) & covered(facts, book)
        if free.any():
            place[free] = len(books)
            books.append(book)
    return place, books


def rating_due(facts: Facts) -> np.ndarray:
    """The day by which each organisation's rating of the last closed year is due; NaT where no rulebook rates it."""
    place, books = chosen_rulebooks(facts)
    days = [to_day(book.due.day_for(facts.closed_year)) for book in books]
    return np.array([*days, np.datetime64("NaT", "D")], dtype="datetime64[D]")[place]


def last_rated(facts: Facts, wanted: Callable[[Facts], np.ndarray]) -> Facts:
    """The facts at the end of the last closed year, or of the year before while everybody ``wanted`` awaits a rating.

    One year for all: ratings of two years never stand in one number. Credit funds are rated by 30 April of the next
    year, so until then their last state is that of the year before; beside cooperatives, rated by 15 December, they
    are missing instead. A year in which a part is rated by no rulebook takes no other year's place.
    """
    facts = facts.closed_facts
    if not _all_await(facts, wanted(facts) & facts.alive):
        return facts
    before = facts.on(year_end(facts.closed_year - 1))
    rated = rating_due(before)[wanted(before) & before.alive]
    return before if len(rated) and not np.isnat(rated).any() else facts


def _all_await(facts: Facts, mask: np.ndarray) -> bool:
    return bool(mask.any() and (rating_due(facts)[mask] > facts.known_on).all())


def last_ratings(facts: Facts) -> Iterator[tuple[Facts, Rulebook, np.ndarray]]:
    """Everybody's last rating that was due: the facts of its year, its rulebook, and who is rated (positions)."""
    facts = facts.closed_facts
    place, books = chosen_rulebooks(facts)
    for number in range(len(books)):
        ids = facts.ids[place == number]
        then = last_rated(facts, partial(_among, ids))
        here, rated = chosen_rulebooks(then)
        for other, book in enumerate(rated):
            chosen = np.flatnonzero((here == other) & then.among(ids))
            if len(chosen):
                yield then, book, chosen


def _among(ids: np.ndarray, facts: Facts) -> np.ndarray:
    return facts.among(ids)


def self_scored(facts: Facts) -> np.ndarray:
    """Which organisations are graded on their own scores only: no commune, district or province has scored them."""
    place, books = chosen_rulebooks(facts)
    alone = np.zeros(facts.size, dtype=bool)
    for number, book in enumerate(books):
        scores = (reported_scores(facts, book, facts.closed_year, name) for name in ASSESSORS)
        own, *others = (~np.isnan(points).all(axis=1) for points in scores)
        alone |= (place == number) & own & ~np.any(others, axis=0)
    return alone


def grade_at_least(facts: Facts, grades: dict[str, str]) -> Answer:
    """Whether each organisation is graded at or above the named grade of the rulebook that rates the closed year."""
    place, books = chosen_rulebooks(facts)
    answer = Answer.of(NOT_RATED, "no_rulebook", facts.size)
    for number, book in enumerate(books):
        if book.scale not in grades:
            continue
        scored = score_arrays(facts, book, facts.closed_year)
        bar = [grade.id for grade in book.grades].index(grades[book.scale])
        here = place == number
        nothing = scored.missing.all(axis=1) & (scored.low == 0)
        answer = answer.but(here, UNKNOWN, "grade.unknown").but(here & nothing, UNKNOWN, "grade.no_scores")
        answer = answer.but(here & (scored.grade_low <= bar), YES, "grade.yes")
        answer = answer.but(here & (scored.grade_high > bar), NO, "grade.no")
        out = Answer(np.full(facts.size, NOT_RATED, np.int8), scored.not_rated.reason)
        answer = answer.take(here & (scored.not_rated.outcome == YES), out)
    return answer.but((rating_due(facts) > facts.known_on) & (answer.outcome != NOT_RATED), UNKNOWN, "grade.awaited")
