"""From files of limits to what ``evanesce plot`` draws."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from evanesce.errors import InvalidValueError, unknown_name
from evanesce.representation import percent

if TYPE_CHECKING:
    from evanesce.figures import CouplingMap, Search
    from evanesce.interchange import LimitTable
    from evanesce.validation import FloatArray

__all__ = ["labels_of", "map_of", "mediator_of", "read_table", "searches_of", "shared"]

_SYMBOLS: Final = {"dark-photon": "A'", "axial-vector": "A'", "scalar": r"\phi", "pseudoscalar": "a"}
"""Symbols of mediators on the axis of masses; M for any other."""
_AXES: Final = {"alpha_d": r"$\alpha_D$", "mass_ratio": r"$m/m_\chi$"}


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


def mediator_of(tables: Mapping[str, LimitTable]) -> tuple[str, str]:
    """Name and symbol of the mediator that all limits are for.

    Raises
    ------
    InvalidValueError
        They are for different ones: their couplings mean different things.

    """
    names = {name: str(table.about["mediator"]) for name, table in tables.items()}
    first, *others = names.items()
    for name, mediator in others:
        if mediator != first[1]:
            raise InvalidValueError(
                f"'{first[0]}' is for the mediator {first[1]} and '{name}' for {mediator}: their couplings cannot "
                "share an axis; make one figure for each"
            )
    return first[1], _SYMBOLS.get(first[1], "M")


def labels_of(tables: Mapping[str, LimitTable]) -> dict[str, str]:
    """A label for each source: the experiment, what else differs between them, and its name where nothing does."""
    parts = {name: _parts(table) for name, table in tables.items()}
    differing = [key for key in next(iter(parts.values())) if len({one[key] for one in parts.values()}) > 1]
    shown = {name: _joined(one, differing) for name, one in parts.items()}
    taken = list(shown.values())
    stems = [Path(name).stem for name in tables]
    for name, label in shown.items():
        if taken.count(label) > 1:
            stem = Path(name).stem
            shown[name] = f"{label} ({stem if stems.count(stem) == 1 else name})"
    return shown


def _joined(parts: Mapping[str, str], differing: Sequence[str]) -> str:
    keys = ["experiment", "physics", *(key for key in differing if key not in ("experiment", "physics"))]
    return ", ".join(parts[key] for key in keys if parts[key])


def _parts(table: LimitTable) -> dict[str, str]:
    """What a label can say of limits."""
    about = table.about
    cards = [card["name"] for card in about.get("cards") or ()] or [about["experiment"]]
    physics = about["physics"]
    changed = [f"{name} = {physics[name]}" for name in physics.get("overrides", ())]
    one = {name: np.unique(table.points[name]) for name in _AXES}
    return {
        "experiment": " + ".join(cards),
        "physics": ", ".join([physics["preset"], *changed]),
        "dark matter": str(about["dark_matter"]),
        "criterion": str(about["criterion"]),
        "level": f"{percent(about['confidence_level'])}% CL",
        **{name: f"{_AXES[name]} = {values[0]:g}" if values.size == 1 else "" for name, values in one.items()},
    }


def searches_of(label: str, table: LimitTable, quantity: str, bands: bool) -> list[Search]:
    """One search for each combination of the axes other than the mass; bands only if there is one."""
    from evanesce.figures import Curve, Search

    others = [axis for axis in table.axes if axis != "mass"]
    values = np.stack([table.points[axis] for axis in others], axis=1) if others else np.zeros((len(table.epsilon), 0))
    found = []
    for row in np.unique(values, axis=0) if others else values[:1]:
        part = table.where((values == row).all(axis=1))
        told = ", ".join(
            [label, *(f"{_AXES.get(axis, axis)} = {each:g}" for axis, each in zip(others, row, strict=True))]
        )
        one = bands and bool(part.expected)
        expected = np.stack([part.expected[band] for band in sorted(part.expected)], axis=1) if one else None
        order = np.argsort(part.points["mass"])
        found.append(
            Search(
                curve=Curve(
                    label=told,
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
    symbol = {"epsilon": r"$\varepsilon$", "y": "$y$"}[quantity]
    name = f"{symbol} excluded at {percent(table.about['confidence_level'])}% CL"
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
