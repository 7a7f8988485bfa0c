"""The stream: sums of weights, seeds, batches, unweighting, memory, and errors."""

import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from types import SimpleNamespace

import numpy as np
import pytest
from event_checks import collect

import evanesce as ev
from evanesce.errors import InvalidValueError, UnknownNameError
from evanesce.events.generator import BLOCK
from evanesce.numerics import Estimate
from evanesce.processes import Annihilation
from evanesce.sampling.sampler import Drawn, adapt

BELLE2, PHOTON = ev.experiment("belle2"), ev.DarkPhoton()


def stream(count=5_000, mass=0.0667, experiment=BELLE2, mediator=PHOTON, physics="published", **options):
    return ev.generate_events(experiment, mediator, mass, count, physics=physics, **options)


@pytest.mark.parametrize(
    ("experiment", "card", "physics", "mediator", "mass", "overrides"),
    [
        ("belle2", {}, "published", PHOTON, 0.0667, {}),
        ("belle2", {}, "converged", ev.DarkPhoton(alpha_d=1e-9), 0.0667, {}),
        ("belle2", {}, "converged", ev.Scalar(alpha_d=0.5), 0.1, {"resolution": "detector"}),
        # bins of every process of `reference` are in test_bins; here the other mediators
        pytest.param(
            "belle2", {"target.upstream": 0.3}, "reference", ev.AxialVector(), 0.055, {}, marks=pytest.mark.slow
        ),
        pytest.param(
            "belle2",
            {},
            "reference",
            ev.Pseudoscalar(),
            2.0,
            {"bremsstrahlung": "iww", "binding": "none"},
            marks=pytest.mark.slow,
        ),
        pytest.param(
            "belle2", {}, "reference", ev.DarkPhoton(alpha_d=0.5, mass_ratio=2.02), 0.0667, {}, marks=pytest.mark.slow
        ),
        ("belle2", {}, "converged", ev.DarkPhoton(alpha_d=0.5, mass_ratio=2.02), 0.0667, {"width": "running"}),
        ("na64-2019-published", {"source.incident": "e+"}, "converged", PHOTON, 0.3196, {}),
        pytest.param(
            "na64-2019-published", {}, "reference", ev.DarkPhoton(alpha_d=0.1), 0.25, {}, marks=pytest.mark.slow
        ),
        pytest.param(
            "na64-2019-published", {"bremsstrahlung_curve": None}, "reference", PHOTON, 3.0, {}, marks=pytest.mark.slow
        ),
    ],
)
def test_weights_sum_to_the_yield_of_each_process(experiment, card, physics, mediator, mass, overrides):
    """Within 4 standard deviations, of 1 % or less for the process that dominates; at ε = 1e-4."""
    where = ev.experiment(experiment, card)
    made = ev.generate_events(where, mediator, mass, 60_000, physics=physics, overrides=overrides, epsilon=1e-4, seed=5)
    options = ev.resolve_physics(physics, overrides)
    for process, signal in ev.predict(where, mediator, mass, physics=options).signal.items():
        assert made.yields[process] == pytest.approx(float(signal.value) * 1e-8, rel=1e-12, abs=0)
    precise = []
    for process, found in collect(made).items():
        if made.yields[process] < 1e-6 * made.expected:
            continue  # annihilation far beyond the resonance, where only tails of the tails are left
        error = np.sqrt(np.sum(found["weight"] ** 2))
        assert abs(found["weight"].sum() - made.yields[process]) < 4 * error
        precise.append(error / made.yields[process])
    assert min(precise) < 0.01


def flat(batches):
    """Everything in a stream, process by process."""
    found = {}
    for batch in batches:
        key = batch.process, tuple(role.pdg_id for role in batch.roles)
        found.setdefault(key, []).append(batch.momentum.reshape(len(batch), -1))
        found.setdefault((*key, "w"), []).append(batch.weight)
    return {key: np.concatenate(parts) for key, parts in found.items()}


@pytest.mark.parametrize("unweighted", [False, True])
def test_seeds_reproduce_whatever_the_batches(unweighted):
    one, other = (
        flat(stream(BLOCK + 100, mass=0.1, unweighted=unweighted, batch_size=size, seed=9)) for size in (10**6, 777)
    )
    assert one.keys() == other.keys()
    for key, values in one.items():
        assert (values == other[key]).all()
    different = flat(stream(BLOCK + 100, mass=0.1, unweighted=unweighted, seed=10))
    assert not np.array_equal(next(iter(one.values()))[:50], next(iter(different.values()))[:50])


def test_a_stream_can_be_read_twice_and_keeps_to_the_batch_size():
    made = stream(3_000, batch_size=500)
    first, second = list(made), list(made)
    assert max(len(batch) for batch in first) == 500
    assert sum(len(batch) for batch in first) == 3_000
    assert all((a.momentum == b.momentum).all() for a, b in zip(first, second, strict=True))


@pytest.mark.parametrize("count", [1, 17, BLOCK + 1])
def test_exactly_so_many_events(count):
    assert sum(len(batch) for batch in stream(count)) == count
    assert sum(len(batch) for batch in stream(count, unweighted=True)) == count


@pytest.mark.parametrize(("physics", "mass"), [("published", 0.2), ("reference", 0.06)])
def test_unweighted_events(physics, mass):
    """Equal weights except the overweights, whose number the stream reports; spectra as with weights.

    The sum is the yield to 1e-3: the share above the largest weight is known to that from the set-up.
    """
    made = stream(60_000, mass=mass, physics=physics, unweighted=True)
    found = collect(made)
    weights = np.concatenate([values["weight"] for values in found.values()])
    unit = weights.min()
    assert np.count_nonzero(weights > unit * (1 + 1e-12)) == made.overweight.events
    assert made.overweight.events < 0.05 * len(weights)
    assert weights.max() / unit == pytest.approx(made.overweight.largest, rel=1e-9)
    assert weights.sum() == pytest.approx(made.expected, rel=1e-3)
    weighted = collect(stream(100_000, mass=mass, physics=physics, seed=3))
    for process, values in found.items():
        if len(values["weight"]) > 1000:
            for name in ("track_energy", "visible_energy", "depth_x0"):
                difference = np.average(values[name], weights=values["weight"]) - np.average(
                    weighted[process][name], weights=weighted[process]["weight"]
                )
                error = values[name].std() * np.sqrt(1 / len(values[name]) + 3 / len(weighted[process][name]))
                assert abs(difference) < 4.5 * error


def test_memory_does_not_grow():
    """A million events after 150 000: the peak stays, to 40 MB."""
    code = (
        "import resource, evanesce as ev\n"
        "belle2 = ev.experiment('belle2')\n"
        "def peak(n):\n"
        "    for batch in ev.generate_events(belle2, ev.DarkPhoton(), 0.0667, n, physics='published'):\n"
        "        pass\n"
        "    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024\n"
        "print(peak(150_000), peak(1_000_000))"
    )
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    first, last = map(float, out.split())
    assert last - first < 40.0


def test_provenance_and_notes():
    about = stream(10, epsilon=1e-5, seed=3).about
    assert about["experiment"] == "belle2"
    assert about["mediator"] == "dark-photon"
    assert about["physics"]["preset"] == "published"
    assert (about["seed"], about["epsilon"], about["mass_gev"]) == (3, 1e-5, 0.0667)
    assert about["evanesce_version"] == ev.__version__
    assert "expected number" in stream(10).run.weights_mean
    assert about["yield_annihilation"] > 0
    assert stream(10, physics="reference").notes == ()


@dataclass(frozen=True, kw_only=True)
class NoVertex:
    alpha_d: float = 1e-3
    mass_ratio: float = 3.0

    def width(self, mass):
        return PHOTON.width(mass)

    def electron_width(self, mass):
        return PHOTON.electron_width(mass)

    def annihilation_numerator(self, s, mass):
        return PHOTON.annihilation_numerator(s, mass)

    def splitting(self, x, mass):
        return PHOTON.splitting(x, mass)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"count": 0}, "number of events = 0: must be a whole number from 1"),
        ({"count": 1.5}, r"number of events = 1.5: must be a whole number"),
        ({"seed": -1}, "seed = -1: must be a whole number from 0"),
        ({"mass": float("nan")}, "mass = nan: must be a finite number greater than 0"),
        ({"mass": 9.0}, "no signal at 9 GeV: tracks of at most 6.618 GeV"),
        (
            {"mass": 6.4, "physics": "converged"},
            "the events add up to .* of the yield; .* includes unphysical phase space",
        ),
        ({"epsilon": 0.0}, "epsilon = 0.0: must be"),
        ({"epsilon": 1e-170}, "epsilon = 1e-170: the weights would be too small for a file"),
        ({"batch_size": 0}, "batch_size = 0: must be"),
        ({"face_distance": -1.0}, "face_distance = -1.0: must be"),
        ({"unweighted": "yes"}, "unweighted = 'yes': must be true or false"),
        ({"mediator": ev.DarkPhoton(alpha_d=(0.1, 0.2))}, "alpha_d: has 1 dimensions, events need one number"),
        ({"mediator": NoVertex()}, "mediator NoVertex: must have an attribute vertex for events"),
        ({"experiment": 3}, "experiment 3: must be a name, the path of a card, or an Experiment"),
        ({"experiment": ev.experiment("na64-2019-published"), "mass": 3.0}, "outside the published curve 'na64-2019'"),
    ],
)
def test_what_cannot_be_generated(arguments, message):
    with pytest.raises(InvalidValueError, match=message):
        stream(**arguments)


def test_a_yield_that_is_no_number_is_refused(monkeypatch):
    class Endless(Annihilation):
        def prepare(self, setup, options, workshop):
            made = super().prepare(setup, options, workshop)
            endless = Estimate(np.array([[np.inf]]), np.array([[0.0]]))
            return SimpleNamespace(rates=lambda *_: endless, samplers=made.samplers)

    monkeypatch.setattr("evanesce.events.generate.chosen_processes", lambda *_: [Endless()])
    with pytest.raises(InvalidValueError, match=r"the yield at 0.0667 GeV is not a finite number"):
        stream()


def test_an_unknown_preset_is_named():
    with pytest.raises(UnknownNameError, match="physics preset"):
        stream(physics="best")


class Broken:
    """A sampler whose values are not numbers, or zero nearly everywhere."""

    process = "broken"

    def __init__(self, value, dimensions=1):
        self.value, self.dimensions = value, dimensions

    def draw(self, cube, rng):
        return Drawn(np.full(len(cube), self.value), {"x": cube[:, 0]})


def test_weights_that_are_not_numbers_are_refused():
    with pytest.raises(InvalidValueError, match="broken: the weight of an event is not a finite number"):
        adapt(Broken(np.nan))
    assert adapt(Broken(0.0)) is None


def test_a_sampler_that_stops_making_events_is_named():
    made = stream(10)
    dead = replace(made.samplers[0], sampler=Broken(0.0, made.samplers[0].sampler.dimensions))
    with pytest.raises(InvalidValueError, match="broken: almost no collision is possible here"):
        list(replace(made, samplers=[dead]))


@pytest.mark.parametrize("unweighted", [False, True])
def test_threads_that_read_one_stream_get_the_same_events(unweighted):
    made = stream(4000, unweighted=unweighted)
    alone = np.concatenate([batch.weight for batch in made])
    counted = (made.overweight.events, made.overweight.largest)
    start = threading.Barrier(8)

    def read(_):
        start.wait()
        return np.concatenate([batch.weight for batch in made])

    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(read, range(8)))
    assert all((each == alone).all() for each in found)
    assert (made.overweight.events, made.overweight.largest) == counted
