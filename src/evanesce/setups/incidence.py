"""Track length averaged over the angles at which tracks of a source enter the target.

A track that enters at an angle crosses every layer on a way 1/sin θ times as long. We compute the track length for a
few of these factors and interpolate: at each energy with the mean over the angles of its tracks, which for Bhabha
scattering is the one angle that belongs to the energy.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import numpy as np

from evanesce.errors import InvalidValueError
from evanesce.numerics import analysis_matrix, gauss_legendre, legendre_values
from evanesce.showers import TrackLength, energy_nodes, mixed
from evanesce.sources import Source, energies, incidence_of, path_factors
from evanesce.validation import FloatArray

__all__ = ["over_angles"]

_FACTORS: Final[int] = 5
"""Number of factors for which the track length is computed."""
_ENERGIES: Final[int] = 16
"""Terms in ln E: 1/sin θ has its nearest singularity in the beams, so that they fall as 1.9 to this power."""
_DRAWS: Final[int] = 4096
"""Angles at one energy."""
_STEEPEST: Final[float] = 10.0
"""Largest factor: within 6 degrees of the beams there is no barrel."""


def over_angles(source: Source, crossed: Callable[[float], TrackLength]) -> TrackLength:
    """Mean of ``crossed(factor)`` over the tracks of a source, where ``factor`` multiplies every thickness.

    Raises
    ------
    InvalidValueError
        Tracks within 6 degrees of a beam.

    """
    if incidence_of(source) == "normal":
        return crossed(1.0)
    span = energies(source)
    nodes = energy_nodes(span, _ENERGIES)
    factors = path_factors(source, np.concatenate([nodes, span]), _DRAWS)
    low, high = float(factors.min()), float(factors.max())
    if not high <= _STEEPEST:
        raise InvalidValueError(
            f"incidence = barrel: tracks cross {high:.3g} times the thickness, must be at most {_STEEPEST:g}; "
            "narrow the window of polar angle"
        )
    middle, half = 0.5 * (low + high), 0.5 * (high - low)
    if not half > 1e-9:
        return crossed(middle)
    tracks = [crossed(float(middle + half * x)) for x in gauss_legendre(_FACTORS)[0]]
    weights = _weights((factors[: len(nodes)] - middle) / half)
    return mixed(tracks, weights, span, analysis_matrix(_FACTORS)[-1])


def _weights(local: FloatArray) -> FloatArray:
    """Mean weight of each factor, shape (factors, energies), for places between -1 and 1 of shape (energies, draws)."""
    weights: FloatArray = analysis_matrix(_FACTORS).T @ legendre_values(_FACTORS, local).mean(axis=-1)
    return weights
