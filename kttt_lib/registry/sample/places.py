"""Districts and communes of a sample: those of the place file where the map moves in its years, invented else.

Communes of a calendar that ends before the districts did are invented, so that no made-up HTX sits in a real one.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from kttt_lib.places import Places as Atlas
from kttt_lib.places import Unit, places_of
from kttt_lib.registry.sample import settings as s
from kttt_lib.registry.sample.calibration import Calibration, District

_JOINED = 3  # communes that an invented one of after the reform stands for


@dataclass(frozen=True, eq=False)
class Places:
    """Districts of one block, with communes numbered from 0, as they are called on the first day of the reports.

    ``weights`` has one row a group of ``GROUPS``; ``part`` is the old province of each district. ``units`` are the
    districts and communes in ``atlas``, empty where they are invented.
    """

    districts: tuple[str, ...]
    communes: tuple[str, ...]
    commune_district: np.ndarray
    part: np.ndarray
    weights: np.ndarray
    new_weights: np.ndarray
    first_commune: int
    atlas: Atlas
    units: tuple[tuple[Unit, ...], tuple[Unit, ...]]

    def address(self, commune: int, day: np.datetime64, pick: int) -> tuple[str, str | None]:
        """What a commune and its district are called on a day; the district is None once there are none.

        Of what a divided commune became, ``pick`` says which.
        """
        if not self.units[1]:
            district = self.districts[self.commune_district[commune]]
            if day < s.NO_DISTRICTS:
                return self.communes[commune], district
            return f"Xã mới Mô phỏng {self.first_commune + commune // _JOINED * _JOINED + 1:03d}", None
        there = self._then(self.units[1][commune], day)
        district = self.atlas.above(there[pick % len(there)], "district", str(day))
        return there[pick % len(there)].label, None if district is None else district.label

    def district(self, name: str, day: np.datetime64) -> str | None:
        """What a district is called on a day; None once there are none."""
        if day >= s.NO_DISTRICTS or not self.units[0]:
            return None if day >= s.NO_DISTRICTS else name
        return self._then(self.units[0][self.districts.index(name)], day)[0].label

    def _then(self, unit: Unit, day: np.datetime64) -> tuple[Unit, ...]:
        """The unit as it was on the day; as it is called in the sample before that, and where the file does not say."""
        key = (unit, str(day))
        if key not in self._known:
            self._known[key] = self.atlas.now(unit, str(day)) or (unit,)
        return self._known[key]

    @cached_property
    def _known(self) -> dict[tuple[Unit, str], tuple[Unit, ...]]:
        return {}


def districts_of(calibration: Calibration, province: str, years: tuple[int, int]) -> tuple[tuple[District, ...], Atlas]:
    """The districts to settle in, and the place file by which they are called; an empty one where they are invented."""
    atlas = places_of(province) if years[1] >= s.NO_DISTRICTS.astype(object).year else Atlas()
    day = f"{years[0]}-01-01"
    sizes = Counter(unit.parent for unit in atlas.on(day, "commune"))
    if province == calibration.province or not sizes:  # a file without communes has nowhere to settle
        return calibration.districts, atlas if province == calibration.province else Atlas()
    found = [(unit.label, sizes[unit.code]) for unit in atlas.on(day, "district")]
    if not found or not all(n for _, n in found):  # a file of the province alone, or of districts alone
        return calibration.districts, Atlas()
    return tuple(District(name, n, service=n, others=n, funds=n, tht=n) for name, n in found), atlas


def make_places(
    districts: tuple[District, ...], atlas: Atlas, first_day: str, scale: float, first_district: int,
    first_commune: int, named: bool,
) -> Places:  # fmt: skip
    """Places for a block of ``scale`` times the calibration; numbering starts at the given district and commune."""
    rows = districts * max(1, round(scale))
    sizes = [row.communes for row in rows]
    units: tuple[tuple[Unit, ...], tuple[Unit, ...]] = ((), ())
    if named and atlas:
        found = [unit for row in rows if (unit := atlas.find(row.name, "district", first_day))]
        inside = [atlas.on(first_day, "commune", under=unit.code) for unit in found]
        if len(inside) == len(rows) and all(inside):
            units = tuple(found), tuple(unit for communes in inside for unit in communes)
            sizes = [len(communes) for communes in inside]
    names = [row.name if named else f"Huyện Mô phỏng {first_district + i + 1:03d}" for i, row in enumerate(rows)]
    commune_district = np.repeat(np.arange(len(rows)), sizes)
    wards = [row.name.startswith(("TP", "Thành phố")) for row in rows]
    communes = tuple(unit.label for unit in units[1]) or tuple(
        f"{'Phường' if wards[district] else 'Xã'} Mô phỏng {first_commune + i + 1:03d}"
        for i, district in enumerate(commune_district)
    )
    weights = np.array([[row.service, row.others, row.others, row.funds, row.funds, row.tht] for row in rows], float).T
    return Places(
        tuple(names), communes, commune_district, np.array([row.part for row in rows], dtype=object),
        weights / weights.sum(1, keepdims=True), np.array([row.new for row in rows], dtype=float),
        first_commune, atlas, units,
    )  # fmt: skip


def place_new(places: Places, count: int, rng: np.random.Generator) -> np.ndarray:
    """Districts of the new HTX of the plan's three years: in the printed proportions, shuffled."""
    exact = places.new_weights / places.new_weights.sum() * count
    whole = np.floor(exact).astype(int)
    short = count - whole.sum()
    whole[np.argsort(whole - exact, kind="stable")[:short]] += 1
    return rng.permutation(np.repeat(np.arange(len(whole)), whole))


def place(places: Places, group: np.ndarray, part: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """A district for each organisation, by its group's weights, within its old province where it has one."""
    edges = places.weights.cumsum(1)[group]
    for name in sorted(set(part) - {""}):
        inside = np.where(places.part == name, places.weights, 0)
        edges[part == name] = (inside / inside.sum(1, keepdims=True)).cumsum(1)[group[part == name]]
    return np.minimum((rng.random(len(group))[:, None] > edges).sum(1), len(places.districts) - 1)


def settle(places: Places, district: np.ndarray, group: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """A commune within the district. Service HTX fill a district's communes in turn, so that most have one or two."""
    sizes = np.bincount(places.commune_district, minlength=len(places.districts))
    starts = np.concatenate([[0], sizes.cumsum()[:-1]])
    commune = starts[district] + np.floor(rng.random(len(district)) * sizes[district]).astype(int)
    service = np.flatnonzero(group == s.SERVICE)
    order = service[np.argsort(district[service], kind="stable")]
    counts = np.bincount(district[order], minlength=len(places.districts))
    rank = np.arange(len(order)) - np.repeat(counts.cumsum() - counts, counts)
    commune[order] = starts[district[order]] + rank % sizes[district[order]]
    return commune
