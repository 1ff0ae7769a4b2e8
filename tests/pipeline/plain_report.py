"""The command of a user whose environment has none of our settings; what the kernels of its report see is kept."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

KTTT = Path(sys.executable).parent / "kttt"
# What a machine or a user may have set; a plain run has none of it.
SETTINGS = re.compile(
    "OPENBLAS_.*|OMP_.*|NUMBA_.*|NPY_.*|GLIBC_TUNABLES|IPYTHONDIR|MPL.*|XDG_.*|PYTHONHASHSEED|TZ|LANG|LC_.*|KTTT_(?!REQUIRE).*"
)
# Run by IPython in each kernel as it starts.
LOOK = """
import json, math, os
from pathlib import Path
import scipy.linalg  # brings a second BLAS
from numpy._core._multiarray_umath import __cpu_features__
from threadpoolctl import threadpool_info
blas = [library for library in threadpool_info() if library["internal_api"] == "openblas"]
Path(os.environ["KTTT_LOOK"], f"{os.getpid()}.json").write_text(json.dumps({
    "kernels": sorted({library["architecture"] for library in blas}),
    "threads": sorted({library["num_threads"] for library in blas}),
    "numpy": [name for name, on in __cpu_features__.items() if on],
    "libm": [math.exp(x / 7) for x in range(2000)],
}))
"""


def environment(outputs: Path, home: Path, look: Path) -> dict[str, str]:
    """A plain environment with a home of its own; each kernel tells in ``look`` what it sees."""
    startup = home / ".ipython" / "profile_default" / "startup"
    for path in (outputs, startup, look):
        path.mkdir(parents=True, exist_ok=True)
    (startup / "look.py").write_text(LOOK, encoding="utf-8")
    plain = {name: value for name, value in os.environ.items() if not SETTINGS.fullmatch(name)}
    return plain | {"HOME": str(home), "KTTT_OUTPUTS": str(outputs), "KTTT_LOOK": str(look)}


def at_once(env: dict[str, str], *arguments: object, times: int) -> list[subprocess.CompletedProcess]:
    """The same command started ``times`` times in the same moment."""
    command = [str(word) for word in (KTTT, *arguments)]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    started = [subprocess.Popen(command, env=env, **pipes) for _ in range(times)]
    with ThreadPoolExecutor(times) as pool:
        said = list(pool.map(subprocess.Popen.communicate, started))
    return [subprocess.CompletedProcess(command, p.returncode, *texts) for p, texts in zip(started, said)]
