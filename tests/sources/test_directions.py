"""Directions of the tracks of each source."""

from dataclasses import replace

import numpy as np
import pytest

import evanesce as ev
from evanesce.formats import RunInfo, writer
from evanesce.sampling.kinematics import directions
from evanesce.sources import (
    Beam,
    Bhabha,
    Directed,
    LheSource,
    RadiativeBhabha,
    SmearedBhabha,
    TabulatedSpectrum,
)
from evanesce.sources.nearby import NearbyTracks


def axes(source, energy, seed=1):
    return directions(source, energy, np.random.default_rng(seed))[:, 2]


def test_a_bhabha_track_has_the_angle_of_its_energy():
    """Two-body kinematics by hand: E(1 - β cos θ) = s/(2 (E₊ + E₋)), whatever the charge."""
    energy = np.linspace(4.4, 6.6, 50)
    want = (1.0 - 112.0 / (2.0 * 11.0) / energy) / (3.0 / 11.0)
    for source in (Bhabha(), SmearedBhabha(bhabha=Bhabha(), polar_angle_resolution=3.0)):
        np.testing.assert_allclose(axes(source, energy)[:, 2], want, atol=1e-12)


def test_a_beam_flies_along_z_and_a_table_says_nothing():
    energy = np.full(5, 100.0)
    table = TabulatedSpectrum(energies=(90.0, 110.0), densities=(1.0, 1.0))
    assert isinstance(Beam(energy=100.0, particles=1.0), Directed)
    assert not isinstance(table, Directed)
    for source in (Beam(energy=100.0, particles=1.0), table):
        assert directions(source, energy, np.random.default_rng(1)).tolist() == [np.eye(3).tolist()] * 5


@pytest.mark.parametrize(("incident", "particle"), [("e+", 3), ("e-", 2)])
def test_radiative_bhabha_tracks_fly_as_its_events_do(incident, particle):
    """In every slice of energy, mean cosine and spread are those of other events: 5 standard deviations."""
    source = RadiativeBhabha(incident=incident)
    momentum = np.concatenate([batch.momentum[:, particle] for batch in source.events(100_000, seed=99)])
    energy = momentum[:, 3]
    want = momentum[:, 2] / np.sqrt(np.sum(momentum[:, :3] ** 2, axis=1))
    got = axes(source, energy)[:, 2]
    low, high = np.cos(np.radians([128.7, 32.2]))
    assert low - 1e-12 <= got.min()
    assert got.max() <= high + 1e-12
    owner = np.digitize(energy, np.quantile(energy, np.linspace(0.0, 1.0, 21)[1:-1]))
    for part in range(20):
        here = owner == part
        for power in (1, 2):
            one, other = want[here] ** power, got[here] ** power
            # the 200 000 events behind it have an error of their own
            error = one.std() * np.sqrt(2.5 / here.sum())
            assert abs(one.mean() - other.mean()) < 5.0 * error
    means = [want[owner == part].mean() for part in range(20)]
    assert np.ptp(means) > 0.2  # energy and angle go together, or the test shows nothing


def test_an_lhe_source_flies_as_its_file_does(tmp_path):
    source = RadiativeBhabha()
    batch = next(source.events(20_000, seed=5))
    with writer(tmp_path / "a.lhe", RunInfo(cross_section=source.cross_section)) as file:
        file.write(batch)
    lhe = LheSource(file=str(tmp_path / "a.lhe"), polar_angle_max=90.0)
    momentum = batch.momentum[:, 3]
    cosine = momentum[:, 2] / np.sqrt(np.sum(momentum[:, :3] ** 2, axis=1))
    inside = cosine >= 0.0
    got = axes(lhe, momentum[inside, 3])[:, 2]
    known = np.sort(cosine[inside])
    above = np.clip(np.searchsorted(known, got), 1, len(known) - 1)
    assert (
        np.minimum(np.abs(got - known[above]), np.abs(got - known[above - 1])).max() < 1e-12
    )  # turned and turned back
    error = cosine[inside].std() * np.sqrt(2.0 / inside.sum())
    assert abs(got.mean() - cosine[inside].mean()) < 5.0 * error
    assert np.corrcoef(got, momentum[inside, 3])[0, 1] == pytest.approx(
        np.corrcoef(cosine[inside], momentum[inside, 3])[0, 1], abs=0.03
    )


def test_nearby_tracks_go_by_weight():
    energy, cosine = np.full(4, 5.0), np.array([0.1, 0.2, 0.3, 0.4])
    tracks = NearbyTracks.of(energy, cosine, np.array([1.0, 0.0, 3.0, -2.0]))
    got = tracks.draw(np.full(40_000, 5.0), np.random.default_rng(2))
    assert set(got.tolist()) == {0.1, 0.3}
    assert np.mean(got == 0.3) == pytest.approx(0.75, abs=5 * np.sqrt(0.75 * 0.25 / 40_000))
    many = NearbyTracks.of(np.arange(1000.0), np.linspace(-1.0, 1.0, 1000), np.ones(1000))
    near = many.draw(np.full(1000, 500.0), np.random.default_rng(2))
    assert np.ptp(near) <= 32 * 2 / 999


def test_events_of_belle2_radiative_are_not_along_z():
    stream = ev.generate_events(ev.experiment("belle2-radiative"), ev.DarkPhoton(), 0.05, 500, physics="published")
    assert not any("fly" in note for note in stream.notes)
    track = np.concatenate([batch.momentum[:, 0] for batch in stream])
    angle = np.degrees(np.arctan2(np.hypot(track[:, 0], track[:, 1]), track[:, 2]))
    assert ((angle > 32.1) & (angle < 128.8)).all()
    assert np.ptp(angle) > 60.0


def test_events_of_a_table_say_that_they_are_along_z():
    table = TabulatedSpectrum(energies=(4.0, 5.0), densities=(1e9, 1e9))
    card = replace(ev.experiment("belle2"), source=table)
    stream = ev.generate_events(card, ev.DarkPhoton(), 0.0667, 10, physics="published")
    assert "a source 'tabulated' has no directions: its tracks are along z" in stream.notes
