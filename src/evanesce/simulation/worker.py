"""The process that runs Geant4: an order on standard input, one line of JSON a finished job on standard output.

Geant4 prints where it likes, so standard output is kept for results and everything else goes to standard error. The
process that gave the order holds standard input open for as long as it wants the results.
"""

from __future__ import annotations

import importlib
import json
import os
import sys
import threading

__all__ = ["main"]


def main() -> None:
    """Serve one order: its ``application`` is a module whose ``start`` sets it up once, its jobs run one by one."""
    results = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    order = json.loads(sys.stdin.readline())
    threading.Thread(target=_end_with_the_other, daemon=True).start()
    application = importlib.import_module(order["application"])
    run = application.start(order["settings"])
    for number, histories, seeds in order["jobs"]:
        result = run(histories, tuple(seeds))
        results.write(json.dumps({"job": number, "result": result}) + "\n")
        results.flush()
    # Geant4 may stumble over its own remains at exit, when everything is done
    results.close()
    sys.stderr.flush()
    os._exit(0)


def _end_with_the_other() -> None:
    """End when standard input closes: nobody is left who wants the results, not even to be killed by."""
    while sys.stdin.read(1024):
        pass
    os._exit(1)


if __name__ == "__main__":
    main()
