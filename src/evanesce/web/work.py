"""Computing away from the page: the newest wish of a page is computed, older ones that still wait are dropped."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Final, Generic, TypeVar

from evanesce.errors import EvanesceError

__all__ = ["Newest", "Pools", "said"]

W = TypeVar("W")
_LOG: Final = logging.getLogger(__name__)
_FAST_THREADS: Final[int] = 2
_SLOW_THREADS: Final[int] = 3


def said(error: Exception) -> str:
    """What a visitor is told of an error: its text, or that it is one of the program, which then is in the log.

    >>> from evanesce.errors import InvalidValueError
    >>> said(InvalidValueError("alpha_d = 7: must be at most 1"))
    'alpha_d = 7: must be at most 1'
    """
    if isinstance(error, EvanesceError):
        return str(error)
    _LOG.error("a choice could not be computed", exc_info=error)
    return "this choice cannot be computed, which is a fault of the program: please report the address of this page"


class Pools:
    """Threads of a server: some for what takes milliseconds, others for new cards, thermal lines and files."""

    def __init__(self) -> None:
        self.fast = ThreadPoolExecutor(_FAST_THREADS, thread_name_prefix="explorer")
        self.slow = ThreadPoolExecutor(_SLOW_THREADS, thread_name_prefix="explorer-slow")

    def stop(self) -> None:
        """Drop what waits, and let what runs come to its end."""
        for pool in (self.fast, self.slow):
            pool.shutdown(wait=False, cancel_futures=True)


class Newest(Generic[W]):
    """Runs ``compute`` for one wish at a time, always the newest; the pool may differ from wish to wish.

    >>> pools = Pools()
    >>> done = threading.Event()
    >>> newest = Newest(lambda wish: done.set(), lambda wish: pools.fast)
    >>> newest.ask(1)
    >>> done.wait(5)
    True
    >>> pools.stop()
    """

    def __init__(self, compute: Callable[[W], object], pool: Callable[[W], ThreadPoolExecutor]) -> None:
        self._compute, self._pool = compute, pool
        self._lock = threading.Lock()
        self._wanted: list[W] = []
        self._running = False

    def ask(self, wish: W) -> None:
        """Compute ``wish`` as soon as what runs has ended, unless a newer one comes."""
        with self._lock:
            self._wanted = [wish]
            if self._running:
                return
            self._running = True
        self._pool(wish).submit(self._run)

    def _run(self) -> None:
        with self._lock:
            wish = self._wanted.pop()
        try:
            self._compute(wish)
        finally:
            with self._lock:
                following = self._wanted[-1:]
                self._running = bool(following)
            for each in following:
                self._pool(each).submit(self._run)
