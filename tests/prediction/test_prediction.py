"""Predictions: their parts, combinations, and their use by a criterion."""

from dataclasses import replace

import numpy as np
import pytest

import evanesce as ev
from evanesce.errors import InvalidValueError
from evanesce.limits import limit_curve
from evanesce.numerics import Estimate
from evanesce.prediction import Grid, Prediction, Region
from evanesce.statistics import criterion

BELLE2 = ev.experiment("belle2")
MASS = [0.05, 0.0667]


def made(signal, background=94.0, **region):
    """A prediction with these events at ε = 1, shape (points, bins)."""
    signal = np.asarray(signal, dtype=float)
    return Prediction(
        coordinates={"mass": np.linspace(0.01, 0.1, len(signal))},
        mediator=ev.DarkPhoton(),
        regions={
            "a/b": Region(
                signal={"annihilation": Estimate(signal, 0.01 * signal)},
                background={"all": Estimate(np.full(signal.shape[1], background), np.zeros(signal.shape[1]))},
                **region,
            )
        },
        highest_energy=5.0,
        provenance={"experiments": [{"name": "a"}], "evanesce_version": "0", "physics": {}, "mediator": "dark-photon"},
    )


def test_limits_are_the_criterion_on_the_prediction():
    prediction = ev.predict(BELLE2, ev.DarkPhoton(), MASS, physics="converged")
    assert list(prediction.regions) == ["belle2/vanishing-track"]
    region = prediction.regions["belle2/vanishing-track"]
    assert (region.bins, region.total_signal.value.shape) == (1, (2, 1))
    interval = criterion("sqrt2.71").upper_limit(prediction)
    curve = limit_curve(BELLE2, ev.DarkPhoton(), MASS, physics="converged")
    assert np.sqrt(interval.best) == pytest.approx(curve.epsilon, rel=1e-15, abs=0)
    assert np.isnan(interval.expected[..., [0, 1, 3, 4]]).all(), "the paper's criteria know the median alone"
    assert interval.observed is None


def test_a_budget_is_a_prediction_by_component():
    prediction = ev.predict(BELLE2, ev.DarkPhoton(), 0.06, physics="published", background="budget")
    parts = prediction.regions["belle2/vanishing-track"].background
    neutrons = ["neutrons: counts of one neutron", "neutrons: counts of several neutrons"]
    assert list(parts) == ["photons", *neutrons, "pi+pi-", "mu+mu-", "e+N->e+N mu+mu-"]
    budget = BELLE2.background_budget()
    assert prediction.background.value == pytest.approx(budget.total, rel=1e-15)
    # the luminosity moves all of them too; the numerical errors of integrals are no nuisance
    assert prediction.background.error == pytest.approx(np.hypot(budget.total_error, 0.005 * budget.total), rel=1e-8)
    region = prediction.regions["belle2/vanishing-track"]
    assert region.total_background.error == pytest.approx(float(prediction.background.error), rel=1e-12)


@pytest.mark.parametrize("name", ["sqrt2.71", "events-2.3", "events-3"])
def test_counting_criteria_refuse_more_than_one_bin(name):
    with pytest.raises(InvalidValueError, match=rf"criterion '{name}': counts events in one bin, .* a/b \(2\)"):
        criterion(name).upper_limit(made([[1e9, 1e9]]))
    two = [BELLE2, BELLE2.replace({"name": "other"})]
    with pytest.raises(InvalidValueError, match=r"belle2/vanishing-track \(1\), other/vanishing-track \(1\); give one"):
        ev.limit(two, "dark-photon", 0.06, physics="published", criterion=name)


@pytest.mark.parametrize(
    ("name", "background", "valid"),
    [
        ("sqrt2.71", 9.9, False),
        ("sqrt2.71", 10.1, True),
        ("events-2.3", 0.69, True),
        ("events-2.3", 0.70, False),
        ("events-3", 0.69, False),
        ("events-3", 1.0, True),
        ("events-3", 1.68, False),
    ],
)
def test_a_criterion_outside_its_range_says_so(name, background, valid):
    """Where the median count of a Poisson distribution is 0, 1, or many."""
    warnings = criterion(name).upper_limit(made([[1e9]], background)).warnings
    assert (not warnings) is valid
    assert all("the limit is not one at 90% CL" in text for text in warnings)


def test_counts_that_a_criterion_leaves_out_are_told():
    (text,) = criterion("sqrt2.71").upper_limit(made([[1e9]], observed=np.array([93.0]))).warnings
    assert "does not use the observed counts" in text


def test_no_signal_is_no_limit():
    interval = criterion("events-2.3").upper_limit(made([[0.0], [np.nan], [4.6]], 0.0))
    assert interval.best.tolist() == [np.inf, np.inf, 0.5]


class TestCombination:
    def test_regions_stand_side_by_side(self):
        one, two = (
            ev.predict(BELLE2.replace({"name": name}), "dark-photon", MASS, physics="published") for name in "ab"
        )
        both = ev.combine(one, two)
        assert list(both.regions) == ["a/vanishing-track", "b/vanishing-track"]
        assert both.background.value == 188
        total = sum(one.signal[name].value.sum() for name in one.signal)
        assert sum(part.value.sum() for part in both.signal.values()) == pytest.approx(2 * total, rel=1e-15)
        assert [card["name"] for card in both.provenance["experiments"]] == ["a", "b"]

    def test_the_highest_energy_is_the_largest_of_all(self):
        # A mass is out of reach only if it is for every experiment.
        low, high = (
            replace(made([[1.0]]), regions={name: made([[1.0]]).regions["a/b"]}, highest_energy=energy)
            for name, energy in (("a/b", 5.0), ("c/d", 7.0))
        )
        assert ev.combine(low, high).highest_energy == 7.0
        assert ev.combine(high, low).highest_energy == 7.0

    def test_what_does_not_fit_is_refused(self):
        one = ev.predict(BELLE2, "dark-photon", MASS, physics="published")
        other = BELLE2.replace({"name": "other"})
        for mediator, mass in ((ev.DarkPhoton(alpha_d=0.1), MASS), (ev.DarkPhoton(), [0.05, 0.06])):
            with pytest.raises(InvalidValueError, match="predictions must share the mediator and the masses"):
                ev.combine(one, ev.predict(other, mediator, mass, physics="published"))
        with pytest.raises(InvalidValueError, match="region 'belle2/vanishing-track' is given twice"):
            ev.combine(one, one)
        with pytest.raises(InvalidValueError, match="give at least one prediction"):
            ev.combine()


class TestGrid:
    def test_what_does_not_depend_on_a_parameter_is_spread_over_it(self):
        grid = Grid.of(ev.DarkPhoton(alpha_d=(0.1, 0.2), mass_ratio=(3.0, 4.0, 5.0)), [0.01, 0.02])
        narrow = grid.reduced(frozenset({"mass"}))
        assert (grid.shape, narrow.shape) == ((2, 3, 2), (2,))
        spread = grid.spread(Estimate(np.array([[1.0], [2.0]]), np.array([[0.1], [0.2]])), frozenset({"mass"}))
        assert spread.value.shape == (2, 3, 2, 1)
        assert (spread.value[..., 0] == [1.0, 2.0]).all()
        mediator, mass = grid.points()
        assert mass.tolist() == [0.01, 0.02] * 6
        assert np.ravel(mediator.alpha_d).tolist() == [0.1] * 6 + [0.2] * 6

    def test_numbers_are_no_axes(self):
        grid = Grid.of(ev.DarkPhoton(), 0.05)
        assert (grid.dims, grid.shape, grid.size) == ((), (), 1)
        assert list(grid.coordinates) == ["mass"]


def test_estimates_add_as_a_physicist_expects():
    one, other = Estimate(np.array([3.0]), np.array([0.3])), Estimate(np.array([1.0]), np.array([0.4]))
    total = one + other
    assert (total.value.tolist(), total.error.tolist()) == ([4.0], [pytest.approx(0.5)])
    doubled = 2 * one
    assert (doubled.value.tolist(), doubled.error.tolist()) == ([6.0], [0.6])
    assert (np.array([-2.0]) * one).error.tolist() == [0.6]
    assert sum([one, other]).value.tolist() == [4.0]


def test_observed_counts_travel_with_the_card():
    card = BELLE2.replace({"observed": 93})
    assert card.as_dict()["observed"] == 93
    assert ev.Experiment.from_dict(card.as_dict()) == card
    region = ev.predict(card, "dark-photon", 0.06, physics="published").regions["belle2/vanishing-track"]
    assert region.observed.tolist() == [93.0]


def test_equal_mediators_are_equal():
    assert ev.DarkPhoton() == ev.DarkPhoton()
    assert ev.DarkPhoton(alpha_d=np.array([0.1, 0.2])) == ev.DarkPhoton(alpha_d=np.array([0.1, 0.2]))
    assert ev.DarkPhoton(alpha_d=np.array([0.1, 0.2])) != ev.DarkPhoton(alpha_d=np.array([0.1, 0.3]))
    assert ev.DarkPhoton() != ev.Scalar()
    assert len({ev.DarkPhoton(), ev.DarkPhoton(), replace(ev.DarkPhoton(), alpha_d=0.1)}) == 2


def test_only_predictions_combine():
    with pytest.raises(InvalidValueError, match="combine: 'belle2' is not a prediction; make one with predict"):
        ev.combine("belle2")
