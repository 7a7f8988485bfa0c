"""Fixtures of the tests of events."""

import pytest

from evanesce.sampling import sampler
from evanesce.sampling.point import ShowerTables


@pytest.fixture
def quick_events(monkeypatch):
    """Events whose depth is 0, and maps adapted with few points.

    Weights do not depend on the depths, which take eighteen showers for each slab, and are exact with any map. Depths
    are compared with yields in test_spectra.
    """
    monkeypatch.setattr(ShowerTables, "depth", lambda self, uniform, lethargy, energy: 0.0 * uniform)
    monkeypatch.setattr(sampler, "_POINTS", 4096)
    monkeypatch.setattr(sampler, "_CHECK", 32768)
