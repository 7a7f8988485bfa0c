"""Collisions of the shower's photons with particles at rest: photon + target → mediator + recoil.

A photon flies along its track, as do the charged particles of the shower. :class:`PhotonDraw` draws it from the track
length, :func:`two_body` has the kinematics, and :func:`photon_event` the record.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from evanesce.constants import ELECTRON_MASS
from evanesce.formats import EventBatch, Role
from evanesce.mediators import Vertex
from evanesce.sampling.kinematics import along, azimuth, dark_matter, four_vector, rest_frame
from evanesce.sampling.point import ShowerTables, SignalPoint
from evanesce.sampling.record import CHI, PHOTON, SHOWER, EventForm, charged, mediator_id
from evanesce.sampling.sampler import State
from evanesce.sampling.tracks import SpectrumDraw
from evanesce.validation import FloatArray

__all__ = ["DrawnPhoton", "PhotonDraw", "Struck", "photon_draws", "photon_event", "photon_roles", "two_body"]


class DrawnPhoton(NamedTuple):
    """Photons of tracks, shape (events,) each."""

    energy: FloatArray
    """Energy of the track in GeV."""
    lethargy: FloatArray
    """ln of it over the energy of the photon."""
    photon: FloatArray
    """Energy of the photon in GeV."""
    value: FloatArray
    """Track length in X0 that each draw represents, for one unit of exposure."""


class Struck(NamedTuple):
    """What a photon strikes."""

    name: str
    pdg_id: int
    mass: float
    """In GeV."""
    visible_at_rest: bool
    """Whether the whole energy of the recoil counts as visible, or its kinetic energy."""


def photon_draws(point: SignalPoint, lowest: float) -> tuple[PhotonDraw, ...]:
    """One draw for each line of the source and one for its continuum, for tracks above ``lowest`` in GeV."""
    tables, source = ShowerTables.of(point, "photons"), point.source
    first, last = point.energies
    tracks: list[SpectrumDraw | tuple[float, float]] = [line for line in source.lines if line[0] > lowest]
    if source.edges and lowest < last * (1.0 - 1e-9):
        tracks.append(SpectrumDraw.of(source, max(first, lowest)))
    return tuple(PhotonDraw(point, tables, each) for each in tracks)


@dataclass(frozen=True, slots=True, eq=False)
class PhotonDraw:
    """Draws photons from the track length of a line (energy, number) or of the continuum."""

    point: SignalPoint
    tables: ShowerTables
    tracks: SpectrumDraw | tuple[float, float]

    @property
    def dimensions(self) -> int:
        """Number of uniform numbers for each photon."""
        return 2 if isinstance(self.tracks, SpectrumDraw) else 1

    def __call__(self, uniform: FloatArray, lowest: FloatArray | float) -> DrawnPhoton:
        """Draw photons of more than ``lowest`` GeV that may pass the selection, from numbers (events, dimensions)."""
        if isinstance(self.tracks, SpectrumDraw):
            energy, number = self.tracks(uniform[:, 1])
        else:
            energy, number = (np.full(len(uniform), value) for value in self.tracks)
        needed = np.maximum(self.point.least_fraction * energy - ELECTRON_MASS, lowest)
        shortest = np.full(len(energy), self.tables.shortest)
        longest = np.minimum(np.log(energy / needed), self.tables.longest)
        open_ = longest > shortest
        lethargy, y = self.tables.lethargy(uniform[:, 0], shortest, np.maximum(longest, shortest))
        value = number * self.tables.density(energy, lethargy, y) * np.exp(-lethargy)
        value = value / self.tables.lethargy.drawn_density(y, shortest, np.maximum(longest, shortest))
        return DrawnPhoton(energy, lethargy, energy * np.exp(-lethargy), np.where(open_, value, 0.0))


def two_body(
    photon: FloatArray, energy: FloatArray, mass: FloatArray, t: FloatArray, rng: np.random.Generator
) -> FloatArray:
    """Four-vectors of mediators with this ``energy`` and ``mass`` in GeV; the photon flies along z.

    ``t`` is the squared momentum transfer, -(k - p)², in GeV². The azimuth is uniform.
    """
    slope = (mass**2 + t) / photon
    across = np.sqrt(np.maximum(energy * slope - 0.25 * slope**2 - mass**2, 0.0))
    cosine, sine = azimuth(rng, len(photon))
    return four_vector(across * cosine, across * sine, energy - 0.5 * slope, energy)


def photon_roles(point: SignalPoint, struck: Struck) -> tuple[Role, ...]:
    """The particles of an event."""
    return (
        Role(name="track", pdg_id=charged(point.source.incident), status=-1),
        Role(name=struck.name, pdg_id=struck.pdg_id, status=-1, vertex=2),
        Role(name="photon", pdg_id=PHOTON, status=2, mothers=(0,), vertex=1),
        Role(name="shower", pdg_id=SHOWER, status=1, mothers=(0,), vertex=1),
        Role(name="mediator", pdg_id=mediator_id(point.vertex), status=2, mothers=(1, 2), vertex=2),
        Role(name=f"recoil_{struck.name}", pdg_id=struck.pdg_id, status=1, mothers=(1, 2), vertex=2),
        Role(name="chi", pdg_id=CHI, status=1, mothers=(4,), vertex=2),
        Role(name="antichi", pdg_id=-CHI, status=1, mothers=(4,), vertex=2),
    )


def photon_event(
    form: EventForm,
    struck: Struck,
    state: State,
    mediator: FloatArray,
    weight: FloatArray,
    rng: np.random.Generator,
    *,
    transverse: bool,
) -> EventBatch:
    """Add track, target, recoil and the decay to mediators (events, 4) with the ``mass`` in ``state``.

    A ``transverse`` vector has the helicity of the photon, +1 or -1, along its direction in the centre of mass. Others
    decay isotropically.
    """
    energy, photon_energy, mass = state["track_energy"], state["photon_energy"], state["mass"]
    point, count = form.point, len(energy)
    track, photon = along(energy), along(photon_energy, 0.0)
    target = np.zeros((count, 4))
    target[:, 3] = struck.mass
    recoil = photon + target - mediator
    axis = rest_frame(recoil, mediator, mass) if transverse else None
    kind: Vertex | None = "vector" if transverse else None
    first, second = dark_matter(mediator, mass, point.dark_mass, rng, kind, axis, point.dark_matter)
    shower = track - photon
    at_rest = 0.0 if struck.visible_at_rest else struck.mass
    columns = {
        "track_energy": energy,
        "log_loss": state["log_loss"],
        "collision_energy": photon_energy,
        "mediator_energy": mediator[:, 3],
        "mediator_mass": mass,
        "visible_energy": shower[:, 3] + recoil[:, 3] - at_rest,
    }
    masses: dict[int, FloatArray | float] = {0: ELECTRON_MASS, 1: struck.mass, 2: 0.0, 4: mass, 5: struck.mass}
    masses |= {6: point.dark_mass, 7: point.dark_mass}
    momenta = [track, target, photon, shower, mediator, recoil, first, second]
    return form.record(momenta, masses, weight, columns, rng)
