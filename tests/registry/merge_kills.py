"""Merges killed at every step: run as a program, it forks a child a step, kills it there and looks at what is left.

``python merge_kills.py FOLDER COUNT STORE…`` with the store "workbook", "folder", "folder-without-swap", "sqlite" or a
PostgreSQL URL; prints, for each store, how many kills left the old and how many the new registry, as JSON.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import sys
import zipfile
from pathlib import Path

import pandas as pd
import sqlalchemy as sa

from kttt_lib import files
from kttt_lib.registry import apply_merge, plan_merge, read_registry, registry_from_frames, save, write_registry

ABOUT = {"province": "Ninh Bình", "synthetic": True}
STEPS = ("open", "os.rename", "os.remove", "os.rmdir", "os.mkdir", "os.chmod", "os.truncate", "shutil.rmtree")


def organisation(org_id: str, **more: object) -> dict[str, object]:
    founded = pd.Timestamp("2010-05-01")
    named = {"name": f"HTX {org_id}", "kind": "htx", "sector": "agriculture", "commune": f"Xã {org_id}"}
    return {"org_id": org_id, "district": "Yên Khánh", "founded_on": founded, **named, **more}


def facts(*organisations: dict[str, object], members: int) -> dict[str, pd.DataFrame]:
    reports = [{"org_id": one["org_id"], "year": 2019, "members": members} for one in organisations]
    return {"organisations": pd.DataFrame(organisations), "annual_reports": pd.DataFrame(reports)}


OLD = facts(*(organisation(name) for name in "ABC"), members=50)
NEW = facts(organisation("C", name="HTX Hoa Sen"), organisation("D"), members=60)


class Killer:
    """Kills this process at the ``at``-th step towards a file or a database; counts them all with ``at`` None."""

    def __init__(self, at: int | None) -> None:
        self.at, self.count = at, 0
        sys.addaudithook(self.heard)
        sa.event.listen(sa.engine.Engine, "before_cursor_execute", self.step)
        sa.event.listen(sa.engine.Engine, "commit", self.step)
        write = zipfile.ZipFile.writestr

        def stepping(archive: zipfile.ZipFile, *given: object, **more: object) -> None:
            self.step()
            write(archive, *given, **more)

        zipfile.ZipFile.writestr = stepping

    def heard(self, event: str, given: tuple) -> None:
        if event in STEPS and (event != "open" or set("wa+") & set(str(given[1] or ""))):
            self.step()

    def step(self, *_: object, **__: object) -> None:
        self.count += 1
        if self.count == self.at:
            os.kill(os.getpid(), signal.SIGKILL)


def merge_in_child(plan, target: str, at: int | None) -> int:
    """Apply the plan in a child that is killed at a step; how many steps there are with ``at`` None."""
    tell, told = os.pipe()
    child = os.fork()
    if not child:
        try:
            killer = Killer(at)
            apply_merge(plan, target, by="test")
            killer.step()
            os.write(told, str(killer.count).encode())
        finally:
            os._exit(0)
    os.close(told)
    _, status = os.waitpid(child, 0)
    with os.fdopen(tell) as said:
        count = said.read()
    assert count or os.WIFSIGNALED(status), "the child neither ended nor was killed"
    return int(count or 0)


def database(url: str) -> sa.Engine:
    """A PostgreSQL database whose connections end with their blocks."""
    return sa.create_engine(url.replace("postgresql", "postgresql+psycopg"), poolclass=sa.pool.NullPool)


def fresh(folder: Path, store: str) -> str:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    if "://" in store:
        with database(store).begin() as connection:
            connection.exec_driver_sql("DROP TABLE IF EXISTS kttt_history")
        save(OLD, ABOUT, store)
        return store
    target = folder / {"workbook": "r.xlsx", "sqlite": "r.db"}.get(store, "r")
    (write_registry if target.suffix == "" else save)(OLD, ABOUT, target)
    return str(target)


def main(root: Path, count: int, stores: list[str]) -> None:
    new = write_registry(NEW, ABOUT, root / "new")
    before = registry_from_frames(OLD, ABOUT)
    for store in stores:
        if store == "folder-without-swap":
            files._swap = lambda one, other: False
        folder, seen = root / "store", {"old": 0, "new": 0}
        target = fresh(folder, store)
        plan = plan_merge(target, new)  # what is made anew is the same, so the plan is good for each time
        steps = merge_in_child(plan, target, None)
        after = read_registry(target)
        assert len(after.tables["organisations"]) == 4 and after.errors.empty
        own = {Path(target).name, f"{Path(target).name}.history.jsonl"}
        for place in range(count):
            at = 1 + (place * (steps - 1) // (count - 1) if count > 1 else steps // 2)
            target = fresh(folder, store)
            merge_in_child(plan, target, at)
            registry = read_registry(target)  # the next command
            which = "old" if registry.equals(before) else "new" if registry.equals(after) else "torn"
            assert which in seen, f"{store}: half a registry after step {at} of {steps}"
            seen[which] += 1
            left = {path.name for path in folder.iterdir()} - own
            assert not left, f"{store}: {left} left after step {at} of {steps}"
            if which == "old":  # and what is half done is in nobody's way
                apply_merge(plan, target)
                assert read_registry(target).equals(after) and {path.name for path in folder.iterdir()} <= own
        print(json.dumps({"store": store.partition(":")[0], "steps": steps, "kills": count, **seen}), flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3:])
