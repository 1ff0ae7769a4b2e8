"""Results with their contributors of a registry of 15 and of the sample, each asked once a session."""

from __future__ import annotations

import pandas as pd
import pytest

from kttt_lib.analysis.scorecard.targets import scorecard
from kttt_lib.analysis.situation import situation
from kttt_lib.disclosure import Edition, public_edition
from kttt_lib.indicators import load_plan
from kttt_lib.published import load_published
from kttt_lib.registry import Registry, read_registry, registry_from_frames
from kttt_lib.resources import SAMPLE

AS_OF = "2020-12-31"


def asked(registry: Registry) -> dict[str, pd.DataFrame]:
    plan = load_plan("ninh-binh-2020")
    return scorecard(plan, registry, AS_OF, load_published()) | situation(registry, AS_OF)


def fifteen() -> Registry:
    """One district: eleven agricultural HTX, the only other one, two credit funds, one group."""
    sample = read_registry(SAMPLE)
    here = sample.tables["organisations"]
    here = here[here["district"].str.endswith("Hoa Lư")]
    htx, farms = here["kind"] == "htx", here["sector"] == "agriculture"
    parts = [here[htx & farms].head(11), here[htx & ~farms].head(1)]
    parts += [here[here["kind"] == "qtdnd"].head(2), here[here["kind"] == "tht"].head(1)]
    ids = set(pd.concat(parts)["org_id"])
    tables = {n: t[t["org_id"].isin(ids)] if "org_id" in t else t for n, t in sample.tables.items()}
    after = tables["status_events"]["successor_id"]
    tables["status_events"] = tables["status_events"][after.isna() | after.isin(ids)]
    about = {name: sample.about[name] for name in ("province", "synthetic", "label_vi", "label_en")}
    return registry_from_frames(tables, about)


@pytest.fixture(scope="session")
def small() -> dict[str, pd.DataFrame]:
    return asked(fifteen())


@pytest.fixture(scope="session")
def sample() -> dict[str, pd.DataFrame]:
    return asked(read_registry(SAMPLE))


@pytest.fixture(scope="session")
def small_edition(small: dict[str, pd.DataFrame]) -> Edition:
    return public_edition(small)


@pytest.fixture(scope="session")
def sample_edition(sample: dict[str, pd.DataFrame]) -> Edition:
    return public_edition(sample)
