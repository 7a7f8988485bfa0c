"""The smeared cut: against a Monte Carlo of the measured values, its sharp limit, and its checks."""

import numpy as np
import pytest

from evanesce.errors import InvalidValueError
from evanesce.tracklength import CalorimeterPoint, Resolution, SharpAcceptance, SmearedAcceptance
from evanesce.tracklength.acceptance import as_acceptance, common_transition, least_fraction

POINTS = (CalorimeterPoint(energy=0.1, resolution=0.04), CalorimeterPoint(energy=8.0, resolution=0.016))
BARREL = Resolution(momentum=0.004, calorimeter=POINTS, polar_angle=3.0)
SAMPLES = 1_000_000


def cut(fraction=0.95, resolution=BARREL):
    return SmearedAcceptance(missing_fraction=fraction, resolution=resolution)


@pytest.mark.parametrize("fraction", [0.95, 0.98, 0.5])
@pytest.mark.parametrize("energy", [4.35, 6.6, 100.0])
@pytest.mark.parametrize("deviation", [-2.5, -1.0, 0.0, 0.4, 1.5])
def test_against_a_monte_carlo_of_the_measurement(fraction, energy, deviation):
    """Smear the deposit and the track, then cut. Tolerance: 4.5 standard deviations of the sample, 45 points."""
    rng = np.random.default_rng(20221204)
    selection = cut(fraction)
    middle, wide = selection.transition(np.array(energy))[[2, 3]]
    taken = middle + deviation * (wide - middle) / 3.5
    deposit = (1.0 - taken) * energy
    sigma = 0.04 + (0.016 - 0.04) * np.log(np.clip(deposit, 0.1, 8.0) / 0.1) / np.log(80.0)
    measured = deposit * (1.0 + sigma * rng.standard_normal(SAMPLES))
    track = energy * (1.0 + 0.004 * rng.standard_normal(SAMPLES))
    passed = np.mean(measured < (1.0 - fraction) * track)
    got = float(selection.probability(np.array(energy), np.array(taken)))
    assert got == pytest.approx(passed, abs=4.5 * np.sqrt(got * (1.0 - got) / SAMPLES))


def test_the_threshold_is_gaussian_to_first_order():
    """A is near Φ((a - f)/σ_δ), σ_δ = (1 - f) hypot(σ_E((1-f) E), σ_p): what σ_E(D) adds is second order."""
    from scipy.special import ndtr

    taken = np.linspace(0.93, 0.97, 401)
    width = 0.05 * np.hypot(float(BARREL.energy(np.array(0.05 * 5.0))), 0.004)
    assert width == pytest.approx(0.00176, abs=1e-5)
    exact = cut().probability(np.array(5.0), taken)
    assert np.abs(exact - ndtr((taken - 0.95) / width)).max() < 0.01
    # D below the cut is measured better than D above it: the mean threshold moves by 0.1 % of 1 - f
    shift = np.trapezoid(exact, taken) - 0.02
    assert 4e-5 < shift < 6e-5


@pytest.mark.parametrize("fraction", [0.95, 0.98, 0.5])
def test_the_transition_holds_the_step(fraction):
    energies = np.array([[0.5, 4.35], [6.6, 100.0]])
    selection = cut(fraction)
    fractions = selection.transition(energies)
    assert fractions.shape == (5, 2, 2)
    assert (np.diff(fractions, axis=0) > 0).all()
    passed = selection.probability(energies, fractions)
    assert (passed[0] < 2e-12).all()
    assert passed[2] == pytest.approx(0.5)
    assert (1.0 - passed[-1] < 2e-12).all()
    common = common_transition(selection, 0.5, 100.0)
    assert common[0] == fractions[0].min()
    assert common[-1] == fractions[-1].max()


def test_more_than_the_energy_of_the_track_leaves_nothing():
    """E_A' = E' + m_e may exceed E next to the endpoint."""
    assert float(cut().probability(np.array(5.0), np.array(1.0001))) == 1.0


def test_a_perfect_detector_is_the_step():
    tiny = Resolution(momentum=1e-9, calorimeter=(CalorimeterPoint(energy=1.0, resolution=1e-9),))
    taken = np.array([0.949999, 0.950001])
    assert cut(resolution=tiny).probability(np.array(5.0), taken).tolist() == [0.0, 1.0]
    assert cut(resolution=tiny).transition(np.array(5.0)) == pytest.approx(np.full(5, 0.95), abs=1e-9)


def test_sharp():
    sharp = SharpAcceptance(missing_fraction=0.9)
    assert sharp.transition(np.array([1.0, 2.0])).tolist() == [[0.9, 0.9]]
    assert float(sharp.probability(np.array(1.0), np.array(0.95))) == 1.0
    assert as_acceptance(None, 0.9) == sharp
    assert as_acceptance(sharp, None) is sharp


@pytest.mark.parametrize("arguments", [(None, None), (SharpAcceptance(missing_fraction=0.9), 0.9)])
def test_one_selection_must_be_given(arguments):
    with pytest.raises(InvalidValueError, match="give either acceptance or missing_fraction"):
        as_acceptance(*arguments)


def test_a_resolution_too_coarse_for_the_cut_is_refused():
    coarse = Resolution(momentum=0.1, calorimeter=(CalorimeterPoint(energy=1.0, resolution=0.4),))
    with pytest.raises(InvalidValueError, match=r"missing_fraction = 0\.6: the resolution is too coarse for this cut"):
        least_fraction(cut(0.6, coarse), np.array([5.0]), 1e-5)
    with pytest.raises(InvalidValueError, match="missing_fraction = 1e-06: must be greater than 1e-05"):
        least_fraction(cut(1e-6), np.array([5.0]), 1e-5)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"momentum": 1.0}, r"momentum = 1\.0: must lie in \(0, 1\)"),
        ({"momentum": float("nan")}, "momentum = nan"),
        ({"polar_angle": -1.0}, r"polar_angle = -1\.0: must be a finite number, 0 or greater"),
        ({"calorimeter": ()}, "calorimeter: is empty; give at least one point"),
        ({"calorimeter": POINTS[::-1]}, "calorimeter: energy 0.1 GeV after 8: energies must increase strictly"),
    ],
)
def test_impossible_resolutions(changes, message):
    with pytest.raises(InvalidValueError, match=message):
        Resolution(**({"momentum": 0.004, "calorimeter": POINTS} | changes))


@pytest.mark.parametrize("changes", [{"energy": 0.0}, {"resolution": 1.0}, {"resolution": -0.1}])
def test_impossible_points(changes):
    with pytest.raises(InvalidValueError, match=f"{next(iter(changes))} = "):
        CalorimeterPoint(**({"energy": 1.0, "resolution": 0.02} | changes))
