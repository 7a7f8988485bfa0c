"""Signal events: tracks that vanish, one by one, with weights that sum to the yield.

Use :func:`generate_events`; write its batches with :func:`evanesce.formats.writer`. Beneath it :mod:`generator` is the
stream, :mod:`annihilation` and :mod:`bremsstrahlung` are the processes, each a few samplers (:mod:`sampler`).
"""

from evanesce.events.generate import generate_events
from evanesce.events.generator import EventStream

__all__ = ["EventStream", "generate_events"]
