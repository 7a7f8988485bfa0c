"""The stored tables of the brute-force reference against its integrals."""

import brute_force
import mpmath as mp
import numpy as np
import pytest


@pytest.mark.parametrize(("thickness", "charges"), brute_force.KEPT)
def test_stored_density_is_the_integral(thickness, charges):
    """At lengths between the nodes of the table: 1e-9, which its polynomials reach."""
    lengths = np.array([3e-6, 0.013, 0.7])
    for lethargy, stored in zip(lengths, brute_force.density(lengths, thickness, charges), strict=True):
        with mp.workdps(18):
            exact = brute_force.first_generation_mp(mp.mpf(lethargy), thickness)
            exact += charges / 2 * brute_force.second_generation_mp(mp.exp(-mp.mpf(lethargy)), thickness)
        assert stored == pytest.approx(float(exact), rel=1e-9)


@pytest.mark.slow
@pytest.mark.parametrize(("thickness", "charges"), brute_force.KEPT)
def test_stored_tables_are_those_of_the_program(thickness, charges):
    computed = brute_force.computed_table(thickness, charges)
    np.testing.assert_allclose(brute_force.density_table(thickness, charges), computed, rtol=0, atol=1e-14)
