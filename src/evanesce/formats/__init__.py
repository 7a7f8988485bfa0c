"""Event records and event files, one module per format.

Use :func:`writer` with a path; its suffix selects the format (:data:`WRITERS`).
"""

from evanesce.formats.files import WRITERS, writer
from evanesce.formats.record import EventBatch, Role
from evanesce.formats.run import RunInfo

__all__ = ["WRITERS", "EventBatch", "Role", "RunInfo", "writer"]
