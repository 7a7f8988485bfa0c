"""Widths, cross sections and splitting functions against relations they do not contain."""

from dataclasses import dataclass

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.integrate import quad

import evanesce as ev
from evanesce.constants import ALPHA, E_SQUARED, ELECTRON_MASS
from evanesce.errors import InvalidValueError, UnknownNameError
from evanesce.mediators import MEDIATORS, DarkPhoton, Scalar, check_dark_sector, dark_matter_velocity

ALL = [DarkPhoton, Scalar]
SPIN = {DarkPhoton: 1, Scalar: 0}


@pytest.mark.parametrize("kind", ALL)
@given(mass=st.floats(0.02, 2.0), alpha_d=st.floats(1e-12, 1.0), ratio=st.floats(2.01, 50.0))
def test_narrow_width_limit_is_the_production_of_a_particle(kind, mass, alpha_d, ratio):
    """At s = m² the cross section is 4π(2J+1)/m² · B_ee B_χχ for unpolarised beams, Breit and Wigner.

    Massless electrons in (4.2) and (E.3), so Γ_ee is taken at the same order: (m_e/m)² < 1e-3 here.
    """
    mediator = kind(alpha_d=alpha_d, mass_ratio=ratio)
    m = np.asarray(mass)
    width = float(mediator.width(m))
    sigma = float(mediator.annihilation_numerator(m**2, m)) / (mass * width) ** 2
    # (2J+1)/((2s+1)²) 4π/k² with k² = m²/4: π·4·(2J+1)/m² · Γ_ee Γ_χχ/Γ² with spins 1/2
    want = 4 * np.pi * (2 * SPIN[kind] + 1) / mass**2 * float(mediator.electron_width(m)) / width
    assert sigma == pytest.approx(want, rel=5e-3)


def test_dark_photon_formulae_by_hand():
    """Eqs. (4.2) and (4.3) typed in a second time, at m_χ = m/3."""
    m, a = 0.0666, 1e-3
    chi = m / 3
    photon = DarkPhoton(alpha_d=a)
    width = m * a / 3 * (1 + 2 * chi**2 / m**2) * np.sqrt(1 - 4 * chi**2 / m**2)
    assert float(photon.width(m)) == pytest.approx(width, rel=1e-14)
    s = 0.0045
    sigma = E_SQUARED * a / 3 * (s + 2 * chi**2) * np.sqrt(1 - 4 * chi**2 / s)
    assert float(photon.annihilation_numerator(s, m)) == pytest.approx(sigma, rel=1e-14)


def test_scalar_formulae_by_hand():
    """Eqs. (E.2) and (E.3) typed in a second time."""
    m, a = 0.0666, 1e-3
    chi = m / 4
    scalar = Scalar(alpha_d=a, mass_ratio=4.0)
    assert float(scalar.width(m)) == pytest.approx(m * a / 2 * (1 - 4 / 16) * np.sqrt(1 - 4 / 16), rel=1e-14)
    s = 0.0045
    sigma = E_SQUARED * a / 4 * (s - 4 * chi**2) * np.sqrt(1 - 4 * chi**2 / s)
    assert float(scalar.annihilation_numerator(s, m)) == pytest.approx(sigma, rel=1e-14)


@pytest.mark.parametrize("kind", ALL)
def test_electron_width_closes_with_the_invisible_one(kind):
    """Both widths are one formula: with α_D = α and m_χ = m_e they agree."""
    m = np.array([0.01, 0.1])
    for mass in m:
        same = kind(alpha_d=ALPHA, mass_ratio=mass / ELECTRON_MASS)
        assert float(same.electron_width(mass)) == pytest.approx(float(same.width(mass)), rel=1e-12)
    assert float(kind().electron_width(1.9 * ELECTRON_MASS)) == 0.0


@pytest.mark.parametrize("kind", ALL)
def test_nothing_below_threshold(kind):
    m = np.asarray(0.3)
    s = np.array([0.0399, 0.04, 0.0401])
    values = kind(mass_ratio=3.0).annihilation_numerator(s, m)
    assert values[0] == 0.0
    assert values[2] > 0.0


class TestSplitting:
    """The Weizsäcker-Williams functions against the 2 → 2 amplitude e γ → e φ, spin sums done numerically."""

    @pytest.mark.parametrize("kind", [DarkPhoton, Scalar])
    @pytest.mark.parametrize("mass", [0.02, 0.1, 0.5])
    @pytest.mark.parametrize("x", [0.3, 0.7, 0.95, 0.999])
    def test_against_dirac_traces(self, kind, mass, x):
        want = splitting_from_traces("vector" if kind is DarkPhoton else "scalar", x, mass)
        got = float(kind().splitting(np.asarray(x), np.asarray(mass)))
        # (4.6) keeps m_e only in the denominator: terms of relative order (m_e/m)²/(1 - x) are left out
        left_out = 3.0 * (ELECTRON_MASS / mass) ** 2 / (1 - x) if kind is DarkPhoton else 0.0
        assert got == pytest.approx(want, rel=2e-3 + left_out)

    def test_half_of_the_vector_at_the_end(self):
        """x → 1 with m ≫ m_e: (2J+1) Γ(φ → ee), spin 0 half of spin 1."""
        x, m = np.asarray(0.9999), np.asarray(2.0)
        assert float(Scalar().splitting(x, m) / DarkPhoton().splitting(x, m)) == pytest.approx(0.5, rel=2e-3)

    def test_soft_vector_is_the_photon(self):
        """m → 0 and x → 0: 4/(m_e² x) times the flux, the soft factor of ordinary bremsstrahlung."""
        x = np.asarray(1e-4)
        value = float(DarkPhoton().splitting(x, np.asarray(1e-12)))
        assert value == pytest.approx(4.0 / (ELECTRON_MASS**2 * float(x)), rel=1e-3)

    def test_soft_scalar_goes_as_x(self):
        """No infrared divergence for a scalar: x³(4 m_e²)/(3 m_e⁴ x⁴)·… → (4/3 + ...)/x at m → 0."""
        small = [float(Scalar().splitting(np.asarray(x), np.asarray(0.5))) / x**3 for x in (1e-4, 1e-5)]
        assert small[0] == pytest.approx(small[1], rel=1e-3)


def splitting_from_traces(kind: str, x: float, mass: float) -> float:
    """∫ du over the squared amplitude of e(p) γ(q) → e(p') φ(k) at q² → 0, in the normalisation of Eq. (4.6).

    dσ/dx = α³ φ · (1-x)/x · ∫ dũ/ũ² ·A/... with A the spin-summed |M|²/(e⁴ ε²) (Liu, McKeen, Miller).
    The amplitude comes from explicit gamma matrices at real kinematics, not from a trace formula.
    """
    d = mass**2 * (1 - x) + ELECTRON_MASS**2 * x**2
    u_max = d / x

    def integrand(z):  # ũ = -u_max/z, z from 0 to 1
        u = -u_max / z
        return (1 - x) / x * squared_amplitude(kind, x, mass, u) / u**2 * u_max / z**2

    value, _ = quad(integrand, 0.0, 1.0, epsrel=1e-5)
    return x * value


def squared_amplitude(kind: str, x: float, mass: float, u: float) -> float:
    """Spin-averaged |M(e γ → e φ)|²/(e² g²) summed over photon polarisations, from explicit spinors.

    Kinematics of the WW approximation: s̃ = -ũ/(1-x), t₂ = ũ x/(1-x) + m², massless real photon.
    """
    me = ELECTRON_MASS
    s = me**2 - u / (1 - x)
    # centre-of-mass frame of e + γ
    root = np.sqrt(s)
    p = (s - me**2) / (2 * root)
    k = np.sqrt(max((s - (me + mass) ** 2) * (s - (me - mass) ** 2), 0.0)) / (2 * root)
    energy_in, energy_out = np.hypot(p, me), np.hypot(k, me)
    mediator_energy = np.hypot(k, mass)
    # u - m_e² = (p - k_φ)² - m_e² = m² - 2 p·k_φ
    cosine = ((u - mass**2) / 2 + energy_in * mediator_energy) / (p * k) if p * k > 0 else 2.0
    if abs(cosine) > 1:
        return 0.0
    sine = np.sqrt(1 - cosine**2)
    electron_in = np.array([energy_in, 0, 0, p])
    photon = np.array([p, 0, 0, -p])
    mediator = np.array([mediator_energy, k * sine, 0, k * cosine])
    electron_out = electron_in + photon - mediator
    del energy_out
    g = gamma_matrices()
    metric = np.diag([1, -1, -1, -1.0])

    def slash(v):
        return sum(metric[i, i] * v[i] * g[i] for i in range(4))

    one = np.eye(4)
    s_channel = (slash(electron_in + photon) + me * one) / (s - me**2)
    u_channel = (slash(electron_in - mediator) + me * one) / u
    vertices = [one] if kind == "scalar" else [g[i] for i in range(4)]
    signs = [1.0] if kind == "scalar" else [-metric[i, i] for i in range(4)]
    gamma0 = g[0]
    total = 0.0
    for vertex, sign in zip(vertices, signs, strict=True):
        for i in range(1, 3):  # transverse photon polarisations along x and y
            m = vertex @ s_channel @ g[i] + g[i] @ u_channel @ vertex
            bar = gamma0 @ m.conj().T @ gamma0
            trace = np.trace((slash(electron_out) + me * one) @ m @ (slash(electron_in) + me * one) @ bar)
            total += sign * trace.real
    return total / 4  # average over 2 × 2 initial spins


def gamma_matrices():
    zero, one = np.zeros((2, 2)), np.eye(2)
    sigma = [np.array([[0, 1], [1, 0]]), np.array([[0, -1j], [1j, 0]]), np.array([[1, 0], [0, -1]])]
    return [np.block([[one, zero], [zero, -one]])] + [np.block([[zero, s], [-s, zero]]) for s in sigma]


class TestRefusals:
    @pytest.mark.parametrize("kind", ALL)
    @pytest.mark.parametrize(
        ("changes", "message"),
        [
            ({"alpha_d": 0.0}, "alpha_d = 0.0"),
            ({"alpha_d": -1.0}, "alpha_d = -1.0"),
            ({"alpha_d": float("nan")}, "alpha_d = nan"),
            ({"alpha_d": 20.0}, "alpha_d = 20: must be at most 4π"),
            ({"mass_ratio": 2.0}, "mass_ratio = 2: must be greater than 2"),
            ({"mass_ratio": float("inf")}, "mass_ratio = inf"),
            ({"mass_ratio": (3.0, 1.5)}, "mass_ratio = 1.5"),
            ({"alpha_d": "strong"}, "alpha_d = 'strong': must be numbers"),
        ],
    )
    def test_impossible_dark_sectors(self, kind, changes, message):
        with pytest.raises(InvalidValueError, match=message):
            kind(**changes)

    def test_unknown_name_suggests_the_nearest(self):
        with pytest.raises(UnknownNameError, match="did you mean 'dark-photon'"):
            MEDIATORS.get("dark_photon")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class AxialVector:
    """A user's own mediator: γ^μγ⁵ couplings eε to electrons and g_χ to χ; electron mass neglected."""

    alpha_d: float = 1e-3
    mass_ratio: float = 3.0

    def __post_init__(self):
        check_dark_sector(self.alpha_d, self.mass_ratio)

    def width(self, mass):
        return mass * np.asarray(self.alpha_d) / 3 * (1 - 4 * np.asarray(self.mass_ratio) ** -2.0) ** 1.5

    def electron_width(self, mass):
        return np.asarray(mass) * ALPHA / 3

    def annihilation_numerator(self, s, mass):
        velocity = dark_matter_velocity(s, mass, self.mass_ratio)
        return E_SQUARED / 3 * np.asarray(self.alpha_d) * s * velocity**3

    def splitting(self, x, mass):
        return DarkPhoton().splitting(x, mass)  # up to terms of order m_e²/m²


def test_a_mediator_is_one_class_and_no_change_elsewhere():
    """In the narrow-width limit an axial vector is produced exactly as often as a vector."""
    belle2 = ev.experiment("belle2")
    mass = [0.06, 0.0675, 0.07, 0.075]
    axial = ev.limit(belle2, AxialVector(alpha_d=1e-9), mass)
    vector = ev.limit(belle2, ev.DarkPhoton(alpha_d=1e-9), mass)
    assert axial.attrs["mediator"] == "AxialVector"
    assert axial.epsilon.values == pytest.approx(vector.epsilon.values, rel=1e-6)
    wide = ev.limit(belle2, AxialVector(alpha_d=0.1), mass)
    assert (np.abs(wide.epsilon.values / vector.epsilon.values - 1) > 0.05).any()
