"""Pulls and impacts."""

import numpy as np
import pytest
from predictions import all_kinds, counting, prediction, region, uncertain

from evanesce.errors import InvalidValueError
from evanesce.statistics.impacts import impacts
from evanesce.statistics.point import at_point


def test_impacts_add_to_the_uncertainty_in_a_gaussian_case():
    """100 ± 10 ± 5 events, linear and Gaussian: σ² = N + 10² + 5², and each impact is its own part."""
    errors = [uncertain(0.10, "large", "normal"), uncertain(0.05, "small", "normal")]
    found = impacts(counting(1.0, 100.0, None, errors))
    assert found.names == ("large", "small")
    assert found.signal == pytest.approx(0.0, abs=1e-5)
    assert found.signal_error**2 == pytest.approx(100.0 + 100.0 + 25.0, rel=1e-6)
    np.testing.assert_allclose(found.impacts, [[10.0, -10.0], [5.0, -5.0]], rtol=1e-6)
    np.testing.assert_allclose(found.impacts_before, found.impacts, rtol=1e-6)
    np.testing.assert_allclose(found.pulls, 0.0, atol=1e-6)
    np.testing.assert_allclose(found.pull_errors, 1.0, rtol=1e-6)  # one bin says nothing about the background


def test_a_control_region_pulls_and_constrains():
    """A bin without signal: the background is fitted by weighted mean of 100 ± 20 and 130 ± √100."""
    errors = [uncertain([0.2], "b", "normal", key="a/b/x")]
    error = errors[0].__class__(
        name="b", constraint="normal", effects={"a/b/x": np.array([0.2]), "a/c/x": np.array([0.2])}
    )
    regions = {"a/b": region([1.0], {"x": 100.0}, 130.0), "a/c": region([0.0], {"x": 100.0}, 130.0)}
    found = impacts(prediction(regions, [error]))
    theta = found.pulls[0]
    # minimum of 100 (1 + 0.2 θ) - 130 ln(1 + 0.2 θ) + θ²/2
    assert 20.0 - 26.0 / (1.0 + 0.2 * theta) + theta == pytest.approx(0.0, abs=1e-4)
    assert found.pull_errors[0] == pytest.approx((1.0 + 130.0 * 0.04 / (1.0 + 0.2 * theta) ** 2) ** -0.5, rel=1e-4)
    assert found.data == "observed"


def test_all_kinds_of_constraints_have_a_row():
    found = impacts(all_kinds())
    assert sorted(found.names) == ["counted", "flat", "linear", "per bin", "rate", "theory"]
    free = found.names.index("rate")
    assert np.isnan(found.pulls[free])
    assert np.isfinite(found.impacts).all()
    assert (np.diff(np.abs(found.impacts).max(axis=1)) <= 1e-12).all()
    assert "free, impact" in repr(found)


def test_a_signal_in_asimov_data_is_found_again():
    found = impacts(all_kinds(None, None), signal=12.0)
    assert found.data == "Asimov"
    assert found.signal == pytest.approx(12.0, rel=1e-5)
    assert found.total == pytest.approx(14e9 + 1e7)


def test_a_point_of_the_grid_is_chosen():
    grid = np.array([[1.0], [5.0]])
    predicted = prediction(region(grid, 94.0), [uncertain(0.1)], mass=[0.1, 0.2])
    assert impacts(predicted, point=1).total == 5.0
    here = at_point(predicted, (1,))
    assert here.shape == ()
    assert here.coordinates["mass"] == 0.2
    with pytest.raises(InvalidValueError, match=r"point: the prediction has \(2,\) points"):
        impacts(predicted)
    with pytest.raises(InvalidValueError, match=r"point = \(2,\): must be indices in a grid of shape \(2,\)"):
        impacts(predicted, point=2)


def test_nothing_to_fit_is_refused():
    with pytest.raises(InvalidValueError, match="no systematic uncertainty here"):
        impacts(counting(1.0, 94.0))
    with pytest.raises(InvalidValueError, match="no signal here"):
        impacts(counting(0.0, 94.0, None, [uncertain(0.1)]))
