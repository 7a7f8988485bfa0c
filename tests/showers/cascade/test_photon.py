"""An incident photon: thin slabs by hand, energy, and the electron's shower put together from photons."""

import numpy as np
import pytest

from evanesce.constants import ELECTRON_MASS
from evanesce.interactions import collisions as hit
from evanesce.interactions.medium import Medium
from evanesce.interactions.radiation import pair_production
from evanesce.materials import material
from evanesce.numerics import panel_nodes
from evanesce.showers import ShowerSetup, TsaiWhitis, bin_averages
from evanesce.showers.cascade import Cascade
from evanesce.showers.cascade.depth import track_length_integral
from evanesce.showers.cascade.elements import Elements, cell_edges
from evanesce.showers.cascade.tables import RadiationTables
from evanesce.showers.cascade.transport import CUT, SPECIES, Transport


def setup(low, high=None, *, name="CsI", stop=16.0, incident="gamma"):
    return ShowerSetup(
        incident=incident, material=material(name), start=0.0, stop=stop, energy_min=low, energy_max=high or low
    )


def transport(name, energy, *, first=1e-6, last=5.0, order=6):
    elements = Elements(cell_edges(first, 0.25, last), order, CUT / energy, ELECTRON_MASS / energy)
    return Transport(RadiationTables(Medium(material(name)), energy * np.exp(-last), energy), elements, energy)


@pytest.mark.parametrize(("name", "energy"), [("CsI", 4.35), ("Pb", 0.5), ("W", 1000.0)])
def test_a_thin_slab_is_the_pair_spectrum(name, energy):
    """t → 0: F = t²/2 · dN/dx of pairs, from the cross section itself; 5e-5 once the next order is taken away."""
    v = np.array([0.05, 0.3, 0.6, 0.9, 0.98])
    thin = 1e-3
    one, two = (Cascade().track_length(setup(energy, name=name, stop=t)).secondary.density(v) for t in (thin, 2 * thin))
    got = 2.0 * one / thin**2 - two / (2 * thin) ** 2
    want = 0.5 * pair_production(Medium(material(name)), np.array(energy), v * energy)
    # left are t² times the square of rates of order 1 to 5, and rounding
    assert got == pytest.approx(want, rel=5e-5)


def test_both_charges_radiate():
    """Electrons are the positrons and those hit by photons and tracks; there is no beam."""
    lengths, v = Cascade().track_length(setup(4.35)), np.array([0.1, 0.5, 0.9])
    assert (lengths.primary.density(v) == 0.0).all()
    assert lengths.primary.error == 0.0
    ratio = lengths.radiating.density(v) / lengths.secondary.density(v)
    assert (ratio > 2.0).all()
    assert (ratio < 2.2).all()


class TestEnergy:
    """Nothing is lost above the lowest energy, when pairs, scattered photons and recoils are added up."""

    @pytest.mark.parametrize("energy", [0.5, 100.0])
    def test_of_the_first_generation(self, energy):
        """Per X0 the photons lose what their daughters carry, but for the rest that falls below e^(-5) E₀."""
        problem = transport("Pb", energy)
        elements, medium = problem.elements, problem.tables.medium
        change = problem.split(problem.shower("gamma") @ problem.start("gamma"))
        lost = -change[0, 0] * energy
        carried = change[1:] * problem.energy(elements.nodes) * elements.weights
        lowest = energy * np.exp(-5.0)
        x, w = panel_nodes(np.geomspace(ELECTRON_MASS, lowest, 12), 20)
        below = 2.0 * np.sum(w * x / energy * pair_production(medium, np.array(energy), x))
        below += np.sum(w * x * hit.compton_photons(medium, np.array(energy), x))
        below += np.sum(w * x * hit.compton_photons(medium, np.array(energy), energy + ELECTRON_MASS - x))
        assert (carried.sum(axis=1) > 0).all()
        # an electron at rest enters with every Compton scattering, and photons below m_e are left out
        assert carried.sum() + below == pytest.approx(lost, rel=2e-5 + ELECTRON_MASS / energy)
        # and each of the two parts is needed
        assert abs(carried[1].sum() + 0.5 * below - 0.5 * lost) < 0.03 * lost

    def test_of_all_generations_is_the_positron_s(self):
        """Energy is conserved by the other species (test_cascade.py); here the photon's decay feeds all of it."""
        problem = transport("Pb", 1000.0, first=1e-3, last=np.log(1000.0))
        matrix, start = problem.shower("gamma"), problem.start("gamma")
        elements = problem.elements
        track = track_length_integral(matrix, start, 0.0, 1.0, block=len(SPECIES) * elements.order)
        left = problem.split(start + matrix @ track)
        photons, rest = left[0, 0], left[1:] * problem.energy(elements.nodes) * elements.weights
        attenuation = float(
            problem.tables.conversion(np.array(1000.0)) + hit.compton_rate(problem.tables.medium, np.array(1000.0))
        )
        assert photons == pytest.approx(np.exp(-attenuation), rel=1e-6)
        # below 1 GeV goes 1e-3 of it in one radiation length
        assert photons + rest.sum() / 1000.0 == pytest.approx(1.0, abs=2e-3)
        assert photons + rest.sum() / 1000.0 < 1.0


def photon_spectra(name, energy, depths):
    """Photons per X0 and unit of l that a beam of electrons radiates at some depths: functions of l."""
    problem = transport(name, energy, last=1.0)
    elements, order = problem.elements, problem.elements.order
    matrix = problem.charged("e-")
    emission = elements.gain(lambda step, start: problem.tables.photons(problem.energy(start), step))
    source = elements.point_source()
    for depth in depths:
        beam = source + matrix @ track_length_integral(matrix, source, 0.0, depth, block=order, accuracy=8)
        density = emission @ beam
        yield lambda lethargy, density=density: elements.evaluate(
            density, lethargy, np.clip(np.searchsorted(elements.edges, lethargy) - 1, 0, elements.cells - 1)
        )


@pytest.mark.parametrize(("name", "energy"), [("CsI", 4.35), pytest.param("W", 200.0, marks=pytest.mark.slow)])
def test_an_electron_s_positrons_are_its_photons_showers(name, energy):
    """Closure: F of an electron is its photons' spectrum at each depth folded with F of photons in what remains.

    Exact for v > 1/2: an electron hit has less than half of the energy, and so have its photons. To 5e-5: eight
    nodes in depth, interpolation in ln E of the photons' showers.
    """
    stop, v = 1.0, np.array([0.65, 0.75, 0.85, 0.95])
    depths, weights = (a.ravel() for a in panel_nodes(np.array([0.0, 0.2, stop]), 4))
    got = np.zeros(len(v))
    for depth, weight, spectrum in zip(depths, weights, photon_spectra(name, energy, depths), strict=True):
        kernel = Cascade().track_length(setup(0.6 * energy, energy, name=name, stop=stop - depth)).secondary
        for k, fraction in enumerate(v):
            end = -np.log(fraction)
            # both ends are logarithmic: hard photons, and positrons that take all of one
            sides = end * np.concatenate([[0.0], np.geomspace(1e-6, 0.5, 12)])
            lethargy, w = panel_nodes(np.union1d(sides, end - sides), 12)
            photon = energy * np.exp(-lethargy)
            each = kernel.density(fraction * energy / photon, photon) * energy / photon
            got[k] += weight * np.sum(w * spectrum(lethargy) * each)
    want = Cascade().track_length(setup(energy, name=name, stop=stop, incident="e-")).secondary.density(v)
    assert got == pytest.approx(want, rel=5e-5)


def test_tsai_and_whitis_are_close():
    """Complete screening, no ionisation, hard pairs: within 7 % at 20 GeV in CsI for v from 0.85 to 0.98."""
    edges = np.array([0.85, 0.9, 0.95, 0.98])
    ours = bin_averages(Cascade().track_length(setup(20.0)).secondary, edges)
    theirs = bin_averages(TsaiWhitis(pair_charges="positron").track_length(setup(20.0)).secondary, edges)
    assert ours / theirs == pytest.approx(np.ones(3), abs=0.07)


def test_a_range_of_energies():
    """Photons of one energy out of a range: 2e-5 in every bin up to v = 0.99."""
    edges = np.array([0.01, 0.1, 0.5, 0.8, 0.95, 0.99])
    whole = bin_averages(Cascade().track_length(setup(4.35, 6.62)).secondary, edges, energy=5.0)
    assert whole == pytest.approx(bin_averages(Cascade().track_length(setup(5.0)).secondary, edges), rel=5e-5)
