"""Where data, notebooks and outputs lie: in a checkout beside the library; in an installed wheel inside it, outputs in
the folder where the user works.

The only module that looks for them; everybody else imports a name from here.
"""

from __future__ import annotations

import os
import re
from importlib import metadata
from pathlib import Path

from kttt_lib.files import hash_tree

LIBRARY = Path(__file__).resolve().parent
IN_CHECKOUT = (LIBRARY.parent / "pyproject.toml").is_file() and (LIBRARY.parent / "data").is_dir()
ROOT = LIBRARY.parent if IN_CHECKOUT else LIBRARY

DATA = ROOT / "data"
NOTEBOOKS = ROOT / "notebooks"
PLANS = DATA / "plans"
SAMPLE = DATA / "sample" / "ninh-binh"
PLACES = DATA / "places"
PUBLISHED = DATA / "published"
RULEBOOKS = DATA / "rulebooks"
FORMS = DATA / "forms"
LISTS = DATA / "lists"
SCENARIOS = DATA / "scenarios"
CALIBRATION = DATA / "calibration"


def outputs_root() -> Path:
    """Where runs and the store live: KTTT_OUTPUTS, else outputs/ of the checkout or of the current folder."""
    return Path(os.environ.get("KTTT_OUTPUTS") or (ROOT if IN_CHECKOUT else Path.cwd()) / "outputs")


def hash_library() -> dict[str, str]:
    """SHA-256 of the library's own files: the same from a checkout and from a wheel of it."""
    return {name: digest for name, digest in hash_tree(LIBRARY).items() if not name.startswith(("data/", "notebooks/"))}


def hash_lock() -> dict[str, str]:
    """What fixes the versions of other people's code: the lock of a checkout; for a wheel, which has none, the
    installed versions of all that it asks for."""
    if IN_CHECKOUT:
        return hash_tree(ROOT / "uv.lock")
    asked = [name for name in metadata.requires("kttt") or () if "extra ==" not in name]
    names = sorted(re.match(r"[\w.-]+", name)[0] for name in asked)
    return {name: metadata.version(name) for name in names}
