"""Properties of all sources."""

import numpy as np
import pytest

from evanesce.sources import (
    Beam,
    Bhabha,
    SmearedBhabha,
    TabulatedSpectrum,
    corners,
    energies,
    smooth_at_edges,
    spectrum_degree,
)

TABLE = TabulatedSpectrum(energies=(4.0, 4.5, 5.0), densities=(1.0, 3.0, 2.0))


@pytest.mark.parametrize(
    ("source", "want"),
    [(Beam(energy=100.0, particles=2.0), [100.0]), (TABLE, [4.0, 4.5, 5.0]), (Bhabha(), list(Bhabha().edges))],
)
def test_corners_are_edges_and_lines(source, want):
    assert corners(source).tolist() == want
    assert energies(source) == (want[0], want[-1])


def test_a_source_says_how_smooth_it_is():
    """A table is linear between its edges, a smeared window has no jump at its own; of others nothing is known."""
    assert spectrum_degree(TABLE) == 1
    assert spectrum_degree(Bhabha()) is None
    smeared = SmearedBhabha(bhabha=Bhabha(), polar_angle_resolution=3.0)
    assert smooth_at_edges(smeared)
    assert not smooth_at_edges(Bhabha())
    # and what they say is true
    middle = TABLE.spectrum(np.array([4.25, 4.75]))
    assert middle == pytest.approx([2.0, 2.5])
    ends = smeared.spectrum(np.array([smeared.edges[0], smeared.edges[-1]]))
    assert (ends < 1e-9 * smeared.spectrum(np.array(5.0))).all()
