"""V. New-model HTX: how many, how fast, and how sure the forecast is."""

from __future__ import annotations

from kttt_lib.analysis.new_model.hazard import MANY
from kttt_lib.report.book import Book
from kttt_lib.report.document import Block, Pieces
from kttt_lib.report.numbers import Number
from kttt_lib.report.sections import pictures
from kttt_lib.report.sections.coverage import newest, stale
from kttt_lib.report.sections.typical import typical
from kttt_lib.results import ADOPTION_CHANCE as CHANCE
from kttt_lib.results import ADOPTION_FITS
from kttt_lib.results import ADOPTION_FORECAST as FORECAST
from kttt_lib.results import ADOPTION_SERIES as SERIES
from kttt_lib.results import ADOPTION_SURVIVAL as SURVIVAL
from kttt_lib.results import OUTLOOK_TARGETS as OUTLOOK
from kttt_lib.results import SCORECARD_DEFINITIONS as DEFINITIONS
from kttt_lib.results import SCORECARD_MEMBERS as MEMBERS

ASSIGNED = "new_model.assigned"
EACH = "hazard"  # the model that follows each HTX; the others carry the series on


def adoption(book: Book) -> list[Block]:
    """The series, the forecast with its interval, the chance of the target."""
    blocks: list[Block] = [book.heading(1, "head.adoption", "adoption")]
    if not book.has(SERIES):
        key = "absent.adoption.none" if SERIES in book.results else "absent.adoption"
        return [*blocks, book.paragraph(book.say(key))]
    series = book.frame(SERIES)
    last = int(series["year"].max())
    new = book.number(SERIES, "adopters", "count", year=last)
    sentences = [
        book.say(
            "adoption.summary" if new.value else "adoption.summary.none",
            year=book.number(SERIES, "year", "year", "max"),
            cumulative=book.number(SERIES, "cumulative", "count", year=last),
            new=new,
        )
    ]
    if stale(book):
        sentences.append(book.say("adoption.stale", on=newest(book)))
    if own := _plans_meaning(book):
        sentences.append(own)
    # From years of which nobody recorded anything nothing is foreseen.
    model = None if stale(book) else main_model(book)
    if model:
        sentences.append(_forecasts(book, model))
    blocks.append(book.paragraph(*sentences))
    blocks.append(pictures.adoption(book, model))
    chance = _chance(book)
    if chance:
        blocks.append(book.paragraph(chance))
    if drawn := _drawn(book):
        blocks.append(book.paragraph(drawn, style="note"))
    blocks.append(book.paragraph(book.say("adoption.caveat"), style="note"))
    return [*blocks, *typical(book)]


def _drawn(book: Book) -> Pieces:
    """That so many HTX are followed that each has fewer simulated futures."""
    if not book.has(SURVIVAL):
        return ()
    last = int(book.frame(SURVIVAL)["year"].max())
    followed = book.number(SURVIVAL, "at_risk", "count", year=last)
    if not followed.known or followed.value <= MANY:
        return ()
    return book.say("adoption.drawn", n=followed, year=book.number(SURVIVAL, "year", "year", year=last))


def _plans_meaning(book: Book) -> Pieces:
    """How many HTX stand on the list that the province assigned, where that is the plan's own meaning of new-model.

    The list is on record, so each HTX that the target looks at is on it, whatever its rating.
    """
    if not book.has(MEMBERS, DEFINITIONS):
        return ()
    rules = book.frame(DEFINITIONS)
    found = rules[rules["id"] == ASSIGNED]
    if len(found) != 1:
        return ()
    target_id = found["target_id"].iloc[0]
    n = book.number(MEMBERS, "org_id", "count", "nunique", target_id=target_id)
    if not n.value and book.context.audience == "public":  # a list of one or two is not told from none
        return ()
    return book.say(
        "adoption.plan" if n.value else "adoption.plan.none",
        rule=book.cell(DEFINITIONS, "title", target_id=target_id, id=ASSIGNED),
        id=book.cell(DEFINITIONS, "target_id", target_id=target_id, id=ASSIGNED),
        n=n,
        parts=book.teller.join(_statuses(book, target_id)),
    )


def _statuses(book: Book, target_id: str) -> list[Pieces]:
    """How many of those on the list count, and what keeps the others out: the parts of the number before."""
    frame = book.frame(MEMBERS)
    here = frame.loc[frame["target_id"] == target_id, "status"]
    return [
        book.say(
            f"adoption.plan.{status}",
            n=book.number(MEMBERS, "status", "count", "count", target_id=target_id, status=status),
        )
        for status in ("counted", "not_counted", "missing", "excluded")
        if (here == status).any()
    ]


def _forecasts(book: Book, model: str) -> Pieces:
    """The next year by the main model and, where there is one, by that of each HTX; which of them a chance uses."""
    frame = book.frame(FORECAST)
    ahead = int(frame.loc[frame["model"] == model, "year"].min())

    def told(name: str) -> dict[str, Number]:
        return {c: book.number(FORECAST, c, "count", model=name, year=ahead) for c in ("median", "lower", "upper")}

    year = book.number(FORECAST, "year", "year", model=model, year=ahead)
    both = model != EACH and ((frame["model"] == EACH) & (frame["year"] == ahead)).any()
    if not both:
        return book.say("adoption.forecast.each" if model == EACH else "adoption.forecast", year=year, **told(model))
    each = told(EACH)
    return book.say(
        "adoption.forecast.both",
        year=year,
        curve=book.teller.word(f"model.{model}"),
        **told(model),
        each=each["median"],
        each_lower=each["lower"],
        each_upper=each["upper"],
        chance=_own_way(book),
    )


def _own_way(book: Book) -> Pieces:
    """That the target's chance or verdict comes from neither forecast, and by which way it comes."""
    if not book.has(CHANCE):
        return ()
    target_id = book.frame(CHANCE)["target_id"].iloc[0]
    id_cell = book.cell(CHANCE, "target_id", target_id=target_id)
    if book.context.final:
        return book.say("adoption.forecast.verdict", id=id_cell)
    said = book.say("adoption.forecast.chance", id=id_cell)
    column = f"method_{book.language}"
    if (
        not book.has(OUTLOOK)
        or column not in book.frame(OUTLOOK)
        or target_id not in set(book.frame(OUTLOOK)["target_id"])
    ):
        return said
    method = book.cell(OUTLOOK, column, target_id=target_id)
    return (*said, *book.say("adoption.forecast.method", method=method)) if method.text else said


def main_model(book: Book) -> str | None:
    """The model whose forecast is told: the one with the least AICc where that is known, else the first."""
    if not book.has(FORECAST):
        return None
    models = list(dict.fromkeys(book.frame(FORECAST)["model"]))
    if book.has(ADOPTION_FITS):
        fits = book.frame(ADOPTION_FITS)
        scored = fits[fits["model"].isin(models) & fits["aicc"].notna()]
        if len(scored):
            # Two curves may fit alike to the last digit: then the first is taken on every machine.
            return str(scored.loc[scored["aicc"].astype(float).round(6).idxmin(), "model"])
    return str(models[0])


def _chance(book: Book) -> Pieces:
    if not book.has(CHANCE) or book.context.final:
        return ()  # on the last day there is a verdict and no chance
    frame = book.frame(CHANCE)
    found = frame[frame["probability"].notna()]
    if found.empty:
        return ()
    first = found.iloc[0]
    known = {"target_id": first["target_id"], "method": first["method"]}
    if len(found[(found["target_id"] == first["target_id"]) & (found["method"] == first["method"])]) != 1:
        known["by"] = first["by"]
    return book.say(
        "adoption.chance",
        id=book.cell(CHANCE, "target_id", **known),
        by=book.number(CHANCE, "by", "date", **known),
        p=book.number(CHANCE, "probability", "chance", **known),
    )
