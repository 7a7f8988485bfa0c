"""Slices of a source in true and measured energy."""

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.stats import norm

from evanesce.errors import InvalidValueError
from evanesce.sources import Beam, Bhabha, EnergySlice, TabulatedSpectrum, sliced, track_shares, whole_of

BARREL = Bhabha(luminosity=1.0)
EDGES = np.array([4.35, 4.4, 4.45, 5.0, 6.0, 6.62])


@pytest.mark.parametrize("resolution", [0.0, 0.004, 0.05])
def test_slices_add_up(resolution):
    """At every energy, up to the 1e-9 of the tracks that are measured more than 6 σ off."""
    energy = np.linspace(4.2, 6.7, 1237)
    parts = sliced(BARREL, EDGES, resolution)
    total = sum(part.spectrum(energy) for part in parts)
    np.testing.assert_allclose(total, BARREL.spectrum(energy), rtol=2e-9)
    assert sum(part.count for part in parts) == pytest.approx(BARREL.count, rel=1e-10)
    assert track_shares(parts).sum() == pytest.approx(1.0, abs=1e-15)


@pytest.mark.parametrize("resolution", [0.0, 0.004, 0.05])
def test_shares_against_drawn_tracks(resolution):
    """100,000 tracks drawn in angle and smeared one by one: χ² of 5 bins below the 1e-4 quantile of its law."""
    rng = np.random.default_rng(5)
    drawn = BARREL.energy(BARREL.draw_cosines(100_000, *BARREL.cosine_range, rng))
    measured = drawn * (1.0 + resolution * rng.standard_normal(len(drawn)))
    counts = np.histogram(measured, np.concatenate([[0.0], EDGES[1:-1], [100.0]]))[0]
    expected = len(drawn) * track_shares(sliced(BARREL, EDGES, resolution))
    assert np.sum((counts - expected) ** 2 / expected) < 23.5


def test_probability_of_a_measured_energy():
    """A flat spectrum shows the probability; the normal law is integrated by another routine, to its 1e-8."""
    flat = TabulatedSpectrum(energies=(2.0, 8.0), densities=(1.0, 1.0))
    part = EnergySlice(source=flat, low=4.0, high=4.1, resolution=0.01)
    for energy in (3.9, 3.99, 4.05, 4.2):
        wanted = quad(lambda m, e=energy: norm.pdf(m, e, 0.01 * e), 4.0, 4.1, epsabs=1e-13)[0]
        assert part.spectrum(np.array(energy)) == pytest.approx(wanted, rel=1e-8)


def test_edges_end_where_tracks_do():
    first, *_, last = sliced(BARREL, EDGES)
    assert first.edges == (BARREL.edges[0], 4.4)
    assert last.edges == (6.0, BARREL.edges[1])
    smeared = EnergySlice(source=BARREL, low=5.0, high=5.5, resolution=0.004)
    assert smeared.edges[0] == pytest.approx(5.0 / 1.024)
    assert smeared.edges[-1] == pytest.approx(5.5 / 0.976)


def test_a_line_falls_into_one_slice_or_is_shared():
    beam = Beam(energy=5.0, particles=10.0)
    low, high = sliced(beam, np.array([1.0, 5.0, 9.0]))
    assert (low.lines, high.lines) == ((), ((5.0, 10.0),))
    low, high = sliced(beam, np.array([1.0, 5.0, 9.0]), 0.01)
    assert low.count == pytest.approx(5.0)
    assert high.count == pytest.approx(5.0)


def test_what_a_slice_keeps_of_its_source():
    part = EnergySlice(source=Bhabha(incident="e-", incidence="barrel"), low=5.0)
    rng = np.random.default_rng(1)
    assert (part.incident, part.incidence) == ("e-", "barrel")
    assert part.polar_cosines(np.array([5.5]), rng) == part.source.polar_cosines(np.array([5.5]), rng)
    assert whole_of(part) is part.source
    assert whole_of(BARREL) is BARREL
    assert part.of(BARREL).source is BARREL


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"low": 5.0, "high": 5.0}, "bin from 5 to 5 GeV: its edges must increase"),
        ({"low": float("nan")}, "bin from nan to inf GeV"),
        ({"low": -1.0}, "must increase from 0 on"),
        ({"resolution": 0.2}, "must lie between 0 and 0.1"),
        ({"resolution": float("nan")}, "must lie between 0 and 0.1"),
    ],
)
def test_refused(fields, message):
    with pytest.raises(InvalidValueError, match=message):
        EnergySlice(source=BARREL, **fields)
