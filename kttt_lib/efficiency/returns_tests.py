"""Are returns to scale constant, or at least nowhere increasing? The bootstrap tests of Simar and Wilson (2002)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .checks import check_choice, check_free_lunch, check_units
from .dea import dea_scores
from .replicates import check_inference, own_distances, run_blocks, scores_against
from .smoothing import bandwidth as kernel_bandwidth
from .smoothing import smoothed_draws

HYPOTHESES = ("crs", "nirs")


@dataclass(frozen=True)
class ReturnsTest:
    """One test: ``statistic`` (1 where the null fits as closely as VRS; farther from 1, less closely), ``p_value``,
    ``critical_value`` at the level asked for, whether the null is ``rejected``, and the statistics under the null."""

    null: str
    orientation: str
    statistic: float
    p_value: float
    critical_value: float
    level: float
    replicates: np.ndarray

    @property
    def rejected(self) -> bool:
        return self.p_value < self.level


def returns_to_scale_test(
    inputs,
    outputs,
    *,
    null: str = "crs",
    orientation: str = "input",
    replications: int = 2000,
    seed,
    level: float = 0.05,
    bandwidth: str | float = "silverman",
    processes: int = 1,
    progress: bool = False,
) -> ReturnsTest:
    """Test constant ("crs") or non-increasing ("nirs") returns against variable returns (Simar and Wilson 2002).

    The statistic is the mean over units of the scale efficiency, theta_null / theta_vrs (their eq. 4.5).
    The pseudo samples are drawn from the efficiencies under the null, as in
    :func:`kttt_lib.efficiency.bootstrap_dea`; the p-value is the share that lies as far from 1 or farther. The paper's
    sequence is: test "crs"; only when it is rejected, test "nirs" (see :func:`returns_to_scale`).

    Parameters as in :func:`kttt_lib.efficiency.bootstrap_dea`; ``level`` is the size of the test.
    """
    check_choice("null", null, HYPOTHESES)
    check_inference(null, orientation, level)
    units = check_units(inputs, outputs)
    check_free_lunch(units, null)
    x, y = units.x, units.y
    restricted = dea_scores(x, y, x, y, returns=null, orientation=orientation)
    variable = dea_scores(x, y, x, y, returns="vrs", orientation=orientation)
    delta = own_distances(restricted, orientation, units.index)
    statistic = _statistic(restricted, variable)
    h = kernel_bandwidth(delta, bandwidth)
    arguments = (x, y, delta, h, null, orientation)
    replicates = np.concatenate(run_blocks(_block, arguments, replications, seed, processes, progress))
    if orientation == "input":
        extreme, critical = replicates <= statistic, np.quantile(replicates, level)
    else:
        extreme, critical = replicates >= statistic, np.quantile(replicates, 1 - level)
    return ReturnsTest(null, orientation, float(statistic), float(extreme.mean()), float(critical), level, replicates)


def returns_to_scale(inputs, outputs, **options) -> tuple[str, list[ReturnsTest]]:
    """The paper's sequence: "crs" unless rejected, then "nirs" unless rejected, else "vrs"; with the tests made.

    ``options`` are those of :func:`returns_to_scale_test` but ``null``. The second test is conditional on the first.
    """
    made = []
    for null in HYPOTHESES:
        made.append(returns_to_scale_test(inputs, outputs, null=null, **options))
        if not made[-1].rejected:
            return null, made
    return "vrs", made


def _statistic(restricted, variable):
    return (restricted / variable).mean(axis=-1)


def _block(seed, count, x, y, delta, h, null, orientation):
    star = smoothed_draws(delta, h, count, np.random.default_rng(seed))
    return _statistic(*(scores_against(x, y, x, y, delta, star, returns, orientation) for returns in (null, "vrs")))
