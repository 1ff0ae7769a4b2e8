"""What is drawn is what caption and alt text say; nothing hidden is drawn; nothing untrusted breaks a picture."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import numpy as np
import pandas as pd
import province as made_up
import pytest
from made_reports import built
from matplotlib.colors import to_hex, to_rgb
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle
from test_outlook_figures import CHARTS, tables  # noqa: F401  (a fixture)

from kttt_lib.report import figures
from kttt_lib.report.book import Book
from kttt_lib.report.context import prepare
from kttt_lib.report.document import Document, Picture, Text, plain
from kttt_lib.report.figures import adoption, efficiency, outlook, registry, restructuring, scorecard, situation, tiles
from kttt_lib.report.figures.style import HIDDEN, clip, png_bytes, shown
from kttt_lib.report.figures.trends import trends_chart
from kttt_lib.report.numbers import Format, Number
from kttt_lib.report.sections import pictures

ORIGIN = "Dữ liệu mô phỏng"
KINDS, YEARS, SECTORS = ["htx", "tht"], [2018, 2019, 2020], ["agriculture", "credit"]
DRAW = {
    "bullets": lambda r: scorecard.bullet_chart(r, "vi", ORIGIN),
    "districts": lambda r: scorecard.district_multiples(r, ["T3", "T4"], "vi", ORIGIN),
    "tiles": lambda r: tiles.tile_map(r, "T3", "vi", ORIGIN),
    "trends": lambda r: trends_chart(r, "vi", ORIGIN),
    "counts": lambda r: situation.counts_chart(r, KINDS, YEARS, "vi", ORIGIN),
    "income": lambda r: situation.income_chart(r, SECTORS, YEARS, "vi", ORIGIN),
    "completeness": lambda r: registry.completeness_chart(r, 2020, "vi", ORIGIN),
    "reports": lambda r: registry.reports_heatmap(r, [2020], "vi", ORIGIN),
    "published": lambda r: registry.published_chart(r, "vi", ORIGIN),
    "efficiency": lambda r: efficiency.districts_chart(r, "vi", ORIGIN),
    "distribution": lambda r: efficiency.distribution_chart(r, "vi", ORIGIN),
    "fan": lambda r: adoption.fan_chart(r, r["adoption/forecast"]["model"].iloc[0], "vi", ORIGIN),
    "mergers": lambda r: restructuring.dumbbell_chart(r, 10, "vi", ORIGIN),
}


def texts(figure) -> list[str]:
    return [t.get_text() for t in figure.findobj(lambda a: hasattr(a, "get_text")) if t.get_text()]


def picture(document: Document, anchor: str) -> Picture:
    return next(b for b in document.blocks if isinstance(b, Picture) and b.anchor == anchor)


def contrast(colour: object) -> float:
    """WCAG contrast against white."""
    light = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in to_rgb(colour)]
    return 1.05 / (0.05 + np.dot([0.2126, 0.7152, 0.0722], light))


def faint(figure) -> set[str]:
    """Colours of lines and of marks (but their white insides) that have less than 3:1 on white; not the grid's."""
    found = set()
    for axes in figure.axes:
        grid = {id(line) for line in (*axes.get_xgridlines(), *axes.get_ygridlines())}
        lines = [line for line in axes.findobj(Line2D) if id(line) not in grid and len(line.get_xdata())]
        found |= {line.get_color() for line in lines if line.get_linestyle() != "None"}
        found |= {line.get_markeredgecolor() for line in lines if line.get_marker() not in ("None", "", None)}
        for bars in (axes.collections, axes.patches):
            found |= {to_hex(c) for bar in bars for c in np.atleast_2d(bar.get_edgecolor()) if len(c) == 4 and c[3] > 0}
    white = {to_hex("white")}
    return {to_hex(c) for c in found if contrast(c) < 3} - white - {to_hex(figures.style.PALE)}


@pytest.mark.parametrize("name", DRAW)
def test_lines_and_marks_stand_out_from_white_and_the_bytes_are_the_same(name):
    figure = DRAW[name](made_up.results("missing"))
    assert faint(figure) == set()
    assert ORIGIN in texts(figure)
    assert png_bytes(figure, 50) == png_bytes(DRAW[name](made_up.results("missing")), 50)


@pytest.mark.parametrize("chart", CHARTS)
def test_lines_of_the_outlook_stand_out_from_white(tables, chart):  # noqa: F811
    assert faint(getattr(outlook, chart)(tables, "vi", ORIGIN)) == set()


@pytest.mark.parametrize("story", ["good", "bad", "missing"])
def test_the_tiles_and_the_marks_are_as_many_as_the_alt_text_counts(story):
    results = made_up.results(story)
    data = scorecard.standings(results, "T3")
    context = made_up.context("vi")
    book = Book(prepare(results, context), context)
    words = {"not_met": "chắc chắn dưới mức", "met": "chắc chắn từ mức", "undetermined": "chưa xác định"}
    said = plain(pictures._standings(book, "T3"), "vi")
    told = {s: int((re.search(rf"(\d+) nơi {w}", said) or [0, 0])[1]) for s, w in words.items()}
    assert told == {s: int((data["standing"] == s).sum()) for s in words} and sum(told.values()) == len(data)
    faces = [to_hex(p.get_facecolor()) for p in DRAW["tiles"](results).axes[0].patches if isinstance(p, Rectangle)]
    panel = scorecard.district_multiples(results, ["T3"], "vi", ORIGIN).axes[0]
    for standing, n in told.items():
        assert faces.count(to_hex(tiles._LOOKS[standing]["facecolor"])) == n
        marker = scorecard.VERDICT_STYLE[standing]["marker"]
        drawn = [line for line in panel.lines if line.get_marker() == marker and line.get_ls() == "None"]
        assert sum(len(line.get_xdata()) for line in drawn) == n


def test_a_district_is_judged_by_its_bounds_and_a_small_one_says_its_size():
    results = made_up.results("good")
    groups = results["scorecard/by_group"]
    here = groups.index[(groups["target_id"] == "T3") & (groups["dimension"] == "district")]
    line = results["scorecard/targets"].set_index("target_id").loc["T3", "threshold"]
    groups.loc[here[0], ["value", "lower", "upper", "denominator"]] = [line - 1, line - 5, line + 1, 4.0]
    groups.loc[here[1], ["value", "lower", "upper"]] = [line, line, line]
    groups.loc[here[2], ["value", "lower", "upper"]] = [line - 1, line - 5, line - 0.1]
    data = scorecard.standings(results, "T3")
    assert data["standing"].tolist()[:3] == ["undetermined", "met", "not_met"]
    assert data["few"].tolist()[0] and not data["few"].tolist()[1]
    for name in ("tiles", "districts"):
        assert any("n = 4" in text for text in texts(DRAW[name](results)))


@pytest.mark.parametrize(
    "anchor", ["fig-counts", "fig-scorecard", "fig-adoption", "fig-completeness", "fig-efficiency"]
)
@pytest.mark.parametrize("language", ["vi", "en"])
def test_every_number_of_an_alt_text_has_its_source(anchor, language):
    drawn = picture(built("missing", language), anchor)
    words = " ".join(run.text for run in drawn.alt if isinstance(run, Text))
    assert set(re.findall(r"\d+", words)) <= {"0", "10", "95"}  # where an axis begins, how many are few, which interval
    assert sum(isinstance(run, Number) for run in drawn.alt) > 1 and len(plain(drawn.caption, language)) > 30


def test_the_scorecard_names_each_target_that_it_draws_under_its_verdict():
    results = made_up.results("bad")
    drawn = scorecard.bullet_data(results)
    alt = plain(picture(built("bad"), "fig-scorecard").alt, "vi")
    assert set(re.findall(r"T\d+", alt)) == set(drawn["target_id"])
    for verdict, group in drawn.groupby("verdict"):
        found = re.search(rf"{len(group)} mục tiêu [^(]*\(([^)]*)\)", alt)
        assert found and set(re.findall(r"T\d+", found[1])) == set(group["target_id"]), verdict


def test_the_scorecards_caption_counts_what_it_draws_and_names_what_page_one_counts_besides():
    results = made_up.results("missing")
    targets = results["scorecard/targets"]
    targets.loc[targets["target_id"].isin(["T2", "T3"]), "value"] = np.nan
    context = made_up.context()
    told = plain(pictures.scorecard(Book(prepare(results, context), context)).caption, "vi")
    drawn, _, away = told.partition(";")
    assert away.startswith(" không vẽ 2 mục tiêu không có một giá trị (T2 và T3)")
    assert sum(map(int, re.findall(r"(\d+) mục tiêu", drawn))) == len(scorecard.bullet_data(results))
    assert "không vẽ" not in plain(picture(built("missing"), "fig-scorecard").caption, "vi")


def test_every_promise_stands_on_one_line_and_what_goes_far_beyond_is_cut():
    results = made_up.results("good")
    targets = results["scorecard/targets"]
    targets.loc[targets["target_id"] == "T6", ["value", "lower", "upper"]] = 900.0
    axes = DRAW["bullets"](results).axes[0]
    ticks = [line for line in axes.lines if line.get_linewidth() == 2.4]
    assert len(ticks) == len(scorecard.bullet_data(results))
    assert all(tuple(line.get_xdata()) == (1.0, 1.0) for line in ticks)
    assert axes.get_xlim()[0] == 0 and axes.get_xlim()[1] <= scorecard.FURTHEST
    assert sum(line.get_marker() == ">" for line in axes.lines) == 1


def test_the_table_behind_the_forecast_and_its_alt_text_tell_forecast_and_interval():
    shown = picture(built("good"), "fig-adoption")
    forecast = made_up.results("good")["adoption/forecast"]
    rows = [[plain(cell, "vi") for cell in row] for row in shown.data.rows]
    last = forecast.sort_values("year").iloc[-1]
    assert rows[-1][0] == str(last["year"]) and all(cell != "–" for cell in rows[-1][3:])
    year, middle, low, high = (rows[-1][place] for place in (0, 3, 4, 5))
    assert f"Dự báo năm {year}: {middle} (khoảng 95%: {low} đến {high})." in plain(shown.alt, "vi")


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ([314, 378], "tăng từ 314 (2015) lên 378 (2020)"),
        ([378, 400, 314], "giảm từ 378 (2015) xuống 314 (2020)"),
        ([12, 12, 12], "giữ nguyên 12 (2015–2020)"),
        ([12, 14, 12], "cuối kỳ bằng đầu kỳ: 12 (2015, 2020)"),
        ([7], "là 7 (2020)"),
    ],
)
def test_a_rise_is_called_a_rise_and_a_fall_a_fall(values, said):
    context = made_up.context("vi")
    years = np.linspace(2015, 2020, len(values)).astype(int) if len(values) > 1 else [2020]
    frame = pd.DataFrame({"year": years, "kind": "htx", "sector": "all", "count": values, "date": "2020-12-31"})
    book = Book({**prepare(made_up.results("good"), context), "situation/counts": frame}, context)

    def end(place: int):
        year = frame["year"].iloc[place]
        return tuple(book.number("situation/counts", c, c, year=year) for c in ("count", "year"))

    assert plain(pictures.moved(book, values, end(0), end(-1)), "vi") == said


def test_a_day_in_the_middle_of_a_year_is_no_year():
    results = made_up.results("good")
    counts = results["situation/counts"]
    counts.loc[counts["year"] == 2020, "date"] = pd.Timestamp(2020, 6, 30)
    trend = results["scorecard/trend"]
    trend.loc[trend["date"].dt.year == trend["date"].dt.year.max(), "date"] = pd.Timestamp(2020, 6, 30)
    assert "6/2020" in texts(DRAW["counts"](results)) and "2020" not in texts(DRAW["counts"](results))
    trends = DRAW["trends"](results)
    assert "6/2020" in texts(trends)
    joined = [line for axes in trends.axes for line in axes.lines if line.get_lw() == 1.2 and line.get_ls() == "-"]
    assert joined and all(np.isnan(line.get_ydata()[-1]) for line in joined)  # half a year is joined to no whole one
    context = made_up.context("vi")
    shown = pictures.counts(Book(prepare(results, context), context), KINDS, YEARS)
    assert plain(shown.data.rows[-1][0], "vi") == "6/2020" and "(6/2020)" in plain(shown.caption, "vi")


def test_a_year_that_lacks_reports_is_hollow_and_joined_to_no_other():
    results = made_up.results("good")
    totals = results["situation/totals"]
    mine = (totals["series"] == "worker_income_mean") & (totals["sector"] == "credit")
    totals.loc[mine, ["reports", "expected"]] = 10
    totals.loc[mine & (totals["year"] == 2019), "reports"] = 4
    axes = DRAW["income"](results).axes[1]
    joined, hollow = axes.lines[0], axes.lines[1]
    assert np.isnan(joined.get_ydata()[1]) and np.isfinite(joined.get_ydata()[[0, 2]]).all()
    assert hollow.get_markerfacecolor() == "white" and hollow.get_linestyle() == "None"
    assert np.isfinite(hollow.get_ydata()).tolist() == [False, True, False]
    assert "2019\n40%" in texts(axes.figure)


def test_what_the_public_may_not_see_is_an_asterisk_and_no_nought():
    results = made_up.results("good")
    groups, counts, came = (results[n] for n in ("scorecard/by_group", "situation/counts", "registry/completeness"))
    hidden = (groups["target_id"] == "T3") & (groups["level"] == "Kim Sơn")
    groups["suppressed"] = hidden
    groups.loc[hidden, ["value", "lower", "upper", "numerator", "denominator"]] = np.nan
    counts["suppressed"] = (counts["kind"] == "tht") & (counts["year"] == 2019) & (counts["sector"] == "all")
    counts["count"] = counts["count"].astype(float).mask(counts["suppressed"])
    came["suppressed"] = (came["district"] == "Kim Sơn") & (came["sector"] == "credit")
    for column in ("received", "on_time", "late", "missing", "expected"):
        came[column] = came[column].astype(float).mask(came["suppressed"])
    assert scorecard.standings(results, "T3").set_index("level").loc["Kim Sơn", "standing"] == "hidden"
    assert registry.reports_data(results, [2020]).set_index("district").loc["Kim Sơn", "hidden"]
    for name in ("tiles", "districts", "counts", "reports", "completeness"):
        figure = DRAW[name](results)
        assert HIDDEN in texts(figure), name
    context = made_up.context("vi")
    assert "1 nơi không công khai" in plain(pictures._standings(Book(prepare(results, context), context), "T3"), "vi")


def test_without_districts_beside_the_scores_only_the_summary_is_drawn():
    results = made_up.results("good")
    dots = [c for c in DRAW["efficiency"](results).axes[0].collections if len(c.get_offsets())]
    assert sum(len(c.get_offsets()) for c in dots) == len(efficiency.distribution_data(results))
    results["efficiency/scores"] = results["efficiency/scores"].drop(columns="district")
    summary = results["efficiency/summary"]
    summary["suppressed"] = summary["level"] == "TP Tam Điệp"
    summary.loc[summary["suppressed"], ["organisations", "median_bias_corrected"]] = np.nan
    figure = DRAW["efficiency"](results)
    names = [label.get_text() for label in figure.axes[0].get_yticklabels()]
    assert not figure.axes[0].collections and "TP Tam Điệp (*)" in names and HIDDEN in texts(figure)


@pytest.mark.parametrize("name", DRAW)
def test_a_name_of_six_thousand_letters_or_a_formula_breaks_no_picture(name):
    results = made_up.results("good")
    for frame in results.values():
        for column in frame.columns.intersection(["title_vi", "names", "level_vi", "district"]):
            frame[column] = [f"{text} $\\frac{{1}}$ " + "dài " * 1500 for text in frame[column]]
    figure = DRAW[name](results)
    assert figure.get_size_inches()[1] < 12 and max(map(len, texts(figure))) < 200
    figure.draw_without_rendering()


@pytest.mark.parametrize("name", DRAW)
def test_tiny_and_empty_results_break_no_picture(name):
    results = made_up.results("good")
    for key, frame in results.items():
        if "district" in frame or "dimension" in frame:
            place = frame["district"] if "district" in frame else frame["level"]
            results[key] = frame[place.isin(["Kim Sơn", "all", ""])].reset_index(drop=True)
    results["restructuring/pairs"] = results["restructuring/pairs"].iloc[:0]
    results["registry/calibration"] = results["registry/calibration"].iloc[:1]
    results["adoption/series"] = results["adoption/series"].tail(1)
    results["scorecard/trend"] = results["scorecard/trend"].iloc[:0]
    DRAW[name](results).draw_without_rendering()


def test_labels_of_one_column_have_one_number_of_decimals():
    results = made_up.results("good")
    groups = results["scorecard/by_group"]
    here = groups.index[(groups["target_id"] == "T3") & (groups["dimension"] == "district")]
    groups.loc[here, ["value", "lower", "upper"]] = 75.0
    groups.loc[here[0], ["value", "lower", "upper"]] = 84.4
    for name in ("tiles", "districts"):
        labels = [t for t in texts(DRAW[name](results)) if re.fullmatch(r"(75|84)(,\d+)?%", t)]
        assert len(labels) >= 6 and len({len(label) for label in labels}) == 1
    assert shown([75.0, 84.4, None], [False] * 3, Format("percent", 1), "vi") == ["75,0%", "84,4%", "–"]
    assert shown([75.0, 84.0, np.nan], [False, False, True], Format("percent", 1), "vi") == ["75,0%", "84,0%", "*"]


def test_a_text_is_cut_with_an_ellipsis_only_where_it_does_not_fit():
    assert clip("một hai ba", 20, 1) == "một hai ba"
    assert clip("một hai ba bốn", 8, 1) == "một hai…"
    assert len(clip("x" * 6000, 30, 3).replace("\n", "")) <= 90 and clip("x" * 6000, 30, 3).endswith("…")


def test_seaborn_is_loaded_by_the_pictures_that_need_it_and_not_by_every_kernel():
    for path in Path(figures.__file__).parent.glob("*.py"):
        tree = ast.parse(path.read_text("utf-8"))
        top = {name.name for node in tree.body if isinstance(node, ast.Import) for name in node.names}
        assert "seaborn" not in top, path.name
