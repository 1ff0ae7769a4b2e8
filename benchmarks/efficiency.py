"""DEA against its peers on the same data in the same run: python -m benchmarks.efficiency. Ratios, not seconds.

VRS input scores of synthetic Cobb-Douglas data: ours beside a loop over scipy's HiGHS (one program a unit, rebuilt each
time), the Python packages in the interpreter that KTTT_PEERS_PYTHON names (`make bench-efficiency` sets it), and R's
Benchmarking and rDEA where Rscript has them. Scores are compared before time is: a program whose scores differ by more
than its tolerance has no time worth comparing, and is said to differ.
R looks for packages where its own R_LIBS says. Where R is not there its line says so, with the ratio that was measured
where it was (issue 20). Each line that must hold is printed with its verdict; any that fails ends the run
with status 1.
Times are of the processor, one thread: on a shared machine a call of a millisecond slips between the turns of other
work and a loop of seconds does not, so ratios of wall time would flatter ours. The national size alone is judged by
wall time.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
from scipy.optimize import linprog

from benchmarks.peers_r import failure, r_times, run_peer, run_r
from kttt_lib.efficiency import dea

NATIONS = {(30_000, 3, 2): 8.0, (30_000, 5, 3): 6.0}  # limits of wall time, seconds
NATION_GIB = 1.0
SLACK_RATIO = 3.0
LEAST_RATIO = {(500, 2, 1): 2000, (500, 3, 2): 150, (2000, 3, 2): 220, (500, 5, 3): 20}
# how many times as long as ours R's fastest package took where there was one (issue 20)
TOLD = {(500, 2, 1): 117, (500, 3, 2): 52, (500, 5, 3): 31, (2000, 2, 1): 419, (2000, 3, 2): 122, (2000, 5, 3): 50}
SIZES = [(100, 2, 1), (100, 3, 2), (500, 2, 1), (500, 3, 2), (500, 5, 3), (2000, 2, 1), (2000, 3, 2), (2000, 5, 3)]
TURNS = 15
LOOP_UNITS = 500  # units the loop scores at greater n; its time a unit does not depend on which
PEER_LIMIT_SECONDS = 120
# greatest n and tolerance of each peer: pyfrontier rounds to 6 decimals and takes half a minute at n = 500
PEERS = {"dealib": (2000, 1e-7), "pyfrontier": (100, 1e-6)}
R_PEERS = {
    "Benchmarking": "Benchmarking::dea(X, Y, RTS='vrs', ORIENTATION='in', SLACK=FALSE)$eff",
    "Benchmarking FAST": "Benchmarking::dea(X, Y, RTS='vrs', ORIENTATION='in', FAST=TRUE)",
    "rDEA": "rDEA::dea(XREF=X, YREF=Y, X=X, Y=Y, model='input', RTS='variable')$thetaOpt",
}
R_TOLERANCE = 1e-6

# Runs in the peers' own environment, which lacks this library: reads x and y, prints seconds and scores.
PEER_SCRIPT = """
import json, os, sys
import numpy as np
data = np.load(sys.argv[2])
x, y = data["x"], data["y"]
if sys.argv[1] == "dealib":
    from dealib.dea import RTS, Orientation, dea
    run = lambda x, y: dea(x, y, rts=RTS.vrs, orientation=Orientation.input).eff
else:
    from Pyfrontier.frontier_model import EnvelopDEA
    def run(x, y):
        model = EnvelopDEA("VRS", "in")
        model.fit(x, y)
        return [unit.score for unit in model.result]
run(x[:5], y[:5])
used = lambda: sum(os.times()[:4])  # with the solver's own processes
start = used()
scores = run(x, y)
seconds = used() - start
print(json.dumps({"seconds": seconds, "scores": np.asarray(scores, float).tolist()}))
"""


def data(n: int, m: int, s: int, seed: int = 1) -> tuple[np.ndarray, np.ndarray]:
    """Cobb-Douglas of elasticities 0.4 and 0.5, or equal with sum 0.9; inputs U(1, 10), half-normal inefficiency 0.3.

    Two outputs share what is made by a random angle, three by a random direction.
    """
    rng = np.random.default_rng(seed)
    x = rng.uniform(1, 10, (n, m))
    frontier = x[:, 0] ** 0.4 * x[:, 1] ** 0.5 if m == 2 else np.prod(x ** (0.9 / m), axis=1)
    made = frontier * np.exp(-np.abs(rng.normal(0, 0.3, n)))
    if s == 1:
        return x, made[:, None]
    if s == 2:
        angle = rng.uniform(0, np.pi / 2, n)
        return x, made[:, None] * np.column_stack([np.cos(angle), np.sin(angle)])
    way = np.abs(rng.normal(size=(n, s)))
    return x, made[:, None] * way / np.linalg.norm(way, axis=1, keepdims=True)


def timed(work, turns: int = 1):
    """The answer, and the median processor seconds of ``turns``."""
    times = []
    for _ in range(turns):
        start = time.process_time()
        answer = work()
        times.append(time.process_time() - start)
    return answer, float(np.median(times))


def highs_loop(x: np.ndarray, y: np.ndarray, units: np.ndarray) -> np.ndarray:
    """Scores of ``units``, one program each, built anew each time as a user of scipy would."""
    n, m, s = len(x), x.shape[1], y.shape[1]
    scores = np.empty(len(units))
    for place, k in enumerate(units):
        a = np.vstack([np.column_stack([-x[k], x.T]), np.column_stack([np.zeros(s), -y.T])])
        run = linprog(
            np.append(1, np.zeros(n)),
            A_ub=a,
            b_ub=np.append(np.zeros(m), -y[k]),
            A_eq=np.append(0, np.ones(n))[None],
            b_eq=[1],
            method="highs",
        )
        scores[place] = run.fun
    return scores


def python_peer(name: str, python: str, x, y) -> tuple[float, np.ndarray] | str:
    """Seconds and scores of a package in another environment, or why there are none."""
    with tempfile.TemporaryDirectory() as folder:
        np.savez(Path(folder) / "data.npz", x=x, y=y)
        command = [python, "-c", PEER_SCRIPT, name, "data.npz"]
        done = run_peer(command, folder, PEER_LIMIT_SECONDS)
    if isinstance(done, str):
        return done
    if done.returncode:
        return failure(done)
    found = json.loads(done.stdout.splitlines()[-1])
    return found["seconds"], np.array(found["scores"])


def r_peer(call: str, x, y) -> tuple[float, np.ndarray] | str:
    """Likewise of an R package."""
    package = call.partition("::")[0]
    words = run_r(package, f"{r_times(call)}\ncat(median(taken), e)", {"X": x, "Y": y})
    if isinstance(words, str):
        return words
    numbers = np.array(words, float)
    return numbers[0], numbers[1:]


def told(name: str, found, scores: np.ndarray, tolerance: float, ours: float) -> bool:
    """Prints a peer's line; whether it has a time to compare."""
    if isinstance(found, str):
        print(f"  {name:18s} {found}")
        return False
    gap = np.abs(found[1] - scores).max()
    if not gap <= tolerance:
        print(f"  {name:18s} scores differ by {gap:.1e}: no time is worth comparing")
        return False
    print(
        f"  {name:18s} {found[0] * 1e3:10.1f} ms = {found[0] / ours:8,.0f} x ours; scores within {gap:.0e}", flush=True
    )
    return True


def compare(size: tuple[int, int, int], python: str | None) -> list[tuple[str, bool]]:
    """One size against all peers; the verdicts of the lines that must hold there."""
    n, m, s = size
    x, y = data(*size)
    result, seconds = timed(lambda: dea(x, y).scores, TURNS)
    units = np.arange(0, n, max(1, n // LOOP_UNITS))
    loop, taken = timed(lambda: highs_loop(x, y, units))
    taken = taken * n / len(units)
    gap = np.abs(loop - result[units]).max()
    print(f"\nn = {n:,}, {m}/{s}: ours {seconds * 1e3:.2f} ms, within {gap:.0e} of HiGHS")
    if not gap <= 1e-7:
        raise SystemExit("scores differ from HiGHS; no time is worth comparing")
    ratio = taken / seconds
    print(f"  {'scipy HiGHS loop':18s} {taken * 1e3:10.1f} ms = {ratio:8,.0f} x ours", flush=True)
    for name, (greatest, tolerance) in PEERS.items():
        if python is None:
            print(f"  {name:18s} skipped: KTTT_PEERS_PYTHON names no interpreter")
        elif n > greatest:
            print(f"  {name:18s} left out above n = {greatest:,}: too slow")
        else:
            told(name, python_peer(name, python, x, y), result, tolerance, seconds)
    in_r = [told(f"R {name}", r_peer(call, x, y), result, R_TOLERANCE, seconds) for name, call in R_PEERS.items()]
    if not any(in_r) and size in TOLD:
        print(f"  {'R, as told':18s} {' ' * 13} = {TOLD[size]:8,.0f} x ours (issue 20, the fastest package)")
    verdicts = []
    if size in LEAST_RATIO:
        least = LEAST_RATIO[size]
        verdicts.append((f"n = {n:,}, {m}/{s}: {ratio:,.0f} x the loop, at least {least:,} x", ratio >= least))
    if size in TOLD:
        verdicts.append(slacks(size, x, y))
    return verdicts


def slacks(size, x, y) -> tuple[str, bool]:
    """Scores and slacks against scores alone, turn by turn, so that other work on the machine meets both alike."""

    def both():
        result = dea(x, y)
        return result.scores, result.input_slacks, result.output_slacks

    both()
    times = np.array([[timed(lambda: dea(x, y).scores)[1], timed(both)[1]] for _ in range(TURNS)])
    alone, together = np.median(times, axis=0)
    n, m, s = size
    line = f"n = {n:,}, {m}/{s}: with slacks {together / alone:.1f} x scores alone, at most {SLACK_RATIO:.0f} x"
    return line, together <= SLACK_RATIO * alone


def nation(n: int, m: int, s: int) -> None:
    """Scores at a national size: prints seconds (wall, processor), the peak of this process and the gap to HiGHS."""
    import resource  # POSIX only, and only here

    for method in ("hull", "simplex"):  # compiled kernels are read once, whatever the size
        dea(*data(200, m, s), method=method)
    x, y = data(n, m, s)
    start = time.perf_counter()
    scores, seconds = timed(lambda: dea(x, y).scores)
    wall = time.perf_counter() - start
    # kibibytes on Linux, bytes on macOS
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (2**30 if sys.platform == "darwin" else 2**20)
    units = np.arange(0, len(x), len(x) // 10)
    gap = np.abs(highs_loop(x, y, units) - scores[units]).max()
    print(json.dumps([wall, seconds, peak, gap]))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--nation", type=int, nargs=3, help="only this size (n, inputs, outputs), as JSON")
    if size := parser.parse_args().nation:
        nation(*size)
        return
    python = os.environ.get("KTTT_PEERS_PYTHON")
    python = python if python and Path(python).exists() else None
    for method in ("hull", "simplex"):  # compiled kernels are read before time is
        dea(*data(50, 2, 1), method=method).to_frame()
    print("VRS, input orientation, scores only, synthetic data; median of", TURNS, "runs of ours, one thread.")
    verdicts = [verdict for size in SIZES for verdict in compare(size, python)]
    for (n, m, s), limit in NATIONS.items():
        command = [sys.executable, "-m", "benchmarks.efficiency", "--nation", *map(str, (n, m, s))]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
        wall, processor, peak, gap = json.loads(done.stdout.splitlines()[-1])
        line = f"n = {n:,}, {m}/{s}: {wall:.1f} s (processor {processor:.1f}), {peak:.2f} GiB, "
        line += f"within {gap:.0e} of HiGHS; under {limit:.0f} s and {NATION_GIB:.0f} GiB"
        verdicts.append((line, wall < limit and peak < NATION_GIB and gap <= 1e-7))
    print("\nMust show")
    for line, held in verdicts:
        print(f"  {'PASS' if held else 'FAIL'}  {line}")
    sys.exit(not all(held for _, held in verdicts))


if __name__ == "__main__":
    main()
