"""Discrete-time hazard of adoption: the chance that a unit without it yet adopts in the period, given its covariates.

One row a unit and period at risk makes the likelihood that of independent binary outcomes, so a generalised linear
model fits it (Allison 1982, Sociological Methodology 13; Prentice and Gloeckler 1978, Biometrics 34). With the
complementary log-log link the coefficients are those of a proportional hazard in continuous time; with the logit link
they are log odds. Left truncation and right censoring are in the rows: only periods watched and at risk count.
"""

from __future__ import annotations

import ast
import warnings
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
import patsy
from scipy import stats
from scipy.linalg import qr
from statsmodels.genmod.families import Binomial, links
from statsmodels.genmod.generalized_linear_model import GLM
from statsmodels.tools.sm_exceptions import PerfectSeparationWarning

from kttt_lib.adoption.checks import refuse_rows
from kttt_lib.adoption.person_period import check_person_period, life_table
from kttt_lib.shown import Shown

LINKS = {"cloglog": links.CLogLog, "logit": links.Logit}
BASELINES = ("period", "linear", "quadratic", "constant")


def hazard_of(eta: np.ndarray, link: str) -> np.ndarray:
    """Hazard at the linear predictor."""
    eta = np.clip(eta, -700.0, 700.0)
    if link == "cloglog":
        return -np.expm1(-np.exp(np.minimum(eta, 50.0)))
    return 1.0 / (1.0 + np.exp(-eta))


def hazard_slope(eta: np.ndarray, link: str) -> np.ndarray:
    """Derivative of the hazard by the linear predictor."""
    if link == "cloglog":
        eta = np.clip(eta, -700.0, 50.0)
        return np.exp(eta - np.exp(eta))
    h = hazard_of(eta, link)
    return h * (1.0 - h)


@dataclass(frozen=True, repr=False)
class HazardFit(Shown):
    """A fitted discrete-time hazard. Make it with ``fit_hazard``.

    ``table()``: one row a coefficient; ``predict(rows)``: hazards, 0 to 1; ``marginal_effects()``: percentage points.
    New data that the model cannot read raise ValueError. Source: see ``fit_hazard``.

    Examples
    --------
    >>> import kttt_lib as kttt, pandas as pd
    >>> rows = pd.DataFrame({"unit": [1, 1, 2, 3, 3], "period": [1, 2, 1, 1, 2], "event": [0, 1, 1, 0, 0]})
    >>> kttt.fit_hazard(rows, "event ~").predict(rows).round(3).tolist()
    [0.333, 0.5, 0.333, 0.333, 0.5]
    """

    link: str
    baseline: str
    unit: str
    period: str
    event: str
    clusters: int | None
    data: pd.DataFrame = field(repr=False)
    spec: patsy.DesignInfo = field(repr=False)
    result: object = field(repr=False)  # statsmodels GLMResults

    def _shown(self) -> dict[str, object]:
        setting = {"link": self.link, "baseline": self.baseline, "rows": len(self.data)}
        return setting | {"events": int(self.data[self.event].sum()), "parameters": len(self.params)}

    @property
    def params(self) -> pd.Series:
        return self.result.params

    @property
    def covariance(self) -> pd.DataFrame:
        """Covariance of the estimates, clustered when a cluster was given."""
        return self.result.cov_params()

    @property
    def loglik(self) -> float:
        return float(self.result.llf)

    def table(self, level: float = 0.95) -> pd.DataFrame:
        """Coefficient, standard error, z, p and the hazard ratio (cloglog) or odds ratio (logit) with its interval.

        With few clusters the normal is too sure: t with clusters − 1 degrees is used instead.
        """
        reference = stats.t(self.clusters - 1) if self.clusters else stats.norm()
        estimate, error = self.params, self.result.bse
        width = reference.ppf((1 + level) / 2) * error
        return pd.DataFrame(
            {
                "estimate": estimate,
                "se": error,
                "z": estimate / error,
                "p_value": 2 * reference.sf(np.abs(estimate / error)),
                "ratio": np.exp(estimate),
                "ratio_lower": np.exp(estimate - width),
                "ratio_upper": np.exp(estimate + width),
            }
        )

    def design(self, data: pd.DataFrame) -> np.ndarray:
        """The model's columns (rows, k) for new data: the same coding, levels and transformations.

        A period that the baseline by period never saw is refused: give it the period whose baseline it should have.
        """
        missing = [c for c in self.covariates if c not in data.columns]
        if missing:
            raise ValueError(f"the data have no column {missing}")
        refuse_rows(data.index[data[self.covariates].isna().any(axis=1)], "covariates are missing in rows {}")
        try:
            return np.asarray(patsy.build_design_matrices([self.spec], data)[0])
        except patsy.PatsyError as error:
            raise ValueError(f"the data do not fit the model: {error}") from None

    @property
    def covariates(self) -> list[str]:
        """Columns of the data that the model reads, the period among them when the baseline uses it."""
        names = {
            node.id
            for factor in self.spec.factor_infos
            for node in ast.walk(ast.parse(factor.code, mode="eval"))
            if isinstance(node, ast.Name)
        }
        return [c for c in self.data.columns if c in names]

    def predict(self, data: pd.DataFrame) -> pd.Series:
        """Hazard of each row, 0 to 1."""
        eta = self.design(data) @ self.params.to_numpy()
        return pd.Series(hazard_of(eta, self.link), index=data.index, name="hazard")

    def check(self) -> pd.DataFrame:
        """Kaplan–Meier beside the model: the life table with the mean fitted hazard and the survival it implies."""
        table = life_table(self.data, period=self.period, event=self.event)
        table["fitted_hazard"] = self.predict(self.data).groupby(self.data[self.period]).mean()
        table["fitted_survival"] = (1 - table["fitted_hazard"]).cumprod()
        return table

    def marginal_effects(self, *, steps: dict[str, float] | None = None, level: float = 0.95) -> pd.DataFrame:
        """Average marginal effects on the hazard of one period, in percentage points, one row a covariate.

        A 0/1 column: everyone with it against everyone without. A category: each level against the first. A
        number: the slope per unit, or the difference that ``steps[name]`` more would make for everyone.
        Standard errors by the delta method from the (clustered) covariance.
        """
        steps = steps or {}
        rows = []
        for name in self.covariates:
            if name == self.period:
                continue
            rows += [(name, *contrast) for contrast in self._contrasts(name, steps.get(name))]
        reference = stats.t(self.clusters - 1) if self.clusters else stats.norm()
        width = reference.ppf((1 + level) / 2)
        effects = []
        for name, change, low, high, per in rows:
            effect, error = self._difference(name, low, high)
            effect, error = 100 * effect / per, 100 * error / per
            effects.append((name, change, effect, error, effect - width * error, effect + width * error))
        columns = ["covariate", "change", "effect", "se", "lower", "upper"]
        return pd.DataFrame(effects, columns=columns).set_index(["covariate", "change"])

    def _contrasts(self, name: str, step: float | None) -> list[tuple[str, object, object, float]]:
        column = self.data[name]
        if pd.api.types.is_numeric_dtype(column) and not pd.api.types.is_bool_dtype(column):
            if set(column.unique()) <= {0, 1}:
                return [("0 → 1", 0, 1, 1.0)]
            if step is not None:
                return [(f"+{step:g}", column, column + step, 1.0)]
            nudge = 1e-4 * max(float(column.std()), 1e-8)
            return [("+1", column - nudge, column + nudge, 2 * nudge)]
        levels = sorted(column.unique())
        return [(f"{levels[0]} → {other}", levels[0], other, 1.0) for other in levels[1:]]

    def _difference(self, name: str, low: object, high: object) -> tuple[float, float]:
        beta = self.params.to_numpy()
        mean, gradient = [], []
        for value in (low, high):
            design = self.design(self.data.assign(**{name: value}))
            eta = design @ beta
            mean.append(hazard_of(eta, self.link).mean())
            gradient.append((hazard_slope(eta, self.link)[:, None] * design).mean(axis=0))
        difference = gradient[1] - gradient[0]
        variance = difference @ self.covariance.to_numpy() @ difference
        return float(mean[1] - mean[0]), float(np.sqrt(max(variance, 0.0)))


def fit_hazard(
    data: pd.DataFrame,
    formula: str,
    *,
    link: str = "cloglog",
    baseline: str = "period",
    unit: str = "unit",
    period: str = "period",
    cluster: str | None = None,
) -> HazardFit:
    """Fit a discrete-time hazard to ``data``, one row a unit and period at risk (see ``person_period``).

    formula: "event ~ covariates", the event 0/1; covariates may vary in time; no intercept is needed. baseline:
    "period", a free hazard for each period; "linear" or "quadratic" in the period, or "constant", when periods are many
    or events few. cluster: the column whose groups' rows may depend on each other, for the standard errors (by unit, or
    a larger group such as the district); None trusts independence given the covariates.

    Raises ValueError naming the rows, periods or columns for which there is no such model.
    Source: Allison (1982), Sociological Methodology 13; Prentice and Gloeckler (1978), Biometrics 34.

    Examples
    --------
    >>> import kttt_lib as kttt, pandas as pd
    >>> rows = pd.DataFrame({"unit": [1, 1, 2, 3, 3], "period": [1, 2, 1, 1, 2], "event": [0, 1, 1, 0, 0]})
    >>> kttt.fit_hazard(rows, "event ~", baseline="constant")
    HazardFit(link=cloglog, baseline=constant, rows=5, events=2, parameters=1)
    """
    if link not in LINKS:
        raise ValueError(f"link must be one of {', '.join(LINKS)}, not {link!r}")
    if baseline not in BASELINES:
        raise ValueError(f"baseline must be one of {', '.join(BASELINES)}, not {baseline!r}")
    if formula.count("~") != 1:
        raise ValueError(f"formula must read 'event ~ covariates', not {formula!r}")
    event, right = (part.strip() for part in formula.split("~"))
    check_person_period(data, unit, period, event)
    if baseline == "period":
        events, at_risk = data.groupby(period)[event].sum(), data.groupby(period).size()
        flat = events.index[(events == 0) | (events == at_risk)].tolist()
        if flat:
            raise ValueError(
                f"periods {flat} have no event, or nothing but events: a free hazard there is infinite; "
                f"use baseline='linear' or 'constant', or merge periods"
            )
    start = {
        "period": f"0 + C({period})",
        "constant": "1",
        "linear": f"1 + center({period})",
        "quadratic": f"1 + center({period}) + I(center({period}) ** 2)",
    }[baseline]
    try:
        spec = patsy.dmatrix(f"{start} + {right}" if right else start, data, NA_action="raise").design_info
    except patsy.PatsyError as error:
        raise ValueError(f"formula {formula!r} does not fit the data: {error}") from None
    design = pd.DataFrame(
        np.asarray(patsy.build_design_matrices([spec], data)[0]), columns=spec.column_names, index=data.index
    )
    _check_rank(design)
    family = Binomial(link=LINKS[link]())
    model = GLM(data[event].to_numpy(float), design, family=family)
    clusters, options = None, {}
    if cluster is not None:
        codes = pd.factorize(data[cluster])[0]
        if (codes < 0).any():
            raise ValueError(f"cluster {cluster!r} is missing in rows {data.index[codes < 0].tolist()[:10]}")
        clusters = int(codes.max()) + 1
        if clusters < 2:
            raise ValueError(f"cluster {cluster!r} has one group only: there is nothing to compare")
        options = {"cov_type": "cluster", "cov_kwds": {"groups": codes}}
    with warnings.catch_warnings():  # separation is refused below, with the columns named
        warnings.simplefilter("ignore", PerfectSeparationWarning)
        # Judged by the parameters: the likelihood is flat where it is greatest.
        result = model.fit(tol=1e-11, tol_criterion="params", **options)
    _check_separation(model, result, design)
    return HazardFit(link, baseline, unit, period, event, clusters, data, spec, result)


def _check_rank(design: pd.DataFrame) -> None:
    values = design.to_numpy() / np.maximum(np.abs(design.to_numpy()).max(axis=0), 1e-300)
    _, r, order = qr(values, mode="economic", pivoting=True)
    diagonal = np.abs(np.diag(r))
    rank = int((diagonal > diagonal[0] * 1e-10).sum())
    if rank < design.shape[1]:
        extra = [design.columns[j] for j in order[rank:]]
        raise ValueError(f"columns {extra} are combinations of the others (or constant): leave them out")


def _check_separation(model: GLM, result: object, design: pd.DataFrame) -> None:
    """An estimate that runs to infinity has a large standard error by the information, however it is clustered."""
    information = -model.hessian(result.params, observed=False)
    errors = np.sqrt(np.maximum(np.diag(np.linalg.pinv(information)), 0.0)) * design.std().replace(0, 1).to_numpy()
    bad = [name for name, error in zip(design.columns, errors) if not error < 20]
    if bad or not result.converged:
        raise ValueError(f"columns {bad} separate events from non-events: their effect is infinite; leave them out")
