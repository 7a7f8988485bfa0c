"""A program that computes limits when, of all installed packages, only those named on the command line exist.

It prints the limits by card and preset, and which other packages were asked for.
"""

from __future__ import annotations

import json
import sys
from importlib.machinery import PathFinder

import core_alone


class Asked(core_alone.Hidden):
    """Keeps what was looked for in vain."""

    asked: set[str] = set()  # noqa: RUF012 - one finder

    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in self.names:
            self.asked.add(name.partition(".")[0])
        return super().find_spec(name, path, target)


def main() -> None:
    owners = core_alone.metadata.packages_distributions()
    allowed = {core_alone.normal(name) for name in sys.argv[1:]} | {"evanesce"}
    hidden = {package for package, names in owners.items() if not allowed & {core_alone.normal(n) for n in names}}
    finder = Asked(hidden)
    sys.meta_path[sys.meta_path.index(PathFinder)] = finder

    import evanesce as ev

    epsilon = {}
    for card in ("belle2", "na64-2019-published"):
        for preset in ("published", "converged"):
            curve = ev.limit_curve(ev.experiment(card), ev.DarkPhoton(), [0.0667], physics=preset)
            epsilon[f"{card} {preset}"] = float(curve.epsilon[0])
    json.dump({"asked": sorted(finder.asked), "epsilon": epsilon}, sys.stdout)


if __name__ == "__main__":
    main()
