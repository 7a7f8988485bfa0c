"""Pseudo-experiments: against exact Poisson limits, against asymptotic formulae, and where they are used."""

import math
from dataclasses import replace

import numpy as np
import pytest
from predictions import counting, prediction, region
from scipy.optimize import brentq
from scipy.stats import norm, poisson

from evanesce.prediction import Systematic
from evanesce.statistics import criterion
from evanesce.statistics.asymptotic import asimov_likelihood, expected_strengths, observed_strengths
from evanesce.statistics.cls import CLs
from evanesce.statistics.fit import start
from evanesce.statistics.poisson import band_counts, cls_signal
from evanesce.statistics.templates import Templates
from evanesce.statistics.toys import ToyLimits, toy_data, toy_limits

BACKGROUND = "test/count/constant"


def known_from(counts, background, observed=None):
    """One bin whose background was measured with ``counts``."""
    error = Systematic(
        name="background", constraint="poisson", effects={BACKGROUND: np.array([background / counts])}, counts=counts
    )
    return counting(1.0, background, observed, [error])


@pytest.mark.parametrize(("background", "count"), [(0.5, 0), (3.0, 5), (30.0, 24)])
def test_toys_of_one_count_give_the_exact_limit(background, count):
    """Within four statistical errors, 1.5 % or so each; a band may be that of the next count."""
    interval = criterion("cls", toys=4000, seed=3).upper_limit(counting(1.0, background, count))
    assert interval.method == "toys (4000, seed 3)"
    assert float(interval.observed) == pytest.approx(float(cls_signal(count, background, 0.9)), rel=0.08)
    quantiles = band_counts(background)
    for band, quantile in zip(interval.expected[1:4], quantiles[1:4], strict=True):
        near = cls_signal(np.maximum(quantile + np.array([-1.0, 0.0, 1.0]), 0.0), background, 0.9)
        assert near[0] * 0.92 <= band <= near[2] * 1.08
    assert any(text.startswith("statistical error of the toys: ") for text in interval.notes)


def test_with_no_event_toys_have_ln_10_where_asymptotic_formulae_do_not():
    """Asymptotic 90 % limits are 1.35, 1.64 and 1.95 for 1e-6, 0.5 and 3 events, so ours are exact or toys."""
    for background, asymptotic in ((1e-6, 1.35), (0.5, 1.64), (3.0, 1.95)):
        templates = Templates.of(counting(1.0, background, 0, [_small_error()]))
        wrong = observed_strengths(templates, np.zeros(1), 0.9)[0]
        assert wrong == pytest.approx(asymptotic, abs=0.01)
        exact = criterion("cls").upper_limit(counting(1.0, background, 0))
        assert (exact.method, float(exact.observed)) == ("exact", pytest.approx(math.log(10)))
    nuisance = criterion("cls").upper_limit(counting(1.0, 0.5, 0, [_small_error()]))
    assert nuisance.method == "toys (10000, seed 1)"
    assert float(nuisance.observed) == pytest.approx(math.log(10), rel=0.06)  # 1.5 % of error


def _small_error():
    return Systematic(name="n", effects={BACKGROUND: np.array([0.01])})


def test_asymptotic_formulae_agree_with_toys_where_they_are_used():
    """94 events known to 23 %: within four statistical errors of 2.2 %, and 1 % of asymptotics."""
    predicted = known_from(19.0, 94.0, observed=120)
    asymptotic = criterion("cls").upper_limit(predicted)
    toys = criterion("cls", toys=3000).upper_limit(predicted)
    assert asymptotic.method == "asymptotic"
    assert float(toys.median) == pytest.approx(float(asymptotic.median), rel=0.10)
    assert float(toys.observed) == pytest.approx(float(asymptotic.observed), rel=0.10)
    assert (np.diff(toys.expected) > 0).all()


def test_the_same_seed_gives_the_same_limit_and_another_one_another():
    predicted = counting(1.0, 2.0, 3)
    first, again, other = (criterion("cls", toys=500, seed=seed).upper_limit(predicted) for seed in (1, 1, 2))
    np.testing.assert_array_equal(first.expected, again.expected)
    assert float(first.observed) == float(again.observed)
    assert float(first.observed) != float(other.observed)


def test_the_statistical_error_is_the_spread_over_seeds():
    """Sixteen seeds: the spread is known to 18 %, and the estimate is the same within a factor 1.7."""
    templates = Templates.of(counting(1.0, 30.0, 30))
    guess = expected_strengths(templates, 0.9)[0]
    found = [toy_limits(templates, np.array([30.0]), 0.9, 400, seed, guess) for seed in range(16)]
    spread = np.std(np.log([each.observed for each in found]))
    assert 1 / 1.7 < spread / np.mean([each.observed_error for each in found]) < 1.7


def test_toys_draw_counts_and_auxiliary_measurements():
    """Means and variances within four of their errors."""
    errors = [
        Systematic(name="g", effects={BACKGROUND: np.array([0.1])}),
        Systematic(name="p", constraint="poisson", effects={BACKGROUND: np.array([4.0])}, counts=5.0),
        Systematic(name="f", constraint="free", effects={BACKGROUND: np.array([1.0])}),
    ]
    likelihood = asimov_likelihood(Templates.of(counting(1.0, 20.0, None, errors)), np.zeros(1, dtype=int), np.zeros(1))
    number = 20_000
    data = toy_data(likelihood, start(likelihood, np.array([10.0])), number, np.random.default_rng(1))
    for values, mean, variance in (
        (data.counts[:, 0], 30.0, 30.0),
        (data.auxiliary[:, 0], 0.0, 1.0),
        (data.auxiliary[:, 1], 5.0, 5.0),
    ):
        assert values.mean() == pytest.approx(mean, abs=4.0 * math.sqrt(variance / number))
        assert values.var() == pytest.approx(variance, rel=0.05)
    assert not data.auxiliary[:, 2].any()


def many_signals(number=30):
    """Signals whose uncertainty grows from 0 to 60 % along the masses, on half an event where none is seen."""
    theory = Systematic(name="theory", effects={"test/count/signal": np.linspace(0.0, 0.6, number)[:, None]})
    return prediction(region(np.ones((number, 1)), 0.5, 0), [_small_error(), theory], np.linspace(0.01, 0.1, number))


def test_between_signals_with_toys_their_ratio_to_asymptotic_formulae_is_interpolated(monkeypatch):
    """With 1.3 + κ in place of toys: equal to it where they are made, within 4 % of it between (κ up to 0.47)."""
    ratio = lambda templates: 1.3 + float(templates.effects[0, :, 0].max())
    made = []

    def known(templates, counts, level, number, seed, guess):
        made.append(number)
        return ToyLimits(
            expected=guess * ratio(templates), expected_errors=np.full(5, 0.01), observed=2.5, observed_error=0.02
        )

    monkeypatch.setattr("evanesce.statistics.cls.toy_limits", known)
    predicted = many_signals()
    interval, asymptotic = criterion("cls").upper_limit(predicted), CLs(toys=0).upper_limit(predicted)
    assert made == 8 * [10_000]
    assert interval.method == "toys (10000, seed 1) for 8 of 30 signals"
    assert any("toys for 8 of 30 signals with few events: medians are 1.3 to 1.77 times" in n for n in interval.notes)
    found = interval.expected / asymptotic.expected
    np.testing.assert_allclose(found, np.tile(1.3 + np.log1p(np.linspace(0.0, 0.6, 30))[:, None], 5), rtol=0.04)
    assert found[0, 2] == pytest.approx(1.3, rel=1e-6)
    assert found[-1, 2] == pytest.approx(1.3 + math.log(1.6), rel=1e-6)
    np.testing.assert_allclose(interval.observed[[0, -1]], 2.5, rtol=1e-6)


def test_asymptotic_formulae_for_few_events_warn():
    predicted = many_signals()
    interval = CLs(toys=0).upper_limit(predicted)
    assert interval.method == "asymptotic"
    (text,) = interval.warnings
    assert "asymptotic formulae for 30 of 30 signals" in text
    assert "toys = 10000" in text
    (text,) = criterion("discovery-3").upper_limit(predicted).warnings
    assert "criterion 'discovery-3': asymptotic formulae for 30 of 30 signals" in text


@pytest.mark.parametrize("change", [0.005, 0.3])
def test_with_no_event_and_an_uncertain_signal_toys_are_the_closed_form(change):
    """Four statistical errors of 1.3 %. With κ = ln(1 + δ) and θ̂ = -κ s exp(κ θ̂), the best nuisance at s,

    only no event with a larger measured nuisance has a larger q̃: CL_s = 2 Φ(θ̂) exp(-s exp(κ θ̂)).
    """
    kappa = math.log1p(change)

    def cls(signal):
        theta = brentq(lambda t: t + kappa * signal * math.exp(kappa * t), -10.0, 0.0)
        return 2.0 * norm.cdf(theta) * math.exp(-signal * math.exp(kappa * theta))

    closed = brentq(lambda signal: cls(signal) - 0.1, 0.5, 10.0)
    error = Systematic(name="luminosity", effects={"test/count/signal": np.array([change])})
    interval = criterion("cls", toys=10_000).upper_limit(counting(1.0, 0.0, 0, [error]))
    assert float(interval.observed) == pytest.approx(closed, rel=0.05)
    if change < 0.01:
        assert closed == pytest.approx(math.log(10.0), rel=0.005)


def test_what_matters_is_the_count_where_the_signal_is():
    """A bin with many events and hardly any signal does not make an asymptotic limit valid."""
    for signal, expected in (([1.0, 1.0], 404.0), ([1.0, 1e-4], 5.0), ([1e-4, 1.0], 404.0)):
        templates = Templates.of(prediction(region(signal, [1.0, 400.0])))
        effective = templates.effective_counts(np.array([4.0]))[0]
        assert effective == pytest.approx(expected, rel=0.25) or signal == [1.0, 1.0]
    equal = Templates.of(prediction(region(np.ones(20), np.full(20, 3.0))))
    assert equal.effective_counts(np.array([10.0]))[0] == pytest.approx(70.0)  # twenty bins are their sum


@pytest.mark.slow
@pytest.mark.parametrize(("counts", "background", "signal"), [(19.0, 94.0, 36.0), (19.0, 94.0, 60.0)])
def test_limits_cover(counts, background, signal):
    """10,000 experiments: the limit is above the true signal in at least 90 % of them (CLs over-covers).

    The truth is at the nominal background; three errors of 0.3 % are allowed for asymptotics of 19 counts.
    """
    templates = Templates.of(known_from(counts, background))
    rng = np.random.default_rng(7)
    covered, number = 0, 10_000
    experiments = np.column_stack([rng.poisson(signal + background, number), rng.poisson(counts, number)])
    different, repeated = np.unique(experiments, axis=0, return_counts=True)
    for (n, m), times in zip(different, repeated, strict=True):
        nuisances = replace(templates.nuisances, measured=np.array([float(m)]))
        limit = observed_strengths(replace(templates, nuisances=nuisances), np.array([float(n)]), 0.9)[0]
        covered += times * (limit >= signal)
    assert covered / number >= 0.9 - 0.009
    assert covered / number < 1.0


@pytest.mark.slow
def test_exact_limits_cover():
    """Summed over all counts; CLs never covers less than asked for."""
    for background in (0.0, 0.7, 3.0, 20.0):
        counts = np.arange(400)
        limits = cls_signal(counts, background, 0.9)
        for signal in np.linspace(0.1, 40.0, 60):
            assert poisson.pmf(counts, signal + background)[limits >= signal].sum() >= 0.9 - 1e-9
