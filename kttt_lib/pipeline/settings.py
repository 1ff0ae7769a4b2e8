"""The parameters of a run, checked before anything is started: a mistyped one never gives a plausible wrong report."""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from kttt_lib.days import parse_day
from kttt_lib.errors import LANGUAGES, Language
from kttt_lib.plan.named import located, plan_path, registry_source, typed
from kttt_lib.plan.problems import one_of
from kttt_lib.report.comments import load_comments
from kttt_lib.report.context import Audience
from kttt_lib.report.docx import office, open_reference
from kttt_lib.resources import outputs_root

# Kernels of notebooks are told of an office's Word file by this.
REFERENCE_DOC = "KTTT_REFERENCE_DOC"
# And of a public edition that lies elsewhere by this.
EARLIER = "KTTT_EARLIER"
AUDIENCES: tuple[Audience, ...] = ("internal", "public")


@dataclass(frozen=True)
class Settings:
    """What a run is of: a plan file, a registry (path or database URL), a day, a language, an audience.

    ``asked`` holds plan, registry and comments as the user gave them: what notebooks are given, so that no page shows
    more of the machine than the user typed.
    """

    asked: tuple[str, str, str]
    plan: Path
    registry: str
    as_of: date | None
    language: Language
    audience: Audience
    outputs: Path
    quarantine: bool = False
    comments: Path | None = None
    reference: Path | None = None
    pdf: bool = False
    earlier: Path | None = None


def check_settings(
    plan: str | Path = "ninh-binh-2020",
    registry: str | Path = "sample",
    as_of: str | date | None = None,
    language: str = "vi",
    audience: str = "internal",
    quarantine: bool = False,
    comments: str | Path | None = None,
    outputs: Path | None = None,
    reference: str | Path | None = None,
    pdf: bool = False,
    earlier: str | Path | None = None,
) -> Settings:
    """Resolve and check the parameters of a run.

    ``plan`` is the name of a file in data/plans or a path to a YAML file; ``registry`` is "sample", a path or a
    database URL; ``as_of`` (YYYY-MM-DD or dd/mm/yyyy) defaults to the end of the plan's period, ``outputs`` to
    :func:`kttt_lib.resources.outputs_root`; with ``quarantine`` rows in error are left out and not refused;
    ``comments`` is a path ("" for none); ``reference`` an office's Word file whose page, header and styles the report
    takes, by default that of the environment (KTTT_REFERENCE_DOC); ``pdf`` asks for a PDF too;
    ``earlier`` is the folder of a public edition that lies elsewhere, by default that of KTTT_EARLIER. Raises KtttError
    naming the parameter, or every fault of the comments.
    """
    sheet = None if comments is None or comments == "" else located("COMMENTS", typed("COMMENTS", comments, str, Path))
    if sheet:
        load_comments(sheet)  # its faults are told before anything runs
    before = earlier or os.environ.get(EARLIER)
    office_file = reference or os.environ.get(REFERENCE_DOC)
    if styled := located("REFERENCE_DOC", office_file) if office_file else None:
        open_reference(styled)
    if pdf:
        office()
    return Settings(
        asked=(str(plan), str(registry), str(comments or "")),
        plan=plan_path(plan),
        registry=registry_source(registry),
        as_of=None if as_of is None or as_of == "" else parse_day(as_of, "AS_OF").date(),
        language=one_of("LANGUAGE", language, LANGUAGES),
        audience=one_of("AUDIENCE", audience, AUDIENCES),
        outputs=outputs or outputs_root(),
        quarantine=typed("QUARANTINE", quarantine, bool),
        comments=sheet,
        reference=styled,
        pdf=pdf,
        earlier=located("EARLIER", before) if before else None,
    )
