"""e⁺e⁻ → γM: explicit Dirac matrices, Dirac's two photons, published limits, and phase space."""

from dataclasses import dataclass

import numpy as np
import pytest
from photon_amplitude import amplitude, dot, momenta

from evanesce.constants import ALPHA, ELECTRON_MASS, GEV2_CM2
from evanesce.errors import InvalidValueError
from evanesce.mediators import AxialVector, DarkPhoton, Pseudoscalar, Scalar
from evanesce.production import non_resonant_cross_section, non_resonant_spectrum
from evanesce.production.annihilation import collision_s

MEDIATORS = [DarkPhoton(), Scalar(), Pseudoscalar(), AxialVector()]
M2 = ELECTRON_MASS**2


def energy_of(s):
    return s / (2 * ELECTRON_MASS) - ELECTRON_MASS


@pytest.mark.parametrize("mediator", MEDIATORS)
@pytest.mark.parametrize(("root", "mass"), [(0.0025, 0.0012), (0.004, 0.0031), (0.02, 0.0007)])
def test_against_dirac_matrices(mediator, root, mass):
    """Near m_e, where every term counts: to 1e-9, the rounding of the traces."""
    s, cosine = root**2, np.linspace(-0.98, 0.98, 13)
    electron, _, k, _ = momenta(s, mass, cosine)
    photon = dot(electron, k) / ELECTRON_MASS
    got = non_resonant_spectrum(mediator, energy=energy_of(s), mass=mass, photon_energy=photon)
    unit = 2 * ELECTRON_MASS * np.pi * ALPHA**2 * GEV2_CM2 / (s * (s - 4 * M2))
    assert got == pytest.approx(unit * amplitude(mediator.vertex, s, mass, cosine), rel=1e-9, abs=0)


@pytest.mark.parametrize("mediator", MEDIATORS)
def test_the_amplitude_it_is_compared_with_is_gauge_invariant(mediator):
    cosine = np.linspace(-0.9, 0.9, 7)
    whole = amplitude(mediator.vertex, 1e-5, 0.0015, cosine)
    longitudinal = amplitude(mediator.vertex, 1e-5, 0.0015, cosine, field="k")
    assert (np.abs(longitudinal) < 1e-10 * whole * 1e-5).all()


def test_massless_mediator_is_two_photons():
    """σ = 2σ(γγ) of Dirac (Heitler, The Quantum Theory of Radiation, section 27), exact in m_e."""
    gamma = np.array([1.5, 3.0, 100.0, 1e4])
    root = np.sqrt(gamma**2 - 1)
    radius2 = (ALPHA / ELECTRON_MASS) ** 2 * GEV2_CM2
    heitler = (gamma**2 + 4 * gamma + 1) / (gamma**2 - 1) * np.log(gamma + root) - (gamma + 3) / root
    got = non_resonant_cross_section(DarkPhoton(), energy=gamma * ELECTRON_MASS, mass=1e-9, photon_cut=1e-9)
    assert got == pytest.approx(2 * np.pi * radius2 / (gamma + 1) * heitler, rel=1e-9, abs=0)


def test_published_limit_of_massless_electrons():
    """8πα²/s · [(s - m²)/2s + m²/(s - m²)] (ln(s/m_e²) - 1) for m_e → 0; the logarithm is the published term."""
    energy, mass = np.array([1e3, 1e5]), 0.0667
    s = collision_s(energy)
    bracket = (s - mass**2) / (2 * s) + mass**2 / (s - mass**2)
    leading = 8 * np.pi * ALPHA**2 / s * bracket * GEV2_CM2
    got = non_resonant_cross_section(DarkPhoton(), energy=energy, mass=mass)
    assert got == pytest.approx(leading * (np.log(s / M2) - 1), rel=1e-4, abs=0)


@pytest.mark.parametrize(("mediator", "ratio"), [(Scalar(), 0.5), (Pseudoscalar(), 0.5), (AxialVector(), 1.0)])
def test_soft_photons_factorise(mediator, ratio):
    """Next to the resonance a spin 0 mediator has half of the vector's, up to m_e²/m²."""
    mass = 0.0667
    energy = energy_of((mass * (1 + 1e-4)) ** 2)
    got, vector = (
        non_resonant_cross_section(which, energy=energy, mass=mass, photon_cut=1e-6)
        for which in (mediator, DarkPhoton())
    )
    assert got == pytest.approx(ratio * vector, rel=1e-3, abs=0)


def test_soft_limit_is_the_resonance_times_its_radiation():
    """dN/dΣ → (2α/π)(L - 1)/Σ · 12π² Γ(A' → e⁺e⁻)/m, L = ln(s/m_e²): Yennie, Frautschi and Suura's soft factor."""
    mass, delta = 0.0667, 1e-5
    s = mass**2 * (1 + delta)
    got = non_resonant_cross_section(DarkPhoton(), energy=energy_of(s), mass=mass, photon_cut=1e-9) / GEV2_CM2
    resonance = 12 * np.pi**2 * float(DarkPhoton().electron_width(np.array(mass))) / mass
    radiation = 2 * ALPHA / np.pi * (np.log(s / M2) - 1) / (s - mass**2)
    assert got == pytest.approx(resonance * radiation, rel=1e-3)


@pytest.mark.parametrize("mediator", MEDIATORS)
@pytest.mark.parametrize(("energy", "mass", "fraction"), [(5.0, 0.0667, 0.95), (5.0, 0.03, 0.5), (100.0, 0.01, 0.9)])
def test_cut_in_the_laboratory_by_phase_space(mediator, energy, mass, fraction):
    """Angles in the centre of mass, boosted to the laboratory event by event: to 2e-3, the step at the cut."""
    s = float(collision_s(energy))
    y = np.linspace(-1, 1, 8001)
    y = 12.0 * 0.5 * (y[1:] + y[:-1])
    cosine = np.tanh(y)
    gamma, beta = (energy + ELECTRON_MASS) / np.sqrt(s), np.sqrt(energy**2 - M2) / (energy + ELECTRON_MASS)
    _, _, _, q = momenta(s, mass, cosine)
    taken = gamma * (q[:, 0] - beta * q[:, 3])  # the positron comes along -z
    kept = amplitude(mediator.vertex, s, mass, cosine) * (taken > fraction * energy) / np.cosh(y) ** 2
    flux = np.pi * ALPHA**2 * GEV2_CM2 / (s * (s - 4 * M2))
    db = 0.5 * (s - mass**2) * np.sqrt(1 - 4 * M2 / s)
    want = flux * db * kept.sum() * 24.0 / 8000
    got = non_resonant_cross_section(mediator, energy=energy, mass=mass, least_energy=fraction * energy)
    assert got == pytest.approx(want, rel=2e-3, abs=0)


def test_cut_on_the_photon_is_sharp():
    mass, cut = 0.0667, 2e-3
    lowest = energy_of((cut + np.sqrt(cut**2 + mass**2)) ** 2)
    energy = lowest * np.array([0.9, 1 - 1e-6, 1 + 1e-6])
    sigma = non_resonant_cross_section(DarkPhoton(), energy=energy, mass=mass, photon_cut=cut)
    assert (sigma[:2] == 0).all()
    assert sigma[2] > 0


@pytest.mark.parametrize(
    ("arguments", "match"),
    [
        ({"mass": 0.0}, r"mass = 0.0: must be finite numbers greater than 0"),
        ({"photon_cut": 0.0}, r"photon_cut = 0.0: must be finite numbers greater than 0"),
        ({"photon_cut": float("nan")}, r"photon_cut = nan: must be finite numbers"),
        ({"energy": 5e-4}, r"energy = 0.0005 GeV: must be greater than the electron mass"),
        ({"least_energy": float("inf")}, r"least_energy = inf: must be finite numbers"),
    ],
)
def test_bad_input(arguments, match):
    with pytest.raises(InvalidValueError, match=match):
        non_resonant_cross_section(DarkPhoton(), **{"energy": 5.0, "mass": 0.05, **arguments})


def test_bad_photon_energy():
    with pytest.raises(InvalidValueError, match=r"photon_energy = -1.0: must be finite numbers greater than 0"):
        non_resonant_spectrum(DarkPhoton(), energy=5.0, mass=0.05, photon_energy=-1.0)


def test_mediator_without_vertex():
    @dataclass(frozen=True, kw_only=True)
    class Plain:
        alpha_d: float = 1e-3
        mass_ratio: float = 3.0

    with pytest.raises(InvalidValueError, match="vertex = None of Plain: must be one of scalar"):
        non_resonant_cross_section(Plain(), energy=5.0, mass=0.05)
