"""Jobs: seeds, workers that die, workers that are stopped, Geant4 that is not there."""

import contextlib
import importlib.util
import json
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import pytest

from evanesce.cli import main
from evanesce.errors import InvalidValueError, MissingExtraError, SimulationError
from evanesce.materials import material
from evanesce.physics import resolve_physics
from evanesce.showers import SHOWERS, Shower, ShowerSetup, kernel_shower
from evanesce.showers.geant4 import Geant4, geant4_data
from evanesce.simulation.engine import Slab
from evanesce.simulation.jobs import FOLDER, Job, run_jobs, split

EDGES = np.array([0.6, 0.9, 0.99, 0.999, 1.0])


def setup(**changes):
    default = {"incident": "e+", "material": material("CsI"), "start": 0.0, "stop": 2.0}
    return ShowerSetup(**default | {"energy_min": 4.35, "energy_max": 4.35} | changes)


def settings():
    slab = Slab.of(material("CsI"), particle="e+", energy=4.35, upstream=0.0, thickness=3.72, excitation=None, cut=0.7)
    return {"slab": slab.as_dict(), "edges": EDGES.tolist(), "units": [1.86]}


@pytest.fixture
def started(monkeypatch):
    """Every process that was started."""
    processes = []

    class Recorded(subprocess.Popen):
        def __init__(self, *args, **kwargs):
            super().__init__(*args, **kwargs)
            processes.append(self)

    monkeypatch.setattr(subprocess, "Popen", Recorded)
    return processes


def test_seeds_are_all_different_and_depend_on_the_seed():
    seeds = [job.seeds for seed in (1, 2) for job in split(10_000, seed, 10)]
    assert len(set(seeds)) == 2_000
    assert all(0 < part < 2**31 for pair in seeds for part in pair)
    assert split(100, 1, 10)[3] == split(40, 1, 10)[3]


def test_the_number_of_processes_does_not_matter():
    """Bit by bit, a job depends neither on its process nor on earlier jobs."""
    one, two = (Geant4(histories=12_000, seed=7, processes=n).binned(setup(), EDGES) for n in (1, 2))
    for name in ("primary", "secondary", "primary_error", "secondary_error"):
        assert (getattr(one, name) == getattr(two, name)).all()
    assert one.provenance == two.provenance
    other = Geant4(histories=2_000, seed=8).binned(setup(), EDGES)
    assert (other.primary != one.primary).any()


def test_official_data_are_loaded_from_their_own_folders(tmp_path, monkeypatch):
    """Stand-ins under official names: the same physics, and a result that says official."""
    stand_ins = geant4_data()
    for folder, version in zip(stand_ins.folders.values(), ("8.8", "3.0", "6.1.2"), strict=True):
        shutil.copytree(folder, tmp_path / f"{Path(folder).name}{version}")
    expected = Geant4(histories=500).binned(setup(), EDGES)
    monkeypatch.setenv("GEANT4_DATA_DIR", str(tmp_path))
    result = Geant4(histories=500).binned(setup(), EDGES)
    assert result.provenance["data"] == {
        "source": "official",
        "sets": ["G4EMLOW8.8", "G4ENSDFSTATE3.0", "PhotonEvaporation6.1.2"],
    }
    assert (result.primary == expected.primary).all()
    # and they are really read: without one of them Geant4 stops, and we do not
    (tmp_path / "G4EMLOW8.8" / "brem_SB" / "br55").unlink()
    with pytest.raises(SimulationError, match="by signal 6: .*"):
        Geant4(histories=500).binned(setup(), EDGES)


def test_every_job_is_done_once_on_as_many_processes_as_cores(started, monkeypatch):
    monkeypatch.setattr("evanesce.simulation.jobs.available_cores", lambda: 3)
    jobs = split(40, 1, 10)
    done = list(run_jobs("evanesce.simulation.shower", settings(), jobs, geant4_data()))
    assert sorted(job.number for job, _ in done) == [0, 1, 2, 3]
    assert len(started) == 3


def test_an_unknown_order_ends_in_one_line():
    with pytest.raises(SimulationError, match="with code 1: .*No module named 'nothing'"):
        list(run_jobs("nothing", {}, [Job(number=0, histories=1, seeds=(1, 1))], geant4_data(), 1))


def test_workers_end_when_nobody_listens(started):
    results = run_jobs("evanesce.simulation.shower", settings(), split(10**6, 1, 100), geant4_data(), 2)
    next(results)
    results.close()
    assert [process.returncode for process in started] == [-9, -9]


def test_workers_end_with_ctrl_c(started):
    def interrupted():
        for _ in run_jobs("evanesce.simulation.shower", settings(), split(10**6, 1, 100), geant4_data(), 2):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert [process.returncode for process in started] == [-9, -9]


def test_without_geant4_the_extra_is_named(monkeypatch):
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(MissingExtraError, match=r"pip install 'evanesce\[geant4\]"):
        Geant4(histories=10).binned(setup(), EDGES)


def test_a_limit_with_geant4_is_refused_in_one_line(capsys):
    assert main(["limit", "belle2", "--mass", "0.1", "--set", "track_length=geant4"]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert "shower 'geant4': has only binned results" in err
    assert err.count("\n") == 1


def test_every_other_shower_has_kernels():
    for name in SHOWERS.names():
        model = SHOWERS.get(name).from_options(resolve_physics())
        assert isinstance(model, Shower) == (name != "geant4")


def test_what_geant4_cannot_do_is_said():
    with pytest.raises(InvalidValueError, match="has only binned results"):
        kernel_shower("geant4", resolve_physics())
    with pytest.raises(InvalidValueError, match="energy = 200000"):
        Geant4().binned(setup(energy_min=2e5, energy_max=2e5), EDGES)
    with pytest.raises(InvalidValueError, match="must be at least 0.0023"):
        Geant4().binned(setup(), np.array([0.001, 0.5]))
    for wrong in ({"histories": 1}, {"seed": -1}, {"processes": 0}):
        with pytest.raises(InvalidValueError, match=next(iter(wrong))):
            Geant4(**wrong)


KILLED = """
import json, sys
from evanesce.showers.geant4 import geant4_data
from evanesce.simulation.jobs import Job, run_jobs
settings = json.loads(sys.argv[1])
jobs = [Job(number=i, histories=n, seeds=(1, i + 1)) for i, n in enumerate([10, 10**8, 10**8])]
for job, result in run_jobs("evanesce.simulation.shower", settings, jobs, geant4_data(), 2):
    print(job.number, flush=True)
"""


def workers_in(folder):
    """Processes that run in a folder."""
    found = []
    for path in Path("/proc").glob("[0-9]*/cwd"):
        with contextlib.suppress(OSError):
            if path.readlink() == folder:
                found.append(path.parent.name)
    return found


@pytest.mark.skipif(not Path("/proc/self/cwd").exists(), reason="asks Linux for its processes")
def test_a_killed_run_leaves_no_worker_and_its_folder_goes_with_the_next(tmp_path, monkeypatch):
    """After a kill the workers end because standard input closes, and the next run removes the folder."""
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr(tempfile, "tempdir", None)
    process = subprocess.Popen(
        [sys.executable, "-c", KILLED, json.dumps(settings())], stdout=subprocess.PIPE, text=True
    )
    process.stdout.readline()
    (folder,) = tmp_path.glob(f"{FOLDER}*")
    workers = workers_in(folder)
    assert len(workers) == 2
    process.kill()
    process.wait()
    process.stdout.close()
    deadline = time.monotonic() + 30
    while workers_in(folder) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert workers_in(folder) == []
    assert folder.exists()
    one = run_jobs("evanesce.simulation.shower", settings(), split(10, 1, 10), geant4_data(), 1)
    assert len(list(one)) == 1
    assert list(tmp_path.iterdir()) == []
