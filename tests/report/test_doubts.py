"""What could still change a verdict, and what a result leaves out, is said beside it."""

from __future__ import annotations

import province as made_up
import pytest
from test_waiting import LANGUAGES, MID, said_of, set_target


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_promise_met_before_its_deadline_says_what_could_undo_it(language):
    tables = made_up.results("good")
    set_target(tables, "T6", verdict="met", reason_vi="chỉ đổi nếu hợp nhất", reason_en="only a consolidation")
    reason = {"vi": "chỉ đổi nếu hợp nhất.", "en": "only a consolidation."}[language]
    assert reason in said_of(tables, "T6", language, MID)
    assert reason not in said_of(tables, "T6", language, made_up.END)
