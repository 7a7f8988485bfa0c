"""Files of a page: read back, they are its curve."""

import json

import numpy as np
import pytest

from evanesce.errors import InvalidValueError, UnknownNameError
from evanesce.interchange import read_csv, read_hepdata, read_json
from evanesce.web.files import FILES, _limits, make_file
from evanesce.web.model import Model
from evanesce.web.state import State

pyhf = pytest.importorskip("pyhf")
SMALL = State(physics="converged", points=20)


@pytest.fixture(scope="module")
def model():
    return Model()


def test_the_files_are_those_of_the_curve(model, tmp_path):
    """CSV, JSON, HEPData and pyhf give the limit back; figures begin as such files do."""
    state = SMALL.but(criterion="cls", thermal=False, view="dark-mass-y", compare="published", mass=0.0667)
    epsilon = model.answer(state).curve.epsilon
    content = {name: make_file(name, model, state) for name in FILES if name != "limit.png"}
    for name in ("limit.csv", "limit.json", "limit-hepdata.tar.gz"):
        (tmp_path / name).write_bytes(content[name])
    np.testing.assert_array_equal(read_csv(tmp_path / "limit.csv").epsilon, epsilon)
    np.testing.assert_array_equal(read_json(tmp_path / "limit.json").epsilon, epsilon)
    tables = read_hepdata(tmp_path / "limit-hepdata.tar.gz")
    assert len(tables) > 0
    assert content["limit.pdf"].startswith(b"%PDF")
    assert content["limit.sh"].startswith(b"evanesce limit belle2")
    compile(content["limit.py"], "limit.py", "exec")


@pytest.mark.filterwarnings("ignore:jsonschema.RefResolver:DeprecationWarning")  # in pyhf
def test_the_likelihood_of_a_page_gives_its_limit(model):
    state = SMALL.but(criterion="cls", observed=(94.0,), lightest=0.0667, heaviest=0.08, mass=0.0667)
    workspace = json.loads(make_file("workspace.json", model, state))
    data = pyhf.Workspace(workspace)
    names = {channel["name"] for channel in workspace["channels"]}
    assert "belle2/vanishing-track" in names
    unit = next(p for p in workspace["measurements"][0]["config"]["parameters"] if p["name"] == "epsilon_squared")
    shown = float(model.answer(state).curve.epsilon[0])
    # one at the median limit of the same likelihood, and 94 events are the median
    assert unit["inits"][0] ** 0.5 == pytest.approx(shown, rel=0.02)
    assert data.observations["belle2/vanishing-track"] == [94.0]


def test_a_file_that_cannot_be_made_says_why(model):
    with pytest.raises(UnknownNameError, match="unknown file 'limit.exe'"):
        make_file("limit.exe", model, SMALL)
    heavy = SMALL.but(experiments=("bes3",), lightest=9.0, heaviest=10.0, thermal=False)
    for name in ("limit.pdf", "limit-hepdata.tar.gz"):
        with pytest.raises(InvalidValueError, match="there is no limit"):
            make_file(name, model, heavy)


@pytest.mark.filterwarnings("error")  # a font without a letter
def test_the_figure_says_what_differs_from_the_card(model):
    changed = SMALL.but(exposure=0.2, cut=0.96, thermal=False)
    answer = model.answer(changed)
    assert _limits(answer, model).title == "belle2, 10 ab$^{-1}$, missing energy above 0.96 of the track's, converged"
    assert make_file("limit.pdf", model, changed).startswith(b"%PDF")
