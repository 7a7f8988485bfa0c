"""Limits in a file: its suffix selects the format, and it is written completely or not at all."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from evanesce.errors import DataFileError, InvalidValueError, MissingExtraError, unknown_name
from evanesce.representation import strict
from evanesce.scratch import place_of, replacing

if TYPE_CHECKING:
    from evanesce.figures import Curve, ThermalLine
    from evanesce.limits import LimitCurve
    from evanesce.targets import RelicLine
    from evanesce.validation import FloatArray

__all__ = [
    "FIGURES",
    "check_output",
    "checked_path",
    "reported",
    "submission_images",
    "thermal_layer",
    "write_limits",
]


def check_output(output: str) -> None:
    """Raise, before the computation, if a file of limits cannot be written.

    Raises
    ------
    UnknownNameError
        A suffix without a format.
    DataFileError
        A folder that does not exist, or a file that is write-protected.

    """
    checked_path(output, "format of limits", (*_WRITERS, *FIGURES))


def checked_path(output: str, what: str, formats: Iterable[str]) -> Path:
    """Return the path of an output file whose suffix is one of ``formats``; errors as for :func:`check_output`."""
    path = Path(output)
    if path.suffix.lower() not in (known := tuple(formats)):
        if path.name.lower() in known:
            raise InvalidValueError(f"--output '{path}': has no name before the suffix; give one, as limits{path.name}")
        raise unknown_name(what, path.suffix or path.name, known)
    with reported(path):
        place_of(path)
        if not path.parent.is_dir():
            raise FileNotFoundError(None, f"there is no folder '{path.parent}'")
    return path


def write_limits(curve: LimitCurve, output: str, data: dict[str, Any], thermal: tuple[ThermalLine, ...] = ()) -> None:
    """Write a curve to a file; ``data`` is what the command prints as JSON, ``thermal`` lines are for a figure.

    Raises
    ------
    DataFileError
        The file cannot be written.
    MissingExtraError
        A figure without matplotlib.

    """
    path = Path(output)
    with reported(path), replacing(path) as staged:
        if path.suffix.lower() in FIGURES:
            _figure(curve, staged, path.suffix.lower(), thermal)
        else:
            _WRITERS[path.suffix.lower()](curve, staged, data)


def thermal_layer(line: RelicLine) -> tuple[ThermalLine, ...]:
    """A thermal line to draw, and the published one as a band where its parameters are those of ``line``."""
    from evanesce.figures import ThermalLine
    from evanesce.targets import PUBLISHED_BAND, published_epsilon

    mass = np.atleast_1d(line.mass)
    name = line.dark_matter.replace("-", " ").replace("dirac", "Dirac").replace("majorana", "Majorana")
    drawn = ThermalLine(label=f"thermal, {name}", x=mass, y=np.atleast_1d(line.epsilon))
    published = published_epsilon(line)
    if published is None or not np.isfinite(published).any():
        return (drawn,)
    edges = (np.atleast_1d(published) * np.sqrt(1.0 + step) for step in (-PUBLISHED_BAND, PUBLISHED_BAND))
    band = ThermalLine(
        label=rf"published, $\pm${100 * PUBLISHED_BAND:.0f}% in $y$", x=mass, y=mass, band=(next(edges), next(edges))
    )
    return (band, drawn)


def _netcdf(curve: LimitCurve, path: Path, data: dict[str, Any]) -> None:
    del data
    curve.to_dataset().to_netcdf(path, engine="scipy")


def _json(curve: LimitCurve, path: Path, data: dict[str, Any]) -> None:
    del curve
    path.write_text(json.dumps(strict(data), allow_nan=False) + "\n", encoding="utf-8")


def _csv(curve: LimitCurve, path: Path, data: dict[str, Any]) -> None:
    from evanesce.interchange.csv_files import write_csv

    del data
    write_csv(curve, path)


def submission_images(curve: LimitCurve) -> tuple[bytes, bytes] | None:
    """Return the PNG of a curve and a small one, or None without the plotting libraries or for a single mass."""
    from evanesce.figures import thumbnail

    if np.size(curve.coordinates["mass"]) < 2:
        return None
    try:
        whole = _drawn(curve, ())["png"]
        return whole, thumbnail(whole)
    except MissingExtraError:
        return None


def _figure(curve: LimitCurve, path: Path, suffix: str, thermal: tuple[ThermalLine, ...]) -> None:
    path.write_bytes(_drawn(curve, thermal)[suffix.removeprefix(".")])


def _drawn(curve: LimitCurve, thermal: tuple[ThermalLine, ...]) -> dict[str, bytes]:
    """The contents of the files of a figure, by suffix."""
    from evanesce.figures import ExpectedBand, Limits, draw_limits, render

    mass = np.atleast_1d(curve.coordinates["mass"])
    one = curve.has_bands and len(curve.dims) < 2  # several bands would hide each other
    bands = (ExpectedBand(label="expected", x=mass, limits=curve.expected.reshape(-1, 5)),) if one else ()
    shown = Limits(
        curves=() if one and curve.observed is None else _curves(curve, mass),
        thermal=thermal,
        bands=bands,
        title=_name(curve),
        confidence_level=curve.provenance["confidence_level"],
    )
    drawn = (
        *(each.y for each in shown.curves),
        *(band.limits.ravel() for band in bands),
        *(line.y for line in thermal if line.band is None),
    )
    values = np.concatenate(drawn)
    finite = values[np.isfinite(values)]
    top = 10.0 ** np.ceil(np.log10(finite.max())) if finite.size else 1e-2
    bottom = 10.0 ** np.floor(np.log10(finite.min())) if finite.size else 1e-5
    span = (float(mass.min()), float(mass.max())) if len(mass) > 1 else (0.5 * float(mass[0]), 2.0 * float(mass[0]))
    return render([lambda ax: draw_limits(ax, shown, x_range=span, y_range=(bottom, top))])


def _name(curve: LimitCurve) -> str:
    made = curve.provenance
    names = [card["name"] for card in made.get("experiments", [made["experiment"]])]
    return f"{' + '.join(names)}, {made['physics']['preset']}"


def _curves(curve: LimitCurve, mass: FloatArray) -> tuple[Curve, ...]:
    """The limit, one curve for each combination of the other axes."""
    from evanesce.figures import Curve, Role

    others = curve.dims[:-1] if "mass" in curve.dims else curve.dims
    rows = np.atleast_2d(curve.epsilon.reshape(-1, len(mass)))
    labels = ["observed" if curve.observed is not None else "limit"] * len(rows)
    if others:
        values = np.meshgrid(*(curve.coordinates[name] for name in others), indexing="ij")
        labels = [
            ", ".join(f"{_SYMBOLS[name]} = {float(v.flat[i]):g}" for name, v in zip(others, values, strict=True))
            for i in range(len(rows))
        ]
    roles: tuple[Role, ...] = ("search", "exact", "best", "second", "search-weaker", "rival")
    return tuple(
        Curve(label=label, role=roles[i % len(roles)], x=mass, y=row)
        for i, (label, row) in enumerate(zip(labels, rows, strict=True))
    )


_SYMBOLS: Final = {"alpha_d": r"$\alpha_D$", "mass_ratio": r"$m/m_\chi$"}
_WRITERS: Final[dict[str, Callable[[LimitCurve, Path, dict[str, Any]], None]]] = {
    ".nc": _netcdf,
    ".csv": _csv,
    ".json": _json,
}
FIGURES: Final[tuple[str, ...]] = (".pdf", ".png")


@contextmanager
def reported(path: Path) -> Iterator[None]:
    """Add the name of the file to an error of the system."""
    try:
        yield
    except (DataFileError, MissingExtraError):
        raise
    except OSError as error:
        raise DataFileError(f"cannot write '{path}': {error.strerror or error}") from None
