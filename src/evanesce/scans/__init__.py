"""Grids of limits into a store: from a laptop to a cluster.

:func:`scan` computes a grid in chunks, with as many workers as there are, and :func:`open_scan` opens the result. See
docs/scans.md.
"""

from evanesce.scans.progress import Progress
from evanesce.scans.run import open_scan, scan
from evanesce.scans.store import OPTIONS, is_scan

__all__ = ["OPTIONS", "Progress", "is_scan", "open_scan", "scan"]
