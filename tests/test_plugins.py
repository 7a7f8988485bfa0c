"""Plug-ins: the example package built, installed and used, next to packages that cannot be."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from evanesce.limits import limit_curve
from evanesce.mediators import DarkPhoton

EXAMPLE = Path(__file__).parents[1] / "docs" / "examples" / "plug-in"
BROKEN = {
    "mediators": {
        "unimportable": "broken.raises:Mediator",
        "scalar": "broken.others:Impostor",
        "half": "broken.others:Half",
        "function": "broken.others:function",
    },
    "criteria": {"left": "broken.raises:Criterion"},
    "cards": {"cards": "broken.cards"},
}
OTHERS = """
import dataclasses
from evanesce.mediators import Scalar
class Impostor(Scalar): pass
@dataclasses.dataclass
class Half:
    alpha_d: float
    mass_ratio: float
    def width(self, mass): ...
def function(): ...
"""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the example installed from its wheel, built without a network."""
    folder = tmp_path_factory.mktemp("site")
    pip = [sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check"]
    offline = ["--no-index", "--no-deps"]
    source = shutil.copytree(EXAMPLE, folder / "source")  # a build may write next to its source
    subprocess.run([*pip, "wheel", *offline, "--no-build-isolation", "-w", folder, source], check=True, timeout=100)
    (wheel,) = folder.glob("*.whl")
    subprocess.run([*pip, "install", *offline, "--target", folder / "site", wheel], check=True, timeout=100)
    return folder / "site"


@pytest.fixture(scope="module")
def broken(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with an installed package whose plug-ins cannot be used."""
    folder = tmp_path_factory.mktemp("broken")
    package, about = folder / "broken", folder / "broken-0.1.dist-info"
    (package / "cards").mkdir(parents=True)
    about.mkdir()
    (package / "__init__.py").touch()
    (package / "raises.py").write_text("import a_package_that_is_not_there\n")
    (package / "others.py").write_text(OTHERS)
    (package / "cards" / "__init__.py").touch()
    (package / "cards" / "belle2.yaml").write_text("name: belle2\n")
    (package / "cards" / "unreadable.yaml").write_text("name: [\n")
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: broken\nVersion: 0.1\n")
    lines = [
        line
        for kind, entries in BROKEN.items()
        for line in (f"[evanesce.{kind}]", *(f"{name} = {place}" for name, place in entries.items()))
    ]
    (about / "entry_points.txt").write_text("\n".join(lines) + "\n")
    return folder


def in_new_process(paths: list[Path], *argv: str) -> tuple[str, list[str]]:
    """Standard output of a program of Python that succeeds, and the lines of its standard error."""
    search = os.pathsep.join([*map(str, paths), os.environ.get("PYTHONPATH", "")])
    done = subprocess.run(
        [sys.executable, *argv], env={**os.environ, "PYTHONPATH": search}, capture_output=True, text=True, timeout=100
    )
    assert done.returncode == 0, done.stderr
    return done.stdout, done.stderr.splitlines()


def test_example_in_a_limit_next_to_broken_plug_ins(site: Path, broken: Path) -> None:
    """Three flavours are one with three times the coupling, and with a known background a flat prior gives CLs."""
    asked = "limit example-beam --mass 0.08,0.15 --observed 3 --physics published --no-theory --json"
    chosen = "--mediator three-flavours --criterion bayes-flat"
    text, complaints = in_new_process([broken, site], "-m", "evanesce", *asked.split(), *chosen.split())
    found = json.loads(text)
    assert (found["mediator"], found["criterion"]) == ("three-flavours", "bayes-flat")
    assert found["plug_ins"] == ["evanesce-example 1.0"]
    card = EXAMPLE / "src" / "evanesce_example" / "cards" / "example-beam.yaml"
    expected = limit_curve(
        card, DarkPhoton(alpha_d=3e-3), [0.08, 0.15], observed=[3], criterion="cls", physics="published", theory=False
    )
    # both numbers of events come from root finding or an inverse to 1e-10, the yields from the same code
    assert found["epsilon"] == pytest.approx(expected.epsilon, rel=1e-8)
    assert found["signal_limit"] == pytest.approx(expected.signal_limit, rel=1e-8)
    assert all(line.startswith("evanesce: warning: plug-in '") for line in complaints)
    said = "\n".join(complaints)
    assert len(complaints) == 6  # each once
    for name, why in {
        "unimportable": "ModuleNotFoundError: No module named 'a_package_that_is_not_there'",
        "left": "ModuleNotFoundError: No module named 'a_package_that_is_not_there'",
        "scalar": "mediator 'scalar' is registered already; choose another name",
        "half": "the class Half has no annihilation_numerator, electron_width, splitting",
        "function": "it must be a class, not function",
        "cards": "experiment 'belle2' exists already; give the card another name",
    }.items():
        kind = next(kind for kind, entries in BROKEN.items() if name in entries)
        assert f"plug-in '{name}' of broken 0.1 ({kind}) is left out: {why}" in said


def test_lists_and_what_needs_no_plug_in(site: Path, broken: Path) -> None:
    """One process: what does not need a plug-in imports none, then the lists name each that can or cannot be used."""
    code = """if True:
        import sys, evanesce as ev
        from evanesce.cli import main
        ev.mediator("scalar"), ev.experiment("belle2").criterion
        print(sorted({"evanesce_example", "broken"} & set(sys.modules)))
        assert main(["plugins", "--json"]) == main(["experiments", "list", "--json"]) == 0
    """
    text, complaints = in_new_process([broken, site], "-c", code)
    imported, plug_ins, experiments = text.splitlines()
    assert imported == "[]"
    usable = {(each["kind"], each["name"]) for each in json.loads(plug_ins) if each["problem"] is None}
    assert usable == {("mediators", "three-flavours"), ("criteria", "bayes-flat"), ("cards", "evanesce-example")}
    failed = {(each["kind"], each["name"]) for each in json.loads(plug_ins) if each["problem"] is not None}
    assert failed == {(kind, name) for kind, entries in BROKEN.items() for name in entries}
    assert {"belle2", "example-beam"} <= {each["name"] for each in json.loads(experiments)}
    (complaint,) = complaints  # the others are in the table
    assert complaint.startswith("evanesce: warning: experiment 'unreadable' is left out: card 'unreadable.yaml'")
