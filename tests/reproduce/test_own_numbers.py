"""Rows that the paper does not have, against where else they can be had."""

import numpy as np
import pytest

import evanesce as ev
from evanesce.limits import limit_curve
from evanesce.physics import resolve_physics
from evanesce.reproduce.sections import dark_photon, neutrons
from evanesce.reproduce.setting import BENCHMARK, BENCHMARK_MASS, Setting


def value(section, name, preset):
    setting = Setting(
        belle2=ev.experiment("belle2"),
        na64=ev.experiment("na64-2019"),
        radiative=ev.experiment("belle2-radiative"),
        options=resolve_physics(preset),
    )
    return next(entry for entry in section.entries if entry.id == name).value(setting)


@pytest.mark.parametrize(
    ("row", "change"),
    [
        ("electrons", "binding=none"),
        ("bremsstrahlung", "bremsstrahlung=ww"),
        ("track-length", "track_length=tsai-whitis"),
    ],
)
def test_theory_uncertainty_is_that_of_the_limit(row, change):
    """In the reference physics, what every limit carries; the curve gets it from yields, the row from two limits."""
    curve = limit_curve(ev.experiment("belle2"), BENCHMARK, BENCHMARK_MASS, physics="reference")
    assert value(dark_photon.section, f"theory-{row}", "reference") == pytest.approx(
        100.0 * curve.theory[change][0], rel=1e-6
    )


@pytest.mark.parametrize(("energy", "rate", "error"), [("kinetic", 358.0, 30.0), ("total", 3540.0, 110.0)])
def test_fast_neutrons_of_another_run(energy, rate, error):
    """Per 1e9 positrons, a run of Geant4 11.4.1 made before this code with another application and NIST data; 3 σ."""
    ours = value(neutrons.section, f"fast-neutron-{energy}", "published")
    own = np.sqrt(ours * 10.0)  # counted in 1e8
    assert abs(ours - rate) < 3.0 * np.hypot(own, error)
    # the chain of counts ends with no single neutron: 6e11 positrons, its limit of 2.3 and P of Eq. (3.3)
    assert value(neutrons.section, f"neutrons-{energy}", "published") == pytest.approx(6e3 * 2.3 * 0.00956, rel=0.03)
