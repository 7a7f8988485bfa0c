"""Profile likelihood: fits against scipy, limits against closed forms, and what must not change them."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from predictions import all_kinds, counting, prediction, region, relative, uncertain
from scipy.optimize import brentq, minimize
from scipy.stats import norm

from evanesce.errors import InvalidValueError
from evanesce.prediction import Systematic
from evanesce.statistics import criterion
from evanesce.statistics.asymptotic import asimov_likelihood, observed_likelihood
from evanesce.statistics.cls import CLs
from evanesce.statistics.fit import best_fit, conditional_fit, start
from evanesce.statistics.likelihood import Data, Likelihood
from evanesce.statistics.templates import Templates

ASYMPTOTIC = CLs(toys=0)
BANDS = np.array([-2, -1, 0, 1, 2])


def likelihood_of(predicted):
    templates = Templates.of(predicted)
    return observed_likelihood(templates, templates.observed)


def written_out(likelihood, x):
    """-ln L of one fit, factor by factor."""
    nuisances, (strength, *theta) = likelihood.nuisances, x
    mean = 0.0
    for c, nominal in enumerate(likelihood.nominal[0]):
        part = nominal * (strength if c == 0 else 1.0)
        for k, value in enumerate(theta):
            effect = likelihood.effects[0, k, c]
            exponential = k < nuisances.exponential
            part = part * (np.exp(effect * value) if exponential else 1.0 + effect * (value - nuisances.origin[k]))
        mean = mean + part
    total = np.sum(mean - likelihood.data.counts[0] * np.log(mean))
    for k, value in enumerate(theta):
        seen = likelihood.data.auxiliary[0, k]
        if nuisances.gaussian[k]:
            total += 0.5 * (value - seen) ** 2
        elif nuisances.counts[k]:
            total += nuisances.counts[k] * value - seen * np.log(nuisances.counts[k] * value)
    return total


def test_derivatives_are_those_of_the_likelihood_written_out():
    """Central differences: 1e-5 of the largest."""
    likelihood = likelihood_of(all_kinds())
    x = start(likelihood, np.array([11.0])) + np.linspace(-0.3, 0.4, 7)
    found = likelihood.derivatives(x)
    step = 1e-4 * np.eye(7)
    value = lambda at: written_out(likelihood, at)
    gradient = [(value(x[0] + h) - value(x[0] - h)) / 2e-4 for h in step]
    np.testing.assert_allclose(found.gradient[0], gradient, rtol=1e-5, atol=1e-5)
    slope = lambda at: likelihood.derivatives(at[None]).gradient[0]
    hessian = [(slope(x[0] + h) - slope(x[0] - h)) / 2e-4 for h in step]
    np.testing.assert_allclose(found.hessian[0], hessian, rtol=1e-5, atol=1e-5)
    moved = x[0] + 0.1
    assert likelihood.derivatives(moved[None]).value[0] - found.value[0] == pytest.approx(value(moved) - value(x[0]))


def test_fits_reach_the_minimum_of_scipy():
    likelihood = likelihood_of(all_kinds())
    found = best_fit(likelihood)
    assert found.converged.all()
    bounds = [(1e-9, None)] + [(None if g else 1e-9, None) for g in likelihood.nuisances.gaussian]
    other = minimize(
        lambda x: written_out(likelihood, x), start(likelihood, np.array([10.0]))[0], bounds=bounds, tol=1e-13
    )
    # scipy's gradient is numerical
    assert written_out(likelihood, found.parameters[0]) <= other.fun + 1e-9
    np.testing.assert_allclose(found.parameters[0], other.x, atol=2e-3)


@settings(max_examples=60)
@given(
    st.lists(st.floats(0.0, 300.0), min_size=4, max_size=4),
    st.lists(st.integers(0, 400), min_size=4, max_size=4),
    st.floats(0.01, 0.6),
    st.sampled_from(["normal", "log-normal", "poisson", "free"]),
)
def test_fits_converge_for_any_counts(background, observed, size, constraint):
    """Also with no events, events without background, and uncertainties up to 60 %."""
    effect = {"poisson": np.array(background[:3]) / 3.0, "free": np.ones(3)}.get(constraint, np.full(3, size))
    one = Systematic(
        name="n", constraint=constraint, effects={"a/b/x": effect}, counts=3.0 if constraint == "poisson" else None
    )
    two = uncertain([size, 0.1, size], "m", key="a/b/signal")
    regions = {"a/b": region([1.0, 2.0, 4.0], {"x": background[:3], "y": [1.0, 1e-3, 0.0]}, observed[:3])}
    likelihood = likelihood_of(prediction(regions, [one, two]))
    best = best_fit(likelihood)
    fixed = conditional_fit(likelihood, np.array([3.0]))
    assert best.converged.all()
    assert fixed.converged.all()
    assert best.value[0] <= fixed.value[0] + 1e-7


def simple_limit(background, band, level=0.9):
    """Without nuisances: √q_A = √(2 (s - b ln(1 + s/b))), Eq. (3) of CL_s written out."""
    target = norm.ppf(1 - (1 - level) * norm.cdf(band)) + band
    root = lambda s: math.sqrt(2 * (s - background * math.log1p(s / background))) - target
    return brentq(root, 1e-9, 100 + 100 * background)


@pytest.mark.parametrize("background", [0.5, 10.0, 94.0, 1000.0])
def test_asymptotic_bands_of_one_count_are_the_closed_form(background):
    halves = {"a/b": region([1.0], background / 2), "a/c": region([1.0], background / 2)}
    interval = ASYMPTOTIC.upper_limit(prediction(halves))
    expected = [simple_limit(background, band) for band in BANDS]
    np.testing.assert_allclose(interval.expected * 2.0, expected, rtol=1e-7)
    assert interval.method == "asymptotic"


@pytest.mark.parametrize(
    ("background", "error", "limit"),
    # three digits, pyhf 0.7.6 with a background known from counts: 94 events and the budget of 94.9 ± 21.7
    [(94.0, 0.10, 22.3), (94.0, 0.23, 35.7), (1000.0, 0.10, 165.0), (94.9, 21.7 / 94.9, 35.9)],
)
def test_an_uncertain_background_weakens_the_limit(background, error, limit):
    interval = ASYMPTOTIC.upper_limit(relative(background, error))
    assert interval.signal_limit == pytest.approx(limit, rel=5e-3)
    assert interval.median * 3.0 == pytest.approx(interval.signal_limit)


def test_observed_counts_equal_to_the_expectation_give_the_median():
    interval = ASYMPTOTIC.upper_limit(relative(94.0, 0.23, observed=94))
    assert float(interval.observed) == pytest.approx(float(interval.median), rel=1e-6)


def test_more_observed_events_exclude_less():
    limits = [float(ASYMPTOTIC.upper_limit(relative(94.0, 0.1, observed=n)).observed) for n in (0, 40, 94, 140, 300)]
    assert limits == sorted(limits)
    assert limits[0] > 0


def test_a_nuisance_of_zero_width_is_none():
    for error in (uncertain(0.0), uncertain(0.0, constraint="normal"), uncertain([math.nan])):
        without, with_it = (criterion("cls").upper_limit(counting(1.0, 94.0, 90, s)) for s in ((), (error,)))
        assert with_it.method == "exact"
        np.testing.assert_array_equal(with_it.expected, without.expected)
        assert with_it.observed == without.observed
    tiny = ASYMPTOTIC.upper_limit(counting(1.0, 94.0, None, [uncertain(1e-6)]))
    np.testing.assert_allclose(tiny.expected, [simple_limit(94.0, band) for band in BANDS], rtol=1e-6)


def test_two_identical_channels_are_one_with_the_sum():
    """With one nuisance for both, and counts that are seen in equal parts."""
    error = Systematic(name="n", effects={"a/b/constant": np.array([0.2]), "a/c/constant": np.array([0.2])})
    pair = {"a/b": region([2.0], 50.0, 60), "a/c": region([2.0], 50.0, 60)}
    two = ASYMPTOTIC.upper_limit(prediction(pair, [error]))
    one = ASYMPTOTIC.upper_limit(counting(4.0, 100.0, 120, [uncertain(0.2)]))
    np.testing.assert_allclose(two.expected, one.expected, rtol=1e-6)
    assert float(two.observed) == pytest.approx(float(one.observed), rel=1e-6)


@settings(max_examples=40)
@given(
    st.lists(st.tuples(st.floats(0.1, 10.0), st.floats(1.0, 1000.0)), min_size=2, max_size=4),
    st.floats(0.0, 0.5),
    st.floats(0.0, 0.5),
)
def test_a_combination_is_never_worse_than_its_best_part(parts, shared, own):
    regions = {f"e{i}/c": region([s], b) for i, (s, b) in enumerate(parts)}
    errors = [Systematic(name="shared", effects={f"{label}/constant": np.array([shared]) for label in regions})]
    errors += [uncertain(own, f"own {label}", key=f"{label}/constant") for label in regions]
    together = ASYMPTOTIC.upper_limit(prediction(regions, errors)).median
    for label, part in regions.items():
        acting = [
            Systematic(name=e.name, effects={f"{label}/constant": e.effects[f"{label}/constant"]})
            for e in errors
            if f"{label}/constant" in e.effects
        ]
        alone = _asymptotic_alone(label, part, acting)
        assert together <= alone * (1.0 + 1e-6)


def _asymptotic_alone(label, part, errors):
    """Two halves of a region are the region; so one count without nuisances is asymptotic too."""
    half = {name: value.value / 2 for name, value in part.background.items()}
    signal = {name: value.value / 2 for name, value in part.signal.items()}
    pair = {f"{label}1": region(signal, half), f"{label}2": region(signal, half)}
    split = [
        Systematic(name=e.name, effects={f"{label}{i}/constant": e.effects[f"{label}/constant"] for i in (1, 2)})
        for e in errors
    ]
    return float(ASYMPTOTIC.upper_limit(prediction(pair, split)).median)


def test_a_control_region_measures_the_background():
    """On/off problem with a free rate: √q_0 of Li and Ma, Eq. (17) of Astrophys. J. 272 (1983) 317, for Asimov data."""
    rate = Systematic(name="rate", constraint="free", effects={"a/on/x": np.ones(1), "a/off/x": np.ones(1)})
    ratio, background = 2.5, 20.0
    regions = {"a/on": region([1.0], {"x": background}), "a/off": region([0.0], {"x": ratio * background})}
    found = float(criterion("discovery-3").upper_limit(prediction(regions, [rate])).median)
    on, off, alpha = background + found, ratio * background, 1.0 / ratio
    both = on + off
    li_ma = on * math.log((1 + alpha) / alpha * on / both) + off * math.log((1 + alpha) * off / both)
    assert math.sqrt(2.0 * li_ma) == pytest.approx(3.0, rel=1e-6)


def test_discovery_with_an_uncertain_background():
    """As the background is known from counts, it is the same on/off problem."""
    for name, significance in (("discovery-3", 3.0), ("discovery-5", 5.0)):
        signal = criterion(name).upper_limit(relative(94.0, 0.23)).signal_limit
        off, alpha = 0.23**-2, 94.0 * 0.23**2
        on = 94.0 + signal
        both = on + off
        li_ma = on * math.log((1 + alpha) / alpha * on / both) + off * math.log((1 + alpha) * off / both)
        assert math.sqrt(2.0 * li_ma) == pytest.approx(significance, rel=1e-6)


def test_a_strength_that_scales_a_template_scales_its_limit():
    """One fit for all masses; shapes that differ have their own, whatever else is on the grid."""
    shape, factor = np.array([1.0, 3.0, 2.0]), np.array([1.0, 10.0, 1e9])
    other = np.array([3.0, 1.0, 2.0])
    errors = [uncertain([0.1, 0.2, 0.3])]
    masses = [0.1, 0.2, 0.3, 0.4]
    grid = np.vstack([factor[:, None] * shape, other])
    together = ASYMPTOTIC.upper_limit(prediction(region(grid, [60.0, 70.0, 80.0]), errors, mass=masses))
    assert Templates.of(prediction(region(grid, [60.0, 70.0, 80.0]), errors, mass=masses)).number == 2
    np.testing.assert_allclose(together.expected[:3] * factor[:, None], together.expected[[0, 0, 0]], rtol=1e-12)
    alone = ASYMPTOTIC.upper_limit(prediction(region(other, [60.0, 70.0, 80.0]), errors))
    np.testing.assert_array_equal(alone.expected, together.expected[3])


def test_points_without_signal_have_no_limit():
    grid = np.array([[1.0, 2.0], [0.0, 0.0], [math.nan, math.nan]])
    interval = ASYMPTOTIC.upper_limit(prediction(region(grid, [60.0, 70.0], [60, 70]), mass=[1.0, 2.0, 3.0]))
    assert np.isfinite(interval.expected[0]).all()
    assert np.isinf(interval.expected[1:]).all()
    assert np.isinf(interval.observed[1:]).all()
    nothing = ASYMPTOTIC.upper_limit(prediction(region(grid[1:], [60.0, 70.0]), mass=[2.0, 3.0]))
    assert np.isinf(nothing.expected).all()


def test_bins_without_signal_or_uncertainty_leave_an_exact_limit_alone():
    interval = criterion("cls").upper_limit(prediction(region([[1.0, 0.0]], [5.0, 100.0], [3, 90]), mass=[0.1]))
    other = criterion("cls").upper_limit(counting(1.0, 5.0, 3))
    assert interval.method == "exact"
    np.testing.assert_array_equal(interval.expected[0], other.expected)


def test_signal_uncertainty_weakens_the_limit_at_each_mass():
    signal = np.array([[1.0], [1.0], [1.0]])
    theory = uncertain(np.array([[0.0], [0.2], [0.5]]), "theory", key="test/count/signal")
    found = ASYMPTOTIC.upper_limit(prediction(region(signal, 94.0), [uncertain(0.1), theory], mass=[1.0, 2.0, 3.0]))
    assert (np.diff(found.median) > 0).all()


@pytest.mark.parametrize("seed", [1, 2])
def test_the_fitted_strength_is_unbiased(seed):
    """2000 experiments of 60 signal on 94 ± 10 % events: the mean within three of its errors; the width as expected."""
    templates = Templates.of(counting(1.0, 94.0, None, [uncertain(0.1, constraint="normal")]))
    rng = np.random.default_rng(seed)
    one = asimov_likelihood(templates, np.zeros(1, dtype=int), np.array([60.0]))
    pulls = rng.standard_normal((2000, 1))
    # the auxiliary measurement fluctuates, the true background does not
    data = Data(counts=rng.poisson(154.0, (2000, 1)).astype(float), auxiliary=pulls)
    toys = Likelihood(nuisances=one.nuisances, nominal=one.nominal, effects=one.effects, data=data)
    found = best_fit(toys, smallest=-90.0)
    assert found.converged.all()
    width = math.sqrt(154.0 + 9.4**2)
    assert found.strength.mean() == pytest.approx(60.0, abs=3.0 * width / math.sqrt(2000))
    assert found.strength.std() == pytest.approx(width, rel=0.05)


def test_impossible_systematics_are_refused():
    with pytest.raises(InvalidValueError, match=r"'n': acts on test/count/photons, which is not there; components are"):
        ASYMPTOTIC.upper_limit(counting(1.0, 5.0, None, [uncertain(0.1, "n", key="test/count/photons")]))
    with pytest.raises(InvalidValueError, match=r"'n': effect on test/count/constant has shape \(2,\); must be \(1,\)"):
        ASYMPTOTIC.upper_limit(counting(1.0, 5.0, None, [uncertain([0.1, 0.2], "n")]))
    with pytest.raises(InvalidValueError, match=r"4 counts of \[1\.\] events each are not the \[5\.\] events"):
        ASYMPTOTIC.upper_limit(counting(1.0, 5.0, None, [uncertain(1.0, "n", "poisson", counts=4)]))


def test_a_region_without_counts_makes_the_limit_an_expected_one():
    regions = {"a/b": region([1.0], 50.0, 60), "a/c": region([1.0], 50.0)}
    interval = ASYMPTOTIC.upper_limit(prediction(regions))
    assert interval.observed is None
    assert interval.notes == ("limits are expected ones: a/b has observed counts, a/c has none",)


@pytest.mark.parametrize("name", ["cls", "discovery-3", "discovery-5"])
def test_likelihood_criteria_use_systematics_and_others_do_not(name):
    assert criterion(name).uses_systematics
    assert not criterion("sqrt2.71").uses_systematics
    assert not criterion("feldman-cousins").uses_systematics
