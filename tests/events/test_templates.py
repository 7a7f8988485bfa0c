"""Binned templates against histograms of generated events, which know nothing of bins."""

import numpy as np
import pytest
from scipy.stats import chi2

import evanesce as ev

PHOTON = ev.DarkPhoton(alpha_d=1e-3)
FRACTIONS = [0.95, 0.96, 0.98, 0.995, 1.0]
ENERGIES = [4.34, 4.6, 4.9, 5.2, 5.6, 6.62]
BELLE2 = ev.experiment("belle2")
BINNED = BELLE2.replace(
    {
        "bins": {
            "missing_fraction": FRACTIONS,
            "track_energy": ENERGIES,
            "shapes": [{"label": "constant", "missing_fraction": "uniform"}],
        }
    }
)
COUNT = 60_000
BOUND = {"physics": "reference", "overrides": {"isr": "off", "bremsstrahlung": "ww"}}
FREE = {"physics": "reference", "overrides": {"electrons": "free", "bremsstrahlung": "ww"}}
EXACT = {"physics": "converged", "overrides": {"bremsstrahlung": "exact"}}


def histogram(process, mass, options):
    """Sum of weights and its variance in every bin."""
    value, square = np.zeros((4, 5)), np.zeros((4, 5))
    for batch in ev.generate_events(BELLE2, PHOTON, mass, COUNT, seed=3, process=process, **options):
        mediator = next(k for k, role in enumerate(batch.roles) if role.name == "mediator")
        energy = batch.columns["track_energy"]
        place = batch.momentum[:, mediator, 3] / energy, energy
        edges = [np.array([0.95 - 1e-9, *FRACTIONS[1:-1], 1.01]), np.array(ENERGIES)]
        value += np.histogram2d(*place, edges, weights=batch.weight)[0]
        square += np.histogram2d(*place, edges, weights=batch.weight**2)[0]
    return value.ravel(), square.ravel()


@pytest.mark.parametrize(
    ("process", "mass", "options"),
    [
        ("annihilation", 0.0667, {"physics": "converged"}),
        pytest.param("annihilation", 0.072, BOUND, marks=pytest.mark.slow),
        pytest.param("isr", 0.06, FREE, marks=pytest.mark.slow),
        pytest.param("bremsstrahlung", 0.05, EXACT, marks=pytest.mark.slow),
    ],
)
def test_template_is_the_histogram_of_events(process, mass, options):
    """χ² over the bins with at least 25 events' worth of weights, with the variance of the weights.

    The sum of all weights fluctuates by up to 0.3 % around the yield, which is added to the variance. For a fixed seed
    the probability of a larger χ² must exceed 1e-3.
    """
    value, square = histogram(process, mass, options)
    region = next(iter(ev.predict(BINNED, PHOTON, mass, **options).regions.values()))
    template = region.signal[process].value
    filled = value**2 > 25.0 * square
    assert filled.sum() >= 5
    pulls = (value - template)[filled] / np.sqrt(square + (0.003 * template) ** 2)[filled]
    assert chi2.sf(np.sum(pulls**2), filled.sum()) > 1e-3
    # and nothing where no event is
    assert template[~filled].sum() < 0.02 * template.sum()


def test_a_wrong_template_is_noticed():
    """With the first two bins of missing fraction exchanged, χ² is hopeless."""
    value, square = histogram("annihilation", 0.0667, {"physics": "converged"})
    region = next(iter(ev.predict(BINNED, PHOTON, 0.0667, physics="converged").regions.values()))
    template = region.signal["annihilation"].value.reshape(4, 5)[[1, 0, 2, 3]].ravel()
    filled = value**2 > 25.0 * square
    assert np.sum((value - template)[filled] ** 2 / square[filled]) > 1e3
