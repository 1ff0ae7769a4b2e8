"""Sensitivity to failing trends, and imputation, as printed in the READMEs of HonestDiD and didimputation."""

import numpy as np
import pandas as pd
import pytest

from kttt_lib.adoption import att_gt, imputation, relative_magnitudes
from kttt_lib.adoption.smoothness import smoothness_interval

# Share of low-income childless adults with health insurance, in ten thousandths, 2008 to 2015, two states a line: those
# that expanded Medicaid in 2014, then those that had not by 2015, each from A to Z. American Community Survey, as in
# ehec_data.csv of Mixtape Sessions, Advanced DID (Roth).
EXPANDED = """
6099 6038 6222 6218 6052 6145 6885 7541   6239 6166 6019 6187 6473 6601 7246 7809
5766 5567 5608 5652 5671 5869 6893 7775   6042 6224 6243 6217 6311 6531 7512 7929
7037 6938 6890 6789 7100 6969 7946 8186   7850 7717 7832 7637 7982 7820 8519 8679
6247 6004 5836 6032 5948 6229 7212 7945   7329 7415 7321 7500 7681 7528 8208 8613
6757 6495 6351 6417 6534 6423 7946 8476   6506 6346 6410 6577 6776 6856 7493 7892
6906 6655 6523 6607 6703 6913 7614 8353   7508 7512 7449 7628 7461 7600 8067 8683
5711 5450 5582 5394 5419 5641 6748 7342   6328 5928 5843 5700 5881 5697 6353 7161
5920 5824 5877 5697 5875 6190 6925 7637   7428 6957 7096 7107 7081 7111 7876 7891
6652 6558 6463 6471 6565 6631 7413 8072   6187 5877 5907 6177 6337 6326 7539 8280
6913 6842 6689 6771 6821 6444 8189 8544   6709 6472 6391 6345 6455 6370 7722 8294
6937 6584 6713 6690 6471 6692 7669 8525   7029 6783 7003 7079 6954 7145 7843 8140
"""
NOT_YET = """
6814 6581 6314 6564 6708 6522 6886 7049   4903 4714 5239 5514 4731 5792 5313 6223
5487 5348 5241 5270 5479 5492 6122 6683   5599 5485 5416 5389 5547 5551 6044 6496
6453 6292 6026 6334 5994 6145 7099 6968   6716 6545 6236 6649 6648 6509 7216 7433
5846 5810 5590 5629 5869 5930 6315 6665   7352 7457 7033 6829 7143 7233 7623 7919
6471 6169 6122 6228 6259 6085 6410 6604   6853 6631 6664 6652 6511 6768 7149 7405
6214 6173 6501 5766 6155 6035 6815 7276   7024 7300 6861 7056 6998 6691 7292 7790
6355 6076 6184 6053 6114 6176 6779 7199   5834 5773 5767 5771 6024 6056 6400 6606
6237 6040 6027 5999 5898 6149 6555 6921   6914 6612 6909 6950 6963 6637 7257 6763
6455 6205 6237 6091 6361 6437 6772 7114   5283 5120 5184 5206 5279 5409 5892 6137
6458 6252 6146 6063 6392 6341 6713 7174   6809 6792 6578 6357 6222 6477 6985 7124
6160 6548 5756 5993 6280 6343 6557 7268
"""


@pytest.fixture(scope="module")
def states():
    share = np.array((EXPANDED + NOT_YET).split(), float).reshape(-1, 8) / 1e4
    assert len(share) == 43
    return pd.DataFrame(
        {
            "unit": np.repeat(np.arange(43), 8),
            "period": np.tile(np.arange(2008, 2016), 43),
            "cohort": np.repeat(np.where(np.arange(43) < 22, 2014, 0), 8),
            "y": share.ravel(),
        }
    )


def test_bends_of_medicaid_states_as_printed(states):
    """README of honestdid for Stata (Cáceres Bravo, Rambachan and Roth), "Sensitivity Analysis Using Smoothness
    Restrictions": effect of 2014, bends 0 to 0.05; that of HonestDiD for R prints the same. The covariance is that of
    their regression, whose small-sample factor is that of 14 coefficients."""
    found = att_gt(states, outcome="y", base="universal", small_sample=False)
    times, effects, covariance = found.event_study()
    kept = times != -1
    covariance = covariance[np.ix_(kept, kept)] * (43 / 42) * (343 / (344 - 14))
    lower = [0.026, 0.013, 0.003, -0.007, -0.017, -0.027]
    upper = [0.061, 0.079, 0.091, 0.101, 0.111, 0.121]
    for bend, ends in zip((0, 0.01, 0.02, 0.03, 0.04, 0.05), zip(lower, upper)):
        ours = smoothness_interval(effects[kept], covariance, 5, bend=bend)
        assert np.round(ours, 3).tolist() == list(ends)


def test_breaks_of_medicaid_states_leave_less_standing_than_the_hybrid_test(states):
    """README of HonestDiD for R, "Sensitivity analysis using relative magnitudes restrictions": intervals of the hybrid
    test for the effect of 2014 and breaks of 0.5 to 2 times the worst before; at 2 it breaks down. Ours is a Bonferroni
    bound and must hold them."""
    found = relative_magnitudes(
        att_gt(states, outcome="y"), magnitudes=(0.5, 1, 1.5, 2), max_event=0, draws=1999, seed=1
    )
    printed = [(0.0241, 0.0673), (0.0171, 0.0720), (0.00859, 0.0796), (-0.00107, 0.0883)]
    for (_, ours), (lower, upper) in zip(found.table.iterrows(), printed, strict=True):
        assert ours["lower"] < lower < upper < ours["upper"]
    assert 0.3 < found.value < 2


# Mean outcomes of 1990 to 2020 of 318 units treated in 2000, 325 in 2010 and 357 never: of the simulated df_het of
# didimputation 0.5.0 (Butts, CRAN, MIT licence). In a balanced panel the estimates depend on these means alone.
HET = {
    2000: """
4.11933 4.00840 4.12021 4.22996 4.03058 4.05576 3.99556 4.03750 4.22607 4.06655 5.94877
6.10110 6.38031 6.28026 6.24938 6.28598 6.36840 6.51837 6.59584 6.41711 6.54597 6.57806
6.71437 6.89198 6.91073 6.82783 6.97847 6.97910 6.79457 7.00501 7.06718
""",
    2010: """
4.40973 4.27581 4.35095 4.34652 4.35727 4.38531 4.38045 4.29126 4.30591 4.22793 4.34745
4.29716 4.29990 4.27272 4.20035 4.34425 4.45772 4.35760 4.19921 4.36754 5.33649 5.61717
5.76969 5.76832 5.93266 5.94037 6.42524 6.31158 6.49748 6.71358 6.83080
""",
    0: """
4.21555 4.07472 4.24134 4.21324 4.26146 4.29723 4.17012 4.16943 4.12471 4.34327 4.23594
4.16406 4.25563 4.13421 4.28328 4.24811 4.25408 4.26630 4.22159 4.15817 4.03599 4.22782
4.20864 4.07669 4.25822 4.24233 4.22702 4.11446 4.27760 4.25891 4.29173
""",
}


def test_imputation_of_simulated_cohorts_as_printed():
    """README of didimputation 0.5.0 (Borusyak, Jaravel and Spiess's estimator), static and event times 0 to 20, in
    their first four decimals. On all its 31,000 rows the printed standard errors come out as well, to six digits."""
    frames, at = [], 0
    for cohort, size in ((2000, 318), (2010, 325), (0, 357)):
        unit, period = np.repeat(np.arange(at, at + size), 31), np.tile(np.arange(1990, 2021), size)
        outcome = np.tile(np.array(HET[cohort].split(), float), size)
        frames.append(pd.DataFrame({"unit": unit, "period": period, "cohort": cohort, "y": outcome}))
        at += size
    found = imputation(pd.concat(frames, ignore_index=True), outcome="y")["estimate"]
    assert found["all"] == pytest.approx(2.262952, abs=1e-5)
    printed = [
        1.51314201,
        1.66384318,
        1.86436720,
        1.91872093,
        1.87322387,
        1.87844597,
        2.14373139,
        2.23777696,
        2.33650066,
    ]
    printed += [2.34352836, 2.53443351, 2.47944533, 2.63493727, 2.94449757, 2.78171206, 2.71470743, 2.88065382]
    printed += [2.99383855, 2.64616896, 2.87530636, 2.90465651]
    np.testing.assert_allclose(found[list(range(21))], printed, atol=2e-5)
