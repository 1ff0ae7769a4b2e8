"""Where data and notebooks lie: in a checkout beside the library, in an installed wheel inside it.

The only module that looks for them; everybody else imports a name from here.
"""

from __future__ import annotations

from pathlib import Path

LIBRARY = Path(__file__).resolve().parent
IN_CHECKOUT = (LIBRARY.parent / "pyproject.toml").is_file() and (LIBRARY.parent / "data").is_dir()
ROOT = LIBRARY.parent if IN_CHECKOUT else LIBRARY

DATA = ROOT / "data"
NOTEBOOKS = ROOT / "notebooks"
PLANS = DATA / "plans"
SAMPLE = DATA / "sample" / "ninh-binh"
PUBLISHED = DATA / "published"
RULEBOOKS = DATA / "rulebooks"
SCENARIOS = DATA / "scenarios"
CALIBRATION = DATA / "calibration"
