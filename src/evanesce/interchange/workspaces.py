"""Workspaces of pyhf as files.

The schema of a workspace has no place for the mass, the mediator or how the numbers were made: these go into a second
file next to it, ``NAME.provenance.json`` for ``NAME.json``, with the hash of the workspace that they belong to.
"""

from __future__ import annotations

import hashlib
import json
import os
from pathlib import Path
from typing import Any, Final

import numpy as np

from evanesce.errors import DataFileError
from evanesce.inputs import STORE_BYTES, read_bytes
from evanesce.mediators import MEDIATORS, Mediator
from evanesce.prediction import Prediction
from evanesce.scratch import replacing
from evanesce.statistics import from_workspace, to_workspace

__all__ = ["provenance_path", "read_workspace", "write_workspace"]

_BESIDE: Final = ".provenance.json"


def provenance_path(path: str | os.PathLike[str]) -> Path:
    """Return the name of the file that describes a workspace.

    >>> provenance_path("belle2.json").name
    'belle2.provenance.json'
    """
    return Path(path).with_suffix(_BESIDE)


def write_workspace(
    prediction: Prediction, path: str | os.PathLike[str], *, point: int | tuple[int, ...] | None = None
) -> None:
    """Write one point of a prediction as a workspace, and its provenance next to it.

    Raises
    ------
    InvalidValueError
        As for :func:`~evanesce.statistics.to_workspace`.
    MissingExtraError
        pyhf is not installed: the extra ``stats``.
    OSError
        A file cannot be written.

    """
    target = Path(path)
    text = json.dumps(to_workspace(prediction, point=point), allow_nan=False, indent=1) + "\n"
    about = {**_point(prediction, point), "workspace_sha256": _digest(text.encode())}
    with replacing(target) as workspace, replacing(provenance_path(target)) as beside:
        beside.write_text(json.dumps(about, allow_nan=False) + "\n", encoding="utf-8")
        workspace.write_text(text, encoding="utf-8")


def read_workspace(path: str | os.PathLike[str]) -> Prediction:
    """Read a workspace that :func:`write_workspace` wrote, with its provenance.

    Raises
    ------
    DataFileError
        One of the two files is missing, is not JSON, or belongs to another.
    InvalidValueError
        The workspace is not valid, or has a modifier that this package does not write.
    MissingExtraError
        pyhf is not installed: the extra ``stats``.

    """
    beside = provenance_path(path)
    content = read_bytes(path, STORE_BYTES)
    workspace, about = _json(path, content), _json(beside, read_bytes(beside, STORE_BYTES))
    if about.get("workspace_sha256") != _digest(content):
        raise DataFileError(f"{beside}: does not describe this {Path(path).name}; write both again")
    try:
        made: dict[str, Any] = about["provenance"]
        highest = about["highest_energy"]
        read = from_workspace(
            workspace,
            mediator=_mediator(made),
            mass=float(about["mass_gev"]),
            highest_energy=float("inf") if highest is None else float(highest),
        )
    except (KeyError, TypeError) as error:
        raise DataFileError(f"{beside}: is damaged ({error}); write it again") from None
    return _with_provenance(read, made)


def _point(prediction: Prediction, point: int | tuple[int, ...] | None) -> dict[str, Any]:
    """What the workspace cannot hold about this point."""
    from evanesce.statistics.point import at_point

    here = at_point(prediction, point)
    coordinates = {name: float(value) for name, value in here.coordinates.items()}
    parameters = {name: value for name, value in coordinates.items() if name != "mass"}
    return {
        "format": "pyhf workspace 1.0.0; mu = 1 is epsilon^2 = epsilon_squared",
        "mass_gev": coordinates["mass"],
        "highest_energy": here.highest_energy if np.isfinite(here.highest_energy) else None,
        "provenance": {**here.provenance, **parameters},
        "notes": [*here.warnings, *here.notes],
    }


def _mediator(made: dict[str, Any]) -> Mediator:
    kind: Any = MEDIATORS.get(made["mediator"])
    couplings = {"alpha_d": made["alpha_d"], "mass_ratio": made["mass_ratio"]}
    if "dark_matter" in getattr(kind, "__dataclass_fields__", {}):
        couplings["dark_matter"] = made["dark_matter"]
    found: Mediator = kind(**couplings)
    return found


def _with_provenance(read: Prediction, made: dict[str, Any]) -> Prediction:
    from dataclasses import replace

    return replace(read, provenance=made)


def _json(path: str | os.PathLike[str], content: bytes) -> dict[str, Any]:
    try:
        found = json.loads(content)
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        raise DataFileError(f"{os.fspath(path)}: is not a JSON object")
    return found


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
