"""The interface of a channel, and the registry of the channels that a card can name."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal, Protocol, TypeAlias

from evanesce.backgrounds import BackgroundEstimate
from evanesce.physics import PhysicsOptions
from evanesce.processes import Process
from evanesce.registry import Registry
from evanesce.representation import Facts
from evanesce.setups import Setup, joined

__all__ = ["CHANNELS", "BackgroundChoice", "Channel", "Expectation", "setups_of"]

BackgroundChoice: TypeAlias = float | Literal["budget"] | None
"""Background of a prediction: a number of events, the sum of the card's components, or (None) what the card says."""


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

    def setup(self, options: PhysicsOptions) -> Setup:
        """Return what shapes the yield under these physics options."""
        ...

    def expectation(self, choice: BackgroundChoice = None) -> Expectation:
        """Return the expected background."""
        ...

    def facts(self) -> Facts:
        """Summarise the channel in a few lines."""
        ...

    def cautions(self, options: PhysicsOptions) -> tuple[str, ...]:
        """Cautions that apply to every point of a result, one sentence each."""
        ...


CHANNELS: Final[Registry[Any]] = Registry("channel", "evanesce.channels")


def setups_of(channel: Channel, options: PhysicsOptions) -> Sequence[tuple[float, Setup]]:
    """Weight and setup of every part of a channel: of its ``setups`` if it has them, else of its only ``setup``.

    With radiation at the vertex, whose folds take long, parts that differ only in what lies before them are one.
    """
    several: Any = getattr(channel, "setups", None)
    if several is None:
        return ((1.0, channel.setup(options)),)
    parts: Sequence[tuple[float, Setup]] = several(options)
    return parts if options["isr"] == "off" else joined(parts)
