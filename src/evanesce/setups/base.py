"""What every kind of setup has, whatever is collided in it."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Protocol

__all__ = ["AnySetup"]


class AnySetup(Protocol):
    """Everything in a channel that the shape of a yield depends on.

    A process names the class of the setups that it computes with in ``takes``. A setup whose source has replicas
    (see :class:`~evanesce.sources.Sampled`) also has an attribute ``source``.
    """

    @property
    def key(self) -> Hashable:
        """Content: two setups with equal keys have equal yields."""
        ...

    @property
    def energies(self) -> tuple[float, float]:
        """Smallest and largest energy in GeV of a track, or of the beams together in their centre of mass."""
        ...
