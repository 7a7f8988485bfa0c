"""Events of γA → VA, V → mediator → χχ̄: photoproduction of ρ, ω, φ and J/ψ by photons of the shower.

Use :func:`meson_samplers`. In the event the meson is a mediator off its mass shell, with the meson's mass. Its photon
has the track length times the cross section of :mod:`evanesce.production.vector_mesons` as density, on whole nuclei
(coherent) and on protons and neutrons at rest (incoherent, in proportion to their numbers). The momentum transfer has
the distribution of the same module, and the meson the helicity of the photon (K. Schilling, P. Seyboth, G. Wolf, Nucl.
Phys. B 15 (1970) 397). The selection is that of the yield, which neglects the recoil: the meson has all of the photon's
energy.

With the whole line shape s is drawn from it, and the meson that determines energy and momentum transfer in proportion
to the square of its amplitude at s. The interference is shared in these proportions.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from evanesce.formats import EventBatch
from evanesce.production.meson_transfer import transfer_range
from evanesce.production.vector_mesons import LIGHT, MESONS, invisible_branching
from evanesce.sampling.line_shape import LineShapeDraw
from evanesce.sampling.meson_targets import MesonTarget, meson_targets
from evanesce.sampling.photons import PhotonDraw, photon_draws, photon_event, photon_roles, two_body
from evanesce.sampling.point import SignalPoint
from evanesce.sampling.record import EventForm
from evanesce.sampling.sampler import Drawn, Sampler, State
from evanesce.tracklength.photons import PhotonTracks
from evanesce.validation import FloatArray

__all__ = ["meson_samplers"]


def meson_samplers(
    point: SignalPoint, tracks: PhotonTracks, numbers: FloatArray, *, whole_shape: bool
) -> tuple[Sampler, ...]:
    """Samplers for each target, and for each line of the source and its continuum.

    ``numbers`` of mesons at unit exposure, in the order of MESONS; ``whole_shape`` for light mesons of any mass.
    """
    decays = numbers * np.array(
        [float(invisible_branching(meson, point.mediator, np.asarray(point.mass))) for meson in MESONS]
    )
    shape = LineShapeDraw(point, numbers) if whole_shape else None
    if shape is not None:
        decays[:LIGHT] = 0.0
    parts: list[Sampler] = []
    for target in meson_targets(point.setup.target.material, tracks):
        for photons in photon_draws(point, target.lowest):
            if decays.sum() > 0:
                parts.append(_Mesons(point, photons, target, numbers, decays, None))
            if shape is not None and not shape.empty:
                parts.append(_Mesons(point, photons, target, numbers, decays, shape))
    return tuple(parts)


@dataclass(frozen=True, slots=True, eq=False)
class _Mesons:
    """Mesons that photons of a line or of the continuum make on one kind of target."""

    point: SignalPoint
    photons: PhotonDraw
    target: MesonTarget
    numbers: FloatArray
    decays: FloatArray
    """Expected decays of the mesons on their mass shell, all targets together; meson by meson drawn in proportion."""
    shape: LineShapeDraw | None
    """None for mesons on their mass shell."""

    @property
    def process(self) -> str:
        return "vector_mesons"

    @property
    def dimensions(self) -> int:
        return (1 if self.shape is None else 2) + self.photons.dimensions

    def draw(self, cube: FloatArray, rng: np.random.Generator) -> Drawn:  # noqa: ARG002
        dimensions = self.photons.dimensions
        which, s, factor = self._meson(cube[:, dimensions:])
        energy, lethargy, photon, value = self.photons(cube[:, :dimensions], self.target.lowest)
        mass = np.sqrt(s)
        value = value * self.target.density(which, photon) * factor * self.point.passed(energy, photon / energy)
        value = value * self.point.exposure * self.point.setup.target.material.radiation_length
        possible = transfer_range(photon, mass, self.target.struck.mass)[0] > 0.0  # not below the threshold
        state = {"track_energy": energy, "log_loss": lethargy, "photon_energy": photon, "mass": mass}
        return Drawn(np.where(possible, value, 0.0), state | {"meson": which.astype(np.float64)})

    def _meson(self, uniform: FloatArray) -> tuple[np.ndarray, FloatArray, FloatArray]:
        """Draw the meson; return its number, s, and decays for each meson over the probability of the draw."""
        if self.shape is None:
            chances = self.decays / self.decays.sum()
            which = np.searchsorted(np.cumsum(chances)[:-1], uniform[:, 0], side="right")
            square = np.array([meson.mass**2 for meson in MESONS])
            return which, square[which], self.decays.sum() / np.maximum(self.numbers[which], 1e-300)
        s, decays = self.shape(uniform[:, 0])
        steps = np.cumsum(self.shape.shares(s), axis=0)[:-1]
        which = np.sum(uniform[:, 1] >= steps, axis=0)
        return which, s, decays / np.maximum(self.numbers[which], 1e-300)

    def events(self, state: State, weight: FloatArray, rng: np.random.Generator) -> EventBatch:
        """Add the momentum transfer, target, recoil and decay to the collisions."""
        photon, mass, struck = state["photon_energy"], state["mass"], self.target.struck
        least, most = transfer_range(photon, mass, struck.mass)
        t = self.target.transfer(state["meson"].astype(np.intp), photon, least, most, rng)
        mediator = two_body(photon, photon - t / (2.0 * struck.mass), mass, t, rng)
        form = EventForm(self.point, self.photons.tables, self.process, photon_roles(self.point, struck))
        return photon_event(form, struck, state, mediator, weight, rng, transverse=True)
