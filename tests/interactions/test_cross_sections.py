"""Cross sections: sum rules, published numbers, and the integrals that the fits approximate."""

import mpmath as mp
import numpy as np
import pytest

from evanesce.constants import ELECTRON_MASS
from evanesce.interactions import collisions as hit
from evanesce.interactions.medium import Medium, coulomb_correction, radiation_logarithms
from evanesce.interactions.radiation import bremsstrahlung, pair_production
from evanesce.interactions.screening import elastic_screening, inelastic_screening, migdal, suppression
from evanesce.materials import material, material_names

NODES, WEIGHTS = np.polynomial.legendre.leggauss(80)


def integral(function, low, high):
    x = 0.5 * (high - low) * NODES + 0.5 * (high + low)
    return 0.5 * (high - low) * np.sum(WEIGHTS * function(x))


def log_integral(function, low, high):
    return integral(lambda u: np.exp(u) * function(np.exp(u)), np.log(low), np.log(high))


def medium(name):
    return Medium(material(name))


def shape_term(target):
    """Σ n Z(Z + 1) over Σ n Z² (L - f + L'/Z): the size of the terms without a logarithm."""
    top = bottom = 0.0
    for nucleus in target.nuclei:
        elastic, inelastic = radiation_logarithms(nucleus.Z)
        top += nucleus.number_density * nucleus.Z * (nucleus.Z + 1)
        bottom += (
            nucleus.number_density * nucleus.Z**2 * (elastic - coulomb_correction(nucleus.Z) + inelastic / nucleus.Z)
        )
    return top / bottom


class TestRadiation:
    @pytest.mark.parametrize("name", [name for name in material_names() if name != "LYSO"])
    def test_radiation_length(self, name):
        """∫ k dσ of complete screening is 1/X0 up to the term (1 - y)(1 + 1/Z)/12.

        1 %: the cited X0, what is left of incomplete screening and of suppression at 50 GeV. LYSO's cited
        X0 is 1.5 % from Tsai's formula, see the catalogue.
        """
        target = medium(name)
        energy = np.array(50.0)
        loss = integral(lambda y: bremsstrahlung(target, energy, y * energy), 0.0, 1.0)
        assert loss == pytest.approx(1.0 + shape_term(target) / 18.0, rel=0.01)

    @pytest.mark.parametrize("name", ["CsI", "Pb", "C", "H2O"])
    def test_mean_free_path_of_photons(self, name):
        """7/9 per X0 of complete screening, less (1 + 1/Z)/54 over the logarithm."""
        target = medium(name)
        photon = np.array(50.0)
        rate = 2.0 * integral(lambda x: pair_production(target, photon, x * photon), 0.0, 0.5)
        assert rate == pytest.approx(7.0 / 9.0 - shape_term(target) / 54.0, rel=0.01)

    @pytest.mark.parametrize(
        ("name", "tolerance"), [("CsI", 0.025), ("Pb", 0.03), ("W", 0.03), ("Al", 0.025), ("C", 0.055)]
    )
    def test_pairs_against_evaluated_data(self, name, tolerance):
        """Total pair production against the fit to Hubbell's tables of the Geant4 Physics Reference Manual.

        The fit is good to 5 % itself (its manual), and its factor Z + 1 is rough for light elements.
        """
        f1 = (8.7842e2, -1.9625e3, 1.2949e3, -2.0028e2, 1.2575e1, -2.8333e-1)
        f2 = (-1.0342e1, 1.7692e1, -8.2381, 1.3063, -9.0815e-2, 2.3586e-3)
        f3 = (-4.5263e2, 1.1161e3, -8.6749e2, 2.1773e2, -2.0467e1, 6.5372e-1)
        fits = np.array([f1, f2, f3])
        target = medium(name)
        for photon in (0.02, 0.1, 1.0, 4.35, 10.0, 80.0):
            powers = np.log(photon / ELECTRON_MASS) ** np.arange(6)
            fit = sum(
                nucleus.number_density * (nucleus.Z + 1) * (np.array([nucleus.Z, nucleus.Z**2, 1]) @ fits @ powers)
                for nucleus in target.nuclei
            )
            fit *= 1e-30 * target.length  # microbarn
            least = ELECTRON_MASS / photon
            ours = 2.0 * integral(lambda x, k=photon: pair_production(target, np.array(k), x * k), least, 0.5)
            assert ours == pytest.approx(fit, rel=tolerance), photon

    def test_pairs_are_symmetric_and_need_two_masses(self):
        target = medium("CsI")
        k, x = np.array(0.3), np.array([0.1, 0.3, 0.48])
        assert pair_production(target, k, x * k) == pytest.approx(pair_production(target, k, (1 - x) * k))
        assert pair_production(target, k, np.array([0.5 * ELECTRON_MASS, k - 0.5 * ELECTRON_MASS])).tolist() == [0, 0]
        assert bremsstrahlung(target, k, k - 0.9 * ELECTRON_MASS) == 0

    def test_soft_photons_in_the_medium(self):
        """Far below k_p = E ħω_p/m the spectrum k dN/dk falls as k² at least; far above nothing happens."""
        target = medium("C")
        energy = np.array(4.35)
        plasma = 4.35 * target.plasma_energy / ELECTRON_MASS
        soft = bremsstrahlung(target, energy, plasma * np.array([1e-4, 1e-3]))
        assert soft[1] / soft[0] == pytest.approx(100.0, rel=0.01)
        assert bremsstrahlung(target, energy, np.array(0.2)) == pytest.approx(4.0 / 3.0, rel=0.06)

    def test_suppression_in_tungsten(self):
        """It sets in at k = E²/E_LPM, 24 MeV for 8 GeV: there some 3 %, at a tenth of it a third."""
        target = medium("W")
        assert target.suppression_energy == pytest.approx(7.68e3 * 0.3504, rel=0.01)
        energy, photon = np.array(8.0), np.array(64.0 / target.suppression_energy)
        assert photon == pytest.approx(0.024, rel=0.02)
        soft, onset, hard = bremsstrahlung(target, energy, photon * np.array([0.1, 1.0, 10.0]))
        assert onset / hard == pytest.approx(0.97 * (1 - 0.003) / (1 - 0.03), rel=0.01)
        assert 0.4 < soft / hard < 0.7

    def test_strong_suppression(self):
        """Klein's limit s → 0: ξ = 2, φ = 6s, s = s'/√2."""
        s_prime = np.array([1e-6, 1e-5])
        assert suppression(s_prime, 82).phi == pytest.approx(12.0 * s_prime / np.sqrt(2.0), rel=1e-4)


class TestScreening:
    def test_brackets_end_and_fall(self):
        gamma = np.geomspace(1e-3, 50.0, 60)
        for function, start in ((elastic_screening, 20.863), (inelastic_screening, 28.340)):
            first, difference = function(gamma)
            assert (np.diff(first) < 0).all()
            assert (difference > 0).all()
            assert first[0] == pytest.approx(start, rel=0.02)

    @pytest.mark.parametrize("s", [0.02, 0.1, 0.4, 0.7, 1.5, 3.0])
    def test_migdal_functions_against_their_integrals(self, s):
        """Klein's Eqs. (75), (76). The fit of G is off by 0.35 % at s = 1.5, all else by less than 0.1 %."""
        phi, g = migdal(np.array(s))
        ends = [0, 1, 5, 20, 100, 1000]
        phi_mp = 12 * s**2 * mp.quad(lambda t: mp.coth(t / 2) * mp.exp(-s * t) * mp.sin(s * t), ends) - 6 * mp.pi * s**2
        inner = mp.quad(lambda t: mp.exp(-s * t) * mp.sin(s * t) / mp.sinh(t / 2), ends)
        assert float(phi) == pytest.approx(float(phi_mp), rel=5e-4)
        assert float(g) == pytest.approx(float(48 * s**2 * (mp.pi / 4 - inner / 2)), rel=4e-3)

    def test_suppression_is_at_most_one(self):
        s = np.geomspace(1e-4, 100.0, 200)
        for z in (4, 82):
            factor = suppression(s, z)
            assert (factor.phi <= 1.0 + 1e-12).all()
            assert (factor.g <= 1.0).all()
            assert factor.phi[-1] == pytest.approx(1.0)


class TestCollisions:
    def test_ionisation_of_caesium_iodide(self):
        """11.7 MeV per X0 below 4.35 MeV at 4.35 GeV, 14.9 unrestricted for a positron."""
        target, energy = medium("CsI"), np.array(4.35)
        assert hit.restricted_loss(target, "e-", energy, 4.35e-3) == pytest.approx(11.7e-3, rel=0.01)
        assert hit.restricted_loss(target, "e+", energy, 1e9) == pytest.approx(14.9e-3, rel=0.01)

    @pytest.mark.parametrize(
        ("name", "energy", "stopping"),
        # collision stopping power of electrons, MeV cm²/g: NIST's ESTAR
        [("H2O", 1.0, 1.849), ("H2O", 10.0, 1.968), ("H2O", 100.0, 2.202), ("H2O", 1000.0, 2.401)],
    )
    def test_against_estar(self, name, energy, stopping):
        """1.5 %: below βγ = 1000 the density effect is a general fit, not the one of each material."""
        target = medium(name)
        total = np.array(energy * 1e-3 + ELECTRON_MASS)
        loss = hit.restricted_loss(target, "e-", total, 1e9) * 1e3 / target.material.radiation_length_g_cm2
        assert loss == pytest.approx(stopping, rel=0.015)

    @pytest.mark.parametrize("particle", ["e-", "e+"])
    @pytest.mark.parametrize("energy", [2.0 * ELECTRON_MASS, 0.3])
    def test_loss_and_knock_ons_are_one(self, particle, energy):
        """What a higher cut adds to the loss is what the knock-ons in between carry; the rate is the integral."""
        target, kinetic = medium("CsI"), energy - ELECTRON_MASS
        low, high = kinetic / 300.0, kinetic / 30.0
        below = [hit.restricted_loss(target, particle, np.array(energy), cut) for cut in (low, high)]

        def spectrum(t):
            return hit.knock_on_spectrum(target, particle, np.array(energy), t)

        assert below[1] - below[0] == pytest.approx(log_integral(lambda t: t * spectrum(t), low, high), rel=1e-9)
        top = kinetic * (0.5 if particle == "e-" else 1.0)
        rate = hit.knock_on_rate(target, particle, np.array(energy), np.array(low))
        assert rate == pytest.approx(log_integral(spectrum, low, top * (1 - 1e-14)), rel=1e-9)
        assert hit.knock_on_rate(target, particle, np.array(energy), np.array(energy)) == pytest.approx(0.0, abs=1e-12)

    def test_annihilation_and_compton_spectra_add_up(self):
        target = medium("CsI")
        energy = np.array(0.02)
        gamma, total = energy / ELECTRON_MASS, energy + ELECTRON_MASS
        root = np.sqrt((gamma - 1) / (gamma + 1))
        ends = 0.5 * total * (1 - root) * (1 + 1e-12), 0.5 * total * (1 + root) * (1 - 1e-12)
        photons = log_integral(lambda k: hit.annihilation_photons(target, energy, k), *ends)
        carried = log_integral(lambda k: k * hit.annihilation_photons(target, energy, k), *ends)
        rate = hit.annihilation_rate(target, energy)
        assert photons == pytest.approx(2.0 * rate, rel=1e-7)
        assert carried == pytest.approx(total * rate, rel=1e-7)
        least = energy / (1 + 2 * gamma) * (1 + 1e-12)
        scattered = log_integral(lambda k: hit.compton_photons(target, energy, k), least, energy)
        assert scattered == pytest.approx(hit.compton_rate(target, energy), rel=1e-8)

    def test_density_effect_saturates(self):
        """Sternheimer's form below x₁ joins the limit, and vanishes below x₀."""
        target = medium("CsI")
        limit = 2 * np.log(1e4 * target.plasma_energy / target.excitation_energy) - 1
        assert target.density_effect(np.array(1e4)) == pytest.approx(limit)
        assert target.density_effect(np.array(0.5)) == 0.0
        assert target.plasma_energy == pytest.approx(39.46e-9, rel=2e-3)  # Sternheimer, Berger, Seltzer 1984
