"""The constant of soft and virtual photons from massless coefficient functions and the electron's own structure."""

import numpy as np
import pytest
from scipy.integrate import quad

from evanesce.constants import ALPHA, ELECTRON_MASS
from evanesce.production.soft_photons import photon_exponent, soft_and_virtual

S = np.array([0.0667**2, 0.25**2])
LOG = np.log(S / ELECTRON_MASS**2)


def test_exponents_of_the_experiments():
    """0.041 at Belle II, 0.053 at NA64: (2α/π)(ln(s/m_e²) - 1)."""
    assert photon_exponent(S) == pytest.approx([0.0406, 0.0529], abs=1e-4)
    assert photon_exponent(np.array(2.0 * ELECTRON_MASS**2)) == 0


@pytest.mark.parametrize(
    ("vertex", "massless"), [("vector", -4.0), ("axial-vector", -4.0), ("scalar", -1.0), ("pseudoscalar", -1.0)]
)
def test_constant_from_massless_coefficient_functions(vertex, massless):
    """δ(1 - z) in MS-bar: (α/π)(π²/3 - 4) of Drell-Yan, (α/π)(π²/3 - 1) of b b̄ → H with its running coupling.

    Each electron is a parton of itself, (α/2π)[(1 + z²)/(1 - z) (L - 1 - 2 ln(1 - z))]₊, whose soft part beyond
    2/(1 - z)₊ and 2[ln(1 - z)/(1 - z)]₊ is a constant.
    """
    single, _ = quad(lambda z: 1 + z, 0, 1)  # of the plus distribution (1 + z²)/(1 - z)
    double, _ = quad(lambda z: (1 + z) * np.log(1 - z), 0, 1)
    want = 1 + ALPHA / np.pi * ((LOG - 1) * single - 2 * double + np.pi**2 / 3 + massless)
    assert soft_and_virtual(vertex, S) == pytest.approx(want, rel=1e-9)


def test_vector_is_kuraev_and_fadin():
    """First order of their radiator and of Berends, van Neerven and Burgers: (α/π)(3L/2 + π²/3 - 2)."""
    assert soft_and_virtual("vector", S) == pytest.approx(1 + ALPHA / np.pi * (1.5 * LOG + np.pi**2 / 3 - 2), rel=1e-12)
