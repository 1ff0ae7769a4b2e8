"""The likelihood of normal and truncated-normal errors that ``sfa`` maximises, and what follows from a fit."""

from __future__ import annotations

import itertools
import math

import numpy as np
from scipy.special import erfcx, expit, log_ndtr, logit
from scipy.stats import chi2

from kttt_lib.compiled import njit

LN_2PI = float(np.log(2 * np.pi))
_ROOT_HALF, _ROOT_TWO_PI, _MILLS = math.sqrt(0.5), math.sqrt(2 * math.pi), math.sqrt(2 / math.pi)
_FLAT = 1e-8  # least curvature of a maximum, as a share of that of the single parameters
_SHORT = 1e-3  # of the parameters' size: a Newton step that goes nowhere
NOTHING = 1e-3  # a fall of the log-likelihood that no data can mean
_TO_ZERO = (-11.0, -14.0)  # logit gamma on the way to where u has a standard deviation 1e-3 of that of v
_TO_ONE = (4.0, 8.0, 14.0, 20.0, 26.0)  # and to where that of v is 2e-6 of that of u
_AT_ZERO, _AT_ONE, _FAR_BELOW = "gamma = 0", "gamma = 1", "an exponential inefficiency (mu without end)"
_STEP = 4.0  # standard deviations: how the pieces of Mills' ratio widen
_NEAR = 5.0  # up to where a normal distribution function is as well computed from its Mills' ratio
_FAR = 1e3  # standard deviations that the mean of u lies below 0 where u is taken to be exponential
_SAME = 1e-6  # log-likelihoods that do not differ
_CLOSE = 0.05  # below a known maximum an ascent asks whether it stands on the slope of that
_AS_GOOD = float(chi2.ppf(0.95, 1) / 2)  # or not at 5 percent
_FAR_UNDER = 10.0  # what the rest of a way to a boundary does not make good


class Likelihood:
    """The log-likelihood in (b, d, ln sigma^2, logit gamma) on orthonormalised regressors."""

    def __init__(self, y, x, x_back, z, z_back, sign):
        self.y, self.x, self.x_back = y, x, x_back
        self.z, self.z_back, self.sign = z, z_back, sign
        self.k, self.p, self.n = x.shape[1], z.shape[1], len(y)
        # derivatives (m, n) of e, mu, ln sigma^2 and logit gamma by each parameter, and by which of the four it enters
        self.by, self.signed = np.vstack([-sign * x.T, z.T, np.ones((2, self.n))]), sign * y
        self.kinds = np.repeat(np.arange(4), [self.k, self.p, 1, 1])

    def value_and_gradient(self, point):
        return _slopes(point, self.signed, self.by, self.k)

    def hessian(self, point):
        return _bends(point, self.signed, self.by, self.k, self.kinds)

    def residual(self):
        """Coefficients and residuals of least squares."""
        beta = self.x.T @ self.y
        return beta, self.y - self.x @ beta

    def starts(self):
        """Corrected least squares over a grid of gamma (Coelli 1996), the best few, at several means of u."""
        beta, residual = self.residual()
        m2 = residual @ residual / self.n
        intercept = self.x.T @ np.ones(self.n)
        mean_direction = self.z.T @ np.ones(self.n) if self.p else np.zeros(0)
        found = []
        for gamma, mean in itertools.product(
            (0.05, 0.2, 0.4, 0.6, 0.8, 0.9, 0.97), (0.0, -2.0, 1.0) if self.p else (0.0,)
        ):
            sigma2 = m2 / (1 - 2 * gamma / np.pi)
            shift = self.sign * np.sqrt(2 * gamma * sigma2 / np.pi)
            point = np.concatenate([beta + shift * intercept, mean * mean_direction, [np.log(sigma2), logit(gamma)]])
            found.append((self.height(point), point))
        found.sort(key=lambda item: -item[0])
        return [point for _, point in found[: 6 if self.p else 3]]

    def fit(self):
        """The maximum (m,), its log-likelihood, where it lies (empty: interior), how much the likelihood falls (2,) to
        either side of an interior one (see ``falls``), where it is greatest, and by how much it is greater there.

        Every boundary is maximised for itself, whether or not an ascent leads to it. An interior maximum is preferred
        to one that the data do not prefer to it at 5 percent. At gamma = 1 the frontier passes through rows, as many as
        it has coefficients, and chance alone brings in 5 percent of samples as much as chi-squared with that many and
        one degrees of freedom, halved (54 simulated designs: 0 to 2 determinants, 2 to 9 coefficients, 40 to 300 rows).
        """
        starts, found, heights, peak = self.starts(), [], [], None
        for start in starts:
            end, height = self.ascend(start, peak)
            # what starts have in common is polished once
            if all(abs(height - known) > _SAME for known in heights):
                point, inside = self.settled(end)
                heights += [height, self.height(point)]
                if inside:
                    found.append((heights[-1], point))
                    if peak is None or heights[-1] > peak[1]:
                        peak = point, heights[-1]
        height, interior = max(found, key=lambda item: item[0], default=(-np.inf, None))
        falls = np.full(2, np.nan)
        if interior is not None:
            falls, sides = self.falls(interior)
            while falls.min() < -_SAME:
                other, inside = self.settled(self.ascend(sides[falls.argmin()])[0])
                if not inside or self.height(other) < height + _SAME:
                    break
                height, interior, (falls, sides) = self.height(other), other, self.falls(other)
        ends = {_AT_ZERO: self.hinge(height)}
        if self.p:
            ends[_FAR_BELOW] = self.exponential(starts[0], height)
        where = max(ends, key=lambda name: ends[name][0])
        if height >= ends[where][0] - _AS_GOOD:
            where = ""
        ends |= {"": (height, interior), _AT_ONE: self.deterministic(starts[0], height)}
        # no regression keeps gamma = 0 against it where the likelihood rises from there on (Waldman 1982)
        rises = where == _AT_ZERO and not self.p and self.sign * np.mean(self.residual()[1] ** 3) < -_SAME
        if ends[_AT_ONE][0] > ends[where][0] + (0 if rises else chi2.ppf(0.95, self.k + 1) / 2):
            where = _AT_ONE
        best = max(ends, key=lambda name: ends[name][0])
        height, point = ends[where]
        return point, height, where, falls, best, ends[best][0] - height

    def ascend(self, start, peak=None):
        peak, top = peak or (start, -np.inf)
        return _climb(start, np.eye(len(start)), 1e-4, peak, top, self.signed, self.by, self.k)

    def height(self, point):
        return self.value_and_gradient(point)[0]

    def settled(self, point):
        """The maximum close by, and whether it is an interior one."""
        if point[-1] < _TO_ZERO[0]:
            return point, False
        point, ok = self.polish(point)
        return point, bool(ok and point[-1] > _TO_ZERO[0] and not (self.p and self.ridge(point)))

    def deterministic(self, start, other=-np.inf):
        """The greatest log-likelihood at gamma = 1, taken close to it, and the point: the best of a way's last places,
        at which a step may end on a lesser hill; only its beginning where ``other`` is far above."""
        found = []
        for g in _TO_ONE:
            start = self.at(start, -1, g)
            found.append((self.height(start), start))
            if found[-1][0] < other - _FAR_UNDER or (len(found) > 2 and found[-1][0] < found[-2][0] + NOTHING):
                break
        return max(found[2:], key=lambda item: item[0], default=found[-1])

    def exponential(self, start, other=-np.inf):
        """The same where mu falls without end, taken at a set distance."""
        point = start.copy()
        point[self.k : -2] = -5 * np.exp(start[-2] / 2) * (self.z.T @ np.ones(self.n))
        for _ in range(2):  # the second time from where the first ended, at the same distance
            times = (_FAR / np.mean(self.z @ point[self.k : -2])) ** 2 * np.exp(point[-2]) * expit(point[-1])
            point = self.at(*self.farther(point, times))
            if self.height(point) < other - _FAR_UNDER:
                break
        return self.height(point), point

    def at(self, point, fixed, value):
        """The maximum near a point with one parameter fixed."""
        point = point.copy()
        point[fixed] = value
        return self.polish(point, np.delete(np.eye(len(point)), fixed, axis=1))[0]

    def farther(self, point, times):
        """The point at which the mean and variance of u are so many times as great, as arguments of ``at``.

        Where the mean falls without end the truncated normal is an exponential of rate -mu / su^2, which this keeps.
        """
        moved = point.copy()
        moved[self.k : -2] *= times
        moved[-1] += np.log(times)
        return moved, -2, point[-2] + np.log1p((times - 1) * expit(point[-1]))

    def hinge(self, other=-np.inf):
        """The greatest log-likelihood at gamma = 0, and where; to the last digit only where ``other`` is not far above.

        The model is the regression y = x'b -+ max(z'd, 0) there, with a bend at every row, of which an ascent finds
        one by chance. So the best bends of each single determinant (the first is the constant) are each followed to
        the best close by.
        """
        z = self.z @ np.linalg.inv(self.z_back) if self.p else self.z
        rank = np.unique(np.geomspace(1, self.n // 2 + 1, 60).astype(int))
        knots = np.sort(z, axis=0)[np.concatenate([rank - 1, self.n - rank[::-1]])]
        beta, residual = self.residual()
        found = [(float(self.n), np.append(beta, np.zeros(self.p)))]
        for side, j in itertools.product((1.0, -1.0), range(1, self.p)):
            bends = np.maximum(side * (z[:, [j]] - knots[:, j]), 0)
            seen, whole = self.x.T @ bends, np.einsum("ij,ij->j", bends, bends)
            size = whole - np.sum(seen**2, axis=0)
            slope = np.maximum(-self.sign * (residual @ bends), 0) / np.where(size > 1e-9 * whole, size, np.inf)
            for part in np.array_split(np.arange(len(knots)), 4):
                i = part[np.argmax((slope**2 * size)[part])]
                d = np.zeros(self.p)
                d[[0, j]] = -side * slope[i] * knots[i, j], side * slope[i]
                b = beta + self.sign * slope[i] * seen[:, i]
                if slope[i]:
                    found.append(
                        _bent(np.append(b, np.linalg.solve(self.z_back, d)), self.signed, self.by, self.k, self.kinds)
                    )
        least = min(squares for squares, _ in found)
        squares, best = next(item for item in found if item[0] < least + _SAME)  # the first of those that are the same
        point = np.append(best, [np.log(squares / self.n), _TO_ZERO[-1]])
        height = -0.5 * self.n * (LN_2PI + 1 + point[-2])
        if squares == self.n or height < other - 1:
            return height, point
        for g in _TO_ZERO:
            point = self.at(point, -1, g)
        return self.height(point), point

    def polish(self, point, others=None):
        """Newton steps to a gradient of rounding size; True when that point is an interior maximum.

        That is judged free of scale: the Hessian with a unit diagonal is negative definite, and the next Newton step
        is short. Along a ridge that rises to infinity, however flat, a step is never short: it is about 1 where the
        likelihood nears its limit as exp(-t), and grows with t where it does as a power of t. Steps are confined to
        the span of ``others`` (m x k) where it is given.
        """
        span = np.eye(len(point)) if others is None else np.ascontiguousarray(others)
        return _newton(point, span, others is not None, self.signed, self.by, self.k, self.kinds)

    def falls(self, point):
        """By how much the profile likelihood falls (2,) two standard errors to either side in the least certain
        direction (2 where it is quadratic; less than nothing where the maximum is a local one), and where (2, m).
        """
        roots, vectors = np.linalg.eigh(-self.hessian(point))
        weak, others = vectors[:, 0] / np.sqrt(roots[0]), vectors[:, 1:] / np.sqrt(np.abs(roots[1:]))
        sides = [self.profile(point + side * weak, others) for side in (-2, 2)]
        return self.height(point) - np.array([value for value, _ in sides]), [at for _, at in sides]

    def ridge(self, point):
        """Whether the mean and variance of u may as well be ten times as great, as where mu falls without end."""
        if np.sum(self.z @ point[self.k : -2]) >= 0:
            return False
        return self.height(point) - self.height(self.at(*self.farther(point, 10))) < NOTHING

    def profile(self, start, others):
        """Greatest log-likelihood over ``start`` + span of ``others`` (m × k), and where."""

        # where the likelihood is bent the last bits decide which hill the first steps of one search leap over
        polished = self.polish(start, others)[0]
        height = self.height(polished)
        end, value = _climb(start, others, 1e-5, polished, height, self.signed, self.by, self.k)
        return (value, end) if value > height else (height, polished)

    def natural(self, point, scale):
        """Estimates and covariance in (beta, delta, sigma^2, gamma), on the data's own scale."""
        k, p = self.k, self.p
        sigma2, gamma = float(np.exp(point[-2])), float(expit(point[-1]))
        jacobian = np.zeros((len(point), len(point)))
        jacobian[:k, :k] = self.x_back * scale
        if p:
            jacobian[k : k + p, k : k + p] = self.z_back * scale
        jacobian[-2, -2] = sigma2 * scale**2
        jacobian[-1, -1] = gamma * (1 - gamma)
        theta = np.concatenate([(jacobian @ point)[: k + p], [sigma2 * scale**2, gamma]])
        information = np.linalg.pinv(-self.hessian(point), hermitian=True)
        return theta, jacobian @ information @ jacobian.T


@njit(cache=True, error_model="numpy")
def _climb(start, span, flat, peak, top, y, by, k):
    """Where an ascent by BFGS over ``start`` + ``span`` (m x c) ends, and the value there.

    Steps meet the strong Wolfe conditions, found by halving. An ascent that comes to stand on the slope of a known
    ``peak`` of height ``top``, from where the function rises all the way along the straight line to it, ends there.
    """
    point = start
    value, gradient = _slopes(point, y, by, k)
    gradient = _product(span.T, gradient)
    before = value - math.sqrt(np.sum(gradient**2)) / 2
    inverse, close = np.eye(span.shape[1]), _CLOSE
    way, steepest = gradient, np.abs(gradient).max()
    for _ in range(500):
        if steepest <= flat:
            break
        if 0 < top - value < close:
            close /= 4
            rises, lower = True, value
            for share in (0.2, 0.4, 0.6, 0.8):
                higher, _ = _slopes(point + share * (peak - point), y, by, k)
                rises, lower = rises and lower < higher, higher
            if rises and lower < top:
                return peak, top
        slope = np.sum(way * gradient)
        length, low, high = min(1.0, 2.02 * (value - before) / slope), 0.0, np.inf
        if not length > 0:
            length = 1.0
        trial, trial_value, trial_gradient, ends = point, value, gradient, False
        for _ in range(40):
            trial = point + _product(span, length * way)
            trial_value, trial_gradient = _slopes(trial, y, by, k)
            trial_gradient = _product(span.T, trial_gradient)
            remains = np.sum(trial_gradient * way)
            if not trial_value >= value + 1e-4 * length * slope or remains < -0.9 * slope:
                high = length
            elif remains > 0.9 * slope:
                low = length
            else:
                ends = True
                break
            length = 5 * low if np.isinf(high) else (low + high) / 2
        if not ends:
            break
        inverse, way, steepest = _turned(inverse, length * way, gradient, trial_gradient)
        before, value, point, gradient = value, trial_value, trial, trial_gradient
    return point, value


@njit(cache=True, error_model="numpy")
def _newton(point, span, confined, y, by, k, kinds):
    """Where ``Likelihood.polish`` ends, and whether at a maximum."""
    ll, gradient = _slopes(point, y, by, k)
    maximum = False
    for _ in range(30):
        hessian = span.T @ _bends(point, y, by, k, kinds) @ span
        if not np.all(np.isfinite(hessian)):
            return point, False
        scale = 1 / np.sqrt(np.maximum(np.abs(np.diag(hessian)), 1e-30))
        roots, vectors = np.linalg.eigh(-hessian * np.outer(scale, scale))
        slope = _product(span.T, gradient)
        step = scale * _product(vectors, _product(vectors.T, scale * slope) / np.maximum(np.abs(roots), _FLAT))
        short = np.abs(step).max() < _SHORT * (1 + np.abs(point).max())
        maximum = roots[0] > _FLAT and short and np.abs(slope).max() < 1e-4
        if np.abs(slope).max() < 1e-11 * len(y) or (confined and np.sum(slope * step) < 1e-12):
            break
        moved = False
        for halving in range(25):
            trial = point + _product(span, step) / 2**halving
            trial_ll, trial_gradient = _slopes(trial, y, by, k)
            if trial_ll >= ll - 1e-12 * abs(ll):
                point, ll, gradient, moved = trial, trial_ll, trial_gradient, True
                break
        if not moved:
            break
    return point, maximum


@njit(cache=True, error_model="numpy")
def _product(matrix, vector):
    found = np.zeros(len(matrix))
    for i in range(len(matrix)):
        for j in range(len(vector)):
            found[i] += matrix[i, j] * vector[j]
    return found


@njit(cache=True, error_model="numpy")
def _turned(inverse, step, before, gradient):
    """The inverse of the curvature after a step, the way that it leads on, and the greatest slope."""
    m = len(step)
    moved, along, more = np.zeros(m), 0.0, 0.0
    turn, found, way, steepest = before - gradient, np.empty((m, m)), np.zeros(m), 0.0
    for i in range(m):
        along += step[i] * turn[i]
        for j in range(m):
            moved[i] += inverse[i, j] * turn[j]
    for i in range(m):
        more += turn[i] * moved[i]
    more = (1 + more / along) / along
    for i in range(m):
        for j in range(m):
            found[i, j] = inverse[i, j] + more * step[i] * step[j] - (step[i] * moved[j] + moved[i] * step[j]) / along
            way[i] += found[i, j] * gradient[j]
        steepest = max(steepest, abs(gradient[i]))
    return found, way, steepest


@njit(cache=True, error_model="numpy")
def _scalars(point):
    """What r, d and ds are made with (see ``_rows``), in bounds beyond which the likelihood moves but by rounding."""
    a, g = min(max(point[-2], -60.0), 60.0), min(max(point[-1], _TO_ZERO[-1]), 30.0)
    down = math.exp(-g / 2)
    return math.exp(-a / 2), math.exp(g / 2), down, math.sqrt(1 + down**2)


@njit(cache=True, error_model="numpy")
def _lines(point, y, by, k):
    """e and mu of every row."""
    e, mu = y.copy(), np.zeros(len(y))
    for j in range(len(by) - 2):
        line, own, times = e if j < k else mu, by[j], point[j]
        for i in range(len(y)):
            line[i] += times * own[i]
    return e, mu


@njit(cache=True, error_model="numpy")
def _total(one, other):
    """The sum of products, in an order that is the same on every processor and keeps four additions going at once."""
    whole, first, second, third, fourth = len(one) - len(one) % 4, 0.0, 0.0, 0.0, 0.0
    fours, others = one[:whole].reshape(-1, 4), other[:whole].reshape(-1, 4)
    for i in range(len(fours)):
        first += fours[i, 0] * others[i, 0]
        second += fours[i, 1] * others[i, 1]
        third += fours[i, 2] * others[i, 2]
        fourth += fours[i, 3] * others[i, 3]
    for i in range(whole, len(one)):
        first += one[i] * other[i]
    return (first + second) + (third + fourth)


@njit(cache=True, error_model="numpy")
def _rows(e, mu, s, up, down, c):
    """Of every row (e + mu) / sigma, mu / su, the conditional mean of u over its spread; reciprocals of Mills' ratios
    at the last two."""
    d, ds = s * c * mu, s * (down * mu - up * e)
    return s * (e + mu), d, ds, _reciprocals(d), _reciprocals(ds)


def _pieces(number):
    """The reciprocal of Mills' ratio as polynomials (number, 8), highest power first, on pieces of 1 / (1 + x), each
    from -1 to 1; x >= 0 is the distance below ``_NEAR`` in steps of ``_STEP``."""
    t = np.cos(np.pi * (np.arange(8) + 0.5) / 8)
    shares = (np.arange(number)[:, None] + (t + 1) / 2) / number
    d = _NEAR - _STEP * (1 / shares - 1)
    return np.linalg.solve(np.vander(t), (shares * _MILLS / erfcx(-d * _ROOT_HALF)).T).T.copy()


_PIECES = _pieces(256)


@njit(cache=True, error_model="numpy")
def _reciprocals(d):
    """Normal density over distribution function, that is the derivative of its logarithm, to 1e-14 of it."""
    found = np.empty(len(d))
    for i in range(len(d)):
        share = _STEP / (_STEP + _NEAR - (d[i] if d[i] < _NEAR else _NEAR))
        at = share * len(_PIECES)
        piece = min(int(at), len(_PIECES) - 1)
        t, value = 2 * (at - piece) - 1, 0.0
        for power in range(8):
            value = value * t + _PIECES[piece, power]
        found[i] = value / share
    for i in range(len(d)):
        if not d[i] < _NEAR:
            found[i] = math.exp(-0.5 * d[i] * d[i]) / _ROOT_TWO_PI / (1 - 0.5 * math.erfc(d[i] * _ROOT_HALF))
    return found


@njit(cache=True, error_model="numpy")
def _ln_ndtr(d, h):
    """The logarithm of the normal distribution function, h its derivative."""
    if d < _NEAR:
        return -0.5 * d * d - math.log(h) - 0.5 * LN_2PI
    return math.log1p(-0.5 * math.erfc(d * _ROOT_HALF))


@njit(cache=True, error_model="numpy")
def _slopes(point, y, by, k):
    """The log-likelihood and its gradient."""
    m, n = by.shape
    s, up, down, c = _scalars(point)
    e, mu = _lines(point, y, by, k)
    r, d, ds, h, hs = _rows(e, mu, s, up, down, c)
    ll, squares, ratios = n * (math.log(s) - 0.5 * LN_2PI), 0.0, 1.0
    for i in range(n):
        if max(d[i], ds[i]) < _NEAR:
            # the same without mu^2 / su^2, which is great and cancels where mu is far below 0
            squares += e[i] * e[i]
            ratios *= h[i] / hs[i]
            if not 1e-100 < ratios < 1e100:
                ll += math.log(ratios)
                ratios = 1.0
        else:
            ll += -0.5 * r[i] * r[i] - _ln_ndtr(d[i], h[i]) + _ln_ndtr(ds[i], hs[i])
    ll += math.log(ratios) - 0.5 * (1 + up**2) * s**2 * squares
    by_e, by_mu, gradient, one = -s * r - s * up * hs, -s * r - s * c * h + s * down * hs, np.zeros(m), by[m - 1]
    for j in range(m - 2):
        gradient[j] = _total(by_e if j < k else by_mu, by[j])
    # row by row, as the terms are great and cancel where mu is far below 0
    gradient[-2] = 0.5 * _total(r * r + d * h - ds * hs - 1, one)
    if _TO_ZERO[-1] <= point[-1] <= 30:
        gradient[-1] = 0.5 * s * _total((down**2 / c) * mu * h - (down * mu + up * e) * hs, one)
    return ll, gradient


@njit(cache=True, error_model="numpy")
def _bends(point, y, by, k, kinds):
    """The Hessian (m, m)."""
    n = len(y)
    s, up, down, c = _scalars(point)
    e, mu = _lines(point, y, by, k)
    r, d, ds, h, hs = _rows(e, mu, s, up, down, c)
    c1, w, of_r, of_d, of_ds = -(down**2) / (2 * c), np.empty((4, 4, n)), np.zeros(4), np.zeros(4), np.zeros(4)
    # first derivatives of r, d and ds by e, mu, ln sigma^2 and logit gamma, and the second that are not 0
    of_r[:2], of_d[1], of_ds[0], of_ds[1] = s, s * c, -s * up, s * down
    for i in range(n):
        of_r[2], of_d[2], of_ds[2] = -r[i] / 2, -d[i] / 2, -ds[i] / 2
        of_d[3], of_ds[3] = s * c1 * mu[i], -0.5 * s * (down * mu[i] + up * e[i])
        curve, curve_s = h[i] * (h[i] + d[i]), -hs[i] * (hs[i] + ds[i])
        for a in range(4):
            for b in range(a, 4):
                w[a, b, i] = -of_r[a] * of_r[b] + curve * of_d[a] * of_d[b] + curve_s * of_ds[a] * of_ds[b]
        w[0, 2, i] += 0.5 * s * (r[i] + up * hs[i])
        w[0, 3, i] -= 0.5 * s * up * hs[i]
        w[1, 2, i] += 0.5 * s * (r[i] + c * h[i] - down * hs[i])
        w[1, 3, i] -= s * c1 * h[i] + 0.5 * s * down * hs[i]
        w[2, 2, i] += (-r[i] * r[i] - d[i] * h[i] + ds[i] * hs[i]) / 4
        w[2, 3, i] += (of_d[3] * h[i] - of_ds[3] * hs[i]) / 2
        w[3, 3, i] += s * (c1 + down**4 / (4 * c**3)) * mu[i] * h[i] + ds[i] * hs[i] / 4
    return _products(by, w, kinds)


@njit(cache=True, error_model="numpy")
def _products(by, w, kinds):
    """Sums over rows of products of two of ``by`` (m, n), weighted as their kinds say: w (kinds, kinds, n), a <= b."""
    m, n = by.shape
    found, kind, weighted = np.empty((m, m)), -1, np.empty(n)
    for j in range(m):
        for q in range(j, m):
            if q == j or kinds[q] != kind:
                kind = kinds[q]
                weighted = w[kinds[j], kind] * by[j]
            found[j, q] = found[q, j] = _total(weighted, by[q])
    return found


@njit(cache=True, error_model="numpy")
def _bent(point, y, by, k, kinds):
    """Least squares of the regression with a hinge, by least squares with the rows above the hinge held there."""
    m, n = len(point), len(y)
    least, trial, step, held = np.inf, point, np.zeros(m), np.ones((2, 2, n))
    for _ in range(16):
        for halving in range(6):
            trial = point + step / 2**halving
            error, above = _lines(trial, y, by, k)
            error += np.maximum(above, 0.0)
            squares = _total(error, error)
            if squares < least - _SAME:
                break
        else:
            break
        least, point = squares, trial
        held[0, 1] = held[1, 1] = above > _SAME  # not the row of the bend, by its last bits
        slope = np.array([-_total(by[j] * held[kinds[j], kinds[j]], error) for j in range(m)])
        step = np.linalg.lstsq(_products(by[:m], held, kinds), slope, 1e-10)[0]
    return least, point


def conditional_expectations(theta, y, x, z, sign):
    """E[exp(-u) | e] (Battese and Coelli 1988) and E[u | e] (Jondrow et al. 1982)."""
    k, p = x.shape[1], z.shape[1]
    sigma2, gamma = theta[-2:]
    e = sign * (y - x @ theta[:k])
    mu = z @ theta[k : k + p] if p else 0.0
    mean = (1 - gamma) * mu - gamma * e
    spread = np.sqrt(max(gamma * (1 - gamma), 1e-16) * sigma2)  # at gamma = 1 the error is u itself
    ratio = mean / spread
    te = np.exp(-mean + 0.5 * spread**2 + log_ndtr(ratio - spread) - log_ndtr(ratio))
    ineff = mean + spread * _mills(ratio)
    return np.minimum(te, 1.0), ineff  # far out the two tails cancel to six digits only


def _mills(d):
    """Normal density over distribution function, without the cancellation of their logarithms far out."""
    return _MILLS / erfcx(-d * _ROOT_HALF)


def orthonormal(matrix):
    """Q with orthonormal columns and the matrix that takes coefficients on Q back to the original columns."""
    if matrix.shape[1] == 0:
        return matrix, np.zeros((0, 0))
    q, r = np.linalg.qr(matrix)
    return q, np.linalg.inv(r)
