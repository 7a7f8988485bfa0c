"""Figures of finished results: the only package that imports matplotlib, which the extra ``plot`` installs.

A drawing function takes results (:mod:`evanesce.figures.results`) and an ``ax`` of the caller, draws, and
returns the artists. It computes nothing and saves nothing. :func:`style` is a context with the style of the
package; :func:`render` returns the bytes of a PDF and a PNG file.

>>> import numpy as np
>>> curve = Curve(label="search", role="search", x=np.array([0.01, 0.1]), y=np.array([1e-4, 2e-5]))
>>> files = render([lambda ax: draw_limits(ax, Limits(curves=(curve,)), x_range=(0.01, 0.1))])
>>> files["pdf"][:4]
b'%PDF'
"""

from evanesce.figures.background import draw_background
from evanesce.figures.canvas import render, render_figure, thumbnail
from evanesce.figures.impacts import MOST_IMPACTS, draw_impacts
from evanesce.figures.limits import draw_limits
from evanesce.figures.overlay import CouplingMap, Search, add_y_axis, draw_map, draw_quotients, draw_searches
from evanesce.figures.ratios import draw_ratios
from evanesce.figures.results import BackgroundCurves, Curve, EndpointCurves, ExpectedBand, Limits, Role, ThermalLine
from evanesce.figures.spectrum import draw_spectra
from evanesce.figures.style import primed, style, style_parameters
from evanesce.figures.track_length import draw_endpoint, draw_track_length

__all__ = [
    "MOST_IMPACTS",
    "BackgroundCurves",
    "CouplingMap",
    "Curve",
    "EndpointCurves",
    "ExpectedBand",
    "Limits",
    "Role",
    "Search",
    "ThermalLine",
    "add_y_axis",
    "draw_background",
    "draw_endpoint",
    "draw_impacts",
    "draw_limits",
    "draw_map",
    "draw_quotients",
    "draw_ratios",
    "draw_searches",
    "draw_spectra",
    "draw_track_length",
    "primed",
    "render",
    "render_figure",
    "style",
    "style_parameters",
    "thumbnail",
]
