"""Reading good cards, and changing them."""

import re
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from textwrap import indent
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from evanesce.errors import CardError, InvalidValueError
from evanesce.experiments import Experiment, Target, card_text, card_value, experiment
from evanesce.materials import compound, material
from evanesce.sources import Beam, Bhabha, TabulatedSpectrum

Write = Callable[[str], Path]


def test_small_card_takes_defaults(small: str, write: Write) -> None:
    card = experiment(write(small))
    assert (card.efficiency, card.criterion, card.selection.missing_fraction) == (1, "sqrt2.71", 0.95)
    assert card.source == Bhabha()
    assert experiment(str(write(small))) == card


def test_overrides_apply_to_a_card(small: str, write: Write) -> None:
    assert experiment(write(small), {"target.thickness": 20}).target.thickness == 20


@pytest.mark.parametrize("number", ["1e9", "1E9", "+1e+9", "1.e9", "1000000000", "1.0e+9"])
def test_numbers_as_people_write_them(small: str, write: Write, number: str) -> None:
    """YAML 1.1 would read 1e9 as text."""
    card = experiment(write(small.replace("background: 94", f"background: {number}")))
    assert card.background == 1e9


def test_user_compound(small: str, write: Write) -> None:
    mapping = "{formula: Lu1.8Y0.2SiO5, density: 7.1, interaction_length: 20.9}"
    card = experiment(write(small.replace("material: CsI", f"material: {mapping}")))
    lyso = compound("Lu1.8Y0.2SiO5", density=7.1, interaction_length=20.9)
    assert card.target.material == lyso
    assert Experiment.from_dict(card.as_dict()) == card


@pytest.mark.parametrize(
    "made",
    [
        compound("PbF2", density=7.77, radiation_length=0.93, name="lead fluoride"),
        compound("CsI", density=4.5),  # not the catalogue's, though of the same name
        material("Sodium Iodide"),
        compound("YBa2Cu3O6.5", density=6.3),
        compound("CsI(Tl)0.00001", density=4.51),
        compound("(SiO2)105", density=2.2),
        compound("CuSO4·5H2O", density=2.28),
    ],
)
def test_any_material_comes_back_exactly(made: Any) -> None:
    card = experiment("belle2").replace({"target.material": made})
    assert card.target.material == made
    assert Experiment.from_dict(card.as_dict()) == card


def test_table_is_relative_to_its_card(write: Write, small: str, tmp_path: Path) -> None:
    (tmp_path / "flux.csv").write_text("energy,density\n4,10\n5,10\n", encoding="utf-8")
    start, end = small.index("  kind: bhabha"), small.index("target:")
    card = experiment(write(small[:start] + "  kind: tabulated\n  file: flux.csv\n" + small[end:]))
    assert card.source.count == 10
    assert Experiment.from_dict(card.as_dict()) == card
    with pytest.raises(CardError, match=r"source: .*none\.csv: cannot be read"):
        card.replace({"source.file": "none.csv"})


def test_table_inside_the_card() -> None:
    source = {"kind": "tabulated", "energies": [4, 5], "densities": [10.0, 10]}
    card = experiment("belle2").replace({"source": source})
    assert card.source == TabulatedSpectrum(energies=(4.0, 5.0), densities=(10.0, 10.0))
    assert Experiment.from_dict(card.as_dict()) == card
    with pytest.raises(CardError, match=r"source\.energies\.1 = '5': must be a number"):
        card.replace({"source.energies": [4, "5"]})


def test_replace_moves_the_numbers() -> None:
    belle2 = experiment("belle2")
    thin = belle2.replace({"source.luminosity": 25, "target.thickness": 8, "selection.missing_fraction": 0.96})
    assert thin.source.count == pytest.approx(belle2.source.count / 2, rel=1e-14)
    photons = thin.background_budget().components[0]
    assert photons.inputs["thickness_x0"] == 8
    assert photons.expected > belle2.background_budget().components[0].expected  # thinner leaks more
    assert belle2.target.thickness == 16  # the original is untouched


@pytest.mark.parametrize(
    ("key", "value", "total_change"),
    [
        ("backgrounds.photons.veto_efficiency", 4.5e-5, -0.9 * 12.814),
        ("backgrounds.0.veto_efficiency", 4.5e-5, -0.9 * 12.814),
        ("backgrounds.mu+mu-.factors.1.value", 0.0, -1.0125),
        ("backgrounds.neutrons.penetration_model", "computed", 77.357 - 81.038),
    ],
)
def test_replace_in_lists(key: str, value: Any, total_change: float) -> None:
    belle2 = experiment("belle2")
    change = belle2.replace({key: value}).background_budget().total - belle2.background_budget().total
    assert change == pytest.approx(total_change, abs=1e-3)  # the digits above


def test_replace_takes_objects_and_numpy() -> None:
    beam = Beam(energy=11.0, particles=1e12, incident="e+")
    card = experiment("belle2").replace({"source": beam, "backgrounds": (), "background": np.int64(3)})
    assert (card.source, card.background) == (beam, 3.0)
    assert type(card.background) is float


@pytest.mark.parametrize(
    ("key", "message"),
    [
        ("source.luminosty", r"source\.luminosty: unknown field; allowed are .*did you mean 'luminosity'\?"),
        ("sauce.luminosity", r"unknown field 'sauce': known are .*did you mean 'source'\?"),
        ("backgrounds.photon.veto_efficiency", r"unknown field of backgrounds 'photon'.*mean 'photons'\?"),
        ("backgrounds.9", r"unknown field of backgrounds '9'"),
        ("target.material.density", r"target\.material = 'CsI': has no fields, 'density' cannot be changed"),
        ("", "unknown field; allowed are"),
    ],
)
def test_replace_guards(key: str, message: str) -> None:
    with pytest.raises(CardError, match=rf"card 'belle2': {message}") as info:
        experiment("belle2").replace({key: 1})
    assert "\n" not in str(info.value)


def test_labels_are_unique() -> None:
    photons = experiment("belle2").backgrounds[0]
    with pytest.raises(CardError, match="backgrounds: 'photons' is given twice; give each its own label"):
        experiment("belle2").replace({"backgrounds": [photons, photons]})


def test_zero_background_is_refused_when_the_limit_is_asked_for() -> None:
    empty = experiment("belle2").replace({"background": 0})
    with pytest.raises(InvalidValueError, match=r"use criterion 'events-2\.3'"):
        _ = empty.signal_limit
    assert empty.replace({"criterion": "events-2.3"}).signal_limit == 2.3


def test_target_takes_a_material_only() -> None:
    name: Any = "CsI"
    with pytest.raises(InvalidValueError, match=r"material = 'CsI': must be a Material"):
        Target(material=name, thickness=16.0)


def test_backgrounds_may_be_a_list() -> None:
    belle2 = experiment("belle2")
    assert replace(belle2, backgrounds=list(belle2.backgrounds)) == belle2


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("name", 3, "name = 3: must be text"),
        ("criterion", None, "criterion = None: must be text"),
        ("source", None, r"source = None: must be a source, as Bhabha\(\)"),
        ("target", "CsI", "target = 'CsI': must be a Target"),
        ("selection", 0.9, r"selection = 0\.9: must be a Selection"),
        ("resolution", 3, "resolution = 3: must be a Resolution or None"),
        ("backgrounds", (1,), "backgrounds: 1 does not have label and estimate"),
        ("backgrounds", None, "backgrounds = None: must be a list"),
    ],
)
def test_direct_construction_checks_types(field: str, value: Any, message: str) -> None:
    with pytest.raises(InvalidValueError, match=message):
        replace(experiment("belle2"), **{field: value})


def test_direct_construction_checks_too() -> None:
    with pytest.raises(InvalidValueError, match=r"efficiency = 2\.0: must lie in"):
        replace(experiment("belle2"), efficiency=2.0)


@given(st.floats(1e-3, 1e4), st.floats(1e-2, 100.0), st.floats(0.01, 0.99), st.floats(0.0, 1e9))
def test_cards_round_trip(luminosity: float, thickness: float, missing: float, background: float) -> None:
    card = experiment("belle2").replace(
        {
            "source.luminosity": luminosity,
            "target.thickness": thickness,
            "selection.missing_fraction": missing,
            "background": background,
        }
    )
    assert Experiment.from_dict(card.as_dict()) == card


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("3", 3),
        ("-3", -3),
        ("0", 0),
        ("1e-3", 1e-3),
        ("+1.5E3", 1500.0),
        ("5.", 5.0),
        (".5", 0.5),
        ("-.5e1", -5.0),
        ("1e", "1e"),
        (".", "."),
        ("1.2.3", "1.2.3"),
        (".inf", float("inf")),
        ("010", "010"),
        ("Pb", "Pb"),
        ("e-", "e-"),
        ("true", True),
        ("[]", []),
    ],
)
def test_card_value(text: str, value: object) -> None:
    assert card_value(text) == value


def test_card_value_guard() -> None:
    with pytest.raises(CardError, match=r"value '\[1', line 1: not valid YAML"):
        card_value("[1")


def test_import_evanesce_loads_neither_pydantic_nor_yaml() -> None:
    code = "import sys, evanesce; print([m for m in ('pydantic', 'yaml') if m in sys.modules])"
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert result.stdout.strip() == "[]"


@pytest.mark.parametrize("value", [None, 3, ["belle2"], b"belle2"])
def test_an_experiment_has_a_name_or_a_path(value: Any) -> None:
    with pytest.raises(
        InvalidValueError, match=r"^experiment .*: must be a name, the path of a card, or an Experiment"
    ):
        experiment(value)


@pytest.mark.parametrize("name", ["1e5", "010", "3", ".inf", "true", "Belle ²", "-", "1_0"])
def test_a_card_is_written_as_it_is_read(write: Write, name: str) -> None:
    card = replace(experiment("belle2"), name=name)
    assert experiment(write(card_text(card))) == card
    assert experiment(write(card_text(card, unicode=False))) == card


@pytest.mark.parametrize("long", [False, True], ids=["flat", "channels"])
def test_files_are_looked_for_beside_the_card(tmp_path: Path, long: bool) -> None:
    """In both forms of a card, for sources and for simulated neutrons, wherever the command runs."""
    (tmp_path / "tracks.csv").write_text("4.0,1e9\n5.0,2e9\n", encoding="utf-8")
    neutrons = (
        "{kind: simulated-neutrons, result: jobs.json, veto_depth: 1, calorimeter_depth: 1, calorimeter_thickness: 1}"
    )
    channel = f"""\
source: {{kind: tabulated, file: tracks.csv}}
target: {{material: CsI, thickness: 16}}
background: 1
backgrounds: [{neutrons}]
"""
    if long:
        channel = f"channels:\n- kind: vanishing-track\n{indent(channel, '  ')}"
    path = tmp_path / "card.yaml"
    path.write_text(f"name: x\n{channel}", encoding="utf-8")
    with pytest.raises(CardError, match=re.escape(str(tmp_path / "jobs.json")) + ".: there is no such file"):
        experiment(path)
    path.write_text(f"name: x\n{channel.replace(neutrons, '')}", encoding="utf-8")
    assert isinstance(experiment(path).source, TabulatedSpectrum)
    (tmp_path / "tracks.csv").unlink()
    (tmp_path / "tracks.csv").symlink_to("tracks.csv")
    with pytest.raises(CardError, match="Too many levels of symbolic links"):
        experiment(path)


def test_what_is_no_mapping_of_changes() -> None:
    card = experiment("belle2")
    with pytest.raises(InvalidValueError, match="overrides = 'x': must be a mapping, as {'source.luminosity': 25}"):
        experiment(card, "x")  # type: ignore[arg-type]
    with pytest.raises(InvalidValueError, match="changes = None: must be a mapping"):
        card.replace(None)  # type: ignore[arg-type]
