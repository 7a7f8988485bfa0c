"""A spectrum given as a table: arrays, or a CSV file with the columns energy and density."""

from __future__ import annotations

import csv
import math
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from evanesce.constants import ELECTRON_MASS
from evanesce.errors import DataFileError, InvalidValueError
from evanesce.particles import Particle, check_particle
from evanesce.sources.base import SOURCES
from evanesce.validation import FloatArray, positive

__all__ = ["TabulatedSpectrum"]


@SOURCES.register("tabulated")
@dataclass(frozen=True, slots=True, kw_only=True)
class TabulatedSpectrum:
    """dN/dE at given energies, linear in between and zero outside.

    Give the table either as ``energies`` and ``densities`` or as ``file``: a CSV file with two columns,
    energy in GeV and dN/dE in 1/GeV, an optional header line and comments after ``#``.

    >>> box = TabulatedSpectrum(energies=(4.0, 5.0), densities=(10.0, 10.0))
    >>> box.count
    10.0
    """

    energies: tuple[float, ...] = ()
    """Strictly increasing energies in GeV."""
    densities: tuple[float, ...] = ()
    """dN/dE per GeV, not negative, same length."""
    file: str | None = None
    """CSV file to read the table from."""
    scale: float = 1.0
    """Factor on the densities, for instance a luminosity."""
    incident: Particle = "e+"
    """Charge of the particles."""
    _table: tuple[tuple[float, ...], tuple[float, ...]] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        positive("scale", self.scale)
        check_particle("incident", self.incident)
        if (self.file is None) == (not self.energies and not self.densities):
            raise InvalidValueError("tabulated spectrum: give either energies and densities, or a file")
        table = (tuple(self.energies), tuple(self.densities)) if self.file is None else _read(Path(self.file))
        _check(*table)
        object.__setattr__(self, "_table", table)

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
            f"tabulated spectrum: {len(energies)} energies but {len(densities)} densities, give as many of each"
        )
    if len(energies) < 2:
        raise InvalidValueError(f"tabulated spectrum: {len(energies)} points, give at least 2")
    previous = ELECTRON_MASS
    for energy, density in zip(energies, densities, strict=True):
        if not (math.isfinite(energy) and energy > previous):
            raise InvalidValueError(
                f"tabulated spectrum: energy {energy} GeV after {previous:g}: energies must increase strictly, "
                "from above the electron mass"
            )
        if not (math.isfinite(density) and density >= 0):
            raise InvalidValueError(f"tabulated spectrum: density {density} at {energy} GeV: must be 0 or greater")
        previous = energy
    if not any(densities):
        raise InvalidValueError("tabulated spectrum: every density is 0, nothing enters the calorimeter")


def _read(path: Path) -> tuple[tuple[float, ...], tuple[float, ...]]:
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise DataFileError(f"cannot read spectrum file '{path}': {error}") from None
    energies: list[float] = []
    densities: list[float] = []
    for number, row in enumerate(csv.reader(text.splitlines()), start=1):
        cells = ",".join(row).split("#")[0].replace(",", " ").split()
        if not cells:
            continue
        try:
            energy, density = (float(cell) for cell in cells)
        except ValueError:
            if not energies and len(cells) == 2 and not any(_is_number(cell) for cell in cells):
                continue  # the header
            raise DataFileError(
                f"spectrum file '{path}', line {number}: '{' '.join(cells)}' is not two numbers"
            ) from None
        energies.append(energy)
        densities.append(density)
    return tuple(energies), tuple(densities)


def _is_number(cell: str) -> bool:
    try:
        float(cell)
    except ValueError:
        return False
    return True
