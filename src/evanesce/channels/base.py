"""What a channel has to offer, and the registry that cards look channels up in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal, Protocol, TypeAlias

from evanesce.backgrounds import BackgroundEstimate
from evanesce.physics import PhysicsOptions
from evanesce.processes import Process
from evanesce.registry import Registry
from evanesce.representation import Facts
from evanesce.setups import Setup

__all__ = ["CHANNELS", "BackgroundChoice", "Channel", "Expectation"]

BackgroundChoice: TypeAlias = float | Literal["budget"] | None
"""Which background a prediction takes: a number of events, the sum of the card's components, or what the card says."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Expectation:
    """Expected background of a channel."""

    components: tuple[BackgroundEstimate, ...]
    notes: tuple[str, ...] = ()
    """What was done, where it is not what the card says."""
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
        """Production processes in place of the standard ones of their names, or beside them."""
        ...

    @property
    def counts(self) -> Sequence[float] | None:
        """Observed events in each bin, if the data are there."""
        ...

    def setup(self, options: PhysicsOptions) -> Setup:
        """Return what shapes the yield under these physics options."""
        ...

    def expectation(self, choice: BackgroundChoice = None) -> Expectation:
        """Return the expected background."""
        ...

    def facts(self) -> Facts:
        """Say in a few lines what the channel is."""
        ...

    def cautions(self, options: PhysicsOptions) -> tuple[str, ...]:
        """Say what holds at every point of a result: one sentence each."""
        ...


CHANNELS: Final[Registry[Any]] = Registry("channel", "evanesce.channels")
