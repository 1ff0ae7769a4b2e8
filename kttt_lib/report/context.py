"""What a report is about, and the results as one audience may see them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

import pandas as pd

from kttt_lib.days import parse_day
from kttt_lib.disclosure import BEHIND, public_edition
from kttt_lib.disclosure.summary import told
from kttt_lib.places import Unit as PlaceUnit
from kttt_lib.places import places_of
from kttt_lib.plan import Plan
from kttt_lib.plan.provinces import level
from kttt_lib.rating import bodies_on, steps_on
from kttt_lib.registry.set_aside import MOST_SET_ASIDE
from kttt_lib.report.issuers import english_districts, english_issuer
from kttt_lib.report.numbers import LOCALES, Language, format_value
from kttt_lib.report.numbers import Format as NumberFormat
from kttt_lib.report.precision import held_table, rounded_table
from kttt_lib.report.sources import Results
from kttt_lib.report.terms import Setting, Unit, in_terms
from kttt_lib.report.words import word
from kttt_lib.results import REPORT_COMMENTS as COMMENTS
from kttt_lib.results import REPORT_FACTS as FACTS

Audience = Literal["internal", "public"]


@dataclass(frozen=True)
class ReportContext:
    """``about`` is the registry's word on itself: province, synthetic, label_vi, label_en.

    ``comments`` are a reviewer's (columns place, comment, author, date; see :mod:`kttt_lib.report.comments`);
    ``set_aside`` is how many rows of the registry are left out for their errors; ``earlier`` holds the tables of public
    editions that the public may subtract from this one; ``by`` is the unit of the tables by place ("": the day's).
    """

    plan: Plan
    about: Mapping[str, object]
    as_of: dt.date
    language: Language = "vi"
    audience: Audience = "internal"
    comments: pd.DataFrame | None = field(default=None, repr=False)
    set_aside: int = 0
    earlier: Mapping[str, Mapping[str, pd.DataFrame]] = field(default_factory=dict, repr=False)
    by: Unit = ""

    def __post_init__(self) -> None:
        if self.language not in LOCALES:
            raise ValueError(f"language is vi or en, not {self.language!r}")
        if self.audience not in ("internal", "public"):
            raise ValueError(f"audience is internal or public, not {self.audience!r}")

    @property
    def synthetic(self) -> bool:
        """Whether the registry says that it is made up; a registry that does not say is taken at its word as real."""
        return bool(self.about.get("synthetic", False))

    @property
    def setting(self) -> Setting:
        """What the report's words go by."""
        return Setting(level(self.plan.province), self.as_of, self.by)

    @property
    def heir(self) -> PlaceUnit | None:
        """The province that the plan's has become part of by the as-of day, where it is no more."""
        return places_of(self.plan.province).heir(self.as_of)

    @property
    def office(self) -> str:
        """The province whose office signs."""
        heir = self.heir
        return heir.name if heir else self.plan.province

    @property
    def final(self) -> bool:
        """Whether the plan's period has ended on the as-of day."""
        return self.as_of >= self.plan.period.end

    @property
    def registry_label(self) -> str:
        """What the registry calls itself, in the report's language."""
        return self.registry_name(self.language)

    def registry_name(self, language: Language) -> str:
        """What the registry calls itself; with no name, or its province's alone, it is named by its province."""
        province = str(self.about.get("province") or self.plan.province)
        label = str(self.about.get(f"label_{language}") or "").strip()
        named = in_terms(word("registry.unnamed", language), language, Setting(level(province), self.as_of))
        return label if label not in ("", province) else named.format(province=province)


def facts(context: ReportContext) -> pd.DataFrame:
    """The context as a result, so that even the plan's number has a source: name, text, number, date."""
    plan, document = context.plan, context.plan.document

    def row(name: str, text: str | None = None, number: float | None = None, date: dt.date | None = None) -> dict:
        return {"name": name, "text": text, "number": number, "date": parse_day(date) if date else pd.NaT}

    lines = [
        row("plan_title_vi", plan.title_vi),
        row("plan_title_en", plan.title_en),
        row("plan_number", document.number),
        row("plan_issued_on", date=document.issued_on),
        row("plan_issuer_vi", document.issuer),
        row("plan_issuer_en", english_issuer(document.issuer)),
        row("plan_source", f"{document.source_title} ({document.source_publisher})"),
        row("plan_note_vi", document.note_vi),
        row("plan_note_en", document.note_en),
        row("province", plan.province),
        row("office", context.office),
        row("as_of", date=context.as_of),
        row("period_start", date=plan.period.start),
        row("period_end", date=plan.period.end),
        row("year", number=context.as_of.year),
        row("year_before", number=context.as_of.year - 1),
        row("next_year", number=context.as_of.year + 1),
        row("set_aside", number=context.set_aside),
        row("most_set_aside", number=100 * MOST_SET_ASIDE),
        row("registry_vi", context.registry_name("vi")),
        row("registry_en", context.registry_name("en")),
    ]
    if heir := context.heir:
        lines += [
            row("heir", f"{heir.kind_vi.lower()} {heir.name}"),
            row("heir_since", heir.source, date=heir.valid_from),
        ]
    steps, ministry = steps_on(context.as_of), bodies_on(context.as_of)["ministry"]
    for language in LOCALES:
        lines.append(row(f"ministry_{language}", getattr(ministry, language)))
        for place, step in enumerate(steps, 1):
            for part in ("who", "form", "basis"):
                said = in_terms(getattr(step, f"{part}_{language}"), language, context.setting)
                lines.append(row(f"step_{place}_{part}_{language}", said))
        lines.append(row(f"as_of_text_{language}", format_value(context.as_of, NumberFormat("date"), language)))
    for place, step in enumerate(steps, 1):
        lines.append(row(f"step_{place}_due", f"{step.day:02d}/{step.month:02d}"))
    return pd.DataFrame(lines).astype({"text": "string", "number": "float64"})


def prepare(results: Results, context: ReportContext) -> dict[str, pd.DataFrame]:
    """The results that the report, its workbook and its claim check all read.

    Rounds values and writes texts as they are published; adds the context and the comments as results. For the public
    it is the public edition, protected and attacked (:mod:`kttt_lib.disclosure`), with the audit's summary as results;
    comments, which name people, are left out. Who stands behind the figures is in neither.
    """
    public = context.audience == "public"  # whose protection looks at who stands behind a figure
    asked = [name for name in results if not name.startswith("report/") and (public or name not in BEHIND)]
    tables = {name: rounded_table(results[name]) for name in asked}
    if public:
        edition = public_edition(tables, earlier=context.earlier)
        tables = {**edition.tables, **told(edition)}
    tables = {name: frame for name, frame in tables.items() if name not in BEHIND}
    if context.language == "en":
        tables = {name: english_districts(table) for name, table in tables.items()}
    tables[FACTS] = facts(context)
    if context.comments is not None and context.audience == "internal":
        tables[COMMENTS] = context.comments
    return {name: held_table(frame) for name, frame in tables.items()}
