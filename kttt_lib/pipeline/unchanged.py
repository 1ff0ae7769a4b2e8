"""Whether a report that is asked for is there already, known from bytes alone and without loading what makes one.

Only this module, the standard library and hashes: the whole answer takes a fraction of a second.
"""

from __future__ import annotations

import json
import os
import platform
import re
import sys
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path

from kttt_lib.files import hash_tree, write_whole
from kttt_lib.resources import DATA, IN_CHECKOUT, LIBRARY, NOTEBOOKS, ROOT, hash_library, hash_lock

# What a machine or a user may have set that reaches a kernel. Where outputs lie and what tests are told is nothing.
SETTINGS = re.compile(
    r"OPENBLAS_\w+|OMP_\w+|MKL_\w+|NUMBA_\w+|NPY_\w+|GLIBC_TUNABLES|IPYTHONDIR|MPL\w+|MATPLOTLIB\w*|XDG_(?:CONFIG|CACHE|DATA)_\w+|JUPYTER_(?:PATH|CONFIG_\w+|DATA_DIR)|"
    r"PYTHON\w+|TZ|LANG|LANGUAGE|LC_\w+|SOURCE_DATE_EPOCH|KTTT_(?!OUTPUTS|REQUIRE|LOOK|TEST|ASKED|CHECKED)\w+"
)
# A run's kernels never have the user's.
OWN = {"PYTHONDONTWRITEBYTECODE", "PYTHONSAFEPATH", "MPLBACKEND"}


def environment() -> dict[str, str]:
    """What of the machine bears on what is made: settings, Python, installed packages, IPython's own start files."""
    found = {f"environment {n}": v for n, v in os.environ.items() if SETTINGS.fullmatch(n) and n not in OWN}
    found |= dict.fromkeys(packages(), "")
    profile = Path(os.environ.get("IPYTHONDIR") or "~/.ipython").expanduser() / "profile_default"
    for group, folder in (("startup", profile / "startup"), ("ipython", profile)):
        for kind in ("*.py", "*.ipy", "*.json"):
            found |= {f"{group} {n}": d for n, d in hash_tree(folder, kind).items()}
    return found | {"python": f"{sys.implementation.name} {platform.python_version()} {sys.platform}"}


def packages() -> list[str]:
    """What is installed, with its version, wherever Python looks for it."""
    names = {name for folder in sys.path if folder for name in _listed(folder)}
    return sorted(f"package {name.removesuffix('.dist-info')}" for name in names if name.endswith(".dist-info"))


def _listed(folder: str) -> list[str]:
    try:
        return os.listdir(folder)
    except OSError:
        return []


def fingerprint(asked: Mapping[str, object]) -> str | None:
    """A hash of everything that this report could rest on; None where that is not known from files.

    Not known: a database, earlier public editions, the office program that makes a PDF.
    """
    if "://" in str(asked["registry"]) or asked["audience"] != "internal" or asked["pdf"]:
        return None
    files: dict[str, object] = {"library": hash_library(), "lock": hash_lock()}
    files |= {str(name): hash_tree(root) for name, root in (("data", DATA), ("notebooks", NOTEBOOKS))}
    for name in ("plan", "registry", "comments", "reference", "earlier"):
        folders = [ROOT, Path.cwd()] if IN_CHECKOUT else [Path.cwd()]
        places = [folder / str(asked[name]) for folder in folders] if asked[name] else []
        files[name] = [hash_tree(place) if place.exists() else None for place in places]
    told = {name: str(value) for name, value in asked.items() if name != "output"}
    whole = [told, files, environment(), str(LIBRARY)]
    return sha256(json.dumps(whole, sort_keys=True).encode()).hexdigest()


def _record(outputs: Path, seen: str) -> Path:
    return outputs / ".store" / "reports" / f"{seen[:24]}.json"


def made_before(outputs: Path, seen: str) -> tuple[Path, list[str]] | None:
    """The folder that holds the report of this fingerprint, every byte as it was written, and what was said of it."""
    try:
        record = json.loads(_record(outputs, seen).read_text(encoding="utf-8"))
        folder = outputs / record["folder"]
        there = record["seen"] == seen and bool(record["files"]) and hash_tree(folder) == record["files"]
        return (folder, list(record["said"])) if there else None
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None


def remember(outputs: Path, seen: str, folder: Path, said: list[str]) -> None:
    """Take down that ``folder`` holds the report of this fingerprint."""
    record = {
        "seen": seen,
        "folder": folder.relative_to(outputs).as_posix(),
        "files": hash_tree(folder),
        "said": said,
    }
    write_whole(_record(outputs, seen), json.dumps(record, ensure_ascii=False, sort_keys=True).encode())
