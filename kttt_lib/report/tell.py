"""Codes and numbers of a result told in sentences: why a verdict, how robust it is, what is needed, what is inferred.

Each takes the results, the key of the row and a :class:`Teller`; every number in a sentence carries its source.
"""

from __future__ import annotations

from dataclasses import replace

import pandas as pd

from kttt_lib.analysis.scorecard.verdicts import EARLY, JUDGED, NO_VALUE
from kttt_lib.indicators import INDICATORS
from kttt_lib.report.document import Cell, Pieces, Text
from kttt_lib.report.numbers import Format, Language, Number, apart, number
from kttt_lib.report.sources import Results, resolve, source
from kttt_lib.report.teller import Teller, statements
from kttt_lib.report.terms import PROVINCE, Setting
from kttt_lib.report.words import LANGUAGES, number_form, unit_word
from kttt_lib.results import OUTLOOK_TARGETS, RESULTS, SCORECARD_ROBUSTNESS, SCORECARD_TARGETS

# A longer list of readings is for the table, not for a sentence.
NAMED = 6


def _row(results: Results, name: str, target_id: str) -> pd.Series:
    frame = results[name]
    return frame.iloc[frame["target_id"].tolist().index(target_id)]


def reason(results: Results, target_id: str, teller: Teller) -> Pieces:
    """Why a promise has its verdict, without a full stop; () where the result gives no reason."""
    row, where = _row(results, SCORECARD_TARGETS, target_id), {"target_id": target_id}
    code = row["reason"]
    if not isinstance(code, str) or not code:
        return ()
    if code == NO_VALUE:
        said = [_text(results, SCORECARD_TARGETS, "no_value", target_id, teller.language)]
    elif code == EARLY:
        # What could still undo it; any other is undone by corrections alone.
        indicator = INDICATORS[row["indicator"]]
        undone = "undone.new" if indicator.founded else "undone.ceased" if indicator.nature == "cohort" else "undone"
        said = [teller.say("reason.met_early", undone=teller.say(undone))]
    elif code.startswith("awaited"):
        values = {
            "year": number(results, SCORECARD_TARGETS, "awaited_year", "year", **where),
            "due": number(results, SCORECARD_TARGETS, "awaited_until", "date", **where),
        }
        if not code.endswith(".part"):
            values["known"] = number(results, SCORECARD_TARGETS, "reported_year", "year", **where)
        said = [teller.say(f"reason.{code}", **values)]
    else:
        aside = f"reason.{code}.set_aside"
        given = row["set_aside"] > 0 and aside in statements(teller.language)
        said = [teller.say(aside if given else f"reason.{code}")]
    said += [teller.say("reason.lagged")] * bool(row["lagged"] and pd.isna(row["awaited_until"]))
    said += [teller.say("reason.rescaled")] * bool(row["rescaled"])
    return _joined(said, ". ")


def inferred(results: Results, target_id: str, teller: Teller) -> Pieces:
    """What in a result no text says: its rules' caveats, and how many rest on their own scores only."""
    said = [
        _text(results, SCORECARD_TARGETS, "inferred", target_id, teller.language),
        alone(results, target_id, teller),
    ]
    return _joined([one for one in said if one], "; ")


def alone(results: Results, target_id: str, teller: Teller) -> Pieces:
    """How many in a result rest on their own scores only; () where none does."""
    if not _row(results, SCORECARD_TARGETS, target_id)["self_scored"] > 0:
        return ()
    n = number(results, SCORECARD_TARGETS, "self_scored", "count", target_id=target_id)
    return teller.say("told.self_scored", n=n)


def robustness(results: Results, target_id: str, teller: Teller) -> Pieces:
    """Under how many readings a promise is met, and which say what; () with one reading or nothing to judge."""
    row, where = _row(results, SCORECARD_TARGETS, target_id), {"target_id": target_id}
    if not row["robust_rules"] or SCORECARD_ROBUSTNESS not in results:
        return ()
    table = results[SCORECARD_ROBUSTNESS]
    table = table[(table["target_id"] == target_id) & (table["bound"] == "value") & ~table["later"].astype(bool)]
    if (table["rule"] == "").all():
        return ()
    counts = {name: number(results, SCORECARD_TARGETS, f"robust_{name}", "count", **where) for name in ("met", "rules")}
    said = [teller.say("told.readings", **counts)]
    for verdict in JUDGED:
        some = table[table["verdict_overall"] == verdict]
        if len(some) and row["robust_met"] < row["robust_rules"] <= NAMED:
            names = [reading_name(results, r, teller) for r in some.itertuples()]
            said.append(teller.say("told.readings.part", verdict=teller.verdict(verdict), list=_joined(names, ", ")))
    return _joined(said, "; ")


def reading_name(results: Results, reading: object, teller: Teller) -> Pieces:
    """What a reading is called; the plan's own has no other name where no word is defined."""
    if not getattr(reading, f"rule_title_{teller.language}"):
        return teller.say("robustness.as_planned")
    where = {"target_id": reading.target_id, "rule": reading.rule, "bound": "value"}
    return (_cell(results, SCORECARD_ROBUSTNESS, f"rule_title_{teller.language}", **where),)


def needed(results: Results, target_id: str, teller: Teller) -> Pieces:
    """What would have to happen by the deadline, without a full stop; () where nothing can be said."""
    row = _row(results, OUTLOOK_TARGETS, target_id)
    code, unit = row["needed"], row["unit"]
    if not isinstance(code, str) or not code:
        return ()

    def count(column: str, form: str | Format = "count") -> Number:
        return number(results, OUTLOOK_TARGETS, column, form, target_id=target_id)

    values: dict = {}
    for name in ("least", "most", "of", "now"):
        if pd.notna(row[f"needed_{name}"]):
            values[name] = count(f"needed_{name}")
    if code == "level":
        least = count("needed_least", _gap_form(unit, row["needed_least"]))
        values["least"] = (least, *_unit(unit, least, teller.language))
    if code == "more":
        several = row["needed_least"] < row["needed_most"]
        code = "more.between" if several else code
        last = values["most"]
        values["unit"] = teller.say("told.unit.share") if unit == "%" else _unit(unit, last, teller.language)
        values["pace"] = count("pace_needed", _gap_form("", row["pace_needed"]))
    return teller.say(f"needed.{code}", **values)


def _gap_form(unit: str, gap: float) -> Format:
    """How a gap is written: never as nothing, and a part of one never as one."""
    form = number_form(unit)
    if form.kind == "percent":
        form = replace(form, kind="points")
    if form.kind == "count" and gap % 1:
        form = Format("decimal", 1)
    return apart(form, [gap], 0.0)


def _unit(unit: str, amount: Number, language: Language) -> Pieces:
    text = unit_word(unit, amount.value if amount.known else None, language)
    return (Text(f"\N{NO-BREAK SPACE}{text}"),) if text else ()


def _cell(results: Results, name: str, column: str, **where: object) -> Cell:
    found = source(name, column, **where)
    value = resolve(results, found)
    return Cell("" if value is None else str(value), found)


def _text(results: Results, name: str, column: str, target_id: str, language: Language) -> Pieces:
    cell = _cell(results, name, f"{column}_{language}", target_id=target_id)
    return (cell,) if cell.text else ()


def _joined(said: list[Pieces], by: str) -> Pieces:
    return tuple(piece for place, one in enumerate(said) for piece in ((Text(by),) if place else ()) + one)


TOLD = {
    SCORECARD_TARGETS: {"reason": reason, "robustness": robustness, "inferred": inferred},
    OUTLOOK_TARGETS: {"needed": needed},
}


def told(results: Results, name: str, setting: Setting = PROVINCE) -> pd.DataFrame:
    """A result with its sentences as columns of text in both languages ("reason_vi", "reason_en"), for people to read.

    A sentence stands behind the code that it tells; ``inferred`` takes the place of the caveats alone.
    """
    frame = results[name].copy()
    for column, say in TOLD.get(name, {}).items():
        place = list(frame.columns).index({"robustness": "robust_rules"}.get(column, column)) + 1
        for language in reversed(LANGUAGES):
            teller = Teller(language, setting)
            texts = [teller.plain(say(results, target_id, teller)) for target_id in frame["target_id"]]
            if f"{column}_{language}" in frame:
                frame[f"{column}_{language}"] = texts
            else:
                frame.insert(place, f"{column}_{language}", texts)
    return frame


def untold(results: dict[str, pd.DataFrame], setting: Setting) -> dict[str, pd.DataFrame]:
    """The results that ``readable`` was made of."""
    found = dict(results)
    for name in TOLD.keys() & found.keys():
        frame = found[name].copy()
        own = [f"{column}_{language}" for column in TOLD[name] for language in LANGUAGES]
        frame = frame.drop(columns=[column for column in own if column not in RESULTS[name].columns])
        for language in LANGUAGES if "inferred" in TOLD[name] else ():
            teller = Teller(language, setting)
            said = {i: teller.plain(alone(found, i, teller)) for i in frame["target_id"]}
            texts = zip(frame["target_id"], frame[f"inferred_{language}"])
            frame[f"inferred_{language}"] = [text.removesuffix(said[i]).removesuffix("; ") for i, text in texts]
        found[name] = frame
    return found


def readable(results: Results, setting: Setting) -> dict[str, pd.DataFrame]:
    """All results as people read them: see ``told``."""
    return {name: told(results, name, setting) if name in TOLD else frame for name, frame in results.items()}
