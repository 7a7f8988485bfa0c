"""Many roots at once."""

import numpy as np
from scipy.optimize import brentq

from evanesce.numerics import bracketed_roots


def test_every_root_is_that_of_brent():
    shift = np.geomspace(0.1, 1e6, 200)
    found = bracketed_roots(lambda x, index: np.log1p(x) * x**3 - shift[index], np.zeros(200), np.full(200, 1e3))
    expected = [brentq(lambda x, at=at: np.log1p(x) * x**3 - at, 0.0, 1e3, xtol=1e-14, rtol=1e-14) for at in shift]
    np.testing.assert_allclose(found, expected, rtol=1e-11)


def test_a_root_does_not_depend_on_its_company():
    shift = np.linspace(1.0, 9.0, 50)
    together = bracketed_roots(lambda x, index: x**5 - shift[index], np.zeros(50), np.full(50, 9.0))
    for at in (0, 17, 49):
        alone = bracketed_roots(lambda x, _, at=at: x**5 - shift[at], np.zeros(1), np.full(1, 9.0))
        assert alone[0] == together[at]


def test_ends_of_one_sign_have_no_root_and_a_zero_at_an_end_is_one():
    found = bracketed_roots(lambda x, index: x - np.array([5.0, 1.0, 0.0])[index], np.zeros(3), np.ones(3))
    assert np.isnan(found[0])
    assert found[1:].tolist() == [1.0, 0.0]
