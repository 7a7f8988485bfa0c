"""Track length of photons: balance of creation and loss, thin slabs by hand, and the three models against another."""

import numpy as np
import pytest

from evanesce.errors import InvalidValueError
from evanesce.interactions import collisions as hit
from evanesce.interactions.medium import Medium
from evanesce.interactions.radiation import bremsstrahlung
from evanesce.materials import material
from evanesce.numerics import panel_nodes
from evanesce.physics import resolve_physics
from evanesce.showers import SHOWERS, ShowerSetup, TsaiWhitis, bin_averages
from evanesce.showers.cascade import Cascade
from evanesce.showers.cascade.tables import RadiationTables
from evanesce.showers.montecarlo import MonteCarlo

EDGES = np.array([0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 1.0])


def slab(name="Pb", energy=100.0, *, stop=40.0, incident="e-", start=0.0):
    return ShowerSetup(
        incident=incident, material=material(name), start=start, stop=stop, energy_min=energy, energy_max=energy
    )


@pytest.mark.parametrize(("name", "energy", "tolerance"), [("Pb", 100.0, 1e-3), ("CsI", 4.35, 4e-3)])
def test_every_photon_that_is_made_is_lost(name, energy, tolerance):
    """In a thick slab T_γ(k) μ(k) = ∫ dE T_e(E) dN/dk, with the tracks of electrons and positrons of the same shower.

    This balance holds at every k, and hence for the energy. Photons from annihilation in flight and from Compton
    scattering are left out: less than 1e-4 at 100 GeV, and some 1e-3 at 4 GeV.
    """
    lengths, medium = Cascade().track_length(slab(name, energy)), Medium(material(name))
    k = energy * np.array([0.3, 0.5, 0.7, 0.9])
    tables = RadiationTables(medium, 0.1 * energy, energy)
    lost = lengths.of_photons().density(k / energy) * (tables.conversion(k) + hit.compton_rate(medium, k))
    # panels in ln(1/v), finer towards the endpoint where the beam particle's track length is concentrated
    fine = np.concatenate([[0.0], np.geomspace(1e-7, 1.0, 60)])
    edges = fine * np.log(energy / k)[:, None]
    lethargy, weights = panel_nodes(edges, 16)
    density = lengths.radiating.at_lethargy(lethargy)  # per unit v = e^(-l), dv = v dl
    spectrum = bremsstrahlung(medium, energy * np.exp(-lethargy), np.broadcast_to(k[:, None, None], lethargy.shape))
    made = np.sum(weights * density * np.exp(-lethargy) * spectrum, axis=(1, 2)) * energy / k
    assert made == pytest.approx(lost, rel=tolerance)


@pytest.mark.parametrize(("name", "energy"), [("W", 8.0), ("Pb", 100.0)])
@pytest.mark.parametrize("incident", ["e-", "e+"])
def test_a_thin_slab_has_the_spectrum_of_bremsstrahlung(name, energy, incident):
    """t → 0: F = t²/2 · dN/dv, from the cross section itself; 3e-4 once the next order is taken away."""
    v = np.array([0.3, 0.6, 0.9, 0.98])
    thin = 1e-3
    one, two = (
        Cascade().track_length(slab(name, energy, stop=t, incident=incident)).of_photons().density(v)
        for t in (thin, 2.0 * thin)
    )
    got = 2.0 * one / thin**2 - two / (2.0 * thin) ** 2
    want = 0.5 * bremsstrahlung(Medium(material(name)), np.array(energy), v * energy) / v
    if incident == "e+":  # a positron may also annihilate into photons
        want += 0.5 * energy * hit.annihilation_photons(Medium(material(name)), np.array(energy), v * energy)
    assert got == pytest.approx(want, rel=3e-4)


@pytest.mark.parametrize(("start", "stop"), [(0.0, 0.3), (1.0, 20.0)])
def test_the_cascade_agrees_with_the_monte_carlo(start, stop):
    setup = slab("CsI", 4.35, start=start, stop=stop, incident="e+")
    exact = Cascade().binned(setup, EDGES, of="gamma")
    drawn = MonteCarlo(histories=100_000).binned(setup, EDGES, of="gamma")
    assert (exact.primary == 0.0).all()
    assert (drawn.primary == 0.0).all()
    pull = (drawn.secondary - exact.secondary) / drawn.secondary_error
    assert (np.abs(pull) < 4.0).all()
    assert (drawn.secondary_error < 0.1 * drawn.secondary).all()
    kernel = bin_averages(MonteCarlo(histories=100_000).track_length(setup).of_photons(), EDGES, energy=4.35)
    assert kernel == pytest.approx(exact.secondary, rel=0.1)  # the panels of the kernel cut through the bins


def test_tsai_and_whitis_hold_close_to_the_endpoint():
    """Their spectrum 1/k per X0 is that of complete screening at k = E, and 8 % high at k = E/2."""
    thin = slab(stop=1e-4)
    v = np.array([0.5, 0.8, 0.999])
    ratio = TsaiWhitis().track_length(thin).of_photons().density(v) / (0.5e-8 / v)
    assert ratio == pytest.approx(1.0, rel=1e-3)  # the next order in t, with a logarithm at the end
    thick = slab()
    close = (
        TsaiWhitis().binned(thick, EDGES, of="gamma").secondary / Cascade().binned(thick, EDGES, of="gamma").secondary
    )
    assert close[-3:] == pytest.approx(1.0, abs=0.08)
    assert (np.diff(close) < 0).all()  # it overestimates soft photons, which a second generation would only add to


def test_error_estimates_cover_the_change_with_the_accuracy():
    lengths = Cascade().track_length(slab("CsI", 4.35))
    fine = Cascade(cut=10e-6).track_length(slab("CsI", 4.35))  # other cells, and collisions instead of drift
    v = np.array([0.3, 0.6, 0.9])
    change = np.abs(fine.of_photons().density(v) / lengths.of_photons().density(v) - 1.0)
    assert 0.0 < lengths.of_photons().error < 1e-3
    assert (change < 3.0 * lengths.of_photons().error + 2e-4).all()


@pytest.mark.parametrize("name", SHOWERS.names())
def test_every_shower_gives_photons_or_refuses_in_one_line(name):
    model = SHOWERS.get(name).from_options(resolve_physics("reference", {"histories": 1000}))
    with pytest.raises(InvalidValueError, match="of = 'gamma'"):
        model.binned(slab(incident="gamma"), EDGES, of="gamma")
    if name == "geant4":
        with pytest.raises(InvalidValueError, match="geant4 scores positrons only; use cascade or montecarlo"):
            model.binned(slab(), EDGES, of="gamma")
    else:
        assert (model.binned(slab(), EDGES, of="gamma").secondary > 0).all()
