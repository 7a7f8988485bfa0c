"""Every published curve is cited and physical, and its points are those of the publication."""

import re

import pytest

from evanesce.constraints import Constraint, constraint, constraint_names
from evanesce.constraints.catalogue import _read
from evanesce.errors import UnknownNameError

# exp(log(x)) in float64: a few units in the last place times the size of the logarithm.
ROUNDING = 1e-14


def test_the_curves_of_the_paper_are_there() -> None:
    assert set(constraint_names()) >= {"na64-2019", "belle2-monophoton", "babar"}


@pytest.mark.parametrize("name", constraint_names())
def test_each_is_cited_and_says_its_conventions(name: str) -> None:
    curve = constraint(name)
    assert curve.name == name
    assert re.search(r"arXiv:\d{4}\.\d{4,5}$|no paper named with the table$", curve.reference)
    assert re.search(r"read off|github\.com/.*, (tabulated|figure)", curve.source)
    assert curve.processes
    assert curve.confidence_level == 0.90
    assert curve.kind in {"measurement", "projection"}
    assert curve.mediator == "dark-photon"
    assert curve.decays == "invisible"
    assert "e times epsilon" in curve.conventions
    assert curve.dark_matter != "unstated" or name in {"e137", "ccm120", "na64-2021-y"}
    if curve.quantity == "y":
        assert (curve.alpha_d, curve.mass_ratio) == (0.5, 3.0)
    assert curve.title


@pytest.mark.parametrize("name", constraint_names())
def test_each_is_physical_and_passes_through_its_points(name: str) -> None:
    curve = constraint(name)
    assert 1e-4 < curve.masses[0] < curve.masses[-1] < 20
    assert 1e-7 < min(curve.epsilons) <= max(curve.epsilons) < 1e-1
    assert curve.epsilon(curve.masses) == pytest.approx(curve.epsilons, rel=ROUNDING, abs=0)


@pytest.mark.parametrize(
    ("name", "count", "points"),
    [
        ("na64-2019", 23, {0.001: 7.54e-6, 0.01: 3.30e-5, 0.1: 3.46e-4, 0.95: 9.94e-3}),
        ("belle2-monophoton", 13, {0.003: 3.1e-4, 2.0: 3.1e-4, 3.88: 4.6e-4, 7.24: 7.8e-4, 8.0: 6.9e-4}),
        ("babar", 15, {0.001: 9.5e-4, 0.5: 9.5e-4, 4.5: 4.2e-4, 6.0: 1.3e-3, 7.5: 8.7e-4}),
    ],
)
def test_published_points(name: str, count: int, points: dict[float, float]) -> None:
    curve = constraint(name)
    assert len(curve.masses) == count
    published = dict(zip(curve.masses, curve.epsilons, strict=True))
    assert {mass: published[mass] for mass in points} == points


@pytest.mark.parametrize(("name", "mass", "flat"), [("belle2-monophoton", 0.066, 3.1e-4), ("babar", 0.066, 9.5e-4)])
def test_flat_parts_are_flat(name: str, mass: float, flat: float) -> None:
    assert float(constraint(name).epsilon(mass)) == pytest.approx(flat, rel=ROUNDING, abs=0)


def test_monophoton_at_50_inverse_attobarn_is_the_paper_s() -> None:
    curve = constraint("belle2-monophoton")
    assert curve.luminosity == 0.02
    assert curve.kind == "projection"
    # The paper draws 4.4e-5: two digits.
    assert float(curve.rescaled(50.0).epsilon(0.06666)) == pytest.approx(4.4e-5, abs=5e-7)


def test_a_constraint_passes_through_and_look_ups_are_cached() -> None:
    curve = constraint("babar")
    assert isinstance(curve, Constraint)
    assert constraint(curve) is curve
    assert constraint("babar") is curve
    assert hash(curve) == hash(_read.__wrapped__("babar"))


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("na64", "unknown constraint 'na64': known are .*na64-2019.*; did you mean 'na64-2021'"),
        ("belle2", "known are .*belle2-monophoton"),
        (2019, "unknown constraint '2019'"),
        (["babar"], "unknown constraint"),
    ],
)
def test_unknown_name_says_which_exist(name: str, message: str) -> None:
    with pytest.raises(UnknownNameError, match=message):
        constraint(name)
