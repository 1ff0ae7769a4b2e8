"""The store of answers: whole or not there, the first one stays, what is corrupt is computed anew."""

from __future__ import annotations

import threading
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from kttt_lib.pipeline.store import Store

PROCESSES, THREADS, ROUNDS, KEYS, ROWS = 4, 50, 2, 7, 500
NAMES = ("q/members", "q/scores")


def answer(number: int) -> dict[str, pd.DataFrame]:
    """Tables that all say ``number``."""
    return {name: pd.DataFrame({"said": np.full(ROWS, number), "row": np.arange(ROWS)}) for name in NAMES}


def said(tables: dict[str, pd.DataFrame]) -> int:
    """What the tables say together; an error when one is missing, cut off, or of another answer."""
    assert tuple(sorted(tables)) == NAMES and all(len(table) == ROWS for table in tables.values())
    (number,) = {number for table in tables.values() for number in table["said"].unique()}
    return int(number)


def wait_for_all(barrier) -> None:
    global START
    START = barrier


def work(root: Path, process: int) -> list[tuple[str, int]]:
    """``THREADS`` workers of one process, each now reading, now writing an answer of its own; what each then saw."""

    def one(worker: int) -> list[tuple[str, int]]:
        seen = []
        for turn in range(ROUNDS):
            key = f"key-{(worker + turn) % KEYS}"
            store = Store(root)
            found = store.get("q", key) if (worker + turn) % 2 else None
            seen.append((key, said(store.put("q", key, answer(1000 * process + worker)) if found is None else found)))
        return seen

    START.wait()
    with ThreadPoolExecutor(THREADS) as pool:
        return [pair for pairs in pool.map(one, range(THREADS)) for pair in pairs]


def test_200_writers_and_readers_at_once_meet_no_error_and_the_first_answer_stays(tmp_path):
    context = get_context("spawn")
    with ProcessPoolExecutor(
        PROCESSES, mp_context=context, initializer=wait_for_all, initargs=(context.Barrier(PROCESSES),)
    ) as pool:
        seen = [pair for pairs in pool.map(work, [tmp_path] * PROCESSES, range(PROCESSES)) for pair in pairs]
    assert len(seen) == PROCESSES * THREADS * ROUNDS
    assert len(set(seen)) == len({key for key, _ in seen}) == KEYS
    assert dict(seen) == {key: said(Store(tmp_path).get("q", key)) for key, _ in seen}
    assert len(list((tmp_path / "q").iterdir())) == KEYS


def test_an_answer_is_given_back_equal_under_the_full_names(tmp_path):
    store = Store(tmp_path)
    tables = {
        "scorecard/targets": pd.DataFrame(
            {"target_id": ["T1"], "value": [None], "deadline": pd.to_datetime(["2020-12-31"])}
        ),
        "scorecard/members": pd.DataFrame({"org_id": ["SYN-1", None], "weight": [1.0, 2.5]}),
    }
    assert store.get("scorecard", "k1") is None
    put = store.put("scorecard", "k1", tables)
    back = store.get("scorecard", "k1")
    assert set(back) == set(put) == set(tables)
    for name in tables:
        pd.testing.assert_frame_equal(back[name], put[name])
    pd.testing.assert_frame_equal(back["scorecard/members"], tables["scorecard/members"])
    assert store.get("scorecard", "k2") is None
    assert store.put("scorecard", "none", {}) == store.get("scorecard", "none") == {}


def test_a_table_that_cannot_be_saved_leaves_nothing(tmp_path):
    store = Store(tmp_path)
    with pytest.raises((TypeError, ValueError, OSError)):
        store.put("q", "k", {"q/bad": pd.DataFrame({"x": [{1, 2}, object()]})})
    assert store.get("q", "k") is None and not list(tmp_path.rglob("*.*"))


def damages(path: Path):
    """Every way in which a disk or a person spoils a file: its bytes afterwards."""
    whole = path.read_bytes()
    yield b""
    for length in (1, 31, 32, 33, len(whole) // 2, len(whole) - 1):
        yield whole[:length]
    yield from (whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :] for at in range(0, len(whole), len(whole) // 97))
    yield whole + b"\0"
    yield bytes(len(whole))


def test_a_corrupt_answer_is_as_good_as_none_and_is_replaced(tmp_path):
    store = Store(tmp_path)
    store.put("q", "key", answer(1))
    (path,) = (tmp_path / "q").iterdir()
    tried = 0
    for damaged in damages(path):
        path.write_bytes(damaged)
        assert store.get("q", "key") is None
        assert said(store.put("q", "key", answer(1))) == said(store.get("q", "key")) == 1
        tried += 1
    assert tried > 100


def test_an_answer_under_another_keys_name_is_not_an_answer(tmp_path):
    store = Store(tmp_path)
    store.put("q", "key-1", answer(1))
    (path,) = (tmp_path / "q").iterdir()
    path.rename(path.with_name(path.name.replace("key-1", "key-2")))
    assert store.get("q", "key-2") is None


def test_while_answers_are_spoilt_nobody_is_given_a_torn_one(tmp_path):
    store, stop, met = Store(tmp_path), threading.Event(), []
    store.put("q", "key", answer(1))
    (path,) = (tmp_path / "q").iterdir()
    whole = path.read_bytes()

    def spoil() -> None:
        cut = 0
        while not stop.is_set():
            cut = (cut + 4099) % len(whole)
            with path.open("r+b") as file:
                file.truncate(cut)

    def use(_: int) -> None:
        for _ in range(10):
            found = store.get("q", "key")
            met.append(found is None)
            assert said(store.put("q", "key", answer(1)) if found is None else found) == 1

    with ThreadPoolExecutor(9) as pool:
        spoiling = pool.submit(spoil)
        try:
            list(pool.map(use, range(8)))
        finally:
            stop.set()
        spoiling.result()
    assert any(met)
