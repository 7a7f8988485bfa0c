"""Where the chunks of a scan are computed: in this process, in several on this machine, or on a cluster."""

from evanesce.scans.executors.base import Executor, Task, executor

__all__ = ["Executor", "Task", "executor"]
