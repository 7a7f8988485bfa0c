"""Neutrons: the counting chain of section 3.2."""

import math
from dataclasses import replace
from typing import Any

import pytest

from evanesce.backgrounds import Exposure, Neutrons
from evanesce.errors import InvalidValueError
from evanesce.materials import material


def test_neutrons_of_the_paper(neutrons: Neutrons, exposure: Exposure) -> None:
    """~81 events with the quoted P = 0.01; the paper scales to 6e11 positrons, we to 5.9984e11."""
    estimate = neutrons.estimate(exposure)
    assert estimate.expected == pytest.approx(81.06, rel=1e-3)
    assert not estimate.upper_limit
    # sqrt of the counts: 600 sqrt(13 P² + 51 P⁴)
    assert estimate.error == pytest.approx(600 * math.sqrt(13e-4 + 51e-8), rel=1e-3)


def test_computed_penetration(neutrons: Neutrons, exposure: Exposure) -> None:
    """P = exp(-3.9 - 0.8 · 15/16) = 0.00956 gives 77.4; three digits were quoted."""
    computed = replace(neutrons, penetration_model="computed")
    assert computed.computed_penetration(16) == pytest.approx(0.00956, rel=5e-4)
    assert computed.estimate(exposure).expected == pytest.approx(77.4, rel=1e-3)


def test_both_penetrations_are_kept(neutrons: Neutrons, exposure: Exposure) -> None:
    inputs = neutrons.estimate(exposure).inputs
    computed = replace(neutrons, penetration_model="computed").estimate(exposure)
    assert inputs["expected_quoted"] == neutrons.estimate(exposure).expected
    assert inputs["expected_computed"] == computed.expected
    assert [inputs[name] for name in ("fast_neutron", "low_deposit", "no_charged", "single", "multiple")] == [
        4950,
        100,
        64,
        13,
        51,
    ]


def test_computed_penetration_follows_the_thickness(neutrons: Neutrons) -> None:
    """Each further X0 is 0.8/16 interaction lengths; a target thinner than the simulated leaves the veto."""
    ratio = neutrons.computed_penetration(17) / neutrons.computed_penetration(16)
    assert ratio == pytest.approx(math.exp(-0.05), rel=1e-14, abs=0)  # roundings
    assert neutrons.computed_penetration(0.5) == pytest.approx(math.exp(-3.9), rel=1e-14, abs=0)


def test_a_computed_penetration_needs_no_quoted_one(neutrons: Neutrons, exposure: Exposure) -> None:
    both = replace(neutrons, penetration_model="computed").estimate(exposure)
    alone = replace(neutrons, penetration_model="computed", penetration=None).estimate(exposure)
    assert (alone.expected, alone.error) == (both.expected, both.error)
    assert set(both.inputs) - set(alone.inputs) == {"penetration_quoted", "expected_quoted"}
    with pytest.raises(InvalidValueError, match="penetration: is missing; give it or set penetration_model"):
        replace(neutrons, penetration=None)


def test_no_counts_still_have_an_error(neutrons: Neutrons, exposure: Exposure) -> None:
    estimate = replace(neutrons, single=0, multiple=0).estimate(exposure)
    assert estimate.upper_limit
    scale = exposure.tracks / 1e9
    assert estimate.expected == pytest.approx(scale * 2.3 * (0.01 + 0.01**2), rel=1e-14, abs=0)
    assert estimate.error == pytest.approx(scale * 2.3 * math.hypot(0.01, 0.01**2), rel=1e-14, abs=0)


def test_one_empty_class_makes_an_upper_limit(neutrons: Neutrons, exposure: Exposure) -> None:
    estimate = replace(neutrons, multiple=0).estimate(exposure)
    assert estimate.upper_limit
    assert estimate.expected > exposure.tracks / 1e9 * 13 * 0.01


def test_tighter_selection_makes_an_upper_limit(neutrons: Neutrons, exposure: Exposure) -> None:
    estimate = neutrons.estimate(replace(exposure, missing_fraction=0.98))
    assert estimate.upper_limit
    assert estimate.expected == neutrons.estimate(exposure).expected


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"missing_fraction": 0.9}, r"missing_fraction = 0\.9: must be at least the simulated 0\.95"),
        ({"material": material("Pb")}, "was simulated in CsI, but the target is Pb"),
    ],
)
def test_counts_do_not_apply_elsewhere(
    neutrons: Neutrons, exposure: Exposure, change: dict[str, Any], message: str
) -> None:
    with pytest.raises(InvalidValueError, match=message):
        neutrons.estimate(replace(exposure, **change))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"simulated_positrons": 0.0}, "simulated_positrons = 0.0: must be a finite number greater than 0"),
        ({"simulated_energy": -4.35}, "simulated_energy = -4.35"),
        ({"simulated_thickness": math.nan}, "simulated_thickness = nan"),
        ({"calorimeter_thickness": 0.0}, "calorimeter_thickness = 0.0"),
        ({"simulated_missing_fraction": 1.0}, r"simulated_missing_fraction = 1.0: must lie in \(0, 1\)"),
        ({"penetration": 1.5}, r"penetration = 1.5: must lie in \[0, 1\]"),
        ({"penetration_model": "guessed"}, "penetration_model = 'guessed': must be one of quoted, computed"),
        ({"veto_depth": -1.0}, "veto_depth = -1.0"),
        ({"single": -1}, "single = -1: must be a finite number, 0 or greater"),
        ({"low_deposit": 5000}, "low_deposit = 5000: must be at most fast_neutron = 4950"),
        ({"no_charged": 101}, "no_charged = 101: must be at most low_deposit = 100"),
        ({"single": 14}, "single = 14: with multiple = 51 must be at most no_charged = 64"),
    ],
)
def test_neutron_guards(neutrons: Neutrons, change: dict[str, Any], message: str) -> None:
    with pytest.raises(InvalidValueError, match=message):
        replace(neutrons, **change)
