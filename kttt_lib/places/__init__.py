"""Provinces, districts and communes as dated facts: who was what, under whom, from which day, and what became of it.

``data/places/*.csv`` holds one line a unit and a span of days (data/places/README.md says how to write one); no
province needs a file. The lowest floor: it knows nothing of plans or registries.
"""

from kttt_lib.places.load import COLUMNS, places_of, province_names, read_places
from kttt_lib.places.model import DISTRICTS_END, Level, Places, Status, Unit, folded, split_name

__all__ = [
    "COLUMNS",
    "DISTRICTS_END",
    "Level",
    "Places",
    "Status",
    "Unit",
    "folded",
    "places_of",
    "province_names",
    "read_places",
    "split_name",
]
