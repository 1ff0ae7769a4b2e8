"""The calibration of Ninh Bình in 2025, merged with Hà Nam and Nam Định: figures of the parts, then of the whole."""

from __future__ import annotations

from kttt_lib.registry.sample.calibration import Birth, Calibration, District, Fate, Target
from kttt_lib.registry.sample.settings import LHHTX, NON_AGRICULTURE, QTDND, SERVICE, SPECIALISED, THT

_NB, _HN, _ND = "Ninh Bình", "Hà Nam", "Nam Định"
_MERGER, _PUBLISHED_ON = "2025-06-30", "2025-10-31"

# Windows of the calendar: years and parts of a year up to the merger, and the months after it. 2022 is in two since
# Nam Định's 489 HTX are of its July.
_WINDOWS = (
    ("2021-01-05", "2021-12-30"),
    ("2022-01-05", "2022-07-29"),
    ("2022-08-03", "2022-12-30"),
    ("2023-01-05", "2023-12-30"),
    ("2024-01-05", "2024-12-30"),
    ("2025-01-05", "2025-06-27"),
)
_AFTER, _LAST = ("2025-07-03", "2025-10-29"), ("2025-11-02", "2025-12-30")

# HTX and QTDND at the end of 2020, by old province: (service, specialised from before the 2012 Law, specialised since,
# non-agricultural before, since, QTDND, THT). Ninh Bình's add up to the 417 of that year; Nam Định's are as many as its
# 489 of 07/2022 and 553 (418 of them agricultural) of 2025 ask for; Hà Nam's are what is left of the merged 1,529.
_AT_2020 = {
    _NB: (212, 12, 93, 12, 49, 39, 468),
    _HN: (168, 10, 86, 14, 93, 24, 1090),
    _ND: (312, 8, 50, 12, 48, 41, 1180),
}
# Founded in each window: specialised, non-agricultural, THT.
_FOUNDED = {
    _NB: ((20, 18, 13, 15, 22, 18), (4, 2, 1, 2, 2, 1), (22, 12, 10, 21, 24, 12)),
    _HN: ((12, 8, 6, 14, 15, 9), (5, 3, 2, 6, 6, 4), (30, 16, 14, 30, 30, 15)),
    _ND: ((10, 7, 5, 13, 16, 13), (6, 4, 3, 9, 12, 8), (34, 18, 16, 33, 33, 16)),
}
# Gone in each window: service, specialised, non-agricultural, THT.
_GONE = {
    _NB: ((2, 1, 1, 2, 2, 1), (1, 1, 0, 1, 1, 1), (1, 1, 0, 1, 1, 1), (6, 3, 3, 6, 5, 3)),
    _HN: ((4, 2, 2, 3, 3, 2), (2, 1, 1, 2, 2, 1), (3, 2, 1, 2, 2, 2), (5, 3, 2, 6, 6, 3)),
    _ND: ((2, 2, 1, 2, 2, 1), (1, 1, 1, 1, 1, 1), (2, 1, 1, 2, 2, 0), (5, 3, 2, 6, 6, 5)),
}
# Ceased, not dissolved. Nam Định: 23 of its 553 were not at work in 2025; the suspended are the others.
_STOPPED = {_NB: (6, 4, 3), _HN: (6, 4, 3), _ND: (10, 6, 5)}


def _births() -> tuple[Birth, ...]:
    births = []
    for part, (service, old, specialised, old_other, other, funds, groups) in _AT_2020.items():
        births += [
            Birth(SERVICE, service, "1996-01-01", "2007-12-31", old=True, part=part),
            Birth(SPECIALISED, old, "2003-01-01", "2013-06-30", old=True, part=part),
            Birth(SPECIALISED, specialised, "2013-07-10", "2020-12-20", part=part),
            Birth(NON_AGRICULTURE, old_other, "1998-01-01", "2013-06-30", old=True, part=part),
            Birth(NON_AGRICULTURE, other, "2013-07-10", "2020-12-20", part=part),
            Birth(QTDND, funds, "1995-01-01", "2008-12-31", old=True, part=part),
            Birth(THT, groups, "2010-01-01", "2020-12-20", part=part),
        ]
        for group, counts in zip((SPECIALISED, NON_AGRICULTURE, THT), _FOUNDED[part]):
            for count, (first, last) in zip(counts, _WINDOWS):
                births.append(
                    Birth(group, count, first, last, plan_span=first[5:7] == "01" and last[5:7] == "12", part=part)
                )
    unions = ((_NB, "2019-03-01", "2019-09-30"), (_NB, "2022-03-01", "2022-09-30"), (_ND, "2023-03-01", "2023-09-30"))
    births += [Birth(LHHTX, 1, first, last, part=part) for part, first, last in unions]
    births.append(Birth(LHHTX, 1, "2024-03-01", "2024-09-30", part=_HN))
    for window, later in ((_AFTER, (14, 7, 26)), (_LAST, (6, 3, 8))):
        births += [Birth(g, n, *window) for g, n in zip((SPECIALISED, NON_AGRICULTURE, THT), later)]
    return tuple(births)


def _fates() -> tuple[Fate, ...]:
    fates = []
    for part, gone in _GONE.items():
        for group, counts in zip((SERVICE, SPECIALISED, NON_AGRICULTURE, THT), gone):
            for count, (first, last) in zip(counts, _WINDOWS):
                year = int(first[:4])
                ceased = None if group == THT else (f"{year - 2}-06-01", f"{year - 1}-11-30")
                merged = int(group == SERVICE and count > 1)  # one of them into the HTX of its commune
                fates += [
                    Fate(group, count - merged, ceased, (first, last), "dissolved", part=part),
                    Fate(group, merged, None, (first, last), "merged_into", old_only=True, small=True, part=part),
                ]
        # Stopped and still on the register when the province merged.
        fates += [
            Fate(group, count, ("2022-03-01", "2025-05-31"), None, "", part=part)
            for group, count in zip((SERVICE, SPECIALISED, NON_AGRICULTURE), _STOPPED[part])
        ]
    fates += [
        Fate(SERVICE, 3, None, _AFTER, "dissolved", old_only=True),
        Fate(SPECIALISED, 3, None, _AFTER, "dissolved"),
        Fate(NON_AGRICULTURE, 3, None, _AFTER, "dissolved"),
        Fate(THT, 6, None, _AFTER, "dissolved"),
        Fate(SPECIALISED, 2, None, _LAST, "dissolved"),
    ]
    return tuple(fates)


# Nam Định's HTX by district are printed for 2009 (statistics office); Ninh Bình's weights are those of 2020. Hà Nam's
# districts, and the funds and THT of both, weigh as their communes do.
_DISTRICTS = (
    District("Thành phố Ninh Bình", 14, 17, 22, 4, 30, part=_NB),
    District("Thành phố Tam Điệp", 9, 14, 18, 3, 30, part=_NB),
    District("Huyện Nho Quan", 27, 42, 30, 6, 95, part=_NB),
    District("Huyện Gia Viễn", 21, 32, 18, 5, 60, part=_NB),
    District("Huyện Hoa Lư", 11, 18, 16, 4, 38, part=_NB),
    District("Huyện Yên Khánh", 19, 34, 20, 6, 75, part=_NB),
    District("Huyện Kim Sơn", 25, 42, 22, 6, 80, part=_NB),
    District("Huyện Yên Mô", 17, 31, 16, 5, 60, part=_NB),
    District("Thành phố Phủ Lý", 21, 21, 21, 21, 21, part=_HN),
    District("Thị xã Duy Tiên", 16, 16, 16, 16, 16, part=_HN),
    District("Huyện Kim Bảng", 18, 18, 18, 18, 18, part=_HN),
    District("Huyện Thanh Liêm", 16, 16, 16, 16, 16, part=_HN),
    District("Huyện Bình Lục", 17, 17, 17, 17, 17, part=_HN),
    District("Huyện Lý Nhân", 21, 21, 21, 21, 21, part=_HN),
    District("Thành phố Nam Định", 25, 24, 24, 25, 25, part=_ND),
    District("Huyện Mỹ Lộc", 11, 19, 19, 11, 11, part=_ND),
    District("Huyện Vụ Bản", 18, 35, 35, 18, 18, part=_ND),
    District("Huyện Ý Yên", 31, 59, 59, 31, 31, part=_ND),
    District("Huyện Nghĩa Hưng", 24, 40, 40, 24, 24, part=_ND),
    District("Huyện Nam Trực", 20, 49, 49, 20, 20, part=_ND),
    District("Huyện Trực Ninh", 21, 56, 56, 21, 21, part=_ND),
    District("Huyện Xuân Trường", 20, 36, 36, 20, 20, part=_ND),
    District("Huyện Giao Thủy", 22, 37, 37, 22, 22, part=_ND),
    District("Huyện Hải Hậu", 34, 68, 68, 34, 34, part=_ND),
)

_MERGED = "Ninh Bình (merged 07/2025)"
_FORUM = ("2025", "31/10/2025", _PUBLISHED_ON)
_ALL, _HTX = ("htx", "qtdnd"), ("htx",)
_OTHER_OCOP = (
    "106 HTX (diễn đàn tháng 11/2025) và 128 HTX (VietNamNet 17/11/2025) không thể cùng đúng; mẫu giữ 106",
    "106 HTX (forum of 11/2025) and 128 HTX (VietNamNet, 17/11/2025) cannot both be true; the sample keeps 106",
)


def _targets() -> tuple[Target, ...]:
    half = ("2025", "'hiện có' (1st half 2025)", _MERGER)
    now = ("2023-2025 (date not shown)", "'hiện nay'", _MERGER)
    year = ("2023", "'đến nay' (2023 inferred)", "2023-12-31")
    return (
        Target("htx_total", *_FORUM, 1529, "stock", (_ALL,), _MERGED),
        Target("tht_total", *_FORUM, 3066, "stock", (("tht",),), _MERGED),
        Target("lhhtx_total", *_FORUM, 4, "stock", (("lhhtx",),), _MERGED),
        Target("htx_high_tech", *_FORUM, 146, "practising", ("high_tech",), _MERGED),
        Target("htx_value_chain", *_FORUM, 148, "practising", ("value_chain",), _MERGED),
        Target("htx_vietgap", *_FORUM, 18, "practising", ("vietgap",), _MERGED),
        Target("htx_ocop", *_FORUM, 106, "practising", ("ocop",), _MERGED),
        Target(
            "htx_ocop",
            "2021-2025",
            "11/2025",
            _PUBLISHED_ON,
            128,
            "practising",
            ("ocop",),
            _MERGED,
            "missed",
            _OTHER_OCOP,
        ),
        Target("htx_total", "2021", "end of 2021", "2021-12-31", 437, "stock", (_ALL, None, None, _of(_NB))),
        Target("htx_total", "2022", "end of 2022", "2022-12-31", 467, "stock", (_ALL, None, None, _of(_NB))),
        Target("htx_total", *year, 480, "stock", (_ALL, None, None, _of(_NB))),
        Target("lhhtx_total", *year, 2, "stock", (("lhhtx",), None, None, _of(_NB))),
        Target("tht_total", *year, 515, "stock", (("tht",), None, None, _of(_NB))),
        Target("htx_total", *now, 516, "stock", (_ALL, None, None, _of(_NB))),
        Target("htx_agri", *now, 409, "stock", (_HTX, "agriculture", None, _of(_NB))),
        Target("htx_nonagri", *now, 68, "stock", (_HTX, "non_agriculture", None, _of(_NB))),
        Target("htx_total", "2022", "~07/2022", "2022-07-31", 489, "stock", (_ALL, None, None, _of(_ND)), _ND),
        Target("members", "2022", "~07/2022", "2022-07-31", 376_763, "members", (_of(_ND),), _ND),
        Target("htx_total", *half, 553, "stock", (_ALL, None, None, _of(_ND)), _ND),
        Target("htx_active", *half, 530, "active", (_ALL, _of(_ND)), _ND),
        Target("htx_agri", *half, 418, "stock", (_HTX, "agriculture", None, _of(_ND)), _ND),
    )


def _of(part: str) -> tuple[str, ...]:
    """The districts of an old province, by all their names."""
    named = tuple(district.name for district in _DISTRICTS if district.part == part)
    return (*named, "Thành phố Hoa Lư") if part == _NB else (*named, "Thị xã Kim Bảng") if part == _HN else named


NINH_BINH_2025 = Calibration(
    province="Ninh Bình",
    last_year=2025,
    births=_births(),
    fates=_fates(),
    districts=_DISTRICTS,
    targets=_targets(),
    told=(
        (
            "1.529 HTX (mẫu tính cả QTDND), 3.066 THT và 4 LHHTX ngày 31/10/2025: Báo Ninh Bình (qua Vietnam.vn), "
            "diễn đàn tháng 11/2025",
            "1,529 HTX (the sample counts QTDND in them), 3,066 THT and 4 LHHTX on 31/10/2025: Báo Ninh Bình (through "
            "Vietnam.vn), forum of 11/2025",
        ),
        (
            "146 HTX công nghệ cao, 148 HTX theo chuỗi, 106 HTX có sản phẩm OCOP, 18 HTX VietGAP ngày 31/10/2025: "
            "như trên; VietNamNet 17/11/2025 đếm 128 HTX OCOP",
            "146 HTX with high technology, 148 in chains, 106 with OCOP products, 18 with VietGAP on 31/10/2025: "
            "as above; VietNamNet of 17/11/2025 counts 128 OCOP HTX",
        ),
        (
            "Ninh Bình cũ: 437, 467, 480 HTX cuối năm 2021, 2022, 2023, 515 THT và 2 LHHTX năm 2023 (VnBusiness); "
            "516 HTX (409 nông nghiệp, 68 phi nông nghiệp) trước sáp nhập (Báo Ninh Bình, bài không ghi ngày)",
            "Old Ninh Bình: 437, 467, 480 HTX at the end of 2021, 2022, 2023, 515 THT and 2 LHHTX in 2023 "
            "(VnBusiness); 516 HTX (409 agricultural, 68 not) before the merger (Báo Ninh Bình, undated)",
        ),
        (
            "Nam Định: 489 HTX và 376.763 thành viên tháng 7/2022 (Báo Nam Định); 553 HTX và QTDND, 530 đang hoạt "
            "động, 418 nông nghiệp đầu năm 2025 (Kinh tế & Đô thị); HTX theo huyện: như 2009 (Cục Thống kê Nam Định)",
            "Nam Định: 489 HTX and 376,763 members in 07/2022 (Báo Nam Định); 553 HTX and QTDND, 530 at work, 418 "
            "agricultural early in 2025 (Kinh tế & Đô thị); HTX by district as in 2009 (statistics office of Nam Định)",
        ),
        (
            "Hà Nam (HTX, THT) và THT của Nam Định: không có số công bố; mẫu lấy phần còn lại và chia theo số xã",
            "Hà Nam (HTX, THT) and the THT of Nam Định: no published figure; the sample takes what is left of the "
            "whole and spreads it by communes",
        ),
    ),
    members=(("2022-07-31", _ND, 376_763),),
    practices=(
        ("high_tech", _PUBLISHED_ON, 146, 3.0),
        ("value_chain", _PUBLISHED_ON, 148, 1.0),
        ("ocop", _PUBLISHED_ON, 106, 1.0),
        ("vietgap", _PUBLISHED_ON, 18, 1.0),
    ),
)
