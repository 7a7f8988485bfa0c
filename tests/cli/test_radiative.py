"""``evanesce source radiative-bhabha`` and its event files."""

import gzip
import hashlib
from importlib.metadata import version

import numpy as np
import pytest

from evanesce.formats.lhe_reader import read_lhe

KEYS = ["sigma_pb", "sigma_error_pb", "n_positrons", "edges_gev", "dsigma_de_pb_per_gev"]


def test_the_spectrum_has_the_keys_of_the_contract(run):
    data = run("source", "radiative-bhabha", "--json").data
    assert set(KEYS) <= set(data)
    # 126.3 pb noted down beforehand, to 0.05 pb
    assert data["sigma_pb"] == pytest.approx(126.3, abs=0.05 + 4 * data["sigma_error_pb"])
    assert 0.0 < data["sigma_error_pb"] < 1e-3 * data["sigma_pb"]
    assert data["n_positrons"] == pytest.approx(50e6 * data["sigma_pb"], rel=1e-12)
    edges, density = np.array(data["edges_gev"]), np.array(data["dsigma_de_pb_per_gev"])
    assert np.sum(np.diff(edges) * density) == pytest.approx(data["sigma_pb"], rel=1e-9)
    assert (edges[0], len(edges)) == (2.0, 51)
    assert data["incident"] == "e+"


def test_alpha_and_separation(run):
    there = run("source", "radiative-bhabha", "--alpha", "0.00781861", "--json").data["sigma_pb"]
    here = run("source", "radiative-bhabha", "--json").data["sigma_pb"]
    assert there / here == pytest.approx((0.00781861 * 137.035999) ** 3, rel=1e-6)
    apart = run("source", "radiative-bhabha", "--min-separation-ee", "0.1", "--json").data
    assert apart["sigma_pb"] == pytest.approx(121.4, abs=0.05 + 4 * apart["sigma_error_pb"])
    same = run("source", "belle2-radiative", "--min-separation-ee", "0.1", "--json").data
    assert same["sigma_pb"] == apart["sigma_pb"]


def test_people_read_a_table(run):
    outcome = run("source", "radiative-bhabha", "--bins", "3")
    assert outcome.code == 0
    assert "radiative-bhabha: 6.3" in outcome.out


@pytest.mark.parametrize("name", ["events.lhe", "events.lhe.gz"])
def test_events_go_to_a_file(run, tmp_path, name):
    path = tmp_path / name
    data = run("source", "radiative-bhabha", "--events", "300", "--seed", "7", "--output", str(path), "--json").data
    assert data["events"] == 300
    assert data["seed"] == 7
    with read_lhe(path) as (found, blocks):
        events = list(blocks)
    assert sum(len(block.weight) for block in events) == 300
    assert found.cross_section == data["sigma_pb"]
    assert found.cross_section_error == data["sigma_error_pb"]
    again = tmp_path / f"again-{name}"
    assert run("source", "radiative-bhabha", "--events", "300", "--seed", "7", "--output", str(again)).code == 0
    assert again.read_bytes() == path.read_bytes()
    other = tmp_path / f"other-{name}"
    outcome = run("source", "radiative-bhabha", "--events", "300", "--output", str(other))
    assert "300 events of radiative-bhabha, cross section 126." in outcome.out
    assert other.read_bytes() != path.read_bytes()
    body = gzip.decompress(path.read_bytes()) if name.endswith("gz") else path.read_bytes()
    assert b"min_separation=0.1" in body
    assert b"seed: 7" in body
    assert b"evanesce_version: " + version("evanesce").encode() in body
    assert b"description: radiative Bhabha events" in body
    assert b"weights: all equal; the mean over all events is the cross section in pb" in body


def test_its_events_are_a_source(run, tmp_path):
    path = tmp_path / "a.lhe"
    sigma = run("source", "radiative-bhabha", "--events", "2000", "--output", str(path), "--json").data["sigma_pb"]
    back = run("source", "lhe", "--card", f"file={path}", "--json").data
    assert back["n_positrons"] == pytest.approx(50e6 * sigma, rel=1e-12)
    assert back["sigma_pb"] == pytest.approx(sigma, rel=1e-12)
    assert 0.0 < back["sigma_error_pb"] < 1e-3 * sigma
    assert back["source_files_sha256"] == {str(path): hashlib.sha256(path.read_bytes()).hexdigest()}
    card = ("--card", f"file={path}", "--card", "polar_angle_max=60", "--card", "cross_section=10")
    part = run("source", "lhe", *card, "--json").data
    assert 0.0 < part["sigma_pb"] < 10.0
    assert part["n_positrons"] == pytest.approx(50e6 * part["sigma_pb"], rel=1e-12)
    widths = np.diff(part["edges_gev"])
    assert np.sum(widths * part["dsigma_de_pb_per_gev"]) == pytest.approx(part["sigma_pb"], rel=1e-9)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (
            ["bhabha", "--events", "5", "--output", "a.lhe"],
            "source 'bhabha' has no event generator; radiative-bhabha has one",
        ),
        (["radiative-bhabha", "--events", "0", "--output", "a.lhe"], "--events = '0': must be a whole number from 1"),
        (["radiative-bhabha", "--events", "1e10", "--output", "a.lhe"], "--events = '1e10': must be a whole number"),
        (["radiative-bhabha", "--events", "5"], "give both the number of events and the file"),
        (["radiative-bhabha", "--output", "a.lhe"], "give both the number of events and the file"),
        (["radiative-bhabha", "--seed", "5"], "give both the number of events and the file"),
        (["radiative-bhabha", "--events", "5", "--seed", "-1", "--output", "a.lhe"], "--seed = '-1': must be a whole"),
        (["radiative-bhabha", "--events", "5", "--output", "a.lhe", "--bins", "7"], "--bins is for the spectrum"),
        (["radiative-bhabha", "--events", "5", "--output", "a.root"], "unknown event format '.root': known are"),
        (["radiative-bhabha", "--events", "5", "--output", "no/a.lhe"], "cannot write 'no/a.lhe': No such file"),
        (["radiative-bhabha", "--min-separation-ee", "x"], "--min-separation-ee = 'x': must be a number"),
        (["radiative-bhabha", "--min-separation-ee", "-1"], "min_separation_ee = -1.0: must be a finite number, 0"),
        (["radiative-bhabha", "--min-separation-ee", "9"], "min_separation_ee = 9: no radiative Bhabha event passes"),
        (["bhabha", "--min-separation-ee", "1"], "min_separation_ee: unknown field; allowed are"),
        (
            ["radiative-bhabha", "--min-separation-ee", "1", "--card", "min_separation_ee=2"],
            "--min-separation-ee and --card min_separation_ee are both given; keep one",
        ),
        (["lhe", "--card", "file=nowhere.lhe"], "cannot read 'nowhere.lhe': No such file or directory"),
    ],
)
def test_mistakes_are_one_line(run, tmp_path, monkeypatch, arguments, message):
    monkeypatch.chdir(tmp_path)
    outcome = run("source", *arguments)
    assert outcome.code == 2
    assert message in outcome.err
    assert outcome.err.count("\n") == 1
    assert list(tmp_path.iterdir()) == []
