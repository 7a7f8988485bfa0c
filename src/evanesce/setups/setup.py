"""Tracks, target and acceptance: everything in a channel that a production process depends on."""

from __future__ import annotations

import math
from collections.abc import Hashable
from dataclasses import dataclass, field, fields, replace

from evanesce.fingerprint import fingerprint
from evanesce.materials import Material
from evanesce.physics import PhysicsOptions
from evanesce.setups.incidence import over_angles
from evanesce.setups.target import Target
from evanesce.showers import ShowerSetup, TrackLength, kernel_shower
from evanesce.sources import EnergySlice, FromFiles, Source, energies, whole_of
from evanesce.tracklength import Acceptance

__all__ = ["Setup"]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Setup:
    """Tracks, target and acceptance at unit exposure; yields are multiplied by exposure and efficiency afterwards."""

    source: Source
    """The tracks at exposure 1, with their window smeared by the detector's resolution."""
    target: Target
    acceptance: Acceptance
    """Probability that an event passes the selection."""
    before: tuple[tuple[Material, float], ...] = ()
    """Layers that tracks cross before the target: material and thickness in its own X0."""
    layer: int | None = None
    """Number of the layer that the target is, from 1 on; None for a target of one slab."""
    key: Hashable = field(init=False, repr=False)
    """Content of the setup: two setups with equal keys have equal yields."""

    def __post_init__(self) -> None:
        content = (self.target, self.acceptance, *((self.before,) if self.before else ()))
        object.__setattr__(self, "key", (_of_source(self.source), *map(fingerprint, content)))

    @property
    def front(self) -> tuple[float, float]:
        """Thickness of the layers before the target, in X0 of each and in cm."""
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
        # slices share the shower of all tracks
        return over_angles(self.whole.source, lambda factor: shower.track_length(self.slab(factor, longest)))

    def slab(self, factor: float = 1.0, longest: float = math.inf) -> ShowerSetup:
        """Slab and incident particle, with every thickness times ``factor``, and at most ``longest`` X0 of the way."""
        target = self.target
        lowest, highest = self.whole.energies
        return ShowerSetup(
            incident=self.source.incident,
            material=target.material,
            start=factor * target.upstream,
            stop=factor * target.upstream + min(factor * target.thickness, longest),
            energy_min=lowest,
            energy_max=highest,
            before=tuple((material, factor * thickness) for material, thickness in self.before),
        )


def _of_source(source: Source) -> Hashable:
    """Content of a source; a file is identified by its checksum, not by the events in memory."""
    if isinstance(source, EnergySlice):
        return (EnergySlice, _of_source(source.source), source.low, source.high, source.resolution)
    if not isinstance(source, FromFiles):
        return fingerprint(source)
    given = [getattr(source, entry.name) for entry in fields(source) if entry.init]  # type: ignore[arg-type]
    return (type(source), fingerprint(given), fingerprint(source.checksums()))
