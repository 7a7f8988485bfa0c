"""All chunks in this process, one after the other."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from evanesce.scans.executors.base import Task
from evanesce.scans.plan import Chunk
from evanesce.scans.work import Computed, compute

__all__ = ["Serial"]


class Serial:
    """No other process."""

    def run(self, task: Task, chunks: Sequence[Chunk]) -> Iterator[tuple[Chunk, Computed]]:
        """Each chunk and its values, in order."""
        for chunk in chunks:
            yield chunk, compute(task.plan, task.layout, chunk)
