"""The parameters of a run, checked before anything is started: a mistyped one never gives a plausible wrong report."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from kttt_lib.days import parse_day
from kttt_lib.errors import LANGUAGES, KtttError
from kttt_lib.plan.problems import closest, one_of
from kttt_lib.report.comments import load_comments
from kttt_lib.resources import IN_CHECKOUT, PLANS, ROOT, SAMPLE, outputs_root

AUDIENCES = ("internal", "public")


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
    language: str
    audience: str
    outputs: Path
    quarantine: bool = False
    comments: Path | None = None


def located(parameter: str, given: str | Path, names: Iterable[str] = ()) -> Path:
    """The file or folder that a parameter gives by its path; KtttError when it is not there, saying where it could be.

    A relative path is of the checkout or of the current folder: kernels of notebooks and `kttt` run in different ones.
    ``names``: what may stand in place of a path, for a slip of the pen.
    """
    folders = [ROOT, Path.cwd()] if IN_CHECKOUT else [Path.cwd()]
    places = list(dict.fromkeys(Path(os.path.abspath(folder / given)) for folder in folders))
    there = [place for place in places if str(given) and place.exists()]
    if len(there) == 1:
        return there[0]
    if there:
        raise KtttError(
            f"{parameter} = {str(given)!r} có ở hai nơi: {there[0]} và {there[1]}; viết đường dẫn đầy đủ.",
            f"{parameter} = {str(given)!r} is in two places: {there[0]} and {there[1]}; write the whole path.",
        )
    near, looked = closest(given, names), "; ".join(map(str, places))
    raise KtttError(
        f"Không tìm thấy tệp hoặc thư mục {parameter} = {str(given)!r}; đã tìm ở {looked}."
        + (f" Có phải ý bạn là '{near}'?" if near else ""),
        f"The file or folder {parameter} = {str(given)!r} is not there; looked for at {looked}."
        + (f" Did you mean '{near}'?" if near else ""),
    )


def plan_path(plan: str | Path) -> Path:
    """The file of a plan given by its name in data/plans or by its path; KtttError when it is not there."""
    known = sorted(p.stem for p in PLANS.glob("*.yaml"))
    if Path(_typed("PLAN", plan, str, Path)).suffix in (".yaml", ".yml"):
        return located("PLAN", plan, known)
    return PLANS / f"{one_of('PLAN', str(plan), known)}.yaml"


def _registry(registry: str | Path) -> str:
    """What :func:`kttt_lib.registry.read_registry` takes: a path, or a database's address as it is."""
    if "://" in str(_typed("REGISTRY", registry, str, Path)):
        return str(registry)
    return str(SAMPLE if registry == "sample" else located("REGISTRY", registry, ["sample"]))


def _typed(parameter: str, value: Any, *types: type) -> Any:
    if isinstance(value, types):
        return value
    vi, en = ("True hoặc False", "True or False") if bool in types else ("chữ trong ngoặc kép", "text in quotes")
    raise KtttError(
        f"Tham số {parameter} = {value!r} không hợp lệ; viết {vi}.",
        f"Parameter {parameter} = {value!r} is not valid; write {en}.",
    )


def check_settings(
    plan: str | Path = "ninh-binh-2020",
    registry: str | Path = "sample",
    as_of: str | date | None = None,
    language: str = "vi",
    audience: str = "internal",
    quarantine: bool = False,
    comments: str | Path | None = None,
    outputs: Path | None = None,
) -> Settings:
    """Resolve and check the parameters of a run.

    ``plan`` is the name of a file in data/plans or a path to a YAML file; ``registry`` is "sample", a path or a
    database URL; ``as_of`` (YYYY-MM-DD or dd/mm/yyyy) defaults to the end of the plan's period, ``outputs`` to
    :func:`kttt_lib.resources.outputs_root`; with ``quarantine`` rows in error are left out and not refused;
    ``comments`` is a path ("" for none). Raises KtttError naming the parameter, or every fault of the comments.
    """
    sheet = None if comments in (None, "") else located("COMMENTS", _typed("COMMENTS", comments, str, Path))
    if sheet:
        load_comments(sheet)  # its faults are told before anything runs
    return Settings(
        asked=(str(plan), str(registry), str(comments or "")),
        plan=plan_path(plan),
        registry=_registry(registry),
        as_of=None if as_of is None or as_of == "" else parse_day(as_of, "AS_OF").date(),
        language=one_of("LANGUAGE", language, LANGUAGES),
        audience=one_of("AUDIENCE", audience, AUDIENCES),
        outputs=outputs or outputs_root(),
        quarantine=_typed("QUARANTINE", quarantine, bool),
        comments=sheet,
    )
