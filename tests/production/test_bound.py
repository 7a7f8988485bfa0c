"""Annihilation on moving electrons: brute force over (p_z, shell, E'), sum rules, the free limit, numbers."""

import dataclasses
from itertools import pairwise

import brute_force
import numpy as np
import pytest
import xraylib
from scipy.stats import kstest

from evanesce.constants import ALPHA, ELECTRON_MASS, GEV2_CM2
from evanesce.errors import InvalidValueError
from evanesce.materials import ATOMIC_MOMENTUM, ElectronShell, compound, electron_shells, material
from evanesce.mediators import DarkPhoton, Scalar
from evanesce.numerics import gauss_legendre, panel_nodes
from evanesce.production import annihilation_cross_section, bound_annihilation, effective_cross_section
from evanesce.production.annihilation import collision_s, free_collisions, integrate_collisions
from evanesce.production.bound import (
    STEP,
    LightConeDensity,
    bound_collisions,
    bound_cross_section,
    collision_density,
    light_cone_density,
    light_cone_electrons,
)
from evanesce.production.struck import BINDING, struck_shell, struck_shells
from evanesce.showers import ShowerSetup, TsaiWhitis
from evanesce.sources import Beam, Bhabha
from evanesce.tracklength import fold_track_length

CSI, LEAD = material("CsI"), material("Pb")
POSITRONS = Beam(energy=100.0, particles=1e11, incident="e+")


def fold(source, target, *, thickness=16.0, fraction=0.95, v_max=1.0):
    setup = ShowerSetup(
        incident=source.incident, material=target, start=0.0, stop=thickness, energy_min=1.0, energy_max=200.0
    )
    kernel = TsaiWhitis(pair_charges="both").track_length(setup).positrons
    return fold_track_length(source, kernel, missing_fraction=fraction, v_max=v_max)


BELLE = fold(Bhabha(), CSI)
KNOTS = np.array(
    [
        *(0, 0.05, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 1, 1.2, 1.4, 1.6, 1.8, 2, 2.4, 3, 4, 5, 6, 7, 8),
        *(10, 15, 20, 30, 40, 60, 100, 150, 225, 340, 500, 800, 1500, 3000, 6000, 13000),
    ]
)


def momenta(shell: ElectronShell, nodes: int = 8):
    """p_z in GeV from -13000 a.u. to m_e, f(p_z) of xraylib (its shape; the package's tail), weights."""
    x, w = gauss_legendre(nodes)
    end = 1.0 / ALPHA
    knots = np.sort(np.concatenate([-KNOTS[1:], KNOTS[end > KNOTS], [end]]))
    half = 0.5 * np.diff(knots)[:, None]
    p = (knots[:-1, None] + half * (1 + x)).ravel()
    symbol, label = shell.name.split()
    z, index = xraylib.SymbolToAtomicNumber(symbol), getattr(xraylib, f"{label}_SHELL")
    scale = float(shell.profile(np.asarray(0.0))) / xraylib.ComptonProfile_Partial(z, index, 0.0)
    tabulated = [xraylib.ComptonProfile_Partial(z, index, min(abs(v), 100.0)) for v in p.tolist()]
    f = np.where(np.abs(p) < 100, scale * np.array(tabulated), shell.profile(p * ATOMIC_MOMENTUM))
    return p * ATOMIC_MOMENTUM, f, (half * w).ravel() * ATOMIC_MOMENTUM


def flux(shell: ElectronShell, binding: str, nodes: int = 8):
    """q and G dq: from the table of xraylib for ``none``, else from the package's shell on panels in ln q."""
    if binding == "none":
        p, f, dp = momenta(shell, nodes)
        return ELECTRON_MASS - p, dp * f * (1 - p / ELECTRON_MASS)
    far = np.geomspace(1e-4, 6, 40)
    edges = np.concatenate([[-9.0], -far[::-1], [0.0], far[far < 4.6], [4.6]])
    log_q, weights = panel_nodes(edges, nodes)
    q = ELECTRON_MASS * np.exp(log_q.ravel())
    return q, weights.ravel() * q * struck_shell(shell, binding)(q)


def brute(folded, target, mediator, mass, *, binding, pieces=1):
    """Σ n ∫ dq G ∫ dE' W(E') σ(s), nested, W at nodes of its own panels."""
    edges = np.unique(np.concatenate([np.linspace(a, b, pieces + 1) for a, b in pairwise(folded.edges)]))
    energy, weights = panel_nodes(edges, 24)
    length = np.append((weights * folded(energy)).ravel(), folded.atom_lengths)
    energy = np.append(energy.ravel(), folded.atom_energies)
    total = 0.0
    for shell in electron_shells(target):
        q, rates = flux(shell, binding)
        for part in np.array_split(np.arange(len(q)), 8):
            s = 2 * q[part, None] * energy + 2 * ELECTRON_MASS**2
            width = float(mediator.width(mass))
            sigma = mediator.annihilation_numerator(s, mass) / ((s - mass**2) ** 2 + (mass * width) ** 2)
            total += shell.density * float(rates[part] @ (sigma @ length))
    return total * GEV2_CM2


WIDE = [
    (BELLE, CSI, DarkPhoton(alpha_d=0.5), 0.03, "eikonal"),
    (BELLE, CSI, DarkPhoton(alpha_d=0.5), 0.067, "on-shell"),
    (BELLE, CSI, Scalar(alpha_d=0.5), 0.11, "none"),
    (fold(POSITRONS, LEAD, fraction=0.5), LEAD, DarkPhoton(alpha_d=0.5), 0.4, "eikonal"),
]


@pytest.mark.parametrize(("folded", "target", "mediator", "mass", "binding"), WIDE)
def test_against_brute_force(folded, target, mediator, mass, binding):
    """Widths of some per cent, which nodes of the track length resolve: 1e-5."""
    density = bound_collisions(folded, target, binding=binding)
    result = bound_cross_section(density, mediator, np.array([mass]))
    want = brute(folded, target, mediator, mass, binding=binding)
    assert result.value[0] == pytest.approx(want, rel=2e-5)
    assert abs(result.value[0] / want - 1) < 3 * result.error[0] / result.value[0] + 3e-6


def narrow(folded, target, mass):
    """D(m²) directly: Σ n ∫ dE' W/(2E') G(q) at q = (m² - 2 m_e²)/(2E')."""
    edges = np.unique(np.concatenate([np.linspace(a, b, 41) for a, b in pairwise(folded.edges)]))
    energy, weights = panel_nodes(edges, 12)
    length = np.append((weights * folded(energy)).ravel(), folded.atom_lengths)
    energy = np.append(energy.ravel(), folded.atom_energies)
    total = 0.0
    for shell in struck_shells(target, "eikonal"):
        rate = shell((mass**2 - 2 * ELECTRON_MASS**2) / (2 * energy))
        total += shell.density * float(np.sum(length * rate / (2 * energy)))
    return total


@pytest.mark.parametrize(
    ("folded", "target", "masses"),
    [
        (BELLE, CSI, [0.01, 0.03, 0.05, 0.06, 0.0655, 0.0667, 0.07, 0.0822, 0.09, 0.12, 0.3]),
        (fold(Bhabha(), CSI, v_max=0.999), CSI, [0.06, 0.0667, 0.085]),
        (fold(POSITRONS, LEAD, fraction=0.5), LEAD, [0.1, 0.25, 0.31, 0.3197, 0.33, 0.5]),
        (fold(POSITRONS, CSI, fraction=0.2), compound("LiH", density=0.8), [0.25, 0.3197, 0.33]),
    ],
)
def test_narrow_width_is_the_density_of_collisions(folded, target, masses):
    """Γ → 0 for every mass, beam lines included: the yield is D(m²) π N/(m Γ).

    To 1e-4 at the tip of a beam line's resonance, where profiles have a corner, 1e-5 elsewhere."""
    photon, mass = DarkPhoton(alpha_d=1e-12), np.array(masses)
    result = bound_cross_section(bound_collisions(folded, target), photon, mass)
    peak = np.pi * photon.annihilation_numerator(mass**2, mass) / (mass * photon.width(mass)) * GEV2_CM2
    want = np.array([narrow(folded, target, m) for m in masses])
    assert result.value / peak == pytest.approx(want, rel=1e-4)
    assert np.all(np.abs(result.value / peak / want - 1) < result.error / result.value + 2e-6)


def test_narrow_widths_against_nested_halving():
    """α_D = 1e-3 off the peak, with carbon's few shells: s resolved down to the width at every E'."""
    carbon = compound("C", density=2.2)
    photon, mass = DarkPhoton(alpha_d=1e-3), 0.06
    folded = fold(Bhabha(), CSI)
    g = mass * float(photon.width(mass))
    points = brute_force.halving(2.1 * ELECTRON_MASS**2, 0.05, [(mass**2, 0.1 * g), (0.0045, 3e-5), (0.0067, 3e-5)])
    points = np.unique(np.concatenate([points, np.linspace(0.004, 0.0075, 400)]))
    s, weights = brute_force.nodes_between(points[points >= 4 * (mass / 3) ** 2])
    sigma = photon.annihilation_numerator(s, mass) / ((s - mass**2) ** 2 + g**2) * GEV2_CM2
    energy, de = panel_nodes(folded.edges, 24)
    length, energy = (de * folded(energy)).ravel(), energy.ravel()
    total = 0.0
    for shell in struck_shells(carbon, "on-shell"):
        for e, dl in zip(energy, length, strict=True):
            rate = shell((s - 2 * ELECTRON_MASS**2) / (2 * e)) / (2 * e)
            total += shell.density * dl * float(np.sum(weights * sigma * rate))
    got = bound_cross_section(bound_collisions(folded, carbon, binding="on-shell"), photon, np.array([mass]))
    assert got.value[0] == pytest.approx(total, rel=1e-4)


@pytest.mark.parametrize("binding", BINDING)
def test_electrons_are_conserved(binding):
    """∫ D ds = n_e ∫ W: each shell has ∫ G dq = 1, less what no real positron can meet, s < 0.

    ``none`` has 6e-5 (4e-4) of negative weight there in CsI (lead), the orbitals 2e-5 (8e-5) of positive weight;
    an electron on shell has q > 0.
    """
    outside = {
        "none": (5.6e-5, 4.0e-4),
        "on-shell": (0, 0),
        "on-shell-orbitals": (0, 0),
        "eikonal": (-2.0e-5, -7.5e-5),
    }[binding]
    for target, excess in zip((CSI, LEAD), outside, strict=True):
        folded = BELLE if target is CSI else fold(POSITRONS, LEAD, fraction=0.5)
        total = bound_collisions(folded, target, binding=binding).integral / folded.integral
        assert total / target.electron_density == pytest.approx(1 + excess, abs=4e-6)
        assert total == pytest.approx(light_cone_electrons(target, binding).integral, rel=1e-5)


def test_on_shell_electrons_have_the_moments_of_their_momenta():
    """<1/q> = <1/E> and <q> = <E + p²/3E> over ρ = -2 p f'; by parts, <h> = 2 ∫ f (p h)' dp.

    The sum rules are exact; the grid in q and the panels of the profile leave 1e-5 of <q> - m_e.
    """
    shell = next(one for one in electron_shells(CSI) if one.name == "Cs L1")
    log_p, weights = panel_nodes(np.linspace(-25.0, np.log(ELECTRON_MASS * 140), 900), 12)
    p, m = np.exp(log_p.ravel()), ELECTRON_MASS
    measure = 2 * weights.ravel() * p * shell.profile(p)
    e = np.hypot(m, p)
    grid = light_cone_density([dataclasses.replace(struck_shell(shell, "on-shell"), density=1.0)])
    q, weight = grid.momentum, grid.values * grid.step
    assert weight.sum() == pytest.approx(1.0, abs=2e-6)
    assert np.sum(weight * m / q) - 1 == pytest.approx(np.sum(measure * (m / e - m * p**2 / e**3)) - 1, rel=2e-4)
    higher = e + p**2 / (3 * e) + p**2 / e + (2 * p**2 / e - p**4 / e**3) / 3
    assert np.sum(weight * q) / m - 1 == pytest.approx(np.sum(measure * higher) / m - 1, rel=2e-4)


def test_eikonal_and_on_shell_agree_near_the_resonance():
    """Yields at Belle II from 60 to 85 MeV, α_D = 1e-3: within 3 %; the tails differ."""
    mass = np.array([0.05, 0.06, 0.065, 0.0667, 0.07, 0.075, 0.08, 0.085])
    one, other = (
        bound_cross_section(bound_collisions(BELLE, CSI, binding=b), DarkPhoton(alpha_d=1e-3), mass).value
        for b in ("eikonal", "on-shell")
    )
    assert one[1:] / other[1:] == pytest.approx(np.ones(7), abs=0.03)
    assert one[0] / other[0] > 1.4


def test_tables_of_profiles_and_orbitals_agree():
    """Yields of electrons on shell at Belle II, α_D = 1e-3: within 3 % from 55 to 85 MeV with either momenta."""
    mass = np.array([0.05, 0.055, 0.06, 0.065, 0.0667, 0.07, 0.075, 0.08, 0.085])
    one, other = (
        bound_cross_section(bound_collisions(BELLE, CSI, binding=b), DarkPhoton(alpha_d=1e-3), mass).value
        for b in ("on-shell-orbitals", "on-shell")
    )
    assert one / other == pytest.approx(np.ones(9), abs=0.05)
    assert (one != other).all()


def test_slow_electrons_are_free():
    """Momenta of hydrogen times 0.1 and no binding: free electrons, to <p_z²>/m_e² ~ 2e-7 of a smooth yield."""
    (shell,) = electron_shells(compound("H", density=0.07))
    slow = dataclasses.replace(shell, profile=shell.profile.scaled(0.1), density=1.0)
    grid = light_cone_density([struck_shell(slow, "none")], step=0.2 * STEP)
    photon, mass = DarkPhoton(alpha_d=0.1), np.array([0.04, 0.06, 0.0667, 0.075, 0.085])
    got = bound_cross_section(collision_density(BELLE, grid), photon, mass)
    free = effective_cross_section(BELLE, photon, mass)
    assert got.value == pytest.approx(free.value, rel=1e-4, abs=0)
    once = dataclasses.replace(shell, density=1.0)
    ten = bound_cross_section(collision_density(BELLE, light_cone_density([struck_shell(once, "none")])), photon, mass)
    far, near = np.abs(ten.value / free.value - 1), np.abs(got.value / free.value - 1)
    assert np.all(near < 0.1 * far + 5e-6)  # quadratic, but for the grid


def test_free_collisions_are_the_formula():
    density = free_collisions(BELLE)
    assert density.integral == pytest.approx(BELLE.integral, rel=1e-12)
    assert density.edges == pytest.approx(collision_s(BELLE.edges), rel=1e-15, abs=0)
    photon, mass = DarkPhoton(), np.array([0.06, 0.0667])
    assert integrate_collisions(density, photon, mass).value == pytest.approx(
        effective_cross_section(BELLE, photon, mass).value, rel=1e-14, abs=0
    )


def test_what_motion_does_to_belle2():
    """The peak falls to 1.73e-5 near 67 MeV; the limit at 60 MeV improves; binding tilts the tails.

    Track length of Tsai and Whitis, both charges, endpoint exact.
    """
    bound, unbound = bound_collisions(BELLE, CSI), bound_collisions(BELLE, CSI, binding="none")
    mass = np.linspace(0.06, 0.08, 401)
    cross = bound_cross_section(bound, DarkPhoton(alpha_d=1e-3), mass).value
    curve = np.sqrt(np.sqrt(2.71 * 94) / (cross * CSI.radiation_length))
    assert curve.min() == pytest.approx(1.73e-5, rel=0.01)
    assert mass[curve.argmin()] == pytest.approx(0.067, abs=3e-4)
    photon, points = DarkPhoton(alpha_d=1e-3), np.array([0.05, 0.06, 0.065, 0.067, 0.085, 0.09])
    eikonal, none = (bound_cross_section(d, photon, points).value for d in (bound, unbound))
    free = effective_cross_section(BELLE, photon, points).value * CSI.electron_density
    # from a separate calculation with orbitals of a Molière atom, quoted to two digits
    assert eikonal / none == pytest.approx([0.44, 0.67, 0.95, 0.98, 1.31, 1.67], rel=0.02)
    assert np.sqrt(none[1] / free[1]) > 3  # limits at 60 MeV: the window widens


def test_arrays_of_parameters_and_errors():
    density = bound_collisions(BELLE, CSI)
    mass = np.array([0.03, 0.0667, 0.09])
    alphas = np.array([[1e-6], [1e-3], [0.1]])
    together = bound_cross_section(density, DarkPhoton(alpha_d=alphas), mass)
    for i in range(3):
        alone = bound_cross_section(density, DarkPhoton(alpha_d=float(alphas[i, 0])), mass[i : i + 1])
        assert alone.value[0] == pytest.approx(together.value[i], rel=1e-12)
    with pytest.raises(InvalidValueError, match="binding = 'some'"):
        bound_collisions(BELLE, CSI, binding="some")


def test_grid_must_resolve_the_electrons_and_says_so():
    """A coarser grid has a larger error, and its estimate covers it."""
    photon, mass = DarkPhoton(alpha_d=1e-12), np.array([0.06, 0.0664, 0.0667, 0.067, 0.07, 0.0822])
    fine = bound_cross_section(bound_collisions(BELLE, CSI), photon, mass).value
    coarse = collision_density(BELLE, light_cone_density(struck_shells(CSI, "eikonal"), step=10 * STEP))
    result = bound_cross_section(coarse, photon, mass)
    assert coarse.error > 1e-4
    assert np.all(np.abs(result.value - fine) < result.error)
    assert isinstance(light_cone_density(struck_shells(CSI, "eikonal")[:1]), LightConeDensity)


@pytest.mark.parametrize("binding", BINDING)
def test_struck_electrons(binding):
    """At given q, |p| has the isotropic distribution: on shell q = E - p_z and P(|p| > p) = H(p)/H(p_min)."""
    rng = np.random.default_rng(11)
    shell = next(one for one in struck_shells(CSI, binding) if one.name == "Cs K")
    q = np.full(20_000, 0.75 * ELECTRON_MASS)
    p_z, across = shell.draw(rng, q)
    magnitude = np.hypot(p_z, across)
    energy = ELECTRON_MASS if binding == "none" else np.hypot(ELECTRON_MASS, magnitude)
    assert energy - p_z == pytest.approx(q, rel=1e-12)
    assert across.min() < 0.05 * ELECTRON_MASS < across.max()
    share = shell.momenta(magnitude) / shell.momenta(magnitude.min(keepdims=True))
    assert kstest(share, "uniform").pvalue > 0.01


ONE_ENERGY = [
    (CSI, DarkPhoton(alpha_d=0.5), 4.35, 0.03, "eikonal"),
    (CSI, DarkPhoton(alpha_d=0.5), 4.35, 0.0667, "on-shell"),
    (CSI, Scalar(alpha_d=0.5), 4.35, 0.11, "none"),
    (LEAD, DarkPhoton(alpha_d=0.5), 100.0, 0.4, "eikonal"),
]


@pytest.mark.parametrize(("target", "mediator", "energy", "mass", "binding"), ONE_ENERGY)
def test_mean_cross_section_against_brute_force(target, mediator, energy, mass, binding):
    """Over (p_z, shell) at one energy, widths of some per cent: 2e-5 as for a fold, within the error it claims."""
    total = 0.0
    for shell in electron_shells(target):
        q, rates = flux(shell, binding, 24)
        s = 2 * q * energy + 2 * ELECTRON_MASS**2
        poles = (s - mass**2) ** 2 + (mass * float(mediator.width(mass))) ** 2
        sigma = mediator.annihilation_numerator(s, mass) / poles
        total += shell.density * float(rates @ sigma)
    want = total * GEV2_CM2 / target.electron_density
    result = bound_annihilation(target, mediator, energy=energy, mass=np.array([mass]), binding=binding)
    assert result.value[0] == pytest.approx(want, rel=2e-5, abs=0)
    assert abs(result.value[0] / want - 1) < 3 * result.error[0] / want + 3e-6


def test_mean_cross_section_conserves_electrons():
    """Narrow width, integrated over s = m²: ∫ σ dm² is that of an electron at rest, but for the flux beyond the grid.

    σ = π N(m²)/(m Γ) δ(s - m²) with N/(m Γ) the same for every mass; the grid loses 2e-8, the sum of masses 1e-5.
    """
    energy, mediator = 4.35, DarkPhoton(alpha_d=1e-6)
    edges = ELECTRON_MASS * np.exp(np.linspace(np.log(0.003), np.log(30), 401))
    q, weights = panel_nodes(edges, 12)
    s = 2 * energy * q.ravel() + 2 * ELECTRON_MASS**2
    result = bound_annihilation(CSI, mediator, energy=energy, mass=np.sqrt(s), binding="none")
    strength = np.pi * mediator.annihilation_numerator(s, np.sqrt(s)) / (np.sqrt(s) * mediator.width(np.sqrt(s)))
    density = result.value / (GEV2_CM2 * strength)  # G/(2 E' n_e)
    assert 2 * energy * float(density @ weights.ravel()) == pytest.approx(1.0, rel=2e-4)


def test_mean_cross_section_of_slow_electrons_is_the_free_one():
    """A resonance a third as wide as its mass hardly sees electrons of hydrogen move, p ~ 1/137: 2e-3."""
    mass = np.array([0.02, 0.0667, 0.11])
    hydrogen = compound("H", density=0.07)
    wide = DarkPhoton(alpha_d=1.0, mass_ratio=50.0)
    result = bound_annihilation(hydrogen, wide, energy=4.35, mass=mass)
    free = annihilation_cross_section(wide, energy=np.asarray(4.35), mass=mass)
    np.testing.assert_allclose(result.value, free, rtol=2e-3)
