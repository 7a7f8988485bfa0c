"""The background along a field of the card."""

import json
import math

import numpy as np
import pytest

import evanesce as ev
from evanesce.errors import InvalidValueError, UnknownNameError
from evanesce.experiments import background_scan

BELLE2 = ev.experiment("belle2")
VETO = (
    "backgrounds.photons.veto_efficiency",
    "backgrounds.mu+mu-.factors.veto efficiency.value",
    "backgrounds.e+N->e+N mu+mu-.veto_efficiency",
)


@pytest.mark.parametrize(
    ("field", "full", "values"),
    [
        ("missing_fraction", "selection.missing_fraction", [0.95, 0.97, 0.99]),
        ("target.thickness", "target.thickness", [10.0, 16.0]),
        ("luminosity", "source.luminosity", [1.0, 50.0]),
        ("single", "backgrounds.neutrons.single", [3, 13]),
    ],
)
def test_each_point_is_the_budget_of_the_changed_card(field, full, values):
    scan = background_scan("belle2", field, values)
    assert (scan.fields, scan.values.tolist()) == ((full,), values)
    for i, value in enumerate(values):
        budget = BELLE2.replace({full: value}).background_budget()
        assert scan.components == tuple(part.name for part in budget.components)
        assert scan.expected[:, i].tolist() == [part.expected for part in budget.components]
        assert scan.error[:, i].tolist() == [part.error for part in budget.components]
        assert (scan.total[i], scan.total_error[i]) == (budget.total, budget.total_error)


def test_several_fields_move_together():
    """Photons and mu+mu- are linear in the veto, the conversion goes as its square, pions and neutrons stay."""
    scan = background_scan("belle2", VETO, [4.5e-4, 9e-4])
    ratio = dict(zip(scan.components, scan.expected[:, 1] / scan.expected[:, 0], strict=True))
    expected = {"photons": 2, "neutrons": 1, "pi+pi-": 1, "mu+mu-": 2, "e+N->e+N mu+mu-": 4}
    assert ratio == pytest.approx(expected, rel=1e-12)


def test_correlated_errors_stay_correlated():
    card = BELLE2.replace(
        {"backgrounds.photons.veto_efficiency_error": 1e-4, "backgrounds.mu+mu-.factors.veto efficiency.error": 1e-4}
    )
    scan = background_scan(card, "luminosity", [10.0, 50.0])
    upper = math.hypot(21.632, 1.0125)  # neutrons and the upper estimate of mu+mu-, at 50 per ab
    shared = 1e-4 / 4.5e-4 * (12.814 + 1.0125)
    assert scan.total_error == pytest.approx(np.hypot(upper, shared) * np.array([0.2, 1.0]), rel=1e-4)  # digits


def test_plain_data_follows_the_contract():
    data = background_scan("belle2", "luminosity", [25, 50]).as_dict()
    assert json.loads(json.dumps(data, allow_nan=False)) == data
    assert list(data) == ["experiment", "fields", "values", "components", "total", "total_error"]
    assert list(data["components"][0]) == ["name", "expected", "error"]
    assert data["components"][0]["name"] == "photons"
    assert data["total"] == pytest.approx([47.43, 94.87], rel=1e-3)


def test_a_field_without_effect_is_told():
    """A quoted penetration takes the place of the depth of the veto; computed, it is exp(-depth) for one neutron."""
    field, depths = "backgrounds.neutrons.veto_depth", [2.0, 4.0]
    quoted = background_scan("belle2", field, depths)
    (note,) = quoted.notes
    assert note.startswith(f"{field}: no component depends on it")
    assert f"{field}: no component depends on it" in repr(quoted)
    computed = background_scan(
        BELLE2.replace({"backgrounds.neutrons.penetration_model": "computed", "backgrounds.neutrons.multiple": 0}),
        field,
        depths,
    )
    assert computed.notes == ()
    neutrons = computed.expected[computed.components.index("neutrons")]
    # no event with several neutrons stands for 2.3 of them, with P² in place of 13 P
    assert neutrons[0] / neutrons[1] == pytest.approx(math.exp(2.0), rel=0.03)


def test_it_shows_itself():
    scan = background_scan("belle2", VETO, [4.5e-4, 9e-4])
    assert "photons" in repr(scan)
    assert "<table>" in scan._repr_html_()


@pytest.mark.parametrize(
    ("field", "values", "error", "message"),
    [
        (
            "missing_fraction",
            [0.95, 0.9],
            InvalidValueError,
            r"^selection.missing_fraction = 0.9: background 'neutrons'",
        ),
        ("luminosity", [-1.0], InvalidValueError, r"^source.luminosity = -1: card 'belle2': source.luminosity = -1"),
        (
            "veto_efficiency",
            [1e-3],
            InvalidValueError,
            "the card has backgrounds.photons.veto_efficiency, backgrounds.e",
        ),
        ("title", [1.0], InvalidValueError, "field 'title': is no number on this card"),
        ("depht", [1.0], UnknownNameError, "unknown number on the card 'depht'"),
        ("luminosity", [], InvalidValueError, "values: there are 0, give 1 to 10000"),
        ("luminosity", [math.nan], InvalidValueError, "values = nan: must be finite numbers"),
        ("luminosity", [True], InvalidValueError, r"values = \[True\]: must be numbers"),
        ([], [1.0], InvalidValueError, "field: give the name of a number on the card"),
        ([3], [1.0], InvalidValueError, "field = 3: must be the name of a field"),
    ],
)
def test_bad_use_is_one_line(field, values, error, message):
    with pytest.raises(error, match=message):
        background_scan("belle2", field, values)


def test_a_card_without_components_has_nothing_to_scan():
    with pytest.raises(InvalidValueError, match="experiment 'babar': has no background components"):
        background_scan("babar", "luminosity", [1.0])
