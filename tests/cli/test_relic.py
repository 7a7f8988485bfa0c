"""``evanesce relic``, and dark matter of other commands."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import numpy as np
import pytest

import evanesce as ev

from .conftest import Run

FAST = ("--physics", "published", "--no-theory")


def test_the_numbers_are_those_of_python(run: Run) -> None:
    data = run("relic", "--dark-matter", "majorana", "--mass", "0.03,0.3", "--alpha-d", "0.5", "--json").data
    line = ev.relic_line(ev.DarkPhoton(alpha_d=0.5, dark_matter="majorana"), [0.03, 0.3])
    assert (data["dark_matter"], data["alpha_d"], data["mass_ratio"]) == ("majorana", 0.5, 3.0)
    assert data["mass_gev"] == [0.03, 0.3]
    assert data["dark_matter_mass_gev"] == pytest.approx([0.01, 0.1])
    assert data["epsilon"] == line.epsilon.tolist()
    assert data["y"] == line.y.tolist()
    assert data["epsilon_error"] == line.epsilon_error.tolist()


def test_the_table_is_readable(run: Run) -> None:
    outcome = run("relic", "--mass", "0.03,0.3", "--width", "running")
    assert outcome.code == 0
    lines = outcome.out.splitlines()
    assert lines[0] == "thermal target, dirac, alpha_D = 0.001, mass ratio = 3, running width"
    assert lines[2].split()[:2] == ["mass", "[GeV]"]
    assert len(lines) == 5


def test_no_coupling_is_null_and_an_empty_field(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "line.csv"
    outcome = run("relic", "--mass", "0.03,3", "--alpha-d", "1e-9", "--output", str(file), "--json")
    data = outcome.data
    assert data["epsilon"][1] is None
    assert data["y"][1] is None
    assert "no coupling below 1" in data["notes"][0]
    rows = list(csv.DictReader(line for line in file.read_text().splitlines() if not line.startswith("#")))
    assert [row["epsilon"] for row in rows] == [repr(data["epsilon"][0]), ""]


@pytest.mark.parametrize("suffix", [".json", ".csv", ".pdf", ".png"])
def test_each_format(run: Run, tmp_path: Path, suffix: str) -> None:
    file = tmp_path / f"line{suffix}"
    data = run("relic", "--mass", "0.03:0.3:3", "--alpha-d", "0.5", "--output", str(file), "--json").data
    if suffix == ".json":
        assert json.loads(file.read_text()) == data
    elif suffix == ".csv":
        rows = list(csv.DictReader(line for line in file.read_text().splitlines() if not line.startswith("#")))
        assert [float(row["y"]) for row in rows] == data["y"]
    else:
        assert file.read_bytes().startswith({".pdf": b"%PDF", ".png": b"\x89PNG"}[suffix])
    assert list(tmp_path.iterdir()) == [file]


@pytest.mark.parametrize(
    ("argv", "message"),
    [
        (
            ("relic", "--dark-matter", "diracs"),
            "unknown dark matter 'diracs': known are complex-scalar, dirac, majorana",
        ),
        (("relic", "--mass-ratio", "2"), "mass_ratio = 2: must be greater than 2"),
        (("relic", "--mass", "100"), "must lie between 0.0003 and 30 GeV"),
        (("relic", "--alpha-d", "0.1,0.5"), "--alpha-d"),
        (("relic", "--width", "none"), "--width = 'none': must be one of fixed, running"),
        (("relic", "--output", "line.nc"), "unknown format of thermal lines '.nc': known are .csv, .json, .pdf, .png"),
        (("limit", "belle2", "--thermal"), "--thermal: needs a figure, give --output with .pdf or .png"),
        (
            ("limit", "belle2", "--mediator", "scalar", "--dark-matter", "dirac"),
            "--dark-matter: does not apply to scalar; leave it out, or use dark-photon",
        ),
    ],
)
def test_bad_use(run: Run, argv: tuple[str, ...], message: str) -> None:
    outcome = run(*argv)
    assert (outcome.code, outcome.out) == (2, "")
    assert outcome.err.count("\n") == 1
    assert message in outcome.err


def test_a_limit_for_another_dark_matter(run: Run) -> None:
    """The yield near the resonance is that of a narrower mediator; of bremsstrahlung the same."""
    at = ("limit", "belle2", "--mass", "0.0667", "--alpha-d", "0.1", *FAST, "--json")
    dirac, same, scalar = (
        run(*at, *more).data for more in ((), ("--dark-matter", "dirac"), ("--dark-matter", "complex-scalar"))
    )
    assert dirac == same
    assert (dirac["dark_matter"], scalar["dark_matter"]) == ("dirac", "complex-scalar")
    ratio = np.array(scalar["yield_per_epsilon2"]["annihilation"]) / dirac["yield_per_epsilon2"]["annihilation"]
    assert 1.5 < float(ratio[0]) < 4.0
    assert scalar["yield_per_epsilon2"]["bremsstrahlung"] == dirac["yield_per_epsilon2"]["bremsstrahlung"]
    direct = ev.limit("belle2", ev.DarkPhoton(alpha_d=0.1, dark_matter="complex-scalar"), 0.0667, physics="published")
    assert float(direct["epsilon"]) == scalar["epsilon"][0]


def test_a_figure_with_the_thermal_line(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """And with the published one, at the parameters for which there is one."""
    import evanesce.figures

    seen: list[tuple[str, ...]] = []
    draw = evanesce.figures.draw_limits

    def watched(ax, limits, **more):
        seen.append(tuple(line.label for line in limits.thermal))
        return draw(ax, limits, **more)

    monkeypatch.setattr(evanesce.figures, "draw_limits", watched)
    for alpha_d, labels in (
        ("0.5", (r"published, $\pm$10% in $y$", "thermal, complex scalar")),
        ("0.1", ("thermal, complex scalar",)),
    ):
        file = tmp_path / "limits.png"
        at = ("limit", "belle2", "--mass", "0.03,0.0667,60", "--alpha-d", alpha_d, *FAST)
        assert run(*at, "--dark-matter", "complex-scalar", "--thermal", "--output", str(file)).code == 0
        assert seen[-1] == labels
        assert file.read_bytes().startswith(b"\x89PNG")
