"""Events of γe → mediator + e by photons of the shower, on electrons at rest as in the yield.

Use :func:`compton_samplers`. The photon is drawn from its track length and a = 2p'·k, with p' the final electron's
momentum, evenly in its logarithm: dσ/da of :mod:`evanesce.production.compton` rises towards small a. The mediator's
energy and angle follow from a. It decays isotropically in its rest frame.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from evanesce.constants import ELECTRON_MASS
from evanesce.formats import EventBatch
from evanesce.mediators import Vertex, vertex_of
from evanesce.production.compton import compton_threshold, outgoing_range, outgoing_spectrum
from evanesce.sampling.photons import PhotonDraw, Struck, photon_draws, photon_event, photon_roles, two_body
from evanesce.sampling.point import SignalPoint
from evanesce.sampling.record import ELECTRON, EventForm
from evanesce.sampling.sampler import Drawn, Sampler, State
from evanesce.validation import FloatArray

__all__ = ["compton_samplers"]

_NAME = "compton"
_STRUCK = Struck("electron", ELECTRON, ELECTRON_MASS, visible_at_rest=True)


def compton_samplers(point: SignalPoint) -> tuple[Sampler, ...]:
    """One sampler for each line of the source, and one for its continuum."""
    vertex, lowest = vertex_of(point.mediator, instead="compton=off"), float(compton_threshold(np.asarray(point.mass)))
    return tuple(_Compton(point, draw, vertex, lowest) for draw in photon_draws(point, lowest))


@dataclass(frozen=True, slots=True, eq=False)
class _Compton:
    """Photons of a line or of the continuum that strike electrons."""

    point: SignalPoint
    photons: PhotonDraw
    vertex: Vertex
    lowest: float
    """Energy of a photon at the threshold in GeV."""

    @property
    def process(self) -> str:
        return _NAME

    @property
    def dimensions(self) -> int:
        return 1 + self.photons.dimensions

    def draw(self, cube: FloatArray, rng: np.random.Generator) -> Drawn:  # noqa: ARG002
        energy, lethargy, photon, value = self.photons(cube[:, 1:], self.lowest)
        mass = np.full(len(cube), self.point.mass)
        open_, incoming, low, high = outgoing_range(photon, mass)
        low = np.maximum(low, 2.0 * ELECTRON_MASS * self.point.least_fraction * energy - mass**2)
        open_ &= low < high
        low = np.where(open_, low, high * (1.0 - 1e-9))
        outgoing = low * (high / low) ** cube[:, 0]
        spectrum = outgoing_spectrum(self.vertex, incoming=incoming, outgoing=outgoing, mass=mass)
        taken = (outgoing + mass**2) / (2.0 * ELECTRON_MASS * energy)
        value = value * spectrum * outgoing * np.log(high / low) * self.point.passed(energy, taken)
        material = self.point.setup.target.material
        value = value * self.point.exposure * material.radiation_length * material.electron_density
        state = {"track_energy": energy, "log_loss": lethargy, "photon_energy": photon, "outgoing": outgoing}
        return Drawn(np.where(open_, value, 0.0), state | {"mass": mass})

    def events(self, state: State, weight: FloatArray, rng: np.random.Generator) -> EventBatch:
        """Add electrons, mediator and its decay to the collisions."""
        photon, mass = state["photon_energy"], state["mass"]
        taken = (state["outgoing"] + mass**2) / (2.0 * ELECTRON_MASS)
        mediator = two_body(photon, taken, mass, 2.0 * ELECTRON_MASS * (photon - taken), rng)
        form = EventForm(self.point, self.photons.tables, _NAME, photon_roles(self.point, _STRUCK))
        return photon_event(form, _STRUCK, state, mediator, weight, rng, transverse=False)
