"""Four-vectors (px, py, pz, E) in GeV, shape (events, 4): along the track, in the laboratory, and decays."""

from __future__ import annotations

from typing import Final

import numpy as np

from evanesce.constants import ELECTRON_MASS
from evanesce.dark_matter import DarkMatter, Dirac
from evanesce.mediators import Vertex
from evanesce.sources import Directed, Source
from evanesce.validation import FloatArray

__all__ = [
    "about",
    "along",
    "azimuth",
    "dark_matter",
    "directions",
    "four_vector",
    "from_rest",
    "invariant_mass",
    "rest_frame",
    "to_laboratory",
    "turned",
]

_DIRAC: Final = Dirac()
_ANGULAR: Final[tuple[str, ...]] = ("vector", "axial-vector")


def four_vector(x: FloatArray, y: FloatArray, z: FloatArray, energy: FloatArray) -> FloatArray:
    """Stack components."""
    return np.stack(np.broadcast_arrays(x, y, z, energy), axis=-1)


def along(energy: FloatArray, mass: float = ELECTRON_MASS) -> FloatArray:
    """A particle along the track."""
    momentum = np.sqrt(np.maximum((energy - mass) * (energy + mass), 0.0))
    nothing = np.zeros_like(energy)
    return four_vector(nothing, nothing, momentum, energy)


def azimuth(rng: np.random.Generator, count: int) -> tuple[FloatArray, FloatArray]:
    """Cosine and sine of a uniform azimuth."""
    phi = rng.uniform(0.0, 2.0 * np.pi, count)
    return np.cos(phi), np.sin(phi)


def directions(source: Source, energy: FloatArray, rng: np.random.Generator) -> FloatArray:
    """Axes of the tracks in the laboratory, rows e₁, e₂, e₃ with e₃ along the track, shape (events, 3, 3).

    The source may define the polar angle of its tracks to z (in a collider, to the electron beam); otherwise they fly
    along z.
    """
    cosine_phi, sine_phi = azimuth(rng, len(energy))
    cosine = source.polar_cosines(energy, rng) if isinstance(source, Directed) else np.ones(len(energy))
    ahead = cosine >= 1.0  # along z: the axes stay as they are
    cosine_phi, sine_phi = np.where(ahead, 1.0, cosine_phi), np.where(ahead, 0.0, sine_phi)
    sine = np.sqrt((1.0 - cosine) * (1.0 + cosine))
    nothing = np.zeros_like(cosine)
    first = np.stack([cosine * cosine_phi, cosine * sine_phi, -sine], axis=-1)
    second = np.stack([-sine_phi, cosine_phi, nothing], axis=-1)
    third = np.stack([sine * cosine_phi, sine * sine_phi, cosine], axis=-1)
    return np.stack([first, second, third], axis=1)


def to_laboratory(momentum: FloatArray, axes: FloatArray) -> FloatArray:
    """Four-vectors (events, particles, 4) whose third component is along the track, in the laboratory."""
    result = np.empty_like(momentum)
    for j in range(3):
        turned_to = axes[:, None, :, j]
        result[..., j] = momentum[..., 0] * turned_to[..., 0]
        result[..., j] += momentum[..., 1] * turned_to[..., 1]
        result[..., j] += momentum[..., 2] * turned_to[..., 2]
    result[..., 3] = momentum[..., 3]
    return result


def turned(momentum: FloatArray, cosine: FloatArray, sine: FloatArray) -> FloatArray:
    """Four-vectors (events, 4) rotated around the track by the angle with this cosine and sine."""
    x, y = momentum[:, 0], momentum[:, 1]
    return four_vector(cosine * x - sine * y, sine * x + cosine * y, momentum[:, 2], momentum[:, 3])


def invariant_mass(momentum: FloatArray) -> FloatArray:
    """sqrt(p²), or -sqrt(-p²) for a spacelike p, as in event formats."""
    square = momentum[..., 3] ** 2 - np.sum(momentum[..., :3] ** 2, axis=-1)
    mass: FloatArray = np.sign(square) * np.sqrt(np.abs(square))
    return mass


def rest_frame(momentum: FloatArray, parent: FloatArray, mass: FloatArray) -> FloatArray:
    """Momenta of four-vectors in the rest frame of a parent of this ``mass`` in GeV, shape (events, 3)."""
    product = np.sum(parent[:, :3] * momentum[:, :3], axis=-1)
    factor = momentum[:, 3] / mass - product / (mass * (parent[:, 3] + mass))
    spatial: FloatArray = momentum[:, :3] - parent[:, :3] * factor[:, None]
    return spatial


def dark_matter(
    parent: FloatArray,
    mass: FloatArray,
    dark_mass: float,
    rng: np.random.Generator,
    vertex: Vertex | None = None,
    axis: FloatArray | None = None,
    kind: DarkMatter = _DIRAC,
) -> tuple[FloatArray, FloatArray]:
    """χ and χ̄ of a mediator with four-momentum ``parent`` and mass sqrt(parent²).

    Isotropic in the mediator's rest frame. For an s-channel vector or axial vector, with the beam direction ``axis``
    in that frame, dσ/dcosθ ∝ 2 - β² + β² cos²θ or 1 + cos²θ (electron mass neglected). These are the squares of
    ē γ^μ e χ̄ γ_μ χ without and with γ⁵ in both currents; β is the velocity of χ. Other kinds of dark matter have other
    angles: sin²θ for a scalar.
    """
    count = len(mass)
    momentum = np.sqrt(np.maximum((0.5 * mass - dark_mass) * (0.5 * mass + dark_mass), 0.0))
    share = np.zeros(count)  # coefficient of cos² relative to the constant
    if axis is not None and vertex in _ANGULAR:
        beta2 = 1.0 - np.minimum(2.0 * dark_mass / mass, 1.0) ** 2
        share = kind.forward_share(beta2) if vertex == "vector" else np.ones(count)
    flat = rng.random(count) < 1.0 / (1.0 + share / 3.0)
    line = 2.0 * rng.random(count) - 1.0
    cosine = np.where(flat, line, np.cbrt(line))
    if (share < 0.0).any():  # 1 - cos²θ is the density of the middle one of three uniform numbers
        cosine = np.where(share < 0.0, np.median(2.0 * rng.random((3, count)) - 1.0, axis=0), cosine)
    sine = np.sqrt((1.0 - cosine) * (1.0 + cosine))
    cosine_phi, sine_phi = azimuth(rng, count)
    direction = np.stack([sine * cosine_phi, sine * sine_phi, cosine], axis=-1)
    if axis is not None:
        direction = about(axis, direction)
    first = from_rest(parent, mass, momentum[:, None] * direction, 0.5 * mass)
    return first, parent - first


def from_rest(parent: FloatArray, mass: FloatArray, rest: FloatArray, energy: FloatArray) -> FloatArray:
    """Four-vectors of particles with momenta ``rest`` (events, 3) and ``energy`` in the rest frame of a parent."""
    product = np.sum(parent[:, :3] * rest, axis=-1)
    factor = product / (mass * (parent[:, 3] + mass)) + energy / mass
    first = np.empty((len(mass), 4))
    first[:, :3] = rest + parent[:, :3] * factor[:, None]
    first[:, 3] = (parent[:, 3] * energy + product) / mass
    return first


def about(axis: FloatArray, direction: FloatArray) -> FloatArray:
    """Rotate directions around z to ``axis``; any perpendicular pair will do, because the azimuth is uniform."""
    third = axis / np.sqrt(np.sum(axis**2, axis=-1, keepdims=True))
    helper = np.where(np.abs(third[:, 2:]) < 0.9, np.array([0.0, 0.0, 1.0]), np.array([1.0, 0.0, 0.0]))
    first = np.cross(helper, third)
    first /= np.sqrt(np.sum(first**2, axis=-1, keepdims=True))
    second = np.cross(third, first)
    around: FloatArray = direction[:, :1] * first + direction[:, 1:2] * second + direction[:, 2:] * third
    return around
