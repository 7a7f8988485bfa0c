"""``evanesce doctor``: what it says of packages, folders, Geant4 and plug-ins, and when it fails."""

import importlib.metadata as metadata
import json

import pytest
from packaging.requirements import Requirement

from evanesce import installation
from evanesce.cli import main
from evanesce.installation import examination, folders, geant4, packages

FINE = geant4.Geant4Facts(installed=True, imports=True, data="official")


@pytest.fixture
def here(monkeypatch, tmp_path):
    """A machine with an empty cache, where the import of Geant4 is not tried."""
    monkeypatch.setenv("EVANESCE_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.setenv("EVANESCE_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setattr(examination, "state_of_geant4", lambda: FINE)
    monkeypatch.setattr(packages.metadata, "requires", lambda name: ["numpy>=2.0", "pyhf>=0.7; extra == 'stats'"])
    return tmp_path


def doctor(capsys, *options):
    code = main(["doctor", *options])
    out, err = capsys.readouterr()
    assert err == ""
    return code, out


def test_versions_are_those_that_are_installed(here, capsys):
    code, out = doctor(capsys, "--json")
    told = json.loads(out)
    assert (code, told["ok"], told["problems"]) == (0, True, [])
    assert [(p["extra"], p["package"], p["version"]) for p in told["packages"]] == [
        ("core", "numpy", metadata.version("numpy")),
        ("stats", "pyhf", metadata.version("pyhf")),
    ]


def test_a_missing_extra_is_no_fault_and_says_what_to_install(here, capsys, monkeypatch):
    monkeypatch.setattr(packages, "_version", lambda name: "2.1" if name == "numpy" else None)
    code, out = doctor(capsys)
    assert code == 0
    assert "Nothing is broken." in out
    assert "Extra 'stats' is not complete: pip install 'evanesce[stats]'" in out


@pytest.mark.parametrize("version", [None, "1.26.4"])
def test_a_core_package_that_lacks_or_is_too_old_is_a_fault(here, capsys, monkeypatch, version):
    monkeypatch.setattr(packages, "_version", lambda name: version if name == "numpy" else "1")
    code, out = doctor(capsys)
    assert code == 1
    assert f"Broken: numpy {version or 'is not installed'}: >=2.0 is needed; pip install 'numpy>=2.0'" in out


def test_every_extra_of_the_metadata_is_examined(monkeypatch):
    found = {each.extra for each in packages.state_of_packages()}
    assert found == set(metadata.metadata("evanesce").get_all("Provides-Extra")) - {"all", "dev"} | {"core"}


def test_requirements_for_another_system_are_left_out():
    lines = ["a>=1; sys_platform == 'nowhere'", "b; python_version >= '3'", "c<2; extra == 'plot'"]
    assert [(extra, each.name) for extra, each in packages.asked_for(lines)] == [("core", "b"), ("plot", "c")]


def test_an_extra_with_a_wrong_version_is_a_fault():
    assert packages.compare("stats", Requirement("pyhf>=0.7.6"), "0.7.0").broken
    assert not packages.compare("stats", Requirement("pyhf>=0.7.6"), "0.8.0rc1").broken


def test_folders_are_measured_and_nothing_is_made(here):
    before = folders.state_of_folders()
    assert [(f.name, f.files, f.problem) for f in before] == [("cache", 0, ""), ("your data", 0, "")]
    assert not (here / "cache").exists()
    (here / "cache" / "cascade").mkdir(parents=True)
    (here / "cache" / "cascade" / "one.npz").write_bytes(b"x" * 1500)
    cache, kind, _ = folders.state_of_folders()
    assert (cache.files, cache.bytes, kind.name, kind.bytes) == (1, 1500, "cache: cascade", 1500)


def test_a_cache_that_is_a_file_is_a_fault(here, capsys):
    (here / "cache").write_text("x")
    code, out = doctor(capsys)
    assert code == 1
    assert f"Broken: cache: '{here / 'cache'}' is not a folder" in out


def test_a_broken_plug_in_is_a_fault(here, capsys, monkeypatch):
    bad = examination.PlugIn(kind="mediators", name="mine", package="mine 1.0", place="mine:M", problem="no width")
    monkeypatch.setattr(examination, "found", lambda: (bad,))
    code, out = doctor(capsys)
    assert code == 1
    assert "Broken: plug-in 'mine' of mine 1.0: no width" in out


def test_bindings_that_do_not_import_are_a_fault(monkeypatch, tmp_path):
    monkeypatch.setenv("EVANESCE_CACHE_DIR", str(tmp_path))
    monkeypatch.setattr(geant4, "_BINDINGS", "nothing_like_geant4")
    monkeypatch.setattr(geant4, "find_spec", lambda name: object())
    found = geant4.state_of_geant4()
    assert (found.installed, found.imports) == (True, False)
    assert found.problem == ("import nothing_like_geant4: ModuleNotFoundError: No module named 'nothing_like_geant4'")
    assert list(tmp_path.iterdir()) == []


def test_without_bindings_the_extra_is_named(monkeypatch, tmp_path):
    monkeypatch.setenv("EVANESCE_CACHE_DIR", str(tmp_path))
    monkeypatch.setattr(geant4, "find_spec", lambda name: None)
    found = geant4.state_of_geant4()
    assert (found.imports, found.problem, found.data) == (False, "", "none yet")
    assert "evanesce[geant4]" in found.advice


def test_the_whole_report_is_a_frozen_result(here):
    report = installation.examine()
    assert report.geant4 is FINE
    assert report.missing_extras == {}
