"""Bhabha scattering at any collider: equal beams, a harder positron beam, and what lies next to them."""

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.stats import kstest

import evanesce as ev
from evanesce.constants import ALPHA, GEV2_CM2, PB_CM2
from evanesce.control_sample import control_sample
from evanesce.sources import Bhabha, RadiativeBhabha, SmearedBhabha, binned_spectrum

BES3 = {"electron_energy": 1.885, "positron_energy": 1.885}
"""The beams of BESIII at the ψ(3770)."""


def laboratory(source):
    """Cross section in pb by integrating Eq. (2.1) over the polar angle of the vanishing track in the laboratory.

    Nothing of the class is used: a Lorentz transformation along the electron beam with total momentum over energy.
    """
    first, second = source.electron_energy, source.positron_energy
    beta, s = (first - second) / (first + second), 4 * first * second

    def density(theta):
        c = np.cos(theta)
        star = (c - beta) / (1 - beta * c)
        opposite = np.arccos((-star + beta) / (1 - beta * star))
        if source.opposite_in_acceptance and not low < opposite < high:
            return 0.0
        star = star if source.incident == "e+" else -star
        shape = np.pi * ALPHA**2 / (2 * s) * (3 + star**2) ** 2 / (1 + star) ** 2
        return shape * (1 - beta**2) / (1 - beta * c) ** 2 * np.sin(theta)

    low, high = np.radians([source.polar_angle_min, source.polar_angle_max])
    where = np.arccos(source.cosine(np.array(source.cosine_range)))
    value = quad(density, low, high, points=sorted(where), limit=400)[0]
    return value * GEV2_CM2 / PB_CM2


@pytest.mark.parametrize("incident", ["e+", "e-"])
@pytest.mark.parametrize("opposite", [False, True])
@pytest.mark.parametrize("beams", [(7.0, 4.0), (4.0, 7.0), (5.29, 5.29), (1.885, 1.885), (3.1, 9.0), (5.29, 5.290001)])
def test_cross_section_by_integration_over_the_laboratory(incident, opposite, beams):
    source = Bhabha(
        electron_energy=beams[0],
        positron_energy=beams[1],
        incident=incident,
        opposite_in_acceptance=opposite,
        polar_angle_min=40.0,
        polar_angle_max=125.0,
    )
    assert source.cross_section == pytest.approx(laboratory(source), rel=1e-8)
    assert source.track_cross_section() == (source.cross_section, None)
    assert source.count == pytest.approx(source.cross_section * 50e6, rel=1e-12)


def test_charge_conjugation_turns_the_detector_around():
    """Electron and positron beams change places: the same tracks, of the other charge, seen from behind."""
    here = Bhabha(opposite_in_acceptance=True)
    there = Bhabha(
        electron_energy=4.0,
        positron_energy=7.0,
        polar_angle_min=180.0 - 128.7,
        polar_angle_max=180.0 - 32.2,
        opposite_in_acceptance=True,
        incident="e-",
    )
    assert there.beta == -here.beta
    assert there.edges == pytest.approx(here.edges, rel=1e-13)
    energy = np.linspace(4.0, 7.0, 50)
    np.testing.assert_allclose(there.spectrum(energy), here.spectrum(energy), rtol=1e-11)
    rng = np.random.default_rng(0)
    inside = np.linspace(*here.edges, 20)
    np.testing.assert_allclose(there.polar_cosines(inside, rng), -here.polar_cosines(inside, rng), atol=1e-13)


@pytest.mark.parametrize("incident", ["e+", "e-"])
def test_harder_positrons_go_backwards(incident):
    """Energy and polar angle of a track against a Lorentz transformation of its four-momentum."""
    source = Bhabha(electron_energy=3.1, positron_energy=9.0, incident=incident)
    energy = np.linspace(*source.edges, 7)
    cosine = source.polar_cosines(energy, np.random.default_rng(0))
    beta = (3.1 - 9.0) / 12.1
    gamma = 1 / np.sqrt(1 - beta**2)
    np.testing.assert_allclose(gamma * (energy - beta * energy * cosine), np.sqrt(3.1 * 9.0), rtol=1e-12)
    assert np.degrees(np.arccos(cosine[[0, -1]])) == pytest.approx([32.2, 128.7], rel=1e-12)


@pytest.mark.parametrize("incident", ["e+", "e-"])
def test_equal_beams_are_a_line(incident):
    source = Bhabha(**BES3, incident=incident)
    assert source.edges == ()
    assert source.lines == ((1.885, source.count),)
    assert source.energy_range == (1.885, 1.885)
    assert (source.spectrum(np.array([1.8, 1.885, 1.9])) == 0.0).all()
    binned = binned_spectrum(source, 50)
    assert (len(binned.edges), binned.cross_section) == (0, (source.cross_section, 0.0))


@pytest.mark.parametrize("incident", ["e+", "e-"])
@pytest.mark.parametrize("opposite", [False, True])
def test_directions_on_a_line_are_those_of_the_cross_section(incident, opposite):
    """Kolmogorov's test against the integrated cross section; p > 1e-4 with the seed given."""
    source = Bhabha(**BES3, incident=incident, opposite_in_acceptance=opposite)
    cosine = source.polar_cosines(np.full(4000, 1.885), np.random.default_rng(3))
    low, high = source.cosine_range
    grid = np.linspace(low, high, 20_001)
    density = source.angular_density(grid)
    below = np.concatenate([[0.0], np.cumsum(0.5 * (density[1:] + density[:-1]))])
    assert kstest(cosine, lambda c: np.interp(c, grid, below / below[-1])).pvalue > 1e-4
    assert (np.mean(cosine) > 0) == (incident == "e-") or opposite


@pytest.mark.parametrize("sign", [1.0, -1.0])
@pytest.mark.parametrize("incident", ["e+", "e-"])
def test_nothing_jumps_on_the_way_to_equal_beams(sign, incident):
    """Yields are smooth in the asymmetry, from where a spectrum is resolved to where it is a line and beyond.

    Against a straight line through one asymmetry and none: curvature is the square of the asymmetry, and a line differs
    from a continuum by 4e-8, which are the ends of the fold. A mass at which the spectrum ends is no such place: there
    the yield bends within the width.
    """
    base = ev.experiment("belle2").replace({"source.positron_energy": 5.29, "source.incident": incident})
    masses = [0.03, 0.06, 0.07]
    steps = (1e-3, 5e-4, 1e-5, 2e-6, 1e-6, 1e-7, 1e-9, 1e-11, 1e-13, 0.0)
    cards = [base.replace({"source.electron_energy": 5.29 + sign * step}) for step in steps]
    assert [bool(card.source.lines) for card in cards[:3]] == [False] * 3
    assert all(card.source.lines for card in cards[5:])
    found = np.array([ev.limit_curve(card, ev.DarkPhoton(), masses, physics="converged").epsilon for card in cards])
    symmetric = found[-1]
    slope = (found[1] - symmetric) / steps[1]
    np.testing.assert_allclose(found[0], symmetric + slope * steps[0], rtol=1e-5)
    for step, epsilon in zip(steps[2:], found[2:], strict=True):
        np.testing.assert_allclose(epsilon, symmetric + slope * step, rtol=1e-7)


def test_a_narrow_window_is_a_line_too():
    """A window of 1e-5 degrees: the cross section keeps its digits, and the energy is that of the angle."""
    source = Bhabha(polar_angle_min=60.0, polar_angle_max=60.00001)
    assert source.edges == ()
    ((energy, number),) = source.lines
    assert energy == pytest.approx(source.energy(source.cosine_star(np.cos(np.radians(60.000005)))), rel=1e-9)
    width = np.radians(1e-5) * np.sin(np.radians(60.000005))
    boost = (1 - source.beta**2) / (1 - source.beta * np.cos(np.radians(60.000005))) ** 2
    density = float(source.angular_density(source.cosine_star(np.cos(np.radians(60.000005)))))
    # the cosines of the ends have lost nine of sixteen digits
    assert source.cross_section == pytest.approx(density * width * boost, rel=1e-8)
    assert number == source.count


class TestSmeared:
    """The same with a detector's resolution of the polar angle."""

    @pytest.mark.parametrize("opposite", [False, True])
    @pytest.mark.parametrize("incident", ["e+", "e-"])
    def test_count_does_not_know_how_it_is_integrated(self, opposite, incident):
        """A line is integrated over angles, a continuum over energies: 2e-6 apart in asymmetry, the same to 1e-6."""
        common = {"positron_energy": 5.29, "opposite_in_acceptance": opposite, "incident": incident}
        line = SmearedBhabha(bhabha=Bhabha(electron_energy=5.29, **common), polar_angle_resolution=20.0)
        wide = SmearedBhabha(bhabha=Bhabha(electron_energy=5.29 + 2e-5, **common), polar_angle_resolution=20.0)
        assert (line.edges, wide.lines) == ((), ())
        assert wide.count == pytest.approx(line.count, rel=1e-5)
        assert wide.count != line.count
        assert line.lines == ((5.29, line.count),)
        assert (line.spectrum(np.array([5.29, 5.3])) == 0.0).all()
        sharp = line.bhabha.count
        assert 1e-4 < abs(line.count / sharp - 1.0) < 0.02

    @pytest.mark.parametrize("opposite", [False, True])
    def test_directions_are_those_of_tracks_measured_inside(self, opposite):
        """Against weighted tracks over all angles, whose measured angle is drawn."""
        bhabha = Bhabha(**BES3, opposite_in_acceptance=opposite, polar_angle_min=40.0, polar_angle_max=120.0)
        source = SmearedBhabha(bhabha=bhabha, polar_angle_resolution=50.0)
        rng = np.random.default_rng(5)
        got = source.polar_cosines(np.full(20_000, 1.885), rng)
        assert got.shape == (20_000,)
        trial = rng.uniform(-0.95, 0.95, 400_000)
        kept = np.ones(len(trial), dtype=bool)
        for sign in (1.0, -1.0)[: 1 + opposite]:
            measured = np.degrees(np.arccos(sign * trial) + 0.05 * rng.standard_normal(len(trial)))
            kept &= (measured > 40.0) & (measured < 120.0)
        weight = np.where(kept, bhabha.angular_density(trial), 0.0)
        for power in (1, 2):
            mean = np.average(trial**power, weights=weight)
            spread = np.std(got**power)
            error = spread * np.hypot(1 / np.sqrt(len(got)), np.sqrt(np.sum(weight**2)) / np.sum(weight))
            assert abs(np.mean(got**power) - mean) < 4.5 * error


def test_bes3_from_the_card_to_the_limit():
    """A limit at equal beams, with and without resolution, and its control sample."""
    changes = {"source.electron_energy": 1.885, "source.positron_energy": 1.885}
    card = ev.experiment("belle2").replace(changes)
    curve = ev.limit_curve(card, ev.DarkPhoton(), [0.02, 0.04, 0.0438], physics="reference")
    assert np.isfinite(curve.epsilon).all()
    # annihilation is at most at the end of the line, √(2 m_e (E + m_e)) = 43.9 MeV
    assert np.argmin(curve.epsilon) == 2
    control = control_sample(card)
    assert control.source.lines[0][1] == pytest.approx(control.source.count)
    assert control.source.count > card.source.count  # electrons go forward, into the larger part of the window


@pytest.mark.slow
def test_radiative_bhabha_at_equal_beams():
    """Charge conjugation with equal beams and a symmetric window: positrons are electrons seen from behind."""
    window = {"polar_angle_min": 40.0, "polar_angle_max": 140.0, "min_energy": 0.4}
    positrons, electrons = (RadiativeBhabha(**BES3, **window, incident=charge) for charge in ("e+", "e-"))
    assert positrons.cross_section > 0.0
    _, density, error = positrons.bins
    pull = (density - electrons.bins[1]) / np.hypot(error, electrons.bins[2])
    # the two spectra are of the same events, so that they are nearer to each other than independent ones
    assert np.mean(pull**2) < 1.3
