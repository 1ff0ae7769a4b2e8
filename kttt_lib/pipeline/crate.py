"""The provenance of a run for machines: RO-Crate 1.1 metadata by the profile Process Run Crate 0.5.

https://w3id.org/ro/wfrun/process/0.5. Made of what the manifest tells and nothing else, so that a public folder's crate
names no registry's hash either.
"""

from __future__ import annotations

import json
import mimetypes
from collections.abc import Mapping
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path
from typing import Any

from kttt_lib.files import write_text

CRATE = "ro-crate-metadata.json"
PROFILE = "https://w3id.org/ro/wfrun/process/0.5"
TERMS = "https://w3id.org/ro/terms/workflow-run/context"  # defines sha256
PARAMETERS = ("plan", "as_of", "language", "audience", "synthetic", "set_aside")
# Tables of file types differ from system to system.
_TYPES = mimetypes.MimeTypes(filenames=())
_OWN_TYPES = {
    ".ipynb": "application/x-ipynb+json",
    ".yaml": "application/yaml",
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


def crate(told: Mapping[str, Any], made: Mapping[str, str]) -> dict[str, Any]:
    """The metadata document of a run's folder.

    ``told`` is the manifest without its outputs, ``made`` the SHA-256 of each file by its path in the folder. An input
    is a group of files (the registry, the rules, the library ...) by the SHA-256 of its part of the manifest, as
    :func:`digest_of` makes it. The day of publication is the report's own day: no clock is read.
    """
    from rocrate.model import ContextEntity
    from rocrate.rocrate import ROCrate

    document = ROCrate(version="1.1")
    document.metadata.extra_contexts.append(TERMS)

    def entity(identifier: str, kind: str, **properties: Any) -> Any:
        return document.add(ContextEntity(document, identifier, {"@type": kind, **properties}))

    named = f"{told['plan']}, {told['as_of']}, {told['language']}, {told['audience']}"
    root = document.root_dataset
    root["name"] = named
    root["description"] = told["about"].get(f"label_{told['language']}") or named
    root["datePublished"] = told["as_of"]
    root["conformsTo"] = entity(PROFILE, "CreativeWork", name="Process Run Crate", version="0.5")
    results = [
        document.add_file(dest_path=name, properties=_about(name) | {"sha256": digest}) for name, digest in made.items()
    ]
    manifest = document.add_file(dest_path="manifest.json", properties=_about("manifest.json"))
    inputs = [
        entity(f"#input-{group}", "CreativeWork", name=group, sha256=digest_of(files))
        for group, files in told["inputs"].items()
    ]
    values = [entity(f"#parameter-{name}", "PropertyValue", name=name, value=told[name]) for name in PARAMETERS]
    tool = entity(
        "#kttt", "SoftwareApplication", name="kttt", version=version("kttt"), license="https://spdx.org/licenses/MIT"
    )
    root["mentions"] = entity(
        "#run", "CreateAction", name=f"kttt report: {named}",
        instrument=tool, object=[*inputs, *values], result=[*results, manifest],
    )  # fmt: skip
    return document.metadata.generate()


def write_crate(told: Mapping[str, Any], made: Mapping[str, str], folder: Path) -> Path:
    """Write the metadata beside the manifest; the same run gives the same bytes."""
    return write_text(folder / CRATE, json.dumps(crate(told, made), ensure_ascii=False, indent=1) + "\n")


def digest_of(files: Mapping[str, str]) -> str:
    """One SHA-256 of a group of the manifest: of its compact JSON with sorted keys."""
    return sha256(json.dumps(files, ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode()).hexdigest()


def _about(name: str) -> dict[str, str]:
    kind = _OWN_TYPES.get(Path(name).suffix) or _TYPES.guess_type(name)[0] or "application/octet-stream"
    return {"name": name, "encodingFormat": kind}
