"""Histograms of events against the semi-analytic yields of changed cards.

A yield with another missing fraction, thickness or window of the source counts the events beyond or within it: three
spectra from the part of the package that limits are made with, which shares only kernels and amplitudes with the
sampler. Depths are not those at which the sampler asked for kernels. p > 0.01 at a fixed seed; the errors asserted
are such that 1 % of a bin would be seen.
"""

import numpy as np
import pytest
from event_checks import chi_square, contents, options_of, process_yield, sample

import evanesce as ev
from evanesce.sampling.depth import depth_windows

PHOTON = ev.DarkPhoton(alpha_d=1e-3)
COUNT = 300_000
POINTS = [
    ("belle2", "published", 0.0667, "annihilation"),
    ("belle2", "converged", 0.06, "annihilation"),
    pytest.param("belle2", "reference", 0.0667, "isr", marks=pytest.mark.slow),  # as at 60 MeV
    ("belle2", "reference", 0.06, "isr"),
    ("belle2", "published", 0.2, "bremsstrahlung"),
    ("belle2", "reference", 0.2, "bremsstrahlung"),
]
NA64 = [
    ("na64-2019-published", "converged", 0.25, "annihilation"),
    pytest.param("na64-2019-published", "reference", 0.22, "isr", marks=pytest.mark.slow),
    ("na64-2019-published", "converged", 0.05, "bremsstrahlung"),
    ("na64-2019-published", "reference", 0.05, "bremsstrahlung"),
]


def events_and_yield(experiment, physics, mass, process):
    """Events, their share of the computed yield, and the yield of a changed card."""
    stream, events = sample(experiment, physics, mass, PHOTON, COUNT)
    card, options = ev.experiment(experiment), options_of(physics)
    # a published curve may scale the yield of bremsstrahlung
    scale = stream.yields[process] / process_yield(card, options, PHOTON, mass, process)

    def changed(changes):
        return scale * process_yield(card.replace(changes), options, PHOTON, mass, process)

    return events[process], changed


@pytest.mark.parametrize(("experiment", "physics", "mass", "process"), POINTS + NA64)
def test_missing_fraction(experiment, physics, mass, process):
    """E_mediator/E as the selection has it: E' + m_e for annihilation, where binding is not in the cut."""
    found, changed = events_and_yield(experiment, physics, mass, process)
    edges = [0.95, 0.96, 0.97, 0.98, 0.985, 0.99] if experiment == "belle2" else [0.5, 0.55, 0.6, 0.7, 0.8, 0.9]
    taken = found["mediator_energy"] / found["track_energy"]
    if process == "annihilation":
        taken = (found["collision_energy"] + 0.00051099895069) / found["track_energy"]
    expected = contents(lambda cut: changed({"selection.missing_fraction": cut}), edges)
    last = changed({"selection.missing_fraction": edges[-1]})
    p, error = chi_square(taken, found["weight"], [*edges, np.inf], np.append(expected, last))
    assert p > 0.01
    assert error < 0.005


@pytest.mark.parametrize(("experiment", "physics", "mass", "process"), POINTS + NA64)
def test_depth(experiment, physics, mass, process):
    """A thinner target counts the collisions in front of its end; the last bin holds the rest."""
    found, changed = events_and_yield(experiment, physics, mass, process)
    whole = options_of(physics).bremsstrahlung_thickness if process == "bremsstrahlung" else 1e9
    thickness = min(float(ev.experiment(experiment).target.thickness), whole)
    # at Belle II a track that loses less than 5 % collides in the first radiation lengths
    middle = [0.05, 0.15, 0.4, 0.8] if experiment == "belle2" else [0.15, 0.5, 0.8]
    # behind 3.5 X0, where 3e-3 of the events are, quantiles are interpolated to some per cent only
    middle += [2.0] if thickness > 1.0 and experiment != "belle2" else []
    assert not np.isin(np.array(middle), depth_windows(thickness)).any()
    upto = np.array([changed({"target.thickness": depth}) for depth in (*middle, thickness)])
    p, error = chi_square(found["depth_x0"], found["weight"], [0.0, *middle, np.inf], np.diff(upto, prepend=0.0))
    assert p > 0.01
    assert error < 0.007


@pytest.mark.parametrize(("experiment", "physics", "mass", "process"), POINTS)
def test_track_energy(experiment, physics, mass, process):
    """A narrower window of polar angle counts the tracks above the energy of its largest angle."""
    found, changed = events_and_yield(experiment, physics, mass, process)
    angles = [128.7, 115.0, 100.0, 80.0, 60.0, 45.0]
    source = ev.experiment(experiment).source
    energies = [source.energy(source.cosine_star(float(np.cos(np.radians(angle))))) for angle in angles]
    above = np.array([changed({"source.polar_angle_max": angle}) for angle in angles])
    p, error = chi_square(found["track_energy"], found["weight"], [*energies, np.inf], -np.diff(above, append=0.0))
    assert p > 0.01
    assert error < 0.005
