"""Geant4: whether its Python bindings can be imported, and which data they would read."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from importlib.util import find_spec
from typing import Final

from evanesce.cache import cache_folder
from evanesce.errors import EvanesceError, install, on_one_line
from evanesce.simulation.data import HADRONIC, find_data

__all__ = ["Geant4Facts", "state_of_geant4"]

_PATIENCE: Final[float] = 120.0
"""Seconds that the import may take."""
_BINDINGS: Final = "geant4_pybind"


@dataclass(frozen=True, slots=True, kw_only=True)
class Geant4Facts:
    """The bindings and the data."""

    installed: bool
    imports: bool
    """Whether the bindings can be imported, tried in another process."""
    data: str
    """``official``, ``stand-in``, ``none yet`` or ``incomplete``."""
    problem: str = ""
    """What is broken, empty if nothing is."""
    advice: str = ""
    """What to do next, empty if nothing."""


def state_of_geant4() -> Geant4Facts:
    """Look for bindings and data; nothing is written or downloaded."""
    installed = find_spec(_BINDINGS) is not None
    problem = _import_problem() if installed else ""
    imports = installed and not problem
    advice = "" if installed else install("geant4")
    if problem:
        advice = f"pip install --force-reinstall {_BINDINGS.replace('_', '-')}"
    try:
        stand_ins = cache_folder() / "geant4"
        data = find_data(HADRONIC, lambda: stand_ins).source
        if data != "official":
            data = "stand-in" if any(stand_ins.glob("stand-in-*")) else "none yet"
            advice = advice or "evanesce geant4 prepare" if data == "none yet" else advice
    except EvanesceError as error:
        data, problem = "incomplete", problem or str(error)
    return Geant4Facts(installed=installed, imports=imports, data=data, problem=problem, advice=advice)


def _import_problem() -> str:
    """Import the bindings in another process, with an empty data folder so that they offer no download."""
    with tempfile.TemporaryDirectory() as empty:
        try:
            done = subprocess.run(  # noqa: S603 - our own interpreter
                [sys.executable, "-c", f"import {_BINDINGS}"],
                env=os.environ | {"GEANT4_DATA_DIR": empty},
                stdin=subprocess.DEVNULL,
                capture_output=True,
                text=True,
                timeout=_PATIENCE,
                check=False,
            )
        except subprocess.TimeoutExpired:
            return f"import {_BINDINGS} takes longer than {_PATIENCE:g} s"
    if done.returncode == 0:
        return ""
    last = done.stderr.strip().splitlines()[-1:] or [f"exit code {done.returncode}"]
    return on_one_line(f"import {_BINDINGS}: {last[0]}")
