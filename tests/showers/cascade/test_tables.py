"""Tables of radiation against integrals of the spectra themselves."""

import numpy as np
import pytest

from evanesce.constants import ELECTRON_MASS
from evanesce.interactions.medium import Medium
from evanesce.interactions.radiation import bremsstrahlung
from evanesce.materials import material
from evanesce.showers.cascade.tables import RadiationTables

X, W = np.polynomial.legendre.leggauss(200)


def loss(medium, energy, step):
    """Photons per X0 with k > E(1 - e^(-step)), up to E - m_e, by Gauss's rule in ln k/(E - k)."""
    low, high = np.log(np.expm1(step)), np.log((energy - ELECTRON_MASS) / ELECTRON_MASS)
    logit = 0.5 * (high - low) * X + 0.5 * (high + low)
    photon = np.minimum(energy / (1.0 + np.exp(-logit)), energy - ELECTRON_MASS)
    return 0.5 * (high - low) * np.sum(W * bremsstrahlung(medium, np.array(energy), photon) / (1.0 + np.exp(logit)))


@pytest.mark.parametrize(("lowest", "highest"), [(0.0024, 0.3), (0.035, 4.35)])
def test_losses_up_to_the_end_of_the_spectrum(lowest, highest):
    """From soft photons to those that leave hardly more than an electron at rest, at the lowest energies too.

    1e-5 in general, and 1e-4 for the last per cent of the way, where hardly any photons are left.
    """
    medium = Medium(material("CsI"))
    tables = RadiationTables(medium, lowest, highest)
    for energy in (1.01 * lowest, 2.0 * lowest, highest):
        end = np.log(energy / ELECTRON_MASS)
        for step, tolerance in ((1e-3, 1e-5), (0.1, 1e-5), (0.5, 1e-5), (0.9 * end, 1e-5), (0.99 * end, 1e-4)):
            found = tables.radiative_loss(np.array([energy]), np.array([step]))[0]
            assert found == pytest.approx(loss(medium, energy, step), rel=tolerance), (energy, step)
