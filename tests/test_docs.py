"""Generated pages are up to date, and their examples work."""

import importlib.util
import inspect
import re
import shlex
import shutil
from pathlib import Path

import numpy as np
import pytest
import yaml

import evanesce as ev
from evanesce.backgrounds import BACKGROUNDS
from evanesce.cli import main
from evanesce.constants import ALPHA
from evanesce.experiments import card_source, card_text
from evanesce.formats import EventBatch, Role, RunInfo, writer
from evanesce.sources import SOURCES

DOCS = Path(__file__).parents[1] / "docs"
PAGES = sorted({DOCS.parent / "README.md", *DOCS.glob("*.md"), *DOCS.glob("howto/*.md")})


def blocks(page, *languages):
    """Blocks of a page in one of the languages."""
    found = re.findall(r"^ *```([^\n]*)\n(.*?)^ *```", page.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
    return [text for language, text in found if language in languages]


def commands(page):
    """Command lines of evanesce on a page, in its blocks and in its text."""
    text = page.read_text(encoding="utf-8")
    shell = "\n".join(blocks(page, "sh", "bash", "")).replace("\\\n", " ").splitlines()
    lines = [line for line in shell if line.lstrip().startswith("evanesce ")]
    named = (" ".join(each.split()) for each in re.findall(r"`(evanesce [^`]+)`", text))
    return [*lines, *(each for each in named if not each.split()[-1].startswith("--"))]  # as "limit --output"


def program(name):
    """A program of the documentation, as a module."""
    spec = importlib.util.spec_from_file_location(name, DOCS / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def cards():
    return program("cards")


@pytest.fixture(scope="module")
def page(cards):
    return cards.make()


def test_the_card_reference_is_current(page):
    written = (DOCS / "cards.md").read_text(encoding="utf-8")
    assert written == page, "run: python docs/make.py cards"


def test_steps_of_the_detector_are_those_of_the_reproduction():
    """The table on the page of physics is written by hand, that of the numbers is computed."""
    steps = {
        "electron in the barrel": "electron in the barrel",
        "0.14 X0 of dead material, 16.1 X0 of CsI": "and 0.14 X0 of dead material",
        "2 cm of quartz, dead": "and 2 cm of quartz as dead material",
        "the quartz as a target": "and the quartz as a target",
    }
    physics = [line.strip("| ").split(" | ") for line in (DOCS / "physics.md").read_text(encoding="utf-8").splitlines()]
    numbers = [line.split(" | ") for line in (DOCS / "numbers.md").read_text(encoding="utf-8").splitlines()]
    masses = next(row for row in physics if row[0] == "step")
    assert masses[-1] == "80 MeV"
    for row in (row for row in physics if row[0] in steps):
        for mass in ("60", "66.7", "75"):
            name = f"limit on ε at {mass} MeV over that of belle2: {steps[row[0]]}"
            computed = next(line for line in numbers if name in line)
            assert computed[0] == "| detector"
            assert float(row[masses.index(mass)]) == pytest.approx(float(computed[7]), abs=0.006), (row[0], mass)


def test_every_field_of_every_kind_has_a_meaning(page):
    for registry in (SOURCES, BACKGROUNDS):
        for name in registry.names():
            assert f"of kind `{name}`" in page
    rows = [line.split(" | ") for line in page.splitlines() if line.startswith("| `")]
    assert len(rows) > 70
    for row in rows:
        assert len(row) in (4, 5)
        assert len(row[-1].strip(" |")) > 3, row


@pytest.mark.parametrize(
    "row",
    [
        "| `luminosity` | number | ab⁻¹ | 50 | Integrated luminosity in ab⁻¹ |",
        "| `thickness` | number | X0 |  | Thickness in X0 |",
        "| `radiation_length` | number or null | cm | null | X0 in cm; computed from Tsai's formula if not given |",
        "| `incident` | `e+` or `e-` | – | e- | Charge of the beam |",
    ],
)
def test_rows_have_type_unit_and_default(page, row):
    assert row in page.splitlines()


def test_a_unit_is_not_that_of_another_number(page):
    row = next(line for line in page.splitlines() if line.startswith("| `fast_neutron`"))
    assert row.split(" | ")[2] == "–"  # an event count, "3 GeV in the paper"


@pytest.fixture(scope="module")
def examples(tmp_path_factory):
    """The examples with positrons of 4 to 6 GeV beside them, where one of them looks for its events."""
    folder = tmp_path_factory.mktemp("examples")
    shutil.copytree(DOCS / "examples", folder, dirs_exist_ok=True)
    energy, zero = np.linspace(4.0, 6.0, 4000), np.zeros(4000)
    roles = (
        Role(name="electron_in", pdg_id=11, status=-1),
        Role(name="positron_in", pdg_id=-11, status=-1),
        Role(name="positron", pdg_id=-11, status=1, mothers=(0, 1)),
    )
    beams = [np.stack([zero, zero, zero + pz, zero + abs(pz)], axis=1) for pz in (7.0, -4.0)]
    momentum = np.stack([*beams, np.stack([energy, zero, zero, energy], axis=1)], axis=1)
    batch = EventBatch(
        process="positrons",
        roles=roles,
        momentum=momentum,
        mass=np.zeros((4000, 3)),
        weight=np.full(4000, 100.0),
        position=np.zeros((4000, 1, 4)),
    )
    with writer(folder / "tracks.lhe.gz", RunInfo(cross_section=100.0)) as file:
        file.write(batch)
    return folder


@pytest.mark.parametrize(("name", "mass"), [("collider", 0.0667), ("beam", 0.13), ("lhe", 0.06), ("compound", 0.05)])
def test_an_example_is_whole_and_has_a_limit(examples, page, name, mass):
    path = examples / f"{name}.yaml"
    assert path.read_text(encoding="utf-8") in page
    found = ev.experiment(path)
    assert found.name.startswith("my-")
    curve = ev.limit_curve(found, ev.DarkPhoton(), np.array([mass]), physics="converged")
    assert 1e-8 < curve.epsilon[0] < 1.0


def test_a_card_is_shown_as_it_was_written(examples):
    path = examples / "compound.yaml"
    assert card_source(path) == path.read_text(encoding="utf-8")
    assert "ab⁻¹" in card_source("belle2")


@pytest.mark.parametrize("name", ["belle2", "belle2-radiative", "na64-2019", "na64-2019-published", "compound", "beam"])
@pytest.mark.parametrize("unicode", [True, False])
def test_a_changed_card_keeps_its_units_and_is_a_card(examples, tmp_path, name, unicode):
    built_in = name in ev.experiment_names()
    found = ev.experiment(name if built_in else examples / f"{name}.yaml", {"title": "α: 'x' # no comment\nnext"})
    text = card_text(found, unicode=unicode)
    assert text.isascii() or unicode
    assert "GeV" in text
    assert "# Thickness in X0" in text
    path = tmp_path / "again.yaml"
    path.write_text(text, encoding="utf-8")
    assert ev.experiment(path) == found
    assert yaml.safe_load(text).keys() == found.as_dict().keys()


def test_long_notes_stand_above_their_fields():
    lines = card_text(ev.experiment("belle2")).splitlines()
    long = [line for line in lines if len(line) > 120]
    assert all("#" not in line for line in long)
    assert "    # quoted takes penetration as given; computed is Eq. (3.3) with the two depths below" in lines


@pytest.fixture(scope="module")
def site_pages():
    return program("site_pages")


def test_the_figure_of_the_imports_is_made_from_the_source(site_pages):
    """Every dot lies on one side of the diagonal, and there is one for an import that we know."""
    order = [name for row in site_pages.contract() for name in row]
    found = site_pages.imports()
    assert "mediators" in found["limits"]
    assert set(found) == set(order)
    for name, used in found.items():
        assert all(order.index(name) < order.index(other) for other in used), name
    assert site_pages._matrix().count("<circle") == sum(map(len, found.values())) > 200


def test_the_reference_shows_fields_and_methods_of_every_class(site_pages):
    """A class without them is a list of names: units and meanings stand at the fields."""
    page = site_pages._api()
    classes = page.count(".. autoclass:: ")
    assert classes > 20
    assert page.count("   :members:\n") == classes + page.count(".. automodule:: ")
    assert ".. automodule:: evanesce.interchange" in page


def test_every_public_function_says_what_it_raises_and_has_an_example():
    functions = [getattr(ev, name) for name in ev.__all__ if inspect.isfunction(getattr(ev, name))]
    own = [each for each in functions if each.__module__.startswith("evanesce")]
    assert len(own) > 25
    lacking = [each.__name__ for each in own if ">>>" not in inspect.getdoc(each)]
    assert lacking == []
    takes = [
        each
        for each in own
        if inspect.signature(each).parameters and each.__name__ not in ("limit_curve", "likelihood_prediction")
    ]
    assert [each.__name__ for each in takes if "Raises\n" not in inspect.getdoc(each)] == []


@pytest.mark.parametrize("page", [page for page in PAGES if commands(page)], ids=lambda page: page.stem)
def test_commands_of_the_documentation_exist_with_these_options(page, capsys):
    """Options before ``--help`` are parsed, too: one that does not exist is an error."""
    for line in commands(page):
        words = shlex.split(line, comments=True)[1:]
        shown = words if words[0].startswith("--") else [*words, "--help"]
        assert main(shown) == 0, line
        assert capsys.readouterr().err == "", line


def test_code_of_the_readme_gives_the_numbers_next_to_it(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    first, second = blocks(DOCS.parent / "README.md", "python")
    names = {}
    exec(first, names)  # noqa: S102 - what a reader types
    found = {}
    for line in second.splitlines():
        value = eval(line, names)  # noqa: S307 - the same
        found[line.partition("#")[2].strip()] = value
    assert f"{found['94.9 events']:.1f}" == "94.9"
    assert f"{found['electrons: 3.8e-4']:.1e}" == "3.8e-04"
    assert [f"{each:.1e}" for each in found["thermal target: 3.3e-5, 3.7e-4"]] == ["3.3e-05", "3.7e-04"]
    text = (DOCS.parent / "README.md").read_text(encoding="utf-8")
    said = re.search(r"at 66\.66 MeV improves from (\S+) to (\S+) ", text)
    limits = [
        ev.limit_curve("belle2", names["photon"], 0.06666, physics=name, theory=False).epsilon.item()
        for name in ("published", "converged")
    ]
    assert [float(f"{each:.2e}") for each in limits] == [float(each) for each in said.groups()]


def test_the_mediator_of_the_how_to_page_obeys_the_optical_theorem_and_the_text():
    """A wider mediator is reached better below the peak, and not better on it."""
    page, tutorial = (
        "\n".join(blocks(DOCS / name, "{code-cell} ipython3")) for name in ("howto/mediator.md", "tutorial.md")
    )
    names = {"__name__": __name__}
    exec(page, names)  # noqa: S102 - what a reader types
    below, peak, above = (names["two"].epsilon / names["one"].epsilon).values
    assert below < 0.8
    assert peak > 1.1
    assert above == pytest.approx(1.0, abs=0.03)
    mine, mass = names["TwoCopies"](alpha_d=0.1), 0.08
    rate = 4.0 * np.pi * ALPHA * mass * mine.width(mass)
    assert mine.annihilation_numerator(mass**2, mass) == pytest.approx(rate, rel=1e-12)
    written = re.search(r"class TwoCopies.*?(?=\n\n\n)", page, re.DOTALL)[0]
    assert written.partition("def")[2] in tutorial


def test_the_scan_of_the_documentation_is_drawn(tmp_path, monkeypatch):
    pytest.importorskip("zarr")
    monkeypatch.chdir(tmp_path)
    ev.scan(
        "belle2", ev.DarkPhoton(alpha_d=[0.1, 1.0], mass_ratio=[2.2, 3.0]), [0.05, 0.06, 0.0667], output="belle2.zarr",
        axes={"source.luminosity": [1, 50]}, physics="published",
    )  # fmt: skip
    names = {}
    exec(blocks(DOCS / "scans.md", "python")[0], names)  # noqa: S102 - what a reader types
    assert names["curve"].dims == ("mass",)
