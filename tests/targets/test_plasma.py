"""Degrees of freedom against free gases, and constants against their definition."""

import numpy as np
import pytest
from scipy.integrate import quad

from evanesce.constants import ELECTRON_MASS
from evanesce.targets.plasma import CRITICAL_DENSITY, ENTROPY_TODAY, plasma


def free_gas(temperature):
    """g_s and g_ρ of free photons, e± and neutrinos that keep their entropy from decoupling at once."""
    x = ELECTRON_MASS / temperature

    def integral(function):
        return quad(lambda p: function(p, np.hypot(p, x)) / (np.exp(np.hypot(p, x)) + 1), 0, 60, epsrel=1e-10)[0]

    energy = 4 / (2 * np.pi**2) * integral(lambda p, e: p * p * e)
    pressure = 4 / (2 * np.pi**2) * integral(lambda p, e: p**4 / (3 * e))
    coupled = 2 + 45 / (2 * np.pi**2) * (energy + pressure)
    neutrinos = coupled / (2 + 4 * 7 / 8)  # (T_ν/T)³
    g_energy = 2 + 30 / np.pi**2 * energy + 7 / 8 * 6 * neutrinos ** (4 / 3)
    return coupled + 7 / 8 * 6 * neutrinos, g_energy


@pytest.mark.parametrize("temperature", [2e-5, 6e-5, 1e-4, 2e-4, 5e-4, 1e-3, 4e-3])
def test_around_the_annihilation_of_electrons(temperature):
    """1 %: neutrinos take 0.5 % of the entropy of e±, radiative corrections are below that."""
    entropy, energy = free_gas(temperature)
    step = 1e-3
    slope = np.log(free_gas(temperature * (1 + step))[0] / free_gas(temperature * (1 - step))[0]) / (2 * step)
    assert float(plasma().g_entropy(np.array(temperature))) == pytest.approx(entropy, rel=0.01)
    root = entropy / np.sqrt(energy) * (1 + slope / 3)
    assert float(plasma().root_g_star(np.array(temperature))) == pytest.approx(root, rel=0.01)
    assert slope > 0.5 or not 6e-5 < temperature < 2e-4  # the derivative matters here


def test_beyond_the_table_nothing_changes():
    cold = plasma().root_g_star(np.array([1e-9, 1e-7, 1e-5]))
    np.testing.assert_allclose(cold, 3.931 / np.sqrt(3.383), rtol=1e-3)
    assert np.isfinite(plasma().root_g_star(np.array([20.0, 1e3]))).all()


def test_entropy_and_density_today():
    """s₀ = 2π²/45 g_s T³ with g_s = 3.91 and 2.7255 K; ρ_c = 3H²/8πG with H = 100 km/s/Mpc."""
    kelvin, hbar_c = 8.617333262e-14, 1.973269804e-14  # GeV, GeV cm
    assert 2 * np.pi**2 / 45 * 3.91 * (2.7255 * kelvin / hbar_c) ** 3 == pytest.approx(ENTROPY_TODAY, rel=1e-3)
    hubble, newton, joule = 1e5 / 3.0856775814914e22, 6.67430e-11, 1 / 1.602176634e-10
    density = 3 * hubble**2 / (8 * np.pi * newton) * 299792458.0**2 * joule * 1e-6  # kg/m³ → GeV/cm³
    assert density == pytest.approx(CRITICAL_DENSITY, rel=1e-4)
