"""The sum of components, and properties common to all components."""

import json
import math
from dataclasses import replace
from typing import Any

import pytest

from evanesce.backgrounds import BACKGROUNDS, Background, BackgroundEstimate, Exposure, budget
from evanesce.errors import InvalidValueError

COMPONENTS = ["photons", "neutrons", "pions", "muons", "conversion"]


@pytest.fixture
def components(request: pytest.FixtureRequest) -> list[Background]:
    return [request.getfixturevalue(name) for name in COMPONENTS]


def test_budget_of_the_paper(components: list[Background], exposure: Exposure) -> None:
    """Section 3: photons and neutrons are ~94 (two digits); charged pairs add about one."""
    result = budget(components, exposure)
    assert sum(c.expected for c in result.components[:2]) == pytest.approx(94, abs=0.5)
    assert result.total == pytest.approx(94.87, abs=0.01)
    assert result.total_error == pytest.approx(21.66, abs=0.01)  # 21.63 of neutrons, 1.01 of muons
    assert result.total == pytest.approx(sum(c.expected for c in result.components), rel=1e-15, abs=0)
    assert result.components[0].as_dict()["poisson_error"] == pytest.approx(math.sqrt(12.814), rel=1e-4)


def test_empty_budget_is_zero(exposure: Exposure) -> None:
    result = budget([], exposure)
    assert (result.components, result.total, result.total_error) == ((), 0.0, 0.0)


@pytest.mark.parametrize("name", COMPONENTS)
@pytest.mark.parametrize("factor", [1e-3, 0.5, 7.0])
def test_expected_and_error_scale_with_the_data(
    name: str, factor: float, exposure: Exposure, request: pytest.FixtureRequest
) -> None:
    component = request.getfixturevalue(name)
    assert exposure.luminosity is not None
    larger = replace(exposure, tracks=exposure.tracks * factor, luminosity=exposure.luminosity * factor)
    one, many = component.estimate(exposure), component.estimate(larger)
    assert many.expected == pytest.approx(one.expected * factor, rel=1e-13, abs=0)  # roundings
    assert many.error == pytest.approx(one.error * factor, rel=1e-13, abs=0)


@pytest.mark.parametrize("name", COMPONENTS)
def test_efficiency_is_common(name: str, exposure: Exposure, request: pytest.FixtureRequest) -> None:
    component = request.getfixturevalue(name)
    half = component.estimate(replace(exposure, efficiency=0.5)).expected
    assert half == pytest.approx(component.estimate(exposure).expected / 2, rel=1e-13, abs=0)


def test_components_cite_themselves_and_are_plain_data(components: list[Background], exposure: Exposure) -> None:
    result = budget(components, exposure)
    data = json.loads(json.dumps(result.as_dict(), allow_nan=False))
    assert [c["name"] for c in data["components"]] == [c.label for c in components]
    for component in data["components"]:
        assert component["source"]
        assert component["error"] > 0
        assert component["inputs"]
    assert data["total"] == result.total


def test_registry_knows_every_kind() -> None:
    kinds = (
        "charged-pair", "constant", "leakage", "muon-conversion", "neutrons", "photons", "poisson-simulated",
        "simulated-neutrons",
    )  # fmt: skip
    assert BACKGROUNDS.names() == kinds


def test_objects_are_hashable(components: list[Background], exposure: Exposure) -> None:
    assert len({hash(item) for item in (*components, exposure)}) == 6
    assert hash(components[0].estimate(exposure)) == hash(components[0].estimate(exposure))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"tracks": 0.0}, "tracks = 0.0: must be a finite number greater than 0"),
        ({"luminosity": -1.0}, "luminosity = -1.0"),
        ({"thickness": math.nan}, "thickness = nan"),
        ({"missing_fraction": 1.0}, r"missing_fraction = 1.0: must lie in \(0, 1\)"),
        ({"efficiency": 0.0}, r"efficiency = 0.0: must lie in \(0, 1\]"),
    ],
)
def test_exposure_guards(exposure: Exposure, change: dict[str, Any], message: str) -> None:
    with pytest.raises(InvalidValueError, match=message):
        replace(exposure, **change)


@pytest.mark.parametrize("field", ["expected", "error"])
def test_estimate_guards(field: str) -> None:
    numbers = {"expected": 1.0, "error": 0.1} | {field: -1.0}
    with pytest.raises(InvalidValueError, match=rf"{field} = -1\.0: must be a finite number, 0 or greater"):
        BackgroundEstimate(name="x", source="y", inputs={}, **numbers)
