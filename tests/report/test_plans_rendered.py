"""Every plan that we hold is told in both languages, on a synthetic registry of its province: no code word, no gap."""

import datetime as dt
import re
from dataclasses import replace

import pytest
from test_waiting import text_of

from kttt_lib.analysis.scorecard import scorecard
from kttt_lib.errors import LANGUAGES
from kttt_lib.indicators import load_plan
from kttt_lib.plan.provinces import level
from kttt_lib.published import load_published
from kttt_lib.registry import read_registry
from kttt_lib.registry.sample import write_sample
from kttt_lib.report.annual import build_annual_report
from kttt_lib.report.claims.backed import unbacked
from kttt_lib.report.context import ReportContext, prepare
from kttt_lib.resources import PLANS

LAST = dt.date(2025, 12, 31)
# A city by years, a city by places, the country; the others in the long form.
QUICK = {"ha-noi-2021-2025", "da-nang-2023", "viet-nam-2021-2025"}
NAMES = [
    pytest.param(name, marks=() if name in QUICK else pytest.mark.slow)
    for name in sorted(path.stem for path in PLANS.glob("*.yaml"))
]
# Left by a template or a code: a brace, a word with an underline, a measure's own line, a range that ends nowhere.
GAPS = re.compile(r"[{}]|\b[a-z]+_[a-z_]+\b|\bnan\b|\bNone\b|đến –|to –|từ 0 trở xuống")


@pytest.fixture(scope="module")
def registry(tmp_path_factory):
    folder = tmp_path_factory.mktemp("sample")
    write_sample(folder, organisations=40, years=(2017, 2025), seed=7, province="Ninh Bình", format="csv")
    return read_registry(str(folder))


@pytest.mark.usefixtures("undrawn")
@pytest.mark.parametrize("name", NAMES)
def test_a_plan_is_told_in_both_languages(name, registry):
    plan = load_plan(name)
    day = min(plan.period.end, LAST)
    here = replace(registry, about={**registry.about, "province": plan.province})
    results = scorecard(plan, here, day, load_published())
    for language in LANGUAGES:
        document = build_annual_report(results, ReportContext(plan, here.about, day, language))
        assert unbacked(document, prepare(results, ReportContext(plan, here.about, day, language))) == []
        told = text_of(document.blocks, language)
        body = told.partition("BÀI HỌC KINH NGHIỆM" if language == "vi" else "LESSONS")[0]
        assert not GAPS.findall(body), name
        for _, promise in plan.promises():
            assert f"{promise.id}." in body, promise.id
        if level(plan.province) == "city":
            assert f"tỉnh {plan.province}" not in told and f"{plan.province} province" not in told
