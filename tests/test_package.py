"""Behaviour of the package: light import, correct exports, no stray imports, one-line errors."""

import importlib
import pkgutil
import subprocess
import sys
from pathlib import Path

import pytest

import evanesce
from evanesce import errors

HEAVY = {
    "matplotlib",
    "mplhep",
    "xarray",
    "numba",
    "pandas",
    "scipy",
    "numpy",
    "pydantic",
    "yaml",
    "typer",
    "rich",
    "pyhepmc",
    "pylhe",
    "pyarrow",
    "awkward",
    "geant4_pybind",
}


def run(code: str) -> str:
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout


def test_import_is_light():
    loaded = run("import sys, evanesce; print(*{m.split('.')[0] for m in sys.modules})").split()
    assert not HEAVY & set(loaded)


def test_a_limit_needs_no_extra_and_nothing_heavy():
    code = (
        "import sys, evanesce as ev\n"
        "ev.limit_curve(ev.experiment('belle2'), ev.DarkPhoton(), 0.0667)\n"
        "print(*{m.split('.')[0] for m in sys.modules})"
    )
    assert not (HEAVY - {"numpy", "scipy", "pydantic", "yaml"}) & set(run(code).split())


def test_every_export_exists_and_dir_shows_it():
    for name in evanesce.__all__:
        assert getattr(evanesce, name) is not None
        assert name in dir(evanesce)
    with pytest.raises(AttributeError, match="nothing"):
        _ = evanesce.nothing


def modules():
    names = [m.name for m in pkgutil.walk_packages(evanesce.__path__, "evanesce.")]
    return [name for name in names if not name.endswith("__main__")]


@pytest.mark.parametrize("name", modules())
def test_all_is_true_and_every_module_says_what_it_is(name):
    module = importlib.import_module(name)
    assert module.__doc__, f"{name} has no docstring"
    for export in getattr(module, "__all__", []):
        assert hasattr(module, export), f"{name}.__all__ names {export}, which is not there"


def test_every_error_is_one_of_ours_and_a_builtin():
    for name in errors.__all__:
        kind = getattr(errors, name)
        if isinstance(kind, type) and kind not in (errors.EvanesceError, errors.EvanesceWarning, errors.PlugInWarning):
            assert issubclass(kind, errors.EvanesceError)
            assert any(base.__module__ == "builtins" and base is not object for base in kind.__mro__[2:])


def test_message_of_a_key_error_is_not_quoted():
    assert str(errors.UnknownNameError("unknown x")) == "unknown x"
    assert str(errors.EvanesceError()) == ""


def test_layers_hold():
    linter = Path(sys.executable).with_name("lint-imports")
    result = subprocess.run([linter], cwd=Path(__file__).parents[1], capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stdout
