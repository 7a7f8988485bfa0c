"""The numbers of a page against the library, and what is used again."""

import numpy as np
import pytest

import evanesce as ev
from evanesce.processes import PROCESSES
from evanesce.web.model import Model
from evanesce.web.state import State
from evanesce.web.words import PROCESS_TITLES

SMALL = State(physics="converged", points=20)


@pytest.fixture(scope="module")
def model():
    return Model()


def test_axes_of_each_view(model):
    alpha, ratio = SMALL.alpha_d, SMALL.mass_ratio
    direct = ev.limit_curve(
        "belle2", ev.DarkPhoton(alpha_d=alpha), ev.geomspace(0.01, 1.0, 20), physics="converged", theory=False
    )
    y = direct.epsilon**2 * alpha / ratio**4
    mass = direct.coordinates["mass"]
    for view, (x, up) in {
        "mass-epsilon": (mass, direct.epsilon),
        "mass-y": (mass, y),
        "dark-mass-y": (mass / ratio, y),
    }.items():
        answer = model.answer(SMALL.but(view=view))
        np.testing.assert_allclose(answer.x, x, rtol=1e-12)
        np.testing.assert_allclose(answer.line(answer.curve.epsilon), up, rtol=1e-12)
    answer = model.answer(SMALL.but(view="coupling-epsilon", mass=0.05))
    alone = ev.limit_curve("belle2", ev.DarkPhoton(alpha_d=float(answer.x[7])), 0.05, physics="converged", theory=False)
    assert answer.line(answer.curve.epsilon)[7] == pytest.approx(float(alone.epsilon), rel=1e-9)


def test_published_curves_are_those_that_hold_here(model):
    answer = model.answer(SMALL.but(constraints=("babar", "na64-2021", "miniboone-2018")))
    assert [one.name for one in answer.constraints] == ["babar"]
    assert len(answer.remarks) == 2
    assert any("holds for alpha_d = 0.1" in text for text in answer.remarks)
    there = model.answer(SMALL.but(constraints=("na64-2021",), alpha_d=0.1))
    line = there.constraints[0].line
    np.testing.assert_allclose(line.y, np.where(line.x <= 0.9, ev.constraint("na64-2021").epsilon(line.x), np.nan))
    assert model.answer(SMALL.but(mediator="scalar")).constraints == ()


def test_the_background_of_a_cut_that_was_not_simulated_says_so(model):
    assert [row.name for row in model.answer(SMALL).background][:2] == ["photons", "neutrons"]
    loose = model.answer(SMALL.but(cut=0.9))
    assert loose.background == ()
    assert "missing_fraction = 0.9" in loose.background_note


def test_the_thermal_line_is_that_of_the_library(model):
    line = model.thermal(SMALL.but(view="mass-y", lightest=0.03, heaviest=0.3, alpha_d=0.5))
    direct = ev.relic_line(ev.DarkPhoton(alpha_d=0.5), [0.03, 0.3])
    np.testing.assert_allclose([line.y[0], line.y[-1]], direct.y, rtol=1e-9)
    assert model.thermal(SMALL.but(mediator="scalar")) is None
    assert model.thermal(SMALL.but(thermal=False)) is None


def test_what_only_rescales_prepares_and_computes_nothing():
    class Counting(ev.Engine):
        prepared = 0

        def prepare(self, process, setup, options):
            self.prepared += 1
            return super().prepare(process, setup, options)

    engine = Counting()
    model = Model(engine)
    assert not model.is_prepared(SMALL)
    model.answer(SMALL)
    assert engine.prepared > 0
    before = engine.prepared
    for change in (
        {"exposure": 0.4},
        {"background": 7.0},
        {"observed": (80.0,)},
        {"criterion": "cls"},
        {"view": "mass-y"},
        {"constraints": ()},
    ):
        assert model.is_prepared(SMALL.but(**change))
        model.answer(SMALL.but(**change))
    assert engine.prepared == before
    model.answer(SMALL.but(alpha_d=0.2))
    assert model.is_prepared(SMALL.but(alpha_d=0.3))
    assert not model.is_prepared(SMALL.but(cut=0.96))
    assert not model.is_prepared(SMALL.but(physics="published"))


def test_remarks_say_why_something_is_not_seen(model):
    far = model.answer(SMALL.but(lightest=9.0, heaviest=9.9, compare="converged"))
    assert "compared with itself" in far.remarks[0]
    assert far.remarks[-1].endswith("ends outside the masses shown")
    assert far.compared is None


def test_the_background_of_combined_cards_adds_up(model):
    answer = model.answer(SMALL.but(experiments=("belle2", "na64-2019"), criterion="cls"))
    total = sum(row.expected for row in answer.background)
    assert total == pytest.approx(float(answer.curve.provenance["background"]), rel=1e-9)
    assert answer.background[-1].name == "na64-2019: one number"


def test_every_process_has_a_title():
    names = {PROCESSES.get(name).name for name in PROCESSES.names()}
    assert names == set(PROCESS_TITLES)
