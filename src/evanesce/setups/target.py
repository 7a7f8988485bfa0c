"""The calorimeter and the selection of a card."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from evanesce.errors import InvalidValueError
from evanesce.materials import Material
from evanesce.validation import between, fraction, non_negative

__all__ = ["Selection", "Target"]

_THICKNESSES: Final[tuple[float, float]] = (1e-6, 1e4)
_UPSTREAM: Final[tuple[float, float]] = (1e-9, 30.0)
"""In X0. One positron in 10¹⁰ crosses 30 X0; beyond 40 the remaining track length is smaller than rounding errors."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """The calorimeter, which is also the target."""

    material: Material
    thickness: float
    """Thickness in X0."""
    upstream: float = 0.0
    """Inactive material in front of it, in X0."""

    def __post_init__(self) -> None:
        if not isinstance(self.material, Material):
            raise InvalidValueError(
                f"material = {self.material!r}: must be a Material; make one with material() or compound()"
            )
        between("thickness", self.thickness, *_THICKNESSES, "X0")
        if non_negative("upstream", self.upstream) > 0:
            between("upstream", self.upstream, *_UPSTREAM, "X0, or be 0")


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """Definition of a signal event."""

    missing_fraction: float = 0.95
    """The mediator takes more than this fraction of the track's energy."""

    def __post_init__(self) -> None:
        fraction("missing_fraction", self.missing_fraction, one_allowed=False)
