"""Jobs of a fixed size with separate seeds, in several processes that run Geant4.

A result depends on the seed and the number of histories, not on the number of processes. A crash of Geant4, or Ctrl-C,
ends the workers and leaves this process intact; if this process is killed, its workers end too.
"""

from __future__ import annotations

import contextlib
import importlib.util
import json
import os
import queue
import subprocess
import sys
import tempfile
import threading
from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, TypeAlias

import numpy as np

from evanesce.errors import MissingExtraError, SimulationError, install
from evanesce.numerics import available_cores
from evanesce.scratch import scratch_folder
from evanesce.simulation.data import DataSets

__all__ = ["FOLDER", "Job", "run_jobs", "seeds_of", "split"]

FOLDER: Final = "evanesce-geant4-"
"""Prefix of the temporary folders in which workers run."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """A number of histories and the seeds they start from."""

    number: int
    histories: int
    seeds: tuple[int, int]


Inbox: TypeAlias = "queue.Queue[tuple[Job, dict[str, Any]] | SimulationError | None]"
"""Results, or the error of a failed worker, or None from a finished worker."""


def split(histories: int, seed: int, size: int) -> list[Job]:
    """Jobs of ``size`` histories, the last one smaller; their seeds follow from ``seed`` and their number.

    >>> [job.histories for job in split(25, 1, 10)]
    [10, 10, 5]
    """
    sizes = [min(size, histories - first) for first in range(0, histories, size)]
    return [Job(number=i, histories=n, seeds=seeds_of(seed, i)) for i, n in enumerate(sizes)]


def seeds_of(seed: int, number: int) -> tuple[int, int]:
    """Seeds of the job of that number."""
    # 31 bits, not zero: valid for every engine of Geant4
    first, second = np.random.SeedSequence(entropy=seed, spawn_key=(number,)).generate_state(2) >> np.uint32(1)
    return int(first) | 1, int(second) | 1


def run_jobs(
    application: str, settings: Mapping[str, Any], jobs: Sequence[Job], data: DataSets, processes: int | None = None
) -> Generator[tuple[Job, dict[str, Any]], None, None]:
    """Each job and its result, as they finish; closing the iterator ends the workers.

    ``application`` is the name of a module whose ``start(settings)`` returns the function that runs a job, given its
    histories and seeds; only the workers call it. ``processes`` is the number of processes, by default the number of
    cores.

    Raises
    ------
    MissingExtraError
        Geant4 is not installed.
    SimulationError
        A worker ended before its jobs were done.

    """
    if importlib.util.find_spec("geant4_pybind") is None:
        raise MissingExtraError(f"Geant4 is not installed: {install('geant4')}")
    count = processes or available_cores()
    shares = [share for i in range(count) if (share := list(jobs[i::count]))]
    inbox: Inbox = queue.Queue()
    with scratch_folder(Path(tempfile.gettempdir()), FOLDER) as folder:
        workers: list[_Worker] = []
        try:
            for share in shares:
                worker = _Worker(application, settings, share, data, folder, inbox)
                workers.append(worker)  # one by one, so that the others are ended if one cannot start
            finished = 0
            while finished < len(workers):
                message = inbox.get()
                if isinstance(message, SimulationError):
                    raise message
                if message is None:
                    finished += 1
                else:
                    yield message
        finally:
            for worker in workers:
                worker.end()


class _Worker:
    """One process with its share of the jobs."""

    def __init__(
        self,
        application: str,
        settings: Mapping[str, Any],
        jobs: list[Job],
        data: DataSets,
        folder: Path,
        inbox: Inbox,
    ) -> None:
        self._jobs = {job.number: job for job in jobs}
        order = {
            "application": application,
            "settings": dict(settings),
            "jobs": [(job.number, job.histories, job.seeds) for job in jobs],
        }
        package = str(Path(__file__).parents[2])
        path = os.pathsep.join(filter(None, [package, os.environ.get("PYTHONPATH")]))
        handle, name = tempfile.mkstemp(dir=folder)
        self._chatter = Path(name)
        # a separate session: Ctrl-C reaches only this process, which then ends the worker
        self._process = subprocess.Popen(
            [sys.executable, "-m", "evanesce.simulation.worker"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=handle,
            env={**os.environ, **data.environment(), "PYTHONPATH": path},
            cwd=folder,
            text=True,
            encoding="utf-8",
            start_new_session=True,
        )
        os.close(handle)
        self._order = json.dumps(order)
        self._listener = threading.Thread(target=self._listen, args=(inbox,), daemon=True)
        self._listener.start()

    def _listen(self, inbox: Inbox) -> None:
        """Forward results until the process ends; it was successful if every job came back."""
        waiting = dict(self._jobs)
        try:
            if self._process.stdin is None or self._process.stdout is None:
                raise OSError("no pipe")
            self._process.stdin.write(self._order + "\n")
            self._process.stdin.flush()  # it stays open: the worker ends when it closes
            for line in self._process.stdout:
                answer = json.loads(line)
                inbox.put((waiting.pop(answer["job"]), answer["result"]))
        except (OSError, ValueError, KeyError) as error:
            inbox.put(SimulationError(f"geant4: unexpected answer of a worker ({error!r})"))
            return
        code = self._process.wait()
        inbox.put(None if code == 0 and not waiting else SimulationError(self._why(code)))

    def _why(self, code: int) -> str:
        lines = self._chatter.read_text(encoding="utf-8", errors="replace").splitlines()
        said = [line.strip() for line in lines if line.strip() and set(line.strip()) - set("-*=! ")]
        ended = f"by signal {-code}" if code < 0 else f"with code {code}"
        return f"geant4: a worker ended {ended}: {' / '.join(said[-4:]) or 'without output'}"

    def end(self) -> None:
        """Stop the process if it still runs."""
        if self._process.poll() is None:
            self._process.kill()
        self._process.wait()
        self._listener.join()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                with contextlib.suppress(OSError):  # the worker never read its input
                    pipe.close()
