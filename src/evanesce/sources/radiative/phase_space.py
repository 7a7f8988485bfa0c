r"""Three-body phase space in three regions, each with coordinates that flatten its peak and contain its cuts.

A region contains the events whose smallest pair mass is that of one pair (e⁻e⁺, e⁻γ or e⁺γ); the three are disjoint and
fill phase space. With Q the pair and 3 the other particle,

    dΦ₃ = dM²/2π · |q₃|² dΩ₃/(16π² (|q₃| P⁰ - q₃⁰ P_z cos θ₃)) · dE₁ dφ/(16π² |Q|),

all in the laboratory. M² is sampled in ln(M² - M²_least), which flattens 1/M² and the mass effect below it, θ₃ and E₁
between their cuts, φ about the direction of the pair. The integrand depends neither on the azimuth of the event nor on
the sign of φ; both are left out of the integral.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final, NamedTuple

import numpy as np

from evanesce.constants import ELECTRON_MASS
from evanesce.sources.radiative.amplitude import Momenta, dot, massive_squared
from evanesce.sources.radiative.cuts import Cuts, Passed
from evanesce.sources.radiative.massless import massless_squared
from evanesce.validation import FloatArray

__all__ = ["DIMENSIONS", "NEAR", "Region", "Sample", "matrix_element", "regions"]

DIMENSIONS: Final[int] = 4
_ELECTRON, _POSITRON, _PHOTON = range(3)
_MASSES: Final[tuple[float, ...]] = (ELECTRON_MASS, ELECTRON_MASS, 0.0)
NEAR: Final[float] = 3e4
"""We use the massless formula if every invariant exceeds this many m_e²; its relative error is a few m_e² over them."""
_BLOCK: Final[int] = 2000
"""Events per block in the massive amplitude, so that its arrays stay in the processor's cache."""


class Sample(NamedTuple):
    """Events of a region."""

    momenta: Momenta
    weight: FloatArray
    """dσ in GeV⁻² at e⁶ = 1 per unit volume of the coordinates, zero where a cut fails."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Region:
    """Events whose smallest pair mass is that of ``pair``."""

    cuts: Cuts
    pair: tuple[int, int]
    """Indices among electron, positron, photon."""
    z_exchange: bool = False

    def __call__(self, u: FloatArray) -> Sample:
        """Events at coordinates ``u`` in the unit cube, shape (events, 4)."""
        momenta, volume = self.events(u)
        weight = np.zeros(len(u))
        good = np.flatnonzero((volume > 0.0) & self.selected(momenta))
        chosen = Momenta(*(p[:, good] for p in momenta))
        flux = 2.0 * (self.cuts.s - 2.0 * ELECTRON_MASS**2)
        weight[good] = volume[good] * matrix_element(chosen, z_exchange=self.z_exchange) / flux
        return Sample(momenta, weight)

    def reaches(self, u: FloatArray) -> bool:
        """Whether any of the coordinates gives an event that passes."""
        momenta, volume = self.events(u)
        return bool(((volume > 0.0) & self.selected(momenta)).any())

    def selected(self, momenta: Momenta) -> Passed:
        """Which events pass the cuts and belong to this region."""
        steps = self.cuts.steps(momenta.electron, momenta.positron, momenta.photon)
        particles = momenta[2:]
        masses = {pair: dot(*[particles[pair[0]] + particles[pair[1]]] * 2) for pair in _PAIRS}
        smallest = np.ones(momenta.photon.shape[1], dtype=bool)
        for pair, mass in masses.items():
            smallest &= (mass >= masses[self.pair]) | (pair == self.pair)
        passed: Passed = np.logical_and.reduce([*steps.values(), smallest])
        return passed

    def events(self, u: FloatArray) -> tuple[Momenta, FloatArray]:
        """Momenta, and the volume of phase space per unit of ``u``."""
        cuts = self.cuts
        first, second = self.pair
        third = 3 - first - second
        m1, m2, m3 = _MASSES[first], _MASSES[second], _MASSES[third]
        least = cuts.smallest_invariant(cuts.min_separation if _PHOTON in self.pair else cuts.min_separation_ee)
        most = (cuts.s + 2.0 * ELECTRON_MASS**2) / 3.0
        span = math.log(most / least)
        above = least * np.exp(span * u[:, 0])
        # the smallest M² is 4 m_e² for e⁺e⁻ and m_e² for a pair with a photon
        offset = 2.0 * ELECTRON_MASS**2 if third == _PHOTON else ELECTRON_MASS**2
        square = offset + above
        low, high = cuts.cosines
        cosine = low + (high - low) * u[:, 1]
        e3, q3 = _third(cuts, square, m3, cosine)
        jacobian = q3**2 / (16.0 * math.pi**2 * (q3 * cuts.total_energy - e3 * cuts.total_momentum * cosine))
        sine = np.sqrt(1.0 - cosine**2)
        other = np.stack([e3, q3 * sine, np.zeros_like(q3), q3 * cosine])
        pair = np.zeros_like(other)
        pair[0], pair[3] = cuts.total_energy, cuts.total_momentum
        pair -= other
        momentum = np.sqrt(np.maximum(pair[0] ** 2 - square, 0.0))
        e1, width = _shared(pair[0], momentum, square, (m1, m2), cuts.min_energy, u[:, 2])
        one = _decayed(pair, momentum, square, e1, (m1, m2), math.pi * u[:, 3])
        found = {first: one, second: pair - one, third: other}
        volume = (span * above / (2.0 * math.pi)) * ((high - low) * 2.0 * math.pi * jacobian)
        volume *= width * 2.0 * math.pi / (16.0 * math.pi**2 * np.maximum(momentum, 1e-300))
        volume[~((e3 > cuts.min_energy) & (momentum > 0.0))] = 0.0
        return Momenta(*cuts.beams(len(u)), *(found[i] for i in range(3))), volume


_PAIRS: Final[tuple[tuple[int, int], ...]] = ((_ELECTRON, _POSITRON), (_ELECTRON, _PHOTON), (_POSITRON, _PHOTON))


def regions(cuts: Cuts, *, z_exchange: bool = False) -> tuple[Region, ...]:
    """Return the regions that fill phase space."""
    return tuple(Region(cuts=cuts, pair=pair, z_exchange=z_exchange) for pair in _PAIRS)


def matrix_element(p: Momenta, *, z_exchange: bool = False) -> FloatArray:
    """|M|²/e⁶ in GeV⁻²: with the electron mass if an invariant is small, else from the massless formula."""
    if z_exchange:
        return _massive(p, z_exchange=True)
    smallest = np.min([dot(p.electron, p.positron), *(dot(q, p.photon) for q in p[:4])], axis=0, initial=np.inf)
    value = massless_squared(p)
    near = np.flatnonzero(smallest < NEAR * ELECTRON_MASS**2)
    value[near] = _massive(Momenta(*(q[:, near] for q in p)), z_exchange=False)
    return value


def _massive(p: Momenta, *, z_exchange: bool) -> FloatArray:
    value = np.zeros(p.photon.shape[1])
    for start in range(0, len(value), _BLOCK):
        block = slice(start, start + _BLOCK)
        value[block] = massive_squared(Momenta(*(q[:, block] for q in p)), z_exchange=z_exchange)
    return value


def _third(cuts: Cuts, square: FloatArray, mass: float, cosine: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Energy and momentum of the particle that recoils against the pair: (P - q₃)² = M²."""
    a = 0.5 * (cuts.s + mass**2 - square)
    b = cuts.total_momentum * cosine
    momentum = a * b + cuts.total_energy * np.sqrt(np.maximum(a**2 - mass**2 * (cuts.total_energy**2 - b**2), 0.0))
    momentum /= cuts.total_energy**2 - b**2
    return np.hypot(momentum, mass), momentum


def _shared(
    energy: FloatArray,
    momentum: FloatArray,
    square: FloatArray,
    masses: tuple[float, float],
    least: float,
    u: FloatArray,
) -> tuple[FloatArray, FloatArray]:
    """Energy of the first of the pair between its limits, and their distance, which is 0 without phase space."""
    root = np.sqrt(square)
    rest = (square + masses[0] ** 2 - masses[1] ** 2) / (2.0 * root)
    star = np.sqrt(np.maximum(rest**2 - masses[0] ** 2, 0.0))
    low = np.maximum((energy * rest - momentum * star) / root, least)
    high = np.minimum((energy * rest + momentum * star) / root, energy - least)
    width = np.maximum(high - low, 0.0)
    return low + width * u, width


def _decayed(
    pair: FloatArray,
    momentum: FloatArray,
    square: FloatArray,
    energy: FloatArray,
    masses: tuple[float, float],
    phi: FloatArray,
) -> FloatArray:
    """Four-momentum of the first of the pair, at azimuth ``phi`` about the pair, measured from the x-z plane."""
    size = np.sqrt(np.maximum(energy**2 - masses[0] ** 2, 0.0))
    along = (2.0 * energy * pair[0] - square - masses[0] ** 2 + masses[1] ** 2) / (2.0 * np.maximum(momentum, 1e-300))
    across = np.sqrt(np.maximum(size**2 - along**2, 0.0))
    axis = pair[1:] / np.maximum(momentum, 1e-300)
    # the pair lies in the x-z plane: y is one normal, y × axis the other
    in_plane = np.stack([axis[2], np.zeros_like(phi), -axis[0]])
    vector = along * axis + across * np.cos(phi) * in_plane
    vector[1] += across * np.sin(phi)
    return np.concatenate([energy[None], vector])
