"""Events as arrays: a batch holds many events of one process, each with the same particles in the same order."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from evanesce.errors import InvalidValueError
from evanesce.validation import FloatArray

__all__ = ["EventBatch", "Role"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Role:
    """Properties of a particle that are the same in every event of a batch."""

    name: str
    """Key in columnar files, for instance ``mediator``."""
    pdg_id: int
    """Particle code of the Particle Data Group's numbering scheme."""
    status: int
    """-1 incoming, 1 final, 2 decayed: the Les Houches convention (arXiv:hep-ph/0109068)."""
    mothers: tuple[int, ...] = ()
    """Indices of its mothers in the event; particles with the same mothers share a vertex."""
    vertex: int = 0
    """Index of its production vertex among the positions of the event."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class EventBatch:
    """Events of one process, shape (events, particles) throughout."""

    process: str
    """Name of the process, for instance ``annihilation``."""
    roles: tuple[Role, ...]
    momentum: FloatArray
    """px, py, pz, E in GeV, shape (events, particles, 4)."""
    mass: FloatArray
    """Generated masses in GeV, shape (events, particles)."""
    weight: FloatArray
    """Weights, shape (events,)."""
    position: FloatArray
    """x, y, z, ct in cm of the vertices, shape (events, vertices, 4)."""
    columns: Mapping[str, FloatArray] = field(default_factory=dict)
    """Further numbers of each event, shape (events,) each."""

    def __post_init__(self) -> None:
        n, p = len(self.weight), len(self.roles)
        vertices = 1 + max((role.vertex for role in self.roles), default=0)
        if self.momentum.shape != (n, p, 4) or self.mass.shape != (n, p):
            raise InvalidValueError(
                f"momenta {self.momentum.shape}, masses {self.mass.shape}: must be {(n, p, 4)} and {(n, p)}"
            )
        if self.position.shape[::2] != (n, 4) or self.position.shape[1] < vertices:
            raise InvalidValueError(f"positions {self.position.shape}: must be ({n}, {vertices} or more, 4)")
        for name, column in self.columns.items():
            if np.shape(column) != (n,):
                raise InvalidValueError(f"column {name}: has shape {np.shape(column)}, must be ({n},)")

    def __len__(self) -> int:
        return len(self.weight)
