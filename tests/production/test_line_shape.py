"""Integrals over the line shape of a mediator whose width runs with s."""

import numpy as np
import pytest

from evanesce.constants import E_SQUARED, GEV2_CM2
from evanesce.mediators import AxialVector, DarkPhoton, Pseudoscalar, Scalar
from evanesce.numerics import panel_nodes
from evanesce.production.annihilation import (
    CollisionDensity,
    annihilation_cross_section,
    collision_s,
    integrate_collisions,
)
from evanesce.tracklength import Endpoint

MASS = 0.0667


def collisions(function, low=3.8e-3, high=6.8e-3, panels=6, endpoints=()):
    edges = np.geomspace(low, high, panels + 1)
    nodes, _ = panel_nodes(edges, 16)
    return CollisionDensity(edges=edges, values=function(nodes), endpoints=endpoints, error=0.0)


def falling(s):
    return 1.0 / s + 40.0 * np.exp(-s / 1e-3)


def integrated(mediator, mass, low, high):
    """∫ D N/((s - m²)² + (mΓ N(s)/N(m²))²) by a Gauss rule on many short pieces in the velocity of χ times √s."""
    m = np.asarray(mass)
    threshold = 4.0 * (mass / mediator.mass_ratio) ** 2
    half_width = float(m * mediator.width(m))
    on_shell = float(mediator.annihilation_numerator(m**2, m))
    first, last = (np.sqrt(max(edge - threshold, 0.0)) for edge in (low, high))
    pole = np.sqrt(mass**2 - threshold)
    near = half_width / (2.0 * pole) * np.geomspace(0.1, 1e9, 41)
    cuts = np.concatenate([[first, last, pole], pole - near, pole + near, np.geomspace(1e-9, 1.0, 41) * last])
    edges = np.unique(cuts[(cuts >= first) & (cuts <= last)])
    u, weight = panel_nodes(edges, 40)
    s = threshold + u * u
    numerator = mediator.annihilation_numerator(s, m)
    # (u - u₀)(u + u₀), because s - m² would lose the digits of a narrow width
    difference = (u - pole) * (u + pole)
    squared = difference**2 + (half_width * numerator / on_shell) ** 2
    return GEV2_CM2 * float(np.sum(weight * 2.0 * u * falling(s) * numerator / squared))


@pytest.mark.parametrize("kind", [DarkPhoton, Scalar, Pseudoscalar, AxialVector])
@pytest.mark.parametrize("alpha_d", [1e-6, 0.1, 1.0, 12.5])
def test_against_brute_force(kind, alpha_d):
    """From a pole far above the threshold to one within its width, above, below and at the ends of the density."""
    for mass_ratio, mass in [(2.00001, MASS), (2.001, MASS), (2.05, 0.0617), (3.0, MASS), (500.0, 0.0824), (3.0, 0.1)]:
        mediator = kind(alpha_d=alpha_d, mass_ratio=mass_ratio)
        value, error = integrate_collisions(collisions(falling), mediator, np.array([mass]), width="running")
        want = integrated(mediator, mass, 3.8e-3, 6.8e-3)
        # D itself is interpolated to 1e-9 on these panels; the nodes of brute force are rounded to 1e-17 of m
        rounding = 1e-17 * mass / float(mediator.width(np.asarray(mass)))
        assert value[0] == pytest.approx(want, rel=1e-8 + rounding, abs=0.0)
        assert abs(value[0] - want) <= error[0] + rounding * want
        assert error[0] < 1e-6 * value[0]


def test_massless_dark_matter_in_closed_form():
    """For m_χ → 0 the width of a vector is α_D √s/3, and ∫ s ds/((s - m²)² + a²s²) is elementary."""
    a, low, high = 0.1, 3.8e-3, 6.8e-3
    mediator = DarkPhoton(alpha_d=3.0 * a, mass_ratio=1e7)
    value, _ = integrate_collisions(collisions(np.ones_like), mediator, np.array([MASS]), width="running")

    def primitive(s):
        # (s - m²)² + a²s² = (1 + a²)[(s - p)² + q²]
        p, q = MASS**2 / (1.0 + a**2), a * MASS**2 / (1.0 + a**2)
        return (0.5 * np.log((s - p) ** 2 + q**2) + p / q * np.arctan((s - p) / q)) / (1.0 + a**2)

    want = GEV2_CM2 * E_SQUARED * a * (primitive(high) - primitive(low))
    assert value[0] == pytest.approx(want, rel=1e-11, abs=0.0)


def test_running_meets_fixed_for_a_narrow_mediator():
    mediator, masses = DarkPhoton(alpha_d=1e-7), np.array([0.062, MASS, 0.08])
    running, fixed = (
        integrate_collisions(collisions(falling), mediator, masses, width=width) for width in ("running", "fixed")
    )
    # the area changes by terms of relative size Γ/m
    assert running.value == pytest.approx(fixed.value, rel=1e-6, abs=0.0)


@pytest.mark.parametrize(("alpha_d", "mass_ratio"), [(1e-9, 3.0), (0.3, 2.001), (0.1, 3.0)])
def test_pole_in_the_last_part_of_a_beam(alpha_d, mass_ratio):
    """D on panels in the distance from the endpoint, which joins the panels in s, equals D on panels in s."""
    end = MASS**2 * (1.0 + 1e-11)
    distance = -1e-9 * end
    edges = np.array([distance, 0.3 * distance, 0.03 * distance, 0.0])
    nodes, _ = panel_nodes(edges, 16)
    endpoint = Endpoint(origin=end, edges=edges, values=falling(end + nodes), rest=0.0)
    split = collisions(falling, high=end + distance, endpoints=(endpoint,))
    mediator = DarkPhoton(alpha_d=alpha_d, mass_ratio=mass_ratio)
    parts, whole = (
        integrate_collisions(density, mediator, np.array([MASS]), width="running").value[0]
        for density in (split, collisions(falling, high=end))
    )
    # s - m² is rounded to 1e-16 s, a few 1e-6 of the narrowest width
    assert parts == pytest.approx(whole, rel=1e-4 if alpha_d < 1e-8 else 1e-8, abs=0.0)


def test_one_mass_does_not_depend_on_the_others():
    mediator = DarkPhoton(alpha_d=0.5, mass_ratio=2.3)
    masses = np.linspace(0.06, 0.09, 60)
    together = integrate_collisions(collisions(falling), mediator, masses, width="running").value
    alone = [
        integrate_collisions(collisions(falling), mediator, np.array([m]), width="running").value[0] for m in masses
    ]
    assert together.tolist() == alone


def test_cross_section_at_the_pole_and_at_the_threshold():
    """At s = m² both widths agree; a running one vanishes with N(s)."""
    mediator = Scalar(alpha_d=0.2, mass_ratio=2.2)
    m = np.asarray(MASS)
    energy = m**2 / (2.0 * 0.51099895069e-3) - 0.51099895069e-3
    running, fixed = (
        annihilation_cross_section(mediator, energy=energy, mass=m, width=width) for width in ("running", "fixed")
    )
    assert float(running) == pytest.approx(float(fixed), rel=1e-9, abs=0.0)
    lower = annihilation_cross_section(mediator, energy=0.9 * energy, mass=m, width="running")
    s = float(collision_s(0.9 * energy))
    numerator = float(mediator.annihilation_numerator(np.asarray(s), m))
    own_width = np.sqrt(s) * np.sqrt(s) * 0.2 / 2.0 * (1.0 - 4.0 * MASS**2 / 2.2**2 / s) ** 1.5
    want = GEV2_CM2 * numerator / ((s - MASS**2) ** 2 + own_width**2)
    assert float(lower) == pytest.approx(want, rel=1e-9, abs=0.0)
