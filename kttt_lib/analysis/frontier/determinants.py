"""What goes with inefficiency: members, age, schooling, support and district (Simar and Wilson, 2007)."""

from __future__ import annotations

from contextlib import suppress

import numpy as np
import pandas as pd

from kttt_lib.analysis.frontier.separability import LEVEL, conditional_curve, separability
from kttt_lib.analysis.frontier.units import FrontierData, drawn, repeated
from kttt_lib.efficiency import NoEstimate, double_bootstrap
from kttt_lib.registry import AsOfView
from kttt_lib.results import EFFICIENCY_CONDITIONAL, EFFICIENCY_DETERMINANTS

SEED = 2007
# Support of the year analysed and of the two before counts as recent.
SUPPORT_YEARS = 3
DISTRICT = "district: "
# Fewer inefficient HTX for each coefficient than this tell nothing of it.
PER_COEFFICIENT = 5
BASE = ("so với {base}, nơi có nhiều HTX nhất", "against {base}, which has most HTX")
DETERMINANTS = {
    "size": ("Số thành viên", "Members", "logarit số thành viên", "log of members"),
    "age": ("Tuổi HTX", "Age", "10 năm", "10 years"),
    "schooling": ("Cán bộ đã qua đào tạo", "Trained managers", "10 điểm phần trăm", "10 percentage points"),
    "support": ("Được hỗ trợ trong 3 năm", "Supported in 3 years", "có so với không", "yes against no"),
}


def determinants(view: AsOfView, data: FrontierData, scores: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """What goes with inefficiency: Simar and Wilson's (2007) second algorithm on the more numerous kind of HTX.

    Tables "efficiency/determinants" and, by the condition that moves the frontier most surely, if one does,
    "efficiency/conditional". ``p_separable``: p-value of one frontier whatever this condition; where it is small the
    regression describes only. Districts are too small to be tested.

    The regressand is φ, so a negative ``coefficient`` goes with more efficiency; ``lower``, ``upper``: 95 %;
    ``direction``: better, worse, unclear. An association, not an effect: who was supported was not drawn by lot.
    Of many HTX those are ``DRAWN`` at random, against the frontier that they span; ``organisations`` tells how many.
    Districts are left out where inefficient HTX do not tell them apart or the regression has no maximum with them; the
    table is empty where it has none without them either.
    """
    most = scores["technology"].mode().iloc[0]
    kept = scores.loc[~scores["outlier"] & scores["technology"].eq(most), "org_id"]
    some = drawn(len(kept), SEED)
    units = data.units.loc[kept if some is None else kept[some]]
    z = determinant_table(view, units, data.year)
    whole = z.notna().all(axis=1)
    z, units = z.loc[whole], units.loc[whole]
    inside = (scores.set_index("org_id").loc[z.index, "score"] < 100 - 1e-6).to_numpy()
    x, y = units[list(data.inputs)], units[list(data.outputs)]
    some_differ = z.loc[:, z[inside].nunique() > 1]  # of a district without an inefficient HTX nothing is told
    for z in affordable(some_differ, inside):
        with suppress(NoEstimate):
            result = double_bootstrap(
                x,
                y,
                z,
                algorithm=2,
                returns="vrs",
                orientation="output",
                replications=repeated(1000, len(kept), len(z) * z.shape[1] ** 2 / 500, 200),
                # Of 100, as printed in 2007, the second digit of a coefficient would be by chance; of many HTX time
                # tells more.
                bias_replications=400 if some is None else 100,
                seed=SEED,
            )
            break
    else:
        return {
            EFFICIENCY_DETERMINANTS: EFFICIENCY_DETERMINANTS.frame(),
            EFFICIENCY_CONDITIONAL: EFFICIENCY_CONDITIONAL.frame(),
        }
    table = result.coefficients.loc[z.columns].rename(columns={"estimate": "coefficient"})
    base = _largest(units)
    texts = pd.DataFrame([_text(name, base) for name in z.columns], index=z.columns)
    direction = pd.Series("unclear", index=table.index)
    direction[table["upper"] < 0] = "better"
    direction[table["lower"] > 0] = "worse"
    single = separability(x, y, z[[name for name in z if not name.startswith(DISTRICT)]])
    table = (
        texts.join(table[["coefficient", "lower", "upper", "p_value"]])
        .assign(direction=direction, p_separable=single.reindex(texts.index))
        .assign(technology=most, organisations=len(z), year=data.year)
        .rename_axis("determinant")
        .reset_index()
    )
    return {EFFICIENCY_DETERMINANTS: table, EFFICIENCY_CONDITIONAL: moved(x, y, z, single, base)}


def moved(x: pd.DataFrame, y: pd.DataFrame, z: pd.DataFrame, p_separable: pd.Series, base: str) -> pd.DataFrame:
    """Table "efficiency/conditional" of the number in z that most surely moves the frontier; empty where none does."""
    rejected = p_separable[(p_separable < LEVEL) & (z[p_separable.index].nunique() > 2)]
    if rejected.empty:
        return EFFICIENCY_CONDITIONAL.frame()
    name = rejected.idxmin()
    curve = conditional_curve(x, y, z[name])
    return curve.assign(determinant=name, **_text(name, base), p_separable=rejected[name])


def affordable(z: pd.DataFrame, inside: np.ndarray) -> list[pd.DataFrame]:
    """Of all determinants, and all but the districts, those that the inefficient units (a mask) can tell apart."""
    found = []
    for chosen in (z, z[[name for name in z if not name.startswith(DISTRICT)]]):
        columns = chosen.shape[1]
        enough = inside.sum() >= PER_COEFFICIENT * (columns + 2)  # and the constant, and the spread
        if columns and enough and np.linalg.matrix_rank(chosen[inside].assign(constant=1.0)) == columns + 1:
            found.append(chosen)
    return found


def determinant_table(view: AsOfView, units: pd.DataFrame, year: int) -> pd.DataFrame:
    """One row a unit: log members, age, trained managers, recent support, one dummy a district but the largest."""
    end = pd.Timestamp(year, 12, 31)
    managers = units[["managers_untrained", "managers_intermediate", "managers_college"]].astype("float64")
    trained = managers.drop(columns="managers_untrained").sum(axis=1) / managers.sum(axis=1)
    districts = pd.get_dummies(units["district"], dtype=float)
    districts = districts.drop(columns=_largest(units)).add_prefix(DISTRICT)
    return pd.DataFrame(
        {
            "size": np.log(units["members"].astype("float64").where(lambda m: m > 0)),
            "age": (end - units["founded_on"]).dt.days / 3652.5,
            "schooling": 10 * trained,
            "support": units.index.isin(supported(view, end)).astype(float),
        },
        index=units.index,
    ).join(districts)


def supported(view: AsOfView, end: pd.Timestamp) -> pd.Series:
    """Who had support in the ``SUPPORT_YEARS`` to ``end``: org_id of each time."""
    events = view.support_events
    return events.loc[events["date"].between(end - pd.DateOffset(years=SUPPORT_YEARS), end), "org_id"]


def _largest(units: pd.DataFrame) -> str:
    return units["district"].mode().iloc[0]


def _text(name: str, base: str) -> dict[str, str]:
    if name.startswith(DISTRICT):
        place = name.removeprefix(DISTRICT)
        unit_vi, unit_en = (text.format(base=base) for text in BASE)
        return {"title_vi": place, "title_en": place, "unit_vi": unit_vi, "unit_en": unit_en}
    title_vi, title_en, unit_vi, unit_en = DETERMINANTS[name]
    return {"title_vi": title_vi, "title_en": title_en, "unit_vi": unit_vi, "unit_en": unit_en}
