"""Widths, cross sections and counting of each kind of dark matter, against relations between them."""

from dataclasses import dataclass

import dirac
import numpy as np
import pytest

from evanesce.constants import ALPHA, E_SQUARED
from evanesce.dark_matter import DARK_MATTER, ComplexScalar, Dirac, Majorana, PseudoDirac, dark_matter
from evanesce.errors import InvalidValueError, UnknownNameError
from evanesce.mediators import DarkPhoton, Scalar, check_mediator, dark_matter_name, with_parameters
from evanesce.production.line_shape import running_width
from evanesce.production.vector_mesons import MESONS, invisible_branching

KINDS = [Dirac(), PseudoDirac(), ComplexScalar(), Majorana()]
NAMES = {"dirac": Dirac, "pseudo-dirac": PseudoDirac, "complex-scalar": ComplexScalar, "majorana": Majorana}
ONE_PARTICLE = {Dirac: 2, PseudoDirac: 2, ComplexScalar: 1, Majorana: 2}
"""Spin states of one particle."""


def test_each_kind_has_its_name():
    assert set(DARK_MATTER.names()) == set(NAMES)
    for name, kind in NAMES.items():
        assert dark_matter(name) == kind()
        assert dark_matter_name(DarkPhoton(dark_matter=name)) == name


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: type(kind).__name__)
def test_detailed_balance(kind):
    """g_χ² p_χ² σ(χχ̄ → ee) = 4 p_e² σ(ee → χχ̄), twice that if χ is its own antiparticle; electrons massless.

    (Identical particles in the final state have half of the phase space, in the initial state they do not.)
    """
    chi = 0.02
    s = np.array([1.1, 2.0, 30.0]) * 4 * chi**2
    velocity = np.sqrt(1 - 4 * chi**2 / s)
    produced = kind.production_numerator(s, np.asarray(0.06), 0.3, 3.0)
    annihilated = kind.annihilation_numerator(s, np.asarray(chi), 0.3) / velocity
    same = 2.0 if isinstance(kind, Majorana) else 1.0
    balance = same * 4.0 * produced / (ONE_PARTICLE[type(kind)] ** 2 * velocity**2)
    np.testing.assert_allclose(annihilated, balance, rtol=1e-13)


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: type(kind).__name__)
@pytest.mark.parametrize("ratio", [2.05, 3.0, 20.0])
def test_width_and_production_are_one_vertex(kind, ratio):
    """Optical theorem: N(s) of e⁺e⁻ → χχ̄ is e² √s Γ(√s), the width of a mediator of mass √s with the same χ."""
    root_s, mass = np.array([0.05, 0.1, 0.7]), np.asarray(0.05)
    produced = kind.production_numerator(root_s**2, mass, 0.2, ratio)
    width = np.array([float(kind.width(np.asarray(one), 0.2, ratio * one / 0.05)) for one in root_s])
    np.testing.assert_allclose(produced, E_SQUARED * root_s * width, rtol=1e-13)


def test_ratios_of_widths_far_from_threshold():
    """In units of Dirac: a complex scalar has a quarter, a Majorana fermion half of the phase space's weight."""
    widths = [float(kind.width(np.asarray(1.0), 0.1, 1e4)) for kind in KINDS]
    np.testing.assert_allclose(np.array(widths) / widths[0], [1.0, 1.0, 0.25, 0.5], rtol=1e-7)


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: type(kind).__name__)
def test_leading_rate(kind):
    """σv at small v from the cross section itself: v_rel = 2β, with 1/D at threshold; next order is v² ~ 1e-6."""
    chi, m, v = 0.01, 0.05, 1e-3
    beta = 0.5 * v
    s = 4 * chi**2 / (1 - beta**2)
    sigma = float(kind.annihilation_numerator(np.asarray(s), np.asarray(chi), 0.3)) / beta / (s - m**2) ** 2
    coefficient, power = kind.leading_rate(np.asarray(chi), np.asarray(m), 0.3)
    assert sigma * v == pytest.approx(float(coefficient) * v**power, rel=1e-5)
    if not isinstance(kind, Dirac | PseudoDirac):  # v² has m² v² = s - 4m² at leading order
        assert float(coefficient) == pytest.approx(8 * np.pi / 3 * ALPHA * 0.3 * chi**2 / (m**2 - 4 * chi**2) ** 2)


@pytest.mark.parametrize("kind", [Dirac(), Majorana()], ids=["Dirac", "Majorana"])
def test_angles_of_fermions_by_matrices(kind):
    """Σ|ē γ^μ e χ̄ γ_μ (γ⁵) χ|² with explicit matrices: 1 + a cos²θ."""
    energy, chi = 1.0, 0.6
    momentum = np.sqrt(energy**2 - chi**2)
    axial = dirac.GAMMA5 if isinstance(kind, Majorana) else np.eye(4)

    def squared(cosine):
        sine = np.sqrt(1 - cosine**2)
        first = np.array([energy, momentum * sine, 0.0, momentum * cosine])
        second = np.array([energy, *(-first[1:])])
        beam, other = np.array([energy, 0.0, 0.0, energy]), np.array([energy, 0.0, 0.0, -energy])
        total = 0.0
        for mu in range(4):
            for nu in range(4):
                g_mu, g_nu = dirac.GAMMA[mu], dirac.GAMMA[nu]
                sign = (1 if mu == 0 else -1) * (1 if nu == 0 else -1)
                electrons = np.trace(dirac.slash(other) @ g_mu @ dirac.slash(beam) @ g_nu)
                vertex, bar = g_mu @ axial, g_nu @ axial  # γ⁰(γ^ν γ⁵)†γ⁰ = γ^ν γ⁵
                dark = np.trace(
                    (dirac.slash(first) + chi * np.eye(4)) @ vertex @ (dirac.slash(second) - chi * np.eye(4)) @ bar
                )
                total += sign * (electrons * dark).real
        return total

    share = squared(1.0 - 1e-12) / squared(0.0) - 1.0
    assert float(kind.forward_share(np.asarray(momentum**2 / energy**2))) == pytest.approx(share, rel=1e-6)


def test_a_pair_of_scalars_has_no_spin_along_the_beam():
    assert ComplexScalar().forward_share(np.array([0.1, 0.9])).tolist() == [-1.0, -1.0]


@pytest.mark.parametrize("name", list(NAMES))
def test_a_dark_photon_hands_its_kind_on(name):
    """Width, cross section, running width and decay of mesons follow, also with other parameters."""
    photon = with_parameters(DarkPhoton(alpha_d=0.1, dark_matter=name), 0.2, 4.0)
    check_mediator(photon)
    kind, mass = NAMES[name](), np.array([[0.05]])
    assert photon.dark_matter == kind
    np.testing.assert_array_equal(photon.width(mass), kind.width(mass, 0.2, 4.0))
    s = np.array([[0.003]])
    np.testing.assert_array_equal(photon.annihilation_numerator(s, mass), kind.production_numerator(s, mass, 0.2, 4.0))
    # G(s) = √s Γ(√s): the width of a mediator of mass √s, m_χ fixed
    wide = running_width(photon, mass)
    root_s = float(np.sqrt(s[0, 0]))
    grown = root_s * float(kind.width(np.asarray(root_s), 0.2, 4.0 * root_s / 0.05))
    squared = wide.denominator(np.zeros((1, 1)), photon.annihilation_numerator(s, mass))
    assert float(squared[0, 0]) == pytest.approx(grown**2, rel=1e-12)
    meson = MESONS[2]
    want = float(invisible_branching(meson, DarkPhoton(alpha_d=0.2, mass_ratio=4.0), np.asarray(0.05)))
    factor = float(kind.width(np.asarray(meson.mass), 0.2, 4.0 * meson.mass / 0.05))
    factor /= float(Dirac().width(np.asarray(meson.mass), 0.2, 4.0 * meson.mass / 0.05))
    got = float(invisible_branching(meson, photon, np.asarray(0.05)))
    assert got == pytest.approx(want * factor, rel=1e-6)  # the pole of the mediator is 1e-6 away from the meson's


def test_two_photons_are_equal_if_their_dark_matter_is():
    assert DarkPhoton(dark_matter="dirac") == DarkPhoton() == DarkPhoton(dark_matter=Dirac())
    assert DarkPhoton(dark_matter="pseudo-dirac") != DarkPhoton()
    assert dark_matter_name(Scalar()) == "dirac"


@dataclass(frozen=True)
class HalfMade:
    states: int = 2

    def width(self, mass, alpha_d, mass_ratio):
        return mass


def test_what_is_no_dark_matter_is_refused():
    with pytest.raises(UnknownNameError, match="unknown dark matter 'diracc'.*did you mean 'dirac'"):
        DarkPhoton(dark_matter="diracc")
    with pytest.raises(InvalidValueError, match=r"dark_matter = 3: must be one of complex-scalar, dirac"):
        DarkPhoton(dark_matter=3)
    with pytest.raises(InvalidValueError, match="must be one of"):
        DarkPhoton(dark_matter=Majorana)
    with pytest.raises(InvalidValueError, match="dark matter HalfMade: must have a method production_numerator"):
        DarkPhoton(dark_matter=HalfMade())
