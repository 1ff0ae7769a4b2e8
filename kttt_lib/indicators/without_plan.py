"""What stands for a plan where there is none: an indicator that asks it for anything is refused by name."""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast

from kttt_lib.errors import KtttError
from kttt_lib.indicators.definition import PlanContext
from kttt_lib.plan import Plan

RULES = {
    "effective": ("thế nào là hiệu quả", "what is effective"),
    "new_model": ("thế nào là HTX kiểu mới", "what a new-model HTX is"),
    "ceased": ("thế nào là ngừng hoạt động", "what has ceased"),
}
COHORT = ("ngày chốt danh sách (population_start) của kế hoạch", "a plan's cohort day (population_start)")
FIGURES = ("số liệu của kế hoạch (figures)", "a plan's figures (figures)")
PERIOD = ("kỳ của kế hoạch (period)", "a plan's period (period)")


def context_of(indicator_id: str, plan: PlanContext | Plan | None) -> PlanContext:
    """What the indicator may ask of the plan; of none, nothing."""
    if plan is None:
        return cast(PlanContext, _Nothing(indicator_id))
    return PlanContext.of(plan) if isinstance(plan, Plan) else plan


class _Nothing:
    """No plan: the rulebooks in force rate each year, and whatever else is asked for is a KtttError."""

    rulebooks: Mapping[int, str] = {}

    def __init__(self, indicator_id: str) -> None:
        self._id = indicator_id
        self.definitions = _NoRules(self)

    def __getattr__(self, name: str) -> object:
        if name.startswith("_"):
            raise AttributeError(name)
        raise self.lacks({"population_start": COHORT, "figure": FIGURES}.get(name, PERIOD))

    def lacks(self, what: tuple[str, str]) -> KtttError:
        how = f'measure("{self._id}", view, plan_context=load_plan("ninh-binh-2020"))'
        return KtttError(
            f"Chỉ số '{self._id}' cần {what[0]}: {how}.",
            f"The indicator '{self._id}' needs {what[1]}: {how}.",
        )


class _NoRules(dict[str, str]):
    def __init__(self, nothing: _Nothing) -> None:
        self._nothing = nothing

    def __missing__(self, concept: str) -> str:
        vi, en = RULES[concept]
        name = f"definitions.{concept}"
        raise self._nothing.lacks((f"quy tắc của kế hoạch về {vi} ({name})", f"a plan's rule of {en} ({name})"))
