"""The parameters of a run, checked before anything is started: a mistyped one never gives a plausible wrong report."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches
from pathlib import Path

from kttt_lib.days import parse_day
from kttt_lib.errors import KtttError
from kttt_lib.report.comments import load_comments
from kttt_lib.resources import PLANS, SAMPLE, outputs_root

LANGUAGES = ("vi", "en")
AUDIENCES = ("internal", "public")


@dataclass(frozen=True)
class Settings:
    """What a run is of: a plan file, a registry (path or database URL), a day, a language, an audience.

    ``asked`` holds plan and registry as the user gave them: what notebooks are given, so that no page shows more of
    the machine than the user typed.
    """

    asked: tuple[str, str]
    plan: Path
    registry: str
    as_of: date | None
    language: str
    audience: str
    outputs: Path
    quarantine: bool = False
    comments: Path | None = None


def _suggest(value: str, known: list[str]) -> tuple[str, str]:
    close = get_close_matches(value, known, n=1)
    return (f" Có phải “{close[0]}”?", f" Did you mean “{close[0]}”?") if close else ("", "")


def _one_of(name: str, value: str, known: tuple[str, ...]) -> str:
    if value in known:
        return value
    vi, en = _suggest(value, list(known))
    listed = ", ".join(known)
    raise KtttError(
        f"Tham số {name} = {value!r} không hợp lệ; chọn một trong: {listed}.{vi}",
        f"Parameter {name} = {value!r} is not valid; choose one of: {listed}.{en}",
    )


def plan_path(plan: str | Path) -> Path:
    """The file of a plan given by its name in data/plans or by its path; KtttError when it is not there."""
    path = Path(plan)
    if path.suffix in (".yaml", ".yml"):
        if path.is_file():
            return path
        raise KtttError(
            f"Không tìm thấy tệp kế hoạch {path}. Kiểm tra lại đường dẫn.",
            f"Plan file {path} is not there. Check the path.",
        )
    known = sorted(p.stem for p in PLANS.glob("*.yaml"))
    return PLANS / f"{_one_of('PLAN', str(plan), tuple(known))}.yaml"


def check_settings(
    plan: str | Path = "ninh-binh-2020",
    registry: str | Path = "sample",
    as_of: str | date | None = None,
    language: str = "vi",
    audience: str = "internal",
    quarantine: bool = False,
    comments: Path | None = None,
    outputs: Path | None = None,
) -> Settings:
    """Resolve and check the parameters of a run.

    ``plan`` is the name of a file in data/plans or a path to a YAML file; ``registry`` is "sample", a path or a
    database URL; ``as_of`` (YYYY-MM-DD or dd/mm/yyyy) defaults to the end of the plan's period, ``outputs`` to
    :func:`kttt_lib.resources.outputs_root`. Raises KtttError naming the parameter, or every fault of the comments.
    """
    if comments is not None:
        load_comments(comments)  # its faults are told before anything runs
    source = str(SAMPLE) if registry == "sample" else str(registry)
    return Settings(
        asked=(str(plan), str(registry)),
        plan=plan_path(plan),
        registry=source,
        as_of=None if as_of is None or as_of == "" else parse_day(as_of, "AS_OF").date(),
        language=_one_of("LANGUAGE", language, LANGUAGES),
        audience=_one_of("AUDIENCE", audience, AUDIENCES),
        outputs=outputs or outputs_root(),
        quarantine=quarantine,
        comments=comments,
    )
