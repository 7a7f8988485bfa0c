"""A program that computes the named cards, or all and `reference`, when only the core's dependencies can be imported.

What is importable is what pyproject.toml's ``dependencies`` need, and what those need: everything else that is
installed is hidden, as if it were not there.
"""

from __future__ import annotations

import importlib.metadata as metadata
import json
import re
import sys
import tomllib
from collections.abc import Sequence
from importlib.machinery import ModuleSpec, PathFinder
from pathlib import Path
from types import ModuleType

PROJECT = tomllib.loads((Path(__file__).parents[2] / "pyproject.toml").read_text(encoding="utf-8"))["project"]


def normal(name: str) -> str:
    """A distribution's name as packaging compares it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def named(requirement: str) -> str:
    """Name of the distribution in a requirement."""
    return normal(re.split(r"[^\w.-]", requirement)[0])


def needed(requirements: list[str]) -> set[str]:
    """Distributions that are installed with these requirements."""
    found: set[str] = set()
    left = [named(each) for each in requirements]
    while left:
        name = left.pop()
        if name in found:
            continue
        found.add(name)
        try:
            left += [named(each) for each in metadata.requires(name) or () if "extra ==" not in each]
        except metadata.PackageNotFoundError:  # for another system or another Python
            continue
    return found


class Hidden(PathFinder):
    """A finder that does not see what is hidden, whether it is imported or only looked for."""

    def __init__(self, names: set[str]) -> None:
        self.names = names

    def find_spec(
        self, name: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        return None if name.partition(".")[0] in self.names else super().find_spec(name, path, target)


def main() -> None:
    """Print what is hidden, limits by card and preset, and what is said where an extra is missing."""
    core = needed(PROJECT["dependencies"]) | {"evanesce"}
    owners = metadata.packages_distributions()
    hidden = {package for package, names in owners.items() if not core & {normal(name) for name in names}}
    sys.meta_path[sys.meta_path.index(PathFinder)] = Hidden(hidden)

    import evanesce as ev
    from evanesce.errors import MissingExtraError

    epsilon, advice = {}, ""
    wanted = [(card, "published") for card in sys.argv[1:] or ev.experiment_names()]
    if not sys.argv[1:]:
        wanted.append(("belle2", "reference"))
    for card, preset in wanted:
        experiment = ev.experiment(card)
        curve = ev.limit(experiment, ev.DarkPhoton(), [0.0667], physics=preset)
        epsilon[f"{card} {preset}"] = float(curve["epsilon"][0])
    montecarlo = ev.resolve_physics("published", {"track_length": "montecarlo"})
    try:
        ev.limit(ev.experiment("belle2"), ev.DarkPhoton(), [0.0667], physics=montecarlo)
    except MissingExtraError as error:
        advice = str(error)
    json.dump({"hidden": sorted(hidden), "epsilon": epsilon, "advice": advice}, sys.stdout)


if __name__ == "__main__":
    main()
