"""The control sample against closed forms and brute force."""

import math

import brute_force
import numpy as np
import pytest
from scipy.integrate import quad
from scipy.special import gammainc

import evanesce as ev
from evanesce.control_sample import annihilation_ratio, control_sample, suppression_factor
from evanesce.errors import InvalidValueError, UnknownNameError

BELLE2 = ev.experiment("belle2")
NA64 = ev.experiment("na64-2019-published")


def first_generation(v_min, v_max, thickness=16.0, rate=4.0 / 3.0):
    """∫ dv of Eq. (A.2) over depth: the l of a track is Gamma distributed, so it is an incomplete gamma function."""
    shortest, longest = -math.log(v_max) if v_max < 1 else 0.0, -math.log(v_min)

    def depth(t):
        # e^(-l) weights l by v: ∫ l^(bt-1) e^(-l)/Γ(bt) dl
        return gammainc(rate * t, longest) - (gammainc(rate * t, shortest) if shortest else 0.0)

    return quad(depth, 0.0, thickness, points=[0.1, 1.0, 4.0], epsabs=0, epsrel=1e-10, limit=200)[0]


def second_generation(v_min, v_max, thickness=16.0):
    """∫ dv of Eq. (A.3) as printed, at arbitrary precision; substituted so that nodes crowd towards v = 1."""
    x, w = np.polynomial.legendre.leggauss(8)
    low, high = math.sqrt(1.0 - v_max), math.sqrt(1.0 - v_min)
    u, w = low + 0.5 * (high - low) * (x + 1.0), 0.5 * (high - low) * w
    return sum(
        2.0 * a * b * float(brute_force.second_generation_mp(1.0 - a * a, thickness)) for a, b in zip(u, w, strict=True)
    )


@pytest.mark.parametrize(("preset", "v_max", "quoted"), [("published", 0.999, 6.7e-4), ("converged", 1.0, 3.8e-4)])
def test_suppression_is_the_ratio_of_both_generations(preset, v_max, quoted):
    # 0.5 %: the fold keeps the m_e of Eq. (4.4), E' > 0.95 E - m_e, which the ratio of (A.4) and (A.1) has not
    first, second = first_generation(0.95, v_max), second_generation(0.95, v_max)
    assert suppression_factor(BELLE2, preset) == pytest.approx(second / (first + second), rel=5e-3)
    assert suppression_factor(BELLE2, preset) == pytest.approx(quoted, rel=0.01)  # docs/physics.md, two digits


def test_positrons_alone_halve_it():
    # to first order: the secondaries are 7e-4 of the whole
    both, positron = (
        suppression_factor(BELLE2, ev.resolve_physics("converged", {"pair_charges": charges}))
        for charges in ("both", "positron")
    )
    assert positron == pytest.approx(both / 2, rel=1e-3)


def test_it_does_not_depend_on_the_charge_of_the_search_or_on_its_size():
    factor = suppression_factor(BELLE2, "converged")
    assert suppression_factor(BELLE2.replace({"source.luminosity": 1}), "converged") == pytest.approx(
        factor, rel=1e-12, abs=0
    )
    # the spectrum of Bhabha electrons differs, and the analytic shower is scale-free up to m_e/E
    assert suppression_factor(control_sample(BELLE2), "converged") == pytest.approx(factor, rel=5e-3)


def test_control_sample_goes_there_and_back():
    assert control_sample(BELLE2).source.incident == "e-"
    assert control_sample(control_sample(BELLE2)) == BELLE2
    assert control_sample(NA64).source.incident == "e+"


def test_annihilation_ratio_is_the_ratio_of_the_yields():
    mass = [0.06666, 0.07, 0.082]
    ratio = annihilation_ratio(BELLE2, ev.DarkPhoton(), mass, "published")
    search, control = (
        ev.limit_curve(each, ev.DarkPhoton(), mass, physics="published").yields["annihilation"]
        for each in (BELLE2, control_sample(BELLE2))
    )
    np.testing.assert_allclose(ratio, control / search, rtol=1e-14)
    assert (np.diff(ratio) > 0).all()  # Bhabha electrons are fastest forward, where heavy mediators resonate


def test_without_any_signal_in_the_search_the_ratio_is_infinite():
    # 2 m_χ = 2 GeV/3 lies far above sqrt(s)
    assert annihilation_ratio(BELLE2, ev.DarkPhoton(), 1.0).tolist() == [math.inf]


def test_a_cut_below_the_selection_is_refused():
    options = ev.resolve_physics("published", {"v_max": 0.9})
    with pytest.raises(InvalidValueError, match=r"v_max = 0\.9: must exceed the missing fraction 0\.95"):
        suppression_factor(BELLE2, options)


def test_bad_arguments_are_refused():
    with pytest.raises(InvalidValueError, match=r"mass = -1\.0: must be"):
        annihilation_ratio(BELLE2, ev.DarkPhoton(), -1.0)
    with pytest.raises(UnknownNameError, match="unknown physics preset 'best'"):
        suppression_factor(BELLE2, "best")
