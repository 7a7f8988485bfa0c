"""Small predictions with given numbers, for tests of statistics."""

import numpy as np

from evanesce.mediators import DarkPhoton
from evanesce.numerics import Estimate
from evanesce.prediction import Prediction, Region


def exactly(value):
    array = np.asarray(value, dtype=float)
    return Estimate(array, np.zeros_like(array))


def region(signal, background, observed=None):
    """Signal of shape (*grid, bins) or a dict of them by process, background of shape (bins,) or a dict of them."""
    signals = signal if isinstance(signal, dict) else {"annihilation": signal}
    backgrounds = background if isinstance(background, dict) else {"constant": background}
    return Region(
        signal={name: exactly(value) for name, value in signals.items()},
        background={name: exactly(np.atleast_1d(value)) for name, value in backgrounds.items()},
        observed=None if observed is None else np.atleast_1d(np.asarray(observed, dtype=float)),
    )


def prediction(regions, systematics=(), mass=0.05):
    """Prediction of ``regions`` by label, or of one region, at one mass or several."""
    named = regions if isinstance(regions, dict) else {"test/count": regions}
    return Prediction(
        coordinates={"mass": np.asarray(mass, dtype=float)},
        mediator=DarkPhoton(),
        regions=named,
        systematics=tuple(systematics),
        highest_energy=7.0,
        provenance={"evanesce_version": "test", "experiments": [{}], "mediator": "dark-photon", "physics": {}},
    )


def counting(signal, background, observed=None, systematics=()):
    """One bin at one mass."""
    return prediction(region([signal], background, observed), systematics)
