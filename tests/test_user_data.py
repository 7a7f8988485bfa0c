"""Where a user's own data are."""

from pathlib import Path

import pytest

from evanesce.errors import DataFileError
from evanesce.user_data import data_folder


@pytest.mark.parametrize(
    ("own", "shared", "home", "found"),
    [
        ("/data", "/shared", "/home/me", "/data"),
        ("~/data", "/shared", "/home/me", "/home/me/data"),
        ("", "/shared", "/home/me", "/shared/evanesce"),
        ("", "relative", "/home/me", "/home/me/.local/share/evanesce"),
        ("", "", "/home/me", "/home/me/.local/share/evanesce"),
    ],
)
def test_the_folder_follows_the_variables(own, shared, home, found, monkeypatch):
    for name, value in (("EVANESCE_DATA_DIR", own), ("XDG_DATA_HOME", shared), ("HOME", home)):
        monkeypatch.setenv(name, value)
    assert data_folder() == Path(found)


def test_the_home_may_change(monkeypatch):
    monkeypatch.setenv("EVANESCE_DATA_DIR", "~/data")
    for home in ("/home/me", "/home/you"):
        monkeypatch.setenv("HOME", home)
        assert data_folder() == Path(home) / "data"


def test_without_a_home_there_must_be_a_variable(monkeypatch):
    monkeypatch.delenv("EVANESCE_DATA_DIR")
    monkeypatch.delenv("XDG_DATA_HOME", raising=False)
    monkeypatch.setattr(Path, "home", _homeless)
    with pytest.raises(DataFileError, match="set EVANESCE_DATA_DIR to a folder"):
        data_folder()


def _homeless():
    raise RuntimeError
