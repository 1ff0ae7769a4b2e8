"""What an attacker gets from the internal and from the public edition of the same registry, side by side.

The attacker is ``tests/disclosure_attack/attacker.py``, written apart from the protector. For the sample, its small
variant, a registry of fifteen organisations and ten drawn from the sample: protected cells (of one or two
organisations), those known more closely than they may be, rows of organisations named by what anyone knows, lists in an
order of the registry, and the share of the internal edition's numbers that is still printed. All data are synthetic.

    python -m benchmarks.disclosure [--registries sample small fifteen 0 1 …]
"""

from __future__ import annotations

import argparse
import io
import os
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

import pandas as pd
from PIL import Image

sys.path.append(str(Path(__file__).parents[1] / "tests" / "disclosure_attack"))

REGISTRIES = ("sample", "small", "fifteen", *map(str, range(10)))
HEADS = ("registry", "edition", "protected", "known", "rows", "named", "in order", "numbers", "still printed")


def numbers(tables: Mapping[str, pd.DataFrame]) -> dict[str, int]:
    """Numbers printed, by table."""
    return {name: int(frame.select_dtypes("number").notna().sum().sum()) for name, frame in tables.items()}


def rows_of(tables: Mapping[str, pd.DataFrame]) -> int:
    """Rows that are of an organisation."""
    return sum(int(frame["org_id"].fillna("").ne("").sum()) for frame in tables.values() if "org_id" in frame)


def attack(name: str, scratch: Path) -> list[tuple[object, ...]]:
    """The two lines of one registry."""
    from attacker import Edition, graded, orders, protected_cells, rebuilt, unique_fits
    from editions import attacked, drawn, fifteen, small_sample

    make = {"sample": lambda folder: "sample", "small": small_sample, "fifteen": fifteen}
    registry = make[name](scratch / "registry") if name in make else drawn(scratch / "registry", int(name))
    found = attacked(registry, scratch / "public")
    cells, public, internal = protected_cells(found.internal), found.public.tables, found.internal
    listed = set(found.listed["org_id"])
    inside = sum(int(frame["org_id"].isin(listed).sum()) for frame in internal.values() if "org_id" in frame)
    named = {one.pseudonym for one in graded(unique_fits(public, found.listed), public, internal)}
    outside = sum(int(frame["org_id"].isin(named).sum()) for frame in public.values() if "org_id" in frame)
    whole, left = numbers(internal), numbers(public)
    kept = sum(min(left.get(table, 0), count) for table, count in whole.items())
    in_order = len(orders(public, internal, found.listed))
    known = (len(rebuilt(Edition(internal), cells)), len(rebuilt(found.public, cells)))
    return [
        (name, "internal", len(cells), known[0], rows_of(internal), inside, "all", sum(whole.values()), "100.0 %"),
        (name, "public", len(cells), known[1], rows_of(public), outside, in_order, kept,
         f"{100 * kept / sum(whole.values()):.1f} %"),
    ]  # fmt: skip


def main() -> None:
    """Attack, print; exit 1 when a public edition tells what it may not."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--registries", nargs="*", choices=REGISTRIES, default=list(REGISTRIES))
    chosen = parser.parse_args().registries
    from kttt_lib.report import book

    blank = io.BytesIO()
    Image.new("P", (2, 2)).save(blank, format="png")
    book.png_bytes = lambda figure: blank.getvalue()  # figures say nothing that their texts and tables do not
    lines: list[tuple[object, ...]] = []
    print(" ".join(f"{head:>13}" for head in HEADS))
    for name in chosen:
        with tempfile.TemporaryDirectory() as scratch:
            os.environ["KTTT_OUTPUTS"] = f"{scratch}/outputs"
            for line in attack(name, Path(scratch)):
                lines.append(line)
                print(" ".join(f"{cell!s:>13}" for cell in line), flush=True)
    if any(line[1] == "public" and (line[3] or line[5] or line[6]) for line in lines):
        raise SystemExit("a public edition tells what it may not")


if __name__ == "__main__":
    main()
