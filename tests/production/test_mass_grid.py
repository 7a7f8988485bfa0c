"""Panels in mass do not depend on the requested masses."""

import numpy as np
import pytest

from evanesce.production.mass_grid import MASS_ORDER, mass_panels


def test_every_mass_has_the_panel_it_has_alone():
    mass = np.random.default_rng(1).permutation(np.geomspace(1e-3, 5.0, 200))
    together = mass_panels(mass, 4.0)
    assert sorted(np.concatenate([rows for _, rows in together]).tolist()) == list(range(200))
    for panel, rows in together:
        for row in rows:
            ((alone, _),) = mass_panels(mass[row : row + 1], 4.0)
            assert alone == panel
        if panel is not None:
            assert (np.abs(panel.local(mass[rows])) <= 1).all()


def test_panels_keep_away_from_the_end():
    """None reaches nearer than a quarter of the end's mass, the widest not nearer than half its width."""
    for panel, rows in mass_panels(np.geomspace(1e-3, 5.0, 300), 4.0):
        if panel is None:
            assert len(rows) > 1
            continue
        low, high = panel.masses[0], panel.masses[-1]
        assert high < 3.0
        assert np.log(4.0 / high) > 0.5 * np.log(high / low)


def test_panels_are_shared_by_experiments():
    """Whatever the end, light masses lie in the same panels, whose nodes are Gauss nodes in ln m."""
    ((one, _),), ((other, _),) = (mass_panels(np.array([0.03]), end) for end in (1.0, 50.0))
    assert one == other
    assert one.masses.shape == (MASS_ORDER,)
    x, _ = np.polynomial.legendre.leggauss(MASS_ORDER)
    assert one.local(one.masses) == pytest.approx(x, abs=1e-12)
