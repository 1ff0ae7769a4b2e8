"""Which files of the library a piece of code rests on: its imports, read and followed without running anything.

A file that is no module counts always, but for those of ``READERS``, which one module alone reads.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from functools import cache, lru_cache
from itertools import chain
from pathlib import Path
from types import CodeType

from kttt_lib.resources import LIBRARY, hash_library

PACKAGE = "kttt_lib"
# An import that begins its line, whole.
_IMPORT = re.compile(r"^[ \t]*((?:from[ \t]+[\w.]+[ \t]+)?import[ \t]+(?:\([^)]*\)|[^\n#]*))", re.MULTILINE)
_WORD = re.compile(r"\bimport\b")
# What sends a source to the parser, beside more imports than begin a line: those for a type checker, lines that go on.
_OTHERWISE = re.compile(r"TYPE_CHECKING|\\$|\r", re.MULTILINE)
_BODIES = ("body", "orelse", "finalbody", "handlers", "cases")
# What the path begins with -> the modules that read it. A test looks for others that name it.
READERS = {
    "report/text/vi/statements/": ("kttt_lib.report.teller",),
    "report/text/en/statements/": ("kttt_lib.report.teller",),
    "report/text/": (
        "kttt_lib.report.teller",
        "kttt_lib.report.words",
        "kttt_lib.report.terms",
        "kttt_lib.report.issuers",
    ),
    "report/html/": ("kttt_lib.report.html.page",),
    "results/public.yaml": ("kttt_lib.disclosure.edition",),
    "intake/": ("kttt_lib.intake",),
}


def rests_on(
    roots: Iterable[str], hashes: Mapping[str, str] | None = None, stop: frozenset[str] = frozenset()
) -> dict[str, str]:
    """SHA-256 of the library's files behind these modules, by path, with the modules that those import, and so on.

    ``stop``: modules that count, and whose imports do not. The package itself stands for all of it.
    """
    hashes = hash_library() if hashes is None else hashes
    found = _reached(frozenset(roots), stop, frozenset(hashes.items()))
    if found is None:
        return dict(hashes)
    paths = {name.relative_to(LIBRARY).as_posix() for module in found if (name := _file(module))}
    return {name: digest for name, digest in hashes.items() if name in paths or _read_by(name, found)}


@lru_cache(maxsize=256)
def _reached(roots: frozenset[str], stop: frozenset[str], hashes: frozenset[tuple[str, str]]) -> set[str] | None:
    """The modules that are reached; None for all."""
    digests, waiting, found = dict(hashes), list(roots), set()
    while waiting:
        module = waiting.pop()
        if module in found:
            continue
        found.add(module)
        if module == PACKAGE:
            return None
        waiting += [package for package in _packages(module) if package != PACKAGE]
        if module not in stop and (path := _file(module)):
            waiting += imported(path, digests.get(path.relative_to(LIBRARY).as_posix(), ""))
    return found | {PACKAGE}


def _read_by(name: str, modules: set[str]) -> bool:
    if name.endswith(".py"):
        return False
    readers = next((readers for begins, readers in READERS.items() if name.startswith(begins)), None)
    return readers is None or not modules.isdisjoint(readers)


def roots_of(function: Callable) -> set[str]:
    """The modules of what a function names among its module's globals, inner functions and lambdas too."""
    names = function.__globals__
    return {
        module
        for code in _codes(function.__code__)
        for name in code.co_names
        if (module := getattr(names.get(name), "__module__", None)) and module.startswith(PACKAGE)
    }


def _codes(code: CodeType) -> Iterator[CodeType]:
    yield code
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _codes(constant)


@cache
def imported(path: Path, digest: str) -> frozenset[str]:
    """The modules of the library that a module imports; ``digest``: of its bytes."""
    return frozenset(imports(path.read_text(encoding="utf-8"), path))


def imports(source: str, path: Path | None = None) -> Iterator[str]:
    """The modules of the library that a source imports anywhere, but for the eyes of a type checker alone."""
    waiting: list[ast.AST] = [_statements(source)]
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.If) and ast.unparse(node.test).endswith("TYPE_CHECKING"):
            waiting += node.orelse
            continue
        # An import is a statement, and stands only where statements do.
        waiting += chain.from_iterable(getattr(node, within, ()) for within in _BODIES)
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if alias.name.split(".")[0] == PACKAGE)
        elif isinstance(node, ast.ImportFrom):
            if node.level:
                assert path is not None
                own = [PACKAGE, *path.relative_to(LIBRARY).parent.parts]
                module = ".".join([*own[: len(own) + 1 - node.level], *([node.module] if node.module else [])])
            else:
                module = node.module or ""
            if module.split(".")[0] == PACKAGE:
                inner = [f"{module}.{alias.name}" for alias in node.names]
                modules = [name for name in inner if _file(name)]
                yield from modules
                if module != PACKAGE or len(modules) < len(inner):
                    yield module


def _statements(source: str) -> ast.Module:
    """The imports of a source alone, where its lines tell them: parsing all took a second of every report."""
    found = _IMPORT.findall(source)
    if len(found) == len(_WORD.findall(source)) and not _OTHERWISE.search(source):
        with suppress(SyntaxError):  # a line of prose
            return ast.parse("\n".join(found))
    return ast.parse(source)


def _packages(module: str) -> Iterator[str]:
    parts = module.split(".")
    yield from (".".join(parts[:end]) for end in range(1, len(parts)))


@cache
def _file(module: str) -> Path | None:
    place = LIBRARY.joinpath(*module.split(".")[1:])
    return next((path for path in (place / "__init__.py", place.with_suffix(".py")) if path.is_file()), None)
