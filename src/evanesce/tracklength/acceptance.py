r"""The probability that an event passes the cut on missing energy: a step, or a step smeared by a detector.

A mediator takes E_A of a track's energy E and leaves D = E - E_A. The selection requires D < (1 - f) E with f
the missing fraction. A detector measures D (1 + σ_E(D) g₁) and E (1 + σ_p g₂) with two normal random numbers g, so
that the probability to pass is, exactly,

.. math:: A(E, a) = Φ\left(\frac{a - f}{\sqrt{(1-a)^2 σ_E^2((1-a) E) + (1-f)^2 σ_p^2}}\right), \quad a = E_A/E.

Use :class:`SharpAcceptance` for the printed limits of Eqs. (4.4) and (4.5) of arXiv:2212.04252 and
:class:`SmearedAcceptance` for a detector. The folds need the fractions between which A is smooth.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Protocol

import numpy as np

from evanesce.errors import InvalidValueError
from evanesce.numerics import panel_nodes
from evanesce.tracklength.resolution import Resolution
from evanesce.validation import FloatArray, fraction

__all__ = [
    "Acceptance",
    "EfficientAcceptance",
    "SharpAcceptance",
    "SmearedAcceptance",
    "as_acceptance",
    "common_transition",
    "least_fraction",
    "sharp_cuts",
]

_DEVIATIONS: Final[FloatArray] = np.array([-7.0, -3.5, 0.0, 3.5, 7.0])
"""Range in standard deviations in which A is integrated piece by piece; Φ(-7) is 1e-12."""
_ITERATIONS: Final[int] = 8
_HALVINGS: Final[int] = 40
_SHARPEST: Final[float] = 1e-12
"""Smallest standard deviation of a cut, relative to E: that of a known momentum and no deposit."""
_SMEAR_ORDER: Final[int] = 5
"""Number of sharp cuts per piece of a smeared one."""
_WIDEST_PIECE: Final[float] = 0.04
"""Largest distance in E_A/E of the pieces."""
_STEP: Final[float] = 1e-5
"""Step of the numerical derivative of the acceptance, relative to the width of its piece."""
_FLOOR: Final[float] = 0.01
"""Smallest fraction at which a smeared cut is evaluated."""
_NEGLIGIBLE: Final[float] = 1e-9
"""Largest probability allowed there."""


class Acceptance(Protocol):
    """Probability to pass the cut, and the range in which it changes."""

    @property
    def missing_fraction(self) -> float:
        """The fraction f of the energy that the cut requires."""
        ...

    def transition(self, energy: FloatArray) -> FloatArray:
        """Ascending fractions E_A/E, shape (k, *energy.shape): zero below the first, one above the last.

        ``energy`` is E in GeV. Between two of them the probability is a smooth function.
        """
        ...

    def probability(self, energy: FloatArray, taken: FloatArray) -> FloatArray:
        """A at E in GeV and ``taken`` = E_A/E (broadcast together), above the first fraction."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class SharpAcceptance:
    """A sharp cut: every event above it passes, none below."""

    missing_fraction: float

    def __post_init__(self) -> None:
        fraction("missing_fraction", self.missing_fraction, one_allowed=False)

    def transition(self, energy: FloatArray) -> FloatArray:
        """The missing fraction itself, for any energy."""
        return np.full((1, *np.shape(energy)), self.missing_fraction)

    def probability(self, energy: FloatArray, taken: FloatArray) -> FloatArray:  # noqa: ARG002
        """One, because the folds only use it above the cut."""
        return np.asarray(1.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class SmearedAcceptance:
    """The cut of a detector, on the measured energy and momentum.

    >>> from evanesce.tracklength import CalorimeterPoint
    >>> points = (CalorimeterPoint(energy=0.1, resolution=0.04), CalorimeterPoint(energy=8.0, resolution=0.016))
    >>> barrel = SmearedAcceptance(
    ...     missing_fraction=0.95, resolution=Resolution(momentum=0.004, calorimeter=points)
    ... )
    >>> barrel.probability(np.array(4.35), np.array([0.948, 0.95, 0.952])).round(3).tolist()
    [0.141, 0.5, 0.875]
    """

    missing_fraction: float
    resolution: Resolution

    def __post_init__(self) -> None:
        fraction("missing_fraction", self.missing_fraction, one_allowed=False)

    def transition(self, energy: FloatArray) -> FloatArray:
        """Fractions at which the argument of Φ is about -7 ... 7, for E in GeV."""
        energy = np.asarray(energy, dtype=np.float64)
        allowed = 1.0 - self.missing_fraction
        deviations = _DEVIATIONS.reshape(-1, *np.ones(energy.ndim, dtype=int))
        left = np.full((len(_DEVIATIONS), *energy.shape), allowed)
        for _ in range(_ITERATIONS):  # fixed-point iteration; boundaries of a quadrature need few digits
            left = np.clip(allowed - deviations * self._width(energy, left), 0.0, 1.0 - _FLOOR)
        settled = np.abs(allowed - deviations * self._width(energy, left) - left) < 1e-3 * allowed
        return 1.0 - np.where(settled, left, self._bisected(energy, deviations))

    def _bisected(self, energy: FloatArray, deviations: FloatArray) -> FloatArray:
        """The same by bisection, for resolutions with which the iteration does not settle."""
        allowed = 1.0 - self.missing_fraction
        low = np.zeros((len(_DEVIATIONS), *energy.shape))
        high = np.full_like(low, 1.0 - _FLOOR)
        for _ in range(_HALVINGS):
            middle = 0.5 * (low + high)
            beyond = middle + deviations * self._width(energy, middle) > allowed
            low, high = np.where(beyond, low, middle), np.where(beyond, middle, high)
        return 0.5 * (low + high)

    def probability(self, energy: FloatArray, taken: FloatArray) -> FloatArray:
        """A(E, a) from the formula of the module; no energy is deposited if the mediator takes more than E."""
        from scipy.special import ndtr  # imported here so that limits with a sharp cut do not load scipy

        left = np.maximum(1.0 - taken, 0.0)
        return np.asarray(ndtr((taken - self.missing_fraction) / self._width(energy, left)))

    def _width(self, energy: FloatArray, left: FloatArray) -> FloatArray:
        """Standard deviation of the measured deposit minus the allowed one, over E, at ``left`` = D/E."""
        from_track = (1.0 - self.missing_fraction) * self.resolution.momentum
        return np.asarray(np.hypot(left * self.resolution.energy(left * energy), max(from_track, _SHARPEST)))


@dataclass(frozen=True, slots=True, kw_only=True)
class EfficientAcceptance:
    """A cut times an efficiency that depends on the missing energy.

    >>> kept = EfficientAcceptance(
    ...     inner=SharpAcceptance(missing_fraction=0.5), fractions=(0.5, 0.7, 0.7), efficiencies=(0.2, 0.4, 1.0)
    ... )
    >>> kept.probability(np.array(100.0), np.array([0.5, 0.6, 0.9])).round(9).tolist()
    [0.2, 0.3, 1.0]
    """

    inner: Acceptance
    fractions: tuple[float, ...]
    """E_A/E, not decreasing; two equal ones make a step."""
    efficiencies: tuple[float, ...]
    """Efficiency there: linear in between, constant outside."""

    @property
    def missing_fraction(self) -> float:
        """The fraction f of the energy that the cut requires."""
        return self.inner.missing_fraction

    def transition(self, energy: FloatArray) -> FloatArray:
        """Fractions of the cut, and those of the efficiency above its first one."""
        cut = self.inner.transition(energy)
        places = np.unique(self.fractions).reshape(-1, *np.ones(cut.ndim - 1, dtype=int))
        return np.sort(np.concatenate([cut, np.maximum(places, cut[0])]), axis=0)

    def probability(self, energy: FloatArray, taken: FloatArray) -> FloatArray:
        """Probability to pass the cut and to be kept."""
        kept = np.interp(taken, self.fractions, self.efficiencies)
        return np.asarray(self.inner.probability(energy, taken) * kept)


def as_acceptance(acceptance: Acceptance | None, missing_fraction: float | None) -> Acceptance:
    """Return ``acceptance``, or the sharp one of ``missing_fraction``; exactly one of them must be given."""
    if acceptance is not None and missing_fraction is None:
        return acceptance
    if missing_fraction is not None and acceptance is None:
        return SharpAcceptance(missing_fraction=missing_fraction)
    raise InvalidValueError("selection: give either acceptance or missing_fraction")


def least_fraction(acceptance: Acceptance, energies: FloatArray, smallest: float) -> float:
    """Return the smallest E_A/E that passes at any of ``energies`` in GeV, at least ``smallest``.

    Raises
    ------
    InvalidValueError
        A cut at or below ``smallest``, the limit of the kernel, or a cut smeared so much that it extends below.

    """
    if acceptance.missing_fraction <= smallest:
        raise InvalidValueError(
            f"missing_fraction = {acceptance.missing_fraction:g}: must be greater than {smallest:.1g}"
        )
    least = float(acceptance.transition(energies)[0].min())
    passing = acceptance.probability(energies, np.full_like(energies, least))
    if least < max(smallest, 1.01 * _FLOOR) and passing.max() > _NEGLIGIBLE:
        raise InvalidValueError(
            f"missing_fraction = {acceptance.missing_fraction:g}: the resolution is too coarse for this cut, "
            "tracks that lose no energy would pass"
        )
    return least


def sharp_cuts(acceptance: Acceptance, energy: FloatArray) -> tuple[FloatArray, FloatArray]:
    """An acceptance as a mixture of sharp cuts, at E in GeV of shape (energies,).

    Fractions E_A/E and weights, each of shape (cuts, energies): A(E, a) is the sum of the weights of fractions below a.
    """
    bounds = acceptance.transition(energy)
    if len(bounds) == 1:
        return bounds, np.ones_like(bounds)
    pieces = int(np.ceil(np.diff(bounds, axis=0).max() / _WIDEST_PIECE))
    fine = np.linspace(bounds[:-1], bounds[1:], pieces, endpoint=False, axis=1).reshape(-1, len(energy))
    fine = np.concatenate([fine, bounds[-1:]])
    at, widths = energy[:, None, None], np.diff(fine.T, axis=1)[..., None]
    nodes, measure = panel_nodes(fine.T, _SMEAR_ORDER)
    step = _STEP * widths
    # an efficiency may begin with a step at the cut, and have further ones
    off = np.maximum(np.ptp(bounds, axis=0) * 1e-12, 1e-15)
    before = np.where(bounds > bounds[0], acceptance.probability(energy, bounds - off), 0.0)
    jumps = acceptance.probability(energy, bounds + off) - before
    # two equal bounds have one step
    jumps[1:] = np.where(bounds[1:] > bounds[:-1], jumps[1:], 0.0)
    rise = acceptance.probability(at, nodes + step) - acceptance.probability(at, nodes - step)
    slope = np.divide(rise, 2.0 * step, out=np.zeros_like(rise), where=step > 0)
    shape = (len(energy), -1)
    smooth = nodes.reshape(shape).T, (measure * slope).reshape(shape).T
    return np.concatenate([bounds, smooth[0]]), np.concatenate([jumps, smooth[1]])


def common_transition(acceptance: Acceptance, lower: float, upper: float) -> FloatArray:
    """Ascending fractions E_A/E valid for all E from ``lower`` to ``upper`` (GeV): the ends cover every E."""
    fractions = acceptance.transition(np.array([lower, np.sqrt(lower * upper), upper]))
    if len(fractions) == 1:
        return fractions[0, :1]
    return np.concatenate([[fractions[0].min()], fractions[1:-1, 1], [fractions[-1].max()]])
