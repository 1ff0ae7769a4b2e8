"""What a notebook made, kept under all that it rests on: it is run again only when something of that has changed.

A notebook rests on its bytes, its parameters, plan, registry, rules and other data, the lock and what is installed, and
the library's code that it imports or that answers what it asks. When in doubt it is run.
"""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from zipfile import BadZipFile, ZipFile, ZipInfo

from kttt_lib.errors import Language
from kttt_lib.files import write_whole
from kttt_lib.pipeline.code import PACKAGE, imports, rests_on
from kttt_lib.pipeline.graph import Notebook
from kttt_lib.pipeline.questions import QUESTIONS, code_of
from kttt_lib.pipeline.store import Store
from kttt_lib.report.words import word

# What every notebook is run, exported and published by.
EXPORT = ("kttt_lib.report.html.notebook",)
STOP = frozenset({"kttt_lib.pipeline.questions"})
# Modules that read nothing by themselves, and words for reading: with others a notebook is always run.
KNOWN = {PACKAGE, "numpy", "pandas", "math", "pathlib", "matplotlib", "seaborn"}
READS = re.compile(
    r"open|read|read_\w+|load|load_\w+|glob|rglob|iterdir|from_file|exec|eval|compile|__import__|today|now|utcnow|"
    r"get_ipython|imread|genfromtxt|fromfile|memmap|\w+File|HDFStore|os|environ|exists|is_file|is_dir|stat|walk|hash_\w+"
)
# Entries that stay of one notebook: those made last.
KEPT = 64
TOLD = 3


@dataclass(frozen=True)
class Rests:
    """Everything that one notebook's outputs rest on, by name; ``of``: the report that it is run for.

    ``sure``: nothing else, see :func:`is_sure`.
    """

    stem: str
    of: str
    parts: Mapping[str, str]
    sure: bool = True

    @property
    def key(self) -> str:
        return sha256(json.dumps([self.stem, *sorted(self.parts.items())]).encode()).hexdigest()

    @property
    def hashed(self) -> dict[str, str]:
        """The parts as they may lie on a disk: what somebody has in the environment or types is not shown."""
        return {name: sha256(value.encode()).hexdigest() for name, value in self.parts.items()}


def rests(
    notebook: Notebook,
    of: str,
    parameters: Mapping[str, object],
    inputs: Mapping[str, Mapping[str, str]],
    around: Mapping[str, str],
    everything: bool,
) -> Rests:
    """What a notebook rests on.

    ``inputs``: SHA-256 by group and path, ``library`` all of it; ``around``: what else, by name; ``everything``: it may
    look at the answer of any question (the public edition is protected as one).
    """
    library = inputs["library"]
    source = notebook.path.read_bytes()
    code = dict(rests_on({*EXPORT, *_imports(source)}, library, STOP))
    code |= {name: digest for name, digest in library.items() if name.startswith("pipeline/")}
    for question in QUESTIONS if everything else notebook.questions:
        code |= code_of(question, library)
    parts = {"notebook": sha256(source).hexdigest()}
    parts |= {f"parameter {name}": repr(value) for name, value in parameters.items()}
    parts |= {f"code {name}": digest for name, digest in code.items()}
    for group, files in inputs.items():
        if group not in ("library", "notebooks"):
            parts |= {f"{group} {name}": digest for name, digest in files.items()}
    return Rests(notebook.stem, of, parts | dict(around), is_sure(source))


def _cells(source: bytes) -> list[str]:
    return ["".join(cell["source"]) for cell in json.loads(source)["cells"] if cell["cell_type"] == "code"]


def _imports(source: bytes) -> set[str]:
    try:
        return {module for text in _cells(source) for module in imports(text)}
    except SyntaxError:  # IPython's own words
        return {PACKAGE}


def is_sure(source: bytes) -> bool:
    """Whether a notebook reads nothing beside what the library reads for it, as far as its words tell."""
    try:
        nodes = [node for text in _cells(source) for node in ast.walk(ast.parse(text))]
    except SyntaxError:
        return False
    for node in nodes:
        if isinstance(node, ast.Import):
            modules = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            modules = [node.module or ""]
            if any(READS.fullmatch(alias.name) for alias in node.names):
                return False
        else:
            modules = []
        if any(module.split(".")[0] not in KNOWN for module in modules):
            return False
        name = getattr(node, "id", getattr(node, "attr", ""))
        if isinstance(node, ast.Name | ast.Attribute) and READS.fullmatch(name):
            return False
        if isinstance(node, ast.Constant) and node.value in ("now", "today"):
            return False
    return True


class Kept:
    """Files that notebooks made, beside the answers in the store."""

    def __init__(self, outputs: Path) -> None:
        self._root = outputs / ".store"
        self._store = Store(self._root)

    def get(self, rests: Rests) -> dict[str, bytes] | None:
        """The files by relative path, as they were; None where there are none or an entry is damaged."""
        if not rests.sure:
            return None
        packed = self._store.read(f"notebooks/{rests.stem}", rests.key)
        if packed is None:
            return None
        try:
            with ZipFile(BytesIO(packed)) as archive:
                return {name: archive.read(name) for name in archive.namelist()}
        except BadZipFile:
            return None

    def put(self, rests: Rests, files: Mapping[str, bytes]) -> None:
        """Keep the files, and what they rest on for :meth:`why`; the oldest entries go."""
        if not rests.sure:
            return
        whole = BytesIO()
        with ZipFile(whole, "w") as archive:
            for name, data in sorted(files.items()):
                archive.writestr(ZipInfo(name), data)
        self._store.write(f"notebooks/{rests.stem}", rests.key, whole.getvalue())
        write_whole(self._last(rests), json.dumps(rests.hashed, sort_keys=True).encode())
        entries = sorted((self._root / "notebooks" / rests.stem).glob("*.answer"), key=lambda p: p.stat().st_mtime_ns)
        for old in entries[:-KEPT]:
            old.unlink(missing_ok=True)

    def why(self, rests: Rests, language: Language) -> str:
        """Why a notebook is run: what is not as it was when it was run last for the same report."""
        if not rests.sure:
            return word("cache.unsure", language)
        try:
            before = json.loads(self._last(rests).read_text(encoding="utf-8"))
            now = rests.hashed
            changed = sorted(name for name in {*before, *now} if before.get(name) != now.get(name))
        except (OSError, ValueError, AttributeError):
            return word("cache.first", language)
        if not changed:
            return word("cache.lost", language)
        more = f" (+{len(changed) - TOLD})" if len(changed) > TOLD else ""
        return word("cache.changed", language).format(what=", ".join(changed[:TOLD]) + more)

    def _last(self, rests: Rests) -> Path:
        return self._root / "notebooks" / rests.stem / f"{sha256(rests.of.encode()).hexdigest()[:24]}.json"
