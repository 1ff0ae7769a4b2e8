"""Figures: same results, same bytes; the origin is in the picture; every letter has a glyph."""

from __future__ import annotations

import itertools
import warnings

import province as made_up
import pytest

from kttt_lib.report.figures import restructuring, scorecard
from kttt_lib.report.figures.style import png_bytes

ORIGIN = "Dữ liệu mô phỏng: Sổ đăng ký thử"
DRAW = {
    "bullet": lambda r, lang: scorecard.bullet_chart(r, lang, ORIGIN),
    "districts": lambda r, lang: scorecard.district_multiples(r, ["T3", "T4"], lang, ORIGIN),
}


def texts(figure) -> str:
    return " ".join(t.get_text() for t in figure.findobj(lambda a: hasattr(a, "get_text")))


@pytest.mark.parametrize("name", DRAW)
@pytest.mark.parametrize("language", ["vi", "en"])
def test_every_figure_names_its_origin_and_every_letter_has_a_glyph(results, name, language):
    figure = DRAW[name](results, language)
    assert ORIGIN in texts(figure)
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # matplotlib warns of a glyph missing from the font
        first = png_bytes(figure)
    assert png_bytes(DRAW[name](results, language)) == first


def test_a_figure_without_an_origin_is_refused(results):
    with pytest.raises(ValueError, match="origin"):
        scorecard.bullet_chart(results, "vi", "")


def test_the_bullet_chart_shows_each_counted_target_with_its_numbers(results, story):
    figure = scorecard.bullet_chart(results, "vi", ORIGIN)
    shown = texts(figure)
    data = scorecard.bullet_data(results)
    assert len(data) == 9
    for target in data["target_id"]:
        assert f"{target}." in shown
    expected = {"good": "93,75%", "bad": "71,25%", "missing": "90%"}  # as the table and the sentences print them
    assert expected[story] in shown


def test_the_names_of_a_merger_are_shown_whole(results):
    long = "HTX dịch vụ nông nghiệp tổng hợp và tiêu thụ sản phẩm xã Yên Nhân + HTX Khánh Cường + HTX Yên Từ"
    results["restructuring/pairs"].loc[0, "names"] = long
    figure = restructuring.dumbbell_chart(results, 10, "vi", ORIGIN)
    labels = [t.get_text() for t in figure.axes[0].get_yticklabels()]
    assert long in [" ".join(label.split()) for label in labels]
    assert "…" not in "".join(labels) and max(len(line) for label in labels for line in label.split("\n")) <= 34


@pytest.mark.parametrize("language", ["vi", "en"])
def test_titles_of_targets_are_shown_whole_and_apart(results, language):
    targets = results["scorecard/targets"]
    for draw in (DRAW["bullet"], DRAW["districts"]):
        figure = draw(results, language)
        assert "…" not in texts(figure)
    figure = DRAW["bullet"](results, language)
    figure.draw_without_rendering()
    labels = [t for t in figure.axes[0].get_yticklabels() if t.get_text()]
    shown = {" ".join(label.get_text().split()) for label in labels}
    told = targets[targets["threshold"].notna() & targets["value"].notna()]
    assert shown == {f"{i}. {t}" for i, t in zip(told["target_id"], told[f"title_{language}"])}
    boxes = sorted((label.get_window_extent() for label in labels), key=lambda box: box.y0)
    assert all(above.y0 >= below.y1 for below, above in itertools.pairwise(boxes))


@pytest.mark.parametrize("language", ["vi", "en"])
def test_long_numbers_beside_the_bars_leave_room_for_the_bars(language):
    tables = made_up.results("good")
    money = {"unit": "million_vnd", "value": 3147.1, "lower": 2288.8, "upper": float("nan"), "missing": 3}
    for target in ("T6", "T7"):
        for column, value in {**money, "threshold": 1000.0}.items():
            cards = tables["scorecard/targets"]
            cards.loc[cards["target_id"] == target, column] = value
    figure = scorecard.bullet_chart(tables, language, ORIGIN)
    png_bytes(figure)  # lays it out
    assert figure.axes[0].get_position().width > 0.25
