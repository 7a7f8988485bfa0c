"""Chunks in several processes on this machine.

Each worker is a fresh interpreter that reads chunks from its standard input and writes values to its standard output.
It imports the package and not the user's script, so that a script needs no ``if __name__ == "__main__"``. A worker that
dies is replaced, and its chunk is computed again. The workers end when their input closes: also if this process is
killed.
"""

from __future__ import annotations

import contextlib
import os
import pickle  # the pipes connect processes of one user that run the same code
import queue
import subprocess
import sys
import threading
from collections import deque
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final, TypeAlias

import evanesce
from evanesce.errors import EvanesceError, InvalidValueError, SimulationError
from evanesce.scans.executors.base import Task
from evanesce.scans.plan import Chunk
from evanesce.scans.work import Computed

__all__ = ["Processes"]

_ATTEMPTS: Final[int] = 3
"""Workers that may die over one chunk."""

_Message: TypeAlias = tuple[Chunk, Computed] | BaseException


class Processes:
    """A fixed number of worker processes."""

    def __init__(self, workers: int) -> None:
        self._workers = workers

    def run(self, task: Task, chunks: Sequence[Chunk]) -> Iterator[tuple[Chunk, Computed]]:
        """Each chunk and its values, as they finish."""
        try:
            order = pickle.dumps(task)
        except (pickle.PicklingError, AttributeError, TypeError) as error:
            raise InvalidValueError(f"scan: cannot be sent to other processes ({error}); use one worker") from None
        waiting = _Waiting(chunks, len(task.plan.fields))
        inbox: queue.SimpleQueue[_Message] = queue.SimpleQueue()
        workers = [_Worker(order, waiting, inbox) for _ in range(min(self._workers, len(chunks)))]
        try:
            for _ in chunks:
                message = inbox.get()
                if isinstance(message, BaseException):
                    raise message
                yield message
        finally:
            waiting.close()
            for worker in workers:
                worker.end()


class _Waiting:
    """The chunks that are left, by the values of the fields that they share.

    What such chunks have in common takes most of the time of a new setting. A worker therefore stays with its setting,
    and then takes one that nobody has; at the end it helps with the longest.
    """

    def __init__(self, chunks: Sequence[Chunk], fields: int) -> None:
        self._fields = fields
        self._left: dict[Any, deque[tuple[Chunk, int]]] = {}
        for chunk in chunks:
            self._left.setdefault(chunk.ranges[:fields], deque()).append((chunk, 1))
        self._taken: dict[int, Any] = {}
        self._closed = False
        self._changed = threading.Condition()

    def next_for(self, worker: int) -> tuple[Chunk, int] | None:
        """Return a chunk and the number of this attempt; waits for one, and is None when the scan is over."""
        with self._changed:
            while not self._closed:
                self._left = {setting: chunks for setting, chunks in self._left.items() if chunks}
                if self._left:
                    free = [setting for setting in self._left if setting not in self._taken.values()]
                    mine = self._taken.get(worker)
                    if mine not in self._left:
                        mine = free[0] if free else max(self._left, key=lambda one: len(self._left[one]))
                    self._taken[worker] = mine
                    return self._left[mine].popleft()
                self._changed.wait()
            return None

    def again(self, chunk: Chunk, attempt: int) -> None:
        """Put back the chunk of a worker that died."""
        with self._changed:
            self._left.setdefault(chunk.ranges[: self._fields], deque()).append((chunk, attempt))
            self._changed.notify_all()

    def close(self) -> None:
        """Let the workers end."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()


class _Worker:
    """A thread that keeps one process busy, and replaces it when it dies."""

    def __init__(
        self,
        order: bytes,
        waiting: _Waiting,
        inbox: queue.SimpleQueue[_Message],
    ) -> None:
        self._order, self._waiting, self._inbox = order, waiting, inbox
        self._process: subprocess.Popen[bytes] | None = None
        self._ended = False
        self._lock = threading.Lock()
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def _serve(self) -> None:
        try:
            while (job := self._waiting.next_for(id(self))) is not None:
                chunk, attempt = job
                try:
                    answer = self._ask(chunk)
                except (OSError, EOFError, pickle.UnpicklingError):
                    code = self._stop()
                    if self._ended:
                        return
                    if attempt >= _ATTEMPTS:
                        raise SimulationError(
                            f"scan: {attempt} workers died over chunk {chunk.number} (the last one {_how(code)}): "
                            "use fewer workers if the memory is too small; finished chunks are kept"
                        ) from None
                    self._waiting.again(chunk, attempt + 1)
                    continue
                self._inbox.put(answer if isinstance(answer, BaseException) else (chunk, answer))
        except BaseException as error:  # noqa: BLE001 - it is raised in the main thread
            self._inbox.put(error)

    def _ask(self, chunk: Chunk) -> Any:
        process = self._running()
        if process.stdin is None or process.stdout is None:
            raise OSError("no pipe")
        pickle.dump(chunk, process.stdin)
        process.stdin.flush()
        return pickle.load(process.stdout)  # noqa: S301 - of our own process

    def _running(self) -> subprocess.Popen[bytes]:
        with self._lock:
            if self._ended:
                raise OSError("ended")
            if self._process is None:
                package = str(Path(evanesce.__file__).parents[1])
                path = os.pathsep.join(filter(None, [package, os.environ.get("PYTHONPATH")]))
                # a separate session: Ctrl-C reaches only this process, which then ends the workers; one thread of the
                # linear algebra each, because there is a worker for every core
                self._process = subprocess.Popen(
                    [sys.executable, "-m", "evanesce.scans.worker"],
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    env={"OMP_NUM_THREADS": "1", **os.environ, "PYTHONPATH": path},
                    start_new_session=True,
                )
                if self._process.stdin is not None:
                    self._process.stdin.write(self._order)
            return self._process

    def _stop(self) -> int:
        with self._lock:
            process, self._process = self._process, None
        return _ended(process)

    def end(self) -> None:
        """Stop the process and the thread."""
        with self._lock:
            self._ended = True
            process = self._process
        if process is not None:
            process.kill()
        self._thread.join()
        self._stop()


def _ended(process: subprocess.Popen[bytes] | None) -> int:
    if process is None:
        return 0
    process.kill()
    code = process.wait()
    for pipe in (process.stdin, process.stdout):
        if pipe is not None:
            with contextlib.suppress(OSError):  # what it did not read
                pipe.close()
    return code


def _how(code: int) -> str:
    return f"by signal {-code}" if code < 0 else f"with code {code}"


def serve() -> None:
    """Compute the chunks that arrive on standard input; what is printed meanwhile goes to standard error."""
    from evanesce.scans.work import compute

    answers = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    incoming = sys.stdin.buffer
    task: Any = None
    failure: BaseException | None = None
    try:
        task = pickle.load(incoming)  # noqa: S301 - of the process that started this one
    except (AttributeError, ImportError) as error:
        failure = InvalidValueError(
            f"scan: a worker does not find '{error}'; put classes of your own into a module that can be imported"
        )
    with contextlib.suppress(EOFError, BrokenPipeError, KeyboardInterrupt):
        while True:
            chunk = pickle.load(incoming)  # noqa: S301
            try:
                answer = failure or compute(task.plan, task.layout, chunk)
            except EvanesceError as error:
                answer = error
            except Exception as error:  # noqa: BLE001 - a mistake of the program: it is raised in the main process
                answer = RuntimeError(f"in a worker: {type(error).__name__}: {error}")
            pickle.dump(answer, answers)
            answers.flush()
