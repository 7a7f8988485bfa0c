"""The interface of an executor.

An executor computes chunks in any order and gives each back once. It writes nothing: the process that
started the scan is the only one that writes the store. A chunk does not depend on the process that computes it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from evanesce.errors import InvalidValueError
from evanesce.scans.plan import Chunk, Plan
from evanesce.scans.work import Computed, Layout
from evanesce.validation import whole

__all__ = ["MOST_WORKERS", "Executor", "Task", "executor"]

MOST_WORKERS: int = 1024


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Task:
    """What every worker has to know."""

    plan: Plan
    layout: Layout


class Executor(Protocol):
    """Computes the chunks of a scan."""

    def run(self, task: Task, chunks: Sequence[Chunk]) -> Iterator[tuple[Chunk, Computed]]:
        """Each chunk and its values, as they finish; closing the iterator ends the workers.

        A worker that dies costs the time of its chunk, which is computed again.

        Raises
        ------
        SimulationError
            Workers die again and again, or have another version of the package.

        """
        ...


def executor(workers: int = 1, scheduler: str | None = None) -> Executor:
    """Return the executor for a number of worker processes, or for the address of a scheduler of dask.

    ``local`` in place of an address starts a scheduler and workers of dask on this machine.

    Raises
    ------
    InvalidValueError
        A number of workers below 1, or an address that is not of the form ``tcp://host:port``.
    MissingExtraError
        A scheduler without dask.distributed.

    """
    workers = whole("workers", workers, 1, MOST_WORKERS)
    if scheduler is not None:
        from evanesce.scans.executors.cluster import Cluster

        return Cluster.of(scheduler, workers)
    if workers > 1:
        from evanesce.scans.executors.processes import Processes

        return Processes(workers)
    from evanesce.scans.executors.serial import Serial

    return Serial()


def check_address(scheduler: str) -> str:
    """Return the address of a scheduler.

    Raises
    ------
    InvalidValueError
        Neither an address nor ``local``.

    """
    known = ("tcp://", "tls://", "ucx://", "ws://", "wss://")
    if not isinstance(scheduler, str) or not (scheduler == "local" or scheduler.startswith(known)):
        raise InvalidValueError(
            f"scheduler = {scheduler!r}: must be the address of a scheduler, as tcp://host:8786, or local"
        )
    return scheduler
