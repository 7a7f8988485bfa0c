"""The cascade against tables made with Geant4 by this package, bin by bin; see tests/data/README.md."""

import json
from pathlib import Path

import numpy as np
import pytest

from evanesce.materials import material
from evanesce.showers import ShowerSetup
from evanesce.showers.cascade import Cascade

TABLES = sorted(p for p in (Path(__file__).parents[1] / "data").glob("geant4_*.csv"))


@pytest.fixture(autouse=True)
def own_cache(tmp_path, monkeypatch):
    monkeypatch.setenv("EVANESCE_CACHE_DIR", str(tmp_path))


def read(path):
    with path.open() as file:
        head = json.loads(file.readline().removeprefix("# "))
        file.readline()
        columns = file.readline().strip().split(",")
        values = np.loadtxt(file, delimiter=",").T
    return head, dict(zip(columns, values, strict=True))


def test_there_are_tables_for_light_and_heavy_thin_and_thick():
    assert len(TABLES) >= 8


@pytest.mark.parametrize("path", TABLES, ids=lambda path: path.stem.removeprefix("geant4_"))
def test_cascade_against_geant4(path):
    """Beam particle: 3 % or 2.5 standard deviations, 5 % in the last bin; other positrons 6 % or 2.5.

    Above v = 0.9 a bin holds a few secondary positrons at most; there their sum is compared.
    """
    head, table = read(path)
    low, high = table["v_lo"], table["v_hi"]
    edges = np.append(low, high[-1])
    energy, name = head["E_total_GeV"], {"G4_CESIUM_IODIDE": "CsI"}.get(head["material"], head["material"])
    slab = ShowerSetup(
        incident=head["particle"],
        material=material(name),
        start=0.0,
        stop=head["thickness_X0"],
        energy_min=energy,
        energy_max=energy,
    )
    ours = Cascade().binned(slab, edges)
    allowed = np.maximum(np.where(high < 1, 0.03, 0.05) * table["T_prim"], 2.5 * table["T_prim_err"])
    assert (np.abs(ours.primary - table["T_prim"]) <= allowed).all()
    few = low >= 0.9
    width = np.where(few, high - low, 0.0)
    expected = np.append(table["T_sec"][~few], width @ table["T_sec"])
    error = np.append(table["T_sec_err"][~few], np.sqrt(width**2 @ table["T_sec_err"] ** 2))
    found = np.append(ours.secondary[~few], width @ ours.secondary)
    assert (np.abs(found - expected) <= np.maximum(0.06 * expected, 2.5 * error)).all()
    assert (table["T_prim"].max() > 0) == (head["particle"] == "e+")
