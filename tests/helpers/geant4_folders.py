"""No official data sets of Geant4, and a cache that all tests of a folder share."""

import pytest

_VARIABLES = ("GEANT4_DATA_DIR", "G4LEDATA", "G4ENSDFSTATEDATA", "G4LEVELGAMMADATA", "G4PARTICLEXSDATA")


@pytest.fixture(autouse=True)
def nothing_installed(monkeypatch, tmp_path_factory):
    """No official data, even if this machine has them, and a cache that all tests here share."""
    base = tmp_path_factory.getbasetemp()
    for name in _VARIABLES:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(base))
    monkeypatch.setenv("EVANESCE_CACHE_DIR", str(base / "geant4-cache"))
    return base / "geant4-cache"
