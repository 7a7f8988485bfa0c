"""Roots of many functions of one variable at once."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

__all__ = ["bracketed_roots"]

_Float: TypeAlias = npt.NDArray[np.float64]


def bracketed_roots(
    function: Callable[[_Float, npt.NDArray[np.intp]], _Float],
    low: _Float,
    high: _Float,
    *,
    tolerance: float = 1e-12,
    steps: int = 100,
) -> _Float:
    """Root of each function between ``low`` and ``high``, at whose ends it has opposite signs; NaN otherwise.

    T. R. Chandrupatla, Adv. Eng. Software 28 (1997) 145: inverse quadratic interpolation where it is safe, else
    bisection. ``function(x, index)`` receives the points of the functions ``index`` that are still sought; an element
    does not depend on the others. ``tolerance`` is relative.

    >>> bracketed_roots(lambda x, index: x**2 - np.array([2.0, 9.0])[index], np.zeros(2), np.full(2, 5.0))
    array([1.41421356, 3.        ])
    """
    everything = np.arange(low.size)
    a, b = np.array(high, dtype=np.float64), np.array(low, dtype=np.float64)
    fa, fb = function(a, everything), function(b, everything)
    root = np.where(fa == 0.0, a, np.where(fb == 0.0, b, np.nan))
    index = everything[np.sign(fa) * np.sign(fb) < 0.0]
    a, b, fa, fb = a[index], b[index], fa[index], fb[index]
    c, fc, t = a.copy(), fa.copy(), np.full(index.size, 0.5)
    for _ in range(steps):
        if not index.size:
            break
        x = a + t * (b - a)
        fx = function(x, index)
        same = np.sign(fx) == np.sign(fa)
        c, fc = np.where(same, a, b), np.where(same, fa, fb)
        b, fb = np.where(same, b, a), np.where(same, fb, fa)
        a, fa = x, fx
        best = np.where(np.abs(fa) < np.abs(fb), a, b)
        least = tolerance * np.abs(best) / np.maximum(np.abs(b - a), np.finfo(np.float64).tiny)
        done = (least > 0.5) | (fa == 0.0) | (fb == 0.0)
        root[index] = best  # the nearest yet, should the steps not suffice
        keep = ~done
        index, a, b, c, least = index[keep], a[keep], b[keep], c[keep], least[keep]
        fa, fb, fc = fa[keep], fb[keep], fc[keep]
        t = np.clip(_fraction(a, b, c, fa, fb, fc), least, 1.0 - least)
    return root


def _fraction(a: _Float, b: _Float, c: _Float, fa: _Float, fb: _Float, fc: _Float) -> _Float:
    """Where between ``a`` and ``b`` to look next: inverse quadratic interpolation, or the middle."""
    with np.errstate(divide="ignore", invalid="ignore"):
        xi, phi = (a - b) / (c - b), (fa - fb) / (fc - fb)
        smooth = (1.0 - np.sqrt(1.0 - xi) < phi) & (phi < np.sqrt(xi))
        t = fa / (fb - fa) * fc / (fb - fc) + (c - a) / (b - a) * fa / (fc - fa) * fb / (fc - fb)
    return np.asarray(np.where(smooth & np.isfinite(t), t, 0.5))
