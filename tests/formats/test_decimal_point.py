"""Numbers have a decimal point for any locale of the process."""

import ctypes
import locale
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pyhepmc
import pytest
from comma import comma

from evanesce.errors import InvalidValueError
from evanesce.formats import EventBatch, Role, RunInfo, decimal_point, writer

__all__ = ["comma"]

SUFFIXES = (".hepmc3", ".hepmc3.gz", ".lhe", ".lhe.gz", ".parquet")


def batch() -> EventBatch:
    roles = (
        Role(name="positron", pdg_id=-11, status=-1),
        Role(name="electron", pdg_id=11, status=1, mothers=(0,)),
    )
    rng = np.random.default_rng(1)
    return EventBatch(
        process="annihilation",
        roles=roles,
        momentum=rng.normal(size=(20, 2, 4)),
        mass=rng.random((20, 2)),
        weight=rng.random(20),
        position=rng.random((20, 1, 4)),
        columns={"depth": rng.random(20)},
    )


def written(path: Path) -> bytes:
    with writer(path, RunInfo(cross_section=1 / 3, cross_section_error=1 / 7)) as file:
        file.write(batch())
    return path.read_bytes()


def printed() -> str:
    """What C prints for 1.5."""
    text = ctypes.create_string_buffer(16)
    ctypes.CDLL(None).snprintf(text, ctypes.c_size_t(16), b"%.1f", ctypes.c_double(1.5))
    return text.value.decode()


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_files_are_the_same_with_a_decimal_comma(tmp_path: Path, suffix: str, request: pytest.FixtureRequest) -> None:
    expected = written(tmp_path / f"a{suffix}")
    request.getfixturevalue("comma")
    assert written(tmp_path / f"b{suffix}") == expected


def test_hepmc_reads_back_with_a_decimal_comma(tmp_path: Path, comma: str) -> None:
    written(tmp_path / "a.hepmc3")
    with decimal_point.decimal_point(), pyhepmc.open(tmp_path / "a.hepmc3") as file:
        events = list(file)
    assert [event.weights[0] for event in events] == batch().weight.tolist()
    assert [event.particles[0].momentum.px for event in events] == batch().momentum[:, 0, 0].tolist()


def test_other_threads_keep_their_comma(comma: str) -> None:
    assert printed() == "1,5"
    with ThreadPoolExecutor(1) as pool:
        with decimal_point.decimal_point():
            assert printed() == "1.5"
            assert pool.submit(printed).result() == "1,5"
        assert printed() == "1,5"


def test_eight_threads_write_all_formats_at_once(tmp_path: Path, request: pytest.FixtureRequest) -> None:
    """While the locale of the process goes to and fro, as another library's might."""
    expected = {suffix: written(tmp_path / f"alone{suffix}") for suffix in SUFFIXES}
    request.getfixturevalue("comma")
    barrier, stop = threading.Barrier(8), threading.Event()

    def work(number: int) -> bool:
        barrier.wait()
        return all(written(tmp_path / f"{number}{suffix}") == content for suffix, content in expected.items())

    def restless() -> None:
        here = locale.setlocale(locale.LC_NUMERIC)
        while not stop.wait(1e-3):
            locale.setlocale(locale.LC_NUMERIC, "C")
            locale.setlocale(locale.LC_NUMERIC, here)

    other = threading.Thread(target=restless)
    other.start()
    try:
        with ThreadPoolExecutor(8) as pool:
            assert all(pool.map(work, range(8)))
    finally:
        stop.set()
        other.join()


def test_a_system_with_one_locale_refuses_the_comma(
    tmp_path: Path, comma: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(decimal_point, "c_library", lambda: None)
    with pytest.raises(InvalidValueError, match="has the decimal sign ',': set LC_NUMERIC to C"):
        written(tmp_path / "a.hepmc3")
    locale.setlocale(locale.LC_NUMERIC, "C")
    assert written(tmp_path / "a.hepmc3")
