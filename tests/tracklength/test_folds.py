"""Folded densities: against direct quadrature, against each other, and their own error estimates."""

import brute_force
import numpy as np
import pytest
from scipy.integrate import quad

from evanesce.constants import ELECTRON_MASS
from evanesce.errors import InvalidValueError
from evanesce.materials import material
from evanesce.showers import ShowerSetup, TsaiWhitis, bin_averages
from evanesce.sources import Beam, Bhabha, TabulatedSpectrum
from evanesce.tracklength import fold_radiation, fold_track_length
from evanesce.tracklength.panels import graded_edges, subdivide


@pytest.fixture(scope="module")
def kernel():
    setup = ShowerSetup(incident="e+", material=material("CsI"), start=0.0, stop=16.0, energy_min=4.35, energy_max=6.62)
    return TsaiWhitis().track_length(setup).positrons


def energy_integral(source, energy, v_max):
    """W(E') = ∫ dE n(E)/E F(E'/E) by quad in ln l, F from mpmath, its share below l = 1e-18 in closed form."""
    low, high = source.edges
    shortest = max(np.log(low / energy), -np.log(v_max), 0.0)
    longest = min(np.log(high / energy), np.log((energy + ELECTRON_MASS) / (0.95 * energy)))

    def integrand(u):
        lethargy = np.exp(-u)
        density = float(brute_force.density(np.asarray(lethargy), 16.0, 2.0))
        return float(source.spectrum(np.asarray(energy * np.exp(lethargy)))) * density * lethargy

    start = -np.log(longest)
    if shortest > 0:
        return quad(integrand, start, -np.log(shortest), limit=400)[0]
    value = quad(integrand, start, 18.0 * np.log(10.0), limit=400)[0]
    return value + float(source.spectrum(np.asarray(energy))) * brute_force.below_table(16.0)


@pytest.mark.parametrize("v_max", [1.0, 0.999])
@pytest.mark.parametrize("energy", [4.2, 4.3492, 4.36, 5.0, 6.3, 6.6, 6.61])
def test_w_is_the_energy_integral(kernel, energy, v_max):
    folded = fold_track_length(Bhabha(), kernel, missing_fraction=0.95, v_max=v_max)
    assert float(folded(np.asarray(energy))) == pytest.approx(energy_integral(Bhabha(), energy, v_max), rel=1e-8)


@pytest.mark.parametrize("edge", [0, 1])
def test_w_next_to_a_jump_of_the_spectrum(kernel, edge):
    """There W behaves as 1/ln(1/δ): panels that end at δ = 1e-5, enough for a kink, have errors of a per mille."""
    energy = (1.0 - 1e-7) * Bhabha().edges[edge]
    folded = fold_track_length(Bhabha(), kernel, missing_fraction=0.95)
    assert float(folded(np.asarray(energy))) == pytest.approx(energy_integral(Bhabha(), energy, 1.0), rel=1e-7)


@pytest.mark.parametrize("fraction", [0.5, 0.95, 0.99])
def test_total_track_length(kernel, fraction):
    """∫ W dE' is the number of tracks times the track length of one, up to the m_e in the cut."""
    beam = Beam(energy=100.0, particles=7.0, incident="e+")
    folded = fold_track_length(beam, kernel, missing_fraction=fraction)
    edges = np.array([fraction - ELECTRON_MASS / 100.0, 1.0])
    want = 7.0 * float(bin_averages(kernel, edges)[0]) * (edges[1] - edges[0])
    assert folded.integral == pytest.approx(want, rel=1e-9)
    assert folded.atom_lengths.sum() > 0.01 * folded.integral, "the endpoint of a beam is an atom"


def test_a_dense_table_of_bhabha_is_bhabha(kernel):
    source = Bhabha()
    energies = np.linspace(*source.edges, 401)
    table = TabulatedSpectrum(energies=tuple(energies), densities=tuple(source.spectrum(energies)))
    one = fold_track_length(source, kernel, missing_fraction=0.95)
    two = fold_track_length(table, kernel, missing_fraction=0.95)
    e = np.array([4.2, 4.5, 5.5, 6.5])
    # linear interpolation on steps h of 5.7 MeV of a spectrum (E - 4 GeV)^-2: n'' h²/8n is 2e-4 at its start
    assert two(e) == pytest.approx(one(e), rel=2e-4)
    assert two.integral == pytest.approx(one.integral, rel=2e-4)


def test_error_estimate_of_w_is_small_and_covers_a_coarser_fold(kernel):
    folded = fold_track_length(Bhabha(), kernel, missing_fraction=0.95)
    assert 0 < folded.error < 1e-10


def test_radiation_without_flux_is_a_track_integral(kernel):
    """With P = 1 and φ = 1, Σ w D₀ counts (x-range) × track length: ∫dE n ∫dl F e^-l (x_max - x_min)."""
    beam = Beam(energy=10.0, particles=3.0, incident="e+")
    fold = fold_radiation(beam, kernel, missing_fraction=0.8)
    got = float(np.sum(fold.weights * fold.values[..., 0]))
    reach = -np.log1p(-ELECTRON_MASS / 10.0)

    def inner(lethargy):
        return min(1.0, np.exp(lethargy - reach)) - 0.8 * np.exp(lethargy)

    def integrand(u):
        lethargy = np.exp(-u)
        return float(kernel.density(np.asarray(np.exp(-lethargy)))) * np.exp(-lethargy) * inner(lethargy) * lethargy

    want = quad(integrand, -np.log(-np.log(0.8)), 16.0, limit=400)[0]
    edges = np.array([np.exp(-np.exp(-16.0)), 1.0])
    want += float(bin_averages(kernel, edges)[0] * (edges[1] - edges[0])) * inner(0.0)
    assert got == pytest.approx(3.0 * want, rel=1e-6)


def test_radiation_where_nothing_is_left(kernel):
    beam = Beam(energy=10.0, particles=3.0)
    assert fold_radiation(beam, kernel, missing_fraction=0.9999, v_max=0.999) is None
    assert fold_radiation(beam, kernel, missing_fraction=0.9, minimum_energy=10.0) is None


def test_fraction_below_the_kernel_is_refused(kernel):
    with pytest.raises(InvalidValueError, match="missing_fraction = 1e-07: must be greater than"):
        fold_track_length(Bhabha(), kernel, missing_fraction=1e-7)


@pytest.mark.parametrize("widest", [150.0, 178.0])
def test_steep_spectra_are_cut_into_smooth_pieces(kernel, widest):
    """Bhabha scattering close to the beam goes as 1/(1 + cos θ*)²: Σ w D₀ per track hardly changes with it."""
    share = {}
    for angle in (128.7, widest):
        source = Bhabha(polar_angle_max=angle)
        fold = fold_radiation(source, kernel, missing_fraction=0.95)
        share[angle] = float(np.sum(fold.weights * fold.values[..., 0])) / source.count
        assert fold.error < 1e-4
    # x_max = 1 - m_e/E moves by 1e-5 with the mean energy
    assert share[widest] == pytest.approx(share[128.7], rel=1e-3)


def test_a_finer_table_of_the_same_spectrum_changes_nothing(kernel):
    coarse = TabulatedSpectrum(energies=(0.5, 0.6, 50.0), densities=(1.0, 2.0, 3.0))
    knots = np.unique([0.5, 0.55, 0.6, *np.linspace(0.6, 50.0, 7)])
    fine = TabulatedSpectrum(
        energies=tuple(knots), densities=tuple(np.interp(knots, [0.5, 0.6, 50.0], [1.0, 2.0, 3.0]))
    )
    radiation = [fold_radiation(table, kernel, missing_fraction=0.5) for table in (coarse, fine)]
    sums = [np.einsum("pk,pkn->n", fold.weights, fold.values) for fold in radiation]
    assert sums[1] == pytest.approx(sums[0], rel=1e-8, abs=1e-8 * sums[0][0])
    lengths = [fold_track_length(table, kernel, missing_fraction=0.5).integral for table in (coarse, fine)]
    assert lengths[1] == pytest.approx(lengths[0], rel=1e-9)


def test_graded_edges_close_in_on_a_point_outside_or_at_the_end():
    at_end = graded_edges(1.0, 2.0, 2.0, 1e-6)
    assert at_end[0] == 1.0
    assert at_end[-1] == 2.0
    assert 2.0 - at_end[-2] == pytest.approx(1e-6)
    outside = graded_edges(1.0, 2.0, 2.1, 1e-6)
    assert (np.diff(outside) <= 0.8 * (2.1 - outside[:-1])).all(), "no panel wider than its distance allows"
    assert np.diff(subdivide(np.array([1.0, 2.0]), 0.1)).max() <= 0.2 + 1e-12
