"""`kttt report --matrix`: the reports of many provinces, days, languages and scenarios, over a dask cluster.

A registry is read and checked once for all its reports; the languages of one report share its answers. Each report
comes whole or not at all, byte for byte as `kttt report` gives it. Faults of plans and registries are all told before
anything is rendered, and a report that is there and rests on the same is not made again.
"""

from __future__ import annotations

import datetime as dt
import json
import os
import pickle
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from typing import Annotated, Any
from unittest.mock import patch
from zipfile import ZIP_DEFLATED, ZipFile

from pydantic import BeforeValidator, Field

from kttt_lib.errors import KtttError, Language
from kttt_lib.files import hash_tree, whole_folder, write_text
from kttt_lib.pipeline.spread import Told, cluster, spread
from kttt_lib.plan.model import PLAN_ID, Day, Record
from kttt_lib.plan.named import plan_path, registry_source
from kttt_lib.plan.problems import RecordError
from kttt_lib.plan.record import read_record

Say = Callable[[str], None]
Name = Annotated[str, Field(pattern=PLAN_ID)]


def _end_of_year(value: object) -> object:
    return dt.date(value, 12, 31) if isinstance(value, int) and 1900 < value < 2200 else value


When = Annotated[Day, BeforeValidator(_end_of_year)]


class Instead(Record):
    """What a scenario puts in place of a province's own plan or registry."""

    plan: str | None = None
    registry: str | None = None


class Province(Record):
    """A province: its plan (a name or file), or one for each year; its registry; days of its own."""

    plan: str | None = None
    plans: dict[str, str] = Field(default_factory=dict)
    registry: str
    years: list[When] = Field(default_factory=list)
    scenarios: dict[str, Instead] = Field(default_factory=dict)


class Scenario(Record):
    """A way to make each report: without rows in error, or with what provinces name for it."""

    id: Name
    title_vi: str
    title_en: str
    quarantine: bool = False


class Matrix(Record):
    """What matrix.yaml says. A year stands for its last day; no year for the last day of each plan."""

    id: Name
    title_vi: str
    title_en: str
    provinces: list[Province] = Field(min_length=1)
    years: list[When] = Field(default_factory=list)
    languages: list[Language] = Field(default=["vi"], min_length=1)
    scenarios: list[Scenario] = Field(default_factory=list)


@dataclass(frozen=True)
class Sheet:
    """One report in all its languages: what one worker makes at once. ``name`` is its folder in the matrix."""

    name: str
    place: int
    plan: str
    registry: str
    as_of: str
    languages: tuple[Language, ...]
    scenario: str = ""
    quarantine: bool = False


@dataclass(frozen=True)
class Source:
    """A registry with the plans that it is looked at by, as bytes where workers have no such files."""

    registry: str
    sheets: tuple[Sheet, ...]
    files: Mapping[str, Mapping[str, bytes]] = field(default_factory=dict)


@dataclass(frozen=True)
class Examined:
    """A registry read and checked: pickled by its key; what each report will rest on; faults by report."""

    checked: Mapping[str, bytes]
    rests_on: Mapping[str, dict[str, Any]]
    faults: Mapping[str, tuple[str, str]]


@dataclass
class Costs:
    """What it took: registries read and checked, reports made and kept from before, bytes moved each way."""

    read: int = 0
    made: int = 0
    kept: int = 0
    sent: int = 0
    received: int = 0


def read_matrix(path: Path) -> Matrix:
    """The matrix of a file; RecordError with every fault and its line."""
    matrix, problems = read_record(path, Matrix)
    if matrix is None or problems:
        raise RecordError(problems)
    return matrix


def sheets_of(matrix: Matrix) -> list[Sheet]:
    """The reports that a matrix asks for, in its order. KtttError for a plan or registry that is not there, a year
    without a plan, a scenario that is not declared, and two reports of one name."""
    from kttt_lib.plan import load_plan

    found: dict[str, Sheet] = {}
    scenarios = matrix.scenarios or [Scenario(id="nen", title_vi="Nền", title_en="Base")]
    for number, province in enumerate(matrix.provinces):
        if unknown := set(province.scenarios) - {s.id for s in scenarios}:
            raise _said(
                number, f"không có kịch bản {', '.join(sorted(unknown))}", f"no scenario {', '.join(sorted(unknown))}"
            )
        for scenario in scenarios:
            instead = province.scenarios.get(scenario.id, Instead())
            days: list[dt.date | None] = [*(province.years or matrix.years)]
            for day in days or [None]:
                plan = instead.plan or (day and province.plans.get(str(day.year))) or province.plan
                if plan is None:
                    raise _said(number, f"không có kế hoạch cho năm {day}", f"no plan for the year {day}")
                registry = instead.registry or province.registry
                if "://" in registry:
                    raise _said(
                        number,
                        "sổ của một ma trận là tệp hoặc thư mục; xuất cơ sở dữ liệu ra tệp trước",
                        "the registry of a matrix is a file or folder; export the database first",
                    )
                registry_source(registry)
                record = load_plan(plan_path(plan))
                as_of = (day or record.period.end).isoformat()
                name = "/".join([record.id, as_of, *([scenario.id] if matrix.scenarios else [])])
                if name in found:
                    raise _said(number, f"báo cáo {name} có hai lần", f"the report {name} is there twice")
                languages = tuple(dict.fromkeys(matrix.languages))
                found[name] = Sheet(name, number, plan, registry, as_of, languages, scenario.id, scenario.quarantine)
    return list(found.values())


def _said(number: int, vi: str, en: str) -> KtttError:
    return KtttError(f"provinces[{number + 1}]: {vi}.", f"provinces[{number + 1}]: {en}.")


@cache
def identity() -> str:
    """What of this machine decides a report's bytes beside its inputs: library, lock, data, notebooks, Python."""
    import platform

    from kttt_lib.pipeline.run import RESTS_ON
    from kttt_lib.resources import DATA, NOTEBOOKS, hash_library, hash_lock

    parts = [hash_library(), hash_lock(), hash_tree(NOTEBOOKS, "*.ipynb"), platform.python_version()]
    parts += [hash_tree(DATA / name) for name in (*RESTS_ON, "plans")]
    return sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()


def _refuse_other(expected: str) -> None:
    if identity() != expected:
        raise KtttError(
            "máy này có phiên bản KTTT, gói khóa, dữ liệu đi kèm hoặc Python khác; cài cho giống nơi gọi.",
            "this machine has another KTTT, lock, data or Python; install it as where the command runs.",
        )


def _here(source: Source, folder: Path) -> None:
    """On a worker: what it does not have is put where the words of the user lead from ``folder``."""
    from kttt_lib.pipeline.elsewhere import place

    for given, files in source.files.items():
        place(given, files, folder)


def examine(source: Source, expected: str) -> Examined:
    """On a worker: read and check a registry once, and say what each of its reports would rest on, or its fault."""
    from contextlib import chdir

    from kttt_lib.pipeline.checked import CHECKED
    from kttt_lib.pipeline.elsewhere import ONE
    from kttt_lib.pipeline.publish import rests_on
    from kttt_lib.pipeline.run import Run
    from kttt_lib.pipeline.settings import EARLIER, REFERENCE_DOC, check_settings

    _refuse_other(expected)
    rest: dict[str, dict[str, Any]] = {}
    faults: dict[str, tuple[str, str]] = {}
    with ONE, tempfile.TemporaryDirectory() as name:
        folder = Path(name).resolve()
        _here(source, folder)
        kept = folder / ".checked"
        here = chdir(folder) if source.files else chdir(os.curdir)
        with here, patch.dict(os.environ, {CHECKED: str(kept), REFERENCE_DOC: "", EARLIER: ""}):
            for sheet in source.sheets:
                try:
                    for language in sheet.languages:
                        settings = check_settings(
                            sheet.plan, sheet.registry, sheet.as_of, language, quarantine=sheet.quarantine
                        )
                        rest[f"{sheet.name}/{language}"] = rests_on(Run(settings))
                except KtttError as error:
                    faults[sheet.name] = (error.message_vi, error.message_en)
        checked = {path.name: path.read_bytes() for path in kept.glob("*")}
    return Examined(checked, rest, faults)


def make(sheet: Sheet, source: Source, checked: Mapping[str, bytes], expected: str) -> dict[str, bytes]:
    """On a worker: a report in each of its languages, each as a zip of its folder."""
    from multiprocessing import current_process, util

    from distributed import get_worker

    from kttt_lib.files import write_whole
    from kttt_lib.pipeline.checked import CHECKED
    from kttt_lib.pipeline.elsewhere import ONE, Asked, render_elsewhere

    _refuse_other(expected)
    made: dict[str, bytes] = {}
    # A worker's process is a daemon, which may have no children; a report has kernels.
    config = current_process()._config  # type: ignore[attr-defined]
    util.get_temp_dir()  # named in what is put back below: else each report would leave a folder of its own
    local = get_worker().local_directory
    with ONE, tempfile.TemporaryDirectory(dir=local) as name, patch.dict(config, daemon=False):
        folder = Path(name).resolve()
        _here(source, folder)
        for key, data in checked.items():
            write_whole(folder / ".checked" / key, data)
        for language in sheet.languages:
            asked = Asked(sheet.plan, sheet.registry, sheet.as_of, language, quarantine=sheet.quarantine)
            where = folder if source.files else Path.cwd()
            run = render_elsewhere(asked, where, folder / ".outputs", {CHECKED: str(folder / ".checked")})
            made[language] = _packed(run)
    return made


def _packed(folder: Path) -> bytes:
    whole = BytesIO()
    with ZipFile(whole, "w", ZIP_DEFLATED) as archive:
        for name in hash_tree(folder):
            archive.write(folder / name, name)
    return whole.getvalue()


def _unpack(data: bytes, target: Path) -> None:
    """A report's folder, whole: as its manifest says, or not at all."""
    with whole_folder(target) as made:
        with ZipFile(BytesIO(data)) as archive:
            archive.extractall(made)
        if not _whole(made):
            raise KtttError(f"{target}: báo cáo nhận về không nguyên vẹn.", f"{target}: the report came damaged.")


def _whole(folder: Path) -> dict[str, Any] | None:
    """The manifest of a folder whose files are as it says; None for any other."""
    from kttt_lib.pipeline.publish import MANIFEST

    try:
        manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        made = {name: digest for name, digest in hash_tree(folder).items() if name != MANIFEST}
        return manifest if manifest["outputs"] == made else None
    except (OSError, ValueError, KeyError, TypeError):
        return None


def report_matrix(
    path: Path,
    outputs: Path,
    scheduler: str | None = None,
    workers: int = 0,
    say: Say = lambda text: None,
) -> tuple[Path, Told]:
    """Make the reports of ``path`` into ``outputs``/<id of the matrix>; returns the index page and what failed.

    ``scheduler``: the address of a dask scheduler; else ``workers`` processes here (0: one a core). Whoever reaches a
    dask scheduler can run code on its workers: only one of a trusted network. KtttError for every fault of the matrix,
    its plans and registries, before anything is rendered.
    """
    from kttt_lib.report.html.matrix import Cell, write_pages

    matrix = read_matrix(path)
    sheets = sheets_of(matrix)
    folder = outputs / matrix.id
    sources = _sources(sheets, ship=scheduler is not None)
    cost = Costs(read=len(sources))
    count = min(workers or os.cpu_count() or 1, len(sheets))
    with cluster(scheduler, count) as client:
        examined: dict[str, Examined] = {}
        told = spread(
            client,
            {f"registry {n}": (examine, (source, identity())) for n, source in enumerate(sources)},
            examined.__setitem__,
            say,
        )
        _refuse_faults(told, examined, sources)
        todo: dict[str, tuple[Callable[..., Any], tuple[Any, ...]]] = {}
        for n, source in enumerate(sources):
            found = examined[f"registry {n}"]
            left = [s for s in source.sheets if not all(_kept(folder, s, x, found) for x in s.languages)]
            cost.kept += sum(len(s.languages) for s in source.sheets if s not in left)
            if left:
                # Sent once; a worker that needs it has it from another. Files too where workers have none.
                data = (source, found.checked)
                cost.sent += len(pickle.dumps(data))
                # Of a task, not scattered: what a dead worker held is there again.
                shared = client.submit(_held, data, key=f"shared {n}", pure=False)
                todo |= {s.name: (_make_shared, (s, shared, identity())) for s in left}
        languages = {s.name: len(s.languages) for s in sheets}

        def take(name: str, made: Mapping[str, bytes]) -> None:
            for language, data in made.items():
                cost.received += len(data)
                _unpack(data, folder / name / language)
            cost.made += len(made)
            say(f"[{cost.made + cost.kept}/{sum(languages.values())}] {name}")

        # Pages that speak of reports that are about to change go first: a run cut short leaves none that contradicts.
        for page in [*folder.glob("index*.html"), *folder.glob("compare*.html")] if todo else []:
            page.unlink()
        told = spread(client, todo, take, say)
    cells = [
        Cell(s.name, s.place, s.scenario, s.as_of, s.languages, tuple((f.vi, f.en) for f in told.faults.get(s.name, ()))
             if s.name in told.failed else ())
        for s in sheets
    ]  # fmt: skip
    titles = {s.id: (s.title_vi, s.title_en) for s in matrix.scenarios}
    title, languages_of = (matrix.title_vi, matrix.title_en), tuple(dict.fromkeys(matrix.languages))
    pages = write_pages(folder, title, titles, cells, languages_of)
    for old in {*folder.glob("index*.html"), *folder.glob("compare*.html")} - {*pages}:
        old.unlink()  # of a language that is asked no more
    write_text(
        folder / "matrix.json",
        json.dumps(
            {
                "matrix": matrix.model_dump(mode="json"),
                "reports": {f"{s.name}/{x}": s.name not in told.failed for s in sheets for x in s.languages},
            },
            ensure_ascii=False,
            indent=1,
        )
        + "\n",
    )
    say(
        f"Sổ đã đọc / registries read: {cost.read}; báo cáo lập mới / reports made: {cost.made}; giữ lại / kept: "
        f"{cost.kept}; hỏng / failed: {len(told.failed)}; gửi / sent: {cost.sent / 1e6:.1f} MB; "
        f"nhận / received: {cost.received / 1e6:.1f} MB"
    )
    return folder / "index.html", told


def _held(data: Any) -> Any:
    return data


def _make_shared(sheet: Sheet, shared: tuple[Source, Mapping[str, bytes]], expected: str) -> dict[str, bytes]:
    return make(sheet, *shared, expected)


def _sources(sheets: list[Sheet], ship: bool) -> list[Source]:
    """The sheets by registry, with bytes of what only this machine has where they are to be shipped."""
    from kttt_lib.pipeline.elsewhere import placeable, read_files
    from kttt_lib.plan.named import named_plan

    groups: dict[str, list[Sheet]] = {}
    for sheet in sheets:
        groups.setdefault(sheet.registry, []).append(sheet)
    found = []
    for registry, group in groups.items():
        files: dict[str, Mapping[str, bytes]] = {}
        if ship:
            own = {sheet.plan: plan_path(sheet.plan) for sheet in group if named_plan(sheet.plan) is None}
            own |= {} if registry == "sample" else {registry: Path(registry_source(registry))}
            for given, path in own.items():
                if not placeable(given):
                    raise KtttError(
                        f"{given}: với --scheduler, đường dẫn phải là tương đối và không có ..",
                        f"{given}: with --scheduler a path must be relative and without ..",
                    )
                files[given] = read_files(path)
        found.append(Source(registry, tuple(group), files))
    return found


def _kept(folder: Path, sheet: Sheet, language: str, found: Examined) -> bool:
    """Whether the report is there, whole, asked in the same words (its pages show them), and rests on the same."""
    from kttt_lib.pipeline.verify import read_run

    made = folder / sheet.name / language
    if _whole(made) is None:
        return False
    try:
        manifest, words = read_run(made)
    except KtttError:
        return False
    asked = {"PLAN": sheet.plan, "REGISTRY": sheet.registry, "QUARANTINE": sheet.quarantine}
    wanted = json.loads(json.dumps(found.rests_on[f"{sheet.name}/{language}"]))
    return asked.items() <= words.items() and {n: v for n, v in manifest.items() if n != "outputs"} == wanted


def _refuse_faults(told: Told, examined: Mapping[str, Examined], sources: list[Source]) -> None:
    faults = [(name, f) for found in examined.values() for name, f in found.faults.items()]
    faults += [
        (sources[int(name.split()[1])].registry, (told.faults[name][-1].vi, told.faults[name][-1].en))
        for name in told.failed
    ]
    if faults:
        vi, en = ("\n".join(f"{name}: {said[k]}" for name, said in faults) for k in (0, 1))
        raise KtttError(f"Chưa lập báo cáo nào.\n{vi}", f"No report was made.\n{en}")
