"""Event files are read back equal, and are written completely or not at all."""

import gzip
import os

import numpy as np
import pyhepmc
import pylhe
import pytest

from evanesce.errors import DataFileError, InvalidValueError, UnknownNameError
from evanesce.formats import EventBatch, Role, RunInfo, writer
from evanesce.formats.files import WRITERS, suffix_of
from evanesce.formats.lhe_reader import read_lhe
from evanesce.sources import RadiativeBhabha

ROLES = (
    Role(name="positron", pdg_id=-11, status=-1),
    Role(name="target", pdg_id=11, status=-1),
    Role(name="mediator", pdg_id=4900022, status=2, mothers=(0, 1)),
    Role(name="chi", pdg_id=4900101, status=1, mothers=(2,)),
    Role(name="antichi", pdg_id=-4900101, status=1, mothers=(2,)),
)


def batch(number=50, *, process="annihilation", seed=1, **changes):
    rng = np.random.default_rng(seed)
    parts = {
        "process": process,
        "roles": ROLES,
        "momentum": rng.normal(size=(number, 5, 4)) * 10.0 ** rng.integers(-12, 3, (number, 5, 4)),
        "mass": np.abs(rng.normal(size=(number, 5))),
        "weight": rng.normal(size=number),
        "position": np.zeros((number, 1, 4)),
    }
    return EventBatch(**(parts | changes))


def by_pylhe(path):
    """Init and all events; read to the end, where pylhe closes the file."""
    file = pylhe.LHEFile.fromfile(str(path))
    return file.init, list(file.events)


def written(path, *batches, run=None):
    with writer(path, run) as file:
        for one in batches:
            file.write(one)
    return path


@pytest.mark.parametrize("name", ["events.lhe", "events.lhe.gz", "EVENTS.LHE.GZ"])
def test_pylhe_reads_every_digit_back(tmp_path, name):
    one = batch()
    path = written(tmp_path / name, one)
    init, events = by_pylhe(path)
    count = 0
    for i, event in enumerate(events):
        got = np.array([[p.px, p.py, p.pz, p.e] for p in event.particles])
        np.testing.assert_array_equal(got, one.momentum[i])
        assert [p.m for p in event.particles] == one.mass[i].tolist()
        assert [p.id for p in event.particles] == [role.pdg_id for role in ROLES]
        assert [p.status for p in event.particles] == [role.status for role in ROLES]
        assert [(p.mother1, p.mother2) for p in event.particles] == [(0, 0), (0, 0), (1, 2), (3, 3), (3, 3)]
        assert event.eventinfo.weight == one.weight[i]
        count += 1
    assert count == len(one)
    # without a cross section of the run, the sum of the weights
    assert init.procInfo[0].xSection == pytest.approx(one.weight.sum(), rel=1e-15, abs=0)


@pytest.mark.parametrize("name", ["events.lhe", "events.lhe.gz"])
def test_radiative_bhabha_events_read_back_identically(tmp_path, name):
    source = RadiativeBhabha()
    events = next(source.events(40, seed=3))
    run = RunInfo(cross_section=source.cross_section, cross_section_error=source.cross_section_error)
    path = written(tmp_path / name, events, run=run)
    ours = [[[p.px, p.py, p.pz, p.e] for p in event.particles] for event in by_pylhe(path)[1]]
    plain = path
    if name.endswith("gz"):  # this reader of pyhepmc knows plain files alone
        plain = tmp_path / "plain.lhe"
        plain.write_bytes(gzip.decompress(path.read_bytes()))
    with pyhepmc.open(str(plain), format="lhef") as file:
        four = [[particle.momentum for particle in event.particles] for event in file]
    by_pyhepmc = [[[q.px, q.py, q.pz, q.e] for q in event] for event in four]
    with read_lhe(path) as (found, blocks):
        by_us = np.concatenate([block.momentum.reshape(-1, 5, 4) for block in blocks])
    np.testing.assert_array_equal(np.array(ours), events.momentum)
    np.testing.assert_array_equal(np.sort(np.array(by_pyhepmc), axis=1), np.sort(events.momentum, axis=1))
    np.testing.assert_array_equal(by_us, events.momentum)
    assert found.cross_section == source.cross_section
    assert found.cross_section_error == source.cross_section_error
    assert (found.beams, found.beam_energies) == ((11, -11), (7.0, 4.0))


def test_processes_share_the_cross_section_as_their_weights(tmp_path):
    first, second = batch(weight=np.full(50, 2.0)), batch(process="bremsstrahlung", weight=np.full(50, 1.0))
    path = written(tmp_path / "a.lhe", first, second, first, run=RunInfo(cross_section=5.0, cross_section_error=0.5))
    init, events = by_pylhe(path)
    assert [p.xSection for p in init.procInfo] == pytest.approx([4.0, 1.0], rel=1e-15, abs=0)
    assert init.initInfo.numProcesses == 2
    ids = [event.eventinfo.pid for event in events]
    assert ids == [1] * 50 + [2] * 50 + [1] * 50


@pytest.mark.parametrize(
    ("weight", "sigma", "strategy"),
    [
        (np.full(50, 3.0), 3.0, -4),  # the mean is the cross section
        (np.linspace(0.0, 6.0, 50), 3.0, -4),
        (np.linspace(0.0, 6.0, 50), 150.0, -2),  # the sum is
        (np.linspace(0.0, 6.0, 50), None, -2),  # as events of a signal have it, whose sum is the yield
        (np.full(50, -1.0), 7.0, -3),
        (np.full(50, 1.0), 1.0, -4),
    ],
)
def test_the_weighting_strategy_fits_the_weights(tmp_path, weight, sigma, strategy):
    path = written(tmp_path / "a.lhe", batch(weight=weight), run=RunInfo(cross_section=sigma))
    init, events = by_pylhe(path)
    weights = [event.eventinfo.weight for event in events]
    assert weights == weight.tolist()
    assert init.initInfo.weightingStrategy == strategy
    if strategy == -4:
        assert init.procInfo[0].xSection == pytest.approx(np.mean(weights), rel=1e-12)
    assert init.procInfo[0].xSection == pytest.approx(weight.sum() if sigma is None else sigma, rel=1e-12)
    with read_lhe(path) as (run, _):
        assert run.weighting == strategy


def test_constant_numbers_are_written_as_well_as_others(tmp_path):
    momentum = np.zeros((3, 5, 4))
    momentum[:, 0, 3], momentum[1, 1, 2], momentum[:, 2, 0] = 0.1, -0.0, -0.0
    path = written(tmp_path / "a.lhe", batch(3, momentum=momentum))
    with read_lhe(path) as (_, blocks):
        found = next(blocks).momentum.reshape(3, 5, 4)
    np.testing.assert_array_equal(found, momentum)
    np.testing.assert_array_equal(np.signbit(found), np.signbit(momentum))


def test_suffixes_decide():
    assert {".lhe", ".lhe.gz"} <= set(WRITERS.names())
    assert suffix_of("run.1.lhe.gz") == ".lhe.gz"
    with pytest.raises(
        UnknownNameError, match=r"unknown event format '\.lhf': known are .*\.lhe, \.lhe\.gz.*did you mean"
    ):
        suffix_of("events.lhf")
    with pytest.raises(UnknownNameError, match=r"unknown event format '\.lhe'"):
        suffix_of(".lhe")  # a name of nothing but a suffix
    with pytest.raises(UnknownNameError, match="unknown event format 'events'"), writer("events"):
        pass


def interrupted(path, error):
    before = path.read_bytes() if path.exists() else None
    with writer(path) as file:
        file.write(batch(seed=2))
        assert (path.read_bytes() if path.exists() else None) == before
        raise error


def test_an_interrupted_file_is_none(tmp_path):
    path = tmp_path / "a.lhe.gz"
    with pytest.raises(KeyboardInterrupt):
        interrupted(path, KeyboardInterrupt)
    assert list(tmp_path.iterdir()) == []


def test_an_old_file_stays_until_the_new_one_is_whole(tmp_path):
    path = written(tmp_path / "a.lhe", batch())
    old = path.read_bytes()
    with pytest.raises(RuntimeError):
        interrupted(path, RuntimeError)
    assert path.read_bytes() == old
    assert [p.name for p in tmp_path.iterdir()] == ["a.lhe"]
    assert written(path, batch(seed=2)).read_bytes() != old


def test_a_file_has_the_permissions_of_any_other(tmp_path):
    path = written(tmp_path / "a.lhe", batch())
    (tmp_path / "other").touch()
    assert path.stat().st_mode == (tmp_path / "other").stat().st_mode


def test_the_same_events_make_the_same_bytes(tmp_path):
    for name in ("a.lhe", "a.lhe.gz"):
        first = written(tmp_path / name, batch()).read_bytes()
        assert written(tmp_path / name, batch()).read_bytes() == first


def test_no_events_are_no_file(tmp_path):
    empty = batch(0, mass=np.zeros((0, 5)), momentum=np.zeros((0, 5, 4)))
    with pytest.raises(InvalidValueError, match="no events, nothing is written"):
        written(tmp_path / "a.lhe", empty)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(("name", "shape"), [("weight", (50,)), ("momentum", (50, 5, 4)), ("mass", (50, 5))])
@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_numbers_that_are_not_finite_are_refused(tmp_path, name, shape, value):
    bad = np.ones(shape)
    bad[7] = value
    with pytest.raises(InvalidValueError, match=rf"a\.lhe': event 58: its {name} is not finite"):
        written(tmp_path / "a.lhe", batch(), batch(**{name: bad}))
    assert list(tmp_path.iterdir()) == []


def test_places_that_cannot_be_written(tmp_path):
    (tmp_path / "b.lhe").mkdir()
    for path, reason in (("none/a.lhe", "No such file or directory"), ("b.lhe", "is a folder|Is a directory")):
        with pytest.raises(DataFileError, match=rf"cannot write '.*{path}': ({reason})"):
            written(tmp_path / path, batch())
    (tmp_path / "file").touch()
    with pytest.raises(DataFileError, match="cannot write"):
        written(tmp_path / "file" / "a.lhe", batch())


def test_a_full_disk_is_one_line_and_no_file(tmp_path, monkeypatch):
    from evanesce.formats import lhe

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(lhe, "_text", full)
    with pytest.raises(DataFileError, match=r"cannot write '.*a\.lhe': No space left on device"):
        written(tmp_path / "a.lhe", batch())
    assert os.listdir(tmp_path) == []  # noqa: PTH208 - hidden ones too


def test_an_error_of_the_caller_is_not_taken_for_ours(tmp_path):
    with pytest.raises(FileNotFoundError), writer(tmp_path / "a.lhe"):
        (tmp_path / "missing").read_bytes()


def test_the_header_holds_so_much(tmp_path):
    with pytest.raises(InvalidValueError, match="the header of an LHE file holds 8192 bytes"):
        written(tmp_path / "a.lhe", batch(), run=RunInfo(about={"story": "x" * 9000}))
    with pytest.raises(InvalidValueError, match="at most 16 processes"):
        written(tmp_path / "a.lhe", *(batch(2, process=f"p{i}") for i in range(17)))
    path = written(tmp_path / "a.lhe", batch(), run=RunInfo(about={"note": "a -- <b>\nc"}))
    assert b"note: a - (b) c" in path.read_bytes()
    assert by_pylhe(path)[0].initInfo.numProcesses == 1
