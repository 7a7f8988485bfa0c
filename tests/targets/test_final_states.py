"""Leptons and hadrons of a virtual photon."""

import numpy as np
import pytest

from evanesce.constants import ALPHA, MUON_MASS, PION_MASS
from evanesce.mediators import DarkPhoton
from evanesce.targets.final_states import NARROW, hadrons, leptons, line_area


def test_leptons_count_above_their_thresholds():
    assert leptons(np.array([1e-3, 0.1, 2 * MUON_MASS, 100.0])) == pytest.approx([0.0, 1.0, 1.0, 3.0], abs=1e-4)


def test_electrons_are_the_visible_width_of_the_mediator():
    mass = np.array([0.0012, 0.01, 0.2])
    assert mass * ALPHA / 3 * leptons(mass) == pytest.approx(DarkPhoton().electron_width(mass), rel=1e-12)


def test_hadrons_where_they_are_known():
    """Two pions at the ρ: R = β³|F|²/4 with |F|² of 45 at 770 MeV; three quarks, α_s/π of 10 %, from 2 to 3 GeV."""
    beta = np.sqrt(1 - (2 * PION_MASS / 0.77) ** 2)
    assert float(hadrons()(np.array(0.77))) == pytest.approx(beta**3 / 4 * 45, rel=0.1)
    assert hadrons()(np.linspace(2.0, 3.0, 50)).mean() == pytest.approx(2 * 1.1, rel=0.05)
    assert hadrons()(np.linspace(5.0, 9.0, 50)).mean() == pytest.approx(10 / 3 * 1.07, rel=0.05)
    assert hadrons()(np.array([0.27, 2 * PION_MASS])).tolist() == [0.0, 0.0]


def test_below_the_table_it_is_the_p_wave_of_two_pions():
    """Scalar electrodynamics without form factor has R = β³/4; the data are above it by |F|² of 1 to 2."""
    energy = np.array([0.285, 0.295])
    point = (1 - (2 * PION_MASS / energy) ** 2) ** 1.5 / 4
    ratio = hadrons()(energy) / point
    assert ratio == pytest.approx(ratio[0], rel=1e-12)
    assert 1.0 < ratio[0] < 2.2
    assert float(hadrons()(np.array(0.2999999))) == pytest.approx(float(hadrons()(np.array(0.3))), rel=1e-4)


def test_the_table_is_clean():
    table = hadrons()
    assert (np.diff(table.energy) > 0).all()
    assert ((table.ratio > 0) & (table.error > 0)).all()
    assert (table.error < table.ratio).all()
    assert (table.ratio < 60).all()


def test_area_of_a_line_is_that_of_its_breit_wigner():
    """π/2 Γ R at the peak, R = 9 B_ee/α²; and φ, which is in the table, with Γ_ee = 1.27 keV.

    15 %: from 1.00 to 1.04 GeV 7 % of its tails are missing, and R of about 1 below it adds 10 %.
    """
    assert line_area(1.27e-6) == pytest.approx(np.pi / 2 * 4.249e-3 * 9 * (1.27e-6 / 4.249e-3) / ALPHA**2, rel=1e-12)
    table = hadrons()
    inside = (table.energy > 1.0) & (table.energy < 1.04)
    area = np.trapezoid(table.ratio[inside], table.energy[inside])
    branching = 0.83 + 0.15 + 0.013  # all of its decays are hadrons
    assert area == pytest.approx(line_area(1.27e-6) * branching, rel=0.15)
    assert [mass for mass, _ in NARROW] == sorted(mass for mass, _ in NARROW)
