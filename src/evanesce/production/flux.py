"""Effective photon flux of a nucleus, Eq. (4.7) of arXiv:2212.04252, for any form factor.

φ = ∫ dt (t - t_min)/t² G₂(t) from t_min to t_max is C₁(t_min) - C₁(t_max) - t_min (C₀(t_min) - C₀(t_max))
with C_k(t) = ∫_t^∞ G₂(t') t'^(k-2) dt'. Both functions are tabulated once per nucleus.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from evanesce.constants import ELECTRON_MASS
from evanesce.materials import Material, Nucleus
from evanesce.memo import memoised
from evanesce.numerics import PiecewiseLegendre, panel_nodes
from evanesce.production.form_factors import form_factor_of, screening_scale
from evanesce.validation import FloatArray

__all__ = ["PhotonFlux", "material_flux", "photon_flux"]

_ORDER: Final[int] = 24
_WIDTH: Final[float] = 2.5
"""Width of a panel in ln t: the poles of the form factors lie at distance π from the real axis."""
_T_MAX: Final[float] = 1e6


@dataclass(frozen=True, slots=True, eq=False)
class PhotonFlux:
    """Tables of C₀ and C₁ over ln t."""

    c0: PiecewiseLegendre
    c1: PiecewiseLegendre
    error: float
    """Estimate of the relative error."""

    def __call__(self, mass: FloatArray, energy: FloatArray) -> FloatArray:
        """φ for a mediator mass and an incident energy in GeV (shapes broadcast); zero at m >= 2E."""
        t_min = (mass**2 / (2.0 * energy)) ** 2
        t_max = mass**2 + ELECTRON_MASS**2
        low, high = self.c0.edges[0], self.c0.edges[-1]
        a = np.clip(np.log(t_min), low, high)
        b = np.clip(np.log(t_max), low, high)
        flux = self.c1(a) - self.c1(b) - t_min * (self.c0(a) - self.c0(b))
        return np.where(t_min < t_max, np.maximum(flux, 0.0), 0.0)


@memoised(maxsize=256)
def photon_flux(nucleus: Nucleus, form_factor: str = "elastic") -> PhotonFlux:
    """Photon flux of one nucleus with the form factor called ``elastic`` or ``elastic+inelastic``."""
    g2 = form_factor_of(nucleus, form_factor)
    lowest = np.log(1e-9 * screening_scale(nucleus.Z))
    panels = int(np.ceil((np.log(_T_MAX) - lowest) / _WIDTH))
    edges = np.linspace(lowest, np.log(_T_MAX), panels + 1)

    def cumulative(power: int) -> PiecewiseLegendre:
        nodes, _ = panel_nodes(edges, _ORDER)
        upper = np.append(nodes.ravel(), edges[-1])
        pieces = np.stack([upper[:-1], upper[1:]], axis=-1)
        log_t, weights = panel_nodes(pieces, 8)
        t = np.exp(log_t)
        gaps = np.sum(weights * g2(t) * t ** (power - 1), (1, 2))
        values = np.cumsum(gaps[::-1])[::-1].reshape(nodes.shape)
        return PiecewiseLegendre.from_function(lambda _: values, edges, _ORDER)

    c0, c1 = cumulative(0), cumulative(1)
    error = float(np.max(c1.truncation / np.abs(c1.coefficients[:, 0])))
    return PhotonFlux(c0, c1, error)


def material_flux(material: Material, mass: FloatArray, energy: FloatArray, form_factor: str = "elastic") -> FloatArray:
    """Sum over nuclei of number density times φ, in cm⁻³: (φ_I + φ_Cs) n_N for CsI."""
    total: FloatArray = np.zeros(np.broadcast_shapes(np.shape(mass), np.shape(energy)))
    for nucleus in material.nuclei:
        total = total + nucleus.number_density * photon_flux(nucleus, form_factor)(mass, energy)
    return total
