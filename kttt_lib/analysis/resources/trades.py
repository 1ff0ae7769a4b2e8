"""What cooperatives do: agricultural ones by type, the others by section of the Vietnamese classification (VSIC)."""

from __future__ import annotations

import numpy as np
import pandas as pd

from kttt_lib.rating.facts import Facts, year_end
from kttt_lib.rating.sizes import divisions
from kttt_lib.registry.schema import AGRI_SUBTYPES
from kttt_lib.results import RESOURCES_TRADES

UNKNOWN = "unknown"
NOT_SAID = ("Chưa ghi ngành", "Trade not recorded")
# Sections of VSIC 2018 (Decision 27/2018/QĐ-TTg), by the first and last of their divisions.
SECTIONS = {
    "A": (1, 3, "Nông nghiệp, lâm nghiệp và thủy sản", "Agriculture, forestry and fishery"),
    "B": (5, 9, "Khai khoáng", "Mining"),
    "C": (10, 33, "Công nghiệp chế biến, chế tạo", "Manufacturing"),
    "D": (35, 35, "Sản xuất và phân phối điện, khí đốt", "Electricity and gas"),
    "E": (36, 39, "Cung cấp nước; xử lý rác thải, nước thải", "Water supply and waste"),
    "F": (41, 43, "Xây dựng", "Construction"),
    "G": (45, 47, "Bán buôn, bán lẻ; sửa chữa xe có động cơ", "Trade and repair of vehicles"),
    "H": (49, 53, "Vận tải kho bãi", "Transport and storage"),
    "I": (55, 56, "Lưu trú và ăn uống", "Accommodation and food"),
    "J": (58, 63, "Thông tin và truyền thông", "Information and communication"),
    "K": (64, 66, "Tài chính, ngân hàng và bảo hiểm", "Finance and insurance"),
    "L": (68, 68, "Kinh doanh bất động sản", "Real estate"),
    "M": (69, 75, "Chuyên môn, khoa học và công nghệ", "Professional and technical"),
    "N": (77, 82, "Hành chính và dịch vụ hỗ trợ", "Administrative support"),
    "O-U": (84, 99, "Giáo dục, y tế và dịch vụ khác", "Education, health and other services"),
}


def trades(facts: Facts) -> pd.DataFrame:
    """HTX alive on the view's date and at the end of the year before, by trade (``RESOURCES_TRADES``)."""
    now = pd.Timestamp(facts.day)
    found: list[list[object]] = []
    for there, year in ((facts.on(year_end(now.year - 1)), now.year - 1), (facts, now.year)):
        mine = there.matches("kind", "htx") & there.alive
        farm = mine & there.matches("sector", "agriculture")
        subtype = there.text("agri_subtype")
        parts = [("agriculture", code, farm & (subtype == code), pair) for code, pair in AGRI_SUBTYPES.items()]
        parts.append(("agriculture", UNKNOWN, farm & (subtype == ""), NOT_SAID))
        other = mine & ~there.matches("sector", "agriculture")
        division = divisions(there)
        known = np.zeros(there.size, bool)
        for code, (low, high, vi, en) in SECTIONS.items():
            here = (division >= low) & (division <= high)
            known |= here
            parts.append(("non_agriculture", code, other & here, (vi, en)))
        parts.append(("non_agriculture", UNKNOWN, other & ~known, NOT_SAID))
        working = there.matches("state", "active")
        for sector, code, chosen, titles in parts:
            found.append([year, sector, code, *titles, int(chosen.sum()), int((chosen & working).sum())])
    table = RESOURCES_TRADES.frame(found)
    # A trade that all have left stands there with its zero.
    held = table.groupby(["sector", "level"])["count"].transform("max") > 0
    return table[held].reset_index(drop=True)
