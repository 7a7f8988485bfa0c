"""Light-cone distributions of bound electrons: Dirac's orbitals, the positron's phase, and the table made of them."""

from functools import lru_cache

import numpy as np
import pytest

from evanesce.constants import ALPHA, ELECTRON_MASS
from evanesce.materials import electron_shells, material
from evanesce.materials.orbitals import HEAVIEST, light_cone_shells
from evanesce.materials.orbitals.atom import hydrogenic, self_consistent
from evanesce.materials.orbitals.dirac import RadialGrid
from evanesce.materials.orbitals.make import COARSE, FINE, element_rows
from evanesce.materials.orbitals.table import REACH
from evanesce.materials.orbitals.wilson import PathGrid, Paths, light_cone_distribution
from evanesce.materials.profile_table import SHELLS, occupied_shells, quantum_numbers


def exact_energy(Z, n, kappa):
    gamma = np.sqrt(kappa**2 - (Z * ALPHA) ** 2)
    return 1 / np.hypot(1, Z * ALPHA / (gamma + n - abs(kappa)))


@lru_cache(maxsize=8)
def hydrogen_like(Z):
    return hydrogenic(Z, ((1, -1), (2, -1), (2, 1), (2, -2), (4, 3)))


@pytest.mark.parametrize("Z", [1, 55, 92])
def test_hydrogenic_energies_are_sommerfelds(Z):
    """1e-8 of the binding energy: the Runge-Kutta rule with a step of 0.005 in ln r."""
    for (n, kappa), state in hydrogen_like(Z).states.items():
        assert state.binding == pytest.approx(1 - exact_energy(Z, n, kappa), rel=2e-8, abs=0)


@pytest.mark.parametrize(("Z", "tolerance"), [(1, 1e-9), (55, 1e-6), (92, 3e-4)])
@pytest.mark.parametrize("state", [(1, -1), (2, -1), (2, 1), (2, -2)])
def test_norm_and_mean(Z, tolerance, state):
    """∫ G = 1; <q> = E + <α·p>/3 - <V>, which is m + 5B/3 for small Z. Beyond p' = -300 <q> has a tail."""
    atom, (_, kappa) = hydrogen_like(Z), state
    orbital, scale = atom.states[state], Z * ALPHA
    t = np.linspace(-np.arcsinh(300 / scale), np.arcsinh(100 / scale), 401)
    p = scale * np.sinh(t)
    measure = light_cone_distribution(Paths(atom), orbital, kappa, p) * scale * np.cosh(t) * (t[1] - t[0])
    energy = exact_energy(Z, *state)
    mean = np.sum(measure * (energy - p))
    r, h = atom.grid.radius, atom.grid.step
    potential = -scale * h * np.sum(orbital.large**2 + orbital.small**2)
    beta = h * np.sum((orbital.large**2 - orbital.small**2) * r)
    assert measure.sum() == pytest.approx(1.0, abs=1e-6)
    assert mean == pytest.approx(energy + (energy - beta - potential) / 3 - potential, abs=tolerance)
    if Z == 1:
        assert mean - 1 == pytest.approx(5 / 3 * orbital.binding, rel=1e-4)


@pytest.mark.parametrize("x", [-20.0, -5.0, -1.0, -0.3, 0.3, 0.7, 1.0])
def test_perturbative_tail(x):
    """Far from the peak the 1s state has 8 (Zα)^5/(3π x^6) (1 - 5x/2 + 15x²/8), x = 1 - q/m_e, as Z -> 0.

    Two diagrams, with the photon of the nucleus on the electron and on the positron:
    ψ₋ ~ [(2m + α·p)/p⁴ - 1/(p² p_z)] u, integrated over p_T. The correction is linear, of the order π Zα, so half the
    charge has half of it, and twice the smaller minus the larger has none: 3e-3 remain.
    """
    ratios = []
    for Z in (0.5, 0.25):
        atom = hydrogenic(Z, ((1, -1),), RadialGrid(last=8e4))
        got = light_cone_distribution(Paths(atom), atom.states[1, -1], -1, np.array([x]))[0]
        ratios.append(got / (8 * (Z * ALPHA) ** 5 / (3 * np.pi * x**6) * (1 - 2.5 * x + 15 / 8 * x**2)))
    assert ratios[1] == pytest.approx(1.0, abs=0.011)
    assert 2 * ratios[1] - ratios[0] == pytest.approx(1.0, abs=3e-3)


@pytest.mark.parametrize(("phase", "suppression"), [(True, 0.200), (False, 1.84)])
def test_no_light_cone_momentum_is_the_photoelectric_effect(phase, suppression):
    """q = 0 at Z = 92 over its value in Born's approximation, x = 1: 0.20 as the photoelectric effect at high energy.

    R. H. Pratt, Phys. Rev. 117 (1960) 1017, has the exact limit for the K shell; 2 %: its two digits.
    """
    atom, za = hydrogen_like(92), 92 * ALPHA
    state = atom.states[1, -1]
    got = light_cone_distribution(Paths(atom, phase=phase), state, -1, np.array([1 - state.binding]))[0]
    assert got / (8 * za**5 / (3 * np.pi) * 0.375) == pytest.approx(suppression, rel=0.02)


@pytest.mark.parametrize(
    "finer",
    [
        PathGrid(first=5e-5),
        PathGrid(ratio=1.35),
        PathGrid(order=16),
        PathGrid(impact_order=9),
        PathGrid(negligible=1e-11),
    ],
)
def test_paths_have_converged(finer):
    """Each grid of the paths refined alone, K and 4d-like states: 2e-5 wherever G exceeds 1e-6."""
    atom = hydrogen_like(55)
    for state in ((1, -1), (4, 3)):
        p = 0.4 / state[0] * np.sinh(np.linspace(-5.0, 1.5, 60))
        one, two = (
            light_cone_distribution(Paths(atom, grid), atom.states[state], state[1], p) for grid in (PathGrid(), finer)
        )
        assert two[one > 1e-6] == pytest.approx(one[one > 1e-6], rel=2e-5)


def test_energies_of_self_consistent_atoms():
    """Inner shells of iodine and lead against measured edges: 2 %, what a local exchange is good for."""
    import xraylib

    for Z in (53, 82):
        atom = self_consistent(Z, {quantum_numbers(shell): n for shell, n in occupied_shells(Z).items()})
        for shell in range(9):
            binding = atom.states[quantum_numbers(shell)].binding * ELECTRON_MASS * 1e6
            assert binding == pytest.approx(xraylib.EdgeEnergy(Z, shell), rel=0.02)


def check(Z, accuracy):
    table = light_cone_shells(Z)
    for row in element_rows(Z, accuracy, None):
        t = np.linspace(-np.arcsinh(REACH / row.scale), np.arcsinh((1 - row.binding) / row.scale), len(row.log_density))
        q = ELECTRON_MASS * (1 - row.binding - row.scale * np.sinh(t[2:-2]))
        made = np.exp(row.log_density[2:-2])
        kept = table[row.shell](q) * ELECTRON_MASS
        relevant = made > 1e-6
        error = 3e-6 if accuracy is FINE else 3e-6 + table[row.shell].error
        assert kept[relevant] == pytest.approx(made[relevant], rel=error), SHELLS[row.shell]


@pytest.mark.parametrize("Z", [1, 6])
def test_the_program_makes_the_table(Z):
    """Again, in single precision: 3e-6."""
    check(Z, FINE)


@pytest.mark.slow
@pytest.mark.parametrize("Z", [13, 26, 55, 74, 92])
def test_the_program_makes_more_of_the_table(Z):
    check(Z, FINE)


def test_errors_of_the_table_cover_coarser_grids():
    check(55, COARSE)


def test_every_shell_is_in_the_table():
    for Z in range(1, HEAVIEST + 1):
        assert light_cone_shells(Z).keys() == occupied_shells(Z).keys()
        assert max(shell.error for shell in light_cone_shells(Z).values()) < 2e-3
    assert light_cone_shells(95) == {}


def test_shells_are_normalised():
    """Below q = 0 lies less than 2e-3 of the deepest shell (lead, K), as G there is smooth and tiny."""
    t = np.linspace(np.log(1e-5), np.log(100), 40_001)
    q = ELECTRON_MASS * np.exp(t)
    for name in ("CsI", "Pb"):
        for shell in electron_shells(material(name)):
            norm = np.sum(light_cone_shells(shell.Z)[shell.number](q) * q) * (t[1] - t[0])
            assert 1 - 3e-3 < norm < 1 + 1e-5, shell.name
