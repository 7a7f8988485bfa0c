"""Unweighted events."""

import math

import numpy as np
import pytest

from evanesce.errors import InvalidValueError
from evanesce.sources import RadiativeBhabha
from evanesce.sources.radiative import integral

SOURCE = RadiativeBhabha()
NUMBER = 60_000


@pytest.fixture(scope="module")
def momentum():
    return np.concatenate([batch.momentum for batch in SOURCE.events(NUMBER, seed=11)])


def test_energy_and_momentum_are_conserved(momentum):
    np.testing.assert_allclose(momentum[:, :2].sum(axis=1), momentum[:, 2:].sum(axis=1), atol=1e-12)
    assert momentum.shape == (NUMBER, 5, 4)


def test_every_event_passes_the_cuts(momentum):
    final = momentum[:, 2:]
    assert final[..., 3].min() > 2.0
    size = np.linalg.norm(final[..., :3], axis=-1)
    theta = np.degrees(np.arccos(final[..., 2] / size))
    assert 32.2 < theta.min() < 32.5
    assert 128.4 < theta.max() < 128.7
    eta, phi = np.arctanh(final[..., 2] / size), np.arctan2(final[..., 1], final[..., 0])
    for i in (0, 1):
        turn = (phi[:, i] - phi[:, 2] + np.pi) % (2 * np.pi) - np.pi
        assert np.hypot(eta[:, i] - eta[:, 2], turn).min() > 0.1


def test_spectra_are_those_of_the_integral(momentum):
    found = integral.integrals(SOURCE.cuts, False)
    for row, particle in enumerate((3, 2)):
        counts = np.histogram(momentum[:, particle, 3], found.bins)[0].reshape(48, -1).sum(axis=1)
        scale = NUMBER / found.spectra[row].sum()
        want = scale * found.spectra[row].reshape(48, -1).sum(axis=1)
        variance = want + scale**2 * found.variances[row].reshape(48, -1).sum(axis=1)
        chi2 = np.sum((counts - want)[want > 5] ** 2 / variance[want > 5])
        assert chi2 < 48 + 3.5 * math.sqrt(96)  # 3.5 standard deviations


def test_azimuth_is_flat_and_reflections_are_equal(momentum):
    phi = np.arctan2(momentum[:, 3, 1], momentum[:, 3, 0])
    counts = np.histogram(phi, 20, (-np.pi, np.pi))[0]
    assert np.sum((counts - NUMBER / 20) ** 2 / (NUMBER / 20)) < 20 + 3.5 * math.sqrt(40)
    handed = np.einsum("ij,ij->i", np.cross(momentum[:, 2, :3], momentum[:, 3, :3]), [[0.0, 0.0, 1.0]] * NUMBER)
    assert abs(np.sign(handed).sum()) < 4 * math.sqrt(NUMBER)


def test_collinear_pairs_are_there(momentum):
    """5 of 126 pb have ΔR(e⁺e⁻) < 0.1: what the electron mass makes finite."""
    pair = momentum[:, 2] + momentum[:, 3]
    square = pair[:, 3] ** 2 - np.square(pair[:, :3]).sum(axis=1)
    assert square.min() > (2 * 0.51e-3) ** 2 * (1 - 1e-6)
    share = 1 - RadiativeBhabha(min_separation_ee=0.1).cross_section / SOURCE.cross_section
    eta = np.arctanh(momentum[:, 2:4, 2] / np.linalg.norm(momentum[:, 2:4, :3], axis=-1))
    phi = np.arctan2(momentum[:, 2:4, 1], momentum[:, 2:4, 0])
    turn = (phi[:, 0] - phi[:, 1] + np.pi) % (2 * np.pi) - np.pi
    close = np.mean(np.hypot(eta[:, 0] - eta[:, 1], turn) < 0.1)
    assert close == pytest.approx(share, abs=4 * math.sqrt(share / NUMBER) + 1e-3)


def test_duplicates_are_rare(momentum):
    assert len(np.unique(momentum[:, 4, 3])) > 0.997 * NUMBER


def test_a_seed_makes_the_same_events_in_any_number_of_runs(momentum):
    again = next(SOURCE.events(500, seed=5))
    np.testing.assert_array_equal(next(SOURCE.events(500, seed=5)).momentum, again.momentum)
    assert not np.array_equal(next(SOURCE.events(500, seed=6)).momentum, again.momentum)
    first = next(SOURCE.events(NUMBER, seed=11))
    np.testing.assert_array_equal(first.momentum, momentum[: len(first)])


def test_weights_are_the_cross_section():
    batch = next(SOURCE.events(10, seed=0))
    assert (batch.weight == SOURCE.cross_section).all()
    assert [role.name for role in batch.roles] == ["beam_electron", "beam_positron", "electron", "positron", "photon"]
    assert batch.process == "radiative-bhabha"


@pytest.mark.parametrize(
    ("number", "seed", "message"),
    [
        (0, 1, "events = 0: must be a whole number from 1"),
        (1.5, 1, "events = 1.5: must be a whole number"),
        (10, -1, "seed = -1: must be a whole number from 0"),
    ],
)
def test_wrong_numbers_are_refused(number, seed, message):
    with pytest.raises(InvalidValueError, match=message):
        SOURCE.events(number, seed=seed)
