"""Momenta of atomic electrons: sum rules, closed forms, the table they come from, the tail beyond it."""

from itertools import pairwise

import numpy as np
import pytest
import xraylib
from scipy.integrate import quad

from evanesce.constants import ALPHA, ELECTRON_MASS
from evanesce.errors import InvalidValueError
from evanesce.materials import ATOMIC_MOMENTUM, compound, electron_shells, material
from evanesce.materials.hydrogenic import momentum_density, profile_beyond

CSI = material("CsI")


def one(name: str, shell: str):
    return next(s for s in electron_shells(material(name)) if s.name == shell)


def mean(name: str, value) -> float:
    target = material(name)
    return sum(s.density * value(s) for s in electron_shells(target)) / target.electron_density


@pytest.mark.parametrize("name", ["CsI", "Pb", "PbWO4", "LYSO", "Al"])
def test_electrons_add_up(name: str) -> None:
    """Σ n = n_e, each shell holds one electron a unit, and its occupation is the textbook's."""
    assert mean(name, lambda s: 1.0) == pytest.approx(1.0, rel=1e-13, abs=0)
    for shell in electron_shells(material(name)):
        assert shell.profile.moment(0.0) == pytest.approx(1.0, rel=1e-9)
        assert shell.density > 0
        assert 0 <= shell.binding < 0.2 * ELECTRON_MASS


def test_numbers_of_caesium_iodide() -> None:
    """|p_z| is 5.1 atomic units in the table alone, 5.21 with the tail; mean binding 2.3 keV."""
    assert mean("CsI", lambda s: s.profile.moment(1.0)) / ATOMIC_MOMENTUM == pytest.approx(5.21, abs=0.02)
    table_only = mean("CsI", lambda s: 2 * integral(s.profile, 0.0, 100.0, power=1))
    assert table_only == pytest.approx(5.10, abs=0.02)
    assert mean("CsI", lambda s: s.binding) == pytest.approx(2.34e-6, rel=0.01)
    assert len(electron_shells(CSI)) == 35
    assert one("CsI", "Cs K").binding == pytest.approx(35.98e-6, rel=1e-3)
    assert one("CsI", "Cs P1").binding == 0.0  # 6s: xraylib has no edge


def integral(profile, lower: float, upper: float, power: int = 0) -> float:
    """∫ J p^power dp over momenta in atomic units, panel by panel of the table."""
    knots = [0, 0.2, 0.5, 1, 2, 4, 8, 15, 30, 60, 100, 200, 500, 2000, 15000]
    points = [lower, *(k for k in knots if lower < k < upper), upper]
    x, w = np.polynomial.legendre.leggauss(60)
    total = 0.0
    for a, b in pairwise(points):
        p = 0.5 * (a + b) + 0.5 * (b - a) * x
        total += 0.5 * (b - a) * np.sum(w * p**power * profile(p * ATOMIC_MOMENTUM) * ATOMIC_MOMENTUM)
    return total


@pytest.mark.parametrize(("name", "symbol", "z"), [("CsI", "Cs", 55), ("CsI", "I", 53), ("Pb", "Pb", 82)])
def test_normalisation_moves_the_table_by_a_per_cent_at_most(name: str, symbol: str, z: int) -> None:
    """J is the table's up to a constant; the table's two or three digits are good to that."""
    for index, label in enumerate(["K", "L1", "L2", "L3", "M1", "M2", "M3", "M4", "M5", "N1", "N2", "N3"]):
        profile = one(name, f"{symbol} {label}").profile
        p = np.array([0.0, 0.03, 0.55, 1.0, 3.3, 12.0, 50.0, 99.9])
        table = np.array([xraylib.ComptonProfile_Partial(z, index, float(v)) for v in p])
        ratio = profile(p * ATOMIC_MOMENTUM) * ATOMIC_MOMENTUM / table
        assert ratio == pytest.approx(ratio[0], rel=1e-6)
        assert ratio[0] == pytest.approx(1.0, abs=0.0105)


def test_sum_over_shells_is_the_profile_of_the_atom() -> None:
    """J(p) of caesium and iodine as xraylib has it for the whole atom, to the rounding of its rows."""
    unit = CSI.formula_unit_density
    for p in (0.0, 0.7, 2.0, 5.0, 20.0):
        got = sum(s.density * s.profile(np.asarray(p * ATOMIC_MOMENTUM)) for s in electron_shells(CSI))
        want = xraylib.ComptonProfile(53, p) + xraylib.ComptonProfile(55, p)
        assert got * ATOMIC_MOMENTUM / unit == pytest.approx(want, rel=0.02)  # rows of two digits


def test_hydrogen_is_known() -> None:
    """J(p) = 8/(3π (1 + p²)³), <p²> = 1; the table gives two or three digits."""
    (shell,) = electron_shells(compound("H", density=0.07))
    p = np.array([0.0, 0.3, 1.0, 2.0, 5.0, 20.0])
    exact = 8 / (3 * np.pi * (1 + p**2) ** 3)
    assert shell.profile(p * ATOMIC_MOMENTUM) * ATOMIC_MOMENTUM == pytest.approx(exact, rel=0.015)
    assert shell.profile.moment(2.0) / ATOMIC_MOMENTUM**2 == pytest.approx(1 / 3, rel=0.01)  # <p²>/3
    assert shell.binding == pytest.approx(13.6e-9, rel=1e-6, abs=0)


@pytest.mark.parametrize(("name", "label", "z"), [("CsI", "Cs K", 55), ("Pb", "Pb K", 82)])
def test_k_shells_are_dirac_s(name: str, label: str, z: int) -> None:
    """Dirac's 1s, absolutely normalised, at all tabulated momenta; the other 1s electron screens a charge of 0.3."""
    screened = (z - 0.3) / z  # lengths grow, momenta shrink

    def density(log_p: float) -> float:
        return float(momentum_density(z, -1, False, np.exp([log_p]))[0])

    norm = quad(lambda u: np.exp(u) * density(u), np.log(1e-3), 7, limit=400)[0]
    p = np.array([5.0, 20.0, 40.0, 60.0, 100.0]) * ALPHA
    exact = [0.5 * quad(density, np.log(v / screened), 9)[0] / norm for v in p]
    table = one(name, label).profile(p * ELECTRON_MASS) * ELECTRON_MASS * screened
    assert table == pytest.approx(exact, rel=0.03)


def test_hydrogenic_states_in_the_limit_of_small_charge() -> None:
    """Schrödinger's: 1s (1 + p²)^-4, 2s (4p² - 1)²/(4p² + 1)⁶, 2p p²/(4p² + 1)⁶, 3d p⁴/(9p² + 1)⁸, times p²."""
    x = np.array([0.8, 1.5, 4.0, 10.0])
    shapes = {
        (-1, False): (1 + x**2) ** -4.0,
        (-1, True): (4 * x**2 - 1) ** 2 / (4 * x**2 + 1) ** 6,
        (1, True): x**2 / (4 * x**2 + 1) ** 6,
        (-2, False): x**2 / (4 * x**2 + 1) ** 6,
        (2, True): x**4 / (9 * x**2 + 1) ** 8,
        (-3, False): x**4 / (9 * x**2 + 1) ** 8,
    }
    for (kappa, excited), shape in shapes.items():
        got = momentum_density(1, kappa, excited, ALPHA * x)
        assert got / got[0] == pytest.approx(x**2 * shape / (x[0] ** 2 * shape[0]), rel=7e-3, abs=0)  # relativity: p²
    far = ALPHA * np.array([1.0, 2.0, 5.0])
    assert profile_beyond(1, -1, False, far) == pytest.approx(((1 + (far / ALPHA) ** 2) / 2) ** -3.0, rel=3e-3)


@pytest.mark.parametrize(
    ("name", "shell", "tolerance"),
    [
        ("CsI", "Cs K", 0.02),
        ("CsI", "Cs L1", 0.06),
        ("CsI", "Cs L2", 0.06),
        ("Pb", "Pb K", 0.03),
        ("Pb", "Pb L1", 0.07),
    ],
)
def test_tail_continues_the_table(name: str, shell: str, tolerance: float) -> None:
    """From 40 to 100 atomic units table and hydrogenic state fall alike; continuous at 100."""
    profile = one(name, shell).profile
    z = {"Cs": 55, "Pb": 82}[shell.split()[0]]
    kappa, excited = {"K": (-1, False), "L1": (-1, True), "L2": (1, True)}[shell.split()[1]]
    p = np.array([40.0, 100.0])
    want = profile_beyond(z, kappa, excited, p * ALPHA)[1]
    table = profile(p * ATOMIC_MOMENTUM)
    assert table[1] / table[0] == pytest.approx(want, rel=tolerance)
    around = profile(np.array([99.999, 100.001]) * ATOMIC_MOMENTUM)
    assert around[0] == pytest.approx(around[1], rel=2e-4)
    beyond = np.array([100.0, 150.0, 400.0, 3000.0])
    assert profile(beyond * ATOMIC_MOMENTUM) / profile(beyond[:1] * ATOMIC_MOMENTUM) == pytest.approx(
        profile_beyond(z, kappa, excited, beyond * ALPHA), rel=1e-5
    )


def test_tail_holds_what_the_documentation_says() -> None:
    assert mean("CsI", lambda s: 2 * integral(s.profile, 100.0, 15000.0)) == pytest.approx(7.6e-4, rel=0.02)
    assert mean("Pb", lambda s: 2 * integral(s.profile, 100.0, 15000.0)) == pytest.approx(3.1e-3, rel=0.02)


def test_missing_rows() -> None:
    """Carbon has a 2p3/2 electron, but one row for 2p; berkelium falls back twice; fermium has nothing."""
    shells = {s.name: s for s in electron_shells(compound("C", density=2.2))}
    p = np.linspace(0, 3e-4, 7)  # up to 80 atomic units
    assert shells["C L3"].profile(p) == pytest.approx(shells["C L2"].profile(p), rel=1e-2)
    for z in (5, 6, 13, 21, 31, 39, 49, 57, 58, 63, 64, 71, 81, 89, 92, 97, 99):
        symbol = xraylib.AtomicNumberToSymbol(z)
        for shell in electron_shells(compound(symbol, density=1.0)):
            assert np.all(np.isfinite(shell.profile.log_profile.coefficients)), shell.name
    with pytest.raises(InvalidValueError, match="Z = 100: has no Compton profiles"):
        electron_shells(compound("Fm", density=1.0))


def test_scaled_profile() -> None:
    profile = one("CsI", "I M1").profile
    narrow = profile.scaled(0.1)
    assert narrow.moment(0.0) == pytest.approx(1.0, rel=1e-9)
    assert narrow.moment(1.0) == pytest.approx(0.1 * profile.moment(1.0), rel=1e-9, abs=0)


def test_samples_follow_the_profile() -> None:
    """Fractions below quantiles of |p_z|, the sign, and <p²> = 3 <p_z²> of an isotropic atom."""
    rng = np.random.default_rng(5)
    profile, count = one("CsI", "I M1").profile, 200_000
    drawn = profile.sample(rng, count) / ATOMIC_MOMENTUM
    for limit in (0.5, 2.0, 5.0, 20.0):
        inside = 2 * integral(profile, 0.0, limit)
        assert np.mean(np.abs(drawn) < limit) == pytest.approx(inside, abs=4 * np.sqrt(inside * (1 - inside) / count))
    assert np.mean(drawn > 0) == pytest.approx(0.5, abs=4 * 0.5 / np.sqrt(count))
    magnitude = profile.sample_magnitude(rng, drawn * ATOMIC_MOMENTUM) / ATOMIC_MOMENTUM
    assert np.all(magnitude >= np.abs(drawn))
    cosine = np.abs(drawn / magnitude)
    assert np.mean(cosine) == pytest.approx(0.5, abs=0.01)
    assert np.mean(cosine**2) == pytest.approx(1 / 3, abs=0.01)
