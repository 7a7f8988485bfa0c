import pytest

from evanesce.cache import cache_folder

_VARIABLES = ("GEANT4_DATA_DIR", "G4LEDATA", "G4ENSDFSTATEDATA", "G4LEVELGAMMADATA", "G4PARTICLEXSDATA")


@pytest.fixture(autouse=True)
def nothing_installed(monkeypatch, tmp_path_factory):
    """No official data, whatever this machine has, and a cache that the tests of one run share."""
    for name in _VARIABLES:
        monkeypatch.delenv(name, raising=False)
    base = tmp_path_factory.getbasetemp().parent if "popen-gw" in str(tmp_path_factory.getbasetemp()) else None
    base = base or tmp_path_factory.getbasetemp()
    monkeypatch.setenv("EVANESCE_CACHE_DIR", str(base / "geant4-cache"))
    monkeypatch.setenv("HOME", str(base))
    return cache_folder()
