"""Would a test notice? Every comparison and constant of the verdict floor changed in turn: ``make mutation``.

One pytest session runs the tests below, keeps what the floors above the changed modules made for them (registries,
checked plans), and forks a child for each mutant. The child puts the changed code in the place of the module's (nothing
is written to disk) and runs the tests, those that killed mutants of the module before first, then the quickest, until
one fails (killed) or none does (survived). Mutants that no input can tell from the code stand in ``EQUIVALENT`` with
the reason.

    python -m tests.mutation [MODULE[:LINE] ...] [--jobs N]
"""

from __future__ import annotations

import argparse
import ast
import gc
import importlib
import os
import pickle
import select
import signal
import sys
import time
import types
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

HOUSE = Path(__file__).parents[1]
MODULES = (
    "analysis.scorecard.verdicts", "analysis.scorecard.awaited", "analysis.scorecard.readings",
    "indicators.engine", "grammar.conditions", "indicators.cohorts",
)  # fmt: skip
TESTS = (
    *(f"tests/analysis/scorecard/test_{name}.py" for name in ("verdicts", "readings", "rated_years")),
    "tests/authoring/test_cases.py", "tests/indicators/test_rows_of.py", "tests/indicators/test_carried.py",
    "tests/indicators/test_grammar.py",
    # The others of this file ask for whole scorecards.
    *(f"tests/analysis/scorecard/test_awaited.py::test_{name}" for name in (
        "only_what_the_reports_of_a_year_decide_speaks_of_the_end_of_that_year",
        "credit_funds_wait_until_their_grades_are_due_and_no_longer",
        "the_day_is_that_of_the_circular_that_rates_the_organisation",
        "grades_of_a_part_are_awaited_by_name_and_those_of_last_year_do_not_stand_in",
        "credit_funds_are_read_into_cooperatives_only", "shares_of_grades_are_read_without_self_scores_too",
    )),
)  # fmt: skip
# Pure functions of the floors above: what they made for a test of the unchanged code they need not make again.
KEPT = ("registry_from_frames", "read_registry", "check_plan", "load_plan", "load_published")
SECONDS = 300  # a mutant that never ends is killed
# "module: line | code -> changed code": why no input can tell them apart.
EQUIVALENT = {
    "analysis.scorecard.awaited: return facts.on(day) if day < facts.day else facts | "
    "day < facts.day -> day <= facts.day":
        "the facts of their own day are those facts",
    "analysis.scorecard.readings: found = summed(target.indicator, rows, False) | False -> True":
        "the members are made and nobody reads them",
    "analysis.scorecard.awaited: then = asked if asked.closed_year >= year else asked.on(year_end(year)) | "
    "asked.closed_year >= year -> asked.closed_year > year": "from the day they are due on neither awaits them",
}  # fmt: skip

_COMPARED = {
    ast.GtE: (ast.Gt, ast.Lt), ast.Gt: (ast.GtE, ast.LtE), ast.LtE: (ast.Lt, ast.Gt), ast.Lt: (ast.LtE, ast.GtE),
    ast.Eq: (ast.NotEq,), ast.NotEq: (ast.Eq,), ast.Is: (ast.IsNot,), ast.IsNot: (ast.Is,), ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,),
}  # fmt: skip
_JOINED = {ast.And: ast.Or, ast.Or: ast.And, ast.BitAnd: ast.BitOr, ast.BitOr: ast.BitAnd}
_COUNTED = {ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Div, ast.Div: ast.Mult}


def swaps(node: ast.AST) -> Iterator[ast.AST]:
    """The node changed in each way."""
    if isinstance(node, ast.Compare):
        for at, op in enumerate(node.ops):
            for other in _COMPARED[type(op)]:
                yield ast.Compare(node.left, [*node.ops[:at], other(), *node.ops[at + 1 :]], node.comparators)
    elif isinstance(node, ast.BoolOp):
        yield ast.BoolOp(_JOINED[type(node.op)](), node.values)
    elif isinstance(node, ast.BinOp) and (other := (_JOINED | _COUNTED).get(type(node.op))):
        yield ast.BinOp(node.left, other(), node.right)
    elif isinstance(node, ast.UnaryOp):
        yield node.operand
    elif isinstance(node, ast.Constant) and isinstance(node.value, bool):
        yield ast.Constant(not node.value)
    elif isinstance(node, ast.Constant) and isinstance(node.value, int | float):
        yield ast.Constant(node.value + 1)
    elif isinstance(node, ast.IfExp):
        yield ast.IfExp(ast.UnaryOp(ast.Not(), node.test), node.body, node.orelse)


def places(tree: ast.AST) -> Iterator[tuple[ast.AST, str, int | None]]:
    """(parent, field, index) of every node of the code: no annotations, no imports."""
    for name, value in ast.iter_fields(tree):
        if name in ("annotation", "returns", "decorator_list"):
            continue
        for at, node in enumerate(value) if isinstance(value, list) else [(None, value)]:
            # A type alias says nothing when it runs.
            if isinstance(node, ast.AST):
                yield tree, name, at
                yield from places(node)


@dataclass(frozen=True)
class Mutant:
    """One change: where, what, and the code objects of the whole module before and after."""

    module: str
    line: int
    text: str
    code: str
    changed: str
    function: tuple[str, int] | None
    was: types.CodeType
    compiled: types.CodeType

    def __str__(self) -> str:
        return f"{self.module}: {self.text} | {self.code} -> {self.changed}"


def path_of(module: str) -> Path:
    return HOUSE / "kttt_lib" / f"{module.replace('.', '/')}.py"


def mutants(module: str) -> Iterator[Mutant]:
    """Every mutant of a module, in the order of its text."""
    path = path_of(module)
    source = path.read_text(encoding="utf-8")
    lines = [line.strip() for line in source.splitlines()]
    tree = ast.parse(source)
    was = compile(tree, str(path), "exec")
    functions = [
        (min(one.lineno for one in (node, *node.decorator_list)), node.body[0].lineno, node.end_lineno)
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef)
    ]
    for parent, name, at in list(places(tree)):
        held = getattr(parent, name)
        node = held if at is None else held[at]
        for other in swaps(node):
            ast.copy_location(other, node)
            _put(parent, name, at, other)
            compiled = compile(ast.fix_missing_locations(tree), str(path), "exec")
            _put(parent, name, at, node)
            inside = [(str(path), first) for first, body, last in functions if body <= node.lineno <= last]
            innermost = max(inside, default=None)
            at_line = node.lineno, lines[node.lineno - 1]
            yield Mutant(module, *at_line, ast.unparse(node), ast.unparse(other), innermost, was, compiled)


def _put(parent: ast.AST, name: str, at: int | None, node: ast.AST) -> None:
    if at is None:
        setattr(parent, name, node)
    else:
        getattr(parent, name)[at] = node


def _inner(code: types.CodeType) -> list[types.CodeType]:
    """A module's code objects, in order."""
    own = [constant for constant in code.co_consts if isinstance(constant, types.CodeType)]
    return [code, *(inner for one in own for inner in _inner(one))]


def put_in_place(mutant: Mutant, functions: list[types.FunctionType]) -> None:
    """Functions made already, closures too, run the changed code; changed constants go wherever they were imported."""
    name = f"kttt_lib.{mutant.module}"
    becomes = dict(zip(_inner(mutant.was), _inner(mutant.compiled), strict=True))
    old, new = sys.modules[name], types.ModuleType(name)
    sys.modules[name] = new  # dataclasses look their module up
    exec(mutant.compiled, new.__dict__)
    sys.modules[name] = old
    for function in functions:
        if function.__globals__ is old.__dict__ and function.__code__ in becomes:
            function.__code__ = becomes[function.__code__]
    for key, value in list(vars(old).items()):
        other = vars(new).get(key)
        if getattr(value, "__module__", name) != name or key.startswith("__"):
            continue
        if isinstance(value, types.FunctionType):
            value.__defaults__, value.__kwdefaults__ = other.__defaults__, other.__kwdefaults__
        elif isinstance(value, type):
            value.__init__ = other.__init__
        else:
            for module in list(sys.modules.values()):
                if getattr(module, "__dict__", {}).get(key) is value:
                    module.__dict__[key] = other


def keep_what_is_made() -> None:
    """Answer the same question of a function in ``KEPT`` with the same object, wherever it was imported."""
    for name in KEPT:
        made: dict[tuple, object] = {}
        owners = [m for key, m in list(sys.modules.items()) if callable(getattr(m, "__dict__", {}).get(name))]
        function = getattr(owners[0], name)

        def once(*given, function=function, made=made, **named):
            key = tuple(_asked(value) for value in (*given, *named.items()))
            if key not in made:
                made[key] = function(*given, **named)
            return made[key]

        for owner in owners:
            if getattr(owner, name) is function:
                setattr(owner, name, once)


def _asked(value: object) -> object:
    if isinstance(value, str | Path) and Path(value).is_file():
        return Path(value).name, Path(value).read_bytes()
    try:
        return pickle.dumps(value)
    except (TypeError, AttributeError, pickle.PicklingError):
        return id(value)  # the indicators themselves


class Runner:
    """A pytest plugin: the session's tests, once for each mutant."""

    def __init__(self, found: list[Mutant], jobs: int) -> None:
        self.waiting, self.jobs = found[::-1], jobs
        self.killers: dict[str, list[int]] = {}
        self.cost: list[float] = []
        self.calls: list[set[tuple[str, int]]] = []  # functions that each test calls: file and first line
        self.out = os.dup(1)  # pytest takes the first for itself
        self.ends: list[tuple[Mutant, str, float]] = []

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        keep_what_is_made()
        for item, after in zip(session.items, [*session.items[1:], None]):
            began = time.monotonic()
            self.calls.append(set())
            sys.settrace(self._called)
            item.config.hook.pytest_runtest_protocol(item=item, nextitem=after)
            sys.settrace(None)
            self.cost.append(time.monotonic() - began)
        if session.testsfailed:
            return True
        os.write(self.out, f"{len(session.items)} tests, {sum(self.cost):.0f} s\n".encode())
        self.functions = [thing for thing in gc.get_objects() if isinstance(thing, types.FunctionType)]
        gc.freeze()
        running: dict[int, tuple[Mutant, int, float]] = {}
        while self.waiting or running:
            while self.waiting and len(running) < self.jobs:
                mutant = self.waiting.pop()
                reads, writes = os.pipe()
                pid = os.fork()
                if pid == 0:
                    os.close(reads)
                    self._child(session, mutant, self._order(mutant), writes)
                os.close(writes)
                running[reads] = (mutant, pid, time.monotonic())
            ready, _, _ = select.select(list(running), [], [], 1.0)
            late = [pipe for pipe, (_, _, began) in running.items() if time.monotonic() - began > SECONDS]
            for pipe in {*ready, *late}:
                mutant, pid, began = running.pop(pipe)
                if pipe not in ready:
                    os.kill(pid, signal.SIGKILL)
                self._ended(session, mutant, os.read(pipe, 64).decode() if pipe in ready else "late", began)
                os.close(pipe)
                os.waitpid(pid, 0)
        return True

    def _called(self, frame: types.FrameType, event: str, arg: object) -> None:
        if "kttt_lib" in frame.f_code.co_filename:
            self.calls[-1].add((frame.f_code.co_filename, frame.f_code.co_firstlineno))

    def _order(self, mutant: Mutant) -> list[int]:
        """The tests that call the changed function (all of them where it is none): killers first, then the quickest."""
        able = [n for n, calls in enumerate(self.calls) if mutant.function is None or mutant.function in calls]
        first = self.killers.get(mutant.module, [])
        return sorted(able, key=lambda n: (first.index(n) if n in first else len(first), self.cost[n]))

    def _ended(self, session: pytest.Session, mutant: Mutant, said: str, began: float) -> None:
        if said.isdigit():
            first = self.killers.setdefault(mutant.module, [])
            first[:] = [int(said), *(n for n in first if n != int(said))][:25]
            how = session.items[int(said)].nodeid
        else:
            how = said or "died"
        self.ends.append((mutant, how, time.monotonic() - began))
        mark = "SURVIVED" if how == "none" else "killed"
        os.write(self.out, f"{mark:9}{mutant.module}:{mutant.line}  {mutant.changed}  [{how}]\n".encode())

    def _child(self, session: pytest.Session, mutant: Mutant, order: list[int], pipe: int) -> None:
        """Run the tests, tell the number of the first that fails, and end."""
        session.config.pluginmanager.unregister(name="terminalreporter")
        said = "died"
        try:
            put_in_place(mutant, self.functions)
            said = "none"
            for n, after in zip(order, [*order[1:], None]):
                item = session.items[n]
                item.config.hook.pytest_runtest_protocol(
                    item=item, nextitem=None if after is None else session.items[after]
                )
                if session.testsfailed:
                    said = str(n)
                    break
        except BaseException as error:
            said = type(error).__name__
        finally:
            os.write(pipe, said.encode())
            os._exit(0)


def main() -> int:
    """Run the mutants asked for; 1 when under 95 % are killed."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("modules", nargs="*", default=MODULES, metavar="MODULE[:LINE]")
    parser.add_argument("--jobs", type=int, default=2)
    asked = parser.parse_args()
    found = []
    for word in asked.modules:
        module, _, line = word.partition(":")
        importlib.import_module(f"kttt_lib.{module}")
        found += [mutant for mutant in mutants(module) if not line or mutant.line == int(line)]
    known = [str(mutant) for mutant in found if str(mutant) in EQUIVALENT]
    began = time.monotonic()
    runner = Runner([mutant for mutant in found if str(mutant) not in EQUIVALENT], asked.jobs)
    if pytest.main(["-q", "-p", "no:cacheprovider", *TESTS], plugins=[runner]) or not runner.ends:
        return 2
    left = [mutant for mutant, how, _ in runner.ends if how == "none"]
    for mutant in left:
        print(f"survived: {path_of(mutant.module).relative_to(HOUSE)}:{mutant.line}  {mutant.code} -> {mutant.changed}")
    for mutant in known:
        print(f"equivalent: {mutant}  ({EQUIVALENT[mutant]})")
    killed = len(runner.ends) - len(left)
    share = 100 * killed / max(len(found), 1)
    print(
        f"{len(found)} mutants, {killed} killed ({share:.1f} %), {len(left)} survived, {len(known)} equivalent; "
        f"{time.monotonic() - began:.0f} s"
    )
    return int(share < 95)


if __name__ == "__main__":
    sys.exit(main())
