"""The compiled fit takes the steps of the one with arrays, so that a limit does not depend on numba."""

import numpy as np
import pytest
from predictions import all_kinds, prediction, region, uncertain

from evanesce.prediction import Systematic
from evanesce.statistics import fit as fits
from evanesce.statistics.asymptotic import asimov_likelihood
from evanesce.statistics.fit import Fit, best_fit, conditional_fit, fit, start
from evanesce.statistics.likelihood import Likelihood
from evanesce.statistics.templates import Templates
from evanesce.statistics.toys import toy_data

TOYS = 300


def pseudo_experiments(predicted, strength=8.0, seed=2):
    templates, first = Templates.of(predicted), np.zeros(1, dtype=np.intp)
    data = asimov_likelihood(templates, first, np.zeros(1))
    toys = toy_data(data, start(data, np.array([strength])), TOYS, np.random.default_rng(seed))
    return Likelihood.of(templates, np.zeros(TOYS, dtype=np.intp), toys)


def wide():
    """Linear factors that would be negative, a free background, bins without signal and one without background."""
    regions = {"a/b": region([1.0, 0.0, 4.0], {"x": [3.0, 20.0, 0.0], "y": [0.5, 1.0, 0.0]})}
    free = Systematic(name="free", constraint="free", effects={"a/b/x": np.ones(3)})
    return prediction(
        regions,
        [
            uncertain([0.8, -0.9, 0.7], "slope", "normal", key="a/b/x"),
            uncertain([0.6, 0.6, 0.9], "size", "normal", key="a/b/y"),
            uncertain([0.4, 0.1, 0.2], "efficiency", key="a/b/signal"),
            free,
        ],
    )


def both(monkeypatch, run) -> tuple[Fit, Fit]:
    pytest.importorskip("numba")
    found = []
    for worth in (10**12, 0):
        monkeypatch.setattr(fits, "_WORTH_COMPILING", worth)
        found.append(run())
    return found[0], found[1]


@pytest.mark.parametrize("predicted", [all_kinds(), wide(), prediction(region([1.0], 2.0))])
@pytest.mark.parametrize("fitted", ["all", "nuisances", "some"])
def test_compiled_fits_are_those_with_arrays(predicted, fitted, monkeypatch):
    """To rounding; fits with several steps of equal height would be the exception, and are not seen."""
    likelihood = pseudo_experiments(predicted)
    width = 1 + len(likelihood.nuisances.names)
    held = np.zeros((TOYS, width), dtype=bool)
    held[::2, -1] = width > 1
    runs = {
        "all": lambda: best_fit(likelihood),
        "nuisances": lambda: conditional_fit(likelihood, np.linspace(0.0, 30.0, TOYS)),
        "some": lambda: fit(likelihood, start(likelihood, np.full(TOYS, 5.0)), fixed=held, smallest=1.0),
    }
    arrays, loops = both(monkeypatch, runs[fitted])
    np.testing.assert_array_equal(loops.converged, arrays.converged)
    np.testing.assert_allclose(loops.value, arrays.value, rtol=1e-9, atol=1e-9)
    np.testing.assert_allclose(loops.parameters, arrays.parameters, rtol=1e-5, atol=1e-5)
    np.testing.assert_allclose(loops.slope, arrays.slope, rtol=1e-6, atol=1e-6)


def test_without_numba_the_arrays_do_it(monkeypatch):
    likelihood = pseudo_experiments(all_kinds())
    monkeypatch.setattr(fits, "_WORTH_COMPILING", 0)
    monkeypatch.setattr(fits, "find_spec", lambda name: None)
    monkeypatch.setattr(fits, "_compiled", None)
    assert best_fit(likelihood).converged.all()
