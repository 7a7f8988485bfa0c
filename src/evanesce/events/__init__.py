"""Signal events, with weights that sum to the yield.

Use :func:`generate_events`, and write its batches with :func:`evanesce.formats.writer`. :mod:`generator` is the stream
of events; :mod:`evanesce.sampling` holds the samplers of each process.
"""

from evanesce.events.generate import generate_events
from evanesce.events.generator import EventStream

__all__ = ["EventStream", "generate_events"]
