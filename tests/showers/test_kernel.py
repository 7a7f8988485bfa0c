"""The kernel: its energy range, sums and multiples."""

import numpy as np
import pytest

from evanesce.errors import InvalidValueError
from evanesce.numerics import PiecewiseLegendre
from evanesce.showers import Kernel, together

EDGES = np.array([0.0, 1.0, 3.0])


def kernel(low, high):
    """g = 2 + τ + (1 + τ/2) x in the first panel's x from -1 to 1, the same in the second."""
    series = np.array([[2.0, 1.0], [2.0, 1.0]])
    first = np.array([[1.0, 0.5], [1.0, 0.5]])
    return Kernel(
        series=PiecewiseLegendre(EDGES, series),
        error=1e-6,
        variation=(PiecewiseLegendre(EDGES, first),),
        energy_min=low,
        energy_max=high,
    )


def at(found, energy):
    return float(found.on_panel(np.array(0), np.array(0.75), np.asarray(energy, dtype=np.float64)))


@pytest.mark.parametrize("width", [1.0, 1e-3, 1e-6, 1e-9, 1e-12, 1e-14])
def test_the_ends_of_any_range_are_inside(width):
    """τ is a ratio of differences of logarithms: in a narrow range it rounds beyond ±1, but the energy does not."""
    low, high = 5.29, 5.29 * (1.0 + width)
    found = kernel(low, high)
    assert at(found, low) == pytest.approx(2.0 - 1.0 + 0.5 * (1.0 - 0.5), rel=1e-12)
    assert at(found, high) == pytest.approx(2.0 + 1.0 + 0.5 * (1.0 + 0.5), rel=1e-12)
    inside = np.linspace(low, high, 101)
    assert all(1.25 - 1e-9 <= at(found, energy) <= 3.75 + 1e-9 for energy in inside)


@pytest.mark.parametrize("energy", [5.0, 5.2899, 6.01, np.nan])
def test_energies_outside_are_refused(energy):
    with pytest.raises(InvalidValueError, match=r"energy from .* GeV: must lie between 5.29 and 6 GeV"):
        at(kernel(5.29, 6.0), energy)


def test_sums_and_multiples_keep_the_dependence_on_energy():
    wide = kernel(4.0, 6.0)
    plain = Kernel(series=PiecewiseLegendre(EDGES, np.array([[1.0, 0.0], [1.0, 0.0]])), error=1e-3)
    both = plain + wide
    assert both.error == 1e-3
    assert at(both, 6.0) == pytest.approx(1.0 + at(wide, 6.0))
    assert at(wide * 3.0, 4.0) == pytest.approx(3.0 * at(wide, 4.0))
    with pytest.raises(InvalidValueError, match=r"energy: must be given; this kernel depends on it \(4-6 GeV\)"):
        both.incident(None)


def test_a_kernel_at_one_energy_does_not_depend_on_it():
    wide = kernel(4.0, 6.0)
    one = wide.at(4.7)
    assert not one.variation
    assert at(one, 5.9) == pytest.approx(at(wide, 4.7), rel=1e-14)
    assert one.at(5.0) is one


def test_kernels_together_are_each_alone():
    """Also where only one of two depends on the energy."""
    panel, y = np.array([0, 1, 1]), np.array([[0.2, 0.9], [1.1, 1.4], [2.0, 2.9]])
    energy = np.array([[4.0, 4.5], [5.0, 5.5], [5.9, 6.0]])
    wide = kernel(4.0, 6.0)
    plain = Kernel(series=PiecewiseLegendre(EDGES, np.array([[1.0, 0.3], [1.0, 0.1]])), error=1e-3)
    for kernels in ((wide, wide * -2.0), (wide, plain), (plain,)):
        for found, alone in zip(together(kernels, panel, y, energy), kernels, strict=True):
            assert found == pytest.approx(alone.on_panel(panel[:, None], y, energy), rel=1e-13)
