"""A measure said back in one sentence, Vietnamese and English, made of its parts; the words stand in ``words.yaml``."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kttt_lib.files import read_yaml
from kttt_lib.plan.lists import STANDARD, join
from kttt_lib.plan.model import Lists
from kttt_lib.plan.units import UNITS
from kttt_lib.rating.definitions import definition
from kttt_lib.rating.sizes import TITLES
from kttt_lib.registry.schema import SCOPES, SECTORS, TABLES

if TYPE_CHECKING:
    from kttt_lib.grammar.measure import Condition, Measure, Population

Said = tuple[str, str]  # In Vietnamese, in English.

WORDS: dict[str, dict[str, Any]] = read_yaml(Path(__file__).with_name("words.yaml"))
# Bases that say that none was read.
UNREAD = {"no_text", "by_rule"}
# By these events an organisation is gone.
GONE = {"dissolved", "merged"}
_AND: Said = (" và ", " and ")
_VI = str.maketrans(",.", ".,")


def phrase(text: str, language: int) -> str:
    """A text of the catalogue with the phrases that it names in braces."""
    return text.format(**{name: said[language] for name, said in WORDS["phrases"].items()})


def sources(names: Iterable[str]) -> Said:
    """The bases of those names, one after the other."""
    return joined((WORDS["phrases"][name] for name in dict.fromkeys(names)), (". ", ". "))


def say(name: str, **words: Said) -> Said:
    """A sentence of ``words.yaml`` with words put in, in both languages."""
    vi, en = (
        " ".join(text.format(**{key: said[n] for key, said in words.items()}).split(" "))
        for n, text in enumerate(WORDS["say"][name])
    )
    return vi.rstrip(), en.rstrip()


def sentence(measure: Measure, own: Lists | None = None) -> Said:
    """What counts; ``own``: the lists whose codes it may name beside the standard ones."""
    what = measure.what
    if measure.table is not None:
        vi, en = _rows(measure, own)
    elif what == "series":
        vi, en = say("series", column=_series(measure, own))
    elif what in ("count", "share"):
        that = joined((_condition_said(condition, own) for condition in measure.that), _AND)
        that = (f" {that[0]}", f" {that[1]}") if measure.that else ("", "")
        whole = whom(measure.out_of or measure.of, own)
        vi, en = say(what, of=whom(measure.of, own), that=that, whole=whole, rated=_rated(measure))
    else:
        weight = measure.below if what == "mean" else ()
        over = _series(measure, own) if measure.outside else _columns(measure.below)
        vi, en = say(
            "weighted" if weight else what, column=_columns(measure.column or ()), weight=_columns(weight), over=over,
            of=whom(measure.of, own), last=say("years" if measure.when else "last"),
        )  # fmt: skip
    return vi[:1].upper() + vi[1:], en[:1].upper() + en[1:]


def excluded(measure: Measure) -> Said:
    """What is left out."""
    vi, en = joined(map(say, _left_out(measure)), ("; ", "; "))
    return vi[:1].upper() + vi[1:], en[:1].upper() + en[1:]


def _left_out(measure: Measure) -> Iterator[str]:
    if measure.table is not None or measure.what == "series":
        yield "out_series" if measure.what == "series" else "out_rows"
        return
    conditions, of = measure.conditions, measure.of
    events = {event for condition in measure.that for event in condition.event or ()}
    everyone = measure.what == "share" and of.state not in (None, "rated")
    yield from (
        name
        for name, on in {
            "in_gone": measure.lasting and not events & GONE,
            "out_gone": not measure.lasting and not events & GONE,
            "out_successor": "founded" in events or of.founded,
            "out_funds": "htx" in of.kinds and "qtdnd" not in of.kinds,
            "in_unrated" if everyone else "out_unrated": any(c.rule or c.grade for c in conditions),
            "out_ended": any(c.features for c in conditions),
            "out_awaited": measure.column or any(c.asks_reports for c in conditions),
        }.items()
        if on
    )


def whom(of: Population, own: Lists | None = None) -> Said:
    """Of whom: kinds, sector, state, place and what they must meet."""
    said = joined((WORDS["kinds"][kind] for kind in of.kind), (", ", ", "))
    words: list[tuple[str, Said | None]] = [
        ("funds", ("", "") if of.include_qtdnd else None),
        ("sector", _low(SECTORS[of.sector]) if of.sector else None),
        ("or_specialised", ("", "") if of.or_specialised else None),
        ("specialised" if of.specialised else "unspecialised", None if of.specialised is None else ("", "")),
        ("scope", joined((_low(SCOPES[scope]) for scope in of.scope or ()), (", ", ", ")) if of.scope else None),
        ("place", (", ".join(of.places),) * 2 if of.places else None),
        ("more", WORDS["states"][of.state] if of.state else None),
        ("more", say("new") if of.founded else None),
        ("more", _condition_said(of, own)),
    ]
    for name, word in words:
        said = say(name, of=said, word=word) if word is not None else said
    return said


def _condition_said(condition: Condition, own: Lists | None) -> Said:
    return joined(_condition(condition, own), _AND)


def _condition(c: Condition, own: Lists | None) -> Iterator[Said]:
    if c.rule in WORDS["rules"]:
        yield say("rule", word=WORDS["rules"][c.rule])
    elif c.rule:
        yield say("named", word=(definition(c.rule).title_vi, definition(c.rule).title_en))
    if c.grade:
        yield say("grade", word=joined((WORDS["grades"][grade] for grade in c.grade), (", ", ", ")))
    if c.size:
        yield say("size", word=joined((_low(TITLES[size]) for size in c.size), (", ", ", ")))
    if c.features:
        yield say("fresh" if c.new else "feature", word=_any(c.features, _titles("features", own)))
    if c.column:
        yield _bounds(c)
    if c.event:
        yield say("event", word=_events(c.event))
    if c.trained:
        yield say(f"trained_{c.trained}")
    if c.supported:
        yield say("supported", word=_any(c.supported, _titles("programmes", own)))
    if c.loan:
        yield say("cheap" if c.loan == "preferential" else "loan")
    if c.registered:
        yield say("registered")
    if c.in_union:
        yield say("union")


def _events(names: Iterable[str]) -> Said:
    return joined((words for name, words in WORDS["events"].items() if name in names), (" hoặc ", " or "))


def _bounds(c: Condition) -> Said:
    table = "annual_reports" if any(column.name == c.column for column in TABLES["annual_reports"].columns) else ""
    column = TABLES[table or "organisations"].column(str(c.column))
    if not table:
        words = c.equals if isinstance(c.equals, list) else [c.equals]
        return say("choice", column=_low((column.vi, column.en)), word=_any(map(str, words), column.choices))
    said = [_bound(WORDS["bounds"][name], f"{value:,.12g}", column.units) for name, value in c.bounds.items()]
    return say("summed" if c.when else "bound", column=_low((column.vi, column.en)), word=joined(said, _AND))


def _bound(text: Said, number: str, unit: Said) -> Said:
    return text[0].format(f"{number.translate(_VI)} {unit[0]}"), text[1].format(f"{number} {unit[1]}")


def _rated(measure: Measure) -> Said:
    """Whom a share is of where the plan names no state: those its conditions can tell of; then those gone by them."""
    gone = {event for c in measure.that for event in c.event or ()}
    ended = say("ended", word=_events(gone)) if gone and gone <= GONE else ("", "")
    if (measure.out_of or measure.of).state is not None:
        return ended
    asks = {"rated": "grade", "judged": "rule", "reported": "asks_reports"}
    conditions = (*measure.that, measure.of)
    said = say(next((name for name, word in asks.items() if any(getattr(c, word) for c in conditions)), "there"))
    return said[0] + ended[0], said[1] + ended[1]


def _rows(measure: Measure, own: Lists | None) -> Said:
    columns = {c.name: (c, *_low((c.vi, c.en))) for c in TABLES[str(measure.table)].columns}
    chosen = []
    for name, given in measure.where.items():
        column, *named = columns[name]
        words = _any([given] if isinstance(given, str) else given, _titles(column.listed, own) or column.choices)
        chosen.append((f"{named[0]}: {words[0]}", f"{named[1]}: {words[1]}"))
    only = say("only", words=joined(chosen, ("; ", "; "))) if chosen else ("", "")
    whose = say("whose", of=whom(measure.of, own)) if measure.owned else ("", "")
    unit = UNITS[measure.rows_unit]
    if measure.column is None:
        return say("rows", unit=unit, only=only, whose=whose)
    _, vi, en = columns[measure.column[0]]
    return say("amount", unit=unit, only=only, whose=whose, column=(vi, en))


def _series(measure: Measure, own: Lists | None) -> Said:
    code = measure.outside or str(measure.series)
    return _titles("series", own).get(code, (code, code))


def _titles(name: str, own: Lists | None) -> Mapping[str, Said]:
    return (STANDARD if own is None else join(STANDARD, own)).titles(name) if name in Lists.model_fields else {}


def _columns(names: Iterable[str]) -> Said:
    columns = [TABLES["annual_reports"].column(name) for name in names]
    for together, said in WORDS["sums"].items():
        if set(together.split()) == {column.name for column in columns}:
            return said[0], said[1]
    vi, en = joined((_low((column.vi, column.en)) for column in columns), (" + ", " + "))
    return (f"({vi})" if len(columns) > 1 else vi), en


def _any(codes: Iterable[str], words: Mapping[str, Said]) -> Said:
    named = [words.get(code, (code, code)) for code in codes]
    return joined(((f"“{vi}”", f"“{en}”") for vi, en in named), (" hoặc ", " or "))


def joined(said: Iterable[Said], by: Said) -> Said:
    """Words one after the other, in each language."""
    both = list(said)
    return by[0].join(one[0] for one in both), by[1].join(one[1] for one in both)


def _low(said: Said) -> Said:
    """As inside a sentence; a name in capitals stays."""
    vi, en = (text if text[:2].isupper() else text[:1].lower() + text[1:] for text in said)
    return vi, en
