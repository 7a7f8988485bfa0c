"""Exit codes for the unexpected, and the process as a user starts it."""

import errno
import io
import json
import os
import shutil
import signal
import subprocess
import sys
import time
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from evanesce.cli import app, main, output
from evanesce.errors import MissingExtraError
from evanesce.experiments import experiment
from evanesce.formats.files import check_output

FULL = Path("/dev/full")
Run = Callable[..., Any]


@pytest.fixture(autouse=True)
def heard() -> Iterator[None]:
    """Signals that end a process, as they are in a terminal: also where the tests run under nohup."""
    before = {number: signal.signal(number, signal.SIG_DFL) for number in (signal.SIGTERM, signal.SIGHUP)}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


def explode(monkeypatch: pytest.MonkeyPatch, error: BaseException) -> None:
    def run(argv: Any) -> int:
        raise error

    monkeypatch.setattr(app, "run", run)


def test_ctrl_c(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    explode(monkeypatch, KeyboardInterrupt())
    assert run() == (130, "", "evanesce: interrupted\n")


def test_ctrl_c_inside_a_command(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted() -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("evanesce.constraints.constraint_names", interrupted)
    assert run("constraints", "list") == (130, "", "evanesce: interrupted\n")


def test_a_mistake_of_ours_is_one_line(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("EVANESCE_DEBUG", raising=False)
    explode(monkeypatch, RuntimeError("two\nlines"))
    code, out, err = run()
    assert (code, out) == (1, "")
    assert err == (
        "evanesce: internal error: RuntimeError: two lines; please report it (EVANESCE_DEBUG=1 shows where)\n"
    )


def test_a_mistake_of_ours_can_be_traced(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EVANESCE_DEBUG", "1")
    explode(monkeypatch, RuntimeError("where am I"))
    with pytest.raises(RuntimeError, match="where am I"):
        main([])


@pytest.mark.parametrize(
    ("error", "line"),
    [
        (MissingExtraError("install evanesce[plot]"), "evanesce: error: install evanesce[plot]\n"),
        (PermissionError(13, "Permission denied", "/out"), "evanesce: error: /out: Permission denied\n"),
        (OSError("strange"), "evanesce: error: strange\n"),
    ],
)
def test_troubles_outside_are_one_line(run: Run, monkeypatch: pytest.MonkeyPatch, error: Exception, line: str) -> None:
    monkeypatch.setenv("EVANESCE_DEBUG", "1")  # no matter
    explode(monkeypatch, error)
    assert run() == (2, "", line)


@pytest.mark.filterwarnings("default")
def test_a_warning_of_a_library_is_one_line(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def warn(argv: Any) -> int:
        warnings.warn("overflow\nin exp", RuntimeWarning, stacklevel=1)
        return 0

    monkeypatch.setattr(app, "run", warn)
    assert run() == (0, "", "evanesce: warning: overflow in exp\n")


def test_main_leaves_the_warnings_as_they_were() -> None:
    before = warnings.showwarning
    assert main(["--version"]) == 0
    assert warnings.showwarning is before


def test_a_closed_standard_output_or_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdout", None)
    assert main(["constraints", "list"]) == 2
    monkeypatch.setattr("sys.stderr", None)
    assert main(["constraints", "lst"]) == 2


def test_numbers_of_numpy_are_numbers() -> None:
    import numpy as np

    data = {"a": np.array([1.5, np.nan]), "b": np.float64(np.inf), "c": np.int64(3), 4: (True, None)}
    assert output.strict(data) == {"a": [1.5, None], "b": None, "c": 3, "4": [True, None]}


def process(*argv: str, **options: Any) -> subprocess.CompletedProcess[bytes]:
    command = [sys.executable, "-m", "evanesce", *argv]
    return subprocess.run(command, check=False, **{"capture_output": True, "timeout": 60, **options})


def test_a_fresh_process_gives_the_same_limit_and_loads_nothing_heavy(run: Run) -> None:
    argv = ["limit", "belle2", "--mass", "0.02:0.2:4", "--json"]
    code = (
        "import sys; from evanesce.cli import main; code = main(sys.argv[1:]);"
        "heavy = {'xarray', 'pandas', 'matplotlib', 'rich', 'numba', 'dask'} & set(sys.modules);"
        "print(*sorted(heavy), file=sys.stderr, end=''); sys.exit(code)"
    )
    done = subprocess.run([sys.executable, "-c", code, *argv], check=False, capture_output=True, timeout=60)
    assert (done.returncode, done.stderr) == (0, b"")
    assert json.loads(done.stdout) == run(*argv).data


def test_help_loads_no_numpy() -> None:
    code = "import sys; from evanesce.cli import main; main(['--help']); sys.exit('numpy' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], check=False, capture_output=True, timeout=60)
    assert (done.returncode, done.stderr) == (0, b"")


def test_python_m_evanesce() -> None:
    done = process("limit", "belle2", "--mass", "0.1:0.2")
    assert (done.returncode, done.stdout) == (2, b"")
    assert done.stderr.startswith(b"evanesce: error: --mass '0.1:0.2'")
    assert done.stderr.count(b"\n") == 1


def test_a_reader_that_leaves_is_no_trouble() -> None:
    read, write = os.pipe()
    os.close(read)
    done = process("constraints", "show", "babar", capture_output=False, stdout=write, stderr=subprocess.PIPE)
    os.close(write)
    assert (done.returncode, done.stderr) == (0, b"")


@pytest.mark.skipif(not FULL.exists(), reason="needs a device that is always full")
def test_a_full_disk_is_one_line() -> None:
    with FULL.open("wb") as full:
        done = process("constraints", "list", capture_output=False, stdout=full, stderr=subprocess.PIPE)
    assert done.returncode == 2
    assert done.stderr == b"evanesce: error: standard output: No space left on device\n"


def test_a_terminal_that_knows_ascii_only() -> None:
    environment = {**os.environ, "PYTHONIOENCODING": "ascii"}
    done = process("experiments", "list", env=environment)
    assert (done.returncode, done.stderr) == (0, b"")
    assert b"Belle II" in done.stdout
    done = process("limit", "ε", env=environment)
    assert done.returncode == 2
    assert rb"unknown experiment '\u03b5'" in done.stderr


def test_a_card_shown_in_ascii_is_the_card(tmp_path: Path) -> None:
    done = process("experiments", "show", "belle2", env={**os.environ, "PYTHONIOENCODING": "ascii"})
    assert (done.returncode, done.stderr) == (0, b"")
    assert done.stdout.isascii()
    path = tmp_path / "copy.yaml"
    path.write_bytes(done.stdout)
    assert experiment(path) == experiment("belle2")


@pytest.mark.skipif(not FULL.exists(), reason="needs a device that is always full")
@pytest.mark.parametrize(
    ("argv", "code"),
    [
        # this one says a warning
        (["events", "belle2", "--mass", "0.0667", "--physics", "published", "-n", "10", "--output", "a.hepmc3"], 0),
        (["limit", "bele2", "--mass", "0.1"], 2),
    ],
    ids=["success", "error"],
)
def test_an_error_stream_that_is_full_changes_no_exit_code(tmp_path: Path, argv: list[str], code: int) -> None:
    with FULL.open("wb") as full:
        done = process(*argv, capture_output=False, stdout=subprocess.PIPE, stderr=full, cwd=tmp_path)
    assert done.returncode == code
    assert (done.stdout != b"") == (tmp_path / "a.hepmc3").exists() == (code == 0)


class Gone(io.StringIO):
    """A terminal that has been closed."""

    def isatty(self) -> bool:
        return True

    def write(self, text: str) -> int:
        raise OSError(errno.EIO, "Input/output error")


def test_a_terminal_that_goes_away_is_no_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    """A progress bar and messages without a working standard error."""
    monkeypatch.setattr("sys.stderr", Gone())
    with output.progress() as step:
        for done in range(3):
            step("events", done, 3)
    output.say("warning: nobody hears this")


def until(condition: Callable[[], Any]) -> None:
    deadline = time.monotonic() + 60
    while not condition() and time.monotonic() < deadline:
        time.sleep(0.02)
    assert condition()


EVENTS = ["events", "belle2", "--mass", "0.0667", "--physics", "published", "-n", "100000000", "--output"]


def writing(output: Path, *before: str) -> subprocess.Popen[str]:
    """A process that writes events without end."""
    running = subprocess.Popen(
        [*before, sys.executable, "-m", "evanesce", *EVENTS, str(output)], stderr=subprocess.PIPE, text=True
    )
    until(lambda: list(output.parent.glob(".evanesce-*/*")))
    return running


def test_a_closed_terminal_leaves_nothing_behind(tmp_path: Path) -> None:
    running = writing(tmp_path / "signal.parquet")
    running.send_signal(signal.SIGHUP)
    _, said = running.communicate(timeout=60)
    assert running.returncode == 129
    assert "Traceback" not in said
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, 143), (signal.SIGHUP, 129)])
def test_a_second_farewell_does_not_break_off_the_clearing_up(
    monkeypatch: pytest.MonkeyPatch, number: signal.Signals, code: int
) -> None:
    """Batch systems and terminals often send a signal twice."""
    cleared = []

    def run(argv: Any) -> int:
        try:
            signal.raise_signal(number)
        finally:
            signal.raise_signal(signal.SIGTERM)
            signal.raise_signal(signal.SIGHUP)
            cleared.append(True)
        return 0

    monkeypatch.setattr(app, "run", run)
    before = signal.getsignal(number)
    assert main([]) == code
    assert cleared
    assert signal.getsignal(number) is before


@pytest.mark.skipif(shutil.which("nohup") is None, reason="needs nohup")
def test_nohup_goes_on_and_what_a_kill_leaves_goes_with_the_next_run(tmp_path: Path) -> None:
    running = writing(tmp_path / "signal.parquet", "nohup")
    running.send_signal(signal.SIGHUP)
    with pytest.raises(subprocess.TimeoutExpired):
        running.wait(0.3)
    running.kill()
    running.communicate(timeout=60)
    (left,) = tmp_path.iterdir()
    assert left.name.startswith(".evanesce-")
    check_output(tmp_path / "another.hepmc3")  # what the next run does first
    assert list(tmp_path.iterdir()) == []


def test_a_package_that_is_not_installed_is_no_internal_error(monkeypatch, capsys):
    def lacking(argv):
        raise ModuleNotFoundError("No module named 'xraylib'", name="xraylib")

    monkeypatch.setattr("evanesce.cli.app.run", lacking)
    assert main([]) == 2
    error = capsys.readouterr().err
    assert error.startswith(
        "evanesce: error: the module 'xraylib' is not installed, and evanesce needs it; 'pip check'"
    )
    assert error.count("\n") == 1
