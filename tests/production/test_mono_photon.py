"""e⁺e⁻ → γM with cuts: Dirac matrices, massless electrons, photons one by one, soft photons, quadrature."""

import math
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import pytest
from photon_amplitude import amplitude
from scipy.integrate import quad
from scipy.special import ndtr

from evanesce.constants import ALPHA, ELECTRON_MASS, GEV2_CM2
from evanesce.errors import InvalidValueError
from evanesce.mediators import AxialVector, DarkPhoton, Pseudoscalar, Scalar
from evanesce.numerics import panel_nodes
from evanesce.production import non_resonant_cross_section
from evanesce.production.annihilation import integrate_collisions
from evanesce.production.mono_photon import mono_photon_cross_section, mono_photon_spectrum, photon_collisions
from evanesce.production.photon_cuts import PhotonCuts
from evanesce.setups import PhotonSelection
from evanesce.sources import Beams
from evanesce.tracklength import CalorimeterPoint, Resolution

MEDIATORS = [DarkPhoton(), Scalar(), Pseudoscalar(), AxialVector()]
S, BETA = 112.0, 3.0 / 11.0
"""Beams of 7 and 4 GeV."""
ANGLES = {"cosine_min": -0.75, "cosine_max": 0.82}
CALORIMETER = Resolution(
    calorimeter=(CalorimeterPoint(energy=0.1, resolution=0.04), CalorimeterPoint(energy=8.0, resolution=0.016))
)
CUTS = {
    "centre of mass": PhotonCuts(**ANGLES, energy_min=1.0),
    "centre of mass, two sides": PhotonCuts(**ANGLES, energy_min=2.0, energy_max=4.0),
    "laboratory": PhotonCuts(**ANGLES, energy_min=3.0, energy_max=6.0, laboratory=True, beta=BETA),
    "harder positrons": PhotonCuts(**ANGLES, energy_min=3.0, energy_max=6.0, laboratory=True, beta=-BETA),
    "equal beams": PhotonCuts(**ANGLES, energy_min=3.0, energy_max=5.0, laboratory=True),
}
SMEARED = {
    "centre of mass": PhotonCuts(**ANGLES, energy_min=4.8, energy_max=5.2, beta=BETA, resolution=CALORIMETER),
    "laboratory": PhotonCuts(
        **ANGLES, energy_min=4.5, energy_max=6.0, laboratory=True, beta=BETA, resolution=CALORIMETER
    ),
}


@pytest.mark.parametrize("mediator", MEDIATORS)
@pytest.mark.parametrize(("root", "mass"), [(0.0025, 0.0012), (0.02, 0.0007), (10.583, 2.0), (10.583, 0.05)])
def test_spectrum_against_dirac_matrices(mediator, root, mass):
    """To 1e-10, but 1e-9 along the beams of 10 GeV, where the traces cancel."""
    cosine = np.linspace(-0.98, 0.98, 13)
    s = root**2
    got = mono_photon_spectrum(mediator, s=s, mass=mass, cosine=cosine)
    beta2 = 1 - 4 * ELECTRON_MASS**2 / s
    flux = np.pi * ALPHA**2 * GEV2_CM2 / (s * s * beta2)  # |M|² counts e² as 4πα, twice
    want = flux * 0.5 * (s - mass**2) * np.sqrt(beta2) * amplitude(mediator.vertex, s, mass, cosine)
    assert got == pytest.approx(want, rel=1e-9 if root > 1 else 1e-10, abs=0)


@pytest.mark.parametrize(("mediator", "spin_zero"), [(DarkPhoton(), 0), (AxialVector(), 0), (Scalar(), 1)])
def test_massless_electrons(mediator, spin_zero):
    """The published form; the rest is of order m_e²/m² = 7e-8 for the axial vector, smaller for others."""
    mass, cosine = 2.0, np.linspace(-0.9, 0.9, 7)
    square = mass**2 * S / (S - mass**2) ** 2
    bracket = 1 + 2 * square if spin_zero else 1 + cosine**2 + 4 * square
    want = 2 * np.pi * ALPHA**2 / S * (1 - mass**2 / S) * bracket / (1 - cosine**2) * GEV2_CM2
    assert mono_photon_spectrum(mediator, s=S, mass=mass, cosine=cosine) == pytest.approx(want, rel=1e-6, abs=0)


def test_massless_mediator_is_two_photons():
    """σ(γγ), either photon at |cos θ| < c: (4πα²/s) [ln((1 + c)/(1 - c)) - c] for massless electrons."""
    c = 0.8
    cuts = PhotonCuts(cosine_min=-c, cosine_max=c, energy_min=1.0)
    got = mono_photon_cross_section(DarkPhoton(), s=S, mass=np.array([1e-6]), cuts=cuts)
    want = 4 * np.pi * ALPHA**2 / S * (math.log((1 + c) / (1 - c)) - c) * GEV2_CM2
    assert got == pytest.approx(want, rel=1e-6, abs=0)


@pytest.mark.parametrize("mediator", MEDIATORS)
def test_next_to_the_kinematic_limit_photons_are_soft(mediator):
    """dσ/dcos θ → c (2α/π)/(Σ sin² θ): the eikonal factor of back-to-back charges times the resonance; c = ∫σ ds."""
    mass = math.sqrt(S) * (1 - 1e-5)
    cosine = np.array([-0.6, 0.0, 0.8])
    strength = (2 if mediator.vertex in ("scalar", "pseudoscalar") else 4) * np.pi**2 * ALPHA
    want = strength * 2 * ALPHA / np.pi / ((S - mass**2) * (1 - cosine**2)) * GEV2_CM2
    assert mono_photon_spectrum(mediator, s=S, mass=mass, cosine=cosine) == pytest.approx(want, rel=1e-4, abs=0)


@pytest.mark.parametrize("mediator", MEDIATORS)
def test_all_angles_are_the_total_of_electrons_at_rest(mediator):
    """The same invariants in another frame, along the beams where the electron mass decides."""
    mass = np.array([0.01, 2.0, 8.0])
    cuts = PhotonCuts(cosine_min=-1.0, cosine_max=1.0, energy_min=0.1)
    energy = S / (2 * ELECTRON_MASS) - ELECTRON_MASS
    want = non_resonant_cross_section(mediator, energy=energy, mass=mass, photon_cut=0.1)
    got = mono_photon_cross_section(mediator, s=S, mass=mass, cuts=cuts)
    assert got == pytest.approx(want, rel=1e-9, abs=0)
    within = quad(lambda c: float(mono_photon_spectrum(mediator, s=S, mass=2.0, cosine=c)) * 1e36, -0.999, 0.999)[0]
    near = PhotonCuts(cosine_min=-0.999, cosine_max=0.999, energy_min=0.1)
    assert mono_photon_cross_section(mediator, s=S, mass=mass[1:2], cuts=near) * 1e36 == pytest.approx(within, rel=1e-7)


def by_quadrature(mediator, mass, cuts):
    """σ by adaptive quadrature over cos θ, with the kinematics written anew."""
    star = (S - mass**2) / (2 * math.sqrt(S))

    def integrand(cosine):
        lab = star * (1 + cuts.beta * cosine) / math.sqrt(1 - cuts.beta**2)
        energy = lab if cuts.laboratory else star
        if cuts.resolution is None:
            passes = cuts.energy_min < energy < cuts.energy_max
        else:
            sigma = energy * float(cuts.resolution.energy(np.array(lab)))
            passes = ndtr((energy - cuts.energy_min) / sigma) - ndtr((energy - cuts.energy_max) / sigma)
        return passes * float(mono_photon_spectrum(mediator, s=S, mass=mass, cosine=cosine)) * 1e36

    ends = [cuts.cosine_min, cuts.cosine_max]
    if cuts.laboratory and cuts.beta:
        ends += [(e / star * math.sqrt(1 - cuts.beta**2) - 1) / cuts.beta for e in (cuts.energy_min, cuts.energy_max)]
    ends = sorted(c for c in ends if cuts.cosine_min <= c <= cuts.cosine_max)
    return sum(quad(integrand, a, b, epsrel=1e-11, limit=200)[0] for a, b in pairwise(ends))


@pytest.mark.parametrize(
    "cuts", [*CUTS.values(), *SMEARED.values()], ids=[*CUTS, *(f"{name}, smeared" for name in SMEARED)]
)
@pytest.mark.parametrize("mediator", [DarkPhoton(), Scalar()])
def test_cuts_against_quadrature(cuts, mediator):
    """To 1e-8, what the adaptive quadrature reaches at the bends of a smeared window."""
    masses = np.array([0.01, 1.0, 2.5, 4.0, 6.0])
    got = mono_photon_cross_section(mediator, s=S, mass=masses, cuts=cuts) * 1e36
    want = [by_quadrature(mediator, mass, cuts) for mass in masses]
    assert got == pytest.approx(want, rel=1e-8, abs=1e-6)
    assert got.max() > 1.0


def test_photons_one_by_one():
    """Four-vectors boosted to the laboratory, angle and energy cut there: to 1 %, four deviations of the sample."""
    rng = np.random.default_rng(4)
    mass, count = 1.0, 200_000
    star = (S - mass**2) / (2 * math.sqrt(S))
    cosine = rng.uniform(-0.99, 0.99, count)
    weight = mono_photon_spectrum(DarkPhoton(), s=S, mass=mass, cosine=cosine) * 1.98 / count
    electron, positron = np.array([7.0, 7.0]), np.array([4.0, -4.0])  # energy and momentum along z
    total = electron + positron
    gamma, beta = total[0] / math.sqrt(S), total[1] / total[0]
    energy = gamma * (star + beta * star * cosine)
    along = gamma * (star * cosine + beta * star)
    angle = np.degrees(np.arccos(along / energy))
    measured = energy * (1 + CALORIMETER.energy(energy) * rng.normal(size=count))
    passes = (angle > 32.2) & (angle < 128.7) & (measured > 4.5)
    window = PhotonSelection(energy_min=4.5, energy_frame="laboratory", polar_angle_min=32.2, polar_angle_max=128.7)
    cuts = window.cuts(Beams(electron_energy=7.0, positron_energy=4.0, luminosity=1.0), CALORIMETER)
    got = mono_photon_cross_section(DarkPhoton(), s=S, mass=np.array([mass]), cuts=cuts)
    assert got == pytest.approx(weight[passes].sum(), rel=0.01)


def test_a_fine_resolution_is_a_sharp_window():
    fine = Resolution(calorimeter=(CalorimeterPoint(energy=1.0, resolution=1e-7),))
    cuts = CUTS["laboratory"]
    smeared = PhotonCuts(**{name: getattr(cuts, name) for name in cuts.__slots__} | {"resolution": fine})
    mass = np.array([0.1, 2.0, 4.0, 6.0])
    sharp, fuzzy = (mono_photon_cross_section(DarkPhoton(), s=S, mass=mass, cuts=each) for each in (cuts, smeared))
    assert fuzzy == pytest.approx(sharp, rel=1e-6)


@pytest.mark.parametrize("cuts", [*CUTS.values(), *SMEARED.values()])
@pytest.mark.parametrize("mediator", MEDIATORS)
def test_the_density_is_that_cross_section_for_a_narrow_mediator(cuts, mediator):
    """At the width of α_D = 1e-12, to 1e-6, the error that the density states."""
    narrow = type(mediator)(alpha_d=1e-12)
    density = photon_collisions(mediator.vertex, S, cuts)
    mass = np.array([1e-4, 0.1, 2.6, 4.1, 6.3, 8.2])
    got = integrate_collisions(density, narrow, mass)
    want = mono_photon_cross_section(narrow, s=S, mass=mass, cuts=cuts)
    passes = want > 1e-38
    assert passes.sum() > 1
    assert got.value[passes] == pytest.approx(want[passes], rel=1e-6, abs=0)
    assert (np.abs(got.value - want)[passes] <= got.error[passes] + 1e-7 * want[passes]).all()
    assert (got.value[~passes] < 1e-8 * want.max()).all()


@pytest.mark.parametrize("mediator", MEDIATORS)
def test_a_virtual_mediator_decays_like_a_real_one(mediator):
    """N(q²)/c = √q² Γ(√q²)/π at a fixed mass of χ: what the factorisation of γχχ̄ in q² rests on."""
    chi, mass = 0.7, 2.1
    root = np.array([1.5, 2.1, 5.0])
    of_that_mass = [float(type(mediator)(alpha_d=0.5, mass_ratio=r / chi).width(np.array(r))) for r in root]
    strength = (2 if mediator.vertex in ("scalar", "pseudoscalar") else 4) * np.pi**2 * ALPHA
    got = type(mediator)(alpha_d=0.5, mass_ratio=mass / chi).annihilation_numerator(root**2, np.array(mass))
    assert got == pytest.approx(strength * root * of_that_mass / np.pi, rel=1e-12)


@pytest.mark.parametrize("mediator", [DarkPhoton(alpha_d=0.5), Scalar(alpha_d=2.0)])
@pytest.mark.parametrize("mass", [0.3, 4.0, 9.5, 13.0])
def test_wide_and_virtual_mediators_by_quadrature(mediator, mass):
    """∫dq² σ_γ N/(c|D|²) by adaptive quadrature, also where only a virtual mediator is possible: to 1e-7."""
    cuts = CUTS["centre of mass, two sides"]
    strength = (2 if mediator.vertex == "scalar" else 4) * np.pi**2 * ALPHA
    half_width = mass * float(mediator.width(np.array(mass)))

    def integrand(q2):
        sigma = mono_photon_cross_section(mediator, s=S, mass=np.sqrt([q2]), cuts=cuts)[0] * 1e36
        numerator = float(mediator.annihilation_numerator(np.array([q2]), np.array(mass))[0])
        return sigma / strength * numerator / ((q2 - mass**2) ** 2 + half_width**2)

    root = math.sqrt(S)
    low, high = max(S - 8 * root, 4 * (mass / 3) ** 2), S - 4 * root
    ends = sorted({low, high, *(p for p in (mass**2 - half_width, mass**2, mass**2 + half_width) if low < p < high)})
    want = sum(quad(integrand, a, b, epsrel=1e-10, limit=200)[0] for a, b in pairwise(ends))
    got = integrate_collisions(photon_collisions(mediator.vertex, S, cuts), mediator, np.array([mass]))
    assert got.value * 1e36 == pytest.approx([want], rel=1e-7)


def test_panels_lie_where_photons_pass():
    density = photon_collisions("vector", S, CUTS["centre of mass, two sides"])
    root = math.sqrt(S)
    assert density.edges[[0, -1]] == pytest.approx([S - 8 * root, S - 4 * root])
    assert (density.values > 0).all()
    _, weights = panel_nodes(density.edges, density.values.shape[1])
    assert weights.sum() == pytest.approx(4 * root)


def test_nothing_is_made_above_the_beams():
    heavy = np.array([10.5, 10.583005244258363, 12.0])
    cuts = CUTS["centre of mass"]
    assert (mono_photon_cross_section(DarkPhoton(), s=S, mass=heavy, cuts=cuts) == 0).all()
    assert (mono_photon_spectrum(DarkPhoton(), s=S, mass=heavy[1:], cosine=0.0) == 0).all()


@pytest.mark.parametrize(
    ("arguments", "match"),
    [
        ({"s": -1.0}, "s = -1.0: must be finite numbers greater than 0"),
        ({"mass": 0.0}, "mass = 0.0: must be finite numbers greater than 0"),
        ({"cosine": float("nan")}, "cosine = nan: must be finite numbers"),
    ],
)
def test_bad_input(arguments, match):
    with pytest.raises(InvalidValueError, match=match):
        mono_photon_spectrum(DarkPhoton(), **{"s": S, "mass": 1.0, "cosine": 0.0, **arguments})


def test_mediator_without_vertex():
    @dataclass(frozen=True, kw_only=True)
    class Plain:
        alpha_d: float = 1e-3
        mass_ratio: float = 3.0

    with pytest.raises(InvalidValueError, match="vertex = None of Plain: must be one of scalar"):
        mono_photon_spectrum(Plain(), s=S, mass=1.0, cosine=0.0)
