"""Units that a promise can be counted in: code -> (vi, en)."""

from __future__ import annotations

UNITS: dict[str, tuple[str, str]] = {
    "%": ("%", "%"),
    "htx": ("HTX", "HTX"),
    "tht": ("THT", "THT"),
    "lhhtx": ("LHHTX", "LHHTX"),
    "qtdnd": ("QTDND", "QTDND"),
    "organisation": ("tổ chức", "organisations"),
    "person": ("người", "persons"),
    "turn": ("lượt người", "training turns"),
    "activity": ("hoạt động", "activities"),
    "course": ("lớp", "courses"),
    "loan": ("khoản vay", "loans"),
    "support": ("lượt hỗ trợ", "instances of support"),
    "certificate": ("giấy chứng nhận, mô hình", "certificates and models"),
    "commune": ("xã", "communes"),
    "household": ("hộ", "households"),
    "ha": ("ha", "ha"),
    "million_vnd": ("triệu đồng", "million VND"),
    "million_vnd_per_person_year": ("triệu đồng/người/năm", "million VND per person per year"),
}

# Counted one by one; and the only one that may fall below zero (a loss).
COUNTS = ("htx", "tht", "lhhtx", "qtdnd", "organisation", "turn", "activity", "course", "loan", "support",
          "certificate", "commune")  # fmt: skip
SIGNED = ("million_vnd",)

# More than the whole country has, or a mean organisation or person: such a number is asked about.
MOST: dict[str, float] = {
    "htx": 200_000,
    "tht": 500_000,
    "lhhtx": 5_000,
    "qtdnd": 5_000,
    "organisation": 700_000,
    "person": 60_000_000,
    "turn": 10_000_000,
    "activity": 1_000_000,
    "course": 1_000_000,
    "loan": 1_000_000,
    "support": 1_000_000,
    "certificate": 1_000_000,
    "commune": 12_000,
    "household": 30_000_000,
    "ha": 34_000_000,
    "million_vnd": 1e9,
    "million_vnd_per_person_year": 1_000,
}
MOST_MEAN: dict[str, float] = MOST | {"person": 100_000, "ha": 100_000, "million_vnd": 500_000}
