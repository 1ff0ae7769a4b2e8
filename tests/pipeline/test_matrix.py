"""A matrix as a file, its reports and pages; the whole way over real workers is slow and nightly."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import nbformat
import pytest
import yaml
from click.testing import CliRunner

from kttt_lib.cli import main
from kttt_lib.errors import KtttError
from kttt_lib.files import hash_tree
from kttt_lib.pipeline.elsewhere import place, read_files
from kttt_lib.pipeline.matrix import Examined, Sheet, _kept, read_matrix, sheets_of
from kttt_lib.pipeline.verify import ANNUAL
from kttt_lib.plan import load_plan
from kttt_lib.registry.sample import write_sample
from kttt_lib.report.html.matrix import Cell, Result, apart, bounds, write_pages
from kttt_lib.report.indicators import COLUMNS
from kttt_lib.resources import PLANS

BASE = {
    "id": "so-sanh",
    "title_vi": "So sánh",
    "title_en": "Comparison",
    "provinces": [{"plan": "ninh-binh-2020", "registry": "sample"}],
    "years": [2020],
}


def matrix(folder: Path, **changes: object) -> Path:
    path = folder / "matrix.yaml"
    path.write_text(yaml.safe_dump(BASE | changes, allow_unicode=True), encoding="utf-8")
    return path


def test_a_matrix_gives_each_province_day_and_scenario_once_with_its_languages(tmp_path):
    provinces = [
        {"plan": "ninh-binh-2020", "registry": "sample", "plans": {"2025": "ninh-binh-2025"}},
        {"plan": "ninh-binh-2026", "registry": "sample", "years": ["2026-06-30"]},
    ]
    scenarios = [
        {"id": "nen", "title_vi": "Nền", "title_en": "Base"},
        {"id": "bo-loi", "title_vi": "Bỏ dòng lỗi", "title_en": "Without errors", "quarantine": True},
    ]
    path = matrix(tmp_path, provinces=provinces, years=[2020, 2025], scenarios=scenarios, languages=["vi", "en"])
    sheets = sheets_of(read_matrix(path))
    assert [(s.name, s.quarantine) for s in sheets] == [
        ("ninh-binh-2020/2020-12-31/nen", False),
        ("ninh-binh-2025/2025-12-31/nen", False),
        ("ninh-binh-2020/2020-12-31/bo-loi", True),
        ("ninh-binh-2025/2025-12-31/bo-loi", True),
        ("ninh-binh-2026/2026-06-30/nen", False),
        ("ninh-binh-2026/2026-06-30/bo-loi", True),
    ]
    assert {s.languages for s in sheets} == {("vi", "en")}


def test_no_year_is_the_end_of_each_plan(tmp_path):
    assert [s.as_of for s in sheets_of(read_matrix(matrix(tmp_path, years=[])))] == ["2020-12-31"]


@pytest.mark.parametrize(
    "changes",
    [
        {"provinces": [{"plan": "ninh-bin-2020", "registry": "sample"}]},
        {"provinces": [{"plan": "ninh-binh-2020", "registry": "khong-co"}]},
        {"provinces": [{"plan": "ninh-binh-2020", "registry": "postgresql://x"}]},
        {"provinces": [{"plans": {"2025": "ninh-binh-2025"}, "registry": "sample"}]},
        {"provinces": BASE["provinces"] * 2},
        {"provinces": [{**BASE["provinces"][0], "scenarios": {"la": {"registry": "sample"}}}]},
        {"provinces": []},
        {"languages": ["fr"]},
        {"id": "../ra-ngoai"},
        {"audience": "public"},
    ],
    ids=lambda changes: str(changes)[:60],
)
def test_a_fault_of_a_matrix_is_told_before_anything_runs(changes, tmp_path):
    with pytest.raises(KtttError) as caught:
        sheets_of(read_matrix(matrix(tmp_path, **changes)))
    assert caught.value.message_vi and caught.value.message_en and caught.value.message_vi != caught.value.message_en


def test_files_are_put_only_inside_the_folder(tmp_path):
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "x.csv").write_text("1")
    place("so/dang-ky", read_files(tmp_path / "a"), tmp_path / "b")
    assert hash_tree(tmp_path / "b" / "so" / "dang-ky") == hash_tree(tmp_path / "a")
    place("so/tep.csv", {"tep.csv": b"2"}, tmp_path / "b")
    assert (tmp_path / "b" / "so" / "tep.csv").read_bytes() == b"2"
    for given in ("../a", "/a", "x/../../a", "postgresql://a", "..\\a"):
        with pytest.raises(KtttError):
            place(given, {"x": b""}, tmp_path / "b")


def result(name: str, low: float | None, high: float | None, year: str = "2020") -> Result:
    return Result(Cell(name, ord(name), "", "2020-12-31", ("vi",)), name, True, "m", {"time_period": year}, low, high)


def test_results_are_told_apart_only_where_ranges_do_not_meet():
    results = [
        result("a", 1, 3),
        result("b", 3, 5),
        result("c", 6, 6),
        result("d", None, None),
        result("e", 0, 9, "2019"),
    ]
    assert apart(results[0], results) == {"above": 0, "below": 1, "open": 2}  # 3 may be both's; d is not known
    assert apart(results[2], results) == {"above": 2, "below": 0, "open": 1}
    assert apart(results[4], results) == {"above": 0, "below": 0, "open": 0}  # another year's
    again = replace(results[2], low=1.0, high=1.0)  # the same area on another day
    assert apart(again, [results[2], again]) == {"above": 0, "below": 0, "open": 0}


def test_a_range_without_an_end_is_never_told_apart_on_that_side():
    open_above = bounds({"value": 4.0, "lower": 4.0, "upper": None, "obs_status": "P"})
    assert open_above == (4.0, float("inf"))
    assert bounds({"value": 4.0, "lower": None, "upper": None, "obs_status": "A"}) == (4.0, 4.0)
    assert bounds({"value": None, "lower": None, "upper": None, "obs_status": "M"}) == (None, None)
    results = [result("a", *open_above), result("b", 100, 100)]
    assert apart(results[0], results)["open"] == 1


@pytest.fixture
def three(tmp_path) -> tuple[Path, list[Cell]]:
    """Two reports of committed plans with results written by hand, and one that failed."""
    cells = []
    for place_of, (plan, value) in enumerate([("can-tho-2023", 30.0), ("gia-lai-2023", 10.0)]):
        cell = Cell(f"{plan}/2023-12-31", place_of, "", "2023-12-31", ("vi", "en"))
        folder = tmp_path / cell.name / "vi"
        folder.mkdir(parents=True)
        shutil.copyfile(PLANS / f"{plan}.yaml", folder / "plan.yaml")
        record = load_plan(plan)
        rows = []
        for _, promise in record.promises():
            row = dict.fromkeys(COLUMNS)
            row |= {"target_id": promise.id, "title_vi": f"<script>{plan}", "title_en": promise.title_en}
            row |= {"indicator": promise.indicator, "unit": "htx", "comparator": ">=", "threshold": 20.0}
            row |= {"time_period": "2023", "verdict": "met", "obs_status": "P"}
            rows.append(row | {"value": value, "lower": value - 1, "upper": value + 1})
        about = {"province": record.province, "synthetic": True, "indicators": rows}
        (folder / "indicators.json").write_text(json.dumps(about), encoding="utf-8")
        cells.append(cell)
    cells.append(
        Cell("ninh-binh-2020/2020-12-31", 2, "", "2020-12-31", ("vi", "en"), (("đĩa <b>đầy", "disk <b>full"),))
    )
    return tmp_path, cells


def test_the_pages_link_what_was_made_tell_what_was_not_and_rank_nobody(three):
    folder, cells = three
    paths = write_pages(folder, ("Thử", "Trial"), {}, cells, ("vi", "en"))
    assert [p.name for p in paths] == ["index.html", "compare.html", "index.en.html", "compare.en.html"]
    index, compare, index_en, compare_en = (p.read_text(encoding="utf-8") for p in paths)
    assert 'href="can-tho-2023/2023-12-31/en/index.html"' in index and 'lang="en"' in index_en
    assert "đĩa &lt;b&gt;đầy" in index and "disk &lt;b&gt;full" in index_en and "2 trong 3" in index
    for page in (index, compare, index_en, compare_en):
        assert "<script>" not in page and ("mô phỏng" in page or "synthetic" in page)
        assert "<main" in page and page.count("<h1>") == 1
    assert "không phải bảng xếp hạng" in compare and "no ranking" in compare_en
    assert "cao hơn chắc chắn 1" in compare and "thấp hơn chắc chắn 1" in compare
    table = compare.split("<tbody>")[1]
    assert table.index("Cần Thơ") < table.index("Gia Lai")  # the matrix's order
    assert "29–31" in compare


def test_a_report_that_was_asked_in_other_words_is_made_again(tmp_path):
    sheet = Sheet("ninh-binh-2020/2020-12-31", 0, "ninh-binh-2020", "sample", "2020-12-31", ("vi",))
    notebook = tmp_path / sheet.name / "vi" / "notebooks" / ANNUAL
    notebook.parent.mkdir(parents=True)
    given = nbformat.v4.new_code_cell('PLAN = "ninh-binh-2020"\nREGISTRY = "sample"\nQUARANTINE = False')
    given.metadata["tags"] = ["injected-parameters"]
    nbformat.write(nbformat.v4.new_notebook(cells=[given]), notebook)
    rests = {"plan": "ninh-binh-2020", "inputs": {}}
    told = rests | {"outputs": hash_tree(tmp_path / sheet.name / "vi")}
    (tmp_path / sheet.name / "vi" / "manifest.json").write_text(json.dumps(told))
    found = Examined({}, {f"{sheet.name}/vi": rests}, {})
    assert _kept(tmp_path, sheet, "vi", found)
    for more in ({"plan": "data/plans/ninh-binh-2020.yaml"}, {"registry": "so"}, {"quarantine": True}):
        assert not _kept(tmp_path, replace(sheet, **more), "vi", found)
    assert not _kept(tmp_path, sheet, "vi", Examined({}, {f"{sheet.name}/vi": rests | {"plan": "x"}}, {}))


def kttt(folder: Path, *arguments: object, **environment: str) -> subprocess.CompletedProcess:
    env = {k: v for k, v in os.environ.items() if not k.startswith("KTTT_")} | {"KTTT_OUTPUTS": str(folder / "out")}
    done = subprocess.run(
        [Path(sys.executable).parent / "kttt", *map(str, arguments)],
        cwd=folder, env=env | environment, capture_output=True, text=True,
    )  # fmt: skip
    return done


@pytest.fixture(scope="module")
def small(tmp_path_factory) -> Path:
    """A folder with a small registry and a matrix of two days and two languages over it."""
    folder = tmp_path_factory.mktemp("matrix")
    write_sample(folder / "so-dang-ky", organisations=60, province="Cần Thơ")
    provinces = [{"plan": "can-tho-2023", "registry": "so-dang-ky"}]
    matrix(folder, provinces=provinces, years=["2023-06-30", 2023], languages=["vi", "en"])
    return folder


def same_as_single(small: Path, out: Path) -> None:
    """Every byte of one report is that of `kttt report`."""
    asked = ["--plan", "can-tho-2023", "--registry", "so-dang-ky", "--as-of", "2023-06-30", "--language", "en"]
    single = kttt(small, "report", *asked, KTTT_OUTPUTS=str(small / "single"))
    assert single.returncode == 0, single.stderr
    made = hash_tree(out / "so-sanh" / "can-tho-2023" / "2023-06-30" / "en")
    assert made == hash_tree(Path(single.stdout.strip()).parent) and len(made) > 15


@pytest.mark.slow
def test_a_matrix_gives_the_bytes_of_single_reports_and_makes_none_twice(small):
    done = kttt(small, "report", "--matrix", "matrix.yaml", "--workers", 2)
    assert done.returncode == 0, done.stderr
    assert "registries read: 1" in done.stderr and "made: 4" in done.stderr
    same_as_single(small, small / "out")
    again = kttt(small, "report", "--matrix", "matrix.yaml", "--workers", 2)
    assert again.returncode == 0 and "made: 0" in again.stderr and "kept: 4" in again.stderr


@pytest.mark.slow
def test_verify_says_the_same_and_then_which_input_is_another(small):
    run = small / "out" / "so-sanh" / "can-tho-2023" / "2023-06-30" / "vi"
    if not run.exists():
        assert kttt(small, "report", "--matrix", "matrix.yaml").returncode == 0
    done = kttt(small, "verify", run, "--language", "en")
    assert done.returncode == 0 and done.stdout.startswith("The same to the byte"), done.stdout + done.stderr
    path = small / "so-dang-ky" / "organisations.csv"
    kept = path.read_text(encoding="utf-8")
    try:
        path.write_text(kept.replace("Mô phỏng 001", "Mô phỏng 0001", 1), encoding="utf-8")
        done = kttt(small, "verify", run, "--language", "en")
        assert done.returncode == 1 and "registry: organisations.csv" in done.stdout, done.stdout + done.stderr
    finally:
        path.write_text(kept, encoding="utf-8")


@pytest.fixture
def full_disk(tmp_path):
    """A small file system that is full, or a visible skip."""
    if os.name != "posix" or os.geteuid() != 0:
        pytest.skip("only root can mount a small file system")
    folder = tmp_path / "full"
    folder.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=6m", "tmpfs", folder], capture_output=True).returncode:
        pytest.skip("this machine lets nobody mount a file system")
    yield folder
    subprocess.run(["umount", "-l", folder], check=False)


@pytest.mark.slow
@pytest.mark.parametrize("trouble", ["killed", "full", "stopped"])
def test_a_real_scheduler_with_a_worker_in_trouble_gives_every_report_whole(small, trouble, tmp_path, request):
    """Two workers of a real scheduler: one killed in the middle, one on a full disk, one that stands still."""
    place_of = tmp_path / "scheduler.json"
    command = [sys.executable, "-m", "distributed.cli.dask_scheduler", "--scheduler-file", place_of, "--port", "0",
               "--host", "127.0.0.1", "--no-dashboard"]  # fmt: skip
    started = [subprocess.Popen(list(map(str, command)), cwd=tmp_path)]
    try:
        while not place_of.exists() or not place_of.read_text():
            time.sleep(0.2)
        address = json.loads(place_of.read_text())["address"]
        full = request.getfixturevalue("full_disk") if trouble == "full" else None
        for number in range(2):
            work = full if full is not None and number == 0 else tmp_path / f"w{number}"
            started.append(subprocess.Popen(
                [sys.executable, "-m", "distributed.cli.dask_worker", address, "--nthreads", "1", "--no-nanny",
                 "--no-dashboard", "--local-directory", str(work), "--name", str(number)], cwd=tmp_path,
            ))  # fmt: skip
        out = tmp_path / "out"
        run = subprocess.Popen(
            [Path(sys.executable).parent / "kttt", "report", "--matrix", "matrix.yaml", "--scheduler", address],
            cwd=small, env=os.environ | {"KTTT_OUTPUTS": str(out)}, text=True, stderr=subprocess.PIPE,
        )  # fmt: skip
        if trouble != "full":
            time.sleep(25)
            assert run.poll() is None, "the trouble came too late"
            started[1].send_signal(9 if trouble == "killed" else 19)
        _, said = run.communicate()
        assert run.returncode == 0, said
        assert "made: 4" in said and not list(out.rglob("*.partial"))
        assert trouble != "full" or "No space left" in said
        same_as_single(small, out)
    finally:
        for process in started:
            process.kill()
            process.wait()


def test_scheduler_without_a_matrix_and_a_matrix_with_other_words_are_refused(tmp_path):
    path = str(matrix(tmp_path))
    for words in (["--scheduler", "tcp://x:1"], ["--matrix", path, "--audience", "public"]):
        done = CliRunner().invoke(main, ["report", *words], env={"KTTT_OUTPUTS": str(tmp_path / "out")})
        assert done.exit_code == 2 and "--matrix" in done.output and "Traceback" not in done.output
        assert not (tmp_path / "out").exists()
