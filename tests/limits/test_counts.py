"""Observed counts, bands and criteria in limits and on the command line."""

import csv
import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import evanesce as ev
from evanesce.cli import main
from evanesce.errors import CardError, EvanesceWarning, InvalidValueError, UnknownNameError

PHOTON = ev.DarkPhoton(alpha_d=1e-3)
MASSES = [0.0667, 0.08]


def curve(experiment: object = "belle2", **more: object) -> ev.LimitCurve:
    given: dict[str, Any] = {"physics": "published", "theory": False} | more
    return ev.limit_curve(experiment, PHOTON, MASSES, **given)  # type: ignore[arg-type]


def test_limits_scale_with_the_root_of_the_excluded_events() -> None:
    observed = curve(criterion="feldman-cousins", observed=90, background=94)
    rule = ev.criterion("feldman-cousins")
    np.testing.assert_allclose(observed.events(observed.epsilon), observed.signal_limit, rtol=1e-12)
    np.testing.assert_allclose(observed.events(observed.expected[..., 2]), rule.signal_limit(94.0), rtol=1e-12)
    assert observed.observed is not None
    np.testing.assert_array_equal(observed.observed, observed.epsilon)


def test_no_event_without_systematics_gives_ln_10_whatever_the_background() -> None:
    for background in (0.0, 0.5, 94.0):
        found = curve(criterion="cls", observed=0, background=background, systematics=False)
        np.testing.assert_allclose(found.signal_limit, math.log(10.0), rtol=1e-9)
        assert found.provenance["method"] == "exact"


def test_an_error_is_not_used_without_systematics() -> None:
    with pytest.warns(EvanesceWarning, match="background_error is not used: systematics are left out"):
        found = curve(criterion="cls", background=94, background_error=21.7, systematics=False)
    assert found.signal_limit == pytest.approx(17.30, abs=0.005)


def test_without_counts_the_limit_is_the_median() -> None:
    found = curve(criterion="feldman-cousins", background=3)
    assert found.observed is None
    np.testing.assert_array_equal(found.epsilon, found.expected[..., 2])
    assert (np.diff(found.expected, axis=-1) >= 0).all()


def test_a_criterion_may_be_an_object() -> None:
    at_95 = curve(criterion=ev.criterion("cls", confidence_level=0.95), observed=0, background=0, systematics=False)
    np.testing.assert_allclose(at_95.signal_limit, -math.log(0.05), rtol=1e-12)
    assert at_95.provenance["confidence_level"] == 0.95
    for wrong in (3, object(), ev.criterion):
        with pytest.raises(InvalidValueError, match="must be a name"):
            curve(criterion=wrong)


@pytest.mark.parametrize(
    ("experiment", "observed", "error", "message"),
    [
        ("belle2", [3, 4], CardError, "one a bin"),
        ("belle2", -1, CardError, "0 or greater"),
        ("belle2", True, CardError, "must be a number"),
        ("belle2", {"barrel": 3}, UnknownNameError, "belle2/vanishing-track"),
        (["belle2", "belle2-radiative"], 3, InvalidValueError, "give the counts by name"),
        (["belle2", "belle2-radiative"], {"vanishing-track": 3}, InvalidValueError, "several experiments"),
    ],
)
def test_wrong_counts_are_one_clear_line(
    experiment: object, observed: object, error: type[Exception], message: str
) -> None:
    with pytest.raises(error, match=message) as caught:
        curve(experiment, observed=observed)
    assert "\n" not in str(caught.value)


def command(capsys: pytest.CaptureFixture[str], *arguments: str) -> dict[str, Any]:
    common = ["limit", "belle2", "--physics", "published", "--mass", "0.0667,0.08", "--background", "94", "--json"]
    assert main([*common, *arguments]) == 0
    found: dict[str, Any] = json.loads(capsys.readouterr().out)
    return found


def test_json_of_bands_and_counts(capsys: pytest.CaptureFixture[str]) -> None:
    data = command(capsys, "--criterion", "feldman-cousins", "--observed", "90")
    assert list(data["expected"]) == ["-2", "-1", "0", "1", "2"]
    assert data["epsilon"] == data["observed_epsilon"]
    assert data["signal_limits"]["observed"] == pytest.approx(data["signal_limit"], rel=1e-12)
    plain = command(capsys)
    assert not {"expected", "observed_epsilon", "signal_limits"} & plain.keys()
    median = command(capsys, "--criterion", "feldman-cousins")
    assert median["epsilon"] == median["expected"]["0"] == data["expected"]["0"]


def test_csv_has_the_bands(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "limits.csv"
    data = command(capsys, "--criterion", "feldman-cousins", "--observed", "90", "--output", str(file))
    rows = list(csv.DictReader(line for line in file.read_text().splitlines() if not line.startswith("#")))
    assert [float(row["epsilon_expected_+1"]) for row in rows] == data["expected"]["1"]
    assert [float(row["epsilon_observed"]) for row in rows] == data["epsilon"]


def test_a_dataset_has_the_bands() -> None:
    found = ev.limit(
        "belle2", PHOTON, MASSES, physics="published", criterion="feldman-cousins", observed=90, theory=False
    )
    assert found.epsilon_expected.dims == ("mass", "sigma")
    np.testing.assert_array_equal(found.epsilon_observed, found.epsilon)


def test_impacts_are_those_of_the_prediction_that_limits_use(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """One bin: each background error moves the signal by its events, and σ² is their sum with the counts."""
    given = ["belle2", "--mass", "0.0667", "--physics", "published", "--background", "94", "--background-error", "20"]
    assert main(["impacts", *given, "--observed", "120", "--json"]) == 0
    data = json.loads(capsys.readouterr().out)
    assert (data["experiment"], data["mass_gev"], data["data"]) == ("belle2", 0.0667, "observed")
    assert data["signal"] == pytest.approx(26.0, abs=1e-3)
    first, luminosity = data["nuisances"]
    assert first["name"] == "belle2/vanishing-track/given"
    assert (first["impact_down"], first["impact_up"]) == pytest.approx((20.0, -20.0), rel=1e-4)
    assert luminosity["impact_up"] == pytest.approx(-26.0 * 0.005, rel=0.01)
    assert data["signal_error"] == pytest.approx(math.sqrt(120.0 + 20.0**2 + 0.13**2), rel=1e-4)
    assert data["evanesce_version"]
    assert data["cards"][0]["name"] == "belle2"
    for suffix, magic in ((".png", b"\x89PNG"), (".pdf", b"%PDF"), (".json", b"{")):
        file = tmp_path / f"impacts{suffix}"
        assert main(["impacts", *given, "--output", str(file)]) == 0
        assert file.read_bytes().startswith(magic)
    table = capsys.readouterr().out
    assert "belle2/vanishing-track/given" in table
    assert main(["impacts", *given, "--output", str(tmp_path / "impacts.csv")]) == 2
    assert "unknown format of impacts '.csv': known are .json, .pdf, .png" in capsys.readouterr().err
