"""The number that only scales a source: a luminosity, a number of particles."""

from __future__ import annotations

import copy
from typing import Any

from evanesce.sources.base import Source

__all__ = ["unit_exposure"]


def unit_exposure(source: Source) -> tuple[Source, float]:
    """Return the source at exposure 1 and its own exposure, which multiplies every number of tracks.

    A source names the field in its class attribute ``exposure_field``; one that does not is its own unit.

    >>> from evanesce.sources import Beam
    >>> unit, exposure = unit_exposure(Beam(energy=100.0, particles=2.84e11))
    >>> unit.particles, f"{exposure:g}"
    (1.0, '2.84e+11')
    """
    field: Any = getattr(source, "exposure_field", None)
    if field is None:
        return source, 1.0
    unit = copy.copy(source)  # not made anew: its file was read and checked once
    object.__setattr__(unit, field, 1.0)
    return unit, float(getattr(source, field))
