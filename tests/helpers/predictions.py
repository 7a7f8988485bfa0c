"""Small predictions with given numbers, for tests of statistics."""

import numpy as np

from evanesce.mediators import DarkPhoton
from evanesce.numerics import Estimate
from evanesce.prediction import Prediction, Region, Systematic

BACKGROUND = "test/count/constant"


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


def uncertain(change, name="background", constraint="log-normal", key=BACKGROUND, counts=None):
    return Systematic(name=name, constraint=constraint, effects={key: np.atleast_1d(change)}, counts=counts)


def relative(background, error, observed=None):
    """One bin whose background is known from as many counts as have this relative error."""
    counts = error**-2
    return counting(3.0, background, observed, [uncertain(background / counts, constraint="poisson", counts=counts)])


def all_kinds(observed=(30, 22, 41), control=50):
    """Two regions, two processes, four constraints, one nuisance in both regions and one on the signal."""
    regions = {
        "a/b": region(
            {"one": [4e9, 5e9, 1e9], "two": [2e9, 0.0, 2e9]}, {"x": [7.0, 12.0, 18.0], "y": [9.0, 8.0, 15.0]}, observed
        ),
        "a/control": region([1e7], {"x": 40.0, "simulated": 8.4}, control),
    }
    return prediction(
        regions,
        [
            uncertain([0.1, 0.2, -0.1], "per bin", key="a/b/x"),
            uncertain([0.1, 0.1, 0.1], "flat", key="a/b/y"),
            uncertain([0.1, 0.2, 0.3], "linear", "normal", key="a/b/y"),
            Systematic(name="rate", constraint="free", effects={"a/b/x": np.ones(3), "a/control/x": np.ones(1)}),
            uncertain(0.7, "counted", "poisson", key="a/control/simulated", counts=12),
            uncertain([0.1, 0.1, 0.1], "theory", key="a/b/signal"),
        ],
    )
