"""Numbers of docs/validation.md: showers against Geant4's tables, and the thermal line against the published one."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Final

import numpy as np

import evanesce as ev
from evanesce.materials import material
from evanesce.showers import ShowerSetup
from evanesce.showers.cascade import Cascade
from evanesce.targets import published_line

TABLES: Final = Path(__file__).parents[1] / "tests" / "data"
NIST: Final = {"G4_CESIUM_IODIDE": "CsI"}


def geant4_ratios() -> dict[str, tuple[Any, Any, Any]]:
    """Middle of each bin in v, ratio of the track lengths and its statistical error, by table."""
    found = {}
    for path in sorted(TABLES.glob("geant4_*.csv")):
        first = path.read_text(encoding="utf-8").splitlines()[0]
        head = json.loads(first.removeprefix("# "))
        table = np.genfromtxt(path, delimiter=",", skip_header=2, names=True)
        edges = np.append(table["v_lo"], table["v_hi"][-1])
        energy = head["E_total_GeV"]
        slab = ShowerSetup(
            incident=head["particle"],
            material=material(NIST.get(head["material"], head["material"])),
            start=0.0,
            stop=head["thickness_X0"],
            energy_min=energy,
            energy_max=energy,
        )
        ours = Cascade().binned(slab, edges)
        whole = table["T_prim"] + table["T_sec"]
        error = np.hypot(table["T_prim_err"], table["T_sec_err"])
        some = error < 0.1 * whole  # bins that Geant4 filled
        track, symbol = {"e+": "e⁺", "e-": "e⁻"}[head["particle"]], slab.material.name
        label = f"{track}, {energy:g} GeV, {head['thickness_X0']:g} X0 of {symbol}"
        middle, both = 0.5 * (edges[1:] + edges[:-1]), ours.primary + ours.secondary
        found[label] = (middle[some], both[some] / whole[some], error[some] / whole[some])
    return found


def thermal_ratio() -> dict[str, tuple[Any, Any]]:
    """Masses in GeV and the ratio of y to the published one, by kind of dark matter."""
    mass = np.geomspace(0.0091, 0.899, 40)
    kinds = ("pseudo-dirac", "complex-scalar", "majorana")
    lines = {kind: ev.relic_line(ev.DarkPhoton(alpha_d=0.5, dark_matter=kind), mass) for kind in kinds}
    return {kind: (mass, line.y / published_line(kind, mass)) for kind, line in lines.items()}
