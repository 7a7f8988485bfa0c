import pytest

from evanesce.materials import material
from evanesce.showers import ShowerSetup


@pytest.fixture(scope="session")
def slab():
    """A setup with one incident energy, or two; ``before`` has the names of the layers before it."""

    def make(low, high=None, *, name="CsI", start=0.0, stop=16.0, incident="e+", before=()):
        return ShowerSetup(
            incident=incident,
            material=material(name),
            start=start,
            stop=stop,
            energy_min=low,
            energy_max=high or low,
            before=tuple((material(layer), thickness) for layer, thickness in before),
        )

    return make
