"""Weighted sums of kernels: of one kernel, of kernels of several slabs at one energy, and over energies."""

import numpy as np
import pytest

from evanesce.materials import material
from evanesce.showers import ShowerSetup, TsaiWhitis, energy_nodes, mixed, weighted
from evanesce.showers.cascade import Cascade

ENERGIES = (4.0, 8.0)
NODES = energy_nodes(ENERGIES, 6)
LETHARGY = np.geomspace(1e-6, 2.0, 40)
NOTHING = np.zeros(2)


def setup(stop, start=0.0):
    return ShowerSetup(
        incident="e+",
        material=material("CsI"),
        start=start,
        stop=stop,
        energy_min=ENERGIES[0],
        energy_max=ENERGIES[1],
    )


@pytest.fixture(scope="module")
def thin_and_thick():
    """Two kernels on different panels."""
    return [TsaiWhitis().track_length(setup(*depths)) for depths in ((0.4, 0.1), (3.0,))]


def test_one_kernel_in_two_parts_is_itself():
    """Also a kernel that depends on the energy; to rounding of series of 20 terms."""
    one = Cascade().track_length(setup(2.0))
    share = np.array([[0.3], [0.7]]) * np.ones((1, 6))
    for energy in (4.0, 5.5, 8.0):
        for name in ("primary", "secondary", "radiating"):
            whole, parts = getattr(one, name), getattr(mixed([one, one], share, ENERGIES, NOTHING), name)
            expected = whole.at_lethargy(LETHARGY, energy)
            assert parts.at_lethargy(LETHARGY, energy) == pytest.approx(expected, rel=1e-10, abs=1e-12 * expected.max())


def test_a_weighted_sum_needs_no_series_in_the_energy(thin_and_thick):
    """Kernels on different panels, one of which depends on the energy; to rounding."""
    every = [*thin_and_thick, Cascade().track_length(setup(2.0))]
    shares = (0.2, 0.3, 0.5)
    both = weighted(every, shares)
    for energy in (4.0, 5.5, 8.0):
        for name in ("primary", "radiating", "photons"):
            parts = [getattr(track, name).at_lethargy(LETHARGY, energy) for track in every]
            expected = sum(share * part for share, part in zip(shares, parts, strict=True))
            assert getattr(both, name).at_lethargy(LETHARGY, energy) == pytest.approx(
                expected, rel=1e-10, abs=1e-12 * expected.max()
            )
    assert both.radiating.error == max(track.radiating.error for track in every)


def test_panels_of_all_kernels_are_kept(thin_and_thick):
    """Weights that are polynomials in ln E are exact; the error of re-expansion on common panels is rounding."""
    log = np.log(NODES / 4.0) / np.log(2.0)
    both = mixed(thin_and_thick, np.stack([1.0 - log**2, log**2]), ENERGIES, NOTHING)
    for energy in (4.0, 4.7, 8.0):
        share = (np.log(energy / 4.0) / np.log(2.0)) ** 2
        thin, thick = (track.radiating.at_lethargy(LETHARGY) for track in thin_and_thick)
        found = both.radiating.at_lethargy(LETHARGY, energy)
        assert found == pytest.approx((1.0 - share) * thin + share * thick, rel=1e-9)


def test_equal_energies_need_one_weight(thin_and_thick):
    nodes = energy_nodes((5.0, 5.0), 16)
    assert nodes.tolist() == [5.0]
    both = mixed(thin_and_thick, np.array([[0.5], [0.5]]), (5.0, 5.0), NOTHING)
    thin, thick = (track.positrons.at_lethargy(LETHARGY) for track in thin_and_thick)
    assert not both.positrons.variation
    assert both.positrons.at_lethargy(LETHARGY) == pytest.approx(0.5 * (thin + thick), rel=1e-9)


def test_the_error_holds_what_the_series_and_the_interpolation_leave_out(thin_and_thick):
    steps = np.stack([NODES < 5.5, NODES >= 5.5]).astype(float)
    smooth = np.full((2, 6), 0.5)
    assert mixed(thin_and_thick, smooth, ENERGIES, NOTHING).positrons.error < 1e-6
    assert mixed(thin_and_thick, steps, ENERGIES, NOTHING).positrons.error > 0.01
    left = mixed(thin_and_thick, smooth, ENERGIES, np.array([0.01, -0.01])).positrons.error
    assert 0.001 < left < 0.02
