"""The paper's criteria against exact Poisson CLs, computed here from the distribution alone."""

import math

import pytest
from scipy.optimize import brentq
from scipy.stats import poisson

from evanesce.statistics import criterion


def cls_limit(count, background, level=0.9):
    """Signal events with CL_(s+b)/CL_b = 1 - level for a count."""
    share = lambda signal: poisson.cdf(count, signal + background) / poisson.cdf(count, background)
    return brentq(lambda signal: share(signal) - (1 - level), 1e-9, 10 * (count + 10))


def median(background):
    return int(poisson.median(background))


@pytest.mark.parametrize(("background", "ratio"), [(1, 1.99), (10, 1.27), (94, 1.084), (1000, 1.025)])
def test_sqrt_271_is_the_median_of_cls_for_many_events_and_low_for_few(background, ratio):
    """Ratios to three digits, as docs/physics.md quotes them; counts are whole, so they do not fall smoothly."""
    exact = cls_limit(median(background), background)
    assert exact / criterion("sqrt2.71").signal_limit(background) == pytest.approx(ratio, rel=5e-3)


def test_no_event_excludes_less_than_ln_10():
    for background in (0.01, 0.5, 3.0):
        assert cls_limit(0, background) == pytest.approx(math.log(10), rel=1e-9)


@pytest.mark.parametrize(("name", "low", "high"), [("events-2.3", 0.0, math.log(2)), ("events-3", math.log(2), 1.678)])
def test_the_fixed_numbers_hold_where_the_median_count_does(name, low, high):
    """2.3 is the limit of no event, to the digits quoted; 3 that of one event within 15 %."""
    count = {"events-2.3": 0, "events-3": 1}[name]
    for background in (low + 0.01, 0.5 * (low + high), high - 0.01):
        assert median(background) == count
        assert criterion(name).signal_limit(background) == pytest.approx(cls_limit(count, background), rel=0.15)
    assert median(high + 0.01) == count + 1
