"""Against hazma, whose dark matter is one Dirac fermion: its density must be doubled (it counts particles alone)."""

import numpy as np
import pytest

from evanesce.dark_matter import Dirac
from evanesce.mediators import DarkPhoton
from evanesce.targets import relic_line
from evanesce.targets.thermal import Annihilation, thermal_average

RECORDED = {(0.003, 3.0): 0.1203, (0.01, 3.0): 0.1202, (0.03, 3.0): 0.1202, (0.1, 3.0): 0.1206}
"""Twice the Ω h² of hazma 2.2.0, ``relic_density(semi_analytic=False)``, for y = 5.71e-14 … at α_D = 0.5."""


def model(dark_mass, ratio, alpha_d, epsilon):
    vector = pytest.importorskip("hazma.vector_mediator", reason="hazma is not installed")
    coupling = float(np.sqrt(4 * np.pi * alpha_d))
    return vector.KineticMixing(mx=dark_mass * 1e3, mv=dark_mass * ratio * 1e3, gvxx=coupling, eps=epsilon)


class ItsPlasma:
    """The table of g* that it carries, for dark matter below 10 MeV.

    At 60 to 200 keV it is 2 to 6 % away from a free gas, see test_plasma; the rest of the calculation is compared here.
    """

    def __init__(self):
        self.functions = pytest.importorskip("hazma.relic_density._thermal_functions")

    def g_entropy(self, temperature):
        return np.vectorize(lambda t: float(self.functions.sm_entropy_density(t) / (2 * np.pi**2 / 45 * t**3)))(
            temperature * 1e3
        )

    def root_g_star(self, temperature):
        return np.vectorize(lambda t: float(self.functions.sm_sqrt_gstar(t)))(temperature * 1e3)

    def spread(self, temperature):
        return np.zeros(np.shape(temperature))


@pytest.mark.parametrize(("dark_mass", "ratio"), [*RECORDED, (0.01, 2.2)])
def test_density(dark_mass, ratio, monkeypatch):
    """2 %: its thermal average is 1 % off at x of 50."""
    if dark_mass < 0.01:
        its = ItsPlasma()
        monkeypatch.setattr("evanesce.targets.freeze_out.plasma", lambda: its)
    line = relic_line(DarkPhoton(alpha_d=0.5, mass_ratio=ratio), dark_mass * ratio)
    one = model(dark_mass, ratio, 0.5, float(line.epsilon))
    density = pytest.importorskip("hazma.relic_density").relic_density(one, semi_analytic=False)
    assert 2 * density == pytest.approx(0.12, rel=0.02)


@pytest.mark.parametrize(("dark_mass", "ratio", "alpha_d"), [(0.01, 3.0, 0.5), (0.03, 5.0, 0.05), (0.02, 2.3, 0.1)])
def test_thermal_average(dark_mass, ratio, alpha_d):
    """x of 10 to 20, no muons: 0.5 %, the accuracy of its quadrature."""
    x = np.array([[10.0, 20.0]])
    one = model(dark_mass, ratio, alpha_d, 1e-4)
    width = one.width_v * 1e-3
    assert width == pytest.approx(float(Dirac().width(np.asarray(dark_mass * ratio), alpha_d, ratio)), rel=1e-6)
    point = Annihilation(kind=Dirac(), dark_mass=dark_mass, mass_ratio=ratio, alpha_d=alpha_d, width=width)
    ours = 1e-8 * thermal_average(point, x)[0, 0]
    theirs = [one.thermal_cross_section(value) * 1e6 for value in x[0].tolist()]  # MeV⁻² → GeV⁻²
    assert ours == pytest.approx(theirs, rel=5e-3)
