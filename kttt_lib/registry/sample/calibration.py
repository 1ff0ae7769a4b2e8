"""What a sample is calibrated to: the data of one province and one last year, as one value.

A calibration holds how many organisations were founded and ended when and where, and the published figures that these
counts aim at. Another size scales its counts; another last year moves its days.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from kttt_lib.registry.sample import settings as s


@dataclass(frozen=True)
class Birth:
    """``count`` organisations of ``group`` founded between two days of a calendar that ends with the last year.

    ``recorded`` is the window in which the registry first heard of them (None: at once).
    ``old`` windows stay where they are when the last year moves; the others move with it. ``plan_span`` marks the new
    organisations of one year; ``successor`` those that a consolidation creates, which are not "new". ``part`` is the
    old province that they belong to ("": anywhere).
    """

    group: int
    count: int
    first: str
    last: str
    old: bool = False
    recorded: tuple[str, str] | None = None
    plan_span: bool = False
    successor: bool = False
    part: str = ""


@dataclass(frozen=True)
class Fate:
    """What becomes of ``count`` organisations of ``group``: ceased within one window, gone within another.

    ``ending`` is dissolved, merged_into, consolidated_into, or "" (ceased and still on the register). ``city`` keeps to
    the first district (land lost to the town); ``old_only`` to those founded before the 2012 Law; ``unreformed`` are
    never reorganised under it; ``small`` are inter-village HTX under 100 ha beside a whole-commune HTX. ``part`` is
    the old province that they belong to ("": anywhere).
    """

    group: int
    count: int
    ceased: tuple[str, str] | None
    gone: tuple[str, str] | None
    ending: str
    city: bool = False
    old_only: bool = False
    unreformed: bool = False
    small: bool = False
    part: str = ""


@dataclass(frozen=True)
class District:
    """A district with how many communes it has and how heavily organisations settle in it.

    ``others`` weighs specialised and non-agricultural HTX, ``funds`` QTDND and LHHTX; ``new`` the new HTX of the last
    three years (0 in every district: as the others).
    """

    name: str
    communes: int
    service: float
    others: float
    funds: float
    tht: float
    new: float = 0
    part: str = ""


@dataclass(frozen=True)
class Target:
    """One published marginal: its keys in ``data/published``, the day to count on, and how it is counted.

    ``aim`` is "hit", or "missed" with the reason in ``note`` (vi, en).
    """

    series: str
    period: str
    published_as_of: str
    date: str
    published: float
    count: str
    arguments: tuple[Any, ...] = ()
    area: str = "Ninh Bình"
    aim: str = "hit"
    note: tuple[str, str] = ("", "")


@dataclass(frozen=True)
class Calibration:
    """Everything that is counted in the sample of ``province`` whose last year is ``last_year``.

    members
        (day, part, members): the last reports known on that day of the part's HTX and QTDND add up to the figure
    practices
        (feature, day, HTX, factor): so many HTX have it on that day; ``factor`` raises the yearly chance to begin
    told
        what ``registry.yaml`` says of it, each with its source (vi, en)
    """

    province: str
    last_year: int
    births: tuple[Birth, ...]
    fates: tuple[Fate, ...]
    districts: tuple[District, ...]
    targets: tuple[Target, ...]
    told: tuple[tuple[str, str], ...]
    members: tuple[tuple[str, str, int], ...] = ()
    practices: tuple[tuple[str, str, int, float], ...] = ()

    def counts(self) -> dict[int, int]:
        """Organisations of each group."""
        return {g: sum(birth.count for birth in self.births if birth.group == g) for g in range(len(s.GROUPS))}

    def fits(self, organisations: object, province: str, last_year: int) -> bool:
        """Whether a sample of these arguments hits the published figures."""
        return organisations is None and (province, last_year) == (self.province, self.last_year)


def chosen(calibrations: Sequence[Calibration], province: str, last_year: int) -> Calibration:
    """The newest calibration of the province that has begun by ``last_year``; the first of all for another province."""
    of_it = [c for c in calibrations[1:] if c.province == province and c.last_year <= last_year]
    return max(of_it, key=lambda c: c.last_year, default=calibrations[0])
