"""Momenta from our own orbitals: closed forms, the tabulated Compton profiles, and that the program makes the table."""

import numpy as np
import pytest
from scipy.integrate import quad

from evanesce.constants import ALPHA, ELECTRON_MASS
from evanesce.materials import electron_shells, material
from evanesce.materials.hydrogenic import momentum_density
from evanesce.materials.orbital_momenta import orbital_momenta
from evanesce.materials.orbitals import HEAVIEST, momentum_knots, momentum_shells
from evanesce.materials.profile_table import SHELLS, occupied_shells

hydrogenic = pytest.importorskip("evanesce.materials.orbitals.atom", reason="needs numba").hydrogenic


def distribution(atom, state, momentum):
    from evanesce.materials.orbitals.momentum import momentum_distribution
    from evanesce.materials.orbitals.wilson import Paths

    return momentum_distribution(Paths(atom, phase=False), atom.states[state], state[1], momentum)


def test_hydrogen_is_its_closed_form():
    """f = 8/(3π a) (1 + p²/a²)^-3 with a = αm_e; relativistic terms are p²/2m_e², 2.4e-4 at the last one."""
    p = ALPHA * np.array([0.0, 0.3, 1.0, 3.0])
    got = distribution(hydrogenic(1, ((1, -1),)), (1, -1), p)
    assert got == pytest.approx(8 / (3 * np.pi * ALPHA) * (1 + (p / ALPHA) ** 2) ** -3.0, rel=4e-4)
    kept = orbital_momenta(1, 0)(p * ELECTRON_MASS) * ELECTRON_MASS
    assert kept == pytest.approx(got, rel=1e-4)


@pytest.mark.parametrize(("state", "excited"), [((1, -1), False), ((2, 1), True), ((2, -2), False)])
def test_relativistic_states_are_the_closed_form(state, excited):
    """Lead's nucleus alone: f = ½ ∫_|p_z|^∞ ρ(p)/p dp of Bethe and Salpeter's momentum density, from 0.3 to 30 m_e."""
    p = np.array([0.3, 1.0, 3.0, 10.0, 30.0])
    got = distribution(hydrogenic(82, (state,)), state, p)

    def beyond(lowest):
        def piece(t):
            momentum = np.array([np.exp(t)])
            return float(momentum_density(82, state[1], excited, momentum)[0])

        return quad(piece, np.log(lowest), np.log(lowest) + 15.0, epsrel=1e-8, limit=300)[0]

    want = np.array([beyond(one) for one in p])
    assert got / got[0] == pytest.approx(want / want[0], rel=2e-4)


def test_normalised_before_it_is_rescaled():
    """∫ f dp_z = 1 for a shell with nodes, by the knots of the table."""
    p = momentum_knots()
    t = np.linspace(0.0, np.log1p(2e4), len(p))
    for shell, log_density in momentum_shells(55).items():
        norm = 2.0 * np.trapezoid(np.exp(log_density) * (p + ALPHA), t)
        assert norm == pytest.approx(1.0, abs=2e-3), SHELLS[shell]  # the trapezoidal rule, worst for the 6s


@pytest.mark.parametrize(("letter", "tolerance"), [("K", 0.03), ("L", 0.09), ("M", 0.17)])
def test_tabulated_profiles_have_the_same_momenta(letter, tolerance):
    """Hartree-Fock profiles and hydrogenic tails against a local exchange: caesium's inner shells to 1000 a.u."""
    p = ALPHA * ELECTRON_MASS * np.array([0.0, 1.0, 5.0, 20.0, 50.0, 100.0, 300.0, 1000.0])
    for shell in electron_shells(material("CsI")):
        if shell.Z == 55 and SHELLS[shell.number].startswith(letter):
            ratio = orbital_momenta(55, shell.number)(p) / shell.profile(p)
            assert ratio == pytest.approx(np.ones(len(p)), abs=tolerance), shell.name


def test_every_shell_has_momenta_that_fall():
    for Z in range(1, HEAVIEST + 1):
        shells = momentum_shells(Z)
        assert shells.keys() == occupied_shells(Z).keys()
        for log_density in shells.values():
            relevant = log_density > log_density[0] - 25.0  # 1e-11 of the maximum
            assert (np.diff(log_density[relevant]) < 1e-6).all()
    assert momentum_shells(95) == {}
    assert orbital_momenta(95, 0) is None


@pytest.mark.parametrize("Z", [1, 13, 55, 82, 92])
def test_far_beyond_the_table_momenta_fall_as_a_power(Z):
    """At 1e5 to 1e6 a.u., where only electrons of q << m_e are: p^-4 or steeper, for a point nucleus p^-(2γ+2)."""
    p = ALPHA * ELECTRON_MASS * np.array([1e5, 1e6])
    for shell in occupied_shells(Z):
        values = orbital_momenta(Z, shell)(p)
        slope = np.log10(values[1] / values[0])
        assert -14.0 < slope < -3.4, SHELLS[shell]


@pytest.mark.parametrize("Z", [1, pytest.param(26, marks=pytest.mark.slow), pytest.param(74, marks=pytest.mark.slow)])
def test_the_program_makes_the_table(Z):
    """Again, in single precision."""
    from evanesce.materials.orbitals.make import element_momenta

    kept = momentum_shells(Z)
    for row in element_momenta(Z):
        relevant = row.log_density > row.log_density[0] - 25.0
        assert kept[row.shell][relevant] == pytest.approx(row.log_density[relevant], abs=1e-5), SHELLS[row.shell]
