"""Golden images; `make baseline` redraws them (look at them before committing).

Tolerance: root mean square over the pixels, of 255. Fonts come with the pinned plotting libraries; another
version of their rasteriser stays below 2, a missing curve, label or shade is above 3 (tested below).
"""

import io
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.image import imread

from evanesce.figures import (
    draw_endpoint,
    draw_impacts,
    draw_limits,
    draw_spectra,
    draw_track_length,
    style,
    style_parameters,
)

OPTIONS = {"style": style_parameters(), "savefig_kwargs": {"dpi": 60, "metadata": {"Software": None}}, "tolerance": 2}


def panel():
    figure = Figure(figsize=(9.0, 6.0), layout="constrained")
    FigureCanvasAgg(figure)
    return figure, figure.subplots()


@pytest.mark.mpl_image_compare(**OPTIONS)
def test_limits_against_mass(limits):
    figure, ax = panel()
    places = {"first experiment": 0.7, "second experiment": 0.02, "another search": 0.3}
    draw_limits(ax, limits, x_range=(0.01, 1.0), y_range=(3e-6, 1e-2), label_at=places, legend="lower right")
    return figure


@pytest.mark.mpl_image_compare(**OPTIONS)
def test_limits_against_mass_linear(limits):
    figure, ax = panel()
    draw_limits(ax, limits, x_range=(0.05, 0.1), x_scale="linear", label_at={"another search": 0.06}, legend=None)
    return figure


@pytest.mark.mpl_image_compare(**OPTIONS)
def test_limits_with_thermal_lines(thermal):
    figure, ax = panel()
    places = {"first experiment": 0.7, "second experiment": 0.02, "another search": 0.3}
    draw_limits(ax, thermal, x_range=(0.01, 1.0), y_range=(1e-6, 1e-2), label_at=places, legend="lower right")
    return figure


@pytest.mark.mpl_image_compare(**OPTIONS)
def test_limits_against_coupling(couplings):
    figure, ax = panel()
    draw_limits(ax, couplings, x_range=(1e-5, 1.0), y_range=(1e-5, 1e-3), legend="center left")
    return figure


@pytest.mark.mpl_image_compare(**OPTIONS)
def test_track_length(track_lengths):
    figure, ax = panel()
    draw_track_length(ax, track_lengths, title="positrons")
    return figure


@pytest.mark.mpl_image_compare(**OPTIONS)
def test_spectra(spectra):
    figure, ax = panel()
    draw_spectra(ax, spectra, title="positrons")
    return figure


@pytest.mark.mpl_image_compare(**OPTIONS)
def test_endpoint(endpoint):
    figure, ax = panel()
    draw_endpoint(ax, endpoint)
    return figure


@pytest.mark.mpl_image_compare(**OPTIONS)
def test_impacts():
    figure, ax = panel()
    draw_impacts(
        ax,
        SimpleNamespace(
            names=("free rate", "neutrons", "luminosity"),
            pulls=np.array([np.nan, 0.8, -0.3]),
            pull_errors=np.array([np.nan, 0.6, 1.0]),
            impacts=np.array([[9.0, -9.0], [5.0, -6.0], [-1.0, 1.0]]),
            impacts_before=np.array([[np.nan, np.nan], [8.0, -9.0], [-1.0, 1.0]]),
            data="observed",
        ),
    )
    return figure


def pixels(draw):
    with style():
        figure, ax = panel()
        artists = draw(ax)
        images = []
        for hidden in [None, *artists]:
            if hidden is not None:
                hidden.set_visible(False)
            buffer = io.BytesIO()
            figure.savefig(buffer, format="png", dpi=60)
            buffer.seek(0)
            images.append(255.0 * imread(buffer)[..., :3])
            if hidden is not None:
                hidden.set_visible(True)
    return images


@pytest.mark.parametrize("shown", ["limits", "thermal"])
def test_the_tolerance_notices_a_missing_artist(shown, request):
    places, limits = {"second experiment": 0.02}, request.getfixturevalue(shown)
    if shown == "thermal":
        limits = replace(limits, curves=())
    whole, *without = pixels(lambda ax: draw_limits(ax, limits, x_range=(0.01, 1.0), label_at=places))
    for image in without:
        assert np.sqrt(np.mean((image - whole) ** 2)) > 3.0


@pytest.mark.mpl_image_compare(**OPTIONS)
def test_expected_limits_with_bands(expected):
    figure, ax = panel()
    draw_limits(ax, expected, x_range=(0.01, 1.0), y_range=(1e-5, 1e-2))
    return figure
