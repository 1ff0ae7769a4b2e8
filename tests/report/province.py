# ruff: noqa: E501 - tables of facts read better on one line
"""A made-up province as named results: good year, bad year, or half the reports missing. All of it is synthetic."""

from __future__ import annotations

import datetime as dt
from functools import cache

import numpy as np
import pandas as pd

from kttt_lib.analysis.scorecard.awaited import Awaited
from kttt_lib.analysis.scorecard.verdicts import NO_VALUE
from kttt_lib.plan import Plan
from kttt_lib.report.context import ReportContext

DISTRICTS = (
    ("Nho Quan", 9),
    ("Gia Viễn", 7),
    ("Hoa Lư", 5),
    ("Yên Khánh", 8),
    ("Kim Sơn", 8),
    ("Yên Mô", 7),
    ("TP Ninh Bình", 4),
    ("TP Tam Điệp", 3),
)
SECTORS = {
    "agriculture": ("Nông nghiệp", "Agriculture"),
    "non_agriculture": ("Phi nông nghiệp", "Non-agriculture"),
    "credit": ("Tín dụng", "Credit"),
}
END = dt.date(2020, 12, 31)

# id, group, title vi, title en, indicator, unit, comparator, threshold
PROMISES = (
    ("T1", "target", "Sáp nhập, hợp nhất HTX nông nghiệp liên thôn dưới 100 ha hoạt động kém hiệu quả thành HTX toàn xã",
     "Merge weak inter-village agricultural HTX under 100 ha into whole-commune HTX", "merged_share", "%", ">=", 100),
    ("T2", "target", "Giải thể 100% HTX ngừng hoạt động", "Dissolve 100% of HTX that ceased", "dissolved_share", "%", ">=", 100),
    ("T3", "target", "Ít nhất 90% HTX nông nghiệp hoạt động hiệu quả", "At least 90% of agricultural HTX effective", "effective_share", "%", ">=", 90),
    ("T4", "target", "98% Quỹ tín dụng nhân dân hoạt động hiệu quả", "98% of QTDND effective", "effective_share", "%", ">=", 98),
    ("T6", "target", "Thành lập mới ít nhất 20 HTX", "At least 20 new HTX", "founded", "htx", ">=", 20),
    ("T7", "target", "Thành lập mới ít nhất 20 THT", "At least 20 new THT", "founded", "tht", ">=", 20),
    ("T8", "target", "Bồi dưỡng ít nhất 300 lượt cán bộ công chức", "At least 300 training turns for officials", "training_turns", "turn", ">=", 300),
    ("T12", "target", "10% số HTX được vay vốn ưu đãi", "10% of HTX with preferential loans", "loan_share", "%", ">=", 10),
    ("T13", "target", "Ít nhất 10 mô hình HTX kiểu mới hoạt động hiệu quả", "At least 10 effective new-model HTX", "new_model_effective", "htx", ">=", 10),
    ("T14", "target", "Mô hình HTX gắn với chuỗi giá trị, công nghệ cao, hữu cơ", "HTX models in value chains, high technology, organic direction", "features", "htx", "track", None),
    ("Q1", "aim", "Mở rộng quy mô, tăng số lượng thành viên", "Larger scale and more members", "members", "person", "track", None),
    ("Q4", "aim", "Nâng cao nhận thức về KTTT", "Awareness of the collective economy", "awareness", "%", "track", None),
    ("M1", "measure", "Đẩy mạnh và đổi mới công tác tuyên truyền", "Renew communication", "activities_done", "activity", "track", None),
    ("M2", "measure", "Tăng cường quản lý nhà nước về KTTT", "Strengthen state management", "activities_done", "activity", "track", None),
    ("M5", "measure", "Nâng cao chất lượng Quỹ quay vòng phát triển HTX", "Improve the revolving fund", "activities_done", "activity", "track", None),
)  # fmt: skip

# value, lower, upper, missing reports, verdict; by story
STORIES: dict[str, dict[str, tuple]] = {
    "good": {
        "T1": (100.0, 100.0, 100.0, 0, "met"), "T2": (100.0, 100.0, 100.0, 0, "met"),
        "T3": (93.75, 92.5, 95.0, 1, "met"), "T4": (100.0, 100.0, 100.0, 0, "met"),
        "T6": (24, 24, 24, 0, "met"), "T7": (31, 31, 31, 0, "met"), "T8": (356, 356, 356, 0, "met"),
        "T12": (12.5, 12.5, 12.5, 0, "met"), "T13": (11, 11, 12, 1, "met"),
    },
    "bad": {
        "T1": (25.0, 25.0, 25.0, 0, "not_met"), "T2": (60.0, 60.0, 60.0, 0, "not_met"),
        "T3": (71.25, 68.75, 73.75, 2, "not_met"), "T4": (92.3, 92.3, 92.3, 0, "not_met"),
        "T6": (9, 9, 9, 0, "not_met"), "T7": (21, 21, 21, 0, "met"), "T8": (140, 140, 140, 0, "not_met"),
        "T12": (4.2, 4.2, 4.2, 0, "not_met"), "T13": (4, 4, 5, 1, "not_met"),
    },
    "missing": {
        "T1": (75.0, 75.0, 75.0, 0, "not_met"), "T2": (100.0, 100.0, 100.0, 0, "met"),
        "T3": (90.0, 45.0, 95.0, 40, "undetermined"), "T4": (97.4, 48.7, 100.0, 19, "undetermined"),
        "T6": (22, 22, 22, 0, "met"), "T7": (18, 18, 18, 0, "not_met"), "T8": (310, 310, 310, 0, "met"),
        "T12": (10.4, 10.4, 10.4, 0, "met"), "T13": (8, 4, 14, 10, "undetermined"),
    },
}  # fmt: skip
TRACKED = {"T14": 37, "Q1": 24150, "M1": 12, "M2": 5, "M5": 2}


def targets(story: str) -> pd.DataFrame:
    """scorecard/targets of a story."""
    lines = []
    for pid, group, vi, en, indicator, unit, comparator, threshold in PROMISES:
        value, lower, upper, missing, verdict = STORIES[story].get(
            pid, (TRACKED.get(pid), TRACKED.get(pid), TRACKED.get(pid), 0, "tracked" if pid in TRACKED else "no_data")
        )
        share = unit == "%" and value is not None
        rule = "effective.kha_or_better" if indicator == "effective_share" else None
        lines.append(
            {
                "target_id": pid, "group": group, "title_vi": vi, "title_en": en, "indicator": indicator, "unit": unit,
                "comparator": comparator, "threshold": threshold, "deadline": pd.Timestamp(END), "verdict": verdict,
                "value": value, "lower": lower, "upper": upper,
                "numerator": value * 0.8 if share else value, "denominator": 80.0 if share else None,
                "missing": missing, "set_aside": 0, "excluded": 2 if share else 0, "carried_lower": None, "carried_upper": None,
                "carried_level": None, "carried_last": 0, "carried_older": 0, "carried_like": 0, "start_value": value * 0.96 if value and (share or group == "aim") else 0.0,
                "attainment_of_target": 100 * value / threshold if threshold and value is not None and not _waits(pid, verdict) else None,
                "attainment_of_progress": 40.0 if share and verdict == "not_met" else None, "rule": rule,
                "rule_title_vi": "Xếp loại từ Khá trở lên" if rule else None,
                "rule_title_en": "Rated Khá (good) or better" if rule else None,
                "measured_on": pd.Timestamp(END), "reported_year": 2019 if _waits(pid, verdict) else (2020 if rule else None),
                "lagged": _waits(pid, verdict), "awaited_until": pd.Timestamp(2021, 4, 30) if _waits(pid, verdict) else pd.NaT,
                "awaited_year": 2020 if _waits(pid, verdict) else None, "rescaled": False, "self_scored": 0, "inferred": bool(rule),
                "inferred_vi": "Xếp loại Khá trở lên: suy ra, chưa có văn bản định nghĩa" if rule else "",
                "inferred_en": "Rated Khá or better: inferred, no text defines it" if rule else "",
                "note_vi": "", "note_en": "",
                "published_value": {"T6": 25.0, "T3": 87.0}.get(pid), "published_unit": "HTX" if pid == "T6" else "%",
                "published_period": "2020", "published_source": "Báo Ninh Bình" if pid in ("T6", "T3") else "",
                "published_url": "https://baoninhbinh.org.vn/a?b=1&c=2" if pid in ("T6", "T3") else "",
                "published_note": None,
                "difference": value - {"T6": 25.0, "T3": 87.0}[pid] if pid in ("T6", "T3") else None,
                "reason": _reason(pid, verdict),
                "no_value_vi": "Chưa có khảo sát nhận thức" if verdict == "no_data" else "",
                "no_value_en": "No awareness survey yet" if verdict == "no_data" else "",
            }
        )  # fmt: skip
    return pd.DataFrame(lines).astype(
        {
            **dict.fromkeys(("carried_lower", "carried_upper", "carried_level"), float),
            "reported_year": "Int64",
            "awaited_year": "Int64",
            "awaited_until": "datetime64[us]",
        }
    )


def _waits(pid: str, verdict: str) -> bool:
    """The funds' grades of a year come in the next: with half the reports missing they are not early either."""
    return pid == "T4" and verdict == "undetermined"


def _reason(pid: str, verdict: str) -> str:
    if _waits(pid, verdict):
        return Awaited(2020, dt.date(2021, 4, 30), 2019, True).reason
    return NO_VALUE if verdict == "no_data" else verdict


def organisations(seed: int = 7) -> pd.DataFrame:
    """The made-up organisations, agricultural first."""
    draw = np.random.default_rng(seed)
    lines = []
    for district, count in DISTRICTS:
        for n in range(count):
            sector = "agriculture" if n % 4 else ("credit" if n % 8 else "non_agriculture")
            lines.append({"name": f"HTX {district} {n + 1}", "district": district, "sector": sector})
    frame = pd.DataFrame(lines)
    frame.insert(0, "org_id", [f"SYN-NB-{i + 1:04d}" for i in range(len(frame))])
    frame["score"] = np.round(np.clip(draw.beta(6, 2.5, len(frame)), 0.25, 1.0), 4)
    return frame


def scorecard(story: str) -> dict[str, pd.DataFrame]:
    """The scorecard's tables."""
    draw = np.random.default_rng(3)
    cards = targets(story)
    orgs = organisations()
    statuses = {"good": (0.94, 0.02), "bad": (0.71, 0.03), "missing": (0.45, 0.5)}[story]
    members, groups, trend, robustness = [], [], [], []
    for row in cards.itertuples():
        for org in orgs.itertuples():
            status = draw.choice(["counted", "missing", "not_counted"], p=[*statuses, 1 - sum(statuses)])
            members.append(
                {
                    "target_id": row.target_id, "org_id": org.org_id, "name": org.name, "table": "annual_reports",
                    "row_key": f"annual_reports/{org.org_id}/2020", "status": status,
                    "reason_vi": "chưa nhận báo cáo năm" if status == "missing" else "",
                    "reason_en": "annual report not received" if status == "missing" else "", "weight": 1.0,
                }
            )  # fmt: skip
        if pd.notna(row.value):
            for place, (district, count) in enumerate(DISTRICTS):
                value = min(100.0, row.value * (0.82 + 0.05 * place)) if row.unit == "%" else round(row.value / 8)
                spread = (row.upper - row.lower) if row.unit == "%" else 0
                groups.append(
                    {
                        "target_id": row.target_id, "dimension": "district", "level": district, "level_vi": district,
                        "level_en": district, "value": value, "lower": max(0.0, value - spread / 2),
                        "upper": min(100.0, value + spread / 2) if row.unit == "%" else value,
                        "numerator": float(round(value * 3 * count / 100)) if row.unit == "%" else value,
                        "denominator": 3.0 * count if row.unit == "%" else None, "missing": 0,
                    }
                )  # fmt: skip
            for year in range(2016, 2021):
                value = row.value * (0.8 + 0.04 * (year - 2015))
                trend.append(
                    {"target_id": row.target_id, "date": pd.Timestamp(year, 12, 31), "value": value,
                     "lower": value * row.lower / row.value, "upper": value * row.upper / row.value, "missing": row.missing}
                )  # fmt: skip
        if isinstance(row.rule, str):
            for rule, vi, en, shift in (
                ("effective.kha_or_better", "Xếp loại từ Khá trở lên", "Rated Khá (good) or better", 0.0),
                ("effective.trung_binh_or_better", "Xếp loại từ Trung bình trở lên", "Rated Trung bình (average) or better", 4.0),
                ("effective.ntm_13", "Tiêu chí 13 nông thôn mới giai đoạn 2016–2020", "NTM criterion 13 of 2016–2020", -6.0),
            ):  # fmt: skip
                ends = [min(100.0, getattr(row, b) + shift) >= row.threshold for b in ("lower", "upper")]
                overall = "met" if all(ends) else ("undetermined" if any(ends) else "not_met")
                for bound in ("value", "lower", "upper"):
                    value = min(100.0, getattr(row, bound) + shift)
                    robustness.append(
                        {"target_id": row.target_id, "rule": rule, "rule_title_vi": vi, "rule_title_en": en,
                         "chosen": shift == 0.0, "later": False, "bound": bound, "value": value,
                         "verdict": "met" if value >= row.threshold else "not_met", "verdict_overall": overall,
                         "gap": value - row.threshold, "missing": row.missing}
                    )  # fmt: skip
    words = {
        "counts_vi": "Tổ chức đang hoạt động", "counts_en": "Active organisations",
        "excludes_vi": "Tổ chức dưới 12 tháng", "excludes_en": "Organisations younger than 12 months",
        "source_vi": "Thông tư 01/2020/TT-BKHĐT", "source_en": "Circular 01/2020/TT-BKHĐT", "status": "read",
    }  # fmt: skip
    definitions = pd.DataFrame(
        [
            {"target_id": r.target_id, "kind": "indicator", "id": r.indicator, "title_vi": f"Chỉ tiêu: {r.title_vi}",
             "title_en": f"Indicator: {r.title_en}", **words}
            for r in cards.itertuples()
        ]
        + [
            {"target_id": r.target_id, "kind": "rule", "id": r.rule, "title_vi": r.rule_title_vi, "title_en": r.rule_title_en, **words}
            for r in cards[cards["rule"].notna()].itertuples()
        ]
        + [
            {"target_id": "T13", "kind": "rule", "id": "new_model.assigned", "title_vi": "Danh sách tỉnh giao",
             "title_en": "On the list assigned by the province", **words}
        ]
    )  # fmt: skip
    published = pd.DataFrame(
        [
            {
                "target_id": r.target_id, "series": r.indicator, "area": "Ninh Bình", "period": "2020", "match": match,
                "published_value": r.published_value, "published_unit": r.published_unit, "value": r.value,
                "difference": r.difference if match == "same" else np.nan,
                "note_vi": "" if match == "same" else "Số công bố là lũy kế 2018–2020", "source_title": "Báo Ninh Bình",
                "note_en": "" if match == "same" else "The published figure is cumulated over 2018–2020",
                "source_url": r.published_url, "origin_id": f"o{n}",
            }
            for n, (r, match) in enumerate(zip(cards[cards["published_value"].notna()].itertuples(), ("same", "related")))
        ]
    )  # fmt: skip
    return {
        "scorecard/targets": cards,
        "scorecard/definitions": definitions,
        "scorecard/robustness": pd.DataFrame(robustness),
        "scorecard/trend": pd.DataFrame(trend),
        "scorecard/by_group": pd.DataFrame(groups),
        "scorecard/members": pd.DataFrame(members),
        "scorecard/published": published,
    }


def situation(story: str) -> dict[str, pd.DataFrame]:
    """Counts and totals 2016-2020."""
    growth = {"good": 1.05, "bad": 0.97, "missing": 1.02}[story]
    received = {"good": 0.98, "bad": 0.96, "missing": 0.5}[story]
    counts, totals = [], []
    for year in range(2016, 2021):
        factor = growth ** (year - 2016)
        for kind, sector, base in (
            ("htx", "agriculture", 300), ("htx", "non_agriculture", 55), ("qtdnd", "credit", 39),
            ("tht", "agriculture", 400), ("lhhtx", "agriculture", 1),
        ):  # fmt: skip
            count = base if kind in ("qtdnd", "lhhtx") else round(base * factor)
            counts.append({"year": year, "kind": kind, "sector": sector, "count": count})
        for kind in ("htx", "qtdnd", "tht", "lhhtx"):
            whole = sum(c["count"] for c in counts if c["kind"] == kind and c["year"] == year)
            counts.append({"year": year, "kind": kind, "sector": "all", "count": whole})
        for series, base in (
            ("members", 20000), ("workers", 9000), ("revenue_mean", 1200.0), ("profit_mean", 90.0), ("worker_income_mean", 38.0),
        ):  # fmt: skip
            for sector, share in (("agriculture", 1.0), ("non_agriculture", 0.35), ("credit", 0.2), ("all", 1.55)):
                value = base * factor * (share if series in ("members", "workers") else 2 - share)
                value = float(round(value)) if series in ("members", "workers") else round(value, 2)
                totals.append(
                    {"year": year, "series": series, "sector": sector, "value": value, "lower": value, "upper": value,
                     "reports": round(100 * received), "expected": 100}
                )  # fmt: skip
    for count in counts:
        count["date"] = pd.Timestamp(count["year"], 12, 31)
    return {"situation/counts": pd.DataFrame(counts), "situation/totals": pd.DataFrame(totals)}


def registry(story: str) -> dict[str, pd.DataFrame]:
    """Completeness, findings, calibration."""
    share = {"good": 0.98, "bad": 0.95, "missing": 0.5}[story]
    completeness = []
    for district, count in DISTRICTS:
        for sector in SECTORS:
            expected = count * (5 if sector == "agriculture" else 1)
            received = min(expected, round(expected * share))
            completeness.append(
                {"year": 2020, "district": district, "sector": sector, "expected": expected, "received": received,
                 "on_time": received - min(1, received), "late": min(1, received), "missing": expected - received}
            )  # fmt: skip
    return {
        "registry/counts": pd.DataFrame(
            {
                "table": ["organisations", "annual_reports"],
                "read": [900, 2100],
                "accepted": [898, 2093],
                "quarantined": [2, 7],
            }
        ),
        "registry/findings": pd.DataFrame(
            {
                "severity": ["error", "warning"],
                "rule": ["women_over_members", "year_jump"],
                "table": ["annual_reports", "annual_reports"],
                "findings": [7, 12],
                "message_vi": [
                    "Số thành viên nữ lớn hơn tổng số thành viên",
                    "Doanh thu thay đổi quá 10 lần so với năm trước",
                ],
                "message_en": ["More women than members", "Revenue changed more than tenfold on the year before"],
            }
        ),
        "registry/completeness": pd.DataFrame(completeness),
        "registry/calibration": pd.DataFrame(
            {
                "series": ["htx_agri", "qtdnd", "htx_nonagri", "tht_total"],
                "title_vi": ["HTX nông nghiệp", "QTDND", "HTX phi nông nghiệp", "Tổng số THT"],
                "title_en": ["Agricultural HTX", "People's credit funds", "Non-agricultural HTX", "Cooperative groups"],
                "area": ["Ninh Bình"] * 4,
                "period": ["2020"] * 4,
                "published": [323.0, 39.0, 61.0, 468.0],
                "registry": [320.0, 39.0, 66.0, 468.0],
                "difference": [-3.0, 0.0, 5.0, 0.0],
                "hit": [False, True, False, True],
                "origin_url": ["https://vnbusiness.vn/lien-minh-htx-tinh-ninh-binh.html"] * 4,
            }
        ),
    }


def _efficiency_row(dimension: str, level: str, part: pd.DataFrame) -> dict:
    return {
        "year": 2020, "dimension": dimension, "level": level, "organisations": len(part), "efficient": int((part["score"] >= 97).sum()),
        "mean_score": part["score"].mean(), "mean_bias_corrected": part["bias_corrected"].mean(),
        "median_bias_corrected": part["bias_corrected"].median(), "mean_lower": part["lower"].mean(), "mean_upper": part["upper"].mean(),
        "mean_scale": 92.0, "increasing_returns": len(part), "decreasing_returns": 0,
    }  # fmt: skip


def methods(story: str) -> dict[str, pd.DataFrame]:
    """Efficiency, adoption, restructuring and outlook."""
    orgs = organisations().query("sector == 'agriculture'").reset_index(drop=True)
    percent = 100 * orgs["score"]
    scores = orgs.assign(
        year=2020,
        score=percent.round(2),
        bias_corrected=(percent * 0.95).round(2),
        lower=(percent * 0.88).round(2),
        upper=(percent * 0.98).round(2),
        scale=92.0,
        returns_to_scale="increasing",
        outlier=False,
    )
    summary = [_efficiency_row("all", "all", scores)]
    summary += [_efficiency_row("district", d, part) for d, part in scores.groupby("district", sort=False)]
    peers = pd.DataFrame(
        {
            "org_id": orgs["org_id"],
            "peer_id": np.where(orgs.index % 3 == 0, orgs["org_id"].iloc[4], orgs["org_id"].iloc[9]),
            "weight": 1.0,
            "name": orgs["name"],
            "district": orgs["district"],
            "peer_name": np.where(orgs.index % 3 == 0, orgs["name"].iloc[4], orgs["name"].iloc[9]),
        }
    )
    years = list(range(2012, 2021))
    adopters = [0, 1, 1, 2, 3, 5, 6, 8, {"good": 11, "bad": 4, "missing": 8}[story]]
    cumulative = np.cumsum(adopters)
    forecast = pd.DataFrame({"year": [2021, 2022, 2023], "model": "bass"})
    forecast["median"] = [cumulative[-1] + 8.0, cumulative[-1] + 15.0, cumulative[-1] + 20.0]
    forecast["lower"], forecast["upper"] = forecast["median"] - [4, 8, 12], forecast["median"] + [5, 11, 18]
    chance = {"good": 0.97, "bad": 0.12, "missing": 0.55}[story]
    counted = targets(story).query("comparator != 'track'")
    probability = counted["verdict"].map({"met": 0.93, "not_met": 0.2, "undetermined": 0.6})
    return {
        "efficiency/scores": scores,
        "efficiency/summary": pd.DataFrame(summary),
        "efficiency/peers": peers,
        "efficiency/funnel": pd.DataFrame(
            {
                "year": [2020, 2020], "step": ["reported", "complete"],
                "step_vi": ["Đã nộp báo cáo năm", "Đủ số liệu đầu vào và đầu ra"],
                "step_en": ["Annual report handed in", "Inputs and outputs complete"],
                "organisations": [len(scores) + 6, len(scores)], "left_out": [0, 6],
            }
        ),
        "adoption/series": pd.DataFrame({"year": years, "adopters": adopters, "cumulative": cumulative}),
        "adoption/fits": pd.DataFrame(
            {"model": ["bass"] * 3, "parameter": ["p", "q", "m"], "value": [0.01, 0.42, 90.0],
             "lower": [0.004, 0.2, 60.0], "upper": [0.02, 0.6, 190.0], "aicc": [31.2] * 3, "note": [None] * 3}
        ),
        "adoption/forecast": forecast,
        "adoption/chance": pd.DataFrame({"target_id": ["T13"], "by": [pd.Timestamp(END)], "probability": [chance], "method": ["hazard"]}),
        "restructuring/cohort": pd.DataFrame(
            {"org_id": orgs["org_id"][:4], "name": orgs["name"][:4], "district": orgs["district"][:4],
             "state": ["merged", "merged", "active", "active"],
             "status": ["counted", "counted", "not_counted", "missing"]}
        ),
        "restructuring/pairs": pd.DataFrame(
            {
                "group_id": ["SYN-NB-0001+SYN-NB-0002", "SYN-NB-0010+SYN-NB-0011"], "district": ["Nho Quan", "Gia Viễn"],
                "org_id_a": ["SYN-NB-0001", "SYN-NB-0010"], "org_id_b": ["SYN-NB-0002", "SYN-NB-0011"],
                "names": ["HTX Nho Quan 1 + HTX Nho Quan 2", "HTX Gia Viễn 1 + HTX Gia Viễn 2"], "proposed": [True, True],
                "potential": [0.84645, 0.883476], "potential_corrected": [0.9405, 0.9603], "learning": [0.9, 0.92],
                "harmony": [0.95, 0.99], "size": [0.99, 0.97],
            }
        ),
        "outlook/targets": pd.DataFrame(
            {
                "target_id": counted["target_id"], "as_of": pd.Timestamp(END), "current": counted["value"],
                "expected": counted["value"] * 1.02, "lower": counted["lower"], "upper": counted["upper"],
                "probability": probability, "history_years": np.where(counted["target_id"] == "T4", 1, 0),
                "method": np.where(counted["target_id"] == "T4", "awaited", "undetermined"),
                "method_vi": "Theo các năm trước", "method_en": "As in earlier years", "needed": "", "unit": "%", **dict.fromkeys(("needed_least", "needed_most", "needed_of", "needed_now", "pace_needed"), np.nan),
            }
        ).reset_index(drop=True),
    }  # fmt: skip


@cache
def _made(story: str, districts: tuple) -> dict[str, pd.DataFrame]:
    return {**scorecard(story), **situation(story), **registry(story), **methods(story)}


def results(story: str = "good") -> dict[str, pd.DataFrame]:
    """All named results of one story, for the caller to change."""
    return {name: table.copy() for name, table in _made(story, DISTRICTS).items()}


def about(synthetic: bool = True) -> dict:
    """What the registry says about itself."""
    return {
        "province": "Ninh Bình", "synthetic": synthetic, "seed": 7,
        "label_vi": "sổ đăng ký mô phỏng tỉnh Ninh Bình", "label_en": "the synthetic registry of Ninh Bình",
    }  # fmt: skip


def context(language: str = "vi", audience: str = "internal", as_of: dt.date = END, comments=None) -> ReportContext:
    """The context of a report on the made-up province."""
    return ReportContext(plan(), about(), as_of, language, audience, comments)


def plan() -> Plan:
    """The plan whose promises are PROMISES."""

    def promise(row: tuple) -> dict:
        pid, _, vi, en, indicator, unit, comparator, threshold = row
        return {
            "id": pid, "title_vi": vi, "title_en": en, "indicator": indicator, "comparator": comparator,
            "threshold": None if threshold is None else float(threshold), "unit": unit, "deadline": END,
            "quote_place": {"paragraph": 1, "sentence": 1, "words": "mục tiêu"},
        }  # fmt: skip

    return Plan.model_validate(
        {
            "id": "thu-2020", "province": "Ninh Bình",
            "title_vi": "Kế hoạch phát triển kinh tế tập thể tỉnh Ninh Bình năm 2020",
            "title_en": "Plan for the collective economy of Ninh Bình in 2020",
            "document": {
                "number": "23/KH-UBND", "issued_on": dt.date(2020, 2, 28), "issuer": "Ủy ban nhân dân tỉnh Ninh Bình",
                "title_vi": "Phát triển kinh tế tập thể tỉnh Ninh Bình năm 2020", "source_title": "Ninhbinh.gov.vn",
                "source_publisher": "Cổng thông tin điện tử tỉnh Ninh Bình", "read": "summary",
            },
            "period": {"start": dt.date(2020, 1, 1), "end": END}, "population_start": dt.date(2019, 12, 31),
            "definitions": {
                "effective": "effective.kha_or_better", "new_model": "new_model.law_2012", "ceased": "ceased.law_2012_54",
            },
            "targets": [promise(p) for p in PROMISES if p[1] == "target"],
            "aims": [promise(p) for p in PROMISES if p[1] == "aim"],
            "measures": [promise(p) for p in PROMISES if p[1] == "measure"],
        }
    )  # fmt: skip
