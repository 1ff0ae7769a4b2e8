"""What the sample says of itself in ``registry.yaml``: that it is synthetic, how it was made, what it assumes."""

from __future__ import annotations

from collections.abc import Mapping

from kttt_lib.registry.sample import settings as s
from kttt_lib.registry.sample.calibrations import calibration_of

_ASSUMPTIONS = (
    (
        "40 điểm của tiêu chí 10–15, Thông tư 01/2020/TT-BKHĐT: giả định chia 8, 8, 8, 6, 6, 4 "
        "(không tìm thấy trong nguồn)",
        "The 40 points of criteria 10-15 of Circular 01/2020: split assumed as 8, 8, 8, 6, 6, 4 "
        "(not found in a source)",
    ),
    (
        "62 điểm của tiêu chí 2–6, Thông tư 09/2017/TT-BNNPTNT: giả định chia 20, 12, 12, 8, 10",
        "The 62 points of criteria 2-6 of Circular 09/2017: split assumed as 20, 12, 12, 8, 10",
    ),
    (
        "Kết quả của năm cuối (bồi dưỡng, vay vốn, hỗ trợ, giải thể, sáp nhập) do bộ sinh đặt trước, "
        "không phải kết quả của tỉnh",
        "The last year's outcomes (training, loans, support, dissolutions, mergers) are set by the generator; "
        "they are not the province's",
    ),
)


_REFORMS = (
    "Tỷ lệ và ngày chuyển đổi theo Luật HTX 2023 (86 % tổ chức, từ 01/7/2024 đến 31/12/2025) là giả định; sau "
    "năm 2023 chỉ HTX nông nghiệp (Thông tư 09/2017) và QTDND được xếp loại",
    "The share and the days of re-registration under the 2023 Law (86 % of organisations, 01/07/2024 to 31/12/2025) "
    "are assumed; after 2023 only agricultural HTX (Circular 09/2017) and credit funds are rated",
)


def describe(
    organisations: int | Mapping[str, int] | None, years: tuple[int, int], seed: int, province: str
) -> dict[str, object]:
    """The content of ``registry.yaml`` for a sample made with these arguments."""
    assumed = _ASSUMPTIONS if years[1] < s.LAW_2023.astype(object).year else (*_ASSUMPTIONS, _REFORMS)
    about: dict[str, object] = {
        "province": province,
        "synthetic": True,
        "label_vi": "Dữ liệu mô phỏng, không phải số liệu thật",
        "label_en": "Synthetic data, not real figures",
        "seed": seed,
        "years": list(years),
        "organisations": dict(organisations) if isinstance(organisations, Mapping) else organisations,
        "generator": "kttt_lib.registry.sample",
        "generator_version": s.GENERATOR_VERSION,
        "assumptions": [dict(zip(("vi", "en"), texts)) for texts in assumed],
    }
    calibration = calibration_of(province, years[1])
    if calibration.fits(organisations, province, years[1]):
        about["calibration"] = [dict(zip(("vi", "en"), texts)) for texts in calibration.told]
    return about
