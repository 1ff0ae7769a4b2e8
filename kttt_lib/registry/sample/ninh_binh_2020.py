"""The calibration of Ninh Bình in 2020: figures published for the province from April 2017 to the end of 2020."""

from __future__ import annotations

from kttt_lib.registry.sample.calibration import Birth, Calibration, District, Fate, Target
from kttt_lib.registry.sample.settings import LHHTX, NON_AGRICULTURE, QTDND, SERVICE, SPECIALISED, THT

# 327 HTX on 28/04/2017 (230 + 29 + 29 + 39); 36 of them new under the 2012 Law, 42 by 31/08/2017; 55 new in 2018-2020.
# 58 HTX founded in 2013-2017 came to the registry's knowledge only in the reviews of 2018-2019: without them the
# printed stocks (327, then 417) and the printed flow (55 new) cannot all be true.
_LATE = ("2018-02-01", "2019-11-30")
_BIRTHS = (
    Birth(SERVICE, 236, "1996-01-01", "2007-12-31", old=True),
    Birth(SERVICE, 1, "2017-09-01", "2017-12-20"),
    Birth(SERVICE, 1, "2018-01-05", "2018-12-31", plan_span=True),
    Birth(SERVICE, 1, "2019-01-05", "2019-12-31", plan_span=True),
    Birth(SERVICE, 3, "2020-01-05", "2020-12-30", plan_span=True),
    Birth(SERVICE, 1, "2020-10-15", "2020-10-15", successor=True),
    Birth(SPECIALISED, 11, "2003-01-01", "2013-06-30", old=True),
    Birth(SPECIALISED, 18, "2013-07-10", "2017-04-20"),
    Birth(SPECIALISED, 4, "2017-05-01", "2017-08-25"),
    Birth(SPECIALISED, 3, "2017-09-01", "2017-12-28"),
    Birth(SPECIALISED, 40, "2013-09-01", "2017-03-31", recorded=_LATE),
    Birth(SPECIALISED, 9, "2018-01-05", "2018-12-31", plan_span=True),
    Birth(SPECIALISED, 11, "2019-01-05", "2019-12-31", plan_span=True),
    Birth(SPECIALISED, 14, "2020-01-05", "2020-12-30", plan_span=True),
    Birth(SPECIALISED, 1, "2020-12-28", "2020-12-30", recorded=("2021-01-06", "2021-01-12")),
    Birth(NON_AGRICULTURE, 11, "1998-01-01", "2013-06-30", old=True),
    Birth(NON_AGRICULTURE, 18, "2013-07-10", "2017-04-20"),
    Birth(NON_AGRICULTURE, 2, "2017-05-01", "2017-08-25"),
    Birth(NON_AGRICULTURE, 2, "2017-09-01", "2017-12-28"),
    Birth(NON_AGRICULTURE, 18, "2013-09-01", "2017-03-31", recorded=_LATE),
    Birth(NON_AGRICULTURE, 4, "2018-01-05", "2018-12-31", plan_span=True),
    Birth(NON_AGRICULTURE, 5, "2019-01-05", "2019-12-31", plan_span=True),
    Birth(NON_AGRICULTURE, 7, "2020-01-05", "2020-12-30", plan_span=True),
    Birth(QTDND, 39, "1995-01-01", "2008-12-31", old=True),
    Birth(LHHTX, 1, "2019-03-01", "2019-09-30"),
    Birth(THT, 409, "2006-01-01", "2017-12-31"),
    Birth(THT, 30, "2018-01-05", "2018-12-31", plan_span=True),
    Birth(THT, 36, "2019-01-05", "2019-12-31", plan_span=True),
    Birth(THT, 33, "2020-01-05", "2020-12-30", plan_span=True),
)

# Windows that several fates share.
_BEFORE, _SUMMER, _AFTER = ("2015-05-01", "2016-12-15"), ("2017-05-08", "2017-08-20"), ("2018-03-01", "2018-11-30")
_STOPPED, _STRUCK_OFF = ("2018-03-01", "2019-10-31"), ("2020-03-01", "2020-12-24")
_FATES = (
    # Awaiting dissolution in 04/2017: six in the provincial city, five elsewhere.
    Fate(SERVICE, 6, _BEFORE, _SUMMER, "dissolved", True, True, True),
    Fate(SPECIALISED, 1, _BEFORE, _SUMMER, "dissolved", False, True, True),
    Fate(SPECIALISED, 1, _BEFORE, _AFTER, "dissolved", False, True, True),
    Fate(NON_AGRICULTURE, 2, _BEFORE, _SUMMER, "dissolved", False, True, True),
    Fate(NON_AGRICULTURE, 1, _BEFORE, _AFTER, "dissolved", False, True, True),
    Fate(SPECIALISED, 1, None, _SUMMER, "dissolved", False, True),
    Fate(NON_AGRICULTURE, 1, None, _SUMMER, "dissolved", False, True),
    # Mergers of the years before the plan, and the small inter-village HTX that the plan is after.
    Fate(SERVICE, 1, None, _SUMMER, "merged_into", old_only=True, small=True),
    Fate(SERVICE, 1, None, ("2018-03-01", "2018-12-20"), "merged_into", old_only=True, small=True),
    Fate(SERVICE, 1, None, ("2019-03-01", "2019-12-20"), "merged_into", old_only=True, small=True),
    Fate(SERVICE, 4, None, ("2020-05-15", "2020-12-25"), "merged_into", old_only=True, small=True),
    Fate(SERVICE, 2, None, ("2020-10-15", "2020-10-15"), "consolidated_into", old_only=True, small=True),
    # Half done: the decision is out and the work has stopped, the old HTX is struck off only in the next year.
    Fate(
        SERVICE, 3, ("2020-10-01", "2020-12-20"), ("2021-01-15", "2021-03-20"), "merged_into", old_only=True, small=True
    ),
    # Gone before 2017.
    Fate(SERVICE, 6, ("2013-03-01", "2014-12-15"), ("2015-02-01", "2016-11-30"), "dissolved", old_only=True),
    # Ceased, then dissolved before the plan's year, in it, or not yet.
    Fate(SERVICE, 2, ("2017-09-01", "2018-03-31"), ("2018-07-01", "2018-12-20"), "dissolved", old_only=True),
    Fate(SERVICE, 2, ("2018-03-01", "2018-10-31"), ("2019-05-01", "2019-12-20"), "dissolved", old_only=True),
    Fate(SERVICE, 6, _STOPPED, _STRUCK_OFF, "dissolved", old_only=True),
    Fate(SPECIALISED, 2, _STOPPED, _STRUCK_OFF, "dissolved"),
    Fate(NON_AGRICULTURE, 2, _STOPPED, _STRUCK_OFF, "dissolved"),
    Fate(SERVICE, 2, _STOPPED, None, "", old_only=True),
    Fate(SPECIALISED, 1, _STOPPED, None, ""),
    Fate(NON_AGRICULTURE, 1, _STOPPED, None, ""),
    Fate(SERVICE, 2, ("2020-03-01", "2020-10-31"), None, "", old_only=True),
    Fate(NON_AGRICULTURE, 1, ("2020-03-01", "2020-10-31"), None, ""),
    Fate(THT, 40, None, ("2014-06-01", "2020-12-20"), "dissolved", old_only=True),
)

# New HTX of 2018-2020 (last column) are printed for three districts (16, 10, 8 of 55); the rest is spread.
_DISTRICTS = (
    District("TP Ninh Bình", 14, 17, 22, 4, 30, 4),
    District("TP Tam Điệp", 9, 14, 18, 3, 30, 10),
    District("Huyện Nho Quan", 27, 42, 30, 6, 95, 16),
    District("Huyện Gia Viễn", 21, 32, 18, 5, 60, 8),
    District("Huyện Hoa Lư", 11, 18, 16, 4, 38, 4),
    District("Huyện Yên Khánh", 19, 34, 20, 6, 75, 5),
    District("Huyện Kim Sơn", 25, 42, 22, 6, 80, 4),
    District("Huyện Yên Mô", 17, 31, 16, 5, 60, 4),
)

_LATE_ENTRIES = (
    "58 HTX thành lập năm 2013–2017 chỉ vào sổ khi rà soát 2018–2019; "
    "nếu không, tổng 327, tổng 417 và 55 HTX thành lập mới không thể cùng đúng",
    "58 HTX founded in 2013-2017 entered the register in the reviews of 2018-2019; "
    "without them the stocks 327 and 417 and the 55 new HTX cannot all be true",
)
_PARTS = (
    "các phần in ra 323 + 61 + 39 = 423, khác tổng 417; mẫu giữ tổng và hai phần kia nên HTX nông nghiệp là 317",
    "the printed parts 323 + 61 + 39 = 423, not 417; "
    "the sample keeps the total and the other two parts, so agriculture has 317",
)


def _targets() -> tuple[Target, ...]:
    spring, summer = ("2017", "~04/2017", "2017-04-28"), ("2017", "~08/2017", "2017-08-31")
    young = "2013-2017 (under 2012 Law)"
    end = ("2020", "'đến cuối năm 2020'", "2020-12-31")
    article = ("2020", "'đến cuối năm 2020' (article of Oct 2020)", "2020-12-31")
    flow = ("2018-2020", "2 years 2018-2020", "2020-12-31")
    span = ("2018-01-01", "2020-12-31")
    htx = ("htx",)
    new_area = {"huyện Nho Quan": 16, "TP Tam Điệp": 10, "huyện Gia Viễn": 8}
    return (
        Target("htx_total", *spring, 327, "stock", (("htx", "qtdnd"),)),
        Target("htx_agri", *spring, 230, "stock", (htx, "agriculture", False)),
        Target("htx_agri_specialised", *spring, 29, "stock", (htx, "agriculture", True)),
        Target("htx_nonagri", *spring, 29, "stock", (htx, "non_agriculture", None)),
        Target("qtdnd", *spring, 39, "stock", (("qtdnd",),)),
        Target("qtdnd", *summer, 39, "stock", (("qtdnd",),)),
        Target("htx_law2012", *spring, 316, "under_law"),
        Target("htx_agri_reorganised", *spring, 224, "reorganised", ("service",)),
        Target("htx_agri_reorganised", *summer, 223, "reorganised", ("service",)),
        Target("htx_nonagri_reorganised", *spring, 17, "reorganised", ("other",)),
        Target("htx_nonagri_reorganised", *summer, 15, "reorganised", ("other",)),
        Target("htx_awaiting_dissolution_agri", *spring, 6, "awaiting", ("service",)),
        Target("htx_awaiting_dissolution_nonagri", *spring, 5, "awaiting", ("other",)),
        Target("htx_new", young, *spring[1:], 36, "new", (htx, "2013-07-01", spring[-1])),
        Target("htx_new", young, *summer[1:], 42, "new", (htx, "2013-07-01", summer[-1])),
        Target("members", *spring, 224_320, "members"),
        Target("htx_total", *article, 417, "stock", (("htx", "qtdnd"),), note=_LATE_ENTRIES),
        Target("htx_agri", *end, 323, "stock", (htx, "agriculture", None), aim="missed", note=_PARTS),
        Target("htx_agri_specialised", *end, 105, "stock", (htx, "agriculture", True)),
        Target("htx_nonagri", *end, 61, "stock", (htx, "non_agriculture", None)),
        Target("qtdnd", *end, 39, "stock", (("qtdnd",),)),
        Target("lhhtx_total", *end, 1, "stock", (("lhhtx",),)),
        Target("tht_total", *end, 468, "stock", (("tht",),)),
        Target("htx_new", *flow, 55, "new", (htx, *span)),
        Target("tht_new", *flow, 99, "new", (("tht",), *span)),
        *(
            Target("htx_new", *flow, value, "new", (htx, *span, place[0].upper() + place[1:]), f"Ninh Bình: {place}")
            for place, value in new_area.items()
        ),
    )


_TOLD = (
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

NINH_BINH_2020 = Calibration(
    province="Ninh Bình",
    last_year=2020,
    births=_BIRTHS,
    fates=_FATES,
    districts=_DISTRICTS,
    targets=_targets(),
    told=_TOLD,
    members=(("2017-04-28", "", 224_320),),
)
