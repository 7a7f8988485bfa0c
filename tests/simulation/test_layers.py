"""Geant4 with layers before the slab: against one slab of the same material, and against slabs alone."""

from dataclasses import replace

import numpy as np
import pytest

from evanesce.errors import InvalidValueError
from evanesce.materials import material
from evanesce.showers import ShowerSetup
from evanesce.showers.geant4 import Geant4

EDGES = np.array([0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.98, 0.99, 0.999, 1.0])
CSI, QUARTZ = material("CsI"), material("SiO2")
GEANT4 = Geant4(histories=10_000, seed=5)


def setup(**changes):
    default = {"incident": "e+", "material": CSI, "start": 0.0, "stop": 1.0}
    return ShowerSetup(**default | {"energy_min": 4.35, "energy_max": 4.35} | changes)


@pytest.fixture(scope="module")
def stack():
    """Half an X0 of quartz, then one and a half X0 of CsI without its first half."""
    return GEANT4.binned_layers(setup(before=((QUARTZ, 0.5),), start=0.5, stop=1.5), EDGES)


def agree(one, other):
    """3.5 standard deviations of each bin where a few events are not the whole."""
    for kind in ("primary", "secondary"):
        values = [getattr(result, kind) for result in (one, other)]
        errors = [getattr(result, f"{kind}_error") for result in (one, other)]
        frequent = (values[0] > 5 * errors[0]) & (values[1] > 5 * errors[1])
        assert frequent.any()
        assert (np.abs(values[0] - values[1]) <= 3.5 * np.hypot(*errors))[frequent].all()


def test_layers_of_one_material_are_one_slab():
    """CsI of 0.5, 0.25 and 0.75 X0 against the same depths of one slab of CsI; other seeds."""
    pieces = GEANT4.binned_layers(setup(before=((CSI, 0.5), (CSI, 0.25)), stop=0.75), EDGES)
    assert len(pieces) == 3
    for piece, (start, stop) in zip(pieces, [(0.0, 0.5), (0.5, 0.75), (0.75, 1.5)], strict=True):
        agree(piece, replace(GEANT4, seed=6).binned(setup(start=start, stop=stop), EDGES))


def test_the_first_layer_knows_nothing_of_the_others(stack):
    agree(stack[0], replace(GEANT4, seed=6).binned(setup(material=QUARTZ, stop=0.5), EDGES))


def test_track_length_counts_in_units_of_each_layer(stack):
    """Every positron crosses 6.1 cm of quartz: half an X0 of its own, most of it near the incident energy."""
    whole = stack[0].primary @ np.diff(EDGES)
    assert 0.3 < whole < 0.5
    # of the 1 X0 of CsI behind it, whose first half is not counted, a part: many have less than half of their energy
    assert 0.1 < stack[1].primary @ np.diff(EDGES) < 0.5


def test_the_slab_alone_is_the_last_of_the_layers(stack):
    alone = GEANT4.binned(setup(before=((QUARTZ, 0.5),), start=0.5, stop=1.5), EDGES)
    assert (alone.primary == stack[1].primary).all()
    assert (alone.secondary_error == stack[1].secondary_error).all()
    assert alone.provenance == stack[0].provenance


def test_lead_before_the_slab_takes_more_than_aluminium_of_equal_weight():
    """1 X0 of lead against 0.265 X0 of aluminium, 6.4 g/cm2 each."""
    heavy, light = (
        GEANT4.binned(setup(before=((material(name), thickness),)), EDGES)
        for name, thickness in (("Pb", 1.0), ("Al", 0.265))
    )
    assert heavy.primary[5:].sum() < 0.5 * light.primary[5:].sum()


def test_a_setup_of_layers():
    whole = setup(before=((QUARTZ, 0.5), (CSI, 2.0)), start=1.0, stop=3.0)
    assert whole.layer(2) is whole
    assert whole.layer(1) == setup(before=((QUARTZ, 0.5),), stop=2.0)
    assert whole.layer(0) == setup(material=QUARTZ, stop=0.5)
    keys = {whole.key, whole.layer(1).key, whole.layer(0).key, setup(before=((CSI, 2.0), (QUARTZ, 0.5))).key}
    assert len(keys) == 4


@pytest.mark.parametrize("thickness", [0.0, -1.0, np.inf, np.nan])
def test_a_layer_has_a_thickness(thickness):
    with pytest.raises(InvalidValueError, match="layer of SiO2 before the slab: its thickness is .* X0, must be"):
        setup(before=((QUARTZ, thickness),))
