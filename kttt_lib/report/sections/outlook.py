"""IX. Outlook and proposals: what is within reach at 80 and 50 percent, what would have to happen, the next year."""

from __future__ import annotations

import pandas as pd

from kttt_lib.analysis.scorecard.verdicts import PART
from kttt_lib.indicators.measure import (
    AWAITED,
    BLANK,
    MOSTLY_AWAITED,
    MOSTLY_UNCOVERED,
    NO_KIND,
    NO_RULE,
    NOT_HELD,
    UNRECORDED,
)
from kttt_lib.report.book import Book, runs
from kttt_lib.report.document import Block, Pieces, Text
from kttt_lib.report.numbers import bare
from kttt_lib.report.sections.causes import falls_short
from kttt_lib.report.sections.coverage import newest, proposal, stale
from kttt_lib.report.sections.difficulties import spread_targets
from kttt_lib.report.sections.promises import (
    at_least,
    awaited,
    form_of,
    gap,
    hidden,
    kept_phrase,
    made_of_parts,
    reports_total,
    row,
    terms_of,
)
from kttt_lib.report.tell import needed
from kttt_lib.report.words import comparator_sign
from kttt_lib.results import OUTLOOK_NEXT_YEAR as NEXT_YEAR
from kttt_lib.results import OUTLOOK_TARGETS as OUTLOOK
from kttt_lib.results import SCORECARD_TARGETS as TARGETS

LIKELY, EVEN = 0.8, 0.5
# How the reasons begin for which no survey is held: others of the proposals, or no circular yet, would tell.
_TOLD_BY_OTHERS = tuple(why[0].split("{")[0] for why in (MOSTLY_UNCOVERED, MOSTLY_AWAITED, AWAITED, NO_RULE))
_UNRECORDED = tuple(why[0].split("{")[0] for why in (UNRECORDED, NOT_HELD, NO_KIND, BLANK))
# A result no further from its promise than this part of it can be brought home in the next period.
NEAR = 0.2


def outlook(book: Book) -> list[Block]:
    """Mid-year: the chance of each target by the deadline. At year end: proposals that follow from the verdicts."""
    blocks: list[Block] = [book.heading(1, "head.outlook", "outlook")]
    blocks += [] if book.context.final else _chances(book)
    blocks += _open_chances(book)
    proposals = [*_needed(book), *_proposals(book)]
    blocks.append(book.heading(2, "head.outlook.proposals", "outlook-proposals"))
    if proposals:
        if book.context.final:
            intro = book.say("proposals.intro", year=book.fact("next_year", "year"))
        else:
            intro = book.say("proposals.intro.midyear", end=book.fact("period_end", "date"))
        blocks += [book.paragraph(intro), book.bullets(proposals)]
    else:
        whole = book.has(TARGETS) and len(book.counted) and (book.counted["verdict"] == "met").all()
        blocks.append(book.paragraph(book.say("proposals.none" if whole else "proposals.nothing")))
    return [*blocks, *_next_year(book)]


def _needed(book: Book) -> list[Pieces]:
    """Before the deadline, for each target with less than an even chance: what must happen, by when, where it lacks."""
    if book.context.final or not book.has(OUTLOOK, TARGETS):
        return []
    items = []
    for target_id in by_chance(book)["unlikely"]["target_id"]:
        asked = needed(book.results, target_id, book.teller)
        if not asked:
            continue
        known = {"target_id": target_id}
        said = book.say(
            "needed.item",
            id=book.cell(TARGETS, "target_id", **known),
            title=book.cell(TARGETS, "title", **known),
            p=book.number(OUTLOOK, "probability", "chance", **known),
            needed=asked,
            deadline=book.number(OUTLOOK, "deadline", "date", **known),  # of the next year where it is of each
        )
        items.append(runs(said, *(part for one in falls_short(book, target_id) for part in (" ", one))))
    return items


def _next_year(book: Book) -> list[Block]:
    """After the period: what each target could promise for the next year with 80 and 50 % chance, where foreseen."""
    if not book.has(NEXT_YEAR):
        return [book.paragraph(book.say("next_year.stale", on=newest(book)))] if stale(book) else []
    frame = book.frame(NEXT_YEAR)
    frame = frame[frame["target_id"].isin(book.counted["target_id"])]
    year = book.number(NEXT_YEAR, "year", "year", "max")
    foreseen = frame[frame["likely"].notna()]
    blocks: list[Block] = [book.heading(2, "head.next_year", "outlook-next-year", year=year)]
    rows = []
    columns_told = ("promised", "current", "likely", "even")
    for target_id in foreseen["target_id"]:
        known, promise = {"target_id": target_id}, row(book, target_id)
        told = foreseen[foreseen["target_id"] == target_id].iloc[0]
        form = form_of(promise, *(float(told[c]) for c in ("likely", "even")))
        # The plan's own figure is written as the plan writes it.
        forms = {c: bare(form, told[c]) if c == "promised" and form.kind == "percent" else form for c in columns_told}
        sign = comparator_sign(promise["comparator"])
        # Of a share no more than 100% can be reached.
        whole = promise["unit"] == "%" and at_least(promise)
        signed = [c for c in ("promised", "likely", "even") if not (whole and pd.notna(told[c]) and told[c] == 100)]
        cells = [runs(book.number(NEXT_YEAR, c, forms[c], **known)) for c in columns_told]
        rows.append(
            [
                book.say(
                    "targets.row",
                    id=book.cell(TARGETS, "target_id", **known),
                    title=book.cell(TARGETS, "title", **known),
                ),
                *(runs(f"{sign}\N{NO-BREAK SPACE}", *cell) if c in signed and cell[0].known else cell
                  for c, cell in zip(columns_told, cells)),
                runs(book.number(NEXT_YEAR, "at_promised", "chance", **known))
                if pd.notna(told["at_promised"])
                else book.say("phrase.empty"),
            ]
        )  # fmt: skip
    unforeseen = [
        runs(book.cell(TARGETS, "target_id", target_id=i))
        for i in frame["target_id"]
        if i not in set(foreseen["target_id"])
    ]
    if rows:
        columns = [
            book.column("column.target", width=3),
            *(book.column(f"column.next_year.{c}", numeric=True) for c in columns_told),
            book.column("column.next_year.chance", numeric=True),
        ]
        blocks += [
            book.paragraph(book.say("next_year.intro", year=year)),
            book.table(
                "tab-next-year",
                book.say("next_year.caption", year=year),
                columns,
                rows,
                runs(book.say("next_year.note", sheet=book.sheet(NEXT_YEAR)), " ", book.origin()),
            ),
        ]
    if unforeseen:
        blocks.append(book.paragraph(book.say("next_year.unforeseen", list=book.teller.join(unforeseen))))
    return blocks


def ahead(book: Book) -> pd.DataFrame:
    """The targets whose deadline is still to come: only they can be foreseen."""
    return book.counted.loc[lambda t: t["deadline"] > pd.Timestamp(book.context.as_of)]


def by_chance(book: Book) -> dict[str, pd.DataFrame]:
    """Targets ahead with a chance, the likeliest first, as likely, even and unlikely."""
    frame = book.frame(OUTLOOK)
    frame = frame[frame["probability"].notna() & frame["target_id"].isin(ahead(book)["target_id"])]
    frame = frame.sort_values("probability", ascending=False, kind="stable")
    chance = frame["probability"]
    return {
        "likely": frame[chance >= LIKELY],
        "even": frame[(chance >= EVEN) & (chance < LIKELY)],
        "unlikely": frame[chance < EVEN],
    }


def _open_chances(book: Book) -> list[Block]:
    """After their deadline: what may become of the targets that have no verdict yet, and what that guess rests on."""
    if not book.has(OUTLOOK, TARGETS):
        return []
    frame = book.frame(OUTLOOK)
    unsure = book.counted.loc[lambda t: t["verdict"] == "undetermined", "target_id"]
    frame = frame[frame["target_id"].isin(unsure) & frame["probability"].notna()]
    items = []
    for promise in frame.itertuples():
        known = {"target_id": promise.target_id}
        item = book.say(
            "outlook.open",
            id=book.cell(TARGETS, "target_id", **known),
            p=book.number(OUTLOOK, "probability", "chance", **known),
            method=book.cell(OUTLOOK, f"method_{book.language}", **known),
        )
        if promise.history_years:
            years = book.number(OUTLOOK, "history_years", "count", **known)
            item = (*item, Text(" "), *book.say("outlook.open.history", years=years))
        items.append(item)
    if not items:
        return []
    return [
        book.heading(2, "head.outlook.open", "outlook-open"),
        book.paragraph(book.say("outlook.open.intro")),
        book.bullets(items),
    ]


def _chances(book: Book) -> list[Block]:
    blocks: list[Block] = [book.heading(2, "head.outlook.chances", "outlook-chances")]
    if not book.has(OUTLOOK):
        return [*blocks, book.paragraph(book.say("absent.outlook"))]
    groups = by_chance(book)
    known_ones = pd.concat(groups.values())
    coming = ahead(book)
    without = coming.loc[~coming["target_id"].isin(known_ones["target_id"]), ["target_id"]]
    sentences = []
    methods = book.frame(OUTLOOK).set_index("target_id")["method"]
    other = without["target_id"].map(methods).eq("not_modelled")
    for key, group in {**groups, "unknown": without[~other], "not_modelled": without[other]}.items():
        if len(group):
            names = [runs(book.cell(TARGETS, "target_id", target_id=i)) for i in group["target_id"]]
            sentences.append(book.say(f"outlook.{key}", list=book.teller.join(names)))
    years = [i for i in known_ones["target_id"] if (of := terms_of(book, i)) is not None and of["each_year"]]
    if years:
        by = book.number(OUTLOOK, "deadline", "date", target_id=years[0])
        names = [runs(book.cell(TARGETS, "target_id", target_id=i)) for i in years]
        sentences.append(book.say("outlook.each_year", list=book.teller.join(names), day=by))
    rows = []
    for promise in known_ones.itertuples():
        known = {"target_id": promise.target_id}
        form = form_of(row(book, promise.target_id))
        rows.append(
            [
                book.say(
                    "targets.row",
                    id=book.cell(TARGETS, "target_id", **known),
                    title=book.cell(TARGETS, "title", **known),
                ),
                *(runs(book.number(OUTLOOK, c, form, **known)) for c in ("current", "expected", "lower", "upper")),
                runs(book.number(OUTLOOK, "probability", "chance", **known)),
            ]
        )
    columns = [
        book.column("column.target", width=3),
        book.column("column.current", numeric=True),
        book.column("column.expected", numeric=True),
        book.column("column.forecast_low", numeric=True),
        book.column("column.forecast_high", numeric=True),
        book.column("column.chance", numeric=True),
    ]
    if not rows:
        return [*blocks, book.paragraph(*sentences or [book.say("absent.outlook")])]
    note = runs(book.say("outlook.note"), Text(" "), book.origin())
    caption = book.say("outlook.caption.own")
    if coming["deadline"].nunique() == 1:
        first = coming["target_id"].iloc[0]
        caption = book.say("outlook.caption", deadline=book.number(TARGETS, "deadline", "date", target_id=first))
    return [*blocks, book.paragraph(*sentences), book.table("tab-outlook", caption, columns, rows, note)]


def _proposals(book: Book) -> list[Pieces]:
    """What follows from the results, one proposal for each kind of finding; none without a finding."""
    items: list[Pieces] = []
    if not book.has(TARGETS):
        return items
    items += proposal(book)
    targets = book.counted
    missed = targets[(targets["verdict"] == "not_met") & targets["value"].notna()]
    near = (missed["value"] - missed["threshold"]).abs() <= NEAR * missed["threshold"].abs()
    # Advice by district asks for evidence by district.
    spread = spread_targets(book)
    for key, group in (("near", missed[near]), ("far", missed[~near])):
        for target_id in group["target_id"]:
            distance, promise = gap(book, target_id), row(book, target_id)
            short = book.say("phrase.not_past")
            if promise["value"] != promise["threshold"]:
                side = "short" if promise["value"] < promise["threshold"] else "over"
                short = book.say(f"phrase.{side}", gap=(distance, *book.unit(promise["unit"], distance)))
            if made_of_parts(book, target_id):
                short = kept_phrase(book, target_id)
            items.append(
                book.say(
                    f"proposals.{key}{'.districts' if key == 'far' and target_id in spread else ''}",
                    id=book.cell(TARGETS, "target_id", target_id=target_id),
                    title=book.cell(TARGETS, "title", target_id=target_id),
                    short=short,
                )
            )
    waiting = [i for i in targets["target_id"] if awaited(row(book, i))]
    if waiting:
        names = [runs(book.cell(TARGETS, "target_id", target_id=i)) for i in waiting]
        items.append(book.say("proposals.awaited", list=book.teller.join(names)))
    open_ones = targets["verdict"].isin(["undetermined", "likely_met", "likely_not_met"])
    unsure = targets[open_ones & (targets["missing"] > targets["set_aside"])]
    unsure = unsure[~unsure["target_id"].isin(waiting) & (unsure["reason"] != PART)]
    if len(unsure):
        names = [runs(book.cell(TARGETS, "target_id", target_id=i)) for i in unsure["target_id"]]
        items.append(book.say("proposals.reports.undetermined", list=book.teller.join(names)))
    elif (total := reports_total(book)) and total[0].known and total[0].value < total[1].value:
        items.append(book.say("proposals.reports"))
    aside = targets.loc[(open_ones | (targets["verdict"] == "no_data")) & (targets["set_aside"] > 0), "target_id"]
    if len(aside):
        names = [runs(book.cell(TARGETS, "target_id", target_id=i)) for i in aside]
        items.append(book.say("proposals.set_aside", list=book.teller.join(names)))
    for key, nothing in _without_data(book).items():
        names = [runs(book.cell(TARGETS, "target_id", target_id=i)) for i in nothing]
        items.append(book.say(f"proposals.{key}", list=book.teller.join(names)))
    return items


def _without_data(book: Book) -> dict[str, list[str]]:
    """What has no value, by what would give it one: a survey (no_data), or rows of the registry (unrecorded)."""
    frame = book.frame(TARGETS)
    lacking = (frame["verdict"] == "no_data") & (frame["set_aside"] == 0) & frame["group"].isin(["target", "aim"])
    found: dict[str, list[str]] = {}
    for target_id, why in frame.loc[lacking, ["target_id", "no_value_vi"]].itertuples(index=False):
        if hidden(book, target_id) or str(why).startswith(_TOLD_BY_OTHERS):
            continue
        found.setdefault("unrecorded" if str(why).startswith(_UNRECORDED) else "no_data", []).append(target_id)
    return found
