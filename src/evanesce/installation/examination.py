"""The whole examination: packages, folders, Geant4, plug-ins, and what to do about each lack."""

from __future__ import annotations

import platform
import sys
import warnings
from dataclasses import dataclass

from evanesce import __version__
from evanesce.errors import PlugInWarning
from evanesce.experiments import experiment_names
from evanesce.installation.folders import FolderFacts, state_of_folders
from evanesce.installation.geant4 import Geant4Facts, state_of_geant4
from evanesce.installation.packages import PackageFacts, state_of_packages
from evanesce.plugins import PlugIn, found

__all__ = ["Report", "examine"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What was found."""

    version: str
    python: str
    executable: str
    system: str
    packages: tuple[PackageFacts, ...]
    folders: tuple[FolderFacts, ...]
    geant4: Geant4Facts
    plug_ins: tuple[PlugIn, ...]

    @property
    def problems(self) -> tuple[str, ...]:
        """What is broken, one line each; an extra that is not installed is no problem."""
        lines = [
            f"{each.package} {each.version or 'is not installed'}: {each.wanted or 'any'} is needed; {each.advice}"
            for each in self.packages
            if each.broken
        ]
        if not self.packages:
            lines.append("evanesce has no installed metadata, so that its packages cannot be checked; pip install it")
        lines += [f"{each.name}: {each.problem}" for each in self.folders if each.problem]
        if self.geant4.problem:
            lines.append(f"geant4: {self.geant4.problem}")
        lines += [
            f"plug-in '{each.name}' of {each.package}: {each.problem}; update or uninstall that package"
            for each in self.plug_ins
            if each.problem
        ]
        return tuple(lines)

    @property
    def missing_extras(self) -> dict[str, str]:
        """Extras of which a package is missing, and how to install each."""
        return {each.extra: each.advice for each in self.packages if each.state == "not installed" and not each.broken}


def examine() -> Report:
    """Look at this installation; nothing is written, and no package of an extra is imported here."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", PlugInWarning)  # the report says it
        experiment_names()
        _look_up_plug_ins()
    return Report(
        version=__version__,
        python=platform.python_version(),
        executable=sys.executable,
        system=platform.platform(),
        packages=state_of_packages(),
        folders=state_of_folders(),
        geant4=state_of_geant4(),
        plug_ins=found(),
    )


def _look_up_plug_ins() -> None:
    """List the names of every kind, which imports the plug-ins of that kind."""
    from evanesce.backgrounds import BACKGROUNDS
    from evanesce.mediators import MEDIATORS
    from evanesce.processes import PROCESSES
    from evanesce.showers import SHOWERS
    from evanesce.sources import SOURCES
    from evanesce.statistics import CRITERIA

    for registry in (MEDIATORS, SOURCES, SHOWERS, PROCESSES, BACKGROUNDS, CRITERIA):
        registry.names()
