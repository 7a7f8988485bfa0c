"""Photon flux and yields of bremsstrahlung, Eqs. (4.5)-(4.7), against brute force and arbitrary precision."""

import brute_force
import mpmath as mp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import quad

from evanesce.constants import ALPHA, ELECTRON_MASS, GEV2_CM2, PB_CM2
from evanesce.materials import material
from evanesce.mediators import DarkPhoton, Scalar
from evanesce.production import bremsstrahlung_cross_section, bremsstrahlung_yield, material_flux, photon_flux
from evanesce.showers import ShowerSetup, TsaiWhitis
from evanesce.sources import Beam, Bhabha
from evanesce.tracklength import fold_radiation

CSI = material("CsI")


def check(source, mediator, mass, thickness, fraction, v_max):
    setup = ShowerSetup(
        incident=source.incident, material=CSI, start=0.0, stop=thickness, energy_min=1.0, energy_max=200.0
    )
    kernel = TsaiWhitis().track_length(setup).radiating
    energies = [*source.edges, *(e for e, _ in source.lines)]
    minimum = mass if mass > fraction * min(energies) else 0.0
    fold = fold_radiation(source, kernel, missing_fraction=fraction, v_max=v_max, minimum_energy=minimum)
    result = bremsstrahlung_yield(fold, CSI, mediator, np.array([mass]))
    want = brute_force.bremsstrahlung_yield(
        source, CSI, mediator, mass, thickness=thickness, fraction=fraction, v_max=v_max, charges=2.0
    )
    assert result.value[0] == pytest.approx(want, rel=1e-6)
    assert abs(result.value[0] - want) <= 5 * result.error[0] + 1e-9 * want


FAST = [
    (Bhabha(), DarkPhoton(), 0.06666, 0.95, 1.0),
    (Bhabha(), DarkPhoton(), 0.06666, 0.95, 0.999),
    (Bhabha(), Scalar(), 0.01, 0.6, 1.0),
    pytest.param(Bhabha(), DarkPhoton(), 1.0, 0.9, 1.0, marks=pytest.mark.slow),
    pytest.param(Bhabha(), DarkPhoton(), 1e-4, 0.95, 1.0, marks=pytest.mark.slow),
    (Beam(energy=100.0, particles=1e11, incident="e+"), Scalar(), 0.3, 0.5, 1.0),
]


@pytest.mark.parametrize(("source", "mediator", "mass", "fraction", "v_max"), FAST)
def test_against_brute_force(source, mediator, mass, fraction, v_max):
    check(source, mediator, mass, 1.0, fraction, v_max)


@pytest.mark.slow
def test_mass_beyond_the_energy_cut():
    """m > 0.95 E for the slower positrons: E_A' starts at m there."""
    check(Bhabha(), DarkPhoton(), 4.2, 1.0, 0.95, 1.0)
    check(Bhabha(), DarkPhoton(), 5.5, 1.0, 0.9, 0.9993)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(6))
def test_random_points_against_brute_force(seed):
    rng = np.random.default_rng(seed)
    mediator = [DarkPhoton(), Scalar()][seed % 2]
    thickness, fraction = 10 ** rng.uniform(-1, 0.3), rng.uniform(0.4, 0.98)
    v_max = rng.choice([1.0, rng.uniform(0.985, 1.0)])
    for mass in np.exp(rng.uniform(np.log(1e-3), np.log(1.5), 3)):
        check(Bhabha(), mediator, mass, thickness, fraction, v_max)


@settings(max_examples=40, deadline=None)
@given(
    st.floats(-4, 0.3).map(lambda e: 10.0**e),
    st.floats(4.0, 100.0),
    st.sampled_from(["CsI", "Pb", "C", "W", "Al"]),
)
def test_flux_against_arbitrary_precision(mass, energy, name):
    nucleus = material(name).nuclei[0]
    with mp.workdps(25):
        me = mp.mpf(ELECTRON_MASS)
        low, high = (mp.mpf(mass) ** 2 / (2 * mp.mpf(energy))) ** 2, mp.mpf(mass) ** 2 + me**2
        a2 = (111 / me * mp.mpf(nucleus.Z) ** (-mp.mpf(1) / 3)) ** 2
        d = mp.mpf("0.164") * mp.mpf(nucleus.mass_number) ** (-mp.mpf(2) / 3)

        def integrand(u):
            t = mp.exp(u)
            return (t - low) / t * (nucleus.Z * a2 * t / ((1 + a2 * t) * (1 + t / d))) ** 2

        want = float(mp.quad(integrand, mp.linspace(mp.log(low), mp.log(high), 9)))
    got = float(photon_flux(nucleus)(np.asarray(mass), np.asarray(energy)))
    assert got == pytest.approx(want, rel=1e-10)


def test_flux_closes_at_the_kinematic_limit():
    assert float(material_flux(CSI, np.asarray(10.001), np.asarray(5.0))) == 0.0
    assert float(material_flux(CSI, np.asarray(4.0), np.asarray(5.0))) > 0.0


@pytest.mark.parametrize("kind", [DarkPhoton, Scalar])
def test_cross_section_is_the_integral_over_x(kind):
    mass, energy = 0.1, 10.0
    got = bremsstrahlung_cross_section(CSI, kind(), energy=energy, mass=mass, min_fraction=0.5)
    flux = float(material_flux(CSI, np.asarray(mass), np.asarray(energy))) / CSI.formula_unit_density
    splitting = lambda x: float(kind().splitting(np.asarray(x), np.asarray(mass)))
    end = 1 - ELECTRON_MASS / energy
    integral = quad(splitting, 0.5, end, points=[0.99, 0.999, 0.9999], limit=300)[0]
    assert float(got.value) == pytest.approx(ALPHA**3 * flux * integral * GEV2_CM2 / PB_CM2, rel=1e-8)
    assert float(got.error) < 1e-9 * float(got.value)


def test_cross_section_of_the_impossible_is_zero():
    assert float(bremsstrahlung_cross_section(CSI, DarkPhoton(), energy=1.0, mass=1.0).value) == 0.0


def test_ordinary_bremsstrahlung_in_the_massless_limit():
    """m → 0: φ → Z²(ln(...) ...) and dσ/dx = 4 α³ φ (1 - x + x²/3)/(m_e² x): with φ from complete screening
    this is the textbook 4 α r_e² Z² (1 - x + x²/3 ...) ln(183 Z^-1/3)/x, within the approximation's 20 %."""
    lead = material("Pb")
    flux = float(photon_flux(lead.nuclei[0])(np.asarray(1e-9), np.asarray(10.0)))
    # complete screening, Tsai: φ = Z² (ln(184.15 Z^(-1/3)) ...) × 2 for the integral over angles
    want = lead.nuclei[0].Z ** 2 * 2 * np.log(184.15 * 82 ** (-1 / 3))
    assert flux == pytest.approx(want, rel=0.4)


def test_scale_of_the_yield_as_printed():
    """At 66.66 MeV per ε²: 3.925e7 as printed, 2.222e7 with v <= 0.999 (computed beforehand by other means)."""
    setup = ShowerSetup(incident="e+", material=CSI, start=0.0, stop=1.0, energy_min=4.0, energy_max=7.0)
    kernel = TsaiWhitis().track_length(setup).radiating
    for v_max, want in ((1.0, 3.925e7), (0.999, 2.222e7)):
        fold = fold_radiation(Bhabha(), kernel, missing_fraction=0.95, v_max=v_max)
        got = bremsstrahlung_yield(fold, CSI, DarkPhoton(), np.array([0.06666])).value[0]
        assert got == pytest.approx(want, rel=3e-4)


def test_nucleus_terms_add():
    assert float(material_flux(CSI, np.asarray(0.1), np.asarray(5.0))) == pytest.approx(
        sum(n.number_density * float(photon_flux(n)(np.asarray(0.1), np.asarray(5.0))) for n in CSI.nuclei)
    )


def test_lightest_energy_of_a_heavy_mediator():
    """At a beam of 10 GeV and m = 9 GeV, E_A' starts at m: Σ w D₀ counts (1 - m/E') exactly as m says."""
    setup = ShowerSetup(incident="e+", material=CSI, start=0.0, stop=1.0, energy_min=1.0, energy_max=20.0)
    kernel = TsaiWhitis().track_length(setup).radiating
    beam = Beam(energy=10.0, particles=1.0, incident="e+")
    strict = fold_radiation(beam, kernel, missing_fraction=0.9)
    mass = fold_radiation(beam, kernel, missing_fraction=0.5, minimum_energy=9.0)
    for fold in (strict, mass):
        assert fold is not None
    integrals = [float(np.sum(fold.weights * fold.values[..., 0])) for fold in (strict, mass)]
    assert integrals[0] == pytest.approx(integrals[1], rel=1e-9), "0.9 E and 9 GeV are the same energy here"
