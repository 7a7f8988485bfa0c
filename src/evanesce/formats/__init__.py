"""Event records and the files they travel in: one format a module.

Use :func:`writer` with a path: its suffix is the format (:data:`WRITERS`).
"""

from evanesce.formats.files import WRITERS, writer
from evanesce.formats.record import EventBatch, Role
from evanesce.formats.run import RunInfo

__all__ = ["WRITERS", "EventBatch", "Role", "RunInfo", "writer"]
