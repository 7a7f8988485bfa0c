"""A spectrum given as a table: arrays, or a CSV file with the columns energy and density."""

from __future__ import annotations

import math
import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import ClassVar

import numpy as np
import numpy.typing as npt

from evanesce.constants import ELECTRON_MASS
from evanesce.errors import InvalidValueError
from evanesce.particles import Particle, check_particle
from evanesce.representation import field_html, field_text
from evanesce.sources.base import LARGEST_ENERGY, LARGEST_NUMBER, SOURCES
from evanesce.table_header import SPECTRUM
from evanesce.tables import read_two_columns
from evanesce.validation import FloatArray, number_tuple, positive

__all__ = ["TabulatedSpectrum"]


@SOURCES.register("tabulated")
@dataclass(frozen=True, slots=True, kw_only=True)
class TabulatedSpectrum:
    """dN/dE at given energies, linear in between and zero outside.

    Give the table either as ``energies`` and ``densities`` (lists, tuples or arrays, kept as tuples of float) or
    as ``file``: a CSV file with two columns, energy in GeV and dN/dE in 1/GeV (see :mod:`evanesce.tables`; a
    header may give other units, as ``energy [MeV], density [1/MeV]``).

    >>> box = TabulatedSpectrum(energies=(4.0, 5.0), densities=(10.0, 10.0))
    >>> box.count
    10.0
    """

    exposure_field: ClassVar[str] = "scale"
    spectrum_degree: ClassVar[int] = 1
    energies: npt.ArrayLike = ()
    """Strictly increasing energies in GeV."""
    densities: npt.ArrayLike = ()
    """dN/dE per GeV, not negative, same length."""
    file: str | None = None
    """CSV file to read the table from."""
    scale: float = 1.0
    """Factor on the densities, for instance a luminosity."""
    incident: Particle = "e+"
    """Charge of the particles."""
    _table: tuple[tuple[float, ...], tuple[float, ...]] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        positive("scale", self.scale, maximum=LARGEST_NUMBER)
        check_particle("incident", self.incident)
        given = number_tuple("energies", self.energies), number_tuple("densities", self.densities)
        if (self.file is None) == (not any(given)):
            raise InvalidValueError("tabulated spectrum: give either energies and densities, or a file")
        if not isinstance(self.file, (str, os.PathLike, type(None))):
            raise InvalidValueError(f"file = {self.file!r}: must be the path of a CSV file")
        table = given if self.file is None else _read(Path(self.file))
        _check(*table)
        object.__setattr__(self, "energies", given[0])
        object.__setattr__(self, "densities", given[1])
        object.__setattr__(self, "file", None if self.file is None else os.fspath(self.file))
        object.__setattr__(self, "_table", table)
        if not self.count <= LARGEST_NUMBER:
            raise InvalidValueError(f"tabulated spectrum: {self.count:g} tracks: must be at most {LARGEST_NUMBER:g}")

    def __repr__(self) -> str:
        return field_text(self)

    def _repr_html_(self) -> str:
        return field_html(self)

    @property
    def edges(self) -> tuple[float, ...]:
        """The energies of the table."""
        return self._table[0]

    @property
    def lines(self) -> tuple[tuple[float, float], ...]:
        """No monoenergetic part."""
        return ()

    @property
    def count(self) -> float:
        """Integral of the table (exact: the spectrum is piecewise linear)."""
        return float(np.trapezoid(self._table[1], self._table[0])) * self.scale

    def spectrum(self, energy: FloatArray) -> FloatArray:
        """dN/dE per GeV at ``energy`` (GeV, any shape), zero outside the table."""
        energies, densities = self._table
        return np.asarray(np.interp(energy, energies, densities, left=0.0, right=0.0) * self.scale)


def _check(energies: tuple[float, ...], densities: tuple[float, ...]) -> None:
    if len(energies) != len(densities):
        raise InvalidValueError(
            f"tabulated spectrum: {len(energies)} energies but {len(densities)} densities; give as many of each"
        )
    if len(energies) < 2:
        raise InvalidValueError(f"tabulated spectrum: {len(energies)} points; give at least 2")
    previous = ELECTRON_MASS
    for energy, density in zip(energies, densities, strict=True):
        if not (energy <= LARGEST_ENERGY and energy > previous):
            raise InvalidValueError(
                f"tabulated spectrum: energy {energy} GeV after {previous:g}: energies must increase strictly, "
                f"from above the electron mass to at most {LARGEST_ENERGY:g}"
            )
        if not (math.isfinite(density) and density >= 0):
            raise InvalidValueError(f"tabulated spectrum: density {density} at {energy} GeV: must be 0 or greater")
        previous = energy
    if not any(densities):
        raise InvalidValueError("tabulated spectrum: every density is 0; no track enters the calorimeter")


def _read(path: Path) -> tuple[tuple[float, ...], tuple[float, ...]]:
    rows = read_two_columns(path, SPECTRUM).rows
    return tuple(row.first for row in rows), tuple(row.second for row in rows)
