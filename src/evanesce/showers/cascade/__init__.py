"""The electromagnetic cascade from its transport equations: deterministic, all generations, any material.

:class:`Cascade` is the shower model. Cross sections are those of :mod:`evanesce.interactions`, their sum as matrices is
in :mod:`transport`; :mod:`elements` discretises in ln E, :mod:`depth` integrates over depth.
"""

from evanesce.showers.cascade.model import Cascade

__all__ = ["Cascade"]
