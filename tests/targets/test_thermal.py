"""The thermal average against quadrature with nothing in common, its limits, and the resonance."""

import itertools
import warnings

import numpy as np
import pytest
from scipy.integrate import IntegrationWarning, quad
from scipy.special import k1e, kve

from evanesce.constants import ALPHA
from evanesce.dark_matter import ComplexScalar, Dirac, Majorana
from evanesce.targets.final_states import hadrons, leptons
from evanesce.targets.thermal import Annihilation, thermal_average


def point(kind, dark_mass, ratio, alpha_d, **more):
    width = float(kind.width(np.asarray(ratio * dark_mass), alpha_d, ratio))
    return Annihilation(kind=kind, dark_mass=dark_mass, mass_ratio=ratio, alpha_d=alpha_d, width=width, **more)


def by_quad(one, x, accuracy=1e-9):
    """Eq. (3.8) in √s, cut at every scale, with σ typed in a second time; ε = 1."""
    m, mass = one.dark_mass, one.dark_mass * one.mass_ratio

    def sigma(root_s):
        s = root_s**2
        beta = np.sqrt(1 - 4 * m * m / s)
        spin = {Dirac: (s + 2 * m * m) / beta}.get(type(one.kind), s * beta)
        propagator = (s - mass**2) ** 2 + (mass * one.width) ** 2
        decays = float(leptons(np.asarray(root_s)) + hadrons()(np.asarray(root_s)))
        return 4 * np.pi * ALPHA * one.alpha_d / 3 * spin / propagator * decays

    def integrand(root_s):
        s = root_s**2
        thermal = k1e(root_s / m * x) * np.exp(-(root_s / m - 2) * x)
        return sigma(root_s) * (s - 4 * m * m) * root_s * thermal * 2 * root_s

    steps = np.concatenate([[0.0], one.width * 3.0 ** np.arange(-1, 30)])
    cuts = np.concatenate([mass + steps, mass - steps, 2 * m * (1 + 4.0 ** np.arange(-9.0, 3.0)), [0.21131675]])
    top = 2 * m + 60 * m / x
    cuts = np.unique(np.concatenate([[2 * m * (1 + 1e-14), top], cuts[(cuts > 2 * m) & (cuts < top)]]))
    total = sum(quad(integrand, a, b, epsrel=accuracy, epsabs=0, limit=200)[0] for a, b in itertools.pairwise(cuts))
    return total * x / (8 * m**5 * kve(2, x) ** 2)


def by_quad_of_the_continuum(one, x):
    """With the corners of R, at which the quadrature warns about its accuracy."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", IntegrationWarning)
        return by_quad(one, x, 1e-5)


@pytest.mark.parametrize("kind", [Dirac(), ComplexScalar(), Majorana()], ids=lambda kind: type(kind).__name__)
@pytest.mark.parametrize(("ratio", "alpha_d"), [(3.0, 0.5), (3.0, 1e-6), (2.05, 1e-3), (10.0, 0.1)])
def test_against_quadrature(kind, ratio, alpha_d):
    """1e-6, that of the quadrature next to a width of 1e-7 m. No hadrons: m_χ = 10 MeV."""
    one = point(kind, 0.01, ratio, alpha_d)
    x = np.array([8.0, 20.0, 90.0])
    assert thermal_average(one, x[None])[0, 0] == pytest.approx([by_quad(one, value) for value in x], rel=1e-6)


def test_against_quadrature_with_muons_and_hadrons():
    """R has 800 corners, where the quadrature stops at 1e-4; a Dirac fermion below the ρ."""
    one = point(Dirac(), 0.25, 3.0, 0.5)
    want = by_quad_of_the_continuum(one, 20.0)
    assert thermal_average(one, np.array([[20.0]]))[0, 0, 0] == pytest.approx(want, rel=1e-4)


@pytest.mark.parametrize("dark_mass", [0.001, 0.04, 0.2, 0.6, 1.5])
def test_converged_in_the_order(dark_mass):
    one, x = point(Dirac(), dark_mass, 3.0, 0.1), np.array([[6.0, 20.0, 300.0]])
    assert thermal_average(one, x) == pytest.approx(thermal_average(one, x, orders=(24, 16)), rel=1e-7)


def test_cold_dark_matter_has_the_rate_at_threshold():
    """x = 10⁶: leading order in v with ⟨v²⟩ = 6/x; the lepton factor is 1 + O(m_e⁴) there; width included in D."""
    for kind in (Dirac(), ComplexScalar(), Majorana()):
        one, x = point(kind, 0.05, 3.0, 1e-3), 1e6
        rate, power = kind.leading_rate(np.asarray(0.05), np.asarray(0.15), 1e-3)
        average = float(rate) * (6 / x) ** (power // 2)
        assert float(thermal_average(one, np.array([[x]]))[0, 0, 0]) == pytest.approx(average, rel=3e-5)


@pytest.mark.parametrize("alpha_d", [1e-4, 1e-8, 1e-14])
def test_narrow_resonance(alpha_d):
    """m/m_χ = 2.05, where the pole rules: π/mΓ δ(s - m²). At x = 20 the rest is a share of order Γ/m."""
    kind, m, ratio, x = Dirac(), 0.01, 2.05, 20.0
    one = point(kind, m, ratio, alpha_d)
    mass = m * ratio
    beta = np.sqrt(1 - 4 / ratio**2)
    area = 4 * np.pi * ALPHA * alpha_d / 3 * (mass**2 + 2 * m * m) / beta * np.pi / (mass * one.width)
    thermal = (mass**2 - 4 * m * m) * mass * k1e(ratio * x) * np.exp(-(ratio - 2) * x)
    want = area * thermal * x / (8 * m**5 * kve(2, x) ** 2) * float(leptons(np.asarray(mass)))
    got = float(thermal_average(one, np.array([[x]]))[0, 0, 0])
    assert got == pytest.approx(want, rel=1e-10 + 100 * one.width / mass)


def test_a_running_width_has_no_effect_at_its_own_pole_and_none_at_threshold():
    fixed, running = (point(Dirac(), 0.01, 2.05, 1e-6, running=value) for value in (False, True))
    x = np.array([[20.0]])
    assert thermal_average(running, x) == pytest.approx(thermal_average(fixed, x), rel=1e-4)
    wide, free = point(Dirac(), 0.01, 3.0, 0.5, running=True), point(Dirac(), 0.01, 3.0, 1e-9)
    cold = np.array([[1e6]])
    assert thermal_average(wide, cold) / 0.5 == pytest.approx(thermal_average(free, cold) / 1e-9, rel=1e-4)


def test_light_dark_matter_needs_the_tail():
    """m_χ < m_e: only pairs above 2 m_e annihilate, a factor e^{-2(m_e - m_χ)/T} with a power of x."""
    one = point(Dirac(), 2e-4, 3.0, 0.1)
    x = np.array([[20.0, 40.0]])
    cold, colder = thermal_average(one, x)[0, 0]
    gap = 2 * (0.51099895 - 0.2) / 0.2
    assert -np.log(colder / cold) / 20 == pytest.approx(gap, rel=0.05)


def test_j_psi_is_there():
    """m_χ = 1.5 GeV: J/ψ at 3.097 GeV has ∫R dE = 1.5 GeV, against 2.2 of the continuum over some 0.3 GeV of tail."""
    from evanesce.targets import final_states

    one, x = point(Dirac(), 1.5, 3.0, 0.1), np.array([[20.0]])
    whole = float(thermal_average(one, x)[0, 0, 0])
    assert len(final_states.NARROW) == 5
    assert whole > 1.2 * by_quad_of_the_continuum(one, 20.0)
