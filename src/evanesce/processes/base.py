"""The interface of a production process, and the registry of the processes that a card can name.

To add a process, write one frozen dataclass with these attributes and register it with ``@PROCESSES.register("name")``.
It is then part of every channel whose physics options switch it on, of limits and of JSON; and of events, if what it
prepares offers :class:`Generates`. Options of its own go into a class attribute ``OPTIONS``.
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
    """A process ready for one setup: everything that does not depend on the mediator is computed."""

    def rates(self, mediator: Mediator, mass: FloatArray) -> Estimate:
        """Signal events at ε = 1 and unit exposure, shape (points, bins), with numerical errors.

        ``mass`` in GeV has shape (points,); the mediator's parameters are scalars or of shape (points, 1). NaN
        where the yield is not known.
        """
        ...


@runtime_checkable
class Generates(Protocol):
    """The optional interface of a prepared process that can generate events."""

    def samplers(self, point: SignalPoint) -> Sequence[Sampler]:
        """Samplers whose yields add up to the yield of the process at ``point``."""
        ...


class Workshop(Protocol):
    """A store in which processes share what several of them need; an engine is one."""

    def share(self, key: Hashable, compute: Callable[[], T]) -> T:
        """Return the value kept under ``key``; it is computed the first time."""
        ...


class Process(Protocol):
    """A way to produce the mediator."""

    name: ClassVar[str]
    """Key in results, for instance ``annihilation``; a process on a card replaces the standard one of the same name."""
    standard: ClassVar[bool]
    """Whether it is part of every channel; otherwise a card has to name it."""
    reads: ClassVar[frozenset[str]]
    """Physics options it depends on; ``track_length`` brings the options of the shower along."""
    axes: ClassVar[frozenset[str]]
    """Mediator parameters it depends on. For bremsstrahlung {"mass"}: a grid in α_D then computes it once."""

    def enabled(self, options: PhysicsOptions) -> bool:
        """Whether the physics options include it."""
        ...

    def prepare(self, setup: Setup, options: PhysicsOptions, workshop: Workshop) -> Prepared:
        """Compute everything that does not depend on the mediator."""
        ...


PROCESSES: Final[Registry[Process]] = Registry(
    "process", "evanesce.processes", retired={"non-resonant": "the process isr has it, switched on by isr = on"}
)


def chosen_processes(own: Sequence[Process], options: PhysicsOptions) -> tuple[Process, ...]:
    """Return the processes that the options include; one of the card replaces the standard one of its name."""
    chosen: dict[str, Process] = {}
    for cls in PROCESSES.classes():
        if cls.standard:
            make: Any = cls  # a standard process needs no arguments
            chosen[cls.name] = make()
    chosen |= {process.name: process for process in own}
    return tuple(process for process in chosen.values() if process.enabled(options))
