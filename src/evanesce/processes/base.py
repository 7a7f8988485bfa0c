"""The interface of a production process, and the registry of the processes that a card can name.

To add a process, write one frozen dataclass with these attributes and register it with ``@PROCESSES.register("name")``.
It is then part of every channel with setups that it takes, if the physics options switch it on, of limits and of JSON;
and of events, if what it prepares offers :class:`Generates`. Options of its own go into a class attribute ``OPTIONS``.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from typing import Any, ClassVar, Final, Protocol, TypeVar, runtime_checkable

from evanesce.errors import InvalidValueError
from evanesce.mediators import Mediator
from evanesce.numerics import Estimate
from evanesce.physics import PhysicsOptions
from evanesce.registry import Registry
from evanesce.sampling.point import SignalPoint
from evanesce.sampling.sampler import Sampler
from evanesce.setups import AnySetup, Setup
from evanesce.validation import FloatArray

__all__ = ["PROCESSES", "Generates", "Prepared", "Process", "Workshop", "chosen_processes", "taken_by"]

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
    """A way to produce the mediator.

    The optional class attribute ``takes`` is the class of the setups that it computes with, see :func:`taken_by`.
    The optional ``smooth``, out of ``{"alpha_d", "mass_ratio"}``, names parameters in which the yield is a smooth
    function; :mod:`evanesce.prediction.smooth` interpolates it along long axes of these.
    """

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

    def prepare(self, setup: Any, options: PhysicsOptions, workshop: Workshop) -> Prepared:
        """Compute everything that does not depend on the mediator, for a setup of the class that it takes."""
        ...


PROCESSES: Final[Registry[Process]] = Registry(
    "process",
    "evanesce.processes",
    retired={"non-resonant": "the process isr has it, switched on by isr = on"},
    plug_ins="processes",
    interface=Process,
)


def taken_by(process: Process | type[Process]) -> type[Any]:
    """Class of the setups that a process computes with: its attribute ``takes``, or tracks in a target without one."""
    found: type[Any] = getattr(process, "takes", Setup)
    return found


def chosen_processes(
    own: Sequence[Process], options: PhysicsOptions, setup: type[AnySetup] = Setup
) -> tuple[Process, ...]:
    """Return the processes that the options include in a channel with setups of this class.

    One of the card replaces the standard one of its name.

    Raises
    ------
    InvalidValueError
        A process of the card that computes with setups of another class.

    """
    chosen: dict[str, Process] = {}
    for cls in PROCESSES.classes():
        if cls.standard and taken_by(cls) is setup:
            make: Any = cls  # a standard process needs no arguments
            chosen[cls.name] = make()
    for process in own:
        if taken_by(process) is not setup:
            raise InvalidValueError(f"processes: '{process.name}' belongs to another kind of channel; leave it out")
        chosen[process.name] = process
    return tuple(process for process in chosen.values() if process.enabled(options))
