r"""Integrals of a smooth function times a Breit-Wigner of any width.

We integrate ∫ f(s)/((s - m²)² + g²) ds over panels on which f is a polynomial to within rounding. If the
resonance is far from a panel, we use Gauss-Legendre. If it is near, the integral of each Legendre polynomial
is known exactly through the Legendre functions of the second kind,
∫ P_n(x)/(x - z) dx = -2 Q_n(z) over [-1, 1] (Abramowitz and Stegun 8.8.3),
so that a width of 1e-12 costs no more than a width of 1.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from evanesce.numerics.legendre import (
    Estimate,
    analysis_matrix,
    gauss_integral,
    gauss_legendre,
    legendre_values,
)

__all__ = ["integrate_breit_wigner", "pole_moments", "two_pole_panels"]

Array = npt.NDArray[np.float64]
Complex = npt.NDArray[np.complex128]


def far_from_pole(pole: Complex, order: int) -> npt.NDArray[np.bool_]:
    """Whether a Gauss rule on [-1, 1] integrates 1/(x - pole) to 1e-14: Bernstein ellipse test.

    A narrow Breit-Wigner off the interval is nearly a double pole, which costs about 2·order/√(pole² - 1) more.
    """
    pole, least = np.asarray(pole), 1e14 ** (0.5 / order)
    # poles beyond the larger half axis of the ellipse, which are most of them, need no further test
    far = np.asarray(pole.real**2 + pole.imag**2 > 1.01 * (0.5 * (least + 1.0 / least)) ** 2)
    near = pole[~far]
    root = np.sqrt(near - 1.0) * np.sqrt(near + 1.0)
    far[~far] = np.maximum(np.abs(near + root), np.abs(near - root)) > least
    return far


def pole_moments(from_left: Complex, from_right: Complex, order: int) -> Complex:
    """∫ P_n(x)/(x - z) dx over [-1, 1] for n < order and z off the interval: shape (order, *z.shape).

    The pole is given by its distances from both ends, z + 1 and z - 1, so that neighbouring panels agree
    on which side of their common edge it lies. Real and imaginary part of Q_0 are computed separately, so that
    a tiny distance from the real axis keeps its full relative precision, as in a complex-step derivative.
    """
    z = 0.5 * (from_left + from_right)
    moments = np.empty((order, *z.shape), dtype=np.complex128)
    far = far_from_pole(z, order)
    # the forward recurrence is unstable far from the interval, but there a Gauss rule of twice the order is exact
    nodes, weights = gauss_legendre(2 * order)
    # each pole separately: the rounding of a matrix product would depend on their number
    inverse, rule = 1.0 / (nodes - z[far][:, None]), (legendre_values(order, nodes) * weights)[:, None, :]
    moments.real[:, far] = np.vecdot(np.ascontiguousarray(inverse.real), rule)
    moments.imag[:, far] = np.vecdot(np.ascontiguousarray(inverse.imag), rule)
    z, left, right = z[~far], from_left[~far], from_right[~far]
    height = left.imag
    real = 0.25 * np.log((left.real**2 + height**2) / (right.real**2 + height**2))
    imaginary = -0.5 * np.arctan2(2.0 * height, left.real * right.real + height**2)
    q: list[Complex] = [real + 1j * imaginary]
    q.append(z * q[0] - 1.0)
    for n in range(1, order - 1):
        q.append(((2 * n + 1) * z * q[n] - n * q[n - 1]) / (n + 1))
    moments[:, ~far] = -2.0 * np.stack(q[:order])
    return moments


def breit_wigner_panels(values: Array, left: Array, right: Array, pole: Array, width: Array) -> Estimate:
    """Integral over each panel of f(s)/((s - pole)² + width²) by exact moments, for panels near the pole.

    Parameters
    ----------
    values
        f at the Gauss nodes of each panel, shape (panels, order).
    left, right
        Ends of each panel, shape (panels,).
    pole, width
        Position m² and half width g > 0 of the resonance, shape (panels,).

    """
    order = values.shape[-1]
    half = 0.5 * (right - left)
    height = 1j * width / half
    # 1/((s - p)² + g²) = Im[1/(s - p - ig)]/g
    moments = pole_moments((pole - left) / half + height, (pole - right) / half + height, order).imag / width
    return project(values, moments)


def two_pole_panels(values: Array, left: Array, right: Array, pole: Complex) -> Estimate:
    """Integral over each panel of f(u)/|u² - pole²|², with shapes as in :func:`breit_wigner_panels`.

    The Breit-Wigner of s = u² + const, with pole² = m² - const + ig; Im pole > 0.
    """
    order = values.shape[-1]
    half = 0.5 * (right - left)
    upper = pole_moments((pole - left) / half, (pole - right) / half, order)
    lower = pole_moments((-pole - left) / half, (-pole - right) / half, order)
    moments = ((upper - lower) / (2.0 * pole)).imag / (pole**2).imag
    return project(values, moments)


def project(values: Array, moments: Array) -> Estimate:
    """Sum of Legendre coefficients times moments; the last four terms are the error estimate.

    Every row is summed separately, as in :func:`gauss_integral`.
    """
    coefficients = np.vecdot(np.ascontiguousarray(values)[:, None, :], analysis_matrix(values.shape[-1]))
    terms = coefficients * np.ascontiguousarray(moments.T)
    return Estimate(terms.sum(axis=1), np.abs(terms[:, -4:]).sum(axis=1))


def integrate_breit_wigner(values: Array, edges: Array, pole: Array, width: Array) -> Estimate:
    """Integral of f(s)/((s - pole)² + width²) over every panel, with the appropriate rule.

    Parameters
    ----------
    values
        f at the Gauss nodes, shape (resonances, panels, order).
    edges
        Panel boundaries in s, shape (panels + 1,).
    pole, width
        m² and g of each resonance, shape (resonances,).

    Returns
    -------
    Estimate
        Value and error estimate per resonance and panel, each of shape (resonances, panels).

    """
    order = values.shape[-1]
    nodes, _ = gauss_legendre(order)
    half = 0.5 * np.diff(edges)
    middle = 0.5 * (edges[1:] + edges[:-1])
    s = middle[:, None] + half[:, None] * nodes
    f = s - pole[:, None, None]
    f *= f
    f += width[:, None, None] ** 2
    integral, error = gauss_integral(np.divide(values, f, out=f))
    integral *= half
    error *= half
    local = np.empty((len(pole), len(half)), dtype=np.complex128)
    local.real = (pole[:, None] - middle) / half
    local.imag = width[:, None] / half
    row, panel = np.nonzero(~far_from_pole(local, order))
    if row.size:
        exact = breit_wigner_panels(values[row, panel], edges[panel], edges[panel + 1], pole[row], width[row])
        integral[row, panel] = exact.value
        error[row, panel] = exact.error
    return Estimate(integral, error)
