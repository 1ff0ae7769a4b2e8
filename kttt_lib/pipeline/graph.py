"""The collection as a graph: each notebook says in its metadata what it asks and what it gives; order follows.

In a notebook's metadata ``{"kttt": {"asks": [...], "gives": [...]}}``: ``gives`` are the questions that it answers
first in a run, and other things by a name of its own ("report"); ``asks`` are those of others that it looks at. What a
question itself reads (:mod:`kttt_lib.pipeline.questions`) is not said again.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

from kttt_lib.errors import KtttError
from kttt_lib.pipeline.questions import QUESTIONS


@dataclass(frozen=True)
class Notebook:
    """One notebook of the collection, the questions whose answers it looks at, and the notebooks that it waits for."""

    path: Path
    asks: frozenset[str] = frozenset()
    gives: frozenset[str] = frozenset()
    needs: frozenset[str] = frozenset()

    @property
    def stem(self) -> str:
        return self.path.stem

    @property
    def questions(self) -> frozenset[str]:
        """All that may be asked while it runs: what it declares, and what those questions read."""
        return with_read(name for name in self.asks | self.gives if name in QUESTIONS)


def with_read(questions: Iterable[str]) -> frozenset[str]:
    """The questions and those that they read, and so on."""
    found: set[str] = set()
    waiting = list(questions)
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting += QUESTIONS[name].reads
    return frozenset(found)


def collection(folder: Path, questions: Iterable[str] = tuple(QUESTIONS)) -> tuple[Notebook, ...]:
    """The notebooks of a folder in an order in which they can run, those that most others wait for first.

    One that asks and gives nothing stands alone: no run has it.

    KtttError, naming the notebooks, for metadata that is not there, for one of ``questions`` that nobody gives or that
    two give, for what is asked and given by nobody, and for a circle.
    """
    declared = {path.stem: (path, *_declared(path)) for path in sorted(folder.glob("*.ipynb"))}
    declared = {stem: said for stem, said in declared.items() if said[1] | said[2]}
    giver: dict[str, str] = {}
    for stem, (_, _, gives) in declared.items():
        for name in sorted(gives):
            if name in giver:
                raise KtttError(
                    f"Kết quả {name!r} do hai sổ tay cùng đưa ra: {giver[name]} và {stem}; bỏ ở một sổ (gives).",
                    f"The result {name!r} is given by two notebooks: {giver[name]} and {stem}; take it out of one "
                    "(gives).",
                )
            giver[name] = stem
    for name in questions:
        if name not in giver:
            raise KtttError(
                f"Không sổ tay nào đưa ra kết quả {name!r}; ghi vào gives của một sổ tay.",
                f"No notebook gives the result {name!r}; put it into the gives of one.",
            )
    needs: dict[str, set[str]] = {}
    for stem, (_, asks, gives) in declared.items():
        read = asks | {inner for name in asks | gives if name in QUESTIONS for inner in QUESTIONS[name].reads}
        if unknown := sorted(read - set(giver)):
            raise KtttError(
                f"Sổ tay {stem} hỏi {', '.join(unknown)}, mà không sổ tay nào đưa ra; có: {', '.join(sorted(giver))}.",
                f"Notebook {stem} asks {', '.join(unknown)}, which no notebook gives; there are: "
                f"{', '.join(sorted(giver))}.",
            )
        needs[stem] = {giver[name] for name in read} - {stem}
    try:
        order = list(TopologicalSorter(needs).static_order())
    except CycleError as error:
        circle = " → ".join(error.args[1])
        raise KtttError(
            f"Các sổ tay chờ nhau thành vòng: {circle}.", f"The notebooks wait for one another in a circle: {circle}."
        ) from None
    rank = {stem: (-_awaited(stem, needs), place) for place, stem in enumerate(order)}
    made = (
        Notebook(path, frozenset(asks), frozenset(gives), frozenset(needs[stem]))
        for stem, (path, asks, gives) in declared.items()
    )
    return tuple(sorted(made, key=lambda notebook: rank[notebook.stem]))


def _awaited(stem: str, needs: Mapping[str, set[str]]) -> int:
    """How many notebooks wait for this one, directly or not."""
    found: set[str] = set()
    waiting = [stem]
    while waiting:
        one = waiting.pop()
        later = {other for other, read in needs.items() if one in read} - found
        found |= later
        waiting += later
    return len(found)


def _declared(path: Path) -> tuple[set[str], set[str]]:
    try:
        declared = json.loads(path.read_text(encoding="utf-8"))["metadata"]["kttt"]
        asks, gives = (set(declared[name]) for name in ("asks", "gives"))
        if set(declared) != {"asks", "gives"} or not all(isinstance(name, str) for name in asks | gives):
            raise TypeError
    except (ValueError, KeyError, TypeError):
        raise KtttError(
            f'{path.name}: metadata thiếu hoặc sai mục "kttt": {{"asks": [...], "gives": [...]}}.',
            f'{path.name}: its metadata lack a right entry "kttt": {{"asks": [...], "gives": [...]}}.',
        ) from None
    return asks, gives
