"""The numbers of a scan are those of limits; what cannot be computed is recorded; wrong use is refused."""

from __future__ import annotations

import shutil

import numpy as np
import pytest
from scan_store import content

import evanesce as ev
from evanesce.errors import CardError, DataFileError, InvalidValueError
from evanesce.interchange import read_limits
from evanesce.limits import Outcome
from evanesce.scans.journal import Journal


def test_numbers_are_those_of_limits(whole):
    found = ev.open_scan(whole)
    assert dict(found.sizes) == {"source.luminosity": 2, "alpha_d": 2, "mass": 24}
    card = ev.experiment("belle2").replace({"source.luminosity": 1.0})
    with pytest.warns(ev.EvanesceWarning, match=r"a background of 10 or more events, not 1\.9"):
        direct = ev.limit(
            card, ev.DarkPhoton(alpha_d=[1e-3, 0.1]), found.mass.values, physics="published", theory=False
        )
    # the same functions at the same points: chunks of the grid may change the last bits of interpolations only
    np.testing.assert_allclose(
        found.epsilon.sel({"source.luminosity": 1.0}), direct.epsilon.transpose("alpha_d", "mass"), rtol=1e-12
    )
    assert found.attrs["unfinished"] == 0
    assert (found.outcome == Outcome.LIMIT).all()


def test_luminosity_scales_the_limit(whole):
    """The square root of the background's square root: it grows with the luminosity, as the signal does."""
    found = ev.open_scan(whole)
    ratio = found.epsilon.isel({"source.luminosity": 0}) / found.epsilon.isel({"source.luminosity": 1})
    # at the card's own luminosity its rounded background is used, 94 in place of the sum of its parts, 94.87
    np.testing.assert_allclose(ratio, 50.0**0.25 * (94.87 / 94.0) ** 0.25, rtol=1e-4)


def test_a_physics_option_is_an_axis(run, tmp_path):
    found = run(tmp_path / "a.zarr", axes={"v_max": [0.99, 0.999]}, mass=[0.06, 0.0667], alpha_d=1e-3)
    for v_max in (0.99, 0.999):
        one = ev.limit(
            "belle2", ev.DarkPhoton(), [0.06, 0.0667], physics="published", overrides={"v_max": v_max}, theory=False
        )
        np.testing.assert_allclose(found.epsilon.sel(v_max=v_max), one.epsilon, rtol=1e-12)


def test_a_bad_value_is_recorded_and_the_rest_goes_on(run, tmp_path):
    found = run(tmp_path / "a.zarr", axes={"v_max": [0.99, 2.0]}, mass=[0.06, 0.0667], alpha_d=1e-3)
    assert (found.outcome.sel(v_max=2.0) == Outcome.FAILED).all()
    assert (found.outcome.sel(v_max=0.99) == Outcome.LIMIT).all()
    assert np.isnan(found.epsilon.sel(v_max=2.0)).all()
    assert "v_max = 2: physics option v_max = 2: must lie between" in found.attrs["failures"]


def test_a_bad_mass_is_separated_from_its_chunk(run, tmp_path, monkeypatch):
    from evanesce.scans import work

    true = work.limit_curve

    def sometimes(cards, mediator, mass, **options):
        if np.any(np.asarray(mass) == 0.05):
            raise InvalidValueError("this mass is cursed")
        return true(cards, mediator, mass, **options)

    monkeypatch.setattr(work, "limit_curve", sometimes)
    found = run(tmp_path / "a.zarr", axes=None, mass=[0.04, 0.045, 0.05, 0.055], alpha_d=1e-3)
    assert (found.outcome.values == Outcome.FAILED).tolist() == [False, False, True, False]
    assert "mass = 0.05 GeV: this mass is cursed" in found.attrs["failures"]


def test_progress_has_a_rate_and_the_time_left(run, tmp_path):
    seen = []
    run(tmp_path / "a.zarr", mass=np.geomspace(0.03, 0.1, 8), report=seen.append)
    assert [one.points for one in seen] == [0, 8, 16, 24, 32]
    assert seen[0].seconds_left == float("inf")
    assert seen[1].rate > 0
    assert "16 of 32 points" in str(seen[2])
    assert " a second, " in str(seen[2])
    assert str(seen[-1]) == "32 of 32 points"


def test_provenance_is_inside(whole):
    import json

    import xarray

    made = json.loads(xarray.open_zarr(whole, consolidated=False).attrs["provenance"])
    assert made["evanesce_version"] == ev.__version__
    assert made["physics"]["preset"] == "published"
    assert made["axes"] == {"source.luminosity": [1.0, 50.0]}
    assert made["alpha_d"] == [1e-3, 0.1]


class TestRefused:
    """One line that names what came and what is allowed; the store stays as it was."""

    @pytest.mark.parametrize(
        ("changes", "match"),
        [
            ({"mass": [0.03, 0.04]}, "mass"),
            ({"alpha_d": [1e-3, 0.2]}, "alpha_d"),
            ({"physics": "converged"}, "physics"),
            ({"axes": {"source.luminosity": [1.0, 49.0]}}, "source.luminosity"),
            ({"background": 10.0}, "background"),
            ({"theory": True}, "theory"),
        ],
    )
    def test_other_options(self, run, whole, changes, match):
        before = content(whole)
        with pytest.raises(InvalidValueError, match=rf"was made with .*{match}.* give the same options"):
            run(whole, resume=True, **changes)
        assert content(whole) == before

    def test_another_state_of_the_physics(self, run, whole, monkeypatch):
        from evanesce.scans import run as module

        monkeypatch.setattr(module, "physics_digest", lambda: "0" * 64)
        with pytest.raises(Exception, match="another (state of the source code|version of evanesce)"):
            run(whole, resume=True)

    def test_a_store_that_exists(self, run, whole):
        with pytest.raises(DataFileError, match="exists; give resume to continue it, or name another"):
            run(whole)

    def test_a_store_that_another_scan_writes(self, run, whole):
        with Journal(whole).locked(), pytest.raises(DataFileError, match="another scan is writing it"):
            run(whole, resume=True)

    @pytest.mark.parametrize(
        ("name", "error", "match"),
        [
            ("a.nc", InvalidValueError, r"must end in \.zarr"),
            ("no/a.zarr", DataFileError, "there is no folder"),
        ],
    )
    def test_a_wrong_place(self, run, tmp_path, name, error, match):
        with pytest.raises(error, match=match):
            run(tmp_path / name)
        assert list(tmp_path.iterdir()) == []

    @pytest.mark.parametrize(
        ("axes", "error", "match"),
        [
            ({"source.luminosty": [1.0]}, CardError, "luminosty"),
            ({"mass": [1.0]}, InvalidValueError, "give it as mass"),
            ({"source.luminosity": [1.0, 1.0]}, InvalidValueError, "given twice"),
            ({"track_length": [1.0]}, InvalidValueError, "not a number"),
        ],
    )
    def test_a_wrong_axis(self, run, tmp_path, axes, error, match):
        with pytest.raises(error, match=match):
            run(tmp_path / "a.zarr", axes=axes)
        assert list(tmp_path.iterdir()) == []

    def test_something_else(self, tmp_path):
        (tmp_path / "a.zarr").mkdir()
        with pytest.raises(DataFileError, match="not the store of a scan"):
            ev.open_scan(tmp_path / "a.zarr")


def test_damage_is_found_and_mended(run, whole, tmp_path):
    """A chunk that is cut off, one with a flipped bit, one without entry and a cut-off entry are computed again."""
    store = tmp_path / "a.zarr"
    shutil.copytree(whole, store)
    chunks = sorted(path for path in (store / "epsilon" / "c").rglob("*") if path.is_file())
    chunks[0].write_bytes(chunks[0].read_bytes()[:10])
    content_of = bytearray(chunks[1].read_bytes())
    content_of[len(content_of) // 2] ^= 1
    chunks[1].write_bytes(content_of)
    (store / "journal" / "7.json").unlink()
    (store / "journal" / "8.json").write_text('{"options": ')
    seen = []
    run(store, resume=True, report=seen.append)
    assert len(seen) - 1 == 4
    assert content(store) == content(whole)


@pytest.mark.parametrize("damage", ["flipped", "removed", "cut off", "array removed"])
def test_values_that_changed_are_not_read_as_limits(whole, tmp_path, damage):
    """Zarr reads a missing chunk as its fill value, and a changed one as it is; the journal has its hash."""
    store = tmp_path / "a.zarr"
    shutil.copytree(whole, store)
    assert read_limits(store).epsilon.size == ev.open_scan(store).epsilon.size
    chunk = next(path for path in sorted((store / "epsilon" / "c").rglob("*")) if path.is_file())
    if damage == "flipped":
        changed = bytearray(chunk.read_bytes())
        changed[-1] ^= 1
        chunk.write_bytes(changed)
    elif damage == "cut off":
        chunk.write_bytes(chunk.read_bytes()[:10])
    elif damage == "removed":
        chunk.unlink()
    else:
        (store / "epsilon" / "zarr.json").unlink()
    with pytest.raises(DataFileError, match=r"store '.*a\.zarr': is damaged .*continue the scan with resume"):
        read_limits(store)


@pytest.mark.parametrize("name", ["mass", "alpha_d", "source.luminosity", "epsilon", "outcome"])
@pytest.mark.parametrize("how", ["", "{", "removed"])
def test_a_store_whose_description_is_damaged_is_not_continued(run, whole, tmp_path, name, how):
    """Nor read: without an axis, results would be shown at the numbers of their places."""
    store = tmp_path / "a.zarr"
    shutil.copytree(whole, store)
    described = store / name / "zarr.json"
    described.unlink() if how == "removed" else described.write_text(how)
    before = content(store)
    with pytest.raises(DataFileError, match=r"is damaged .*; make the scan again, in another store"):
        run(store, resume=True)
    with pytest.raises(DataFileError, match="is damaged"):
        read_limits(store)
    assert content(store) == before


@pytest.mark.parametrize("name", ["mass", "alpha_d"])
def test_an_axis_without_values_is_damage(run, whole, tmp_path, name):
    store = tmp_path / "a.zarr"
    shutil.copytree(whole, store)
    shutil.rmtree(store / name / "c")
    for read in (ev.open_scan, read_limits, lambda path: run(path, resume=True)):
        with pytest.raises(DataFileError, match=f"the values of the axis {name} are not those of the scan"):
            read(store)


def test_a_store_without_its_journal_is_not_read_as_finished(whole, tmp_path):
    store = tmp_path / "a.zarr"
    shutil.copytree(whole, store)
    (store / "journal" / "zarr.json").unlink()
    with pytest.raises(DataFileError, match="is the store of a scan without its journal"):
        read_limits(store)


def test_an_unfinished_store_says_so(whole, tmp_path):
    store = tmp_path / "a.zarr"
    shutil.copytree(whole, store)
    (store / "journal" / "0.json").unlink()
    found = ev.open_scan(store)
    missing = found.outcome == Outcome.NOT_COMPUTED
    assert found.attrs["unfinished"] == int(missing.sum()) == 8
