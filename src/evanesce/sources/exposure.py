"""The exposure of a source, a factor on the number of its tracks: a luminosity or a number of particles."""

from __future__ import annotations

import copy
from typing import Any, TypeVar

__all__ = ["unit_exposure"]

T = TypeVar("T")


def unit_exposure(source: T) -> tuple[T, float]:
    """Return the source, or the beams, at exposure 1, and its exposure, a factor on every number of tracks.

    The class attribute ``exposure_field`` of a source names the field; without it the exposure is 1.

    >>> from evanesce.sources import Beam
    >>> unit, exposure = unit_exposure(Beam(energy=100.0, particles=2.84e11))
    >>> unit.particles, f"{exposure:g}"
    (1.0, '2.84e+11')
    """
    field: Any = getattr(source, "exposure_field", None)
    if field is None:
        return source, 1.0
    unit = copy.copy(source)  # a copy, because its file has been read and checked already
    object.__setattr__(unit, field, 1.0)
    return unit, float(getattr(source, field))
