"""The Boltzmann equation against a general solver and against the textbook's formula."""

import numpy as np
import pytest
from scipy.integrate import solve_ivp

from evanesce.constants import PLANCK_MASS
from evanesce.dark_matter import Majorana
from evanesce.targets import freeze_out
from evanesce.targets.freeze_out import EARLY, LATE, Cosmos, equilibrium, relic_density
from evanesce.targets.plasma import CRITICAL_DENSITY, ENTROPY_TODAY, plasma
from evanesce.targets.thermal import Annihilation, thermal_average

X = np.concatenate([EARLY, LATE])


def rates(dark_mass, sigma_v, power):
    """⟨σ_eff v⟩ = σ₀ x^(-power)."""
    return Cosmos(np.array([dark_mass]), 4, sigma_v * X[None] ** -float(power))


@pytest.mark.parametrize(("dark_mass", "sigma_v", "power"), [(0.001, 5e-9, 0), (0.01, 1e-7, 1), (5.0, 4e-9, 0)])
def test_against_a_general_stiff_solver(dark_mass, sigma_v, power):
    """Radau of scipy in ln Y against ln x, to x = 10⁴: 1e-4, of which 3e-5 are our steps."""

    def slope(log_x, log_y):
        x = np.exp(log_x)
        temperature = np.array(dark_mass / x)
        y_eq = float(equilibrium(np.array(dark_mass), 4, np.array(x)))
        strength = np.sqrt(np.pi / 45) * PLANCK_MASS * dark_mass * float(plasma().root_g_star(temperature)) / x
        y = np.exp(log_y)
        return -strength * sigma_v * x**-power * (y - y_eq**2 / y)

    def jacobian(log_x, log_y):
        x = np.exp(log_x)
        y_eq = float(equilibrium(np.array(dark_mass), 4, np.array(x)))
        strength = np.sqrt(np.pi / 45) * PLANCK_MASS * dark_mass * float(plasma().root_g_star(np.array(dark_mass / x)))
        return [[float(-strength * sigma_v * x ** -(power + 1.0) * (np.exp(log_y[0]) + y_eq**2 * np.exp(-log_y[0])))]]

    start = np.log([float(equilibrium(np.array(dark_mass), 4, np.array(5.0)))])
    solved = solve_ivp(slope, np.log([5.0, 1e4]), start, method="Radau", jac=jacobian, rtol=1e-7, atol=1e-7)
    y = float(np.exp(solved.y[0, -1]))
    if power == 0:  # what is left of the integral of Λ after x = 10⁴
        root = float(plasma().root_g_star(np.array(dark_mass / 1e4)))
        y /= 1 + y * np.sqrt(np.pi / 45) * PLANCK_MASS * dark_mass * root * sigma_v * 1e-4
    want = dark_mass * y * ENTROPY_TODAY / CRITICAL_DENSITY
    got = float(relic_density(rates(dark_mass, sigma_v, power), np.array([1.0]))[0])
    assert got == pytest.approx(want, rel=1e-4)


@pytest.mark.parametrize("ratio", [3.0, 2.4])
def test_the_rate_between_its_nodes(ratio):
    """A narrow pole in the tail, e^{-(m/m_χ - 2)x}, is what the series in ln x follow worst: 3e-5 of the rate."""
    photon = Annihilation(kind=Majorana(), dark_mass=0.01, mass_ratio=ratio, alpha_d=1e-4, width=1e-8)
    known = thermal_average(photon, EARLY)[0]
    at = np.log(np.array([[7.3, 15.2, 20.9, 33.0]]))
    between = freeze_out._interpolated(known[None], at)[0, :, 0]
    assert between == pytest.approx(thermal_average(photon, np.exp(at))[0, 0], rel=3e-5)


def test_the_order_of_the_method_is_three():
    cosmos, one = rates(0.1, 4e-9, 0), np.array([1.0])
    exact, coarse, fine = (float(relic_density(cosmos, one, steps=steps)[0]) for steps in (4000, 150, 300))
    assert np.log2((coarse - exact) / (fine - exact)) == pytest.approx(3.0, abs=0.3)
    assert abs(fine / exact - 1) < 4e-5


@pytest.mark.parametrize(("dark_mass", "power"), [(0.05, 0), (0.1, 0), (0.1, 1), (0.2, 1)])
def test_textbook_formula(dark_mass, power):
    """Kolb and Turner, The Early Universe, Eqs. (5.44) and (5.45): x_f, then Y. It is good to 5 %.

    It knows one g*: masses that freeze out between the annihilations of muons and of electrons.
    """
    sigma = 4e-9 if power == 0 else 1.5e-7
    g = float(plasma().root_g_star(np.array(dark_mass / 20)))
    log = np.log(0.038 * (power + 1) * 4 / g * PLANCK_MASS * dark_mass * sigma)
    x_f = log - (power + 0.5) * np.log(log)
    y = 3.79 * (power + 1) * x_f ** (power + 1) / (g * PLANCK_MASS * dark_mass * sigma)
    want = dark_mass * y * ENTROPY_TODAY / CRITICAL_DENSITY
    got = float(relic_density(rates(dark_mass, sigma, power), np.array([1.0]))[0])
    assert got == pytest.approx(want, rel=0.05)


def test_density_falls_as_the_rate():
    cosmos = rates(0.01, 4e-9, 0)
    one, four = (float(relic_density(cosmos, np.array([epsilon]))[0]) for epsilon in (1.0, 2.0))
    assert 3.6 < one / four < 4.0  # x_f grows by a few per cent


def test_equilibrium_is_that_of_a_dilute_gas():
    """n = g (mT/2π)^{3/2} e^{-x} (1 + 15/8x) to 1/x²; entropy density 2π²/45 g_s T³."""
    m, x = 0.1, 50.0
    t = m / x
    number = 4 * (m * t / (2 * np.pi)) ** 1.5 * np.exp(-x) * (1 + 15 / (8 * x))
    entropy = 2 * np.pi**2 / 45 * float(plasma().g_entropy(np.array(t))) * t**3
    assert float(equilibrium(np.array(m), 4, np.array(x))) == pytest.approx(number / entropy, rel=1e-3)
