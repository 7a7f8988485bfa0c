"""From files of limits to what ``evanesce plot`` draws."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from evanesce.errors import InvalidValueError, unknown_name

if TYPE_CHECKING:
    from evanesce.figures import CouplingMap, Search
    from evanesce.interchange import LimitTable
    from evanesce.validation import FloatArray

__all__ = ["map_of", "read_table", "searches_of", "shared"]


def read_table(name: str, selection: Mapping[str, float]) -> LimitTable:
    """Read limits from a CSV, JSON or netCDF file, or from the store of a scan; keep the rows that are selected."""
    from evanesce.interchange import LimitTable, read_csv, read_json, read_limits

    path = Path(name)
    readers: dict[str, Any] = {".csv": read_csv, ".json": read_json}
    stores = (".nc", ".zarr")
    if not path.exists():
        raise InvalidValueError(f"'{name}': there is no such file or store; make one with 'evanesce limit --output'")
    if path.suffix.lower() not in (*readers, *stores):
        raise unknown_name("format of limits", path.suffix or name, (*readers, *stores))
    reader = readers.get(path.suffix.lower())
    table = LimitTable.of(read_limits(path)) if reader is None else reader(path)
    return table.at(selection)


def searches_of(name: str, table: LimitTable, quantity: str, bands: bool) -> list[Search]:
    """One search for each combination of the axes other than the mass; bands only if there is one."""
    from evanesce.figures import Curve, Search

    others = [axis for axis in table.axes if axis != "mass"]
    values = np.stack([table.points[axis] for axis in others], axis=1) if others else np.zeros((len(table.epsilon), 0))
    found = []
    for row in np.unique(values, axis=0) if others else values[:1]:
        part = table.where((values == row).all(axis=1))
        label = ", ".join([Path(name).stem, *(f"{axis} = {each:g}" for axis, each in zip(others, row, strict=True))])
        one = bands and bool(part.expected)
        expected = np.stack([part.expected[band] for band in sorted(part.expected)], axis=1) if one else None
        order = np.argsort(part.points["mass"])
        found.append(
            Search(
                curve=Curve(
                    label=label,
                    role="search",
                    x=part.points["mass"][order],
                    y=_drawn(part, part.epsilon, quantity)[order],
                ),
                observed=part.observed is not None,
                expected=None if expected is None else _drawn(part, expected, quantity)[order],
            )
        )
    return found


def map_of(table: LimitTable, quantity: str) -> CouplingMap:
    """The limits over mass and α_D.

    Raises
    ------
    InvalidValueError
        These are not the two axes of the limits.

    """
    from evanesce.figures import CouplingMap

    if set(table.axes) != {"mass", "alpha_d"}:
        raise InvalidValueError(
            f"--map: needs limits over mass and alpha_d, not {', '.join(table.axes)}; use --select for others"
        )
    mass, columns = np.unique(table.points["mass"], return_inverse=True)
    alpha_d, rows = np.unique(table.points["alpha_d"], return_inverse=True)
    if min(mass.size, alpha_d.size) < 2 or not table.has_limit.any():
        raise InvalidValueError("--map: needs two masses and two alpha_d at least, and a limit somewhere")
    values = np.full((alpha_d.size, mass.size), np.nan)
    values[rows, columns] = _drawn(table, table.epsilon, quantity)
    level = 100.0 * table.about["confidence_level"]
    name = rf"${'y' if quantity == 'y' else chr(92) + 'varepsilon'}$ excluded at {level:g}% CL"
    return CouplingMap(mass=mass, alpha_d=alpha_d, values=values, name=name)


def shared(tables: Sequence[LimitTable], name: str) -> float | None:
    """The value of a parameter that all limits have in common, or None."""
    values = np.unique(np.concatenate([table.points[name] for table in tables]))
    return float(values[0]) if values.size == 1 else None


def _drawn(table: LimitTable, epsilon: FloatArray, quantity: str) -> FloatArray:
    if quantity == "epsilon":
        return epsilon
    scale = table.points["alpha_d"] * table.points["mass_ratio"] ** -4.0
    found: FloatArray = np.square(epsilon) * scale.reshape(-1, *(1,) * (epsilon.ndim - 1))
    return found
