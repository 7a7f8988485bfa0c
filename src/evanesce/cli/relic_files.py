"""Thermal lines in a file, and their columns: the suffix selects the format."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from evanesce.cli.limit_files import FIGURES, checked_path, reported, thermal_layer
from evanesce.representation import strict
from evanesce.scratch import replacing

if TYPE_CHECKING:
    from evanesce.targets import RelicLine

__all__ = ["as_dict", "check_line_output", "columns_of", "write_line"]


def check_line_output(output: str) -> None:
    """Raise, before the computation, if a file of thermal lines cannot be written."""
    checked_path(output, "format of thermal lines", _WRITERS)


def write_line(line: RelicLine, output: str) -> None:
    """Write a thermal line to a file.

    Raises
    ------
    DataFileError
        The file cannot be written.
    MissingExtraError
        A figure without matplotlib.

    """
    path = Path(output)
    with reported(path), replacing(path) as staged:
        _WRITERS[path.suffix.lower()](line, staged)


def as_dict(line: RelicLine) -> dict[str, Any]:
    """What the command prints as JSON."""
    from evanesce import __version__
    from evanesce.targets import RELIC_DENSITY

    return {
        "dark_matter": line.dark_matter,
        "alpha_d": line.alpha_d,
        "mass_ratio": line.mass_ratio,
        "width": line.width,
        "relic_density": RELIC_DENSITY,
        **{name: values.tolist() for name, values in columns_of(line).items()},
        "notes": list(line.notes),
        "evanesce_version": __version__,
    }


def columns_of(line: RelicLine) -> dict[str, Any]:
    """Lists of one number a mass, NaN without a thermal coupling."""
    values = {
        "mass_gev": line.mass,
        "dark_matter_mass_gev": line.dark_matter_mass,
        "epsilon": line.epsilon,
        "y": line.y,
        "epsilon_error": line.epsilon_error,
        **{f"relative_error_{name}": error for name, error in line.errors.items()},
    }
    return {name: np.atleast_1d(array) for name, array in values.items()}


def _json(line: RelicLine, path: Path) -> None:
    path.write_text(json.dumps(strict(as_dict(line)), allow_nan=False) + "\n", encoding="utf-8")


def _csv(line: RelicLine, path: Path) -> None:
    """One row per mass, after comments with the parameters; an empty field where no coupling gives the density."""
    columns = columns_of(line)
    about = {name: value for name, value in as_dict(line).items() if name not in columns and name != "notes"}
    with path.open("w", encoding="utf-8", newline="") as file:
        file.write(f"# {json.dumps(strict(about), ensure_ascii=True)}\n")
        for note in line.notes:
            file.write(f"# {note}\n")
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(columns)
        for row in zip(*(values.tolist() for values in columns.values()), strict=True):
            writer.writerow(["" if value != value else value for value in row])


def _figure(line: RelicLine, path: Path) -> None:
    from evanesce.figures import Limits, draw_limits, render

    mass, epsilon = np.atleast_1d(line.mass), np.atleast_1d(line.epsilon)
    known = epsilon[np.isfinite(epsilon)]
    low, high = (known.min(), known.max()) if known.size else (1e-6, 1e-2)
    span = (float(mass.min()), float(mass.max())) if len(mass) > 1 else (0.5 * float(mass[0]), 2.0 * float(mass[0]))
    title = rf"$\alpha_D = {line.alpha_d:g}$, $m/m_\chi = {line.mass_ratio:g}$"
    shown = Limits(curves=(), thermal=thermal_layer(line), title=title)
    y_range = (float(10.0 ** np.floor(np.log10(low))), float(10.0 ** np.ceil(np.log10(high))))
    files = render([lambda ax: draw_limits(ax, shown, x_range=span, y_range=y_range)])
    path.write_bytes(files[path.suffix.lower().removeprefix(".")])


_WRITERS: Final[dict[str, Callable[[RelicLine, Path], None]]] = {
    ".csv": _csv,
    ".json": _json,
    **dict.fromkeys(FIGURES, _figure),
}
