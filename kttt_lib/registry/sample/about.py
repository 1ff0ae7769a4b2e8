"""What the sample says of itself in ``registry.yaml``: that it is synthetic, how it was made, what it assumes."""

from __future__ import annotations

from collections.abc import Mapping

from kttt_lib.registry.sample import settings as s

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
_CALIBRATION = (
    (
        "Khớp tổng số 417 HTX cuối năm 2020; các phần in ra (323 + 61 + 39) cộng thành 423 nên HTX nông nghiệp "
        "là 317, không phải 323",
        "Hits the total of 417 HTX at the end of 2020; the printed parts (323 + 61 + 39) add to 423, so agriculture "
        "has 317, not 323",
    ),
    (
        "327 HTX (4/2017), 417 HTX (2020) và 55 HTX thành lập mới 2018–2020 chỉ cùng đúng khi 58 HTX thành lập "
        "năm 2013–2017 vào sổ muộn, trong các đợt rà soát 2018–2019",
        "327 HTX (04/2017), 417 HTX (2020) and 55 new HTX in 2018-2020 are true together only if 58 HTX founded in "
        "2013-2017 were entered late, in the reviews of 2018-2019",
    ),
    (
        "224.320 thành viên là tổng theo báo cáo gần nhất nhận được đến 28/4/2017",
        "224,320 members is the sum over the last reports received by 28/04/2017",
    ),
)


def describe(
    organisations: int | Mapping[str, int] | None, years: tuple[int, int], seed: int, province: str
) -> dict[str, object]:
    """The content of ``registry.yaml`` for a sample made with these arguments."""
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
        "assumptions": [dict(zip(("vi", "en"), texts)) for texts in _ASSUMPTIONS],
    }
    if organisations is None and years[1] == s.CALIBRATED_LAST_YEAR:
        about["calibration"] = [dict(zip(("vi", "en"), texts)) for texts in _CALIBRATION]
    return about
