"""Yields of exact and improved bremsstrahlung against brute force, and their interpolations."""

from concurrent.futures import ThreadPoolExecutor

import brute_force
import numpy as np
import pytest

from evanesce.constants import GEV2_CM2, PB_CM2
from evanesce.errors import InvalidValueError
from evanesce.materials import material
from evanesce.mediators import AxialVector, DarkPhoton, Scalar
from evanesce.production import (
    RadiationYield,
    bremsstrahlung_cross_section,
    bremsstrahlung_yield,
    exact_yield,
    improved_yield,
    radiation_yield,
)
from evanesce.production.exact import emission_spectrum
from evanesce.production.kinematics import energy_range
from evanesce.production.radiation_yield import FoldedYield
from evanesce.production.scatterers import scatterers
from evanesce.production.spectrum_table import Window, spectrum_table
from evanesce.showers import ShowerSetup, TsaiWhitis
from evanesce.sources import Beam, Bhabha
from evanesce.tracklength import RadiatingTracks, SharpAcceptance, fold_radiation

CSI, LEAD = material("CsI"), material("Pb")


def fold(source, solid, fraction, energy):
    setup = ShowerSetup(
        incident=source.incident, material=solid, start=0.0, stop=1.0, energy_min=0.2 * energy, energy_max=2 * energy
    )
    kernel = TsaiWhitis().track_length(setup).radiating
    return fold_radiation(source, kernel, missing_fraction=fraction)


@pytest.fixture(scope="module")
def belle2():
    return fold(Bhabha(), CSI, 0.95, 5.0)


def brute_yield(energy, solid, mediator, mass, fraction, formula, order=10):
    """X0 n ∫ dl F(l) e^(-l) σ(E e^(-l); E_k > f E) for one particle of energy E: no density D_n, no tables."""
    low, high = 1e-15, -np.log(fraction)
    edges = np.concatenate(
        [np.geomspace(low, 1e-3, 8), np.geomspace(2e-3, 0.3 * high, 8), high * (1 - np.geomspace(0.7, 1e-6, 9)[1:])]
    )
    x, w = np.polynomial.legendre.leggauss(order)
    half = 0.5 * np.diff(np.log(edges))[:, None]
    lethargy = np.exp(np.log(edges[:-1])[:, None] + half * (1 + x))
    weights = half * w * lethargy * brute_force.density(lethargy.ravel(), 1.0, 2.0).reshape(lethargy.shape)

    def sigma(at):
        now = energy * np.exp(-at)
        fraction_now = fraction * energy / now
        one = bremsstrahlung_cross_section(
            solid, mediator, energy=now, mass=mass, min_fraction=fraction_now, formula=formula
        )
        return float(one.value) * np.exp(-at)

    total = sum(weight * sigma(at) for weight, at in zip(weights.ravel(), lethargy.ravel(), strict=True))
    # below the first edge F integrates to ∫ l^(b₁t)/Γ(1 + b₁t) dt
    t, wt = np.polynomial.legendre.leggauss(40)
    t = 0.5 * (t + 1)
    from scipy.special import rgamma

    b1 = 4 / 3
    total += sigma(0.0) * 0.5 * np.sum(wt * low ** (b1 * t) * rgamma(1 + b1 * t))
    return total * solid.radiation_length * solid.formula_unit_density * PB_CM2


@pytest.mark.parametrize("formula", ["exact", "iww"])
@pytest.mark.parametrize(
    ("energy", "solid", "mediator", "mass", "fraction"),
    [(5.0, CSI, DarkPhoton(), 0.0667, 0.95), (100.0, LEAD, Scalar(), 0.3, 0.5)],
)
def test_against_brute_force(formula, energy, solid, mediator, mass, fraction):
    """To 3e-4, of which the brute force's nodes are 1e-4, and within the stated error."""
    density = fold(Beam(energy=energy, particles=1.0, incident="e+"), solid, fraction, energy)
    got = (exact_yield if formula == "exact" else improved_yield)(density, solid, mediator, np.array([mass]))
    want = brute_yield(energy, solid, mediator, mass, fraction, formula)
    assert got.value[0] == pytest.approx(want, rel=3e-4)
    assert abs(got.value[0] - want) < got.error[0] + 2e-4 * want


@pytest.mark.parametrize("mediator", [DarkPhoton(), AxialVector()])
def test_a_curve_is_its_points(belle2, mediator):
    """Interpolated in mass against computed mass by mass; the error stated covers it."""
    mass = np.geomspace(2e-3, 1.0, 30)
    folded = FoldedYield("exact", belle2, CSI, "elastic")
    curve = folded(mediator.vertex, mass)
    rows = [3, 11, 17, 24, 28]
    value = np.array([folded.at_mass(mediator.vertex, m)[0] for m in mass[rows].tolist()])
    assert curve.value[rows] == pytest.approx(value, rel=1e-4)
    assert (np.abs(curve.value[rows] - value) < curve.error[rows]).all()
    assert (curve.error < 0.01 * curve.value).all()


def test_below_weizsaecker_williams_at_high_mass(belle2):
    """Exact over the paper's: 1.3 at 1 MeV, where m_e matters, a third at 67 MeV, a few per cent at 0.8 GeV."""
    mass = np.array([0.0012, 0.067, 0.8])
    exact = exact_yield(belle2, CSI, DarkPhoton(), mass).value
    paper = bremsstrahlung_yield(belle2, CSI, DarkPhoton(), mass).value
    assert exact / paper == pytest.approx([1.34, 0.315, 0.045], rel=0.05)


def test_inelastic_adds(belle2):
    mass = np.array([0.067])
    ratio = [exact_yield(belle2, CSI, DarkPhoton(), mass, name).value[0] for name in ("elastic", "elastic+inelastic")]
    assert 1.01 < ratio[1] / ratio[0] < 1.05
    paper = [
        bremsstrahlung_yield(belle2, CSI, DarkPhoton(), mass, name).value[0]
        for name in ("elastic", "elastic+inelastic")
    ]
    assert 1.01 < paper[1] / paper[0] < 1.05


def test_nothing_above_the_kinematic_limit():
    density = fold(Beam(energy=5.0, particles=1.0, incident="e+"), CSI, 0.95, 5.0)
    got = exact_yield(density, CSI, DarkPhoton(), np.array([4.0, 4.9995, 6.0]))
    assert got.value[0] > 0
    assert (got.value[1:] == 0).all()


@pytest.mark.parametrize(("mass", "low", "high", "x_min"), [(0.02, 4.13, 6.62, 0.95), (1.0, 50.0, 100.0, 0.5)])
def test_table_against_the_spectrum(mass, low, high, x_min):
    """Weighted with the spectrum, as every use does, to 1e-4, and point by point to the error stated."""
    target = scatterers(LEAD)[0]
    table = spectrum_table("vector", target, mass=mass, window=Window(x_min, (low, high)))
    energy = np.linspace(low, high, 7)
    last = energy_range(energy, np.asarray(mass), np.asarray(target.mass))[1]
    gap = np.geomspace(1e-5, 0.999, 30)[:, None] * (last - x_min * energy)
    got = table(last - gap, energy)
    want = emission_spectrum("vector", target, energy, energy - last + gap, np.asarray(mass)).value
    weight = want * gap
    assert np.sum(np.abs(got.value - want) * gap) < 1e-4 * weight.sum()
    assert (np.abs(got.value - want) <= got.error + 1e-5 * want).all()
    assert (table(last * 1.01, energy).value == 0).all()


@pytest.fixture(scope="module")
def tracks():
    setup = ShowerSetup(incident="e+", material=CSI, start=0.0, stop=1.0, energy_min=4.0, energy_max=7.0)
    return RadiatingTracks(
        source=Bhabha(),
        kernel=TsaiWhitis().track_length(setup).radiating,
        acceptance=SharpAcceptance(missing_fraction=0.95),
    )


@pytest.mark.parametrize("formula", ["ww", "iww", "exact"])
def test_yield_of_tracks_is_that_of_their_folds(tracks, formula):
    """Light masses by the common fold, heavy ones by their own, none beyond the highest energy; columns or not."""
    function = {"ww": bremsstrahlung_yield, "iww": improved_yield, "exact": exact_yield}[formula]
    mass = np.array([5.0, 0.0667, 7.0, 0.02])
    radiation = RadiationYield(tracks, CSI, formula=formula)
    got = radiation(DarkPhoton(), mass)
    for row in (0, 1, 3):
        want = function(tracks.fold(float(mass[row])), CSI, DarkPhoton(), mass[row : row + 1])
        assert (got.value[row], got.error[row]) == (want.value[0], want.error[0])
    assert (got.value[2], got.error[2]) == (0.0, 0.0)
    grid = np.repeat(mass, 3)
    columns = DarkPhoton(alpha_d=np.tile([1e-5, 1e-3, 0.5], 4)[:, None], mass_ratio=3.0)
    assert (radiation(columns, grid).value == np.repeat(got.value, 3)).all()


def test_nothing_where_the_selection_leaves_nothing(tracks):
    cut = RadiatingTracks(
        source=tracks.source, kernel=tracks.kernel, acceptance=SharpAcceptance(missing_fraction=0.9999), v_max=0.999
    )
    for formula in ("ww", "exact"):
        got = RadiationYield(cut, CSI, formula=formula)(DarkPhoton(), np.array([0.02, 6.615]))
        assert (got.value == 0).all()
        assert (got.error == 0).all()


def test_each_mass_is_computed_once(tracks, monkeypatch):
    """Panels and heavy masses are computed once, for any number of other parameters and threads."""
    computed = []
    sample = radiation_yield.improved_spectrum

    def counted(*args, **kwargs):
        computed.append(1)
        return sample(*args, **kwargs)

    monkeypatch.setattr(radiation_yield, "improved_spectrum", counted)
    radiation = RadiationYield(tracks, CSI, formula="iww")
    mass = np.tile([0.03, 5.5], 20)
    photon = DarkPhoton(alpha_d=np.geomspace(1e-5, 1.0, 40)[:, None])
    with ThreadPoolExecutor(8) as pool:
        results = [*pool.map(lambda _: radiation(photon, mass).value, range(8))]
    assert len(computed) == 9, "eight nodes of one panel and one heavy mass"
    assert all((result == results[0]).all() for result in results)


@pytest.mark.parametrize(("formula", "form_factor"), [("guess", "elastic"), ("exact", "pointlike")])
def test_unknown_choices_are_refused(tracks, formula, form_factor):
    with pytest.raises(InvalidValueError, match=r"(bremsstrahlung|form_factor) = '(guess|pointlike)': must be one of"):
        RadiationYield(tracks, CSI, formula=formula, form_factor=form_factor)


@pytest.mark.parametrize(("mass", "fraction"), [(0.0667, 0.95), (1.5, 0.95), (0.3, 0.5)])
def test_tables_of_the_yield_against_direct_integration(mass, fraction):
    """σ(x, E') at every node by quadrature in place of a table: to 3e-5, and within the stated error."""
    beam = Beam(energy=5.0, particles=1.0, incident="e+")
    density = fold(beam, CSI, fraction, 5.0)
    got = exact_yield(density, CSI, DarkPhoton(), np.array([mass]))
    # what each energy node contributes: D_n through the polynomials that interpolate between the nodes
    terms = len(density.energies)
    at_nodes = np.polynomial.legendre.legvander(np.polynomial.legendre.leggauss(terms)[0], terms - 1)
    share = density.values @ np.linalg.inv(at_nodes)
    total = 0.0
    for target in scatterers(CSI):
        for column, energy in enumerate(density.energies.tolist()):
            radiated = density.x * energy
            sigma = emission_spectrum("vector", target, np.asarray(energy), energy - radiated, np.asarray(mass)).value
            total += float(np.sum(density.weights * share[..., column] * energy * sigma))
    want = total * CSI.radiation_length * GEV2_CM2
    assert got.value[0] == pytest.approx(want, rel=3e-5)
    assert abs(got.value[0] - want) < got.error[0]
