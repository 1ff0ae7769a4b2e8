"""Jobs on a real dask scheduler with two real worker processes; what fails, dies or lags harms nobody else's."""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path

import pytest
import spread_jobs as jobs

from kttt_lib.errors import KtttError
from kttt_lib.pipeline.spread import TRIES, cluster, spread


@pytest.fixture(scope="module")
def client():
    here = str(Path(__file__).parent)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", here)  # of the workers, which are processes of their own
        with cluster(None, 2) as client:
            client.run(sys.path.insert, 0, here)
            yield client


@pytest.fixture
def log(tmp_path) -> str:
    return str(tmp_path / "log")


def runs(log: str) -> Counter[int]:
    return Counter(int(line.split()[0]) for line in Path(log).read_text().splitlines())


def workers(client) -> list[str]:
    return sorted(str(about["name"]) for about in client.scheduler_info(n_workers=-1)["workers"].values())


def test_each_job_is_done_once_and_each_value_is_taken_once(client, log):
    taken: list[tuple[str, int]] = []
    told = spread(client, {f"{n}": (jobs.square, (n, log)) for n in range(12)}, lambda *got: taken.append(got))
    assert sorted(taken) == sorted((f"{n}", n * n) for n in range(12))
    assert set(runs(log).values()) == {1} and sum(told.on.values()) == 12
    assert not told.failed and not told.faults and not told.again


def test_what_fails_on_one_worker_as_its_disk_is_full_is_done_on_the_other(client, log):
    taken: dict[str, int] = {}
    said: list[str] = []
    bad = workers(client)[0]
    work = {f"{n}": (jobs.only_elsewhere, (n, log, bad)) for n in range(8)}
    told = spread(client, work, taken.__setitem__, said.append)
    assert taken == {f"{n}": n * n for n in range(8)} and not told.failed
    assert told.faults and all("No space left" in text for text in said) and len(said) == len(told.faults)


def test_a_job_that_two_workers_say_the_same_of_is_given_up_and_the_others_are_done(client, log):
    taken: dict[str, int] = {}
    work = {"good": (jobs.square, (2, log)), "bad": (jobs.bad_input, (3, log)), "last": (jobs.square, (4, log))}
    told = spread(client, work, taken.__setitem__)
    assert taken == {"good": 4, "last": 16} and told.failed == ["bad"]
    assert {fault.vi for fault in told.faults["bad"]} == {"dòng 4: sai"} and told.faults["bad"][0].en == "row 4: wrong"
    assert 2 <= runs(log)[3] <= TRIES


def test_a_job_that_lags_is_begun_on_an_idle_worker_and_the_first_to_end_counts(client, log):
    taken: list[str] = []
    client.wait_for_workers(2)
    slow = workers(client)[0]
    work = {f"{n}": (jobs.slow_on, (n, log, slow)) for n in range(4)}
    told = spread(client, work, lambda name, _: taken.append(name), patience=2)
    assert sorted(taken) == ["0", "1", "2", "3"]
    assert 1 <= len(told.again) == len(set(told.again))  # how many lay with the slow one is dask's affair
    names = {address: str(about["name"]) for address, about in client.scheduler_info(n_workers=-1)["workers"].items()}
    assert slow not in {names[address] for address in told.on}


def test_no_scheduler_at_the_address_is_one_message(monkeypatch):
    monkeypatch.setattr("kttt_lib.pipeline.spread.REACHED", "1s")
    with pytest.raises(KtttError) as caught, cluster("tcp://127.0.0.1:1", 1):
        pass
    assert "không kết nối được" in caught.value.message_vi and "cannot connect" in caught.value.message_en


def test_a_worker_that_dies_in_the_middle_loses_nothing(client, log, tmp_path):
    taken: dict[str, int] = {}
    work = {f"{n}": (jobs.dies_once, (n, log, str(tmp_path / "mark"))) for n in range(6)}
    told = spread(client, work, taken.__setitem__)
    assert (tmp_path / "mark").exists()
    assert taken == {f"{n}": n * n for n in range(6)} and not told.failed
