"""Properties of a material for cross sections, beyond its nuclei: plasma energy, excitation energy, density effect."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property, lru_cache
from importlib import resources
from typing import Any, Final

import numpy as np
import yaml

from evanesce.constants import ALPHA, ELECTRON_MASS, GEV2_CM2
from evanesce.materials import Material, Nucleus
from evanesce.validation import FloatArray

__all__ = [
    "CROSS_SECTIONS",
    "ELECTRON_RADIUS",
    "Medium",
    "coulomb_correction",
    "mean_excitation_energy",
    "radiation_logarithms",
]

CROSS_SECTIONS: Final[int] = 1
"""Version in the cache key of every shower, to be increased with any change of cross sections that alters a result."""
_HBARC: Final[float] = math.sqrt(GEV2_CM2)
ELECTRON_RADIUS: Final[float] = ALPHA * _HBARC / ELECTRON_MASS
"""Classical electron radius in cm."""
_LIGHT: Final[dict[int, tuple[float, float]]] = {
    1: (5.31, 6.144),
    2: (4.79, 5.621),
    3: (4.74, 5.805),
    4: (4.71, 5.924),
}
"""L_rad and L'_rad of H, He, Li, Be: Tsai's table B.2."""


@dataclass(frozen=True, eq=False)
class Medium:
    """A material in which showers develop."""

    material: Material

    @property
    def length(self) -> float:
        """The radiation length in cm, the unit of depth."""
        return self.material.radiation_length

    @property
    def nuclei(self) -> tuple[Nucleus, ...]:
        """Every kind of nucleus."""
        return self.material.nuclei

    @cached_property
    def plasma_energy(self) -> float:
        """ħω_p in GeV: (ħω_p)² = 4π n_e r_e (ħc)²."""
        return math.sqrt(4.0 * math.pi * self.material.electron_density * ELECTRON_RADIUS) * _HBARC

    @cached_property
    def suppression_energy(self) -> float:
        """E_LPM = α m_e² X0/(4π ħc) in GeV, 7.7 TeV per cm of radiation length; Klein's Eq. (9), divided by 8."""
        return ALPHA * ELECTRON_MASS**2 * self.length / (4.0 * math.pi * _HBARC)

    @cached_property
    def electrons(self) -> float:
        """2π r_e² n_e X0: scale of the rate of scattering on electrons, per X0."""
        return 2.0 * math.pi * ELECTRON_RADIUS**2 * self.material.electron_density * self.length

    @cached_property
    def excitation_energy(self) -> float:
        """Mean excitation energy I in GeV, Bragg's rule with the values of ICRU 37."""
        return mean_excitation_energy(self.material)

    def density_effect(self, beta_gamma: FloatArray) -> FloatArray:
        """δ of the Bethe formula for solids and liquids.

        R. M. Sternheimer and R. F. Peierls, Phys. Rev. B 3 (1971) 3681. Above x = log₁₀ βγ = 3 it is the
        limit 2 ln(βγ ħω_p/I) - 1, independent of other properties of the material.
        """
        c = 2.0 * math.log(self.excitation_energy / self.plasma_energy) + 1.0
        heavy = self.excitation_energy >= 100e-9
        x1 = 3.0 if heavy else 2.0
        x0 = 0.2 if c < (5.215 if heavy else 3.681) else 0.326 * c - (1.5 if heavy else 1.0)
        a = (c - 2.0 * math.log(10.0) * x0) / (x1 - x0) ** 3
        x = np.log10(beta_gamma)
        delta = 2.0 * math.log(10.0) * x - c + a * np.maximum(x1 - x, 0.0) ** 3
        return np.where(x > x0, delta, 0.0)


def mean_excitation_energy(material: Material) -> float:
    """I in GeV: ln I is the mean over all electrons, with the values of elements in compounds.

    >>> from evanesce.materials import material
    >>> round(mean_excitation_energy(material("CsI")) * 1e9, 1)
    553.1
    """
    data = _excitation()
    compound = len(material.nuclei) > 1
    total = 0.0
    for nucleus in material.nuclei:
        # beyond uranium the values rise by some 10 eV per element; no useful material is that heavy
        energy = data["energies"][min(nucleus.Z, len(data["energies"])) - 1]
        if compound:
            energy = data["compound_energies"].get(nucleus.Z, data["compound_factor"] * energy)
        total += nucleus.Z * nucleus.number_density * math.log(energy * 1e-9)
    return math.exp(total / material.electron_density)


@lru_cache(maxsize=1)
def _excitation() -> dict[str, Any]:
    text = resources.files("evanesce.interactions").joinpath("excitation.yaml").read_text(encoding="utf-8")
    data: dict[str, Any] = yaml.safe_load(text)
    return data


def radiation_logarithms(z: int) -> tuple[float, float]:
    """L_rad and L'_rad in complete screening: Thomas-Fermi, Tsai's table B.2 for the lightest."""
    return _LIGHT.get(z, (math.log(184.15 * z ** (-1.0 / 3.0)), math.log(1194.0 * z ** (-2.0 / 3.0))))


def coulomb_correction(z: int) -> float:
    """f(Z) of H. Davies, H. A. Bethe and L. C. Maximon, Phys. Rev. 93 (1954) 788, four digits up to uranium.

    >>> round(coulomb_correction(82), 3)
    0.332
    """
    a2 = (ALPHA * z) ** 2
    return a2 * (1.0 / (1.0 + a2) + 0.20206 - 0.0369 * a2 + 0.0083 * a2**2 - 0.002 * a2**3)
