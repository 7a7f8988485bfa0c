"""What a production process has to offer, and the registry that channels look processes up in.

To add a process, write one frozen dataclass with these attributes and register it with ``@PROCESSES.register("name")``:
it is then part of every channel whose physics options switch it on, of limits, JSON and, if what it prepares offers
:class:`Generates`, of events. Options of its own go into a class attribute ``OPTIONS``.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from typing import Any, ClassVar, Final, Protocol, TypeVar, runtime_checkable

from evanesce.mediators import Mediator
from evanesce.numerics import Estimate
from evanesce.physics import PhysicsOptions
from evanesce.registry import Registry
from evanesce.sampling.point import SignalPoint
from evanesce.sampling.sampler import Sampler
from evanesce.setups import Setup
from evanesce.validation import FloatArray

__all__ = ["PROCESSES", "Generates", "Prepared", "Process", "Workshop", "chosen_processes"]

T = TypeVar("T")


class Prepared(Protocol):
    """A process ready for one setup: what does not depend on the mediator is done."""

    def rates(self, mediator: Mediator, mass: FloatArray) -> Estimate:
        """Signal events at ε = 1 and unit exposure, shape (points, bins), with their numerical errors.

        ``mass`` in GeV has shape (points,); the mediator's parameters are scalars or of shape (points, 1). Not a
        number where the yield is not known.
        """
        ...


@runtime_checkable
class Generates(Protocol):
    """What a prepared process may offer besides: its events."""

    def samplers(self, point: SignalPoint) -> Sequence[Sampler]:
        """Samplers whose yields, all together, are those of the process at ``point``."""
        ...


class Workshop(Protocol):
    """Where processes share what several of them need, an engine for instance."""

    def share(self, key: Hashable, compute: Callable[[], T]) -> T:
        """Return what is kept under ``key``, computed the first time."""
        ...


class Process(Protocol):
    """A way to produce the mediator."""

    name: ClassVar[str]
    """Key in results, for instance ``annihilation``; a process on a card replaces the standard one of its name."""
    standard: ClassVar[bool]
    """Whether it is part of every channel; otherwise a card has to name it."""
    reads: ClassVar[frozenset[str]]
    """Physics options it depends on; ``track_length`` brings the options of the shower along."""
    axes: ClassVar[frozenset[str]]
    """Parameters of the mediator it depends on: bremsstrahlung is {"mass"}, and a grid in α_D computes it once."""

    def enabled(self, options: PhysicsOptions) -> bool:
        """Whether the physics options ask for it."""
        ...

    def prepare(self, setup: Setup, options: PhysicsOptions, workshop: Workshop) -> Prepared:
        """Do what every mediator shares."""
        ...


PROCESSES: Final[Registry[Process]] = Registry("process", "evanesce.processes")


def chosen_processes(own: Sequence[Process], options: PhysicsOptions) -> tuple[Process, ...]:
    """Return the standard processes, those of a card in place of theirs, as far as the options ask for them."""
    chosen: dict[str, Process] = {}
    for cls in PROCESSES.classes():
        if cls.standard:
            make: Any = cls  # a standard process needs no arguments
            chosen[cls.name] = make()
    chosen |= {process.name: process for process in own}
    return tuple(process for process in chosen.values() if process.enabled(options))
