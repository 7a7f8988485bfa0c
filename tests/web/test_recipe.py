"""The command line and the script of a page, run as they are, give the numbers of the page."""

import contextlib
import io
import json
import shlex

import numpy as np
import pytest

import evanesce as ev
from evanesce.cli import main
from evanesce.errors import InvalidValueError
from evanesce.web.model import Model
from evanesce.web.recipe import Recipe, exposure_of
from evanesce.web.state import State

EXACT = 1e-12
"""All three run the same code; JSON and text keep every digit."""


@pytest.fixture(scope="module")
def model():
    return Model()


@pytest.mark.filterwarnings("ignore::evanesce.errors.EvanesceWarning")  # on the page they are remarks
@pytest.mark.parametrize(
    "state",
    [
        State(physics="converged", points=12),
        State(physics="published", points=12, exposure=0.3, cut=0.96, mass_ratio=4.0, view="dark-mass-y"),
        State(
            physics="published",
            points=7,
            criterion="cls",
            background=30.0,
            background_error=5.0,
            observed=(28.0,),
            dark_matter="majorana",
        ),
        State(physics="converged", points=9, view="coupling-epsilon", mass=0.07, mediator="scalar"),
        State(physics="published", points=8, experiments=("belle2", "na64-2019"), alpha_d=0.1),
        State(physics="published", points=5, experiments=("bes3",), criterion="feldman-cousins"),
    ],
    ids=lambda state: state.query,
)
def test_command_and_script_give_the_numbers_shown(state, model):
    shown = np.ravel(model.answer(state).curve.epsilon)
    recipe = Recipe(state)
    assert np.isfinite(shown).any()

    command = io.StringIO()
    with contextlib.redirect_stdout(command):
        assert main([*recipe.command[1:], "--json"]) == 0
    epsilon = [np.inf if value is None else value for value in np.ravel(json.loads(command.getvalue())["epsilon"])]
    np.testing.assert_allclose(epsilon, shown, rtol=EXACT)

    space: dict = {}
    script = io.StringIO()
    with contextlib.redirect_stdout(script):
        exec(compile(recipe.script, "limit.py", "exec"), space)  # noqa: S102 - the script that a page offers
    np.testing.assert_allclose(space["limit"].epsilon.values.ravel(), shown, rtol=EXACT)
    assert len(script.getvalue().strip().splitlines()) == len(shown) + 1  # with the name of the axis


def test_every_card_has_one_exposure_and_it_scales_the_signal():
    for name in ev.experiment_names():
        found = exposure_of(ev.experiment(name))
        assert found is not None, name
        changed = ev.experiment(name).replace(dict.fromkeys(found.fields, 0.5 * found.amount))
        for before, after in zip(ev.experiment(name).channels, changed.channels, strict=True):
            assert after.exposure == pytest.approx(0.5 * before.exposure)


@pytest.mark.parametrize(
    ("state", "message"),
    [
        (State(experiments=("belle2-combined",), cut=0.9), "cut: 'belle2-combined' has no single cut"),
        (State(experiments=("belle2-mono-photon",), cut=0.9), "no single cut"),
        (State(experiments=("belle2-combined",), background=3.0), "background: 'belle2-combined' has 4 channels"),
    ],
)
def test_a_choice_that_a_card_does_not_have_is_refused(state, message):
    with pytest.raises(InvalidValueError, match=message):
        Recipe(state)


def test_several_counts_are_combined_with_cls():
    assert Recipe(State()).rule == "sqrt2.71"
    assert Recipe(State(experiments=("belle2", "babar"))).rule == "cls"
    assert "--toys 0" in Recipe(State(criterion="cls")).command_line
    assert "--toys" not in Recipe(State(criterion="cls", toys=True)).command_line


def test_command_and_script_give_the_preset_that_is_compared_with(model):
    state = State(physics="published", compare="converged", points=6)
    compared = model.answer(state).compared.epsilon
    space: dict = {}
    with contextlib.redirect_stdout(io.StringIO()):
        exec(compile(Recipe(state).script, "limit.py", "exec"), space)  # noqa: S102 - the script that a page offers
    np.testing.assert_allclose(space["compared"].epsilon.values.ravel(), compared, rtol=EXACT)
    _, second = Recipe(state).command_line.splitlines()
    command = io.StringIO()
    with contextlib.redirect_stdout(command):
        assert main([*shlex.split(second)[1:], "--json"]) == 0
    np.testing.assert_allclose(json.loads(command.getvalue())["epsilon"], compared, rtol=EXACT)
    assert "compared" not in Recipe(state.but(compare="published")).script
