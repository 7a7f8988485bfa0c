"""The core computes every card without extras, and all licences of its dependencies are known and permissive."""

import importlib.metadata as metadata
import json
import math
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from core_alone import PROJECT, named, needed, normal

import evanesce as ev
from evanesce.experiments import experiment_names

HERE = Path(__file__).parent
LICENCES = (HERE.parent / "docs" / "licences.md").read_text(encoding="utf-8")
EXTRAS = {name: lines for name, lines in PROJECT["optional-dependencies"].items() if name not in ("all", "dev")}
FAMILIES = {
    "BSD License": "BSD",
    "MIT License": "MIT",
    "Python Software Foundation License": "PSF",
    "ISC License (ISCL)": "ISC",
    "Apache Software License": "Apache",
}


def told(name: str) -> str:
    """The licence in the metadata of a distribution: an expression, a classifier, or free text."""
    about = metadata.metadata(name)
    expression = about.get("License-Expression")
    if expression:
        return expression
    trove = [line.rpartition("::")[2].strip() for line in about.get_all("Classifier", []) if line.startswith("License")]
    return trove[-1] if trove else (about.get("License") or "").strip().partition("\n")[0]


def section(title: str) -> dict[str, list[str]]:
    """Rows of a table of the page, by package."""
    text = LICENCES.partition(f"## {title}\n")[2].partition("\n## ")[0]
    rows = [
        [cell.strip() for cell in line.strip("| ").split("|")] for line in text.splitlines() if line.startswith("|")
    ]
    return {row[0]: row[1:] for row in rows[2:]}


def requirements(lines: list[str]) -> set[str]:
    return {named(line) for line in lines} - {"evanesce"}


@pytest.mark.parametrize(
    ("title", "column", "lines"),
    [
        ("Core", 0, PROJECT["dependencies"]),
        ("Extras", 1, [line for lines in EXTRAS.values() for line in lines]),
        ("Development", 0, PROJECT["optional-dependencies"]["dev"]),
    ],
)
def test_every_direct_dependency_is_listed_with_its_licence(title, column, lines):
    table = section(title)
    assert {normal(name) for name in table} == requirements(lines)
    for name, cells in table.items():
        said = told(name)
        family = FAMILIES.get(said, said.partition(" AND ")[0].partition(" ")[0])
        assert family in cells[column], f"{name} says {said}"
        if title == "Extras":
            assert all(normal(name) in requirements(EXTRAS[extra]) for extra in cells[0].split(", "))


def test_all_is_every_extra():
    everything = PROJECT["optional-dependencies"]["all"][0]
    assert set(re.search(r"\[(.*)\]", everything).group(1).split(",")) == set(EXTRAS)


def test_nothing_in_the_core_is_copyleft():
    """Its dependencies and theirs, wherever they are installed: none is GPL, LGPL, AGPL or MPL."""
    installed = {normal(each.metadata["Name"]) for each in metadata.distributions()}
    core = needed(PROJECT["dependencies"]) & installed
    assert {"numpy", "scipy", "xraylib", "pandas", "pydantic-core"} <= core
    for name in core:
        said = told(name)
        assert said, f"{name} does not say its licence"
        assert not re.search(r"GPL|General Public|MPL|Mozilla", said), f"{name} is {said}"
    assert not {"vegas", "gvar"} & core


def program(name: str, *words: str, cache: Path) -> dict:
    """What a helper prints, run with an empty cache, so that nothing is read that an extra made."""
    environment = os.environ | {"EVANESCE_CACHE_DIR": str(cache)}
    call = [sys.executable, HERE / "helpers" / name, *words]
    done = subprocess.run(call, capture_output=True, text=True, env=environment)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.mark.parametrize(
    "cards",
    [
        ("belle2", "na64-2019-published"),
        pytest.param((), id="every card", marks=pytest.mark.slow),  # and `reference`
    ],
)
def test_the_core_alone_computes_cards(tmp_path, cards):
    report = program("core_alone.py", *cards, cache=tmp_path)
    assert {"numba", "matplotlib", "pyhepmc", "pylhe", "pytest"} <= set(report["hidden"])
    assert len(report["epsilon"]) == (len(cards) or len(experiment_names()) + 1)
    for name, epsilon in report["epsilon"].items():
        assert math.isfinite(epsilon), name
        assert 1e-6 < epsilon < 1e-2, name
    assert "pip install 'evanesce[montecarlo]'" in report["advice"]


SLICE = ("numpy", "scipy", "lazy-loader", "PyYAML", *sorted(needed(["pydantic"])))
"""What `published` and `converged` need: two libraries of arrays, and readers of cards that browsers have, too."""


def test_published_and_converged_need_no_other_compiled_library(tmp_path):
    """The slice for a page without a server: the same digits without xraylib, numba, xarray, typer and rich."""
    report = program("slice_alone.py", *SLICE, cache=tmp_path)
    assert not {"xraylib", "numba", "xarray", "pandas", "typer", "rich", "matplotlib"} & set(report["asked"])
    for name, epsilon in report["epsilon"].items():
        card, preset = name.split()
        here = ev.limit_curve(ev.experiment(card), ev.DarkPhoton(), [0.0667], physics=preset)
        assert epsilon == here.epsilon[0], name
