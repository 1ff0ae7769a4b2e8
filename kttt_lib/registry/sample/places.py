"""Districts and communes. District names are Ninh Bình's of 2020 in the calibrated sample; communes are invented."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from kttt_lib.registry.sample import settings as s

# name, communes, weight of: service HTX, specialised and non-agricultural HTX, QTDND, THT; new HTX of 2018-2020.
# The last column is printed for three districts (16, 10, 8 of 55); the rest is spread by the generator.
_NINH_BINH = (
    ("TP Ninh Bình", 14, 17, 22, 4, 30, 4),
    ("TP Tam Điệp", 9, 14, 18, 3, 30, 10),
    ("Huyện Nho Quan", 27, 42, 30, 6, 95, 16),
    ("Huyện Gia Viễn", 21, 32, 18, 5, 60, 8),
    ("Huyện Hoa Lư", 11, 18, 16, 4, 38, 4),
    ("Huyện Yên Khánh", 19, 34, 20, 6, 75, 5),
    ("Huyện Kim Sơn", 25, 42, 22, 6, 80, 4),
    ("Huyện Yên Mô", 17, 31, 16, 5, 60, 4),
)


@dataclass(frozen=True)
class Places:
    """Districts of one block, with communes numbered from 0; ``weights`` has one row a group of ``GROUPS``."""

    districts: tuple[str, ...]
    communes: tuple[str, ...]
    commune_district: np.ndarray
    weights: np.ndarray
    new_weights: np.ndarray


def make_places(scale: float, first_district: int, first_commune: int, named: bool) -> Places:
    """Places for a block of ``scale`` times Ninh Bình's size; numbering starts at the given district and commune."""
    repeats = max(1, round(scale))
    rows = [row for _ in range(repeats) for row in _NINH_BINH]
    if named:
        districts = tuple(row[0] for row in rows)
    else:
        districts = tuple(f"Huyện Mô phỏng {first_district + i + 1:03d}" for i in range(len(rows)))
    sizes = np.array([row[1] for row in rows])
    commune_district = np.repeat(np.arange(len(rows)), sizes)
    communes = tuple(
        f"{'Phường' if rows[district][0].startswith('TP') else 'Xã'} Mô phỏng {first_commune + i + 1:03d}"
        for i, district in enumerate(commune_district)
    )
    columns = np.array([row[2:] for row in rows], dtype=float)
    weights = columns[:, [0, 1, 1, 2, 2, 3]].T
    return Places(districts, communes, commune_district, weights / weights.sum(1, keepdims=True), columns[:, 4])


def place_new(places: Places, count: int, rng: np.random.Generator) -> np.ndarray:
    """Districts of the new HTX of the plan's three years: in the printed proportions, shuffled."""
    exact = places.new_weights / places.new_weights.sum() * count
    whole = np.floor(exact).astype(int)
    short = count - whole.sum()
    whole[np.argsort(whole - exact, kind="stable")[:short]] += 1
    return rng.permutation(np.repeat(np.arange(len(whole)), whole))


def place(places: Places, group: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """A district for each organisation, by its group's weights."""
    edges = places.weights.cumsum(1)[group]
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
