"""Registries to attack, and their public and internal editions as a run publishes them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from attacker import Edition, read_edition

from kttt_lib.pipeline.publish import publish
from kttt_lib.pipeline.run import Run, open_run
from kttt_lib.registry import read_registry, write_registry
from kttt_lib.registry.sample import write_sample
from kttt_lib.report.annual import build_annual_report

PLAN = "ninh-binh-2020"


@dataclass(frozen=True)
class Attacked:
    """One registry's two editions, and its public list."""

    public: Edition
    internal: dict[str, pd.DataFrame]
    listed: pd.DataFrame
    folder: Path


def attacked(registry: str | Path, folder: Path, as_of: str | None = None) -> Attacked:
    """Both editions of a registry; the public one is read back from the files that it publishes."""
    inside = _run(registry, "internal", as_of)
    outside = _run(registry, "public", as_of)
    publish(outside, build_annual_report(outside.results, outside.context), folder)
    internal = {name: inside.results[name] for name in inside.results}
    return Attacked(read_edition(folder), internal, inside.registry.tables["organisations"], folder)


def _run(registry: str | Path, audience: str, as_of: str | None) -> Run:
    return open_run(PLAN, str(registry), as_of, audience=audience, quarantine=True)


def chosen(ids: pd.Series, folder: Path) -> Path:
    """The sample cut down to some organisations, as a registry of its own."""
    sample = read_registry("sample")
    kept = set(ids)
    tables = {}
    for name, frame in sample.tables.items():
        if "org_id" in frame:
            frame = frame[frame["org_id"].isin(kept) | frame["org_id"].isna()]
        if "successor_id" in frame:
            frame = frame[frame["successor_id"].isna() | frame["successor_id"].isin(kept)]
        tables[name] = frame
    about = {key: sample.about[key] for key in ("province", "synthetic", "label_vi", "label_en") if key in sample.about}
    return write_registry(tables, about, folder)


def fifteen(folder: Path) -> Path:
    """Fifteen organisations of one district: one HTX outside agriculture, two credit funds, a group."""
    orgs = read_registry("sample").tables["organisations"]
    orgs = orgs[orgs["district"] == "Huyện Hoa Lư"]
    htx = orgs["kind"] == "htx"
    parts = [
        orgs[htx & (orgs["sector"] == "agriculture")].head(11),
        orgs[htx & (orgs["sector"] != "agriculture")].head(1),
        orgs[orgs["kind"] == "qtdnd"].head(2),
        orgs[orgs["kind"] == "tht"].head(1),
    ]
    return chosen(pd.concat(parts)["org_id"], folder)


def drawn(folder: Path, seed: int) -> Path:
    """Some tens of the sample's organisations, drawn by ``seed``: few districts, few funds."""
    rng = np.random.default_rng(seed)
    orgs = read_registry("sample").tables["organisations"]
    districts = rng.choice(orgs["district"].unique(), rng.integers(2, 6), replace=False)
    orgs = orgs[orgs["district"].isin(districts)]
    return chosen(orgs["org_id"].sample(int(rng.integers(25, 90)), random_state=seed), folder)


def small_sample(folder: Path) -> Path:
    """The sample's small variant, as ``kttt sample`` writes it."""
    return write_sample(folder, organisations=60, years=(2016, 2020), seed=3)
