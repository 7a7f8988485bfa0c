"""Models that know one slab only refuse layers before it."""

import numpy as np
import pytest

from evanesce.errors import InvalidValueError
from evanesce.materials import material
from evanesce.physics import resolve_physics
from evanesce.showers import SHOWERS, ShowerSetup

EDGES = np.array([0.9, 1.0])
LAYERED = ShowerSetup(
    incident="e+",
    material=material("CsI"),
    start=0.0,
    stop=1.0,
    energy_min=4.0,
    energy_max=4.0,
    before=((material("Al"), 0.1),),
)


def test_layers_are_refused():
    """A wrong track length would be worse than none."""
    model = SHOWERS.get("montecarlo").from_options(resolve_physics("reference", {"histories": 100}))
    with pytest.raises(InvalidValueError, match="shower 'montecarlo': knows showers in one slab only, and 1 layers"):
        model.binned(LAYERED, EDGES)
