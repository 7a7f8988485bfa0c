"""Tracks, target and acceptance: everything in a channel that a production process depends on."""

from __future__ import annotations

import math
from collections.abc import Hashable, Sequence
from dataclasses import dataclass, field, fields, replace
from typing import TypeAlias

from evanesce.errors import InvalidValueError
from evanesce.fingerprint import fingerprint
from evanesce.materials import Material
from evanesce.physics import PhysicsOptions
from evanesce.setups.incidence import over_angles
from evanesce.setups.target import Target
from evanesce.showers import ShowerSetup, TrackLength, kernel_shower, over_ways
from evanesce.sources import EnergySlice, FromFiles, Source, energies, whole_of
from evanesce.tracklength import Acceptance

__all__ = ["Setup", "joined"]

Layers: TypeAlias = tuple[tuple[Material, float], ...]
"""Materials that tracks cross in order, each with its thickness in its own X0."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Setup:
    """Tracks, target and acceptance at unit exposure; yields are multiplied by exposure and efficiency afterwards."""

    source: Source
    """The tracks at exposure 1, with their window smeared by the detector's resolution."""
    target: Target
    acceptance: Acceptance
    """Probability that an event passes the selection."""
    before: Layers = ()
    """Layers that tracks cross before the target: material and thickness in its own X0."""
    ways: tuple[tuple[float, Layers], ...] = ()
    """Tracks that come by several ways: the share of each and the layers that it crosses, in place of ``before``."""
    layer: int | None = None
    """Number of the layer that the target is, from 1 on; None for a target of one slab."""
    key: Hashable = field(init=False, repr=False)
    """Content of the setup: two setups with equal keys have equal yields."""
    without_layers: Hashable = field(init=False, repr=False)
    """Content but for what lies before the target."""

    def __post_init__(self) -> None:
        slab = (_of_source(self.source), fingerprint(self.target), fingerprint(self.acceptance))
        object.__setattr__(self, "without_layers", slab)
        object.__setattr__(self, "key", (*slab, *(fingerprint(each) for each in (self.before, self.ways) if each)))

    @property
    def front(self) -> tuple[float, float]:
        """Thickness of the layers before the target, in X0 of each and in cm.

        Raises
        ------
        InvalidValueError
            Tracks that come by several ways.

        """
        if self.ways:
            raise InvalidValueError("target: tracks come by several ways; take each way by itself")
        crossed = sum(thickness for _, thickness in self.before)
        return crossed, sum(thickness * material.radiation_length for material, thickness in self.before)

    @property
    def energies(self) -> tuple[float, float]:
        """Smallest and largest energy of a track in GeV."""
        return energies(self.source)

    @property
    def whole(self) -> Setup:
        """The setup for all tracks, where this is one for a slice in energy."""
        source = whole_of(self.source)
        return self if source is self.source else replace(self, source=source)

    def track_length(self, options: PhysicsOptions, *, thickness: float | None = None) -> TrackLength:
        """Track length in the target, from the end of the upstream material, over at most ``thickness`` X0 of the way.

        Raises
        ------
        InvalidValueError
            A shower that has only bins, or does not cover the energies.

        """
        longest = math.inf if thickness is None else thickness
        shower = kernel_shower(options.track_length, options)
        ways = self.ways or ((1.0, self.before),)
        shares = [share for share, _ in ways]

        def crossed(factor: float) -> TrackLength:
            return over_ways(shower, shares, [self.slab(before, factor, longest) for _, before in ways])

        # slices share the shower of all tracks
        return over_angles(self.whole.source, crossed)

    def slab(self, before: Layers | None = None, factor: float = 1.0, longest: float = math.inf) -> ShowerSetup:
        """Slab and incident particle, with every thickness times ``factor``, and at most ``longest`` X0 of the way.

        ``before`` it are these layers, or those of the setup.
        """
        target = self.target
        lowest, highest = self.whole.energies
        return ShowerSetup(
            incident=self.source.incident,
            material=target.material,
            start=factor * target.upstream,
            stop=factor * target.upstream + min(factor * target.thickness, longest),
            energy_min=lowest,
            energy_max=highest,
            before=tuple(
                (material, factor * thickness) for material, thickness in (self.before if before is None else before)
            ),
        )


def joined(parts: Sequence[tuple[float, Setup]]) -> tuple[tuple[float, Setup], ...]:
    """Weights and setups of parts, with parts that differ only in what lies before them as one.

    Production in a slab is linear in the track length, so that it needs one fold of the mean over the ways.
    """
    alike: dict[Hashable, list[tuple[float, Setup]]] = {}
    for weight, setup in parts:
        alike.setdefault((setup.layer, setup.without_layers), []).append((weight, setup))
    return tuple(_joined(group) for group in alike.values())


def _joined(group: Sequence[tuple[float, Setup]]) -> tuple[float, Setup]:
    if len(group) == 1:
        return group[0]
    total = sum(weight for weight, _ in group)
    ways = tuple((weight / total, setup.before) for weight, setup in group)
    return total, replace(group[0][1], before=(), ways=ways)


def _of_source(source: Source) -> Hashable:
    """Content of a source; a file is identified by its checksum, not by the events in memory."""
    if isinstance(source, EnergySlice):
        return (EnergySlice, _of_source(source.source), source.low, source.high, source.resolution)
    if not isinstance(source, FromFiles):
        return fingerprint(source)
    given = [getattr(source, entry.name) for entry in fields(source) if entry.init]  # type: ignore[arg-type]
    return (type(source), fingerprint(given), fingerprint(source.checksums()))
