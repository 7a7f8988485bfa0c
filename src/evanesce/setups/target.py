"""The calorimeter and the selection of a card."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from evanesce.errors import InvalidValueError
from evanesce.materials import Material
from evanesce.validation import between, fraction, non_negative, positive, printable, true_or_false

__all__ = ["DepthEfficiency", "EnergyEfficiency", "Layer", "Selection", "Target", "layers_of"]

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
        _check_material(self.material)
        between("thickness", self.thickness, *_THICKNESSES, "X0")
        if non_negative("upstream", self.upstream) > 0:
            between("upstream", self.upstream, *_UPSTREAM, "X0, or be 0")


@dataclass(frozen=True, slots=True, kw_only=True)
class Layer:
    """One layer of a target that consists of several, in the order in which tracks cross them.

    >>> from evanesce.materials import material
    >>> round(Layer(material=material("quartz"), thickness_cm=2.0).depth, 3)
    0.163
    """

    material: Material
    thickness: float | None = None
    """Thickness in X0 of its material; or give thickness_cm."""
    thickness_cm: float | None = None
    """Thickness in cm."""
    active: bool = True
    """Whether a collision in this layer is a signal event; in a dead layer tracks only lose energy."""
    label: str = ""
    """What it is, for instance ``TOP``."""

    def __post_init__(self) -> None:
        _check_material(self.material)
        printable("label", self.label)
        true_or_false("active", self.active)
        if (self.thickness is None) == (self.thickness_cm is None):
            given = "both" if self.thickness is not None else "none"
            raise InvalidValueError(
                f"layer of {self.material.name}: {given} of thickness (X0) and thickness_cm is given; give one of them"
            )
        if self.thickness is not None:
            between("thickness", self.thickness, *_THICKNESSES, "X0")
        else:
            positive("thickness_cm", self.thickness_cm or 0.0)
            between("thickness_cm over X0", self.depth, *_THICKNESSES, "X0")

    @property
    def depth(self) -> float:
        """Thickness in X0."""
        if self.thickness is not None:
            return float(self.thickness)
        return float(self.thickness_cm or 0.0) / self.material.radiation_length


def layers_of(target: Target | Sequence[Layer]) -> tuple[Layer, ...]:
    """Return a target as layers: one for a single calorimeter, and one more for the material upstream of it."""
    if not isinstance(target, Target):
        return tuple(target)
    front = (Layer(material=target.material, thickness=target.upstream, active=False),) if target.upstream else ()
    return (*front, Layer(material=target.material, thickness=target.thickness))


@dataclass(frozen=True, slots=True, kw_only=True)
class EnergyEfficiency:
    """A point of an efficiency that depends on the missing energy."""

    efficiency: float
    """Probability that the event is kept."""
    missing_fraction: float | None = None
    """Energy of the mediator over that of the track; or give missing_energy."""
    missing_energy: float | None = None
    """Energy of the mediator in GeV, for a beam."""

    def __post_init__(self) -> None:
        fraction("efficiency", self.efficiency)
        if (self.missing_fraction is None) == (self.missing_energy is None):
            given = "both" if self.missing_fraction is not None else "none"
            raise InvalidValueError(f"{given} of missing_fraction and missing_energy is given; give one of them")
        if self.missing_fraction is not None:
            fraction("missing_fraction", self.missing_fraction)
        else:
            positive("missing_energy", self.missing_energy or 0.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class DepthEfficiency:
    """An efficiency that holds from a depth on, until the next one."""

    depth: float
    """Depth of the collision in X0, from the front of all layers."""
    efficiency: float
    """Probability that the event is kept, for instance by a preshower that must see the track."""

    def __post_init__(self) -> None:
        non_negative("depth", self.depth)
        fraction("efficiency", self.efficiency)


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """Definition of a signal event."""

    missing_fraction: float = 0.95
    """The mediator takes more than this fraction of the track's energy."""
    energy_efficiency: Sequence[EnergyEfficiency] = ()
    """Efficiency at increasing missing energy: linear in between, constant outside; two equal ones make a step."""
    depth_efficiency: Sequence[DepthEfficiency] = ()
    """Efficiency from increasing depths on; the first depth is 0."""

    def __post_init__(self) -> None:
        fraction("missing_fraction", self.missing_fraction, one_allowed=False)
        object.__setattr__(self, "energy_efficiency", tuple(self.energy_efficiency))
        object.__setattr__(self, "depth_efficiency", tuple(self.depth_efficiency))
        for name in ("missing_fraction", "missing_energy"):
            values = [getattr(point, name) for point in self.energy_efficiency]
            if None in values and any(value is not None for value in values):
                raise InvalidValueError(
                    "energy_efficiency: has points with missing_fraction and with missing_energy; use one of them"
                )
            if None not in values:
                self._check_order(name, values)
        depths = [point.depth for point in self.depth_efficiency]
        if depths and depths[0] != 0.0:
            raise InvalidValueError(f"depth_efficiency: begins at a depth of {depths[0]:g} X0; the first must be 0")
        for one, other in pairwise(depths):
            if not one < other:
                raise InvalidValueError(f"depth_efficiency: {other:g} X0 after {one:g}: depths must increase strictly")
        for name in ("energy_efficiency", "depth_efficiency"):
            points = getattr(self, name)
            if points and not max(point.efficiency for point in points) > 0:
                raise InvalidValueError(f"{name}: is 0 everywhere, no event would be left")

    @staticmethod
    def _check_order(name: str, values: Sequence[float]) -> None:
        for one, other in pairwise(values):
            if not one <= other:
                raise InvalidValueError(f"energy_efficiency: {name} {other:g} after {one:g}: must not decrease")
        for one, _, last in zip(values, values[1:], values[2:], strict=False):
            if one == last:
                raise InvalidValueError(f"energy_efficiency: three points at {name} = {one:g}; a step has two")


def _check_material(material: object) -> None:
    if not isinstance(material, Material):
        raise InvalidValueError(f"material = {material!r}: must be a Material; make one with material() or compound()")
