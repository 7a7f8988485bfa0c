"""``ev.explorer()`` in a notebook: a page without a server that computes at once and makes its files itself."""

import csv
import io

import pytest

import evanesce as ev
from evanesce.web import page as page_module
from evanesce.web.model import Model
from evanesce.web.page import Page, notebook
from evanesce.web.state import State

pytestmark = pytest.mark.filterwarnings("ignore")
STATE = State(physics="published", thermal=False, points=20)


def test_the_notebook_gets_something_it_can_show(monkeypatch):
    monkeypatch.setattr(page_module.panel, "extension", lambda: None)
    view = notebook(STATE)
    assert hasattr(view, "_repr_mimebundle_")
    assert view.get_root().references()


@pytest.mark.slow
def test_several_experiments_are_combined_and_the_file_has_the_numbers_shown():
    page = Page(STATE, Model(), pools=None, later=lambda act: act())
    page.choose(experiments=("belle2", "belle2-radiative"), criterion="cls")
    assert page._answer.state.experiments == ("belle2", "belle2-radiative")
    shown = page._answer.curve
    mass = shown.points()["mass"]
    library = ev.limit_curve(
        [ev.experiment("belle2"), ev.experiment("belle2-radiative")],
        ev.DarkPhoton(alpha_d=STATE.alpha_d, mass_ratio=STATE.mass_ratio),
        mass,
        physics="published",
        criterion=ev.criterion("cls", toys=0),  # as the page, unless pseudo-experiments are switched on
    )
    assert shown.epsilon.ravel() == pytest.approx(library.epsilon, rel=1e-12)
    download = page._buttons()[0]
    rows = list(csv.DictReader(line for line in io.StringIO(download.callback().read().decode()) if line[0] != "#"))
    assert len(rows) == len(mass)


def test_what_is_not_possible_is_said_and_the_page_stays():
    page = Page(STATE, Model(), pools=None, later=lambda act: act())
    before = page.state
    page.choose(alpha_d=-1.0)
    assert "alpha_d" in page._message.object or "α_D" in page._message.object
    assert page._message.visible
    assert page.state == before
