"""Tables of this package: comments, one line of names, columns of numbers."""

from __future__ import annotations

from importlib.resources import files

import numpy as np

from evanesce.validation import FloatArray

__all__ = ["read_columns", "read_names"]


def read_columns(name: str) -> FloatArray:
    """Columns of a table in ``targets/data``, shape (columns, rows)."""
    return np.loadtxt(_lines(name)[1:], delimiter=",", dtype=np.float64, ndmin=2).T


def read_names(name: str) -> list[str]:
    """Names of the columns."""
    return _lines(name)[0].split(",")


def _lines(name: str) -> list[str]:
    text = files("evanesce.targets").joinpath("data", name).read_text(encoding="utf-8")
    return [line for line in text.splitlines() if not line.startswith("#")]
