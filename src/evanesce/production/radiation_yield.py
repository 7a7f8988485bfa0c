"""Bremsstrahlung yields of an experiment, by any of the formulas, folded with the density D_n(x) of Eq. (4.5).

N = X0 Σ_nuclei n_i ∫dE n(E) ∫dl F(l) e^(-l) ∫dx dσ_i/dx(x, E') per ε². At fixed x the spectrum is expanded in
Legendre polynomials of ln E', Σ c_n(x) P_n, so that N = Σ_n ∫dx c_n(x) D_n(x), as in :mod:`bremsstrahlung`
with c_n(x) = P(x) c_n. The kinematic limit E_A' <= E' - m_e is part of the spectrum.

The yield depends on the mediator only through its vertex and mass. It is a smooth function of ln m, tabulated on the
fixed panels of :mod:`mass_grid`, so that the yield at one mass does not depend on the other requested masses. Use
:class:`RadiationYield`; :func:`exact_yield` and :func:`improved_yield` are for a single fold.
"""

from __future__ import annotations

from functools import partial
from typing import Final

import numpy as np

from evanesce.constants import ALPHA, GEV2_CM2
from evanesce.materials import Material
from evanesce.mediators import Mediator, Vertex, vertex_of
from evanesce.memo import Memo
from evanesce.numerics import Estimate, analysis_matrix, clenshaw, gauss_integral, gauss_legendre
from evanesce.production.annihilation import rows_of
from evanesce.production.bremsstrahlung import bremsstrahlung_yield
from evanesce.production.form_factors import FORM_FACTORS
from evanesce.production.mass_grid import MASS_ORDER, MassPanel, mass_panels
from evanesce.production.scatterers import scatterers
from evanesce.production.spectrum_table import SpectrumTable, Window, mass_table, panel_tables, window_of
from evanesce.production.splitting import improved_spectrum
from evanesce.tracklength import FoldedRadiation, RadiatingTracks
from evanesce.validation import FloatArray, choice

__all__ = ["YIELD_FORMULAS", "FoldedYield", "RadiationYield", "exact_yield", "improved_yield"]

YIELD_FORMULAS: Final[tuple[str, ...]] = ("ww", "iww", "exact")
_PANELS: Final[int] = 64
_MASSES: Final[int] = 4096


class RadiationYield:
    """Yield per ε² of radiating tracks in a material by one formula, with a cache.

    The yield does not depend on α_D and mass ratio unless the mediator's ``splitting`` does.

    Raises
    ------
    InvalidValueError
        An unknown formula or form factor.

    """

    def __init__(
        self, tracks: RadiatingTracks, material: Material, *, formula: str = "exact", form_factor: str = "elastic"
    ) -> None:
        self._tracks = tracks
        self._material = material
        self._formula = choice("bremsstrahlung", formula, YIELD_FORMULAS)
        self._form_factor = choice("form_factor", form_factor, FORM_FACTORS)
        self._light: Memo[FoldedYield] = Memo(1)
        self._heavy: Memo[tuple[float, float]] = Memo(_MASSES)

    def __call__(self, mediator: Mediator, mass: FloatArray) -> Estimate:
        """Yield for masses in GeV, shape (masses,), and its error; zero for masses that no track can radiate.

        Each distinct mass is computed once. The mediator's parameters are scalars or of shape (masses, 1).

        Raises
        ------
        InvalidValueError
            A mediator without ``vertex``, unless the formula is ``ww``.

        """
        distinct, first, back = np.unique(mass, return_index=True, return_inverse=True)
        one_each = rows_of(mediator, first)
        value, error = np.zeros(len(distinct)), np.zeros(len(distinct))
        light = distinct <= self._tracks.lightest_cut
        if light.any():
            value[light], error[light] = self._unaltered(rows_of(one_each, light), distinct[light])
        for row in np.flatnonzero(~light & (distinct < self._tracks.heaviest)):
            here = slice(row, row + 1)
            value[row], error[row] = self._one_heavy(rows_of(one_each, here), distinct[here])
        return Estimate(value, error)[back]

    def _unaltered(self, mediator: Mediator, mass: FloatArray) -> Estimate:
        """Yields of masses that do not change the cut on energy: one fold for all."""
        fold = self._tracks.fold()
        if fold is None:
            return Estimate(np.zeros(len(mass)), np.zeros(len(mass)))
        if self._formula == "ww":
            return bremsstrahlung_yield(fold, self._material, mediator, mass, self._form_factor)
        tabulated = self._light.get(
            "light", lambda: FoldedYield(self._formula, fold, self._material, self._form_factor)
        )
        return tabulated(vertex_of(mediator), mass)

    def _one_heavy(self, mediator: Mediator, mass: FloatArray) -> tuple[float, float]:
        """Yield of a mass that needs a separate fold."""

        def compute() -> tuple[float, float]:
            fold = self._tracks.fold(float(mass[0]))
            if fold is None:
                return 0.0, 0.0
            if self._formula == "ww":
                result = bremsstrahlung_yield(fold, self._material, mediator, mass, self._form_factor)
                return float(result.value[0]), float(result.error[0])
            single = FoldedYield(self._formula, fold, self._material, self._form_factor)
            return single.at_mass(vertex_of(mediator), float(mass[0]))

        if self._formula == "ww":  # depends on the mediator's own splitting function, which may not be hashable
            return compute()
        return self._heavy.get((vertex_of(mediator), float(mass[0])), compute)


def exact_yield(
    fold: FoldedRadiation,
    material: Material,
    mediator: Mediator,
    mass: FloatArray,
    form_factor: str = "elastic",
) -> Estimate:
    """Yield per ε² at tree level without approximation, for masses in GeV, shape (masses,), and its error.

    Raises
    ------
    InvalidValueError
        An unknown form factor, or a mediator without ``vertex``.

    """
    return FoldedYield("exact", fold, material, form_factor)(vertex_of(mediator), mass)


def improved_yield(
    fold: FoldedRadiation,
    material: Material,
    mediator: Mediator,
    mass: FloatArray,
    form_factor: str = "elastic",
) -> Estimate:
    """The same in the improved Weizsäcker-Williams approximation of :mod:`splitting`."""
    return FoldedYield("iww", fold, material, form_factor)(vertex_of(mediator), mass)


class FoldedYield:
    """Yield of one fold as a function of the mass, by the exact or the improved formula, panels in ln m kept.

    Raises
    ------
    InvalidValueError
        An unknown form factor.

    """

    def __init__(self, formula: str, fold: FoldedRadiation, material: Material, form_factor: str) -> None:
        self._formula = formula
        self._fold = fold
        self._material = material
        self._form_factor = choice("form_factor", form_factor, FORM_FACTORS)
        self._panels: Memo[tuple[FloatArray, FloatArray]] = Memo(_PANELS)
        self._masses: Memo[tuple[float, float]] = Memo(_MASSES)
        x_min, energies = float(fold.x.min()), (float(fold.energies.min()), float(fold.energies.max()))
        self._exact_window = Window(x_min, energies)
        """For one mass close to the end of the spectrum, where a wider table would be coarser."""
        self._window = window_of(x_min, energies)
        self._density = fold.values @ analysis_matrix(fold.values.shape[-1])
        """Contribution of each energy node."""

    def __call__(self, vertex: Vertex, mass: FloatArray) -> Estimate:
        """Yield for masses in GeV, shape (masses,)."""
        value, error = np.empty(len(mass)), np.empty(len(mass))
        for panel, rows in mass_panels(mass, float(self._fold.x.min() * self._fold.energies.min())):
            if panel is None:
                for row in rows:
                    value[row], error[row] = self.at_mass(vertex, float(mass[row]))
                continue
            series, relative = self._panels.get((vertex, panel), partial(self._panel, vertex, panel))
            local = panel.local(mass[rows])
            value[rows] = np.exp(clenshaw(series, local))
            error[rows] = value[rows] * np.interp(local, gauss_legendre(MASS_ORDER)[0], relative)
        return Estimate(value, error)

    def at_mass(self, vertex: Vertex, mass: float) -> tuple[float, float]:
        """Yield and error at one mass in GeV, not interpolated in mass."""

        def compute() -> tuple[float, float]:
            tables = [
                mass_table(vertex, target, mass, self._exact_window)
                for target in (scatterers(self._material, self._form_factor) if self._formula == "exact" else ())
            ]
            return self._integral(vertex, mass, tables)

        return self._masses.get((vertex, mass), compute)

    def _panel(self, vertex: Vertex, panel: MassPanel) -> tuple[FloatArray, FloatArray]:
        """Legendre series of ln N in ln m on one panel, and the relative error of N at its nodes."""
        exact = scatterers(self._material, self._form_factor) if self._formula == "exact" else ()
        by_target = [panel_tables(vertex, target, panel, self._window) for target in exact]
        points = [
            self._integral(vertex, mass, [tables[node] for tables in by_target])
            for node, mass in enumerate(panel.masses.tolist())
        ]
        value, error = np.array(points).T
        series = analysis_matrix(MASS_ORDER) @ np.log(value)
        return series, error / value + np.abs(series[-2:]).sum()

    def _integral(self, vertex: Vertex, mass: float, tables: list[SpectrumTable | None]) -> tuple[float, float]:
        """∫ dx Σ c_n D_n in events per ε², and its error."""
        fold = self._fold
        sampled = self._sample_exact(tables) if self._formula == "exact" else self._sample_improved(vertex, mass)
        panels, order, terms = fold.values.shape
        half = 0.5 * fold.weights.sum(axis=1)
        shaped = sampled.value.reshape(panels, order, terms)
        panel = gauss_integral((shaped * self._density).sum(-1))
        # if the end of the spectrum lies between the energies, the series in ln E' converges slowly
        tail = np.abs(shaped @ analysis_matrix(terms)[-2:].T).sum(-1) * np.abs(fold.values[..., 0])
        inner = (sampled.error.reshape(panels, order, terms) * np.abs(self._density)).sum(-1)
        value = float(panel.value @ half)
        error = float(panel.error @ half + gauss_integral(tail + inner).value @ half)
        scale = self._material.radiation_length * GEV2_CM2
        return scale * value, scale * (error + fold.error * abs(value))

    def _sample_exact(self, tables: list[SpectrumTable | None]) -> Estimate:
        """dσ/dx per volume in cm⁻³ GeV⁻² at every x (rows) and E' (columns) of the fold."""
        x, energies = self._fold.x.reshape(-1, 1), self._fold.energies
        value, error = np.zeros((len(x), len(energies))), np.zeros((len(x), len(energies)))
        for table in tables:
            if table is not None:
                part = table(x * energies, energies)
                value += energies * part.value
                error += energies * part.error
        return Estimate(value, error)

    def _sample_improved(self, vertex: Vertex, mass: float) -> Estimate:
        value = ALPHA**3 * improved_spectrum(
            vertex,
            self._material,
            self._form_factor,
            x=self._fold.x.reshape(-1, 1),
            energy=self._fold.energies,
            mass=np.asarray(mass),
        )
        return Estimate(value, 1e-12 * value)
