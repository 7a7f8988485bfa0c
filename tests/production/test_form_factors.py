"""Form factors against a second transcription, limits, and a mistake that totals cannot reveal."""

import numpy as np
import pytest
import xraylib

from evanesce.constants import ELECTRON_MASS
from evanesce.errors import InvalidValueError
from evanesce.materials import material
from evanesce.production.form_factors import (
    FormFactor,
    elastic_form_factor,
    form_factor_of,
    inelastic_form_factor,
    nuclear_mass,
    screening_scale,
)

HBARC = 1.973269804e-6
"""GeV·Å."""
LEAD = material("Pb").nuclei[0]


def test_inelastic_by_hand():
    """Bjorken et al., appendix A, with the nucleon part to the first power, in MeV, for lead."""
    mp, me = 938.272, 0.510999
    for t in (1e-11, 3e-10, 1e-8, 1e-6, 1e-3, 0.1, 0.71, 3.0):
        mev2 = t * 1e6
        a2 = (773.0 * 82 ** (-2 / 3) / me) ** 2
        nucleon = (1 + mev2 / (4 * mp**2) * (2.79**2 - 1)) / (1 + mev2 / 0.71e6) ** 4
        want = 82 * (a2 * mev2 / (1 + a2 * mev2)) ** 2 * nucleon
        assert float(inelastic_form_factor(82, np.asarray(t))) == pytest.approx(want, rel=1e-5)


def screening_length(z, form_factor):
    """The a m_e with which (a²t/(1 + a²t))² has the same ∫ dt/t, which is what a flux sees, as published values."""
    q = np.geomspace(1e-3, 99.0, 4001)  # sin(θ/2)/λ in 1/Å
    t = (4 * np.pi * q * HBARC) ** 2
    values = np.array([form_factor(z, one) for one in q])
    assert values[0] < 0.01
    assert values[-1] > 0.999
    integral = np.sum(0.5 * (values[1:] + values[:-1]) * np.diff(np.log(t)))
    return float(np.exp(0.5 * (integral + 1.0)) / np.sqrt(t[-1]) * ELECTRON_MASS)


@pytest.mark.parametrize("z", [6, 26, 53, 55, 74, 82])
def test_published_elastic_form_factors(z):
    """Screening of the nucleus by the atomic form factors of Hubbell et al., J. Phys. Chem. Ref. Data 4 (1975) 471.

    As xraylib ships them; 111 Z^(-1/3) is the Thomas-Fermi atom, 5 % of it is 1 % of the flux.
    """
    published = screening_length(z, lambda z, q: (1.0 - xraylib.FF_Rayl(z, q) / z) ** 2)
    ours = ELECTRON_MASS / np.sqrt(screening_scale(z))
    assert ours == pytest.approx(published, rel=0.06)


@pytest.mark.parametrize(("z", "tolerance"), [(53, 0.17), (55, 0.17), (74, 0.17), (82, 0.17), (26, 0.3)])
def test_published_inelastic_form_factors(z, tolerance):
    """Screening by the incoherent scattering functions of the same tables, S/Z at high momentum being 1.

    773 Z^(-2/3) is 15 % more than they say for heavy atoms, 3 % of the flux, and worse for light ones, as ever for
    Thomas and Fermi.
    """
    published = screening_length(z, lambda z, q: xraylib.SF_Compt(z, q) / z)
    small = np.array([1e-30])
    ours = ELECTRON_MASS * (inelastic_form_factor(z, small) / z / small**2)[0] ** 0.25
    assert 1.0 < ours / published < 1.0 + tolerance


def test_the_proton_is_not_squared_twice():
    """Rosenbluth: (G_E² + τ G_M²)/(1 + τ) with dipoles is what N stands for, to order τ²; its square is not."""
    t = np.array([0.01, 0.05, 0.1])
    tau = t / (4 * 0.938272**2)
    dipole2 = (1 + t / 0.71) ** -4
    rosenbluth = dipole2 * (1 + tau * 2.79**2) / (1 + tau)
    got = inelastic_form_factor(1, t)  # screening is complete by far
    assert got == pytest.approx(rosenbluth, rel=6e-3)
    assert (np.abs(rosenbluth**2 / rosenbluth - 1) > 0.01).all()
    # at large t a power 3, not 6
    ratio = inelastic_form_factor(82, np.array([1e3, 1e4]))
    assert np.log10(ratio[0] / ratio[1]) == pytest.approx(3.0, abs=0.01)


def test_limits():
    """Fully screened at t → 0, the bare charges in between, Z² and Z."""
    assert float(elastic_form_factor(82, 207, np.asarray(1e-14))) < 1e-4 * 82**2
    between = np.asarray(1e-5)
    assert float(elastic_form_factor(82, 207, between)) == pytest.approx(82**2, rel=6e-3)
    assert float(inelastic_form_factor(82, between)) == pytest.approx(82, rel=6e-3)
    small = np.array([1e-18, 1e-17])
    for values in (elastic_form_factor(6, 12, small), inelastic_form_factor(6, small)):
        assert values[1] / values[0] == pytest.approx(100.0, rel=1e-5)


def test_named_form_factors_add_up():
    t = np.geomspace(1e-9, 1.0, 7)
    elastic, both = form_factor_of(LEAD, "elastic"), form_factor_of(LEAD, "elastic+inelastic")
    assert elastic(t) == pytest.approx(elastic_form_factor(82, 207, t))
    assert both(t) == pytest.approx(elastic(t) + inelastic_form_factor(82, t))
    assert both == FormFactor(82, 207, inelastic=True)
    with pytest.raises(InvalidValueError, match=r"form_factor = 'inelastic': must be one of elastic, elastic\+in"):
        form_factor_of(LEAD, "inelastic")


def test_nothing_beyond_the_window():
    for name in ("elastic", "elastic+inelastic"):
        g2 = form_factor_of(LEAD, name)
        low, high = g2.window
        t = np.geomspace(1e-3 * low, 1e3 * high, 4001)
        weight = g2(t) / t  # dt/t² times t, the rise of the amplitude, in ln t; the inelastic one has 1/t²
        inside = (t > low) & (t < high)
        assert weight[~inside].sum() < 1e-4 * weight[inside].sum()


def test_nuclear_mass():
    assert nuclear_mass(LEAD) == pytest.approx(207.2 * 0.93149, rel=1e-4)
