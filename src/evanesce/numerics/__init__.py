"""Quadrature for singular integrands: endpoint panels, resonances, divided differences.

There is no physics here. :mod:`legendre` has piecewise Legendre series and graded panels, :mod:`resonance`
integrates over a Breit-Wigner of any width,
:mod:`chebyshev` has series of many functions, :mod:`divided` has cancellation-free divided differences,
:mod:`endpoint` the variable in which a track-length density is smooth, :mod:`piecewise` draws random numbers,
:mod:`importance` is importance sampling, :mod:`roots` finds many roots at once, and :mod:`cores` returns the number of
available cores.
"""

from numpy import geomspace, linspace

from evanesce.numerics.chebyshev import (
    chebyshev_coefficients,
    chebyshev_points,
    chebyshev_sum,
    chebyshev_tail,
)
from evanesce.numerics.cores import available_cores
from evanesce.numerics.cubic import CubicGrid, CubicSpline, cubic_coefficients
from evanesce.numerics.divided import laplace_divided_difference, laplace_first_difference
from evanesce.numerics.endpoint import endpoint_to_log, log_to_endpoint
from evanesce.numerics.importance import ImportanceMap, mean_and_error, scrambled_points
from evanesce.numerics.legendre import (
    Estimate,
    PiecewiseLegendre,
    analysis_matrix,
    clenshaw,
    distances,
    gauss_integral,
    gauss_legendre,
    legendre_values,
    panel_nodes,
)
from evanesce.numerics.piecewise import PiecewiseConstant
from evanesce.numerics.resonance import integrate_breit_wigner, two_pole_panels
from evanesce.numerics.roots import bracketed_roots
from evanesce.numerics.tanhsinh import tanh_sinh

__all__ = [
    "CubicGrid",
    "CubicSpline",
    "Estimate",
    "ImportanceMap",
    "PiecewiseConstant",
    "PiecewiseLegendre",
    "analysis_matrix",
    "available_cores",
    "bracketed_roots",
    "chebyshev_coefficients",
    "chebyshev_points",
    "chebyshev_sum",
    "chebyshev_tail",
    "clenshaw",
    "cubic_coefficients",
    "distances",
    "endpoint_to_log",
    "gauss_integral",
    "gauss_legendre",
    "geomspace",
    "integrate_breit_wigner",
    "laplace_divided_difference",
    "laplace_first_difference",
    "legendre_values",
    "linspace",
    "log_to_endpoint",
    "mean_and_error",
    "panel_nodes",
    "scrambled_points",
    "tanh_sinh",
    "two_pole_panels",
]
