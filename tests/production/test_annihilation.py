"""Yields of annihilation, Eq. (4.4), against brute force at 1e-6; their error estimates; limits."""

import brute_force
import numpy as np
import pytest
from scipy.integrate import quad

from evanesce.constants import ELECTRON_MASS
from evanesce.materials import material
from evanesce.mediators import DarkPhoton, Scalar
from evanesce.production import annihilation_cross_section, collision_s, effective_cross_section
from evanesce.showers import ShowerSetup, TsaiWhitis
from evanesce.sources import Beam, Bhabha
from evanesce.tracklength import fold_track_length

CSI = material("CsI")


def fold(source, thickness, fraction, v_max, charges):
    setup = ShowerSetup(
        incident=source.incident, material=CSI, start=0.0, stop=thickness, energy_min=1.0, energy_max=200.0
    )
    kernel = TsaiWhitis(pair_charges="both" if charges == 2 else "positron").track_length(setup).positrons
    return fold_track_length(source, kernel, missing_fraction=fraction, v_max=v_max)


def check(source, mediator, mass, thickness, fraction, v_max, charges):
    folded = fold(source, thickness, fraction, v_max, charges)
    result = effective_cross_section(folded, mediator, np.array([mass]))
    value = result.value[0] * CSI.electron_density * CSI.radiation_length
    want = brute_force.annihilation_yield(
        source, CSI, mediator, mass, thickness=thickness, fraction=fraction, v_max=v_max, charges=charges
    )
    assert value == pytest.approx(want, rel=1e-6, abs=1e-300)
    # brute force itself rounds: its nodes in l next to a narrow resonance are good to 1e-18 or so
    rounding = 1e-8 + 3e-18 * mass / float(mediator.width(np.asarray(mass)))
    scale = CSI.electron_density * CSI.radiation_length
    assert abs(value - want) <= 5 * result.error[0] * scale + rounding * want


FAST = [
    # source, mediator, mass, fraction, v_max, charges
    (Bhabha(), DarkPhoton(alpha_d=1e-3), 0.06666, 0.95, 1.0, 2.0),
    (Bhabha(), DarkPhoton(alpha_d=1e-3), 0.06666, 0.95, 0.999, 2.0),
    (Bhabha(), DarkPhoton(alpha_d=1e-12), 0.0655, 0.95, 1.0, 2.0),
    (Bhabha(), DarkPhoton(alpha_d=1.0, mass_ratio=2.05), 0.066, 0.8, 1.0, 2.0),
    (Bhabha(), Scalar(alpha_d=1e-2, mass_ratio=2.001), 0.066, 0.6, 1.0, 2.0),
    (Bhabha(), DarkPhoton(alpha_d=1e-3), 0.1, 0.95, 1.0, 2.0),  # threshold inside the range
    (Bhabha(), Scalar(alpha_d=0.1), 0.09, 0.9, 0.9995, 2.0),
    (Beam(energy=100.0, particles=1e11, incident="e+"), DarkPhoton(alpha_d=1e-6), 0.3, 0.5, 1.0, 2.0),
    (Beam(energy=100.0, particles=1e11, incident="e+"), DarkPhoton(alpha_d=0.1), 0.33, 0.5, 0.999, 2.0),
]


@pytest.mark.parametrize(("source", "mediator", "mass", "fraction", "v_max", "charges"), FAST)
def test_against_brute_force(source, mediator, mass, fraction, v_max, charges):
    check(source, mediator, mass, 16.0, fraction, v_max, charges)


@pytest.mark.parametrize("shift", [1e-11, -1e-9, 1e-7, -1e-5])
@pytest.mark.parametrize("alpha_d", [1e-8, 1e-3])
def test_resonance_next_to_the_end_of_a_beam(alpha_d, shift):
    """s_max(1 + shift) = m²: the pole sits among the endpoint's own panels."""
    beam = Beam(energy=80.0, particles=1e11, incident="e+")
    mass = float(np.sqrt(collision_s(np.asarray(80.0)) * (1.0 + shift)))
    check(beam, DarkPhoton(alpha_d=alpha_d), mass, 16.0, 0.5, 1.0, 2.0)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(12))
def test_random_points_against_brute_force(seed):
    rng = np.random.default_rng(seed)
    kind = [DarkPhoton, Scalar][seed % 2]
    ratio = 2 + 10 ** rng.uniform(-3, 1)
    # widths from 1e-12 of the mass, below which the energies of brute force round, to as wide as α_D <= 1 allows
    narrowest = 1e-12 / float(kind(alpha_d=1.0, mass_ratio=ratio).width(np.asarray(1.0)))
    mediator = kind(alpha_d=narrowest ** rng.uniform(0, 1), mass_ratio=ratio)
    fraction, v_max = rng.uniform(0.4, 0.99), rng.choice([1.0, 0.999, rng.uniform(0.992, 1.0)])
    thickness = 10 ** rng.uniform(-1.5, 1.6)
    for mass in np.exp(rng.uniform(np.log(0.04), np.log(0.12), 3)):
        check(Bhabha(), mediator, mass, thickness, fraction, v_max, float(1 + seed % 2))


def test_narrow_width_is_the_folded_density_at_the_resonance():
    """Γ → 0: ∫ W σ dE' = W(E'_res) π N(m²)/(2 m_e m Γ), E'_res = m²/(2 m_e) - m_e."""
    folded = fold(Bhabha(), 16.0, 0.95, 1.0, 2.0)
    mass = np.array([0.0655, 0.07, 0.078])
    photon = DarkPhoton(alpha_d=1e-12)
    got = effective_cross_section(folded, photon, mass).value
    energy = mass**2 / (2 * ELECTRON_MASS) - ELECTRON_MASS
    peak = np.pi * photon.annihilation_numerator(mass**2, mass) / (mass * photon.width(mass))
    from evanesce.constants import GEV2_CM2

    assert got == pytest.approx(folded(energy) * peak / (2 * ELECTRON_MASS) * GEV2_CM2, rel=1e-9, abs=0)


def test_cross_section_of_a_point():
    """Eq. (4.2) off resonance and its integral over the resonance, by quad."""
    photon, mass = DarkPhoton(alpha_d=0.1), np.asarray(0.07)
    centre = float(mass**2 / (2 * ELECTRON_MASS))
    sigma = lambda e: float(annihilation_cross_section(photon, energy=np.asarray(e), mass=mass))
    assert collision_s(np.asarray(1.0)) == pytest.approx(2 * ELECTRON_MASS * (1.0 + ELECTRON_MASS))
    integral = quad(sigma, 3.0, 7.0, points=[centre], limit=200)[0]
    assert 0 < sigma(3.0) < 1e-2 * sigma(centre)
    width = float(photon.width(mass))
    assert integral == pytest.approx(np.pi * sigma(centre) * float(mass) * width / (2 * ELECTRON_MASS), rel=0.05, abs=0)


def test_arrays_of_parameters_equal_one_at_a_time():
    folded = fold(Bhabha(), 16.0, 0.95, 1.0, 2.0)
    mass = np.array([0.066, 0.07, 0.11, 0.066])
    alphas, ratios = np.array([[1e-6], [1e-3], [0.1], [1.0]]), np.array([[3.0], [2.1], [3.0], [5.0]])
    together = effective_cross_section(folded, DarkPhoton(alpha_d=alphas, mass_ratio=ratios), mass).value
    for i in range(4):
        alone = DarkPhoton(alpha_d=float(alphas[i, 0]), mass_ratio=float(ratios[i, 0]))
        assert effective_cross_section(folded, alone, mass[i : i + 1]).value[0] == pytest.approx(
            together[i], rel=1e-12, abs=0
        )
