"""What a notebook may be given: only what its parameters cell declares, by whatever door it is run.

papermill itself only warns of a name that it does not know, runs with the default, and gives a plausible wrong report.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Mapping
from pathlib import Path

from kttt_lib.errors import KtttError
from kttt_lib.plan.problems import choose, closest


def check_parameters(path: Path, parameters: Mapping[str, object]) -> None:
    """KtttError for a parameter that the notebook does not declare, or not with the type of this value."""
    from papermill import inspect_notebook

    declared = inspect_notebook(str(path))
    for name, value in parameters.items():
        if name not in declared:
            raise _unknown(name, declared, f"{path.name}: ")
        default = declared[name]["default"]
        if type(value) is not type(ast.literal_eval(default)):
            raise KtttError(
                f"{path.name}: tham số {name} = {value!r} sai kiểu; mặc định là {default}.",
                f"{path.name}: parameter {name} = {value!r} has the wrong type; the default is {default}.",
            )


def refuse_undeclared() -> None:
    """KtttError when the notebook that this runs in was given a name that it does not declare; nothing elsewhere.

    Declared are the annotated names of the last cell that declares PLAN. Given are the names of papermill's own cell
    right behind it, and the other names set in that cell, or in cells of plain values behind it, that look like a
    declared one: whatever else somebody tries there is nobody's parameter.
    """
    from IPython import get_ipython

    shell = get_ipython()
    given: set[str] = set()
    typed: set[str] = set()
    for source in reversed(shell.history_manager.input_hist_parsed if shell else []):
        names, declared, plain = _read(source)
        if "PLAN" in declared:
            like = {name for name in typed | names if closest(name, declared)}
            for name in sorted((given | like) - declared):
                raise _unknown(name, declared)
            return
        if source.startswith("# Parameters\n"):  # so papermill begins every cell that it puts in
            given |= names
        else:
            typed = typed | names if plain else set()


def _read(source: str) -> tuple[set[str], set[str], bool]:
    """The names that a cell sets, those that it declares with a type, and whether it does nothing but set values."""
    try:
        body = ast.parse(source).body
    except SyntaxError:
        body = [ast.Pass()]
    names = _names(target for node in body if isinstance(node, ast.Assign) for target in node.targets)
    declared = _names(node.target for node in body if isinstance(node, ast.AnnAssign))
    return names, declared, all(isinstance(node, ast.Assign) and _is_plain(node.value) for node in body)


def _names(targets: Iterable[ast.expr]) -> set[str]:
    return {target.id for target in targets if isinstance(target, ast.Name)}


def _is_plain(value: ast.expr) -> bool:
    return not any(isinstance(node, ast.Name | ast.Call) for node in ast.walk(value))


def _unknown(name: str, declared: Iterable[str], where: str = "") -> KtttError:
    vi, en = choose(name, sorted(declared))
    return KtttError(f"{where}Không có tham số {name}; {vi}", f"{where}There is no parameter {name}; {en}")
