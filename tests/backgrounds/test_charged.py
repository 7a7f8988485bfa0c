"""Charged pairs and muon conversion: appendix D."""

import math
from dataclasses import replace
from typing import Any

import pytest

from evanesce.backgrounds import ChargedPair, Exposure, Factor, MuonConversion
from evanesce.errors import InvalidValueError


def test_charged_pairs_of_the_paper(pions: ChargedPair, muons: ChargedPair, exposure: Exposure) -> None:
    """4.5e-3 and "a single event"; plain products, exact to rounding."""
    assert pions.estimate(exposure).expected == pytest.approx(4.5e-3, rel=1e-12, abs=0)
    assert muons.estimate(exposure).expected == pytest.approx(1.0125, rel=1e-12)
    assert pions.estimate(exposure).inputs["produced"] == pytest.approx(1.5e7, rel=1e-12)
    assert muons.estimate(exposure).inputs["produced"] == pytest.approx(2.5e10, rel=1e-12)


def test_muon_conversion_of_the_paper(conversion: MuonConversion, exposure: Exposure) -> None:
    """Paper: ~3400 before the veto; N n_N X0 σ = 3.5e3, the 3 % are in its rounded inputs."""
    estimate = conversion.estimate(exposure)
    assert estimate.inputs["before_veto"] == pytest.approx(3400, rel=0.04)
    assert estimate.inputs["before_veto"] == pytest.approx(5.9984e11 * 1.0453e22 * 1.86 * 3e-31, rel=1e-3)
    assert estimate.expected == pytest.approx(7.1e-4, rel=0.01)  # two digits


def test_conversion_depth_ends_with_the_target(conversion: MuonConversion, exposure: Exposure) -> None:
    thin = conversion.estimate(replace(exposure, thickness=0.25)).expected
    assert thin == pytest.approx(conversion.estimate(exposure).expected / 4, rel=1e-12, abs=0)


def test_charged_components_are_upper_limits(
    pions: ChargedPair, muons: ChargedPair, conversion: MuonConversion, exposure: Exposure
) -> None:
    for component in (pions, muons, conversion):
        estimate = component.estimate(exposure)
        assert estimate.upper_limit
        assert estimate.error == estimate.expected


def test_pairs_need_a_luminosity(pions: ChargedPair, beam_exposure: Exposure) -> None:
    with pytest.raises(InvalidValueError, match=r"'pi\+pi-': needs a collider's luminosity"):
        pions.estimate(beam_exposure)


@pytest.mark.parametrize("value", [-0.1, 1.1, math.nan])
def test_factor_guard(value: float) -> None:
    with pytest.raises(InvalidValueError, match=r"value = .*: must lie in \[0, 1\]"):
        Factor(name="veto", value=value)


@pytest.mark.parametrize("value", [0.0, -1.0, math.inf])
def test_pair_guard(pions: ChargedPair, value: float) -> None:
    with pytest.raises(InvalidValueError, match=r"cross_section = .*greater than 0"):
        replace(pions, cross_section=value)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"cross_section": 0.0}, r"cross_section = 0\.0"),
        ({"veto_efficiency": 2.0}, r"veto_efficiency = 2\.0: must lie in \[0, 1\]"),
        ({"depth": 0.0}, r"depth = 0\.0"),
    ],
)
def test_conversion_guards(conversion: MuonConversion, change: dict[str, Any], message: str) -> None:
    with pytest.raises(InvalidValueError, match=message):
        replace(conversion, **change)
