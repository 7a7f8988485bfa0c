"""Small synthetic results to draw: physics changes leave the golden images alone."""

import numpy as np
import pytest

from evanesce.figures import BackgroundCurves, Curve, EndpointCurves, ExpectedBand, Limits, ThermalLine

MASS = np.geomspace(0.01, 1.0, 201)


def dip(depth, floor):
    """A limit that rises with mass and is much stronger in a window around 70 MeV."""
    return floor * MASS**0.8 / (1.0 + depth * np.exp(-(((np.log(MASS / 0.07)) / 0.1) ** 2)))


@pytest.fixture
def limits():
    excluded = np.where(MASS < 0.5, 3e-3 * MASS, np.inf)
    return Limits(
        curves=(
            Curve(label="first experiment", role="excluded-faint", x=MASS, y=np.full_like(MASS, 1e-3)),
            Curve(label="second experiment", role="excluded", x=MASS, y=excluded),
            Curve(label="another search", role="rival", x=MASS, y=np.full_like(MASS, 4e-5)),
            Curve(label="search", role="search", x=MASS, y=dip(200.0, 1e-2)),
            Curve(label="search, more background", role="search-weaker", x=MASS, y=dip(200.0, 2e-2)),
            Curve(label="search, exact", role="exact", x=MASS, y=dip(400.0, 8e-3)),
        ),
        title=r"$\alpha_D = 0.001$",
    )


@pytest.fixture
def thermal(limits):
    """The same limits with two thermal lines, one of which ends, and a band."""
    line = 3e-4 * MASS**1.1
    inside = np.where(MASS < 0.3, line, np.nan)
    return Limits(
        curves=limits.curves,
        title=limits.title,
        thermal=(
            ThermalLine(label="published", x=MASS, y=MASS, band=(0.8 * inside, 1.2 * inside)),
            ThermalLine(label="thermal, Dirac", x=MASS, y=line),
            ThermalLine(label="thermal, Majorana", x=MASS, y=3.0 * inside),
        ),
    )


@pytest.fixture
def couplings():
    alpha_d = np.geomspace(1e-5, 1.0, 101)
    return Limits(
        curves=(
            Curve(label="experiment", role="excluded", x=alpha_d, y=np.full_like(alpha_d, 2e-4)),
            Curve(label="search", role="search", x=alpha_d, y=2e-5 * np.sqrt(1.0 + 10.0 * alpha_d)),
            Curve(label="second", role="second", x=alpha_d, y=3e-5 * np.sqrt(1.0 + 10.0 * alpha_d)),
        ),
        against="alpha_d",
    )


@pytest.fixture
def track_lengths():
    v = np.linspace(0.01, 0.99, 99)
    first = 0.3 / v / (1.0 - v) ** 0.3
    second = 1.5 * (1.0 - v) ** 2 / v**2
    return (
        Curve(label="both", role="search", x=v, y=first + second),
        Curve(label="first", role="part", x=v, y=first),
        Curve(label="second", role="second", x=v, y=second),
    )


@pytest.fixture
def spectra():
    energy = np.linspace(4.3, 6.6, 101)
    wide = np.linspace(2.0, 6.6, 101)
    return (
        Curve(label="sharp", role="search", x=energy, y=3.0 * np.exp(-3.0 * (energy - 4.3))),
        Curve(label="wide", role="second", x=wide, y=0.3 + 0.1 * np.cos(wide)),
    )


@pytest.fixture
def endpoint():
    distance = np.geomspace(1e-9, 0.5, 101)
    curves = (
        Curve(label="positron", role="search", x=distance, y=0.75 / (1.0 - np.log(distance)) ** 2),
        Curve(label="electron", role="second", x=distance, y=1e-2 * distance),
    )
    return EndpointCurves(curves=curves, cut=0.999, dropped=0.43, selection=0.95)


@pytest.fixture
def background():
    values = np.array([0.95, 0.99, 0.97])
    parts = {"photons": np.array([12.0, 1.5, 6.5]), "nothing": np.zeros(3)}
    total = parts["photons"]
    return BackgroundCurves(
        field="missing fraction", values=values, components=parts, total=total, total_error=2 * total
    )


@pytest.fixture
def expected():
    mass = np.geomspace(0.01, 1.0, 60)
    median = 3e-4 * (1.0 + np.square(np.log(mass / 0.07)))
    band = ExpectedBand(label="expected", x=mass, limits=median[:, None] * np.array([0.6, 0.8, 1.0, 1.3, 1.7]))
    seen = Curve(label="observed", role="search", x=mass, y=1.2 * median)
    return Limits(curves=(seen,), bands=(band,), title="an experiment", confidence_level=0.95)
