"""Tracks at an angle: against thin slices of polar angle, and against the way through a thin slab."""

import math
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
import pytest

from evanesce import DarkPhoton, generate_events, predict
from evanesce.constants import ELECTRON_MASS
from evanesce.errors import CardError, InvalidValueError
from evanesce.experiments import experiment
from evanesce.materials import material
from evanesce.numerics import endpoint_to_log, panel_nodes
from evanesce.physics import resolve_physics
from evanesce.setups import Setup, Target
from evanesce.sources import Beam, Bhabha, path_factors, with_angular_resolution
from evanesce.tracklength import SharpAcceptance

MASSES = np.array([0.05, 0.0667, 0.08])
CONVERGED = resolve_physics("converged", {})


def rates(card):
    prediction = predict(card, DarkPhoton(alpha_d=0.5), MASSES, physics="converged")
    return {name: part.value.ravel() for name, part in prediction.signal.items()}


def in_slices(target, count, window=(32.2, 128.7), **source):
    """Sum over slices of the window, each at the angle in its middle; the error falls as 1/count²."""
    total: dict[str, np.ndarray] = {}
    edges = np.linspace(*window, count + 1).tolist()
    for low, high in pairwise(edges):
        factor = 1.0 / math.sin(math.radians(0.5 * (low + high)))
        changes = {f"target.{name}": value * factor for name, value in target.items()}
        angles = {"source.polar_angle_min": low, "source.polar_angle_max": high}
        for name, value in rates(experiment("belle2").replace({**changes, **angles, **source})).items():
            total[name] = total.get(name, 0.0) + value
    return total


@pytest.mark.parametrize(
    "target", [{"thickness": 0.163}, pytest.param({"thickness": 3.0, "upstream": 0.3}, marks=pytest.mark.slow)]
)
def test_against_slices_of_polar_angle(target):
    """Slices share only the kernels with the interpolation; extrapolated from 8 and 16, they are good to 2e-4."""
    changes = {f"target.{name}": value for name, value in target.items()}
    tilted = rates(experiment("belle2").replace({**changes, "source.incidence": "barrel"}))
    normal = rates(experiment("belle2").replace(changes))
    coarse, fine = in_slices(target, 8), in_slices(target, 16)
    for name in tilted:
        expected = fine[name] + (fine[name] - coarse[name]) / 3.0
        assert tilted[name] == pytest.approx(expected, rel=3e-4), name
        assert (np.abs(tilted[name] / normal[name] - 1.0) > 0.05).all()


def test_a_narrow_resonance_selects_an_angle():
    """At 80 MeV only positrons above 6.26 GeV reach it, which are those below 47 degrees."""
    target = {"target.thickness": 3.0, "target.upstream": 0.3}

    def at(changes):
        found = predict(experiment("belle2").replace(changes), DarkPhoton(alpha_d=1e-4), 0.08, physics="converged")
        return float(found.signal["annihilation"].value)

    bhabha = Bhabha()
    lowest = 0.08**2 / (2.0 * ELECTRON_MASS)
    angle = math.degrees(math.acos(float(bhabha.cosine(bhabha.cosine_at(np.array(lowest))))))
    assert angle == pytest.approx(46.7, abs=0.1)  # E = √(E₁E₂)/γ/(1 - β cos θ) by hand
    limits = [
        at({name: value / math.sin(math.radians(theta)) for name, value in target.items()}) for theta in (32.2, angle)
    ]
    assert limits[0] < at({**target, "source.incidence": "barrel"}) < limits[1]
    assert limits[1] < 0.8 * at(target)


def test_beams_of_equal_energy():
    """All tracks have one energy and many angles: some 1e5 drawn ones, which are good to 1e-3."""
    beams = {"source.electron_energy": 5.29, "source.positron_energy": 5.29}
    window = (40.0, 110.0)
    angles = {"source.polar_angle_min": window[0], "source.polar_angle_max": window[1]}
    card = experiment("belle2").replace({**beams, **angles, "target.thickness": 0.163, "source.incidence": "barrel"})
    expected = in_slices({"thickness": 0.163}, 16, window, **beams)
    for name, value in rates(card).items():
        assert value == pytest.approx(expected[name], rel=3e-3)


def setup(source, **target):
    return Setup(
        source=source,
        target=Target(material=material("CsI"), **target),
        acceptance=SharpAcceptance(missing_fraction=0.95),
    )


def way(kernel, energy):
    """Whole track length over a thickness of 1e-6 X0 at each energy."""
    y, weights = panel_nodes(kernel.edges, 20)
    panel = np.arange(len(kernel.edges) - 1)[:, None]
    lethargy = endpoint_to_log(y)
    every = [weights * kernel.on_panel(panel, y, np.array(e)) * (1.0 + lethargy) * np.exp(-lethargy) for e in energy]
    return 1e6 * np.sum(every, axis=(1, 2))


@pytest.mark.parametrize("source", [Bhabha(), with_angular_resolution(Bhabha(), 3.0)], ids=["sharp", "smeared"])
def test_the_way_through_a_thin_slab(source):
    """A beam particle goes t/sin θ through a slab that is too thin to radiate: 1e-6 X0, for which 1e-5 radiate."""
    bhabha = getattr(source, "bhabha", source)
    tilted = replace(bhabha, incidence="barrel")
    tilted = tilted if source is bhabha else replace(source, bhabha=tilted)
    kernel = setup(tilted, thickness=1e-6).track_length(CONVERGED).primary
    energy = np.linspace(kernel.energy_min, kernel.energy_max, 7)
    cosine = bhabha.cosine(bhabha.cosine_at(energy))
    assert way(kernel, energy) == pytest.approx(1.0 / np.sqrt(1.0 - cosine**2), rel=3e-4)


@dataclass(frozen=True)
class Spread:
    """Tracks of 4 to 6 GeV with cosines from 0 to a largest one, which depends on the energy."""

    incidence: str = "barrel"
    incident: str = "e+"
    edges: tuple[float, ...] = (4.0, 6.0)
    lines: tuple[tuple[float, float], ...] = ()
    count: float = 1.0

    def spectrum(self, energy):
        return np.where((energy >= 4.0) & (energy <= 6.0), 0.5, 0.0)

    def polar_cosines(self, energy, rng):
        return rng.random(len(energy)) * largest_cosine(energy)


def largest_cosine(energy):
    return 0.8 - 0.25 * (energy - 4.0)


def test_several_angles_at_one_energy():
    """The mean of 1/sin θ over cosines from 0 to c is asin(c)/c; 4096 draws at each of 16 energies are good to 1 %."""
    kernel = setup(Spread(), thickness=1e-6).track_length(CONVERGED).primary
    energy = np.linspace(4.0, 6.0, 7)
    c = largest_cosine(energy)
    assert way(kernel, energy) == pytest.approx(np.arcsin(c) / c, rel=0.01)


def test_the_smallest_error_is_that_of_normal_incidence():
    """The estimate has the error of the interpolation, which is larger than that found above."""
    normal, tilted = (
        setup(Bhabha(incidence=kind), thickness=0.163).track_length(CONVERGED).positrons
        for kind in ("normal", "barrel")
    )
    assert normal.error < 1e-6
    assert 1e-4 < tilted.error < 1e-2
    assert not normal.variation


@pytest.mark.slow
def test_a_deep_crystal_does_not_care():
    """16 X0 or 16/sin θ is the same to the cascade: 2e-4. Dead material before it counts."""
    card = experiment("belle2")
    masses = [0.05, 0.0667, 0.08]
    normal, tilted = (
        predict(card.replace({"source.incidence": kind}), DarkPhoton(), masses).signal for kind in ("normal", "barrel")
    )
    for name in normal:
        assert tilted[name].value == pytest.approx(normal[name].value, rel=2e-4)


def test_a_source_without_directions_is_normal():
    factors = path_factors(Beam(energy=100.0, particles=1.0), np.array([100.0]), 3)
    assert (factors == 1.0).all()


def test_what_is_refused():
    card = experiment("belle2")
    with pytest.raises(CardError, match="source.incidence = 'tilted': must be 'normal' or 'barrel'"):
        card.replace({"source.incidence": "tilted"})
    with pytest.raises(InvalidValueError, match="incidence = 'tilted'"):
        Bhabha(incidence="tilted")
    forward = card.replace({"source.incidence": "barrel", "source.polar_angle_min": 3.0})
    with pytest.raises(InvalidValueError, match=r"tracks cross 19.1 times the thickness, must be at most 10; narrow"):
        predict(forward, DarkPhoton(), 0.05, physics="converged")
    with pytest.raises(InvalidValueError, match="for events set source.incidence=normal"):
        generate_events(card.replace({"source.incidence": "barrel"}), DarkPhoton(), 0.0667, 10, physics="converged")
