"""Eqs. (4.4) and (4.5) in a direct transcription: nested quadrature, without special treatment of the endpoint."""

from __future__ import annotations

import numpy as np
from scipy.integrate import dblquad, quad
from scipy.special import gamma

from evanesce.constants import ALPHA, ELECTRON_MASS, GEV2_CM2
from evanesce.experiments import Experiment
from evanesce.mediators import Mediator
from evanesce.production import annihilation_cross_section, photon_flux

B1, B2 = 4 / 3, 7 / 9


def first_generation(v: float, t: float) -> float:
    """Eq. (A.2) times E; at v = 1 it has no value."""
    if not 0 < v < 1:
        return 0.0
    return float(np.log(1 / v) ** (B1 * t - 1) / gamma(B1 * t))


def track_length(v: float, thickness: float) -> float:
    """Eq. (A.1) times E/X0, first generation."""
    return float(quad(first_generation_of_t, 0.0, thickness, args=(v,))[0])


def first_generation_of_t(t: float, v: float) -> float:
    """Arguments in the order of quad."""
    return first_generation(v, t) if t > 0 else 0.0


def naive_annihilation(experiment: Experiment, mediator: Mediator, mass: float) -> float:
    """Eq. (4.4) per ε², first generation only (the second is below 1e-3 here)."""
    source, material = experiment.source, experiment.target.material
    thickness, fraction = experiment.target.thickness, experiment.selection.missing_fraction
    low, high = source.edges
    resonance = mass**2 / (2 * ELECTRON_MASS) - ELECTRON_MASS

    def at_energy(energy: float) -> float:
        def integrand(positron: float) -> float:
            sigma = annihilation_cross_section(mediator, energy=np.asarray(positron), mass=np.asarray(mass))
            return track_length(positron / energy, thickness) / energy * float(sigma)

        least = fraction * energy - ELECTRON_MASS
        points = [resonance] if least < resonance < energy else None
        return float(quad(integrand, least, energy, points=points)[0]) * float(source.spectrum(np.asarray(energy)))

    return float(quad(at_energy, low, high)[0]) * material.electron_density * material.radiation_length


def naive_bremsstrahlung(experiment: Experiment, mediator: Mediator, mass: float) -> float:
    """Inner integrals of Eq. (4.5) at one energy of the spectrum; the outer one would repeat this 21 times."""
    source, material = experiment.source, experiment.target.material
    fraction = experiment.selection.missing_fraction
    energy = 0.5 * (source.edges[0] + source.edges[1])

    def integrand(positron: float, mediator_energy: float) -> float:
        flux = sum(
            n.number_density * float(photon_flux(n)(np.asarray(mass), np.asarray(positron))) for n in material.nuclei
        )
        x = mediator_energy / positron
        splitting = float(mediator.splitting(np.asarray(x), np.asarray(mass)))
        return flux * splitting / positron * track_length(positron / energy, 1.0) / energy

    value = dblquad(integrand, fraction * energy, energy - ELECTRON_MASS, lambda a: a, energy, epsrel=1e-2)[0]
    return float(value) * ALPHA**3 * material.radiation_length * GEV2_CM2
