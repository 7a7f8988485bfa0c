"""A window of polar angle seen with finite resolution: Monte Carlo of the measured angles, and the sharp limit."""

from itertools import pairwise

import numpy as np
import pytest
from scipy.integrate import quad

from evanesce.constants import ALPHA, GEV2_CM2, PB_CM2
from evanesce.errors import InvalidValueError
from evanesce.sources import Beam, Bhabha, SmearedBhabha, with_angular_resolution

SAMPLES = 1_000_000


def lab_angle(cosine_star, beta):
    return np.arccos((cosine_star + beta) / (1 + beta * cosine_star))


@pytest.mark.parametrize("incident", ["e+", "e-"])
@pytest.mark.parametrize("opposite", [False, True])
@pytest.mark.parametrize("resolution", [3.0, 40.0])
def test_against_a_monte_carlo_of_measured_angles(incident, opposite, resolution):
    """Angles of Eq. (2.1) by weights, both tracks smeared independently: counts in four bins of the true energy.

    Tolerance: 4.5 standard deviations of the weighted sample, from 3e-4 to 1e-2 of a bin.
    """
    source = Bhabha(incident=incident, opposite_in_acceptance=opposite)
    smeared = SmearedBhabha(bhabha=source, polar_angle_resolution=resolution)
    rng = np.random.default_rng(7)
    cosine = rng.uniform(-0.95, 0.95, SAMPLES)
    positron = -cosine if incident == "e-" else cosine
    scale = np.pi * ALPHA**2 / (2 * source.s) * GEV2_CM2 / PB_CM2
    weight = scale * (3 + positron**2) ** 2 / (1 + positron) ** 2 * 1.9 * source.luminosity * 1e6
    low, high = np.radians([32.2, 128.7])
    passed = np.ones(SAMPLES, dtype=bool)
    for track in (cosine, -cosine) if opposite else (cosine,):
        measured = lab_angle(track, source.beta) + 1e-3 * resolution * rng.standard_normal(SAMPLES)
        passed &= (measured > low) & (measured < high)
    energy = np.sqrt(28.0) * (1 + source.beta * cosine) / np.sqrt(1 - source.beta**2)
    bins = np.linspace(smeared.edges[0], smeared.edges[-1], 5)
    for left, right in pairwise(bins):
        points = [e for e in smeared.edges if left < e < right]
        want = quad(lambda e: float(smeared.spectrum(np.asarray(e))), left, right, points=points, limit=200)[0]
        chosen = weight * (passed & (energy > left) & (energy < right))
        error = np.std(chosen) / np.sqrt(SAMPLES)
        assert chosen.mean() == pytest.approx(want, abs=4.5 * error)


@pytest.mark.parametrize("opposite", [False, True])
@pytest.mark.parametrize("resolution", [1e-4, 3.0, 40.0])
def test_count_is_the_integral_of_the_spectrum(opposite, resolution):
    smeared = SmearedBhabha(bhabha=Bhabha(opposite_in_acceptance=opposite), polar_angle_resolution=resolution)
    edges = smeared.edges
    assert (np.diff(edges) > 0).all()
    parts = [quad(lambda e: float(smeared.spectrum(np.asarray(e))), a, b)[0] for a, b in pairwise(edges)]
    assert smeared.count == pytest.approx(sum(parts), rel=1e-10)
    assert smeared.lines == ()
    assert smeared.incident == "e+"


@pytest.mark.parametrize("opposite", [False, True])
def test_a_perfect_angle_is_the_sharp_window(opposite):
    sharp = Bhabha(opposite_in_acceptance=opposite)
    smeared = SmearedBhabha(bhabha=sharp, polar_angle_resolution=1e-5)
    assert smeared.count == pytest.approx(sharp.count, rel=1e-9)
    middle = np.linspace(*sharp.edges, 52)[1:-1]
    assert smeared.spectrum(middle) == pytest.approx(sharp.spectrum(middle), rel=1e-14)
    assert (smeared.edges[0], smeared.edges[-1]) == pytest.approx(sharp.edges, rel=1e-6)


def test_the_spectrum_ends_at_seven_deviations():
    smeared = SmearedBhabha(bhabha=Bhabha(), polar_angle_resolution=3.0)
    low, high = smeared.edges[0], smeared.edges[-1]
    largest = smeared.spectrum(np.array(4.4))
    assert (smeared.spectrum(np.array([low, high])) < 3e-12 * largest).all()
    assert smeared.spectrum(np.array([low - 1e-6, high + 1e-6])).tolist() == [0.0, 0.0]
    assert smeared.spectrum(np.array(Bhabha().edges)) == pytest.approx(Bhabha().spectrum(np.array(Bhabha().edges)) / 2)


def test_what_has_no_window_stays():
    beam = Beam(energy=10.0, particles=1.0)
    assert with_angular_resolution(beam, 3.0) is beam
    assert with_angular_resolution(Bhabha(), 0.0) == Bhabha()
    assert with_angular_resolution(Bhabha(), 3.0) == SmearedBhabha(bhabha=Bhabha(), polar_angle_resolution=3.0)


@pytest.mark.parametrize(
    ("window", "resolution", "message"),
    [
        ((32.2, 128.7), 0.0, r"polar_angle_resolution = 0\.0: must be a finite number greater than 0"),
        ((1.0, 128.7), 3.0, "= 3 mrad: the window from 1 to 128.7 degrees must keep 1.2 degrees"),
        ((32.2, 179.0), 3.0, "must keep 1.2 degrees from the beams"),
    ],
)
def test_impossible_windows(window, resolution, message):
    with pytest.raises(InvalidValueError, match=message):
        SmearedBhabha(
            bhabha=Bhabha(polar_angle_min=window[0], polar_angle_max=window[1]), polar_angle_resolution=resolution
        )
