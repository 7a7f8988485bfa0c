"""The resolution on a card, and its use by the physics option."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from evanesce.control_sample import suppression_factor
from evanesce.errors import CardError, InvalidValueError
from evanesce.events import generate_events
from evanesce.experiments import CalorimeterPoint, Experiment, Resolution, experiment
from evanesce.formats import RunInfo, writer
from evanesce.limits import limit_curve
from evanesce.mediators import DarkPhoton
from evanesce.physics import resolve_physics
from evanesce.sources import Beam, Bhabha, LheSource, RadiativeBhabha, SmearedBhabha, Source
from evanesce.tracklength import SharpAcceptance, SmearedAcceptance

DETECTOR = resolve_physics("converged", {"resolution": "detector"})
CALORIMETER = [{"energy": 10.0, "resolution": 0.02}]


def test_belle2_is_the_paper() -> None:
    """Section 2: 0.4 %; appendix F: 1.6 % at 8 GeV, 4 % at 100 MeV, 3 mrad."""
    resolution = experiment("belle2").resolution
    assert resolution is not None
    assert (resolution.momentum, resolution.polar_angle) == (0.004, 3.0)
    assert resolution.energy(np.array([0.05, 0.1, np.sqrt(0.8), 8.0, 9.0])) == pytest.approx(
        [0.04, 0.04, 0.028, 0.016, 0.016]
    )
    assert "arXiv:" in resolution.reference
    assert experiment("na64-2019-published").resolution is None


def test_ideal_takes_no_notice_of_the_card() -> None:
    belle2, ideal = experiment("belle2"), resolve_physics("converged")
    assert belle2.channel.setup(ideal).acceptance == SharpAcceptance(missing_fraction=0.95)
    assert belle2.channel.setup(ideal).source == replace(belle2.source, luminosity=1.0)


def test_detector_takes_the_card() -> None:
    belle2 = experiment("belle2")
    assert belle2.resolution is not None
    assert belle2.channel.setup(DETECTOR).acceptance == SmearedAcceptance(
        missing_fraction=0.95, resolution=belle2.resolution
    )
    source = belle2.channel.setup(DETECTOR).source
    assert isinstance(source, SmearedBhabha)
    assert source.polar_angle_resolution == 3.0
    sharp = belle2.replace({"resolution.polar_angle": 0}).channel.setup(DETECTOR)
    assert sharp.source == replace(belle2.source, luminosity=1.0)


def test_a_card_without_resolution_refuses() -> None:
    na64 = experiment("na64-2019-published")
    message = r"resolution = 'detector': the card states no resolution; add one or use ideal"
    with pytest.raises(InvalidValueError, match=message):
        limit_curve(na64, DarkPhoton(), 0.1, physics=DETECTOR)
    given = na64.replace({"resolution": {"momentum": 0.01, "calorimeter": CALORIMETER}})
    setup = given.channel.setup(DETECTOR)
    assert setup.source == replace(na64.source, particles=1.0)
    assert setup.acceptance.missing_fraction == 0.5
    assert Experiment.from_dict(given.as_dict()) == given
    assert given.resolution == Resolution(momentum=0.01, calorimeter=(CalorimeterPoint(energy=10.0, resolution=0.02),))


@pytest.mark.parametrize(
    ("key", "value", "message"),
    [
        ("resolution", 3, r"resolution = 3: must be a mapping"),
        ("resolution", {"momentum": 0.01}, r"resolution\.calorimeter: is missing; required: calorimeter"),
        ("resolution.momentum", -1, r"resolution\.momentum = -1: must be a finite number, 0 or greater"),
        ("resolution.momentm", 1, r"resolution\.momentm: unknown field; .* did you mean 'momentum'\?"),
        ("resolution.polar_angle", -2, r"resolution\.polar_angle = -2: must be a finite number, 0 or greater"),
        ("resolution.calorimeter", [], r"resolution\.calorimeter: is empty"),
        ("resolution.calorimeter.0.energy", 9, r"resolution\.calorimeter: energy 8 GeV after 9: .* strictly"),
        ("resolution.calorimeter.1.resolution", 2, r"resolution\.calorimeter\.1\.resolution = 2: must lie in"),
    ],
)
def test_bad_resolutions_are_one_line(key: str, value: Any, message: str) -> None:
    with pytest.raises(CardError, match=rf"^card 'belle2': {message}") as info:
        experiment("belle2").replace({key: value})
    assert "\n" not in str(info.value)


def test_the_effect_on_the_limit() -> None:
    """The barrel of Belle II in the converged preset: 1.7 % at the resonance of the window's edge, else 0.02 % at most.

    At 66.7 MeV the resonance lies at 4.353 GeV, 4 MeV from the edge of the window, which 3 mrad smear by 3 MeV.
    The numbers have three digits.
    """
    belle2 = experiment("belle2")
    mass = np.array([0.06, 0.0667, 0.07, 0.08])
    ideal = limit_curve(belle2, DarkPhoton(alpha_d=1e-3), mass, physics="converged")
    smeared = limit_curve(belle2, DarkPhoton(alpha_d=1e-3), mass, physics=DETECTOR)
    change = smeared.epsilon / ideal.epsilon - 1.0
    assert change == pytest.approx([-2.39e-4, 1.679e-2, -4.6e-5, -2.0e-5], abs=3e-6)
    assert (smeared.epsilon_error < 1e-7 * smeared.epsilon).all()


def test_a_perfect_detector_gives_the_ideal_limit() -> None:
    perfect = experiment("belle2").replace(
        {
            "resolution": {
                "momentum": 1e-6,
                "calorimeter": [{"energy": 1.0, "resolution": 1e-6}],
                "polar_angle": 1e-5,
            }
        }
    )
    mass = np.array([0.01, 0.06, 0.0667, 0.07, 0.08, 1.0, 4.2])
    ideal = limit_curve(perfect, DarkPhoton(alpha_d=1e-3), mass, physics="converged")
    smeared = limit_curve(perfect, DarkPhoton(alpha_d=1e-3), mass, physics=DETECTOR)
    assert smeared.epsilon == pytest.approx(ideal.epsilon, rel=1e-7)


def test_the_control_sample_knows_the_detector() -> None:
    belle2 = experiment("belle2")
    ideal, smeared = suppression_factor(belle2, "converged"), suppression_factor(belle2, DETECTOR)
    assert smeared != ideal
    assert smeared == pytest.approx(ideal, rel=0.01)


@pytest.mark.parametrize("kind", ["radiative-bhabha", "lhe"])
def test_a_window_that_stays_sharp_is_a_warning(kind: str, tmp_path: Path) -> None:
    """Only Bhabha tracks are smeared in polar angle; other windows say so, at every point and in events."""
    source: Source = RadiativeBhabha()
    if kind == "lhe":
        with writer(tmp_path / "a.lhe", RunInfo(cross_section=100.0)) as file:
            for batch in RadiativeBhabha().events(2000, seed=1):
                file.write(batch)
        source = LheSource(file=str(tmp_path / "a.lhe"), polar_angle_min=32.2, polar_angle_max=128.7)
    card = replace(experiment("belle2"), source=source)
    want = f"resolution=detector: polar_angle = 3 mrad is neglected, the window of a source '{kind}' stays sharp"
    point: dict[str, Any] = {"mass": [0.06, 0.0667], "physics": "published", "background": 94}
    found = limit_curve(card, DarkPhoton(), **point, overrides={"resolution": "detector"})
    assert all(str(text).endswith(want) for text in found.warning)
    assert not any("stays sharp" in str(text) for text in limit_curve(card, DarkPhoton(), **point).warning)
    wide = limit_curve(card, DarkPhoton(alpha_d=1e-11), **point, overrides={"resolution": "detector"}).warning[0]
    assert wide.startswith("the width to e+e-")
    assert wide.endswith(want)
    stream = generate_events(card, DarkPhoton(), 0.06, 5, physics="published", overrides={"resolution": "detector"})
    assert want in stream.notes


def test_sources_without_a_window_need_no_warning() -> None:
    for source in (Bhabha(), Beam(energy=5.0, particles=1e12)):
        card = replace(experiment("belle2"), source=source)
        found = limit_curve(
            card, DarkPhoton(), [0.06], physics="published", overrides={"resolution": "detector"}, background=94
        )
        assert found.warning[0] is None
