"""The version is one, the archives hold what they should, and the wheel works without the checkout."""

import re
import sys
from pathlib import Path

import pytest

BUNDLES = ("all", "dev")
ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(Path(__file__).parent))
from wheel import PROBES, PROJECT, build, check, faults, installed_with  # noqa: E402


@pytest.fixture(scope="module")
def archives(tmp_path_factory):
    return build(tmp_path_factory.mktemp("dist") / "archives")


def test_the_version_is_the_same_everywhere():
    version = PROJECT["version"]
    assert f"\nversion: {version}\n" in (ROOT / "CITATION.cff").read_text(encoding="utf-8")
    assert re.search(r"^## (\S+)", (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), re.MULTILINE)[1] == version


def test_nothing_is_missing_in_the_archives_and_nothing_stray(archives):
    assert faults(*archives) == []


def test_every_extra_has_a_probe():
    assert set(PROBES) == set(PROJECT["optional-dependencies"]) - {"dev"} | {"core"}


def test_the_lowest_versions_are_the_floors_that_are_asked_for():
    lines = (ROOT / "constraints-lowest.txt").read_text(encoding="utf-8").splitlines()
    lowest = dict(line.split("==") for line in lines if line and not line.startswith("#"))
    extras = [line for name, each in PROJECT["optional-dependencies"].items() if name not in BUNDLES for line in each]
    asked = dict(line.split(">=") for line in [*PROJECT["dependencies"], *extras])
    assert lowest == asked


def test_the_interpreters_that_are_promised_are_those_of_the_classifiers():
    promised = [line.rpartition(" ")[2] for line in PROJECT["classifiers"] if ":: Python :: 3." in line]
    assert promised == ["3.11", "3.12", "3.13"]
    assert PROJECT["requires-python"] == ">=3.11"


@pytest.mark.slow
@pytest.mark.parametrize("extra", ["core", "stats"])
def test_the_wheel_works_in_a_fresh_environment(archives, tmp_path, extra):
    """Needs the Python Package Index."""
    wheel, _ = archives
    check(installed_with(wheel, extra, tmp_path), extra, tmp_path)
