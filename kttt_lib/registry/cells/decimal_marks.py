"""Which mark is the decimal one: decided for each column by its own cells, and by how large its numbers are.

``3.850`` is 3850 in Vietnam and 3.85 elsewhere. Each cell of a column that tells says so (``12,5``, ``850.5``), and so
does each doubtful one of which only one reading is of the size of the column's plain numbers. Few cells against many
are at fault themselves and change nothing for the others; a reading is taken only where nothing speaks against it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from kttt_lib.registry.findings.raw import OUTWEIGH, Evidence, NumberStyle

# A reading is of the column's size within this factor of its median; the two readings of a cell are 1000 apart.
SIZE = 30.0
MOST = 1e300
# Plain numbers that make a measure, or cells that attest a way of writing; texts with a mark that make one.
ENOUGH = 3
FEW_TEXTS = 2


@dataclass(frozen=True)
class Cells:
    """Masks of one column's cells: doubtful (``1.234``, ``1,234``), telling (``850.5``, ``12,5``) and plain numbers.

    ``low`` has the value of each, that with a decimal mark for the doubtful ones; NaN for all other cells.
    """

    dot_three: np.ndarray
    comma_three: np.ndarray
    dots: np.ndarray
    commas: np.ndarray
    plain: np.ndarray
    low: np.ndarray

    @property
    def doubtful(self) -> np.ndarray:
        """The cells with two readings."""
        return self.dot_three | self.comma_three


@dataclass(frozen=True)
class Readings:
    """Masks: doubtful cells read as ``thousands``, left ``ambiguous``, and telling cells ``odd`` in their column.

    ``against`` are doubtful cells read against the usual way of the source, with good reason.
    """

    thousands: np.ndarray
    ambiguous: np.ndarray
    odd: np.ndarray
    against: np.ndarray


def decide(cells: Cells, style: NumberStyle, others: Evidence) -> Readings:
    """How the cells of one column are to be read; ``others`` is what the whole file says."""
    none = np.zeros(len(cells.low), dtype=bool)
    if style == "refused":
        return Readings(none, cells.doubtful, cells.dots | cells.commas, none)
    # Other columns with a decimal point are no reason to read a column a thousandfold smaller.
    usual = "comma" if style == "vietnamese" or others.comma_decimal else "unclear"
    fits_low, fits_high = _sizes(cells)
    convention = _convention(cells, fits_low, fits_high, usual)
    odd = {"comma": cells.dots, "dot": cells.commas}.get(convention, none)
    if convention == "unclear":
        # Only plain numbers are a measure here: those with a mark contradict each other.
        known = (fits_low | fits_high) & (cells.plain.sum() >= ENOUGH)
        foreign = (cells.dot_three & fits_low) | (cells.comma_three & fits_high)
        return Readings(fits_high & known, cells.doubtful & ~known, odd, known & foreign)
    thousands = cells.dot_three if convention == "comma" else cells.comma_three
    agrees = np.where(thousands, fits_high, fits_low)
    against_size = np.where(thousands, fits_low, fits_high)
    attested = thousands & (int((thousands & fits_high).sum()) >= ENOUGH)
    known = cells.doubtful & (agrees | ~against_size | attested)
    unusual = convention == "dot"
    if unusual:
        known = known & agrees
    return Readings(thousands & known, cells.doubtful & ~known, odd, known & (unusual and style == "vietnamese"))


def _sizes(cells: Cells) -> tuple[np.ndarray, np.ndarray]:
    """Masks of the doubtful cells of which only the low, or only the high, reading is of the column's size."""
    none = np.zeros(len(cells.low), dtype=bool)
    if not cells.doubtful.any():
        return none, none
    size = np.abs(cells.low)
    measure = size[cells.plain & (size > 0)]
    if len(measure) < ENOUGH:
        contradict = cells.dots.any() and cells.commas.any()
        telling = size[(cells.dots | cells.commas) & (size > 0)]
        measure = np.concatenate([measure, telling])
        if contradict or len(telling) < FEW_TEXTS:
            return none, none
    middle = min(float(np.median(measure)), MOST)
    size = np.where(cells.doubtful, size, np.nan)
    low, high = ((value <= middle * SIZE) & (value >= middle / SIZE) for value in (size, size * 1000))
    return low, high


def _convention(cells: Cells, fits_low: np.ndarray, fits_high: np.ndarray, usual: str) -> str:
    """The decimal mark of a column: dot, comma, or unclear."""
    if not (cells.dots.any() or cells.commas.any()):
        return usual
    unknown = cells.doubtful & ~fits_low & ~fits_high
    by_size = {
        "dot": (cells.dot_three & fits_low) | (cells.comma_three & fits_high),
        "comma": (cells.comma_three & fits_low) | (cells.dot_three & fits_high),
    }
    votes = {
        mark: int((told | by_size[mark] | (unknown & (usual == mark))).sum())
        for mark, told in (("dot", cells.dots), ("comma", cells.commas))
    }
    for mark, other in (("comma", "dot"), ("dot", "comma")):
        if votes[mark] and votes[mark] >= OUTWEIGH * votes[other]:
            return mark
    return "unclear"
