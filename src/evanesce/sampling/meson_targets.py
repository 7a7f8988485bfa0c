"""What photons of the shower make mesons on: nuclei as a whole, and the protons and neutrons of all nuclei."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from evanesce.constants import NEUTRON_MASS, PROTON_MASS
from evanesce.materials import Material, Nucleus
from evanesce.memo import memoised
from evanesce.production.form_factors import nuclear_mass
from evanesce.production.meson_transfer import coherent_transfer
from evanesce.production.meson_yield import cross_sections_on_grid, photon_grid, photon_range
from evanesce.production.vector_mesons import MESONS
from evanesce.sampling.photons import Struck
from evanesce.sampling.record import nucleus_id
from evanesce.tracklength.photons import PhotonTracks
from evanesce.validation import FloatArray

__all__ = ["MesonTarget", "meson_targets"]

Index = npt.NDArray[np.intp]
_PROTON, _NEUTRON = 2212, 2112
_EVERY: Final[int] = 6
"""The momentum transfer is tabulated at every sixth energy of the cross section: it changes slowly."""
_TRANSVERSE: Final[FloatArray] = np.linspace(0.0, 0.8, 641)
"""Transverse momenta in GeV; beyond, coherent production on the lightest nuclei has less than 1e-6."""


class _Transfer(NamedTuple):
    """Cumulative distributions of the transverse momentum, for several photon energies."""

    log_energy: FloatArray
    ladder: FloatArray
    """Those of row i begin at i, one row after another."""

    def __call__(self, photon: FloatArray, rng: np.random.Generator) -> FloatArray:
        """Draw q in GeV: from one of the two next energies, at random in proportion to the distance."""
        place = np.interp(np.log(photon), self.log_energy, np.arange(len(self.log_energy)))
        row = np.minimum((place + rng.random(len(photon))).astype(np.intp), len(self.log_energy) - 1)
        level, cells = row + rng.random(len(photon)), len(_TRANSVERSE) - 1
        at = np.searchsorted(self.ladder, level, side="right") - 1
        low = at - row * (cells + 1)
        low = np.clip(low, 0, cells - 1)
        below, above = (self.ladder[row * (cells + 1) + low + k] for k in (0, 1))
        share = np.clip((level - below) / np.maximum(above - below, 1e-300), 0.0, 1.0)
        drawn: FloatArray = _TRANSVERSE[low] + share * (_TRANSVERSE[low + 1] - _TRANSVERSE[low])
        return drawn


@dataclass(frozen=True, slots=True, eq=False)
class MesonTarget:
    """One kind of target, with n σ of each meson that can be made."""

    struck: Struck
    grids: Mapping[int, tuple[FloatArray, FloatArray]]
    """ln of photon energies in GeV and ln(n σ) in 1/cm, by the number of the meson in MESONS."""
    transfers: Mapping[int, _Transfer]
    """Coherent transverse momenta by meson; empty for nucleons."""

    @property
    def lowest(self) -> float:
        """Smallest energy of a photon in GeV."""
        return float(np.exp(min(grid[0] for grid, _ in self.grids.values())))

    def density(self, which: Index, photon: FloatArray) -> FloatArray:
        """Targets per cm³ times the cross section, in 1/cm, for photons in GeV that make these mesons."""
        found, logarithm = np.zeros_like(photon), np.log(photon)
        for index, (grid, values) in self.grids.items():
            here = np.flatnonzero((which == index) & (logarithm >= grid[0]))
            found[here] = np.exp(np.interp(logarithm[here], grid, values))
        return found

    def transfer(
        self, which: Index, photon: FloatArray, least: FloatArray, most: FloatArray, rng: np.random.Generator
    ) -> FloatArray:
        """Draw -t in GeV² between its limits."""
        t = np.empty_like(photon)
        for index in np.unique(which).tolist():
            here = np.flatnonzero(which == index)
            if self.transfers:
                t[here] = least[here] + self.transfers[index](photon[here], rng) ** 2
            else:
                slope = MESONS[index].slope
                spread = -np.expm1(-slope * (most[here] - least[here]))
                t[here] = least[here] - np.log1p(-rng.random(len(here)) * spread) / slope
        return np.minimum(t, most)


def meson_targets(material: Material, tracks: PhotonTracks) -> tuple[MesonTarget, ...]:
    """Every target on which photons that count make mesons."""
    ranges = {index: photon_range(meson, tracks) for index, meson in enumerate(MESONS)}
    ranges = {index: (low, high) for index, (low, high) in ranges.items() if low < high}
    if not ranges:
        return ()
    targets = [_coherent(nucleus, ranges) for nucleus in material.nuclei if nucleus.mass_number > 1]
    nucleons = (Struck("nucleon", _PROTON, PROTON_MASS, False), Struck("nucleon", _NEUTRON, NEUTRON_MASS, False))
    return (*targets, *(target for struck in nucleons if (target := _incoherent(material, struck, ranges)).grids))


def _coherent(nucleus: Nucleus, ranges: Mapping[int, tuple[float, float]]) -> MesonTarget:
    """A whole nucleus."""
    grids, transfers = {}, {}
    for index, (low, high) in ranges.items():
        coherent = cross_sections_on_grid(MESONS[index], nucleus, low, high)[0]
        grids[index] = np.log(photon_grid(low, high)), np.log(nucleus.number_density * coherent)
        transfers[index] = _transfer(index, nucleus, low, high)
    struck = Struck("nucleus", nucleus_id(nucleus), nuclear_mass(nucleus), visible_at_rest=False)
    return MesonTarget(struck, grids, transfers)


def _incoherent(material: Material, struck: Struck, ranges: Mapping[int, tuple[float, float]]) -> MesonTarget:
    """The protons, or the neutrons, of all nuclei."""
    grids = {}
    for index, (low, high) in ranges.items():
        total = np.zeros_like(photon_grid(low, high))
        for nucleus in material.nuclei:
            protons = nucleus.Z / nucleus.mass_number
            share = protons if struck.pdg_id == _PROTON else 1.0 - protons
            total += share * nucleus.number_density * cross_sections_on_grid(MESONS[index], nucleus, low, high)[1]
        if total.min() > 0:
            grids[index] = np.log(photon_grid(low, high)), np.log(total)
    return MesonTarget(struck, grids, {})


@memoised(maxsize=128)
def _transfer(index: int, nucleus: Nucleus, low: float, high: float) -> _Transfer:
    energy = photon_grid(low, high)
    energy = np.append(energy[:-1:_EVERY], energy[-1])
    density = coherent_transfer(MESONS[index], nucleus, energy, _TRANSVERSE)
    steps = 0.5 * (density[:, 1:] + density[:, :-1])
    cumulative = np.concatenate([np.zeros((len(energy), 1)), np.cumsum(steps, axis=1)], axis=1)
    cumulative /= cumulative[:, -1:]
    return _Transfer(np.log(energy), (cumulative + np.arange(float(len(energy)))[:, None]).ravel())
