"""From collisions to event records: the parts common to all processes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np

from evanesce.formats import EventBatch, Role
from evanesce.materials import Nucleus
from evanesce.mediators import Vertex
from evanesce.particles import Particle
from evanesce.sampling.kinematics import along, directions, invariant_mass, to_laboratory
from evanesce.sampling.point import ShowerTables, SignalPoint
from evanesce.validation import FloatArray

__all__ = [
    "CHI",
    "ELECTRON",
    "PHOTON",
    "SHOWER",
    "EventForm",
    "charged",
    "mediator_id",
    "nucleus_id",
    "start_of_event",
]

CHI: Final[int] = 52
"""Dark matter of spin 1/2 in the Particle Data Group's scheme."""
SHOWER: Final[int] = 81
"""Sum of everything visible that the track left behind: a code that the scheme reserves for generators."""
ELECTRON: Final[int] = 11
PHOTON: Final[int] = 22


def charged(particle: Particle) -> int:
    """Particle code of a track."""
    return ELECTRON if particle == "e-" else -ELECTRON


def mediator_id(vertex: Vertex | None) -> int:
    """Code of a mediator of dark matter with spin 0 (54) or 1 (55)."""
    return 54 if vertex in ("scalar", "pseudoscalar") else 55


def nucleus_id(nucleus: Nucleus) -> int:
    """Code of a nucleus, 10LZZZAAAI."""
    return 1_000_000_000 + 10_000 * nucleus.Z + 10 * nucleus.mass_number


def start_of_event(energy: FloatArray, lost: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Four-vectors along the track: its start, the track at the collision, and the shower of ``lost`` GeV."""
    track, left = along(energy), along(energy - lost)
    return track, left, track - left


@dataclass(frozen=True, slots=True, eq=False)
class EventForm:
    """Layout of the events of a sampler."""

    point: SignalPoint
    tables: ShowerTables
    process: str
    roles: tuple[Role, ...]

    def record(
        self,
        momentum: list[FloatArray],
        masses: Mapping[int, FloatArray | float],
        weight: FloatArray,
        columns: Mapping[str, FloatArray],
        rng: np.random.Generator,
    ) -> EventBatch:
        """Transform events from the frame of the track to the laboratory, and add vertices.

        ``momentum`` holds a four-vector (events, 4) for each role, and ``masses`` the known masses; the others are
        computed from the four-vectors. ``columns`` contains at least ``track_energy`` and ``log_loss`` ln(E/E').
        Positions are the start of the track, the face of the calorimeter and the collision.
        """
        energy, lethargy = columns["track_energy"], columns["log_loss"]
        axes = directions(self.point.source, energy, rng)
        target = self.point.setup.target
        depth = target.upstream + self.tables.depth(rng.random(len(energy)), lethargy, energy)
        crossed, crossed_cm = self.point.setup.front
        depth, depth_cm = crossed + depth, crossed_cm + depth * target.material.radiation_length
        position = np.zeros((len(energy), 3, 4))
        face = np.full(len(energy), self.point.face_distance)
        for vertex, distance in ((1, face), (2, face + depth_cm)):
            position[:, vertex, :3] = distance[:, None] * axes[:, 2]
            position[:, vertex, 3] = distance
        stacked = to_laboratory(np.stack(momentum, axis=1), axes)
        mass = np.empty(stacked.shape[:2])
        for index in range(len(self.roles)):
            mass[:, index] = masses[index] if index in masses else invariant_mass(momentum[index])
        kept = {name: column for name, column in columns.items() if name != "log_loss"}
        return EventBatch(
            process=self.process,
            roles=self.roles,
            momentum=stacked,
            mass=mass,
            weight=weight,
            position=position,
            columns={**kept, "depth_x0": depth, "depth_cm": depth_cm, **self._layer(len(energy))},
        )

    def _layer(self, count: int) -> dict[str, FloatArray]:
        """The number of the layer as a column, for a target of several."""
        layer = self.point.setup.layer
        return {} if layer is None else {"layer": np.full(count, float(layer))}
