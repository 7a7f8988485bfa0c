"""The process that runs Geant4: an order on standard input, one line of JSON a finished job on standard output.

Geant4 prints where it likes, so standard output is kept for results and everything else goes to standard error.
"""

from __future__ import annotations

import importlib
import json
import os
import sys

__all__ = ["main"]

_APPLICATIONS = {
    "shower": "evanesce.simulation.shower",
    "neutrons": "evanesce.simulation.neutron_production",
}


def main() -> None:
    """Serve one order: its configuration is set up once, its jobs run one after the other."""
    results = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    order = json.load(sys.stdin)
    application = importlib.import_module(_APPLICATIONS[order["application"]])
    run = application.start(order["settings"])
    for number, histories, seeds in order["jobs"]:
        result = run(histories, tuple(seeds))
        results.write(json.dumps({"job": number, "result": result}) + "\n")
        results.flush()
    # Geant4 may stumble over its own remains at exit, when everything is done
    results.close()
    sys.stderr.flush()
    os._exit(0)


if __name__ == "__main__":
    main()
