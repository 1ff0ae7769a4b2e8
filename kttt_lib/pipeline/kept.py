"""The registry that a run rests on, kept in the store beside its outputs, so that two runs can be compared row by row.

Only there: no published folder holds it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any

from kttt_lib.errors import KtttError
from kttt_lib.files import hash_tree
from kttt_lib.pipeline.run import Run
from kttt_lib.pipeline.store import Store, Tables
from kttt_lib.plan.lists import lists_of
from kttt_lib.registry import TABLES, read_registry

_QUESTION = "registry"


def _key(hashes: Mapping[str, str], about: Mapping[str, Any]) -> str:
    """By the files and the lists, as what a code is decides which rows are accepted."""
    lists = {"lists": about["lists"]} if about.get("lists") else {}
    return sha256(json.dumps({**hashes, **lists}, sort_keys=True).encode()).hexdigest()


def keep_registry(run: Run) -> None:
    """Keep the accepted rows of a run's registry under the hash of its files."""
    store, key = Store(run.settings.outputs / ".store"), _key(run.inputs["registry"], run.registry.about)
    if store.get(_QUESTION, key) is None:
        found = run.registry.tables
        store.put(_QUESTION, key, {name: found[name][[c.name for c in TABLES[name].columns]] for name in found})


def kept_registry(folder: Path, manifest: Mapping[str, Any], given: Path | None = None) -> Tables | None:
    """The rows that the run of ``folder`` rests on: from the registry ``given``, else from a store above the folder.

    None where no store has them. KtttError when what is given is not what the run rests on.
    """
    hashes, about = manifest.get("inputs", {}).get("registry", {}), manifest.get("about", {})
    if given is not None:
        if not given.exists() or hash_tree(given) != hashes:
            raise KtttError(
                f"{given}: không phải sổ đăng ký mà báo cáo {folder.name} dựa vào (SHA-256 khác).",
                f"{given}: is not the registry that the report {folder.name} rests on (its SHA-256 is another).",
            )
        return dict(read_registry(given, lists_of(about)).tables)
    for parent in folder.resolve().parents:
        if (tables := Store(parent / ".store").get(_QUESTION, _key(hashes, about))) is not None:
            return tables
    return None
