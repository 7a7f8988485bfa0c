"""What is killed and continued has the bits of what was not, whoever computes it."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from scan_store import content

from evanesce.cli import main
from evanesce.errors import DataFileError, SimulationError
from evanesce.scans.executors import processes

COMMAND = [
    "scan", "belle2", "--mass", "0.03:0.15:64", "--alpha-d", "1e-3:0.1:20", "--axis", "source.luminosity=1,50",
    "--physics", "published", "--output",
]  # fmt: skip
MOST_SECONDS = 200.0


def start(store: Path, *more: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", "evanesce", *COMMAND, str(store), *more],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def finished(store: Path) -> int:
    return len(list((store / "journal").glob("[0-9]*.json")))


def wait_for(store: Path, chunks: int) -> None:
    deadline = time.monotonic() + MOST_SECONDS
    while finished(store) < chunks:
        assert time.monotonic() < deadline, "no chunk was finished"
        time.sleep(0.002)


@pytest.fixture(scope="module")
def whole(tmp_path_factory) -> Path:
    store = tmp_path_factory.mktemp("interrupted") / "whole.zarr"
    assert main([*COMMAND, str(store), "--json"]) == 0
    return store


@pytest.mark.parametrize("chunks", [1, 7, 20])
def test_kill_and_resume(whole, tmp_path, chunks, capsys):
    store = tmp_path / "a.zarr"
    process = start(store)
    wait_for(store, chunks)
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert chunks <= finished(store) < 32, "it was killed too late to show anything"
    assert main([*COMMAND, str(store), "--resume", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["outcomes"] == {"limit": 2560}
    assert content(store) == content(whole)


def test_kill_in_the_middle_of_a_write(whole, tmp_path, monkeypatch):
    """The data of a chunk are written and its entry is not, or only some of its arrays are."""
    from evanesce.scans import store as module

    store = tmp_path / "a.zarr"

    class PowerCut(BaseException):
        pass

    def cut(*_: object) -> None:
        raise PowerCut

    monkeypatch.setattr(module.Journal, "add", cut)
    with pytest.raises(PowerCut):
        main([*COMMAND, str(store)])
    monkeypatch.undo()
    assert finished(store) == 0
    assert main([*COMMAND, str(store), "--resume"]) == 0
    assert content(store) == content(whole)


def test_two_processes_give_the_same_bits(whole, tmp_path):
    assert main([*COMMAND, str(tmp_path / "a.zarr"), "--workers", "2"]) == 0
    assert content(tmp_path / "a.zarr") == content(whole)


def test_a_worker_that_is_killed_costs_time_only(whole, tmp_path):
    store = tmp_path / "a.zarr"
    process = start(store, "--workers", "2")
    wait_for(store, 1)
    victims = children(process.pid)
    assert victims
    os.kill(victims[0], signal.SIGKILL)
    assert process.wait(MOST_SECONDS) == 0
    assert content(store) == content(whole)


def test_workers_end_with_the_scan_that_is_killed(tmp_path):
    store = tmp_path / "a.zarr"
    process = start(store, "--workers", "2")
    wait_for(store, 1)
    workers = children(process.pid)
    process.kill()
    process.wait()
    deadline = time.monotonic() + MOST_SECONDS
    while any(Path(f"/proc/{worker}").exists() for worker in workers):
        assert time.monotonic() < deadline, "a worker goes on"
        time.sleep(0.01)


def test_workers_that_always_die_end_the_scan(run, tmp_path, monkeypatch):
    """Three dead workers over one chunk, as if the memory were too small: one line, and what is finished is kept."""
    monkeypatch.setattr(processes.sys, "executable", "/bin/false")
    with pytest.raises(SimulationError, match=r"3 workers died over chunk \d+ .*finished chunks are kept"):
        run(tmp_path / "a.zarr", workers=2)


def children(parent: int) -> list[int]:
    """Processes that another one started, without those that have ended."""
    found = []
    for entry in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            state, ppid = entry.read_text().rpartition(")")[2].split()[:2]
            if int(ppid) == parent and state != "Z":
                found.append(int(entry.parent.name))
    return found


@pytest.fixture
def cluster(tmp_path) -> Iterator[tuple[str, list[subprocess.Popen[bytes]]]]:
    """A scheduler of dask and two workers, each a process of its own on loopback."""
    address_file = tmp_path / "scheduler.json"
    dask = [sys.executable, "-m", "distributed.cli.dask_scheduler"]
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    processes = [
        subprocess.Popen(
            [*dask, "--host", "127.0.0.1", "--port", "0", "--no-dashboard", "--scheduler-file", str(address_file)],
            **quiet,
        )
    ]
    try:
        deadline = time.monotonic() + MOST_SECONDS
        while not address_file.exists() or not address_file.read_text():
            assert time.monotonic() < deadline, "the scheduler does not start"
            time.sleep(0.05)
        address = json.loads(address_file.read_text())["address"]
        worker = [
            sys.executable, "-m", "distributed.cli.dask_worker", address, "--nthreads", "1", "--no-nanny",
            "--no-dashboard", "--host", "127.0.0.1", "--local-directory", str(tmp_path),
        ]  # fmt: skip
        processes += [subprocess.Popen(worker, **quiet) for _ in range(2)]
        yield address, processes[1:]
    finally:
        for process in processes:
            process.kill()
            process.wait()


def test_workers_of_dask_on_loopback(whole, tmp_path, cluster):
    """The same bits, with one of two workers killed after the first chunk."""
    address, workers = cluster
    store = tmp_path / "a.zarr"
    process = start(store, "--scheduler", address)
    wait_for(store, 1)
    workers[0].kill()
    assert process.wait(MOST_SECONDS) == 0
    assert content(store) == content(whole)


@pytest.mark.slow  # the same with a scheduler that the scan itself starts
def test_a_local_cluster(whole, tmp_path):
    assert main([*COMMAND, str(tmp_path / "a.zarr"), "--scheduler", "local", "--workers", "2"]) == 0
    assert content(tmp_path / "a.zarr") == content(whole)


@pytest.mark.slow  # the script of the documentation; its parts are those of the test before
def test_the_script_of_a_local_cluster(whole, tmp_path):
    script = Path(__file__).parents[2] / "docs" / "examples" / "local-cluster.sh"
    store = tmp_path / "a.zarr"
    subprocess.run(
        ["sh", str(script), str(tmp_path), *COMMAND[1:], str(store)],
        check=True,
        env={**os.environ, "PYTHON": sys.executable},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        timeout=MOST_SECONDS,
    )
    assert content(store) == content(whole)


def test_a_scheduler_that_does_not_answer(run, tmp_path, monkeypatch):
    from evanesce.scans.executors import cluster as module

    monkeypatch.setattr(module, "_PATIENCE", "0.3s")
    with pytest.raises(DataFileError, match=r"scheduler 'tcp://127\.0\.0\.1:9': does not answer"):
        run(tmp_path / "a.zarr", scheduler="tcp://127.0.0.1:9")


@pytest.mark.parametrize(
    ("more", "message"),
    [
        (["--workers", "0"], "--workers = '0': must be a whole number from 1 to 1024"),
        (
            ["--scheduler", "here"],
            "scheduler = 'here': must be the address of a scheduler, as tcp://host:8786, or local",
        ),
        (["--axis", "source.luminosity"], "--axis 'source.luminosity': must be KEY=VALUE"),
        (["--mass-ratio", "3,x"], "--mass-ratio = 'x': must be a number"),
    ],
)
def test_wrong_use(tmp_path, capsys, more, message):
    assert main([*COMMAND, str(tmp_path / "a.zarr"), *more]) == 2
    assert capsys.readouterr().err == f"evanesce: error: {message}\n"
    assert list(tmp_path.iterdir()) == []


def test_report(whole, capsys):
    assert main([*COMMAND, str(whole), "--resume"]) == 0
    out = capsys.readouterr().out
    assert "limits at 2560 points, 2 source.luminosity x 20 alpha_d x 64 mass" in out
    assert "best limit: epsilon = " in out
