"""Bounded in-memory caches in which threads that need the same result compute it once.

Use :func:`memoised` in place of ``functools.lru_cache`` for large or slow results, and :class:`Memo` if the arguments
are not the key. With ``lru_cache`` eight threads may compute the same result eight times.
"""

from __future__ import annotations

import functools
import os
import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Any, Final, Generic, ParamSpec, Protocol, TypeVar, cast

from evanesce.errors import InvalidValueError

__all__ = ["Memo", "Memoised", "memoised"]

V = TypeVar("V")
P = ParamSpec("P")
R_co = TypeVar("R_co", covariant=True)

_LOCK: Final = threading.RLock()
"""Protects the book-keeping of every memo; never held during a computation. It is re-entrant because dropping a value
runs its destructor."""
_KEYWORDS: Final = object()
"""Separates positional and keyword arguments in a key."""


class _Work:
    """A running computation and its thread."""

    __slots__ = ("done", "owner", "process", "result")

    def __init__(self) -> None:
        self.owner = threading.get_ident()
        self.process = os.getpid()
        self.done = threading.Event()
        self.result: list[Any] = []
        """The result, or empty if the computation failed."""


_WAITING: Final[dict[int, _Work]] = {}
"""The computation that each waiting thread waits for."""


class Memo(Generic[V]):
    """The ``maxsize`` results used last, by key; with 0 only simultaneous requests share a result.

    A thread that needs a result under computation in another thread waits for it. An exception is raised in the thread
    that computed; it is not kept, and waiting threads compute for themselves. A computation may use other keys and
    other memos. If two threads would wait for each other forever, both compute.

    A computation must not wait for threads of its own that need the same key: the memo cannot detect this deadlock.

    Raises
    ------
    InvalidValueError
        A negative ``maxsize``.

    Examples
    --------
    >>> memo = Memo(maxsize=2)
    >>> memo.get("a", lambda: 1), memo.get("a", lambda: 2)
    (1, 1)

    """

    def __init__(self, maxsize: int) -> None:
        if not maxsize >= 0:
            raise InvalidValueError(f"maxsize = {maxsize!r}: must be 0 or more")
        self._maxsize = maxsize
        self._values: OrderedDict[Hashable, V] = OrderedDict()
        self._running: dict[Hashable, _Work] = {}

    def get(self, key: Hashable, compute: Callable[[], V]) -> V:
        """Return the value of ``key``; it is computed if it is not kept."""
        own: _Work | None = None
        try:
            while True:
                with _LOCK:
                    if key in self._values:
                        self._values.move_to_end(key)
                        return self._values[key]
                    running = self._running.get(key)
                    if running is None or running.process != os.getpid():  # threads do not survive a fork
                        own = self._running[key] = _Work()
                    elif _waits_for_this_thread(running):
                        own = _Work()
                    else:
                        _WAITING[threading.get_ident()] = running
                if own is not None:
                    own.result.append(compute())
                    return cast("V", own.result[0])
                if running is not None and _waited(running):
                    return cast("V", running.result[0])
        finally:
            if own is not None:
                self._end(key, own)

    def clear(self) -> None:
        """Delete all results; running computations still reach the threads that wait, but are not kept."""
        with _LOCK:
            self._values.clear()
            self._running.clear()

    def __contains__(self, key: Hashable) -> bool:
        """Whether the value of ``key`` is kept."""
        return key in self._values

    def __len__(self) -> int:
        """Number of kept values."""
        return len(self._values)

    def _end(self, key: Hashable, own: _Work) -> None:
        """Keep the result and release the waiting threads; if the computation failed, they compute for themselves."""
        with _LOCK:
            if self._running.get(key) is own:
                del self._running[key]
                if own.result:
                    self._values[key] = own.result[0]
                    while len(self._values) > self._maxsize:
                        self._values.popitem(last=False)
        own.done.set()


class Memoised(Protocol[P, R_co]):
    """A function that keeps its results."""

    @property
    def __wrapped__(self) -> Callable[P, R_co]:
        """The function itself."""
        ...

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> R_co:
        """Return the result for these arguments, which must be hashable."""
        ...

    def cache_clear(self) -> None:
        """Delete all results."""
        ...


def memoised(maxsize: int) -> Callable[[Callable[P, R_co]], Memoised[P, R_co]]:
    """Decorator that keeps the ``maxsize`` results used last; see :class:`Memo` for the behaviour with threads.

    Raises
    ------
    InvalidValueError
        A negative ``maxsize``.

    Examples
    --------
    >>> @memoised(maxsize=8)
    ... def square(x):
    ...     print("computing")
    ...     return x * x
    >>> square(3), square(3)
    computing
    (9, 9)

    """

    def decorate(function: Callable[P, R_co]) -> Memoised[P, R_co]:
        memo: Memo[R_co] = Memo(maxsize)

        @functools.wraps(function)
        def remembering(*args: P.args, **kwargs: P.kwargs) -> R_co:
            key = (*args, _KEYWORDS, *kwargs.items()) if kwargs else args
            return memo.get(key, lambda: function(*args, **kwargs))

        remembering.cache_clear = memo.clear  # type: ignore[attr-defined]
        return cast("Memoised[P, R_co]", remembering)

    return decorate


def _waited(work: _Work) -> bool:
    """Wait for another thread's computation; return whether it succeeded."""
    try:
        work.done.wait()
    finally:
        with _LOCK:
            del _WAITING[threading.get_ident()]
    return bool(work.result)


def _waits_for_this_thread(work: _Work) -> bool:
    """Whether ``work`` can only end after this thread continues."""
    here = threading.get_ident()
    while work.owner != here:
        waited_for = _WAITING.get(work.owner)
        if waited_for is None:
            return False
        work = waited_for
    return True


if hasattr(os, "register_at_fork"):  # a child process must not inherit the lock in a locked state
    os.register_at_fork(before=_LOCK.acquire, after_in_parent=_LOCK.release, after_in_child=_LOCK.release)
