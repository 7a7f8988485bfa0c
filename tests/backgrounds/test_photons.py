"""Photons: Eqs. (3.1)-(3.2) and the veto."""

import math
from dataclasses import replace

import mpmath
import pytest
from hypothesis import given
from hypothesis import strategies as st

from evanesce.backgrounds import Exposure, Photons, photon_escape_probability
from evanesce.errors import InvalidValueError
from evanesce.materials import material

POLE = 1.0 - math.exp(-7.0 / 12.0)


def reference_probability(thickness: float, min_fraction: float) -> float:
    """Eq. (3.2) as printed, with 30 digits, in w = 1 - x."""
    with mpmath.workdps(30):
        t, b1, b2 = mpmath.mpf(thickness), mpmath.mpf(4) / 3, mpmath.mpf(7) / 9
        top, pole = 1 - mpmath.mpf(min_fraction), mpmath.exp(-b2 / b1)

        def density(w: mpmath.mpf) -> mpmath.mpf:
            return (w ** (b1 * t) - mpmath.exp(-b2 * t)) / (b2 + b1 * mpmath.log(w)) / (1 - w)

        inner = [mpmath.mpf(10) ** -k for k in range(30, 0, -2)]
        outer = [pole, *(1 - mpmath.mpf(10) ** -k for k in range(1, 8))]
        return float(mpmath.quad(density, [0, *sorted(p for p in inner + outer if p < top), top]))


def test_escape_probability_of_the_paper() -> None:
    # 4.7e-8 in the paper; our own digits from an independent calculation
    assert photon_escape_probability(16, 0.95).value == pytest.approx(4.747e-8, rel=1e-4)


@pytest.mark.parametrize("thickness", [0.01, 1.0, 16.0, 40.0])
@pytest.mark.parametrize("min_fraction", [1e-6, 0.1, POLE - 1e-9, POLE, POLE + 1e-9, 0.95, 0.999999])
def test_escape_probability_against_mpmath(thickness: float, min_fraction: float) -> None:
    value, error = photon_escape_probability(thickness, min_fraction)
    expected = reference_probability(thickness, min_fraction)
    assert value == pytest.approx(expected, rel=1e-10, abs=0)  # the promised accuracy
    assert abs(value - expected) <= error + 1e-13 * expected  # the quoted error covers, up to rounding


def test_thin_target_is_bremsstrahlung() -> None:
    """For t → 0 Eq. (3.1) is t/x: the mean number of photons is t ln(1/x_min), up to the order t²."""
    assert photon_escape_probability(1e-9, 0.5).value == pytest.approx(1e-9 * math.log(2), rel=1e-8, abs=0)


def test_deep_target_is_finite_and_attenuated() -> None:
    """Behind many X0 another 10 X0 cost exp(-7/9 · 10), where x is large; no underflow of the parts."""
    deep, deeper = (photon_escape_probability(t, 0.95).value for t in (500.0, 510.0))
    assert deeper / deep == pytest.approx(math.exp(-70 / 9), rel=1e-10, abs=0)


@given(st.floats(1.0, 50.0), st.floats(0.01, 0.98))
def test_escape_falls_with_missing_fraction(thickness: float, min_fraction: float) -> None:
    loose = photon_escape_probability(thickness, min_fraction).value
    assert photon_escape_probability(thickness, min_fraction + 0.01).value < loose


@pytest.mark.parametrize(
    ("thickness", "min_fraction", "message"),
    [
        (0.0, 0.95, "thickness = 0.0: must be a finite number greater than 0"),
        (math.nan, 0.95, "thickness = nan"),
        (16.0, 1.0, r"min_fraction = 1.0: must lie in \(0, 1\)"),
        (16.0, 0.0, r"min_fraction = 0.0: must lie in \(0, 1\)"),
    ],
)
def test_escape_guards(thickness: float, min_fraction: float, message: str) -> None:
    with pytest.raises(InvalidValueError, match=message):
        photon_escape_probability(thickness, min_fraction)


def test_photons_of_the_paper(photons: Photons, exposure: Exposure) -> None:
    """Section 3.1: 2.8e4 photons behind the calorimeter, 13 after the veto (two digits)."""
    estimate = photons.estimate(exposure)
    assert estimate.inputs["before_veto"] == pytest.approx(2.85e4, rel=2e-3)
    assert estimate.expected == pytest.approx(12.81, rel=1e-3)
    assert 0 < estimate.error < 1e-9 * estimate.expected  # the integral's alone
    assert not estimate.upper_limit


def test_veto_uncertainty_enters_the_error(photons: Photons, exposure: Exposure) -> None:
    estimate = replace(photons, veto_efficiency_error=4.5e-5).estimate(exposure)
    assert estimate.error == pytest.approx(0.1 * estimate.expected, rel=1e-9)  # ten per cent of the efficiency


@given(st.floats(1e-3, 1e3))
def test_expected_scales_with_tracks(factor: float) -> None:
    photons = Photons(veto_efficiency=4.5e-4, reference="test")
    one = Exposure(tracks=6e11, material=material("CsI"), thickness=16.0, missing_fraction=0.95)
    many = replace(one, tracks=6e11 * factor)
    expected = factor * photons.estimate(one).expected
    assert photons.estimate(many).expected == pytest.approx(expected, rel=1e-14, abs=0)


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("veto_efficiency", -0.1, r"veto_efficiency = -0.1: must lie in \[0, 1\]"),
        ("veto_efficiency", math.nan, "veto_efficiency = nan"),
        ("veto_efficiency", 1.5, "veto_efficiency = 1.5"),
        ("veto_efficiency_error", -1e-5, "veto_efficiency_error = -1e-05: must be a finite number, 0 or"),
    ],
)
def test_photon_guards(photons: Photons, field: str, value: float, message: str) -> None:
    with pytest.raises(InvalidValueError, match=message):
        replace(photons, **{field: value})
