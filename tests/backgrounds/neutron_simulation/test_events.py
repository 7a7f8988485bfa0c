"""Each cut of the neutron selection, with artificial events."""

import math

import numpy as np
import pytest
from scipy.optimize import brentq
from scipy.stats import poisson

from evanesce.backgrounds.neutron_simulation.events import CUTS, NeutronEvents, NeutronSelection, garwood
from evanesce.errors import InvalidValueError

KINETIC = NeutronSelection(beam_energy=4.35)
TOTAL = NeutronSelection(beam_energy=4.35, energy="total")
NEUTRON, PROTON, PIPLUS, PIMINUS = 2112, 2212, 211, -211
FAST = [NEUTRON, 3.5]


def event(*hadrons, visible=0.1):
    return {"visible": visible, "hadrons": list(hadrons)}


def furthest(record, selection=KINETIC):
    """Name of the last cut that one event passes, and its class."""
    passed = selection.passed(NeutronEvents.from_records([record]))
    return [name for name in CUTS if passed[name][0]]


def kinetic(momentum, mass):
    return math.hypot(momentum, mass) - mass


ALL = ["fast_neutron", "low_deposit", "no_charged"]


def test_a_fast_neutron_alone_passes():
    assert furthest(event(FAST)) == [*ALL, "single"]


def test_no_fast_neutron():
    assert furthest(event()) == []
    assert furthest(event([NEUTRON, 2.999])) == []
    assert furthest(event([PROTON, 3.5])) == []
    assert furthest(event([-NEUTRON, 3.5])) == []


def test_kinetic_or_total_energy():
    slower = event([NEUTRON, 3.0 - 0.93957 + 0.001])
    assert furthest(slower) == []
    assert furthest(slower, TOTAL) == [*ALL, "single"]
    assert furthest(event([NEUTRON, 3.0 - 0.93957 - 0.001]), TOTAL) == []
    assert TOTAL.least_kinetic() == pytest.approx(2.06043, abs=1e-5)


def test_deposited_energy():
    assert furthest(event(FAST, visible=0.05 * 4.35 - 1e-6)) == [*ALL, "single"]
    assert furthest(event(FAST, visible=0.05 * 4.35 + 1e-6)) == ["fast_neutron"]


def test_a_slow_proton_curls_up_and_deposits_its_energy():
    slow = kinetic(0.599, 0.93827)
    assert furthest(event(FAST, [PROTON, slow], visible=0.2175 - slow - 1e-3)) == [*ALL, "single"]
    assert furthest(event(FAST, [PROTON, slow], visible=0.2175 - slow + 1e-3)) == ["fast_neutron"]
    # a slow pion does not, and neither does another neutron
    assert furthest(event(FAST, [PIPLUS, 0.2], visible=0.2)) == [*ALL, "single"]
    assert furthest(event(FAST, [NEUTRON, 0.2], visible=0.2)) == [*ALL, "single"]


@pytest.mark.parametrize(("code", "mass"), [(PROTON, 0.93827), (PIPLUS, 0.13957), (PIMINUS, 0.13957)])
def test_charged_hadrons_are_seen_from_their_momentum_on(code, mass):
    assert furthest(event(FAST, [code, kinetic(0.601, mass)], visible=0.0)) == ["fast_neutron", "low_deposit"]
    assert furthest(event(FAST, [code, kinetic(0.599, mass)], visible=0.0)) == [*ALL, "single"]


def test_kaons_and_nuclei_are_no_protons_or_pions():
    assert furthest(event(FAST, [321, 0.5], [130, 0.5], [1000010020, 0.5])) == [*ALL, "single"]


def test_classes_by_neutrons_that_make_a_shower():
    assert furthest(event(FAST, [NEUTRON, 0.279])) == [*ALL, "single"]
    assert furthest(event(FAST, [NEUTRON, 0.281])) == [*ALL, "multiple"]
    assert furthest(event(FAST, [NEUTRON, 0.281], [NEUTRON, 0.4])) == [*ALL, "multiple"]


def test_counts_are_those_of_a_loop():
    rng = np.random.default_rng(5)
    records = [
        event(
            *([int(rng.choice([NEUTRON, NEUTRON, PROTON, PIMINUS])), 4 * rng.random() ** 2] for _ in range(n)),
            visible=0.4 * rng.random(),
        )
        for n in rng.integers(0, 6, 2_000)
    ]
    together = KINETIC.counts(NeutronEvents.from_records(records))
    one_by_one = [furthest(record) for record in records]
    assert together == {name: sum(name in passed for passed in one_by_one) for name in CUTS}
    assert together["single"] + together["multiple"] == together["no_charged"] > 10


def test_no_events_at_all():
    assert KINETIC.counts(NeutronEvents.from_records([])) == dict.fromkeys(CUTS, 0)


@pytest.mark.parametrize("level", [0.68, 0.9])
@pytest.mark.parametrize("count", [1, 5, 64])
def test_garwood_bounds_leave_half_of_the_rest_on_each_side(count, level):
    low, high = garwood(count, level)
    tail = (1 - level) / 2
    assert low == pytest.approx(brentq(lambda mean: poisson.sf(count - 1, mean) - tail, 1e-9, count), rel=1e-8)
    assert high == pytest.approx(brentq(lambda mean: poisson.cdf(count, mean) - tail, count, 300), rel=1e-8)


def test_nothing_seen_is_an_upper_limit():
    low, high = garwood(0, 0.9)
    assert low == 0
    assert math.exp(-high) == pytest.approx(0.1)


def test_bad_cuts_are_refused():
    for wrong, match in (
        ({"energy": "mean"}, "neutron energy"),
        ({"deposit": 1.5}, "deposit"),
        ({"shower": 0}, "shower"),
    ):
        with pytest.raises(InvalidValueError, match=match):
            NeutronSelection(beam_energy=4.35, **wrong)
    with pytest.raises(InvalidValueError, match="count"):
        garwood(-1, 0.9)
    with pytest.raises(InvalidValueError, match="level"):
        garwood(1, 1.0)
