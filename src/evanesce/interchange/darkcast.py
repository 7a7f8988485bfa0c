"""Limits for DarkCast, the program of arXiv:1801.04847 that recasts searches for dark photons.

A limit there is two files (gitlab.com/darkcast/releases): ``NAME.lmt`` holds the curve, and ``NAME.py`` describes the
search. In ``NAME.lmt`` the first line names the columns, ``mass lower``; then there are, separated by white space, the
mass in GeV and the smallest excluded global coupling g. The charges of DarkCast's model ``dark_photon`` are e × Q, so
that g = ε (its own curve of BaBar, arXiv:1702.03327, is 9.5e-4 at low masses, as published). An invisible search has
``decay = "invisible"``, an efficiency of 1 for any lifetime and, by DarkCast's own convention, an invisible width of 99
times the visible one. The mediator is made by electrons and positrons, so that the production scales with the coupling
to electrons only: DarkCast's ``e_e`` and ``e_brem`` both do.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

import numpy as np

from evanesce.errors import DataFileError, InvalidValueError
from evanesce.inputs import TABLE_BYTES, read_text
from evanesce.interchange.limit_table import CONVENTIONS, LimitTable
from evanesce.representation import percent
from evanesce.scratch import replacing

__all__ = ["description_path", "read_darkcast", "write_darkcast"]

_FIRST: Final = "# Limit for DarkCast (arXiv:1801.04847), written by evanesce."
_NAME: Final = "letters, digits, _ and -"


def description_path(path: str | os.PathLike[str]) -> Path:
    """Return the name of the Python file that belongs to a curve.

    >>> description_path("Belle2_track.lmt").name
    'Belle2_track.py'
    """
    return Path(path).with_suffix(".py")


def write_darkcast(table: LimitTable, path: str | os.PathLike[str]) -> None:
    """Write one curve of limits on a dark photon as ``NAME.lmt``, and ``NAME.py`` next to it.

    Raises
    ------
    InvalidValueError
        Several curves, another mediator, no limit at all, or a name that Python cannot import.
    DataFileError
        A Python file of this name that is something else.
    OSError
        A file cannot be written.

    """
    target = Path(path)
    mediator = str(table.about["mediator"])
    if mediator != "dark-photon":
        raise InvalidValueError(f"mediator {mediator}: DarkCast knows vectors; export limits on a dark-photon")
    if not target.stem.replace("-", "_").isidentifier():
        raise InvalidValueError(f"output '{target.name}': DarkCast imports a limit by its name, use {_NAME}")
    _check_free(description_path(target))
    curve = table.single()
    order = np.argsort(curve.points["mass"])
    rows = zip(curve.points["mass"][order].tolist(), curve.epsilon[order].tolist(), strict=True)
    left_out = int((~table.has_limit).sum())
    with replacing(target) as numbers, replacing(description_path(target)) as description:
        lines = [f"{'# mass':<24} lower", *(f"{mass!r:<24} {epsilon!r}" for mass, epsilon in rows)]
        numbers.write_text("\n".join(lines) + "\n", encoding="ascii")
        description.write_text(_description(curve, target.name, left_out), encoding="utf-8")


def read_darkcast(path: str | os.PathLike[str]) -> dict[str, list[float]]:
    """Read the columns of a curve: ``mass`` in GeV, ``lower`` and, if the file has it, ``upper``.

    Raises
    ------
    DataFileError
        The file cannot be read, or a line has another number of columns than the first.

    """
    lines = read_text(path, TABLE_BYTES, expected=", give a curve of DarkCast").splitlines()
    names = lines[0].replace("#", " ").split() if lines and lines[0].lstrip().startswith("#") else ["mass", "lower"]
    rows = []
    for number, line in enumerate(lines, start=1):
        fields = line.partition("#")[0].split()
        if not fields:
            continue
        try:
            row = [float(field) for field in fields]
        except ValueError:
            row = []
        if len(row) != len(names):
            raise DataFileError(f"{os.fspath(path)}, line {number}: must be {len(names)} numbers, {' '.join(names)}")
        rows.append(row)
    return dict(zip(names, map(list, zip(*rows, strict=True)), strict=True)) if rows else {name: [] for name in names}


def _check_free(path: Path) -> None:
    """Raise if there is a Python file of this name that was not written here.

    Raises
    ------
    DataFileError
        There is.

    """
    if path.exists() and not read_text(path, TABLE_BYTES, expected="").startswith(_FIRST):
        raise DataFileError(f"cannot write '{path}': there is another Python file of this name; name another output")


def _description(curve: LimitTable, name: str, left_out: int) -> str:
    about = curve.about
    level = percent(about["confidence_level"])
    kind = "observed" if curve.observed is not None else "expected"
    alpha_d, ratio = curve.points["alpha_d"][0], curve.points["mass_ratio"][0]
    notes = [
        f"{kind.capitalize()} limit at {level} % CL ({about['criterion']}) of a search for tracks that vanish, or for",
        f"missing energy or mass: {_plain(about['experiment'])}. Computed with evanesce {about['evanesce_version']},",
        f"physics '{about['physics']['preset']}', alpha_D = {alpha_d:g}, m/m_chi = {ratio:g},",
        f"{about['dark_matter']} dark matter.",
        "",
        f"Conventions: {CONVENTIONS}.",
        "In the model dark_photon of DarkCast the global coupling is epsilon. Annihilation has the width of the",
        "mediator, proportional to alpha_D: the curve holds for its own alpha_D and m/m_chi.",
        f"Points without a limit ({left_out}) are left out.",
        "",
        "The search is invisible, with an efficiency of 1 for any lifetime. The invisible width is set to 99 times the",
        "visible one, a branching fraction of 99 %, as in DarkCast's own invisible limits.",
    ]
    text = "\n".join(notes).replace("\\", "/").replace('"""', "'''")
    return f'''{_FIRST}
import os

import darkcast

notes = """
{text}
"""
bibtex = ""
model = darkcast.Model("dark_photon", iwidth=lambda m, model: 99.0 * model.width("visible", m))
production = darkcast.Production("e_e")
decay = "invisible"
bounds = darkcast.Dataset(os.path.join(os.path.dirname(os.path.abspath(__file__)), "{name}"))
efficiency = darkcast.Efficiency(t0=0, t1=float("inf"))
'''


def _plain(text: object) -> str:
    return " ".join(str(text).split())
