"""The calorimeter and the selection of a card."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from evanesce.errors import InvalidValueError
from evanesce.materials import Material
from evanesce.setups.efficiency import Efficiency
from evanesce.validation import between, fraction, non_negative

__all__ = ["LARGEST_UPSTREAM", "THICKNESSES", "Selection", "Target", "check_material"]

THICKNESSES: Final[tuple[float, float]] = (1e-6, 1e4)
LARGEST_UPSTREAM: Final[float] = 30.0
"""In X0. One positron in 10¹⁰ crosses 30 X0; beyond 40 the remaining track length is smaller than rounding errors."""
_SMALLEST_UPSTREAM: Final[float] = 1e-9


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """The calorimeter, which is also the target."""

    material: Material
    thickness: float
    """Thickness in X0."""
    upstream: float = 0.0
    """Inactive material in front of it, in X0."""

    def __post_init__(self) -> None:
        check_material(self.material)
        between("thickness", self.thickness, *THICKNESSES, "X0")
        if non_negative("upstream", self.upstream) > 0:
            between("upstream", self.upstream, _SMALLEST_UPSTREAM, LARGEST_UPSTREAM, "X0, or be 0")


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """Definition of a signal event."""

    missing_fraction: float = 0.95
    """The mediator takes more than this fraction of the track's energy."""
    efficiency: Efficiency | None = None
    """Efficiency as a function of the missing energy and of where the track vanishes; always 1 without it."""

    def __post_init__(self) -> None:
        fraction("missing_fraction", self.missing_fraction, one_allowed=False)
        if not isinstance(self.efficiency, (Efficiency, type(None))):
            raise InvalidValueError(f"efficiency = {self.efficiency!r}: must be an Efficiency or None")

    def intervals(self, first: float, last: float) -> Iterator[tuple[float, float, float]]:
        """Intervals (begin, end, efficiency) of depth in X0 that it accepts between two depths."""
        if self.efficiency is None:
            yield first, last, 1.0
        else:
            yield from self.efficiency.intervals(first, last)


def check_material(material: object) -> None:
    """Raise for anything that is not a material.

    Raises
    ------
    InvalidValueError
        Something else.

    """
    if not isinstance(material, Material):
        raise InvalidValueError(f"material = {material!r}: must be a Material; make one with material() or compound()")
