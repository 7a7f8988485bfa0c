"""The cache: hits, damage, other writers, folders that cannot be written to."""

import multiprocessing
import time

import numpy as np
import pytest

from evanesce import cache
from evanesce.materials import compound, material
from evanesce.showers import ShowerSetup
from evanesce.showers.cascade import Cascade, model
from evanesce.showers.cascade.solution import Accuracy


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.setenv("EVANESCE_CACHE_DIR", str(tmp_path))
    return tmp_path


def compute(value, calls=None):
    def inner():
        if calls is not None:
            calls.append(value)
        return {"a": np.full(1000, float(value)), "b": np.arange(3.0)}

    return inner


def test_computed_once(folder):
    calls = []
    for _ in range(3):
        arrays = cache.cached("kind", "key", compute(1, calls))
        assert arrays["a"].tolist() == [1.0] * 1000
        assert arrays["b"].tolist() == [0.0, 1.0, 2.0]
    assert calls == [1]
    assert [path.name for path in folder.rglob("*") if path.is_file()] == ["key.npz"]


@pytest.mark.parametrize("damage", ["flip", "truncate", "empty", "text", "swap"])
def test_damage_is_noticed_and_mended(folder, damage):
    cache.cached("kind", "key", compute(1))
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
    assert cache.cached("kind", "key", compute(1, calls))["a"][0] == 1.0
    assert cache.cached("kind", "key", compute(1, calls))["a"][0] == 1.0
    assert calls == [1]


def test_a_valid_checksum_of_something_else(folder):
    """Somebody else's file with our layout of bytes."""
    path = folder / "kind" / "key.npz"
    path.parent.mkdir()
    body = b"sixteen candles"
    path.write_bytes(body + cache.hashlib.sha256(body).digest())
    assert cache.cached("kind", "key", compute(2))["a"][0] == 2.0


def _worker(arguments):
    folder, number = arguments
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("EVANESCE_CACHE_DIR", folder)
        for _ in range(50):
            arrays = cache.cached("kind", f"key{number % 2}", compute(number % 2))
            if not (arrays["a"] == number % 2).all():
                return False
            (cache.cache_folder() / "kind" / f"key{number % 2}.npz").unlink(missing_ok=True)
    return True


def test_writers_at_the_same_time(folder):
    """Four processes write, read and delete two keys: every read is whole, and nothing is left behind."""
    with multiprocessing.get_context("spawn").Pool(4) as pool:
        assert all(pool.map(_worker, [(str(folder), k) for k in range(4)]))
    assert not list(folder.rglob("*.part"))


def test_interrupted_while_writing(folder, monkeypatch):
    """What was there stays, whole, and no half of a file lies about."""
    cache.cached("kind", "key", compute(1))

    def interrupt(self, target):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(cache.Path, "replace", interrupt)
        with pytest.raises(KeyboardInterrupt):
            cache._write(folder / "kind" / "key.npz", compute(2)())
    assert cache.cached("kind", "key", compute(3))["a"][0] == 1.0
    assert [path.name for path in folder.rglob("*") if path.is_file()] == ["key.npz"]


def test_a_folder_that_cannot_be_written_to(folder, monkeypatch):
    blocked = folder / "file"
    blocked.write_text("in the way")
    monkeypatch.setenv("EVANESCE_CACHE_DIR", str(blocked))
    assert cache.cached("kind", "key", compute(3))["a"][0] == 3.0
    assert blocked.read_text() == "in the way"


def test_where_it_is(folder, monkeypatch):
    assert cache.cache_folder() == folder
    monkeypatch.delenv("EVANESCE_CACHE_DIR")
    monkeypatch.setenv("XDG_CACHE_HOME", str(folder / "xdg"))
    assert cache.cache_folder() == folder / "xdg" / "evanesce"
    monkeypatch.delenv("XDG_CACHE_HOME")
    monkeypatch.setenv("HOME", str(folder))
    assert cache.cache_folder() == folder / ".cache" / "evanesce"


def slab(**changes):
    values = {
        "incident": "e+", "material": material("CsI"), "start": 0.0, "stop": 16.0, "energy_min": 5.0, "energy_max": 5.0,
    }  # fmt: skip
    return ShowerSetup(**(values | changes))


def test_the_key_knows_everything_that_matters(monkeypatch):
    keys = [
        model._key(Cascade(), setup)
        for setup in (
            slab(),
            slab(incident="e-"),
            slab(incident="gamma"),
            slab(start=0.1),
            slab(stop=16.000001),
            slab(energy_min=4.0),
            slab(energy_max=6.0),
            slab(material=material("Pb")),
            slab(material=compound("CsI", density=4.51)),
            slab(material=compound("CsI", density=4.50, radiation_length=1.86)),
        )
    ]
    keys += [model._key(Cascade(cut=1e-5), slab()), model._key(Cascade(accuracy=Accuracy(depth=6)), slab())]
    monkeypatch.setattr(model, "_VERSION", -1)
    keys.append(model._key(Cascade(), slab()))
    assert len(set(keys)) == len(keys)
    # a name does not matter
    renamed = compound("CsI", density=4.51, radiation_length=1.86, name="something else")
    monkeypatch.undo()
    assert model._key(Cascade(), slab(material=renamed)) == keys[0]


def test_a_shower_from_the_cache_is_the_same_and_immediate():
    model._track_length.cache_clear()
    first = Cascade().track_length(slab())
    model._track_length.cache_clear()
    begin = time.perf_counter()
    again = Cascade().track_length(slab())
    seconds = time.perf_counter() - begin
    for name in ("primary", "secondary", "radiating"):
        one, other = getattr(first, name), getattr(again, name)
        assert (one.series.coefficients == other.series.coefficients).all()
        assert one.error == other.error
    assert seconds < 0.05  # milliseconds, and room for a busy machine
    model._track_length.cache_clear()


def test_without_a_home(monkeypatch):
    """Nobody's home is known, as in a container: computed every time, no error."""
    monkeypatch.delenv("EVANESCE_CACHE_DIR")
    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)

    def nobody():
        raise RuntimeError("Could not determine home directory.")

    monkeypatch.setattr(cache.Path, "home", nobody)
    calls = []
    for _ in range(2):
        assert cache.cached("kind", "key", compute(1, calls))["a"][0] == 1.0
    assert calls == [1, 1]
