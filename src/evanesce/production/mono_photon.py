r"""e⁺e⁻ → γM at the vertex of a collider: one photon, and a mediator that decays to dark matter.

It is the hard photon of :mod:`isr`, but both beams are in motion. With θ the angle of the photon to the electron beam
in the centre of mass, v the velocity of the electrons there and Σ = s - m², the invariant of :mod:`non_resonant` is
b = 2p₂·k = Σ (1 - v cos θ)/2, so that dσ/dcos θ = (Σv/2) dσ/db, exactly at tree level. For m_e → 0

.. math:: \frac{dσ}{d\cos θ} = \frac{2πα^2ε^2}{s} \Bigl(1 - \frac{m^2}{s}\Bigr) \frac{X}{\sin^2 θ}, \qquad
    X = 1 + \cos^2 θ + \frac{4 m^2 s}{(s - m^2)^2} \quad\text{or}\quad 1 + \frac{2 m^2 s}{(s - m^2)^2}

for a vector or an axial vector, and for spin 0. The first is the form that searches use, for instance R. Essig et al.,
JHEP 11 (2013) 167, arXiv:1309.5084; for m → 0 it is twice e⁺e⁻ → γγ, per photon.

A mediator may have any width: what the beams radiate does not depend on what the virtual mediator becomes, so that

.. math:: σ(e^+e^- → γχ\barχ) = ∫ dq^2\, \frac{σ_γ(s, q^2)}{c}\, σ(e^+e^- → χ\barχ; q^2), \qquad c = ∫ σ\, ds,

with σ_γ the cross section on the mass shell at m² = q². This is exact at tree level, because χ does not radiate (for an
axial vector up to terms of order m_e m_χ/m²), and holds for m > √s, too. σ_γ/c takes the place of the density of
collisions in :mod:`annihilation`. It contains the cuts on the photon, and of the mediator it depends on the vertex
only. A photon of energy E* in the centre of mass belongs to q² = s - 2√s E*. A search for a peak moves its window with
the mass, so that the tails of a wide mediator are lost; then there is one density for each mass.
"""

from __future__ import annotations

import math
from typing import Final

import numpy as np

from evanesce.constants import ELECTRON_MASS, GEV2_CM2
from evanesce.mediators import Mediator, Vertex, vertex_of
from evanesce.numerics import analysis_matrix, distances, panel_nodes
from evanesce.production.annihilation import CollisionDensity
from evanesce.production.non_resonant import radiation_density, radiation_integral
from evanesce.production.photon_cuts import PhotonCuts
from evanesce.production.radiated import resonance_strength
from evanesce.tracklength import Resolution
from evanesce.validation import FloatArray, finite_array, positive_array

__all__ = ["mono_photon_cross_section", "mono_photon_spectrum", "photon_collisions"]

_ORDER: Final[int] = 16
"""Nodes per panel in q²."""
_INNER: Final[int] = 8
"""Nodes per panel of a smeared selection."""
_LIGHTEST: Final[float] = 1e-19
"""End of the first panel in q², GeV²."""
_RATIO: Final[float] = 2.0
"""Widest panel in q² and in s - q², as the ratio of its ends."""
_BETWEEN: Final[int] = 4
"""Panels between two values of q² where a sharp selection begins to cut."""
_RAPIDITY: Final[float] = 0.7
"""Widest panel in ln(a/b) of a smeared selection."""
_NEGLIGIBLE: Final[float] = 1e-6
"""Panels with less than this share of the largest q² D have no part in the estimate of the error."""


def mono_photon_spectrum(mediator: Mediator, *, s: FloatArray, mass: FloatArray, cosine: FloatArray) -> FloatArray:
    """dσ/dcos θ of e⁺e⁻ → γM in cm² at ε = 1, θ the photon's angle to a beam in the centre of mass; shapes broadcast.

    s in GeV², mass in GeV; the electron mass is kept. Zero where the mediator is too heavy.

    Raises
    ------
    InvalidValueError
        An s or mass that is not positive, a cosine that is not finite, or a mediator without ``vertex``.

    Examples
    --------
    >>> from evanesce.mediators import DarkPhoton
    >>> at_90_degrees = mono_photon_spectrum(DarkPhoton(), s=np.array(112.0), mass=np.array(1.0), cosine=np.array(0.0))
    >>> f"{float(at_90_degrees) / 1e-36:.4g} pb"
    '1195 pb'

    """
    s, mass = np.broadcast_arrays(positive_array("s", s), positive_array("mass", mass))
    cosine = np.clip(finite_array("cosine", cosine), -1.0, 1.0)
    vertex = vertex_of(mediator, instead="another mediator")
    open_ = (s > mass**2) & (s > 4.0 * ELECTRON_MASS**2)
    s, m2 = np.where(open_, s, 1.0), np.where(open_, mass**2, 0.5)
    velocity, rest = _velocity(s)
    b = 0.5 * (s - m2) * _one_minus(velocity, rest, cosine)
    density = 0.5 * (s - m2) * velocity * radiation_density(vertex, s, s - m2, b, m2=m2)
    return np.where(open_, density, 0.0) * GEV2_CM2


def mono_photon_cross_section(mediator: Mediator, *, s: float, mass: FloatArray, cuts: PhotonCuts) -> FloatArray:
    """σ in cm² at ε = 1 of a narrow mediator with the photon inside the cuts; mass in GeV, 1-D.

    Raises
    ------
    InvalidValueError
        A mass that is not positive, or a mediator without ``vertex``.

    """
    mass = positive_array("mass", mass)
    vertex = vertex_of(mediator, instead="another mediator")
    open_ = s > mass**2
    return np.where(open_, _selected(vertex, s, np.where(open_, mass**2, 0.5 * s), cuts), 0.0) * GEV2_CM2


def photon_collisions(vertex: Vertex, s: float, cuts: PhotonCuts) -> CollisionDensity:
    """σ_γ(s, q²)/c of the photons inside the cuts, in GeV⁻², against q² in place of the s of a collision."""
    edges = _edges(s, cuts)
    nodes, _ = panel_nodes(edges, _ORDER)
    values = _selected(vertex, s, nodes, cuts) / resonance_strength(vertex)
    tail = np.abs(values @ analysis_matrix(_ORDER)[-2:].T).sum(axis=1)
    size, weight = values.max(axis=1), (nodes * values).max(axis=1)
    counts = weight > _NEGLIGIBLE * weight.max()
    error = float((tail[counts] / size[counts]).max(initial=0.0))
    return CollisionDensity(edges=edges, values=values, error=error)


def _edges(s: float, cuts: PhotonCuts) -> FloatArray:
    """Panels in q²: in equal ratios from 0, and from s down to the softest photon, with ends where cuts set in."""
    bends = s - 2.0 * math.sqrt(s) * cuts.star_energies()[::-1]
    first, last = max(float(bends[0]), 0.0) if math.isfinite(cuts.energy_max) else 0.0, float(bends[-1])
    if last <= _LIGHTEST:
        return np.array([0.0, _LIGHTEST])
    low = np.append(0.0, distances(_LIGHTEST, 0.5 * s, _RATIO))
    high = s - distances(s - last, max(0.5 * s, 1.01 * (s - last)), _RATIO)
    bends = np.append(bends[bends > 0.0], last)
    pieces = _BETWEEN if cuts.resolution is None else 1
    between = bends[:-1, None] + np.diff(bends)[:, None] * np.linspace(0.0, 1.0, pieces + 1)
    every = np.unique(np.concatenate([low, high, between.ravel(), [first, last]]))
    return every[(every >= first) & (every <= last)]


def _velocity(s: FloatArray | float) -> tuple[FloatArray, FloatArray]:
    """Velocity v of the electrons in the centre of mass, and 1 - v."""
    share = 4.0 * ELECTRON_MASS**2 / np.asarray(s)
    velocity = np.sqrt(1.0 - share)
    return velocity, share / (1.0 + velocity)


def _one_minus(velocity: FloatArray, rest: FloatArray, cosine: FloatArray | float) -> FloatArray:
    """1 - v cos θ without cancellation along the beam."""
    return np.asarray(rest + velocity * (1.0 - np.asarray(cosine)))


def _selected(vertex: Vertex, s: float, q2: FloatArray, cuts: PhotonCuts) -> FloatArray:
    """σ_γ in GeV⁻² of the photons inside the cuts, for a mediator of mass squared q²."""
    sigma = s - q2
    star = 0.5 * sigma / math.sqrt(s)
    if cuts.resolution is not None:
        return _smeared(vertex, s, q2, cuts, cuts.resolution)
    low, high = cuts.window(star)
    velocity, rest = _velocity(s)
    most, least = (0.5 * sigma * _one_minus(velocity, rest, cosine) for cosine in (low, high))
    inside = radiation_integral(vertex, np.asarray(s), sigma, most, least=least, m2=q2)
    return np.where(high > low, inside, 0.0)


def _smeared(vertex: Vertex, s: float, q2: FloatArray, cuts: PhotonCuts, resolution: Resolution) -> FloatArray:
    """The same with the probability that the measured energy is in the window, by quadrature in y = ln(a/b).

    Along y both poles of the cross section are smooth: dcos θ = 2ab/(vΣ²) dy.
    """
    sigma = s - q2
    star = 0.5 * sigma / math.sqrt(s)
    velocity, rest = _velocity(s)
    low, high = (float(np.log(2.0 / _one_minus(velocity, rest, c) - 1.0)) for c in (cuts.cosine_min, cuts.cosine_max))
    uniform = np.linspace(low, high, 1 + math.ceil((high - low) / _RAPIDITY))
    bends = np.log(2.0 / _one_minus(velocity, rest, cuts.transitions(star)) - 1.0)
    every = np.concatenate([np.broadcast_to(uniform, (*sigma.shape, len(uniform))), np.clip(bends, low, high)], axis=-1)
    y, weights = panel_nodes(np.sort(every, axis=-1), _INNER)
    y, weights = y.reshape(*sigma.shape, -1), weights.reshape(*sigma.shape, -1)
    a_share, b_share = 1.0 / (1.0 + np.exp(-y)), 1.0 / (1.0 + np.exp(y))
    passes = cuts.probability(star[..., None], (a_share - b_share) / velocity, resolution)
    b = sigma[..., None] * b_share
    density = radiation_density(vertex, np.asarray(s), sigma[..., None], b, m2=q2[..., None])
    return np.asarray(np.sum(weights * passes * density * a_share * b_share, axis=-1) * sigma)
