"""Actions under the eight task groups of Plan 23, with planned and spent money."""

from __future__ import annotations

import numpy as np
import pandas as pd

from kttt_lib.registry.sample import settings as s
from kttt_lib.registry.sample.support import season_days

_INSPECTION = "Kiểm tra, giám sát tại các huyện và thành phố"
_SINCE = {_INSPECTION: "Kiểm tra, giám sát tại các xã và phường"}  # the year in which the districts ended, and after
# task group -> (kind, quantity, planned spending in million VND)
_KINDS = {
    "M1": (
        ("Hội nghị tuyên truyền Luật HTX", 12, 180), ("Phóng sự, chuyên mục phát thanh truyền hình", 24, 260),
        ("Tờ rơi, tài liệu tuyên truyền", 8000, 90), ("Tập huấn báo cáo viên cấp xã", 6, 75),
    ),
    "M2": (
        ("Họp Ban chỉ đạo phát triển KTTT", 4, 40), (_INSPECTION, 8, 64),
        ("Rà soát, đánh giá phân loại HTX", 1, 120), ("Cập nhật cơ sở dữ liệu HTX", 1, 95),
    ),
    "M3": (
        ("Tư vấn củng cố tổ chức HTX", 40, 320), ("Hỗ trợ sáp nhập và hợp nhất HTX", 12, 240),
        ("Xây dựng mô hình HTX kiểu mới", 12, 900), ("Hướng dẫn giải thể HTX ngừng hoạt động", 14, 85),
    ),
    "M4": (
        ("Bồi dưỡng cán bộ quản lý nhà nước về KTTT", 8, 360), ("Bồi dưỡng cán bộ HTX", 15, 620),
        ("Đưa cán bộ trẻ tốt nghiệp đại học về làm việc tại HTX", 10, 450),
    ),
    "M5": (
        ("Bổ sung vốn Quỹ hỗ trợ phát triển HTX", 1, 3000), ("Thẩm định và giải ngân vốn vay ưu đãi", 39, 210),
        ("Kiểm tra sử dụng vốn vay", 25, 60),
    ),
    "M6": (
        ("Giao đất và cho thuê đất xây dựng trụ sở", 4, 880), ("Hỗ trợ xây dựng trụ sở làm việc", 3, 1140),
        ("Đầu tư kết cấu hạ tầng phục vụ sản xuất", 13, 8450),
    ),
    "M7": (
        ("Hội chợ, triển lãm sản phẩm HTX", 3, 540), ("Hỗ trợ xây dựng nhãn hiệu hàng hóa", 6, 540),
        ("Kết nối cung cầu với doanh nghiệp", 5, 150), ("Gian hàng trên sàn thương mại điện tử", 20, 200),
    ),
    "M8": (
        ("Tư vấn thành lập mới HTX", 24, 300), ("Tư vấn thành lập mới THT", 33, 165),
        ("Hỗ trợ kinh phí thành lập mới", 15, 450), ("Hỗ trợ thành lập LHHTX", 1, 80),
    ),
}  # fmt: skip
# What share of its money each group spent in the last year: the pandemic stopped fairs and meetings.
_SPENT = {"M1": 0.86, "M2": 0.95, "M3": 0.78, "M4": 0.91, "M5": 0.97, "M6": 0.62, "M7": 0.55, "M8": 0.93}


def make_activities(years: np.ndarray, scale: float, prefix: str, rng: np.random.Generator) -> pd.DataFrame:
    """The activities table: each action in two parts of the year, spent money beside planned money."""
    parts = []
    last = int(years[-1])
    for year in (int(y) for y in years):
        districts = np.datetime64(f"{year}-12-31") < s.NO_DISTRICTS
        for group, kinds in _KINDS.items():
            names, quantity, planned = zip(*kinds)
            half = np.repeat(np.arange(len(kinds)), 2)
            split = rng.uniform(0.35, 0.65, len(kinds))
            part = np.column_stack([split, 1 - split]).ravel()
            price = 1.05 ** (year - last) * scale
            plan = np.rint(np.array(planned)[half] * part * price)
            rate = _SPENT[group] if year == last else 0.5 + 0.5 * _SPENT[group]
            done = np.clip(rate + 0.12 * rng.standard_normal(len(half)), 0.15, 1.08)
            amount = np.maximum(np.array(quantity)[half] * scale, 1) * part * done
            rows = pd.DataFrame(
                {
                    "task_group": group,
                    "date": season_days(year, len(half), rng),
                    "kind": np.array([name if districts else _SINCE.get(name, name) for name in names], dtype=object)[
                        half
                    ],
                    "quantity": np.maximum(np.rint(amount), 1.0),
                    "spent": np.rint(plan * done),
                    "planned": plan,
                }
            )
            rows = rows.sort_values("date", kind="stable").reset_index(drop=True)
            rows.insert(0, "activity_id", [f"{prefix}-HD-{year}-{group}-{i + 1:02d}" for i in range(len(rows))])
            parts.append(rows)
    return pd.concat(parts, ignore_index=True)
