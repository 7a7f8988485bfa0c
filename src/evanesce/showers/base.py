"""What a shower model has to offer: the track length of positrons, as a kernel in the endpoint variable."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Protocol

import numpy as np
import numpy.typing as npt

from evanesce.errors import InvalidValueError
from evanesce.materials import Material
from evanesce.numerics import PiecewiseLegendre, endpoint_to_log, log_to_endpoint, panel_nodes
from evanesce.particles import Particle, check_particle
from evanesce.physics import PhysicsOptions
from evanesce.registry import Registry
from evanesce.validation import FloatArray, fraction

__all__ = ["SHOWERS", "Kernel", "Shower", "ShowerSetup", "TrackLength", "bin_averages"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ShowerSetup:
    """What enters which slab: the arguments of a shower."""

    incident: Particle
    """Charge of the particle that enters."""
    material: Material
    """Material of the slab."""
    start: float
    """Depth in X0 from which track length counts: the material upstream."""
    stop: float
    """Depth in X0 up to which it counts."""
    energy_min: float
    """Smallest energy in GeV that enters."""
    energy_max: float
    """Largest energy in GeV that enters."""

    def __post_init__(self) -> None:
        check_particle("incident", self.incident)
        if not 0 <= self.start < self.stop < np.inf:
            raise InvalidValueError(
                f"depth from {self.start} to {self.stop} X0: must be finite, not negative and increase"
            )
        if not 0 < self.energy_min <= self.energy_max < np.inf:
            raise InvalidValueError(
                f"energies from {self.energy_min} to {self.energy_max} GeV: must be finite and positive"
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class Kernel:
    """Positron track length in the endpoint variable y of :mod:`evanesce.numerics.endpoint`.

    With F(v) = E·T_e/X0, the track length in X0 per unit v of one incident particle, and l = ln(1/v):
    F dl = g(y)(1 + l) dy. A shower that is not scale-free evaluates g at the incident energy it is given.
    """

    series: PiecewiseLegendre
    """g(y), smooth on each panel, from y = 0, which is v = 1."""
    error: float
    """Estimate of the relative error of g."""

    @property
    def edges(self) -> FloatArray:
        """Panel boundaries in y, ascending from 0."""
        return self.series.edges

    def on_panel(self, panel: npt.NDArray[np.intp], y: FloatArray, energy: FloatArray) -> FloatArray:
        """g on a known panel at y, for an incident energy in GeV (shapes broadcast)."""
        del energy  # scale-free
        return self.series.on_panel(panel, y)

    def __add__(self, other: Kernel) -> Kernel:
        """Sum of two kernels on the same panels."""
        series = PiecewiseLegendre(self.edges, self.series.coefficients + other.series.coefficients)
        return Kernel(series=series, error=max(self.error, other.error))

    def __mul__(self, factor: float) -> Kernel:
        """A number of times the kernel."""
        series = PiecewiseLegendre(self.edges, factor * self.series.coefficients)
        return Kernel(series=series, error=self.error)

    def density(self, v: FloatArray) -> FloatArray:
        """F(v) for 0 < v < 1, track length in X0 per unit v."""
        return self.at_log_fraction(-np.log(v))

    def at_log_fraction(self, length: FloatArray) -> FloatArray:
        """F at l = ln(1/v) > 0, exact next to the endpoint."""
        y = log_to_endpoint(length)
        result: FloatArray = self.series(y) * y**2 / length
        return result


@dataclass(frozen=True, slots=True, kw_only=True)
class TrackLength:
    """What a slab offers one incident particle."""

    primary: Kernel
    """The beam particle itself, if it is a positron."""
    secondary: Kernel
    """Every other positron."""
    radiating: Kernel
    """Tracks that count for bremsstrahlung, the beam particle among them."""

    @property
    def positrons(self) -> Kernel:
        """All positrons, which annihilate."""
        return self.primary + self.secondary


class Shower(Protocol):
    """A model of the electromagnetic cascade."""

    @classmethod
    def from_options(cls, options: PhysicsOptions) -> Shower:
        """Build the model as the physics options say."""
        ...

    def track_length(self, setup: ShowerSetup) -> TrackLength:
        """Track length of positrons between two depths."""
        ...


SHOWERS: Final[Registry[Shower]] = Registry("shower", "evanesce.showers")


def bin_averages(kernel: Kernel, edges: FloatArray, *, v_max: float = 1.0, order: int = 16) -> FloatArray:
    """Average of F(v) over the bins between ``edges`` in v, in X0 per unit v, shape (bins,).

    The endpoint v = 1 is integrated exactly; above ``v_max`` the density is cut.
    """
    edges = np.asarray(edges, dtype=np.float64)
    if edges.ndim != 1 or len(edges) < 2:
        raise InvalidValueError(f"bin edges: {edges.size} given, give at least 2")
    for edge in edges:
        fraction("bin edge", float(edge))
    if not (np.diff(edges) > 0).all():
        raise InvalidValueError("bin edges: must increase strictly")
    smallest = float(np.exp(-endpoint_to_log(kernel.edges[-1])))
    if edges[0] < smallest:
        raise InvalidValueError(f"bin edge = {edges[0]:g}: must be at least {smallest:.2g}")
    below_cut = np.minimum(edges, v_max)
    upper, lower = log_to_endpoint(-np.log(below_cut[:-1])), log_to_endpoint(-np.log(below_cut[1:]))
    panels = np.clip(kernel.edges, lower[:, None], upper[:, None])
    y, weights = panel_nodes(panels, order)
    index = np.arange(len(kernel.edges) - 1)[:, None]
    length = endpoint_to_log(y)
    g = kernel.on_panel(np.broadcast_to(index, y.shape), y, np.asarray(1.0))
    integral = np.sum(weights * g * (1.0 + length) * np.exp(-length), axis=(1, 2))
    averages: FloatArray = integral / np.diff(edges)
    return averages
