"""Small registries built in code, for the tests of this floor."""

from __future__ import annotations

import pandas as pd

ABOUT = {"province": "Ninh Bình", "synthetic": True, "label_vi": "Dữ liệu giả lập", "label_en": "Synthetic data"}


def day(text: str | None) -> pd.Timestamp:
    return pd.Timestamp(text)


def organisation(org_id: str, **given) -> dict:
    fields = {
        "org_id": org_id,
        "name": f"HTX nông nghiệp {org_id}",
        "kind": "htx",
        "sector": "agriculture",
        "commune": f"Xã {org_id}",
        "district": "Yên Khánh",
        "founded_on": day("2010-05-01"),
    }
    return fields | given


def event(org_id: str, date: str, kind: str, successor: str | None = None, **given) -> dict:
    return {"org_id": org_id, "date": day(date), "event": kind, "successor_id": successor} | given


def report(org_id: str, year: int, **given) -> dict:
    return {"org_id": org_id, "year": year, "received_on": day(f"{year + 1}-02-15"), "members": 100} | given


def tables(organisations, events=(), reports=(), **others) -> dict[str, pd.DataFrame]:
    rows = {"organisations": organisations, "status_events": events, "annual_reports": reports, **others}
    return {name: pd.DataFrame(list(given)) for name, given in rows.items() if len(given)}
