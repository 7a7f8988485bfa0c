"""The choices of a page: checked at birth, and the same after a way through an address."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evanesce.errors import EvanesceError, InvalidValueError, UnknownNameError
from evanesce.web.state import MOST_POINTS, VIEWS, State

STATES = st.builds(
    State,
    alpha_d=st.floats(1e-8, 1.0),
    mass_ratio=st.floats(2.001, 100.0),
    exposure=st.floats(1e-4, 1e4),
    cut=st.none() | st.floats(0.05, 0.999),
    background=st.floats(0.0, 1e9),
    background_error=st.none() | st.floats(0.0, 1e9),
    observed=st.none() | st.lists(st.floats(0.0, 1e9), min_size=1, max_size=5).map(tuple),
    criterion=st.sampled_from(["", "cls", "discovery-3"]),
    toys=st.booleans(),
    physics=st.sampled_from(["published", "converged", "reference"]),
    view=st.sampled_from(VIEWS),
    points=st.integers(2, MOST_POINTS),
    constraints=st.sampled_from([(), ("babar",), ("na64-2019", "e137")]),
)


@given(STATES)
def test_an_address_gives_the_same_state(state):
    assert State.from_query(state.query) == state


def test_the_first_page_has_a_bare_address():
    assert State().query == ""
    assert State.from_query("") == State()


@pytest.mark.parametrize(
    ("query", "error", "message"),
    [
        ("experiments=../secret.yaml", UnknownNameError, "unknown experiment '../secret.yaml'"),
        ("experiments=/etc/passwd", UnknownNameError, "unknown experiment"),
        ("constraints=/etc/passwd", UnknownNameError, "unknown constraint"),
        ("experiments=", InvalidValueError, "give 1 to 4 different names"),
        ("experiments=belle2,belle2", InvalidValueError, "give 1 to 4 different names"),
        ("alpha=0.1", UnknownNameError, "did you mean 'alpha_d'"),
        ("alpha_d=0.1&alpha_d=0.2", InvalidValueError, "alpha_d: is in the address twice"),
        ("alpha_d=nan", InvalidValueError, "alpha_d = nan"),
        ("alpha_d=two", InvalidValueError, "alpha_d = 'two': must be a number"),
        ("points=1000000", InvalidValueError, "points = 1000000.0: must be a whole number from 2 to 1000"),
        ("mass_ratio=2", InvalidValueError, "mass_ratio = 2.0: must lie between 2.001 and 100"),
        ("lightest=1&heaviest=0.1", InvalidValueError, "must be below heaviest"),
        ("observed=1e300", InvalidValueError, "observed = 1e+300: must lie between 0 and 1e+09 events"),
        ("observed=" + ",".join(200 * ["1"]), InvalidValueError, "give 1 to 100 numbers"),
        ("toys=maybe", InvalidValueError, "toys = 'maybe': must be one of yes, no"),
        ("mediator=scalar&dark_matter=majorana", InvalidValueError, "only a dark photon has a choice"),
        ("background_error=3", InvalidValueError, "give background, too"),
        ("experiments=belle2,na64-2019&exposure=2", InvalidValueError, "exposure: belongs to one experiment"),
        ("x" * 5000, InvalidValueError, "at most 4000"),
    ],
)
def test_an_address_that_cannot_be_shown_says_why(query, error, message):
    with pytest.raises(error) as caught:
        State.from_query(query)
    assert isinstance(caught.value, EvanesceError)
    assert message in str(caught.value)


def test_a_choice_takes_back_what_it_excludes():
    state = State(cut=0.9, background=10.0, background_error=2.0, dark_matter="majorana")
    assert state.but(experiments=("belle2", "babar")).cut is None
    assert state.but(experiments=("na64-2019",)).background is None
    assert state.but(background=None).background_error is None
    assert state.but(mediator="scalar").dark_matter == "dirac"
    assert state.but(experiments=("na64-2019",), cut=0.6).cut == 0.6
