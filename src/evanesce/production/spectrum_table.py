r"""An exact spectrum at one mass, interpolated over E' and E_k, with an error estimate.

ln[dσ/dE_k /(k p_Δ)], with k the mediator's and p_Δ approximately the final electron's momentum, is smooth up to
both kinematic ends. It is a Legendre series in ln E' and, panel by panel, in the rapidity of the final
electron, from zero (the largest E_k) to its value at E_k = x_min E'.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from evanesce.cache import Layout, cached, digest
from evanesce.constants import ALPHA, ELECTRON_MASS
from evanesce.mediators import Vertex
from evanesce.memo import Memo
from evanesce.numerics import Estimate, analysis_matrix, clenshaw, gauss_legendre, legendre_values, panel_nodes
from evanesce.production.exact import emission_spectrum
from evanesce.production.kinematics import energy_range, threshold_energy
from evanesce.production.mass_grid import MASS_ORDER, MassPanel
from evanesce.production.scatterers import Scatterer
from evanesce.validation import FloatArray

__all__ = ["SpectrumTable", "Window", "forget", "mass_table", "panel_tables", "spectrum_table", "window_of"]

_VERSION: Final[int] = 4
"""Version in every cache key, to be increased with any change of the spectrum or its table that alters a result."""
_SMALLEST_X: Final[tuple[float, ...]] = (0.9, 0.75, 0.5, 0.25, 0.1, 0.05, 0.02, 0.01, 1e-3, 1e-4, 1e-5, 1e-6)
"""Values of ``x_min`` of the tables; one table is used for all cuts in between."""
_PER_OCTAVE: Final[int] = 4
"""Number of possible first and last energies of tables per factor of two."""

_ORDER: Final[int] = 7
_ORDERS: Final[tuple[int, int]] = (8, 8)
"""Nodes per panel in the angle and in ln t, while t reaches below ``_SOFT``: accurate to 3e-5 of a spectrum, and the
interpolation to 1e-4."""
_HARD_ORDERS: Final[tuple[int, int]] = (8, 10)
"""The same accuracy if form factors fall from the smallest t on."""
_MINOR_ORDERS: Final[tuple[int, int]] = (6, 6)
"""Those of a minor target: accurate to 1e-4."""
_SOFT: Final[float] = 1e-4
"""In GeV²; the scale of the form factors is 0.004 for the largest nuclei."""
_RAPIDITY: Final[float] = 2.4
"""Widest panel in the rapidity of the electron."""
_ENERGY_TERMS: Final[int] = 4
"""Terms in ln E', one less for a minor target, and additional ones for each factor e of the range."""
_ENERGY_MORE: Final[float] = 4.0


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SpectrumTable:
    """dσ/dE_k times the weights of the target, for E' in a range and E_k > ``x_min`` E'."""

    target_mass: float
    mass: float
    x_min: float
    span: tuple[float, float]
    """Range of ln E'."""
    series: FloatArray
    """Coefficients, shape (panels, order, terms in ln E')."""
    relative_error: FloatArray
    """Error estimate of each panel from interpolation and quadrature, shape (panels,)."""

    def __call__(self, radiated: FloatArray, energy: FloatArray) -> Estimate:
        """dσ/dE_k in GeV⁻³ at E_k of shape (n, energies) and E' of shape (energies,) in GeV."""
        mass = np.asarray(self.mass)
        low, high = _limits(energy, self.mass, self.target_mass, self.x_min)
        reach = _rapidity(high - low)
        inside = (radiated < high) & (radiated >= low) & (energy > np.exp(self.span[0]) * (1.0 - 1e-12))
        rapidity = _rapidity(np.where(inside, high - radiated, 0.0))
        panels = len(self.series)
        position = np.clip(rapidity / np.maximum(reach, 1e-300) * panels, 0.0, panels)
        panel = np.minimum(position.astype(np.intp), panels - 1)
        local = 2.0 * (np.log(energy) - self.span[0]) / (self.span[1] - self.span[0]) - 1.0
        at_energy = self.series @ legendre_values(self.series.shape[2], local)
        series = at_energy[panel, :, np.arange(len(energy))]
        logarithm = clenshaw(np.moveaxis(series, -1, 0), 2.0 * (position - panel) - 1.0)
        momentum = np.sqrt(np.maximum((radiated - mass) * (radiated + mass), 0.0))
        value = np.where(inside, np.exp(logarithm) * momentum * np.sinh(rapidity), 0.0)
        return Estimate(value, value * self.relative_error[panel])


@dataclass(frozen=True, slots=True)
class Window:
    """Part of a spectrum covered by a table."""

    x_min: float
    """Smallest E_k/E'."""
    energies: tuple[float, float]
    """Range of E' in GeV."""


def window_of(x_min: float, energies: tuple[float, float]) -> Window:
    """The window from a fixed set that covers E_k > ``x_min`` E' and the energies in GeV.

    It begins at the smallest energy of all cuts with the same window, so that they share one table.

    >>> window_of(0.95, (4.1, 6.6)) == window_of(0.93, (4.05, 6.6)), window_of(0.95, (4.1, 6.6)).x_min
    (True, 0.9)
    """
    smallest = next((x for x in _SMALLEST_X if x <= x_min), x_min)
    low, high = _PER_OCTAVE * np.log2(energies[0] * smallest / x_min), _PER_OCTAVE * np.log2(energies[1])
    first, last = 2.0 ** (np.floor(low) / _PER_OCTAVE), 2.0 ** (np.ceil(high) / _PER_OCTAVE)
    return Window(smallest, (float(first), float(last)))


_LAYOUT: Final[Layout] = {
    "sizes": (MASS_ORDER, 2),
    "spans": (MASS_ORDER, 2),
    "series": (MASS_ORDER, "panels", _ORDER, "terms"),
    "errors": (MASS_ORDER, "panels"),
}
_TABLES: Final[Memo[tuple[SpectrumTable | None, ...]]] = Memo(256)
"""Number of tables of panels in mass, some 20 kB each."""
_MASS_TABLES: Final[Memo[SpectrumTable | None]] = Memo(1024)
"""Number of tables of single masses, some 2 kB each."""


def panel_tables(
    vertex: Vertex, target: Scatterer, panel: MassPanel, window: Window
) -> tuple[SpectrumTable | None, ...]:
    """Tables at the masses of a panel, kept in memory and on disk; None for a mass that cannot be radiated."""

    def make() -> tuple[SpectrumTable | None, ...]:
        masses = panel.masses.tolist()

        def compute() -> dict[str, FloatArray]:
            return _packed([spectrum_table(vertex, target, mass=mass, window=window) for mass in masses])

        key = digest(_VERSION, ALPHA, ELECTRON_MASS, vertex, target, masses, window)
        return _unpacked(cached("bremsstrahlung", key, compute, layout=_LAYOUT), masses, target, window)

    return _TABLES.get((vertex, target, panel, window), make)


def mass_table(vertex: Vertex, target: Scatterer, mass: float, window: Window) -> SpectrumTable | None:
    """:func:`spectrum_table`, kept in memory, because several showers use the same one."""
    return _MASS_TABLES.get(
        (vertex, target, mass, window), lambda: spectrum_table(vertex, target, mass=mass, window=window)
    )


def forget() -> None:
    """Delete all tables in memory; those on disk stay."""
    _TABLES.clear()
    _MASS_TABLES.clear()


def _packed(tables: Sequence[SpectrumTable | None]) -> dict[str, FloatArray]:
    """Tables as arrays, padded with zeros; a table that is None has no panels."""
    sizes = [(0, 0) if table is None else (len(table.series), table.series.shape[2]) for table in tables]
    panels, terms = (max(1, *size) for size in zip(*sizes, strict=True))
    series, errors = np.zeros((len(tables), panels, _ORDER, terms)), np.zeros((len(tables), panels))
    for table, (count, length), values, error in zip(tables, sizes, series, errors, strict=True):
        if table is not None:
            values[:count, :, :length], error[:count] = table.series, table.relative_error
    spans = [(0.0, 0.0) if table is None else table.span for table in tables]
    return {"sizes": np.array(sizes, dtype=np.float64), "spans": np.array(spans), "series": series, "errors": errors}


def _unpacked(
    arrays: Mapping[str, FloatArray], masses: Sequence[float], target: Scatterer, window: Window
) -> tuple[SpectrumTable | None, ...]:
    tables = []
    for node, (mass, (panels, terms)) in enumerate(zip(masses, arrays["sizes"].astype(int).tolist(), strict=True)):
        first, last = arrays["spans"][node].tolist()
        table = SpectrumTable(
            target_mass=target.mass,
            mass=mass,
            x_min=window.x_min,
            span=(first, last),
            series=arrays["series"][node, :panels, :, :terms].copy(),
            relative_error=arrays["errors"][node, :panels].copy(),
        )
        tables.append(table if panels else None)
    return tuple(tables)


def spectrum_table(vertex: Vertex, target: Scatterer, *, mass: float, window: Window) -> SpectrumTable | None:
    """Tabulate the exact spectrum inside a window; None if nothing can be radiated."""
    threshold, x_min = threshold_energy(mass, target.mass), window.x_min
    first, last = max(window.energies[0], threshold), window.energies[1]
    first = max(first, threshold + 1e-3 * (last - threshold))
    if not first < last:
        return None
    span = (float(np.log(first)), float(np.log(last)))
    terms = _ENERGY_TERMS - target.minor + int(np.ceil(_ENERGY_MORE * (span[1] - span[0])))
    local, _ = gauss_legendre(terms)
    energy = np.exp(0.5 * (span[1] - span[0]) * (local + 1.0) + span[0])
    low, high = _limits(energy, mass, target.mass, x_min)
    if not (high > low).all():
        return None
    reach = _rapidity(high - low)
    panels = max(1, int(np.ceil(reach.max() / _RAPIDITY)))
    unit, _ = panel_nodes(np.linspace(0.0, 1.0, panels + 1), _ORDER)
    rapidity = unit[..., None] * reach
    left = energy - high + ELECTRON_MASS * (np.cosh(rapidity) - 1.0)
    hard = (0.5 * mass**2 / first) ** 2 > _SOFT
    angle_order, t_order = _HARD_ORDERS if hard else _MINOR_ORDERS if target.minor else _ORDERS
    spectrum = emission_spectrum(
        vertex, target, energy, left, np.asarray(mass), angle_order=angle_order, t_order=t_order
    )
    momentum = np.sqrt((energy - left - mass) * (energy - left + mass))
    floor = 1e-300
    logarithm = np.log(np.maximum(spectrum.value, floor) / (momentum * np.sinh(rapidity)))
    series = np.einsum("no,poe,te->pnt", analysis_matrix(_ORDER), logarithm, analysis_matrix(terms))
    quadrature = (spectrum.error / np.maximum(spectrum.value, floor)).max(axis=(1, 2))
    tails = np.abs(series[:, -2:, 0]).sum(1) + np.abs(series[:, 0, -1:]).sum(1)
    return SpectrumTable(
        target_mass=target.mass, mass=mass, x_min=x_min, span=span, series=series, relative_error=quadrature + tails
    )


def _limits(energy: FloatArray, mass: float, target_mass: float, x_min: float) -> tuple[FloatArray, FloatArray]:
    low, high = energy_range(energy, np.asarray(mass), np.asarray(target_mass))
    return np.maximum(low, x_min * energy), high


def _rapidity(gap: FloatArray) -> FloatArray:
    """Rapidity of the final electron when E_k is ``gap`` below its largest value."""
    scaled = np.maximum(gap, 0.0) / ELECTRON_MASS
    rapidity: FloatArray = np.log1p(scaled + np.sqrt(scaled * (scaled + 2.0)))
    return rapidity
