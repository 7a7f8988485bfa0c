"""Track length as a kernel in the endpoint variable, for the calculation of yields."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import zip_longest
from typing import Final

import numpy as np
import numpy.typing as npt

from evanesce.errors import InvalidValueError
from evanesce.numerics import PiecewiseLegendre, legendre_values, log_to_endpoint
from evanesce.showers.setup import ShowerSetup
from evanesce.validation import FloatArray

__all__ = ["Kernel", "TrackLength", "from_terms", "together"]

_BLOCK: Final[int] = 2048
"""Pieces of an integral that are evaluated at once."""
_OUTSIDE: Final[float] = 1e-9
"""Relative tolerance for rounding of an incident energy at its limits."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kernel:
    """Positron track length in the endpoint variable y of :mod:`evanesce.numerics.endpoint`.

    With F(v) = E·T_e/X0, the track length in X0 per unit v of one incident particle, and l = ln(1/v):
    F dl = g(y)(1 + l) dy. A shower that is not scale-free adds Legendre terms in ln E:
    g = series + Σ_(k>0) P_k(τ) variation_(k-1), where τ goes from -1 to 1 over ln E between its two limits.
    """

    series: PiecewiseLegendre
    """g(y), smooth on each panel, from y = 0 (v = 1) on; with ``variation``, the mean over ln E."""
    error: float
    """Estimate of the relative error of g."""
    variation: tuple[PiecewiseLegendre, ...] = ()
    """Terms P₁, P₂, ... in ln E, on the panels of ``series``; empty if g does not depend on the energy."""
    energy_min: float = 0.0
    """Smallest incident energy in GeV; only used with ``variation``."""
    energy_max: float = np.inf
    """Largest incident energy in GeV."""
    change: PiecewiseLegendre | None = None
    """Change of g with a coarser calculation, if known; it locates the error in y."""

    @property
    def edges(self) -> FloatArray:
        """Panel boundaries in y, ascending from 0."""
        return self.series.edges

    def on_panel(self, panel: npt.NDArray[np.intp], y: FloatArray, energy: FloatArray) -> FloatArray:
        """g on a known panel at y, for an incident energy in GeV (shapes broadcast)."""
        value = self.series.on_panel(panel, y)
        if self.variation:
            for term, power in zip(self.variation, self.powers(energy)[1:], strict=True):
                value = value + power * term.on_panel(panel, y)
        return value

    def terms(self, panel: npt.NDArray[np.intp], y: FloatArray) -> FloatArray:
        """``series`` and each of ``variation`` on a known panel at y, shape (terms, *y); see :meth:`powers`."""
        return np.stack([term.on_panel(panel, y) for term in (self.series, *self.variation)])

    def powers(self, energy: FloatArray) -> FloatArray:
        """P_k(τ) of an incident energy in GeV between the limits, shape (terms, *energy): factors of :meth:`terms`."""
        if not self.variation:
            return np.ones((1, *np.shape(energy)))
        within = (energy >= self.energy_min * (1.0 - _OUTSIDE)) & (energy <= self.energy_max * (1.0 + _OUTSIDE))
        if not np.all(within):
            raise InvalidValueError(
                f"energy from {np.min(energy):g} to {np.max(energy):g} GeV: "
                f"must lie between {self.energy_min:g} and {self.energy_max:g} GeV"
            )
        low, high = np.log(self.energy_min), np.log(self.energy_max)
        local: FloatArray = np.clip((2.0 * np.log(energy) - low - high) / (high - low), -1.0, 1.0)
        return legendre_values(len(self.variation) + 1, local)

    def along(self, energy: FloatArray) -> FloatArray:
        """Coefficients of g in y for incident energies in GeV, shape (energies, panels, order)."""
        powers = self.powers(energy)
        # a sum, not a matrix product: one with so few terms takes ten times as long in threads
        coefficients: FloatArray = powers[0][..., None, None] * self.series.coefficients
        for power, term in zip(powers[1:], self.variation, strict=True):
            coefficients += power[..., None, None] * term.coefficients
        return coefficients

    def at(self, energy: float) -> Kernel:
        """The kernel of one incident energy in GeV, as one that does not depend on it."""
        if not self.variation:
            return self
        series = PiecewiseLegendre(self.edges, self.along(np.array([energy]))[0])
        return replace(self, series=series, variation=())

    def __add__(self, other: Kernel) -> Kernel:
        """Sum of two kernels on the same panels, for the same energies."""
        pairs = zip_longest(self.variation, other.variation)
        variation = tuple(_sum(a, b) if a and b else (a or b) for a, b in pairs)
        wide = self if self.variation else other
        change = _sum(self.change, other.change) if self.change and other.change else self.change or other.change
        return Kernel(
            series=_sum(self.series, other.series),
            error=max(self.error, other.error),
            variation=variation,
            energy_min=wide.energy_min,
            energy_max=wide.energy_max,
            change=change,
        )

    def __mul__(self, factor: float) -> Kernel:
        """The kernel times a number."""
        return replace(
            self,
            series=_scaled(self.series, factor),
            variation=tuple(_scaled(term, factor) for term in self.variation),
            change=_scaled(self.change, factor) if self.change else None,
        )

    def density(self, v: FloatArray, energy: FloatArray | float | None = None) -> FloatArray:
        """F(v) for 0 < v < 1, track length in X0 per unit v; ``energy`` is the incident one in GeV, if needed."""
        return self.at_lethargy(-np.log(v), energy)

    def at_lethargy(self, lethargy: FloatArray, energy: FloatArray | float | None = None) -> FloatArray:
        """F at l = ln(1/v) > 0, accurate close to the endpoint."""
        y = log_to_endpoint(lethargy)
        panel = np.clip(np.searchsorted(self.edges, y, side="right") - 1, 0, len(self.edges) - 2)
        result: FloatArray = self.on_panel(panel, y, self.incident(energy)) * y**2 / lethargy
        return result

    def incident(self, energy: FloatArray | float | None) -> FloatArray:
        """The incident energy for :meth:`on_panel`; may be None if the kernel does not depend on it."""
        if energy is None and self.variation:
            raise InvalidValueError(
                f"energy: must be given; this kernel depends on it ({self.energy_min:g}-{self.energy_max:g} GeV)"
            )
        return np.asarray(1.0 if energy is None else energy, dtype=np.float64)


def together(
    kernels: Sequence[Kernel], panel: npt.NDArray[np.intp], y: FloatArray, energy: FloatArray
) -> list[FloatArray]:
    """:meth:`Kernel.on_panel` of kernels with the same panels and energies, at y of shape (pieces, order).

    ``panel`` has one panel for each piece.
    """
    first = kernels[0]
    if not all(kernel.variation for kernel in kernels):
        return [kernel.on_panel(panel[:, None], y, energy) for kernel in kernels]
    terms = np.stack([[term.coefficients for term in (kernel.series, *kernel.variation)] for kernel in kernels])
    shape = (len(kernels), terms.shape[1], *y.shape)
    coefficients = terms.reshape(-1, *terms.shape[2:]).transpose(1, 0, 2)
    found = np.empty((len(kernels), *y.shape))
    for start in range(0, len(y), _BLOCK):
        part = slice(start, start + _BLOCK)
        place = first.series.local(panel[part, None], y[part])
        values = legendre_values(terms.shape[-1], place).transpose(1, 0, 2)
        by_term = (coefficients[panel[part]] @ values).reshape(len(place), *shape[:2], -1)
        found[:, part] = np.einsum("pjki,kpi->jpi", by_term, first.powers(np.broadcast_to(energy, y.shape)[part]))
    return list(found)


def _sum(one: PiecewiseLegendre, other: PiecewiseLegendre) -> PiecewiseLegendre:
    return PiecewiseLegendre(one.edges, one.coefficients + other.coefficients)


def _scaled(series: PiecewiseLegendre, factor: float) -> PiecewiseLegendre:
    return PiecewiseLegendre(series.edges, factor * series.coefficients)


@dataclass(frozen=True, slots=True, kw_only=True)
class TrackLength:
    """Track length in a slab per incident particle."""

    primary: Kernel
    """The beam particle itself, if it is a positron."""
    secondary: Kernel
    """Every other positron."""
    radiating: Kernel
    """Tracks that radiate the mediator, including the beam particle."""
    photons: Kernel | None = None
    """Photons, without an incident one; None if the model does not follow them."""

    @property
    def positrons(self) -> Kernel:
        """All positrons, which annihilate."""
        return self.primary + self.secondary

    def of_photons(self) -> Kernel:
        """The kernel of photons.

        Raises
        ------
        InvalidValueError
            The shower has none.

        """
        if self.photons is None:
            raise InvalidValueError("photons: this shower has no track length of photons; use track_length=cascade")
        return self.photons


def from_terms(
    setup: ShowerSetup, edges: FloatArray, terms: FloatArray, errors: FloatArray, changes: FloatArray | None = None
) -> TrackLength:
    """Kernels of the incident particle, other positrons, every electron and positron, and photons, from arrays.

    ``edges`` of the panels in y, ``terms`` of shape (4, energies, panels, order), the Legendre coefficients in ln E
    and in y, relative ``errors`` (4,), and the known ``change`` with a coarser calculation, (4, panels, order).
    """
    incident, positrons, every, photons = (
        Kernel(
            series=PiecewiseLegendre(edges, terms[kind, 0]),
            error=float(errors[kind]),
            variation=tuple(PiecewiseLegendre(edges, term) for term in terms[kind, 1:]),
            energy_min=setup.energy_min,
            energy_max=setup.energy_max,
            change=None if changes is None else PiecewiseLegendre(edges, changes[kind]),
        )
        for kind in range(4)
    )
    beam = incident * float(setup.incident == "e+")
    return TrackLength(primary=beam, secondary=positrons, radiating=every, photons=photons)
