"""Chunks on workers of dask.distributed: started on this machine, or behind the address of a scheduler.

The scheduler gives the chunk of a lost worker to another one. A window of chunks is out at a time, so that the results
of a large scan do not pile up.
"""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from evanesce.errors import DataFileError, MissingExtraError, SimulationError, install
from evanesce.scans.executors.base import Task, check_address
from evanesce.scans.plan import Chunk
from evanesce.scans.work import Computed, compute

__all__ = ["Cluster"]

_AHEAD: Final[int] = 4
"""Chunks for each worker that are out at a time."""
_PATIENCE: Final = "15s"
"""How long a scheduler may take to answer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cluster:
    """Workers of dask."""

    address: str
    """Address of the scheduler, or ``local``."""
    workers: int
    """Number of workers of a local one."""

    @classmethod
    def of(cls, address: str, workers: int) -> Cluster:
        """Check the address, and that dask is installed."""
        address = check_address(address)
        try:
            import distributed  # noqa: F401
        except ImportError:
            raise MissingExtraError(
                f"a scheduler needs dask.distributed, which is not installed: {install('scan')}"
            ) from None
        return cls(address=address, workers=workers)

    def run(self, task: Task, chunks: Sequence[Chunk]) -> Iterator[tuple[Chunk, Computed]]:
        """Each chunk and its values, as they finish."""
        import distributed

        dask: Any = distributed

        with self._client() as client:
            order: Any = client.scatter(task, broadcast=True, hash=False)
            left = iter(chunks)
            out: dict[Any, Chunk] = {}

            def submit() -> Any:
                chunk = next(left, None)
                if chunk is None:
                    return None
                future = client.submit(_compute, order, chunk, pure=False)
                out[future.key] = chunk
                return future

            count = max(1, len(client.scheduler_info(n_workers=-1)["workers"]))
            first = [future for _ in range(_AHEAD * count) if (future := submit()) is not None]
            running: Any = dask.as_completed(first, loop=client.loop)
            for future in running:
                try:
                    computed = future.result()
                except dask.KilledWorker as error:
                    raise SimulationError(
                        f"scan: workers died again and again over chunk {out[future.key].number} ({error}); "
                        "finished chunks are kept"
                    ) from None
                chunk = out.pop(future.key)
                del future
                more = submit()
                if more is not None:
                    running.add(more)
                yield chunk, computed

    @contextlib.contextmanager
    def _client(self) -> Iterator[Any]:
        import distributed

        dask: Any = distributed

        logging.getLogger("distributed").setLevel(logging.ERROR)  # a lost worker is no news: its chunk is done again
        if self.address != "local":
            try:
                client = dask.Client(self.address, timeout=_PATIENCE, set_as_default=False)
            except (OSError, TimeoutError, ValueError) as error:
                raise DataFileError(
                    f"scheduler '{self.address}': does not answer ({type(error).__name__}); start it, or check the "
                    "address and that the versions of dask agree"
                ) from None
            with client:
                yield client
            return
        with (
            dask.LocalCluster(
                n_workers=self.workers, threads_per_worker=1, processes=True, dashboard_address=None
            ) as cluster,
            dask.Client(cluster, set_as_default=False) as client,
        ):
            yield client


def _compute(task: Task, chunk: Chunk) -> Computed:
    return compute(task.plan, task.layout, chunk)
