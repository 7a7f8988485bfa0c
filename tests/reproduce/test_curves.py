"""Curves of the figures against the table and against the curves they start from."""

import numpy as np
import pytest

import evanesce as ev
from evanesce.reproduce import curves
from evanesce.reproduce.table import make_settings


@pytest.fixture(scope="module")
def settings():
    return make_settings()


def by_role(limits):
    return {curve.role: curve for curve in limits.curves}


def test_figure_3_reaches_the_best_limits_of_the_table(settings, table):
    found = by_role(curves.reach(settings))
    assert found["search"].y.min() == pytest.approx(table["epsilon-best"].published, rel=1e-9, abs=0)
    assert found["exact"].y.min() == pytest.approx(table["epsilon-best"].converged, rel=1e-9, abs=0)
    weaker = found["search-weaker"].y / found["search"].y
    np.testing.assert_allclose(weaker, table["weakening"].published, rtol=1e-12)
    assert found["rival"].y[0] == table["mono-photon"].published


def test_figure_3_has_na64_with_its_resonance(settings):
    na64 = by_role(curves.reach(settings))["excluded"]
    without = ev.constraint("na64-2019").epsilon(na64.x)
    inside = (na64.x > 0.23) & (na64.x < 0.30)
    outside = na64.x < 0.1
    assert (na64.y[inside] < 0.5 * without[inside]).all()
    np.testing.assert_allclose(na64.y[outside], without[outside], rtol=1e-2)


def test_figure_4_agrees_with_the_table_and_crosses_where_it_says(settings, table):
    limits = curves.coupling_reach(settings)
    found = by_role(limits)
    assert limits.against == "alpha_d"
    at = np.searchsorted(found["search"].x, 1e-3 * (1 - 1e-9))
    assert found["search"].y[at] == pytest.approx(table["epsilon-benchmark"].published, rel=1e-9, abs=0)
    assert found["exact"].y[at] == pytest.approx(table["epsilon-benchmark"].converged, rel=1e-9, abs=0)
    beats = found["search"].x[found["search"].y < found["rival"].y]
    assert beats.max() == pytest.approx(table["alpha-d-crossing"].published, rel=0.06)  # one step of the grid


def test_figure_5_has_both_couplings_below_bremsstrahlung(settings, table):
    found = by_role(curves.na64_comparison(settings))
    for role, alpha_d in (("search", "0.1"), ("second", "0.5")):
        assert (found[role].y <= found["rival"].y * (1 + 1e-12)).all()
        at_250 = np.interp(np.log(0.25), np.log(found[role].x), np.log(found[role].y))
        # linear interpolation on a grid of 0.6 %
        assert np.exp(at_250) == pytest.approx(table[f"na64-epsilon-{alpha_d}"].published, rel=1e-3)
        best = found[f"{role}-best"]
        at_250 = np.interp(np.log(0.25), np.log(best.x), np.log(best.y))
        assert np.exp(at_250) == pytest.approx(table[f"na64-epsilon-{alpha_d}"].reference, rel=1e-3)


def test_legends_name_the_presets(settings):
    for limits in (curves.reach(settings), curves.na64_comparison(settings), curves.scalar_reach(settings)):
        labels = [curve.label for curve in limits.curves if curve.role not in ("excluded", "excluded-faint", "rival")]
        assert all(label.endswith(("published", "converged", "reference")) for label in labels)
        assert any(label.endswith("reference") for label in labels)


def test_figure_6_reaches_the_limit_of_the_table(settings, table):
    found = by_role(curves.scalar_reach(settings))
    assert found["search"].y.min() == pytest.approx(table["scalar-epsilon-best"].published, rel=1e-9, abs=0)
    assert found["exact"].y.min() == pytest.approx(table["scalar-epsilon-best"].converged, rel=1e-9, abs=0)


def test_track_lengths_are_generations(settings):
    both, first, second, cascade = curves.track_lengths(settings)
    np.testing.assert_allclose(both.y, first.y + second.y, rtol=1e-12)
    # half of the pairs are electrons: the cascade of positrons lies between the first generation and both
    between = (cascade.x > 0.4) & (cascade.x < 0.9)
    assert (cascade.y[between] < both.y[between]).all()
    assert (cascade.y[between] > 0.9 * first.y[between]).all()
    assert second.y[-1] < 1e-3 * both.y[-1]


def test_endpoint_curve_has_the_area_it_claims(settings, table):
    endpoint = curves.endpoint(settings)
    positron = endpoint.curves[0]
    inside, beyond = positron.x <= 1 - endpoint.selection, positron.x <= 1 - endpoint.cut
    log_x = np.log(positron.x)
    # below the last point the density goes as 1/(b1 d ln²(1/d)): its integral is 1/(b1 ln(1/d)), up to 3 %
    tail = 0.75 / -log_x[0]
    area = [np.trapezoid(positron.y[part], log_x[part]) + tail for part in (beyond, inside)]
    assert area[0] / area[1] == pytest.approx(endpoint.dropped, rel=0.02)
    assert endpoint.dropped == pytest.approx(0.01 * table["track-length-dropped"].published, rel=1e-12)


def test_figure_7_is_normalised_and_has_both_spectra(settings, table):
    bhabha, radiative = curves.spectra(settings)
    for curve in (bhabha, radiative):
        # trapezoids on 800 intervals, across the steep edge at 4.4 GeV
        assert np.trapezoid(curve.y, curve.x) == pytest.approx(1.0, abs=2e-3)
    assert radiative.x[0] == 2.0
    below = radiative.x <= bhabha.x[0]
    share = np.trapezoid(radiative.y[below], radiative.x[below])
    assert share == pytest.approx(0.01 * table["rbs-softer"].published, abs=5e-3)
    assert f"{table['rbs-cross-section'].published:.4g} pb" in radiative.label


def test_figure_8_shows_what_the_paper_says(settings, table):
    """Between 40 and 60 MeV the limit improves and reaches NA64's; elsewhere Bhabha scattering is the stronger."""
    found = by_role(curves.radiative_reach(settings))
    bhabha, radiative = found["search"], found["search-weaker"]

    def at(curve, mass):
        return np.exp(np.interp(np.log(mass), np.log(curve.x), np.log(curve.y)))

    for mass in (0.046, 0.05, 0.06):
        assert at(radiative, mass) < 0.5 * at(bhabha, mass)
        assert 0.5 < at(found["best"], mass) / at(found["excluded"], mass) < 2.0
    for mass in (0.03, 0.07, 0.2):
        assert at(radiative, mass) > at(bhabha, mass)
    # a grid of 0.1 %
    assert radiative.y.min() == pytest.approx(table["rbs-epsilon-best"].published, rel=0.01)
    assert at(radiative, 0.05) / at(found["excluded"], 0.05) == pytest.approx(table["rbs-na64"].published, rel=1e-3)
