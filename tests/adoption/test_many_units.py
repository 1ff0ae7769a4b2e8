"""What stands in for exact sums and the bootstrap where units are many is near them where both can be had."""

from __future__ import annotations

import numpy as np
import pytest

from kttt_lib.adoption import did, kernel


@pytest.mark.parametrize("scale", [0.02, 0.3, 0.9])
def test_the_normal_count_corrected_for_skew_is_near_the_exact_one(scale):
    chances = scale * np.random.default_rng(5).random((40, 900))
    exact = kernel.mean_count(chances)
    near = kernel.mean_count_of_many(np.array_split(chances, 7), chances.shape[1])
    assert len(near) == len(exact) and near.sum() == pytest.approx(1)
    assert np.abs(np.cumsum(near) - np.cumsum(exact)).max() < 4e-3


def test_certain_and_impossible_ones_alone_give_their_count():
    chances = np.repeat([[1.0] * 3 + [0.0] * 5], 4, axis=0)
    assert kernel.mean_count_of_many([chances], 8)[3] == pytest.approx(1)


def test_the_band_of_many_clusters_is_that_of_the_bootstrap(monkeypatch):
    rng = np.random.default_rng(11)
    influence = rng.standard_normal((1_500, 4)) @ rng.standard_normal((4, 4))
    asked = (influence, np.arange(1_500), 0.95, 4_000, 3)
    drawn = did.uniform_critical_value(*asked)
    monkeypatch.setattr(did, "_MANY", 1_000)
    assert did.uniform_critical_value(*asked) == pytest.approx(drawn, abs=0.06) and drawn > 2
