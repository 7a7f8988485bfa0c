"""The threshold of production."""

import numpy as np
import pytest

from evanesce.constants import ELECTRON_MASS
from evanesce.production.kinematics import energy_range, threshold_energy


@pytest.mark.parametrize(("mass", "target_mass"), [(0.1, 0.938), (1.0, 120.0), (0.01, 12.0)])
def test_threshold(mass, target_mass):
    """There sqrt(s) is the sum of the masses; a millionth below, energy_range has nothing, a millionth above it has."""
    energy = threshold_energy(mass, target_mass)
    s = target_mass**2 + ELECTRON_MASS**2 + 2.0 * target_mass * energy
    assert np.sqrt(s) == pytest.approx(target_mass + mass + ELECTRON_MASS, rel=1e-14, abs=0)
    for factor, possible in ((1.0 - 1e-6, False), (1.0 + 1e-6, True)):
        low, high = energy_range(np.asarray(energy * factor), np.asarray(mass), np.asarray(target_mass))
        assert (high > low) == possible
