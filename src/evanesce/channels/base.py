"""The interface of a channel, and the registry of the channels that a card can name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final, Literal, NamedTuple, Protocol, TypeAlias

from evanesce.backgrounds import BackgroundEstimate, Budget, Constant
from evanesce.channels.bins import GIVEN, Bins
from evanesce.channels.scale import ScaleUncertainty
from evanesce.physics import PhysicsOptions
from evanesce.processes import Process
from evanesce.registry import Registry
from evanesce.representation import Facts
from evanesce.setups import AnySetup
from evanesce.sources import EnergySlice, Source
from evanesce.validation import FloatArray

__all__ = [
    "CHANNELS",
    "GIVEN",
    "BackgroundChoice",
    "Channel",
    "Contribution",
    "Expectation",
    "axes_of",
    "binned",
    "bins_of",
    "contributions_of",
    "exposure_facts",
    "scales_of",
    "undivided",
]

BackgroundChoice: TypeAlias = float | Constant | Literal["budget", "components"] | None
"""Background of a prediction: a number of events, also with an error; the sum of the card's components (``budget``), or
that sum where the card has components and its number elsewhere (``components``); or (None) what the card says."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Expectation:
    """Expected background of a channel."""

    components: tuple[BackgroundEstimate, ...]
    notes: tuple[str, ...] = ()
    """What was done differently from the card."""
    warnings: tuple[str, ...] = ()
    """What is wrong with it."""

    @property
    def total(self) -> float:
        """Sum of the components."""
        return float(sum(component.expected for component in self.components))


class Contribution(NamedTuple):
    """A part of the signal of one bin: ``weight`` times what the processes yield in ``setup``.

    Parts of a target, slices of the track's energy and differences between two cuts are contributions.
    """

    bin: int
    weight: float
    """Negative where a part is subtracted, as what lies above the upper edge of a bin."""
    setup: AnySetup

    def with_source(self, source: Source) -> Contribution:
        """Return the same part for other tracks; the same slice of them, where it is for a slice."""
        tracks: Any = self.setup  # a dataclass with a source
        now = tracks.source
        other = now.of(source) if isinstance(now, EnergySlice) else source
        return self._replace(setup=replace(tracks, source=other))

    @property
    def is_empty(self) -> bool:
        """Whether no track is in the slice, as in a sample of few events."""
        source = getattr(self.setup, "source", None)
        return isinstance(source, EnergySlice) and not source.count > 0.0


class Channel(Protocol):
    """One way to see the signal."""

    @property
    def label(self) -> str:
        """Name within the experiment."""
        ...

    @property
    def exposure(self) -> float:
        """What multiplies every yield: luminosity or number of tracks, times efficiency."""
        ...

    @property
    def processes(self) -> Sequence[Process]:
        """Production processes; each replaces the standard one of the same name, or is added."""
        ...

    @property
    def counts(self) -> Sequence[float] | None:
        """Observed events in each bin; None before there are data."""
        ...

    def setup(self, options: PhysicsOptions) -> AnySetup:
        """Return what shapes the yield under these physics options."""
        ...

    def expectation(self, choice: BackgroundChoice = None) -> Expectation:
        """Return the expected background."""
        ...

    def budget(self) -> Budget:
        """Estimate every component of the background and their sum."""
        ...

    def facts(self) -> Facts:
        """Summarise the channel in a few lines."""
        ...

    def cautions(self, options: PhysicsOptions) -> tuple[str, ...]:
        """Cautions that apply to every point of a result, one sentence each."""
        ...


_UNITS: Final[dict[str, str]] = {"luminosity": "ab⁻¹"}
CHANNELS: Final[Registry[Any]] = Registry("channel", "evanesce.channels")


def contributions_of(channel: Channel, options: PhysicsOptions) -> Sequence[Contribution]:
    """Everything that adds signal to the bins of a channel: its ``contributions``, else its only ``setup``."""
    several: Any = getattr(channel, "contributions", None)
    return (Contribution(0, 1.0, channel.setup(options)),) if several is None else several(options)


def undivided(channel: Channel, options: PhysicsOptions) -> Sequence[Contribution]:
    """Everything that adds signal to all bins of a channel together; none for a channel that cannot say it."""
    found: Any = getattr(channel, "undivided", None)
    return () if found is None or bins_of(channel) == 1 else found(options)


def scales_of(channel: Channel) -> tuple[ScaleUncertainty, ...]:
    """Uncertainties of a channel that act as common factors: its ``systematics``, else none."""
    return tuple(getattr(channel, "systematics", ()))


def bins_of(channel: Channel) -> int:
    """Number of bins of a channel: its ``bins``, a number or :class:`Bins`, else one."""
    found: Any = getattr(channel, "bins", 1)
    return found.count if isinstance(found, Bins) else int(found)


def axes_of(channel: Channel, options: PhysicsOptions) -> Mapping[str, FloatArray]:
    """Edges of the bins of a channel by axis: its ``axes``, else none."""
    found: Any = getattr(channel, "axes", None)
    return {} if found is None else found(options)


def binned(channel: Channel, expected: Expectation, options: PhysicsOptions) -> Expectation:
    """The expected background with the share of each bin: the channel's ``binned``, else as it is."""
    several: Any = getattr(channel, "binned", None)
    return expected if several is None else several(expected, options)


def exposure_facts(source: Any, efficiency: float) -> Facts:
    """What a yield is proportional to, for printing: the exposure of a source or of beams, and the efficiency."""
    name = getattr(source, "exposure_field", None)
    if name is not None:
        yield f"{name} [{_UNITS[name]}]" if name in _UNITS else name, getattr(source, name)
    if efficiency != 1.0:
        yield "efficiency", efficiency
