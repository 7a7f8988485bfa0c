"""Rows that the paper does not have, against other sources."""

import numpy as np
import pytest

import evanesce as ev
from evanesce.constants import ELECTRON_MASS
from evanesce.limits import limit_curve
from evanesce.numerics import Estimate
from evanesce.physics import resolve_physics
from evanesce.prediction import Region
from evanesce.reproduce.sections import bins, dark_photon, detector, neutrons
from evanesce.reproduce.setting import BENCHMARK, BENCHMARK_MASS, Setting


def value(section, name, preset):
    setting = Setting(
        belle2=ev.experiment("belle2"),
        na64=ev.experiment("na64-2019-published"),
        radiative=ev.experiment("belle2-radiative"),
        options=resolve_physics(preset),
    )
    return next(entry for entry in section.entries if entry.id == name).value(setting)


@pytest.mark.parametrize(
    ("row", "change"),
    [
        ("electrons", "binding=on-shell"),
        ("bremsstrahlung", "bremsstrahlung=ww"),
        ("track-length", "track_length=tsai-whitis"),
    ],
)
def test_theory_uncertainty_is_that_of_the_limit(row, change):
    """In the reference physics, what every limit carries; the curve gets it from yields, the row from two limits."""
    curve = limit_curve(ev.experiment("belle2"), BENCHMARK, [BENCHMARK_MASS], physics="reference")
    assert value(dark_photon.section, f"theory-{row}", "reference") == pytest.approx(
        100.0 * curve.theory[change][0], rel=1e-6
    )


@pytest.mark.parametrize(
    ("row", "change"),
    [
        ("electrons", {"electrons": "bound"}),
        ("bremsstrahlung", {"bremsstrahlung": "exact"}),
        ("track-length", {"track_length": "cascade"}),
    ],
)
def test_theory_uncertainty_without_the_refinement(row, change):
    """In the other columns the refinement is made: two limits say what it does."""
    plain, refined = (
        ev.limit(ev.experiment("belle2"), BENCHMARK, [BENCHMARK_MASS], physics="converged", overrides=made)
        for made in ({}, change)
    )
    wanted = 100.0 * (float(refined.epsilon[0]) / float(plain.epsilon[0]) - 1.0)
    assert value(dark_photon.section, f"theory-{row}", "converged") == pytest.approx(wanted, rel=1e-6)


@pytest.mark.parametrize("energy", ["kinetic", "total"])
def test_effect_of_our_neutrons_on_the_limit(energy):
    """S = sqrt(2.71 N_b) and ε² ~ S: the ratio of limits is the fourth root of that of the backgrounds."""
    ours, paper = (value(neutrons.section, name, "converged") for name in (f"neutrons-{energy}", "neutrons"))
    photons = value(neutrons.section, "background-sum", "converged") - paper
    ratio = ((photons + ours) / (photons + paper)) ** 0.25
    assert value(neutrons.section, f"epsilon-{energy}", "converged") == pytest.approx(ratio, rel=1e-9)
    assert ratio > 1.1


@pytest.mark.parametrize(("energy", "rate", "error"), [("kinetic", 358.0, 30.0), ("total", 3540.0, 110.0)])
def test_fast_neutrons_of_another_run(energy, rate, error):
    """Per 1e9 positrons, a run of Geant4 11.4.1 made before this code with another application and NIST data; 3 σ."""
    ours = value(neutrons.section, f"fast-neutron-{energy}", "published")
    own = np.sqrt(ours * 10.0)  # counted in 1e8
    assert abs(ours - rate) < 3.0 * np.hypot(own, error)
    # the chain of counts ends with no single neutron: 6e11 positrons, its limit of 2.3 and P of Eq. (3.3)
    assert value(neutrons.section, f"neutrons-{energy}", "published") == pytest.approx(6e3 * 2.3 * 0.00956, rel=0.03)


def test_steps_of_the_detector():
    """Dead material in front is upstream for the scale-free shower: the step against the same slab without layers."""
    belle2 = ev.experiment("belle2")
    slab = belle2.replace(
        {
            "source.opposite_in_acceptance": True,
            "target.upstream": 0.14,
            "target.thickness": 16.1,
            "background": 94,
        }
    )
    one, other = (limit_curve(card, BENCHMARK, [0.0667], physics="published").epsilon[0] for card in (slab, belle2))
    assert value(detector.section, "detector-dead-66.7", "published") == pytest.approx(one / other, rel=1e-9)
    quartz = value(detector.section, "detector-quartz-66.7", "published")
    assert quartz < value(detector.section, "detector-quartz-dead-66.7", "published")


def counted(signal, background):
    return Region(
        signal={"all": Estimate(np.array(signal), 0.0 * np.array(signal))},
        background={"all": Estimate(np.array(background), 0.0 * np.array(background))},
    )


def test_expected_limit_of_poisson_bins():
    """Bins with one ratio of signal to background are one bin; many events are Gaussian, to 1e-3 at 1e7 of them."""
    one = bins.asimov_limit(counted([3.0], [94.0]))
    assert one == pytest.approx(bins.asimov_limit(counted([1.0, 0.5, 1.5], [94 / 3, 94 / 6, 47.0])), rel=1e-10)
    # the exact median of 94 events is 17.30, the asymptotic one 2.5 % lower
    assert 3.0 * one == pytest.approx(17.30, rel=0.03)
    signal, background = np.array([5.0, 1.0]), np.array([1e7, 3e7])
    gaussian = 1.6448536 / np.sqrt(np.sum(signal**2 / background))
    assert bins.asimov_limit(counted(signal, background)) == pytest.approx(gaussian, rel=1e-3)


def test_gain_of_bins_in_energy():
    """Only the background under the signal counts, that of tracks within 5 % above m²/2m_e: counted alone, it gives ε.

    Within 5 %: bins are up to two fifths wider than the signal, in which ε grows as the fourth root at most, but the
    shape of the signal within makes up for a part.
    """
    mass = 0.075
    energy = mass**2 / (2 * ELECTRON_MASS)
    source = ev.experiment("belle2").source
    tracks = np.linspace(energy, energy / 0.95, 1001)
    below = 94.0 * np.trapezoid(source.spectrum(tracks), tracks) / source.count
    alone, all_tracks = (bins.asimov_limit(counted([1.0], [events])) for events in (below, 94.0))
    wanted = np.sqrt(alone / all_tracks)
    assert value(bins.section, "bins-75", "published") == pytest.approx(wanted, rel=0.05)
