"""``ev.explorer()`` in a notebook: a page without a server that computes at once and makes its files itself."""

import csv
import io
from collections import Counter

import pytest
from bokeh.document import Document

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


def test_a_choice_that_cannot_be_computed_is_said_and_taken_back():
    """Controls, address and files are always those of the curve that is shown."""
    page = Page(STATE, Model(), pools=None, later=lambda act: act())
    shown = page._answer
    page.choose(background=0.0)  # the rule of this card needs some
    assert "needs a background greater than 0" in page._message.object
    assert page.state == STATE
    assert page._answer.state == shown.state
    assert page._address.text == STATE.query
    page.choose(background=0.0, criterion="events-2.3")
    assert page._answer.state == page.state
    assert not page._message.visible


def test_a_message_goes_with_the_next_choice_even_if_nothing_changes():
    page = Page(STATE, Model(), pools=None, later=lambda act: act())
    page.choose(alpha_d=7.0)
    assert page._message.visible
    page.choose(alpha_d=STATE.alpha_d)
    assert not page._message.visible


def test_a_fault_of_the_program_is_said_and_logged(caplog):
    class Broken(Model):
        def answer(self, state):
            if state.alpha_d > 0.5:
                raise ZeroDivisionError("not for visitors")
            return super().answer(state)

    page = Page(STATE, Broken(), pools=None, later=lambda act: act())
    page.choose(alpha_d=0.7)
    assert "fault of the program" in page._message.object
    assert "not for visitors" not in page._message.object
    assert "not for visitors" in caplog.text
    assert "Working" not in page._status.object
    assert page.state == STATE


def test_counts_and_luminosity_are_checked_before_they_are_used():
    page = Page(STATE, Model(), pools=None, later=lambda act: act())
    for control, value, message in (
        (page.choices.observed, "nan", "observed events = nan: must lie between 0 and 1e+09 events"),
        (page.choices.observed, "1e400", "observed events = inf"),
        (page.choices.exposure, "-5", "luminosity = -5.0: must lie between 0.005 and 500000 ab"),
    ):
        control._text.value = value
        assert message in page._message.object
        assert page.state == STATE
    page.choices.observed._text.value = "93.5"
    assert page.state.observed == (93.5,)
    page.choices.observed._slider.value = 80.4
    assert page.state.observed == (80.0,)


def test_the_key_says_what_differs_from_the_card():
    page = Page(STATE, Model(), pools=None, later=lambda act: act())
    assert "but" not in page._key.object
    page.choose(exposure=0.2, cut=0.96)
    assert "50 ab⁻¹, but 10 ab⁻¹, missing energy above 0.96 of the track&#x27;s" in page._key.object
    page.choose(lightest=9.0, heaviest=10.0, experiments=("bes3",))
    assert "no limit on this axis" in page._key.object


def test_a_move_sends_only_what_changes():
    """Messages of one move of a slider: its box and place, two tables, read-off, command, address; not all controls."""
    page = Page(STATE, Model(), pools=None, later=lambda act: act())
    document = Document()
    page.view.server_doc(document)
    page.choose(alpha_d=0.002)
    sent = []
    document.on_change(sent.append)
    page.choose(alpha_d=0.004)
    assert 5 <= len(sent) <= 8, sent
    assert max(Counter(id(event.model) for event in sent).values()) == 1
