"""Neutrons of our own simulation: the same numbers as from counts given by hand, and invalid results."""

import contextlib
import json

import pytest

from evanesce.backgrounds import BACKGROUNDS, Neutrons
from evanesce.backgrounds.simulated_neutrons import SimulatedNeutrons, simulated_neutron_results
from evanesce.errors import DataFileError, EvanesceError, InvalidValueError, UnknownNameError

DEPTHS = {"veto_depth": 3.9, "calorimeter_depth": 0.8, "calorimeter_thickness": 16.0}
COUNTS = {"fast_neutron": 495, "low_deposit": 10, "no_charged": 7, "single": 3, "multiple": 4}


def selection(counts):
    return {"cuts": {"deposit": 0.05}, "counts": {name: {"count": count} for name, count in counts.items()}}


def content(**changes):
    total = {name: 2 * count for name, count in COUNTS.items()}
    return {
        "material": "CsI",
        "energy_gev": 4.35,
        "thickness_x0": 1.0,
        "positrons": 100_000_000,
        "seed": 1,
        "geant4": ["geant4-11-04-patch-01 [MT]"],
        "physics": "FTFP_BERT",
        "data": {"source": "stand-in"},
        "selections": {"kinetic": selection(COUNTS), "total": selection(total)},
    } | changes


@pytest.fixture
def path(tmp_path):
    file = tmp_path / "run.json"
    file.write_text(json.dumps(content()))
    return file


def by_hand(**counts):
    return Neutrons(
        simulated_positrons=1e8,
        simulated_energy=4.35,
        simulated_material="CsI",
        simulated_thickness=1.0,
        simulated_missing_fraction=0.95,
        penetration_model="computed",
        penetration=0.5,
        reference="by hand",
        **DEPTHS,
        **counts,
    )


@pytest.mark.parametrize(("energy", "factor"), [("kinetic", 1), ("total", 2)])
def test_as_the_counts_given_by_hand(path, exposure, energy, factor):
    ours = SimulatedNeutrons(result=str(path), neutron_energy=energy, **DEPTHS).estimate(exposure)
    hand = by_hand(**{name: factor * count for name, count in COUNTS.items()}).estimate(exposure)
    assert (ours.expected, ours.error, ours.upper_limit) == (hand.expected, hand.error, hand.upper_limit)
    # tracks/1e8 · (3 P + 4 P²), P = exp(-3.9 - 0.8·15/16)
    p = 0.009561602
    assert ours.expected == pytest.approx(factor * exposure.tracks / 1e8 * (3 * p + 4 * p**2), rel=1e-6)
    assert ours.inputs["seed"] == 1
    assert ours.inputs["neutron_energy"] == energy
    assert "penetration_quoted" not in ours.inputs
    assert "expected_quoted" not in ours.inputs
    assert ours.inputs["penetration_computed"] == pytest.approx(p, rel=1e-6)
    assert "geant4-11-04-patch-01 [MT], FTFP_BERT, stand-in data" in ours.source


def test_nothing_seen_is_an_upper_limit(path, exposure):
    none = dict.fromkeys(COUNTS, 0)
    path.write_text(json.dumps(content(selections={"kinetic": selection(none)})))
    estimate = SimulatedNeutrons(result=str(path), **DEPTHS).estimate(exposure)
    assert estimate.upper_limit
    assert estimate.expected > 0


def test_registered_for_cards():
    assert BACKGROUNDS.get("simulated-neutrons") is SimulatedNeutrons


@pytest.mark.parametrize("name", simulated_neutron_results())
def test_every_result_of_the_package_is_readable(name, exposure):
    for energy in ("kinetic", "total"):
        assert SimulatedNeutrons(result=name, neutron_energy=energy, **DEPTHS).estimate(exposure).expected > 0


def test_unknown_results(tmp_path):
    with pytest.raises(UnknownNameError, match="unknown neutron simulation 'nothing'"):
        SimulatedNeutrons(result="nothing", **DEPTHS)
    with pytest.raises(DataFileError, match="there is no such file"):
        SimulatedNeutrons(result=str(tmp_path / "no.json"), **DEPTHS)


@pytest.mark.parametrize(
    ("text", "match"),
    [
        ("{", "cannot be read"),
        ("[" * 100_000, "cannot be read"),
        ("[]", "no mapping"),
        ("{}", "is not what 'evanesce geant4 neutrons --json' prints"),
        (json.dumps(content(selections={"kinetic": 3})), "is not what"),
        (json.dumps(content(positrons=1)), "is not what"),
    ],
)
def test_files_that_are_no_results(tmp_path, exposure, text, match):
    file = tmp_path / "bad.json"
    file.write_text(text)
    with pytest.raises(DataFileError, match=match):
        SimulatedNeutrons(result=str(file), **DEPTHS).estimate(exposure)


LEAVES = [
    *(("positrons",), ("energy_gev",), ("material",), ("thickness_x0",), ("geant4",), ("physics",), ("data",)),
    *(("data", "source"), ("selections",), ("selections", "kinetic"), ("selections", "kinetic", "cuts")),
    *(("selections", "kinetic", "cuts", "deposit"), ("selections", "kinetic", "counts", "single")),
    *(("selections", "kinetic", "counts", "single", "count"), ("seed",)),
]


@pytest.mark.parametrize("leaf", LEAVES, ids=".".join)
@pytest.mark.parametrize("value", [None, "x", [], [None], {}, -1, 1e400, float("nan"), True, 10**400], ids=repr)
def test_a_wrong_entry_is_refused_or_does_not_matter(path, exposure, leaf, value):
    changed = content()
    last = changed
    for key in leaf[:-1]:
        last = last[key]
    last[leaf[-1]] = value
    path.write_text(json.dumps(changed))
    with contextlib.suppress(EvanesceError):
        assert SimulatedNeutrons(result=str(path), **DEPTHS).estimate(exposure).expected > 0


def test_bad_values_are_refused(path):
    for wrong in ({"neutron_energy": "mean"}, {"veto_depth": -1.0}, {"calorimeter_thickness": 0.0}):
        with pytest.raises(InvalidValueError, match=next(iter(wrong))):
            SimulatedNeutrons(result=str(path), **DEPTHS | wrong)
