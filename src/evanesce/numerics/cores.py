"""Number of available cores."""

from __future__ import annotations

import os

__all__ = ["available_cores"]


def available_cores() -> int:
    """Number of cores that this process may use, which may be fewer than the machine has.

    >>> available_cores() >= 1
    True
    """
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else (os.cpu_count() or 1)
