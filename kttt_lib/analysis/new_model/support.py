"""Did support help? HTX first supported in different years against those not yet supported (Callaway–Sant'Anna 2021).

Outcomes: workers' income (log points times 100, about percent) and having become a new-model HTX (percentage points).
Support is any programme but founding support. The comparison is doubly robust in size and managers' schooling.
"""

from __future__ import annotations

import warnings
from contextlib import suppress

import numpy as np
import pandas as pd

from kttt_lib.adoption.did import EARLY, GAPS, WITHOUT, GroupTimeEffects, att_gt
from kttt_lib.adoption.honest import imputation, relative_magnitudes
from kttt_lib.adoption.smoothness import smoothness
from kttt_lib.analysis.new_model.panel import adoptions, htx_reports, htx_with_groups, last_whole_year, of_each
from kttt_lib.registry import AsOfView
from kttt_lib.results import ADOPTION_EFFECTS

OUTCOMES = {
    "income": ("Thu nhập lao động", "Workers' income", "%", "%"),
    "adoption": ("Trở thành HTX kiểu mới", "Becoming a new-model HTX", "điểm phần trăm", "percentage points"),
}
ASSUMPTIONS = {
    "parallel": (
        "Nếu không được hỗ trợ, HTX được hỗ trợ sẽ diễn biến như HTX cùng quy mô, trình độ cán bộ chưa được hỗ trợ; "
        "các năm trước khi hỗ trợ cho thấy điều này có hợp lý hay không",
        "Without support, the supported HTX would have gone on like HTX of the same size and schooling not yet "
        "supported; the years before support show whether this is plausible",
    ),
    "anticipation": (
        "HTX không thay đổi trước khi nhận hỗ trợ vì biết sắp được hỗ trợ",
        "HTX do not change before support because they expect it",
    ),
    "no_spillover": (
        "Hỗ trợ cho HTX này không làm thay đổi kết quả của HTX khác",
        "Support to one HTX does not change the outcomes of others",
    ),
}
READINGS = {
    True: ("Thay đổi rõ rệt (khoảng 95% không chứa 0)", "A clear change (the 95% interval leaves out 0)"),
    False: ("Chưa đủ chắc chắn (khoảng 95% chứa 0)", "Not sure enough (the 95% interval holds 0)"),
}
BEFORE = {
    True: ("trước khi hỗ trợ, chưa thấy hai nhóm khác nhau", "before support no difference of the groups is seen"),
    False: ("trước khi hỗ trợ, hai nhóm đã khác nhau: đọc thận trọng", "the groups differed before: read with care"),
    None: ("chưa kiểm tra được giai đoạn trước khi hỗ trợ", "the time before support cannot be checked"),
}
# Beside a clear change: how many times the worst break of trends before support would undo it.
BREAKDOWN = (
    "không còn rõ nếu xu hướng hai nhóm sau hỗ trợ lệch bằng {} lần mức lệch lớn nhất có thể đã có trước đó",
    "no longer clear if trends part after support by {} times the worst they may have parted before",
)
# Two estimators tell the same where both intervals leave out 0 on one side, or both hold it, and they overlap.
SECOND = {
    True: ("cách ước lượng thứ hai (điền khuyết) cũng nói vậy", "the second estimate (imputation) says the same"),
    False: ("cách ước lượng thứ hai (điền khuyết) nói khác", "the second estimate (imputation) says otherwise"),
    None: ("không có ước lượng thứ hai để đối chiếu", "there is no second estimate to hold it against"),
}
FEW = (
    "chỉ có {} HTX, trong đó {} được hỗ trợ: quá ít để tin chắc vào khoảng 95%",
    "only {} HTX, {} of them supported: too few to be sure of the 95% interval",
)
NOT_CAUSAL = ("không kết luận nhân quả", "no causal conclusion")
LEFT_OUT = {
    EARLY: ("{} HTX đã được hỗ trợ từ trước nên không so sánh được", "{} HTX were supported before and are left out"),
    GAPS: ("{} HTX không có báo cáo đủ các năm nên để ra ngoài", "{} HTX without a report of every year are left out"),
    WITHOUT: ("{} cặp nhóm và năm không có HTX để so sánh", "{} pairs of a group and year have nobody to compare with"),
}
MAX_EVENT = 4
DRAWS, SEED = 9999, 8  # of the simultaneous bands


def support_effects(view: AsOfView) -> pd.DataFrame:
    """The event study and the overall effect of each outcome (``ADOPTION_EFFECTS``).

    kind: "event" rows by years since first support (negative: before), with pointwise and simultaneous 95 % bands;
    one "overall" row, the mean over the years from support on, with HTX compared (each a cluster), who is left out and
    whether every simultaneous band before support holds zero (``pre_trends_clear``; a joint Wald test rejects too often
    with so few HTX a year).
    Beside every effect from support on: ``breakdown`` (how many times the worst break of trends before undoes it) and
    ``bend`` (how much the slope of trends may change a year, in units of the outcome), empty where nothing tells; the
    imputation estimate, of all HTX that report, without covariates; and a reading.
    An outcome that cannot be estimated has one "overall" row with the ``reason`` and no numbers.
    """
    parts = []
    for outcome, panel in (("income", income_panel(view)), ("adoption", adoption_outcome(view))):
        try:
            if panel["year"].nunique() < 2:
                raise ValueError("no HTX reported in two whole years")
            parts.append(_rows(outcome, panel))
        except ValueError as error:
            parts.append(pd.DataFrame([{"kind": "overall", "reason": str(error)}]).assign(outcome=outcome))
    table = pd.concat(parts, ignore_index=True).reindex(columns=list(ADOPTION_EFFECTS.columns))
    names = table["outcome"].map(OUTCOMES)
    for place, name in enumerate(("outcome_vi", "outcome_en", "unit_vi", "unit_en")):
        table[name] = names.str[place]
    for name in ("reading_vi", "reading_en"):
        table[name] = table[name].astype(object).where(table[name].notna(), "")
    table["reason"] = table["reason"].astype(object).where(table["reason"].notna(), "")
    return table.astype(
        {"event": "Int64", "treated": "Int64", "controls": "Int64", "clusters": "Int64", "pre_trends_clear": "boolean"}
    )


def _effects(panel: pd.DataFrame, base: str = "varying") -> GroupTimeEffects:
    with warnings.catch_warnings():
        # who is left out, and how few there are, is told in the table
        warnings.filterwarnings("ignore", r"left out|\d+ clusters", UserWarning)
        return att_gt(
            panel,
            outcome="y",
            unit="org_id",
            period="year",
            covariates=["size", "college"],
            control="notyet",
            base=base,
            unbalanced="drop",
        )


def _rows(outcome: str, panel: pd.DataFrame) -> pd.DataFrame:
    effects = _effects(panel)
    study = effects.aggregate("dynamic", draws=DRAWS, seed=SEED, max_event=MAX_EVENT)
    before = study.pre_trend
    clear = bool(((before["band_lower"] <= 0) & (before["band_upper"] >= 0)).all()) if len(before) else None
    clusters, treated = effects.clusters
    overall = {
        **study.overall[["estimate", "lower", "upper"]].to_dict(),
        "kind": "overall",
        "treated": treated,
        "controls": clusters - treated,
        "clusters": clusters,
        "pre_trends_clear": clear,
    }
    table = study.table.rename_axis("event").reset_index().assign(kind="event")
    table = pd.concat([pd.DataFrame([overall]), table], ignore_index=True).assign(outcome=outcome)
    beside = _beside(effects, panel)
    table = table.join(beside, on=table["event"].astype(object).where(table["event"].notna(), "mean"))
    left_out = [[text.format(number) for text in LEFT_OUT[why]] for why, number in effects.left_out.items()]
    if effects.few:
        left_out.append([text.format(clusters, treated) for text in FEW])
    readings = [
        ["; ".join(texts) for texts in zip(*_told(row, clear, left_out))]
        if row.kind == "overall" or row.event >= 0
        else ["", ""]
        for row in table.itertuples()
    ]
    table[["reading_vi", "reading_en"]] = readings
    return table


def _beside(effects: GroupTimeEffects, panel: pd.DataFrame) -> pd.DataFrame:
    """By event time from 0, and "mean": the columns that tell how far to trust an effect, where they can be had."""
    found = pd.DataFrame(index=["mean", *range(MAX_EVENT + 1)])
    for name, breakdown in (
        ("breakdown", lambda: relative_magnitudes(effects, draws=DRAWS, seed=SEED, max_event=MAX_EVENT)),
        ("bend", lambda: smoothness(_effects(panel, "universal"), bends=(), max_event=MAX_EVENT)),
    ):
        found[name] = np.nan
        with suppress(ValueError):  # nothing before support tells of trends
            values = breakdown()
            # to more digits than are read, and fewer than the search for them is exact to
            found[name] = pd.concat([pd.Series({"mean": values.value}), values.by_event]).round(4)
    second = pd.DataFrame(columns=["estimate", "lower", "upper"], dtype=float)
    with suppress(ValueError):  # whom nobody untreated tells of
        second = imputation(panel, outcome="y", unit="org_id", period="year", max_event=MAX_EVENT)
    return found.join(second[["estimate", "lower", "upper"]].add_prefix("second_"))


def _told(row, clear: bool | None, left_out: list) -> list:
    """What is said of an effect, each in both languages."""
    sure = row.lower > 0 or row.upper < 0
    second = None
    if row.second_lower == row.second_lower:
        apart = max(row.lower, row.second_lower) > min(row.upper, row.second_upper)
        second = not apart and sure == (row.second_lower > 0 or row.second_upper < 0)
    told = [READINGS[sure]]
    if row.kind == "overall":
        told += [BEFORE[clear], *left_out]
    if row.kind == "overall" and sure and row.breakdown == row.breakdown:
        times = f"{row.breakdown:.1f}"
        told.append((BREAKDOWN[0].format(times.replace(".", ",")), BREAKDOWN[1].format(times)))
    told.append(SECOND[second])
    # A bend of 0: a mere difference of slopes, as before support, undoes it.
    if not (sure and clear and row.breakdown >= 1 and row.bend != 0 and second):
        told.append(NOT_CAUSAL)
    return told


def assumptions() -> pd.DataFrame:
    """What the comparison takes for granted: assumption, text_vi, text_en."""
    rows = [(name, vi, en) for name, (vi, en) in ASSUMPTIONS.items()]
    return pd.DataFrame(rows, columns=["assumption", "text_vi", "text_en"])


def first_support(view: AsOfView) -> pd.Series:
    """The year of each organisation's first support, founding support apart."""
    events = view.support_events[view.support_events["programme"] != "founding"]
    return events.groupby("org_id")["date"].min().dt.year


def income_panel(view: AsOfView) -> pd.DataFrame:
    """HTX by whole year in which they reported workers' income: org_id, year, y = 100 ln income, covariates, cohort."""
    htx = htx_with_groups(view)
    facts = htx_reports(view, htx)
    income = view.annual_reports[["org_id", "year", "worker_income"]].astype({"year": int})
    income = income[income["worker_income"] > 0]
    panel = facts.merge(income, on=["org_id", "year"])
    panel = panel[panel["year"] <= last_whole_year(view.date)].reset_index(drop=True)
    return panel.assign(y=100 * np.log(panel["worker_income"]), cohort=of_each(panel["org_id"], first_support(view)))


def adoption_outcome(view: AsOfView) -> pd.DataFrame:
    """HTX by whole year in which they reported: y = 100 once new-model, else 0."""
    htx = htx_with_groups(view)
    facts = htx_reports(view, htx)
    panel = facts[facts["year"] <= last_whole_year(view.date)].reset_index(drop=True)
    adopted = of_each(panel["org_id"], adoptions(view).set_index("org_id")["date"].dt.year)
    return panel.assign(y=100.0 * (adopted <= panel["year"]), cohort=of_each(panel["org_id"], first_support(view)))
