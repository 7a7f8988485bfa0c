"""Ratios of limits: what is drawn, and gaps where there is no published limit."""

import numpy as np
import pytest

from evanesce.figures import Curve, draw_ratios, render


def test_a_curve_a_band_and_a_legend():
    from matplotlib.figure import Figure

    masses = np.array([0.01, 0.1, 1.0])
    curve = Curve(label="NA64", role="best", x=masses, y=np.array([0.9, np.nan, np.inf]))
    ax = Figure().add_subplot()
    band, one, line, legend = draw_ratios(ax, [curve], x_range=(0.01, 1.0), band=0.2, title="one efficiency")
    assert band.get_extents().transformed(ax.transData.inverted()).intervaly == pytest.approx([0.8, 1.2])
    assert one.get_ydata() == pytest.approx([1.0, 1.0])
    assert np.isnan(line.get_ydata()).tolist() == [False, True, True]
    assert [text.get_text() for text in legend.get_texts()] == ["NA64"]
    assert ax.get_xlim() == (0.01, 1.0)


def test_it_can_be_rendered():
    curve = Curve(label="a", role="rival", x=np.array([0.01, 0.1]), y=np.array([1.0, 1.1]))
    assert render([lambda ax: draw_ratios(ax, [curve], x_range=(0.01, 0.1))])["png"][1:4] == b"PNG"
