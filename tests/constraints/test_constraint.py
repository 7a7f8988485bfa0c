"""Interpolation, rescaling and the checks on construction."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from evanesce.constraints import Constraint, constraint
from evanesce.errors import InvalidValueError

# exp(log(x)) in float64.
ROUNDING = 1e-14
POSITIVE = st.floats(1e-6, 1e3)


def curve(**changes: Any) -> Constraint:
    fields: dict[str, Any] = {
        "name": "own",
        "title": "own",
        "reference": "nobody",
        "luminosity": 1.0,
        "masses": (0.1, 1.0, 10.0),
        "epsilons": (1e-4, 1e-3, 1e-3),
    }
    return Constraint(**(fields | changes))


def test_interpolation_is_linear_in_the_logarithms() -> None:
    # A power law through two points is exact in between.
    middle = curve().epsilon(np.sqrt(0.1))
    assert float(middle) == pytest.approx(np.sqrt(1e-7), rel=ROUNDING, abs=0)


def test_shape_follows_the_mass_and_the_caller_s_array_is_left_alone() -> None:
    mass = np.array([[0.1, 1.0, 3.0], [0.05, 10.0, 11.0]])
    before = mass.copy()
    limit = curve().epsilon(mass)
    assert limit.shape == mass.shape
    assert curve().epsilon(1.0).shape == ()
    assert np.array_equal(mass, before)
    assert np.array_equal(np.isinf(limit), [[False, False, False], [True, False, True]])


@given(st.lists(st.tuples(POSITIVE, POSITIVE), min_size=2, max_size=8), st.floats(0.0, 1.0))
def test_interpolation_stays_between_neighbours(points: list[tuple[float, float]], position: float) -> None:
    masses = np.unique([mass for mass, _ in points])
    if len(masses) < 2:
        return
    epsilons = [epsilon for _, epsilon in points[: len(masses)]]
    own = curve(masses=tuple(masses), epsilons=tuple(epsilons))
    for left in range(len(masses) - 1):
        ends = epsilons[left : left + 2]
        mass = np.clip(masses[left] * (masses[left + 1] / masses[left]) ** position, masses[left], masses[left + 1])
        assert min(ends) * (1 - ROUNDING) <= float(own.epsilon(mass)) <= max(ends) * (1 + ROUNDING)


@given(st.floats(0.1, 10.0), st.floats(0.1, 10.0))
def test_interpolation_is_monotone_where_the_points_are(one: float, other: float) -> None:
    low, high = curve().epsilon(sorted((one, other)))
    assert low <= high * (1 + ROUNDING)


@pytest.mark.parametrize("mass", [0.0, -1.0, float("nan"), "heavy"])
def test_bad_mass(mass: float) -> None:
    with pytest.raises(InvalidValueError, match="mass = "):
        curve().epsilon(mass)


def test_rescaling_by_the_fourth_root() -> None:
    belle2 = constraint("belle2-monophoton")
    later = belle2.rescaled(50.0)
    # The paper's factor, four digits.
    assert np.array(later.epsilons) / np.array(belle2.epsilons) == pytest.approx(0.1414, abs=5e-5)
    assert later.masses == belle2.masses
    assert later.luminosity == 50.0
    assert later.name == "belle2-monophoton-50ab"
    assert later.reference == belle2.reference
    assert "from 0.02 to 50 ab^-1 with L^(-1/4): factor 0.1414" in later.notes
    assert belle2.notes in later.notes


def test_a_rescaled_title_has_the_new_luminosity_alone() -> None:
    once = constraint("belle2-monophoton").rescaled(50)
    assert once.title == "Belle II, single photon with missing energy, rescaled to 50 ab^-1"
    twice = once.rescaled(1)
    assert (twice.name, twice.title) == ("belle2-monophoton-1ab", once.title.replace("50", "1"))
    assert "from 0.02 to 50 ab^-1" in twice.notes
    assert "from 50 to 1 ab^-1" in twice.notes


@pytest.mark.parametrize(
    "said", [", 20 fb⁻¹", " (20/fb)", " with 20 fb$^{-1}$", " 1.5 ab-1", ", expected for 139 fb^{-1}", ""]
)
def test_titles_say_luminosities_in_many_ways(said: str) -> None:
    assert curve(title=f"Search{said}").rescaled(2.0).title == "Search, rescaled to 2 ab^-1"


@given(st.floats(1e-3, 1e3), st.floats(1e-3, 1e3))
def test_rescaling_composes(first: float, second: float) -> None:
    twice = curve().rescaled(first).rescaled(second)
    assert twice.epsilons == pytest.approx(curve().rescaled(second).epsilons, rel=ROUNDING, abs=0)
    assert twice.kind == "projection"


@pytest.mark.parametrize("name", ["na64-2019", "babar"])
def test_no_rescaling_without_a_luminosity(name: str) -> None:
    with pytest.raises(InvalidValueError, match=f"constraint {name}: has no luminosity to rescale from"):
        constraint(name).rescaled(50.0)


@pytest.mark.parametrize("luminosity", [0.0, -50.0, float("inf"), float("nan")])
def test_bad_luminosity(luminosity: float) -> None:
    with pytest.raises(InvalidValueError, match="luminosity = "):
        curve().rescaled(luminosity)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"masses": (1.0,), "epsilons": (1.0,)}, "own: has 1 masses and 1 epsilons, give at least two"),
        ({"masses": (1.0, 2.0)}, "has 2 masses and 3 epsilons"),
        ({"masses": (0.1, 1.0, 1.0)}, "masses of own: 1 follows 1; masses must increase"),
        ({"masses": (1.0, 0.1, 2.0)}, "masses of own: 0.1 follows 1; masses must increase"),
        ({"masses": (0.0, 0.1, 2.0)}, "masses of own = 0.0"),
        ({"epsilons": (1e-3, -1e-3, 1e-3)}, "epsilons of own = -0.001"),
        ({"epsilons": (1e-3, float("nan"), 1e-3)}, "epsilons of own = nan"),
        ({"confidence_level": 90}, "confidence_level of own = 90"),
        ({"kind": "guess"}, "kind of own = 'guess': must be one of measurement, projection"),
        ({"alpha_d": -1e-3}, "alpha_d of own = -0.001"),
        ({"mass_ratio": 0.0}, "mass_ratio of own = 0.0"),
        ({"luminosity": 0.0}, "luminosity of own = 0.0"),
    ],
)
def test_checked_at_birth(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(InvalidValueError, match=message) as caught:
        curve(**changes)
    assert "\n" not in str(caught.value)


def test_points_become_plain_floats() -> None:
    own = curve(masses=np.array([1, 2, 3]), epsilons=[1, 1, 1])
    assert own.masses == (1.0, 2.0, 3.0)
    assert {type(value) for value in own.masses + own.epsilons} == {float}
