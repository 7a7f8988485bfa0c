"""``evanesce events``: a file, a report, JSON; and a one-line message for every error, with no file written."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import awkward as ak
import pytest

import evanesce as ev

Run = Callable[..., Any]
POINT = ("events", "belle2", "--mass", "0.0667", "--physics", "published")


def test_json_and_the_file_say_the_same(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "e.parquet"
    options = (
        "-n",
        "300",
        "--seed",
        "7",
        "--epsilon",
        "1e-5",
        "--alpha-d",
        "0.1",
        "--mediator",
        "scalar",
        "--mass-ratio",
        "4",
    )
    data = run(*POINT, *options, "--output", str(path), "--json").data
    events = ak.from_parquet(path)
    stream = ev.generate_events(
        ev.experiment("belle2"),
        ev.Scalar(alpha_d=0.1, mass_ratio=4),
        0.0667,
        300,
        seed=7,
        epsilon=1e-5,
        physics="published",
    )
    assert events.weight.to_numpy().tolist() == [w for batch in stream for w in batch.weight.tolist()]
    assert (data["events"], data["seed"], data["epsilon"]) == (300, 7, 1e-5)
    assert (data["mass_gev"], data["alpha_d"], data["mass_ratio"]) == (0.0667, 0.1, 4.0)
    assert data["yield_annihilation"] == stream.yields["annihilation"]
    assert data["physics"] == stream.about["physics"]
    assert data["physics"]["bremsstrahlung"] == "ww"
    assert "expected number of signal events" in data["weights_mean"]
    assert data["expected"] == stream.expected
    assert sum(p["events"] for p in data["processes"]) == 300
    total = sum(p["sum_of_weights"] for p in data["processes"])
    assert total == pytest.approx(float(ak.sum(events.weight)))
    assert (data["overweights"], data["unweighted"]) == (0, False)
    assert "angles are those of the exact amplitude" in data["notes"][0]


def test_report(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "e.hepmc3"
    card = ("--card", "target.upstream=0.1", "--face-distance", "125", "--set", "v_max=0.99")
    outcome = run(*POINT, *card, "-n", "200", "--unweighted", "--output", str(path))
    assert outcome.code == 0
    assert "200 events, seed 1; weights sum to the signal events at epsilon = 1" in outcome.out
    assert "overweights:" in outcome.out
    assert outcome.err.startswith("evanesce: warning: bremsstrahlung=ww")
    assert path.read_text().startswith("HepMC::Version 3")


def test_one_process_alone(run: Run, tmp_path: Path) -> None:
    command = (*POINT, "-n", "1e2", "--output", str(tmp_path / "e.parquet"), "--json")
    alone, every = run(*command, "--process", "bremsstrahlung").data, run(*command).data
    assert [part["name"] for part in alone["processes"]] == ["bremsstrahlung"]
    assert alone["processes"][0]["events"] == 100
    yields = {part["name"]: part["yield"] for part in every["processes"]}
    assert set(yields) == {"annihilation", "bremsstrahlung"}
    assert alone["expected"] == yields["bremsstrahlung"]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (
            ("--output", "e.root"),
            "unknown event format '.root': known are .hepmc3, .hepmc3.gz, .lhe, .lhe.gz, .parquet",
        ),
        (("--output", "no/e.lhe"), "cannot write 'no/e.lhe'"),
        (("-n", "0"), "-n = '0': must be a whole number from 1"),
        (("-n", "1e-3"), "-n = '1e-3'"),
        (("--mass", "0.01,0.02"), "events have one mass"),
        (("--alpha-d", "1e-3,1e-2"), "--alpha-d '1e-3,1e-2': must be one number here"),
        (("--seed", "-3"), "--seed = '-3'"),
        (("--mass", "9"), "no signal at 9 GeV"),
        (("--mass", "0.01:0.1:5"), "events have one mass"),
        (("--mass", "nan"), "--mass 'nan'"),
        (("--epsilon", "0"), "epsilon = 0"),
        (("--epsilon", "x"), "--epsilon = 'x': must be a number"),
        (("--face-distance", "-1"), "face_distance = -1"),
        (("--alpha-d", "nan"), "--alpha-d = 'nan'"),
        (("--mediator", "graviton"), "unknown mediator 'graviton'"),
        (("--process", "annihilate"), "did you mean 'annihilation'?"),
        (("--physics", "best"), "unknown physics preset 'best'"),
    ],
)
def test_bad_use(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, change: tuple[str, str], message: str
) -> None:
    monkeypatch.chdir(tmp_path)
    options = {"--mass": "0.0667", "--physics": "published", "-n": "10", "--output": "e.lhe"} | dict([change])
    outcome = run("events", "belle2", *(text for pair in options.items() for text in pair))
    assert (outcome.code, outcome.out) == (2, "")
    assert message in outcome.err
    assert outcome.err.count("\n") == 1
    assert not any(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("command", "work"),
    [
        (("events", "belle2", "--mass", "0.0667", "-n", "10"), "evanesce.events.generate_events"),
        (("source", "radiative-bhabha", "--events", "10"), "evanesce.sources.RadiativeBhabha.run"),
    ],
)
def test_a_place_that_cannot_be_written_is_told_before_the_work(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: tuple[str, ...], work: str
) -> None:
    monkeypatch.setattr(work, lambda *_, **__: pytest.fail("the work began"))
    outcome = run(*command, "--output", str(tmp_path / "no" / "e.lhe"))
    assert outcome.code == 2
    assert "cannot write" in outcome.err
    (tmp_path / "folder.lhe").mkdir()
    assert "is a folder" in run(*command, "--output", str(tmp_path / "folder.lhe")).err
    assert len(list(tmp_path.iterdir())) == 1


def test_what_is_missing_is_named(run: Run) -> None:
    for left_out in ("--mass", "-n", "--output"):
        options = {"--mass": "0.0667", "-n": "10", "--output": "e.lhe"}
        del options[left_out]
        outcome = run("events", "belle2", *(text for pair in options.items() for text in pair))
        assert outcome.code == 2
        assert left_out in outcome.err
