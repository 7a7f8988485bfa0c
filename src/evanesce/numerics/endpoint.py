"""The variable in which a track-length density is smooth up to its endpoint.

A density F(l) of l = ln(1/v) that behaves as 1/(l ln² l) for l → 0 becomes smooth and finite in
y = 1/ln(1 + 1/l): F dl = g(y) (1 + l) dy with g = l F/y². It equals the y = 1/ln(1/l) of docs/physics.md
for small l and stays defined for every l > 0.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

__all__ = ["endpoint_to_log", "log_to_endpoint"]

Array = npt.NDArray[np.float64]
_LARGEST_EXPONENT = 700.0


def log_to_endpoint(lethargy: npt.ArrayLike) -> Array:
    """Return y = 1/ln(1 + 1/l) for l >= 0, any shape; zero at l = 0.

    >>> float(log_to_endpoint(0.0)), round(float(log_to_endpoint(1.0)), 4)
    (0.0, 1.4427)
    """
    lethargy = np.asarray(lethargy, dtype=np.float64)
    positive = np.maximum(lethargy, 1e-300)
    y = 1.0 / (np.log1p(positive) - np.log(positive))
    return np.where(lethargy > 0, y, 0.0)


def endpoint_to_log(y: npt.ArrayLike) -> Array:
    """Return l = 1/(exp(1/y) - 1), the inverse of :func:`log_to_endpoint`; below 1e-304 it is zero.

    >>> round(float(endpoint_to_log(log_to_endpoint(0.05))), 12)
    0.05
    """
    inverse = 1.0 / np.maximum(np.asarray(y, dtype=np.float64), 1e-300)
    value = 1.0 / np.expm1(np.minimum(inverse, _LARGEST_EXPONENT))
    return np.where(inverse < _LARGEST_EXPONENT, value, 0.0)
