"""``evanesce background --scan``, its files, and ``limit --background-error``."""

import csv
import json
from pathlib import Path

import pytest

from .conftest import Run

SCAN = ("background", "belle2", "--scan", "missing_fraction=0.95:0.99:3")


def test_json_follows_the_contract(run: Run) -> None:
    data = run(*SCAN, "--json").data
    assert data["values"][0] == 0.95
    assert data["values"][-1] == 0.99
    assert [len(data[name]) for name in ("values", "total", "total_error")] == [3, 3, 3]
    assert [part["name"] for part in data["components"]][:2] == ["photons", "neutrons"]
    for i in range(3):
        assert sum(part["expected"][i] for part in data["components"]) == pytest.approx(data["total"][i], rel=1e-14)
    photons = data["components"][0]["expected"]
    assert photons[0] > photons[1] > photons[2] > 0


def test_a_table_for_people(run: Run) -> None:
    outcome = run(*SCAN)
    assert outcome.code == 0
    lines = outcome.out.splitlines()
    assert lines[0] == "belle2: expected background events along selection.missing_fraction"
    assert lines[2].split()[:3] == ["missing_fraction", "photons", "neutrons"]
    assert lines[3].split()[0] == "0.95"
    assert "94.87" in lines[3]


@pytest.mark.parametrize("suffix", [".csv", ".json", ".pdf"])
def test_each_format_holds_the_numbers(run: Run, tmp_path: Path, suffix: str) -> None:
    file = tmp_path / f"scan{suffix}"
    data = run(*SCAN, "--output", str(file), "--json").data
    if suffix == ".csv":
        comment, *lines = file.read_text().splitlines()
        assert json.loads(comment.removeprefix("# "))["fields"] == ["selection.missing_fraction"]
        rows = list(csv.DictReader(lines))
        assert [float(row["total"]) for row in rows] == data["total"]
        assert [float(row["neutrons error"]) for row in rows] == data["components"][1]["error"]
    elif suffix == ".json":
        assert json.loads(file.read_text()) == data
    else:
        assert file.read_bytes().startswith(b"%PDF")
    assert list(tmp_path.iterdir()) == [file]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("--scan", "missing_fraction"), "--scan 'missing_fraction': must be FIELD=LO:HI:N"),
        (("--scan", "missing_fraction=much"), "--scan = 'much': must be a number"),
        (("--scan", "missing_fraction=0:0.9:3"), "--scan '0:0.9:3': must be lo:hi:n"),
        (("--scan", "missing_fraction=0.9"), "selection.missing_fraction = 0.9: background 'neutrons'"),
        (("--scan", "depth=1", "--card", "backgrounds=[]"), "has no background components"),
        (("--output", "scan.csv"), "--output 'scan.csv': is the file of a scan; give --scan too"),
        (("--scan", "missing_fraction=0.96", "--output", "scan.nc"), "unknown format of a scan '.nc'"),
    ],
)
def test_bad_use_is_one_line(run: Run, options: tuple[str, ...], message: str) -> None:
    outcome = run("background", "belle2", *options)
    assert (outcome.code, outcome.out) == (2, "")
    assert message in outcome.err
    assert len(outcome.err.splitlines()) == 1


def test_a_scan_without_effect_warns(run: Run) -> None:
    outcome = run("background", "belle2", "--scan", "backgrounds.neutrons.veto_depth=2:5:3")
    assert outcome.code == 0
    assert "warning: backgrounds.neutrons.veto_depth: no component depends on it" in outcome.err


def test_an_error_belongs_to_a_number(run: Run) -> None:
    outcome = run("limit", "belle2", "--mass", "0.06", "--physics", "published", "--background-error", "5")
    assert outcome.code == 2
    assert "background_error = 5.0: is the uncertainty of a number of events" in outcome.err


def test_an_error_that_the_criterion_ignores_is_told(run: Run) -> None:
    options = ("--mass", "0.06", "--physics", "published", "--background", "94", "--background-error", "5")
    data = run("limit", "belle2", *options, "--json").data
    assert data["signal_limit"] == pytest.approx((2.71 * 94) ** 0.5)
    assert data["notes"] == ["criterion 'sqrt2.71' does not use background_error; a likelihood criterion does"]
