"""Results kept in memory: bounded, and two threads that ask for the same thing compute it once.

Use :func:`memoised` where ``functools.lru_cache`` would do but the result is large or slow, and :class:`Memo` where the
key is not the arguments. ``lru_cache`` lets eight threads compute the same thing eight times.
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
"""Guards the book-keeping of every memo and is never held while something is computed. It may be taken again by the
same thread, since dropping a value runs its destructor."""
_KEYWORDS: Final = object()
"""Stands between positional and keyword arguments in a key."""


class _Work:
    """A computation that runs, and the thread that does it."""

    __slots__ = ("done", "owner", "process", "result")

    def __init__(self) -> None:
        self.owner = threading.get_ident()
        self.process = os.getpid()
        self.done = threading.Event()
        self.result: list[Any] = []
        """The result, or empty where the computation failed."""


_WAITING: Final[dict[int, _Work]] = {}
"""What each waiting thread waits for."""


class Memo(Generic[V]):
    """The ``maxsize`` results used last, by key; with 0 only those who ask at the same time share a result.

    A thread that asks for what another computes waits for it. An exception is raised where the computation ran; it is
    not kept, and those who wait try for themselves. A computation may ask for other keys, of other memos too: where
    waiting would never end, because the other thread waits for this one, both compute.

    A computation must not wait for threads of its own that ask for the same key: nobody can know that they belong
    together.

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
        """Return the value of ``key``, computed if it is not kept."""
        own: _Work | None = None
        try:
            while True:
                with _LOCK:
                    if key in self._values:
                        self._values.move_to_end(key)
                        return self._values[key]
                    running = self._running.get(key)
                    if running is None or running.process != os.getpid():  # a fork does not take threads along
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
        """Forget everything; what is being computed reaches those who wait for it and is not kept."""
        with _LOCK:
            self._values.clear()
            self._running.clear()

    def __len__(self) -> int:
        """How many values are kept."""
        return len(self._values)

    def _end(self, key: Hashable, own: _Work) -> None:
        """Keep what was computed and let those go on who wait for it; if it failed, they try for themselves."""
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
        """Return what the function returned for these arguments, which must be hashable."""
        ...

    def cache_clear(self) -> None:
        """Forget all results."""
        ...


def memoised(maxsize: int) -> Callable[[Callable[P, R_co]], Memoised[P, R_co]]:
    """Decorator that keeps the ``maxsize`` results used last; see :class:`Memo` for what threads may expect.

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
    """Wait for another thread's computation; whether it has succeeded."""
    try:
        work.done.wait()
    finally:
        with _LOCK:
            del _WAITING[threading.get_ident()]
    return bool(work.result)


def _waits_for_this_thread(work: _Work) -> bool:
    """Whether ``work`` cannot end before this thread goes on."""
    here = threading.get_ident()
    while work.owner != here:
        waited_for = _WAITING.get(work.owner)
        if waited_for is None:
            return False
        work = waited_for
    return True


if hasattr(os, "register_at_fork"):  # a child must not inherit the lock as another thread holds it
    os.register_at_fork(before=_LOCK.acquire, after_in_parent=_LOCK.release, after_in_child=_LOCK.release)
