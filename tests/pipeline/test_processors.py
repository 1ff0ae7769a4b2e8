"""One number on every machine: the report's bytes are equal under other kernels, instruction sets, threads and places.

Each simulated processor makes the report on a store of its own; the plain one is the session's. What was simulated is
read back inside the notebooks' own kernels: a wish that a library passes over in silence would prove nothing.
"""

from __future__ import annotations

import io
import json
import platform
import re
import subprocess
import zipfile
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path

import pytest
from numpy._core import _multiarray_umath as numpy_core
from plain_report import KTTT, environment

PICTURE = re.compile(rb"(?<=base64,)[\w+/=]+|(?<=image/png\": \")[^\"]+")
CPU = {name for name, on in numpy_core.__cpu_features__.items() if on}
DISPATCHED = [name for name in numpy_core.__cpu_dispatch__ if name in CPU]
WITHOUT_AVX512 = [name for name in DISPATCHED if "512" in name or name == "X86_V4"]
X86 = platform.machine() in ("x86_64", "AMD64")
BEST = "SkylakeX" if "AVX512_SKX" in CPU else "Sandybridge"


@dataclass(frozen=True)
class Processor:
    """A processor to simulate: BLAS kernel, numpy's features to leave out, and the place where the report is made."""

    name: str
    kernel: str = ""
    without: list[str] = field(default_factory=list)
    threads: int = 1
    settings: dict[str, str] = field(default_factory=dict)
    folder: str = "."
    needs: str = ""

    @property
    def lacking(self) -> str:
        """Why this machine cannot play this processor; "" when it can."""
        if self.kernel and not X86:
            return f"{platform.machine()} has no kernel {self.kernel}"
        return f"this processor has no {self.needs}" if self.needs and self.needs not in CPU else ""


OTHERS = [
    Processor(
        "Haswell",
        kernel="Haswell",
        needs="AVX2",
        without=WITHOUT_AVX512,
        threads=2,
        settings={"PYTHONHASHSEED": "5", "TZ": "Pacific/Kiritimati", "LC_ALL": "C"},
        folder="kết quả năm 2020",
    ),
    Processor(
        "Nehalem",
        kernel="Nehalem",
        without=DISPATCHED,
        settings={
            "NUMBA_CPU_NAME": "generic",
            "GLIBC_TUNABLES": "glibc.cpu.hwcaps=-AVX,-AVX2,-FMA,-AVX512F",
            "PYTHONHASHSEED": "77",
            "TZ": "America/St_Johns",
            "LANG": "vi_VN.UTF-8",
        },
        folder="a/b c",
    ),
    Processor(
        "best", kernel=BEST if X86 else "", threads=2, settings={"PYTHONHASHSEED": "random", "LANG": "tr_TR.UTF-8"}
    ),
]


@dataclass
class Report:
    """A report's folder and what its kernels saw."""

    folder: Path
    looks: list[dict] = field(repr=False)
    numba: Path | None = None


def make(processor: Processor, root: Path) -> Report:
    """Make the report as ``processor`` would, with a home, a folder and a cold store of its own."""
    outputs, home, look, numba = (root / processor.name / name for name in (processor.folder, "home", "look", "numba"))
    env = environment(outputs, home, look) | processor.settings
    style = home / ".config" / "matplotlib" / "matplotlibrc"
    style.parent.mkdir(parents=True)
    style.write_text("font.size: 20\naxes.grid: True\ntext.hinting: none\nsavefig.bbox: tight\n", encoding="utf-8")
    if processor.kernel:
        env["OPENBLAS_CORETYPE"] = processor.kernel
    if processor.without:
        env["NPY_DISABLE_CPU_FEATURES"] = " ".join(processor.without)
    if processor.threads > 1:
        env |= dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"), str(processor.threads))
    if "NUMBA_CPU_NAME" in processor.settings:
        env["NUMBA_CACHE_DIR"] = str(numba)
    done = subprocess.run([KTTT, "report"], env=env, cwd=outputs, capture_output=True, text=True)
    assert done.returncode == 0, f"{processor.name}: {done.stderr}"
    return Report(Path(done.stdout.strip()).parent, seen(look), numba)


def seen(look: Path) -> list[dict]:
    """What each kernel saw."""
    return [json.loads(path.read_text(encoding="utf-8")) for path in look.iterdir()]


@pytest.fixture(scope="module")
def reports(request, run, look, tmp_path_factory) -> dict[str, Report]:
    """The plain report and that of each processor that can be simulated here, by its name; two at a time."""
    plain = {"plain": Report(run, seen(look))}
    wanted = OTHERS if "slow" in (request.config.option.markexpr or "") else OTHERS[:1]
    able = [processor for processor in wanted if not processor.lacking]
    root = tmp_path_factory.mktemp("processors")
    with ThreadPoolExecutor(2) as pool:
        return plain | dict(zip([p.name for p in able], pool.map(lambda p: make(p, root), able)))


# Each makes a whole report: one in every run, the others nightly.
@pytest.fixture(
    params=[OTHERS[0], *(pytest.param(one, marks=pytest.mark.slow) for one in OTHERS[1:])], ids=lambda one: one.name
)
def processor(request) -> Processor:
    if request.param.lacking:
        pytest.skip(request.param.lacking)
    return request.param


def test_every_published_byte_is_equal_on_another_processor(reports, processor):
    plain, other = contents(reports["plain"].folder), contents(reports[processor.name].folder)
    assert len(plain) >= 18 and list(plain) == list(other)
    differing = [name for name in plain if plain[name] != other[name]]
    assert not differing, "\n".join(first_difference(name, plain[name], other[name]) for name in differing)


def test_the_processor_was_there_in_every_kernel_of_the_run(reports, processor):
    plain, other = reports["plain"], reports[processor.name]
    assert len(plain.looks) == len(other.looks) == len(list(other.folder.glob("notebooks/*.ipynb")))
    for look in other.looks:
        if processor.kernel:
            assert look["kernels"] == [processor.kernel]
        assert look["threads"] == [processor.threads]
        assert not set(look["numpy"]) & set(processor.without)
        if "GLIBC_TUNABLES" in processor.settings and "FMA3" in CPU:
            assert look["libm"] != plain.looks[0]["libm"]
    if "NUMBA_CPU_NAME" in processor.settings:
        compiled = list(other.numba.rglob("*.nbi"))
        assert compiled and all(b"generic" in path.read_bytes() for path in compiled)


def contents(folder: Path) -> dict[str, bytes]:
    """The bytes of every file of a run by its name."""
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


def pieces(name: str, data: bytes) -> dict[str, bytes]:
    """A file in the pieces that a reader would look at: parts of an office file, cells of a notebook."""
    if name.endswith((".docx", ".xlsx")):
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            return {part: package.read(part) for part in package.namelist()}
    if name.endswith(".ipynb"):
        return {
            f"cell {n}": json.dumps(c, ensure_ascii=False).encode() for n, c in enumerate(json.loads(data)["cells"])
        }
    return {"": data}


def readable(data: bytes) -> str:
    """Text, each picture in it told by a digest."""
    if data.startswith(b"\x89PNG"):
        return f"picture {sha256(data).hexdigest()[:12]}"
    return PICTURE.sub(lambda found: sha256(found[0]).hexdigest()[:12].encode(), data).decode("utf-8", "replace")


def first_difference(name: str, one: bytes, two: bytes) -> str:
    """The first piece in which two files differ, and both texts around the place."""
    parts = pieces(name, one), pieces(name, two)
    piece = next((p for p in {**parts[0], **parts[1]} if parts[0].get(p) != parts[1].get(p)), None)
    if piece is None:
        return f"{name}: the same parts, packed in another way"
    texts = [readable(part.get(piece, b"")) for part in parts]
    start = next((n for n, (a, b) in enumerate(zip(*texts)) if a != b), min(map(len, texts)))
    around = " <> ".join(repr(text[max(0, start - 60) : start + 60]) for text in texts)
    return f"{name}{', ' if piece else ''}{piece}, at {start}: {around}"


def test_a_difference_is_told_by_its_piece_and_both_texts():
    def book(number: str) -> bytes:
        raw = io.BytesIO()
        with zipfile.ZipFile(raw, "w") as package:
            package.writestr("sheet1.xml", "<v>1</v>")
            package.writestr("sheet2.xml", f"<v>{number}</v>")
        return raw.getvalue()

    def notebook(text: str) -> bytes:
        return json.dumps({"cells": [{"source": "x"}, {"outputs": [{"image/png": "A" * 300, "text": text}]}]}).encode()

    told = first_difference("t.xlsx", book("142.5"), book("140"))
    assert "t.xlsx, sheet2.xml" in told and "142.5" in told and "140<" in told
    told = first_difference("04.ipynb", notebook("fan: 0a1b"), notebook("fan: 0a1c"))
    assert "04.ipynb, cell 1" in told and "0a1b" in told and "0a1c" in told and "A" * 60 not in told
