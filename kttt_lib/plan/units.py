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
