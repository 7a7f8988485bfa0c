"""Exact Poisson limits: published numbers, and the distribution summed here."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from predictions import counting, prediction, region
from scipy.optimize import brentq
from scipy.stats import norm, poisson

from evanesce.errors import InvalidValueError
from evanesce.prediction import Systematic
from evanesce.statistics import BANDS, criterion, intervals
from evanesce.statistics.intervals import lower_end, upper_end, upper_limit
from evanesce.statistics.poisson import band_counts, cls_signal, discovery_signal

# Feldman and Cousins, Phys. Rev. D 57 (1998) 3873, table IV (90 % CL): n = 0 ... 10
PUBLISHED = {
    0.0: (
        [0, 0.11, 0.53, 1.10, 1.47, 1.84, 2.21, 3.56, 3.96, 4.36, 5.50],
        [2.44, 4.36, 5.91, 7.42, 8.60, 9.99, 11.47, 12.53, 13.99, 15.30, 16.50],
    ),
    1.0: (
        [0, 0, 0, 0.10, 0.74, 1.25, 1.61, 2.56, 2.96, 3.36, 4.50],
        [1.61, 3.36, 4.91, 6.42, 7.60, 8.99, 10.47, 11.53, 12.99, 14.30, 15.50],
    ),
}


@pytest.mark.parametrize("background", PUBLISHED)
def test_unified_intervals_are_the_published_ones(background):
    """To the last digit printed."""
    lower, upper = PUBLISHED[background]
    found = [(lower_end(n, background, 0.9), upper_limit(n, background, 0.9)) for n in range(11)]
    np.testing.assert_allclose([low for low, _ in found], lower, rtol=0, atol=0.0051)
    np.testing.assert_allclose([high for _, high in found], upper, rtol=0, atol=0.0051)


@pytest.mark.parametrize(
    ("background", "upper"),
    # first column (n = 0) of the same table: without the larger limits of larger backgrounds b = 4 has 0.85
    [(0.5, 1.94), (1.5, 1.33), (2.0, 1.26), (2.5, 1.18), (3.0, 1.08), (3.5, 1.06), (4.0, 1.01), (5.0, 0.98)],
)
def test_upper_limits_do_not_rise_with_the_background(background, upper):
    """Half of the last digit, and half of the step of 0.005 in μ with which the table was made."""
    assert upper_limit(0, background, 0.9) == pytest.approx(upper, abs=0.0075)


@pytest.mark.parametrize("count", [0, 1, 4])
def test_no_larger_background_has_a_larger_upper_limit(count):
    """Also behind the jump that is nearest; equal to the running maximum on a grid of 0.01 in b, within that step."""
    grid = np.arange(0.0, 20.0, 0.01)
    largest = np.maximum.accumulate(upper_end(count, grid, 0.9)[::-1])[::-1]
    at = np.arange(0, 1200, 57)
    limits = [upper_limit(count, grid[i], 0.9) for i in at]
    assert (np.diff(limits) <= 1e-9).all()
    np.testing.assert_allclose(limits, largest[at], rtol=0, atol=0.01)


def test_without_that_treatment_there_is_a_dip():
    assert upper_end(0, np.array([4.0]), 0.9)[0] == pytest.approx(0.85, abs=0.005)


@pytest.mark.parametrize(("count", "background"), [(0, 0.7), (2, 0.0), (3, 1.3), (5, 9.2), (12, 6.0), (30, 20.5)])
@pytest.mark.parametrize("level", [0.68, 0.9, 0.95])
def test_ends_agree_with_neyman_construction_on_a_grid(count, background, level):
    """Ranks and sums as defined, count by count, on a grid of 0.01."""
    counts = np.arange(150)
    best = np.maximum(counts - background, 0.0) + background
    signal = np.arange(0.0, count + 25.0, 0.01)[:, None]
    probability = poisson.pmf(counts, signal + background)
    rank = probability / poisson.pmf(counts, best)
    inside = np.where(rank > rank[:, [count]] * (1.0 + 1e-12), probability, 0.0).sum(axis=1) < level
    accepted = np.flatnonzero(inside) * 0.01
    assert lower_end(count, background, level) == pytest.approx(accepted[0], abs=0.0101)
    assert upper_end(count, np.array([background]), level)[0] == pytest.approx(accepted[-1], abs=0.0101)


@given(st.integers(0, 400), st.floats(0.0, 400.0), st.sampled_from([0.5, 0.68, 0.9, 0.95, 0.997]))
def test_intervals_that_are_left_out_do_not_matter(count, background, level):
    """All of them give the same digits."""
    grid = background + np.arange(5.0)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(intervals, "_ends_that_matter", lambda j, n, ends, level: ends.shape[1])
        every = upper_end(count, grid, level)
    np.testing.assert_array_equal(upper_end(count, grid, level), every)


def brute_force(count, background, level):
    share = lambda signal: poisson.logcdf(count, signal + background) - poisson.logcdf(count, background)
    return brentq(lambda signal: share(signal) - math.log(1 - level), 1e-9, 20 * (count + 10))


@given(st.integers(0, 300), st.floats(1e-6, 300.0), st.floats(0.5, 0.999))
def test_cls_limit_is_the_root_of_its_definition(count, background, level):
    if poisson.logcdf(count, background) > -600.0:  # beyond, scipy's logcdf is not finite
        found = float(cls_signal(count, background, level))
        assert found == pytest.approx(brute_force(count, background, level), rel=1e-7)


def test_no_event_excludes_ln_10_whatever_the_background():
    np.testing.assert_allclose(cls_signal(0, [0.0, 1e-6, 0.5, 3.0, 94.0, 5000.0], 0.9), math.log(10), rtol=1e-9)


def test_reference_values_of_cls():
    """Three digits, computed from the distribution with mpmath."""
    assert float(cls_signal(3, 1.0, 0.9)) == pytest.approx(5.711, abs=5e-4)
    assert float(cls_signal(1, 1.0, 0.9)) == pytest.approx(3.272, abs=5e-4)


def test_far_below_the_background_the_probabilities_are_tiny_but_the_limit_is_not():
    """n = 5 of 3000: P is 1e-1288. In the limit of few events of many, CLs is (1 + s/b)^n exp(-s)."""
    found = float(cls_signal(5, 3000.0, 0.9))
    assert 5 * math.log1p(found / 3000.0) - found == pytest.approx(math.log(0.1), rel=1e-5)


@given(st.floats(0.0, 3000.0))
def test_band_counts_are_the_quantiles(background):
    np.testing.assert_array_equal(band_counts(background), poisson.ppf(norm.cdf(BANDS), background))


@pytest.mark.parametrize(
    ("background", "bands"), [(1, (2.30, 3.27, 4.44)), (10, (4.65, 6.63, 9.33)), (94, (11.86, 17.30, 25.26))]
)
def test_median_and_bands_of_cls(background, bands):
    interval = criterion("cls").upper_limit(counting(2.0, background))
    np.testing.assert_allclose(interval.signal_limits[1:4], bands, atol=0.0051)
    np.testing.assert_allclose(interval.expected * 2.0, interval.signal_limits)
    assert interval.method == "exact"
    assert interval.observed is None


@pytest.mark.parametrize("name", ["cls", "feldman-cousins"])
def test_observed_counts_give_an_observed_limit(name):
    interval = criterion(name).upper_limit(counting(4.0, 1.0, observed=3))
    assert interval.observed * 4.0 == pytest.approx({"cls": 5.711, "feldman-cousins": 6.42}[name], abs=0.0051)
    assert interval.signal_limit == pytest.approx(float(interval.observed) * 4.0)
    assert interval.best is interval.observed
    if name == "feldman-cousins":
        assert interval.lower * 4.0 == pytest.approx(0.10, abs=0.0051)


@pytest.mark.parametrize("name", ["cls", "feldman-cousins"])
def test_more_confidence_excludes_less(name):
    limits = [criterion(name, confidence_level=level).signal_limit(3.0) for level in (0.68, 0.9, 0.95, 0.99)]
    assert limits == sorted(limits)
    assert limits[0] < limits[-1]


def test_unified_intervals_cover():
    """Exact coverage, summed over counts, before the treatment in b: never below the level."""
    background, counts = 1.7, np.arange(60)
    ends = [(lower_end(n, background, 0.9), upper_end(n, np.array([background]), 0.9)[0]) for n in counts]
    for signal in np.linspace(0.05, 12.0, 40):
        inside = np.array([low <= signal <= high for low, high in ends])
        assert poisson.pmf(counts, signal + background)[inside].sum() >= 0.9 - 1e-9


@pytest.mark.parametrize("significance", [3.0, 5.0])
@pytest.mark.parametrize("background", [0.0, 0.3, 4.0, 94.0, 2000.0])
def test_discovery_counts_tails(background, significance):
    needed = poisson.isf(norm.sf(significance), background) + 1 if background else 1
    assert (
        poisson.sf(needed - 1, background)
        <= norm.sf(significance)
        < (poisson.sf(needed - 2, background) if needed > 1 else 1)
    )
    signals = discovery_signal(background, significance)
    chance = poisson.sf(needed - 1, signals + background)
    expected = np.maximum(norm.cdf(BANDS), poisson.sf(needed - 1, background))
    np.testing.assert_allclose(chance, expected, rtol=1e-6)


def test_tail_of_a_large_mean():
    """SciPy's distribution is still right there; the counts are whole, hence 1/√b."""
    for background in (9.9e3, 1.01e4, 1e8, 1e12):
        ratio = discovery_signal(background, 5.0)[2] / (5.0 * math.sqrt(background))
        assert ratio == pytest.approx(1.0, abs=1.1 / math.sqrt(background))
    assert discovery_signal(2e4, 5.0)[2] == pytest.approx(
        poisson.isf(norm.sf(5.0), 2e4) + 1 - 1 / 3 - 2e4, abs=0.01
    )  # the median of n is the mean + 1/3 - ...


def test_unified_intervals_refuse_what_they_cannot_describe():
    error = Systematic(name="photons", effects={"test/count/constant": np.array([0.2])})
    rule = criterion("feldman-cousins")
    with pytest.raises(InvalidValueError, match=r"knows no systematic.*'photons'; use criterion 'cls'"):
        rule.upper_limit(counting(1.0, 2.0, systematics=[error]))
    with pytest.raises(InvalidValueError, match=r"one bin, the prediction has test/count \(2\)"):
        rule.upper_limit(prediction(region([1.0, 2.0], [3.0, 4.0])))
    with pytest.raises(InvalidValueError, match=r"observed count = 1\.5; must be a whole number"):
        rule.upper_limit(counting(1.0, 2.0, observed=1.5))
    with pytest.raises(InvalidValueError, match=r"background = 1e\+06 events: must be at most 100000"):
        rule.signal_limit(1e6)


@pytest.mark.parametrize(
    ("settings", "text"),
    [
        ({"confidence_level": 90}, r"confidence_level = 90: must lie between 0\.5 and 0\.999"),
        ({"confidence_level": 0.1}, r"confidence_level = 0\.1: must lie"),
        ({"confidence_level": True}, "must be a number"),
        ({"toys": 1.5}, r"toys = 1\.5: must be a whole number"),
        ({"seed": -1}, r"seed = -1: must be a whole number"),
    ],
)
def test_impossible_settings_are_refused(settings, text):
    with pytest.raises(InvalidValueError, match=text):
        criterion("cls", **settings)


@pytest.mark.parametrize("name", ["sqrt2.71", "events-2.3", "events-3"])
def test_the_level_of_the_paper_s_criteria_is_fixed(name):
    with pytest.raises(InvalidValueError, match=rf"'{name}': has no confidence_level to set; criteria with it: cls"):
        criterion(name, confidence_level=0.95)


def test_a_setting_of_another_criterion_is_refused():
    with pytest.raises(InvalidValueError, match=r"'sqrt2\.71': has no toys to set; criteria with it: cls"):
        criterion("sqrt2.71", toys=10)
