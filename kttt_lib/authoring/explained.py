"""A promise said back: what is measured, against what and when, made of its parts (Vietnamese, English)."""

from __future__ import annotations

from kttt_lib.grammar.words import Said, excluded, sentence
from kttt_lib.indicators import indicator_of
from kttt_lib.indicators.composed import parts_under
from kttt_lib.plan.model import Lists, Target
from kttt_lib.plan.said import terms_said


def explained(target: Target, own: Lists | None = None) -> Said:
    """What counts, what is promised of it and what is left out, with the words of the plan's ``own`` lists."""
    indicator = indicator_of(target, own)
    parts = parts_under(indicator, target.parameters)
    counts, out = (indicator.counts_vi, indicator.counts_en), (indicator.excludes_vi, indicator.excludes_en)
    if parts is not None:
        counts, out = sentence(parts.measure, own), excluded(parts.measure)
    (vi, en), space = terms_said(target, indicator.unit_of(target.parameters)), " " * len(target.id)
    return (
        f"{target.id}. {counts[0].rstrip('.')}. Kế hoạch giao: {vi} Không tính: {out[0].rstrip('.')}.",
        f"{space}  {counts[1].rstrip('.')}. Promised: {en} Left out: {out[1].rstrip('.')}.",
    )
