"""Widths, cross sections and splitting functions against independent relations."""

import json
from dataclasses import dataclass

import dirac
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import evanesce as ev
from evanesce.constants import ALPHA, E_SQUARED, ELECTRON_MASS
from evanesce.errors import InvalidValueError, UnknownNameError
from evanesce.mediators import (
    MEDIATORS,
    AxialVector,
    DarkPhoton,
    Pseudoscalar,
    Scalar,
    check_dark_sector,
    dark_matter_velocity,
    vertex_of,
)
from evanesce.mediators.splitting import complete_splitting

ALL = [DarkPhoton, Scalar, Pseudoscalar, AxialVector]
SPIN = {DarkPhoton: 1, Scalar: 0, Pseudoscalar: 0, AxialVector: 1}


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
    assert float(photon.width(m)) == pytest.approx(width, rel=1e-14, abs=0)
    s = 0.0045
    sigma = E_SQUARED * a / 3 * (s + 2 * chi**2) * np.sqrt(1 - 4 * chi**2 / s)
    assert float(photon.annihilation_numerator(s, m)) == pytest.approx(sigma, rel=1e-14, abs=0)


def test_scalar_formulae_by_hand():
    """Eqs. (E.2) and (E.3) typed in a second time."""
    m, a = 0.0666, 1e-3
    chi = m / 4
    scalar = Scalar(alpha_d=a, mass_ratio=4.0)
    assert float(scalar.width(m)) == pytest.approx(m * a / 2 * (1 - 4 / 16) * np.sqrt(1 - 4 / 16), rel=1e-14, abs=0)
    s = 0.0045
    sigma = E_SQUARED * a / 4 * (s - 4 * chi**2) * np.sqrt(1 - 4 * chi**2 / s)
    assert float(scalar.annihilation_numerator(s, m)) == pytest.approx(sigma, rel=1e-14, abs=0)


def test_pseudoscalar_and_axial_vector_by_hand():
    """Widths and cross sections typed in a second time, at m_χ = m/4."""
    m, a, s = 0.0666, 1e-3, 0.0045
    below = 1 - 4 * (m / 4) ** 2 / m**2
    beta = np.sqrt(1 - 4 * (m / 4) ** 2 / s)
    pseudo, axial = Pseudoscalar(alpha_d=a, mass_ratio=4.0), AxialVector(alpha_d=a, mass_ratio=4.0)
    assert float(pseudo.width(m)) == pytest.approx(m * a / 2 * np.sqrt(below), rel=1e-14, abs=0)
    assert float(axial.width(m)) == pytest.approx(m * a / 3 * below**1.5, rel=1e-14, abs=0)
    numerator = float(pseudo.annihilation_numerator(s, m))
    assert numerator == pytest.approx(E_SQUARED * a / 4 * s * beta, rel=1e-13, abs=0)
    numerator = float(axial.annihilation_numerator(s, m))
    assert numerator == pytest.approx(E_SQUARED * a / 3 * (s - 4 * (m / 4) ** 2) * beta, rel=1e-13, abs=0)


@pytest.mark.parametrize("kind", ALL)
def test_annihilation_against_dirac_matrices(kind):
    """Σ|M|² of e⁺e⁻ → χχ̄ from explicit matrices, integrated over the angle; electrons all but massless."""
    m, ratio, s, alpha_d = 0.3, 3.0, 0.2, 0.01
    got = float(kind(alpha_d=alpha_d, mass_ratio=ratio).annihilation_numerator(s, np.asarray(m)))
    coupling = E_SQUARED * 4 * np.pi * alpha_d
    chi, light = m / ratio, 1e-7
    half = np.sqrt(s) / 2
    p, q = np.sqrt(half**2 - light**2), np.sqrt(half**2 - chi**2)
    total = 0.0
    for cosine, weight in zip(*np.polynomial.legendre.leggauss(6), strict=True):
        sine = np.sqrt(1 - cosine**2)
        ends = [np.array([half, 0, 0, z]) for z in (p, -p)]
        out = [np.array([half, z * sine, 0, z * cosine]) for z in (q, -q)]
        total += weight * annihilation_trace(vertex_of(kind()), ends, out, light, chi)
    # average over 4 spin states, flux 4 p √s·..., dσ/dcosθ = |M|² q/(32π s p)
    assert got == pytest.approx(coupling * total / 4 * q / (32 * np.pi * s * p), rel=1e-9, abs=0)


@pytest.mark.parametrize("kind", ALL)
def test_electron_width_closes_with_the_invisible_one(kind):
    """Both widths are one formula: with α_D = α and m_χ = m_e they agree."""
    m = np.array([0.01, 0.1])
    for mass in m:
        same = kind(alpha_d=ALPHA, mass_ratio=mass / ELECTRON_MASS)
        assert float(same.electron_width(mass)) == pytest.approx(float(same.width(mass)), rel=1e-12, abs=0)
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

    @pytest.mark.parametrize("kind", ALL)
    @pytest.mark.parametrize("mass", [0.02, 0.1, 0.5])
    @pytest.mark.parametrize("x", [0.3, 0.7, 0.95, 0.999])
    def test_against_dirac_traces(self, kind, mass, x):
        want = splitting_from_traces(vertex_of(kind()), x, mass)
        got = float(kind().splitting(np.asarray(x), np.asarray(mass)))
        # (4.6) keeps m_e only in the denominator: terms of relative order (m_e/m)²/(1 - x) are left out
        left_out = 2e-3 + 3.0 * (ELECTRON_MASS / mass) ** 2 / (1 - x) if kind is DarkPhoton else 1e-6
        assert got == pytest.approx(want, rel=left_out)

    @pytest.mark.parametrize("kind", ALL)
    @pytest.mark.parametrize("mass", [1.2e-3, 5e-3])
    @pytest.mark.parametrize("x", [0.2, 0.9, 0.99])
    def test_complete_forms_keep_the_electron_mass(self, kind, mass, x):
        """To 1e-9 where m_e matters; the axial vector's longitudinal mode is up to half of it here."""
        vertex = vertex_of(kind())
        want = splitting_from_traces(vertex, x, mass)
        assert float(complete_splitting(vertex, np.asarray(x), np.asarray(mass))) == pytest.approx(want, rel=1e-9)

    @pytest.mark.parametrize(("spin0", "spin1"), [(Scalar, DarkPhoton), (Pseudoscalar, AxialVector)])
    def test_half_of_the_vector_at_the_end(self, spin0, spin1):
        """x → 1 with m ≫ m_e: (2J+1) Γ(φ → ee), spin 0 half of spin 1."""
        x, m = np.asarray(0.9999), np.asarray(2.0)
        assert float(spin0().splitting(x, m) / spin1().splitting(x, m)) == pytest.approx(0.5, rel=2e-3)

    def test_soft_vector_is_the_photon(self):
        """m → 0 and x → 0: 4/(m_e² x) times the flux, the soft factor of ordinary bremsstrahlung."""
        x = np.asarray(1e-4)
        value = float(DarkPhoton().splitting(x, np.asarray(1e-12)))
        assert value == pytest.approx(4.0 / (ELECTRON_MASS**2 * float(x)), rel=1e-3)

    @pytest.mark.parametrize("kind", [Scalar, Pseudoscalar])
    def test_soft_spin_zero_goes_as_x3(self, kind):
        """No infrared divergence: P(x) ∝ x³ for a massive spin-0 mediator."""
        small = [float(kind().splitting(np.asarray(x), np.asarray(0.5))) / x**3 for x in (1e-4, 1e-5)]
        assert small[0] == pytest.approx(small[1], rel=1e-3)

    def test_longitudinal_axial_vector_is_a_pseudoscalar(self):
        """m → 0: (2m_e/m)² times the pseudoscalar of the same coupling, the Goldstone equivalence."""
        x, m = np.array([0.1, 0.5, 0.9]), np.asarray(1e-6)
        ratio = AxialVector().splitting(x, m) / Pseudoscalar().splitting(x, m)
        assert ratio * float(m) ** 2 == pytest.approx(4 * ELECTRON_MASS**2, rel=1e-3)


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

    # polynomials in z: the rule is exact but for rounding
    z, weights = np.polynomial.legendre.leggauss(8)
    value = sum(0.5 * w * integrand(0.5 * (1 + at)) for at, w in zip(z, weights, strict=True))
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
    energy_in, mediator_energy = np.hypot(p, me), np.hypot(k, mass)
    # u - m_e² = (p - k_φ)² - m_e² = m² - 2 p·k_φ
    cosine = ((u - mass**2) / 2 + energy_in * mediator_energy) / (p * k) if p * k > 0 else 2.0
    if abs(cosine) > 1:
        return 0.0
    sine = np.sqrt(1 - cosine**2)
    electron_in = np.array([energy_in, 0, 0, p])
    photon = np.array([p, 0, 0, -p])
    mediator = np.array([mediator_energy, k * sine, 0, k * cosine])
    electron_out = electron_in + photon - mediator
    transverse = [np.array([0.0, 1, 0, 0]), np.array([0.0, 0, 1, 0])]
    total = sum(
        dirac.squared(kind, polarisation, electron_in, electron_out, mediator, mass, me) for polarisation in transverse
    )
    return total / 2  # the average over photon polarisations


def annihilation_trace(vertex, electrons, chis, electron_mass, chi_mass) -> float:
    """Σ over all spins of |v̄ Γ u · ū' Γ v'|², one factor of each pair of couplings left out.

    Conserved or not, the k^μ k^ν part of a spin-1 propagator meets a massless electron current: zero.
    """
    chirality = dirac.GAMMA5 if vertex == "axial-vector" else dirac.ONE
    one = 1j * dirac.GAMMA5 if vertex == "pseudoscalar" else dirac.ONE
    spin_zero = vertex in ("scalar", "pseudoscalar")
    gammas = [one] if spin_zero else [gamma @ chirality for gamma in dirac.GAMMA]

    def tensor(first, second, mass, a, b):
        bar = dirac.GAMMA[0] @ b.conj().T @ dirac.GAMMA[0]
        return np.trace((dirac.slash(first) - mass * dirac.ONE) @ a @ (dirac.slash(second) + mass * dirac.ONE) @ bar)

    metric = [1.0] if spin_zero else np.diag(dirac.METRIC)
    total = 0.0
    for i, a in enumerate(gammas):
        for j, b in enumerate(gammas):
            lepton = tensor(electrons[1], electrons[0], electron_mass, a, b)
            dark = tensor(chis[1], chis[0], chi_mass, a, b).conjugate()
            total += (metric[i] * metric[j] * lepton * dark).real
    return total


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
class Mine:
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
    axial = ev.limit(belle2, Mine(alpha_d=1e-9), mass, physics="converged")
    vector = ev.limit(belle2, ev.DarkPhoton(alpha_d=1e-9), mass, physics="converged")
    assert json.loads(axial.attrs["provenance"])["mediator"] == "Mine"
    assert axial.epsilon.values == pytest.approx(vector.epsilon.values, rel=1e-6)
    wide = ev.limit(belle2, Mine(alpha_d=0.1), mass, physics="converged")
    assert (np.abs(wide.epsilon.values / vector.epsilon.values - 1) > 0.05).any()


def test_a_mediator_without_vertex_says_so():
    assert {vertex_of(kind()) for kind in ALL} == {"scalar", "pseudoscalar", "vector", "axial-vector"}
    with pytest.raises(InvalidValueError, match="vertex = None of Mine: must be one of scalar, pseudoscalar, vector"):
        vertex_of(Mine())


def test_names_of_the_command_line():
    assert set(MEDIATORS.names()) >= {"dark-photon", "scalar", "pseudoscalar", "axial-vector"}
