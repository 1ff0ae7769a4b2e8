"""Published series: every source kept, disagreement widens the answer."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from kttt_lib.analysis.new_model.nation import consecutive, published_growth, year_end_stocks
from kttt_lib.published import load_published


@pytest.fixture(scope="module")
def published():
    return load_published()


@pytest.fixture(scope="module")
def tables(published):
    return published_growth(published)


def test_what_sources_imply_is_an_alternative(published):
    stocks = year_end_stocks(published)
    nation = stocks[(stocks["series"] == "htx_total") & (stocks["area"] == "Việt Nam")].set_index("year")
    # 24,618 at the end of 2019, up 12 %, implies 21,980; the White Book of 2020 prints 22,861.
    assert nation.loc[2018, "alternatives"] == (21980.0, 22861.0)
    assert nation.loc[2023, "alternatives"] == (31364.0, 32103.0)
    assert nation.loc[2024, "alternatives"] == (33557.0,)
    assert nation["conflict"].sum() == 3


def test_the_nation_grows_by_about_two_thousand_htx_a_year(tables):
    fits = tables["adoption/published_fits"]
    nation = fits[fits["area"] == "Việt Nam"].set_index(["model", "parameter"])
    pace = nation.loc[("constant", "pace")]
    assert pace["choices"] == 8
    assert pace["lower"] < (33557 - 22861) / 6 < pace["upper"]
    assert pace["lower"] < (33557 - 21980) / 6 < pace["upper"]
    end = nation.loc[("logistic", "m")]
    assert not end["identified"]
    assert np.isnan(end["value"]) and np.isnan(end["upper"])
    assert end["note_vi"] and end["note_en"]


def test_disagreement_widens_the_interval(published, tables):
    agreed = published.copy()
    agreed["flag_en"] = None
    narrow = published_growth(agreed)["adoption/published_fits"]
    wide = tables["adoption/published_fits"]
    narrow, wide = (frame.set_index(["area", "model", "parameter"]).sort_index() for frame in (narrow, wide))
    key = ("Việt Nam", "constant", "pace")
    assert narrow.loc[key, "choices"] < wide.loc[key, "choices"]
    assert wide.loc[key, "lower"] <= narrow.loc[key, "lower"]
    assert wide.loc[key, "upper"] >= narrow.loc[key, "upper"]


def test_only_consecutive_years_are_fitted():
    stocks = pd.DataFrame({"year": [2001, 2005, 2006, 2007, 2010, 2011]})
    assert consecutive(stocks)["year"].tolist() == [2005, 2006, 2007]
