"""Event records and the files they travel in: one format a module."""

from evanesce.formats.record import EventBatch, Role

__all__ = ["EventBatch", "Role"]
