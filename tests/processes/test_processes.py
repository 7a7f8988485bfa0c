"""Processes: the options they read, and a process from outside the package."""

from dataclasses import dataclass, replace
from typing import ClassVar

import numpy as np
import pytest

import evanesce as ev
from evanesce.engine import Engine
from evanesce.errors import CardError, InvalidValueError, UnknownNameError
from evanesce.limits import limit_curve
from evanesce.physics import Option, describe_options, idle_options, resolve_physics
from evanesce.processes import PROCESSES, Annihilation, Bremsstrahlung, PublishedBremsstrahlung, chosen_processes
from evanesce.sources import Beam

BELLE2, NA64 = ev.experiment("belle2"), ev.experiment("na64-2019-published")


@pytest.fixture
def toy():
    """A process of a user: annihilation twice over, if asked for."""

    @PROCESSES.register("toy")
    @dataclass(frozen=True, kw_only=True)
    class Toy:
        """Twice as many annihilations as there are."""

        OPTIONS: ClassVar[tuple[Option, ...]] = (
            Option(name="toy", default="off", allowed=("off", "on"), help="Whether the toy process counts."),
            Option(name="toy_strength", default=2.0, smallest=0.0, needs=("toy", "on"), help="Annihilations of each."),
        )
        name: ClassVar[str] = "toy"
        standard: ClassVar[bool] = True
        reads: ClassVar[frozenset[str]] = Annihilation.reads | {"toy_strength"}
        axes: ClassVar[frozenset[str]] = Annihilation.axes

        def enabled(self, options):
            return options["toy"] == "on"

        def prepare(self, setup, options, workshop):
            made = Annihilation().prepare(setup, options, workshop)

            @dataclass(frozen=True)
            class Prepared:
                def rates(self, mediator, mass):
                    return options["toy_strength"] * made.rates(mediator, mass)

                def samplers(self, point):
                    louder = replace(point, exposure=options["toy_strength"] * point.exposure)
                    return [_Named(sampler) for sampler in made.samplers(louder)]

            return Prepared()

    yield Toy
    PROCESSES.remove("toy")


@dataclass(frozen=True)
class _Named:
    """A sampler under the toy's name."""

    inner: object
    process: str = "toy"

    @property
    def dimensions(self):
        return self.inner.dimensions

    def draw(self, cube, rng):
        return self.inner.draw(cube, rng)

    def events(self, state, weight, rng):
        return replace(self.inner.events(state, weight, rng), process="toy")


@pytest.mark.usefixtures("toy")
def test_a_process_from_outside_is_in_limits_json_events_and_options(capsys):
    from evanesce.cli import main

    on = {"toy": "on", "toy_strength": 3}
    plain = limit_curve(BELLE2, "dark-photon", [0.0667, 0.07], physics="converged")
    more = limit_curve(BELLE2, "dark-photon", [0.0667, 0.07], physics="converged", overrides=on)
    assert list(plain.yields) == ["annihilation", "bremsstrahlung"]
    assert more.yields["toy"] == pytest.approx(3 * more.yields["annihilation"], rel=1e-14)
    assert (more.epsilon < plain.epsilon).all()
    assert "yield_toy" in more.to_dataset()
    argv = ["limit", "belle2", "--mass", "0.0667", "--physics", "converged", "--set", "toy=on", "--json"]
    assert main(argv) == 0
    out = capsys.readouterr().out
    assert '"toy"' in out
    assert '"toy_strength": 2.0' in out
    stream = ev.generate_events(BELLE2, "dark-photon", 0.0667, 20_000, physics="converged", overrides=on, process="toy")
    weight = sum(batch.weight.sum() for batch in stream)
    assert {batch.process for batch in stream} == {"toy"}
    assert weight == pytest.approx(float(more.yields["toy"][0]), rel=0.03)  # 20,000 weighted events: 0.5 %
    texts = {option.name: option for option in describe_options()}
    assert texts["toy"].belongs_to == "toy"
    assert texts["toy"].allowed == "off | on"
    assert idle_options(resolve_physics("converged", {"toy_strength": 5})) == {"toy_strength": "toy = on"}
    assert main(["physics"]) == 0
    assert "Whether the toy process counts." in " ".join(capsys.readouterr().out.split())
    with pytest.raises(InvalidValueError, match="physics option toy = 'maybe': must be one of off, on"):
        resolve_physics("converged", {"toy": "maybe"})


def test_without_the_toy_its_option_is_unknown():
    with pytest.raises(UnknownNameError, match="unknown physics option 'toy'"):
        resolve_physics("converged", {"toy": "on"})


def test_options_that_a_process_does_not_read_make_no_new_one():
    engine, setup = Engine(), BELLE2.channel.setup(resolve_physics("converged"))
    first = engine.prepare(Annihilation(), setup, resolve_physics("converged"))
    assert engine.prepare(Annihilation(), setup, resolve_physics("converged", {"bremsstrahlung": "iww"})) is first
    assert engine.prepare(Annihilation(), setup, resolve_physics("converged", {"v_max": 0.999})) is not first
    radiation = engine.prepare(Bremsstrahlung(), setup, resolve_physics("converged"))
    bound = resolve_physics("converged", {"electrons": "bound", "binding": "none"})
    assert engine.prepare(Bremsstrahlung(), setup, bound) is radiation


def test_a_process_of_a_card_replaces_the_standard_one_of_its_name():
    own = NA64.channel.processes
    assert [type(process) for process in own] == [PublishedBremsstrahlung]
    chosen = chosen_processes(own, resolve_physics("converged"))
    assert [type(process) for process in chosen] == [Annihilation, PublishedBremsstrahlung]


class TestPublishedCurve:
    """Eq. (C.1), with every field of the published experiment on the card."""

    def test_the_short_form_is_the_long_one(self):
        long = NA64.as_dict() | {"bremsstrahlung_curve": None}
        process = {
            "kind": "published-bremsstrahlung",
            "curve": "na64-2019",
            "source": {"kind": "beam", "energy": 100.0, "particles": 2.84e11, "incident": "e-"},
            "target": {"material": "Pb", "thickness": 40.0},
            "selection": {"missing_fraction": 0.5},
            "efficiency": 0.5,
        }
        written = ev.Experiment.from_dict(long | {"processes": [process]})
        assert written == NA64
        assert written.as_dict()["bremsstrahlung_curve"] == "na64-2019"
        other = ev.Experiment.from_dict(long | {"processes": [process | {"efficiency": 0.25}]})
        assert other.as_dict()["bremsstrahlung_curve"] is None
        assert ev.Experiment.from_dict(other.as_dict()) == other

    def test_a_lower_published_efficiency_means_more_events_here(self):
        """N_s at the published limit was reached with half the efficiency: twice the events here."""
        changed = NA64.replace({"bremsstrahlung_curve": None}).as_dict()
        process = NA64.channel.processes[0]
        base, other = (ev.Experiment.from_dict(changed).channel for _ in range(2))
        base = replace(base, processes=(process,))
        other = replace(other, processes=(replace(process, efficiency=0.25),))
        rates = [
            ev.predict(ev.Experiment(name="na64", channels=[channel], criterion="events-2.3"), "dark-photon", [0.05],
                       physics="converged").signal["bremsstrahlung"].value
            for channel in (base, other)
        ]  # fmt: skip
        assert rates[1] == pytest.approx(2.0 * rates[0], rel=1e-14)

    @pytest.mark.parametrize(
        ("name", "message"),
        [
            ("babar", r"unknown bremsstrahlung_curve 'babar': known are na64-2019; .* published-bremsstrahlung"),
            (3, r"unknown bremsstrahlung_curve '3'"),
            ("na64", r"did you mean 'na64-2019'"),
        ],
    )
    def test_a_curve_without_its_experiment_is_refused_at_once(self, name, message):
        with pytest.raises(CardError, match=message):
            NA64.replace({"bremsstrahlung_curve": name})

    def test_numbers_out_of_range(self):
        fields = {"curve": "na64-2019", "source": Beam(energy=100.0, particles=1e10), "target": NA64.target}
        with pytest.raises(UnknownNameError, match="unknown curve 'na65'"):
            PublishedBremsstrahlung(**fields | {"curve": "na65"})
        with pytest.raises(InvalidValueError, match="signal_limit = 0"):
            PublishedBremsstrahlung(**fields, signal_limit=0)
        with pytest.raises(InvalidValueError, match="efficiency"):
            PublishedBremsstrahlung(**fields, efficiency=0)


def test_bremsstrahlung_is_computed_once_for_all_couplings(monkeypatch):
    """Rates are computed once per mass, not for every point of the grid."""
    asked = []
    original = Bremsstrahlung.prepare

    def watched(self, setup, options, workshop):
        made = original(self, setup, options, workshop)

        class Counting:
            def rates(self, mediator, mass):
                asked.append(len(mass))
                return made.rates(mediator, mass)

        return Counting()

    monkeypatch.setattr(Bremsstrahlung, "prepare", watched)
    photon = ev.DarkPhoton(alpha_d=tuple(np.geomspace(1e-6, 0.1, 7)), mass_ratio=(2.5, 3.0))
    grid = ev.predict(BELLE2, photon, [0.05, 0.06, 0.07], physics="converged", engine=Engine())
    assert asked == [3]
    assert grid.signal["bremsstrahlung"].value.shape == (7, 2, 3)
    assert (grid.signal["bremsstrahlung"].value == grid.signal["bremsstrahlung"].value[0, 0]).all()
