"""What a user's word for a plan or a registry stands for: the name of one that comes with the code, or a path.

The one way of every door: the library's ``load_plan`` and ``read_registry``, runs, and the command line.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from kttt_lib.errors import KtttError
from kttt_lib.plan.problems import closest, one_of
from kttt_lib.resources import IN_CHECKOUT, PLANS, ROOT, SAMPLE


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
    return named_plan(typed("PLAN", plan, str, Path)) or located("PLAN", plan, _plans())


def named_plan(plan: str | Path) -> Path | None:
    """The file of a plan of data/plans asked for by its name; None for a file's path. KtttError for no such name."""
    if Path(plan).suffix in (".yaml", ".yml"):
        return None
    return PLANS / f"{one_of('PLAN', str(plan), _plans())}.yaml"


def _plans() -> list[str]:
    return sorted(path.stem for path in PLANS.glob("*.yaml"))


def registry_source(registry: str | Path) -> str:
    """Where a registry lies that is given as "sample", by its path, or by a database's address (which stays as it is);
    KtttError when it is not there.
    """
    if "://" in str(typed("REGISTRY", registry, str, Path)):
        return str(registry)
    return named_registry(registry) or str(located("REGISTRY", registry, ["sample"]))


def named_registry(registry: str | Path) -> str | None:
    """The folder of the registry that comes with the code, asked for by its name; None for any other.

    KtttError when something of that name lies in the current folder too: which of the two is meant is not guessed.
    """
    if registry != "sample":  # a Path is always a path
        return None
    if Path("sample").exists():
        raise KtttError(
            "'sample' là sổ giả lập đi kèm, nhưng ở đây cũng có một tệp hoặc thư mục tên đó; "
            f"viết ./sample cho sổ của bạn, hoặc {SAMPLE}.",
            "'sample' is the synthetic registry that comes with the code, but one of that name is here too; "
            f"write ./sample for yours, or {SAMPLE}.",
        )
    return str(SAMPLE)


def typed(parameter: str, value: Any, *types: type) -> Any:
    """``value`` when it is of one of the types; else KtttError naming the parameter."""
    if isinstance(value, types):
        return value
    vi, en = ("True hoặc False", "True or False") if bool in types else ("chữ trong ngoặc kép", "text in quotes")
    raise KtttError(
        f"Tham số {parameter} = {value!r} không hợp lệ; viết {vi}.",
        f"Parameter {parameter} = {value!r} is not valid; write {en}.",
    )
