"""The cascade in layers against tables made with Geant4 by this package, layer by layer; see tests/data/README.md."""

import json
from pathlib import Path

import numpy as np
import pytest

from evanesce.materials import compound, material
from evanesce.showers import ShowerSetup
from evanesce.showers.cascade import Cascade

TABLES = sorted(p for p in (Path(__file__).parents[1] / "data").glob("layers_geant4_*.csv"))
BEAM, SECONDARY, CHANCE = 0.01, 0.05, 3.5


def read(path):
    with path.open() as file:
        head = json.loads(file.readline().removeprefix("# "))
        file.readline()
        columns = file.readline().strip().split(",")
        values = np.loadtxt(file, delimiter=",").T
    return head, dict(zip(columns, values, strict=True))


def stack(head):
    """The setup of all layers: the last one is the slab."""
    *before, last = [(material(layer["material"]), layer["thickness_X0"]) for layer in head["layers"]]
    energy = head["E_total_GeV"]
    return ShowerSetup(
        incident=head["particle"],
        material=last[0],
        start=0.0,
        stop=last[1],
        energy_min=energy,
        energy_max=energy,
        before=tuple(before),
    )


@pytest.mark.parametrize("path", TABLES, ids=lambda path: path.stem.removeprefix("layers_geant4_"))
def test_the_unit_of_length_is_ours(path):
    head, table = read(path)
    for layer in head["layers"]:
        assert layer["X0_cm"] == material(layer["material"]).radiation_length
    assert sorted(set(table["layer"])) == list(range(1, len(head["layers"]) + 1))
    assert head["N"] == 4_000_000


def cases():
    """Every layer of the crystals; of the sandwich the first two pairs, one in the middle and the last."""
    for path in TABLES:
        head, _ = read(path)
        count = len(head["layers"])
        for number in range(count) if count < 8 else (0, 1, 2, 3, 8, 9, count - 2, count - 1):
            name = f"{path.stem.removeprefix('layers_geant4_')}-{number + 1}-{head['layers'][number]['material']}"
            yield pytest.param(path, number, id=name)


def bins(table, number):
    """Edges, and the columns of one layer."""
    own = table["layer"] == number + 1
    columns = {name: values[own] for name, values in table.items()}
    return np.append(columns["v_lo"], columns["v_hi"][-1]), columns


@pytest.mark.parametrize(("path", "number"), list(cases()))
def test_cascade_against_geant4(path, number):
    """As in one slab: 1 % of the beam particle and 5 % of the others are cross sections, plus chance.

    Ionisation straggles in Geant4 and not in the cascade. It moves track length between bins above v = 0.98, of which
    some are as narrow as the loss in a layer, so there only the sum of all bins is compared. Of secondary positrons a
    bin of a thin layer has few: of these only the sum.
    """
    head, table = read(path)
    setup = stack(head).layer(number)
    edges, columns = bins(table, number)
    ours = Cascade().binned(setup, edges)
    width = np.diff(edges)
    few = edges[:-1] >= 0.98
    for found, name, allowed, alone in (
        (ours.primary, "T_prim", BEAM, ~few),
        (ours.secondary, "T_sec", SECONDARY, np.zeros_like(few)),
    ):
        expected, error = columns[name], columns[f"{name}_err"]
        assert (np.abs(found - expected) <= allowed * expected + CHANCE * error)[alone].all()
        whole, chance = width @ expected, np.sqrt(width**2 @ error**2)
        assert abs(width @ found - whole) <= allowed * whole + CHANCE * chance


def test_a_sandwich_is_nearly_a_mixture():
    """Ten pairs of 1.5 mm of lead and of scintillator against 30 mm of their mixture, path in cm in all layers.

    Below v = 0.8 the track has crossed several layers: 1 % of cross sections and 0.5 % because the lead comes first.
    Near v = 1 it has not, and the lead before each scintillator costs what the mixture does not know: half of the path
    above 0.999.
    """
    head, table = read(next(path for path in TABLES if "scintillator" in path.stem))
    edges, _ = bins(table, 0)
    unit = np.repeat([layer["X0_cm"] for layer in head["layers"]], len(edges) - 1)
    path = {name: np.sum((unit * table[name]).reshape(-1, len(edges) - 1), axis=0) for name in ("T_prim", "T_sec")}
    lead, plastic = material("Pb"), material("scintillator")
    weight = lead.density + plastic.density
    mixed = compound({"Pb": lead.density / weight, "C8H8": plastic.density / weight}, density=0.5 * weight)
    energy = head["E_total_GeV"]
    slab = ShowerSetup(
        incident="e+",
        material=mixed,
        start=0.0,
        stop=3.0 / mixed.radiation_length,
        energy_min=energy,
        energy_max=energy,
    )
    ours = Cascade().binned(slab, edges)
    ratio = ours.primary * mixed.radiation_length / path["T_prim"]
    assert ratio[:3] == pytest.approx(1.0, abs=0.015)
    assert (np.diff(ratio) > 0).all()
    assert 1.4 < ratio[-1] < 1.7
    others = ours.secondary * mixed.radiation_length
    assert np.diff(edges) @ others == pytest.approx(np.diff(edges) @ path["T_sec"], rel=SECONDARY)
