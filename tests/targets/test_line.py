"""Thermal relic lines: reference values, scalings, errors, and what is refused."""

import warnings

import numpy as np
import pytest

import evanesce as ev
from evanesce.constants import ALPHA
from evanesce.dark_matter import dark_matter
from evanesce.errors import InvalidValueError
from evanesce.targets import published_line, relic_line, thermal_range
from evanesce.targets.coupling import DarkSector, thermal_couplings
from evanesce.targets.final_states import hadrons, leptons
from evanesce.targets.freeze_out import EARLY, LATE, Cosmos, relic_density
from evanesce.targets.thermal import Annihilation, thermal_average

REFERENCE = {
    "dirac": (7.90e-15, 5.87e-13, 6.35e-11),
    "pseudo-dirac": (7.90e-15, 5.87e-13, 6.35e-11),
    "complex-scalar": (1.65e-13, 1.33e-11, 1.64e-9),
    "majorana": (8.29e-14, 6.69e-12, 8.23e-10),
}
"""y at m_χ of 1, 10, 100 MeV, α_D = 0.5, m/m_χ = 3: another program with another table of g*."""


def photon(kind, alpha_d=0.5, mass_ratio=3.0):
    return ev.DarkPhoton(alpha_d=alpha_d, mass_ratio=mass_ratio, dark_matter=kind)


def y_at(kind, dark_mass=0.01, *, alpha_d=0.5, mass_ratio=3.0, **more):
    return float(relic_line(photon(kind, alpha_d, mass_ratio), dark_mass * mass_ratio, **more).y)


@pytest.mark.parametrize("kind", list(REFERENCE))
def test_reference_values(kind):
    """2 %: the tables of g* differ by 2 to 6 % in T around 60 keV, where 1 MeV freezes out."""
    assert relic_line(photon(kind), [0.003, 0.03, 0.3]).y == pytest.approx(REFERENCE[kind], rel=0.02)


def test_a_scalar_needs_twice_the_coupling_of_a_majorana_fermion():
    """Same σ and g, but half of the pairs annihilate: two, exactly where the mediator's width does not matter.

    Far from the resonance it does not. At m/m_χ = 3 and α_D = 0.5 the two widths make 1 %; with α_D = 10⁻⁴ the pole in
    the thermal tail is high, and twice as high for the scalar, whose width is half.
    """
    far = {"alpha_d": 0.01, "mass_ratio": 12.0}
    assert y_at("complex-scalar", **far) / y_at("majorana", **far) == pytest.approx(2.0, rel=1e-4)
    assert y_at("complex-scalar") / y_at("majorana") == pytest.approx(2.0, rel=0.012)
    assert y_at("complex-scalar", alpha_d=1e-4) / y_at("majorana", alpha_d=1e-4) < 1.5


@pytest.mark.parametrize(("kind", "rise"), [("dirac", 3.1), ("complex-scalar", 3.7), ("majorana", 3.7)])
def test_y_is_not_the_only_variable(kind, rise):
    """From m/m_χ = 3 to 10: 3.1 (s wave), 3.5 to 3.8 (p wave). In a heavy mediator's limit y would be constant."""
    assert y_at(kind, mass_ratio=10.0) / y_at(kind) == pytest.approx(rise, rel=0.04)
    assert y_at(kind, mass_ratio=60.0, alpha_d=1e-3) / y_at(kind, mass_ratio=30.0, alpha_d=1e-3) < 1.06


@pytest.mark.parametrize(("kind", "rise"), [("dirac", 0.080), ("complex-scalar", 0.009), ("majorana", 0.009)])
def test_the_width_raises_y(kind, rise):
    """From α_D = 0.1 to 0.5, +8 % and +1 %: a wider resonance is lower."""
    assert y_at(kind) / y_at(kind, alpha_d=0.1) - 1 == pytest.approx(rise, abs=0.002)


def test_a_running_width_takes_most_of_that_back():
    """At threshold it vanishes, and D is (s - m²)² there."""
    assert y_at("dirac", width="running") / y_at("dirac") == pytest.approx(0.926, abs=0.005)
    assert y_at("dirac", alpha_d=1e-3, width="running") == pytest.approx(y_at("dirac", alpha_d=1e-3), rel=1e-5)


@pytest.mark.parametrize("kind", ["dirac", "majorana"])
def test_on_resonance_only_the_branching_matters(kind):
    """m/m_χ = 2.05, narrow: ⟨σv⟩ ∝ ε²α_D/Γ ∝ ε², so that ε does not know α_D; and y ∝ α_D."""
    wide, narrow = (relic_line(photon(kind, alpha_d, 2.05), 0.0205) for alpha_d in (1e-4, 1e-6))
    assert float(narrow.epsilon) == pytest.approx(float(wide.epsilon), rel=2e-4)
    assert float(narrow.y) < 1e-4 * y_at(kind)


def test_closure_with_the_visible_width():
    """α_D = 10⁻⁸, m_χ = 2 GeV, next to the resonance: ε² Γ(visible) is a fifth of the width, and Ω is 0.12 with it."""
    sector = DarkSector(kind=dark_matter("majorana"), alpha_d=1e-8, mass_ratio=2.05)
    found = thermal_couplings(sector, np.array([2.0]))
    epsilon, mass = float(found.epsilon[0]), np.asarray(2.05 * 2.0)
    assert 0.05 < float(found.visible_width[0]) < 5.0
    invisible = float(sector.kind.width(mass, 1e-8, 2.05))
    visible = epsilon**2 * float(mass * ALPHA / 3 * (leptons(mass) + hadrons()(mass)))
    one = Annihilation(kind=sector.kind, dark_mass=2.0, mass_ratio=2.05, alpha_d=1e-8, width=invisible + visible)
    rate = thermal_average(one, np.concatenate([EARLY, LATE]))[0][None]
    density = relic_density(Cosmos(np.array([2.0]), 2, rate), np.array([epsilon]))
    assert float(density[0]) == pytest.approx(0.12, rel=1e-6)
    without = relic_density(Cosmos(np.array([2.0]), 2, rate * (1 + visible / invisible)), np.array([epsilon]))
    assert float(without[0]) < 0.118


def test_the_threshold_of_muons_is_seen():
    """Leptons double above it: y per m_χ² falls."""
    line = relic_line(photon("dirac"), np.array([0.28, 0.36]))
    assert line.y[1] < line.y[0]


def test_errors_say_where_they_come_from():
    line = relic_line(photon("dirac"), [0.0011, 0.03, 1.5])
    assert set(line.errors) == {"numerics", "plasma", "hadrons"}
    assert (line.errors["numerics"] < 1e-3).all()
    assert line.errors["hadrons"][1] == 0.0
    assert 1e-3 < line.errors["hadrons"][2] < 0.05
    assert (line.errors["plasma"] > 5e-4).all()
    total = np.sqrt(sum(error**2 for error in line.errors.values()))
    assert line.epsilon_error == pytest.approx(total * line.epsilon)


def test_the_error_of_the_steps_is_honest():
    """Ω with ten times the steps, at the ε found, against the error; ε ∝ Ω^(-1/2)."""
    sector = DarkSector(kind=dark_matter("complex-scalar"), alpha_d=0.1, mass_ratio=3.0)
    found = thermal_couplings(sector, np.array([0.02]))
    width = float(sector.kind.width(np.asarray(0.06), 0.1, 3.0))
    one = Annihilation(kind=sector.kind, dark_mass=0.02, mass_ratio=3.0, alpha_d=0.1, width=width)
    rate = 0.5 * thermal_average(one, np.concatenate([EARLY, LATE]), orders=(20, 12))[0][None]
    exact = relic_density(Cosmos(np.array([0.02]), 2, rate), found.epsilon, steps=3000)
    off = 0.5 * abs(float(exact[0]) / 0.12 - 1)
    assert 0.05 < off / float(found.errors["numerics"][0]) < 1.0


def test_shapes_and_values():
    single, many = relic_line(photon("dirac"), 0.03), relic_line(photon("dirac"), [0.01, 0.03])
    assert np.shape(single.epsilon) == () == np.shape(single.y)
    assert float(single.epsilon) == pytest.approx(float(many.epsilon[1]), rel=1e-9)
    assert many.y == pytest.approx(many.epsilon**2 * 0.5 / 81)
    assert many.dark_matter_mass == pytest.approx([0.01 / 3, 0.01])
    assert "dirac" in repr(many)
    assert relic_line("dark-photon", 0.03).alpha_d == 1e-3


def test_a_mass_does_not_know_the_others():
    line = relic_line(photon("majorana"), np.geomspace(0.004, 3.0, 7))
    alone = relic_line(photon("majorana"), line.mass[3])
    assert float(alone.epsilon) == pytest.approx(float(line.epsilon[3]), rel=1e-9)


def test_light_dark_matter_annihilates_in_the_tail():
    """m_χ below the electron: the lighter, the larger the coupling, as e^{(m_e - m_χ)x/m_χ} with x of 15 to 19."""
    dark_mass = np.array([0.30, 0.33]) * 1e-3
    line = relic_line(photon("dirac"), 3 * dark_mass)
    x = np.diff(np.log(line.epsilon)) / np.diff(0.511e-3 / dark_mass)
    assert 15 < x[0] < 19
    assert (line.errors["numerics"] < 2e-3).all()
    assert np.isnan(relic_line(photon("dirac"), 6e-4).epsilon)


def test_no_coupling_is_strong_enough():
    """A tiny α_D: nothing below one works, which is said and is not a number."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        line = relic_line(photon("dirac", alpha_d=1e-9), [0.03, 3.0])
    assert np.isnan(line.epsilon).tolist() == [False, True]
    assert np.isnan(line.y[1])
    assert np.isnan(line.epsilon_error[1])
    assert "no coupling below 1 gives a density of 0.12: 1 of 2 masses, first at 3 GeV" in line.notes[0]


def test_what_is_assumed_is_said():
    assert "neutrinos" in relic_line(photon("dirac"), 0.01).notes[-1]
    assert "kinetic equilibrium" in relic_line(photon("dirac", mass_ratio=2.2), 0.1).notes[0]
    assert relic_line(photon("dirac"), 0.1).notes == ()


@pytest.mark.parametrize(
    ("mediator", "mass", "message"),
    [
        (ev.Scalar(), 0.1, "mediator Scalar: thermal lines are those of a vector"),
        (ev.DarkPhoton(alpha_d=(0.1, 0.5)), 0.1, "alpha_d: has 2 values, a thermal line needs one number"),
        (ev.DarkPhoton(), 100.0, "mass = 100 GeV of the mediator: must lie between 0.0003 and 30 GeV"),
        (ev.DarkPhoton(), 1e-4, "mass = 0.0001 GeV of the mediator: must lie between"),
        (ev.DarkPhoton(), [[0.1]], "mass: has 2 dimensions"),
        (ev.DarkPhoton(), [0.1, float("nan")], "mass = nan: must be finite"),
        (ev.DarkPhoton(), [], "mass: is empty"),
        (ev.DarkPhoton(), True, "mass = True: must be numbers"),
    ],
)
def test_refused(mediator, mass, message):
    with pytest.raises(InvalidValueError, match=message):
        relic_line(mediator, mass)


def test_widths_by_name():
    with pytest.raises(InvalidValueError, match="width = 'none': must be one of fixed, running"):
        relic_line("dark-photon", 0.1, width="none")


def test_the_range_follows_the_ratio():
    assert thermal_range(photon("dirac", mass_ratio=4.0)) == pytest.approx((4e-4, 40.0))


@pytest.mark.parametrize("kind", ["dirac", "complex-scalar", "majorana"])
def test_published_lines_are_within_their_scatter(kind):
    """10 to 300 MeV: within 12 %; 15 % at 3 MeV, where g* matters. Public tables of one line differ by 7 to 25 %."""
    mass = np.array([0.009, 0.03, 0.09, 0.3, 0.9])
    ratio = relic_line(photon(kind), mass).y / published_line(kind, mass)
    assert (np.abs(ratio[1:] - 1) < 0.12).all()
    assert np.abs(ratio[0] - 1) < 0.15


def test_published_lines_end():
    assert np.isnan(published_line("majorana", [0.008, 1.0])).all()
    with pytest.raises(ev.EvanesceError, match="unknown published thermal line 'fermion': known are complex-scalar"):
        published_line("fermion", 0.1)
