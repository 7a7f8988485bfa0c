"""The process that runs Geant4: jobs on standard input, one line of JSON per finished job on standard output.

Standard output is reserved for results; whatever Geant4 prints is redirected to standard error. The parent process
keeps standard input open as long as it needs the results.
"""

from __future__ import annotations

import importlib
import json
import os
import sys
import threading

__all__ = ["main"]


def main() -> None:
    """Read one request, set up its ``application`` once with the module's ``start``, and run its jobs one by one."""
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
    # the clean-up of Geant4 at exit may crash, although all results are complete
    results.close()
    sys.stderr.flush()
    os._exit(0)


def _end_with_the_other() -> None:
    """End when standard input closes, because the parent process is gone."""
    while sys.stdin.read(1024):
        pass
    os._exit(1)


if __name__ == "__main__":
    main()
