"""The cache: hits, damage, other writers, folders that cannot be written to."""

import hashlib
import io
import multiprocessing
import os
import tempfile
import threading
import time
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from itertools import count
from pathlib import Path

import numpy as np
import pytest

from evanesce import cache
from evanesce.errors import DataFileError
from evanesce.materials import compound
from evanesce.showers import ShowerSetup
from evanesce.showers.cascade import Cascade, model
from evanesce.showers.cascade.solution import Accuracy


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.setenv("EVANESCE_CACHE_DIR", str(tmp_path))
    return tmp_path


LAYOUT = {"a": (1000,), "b": ("points",)}


def cached(*arguments):
    return cache.cached(*arguments, layout=LAYOUT)


def compute(value, calls=None):
    def inner():
        if calls is not None:
            calls.append(value)
        return {"a": np.full(1000, float(value)), "b": np.arange(3.0)}

    return inner


def test_computed_once(folder):
    calls = []
    for _ in range(3):
        arrays = cached("kind", "key", compute(1, calls))
        assert arrays["a"].tolist() == [1.0] * 1000
        assert arrays["b"].tolist() == [0.0, 1.0, 2.0]
    assert calls == [1]
    assert [path.name for path in folder.rglob("*") if path.is_file()] == ["key.npz"]


@pytest.mark.parametrize("damage", ["flip", "truncate", "empty", "text", "swap"])
def test_damage_is_noticed_and_mended(folder, damage):
    cached("kind", "key", compute(1))
    path = folder / "kind" / "key.npz"
    content = bytearray(path.read_bytes())
    if damage == "flip":
        content[len(content) // 2] ^= 1
    elif damage == "truncate":
        content = content[:-100]
    elif damage == "empty":
        content = bytearray()
    elif damage == "text":
        content = bytearray(b"not an archive")
    else:
        content = content[32:] + content[:32]
    path.write_bytes(content)
    calls = []
    assert cached("kind", "key", compute(1, calls))["a"][0] == 1.0
    assert cached("kind", "key", compute(1, calls))["a"][0] == 1.0
    assert calls == [1]


def test_a_valid_checksum_of_something_else(folder):
    """Somebody else's file with our layout of bytes."""
    path = folder / "kind" / "key.npz"
    path.parent.mkdir()
    body = b"sixteen candles"
    path.write_bytes(body + hashlib.sha256(body).digest())
    assert cached("kind", "key", compute(2))["a"][0] == 2.0


def _worker(arguments):
    folder, number = arguments
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("EVANESCE_CACHE_DIR", folder)
        for _ in range(50):
            arrays = cached("kind", f"key{number % 2}", compute(number % 2))
            if not (arrays["a"] == number % 2).all():
                return False
            (cache.cache_folder() / "kind" / f"key{number % 2}.npz").unlink(missing_ok=True)
    return True


def test_writers_at_the_same_time(folder):
    """Four processes write, read and delete two keys: every read is whole, and nothing is left behind."""
    with ProcessPoolExecutor(4, mp_context=multiprocessing.get_context("spawn")) as pool:
        assert all(pool.map(_worker, [(str(folder), k) for k in range(4)]))
    assert {path.name for path in folder.rglob("*")} <= {"kind", "key0.npz", "key1.npz"}


def test_interrupted_while_writing(folder, monkeypatch):
    """The old file stays, and no partial file is left."""
    cached("kind", "key", compute(1))

    def interrupt(self, target):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(Path, "replace", interrupt)
        with pytest.raises(KeyboardInterrupt):
            cached("kind", "other", compute(2))
    assert cached("kind", "key", compute(3))["a"][0] == 1.0
    assert [path.name for path in folder.rglob("*") if path.is_file()] == ["key.npz"]


def npz(**arrays):
    buffer = io.BytesIO()
    np.savez(buffer, **arrays)
    return buffer.getvalue()


def npy(array):
    buffer = io.BytesIO()
    np.save(buffer, array)
    return buffer.getvalue()


RIGHT = compute(1.0)()
WRONG = {
    "a name is missing": npz(a=RIGHT["a"]),
    "another name": npz(**RIGHT, c=np.zeros(3)),
    "too short": npz(a=RIGHT["a"][:-1], b=RIGHT["b"]),
    "empty": npz(a=RIGHT["a"], b=np.zeros(0)),
    "a number": npz(a=RIGHT["a"], b=np.array(3.0)),
    "a matrix": npz(a=RIGHT["a"], b=np.zeros((3, 3))),
    "text": npz(a=RIGHT["a"], b=np.array(["x"])),
    "whole numbers": npz(a=RIGHT["a"], b=np.arange(3)),
    "complex": npz(a=RIGHT["a"], b=np.zeros(3, dtype=complex)),
    "one array": npy(RIGHT["a"]),
    "nothing": b"",
    "an archive of something else": npz(**RIGHT).replace(b"NUMPY", b"NUMPI"),
    "claims to be huge": npz(**RIGHT).replace(b"'shape': (3,), }      ", b"'shape': (10**15,), }"),
}


@pytest.mark.parametrize("wrong", WRONG)
def test_what_does_not_belong_there_is_computed_anew(folder, wrong):
    """Whatever its checksum says."""
    path = folder / "kind" / "key.npz"
    path.parent.mkdir()
    path.write_bytes(WRONG[wrong] + hashlib.sha256(WRONG[wrong]).digest())
    calls = []
    for _ in range(2):
        assert cached("kind", "key", compute(1, calls))["b"].tolist() == [0.0, 1.0, 2.0]
    assert calls == [1]


def test_lengths_that_must_agree(folder):
    layout = {"edges": ("panels+1",), "values": (2, "panels")}

    def made(panels, values):
        return cache.cached(
            "kind", f"{panels}", lambda: {"edges": np.zeros(panels + 1), "values": values}, layout=layout
        )

    assert made(3, np.zeros((2, 3)))["values"].shape == (2, 3)
    with pytest.raises(TypeError, match=r"cache 'kind': computed .*'values': \(2, 4\).* and the layout is"):
        made(5, np.zeros((2, 4)))


def test_pipes_and_endless_files_are_not_read(folder):
    (folder / "kind").mkdir()
    os.mkfifo(folder / "kind" / "pipe.npz")
    (folder / "kind" / "zero.npz").symlink_to("/dev/zero")
    for name in ("pipe", "zero"):
        assert cached("kind", name, compute(1))["a"][0] == 1.0
        assert (folder / "kind" / f"{name}.npz").is_file()


def test_eight_threads_compute_once(folder):
    calls, barrier = [], threading.Barrier(8)

    def slow():
        time.sleep(0.05)
        return compute(1, calls)()

    def ask(_):
        barrier.wait()
        return cached("kind", "key", slow)

    with ThreadPoolExecutor(8) as pool:
        results = list(pool.map(ask, range(8)))
    assert calls == [1]
    assert all(result["a"][0] == 1.0 for result in results)
    assert [path.name for path in folder.rglob("*") if path.is_file()] == ["key.npz"]


def test_a_folder_that_cannot_be_written_to(folder, monkeypatch):
    blocked = folder / "file"
    blocked.write_text("in the way")
    monkeypatch.setenv("EVANESCE_CACHE_DIR", str(blocked))
    assert cached("kind", "key", compute(3))["a"][0] == 3.0
    assert blocked.read_text() == "in the way"


def test_where_it_is(folder, monkeypatch):
    assert cache.cache_folder() == folder
    monkeypatch.delenv("EVANESCE_CACHE_DIR")
    monkeypatch.setenv("XDG_CACHE_HOME", str(folder / "xdg"))
    assert cache.cache_folder() == folder / "xdg" / "evanesce"
    monkeypatch.delenv("XDG_CACHE_HOME")
    monkeypatch.setenv("HOME", str(folder))
    assert cache.cache_folder() == folder / ".cache" / "evanesce"


def test_a_tilde_is_a_home(folder, monkeypatch):
    monkeypatch.setenv("HOME", str(folder))
    monkeypatch.setenv("EVANESCE_CACHE_DIR", "~/here")
    assert cache.cache_folder() == folder / "here"
    monkeypatch.setenv("EVANESCE_CACHE_DIR", "~root/here")
    assert cache.cache_folder() == Path("~root/here").expanduser()
    monkeypatch.setenv("EVANESCE_CACHE_DIR", "~nobody-has-this-name/here")
    with pytest.raises(DataFileError, match="EVANESCE_CACHE_DIR = '~nobody-has-this-name/here': no home is known for"):
        cached("kind", "key", compute(1))
    monkeypatch.delenv("EVANESCE_CACHE_DIR")
    monkeypatch.setenv("XDG_CACHE_HOME", "~/shared")
    assert cache.cache_folder() == folder / "shared" / "evanesce"


def test_a_relative_path_is_that_of_the_first_look(folder, monkeypatch):
    monkeypatch.setenv("HOME", str(folder))
    (folder / "start").mkdir()
    monkeypatch.chdir(folder / "start")
    monkeypatch.setenv("EVANESCE_CACHE_DIR", "relative/../cache-of-the-first-look")
    for _ in range(2):
        assert cache.cache_folder() == folder / "start" / "cache-of-the-first-look"
        monkeypatch.chdir(folder)
    monkeypatch.delenv("EVANESCE_CACHE_DIR")
    monkeypatch.setenv("XDG_CACHE_HOME", "relative")  # to be ignored, says its specification
    assert cache.cache_folder() == folder / ".cache" / "evanesce"


@pytest.fixture
def homeless(folder, monkeypatch):
    """No home folder is known, as in a container; temporary files are in this folder."""
    monkeypatch.delenv("EVANESCE_CACHE_DIR")
    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)

    def nobody():
        raise RuntimeError("Could not determine home directory.")

    monkeypatch.setattr(Path, "home", nobody)
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder / f"evanesce-cache-{os.geteuid()}"


def test_without_a_home_temporary_files_are_the_place(homeless):
    calls = []
    for _ in range(2):
        assert cached("kind", "key", compute(1, calls))["a"][0] == 1.0
    assert calls == [1]
    assert cache.cache_folder() == homeless
    assert homeless.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("trouble", ["others may write", "a link", "a file"])
def test_without_a_home_nobody_elses_results_are_used(homeless, trouble):
    """Computed every time, without error; a command that needs the folder reports what to do."""
    if trouble == "others may write":
        homeless.mkdir()
        homeless.chmod(0o777)
    elif trouble == "a link":
        homeless.symlink_to(homeless.parent)
    else:
        homeless.touch()
    calls = []
    for _ in range(2):
        assert cached("kind", "key", compute(1, calls))["a"][0] == 1.0
    assert calls == [1, 1]
    with pytest.raises(DataFileError, match="you have no home and .* set EVANESCE_CACHE_DIR"):
        cache.cache_folder()


NAMES = count()


def slab(**changes):
    """A slab of CsI with another name: the memory cache distinguishes names, the disk cache does not."""
    matter = compound("CsI", density=4.51, radiation_length=1.86, name=f"crystal {next(NAMES)}")
    values = {"incident": "e+", "material": matter, "start": 0.0, "stop": 16.0, "energy_min": 5.0, "energy_max": 5.0}
    return ShowerSetup(**(values | changes))


class AskedError(Exception):
    """A look-up on disk."""


@pytest.fixture
def key(monkeypatch):
    """The key under which a shower is kept."""

    def record(kind, key, compute, *, layout):
        raise AskedError(key)

    monkeypatch.setattr(model, "cached", record)

    def key(setup, **options):
        with pytest.raises(AskedError) as asked:
            Cascade(**options).track_length(setup)
        return str(asked.value)

    return key


def test_the_key_knows_everything_that_matters(key, monkeypatch):
    keys = [
        key(setup)
        for setup in (
            slab(),
            slab(incident="e-"),
            slab(incident="gamma"),
            slab(start=0.1),
            slab(stop=16.000001),
            slab(energy_min=4.0),
            slab(energy_max=6.0),
            slab(material=compound("Pb", density=11.35, name=f"lead {next(NAMES)}")),
            slab(material=compound("CsI", density=4.51, name=f"crystal {next(NAMES)}")),
            slab(material=compound("CsI", density=4.50, radiation_length=1.86, name=f"crystal {next(NAMES)}")),
        )
    ]
    keys += [key(slab(), cut=1e-5), key(slab(), accuracy=Accuracy(depth=6))]
    assert key(slab()) == keys[0]  # a name does not matter
    monkeypatch.setattr(f"{model.__name__}._VERSION", -1)
    keys.append(key(slab()))
    assert len(set(keys)) == len(keys)


def test_a_shower_from_the_cache_is_the_same_and_not_computed_again(monkeypatch):
    first = Cascade().track_length(slab())
    monkeypatch.setattr(model, "solve", None)
    again = Cascade().track_length(slab())
    for name in ("primary", "secondary", "radiating"):
        one, other = getattr(first, name), getattr(again, name)
        assert (one.series.coefficients == other.series.coefficients).all()
        assert one.error == other.error


def test_a_shower_whose_entry_is_something_else_is_computed_again(folder):
    first = Cascade().track_length(slab())
    (path,) = (folder / "cascade").iterdir()
    zeros = {"edges": 3, "coefficients": (3, 1, 5, 12), "errors": 3, "changes": (3, 2, 12)}
    body = npz(**{name: np.zeros(shape) for name, shape in zeros.items()})
    path.write_bytes(body + hashlib.sha256(body).digest())
    again = Cascade().track_length(slab())
    assert (first.primary.series.coefficients == again.primary.series.coefficients).all()
