"""The entry point: every error is one line, and the exit code gives its kind."""

from __future__ import annotations

import gc
import os
import signal
import threading
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from types import FrameType
from typing import Final, NoReturn

from evanesce.cli.output import say
from evanesce.errors import EvanesceError

__all__ = ["main"]

DEBUG: Final = "EVANESCE_DEBUG"
"""Environment variable; if it is 1, internal errors show their traceback."""
_BAD_INPUT: Final = 2
_INTERNAL: Final = 1
_INTERRUPTED: Final = 130
_SIGNALLED: Final = 128
"""Exit code after a signal minus the number of the signal, as in a shell."""
_NEW_OBJECTS: Final = 100_000
"""Objects between two searches for unreachable cycles: with Python's 700 they take a twentieth of a limit's time."""
_FAREWELLS: Final = tuple(getattr(signal, name) for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name))


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; ``argv`` is ``sys.argv[1:]`` unless given. Returns the exit code.

    It is 0 for success, 2 for wrong input, 1 for an internal error, 130 after Ctrl-C, 143 after SIGTERM (sent by batch
    systems), and 129 after SIGHUP (sent when a terminal closes). No half-written files are left behind. Under ``nohup``
    a command continues.
    """
    with warnings.catch_warnings(), _orderly_termination(), _rare_collections():
        warnings.showwarning = _show_warning
        try:
            from evanesce.cli.app import run

            code = run(argv)
        except KeyboardInterrupt:
            code = _INTERRUPTED
        except SystemExit as leaving:  # the output of a help page was closed
            return int(leaving.code or 0)
        except EvanesceError as error:
            return _say(f"error: {error}", _BAD_INPUT)
        except OSError as error:
            where = f"{error.filename}: " if error.filename is not None else ""
            return _say(f"error: {where}{error.strerror or error}", _BAD_INPUT)
        except Exception as error:
            if isinstance(error, ModuleNotFoundError) and error.name and error.name.partition(".")[0] != "evanesce":
                lacking = f"the module '{error.name}' is not installed, and evanesce needs it"
                return _say(f"error: {lacking}; 'pip check' names the package that it belongs to", _BAD_INPUT)
            if os.environ.get(DEBUG) == "1":
                raise
            what = f"{type(error).__name__}: {error}"
            return _say(f"internal error: {what}; please report it ({DEBUG}=1 shows where)", _INTERNAL)
    return _say("interrupted", _INTERRUPTED) if code == _INTERRUPTED else code


@contextmanager
def _orderly_termination() -> Iterator[None]:
    """Context in which a termination signal runs every ``finally``, as an exit does; ignored signals stay ignored."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    heard = [number for number in _FAREWELLS if signal.getsignal(number) not in (signal.SIG_IGN, None)]
    before = {number: signal.signal(number, _leave) for number in heard}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextmanager
def _rare_collections() -> Iterator[None]:
    """Context in which Python searches for unreachable cycles less often."""
    before = gc.get_threshold()
    gc.set_threshold(_NEW_OBJECTS, *before[1:])
    try:
        yield
    finally:
        gc.set_threshold(*before)


def _leave(number: int, frame: FrameType | None) -> NoReturn:
    del frame
    for other in _FAREWELLS:
        if signal.getsignal(other) is _leave:  # a second signal, which is common, must not interrupt the clean-up
            signal.signal(other, signal.SIG_IGN)
    raise SystemExit(_SIGNALLED + number)


def _say(text: str, code: int) -> int:
    say(text)
    return code


def _show_warning(message: Warning | str, *_: object, **__: object) -> None:
    _say(f"warning: {message}", 0)
