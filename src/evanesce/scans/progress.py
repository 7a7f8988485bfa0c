"""How far a scan is, how fast it goes, and how long it will take."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

__all__ = ["Progress", "Report", "Watch"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """The state of a scan."""

    points: int
    """Points that are finished."""
    total: int
    """Points of the grid."""
    rate: float
    """Points a second in this run; 0 before the first chunk."""
    seconds_left: float
    """Estimate; inf before the first chunk."""
    failed: int
    """Chunks with points that raised an error."""

    def __str__(self) -> str:
        text = f"{self.points} of {self.total} points"
        if self.rate > 0 and self.points < self.total:
            text += f", {self.rate:.3g} a second, {_duration(self.seconds_left)} left"
        return text + (f", {self.failed} chunks with errors" if self.failed else "")


Report: TypeAlias = Callable[[Progress], None]
"""Called at the start and after every chunk."""


class Watch:
    """Counts the points of a run that starts now."""

    def __init__(self, total: int, done: int) -> None:
        self._total, self._done, self._new, self._failed = total, done, 0, 0
        self._start = time.monotonic()

    def add(self, points: int, *, failed: bool) -> None:
        """Count a finished chunk."""
        self._new += points
        self._failed += failed

    @property
    def progress(self) -> Progress:
        """The state now."""
        passed = time.monotonic() - self._start
        rate = self._new / passed if passed > 0 else 0.0
        done = self._done + self._new
        left = (self._total - done) / rate if rate > 0 else float("inf")
        return Progress(points=done, total=self._total, rate=rate, seconds_left=left, failed=self._failed)


def _duration(seconds: float) -> str:
    """Seconds in words.

    >>> _duration(42.0), _duration(600.0), _duration(9000.0)
    ('42 s', '10 min', '2.5 h')
    """
    if seconds < 100.0:
        return f"{seconds:.0f} s"
    return f"{seconds / 60.0:.0f} min" if seconds < 7200.0 else f"{seconds / 3600.0:.1f} h"
