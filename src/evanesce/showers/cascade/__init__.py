"""The electromagnetic cascade from its transport equations: deterministic, all generations, any material.

:class:`Cascade` is the shower model, with the cross sections of :mod:`evanesce.interactions`. :mod:`transport` turns
them into matrices, :mod:`elements` discretises in ln E, :mod:`depth` integrates over depth.
"""

from evanesce.showers.cascade.model import Cascade

__all__ = ["Cascade"]
