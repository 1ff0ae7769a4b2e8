"""Who enters a frontier analysis: one row an organisation with its inputs and outputs, and a count of who does not."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
import pandas as pd

from kttt_lib.errors import KtttError
from kttt_lib.plan.problems import closest, one_of
from kttt_lib.registry import AsOfView
from kttt_lib.registry.asof import is_report
from kttt_lib.registry.schema import SECTORS, TABLES

# Columns of annual reports that may be inputs and outputs, with their titles; with_derived makes the last.
VARIABLES = {
    column.name: (column.vi, column.en)
    for column in TABLES["annual_reports"].columns
    if column.kind in ("number", "integer") and column.name != "year"
} | {"income_paid": ("Thu nhập đã chi trả", "Income paid")}
# A year is used once this share of the active organisations has reported it.
ENOUGH_REPORTS = 0.6

STEPS = {
    "in_sector": ("HTX thuộc lĩnh vực, đã thành lập", "HTX of the sector, founded"),
    "alive": ("Chưa giải thể, sáp nhập", "Not dissolved or merged"),
    "active": ("Đang hoạt động cuối năm phân tích", "Active at the end of the year analysed"),
    "reported": ("Đã có báo cáo năm", "Annual report received"),
    "complete": ("Đủ số liệu đầu vào, đầu ra", "Inputs and outputs all reported"),
    "positive": ("Đầu ra và ít nhất một đầu vào lớn hơn 0", "Outputs and at least one input above zero"),
    "enough_alike": ("Có đủ HTX cùng loại để so sánh", "Enough HTX of the same kind to compare with"),
}
# Of more of one kind, what is inferred from the scores rests on so many of them drawn at random (see ``drawn``).
DRAWN = 500
# And repetitions of it may score so many units in all, or cost as much.
COST = 200_000
# A frontier of m inputs and s outputs wants at least this many units a variable.
UNITS_PER_VARIABLE = 5


@dataclass(frozen=True)
class FrontierData:
    """``units``: one row an organisation, indexed by org_id, facts and variables; ``funnel``: who was left out.

    ``units`` is empty where no kind has enough organisations for a frontier; the funnel then says at which step.
    """

    year: int
    units: pd.DataFrame
    funnel: pd.DataFrame
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]


def with_derived(reports: pd.DataFrame) -> pd.DataFrame:
    """Annual reports with ``income_paid``: what members and workers were paid, million VND.

    Workers' mean income times workers, plus the profit paid to members (nothing when that column is empty).
    """
    wages = reports["worker_income"].astype("float64") * reports["workers"].astype("float64")
    return reports.assign(income_paid=wages + reports["profit_to_members"].astype("float64").fillna(0.0))


def year_to_analyse(view: AsOfView, organisations: pd.DataFrame) -> int:
    """The latest year that at least ``ENOUGH_REPORTS`` of the active organisations have reported.

    The last closed year where there is none.
    """
    active = organisations.loc[organisations["state"] == "active"]
    reports = view.annual_reports
    reports = reports.loc[reports["org_id"].isin(active["org_id"]) & is_report(reports)]
    counts = reports.groupby("year")["org_id"].nunique()
    enough = counts[counts >= ENOUGH_REPORTS * max(len(active), 1)]
    return int(enough.index.max()) if len(enough) else view.date.year - 1


def frontier_data(
    view: AsOfView,
    *,
    sector: str,
    inputs: tuple[str, ...],
    outputs: tuple[str, ...],
    kinds: tuple[str, ...] = ("htx",),
) -> FrontierData:
    """The organisations of ``sector`` with complete ``inputs`` and ``outputs`` in the latest year reported.

    Raises KtttError for a sector or a variable that there is not. Where a variable alone leaves too few to compare, the
    step "complete" of the funnel names it.
    """
    one_of("SECTOR", sector, SECTORS)
    inputs = _variables("INPUTS", inputs, VARIABLES)
    outputs = _variables("OUTPUTS", outputs, [name for name in VARIABLES if name not in inputs])
    reports = with_derived(view.annual_reports[is_report(view.annual_reports)])
    organisations = view.organisations
    organisations = organisations.loc[(organisations["sector"] == sector) & organisations["kind"].isin(kinds)]
    year = year_to_analyse(view, organisations)
    # Existence and state are those of the year's end, as known today: one that stopped since did work that year.
    end = min(view.date, pd.Timestamp(year, 12, 31))
    then = (view if end == view.date else view.on(end)).organisations
    organisations = then.loc[(then["sector"] == sector) & then["kind"].isin(kinds)]
    organisations = organisations.assign(
        district=organisations["place"].fillna("")
    )  # The unit that results are told by.

    variables = list(dict.fromkeys((*inputs, *outputs)))
    table = organisations.merge(reports.loc[reports["year"] == year], on="org_id", how="left", suffixes=("", "_report"))
    table[variables] = table[variables].astype("float64")
    active = table["state"].eq("active")
    reported = active & table["year"].notna()
    complete = reported & table[variables].notna().all(axis=1)
    positive = complete & (table[list(outputs)] > 0).all(axis=1) & (table[list(inputs)] > 0).any(axis=1)
    # HTX that serve whole villages and HTX of one trade do not share a technology: each is compared with its own kind.
    table["technology"] = np.where(table["specialised"].fillna(False).astype(bool), "specialised", "service")
    sizes = table.loc[positive, "technology"].value_counts()
    needed = UNITS_PER_VARIABLE * len(variables)
    enough = sizes.index[sizes >= needed]
    alike = positive & table["technology"].isin(enough)
    filled = table.loc[reported, variables].notna().sum()
    scarce = [VARIABLES[name] for name in filled.index[(filled < needed) & (reported.sum() >= needed)]]
    alive = ~table["state"].isin(["dissolved", "merged"])
    kept = [np.ones(len(table), bool), alive, active, reported, complete, positive, alike]
    funnel = pd.DataFrame(
        {
            "step": list(STEPS),
            "step_vi": [vi for vi, _ in STEPS.values()],
            "step_en": [en for _, en in STEPS.values()],
            "organisations": [int(mask.sum()) for mask in kept],
            # How many of a kind the last step asks for.
            "needed": pd.array([*[pd.NA] * (len(STEPS) - 1), needed], dtype="Int64"),
        }
    )
    if scarce:
        vi, en = (", ".join(titles) for titles in zip(*scarce))
        funnel.loc[funnel["step"] == "complete", "step_vi"] += f" (quá ít HTX ghi: {vi})"
        funnel.loc[funnel["step"] == "complete", "step_en"] += f" (too few HTX report: {en})"
    funnel["left_out"] = -funnel["organisations"].diff().fillna(0).astype(int)
    funnel.insert(0, "year", year)
    units = table.loc[alike].set_index("org_id").sort_index()
    return FrontierData(year, units, funnel, tuple(inputs), tuple(outputs))


def drawn(number: int, seed: int) -> np.ndarray | None:
    """Which ``DRAWN`` of so many units are drawn at random, (number,) bool; None where there are no more than those."""
    if number <= DRAWN:
        return None
    found = np.zeros(number, bool)
    found[np.random.default_rng(seed).choice(number, DRAWN, replace=False)] = True
    return found


def repeated(wanted: int, number: int, cost: float, least: int) -> int:
    """How often to repeat what costs ``cost`` a time: as ``wanted`` for up to ``DRAWN`` units, else within ``COST``."""
    return wanted if number <= DRAWN else min(wanted, max(int(COST // cost), least))


def _variables(parameter: str, names: object, choices: Collection[str]) -> tuple[str, ...]:
    """The columns that a parameter lists; KtttError for no list, an empty one, a column there is not or twice."""
    if isinstance(names, list | tuple) and names:
        return tuple(one_of(parameter, n, [c for c in choices if c not in names[:i]]) for i, n in enumerate(names))
    shape = f'{parameter} = ["{closest(names, choices) or next(iter(choices))}"]'
    raise KtttError(
        f"Tham số {parameter} = {names!r} không hợp lệ; viết danh sách cột trong ngoặc vuông, như {shape}.",
        f"Parameter {parameter} = {names!r} is not valid; write a list of columns in square brackets, as {shape}.",
    )
