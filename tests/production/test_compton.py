"""γe → Me: Klein and Nishina, the crossed amplitude integrated numerically, and the yield."""

import numpy as np
import pytest
from scipy.integrate import quad

import evanesce as ev
from evanesce.constants import ALPHA, ELECTRON_MASS, GEV2_CM2
from evanesce.engine import Engine
from evanesce.errors import InvalidValueError
from evanesce.physics import resolve_physics
from evanesce.processes import Compton
from evanesce.processes.photons import photon_tracks
from evanesce.production.compton import compton_cross_section, compton_threshold
from evanesce.production.non_resonant import factors, non_resonant_spectrum

KINDS = ("vector", "scalar", "pseudoscalar", "axial-vector")


def mediator(vertex):
    from evanesce.mediators import mediator as named

    return named("dark-photon" if vertex == "vector" else vertex)


@pytest.mark.parametrize("energy", [1e-3, 0.1, 10.0])
def test_a_massless_vector_is_klein_and_nishina(energy):
    x = energy / ELECTRON_MASS
    bracket = 2.0 * x * (1.0 + x) / (1.0 + 2.0 * x) - np.log1p(2.0 * x)
    known = (1.0 + x) / x**3 * bracket + np.log1p(2.0 * x) / (2.0 * x) - (1.0 + 3.0 * x) / (1.0 + 2.0 * x) ** 2
    known *= 2.0 * np.pi * (ALPHA / ELECTRON_MASS) ** 2 * GEV2_CM2
    got = compton_cross_section(mediator("vector"), energy=np.array(energy), mass=np.array(1e-8))
    assert float(got) == pytest.approx(known, rel=1e-8, abs=0.0)


@pytest.mark.parametrize("vertex", KINDS)
@pytest.mark.parametrize(("energy", "mass", "cut"), [(80.0, 0.2, 50.0), (4.0, 0.05, 0.0), (80.0, 0.285, 60.0)])
def test_the_closed_form_is_the_integral_of_the_crossed_amplitude(vertex, energy, mass, cut):
    """Crossing of e⁺e⁻ → γM: k → -k and p₁ → -p', with limits from two-body kinematics in the centre of mass."""
    s = 2.0 * ELECTRON_MASS * energy + ELECTRON_MASS**2
    root = np.sqrt(s)
    star = (s + mass**2 - ELECTRON_MASS**2) / (2.0 * root)
    p_star = np.sqrt(star**2 - mass**2)
    boost, speed = (energy + ELECTRON_MASS) / root, energy / root
    low, high = max(boost * star - speed * p_star, cut), boost * star + speed * p_star

    def spectrum(logarithm):
        """Per ln a, because 1/a peaks at the lower end."""
        incoming, outgoing = 2.0 * ELECTRON_MASS * energy, np.exp(logarithm)
        t = outgoing + mass**2 - incoming
        p, q, r = factors(vertex, t, t - mass**2, mass**2)
        a, b = outgoing, -incoming  # those of e⁺e⁻ → γM, crossed; a fermion changes sides
        amplitude = -(p / (a * b) - q * ((a + b) / (a * b)) ** 2 + r)
        return np.pi * ALPHA**2 * GEV2_CM2 * amplitude * outgoing / incoming**2

    ends = (np.log(2.0 * ELECTRON_MASS * taken - mass**2) for taken in (low, high))
    want = quad(spectrum, *ends, epsabs=0.0, epsrel=1e-10, limit=200)[0]
    got = compton_cross_section(
        mediator(vertex), energy=np.array(energy), mass=np.array(mass), least_energy=np.array(cut)
    )
    assert float(got) == pytest.approx(want, rel=1e-7, abs=0.0)


def test_the_factors_are_those_of_the_crossed_channel():
    """The same P, Q, R give dσ/dω of e⁺e⁻ → γM, which is compared with Dirac matrices elsewhere."""
    energy, mass, photon = 10.0, 0.05, 1.0
    s = 2.0 * ELECTRON_MASS * (energy + ELECTRON_MASS)
    p, q, r = factors("vector", s, s - mass**2, mass**2)
    b = 2.0 * ELECTRON_MASS * photon
    a = s - mass**2 - b
    want = p / (a * b) - q * ((s - mass**2) / (a * b)) ** 2 + r
    want *= 2.0 * ELECTRON_MASS * np.pi * ALPHA**2 * GEV2_CM2 / (s * (s - 4.0 * ELECTRON_MASS**2))
    got = non_resonant_spectrum(
        mediator("vector"), energy=np.array(energy), mass=np.array(mass), photon_energy=np.array(photon)
    )
    assert float(got) == pytest.approx(want, rel=1e-9, abs=0.0)


def test_nothing_below_the_threshold_or_beyond_the_cut():
    threshold = float(compton_threshold(np.array(0.2)))
    sigma = compton_cross_section(mediator("vector"), energy=threshold * np.array([0.999, 1.001]), mass=np.array(0.2))
    assert sigma[0] == 0.0
    assert sigma[1] > 0.0
    assert compton_cross_section(
        mediator("vector"), energy=np.array(80.0), mass=np.array(0.2), least_energy=np.array(80.0)
    ) == pytest.approx(0.0)
    with pytest.raises(InvalidValueError, match="energy"):
        compton_cross_section(mediator("vector"), energy=np.array(-1.0), mass=np.array(0.2))


def test_the_yield_is_a_few_per_cent_of_na64_and_nothing_at_belle2():
    """Shares of the yield, and the table in mass against the integral at one mass, and against sums over bins."""
    mass = np.array([0.2, 0.24, 0.3])
    engine = Engine()
    signal = engine.predict("na64-2019", ev.DarkPhoton(alpha_d=0.1), mass).signal
    share = signal["compton"].value / sum(part.value for part in signal.values())
    assert ((share > 0.01) & (share < 0.05)).all()
    belle2 = engine.predict("belle2", ev.DarkPhoton(alpha_d=0.1), np.array([0.0667])).signal
    assert belle2["compton"].value < 1e-3 * belle2["isr"].value

    options = resolve_physics("reference")
    setup = ev.experiment("na64-2019").channel.setup(options)
    prepared = engine.prepare(Compton(), setup, options)
    table = prepared.rates(ev.DarkPhoton(), mass)
    tracks, material = photon_tracks(setup, options, engine), setup.target.material
    photon = np.linspace(50.0, 100.0, 4001)[1:] - 0.00625
    density = tracks.kernel.density(photon / 100.0, 100.0) / 100.0
    for row, each in enumerate(mass.tolist()):
        sigma = compton_cross_section(
            mediator("vector"), energy=photon, mass=np.array(each), least_energy=np.array(50.0)
        )
        want = material.electron_density * material.radiation_length * np.sum(density * sigma) * 0.0125
        assert table.value[row, 0] == pytest.approx(want, rel=2e-3)  # midpoints across the threshold
    assert (table.error < 1e-2 * table.value).all()
    assert float(prepared.rates(ev.DarkPhoton(), np.array([0.33])).value[0, 0]) == 0.0


def test_the_threshold_opens_within_the_spectrum_of_the_tracks():
    """At Belle II above 66 MeV only some of the tracks suffice: against midpoints in track and photon energy, 0.5 %."""
    options, engine = resolve_physics("reference"), Engine()
    setup = ev.experiment("belle2").channel.setup(options)
    tracks, material = photon_tracks(setup, options, engine), setup.target.material
    low, high = setup.energies
    energy = low + (high - low) * (np.arange(400) + 0.5) / 400
    share = 0.95 + 0.05 * (np.arange(300) + 0.5) / 300
    total = 0.0
    for track, number in zip(energy, setup.source.spectrum(energy) * (high - low) / 400, strict=True):
        sigma = compton_cross_section(
            mediator("vector"), energy=track * share, mass=np.array(0.0667), least_energy=np.array(0.95 * track)
        )
        total += number * np.sum(tracks.kernel.density(share, track) * sigma) * 0.05 / 300
    got = engine.prepare(Compton(), setup, options).rates(ev.DarkPhoton(), np.array([0.0667]))
    want = material.electron_density * material.radiation_length * total
    assert float(got.value[0, 0]) == pytest.approx(want, rel=5e-3)
    assert float(got.error[0, 0]) < 0.01 * want
