"""Exit codes for the unexpected, and the process as a user starts it."""

import json
import os
import subprocess
import sys
import time
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from evanesce.cli import app, entry, main, output
from evanesce.errors import MissingExtraError
from evanesce.experiments import experiment

FULL = Path("/dev/full")
Run = Callable[..., Any]


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


def test_a_warning_of_a_library_is_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    entry._show_warning(RuntimeWarning("overflow\nin exp"), RuntimeWarning, "file.py", 3)
    assert capsys.readouterr().err == "evanesce: warning: overflow in exp\n"


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


def test_sigterm_leaves_nothing_behind(tmp_path):
    """A batch system's farewell: exit code 143, no file, no folder of parts."""
    output = tmp_path / "signal.parquet"
    argv = ["events", "belle2", "--mass", "0.0667", "--physics", "published", "-n", "100000000"]
    process = subprocess.Popen(
        [sys.executable, "-m", "evanesce", *argv, "--output", str(output)], stderr=subprocess.PIPE, text=True
    )
    deadline = time.monotonic() + 60
    while not list(tmp_path.iterdir()) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert list(tmp_path.iterdir())  # it writes
    process.terminate()
    _, said = process.communicate(timeout=60)
    assert process.returncode == 143
    assert "Traceback" not in said
    assert list(tmp_path.iterdir()) == []
