"""``evanesce limit`` in files, on grids, and with the warnings of its criterion."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import numpy as np
import pytest
import xarray

from .conftest import Run

FAST = ("--physics", "published")


@pytest.mark.parametrize("suffix", [".nc", ".csv", ".json", ".pdf", ".png"])
def test_each_format_holds_the_numbers(run: Run, tmp_path: Path, suffix: str) -> None:
    file = tmp_path / f"limits{suffix}"
    data = run("limit", "belle2", "--mass", "0.05,0.0667,7", *FAST, "--output", str(file), "--json").data
    assert data["outcome"] == ["limit", "limit", "too_heavy"]
    if suffix == ".nc":
        found = xarray.load_dataset(file)
        assert found["epsilon"].values.tolist() == [*data["epsilon"][:2], np.inf]
        assert found["y"].values.tolist() == [*data["y"][:2], np.inf]
    elif suffix == ".csv":
        lines = [line for line in file.read_text().splitlines() if not line.startswith("#")]
        rows = list(csv.DictReader(lines))
        assert [float(row["epsilon"]) for row in rows] == [*data["epsilon"][:2], np.inf]
        # y = epsilon^2 alpha_D / (m/m_chi)^4 with the benchmark's alpha_D = 1e-3 and m/m_chi = 3.
        assert float(rows[0]["y"]) == pytest.approx(data["epsilon"][0] ** 2 * 1e-3 / 81, rel=1e-13)
        assert [row["outcome"] for row in rows] == data["outcome"]
        assert rows[1]["mass_GeV"] == "0.0667"
    elif suffix == ".json":
        assert json.loads(file.read_text()) == data
    else:
        assert file.read_bytes().startswith({".pdf": b"%PDF", ".png": b"\x89PNG"}[suffix])
    assert list(tmp_path.iterdir()) == [file]


def test_a_curve_written_is_a_curve_read(run: Run, tmp_path: Path) -> None:
    """The CSV is one that constraints are read from: its header says mass in GeV and epsilon."""
    file = tmp_path / "limits.csv"
    data = run(
        "limit", "belle2", "--mass", "0.05:0.08:4", "--alpha-d", "1e-3", *FAST, "--output", str(file), "--json"
    ).data
    rows = list(csv.DictReader(line for line in file.read_text().splitlines() if not line.startswith("#")))
    assert [float(row["mass_GeV"]) for row in rows] == data["mass_gev"]
    assert [float(row["events_at_epsilon_1_annihilation"]) for row in rows] == data["yield_per_epsilon2"][
        "annihilation"
    ]


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("limits.txt", "unknown format of limits '.txt': known are .csv, .json, .nc, .pdf, .png"),
        ("missing/limits.csv", "there is no folder"),
        (".", "unknown format of limits"),
        (".nc", "has no name before the suffix; give one, as limits.nc"),
    ],
)
def test_a_file_that_cannot_be_written_is_told_before_the_work(
    run: Run, tmp_path: Path, name: str, message: str
) -> None:
    outcome = run("limit", "belle2", "--mass", "0.05", "--output", str(tmp_path / name))
    assert outcome.code == 2
    assert outcome.err.count("\n") == 1
    assert message in outcome.err


def test_several_couplings_are_an_axis(run: Run) -> None:
    argv = ("limit", "belle2", "--mass", "0.05,0.0667", *FAST)
    data = run(*argv, "--alpha-d", "1e-3,1e-1", "--json").data
    assert (data["alpha_d"], data["mass_gev"]) == ([1e-3, 0.1], [0.05, 0.0667])
    assert np.shape(data["epsilon"]) == np.shape(data["y"]) == np.shape(data["reason"]) == (2, 2)
    single = run(*argv, "--alpha-d", "0.1", "--json").data
    assert data["epsilon"][1] == pytest.approx(single["epsilon"], rel=1e-12, abs=0)
    assert single["y"] == pytest.approx([e**2 * 0.1 / 81 for e in single["epsilon"]], rel=1e-12, abs=0)
    lines = run(*argv, "--alpha-d", "1e-3,1e-1").out.splitlines()
    assert lines[3].split()[:3] == ["alpha_D", "mass", "[GeV]"]
    assert "alpha_D = " in lines[-1]


def test_a_criterion_outside_its_range_warns(run: Run) -> None:
    """0.16 events at 90 % CL must not be excluded without a warning."""
    argv = ("limit", "belle2", "--mass", "0.0667", *FAST, "--background", "0.01")
    outcome = run(*argv)
    assert outcome.code == 0
    assert "criterion 'sqrt2.71' is meant for a background of 10 or more events, not 0.01" in outcome.err
    assert any("not one at 90% CL" in note for note in run(*argv, "--json").data["notes"])


def test_without_theory(run: Run) -> None:
    assert run("limit", "belle2", "--mass", "0.0667", "--no-theory", "--json").data["theory_uncertainty"] == {}


def test_the_budget_by_name(run: Run) -> None:
    data = run("limit", "belle2", "--mass", "0.0667", *FAST, "--background", "budget", "--json").data
    assert data["background"] == pytest.approx(94.87, rel=1e-3)


def test_several_experiments_need_a_criterion_that_combines(run: Run) -> None:
    outcome = run("limit", "belle2", "na64-2019", "--mass", "0.05", *FAST)
    assert outcome.code == 2
    assert "criterion 'sqrt2.71': counts events in one bin" in outcome.err
