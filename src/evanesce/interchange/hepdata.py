"""Limits as a HEPData submission, and the way back.

The tables are made by hepdata_lib and checked by hepdata-validator. An image comes as two PNG files made by the caller,
because hepdata_lib would need ImageMagick for them.
"""

from __future__ import annotations

import contextlib
import importlib
import io
import json
import os
import tarfile
import warnings
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import yaml

from evanesce.errors import DataFileError, InvalidValueError, MissingExtraError, install
from evanesce.interchange.limit_table import CONVENTIONS, LimitTable
from evanesce.representation import percent
from evanesce.scratch import place_of, replacing, scratch_folder
from evanesce.validation import FloatArray

__all__ = ["ARCHIVE", "write_hepdata"]

ARCHIVE: Final = ".tar.gz"
"""Ending of the name of a submission in one file; any other name is that of a folder."""
_DIGITS: Final = 17
_PROVENANCE: Final = "provenance.json"
_IMAGES: Final = (("Image file", "limit.png"), ("Thumbnail image file", "thumb_limit.png"))
"""Descriptions, by which HEPData knows images, and names."""
_TITLES: Final = {
    "mass": ("$m$", "GEV"),
    "alpha_d": (r"$\alpha_D$", ""),
    "mass_ratio": (r"$m/m_\chi$", ""),
}


def write_hepdata(
    table: LimitTable, path: str | os.PathLike[str], *, images: tuple[bytes, bytes] | None = None
) -> None:
    """Write a submission to a new folder, or to one file if the name ends in ``.tar.gz``.

    ``images`` are the contents of two PNG files, a figure of the limit on ε and a small one.

    Tables of the limits on ε and y have a row for each point with a limit; the expected ones have the ranges of one and
    two standard deviations as their uncertainties.

    Raises
    ------
    InvalidValueError
        There is no limit at any point.
    DataFileError
        A folder of this name exists, or the submission is not valid.
    MissingExtraError
        hepdata_lib is not installed: the extra ``export``.
    OSError
        The submission cannot be written.

    """
    target = Path(path)
    library = _library()
    known = table.with_limits()
    left_out = int((~table.has_limit).sum())
    packed = target.name.lower().endswith(ARCHIVE)
    if not packed and os.path.lexists(target):
        raise DataFileError(f"cannot write '{target}': it exists; name a new folder, or a file ending in {ARCHIVE}")
    with scratch_folder(place_of(target).parent if packed else target.parent) as scratch:
        folder = scratch / "submission"
        folder.mkdir()
        with _quiet():
            _write_tables(library, known, left_out, folder, images)
            _check(folder)
        if packed:
            with replacing(target) as staged:
                _pack(folder, staged)
        else:
            folder.rename(target)


def _library() -> Any:
    try:
        with _quiet():
            return importlib.import_module("hepdata_lib")
    except ImportError:
        raise MissingExtraError(
            f"HEPData submissions need hepdata_lib, which is not installed: {install('export')}"
        ) from None


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """Context without what the libraries print and warn of."""
    with warnings.catch_warnings(), contextlib.redirect_stdout(io.StringIO()):
        warnings.simplefilter("ignore")
        yield


def _write_tables(
    library: Any, table: LimitTable, left_out: int, folder: Path, images: tuple[bytes, bytes] | None
) -> None:
    submission = library.Submission()
    made = {"description": "Cards, physics options and versions, as JSON", "location": _PROVENANCE}
    (folder / _PROVENANCE).write_text(json.dumps(table.about, indent=1) + "\n", encoding="utf-8")
    head = {
        "data_license": submission.get_license(),
        "comment": _comment(table.about),
        "additional_resources": [*submission.additional_resources, made],
    }
    (folder / "submission.yaml").write_text(yaml.safe_dump(head, explicit_start=True), encoding="utf-8")
    missing = f" Points of the grid without a limit ({left_out}) are left out." if left_out else ""
    scale = table.y / table.epsilon**2
    for symbol, name in ((r"$\varepsilon$", "epsilon"), (r"$y = \varepsilon^2\alpha_D(m_\chi/m)^4$", "y")):
        limits = library.Table(f"Limit on {name}")
        limits.description = f"{_title(table)} on {symbol} against the mass of the mediator.{missing}"
        limits.location = "Computed with evanesce"
        limits.keywords["phrases"] = ["Dark photon", "Dark matter", "Missing energy", "Invisible decays"]
        for axis in table.axes:
            title, units = _TITLES.get(axis, (axis, ""))
            limits.add_variable(_variable(library, title, table.points[axis], independent=True, units=units))

        def values(of_epsilon: FloatArray, name: str = name) -> FloatArray:
            return of_epsilon if name == "epsilon" else of_epsilon**2 * scale

        for variable in _limits(library, table, symbol, values):
            for qualifier, value in _qualifiers(table).items():
                variable.add_qualifier(qualifier, value)
            limits.add_variable(variable)
        if images is not None and name == "epsilon":
            _add_images(limits, images, folder)
        limits.write_output(str(folder))


def _add_images(limits: Any, images: tuple[bytes, bytes], folder: Path) -> None:
    for (description, name), content in zip(_IMAGES, images, strict=True):
        (folder / name).write_bytes(content)
        limits.additional_resources.append({"description": description, "location": name})


def _limits(library: Any, table: LimitTable, symbol: str, values: Any) -> Iterator[Any]:
    """The observed limit, and the expected one with its ranges."""
    if table.observed is not None:
        yield _variable(library, f"Observed limit on {symbol}", values(table.observed))
    if not table.expected:
        if table.observed is None:
            yield _variable(library, f"Expected limit on {symbol}", values(table.epsilon))
        return
    median = values(table.expected[0])
    variable = _variable(library, f"Median expected limit on {symbol}", median)
    for steps in (1, 2):
        band = library.Uncertainty(f"{steps} s.d. of the expected limit", is_symmetric=False)
        low, high = values(table.expected[-steps]) - median, values(table.expected[steps]) - median
        band.values = list(zip(low.tolist(), high.tolist(), strict=True))
        variable.add_uncertainty(band)
    yield variable


def _variable(library: Any, name: str, values: FloatArray, *, independent: bool = False, units: str = "") -> Any:
    made = library.Variable(
        name, is_independent=independent, is_binned=False, units=units, zero_uncertainties_warning=False
    )
    made.values = values.tolist()
    made.digits = _DIGITS
    return made


def _qualifiers(table: LimitTable) -> dict[str, Any]:
    """What the limits hold for; an axis of the grid is a column instead."""
    about = table.about
    physics = about["physics"]
    changed = ", ".join(f"{name} = {physics[name]}" for name in physics.get("overrides", ()))
    found: dict[str, Any] = {
        "Experiment": " + ".join(card["name"] for card in about["cards"]),
        "Luminosity [1/ab]": _exposures(about["cards"], "luminosity"),
        "Particles on target": _exposures(about["cards"], "particles"),
        "Mediator": about["mediator"],
        "Dark matter": about["dark_matter"],
        r"$\alpha_D$": "" if "alpha_d" in table.axes else float(table.points["alpha_d"][0]),
        r"$m/m_\chi$": "" if "mass_ratio" in table.axes else float(table.points["mass_ratio"][0]),
        "Criterion": f"{about['criterion']} ({about['method']})",
        "Confidence level": f"{percent(about['confidence_level'])} %",
        "Physics": f"{physics['preset']}{f' with {changed}' if changed else ''}",
    }
    return {name: value for name, value in found.items() if value != ""}


def _exposures(cards: list[Mapping[str, Any]], field: str) -> str:
    """Luminosities, or numbers of particles, of the cards that have one; named where the cards differ."""
    found: dict[str, str] = {}
    for card in cards:
        parts = [part.get("source") or part.get("beams") for part in card.get("channels", [card])]
        values = [part[field] for part in parts if isinstance(part, Mapping) and part.get(field) is not None]
        if values:
            found[card["name"]] = ", ".join(dict.fromkeys(f"{value:g}" for value in values))
    if len(found) == len(cards) and len(set(found.values())) == 1:
        return next(iter(found.values()))
    return ", ".join(f"{value} ({name})" for name, value in found.items())


def _title(table: LimitTable) -> str:
    observed = "Observed and expected" if table.expected else "Observed"
    kind = "Expected" if table.observed is None else observed
    return f"{kind} upper limit at {percent(table.about['confidence_level'])} % CL"


def _comment(about: Mapping[str, Any]) -> str:
    names = " + ".join(card["name"] for card in about["cards"])
    return (
        f"Limits on a {about['mediator']} that decays to {about['dark_matter']} dark matter, {names}, computed with "
        f"evanesce {about['evanesce_version']}. Conventions: {CONVENTIONS}; y = epsilon^2 alpha_D (m_chi/m)^4."
    )


def _check(folder: Path) -> None:
    """Raise unless HEPData's validator accepts a submission."""
    module: Any = importlib.import_module("hepdata_validator.full_submission_validator")
    validator = module.FullSubmissionValidator()
    if not validator.validate(directory=str(folder)):
        said = "; ".join(str(one) for messages in validator.get_messages().values() for one in messages)
        raise InvalidValueError(f"the submission is not valid for HEPData: {said}")


def _pack(folder: Path, path: Path) -> None:
    """Pack the files of a folder; equal content gives equal names, owners and times."""

    def plain(entry: tarfile.TarInfo) -> tarfile.TarInfo:
        entry.uid = entry.gid = 0
        entry.uname = entry.gname = ""
        entry.mtime = 0
        return entry

    with tarfile.open(path, "w:gz") as archive:
        for file in sorted(folder.iterdir()):
            archive.add(file, arcname=file.name, filter=plain)
