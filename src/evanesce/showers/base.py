"""What a shower model has to offer: the track length of positrons, as a kernel in the endpoint variable."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from itertools import zip_longest
from typing import Any, Final, Protocol, runtime_checkable

import numpy as np
import numpy.typing as npt
from numpy.lib.stride_tricks import sliding_window_view

from evanesce.errors import InvalidValueError
from evanesce.materials import Material
from evanesce.numerics import PiecewiseLegendre, endpoint_to_log, legendre_values, log_to_endpoint, panel_nodes
from evanesce.particles import Incident, check_incident
from evanesce.physics import PhysicsOptions
from evanesce.registry import Registry
from evanesce.validation import FloatArray, fraction

__all__ = [
    "SHOWERS",
    "BinnedShower",
    "BinnedTrackLength",
    "Kernel",
    "Shower",
    "ShowerSetup",
    "TrackLength",
    "bin_averages",
    "bin_kernels",
    "check_bins",
    "from_terms",
    "kernel_shower",
]

_OUTSIDE: Final[float] = 1e-9
"""Rounding by which τ may leave [-1, 1]."""
_COARSE_ORDER: Final[int] = 11
"""Nodes of the quadrature that gauges the error of bin averages."""
_CHANCE: Final[float] = 0.5
"""Share of changes that counts as error: of the largest nearby, over one panel, at either edge of a bin, and inside."""
_NEARBY: Final[int] = 2
"""Panels on either side that are nearby."""
_FLOOR: Final[float] = 2e-6
"""Share of the track length nearby that counts as error whatever two calculations say."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ShowerSetup:
    """What enters which slab: the arguments of a shower."""

    incident: Incident
    """What enters: a positron, an electron or a photon."""
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
        check_incident("incident", self.incident)
        if not (0 <= self.start < self.stop < np.inf and self.stop - self.start >= 1e-9):
            raise InvalidValueError(
                f"depth from {self.start} to {self.stop} X0: must be finite, not negative and increase by 1e-9 or more"
            )
        if not 0 < self.energy_min <= self.energy_max < np.inf:
            raise InvalidValueError(
                f"energies from {self.energy_min} to {self.energy_max} GeV: must be finite and positive"
            )

    @property
    def key(self) -> tuple[object, ...]:
        """Everything about it that matters to a result, and not the names of things: part of a cache key."""
        atoms = tuple((nucleus.Z, nucleus.number_density) for nucleus in self.material.nuclei)
        slab = (self.incident, self.start, self.stop, self.energy_min, self.energy_max)
        return (atoms, self.material.radiation_length, slab)


@dataclass(frozen=True, slots=True, kw_only=True)
class Kernel:
    """Positron track length in the endpoint variable y of :mod:`evanesce.numerics.endpoint`.

    With F(v) = E·T_e/X0, the track length in X0 per unit v of one incident particle, and l = ln(1/v):
    F dl = g(y)(1 + l) dy. A shower that is not scale-free adds Legendre terms in ln E:
    g = series + Σ_(k>0) P_k(τ) variation_(k-1), where τ goes from -1 to 1 over ln E between its two limits.
    """

    series: PiecewiseLegendre
    """g(y), smooth on each panel, from y = 0, which is v = 1; with ``variation`` its mean over ln E."""
    error: float
    """Estimate of the relative error of g."""
    variation: tuple[PiecewiseLegendre, ...] = ()
    """Terms P₁, P₂, ... in ln E, on the panels of ``series``; none if g is the same for every energy."""
    energy_min: float = 0.0
    """Smallest incident energy in GeV; matters only with ``variation``."""
    energy_max: float = np.inf
    """Largest incident energy in GeV."""
    change: PiecewiseLegendre | None = None
    """What a coarser calculation changes in g, if known: it says where in y the error is."""

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
        """``series`` and each of ``variation`` on a known panel at y, shape (terms, *y): what :meth:`powers` weighs."""
        return np.stack([term.on_panel(panel, y) for term in (self.series, *self.variation)])

    def powers(self, energy: FloatArray) -> FloatArray:
        """P_k(τ) of an incident energy in GeV, which must lie between the limits, shape (terms, *energy)."""
        if not self.variation:
            return np.ones((1, *np.shape(energy)))
        low, high = np.log(self.energy_min), np.log(self.energy_max)
        local: FloatArray = (2.0 * np.log(energy) - low - high) / (high - low)
        if not (np.abs(local) <= 1.0 + _OUTSIDE).all():
            raise InvalidValueError(
                f"energy from {np.min(energy):g} to {np.max(energy):g} GeV: "
                f"must lie between {self.energy_min:g} and {self.energy_max:g} GeV"
            )
        return legendre_values(len(self.variation) + 1, local)

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
        """A number of times the kernel."""
        return replace(
            self,
            series=_scaled(self.series, factor),
            variation=tuple(_scaled(term, factor) for term in self.variation),
            change=_scaled(self.change, factor) if self.change else None,
        )

    def density(self, v: FloatArray, energy: FloatArray | float | None = None) -> FloatArray:
        """F(v) for 0 < v < 1, track length in X0 per unit v, of an incident energy in GeV if it matters."""
        return self.at_lethargy(-np.log(v), energy)

    def at_lethargy(self, lethargy: FloatArray, energy: FloatArray | float | None = None) -> FloatArray:
        """F at l = ln(1/v) > 0, exact next to the endpoint."""
        y = log_to_endpoint(lethargy)
        panel = np.clip(np.searchsorted(self.edges, y, side="right") - 1, 0, len(self.edges) - 2)
        result: FloatArray = self.on_panel(panel, y, self.incident(energy)) * y**2 / lethargy
        return result

    def incident(self, energy: FloatArray | float | None) -> FloatArray:
        """The incident energy for :meth:`on_panel`: it may be left out where it does not matter."""
        if energy is None and self.variation:
            raise InvalidValueError(
                f"energy: must be given, this kernel depends on it ({self.energy_min:g}-{self.energy_max:g} GeV)"
            )
        return np.asarray(1.0 if energy is None else energy, dtype=np.float64)


def _sum(one: PiecewiseLegendre, other: PiecewiseLegendre) -> PiecewiseLegendre:
    return PiecewiseLegendre(one.edges, one.coefficients + other.coefficients)


def _scaled(series: PiecewiseLegendre, factor: float) -> PiecewiseLegendre:
    return PiecewiseLegendre(series.edges, factor * series.coefficients)


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


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class BinnedTrackLength:
    """Averages of F(v) over bins, in X0 per unit v, with absolute errors; every array has shape (bins,).

    Errors of a deterministic shower are estimates of its numerics, those of a simulation one standard deviation.
    """

    edges: FloatArray
    """Bin edges in v, shape (bins + 1,)."""
    primary: FloatArray
    """The beam particle, if it is a positron."""
    secondary: FloatArray
    """Every other positron."""
    primary_error: FloatArray
    secondary_error: FloatArray
    provenance: dict[str, Any] = field(default_factory=dict)
    """What a simulation was made with, for instance histories, seed and data."""


def from_terms(
    setup: ShowerSetup, edges: FloatArray, terms: FloatArray, errors: FloatArray, changes: FloatArray | None = None
) -> TrackLength:
    """Kernels of the incident particle, of other positrons, and of every electron and positron, from arrays.

    ``edges`` of the panels in y, ``terms`` of shape (3, energies, panels, order), the Legendre coefficients in ln E
    and in y, relative ``errors`` (3,) and what is known to change with the calculation, (3, panels, order).
    """
    incident, positrons, every = (
        Kernel(
            series=PiecewiseLegendre(edges, terms[kind, 0]),
            error=float(errors[kind]),
            variation=tuple(PiecewiseLegendre(edges, term) for term in terms[kind, 1:]),
            energy_min=setup.energy_min,
            energy_max=setup.energy_max,
            change=None if changes is None else PiecewiseLegendre(edges, changes[kind]),
        )
        for kind in range(3)
    )
    return TrackLength(primary=incident * float(setup.incident == "e+"), secondary=positrons, radiating=every)


class BinnedShower(Protocol):
    """A model of the electromagnetic cascade, at least in bins."""

    @classmethod
    def from_options(cls, options: PhysicsOptions) -> BinnedShower:
        """Build the model as the physics options say."""
        ...

    def binned(self, setup: ShowerSetup, edges: FloatArray, *, v_max: float = 1.0) -> BinnedTrackLength:
        """Average the track length over bins in v, for a setup with one energy; cut above ``v_max``."""
        ...


@runtime_checkable
class Shower(BinnedShower, Protocol):
    """A model with kernels, from which yields follow."""

    def track_length(self, setup: ShowerSetup) -> TrackLength:
        """Track length of positrons between two depths."""
        ...


SHOWERS: Final[Registry[BinnedShower]] = Registry("shower", "evanesce.showers")


def kernel_shower(name: str, options: PhysicsOptions) -> Shower:
    """The model ``name`` where kernels are needed.

    Raises
    ------
    InvalidValueError
        It gives bin averages only.

    """
    model = SHOWERS.get(name).from_options(options)
    if not isinstance(model, Shower):
        raise InvalidValueError(
            f"shower '{name}': gives binned results only, as 'evanesce tracklength'; for a limit use cascade"
        )
    return model


def bin_averages(
    kernel: Kernel, edges: FloatArray, *, v_max: float = 1.0, order: int = 16, energy: float | None = None
) -> FloatArray:
    """Average of F(v) over the bins between ``edges`` in v, in X0 per unit v, shape (bins,).

    The endpoint v = 1 is integrated exactly; above ``v_max`` the density is cut. ``energy`` is the incident one
    in GeV, for a kernel that depends on it.
    """
    edges = check_bins(edges)
    smallest = float(np.exp(-endpoint_to_log(kernel.edges[-1])))
    if edges[0] < smallest:
        raise InvalidValueError(f"bin edge = {edges[0]:g}: must be at least {smallest:.2g}")
    below_cut = np.minimum(edges, v_max)
    upper, lower = log_to_endpoint(-np.log(below_cut[:-1])), log_to_endpoint(-np.log(below_cut[1:]))
    panels = np.clip(kernel.edges, lower[:, None], upper[:, None])
    y, weights = panel_nodes(panels, order)
    index = np.arange(len(kernel.edges) - 1)[:, None]
    lethargy = endpoint_to_log(y)
    g = kernel.on_panel(np.broadcast_to(index, y.shape), y, kernel.incident(energy))
    integral = np.sum(weights * g * (1.0 + lethargy) * np.exp(-lethargy), axis=(1, 2))
    averages: FloatArray = integral / np.diff(edges)
    return averages


def bin_kernels(
    track_length: TrackLength, edges: FloatArray, *, energy: float, v_max: float = 1.0
) -> BinnedTrackLength:
    """Bin averages from kernels, with the errors of the kernels and of the quadrature."""
    edges = check_bins(edges)

    def averages(kernel: Kernel) -> tuple[FloatArray, FloatArray]:
        values = bin_averages(kernel, edges, v_max=v_max, energy=energy)
        coarse = bin_averages(kernel, edges, v_max=v_max, energy=energy, order=_COARSE_ORDER)
        return values, np.abs(values - coarse) + _bin_errors(kernel, edges, v_max, values, energy)

    primary, primary_error = averages(track_length.primary)
    secondary, secondary_error = averages(track_length.secondary)
    return BinnedTrackLength(
        edges=edges,
        primary=primary,
        secondary=secondary,
        primary_error=primary_error,
        secondary_error=secondary_error,
    )


def _bin_errors(kernel: Kernel, edges: FloatArray, v_max: float, values: FloatArray, energy: float) -> FloatArray:
    """Absolute errors of the averages: the change of each where it is known, else the kernel's relative error.

    A change may vanish by chance, as it would not with other edges: a share of the changes around each edge counts
    with it, but at the endpoint, one of the changes inside as if they were independent, and one of the track length.
    """
    if kernel.change is None:
        return kernel.error * np.abs(values)
    change = replace(kernel, series=kernel.change, variation=())
    panels = np.exp(-endpoint_to_log(kernel.edges))[::-1]
    inside, around = (np.abs(bin_averages(k, panels, order=_COARSE_ORDER, energy=energy)) for k in (change, kernel))
    changes, lengths = _largest_nearby(inside), _largest_nearby(around)
    ends, width = np.minimum(edges, v_max), np.diff(edges)
    covered = np.diff(np.clip(panels, ends[:-1, None], ends[1:, None]), axis=1)
    errors: FloatArray = np.abs(bin_averages(change, edges, v_max=v_max, order=_COARSE_ORDER))
    errors += (_FLOOR * covered @ lengths + _CHANCE * np.sqrt(covered**2 @ inside**2)) / width
    panel = np.searchsorted(panels[1:-1], ends, side="right")
    for side in (slice(None, -1), slice(1, None)):
        moved = np.minimum(np.diff(panels)[panel[side]], np.diff(ends))
        errors += _CHANCE * np.where(ends[side] < 1.0, changes[panel[side]] * moved, 0.0) / width
    # no track has a negative length
    return np.maximum(errors, -values)


def _largest_nearby(values: FloatArray) -> FloatArray:
    """The largest of each panel and its neighbours."""
    windows = sliding_window_view(np.pad(values, _NEARBY, mode="edge"), 2 * _NEARBY + 1)
    largest: FloatArray = windows.max(axis=1)
    return largest


def check_bins(edges: FloatArray) -> FloatArray:
    """Bin edges as an array: two or more, in (0, 1], increasing."""
    edges = np.asarray(edges, dtype=np.float64)
    if edges.ndim != 1 or len(edges) < 2:
        raise InvalidValueError(f"bin edges: {edges.size} given, give at least 2")
    for edge in edges:
        fraction("bin edge", float(edge))
    if not (np.diff(edges) > 0).all():
        raise InvalidValueError("bin edges: must increase strictly")
    return edges
