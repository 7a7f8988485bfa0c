"""`export pyhf`: plain pyhf finds our limit with the file, and the file is read back equal."""

import json

import numpy as np
import pyhf
import pytest

import evanesce as ev
from evanesce.cli import main
from evanesce.errors import DataFileError
from evanesce.interchange import read_workspace, write_workspace
from evanesce.interchange.workspaces import provenance_path
from evanesce.statistics.workspace import UNIT

MASS = 0.0667
PHYSICS = ("--physics", "published")
CASES = {
    "one bin": (["belle2"], []),
    "one bin, counts": (["belle2"], ["--observed", "110"]),
    "four bins, counts": (["belle2"], ["--card", "bins.track_energy=4", "--observed", "40,20,15,12"]),
    "four bins without systematics": (["belle2"], ["--card", "bins.track_energy=4", "--no-systematics"]),
    "two channels": (["belle2", "belle2-mono-photon"], []),
}


@pytest.fixture(params=CASES)
def exported(request, tmp_path):
    """Path of a workspace, and the limits of the command `limit` with the same options."""
    names, more = CASES[request.param]
    common = [*names, "--mass", str(MASS), *PHYSICS, *more]
    path, limits = tmp_path / "workspace.json", tmp_path / "limit.json"
    assert main(["export", "pyhf", *common, "--output", str(path)]) == 0
    assert main(["limit", *common, "--criterion", "cls", "--toys", "0", "--output", str(limits)]) == 0
    return path, json.loads(limits.read_text())


def opened(path):
    """Model, data and ε² at mu = 1, of plain pyhf."""
    whole = pyhf.Workspace(json.loads(path.read_text()))
    model = whole.model()
    return model, whole.data(model), model.config.suggested_init()[model.config.par_slice(UNIT)][0]


@pytest.mark.filterwarnings("ignore")
def test_plain_pyhf_excludes_what_we_exclude(exported):
    """CLs of pyhf crosses 10 % within 1 % of our ε: it is above just below our limit, and below just above it."""
    path, limits = exported
    model, data, unit = opened(path)
    (epsilon,) = limits["epsilon"]
    below, above = (
        float(pyhf.infer.hypotest((shift * epsilon) ** 2 / unit, data, model, test_stat="qtilde"))
        for shift in (0.99, 1.01)
    )
    assert above < 0.1 < below


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
def test_a_scan_of_pyhf_gives_our_limits(exported):
    """1e-3 of ε, for the observed limit and the five bands; found were at most 2e-5."""
    path, limits = exported
    model, data, unit = opened(path)
    observed, bands = pyhf.infer.intervals.upper_limits.toms748_scan(data, model, 0.02, 20.0, level=0.1)
    assert np.sqrt(float(observed) * unit) == pytest.approx(limits["epsilon"][0], rel=1e-3)
    ours = [limits["expected"][str(band)][0] for band in (-2, -1, 0, 1, 2)]
    np.testing.assert_allclose(np.sqrt(np.asarray(bands, dtype=float) * unit), ours, rtol=1e-3)


def test_a_workspace_is_read_back_with_its_provenance(tmp_path):
    written = ev.likelihood_prediction(
        ["belle2", "belle2-mono-photon"],
        ev.DarkPhoton(alpha_d=[1e-3, 0.1], mass_ratio=4.0, dark_matter="majorana"),
        [0.06, MASS],
        physics="published",
        observed={"belle2/vanishing-track": 90, "belle2-mono-photon/mono-photon": 40},
    )
    path = tmp_path / "w.json"
    write_workspace(written, path, point=(1, 1))
    back = read_workspace(path)
    assert (back.mediator.alpha_d, back.mediator.mass_ratio) == (0.1, 4.0)
    assert back.provenance["dark_matter"] == "majorana"
    assert (float(back.coordinates["mass"]), back.highest_energy) == (MASS, written.highest_energy)
    assert back.provenance["experiments"] == json.loads(json.dumps(written.provenance["experiments"]))
    assert back.provenance["physics"] == json.loads(json.dumps(written.provenance["physics"]))
    assert {one.name for one in back.systematics} == {one.name for one in written.systematics}
    for label, region in written.regions.items():
        found = back.regions[label]
        assert found.observed.tolist() == region.observed.tolist()
        for name, part in region.signal.items():
            np.testing.assert_allclose(found.signal[name].value, part.value[1, 1], rtol=1e-14)
        for name, part in region.background.items():
            np.testing.assert_allclose(found.background[name].value, part.value, rtol=1e-14)


@pytest.mark.filterwarnings("ignore")
def test_a_workspace_without_systematics_has_no_nuisance(tmp_path):
    path = tmp_path / "w.json"
    command = ["export", "pyhf", "belle2", "--mass", str(MASS), *PHYSICS, "--no-systematics", "--output", str(path)]
    assert main(command) == 0
    model, *_ = opened(path)
    assert set(model.config.par_order) == {"mu", UNIT}
    assert read_workspace(path).systematics == ()


def test_a_pair_of_files_that_do_not_belong_together_is_refused(tmp_path):
    path = tmp_path / "w.json"
    write_workspace(ev.likelihood_prediction("belle2", ev.DarkPhoton(), MASS, physics="published"), path)
    path.write_text(path.read_text().replace("0.", "1.", 1))
    with pytest.raises(DataFileError, match="does not describe this"):
        read_workspace(path)
    provenance_path(path).write_text("[]")
    with pytest.raises(DataFileError, match="is not a JSON object"):
        read_workspace(path)
    provenance_path(path).unlink()
    with pytest.raises(DataFileError, match="cannot be read"):
        read_workspace(path)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--mass", "0.06,0.07"], "--mass '0.06,0.07': must be one number here"),
        (["--mass", "0.06", "--alpha-d", "1e-3,1e-2"], "--alpha-d '1e-3,1e-2': must be one number here"),
        (["--mass", "9"], "no signal is expected at this point"),
    ],
)
def test_a_workspace_is_of_one_point_with_a_signal(options, message, tmp_path, capsys):
    assert main(["export", "pyhf", "belle2", *PHYSICS, *options, "--output", str(tmp_path / "w.json")]) == 2
    assert message in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []
