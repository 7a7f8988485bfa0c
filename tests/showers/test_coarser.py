"""Panels of a kernel joined where they are not needed."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from evanesce.numerics import PiecewiseLegendre
from evanesce.showers import Kernel
from evanesce.showers.coarser import coarser

CELLS = np.array([0.0, 0.1, 0.25, 0.4])
FINE = np.array([0.0, 0.01, 0.03, 0.1, 0.12, 0.25, 0.3, 0.31, 0.4])


def function(y, term):
    """A polynomial on each cell, with a step in between, as a discontinuous element has."""
    cell = np.clip(np.searchsorted(CELLS, y, side="right") - 1, 0, 2)
    return (1.0 + cell + term) * (1.0 + y - 3.0 * y**2 + 5.0 * y**5) + 0.1 * np.cos(3.0 * y) * (term == 1)


@pytest.fixture(scope="module")
def fine():
    """A kernel with terms in ln E on more panels than it has cells."""
    terms = [PiecewiseLegendre.from_function(lambda y, k=k: function(y, k), FINE, 12) for k in range(3)]
    return Kernel(
        series=terms[0], error=1e-4, variation=tuple(terms[1:]), energy_min=2.0, energy_max=8.0, change=terms[0]
    )


def test_joined(fine):
    """Only edges of cells are left, and g is the same to rounding at all energies."""
    found = coarser(fine)
    assert found.edges == pytest.approx(CELLS)
    y, energy = np.linspace(1e-4, 0.3999, 501), 3.0
    panels = [np.searchsorted(kernel.edges, y) - 1 for kernel in (fine, found)]
    values = [kernel.on_panel(panel, y, np.array(energy)) for kernel, panel in zip((fine, found), panels, strict=True)]
    assert values[1] == pytest.approx(values[0], rel=1e-11)
    assert (found.error, found.energy_min, found.energy_max) == (1e-4, 2.0, 8.0)


def test_term_alone(fine):
    """A corner that only one term in ln E has keeps its edge."""
    bent = PiecewiseLegendre.from_function(lambda y: np.abs(y - 0.03), FINE, 12)
    found = coarser(replace(fine, variation=(bent, fine.variation[1])))
    assert found.edges == pytest.approx([0.0, 0.03, 0.1, 0.25, 0.4])


def test_tolerance(fine):
    """A small bend within the tolerance is smoothed, a larger one is not."""
    for size, panels in ((1e-13, 3), (1e-7, 4)):
        bent = PiecewiseLegendre.from_function(lambda y, a=size: function(y, 0) + a * np.abs(y - 0.03), FINE, 12)
        assert len(coarser(replace(fine, series=bent)).edges) - 1 == panels


def test_analytic(fine):
    """Without a known change the kernel is not one of cells."""
    analytic = replace(fine, change=None)
    assert coarser(analytic) is analytic
