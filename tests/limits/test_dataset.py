"""Datasets of limits: codes with CF meanings, written and read back equal, provenance as one JSON text."""

import json

import numpy as np
import pytest
import xarray

import evanesce as ev
from evanesce.errors import InvalidValueError
from evanesce.limits import Caution, Outcome, explain

BELLE2 = ev.experiment("belle2")


@pytest.fixture(scope="module")
def data():
    """Limits, none, and a point where the width to e⁺e⁻ counts, on three axes."""
    photon = ev.DarkPhoton(alpha_d=(1e-12, 1e-3), mass_ratio=(2.5, 3.0))
    return ev.limit(BELLE2, photon, [0.05, 0.06666, 7.0], overrides={"histories": 1e5})


def test_flags_are_cf(data):
    outcome, caution = data["outcome"], data["caution"]
    assert outcome.dtype == caution.dtype == np.int8
    assert dict(zip(outcome.flag_meanings.split(), outcome.flag_values, strict=True)) == {
        "limit": 0,
        "too_heavy": 1,
        "nothing_selected": 2,
        "outside_curve": 3,
        "not_finite": 4,
        "inaccurate": 5,
        "failed": 6,
        "not_computed": 7,
    }
    assert outcome.values[..., 2].tolist() == [[Outcome.TOO_HEAVY] * 2] * 2
    assert (outcome.values[..., :2] == Outcome.LIMIT).all()
    assert dict(zip(caution.flag_meanings.split(), caution.flag_masks, strict=True))["visible_width"] == 1
    assert (caution.values[0, :, 1] & Caution.VISIBLE_WIDTH).all()
    assert not caution.values[1, :, 1].any()


def test_sentences_are_made_from_the_codes(data):
    texts = explain(data)
    assert texts.shape == data["epsilon"].shape
    assert "no signal: a mediator of 7 GeV cannot be radiated" in texts[0, 0, 2]
    assert "the width to e+e- at this ε" in texts[0, 0, 1]
    assert texts[1, 0, 1] is None
    with pytest.raises(InvalidValueError, match=r"dataset: must come from evanesce.limit"):
        explain(xarray.Dataset({"epsilon": ("mass", [1.0])}))
    with pytest.raises(InvalidValueError, match=r"dataset: must come from evanesce.limit"):
        explain("limits.nc")  # type: ignore[arg-type]


def test_provenance_and_notes_are_text(data):
    made = json.loads(data.attrs["provenance"])
    assert made["experiment"] == BELLE2.as_dict()
    assert made["physics"]["preset"] == "reference"
    assert made["physics"]["histories"] == 1e5
    assert made["evanesce_version"] == ev.__version__
    assert data.attrs["notes"] == "histories has no effect here, it needs track_length = montecarlo"
    assert all(isinstance(value, str) for value in data.attrs.values())


@pytest.mark.parametrize("how", ["scipy", "h5netcdf", "zarr"])
def test_written_and_read_back_equal(data, how, tmp_path):
    if how == "zarr":
        data.to_zarr(tmp_path / "limits.zarr", consolidated=False)
        back = xarray.open_zarr(tmp_path / "limits.zarr", consolidated=False).load()
    else:
        data.to_netcdf(tmp_path / "limits.nc", engine=how)
        back = xarray.load_dataset(tmp_path / "limits.nc", engine=how)
    assert back.equals(data)
    assert back.attrs == data.attrs
    assert list(back["outcome"].attrs["flag_values"]) == [code.value for code in Outcome]
    assert explain(back).tolist() == explain(data).tolist()


def test_a_scalar_mass_gives_scalars(tmp_path):
    point = ev.limit(BELLE2, "dark-photon", 0.0667, physics="published")
    assert point["epsilon"].dims == ()
    assert float(point["mass"]) == 0.0667
    assert float(point["epsilon"]) == float(
        ev.limit(BELLE2, "dark-photon", [0.0667], physics="published")["epsilon"][0]
    )
    point.to_netcdf(tmp_path / "point.nc", engine="scipy")
    assert xarray.load_dataset(tmp_path / "point.nc").equals(point)
    assert explain(ev.limit(BELLE2, "dark-photon", 7.0)).item().startswith("no signal")


def test_theory_can_be_left_out():
    with_it, without = (ev.limit(BELLE2, "dark-photon", [0.0667], theory=theory) for theory in (True, False))
    assert {name for name in with_it if str(name).startswith("theory_")} == {
        "theory_binding",
        "theory_binding_on_shell_orbitals",
        "theory_bremsstrahlung",
        "theory_off_shell_mesons",
        "theory_track_length",
    }
    assert not [name for name in without if str(name).startswith("theory_")]
    assert without["epsilon"].equals(with_it["epsilon"])


def test_representations_fit_a_screen():
    curve = ev.limit_curve(BELLE2, "dark-photon", [0.05, 0.0667])
    for thing in (BELLE2, ev.predict(BELLE2, "dark-photon", [0.05, 0.0667]), curve):
        lines = repr(thing).splitlines()
        assert len(lines) <= 24
        assert max(map(len, lines)) <= 100
        assert "<table" in thing._repr_html_()  # what a notebook asks for
    assert "best ε" in repr(curve)
