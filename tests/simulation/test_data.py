"""Choice of data sets for Geant4: official sets, stand-ins, mixtures; simultaneous writers, damage."""

import multiprocessing
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
import pytest

from evanesce.cli import main
from evanesce.constants import ELECTRON_MASS
from evanesce.errors import DataFileError
from evanesce.interactions.medium import CROSS_SECTIONS
from evanesce.materials import material
from evanesce.showers.geant4 import geant4_data
from evanesce.simulation.data import ELECTROMAGNETIC, HADRONIC, find_data, keep_stand_ins
from evanesce.simulation.stand_ins import VERSION, inelastic

OFFICIAL = {"G4EMLOW": "8.8", "G4ENSDFSTATE": "3.0", "PhotonEvaporation": "6.1.2", "G4PARTICLEXS": "4.2"}


def never():
    raise AssertionError("stand-ins are not wanted here")


@pytest.fixture
def root(tmp_path):
    """A folder laid out as the official one, without content."""
    for name, version in OFFICIAL.items():
        (tmp_path / "data" / f"{name}{version}").mkdir(parents=True)
    (tmp_path / "data" / "G4NDL4.7.1").mkdir()
    return tmp_path / "data"


def test_official_sets_in_one_folder(root, monkeypatch):
    monkeypatch.setenv("GEANT4_DATA_DIR", str(root))
    data = find_data(HADRONIC, never)
    assert data.source == "official"
    assert data.as_dict() == {"source": "official", "sets": sorted(n + v for n, v in OFFICIAL.items())}
    assert data.environment()["G4LEDATA"] == str(root / "G4EMLOW8.8")
    assert Path(data.environment()["GEANT4_DATA_DIR"]).is_dir()


def test_official_sets_by_their_own_variables(root, monkeypatch):
    for variable, name in ELECTROMAGNETIC.items():
        monkeypatch.setenv(variable, str(root / f"{name}{OFFICIAL[name]}"))
    data = find_data(ELECTROMAGNETIC, never)
    assert data.source == "official"
    assert data.environment()["G4LEDATA"] == str(root / "G4EMLOW8.8")


def test_official_sets_where_the_bindings_put_them(root, monkeypatch, tmp_path):
    root.rename(tmp_path / ".geant4_pybind")
    monkeypatch.setenv("HOME", str(tmp_path))
    assert find_data(HADRONIC, never).source == "official"


def test_a_mixture_is_refused(root, monkeypatch):
    monkeypatch.setenv("GEANT4_DATA_DIR", str(root))
    (root / "G4PARTICLEXS4.2").rmdir()
    assert find_data(ELECTROMAGNETIC, never).source == "official"
    with pytest.raises(DataFileError, match="lacks G4PARTICLEXS; install them there, or unset it"):
        find_data(HADRONIC, never)
    monkeypatch.delenv("GEANT4_DATA_DIR")
    monkeypatch.setenv("G4LEDATA", str(root / "G4EMLOW8.8"))
    with pytest.raises(DataFileError, match="variables of Geant4 lacks G4ENSDFSTATE, PhotonEvaporation"):
        find_data(ELECTROMAGNETIC, never)


def test_a_variable_that_names_nothing_is_refused(monkeypatch, tmp_path):
    monkeypatch.setenv("G4LEDATA", str(tmp_path / "nowhere"))
    with pytest.raises(DataFileError, match="G4LEDATA = .*: is not a folder"):
        find_data(ELECTROMAGNETIC, never)


def test_stand_ins_say_what_they_are_good_for():
    data = geant4_data(hadronic=True)
    assert data.as_dict()["source"] == "stand-in"
    assert data.as_dict()["valid"] == "particles above 1 GeV"
    assert data.as_dict()["version"] == f"{VERSION}.{CROSS_SECTIONS}"
    for folder in data.folders.values():
        assert Path(folder).is_dir()


def test_a_cache_that_cannot_be_written(monkeypatch, tmp_path, capsys):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("EVANESCE_CACHE_DIR", str(tmp_path / "file"))
    with pytest.raises(DataFileError, match=r"cannot write .* \(.+\); make it writable or set EVANESCE_CACHE_DIR"):
        geant4_data()
    assert main(["geant4", "prepare"]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert "set EVANESCE_CACHE_DIR" in err
    assert err.count("\n") == 1


def test_stand_in_bremsstrahlung_has_the_right_scale():
    """Tsai's complete screening: k dσ/dk -> 4/3 · 4 α r_e² [Z² (L_rad - f) + Z L'_rad] + 1/9 term at k -> 0."""
    lines = (Path(geant4_data().folders["G4LEDATA"]) / "brem_SB" / "br82").read_text().splitlines()
    fractions = np.array(lines[1].split(), dtype=float)
    energies = np.exp(np.array(lines[2].split(), dtype=float)) * 1e-3
    table = np.array([line.split() for line in lines[3:]], dtype=float)
    assert table.shape == (len(energies), len(fractions))
    # l_rad and l_rad' of lead: 184.15 Z^-1/3 and 1194 Z^-2/3; f from Davies, Bethe and Maximon
    z, alpha_re2 = 82, 579.5e-3 / 1e3  # α r_e² = 0.5795 mb
    nucleus = z**2 * (np.log(184.15 * z ** (-1 / 3)) - 0.3320) + z * np.log(1194 * z ** (-2 / 3))
    soft = 4 * alpha_re2 * 1e3 * (4 / 3 * nucleus + (z**2 + z) / 9)
    last = np.argmin(np.abs(energies - 10.0))
    assert table[last, 1] * z**2 == pytest.approx(soft, rel=2e-3)  # Z²: the table is per Z², β = 1
    assert energies[last] > 100 * ELECTRON_MASS


@pytest.mark.parametrize("name", ["CsI", "Pb", "W"])
def test_stand_in_cross_sections_give_the_interaction_length(name):
    """Letaw's fit is some 10 % above those of the Particle Data Group; in 1 X0 of CsI a neutron in 20 interacts."""
    matter = material(name)
    per_cm = sum(n.number_density * inelastic(n.atomic_weight, np.array(2000.0)) for n in matter.nuclei) * 1e-27
    assert 1.0 / per_cm == pytest.approx(matter.interaction_length, rel=0.12)


def write(folder):
    (folder / "part").mkdir()
    for i in range(50):
        (folder / "part" / f"{i}").write_text("x" * 1000)


def together(barrier):
    barrier.wait()
    for _ in range(10):
        folder = keep_stand_ins("test", write)
        assert len(list((folder / "part").iterdir())) == 50


def test_writers_do_not_meet():
    context = multiprocessing.get_context("spawn")
    barrier = context.Barrier(3)
    processes = [context.Process(target=together, args=(barrier,)) for _ in range(3)]
    for process in processes:
        process.start()
    for process in processes:
        process.join()
    assert [process.exitcode for process in processes] == [0, 0, 0]


def test_damage_is_noticed_and_mended(nothing_installed):
    folder = keep_stand_ins("damage", write)
    (folder / "part" / "7").write_text("y")
    assert keep_stand_ins("damage", write) == folder
    assert (folder / "part" / "7").read_text() == "x" * 1000
    (folder / "part" / "8").unlink()
    keep_stand_ins("damage", write)
    assert (folder / "part" / "8").exists()
    assert not list(folder.parent.glob(".evanesce-*"))


def test_what_was_half_written_does_not_count(nothing_installed):
    def fails(folder):
        write(folder)
        raise OSError("disk full")

    with pytest.raises(DataFileError, match="disk full"):
        keep_stand_ins("half", fails)
    assert not (nothing_installed / "geant4" / "stand-in-half").exists()
    shutil.rmtree(keep_stand_ins("half", write))


def test_variables_with_a_tilde_or_a_relative_path(root, monkeypatch):
    """The worker runs elsewhere: it must get absolute paths."""
    monkeypatch.setenv("HOME", str(root.parent))
    monkeypatch.setenv("GEANT4_DATA_DIR", "~/data")
    data = find_data(HADRONIC, never)
    assert data.environment()["G4LEDATA"] == str(root / "G4EMLOW8.8")
    monkeypatch.chdir(root.parent)
    monkeypatch.setenv("GEANT4_DATA_DIR", "data/../data")
    monkeypatch.setenv("G4LEDATA", "data/G4EMLOW8.8")
    data = find_data(HADRONIC, never)
    assert data.environment()["G4LEDATA"] == str(root / "G4EMLOW8.8")
    assert data.environment()["G4PARTICLEXSDATA"] == str(root / "G4PARTICLEXS4.2")
    monkeypatch.setenv("G4LEDATA", "~nobody-has-this-name/data")
    with pytest.raises(DataFileError, match="G4LEDATA = '~nobody-has-this-name/data': no home is known for"):
        find_data(HADRONIC, never)


HOMELESS = """
import os, sys
os.setreuid(12345, 0)
from evanesce.cli import main
sys.exit(main(sys.argv[1:]))
"""


@pytest.mark.skipif(os.getuid() != 0, reason="only root can become somebody without an entry in the list of users")
@pytest.mark.parametrize(
    "command",
    [
        ["geant4", "prepare"],
        ["tracklength", "CsI", "--energy", "4.35", "--thickness", "1", "--edges", "0.6,0.9", "--shower", "geant4",
         "--set", "histories=50"],
    ],
    ids=["prepare", "run"],
)  # fmt: skip
def test_a_user_without_home_and_name(tmp_path, command):
    """As in a container started with another user's number; files are still root's, so that Python can be read."""
    environment = {name: value for name, value in os.environ.items() if name in ("PATH", "PYTHONPATH")}
    done = subprocess.run(
        [sys.executable, "-c", HOMELESS, *command],
        env={**environment, "TMPDIR": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert [path.name for path in tmp_path.iterdir()] == [f"evanesce-cache-{os.geteuid()}"]


def test_stand_ins_of_a_user_without_home(monkeypatch, tmp_path):
    def nobody():
        raise RuntimeError("Could not determine home directory.")

    monkeypatch.delenv("EVANESCE_CACHE_DIR")
    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    monkeypatch.setattr(Path, "home", nobody)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    assert find_data(ELECTROMAGNETIC, lambda: keep_stand_ins("test", write), "test").source == "stand-in"
    assert (tmp_path / f"evanesce-cache-{os.geteuid()}" / "geant4" / "stand-in-test" / "part").is_dir()


SLOW_WRITER = """
import sys, time
from pathlib import Path
from evanesce.simulation.data import keep_stand_ins
def write(folder):
    (folder / "half").touch()
    print(folder, flush=True)
    time.sleep(600)
keep_stand_ins("killed", write)
"""


def test_what_a_killed_writer_left_goes_with_the_next(nothing_installed):
    process = subprocess.Popen([sys.executable, "-c", SLOW_WRITER], stdout=subprocess.PIPE, text=True)
    left = Path(process.stdout.readline().strip())
    process.kill()
    process.wait()
    process.stdout.close()
    assert (left / "half").exists()
    keep_stand_ins("killed", write)
    assert not left.exists()
    assert [path.name for path in left.parents[1].iterdir() if path.name.startswith(".")] == []
