"""The cascade in layers against tables made with Geant4 by this package, layer by layer; see tests/data/README.md."""

import json
from pathlib import Path

import numpy as np
import pytest

from evanesce.materials import material
from evanesce.showers import ShowerSetup

TABLES = sorted(p for p in (Path(__file__).parents[1] / "data").glob("layers_geant4_*.csv"))
BEAM, SECONDARY, CHANCE = 0.01, 0.05, 3.5
STRAGGLING = 0.03
"""Of the energy that a positron loses by ionisation, its spread: some bins are as narrow as the loss in a layer."""


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
        chosen = range(count) if count < 8 else (0, 1, 2, 3, 8, 9, count - 2, count - 1)
        for number in chosen:
            name = f"{path.stem.removeprefix('layers_geant4_')}-{number + 1}-{head['layers'][number]['material']}"
            yield pytest.param(path, number, id=name)
